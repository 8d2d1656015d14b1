"""Communes and events of the COG, on samples in Insee's documented layout."""

from __future__ import annotations

import csv
from dataclasses import replace

import pandas as pd
import pytest

from cpts_geo.errors import DataFileError, TableError
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.readers.registry import READERS

COMMUNES = READERS["cog_communes"]
EVENTS = READERS["cog_events"]
COMMUNES_SOURCE = sources()["insee_cog_communes_2026"]
EVENTS_SOURCE = sources()["insee_cog_events_2026"]

COMMUNE_HEADER = "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT"
COMMUNE_ROWS = [
    "COM,01001,84,01,01D,012,5,ABERGEMENT CLEMENCIAT,Abergement-Clémenciat,"
    "L'Abergement-Clémenciat,0108,",
    "COM,01015,84,01,01D,011,1,ARBOYS EN BUGEY,Arboys en Bugey,Arboys en Bugey,0110,",
    "COMD,01015,,,,,1,ARBIGNIEU,Arbignieu,Arbignieu,,01015",
    "COM,2A004,94,2A,2AD,2A1,1,AJACCIO,Ajaccio,Ajaccio,2A99,",
    "COM,75056,11,75,75C,751,0,PARIS,Paris,Paris,7599,",
    "ARM,75101,11,75,75C,751,0,PARIS 1,Paris 1er Arrondissement,Paris 1er Arrondissement,,75056",
    "COMA,12177,,,,,0,PALMAS,Palmas,Palmas,,12177",
]
EVENT_HEADER = (
    "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,"
    "TYPECOM_AP,COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP"
)
EVENT_ROWS = [
    "32,2019-01-01,COM,85060,0,CHATEAU D OLONNE,Château-d'Olonne,Château-d'Olonne,"
    "COM,85194,4,SABLES D OLONNE,Sables-d'Olonne,Les Sables-d'Olonne",
    "32,2026-01-01,COM,01015,1,A,A,Avant,COMD,01015,1,A,A,Avant",
    "21,1977-01-01,COM,89344,0,S,S,S,COM,89344,0,S,S,S",
    "21,1977-01-01,COM,89344,0,S,S,S,COM,89344,0,S,S,S",
    "20,1983-01-01,COM,,0,,,,COM,01999,0,N,N,Nouvelle",
]


def write(path, header, rows, *, encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerows(line.split(",") for line in [header, *rows])
    return path


@pytest.fixture
def communes_file(tmp_path):
    return write(tmp_path / "v_commune_2026.csv", COMMUNE_HEADER, COMMUNE_ROWS)


def test_communes_and_what_belongs_to_them(communes_file):
    table = COMMUNES.table(communes_file, COMMUNES_SOURCE)
    assert list(table) == ["code_insee", "name", "departement", "region", "kind", "parent"]
    rows = table.set_index(["code_insee", "kind"])
    # The seat of a commune nouvelle shares its code: two rows, told apart by kind.
    assert rows.at[("01015", "COM"), "name"] == "Arboys en Bugey"
    assert rows.at[("01015", "COMD"), "parent"] == "01015"
    assert pd.isna(rows.at[("01015", "COMD"), "departement"])
    assert rows.at[("2A004", "COM"), "region"] == "94"
    assert rows.at[("75101", "ARM"), "parent"] == "75056"
    assert table.loc[table["kind"] == "COM", "parent"].isna().all()
    assert COMMUNES.vintage(communes_file, COMMUNES_SOURCE) is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_marks_and_old_encodings_are_read(tmp_path, encoding):
    path = write(tmp_path / "f.csv", COMMUNE_HEADER.lower(), COMMUNE_ROWS, encoding=encoding)
    assert COMMUNES.table(path, COMMUNES_SOURCE)["name"][0] == "L'Abergement-Clémenciat"


def test_lost_zeros_are_restored(tmp_path):
    rows = [line.replace(",01001,", ",1001,") for line in COMMUNE_ROWS]
    path = write(tmp_path / "f.csv", COMMUNE_HEADER, rows)
    assert COMMUNES.table(path, COMMUNES_SOURCE)["code_insee"][0] == "01001"


def test_a_repeated_commune_or_an_orphan_is_refused(tmp_path):
    rows = [*COMMUNE_ROWS, COMMUNE_ROWS[0], "COMD,45001,,,,,0,X,X,Orpheline,,"]
    path = write(tmp_path / "f.csv", COMMUNE_HEADER, rows)
    with pytest.raises(TableError) as refused:
        COMMUNES.table(path, COMMUNES_SOURCE)
    told = "\n".join(refused.value.defects)
    assert "01001" in told
    assert "parent" in told


def test_a_renamed_header_is_refused(tmp_path):
    path = write(tmp_path / "f.csv", COMMUNE_HEADER.replace("LIBELLE", "NOM"), COMMUNE_ROWS)
    with pytest.raises(DataFileError) as refused:
        COMMUNES.table(path, COMMUNES_SOURCE)
    assert "colonne introuvable : libelle" in refused.value.defects


def test_events_in_order_of_date_each_once(tmp_path):
    path = write(tmp_path / "v_mvt_commune_2026.csv", EVENT_HEADER, EVENT_ROWS)
    table = EVENTS.table(path, EVENTS_SOURCE)
    assert len(table) == 4
    assert table["date"].is_monotonic_increasing
    assert table["mod"].tolist() == [21, 20, 32, 32]
    merger = table.iloc[2]
    assert (merger["before_code"], merger["after_code"]) == ("85060", "85194")
    assert merger["after_name"] == "Les Sables-d'Olonne"
    assert pd.isna(table.iloc[1]["before_code"])
    assert EVENTS.vintage(path, EVENTS_SOURCE) == "2026"


def test_older_events_write_their_days_first(tmp_path):
    rows = [line.replace("2019-01-01", "01/02/2019") for line in EVENT_ROWS[:1]]
    path = write(tmp_path / "f.csv", EVENT_HEADER, rows)
    source = replace(EVENTS_SOURCE, key="x")
    assert EVENTS.table(path, source)["date"][0] == pd.Timestamp(2019, 2, 1)
    assert EVENTS.vintage(path, source) == "2019"


def test_a_date_that_is_none_is_refused(tmp_path):
    path = write(tmp_path / "f.csv", EVENT_HEADER, [EVENT_ROWS[0].replace("2019-01-01", "2019")])
    with pytest.raises(DataFileError, match="date « 2019 »"):
        EVENTS.table(path, EVENTS_SOURCE)
