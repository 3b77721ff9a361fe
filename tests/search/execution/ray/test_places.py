"""Where Ray writes is chosen so that it works, or told in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.errors import AutoclueError
from autoclue.search.execution.ray import places
from autoclue.search.execution.ray.places import LONGEST_BYTES, is_usable, ray_folder, ray_token


def test_rays_usual_folder_is_left_to_it_where_it_works() -> None:
    with ray_folder({"RAY_TMPDIR": "/tmp", "TMPDIR": "/nowhere"}) as chosen:
        assert chosen is None


@pytest.mark.parametrize("variable", ["TMPDIR", "RAY_TMPDIR"])
@pytest.mark.parametrize("value", ["/dev/null", "/nowhere/at/all", "/tmp/" + 100 * "x"])
def test_a_folder_that_sockets_do_not_fit_into_is_replaced(variable: str, value: str) -> None:
    with ray_folder({variable: value}) as chosen:
        assert chosen is not None
        assert is_usable(Path(chosen))
    assert not Path(chosen).exists()


def test_a_path_is_measured_in_bytes(tmp_path: Path) -> None:
    folder = Path("/tmp") / ("字" * ((LONGEST_BYTES - 4) // 3))
    assert not is_usable(folder / "ray")


def test_where_nothing_can_be_written_the_variable_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places, "SHORT_FOLDERS", ("/dev/null",))
    with (
        pytest.raises(AutoclueError, match=r"Set RAY_TMPDIR to .* at most \d+ characters"),
        ray_folder({"TMPDIR": "/nowhere"}),
    ):
        pass


def test_a_home_that_can_not_be_written_gets_a_token_of_this_command() -> None:
    token = ray_token({}, Path("/dev/null"))
    assert token is not None
    assert len(token) == 64


@pytest.mark.parametrize("name", ["RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH", "RAY_AUTH_MODE"])
def test_a_token_of_the_users_own_is_left_alone(name: str, tmp_path: Path) -> None:
    assert ray_token({name: "set"}, Path("/dev/null")) is None
    assert ray_token({}, tmp_path) is None
