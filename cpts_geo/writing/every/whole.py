"""What speaks of all territories that were made: their page, their tables, the map of France."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cpts_geo.asked import told
from cpts_geo.atlas.pages.index import many_page
from cpts_geo.atlas.sections.several.lines import Line
from cpts_geo.basis import Basis
from cpts_geo.files import write_atomically, write_csv, write_json, write_text
from cpts_geo.geography.perimeters.outlines import outlines, territory_communes
from cpts_geo.geography.perimeters.partition import places_of
from cpts_geo.geography.perimeters.request import Perimeters, Request
from cpts_geo.schema import TERRITORY
from cpts_geo.sources.catalogue.catalogue import sha256_of, sources
from cpts_geo.writing.every._kept import manifest_of
from cpts_geo.writing.every._made import CONTENT, LINE, USED
from cpts_geo.writing.france import write_france
from cpts_geo.writing.report import MANIFEST, versions

#: Tables gathered, and a column of which only one value is: what is around a territory stands in
#: its own folder.
_GATHERED: Final[dict[str, tuple[str, str] | None]] = {
    "territoires": None,
    "comparaison": ("area_level", TERRITORY.key),
    "capacite": None,
    "besoin": None,
}
#: Folder of the territories, one each, under that of the results.
EACH: Final = "territoires"
#: What is read of each: the rest may be gone.
READ: Final = (MANIFEST, *(f"tableaux/{name}.csv" for name in _GATHERED))
#: The page of all.
INDEX: Final = "index.html"
_FRANCE: Final = "france.html"
#: The territories that could not be made, and why.
FAILURES: Final = "tableaux/echecs.csv"
#: Files that not every run writes: those of an earlier one go.
NOT_ALWAYS: Final = (FAILURES, _FRANCE, INDEX, *(f"tableaux/{name}.csv" for name in _GATHERED))


def write_whole(
    request: Request,
    found: Perimeters,
    basis: Basis,
    *,
    each: Path,
    into: Path,
    failures: Mapping[str, str],
    pages: bool,
    day: date | None = None,
    say: Callable[[str], None],
) -> None:
    """
    Write the page of all, their tables and the manifest, from the folder of each territory.

    Parameters
    ----------
    request : Request
        What was asked of all.
    found : Perimeters
        The territories.
    basis : Basis
        What all rest on.
    each : Path
        Folder that holds theirs; :data:`READ` alone is read of it.
    into : Path
        Folder that is empty, or holds nothing else.
    failures : mapping of str to str
        By key of those that have no folder, why in French.
    pages : bool
        Whether each has a page.
    day : datetime.date, optional
        Date of the page; today by default.
    say : callable
        Receives one French line a step.
    """
    day = day or date.today()
    keys = [str(key) for key in found.identity.index if key not in failures]
    manifests = {key: manifest_of(each / key) for key in keys}
    lines = [_line(manifests[key], key, pages=pages) for key in keys]
    folders = [each / key for key in keys]
    for name in _GATHERED if folders else ():
        _gather(name, folders, into / "tableaux" / f"{name}.csv")
    if failures:
        names = found.identity["name"]
        rows = [(key, str(names[key]), why) for key, why in failures.items()]
        write_csv(pd.DataFrame(rows, columns=["territory", "name", "reason"]), into / FAILURES)
    if lines:
        page = _page(found, basis, lines, manifests, failures=failures, day=day)
        write_text(page, into / INDEX)
    if request.every == "epci" and pages and not request.departements:
        links, fetched = _links(found, basis, lines), basis.options.fetched
        write_france(into / _FRANCE, links=links, fetched=fetched, day=day, say=say)
    made = sorted(path for path in into.rglob("*") if path.is_file())
    manifest = {
        "date": day.isoformat(),
        "versions": versions(),
        "parameters": told(request, basis.options),
        "inputs": found.inputs,
        "territories": {key: manifests[key].get(CONTENT) for key in keys},
        "failures": dict(failures),
        "outputs": {path.relative_to(into).as_posix(): sha256_of(path) for path in made},
    }
    write_json(manifest, into / MANIFEST)


def territories_in(each: Path) -> list[str]:
    """
    Find the folders of territories that are there, whatever the manifest of all says.

    Parameters
    ----------
    each : Path
        Folder that holds them; there may be none.

    Returns
    -------
    list of str
        Names of those that have a manifest, readable or not, in order.

    Examples
    --------
    >>> territories_in(Path("nowhere"))
    []
    """
    return sorted(path.parent.name for path in each.glob(f"*/{MANIFEST}"))


def _line(manifest: Mapping[str, Any], key: str, *, pages: bool) -> Line:
    """The line of a territory, whose page is in its own folder."""
    told = dict(manifest[LINE])
    return Line.read(told | {"file": f"{EACH}/{key}/{told['file']}" if pages else ""})


def _page(
    found: Perimeters,
    basis: Basis,
    lines: Sequence[Line],
    manifests: Mapping[str, Mapping[str, Any]],
    *,
    failures: Mapping[str, str],
    day: date,
) -> str:
    """The page of all."""
    national = places_of(basis.communes, basis.arrondissements, found.members["code_insee"])
    communes = territory_communes(found.members, national, figures=basis.layer.figures)
    shapes = outlines(communes).join(found.identity[["name"]])
    used = {key for manifest in manifests.values() for key in manifest.get(USED, ())}
    return many_page(
        lines,
        shapes,
        national=national,
        notes=(*found.notes, *basis.notes),
        used=[source for key, source in sources().items() if key in used],
        date=f"{day:%d/%m/%Y}",
        failures={str(found.identity["name"][key]): why for key, why in failures.items()},
    )


def _links(found: Perimeters, basis: Basis, lines: Sequence[Line]) -> dict[str, str]:
    """Address of the page of each intercommunalité, by its code."""
    epci = basis.communes.set_index("code_insee")["epci"]
    first = found.members.drop_duplicates("territory").set_index("territory")["code_insee"]
    return {str(epci[first[line.key]]): line.file for line in lines}


def _gather(name: str, folders: Sequence[Path], path: Path) -> None:
    """Write a table of all territories: the columns of each, in the order they are met."""
    files = [folder / "tableaux" / f"{name}.csv" for folder in folders]
    columns = [*dict.fromkeys(column for file in files for column in _columns(file))]

    def write(part: Path) -> None:
        with part.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(_rows(files, _GATHERED[name]))

    write_atomically(path, write)


def _columns(file: Path) -> list[str]:
    """Columns of a table."""
    with file.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream), [])


def _rows(files: Iterable[Path], only: tuple[str, str] | None) -> Iterator[dict[str, str]]:
    """Rows of the tables, one after the other."""
    for file in files:
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if only is None or row[only[0]] == only[1]:
                    yield row
