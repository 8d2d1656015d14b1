"""Write the page of France: whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from cpts_geo.asked import typed_path
from cpts_geo.atlas.pages.france import france_page
from cpts_geo.files import write_text
from cpts_geo.french import number
from cpts_geo.geography.figures.aggregate import SUMMARISED, area_summary, with_every_figure
from cpts_geo.geography.figures.national import load_national
from cpts_geo.schema import shown_vintage, vintages
from cpts_geo.sources.embedding import embedded
from cpts_geo.writing.output_folder import check_output, staged

#: What the page weighs, at most.
_MEGABYTES: Final = 3.0
#: Figures on the card of an intercommunalité.
_OF_AREAS: Final = ("population", "apl", "gps_per_100k", "share_low_apl")


def write_france(
    output: Path | str,
    *,
    links: Mapping[str, str] | None = None,
    fetched: bool = True,
    day: date | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """
    Write the page of every commune and intercommunalité of France.

    Parameters
    ----------
    output : Path or str
        File to write.
    links : mapping of str to str, optional
        Address of the page of each intercommunalité that has one, by its code.
    fetched : bool
        Whether figures of fetched sources take the place of the embedded ones.
    day : datetime.date, optional
        Date of the page; today by default.
    say : callable
        Receives one French line a step.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    OutputError
        The file cannot be written; what stood there is as it was.
    """
    output = typed_path(output)
    check_output(output.parent, names=[output.name], megabytes=_MEGABYTES)
    national = embedded.load_communes()
    say(f"Chiffres de {number(len(national))} communes")
    figures = load_national(national, fetched=fetched).figures
    fresh = figures.columns.difference(national.columns)
    rows = national.join(figures.set_index("code_insee")[fresh], on="code_insee")
    say("Sommes par intercommunalité")
    areas = _areas(with_every_figure(rows[rows["epci"].notna()]))
    say("Carte et page")
    today = f"{day or date.today():%d/%m/%Y}"
    page = france_page(national, figures, areas=areas, links=links, date=today)
    with staged(output.parent, say=say) as stage:
        write_text(page, stage.folder / output.name)
    return output


def _areas(communes: pd.DataFrame) -> pd.DataFrame:
    """Figures of the intercommunalités, each at the newest vintage that is known."""
    names = [name for family in _OF_AREAS for name in vintages(family) if name in SUMMARISED]
    every = area_summary(communes, by="epci", indicators=names)
    known = set(every["indicator"][every["value"].notna()])
    return every[every["indicator"].isin([shown_vintage(family, known) for family in _OF_AREAS])]
