"""Words of the package: signs, grades, the catalogue of sources, the commands; the glossary."""

from __future__ import annotations

import typer

from cpts_geo.cli.main import app
from cpts_geo.schema import GRADE_LABELS, STATUS_LABELS, STATUS_MARKS, Status
from cpts_geo.sources.catalogue.catalogue import sources
from docs._ext.markdown import code, records, table


def signs() -> str:
    """How a value is known: sign, word, value in the tables."""
    rows = [(STATUS_MARKS[each], STATUS_LABELS[each], code(each.value)) for each in Status]
    return table(("Signe", "La valeur est", "Dans les tableaux"), rows)


def grades() -> str:
    """How far a source can be trusted."""
    return table(("Confiance", "Ce qu’elle veut dire"), GRADE_LABELS.items())


def glossary() -> str:
    """Words of the field in French, what they mean, and the English of the code."""
    rows = [(f"**{row['terme']}**", row["sens"], row["english"]) for row in records("glossary.csv")]
    return table(("Terme", "Sens", "English"), rows)


def catalogue() -> str:
    """Every source: producer, product, vintage, licence, grade, and its key."""
    rows = [
        (code(s.key), s.producer, s.product, s.vintage, s.licence, s.grade)
        for s in sources().values()
    ]
    return table(("Clé", "Producteur", "Produit", "Année", "Licence", "Confiance"), rows)


def commands() -> str:
    """What each command answers to ``--help``."""
    root = typer.main.get_command(app)
    return "\n\n".join(_helps(root, "cpts-geo"))


def _help(command: typer.core.TyperGroup, context: typer.Context) -> str:
    """Help of a command, without the marks that keep its lines apart."""
    return command.get_help(context).replace("\b", "")


def _helps(command: typer.core.TyperGroup, path: str) -> list[str]:
    with command.make_context(path, [], resilient_parsing=True) as context:
        told = [f"## `{path}`\n\n```text\n{_help(command, context)}\n```"]
    for name, inner in getattr(command, "commands", {}).items():
        told += _helps(inner, f"{path} {name}")
    return told
