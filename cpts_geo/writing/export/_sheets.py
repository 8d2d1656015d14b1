"""Tables for a French spreadsheet: headings with their year, statuses as words.

A number keeps the form that it is shown in; 0 is written, what is unknown is an empty cell beside
the words that say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import pandas as pd

from cpts_geo import __version__
from cpts_geo.atlas.look.cells import MASK_LABEL, STATUS_WORDS
from cpts_geo.atlas.sections.territory.communes import commune_columns
from cpts_geo.french import short_day, slug, typeset
from cpts_geo.indicators.densities import per_10k
from cpts_geo.schema import CHANGES, COLUMNS, GRADE_LABELS, LEVELS, Column, status_column
from cpts_geo.secrecy.disclosure import MIN_PATIENTS
from cpts_geo.sources.analyst.filled.templates import INVENTED_SAID, templates
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.study.study import Study
from cpts_geo.writing.workbook.sheet import Cell, Sheet, cell, status_words


def column_cell(column: Column, value: Any) -> Cell:
    """A value of a column as a cell; a share keeps one decimal more than its percent."""
    return cell(value, column.decimals, percent=column.percent)


def heading(column: Column, label: str) -> str:
    """Heading of a column: what it is, its year, its unit."""
    unit = f" ({column.shown_unit})" if column.shown_unit else ""
    return typeset(f"{label}{unit}")


def identity(study: Study, *, day: date) -> Sheet:
    """Who the territory is: a fact a row, then what describes the file."""
    rows: list[tuple[Cell, ...]] = []
    for fact in study.identity.to_dict("records"):
        value = fact["value"]
        rows.append(
            (
                fact["fact"],
                typeset(fact["label"]),
                cell(value) if isinstance(value, int) else None if pd.isna(value) else str(value),
                fact["unit"],
                cell(fact["people_share"], 1, percent=True),
                fact["vintage"],
                typeset(fact["source"]),
                fact["grade"],
                status_words(fact["status"]),
                typeset(fact["note"]),
            )
        )
    land = cell(study.outline["area_km2"], 1)
    told: list[tuple[str, str, Cell, str]] = [
        ("area_km2", "Superficie", land, "km²"),
        ("territory", "Clé", study.key, ""),
        ("perimeter", "Périmètre", study.perimeter, ""),
        ("document", "Document", study.document, ""),
        ("date", "Date de l’extraction", f"{day:%d/%m/%Y}", ""),
        ("tool", "Outil", f"cpts_geo {__version__}", ""),
    ]
    rows += [(*each, None, "", "", "", "", "") for each in told]
    return Sheet(
        name="Identité",
        about="le territoire : numéro, taille pour l’ACI, zones où il est, périmètre",
        heads=(
            "Code", "Rubrique", "Valeur", "Unité", "Part des habitants", "Année", "Source",
            "Confiance", "Signe", "À savoir",
        ),
        rows=rows,
    )  # fmt: skip


def indicators(study: Study) -> Sheet:
    """The territory beside its départements, région and France, a value a row; a density of GPs for
    10,000 people too."""
    words = {level.key: level.word for level in LEVELS}
    rows: list[tuple[Cell, ...]] = []
    for found in study.comparison.to_dict("records"):
        column = COLUMNS[found["indicator"]]
        rows.append(
            (
                column.name,
                column.label,
                str(found["area_name"]),
                words[found["area_level"]],
                column_cell(column, found["value"]),
                column.unit,
                cell(per_10k(column.name, found["value"]), 1),
                column_cell(column, found["low"]),
                column_cell(column, found["high"]),
                str(found["vintage"]),
                str(found["source"]),
                str(found["grade"]),
                status_words(found["status"]),
                typeset(" ; ".join(filter(None, (str(found["base"]), str(found["note"]))))),
            )
        )
    rows += _filled(study)
    return Sheet(
        name="Indicateurs",
        about="chaque indicateur du territoire, de ses départements, de sa région et de la France "
        "; au bas, ce que vous avez rempli : sans médecin traitant, passages aux urgences, SAS",
        heads=(
            "Code", "Libellé", "Territoire", "Niveau", "Valeur", "Unité", "Pour 10 000 hab.",
            "Borne basse (95 %)", "Borne haute (95 %)", "Année", "Source", "Confiance", "Signe",
            "Remarque",
        ),
        rows=rows,
    )  # fmt: skip


def _filled(study: Study) -> Iterator[tuple[Cell, ...]]:
    """Rows of the tables that a coordinator fills; what is empty says whom to ask."""
    words = {level.key: level.word for level in LEVELS}
    for key, table in (
        ("acces-mt", study.mt_access),
        ("passages", study.passages),
        ("sas", study.sas),
    ):
        for found in table.to_dict("records"):
            title = templates()[key].title
            names = [name for name in ("number", "share") if not pd.isna(found[name])]
            said = (found["detail"], found["note"], found["set_aside"], found["ask"])
            for name in names or ["share" if found["unit"] in ("", "%") else "number"]:
                of_people = "personnes" if name == "number" and not found["unit"] else ""
                yield (
                    f"{key} {found['line']}", typeset(f"{title} : {found['label']}"),
                    str(found["area_name"]), words[found["area_level"]],
                    cell(found[name], int(name == "share"), percent=name == "share"),
                    of_people or ("%" if name == "share" else str(found["unit"])), None, None, None,
                    short_day(str(found["date"])), str(found["producer"]), str(found["grade"]),
                    status_words(found["status"]), typeset(" ; ".join(filter(None, said))),
                )  # fmt: skip


def zoning(study: Study) -> Sheet:
    """The zonings, as a file gives them."""
    rows: list[tuple[Cell, ...]] = [
        (
            row["label"], cell(row["communes"]), row["names"], cell(row["people"]),
            cell(row["share"], 1, percent=True), short_day(row["date"]), row["producer"],
            row["grade"], status_words(row["status"]),
            typeset(" ; ".join(filter(None, (row["note"], row["ask"])))),
        )
        for row in study.zoning.to_dict("records")
    ]  # fmt: skip
    return Sheet(
        name="Zonage", about="ZIP et ZAC, FRR, QPV, tels qu’un fichier les donne",
        heads=(
            "Zonage", "Communes", "Lesquelles", "Habitants", "Part des habitants",
            "Date de l’arrêté", "Producteur", "Confiance", "Signe", "Remarque",
        ),
        rows=rows,
    )  # fmt: skip


def commune_labels(study: Study) -> dict[str, str]:
    """Figures of communes with their labels, each with its year."""
    labels = {name: COLUMNS[name].dated_label for name in commune_columns(study.communes)}
    for (shift, after), change in zip(CHANGES, study.access.shifts, strict=False):
        year, title = change.vintage, change.title
        labels |= {shift: f"Écart d’APL {year} — {title}", after: f"APL {year} après — {title}"}
    return {name: label for name, label in labels.items() if name in study.communes}


def communes(study: Study) -> Sheet:
    """The communes: a column a figure, then how it is known."""
    table = study.communes
    shown = commune_labels(study)
    heads = ["Code Insee", "Commune", "Département"]
    for name, label in shown.items():
        heads += [heading(COLUMNS[name], label), f"Signe : {label}"]
    order = table["name"].map(slug).sort_values().index
    rows = []
    for row in table.loc[order].to_dict("records"):
        values: list[Cell] = [row["code_insee"], row["name"], row["departement_name"]]
        for name in shown:
            known = row[status_column(name)]
            values += [column_cell(COLUMNS[name], row[name]), status_words(known)]
        rows.append(tuple(values))
    return Sheet(
        name="Communes", about="les communes du territoire, la carte en chiffres",
        heads=tuple(map(typeset, heads)), rows=rows, pinned=3,
    )  # fmt: skip


def methods(study: Study, used: Sequence[Source]) -> Sheet:
    """Sources with their licences, then signs, grades and what is masked."""
    rows: list[tuple[Cell, ...]] = [
        (
            "Source",
            *map(typeset, (source.attribution, source.product, source.vintage, source.licence)),
            source.grade,
        )
        for source in used
    ]
    rows += _told("Signe", dict.fromkeys(map(status_words, STATUS_WORDS), ""))
    rows += _told("Confiance", GRADE_LABELS)
    told = (
        f"Un nombre de 1 à {MIN_PATIENTS - 1} patients n’est pas montré ; il n’est ni 0 ni inconnu."
    )
    rows += _told("Secret", {MASK_LABEL: told})
    if study.headline is not None:
        rows += _told("À savoir", dict.fromkeys(study.headline.warnings, ""))
    return Sheet(
        name="Méthode et sources", about="sources, licences, signes et réserves",
        heads=("Rubrique", "Libellé", "Détail", "Millésime", "Licence", "Confiance"), rows=rows,
    )  # fmt: skip


def _told(what: str, texts: dict[Any, str]) -> list[tuple[Cell, ...]]:
    """Rows of words alone."""
    return [(what, typeset(str(name)), typeset(text), "", "", "") for name, text in texts.items()]


def read_me(study: Study, sheets: Iterable[Sheet], *, day: date, sources: str) -> Sheet:
    """What the file is, what each sheet holds, how to read a cell."""
    lines = [
        *([("Attention", INVENTED_SAID)] if study.invented else []),
        (study.name, "besoin en soins non programmés, indicateurs et hypothèses"),
        ("Date", f"{day:%d/%m/%Y}, cpts_geo {__version__}"),
        *((sheet.name, sheet.about) for sheet in sheets),
        ("Cellule vide", "valeur inconnue ou secrète, jamais 0 : le signe à côté le dit"),
        ("0", "absence connue"),
        ("Signes", ", ".join(dict.fromkeys(map(status_words, STATUS_WORDS)))),
        ("Hypothèses", "chaque valeur porte un nom (hyp_…) que vos formules peuvent citer"),
        ("Sources et licences", sources),
    ]
    rows: list[tuple[Cell, ...]] = [tuple(map(typeset, line)) for line in lines]
    return Sheet(name="Lisez-moi", about="", heads=("Rubrique", "Contenu"), rows=rows)
