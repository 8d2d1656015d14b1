"""What files on words share: the five, their headline, blanks made plain or seen."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from cpts_geo.analysis import Analysis
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import NNBSP
from cpts_geo.schema import FIGURE_COLUMNS, Status, status_column

Table = TypeVar("Table", bound=pd.DataFrame)

TERRITORIES = ("ouest_loiret", "beauce_gatinais", "lvo", "asclepios", "ondaine_forez")


def result_of(five: Analysis, key: str) -> Headline:
    result = five.studies[key].headline
    assert result is not None
    return result


def unknown_figures(table: Table) -> Table:
    """The table without any figure of communes: unknown, as where no file was read."""
    names = [name for name in FIGURE_COLUMNS if name in table]
    statuses = [status_column(name) for name in names if status_column(name) in table]
    return table.assign(
        **dict.fromkeys(names, np.nan), **dict.fromkeys(statuses, Status.UNKNOWN.value)
    )


def without_figures(found: Analysis) -> Analysis:
    """The analysis of one territory, of which nothing is known but its people and its land."""
    ((key, study),) = found.studies.items()
    around = study.common.surroundings
    common = replace(
        study.common, surroundings=replace(around, field=unknown_figures(around.field))
    )
    blank = replace(study, figures=unknown_figures(study.figures), common=common)
    return replace(found, studies={key: blank})


def plain(text: str) -> str:
    """The text with ordinary spaces."""
    return re.sub("[\u202f\u00a0]", " ", text)


def visible(text: str) -> str:
    """The text with its no-break spaces visible."""
    return text.replace(NNBSP, "⍽").replace("\u00a0", "[nbsp]")


def unfolded(page: Any) -> Any:
    """Open every folded part of a page, as its annex does."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    return page
