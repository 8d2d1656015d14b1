"""What an input of the capacity rests on: its source, its grade, and the default parameters.

Grades are those of :data:`cpts_geo.schema.GRADE_LABELS`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator

from cpts_geo.capacity.scenario._slips.plausible import AREA
from cpts_geo.capacity.scenario._slips.refusals import ContradictionError, nearest
from cpts_geo.capacity.scenario.records import Record, Text, field
from cpts_geo.errors import ScenarioError
from cpts_geo.settings import CPTS_DIR
from cpts_geo.sources.embedding.embedded import load_day_profiles

_PARAMETERS_FILE: Final = CPTS_DIR / "parameters.toml"
_PROFILES: Final = "profiles"
#: The profile of a calendar that names none, its variant, and the series it was measured on.
MEASURED: Final = "mesure"
PEAKED: Final = "pointe_forte"
MEASURED_SERIES: Final = "sos_medecins"
#: Stands between what a source says of the days of a calendar and of their shapes.
_SHAPES: Final = " ; formes de la semaine et de l’année : "


class Source(Record):
    """
    Where an input comes from, and how far it can be trusted.

    Attributes
    ----------
    text : str
        Producer, document and date, in French.
    grade : {"A", "B", "C", "D"}
        Trust grade (see :data:`cpts_geo.schema.GRADE_LABELS`).
    announced : bool
        Whether those it is about wrote it in a public document.
    """

    text: Text = field("Producteur, document et date")
    grade: Literal["A", "B", "C", "D"] = field("Confiance, de A (officiel) à D (hypothèse)")
    announced: bool = field("Écrit par le territoire dans un document public", default=False)


#: Start of the notes of a scenario that say what its file is not read for any more.
FILE_MARK: Final = "Fichier : "
#: Seed where none is chosen: taken before any result was seen, and not to be shopped for.
SEED: Final = 20_260_101
UNSOURCED: Final = Source(text="valeur saisie sans source", grade="D")
#: A share without médecin traitant that makes people: they were not typed, it was.
_UNSOURCED_SHARE: Final = Source(text="part saisie sans source", grade="D")
ANALYST: Final = Source(text="valeur choisie par l'analyste", grade="D")
#: Of the people and the APL of a territory, where its communes give them.
OF_COMMUNES: Final = Source(
    text="Communes du territoire : APL et population standardisée (DREES), population (Insee)",
    grade="B",
)
#: Ends the source of a default that an analyst changed: it is no territory's own.
_BY_FILE: Final = " (paramètre changé)"
_CHANGED: Final = Source(text=f"{ANALYST.text}{_BY_FILE}", grade="D")
#: What vouches for nothing: a value that is unlikely is asked about.
_TYPED: Final = (UNSOURCED, ANALYST, _CHANGED)


_SourceT = TypeVar("_SourceT", bound=Source)


class _Default(Source):
    """A default: a source, a value as a file writes it, and of a share, the people it is of."""

    value: int | float | list[float] | dict[str, Any]
    base: str = ""

    @cached_property
    def source(self) -> Source:
        """Where the parameter comes from, checked once: every scenario takes most from here."""
        return Source(text=self.text, grade=self.grade, announced=self.announced)


#: Defaults by name: those of the package, or with others laid over them.
Parameters: TypeAlias = Mapping[str, _Default]


class _Profile(Source):
    """A shape of the week and of the year that a calendar may name."""

    value: dict[str, Any] = field("Champs du calendrier", default={})


def _tables() -> dict[str, Any]:
    """Tables of the shipped file; a ScenarioError where it cannot be read."""
    try:
        return tomllib.loads(_PARAMETERS_FILE.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _altered([f"illisible : {error}"]) from error


def _altered(defects: list[str]) -> ScenarioError:
    """Error, to raise, of a shipped file that holds defects."""
    return ScenarioError(
        f"Le fichier {_PARAMETERS_FILE.name} du paquet est altéré.",
        defects=defects,
        remedy="réinstallez le paquet.",
    )


@lru_cache(maxsize=1)
def default_parameters() -> Parameters:
    """
    Read the parameters used where a territory gives none, with source and grade.

    Returns
    -------
    Mapping of str to Default
        Parameters by name, as the package ships them.

    Raises
    ------
    ScenarioError
        If the shipped file was altered and holds defects.

    Examples
    --------
    >>> default_parameters()["share_without_mt"].grade
    'C'
    """
    return _read(_Default, {k: v for k, v in _tables().items() if k != _PROFILES})


def is_default(source: Source | None, name: str) -> bool:
    """
    Tell whether a source is that of the default of an input, which describes elsewhere.

    Parameters
    ----------
    source : Source or None
        Of an input of a scenario; None where it has none.
    name : str
        The input.

    Returns
    -------
    bool
        Of the default of the package, or of the one that an analyst put in its place.

    Examples
    --------
    >>> usual = default_parameters()["minutes"].source
    >>> is_default(usual, "minutes"), is_default(ANALYST, "minutes")
    (True, False)
    """
    if source is None or name not in default_parameters():
        return False
    return source.text.endswith(_BY_FILE) or source == default_parameters()[name].source


def _read(kind: type[_SourceT], tables: dict[str, Any]) -> dict[str, _SourceT]:
    """Tables checked one by one; every defect is listed."""
    found, defects = {}, []
    for name, values in tables.items():
        try:
            found[name] = kind.model_validate(values)
        except ScenarioError as error:
            defects += [f"{name} : {defect}" for defect in error.defects]
    if defects:
        raise _altered(defects)
    return found


@lru_cache(maxsize=1)
def named_profiles() -> Mapping[str, _Profile]:
    """
    Read the shapes of the week and of the year that a calendar may name.

    Returns
    -------
    Mapping of str to Profile
        By name, the default first: source, grade, and in ``value`` the fields of the calendar that
        it gives; those of the measured one come from the embedded data.

    Raises
    ------
    ScenarioError
        If the shipped file was altered and holds defects.

    Examples
    --------
    >>> {name: profile.grade for name, profile in named_profiles().items()}
    {'mesure': 'B', 'pointe_forte': 'D'}
    """
    found = _read(_Profile, _tables().get(_PROFILES, {}))
    table = load_day_profiles()
    factors = table[table["series"] == MEASURED_SERIES].set_index("kind")["factor"]
    measured = {
        # Rounded in the file: a queue asks for a week of mean 1 exactly.
        "weekday_factors": tuple(factors["weekday"] / factors["weekday"].mean()),
        "month_factors": tuple(factors["month"] / factors["month"].mean()),
        "after_holiday_factor": float(factors["after_holiday"]),
        "bridge_factor": float(factors["bridge"]),
        "holiday_factor": float(factors["holiday"]),
    }
    return {**found, MEASURED: found[MEASURED].model_copy(update={"value": measured})}


def with_shapes(source: Source, profile: str) -> Source:
    """
    Say of a calendar whose days have a source that its shapes are those of a profile.

    Parameters
    ----------
    source : Source
        Of the calendar; what it said of the shapes is replaced.
    profile : str
        A key of :func:`named_profiles`.

    Returns
    -------
    Source
        Both texts, and the weaker of both grades.

    Examples
    --------
    >>> peaked = with_shapes(Source(text="Affiche de la ligne", grade="B"), "pointe_forte")
    >>> peaked.grade, with_shapes(peaked, "mesure").text.startswith("Affiche de la ligne ; formes")
    ('D', True)
    """
    shapes = named_profiles()[profile]
    days, mark, _ = source.text.partition(_SHAPES)
    # A text that tells both bears the grade of its former shapes: its days are legal or published,
    # unless nobody said where they come from.
    known = bool(mark) and days not in (UNSOURCED.text, ANALYST.text)
    grade = shapes.grade if known else max(source.grade, shapes.grade)
    return Source(text=f"{days}{_SHAPES}{shapes.text}", grade=grade)


#: Inputs that must say where they come from, where they have a value.
SOURCED_FIELDS: Final = (
    "people_without_mt",
    "people_cv",
    "between_territory_sd",
    "calls_observed",
    "calls_people_years",
    "need_share",
    "need_counted",
    "found_share",
    "visitors",
    "visitor_rate_ratio",
    "minutes",
    "calendar",
    "deadline_days",
    "target",
    "dispersion",
    "no_show_rate",
    "gp_hour_cost",
    "secretary_hour_cost",
    "consultation_tariff",
    "sas_supplement",
    "session_hours",
    "half_day_hours",
    "effector_hours",
    "volunteers",
    "session_weeks",
    "phone_agents",
    "slots_today",
    "slots_saturday",
    "saturday_factor",
    "rota",
    "sessions",
    "minutes_per_slot_today",
    "readings",
    "observed_consultations",
)


def _sourced(name: str) -> str:
    """The name of an input that owes a source, or may have one; refused where it is none."""
    if name not in (*SOURCED_FIELDS, AREA):
        raise ContradictionError([f"est inconnu{nearest(name, list(SOURCED_FIELDS))}"])
    return name


SourcedName = Annotated[str, AfterValidator(_sourced)]
