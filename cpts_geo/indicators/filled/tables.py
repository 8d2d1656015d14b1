"""A table that was asked for, every cell of it: what is known, by whom, or whom to ask."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from cpts_geo.french import dated, joined, number, percent
from cpts_geo.indicators.filled._contradictions import FILLED_SLOTS, OFFERED
from cpts_geo.indicators.given_share import AGES, BY_ANALYST, TYPED
from cpts_geo.schema import TERRITORY, Status
from cpts_geo.secrecy.disclosure import Mask
from cpts_geo.sources.analyst.filled.templates import Line, Template, is_invented, templates

#: A table of the analyst stands before all that is known besides.
_FIRST: Final = -1
#: Said of the line of all ages: it is never gauged against those of some.
_NOT_COMPARABLE: Final = f"{AGES['all']} : non comparable avec les {AGES['17+']}"
_COLUMNS: Final = (
    "territory", "line", "label", "kind", "area_level", "area_code", "area_name", "detail",
    "number", "population", "share", "unit", "date", "producer", "status", "grade", "note",
    "set_aside", "ask",
)  # fmt: skip
#: Rates of the SAS: what is divided by what, each a line or a sum of lines.
_RATES: Final = (
    ("taux_de_remplissage", "Taux de remplissage", (FILLED_SLOTS,), OFFERED),
    ("part_rendez_vous", "Demandes suivies d’un rendez-vous", ("rendez_vous",), ("demandes",)),
    ("part_48h", "Rendez-vous donnés sous 48 h, en part", ("rendez_vous_48h",), ("rendez_vous",)),
)  # fmt: skip
#: Said of each where there is nothing to be a share of.
_OF_NONE: Final = {
    "taux_de_remplissage": "sans objet : aucun créneau offert",
    "part_rendez_vous": "sans objet : aucune demande",
    "part_48h": "sans objet : aucun rendez-vous donné",
}
#: Lines of the SAS that rest on others: where one of these may not leave, neither may they.
RESTING: Final = {
    "heures_dues": ("effecteurs",),
    "creneaux_offerts": OFFERED,
    **{code: (*parts, *whole) for code, _, parts, whole in _RATES},
}


def mt_table(
    filled: pd.DataFrame, areas: pd.DataFrame, *, known: pd.DataFrame, notes: Sequence[str]
) -> pd.DataFrame:
    """
    Say who has no médecin traitant, line by line and area by area.

    Parameters
    ----------
    filled : DataFrame
        Rows of filled tables for the territory
        (:func:`cpts_geo.indicators.filled.checked.checked_rows`).
    areas : DataFrame
        Its areas (:func:`cpts_geo.indicators.filled.areas.areas_of`).
    known, notes : DataFrame, sequence of str
        What else is known (:func:`cpts_geo.indicators.filled.published.without_mt_known`).

    Returns
    -------
    DataFrame
        A row a line and an area: territory, line, label, kind, area_level, area_code, area_name,
        detail, number, population, share, unit, date, producer, status, grade, note, set_aside
        (French, what another source says), ask (whom, where nothing is known).

    Examples
    --------
    >>> areas = pd.DataFrame(
    ...     {"territory": "ici", "area_level": ["cpts"], "area_code": "ici", "area_name": "Ici"}
    ... )
    >>> none = pd.DataFrame(columns=["table", "line", "level", "area_code"])
    >>> mt_table(none, areas, known=none, notes=[])["ask"].tolist()[:2]
    ['à demander à la CPAM', 'à demander à la CPAM']
    """
    template = templates()["acces-mt"]
    rows = _cells(template, areas, _ranked(filled, template, known))
    every = rows["line"] == "tous_ages"
    rows.loc[every, "note"] = _with(rows.loc[every, "note"], _NOT_COMPARABLE)
    mine = (rows["line"] == "17+") & (rows["area_level"] == TERRITORY.key)
    if notes:
        said = f"d’autres âges, non comparable : {joined(list(notes))}"
        rows.loc[mine, "note"] = _with(rows.loc[mine, "note"], said)
    return rows


def passages_table(filled: pd.DataFrame, areas: pd.DataFrame, *, treatable: float) -> pd.DataFrame:
    """
    Say how many go to an emergency department, line by line and area by area.

    Parameters
    ----------
    filled, areas : DataFrame
        As for :func:`mt_table`.
    treatable : float
        Visits for 1,000 inhabitants and a year that a surgery could meet, as the model supposes.

    Returns
    -------
    DataFrame
        As :func:`mt_table` gives it, and a column estimate: what the model supposes beside the
        number of visits, never in its place; NaN on other lines and areas.

    Examples
    --------
    >>> areas = pd.DataFrame(
    ...     {"territory": "ici", "area_level": ["cpts"], "area_code": "ici", "area_name": "Ici"}
    ... )
    >>> none = pd.DataFrame(columns=["table", "line", "level", "area_code"])
    >>> table = passages_table(none, areas, treatable=132.0)
    >>> table[["number", "estimate"]].to_numpy().tolist()[0]
    [nan, 132.0]
    """
    template = templates()["passages"]
    rows = _cells(template, areas, _ranked(filled, template))
    beside = (rows["line"] == "passages") & (rows["area_level"] == TERRITORY.key)
    return rows.assign(estimate=np.where(beside, treatable, np.nan))


def sas_table(filled: pd.DataFrame, areas: pd.DataFrame, *, effector_hours: float) -> pd.DataFrame:
    """
    Say what the SAS has here: GPs, hours, slots, requests; rates are computed, never given.

    Parameters
    ----------
    filled, areas : DataFrame
        As for :func:`mt_table`.
    effector_hours : float
        Hours a week that each effecteur owes.

    Returns
    -------
    DataFrame
        As :func:`mt_table` gives it, with lines of what is computed: hours owed, slots offered,
        rates; unknown where one of their parts is.

    Examples
    --------
    >>> areas = pd.DataFrame(
    ...     {"territory": "ici", "area_level": ["cpts"], "area_code": "ici", "area_name": "Ici"}
    ... )
    >>> none = pd.DataFrame(columns=["table", "line", "level", "area_code"])
    >>> sas_table(none, areas, effector_hours=2.0)["line"].tolist()[-3:]
    ['taux_de_remplissage', 'part_rendez_vous', 'part_48h']
    """
    template = templates()["sas"]
    rows = _cells(template, areas, _ranked(filled, template))
    by_line = rows.set_index("line")
    computed = [
        _computed(
            by_line, "heures_dues", f"Heures attendues, à {number(effector_hours)} h par effecteur",
            ["effecteurs"], kind="activity", unit="heures par semaine", times=effector_hours,
        ),
        _computed(by_line, "creneaux_offerts", "Créneaux offerts", OFFERED, kind="activity",
                  unit="créneaux"),
        *(
            _computed(by_line, code, label, parts, of=whole, kind="share", unit="%")
            for code, label, parts, whole in _RATES
        ),
    ]  # fmt: skip
    return pd.concat([rows, pd.DataFrame(computed, columns=list(_COLUMNS))], ignore_index=True)


def _computed(
    rows: pd.DataFrame, code: str, label: str, parts: Sequence[str], *, kind: str, unit: str,
    of: Sequence[str] = (), times: float = 1.0,
) -> dict[str, Any]:  # fmt: skip
    """A line made of others: their sum, or the share that it is of other ones."""
    used = rows.loc[[*parts, *of]]
    first = used.iloc[0]
    value = times * float(used["number"].iloc[: len(parts)].sum(skipna=False))
    whole = float(used["number"].iloc[len(parts) :].sum(skipna=False)) if of else float("nan")
    share = value / whole if of and whole else float("nan")
    found = share if of else value
    lacking = used[used["number"].isna()]
    # What its producer masks is asked of nobody.
    lacking = lacking[lacking["ask"] != ""]
    asked = lacking["ask"].drop_duplicates()
    note = f"manque : {joined(list(lacking['label']))}" if 0 < len(lacking) < len(used) else ""
    if note and not {*lacking.index}.isdisjoint(OFFERED):
        note += " ; écrivez 0 pour un type de créneaux que vous n’avez pas"
    invented = used["producer"].map(is_invented).any()
    producers = joined([each for each in used["producer"].drop_duplicates() if each])
    status = Status.ASSUMED if invented else Status.COMPUTED
    # A share of nothing is neither 0 nor unknown.
    nothing = bool(of) and whole == 0
    known = nothing or not math.isnan(found)
    return {
        **{name: first[name] for name in ("territory", "area_level", "area_code", "area_name")},
        "line": code, "label": label, "kind": kind, "unit": unit, "detail": "",
        "number": float("nan") if of else value, "population": float("nan"), "share": share,
        "date": first["date"] if known else "", "producer": producers if known else "",
        "status": (status if known else Status.UNKNOWN).value,
        "grade": str(first["grade"]) if known else "", "note": _OF_NONE[code] if nothing else note,
        "set_aside": "", "ask": "" if known else " ; ".join(asked),
    }  # fmt: skip


def _ranked(
    filled: pd.DataFrame, template: Template, known: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Rows that fill cells, each with its rank, status and grade."""
    mine = filled[filled["table"] == template.key]
    invented = mine["producer"].map(is_invented) if len(mine) else pd.Series(dtype=bool)
    status = np.where(invented, Status.ASSUMED.value, Status.ANNOUNCED.value)
    mine = mine.assign(rank=_FIRST, status=status, grade=np.where(invented, "D", BY_ANALYST))
    others = [] if known is None or known.empty else [known]
    parts = [part for part in (mine, *others) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else mine


def _cells(template: Template, areas: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Every cell: its first row by rank, what others say set aside, or whom to ask."""
    found = []
    cells = ["line", "level", "area_code"]
    ranked = rows.sort_values("rank", kind="stable") if len(rows) else rows
    given = {cell: mine.to_dict("records") for cell, mine in ranked.groupby(cells)}
    for line in template.lines.values():
        for area in areas.to_dict("records"):
            if area["area_level"] not in line.levels:
                continue
            cell = (line.code, area["area_level"], area["area_code"])
            found.append(_cell(line, area, given.get(cell, [])))
    table = pd.DataFrame(found, columns=list(_COLUMNS))
    # What another table says of areas around may be of another year than that of the territory.
    mine = table[table["area_level"] == TERRITORY.key]
    of_line = dict(zip(mine["line"], mine["date"].str[:4], strict=True))
    own = pd.Series([of_line.get(each, "") for each in table["line"]], table.index, dtype=str)
    year = table["date"].str[:4]
    first = rows[rows["rank"] == _FIRST] if len(rows) else rows
    firsts = set(first[["line", "area_code"]].itertuples(index=False, name=None))
    filled = [each in firsts for each in zip(table["line"], table["area_code"], strict=True)]
    other = pd.Series(filled, table.index, dtype=bool) & (own != "") & (year != own)
    said = "année " + year + ", et " + own + " pour le territoire : non comparable"
    noted = table["note"].where(table["note"] == "", table["note"] + " ; ") + said
    return table.assign(note=table["note"].mask(other, noted))


def _cell(line: Line, area: dict[Any, Any], rows: list[dict[Any, Any]]) -> dict[str, Any]:
    """One cell of a table."""
    start = {
        "territory": area["territory"], "line": line.code, "label": line.label, "kind": line.kind,
        "area_level": area["area_level"], "area_code": area["area_code"],
        "area_name": area["area_name"], "unit": line.unit,
    }  # fmt: skip
    if not rows:
        nothing = dict.fromkeys(("number", "population", "share"), float("nan"))
        empty = dict.fromkeys(("detail", "date", "producer", "grade", "note", "set_aside"), "")
        ask = f"à demander {line.ask[area['area_level']]}"
        return {**start, **nothing, **empty, "status": Status.UNKNOWN.value, "ask": ask}
    first, *others = rows
    share = first["share"]
    if math.isnan(share) and first["population"]:
        share = first["number"] / first["population"]
    return {
        **start,
        "detail": first["detail"],
        "number": first["number"],
        "population": first["population"],
        "share": share,
        "date": first["date"],
        "producer": first["producer"],
        "status": Mask.SECRET.value if first["masked"] else first["status"],
        "grade": first["grade"],
        "note": first["remark"],
        "set_aside": " ; ".join(map(_aside, others)),
        "ask": "",
    }


def _aside(row: dict[Any, Any]) -> str:
    """What another source says of a cell."""
    value = number(row["number"]) if math.isnan(row["share"]) else percent(row["share"])
    said = f"{value} ({dated(row['producer'], row['date'] or 'date non dite')})"
    return f"{said}, part que la capacité compte" if row["rank"] == TYPED else said


def _with(notes: pd.Series, said: str) -> pd.Series:
    """Notes with a sentence more."""
    return notes.where(notes == "", notes + " ; ") + said
