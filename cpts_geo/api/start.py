"""Where an analyst starts: a territory named in whatever way, or several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cpts_geo.api._asking import analysed
from cpts_geo.api.territories import Territories
from cpts_geo.api.territory import Territory
from cpts_geo.errors import PerimeterError


def territory(
    what: Any = None,
    *,
    epci: Any = None,
    tvs: Any = None,
    cpts: Any = None,
    departement: Any = None,
    name: str | None = None,
    only: Any = None,
    sheet: str | None = None,
    layer: str | None = None,
    partial: bool = False,
    **options: Any,
) -> Territory:
    """
    Give one territory, named in whatever way.

    Parameters
    ----------
    what : str, path, int, list of str, DataFrame or GeoDataFrame, optional
        Key of one of the five CPTS, file of communes or of polygons, SIREN number, names or INSEE
        codes of communes, table of communes, polygons.
    epci, tvs, cpts : str or int, optional
        Intercommunalité, territoire de vie-santé, CPTS whose perimeter is known, by name or code.
    departement : str, int or list of these, optional
        With a list, where its names are looked for; alone, the whole département.
    name : str, optional
        Name of the territory.
    only : str or list of str, optional
        The one wanted among those that a file names.
    sheet, layer : str, optional
        Sheet of a workbook, layer of polygons.
    partial : bool
        Whether a CPTS may be taken whose list of communes is known to be incomplete.
    **options : object
        What the answer rests on, such as ``travel="times.csv"`` or ``scenario="my.toml"``
        (:class:`cpts_geo.study.options.Options`).

    Returns
    -------
    Territory
        What may be asked of it is computed then.

    Raises
    ------
    PerimeterError
        Nothing, or several territories, are meant; every defect is listed.
    CptsGeoError
        Any input that cannot be used.

    Examples
    --------
    >>> territory("ouest_loiret").name
    'CPTS Ouest Loiret'
    >>> territory(["Patay", "Artenay"], departement=45, name="Beauce").name
    'Beauce'
    >>> territory(epci=242900744).name
    'CC Poher Communauté'
    """
    others = (what, epci, tvs, cpts)
    whole = departement is not None and all(each is None for each in others)
    divided = {"by": "departement" if whole else None} | options
    found = territories(
        what, epci=epci, tvs=tvs, cpts=cpts, departement=departement, name=name, only=only,
        sheet=sheet, layer=layer, partial=partial, **divided,
    )  # fmt: skip
    if len(found) != 1:
        raise PerimeterError(
            f"{len(found)} territoires sont désignés, et il en faut un.",
            defects=[f"{each.name} : {key}" for key, each in found.items()],
            remedy="choisissez-en un (only=…), ou prenez-les tous avec cg.territories(…).",
        )
    (only_one,) = found.values()
    return only_one


def territories(
    what: Any = None,
    *,
    epci: Any = None,
    tvs: Any = None,
    cpts: Any = None,
    departement: Any = None,
    by: str | None = None,
    name: str | None = None,
    only: Any = None,
    sheet: str | None = None,
    layer: str | None = None,
    partial: bool = False,
    say: Callable[[str], None] = lambda _: None,
    **options: Any,
) -> Territories:
    """
    Give several territories of one run.

    Parameters
    ----------
    what, epci, tvs, cpts : object, optional
        As :func:`territory`, each for several; the five CPTS where nothing is asked for.
    departement : str, int or list of these, optional
        With a list, where its names are looked for; alone, each of its intercommunalités.
    by : {"epci", "tvs", "departement"}, optional
        What départements are divided into.
    name, only, sheet, layer, partial : object, optional
        As :func:`territory`.
    say : callable
        Receives one French line a step.
    **options : object
        As :func:`territory`.

    Returns
    -------
    Territories
        By key, in the order asked for.

    Raises
    ------
    CptsGeoError
        Any input that cannot be used; every defect is listed.

    Examples
    --------
    >>> len(territories(departement=45, draws=1000))
    16
    """
    asked = {
        "epci": epci, "tvs": tvs, "cpts": cpts, "departement": departement, "by": by,
        "name": name, "only": only, "sheet": sheet, "layer": layer, "partial": partial,
    }  # fmt: skip
    return Territories(analysed(what, asked, options, say))
