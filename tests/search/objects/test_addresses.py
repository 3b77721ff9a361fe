"""What an address of an artifact store may be, and what a store says that refuses."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.search.objects import Address, StoreError, open_objects, read_address, try_objects
from autoclue.search.objects import remote as module
from tests.s3_server import S3Server


def test_a_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_address("kept").text == str(tmp_path / "kept")
    assert read_address("file:///kept").text == "/kept"


def test_a_bucket_keeps_its_path_and_options() -> None:
    found = read_address("S3://bucket/a/b/?scheme=http&endpoint_override=host:9000")
    assert found == Address(
        "s3", "bucket/a/b", (("endpoint_override", "host:9000"), ("scheme", "http"))
    )
    assert found.bucket == "bucket"
    assert found.text == "s3://bucket/a/b?endpoint_override=host:9000&scheme=http"
    assert read_address("gs://bucket").text == "gs://bucket"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hdfs://host/a", r"'hdfs' is no such scheme\.$"),
        ("s3://key:secret@bucket/a", r"holds a key, .*put it on each machine \(AWS_ACCESS_KEY_ID"),
        ("s3:///a", r"names no bucket; write s3://BUCKET/PATH\.$"),
        ("s3://bucket?secret_key=x", "and not 'secret_key'; keys belong on each machine"),
        ("gs://bucket?region=x", "only endpoint_override, and not 'region'"),
        ("", "is empty; give a folder"),
        ("s3://[bucket", r"is 's3://\[bucket': .*IPv6"),
        ("a\0b", "which is no address of a store"),
        ("file://host/a", "'file' is no such scheme"),
    ],
)
def test_a_wrong_address_is_one_sentence(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_address(text)


def test_google_cloud_gets_its_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyarrow import fs

    monkeypatch.setattr(fs, "GcsFileSystem", dict)
    opened = module.open_files(read_address("gs://bucket/a?endpoint_override=host:9000"))
    assert opened == {"endpoint_override": "host:9000"}


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("s3://bucket/a", "of bucket"),
        ("s3://bucket?region=eu-west-1", "eu-west-1"),
        ("s3://bucket?endpoint_override=host:9000", None),
    ],
)
def test_amazon_is_asked_for_the_region_of_a_bucket_unless_something_says(
    text: str, region: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyarrow import fs

    for name in module.ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(fs, "S3FileSystem", dict)
    monkeypatch.setattr(fs, "resolve_s3_region", lambda bucket: f"of {bucket}")
    opened: object = module.open_files(read_address(text))
    assert isinstance(opened, dict)
    assert opened.get("region") == region


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ATTEMPTS", 1)


@pytest.mark.usefixtures("impatient")
def test_nobody_answers(s3: S3Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    store = open_objects(S3Server(f"127.0.0.1:{port}").address("a"))
    with pytest.raises(StoreError, match=r"nobody answers there \(Could not connect to server\)"):
        try_objects(store, "a")


def test_there_is_no_such_bucket(s3: S3Server) -> None:
    store = open_objects(s3.address(bucket="another"))
    with pytest.raises(StoreError, match="there is no bucket another; make it"):
        try_objects(store, "a")


@pytest.mark.usefixtures("impatient")
def test_the_keys_are_refused(s3: S3Server) -> None:
    import requests

    ask = f"http://{s3.endpoint}/moto-api/reset-auth"
    requests.post(ask, data="0", timeout=5).raise_for_status()
    try:
        with pytest.raises(StoreError, match=r"it refuses this user .*AWS_ACCESS_KEY_ID and"):
            try_objects(open_objects(s3.address("a")), "a")
    finally:
        requests.post(ask, data="inf", timeout=5).raise_for_status()


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(StoreError, match=r"taken can't be used: .*\. Free some space there"):
        try_objects(open_objects(str(tmp_path / "taken")), "a")
