"""Filled tables set against the territories asked for: refused once, with every defect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from cpts_geo.errors import Defect, IndicatorsError, one_line, quoted
from cpts_geo.french import counted, joined, number, slug
from cpts_geo.geography.naming.spelling import normalise_name
from cpts_geo.indicators.filled._contradictions import SLACK, contradictions, zonings_apart
from cpts_geo.indicators.filled.areas import asked_territory, left_out
from cpts_geo.schema import AROUND
from cpts_geo.sources.analyst.filled.file import REMEDY, ROWS, Filled, places
from cpts_geo.sources.analyst.filled.templates import NO_COMMUNE, level_words, templates

#: Digits of the code of an area of each level.
_DIGITS: Final = {level.key: 2 for level in AROUND if level.members}
#: Codes that a note writes.
_SHOWN: Final = 5


def checked_rows(
    filled: Sequence[Filled],
    areas: Mapping[str, pd.DataFrame],
    *,
    inside: Mapping[str, pd.Series],
    communes: Mapping[str, str],
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """
    Bring the rows of filled tables to the territories of a run.

    Parameters
    ----------
    filled : sequence of Filled
        Tables that were read.
    areas : mapping of str to DataFrame
        Areas of each territory (:func:`cpts_geo.indicators.filled.areas.areas_of`).
    inside : mapping of str to Series
        Inhabitants of its communes, by code.
    communes : mapping of str to str
        Name of each commune, by code.

    Returns
    -------
    tuple of DataFrame and tuple of str
        The rows, each with the key of its territory and the code of its area; communes that are of
        no territory asked for, and rows of another territory in a file that has some of one asked
        for, are left out, and the French notes say so.

    Raises
    ------
    IndicatorsError
        Something in them is wrong, or contradicts another cell; every defect is listed.

    Examples
    --------
    >>> checked_rows([], {}, inside={}, communes={})[0].empty
    True
    """
    # A file says where its own defects stand.
    defects: list[str] = [
        Defect(f"{one_line(each.file)}, {line}", getattr(line, "kind", "cellule impossible"))
        for each in filled
        for line in each.defects
    ]
    tables = [each.rows for each in filled if len(each.rows)]
    rows = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(ROWS))
    rows[["number", "population", "share"]] = rows[["number", "population", "share"]].astype(float)
    kept, aside = [], []
    others: dict[str, set[str]] = {}
    names = {key: str(mine["area_name"].iloc[0]) for key, mine in areas.items()}
    rows["territory"] = [asked_territory(str(said), names) for said in rows["territory"]]
    # A file that holds nothing of the run was given by mistake.
    mine = {*rows.loc[rows["territory"].isin([*areas]), "file"]}
    strange: Counter[tuple[str, str]] = Counter()
    for row, where in places(rows):
        if row["territory"] and row["territory"] not in areas:
            if row["file"] in mine:
                others.setdefault(str(row["file"]), set()).add(row["territory"])
            else:
                strange[str(row["file"]), row["territory"]] += 1
            continue
        found, wrong = _placed(row, areas, inside=inside, communes=communes)
        defects += [Defect(f"{where} : {text}", kind) for text, kind in wrong]
        if found is not None:
            kept.append(found)
        elif not wrong:
            aside.append(row["area_code"])
    placed = pd.DataFrame(kept, columns=list(ROWS))
    defects += zonings_apart(placed)
    rows = _nowhere(placed, inside)
    defects += contradictions(rows, areas)
    if defects or strange:
        told = {key: name for each in filled for key, name in each.territories.items()}
        remedies = [_renamed({key for _, key in strange}, told)] if strange else []
        raise IndicatorsError(
            "Les tableaux remplis ne sont pas lisibles tels quels.",
            defects=[*_strange(strange, areas), *defects],
            remedy=" ; ".join([*remedies, REMEDY]) if defects else f"{remedies[0]}.",
        )
    left = (left_out(file, keys) for file, keys in others.items())
    return rows, (*_aside(aside), *left)


def _strange(strange: Mapping[tuple[str, str], int], areas: Collection[str]) -> list[Defect]:
    """A line on each territory of a file that holds nothing of the run."""
    asked = joined([*areas])
    return [
        Defect(
            f"{one_line(file)} : territoire {quoted(key)} non demandé ; demandés : {asked} "
            f"({counted(lines, 'ligne', 'lignes')})",
            "territoire non demandé",
        )
        for (file, key), lines in strange.items()
    ]


def _renamed(keys: Collection[str], names: Mapping[str, str]) -> str:
    """What is typed again to ask for the territories of a file."""
    typed = []
    for key in sorted(keys):
        name = names.get(key, key)
        # A known CPTS is asked for by its key, which its name does not make.
        named = slug(name) == slug(key)
        typed.append(f'--name "{one_line(name)}"' if named else quoted(key))
    return (
        f"redonnez à la commande le territoire de ces tableaux ({' ou '.join(typed)}), ou repartez "
        "de tableaux vides de celui que vous demandez"
    )


def _nowhere(rows: pd.DataFrame, inside: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Rows without those of communes that are in no zoning: where all are, each zoning has none."""
    out = (rows["table"] == "zonage") & (rows["line"] == "")
    kept = [rows[~out]]
    zoned = set(rows.loc[(rows["table"] == "zonage") & ~out, "territory"])
    for key, found in rows[out & (rows["producer"] != "")].groupby("territory"):
        if key not in zoned and set(inside[str(key)].index) <= set(found["area_code"]):
            first = found.head(1).assign(area_code=NO_COMMUNE, number=0.0)
            kept += [first.assign(line=code) for code in templates()["zonage"].lines]
    return pd.concat(kept, ignore_index=True) if out.any() else rows


def _placed(
    row: dict[str, Any],
    areas: Mapping[str, pd.DataFrame],
    *,
    inside: Mapping[str, pd.Series],
    communes: Mapping[str, str],
) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
    """A row with its territory and area, None for a commune of elsewhere; what is wrong of it."""
    key = str(row["territory"])
    if key not in areas:
        said = f"territoire non dit ; demandés : {joined([*areas])}"
        return None, [(said, "territoire non demandé")]
    if row["level"] == "commune":
        return _commune({**row, "territory": key}, inside[key], communes)
    return _area({**row, "territory": key}, areas[key])


def _commune(
    row: dict[str, Any], inside: pd.Series, communes: Mapping[str, str]
) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
    """The row of a commune, None where it is of elsewhere; what is wrong of it."""
    code = str(row["area_code"])
    if code == NO_COMMUNE:
        return row, []
    if code not in inside.index:
        return None, [] if code in communes else [(f"commune {quoted(code)} inconnue", "inconnue")]
    if _is_another(str(row["detail"]), communes[code], communes):
        text = f"{code} est le code de {communes[code]}, pas de {quoted(row['detail'])}"
        return None, [(text, "code contredit")]
    most = float(inside[code])
    # People are counted in another year than inhabitants.
    if row["number"] <= most * SLACK or pd.isna(row["number"]):
        return row, []
    many = f"{number(row['number'])} personnes pour {number(most)} habitants"
    return None, [(f"commune {quoted(code)} : {many}", "nombre au-dessus de la population")]


def _is_another(written: str, own: str, communes: Mapping[str, str]) -> bool:
    """Whether a name is that of another commune; one that nobody bears is a way to write it."""
    key = normalise_name(written)
    if not key or key == normalise_name(own):
        return False
    return key in {normalise_name(name) for name in communes.values()}


def _area(
    row: dict[str, Any], areas: pd.DataFrame
) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
    """The row of an area around, or of the territory; what is wrong of it."""
    level, typed = row["level"], str(row["area_code"])
    codes = [str(each) for each in areas.loc[areas["area_level"] == level, "area_code"]]
    code = typed.zfill(_DIGITS.get(level, 0)) if typed else codes[0] if len(codes) == 1 else ""
    if code in codes:
        return {**row, "area_code": code}, []
    if not level:
        return None, []
    said = f"{level_words()[level].lower()} {quoted(code)} : le territoire est dans {joined(codes)}"
    return None, [(said, "zone d’ailleurs")]


def _aside(codes: Sequence[str]) -> list[str]:
    """A sentence on the communes that are of no territory asked for."""
    if not codes:
        return []
    many = counted(
        len(codes), "commune hors du territoire, laissée", "communes hors du territoire, laissées"
    )
    more = f" et {len(codes) - _SHOWN} autres" if len(codes) > _SHOWN else ""
    return [f"Zonage : {many} : {', '.join(codes[:_SHOWN])}{more}."]
