"""What the model supposes and is held to: default parameters, known lines, laws of travel times."""

from __future__ import annotations

from typing import Any

from docs._ext.markdown import table

from cpts_geo import __version__
from cpts_geo.access.travel.surrogate import LAWS, VARIANT_NAMES
from cpts_geo.capacity.answer.headline import DRAWS, SAME_DAY_TARGET
from cpts_geo.capacity.need.learning import leave_one_out, shipped_lines
from cpts_geo.capacity.scenario.area import apl_of_france
from cpts_geo.capacity.scenario.loading import described, load_scenario
from cpts_geo.capacity.scenario.parameters import SEED, default_parameters
from cpts_geo.capacity.workforce import projection
from cpts_geo.foreign import MAX_NAME
from cpts_geo.french import joined, number, whole_percent
from cpts_geo.schema import APL_OF_NEED, COLUMNS
from cpts_geo.secrecy.disclosure import MIN_PATIENTS, MIN_PROFESSIONALS
from cpts_geo.settings import (
    APL_JUMP,
    APL_LOW_WORDS,
    COG_YEAR,
    MINUTES_BANDS,
    OLD_AFTER_YEARS,
    SLOT_MINUTES,
    SPOKEN_MINUTES,
)
from cpts_geo.sources.embedding.embedded import load_communes


def parameters(*names: str) -> str:
    """Default parameters: what each is, its value, unit, source and grade."""
    rows = []
    for name in names:
        default = default_parameters()[name]
        label, unit = described(name)
        value = "" if isinstance(default.value, dict) else written(default.value)
        whose = f"{label} ({default.base})" if default.base else label
        rows.append((f"`{name}`", whose, value, unit, default.text, default.grade))
    return table(("Paramètre", "Ce que c’est", "Valeur", "Unité", "Source", "Confiance"), rows)


def written(value: Any) -> str:
    """Write a value in French, with the decimals it has."""
    if isinstance(value, list):
        return " · ".join(map(written, value))
    return f"{value:g}".replace(".", ",") if abs(value) < 1_000 else number(value)


def known_lines() -> str:
    """Each line that calibrates, beside what the others predict of it."""
    found = leave_one_out(shipped_lines(), draws=20_000, seed=SEED)
    rows = [
        (
            line["name"],
            f"{number(line['predicted_p50'])} "
            f"({number(line['predicted_p10'])} à {number(line['predicted_p90'])})",
            f"{number(line['own_p50'])} ({number(line['own_p10'])} à {number(line['own_p90'])})",
            "oui" if line["inside"] else "non",
            whole_percent(line["rank"]),
        )
        for line in found.to_dict("records")
    ]
    header = (
        "Ligne",
        "Ce que les autres prédisent (demandes par an)",
        "Son propre compte",
        "Dedans",
        "Rang",
    )
    return table(header, rows)


def travel_laws() -> str:
    """Minutes of a distance, by variant."""
    rows = [
        (
            VARIANT_NAMES[key],
            f"{written(law.factor)} × km^{written(law.exponent)}".replace("^", " puissance "),
            joined([f"{number(km)} km en {number(law.minutes(km))} min" for km in (5, 10, 20)]),
            law.text,
            law.grade,
        )
        for key, law in LAWS.items()
    ]
    return table(("Variante", "Minutes", "Par exemple", "D’où elle vient", "Confiance"), rows)


def values() -> dict[str, str]:
    """Figures that sentences of the guide hold, by the name they have there."""
    defaults = default_parameters()
    calendar = load_scenario("asclepios").calendar
    spoken = {name: f"{minutes:g}" for name, minutes in SPOKEN_MINUTES.items()}
    return {
        "target": whole_percent(float(defaults["target"].value)),
        "national_share": f"{whole_percent(float(defaults['share_without_mt'].value))} des "
        f"{defaults['share_without_mt'].base}",
        "slot_minutes": str(SLOT_MINUTES),
        "opening_days": number(len(calendar.opening_days)),
        "year": str(calendar.year),
        "apl_low": APL_LOW_WORDS,
        "apl_france": number(apl_of_france(), 2),
        "apl_vintage": COLUMNS[APL_OF_NEED].vintage,
        "apl_jump": written(APL_JUMP),
        "gp_minutes": spoken["gp"],
        "emergency_minutes": spoken["emergency"],
        "bands": joined([f"{band:g}" for band in MINUTES_BANDS]),
        "cog_year": str(COG_YEAR),
        "old_years": str(OLD_AFTER_YEARS),
        "communes": number(len(load_communes())),
        "lines": number(len(shipped_lines().every)),
        "draws": number(DRAWS),
        "same_day_target": whole_percent(SAME_DAY_TARGET),
        "masked_patients": f"1 à {MIN_PATIENTS - 1}",
        "min_professionals": str(MIN_PROFESSIONALS),
        "entry_age": f"{projection.ENTRY_AGE:g}",
        "max_name": str(MAX_NAME),
        "version": __version__,
    }
