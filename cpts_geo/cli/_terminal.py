"""What a command says: progress on the error output, results on the other, text made harmless."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from cpts_geo.foreign import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from cpts_geo.atlas.look.cells import Cell

#: A command of ours, as messages write it.
_COMMAND: Final = re.compile(r"\bcpts-geo (?=[a-z])")
#: Columns a pipe or a file is given: wide enough that a row is one line.
_PIPED_WIDTH: Final = 240
#: Minutes beyond which a time that remains is in hours.
_MINUTES: Final = 90
#: Consoles that show a bar now.
_BARS: Final[list[Console]] = []


def as_typed(text: str) -> str:
    """A text whose commands to retype begin as what was typed did: ``python3 run.py``, say."""
    typed = os.environ.get("CPTS_GEO_TYPED", "").strip()
    return _COMMAND.sub(lambda _: f"{typed} ", text) if typed else text


def _plain(**options: Any) -> Console:
    """A console to which a text is a text: no markup, no emphasis, no command of a terminal."""
    # Imported here, as below, so that --help answers at once.
    from rich.console import Console  # noqa: PLC0415

    class Plain(Console):
        def print(self, *objects: Any, **options: Any) -> None:
            safe = [visible(as_typed(x)) if isinstance(x, str) else x for x in objects]
            super().print(*safe, **options)

    return Plain(highlight=False, markup=False, emoji=False, **options)


def results() -> Console:
    """Console of the standard output: as wide as the terminal, a row a line where there is none."""
    width = None if sys.stdout.isatty() else _PIPED_WIDTH
    return _plain(width=width)


def echo(line: str) -> None:
    """Print a line of result, one line whatever the width of the terminal."""
    results().print(line, soft_wrap=True)


def teller() -> Callable[[str], None]:
    """Say the progress of a command, a line at a time, on the error output."""
    own = _plain(stderr=True)
    return lambda line: (_BARS[-1] if _BARS else own).print(f"· {line}")


def moves() -> bool:
    """Whether a bar is shown: the error output is a terminal."""
    return sys.stderr.isatty()


@contextmanager
def progress() -> Iterator[Callable[[int, int, str], None]]:
    """Yield what shows how many are done, of how many, and what is being done; nothing is shown
    where the error output is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (MofNCompleteColumn(), BarColumn(20), TextColumn("{task.description}", markup=False))
    console = _plain(stderr=True)
    # What is said meanwhile is written above it: through another console, it would run on.
    _BARS.append(console)
    try:
        with Progress(
            *columns, console=console, transient=True, disable=not moves(),
            redirect_stdout=False,
        ) as bar:  # fmt: skip
            task = bar.add_task("", visible=False)
            yield lambda done, total, doing: bar.update(
                task,
                completed=done,
                total=total,
                description=visible(doing),
                visible=True,
                refresh=True,
            )
    finally:
        _BARS.remove(console)


def time_left(seconds: float | None) -> str:
    """Time that remains, roughly, in French; empty where nobody knows, or at the end."""
    if not seconds:
        return ""
    minutes = round(seconds / 60)
    if minutes > _MINUTES:
        hours, half = divmod(round(minutes / 30), 2)
        return f"reste environ {hours} h{' 30' * half}"
    return f"reste environ {minutes} min" if minutes else "reste moins d’une minute"


def table_view(
    headers: Sequence[str], rows: Sequence[Sequence[str | Cell]], *, title: str = "", right: bool
) -> Table:
    """Rows laid out for a terminal; `right` where all columns but the first are numbers."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(
        box=SIMPLE_HEAD,
        title=visible(title) or None,
        title_justify="left",
        pad_edge=False,
    )
    for place, header in enumerate(headers):
        table.add_column(Text(visible(header)), justify="right" if right and place else "left")
    for row in rows:
        table.add_row(*(_harmless(cell) for cell in row))
    return table


def _harmless(cell: str | Cell) -> Text:
    """A cell with its interval or source, its sign and status, without what could command a
    terminal."""
    from rich.text import Text  # noqa: PLC0415

    if isinstance(cell, str):
        return Text(visible(cell))
    if cell.status == "unknown":
        return Text(visible(f"{cell.mark} {cell.text}"), style="dim italic")
    apart = f" ({cell.origin})" if cell.origin else ""
    return Text(visible(f"{cell.text}{apart} {cell.mark} {cell.title}".strip()))
