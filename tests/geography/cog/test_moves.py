"""Changing vintage: counts add, rates weigh, nothing is lost without a word."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.errors import TableError
from cpts_geo.geography.cog._paths import follow
from cpts_geo.geography.cog.events import codes_at, current_codes
from cpts_geo.geography.cog.moves import MoveWarning, move
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.embedding.contracts import check

COLUMNS = ["year", "dated", "event", "from_code", "to_code", "former_codes", "evidence"]
CURRENT = ["01001", "01003", "01005", "01006", "01007"]


def table(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns)


def events_of(*rows: tuple) -> pd.DataFrame:
    """Rows of (year, event, from, to) or (..., former codes); a negative year is not dated."""
    full = [
        (abs(year), year > 0, event, old, new, rest[0] if rest else None, "essai")
        for year, event, old, new, *rest in rows
    ]
    texts = dict.fromkeys(["event", "from_code", "to_code", "former_codes", "evidence"], "str")
    found = pd.DataFrame(full, columns=COLUMNS).astype({"year": int, "dated": bool, **texts})
    return check(found, "cog_events")


def parted(year: int, *, keeps: str = "01005") -> list[tuple]:
    """01006 leaves 01005."""
    rows = (("01005", keeps), ("01006", "01006"))
    return [(year, "scission", "01005", new, formers) for new, formers in rows]


#: 01010 and 01011 join 01001; 01002 changes its code, then 01004 joins it; 01005 is split.
EVENTS = events_of(
    (2022, "fusion", "01010", "01001"),
    (2023, "fusion", "01011", "01001"),
    (2023, "code", "01002", "01003"),
    (2024, "fusion", "01004", "01003"),
    *parted(2025),
    (2024, "retrait", "01099", None),
)
PEOPLE = pd.Series([400, 60, 30, 10, 5], index=CURRENT)
OWN = {"events": EVENTS, "population": PEOPLE, "to_vintage": 2026}


def moved_from(year: int, before: pd.DataFrame, **options) -> tuple[pd.DataFrame, pd.DataFrame]:
    return move(before, from_vintage=year, **(OWN | options))


# --- worked by hand -----------------------------------------------------------------------


def test_current_codes():
    codes = pd.Series(["01001", "85060", "85165", "14666", "85084", "72287", "99999"])
    found = current_codes(codes, from_vintage=2018)
    # A commune that merged and left again is itself; one that was split is the one that stayed.
    expected = ["01001", "85194", "85165", "14666", "85084", "72155"]
    assert found.tolist()[:-1] == expected
    assert found.isna().tolist() == [False] * 6 + [True]


def test_merger_worked_by_hand():
    before = table(
        code_insee=["01001", "01010", "01003"],
        people=[100.0, 300.0, 50.0],
        gps=[1.0, 0.0, 2.0],
        apl=[4.0, 2.0, 3.0],
    )
    before, kept = before.replace("01003", "01002"), EVENTS.copy()
    copy = before.copy()
    moved, journey = moved_from(2021, before, counts=["people", "gps"], rates={"apl": "people"})
    pd.testing.assert_frame_equal(before, copy)
    pd.testing.assert_frame_equal(EVENTS, kept)
    rows = moved.set_index("code_insee")
    assert rows.loc["01001", ["people", "gps", "apl"]].tolist() == [400, 1, (400 + 600) / 400]
    # The same commune under another code: nothing was computed.
    assert rows.loc["01003", ["people", "gps", "apl"]].tolist() == [50, 2, 3]
    assert rows["people_status"].tolist() == ["measured", "measured"]
    assert rows["apl_status"].tolist() == ["estimated", "measured"]
    seen = journey[journey["how"] == "suivi"].drop(columns=["share", "how"])
    assert seen.to_numpy().tolist() == [
        ["01002", "01003", "code", 2023],
        ["01010", "01001", "fusion", 2022],
    ]


def test_chain_of_a_change_of_code_then_a_merger():
    before = table(code_insee=["01002", "01004"], beds=[3, 4])
    moved, journey = moved_from(2021, before, counts=["beds"])
    assert moved.to_numpy().tolist() == [["01003", 7, "measured"]]
    assert journey["to_code"].tolist() == ["01003", "01003"]
    # At the COG 2023 the second had not joined yet.
    between, _ = moved_from(2021, before, counts=["beds"], to_vintage=2023)
    assert between[["code_insee", "beds"]].to_numpy().tolist() == [["01003", 3], ["01004", 4]]
    chained = events_of((2022, "fusion", "01010", "01002"), (2023, "code", "01002", "01003"))
    _, journey = move(
        table(code_insee=["01010"], beds=[1]), counts=["beds"], from_vintage=2021, to_vintage=2026,
        events=chained, population=PEOPLE,
    )  # fmt: skip
    row = journey.set_index("from_code").loc["01010"]
    assert (row["to_code"], row["event"], row["year"]) == ("01003", "fusion puis code", 2023)


def test_unknown_part_makes_the_whole_unknown_never_zero():
    before = table(
        code_insee=["01001", "01010", "01002", "01007"],
        gps=[2.0, np.nan, np.nan, 0.0],
        people=[10.0, 10.0, 5.0, 7.0],
        apl=[np.nan, 3.0, 1.5, 0.0],
    )
    moved, _ = moved_from(2021, before, counts=["gps", "people"], rates={"apl": "people"})
    rows = moved.set_index("code_insee")
    assert rows["gps"].isna().to_dict() == {"01001": True, "01003": True, "01007": False}
    assert rows["gps_status"].tolist() == ["unknown", "unknown", "measured"]
    assert rows.at["01007", "gps"] == 0
    assert np.isnan(rows.at["01001", "apl"])
    assert rows["apl_status"].tolist() == ["unknown", "measured", "measured"]
    assert rows.at["01007", "apl"] == 0


def test_status_is_the_worst_of_the_parts():
    before = table(
        code_insee=["01001", "01010", "01002", "01004", "01007"],
        gps=[2.0, 1.0, 1.0, 1.0, np.nan],
        gps_status=["measured", "estimated", "assumed", "estimated", "unknown"],
        people=[2.0, 2.0, 1.0, 1.0, 1.0],
        apl=[1.0, 3.0, 4.0, 4.0, 2.0],
        apl_status=["measured", "measured", "assumed", "measured", "assumed"],
    )
    moved, _ = moved_from(2021, before, counts=["gps", "people"], rates={"apl": "people"})
    rows = moved.set_index("code_insee")
    assert rows["gps_status"].to_dict() == {
        "01001": "estimated",
        "01003": "assumed",
        "01007": "unknown",
    }
    assert rows["apl_status"].tolist() == ["estimated", "assumed", "assumed"]
    assert rows["people_status"].tolist() == ["measured"] * 3


def test_same_vintage_is_the_same_table():
    before = table(code_insee=CURRENT, gps=[0, 3, 1, 2, 2], apl=[1.0, np.nan, 0.0, 2.0, 5.0])
    moved, journey = moved_from(2026, before, counts=["gps"], rates={"apl": "gps"})
    assert journey.empty
    # 0 people weigh nothing: a commune that did not change keeps its own rate all the same.
    pd.testing.assert_frame_equal(moved[["code_insee", "gps", "apl"]], before)
    assert moved["gps"].dtype == before["gps"].dtype
    again, _ = moved_from(2026, moved, counts=["gps"], rates={"apl": "gps"})
    pd.testing.assert_frame_equal(again, moved)


def test_paris_by_arrondissement_becomes_paris():
    before = table(code_insee=["75101", "75102"], population=[10, 30])
    moved, journey = move(before, from_vintage=2024, to_vintage=2026)
    assert moved.to_numpy().tolist() == [["75056", 40, "measured"]]
    assert set(journey["event"]) == {"arrondissement"}
    assert journey["how"].value_counts().to_dict() == {"absent de la table": 18, "suivi": 2}
    with pytest.raises(TableError) as refused:
        move(pd.concat([before, table(code_insee=["75056"], population=[40])]),
             from_vintage=2024, to_vintage=2026)  # fmt: skip
    assert refused.value.defects == ("code 75056 : la commune et ses arrondissements",)


def test_arrondissements_are_kept_for_territories_made_of_them():
    before = table(code_insee=["75101", "75102", "85060", "85194"], population=[10, 30, 5, 6])
    moved, journey = move(before, from_vintage=2018, to_vintage=2026, arrondissements="keep")
    people = dict(zip(moved["code_insee"], moved["population"], strict=True))
    assert people == {"75101": 10, "75102": 30, "85194": 11}
    # They did not change, and the others are not missing of a city.
    assert not journey["from_code"].str.startswith("75").any()
    with pytest.raises(TableError, match="la commune et ses arrondissements"):
        both = pd.concat([before, table(code_insee=["75056"], population=[40])])
        move(both, from_vintage=2018, to_vintage=2026, arrondissements="keep")


def test_the_code_of_an_arrondissement_is_its_own_today():
    codes = pd.Series(["69385", "75056", "13217"])
    assert current_codes(codes, from_vintage=2018).fillna("").tolist() == ["69385", "75056", ""]


def test_parts_that_the_table_lacks_are_listed():
    before = table(code_insee=["01010", "01007"], beds=[1, 2])
    _, journey = moved_from(2021, before, counts=["beds"])
    absent = journey[journey["how"] == "absent de la table"]
    assert absent[["from_code", "to_code"]].to_numpy().tolist() == [
        ["01001", "01001"],
        ["01011", "01001"],
    ]
    assert absent["share"].isna().all()


# --- columns ------------------------------------------------------------------------------


def test_the_schema_says_what_adds_and_what_weighs():
    before = table(
        code_insee=["01001", "01010"],
        name=["Ici", "Là"],
        gps_2017=[1, 2],
        apl_2023=[1.0, 4.0],
        standardised_population_2023=[100.0, 200.0],
    )
    moved, _ = moved_from(2021, before)
    assert moved.loc[0, ["gps_2017", "apl_2023"]].tolist() == [3, 3.0]
    assert "name" not in moved  # a name of before is not the name of today


def test_columns_that_cannot_move_are_all_listed():
    before = table(
        code_insee=["01001"],
        beds=[1],
        rate=[0.5],
        apl_2023=[2.0],
        density_km2=[12.0],
        gps_2017=["trois"],
        flag=[True],
        loose=pd.Series([1, None], dtype=object).head(1),
    )
    with pytest.raises(TableError) as refused:
        moved_from(2021, before, counts=["nurses", "rate"], rates={"rate": "people"})
    assert refused.value.defects == (
        "apl_2023 : son poids standardised_population_2023 n’est pas un compte de la table",
        "beds : ni compte ni taux connu",
        "colonne absente : nurses",
        "density_km2 : valeur calculée d’autres colonnes, à refaire après",
        "flag : ni compte ni taux connu",
        "gps_2017 : nombres attendus",
        "loose : nombres attendus",
        "rate : à la fois dans counts et dans rates",
    )
    assert "counts=" in refused.value.remedy
    with pytest.raises(TableError, match="colonne absente : code_insee"):
        moved_from(2021, table(code=["01001"], gps_2017=[1]))


# --- codes --------------------------------------------------------------------------------


def test_rows_that_cannot_move_are_all_listed():
    before = table(
        code_insee=["01010", "01001", "01001", "01006", "1002", "99999", "01099", None, "01007"],
        beds=[1.0, 1, 1, 1, 1, 1, 1, 1, np.nan],
        beds_status=["measured"] * 7 + ["sûr", "measured"],
    )
    with pytest.raises(TableError) as refused:
        moved_from(2024, before, counts=["beds"])
    assert refused.value.defects == (
        "code absent : ligne 7",
        "code 01001 : en double",
        "code 01006 : n’existe qu’à partir du COG 2025",
        "code 01010 : disparu au COG 2022, devenu 01001",
        "code 01099 : disparu au COG 2024, devenu on ne sait quoi",
        "code 1002 : inconnu des COG de métropole et des DROM",
        "code 99999 : inconnu des COG de métropole et des DROM",
        "beds_status : « sûr » inconnu",
        "beds de 01007 : valeur et statut se contredisent",
    )
    assert "COG 2024" in refused.value.summary
    assert "une ligne par code" in refused.value.remedy


def test_code_without_successor_is_handed_back_with_a_warning():
    before = table(code_insee=["01001", "01099"], gps=[1, 2])
    with pytest.warns(MoveWarning, match=r"1\scode sans successeur.*01099 ; perdus : gps 2"):
        moved, journey = moved_from(2021, before, counts=["gps"])
    assert moved["gps"].tolist() == [1]
    lost = journey[journey["how"] == "perdu"]
    assert lost[["from_code", "event", "year"]].to_numpy().tolist() == [["01099", "retrait", 2024]]
    assert lost["to_code"].isna().all()


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (2026, 2021, "revenir en arrière inventerait des chiffres"),
        (2021, 2027, "to_vintage = 2027 : un millésime est une année de 1943 à 2026"),
        ("2021", 2026, "from_vintage = '2021' : un millésime"),
        (2021.5, 2026, "from_vintage = 2021.5"),
        (True, 2026, "from_vintage = True"),
        (1900, 2026, "from_vintage = 1900"),
        (2015, 2018, "les fusions d’avant 2021 ne sont pas datées"),
    ],
)
def test_impossible_vintages(start, end, said):
    before = table(code_insee=["01001"], population=[1])
    with pytest.raises(TableError) as refused:
        move(before, from_vintage=start, to_vintage=end)
    assert said in str(refused.value)


def test_impossible_arguments_are_all_listed():
    with pytest.raises(TableError) as refused:
        move(table(code_insee=[]), from_vintage=0, to_vintage=1, split="moitié")
    assert len(refused.value.defects) == 3


def test_events_that_break_their_contract_are_refused():
    wrong = EVENTS.assign(event="annexion")
    with pytest.raises(TableError, match="attendu : fusion, scission, code, retrait"):
        moved_from(2021, table(code_insee=["01001"], population=[1]), events=wrong)


# --- splits -------------------------------------------------------------------------------

WIDE = table(
    code_insee=["01005", "01007"],
    people=[80.0, 5.0],
    apl=[2.5, 1.0],
    beds=[8, 3],
)
SPLIT = {"counts": ["people", "beds"], "rates": {"apl": "people"}}


def test_split_is_refused_by_default():
    with pytest.raises(TableError) as refused:
        moved_from(2024, WIDE, **SPLIT)
    assert refused.value.defects == ("code 01005, divisé au COG 2025 en 01005, 01006",)
    assert 'split="population"' in refused.value.remedy
    assert 'split="parent"' in refused.value.remedy
    # Once split, it is a commune like another.
    moved, _ = moved_from(2025, WIDE, **SPLIT)
    assert moved["people"].tolist() == [80, 5]


def test_split_shared_by_population():
    with pytest.warns(MoveWarning) as told:
        moved, journey = moved_from(2024, WIDE, split="population", **SPLIT)
    said = str(told[0].message).replace("\u202f", " ")
    assert said.endswith(": 01005 → 01005 : 75,0 % ; 01005 → 01006 : 25,0 %.")
    rows = moved.set_index("code_insee")
    assert rows["people"].to_dict() == {"01005": 60, "01006": 20, "01007": 5}
    assert rows["beds"].to_dict() == {"01005": 6, "01006": 2, "01007": 3}
    assert rows["apl"].to_dict() == {"01005": 2.5, "01006": 2.5, "01007": 1}
    for name in ("people", "beds", "apl"):
        assert rows[f"{name}_status"].tolist() == ["estimated", "estimated", "measured"]
    assert journey["share"].tolist() == [0.75, 0.25]
    assert set(journey["how"]) == {"partagé"}


def test_split_left_to_the_parent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        moved, journey = moved_from(2024, WIDE, split="parent", **SPLIT)
    rows = moved.set_index("code_insee")
    assert rows["people"].to_dict() == {"01005": 80, "01007": 5}
    assert rows["people_status"].tolist() == ["estimated", "measured"]
    assert rows["apl"].tolist() == [2.5, 1]
    assert journey["how"].tolist() == ["gardé par la commune divisée"]


def test_split_whose_people_are_unknown_cannot_be_shared():
    none = PEOPLE.drop("01006")
    with pytest.raises(TableError, match="01005, divisé au COG 2025") as refused:
        moved_from(2024, WIDE, split="population", population=none, **SPLIT)
    assert "population=" in refused.value.remedy
    with pytest.raises(TableError, match="01005, divisé"):
        moved_from(2024, WIDE, split="population", population=PEOPLE * 0, **SPLIT)


def test_parent_that_does_not_go_on_can_keep_nothing():
    gone = events_of(
        (2024, "scission", "01008", "01001", "01001"), (2024, "scission", "01008", "01007", "01007")
    )
    before = table(code_insee=["01008"], beds=[1])
    with pytest.raises(TableError, match="01008, divisé au COG 2024 en 01001, 01007"):
        moved_from(2021, before, counts=["beds"], events=gone, split="parent")


def test_merger_after_a_split_weighs_the_shares():
    chain = events_of(*parted(2024), (2025, "fusion", "01006", "01007"))
    with pytest.raises(TableError, match="divisé au COG 2024 en 01005, 01006"):
        moved_from(2021, WIDE, events=chain, **SPLIT)
    people = pd.Series([60, 20, 100], index=["01005", "01006", "01007"])
    with pytest.warns(MoveWarning):
        moved, journey = moved_from(
            2021, WIDE, split="population", events=chain, population=people, **SPLIT
        )
    rows = moved.set_index("code_insee")
    assert rows["people"].to_dict() == {"01005": 60, "01007": 25}
    assert rows.at["01007", "apl"] == pytest.approx((20 * 2.5 + 5 * 1.0) / 25)
    assert "scission puis fusion" in set(journey["event"])


def test_table_without_rows():
    empty = table(code_insee=pd.Series(dtype=str), gps_2017=pd.Series(dtype=float))
    moved, journey = moved_from(2021, empty)
    assert moved.empty
    assert list(moved) == ["code_insee", "gps_2017", "gps_2017_status"]
    assert journey.empty


def test_commune_that_merged_and_left_comes_back_whole():
    back = events_of(
        (2022, "fusion", "01006", "01005"),
        (2022, "fusion", "01010", "01005"),
        *parted(2025, keeps="01005 01010"),
    )
    before = table(code_insee=["01005", "01006", "01010"], beds=[1, 2, 4])
    moved, journey = moved_from(2021, before, counts=["beds"], events=back)
    assert moved.to_numpy().tolist() == [["01005", 5, "measured"], ["01006", 2, "measured"]]
    assert set(journey["how"]) == {"rétabli"}
    # From a COG between the two events it is the wide commune.
    with pytest.raises(TableError, match="01005, divisé"):
        moved_from(2023, table(code_insee=["01005"], beds=[7]), counts=["beds"], events=back)


def test_merger_without_date_counts_when_the_table_holds_the_code():
    back = events_of((-2021, "fusion", "01006", "01005"), *parted(2025))
    apart = table(code_insee=["01005", "01006"], beds=[1, 2])
    moved, _ = moved_from(2015, apart, counts=["beds"], events=back)
    assert moved[["code_insee", "beds"]].to_numpy().tolist() == [["01005", 1], ["01006", 2]]
    with pytest.raises(TableError, match="01005, divisé"):
        moved_from(2018, apart.head(1), counts=["beds"], events=back)


# --- the embedded events --------------------------------------------------------------------


def test_embedded_events_keep_their_contract():
    events = check(embedded.load_cog_events(), "cog_events")
    assert not (events["event"] == "retrait").any()
    # A code gone without a date is of no COG since.
    undated = events[~events["dated"]]
    assert set(undated["year"]) == {2021}
    codes = codes_at(2021, embedded.load_population().index, events)
    assert not codes & set(undated["from_code"])
    assert set(undated["to_code"]) <= codes


def test_known_moves_of_the_cog():
    codes = {
        "85060": "85194",  # Château-d'Olonne, in Les Sables-d'Olonne since 2019
        "41023": "41151",  # Bourré, in Montrichard Val de Cher
        "42072": "42217",  # La Côte-en-Couzan, 2025: no delegated commune was kept
        "72287": "72155",  # Saint-Gervais-en-Belin, 2025
        "14513": "50592",  # Pont-Farcy changed its département
        "49069": "49126",  # Orée d'Anjou changed its code in 2025
        "75101": "75056",
        "27676": "27676",  # Les Trois Lacs: 27676, then 27058, then 27676 again
    }
    before = table(code_insee=list(codes), n=range(len(codes)))
    moved, journey = move(before, from_vintage=2018, to_vintage=2026, counts=["n"])
    assert journey[journey["how"] == "suivi"].set_index("from_code")["to_code"].to_dict() == codes
    assert moved["n"].sum() == before["n"].sum()
    row = journey.set_index("from_code").loc["27676"]
    assert (row["event"], row["year"]) == ("fusion puis code", 2023)


@pytest.mark.parametrize(
    ("vintage", "codes", "found"),
    [
        # L'Oie, before Essarts-en-Bocage, within it, and after.
        (2015, ["85084", "85165", "85212"], ["85084", "85165", "85212"]),
        (2018, ["85084"], "85084, 85165, 85212"),
        (2024, ["85084", "85165", "85212"], ["85084", "85165", "85212"]),
        # Saline was made in 2017 and undone at the end of 2019.
        (2016, ["14666", "14712"], ["14666", "14712"]),
        (2018, ["14712"], "14666, 14712"),
        (2020, ["14666", "14712"], ["14666", "14712"]),
        # La Neuville-Garnier went with Les Hauts-Talican, which took another code.
        (2016, ["60054", "60455", "60694"], ["60054", "60694", "60694"]),
    ],
)
def test_restored_communes(vintage, codes, found):
    before = table(code_insee=codes, n=range(1, len(codes) + 1))
    if isinstance(found, str):
        with pytest.raises(TableError, match=f"divisé au COG \\d+ en {found}"):
            move(before, from_vintage=vintage, to_vintage=2026, counts=["n"])
        return
    moved, _ = move(before, from_vintage=vintage, to_vintage=2026, counts=["n"])
    assert moved["n"].tolist() == before["n"].groupby(found).sum().tolist()
    assert moved["n_status"].eq("measured").all()


def test_identity_on_the_embedded_communes():
    before = embedded.load_population().reset_index()
    moved, journey = move(before, from_vintage=2026, to_vintage=2026)
    assert journey.empty
    pd.testing.assert_frame_equal(moved[list(before)], before)


# --- properties -----------------------------------------------------------------------------

few = settings(max_examples=30, deadline=None)
ATOMS = [f"{number:05d}" for number in range(1001, 1009)]
START = 2001
steps = st.lists(
    st.tuples(st.sampled_from(["fusion", "back", "code"]), st.integers(0, 50), st.integers(0, 50)),
    max_size=2026 - START,
)


def history(drawn) -> tuple[pd.DataFrame, dict[str, set[str]]]:
    """Play random events, one a year; return them and what each last commune is made of."""
    state = {code: {code} for code in ATOMS}
    rows: list[tuple] = []
    for year, (event, i, j) in enumerate(drawn, start=START + 1):
        codes = sorted(state)
        old, new = codes[i % len(codes)], codes[j % len(codes)]
        if event == "fusion" and old != new:
            state[new] |= state.pop(old)
            rows.append((year, "fusion", old, new))
        elif event == "code":
            new = f"{90000 + year}"
            state[new] = state.pop(old)
            rows.append((year, "code", old, new))
        elif event == "back":
            held = sorted(state[old] - {old} - set(state))
            if held and len(state[old]) > 1:
                part = held[j % len(held)]
                state[old] -= {part}
                state[part] = {part}
                rows.append((year, "scission", old, old, " ".join(sorted(state[old]))))
                rows.append((year, "scission", old, part, part))
    return events_of(*rows), state


@few
@given(drawn=steps, values=st.lists(st.integers(0, 10**6), min_size=8, max_size=8))
def test_random_history_ends_where_it_should(drawn, values):
    events, state = history(drawn)
    before = table(code_insee=ATOMS, n=values)
    options = {"events": events, "population": pd.Series(1, index=sorted(state))}
    moved, journey = move(
        before, from_vintage=START, to_vintage=2026, counts=["n"], **options
    )  # nothing to refuse: every split gives back what merged on the way
    own = before.set_index("code_insee")["n"]
    assert moved.set_index("code_insee")["n"].to_dict() == {
        code: own[sorted(atoms)].sum() for code, atoms in state.items()
    }
    assert moved["n"].sum() == before["n"].sum()
    assert (moved["n_status"] == "measured").all()
    assert (journey["share"] == 1).all()
    assert set(moved["code_insee"]) == codes_at(2026, pd.Index(sorted(state)), events)
    assert codes_at(START, pd.Index(sorted(state)), events) >= set(ATOMS)


@few
@given(
    drawn=steps.map(lambda drawn: [one for one in drawn if one[0] != "back"]),
    people=st.lists(st.integers(1, 10**6), min_size=8, max_size=8),
    rate=st.lists(st.floats(0, 1e6), min_size=8, max_size=8),
    middle=st.integers(START, 2026),
)
def test_two_moves_are_one(drawn, people, rate, middle):
    events, state = history(drawn)
    before = table(code_insee=ATOMS, people=people, rate=rate)
    options = {"events": events, "population": pd.Series(1, index=sorted(state)),
               "counts": ["people"], "rates": {"rate": "people"}}  # fmt: skip
    direct, _ = move(before, from_vintage=START, to_vintage=2026, **options)
    half, _ = move(before, from_vintage=START, to_vintage=middle, **options)
    twice, _ = move(half, from_vintage=middle, to_vintage=2026, **options)
    pd.testing.assert_frame_equal(twice, direct, rtol=1e-9)
    whole = {atom: code for code, atoms in state.items() for atom in atoms}
    parts = before.groupby(before["code_insee"].map(whole))["rate"]
    low, high = parts.min(), parts.max()
    for row in direct.itertuples():
        slack = 1e-9 * (1 + high[row.code_insee])
        assert low[row.code_insee] - slack <= row.rate <= high[row.code_insee] + slack


@few
@given(
    drawn=steps.map(lambda drawn: [one for one in drawn if one[0] == "fusion"][:5]),
    cut=st.sets(st.integers(0, 7), min_size=1, max_size=3),
    values=st.lists(st.integers(0, 10**6), min_size=8, max_size=8),
    people=st.lists(st.integers(1, 10**5), min_size=16, max_size=16),
)
def test_splits_conserve_sums(drawn, cut, values, people):
    _, state = history(drawn)
    rows = history(drawn)[0]
    codes = sorted(state)
    cuts = sorted({codes[i % len(codes)] for i in cut})
    made = {code: f"8{code[1:]}" for code in cuts}
    splits = events_of(
        *(
            (2026, "scission", code, part, part)
            for code, new in made.items()
            for part in (code, new)
        )
    )
    events = pd.concat([rows, splits], ignore_index=True).astype(splits.dtypes)
    current = sorted({*state, *made.values()})
    options = {
        "events": events,
        "population": pd.Series(people[: len(current)], index=current),
        "counts": ["n"],
        "from_vintage": START,
    }
    before = table(code_insee=ATOMS, n=values)
    kept, _ = move(before, to_vintage=2026, split="parent", **options)
    assert kept["n"].sum() == before["n"].sum()
    status = kept.set_index("code_insee")["n_status"]
    assert set(status.index[status == "estimated"]) == set(cuts)
    with pytest.warns(MoveWarning):
        shared, journey = move(before, to_vintage=2026, split="population", **options)
    assert shared["n"].sum() == pytest.approx(before["n"].sum())
    parts = journey[journey["how"] == "partagé"]
    assert parts.groupby("from_code")["share"].sum().to_numpy() == pytest.approx(1)
    people_of = options["population"]
    for code, new in made.items():
        total = shared.set_index("code_insee")["n"][[code, new]].sum()
        share = people_of[new] / (people_of[code] + people_of[new])
        assert shared.set_index("code_insee").at[new, "n"] == pytest.approx(total * share)


def test_following_leaves_other_codes_alone():
    path = follow({"01007"}, EVENTS, from_vintage=2021, to_vintage=2026)
    assert "01007" not in set(path["from_code"])
