"""Templates of the pages, with the French filters and the legend they all use."""

from __future__ import annotations

import contextlib
import hashlib
import re
import sys
from functools import lru_cache, partial
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any, Final

from jinja2 import (
    BytecodeCache,
    Environment,
    PackageLoader,
    StrictUndefined,
    Template,
    select_autoescape,
)
from jinja2.bccache import Bucket

from cpts_geo import __version__
from cpts_geo.atlas.look import style
from cpts_geo.capacity.need.interval import CHANCES, SAMPLING_WORDS
from cpts_geo.errors import OutputError
from cpts_geo.files import write_atomically
from cpts_geo.french import number, percent, typeset
from cpts_geo.schema import GRADE_LABELS, STATUS_LABELS, STATUS_MARKS, TIME_UNIT
from cpts_geo.sources.analyst.filled.templates import INVENTED, INVENTED_SAID
from cpts_geo.sources.catalogue.catalogue import credits_of
from cpts_geo.sources.codes import counted_places

_TEMPLATES: Final = Path(__file__).parents[1] / "templates"
_DIGEST: Final = hashlib.sha256().digest_size
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


class _Kept(BytecodeCache):
    """Compiled templates kept beside their text, as Python keeps its modules: a report has 60.

    Where nothing can be written, or what is there is not what was, they are compiled again.
    `options` is what compiled code depends on besides its text.
    """

    def __init__(self, options: bytes) -> None:
        self._options = options

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was kept, whole."""
        with contextlib.suppress(OSError):
            kept = self._path(bucket).read_bytes()
            # A byte that changed would run as code.
            if kept[:_DIGEST] == hashlib.sha256(kept[_DIGEST:]).digest():
                bucket.bytecode_from_string(kept[_DIGEST:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, unless Python keeps nothing."""
        if sys.dont_write_bytecode:
            return
        code = bucket.bytecode_to_string()
        whole = hashlib.sha256(code).digest() + code
        with contextlib.suppress(OutputError):
            write_atomically(self._path(bucket), partial(_write, whole))

    def _path(self, bucket: Bucket) -> Path:
        """Where Python would keep a module of this name."""
        name = hashlib.sha256(bucket.key.encode() + self._options).hexdigest()[:16]
        return Path(cache_from_source(str(_TEMPLATES / f"{name}.py")))


def _write(content: bytes, path: Path) -> None:
    """Write bytes."""
    path.write_bytes(content)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """The templates' environment: French filters, colours, legend."""
    environment = Environment(
        loader=PackageLoader("cpts_geo.atlas"),
        # What follows changes the code of templates.
        bytecode_cache=_Kept(Path(__file__).read_bytes()),
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
