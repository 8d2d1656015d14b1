"""The follow-up of a territory: a registre, month by month, beside what was expected of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.french import joined, number
from cpts_geo.schema import Status
from cpts_geo.secrecy.disclosure import MIN_PATIENTS
from cpts_geo.sources.analyst.calls.log import read_call_log
from cpts_geo.study.call_log import is_invented_log, marked
from cpts_geo.study.follow_up._comparing import compared, departed
from cpts_geo.study.follow_up._counting import Counts, counts_of, month_names
from cpts_geo.study.follow_up._expected import expected_months
from cpts_geo.study.follow_up._reading import check_periods, communes_of
from cpts_geo.study.follow_up._showing import TOTAL, Shown, shown

_MOSTLY: Final = 0.75


@dataclass(frozen=True, eq=False)
class FollowUp:
    """
    What may be said of a registre des demandes over a period; counts of 1 to 10 are masked.

    Parameters
    ----------
    months : DataFrame
        By month (``2026-01``), a column an indicator
        (:data:`cpts_geo.study.follow_up.indicators.INDICATORS`); NaN where masked or unknown.
    totals : DataFrame
        By indicator, over the period: value, status (``measured``, ``assumed`` of an invented
        registre, ``computed``, ``masked``, ``unknown``), previous (value of the period before),
        previous_status, change (like for like: a share of it for counts, a difference for shares
        and delays), significant (True, False, or None where nothing tells), p (of chance alone,
        corrected for the number of indicators).
    expected : DataFrame
        By month: p10, p50, p90 of ``slot_requests`` as the scenario expects them, inside (whether
        the month is between p10 and p90; None where nothing tells).
    territory : str
        Key.
    period : tuple of datetime.date
        First and last day.
    label : str
        Name of the scenario, in French.
    status : DataFrame
        How each value of ``months`` is known.
    before : DataFrame
        Months of the period before, as ``months``; no row without one.
    before_period : tuple of datetime.date or None
        Its first and last day.
    apart : DataFrame
        Months that are not, beside the same month before, as the others are, by more than chance:
        month, indicator, value, previous, p (corrected for all the months looked at).
    invented : tuple of bool
        Whether the registre of the period is an invented example, and that of the period before;
        what they count is then ``assumed``, never ``measured``.
    blank : tuple of str
        French words on the requests of the period, and of the period before, that say no outcome,
        where they are many: what ended in some way
        (:data:`cpts_geo.study.follow_up.indicators.AT_LEAST`) is then counted at least; empty.
    notes : tuple of str
        French sentences on what was adapted.
    limits : tuple of str
        French sentences on what limits the reading.
    """

    months: pd.DataFrame = field(repr=False)
    totals: pd.DataFrame = field(repr=False)
    expected: pd.DataFrame = field(repr=False)
    territory: str
    period: tuple[date, date]
    label: str
    status: pd.DataFrame = field(repr=False)
    before: pd.DataFrame = field(repr=False)
    before_period: tuple[date, date] | None = None
    apart: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    invented: tuple[bool, bool] = (False, False)
    blank: tuple[str, str] = ("", "")
    notes: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


def follow_up(
    path: Path | str,
    scenario: Scenario,
    *,
    previous: Path | str | None = None,
    territory: str | None = None,
    perimeter: Path | None = None,
    departments: Sequence[str] = (),
    own_outcomes: Mapping[str, str] | None = None,
    outcomes_file: Path | None = None,
) -> FollowUp:
    """
    Follow a registre month by month.

    Parameters
    ----------
    path : Path or str
        The registre (:func:`cpts_geo.sources.analyst.calls.log.read_call_log`).
    scenario : Scenario
        Scenario of the territory: its calendar, its slots, its demand.
    previous : Path or str, optional
        The registre of the period before.
    territory : str, optional
        Key of the territory, whose communes tell who comes from outside; that of the scenario if
        absent.
    perimeter : Path, optional
        File of the communes of a territory of one's own, instead of a key.
    departments : sequence of str
        Where the line is, for hours in UTC.
    own_outcomes : mapping of str to str, optional
        Outcome that each wording of the registres means.
    outcomes_file : Path, optional
        The same in a file.

    Returns
    -------
    FollowUp
        Values that may leave.

    Raises
    ------
    TableError
        A registre cannot be used; every defect is listed.
    AskedError
        Two registres that overlap or have no month in common, a scenario of another territory.

    Examples
    --------
    >>> import tempfile
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> rows = [f"{day:02d}/03/2024;RDV\\n" for day in (4, 5, 6, 7) for _ in range(5)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "registre.csv")
    ...     _ = path.write_text("date;issue\\n" + "".join(rows), encoding="utf-8")
    ...     found = follow_up(path, load_scenario("beauce_gatinais"))
    >>> float(found.months.loc["2024-03", "requests"]), found.expected.columns.tolist()
    (20.0, ['p10', 'p50', 'p90', 'inside'])
    """
    key, communes = communes_of(scenario, territory, perimeter)
    logs = [
        read_call_log(
            each,
            departments=departments,
            own_outcomes=own_outcomes,
            outcomes_file=outcomes_file,
        )
        for each in (path, previous)
        if each is not None
    ]
    return _followed(logs, scenario, key=key, communes=communes)


def _followed(
    logs: Sequence[pd.DataFrame],
    scenario: Scenario,
    *,
    key: str,
    communes: frozenset[str] | None,
) -> FollowUp:
    """Follow a registre that is read, beside that of the period before where there is one."""
    counts = [counts_of(log, scenario, communes=communes) for log in logs]
    tables = [
        _as_made(shown(each, _slots(scenario, each.days)), log)
        for each, log in zip(counts, logs, strict=True)
    ]
    now = tables[0]
    totals = pd.DataFrame({"value": now.values.loc[TOTAL], "status": now.status.loc[TOTAL]})
    totals = totals.assign(
        previous=math.nan, previous_status=Status.UNKNOWN.value, change=math.nan,
        significant=None, p=math.nan,
    )  # fmt: skip
    before, apart = now.values.iloc[:0], pd.DataFrame(columns=["month", "indicator"])
    if len(tables) > 1:
        check_periods(counts[0], counts[1])
        before = tables[1].values.drop(index=TOTAL)
        totals["previous"] = tables[1].values.loc[TOTAL]
        totals["previous_status"] = tables[1].status.loc[TOTAL]
        # Nothing has changed from what nobody made.
        if not _is_mixed(logs):
            totals = totals.assign(**compared(scenario, counts, tables))
            apart = departed(scenario, counts, tables)
    months, expected = now.values.drop(index=TOTAL), expected_months(scenario, counts[0].days)
    doubt = [
        *_elsewhere(counts),
        *_partial(tables),
        *_doubt(logs[0], counts[0], scenario, communes),
    ]
    if totals["value"].get("fill_rate", 0.0) > 1.0:
        doubt.append(
            "Plus de rendez-vous ont été donnés que le scénario n’offre de créneaux : vérifiez ses "
            "créneaux (« slots_today »)."
        )
    tells = not logs[0].attrs["lower_bound"] and not counts[0].is_left_out
    return FollowUp(
        months=months,
        totals=totals.rename_axis("indicator"),
        expected=expected.assign(inside=_inside(months["slot_requests"], expected, tells=tells)),
        territory=key,
        period=(counts[0].start, counts[0].end),
        label=marked(scenario.label, logs),
        status=now.status.drop(index=TOTAL),
        before=before,
        before_period=(counts[1].start, counts[1].end) if len(counts) > 1 else None,
        apart=apart,
        notes=tuple(dict.fromkeys(note for log in logs for note in log.attrs["notes"])),
        limits=tuple(doubt),
        invented=(is_invented_log(logs[0]), any(map(is_invented_log, logs[1:]))),
        blank=(now.blank, tables[1].blank if len(tables) > 1 else ""),
    )


def _is_mixed(logs: Sequence[pd.DataFrame]) -> bool:
    """Whether one registre was invented, and the other not."""
    return len({is_invented_log(log) for log in logs}) > 1


def _as_made(table: Shown, log: pd.DataFrame) -> Shown:
    """What was counted of a registre: nothing of an invented one was measured."""
    if not is_invented_log(log):
        return table
    counted = [Status.MEASURED.value, Status.ESTIMATED.value]
    made = table.status.replace(counted, Status.ASSUMED.value)
    return table._replace(status=made)


def _slots(scenario: Scenario, days: pd.DatetimeIndex) -> pd.Series | None:
    """Slots that a scenario offers each month, on the days that count; None where it says none."""
    week = scenario.week_slots
    if week is None:
        return None
    of_day = dict(zip(scenario.calendar.week_days, week, strict=True))
    slots = pd.Series([float(of_day[day]) for day in days.isocalendar().day], index=days)
    found: pd.Series = slots.groupby(np.asarray(month_names(days))).sum()
    return found


def _inside(counted: pd.Series, expected: pd.DataFrame, *, tells: bool) -> pd.Series:
    """Whether each month is in its band; None where it is masked, or nothing is expected."""
    within = counted.between(expected["p10"], expected["p90"])
    known = counted.notna() & expected["p50"].notna() & tells
    return within.astype(object).where(known, None)


def _elsewhere(counts: Sequence[Counts]) -> list[str]:
    """French sentence on the requests of days that do not count."""
    said = []
    for each, when in zip(counts, ("", " de la période d’avant"), strict=False):
        few = each.elsewhere < MIN_PATIENTS
        many = f"moins de {MIN_PATIENTS} demandes" if few else f"{number(each.elsewhere)} demandes"
        said += [f"{many}{when}"] if each.elsewhere else []
    if not said:
        return []
    return [
        f"Hors des jours d’ouverture (jours fériés, fins de semaine), non comptées : "
        f"{joined(said)}. Si la ligne répond ces jours-là, dites-le dans le calendrier du scénario."
    ]


def _partial(tables: Sequence[Shown]) -> list[str]:
    """French sentences on what is only a lower bound."""
    if not any(table.blank for table in tables):
        return []
    said = [
        f"{words}, {table.blank}"
        for words, table in zip(("sur la période", "sur la période d’avant"), tables, strict=False)
        if table.blank
    ]
    return [
        f"Des demandes n’ont pas d’issue dans le registre ({joined(said)}) : ce que les autres "
        "sont devenues, et donc le taux de réponse et le remplissage, est un minimum "
        "(« au moins ») et ne se compare pas d’une période à l’autre. Faites compléter les issues "
        "par qui tient le registre."
    ]


def _doubt(
    log: pd.DataFrame, counts: Counts, scenario: Scenario, communes: frozenset[str] | None
) -> list[str]:
    """French sentences on what limits the reading."""
    notes = []
    if log.attrs["lower_bound"]:
        notes.append(
            "Ce registre ne compte que des rendez-vous : les demandes qu’il n’a pas servies y "
            "manquent, et l’attendu du modèle ne s’y compare pas."
        )
    elif counts.is_left_out:
        notes.append(
            "Plus d’une demande sur vingt est sans issue connue : le nombre de celles qui "
            "relevaient d’un créneau n’est pas comparé à l’attendu du modèle."
        )
    start, end = scenario.observed_start, scenario.observed_end
    if start and end and start <= counts.end and counts.start <= end:
        notes.append(
            "Le scénario repose sur des demandes de cette même période : ce qu’il attend n’est "
            "pas une prévision."
        )
    if communes is None:
        notes.append(
            "Les communes du territoire ne sont pas connues : l’origine des demandes n’est pas "
            "comptée. Donnez-les avec « --perimeter »."
        )
    elif "outside" in counts.splits:
        split = counts.splits["outside"].sum()
        if split["yes"] > _MOSTLY * (split["yes"] + split["no"]):
            notes.append(
                "La plupart des demandes viennent d’autres communes que celles du territoire : "
                "vérifiez que ce registre est bien le sien."
            )
    return notes
