"""What spoils a log: closures, growth, repeated calls, keys of no single caller, no answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Final

import pandas as pd
from scipy import special

from cpts_geo.capacity.calls._repeats import REPEAT_DAYS, REPEATED_SHARE
from cpts_geo.capacity.calls._variation import Trend
from cpts_geo.capacity.calls.profile import CallProfile
from cpts_geo.capacity.demand.ratios import DAYS_PER_YEAR
from cpts_geo.capacity.need.interval import LEVELS
from cpts_geo.french import counted, joined, number, percent

#: Repeated calls are told beyond so many standard deviations of chance.
_DEVIATIONS: Final = 3.0


def spoilers(found: CallProfile, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """
    Say what a log misses or mixes: closures, days cut, growth, calls unanswered, repeated calls.

    Parameters
    ----------
    found : CallProfile
        Exact figures.
    tables : Mapping of str to DataFrame
        What may leave of them.

    Returns
    -------
    list of str
        French sentences, without a capital; counts of 1 to 10 are not written.
    """
    said = []
    if found.closures:
        periods = joined([_period(first, last) for first, last in found.closures])
        said.append(
            f"aucun appel {periods}, ce que le hasard n’explique pas : la ligne est tenue pour "
            "fermée ces jours-là, qui ne comptent pas."
        )
    if found.partial_days:
        days = joined([f"{day:%d/%m/%Y}" for day in found.partial_days])
        said.append(f"le registre ne couvre qu’en partie le {days}, qui ne compte pas.")
    if found.trend is not None:
        said.append(_trend_note(found, found.trend))
    if found.outcomes["no_answer"]:
        said.append(_unanswered_note(float(tables["outcome"]["calls"].get("no_answer", math.nan))))
    if found.shared_calls or found.keyless_calls or found.keys_aside:
        said.append(_keys_note(found, tables["apart"]["calls"]))
    repeated = float(tables["apart"]["calls"]["repeated"])
    if repeated > 0 and (note := _repeats_note(found, repeated)):
        said.append(note)
    return said


def _period(first: date, last: date) -> str:
    """A period in words, or a day."""
    if first == last:
        return f"le {first:%d/%m/%Y}"
    return f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}"


def _trend_note(found: CallProfile, trend: Trend) -> str:
    """French sentence on the growth of a line, and where it stands on its last day."""
    error = float(special.ndtri(LEVELS["p90"]))
    low, high = sorted(abs(trend.growth(sign * error)) for sign in (-1, 1))
    years = (found.end - found.start).days / DAYS_PER_YEAR
    per_day = found.requests / found.opening_days
    return (
        f"les demandes {'augmentent' if trend.slope > 0 else 'baissent'} de "
        f"{percent(abs(trend.growth()), 0)} par an, saison mise à part (entre {percent(low, 0)} et "
        f"{percent(high, 0)}) : la réponse est celle du niveau moyen du {found.start:%d/%m/%Y} au "
        f"{found.end:%d/%m/%Y}, {number(per_day, 1)} par jour d’ouverture, alors qu’au dernier "
        f"jour elles en sont à {number(per_day * math.exp(trend.slope * years / 2), 1)} environ."
    )


def _unanswered_note(calls: float) -> str:
    """French sentence on the calls that nobody took."""
    who = "des appels" if math.isnan(calls) else counted(calls, "appel", "appels")
    return (
        f"{who} sans réponse comptent parmi les demandes, et rien ne dit lesquels relevaient d’une "
        "consultation ; qui a rappelé y est deux fois, sauf clé d’appelant."
    )


def _keys_note(found: CallProfile, apart: pd.Series) -> str:
    """French sentence on the calls whose key does not tell who calls, and what becomes of them."""
    shared, keyless = (
        "des appels" if math.isnan(calls) else counted(calls, "appel", "appels")
        for calls in (float(apart["shared"]), float(apart["keyless"]))
    )
    who, todo = [f"{keyless} sans clé d’appelant"] if found.keyless_calls else [], ""
    if found.shared_calls:
        keys = counted(found.shared_keys, "clé", "clés")
        one = "ne peut être celle" if found.shared_keys == 1 else "ne peuvent être chacune celle"
        who.append(
            f"{shared} sous {keys} qui {one} d’une seule personne (numéro masqué, standard, valeur "
            "par défaut ?)"
        )
        todo = " Videz ces cellules de la clé d’appelant, ou donnez une clé à chaque personne."
    elif found.keys_aside:
        who.append("aucune clé d’appelant ne revient : elle numérote les appels, sans doute")
    if found.keys_aside:
        return f"{joined(who)}. La colonne est laissée de côté, et ne dit aucun rappel.{todo}"
    unknown = float(apart[["shared", "keyless"]].sum())
    again = float(apart["repeated"]) * found.repeats_out / max(found.calls - unknown, 1)
    # A key left out here and there hides repeats of the others too.
    many = f" d’au moins {percent(again * unknown / found.requests, 0)}" if again * unknown else ""
    return (
        f"{joined(who)} : les rappels de ces appelants restent dans le compte. S’ils rappellent "
        f"comme les autres, il est trop haut{many}.{todo}"
    )


def _repeats_note(found: CallProfile, repeated: float) -> str | None:
    """French sentence on the calls that ask again; None where chance makes as many."""
    calls = counted(repeated, "appel", "appels")
    chance = found.repeated_by_chance or 0
    if chance == 0:
        kept = "comptés comme des doublons" if found.repeats_out else "laissés dans le compte"
        return (
            f"{calls} de personnes qui rappellent dans les {REPEAT_DAYS} jours d’ouverture, {kept}."
        )
    excess = repeated - chance
    by_chance = f"{number(round(chance, -1))} environ par hasard"
    alike = f"{calls} en répètent un des {REPEAT_DAYS} jours d’ouverture d’avant (mêmes commune, "
    alike += f"âge et motif s’il est donné), dont {by_chance}"
    if found.repeats_out:
        return f"{alike} : ôtés comme doublons, ils font un compte trop bas, d’autant au plus."
    if excess <= _DEVIATIONS * math.sqrt(repeated) or excess < REPEATED_SHARE * found.calls:
        return None
    return (
        f"{alike} : les autres sont sans doute des rappels, et gonflent le nombre de demandes (de "
        f"{percent(excess / (found.calls - excess), 0)} au moins) comme la part qui relève "
        "d’une consultation. Une colonne « cle_appelant » les ôterait."
    )
