"""What the model supposes and is held to: default parameters, known lines, laws of travel times."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from cpts_geo.access.catchments.weights import APL_WEIGHT
from cpts_geo.access.changes import _activity
from cpts_geo.access.travel.surrogate import LAWS, VARIANT_NAMES
from cpts_geo.capacity.answer.headline import DRAWS, SAME_DAY_TARGET
from cpts_geo.capacity.need import _sampling
from cpts_geo.capacity.need.interval import CHANCE
from cpts_geo.capacity.need.learning import leave_one_out, shipped_lines
from cpts_geo.capacity.scenario.area import apl_of_france
from cpts_geo.capacity.scenario.loading import described, load_scenario
from cpts_geo.capacity.scenario.parameters import SEED, default_parameters, named_profiles
from cpts_geo.capacity.workforce import projection
from cpts_geo.foreign import MAX_NAME
from cpts_geo.french import joined, number, whole_percent
from cpts_geo.indicators.densities import poisson_interval
from cpts_geo.schema import APL_OF_NEED, COLUMNS, PUBLISHED
from cpts_geo.secrecy.disclosure import MIN_PATIENTS, MIN_PROFESSIONALS
from cpts_geo.settings import (
    APL_JUMP,
    APL_LOW_WORDS,
    COG_YEAR,
    MINUTES_BANDS,
    OLD_AFTER_YEARS,
)
from cpts_geo.sources.embedding.embedded import load_communes
from docs._ext.markdown import table


def parameters(*names: str) -> str:
    """Default parameters: what each is, its value, unit, source and grade."""
    rows = []
    for name in names:
        default = default_parameters()[name]
        label, unit = described(name)
        value = written(default.value)
        whose = f"{label} ({default.base})" if default.base else label
        rows.append((f"`{name}`", whose, value, unit, default.text, default.grade))
    return table(("Paramètre", "Ce que c’est", "Valeur", "Unité", "Source", "Confiance"), rows)


def written(value: Any) -> str:
    """Write a value in French, with the decimals it has."""
    if isinstance(value, dict):
        return f"{number(len(load_scenario('asclepios').calendar.opening_days))} jours"
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


def apl_weights() -> str:
    """What a doctor is worth by minutes, as the APL weighs."""
    edges = [0.0, *APL_WEIGHT.breaks]
    rows = [
        (f"de {low:g} à moins de {high:g} min", number(weight, 2))
        for (low, high), weight in zip(pairwise(edges), APL_WEIGHT.weights, strict=True)
    ]
    return table(("Temps", "Poids"), [*rows, (f"{edges[-1]:g} min et plus", "0")])


def exit_rates() -> str:
    """Share of the GPs who leave in a year, by age."""
    starts = [age for age, _ in projection._EXIT_RATES]
    rows = [
        (f"de {age} à {following - 1} ans" if age else f"moins de {following} ans", written(rate))
        for (age, rate), following in zip(projection._EXIT_RATES, starts[1:], strict=False)
    ]
    last, rate = projection._EXIT_RATES[-1]
    factors = joined([written(factor) for factor in projection.EXIT_FACTORS])
    told = f"Ces parts sont essayées multipliées par {factors}, à chances égales (confiance D)."
    return table(("Âge", "Part qui s’arrête"), [*rows, (f"{last} ans et plus", written(rate))]) + (
        f"\n\n{told}"
    )


def profiles() -> str:
    """Shapes of the week and of the year, beside a mean day."""
    rows = []
    for name, profile in named_profiles().items():
        week, year = (profile.value[key] for key in ("weekday_factors", "month_factors"))
        cells = (" · ".join(number(each, 2) for each in part) for part in (week, year))
        rows.append((f"`{name}`", *cells, profile.text, profile.grade))
    header = ("Profil", "Lundi à vendredi", "Janvier à décembre", "Source", "Confiance")
    return table(header, rows)


def values() -> dict[str, str]:
    """Figures that sentences of the guide hold, by the name they have there."""
    defaults = default_parameters()
    calendar = load_scenario("asclepios").calendar
    known = load_scenario("beauce_gatinais")
    one_gp = poisson_interval(1)
    return {
        "target": whole_percent(float(defaults["target"].value)),
        "national_share": f"{whole_percent(float(defaults['share_without_mt'].value))} des "
        f"{defaults['share_without_mt'].base}",
        "chances": f"{number(10 * CHANCE)} situations sur 10",
        "opening_days": number(len(calendar.opening_days)),
        "year": str(calendar.year),
        "apl_low": APL_LOW_WORDS,
        "apl_france": number(apl_of_france(), 2),
        "apl_vintage": COLUMNS[APL_OF_NEED].vintage,
        "apl_jump": written(APL_JUMP),
        "bands": joined([f"{band:g}" for band in MINUTES_BANDS]),
        "cog_year": str(COG_YEAR),
        "old_years": str(OLD_AFTER_YEARS),
        "communes": number(len(load_communes())),
        "lines": number(len(shipped_lines().every)),
        "draws": number(DRAWS),
        "same_day_target": whole_percent(SAME_DAY_TARGET),
        "masked_patients": f"1 à {MIN_PATIENTS - 1}",
        "min_professionals": str(MIN_PROFESSIONALS),
        "bg_calls": number(known.calls_observed),
        "bg_consultations": number(known.observed_consultations or 0),
        "bg_slots": joined(sorted({str(slots) for slots in known.slots_by_weekday or ()})),
        "prior_share": written(round(math.exp(_sampling._MU[0]), 4)),
        "prior_sd": written(_sampling._MU[1]),
        "prior_tau": written(_sampling._TAU),
        "activity_negligible": number(_activity._ACTIVITY_NEGLIGIBLE),
        "activity_floor": number(_activity._ACTIVITY_FLOOR),
        "activity_cap": number(_activity._ACTIVITY_CAP),
        "activity_new": number(_activity.ACTIVITY_NEW_DOCTOR),
        "one_gp_low": number(one_gp[0], 2),
        "one_gp_high": number(one_gp[1], 1),
        "emergency_date": PUBLISHED.vintage,
        "emergency_year": PUBLISHED.vintage[-4:],
        "entry_age": f"{projection.ENTRY_AGE:g}",
        "max_name": str(MAX_NAME),
    }
