"""Look at data and write the file of a task to begin with."""

from autoclue.tasks.drafting.write import new_task

__all__ = ["new_task"]
