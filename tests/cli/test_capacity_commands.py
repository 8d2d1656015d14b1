"""The commands on capacity as an analyst types them, in this process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cpts_geo.analysis import Options, analyse
from cpts_geo.capacity.comparing._measures import MEASURES
from cpts_geo.capacity.scenario.calendar import opening_days
from cpts_geo.capacity.scenario.loading import load_scenario, save_scenario
from cpts_geo.errors import ScenarioError
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.settings import CPTS_DIR
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.study.scenarios import scenario_notes
from tests.atlas.said import plain
from tests.conftest import Command

#: Like a telephone number, and that of nobody.
PHONE = "06" + 8 * "0"
MINE = 'base = "beauce_gatinais"\nlabel = "Mon essai"\nslots_today = 12\n'


def journal(path: Path, *, outcome: bool = True, extra: str = "") -> Path:
    rng = np.random.default_rng(1)
    days = opening_days(pd.Timestamp("2023-03-06").date(), pd.Timestamp("2024-03-29").date())
    times = days.repeat(rng.poisson(15, len(days)) + 1) + pd.Timedelta(hours=9, minutes=5)
    ends = np.where(np.arange(len(times)) % 3 == 0, "sans créneau", "RDV")
    head = "date_heure;issue" if outcome else "date_heure"
    lines = [
        f"{time:%d/%m/%Y %H:%M}" + (f";{end}" if outcome else "")
        for time, end in zip(times, ends, strict=True)
    ]
    path.write_text("\n".join([head, *lines, *([extra] if extra else [])]), encoding="utf-8")
    return path


# ---- compare


def test_compare_prints_and_writes(command: Command, tmp_path: Path) -> None:
    (tmp_path / "essai.toml").write_text(MINE, encoding="utf-8")
    code, out, err = command("compare", "beauce_gatinais", "essai.toml", "--draws", "500")
    assert code == 0, err
    for words in ("Mon essai", "Ce qui change", "Avec 12 créneaux par jour au lieu de 8"):
        assert words in plain(out)
    assert "12 (valeur saisie sans source (D)) ○ hypothèse" in out
    page = tmp_path / "outputs" / "comparaison_beauce_gatinais_essai.html"
    assert str(page) in out
    assert "Mon essai" in page.read_text(encoding="utf-8")
    table = pd.read_csv(page.with_suffix(".csv"))
    assert list(table["measure"]) == list(MEASURES)
    assert table.set_index("measure").at["slots_offered", "difference_p50"] == 4


def test_copies_of_a_scenario_are_told_apart(command: Command, tmp_path: Path) -> None:
    # What a report leaves says the territory it is of, whatever its copy is called.
    for name, slots in (("un", 12), ("deux", 20)):
        mine = load_scenario("lvo").evolve(slots_today=slots)
        save_scenario(mine, tmp_path / f"{name}.toml")
    code, out, err = command("compare", "un.toml", "deux.toml", "--draws", "200")
    assert code == 0, err
    page = tmp_path / "outputs" / "comparaison_un_deux.html"
    text = page.read_text(encoding="utf-8")
    label = load_scenario("lvo").label
    for name in ("un", "deux"):
        assert f"{label} ({name})" in text
        assert f"{label} ({name})" in out
    table = pd.read_csv(page.with_suffix(".csv"))
    assert set(table["first"]) == {"un"}
    assert set(table["second"]) == {"deux"}
    assert "remplacée" not in err
    said = " ".join(err.split())
    assert "60 créneaux par semaine" in said
    assert "100 créneaux par semaine" in said


def test_files_of_one_name_are_told_apart_by_their_folders(
    command: Command, tmp_path: Path
) -> None:
    for folder in ("un", "deux"):
        (tmp_path / folder).mkdir()
        save_scenario(load_scenario("lvo"), tmp_path / folder / "lvo.toml")
    for names in (("un/lvo.toml", "deux/lvo.toml"), ("lvo", "un/lvo.toml")):
        assert command("compare", *names, "--draws", "200")[0] == 0
    made = sorted(path.name for path in (tmp_path / "outputs").glob("*.html"))
    assert made == ["comparaison_lvo_un_lvo.html", "comparaison_un_lvo_deux_lvo.html"]


def test_a_comparison_of_the_same_names_is_not_replaced_in_silence(command: Command) -> None:
    names = ("beauce_gatinais", "beauce_gatinais_16_creneaux", "--draws", "200")
    assert "remplacée" not in command("compare", *names)[2]
    assert "« comparaison_beauce_gatinais_beauce_gatinais_16_creneaux.html »" in (
        said := command("compare", *names)[2]
    )
    assert "remplacée" in said


def test_compare_knows_the_variants(command: Command, tmp_path: Path) -> None:
    code, out, err = command(
        "compare", "lvo", "lvo_ete", "--draws", "500", "--output", tmp_path / "ici"
    )
    assert code == 0, err
    assert "par mois" in out
    assert "mois étudiés ne sont pas les mêmes" in err
    assert (tmp_path / "ici" / "comparaison_lvo_lvo_ete.html").is_file()


def test_compare_learns_from_the_lines_it_is_given(command: Command, tmp_path: Path) -> None:
    mine = tmp_path / "mes_lignes.csv"
    text = (CPTS_DIR / "known_lines.csv").read_text(encoding="utf-8")
    # The centres at a hospital left out: the lines left receive less of the gap.
    rows = [row for row in text.splitlines() if not row.startswith(("fontenay,", "alencon,"))]
    mine.write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = {}
    for case, more in (("all", ()), ("few", ("--known-lines", mine))):
        folder = tmp_path / case
        asked = ("compare", "lvo", "lvo_ete", "--draws", "2000", "--output", folder, *more)
        code, _, err = command(*asked)
        assert code == 0, err
        found[case] = pd.read_csv(folder / "comparaison_lvo_lvo_ete.csv", index_col="measure")
    ratio = found["few"]["first_p50"] / found["all"]["first_p50"]
    assert ratio["requests_per_day"] < 0.95
    mine.write_text("rien\n", encoding="utf-8")
    code, out, err = command("compare", "lvo", "lvo_ete", "--known-lines", mine)
    assert (code, out) == (1, "")
    assert "À faire : " in err


def test_unknown_slots_are_marked_as_such(command: Command) -> None:
    code, out, err = command("compare", "ouest_loiret", "beauce_gatinais", "--draws", "500")
    assert code == 0, err
    line = next(x for x in out.splitlines() if x.strip().startswith("Créneaux offerts, par"))
    assert line.count("▨ donnée absente") == 2
    assert "8 ○ hypothèse" in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["beauce_gatinas", "lvo"], ["vouliez-vous dire « beauce_gatinais » ?"]),
        (["lvo", "lvo_etee"], ["vouliez-vous dire « lvo_ete » ?"]),
        (["lvo", "esai.toml"], ["vouliez-vous dire « essai.toml » ?"]),
        (["lvo", "essai.toml"], ["« slot_today » est inconnu", "« slots_today »", "« target »"]),
        (["beauce_gatinas", "essai.toml"], ["Les deux", "beauce_gatinais", "« slots_today »"]),
        (["lvo", "dossier"], ["dossier"]),
        (["lvo", "lvo", "--draws", "5"], ["tirages (--draws) = 5"]),
    ],
)
def test_what_cannot_be_compared_is_said(
    command: Command, tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    (tmp_path / "dossier").mkdir()
    wrong = 'base = "lvo"\nslot_today = 3\ntarget = 1.5\n'
    (tmp_path / "essai.toml").write_text(wrong, encoding="utf-8")
    code, out, err = command("compare", *arguments)
    assert (code, out) == (1, "")
    for text in ("Erreur : ", "À faire : ", *words):
        assert text in err
    assert not (tmp_path / "outputs").exists()


@pytest.mark.parametrize(
    ("typed", "words", "right"),
    [
        ((), "aucun donné", "cpts-geo compare lvo lvo_ete"),
        (("asclepios",), "1 scénario donné : « asclepios »", "cpts-geo compare asclepios lvo_ete"),
        (("mon essai.toml",), "« mon essai.toml »", "cpts-geo compare 'mon essai.toml' lvo_ete"),
        (("lvo", "asclepios", "lvo_ete"), "3 scénarios donnés", "cpts-geo compare lvo asclepios »"),
    ],
)
def test_compare_takes_two_scenarios(
    command: Command, tmp_path: Path, typed: tuple[str, ...], words: str, right: str
) -> None:
    code, out, err = command("compare", *typed)
    assert (code, out) == (1, "")
    assert words in err
    assert f"tapez par exemple « {right}" in err
    assert not (tmp_path / "outputs").exists()


def test_a_missing_argument_is_said_in_french(command: Command) -> None:
    code, _, err = command("call-log", "--scenario", "lvo")
    assert code == 2
    assert "il manque : FICHIER" in err


# ---- defaults that an analyst changes


def test_changed_defaults_are_those_of_both_scenarios(command: Command, tmp_path: Path) -> None:
    (tmp_path / "mes.toml").write_text("[target]\nvalue = 0.8\n", encoding="utf-8")
    plain = command("compare", "lvo", "lvo_ete", "--draws", "300")
    code, out, err = command(
        "compare", "lvo", "lvo_ete", "--draws", "300", "--parameters", "mes.toml"
    )
    assert code == plain[0] == 0, err
    needed = "Créneaux nécessaires à l’objectif"
    rows = [next(x for x in each.splitlines() if needed in x) for each in (plain[1], out)]
    assert rows[0] != rows[1]
    said = " ".join(err.split())
    assert "Paramètre changé pour ce calcul : Part des demandes à servir dans le délai" in said
    assert "0,95 → 0,8 (source : valeur choisie par l'analyste ; D)" in said
    assert "Paramètre changé" not in plain[2]
    page = tmp_path / "outputs" / "comparaison_lvo_lvo_ete.html"
    assert "Paramètre changé pour ce calcul" in page.read_text(encoding="utf-8")


def test_a_call_log_is_laid_over_changed_defaults(command: Command, tmp_path: Path) -> None:
    (tmp_path / "mes.toml").write_text("[minutes]\nvalue = [10, 12, 14]\n", encoding="utf-8")
    path = journal(tmp_path / "journal.csv")
    asked = ("call-log", path, "--scenario", "ouest_loiret", "--parameters", "mes.toml")
    code, _, err = command(*asked)
    assert code == 0, err
    assert "Durée d’une consultation non programmée" in " ".join(err.split())
    own = load_scenario(tmp_path / "outputs" / "ouest_loiret_appels.toml")
    assert own.minutes == (10, 12, 14)
    assert own.sources["minutes"].grade == "D"


@pytest.mark.parametrize(
    "asked",
    [
        ("compare", "lvo", "lvo_ete"),
        ("call-log", "journal.csv", "--scenario", "lvo"),
        ("report", "lvo"),
    ],
)
def test_bad_defaults_stop_every_command(
    command: Command, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    journal(tmp_path / "journal.csv")
    (tmp_path / "mes.toml").write_text("[target]\nvalue = 95\n[targett]\n", encoding="utf-8")
    code, out, err = command(*asked, "--parameters", "mes.toml")
    assert (code, out) == (1, "")
    assert "Le fichier de paramètres mes.toml contient 2 défauts" in err
    assert "vouliez-vous dire 0.95 (95 %) ?" in err
    assert not (tmp_path / "outputs").exists()


# ---- values that nobody meant


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("people_without_mt = 24", "écrivez « people_without_mt = 24000 »"),
        ("calls_observed = 480", "écrivez « calls_observed = 5760 »"),
        ("deadline_days = 48", "écrivez « deadline_days = 2 »"),
        ("target = 95", "vouliez-vous dire 0.95 (95 %) ?"),
        ("observed_start = 06/03/2023", "écrivez « observed_start = 2023-03-06 »"),
        ("slots_today = 9\nslots_today = 10", "(lignes 3 et 4)"),
    ],
)
def test_a_slip_is_asked_about_and_nothing_is_written(
    command: Command, tmp_path: Path, line: str, words: str
) -> None:
    text = f'base = "beauce_gatinais"\nlabel = "Essai"\n{line}\n'
    (tmp_path / "essai.toml").write_text(text, encoding="utf-8")
    for asked in (
        ("compare", "beauce_gatinais", "essai.toml"),
        ("report", "beauce_gatinais", "--scenario", "essai.toml"),
    ):
        code, out, err = command(*asked)
        assert (code, out) == (1, "")
        assert words in err
        assert not (tmp_path / "outputs").exists()


# ---- call-log


def test_call_log_writes_a_scenario_that_compares(command: Command, tmp_path: Path) -> None:
    # A table of another log, which does not stay.
    old = tmp_path / "ici" / "ouest_loiret_appels_communes.csv"
    old.parent.mkdir()
    old.write_text("commune,calls\nDry,12\n", encoding="utf-8")
    path = journal(tmp_path / "journal.csv")
    code, out, err = command("call-log", path, "--scenario", "ouest_loiret", "--output", "ici")
    assert code == 0, err
    assert "en 270 jours d’ouverture" in plain(out)
    assert "Par personne sans médecin traitant et par an" in out
    own = load_scenario(tmp_path / "ici" / "ouest_loiret_appels.toml")
    assert own.evidence == "1a"
    assert (own.territory, own.label) == ("ouest_loiret", "CPTS Ouest Loiret")
    week = pd.read_csv(tmp_path / "ici" / "ouest_loiret_appels_semaine.csv")
    assert week["calls"].sum() == own.calls_observed
    assert week["calls_status"].eq("measured").all()
    assert not old.exists()
    made = "ici/ouest_loiret_appels.toml"
    code, out, err = command("compare", "ouest_loiret", made, "--draws", "300")
    assert code == 0, err
    assert "Appels traités par la ligne" in out


def test_appointments_give_label_2(command: Command, tmp_path: Path) -> None:
    path = journal(tmp_path / "rdv.csv", outcome=False)
    code, out, err = command("call-log", path, "--scenario", "ouest_loiret")
    assert code == 0, err
    assert "(solidité 3 sur 5)" in out
    assert "borne la demande par le bas" in err
    assert load_scenario(tmp_path / "outputs" / "ouest_loiret_appels.toml").evidence == "2"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("date;issue;nom\n04/03/2024 08:30;RDV;Durand-Lefebvre", "Lefebvre"),
        (f"date;issue;contact\n04/03/2024 08:30;RDV;{PHONE}", PHONE),
    ],
)
def test_nothing_nominative_is_kept_or_repeated(
    command: Command, tmp_path: Path, text: str, secret: str
) -> None:
    (tmp_path / "journal.csv").write_text(text, encoding="utf-8")
    code, out, err = command("call-log", "journal.csv", "--scenario", "ouest_loiret")
    assert (code, out) == (1, "")
    assert "nominatives" in err
    assert secret not in err
    assert not (tmp_path / "outputs").exists()


@pytest.mark.parametrize(
    ("scenario", "words"),
    [("ouest_loire", "vouliez-vous dire « ouest_loiret »"), ("ouest_loiret", "n’existe pas")],
)
def test_what_cannot_be_read_is_said(command: Command, scenario: str, words: str) -> None:
    code, _, err = command("call-log", "absent.csv", "--scenario", scenario)
    assert code == 1
    assert words in err
    assert "À faire : " in err


# ---- report --scenario


@pytest.fixture
def mine(tmp_path: Path) -> Options:
    """A run on an analyst's scenario."""
    path = tmp_path / "essai.toml"
    path.write_text(MINE, encoding="utf-8")
    return Options(scenario=path, draws=300, fetched=False)


def test_a_report_takes_the_analysts_scenario(mine: Options) -> None:
    found = analyse(Request(["beauce_gatinais"]), mine)
    result = found.studies["beauce_gatinais"].headline
    assert result is not None
    assert result.today is not None
    assert (result.today.slots, result.scenario.territory) == (12, "beauce_gatinais")
    assert result.scenario.label == "Mon essai"
    assert found.parameters["scenario"] == "essai.toml"
    assert mine.scenario is not None
    assert found.inputs["essai.toml"] == sha256_of(mine.scenario)
    assert any("« Mon essai »" in note for note in found.notes)
    assert not any("vérifiez qu’il s’agit" in note for note in found.notes)


def test_a_scenario_of_another_territory_is_noticed(mine: Options) -> None:
    found = analyse(Request(["ouest_loiret"]), mine)
    assert any("vérifiez qu’il s’agit du même territoire" in note for note in found.notes)


@pytest.mark.parametrize("start", ["lvo", "lvo_ete", "lvo_ete_deux_medecins", None])
def test_a_scenario_that_starts_from_another_cpts_says_so(
    tmp_path: Path, start: str | None
) -> None:
    path = tmp_path / "essai.toml"
    path.write_text('base = "lvo_ete"\nslots_today = 9\n', encoding="utf-8")
    own = load_scenario(start or path)
    people = {"population": own.population}
    said = scenario_notes(own, pd.Series(people, name="ouest_loiret"))
    assert [note for note in said if "autre CPTS (CPTS Loire-Vendée-Océan)" in note] == said[1:]
    assert len(said) == 2
    assert len(scenario_notes(own, pd.Series(people, name="lvo"))) == 1
    mine = own.evolve(territory="mien", population_basis="Insee")
    assert len(scenario_notes(mine, pd.Series(people, name="ouest_loiret"))) == 1


def test_a_scenario_is_that_of_one_territory(mine: Options) -> None:
    with pytest.raises(ScenarioError) as caught:
        analyse(options=mine)
    assert len(caught.value.defects) == 5
    assert "5 sont demandés" in str(caught.value)


def test_a_bad_scenario_stops_the_report_at_once(command: Command, tmp_path: Path) -> None:
    (tmp_path / "essai.toml").write_text('base = "lvo"\ntarget = 2.0\n', encoding="utf-8")
    code, out, err = command("report", "lvo", "--scenario", "essai.toml")
    assert (code, out) == (1, "")
    assert "« target » = 2.0" in err
    assert "Données communales" not in err


def test_help_names_the_commands(command: Command) -> None:
    code, out, _ = command("--help")
    assert code == 0
    for name in ("report", "compare", "call-log", "data"):
        assert name in out


def test_both_scenarios_are_told_however_long_the_first(command: Command, tmp_path: Path) -> None:
    for name, wrong in (("un", 120), ("deux", 2)):
        keys = "".join(f"inconnu_{n} = 1\n" for n in range(wrong))
        (tmp_path / f"{name}.toml").write_text(f'base = "lvo"\n{keys}', encoding="utf-8")
    code, _, err = command("compare", "un.toml", "deux.toml")
    assert code == 1
    assert "et 70 autres" in err
    assert err.count("inconnu_1 »") == 2


def unknown(folder: Path) -> Path:
    """A log of which two wordings are unknown, and a third may be somebody."""
    path = journal(folder / "appels.csv")
    more = ["Sans suite", "Sans suite", "Reporté", "Fictif"]
    lines = [f"04/03/2024 08:{10 + i}:00;{each}" for i, each in enumerate(more)]
    path.write_text("\n".join([path.read_text("utf-8"), *lines]), encoding="utf-8")
    return path


def test_unknown_outcomes_are_written_to_be_completed(command: Command, tmp_path: Path) -> None:
    path = unknown(tmp_path)
    asked = ("call-log", path, "--scenario", "ouest_loiret", "--output", "ici")
    code, out, err = command(*asked)
    assert (code, out) == (1, "")
    said = plain(err)
    assert "complétez la colonne « sens » de « ici/issues.csv »" in said
    again = (
        f"cpts-geo call-log {path} --scenario ouest_loiret --output ici --outcomes ici/issues.csv"
    )
    assert again in said.replace("\n", " ")
    made = tmp_path / "ici" / "issues.csv"
    assert made.read_text("utf-8").splitlines() == [
        "valeur,sens,lignes", "Sans suite,,2", "Reporté,,1",
    ]  # fmt: skip
    assert [each.name for each in made.parent.iterdir() if each.suffix] == ["issues.csv"]
    # What was completed is not lost, and is not asked twice.
    made.write_text("valeur,sens\nSans suite,autre\nReporté,\n", encoding="utf-8")
    code, _, err = command(*asked, "--outcomes", "ici/issues.csv", "--outcome", "Fictif=lapin")
    assert (code, "« Reporté »" in err, "« Sans suite »" in err) == (1, True, False)
    assert (made.parent / "issues_2.csv").read_text("utf-8").splitlines()[1:] == [
        "Sans suite,other,", "Fictif,cancelled,", "Reporté,,1",
    ]  # fmt: skip
    code, out, err = command(
        *asked, "--outcomes", "ici/issues.csv", "--outcome", "Fictif=lapin",
        "--outcome", "Reporté=appointment",
    )  # fmt: skip
    assert code == 0, err
    assert "ouest_loiret_appels.toml" in out


@pytest.mark.parametrize("typed", ["Sans suite", "=autre", "Sans suite=bof", "Sans suite="])
def test_an_outcome_is_typed_with_its_meaning(command: Command, tmp_path: Path, typed: str) -> None:
    path = unknown(tmp_path)
    code, _, err = command("call-log", path, "--scenario", "ouest_loiret", "--outcome", typed)
    assert code == 1
    assert "À faire" in err
    assert not (tmp_path / "outputs").exists()


def test_hours_in_utc_ask_for_a_place_that_the_scenario_lacks(
    command: Command, tmp_path: Path
) -> None:
    path = journal(tmp_path / "appels.csv")
    head, *rows = path.read_text("utf-8").splitlines()
    in_utc = [row.replace(";", " Z;") for row in rows]
    path.write_text("\n".join([head, *in_utc]), encoding="utf-8")
    # The territory of a scenario of ours is known.
    code, out, err = command("call-log", path, "--scenario", "ouest_loiret", "--output", "ici")
    assert code == 0, err
    assert "ramenées à l’heure de Paris" in plain(err + out)
    mine = 'base = "ouest_loiret"\nlabel = "À moi"\nterritory = "a_moi"\n'
    (tmp_path / "mien.toml").write_text(mine, encoding="utf-8")
    asked = ("call-log", path, "--scenario", "mien.toml")
    code, _, err = command(*asked)
    assert code == 1
    assert "--departement 974" in plain(err)
    code, _, err = command(*asked, "--departement", "974")
    assert "ramenées à l’heure de La Réunion" in plain(err)


def test_help_says_which_columns_a_log_needs(command: Command) -> None:
    _, out, _ = command("call-log", "--help")
    for words in ("Date et heure (ou en deux)", "date;heure;issue;commune", "date;appels;consul"):
        assert words in out
