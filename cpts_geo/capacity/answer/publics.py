"""The publics that a device could admit: one where a device is described, both where none is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cpts_geo.capacity.answer.headline import DRAWS, Headline, headline
from cpts_geo.capacity.need.learning import KnownLines
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.records import Public
from cpts_geo.errors import DemandTooLargeError, NeedUnknownError


@dataclass(frozen=True)
class PublicAnswer:
    """
    What a device would need for one public.

    Attributes
    ----------
    public : {"all", "no_mt"}
        Whom it would admit.
    answer : Headline or ScenarioError
        Slots and hours needed, or why they cannot be computed.
    hypothesis : bool
        Whether it rests on the national share without médecin traitant: never the first.
    """

    public: Public
    answer: Headline | DemandTooLargeError | NeedUnknownError
    hypothesis: bool


def answers(
    scenario: Scenario,
    *,
    draws: int = DRAWS,
    seed: int | None = None,
    lines: KnownLines | None = None,
) -> tuple[PublicAnswer, ...]:
    """
    Answer for the public that a device admits, or for both where none is described.

    Parameters
    ----------
    scenario : Scenario
        Territory.
    draws, seed, lines : int, int, KnownLines, optional
        As for :func:`cpts_geo.capacity.answer.headline.headline`.

    Returns
    -------
    tuple of PublicAnswer
        The headline first. Of two, all residents first: an order of magnitude; people without
        médecin traitant first where their number is known and they ask more, as where surgeries are
        many.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> [each.public for each in answers(load_scenario("asclepios"), draws=1000)]
    ['all', 'no_mt']
    """
    # What a line counted or offers is of one public: of all, where nobody says which.
    described = scenario.has_own_line or scenario.slots_by_weekday is not None
    publics: tuple[Public, ...] = (
        ("all", "no_mt")
        if scenario.public is None and not described
        else (scenario.public or "all",)
    )
    found = []
    for public in publics:
        asked = scenario.admitting(public)
        try:
            answer: Headline | DemandTooLargeError | NeedUnknownError = headline(
                asked, draws=draws, seed=seed, lines=lines
            )
        except (DemandTooLargeError, NeedUnknownError) as error:
            # Maps and indicators remain true: only the queue has a limit, or the APL is unknown.
            answer = error
        found.append(PublicAnswer(public, answer, asked.evidence == "4"))
    if len(found) == 2 and _leads(found[1], found[0]):
        found.reverse()
    return tuple(found)


def part_exceeds_whole(found: Iterable[PublicAnswer]) -> bool:
    """
    Tell whether people without médecin traitant seem to need more than all residents.

    Parameters
    ----------
    found : iterable of PublicAnswer
        Answers, as :func:`answers`.

    Returns
    -------
    bool
        Two methods then contradict each other; False where one of both is not known.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> part_exceeds_whole(answers(load_scenario("asclepios"), draws=1000))
    False
    """
    slots = {
        each.public: each.answer.slots_per_day
        for each in found
        if isinstance(each.answer, Headline)
    }
    if len(slots) < 2:
        return False
    part, whole = slots["no_mt"], slots["all"]
    same_but_low = (part.p50, part.p90) == (whole.p50, whole.p90) and part.p10 > whole.p10
    return part.p50 > whole.p50 or part.p90 > whole.p90 or same_but_low


def _leads(without: PublicAnswer, everyone: PublicAnswer) -> bool:
    """Whether people without médecin traitant, their number known, ask more than everyone would."""
    if without.hypothesis or not isinstance(without.answer, Headline):
        return False
    if not isinstance(everyone.answer, Headline):
        return isinstance(everyone.answer, NeedUnknownError)
    return without.answer.requests_per_day.p50 > everyone.answer.requests_per_day.p50
