"""Write the file of a task that was drafted, with a comment at each guess."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from autoclue.errors import FolderError, UsageError
from autoclue.outside import is_text
from autoclue.tasks.cache import write_atomically
from autoclue.tasks.drafting.files import SPLIT_NAMES, find_parts
from autoclue.tasks.drafting.layout import Draft, guess_layout
from autoclue.tasks.drafting.roles import Roles, guess_roles
from autoclue.tasks.registry import load_task

LENGTHS: Final = (32, 64, 128, 256, 512)
MOST_LISTED: Final = 60
"""Labels that are written out; more of them are taken from the data."""
MOST_DIGITS: Final = 18
"""Of a label that is taken for a number."""
LEAST_FREQUENT: Final = 0.9
"""Share of the most frequent label above which accuracy says little."""
PLAIN: Final = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff./-]*")
WORDS_OF_YAML: Final = frozenset(["yes", "no", "true", "false", "on", "off", "null", "y", "n"])


def new_task(
    data: Path | str,
    *,
    out: Path | str | None = None,
    text: str | None = None,
    text_pair: str | None = None,
    label: str | None = None,
    force: bool = False,
) -> Path:
    r"""Look at a file or a folder of data, and write the task's file to begin with.

    Args:
        data: A file, or a folder with files called train, dev and test.
        out: The task's file; by default beside the data, under its name.
        text: The column of the text, instead of a guess.
        text_pair: That of the second text.
        label: That of the label.
        force: Whether a file that is there may be replaced.

    Returns:
        The task's file.

    Raises:
        UsageError: The data can't be read, no column looks like a label or a text, or the file is
            there already.
        FolderError: The file can't be written.

    Examples:
        >>> from pathlib import Path
        >>> from autoclue.tasks import new_task
        >>> rows = ["text,label", *(f"number {n},{n % 2}" for n in range(20))]
        >>> _ = Path("reviews.csv").write_text("\n".join(rows))
        >>> print(new_task("reviews.csv"))
        reviews.yaml
    """
    parts = find_parts(Path(data).expanduser())
    folder = _home(parts)
    target = Path(out).expanduser() if out is not None else folder / f"{_name(parts)}.yaml"
    if target.suffix not in (".yaml", ".yml"):
        raise UsageError(f"{target} can't be a task's file; let its name end in .yaml.")
    if target.exists() and not force:
        raise UsageError(f"{target} is there already; give --force to replace it.")
    others = [path for split, path in parts.items() if split != "train"]
    draft = guess_layout(parts["train"], *others)
    roles = guess_roles(draft.columns, draft.rows, text=text, text_pair=text_pair, label=label)
    files = {s: _relative(parts[s], target.parent) for s in SPLIT_NAMES if s in parts}
    labelled = "test" in parts and _is_labelled(parts["test"], roles.label)
    content = "\n".join(_lines(_name(parts), files, draft, roles, labelled)) + "\n"
    if not is_text(content):
        raise UsageError(
            f"A column or a label of {parts['train']} has a zero or half a character in it (such "
            "as \\ud800), which no task's file can hold; mend it there."
        )
    try:
        write_atomically(target, content.encode())
    except OSError as error:
        raise FolderError.writing(
            f"The task's file {target.name}", target.parent, error
        ) from error
    load_task(str(target))  # what was written can be read
    return target


def _home(parts: Mapping[str, Path]) -> Path:
    return parts["train"].parent


def _name(parts: Mapping[str, Path]) -> str:
    """Name the task after its file, or after the folder where the file is called train."""
    path = parts["train"]
    stem = path.name.partition(".")[0]
    if set(re.split(r"[^a-z]+", stem.lower())) & set(SPLIT_NAMES["train"]):
        stem = path.resolve().parent.name
    name = re.sub(r"[^a-z0-9_.-]+", "-", stem.lower()).strip("-._")
    return name[:64] or "mine"


def _relative(path: Path, folder: Path) -> str:
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return path.resolve().as_posix()


def _is_labelled(path: Path, label: str) -> bool:
    """Return whether the rows of a file have labels."""
    try:
        draft = guess_layout(path)
    except UsageError:
        return False  # data check says what is wrong with it
    return bool(draft.rows) and all(row.get(label) not in (None, "") for row in draft.rows)


def _lines(
    name: str, files: Mapping[str, str], draft: Draft, roles: Roles, labelled: bool
) -> Iterator[str]:
    """Yield the lines of the task's file."""
    rows = len(draft.rows)
    yield f"# Drafted from {files['train']}: look at each line, then run 'autoclue data check'."
    yield f"name: {_text(name)}"
    if roles.multi:
        yield "kind: multi_label                # a row has a list of labels"
    for key, value in draft.keys.items():
        yield _line(key, value, draft.why.get(key, ""))
    yield from _file_lines(files, labelled)
    yield from _input_lines(draft, roles)
    yield f"label_field: {_text(roles.label)}"
    yield from _label_lines(draft, roles)
    yield from _metric_lines(roles)
    yield from _recipe_lines(roles, rows)


def _line(key: str, value: object, why: str) -> str:
    written = f"{key}: {_value(value)}"
    return f"{written:<32} # {why}" if why else written


def _file_lines(files: Mapping[str, str], labelled: bool) -> Iterator[str]:
    listed = ", ".join(f"{split}: {_text(name)}" for split, name in files.items())
    yield f"files: {{{listed}}}"
    if labelled:
        yield _line("labelled_splits", list(files), "the rows of test have labels too")
    if "dev" not in files:
        test = "" if "test" in files else "test: 0.1, "
        yield "# There is no file to judge by, so that a part of the rows is cut off for it."
        yield f"split: {{dev: 0.1, {test}seed: 42, stratify: true}}"


def _input_lines(draft: Draft, roles: Roles) -> Iterator[str]:
    others = [c for c in draft.columns if c not in (roles.text, roles.text_pair, roles.label)]
    if others:
        yield f"# Not read: {', '.join(others)}."
    if roles.text_pair is None:
        yield f"input: {{kind: single, text: {_text(roles.text)}}}"
        return
    yield f"input: {{kind: pair, text: {_text(roles.text)}, text_pair: {_text(roles.text_pair)}}}"


def _label_lines(draft: Draft, roles: Roles) -> Iterator[str]:
    counts = roles.values
    if len(counts) > MOST_LISTED:
        yield f"labels: from_data                # {len(counts)} of them"
        return
    total = sum(counts.values())
    shares = ", ".join(f"{each} {n / total:.0%}" for each, n in list(counts.items())[:8])
    yield f"# Their shares: {shares}{', ...' if len(counts) > 8 else ''}"
    labels = sorted(counts, key=lambda each: (_number(each), each))
    names = draft.names.get(roles.label, ())
    if names and all(0 <= _number(each) < len(names) for each in labels):
        named = ", ".join(f"{number}: {_text(each)}" for number, each in enumerate(names))
        yield f"labels: {{{named}}}"
        return
    yield f"labels: [{', '.join(_text(each) for each in labels)}]"


def _number(label: str) -> float:
    """Return the number that a label is: -1 where it is none, infinity where it has no end."""
    if not (label.isascii() and label.isdigit()):
        return -1
    return int(label) if len(label) <= MOST_DIGITS else math.inf


def _metric_lines(roles: Roles) -> Iterator[str]:
    if roles.multi:
        return
    share = max(roles.values.values(), default=0) / max(sum(roles.values.values()), 1)
    if share > LEAST_FREQUENT:
        yield "metric: macro_f1                 # accuracy says little: one label is so frequent"


def _recipe_lines(roles: Roles, rows: int) -> Iterator[str]:
    """Choose the shortest input that 19 of 20 rows fit into; a character is about a token."""
    long = roles.lengths[-1 - len(roles.lengths) // 20] + (2 if roles.text_pair is None else 3)
    length = next((each for each in LENGTHS if each >= long), LENGTHS[-1])
    yield f"# 19 of 20 texts have at most {long} characters and special tokens."
    yield f"recipe: {{max_length_tokens: {length}}}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_text(str(each)) for each in value)}]"
    return _text(str(value))


def _text(text: str) -> str:
    """Write text as YAML, in quotes where it would be taken for something else."""
    plain = PLAIN.fullmatch(text) and text.lower() not in WORDS_OF_YAML
    return text if plain else json.dumps(text, ensure_ascii=False)
