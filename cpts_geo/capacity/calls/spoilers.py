"""What spoils a log, and what it denies: closures, growth, repeated calls, requests not served."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Final

import pandas as pd
from scipy import special, stats

from cpts_geo.capacity.calls._repeats import REPEAT_DAYS
from cpts_geo.capacity.calls._variation import Trend
from cpts_geo.capacity.calls.profile import CallProfile
from cpts_geo.capacity.calls.released import released, shown_need
from cpts_geo.capacity.demand.ratios import DAYS_PER_YEAR, requests_per_day
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.need.interval import LEVELS, interval
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.french import counted, joined, number, percent

#: Chance, under the answer, below which as many requests without a slot contradict it.
_CONTRADICTED: Final = 1e-4
#: Draws that tell how busy a day may be, to a few percent.
_DRAWS: Final = 2_000
#: Repeated calls are told beyond so many standard deviations of chance, and from this share on.
_DEVIATIONS: Final = 3.0
_REPEATED_SHARE: Final = 0.01


def contradiction(found: CallProfile, scenario: Scenario) -> str | None:
    """
    Say where a log has more requests without a slot than the answer allows for today's slots.

    Parameters
    ----------
    found : CallProfile
        What the log says.
    scenario : Scenario
        The scenario whose answer is judged: its demand, its slots of today, its rules.

    Returns
    -------
    str or None
        French sentence; None where slots or lost requests are unknown, or chance explains these
        were the demand the busiest in ten.
    """
    outcomes = released(found)["outcome"]
    lost = float(outcomes["calls"].get("no_slot", math.nan))
    needed, slots = shown_need(found, {"outcome": outcomes}), scenario.slots_by_weekday
    if math.isnan(lost) or needed is None or slots is None:
        return None
    drawn = interval(draw_requests(scenario, draws=_DRAWS).requests_per_year)
    served, at_most = (
        scenario.rules.served(
            requests_per_day(each, opening_days_per_year=scenario.opening_days_per_year), slots
        )
        for each in (drawn.p50, drawn.p90)
    )
    if stats.binom.sf(lost - 1, needed[0], 1.0 - at_most) >= _CONTRADICTED:
        return None
    said = "plus de 99 %" if served > 0.99 else percent(served, 0)
    return (
        f"le journal contredit cette réponse : {percent(lost / found.calls)} de ses appels n’ont "
        f"pas trouvé de créneau, alors que les créneaux d’aujourd’hui serviraient {said} des "
        "demandes dans le délai. Tous n’étaient donc pas offerts à ces appels, ou les demandes "
        "viennent par vagues : ce taux n’est pas une promesse."
    )


def spoilers(found: CallProfile, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """
    Say what a log misses or mixes: closures, days cut, growth, repeated calls.

    Parameters
    ----------
    found : CallProfile
        Exact figures.
    tables : Mapping of str to DataFrame
        What may leave of them.

    Returns
    -------
    list of str
        French sentences, without a capital; counts of 1 to 10 are not written.
    """
    said = []
    if found.closures:
        periods = joined([_period(first, last) for first, last in found.closures])
        said.append(
            f"aucun appel {periods}, ce que le hasard n’explique pas : la ligne est tenue pour "
            "fermée ces jours-là, qui ne comptent pas."
        )
    if found.partial_days:
        days = joined([f"{day:%d/%m/%Y}" for day in found.partial_days])
        said.append(f"le journal ne couvre qu’en partie le {days}, qui ne compte pas.")
    if found.trend is not None:
        said.append(_trend_note(found, found.trend))
    repeated = float(tables["apart"]["calls"]["repeated"])
    if repeated > 0 and (note := _repeats_note(found, repeated)):
        said.append(note)
    return said


def _period(first: date, last: date) -> str:
    """A period in words, or a day."""
    if first == last:
        return f"le {first:%d/%m/%Y}"
    return f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}"


def _trend_note(found: CallProfile, trend: Trend) -> str:
    """French sentence on the growth of a line, and where it stands on its last day."""
    error = float(special.ndtri(LEVELS["p90"]))
    low, high = sorted(abs(trend.growth(sign * error)) for sign in (-1, 1))
    years = (found.end - found.start).days / DAYS_PER_YEAR
    per_day = found.requests / found.opening_days
    return (
        f"les demandes {'augmentent' if trend.slope > 0 else 'baissent'} de "
        f"{percent(abs(trend.growth()), 0)} par an, saison mise à part (entre {percent(low, 0)} et "
        f"{percent(high, 0)}) : la réponse est celle du niveau moyen du {found.start:%d/%m/%Y} au "
        f"{found.end:%d/%m/%Y}, {number(per_day, 1)} par jour d’ouverture, alors qu’au dernier "
        f"jour elles en sont à {number(per_day * math.exp(trend.slope * years / 2), 1)} environ."
    )


def _repeats_note(found: CallProfile, repeated: float) -> str | None:
    """French sentence on the calls that ask again; None where chance makes as many."""
    calls = counted(repeated, "appel", "appels")
    chance = found.repeated_by_chance or 0
    if chance == 0:
        kept = "comptés comme des doublons" if found.repeats_out else "laissés dans le compte"
        return (
            f"{calls} de personnes qui rappellent dans les {REPEAT_DAYS} jours d’ouverture, {kept}."
        )
    excess = repeated - chance
    by_chance = f"{number(round(chance, -1))} environ par hasard"
    alike = f"{calls} en répètent un des {REPEAT_DAYS} jours d’ouverture d’avant (mêmes commune, "
    alike += f"âge et motif s’il est donné), dont {by_chance}"
    if found.repeats_out:
        return f"{alike} : ôtés comme doublons, ils font un compte trop bas, d’autant au plus."
    if excess <= _DEVIATIONS * math.sqrt(repeated) or excess < _REPEATED_SHARE * found.calls:
        return None
    return (
        f"{alike} : les autres sont sans doute des rappels, et gonflent le nombre de demandes (de "
        f"{percent(excess / (found.calls - excess), 0)} au moins) comme la part qui mérite un "
        "créneau. Une colonne « cle_appelant » les ôterait."
    )
