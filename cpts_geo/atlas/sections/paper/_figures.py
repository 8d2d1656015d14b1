"""Key figures: the territory beside its départements, région and France, with year and source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, filled_cell, own_label, shown_text
from cpts_geo.atlas.look.words import short_name
from cpts_geo.atlas.sections.paper._fitting import others, paper_signs, shortened
from cpts_geo.french import NNBSP, capital, duration, number, signed_number, whole_percent
from cpts_geo.indicators.densities import per_10k
from cpts_geo.indicators.gp_sources import trend
from cpts_geo.schema import (
    AREA,
    COLUMNS,
    DEPARTEMENT,
    DREES,
    FACILITIES,
    TERRITORY,
    Status,
    embedded_vintage,
    shown_vintage,
    vintages,
)
from cpts_geo.settings import APL_LOW_WORDS, SPOKEN_MINUTES
from cpts_geo.sources.analyst.filled.templates import INVENTED, is_invented
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.study.study import Study

#: Départements that a sheet of paper holds; of each other level, one area.
_DEPARTEMENTS: Final = 2
#: Letters of a label, of the name of an area, of a producer.
_LABEL, _AREA, _PRODUCER = 60, 24, 24
_NOTHING: Final = Cell("—")


class _Family(NamedTuple):
    """An indicator: what it is called here, whom to ask where nothing is known of the territory."""

    name: str
    label: str = ""
    ask: str = ""


class _Line(NamedTuple):
    """A row: what it is, a cell an area, the year and the producer."""

    label: str
    cells: tuple[Cell, ...]
    year: str
    source: str


_DENSITY: Final = "gps_per_100k"
#: In the order of a diagnosis. Where nobody is to be asked, a row nobody fills is left out.
_PEOPLE: Final = (
    _Family("population", "Habitants", ask="voir l’Insee"),
    _Family("share_75plus", "75 ans ou plus", ask="voir l’Insee"),
    _Family(_DENSITY, "Généralistes pour 100 000 hab. (10 000)", "voir l’ARS"),
    _Family("gps_per_100k_published", "Les mêmes, annoncés"),
)
_SUPPLY: Final = (
    _Family("apl", "Accès aux généralistes (APL)", "voir la Drees"),
    _Family("share_low_apl", f"En commune d’APL inférieure à {APL_LOW_WORDS}", "voir la Drees"),
    _Family("share_without_mt", "Sans médecin traitant", "voir la CPAM"),
    _Family("share_ald_without_mt", "ALD sans médecin traitant", "voir la CPAM"),
)
_EMERGENCY: Final = _Family(
    DREES.family("emergency"), "Urgences ou SMUR, en moyenne", "voir la Drees"
)
#: Whom to ask for what a coordinator fills, in few letters.
_WHOM: Final = {
    "passages": "l’ARS", "sans_hospitalisation": "l’ARS", "effecteurs": "le SAS",
}  # fmt: skip
#: Those that stand in rows of their own, where these are known.
_APART: Final = ("share_without_mt", "share_ald_without_mt")


def section(study: Study, *, apart: bool) -> dict[str, Any]:
    """Areas, rows, and what of the areas is left out; without those of médecins traitants where
    they stand `apart`."""
    table = study.comparison
    areas = table.drop_duplicates(AREA)[[*AREA, "area_name"]]
    rank = areas.groupby("area_level").cumcount()
    kept = areas[rank < areas["area_level"].map({DEPARTEMENT.key: _DEPARTEMENTS}).fillna(1)]
    names = [shortened(short_name(str(name)), _AREA) for name in kept["area_name"]]
    rows = [line for line in _lines(study, kept, apart=apart) if line is not None]
    return {
        "areas": names,
        "rows": rows,
        "signs": paper_signs(cell for row in rows for cell in row.cells),
        "more": others(len(areas) - len(kept), "autre zone", "autres zones"),
    }


def _lines(study: Study, areas: pd.DataFrame, *, apart: bool) -> Iterator[_Line | None]:
    """Every row in order; None where there is none."""
    table = study.comparison
    yield from (_line(family, table, areas) for family in _PEOPLE)
    yield _trend(table, areas)
    supply = [each for each in _SUPPLY if not (apart and each.name in _APART)]
    yield from (_line(family, table, areas) for family in supply)
    # Where tables were filled, the map needs the room of what the annex says too.
    yield None if apart else _near(study, areas)
    # Where four rows say who has a médecin traitant, the way to emergencies is left to the annex.
    if not apart:
        yield _line(_EMERGENCY, table, areas)
    passages = _given(study.passages, "passages", "Passages pour 1 000 hab.", areas)
    if passages.cells[0].status != Status.UNKNOWN.value:
        yield passages
    yield _given(study.passages, "sans_hospitalisation", "Passages sans hospitalisation", areas)
    # Known, they are told with the rest of the SAS.
    effectors = _given(study.sas, "effecteurs", "Effecteurs du SAS", areas)
    if effectors.cells[0].status == Status.UNKNOWN.value:
        yield effectors


def _line(family: _Family, table: pd.DataFrame, areas: pd.DataFrame) -> _Line | None:
    """The newest vintage of a family in each area; None where it is no row of this table."""
    mine = table[(table["area_level"] == TERRITORY.key) & table["value"].notna()]
    name = shown_vintage(family.name, set(mine["indicator"]))
    block = table[table["indicator"] == name].set_index(AREA)
    # What is announced elsewhere is no figure of this territory.
    if name is None or block.empty or not (family.ask or name in set(mine["indicator"])):
        return None
    column = COLUMNS[name]
    told = block[block["source"] != ""]
    main = told.iloc[0] if len(told) else block.iloc[0]
    label, vintage = own_label(column, main)
    order = list(areas[AREA].itertuples(index=False, name=None))
    cells = [_cell(family, name, block.loc[area], base=str(main["base"])) for area in order]
    ask = Cell(family.ask, status=Status.UNKNOWN.value) if family.ask else _NOTHING
    cells = [ask if each.status == Status.UNKNOWN.value else each for each in cells]
    base = f" ({main['base']})" if main["base"] else ""
    producer = str(main["source"]) or sources()[column.source].attribution
    return _Line(
        shortened(f"{family.label or label}{base}", _LABEL),
        tuple(cells),
        _year(vintage),
        _producer(producer),
    )


def _cell(family: _Family, name: str, found: pd.Series, *, base: str) -> Cell:
    """A value as the page writes it; a density for 10,000 people too, minutes with their unit, and
    the ages it is of where they are not those of the row."""
    column, value, status = COLUMNS[name], float(found["value"]), str(found["status"])
    if status == Status.UNKNOWN.value:
        return Cell("inconnu", status=status)
    text = shown_text(column, value, status)
    if family.name == _DENSITY and (tenth := per_10k(name, value)) is not None:
        text += f" ({number(tenth, 1)})"
    elif family is _EMERGENCY:
        text = duration(value)
    # Shares of other ages are never gauged against one another unsaid.
    return Cell(text, status=status, origin=str(found["base"]) if found["base"] != base else "")


def _trend(table: pd.DataFrame, areas: pd.DataFrame) -> _Line | None:
    """How the GPs changed between two BPE; None where the territory has no such change."""
    found = {(each.area_level, each.area_name): each for each in trend(table)}
    cells = []
    for level, name in zip(areas["area_level"], areas["area_name"], strict=True):
        change = found.get((level, name))
        if change is None or not change.before:
            cells.append(_NOTHING)
            continue
        text = f"{signed_number(100 * (change.after / change.before - 1), 0)}{NNBSP}%"
        # The two definitions differ a little: a trend, and no measured gap.
        cells.append(Cell(text, status=Status.ESTIMATED.value))
    if cells[0] is _NOTHING:
        return None
    mine = next(each for each in found.values() if each.area_level == TERRITORY.key)
    first, last = (COLUMNS[name].vintage for name in (vintages("gps")[0], embedded_vintage("gps")))
    source = sources()[COLUMNS[embedded_vintage("gps")].source].attribution
    label = f"Généralistes, évolution ({number(mine.before)}→{number(mine.after)})"
    return _Line(label, tuple(cells), f"{first}–{last}", _producer(source))


def _near(study: Study, areas: pd.DataFrame) -> _Line | None:
    """People of the territory near a GP; None where no time to one is known."""
    access, band = study.access, SPOKEN_MINUTES["gp"]
    rows = access.coverage
    rows = rows[(rows["facility"] == "gp") & (rows["minutes"] == band)]
    central = rows[(rows["variant"] == "central") & rows["share"].notna()]
    if central.empty:
        return None
    share, column = float(central["share"].iloc[0]), COLUMNS[str(central["column"].iloc[0])]
    mine = Cell(whole_percent(share), status=access.times.status.value)
    return _Line(
        f"{capital(FACILITIES['gp'].short)} à {duration(band)} ou moins",
        (mine, *[_NOTHING] * (len(areas) - 1)),
        _year(column.vintage),
        _producer(sources()[column.source].attribution),
    )


def _given(table: pd.DataFrame, line: str, label: str, areas: pd.DataFrame) -> _Line:
    """A line of a table that a coordinator fills; what is unknown here says whom to ask."""
    rows = table[table["line"] == line].set_index(AREA).to_dict("index")
    order = list(areas[AREA].itertuples(index=False, name=None))
    cells = [filled_cell(rows[area]) if area in rows else _NOTHING for area in order]
    ask = Cell(f"voir {_WHOM[line]}", status=Status.UNKNOWN.value)
    shown = [ask if each.status == Status.UNKNOWN.value else each for each in cells]
    mine = rows[order[0]]
    return _Line(label, tuple(shown), _year(str(mine["date"])), _producer(str(mine["producer"])))


def _year(vintage: str) -> str:
    """The year or years of a vintage; the vintage itself where it has none."""
    years = re.findall(r"\d{4}(?:–\d{4})?", vintage)
    return years[-1] if years else shortened(vintage, 12)


def _producer(attribution: str) -> str:
    """Who produced a figure: the last of those named, without the title of the work."""
    # The page says above that it is an example.
    if is_invented(attribution):
        return INVENTED.rpartition(" ")[2]
    last = attribution.rpartition(";")[2].strip()
    name = last.partition(",")[0].partition(" cpts_geo")[0]
    # The région of an ARS heads a column of this table.
    return "ARS" if name.startswith("ARS ") else shortened(name, _PRODUCER)
