"""Territories that notebooks are run for: what was typed, and the key and name of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cpts_geo.errors import CptsGeoError, NotebookError, nested, quoted
from cpts_geo.sources.embedding import embedded
from cpts_geo.geography.perimeters.request import Request, find_perimeters, typed_territory
from cpts_geo.writing.notebooks._sources import DEPARTEMENT, TERRITORY


@dataclass(frozen=True)
class Asked:
    """A territory to run notebooks for: folder of its pages, French name, what the notebooks get."""

    key: str
    name: str
    parameters: dict[str, Any]


def territories(typed: Sequence[str], departements: Sequence[str]) -> list[Asked]:
    """Find each territory that was typed, before any notebook runs; all defects are told."""
    blank = [f"--departement {quoted(each)} : vide" for each in departements if not each.strip()]
    departements = [each for each in departements if each.strip()]
    kinds = [(text, *_meant(text, departements)) for text in typed]
    defects = blank
    defects += [f"{quoted(text)} : {found}" for text, found, _ in kinds if isinstance(found, str)]
    listed = any(DEPARTEMENT in extra for _, _, extra in kinds)
    if not (typed or departements or blank):
        defects.append("aucun territoire : --territory ou --departement")
    if typed and departements and not listed:
        defects.append("--departement : va seul, ou avec la liste où il dit où chercher les noms")
    found: list[Asked] = []
    for text, request, extra in kinds or [("", Request(departements=departements), {})]:
        if isinstance(request, str) or (not text and defects):
            continue
        try:
            found += _found(text, request, extra)
        except CptsGeoError as error:
            called = quoted(text) if text else f"--departement {' '.join(map(quoted, departements))}"
            defects.append(nested(f"{called} : {error.summary.rstrip('.')}", error.defects))
    if defects:
        raise NotebookError(
            "Les territoires demandés ne sont pas tous trouvés.",
            defects=defects,
            remedy="donnez la clé d’une des cinq CPTS, le SIREN d’une intercommunalité, le "
            "chemin d’une liste, ou le code d’un département (--departement 45) ; « cpts-geo "
            "places NOM » donne un SIREN, « cpts-geo check LISTE » vérifie une liste.",
        )
    return _apart(found)


def _meant(text: str, departements: Sequence[str]) -> tuple[Request | str, dict[str, Any]]:
    """What a text names, or why it names nothing; and what the notebooks get besides it."""
    fields = typed_territory(text) if text.strip() else {}
    path = fields.get("perimeter")
    if not fields or (isinstance(path, Path) and not path.is_file()):
        return "ni une clé, ni un SIREN, ni un fichier", {}
    request = Request(**fields)
    if path is None:
        return request, {}
    if request.polygon or not departements:
        return request, {}
    # One is written as one types it.
    given = departements[0] if len(departements) == 1 else list(departements)
    return Request(**fields, departements=departements), {DEPARTEMENT: given}


def _found(text: str, request: Request, extra: dict[str, Any]) -> list[Asked]:
    """Territories of a request, and what their notebooks get."""
    communes = embedded.load_communes()
    found = find_perimeters(
        request,
        communes,
        former=embedded.load_former_communes(),
        arrondissements=embedded.load_arrondissements(),
    )
    names = {str(key): str(name) for key, name in found.identity["name"].items()}
    if not text:
        # A whole département: the communes of each of its intercommunalités say its SIREN.
        siren = found.members["code_insee"].map(communes.set_index("code_insee")["epci"])
        codes = siren.groupby(found.members["territory"]).first()
        return [Asked(key, name, {TERRITORY: str(codes[key])}) for key, name in names.items()]
    if len(names) > 1:
        raise NotebookError(
            "ce fichier a plusieurs territoires, et un carnet en étudie un",
            defects=list(names.values()),
            remedy="faites-en un fichier par territoire.",
        )
    value = str(Path(request.perimeter).resolve()) if request.perimeter else text
    return [Asked(key, name, {TERRITORY: value} | extra) for key, name in names.items()]


def _apart(found: Sequence[Asked]) -> list[Asked]:
    """The same, each once, with a key of its own."""
    kept: dict[str, Asked] = {}
    for each in found:
        if each.parameters in [other.parameters for other in kept.values()]:
            continue
        key, n = each.key, 1
        while key in kept:
            n += 1
            key = f"{each.key}_{n}"
        kept[key] = Asked(key, each.name, each.parameters)
    return list(kept.values())
