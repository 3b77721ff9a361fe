"""What a population's recipe is worth, in sentences: a score that chose itself is no figure."""

from __future__ import annotations

from autoclue.reporting.conclusions.confirmation import judged_difference
from autoclue.reporting.sections import PopulationInfo, SummaryInfo, chosen_words


def population_verdict(info: SummaryInfo) -> str | None:
    """Write how the recipe stands against the best constant member, or that it isn't known yet.

    Returns:
        ``None`` where there is no population, or nothing has come to the end.
    """
    found = info.population
    if found is None or info.winner is None:
        return None
    if found.rounds and found.recipe is None:
        return None  # whoever won was trained whole, and chosen once
    if found.recipe is None:
        return (
            f"No member of the population does better than the baseline, of "
            f"{found.members} that were compared at boundaries."
        )
    if found.recipe == found.constant:
        return f"The settings of trial {found.recipe} never changed: it is no recipe of its own."
    if found.against_constant is None:
        return _unknown(info, found)
    judged = judged_difference(
        info.metric,
        found.against_constant,
        f"The recipe of trial {found.recipe}, trained again from scratch,",
        f"the best member whose settings never changed, trial {found.constant}",
    )
    return f"{judged}."


def _unknown(info: SummaryInfo, found: PopulationInfo) -> str:
    chosen = f"at {chosen_words(found)}"
    if found.rounds:
        chosen = f"in {found.rounds} rounds of {found.members} members"
    return (
        f"The score of trial {found.recipe} was chosen {chosen}, so it is no "
        "figure: 'autoclue confirm' trains its recipe again from scratch with other seeds, beside "
        "the baseline and the best member whose settings never changed."
    )
