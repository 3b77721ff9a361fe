"""Everything that depends on the machine: devices, switches, memory."""

from autoclue.training.platform.attention_masks import spread_attention_masks
from autoclue.training.platform.bias_gradients import as_array, sum_bias_gradients_by_row
from autoclue.training.platform.denormals import flush_denormals
from autoclue.training.platform.hardware import hardware
from autoclue.training.platform.memory import (
    card_memory,
    forget_peak_memory,
    free_memory,
    gpu_memory,
    memory_ran_out,
)
from autoclue.training.platform.runtime import (
    HALF_NEEDS_GPU,
    apply_switches,
    available_cores,
    choose_switches,
    flushing_enabled,
    load_paddle,
    load_paddlenlp,
    pick_device,
    read_cpu,
    visible_gpus,
)
from autoclue.training.platform.scratch import make_scratch, make_scratch_file, share_as_usual
from autoclue.training.platform.trouble import needed_by_all, trouble_words
from autoclue.training.platform.versions import versions

__all__ = [
    "HALF_NEEDS_GPU",
    "apply_switches",
    "as_array",
    "available_cores",
    "card_memory",
    "choose_switches",
    "flush_denormals",
    "flushing_enabled",
    "forget_peak_memory",
    "free_memory",
    "gpu_memory",
    "hardware",
    "load_paddle",
    "load_paddlenlp",
    "make_scratch",
    "make_scratch_file",
    "memory_ran_out",
    "needed_by_all",
    "pick_device",
    "read_cpu",
    "share_as_usual",
    "spread_attention_masks",
    "sum_bias_gradients_by_row",
    "trouble_words",
    "versions",
    "visible_gpus",
]
