"""Reach a running Ray cluster, or say in a sentence within seconds why it can't be reached.

Ray itself tries for minutes and then writes lines of its C++ log. So the address is tried with a
socket first, and then by a process of its own whose output nobody sees.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from autoclue.errors import AutoclueError, UsageError, last_line

SOCKET_TIMEOUT_S: Final = 4.0
KNOCK_TIMEOUT_S: Final = 30.0
"""Importing Ray takes a second or two of it, on a busy machine some more."""
CLIENT: Final = "ray://"
AUTO: Final = "auto"
_PORT: Final = re.compile(r"[0-9]{1,5}")

KNOCK: Final = """
import sys
import ray
from ray._private.services import canonicalize_bootstrap_address_or_die
address = canonicalize_bootstrap_address_or_die(sys.argv[1])
ray._raylet.GcsClient(address=address)
"""
"""Asks a cluster's head for its identity, with the token where there is one."""

TOKEN_ADVICE: Final = (
    "Put the cluster's token where Ray looks for one on every machine (the variable "
    "RAY_AUTH_TOKEN, a file that RAY_AUTH_TOKEN_PATH names, or ~/.ray/auth_token) and set "
    "RAY_AUTH_MODE=token wherever 'ray start' is run."
)


def has_token(environment: Mapping[str, str], home: Path) -> bool:
    """Return whether this machine holds a cluster's token where Ray looks for one.

    Args:
        environment: The variables of this process.
        home: The user's home.
    """
    if "RAY_AUTH_TOKEN" in environment or "RAY_AUTH_TOKEN_PATH" in environment:
        return True
    return (home / ".ray" / "auth_token").is_file()


def reach(address: str) -> None:
    """See that a cluster answers, and lets this process in.

    Args:
        address: ``auto`` or HOST:PORT.

    Raises:
        UsageError: The address isn't one that a search can use.
        AutoclueError: Nothing answers there, or it asks for another token.
    """
    if address.startswith(CLIENT):
        raise UsageError(
            f"{address} is an address of Ray's client, which can't run a search. Give the "
            "HOST:PORT that 'ray start --head' printed (6379 unless another was chosen)."
        )
    if address != AUTO:
        _connect(address)
    _knock(address, token=has_token(os.environ, Path.home()))


def _connect(address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not _PORT.fullmatch(port) or not 0 < int(port) < 1 << 16:
        raise UsageError(
            f"{address!r} isn't an address of a Ray cluster; give auto or HOST:PORT, such as "
            "head.example:6379."
        )
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=SOCKET_TIMEOUT_S):
            return
    except OSError as error:
        reason = error.strerror or str(error)
        raise AutoclueError(
            f"No Ray cluster answers at {address} ({reason}). Run 'ray status' there, use the "
            "address that 'ray start --head' printed, and see that no firewall closes the port."
        ) from error


def _knock(address: str, *, token: bool) -> None:
    mode = {"RAY_AUTH_MODE": "token"} if token else {}
    try:
        done = subprocess.run(
            [sys.executable, "-c", KNOCK, address],
            env={**mode, **os.environ},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=KNOCK_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise AutoclueError(
            f"The Ray cluster at {address} doesn't answer within {KNOCK_TIMEOUT_S:g} s. Run 'ray "
            "status' there, and see that no firewall closes the ports of its head."
        ) from error
    if done.returncode == 0:
        return
    raise AutoclueError(_refusal(address, done.stderr, token=token))


def _refusal(address: str, said: str, *, token: bool) -> str:
    """Put into a sentence why a cluster's head sent this process away."""
    if "auth" in said.lower():
        why = (
            "the token here isn't that of the cluster"
            if token
            else "it asks for a token, and there is none here"
        )
        return (
            f"The Ray cluster at {address} lets nobody in without its token; {why}. {TOKEN_ADVICE}"
        )
    if address == AUTO and "Could not find any running Ray instance" in said:
        return (
            "No Ray cluster runs on this machine, so --address auto finds none. Run 'ray start "
            "--head' first, or give the HOST:PORT of a cluster elsewhere."
        )
    reason = last_line(said, otherwise="Ray gives no reason")
    return f"The Ray cluster at {address} can't be joined: {reason}"
