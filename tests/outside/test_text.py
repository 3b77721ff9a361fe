from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import LONGEST_SENTENCE, AutoclueError, UsageError, one_door
from autoclue.outside import check_name, drop_secrets, hide_secrets, quoted, shown


@given(st.text())
def test_what_is_shown_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    left = {each for each in shown(text) if ord(each) < 32 or 127 <= ord(each) < 160}
    assert left <= {"\t", "\n"}
    assert shown(shown(text)) == shown(text)


def test_a_json_text_stays_one_with_the_same_content() -> None:
    held = {"name": "\x1b[31m\x9b2J\u202e", "plain": "天\n地"}
    assert json.loads(shown(json.dumps(held, ensure_ascii=False))) == held


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("postgresql://me:pw@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me:p@w/x@host/db", "postgresql://me:***@host/db"),
        (
            "mysql+pymysql://h/d?user=me&pass%77ord=pw",
            "mysql+pymysql://h/d?user=me&pass%77ord=***",
        ),
        ("https://me:pw@host/a.zip", "https://***@host/a.zip"),
        ("postgresql:/me:pw@host/db", "postgresql:/me:***@host/db"),
        ("https:/me:pw@host/a.zip?token=pw", "https:/***@host/a.zip?token=***"),
        ("https://me:pw@host/a.zip/token=pw", "https://***@host/a.zip/token=***"),
        ("at https://host/a?X-Amz-Signature=pw or", "at https://host/a?X-Amz-Signature=*** or"),
        ("sqlite:////home/a:b@c/x.db", "sqlite:////home/a:b@c/x.db"),
        ("http://host:8080/a@b", "http://host:8080/a@b"),
    ],
)
def test_passwords_of_addresses_are_hidden(text: str, hidden: str) -> None:
    assert hide_secrets(text) == hidden
    assert str(AutoclueError(text)) == hidden


def test_a_password_with_a_blank_is_hidden_in_an_address() -> None:
    address = "--storage=postgresql://me:p w@host/db"
    assert hide_secrets(address, is_address=True) == "--storage=postgresql://me:***@host/db"
    assert drop_secrets("postgresql://me:pw@h/d?password=x&a=b") == "postgresql://me@h/d?a=b"


@pytest.mark.parametrize(
    "value",
    ["x" * 10**6, 10**5000, [[["x"] * 9] * 9] * 9, {"a": "b" * 999}],
    ids=["text", "number", "list", "mapping"],
)
def test_a_quote_is_at_most_a_line(value: object) -> None:
    assert len(quoted(value)) < 200


def test_a_message_is_at_most_a_page() -> None:
    assert len(str(UsageError("x" * 10**6))) <= LONGEST_SENTENCE


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyError("x"), "KeyError: 'x'"),
        (RecursionError(), "it is nested too deep"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, ""), "it is no UTF-8 text"),
        (PermissionError(13, "Permission denied"), "Permission denied"),
        (MemoryError(), "something in it is too large"),
    ],
)
def test_a_door_makes_a_sentence_of_anything(error: Exception, reason: str) -> None:
    with (
        pytest.raises(UsageError, match=f"^no: {reason}$"),
        one_door(lambda why: UsageError(f"no: {why}")),
    ):
        raise error


@pytest.mark.parametrize("text", ["postgresql://me:pw@h/d", "https://h/a.zip"])
def test_an_address_is_no_name_of_a_file(text: str) -> None:
    with pytest.raises(ValueError, match="is an address, and can't be a name or a path here"):
        check_name(text)
