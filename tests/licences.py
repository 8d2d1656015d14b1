"""
Write docs/licences.md: ``.venv/bin/python -m tests.licences``, after the default lock has changed.

The page holds the licence of each package that ``python3 run.py report`` installs, as the metadata
of that package says it. Words that no metadata says stand here, with the reason.
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "licences.md"
LOCK = ROOT / "requirements.lock"
#: What metadata does not say, or says of a package that only another system installs.
SAID_HERE = {
    "colorama": "BSD License",  # Windows only; read in its wheel
    "xstatic-leaflet": "BSD-2-Clause (same as Leaflet)",
}
#: Licences that ask something of who passes the software on.
COPYLEFT = re.compile(
    r"GPL|General Public|MPL|Mozilla|EPL|Eclipse|CDDL|EUPL|CeCILL|OSL|Artistic|SA-\d|ShareAlike"
)
#: Why such a licence may stay: nothing here is modified, and the MIT of the code is not touched.
EXPLAINED = {
    "certifi": "a list of certificate authorities; MPL covers its own files only",
    "pathspec": "needed by hatchling, which installs the package; MPL covers its own files only",
    "tqdm": "needed by PySAL; MPL covers its own files only",
}
#: What compiled packages carry under another licence than their own.
BUNDLED = {
    "lxml": "libiconv (LGPL-2.1) in its wheels; the GPL is that of a test runner they lack",
    "matplotlib": "FreeType, FTL or GPL-2.0 at choice: FTL is taken",
    "numpy": "OpenBLAS (BSD); GCC's runtime, GPL-3.0 with the exception that frees its users",
    "pillow": "image libraries, all permissive; FreeType under FTL, XZ's liblzma under 0BSD",
    "pulp": "the CBC solver, EPL-2.0 or 1.0: a program apart that cpts_geo never starts",
    "pyarrow": "libraries under Apache-2.0, BSD, MIT; LLVM's exception names the GPL",
    "pyogrio": "GDAL (MIT) and, in the same file, GEOS (LGPL-2.1)",
    "scikit-learn": "GCC's OpenMP runtime, GPL-3.0 with the exception that frees its users",
    "scipy": "OpenBLAS (BSD); GCC's runtime, GPL-3.0 with the exception that frees its users",
    "shapely": "GEOS (LGPL-2.1), a library apart that may be replaced",
    "typing-extensions": "the history of Python's licence names the GPL",
}
_HEAD = """\
# Licences of the libraries

What `python3 run.py report` installs (`requirements.lock`), on any system. Written by
`.venv/bin/python -m tests.licences`; a test compares, and refuses a copyleft that is not explained.
None of these libraries is part of the repository; a page holds a copy of Leaflet.

| package | licence | remark |
|---|---|---|
"""


def locked(lock: str) -> dict[str, set[str]]:
    """Versions of each package of a lock (several where Pythons differ)."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", lock, re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return dict(sorted(found.items()))


def licence_of(name: str) -> str | None:
    """Licence of a package: SPDX expression, classifiers or free text; None if not installed."""
    if name in SAID_HERE:
        return SAID_HERE[name]
    try:
        found = distribution(name).metadata
    except PackageNotFoundError:
        return None
    if expression := found.get("License-Expression"):
        return str(expression)
    classifiers = [text.rpartition(" :: ")[2] for text in found.get_all("Classifier") or []
                   if text.startswith("License :: ")]  # fmt: skip
    told = [text for text in classifiers if text != "OSI Approved"]
    free = str(found.get("License") or "").strip().partition("\n")[0].strip()
    return ", ".join(told) or free


def names_the_gpl(name: str) -> bool:
    """Tell whether a licence file of an installed package names a licence of the GPL's family."""
    files = [
        Path(str(file.locate()))
        for file in distribution(name).files or []
        if ".dist-info" in str(file) and re.match(r"(?i)licen[cs]e|copying", file.name)
    ]
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in files]
    return any(re.search(r"GPL|General Public", text) for text in texts)


def rows(lock: str) -> dict[str, str]:
    """Line of the page for each package of a lock."""
    return {
        name: f"| {name} | {licence_of(name) or ''} | "
        f"{'; '.join(filter(None, [EXPLAINED.get(name), BUNDLED.get(name)]))} |"
        for name in locked(lock)
    }


if __name__ == "__main__":
    PAGE.write_text(_HEAD + "\n".join(rows(LOCK.read_text("utf-8")).values()) + "\n", "utf-8")
