"""CNAM, territoires de vie-santé, emergency visits: real files, then samples as documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpts_geo.errors import DataFileError, TableError
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.catalogue.totals import check_totals
from cpts_geo.sources.codes import PLM
from cpts_geo.sources.readers.care import cnam, sursaud, urgences
from cpts_geo.sources.readers.communes import tvs
from tests.broken_makers_fetch import _workbook

DENSITIES = cnam.READERS["cnam_densities"]
ALD = cnam.READERS["cnam_ald"]
TVS = tvs.READERS["tvs"]
VISITS = urgences.READERS["emergency_visits"]
DAILY = sursaud.READERS["sursaud_daily"]
DAILY_HEADER = "date,ed_visits_oscour_france,sos_medecins_acts_france"
CNAM = sources()["cnam_2024"]
GPS = "Médecins généralistes (hors médecins à expertise particulière - MEP)"
DENSITY_HEADER = (
    "annee;profession_sante;region;libelle_region;departement;libelle_departement;classe_age;"
    "libelle_classe_age;libelle_sexe;effectif;densite"
)
ALD_HEADER = (
    "annee;region;libelle_region;departement;libelle_departement;taux_patients_ald_sans_mt;"
    "taux_patients_ald_sans_mt_integer"
)


def write(path: Path, *lines: str, encoding: str = "utf-8-sig") -> Path:
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def density_row(year: str, departement: str, effectif: str, densite: str, **other: str) -> str:
    region = other.get("region", "24")
    age = other.get("age", "tout_age")
    sex = other.get("sex", "tout sexe")
    return f"{year};{GPS};{region};R;{departement};D;{age};A;{sex};{effectif};{densite}"


def test_the_real_densities_are_those_published(official_dir: Path) -> None:
    path = official_dir / str(CNAM.file)
    table = DENSITIES.table(path, CNAM)
    gps = table[table["profession"] == GPS].set_index("departement")
    published = {
        "45": (376, 54.4), "85": (429, 59.3), "42": (595, 76.6), "37": (531, 85.6),
        "41": (192, 58.6), "FR": (51_775, 75.5),
    }  # fmt: skip
    for code, (count, density) in published.items():
        assert gps.loc[code, ["low", "high", "density"]].tolist() == [count, count, density]
    # The file gives overseas départements twice: as such, and as regions of one.
    assert {"971", "972", "973", "974", "976"} < set(gps.index)
    assert len(gps) == 102
    assert gps["low"].drop("FR").sum() == gps.loc["FR", "low"]
    assert not table["masked"].any()
    assert DENSITIES.vintage(path, CNAM) == CNAM.holds == "2024"


def test_masked_professionals_are_bounds_and_dates_are_years(tmp_path: Path) -> None:
    path = write(
        tmp_path / "cnam.csv",
        DENSITY_HEADER,
        density_row("2023-01-01", "45", "376", "54,4"),
        density_row("2024-01-01", "45", "NS", "NS"),
        density_row("2024-01-01", "1", "1 204", "70.0", region="84"),
        density_row("2024-01-01", "999", "9999", "60"),
        density_row("2024-01-01", "999", "51775", "75.5", region="99"),
        density_row("2024-01-01", "45", "12", "1", age="60_64"),
        density_row("2024-01-01", "45", "200", "29", sex="femmes"),
    )
    table = DENSITIES.table(path, CNAM)
    assert table.drop(columns="profession").fillna(-1).to_numpy().tolist() == [
        [2023, "45", 376.0, 376.0, False, 54.4],
        [2024, "01", 1204.0, 1204.0, False, 70.0],
        [2024, "45", 0.0, 4.0, True, -1],
        [2024, "FR", 51775.0, 51775.0, False, 75.5],
    ]
    assert DENSITIES.vintage(path, CNAM) == "2024"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((DENSITY_HEADER.replace("effectif", "nombre"),), "colonne introuvable : effectif"),
        ((DENSITY_HEADER, density_row("2024", "45", "beaucoup", "1")), "« beaucoup »"),
        ((DENSITY_HEADER, density_row("an 2", "45", "1", "1")), "année « an 2 »"),
        ((DENSITY_HEADER, density_row("2024", "45", "1", "1", age="60_64")), "tout_age"),
        (("<!DOCTYPE html>", "<title>Maintenance</title>"), "colonne introuvable"),
    ],
)
def test_changed_densities_are_refused(tmp_path: Path, lines: tuple[str], said: str) -> None:
    with pytest.raises(DataFileError) as caught:
        DENSITIES.table(write(tmp_path / "cnam.csv", *lines), CNAM)
    assert said in str(caught.value)


def test_rows_in_double_break_the_contract(tmp_path: Path) -> None:
    rows = [density_row("2024", "45", "376", "54.4")] * 2
    with pytest.raises(TableError, match="ligne en double"):
        DENSITIES.table(write(tmp_path / "cnam.csv", DENSITY_HEADER, *rows), CNAM)


def test_ald_shares_are_read_from_the_text_and_never_from_its_numeric_twin(tmp_path: Path) -> None:
    path = write(
        tmp_path / "ald.csv",
        ALD_HEADER,
        "2014;24;Centre-Val de Loire;45;Loiret;4,2 %;4.2",
        "2023;24;Centre-Val de Loire;45;Loiret;7,25\u00a0%;7.25",
        "2023;24;Centre-Val de Loire;18;Cher;NC;0",
        "2023;24;Centre-Val de Loire;999;Tout département;6,0 %;6.0",
        "2023;99;FRANCE;999;FRANCE;5 %;5.0",
        "2023;inconnu;inconnu;inconnu;inconnu;11,0 %;11.0",
    )
    table = ALD.table(path, sources()["cnam_ald_without_mt"])
    rounded = table.round(6).to_numpy().tolist()
    assert rounded == [
        [2014, "45", 0.042, 0.042, False],
        [2023, "18", 0.0, 1.0, True],
        [2023, "45", 0.0725, 0.0725, False],
        [2023, "FR", 0.05, 0.05, False],
    ]
    assert ALD.vintage(path, sources()["cnam_ald_without_mt"]) == "2023"


def test_a_rate_over_one_hundred_breaks_the_contract(tmp_path: Path) -> None:
    path = write(tmp_path / "ald.csv", ALD_HEADER, "2023;24;C;45;Loiret;420 %;420")
    with pytest.raises(TableError, match="part entre 0 et 1"):
        ALD.table(path, sources()["cnam_ald_without_mt"])


def test_the_real_tvs_hold_every_commune_of_2019(official_dir: Path) -> None:
    source = sources()["drees_tvs_2019"]
    path = official_dir / str(source.file)
    table = TVS.table(path, source)
    assert len(table) == 35_012
    assert table["tvs"].nunique() == 2_840
    assert table["tvs_name"].notna().all()
    by_code = table.set_index("code_insee")
    assert by_code.loc["45252", ["tvs", "tvs_name"]].tolist() == ["45252", "Pithiviers"]
    parts = [part for parts in PLM.values() for part in parts]
    assert by_code.loc[parts, "tvs"].tolist() == parts
    assert not set(PLM) & set(by_code.index)
    # Codes of the TVS of Corse have one character less than those of the others.
    assert set(by_code["tvs"][by_code["tvs"].str.len() == 4].str[:2]) == {"2A", "2B"}
    assert TVS.vintage(path, source) is None


@pytest.mark.parametrize("separator", [";", ","])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_tvs_in_text_are_sniffed(tmp_path: Path, separator: str, encoding: str) -> None:
    lines = [
        ["insee", "departement", "commune", "tvs", "region"],
        ["1001", "Ain", "L'Abergement-Clémenciat", "1093", "Auvergne-Rhône-Alpes"],
        ["2a004", "Corse-du-Sud", "Ajaccio", "2A01", "Corse"],
        ["45252", "Loiret", "Pithiviers", "45252", "Centre-Val de Loire"],
    ]
    path = write(tmp_path / "tvs.csv", *map(separator.join, lines), encoding=encoding)
    table = TVS.table(path, sources()["drees_tvs_2019"])
    assert table["code_insee"].tolist() == ["01001", "2A004", "45252"]
    assert table["tvs"].tolist() == ["01093", "2A01", "45252"]
    assert table["tvs_name"].isna().all()


def test_tvs_given_by_name_only_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "tvs.csv", "insee,tvs", "45252,Pithiviers", "45001,Pithiviers")
    with pytest.raises(DataFileError, match="code de TVS « Pithiviers »"):
        TVS.table(path, sources()["drees_tvs_2019"])


def test_a_commune_in_two_tvs_breaks_the_contract(tmp_path: Path) -> None:
    path = write(tmp_path / "tvs.csv", "insee,tvs", "45252,45252", "45252,45001")
    with pytest.raises(TableError, match="45252"):
        TVS.table(path, sources()["drees_tvs_2019"])


def test_a_tvs_workbook_with_renamed_headers_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tvs.xlsx"
    path.write_bytes(_workbook("Sheet", [["Commune", "Territoire"], ["45252", "45252"]]))
    with pytest.raises(DataFileError, match="« Territoire »"):
        TVS.table(path, sources()["drees_tvs_2019"])


@pytest.mark.parametrize(
    ("first", "second"), [("2017-12-25", "2023-01-02"), ("25/12/2017", "02/01/2023")]
)
def test_daily_visits_keep_their_decimals_in_both_date_forms(
    tmp_path: Path, first: str, second: str
) -> None:
    source = sources()["drees_emergency_visits"]
    path = write(
        tmp_path / "visits.csv",
        "date;dep;libelle_dep;nb_passages",
        f"{second};45;Loiret;412.63",
        f"{first};45;Loiret;398,5",
        f"{first};1;Ain;250",
        f"{first};2A;Corse-du-Sud;NS",
    )
    table = VISITS.table(path, source)
    assert table["departement"].tolist() == ["01", "2A", "45", "45"]
    assert table["visits"].fillna(-1).tolist() == [250.0, -1.0, 398.5, 412.63]
    assert table["date"].dt.strftime("%Y-%m-%d").tolist()[2:] == ["2017-12-25", "2023-01-02"]
    assert VISITS.vintage(path, source) == source.holds == "2023"


@pytest.mark.parametrize(
    ("lines", "error", "said"),
    [
        (("date;dep;nb_passages", "hier;45;1"), DataFileError, "date « hier »"),
        (("date;dep;nb_passages", "2023-02-30;45;1"), DataFileError, "date « 2023-02-30 »"),
        (("date;dep;passages", "2023-01-01;45;1"), DataFileError, "nb_passages"),
        (("date;dep;nb_passages", "2023-01-01;45;-1"), TableError, "positif"),
        (("date;dep;nb_passages", *["2023-01-01;45;1"] * 2), TableError, "en double"),
        (("date;dep;nb_passages",), DataFileError, "n’a pas la forme attendue"),
    ],
)
def test_changed_visits_are_refused(
    tmp_path: Path, lines: tuple[str], error: type[Exception], said: str
) -> None:
    source = sources()["drees_emergency_visits"]
    with pytest.raises(error) as caught:
        VISITS.table(write(tmp_path / "visits.csv", *lines), source)
    assert said in str(caught.value)


def test_the_real_daily_series_of_france(official_dir: Path) -> None:
    source = sources()["spf_sursaud_2024"]
    path = official_dir / str(source.file)
    table = DAILY.table(path, source).set_index("date")
    assert (str(table.index[0])[:10], str(table.index[-1])[:10]) == ("2020-02-24", "2024-12-30")
    assert len(table) == 1_772
    year = table.loc["2024"].sum()
    assert year["emergency_visits"] == pytest.approx(18.3e6, rel=3e-3)
    assert year["sos_medecins"] == pytest.approx(4.57e6, rel=2e-3)
    check_totals(table.reset_index(), source)
    assert DAILY.vintage(path, source) == source.holds == "2024"


def test_a_daily_series_is_sorted_whatever_its_headers(tmp_path: Path) -> None:
    # the names of the producer's own export
    path = write(
        tmp_path / "daily.csv",
        "date_de_passage;nbre_pass_tot;nbre_acte_tot",
        "2024-03-01;40 000;12000",
        "2024-02-29;41000;0",
    )
    table = DAILY.table(path, sources()["spf_sursaud_2024"])
    assert table["date"].dt.strftime("%m-%d").tolist() == ["02-29", "03-01"]
    assert table["emergency_visits"].tolist() == [41_000, 40_000]
    assert table["sos_medecins"].tolist() == [0, 12_000]  # a known absence


@pytest.mark.parametrize(
    ("rows", "error", "said"),
    [
        (("2024-01-01,1,2", "2024-01-03,1,2"), DataFileError, "jour absent : 02/01/2024"),
        (("2024-01-01,1,2", "2024-01-01,1,2"), TableError, "en double"),
        (("2024-01-01,1,-2",), TableError, "positif"),
        (("2024-01-01,1,",), DataFileError, "nombre entier attendu"),
        (("2024-01-01,1.5,2",), DataFileError, "nombre entier attendu : « 1.5 »"),
        (("2024-02-30,1,2",), DataFileError, "date « 2024-02-30 »"),
        ((), DataFileError, "n’a pas la forme attendue"),
    ],
)
def test_a_damaged_daily_series_is_refused(
    tmp_path: Path, rows: tuple[str, ...], error: type[Exception], said: str
) -> None:
    path = write(tmp_path / "daily.csv", DAILY_HEADER, *rows)
    with pytest.raises(error) as caught:
        DAILY.table(path, sources()["spf_sursaud_2024"])
    assert said in str(caught.value)


def test_every_absent_day_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "daily.csv", DAILY_HEADER, "2024-01-01,1,2", "2024-01-05,1,2")
    with pytest.raises(DataFileError) as caught:
        DAILY.table(path, sources()["spf_sursaud_2024"])
    assert len(caught.value.defects) == 3
