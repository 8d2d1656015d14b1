"""Command lines that must be refused, and folders where nothing can be written."""

from __future__ import annotations

from pathlib import Path

from cpts_geo import settings
from tests.broken_makers_door import Maker, _written


def _line(*arguments: str) -> Maker:
    """Make the file of a command line: one argument a line."""
    return _written("command.txt", "".join(f"{argument}\n" for argument in arguments))


def _into(command: tuple[str, ...], place: str, *, file: str = "", directory: str = "") -> Maker:
    """Make a command that writes in a place of the folder where something is in the way."""

    def make(folder: Path) -> Path:
        if directory:
            (folder / directory).mkdir(parents=True)
        if file:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text("x", encoding="utf-8")
        return _line(*command, "--output", str(folder / place))(folder)

    return make


_REPORT = ("report", "lvo")
unknown_command = _line("repot")
no_command = _line("")
unknown_data_command = _line("data", "fetsh")
escape_in_command = _line("\x1b[31mrouge")
unknown_option = _line("report", "--drws", "3")
short_help = _line("-h")
short_output = _line("report", "-o", "x")
cut_option = _line("report", "--dra", "3")
escape_in_option = _line("report", "--\x1b[31m")
flag_with_value = _line("report", "--embedded-only=oui")
version_with_value = _line("--version=1")
no_value_of_output = _line("report", "--output")
no_value_of_draws = _line("report", "--draws")
no_value_of_mirror = _line("data", "fetch", "--mirror")
no_second_scenario = _line("compare", "lvo")
no_log = _line("call-log")
no_base_of_a_log = _line("call-log", "x.csv")
three_scenarios = _line("compare", "lvo", "lvo_ete", "trop")
build_with_argument = _line("data", "build", "trop")
verify_with_argument = _line("data", "verify", "x")
draws_in_words = _line("report", "--draws", "beaucoup")
draws_with_a_point = _line("report", "--draws", "1.5")
draws_with_an_exponent = _line("report", "--draws", "1e9")
draws_empty = _line("compare", "lvo", "lvo_ete", "--draws", "")
no_draws = _line("compare", "lvo", "lvo_ete", "--draws", "0")
too_few_draws = _line("compare", "lvo", "lvo_ete", "--draws", "99")
negative_draws = _line("compare", "lvo", "lvo_ete", "--draws", "-5")
too_many_draws = _line("compare", "lvo", "lvo_ete", "--draws", "2000001")
unknown_unit = _line("report", "--travel-unit", "heures")
empty_unit = _line("report", "--travel-unit", "")
unknown_division = _line("report", "--departement", "45", "--by", "canton")
empty_output = _line("report", "--output", "")
blank_output = _line("report", "--output", "  ")
empty_perimeter = _line("report", "--perimeter", "")
empty_capacity = _line("report", "--scenario", "")
empty_log = _line("call-log", "", "--scenario", "lvo")
empty_mirror = _line("data", "fetch", "--mirror", "")
output_of_nobody = _line("report", "--output=~personne-de-ce-nom/x")
scenario_of_nobody = _line("call-log", "x.csv", "--scenario=~personne-de-ce-nom/a.toml")
mirror_of_nobody = _line("data", "fetch", "--mirror=~personne-de-ce-nom")
output_is_a_file = _into(_REPORT, "out", file="out")
output_under_a_file = _into(_REPORT, "plat/out", file="plat")
tables_is_a_file = _into(_REPORT, "out", file="out/tableaux")
maps_is_a_file = _into(_REPORT, "out", file="out/cartes")
scenarios_is_a_file = _into(_REPORT, "out", file="out/scenarios")
index_is_a_folder = _into(_REPORT, "out", directory="out/index.html")
manifest_is_a_folder = _into(_REPORT, "out", directory="out/manifest.json")
comparison_is_a_folder = _into(
    ("compare", "lvo", "lvo_ete"), "out", directory="out/comparaison_lvo_lvo_ete.html"
)
output_name_too_long = _into(_REPORT, "x" * 300)


# ---- known lines


def _lines(old: str, new: str) -> Maker:
    """Make a copy of the known lines where one text is another."""
    text = (settings.CPTS_DIR / "known_lines.csv").read_text("utf-8")
    assert old in text
    return _written("lignes.csv", text.replace(old, new, 1))


lines_unknown_column = _lines(",people_factor,", ",people_facteur,")
lines_two_meanings = _lines(",5800,5800,", ',"5,800",5800,')
lines_no_number = _lines(",5800,5800,", ",beaucoup,5800,")
lines_no_law = _lines(",servies,1407.9,", ",visites,1407.9,")
lines_nowhere = _lines(",cpts:ouest_loiret,", ",cpts:ouest_loire,")
lines_of_another_epci = _lines(",epci:246100663,", ",epci:246100664,")
lines_none_counts = _written(
    "lignes.csv",
    (settings.CPTS_DIR / "known_lines.csv").read_text("utf-8").replace(",oui,", ",non,"),
)
