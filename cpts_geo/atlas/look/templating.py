"""Templates of the pages, with the French filters and the legend they all use."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from cpts_geo import __version__
from cpts_geo.atlas.look import style
from cpts_geo.capacity.need.interval import CHANCES, SAMPLING_WORDS
from cpts_geo.french import number, percent, typeset
from cpts_geo.schema import GRADE_LABELS, STATUS_LABELS, STATUS_MARKS, TIME_UNIT
from cpts_geo.sources.catalogue.catalogue import credits_of
from cpts_geo.sources.codes import counted_places


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
        "marks": [(STATUS_MARKS[s], STATUS_LABELS[s]) for s in STATUS_LABELS],
        "grades": GRADE_LABELS,
        "time_unit": TIME_UNIT,
        "version": __version__,
    }
    return environment
