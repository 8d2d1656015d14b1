"""Access to a médecin traitant, the SAS, the ACI: only what somebody gave is printed."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, filled_cell, share_cell
from cpts_geo.atlas.look.values import aci_cells, rate_text
from cpts_geo.atlas.look.words import short_name
from cpts_geo.atlas.sections.paper._fitting import shortened
from cpts_geo.french import NNBSP, counted, joined, number, percent, short_day
from cpts_geo.indicators.aci.rows import is_given, is_of_example
from cpts_geo.indicators.given_share import AGES
from cpts_geo.schema import AREA, DEPARTEMENT, TERRITORY, Status
from cpts_geo.sources.analyst.aci.codes import PERIODS, aci_indicators
from cpts_geo.sources.analyst.filled.templates import INVENTED, is_invented
from cpts_geo.study.study import Study

#: Départements that a sheet of paper holds; letters of the name of an area, of a producer, and of
#: a producer in a heading, of two lines at most.
_DEPARTEMENTS: Final = 2
_AREA, _ORIGIN, _HEADING = 24, 70, 44
_UNKNOWN: Final = Status.UNKNOWN.value
#: The four rows: those of all ages are another line, and stand in the annex.
_ROWS: Final = {"17+": AGES["17+"], "ald": "ALD", "c2s": "C2S", "70+": "70 ans et plus"}
#: What stands before whom to ask, in full and in few letters.
_ASK, _SEE = "à demander à ", "voir "
#: A row alone is one of the key figures.
_LEAST: Final = 2
#: Indicators of the ACI that the page holds, and letters of a title.
_INDICATORS, _TITLE = 4, 66
#: Lines of the SAS on paper, each with its words.
_SAS: Final = (
    ("medecins_eligibles", "généralistes éligibles"), ("effecteurs", "effecteurs"),
    ("heures_offertes", "offertes par semaine"), ("heures_dues", "attendues d’eux"),
    ("creneaux_public", "créneaux PUBLIC"), ("creneaux_pro", "créneaux PRO"),
    ("creneaux_snp", "créneaux SNP"), ("creneaux_cpts", "créneaux CPTS"),
    ("taux_de_remplissage", "des créneaux pourvus"), ("demandes", "demandes de SNP"),
    ("part_rendez_vous", "ont eu un rendez-vous"), ("part_48h", "des rendez-vous sous 48 h"),
)  # fmt: skip
#: What a rate is of: written in its place where the rate is not known.
_INSTEAD: Final = {
    "taux_de_remplissage": ("creneaux_pourvus", "créneaux pourvus"),
    "part_rendez_vous": ("rendez_vous", "rendez-vous donnés"),
    "part_48h": ("rendez_vous_48h", "rendez-vous sous 48 h"),
}


def access(study: Study) -> dict[str, Any] | None:
    """A row for each of those of whom something is known here; None for fewer than two."""
    table = study.mt_access[study.mt_access["line"].isin(_ROWS)]
    areas = table.drop_duplicates(AREA)
    rank = areas.groupby("area_level").cumcount()
    kept = areas[rank < areas["area_level"].map({DEPARTEMENT.key: _DEPARTEMENTS}).fillna(1)]
    mine = table[table["area_level"] == TERRITORY.key].set_index("line")
    lines = mine.index[mine["status"] != _UNKNOWN]
    if len(lines) < _LEAST:
        return None
    # Areas around may be of other producers, or of an example where the territory is not.
    shown = table[table["line"].isin(lines)].merge(kept[AREA], on=AREA)
    known = shown[shown["status"] != _UNKNOWN]
    dates = known.groupby("producer", sort=False)["date"].unique().items()
    origin = short_day(" ; ".join(f"{producer}, {joined([*when])}" for producer, when in dates))
    invented = known["producer"].map(is_invented)
    if invented.any():
        origin = INVENTED if invented.all() else f"{INVENTED} en partie ; {origin}"
    return {
        "areas": [shortened(short_name(str(name)), _AREA) for name in kept["area_name"]],
        "rows": [(_ROWS[line], _cells(table[table["line"] == line], kept)) for line in lines],
        "origin": shortened(origin, _HEADING),
    }


def _cells(table: pd.DataFrame, areas: pd.DataFrame) -> list[Cell]:
    """Number here, then the share of each area."""
    by_area = {(row["area_level"], row["area_code"]): row for row in table.to_dict("records")}
    keys = list(areas[AREA].itertuples(index=False, name=None))
    return [filled_cell(by_area[keys[0]], "number"), *(_share(by_area[key]) for key in keys)]


def _share(row: dict[Any, Any]) -> Cell:
    """What is known of a line, or whom to ask."""
    cell = share_cell(row)
    # The first that is named.
    whom = str(row["ask"]).removeprefix(_ASK).partition(",")[0]
    return Cell(_SEE + whom, status=_UNKNOWN) if cell.status == _UNKNOWN else cell


def sas(study: Study) -> dict[str, Any] | None:
    """What is known of the SAS, in a few lines; None where nobody gave any."""
    table = study.sas.set_index("line")
    known = table[table["status"] != _UNKNOWN]
    if known.empty:
        return None
    lines = [
        (line, words) if line in known.index else _INSTEAD.get(line, (line, words))
        for line, words in _SAS
    ]
    told = [(_hours(dict(known.loc[line])), words) for line, words in lines if line in known.index]
    said = known[known["producer"] != ""]
    period = joined([short_day(str(each)) for each in said["date"].unique() if each])
    # A producer that is cut is still told to be none.
    invented = said["producer"].map(is_invented).any()
    producer = INVENTED if invented else str(said["producer"].iloc[0])
    return {
        "told": told,
        "origin": shortened(", ".join(filter(None, (period, producer))), _ORIGIN),
    }


def zoned(study: Study) -> str:
    """Communes and people of each zoning that a file gives, in one line; empty for none."""
    table = study.zoning[study.zoning["status"] != _UNKNOWN]
    if table.empty:
        return ""
    told: list[str] = []
    for row in table.to_dict("records"):
        # What is counted is said once.
        people = "" if told else " des habitants"
        share = f" ({percent(row['share'], 0)}{people})" if row["share"] > 0 else ""
        some = number(row["communes"]) if told else counted(row["communes"], "commune", "communes")
        many = some if row["communes"] else "aucune"
        told.append(f"{row['line'].upper()} {many}{share}")
    first = table.iloc[0]
    origins = table[["producer", "date"]].drop_duplicates().itertuples(index=False)
    said = " ; ".join(", ".join(filter(None, map(str, each))) for each in origins)
    origin = said if len(said) <= _ORIGIN else f"{first['producer']}, {first['date']}…"
    # A producer that is cut is still told to be none.
    if table["producer"].map(is_invented).any() and INVENTED not in origin:
        origin = INVENTED
    return f"Zonage ({short_day(origin)}) : {' ; '.join(told)}."


def aci(study: Study) -> dict[str, Any] | None:
    """Indicators of the ACI, those whose rate is known first; None where nobody gave any."""
    if study.aci is None:
        return None
    given = [(aci_indicators()[str(code)], row) for code, row in study.aci.iterrows()
             if is_given(row)]  # fmt: skip
    if not given:
        return None
    # Where a share is known, its number stands in the annex; missions take turns.
    shares = {about.line for about, _ in given if about.percent} - {""}
    known = [each for each in given if each[0].percent or each[0].line not in shares]
    rank = Counter[str]()
    order = {}
    for about, _ in sorted(known, key=lambda each: math.isnan(each[1]["rate"])):
        order[about.code] = (rank[about.mission], about.mission)
        rank[about.mission] += 1
    known.sort(key=lambda each: order[each[0].code])
    # The SAS, where it is given too, takes the place of two lines.
    kept = known[: _INDICATORS - 2 * (sas(study) is not None)]
    years = {name: {f"{row[f'{name}_year']:.0f}" for _, row in kept
                    if row[f"{name}_year"] > 0} for name in PERIODS}  # fmt: skip
    invented = any(is_of_example(row) for _, row in study.aci.iterrows())
    heads = [
        f"{words.replace('Référence', 'Réf.')} {''.join(years[name])}"
        if len(years[name]) == 1
        else words
        for name, words in PERIODS.items()
    ]
    more = ""
    if len(kept) < len(given):
        more = f"{number(len(kept))} sur {number(len(given))}, suite : fiche"
    rows = [
        (
            shortened(about.title, _TITLE),
            [
                # Where a column is of several years, each cell says its own.
                replace(cell, text=f"{cell.text} ({cell.origin})")
                if len(years[name]) > 1 and cell.origin
                else cell
                for name, cell in zip(PERIODS, aci_cells(about, row), strict=True)
            ],
            rate_text(row),
        )
        for about, row in kept
    ]
    return {
        "heads": heads,
        "rows": rows,
        "origin": " ; ".join(filter(None, ("inventés" if invented else "", more))),
    }


def _hours(row: dict[Any, Any]) -> Cell:
    """A value of the SAS, hours with their unit."""
    cell = filled_cell(row)
    hours = f"{NNBSP}h" if "heures" in row["unit"] and cell.text[:1].isdigit() else ""
    return Cell(f"{cell.text}{hours}", status=cell.status)
