"""Dates of a log in every form that people write, on the clock of the place; doubts are refused."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from cpts_geo.errors import PlaceUnknownError, TableError
from cpts_geo.french import MONTHS, WEEKDAYS
from cpts_geo.sources.analyst.calls._values.times import times
from cpts_geo.sources.analyst.calls.log import read_call_log

TODAY = date(2025, 12, 31)
YEAR = [datetime(2024, 1, 1) + timedelta(days=n) for n in range(366)]
ZERO = datetime(1899, 12, 30)
Form = Callable[[datetime], str]
DAYS: dict[str, Form] = {
    "two digits": lambda d: f"{d:%d/%m/%y}",
    "two digits, dashes": lambda d: f"{d:%d-%m-%y}",
    "no first zero": lambda d: f"{d.day}/{d.month}/{d.year}",
    "points": lambda d: f"{d:%d.%m.%Y}",
    "ISO": lambda d: f"{d:%Y-%m-%d}",
    "glued": lambda d: f"{d:%Y%m%d}",
    "Excel": lambda d: str((d - ZERO).days),
    "written": lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    "first": lambda d: f"{d.day}{'er' * (d.day == 1)} {MONTHS[d.month - 1]} {d:%y}",
    "weekday": lambda d: f"{WEEKDAYS[d.weekday()]} {d.day} {MONTHS[d.month - 1]} {d.year}",
    "weekday, figures": lambda d: f"{WEEKDAYS[d.weekday()].upper()} {d:%d/%m/%Y}",
    "short": lambda d: f"{WEEKDAYS[d.weekday()][:3]}. {d.day}-{MONTHS[d.month - 1][:4]}-{d.year}",
}
HOURS: dict[str, Form] = {
    "colon": lambda t: f"{t:%H:%M}",
    "seconds": lambda t: f"{t:%H:%M:%S}",
    "h": lambda t: f"{t.hour}h{t:%M}",
    "h apart": lambda t: f"{t.hour} h {t:%M}",
    "point": lambda t: f"{t.hour}.{t:%M}",
    "glued": lambda t: f"{t:%H%M}",
    "zero lost": lambda t: f"{t.hour}{t:%M}",
    "half": lambda t: f"{t:%I:%M %p}",
    "half, points": lambda t: f"{t:%I:%M} {'ap'[t.hour >= 12]}.m.",
    "part of a day": lambda t: f"{(t.hour * 60 + t.minute) / 1440:.9f}".replace(".", ","),
}


@pytest.mark.parametrize("form", DAYS)
def test_every_day_of_a_year_is_read_back(form: str) -> None:
    read = times(pd.Series([DAYS[form](day) for day in YEAR]), None, today=TODAY)
    assert (read.defects, read.local.tolist(), read.with_hour) == ([], YEAR, False)


@pytest.mark.parametrize("form", HOURS)
@pytest.mark.parametrize("days", ["two digits", "Excel", "weekday"])
def test_every_hour_is_read_back(form: str, days: str) -> None:
    draw = random.Random(5)
    when = [day + timedelta(minutes=draw.randrange(60, 1440)) for day in YEAR]
    dates = pd.Series([DAYS[days](each) for each in when])
    hours = pd.Series([HOURS[form](each) for each in when])
    read = times(dates, hours, today=TODAY)
    assert (read.defects, read.local.tolist(), read.with_hour) == ([], when, True)


@pytest.mark.parametrize("form", [f for f in HOURS if f != "part of a day"])
@pytest.mark.parametrize("days", ["two digits", "written", "weekday", "glued"])
def test_a_day_and_its_hour_in_one_cell_are_read_back(form: str, days: str) -> None:
    when = [day + timedelta(hours=8, minutes=30) for day in YEAR]
    texts = pd.Series([f"{DAYS[days](each)} {HOURS[form](each)}" for each in when])
    read = times(texts, None, today=TODAY)
    assert (read.defects, read.local.tolist()) == ([], when)


def test_days_of_excel_with_their_hour_are_told() -> None:
    read = times(pd.Series(["45355,354166667", "45356"]), None, today=TODAY)
    assert read.local.tolist() == [datetime(2024, 3, 4, 8, 30), datetime(2024, 3, 5)]
    assert (read.defects, read.with_hour) == ([], True)
    assert any("nombre de jours d’Excel" in note for note in read.notes)


@pytest.mark.parametrize(
    ("dates", "hours", "words"),
    [
        (["lundi 5 mars 2024"], None, "le jour de la semaine écrit n’est pas celui"),
        (["45355", "04/03/2024"], None, "1 ligne (0) en nombre de jours d’Excel, 1 ligne (1) en"),
        (["24/03/15", "24/03/16", "24/03/17"], None, "si elles viennent en premier"),
        (["04/03/2024 8:30 AM", "04/03/2024 14:15"], None, "1 ligne (1) sans AM ni PM"),
        (["04/03/2024 13:30 PM"], None, "cette heure n’existe pas"),
        (["04/03/2024"] * 3, ["8.25", "8.50", "8.75"], "heures en décimales"),
        (["04/03/2024"] * 2, ["8,30", "9,15"], "une heure en décimales, ou des minutes ?"),
        (["04/03/2024"] * 2, ["0830", "5"], "1 ligne (1) : des heures, ou des minutes après"),
    ],
)
def test_what_may_be_read_in_two_ways_is_refused(
    dates: list[str], hours: list[str] | None, words: str
) -> None:
    read = times(pd.Series(dates), None if hours is None else pd.Series(hours), today=TODAY)
    assert any(words in defect for defect in read.defects), read.defects


@pytest.mark.parametrize(
    "text",
    [
        "mordi 5 mars 2024",
        "4 jui 2024",
        "4 ma 2024",
        # Numbers of somebody, or of something, and no day of Excel.
        "06" + "12345678",
        "45130123",
        "40178",
        "1234",
        "450019",
    ],
)
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    read = times(pd.Series([text]), None, today=TODAY)
    assert read.local.isna().all()
    assert read.defects[0].startswith("1 ligne (0) : date illisible, de la forme")


def written(folder: Path, text: str) -> Path:
    path = folder / "journal.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Horodateur;Issue", "04/03/2024 08:30:12;RDV"),
        ("Horodatage;Issue", "04/03/2024 08:30:12;RDV"),
        ("debut;fin;issue", "04/03/2024 08:30:12;05/03/2024 00:05;RDV"),
        ("Date;Début;Fin;Statut", "04/03/2024;08:30:12;08:45;Vu"),
        ("Date de début;Date de fin;Statut", "04/03/2024 08:30:12;04/03/2024 9:00;Vu"),
        ("Date du rendez-vous;Heure;Statut", "04/03/2024;08:30:12;Vu"),
        ("Jour;Date;Heure;Statut", "lundi;04/03/2024;08:30:12;Vu"),
    ],
)
def test_headers_of_agendas_and_forms_are_known(tmp_path: Path, header: str, row: str) -> None:
    log = read_call_log(written(tmp_path, f"{header}\n{row}\n"), today=TODAY)
    assert log["time"].tolist() == [datetime(2024, 3, 4, 8, 30, 12)]
    assert log["outcome"].tolist() == ["appointment"]
    end = [label for label in header.split(";") if "fin" in label.lower()]
    left = " ".join(log.attrs["notes"])
    assert all(f"« {label} »" in left for label in end)


PLACES = [
    ("971", "America/Guadeloupe", "97105"),
    ("972", "America/Martinique", "97209"),
    ("973", "America/Cayenne", "97302"),
    ("974", "Indian/Reunion", "97412"),
    ("976", "Indian/Mayotte", "97608"),
    ("45", "Europe/Paris", "45252"),
    ("2A", "Europe/Paris", "2A004"),
]


@pytest.mark.parametrize(("department", "zone", "code"), PLACES)
def test_utc_takes_the_clock_of_the_commune_else_of_the_territory(
    tmp_path: Path, department: str, zone: str, code: str
) -> None:
    draw = random.Random(7)
    utc = [day + timedelta(minutes=draw.randrange(1440)) for day in YEAR]
    local = [t.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for t in utc]
    lines = "".join(f"{t:%Y-%m-%dT%H:%M:%SZ};RDV;{code}\n" for t in utc)
    with_code = written(tmp_path, f"date_heure;issue;code_insee\n{lines}")
    # What the file says comes before where the line is said to be.
    log = read_call_log(with_code, today=TODAY, departments=["75"])
    assert log["time"].tolist() == local
    bare = written(tmp_path, f"date_heure;issue\n{lines.replace(';' + code, '')}")
    assert read_call_log(bare, today=TODAY, departments=[department])["time"].tolist() == local
    with pytest.raises(PlaceUnknownError):
        read_call_log(bare, today=TODAY)


@pytest.mark.parametrize(
    ("communes", "hour"),
    [
        (["Saint-Joseph (974)"], 8),
        (["97480 Saint-Joseph"], 8),
        (["Saint-Denis", "Le Tampon"], 8),  # a homonym, then one of La Réunion alone
        (["Saint-Denis", "Pithiviers"], 5),
        (["Saint-Joseph"], None),  # La Réunion, Martinique, Loire
        (["Le Tampon", "Pithiviers"], None),
        ([""], None),
    ],
)
def test_a_homonym_says_no_clock_alone(
    tmp_path: Path, communes: list[str], hour: int | None
) -> None:
    lines = "".join(f"2024-03-04T04:30:00Z;RDV;{commune}\n" for commune in communes)
    path = written(tmp_path, f"date_heure;issue;commune\n{lines}")
    if hour is None:
        with pytest.raises(PlaceUnknownError):
            read_call_log(path, today=TODAY)
    else:
        log = read_call_log(path, today=TODAY)
        assert set(log["time"]) == {datetime(2024, 3, 4, hour, 30)}


@pytest.mark.parametrize("offset", ["+04:00", "-03:00", "-04:00", "+03:00", "+11"])
def test_an_offset_of_elsewhere_leaves_the_time_as_written(tmp_path: Path, offset: str) -> None:
    rows = "".join(f"2024-{month:02}-04T08:30:00{offset};RDV\n" for month in range(1, 13))
    log = read_call_log(written(tmp_path, f"date_heure;issue\n{rows}"), today=TODAY)
    assert {(t.hour, t.minute) for t in log["time"]} == {(8, 30)}
    assert any("gardées telles qu’écrites" in note for note in log.attrs["notes"])


def test_offsets_of_two_places_are_refused(tmp_path: Path) -> None:
    text = "date_heure;issue\n2024-03-04T08:30+04:00;RDV\n2024-03-04T08:30+01:00;RDV\n"
    with pytest.raises(TableError, match="fuseaux mêlés"):
        read_call_log(written(tmp_path, text), today=TODAY)
