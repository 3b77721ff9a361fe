"""What a check of a task's data prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from autoclue.screen.text import print_labelled, print_sentence, result_console

if TYPE_CHECKING:
    from autoclue.training.data import DataCheck, TokenFacts

MOST_LABELS = 12
MOST_BAD_ROWS = 100


def show_check(check: DataCheck) -> None:
    """Print the whole picture: each part, what guessing scores, what is odd, and all bad rows."""
    console = result_console()
    for label, text in _lines(check):
        print_labelled(console, label, text)
    if check.bad_rows:
        verb = "stop every command" if check.stops else "are left out"
        print_labelled(console, "bad rows", f"{len(check.bad_rows):,} {verb}:")
        for each in check.bad_rows[:MOST_BAD_ROWS]:
            print_sentence(console, f"           {each}")
        if len(check.bad_rows) > MOST_BAD_ROWS:
            print_sentence(console, f"           and {len(check.bad_rows) - MOST_BAD_ROWS:,} more")
    if check.stops:
        words = "mend them, or write on_bad_row: skip into the task's file"
        print_labelled(console, "next", words)


def _lines(check: DataCheck) -> Iterator[tuple[str, str]]:
    facts = check.facts
    yield "task", f"{facts.task}, {facts.metric}, inputs of up to {facts.max_length_tokens} tokens"
    yield "data", facts.origin
    tokens = {each.split: each for each in check.tokens}
    for part in facts.splits:
        middle, long, longest = part.characters
        yield (
            part.split,
            f"{part.rows:,} rows; {middle:,} characters in the middle, 5 % over {long:,}, the "
            f"longest {longest:,}{_tokens(tokens.get(part.split))}; {part.repeated:,} repeated, "
            f"{part.contradicting:,} contradicting",
        )
        if part.labels:
            yield "", f"labels: {_shares(part.labels)}"
    for each in facts.overlaps:
        yield "overlap", f"{each.rows:,} rows of {each.split} stand in train too"
    if facts.majority is not None:
        label, share = facts.majority
        yield "chance", f"{share:.4f}, always {label}: what guessing scores on dev"
    for note in check.model_notes:
        yield "model", note
    for warning in check.warnings:
        yield "look at", warning
    if not check.warnings and not check.bad_rows:
        yield "look at", "nothing"


def _tokens(facts: TokenFacts | None) -> str:
    if facts is None:
        return ""
    middle, long, longest = facts.tokens
    unknown = facts.unknown / facts.all_tokens if facts.all_tokens else 0.0
    return (
        f"; {middle:,} tokens in the middle, 5 % over {long:,}, the longest {longest:,}; "
        f"{facts.cut:,} of {facts.rows:,} cut, {unknown:.2%} of the tokens unknown"
    )


def _shares(labels: Mapping[str, int]) -> str:
    """List the labels with their rows and shares, the most frequent first."""
    rows = max(sum(labels.values()), 1)
    ordered = sorted(labels.items(), key=lambda item: -item[1])
    shown = [f"{label} {n:,} ({n / rows:.1%})" for label, n in ordered[:MOST_LABELS]]
    rest = ordered[MOST_LABELS:]
    more = f", and {len(rest)} more from {rest[0][1]:,} down to {rest[-1][1]:,}" if rest else ""
    return ", ".join(shown) + more
