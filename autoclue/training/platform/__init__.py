"""Everything that depends on the machine: devices, switches, memory."""

from autoclue.training.platform.attention_masks import spread_attention_masks
from autoclue.training.platform.bias_gradients import as_array, sum_bias_gradients_by_row
from autoclue.training.platform.denormals import flush_denormals
from autoclue.training.platform.devices import (
    Cards,
    CardState,
    MemoryReading,
    Meter,
    card_memory,
    count_gpus,
    forget_peak_memory,
    free_memory,
    gpu_memory,
    hardware,
    limit_gpu_memory,
    listed_gpus,
    meter_of,
    only_card,
    open_cards,
    pick_device,
    present_gpus,
    trains_on_cpu,
    visible_cards,
    visible_gpus,
)
from autoclue.training.platform.memory import memory_ran_out
from autoclue.training.platform.runtime import (
    HALF_NEEDS_GPU,
    apply_switches,
    available_cores,
    choose_switches,
    flushing_enabled,
    load_paddle,
    load_paddlenlp,
    read_cpu,
)
from autoclue.training.platform.scratch import make_scratch, make_scratch_file, share_as_usual
from autoclue.training.platform.trouble import needed_by_all, trouble_words
from autoclue.training.platform.versions import versions

__all__ = [
    "HALF_NEEDS_GPU",
    "CardState",
    "Cards",
    "MemoryReading",
    "Meter",
    "apply_switches",
    "as_array",
    "available_cores",
    "card_memory",
    "choose_switches",
    "count_gpus",
    "flush_denormals",
    "flushing_enabled",
    "forget_peak_memory",
    "free_memory",
    "gpu_memory",
    "hardware",
    "limit_gpu_memory",
    "listed_gpus",
    "load_paddle",
    "load_paddlenlp",
    "make_scratch",
    "make_scratch_file",
    "memory_ran_out",
    "meter_of",
    "needed_by_all",
    "only_card",
    "open_cards",
    "pick_device",
    "present_gpus",
    "read_cpu",
    "share_as_usual",
    "spread_attention_masks",
    "sum_bias_gradients_by_row",
    "trains_on_cpu",
    "trouble_words",
    "versions",
    "visible_cards",
    "visible_gpus",
]
