from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from tools.plotly_bundle import MEMBERS, TARGET, unpack

SHA256 = "99784e3abfb07b142a15e521a439e6d9addceadb3f79553fd24c72774f0649ba"
"""Of the script that plotly.js-basic-dist-min 4.1.1 holds."""


def packed(folder: Path, *names: str) -> Path:
    path = folder / "plotly.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(name)
            archive.addfile(member, io.BytesIO(name.encode()))
    return path


def test_the_bundle_that_ships_is_the_published_one() -> None:
    assert hashlib.sha256((TARGET / MEMBERS[0]).read_bytes()).hexdigest() == SHA256
    assert "MIT License" in (TARGET / "LICENSE").read_text(encoding="utf-8")


def test_script_and_licence_are_taken_as_they_are(tmp_path: Path) -> None:
    digest = unpack(packed(tmp_path, *MEMBERS), tmp_path)
    assert digest == hashlib.sha256(MEMBERS[0].encode()).hexdigest()
    assert [(tmp_path / name).read_text() for name in MEMBERS] == list(MEMBERS)


def test_another_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"holds no package/LICENSE"):
        unpack(packed(tmp_path, MEMBERS[0]), tmp_path)
