"""Follow-up of a registre: what it says, month by month, what changed, what limits the reading."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.months import MonthDot, months_svg
from cpts_geo.atlas.look.cells import MASK_TEXTS, Cell
from cpts_geo.capacity.need.interval import CHANCE, CHANCES
from cpts_geo.french import (
    MONTHS,
    NNBSP,
    UNKNOWN_TEXT,
    capital,
    counted,
    joined,
    number,
    percent,
    signed_number,
    signed_percent,
)
from cpts_geo.schema import Status
from cpts_geo.secrecy.disclosure import MIN_PATIENTS, Mask
from cpts_geo.sources.analyst.filled.templates import INVENTED
from cpts_geo.study.follow_up.follow_up import FollowUp
from cpts_geo.study.follow_up.indicators import AT_LEAST, INDICATORS

#: Columns of the months, in as many tables as a page has room for.
_TABLES: Final = {
    "Les demandes et leur issue": (
        "requests", "appointments", "advice", "no_slot", "redirected", "response_rate",
    ),
    "Les délais, la venue et l’origine": (
        "delay_median", "delay_p90", "honoured", "without_mt", "outside", "fill_rate",
    ),
}  # fmt: skip
#: Months that a sentence names.
_NAMED: Final = 3
#: What the model expects.
_EXPECTED: Final = "slot_requests"
_CHANCES: Final = CHANCES.partition(",")[0]
#: What is unknown -> what gives it.
_MISSING: Final = {
    "advice": "les conseils (issue de chaque demande, ou colonne de leur nombre)",
    "no_slot": "les demandes sans créneau (de même)",
    "redirected": "les réorientations (de même)",
    "response_rate": "le taux de réponse (il faut les rendez-vous et les conseils)",
    "delay_median": "le délai (colonne « delai_heures » ou « delai_jours » du registre)",
    "honoured": "la venue au rendez-vous (colonne « honore »)",
    "without_mt": "le médecin traitant (colonne « sans_mt »)",
    "outside": "l’origine (colonne « commune », et les communes du territoire)",
    "fill_rate": "le remplissage (créneaux offerts, dans le scénario)",
}
_SAID: Final = {True: "oui", False: "non, le hasard suffit", None: "on ne peut pas le dire"}


def follow_up_sections(found: FollowUp) -> dict[str, Any]:
    """
    Gather what the page of a follow-up shows.

    Parameters
    ----------
    found : FollowUp
        Values that may leave.

    Returns
    -------
    dict
        Sentences, drawings, rows of the tables.
    """
    return {
        "period": _span(found.period),
        "before": "" if found.before_period is None else _span(found.before_period),
        "sentences": _sentences(found),
        "drawings": [(title, Markup(svg)) for title, svg in _drawings(found)],
        "tables": [
            (
                title,
                rank == 0,
                [
                    (each.label, each.unit if each.kind == "count" else "")
                    for each in map(INDICATORS.__getitem__, names)
                ],
                _month_rows(found, names, expected=rank == 0),
            )
            for rank, (title, names) in enumerate(_TABLES.items())
        ],
        "changes": _change_rows(found) if found.before_period else [],
        "missing": [
            words
            for name, words in _MISSING.items()
            if found.totals.at[name, "status"] == Status.UNKNOWN
        ],
        "least": MIN_PATIENTS,
        "limits": found.limits,
        "notes": found.notes,
    }


def _span(period: tuple[Any, Any]) -> str:
    """Two dates in words."""
    return f"du {period[0]:%d/%m/%Y} au {period[1]:%d/%m/%Y}"


def _sentences(found: FollowUp) -> list[str]:
    """What the period was, whether the model expected it, what has changed."""
    totals, inside = found.totals, found.expected["inside"]
    rows = {str(name): dict(row) for name, row in totals.iterrows()}
    requests = float(rows["requests"]["value"])
    mark = f" ({INVENTED})" if found.invented[0] else ""
    said = [
        f"{counted(requests, 'demande', 'demandes')} {_span(found.period)}{mark} ; "
        f"taux de réponse : {_value('response_rate', rows['response_rate'], found.blank[0])}"
        + (f" ({found.blank[0]})." if found.blank[0] else ".")
    ]
    told = inside.dropna()
    if len(told):
        low = sum(not ok and _below(found, month) for month, ok in told.items())
        outside = len(told) - int(told.sum())
        sides = [
            counted(low, "au-dessous", "au-dessous") if low else "",
            counted(outside - low, "au-dessus", "au-dessus") if outside - low else "",
        ]
        said.append(
            f"{counted(int(told.sum()), 'mois', 'mois')} sur {number(len(told))} "
            f"{'est' if told.sum() == 1 else 'sont'} dans ce que le modèle attendait, où l’on "
            f"attend {number(10 * CHANCE)} mois sur 10"
            + (f" ({joined(list(filter(None, sides)))}{_named(found)})." if outside else ".")
        )
    if found.invented[1]:
        said.append(f"La période d’avant est un {INVENTED}.")
    if found.before_period:
        changed = totals[totals["significant"].eq(True)]
        tested = totals["significant"].notna()
        if not tested.any():
            said.append("Trop peu de mois en commun pour dire si quelque chose a changé.")
        elif changed.empty:
            said.append(
                "Depuis la période d’avant, rien n’a changé plus que le hasard ne l’explique."
            )
        else:
            words = [
                f"{_lowered(INDICATORS[str(name)].label)} ({_both(str(name), row)})"
                for name, row in changed.to_dict("index").items()
            ]
            said.append(
                f"Ce qui a vraiment changé, et que le hasard seul n’explique pas : {joined(words)}."
            )
        if len(found.apart):
            one = found.apart["month"].nunique() == 1
            said.append(
                f"{'Un mois s’écarte' if one else 'Des mois s’écartent'} des autres plus que par "
                f"hasard, si on {'le' if one else 'les'} compare à l’année d’avant : "
                f"{_apart(found)}."
            )
    return said


def _both(name: str, row: Mapping[Any, Any]) -> str:
    """A change in words, with both values where they may be shown: a rate alone misleads."""
    values = [_cell(name, row[key], "") for key in ("previous", "value")]
    change = _change(name, row)
    if any(each.status == Status.UNKNOWN for each in values):
        return change
    texts = f"{values[0].text} → {values[1].text}"
    return texts if change in ("—", texts) else f"{texts}, {change}"


def _apart(found: FollowUp) -> str:
    """The months that depart, the least likely first, a few of them."""
    rows = found.apart.to_dict("records")
    words = []
    for row in rows[:_NAMED]:
        name = row["indicator"]
        now, then = (_cell(name, row[key], "").text for key in ("value", "previous"))
        label = _lowered(INDICATORS[name].label)
        words.append(f"{_month(row['month'])} ({label} : {now} au lieu de {then})")
    others = len(rows) - len(words)
    return joined([*words, *([f"{counted(others, 'autre', 'autres')}"] if others else [])])


def _named(found: FollowUp) -> str:
    """The months that are out of their band, where they are few enough to be named."""
    inside = found.expected["inside"]
    out = [str(month) for month in inside[inside.eq(False)].index]
    return f" : {joined(list(map(_month, out)))}" if len(out) <= _NAMED else ""


def _month(month: str) -> str:
    """Name of a month, in a sentence about one period."""
    return str(MONTHS[int(month[-2:]) - 1])


def _lowered(label: str) -> str:
    """A label inside a sentence."""
    return label[0].lower() + label[1:]


def _below(found: FollowUp, month: Any) -> bool:
    """Whether a month is under what was expected."""
    counted_then, least = found.months["slot_requests"], found.expected["p10"]
    return bool(counted_then.lt(least)[month])


def _drawings(found: FollowUp) -> list[tuple[str, str]]:
    """Requests of a slot over their band, then the response rate."""
    bands = _by_month(found.expected)
    months, status = _by_month(found.months), _by_month(found.status)
    before = {month[-2:]: row for month, row in _by_month(found.before).items()}
    drawings = []
    for name, times, unit in ((_EXPECTED, 1, "demandes"), ("response_rate", 100, "%")):
        banded = name == _EXPECTED
        dots = [
            MonthDot(
                label=_short(month),
                value=times * row[name],
                before=times * before.get(month[-2:], {}).get(name, math.nan),
                low=bands[month]["p10"] if banded else math.nan,
                high=bands[month]["p90"] if banded else math.nan,
                hidden=status[month][name] in MASK_TEXTS,
            )
            for month, row in months.items()
        ]
        label = INDICATORS[name].label + (" (au moins)" if found.blank[0] else "")
        told = "compté (rond vide : hors de la bande)" if banded else "mois"
        names = (told, "période d’avant", f"attendu par le modèle, {_CHANCES}")
        drawings.append((label, months_svg(dots, names=names, unit=unit, title=label)))
    return drawings


def _by_month(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Rows of a table, by month."""
    return {str(month): dict(row) for month, row in table.iterrows()}


def _short(month: str) -> str:
    """First letter of a month: twelve stand side by side."""
    return str(MONTHS[int(month[-2:]) - 1])[0].upper()


def _month_rows(found: FollowUp, names: Sequence[str], *, expected: bool) -> list[list[Cell]]:
    """A row a month: its name, what was expected where asked, its values."""
    bands, status = _by_month(found.expected), _by_month(found.status)
    rows = []
    for month, values in _by_month(found.months).items():
        year, rank = month.split("-")
        band = bands[month]
        awaited = (
            Cell(UNKNOWN_TEXT, status=Status.UNKNOWN)
            if math.isnan(band["p50"])
            else Cell(f"{number(band['p10'])} à {number(band['p90'])}")
        )
        shown = (_EXPECTED, *names) if expected else names
        cells = [_cell(name, values[name], str(status[month][name])) for name in shown]
        named = Cell(f"{MONTHS[int(rank) - 1]} {year}", numeric=False)
        rows.append([named, *([awaited] if expected else []), *cells])
    return rows


def _change_rows(found: FollowUp) -> list[list[Cell]]:
    """A row an indicator: both periods, the change, whether it is more than chance."""
    rows = []
    # Row by row, pandas would make texts of a row of texts and of what is unknown.
    for name, row in found.totals.to_dict("index").items():
        indicator = INDICATORS[str(name)]
        if indicator.kind == "public":
            continue
        before = dict(row)
        before["value"] = row["previous"]
        rows.append(
            [
                Cell(indicator.label, numeric=False, origin=capital(indicator.formula)),
                *(
                    Cell(_value(str(name), each, blank))
                    for each, blank in zip((row, before), found.blank, strict=True)
                ),
                Cell(_change(str(name), row)),
                Cell(_SAID[row["significant"]], numeric=False),
            ]
        )
    return rows


def _value(name: str, row: Mapping[Any, Any] | pd.Series, blank: str = "") -> str:
    """A value in words, or why there is none; `blank`: where it is counted at least."""
    hidden = math.isnan(row["value"])
    text = _cell(name, row["value"], str(row["status"]) if hidden else "").text
    return f"au moins {text}" if blank and name in AT_LEAST and not hidden else str(text)


def _cell(name: str, value: float, status: str) -> Cell:
    """A value of an indicator, or the mask in its place."""
    if math.isnan(value):
        text = MASK_TEXTS[Mask(status)] if status in MASK_TEXTS else UNKNOWN_TEXT
        return Cell(text, status=status if status in MASK_TEXTS else Status.UNKNOWN)
    kind = INDICATORS[name].kind
    text = f"{number(value)}{NNBSP}h" if kind == "hours" else number(value)
    sign = status if status in (Status.ASSUMED, Status.ESTIMATED) else ""
    return Cell(percent(value) if kind == "share" else text, status=sign)


def _change(name: str, row: Mapping[Any, Any] | pd.Series) -> str:
    """A change in words; « — » where there is none to tell."""
    change = float(row["change"])
    if math.isnan(change):
        # From nothing, no ratio tells anything.
        return f"0 → {_value(name, row)}" if row["previous"] == 0 and row["value"] > 0 else "—"
    kind = INDICATORS[name].kind
    if kind == "count":
        return signed_percent(100 * change)
    if kind == "share":
        return f"{signed_number(100 * change, 1)} points"
    return f"{signed_number(change, 1)}{NNBSP}h"
