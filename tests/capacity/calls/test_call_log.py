"""A call log: every accepted form gives the same calls, nothing nominative passes or is echoed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpts_geo.errors import TableError
from cpts_geo.sources.analyst._tables.communes import commune_of
from cpts_geo.sources.analyst.calls._columns import announces, roles
from cpts_geo.sources.analyst.calls._people import personal_content
from cpts_geo.sources.analyst.calls._values.attributes import age_classes
from cpts_geo.sources.analyst.calls._values.times import times
from cpts_geo.sources.analyst.calls._wordings import WORDINGS, outcome_of
from cpts_geo.sources.analyst.calls.log import OUTCOMES, read_call_log
from cpts_geo.sources.embedding.embedded import load_communes
from tests.nobodies import callers

LOGS = Path(__file__).parents[2] / "data" / "call_logs"
TODAY = date(2024, 12, 31)
Write = Callable[[str], Path]

# Nothing here is anybody's; pieces are joined so that no file of the repository holds a whole one.
PHONES = {
    "spaced": " ".join(["06", "12", "34", "56", "78"]),
    "dotted": ".".join(["02", "12", "34", "56", "78"]),
    "dashed": "-".join(["09", "12", "34", "56", "78"]),
    "slashed": "/".join(["01", "12", "34", "56", "78"]),
    "glued": "06" + "12345678",
    "no-break": "\u202f".join(["07", "12", "34", "56", "78"]),
    "international": "+33" + " 6 12 34 56 78",
    "international, zero": "+33 (0)" + "6 12 34 56 78",
    "double zero": "0033" + "612345678",
    "decimals": "06" + "12345678.0",
    "power of ten": "6,12" + "E+08",
    "power of ten, point": "3.3612345678" + "E+10",
    "Belgium": "+32" + " 470 12 34 56",
    "Spain": "0034" + "612345678",
    "no plus": "33" + "612345678",
    "mixed": "06 12" + ".34 56-78",
    "by three": "06 123" + " 456 78",
    "in a sentence": "rappeler au 06" + "12345678 ce soir",
}
NIRS = {
    "13 digits": "1550145" + "098001",
    "15 digits": "1550145" + "09800112",
    "spaced": " ".join(["2", "55", "08", "14", "168", "025", "38"]),
    "dotted": ".".join(["1", "55", "08", "45", "168", "025", "38"]),
    "Corse-du-Sud": "1 55 08 2A " + "004 025 38",
    "Haute-Corse": "2" + "55082b" + "033025",
    "overseas": "1550897" + "4" + "11025",
    "power of ten": "2,85" + "E+12",
    "month unknown": "1" + "552045" + "098001",
}
EMAILS = {"plain": "exemple" + "@" + "exemple.fr", "disguised": "exemple (at) " + "exemple.fr"}
NAMES = {
    "surname first": "EXEMPLE Prenom",
    "surname last": "Prenom EXEMPLE",
    "accents": "ÉXÈMPLE Élie",
    "hyphens": "EXEMPLE-FICTIF Anne-Test",
    "comma": "EXEMPLE, Prenom",
    "civility": "Mme Exemple",
    "title": "Dr. Exemple".replace(".", ""),
    "upper": "EXEMPLE FICTIF",
    "capitals": "Prenom Exemple",
    "in a sentence": "rappeler EXEMPLE Prenom demain",
    "initial": "EXEMPLE P.",
    "initial first": "P. Exemple",
    "two initials": "Exemple J.-P.",
    "lower case": "jean exemple",
}
STREETS = {"street": "12 rue de l’Exemple", "bis": "3 bis, avenue Fictive"}


def letters(number: int) -> str:
    """A word of its own for each number, in the name of nobody."""
    return "exemp" + "".join(chr(97 + (number // 26**k) % 26) for k in range(3))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return ``write(text)``: the path of a CSV file of that text."""

    def written(text: str) -> Path:
        path = tmp_path / "journal.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def refusal(path: Path, *, today: date = TODAY) -> TableError:
    with pytest.raises(TableError) as caught:
        read_call_log(path, today=today)
    return caught.value


def test_log_in_cp1252_with_semicolons(tmp_path: Path) -> None:
    log = read_call_log(LOGS / "cp1252.csv", today=TODAY)
    assert list(log.columns) == ["time", "outcome", "commune", "age_class"]
    assert log["time"].tolist() == [
        datetime(2024, 3, 4, 8, 30),
        datetime(2024, 3, 4, 8, 41, 10),
        datetime(2024, 3, 5, 9, 5),
        datetime(2024, 3, 5, 9, 5),
    ]
    assert log["outcome"].tolist() == ["appointment", "redirected", "no_slot", "duplicate"]
    assert list(log["outcome"].cat.categories) == list(OUTCOMES)
    # One spelling for a commune; the exact age is gone.
    assert log["commune"].tolist()[:3] == ["Dry", "Cléry-Saint-André", "Cléry-Saint-André"]
    assert log["age_class"].tolist()[::3] == ["17-64", "17-64"]
    assert log["age_class"].isna().tolist() == [False, False, True, False]
    assert log["commune"].isna().tolist() == [False, False, False, True]
    assert (log.attrs["lower_bound"], log.attrs["with_hour"]) == (False, True)
    # what was read can be written and read again
    log.to_csv(tmp_path / "again.csv", index=False)
    pd.testing.assert_frame_equal(read_call_log(tmp_path / "again.csv", today=TODAY), log)


def test_byte_order_mark_commas_codes_and_utc() -> None:
    log = read_call_log(LOGS / "bom_comma.csv", today=TODAY)
    # Two hours in summer, one in winter.
    assert log["time"].tolist() == [datetime(2024, 7, 1, 8, 30), datetime(2024, 12, 2, 9)]
    assert log["time"].dt.tz is None
    assert log["commune"].tolist() == ["01001", "45130"]
    assert any("heure de Paris" in note for note in log.attrs["notes"])


def test_hour_in_its_own_column_below_a_title() -> None:
    log = read_call_log(LOGS / "two_columns.tsv", today=TODAY)
    assert log["time"].tolist() == [datetime(2024, 3, 4, 8, 30), datetime(2024, 3, 4, 10)]
    # « suite donnée » comes before « statut », which is not read, and named.
    assert log["outcome"].tolist() == ["advice", "cancelled"]
    assert "Colonnes présentes et non lues : n° 4 « statut »." in log.attrs["notes"]
    # the call comes before the appointment
    titles = ["Date RDV", "Date appel", "Suite", "Statut"]
    assert roles(titles) == {"date": [1], "outcome": [2]}


def test_list_without_outcomes_is_one_of_consultations() -> None:
    log = read_call_log(LOGS / "appointments.csv", today=TODAY)
    assert set(log["outcome"]) == {"appointment"}
    assert (log.attrs["lower_bound"], log.attrs["with_hour"]) == (True, False)
    assert any("par le bas" in note for note in log.attrs["notes"])


@pytest.mark.parametrize("layout", ["one column", "two columns"])
def test_spreadsheet_gives_the_same_calls(tmp_path: Path, layout: str) -> None:
    when = [datetime(2024, 3, 4, 8, 30), datetime(2024, 3, 5), datetime(2024, 3, 5, 17, 59, 59)]
    book = openpyxl.Workbook()
    if layout == "one column":
        rows = [["Date", "Issue", "Âge"], *([w, "RDV", 34] for w in when)]
    else:
        rows = [["Date", "Heure", "Issue", "Âge"]]
        rows += [[w.date(), w.time(), "RDV", 34] for w in when]
    for row in rows:
        book.active.append(row)
    path = tmp_path / "journal.xlsx"
    book.save(path)
    log = read_call_log(path, today=TODAY)
    assert log["time"].tolist() == when
    assert set(log["age_class"]) == {"17-64"}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_wordings_are_understood_whatever_their_writing(outcome: str) -> None:
    assert outcome_of(outcome) == outcome
    for wording in WORDINGS[outcome]:
        for text in (wording, wording.upper(), f" {wording} ", wording.replace("-", " ")):
            assert outcome_of(text) == outcome


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0", "0-4"), ("4", "0-4"), ("5", "5-16"), ("16", "5-16"), ("17", "17-64"),
        ("64,5", "17-64"), ("65", "65-74"), ("74", "65-74"), ("75", "75+"), ("120", "75+"),
        ("8 mois", "0-4"), ("34 ans", "17-64"), ("34-34", "17-64"), ("17 à 64 ans", "17-64"),
        ("[17-64]", "17-64"), ("75+", "75+"), ("> 74", "75+"), (">= 75", "75+"),
        ("plus de 74 ans", "75+"), ("<5", "0-4"), ("moins de 1 an", "0-4"), ("Adulte", "adulte"),
        # narrow classes are widened
        ("16-18", "5-64"), ("3-6", "0-16"), ("74-76", "65+"), ("2-3", "0-4"), ("80-83", "75+"),
    ],
)  # fmt: skip
def test_ages_become_classes(written: str, expected: str) -> None:
    classes, defects = age_classes(pd.Series([written]))
    assert (classes.tolist(), defects) == ([expected], [])


@given(st.integers(0, 120))
def test_no_exact_age_is_kept(age: int) -> None:
    found = age_classes(pd.Series([str(age)]))[0].iloc[0]
    low, high = (int(x or 121) for x in found.replace("+", "-").split("-"))
    assert low <= age <= high
    assert high - low >= 4


@given(
    st.datetimes(datetime(2015, 1, 1), datetime(2024, 12, 30)).map(
        lambda t: t.replace(second=0, microsecond=0)
    ),
    st.sampled_from(["%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%d-%m-%Y %Hh%M"]),
)
def test_every_way_to_write_a_time_gives_it(when: datetime, form: str) -> None:
    read = times(pd.Series([when.strftime(form)]), None, today=TODAY)
    assert (read.local.tolist(), read.defects) == ([when], [])


def test_summer_and_winter_offsets_are_not_mixed_zones() -> None:
    texts = pd.Series(["2024-03-31T01:30+01:00", "2024-03-31T03:30+02:00"])
    read = times(texts, None, today=TODAY)
    assert read.defects == []
    assert read.local.tolist() == [datetime(2024, 3, 31, 1, 30), datetime(2024, 3, 31, 3, 30)]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("mixed_zones.csv", ["fuseaux mêlés", "2 lignes (2, 4) avec", "1 ligne (3) sans"]),
        ("wrong_offsets.csv", ["fuseaux mêlés : 1 ligne (3)"]),
        ("future.csv", ["2 lignes (3, 4) après le 04/03/2024"]),
        ("hourless_rows.csv", ["1 ligne (3) sans heure"]),
        ("wrong_ages.csv", ["3 lignes (3, 4, 5) : ni une classe"]),
        ("no_date.csv", ["Aucune colonne de dates", "« issue », « commune »"]),
        ("no_header.csv", ["la première ligne est un appel"]),
        ("header_only.csv", ["ne contient aucune demande"]),
        ("zero_bytes.csv", ["ne contient aucune demande"]),
        ("two_dates.csv", ["date : « date appel », « date »"]),
        ("other_widths.csv", ["2 lignes (3, 4) : il faut 2 colonnes"]),
        ("open_quote.csv", ["Les guillemets"]),
        ("absent.csv", ["n’existe pas"]),
        ("journal.docx", ["Type de fichier non pris en charge"]),
        (
            "unreadable_dates.csv",
            [
                "1 ligne (3) : le mois serait 25 (ordre attendu : jour, mois, année)",
                "2 lignes (4, 8) : ce jour ou cette heure n’existe pas",
                "1 ligne (5) : date illisible, de la forme « 9/9/9 99:99 »",
                "1 ligne (6) : date absente",
                "1 ligne (7) : année invraisemblable",
            ],
        ),
        (
            "unknown_outcomes.csv",
            [
                "1 ligne (2) : issue « rendez-vos » inconnue, la plus proche est « rendez-vous »",
                "4 lignes (3, 5, 6, 7) : issues inconnues, qui ne sont pas répétées",
                "issues connues : rendez-vous, RDV",
            ],
        ),
        ("many_defects.csv", ["1 ligne (2) : ce jour", "1 ligne (3) : issue", "1 ligne (4) : ni"]),
    ],
)
def test_each_defect_is_said_with_its_lines(name: str, parts: list[str]) -> None:
    error = refusal(LOGS / name, today=date(2024, 3, 4) if name == "future.csv" else TODAY)
    assert [part for part in parts if part not in str(error)] == []
    assert error.remedy
    # words that may be somebody's are not repeated, however often they come
    assert not any(word in str(error) for word in ("patate", "zzz", "EXEMPLE"))


@pytest.mark.parametrize("wording", ["fictif prenom", "exemple", "jean exemple", "absent martin"])
def test_words_that_may_be_somebody_get_no_suggestion(write: Write, wording: str) -> None:
    said = str(refusal(write("date;issue\n" + f"14/03/2024;{wording}\n" * 40 + "14/03/2024;RDV\n")))
    assert wording not in said
    assert "la plus proche" not in said


@pytest.mark.parametrize(
    "label",
    [
        "Nom", "Prénom", "nom_patient", "Nom et prénom", "NomPatient", "Patient", "ID patient",
        "Téléphone", "N° tel", "Tel.", "mobile", "Portable", "numTel", "E-mail", "Mail",
        "Courriel", "Adresse", "adressePostale", "Rue", "NIR", "N° sécu", "numSecu",
        "Numéro de sécurité sociale", "Date de naissance", "dateNaissance", "DDN", "IPP", "INS",
        "Commentaire", "Commentaires libres", "Motif", "Observations", "last name", "Phone number",
        "Birth date", "Latitude", "Usager", "Appelant", "Bénéficiaire", "Assuré", "Client",
        "Demandeur", "Contact", "Né(e) le", "Né le", "N°SS", "N° dossier", "Description",
        "Symptômes", "Pathologie", "nomUsager", "Diagnostic", "idAppelant",
    ],
)  # fmt: skip
def test_nominative_headers_are_refused(write: Write, label: str) -> None:
    error = refusal(write(f"date;issue;{label}\n04/03/2024;RDV;\n"))
    assert "nominatives" in error.summary
    assert len(error.defects) == 1
    assert f"colonne 3, « {label} » : son titre annonce" in error.defects[0]
    assert "supprimez ces colonnes" in error.remedy


@pytest.mark.parametrize(
    "label",
    [
        "Nom de la commune", "Commune du patient", "Âge du patient", "Nom commune", "N° Insee",
        "Commune de l’appelant", "Âge de l’usager", "Date de l’appel", "Statut",
        "Canal", "Code postal", "Sexe", "Identifiant", "Durée",
    ],
)  # fmt: skip
def test_other_headers_announce_nobody(label: str) -> None:
    assert announces(label) is None


PERSONAL = [
    (column, what, value)
    for what, values in {
        "un numéro de téléphone": PHONES,
        "un numéro de sécurité sociale": NIRS,
        "une adresse électronique": EMAILS,
        "une adresse": STREETS,
        "un nom de personne": NAMES,
    }.items()
    for value in values.values()
    for column in ("x", "issue", "commune", "age")
]


@pytest.mark.parametrize(("column", "what", "value"), PERSONAL)
def test_nominative_cells_are_refused_and_never_repeated(
    write: Write, column: str, what: str, value: str
) -> None:
    rows = "".join(f"0{d}/03/2024 08:30;ok;\n" for d in range(1, 4))
    header = "date;canal;" + column
    error = refusal(write(f'{header}\n{rows}04/03/2024 08:30;ok;"{value}"\n'))
    assert error.defects == (f"colonne 3, « {column} » : 1 ligne ressemble à {what}",)
    shown = str(error)
    assert value not in shown
    assert not any(word in shown for word in value.split() if len(word) > 5)


@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
@pytest.mark.parametrize("form", ["{}", "{} fictif", "fictif {}", "{} f"])
def test_words_that_do_not_come_back_are_names(case: Callable[[str], str], form: str) -> None:
    cells = pd.DataFrame({0: [case(form.format(letters(i // 2))) for i in range(200)]})
    assert personal_content(cells, {}) == {0: "200 lignes ressemblent à un nom de personne"}


@pytest.mark.parametrize(
    "dates",
    [
        [f"{1 + i % 28:02}/03/{1930 + i}" for i in range(80)],
        [f"{1930 + i}-03-04 00:00:00" for i in range(80)],
        [f"04/03/{(30 + i) % 100:02}" for i in range(80)],
        [str(1930 + i) for i in range(80)],
        ["04/03/1956"] * 60 + ["04/03/2024"] * 20,
    ],
)
def test_a_column_of_early_dates_or_of_decades_is_one_of_births(dates: list[str]) -> None:
    assert "date de naissance" in personal_content(pd.DataFrame({0: dates}), {})[0]
    # The same column, where the calls are: its years are refused by their own message.
    assert personal_content(pd.DataFrame({0: dates}), {"date": [0]}) == {}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("La Boisse", "La Boisse"),
        ("boisse", "Boisse"),
        ("st denis en val", "Saint-Denis-en-Val"),
        ("l isle d abeau", "L'Isle-d'Abeau"),
        ("ORLEANS CEDEX 2", "Orléans"),
        ("Pithiviers (45)", "Pithiviers"),
        ("2a004", "2A004"),
        ("Pithiviers (EXEMPLE)", None),
        ("06 12 34 Dry", None),
        ("Mme Dry", None),
    ],
)
def test_a_commune_is_known_however_it_is_written(written: str, name: str | None) -> None:
    assert commune_of(written) == name


def test_every_commune_is_its_own_name() -> None:
    names = load_communes()["name"]
    assert (names.map(commune_of) == names).all()


def test_what_is_no_commune_is_left_unknown_with_its_lines(write: Write) -> None:
    lines = ["Dry", "st denis en val", "45300 PITHIVIERS", "", "NR", "Hors secteur"] * 3
    lines += ["=Dry", "@Pithiviers", "Exemplois-sur-Fictive", "+cmd"]
    text = "date;commune\n" + "".join(f"14/03/2024;{x}\n" for x in lines)
    log = read_call_log(write(text), today=TODAY)
    known = log["commune"].dropna()
    # Names of the official code only: nothing of the file is written again as it was.
    assert set(known) == {"Dry", "Saint-Denis-en-Val", "Pithiviers"}
    assert known.value_counts()["Dry"] == 4
    assert any(note.startswith("2 lignes (22, 23) : commune abs") for note in log.attrs["notes"])
    assert not any("Exemplois" in note for note in log.attrs["notes"])


@pytest.mark.parametrize(
    "value", ["EXEMPLE Prenom", "jean exemple", "exemple prenom", "Martin", "Dry (EXEMPLE Prenom)"]
)
def test_a_person_is_no_commune(write: Write, value: str) -> None:
    text = "date;commune\n" + "14/03/2024;Dry\n" * 6 + f"14/03/2024;{value}\n"
    error = refusal(write(text))
    assert error.defects == ("colonne 2, « commune » : 1 ligne ressemble à un nom de personne",)
    assert value not in str(error)


def test_a_column_of_communes_that_holds_none_is_refused(write: Write) -> None:
    text = "date;commune\n" + "".join(f"14/03/2024;{letters(i % 4)}\n" for i in range(40))
    assert "autre chose qu’une commune" in refusal(write(text)).defects[0]


@pytest.mark.parametrize("when", ["01/01/2199", "01/01/2199 08:30", "2199-01-01T08:30"])
def test_a_far_date_is_one_to_come_and_no_phone(write: Write, when: str) -> None:
    error = refusal(write(f"date;issue\n{when};RDV\n"))
    assert error.defects == ("1 ligne (2) après le 31/12/2024 : dates à venir",)
    # a call of today is not to come
    assert len(read_call_log(LOGS / "future.csv", today=date(2024, 3, 6))) == 3


@pytest.mark.parametrize(
    ("texts", "noted"),
    [
        (["03/04/2024", "12/04/2024"], True),
        (["03/04/2024", "13/04/2024"], False),
        (["2024-04-03", "2024-04-12"], False),
    ],
)
def test_an_order_of_dates_that_nothing_shows_is_noted(
    write: Write, texts: list[str], noted: bool
) -> None:
    text = "date;issue\n" + "".join(f"{each};RDV\n" for each in texts)
    notes = read_call_log(write(text), today=TODAY).attrs["notes"]
    assert any("ordre américain" in note for note in notes) is noted


@given(st.integers(0, 110), st.integers(0, 30))
def test_no_class_given_is_nearly_an_age(low: int, width: int) -> None:
    found = age_classes(pd.Series([f"{low}-{low + width}"]))[0].iloc[0]
    first, last = (int(x or 121) for x in found.replace("+", "-").split("-"))
    assert first <= low <= low + width <= max(last, low + width if "+" in found else 0)
    assert last - first >= 4
    if width >= 4:
        assert found == f"{low}-{low + width}"


def test_every_nominative_column_is_said_at_once(write: Write) -> None:
    text = f"date;Nom;x;y\n04/03/2024;EXEMPLE;{PHONES['glued']};{EMAILS['plain']}\n"
    found = [defect.split(",")[0] for defect in refusal(write(text)).defects]
    assert found == ["colonne 2", "colonne 3", "colonne 4"]
    # a personal file without dates is refused as such
    assert "nominatives" in refusal(write("Nom;Téléphone\nEXEMPLE;\n")).summary
    # a missing header repeats no cell
    said = refusal(write("04/03/2024 08:30;EXEMPLE\n05/03/2024 08:30;AUTRE\n"))
    assert "EXEMPLE" not in str(said)


@pytest.mark.parametrize(
    "cells",
    [
        [f"{1 + i % 28:02}/03/{2016 + i % 9}" for i in range(80)],
        ["A12", "B3", "C45", "SNP2"] * 3,
        ["Pithiviers", "Meung-sur-Loire", "Beaune-la-Rolande", "45300 PITHIVIERS"] * 3,
        ["Pithiviers", "Dry", "Orléans (45)"],
        ["Hôpital Pierre Exemple"] * 5 + ["Saint-Jean"] * 5,
        ["appel entrant", "appel sortant", "Standard"],
        ["12", "7", "1930"],
        ["04/03/2024 08:30", "2024-03-04T08:30:00+01:00", "04.03.2024", "06/12/2034"] * 10,
        ["3f2a9c1e-0612-4345-9678-90abcdef1234", "0612345678abcdef0612345678abcdef"] * 10,
        ["45130", "01001", "2A004", "45000"] * 10,
        ["116 117", "15", "12,5", "0.0612345678", "1 500"] * 10,
        ["rendez-vous pris", "Sans créneau", "RDV Donné", "SAMU Centre 15"] * 10,
        ["MSP Beauce", "CPTS Ouest", "Site Nord", "Ligne Directe", "SOS Garde"] * 10,
        ["oui", "non", "Non Renseigné", "F", "M"] * 10,
        ["Beauce Nord"] * 40 + ["Gâtinais Est"] * 30 + ["Loire Ouest"],
        [letters(i) for i in range(14)] * 10,  # a category, where fifteen are names
        ["oui"] * 40 + [f"tousse fort depuis {letters(i)}" for i in range(3)],  # « fort »
    ],
)
def test_ordinary_cells_are_nobody(cells: list[str]) -> None:
    assert personal_content(pd.DataFrame({0: cells}), {}) == {}


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([*(str(612345678 + i) for i in range(5)), ""], "5 lignes ressemblent à un numéro de tél"),
        ([f"{612345678 + i}.0" for i in range(5)] + ["à rappeler"] * 20, "5 lignes ressemblent à"),
        ([letters(i) for i in range(15)] * 10, "nom de personne"),
        *(
            ([name] * 50 + ["web"] * 50, "nom de personne")  # known however often they come back
            for name in ("Martin", "martin jean", "DURAND", "Sophie", "Agent Sophie")
        ),
        (
            ["Prenom Exemple", "Fictif Exemple", "Tiers Exemple"]
            + ["Beauce Nord"] * 37
            + ["Gâtinais Est"] * 30,
            "nom de personne",
        ),
        (
            ["oui"] * 40 + [f"tousse beaucoup la {letters(i)}" for i in range(3)],
            "3 lignes ressemblent à un texte libre",
        ),
    ],
)
def test_a_column_of_somebody_is_found(cells: list[str], found: str) -> None:
    assert found in personal_content(pd.DataFrame({0: cells}), {})[0]


# Repeated calls: a key of the caller, a coded reason.


def keyed(keys: list[str], *, header: str = "cle_appelant") -> str:
    """A log of a call a minute, a key each."""
    rows = (f"04/03/2024 {8 + i // 60}:{i % 60:02d};RDV;{key}" for i, key in enumerate(keys))
    return f"date;issue;{header}\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    "header", ["cle_appelant", "Clé de l’appelant", "Clé patient", "caller_key"]
)
def test_a_key_of_the_caller_is_hashed_and_never_said(write: Write, header: str) -> None:
    keys = ["a7f3", "k-12", "a7f3", "inconnu", "", "A7F3"]
    path = write(keyed(keys, header=header))
    log = read_call_log(path, today=TODAY)
    caller = log["caller"]
    assert caller.isna().tolist() == [False, False, False, True, True, False]
    assert caller.iloc[0] == caller.iloc[2]
    # A case that drifts makes no other caller.
    assert caller.iloc[0] == caller.iloc[5]
    assert caller.nunique() == 2
    assert caller.dropna().str.fullmatch("[0-9a-f]{32}").all()
    # The secret is that of one reading: no table of hashes tells a key.
    again = read_call_log(path, today=TODAY)["caller"]
    assert not set(caller.dropna()) & set(again.dropna())
    assert any("haché" in note for note in log.attrs["notes"])
    assert not any(key in note for note in log.attrs["notes"] for key in ("a7f3", "k-12"))
    # What was read and written out by mistake is refused, and not read as a log of calls.
    written = write(log.to_csv(index=False))
    assert "nominatives" in refusal(written).summary


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ([PHONES["glued"]], "un numéro de téléphone"),
        ([NIRS["15 digits"]], "un numéro de sécurité sociale"),
        ([EMAILS["plain"]], "une adresse électronique"),
        ([NAMES["surname first"]], "un nom de personne"),
        (["12/05/1961", "03/07/1950", "28/02/1988", "14/11/1972"], "une date de naissance"),
    ],
)
def test_a_key_that_is_no_key_is_refused(write: Write, values: list[str], what: str) -> None:
    error = refusal(write(keyed(values * 3)))
    assert what in str(error)
    assert not any(value in str(error) for value in values)


@pytest.mark.parametrize(
    "empty", ["", "   ", "nan", "NaN", "NULL", "Inconnu", "-", "?", "n/a", "N.R."]
)
def test_a_key_that_says_nothing_is_no_caller(write: Write, empty: str) -> None:
    log = read_call_log(write(keyed(["a7f3", empty, "b2", empty])), today=TODAY)
    assert log["caller"].isna().tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("key", "other"),
    [
        *(("a7f3", each) for each in ("A7F3", " a7f3 ", "a7\u200bf3", "'a7f3", "a7f3\u00a0")),
        *(("é1-23", each) for each in ("É1 23", "e1’23", "E1_23", "é1–23", "é1\u00a0-\u00a023")),
        *(("1000", each) for each in ("1000.0", "1000,0", "'1000")),
    ],
)
def test_a_key_that_an_export_writes_in_two_ways_is_one(write: Write, key: str, other: str) -> None:
    caller = read_call_log(write(keyed([key, other, "a7f4"])), today=TODAY)["caller"]
    assert caller.iloc[0] == caller.iloc[1] != caller.iloc[2]
    assert caller.notna().all()


def test_keys_that_are_cut_elsewhere_are_several(write: Write) -> None:
    keys = ["1-23", "12-3", "123", "1-2-3", "10.0", "100", "10.05", "1.0.0", "a7f3", "a7-f3"]
    caller = read_call_log(write(keyed(keys)), today=TODAY)["caller"]
    assert caller.nunique() == len(keys)
    pairs = [f"{first}-{second}" for first in range(1, 31) for second in range(1, 31)]
    caller = read_call_log(write(keyed(pairs)), today=TODAY)["caller"]
    assert caller.nunique() == len(pairs)


def test_other_identifiers_are_still_refused(write: Write) -> None:
    numbers = callers()
    for header in ("x", "idAppelant", "num_dossier"):
        assert refusal(write(keyed(numbers, header=header))).defects
    # The same numbers are a key where they are said to be one.
    log = read_call_log(write(keyed(numbers)), today=TODAY)
    assert log["caller"].nunique() == len(set(numbers))
    assert "caller" not in read_call_log(LOGS / "cp1252.csv", today=TODAY)


@pytest.mark.parametrize("header", ["code_motif", "Catégorie de motif", "motif_code"])
def test_a_coded_reason_is_read_and_a_typed_one_is_not(write: Write, header: str) -> None:
    codes = ["fièvre", "renouvellement", "certificat"] * 20
    log = read_call_log(write(keyed(codes, header=header)), today=TODAY)
    assert log["reason"].nunique() == 3
    assert not log["reason"].isin(codes).any()
    assert "nominatives" in refusal(write(keyed(codes, header="motif"))).summary
    typed = [*codes, *(f"tousse beaucoup la {letters(i)}" for i in range(3))]
    error = refusal(write(keyed(typed, header=header)))
    assert "un texte libre" in str(error)
    assert "tousse" not in str(error)
