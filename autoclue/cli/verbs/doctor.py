"""``autoclue doctor``: what this machine can do, and what autoclue makes of it."""

from __future__ import annotations

import json

import typer

from autoclue.cli.options import Json


def doctor_command(as_json: Json = False) -> int:
    """Print what is installed, which devices there are, and which switches are set and why."""
    from autoclue.doctor import examine

    findings = examine()
    if as_json:
        typer.echo(json.dumps([f.as_mapping() for f in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            mark = "ok " if finding.good else "!! "
            typer.echo(f"{mark} {finding.subject}: {finding.text}")
    return 0 if all(finding.good for finding in findings) else 1
