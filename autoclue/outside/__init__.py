"""What comes from outside (files, ledgers, servers, options), as it may be read and shown.

Files are read to their end, which comes soon: no pipe, no device, no more than such files have.
Strings from outside are shown and never obeyed: no terminal gets an escape sequence of theirs. A
message quotes at most a line of them, and no password that stands in an address.
"""

from autoclue.outside.files import read_bytes, read_text
from autoclue.outside.logs import ShownFormatter
from autoclue.outside.names import check_name, is_text
from autoclue.outside.problems import problem_key, problem_words
from autoclue.outside.secrets import drop_secrets, hide_secrets, hide_secrets_in, secrets_in
from autoclue.outside.text import one_line, quoted, shortened, shown

__all__ = [
    "ShownFormatter",
    "check_name",
    "drop_secrets",
    "hide_secrets",
    "hide_secrets_in",
    "is_text",
    "one_line",
    "problem_key",
    "problem_words",
    "quoted",
    "read_bytes",
    "read_text",
    "secrets_in",
    "shortened",
    "shown",
]
