"""What figures of the ACI that are each well written say against one another."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from cpts_geo.errors import Defect, quoted, thousands
from cpts_geo.french import joined, percent
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst.aci.codes import COUNTED, PERIODS, AciIndicator, aci_indicators

#: Mission of the indicators that count people of a population.
_PEOPLE: Final = "1a"
#: Populations of a territory that are further apart are not the same.
_FAR: Final = 1.25
#: What a share of one decimal may differ by.
_ROUNDED: Final = 0.0005
#: Patients who are, nearly all, among others.
_AMONG: Final = {"mt_70_nombre": "mt_17_nombre", "mt_ald_nombre": "mt_17_nombre"}


def contradictions(table: pd.DataFrame) -> list[Defect]:
    """What is wrong between the figures of a row, then between rows of a territory."""
    found = []
    for row in table.to_dict("records"):
        where = f"ligne {row['line']} ({row['code']})"
        found += [Defect(f"{where} : {said}", kind) for said, kind in _of_row(row)]
    for territory, rows in table.groupby("territory", sort=False):
        of = f"{quoted(str(territory))}, " if territory else ""
        found += [Defect(f"{of}{said}", "millésimes mêlés") for said in _of_periods(rows)]
        by_code: Any = rows.drop_duplicates("code").set_index("code").to_dict("index")
        found += [Defect(f"{of}{said}", "part et nombre contraires")
                  for said in _of_populations(by_code)]  # fmt: skip
        found += [Defect(f"{of}{said}", "partie au-dessus du tout") for said in _above(by_code)]
    return found


def _of_populations(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Numbers and shares of the same patients, of which periods suppose very different people."""
    shares = {each.line: each for each in aci_indicators().values() if each.percent}
    yield from _nobody_and_some(rows, shares)
    for about in aci_indicators().values():
        share = shares.get(about.line)
        # Requests and visits do change; a population hardly does.
        if about.percent or about.mission != _PEOPLE or share is None:
            continue
        if not {about.code, share.code} <= {*rows}:
            continue
        both = rows[about.code], rows[share.code]
        sides = {name: found for name in COUNTED if (found := _people(*both, name))}
        least = min(sides, key=lambda name: sides[name][1], default="")
        most = max(sides, key=lambda name: sides[name][0], default="")
        if least and sides[most][0] > _FAR * sides[least][1]:
            said = joined([
                f"{thousands(rows[about.code][name])} pour "
                f"{percent(rows[share.code][name], 1)} ({PERIODS[name]})"
                for name in (least, most)
            ])  # fmt: skip
            yield f"{about.code} et {share.code} : {said} ne sont pas d’une même population"


def _nobody_and_some(
    rows: Mapping[str, Mapping[str, Any]], shares: Mapping[str, AciIndicator]
) -> Iterator[str]:
    """Numbers and shares of the same people in a year, of which one alone is 0."""
    for about in aci_indicators().values():
        share = shares.get(about.line)
        if about.percent or share is None or not {about.code, share.code} <= {*rows}:
            continue
        number, part = rows[about.code], rows[share.code]
        for name in COUNTED:
            known = pd.notna(number[name]) and pd.notna(part[name])
            one_alone = known and (number[name] == 0) != (part[name] == 0)
            if one_alone and number[f"{name}_year"] == part[f"{name}_year"]:
                said = f"{thousands(number[name])} pour {percent(part[name], 1)}"
                where = f"{about.code} et {share.code}, {PERIODS[name]}"
                yield f"{where} : {said}, l’un est nul et l’autre non"


def _people(
    number: Mapping[str, Any], share: Mapping[str, Any], name: str
) -> tuple[float, float] | None:
    """Least and most people of whom a number is a share; None where one of them is unknown."""
    if not number[name] > 0 or not share[name] > 0:
        return None
    if number[f"{name}_year"] != share[f"{name}_year"]:
        return None
    low = max(share[name] - _ROUNDED, _ROUNDED)
    return number[name] / (share[name] + _ROUNDED), number[name] / low


def _above(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Patients who are among others, and more than these."""
    for part, whole in _AMONG.items():
        if not {part, whole} <= {*rows}:
            continue
        for name in COUNTED:
            less, more = rows[part][name], rows[whole][name]
            same = rows[part][f"{name}_year"] == rows[whole][f"{name}_year"]
            if same and less > more:
                of = f"{thousands(less)} au-dessus de {whole} ({thousands(more)})"
                yield f"{part}, {PERIODS[name]} : {of}"


def _of_row(row: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """Years in the wrong order, fields that differ: what, and its kind."""
    years = {name: row[f"{name}_year"] for name in PERIODS if pd.notna(row[f"{name}_year"])}
    for first, last in (("reference", "value"), ("previous", "value"), ("reference", "target")):
        if first not in years or last not in years:
            continue
        before, after = years[first], years[last]
        # Two periods cannot be the same year, but N may still be the reference.
        if before > after or (first == "previous" and before == after):
            words = f"{PERIODS[first]} ({before:.0f}) n’est pas avant {PERIODS[last]} ({after:.0f})"
            yield words, "années à l’envers"
    fields: dict[str, str] = {}
    for name in COUNTED:
        given = pd.notna(row[name]) or row[f"{name}_hidden"]
        if given and row[f"{name}_field"]:
            fields.setdefault(plain(row[f"{name}_field"]), f"{PERIODS[name]} "
                              f"({quoted(str(row[f'{name}_field']))})")  # fmt: skip
    if len(fields) > 1:
        yield f"{joined(list(fields.values()))} : champs différents, non comparable", "champ"


def _of_periods(rows: pd.DataFrame) -> Iterator[str]:
    """Periods that are not of one year; a registre runs on while its producers are a year late."""
    of_log = rows["code"].map(lambda code: bool(aci_indicators()[code].follow_up))
    for name, own in itertools.product(("previous", "value"), (False, True)):
        given = (rows[name].notna() | rows[f"{name}_hidden"]) & (of_log == own)
        years = rows.loc[given, f"{name}_year"].dropna().astype(int)
        if years.nunique() > 1:
            each = [f"{year} ({', '.join(rows.loc[part.index, 'code'])})"
                    for year, part in years.groupby(years)]  # fmt: skip
            yield f"{PERIODS[name]} mêle plusieurs années : {joined(each)}"
