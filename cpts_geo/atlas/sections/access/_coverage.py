"""« Accès : qui est à combien de minutes ? »."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.atlas.sections.access._minutes import (
    TIMES,
    coverage_headers,
    figure_cells,
    out_of_reach,
    share_cell,
    told,
)
from cpts_geo.atlas.sections.access.words import aside, named, over_variants
from cpts_geo.french import capital, counted, duration, whole_percent
from cpts_geo.schema import COLUMNS, FACILITIES, PUBLISHED, TIME_UNIT, Status
from cpts_geo.settings import MINUTES_BANDS, SPOKEN_MINUTES
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.study.access import CELL_COLUMNS, TerritoryAccess

#: The law itself is told to analysts.
_APPROXIMATE: Final = (
    "temps approchés par la distance entre les communes, sans réseau routier ; les chiffres "
    "donnés sont ceux de la variante centrale"
)


def times_note(access: TerritoryAccess) -> str:
    """Say what the travel times are, and what they are not."""
    times = access.times
    label = _APPROXIMATE if access.approximate else times.label
    words = f"Temps en voiture : {label} (confiance {times.grade})."
    if access.approximate:
        words += (
            " Ils ignorent rivières et ponts ; le relief et la circulation n’y sont qu’en moyenne "
            "du département, d’après les temps de la Drees jusqu’aux urgences "
            f"({PUBLISHED.vintage}, heures de pointe comprises). Entre parenthèses, les variantes "
            "basse et haute, entre lesquelles sont huit communes sur dix. De chef-lieu à "
            "chef-lieu, 0 dans la commune ; une île sans pont n’a aucune route."
        )
    else:
        zero = duration(0, words=True)
        words += (
            f" Seuls les lieux de {times.series.held_by} comptent : des soins plus proches qui n’y "
            f"sont pas ne sont pas vus. Un lieu sans temps vers lui-même est compté à {zero}."
        )
    if (access.coverage["column"] == PUBLISHED.name).any():
        words += (
            f" Jusqu’aux urgences et SMUR, {TIME_UNIT.many} publiées par la Drees "
            f"({PUBLISHED.vintage}), moyenne des heures creuses et de pointe."
        )
    return words + " Sans transport en commun : qui n’a pas de voiture n’est pas décrit."


def coverage_sentences(access: TerritoryAccess) -> list[str]:
    """A sentence a facility, which says so where too little is known to speak of the territory."""
    found = []
    for facility in FACILITIES:
        mine = access.coverage[access.coverage["facility"] == facility]
        band = SPOKEN_MINUTES[facility]
        rows = mine[mine["minutes"] == band].set_index("variant")
        if rows.empty:
            continue
        row = rows.to_dict("index")["central"]
        said = told(facility, str(row["column"]), access)
        within = f"à {duration(band, words=True)} au plus {said.care.place}"
        if pd.isna(row["people"]):
            found.append(
                f"Les {said.whose} s’arrêtent à {duration(access.times.reach, 1, words=True)} : la "
                f"part des habitants {within} n’est pas connue.{_beyond(row, access)}"
            )
            continue
        if pd.isna(row["share"]):
            people = counted(row["unknown"], "habitant", "habitants")
            found.append(
                f"Temps inconnu jusqu’au {said.care.name} pour {people} : aucune part n’est donnée."
            )
            continue
        span = aside(over_variants(rows["share"], whole_percent))
        text = (
            f"{whole_percent(row['share'])}{span} des habitants vivent {within} "
            f"({said.vintage} ; {said.whose})"
        )
        details = []
        if pd.notna(row["mean_minutes"]):
            details.append(f"{duration(row['mean_minutes'])} en moyenne")
        if row["worst"] and row["worst_minutes"] > 0:
            details.append(
                f"jusqu’à {duration(row['worst_minutes'])} pour "
                f"{access.names.get(row['worst'], row['worst'])}"
            )
        tail = f" ; {', '.join(details)}" if details else ""
        found.append(capital(f"{text}{tail}.{_beyond(row, access)}"))
    if access.on_spot:
        there = float(access.population[list(access.on_spot)].sum())
        found.append(
            f"Soins sur place (estimé) pour {counted(there, 'habitant', 'habitants')} "
            f"({named(access.on_spot, access.names)}) : aucune route vers un généraliste libéral, "
            "mais un centre de santé, ou une offre que compte l’APL ; temps compté à "
            f"{duration(0, words=True)}."
        )
    return found


def _beyond(row: dict[Hashable, Any], access: TerritoryAccess) -> str:
    """Say who is out of reach, and whose time is unknown; empty for nobody."""
    text = ""
    if row["beyond"]:
        text += f" Hors d’atteinte : {out_of_reach(row['beyond'], str(row['column']), access)}."
    if row["unknown"]:
        people = counted(row["unknown"], "habitant", "habitants")
        text += f" Temps inconnu pour {people}, hors du compte."
    return text


def coverage_rows(access: TerritoryAccess) -> list[Row]:
    """A facility and source of times a row: shares over the variants, minutes, the farthest."""
    rows = []
    for facility, block in access.coverage.groupby("facility", sort=False):
        column = str(block["column"].iloc[0])
        said = told(str(facility), column, access)
        status = said.status
        cells = []
        for band in MINUTES_BANDS:
            part = block[block["minutes"] == band].set_index("variant")
            central = part.to_dict("index")["central"]
            span = over_variants(part["share"], whole_percent)
            cells.append(share_cell(central["share"], central["people"], status, span=span))
        last = block.drop_duplicates("variant").set_index("variant").to_dict("index")
        worst = last["central"]
        far = out_of_reach(worst["beyond"], column, access)
        for name in TIMES:
            span = over_variants((each[name] for each in last.values()), duration)
            known = status if pd.notna(worst[name]) else Status.UNKNOWN.value
            origin = span if pd.notna(worst[name]) else far
            cells.append(Cell(duration(worst[name]), status=known, origin=origin))
        text = f"{access.names.get(worst['worst'], '')} : {duration(worst['worst_minutes'])}"
        if not worst["worst"]:
            text, status = duration(float("nan")), Status.UNKNOWN.value
        cells.append(Cell(text, status=status, origin=far and f"hors {far}"))
        detail = f"{said.vintage} ; {said.whose} ({said.grade})"
        # Not « capitalize », which would write SMUR in small letters.
        title = capital(said.care.short)
        rows.append(Row(title, detail, tuple(cells)))
    return [*rows, *_cell_rows(access.cells)]


def _cell_rows(cells: pd.DataFrame) -> list[Row]:
    """The same from the minutes that Insee computes for its cells."""
    rows = []
    for facility, found in cells.iterrows():
        column = COLUMNS[CELL_COLUMNS[str(facility)]]
        origin = sources()[column.source]
        cells_of = figure_cells(found, Status.MEASURED.value)
        worst = Cell(duration(found["worst_minutes"]), status=Status.MEASURED.value)
        detail = f"{origin.attribution} ({origin.grade})"
        rows.append(Row(FACILITIES[str(facility)].short.capitalize(), detail, (*cells_of, worst)))
    return rows


def _stacks(access: TerritoryAccess) -> list[tuple[str, list[tuple[str, float]]]]:
    """People by minutes to each care, as parts of 100 that add up; those unknown are left out."""
    found = []
    for facility, block in access.coverage.groupby("facility", sort=False):
        central = block[block["variant"] == "central"].set_index("minutes")["share"]
        if central.isna().any():
            continue
        said = told(str(facility), str(block["column"].iloc[0]), access)
        shares = [float(central[band]) for band in MINUTES_BANDS]
        words = [f"à {duration(band)} au plus" for band in MINUTES_BANDS]
        parts = zip(words, [0.0, *shares], shares, strict=False)
        bands = [(word, 100 * (share - before)) for word, before, share in parts]
        beyond = f"à plus de {duration(MINUTES_BANDS[-1])}"
        found.append((capital(said.care.short), [*bands, (beyond, 100 * (1 - shares[-1]))]))
    return found


def section(access: TerritoryAccess) -> dict[str, Any]:
    """What the template shows: who is within how many minutes of care."""
    return {
        "stacks": _stacks(access),
        "note": times_note(access),
        "law": f"{capital(access.times.label)}." if access.approximate else "",
        "sentences": coverage_sentences(access),
        "headers": coverage_headers(),
        "rows": coverage_rows(access),
    }
