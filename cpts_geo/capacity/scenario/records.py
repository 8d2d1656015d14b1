"""A record that refuses impossible values with one error of ours, and the kinds of values it holds.

Bounds lie far beyond any territory; they stop what no queue or law could be computed from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextvars import ContextVar
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.fields import FieldInfo

from cpts_geo.capacity.queue.rules import MAX_SLOTS
from cpts_geo.capacity.scenario._slips.refusals import ContradictionError, refusals, shown
from cpts_geo.errors import ScenarioError
from cpts_geo.foreign import MAX_NAME, is_invisible

IMPOSSIBLE: Final = "Le scénario contient des valeurs impossibles."
REMEDY: Final = "corrigez ces lignes ; data/cpts/scenario.schema.json donne champs et unités."

_depth: ContextVar[int] = ContextVar("depth of the record being checked", default=0)


class Record(BaseModel):
    """
    Frozen, strict record: every defect it holds is listed in one French error.

    A subclass says what one field denies of another in ``_contradictions``, and what is asked
    about in ``_questions``.

    Examples
    --------
    >>> class Length(Record):
    ...     minutes: float
    >>> Length(minutes=15.0)
    Length(minutes=15.0)
    >>> Length(minuts=15.0)
    Traceback (most recent call last):
    cpts_geo.errors.ScenarioError: Le scénario contient des valeurs impossibles.
      - « minutes » manque
      - « minuts » est inconnu ; vouliez-vous dire « minutes » ?
    À faire : corrigez ces lignes ; data/cpts/scenario.schema.json donne champs et unités.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @model_validator(mode="wrap")
    @classmethod
    def _speak_french(
        cls, values: Any, handler: Callable[[Any], Self], info: ValidationInfo
    ) -> Self:
        """Turn every refusal into one error; a nested record leaves that to the outer one."""
        if isinstance(values, cls):
            return values  # frozen: checked once for all
        depth = _depth.get()
        token = _depth.set(depth + 1)
        try:
            record = handler(values)
            if found := record._contradictions() + record._questions(info.context):
                raise ContradictionError(found)
        except (ValidationError, ContradictionError) as error:
            if depth:
                raise
            raise ScenarioError(
                IMPOSSIBLE,
                defects=error.defects
                if isinstance(error, ContradictionError)
                else refusals(error, cls),
                remedy=REMEDY,
            ) from None
        finally:
            _depth.reset(token)
        return record

    def _contradictions(self) -> list[str]:
        """Say in French what one field denies of another; called on well-formed values only."""
        return []

    def _questions(self, changed: Collection[str] | None) -> list[str]:
        """Ask in French about what is unlikely, of the fields that changed; of all where None."""
        return []


def field(meaning: str, unit: str = "", hint: str = "", **rules: Any) -> Any:
    """
    Describe one field of a scenario, in French, where everything that names it looks.

    Parameters
    ----------
    meaning : str
        What the field is.
    unit : str
        Its unit; empty where it has none.
    hint : str
        How to write it, for who fills in a file; no page shows it.
    **rules : Any
        Bounds and default, as pydantic takes them; ``repr=False``: no page shows it.

    Returns
    -------
    Any
        The field.

    Examples
    --------
    >>> label_and_unit(field("Durée", "minutes", "au-dessus de 0", gt=0))
    ('Durée', 'minutes')
    """
    return Field(
        title=meaning,
        description=f"{meaning} : {hint}" if hint else meaning,
        json_schema_extra={"unit": unit} if unit else None,
        **rules,
    )


def label_and_unit(info: FieldInfo) -> tuple[str, str]:
    """
    Say what a field is called where readers see it, and its unit.

    Parameters
    ----------
    info : FieldInfo
        One made by :func:`field`.

    Returns
    -------
    tuple of str
        French label, unit; the unit is empty where there is none.
    """
    extra = info.json_schema_extra
    return info.title or "", str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def _one_line(text: str) -> str:
    """Refuse what a page, a file name or a table cannot show: blanks, invisible characters."""
    if not text.strip():
        raise ContradictionError(["le texte est vide"])
    if odd := sorted(set(filter(is_invisible, text))):
        signs = ", ".join(map(ascii, odd))
        raise ContradictionError(
            [f"caractère invisible ({signs}) : le texte doit tenir sur une ligne"]
        )
    return text


#: Longer than any sentence on a source: what is not read by anyone.
_MAX_TEXT: Final = 2_000
#: A text of one line that says something, and one that names.
Text = Annotated[str, Field(min_length=1, max_length=_MAX_TEXT), AfterValidator(_one_line)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME), AfterValidator(_one_line)]
#: TOML and JSON know lists only; a frozen record holds tuples.
AS_TUPLE: Final = BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)

#: Whom a line or a centre admits, in words. Visitors come where all residents are.
PUBLICS: Final = {
    "all": "tous les habitants",
    "no_mt": "personnes sans médecin traitant",
}
Public = Literal["no_mt", "all"]
#: More than the people of any country of Europe.
MAX_PEOPLE: Final = 1e8
#: Calls, consultations or person-years of one line, whatever its years.
MAX_COUNT: Final = 10**9
#: Longer than any line has counted its calls.
MAX_YEARS: Final = 100

Weekday = Annotated[int, field("Jour de la semaine, 1 = lundi", ge=1, le=7)]
People = Annotated[float, field("Personnes", gt=0, le=MAX_PEOPLE)]
Count = Annotated[int, field("Nombre", ge=0, le=MAX_COUNT)]
_Share = Annotated[float, field("Part", gt=0, le=1)]
_Rate = Annotated[float, field("Nombre au-dessus de 0", gt=0, le=1000)]
Minutes = Annotated[float, field("Minutes", ge=1, le=600)]


_Values = TypeVar("_Values", tuple[float, float], tuple[float, float, float])


def _ordered(values: _Values) -> _Values:
    """The values, once they are low ≤ likely ≤ high."""
    if list(values) != sorted(values):
        said = ", ".join(f"{x:g}" for x in values)
        order = "bas ≤ haut" if len(values) == 2 else "bas ≤ probable ≤ haut"
        raise ContradictionError([f"{said} : il faut {order}"])
    return values


ShareRange = Annotated[tuple[_Share, _Share], AS_TUPLE, AfterValidator(_ordered)]
ShareTriangle = Annotated[tuple[_Share, _Share, _Share], AS_TUPLE, AfterValidator(_ordered)]
RateTriangle = Annotated[tuple[_Rate, _Rate, _Rate], AS_TUPLE, AfterValidator(_ordered)]
MinutesTriangle = Annotated[tuple[Minutes, Minutes, Minutes], AS_TUPLE, AfterValidator(_ordered)]


def _whole_slots(value: object) -> object:
    """Accept one number of slots, or a list of one a day: one defect, not one a kind."""
    days = value if isinstance(value, list | tuple) else [value]
    least = 0 if isinstance(value, list | tuple) else 1
    if value is None or all(
        isinstance(slots, int) and not isinstance(slots, bool) and least <= slots <= MAX_SLOTS
        for slots in days
    ):
        return tuple(value) if isinstance(value, list) else value
    raise ContradictionError(
        [
            f"{shown(value)} : il faut un nombre entier de créneaux, de 1 à {MAX_SLOTS}, ou un "
            "par jour d'ouverture de la semaine"
        ]
    )


Slots = Annotated[int | tuple[int, ...] | None, BeforeValidator(_whole_slots)]
