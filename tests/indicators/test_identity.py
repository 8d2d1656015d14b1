"""Who a territory is: sizes of the contract at their edges, number, zones whole or in part."""

from __future__ import annotations

import pandas as pd
import pytest

from cpts_geo.analysis import Analysis
from cpts_geo.errors import PerimeterError
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.indicators.identity.sizes import aci_size
from cpts_geo.indicators.identity.table import identity_table
from cpts_geo.sources.codes import finess_defect, tidy_finess
from cpts_geo.sources.embedding import embedded
from tests.kept import analysed


@pytest.fixture(scope="module")
def five() -> Analysis:
    return analysed()


@pytest.mark.parametrize(
    ("people", "size", "words"),
    [
        (0, 1, "T1, à 40 000 habitants (100,0 %) sous le seuil de la taille 2"),
        (39_999, 1, "T1, à 1 habitant (0,0 %) sous le seuil de la taille 2"),
        (40_000, 2, "T2, sur le seuil de la taille 2"),
        (78_745, 2, "T2, à 1 255 habitants (1,6 %) sous le seuil de la taille 3"),
        (80_000, 3, "T3, sur le seuil de la taille 3"),
        (81_461, 3, "T3, à 1 461 habitants (1,8 %) au-dessus du seuil de la taille 3"),
        (175_000, 3, "T3, sur le seuil de la taille 4"),
        (175_001, 4, "T4, à 1 habitant (0,0 %) au-dessus du seuil de la taille 4"),
    ],
)
def test_a_population_makes_a_size_and_stands_at_a_distance(
    people: int, size: int, words: str
) -> None:
    found = aci_size(people, embedded.load_aci_sizes())
    assert found.size == size
    assert found.words.replace("\u202f", " ") == words
    assert found.short.startswith(f"Taille {size} de l’ACI, ")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("450000104", ""),
        ("2A0000014", ""),
        ("2B0000020", ""),
        ("45000010", "8 caractères, au lieu de 9"),
        ("200000008", "il commence par un département"),
        ("960000000", "il commence par un département"),
        ("2C0000014", "il commence par un département"),
        ("45000O104", "il commence par un département"),
        ("450000140", "clé de contrôle fausse"),
    ],
)
def test_what_no_finess_number_has_is_said(number: str, said: str) -> None:
    assert finess_defect(number).startswith(said)
    assert bool(finess_defect(number)) == bool(said)


def test_a_wrong_number_is_refused_with_every_other_defect() -> None:
    assert Request(["lvo"], finess="85 000 001 9").finess == "850000019"
    assert tidy_finess("2b 000 002 0") == "2B0000020"
    with pytest.raises(PerimeterError) as refused:
        Request(["lvo"], finess="12", partial=True)
    assert refused.value.defects == (
        "--finess : « 12 », 2 caractères, au lieu de 9",
        "--partial : ne va qu’avec --cpts",
    )
    with pytest.raises(PerimeterError, match="2 sont demandées") as several:
        analysed(territories=["lvo", "asclepios"], finess="850000019", draws=200, fetched=False)
    assert "« CPTS Loire-Vendée-Océan »" in several.value.defects


def test_a_given_number_stands_in_the_identity_and_one_from_elsewhere_is_to_be_checked() -> None:
    for number, note in (("850000019", ""), ("450000104", "à vérifier : 45 n’est pas")):
        found = analysed(territories=["lvo"], finess=number, draws=200, fetched=False)
        row = found.table("identity").set_index("fact").loc["finess"]
        assert row["value"] == number
        assert row["note"].startswith(note) and bool(row["note"]) == bool(note)


def test_the_five_stand_where_they_stand(five: Analysis) -> None:
    table = five.table("identity")
    sizes = table[table["fact"].isin(["aci_size", "aci_size_gap"])]
    found = sizes.pivot(index="territory", columns="fact", values="value")
    assert found.to_dict("index") == {
        "asclepios": {"aci_size": 2, "aci_size_gap": 14_037},
        "beauce_gatinais": {"aci_size": 2, "aci_size_gap": -1_255},
        "lvo": {"aci_size": 3, "aci_size_gap": -34_852},
        "ondaine_forez": {"aci_size": 3, "aci_size_gap": 1_461},
        "ouest_loiret": {"aci_size": 2, "aci_size_gap": 5_828},
    }
    # The one whose document stands on an edge, and says another size than today's people.
    against = table[(table["fact"] == "aci_sizes_agree") & (table["value"] == "non")]
    assert against["territory"].tolist() == ["beauce_gatinais"]
    assert "taille 3, juste sur le seuil" in against["note"].item()
    numbers = table[table["fact"] == "finess"]
    assert numbers["value"].isna().all()
    assert numbers["note"].str.contains("annuaire FINESS, catégorie 604").all()


def test_zones_hold_all_communes_and_people_whole_or_in_part(five: Analysis) -> None:
    table = five.table("identity")
    for key, study in five.studies.items():
        for zone in ("departement", "region", "epci", "tvs"):
            rows = table[(table["territory"] == key) & (table["fact"] == zone)]
            assert rows["value"].sum() == len(study.figures), (key, zone)
            assert rows["people_share"].sum() == pytest.approx(1)
    lvo = table[(table["territory"] == "lvo") & (table["fact"] == "epci")]
    assert lvo["note"].tolist() == [*["entière"] * 4, "hors intercommunalité : L'Île-d'Yeu"]
    part = table[(table["territory"] == "ouest_loiret") & (table["fact"] == "epci")]
    assert part["note"].tolist() == ["en partie : 21 communes sur 25"]


def test_a_territory_over_two_regions_lists_both_with_their_shares() -> None:
    france = embedded.load_communes()
    # Nogent-le-Roi and Rambouillet.
    mine = france[france["code_insee"].isin(["28279", "78517"])]
    people = mine["population"].sum()
    table = identity_table(
        mine, pd.Series({"name": "x", "document": "x", "population": people}), key="x",
        facts=embedded.load_facts().iloc[:0], sizes=embedded.load_aci_sizes(), places=france,
    )  # fmt: skip
    regions = table[table["fact"] == "region"].set_index("area_code")["people_share"]
    assert regions.index.tolist() == ["11", "24"]
    expected = mine.set_index("region")["population"] / people
    assert regions.to_dict() == pytest.approx(expected.to_dict())
    asked = table.set_index("fact").loc["population_published", "note"]
    assert "à demander à la CPAM" in asked
