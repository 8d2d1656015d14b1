"""Populations, EPCI and access times, on samples in the documented layouts."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from benchmarks.samples import write_melodi
from cpts_geo.errors import DataFileError, TableError
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.readers.communes.populations import _CONTROLS
from cpts_geo.sources.readers.registry import READERS

# --- populations ---------------------------------------------------------------

POPULATIONS = READERS["populations"]
POPULATIONS_SOURCE = sources()["insee_populations_2023"]
NEW = "REG;Region;DEP;CODARR;CODCAN;CODCOM;COM;Commune;PMUN;PCAP;PTOT"
NEW_ROWS = [
    "84;Auvergne-Rhône-Alpes;01;2;08;001;01001;L'Abergement-Clémenciat;860;16;876",
    "24;Centre-Val de Loire;45;2;99;234;45234;Orléans;116357;3000;119357",
    '52;Pays de la Loire;85;3;99;191;85191;"La Roche-sur-Yon";54849;1500;56349',
    "84;Auvergne-Rhône-Alpes;42;3;99;218;42218;Saint-Étienne;173136;3000;176136",
    "11;Île-de-France;75;1;99;101;75101;Paris 1er;15000;100;15100",
    "11;Île-de-France;75;1;99;102;75102;Paris 2e;20000;50;20050",
    "94;Corse;2A;1;99;004;2A004;Ajaccio;74000;900;74900",
]
#: Before the populations of 2022: COM is the name, the code stands in two columns.
OLD = "CODREG;REG;CODDEP;CODARR;CODCAN;CODCOM;COM;PMUN;PCAP;PTOT"
OLD_ROWS = [
    "84;Auvergne-Rhône-Alpes;01;2;08;001;L'Abergement-Clémenciat;806;13;819",
    "84;Auvergne-Rhône-Alpes;1;1;04;9;Andert-et-Condon;326;9;335",
    "01;Guadeloupe;971;1;99;101;Les Abymes;53000;400;53400",
    "94;Corse;2A;1;99;004;Ajaccio;71000;900;71900",
]


def ensemble(path, header, rows):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("donnees_communes.csv", "\n".join([header, *rows]))
        archive.writestr("donnees_departements.csv", "DEP;PTOT\n01;1\n")
    return path


def test_populations_of_communes_with_paris_made_whole(tmp_path):
    path = ensemble(tmp_path / "ensemble.zip", NEW, NEW_ROWS)
    table = POPULATIONS.table(path, POPULATIONS_SOURCE).set_index("code_insee")
    assert table.loc["01001"].tolist() == [860, 876]
    assert table.loc["75056"].tolist() == [35_000, 35_150]
    assert "75101" not in table.index
    assert "2A004" in table.index
    assert POPULATIONS.vintage(path, POPULATIONS_SOURCE) == "2023"


def test_codes_in_two_columns_and_a_column_com_that_holds_names(tmp_path):
    path = ensemble(tmp_path / "ensemble.zip", OLD, OLD_ROWS)
    table = POPULATIONS.table(path, POPULATIONS_SOURCE).set_index("code_insee")
    assert table["population"].to_dict() == {
        "01001": 806,
        "01009": 326,
        "2A004": 71_000,
        "97101": 53_000,
    }
    assert POPULATIONS.vintage(path, POPULATIONS_SOURCE) == "2020"


def test_the_year_is_told_only_when_every_control_agrees(tmp_path):
    rows = [NEW_ROWS[0], NEW_ROWS[1].replace("116357", "116344")]
    path = ensemble(tmp_path / "ensemble.zip", NEW, rows)
    assert POPULATIONS.vintage(path, POPULATIONS_SOURCE) is None
    path = ensemble(tmp_path / "without.zip", NEW, NEW_ROWS[1:])
    assert POPULATIONS.vintage(path, POPULATIONS_SOURCE) is None


def test_controls_of_2023_are_the_embedded_populations():
    people = embedded.load_communes().set_index("code_insee")["population"]
    assert {code: int(people[code]) for code in _CONTROLS["2023"]} == _CONTROLS["2023"]


def test_populations_of_melodi(tmp_path):
    header = "GEO;GEO_OBJECT;FREQ;POPREF_MEASURE;TIME_PERIOD;OBS_VALUE"
    rows = [
        "75056;COM;A;PMUN;2023;2103778",
        "75056;COM;A;PTOT;2023;2119412.0",
        "75056;COM;A;PCAP;2023;15634",
        "75056;COM;A;PMUN;2022;2113705",
        "75056;COM;A;PTOT;2022;2130000",
        "75;DEP;A;PMUN;2023;2103778",
    ]
    source = replace(POPULATIONS_SOURCE, inner=r".*_data\.csv")
    path = write_melodi(tmp_path / "m.zip", "DS_POPULATIONS_REFERENCE_data.csv", header, rows)
    table = POPULATIONS.table(path, source)
    assert table.to_numpy().tolist() == [["75056", 2_103_778, 2_119_412]]
    assert POPULATIONS.vintage(path, source) == "2023"


def test_broken_populations_are_refused(tmp_path):
    path = ensemble(tmp_path / "a.zip", NEW, [*NEW_ROWS, NEW_ROWS[0].replace(";860;", ";NS;")])
    with pytest.raises(DataFileError, match="nombre entier attendu : « NS »"):
        POPULATIONS.table(path, POPULATIONS_SOURCE)
    path = ensemble(tmp_path / "b.zip", NEW, [NEW_ROWS[0].replace(";860;", ";900;")])
    with pytest.raises(TableError, match="population municipale supérieure"):
        POPULATIONS.table(path, POPULATIONS_SOURCE)
    path = ensemble(tmp_path / "c.zip", NEW.replace("PMUN", "POP"), NEW_ROWS)
    with pytest.raises(DataFileError, match="colonne introuvable : pmun"):
        POPULATIONS.table(path, POPULATIONS_SOURCE)
    path = ensemble(tmp_path / "d.zip", "COM;PMUN;PTOT", ["Ambérieu;1;2"])
    with pytest.raises(DataFileError, match="ni code de commune"):
        POPULATIONS.table(path, POPULATIONS_SOURCE)


def test_a_commune_of_2019_listed_by_code_alone(tmp_path):
    path = ensemble(tmp_path / "e.zip", "REG;DEP;COM;PMUN;PCAP;PTOT", ["84;01;1001;793;11;804"])
    table = POPULATIONS.table(path, POPULATIONS_SOURCE)
    assert table.to_numpy().tolist() == [["01001", 793, 804]]


# --- EPCI ----------------------------------------------------------------------

EPCI = READERS["epci"]
EPCI_SOURCE = sources()["insee_epci_2026"]
EPCI_ROWS = [
    ["CODGEO", "LIBGEO", "EPCI", "LIBEPCI", "DEP", "REG"],
    ["01001", "L'Abergement-Clémenciat", "200069193", "CC de la Dombes", "01", "84"],
    [1002, "L'Abergement-de-Varey", 240100883, "CC de la Plaine de l'Ain", "01", "84"],
    ["22016", "Île-de-Bréhat", "ZZZZZZZZZ", "Sans objet", "22", "53"],
]


def workbook(path, *, rows=EPCI_ROWS, sheet="Composition_communale", title="1er janvier 2026"):
    book = openpyxl.Workbook()
    book.active.title = "EPCI"
    page = book.create_sheet(sheet)
    page.append([f"Intercommunalité-Métropole au {title}"])
    page.append(["Composition communale"])
    page.append(["Mise en ligne le 02/03/2026       Géographie au 01/01/2026"])
    page.append(["©Insee"])
    page.append(["Code géographique", "Libellé", "EPCI - Métropole", "Libellé de l'EPCI"])
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def zipped(path, **options):
    inner = workbook(path.with_name("EPCI_au_01-01-2026.xlsx"), **options)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, inner.name)
    return path


def test_epci_of_communes_and_of_islands_that_have_none(tmp_path):
    for path in (zipped(tmp_path / "epci.zip"), workbook(tmp_path / "epci.xlsx")):
        table = EPCI.table(path, EPCI_SOURCE).set_index("code_insee")
        assert table.at["01001", "epci_name"] == "CC de la Dombes"
        # Numbers where the producer writes text: zero and figures are restored.
        assert table.at["01002", "epci"] == "240100883"
        assert table.loc["22016"].isna().all()
        assert EPCI.vintage(path, EPCI_SOURCE) == "2026"


def test_titles_that_differ_say_no_year(tmp_path):
    path = zipped(tmp_path / "epci.zip", title="1er janvier 2025")
    assert EPCI.vintage(path, EPCI_SOURCE) is None


def test_broken_epci_are_refused(tmp_path):
    with pytest.raises(DataFileError, match="feuille introuvable"):
        EPCI.table(zipped(tmp_path / "a.zip", sheet="Liste"), EPCI_SOURCE)
    renamed = [["CODE", *EPCI_ROWS[0][1:]], *EPCI_ROWS[1:]]
    with pytest.raises(DataFileError, match="colonne introuvable : codgeo"):
        EPCI.table(zipped(tmp_path / "b.zip", rows=renamed), EPCI_SOURCE)
    twice = [*EPCI_ROWS, EPCI_ROWS[1]]
    with pytest.raises(TableError, match="valeur en double"):
        EPCI.table(zipped(tmp_path / "c.zip", rows=twice), EPCI_SOURCE)


# --- access times --------------------------------------------------------------

ACCESS = READERS["access_times"]
ACCESS_SOURCE = sources()["insee_access_times_24"]


def cells(**changes):
    table = pd.DataFrame(
        {
            "X": [3_700_100, 3_700_100, 3_700_100, 3_700_300, 3_700_300, 3_700_300, 3_700_100],
            "Y": [2_800_100] * 7,
            "idSrc": ["a"] * 3 + ["b"] * 3 + ["a"],
            "depcom": ["45203"] * 3 + ["75101"] * 3 + ["45203"],
            "iris": ["1"] * 3 + ["1"] * 3 + ["2"],
            "pop": [10, 10, 10, 4, 4, 4, 30],
            "typeeq_id": ["D265", "D106", "D307"] * 2 + ["D265"],
            "duree": [4.0, 25.0, 6.0, 2.0, 12.0, np.nan, 8.0],
            "distance": [3.0, 24.0, 5.0, 1.0, 9.0, np.nan, 7.0],
        }
    ).assign(**changes)
    other = table.assign(typeeq_id="B203", duree=999.0)
    return pd.concat([table, other], ignore_index=True)


def access(path, table):
    table.to_parquet(path)
    return ACCESS.table(path, ACCESS_SOURCE)


def test_minutes_from_each_cell_to_each_facility(tmp_path):
    table = access(tmp_path / "a.parquet", cells())
    assert table.attrs["gp_code"] == "D265"
    assert set(table["code_insee"]) == {"45203", "75056"}
    rows = table.set_index(["code_insee", "facility"])
    # A cell cut in two quarters is one cell: people added, minutes weighed by them.
    assert rows.loc[("45203", "gps"), ["population", "minutes", "distance_km"]].tolist() == [
        40,
        pytest.approx(7),
        pytest.approx(6),
    ]
    assert rows.at[("45203", "emergency_departments"), "minutes"] == pytest.approx(25)
    assert np.isnan(rows.at[("75056", "pharmacies"), "minutes"])
    assert len(table) == 6
    assert ACCESS.vintage(tmp_path / "a.parquet", ACCESS_SOURCE) is None


def test_metres_become_kilometres(tmp_path):
    table = cells()
    metres = access(tmp_path / "m.parquet", table.assign(distance=table["distance"] * 1000))
    kilometres = access(tmp_path / "k.parquet", table)
    assert metres["distance_km"].tolist() == pytest.approx(
        kilometres["distance_km"].tolist(), nan_ok=True
    )


@pytest.mark.parametrize("factor", [60, 1 / 60])
def test_seconds_and_hours_are_no_minutes(tmp_path, factor):
    table = cells()
    with pytest.raises(DataFileError, match="ne sont pas des minutes"):
        access(tmp_path / "a.parquet", table.assign(duree=table["duree"] * factor))


def test_categories_of_the_producer_and_the_old_code_of_gps_are_read(tmp_path):
    table = cells()
    table["typeeq_id"] = table["typeeq_id"].replace("D265", "D201").astype("category")
    found = access(tmp_path / "a.parquet", table)
    assert found.attrs["gp_code"] == "D201"
    assert set(found["facility"]) == {"gps", "emergency_departments", "pharmacies"}


def test_broken_access_times_are_refused(tmp_path):
    table = cells()
    with pytest.raises(DataFileError, match="ni D265 ni D201"):
        access(tmp_path / "a.parquet", table[table["typeeq_id"] != "D265"])
    with pytest.raises(DataFileError, match="colonne introuvable : duree"):
        access(tmp_path / "b.parquet", table.rename(columns={"duree": "temps"}))
    with pytest.raises(TableError, match="en mètres"):
        access(tmp_path / "c.parquet", table.assign(X=1.9))
    path = tmp_path / "d.parquet"
    path.write_bytes(b"<html></html>")
    with pytest.raises(DataFileError, match="Parquet illisible"):
        ACCESS.table(path, ACCESS_SOURCE)
