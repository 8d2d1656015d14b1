"""What the page of several territories says of each: little enough that a thousand are held."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import pandas as pd

from cpts_geo.atlas.look.words import (
    estimate,
    goal,
    short_answer,
    slots_text,
    solidity,
    strength,
    whom,
)
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.need.interval import Interval
from cpts_geo.french import number, typeset
from cpts_geo.schema import COLUMNS, STATUS_LABELS, STATUS_MARKS, TERRITORY
from cpts_geo.sources.codes import counted_places
from cpts_geo.study.study import Study


@dataclass(frozen=True)
class Needed:
    """
    Slots and hours that a territory needs, and what they are sorted by: what is shown of them, the
    middle of a span.

    Parameters
    ----------
    low, high, median : float
        Slots a day: the 80 % interval, and the middle where there is one, NaN elsewhere.
    floor : float or None
        Slots a day at least, where its figures contradict each other.
    today : float
        Slots a day today; NaN where they are not known.
    status : str
        How it is known.
    public, answer, mark, words, told, hours, label : str
        French words: whom for, how many, sign and status, status with its interval, hours of
        consultation, how solid.
    today_text : str or None
        Slots today in words.
    hours_rank, label_rank : str
        What hours and solidity are sorted by.
    goal : str
        Target.
    """

    low: float
    high: float
    median: float
    floor: float | None
    today: float
    status: str
    public: str
    answer: str
    mark: str
    words: str
    told: str
    hours: str
    label: str
    today_text: str | None
    hours_rank: str
    label_rank: str
    goal: str

    @property
    def own(self) -> bool:
        """Whether it has a middle, from its own activity."""
        return not math.isnan(self.median)

    @property
    def rank(self) -> str:
        """What slots are sorted by."""
        if self.own:
            return f"{self.median:g}"
        return f"{(self.low + self.high) / 2 if self.floor is None else self.floor:g}"

    @property
    def end(self) -> float:
        """Where its drawing ends."""
        needed = self.high if self.floor is None else self.floor
        return needed if math.isnan(self.today) else max(needed, self.today)


@dataclass(frozen=True)
class Line:
    """
    A territory as the page of several shows it.

    Parameters
    ----------
    key, name, file : str
        Its key, name, and the address of its page.
    departements, places : str
        Names of its départements, how many communes, in French.
    perimeter : str
        French sentence on its list of communes.
    invented : bool
        Whether something of it is an invented example.
    values : mapping of str to (float, str, str)
        By indicator: value (NaN unknown), status, and what is to know of it.
    needed : Needed or None
        None where it is not known.
    missing : str
        French words that stand for it then.
    origins : mapping of str to str
        By indicator: whose its value is, where it is not the published one.
    """

    key: str
    name: str
    file: str
    departements: str
    places: str
    perimeter: str
    invented: bool
    values: Mapping[str, tuple[float, str, str]]
    needed: Needed | None
    missing: str
    origins: Mapping[str, str] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """
        Give it as JSON holds it: None for a number that is not known.

        Returns
        -------
        dict
            What :meth:`read` reads.
        """
        return {name: _json(value) for name, value in asdict(self).items()}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """
        Read what :meth:`told` gave.

        Parameters
        ----------
        told : mapping
            Its fields.

        Returns
        -------
        Line
            The same line.
        """
        values = {
            name: (_number(value), str(status), str(note))
            for name, (value, status, note) in told["values"].items()
        }
        needed = told["needed"]
        if needed is not None:
            numbers = {name: _number(needed[name]) for name in ("low", "high", "median", "today")}
            needed = Needed(**{**needed, **numbers})
        return cls(**{**told, "values": values, "needed": needed})


def line_of(sheet: Study) -> Line:
    """
    Sum up a territory in a line.

    Parameters
    ----------
    sheet : Study
        The territory.

    Returns
    -------
    Line
        What the page of several says of it.
    """
    mine = sheet.comparison[sheet.comparison["area_level"] == TERRITORY.key]
    result = sheet.headline
    return Line(
        key=sheet.key,
        name=sheet.name,
        file=sheet.file,
        departements=sheet.departements,
        places=counted_places(sheet.figures["code_insee"]),
        perimeter=sheet.perimeter,
        invented=sheet.invented,
        values={
            row["indicator"]: (row["value"], row["status"], _note(row))
            for row in mine.to_dict("records")
        },
        needed=None if result is None else _needed(result),
        missing="non calculé : trop pour une file" if sheet.too_large else "inconnu",
        origins={
            row["indicator"]: f"{row['source']}, {row['vintage']}"
            for row in mine.to_dict("records")
            if not _published(row)
        },
    )


def values_of(lines: Sequence[Line]) -> pd.DataFrame:
    """
    Stack the indicators of territories.

    Parameters
    ----------
    lines : sequence of Line
        Territories in order.

    Returns
    -------
    DataFrame
        territory, area_level, indicator, value (NaN unknown), status: the rows of territories of
        :func:`cpts_geo.indicators.comparison.compare_areas`; origin, whose a value is that is not
        the published one.
    """
    rows = [
        (line.key, TERRITORY.key, name, value, status, line.origins.get(name, ""))
        for line in lines
        for name, (value, status, _) in line.values.items()
    ]
    columns = ["territory", "area_level", "indicator", "value", "status", "origin"]
    return pd.DataFrame(rows, columns=columns)


def _needed(result: Headline) -> Needed:
    """What the answer of a territory says on the page of several."""
    slots, hours, today = result.slots_per_day, result.gp_hours_per_week, result.today
    own, floor, answer = result.has_median, result.at_least, short_answer(result)
    spread = "" if slots.p10 == slots.p90 else f", {number(slots.p10)} à {number(slots.p90)}"
    told = STATUS_LABELS[result.status] + (spread if own else f" : {answer}")
    return Needed(
        low=float(slots.p10),
        high=float(slots.p90),
        median=float(slots.p50) if own else math.nan,
        floor=None if floor is None else float(floor),
        today=float(today.slots) if today else math.nan,
        status=result.status.value,
        public=whom(result.scenario),
        answer=answer,
        mark=STATUS_MARKS[result.status],
        words=STATUS_LABELS[result.status],
        told=typeset(told),
        hours=estimate(result, hours) if floor is None else "—",
        label=strength(result.scenario),
        today_text=slots_text(today.slots) if today else None,
        hours_rank="" if floor is not None else f"{_middle(hours, own=own):.3g}",
        label_rank=str(solidity(result.scenario)),
        goal=goal(result),
    )


def _middle(found: Interval[Any], *, own: bool) -> float:
    """What a quantity is sorted by: its median, or the middle of the bounds that alone are told."""
    return float(found.p50) if own else (found.p10 + found.p90) / 2


def _note(found: Mapping[Any, Any]) -> str:
    """What is to know of a value; whose it is, and of what ages, where it is not the published
    one."""
    if _published(found):
        return str(found["note"])
    own = f"{found['source']} ({found['grade']})"
    return ", ".join(filter(None, (found["base"], own, found["note"])))


def _published(found: Mapping[Any, Any]) -> bool:
    """Whether a value is that of its column, not of an analyst."""
    return bool(found["vintage"] == COLUMNS[found["indicator"]].vintage)


def _json(value: Any) -> Any:
    """A value that JSON knows: no number that is not known."""
    if isinstance(value, Mapping):
        return {name: _json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _number(value: float | None) -> float:
    """A number of JSON, NaN for none."""
    return math.nan if value is None else float(value)
