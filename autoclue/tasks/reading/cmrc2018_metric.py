"""Exact match and F1 of CMRC2018, as PaddleNLP computes them and as the official script does.

The published tables hold PaddleNLP's figures. They are not comparable with the official ones:
PaddleNLP's F1 counts characters in any order, and of the first word alone.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autoclue.errors import DataError
from autoclue.tasks.reading.segments import drop_signs, longest_common_run, official_segments

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_WITHOUT_ASCII_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class AnswerScore:
    """How well one predicted answer matches the best of the right ones.

    Attributes:
        exact_match: 1.0 where the texts are equal after normalising, else 0.0.
        f1: Overlap in [0, 1].
    """

    exact_match: float
    f1: float


def compute(
    predictions: Mapping[str, str], references: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """Score the answers of one split under both metrics.

    Args:
        predictions: Answer text by question id.
        references: The right answers by question id; these questions are counted.

    Returns:
        ``em`` and ``f1`` as PaddleNLP computes them, ``official_em`` and ``official_f1`` as the
        official script does; means over the questions, in [0, 1].

    Raises:
        DataError: There are no questions, one has no prediction, or one has no right answer.
    """
    return {
        **paddlenlp_metric(predictions, references),
        **{f"official_{name}": v for name, v in official_metric(predictions, references).items()},
    }


def paddlenlp_metric(
    predictions: Mapping[str, str], references: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """Average PaddleNLP's ``squad_evaluate(is_whitespace_splited=False)`` over the questions.

    Args:
        predictions: Answer text by question id.
        references: The right answers by question id.

    Returns:
        ``em`` and ``f1`` in [0, 1].

    Raises:
        DataError: There are no questions, or one has no prediction.
    """
    missing = [key for key in references if key not in predictions]
    if missing:
        raise DataError(
            f"{len(missing)} of {len(references)} questions have no prediction, the first is "
            f"{missing[0]}; predict every question, PaddleNLP's metric knows no other way."
        )
    return _mean([paddlenlp_score(predictions[key], references[key]) for key in references])


def official_metric(
    predictions: Mapping[str, str], references: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """Average the official CMRC 2018 evaluation over the questions.

    A question without a prediction counts as 0 in both figures.

    Args:
        predictions: Answer text by question id.
        references: The right answers by question id.

    Returns:
        ``em`` and ``f1`` in [0, 1].

    Raises:
        DataError: There are no questions, or one has no right answer.
    """
    without = next((key for key, answers in references.items() if not answers), None)
    if without is not None:
        raise DataError(
            f"Question {without} has no right answer, and the official metric can't score that; "
            "give it one or leave the question out."
        )
    wrong = AnswerScore(0.0, 0.0)
    return _mean(
        [
            official_score(predictions[key], answers) if key in predictions else wrong
            for key, answers in references.items()
        ]
    )


def paddlenlp_score(prediction: str, answers: Sequence[str]) -> AnswerScore:
    """Score one answer as PaddleNLP does; without a right answer the empty text is right.

    Args:
        prediction: The predicted text.
        answers: The right texts; those that normalising empties count only if all are such.
    """
    told = normalize(prediction)
    right = [text for text in map(normalize, answers) if text] or [""]
    return _best(told, right, equal=str.__eq__, overlap=_characters_of_first_word)


def official_score(prediction: str, answers: Sequence[str]) -> AnswerScore:
    """Score one answer as the official script does.

    Args:
        prediction: The predicted text.
        answers: The right texts, at least one.
    """
    return _best(prediction, answers, equal=_equal_but_for_signs, overlap=_longest_run)


def normalize(text: str) -> str:
    """Normalise a text as PaddleNLP does.

    Lower case; ASCII punctuation and the official list of signs dropped; the words a, an and the
    dropped where they stand alone; white space to one space.
    """
    without_signs = drop_signs(text.lower().translate(_WITHOUT_ASCII_PUNCTUATION))
    return " ".join(_ARTICLES.sub(" ", without_signs).split())


def _best(
    prediction: str,
    answers: Sequence[str],
    *,
    equal: Callable[[str, str], bool],
    overlap: Callable[[str, str], float],
) -> AnswerScore:
    return AnswerScore(
        exact_match=float(any(equal(answer, prediction) for answer in answers)),
        f1=max(overlap(answer, prediction) for answer in answers),
    )


def _equal_but_for_signs(answer: str, prediction: str) -> bool:
    return drop_signs(answer) == drop_signs(prediction)


def _characters_of_first_word(answer: str, prediction: str) -> float:
    """F1 of the characters of the first words, regardless of their order."""
    right, told = (text.partition(" ")[0] for text in (answer, prediction))
    if not right or not told:
        return float(right == told)
    return _f1((Counter(right) & Counter(told)).total(), len(told), len(right))


def _longest_run(answer: str, prediction: str) -> float:
    """F1 of the longest run of segments that both have."""
    right, told = official_segments(answer), official_segments(prediction)
    return _f1(longest_common_run(right, told), len(told), len(right))


def _f1(common: int, told: int, right: int) -> float:
    if common == 0:
        return 0.0
    precision, recall = common / told, common / right
    return 2 * precision * recall / (precision + recall)


def _mean(scores: Sequence[AnswerScore]) -> dict[str, float]:
    if not scores:
        raise DataError("There are no questions to score; give at least one.")
    return {
        "em": sum(score.exact_match for score in scores) / len(scores),
        "f1": sum(score.f1 for score in scores) / len(scores),
    }
