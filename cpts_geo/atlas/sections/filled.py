"""Tables that a coordinator fills: médecin traitant, emergency passages, zonings, SAS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, Row, filled_cell, plain_cells, share_cell
from cpts_geo.atlas.look.words import short_name
from cpts_geo.french import NNBSP, capital, counted, number, percent, short_day
from cpts_geo.schema import AREA, TERRITORY, Status
from cpts_geo.sources.analyst.filled.templates import INVENTED_SAID, is_invented
from cpts_geo.study.study import Study

_NOTHING: Final = Cell("—")
#: What the estimate of the model is of.
_SUPPOSED: Final = "France, supposé"
#: Letters of names of communes under the name of a zoning.
_NAMES: Final = 90


def filled_sections(study: Study) -> dict[str, Any]:
    """
    Gather the tables of one territory that a coordinator fills.

    Parameters
    ----------
    study : Study
        Everything known of it.

    Returns
    -------
    dict
        ``filled``, those of access, each with its title; ``sas``. A table is ``warn`` (said above,
        or empty), ``heads`` and ``rows``.
    """
    return {
        "filled": [
            ("Qui n’a pas de médecin traitant", _by_area(study.mt_access, numbers=True)),
            ("Passages aux urgences", _passages(study.passages)),
            ("Zonages : ZIP et ZAC, FRR, QPV", _zoning(study.zoning)),
        ],
        "sas": _sas(study.sas),
    }


def _warn(table: pd.DataFrame) -> str:
    """What is said above a table that holds an invented figure; empty for none."""
    return INVENTED_SAID if table["producer"].map(is_invented).any() else ""


def _by_area(table: pd.DataFrame, *, numbers: bool) -> dict[str, Any]:
    """A row a line, a cell an area; the number of the territory first where it has one."""
    areas = table.drop_duplicates(AREA)
    names = [short_name(str(name)) for name in areas["area_name"]]
    rows = []
    for _, found in table.groupby("line", sort=False):
        by_area = {(row["area_level"], row["area_code"]): row for row in found.to_dict("records")}
        mine = next(row for key, row in by_area.items() if key[0] == TERRITORY.key)
        first = [filled_cell(mine, "number")] if numbers else []
        if first and first[0].status == Status.UNKNOWN.value:
            first = [_NOTHING]
        keys = areas[AREA].itertuples(index=False, name=None)
        cells = [*first, *(_beside(by_area.get(key), mine, share=numbers) for key in keys)]
        rows.append(Row(_label(mine), _detail(mine), tuple(cells)))
    return {"warn": _warn(table), "heads": [*(["Nombre"] if numbers else []), *names], "rows": rows}


def _label(row: Mapping[Any, Any]) -> str:
    """What a line is, with the name of its site."""
    label = f"{row['label']} : {row['detail']}" if row["detail"] else str(row["label"])
    return f"{label} ({row['unit']})" if row["unit"] not in ("", "%") else label


def _detail(row: Mapping[Any, Any]) -> str:
    """Date and producer of the value of the territory, what to know of it, what is set aside."""
    origin = _origin(row)
    aside = f"écarté : {row['set_aside']}" if row["set_aside"] else ""
    # Each is a sentence, whoever wrote it.
    return ". ".join(capital(each) for each in (origin, row["note"], aside) if each)


def _origin(row: Mapping[Any, Any]) -> str:
    """Date and producer of a value."""
    return ", ".join(filter(None, (short_day(str(row["date"])), row["producer"])))


def _beside(row: Mapping[Any, Any] | None, mine: Mapping[Any, Any], *, share: bool) -> Cell:
    """The value of an area, with its date and producer where they are not those of the row."""
    if row is None:
        return _NOTHING
    cell = share_cell(row) if share else filled_cell(row)
    origin = _origin(row)
    same = (row["date"], row["producer"]) == (mine["date"], mine["producer"])
    return Cell(cell.text, status=cell.status, note=cell.note, origin="" if same else origin)


def _passages(table: pd.DataFrame) -> dict[str, Any]:
    """The same by area, and in a column of its own what the model supposes: no figure of theirs."""
    found = _by_area(table, numbers=False)
    supposed = table.drop_duplicates("line")["estimate"]
    cells = [
        _NOTHING
        if pd.isna(value)
        else Cell(number(value), status=Status.ESTIMATED.value, origin=_SUPPOSED)
        for value in supposed
    ]
    rows = [
        Row(row.label, row.detail, (*row.cells, cell))
        for row, cell in zip(found["rows"], cells, strict=True)
    ]
    head = "Relevant potentiellement de la ville, estimé"
    return found | {"heads": [*found["heads"], head], "rows": rows}


def _zoning(table: pd.DataFrame) -> dict[str, Any]:
    """A row a zoning: communes, people, share, date, producer."""
    rows = []
    for row in table.to_dict("records"):
        if row["status"] == Status.UNKNOWN.value:
            asked = Cell(f"non renseigné : {row['ask']}", status=row["status"])
            rows.append(Row(row["label"], "", (asked, *plain_cells("", ""))))
            continue
        many = counted(row["communes"], "commune", "communes")
        people = Cell("inconnu", status=Status.UNKNOWN.value)
        if not pd.isna(row["people"]):
            share = f"{percent(row['share'])} des habitants"
            people = Cell(number(row["people"]), status=row["status"], origin=share)
        origin = _origin(row)
        # Dozens of names are read on demand.
        shown = row["names"] if len(row["names"]) <= _NAMES else ""
        said = ". ".join(filter(None, (shown, row["note"])))
        cells = (Cell(many), people, *plain_cells(origin))
        rows.append(Row(row["label"], said, cells, "" if shown else row["names"]))
    return {"warn": _warn(table), "heads": ["Communes", "Habitants", "Arrêté"], "rows": rows}


def _sas(table: pd.DataFrame) -> dict[str, Any]:
    """A row a line: its value, date and producer."""
    rows = list(_sas_rows(table))
    return {"warn": _warn(table), "heads": ["Valeur", "Date et producteur"], "rows": rows}


def _sas_rows(table: pd.DataFrame) -> Iterator[Row]:
    """Lines in the order of the table, what is computed after them."""
    for row in table.to_dict("records"):
        cell = filled_cell(row)
        hours = f"{NNBSP}h" if "heures" in row["unit"] and cell.text[:1].isdigit() else ""
        value = Cell(f"{cell.text}{hours}", status=cell.status, note=cell.note)
        origin = _origin(row)
        yield Row(row["label"], _detail({**row, "date": "", "producer": ""}),
                  (value, *plain_cells(origin)))  # fmt: skip
