"""Travel times of an analyst's file, with what was adapted while reading them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from cpts_geo.access.travel.times import TravelTimes, listed, travel_times
from cpts_geo.errors import MAX_DEFECTS
from cpts_geo.foreign import shown_name
from cpts_geo.french import counted, duration, number
from cpts_geo.schema import FILE
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.analyst.travel.file import Unit, read_travel_file
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.codes import PLM, WHOLE_OF


def given_times(
    path: Path, unit: Unit | None, *, codes: pd.Series
) -> tuple[TravelTimes, tuple[str, ...]]:
    """
    Read the travel times that an analyst gives.

    Parameters
    ----------
    path : Path
        The file (:func:`~cpts_geo.sources.analyst.travel.file.read_travel_file`).
    unit : {"minutes", "seconds"} or None
        Unit of its times, where the file does not say it.
    codes : Series of str
        Places of the run: other codes are named, and have no use.

    Returns
    -------
    times : TravelTimes
        Times, 0 minutes within a commune that has none (Insee's convention).
    notes : tuple of str
        French sentence on what was adapted; empty where nothing was.

    Raises
    ------
    TravelError
        The file cannot be used.
    """
    pairs = read_travel_file(path, unit=unit)
    origin = sources()[FILE.source]
    times = travel_times(
        pairs,
        label=f"temps de la table « {shown_name(path.name)} »",
        source=origin.attribution,
        grade=origin.grade,
        # Insee's convention: no time within a commune.
        diagonal=0.0,
        series=FILE,
    )
    words = {
        "missing": (
            "paire sans temps, comptée hors de portée",
            "paires sans temps, comptées hors de portée",
        ),
        "duplicates": ("ligne en double, comptée une fois", "lignes en double, comptées une fois"),
        "repaired": ("code au zéro initial rétabli", "codes au zéro initial rétabli"),
    }
    strangers = times.origins.union(times.destinations).difference(pd.Index(codes))
    adapted = [counted(pairs.attrs[key], *text) for key, text in words.items() if pairs.attrs[key]]
    own = pairs.loc[pairs["origin"] == pairs["destination"], "origin"]
    alone = set(pairs["origin"]) & set(pairs["destination"]) - set(own)
    if alone:
        words_of_own = ("lieu sans temps vers lui-même", "lieux sans temps vers eux-mêmes")
        adapted.append(
            f"{counted(len(alone), *words_of_own)}, à {duration(0, words=True)} par convention"
        )
    if len(strangers):
        parts = strangers.intersection(pd.Index([*PLM, *WHOLE_OF]))
        gone = strangers.difference(parts)
        if len(gone):
            adapted.append(f"codes absents du COG {COG_YEAR}, laissés de côté : {listed(gone)}")
        if len(parts):
            adapted.append(
                "codes d’une ville ou d’arrondissements que l’analyse prend à l’autre niveau, "
                f"laissés de côté : {listed(parts)}"
            )
    said = (f"Table des temps : {', '.join(adapted)}.",) if adapted else ()
    return times, (*said, *_one_way_note(times), *_own_note(pairs))


def _one_way_note(times: TravelTimes) -> list[str]:
    """Say that pairs have a time in one direction only: the other one is not supposed equal."""
    places = times.origins.union(times.destinations)
    lengths = np.diff(times.minutes.indptr)
    start = np.repeat(places.get_indexer(times.origins), lengths)
    end = places.get_indexer(times.destinations)[times.minutes.indices]
    away = start != end
    there = start[away] * np.int64(len(places)) + end[away]
    back = end[away] * np.int64(len(places)) + start[away]
    lonely = int((~np.isin(back, there)).sum())
    if not lonely:
        return []
    pairs = (len(there) + lonely) // 2
    words = ("paire n’a de temps que dans un sens", "paires n’ont de temps que dans un sens")
    return [
        f"Table des temps : {counted(lonely, *words)}, sur {number(pairs)} ; l’autre sens est "
        "compté hors de portée, et non supposé égal."
    ]


def _own_note(pairs: pd.DataFrame) -> list[str]:
    """Say that places have a time to themselves other than the zero of the convention."""
    own = pairs.loc[(pairs["origin"] == pairs["destination"]) & (pairs["minutes"] > 0), "minutes"]
    if own.empty:
        return []
    low, high = own.min(), own.max()
    size = duration(high, 1)
    if number(low, 1) != number(high, 1):
        size = f"de {number(low, 1)} à {size}"
    words = ("commune a un temps vers elle-même", "communes ont un temps vers elles-mêmes")
    return [
        f"Table des temps : {counted(len(own), *words)} autre que 0 ({size}) : "
        "gardé tel quel, et non remis à 0."
    ]


def lacking_notes(times: TravelTimes | None, communes: pd.DataFrame) -> tuple[str, ...]:
    """
    Say which communes of the territories the times given do not leave from.

    Parameters
    ----------
    times : TravelTimes or None
        Of a table, or computed on roads; None without.
    communes : DataFrame
        Communes of the territories: code_insee, name.

    Returns
    -------
    tuple of str
        A French sentence that counts and names them, the first fifty; empty where none lacks.

    Examples
    --------
    >>> lacking_notes(None, pd.DataFrame({"code_insee": ["45130"], "name": ["Dry"]}))
    ()
    """
    if times is None:
        return ()
    own = communes.drop_duplicates("code_insee")
    lost = own[~own["code_insee"].isin(times.origins)]
    if lost.empty:
        return ()
    pairs = zip(lost["name"].head(MAX_DEFECTS), lost["code_insee"].head(MAX_DEFECTS), strict=True)
    shown = ", ".join(f"{name} ({code})" for name, code in pairs)
    more = len(lost) - MAX_DEFECTS
    others = f", et {counted(more, 'autre', 'autres')}" if more > 0 else ""
    words = ("commune du périmètre n’a", "communes du périmètre n’ont")
    return (
        f"{times.series.whose.capitalize()} : {counted(len(lost), *words)} aucun temps au départ, "
        f"sur {number(len(own))} : {shown}{others}. Leurs temps d’accès sont inconnus, et ne sont "
        "pas devinés.",
    )
