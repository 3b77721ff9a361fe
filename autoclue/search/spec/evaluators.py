"""What it changes in a question that members of a round go on from those of the one before."""

from __future__ import annotations

from autoclue.errors import UsageError
from autoclue.options import CARRIES, DEFAULT_EPOCHS_PER_ROUND, POPULATION_BASED, StudySpec
from autoclue.search.spec.checks import refuse_given
from autoclue.space import SearchSpace


def evaluator_options(question: StudySpec) -> dict[str, object]:
    """Return what a question becomes for its evaluator, by option; see ``StudySpec``.

    Raises:
        UsageError: An option doesn't go with the evaluator.
    """
    epochs = question.epochs_per_round
    if question.evaluator != POPULATION_BASED:
        refuse_given(
            {"--epochs-per-round": epochs, "--carry": question.carry},
            "is for --evaluator population-based, whose members go on from each other; leave it "
            "out, or give --sampler hazero or pshe2 with that evaluator.",
        )
        return {}
    if epochs is not None and question.max_steps is not None:
        raise UsageError(
            f"--epochs-per-round is {epochs} and --max-steps is {question.max_steps}, and each "
            "says how long a member trains from round 1 on; give one of them."
        )
    if question.max_steps is None:
        epochs = epochs or DEFAULT_EPOCHS_PER_ROUND
    return {"epochs_per_round": epochs, "carry": question.carry or CARRIES[0]}


def check_lengths(question: StudySpec, space: SearchSpace) -> None:
    """Refuse a space whose lengths would hold for round 0 alone.

    Args:
        question: What is asked, after ``evaluator_options``.
        space: What may be tried.

    Raises:
        UsageError: With what to give instead.
    """
    if question.evaluator != POPULATION_BASED:
        return
    found = space.parameters
    if "max_steps" in found:
        raise UsageError(
            "The space sets max_steps, and with --evaluator population-based one number holds for "
            "every round; give it as --max-steps, or take it out of the space."
        )
    if "epochs" in found and found["epochs"].count() != 1:
        raise UsageError(
            "The space searches epochs, and with --evaluator population-based a member trains "
            "--epochs-per-round from round 1 on whatever they are; give them one value, as in "
            "--set epochs=3."
        )
