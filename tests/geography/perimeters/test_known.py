"""CPTS by name: in the embedded table and in fetched layers, never guessed, never half a list."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import mapping

from cpts_geo.analysis import Options, analyse
from cpts_geo.errors import DataFileError, PerimeterError
from cpts_geo.geography.naming.codes import resolve_table
from cpts_geo.geography.perimeters._membership import Perimeters
from cpts_geo.geography.perimeters.known import perimeter_rows
from cpts_geo.geography.perimeters.request import Request, find_perimeters
from cpts_geo.geography.zones.keys import cpts_key
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.fetching.fetch import fetch
from cpts_geo.sources.readers.registry import READERS

LIST = "ars_paca_cpts"
Find = Callable[..., Perimeters]


@pytest.fixture(scope="module")
def communes() -> gpd.GeoDataFrame:
    return embedded.load_communes()


@pytest.fixture(scope="module")
def former() -> pd.DataFrame:
    return embedded.load_former_communes()


@pytest.fixture
def find(communes: gpd.GeoDataFrame, former: pd.DataFrame) -> Find:
    def found(*names: str, partial: bool = False, fetched: bool = True) -> Perimeters:
        request = Request(cpts=names, partial=partial)
        return find_perimeters(
            request,
            communes,
            former=former,
            arrondissements=embedded.load_arrondissements(),
            fetched=fetched,
        )

    return found


@pytest.mark.parametrize(
    "written",
    [
        "CPTS Hauts Pays du Verdon & Monts d'Azur",
        "hauts pays du verdon et monts d’azur",
        "HAUTS-PAYS-DU-VERDON MONTS D AZUR",
        "Communauté professionnelle territoriale de santé des Hauts Pays du Verdon, Monts d'Azur",
    ],
)
def test_spellings_of_one_name_have_one_key(written: str) -> None:
    assert cpts_key(written) == "hauts pays verdon monts azur"


def test_names_that_are_only_such_words_keep_them() -> None:
    assert cpts_key("CPTS de la Santé") == "sante"
    assert cpts_key("CPTS") == "cpts"
    assert cpts_key("CPTS Sud 04") == "sud 04" != cpts_key("CPTS Sud 28")


def test_every_cpts_of_the_table_is_found_by_its_name(find: Find) -> None:
    table = embedded.load_perimeters()
    assert table["territory"].nunique() == 17
    whole = table[(table["remarque"] == "") & (table["liste_complete"] == "oui")]
    for (key, name), rows in whole.groupby(["territory", "cpts"], sort=False):
        found = find(str(name).upper().removeprefix("CPTS "), fetched=False)
        assert found.identity.index.tolist() == [key] == [found.folder]
        assert found.identity["name"].tolist() == [name]
        assert found.members["code_insee"].tolist() == rows["code_insee"].tolist()
        assert sorted(found.audit["code_insee"]) == sorted(rows["code_insee"])
        assert not found.members["code_insee"].duplicated().any()
    assert whole["territory"].nunique() == 15


def test_listed_communes_are_those_of_the_file_read_another_way(
    find: Find, official_dir: Path, communes: gpd.GeoDataFrame, former: pd.DataFrame
) -> None:
    """Their codes resolved as those of an analyst's file, by the list of former communes."""
    source = sources()[LIST]
    listed = READERS[str(source.reader)].table(official_dir / str(source.file), source)
    older = []
    for name, rows in listed[listed["liste_complete"] == "oui"].groupby("cpts"):
        table = rows.reset_index().rename(columns={"code_insee": "code", "index": "line"})
        # Those that left the COG without a name there are told by its events alone.
        gone = {"05043": "05039", "05141": "05039", "05175": "05101"}
        gone |= {"05088": "05024", "05150": "05024", "05120": "05001"}
        older += sorted(set(table["code"]) & set(gone))
        table = table[~table["code"].isin(gone)]
        expected = resolve_table(table[["line", "code"]], communes, former=former)
        found = find(str(name), fetched=False)
        assert set(found.members["code_insee"]) == set(expected["code_insee"])
        moved = found.audit.set_index("code_insee")
        for code, now in gone.items():
            if now in moved.index:
                assert code in moved.at[now, "published"].split(" + ")
                assert moved.at[now, "method"] == "moved"
    assert sorted(older) == ["05043", "05088", "05120", "05141", "05150", "05175"]


def test_provenance_date_and_grade_are_said(find: Find) -> None:
    row = find("verdon", fetched=False).identity.iloc[0]
    assert row["document"] == (
        "ARS Provence-Alpes-Côte d'Azur, liste des CPTS, janvier 2026 (périmètre : confiance B)"
    )
    assert row["perimeter"].startswith("Liste entière, 15 communes.")
    assert "licence non précisée" in row["perimeter"]
    proposed = find("Beauce Gâtinais", fetched=False).identity.iloc[0]["document"]
    assert proposed.endswith("15 décembre 2021 (périmètre : confiance D)")
    assert find("ondaine-forez").identity.iloc[0]["document"].endswith("confiance B)")


def test_an_incomplete_list_is_refused_with_what_is_missing_unless_asked_for(find: Find) -> None:
    names = ("Hauts Pays du Verdon & Monts d'Azur", "Drôme Provençale Enclave des Papes")
    with pytest.raises(PerimeterError) as refused:
        find(*names, fetched=False)
    short, none = refused.value.defects
    assert "incomplète (déborde sur 83 ou 84) : 27 communes connues" in short
    assert "--partial" in refused.value.remedy
    assert "sans aucune commune sûre" in none
    for doubted in ("Venterol (04234), homonyme probable (Venterol, Drôme)", "(05121), homonyme"):
        assert doubted in none
    found = find(names[0], partial=True, fetched=False)
    assert len(found.members) == 27
    said = found.identity.iloc[0]["perimeter"]
    assert said.startswith("Périmètre partiel : la liste des communes est incomplète (déborde sur")
    # Nothing is left of the other: asking for it all the same changes nothing.
    with pytest.raises(PerimeterError, match="aucune commune sûre"):
        find(names[1], partial=True, fetched=False)


def test_rows_that_a_remark_doubts_are_left_out_and_said(
    find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = embedded.load_perimeters()
    doubted = table.index[table["code_insee"] == "04230"]
    table.loc[doubted, "remarque"] = "homonyme probable"
    monkeypatch.setattr(embedded, "load_perimeters", lambda: table)
    found = find("verdon", fetched=False)
    assert len(found.members) == 14
    assert "04230" not in set(found.audit["code_insee"])
    assert "Sans Valensole (04230), homonyme probable." in found.identity.iloc[0]["perimeter"]


def test_unknown_names_are_all_listed_with_those_near(find: Find) -> None:
    with pytest.raises(PerimeterError) as refused:
        find("Alpes Bleonne Durance", "Gapençay", "verdon", fetched=False)
    durance, gap = refused.value.defects
    assert "inconnu ; au plus près : CPTS Alpes Bléone Durance (" in durance
    assert "département 04, 44 communes ; --cpts ars_paca_cpts:alpes_bleone_durance)" in durance
    assert "CPTS du Gapençais" in gap
    assert "cpts-geo data fetch ign_cpts" in refused.value.remedy


def test_one_of_the_five_by_name_is_itself_beside_another(find: Find) -> None:
    found = find("ouest loiret", "Sud 04", "CPTS Ouest Loiret", fetched=False)
    assert found.identity.index.tolist() == ["ouest_loiret", "sud_04"]
    assert found.published == ("ouest_loiret",)
    assert found.folder == "cpts_ouest_loiret_sud_04"
    asked = Request(cpts=["Ouest Loiret", "Sud 04"])
    run = analyse(asked, Options(draws=300, fetched=False))
    alone = analyse(Request(["ouest_loiret"]), Options(draws=300, fetched=False))
    mine, theirs = run.studies["ouest_loiret"], alone.studies["ouest_loiret"]
    assert mine.scenario == theirs.scenario
    pd.testing.assert_frame_equal(mine.facts, theirs.facts)
    assert mine.centres == theirs.centres
    other = run.studies["sud_04"]
    assert other.facts.empty
    assert other.scenario.population == other.outline["population"]
    assert run.parameters["cpts"] == ["Ouest Loiret", "Sud 04"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"cpts": ("x",), "name": "y"}, "--name : une CPTS prise par son nom le garde"),
        ({"partial": True}, "--partial : ne va qu’avec --cpts"),
        ({"partial": True, "epci": ("1",)}, "--partial : ne va qu’avec --cpts"),
        ({"cpts": ("x",), "epci": ("1",)}, "--epci et --cpts : un seul à la fois"),
        ({"cpts": ("x",), "territories": ("lvo",)}, "des clés de CPTS et --cpts"),
        ({"cpts": ("x",), "departements": ("04",)}, "--cpts et --departement"),
        ({"cpts": ("x",), "partial": "oui"}, "--partial : 'oui'"),
    ],
)
def test_combinations_that_make_no_sense(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(PerimeterError) as refused:
        Request(**asked)
    assert any(words in defect for defect in refused.value.defects)


def test_codes_without_a_commune_of_today_are_all_listed(communes: gpd.GeoDataFrame) -> None:
    listed = pd.DataFrame(
        {"cpts": "CPTS Ici", "code_insee": ["04001", "99999", "04999"], "liste_complete": "oui",
         "remarque": ""}
    )  # fmt: skip
    with pytest.raises(DataFileError, match="pas de commune d’aujourd’hui") as refused:
        perimeter_rows(listed, sources()[LIST], communes, date="2026")
    assert refused.value.defects == ("code 99999 (CPTS Ici)", "code 04999 (CPTS Ici)")


def test_a_list_incomplete_in_one_row_is_incomplete(communes: gpd.GeoDataFrame) -> None:
    listed = pd.DataFrame(
        {"cpts": ["CPTS A", "CPTS A", "CPTS B"], "code_insee": ["04001", "04004", "04005"],
         "liste_complete": ["oui", "non : le reste", "oui"], "remarque": ""}
    )  # fmt: skip
    rows = perimeter_rows(listed, sources()[LIST], communes, date="2026")
    assert rows["liste_complete"].tolist() == ["non : le reste", "non : le reste", "oui"]
    # A doubt on one of the codes of a commune is none on the commune.
    listed = pd.DataFrame(
        {"cpts": "CPTS A", "code_insee": ["05024", "05088", "05120"], "liste_complete": "oui",
         "remarque": ["", "homonyme", "homonyme"]}
    )  # fmt: skip
    rows = perimeter_rows(listed, sources()[LIST], communes, date="2026")
    assert rows[["code_insee", "remarque"]].to_numpy().tolist() == [
        ["05001", "homonyme"],
        ["05024", ""],
    ]


def shape(communes: gpd.GeoDataFrame, codes: list[str]) -> dict[str, Any]:
    drawn = communes.loc[communes["code_insee"].isin(codes), "geometry"].union_all()
    return mapping(drawn)


def feature(geometry: dict[str, Any], **properties: str) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Fetch a layer of these features, from a mirror."""
    monkeypatch.setenv("CPTS_GEO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CPTS_GEO_LOCK", str(tmp_path / "lock.toml"))

    def bring(key: str, features: list[dict[str, Any]]) -> None:
        collection = {"type": "FeatureCollection", "features": features}
        (tmp_path / f"{key}.geojson").write_text(json.dumps(collection), encoding="utf-8")
        fetch([key], mirror=tmp_path, offline=True)

    return bring


@pytest.fixture
def layer(communes: gpd.GeoDataFrame, fetched: Callable[..., None]) -> list[str]:
    """Fetch a layer of the form that IGN's is said to have, a polygon a CPTS."""
    codes = embedded.load_perimeters().set_index("territory")["code_insee"]
    verdon = shape(communes, codes["verdon"].tolist())
    north = shape(communes, ["45203", "45029"])
    fetched(
        "ign_cpts",
        [
            feature(verdon, _num_finess="040005999", _nom="VERDON"),
            feature(north, _num_finess="450023456", _nom="CPTS du Val de Meung"),
            feature(north, _num_finess="450023457", _nom="CPTS Ouest Loiret"),
            feature(verdon, _num_finess="040005998", _nom="CPTS du Sud"),
            feature(north, _num_finess="040005997", _nom="CPTS SUD"),
        ],
    )
    return codes["verdon"].tolist()


def test_a_fetched_polygon_is_found_by_name_its_communes_estimated(
    find: Find, layer: list[str]
) -> None:
    found = find("val de meung")
    assert set(found.members["code_insee"]) == {"45203", "45029"}
    assert set(found.members["basis"]) == {"polygone"}
    document = found.identity.iloc[0]["document"]
    assert document.startswith("IGN, CARTO-SP, zonage des CPTS, janvier 2026, téléchargé le ")
    assert "confiance B, communes ◐ estimées d’après le polygone" in document
    assert "mairie est dans le polygone" in found.identity.iloc[0]["perimeter"]
    assert "À vérifier : adresse, champs et licence" in found.identity.iloc[0]["perimeter"]
    assert list(found.inputs) == ["ign_cpts.geojson"]
    # The embedded data alone know nothing of it, whatever the cache holds.
    with pytest.raises(PerimeterError, match="inconnu"):
        find("val de meung", fetched=False)


def test_a_name_in_the_table_and_in_a_layer_is_asked_for(find: Find, layer: list[str]) -> None:
    with pytest.raises(PerimeterError) as refused:
        find("CPTS du Verdon", "Sud")
    verdon, south = refused.value.defects
    assert "nom de plusieurs, CPTS du Verdon (ARS Provence-Alpes-Côte d'Azur" in verdon
    assert "janvier 2026" in verdon
    assert "département 04, 15 communes ; --cpts ars_paca_cpts:verdon)" in verdon
    assert "ou VERDON (IGN, CARTO-SP" in verdon
    assert "département 04, 15 communes ; --cpts ign_cpts:verdon)" in verdon
    # Two of one name in one layer are told apart by their rank there.
    assert "--cpts ign_cpts:sud_4)" in south
    assert "département 45, 2 communes ; --cpts ign_cpts:sud_5)" in south
    listed, drawn = find("ars_paca_cpts:verdon"), find("ign_cpts:verdon")
    assert set(listed.members["code_insee"]) == set(drawn.members["code_insee"]) == set(layer)
    assert listed.inputs == {}
    assert find("ign_cpts:sud_5").identity["name"].tolist() == ["CPTS SUD"]
    assert find("verdon", fetched=False).identity.index.tolist() == ["verdon"]


def test_a_namesake_of_one_of_the_five_has_nothing_of_its_own(find: Find, layer: list[str]) -> None:
    found = find("ign_cpts:ouest_loiret")
    assert found.identity.index.tolist() == ["ouest_loiret"]
    assert found.published == ()
    both = find("ign_cpts:ouest_loiret", "communiques:ouest_loiret")
    assert both.identity.index.tolist() == ["ouest_loiret_ign_cpts_ouest_loiret", "ouest_loiret"]
    assert both.published == ("ouest_loiret",)
    assert both.members.groupby("territory").size().to_dict() == {
        "ouest_loiret": 21,
        "ouest_loiret_ign_cpts_ouest_loiret": 2,
    }
    run = analyse(Request(cpts=["ign_cpts:ouest_loiret"]), Options(draws=300))
    study = run.studies["ouest_loiret"]
    assert study.facts.empty
    assert study.scenario.population == study.outline["population"]


def test_a_layer_of_communes_gives_their_list(
    find: Find, fetched: Callable[..., None], communes: gpd.GeoDataFrame
) -> None:
    point = shape(communes, ["45203"])
    fetched(
        "cvl_cpts",
        [
            feature(point, nom_cpts="CPTS du Centre", statut="projet", code_insee=code)
            for code in ("45203", "05024", "05088")
        ]
        + [feature(point, nom_cpts="CPTS du Bord", statut="validée", code_insee="99999")],
    )
    found = find("centre")
    assert sorted(found.members["code_insee"]) == ["05024", "45203"]
    assert found.audit.set_index("code_insee").at["05024", "published"] == "05024 + 05088"
    said = found.identity.iloc[0]["perimeter"]
    assert "Statut dans la source : projet." in said
    with pytest.raises(DataFileError) as refused:
        find("Bord")
    assert refused.value.defects == ("code 99999 (CPTS du Bord)",)
    # As a candidate, it does not stop the others from being shown.
    with pytest.raises(PerimeterError, match="CPTS du Bord"):
        find("Bords")
