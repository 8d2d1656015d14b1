"""A file of counts is read as counts, through to the scenario; what it does not say is not said."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.atlas.sections.call_log import log_sentences, log_views
from cpts_geo.capacity.calls.local_evidence import with_call_log
from cpts_geo.capacity.calls.profile import profile_of
from cpts_geo.capacity.calls.released import released
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.errors import TableError
from cpts_geo.french import MONTHS
from cpts_geo.sources.analyst.calls.log import read_call_log

TODAY = date(2025, 12, 31)
DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]


def written(folder: Path, text: str) -> Path:
    path = folder / "journal.csv"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str) -> pd.DataFrame:
    return read_call_log(written(folder, text), today=TODAY)


def test_a_day_counts_its_calls_and_not_one(tmp_path: Path) -> None:
    open_days = [day for day in DAYS if day.weekday() < 5][1:]
    rows = "".join(f"{day:%d/%m/%Y};20;8\n" for day in open_days)
    log = read(tmp_path, f"date;appels;consultations\n{rows}")
    assert len(log) == 20 * 261 == 5220
    assert (log["outcome"] == "appointment").sum() == 8 * 261 == 2088
    assert log["outcome"].isna().sum() == 12 * 261
    assert (log.attrs["counted"], log.attrs["with_hour"], log.attrs["lower_bound"]) == (
        "day", False, False,
    )  # fmt: skip
    said = log.attrs["notes"][0].replace("\u202f", " ")
    assert "5 220 appels et 2 088 consultations en 261 jours" in said
    found = profile_of(log, load_scenario("beauce_gatinais"))
    assert found.calls_per_opening_day == 20
    own = with_call_log(load_scenario("beauce_gatinais"), found)
    assert (own.calls_observed, own.observed_consultations) == (20 * 252, 8 * 252)
    # Twelve calls of twenty have no outcome: they tell no share of the need.
    assert (own.need_counted, own.evidence, own.sources["calls_observed"].grade) == (
        None,
        "1b",
        "B",
    )
    assert own.sources["calls_observed"].text.startswith(
        "Comptes par jour du territoire, 02/01/2024"
    )
    sentences = log_sentences(found, released(found))
    assert sentences[0].endswith("en 252 jours d’ouverture, d’après des comptes par jour.")
    assert "Appels restés sans créneau : aucune colonne de comptes ne le dit." in sentences
    outcomes = next(rows for title, _, rows in log_views(released(found)) if title == "Issues")
    assert [row[0].text for row in outcomes] == ["rendez-vous", "issue inconnue"]


@pytest.mark.parametrize("seed", range(5))
def test_counts_of_every_outcome_come_back(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    headers = {
        "appointment": "RDV pris", "advice": "Conseils", "redirected": "Réorientations",
        "no_slot": "Sans solution", "no_answer": "Appels perdus",
    }  # fmt: skip
    rows = [[draw.randrange(30) for _ in headers] for _ in DAYS]
    more = [draw.randrange(3) for _ in DAYS]
    text = f"Jour;Appels reçus;{';'.join(headers.values())}\n"
    for day, counts, rest in zip(DAYS, rows, more, strict=True):
        text += f"{day:%d/%m/%y};{sum(counts) + rest};{';'.join(map(str, counts))}\n"
    totals = [sum(column) for column in zip(*rows, strict=True)]
    text += f"Total;{sum(totals) + sum(more)};{';'.join(map(str, totals))}\n"
    log = read(tmp_path, text)
    found = log["outcome"].value_counts()
    assert {name: found[name] for name in headers} == dict(zip(headers, totals, strict=True))
    assert log["outcome"].isna().sum() == sum(more)
    by_day = log["time"].dt.date.value_counts()
    for day, counts, rest in zip(DAYS, rows, more, strict=True):
        assert by_day.get(day, 0) == sum(counts) + rest
    # Few calls are left without an outcome: the others tell the share that deserved a slot.
    case = load_scenario("beauce_gatinais")
    assert with_call_log(case, profile_of(log, case)).evidence == "1a"


@pytest.mark.parametrize(
    "write",
    [
        lambda m: f"{MONTHS[m - 1]} 2024",
        lambda m: f"{MONTHS[m - 1][:4].capitalize()}-24",
        lambda m: f"{m:02}/2024",
        lambda m: f"2024-{m:02}",
        lambda m: f"01/{m:02}/2024",
    ],
)
def test_months_are_months(tmp_path: Path, write) -> None:
    made = {month: 200 + 10 * month for month in range(1, 13)}
    rows = "".join(f"{write(month)};{calls}\n" for month, calls in made.items())
    log = read(tmp_path, f"Mois;Nombre d’appels\n{rows}")
    assert log.attrs["counted"] == "month"
    case = load_scenario("beauce_gatinais")
    found = profile_of(log, case)
    assert (found.calls, found.calls_outside) == (sum(made.values()), 0)
    assert found.months["calls"].to_dict() == made
    assert (found.start, found.end) == (date(2024, 1, 1), date(2024, 12, 31))
    # Nothing of the week, of the hours or of what days vary is made up.
    assert (len(found.weekdays), found.hours, found.longest_silence) == (0, None, 0)
    assert pd.isna(found.dispersion.index)
    own = with_call_log(case, found)
    assert own.calendar.weekday_factors == case.calendar.weekday_factors
    assert own.dispersion == case.dispersion
    assert any("des comptes par mois ne disent rien des jours" in note for note in own.notes)
    tables = released(found)
    assert tables["weekday"].empty
    assert log_sentences(found, tables)


@pytest.mark.parametrize(
    "write",
    [
        lambda d: f"S{d.isocalendar().week:02} {d.isocalendar().year}",
        lambda d: f"{d.isocalendar().year}-W{d.isocalendar().week:02}",
        lambda d: f"semaine {d.isocalendar().week} {d.isocalendar().year}",
        lambda d: f"du {d:%d/%m/%Y} au {d + timedelta(days=6):%d/%m/%Y}",
        lambda d: f"{d:%d/%m/%Y}",
    ],
)
def test_weeks_are_weeks(tmp_path: Path, write) -> None:
    draw = random.Random(3)
    made = {date(2024, 1, 1) + timedelta(weeks=n): draw.randrange(60, 140) for n in range(52)}
    rows = "".join(f"{write(day)};{calls}\n" for day, calls in made.items())
    log = read(tmp_path, f"semaine;appels\n{rows}")
    assert log.attrs["counted"] == "week"
    found = profile_of(log, load_scenario("beauce_gatinais"))
    assert (found.calls, found.calls_outside) == (sum(made.values()), 0)
    assert found.end == date(2024, 12, 29)


def test_a_month_that_goes_on_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, "mois;appels\n01/2024;100\n02/2024;110\n03/2024;20\n")
    log = read_call_log(path, today=date(2024, 3, 9))
    assert len(log) == 210
    assert any(
        "Non terminé, et laissé de côté : mois du 01/03/2024" in n for n in log.attrs["notes"]
    )


def test_weeks_that_miss_are_no_days_without_a_call(tmp_path: Path) -> None:
    days = [date(2024, 1, 1) + timedelta(weeks=n) for n in range(30) if n not in (11, 12)]
    rows = "".join(f"{day:%d/%m/%Y};50\n" for day in days)
    found = profile_of(read(tmp_path, f"semaine;appels\n{rows}"), load_scenario("beauce_gatinais"))
    assert found.calls / len(days) == 50
    assert found.opening_days <= 5 * len(days)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        # An outcome a row, a commune a row, two sites a day, an hour a row.
        ("date;issue;nombre\n04/03/2024;RDV;8\n04/03/2024;conseil;12\n", 20),
        ("date;commune;appels\n04/03/2024;Pithiviers;8\n04/03/2024;Dry;12\n", 20),
        ("date;site;appels\n04/03/2024;Nord;8\n04/03/2024;Sud;8\n", 16),
        ("date;heure;appels\n04/03/2024;8h;8\n04/03/2024;9h;12\n", 20),
        # Spaces of thousands, closed days, totals of every kind.
        ("date;appels\n04/03/2024;1 020\n05/03/2024;fermé\n06/03/2024;9\n", 1029),
        ("date;appels\n04/03/2024;8\n05/03/2024;9\nTOTAL GÉNÉRAL;17\nMoyenne;8,5\n", 17),
        ("date;appels;rdv\n04/03/2024;8;1\n05/03/2024;9;2\n;17;3\n", 17),
        ("date;total;rdv\n04/03/2024;8;1\n05/03/2024;9;2\n", 17),
        ("date;appels;rdv;total\n04/03/2024;8;1;9\n05/03/2024;9;2;11\n", 17),
        ("date;Nb patients vus\n04/03/2024;8\n05/03/2024;9\n", 17),
        # Each row is a call, ticked; a number of calls is no count.
        ("date;rdv;conseil\n04/03/2024 8:12;x;\n04/03/2024 8:40;;x\n", 2),
        ("date;N° appel;issue\n04/03/2024;8;RDV\n05/03/2024;9;RDV\n", 2),
    ],
)
def test_counts_in_other_forms(tmp_path: Path, text: str, calls: int) -> None:
    assert len(read(tmp_path, text)) == calls


NUMBERS = "".join(f"{1 + i % 28:02}/{1 + i // 28:02}/2024;{10234 + 3 * i}\n" for i in range(60))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date;appels\n04/03/2024;8\n04/03/2024;9\n", "jour déjà compté plus haut"),
        ("date;appels;rdv\n04/03/2024;8;9\n", "plus d’issues que d’appels"),
        ("date;appels\n04/03/2024;8\n05/03/2024;12,5\n", "ce n’est pas un nombre entier"),
        ("date;appels\n04/03/2024;8\n05/03/2024;vingt\n", "ce n’est pas un nombre entier"),
        ("date;appels\n04/03/2024;8\n05/03/2024;-3\n", "ce n’est pas un nombre entier"),
        ("date;heure;nb appels\n04/03/2024;8h12;1\n04/03/2024;9h07;2\n", "est-ce un appel, ou un"),
        (f"date;appel\n{NUMBERS}", "est-ce un numéro, ou un cumul ?"),
        ("date;appels\n01/01/2024;9\n08/01/2024;8\n15/01/2024;7\n", "« semaine » ou « jour »"),
        ("date;appels;demandes\n04/03/2024;8;7\n", "une autre colonne compte déjà les appels"),
        ("date;appels\n04/03/2024;99999999\n", "trop de lignes"),
        ("semaine;appels\n1;100\n2;90\n", "date illisible"),
    ],
)
def test_counts_that_may_be_something_else_are_a_question(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(TableError) as caught:
        read(tmp_path, text)
    assert words in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(("total", "told"), [("17;3", False), ("19;3", True), ("19;", True)])
def test_a_total_that_is_another_is_told(tmp_path: Path, total: str, told: bool) -> None:
    text = f"date;appels;rdv\n04/03/2024;8;1\n05/03/2024;9;2\nTotal;{total}\n"
    log = read(tmp_path, text)
    assert len(log) == 17
    said = "Le total du fichier n’est pas celui des lignes lues : 19 écrit, 17 lu. Vérifiez-le."
    assert (said in log.attrs["notes"]) is told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("semaine du;lundi;mardi", "« lundi » : si elle compte des appels"),
        ("date;passages", "« passages » : si elle compte des appels"),
        ("date;activité;sexe", "« activité » : si elle compte des appels"),
    ],
)
def test_days_that_never_come_twice_beside_numbers_are_a_question(
    tmp_path: Path, text: str, words: str
) -> None:
    row = ";".join("7" for _ in text.split(";")[1:])
    rows = "".join(f"{day:%d/%m/%Y};{row}\n" for day in DAYS[:20])
    with pytest.raises(TableError) as caught:
        read(tmp_path, f"{text}\n{rows}")
    assert words in str(caught.value)
    # With an hour, or days that come back, each row is a call.
    assert len(read(tmp_path, f"{text}\n{rows}{rows}")) == 40
    timed = rows.replace("2024;", "2024 8:12;")
    assert len(read(tmp_path, f"{text}\n{timed}")) == 20


def test_small_counts_stay_masked(tmp_path: Path) -> None:
    rows = "".join(f"{day:%d/%m/%Y};20;{int(day.day == 1)}\n" for day in DAYS if day.weekday() < 5)
    log = read(tmp_path, f"date;appels;conseils\n{rows}")
    tables = released(profile_of(log, load_scenario("beauce_gatinais")))
    status = tables["outcome"]["calls_status"]
    assert status["advice"] == "masked_under_11"
    assert tables["outcome"]["calls"].isna()["advice"]


@pytest.mark.parametrize(
    "number",
    ["06" + "12345678", "6" + "12345678", "1550145" + "098001", "12031951"],
)
def test_a_number_of_somebody_is_no_count(tmp_path: Path, number: str) -> None:
    changed = [number[:-1] + str(n) for n in range(6)]
    rows = "".join(f"{day:%d/%m/%Y};{each}\n" for day, each in zip(DAYS, changed, strict=False))
    with pytest.raises(TableError, match="nominatives") as caught:
        read(tmp_path, f"date;appels\n{rows}")
    assert not any(each in str(caught.value) for each in changed)


def test_a_row_of_totals_hides_nobody(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="un nom de personne"):
        read(tmp_path, "date;appels;x\n04/03/2024;5;\nTOTAL GÉNÉRAL;5;Mme EXEMPLE\n")


@pytest.mark.parametrize("header", ["Âge", "Téléphone", "Patients", "NIR", "Nom"])
def test_numbers_of_people_are_no_counts(tmp_path: Path, header: str) -> None:
    text = f"date;{header}\n" + "".join(f"{day:%d/%m/%Y};{30 + day.day}\n" for day in DAYS[:20])
    try:
        log = read(tmp_path, text)
    except TableError as error:
        assert "nominatives" in error.summary
    else:
        assert len(log) == 20
