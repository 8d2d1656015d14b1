"""What a bridge, an epidemic or the leave of a GP costs a line, and how long it takes to recover.

Lines of the slots that hold the target at the median demand, and of one more: days of the week are
taken as alike, so that the shock is seen alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.queue.transient import transient

#: Requests more, and opening days, of the epidemic; opening days of the leave, and share of the
#: slots that the GP on leave gave.
EPIDEMIC: Final = (0.30, 22)
LEAVE: Final = (0.25, 15)
#: Opening days followed after a shock, and losses a day over the usual under which it is over.
_AFTER: Final = 60
_OVER: Final = 0.1


@dataclass(frozen=True)
class _Shock:
    """Requests relative to the usual and slots less, on each day; the days that it lasts."""

    words: str
    times: tuple[float, ...]
    fewer: int = 0


def shocks(result: Headline) -> pd.DataFrame:
    """
    Follow a line day by day through three shocks.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    DataFrame
        A row a shock and number of slots: words (French), slots, lost_more (requests lost beyond
        the usual), served (share during the shock), usual (share otherwise), days_after (opening
        days until it is over). Empty where nobody asks.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> table = shocks(headline(load_scenario("ouest_loiret"), draws=1000))
    >>> len(table), bool((table["lost_more"] > 0).all())
    (6, True)
    """
    scenario, demand = result.scenario, result.requests_per_day.p50
    if not demand:
        return pd.DataFrame()
    rules = scenario.rules
    enough = rules.slots(demand)
    rows = []
    for slots in (enough, enough + 1):
        usual = rules.service(demand, slots)
        for place, shock in enumerate(_shocks(slots)):
            lasts = len(shock.times)
            # What is booked ahead is known the day before: the days before count too.
            before, after = scenario.deadline_days, _AFTER
            times = np.array([*[1.0] * before, *shock.times, *[1.0] * after])
            plan = np.full(len(times), slots)
            plan[before : before + lasts] -= shock.fewer
            days = transient(
                (demand * times).tolist(),
                plan.tolist(),
                rules=rules,
                initial_backlog=usual.backlog_distribution,
            )
            more = days["lost"] - usual.lost_per_day
            during = days.iloc[before : before + lasts]
            late = np.flatnonzero(more.iloc[before + lasts :] > _OVER)
            rows.append(
                {"place": place, "words": shock.words, "slots": slots}
                | {"lost_more": float(more.sum())}
                | {"served": float(during["served"].sum() / during["requests"].sum())}
                | {"usual": usual.served, "days_after": int(late.max()) + 1 if late.size else 0}
            )
    table = pd.DataFrame(rows).sort_values("place", kind="stable", ignore_index=True)
    return table.drop(columns="place")


def _shocks(slots: int) -> tuple[_Shock, ...]:
    """Three shocks of a line of so many slots."""
    rise, long = EPIDEMIC
    share, away = LEAVE
    fewer = min(max(1, round(share * slots)), slots)
    return (
        _Shock("Un pont : deux jours fermés, tout le monde appelle au retour", (3.0,)),
        _Shock("Une épidémie d’un mois", (1.0 + rise,) * long),
        _Shock("Un médecin en congé trois semaines", (1.0,) * away, fewer),
    )
