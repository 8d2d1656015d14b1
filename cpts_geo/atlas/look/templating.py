"""Templates of the pages, with the French filters and the legend they all use."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from cpts_geo import __version__
from cpts_geo.atlas.look import style
from cpts_geo.capacity.need.interval import CHANCES, SAMPLING_WORDS
from cpts_geo.french import number, percent, typeset
from cpts_geo.schema import GRADE_LABELS, STATUS_LABELS, STATUS_MARKS, TIME_UNIT
from cpts_geo.sources.analyst.filled.templates import INVENTED, INVENTED_SAID
from cpts_geo.sources.catalogue.catalogue import credits_of
from cpts_geo.sources.codes import counted_places

#: What is no text of a page: styles and scripts whole, then every tag.
_NO_TEXT: Final = re.compile(r"(<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>)", re.DOTALL)
#: An apostrophe of a name, as it is escaped.
_APOSTROPHE: Final = re.compile(r"(?<=\w)&#39;(?=\w)")


def rendered(name: str, **shown: Any) -> str:
    """
    Make a page of its template, all its text set as French is.

    Parameters
    ----------
    name : str
        File name in ``atlas/templates``.
    **shown
        What the template is given.

    Returns
    -------
    str
        HTML; styles, scripts and attributes as they were.
    """
    parts = _NO_TEXT.split(template(name).render(**shown))
    # Most of what stands between two tags is nothing.
    parts[::2] = [
        typeset(_APOSTROPHE.sub("’", text)) if text.strip() else text for text in parts[::2]
    ]
    return "".join(parts)


def template(name: str) -> Template:
    """
    Give a template of the package.

    Parameters
    ----------
    name : str
        File name in ``atlas/templates``.

    Returns
    -------
    jinja2.Template
        Escapes what it is given, and refuses a name it was not given.

    Examples
    --------
    >>> template("pages/sheet.html.j2").name
    'pages/sheet.html.j2'
    """
    return _environment().get_template(name)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """The templates' environment: French filters, colours, legend."""
    environment = Environment(
        loader=PackageLoader("cpts_geo.atlas"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": number,
        "percent": percent,
        "typeset": typeset,
        "counted_places": counted_places,
        "credits": credits_of,
    }
    environment.globals |= {
        "style": style,
        "chances": CHANCES,
        "sampling_words": SAMPLING_WORDS,
        "invented": INVENTED,
        "invented_said": INVENTED_SAID,
        "marks": [(STATUS_MARKS[s], STATUS_LABELS[s]) for s in STATUS_LABELS],
        "grades": GRADE_LABELS,
        "time_unit": TIME_UNIT,
        "version": __version__,
    }
    return environment
