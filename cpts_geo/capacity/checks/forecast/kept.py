"""A forecast in the manifest of a report: written this year, read back the next.

What is read was written by us, and may have been edited since: every defect of its form is listed.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
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
from cpts_geo.files import parsed_json
from cpts_geo.sources.door import Door, memory_told, read_bytes

#: No month counts as many.
_LARGEST: Final = 1e12
#: Where a manifest keeps them, by territory.
FORECASTS: Final = "forecasts"
SCORES: Final = "forecast_scores"
#: Forecasts that later ones have replaced: what is judged when their months have come.
PAST: Final = "past_forecasts"
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
    past : tuple of Forecast
        Earlier forecasts of the same public, that this one has replaced.
    """

    forecast: Forecast
    scores: tuple[Score, ...]
    past: tuple[Forecast, ...] = ()

    def speaking_of(self, months: Collection[str]) -> Forecast:
        """
        Give the forecast that announced the most of some months.

        Parameters
        ----------
        months : collection of str
            Months that have come ("2026-01").

        Returns
        -------
        Forecast
            The last one made, of several that announced as many.
        """
        every = [*self.past, self.forecast]
        return max(every, key=lambda each: (each.months.index.isin([*months]).sum(), each.made))


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
        Scores of one territory; of two that share a month, the last one counts.

    Returns
    -------
    list of dict
        Of texts, numbers and None (unknown).

    Examples
    --------
    >>> as_kept_scores([])
    []
    """
    kept: list[Score] = []
    for score in scores:
        kept = [*apart_from(score, kept), score]
    return [
        {name: _written(value) for name, value in asdict(each).items()}
        for each in sorted(kept, key=lambda each: each.first)
    ]


def apart_from(score: Score, others: Iterable[Score]) -> list[Score]:
    """
    Leave out the scores of months that another one judges again.

    Parameters
    ----------
    score : Score
        The last one.
    others : iterable of Score
        Earlier ones of the same territory.

    Returns
    -------
    list of Score
        Those that share no month with it.

    Examples
    --------
    >>> apart_from(None, [])
    []
    """
    return [each for each in others if each.last < score.first or each.first > score.last]


def carried(
    path: Path,
    *,
    forecasts: Mapping[str, Mapping[str, Any]],
    past: Mapping[str, Sequence[Forecast]] | None = None,
    scores: Mapping[str, Sequence[Score]] | None = None,
) -> dict[str, Any]:
    """
    Give what a manifest keeps of forecasts, when it takes the place of another.

    Parameters
    ----------
    path : Path
        Manifest that is replaced; it may not be there, or be no manifest.
    forecasts : mapping of str to mapping
        What is announced now, by territory, as :func:`as_kept` gives it.
    past : mapping of str to sequence of Forecast, optional
        Earlier forecasts that were read elsewhere.
    scores : mapping of str to sequence of Score, optional
        How they held.

    Returns
    -------
    dict
        :data:`FORECASTS`, :data:`PAST` (by territory, the oldest first: the last one made each
        month, since all of a month announce the same months) and :data:`SCORES`.

    Examples
    --------
    >>> sorted(carried(Path("absent.json"), forecasts={}))
    ['forecast_scores', 'forecasts', 'past_forecasts']
    """
    old: Mapping[str, Any] = {}
    if path.is_file():
        with suppress(ForecastError):
            old = _loaded(path)
    earlier: dict[str, list[Any]] = {}
    for key, ones in _named(old, PAST):
        earlier.setdefault(key, []).extend(ones if isinstance(ones, list) else [])
    for key, one in _named(old, FORECASTS):
        earlier.setdefault(key, []).append(one)
    for key, told in (past or {}).items():
        earlier.setdefault(key, []).extend(as_kept(each) for each in told)
    judged = {
        key: [Score(**_known(each)) for each in found]
        for key, found in _named(old, SCORES)
        if not any(_score_defects(found))
    }
    for key, own in (scores or {}).items():
        judged[key] = [*judged.get(key, []), *own]
    past_of = {key: _one_a_month(ones, forecasts.get(key)) for key, ones in earlier.items()}
    return {
        FORECASTS: dict(forecasts),
        # Made again, a report is the same: what is announced now is no past.
        PAST: {key: ones for key, ones in past_of.items() if ones},
        SCORES: {key: as_kept_scores(each) for key, each in judged.items()},
    }


def _named(manifest: Mapping[str, Any], part: str) -> Iterable[tuple[str, Any]]:
    """What a part of a manifest says, by territory; nothing where it is none."""
    found = manifest.get(part)
    return found.items() if isinstance(found, dict) else ()


def _one_a_month(ones: Iterable[Any], now: Mapping[str, Any] | None) -> list[Any]:
    """The last forecast made each month for each public, but that which is announced now."""
    sound = [one for one in ones if not any(_forecast_defects(one))]
    last = {(one["made"][:7], one["public"]): one for one in sorted(sound, key=_made)}
    if now is not None:
        last.pop((now["made"][:7], now["public"]), None)
    return sorted(last.values(), key=_made)


def _made(one: Mapping[str, Any]) -> str:
    """The day a forecast was made."""
    return str(one["made"])


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
    >>> import json, tempfile
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
    found, scores = dict(_named(every, FORECASTS)), every.get(SCORES, {})
    past_of = dict(_named(every, PAST))
    for key, ones in past_of.items():
        # A follow-up whose scenario tells no demand announces nothing, and keeps the past.
        if key not in found and isinstance(ones, list) and ones:
            found[key] = ones[-1]
    if not found:
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
    before = past_of.get(territory, [])
    earlier = tuple(
        _forecast(each)
        for each in (before if isinstance(before, list) else [])
        if not any(_forecast_defects(each)) and each["public"] == one["public"]
    )
    return Kept(_forecast(one), tuple(Score(**_known(each)) for each in past or ()), earlier)


def _loaded(path: Path) -> Mapping[str, Any]:
    """The object that a file writes in JSON."""
    try:
        found = parsed_json(read_bytes(path, _MANIFEST))
    except ValueError as error:
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
