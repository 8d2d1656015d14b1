"""The indicators of the ACI as files: a table, a workbook of fiches, a page to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.cells import STATUS_WORDS
from cpts_geo.atlas.pages.aci import aci_page
from cpts_geo.files import write_text
from cpts_geo.french import typeset
from cpts_geo.indicators.aci.rows import aci_rows, is_given, is_of_example
from cpts_geo.schema import GRADE_LABELS
from cpts_geo.sources.analyst.aci.codes import ACI_GRADE, PERIODS, aci_indicators
from cpts_geo.sources.analyst.filled.templates import INVENTED_SAID
from cpts_geo.writing.workbook.book import write_book
from cpts_geo.writing.workbook.sheet import Cell, Number, Sheet, cell, status_words, write_table

#: Files of the indicators: table, workbook, page.
ACI_FILES: Final = ("indicateurs_aci.csv", "fiche_aci.xlsx", "fiche_aci.html")
_RATE: Final = "Taux atteint"
_FORMULA: Final = "Taux atteint = (N − référence) / (cible − référence)"


def write_aci(
    table: pd.DataFrame, folder: Path, *, name: str, period: str, day: date
) -> list[Path]:
    """
    Write the indicators of the ACI of a territory.

    Parameters
    ----------
    table : DataFrame
        As :func:`cpts_geo.indicators.aci.fiche.aci_table` gives it.
    folder : Path
        Where to write.
    name : str
        Name of the territory.
    period : str
        French words for the period of N.
    day : datetime.date
        Day of the run.

    Returns
    -------
    list of Path
        :data:`ACI_FILES`.
    """
    csv, book, page = (folder / file for file in ACI_FILES)
    write_table(aci_sheet(table), csv)
    write_book(_sheets(table, name=name, period=period, day=day), book, title=name, day=day)
    write_text(aci_page(table, name=name, period=period, date=f"{day:%d/%m/%Y}"), page)
    return [csv, book, page]


def _sheets(table: pd.DataFrame, *, name: str, period: str, day: date) -> list[Sheet]:
    """What they are, a sheet of all indicators, then one an indicator that somebody filled."""
    rows = aci_rows(table).to_dict("records")
    fiches = [_fiche(row, name=name) for row in rows if is_given(row)]
    about: list[tuple[Cell, ...]] = [
        ("Territoire", name),
        ("Période du registre", period),
        ("Date", f"{day:%d/%m/%Y}"),
        ("Taux", typeset(f"{_FORMULA} ; au-dessous de 0 ou au-dessus de 100 %, gardé tel quel")),
        ("Libellés", typeset(f"connus de seconde main : {ACI_GRADE} = {GRADE_LABELS[ACI_GRADE]}")),
        ("Cellule vide", "valeur inconnue ou secrète, jamais 0 : le signe à côté le dit"),
        ("Signes", ", ".join(dict.fromkeys(map(status_words, STATUS_WORDS)))),
    ]
    if any(is_of_example(row) for row in rows):
        about.insert(0, ("Attention", typeset(INVENTED_SAID)))
    read_me = Sheet(name="Lisez-moi", about="", heads=("Rubrique", "Contenu"), rows=about)
    return [read_me, aci_sheet(table), *fiches]


def aci_sheet(table: pd.DataFrame) -> Sheet:
    """
    Make the sheet of all indicators.

    Parameters
    ----------
    table : DataFrame
        As :func:`cpts_geo.indicators.aci.fiche.aci_table` gives it.

    Returns
    -------
    Sheet
        A row an indicator.
    """
    heads = ["Code", "Indicateur", "Mission", "Unité", "Champ"]
    for words in PERIODS.values():
        heads += [words, f"Année : {words}", f"Signe : {words}"]
    heads += [_RATE, "Si non calculable", "Justification", "Commentaire", "Remarque",
              "Producteur", "Date des données", "À demander", "Formule",
              "Sens attendu"]  # fmt: skip
    return Sheet(
        name="Indicateurs ACI",
        about="les indicateurs du dialogue de gestion, mission 1",
        heads=tuple(map(typeset, heads)),
        rows=[
            (
                row["code"], row["label"], row["mission"], row["unit"], row["field"],
                *(each for name in PERIODS for each in _figure(row, name)),
                cell(row["rate"], 0, percent=True), row["why"], row["justification"],
                row["comment"], row["remark"], row["producer"], row["date"], row["ask"],
                row["formula"], row["direction"],
            )
            for row in aci_rows(table).to_dict("records")
        ],
        pinned=2,
    )  # fmt: skip


def _fiche(row: Mapping[Any, Any], *, name: str) -> Sheet:
    """The fiche of an indicator, on a sheet of paper."""
    rows: list[tuple[Cell, ...]] = [
        ("Territoire", name, None, ""),
        ("Indicateur", row["label"], None, ""),
        ("Mission", row["mission"], None, ""),
        ("Formule", row["formula"], None, ""),
        ("Sens attendu", row["direction"], None, ""),
        ("Champ", row["field"], None, ""),
        ("Producteur", row["producer"] or f"à demander {row['ask']}", None, ""),
        ("Date des données", row["date"], None, ""),
    ]
    for key, words in PERIODS.items():
        value, year, sign = _figure(row, key)
        label = typeset(f"{words} ({row['unit']})")
        rows.append((label, value, year, sign))
    rows += [
        (_RATE, cell(row["rate"], 0, percent=True) or row["why"], None, ""),
        ("Justification", row["justification"], None, ""),
        ("Commentaire", row["comment"], None, ""),
        ("Remarque", row["remark"], None, ""),
    ]
    return Sheet(
        name=aci_indicators()[str(row["code"])].short, about="fiche d’un indicateur",
        heads=("Rubrique", "Valeur", "Année", "Signe"), rows=rows,
    )  # fmt: skip


def _figure(row: Mapping[Any, Any], name: str) -> Iterator[Cell]:
    """A figure, its year, how it is known."""
    percent, value = row["unit"] == "%", row[name]
    whole = percent or pd.isna(value) or value == round(value)
    yield cell(value, 1 if percent or not whole else 0, percent=percent)
    year = row[f"{name}_year"]
    yield None if pd.isna(year) else Number(float(year), year=True)
    yield status_words(row[f"{name}_status"])
