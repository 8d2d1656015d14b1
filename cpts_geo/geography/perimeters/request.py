"""What territories a run is asked for, and the one place that says how to find each kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from cpts_geo.asked import Kinds, one_of, path, settled, text, texts, typed_path
from cpts_geo.errors import PerimeterError, one_line, quoted
from cpts_geo.foreign import MAX_NAME, decodable, is_invisible, shown_name
from cpts_geo.french import counted, number, slug
from cpts_geo.geography.perimeters._files.lists import file_perimeter
from cpts_geo.geography.perimeters._files.polygons import polygon_perimeters
from cpts_geo.geography.perimeters._membership import Perimeters, published_perimeters
from cpts_geo.geography.perimeters._zones import zoning_perimeters
from cpts_geo.geography.perimeters.known import find_cpts, known_cpts
from cpts_geo.geography.perimeters.partition import places_of
from cpts_geo.geography.perimeters.zonings import (
    ZONINGS,
    clues_to,
    every_zone,
    inner_note,
    with_ept,
    zones_of_departements,
)
from cpts_geo.geography.zones.finding import find_zones
from cpts_geo.settings import MAX_COMMUNES
from cpts_geo.sources.analyst.polygons.suffixes import draws
from cpts_geo.sources.codes import finess_defect, tidy_finess
from cpts_geo.sources.embedding import embedded

__all__ = ["Perimeters", "Request", "find_perimeters", "typed_territory"]

#: End of the name of a file.
_SUFFIX: Final = re.compile(r"\.[A-Za-z0-9]{2,8}")
_KINDS: Final[Kinds] = {
    "territories": ("clés de CPTS", texts),
    "perimeter": ("--perimeter", path),
    "epci": ("--epci", texts),
    "tvs": ("--tvs", texts),
    "cpts": ("--cpts", texts),
    "partial": ("--partial", one_of(True, False)),
    "departements": ("--departement", texts),
    "by": ("--by", text),
    "every": ("--all", text),
    "name": ("--name", text),
    "finess": ("--finess", text),
    "only": ("--only", texts),
    "sheet": ("--sheet", text),
    "layer": ("--layer", text),
}


@dataclass(frozen=True)
class Request:
    """
    Territories asked for; one kind of perimeter at a time.

    Parameters
    ----------
    territories : sequence of str
        Keys among the five CPTS; empty for all of them when nothing else is asked.
    perimeter : Path or str, optional
        An analyst's file: list of communes, or polygons.
    epci, tvs : sequence of str
        Intercommunalités and territoires de vie-santé, by code or name.
    departements : sequence of str
        With a list of communes, where its names are looked for; alone or with `every`, départements
        whose every zone is a territory.
    by : str or None
        Division of the départements: ``epci`` (when None), ``tvs``, or ``departement`` for each
        whole.
    name : str or None
        Name of the territory, when there is one.
    finess : str or None
        FINESS number of the CPTS, when there is one territory; None or empty where unknown.
    only : sequence of str
        Names of the territories wanted among those that a file of polygons draws, or that a list of
        communes names.
    sheet : str or None
        Sheet of the workbook to read.
    layer : str or None
        Layer of polygons to read, where a file has several.
    cpts : sequence of str
        CPTS whose perimeter is known, by name (:mod:`cpts_geo.geography.perimeters.known`).
    partial : bool
        Whether a CPTS may be taken whose list of communes is known to be incomplete.
    every : str or None
        A division of France (``epci``, ``tvs`` or ``departement``) whose every zone is a territory:
        all of them, or those of `departements`.

    Raises
    ------
    PerimeterError
        A part is of another kind, or they contradict each other; every defect is listed.

    Examples
    --------
    >>> Request(epci=("200070183",), name="Val de Loire").polygon
    False
    """

    territories: Sequence[str] = ()
    perimeter: Path | None = None
    epci: Sequence[str] = ()
    tvs: Sequence[str] = ()
    departements: Sequence[str] = ()
    by: str | None = None
    name: str | None = None
    finess: str | None = None
    only: Sequence[str] = ()
    sheet: str | None = None
    layer: str | None = None
    cpts: Sequence[str] = ()
    partial: bool = False
    every: str | None = None

    def __post_init__(self) -> None:
        # What the fields deny of each other is looked for once each is of its kind.
        defects = settled(self, _KINDS) or self._defects()
        # Names of files and of the command line need not be text.
        if self.name and not defects:
            object.__setattr__(self, "name", decodable(self.name))
        if self.finess and not defects:
            object.__setattr__(self, "finess", tidy_finess(self.finess))
        if defects:
            raise PerimeterError(
                f"La demande n’est pas claire : {counted(len(defects), 'point', 'points')}.",
                defects=defects,
                remedy="corrigez ces points : donnez soit des clés de CPTS, soit --cpts, soit "
                "--perimeter FICHIER, soit --epci, soit --tvs, soit --departement (avec --by tvs "
                "au besoin).",
            )

    @property
    def polygon(self) -> bool:
        """Whether the analyst's file draws polygons, by its extension."""
        return self.perimeter is not None and draws(self.perimeter)

    @property
    def published(self) -> bool:
        """Whether the territories are asked for by their keys among the five CPTS."""
        zones = self.epci or self.tvs or self.departements or self.every
        return not (self.perimeter or self.cpts or zones)

    def _defects(self) -> list[str]:
        listed = self.perimeter is not None and not self.polygon
        whole = self.departements and not listed and not self.every
        kinds = {
            "des clés de CPTS": self.territories,
            "--perimeter": self.perimeter,
            "--epci": self.epci,
            "--tvs": self.tvs,
            "--cpts": self.cpts,
            "--departement": whole,
            "--all": self.every,
        }
        given = [kind for kind, value in kinds.items() if value]
        defects = []
        if len(given) > 1:
            defects.append(f"{' et '.join(given)} : un seul à la fois")
        if self.polygon and self.departements:
            defects.append("--departement : un polygone n’a pas de noms à chercher")
        if self.only and self.perimeter is None:
            where = "les territoires d’un fichier (--perimeter)"
            defects.append(f"--only : choisit parmi {where} ; retirez-le sinon")
        if self.sheet and not listed:
            defects.append("--sheet : choisit une feuille d’un classeur (--perimeter)")
        if self.layer and not self.polygon:
            defects.append("--layer : choisit une couche de polygones (--perimeter) ; retirez-le")
        if self.name and self.published:
            defects.append("--name : aucun périmètre à nommer (--perimeter, --epci ou --tvs)")
        many = len(self.epci) > 1 or len(self.tvs) > 1 or given in (["--departement"], ["--all"])
        if self.name and many:
            defects.append("--name : nomme un seul territoire, et plusieurs sont demandés")
        if self.name and self.cpts:
            defects.append("--name : une CPTS prise par son nom le garde")
        if self.finess and (wrong := finess_defect(tidy_finess(self.finess))):
            defects.append(f"--finess : {quoted(self.finess)}, {wrong}")
        if self.partial and not self.cpts:
            defects.append("--partial : ne va qu’avec --cpts")
        if self.by and given != ["--departement"]:
            defects.append("--by : ne va qu’avec --departement, sans autre périmètre")
        defects += [
            f"{option} : « {one_line(kind)} » inconnu ; existe : {', '.join(ZONINGS)}"
            + (" ; ou donnez un fichier" if option == "--all" else "")
            for option, kind in (("--by", self.by), ("--all", self.every))
            if kind and kind not in ZONINGS
        ]
        return defects


def typed_territory(text: str) -> dict[str, Any]:
    """
    Say what a typed text designates: one of the five CPTS, a file, or a SIREN number.

    Parameters
    ----------
    text : str
        What was typed.

    Returns
    -------
    dict
        The field of a :class:`Request` and its value; empty where it designates nothing.

    Raises
    ------
    PathError
        It is no path that may be.

    Examples
    --------
    >>> typed_territory("lvo"), typed_territory("200070183"), typed_territory("Poher")
    ({'territories': ['lvo']}, {'epci': '200070183'}, {})
    """
    named = text.strip()
    if named in set(embedded.load_territories()["territory"]):
        return {"territories": [named]}
    if re.fullmatch(r"[0-9]{9}", named):
        return {"epci": named}
    file = typed_path(text)
    return {"perimeter": file} if _SUFFIX.fullmatch(file.suffix) or file.is_file() else {}


def find_perimeters(
    request: Request,
    communes: gpd.GeoDataFrame,
    *,
    former: pd.DataFrame,
    arrondissements: gpd.GeoDataFrame,
    fetched: bool = True,
) -> Perimeters:
    """
    Find the communes of the territories asked for.

    Parameters
    ----------
    request : Request
        What is asked.
    communes : GeoDataFrame
        The national table of communes.
    former : DataFrame
        Former communes.
    arrondissements : GeoDataFrame
        Those of Paris, Lyon and Marseille: lists and polygons designate them as communes, TVS are
        made of them, and an EPCI holds the whole city.
    fetched : bool
        Whether CPTS are looked for in the layers that were fetched, besides the embedded table.

    Returns
    -------
    Perimeters
        Territories and their communes.

    Raises
    ------
    PerimeterError
        A territory or a file cannot be used; every defect is listed.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> found = find_perimeters(
    ...     Request(departements=("45",)),
    ...     embedded.load_communes(),
    ...     former=embedded.load_former_communes(),
    ...     arrondissements=embedded.load_arrondissements(),
    ... )
    >>> len(found.identity), found.folder
    (16, 'departement_45_epci')
    """
    found = _shown(
        _perimeters(
            request, communes, former=former, arrondissements=arrondissements, fetched=fetched
        )
    )
    sizes = found.members["territory"].map(found.identity["name"]).value_counts()
    large = sizes[sizes > MAX_COMMUNES].to_dict()
    defects = [f"{name} : {number(size)} communes" for name, size in large.items()]
    if defects:
        raise PerimeterError(
            f"Un territoire ne peut dépasser {number(MAX_COMMUNES)} communes : sa page ne "
            "s’ouvrirait pas.",
            defects=defects,
            remedy="découpez-le, par exemple par département.",
        )
    return _numbered(found, request.finess)


def _numbered(found: Perimeters, finess: str | None) -> Perimeters:
    """The same territories, each with its FINESS number: the one that is given, or that is known;
    empty for none."""
    if finess and len(found.identity) > 1:
        raise PerimeterError(
            f"--finess est le numéro d’une CPTS, et {len(found.identity)} sont demandées.",
            defects=[f"« {one_line(name)} »" for name in found.identity["name"]],
            remedy="demandez-la seule (--only, ou sa clé), ou retirez --finess.",
        )
    if finess or "finess" not in found.identity:
        return replace(found, identity=found.identity.assign(finess=finess or ""))
    # Of CPTS of several sources, those that no table numbers.
    known = found.identity["finess"].fillna("")
    return replace(found, identity=found.identity.assign(finess=known))


def _shown(found: Perimeters) -> Perimeters:
    """Names and spellings that come from others, made fit to be shown; what was changed is said."""
    identity = found.identity.copy()
    notes, names = [], []
    for key, given in identity["name"].items():
        whole = shown_name(str(given), most=len(str(given)) + 1) or str(key)
        name = shown_name(whole)
        names.append(name)
        if name != whole:
            notes.append(f"Nom coupé à {MAX_NAME} caractères : « {name} ».")
        if any(map(is_invisible, str(given))):
            notes.append(f"Caractères invisibles retirés d’un nom : « {name} ».")
    # Only a file has lines and sheets.
    places = {column: "" for column in ("file", "sheet", "line") if column not in found.audit}
    audit = found.audit.assign(**places)
    return replace(
        found,
        identity=identity.assign(name=names, document=identity["document"].map(shown_name)),
        members=found.members.assign(published=found.members["published"].map(shown_name)),
        audit=audit.assign(published=audit["published"].map(shown_name)),
        notes=(*found.notes, *notes),
    )


def _perimeters(
    request: Request,
    communes: gpd.GeoDataFrame,
    *,
    former: pd.DataFrame,
    arrondissements: gpd.GeoDataFrame,
    fetched: bool,
) -> Perimeters:
    """Territories of a request, whatever their size."""
    if request.published:
        return published_perimeters(request.territories, communes, former=former)
    if request.perimeter is not None:
        if request.polygon:
            return polygon_perimeters(
                request.perimeter,
                communes,
                arrondissements=arrondissements,
                name=request.name,
                only=request.only,
                layer=request.layer,
            )
        return file_perimeter(
            request.perimeter,
            pd.concat([communes, arrondissements]),
            former=former,
            name=request.name,
            departements=request.departements or None,
            sheet=request.sheet,
            only=request.only,
        )
    if request.cpts:
        known = known_cpts(
            communes,
            arrondissements=arrondissements,
            former=former,
            partial=request.partial,
            fetched=fetched,
        )
        return find_cpts(request.cpts, known)
    kind = request.every or request.by or ("tvs" if request.tvs else "epci")
    if kind == "tvs":
        communes = places_of(communes, arrondissements, arrondissements["code_insee"])
    zoning = ZONINGS[kind](communes)
    if request.every and not request.departements:
        codes, notes = every_zone(zoning, communes)
        folder = kind
    elif request.departements:
        codes, notes = zones_of_departements(zoning, request.departements, communes)
        folder = slug(f"departement {' '.join(request.departements)} {kind}")
    else:
        asked = request.tvs
        if kind == "epci":
            zoning, asked = with_ept(zoning, embedded.load_ept()), request.epci
        codes, notes = find_zones(zoning, asked, clues=lambda: clues_to(zoning, communes))
        notes += inner_note(zoning, codes)
        folder = None
    return zoning_perimeters(zoning, codes, communes, name=request.name, notes=notes, folder=folder)
