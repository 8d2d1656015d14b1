"""What an analyst names a territory by, whatever its kind, as a request."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from cpts_geo.asked import texts
from cpts_geo.errors import AskedError, PerimeterError, one_line, quoted
from cpts_geo.french import slug
from cpts_geo.geography.perimeters.request import Request, typed_territory
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.options import Options

_CODE: Final = re.compile(r"\d{4,5}|2[ABab]\d{3}")
_SIREN_DIGITS: Final = 9
#: What a list typed without a name is called.
_NAMELESS: Final = "Votre territoire"


@contextmanager
def requested(what: Any, asked: Mapping[str, Any]) -> Iterator[Request]:
    """Give the request that a territory, named as an analyst would, makes.

    A list of names or a table is read as a file is, through the same door; the file lasts as long
    as the request is used.
    """
    named = {name: value for name, value in asked.items() if value not in (None, (), "", False)}
    if "departement" in named:
        named["departements"] = named.pop("departement")
    with tempfile.TemporaryDirectory(prefix="cpts_geo_") as folder:
        if isinstance(what, list | tuple) and not set(what) <= set(_keys()):
            named.setdefault("name", _NAMELESS)
        yield Request(**_kind_of(what, Path(folder), called=named.get("name")), **named)


def options_of(asked: Mapping[str, Any]) -> Options:
    """Give the options of a run; names that are none are refused, with those there are."""
    known = [field.name for field in fields(Options)]
    if unknown := [name for name in asked if name not in known]:
        raise AskedError(
            f"Options inconnues : {', '.join(map(quoted, unknown))}.",
            remedy=f"il existe : {', '.join(known)}.",
        )
    return Options(**asked)


def _kind_of(what: Any, folder: Path, *, called: str | None) -> dict[str, Any]:
    """The field of a request that says what was given."""
    if what is None:
        return {}
    if isinstance(what, pd.DataFrame):
        return {"perimeter": _written(what, folder, called=called)}
    if isinstance(what, Path):
        return {"perimeter": what}
    if isinstance(what, str):
        return _kind_of_text(what)
    whole = None if isinstance(what, bool) else _whole(what)
    return _kind_of_list(what, folder, called=called) if whole is None else _kind_of_number(whole)


def _kind_of_number(whole: str) -> dict[str, Any]:
    """A SIREN number; any other number does not say of what it is."""
    if len(whole) == _SIREN_DIGITS:
        return {"epci": whole}
    raise PerimeterError(
        f"{whole} ne dit pas seul ce qu’il désigne.",
        remedy=f'écrivez departement={whole}, epci={whole} ou tvs="{whole}" ; une commune s’écrit '
        f'["{whole}"].',
    )


def _kind_of_list(what: Any, folder: Path, *, called: str | None) -> dict[str, Any]:
    """Keys of the CPTS provided, or names of communes."""
    try:
        names = texts(what)
    except ValueError as error:
        raise PerimeterError(
            f"{quoted(one_line(repr(what)))} ne désigne aucun territoire.",
            remedy=f"{error} ; ou une clé, un fichier, une table, un numéro SIREN.",
        ) from None
    if not names:
        raise PerimeterError("La liste de communes est vide.", remedy="donnez au moins un nom.")
    if set(names) <= set(_keys()):
        return {"territories": names}
    column = "code_insee" if all(map(_CODE.fullmatch, names)) else "commune"
    return {"perimeter": _written(pd.DataFrame({column: names}), folder, called=called)}


def _kind_of_text(what: str) -> dict[str, Any]:
    """A key, a file, or a SIREN number; any other text is refused, with what it may mean."""
    if found := typed_territory(what):
        return found
    text = what.strip()
    raise PerimeterError(
        f"{quoted(text)} n’est ni l’une des CPTS fournies, ni un fichier, ni un numéro SIREN.",
        defects=_meanings(text),
        remedy=f"les CPTS fournies sont {', '.join(_keys())} ; une liste de communes s’écrit "
        '["Patay", "Artenay"], une intercommunalité epci="Forêt" ; « cpts-geo places » cherche.',
    )


def _keys() -> list[str]:
    """The CPTS that come with the package."""
    return list(embedded.load_territories()["territory"])


def _whole(value: Any) -> str | None:
    """A whole number as a text; None for anything else."""
    try:
        return str(int(value)) if float(value) == int(value) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _meanings(text: str) -> list[str]:
    """What a text may mean: places that bear it, and what to write for each."""
    # Imported here: only a text that is not understood needs every place of France.
    from cpts_geo.geography.zones.places import every_place, find_places  # noqa: PLC0415

    try:
        found = find_places(every_place(), text).head(5)
    except PerimeterError:
        return []
    written = {"--epci": "epci", "--tvs": "tvs", "--cpts": "cpts", "--departement": "departement"}
    said = []
    for row in found.to_dict("records"):
        option, _, value = str(row["option"]).partition(" ")
        value = value.strip('"')
        how = f'{written[option]}="{value}"' if option in written else f'["{row["name"]}"]'
        said.append(f"{row['type']} {row['name']} ({row['departement']}) : {how}")
    return said


def _written(table: pd.DataFrame, folder: Path, *, called: str | None) -> Path:
    """Write a table, or polygons, where the door of files reads them."""
    stem = slug(called) if called else "liste"
    if isinstance(table, gpd.GeoDataFrame) and not {"code_insee", "commune"} & {*table.columns}:
        path = folder / f"{stem}.gpkg"
        table.to_file(path)
        return path
    path = folder / f"{stem}.csv"
    plain = table.drop(columns="geometry") if isinstance(table, gpd.GeoDataFrame) else table
    plain.to_csv(path, sep=";", index=False)
    return path
