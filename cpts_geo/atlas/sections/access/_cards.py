"""« Et si… »: each change of supply, and the best place of a centre, in three numbers."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cpts_geo.access.changes.shifts import Shift
from cpts_geo.atlas.sections.access.words import UNSEEN, most_touched, named, signed
from cpts_geo.french import duration, number
from cpts_geo.settings import SPOKEN_MINUTES
from cpts_geo.study.access import TerritoryAccess
from cpts_geo.study.opening import Opening


@dataclass(frozen=True)
class _Card:
    """A change: its title, and up to three numbers with their words."""

    title: str
    numbers: tuple[tuple[str, str], ...]


def cards(access: TerritoryAccess) -> list[_Card]:
    """Those that move something; nothing is shown of what moves nothing."""
    found = [_shift_card(shift, access.names) for shift in access.shifts]
    if access.opening:
        found.append(_opening_card(access.opening, access))
    return [card for card in found if card]


def _shift_card(shift: Shift, names: pd.Series) -> _Card | None:
    """What a change does to the APL; None where no commune moves."""
    moved = shift.communes["shift"]
    seen = int((moved.abs() > UNSEEN).sum())
    if not seen:
        return None
    numbers = []
    central = shift.means.to_dict("index")["central"]
    if pd.notna(central["after"]):
        ends = [number(central[side], 2) for side in ("before", "after")]
        numbers.append((" → ".join(dict.fromkeys(ends)), f"APL {shift.vintage} du territoire"))
    most = most_touched(shift)[0]
    worst = f"à {names.get(most, most)}, la commune la plus touchée"
    numbers.append((signed(float(moved.loc[most])), worst))
    numbers.append((number(seen), f"communes touchées sur {len(moved)}"))
    return _Card(shift.title, tuple(numbers))


def _opening_card(found: Opening, access: TerritoryAccess) -> _Card | None:
    """What a centre at the best place changes, emergency departments counted; None for nothing."""
    if not found.emergencies_known or not found.today or not found.proposed:
        return None
    sites = found.proposed[0]
    table = found.gains[sites].to_dict("index")
    minutes = SPOKEN_MINUTES["centre"]
    people = float(table["difference"][f"within_{minutes:g}"])
    before, after = (table[side]["mean_minutes"] for side in ("before", "after"))
    # Unknown is not nothing: it is not shown as a gain either.
    if not people > 0:
        return None
    near = f"habitants de plus à {duration(minutes)} au plus de soins sans rendez-vous"
    numbers = [(f"+{number(people)}", near)]
    if pd.notna(before) and pd.notna(after):
        numbers.append((f"{number(before)} → {duration(after)}", "en moyenne jusqu’au plus proche"))
    return _Card(f"Un centre à {named(sites, access.names)}", tuple(numbers))
