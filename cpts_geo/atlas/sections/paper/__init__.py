"""The two printed pages: what is, then organisation and need."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cpts_geo.atlas.look.cells import Cell
from cpts_geo.atlas.look.words import need_finding
from cpts_geo.atlas.maps.drawings import StillMaps
from cpts_geo.atlas.sections.paper import (
    _closing,
    _figures,
    _filled,
    _head,
    _levers,
    _map,
    _need,
    _year,
)
from cpts_geo.atlas.sections.paper._fitting import css_text, shortened
from cpts_geo.sources.analyst.filled.templates import INVENTED, INVENTED_SAID
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.study.study import Study

#: Letters of the running foot, page number apart, and those kept for the name.
_FOOT, _FOOT_NAME = 88, 48
#: Producers named there, those of most figures.
_FOOT_PRODUCERS = 4
#: Areas of the key figures beyond which the map leaves them its averages.
_AREAS = 4
_OURSELVES = __name__.partition(".")[0]


def section(
    study: Study, *, stills: StillMaps | None, date: str, used: Sequence[Source]
) -> dict[str, Any]:
    """
    Lay out the two printed pages of one territory.

    Parameters
    ----------
    study : Study
        Everything known of it.
    stills : StillMaps or None
        Still maps of the territory; None where there is nothing to draw.
    date : str
        Date of the run, as written on the page.
    used : sequence of Source
        Sources of what the page shows.

    Returns
    -------
    dict
        What the template shows: ``foot`` (a text of CSS), ``credit`` (the same in words),
        ``invented`` (what is told above each page of an invented example; empty), ``title`` of the
        second page, ``pages``: the blocks of each in reading order, by the name of their template;
        what is not known has no block, and an empty place is never kept for it.
    """
    result, capacity = study.headline, study.capacity
    levers = _levers.levers(study)
    sas, aci = _filled.sas(study), _filled.aci(study)
    # What a coordinator gave leaves less room to what closes the page.
    crowded = sas is not None or aci is not None
    access = _filled.access(study)
    figures = _figures.section(study, apart=access is not None)
    first: Mapping[str, Any] = {
        # The size of the ACI and the FINESS number belong to the band.
        "band": _head.band(study),
        "messages": _head.messages(study, levers),
        # Emergency passages and SAS effectors are rows of the key figures.
        "figures": figures,
        "access": access,
        "zoned": _filled.zoned(study) or None,
        # Its averages are key figures, where there is no room to say them twice.
        "map": _map.section(
            study, stills, means=access is None and len(figures["areas"]) <= _AREAS
        ),
    }
    second: Mapping[str, Any] = {
        # The weekly grid opens the need.
        "need": _need.section(study, crowded=crowded),
        "sas": sas,
        "year": None if result is None or capacity is None else _year.section(result, capacity),
        "levers": _levers.section(levers, result, crowded=crowded),
        "aci": aci,
        "unknown": _closing.unknown(study, crowded=crowded),
        "steps": {},
        "sources": _closing.sources(used, cells=_cells(sas, aci), crowded=crowded),
    }
    # What the package computes comes from the others.
    given = [each.producer for each in used if not each.producer.startswith(_OURSELVES)]
    producers = Counter(re.split(r" ?[,(]", name)[0] for name in given)
    known = ", ".join(name for name, _ in producers.most_common(_FOOT_PRODUCERS))
    invented = INVENTED_SAID if study.invented else ""
    marked = f"{INVENTED.capitalize()} · " if invented else ""
    foot = shortened(f"{marked}{shortened(study.name, _FOOT_NAME)} · {date} · {known}", _FOOT)
    return {
        "foot": css_text(foot),
        "credit": foot,
        "invented": invented,
        "title": need_finding(study),
        "pages": [
            [(name, block) for name, block in page.items() if block is not None]
            for page in (first, second)
        ],
    }


def _cells(sas: Mapping[str, Any] | None, aci: Mapping[str, Any] | None) -> list[Cell]:
    """Cells of the second page, whose signs it explains."""
    found = [] if sas is None else [cell for cell, _ in sas["told"]]
    return found + ([] if aci is None else [cell for _, row, _ in aci["rows"] for cell in row])
