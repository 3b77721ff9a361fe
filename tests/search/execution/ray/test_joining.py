"""A cluster that can't be reached is told in a sentence, before Ray is asked for long."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from autoclue.errors import AutoclueError, UsageError
from autoclue.search.execution.ray import joining
from autoclue.search.execution.ray.joining import has_token, reach

pytestmark = pytest.mark.ray

REFUSED = "RPC error: InvalidAuthToken: Authentication token is missing or incorrect."


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of something that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    "address",
    ["head", "head:port", ":6379", "head:0", "head:70000", "head:²", f"head:{'9' * 5000}"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match=r"isn't an address of a Ray cluster; give auto or HOST"):
        reach(address)


def test_an_address_of_rays_client_is_refused() -> None:
    with pytest.raises(UsageError, match="Ray's client, which can't run a search"):
        reach("ray://head:10001")


def test_a_closed_port_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(AutoclueError, match=r"No Ray cluster answers at 127\.0\.0\.1.*ray status"):
        reach(f"127.0.0.1:{port}")


def test_a_head_that_says_nothing_is_given_up(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "KNOCK_TIMEOUT_S", 0.5)
    with pytest.raises(AutoclueError, match=r"doesn't answer within 0\.5 s"):
        reach(silent)


@pytest.mark.parametrize(
    ("token", "why"),
    [(True, "the token here isn't that of the cluster"), (False, "there is none here")],
)
def test_a_refused_token_is_told_with_the_way_out(token: bool, why: str) -> None:
    told = joining._refusal("head:6379", REFUSED, token=token)

    assert why in told
    assert "RAY_AUTH_MODE=token" in told
    assert "auth_token" in told


def test_no_cluster_on_this_machine_is_told() -> None:
    said = "ConnectionError: Could not find any running Ray instance. Please specify the one"

    assert "No Ray cluster runs on this machine" in joining._refusal("auto", said, token=False)


def test_a_token_is_found_where_ray_looks_for_one(tmp_path: Path) -> None:
    assert not has_token({}, tmp_path)
    assert has_token({"RAY_AUTH_TOKEN": "x"}, tmp_path)
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text("x", encoding="utf-8")
    assert has_token({}, tmp_path)
