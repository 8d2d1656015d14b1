"""Places found by any part of their name, or by their code, with what to type for each."""

from __future__ import annotations

import random
import re

import pandas as pd
import pytest

from cpts_geo.errors import PerimeterError
from cpts_geo.geography.perimeters.request import Request, find_perimeters
from cpts_geo.geography.zones.places import _PLACE_KINDS, every_place, find_places
from cpts_geo.sources.codes import WHOLE_OF
from cpts_geo.sources.embedding import embedded


@pytest.fixture(scope="module")
def places():
    return every_place()


def found(places, text, **options):
    table = find_places(places, text, **options)
    return list(zip(table["type"], table["code"], strict=True))


def test_every_place_is_there(places):
    counts = places["type"].value_counts()
    assert counts["commune"] == len(embedded.load_population())
    assert counts["arrondissement"] == len(WHOLE_OF)
    assert (counts["EPCI"], counts["EPT"], counts["département"]) == (1_255, 11, 101)
    assert set(counts.index) == {kind for kinds in _PLACE_KINDS.values() for kind in kinds}
    assert places.drop(columns="population").notna().all(axis=None)
    people = places[places["type"] == "commune"]["population"].sum()
    assert people == embedded.load_population().sum()
    assert places[places["type"] == "département"]["population"].sum() == people


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("poher", ("EPCI", "242900744")),
        ("TCO", ("EPCI", "249740101")),
        ("T8", ("EPT", "200057875")),
        ("GPSEO", ("EPCI", "200059889")),
        ("venelle tille", ("EPCI", "200070910")),
        ("200070183", ("EPCI", "200070183")),
        ("2a004", ("commune", "2A004")),
        ("St-Benoit s/ Loire", ("commune", "45270")),
        ("LYON 5E", ("arrondissement", "69385")),
        ("Paris XIIIe", ("arrondissement", "75113")),
        ("Château d'Olonne", ("ancienne commune", "85060")),
        ("Nouméa", ("hors des données", "98818")),
        ("Saint-Martin (978)", ("hors des données", "97801")),
        ("cpts verdon", ("CPTS", "ars_paca_cpts:verdon")),
        ("beauce gatinais", ("CPTS", "communiques:beauce_gatinais")),
    ],
)
def test_places_by_any_part_of_their_name(places, text, first):
    assert found(places, text)[0] == first


def test_cpts_of_other_layers_are_found_too():
    every = every_place({"ign_cpts:ici": "CPTS d’Ici-Même", "ars_paca_cpts:verdon": "du Verdon"})
    row = find_places(every, "ici meme").iloc[0]
    assert (row["type"], row["option"]) == ("CPTS", "--cpts ign_cpts:ici")
    assert pd.isna(row["population"])
    assert (every["code"] == "ars_paca_cpts:verdon").sum() == 1


def test_the_intercommunalites_of_a_departement(places):
    of_name = found(places, "loiret", kind="epci")
    assert set(of_name) == set(found(places, "45", kind="epci"))
    assert set(of_name) == set(found(places, "", kind="epci", departement="45"))
    # Those that hold one commune of it are among them.
    communes = pd.read_parquet(
        embedded.verified("communes.parquet"), columns=["departement", "epci"]
    )
    held = communes.loc[communes["departement"] == "45", "epci"].dropna()
    assert {code for _, code in of_name} == set(held)
    assert found(places, "45")[0] == ("département", "45")
    assert found(places, "ensemble", kind="ept", departement="Seine-Saint-Denis") == [
        ("EPT", "200057875")
    ]


def test_every_name_finds_its_place_first_or_a_namesake(places):
    rng = random.Random(16)
    for row in rng.sample(places.to_dict("records"), 60):
        text = row["name"].upper().replace("-", " ")
        table = find_places(places, text)
        assert row["code"] in set(table["code"]), text
        first = table.iloc[0]
        if first["code"] != row["code"]:
            assert first["population"] >= (row["population"] if row["population"] > 0 else 0) or (
                first["type"] != row["type"]
            )


def test_what_is_shown_to_type_is_understood(places):
    communes = embedded.load_communes()
    tables = {
        "former": embedded.load_former_communes(),
        "arrondissements": embedded.load_arrondissements(),
        "fetched": False,
    }
    rng = random.Random(16)
    for kind in ("EPCI", "EPT", "TVS"):
        for row in rng.sample(places[places["type"] == kind].to_dict("records"), 3):
            option, value = re.fullmatch(r"--(\w+) (\S+)", row["option"]).groups()
            one = find_perimeters(Request(**{option: (value,)}), communes, **tables)
            assert one.identity["name"].tolist() == [row["name"]]
            people = pd.concat([communes, tables["arrondissements"]]).set_index("code_insee")
            assert people.loc[one.members["code_insee"], "population"].sum() == row["population"]


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("pithivierz", {}, ["Pithiviers (commune 45252, 45), 45252 dans une liste"]),
        ("Loiret", {"kind": "canton"}, ["« canton »", "epci, ept"]),
        ("Dry", {"departement": "99"}, ["Département inconnu", "« 99 »"]),
        ("  ", {}, ["Aucun lieu n’est demandé"]),
        ("orléans", {"departement": "2A"}, ["Aucun lieu ne contient « orléans »"]),
    ],
)
def test_what_is_not_found_is_said(places, text, options, words):
    with pytest.raises(PerimeterError) as refused:
        find_places(places, text, **options)
    said = " ".join([refused.value.summary, *refused.value.defects, refused.value.remedy])
    assert all(word in said for word in words), said
