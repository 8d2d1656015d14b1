"""GPs counted in the RPPS extraction, on samples in the layout published in 2026."""

from __future__ import annotations

import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.samples import RPPS_COLUMNS
from cpts_geo.errors import DataFileError
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.readers.care import rpps

READER = rpps.READERS["rpps"]
SOURCE = sources()["ans_rpps"]
HEADER = list(RPPS_COLUMNS)


@dataclass(frozen=True)
class Activity:
    """One line: a doctor, a place, a savoir-faire."""

    person: int
    commune: str = "45252"
    sector: str = "SA07"
    skill: str = "SM54"
    skill_type: str = "S"
    profession: str = "10"
    mode: str = "L"
    category: str = "C"


def line(activity: Activity, header: Sequence[str] = HEADER) -> str:
    texts = {
        "Identifiant PP": f"1000000{activity.person:04d}",
        "Identification nationale PP": f"81000000{activity.person:04d}",
        # A quote that is not closed is text here, and must not swallow the lines below.
        "Nom d'exercice": f'"PERSONNE{activity.person}',
        "Prénom d'exercice": "Zoé",
        "Code profession": activity.profession,
        "Code catégorie professionnelle": activity.category,
        "Code type savoir-faire": activity.skill_type if activity.skill else "",
        "Code savoir-faire": activity.skill,
        "Code mode exercice": activity.mode,
        "Code commune (coord. structure)": activity.commune,
        "Code postal (coord. structure)": "45300",
        "Téléphone (coord. structure)": "T" * 10,
        "Adresse e-mail (coord. structure)": "zoe[arobase]exemple.invalid",
        "Code secteur d'activité": activity.sector,
    }
    return "|".join(texts.get(name, "") for name in header) + "|"


def write(
    path: Path,
    activities: Iterable[Activity],
    *,
    header: Sequence[str] = HEADER,
    shown: str | None = None,
    extra: Sequence[str] = (),
) -> Path:
    lines = [shown or "|".join(header) + "|", *(line(a, header) for a in activities), *extra]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return path


def test_a_doctor_counts_once_split_between_places(tmp_path: Path) -> None:
    path = write(
        tmp_path / "rpps.txt",
        [
            Activity(1, "45252"),
            Activity(1, "45252", skill="SM26"),  # the same place, another savoir-faire
            Activity(1, "45001", sector="SA05"),
            Activity(2, "45252", sector="SA52", skill="SM53"),
            Activity(3, "45252", skill="SM04"),  # a specialist
            Activity(4, "45252", skill="", mode="S"),  # no savoir-faire at all
            Activity(5, "45252", skill="CAPA12", skill_type="C"),  # none that is ordinal
            Activity(6, "45252", category="E"),
            Activity(7, "45252", mode="B"),
            Activity(8, "45252", sector="SA01"),
            Activity(9, "45252", profession="60", skill=""),
            Activity(10, "45252", skill="SM04"),
            Activity(10, "45001", skill="SM54"),  # both: a GP
        ],
    )
    table = READER.table(path, SOURCE)
    assert table.to_numpy().tolist() == [
        ["45001", 1.0, 0.0, 2],
        ["45252", 0.5 + 1 + 1 + 1 + 0.5, 2.0, 5],
    ]
    assert table.attrs["doctors"] == 5
    assert "aucune spécialité ordinale" in table.attrs["convention"]


def test_places_without_a_commune_or_a_sector_are_counted_apart(tmp_path: Path) -> None:
    path = write(
        tmp_path / "rpps.txt",
        [
            Activity(1, "1004"),
            Activity(1, ""),
            Activity(2, ""),
            Activity(3, "INCONNU"),
            Activity(4, "", sector=""),
            Activity(5, "2a004"),
            Activity(5, "2A004", sector=""),
        ],
    )
    table = READER.table(path, SOURCE)
    assert table[["code_insee", "gps"]].to_numpy().tolist() == [["01004", 0.5], ["2A004", 1.0]]
    attrs = table.attrs
    assert (attrs["doctors"], attrs["without_commune"], attrs["without_sector"]) == (4, 2.5, 1)
    assert attrs["unread_codes"] == ["INCONNU"]


def test_paris_is_one_commune_whatever_level_a_line_gives(tmp_path: Path) -> None:
    places = [
        Activity(1, "75108"),
        Activity(1, "75056"),
        Activity(2, "75101"),
        Activity(3, "69381"),
    ]
    table = READER.table(write(tmp_path / "rpps.txt", places), SOURCE)
    assert table[["code_insee", "gps", "practices"]].to_numpy().tolist() == [
        ["69123", 1.0, 1],
        ["75056", 2.0, 3],
    ]


def test_nothing_that_names_someone_comes_out(tmp_path: Path) -> None:
    path = write(tmp_path / "rpps.txt", [Activity(n) for n in range(3)])
    table = READER.table(path, SOURCE)
    everything = table.to_csv() + str(table.attrs)
    for personal in ("PERSONNE", "Zoé", "1000000", "T" * 10, "exemple.invalid"):
        assert personal not in everything


ACTIVITIES = st.lists(
    st.builds(
        Activity,
        person=st.integers(0, 6),
        commune=st.sampled_from(["45252", "45001", "75101", "75056", ""]),
        sector=st.sampled_from(["SA07", "SA05", "SA01", ""]),
        skill=st.sampled_from(["SM54", "SM53", "SM04", ""]),
        profession=st.sampled_from(["10", "10", "60"]),
        mode=st.sampled_from(["L", "S", "B"]),
        category=st.sampled_from(["C", "E"]),
    ),
    max_size=25,
)


def counted_plainly(activities: Iterable[Activity]) -> dict[str, float]:
    """The same count, one doctor at a time."""
    counts: dict[str, float] = defaultdict(float)
    doctors = [a for a in activities if a.profession == "10" and a.category != "E"]
    for person in {a.person for a in doctors}:
        own = [a for a in doctors if a.person == person]
        skills = {a.skill for a in own} - {""}
        if skills and not skills & {"SM53", "SM54", "SM26"}:
            continue
        places = {
            (a.commune, a.sector) for a in own if a.sector in rpps._FIRST_CONTACT and a.mode != "B"
        }
        for commune, _ in places:
            counts["75056" if commune == "75101" else commune] += 1 / len(places)
    return counts


@given(ACTIVITIES)
def test_the_counts_are_those_of_a_plain_loop(activities: list[Activity]) -> None:
    # Someone else of another profession: a file without a doctor is another matter.
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "rpps.txt", [*activities, Activity(99, profession="60")])
        table = rpps._read_rpps(path, SOURCE)
    expected = counted_plainly(activities)
    apart = expected.pop("", 0.0)
    assert dict(zip(table["code_insee"], table["gps"], strict=True)) == pytest.approx(expected)
    assert table.attrs["without_commune"] == pytest.approx(apart)
    total = table["gps"].sum() + table.attrs["without_commune"]
    assert total == pytest.approx(table.attrs["doctors"])


def test_a_header_may_drift_and_have_no_separator_at_its_end(tmp_path: Path) -> None:
    drifted = "|".join(HEADER)
    for before, after in (
        ("Libellé civilité d'exercice", "Libelle civilité exercice"),
        ("(coord. structure)", "(coord. Structure)"),
        ("Code secteur d'activité", "Code secteur d’activité"),
        ("|Code section tableau pharmaciens|Libellé section tableau pharmaciens", ""),
    ):
        assert before in drifted
        drifted = drifted.replace(before, after)
    kept = [name for name in HEADER if "pharmaciens" not in name]
    path = write(tmp_path / "rpps.txt", [Activity(1)], header=kept, shown=drifted)
    assert READER.table(path, SOURCE)["gps"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("member", "vintage"),
    [
        ("PS_LibreAcces_Personne_activite_202605090812.txt", "2026-05-09"),
        ("PS_LibreAcces_Personne_activite.txt", None),
    ],
)
def test_the_archive_reads_as_the_plain_file_and_dates_itself(
    tmp_path: Path, member: str, vintage: str | None
) -> None:
    plain = write(tmp_path / "PS_LibreAcces_Personne_activite_202001010000.txt", [Activity(1)])
    packed = tmp_path / "rpps.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, f"extraction/{member}")
        archive.writestr("extraction/PS_LibreAcces_Dipl_AutExerc.txt", "Identifiant PP|\n")
    assert READER.table(packed, SOURCE).equals(READER.table(plain, SOURCE))
    assert READER.vintage(packed, SOURCE) == vintage
    assert READER.vintage(plain, SOURCE) is None


def without_skills() -> list[str]:
    return [name for name in HEADER if "savoir-faire" not in name]


def test_savoir_faire_in_a_file_of_their_own_are_joined(tmp_path: Path) -> None:
    people = [Activity(1), Activity(2), Activity(3)]
    plain = write(tmp_path / "activite.txt", people, header=without_skills())
    skills = write(
        tmp_path / "savoirfaire.txt",
        [Activity(1, skill="SM54"), Activity(2, skill="SM04")],
        header=HEADER[:3] + HEADER[7:17],
    )
    packed = tmp_path / "rpps.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(plain, "PS_LibreAcces_Personne_activite_202605090812.txt")
        archive.write(skills, "PS_LibreAcces_SavoirFaire_202605090812.txt")
    table = READER.table(packed, SOURCE)
    assert table[["gps", "gps_without_specialty"]].to_numpy().tolist() == [[2.0, 1.0]]
    # Without them a cardiologist would pass for a GP: nothing is counted.
    with pytest.raises(DataFileError, match="ne dit pas les savoir-faire"):
        READER.table(plain, SOURCE)


def test_a_few_broken_lines_are_counted_and_many_are_refused(tmp_path: Path) -> None:
    people = [Activity(n) for n in range(2000)]
    path = write(tmp_path / "rpps.txt", people, extra=["8|PERSONNE|coupée"])
    table = READER.table(path, SOURCE)
    assert table.attrs["unread_lines"] == 1
    assert table["gps"].tolist() == [2000.0]
    path = write(tmp_path / "rpps.txt", people, extra=["8|PERSONNE|coupée"] * 3)
    with pytest.raises(DataFileError, match="3 lignes n’ont pas 57 colonnes") as caught:
        READER.table(path, SOURCE)
    assert "PERSONNE" not in str(caught.value)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("|".join(HEADER).encode().decode("latin-1"), "mal décodé"),
        ("|".join(HEADER).replace("Code commune", "Commune"), "colonne introuvable"),
        ("<!DOCTYPE html><title>Maintenance</title>", "colonne introuvable"),
    ],
)
def test_a_changed_header_is_refused(tmp_path: Path, shown: str, said: str) -> None:
    with pytest.raises(DataFileError, match=said):
        READER.table(write(tmp_path / "rpps.txt", [Activity(1)], shown=shown), SOURCE)


@pytest.mark.parametrize(
    "content", [b"", "|".join(HEADER).encode(), "|".join(HEADER).encode() + b"\n"]
)
def test_a_file_cut_short_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rpps.txt"
    path.write_bytes(content)
    with pytest.raises(DataFileError):
        READER.table(path, SOURCE)


def test_a_file_without_a_gp_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "rpps.txt", [Activity(1, profession="60", skill="")])
    with pytest.raises(DataFileError, match="aucune ligne"):
        READER.table(path, SOURCE)
