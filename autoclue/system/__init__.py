"""What the system underneath is asked: who lives, which signal came, what is left over."""

from autoclue.system.checksums import checksum, file_checksum, file_sha256
from autoclue.system.processes import started_at, this_machine
from autoclue.system.scratch import remove, remove_abandoned, scratch_name, sweep
from autoclue.system.signals import ENDING, answered_afterwards, handlers_kept

__all__ = [
    "ENDING",
    "answered_afterwards",
    "checksum",
    "file_checksum",
    "file_sha256",
    "handlers_kept",
    "remove",
    "remove_abandoned",
    "scratch_name",
    "started_at",
    "sweep",
    "this_machine",
]
