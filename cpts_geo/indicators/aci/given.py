"""Indicators of the ACI that files hold, shared out among the territories of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from cpts_geo.errors import IndicatorsError, one_line, quoted
from cpts_geo.indicators.aci.fiche import aci_table
from cpts_geo.indicators.filled.areas import asked_territory, left_out
from cpts_geo.sources.analyst.aci.file import GivenAci


def aci_by_territory(
    given: Sequence[GivenAci], names: Mapping[str, str], *, of_scenario: bool = False
) -> tuple[dict[str, pd.DataFrame], tuple[str, ...]]:
    """
    Give each territory the rows that files hold of it.

    Parameters
    ----------
    given : sequence of GivenAci
        Files of a run.
    names : mapping of str to str
        Name of each of its territories, by key.
    of_scenario : bool
        Whether a scenario alone says which territory the run is of.

    Returns
    -------
    tuple of dict of str to DataFrame and tuple of str
        By territory that has some: rows by code. Those of a file that names none are of the only
        territory of the run; those of another territory, in a file that has some of one of the
        run, are left out, and French notes say so, after those of the files.

    Raises
    ------
    IndicatorsError
        A file without a row of a territory of the run; rows of one that is not said; an indicator
        in two files.

    Examples
    --------
    >>> aci_by_territory([], {"lvo": "CPTS LVO"})
    ({}, ())
    """
    defects, parts, notes = [], [], [note for each in given for note in each.notes]
    strangers: set[str] = set()
    for each in given:
        rows = each.rows.reset_index()
        rows["territory"] = [asked_territory(str(said), names) for said in rows["territory"]]
        others = {key for key in rows["territory"] if key not in names}
        # A file that holds nothing of the run was given by mistake.
        mine = rows["territory"].isin([*names]).any()
        elsewhere = {*filter(None, others)} if mine else set()
        strangers |= {*filter(None, others - elsewhere)}
        for key in sorted(others - elsewhere):
            said = quoted(key) if key else "territoire non dit"
            defects.append(f"{one_line(each.file)} : {said} ; demandés : {', '.join(names)}")
        if elsewhere:
            notes.append(left_out(each.file, elsewhere))
        parts.append(rows[rows["territory"].isin([*names])])
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if len(whole):
        twice = whole[whole.duplicated(["territory", "code"])]
        pairs = zip(twice["territory"], twice["code"], strict=True)
        defects += [f"{code} ({key}) : donné dans deux fichiers" for key, code in pairs]
    if defects:
        raise IndicatorsError(
            "Des indicateurs de l’ACI ne sont pas ceux des territoires demandés.",
            defects=defects,
            remedy=(_of_scenario(strangers) if of_scenario and strangers else "")
            + "écrivez dans la colonne « Territoire » la clé d’un territoire demandé, et ne "
            "donnez chaque indicateur qu’une fois.",
        )
    by_key = whole.groupby("territory") if len(whole) else ()
    return {str(key): rows.set_index("code") for key, rows in by_key}, tuple(notes)


def _of_scenario(keys: set[str]) -> str:
    """What a scenario that says no territory, or another one, lacks."""
    lines = " ou ".join(f'« territory = "{key}" »' for key in map(one_line, sorted(keys)))
    return (
        f"si ce tableau est bien le vôtre, ajoutez en tête du scénario la ligne {lines} ; sinon, "
    )


def aci_tables(
    given: Sequence[GivenAci], names: Mapping[str, str]
) -> tuple[dict[str, pd.DataFrame], tuple[str, ...]]:
    """
    Make the fiches of a run.

    Parameters
    ----------
    given : sequence of GivenAci
        Files that were read.
    names : mapping of str to str
        Name of each territory of the run, by key.

    Returns
    -------
    tuple of dict of str to DataFrame and tuple of str
        As :func:`cpts_geo.indicators.aci.fiche.aci_table`, by territory that a file tells of; what
        was left out.

    Raises
    ------
    IndicatorsError
        As :func:`aci_by_territory`.

    Examples
    --------
    >>> aci_tables([], {"lvo": "CPTS LVO"})
    ({}, ())
    """
    by_key, notes = aci_by_territory(given, names)
    return {key: aci_table(rows) for key, rows in by_key.items()}, notes
