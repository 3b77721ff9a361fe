"""Which ledgers this autoclue reads, and when something was written."""

from __future__ import annotations

from datetime import datetime, timezone

from optuna.study import Study

from autoclue.errors import UsageError

FORMAT = 3
"""Changes whenever an older autoclue would read a ledger wrongly, or the other way round."""


def written_format(study: Study) -> object:
    """Return the format of a ledger, whatever it is; ``None`` where the study isn't whole."""
    return study.user_attrs.get("format")


def written_by(study: Study) -> str:
    """Return the version of autoclue that made a study, of whatever format."""
    versions = study.user_attrs.get("versions")
    known = versions.get("autoclue") if isinstance(versions, dict) else None
    return "of another version" if known is None else str(known)


def now() -> str:
    """Return the time as the ledger writes it: ISO 8601 in UTC, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def refuse_other_format(study: Study, *, place: str) -> None:
    """Refuse a study that this autoclue can't read.

    Args:
        study: The study.
        place: Where it was found, for the message.

    Raises:
        UsageError: It wasn't made by autoclue, or by another version of it.
    """
    written, name = written_format(study), study.study_name
    if written is None:
        raise UsageError(
            f"The study {name!r} in {place} was not made by autoclue; give another name "
            "with --study."
        )
    if written != FORMAT:
        raise UsageError(
            f"The study {name!r} has ledger format {written}, written by autoclue "
            f"{written_by(study)}, and this autoclue reads {FORMAT}; open it with the autoclue "
            "that made it, or begin a new study with --study."
        )
