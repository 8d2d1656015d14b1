"""Ready perimeters: EPCI, territoires de vie-santé, and those of a département."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.errors import PerimeterError, written
from cpts_geo.geography.cog.events import current_codes
from cpts_geo.geography.perimeters._membership import territory_keys
from cpts_geo.geography.perimeters.partition import places_of
from cpts_geo.geography.perimeters.request import Request, find_perimeters
from cpts_geo.geography.perimeters.zonings import (
    clues_to,
    epci_zoning,
    tvs_zoning,
    zones_of_departements,
)
from cpts_geo.geography.zones.finding import find_zones
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.codes import PLM, WHOLE_OF
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.readers.communes.tvs import READERS

#: SIREN -> communes, of the COG 2026: the sixteen of Loiret.
LOIRET = {
    "244500542": 15, "200005932": 7, "200035764": 23, "244500419": 20, "200068278": 20,
    "244500484": 10, "200067668": 23, "200070100": 19, "244500211": 11, "200071850": 31,
    "200067676": 38, "200066280": 31, "244500427": 20, "200070183": 25, "244500203": 15,
    "244500468": 22,
}  # fmt: skip


@pytest.fixture(scope="module")
def communes():
    return embedded.load_communes()


@pytest.fixture(scope="module")
def former():
    return embedded.load_former_communes()


@pytest.fixture(scope="module")
def arrondissements():
    return embedded.load_arrondissements()


@pytest.fixture(scope="module")
def zoning(communes):
    return epci_zoning(communes)


@pytest.fixture(scope="module")
def tvs(official_dir: Path):
    source = sources()["drees_tvs_2019"]
    return READERS["tvs"].table(official_dir / str(source.file), source)


@pytest.fixture(scope="module")
def zones_of_tvs(communes, arrondissements):
    places = places_of(communes, arrondissements, arrondissements["code_insee"])
    before = places.copy()
    zoning = tvs_zoning(places)
    pd.testing.assert_frame_equal(pd.DataFrame(places), pd.DataFrame(before))
    return zoning


@pytest.fixture
def found(communes, former, arrondissements):
    """Perimeters of a request, from the embedded tables alone."""
    return lambda wanted: find_perimeters(
        wanted, communes, former=former, arrondissements=arrondissements, fetched=False
    )


@pytest.fixture(scope="module")
def find(communes, zoning):
    clues = clues_to(zoning, communes)
    return lambda zoning, asked: find_zones(zoning, asked, clues=lambda: clues)


def people(communes, codes) -> int:
    return int(communes.set_index("code_insee").loc[list(codes), "population"].sum())


def test_an_epci_is_all_its_communes(communes, found):
    one = found(Request(epci=("200068278",)))
    assert one.identity.index.tolist() == ["cc_berry_loire_puisaye"] == [one.folder]
    row = one.identity.iloc[0]
    assert row["document"] == "Insee/Etalab COG 2026, intercommunalité SIREN 200068278"
    assert len(one.members) == 20
    expected = communes[communes["epci"] == "200068278"]
    assert set(one.members["code_insee"]) == set(expected["code_insee"])
    assert people(communes, one.members["code_insee"]) == expected["population"].sum() == 17_307
    assert set(one.audit["method"]) == {"exact"}
    assert one.audit["name"].tolist() == expected["name"].tolist()
    assert one.border.empty
    assert one.inputs == {}


def test_epci_of_loiret(communes, found):
    all_of = found(Request(departements=("45",)))
    codes = all_of.identity["document"].str[-9:]
    assert dict(
        zip(codes, all_of.members.groupby("territory", sort=False).size(), strict=True)
    ) == {code: LOIRET[code] for code in codes}
    assert set(codes) == set(LOIRET)
    assert not all_of.members["code_insee"].duplicated().any()
    loiret = communes[communes["departement"] == "45"]
    assert set(loiret["code_insee"]) <= set(all_of.members["code_insee"])
    total = people(communes, all_of.members["code_insee"])
    assert total == communes["population"][communes["epci"].isin(LOIRET)].sum()
    # Two of them hold communes of the next département: whole, and said.
    assert total > loiret["population"].sum()
    [note] = all_of.notes
    assert "CC des Terres du Val de Loire (200070183), départements 41, 45" in note
    assert "200067668" in note
    assert all_of.folder == "departement_45_epci"


@pytest.mark.parametrize("departement", ["41", "29", "2A", "971"])
def test_every_commune_is_inside_once_or_named_outside(communes, departement, found):
    all_of = found(Request(departements=(departement.lower(),)))
    here = communes.loc[communes["departement"] == departement, "code_insee"]
    inside = all_of.members["code_insee"]
    assert not inside.duplicated().any()
    outside = set(here) - set(inside)
    said = " ".join(all_of.notes)
    assert all(f"({code})" in said for code in outside)
    assert not any(f"({code})" in said for code in set(here) & set(inside))
    assert bool(outside) == (departement in {"41", "29"})


@pytest.mark.parametrize(("every", "nowhere"), [("epci", 4), ("tvs", 0), ("departement", 0)])
def test_all_of_france_is_inside_once_or_named_outside(communes, found, every, nowhere):
    all_of = found(Request(every=every))
    inside = set(all_of.members["code_insee"])
    # Of Paris, Lyon and Marseille, TVS take the arrondissements.
    cities = {"13055", "69123", "75056"} if every == "tvs" else set()
    outside = set(communes["code_insee"]) - inside - cities
    assert not all_of.members["code_insee"].duplicated().any()
    assert len(outside) == nowhere
    assert all(f"({code})" in " ".join(all_of.notes) for code in outside)
    assert len(all_of.notes) == bool(nowhere)
    assert list(all_of.identity["name"]) == sorted(all_of.identity["name"])
    assert all_of.folder == every


@pytest.mark.parametrize("more", [{"epci": ("45",)}, {"name": "France"}])
def test_all_of_france_is_asked_for_alone(more):
    with pytest.raises(PerimeterError, match="pas claire"):
        Request(every="epci", **more)


def test_a_division_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(PerimeterError) as refused:
        Request(every="commune")
    assert "epci, tvs, departement ; ou donnez un fichier" in refused.value.defects[0]


def test_an_epci_belongs_where_most_of_its_people_live(communes, zoning):
    of = {
        departement: set(zones_of_departements(zoning, [departement], communes)[0])
        for departement in ("41", "45")
    }
    assert "200070183" in of["45"]
    assert not of["41"] & of["45"]
    both, notes = zones_of_departements(zoning, ["41", "45"], communes)
    assert set(both) == of["41"] | of["45"]
    assert not any("d’un autre territoire" in note and "200070183" in note for note in notes)


def test_a_departement_without_epci_of_its_own_says_where_its_communes_are(found):
    with pytest.raises(PerimeterError, match="Aucune intercommunalité") as refused:
        found(Request(departements=("92",)))
    assert "200054781" in " ".join(refused.value.defects)


def test_every_unknown_departement_is_listed(found):
    with pytest.raises(PerimeterError, match="inconnu") as refused:
        found(Request(departements=("45", "99", "20")))
    assert refused.value.defects == ("« 99 »", "« 20 »")


@pytest.mark.parametrize(
    "written",
    [
        "CC des Terres du Val de Loire",
        "terres du val de loire",
        "Communauté de communes des Terres du Val de Loire",
        " 200070183 ",
    ],
)
def test_a_name_that_is_borne_once_is_enough(zoning, written, find):
    codes, notes = find(zoning, [written, "200070183"])
    assert codes == ["200070183"]
    # What is written to the letter needs no note.
    known = ("CC des Terres du Val de Loire", "200070183")
    assert bool(notes) == (written.strip() not in known)


def test_unknown_and_ambiguous_zones_are_all_listed(zoning, find):
    with pytest.raises(PerimeterError) as refused:
        find(zoning, ["200068279", "Val de Sulli", "des quatre rivières", "200070183"])
    wrong_code, misspelt, homonym = refused.value.defects
    assert "CC Berry Loire Puisaye (200068278)" in wrong_code
    assert "CC du Val de Sully (200070100)" in misspelt
    assert "247000623" in homonym
    assert "247400666" in homonym
    assert "--epci" in refused.value.remedy


def test_two_epci_of_one_name_have_two_keys(found):
    both = found(Request(epci=("247000623", "247400666")))
    assert both.identity.index.tolist() == [
        "cc_des_quatre_rivieres_247000623",
        "cc_des_quatre_rivieres_247400666",
    ]
    assert both.members["territory"].unique().tolist() == both.identity.index.tolist()
    assert both.members.groupby("territory", sort=False).size().tolist() == [41, 11]


def test_keys_are_all_different():
    keys = territory_keys(["a b", "a-b", "a b 1", "index", "x" * 90, "x" * 80], list("112345"))
    assert len(set(keys)) == 6
    assert "index" not in keys


def test_a_name_replaces_that_of_the_only_zone(found):
    one = found(Request(epci=("200070183",), name="CPTS du Val"))
    assert one.identity.loc["cpts_du_val", "name"] == "CPTS du Val"


def test_tvs_of_pithiviers(tvs, found):
    one = found(Request(tvs=("45252",)))
    assert one.identity["name"].tolist() == ["TVS Pithiviers"]
    assert one.identity["document"].str.endswith("TVS 45252").all()
    listed = tvs.loc[tvs["tvs"] == "45252", "code_insee"]
    assert len(listed) == 30
    # None of them changed between 2019 and 2026.
    assert set(one.members["code_insee"]) == set(listed)
    assert one.inputs == {}
    assert found(Request(tvs=("tvs pithiviers",))).folder == one.folder


def test_a_tvs_far_from_the_five_is_known_without_a_network(tvs, found):
    one = found(Request(tvs=("97411",)))
    assert one.identity["name"].tolist() == ["TVS Saint-Denis"]
    assert set(one.members["code_insee"]) == set(tvs.loc[tvs["tvs"] == "97411", "code_insee"])
    assert "composition de 2019" in one.identity["perimeter"].iloc[0]
    brest = found(Request(tvs=("tvs brest",)))
    assert set(brest.members["code_insee"]) == set(tvs.loc[tvs["tvs"] == "29019", "code_insee"])


def test_tvs_put_each_commune_in_one_zone(communes, tvs, zones_of_tvs):
    placed = zones_of_tvs.members.set_index("code_insee")["zone"]
    assert not placed.index.duplicated().any()
    # Paris, Lyon and Marseille are in the TVS of their arrondissements.
    assert set(placed.index) == set(communes["code_insee"]) - PLM.keys() | WHOLE_OF.keys()
    # A commune that exists today and did in 2019 is where the file puts it.
    then = tvs.set_index("code_insee")["tvs"]
    both = placed.index.intersection(then.index)
    assert len(both) > 34_700
    assert (placed[both] == then[both]).all()
    # Parts that left a commune since follow it.
    assert placed["85165"] == placed["85212"] == then["85084"]


def test_a_merger_over_two_tvs_is_in_that_of_its_chef_lieu(tvs, zones_of_tvs):
    then = tvs.set_index("code_insee")["tvs"]
    placed = zones_of_tvs.members.set_index("code_insee")["zone"]
    gone = then[~then.index.isin(placed.index)]
    now = current_codes(gone.index.to_series(), from_vintage=2019)
    # Each code of 2019 is followed; those that have joined another TVS are with their chef-lieu.
    assert now.notna().all()
    crossing = now[then[gone.index] != placed[now].to_numpy()]
    assert len(crossing) >= 14
    for code in crossing:
        assert placed[code] == then.get(code, placed[code])


def test_tvs_of_loiret(communes, tvs, found):
    all_of = found(Request(departements=("45",), by="tvs"))
    assert len(all_of.identity) == 34
    here = set(communes.loc[communes["departement"] == "45", "code_insee"])
    inside = set(all_of.members["code_insee"])
    said = " ".join(all_of.notes)
    assert here - inside
    assert all(f"({code})" in said for code in here - inside)
    assert all_of.folder == "departement_45_tvs"


def test_an_unknown_tvs_is_said_with_those_near(found):
    with pytest.raises(PerimeterError) as refused:
        found(Request(tvs=("2A999", "Pitiviers")))
    unknown, misspelt = refused.value.defects
    assert "inconnu" in unknown
    assert "TVS Pithiviers (45252)" in misspelt


def test_a_tvs_of_an_arrondissement_is_that_arrondissement(found):
    one = found(Request(tvs=("75117",)))
    assert one.members["code_insee"].tolist() == ["75117"]
    all_of = found(Request(departements=("75",), by="tvs"))
    assert sorted(all_of.members["code_insee"]) == list(PLM["75056"])


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"epci": ("200070183",), "territories": ("lvo",)}, ["clés de CPTS et --epci"]),
        ({"epci": ("200070183",), "tvs": ("45252",)}, ["--epci et --tvs"]),
        ({"tvs": ("45252",), "departements": ("45",)}, ["--tvs et --departement"]),
        ({"perimeter": Path("l.csv"), "epci": ("1",)}, ["--perimeter et --epci"]),
        ({"perimeter": Path("z.gpkg"), "departements": ("45",)}, ["--departement : un polygone"]),
        ({"departements": ("45",), "name": "x"}, ["--name : nomme un seul"]),
        ({"epci": ("1", "2"), "name": "x"}, ["--name : nomme un seul"]),
        ({"name": "x"}, ["--name : aucun périmètre"]),
        ({"by": "tvs"}, ["--by : ne va qu’avec --departement"]),
        ({"departements": ("45",), "by": "canton"}, ["« canton » inconnu"]),
        (
            {"territories": ("lvo",), "epci": ("1", "2"), "name": "x", "by": "z"},
            ["clés de CPTS et --epci", "--name", "--by : ne va", "« z » inconnu"],
        ),
    ],
)
def test_combinations_that_make_no_sense_are_told_at_once(asked, words):
    with pytest.raises(PerimeterError) as refused:
        Request(**asked)
    assert len(refused.value.defects) >= len(words)
    for word in words:
        assert any(word in defect for defect in refused.value.defects), refused.value.defects


def test_combinations_that_do_are_accepted():
    assert Request(perimeter=Path("l.xlsx"), departements=("45",), name="x").published is False
    assert Request(perimeter=Path("Z.GPKG"), name="x").polygon
    assert Request(departements=("45",), by="tvs").published is False
    assert Request(territories=("lvo",)).published


def test_many_unknown_zones_have_those_near_for_the_first_fifty(zoning, find):
    with pytest.raises(PerimeterError) as refused:
        find(zoning, [f"CC Qwx {n}" for n in range(5_000)] + ["CC Qwx 1"])
    defects = written(refused.value.defects)
    assert "5 000 points" in refused.value.summary.replace("\u202f", " ")
    assert all(line.count("(") == 3 for line in defects[:50])
    assert defects[50].replace("\u202f", " ") == "et 4 950 autres (inconnu : 4 950)"
