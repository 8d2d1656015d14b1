"""Who called is found wherever it stands and never repeated; what is nobody's is left alone."""

from __future__ import annotations

import csv
import random
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.errors import TableError
from cpts_geo.french import MONTHS
from cpts_geo.sources.analyst.calls._around import hint_of, in_file_name
from cpts_geo.sources.analyst.calls._forms import is_name, kind_of
from cpts_geo.sources.analyst.calls._people import personal_content
from cpts_geo.sources.analyst.calls._values.outcomes import outcomes
from cpts_geo.sources.analyst.calls.log import read_call_log
from tests import broken_makers_logs as makers
from tests.nobodies import births, callers, letters, nirs, pairs, phones, write_log

CASES = Path(__file__).parents[2] / "data" / "broken" / "cases_logs.csv"
TODAY = date(2024, 12, 31)
SEEDS = st.integers(0, 10**6)
with CASES.open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))


def found_in(cells: list[str]) -> str:
    """What a column without a role is taken for; empty where it is nobody's."""
    return personal_content(pd.DataFrame({0: cells}), {}).get(0, "")


@pytest.mark.parametrize("row", ROWS, ids=[row["input"] for row in ROWS])
def test_identity_is_refused_and_not_repeated(tmp_path: Path, row: dict[str, str]) -> None:
    path = getattr(makers, row["input"].removeprefix("make:"))(tmp_path)
    with pytest.raises(TableError) as caught:
        read_call_log(path, today=TODAY)
    said = str(caught.value)
    assert row["words"] in said
    assert "À faire : " in said
    assert not any(word in said for word in ("EXEMPLE", "exemple.", "12/03", "1951", "martin"))
    if path.suffix == ".csv":
        cells = path.read_text(encoding="utf-8").replace('"', "").split(";")
        long = {cell for line in cells for cell in line.split("\n") if len(cell) > 6}
        known = ("date", "issue", "indicatif", "commune", "Matricule", "num_dossier", "Initiales")
        assert not any(cell in said for cell in long if cell not in known)


@given(SEEDS, st.sampled_from(["%d%m%y", "%d%m%Y", "%Y%m%d"]))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_columns_of_births_are_found_and_those_of_calls_left(seed: int, form: str) -> None:
    draw = random.Random(seed)
    born = births(seed)
    assert "date de naissance" in found_in([f"{day:{form}}" for day in born])
    start = date(2023, 1, 2)
    called = [start + timedelta(days=draw.randint(0, 700)) for _ in range(30)]
    assert found_in([f"{day:{form}}" for day in called]) == ""
    coded = [f"{two}{day:{form}}" for two, day in zip(letters(), called, strict=True)]
    assert found_in(coded) == ""


@pytest.mark.parametrize("letters_kept", [3, 4, 9])
def test_months_in_letters_are_dates_too(letters_kept: int) -> None:
    def written(day: date) -> str:
        month = MONTHS[day.month - 1]
        return f"{day.day} {month[: max(letters_kept, 4 if 'jui' in month else 3)]} {day.year}"

    assert "date de naissance" in found_in([written(day) for day in births(3)])
    called = [date(2023, 1, 2) + timedelta(days=11 * n) for n in range(30)]
    assert "naissance" not in found_in([written(day) for day in called])


@given(SEEDS, st.sampled_from([10**5, 10**6, 10**7]))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_numbers_drawn_at_random_are_tickets(seed: int, low: int) -> None:
    draw = random.Random(seed)
    assert found_in([str(draw.randint(low, 10 * low - 1)) for _ in range(60)]) == ""


def test_three_values_prove_a_column_and_two_are_told(tmp_path: Path) -> None:
    cells = [f"{day:%d%m%y}" for day in births(rows=3)]
    assert "date de naissance" in found_in(cells)
    path = write_log(tmp_path, ["120351", "040788"])
    notes = read_call_log(path, today=TODAY).attrs["notes"]
    assert "n° 3 « x » (peut-être une date de naissance)." in " ".join(notes)
    assert not any("120351" in note for note in notes)


@given(SEEDS)
@settings(max_examples=25, deadline=None, derandomize=True)
def test_stubs_of_nir_are_told_from_seven_digits(seed: int) -> None:
    assert "sécurité sociale" in found_in([nir[:7] for nir in nirs(seed)])
    assert found_in([f"{1_510_345 + i}" for i in range(30)]) == ""


@given(
    SEEDS,
    st.sampled_from([" ", ".", "-", "/", "_", "\u202f", " - "]),
    st.sampled_from(["{}", "({})", "tel {}", "{}."]),
)
@settings(max_examples=25, deadline=None, derandomize=True)
def test_phones_are_found_however_they_are_parted(seed: int, mark: str, form: str) -> None:
    assert kind_of(form.format(pairs(phones(seed, 1)[0], mark))) == "un numéro de téléphone"


@given(SEEDS, st.booleans())
@settings(max_examples=25, deadline=None, derandomize=True)
def test_a_nir_in_parts_is_known_with_its_key(seed: int, corsica: bool) -> None:
    nir = nirs(seed, 1)[0]
    if corsica:
        nir = f"{nir[:5]}2A{nir[7:]}"
    number = int(nir.replace("2A", "19")) if corsica else int(nir)
    parts = (nir[0], nir[1:3], nir[3:5], nir[5:7], nir[7:10], nir[10:], f"{97 - number % 97:02}")
    for mark in (" ", "-", ".", "/"):
        assert kind_of(mark.join(parts)) == "un numéro de sécurité sociale"


def test_phones_over_columns_are_told_from_an_hour_and_a_ticket() -> None:
    split = pd.DataFrame([(p[:4], p[4:]) for p in phones()])
    assert set(personal_content(split, {})) == {0, 1}
    draw = random.Random(1)
    hours = [f"{draw.randint(8, 9):02}{draw.randint(0, 59):02}" for _ in range(30)]
    tickets = pd.DataFrame({0: hours, 1: [str(100001 + i) for i in range(30)]})
    assert personal_content(tickets, {}) == {}
    tickets[1] = [str(draw.randint(100_000, 999_999)) for _ in range(30)]
    assert personal_content(tickets, {}) == {}
    # random identifiers with digits alone are no phones
    ids = [f"{draw.getrandbits(64):016x}" for _ in range(200)]
    assert found_in([*ids, "00" + "61234567890123"]) == ""
    for step in (1, 7, 400):  # a counter that reads as births
        assert found_in([str(120351 + step * i) for i in range(20)]) == ""


def test_identifiers_that_come_back_are_those_of_callers() -> None:
    assert "d’un appel à l’autre" in found_in(callers())
    assert found_in([str(100_001 + i) for i in range(200)]) == ""
    # The legs of one call follow one another; sites are few.
    assert found_in([str(80_000_000 + 7919 * (i // 2) % 10**6) for i in range(200)]) == ""
    assert found_in(["450104", "452613"] * 100) == ""
    draw = random.Random(1)
    clock = [8 * 3600 + 10 * draw.randint(0, 700) for _ in range(300)]
    assert found_in([f"{s // 3600:02}{s // 60 % 60:02}{s % 60:02}" for s in clock]) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Dr de garde", "Médecin de garde", "Docteur remplaçant", "Maison de santé Jean Moulin",
        "Jean Moulin", "Saint-Jean-de-Braye", "Hôpital Saint-Martin", "CC de la Beauce Loirétaine",
        "12/03/2024", "RDV 12/03/2024", "192.168.1.10", "10.0.0.4", "116 117", "08:30:12",
        "Pithiviers 2024", "v2.4.1", "0,354166667", "R3A", "2024-S09", "26,50", "00:04:12",
    ],
)  # fmt: skip
def test_what_is_nobody_stays(tmp_path: Path, text: str) -> None:
    assert len(read_call_log(write_log(tmp_path, [text] * 30), today=TODAY)) == 30


@pytest.mark.parametrize(
    "stem",
    [
        "journal_pithiviers", "appels_st_jean_de_braye_2024", "export_doctolib_2024-03-04_08-30",
        "export_20240304083000", "01012024_31122024", "journal_01_01_2024_31_12_2024",
        "01-01-24_31-12-24", "appels 2024 (1)", "Journal BEAUCE", "journal_jean_moulin",
        "MSP Pierre Curie", "appels_noel_2023", "Appels Dr de garde 2024", "journal CPTS Giennois",
        "export-1709539200", "Journal_SAMU_45", "RdvHonores",
    ],
)  # fmt: skip
def test_ordinary_names_of_files_are_nobody(stem: str) -> None:
    assert in_file_name(Path(f"{stem}.csv")) is None


@pytest.mark.parametrize(
    "title",
    [
        "CPTS Beauce-Gâtinais : appels du 01/01/2024 au 31/12/2024", "Maison de santé Jean Moulin",
        "Export du 04/03/2024 08:30", "Territoire : Meung-sur-Loire", "FINESS 450000104",
        "Total 120351 appels", "Centre hospitalier Pierre Exemple", "Site Nord ORLEANS",
    ],
)  # fmt: skip
def test_ordinary_titles_are_nobody(tmp_path: Path, title: str) -> None:
    path = write_log(tmp_path, ["web"], header="canal", titles=[title])
    notes = read_call_log(path, today=TODAY).attrs["notes"]
    assert "Colonnes présentes et non lues : n° 3 « canal »." in notes
    assert sum("canal" in note for note in notes) == 1
    assert not any("Non lu" in note for note in notes)


def test_what_may_be_a_name_is_told_without_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["FICTIF Tiers"])
    book.active.append(["date", "issue", "FICTIF Tiers", None, "sexe"])
    book.active.append([datetime(2024, 3, 4, 8, 30), "RDV", "web", "oui", "F"])
    book.active.title = "Dupont"
    book.save(tmp_path / "journal.xlsx")
    said = " ".join(read_call_log(tmp_path / "journal.xlsx", today=TODAY).attrs["notes"])
    assert "n° 3 « (masqué) » (son titre ressemble à un nom), n° 4 sans titre, n° 5" in said
    assert "« sexe » (avec d’autres données, aide à reconnaître quelqu’un)" in said
    assert "Non lu : titre au-dessus des colonnes, peut-être un nom de personne." in said
    assert "Non lu : nom de feuille, peut-être un nom de personne." in said
    assert "FICTIF" not in said
    assert "Dupont" not in said


def test_a_number_is_no_commune(tmp_path: Path) -> None:
    path = write_log(tmp_path, ["45130", "12345", "45130"], header="code_insee")
    log = read_call_log(path, today=TODAY)
    assert log["commune"].dropna().tolist() == ["45130", "45130"]
    assert any("1 ligne (3) : commune absente" in note for note in log.attrs["notes"])
    assert "12345" not in str(log.attrs["notes"])


@pytest.mark.parametrize("text", ["rendez-vous pris E.", "vue E", "RDV pris 7"])
def test_an_outcome_with_a_word_more_is_not_quoted(text: str) -> None:
    defects = outcomes(pd.Series([text])).defects
    assert "ne sont pas répétées" in defects[0]
    assert text not in " ".join(defects)


@pytest.mark.parametrize("filler", ["a", "A", "19", "06-", "Aa-", "jean martin "])
def test_a_long_text_is_looked_at_to_its_end(filler: str) -> None:
    # Ten thousand letters took half a minute where time grew with their square.
    text = f"{filler * (10_000 // len(filler))} ; Mme EXEMPLE"
    assert is_name(text)
    assert hint_of(text) is not None
