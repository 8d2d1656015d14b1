"""Every bound of an analyst's file, in one table: its limit, what it refuses, what to do then.

A bound is generous for real use (all the communes of France, ten years of calls) and small enough
that what is beyond is refused within seconds and without filling the memory.
"""

from __future__ import annotations

from typing import Final, TypeVar

from cpts_geo.errors import CptsGeoError, one_line
from cpts_geo.sources.bounds.bound import Bound, excess, quantity

_Error = TypeVar("_Error", bound=CptsGeoError)
_TOO_BIG: Final = "Le fichier {name} est trop gros ({found}, {limit} au plus)."
_LIST_REMEDY: Final = (
    "ne gardez que les colonnes des communes, une commune par ligne ({limit} au plus)."
)
_LOG_REMEDY: Final = (
    "ne gardez que la date, l’heure, l’issue, la commune et la classe d’âge, ou donnez moins "
    "d’années ({limit} au plus)."
)
_WORKBOOK_REMEDY: Final = (
    "ouvrez le classeur, effacez ce qui traîne loin du tableau et les feuilles inutiles, puis "
    "enregistrez-le de nouveau, ou enregistrez la feuille en « CSV UTF-8 »."
)

#: Lists of communes, call logs and scenario files.
_FILES: Final = (
    Bound(
        "perimeter_bytes", 20_000_000, "octets",
        "size of a list of communes; one of all the communes of France is ten times smaller",
        _TOO_BIG, _LIST_REMEDY,
    ),
    Bound(
        "perimeter_rows", 100_000, "lignes",
        "rows of a list of communes; France has 35,000 communes",
        "{name} a trop de lignes pour une liste de communes (plus de {limit}).", _LIST_REMEDY,
    ),
    Bound(
        "call_log_bytes", 100_000_000, "octets",
        "size of a call log; ten years of a busy line are a tenth of this",
        _TOO_BIG, _LOG_REMEDY,
    ),
    Bound(
        "call_log_rows", 1_000_000, "lignes",
        "rows of a call log; a busy line of a territory takes 700,000 calls in ten years",
        "{name} a trop de lignes pour un journal d’appels (plus de {limit}).", _LOG_REMEDY,
    ),
    Bound(
        "scenario_bytes", 1_000_000, "octets",
        "size of a scenario file; those of the package are a hundred times smaller",
        _TOO_BIG, "n’y laissez que les valeurs du scénario ({limit} au plus).",
    ),
)  # fmt: skip

#: What every delimited text is held to.
_TEXTS: Final = (
    Bound(
        "line_length", 1_000_000, "caractères",
        "length of a line of text; a matrix of all the communes of France has lines of 250,000",
        "La ligne {where} de {name} est trop longue ({found}, {limit} au plus).",
        "vérifiez que le fichier est bien un tableau, une ligne par enregistrement, et "
        "enregistrez-le en « CSV UTF-8 ».",
    ),
    Bound(
        "cell_length", 32_767, "caractères",
        "length of a cell of text; what a spreadsheet can hold",
        "Une cellule de {name} est trop longue (plus de {limit}, ligne {where}).",
        'raccourcissez-la ; si la cellule avale plusieurs lignes, un guillemet " n’est pas fermé.',
    ),
    Bound(
        "text_columns", 1_000, "colonnes",
        "columns of a list or of a log",
        "{name} a trop de colonnes ({found}, {limit} au plus).",
        "ne gardez que les colonnes utiles ({limit} au plus).",
    ),
    Bound(
        "text_cells", 10_000_000, "cellules",
        "cells of a list or of a log, empty ones included",
        "{name} a trop de cellules (plus de {limit}).",
        "ne gardez que les colonnes utiles.",
    ),
)  # fmt: skip

#: What every workbook is held to, before its rows are.
_WORKBOOKS: Final = (
    Bound(
        "workbook_unpacked", 600_000_000, "octets",
        "size of a workbook once unpacked; a million calls of six columns take half of it",
        "Le classeur {name} est trop gros une fois décompressé ({found}, {limit} au plus).",
        _WORKBOOK_REMEDY,
    ),
    Bound(
        "workbook_range", 8_000_000, "cellules",
        "rows times columns of the used range of a sheet: one stray cell far away makes it huge",
        "La feuille {where} de {name} s’étend trop loin ({found}, {limit} au plus).",
        _WORKBOOK_REMEDY,
    ),
    Bound(
        "workbook_cells", 12_000_000, "cellules",
        "rows times columns of all the visible sheets of a workbook together",
        "Les feuilles visibles de {name} ont trop de cellules ({found}, {limit} au plus).",
        _WORKBOOK_REMEDY,
    ),
    Bound(
        "workbook_seconds", 120, "secondes",
        "time to open a workbook, in a process apart; a million calls take a third of it",
        "Le classeur {name} n’a pas pu être lu en {limit}.", _WORKBOOK_REMEDY,
    ),
    Bound(
        "workbook_memory", 2_000_000_000, "octets",
        "memory of the process that opens a workbook (where the system can limit it)",
        "Le classeur {name} ne peut pas être lu : il demande plus de {limit} de mémoire.",
        _WORKBOOK_REMEDY,
    ),
)  # fmt: skip

_POLYGONS_REMEDY: Final = (
    "ne gardez que les territoires voulus (--only NOM, répétable), ou simplifiez les contours dans "
    "votre logiciel de cartographie."
)

#: Polygons of territories.
POLYGONS: Final = (
    Bound(
        "polygons_bytes", 200_000_000, "octets",
        "size of a file of polygons; 700 territories of 3 million vertices take half of it",
        _TOO_BIG,
        "ne gardez que le contour du territoire, ou simplifiez-le ({limit} au plus).",
    ),
    Bound(
        "polygons_read", 500_000, "entités",
        "features of a file, wanted or not; France has 35,000 communes",
        "{name} contient trop d’entités ({limit} au plus).",
        "ne gardez dans la couche que le contour de vos territoires.",
    ),
    Bound(
        "polygons_layers", 1_000, "couches",
        "layers of a GeoPackage",
        "{name} a trop de couches (plus de {limit}).",
        "n’y laissez que celle de vos territoires.",
    ),
    Bound(
        "polygons_fields", 1_000, "champs",
        "fields of a layer",
        "{name} a trop de champs (plus de {limit}).",
        "ne gardez que celui qui nomme les territoires.",
    ),
    Bound(
        "polygons_name", 32_767, "caractères",
        "length of the name of a territory; what a cell can hold",
        "Un nom de territoire de {name} est trop long ({found}, {limit} au plus).",
        "raccourcissez-le.",
    ),
    Bound(
        "polygons_territories", 100, "territoires",
        "territories wanted; a report has a page for each",
        "{name} nomme {found} ({where}) : {limit} au plus.",
        "choisissez-en avec --only NOM (répétable) ; si ce sont les communes d’un territoire, "
        "fusionnez-les ou retirez ce champ.",
    ),
    Bound(
        "polygons_features", 50_000, "entités",
        "features of the territories wanted",
        "Les territoires demandés de {name} ont trop d’entités ({found}, {limit} au plus).",
        _POLYGONS_REMEDY,
    ),
    Bound(
        "polygons_vertices", 4_000_000, "sommets",
        "vertices of the territories wanted, once long edges are followed closely",
        "Les contours de {name} ont trop de sommets ({found}, {limit} au plus).",
        _POLYGONS_REMEDY,
    ),
    Bound(
        "polygons_vertices_each", 1_000_000, "sommets",
        "vertices of one territory; the coast of France at full detail takes a third of it",
        "{where} de {name} a trop de sommets ({found}, {limit} au plus).",
        "simplifiez son contour dans votre logiciel de cartographie.",
    ),
    Bound(
        "polygons_rings", 200_000, "contours",
        "parts and holes of the territories wanted",
        "Les polygones de {name} ont trop de parties et de trous ({found}, {limit} au plus).",
        _POLYGONS_REMEDY,
    ),
    Bound(
        "polygons_seconds", 90, "secondes",
        "time to read a file of polygons, in a process apart",
        "Les polygones de {name} n’ont pas pu être lus en {limit}.", _POLYGONS_REMEDY,
    ),
    Bound(
        "polygons_memory", 4_000_000_000, "octets",
        "memory of the process that reads polygons (where the system can limit it)",
        "Les polygones de {name} ne peuvent pas être lus : ils demandent plus de {limit} de "
        "mémoire.",
        _POLYGONS_REMEDY,
    ),
)  # fmt: skip

_TRAVEL_REMEDY: Final = (
    "ne gardez que les paires utiles (à moins d’une heure, autour du territoire), en liste de "
    "trois colonnes."
)

#: Tables of travel times.
TRAVEL: Final = (
    Bound(
        "travel_bytes", 1_000_000_000, "octets",
        "size of a table of travel times; all the pairs of communes of France under an hour take "
        "a third of this",
        _TOO_BIG,
        "ne gardez que les paires à moins d’une heure, en liste ({limit} au plus).",
    ),
    Bound(
        "travel_columns", 40_000, "colonnes",
        "columns of a table; a matrix of all the communes of France has 35,000",
        "{name} a trop de colonnes ({found}, {limit} au plus).", _TRAVEL_REMEDY,
    ),
    Bound(
        "travel_pairs", 40_000_000, "paires",
        "rows of a list, or rows times columns of a matrix; 4 million is a whole region",
        "{name} a trop de paires ({found}, {limit} au plus).", _TRAVEL_REMEDY,
    ),
    Bound(
        "travel_unpacked", 3_000_000_000, "octets",
        "size of a Parquet table once unpacked, as it says itself",
        "{name} est trop gros une fois décompressé ({found}, {limit} au plus).", _TRAVEL_REMEDY,
    ),
    Bound(
        "travel_seconds", 120, "secondes",
        "time to read a Parquet table, in a process apart",
        "{name} n’a pas pu être lu en {limit}.", _TRAVEL_REMEDY,
    ),
    Bound(
        "travel_memory", 8_000_000_000, "octets",
        "memory of the process that reads a Parquet table (where the system can limit it)",
        "{name} ne peut pas être lu : il demande plus de {limit} de mémoire.",
        _TRAVEL_REMEDY,
    ),
)  # fmt: skip

#: Every bound of an analyst's file.
BOUNDS: Final[tuple[Bound, ...]] = (*_FILES, *_TEXTS, *_WORKBOOKS, *POLYGONS, *TRAVEL)

#: Limit in force by key: what readers compare with, and what a test may lower.
LIMITS: Final[dict[str, int]] = {bound.key: bound.limit for bound in BOUNDS}
_BY_KEY: Final = {bound.key: bound for bound in BOUNDS}


def beyond(
    key: str, error: type[_Error], *, name: str, found: int | None = None, where: str = ""
) -> _Error:
    """
    Refusal of what is beyond a bound.

    Parameters
    ----------
    key : str
        Key of the bound.
    error : type of CptsGeoError
        Class of the refusal.
    name : str
        Name or path of the file, as given.
    found : int, optional
        What was counted, in the unit of the bound.
    where : str
        Line, sheet or cell concerned, where the sentence of the bound says it.

    Returns
    -------
    CptsGeoError
        To be raised by the caller.

    Examples
    --------
    >>> from cpts_geo.errors import PerimeterError
    >>> print(beyond("perimeter_bytes", PerimeterError, name="l.csv", found=31_000_000).summary)
    Le fichier l.csv est trop gros (31 Mo, 20 Mo au plus).
    """
    bound = _BY_KEY[key]
    limit = quantity(LIMITS[key], bound.unit)
    shown = "" if found is None else excess(found, LIMITS[key], unit=bound.unit)
    summary = bound.sentence.format(name=one_line(name), found=shown, limit=limit, where=where)
    return error(summary, remedy=bound.remedy.format(limit=limit))
