"""A record that refuses impossible values with one error of ours, whatever is nested in it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from cpts_geo.capacity.scenario.refusals import ContradictionError, refusals
from cpts_geo.errors import ScenarioError

STRICT: Final = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
REMEDY: Final = "corrigez ces lignes ; data/cpts/scenario.schema.json donne champs et unités."

_depth: ContextVar[int] = ContextVar("depth of the record being checked", default=0)


class Record(BaseModel):
    """
    Frozen, strict record: every defect it holds is listed in one French error.

    A subclass says what one field denies of another in ``_contradictions``.

    Examples
    --------
    >>> class Length(Record):
    ...     minutes: float
    >>> Length(minutes=15.0)
    Length(minutes=15.0)
    >>> Length(minuts=15.0)
    Traceback (most recent call last):
    cpts_geo.errors.ScenarioError: Le scénario contient des valeurs impossibles.
      - « minutes » : il manque
      - « minuts » est inconnu ; vouliez-vous dire « minutes » ?
    À faire : corrigez ces lignes ; data/cpts/scenario.schema.json donne champs et unités.
    """

    model_config = STRICT

    @model_validator(mode="wrap")
    @classmethod
    def _speak_french(cls, values: Any, handler: Callable[[Any], Self]) -> Self:
        """Turn every refusal into one error; a nested record leaves that to the outer one."""
        if isinstance(values, cls):
            return values  # frozen: checked once for all
        depth = _depth.get()
        token = _depth.set(depth + 1)
        try:
            record = handler(values)
            if found := record._contradictions():
                raise ContradictionError(found)
        except (ValidationError, ContradictionError) as error:
            if depth:
                raise
            raise ScenarioError(
                "Le scénario contient des valeurs impossibles.",
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
