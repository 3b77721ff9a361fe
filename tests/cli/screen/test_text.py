from __future__ import annotations

from collections.abc import Callable

from rich.console import Console

from autoclue.screen.text import print_labelled, print_sentence, print_whole

Terminal = Callable[..., Console]
SENTENCE = "Trial 3 beats the published default settings by 10.00 points: 60.00% against 50.00%."


def lines(console: Console) -> list[str]:
    """What was printed, line by line."""
    return [line.rstrip() for line in console.export_text().splitlines()]


def test_a_sentence_breaks_between_words_on_a_terminal(terminal: Terminal) -> None:
    console = terminal(40)
    print_sentence(console, SENTENCE)
    printed = lines(console)
    assert " ".join(printed) == SENTENCE
    assert max(map(len, printed)) <= 40


def test_a_sentence_stays_one_line_in_a_pipe(pipe: Console) -> None:
    print_sentence(pipe, SENTENCE)
    assert lines(pipe) == [SENTENCE]


def test_markup_in_a_sentence_is_text(pipe: Console) -> None:
    print_sentence(pipe, "the [bold]task[/bold]")
    print_labelled(pipe, "task", "my [red]")
    assert lines(pipe) == ["the [bold]task[/bold]", "     task  my [red]"]


def test_a_labelled_text_goes_on_below_itself(terminal: Terminal) -> None:
    console = terminal(30)
    print_labelled(console, "space", "learning_rate, batch_size, factor")
    assert lines(console) == ["    space  learning_rate,", "           batch_size, factor"]


def test_a_command_is_never_broken(terminal: Terminal) -> None:
    console = terminal(30)
    command = "autoclue train --task xnli --model builtin --learning-rate 1e-3"
    print_whole(console, "next", command)
    assert lines(console) == [f"     next  {command}"]
