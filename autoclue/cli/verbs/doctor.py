"""``autoclue doctor``: what this machine can do, and what autoclue makes of it."""

from __future__ import annotations

from autoclue.cli.options import Json
from autoclue.cli.output import say, say_json


def doctor_command(as_json: Json = False) -> int:
    """Print what is installed, which devices there are, and which switches are set and why."""
    from autoclue.doctor import examine

    findings = examine()
    if as_json:
        say_json([f.as_mapping() for f in findings])
    else:
        for finding in findings:
            mark = "ok " if finding.good else "!! "
            say(f"{mark} {finding.subject}: {finding.text}")
    return 0 if all(finding.good for finding in findings) else 1
