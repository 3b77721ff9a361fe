from __future__ import annotations

import io
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

from autoclue.errors import DataError
from autoclue.tasks.sources.unpack import unpack


def accept(folder: Path) -> None:
    """Find nothing wrong."""


def refuse(folder: Path) -> None:
    """Find something wrong."""
    raise DataError("wrong content")


def a_zip(path: Path, *names: str) -> Path:
    """Write a zip archive whose files hold their own name."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    return path


def a_tar(path: Path, *members: tarfile.TarInfo) -> Path:
    """Write a compressed tar archive whose regular files hold three bytes."""
    with tarfile.open(path, "w:gz") as archive:
        for member in members:
            member.size = 3 if member.isreg() else 0
            archive.addfile(member, io.BytesIO(b"abc"))
    return path


def test_a_zip_archive_is_unpacked(tmp_path: Path) -> None:
    unpack(a_zip(tmp_path / "a.zip", "top/x", "top/y/"), tmp_path / "out", check=accept)
    assert [p.name for p in (tmp_path / "out").rglob("*") if p.is_file()] == ["x"]


def test_a_compressed_tar_archive_is_unpacked(tmp_path: Path) -> None:
    archive = a_tar(tmp_path / "a.tar.gz", tarfile.TarInfo("top/x"))
    unpack(archive, tmp_path / "out", check=accept)
    assert (tmp_path / "out" / "top" / "x").read_bytes() == b"abc"


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "C:/x", "..\\x"])
def test_a_path_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    archive = a_tar(tmp_path / "a.tar.gz", tarfile.TarInfo("good"), tarfile.TarInfo(name))
    with pytest.raises(DataError, match="holds a file with an unsafe path"):
        unpack(archive, tmp_path / "deep" / "out", check=accept)
    assert {p.name for p in tmp_path.iterdir()} == {"a.tar.gz", "deep"}
    assert list((tmp_path / "deep").iterdir()) == []


def test_links_are_left_out(tmp_path: Path) -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    unpack(a_tar(tmp_path / "a.tar", tarfile.TarInfo("x"), link), tmp_path / "out", check=accept)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["x"]


def test_a_link_in_a_zip_archive_is_left_out(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("x", "x")
    unpack(tmp_path / "a.zip", tmp_path / "out", check=accept)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["x"]


def test_a_refused_archive_leaves_nothing(tmp_path: Path) -> None:
    archive = a_zip(tmp_path / "a.zip", "x")
    with pytest.raises(DataError, match="wrong content"):
        unpack(archive, tmp_path / "out", check=refuse)
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_a_damaged_zip_archive_is_named(tmp_path: Path) -> None:
    archive = a_zip(tmp_path / "a.zip", "x" * 200)
    data = bytearray(archive.read_bytes())
    data[300] ^= 0xFF
    archive.write_bytes(data)
    with pytest.raises(DataError, match=r"Can't unpack .*a\.zip: .* Delete it to try again"):
        unpack(archive, tmp_path / "out", check=accept)


def test_half_a_tar_archive_is_named(tmp_path: Path) -> None:
    archive = tmp_path / "a.tar.gz"
    noise = random.Random(0).randbytes(50_000)
    with tarfile.open(archive, "w:gz") as tape:
        member = tarfile.TarInfo("x")
        member.size = len(noise)
        tape.addfile(member, io.BytesIO(noise))
    archive.write_bytes(archive.read_bytes()[:25_000])
    with pytest.raises(DataError, match=r"Can't unpack .*a\.tar\.gz: .* Delete it to try again"):
        unpack(archive, tmp_path / "out", check=accept)
