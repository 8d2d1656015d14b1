"""Outcomes in words that are not listed: read by their words, explained, or asked; nobody told."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import pytest

from cpts_geo.errors import AskedError, CptsGeoError, OutcomesError, TableError
from cpts_geo.sources.analyst.calls._wordings import WORDINGS, count_of, outcome_of
from cpts_geo.sources.analyst.calls._words import COMMON_NAMES
from cpts_geo.sources.analyst.calls.log import OUTCOMES, OUTCOMES_FRENCH, read_call_log

TODAY = date(2024, 12, 31)


@pytest.mark.parametrize(
    ("outcome", "wordings"),
    [
        (
            "cancelled",
            [
                "Absent non excusé", "Absent excusé", "Annulé par le patient", "Annulation médecin",
                "RDV annulé", "RDV non honoré", "Excusé", "Non venu", "Pas venu au RDV",
                "Patient absent", "ne s’est pas présenté", "Non vus", "Annulée par le cabinet",
            ],
        ),
        (
            "appointment",
            [
                "Vu", "Vus", "RDV donné par le secrétariat", "Consultation au cabinet",
                "RDV le jour même", "Arrivé", "En salle d'attente", "RDV sous 48h", "Confirmé",
            ],
        ),
        (
            "no_slot",
            [
                "Pas de disponibilité", "Aucune disponibilité", "Sans rendez-vous disponible",
                "Refus du patient", "Non pourvu", "pas de place au cabinet",
            ],
        ),
        (
            "redirected",
            [
                "Orienté vers le 15", "Réorientation SAMU", "Réorienté urgences",
                "Adressé aux urgences", "Redirigé vers médecin traitant",
            ],
        ),
        ("advice", ["Conseil donné par l’infirmière", "conseils téléphoniques"]),
        (
            "no_answer",
            [
                "Sans réponse", "Pas de réponse au téléphone", "Appel non abouti", "Appel perdu",
                "Patient injoignable", "non décrochés", "Appels abandonnés",
            ],
        ),
    ],
)  # fmt: skip
def test_words_say_the_outcome(outcome: str, wordings: list[str]) -> None:
    assert {text: outcome_of(text) for text in wordings} == dict.fromkeys(wordings, outcome)


@pytest.mark.parametrize(
    "text",
    [
        # Two outcomes, none, or one denied.
        "Conseil et RDV", "Présent sans RDV", "Consultation d’urgence", "Non annulé", "Pas absent",
        "Sans suite", "Traité", "par le patient", "non", "sans", "RDV ou conseil",
        # A word more may be somebody, a letter their initial.
        "Vu D.", "Vu L", "Vu A.", "RDV pris M. X", "Annulé par Exemple", "Conseil à Exemple",
    ],
)  # fmt: skip
def test_what_is_not_sure_is_no_outcome(text: str) -> None:
    assert outcome_of(text) is None


def test_no_common_name_is_read_as_a_word_of_outcomes() -> None:
    listed = [wording for wordings in WORDINGS.values() for wording in wordings]
    for name, wording in itertools.product(sorted(COMMON_NAMES), ["{} vu", "RDV {}", "conseil {}"]):
        assert outcome_of(wording.format(name)) is None, name
    assert not any(outcome_of(name) for name in COMMON_NAMES - set(listed))


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("appels", "calls"), ("Nombre d’appels", "calls"), ("nb_appels_recus", "calls"),
        ("Total", "total"), ("nombre", "total"), ("NbRDV", "appointment"),
        ("Nb patients vus", "appointment"), ("dont conseils", "advice"),
        ("Appels perdus", "no_answer"), ("Sans solution", "no_slot"),
        ("N° appel", None), ("id_appel", None), ("numéro", None), ("Âge", None), ("Patients", None),
        ("Appels décrochés", None), ("Durée", None), ("date", None), ("Année", None),
    ],
)  # fmt: skip
def test_headers_that_count(header: str, what: str | None) -> None:
    assert count_of(header) == what


def written(folder: Path, *outcomes: str) -> Path:
    path = folder / "journal.csv"
    rows = [f"04/03/2024 08:30;{outcome}" for outcome in outcomes]
    path.write_text("\n".join(["date_heure;issue", *rows]), encoding="utf-8")
    return path


@pytest.mark.parametrize("meant", [*OUTCOMES, *OUTCOMES_FRENCH])
def test_words_of_ones_own_are_read_as_they_are_explained(tmp_path: Path, meant: str) -> None:
    path = written(tmp_path, "Zorglub", "zorglub ", "RDV")
    log = read_call_log(path, today=TODAY, own_outcomes={"Zorglub": meant})
    assert log["outcome"].tolist() == [outcome_of(meant)] * 2 + ["appointment"]


def test_what_is_explained_comes_before_what_is_known(tmp_path: Path) -> None:
    log = read_call_log(written(tmp_path, "Visite"), today=TODAY, own_outcomes={"visite": "autre"})
    assert log["outcome"].tolist() == ["other"]


def test_an_outcome_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AskedError, match="« Zorglub » = « bof »") as caught:
        read_call_log(written(tmp_path, "RDV"), today=TODAY, own_outcomes={"Zorglub": "bof"})
    assert all(outcome in caught.value.remedy for outcome in OUTCOMES)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_explains_outcomes(tmp_path: Path, separator: str) -> None:
    rows = [("lignes", "Sens", "valeur"), ("3", "sans réponse", "NRP"), ("1", "", "Zorglub")]
    meanings = tmp_path / "sens.csv"
    meanings.write_text("\n".join(map(separator.join, rows)), encoding="utf-8")
    path = written(tmp_path, "NRP", "RDV")
    log = read_call_log(path, today=TODAY, outcomes_file=meanings)
    assert log["outcome"].tolist() == ["no_answer", "appointment"]
    # What is typed is more than what is in the file.
    log = read_call_log(path, today=TODAY, outcomes_file=meanings, own_outcomes={"NRP": "autre"})
    assert log["outcome"].tolist() == ["other", "appointment"]


@pytest.mark.parametrize("text", ["", "a;b\n1;2\n", "valeur\nNRP\n"])
def test_a_file_that_explains_nothing_is_refused(tmp_path: Path, text: str) -> None:
    meanings = tmp_path / "sens.csv"
    meanings.write_text(text, encoding="utf-8")
    with pytest.raises(CptsGeoError, match="« valeur » et « sens »") as caught:
        read_call_log(written(tmp_path, "RDV"), today=TODAY, outcomes_file=meanings)
    assert caught.value.remedy


def test_unknown_outcomes_are_given_with_their_rows_and_nobody_is(tmp_path: Path) -> None:
    asked = ["Sans suite", "Reporté", "Sans suite", "rendez-vos"]
    path = written(tmp_path, "RDV", *asked, "Fictif", "fictif prenom", "Zorglub")
    with pytest.raises(OutcomesError) as caught:
        read_call_log(path, today=TODAY)
    assert caught.value.values == {"Sans suite": 2, "Reporté": 1, "rendez-vos": 1}
    assert caught.value.hidden == 3
    assert not any(word in str(caught.value) for word in ("ictif", "prenom", "Zorglub"))


def test_a_column_of_outcomes_without_their_title_is_a_question(tmp_path: Path) -> None:
    path = tmp_path / "journal.csv"
    path.write_text("date;Résolution\n04/03/2024;RDV\n04/03/2024;conseil\n", encoding="utf-8")
    with pytest.raises(TableError) as caught:
        read_call_log(path, today=TODAY)
    assert "« Résolution » : elle ressemble à des issues ; nommez-la « issue »" in str(caught.value)
