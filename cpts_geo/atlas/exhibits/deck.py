"""What six slides say of a territory: a finding each, its chart or table, its sources in notes."""

from __future__ import annotations

from typing import Final

import pandas as pd
from babel.dates import get_month_names

from cpts_geo.atlas.exhibits._doctors import doctors_slide
from cpts_geo.atlas.exhibits._supposed import supposed_slide
from cpts_geo.atlas.exhibits.findings import map_finding
from cpts_geo.atlas.exhibits.slide import Chart, Slide
from cpts_geo.atlas.look.cells import shown_text
from cpts_geo.atlas.look.vintages import newest_known
from cpts_geo.atlas.look.words import (
    estimate,
    goal,
    months_finding,
    need_finding,
    sentence,
    short_answer,
    short_name,
    slots,
    slots_text,
    support,
    whom,
)
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.need.interval import CHANCES
from cpts_geo.french import MONTHS, capital, counted, number, typeset, value_text, whole_percent
from cpts_geo.indicators.given_share import comparable
from cpts_geo.schema import (
    APL_OF_NEED,
    COLUMNS,
    STATUS_LABELS,
    TERRITORY,
    Status,
)
from cpts_geo.sources.codes import counted_places
from cpts_geo.study.study import Study

#: Indicators beside the answer, and of those that nobody may know, whom to ask.
_BESIDE: Final = ("share_without_mt", "apl")
_ASK: Final = {"share_without_mt": "à demander à la CPAM"}
#: Names of months that fit under a chart, from 1.
_SHORT_MONTHS: Final = get_month_names("abbreviated", locale="fr")


def deck(study: Study, *, sources: str) -> list[Slide]:
    """
    Say what the slides of a territory show.

    Parameters
    ----------
    study : Study
        What may leave of it.
    sources : str
        French sentence: sources and licences, told in every note.

    Returns
    -------
    list of Slide
        What is most needed, the map, the GPs, the need, what would change, what is not known; one
        that has nothing to say is absent.
    """
    found = [
        _essential(study, sources=sources),
        _mapped(study, sources=sources),
        doctors_slide(study, sources=sources),
        _need(study.headline, study, sources=sources),
        supposed_slide(study, sources=sources),
        _unknown(study, sources=sources),
    ]
    return [slide for slide in found if slide is not None]


def _many(result: Headline) -> str:
    """Bounds of the slots needed, with their word."""
    low, high = result.slots_per_day.p10, result.slots_per_day.p90
    return slots(high) if low == high else f"{number(low)} à {slots(high)}"


def _essential(study: Study, *, sources: str) -> Slide:
    """The answer, what there is, what it rests on."""
    outline, result = study.outline, study.headline
    place = (
        f"{study.name} ({study.departements}) : {counted_places(study.figures['code_insee'])}, "
        f"{value_text(COLUMNS['population'], outline['population'], unit=True)} "
        f"({COLUMNS['population'].vintage})."
    )
    rows, lines = [], [place]
    if result is not None:
        bounds = "Entre parenthèses" if result.has_median else "Du bas au haut"
        lines.append(
            f"Pour que {goal(result)}. Public : {whom(result.scenario)}."
            + ("" if result.at_least is not None else f" {bounds} : {CHANCES}.")
        )
        if result.at_least is None:
            hours = estimate(result, result.gp_hours_per_week)
            rows += [
                ("Créneaux par jour nécessaires", short_answer(result)),
                ("Heures de consultation par semaine", hours),
            ]
        if (today := result.today) is not None:
            rows.append(("Créneaux par jour aujourd’hui", slots_text(today.slots)))
            if result.at_least is None:
                served = whole_percent(today.served_at_median)
                rows.append(("Demandes servies dans le délai aujourd’hui", served))
    rows += _figures(study)
    notes = [] if result is None else [sentence(capital(support(result.scenario)))]
    return Slide(
        title=typeset(need_finding(study)),
        lines=tuple(map(typeset, lines)),
        heads=("", short_name(study.name, 40)),
        rows=tuple((typeset(label), typeset(value)) for label, value in rows),
        used=("population", *_known(study)),
        notes=(*notes, sentence(study.perimeter), sources),
    )


def _figures(study: Study) -> list[tuple[str, str]]:
    """Indicators of the territory that are read first, beside those of France."""
    found, table = [], study.comparison
    for name in newest_known(_BESIDE, table):
        column = COLUMNS[name]
        rows = table[(table["indicator"] == name) & table["value"].notna()]
        mine = rows[rows["area_level"] == TERRITORY.key]
        if mine.empty:
            continue
        first = mine.to_dict("records")[0]
        texts = [
            f"{short_name(row['area_name'])} {shown_text(column, row['value'], row['status'])}"
            for row in rows[rows["area_level"] != TERRITORY.key].to_dict("records")
            if comparable(str(row["base"]), str(first["base"]))
        ]
        status = ", ".join(filter(None, (first["base"], STATUS_LABELS[Status(first["status"])])))
        own = f"{shown_text(column, first['value'], first['status'])} ({status})"
        found.append(
            (
                column.label.removesuffix(" (publié)"),
                " ; ".join([own, *texts[:1], *texts[-1:]][: 1 + len(texts)]),
            )
        )
    return found


def _known(study: Study) -> list[str]:
    """Indicators beside the answer that are known of the territory."""
    rows = study.comparison[study.comparison["area_level"] == TERRITORY.key]
    known = set(rows.loc[rows["value"].notna(), "indicator"])
    return [name for name in newest_known(_BESIDE, study.comparison) if name in known]


def _mapped(study: Study, *, sources: str) -> Slide | None:
    """The first layer of the page that is known, as a picture; None where none is."""
    mapped = study.communes[study.communes.geometry.notna()]
    layers = territory_layers(study.communes, scenarios=study.scenarios)
    layer = next((each for each in layers if mapped[each.column].notna().any()), None)
    if layer is None:
        return None
    definition = sentence(COLUMNS[layer.column].definition)
    title = sentence(map_finding(study, layer)).removesuffix(".")
    return Slide(title=title, layer=layer, notes=(layer.measure, definition, sources))


def _need(result: Headline | None, study: Study, *, sources: str) -> Slide | None:
    """Slots month by month, or of plausible situations where months are alike."""
    if result is None or study.capacity is None or result.at_least is not None:
        return None
    if not result.slots_per_day.p90:
        return None
    table = study.capacity.by_month
    rough = not result.scenario.has_own_line
    notes = (
        sentence(f"{capital(CHANCES)} : du bas au haut"),
        sentence(capital(support(result.scenario))),
        sources,
    )
    if table is None or table["slots_p50"].nunique() == 1:
        return _situations(result, notes=notes)
    levels = {"haut": "p90", "médiane": "p50", "bas": "p10"}
    if rough:
        del levels["médiane"]
    series = [
        (name, tuple(float(x) for x in table[f"slots_{level}"])) for name, level in levels.items()
    ]
    if result.today is not None:
        series.append(("aujourd’hui", (float(result.today.slots),) * len(table)))
    months = tuple(MONTHS[int(str(month)) - 1] for month in table.index)
    told = " ; ".join(
        f"{month} {number(low)} à {number(high)}"
        for month, low, high in zip(months, table["slots_p10"], table["slots_p90"], strict=True)
    )
    return Slide(
        title=typeset(months_finding(result, table)),
        chart=Chart(
            kind="lines",
            categories=tuple(_SHORT_MONTHS[int(str(month))] for month in table.index),
            series=tuple(series),
            unit="créneaux par jour",
            decimals=0,
            alt=typeset(f"Créneaux par jour nécessaires, mois par mois : {told}."),
        ),
        notes=notes,
    )


def _situations(result: Headline, *, notes: tuple[str, ...]) -> Slide | None:
    """How many of the plausible situations ask for as many slots; None where all do."""
    dots = pd.Series(result.slots_dots).value_counts().sort_index()
    low, high = result.slots_per_day.p10, result.slots_per_day.p90
    inside = int(dots[(dots.index >= low) & (dots.index <= high)].sum())
    every = range(int(dots.index.min()), int(dots.index.max()) + 1)
    counts = tuple(float(dots.get(slot, 0)) for slot in every)
    if len(every) == 1:
        # A bar alone says no more than the answer.
        return None
    return Slide(
        title=typeset(
            f"Sur {len(result.slots_dots)} situations plausibles, {inside} demandent "
            f"{_many(result)} par jour"
        ),
        chart=Chart(
            kind="bars",
            categories=tuple(number(slot) for slot in every),
            series=(("situations", counts),),
            unit="situations, par nombre de créneaux par jour",
            decimals=0,
            alt=typeset(
                "Situations par nombre de créneaux : "
                + " ; ".join(f"{slot} créneaux {number(n)}" for slot, n in dots.items())
            ),
        ),
        notes=notes,
    )


def _unknown(study: Study, *, sources: str) -> Slide | None:
    """What the figures do not say, the gravest first."""
    result, lines = study.headline, []
    title = "Ce que ces chiffres ne disent pas"
    if result is not None:
        title = result.evidence.split(" ; ")[-1].rstrip(" .")
        lines += [caveat.text for caveat in result.caveats]
        if result.today is None:
            lines.append("Le nombre de créneaux offerts aujourd’hui n’est pas publié.")
    else:
        lines.append(f"{capital(study.answer.defects[0].rstrip('.'))}.")  # type: ignore[union-attr]
    known = _known(study)
    lines += [
        f"{COLUMNS[name].label.removesuffix(' (publié)')} : pas connu ici, {whom_to_ask}."
        for name, whom_to_ask in _ASK.items()
        if name not in known
    ]
    if study.access.approximate:
        lines.append("Les temps de trajet sont approchés, en voiture, de commune à commune.")
    silent = int(study.figures[APL_OF_NEED].isna().sum())
    if silent:
        lines.append(f"L’APL n’est pas connue pour {counted(silent, 'commune', 'communes')}.")
    return Slide(
        title=typeset(capital(title)), lines=tuple(map(typeset, lines)), notes=(*lines, sources)
    )
