"""What an analyst names a territory by, whatever its kind, as a request."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from numbers import Real
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from geopandas.array import GeometryDtype

from cpts_geo.analysis import Analysis, analyse
from cpts_geo.asked import texts
from cpts_geo.errors import AskedError, CptsGeoError, PerimeterError, one_line, quoted
from cpts_geo.french import capital, counted
from cpts_geo.geography.perimeters.request import Request, typed_territory
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.options import Options

_CODE: Final = re.compile(r"\d{4,5}|2[ABab]\d{3}")
_SIREN: Final = re.compile(r"\d{9}")
#: What a list or a table that nothing names is called: the files that the door reads bear it.
_NAMELESS: Final = "Votre territoire"
_LIST: Final = f"{_NAMELESS}.csv"
_POLYGONS: Final = f"{_NAMELESS}.gpkg"
#: What these are, for the analyst who wrote no such file.
_CALLED: Final = {_LIST: "votre liste", _POLYGONS: "votre table de polygones"}
_FILE: Final = re.compile("(?:« )?({})(?: »)?".format("|".join(map(re.escape, _CALLED))))
#: Argument by option of the command line, where the same word does not do.
_ARGUMENTS: Final = {"embedded-only": "fetched=False", "change": "changes=…",
                     "partial": "partial=True", "update": "update=True", "offline": "offline=True",
                     "perimeter": "un fichier, une liste ou une table"}  # fmt: skip
_OPTION: Final = re.compile(r"--([a-z][a-z-]*)(?: FICHIER|[ =](\"[^\"]*\"|'[^']*'|tvs|\S+$))?")
#: Columns that a layer of polygons has of its own.
_RESERVED: Final = ("fid", "geom", "geometry")
_SEVERAL: Final = ("epci", "tvs", "cpts", "departement", "only")


@contextmanager
def in_arguments() -> Iterator[None]:
    """Say errors in the words of Python: arguments and not options, what was given and no file."""
    try:
        yield
    except CptsGeoError as error:
        if _FILE.search(error.summary) and re.search("ouvrez|enregistr|export", error.remedy):
            error.remedy = "corrigez ce que vous avez donné, puis recommencez."
        error.reword(_in_arguments)
        raise


def analysed(
    what: Any, asked: Mapping[str, Any], options: Mapping[str, Any], say: Callable[[str], None]
) -> Analysis:
    """Run what an analyst asks for, said in the words of Python from end to end."""
    if not callable(say):
        raise AskedError(
            f"say=… : {quoted(repr(say))} n’est pas une fonction.",
            remedy="donnez-en une, telle que print, ou retirez l’argument.",
        )
    with in_arguments():
        checked = options_of(options)
        with requested(what, asked) as (request, notes):
            found = analyse(request, checked, say=say)
    if request.perimeter is None or isinstance(what, str | Path):
        return found
    # A list has no columns, and a table no separators.
    own = "Colonnes séparées" if isinstance(what, pd.DataFrame) else "Colonne"
    said = (*notes, *(_in_arguments(note) for note in found.notes if not note.startswith(own)))
    studies = {
        key: replace(
            study,
            notes=said if study.notes or len(found.studies) == 1 else (),
            outline=pd.Series({**study.outline, "document": _in_arguments(study.document)},
                              name=study.outline.name),
            audit=study.audit.assign(file=study.audit["file"].map(_in_arguments))
            if "file" in study.audit else study.audit,
        )
        for key, study in found.studies.items()
    }  # fmt: skip
    inputs = {_CALLED.get(name, name): digest for name, digest in found.inputs.items()}
    parameters = {
        **found.parameters,
        "perimeter": _CALLED.get(request.perimeter.name, request.perimeter.name),
    }
    return replace(found, studies=studies, notes=said, inputs=inputs, parameters=parameters)


@contextmanager
def requested(what: Any, asked: Mapping[str, Any]) -> Iterator[tuple[Request, Sequence[str]]]:
    """Give the request that a territory, named as an analyst would, makes, and notes on it.

    A list of names or a table is read as a file is, through the same door; the file lasts as long
    as the request is used.
    """
    # An empty text is what a cell of parameters holds for nothing; any other value means something.
    named = {
        name: value
        for name, value in asked.items()
        if value is not None and not (name not in _SEVERAL and isinstance(value, str) and not value)
    }
    for name in {*_SEVERAL} & {*named}:
        with suppress(ValueError):  # the request refuses it, with what else it refuses
            named[name] = texts(named[name])
    if empty := [
        name for name in _SEVERAL if isinstance(named.get(name), tuple) and not named[name]
    ]:
        raise PerimeterError(
            f"Rien n’est choisi : {counted(len(empty), 'argument vide', 'arguments vides')}.",
            defects=[f"{name}=… : la sélection est vide" for name in empty],
            remedy="donnez au moins une valeur, ou retirez l’argument.",
        )
    if "departement" in named:
        named["departements"] = named.pop("departement")
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="cpts_geo_") as folder:
        yield Request(**_kind_of(what, Path(folder), notes), **named), notes


def options_of(asked: Mapping[str, Any]) -> Options:
    """Give the options of a run; names that are none are refused, with those there are."""
    known = [field.name for field in fields(Options)]
    if unknown := [name for name in asked if name not in known]:
        raise AskedError(
            f"Options inconnues : {', '.join(map(quoted, unknown))}.",
            remedy=f"il existe : {', '.join(known)}.",
        )
    return Options(**asked)


def _in_arguments(said: str) -> str:
    """A sentence of the command line, or of the door of files, as Python has it."""
    said = said.replace("fetched (--embedded-only)", "fetched=…")
    said = re.sub(r"cpts-geo data fetch (\w+)", r'cg.fetch("\1")', said)
    said = _FILE.sub(lambda found: _CALLED[found[1]], _OPTION.sub(_argument, said))
    return capital(said) if said.startswith(tuple(_CALLED.values())) else said


def _argument(option: re.Match[str]) -> str:
    """The argument of an option, with its value where one is written."""
    name = option[1].replace("-", "_")
    value = option[2] or "…"
    shown = f'"{value}"' if option[2] and value[0] not in "\"'" else value
    return _ARGUMENTS.get(option[1], f"{name}={shown}")


def _kind_of(what: Any, folder: Path, notes: list[str]) -> dict[str, Any]:
    """The field of a request that says what was given; what is to know of it goes to notes."""
    if what is None:
        return {}
    if isinstance(what, pd.DataFrame):
        return {"perimeter": _written(what, folder, notes)}
    if isinstance(what, Path):
        return {"perimeter": what}
    if isinstance(what, str):
        return _kind_of_text(what)
    whole = _whole(what)
    return _kind_of_list(what, folder) if whole is None else _kind_of_number(whole)


def _kind_of_number(whole: str) -> dict[str, Any]:
    """A SIREN number; any other number does not say of what it is."""
    if _SIREN.fullmatch(whole):
        return {"epci": whole}
    raise PerimeterError(
        f"{whole} ne dit pas seul ce qu’il désigne.",
        remedy=f'écrivez departement={whole}, epci={whole} ou tvs="{whole}" ; une commune s’écrit '
        f'["{whole}"].',
    )


def _kind_of_list(what: Any, folder: Path) -> dict[str, Any]:
    """Keys of the CPTS provided, or names and codes of communes."""
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
    if sirens := [name for name in names if _SIREN.fullmatch(name.strip())]:
        written = ", ".join(f'"{siren}"' for siren in sirens)
        raise PerimeterError(
            "Une liste est de communes, et celle-ci a des numéros SIREN.",
            defects=[f"{siren} : numéro SIREN" for siren in sirens],
            remedy=f"des intercommunalités s’écrivent epci=[{written}].",
        )
    codes = [name if _CODE.fullmatch(name.strip()) else "" for name in names]
    columns = {
        "code_insee": codes,
        "commune": ["" if code else name for code, name in zip(codes, names, strict=True)],
    }
    table = pd.DataFrame({name: cells for name, cells in columns.items() if any(cells)})
    return {"perimeter": _plain(table, folder)}


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
    number = isinstance(value, Real) and not isinstance(value, bool)
    return texts(value)[0] if number and float(value).is_integer() else None


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
        how = f'["{row["name"]}"]'
        if option in written:
            how = f'{written[option]}="{value}"'
        if option == "--epci":
            how += f', ou dans un carnet territory = "{value}"'
        said.append(f"{row['type']} {row['name']} ({row['departement']}) : {how}")
    return said


def _written(table: pd.DataFrame, folder: Path, notes: list[str]) -> Path:
    """Write a table where the door of files reads it: rows that are communes, else polygons."""
    shapes = _shapes(table)
    names = pd.Index([str(name) for name in table.columns])
    kept = ~names.str.lower().duplicated() & ~names.str.lower().isin(_RESERVED)
    kept &= [not isinstance(dtype, GeometryDtype) for dtype in table.dtypes]
    plain = pd.DataFrame(table.loc[:, kept]).set_axis(names[kept], axis=1).rename_axis(None)
    if "code_insee" not in plain and _all_communes(plain.index):
        plain = plain.assign(code_insee=plain.index.astype(str))
    if shapes is None:
        return _plain(plain, folder)
    if "code_insee" in plain and _all_communes(plain["code_insee"]):
        notes.append(
            "Table lue comme une liste de communes, par leur code ; ses contours ne servent pas."
        )
        # Each is named in full: a commune that is drawn is meant, however far from the others.
        known = _places()[["name", "departement"]].rename(columns={"name": "commune"})
        said = ["code_insee", *plain.columns.intersection(["territoire"])]
        codes = plain["code_insee"].astype(str).str.zfill(5)
        return _plain(plain[said].assign(code_insee=codes).join(known, on="code_insee"), folder)
    if "commune" in plain:
        notes.append(
            "Table lue comme des polygones ; sa colonne « commune » ne choisit pas les communes."
        )
    if table.crs is None:
        raise PerimeterError(
            "Votre table de polygones ne dit pas son système de coordonnées.",
            remedy="donnez-le : table.set_crs(4326) pour des longitudes et latitudes, 2154 pour "
            "Lambert-93.",
        )
    path = folder / _POLYGONS
    words = plain.select_dtypes(exclude="number")
    plain[words.columns] = words.astype(str).where(words.notna(), None)
    gpd.GeoDataFrame(plain.reset_index(drop=True), geometry=shapes, crs=table.crs).to_file(path)
    return path


def _shapes(table: pd.DataFrame) -> Any:
    """What a table draws; None where it draws nothing."""
    try:
        shapes = table.geometry
    except AttributeError:
        return None
    column = shapes.iloc[:, 0] if isinstance(shapes, pd.DataFrame) else shapes
    return column.array if isinstance(table, gpd.GeoDataFrame) else None


def _places() -> pd.DataFrame:
    """Communes and arrondissements, by code."""
    both = [embedded.load_communes(), embedded.load_arrondissements()]
    return pd.concat([pd.DataFrame(each).set_index("code_insee") for each in both])


def _all_communes(codes: Any) -> bool:
    """Whether values are codes of communes, all of them."""
    return len(codes) > 0 and {str(code).zfill(5) for code in codes} <= {*_places().index}


def _plain(table: pd.DataFrame, folder: Path) -> Path:
    """Write a list of communes."""
    path = folder / _LIST
    numbers = table.select_dtypes("float")
    whole = [name for name in numbers if (numbers[name].dropna() % 1 == 0).all()]
    table.astype(dict.fromkeys(whole, "Int64")).to_csv(path, sep=";", index=False)
    return path
