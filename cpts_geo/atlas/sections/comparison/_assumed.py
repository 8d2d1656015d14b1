"""« Ce que les deux supposent », and what each rests on."""

from __future__ import annotations

from typing import Any, Final

from cpts_geo.atlas.look.cells import Cell, plain_cells
from cpts_geo.atlas.look.grades import input_status, least_known
from cpts_geo.atlas.look.values import value_words
from cpts_geo.atlas.look.words import TECHNICAL, sentence, support
from cpts_geo.capacity.comparing.compare import ScenarioComparison
from cpts_geo.capacity.scenario.loading import described
from cpts_geo.capacity.scenario.parameters import SOURCED_FIELDS, Source, default_parameters
from cpts_geo.french import typeset

#: What the demand that known lines make expect rests on, of the nation.
_NATIONAL: Final = ("need_rate", "met_share", "apl_elasticity")


def _common_rows(found: ScenarioComparison, *, technical: bool) -> list[list[Cell]]:
    """Meaning with unit, value, source, grade; what neither scenario uses is left out.

    Where known lines say what one of them would receive, what the need of a nation rests on.
    """
    unused = found.first.unused & found.second.unused
    rows = []
    for name in SOURCED_FIELDS:
        value = getattr(found.first, name)
        if name in found.changes or name in unused or value is None:
            continue
        if (name in TECHNICAL) != technical:
            continue
        rows.append(_row(found, name, value, found.first.sources[name]))
    if not technical and any(s.evidence == "3" for s in (found.first, found.second)):
        for name in _NATIONAL:
            given = default_parameters()[name]
            rows.append(_row(found, name, given.value, given.source))
    return rows


def _row(found: ScenarioComparison, name: str, value: Any, source: Source) -> list[Cell]:
    """One input that both share, as the less known of the two."""
    meaning, unit = described(name)
    status = least_known(*(input_status(s, name) for s in (found.first, found.second)))
    return [
        Cell(typeset(meaning), numeric=False, origin=unit),
        Cell(value_words(name, value), status=status, numeric=False),
        *plain_cells(typeset(source.text), source.grade),
    ]


def _bases(found: ScenarioComparison) -> list[str]:
    """What each scenario rests on; once where it is the same for both."""
    said: dict[str, list[str]] = {}
    for letter, scenario in zip("AB", (found.first, found.second), strict=True):
        text = (
            f"{support(scenario)} Publics : {sentence(scenario.eligibility)} "
            f"Base : {sentence(scenario.population_basis)}"
        )
        said.setdefault(text, []).append(letter)
    return [f"{' et '.join(letters)} : {text}" for text, letters in said.items()]


def section(found: ScenarioComparison) -> dict[str, Any]:
    """What the template shows: what each scenario rests on, and what both assume."""
    return {
        "rows": _common_rows(found, technical=False),
        "technical": _common_rows(found, technical=True),
        "bases": _bases(found),
        "caveats": found.caveats,
    }
