"""What may be published of a small area: the gate that files leave through.

Whose figures a column holds stands in its :class:`~cpts_geo.schema.Column`. Public are those that
a producer publishes by commune or that count doctors: head-counts (BPE, RPPS), a density (count /
population), the APL and the APL of doctors up to 65. Protected are figures of persons: ages, share
of 60 and over, exits, patients a doctor follows, acts, and whatever a column is marked for.

No count of 1 to 10 patients leaves (rule of the SNDS), no protected figure that rests on fewer
than 5 professionals (rule of data.ameli), and none of these can be recovered by subtraction from a
total that is shown. Which other values are masked for that: :mod:`cpts_geo.secrecy._suppression`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import combinations
from typing import Final, TypeVar

import numpy as np
import pandas as pd

from cpts_geo.errors import TableError
from cpts_geo.schema import (
    AREA,
    COLUMNS,
    LEVELS,
    TERRITORY,
    Column,
    Level,
    status_column,
    vintages,
)
from cpts_geo.secrecy._suppression import (
    Atom,
    Cells,
    Floats,
    Group,
    atoms_of,
    derived_cells,
    patient_cells,
    protect,
)

#: A count of patients is shown from this many on; 0 is a known absence, and shown.
MIN_PATIENTS: Final = 11
#: What is derived from professionals is shown from this many on.
MIN_PROFESSIONALS: Final = 5
#: Protection width: whole numbers that a masked count of patients, or the masked patients of a
#: group whose total is withheld, may still be.
_MIN_POSSIBLE: Final = 5
#: Likewise for what is derived from professionals: width of what remains possible, as a share of
#: the value.
_MIN_WIDTH_SHARE: Final = 0.2

_Table = TypeVar("_Table", bound=pd.DataFrame)
#: Level and code.
_Area = tuple[str, str]


class Mask(StrEnum):
    """What stands in the status column of a masked value, whose own cell is NaN."""

    #: A count of 1 to 10 patients: these bounds are published.
    UNDER_11 = "masked_under_11"
    #: Any other masked value: no bounds.
    SECRET = "masked"


def masked(table: pd.DataFrame, name: str) -> pd.Series:
    """
    Say which values of a column the gate has masked.

    Parameters
    ----------
    table : DataFrame
        Communes that may leave.
    name : str
        Name of a value column.

    Returns
    -------
    Series of bool
        On the index of the table; False everywhere where the column has no status.

    Examples
    --------
    >>> table = pd.DataFrame({"seen": [np.nan, np.nan], "seen_status": ["masked", "unknown"]})
    >>> masked(table, "seen").tolist()
    [True, False]
    """
    status = status_column(name)
    if status not in table:
        return pd.Series(False, index=table.index)
    return table[status].isin(list(Mask))


def releasable(
    communes: _Table, comparison: pd.DataFrame, *, outside: pd.DataFrame | None = None
) -> tuple[_Table, pd.DataFrame]:
    """
    Mask what may not be published of the communes of territories, and of whole areas.

    Parameters
    ----------
    communes : DataFrame
        One row a (territory, commune): code_insee, the area of each level of
        :data:`cpts_geo.schema.LEVELS`, columns of the schema and the status of each protected one.
        Raw, all territories at once: parts released apart could be subtracted from one another.
    comparison : DataFrame
        Long table of their areas: area_level, area_code, indicator, value, low, high, status.
    outside : DataFrame, optional
        Communes outside the territories, with their areas; an area that has none is filled by the
        territories, who could be subtracted from its total.

    Returns
    -------
    tuple of DataFrame
        The same objects where everything is public; else the same rows and columns. Communes: a
        masked value is NaN and its status a :class:`Mask`. Areas: value, low and high are NaN and
        the status ``masked`` under 11 patients or 5 professionals, or an unknown number, and where
        the total would give a commune, the few people outside the territories, or a masked area
        whose neighbours are all shown, away.

    Raises
    ------
    TableError
        Code or status missing, patients below zero, two values for one commune; communes that went
        through the gate already.

    Notes
    -----
    Masked by the rules: counts of patients of 1 to 10; rates whose count or denominator is masked
    or unknown; what is derived from fewer than 5 professionals, or from an unknown number. A 0 that
    counts stays 0, and never is masked to protect another value. Masked so that these cannot be
    recovered: the smallest other values of the group (patients), those of the fewest professionals
    (else), until what is masked rests on 11 patients or 5 professionals at least, and until

    - each masked count may still be 5 whole numbers, those under 11 being 1 to 10, the others 11 or
      more and at most the smallest one shown;
    - each masked value derived from professionals may still vary by a fifth of itself, a share
      being within [0, 1] and other values above 0, unless one of the column is below.

    Where a group has nothing left to mask, its total is withheld.

    Examples
    --------
    >>> communes = pd.DataFrame({"population": [700, 90], "territory": "t", "departement": "45"})
    >>> areas = pd.DataFrame({"indicator": ["population"], "value": [790]})
    >>> shown, totals = releasable(communes, areas)
    >>> shown is communes, totals is areas
    (True, True)
    """
    if not _protected([*communes.columns, *comparison["indicator"].unique()]):
        return communes, comparison
    outside = communes.iloc[:0] if outside is None else outside
    around = [level for level in _grouping(communes) if level is not TERRITORY]
    filled = {
        f"_filled_{level.key}": communes[level.members].where(
            ~communes[level.members].isin(outside[level.members])
        )
        for level in around
    }
    grouped = communes.assign(**filled)
    within = {"territory": TERRITORY.key}
    within |= {name: level.key for name, level in zip(filled, around, strict=True)}
    return (
        _shown_communes(grouped, within=within).drop(columns=list(filled)),
        _shown_areas(comparison, grouped, within=within, outside=outside),
    )


def releasable_facts(facts: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """
    Leave out the facts of a territory that rest on too few professionals.

    Parameters
    ----------
    facts : DataFrame
        territory, fact (a name, protected where the schema marks a column of that name), ...
    communes : DataFrame
        Communes of the territories, with the columns that count the professionals: the newest one
        known in a territory says how many they are.

    Returns
    -------
    DataFrame
        The rows that may leave; a protected one stays where 5 professionals or more are known.

    Examples
    --------
    >>> facts = pd.DataFrame({"territory": "t", "fact": ["gp_mean_age", "calls"]})
    >>> communes = pd.DataFrame({"territory": "t", "gps_2017": [1.0, 2.0]})
    >>> releasable_facts(facts, communes)["fact"].tolist()
    ['calls']
    """
    secret = {column.name: column.people or "" for column in _protected(facts["fact"].unique())}
    if not secret:
        return facts
    shown = [
        fact not in secret or _known_people(territory, secret[fact], communes) >= MIN_PROFESSIONALS
        for territory, fact in zip(facts["territory"], facts["fact"], strict=True)
    ]
    return facts[shown]


def shown_counts(counts: pd.Series) -> pd.DataFrame:
    """
    Mask what may not be shown of the counts that a total, which is shown, is split into.

    Parameters
    ----------
    counts : Series of int
        Patients, calls; 0 or more, all known.

    Returns
    -------
    DataFrame
        On the same index: value (NaN where masked) and status (``measured``, or a
        :class:`Mask`), by the rules of :func:`releasable`. No row where no masking protects.

    Examples
    --------
    >>> shown_counts(pd.Series([40, 4, 25]))["status"].tolist()
    ['measured', 'masked_under_11', 'masked']
    """
    values = counts.to_numpy(dtype=float)
    cells = patient_cells(values, least=MIN_PATIENTS, possible=_MIN_POSSIBLE)
    hidden, withheld = protect(cells, [Atom(np.arange(len(counts)), frozenset({(0, "")}))])
    status = pd.Series("measured", index=counts.index).mask(hidden, Mask.SECRET.value)
    status = status.mask(cells.primary, Mask.UNDER_11.value)
    table = pd.DataFrame({"value": counts.astype(float).mask(hidden), "status": status})
    return table.iloc[:0] if withheld else table


def _protected(names: Iterable[str]) -> list[Column]:
    """Columns, in the order of the schema, that speak of persons or are divided by such a one."""
    present = set(names)
    secret = {name for name, column in COLUMNS.items() if column.secrecy != "public"}
    return [c for n, c in COLUMNS.items() if n in present and (n in secret or c.weight in secret)]


def _known_people(territory: str, counter: str, communes: pd.DataFrame) -> float:
    """Professionals that are known in a territory, who may be fewer than there are."""
    mine = communes[communes["territory"] == territory]
    newest = _counter(counter, mine)
    return float(mine[newest].sum()) if newest in mine else 0.0


def _counter(people: str | None, table: pd.DataFrame) -> str:
    """Column that counts those behind a value: the newest vintage that a table knows."""
    held = [name for name in vintages(people or "") if name in table]
    known = [name for name in held if table[name].notna().any()]
    return known[-1] if known else people or ""


def _grouping(communes: pd.DataFrame) -> list[Level]:
    """Levels whose areas are groups of these communes, from the smallest on."""
    return [level for level in LEVELS if level.members in communes]


def _shown_communes(communes: _Table, *, within: Collection[str]) -> _Table:
    """Communes with the masks; `within` names groups whose totals are shown, the first kept first.

    NaN is no group; where no column is there, the total of all rows is supposed to be shown.
    Masks of a table that went through before stay.
    """
    columns = _protected(communes.columns)
    if not columns:
        return communes
    masks, _ = _masks(communes, columns, within=within)
    changed: dict[str, pd.Series] = {}
    for name, mask in masks.items():
        hidden = mask != ""
        status = status_column(name)
        changed[name] = communes[name].mask(hidden)
        changed[status] = communes[status].astype(object).mask(hidden, mask)
    return communes.assign(**changed)


def _shown_areas(
    comparison: pd.DataFrame,
    communes: pd.DataFrame,
    *,
    within: Mapping[str, str],
    outside: pd.DataFrame,
) -> pd.DataFrame:
    """Areas with the masks; `communes` are raw, groups of a column are areas of the level named."""
    columns = _protected(comparison["indicator"].unique())
    mine = _protected(communes.columns)
    done = [column.name for column in mine if masked(communes, column.name).any()]
    if done:
        raise TableError(
            "Des totaux ne peuvent pas être vérifiés sur des communes déjà masquées.",
            defects=[f"colonne « {name} »" for name in done],
            remedy="donnez le tableau des communes tel qu’il était avant « releasable ».",
        )
    _, lost = _masks(communes, mine, within=within)
    levels = [level for name, level in within.items() if name in communes]
    withheld = {((levels[rank], label), name) for (rank, label), name in lost if levels}
    wide = comparison.drop_duplicates([*AREA, "indicator"])
    wide = wide.pivot(index=AREA, columns="indicator", values="value")
    every = pd.concat([communes, outside])
    areas = pd.MultiIndex.from_frame(comparison[AREA])
    hidden = pd.Series(False, index=comparison.index)
    for column in columns:
        of_area = _hidden_areas(column.name, wide, withheld)
        for level in _grouping(communes):
            if level is not TERRITORY:
                of_area |= wide.index.isin(_near_whole(column, wide, communes, level=level))
        of_area |= wide.index.isin(_told_by_parts(of_area, every))
        hidden |= (comparison["indicator"] == column.name) & areas.isin(of_area.index[of_area])
    blank = {name: comparison[name].mask(hidden) for name in ("value", "low", "high")}
    return comparison.assign(**blank, status=comparison["status"].mask(hidden, Mask.SECRET.value))


def _told_by_parts(hidden: pd.Series, communes: pd.DataFrame) -> list[_Area]:
    """Areas that would tell a hidden one within them: all their parts of a level are listed."""
    found: set[_Area] = set()
    around = [level for level in LEVELS if level is not TERRITORY]
    for part, whole in combinations(around, 2):
        if part.members not in communes or whole.members not in {*communes, ""}:
            continue
        for code, group in communes.groupby(whole.members or (lambda _, level=whole: level.code)):
            parts = [(part.key, each) for each in group[part.members].unique()]
            listed = all(each in hidden.index for each in parts)
            if listed and any(hidden[each] or each in found for each in parts):
                found.add((whole.key, str(code)))
    return list(found)


def _near_whole(
    column: Column, wide: pd.DataFrame, communes: pd.DataFrame, *, level: Level
) -> list[_Area]:
    """Areas of a level whose few people outside the territories are told by subtraction."""
    # What is unknown stays unknown: nothing is subtracted from it.
    wide = wide[wide[column.name].notna()]
    wide = wide[wide.index.get_level_values("area_level") == level.key].droplevel("area_level")
    patients = column.secrecy == "patients"
    own = column.name if column.kind == "count" else column.weight
    counter = _counter(column.people or own, communes[communes.columns.intersection(wide.columns)])
    mine = {str(code) for code in communes[level.members]}
    if counter not in communes or counter not in wide:
        return [(level.key, area) for area in map(str, wide.index) if area in mine]
    once = communes.drop_duplicates("code_insee")
    inside = once.groupby(level.members)[counter].agg(lambda values: values.sum(skipna=False))
    outside = (wide[counter] - inside).reindex(inside.index.intersection(wide.index))
    # Where nobody is outside, the territories are protected against the whole as a group.
    safe = (outside == 0) | (outside >= (MIN_PATIENTS if patients else MIN_PROFESSIONALS))
    return [(level.key, str(area)) for area in safe.index[~safe]]


def _hidden_areas(name: str, wide: pd.DataFrame, withheld: set[tuple[_Area, str]]) -> pd.Series:
    """Whether the value of each area is masked, for itself or for what it is a quotient of."""
    column = COLUMNS[name]
    unknown = pd.Series(np.nan, index=wide.index)
    hidden = pd.Series([(area, name) in withheld for area in wide.index], index=wide.index)
    if column.secrecy == "patients" and not column.people:
        hidden |= (wide[name] > 0) & (wide[name] < MIN_PATIENTS)
    if column.secrecy == "professionals":
        hidden |= ~(wide.get(_counter(column.people, wide), unknown) >= MIN_PROFESSIONALS)
    for lead in _leads(column):
        hidden |= wide.get(lead, unknown).isna()
        if lead in wide:
            hidden |= _hidden_areas(lead, wide, withheld)
    return hidden & wide[name].notna()


def _leads(column: Column) -> list[str]:
    """Columns that a value is a quotient of: where one of them is masked, so is the value."""
    weight = COLUMNS.get(column.weight or "")
    leads = [weight.name] if weight is not None and weight.secrecy != "public" else []
    return leads + ([column.people] if column.secrecy == "patients" and column.people else [])


def _check(communes: pd.DataFrame, columns: Sequence[Column]) -> None:
    """Stop at a table that cannot be protected."""
    names = [column.name for column in columns]
    wanted = ["code_insee", *(status_column(name) for name in names)]
    defects = [f"colonne « {name} » absente" for name in wanted if name not in communes]
    if not defects:
        distinct = communes[["code_insee", *names]].drop_duplicates()
        twice = distinct["code_insee"][distinct["code_insee"].duplicated()].unique()
        defects += [f"{code} : deux valeurs pour une commune" for code in twice]
        for column in columns:
            if column.secrecy == "patients":
                below = communes.loc[communes[column.name] < 0, "code_insee"]
                defects += [f"{code} : {column.name} négatif" for code in below.unique()]
    if defects:
        raise TableError(
            "Le secret statistique ne peut pas être appliqué à ce tableau.",
            defects=defects,
            remedy="donnez une ligne par commune (ou par territoire et commune), avec le code "
            "Insee, des effectifs positifs et le statut de chaque colonne protégée.",
        )


def _masks(
    communes: pd.DataFrame, columns: Sequence[Column], *, within: Collection[str]
) -> tuple[dict[str, pd.Series], set[tuple[Group, str]]]:
    """Mask of each row ("" where shown) by column, and the (group, column) totals withheld."""
    _check(communes, columns)
    table = communes.drop_duplicates("code_insee").set_index("code_insee").sort_index()
    atoms = atoms_of(communes, table.index, within=within)
    found: dict[str, pd.Series] = {}
    withheld: set[tuple[Group, str]] = set()

    def figures(name: str | None) -> Floats:
        name = name if name in table else _counter(name, table)
        if name not in table:
            return np.full(len(table), np.nan)
        return table[name].to_numpy(dtype=float, na_value=np.nan)

    def mask_of(column: Column) -> pd.Series:
        if column.name in found:
            return found[column.name]
        values = figures(column.name)
        mask = pd.Series("", index=table.index)
        if (cells := _cells(column, figures)) is not None:
            hidden, lost = protect(cells, atoms)
            withheld.update((group, column.name) for group in lost)
            small = Mask.UNDER_11 if column.secrecy == "patients" else Mask.SECRET
            mask = mask.mask(hidden, Mask.SECRET.value).mask(cells.primary, small.value)
        for lead in _leads(column):
            hidden = np.isnan(figures(lead))
            if lead in table:
                hidden |= (mask_of(COLUMNS[lead]) != "").to_numpy()
            mask = mask.mask(hidden & ~np.isnan(values) & (mask == ""), Mask.SECRET.value)
        found[column.name] = mask
        return mask

    rows = communes["code_insee"]
    by_row = {c.name: mask_of(c).reindex(rows).set_axis(communes.index) for c in columns}
    return by_row, withheld


def _cells(column: Column, figures: Callable[[str | None], Floats]) -> Cells | None:
    """What there is to protect in a column; None where it only follows others."""
    values = figures(column.name)
    if column.secrecy == "patients" and not column.people:
        return patient_cells(values, least=MIN_PATIENTS, possible=_MIN_POSSIBLE)
    if column.secrecy == "professionals":
        return derived_cells(
            values,
            people=figures(column.people),
            weight=figures(column.weight) if column.weight else np.ones_like(values),
            least=MIN_PROFESSIONALS,
            width_share=_MIN_WIDTH_SHARE,
            counts=column.kind == "count",
            percent=column.percent,
        )
    return None
