"""Tables of the capacity for a French spreadsheet: months, answers, suppositions, inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.grades import input_status
from cpts_geo.atlas.look.values import period_words, value_words
from cpts_geo.atlas.look.words import support, whom
from cpts_geo.atlas.sections.access.words import named
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.publics import PublicAnswer
from cpts_geo.capacity.need.interval import CHANCES, LEVELS
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import described
from cpts_geo.french import MONTHS, capital, typeset
from cpts_geo.schema import Status
from cpts_geo.settings import SPOKEN_MINUTES
from cpts_geo.study.study import Study
from cpts_geo.writing.workbook.sheet import Cell, Number, Sheet, cell, status_words

#: What each level of an interval is called.
_LEVELS: Final = {"p10": "bas", "p50": "médiane", "p90": "haut"}
#: Quantities of an answer: where it holds them, their name, unit and decimals.
_QUANTITIES: Final = (
    ("requests_per_year", "Demandes par an", "demandes", 0),
    ("requests_per_day", "Demandes par jour d’ouverture", "demandes", 1),
    ("slots_per_day", "Créneaux par jour nécessaires", "créneaux", 0),
    ("gp_hours_per_week", "Heures de consultation par semaine", "heures", 1),
)
#: Ends of the names of the parts of an input that has several, by how many.
_PARTS: Final = {2: ("de", "à"), 3: ("bas", "probable", "haut")}


def months(study: Study) -> Sheet | None:
    """Requests and slots month by month; None where they are not known."""
    table = None if study.capacity is None else study.capacity.by_month
    if table is None or study.headline is None:
        return None
    status = status_words(study.headline.status)
    names = [(name, level) for name in ("requests", "slots") for level in LEVELS]
    rows: list[tuple[Cell, ...]] = []
    for month, found in zip(table.index, table.to_dict("records"), strict=True):
        values = [cell(found[f"{name}_{level}"], int(name == "requests")) for name, level in names]
        served = cell(found["served_today"], percent=True)
        rows.append(
            (MONTHS[int(str(month)) - 1], cell(found["opening_days"]), *values, served, status)
        )
    words = {"requests": "Demandes par jour", "slots": "Créneaux par jour"}
    heads = [f"{words[name]} ({_LEVELS[level]})" for name, level in names]
    return Sheet(
        name="SNP mensuel",
        about=f"demandes et créneaux, mois par mois ; du bas au haut : {CHANCES}",
        heads=("Mois", "Jours d’ouverture", *heads, "Part servie aujourd’hui", "Signe"),
        rows=rows,
    )


def capacity(study: Study) -> Sheet:
    """What is needed, for each public that is answered for, and what there is."""
    rows: list[tuple[Cell, ...]] = []
    for found in study.publics:
        rows += _needed(found, study.scenario.admitting(found.public))
    if study.headline is not None:
        rows += _offered(study.headline)
    return Sheet(
        name="Capacité",
        about=f"ce qu’il faudrait et ce qu’il y a ; du bas au haut : {CHANCES}",
        heads=("Public", "Mesure", "Médiane", "Bas", "Haut", "Unité", "Signe", "Repose sur"),
        rows=rows,
    )


def _needed(found: PublicAnswer, scenario: Scenario) -> Iterator[tuple[Cell, ...]]:
    """Rows of a public: its answer, or why there is none."""
    answer, public = found.answer, capital(whom(scenario))
    for where, name, unit, decimals in _QUANTITIES:
        if isinstance(answer, Headline):
            floor = answer.at_least
            if floor is not None and where != "slots_per_day":
                continue
            # A floor has no median and no upper bound.
            bounds = vars(getattr(answer, where)) if floor is None else {"p10": floor}
            values = [cell(bounds.get(level), decimals) for level in ("p50", "p10", "p90")]
            rests = capital(support(answer.scenario))
            yield public, name, *values, unit, status_words(answer.status), rests
        else:
            why = capital(answer.defects[0]) if answer.defects else answer.summary
            yield public, name, None, None, None, unit, status_words(Status.UNKNOWN), why


def _offered(result: Headline) -> Iterator[tuple[Cell, ...]]:
    """Rows of the slots of today, then of those announced."""
    scenario = result.scenario
    public = capital(whom(scenario))
    given = "slots_today" in scenario.sources
    today = input_status(scenario, "slots_today") if given else Status.ESTIMATED
    offers = [("aujourd’hui", "d’aujourd’hui", result.today, today)]
    if result.planned is not None:
        offers.append(("annoncés", "annoncés", result.planned, Status.ANNOUNCED))
    for when, which, offer, status in offers:
        known = Status.UNKNOWN if offer is None else status
        counts = [
            (f"Créneaux par jour {when}", None if offer is None else offer.slots, 1, "créneaux"),
            (
                f"Heures de consultation par semaine avec les créneaux {which}",
                None if offer is None else offer.gp_hours_per_week, 1, "heures",
            ),
        ]  # fmt: skip
        for name, value, decimals, unit in counts:
            shown = cell(value, decimals)
            yield public, name, shown, None, None, unit, status_words(known), ""
        if offer is not None:
            served = cell(offer.served_at_median, percent=True)
            name = f"Part servie dans le délai avec les créneaux {which}"
            estimated = status_words(result.status)
            yield public, name, served, None, None, "des demandes", estimated, "demande médiane"


def supposed(study: Study) -> Sheet | None:
    """What levers, changes of supply and new places of care would change; None without any."""
    rows = [*_levers(study), *_shifts(study), *_places(study)]
    if not rows:
        return None
    return Sheet(
        name="Scénarios",
        about="leviers, changements d’offre et lieux proposés : avant, après",
        heads=("Scénario", "Mesure", "Avant", "Après", "Écart", "Unité", "Signe", "Supposé"),
        rows=rows,
    )


#: Of a lever, what it adds: the column, its words and unit, its decimals, whether it is estimated
#: by the model of the answer and not supposed.
_ADDED: Final = (
    ("gp_hours", "Heures de consultation par semaine", "heures", 1, False),
    ("slots", "Créneaux par semaine", "créneaux", 0, False),
    ("people_reached_p50", "Personnes reçues", "personnes", 0, True),
    ("people_with_mt", "Personnes qui gagnent un médecin traitant", "personnes", 0, False),
    ("cost", "Coût", "euros", 0, False),
    ("receipts_p50", "Recettes des consultations", "euros", 0, True),
    ("sas_receipts", "Majorations SNP, au plus", "euros", 0, True),
    ("aid", "Aides de l’Assurance maladie", "euros", 0, False),
)


def _levers(study: Study) -> Iterator[tuple[Cell, ...]]:
    """The share served with each lever, then what it adds."""
    result, capacity = study.headline, study.capacity
    if result is None or capacity is None:
        return
    when, rests = period_words(result.scenario), capital(support(result.scenario))
    own = status_words(result.status)
    for row in capacity.levers.to_dict("records"):
        served = [cell(row[f"{x}_p50"], percent=True) for x in ("served_before", "served", "gain")]
        known = status_words(Status.UNKNOWN) if served[1] is None else own
        yield row["lever"], "Part servie dans le délai", *served, "des demandes", known, rests
        if served[1] is None and (alone := cell(row["alone_p50"], percent=True)):
            end = ("des demandes", own, rests)
            yield row["lever"], "Part servie à lui seul", None, alone, None, *end
        for column, words, unit, decimals, of_model in _ADDED:
            if pd.isna(value := row[column]) or not value:
                continue
            over = "" if column in ("gp_hours", "slots") else f" {when}"
            more = cell(value, decimals), unit, own if of_model else status_words(Status.ASSUMED)
            yield row["lever"], f"{words}{over}", None, None, *more, ""


def _shifts(study: Study) -> Iterator[tuple[Cell, ...]]:
    """The APL of the territory before and after each change."""
    for shift in study.access.shifts:
        means = shift.means.to_dict("index")["central"]
        before, after = means["before"], means["after"]
        known = Status.UNKNOWN if pd.isna(after) else Status.ASSUMED
        yield (
            shift.title, f"APL {shift.vintage} du territoire", cell(before, 2), cell(after, 2),
            cell(after - before, 2), "consultations par an et par habitant standardisé",
            status_words(known), " ; ".join(change.words for change in shift.changes),
        )  # fmt: skip


def _places(study: Study) -> Iterator[tuple[Cell, ...]]:
    """People near care, and the mean time, before and after each proposed place."""
    found = study.access.opening
    if found is None:
        return
    band = SPOKEN_MINUTES["centre"]
    times = study.access.times
    for sites in found.proposed:
        if sites not in found.gains:
            continue
        table = found.gains[sites].to_dict("index")
        title = f"Lieu de SNP à {named(sites, study.access.names)}"
        measures = (
            (f"Habitants à {band:g} minutes au plus d’un lieu de SNP ou d’urgences",
             f"within_{band:g}",
             0, "habitants"),
            ("Temps moyen jusqu’au lieu de SNP ou aux urgences", "mean_minutes", 1, "minutes"),
        )  # fmt: skip
        for name, column, decimals, unit in measures:
            before, after = table["before"][column], table["after"][column]
            known = Status.UNKNOWN if pd.isna(after) else Status.ASSUMED
            yield (
                title, name, cell(before, decimals), cell(after, decimals),
                cell(after - before, decimals), unit, status_words(known), times.series.whose,
            )  # fmt: skip


def inputs(study: Study) -> Sheet | None:
    """What the answer rests on, a named cell a value; None where there is no answer."""
    if study.headline is None:
        return None
    scenario = study.headline.scenario
    rows: list[tuple[Cell, ...]] = []
    names: list[tuple[str, int, int]] = []
    for name, source in scenario.sources.items():
        value: Any = getattr(scenario, name, None)
        if value is None or name in scenario.unused:
            continue
        label, unit = described(name)
        told = (status_words(input_status(scenario, name)), source.text, source.grade)
        for end, part in _parts(value):
            shown = part if isinstance(part, Number) else value_words(name, part)
            if isinstance(shown, Number):
                names.append((f"hyp_{name}{end and '_'}{end}".replace("à", "a"), len(rows), 2))
            title = f"{label} ({end})" if end else label
            rows.append((name, typeset(title), shown, typeset(unit), *map(typeset, told)))
    return Sheet(
        name="Hypothèses",
        about="ce que la réponse suppose, chaque valeur dans une cellule nommée",
        heads=("Code", "Libellé", "Valeur", "Unité", "Signe", "Source", "Confiance"),
        rows=rows,
        names=tuple(names),
    )


def _parts(value: Any) -> list[tuple[str, Any]]:
    """A value as numbers, each with its end; whole where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | tuple):
        return [("", value)]
    if isinstance(value, tuple):
        if len(value) not in _PARTS or not all(isinstance(x, int | float) for x in value):
            return [("", value)]
        return list(zip(_PARTS[len(value)], map(_number, value), strict=True))
    return [("", _number(value))]


def _number(value: float) -> Number:
    """A number with the decimals that it has, four at most."""
    decimals = next(d for d in range(5) if d == 4 or round(value, d) == value)
    return Number(float(value), decimals)
