"""Tables that show themselves: two scenarios side by side, a log, sources, parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, plain_cells
from cpts_geo.atlas.look.values import stated
from cpts_geo.atlas.look.words import whom
from cpts_geo.atlas.sections.call_log import log_sentences, log_views
from cpts_geo.atlas.sections.comparison import comparison_sections
from cpts_geo.atlas.views.view import View, section_parts
from cpts_geo.capacity.comparing.compare import ScenarioComparison
from cpts_geo.capacity.scenario.calendar import default_calendar
from cpts_geo.capacity.scenario.loading import described
from cpts_geo.capacity.scenario.parameters import Parameters
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.study.call_log import StudiedLog


def table_view(
    title: str,
    table: pd.DataFrame,
    *,
    headers: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    lead: Sequence[str] = (),
    more: str = "",
    value: Any = None,
) -> View:
    """
    Show a table.

    Parameters
    ----------
    title : str
        What it is, in French.
    table : DataFrame
        The same, for tools.
    headers : sequence of str
        French title of each column.
    rows : sequence of sequence of Cell
        What is read.
    lead : sequence of str
        French sentences above it.
    more : str
        French sentence below it.
    value : object, optional
        What was computed; the table where absent.

    Returns
    -------
    View
        The table.
    """
    shown = {"caption": title, "headers": headers, "rows": rows, "lead": lead, "more": more}
    value = table if value is None else value
    return View(title, ["views/table.html.j2"], shown, value=value, table=table)


def sources_view(title: str, used: Sequence[Source]) -> View:
    """
    Show where figures come from: producer, product, vintage, grade, licence.

    Parameters
    ----------
    title : str
        Of what they are the sources, in French.
    used : sequence of Source
        The sources, in order.

    Returns
    -------
    View
        Its table has a row a source.
    """
    fields = ("product", "producer", "vintage", "geography", "grade", "licence")
    texts = [[str(getattr(each, name)) for name in fields] for each in used]
    return table_view(
        title,
        pd.DataFrame(texts, columns=list(fields), index=[each.key for each in used]),
        headers=["Produit", "Producteur", "Millésime", "Géographie", "Confiance", "Licence"],
        rows=[plain_cells(*row) for row in texts],
        value=tuple(used),
    )


def parameters_view(parameters: Parameters, *, notes: Sequence[str] = ()) -> View:
    """
    Show the defaults that scenarios rest on.

    Parameters
    ----------
    parameters : Parameters
        Defaults by name.
    notes : sequence of str
        Which of them an analyst changed, in French.

    Returns
    -------
    View
        Its table has a row a parameter: value, unit, source, grade.
    """
    known = {name: described(name) for name in parameters}
    values = {
        name: default_calendar() if name == "calendar" else each.value
        for name, each in parameters.items()
    }
    table = pd.DataFrame(
        [
            [name, *known[name], each.value, each.text, each.grade]
            for name, each in parameters.items()
        ],
        columns=["parameter", "meaning", "unit", "value", "source", "grade"],
    )
    return table_view(
        "Valeurs par défaut des scénarios",
        table,
        headers=["Nom", "Ce que c’est", "Valeur", "Source", "Confiance"],
        rows=[
            plain_cells(
                name,
                known[name][0],
                stated(name, values[name], known[name][1]),
                each.text,
                each.grade,
            )
            for name, each in parameters.items()
        ],
        more=" ".join(notes),
        value=parameters,
    )


def comparison_view(found: ScenarioComparison) -> View:
    """
    Show two scenarios side by side.

    Parameters
    ----------
    found : ScenarioComparison
        Their comparison.

    Returns
    -------
    View
        Its value is the comparison; its table has a row a measure.
    """
    names = [f"{each.label} — {whom(each)}" for each in (found.first, found.second)]
    sections = comparison_sections(found)
    shown = {**sections, "found": found, "names": list(zip("AB", names, strict=True))}
    finding = sections["finding"]
    return View(
        f"{found.second.label}, comparé à {found.first.label}",
        [
            "views/sentences.html.j2",
            "sections/comparison/measures.html.j2",
            "sections/comparison/changes.html.j2",
        ],
        {**shown, "sentences": [finding["sentence"], *finding["goals"], *finding["warnings"]]},
        value=found,
        table=found.table.reset_index(),
        parts=section_parts(
            found.second.label,
            {
                "drawings": ("les dessins", "sections/comparison/drawings.html.j2", None),
                "assumed": ("ce qu’il faut savoir", "sections/comparison/assumed.html.j2", None),
            },
            shown,
        ),
    )


def call_log_view(log: StudiedLog, *, first: Sequence[str] = ()) -> View:
    """
    Show what a call log says: only what may leave of it.

    Parameters
    ----------
    log : StudiedLog
        What was read and counted.
    first : sequence of str
        French sentences on what its scenario is to be read with.

    Returns
    -------
    View
        Its value is the log; its table has the calls by outcome.
    """
    said = [*log_sentences(log._profile, log.tables), *log.notes]
    return View(
        f"Registre des demandes : {log.scenario.label}",
        ["views/log.html.j2"],
        lambda: {"first": first, "sentences": said, "tables": log_views(log.tables)},
        value=log,
        table=log.tables["outcome"].reset_index(),
    )
