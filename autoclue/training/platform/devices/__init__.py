"""Everything that depends on a device: which there are, how full and how busy they are."""

from autoclue.training.platform.devices.cards import Cards, CardState, NvmlCards, open_cards
from autoclue.training.platform.devices.finding import (
    DEVICES,
    GPU_FOLDER,
    count_gpus,
    listed_gpus,
    only_card,
    pick_device,
    present_gpus,
    trains_on_cpu,
    visible_cards,
    visible_gpus,
)
from autoclue.training.platform.devices.hardware import hardware
from autoclue.training.platform.devices.held_memory import (
    card_memory,
    forget_peak_memory,
    free_memory,
    gpu_memory,
    limit_gpu_memory,
)
from autoclue.training.platform.devices.meters import (
    GpuMeter,
    HostMeter,
    MemoryReading,
    Meter,
    meter_of,
)

__all__ = [
    "DEVICES",
    "GPU_FOLDER",
    "CardState",
    "Cards",
    "GpuMeter",
    "HostMeter",
    "MemoryReading",
    "Meter",
    "NvmlCards",
    "card_memory",
    "count_gpus",
    "forget_peak_memory",
    "free_memory",
    "gpu_memory",
    "hardware",
    "limit_gpu_memory",
    "listed_gpus",
    "meter_of",
    "only_card",
    "open_cards",
    "pick_device",
    "present_gpus",
    "trains_on_cpu",
    "visible_cards",
    "visible_gpus",
]
