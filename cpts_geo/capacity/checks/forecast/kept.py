"""A forecast in the manifest of a report: written this year, read back the next.

What is read was written by us, and may have been edited since: every defect of its form is listed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cpts_geo.asked import typed_path
from cpts_geo.capacity.checks.forecast.announced import _MONTHS, Forecast
from cpts_geo.capacity.checks.forecast.scored import Score
from cpts_geo.capacity.need.interval import LEVELS
from cpts_geo.errors import ForecastError, one_line, quoted
from cpts_geo.sources.door import Door, memory_told, read_bytes

#: No month counts as many.
_LARGEST: Final = 1e12
#: Where a manifest keeps them, by territory.
FORECASTS: Final = "forecasts"
SCORES: Final = "forecast_scores"
_REMEDY: Final = (
    "donnez le fichier manifest.json tel que « cpts-geo report » ou « cpts-geo follow-up » l’a "
    "écrit, sans y rien changer"
)
_MANIFEST: Final = Door(
    key="manifest",
    error=ForecastError,
    suffixes=frozenset({".json"}),
    formats=".json",
    save_as=f"{_REMEDY}.",
    empty=lambda path: ForecastError(f"{one_line(path.name)} est vide.", remedy=f"{_REMEDY}."),
)


@dataclass(frozen=True, eq=False)
class Kept:
    """
    What a manifest keeps of one territory.

    Parameters
    ----------
    forecast : Forecast
        What it announces.
    scores : tuple of Score
        How earlier ones held, the oldest first.
    """

    forecast: Forecast
    scores: tuple[Score, ...]


def as_kept(forecast: Forecast) -> dict[str, Any]:
    """
    Give a forecast as a manifest keeps it.

    Parameters
    ----------
    forecast : Forecast
        What is announced.

    Returns
    -------
    dict
        Of texts, numbers and None (unknown), that JSON can write.

    Examples
    --------
    >>> months = pd.DataFrame([{"p10": 9.0, "p50": 12.0, "p90": 15.0}], index=["2027-01"])
    >>> kept = as_kept(Forecast("bg", date(2026, 11, 30), "1", "", "all", months, 0.5))
    >>> kept["made"], kept["months"]
    ('2026-11-30', [{'month': '2027-01', 'p10': 9.0, 'p50': 12.0, 'p90': 15.0}])
    """
    rows = forecast.months.round(4).to_dict("index")
    months = [
        {"month": month, **{name: _written(value) for name, value in row.items()}}
        for month, row in rows.items()
    ]
    about = {each.name: getattr(forecast, each.name) for each in fields(forecast)}
    return about | {
        "made": forecast.made.isoformat(),
        "least_inside": round(forecast.least_inside, 4),
        "months": months,
    }


def as_kept_scores(scores: Sequence[Score]) -> list[dict[str, Any]]:
    """
    Give scores as a manifest keeps them, the oldest first, each period once.

    Parameters
    ----------
    scores : sequence of Score
        Scores of one territory; of two of the same months, the last one counts.

    Returns
    -------
    list of dict
        Of texts, numbers and None (unknown).

    Examples
    --------
    >>> as_kept_scores([])
    []
    """
    last = {(each.first, each.last): each for each in scores}
    return [
        {name: _written(value) for name, value in asdict(last[span]).items()}
        for span in sorted(last)
    ]


@memory_told(_MANIFEST)
def read_kept(path: Path | str, *, territory: str, public: str | None) -> Kept:
    """
    Read what a manifest announced of a territory.

    Parameters
    ----------
    path : pathlib.Path or str
        Manifest of a report, or of a follow-up.
    territory : str
        Key of the territory that is followed.
    public : str or None
        Whom its device admits today.

    Returns
    -------
    Kept
        Its forecast and the scores of earlier ones.

    Raises
    ------
    ForecastError
        It is no JSON, no manifest, holds no forecast, one of other territories or of another
        public, or one whose form is broken; every defect is listed.

    Examples
    --------
    >>> import tempfile
    >>> band = {"p10": 9.0, "p50": 12.0, "p90": 15.0}
    >>> months = pd.DataFrame([band], index=["2027-01"])
    >>> told = as_kept(Forecast("bg", date(2026, 11, 30), "1", "", "all", months, 0.5))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "manifest.json"
    ...     _ = path.write_text(json.dumps({"forecasts": {"bg": told}}), "utf-8")
    ...     read_kept(path, territory="bg", public="all").forecast.months.to_dict("list")
    {'p10': [9.0], 'p50': [12.0], 'p90': [15.0]}
    """
    path = typed_path(path)
    every = _loaded(path)
    found, scores = every.get(FORECASTS), every.get(SCORES, {})
    if not isinstance(found, dict) or not found:
        raise ForecastError(
            f"{one_line(path.name)} ne contient aucune prévision.",
            remedy="donnez le manifeste d’un rapport fait depuis que cpts_geo y garde ses "
            f"prévisions ; sinon, ôtez --forecast : {_REMEDY}.",
        )
    if territory not in found:
        raise ForecastError(
            f"{one_line(path.name)} n’annonce rien du territoire {quoted(territory)}.",
            defects=[f"territoires annoncés : {', '.join(quoted(str(key)) for key in found)}"],
            remedy="donnez le manifeste d’un rapport de ce territoire, ou changez --territory.",
        )
    one, past = found[territory], scores.get(territory, []) if isinstance(scores, dict) else None
    if defects := [*_forecast_defects(one), *_score_defects(past)]:
        raise ForecastError(
            f"La prévision gardée dans {one_line(path.name)} est abîmée.",
            defects=defects,
            remedy=f"{_REMEDY}.",
        )
    if public is not None and one["public"] != public:
        raise ForecastError(
            f"La prévision de {one_line(path.name)} est celle d’un autre scénario : elle ne compte "
            "pas les mêmes personnes.",
            defects=[
                f"public annoncé : {quoted(one['public'])}",
                f"aujourd’hui : {quoted(public)}",
            ],
            remedy="donnez avec --scenario celui qui reçoit le même public, ou ôtez --forecast.",
        )
    return Kept(_forecast(one), tuple(Score(**_known(each)) for each in past or ()))


def _loaded(path: Path) -> Mapping[str, Any]:
    """The object that a file writes in JSON."""
    try:
        found = json.loads(read_bytes(path, _MANIFEST).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ForecastError(
            f"{one_line(path.name)} n’est pas un fichier JSON lisible.", remedy=f"{_REMEDY}."
        ) from error
    if not isinstance(found, dict):
        raise ForecastError(
            f"{one_line(path.name)} n’est pas un manifeste de cpts_geo.", remedy=f"{_REMEDY}."
        )
    return found


def _forecast_defects(one: Any) -> Iterator[str]:
    """What is wrong in the form of a forecast."""
    if not isinstance(one, dict):
        yield "la prévision n’est pas une suite de valeurs nommées"
        return
    for name in ("territory", "made", "version", "scenario", "public"):
        if not isinstance(one.get(name), str):
            yield f"« {name} » : texte attendu"
    if isinstance(one.get("made"), str) and _day(one["made"]) is None:
        yield f"« made » : date attendue (AAAA-MM-JJ), lu {quoted(one['made'])}"
    share = _number(one.get("least_inside"))
    if share is None or not 0 <= share <= 1:
        yield "« least_inside » : part de 0 à 1 attendue"
    months = one.get("months")
    if not isinstance(months, list):
        yield "« months » : liste de mois attendue"
        return
    named = [each.get("month") for each in months if isinstance(each, dict)]
    if len(set(map(str, named))) < len(months):
        yield "« months » : un mois y est deux fois, ou sans nom"
    for each in months:
        yield from _month_defects(each)


def _month_defects(each: Any) -> Iterator[str]:
    """What is wrong in the form of a month."""
    if not isinstance(each, dict) or _day(f"{each.get('month')}-01") is None:
        yield f"mois attendu (AAAA-MM), lu {quoted(str(each))}"
        return
    bounds = [number for name in LEVELS if (number := _number(each.get(name))) is not None]
    if len(bounds) < len(LEVELS) or bounds != sorted(bounds) or bounds[0] < 0:
        yield f"{each['month']} : p10, p50 et p90 doivent être des nombres, dans cet ordre"
    others = (each.get(name) for name in _MONTHS if name not in LEVELS)
    if not all(other is None or _number(other) is not None for other in others):
        yield f"{each['month']} : nombre attendu pour les créneaux et la part servie"


def _score_defects(past: Any) -> Iterator[str]:
    """What is wrong in the form of past scores."""
    if not isinstance(past, list):
        yield f"« {SCORES} » : liste attendue"
        return
    kinds = {each.name: str(each.type) for each in fields(Score)}
    for each in past:
        if not isinstance(each, dict) or set(each) != set(kinds):
            yield f"« {SCORES} » : une prévision jugée n’a pas toutes ses valeurs"
            continue
        for name, kind in kinds.items():
            value = each[name]
            text = kind == "str"
            unknown = kind == "float" and value is None
            if not (isinstance(value, str) if text else unknown or _number(value) is not None):
                yield f"« {SCORES} », {name} : {'texte' if text else 'nombre'} attendu"
        if (_number(each["months"]) or 0) < 1:
            yield f"« {SCORES} », months : 1 ou plus attendu"


def _forecast(one: Mapping[str, Any]) -> Forecast:
    """The forecast that a manifest of the right form keeps."""
    rows = {each["month"]: {k: each[k] for k in _MONTHS if k in each} for each in one["months"]}
    months = pd.DataFrame.from_dict(rows, orient="index", dtype="float64").rename_axis("month")
    made = _day(one["made"])
    return Forecast(
        territory=one["territory"],
        made=made or date.min,
        version=one["version"],
        scenario=one["scenario"],
        public=one["public"],
        months=months,
        least_inside=float(one["least_inside"]),
    )


def _known(each: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a score, None being unknown."""
    return {name: math.nan if value is None else value for name, value in each.items()}


def _written(value: Any) -> Any:
    """A value for JSON: rounded, None where it is unknown."""
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 4)
    return value


def _number(value: Any) -> float | None:
    """A value of JSON that is a number of requests, slots or shares; None for any other."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
        return None
    return float(value)


def _day(text: str) -> date | None:
    """The day that a text writes; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
