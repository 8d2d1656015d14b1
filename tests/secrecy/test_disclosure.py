"""Secret of small areas: the rules, an attacker who subtracts, and the gate on every path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from scipy.optimize import linprog

from cpts_geo.analysis import Analysis, Options, analyse
from cpts_geo.api import territory as home
from cpts_geo.api.territories import Territories
from cpts_geo.atlas.look import cells, style
from cpts_geo.atlas.maps import drawings, interactive, still
from cpts_geo.atlas.maps.layers import MapLayer
from cpts_geo.atlas.sections.territory import communes as commune_section
from cpts_geo.errors import TableError
from cpts_geo.french import number
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.schema import (
    COLUMNS,
    COMPARED,
    FIGURE_COLUMNS,
    LEVELS,
    Column,
    Kind,
    Secrecy,
    status_column,
    vintages,
)
from cpts_geo.secrecy import disclosure
from cpts_geo.secrecy.disclosure import Mask, masked, releasable_facts
from cpts_geo.sources.embedding.embedded import load_facts
from cpts_geo.writing import report
from cpts_geo.writing._csv_tables import tables as tables_written
from cpts_geo.writing.released import released
from tests.atlas.read_maps import packed_in, unpacked
from tests.kept import analysed

UNDER, SECRET = Mask.UNDER_11.value, Mask.SECRET.value
BY_TERRITORY = ("territory",)
LOIRET = {"area_level": "departement", "area_code": "45"}
LEVEL_OF = {level.members: level.key for level in LEVELS}


def releasable(communes: Any, *, within: tuple[str, ...] = BY_TERRITORY) -> Any:
    return disclosure._shown_communes(communes, within=within)


def releasable_areas(
    areas: pd.DataFrame, communes: pd.DataFrame, *, within: tuple[str, ...] = BY_TERRITORY
) -> pd.DataFrame:
    levels = {name: LEVEL_OF.get(name, name) for name in within}
    return disclosure._shown_areas(areas, communes, within=levels, outside=communes.iloc[:0])


def column(
    name: str,
    kind: Kind,
    secrecy: Secrecy,
    *,
    people: str | None = None,
    weight: str | None = None,
    percent: bool = False,
) -> Column:
    return Column(
        name, f"Colonne {name}", "unités", kind, 1 if percent else 0, "insee_bpe_2024", "2024",
        "Pour les tests.", weight=weight, percent=percent, secrecy=secrecy, people=people,
    )  # fmt: skip


PROTECTED = (
    column("seen", "count", "patients"),
    column("share_seen", "rate", "patients", people="seen", weight="population", percent=True),
    column("mean_of_seen", "rate", "public", weight="seen"),
    column("gp_age", "rate", "professionals", people="gps", weight="gps_2017"),
    column("gp_60", "rate", "professionals", people="gps", weight="gps_2017", percent=True),
    column("gp_acts", "count", "professionals", people="gps"),
    column("apl_gap", "derived", "professionals", people="gps", weight="population"),
)


@pytest.fixture(scope="module", autouse=True)
def protected_columns() -> Iterator[None]:
    """A schema with more columns to protect."""
    with pytest.MonkeyPatch.context() as patch:
        for one in PROTECTED:
            patch.setitem(COLUMNS, one.name, one)
        yield


def table(groups: Mapping[str, Any] | None = None, **columns: Any) -> pd.DataFrame:
    """Communes named after their place, every figure measured or unknown."""
    made = pd.DataFrame({name: pd.Series(values, dtype=float) for name, values in columns.items()})
    for name in columns:
        made[status_column(name)] = np.where(made[name].isna(), "unknown", "measured")
    made["code_insee"] = [f"45{n:03}" for n in range(len(made))]
    return made.assign(**({"territory": "t"} if groups is None else groups))


def shown(released: pd.DataFrame, name: str = "seen") -> list[Any]:
    """Each value, or the status that stands for it."""
    status = released[status_column(name)]
    return [s if pd.isna(v) else v for v, s in zip(released[name], status, strict=True)]


def totals(communes: pd.DataFrame, within: tuple[str, ...], name: str = "seen") -> pd.DataFrame:
    """Rows of a comparison: the total of each group."""
    sums = [
        communes.dropna(subset=key)
        .groupby(key)[name]
        .sum()
        .rename_axis("area_code")
        .reset_index(name="value")
        .assign(area_level=LEVEL_OF.get(key, key))
        for key in within
    ]
    rows = pd.concat(sums, ignore_index=True)
    return rows.assign(indicator=name, low=rows["value"], high=rows["value"], status="measured")


def withheld(communes: pd.DataFrame, within: tuple[str, ...] = ("territory",)) -> set[str]:
    areas = releasable_areas(totals(communes, within), communes, within=within)
    assert (areas["value"].isna() == (areas["status"] == SECRET)).all()
    assert areas.loc[areas["value"].isna(), ["low", "high"]].isna().all(axis=None)
    return set(areas.loc[areas["status"] == SECRET, "area_code"])


# The rules.


def test_public_tables_pass_as_they_are() -> None:
    communes = table(gps_2017=[1, 2, np.nan], apl_2023=[2.1, 3, 4], population=[3, 8, 12])
    areas = totals(communes, ("territory",), "gps_2017")
    shown_communes, shown_areas = disclosure.releasable(communes, areas)
    assert shown_communes is communes
    assert shown_areas is areas


def test_every_protected_column_of_the_schema_says_whose_it_is() -> None:
    for one in COLUMNS.values():
        if one.secrecy == "professionals":
            assert {COLUMNS[name].secrecy for name in vintages(str(one.people))} == {"public"}
        if one.secrecy == "patients" and one.kind != "count":
            assert COLUMNS[str(one.people)].secrecy == "patients"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        # 0 and unknown stay what they are.
        ([0, 1, 10, 11, np.nan, 40], [0, UNDER, UNDER, 11, "unknown", 40]),
        # A single masked count takes the smallest other one along.
        ([7, 40, 0, 25, 60], [UNDER, 40, 0, SECRET, 60]),
        # Two masked counts of 7 together are 7 patients by subtraction.
        ([3, 4, 50], [UNDER, UNDER, SECRET]),
        ([5, 6, 50], [UNDER, UNDER, 50]),
        # Both can only be 10, or 9 and 10.
        ([10, 10, 50], [UNDER, UNDER, SECRET]),
        ([9, 10, 50], [UNDER, UNDER, SECRET]),
        # 1 + 11 is the only sum of a count under 11 and one above: a third is needed.
        ([1, 11, 300], [UNDER, SECRET, SECRET]),
        # Who knows that the smallest is masked knows that it is not above 40.
        ([10, 40, 40, 90], [UNDER, SECRET, SECRET, 90]),
        # Estimated counts need not be whole. Thirteen communes of 1 to 10 that have 13 together
        # have 1 each; of 0 to 11, any number.
        ([0.4, 10.8, 11.0, 30], [UNDER, UNDER, 11, 30]),
        ([1] * 13 + [40], [UNDER] * 13 + [SECRET]),
        ([1.2] * 13 + [40], [UNDER] * 13 + [40]),
    ],
)
def test_one_to_ten_patients_are_masked_and_cannot_be_narrowed(
    seen: list[float], expected: list[Any]
) -> None:
    communes = table(seen=seen)
    assert shown(releasable(communes)) == expected
    assert withheld(communes) == set()


@pytest.mark.parametrize("seen", [[7], [7, 0, 0], [3, 4], [10, 10], [10, 10, 0], [1, 11]])
def test_a_total_is_withheld_where_nothing_is_left_to_mask(seen: list[float]) -> None:
    communes = table(seen=seen)
    expected = [UNDER if 0 < v < 11 else v for v in seen]
    assert shown(releasable(communes)) == expected
    assert withheld(communes) == {"t"}


def test_a_total_under_eleven_goes_to_no_table_of_areas() -> None:
    rows = totals(table(seen=[7], groups={"territory": "elsewhere"}), ("territory",))
    assert releasable_areas(rows, table(seen=[50, 60]))["status"].tolist() == [SECRET]


@pytest.mark.parametrize(
    ("whole", "status"),
    # Outside the territory: nobody, 5 patients, 10, 11, fewer than nobody (an error).
    [(630, "measured"), (635, SECRET), (640, SECRET), (641, "measured"), (620, SECRET)],
)
def test_a_departement_does_not_tell_its_few_patients_outside(whole: float, status: str) -> None:
    groups = {"territory": "t", "departement": "45"}
    communes = table(groups, seen=[300, 230, 100])
    areas = totals(communes, ("territory",))
    areas = pd.concat([areas, areas.assign(**LOIRET, value=whole)], ignore_index=True)
    assert releasable_areas(areas, communes)["status"].tolist() == ["measured", status]


def test_a_departement_does_not_tell_its_few_professionals_outside() -> None:
    groups = {"territory": "t", "departement": "45"}
    communes = table(groups, gps_2017=[9, 20], gp_age=[61, 50])
    rows = [totals(communes, ("territory",), name) for name in ("gps_2017", "gp_age")]
    for doctors, status in ((29, "measured"), (33, SECRET), (34, "measured")):
        whole = [rows[0].assign(**LOIRET, value=doctors), rows[1].assign(**LOIRET)]
        areas = releasable_areas(pd.concat([*rows, *whole], ignore_index=True), communes)
        ages = areas[areas["indicator"] == "gp_age"].set_index("area_code")["status"]
        assert ages.to_dict() == {"t": "measured", "45": status}


def test_an_unknown_departement_is_not_called_secret() -> None:
    communes = table({"territory": "t", "departement": "45"}, seen=[300, 230, 100])
    areas = totals(communes, ("territory",))
    unknown = areas.assign(**LOIRET, value=np.nan, status="unknown")
    areas = pd.concat([areas, unknown], ignore_index=True)
    assert releasable_areas(areas, communes)["status"].tolist() == ["measured", "unknown"]


@pytest.mark.parametrize(
    ("territories", "seen", "expected"),
    [
        (list("aaabb"), [7, 40, 25, 30, 90], [UNDER, 40, SECRET, 30, 90]),
        # Without territory the whole table is one group; a commune of no group needs no other.
        (None, [7, 40, 25], [UNDER, 40, SECRET]),
        ([None, None, "a", "a"], [7, 30, 40, 25], [UNDER, 30, 40, 25]),
    ],
)
def test_territories_are_protected_one_by_one(
    territories: list[str | None] | None, seen: list[float], expected: list[Any]
) -> None:
    groups = {} if territories is None else {"territory": territories}
    assert shown(releasable(table(groups, seen=seen))) == expected


def test_a_small_territory_is_not_the_rest_of_its_departement() -> None:
    # Only 7 patients in a: another territory's total goes too, and something in it.
    groups = {"territory": list("aabbccc"), "departement": ["45"] * 7}
    communes = table(groups, seen=[7, 0, 30, 50, 90, 80, 70])
    within = ("territory", "departement")
    assert shown(releasable(communes, within=within)) == [UNDER, 0, SECRET, 50, 90, 80, 70]
    assert withheld(communes, within) == {"a", "b"}


def test_the_first_grouping_is_kept_where_both_cannot() -> None:
    # One commune of the territory over the border, which a département's total would tell.
    groups = {"territory": ["a"] * 3 + ["b"] * 2, "departement": ["45"] * 2 + ["41"] * 3}
    communes = table(groups, seen=[60, 50, 7, 30, 90])
    within = ("territory", "departement")
    assert shown(releasable(communes, within=within)) == [60, SECRET, UNDER, 30, 90]
    assert withheld(communes, within) == {"41", "45"}
    assert withheld(communes, within[::-1]) == {"a", "b"}


def test_a_commune_in_two_territories_is_masked_in_both() -> None:
    # The total of a needs the commune that b has too: b alone would have shown it.
    communes = table({"territory": list("aabbb")}, seen=[7, 30, 30, 20, 25])
    communes["code_insee"] = ["45001", "45002", "45002", "45003", "45004"]
    assert shown(releasable(communes)) == [UNDER, SECRET, SECRET, 20, 25]
    assert withheld(communes) == {"b"}


# Rates, and what is derived from professionals.


def test_a_rate_is_masked_with_its_count_or_its_denominator() -> None:
    communes = table(
        seen=[7, 40, 25, 60, np.nan],
        population=[100, 100, 100, 0, 100],
        share_seen=[0.07, 0.4, 0.25, np.nan, 0.3],
        mean_of_seen=[1.0, 2.0, 3.0, 4.0, np.nan],
    )
    released = releasable(communes)
    # The last one's count is not known: nothing says that it is 11 or more.
    assert shown(released, "share_seen") == [SECRET, 0.4, SECRET, "unknown", SECRET]
    assert shown(released, "mean_of_seen") == [SECRET, 2, SECRET, 4, "unknown"]


def test_a_rate_without_its_count_in_the_table_is_all_masked() -> None:
    released = releasable(table(share_seen=[0.07, np.nan]))
    assert shown(released, "share_seen") == [SECRET, "unknown"]


def test_the_rate_of_an_area_goes_with_its_count() -> None:
    communes = table(seen=[7, 0], share_seen=[0.1, 0.0])
    areas = pd.concat([totals(communes, ("territory",), n) for n in ("seen", "share_seen")])
    assert set(releasable_areas(areas, communes)["status"]) == {SECRET}
    alone = areas[areas["indicator"] == "share_seen"]
    assert set(releasable_areas(alone, communes)["status"]) == {SECRET}
    many = table(seen=[70, 0], share_seen=[0.1, 0.0])
    areas = pd.concat([totals(many, ("territory",), n) for n in ("seen", "share_seen")])
    assert set(releasable_areas(areas, many)["status"]) == {"measured"}


@pytest.mark.parametrize(
    ("gps", "name", "values", "expected"),
    [
        (
            [0, 1, 4, 5, 20, np.nan],
            "gp_age",
            [np.nan, 61, 50, 48, 55, 40],
            ["unknown", SECRET, SECRET, 48, 55, SECRET],
        ),
        # 1 + 2 doctors: the territory's mean less what is shown would be that of three.
        ([1, 2, 9, 6], "gp_age", [61, 50, 48, 55], [SECRET, SECRET, 48, SECRET]),
        ([1, 4, 9, 6], "gp_age", [61, 50, 48, 55], [SECRET, SECRET, 48, 55]),
        # All doctors of the first two are 60 or more: so says their total, masked alone.
        ([1, 4, 8, 20], "gp_60", [1.0, 1.0, 0.5, 0.3], [SECRET, SECRET, SECRET, 0.3]),
        ([1, 4, 8, 20], "gp_60", [0.0, 0.0, 0.5, 0.3], [SECRET, SECRET, SECRET, 0.3]),
        # Acts are 0 where no professional is.
        ([0, 1, 4, 6], "gp_acts", [0, 4000, 12000, 30000], [0, SECRET, SECRET, 30000]),
        # A difference of APL: with no doctor or one, it says whether one nearby is over 65.
        ([0, 1, 6, 8], "apl_gap", [-0.4, -1.2, -0.6, 0.0], [SECRET, SECRET, SECRET, 0.0]),
    ],
)
def test_nothing_is_derived_from_fewer_than_five_professionals(
    gps: list[float], name: str, values: list[float], expected: list[Any]
) -> None:
    people = [500.0, 900.0, 4000.0, 8000.0, 9000.0, 9000.0][: len(gps)]
    communes = table(gps_2017=gps, population=people, **{name: values})
    released = releasable(communes)
    assert shown(released, name) == expected
    # Head-counts are public.
    assert released["gps_2017"].equals(communes["gps_2017"])


def test_the_mean_of_an_area_rests_on_five_professionals() -> None:
    communes = table(gps_2017=[2, 2], gp_age=[61, 50])
    areas = pd.concat([totals(communes, ("territory",), n) for n in ("gps_2017", "gp_age")])
    assert releasable_areas(areas, communes)["status"].tolist() == ["measured", SECRET]
    # An area that is none of the groups is under the same rule.
    elsewhere = table(gps_2017=[9, 20], gp_age=[61, 50], groups={"territory": "elsewhere"})
    assert releasable_areas(areas, elsewhere)["status"].tolist() == ["measured", SECRET]
    several = table(gps_2017=[3, 2], gp_age=[61, 50])
    areas = pd.concat([totals(several, ("territory",), n) for n in ("gps_2017", "gp_age")])
    assert releasable_areas(areas, several)["status"].tolist() == ["measured", "measured"]


# The attacker: what he can conclude from all that is published, by linear programmes.

LABELS = {"first": "ab", "second": "xy", "third": "pqr"}
counts = st.one_of(
    st.none(), st.just(0), st.integers(1, 10), st.integers(11, 16), st.integers(20, 60)
)
groupings = st.lists(st.sampled_from(sorted(LABELS)), min_size=1, max_size=3, unique=True)


@st.composite
def grouped(draw: st.DrawFn, *, most: int = 3) -> tuple[pd.DataFrame, tuple[str, ...]]:
    within = tuple(draw(groupings))[:most]
    seen = draw(st.lists(counts, min_size=1, max_size=9))
    groups = {
        name: draw(st.lists(st.sampled_from([*LABELS[name], None]), min_size=n, max_size=n))
        for name in within
        for n in [len(seen)]
    }
    return table(groups, seen=seen), within


def interval(
    objective: np.ndarray, equalities: list[tuple[np.ndarray, float]], bounds: list[Any]
) -> float:
    """How much a sum of masked values may vary, given the totals shown."""
    left = np.array([row for row, _ in equalities]) if equalities else None
    right = [total for _, total in equalities] if equalities else None
    ends = []
    for sign in (1, -1):
        found = linprog(sign * objective, A_eq=left, b_eq=right, bounds=bounds, method="highs")
        assert found.status in (0, 3), found.message
        ends.append(np.inf if found.status == 3 else sign * found.fun)
    return np.inf if np.inf in ends else ends[1] - ends[0]


def attack(communes: pd.DataFrame, within: tuple[str, ...], *, knows_order: bool = False) -> None:
    """Fail where a masked count, or a total under 11, can be narrowed to fewer than 5 numbers."""
    released = releasable(communes, within=within)
    secret = withheld(communes, within)
    hidden = masked(released, "seen").to_numpy()
    raw, left = communes["seen"], released["seen"]
    assert left[~hidden].equals(raw[~hidden])
    assert not left.between(1, 10).any()
    assert (raw[hidden] > 0).all()
    small = (released["seen_status"] == UNDER)[hidden]
    assert (small == raw[hidden].between(1, 10)).all()
    bounds: list[Any] = [(1, 10) if one else (11, None) for one in small]
    equalities, small_totals = [], []
    for name in within:
        for label in communes[name].dropna().unique():
            inside = (communes[name] == label).to_numpy()
            total = raw[inside].sum()
            row = inside[hidden].astype(float)
            if label in secret:
                if 0 < total < 11:
                    small_totals.append(row)
                continue
            assert not 0 < total < 11
            rest = total - left[inside].sum()
            assert not 0 < rest < 11
            equalities.append((row, rest))
            shown_here = left[inside & (left > 0).to_numpy()]
            if knows_order and len(shown_here):
                ceiling = shown_here.min()
                for place in np.flatnonzero(row):
                    low, high = bounds[place]
                    bounds[place] = (low, min(ceiling, high or np.inf))
    for objective in [*np.eye(int(hidden.sum())), *small_totals]:
        assert interval(objective, equalities, bounds) >= 4 - 1e-6


@settings(max_examples=30, deadline=None)
@given(grouped())
@example(
    (table({"first": list("aab"), "second": list("xyy")}, seen=[7, 30, 40]), ("first", "second"))
)
def test_no_count_is_recovered_however_groups_cross(
    drawn: tuple[pd.DataFrame, tuple[str, ...]],
) -> None:
    attack(*drawn)


@settings(max_examples=20, deadline=None)
@given(grouped(most=1))
def test_no_count_is_recovered_by_who_knows_that_the_smallest_are_masked(
    drawn: tuple[pd.DataFrame, tuple[str, ...]],
) -> None:
    attack(*drawn, knows_order=True)


@settings(max_examples=15, deadline=None)
@given(st.lists(counts, min_size=2, max_size=9), st.data())
def test_no_count_is_recovered_where_territories_fill_a_departement(
    seen: list[int | None], data: st.DataObject
) -> None:
    of = data.draw(st.lists(st.sampled_from("abc"), min_size=len(seen), max_size=len(seen)))
    nested = table({"territory": of, "departement": "45"}, seen=seen)
    attack(nested, ("territory", "departement"))


people = st.integers(0, 12)
shares = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(people, shares, st.sampled_from("ab")), min_size=1, max_size=9))
@pytest.mark.parametrize("name", ["gp_60", "gp_age"])
def test_no_figure_of_professionals_is_recovered(
    name: str, rows: list[tuple[int, float, str]]
) -> None:
    numbers, values, labels = map(list, zip(*rows, strict=True))
    # A mean over nobody is not known.
    figures = [v if n else np.nan for v, n in zip(values, numbers, strict=True)]
    communes = table({"territory": labels}, gps_2017=numbers, **{name: figures})
    released = releasable(communes)
    hidden = masked(released, name).to_numpy()
    raw, n = communes[name], communes["gps_2017"]
    assert (hidden | raw.isna() | (n >= 5)).all()
    assert released[name][~hidden].equals(raw[~hidden])
    areas = pd.concat([totals(communes, ("territory",), c) for c in ("gps_2017", name)])
    areas = releasable_areas(areas, communes)
    told = areas.loc[(areas["indicator"] == name) & areas["value"].notna(), "area_code"]
    bounds = [(0, k if name == "gp_60" else None) for k in n[hidden]]
    equalities = []
    for label in set(told):
        inside = (communes["territory"] == label).to_numpy() & (n > 0).to_numpy()
        masked_here = inside & hidden
        assert not masked_here.any() or n[masked_here].sum() >= 5
        equalities.append((inside[hidden].astype(float), (raw * n)[masked_here].sum()))
    for objective, k, value in zip(np.eye(len(bounds)), n[hidden], raw[hidden], strict=True):
        width = interval(objective, equalities, bounds) / k
        assert width >= max(0.2 * value, 1e-9) - 1e-9


# A gate that can be passed twice, on a table that stays as it was.


@settings(max_examples=15, deadline=None)
@given(grouped(), st.randoms(use_true_random=False))
def test_passing_twice_or_in_another_order_masks_the_same(
    drawn: tuple[pd.DataFrame, tuple[str, ...]], random: Any
) -> None:
    communes, within = drawn
    before = communes.copy()
    once = releasable(communes, within=within)
    pd.testing.assert_frame_equal(communes, before)
    pd.testing.assert_frame_equal(releasable(once, within=within), once)
    order = random.sample(range(len(communes)), len(communes))
    pd.testing.assert_frame_equal(
        releasable(communes.iloc[order], within=within).sort_index(), once
    )


def test_geometry_is_not_copied() -> None:
    shapes = gpd.GeoSeries.from_xy([0.0, 1, 2], [0.0, 1, 2])
    communes = gpd.GeoDataFrame(table(seen=[7, 40, 25]), geometry=shapes)
    released = releasable(communes)
    assert isinstance(released, gpd.GeoDataFrame)
    assert np.shares_memory(released.geometry.to_numpy(), communes.geometry.to_numpy()) or all(
        a is b for a, b in zip(released.geometry, communes.geometry, strict=True)
    )


def test_ties_are_broken_by_code_not_by_row() -> None:
    communes = table(gps_2017=[6, 1, 6, 20], gp_age=[50, 61, 48, 55])
    assert shown(releasable(communes), "gp_age") == [SECRET, SECRET, 48, 55]
    assert shown(releasable(communes[::-1])[::-1], "gp_age") == [SECRET, SECRET, 48, 55]


def test_a_table_that_cannot_be_protected_says_all_that_is_wrong() -> None:
    communes = table(seen=[7, -1, 30, -2])
    communes.loc[3, "code_insee"] = "45002"
    with pytest.raises(TableError) as error:
        releasable(communes)
    assert list(error.value.defects) == [
        "45002 : deux valeurs pour une commune",
        "45001 : seen négatif",
        "45002 : seen négatif",
    ]
    with pytest.raises(TableError, match="« seen_status » absente"):
        releasable(communes.drop(columns=["code_insee", "seen_status"]))


def test_totals_are_not_checked_on_masked_communes() -> None:
    communes = table(seen=[7, 40, 25])
    with pytest.raises(TableError, match="déjà masquées"):
        releasable_areas(totals(communes, ("territory",)), releasable(communes))


# Whose each figure is.

#: What no source of public figures holds: the ages of doctors.
SPEAK_OF_PERSONS = {"gp_mean_age"}
#: Why the others may be shown of one commune, by the end of their unit or the start of their name.
PUBLIC = {
    "habitants": "people of a commune (Insee, DREES)",
    "km²": "areas",
    "hab./km²": "people by area",
    "médecins": "head-counts of doctors by commune (BPE, RPPS, Cnam)",
    "pour 100 000 hab.": "head-counts by people",
    "consultations par an et par habitant standardisé": "APL of the DREES, and suppositions",
    "créneaux par jour": "what the model computes for a territory",
    "habitants standardisés": "people weighed by age (DREES)",
    "services": "emergency departments (BPE)",
    "pharmacies": "places (BPE)",
    "infirmiers": "head-counts of nurses by commune (BPE)",
    "maisons": "places (BPE)",
    "centres": "places (BPE)",
    "min": "minutes by car",
    "km": "kilometres by road",
    "%": "shares of the people, in a commune or published by a territory",
}
#: Tables besides those of communes, of areas and of facts; all that is said of GPs to come rests on
#: their mean age and leaves with it.
TABLES = {
    "acces_mt": "patients: few of them are masked when it leaves",
    "passages": "patients: few of them are masked when it leaves",
    "sas": "patients and doctors: few of them are masked when it leaves",
    "zonage": "people",
    "acces": "people by minutes",
    "avenir_eprouve": "public counts; what rests on gp_mean_age goes with it",
    "avenir_medecins": "goes with gp_mean_age",
    "besoin": "requests and slots of a territory, by a national model",
    "capacite": "requests and slots of a territory",
    "ecarts": "published beside today's",
    "incertitude": "requests and slots of a territory",
    "moyens": "hours, people and euros of a line, from its slots",
    "leviers": "hours, people and euros of more slots, and a national mean list",
    "lignes_connues": "published activity of whole lines",
    "noms_reconnus": "names",
    "ou_ouvrir": "minutes, requests of a territory",
    "saisons": "requests and slots of a territory",
    "semaine": "requests and slots of a territory",
    "scenarios_offre": "published APL, and suppositions",
    "telephone": "calls of a territory",
    "territoires": "people",
    "identite": "people",
}
#: Facts that territories publish: counts of a whole line, of members, euros, shares of the people.
FACTS = {
    "area_published", "calls", "communes_published", "consultation_hours_per_day",
    "consultations", "csnp_hours_per_day", "funding_aci", "funding_ars",
    "gp_decline_10y", "gp_departures_10y", "gps_per_100k",
    "gps_per_100k_france", "gps_per_100k_loiret", "gps_per_100k_members", "grant_departement",
    "line_hours_per_day", "member_gps", "member_nurses", "member_pharmacies",
    "member_physiotherapists", "member_professionals", "member_specialists", "people_without_mt",
    "population_published", "share_without_mt", "share_without_mt_16plus",
    "share_without_mt_france", "share_without_mt_vendee", "share_without_mt_vendee_press",
    "volunteer_gps",
}  # fmt: skip


def test_every_column_says_whose_it_is() -> None:
    columns = [one for one in COLUMNS.values() if one not in PROTECTED]
    assert {one.name for one in columns if one.secrecy != "public"} == SPEAK_OF_PERSONS
    assert {one.unit for one in columns if one.secrecy == "public"} <= set(PUBLIC)
    assert not SPEAK_OF_PERSONS & {*FIGURE_COLUMNS, *COMPARED}


@pytest.fixture(scope="module")
def ageing() -> Analysis:
    """The territory whose GPs' mean age is published."""
    return analyse(Request(["beauce_gatinais"]), Options(draws=500))


def test_every_fact_and_every_table_is_classed(ageing: Analysis) -> None:
    assert set(load_facts()["fact"]) == FACTS | SPEAK_OF_PERSONS
    assert set(tables_written(ageing)) == {"communes", "comparaison", "faits", *TABLES}


def test_a_fact_that_rests_on_too_few_doctors_does_not_leave() -> None:
    facts = pd.DataFrame({"territory": ["t", "t", "u"], "fact": ["gp_mean_age", "calls", "calls"]})
    for gps, left in (([2, 3], 3), ([2, 2], 2), ([4, np.nan], 2)):
        communes = pd.DataFrame({"territory": "t", "gps_2017": gps})
        assert len(releasable_facts(facts, communes)) == left
    # The newest known count says how many they are, in a territory as in its communes.
    for gps, left in (([1, 1], 2), ([4, 1], 3), ([np.nan, np.nan], 3)):
        communes = pd.DataFrame({"territory": "t", "gps_2017": [4, 4], "gps_2025": gps})
        assert len(releasable_facts(facts, communes)) == left
    aged = table(gps_2017=[8, 8], gps_2025=[2, 9], gp_age=[61, 50])
    assert shown(releasable(aged), "gp_age") == [SECRET, SECRET]
    assert len(releasable_facts(facts, communes.drop(columns="gps_2017"))) == 2
    public = facts[facts["fact"] == "calls"]
    assert releasable_facts(public, communes) is public


# Every path: what a reader gets is the same whatever the masked values are.


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analysed(["ouest_loiret"], draws=500)


LAYER = MapLayer("seen", "Patients")
#: 7 and 12 patients, or 4 and 15: the rules mask both, and their sum is the same.
PAIRS = ((7, 12), (4, 15))


def with_persons(analysis: Analysis, first: float, second: float) -> Analysis:
    """The analysis with few patients in two communes, and figures of each doctor everywhere."""
    size = len(analysis.communes)
    seen = pd.Series(np.arange(20.0, 20 + size), index=analysis.communes.index)
    seen.iloc[:4] = [first, second, np.nan, 0]
    unknown = np.where(seen.isna(), "unknown", "measured")
    few = analysis.communes["gps_2024"] < 5
    communes = analysis.communes.assign(
        seen=seen,
        seen_status=unknown,
        share_seen=seen / analysis.communes["population"],
        share_seen_status=unknown,
        gp_age=np.where(few, 40 + first, 50.0),
        gp_age_status="measured",
        gp_acts=np.where(few, 1_000 + second, 20_000.0),
        gp_acts_status="measured",
    )
    sums = {"seen": seen.sum(), "gp_age": 50.0}
    rows = [
        analysis.comparison.iloc[[0]].assign(
            indicator=name, value=value, low=np.nan, high=np.nan, status="measured"
        )
        for name, value in sums.items()
    ]
    comparison = pd.concat([analysis.comparison, *rows], ignore_index=True)
    return analysis.with_tables(communes=communes, figures=communes, comparison=comparison)


@pytest.fixture
def shown_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put persons on the maps and in the tables."""
    for maps in (interactive, drawings, report):
        monkeypatch.setattr(maps, "territory_layers", lambda *_, **__: (LAYER, AGES))
    listed = (*commune_section.LISTED, "seen", "share_seen", "gp_age", "gp_acts")
    monkeypatch.setattr(commune_section, "LISTED", listed)


AGES = MapLayer("gp_age", "Âge", (45.0, 49.0, 52.0), ("a", "b", "c", "d"))


def files_of(folder: Path) -> dict[str, bytes]:
    """Content by file; folium numbers its elements at random, and the manifest holds hashes."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    return {name: re.sub(rb"[0-9a-f]{32}", b"id", content) for name, content in found.items()}


@pytest.mark.usefixtures("shown_everywhere")
def test_no_file_tells_what_is_masked(analysis: Analysis, tmp_path: Path) -> None:
    """Pages with their JSON, maps, tables: byte by byte those of other masked values."""
    first, second = (
        files_of(report.write_report(with_persons(analysis, *pair), tmp_path / str(pair)).parent)
        for pair in PAIRS
    )
    assert {Path(name).suffix for name in first} == {".html", ".csv", ".png", ".toml", ".json"}
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    page = first["ouest_loiret.html"].decode()
    maps = [unpacked(text)[0] for text in packed_in(page)]
    (column, data) = next(
        (each, data) for data in maps for each in data["layers"] if each["title"] == LAYER.title
    )
    own = data["own"]
    words = [data["statuses"][int(number)] for number in column["statuses"][:own]]
    assert sum(word[2] == "moins de 11" for word in words) == 1
    assert sum(word[2] == "secret" for word in words) == 1
    assert sum(word[1] == "secret statistique" for word in words) == 2
    assert sum(word[1] == "donnée absente" for word in words) == 1
    # Masked has no value, no circle, and is not taken for unknown.
    unknown = [value is None for value in column["values"][:own]]
    assert unknown == [word[1] in ("secret statistique", "donnée absente") for word in words]
    assert 0 in column["values"]
    bare = [row for row in range(own) if not unknown[row]]
    assert sorted(row for row, *_ in column["discs"]) == bare
    communes = pd.read_csv(BytesIO(first["tableaux/communes.csv"]), sep=None, engine="python")
    assert shown(communes)[:4] == [UNDER, SECRET, "unknown", 0]
    few = communes["gps_2024"] < 5
    assert communes.loc[few, "gp_age"].isna().all()
    assert set(communes.loc[few, "gp_age_status"]) == {SECRET}


@pytest.fixture(scope="module")
def pair(analysis: Analysis) -> list[Analysis]:
    return [released(with_persons(analysis, *values)) for values in PAIRS]


@pytest.mark.usefixtures("shown_everywhere")
def test_still_maps_do_not_tell_what_is_masked(analysis: Analysis, pair: list[Analysis]) -> None:
    drawings = []
    for one in pair:
        ax = still.draw_layer(
            one.communes, LAYER, ax=Figure().subplots(), national=analysis.national
        )
        painted = [
            (to_hex(artist.get_facecolor()[0]), artist.get_hatch(), len(artist.get_paths()))
            for artist in ax.collections
            if len(artist.get_facecolor())
        ]
        drawings.append((painted, [text.get_text() for text in ax.get_legend().get_texts()]))
    assert drawings[0] == drawings[1]
    painted, words = drawings[0]
    assert (style.MASK_FILL, None, 2) in painted
    assert {"secret statistique", "donnée absente"} < set(words)


@pytest.mark.usefixtures("shown_everywhere")
def test_tables_do_not_tell_what_is_masked(pair: list[Analysis]) -> None:
    (headers, first), (_, second) = (commune_section.commune_table(one.communes) for one in pair)
    assert first == second
    places = [headers.index((COLUMNS[n].label, "2024")) for n in ("seen", "share_seen")]
    found = {row[1].text: [row[place] for place in places] for row in first}
    codes = pair[0].communes["code_insee"].tolist()
    assert [cell.text for cell in found[codes[0]]] == ["moins de 11", "secret"]
    assert [cell.text for cell in found[codes[1]]] == ["secret", "secret"]
    assert [cell.text for cell in found[codes[2]]] == ["donnée absente", "donnée absente"]
    assert found[codes[3]][0].text == "0"
    assert (found[codes[0]][0].mark, found[codes[0]][0].title) == ("■", "secret statistique")


def test_a_territory_of_few_patients_is_masked_in_files_and_in_the_comparison(
    analysis: Analysis,
) -> None:
    few = with_persons(analysis, 3, 4)
    first = few.communes.index[:2]
    few = few.with_tables(
        communes=few.communes.assign(
            seen=few.communes["seen"].where(few.communes.index.isin(first), 0),
            seen_status="measured",
        ),
        comparison=few.comparison.assign(
            value=few.comparison["value"].mask(few.comparison["indicator"] == "seen", 7.0)
        ),
    )
    left = released(few)
    # Nothing is left raw under another name.
    assert left.table("figures")["seen"].equals(left.communes["seen"])
    total = tables_written(left)["comparaison"].query("indicator == 'seen'")
    assert total["status"].tolist() == [SECRET]
    (sheet,) = left.studies.values()
    assert sheet.comparison.query("indicator == 'seen'")["value"].isna().all()


def test_territories_that_fill_a_departement_are_protected_together(
    analysis: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = analysis.communes.reset_index(drop=True)
    mine = mine.assign(
        territory=np.where(mine.index < 2, "small", np.where(mine.index < 10, "middle", "big")),
        seen=np.where(mine.index == 0, 7.0, np.where(mine.index == 1, 0.0, 20.0 + mine.index)),
        seen_status="measured",
    )
    rows = totals(mine, ("territory",))
    comparison = pd.concat([analysis.comparison, rows], ignore_index=True)
    (whole,) = analysis.studies.values()
    keys = ("small", "middle", "big")
    own = comparison["territory"].mask(comparison["area_code"].isin(keys), comparison["area_code"])
    comparison = comparison.assign(territory=own)
    split = replace(
        analysis, studies={key: whole.with_parts(key=key) for key in keys}, listed=keys
    ).with_tables(communes=mine, comparison=comparison)
    secret = released(split).comparison.query("indicator == 'seen'")
    assert set(secret.loc[secret["status"] == SECRET, "area_code"]) == {"small"}
    inside = analysis.national["code_insee"].isin(mine["code_insee"])
    filled = released(replace(split, national=analysis.national[inside]))
    secret = filled.comparison.query("indicator == 'seen'")
    assert set(secret.loc[secret["status"] == SECRET, "area_code"]) == {"small", "middle"}
    assert "_filled" not in filled.communes
    # One of them leaves as the set shows it: masked alone, it would tell what the set hides.
    assert released(filled.only("middle")).comparison.equals(filled.only("middle").comparison)
    own = Territories(replace(split, national=analysis.national[inside]))["middle"]
    written: list[Any] = []
    for name in ("write_report", "write_exports"):
        monkeypatch.setattr(
            home, name, lambda run, *_, **__: written.append(released(run)) or tmp_path
        )
    own.report(tmp_path)
    own.export("csv", folder=tmp_path)
    for run in written:
        assert list(run.studies) == ["middle"]
        assert set(run.comparison.query("indicator == 'seen'")["status"]) == {SECRET}
        assert run.communes["seen"].tolist() == pytest.approx(
            own.communes["seen"].tolist(), nan_ok=True
        )
    assert len(written) == 2


def test_a_fact_that_is_withheld_is_nowhere_in_what_is_shown(ageing: Analysis) -> None:
    """Neither in the audit, nor in what the run shares, nor in what is computed again."""
    few = ageing.communes.assign(gps_2024=0.0, gps_2025=0.0)
    own = Territories(ageing.with_tables(communes=few, figures=few))["beauce_gatinais"]
    said = [*own.study.facts["fact"], *own.audit["documents"].table["fact"]]
    said += own.study.common.facts.query("territory == @own.key")["fact"].tolist()
    assert said and "gp_mean_age" not in said
    assert "Moyenne d’âge" not in own.audit["documents"].html
    again = own.study.resting_on(own.study.scenario).capacity
    assert again is not None and again.future is None
    assert again.past is None or 61.0 not in set(again.past.get("mean_age", []))


def test_three_doctors_show_their_density_and_not_their_age(
    ageing: Analysis, tmp_path: Path
) -> None:
    """Artenay alone: GPs are counted there, and what rests on their ages stays behind."""
    perimeter = tmp_path / "artenay.csv"
    perimeter.write_text("code_insee\n45008\n", encoding="utf-8")
    small = analyse(Request(perimeter=perimeter), Options(draws=500))
    (key,) = small.studies
    facts = {"gp_mean_age": 58.5, "gps_per_100k": 300.0}
    rows = load_facts().query("fact in @facts").drop_duplicates("fact")
    rows = rows.assign(territory=key, value=rows["fact"].map(facts))
    future = ageing.studies["beauce_gatinais"].capacity.future
    past = ageing.studies["beauce_gatinais"].capacity.past
    assert future is not None and 61.0 in set(past["mean_age"])
    capacity = replace(small.studies[key].capacity, future=future, past=past)
    aged = replace(small, studies={key: small.studies[key].with_parts(capacity=capacity)})
    aged = aged.with_tables(facts=rows)
    page = report.write_report(aged, tmp_path / "out").parent
    written = {path.name: path.read_text("utf-8") for path in page.rglob("*.csv")}
    assert not {"avenir_medecins.csv", "avenir_eprouve.csv"} & set(written)
    assert "58.5" not in "".join(written.values())
    assert "gps_per_100k_2024" in written["comparaison.csv"]
    sheet = next(path for path in page.glob("*.html") if path.name != "index.html")
    text = sheet.read_text("utf-8")
    assert "58,5" not in text
    density = small.comparison.query("area_code == @key and indicator == 'gps_per_100k_2024'")
    assert number(float(density["value"].iloc[0]), 1) in text
    five = released(aged.with_tables(communes=aged.communes.assign(gps_2024=5.0)))
    assert "gp_mean_age" in set(five.table("facts")["fact"])
    assert five.studies[key].capacity.future is future
    assert five.studies[key].capacity.past is past


def test_masked_words_are_not_those_of_the_unknown() -> None:
    assert cells.value_cell("seen", np.nan, UNDER).text == "moins de 11"
    assert cells.value_cell("seen", np.nan, SECRET).text == "secret"
    assert cells.value_cell("seen", np.nan, "unknown").text == "donnée absente"
    marks = {cells.MARKS[s] for s in ("measured", "estimated", "assumed", "unknown", SECRET)}
    assert len(marks) == 5
