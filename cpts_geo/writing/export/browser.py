"""Which browser of this machine prints pages: of the Chromium family, where people have one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from cpts_geo.errors import BrowserError
from cpts_geo.foreign import shown_path

#: Variable of the environment that names one.
VARIABLE: Final = "CPTS_GEO_BROWSER"
_COMMANDS: Final = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge")
_PLACES: Final = (
    *(f"/Applications/{n}.app/Contents/MacOS/{n}" for n in ("Google Chrome", "Microsoft Edge")),
    *(
        f"{os.environ.get(folder)}/{program}.exe"
        for folder in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        for program in ("Google/Chrome/Application/chrome", "Microsoft/Edge/Application/msedge")
    ),
)
#: What to do without any, in French.
NO_BROWSER: Final = f"installez-en un, ou donnez son chemin dans {VARIABLE}."


def find_browser(
    env: Mapping[str, str] = os.environ,
    which: Callable[[str], str | None] = shutil.which,
    places: Sequence[str] = _PLACES,
) -> Path | None:
    """
    Find a browser of the Chromium family.

    Parameters
    ----------
    env : Mapping of str to str
        Environment: its ``CPTS_GEO_BROWSER`` goes first.
    which : callable
        Gives the path of a command, or None; asked next.
    places : sequence of str
        Usual places, looked at last.

    Returns
    -------
    Path or None
        The program; None where there is none.

    Raises
    ------
    BrowserError
        ``CPTS_GEO_BROWSER`` names a file that is not there.

    Examples
    --------
    >>> find_browser({}, {"google-chrome": "/usr/bin/google-chrome"}.get, []).name
    'google-chrome'
    """
    if asked := env.get(VARIABLE):
        if not Path(asked).is_file():
            raise BrowserError(
                f"{VARIABLE} désigne un fichier absent : « {shown_path(asked)} ».",
                remedy="corrigez ou supprimez cette variable d’environnement.",
            )
        return Path(asked)
    candidates = [*map(which, _COMMANDS), *(place for place in places if Path(place).is_file())]
    return next((Path(candidate) for candidate in candidates if candidate), None)
