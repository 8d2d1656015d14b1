"""SurSaUD by département and minutes to emergencies: the forms of the producers, fetched whole."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cpts_geo.errors import DataFileError, TableError
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.catalogue.totals import check_totals
from cpts_geo.sources.fetching.parsed import load_source
from cpts_geo.sources.readers.care import distances, urgences
from tests.http_server import Answer, Site
from tests.sources.conftest import Get
from tests.sources.readers.care.test_care import write

MINUTES = distances.READERS["emergency_workbook"]
WORKBOOK = sources()["drees_minutes_diagnosis"]
PLAIN = "drees_2019_minutes_to_emergency_by_commune.csv"
SURSAUD = urgences.READERS["sursaud_departements"]
DEPARTEMENTS = sources()["spf_sursaud_departements"]
HEADER = (
    "dep;date_de_passage;sursaud_cl_age_corona;nbre_pass_corona;nbre_pass_tot;nbre_hospit_corona;"
    "nbre_acte_corona;nbre_acte_tot"
)
LABELS = (
    "Code commune Insee", "Libellé commune", "Département", "Région", "SU", "SMUR", "MCS",
    "HéliSMUR", "Population 2017", "typ_equip", "tps_SU_SMUR", "tps_SU_SMUR_MCS",
    "tps_ychelismur", "tps_ycheli", "com_equipee", "densite",
)  # fmt: skip


def commune(code: object, minutes: object, other: object = 4) -> list[object]:
    """A row of the workbook of the DREES; `other` is the time that counts MCS too."""
    return [code, "N", "45", "24", 0, 0, 0, 0, 900, "", minutes, other, other, other, 0, 6]


def diagnosis(
    rows: Sequence[Sequence[object]],
    *,
    labels: Sequence[str] = LABELS,
    sheet: str = "BASECOM_URGENCES_2019",
) -> bytes:
    """The workbook of the DREES: a sheet of notes, then five lines above the header."""
    book = openpyxl.Workbook(write_only=True)
    book.create_sheet("Lisez-moi").append(["Code commune Insee : code de la commune"])
    page = book.create_sheet(sheet)
    for note in range(5):
        page.append([f"Diagnostic d'accès aux soins urgents, note {note}"])
    for row in (labels, *rows):
        page.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def workbook(path: Path, *arguments: object, **changed: object) -> Path:
    path.write_bytes(diagnosis(*arguments, **changed))  # type: ignore[arg-type]
    return path


def test_workbook_gives_the_table_of_the_plain_file(
    site: Site, get: Get, official_dir: Path
) -> None:
    """The real figures, in the form of the producer, by the list of the files of its set."""
    known = pd.read_csv(official_dir / PLAIN, dtype={"code_commune": str})
    known.columns = ["code_insee", "emergency_minutes_drees"]
    rows = [[code, 1, minutes] for code, minutes in known.itertuples(index=False)]
    labels = ("Code commune Insee", "tps_SU_SMUR_MCS", "tps_SU_SMUR")
    file = site.serve("/attachments/2019_xlsx", diagnosis(rows, labels=labels))
    site.serve("/attachments/2015_xls", b"x")
    attachments = [
        {
            "href": f"/attachments/{year}",
            "metas": {"title": f"Diagnostic_d_acces_aux_soins_urgents_au_31_12_{year[:4]}.xlsx"},
        }
        for year in ("2015_xls", "2019_xlsx")
    ]
    listing = json.dumps({"links": [], "attachments": attachments}).encode()
    moved = site.serve("/moved", Answer(b"{}", status=404))
    listed = site.serve("/attachments", Answer(listing, type="application/json"))
    had = get(replace(WORKBOOK, addresses=(moved, listed)))
    assert (had.vintage, had.address) == ("2019", file)
    table = load_source(WORKBOOK.key)
    pd.testing.assert_frame_equal(table, known.sort_values("code_insee", ignore_index=True))
    # Another time of the same workbook is not believed.
    column = "emergency_minutes_drees"
    with pytest.raises(DataFileError, match="temps moyen des communes, en minutes : 1"):
        check_totals(table.assign(**{column: table[column] / 2}), WORKBOOK)


def test_minutes_lost_zeros_numbers_and_unknown(tmp_path: Path) -> None:
    rows = [
        commune("2A004", "12,5"),
        commune(1001, 31),
        commune("85113", "NC"),
        commune("45130", 0),
    ]
    table = MINUTES.table(workbook(tmp_path / "a.xlsx", rows), WORKBOOK)
    assert table["code_insee"].tolist() == ["01001", "2A004", "45130", "85113"]
    assert table["emergency_minutes_drees"].fillna(-1).tolist() == [31.0, 12.5, 0.0, -1.0]


@pytest.mark.parametrize(
    ("rows", "changed", "error", "said"),
    [
        ([commune("45130", 600)], {}, None, ""),
        ([commune("45130", 601)], {}, TableError, "de 0 à 600"),
        ([commune("45130", -1)], {}, TableError, "de 0 à 600"),
        ([commune("45130", "loin"), commune("45131", "près")], {}, DataFileError, "« près »"),
        ([commune("Dry", 4)], {}, DataFileError, "code « DRY »"),
        ([commune("45130", 4)] * 2, {}, TableError, "en double"),
        ([commune("45130", 4)], {"sheet": "BASECOM"}, DataFileError, "feuilles : « Lisez-moi »"),
        (
            # The time that counts MCS too is not the one that is shown.
            [commune("45130", 4)],
            {"labels": [name for name in LABELS if name != "tps_SU_SMUR"]},
            DataFileError,
            "colonne introuvable : tps_su_smur",
        ),
    ],
)
def test_changed_minutes_are_refused(
    tmp_path: Path,
    rows: list[list[object]],
    changed: dict[str, object],
    error: type[Exception] | None,
    said: str,
) -> None:
    path = workbook(tmp_path / "a.xlsx", rows, **changed)
    if error is None:
        assert len(MINUTES.table(path, WORKBOOK)) == 1
        return
    with pytest.raises(error) as caught:
        MINUTES.table(path, WORKBOOK)
    assert said in str(caught.value)


def day(dep: str, date: str, visits: str, acts: str, *, age: str = "0") -> str:
    return f"{dep};{date};{age};1;{visits};0;2;{acts}"


def test_all_ages_alone_are_kept(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        HEADER,
        day("45", "2024-12-30", "612", "98"),
        day("45", "2024-12-30", "80", "20", age="A"),
        day("1", "2024-12-30", "300", ""),
        day("2A", "2024-12-29", "NA", "0"),
        day("974", "2024-12-30", "700.0", "4"),
    )
    table = SURSAUD.table(path, DEPARTEMENTS)
    assert table["departement"].tolist() == ["01", "2A", "45", "974"]
    assert table["emergency_visits"].fillna(-1).tolist() == [300.0, -1.0, 612.0, 700.0]
    assert table["sos_medecins"].fillna(-1).tolist() == [-1.0, 0.0, 98.0, 4.0]
    assert SURSAUD.vintage(path, DEPARTEMENTS) == "2024"


@pytest.mark.parametrize(
    ("lines", "error", "said"),
    [
        ((HEADER, day("45", "2024-02-30", "1", "1")), DataFileError, "date « 2024-02-30 »"),
        ((HEADER, day("45", "2024-01-01", "1", "1", age="A")), DataFileError, "(âges : « A »)"),
        ((HEADER, day("45", "2024-01-01", "-1", "1")), TableError, "positif"),
        ((HEADER, *[day("45", "2024-01-01", "1", "1")] * 2), TableError, "en double"),
        ((HEADER, day("Loiret", "2024-01-01", "1", "1")), TableError, "département"),
        ((HEADER.replace("dep;", "reg;"), "24;2024-01-01;0;1;1;0;2;1"), DataFileError, ": dep"),
        ((HEADER,), DataFileError, "n’a pas la forme attendue"),
    ],
)
def test_changed_series_are_refused(
    tmp_path: Path, lines: tuple[str, ...], error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as caught:
        SURSAUD.table(write(tmp_path / "a.csv", *lines), DEPARTEMENTS)
    assert said in str(caught.value)


def test_series_by_departement_is_taken_among_those_of_the_set(
    site: Site, get: Get, official_dir: Path
) -> None:
    """The real days of France, shared alike between a hundred and one départements."""
    real = pd.read_csv(official_dir / "spf_sursaud_daily_france_2020_2024.csv")
    real = real[real["date"] >= "2024-11-01"]
    lines = [
        day(str(number).zfill(2), str(row.date), f"{row[2] / 101:.2f}", f"{row[3] / 101:.2f}")
        for row in real.itertuples()
        for number in range(101)
    ]
    body = "\n".join([HEADER, *lines]).encode()
    stem = "sursaud-corona-quot"
    names = (f"{stem}-fra-2024-12-31", f"{stem}-reg-2024-12-31", f"{stem}-dep-2024-12-31")
    names += (f"metadonnees-{stem}-dep",)
    resources = [
        {
            "title": f"{name}.csv",
            "url": site.serve(f"/{name}.csv", body if "dep-2024" in name else b"x;y\n"),
            "last_modified": f"2024-12-{28 + place}T20:00:00",
        }
        for place, name in enumerate(names)
    ]
    listing = json.dumps({"id": "5e74ecf52eb7514f2d3b8845", "resources": resources}).encode()
    had = get(replace(DEPARTEMENTS, addresses=(site.serve("/api/1/datasets/x/", listing),)))
    assert had.address.endswith(f"/{stem}-dep-2024-12-31.csv")
    assert had.vintage == "2024"
    table = load_source(DEPARTEMENTS.key)
    total = table.groupby("date")["emergency_visits"].sum()
    assert total.to_numpy() == pytest.approx(real["ed_visits_oscour_france"], rel=0.001)
    # A file of France alone, as if it were one département, is not believed.
    with pytest.raises(DataFileError, match="passages par jour et par département"):
        check_totals(table.assign(emergency_visits=table["emergency_visits"] * 101), DEPARTEMENTS)
