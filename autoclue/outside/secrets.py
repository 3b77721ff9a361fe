"""Hide what should stay secret in addresses: of databases, of downloads."""

from __future__ import annotations

import re
from urllib.parse import unquote

HIDDEN = "***"
_SECRET = re.compile(
    r"pass|pwd|secret|token|credential|signature|sig$|api_?key|access_?key|auth", re.IGNORECASE
)
_QUERY = re.compile(r"(?<=[?&;/])([^=&;\s?#'\"/]+)=([^&;\s#'\"]*)")
_WEB = r"\b((?:https?|ftps?|sftp)://?)[^\s/?#]+@"
_DATABASE = r"\b((?!(?:https?|ftps?|sftp)://?)[a-z][\w+.-]*://?[^\s/@:]*):%s*@"
"""With one slash it is an address that was taken for a path."""
_USER_OF_WEB = re.compile(_WEB, re.IGNORECASE)
_USER_OF_DATABASE = re.compile(_DATABASE % r"\S", re.IGNORECASE)
_USER_IN_ADDRESS = re.compile(_DATABASE % ".", re.IGNORECASE | re.DOTALL)


def hide_secrets(text: str, *, is_address: bool = False) -> str:
    """Hide users and passwords of addresses, wherever in a text they stand.

    Of a database's address the user stays. In the part behind the question mark, and behind a
    slash in its place, every value goes whose name sounds like a secret, however it is written.

    Args:
        text: Any text.
        is_address: Whether it is one address or a word that ends in one, blanks included.

    Examples:
        >>> from autoclue.outside import hide_secrets
        >>> hide_secrets("postgresql://ann:pw@host/db and https://ann:pw@host/a.zip?token=1")
        'postgresql://ann:***@host/db and https://***@host/a.zip?token=***'
    """
    if ":/" not in text:
        return text
    user = _USER_IN_ADDRESS if is_address else _USER_OF_DATABASE
    text = user.sub(rf"\1:{HIDDEN}@", _USER_OF_WEB.sub(rf"\1{HIDDEN}@", text))
    return _QUERY.sub(lambda f: f"{f[1]}={HIDDEN}" if _is_secret(f[1]) else f[0], text)


def drop_secrets(address: str) -> str:
    """Leave the password out of an address, which is then asked for or found elsewhere."""
    dropped = _USER_IN_ADDRESS.sub(r"\1@", address)
    before, mark, query = dropped.partition("?")
    kept = [each for each in query.split("&") if not _is_secret(each.partition("=")[0])]
    return f"{before}{mark}{'&'.join(kept)}".rstrip("?&")


def secrets_in(address: str) -> set[str]:
    """List the passwords that stand in an address, as they are written and as they are meant."""
    inner = address.partition("://")[2].rpartition("@")[0].partition(":")[2]
    found = {inner} | {each[2] for each in _QUERY.finditer(address) if _is_secret(each[1])}
    return {each for raw in found if raw for each in (raw, unquote(raw))}


def _is_secret(name: str) -> bool:
    return _SECRET.search(unquote(name)) is not None


def hide_secrets_in(value: object) -> object:
    """Hide the secrets in every text of plain data; mappings and lists are copied."""
    if isinstance(value, str):
        return hide_secrets(value)
    if isinstance(value, dict):
        return {key: hide_secrets_in(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(hide_secrets_in, value))
    return value
