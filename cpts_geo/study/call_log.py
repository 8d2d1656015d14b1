"""A call log, read and counted: what it says, and the scenario that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from cpts_geo.capacity.calls.local_evidence import with_call_log
from cpts_geo.capacity.calls.profile import CallProfile, profile_of
from cpts_geo.capacity.calls.released import released
from cpts_geo.capacity.demand.denied import denied_slots
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.schema import Status
from cpts_geo.sources.analyst.calls.log import read_call_log
from cpts_geo.sources.analyst.filled.templates import INVENTED

#: Draws that tell how busy the line of a log may be, to a few percent.
_DRAWS = 2_000


@dataclass(frozen=True, eq=False)
class StudiedLog:
    """
    What a call log says of a territory.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        What may leave of it (:func:`cpts_geo.capacity.calls.released.released`).
    scenario : Scenario
        That of the territory, resting on its own log.
    notes : tuple of str
        French sentences on what was adapted, left out, or contradicts the slots of today.
    _profile : CallProfile
        Its raw counts, which may not leave: for the sentences that say what may.
    """

    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    scenario: Scenario
    notes: tuple[str, ...]
    _profile: CallProfile = field(repr=False)


def study_call_log(
    path: Path | str,
    base: Scenario,
    *,
    departments: Sequence[str] = (),
    own_outcomes: Mapping[str, str] | None = None,
    outcomes_file: Path | None = None,
    repeats_out: bool | None = None,
) -> StudiedLog:
    """
    Read a call log, and bring it to the scenario of its territory.

    Parameters
    ----------
    path : Path or str
        The log (:func:`cpts_geo.sources.analyst.calls.log.read_call_log`).
    base : Scenario
        Scenario of the territory without it.
    departments : sequence of str
        Where the line is, for hours in UTC.
    own_outcomes : mapping of str to str, optional
        Outcome that each wording of the log means.
    outcomes_file : Path, optional
        The same in a file.
    repeats_out : bool, optional
        Whether calls that repeat another are duplicates
        (:func:`cpts_geo.capacity.calls.profile.profile_of`).

    Returns
    -------
    StudiedLog
        Counts, tables that may leave, scenario.

    Raises
    ------
    TableError
        The log cannot be used; every defect is listed.
    """
    calls = read_call_log(
        path,
        own_outcomes=own_outcomes,
        outcomes_file=outcomes_file,
        departments=departments,
    )
    found = profile_of(calls, base, repeats_out=repeats_out)
    own = with_call_log(base.evolve(label=marked(base.label, [calls])), found)
    denied = denied_slots(own, draw_requests(own, draws=_DRAWS))
    return StudiedLog(
        tables=_as_made(released(found), calls),
        scenario=own,
        notes=(*calls.attrs["notes"], *([denied] if denied else [])),
        _profile=found,
    )


def _as_made(tables: dict[str, pd.DataFrame], calls: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What may leave of a registre: nothing of an invented one was measured."""
    if not is_invented_log(calls):
        return tables
    made = {Status.MEASURED.value: Status.ASSUMED.value}
    return {name: table.replace({"calls_status": made}) for name, table in tables.items()}


def is_invented_log(log: pd.DataFrame) -> bool:
    """
    Tell whether nobody made the requests of a registre.

    Parameters
    ----------
    log : DataFrame
        As it was read (:func:`cpts_geo.sources.analyst.calls.log.read_call_log`).

    Returns
    -------
    bool
        Whether it bears the mark of an example.

    Examples
    --------
    >>> is_invented_log(pd.DataFrame())
    False
    """
    return bool(log.attrs.get("invented"))


def marked(label: str, logs: Iterable[pd.DataFrame]) -> str:
    """
    Name what rests on registres, and say so where one is an invented example.

    Parameters
    ----------
    label : str
        Name of the scenario.
    logs : iterable of DataFrame
        Registres that were read.

    Returns
    -------
    str
        The name, with the mark of an example that goes wherever it goes.

    Examples
    --------
    >>> log = pd.DataFrame()
    >>> log.attrs["invented"] = True
    >>> marked("CPTS Ouest Loiret", [log])
    'CPTS Ouest Loiret, exemple inventé'
    """
    invented = any(map(is_invented_log, logs))
    return f"{label}, {INVENTED}" if invented and INVENTED not in label else label
