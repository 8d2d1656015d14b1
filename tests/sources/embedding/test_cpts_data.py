"""The hand-written files of data/cpts: within their contracts, and refused when they break them."""

from __future__ import annotations

import inspect
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cpts_geo import settings
from cpts_geo.capacity.need.lines import lines_of
from cpts_geo.errors import DataFileError, PerimeterError, TableError
from cpts_geo.geography.perimeters._membership import published_perimeters
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.embedding.contracts import check

LOADERS = {
    "facts.csv": embedded.load_facts,
    "known_lines.csv": embedded.load_known_lines,
    "perimeters.csv": embedded.load_perimeters,
    "sites.csv": embedded.load_sites,
    "territories.csv": embedded.load_territories,
    "aci_sizes.csv": embedded.load_aci_sizes,
}


@pytest.fixture
def cpts_copy(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "cpts"
    shutil.copytree(settings.CPTS_DIR, folder)
    monkeypatch.setattr(settings, "CPTS_DIR", folder)
    return folder


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("facts.csv", ",44165,", ',"44 165",', "value : nombre attendu (ouest_loiret population"),
        ("facts.csv", ",44165,", ",-44165,", "value : nombre positif ou nul"),
        ("facts.csv", ",44165,", ",,", "value : nombre attendu"),
        ("facts.csv", ",2024-04-15,", ",15/04/2024,", "date : date AAAA-MM-JJ attendue"),
        ("known_lines.csv", ",1407.9,1407.9,", ",1407.9,1400,", "ligne : count_low ≤ count_high"),
        ("known_lines.csv", ",servies,1407.9,", ",,1407.9,", "ligne : une ligne qui compte"),
        ("known_lines.csv", ",0.6,1,oui,", ",,1,oui,", "ligne : loi « servies » d’une ligne qui"),
        ("known_lines.csv", ",0.345,0.5,", ",,0.5,", "ligne : loi « appels » d’une ligne qui"),
        ("known_lines.csv", ",0.6,1,oui,", ",0.6,1.1,oui,", "served_high : part de 0 (exclu)"),
        ("known_lines.csv", "\nfontenay,", "\nalencon,", "line : valeur en double (alencon"),
        ("known_lines.csv", ",epci:246100663,", ",246100663,", "places : attendu : cpts:CLÉ"),
        ("known_lines.csv", ",inconnu,", ",peut-être,", "saturated : attendu : oui, non, inconnu"),
        ("perimeters.csv", ",45019,", ",5019,", "code_insee : code Insee de 5 caractères"),
        ("perimeters.csv", ",45019,", ",45024,", "ligne : ligne en double"),
        ("facts.csv", ",tous âges,", ",,", "ligne : base : les âges d’une part"),
        ("facts.csv", ",habitants,,", ",habitants,tous âges,", "ligne : base : les âges d’une"),
        ("facts.csv", ",base,", ",ages,", "colonne absente : base"),
        ("perimeters.csv", ",liste publiée,", ",on dit,", "basis : attendu : liste publiée"),
        ("sites.csv", ",20,", ",vingt,", "hours_per_week : nombre attendu"),
        ("sites.csv", ",85047,", ",5047,", "code_insee : code Insee de 5 caractères"),
        ("territories.csv", ",departements,", ",depts,", "colonne absente : departements"),
        ("territories.csv", ",45,", ",Loiret,", "departements : codes de département séparés"),
        ("territories.csv", "communiqué.,\n", "communiqué.,450000105\n", "finess : numéro FINESS"),
        ("aci_sizes.csv", "\n2,40000,", "\n2,90000,", "ligne : low : de 0 à la plus"),
        ("aci_sizes.csv", ",non,", ",peut-être,", "low_included : attendu : oui, non"),
        ("perimeters.csv", ",2024-04-15,", ",avril,", "date : date AAAA-MM-JJ"),
        ("perimeters.csv", ",oui,", ",peut-être,", "liste_complete : attendu : oui, ou non"),
        ("perimeters.csv", ",non : déborde", ",non déborde", "liste_complete : attendu : oui, ou"),
        ("perimeters.csv", ",ars_paca_cpts,", ",ars_paca,", "source : attendu : "),
        ("territories.csv", "\nlvo,", "\nasclepios,", "territory : valeur en double (asclepios"),
    ],
)
def test_broken_cpts_file_is_refused(cpts_copy, file, old, new, said):
    change(cpts_copy / file, old, new)
    with pytest.raises(TableError) as refused:
        LOADERS[file]()
    assert file in refused.value.summary
    assert [defect for defect in refused.value.defects if defect.startswith(said)]


@pytest.mark.parametrize("load", LOADERS.values())
def test_missing_cpts_file_is_refused(cpts_copy, load):
    for path in cpts_copy.glob("*.csv"):
        path.unlink()
    with pytest.raises(DataFileError, match="absent") as refused:
        load()
    assert "réinstallez cpts_geo" in refused.value.remedy


@pytest.mark.parametrize(
    ("file", "key"),
    [("facts.csv", "ouest_loiret"), ("perimeters.csv", "ouest_loiret"), ("sites.csv", "lvo")],
)
def test_row_of_an_unknown_territory_is_refused(cpts_copy, file, key):
    change(cpts_copy / file, f"\n{key},", f"\n{key}-2,")
    with pytest.raises(TableError) as refused:
        LOADERS[file]()
    assert file in refused.value.summary
    assert refused.value.defects == (f"territoire « {key}-2 »",)
    assert "ouest_loiret, beauce_gatinais" in refused.value.remedy


def test_only_a_fact_may_be_one_of_france(cpts_copy):
    change(cpts_copy / "sites.csv", "\nlvo,", "\nfrance,")
    with pytest.raises(TableError, match=r"sites\.csv"):
        embedded.load_sites()


def test_territory_without_communes_is_refused(cpts_copy):
    path = cpts_copy / "territories.csv"
    path.write_text(path.read_text("utf-8") + "isere,38,document,liste,\n", encoding="utf-8")
    with pytest.raises(TableError, match="aucune commune") as refused:
        embedded.load_perimeters()
    assert refused.value.defects == ("territoire « isere »",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("verdon,CPTS du Verdon,", "verdon,CPTS Verdon,", "territoire « verdon » : cpts"),
        (",oui,ars_paca_cpts,", ",non,ars_paca_cpts,", "« alpes_bleone_durance » : liste_complete"),
        (",communiques,2024-04-15,", ",communiques,2024-04-16,", "« ouest_loiret » : date"),
    ],
)
def test_rows_of_one_perimeter_that_contradict_each_other_are_refused(cpts_copy, old, new, said):
    change(cpts_copy / "perimeters.csv", old, new)
    with pytest.raises(TableError, match="se contredisent") as refused:
        embedded.load_perimeters()
    [defect] = refused.value.defects
    assert said in defect


def test_wrong_name_beside_a_code_is_refused(cpts_copy, communes):
    # No document names this commune: nothing else can tell which of the two columns is wrong.
    change(cpts_copy / "perimeters.csv", ",85096,La Garnache,", ",85096,Luçon,")
    with pytest.raises(PerimeterError, match="La Garnache") as refused:
        published_perimeters(["lvo"], communes, former=embedded.load_former_communes())
    assert "pas de « Luçon »" in str(refused.value)


def test_memberships_are_current_communes_of_their_departements(communes):
    members = embedded.load_perimeters().query("source == 'communiques'")
    assert len(members) == 198
    counts = members.groupby("territory").size().to_dict()
    assert counts == {
        "asclepios": 30,
        "beauce_gatinais": 87,
        "lvo": 35,
        "ondaine_forez": 25,
        "ouest_loiret": 21,
    }
    rows = communes.set_index("code_insee").loc[members["code_insee"]]
    assert rows["name"].tolist() == members["name"].tolist()
    allowed = embedded.load_territories().set_index("territory")["departements"].str.split()
    pairs = zip(rows["departement"], members["territory"].map(allowed), strict=True)
    assert all(departement in among for departement, among in pairs)
    # Published lists are whole; elsewhere a document names a town or two.
    listed = members["basis"] == "liste publiée"
    assert (members["published"][listed] != "").all()
    assert set(members["territory"][listed]) == {"ouest_loiret", "ondaine_forez"}
    assert (members["note"][~listed] != "").all()


@pytest.mark.parametrize("file", LOADERS)
def test_a_table_that_was_checked_is_what_checking_it_gives(file, cpts_copy):
    """Its digest spares loading what checks; data/cpts/README.md says how it is written."""
    told = (settings.CPTS_DIR / embedded.CHECKED).read_text("utf-8").splitlines()
    assert f"{sha256_of(settings.CPTS_DIR / file)}  {file}" in told
    read = inspect.unwrap(LOADERS[file])
    spared = read()
    (cpts_copy / embedded.CHECKED).unlink()
    pd.testing.assert_frame_equal(spared, read())


def test_a_file_that_changed_since_it_was_checked_is_named(cpts_copy):
    assert embedded.touched() == []
    path = cpts_copy / "scenarios" / "lvo.toml"
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))
    (cpts_copy / "variants" / "lvo_ete.toml").unlink()
    (cpts_copy / "new.csv").write_text("a\n", encoding="utf-8")
    assert embedded.touched() == ["new.csv", "scenarios/lvo.toml", "variants/lvo_ete.toml"]
    (cpts_copy / embedded.CHECKED).write_bytes(b"\xff")
    assert embedded.touched() == [embedded.CHECKED]


def test_facts_belong_to_a_territory_and_name_their_document():
    facts = embedded.load_facts()
    assert set(facts["territory"]) == {*embedded.load_territories()["territory"], "france"}
    values = facts.set_index(["territory", "fact"])["value"]
    assert values["ouest_loiret", "consultations"] == 1511
    assert values["beauce_gatinais", "people_without_mt"] == 24_000
    assert values["ondaine_forez", "share_without_mt_16plus"] == 0.02
    assert values["asclepios", "area_published"] == 555


def test_known_lines_say_their_source_and_why_most_do_not_count() -> None:
    lines = embedded.load_known_lines().set_index("line")
    counting = lines["calibrates"] == "oui"
    assert len(lines) == 35
    assert list(lines.index[counting]) == [
        "beauce_gatinais", "ouest_loiret", "fontenay", "alencon", "compiegne"
    ]  # fmt: skip
    assert (lines["reading"].str.contains("Hors calage : ") == ~counting).all()
    dates = lines["date"].str.fullmatch(r"\d{4}(-\d{2}){0,2}(/\d{4}(-\d{2}){0,2})?")
    assert dates.all() and (lines["url"].str.match("https?://\\S+$") | (lines["url"] == "")).all()
    # A count of a press article or of a thesis is never better than C; the others are announced
    # by a document of those it is about.
    assert set(lines.index[lines["grade"] == "B"]) == {
        "beauce_gatinais", "ouest_loiret", "compiegne", "haute_gironde"
    }  # fmt: skip
    assert set(lines["grade"]) == {"B", "C"}
    # Slots offered and plans are no law of requests, and open access is no need.
    offered = lines["counted"].str.contains("créneaux|prévues")
    assert (lines.loc[offered, "law"] == "").all()
    assert not lines.loc[lines["kind"].isin(["centre en accès libre", "suivi ou remplacement"]),
                         "calibrates"].eq("oui").any()  # fmt: skip
    written = (settings.CPTS_DIR / "known_lines.csv").read_text("utf-8")
    assert "'" not in written and "@" not in written


def test_places_of_known_lines_are_there(communes) -> None:
    """Each row that says where it is could count: its communes have people and an APL."""
    lines = embedded.load_known_lines()
    placed = lines[lines["places"] != ""].assign(
        calibrates="oui", law="servies", served_low=0.5, served_high=1.0,
    )  # fmt: skip
    found = {line.key: line.area for line in lines_of(placed)}
    assert len(found) == len(placed)
    people = communes.set_index("code_insee")["population"]
    assert found["la_ciotat"].population == people["13028"]
    assert found["belfort"].population == people[communes["departement"].to_numpy() == "90"].sum()
    # The published sizes of those that have one.
    for key, size in {"veron": 8_791, "haute_gironde": 96_249, "annecy": 213_415}.items():
        assert found[key].population == size
    assert found["compiegne"].population == pytest.approx(160_000, abs=1)


def test_contract_leaves_the_table_as_it_is():
    facts = embedded.load_facts()
    written = facts.assign(value=facts["value"].astype(str))
    before = written.copy()
    assert check(written, "facts")["value"].dtype == np.float64
    pd.testing.assert_frame_equal(written, before)


@pytest.mark.parametrize("file", sorted(LOADERS))
@pytest.mark.parametrize("content", [b"", "caf\xe9;\u20ac".encode("cp1252")])
def test_a_file_that_cannot_be_read_says_so(cpts_copy: Path, file: str, content: bytes) -> None:
    (cpts_copy / file).write_bytes(content)
    with pytest.raises(DataFileError, match="illisible") as refused:
        LOADERS[file]()
    assert "UTF-8" in refused.value.remedy
