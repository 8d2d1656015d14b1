"""The two printed pages of a sheet, by the browser of this machine: tagged, with their outline."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Final

import geopandas as gpd

from cpts_geo.atlas.pages.sheet import sheet_page
from cpts_geo.errors import BrowserError
from cpts_geo.files import write_atomically
from cpts_geo.foreign import shown_path
from cpts_geo.study.study import Study
from cpts_geo.writing.export.browser import NO_BROWSER, VARIABLE, find_browser

#: Seconds that a browser may take.
_PATIENCE: Final = 120
_FLAGS: Final = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name is looked up, and no server answers: the page needs none.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--no-pdf-header-footer",
    "--export-tagged-pdf",
    "--generate-pdf-document-outline",
)
#: Words of a file that is whole and tagged.
_SIGNS: Final = (b"%PDF-", b"%%EOF", b"/MarkInfo", b"/StructTreeRoot")


def printing_browser() -> Path:
    """The browser that prints; a BrowserError where there is none, before any work."""
    found = find_browser()
    if found is None:
        raise BrowserError(
            "Le PDF demande un navigateur Chromium, Chrome ou Edge, et aucun n’est trouvé.",
            remedy=f"{NO_BROWSER[:-1]} ; les autres formats n’en demandent pas.",
        )
    return found


def write_pdf(
    study: Study, path: Path, *, national: gpd.GeoDataFrame, day: date, annex: bool
) -> None:
    """Print the page of a territory: two pages of A4, and its annex after them if asked."""
    page = sheet_page(study, national=national, date=f"{day:%d/%m/%Y}")
    browser = printing_browser()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source = Path(folder, "fiche.html")
        source.write_text(page, encoding="utf-8", newline="\n")
        made = Path(folder, "fiche.pdf")
        address = source.as_uri() + ("?annexe=1" if annex else "")
        _print(browser, address, made, profile=Path(folder, "profil"))
        content = made.read_bytes() if made.is_file() else b""
    if not all(sign in content for sign in _SIGNS):
        raise _unprinted(browser, "il n’a pas écrit de PDF balisé")

    def write(part: Path) -> None:
        part.write_bytes(content)

    write_atomically(path, write)


def _print(browser: Path, address: str, made: Path, *, profile: Path) -> None:
    """Run the browser, with a profile of its own, to the end or to the end of our patience."""
    # The superuser of a container has no sandbox; others keep theirs.
    root = sys.platform == "linux" and os.geteuid() == 0
    command = [
        str(browser), *_FLAGS, *(["--no-sandbox"] if root else []), f"--user-data-dir={profile}",
        f"--print-to-pdf={made}", address,
    ]  # fmt: skip
    try:
        subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise _unprinted(browser, f"il n’a pas fini en {_PATIENCE} secondes") from error
    except OSError as error:
        raise _unprinted(browser, "il ne démarre pas") from error


def _unprinted(browser: Path, why: str) -> BrowserError:
    """The error of a browser that does not print."""
    return BrowserError(
        f"Le navigateur « {shown_path(browser)} » n’a pas imprimé la fiche : {why}.",
        remedy="relancez la commande ; si cela recommence, mettez-le à jour ou donnez-en un autre "
        f"dans {VARIABLE}.",
    )
