"""How far an answer hangs on the known lines: groups left out, lines that an analyst adds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cpts_geo import settings
from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.checks.learnt import (
    groups_sentence,
    lines_notes,
    slots_without,
    without_groups,
)
from cpts_geo.capacity.need.learning import KnownLines, known_lines, leave_one_out, shipped_lines
from cpts_geo.capacity.scenario.loading import load_scenario, load_scenarios

DRAWS = 4_000
ALL = shipped_lines()
ASCLEPIOS = load_scenario("asclepios")


def copied(folder: Path, *, less: str = "", more: str = "", old: str = "", new: str = "") -> Path:
    text = (settings.CPTS_DIR / "known_lines.csv").read_text("utf-8")
    rows = [row for row in text.splitlines() if not less or not row.startswith(f"{less},")]
    path = folder / "copie.csv"
    path.write_text("\n".join([*rows, *([more] if more else [])]).replace(old, new), "utf-8")
    return path


def of_angers(count: int) -> str:
    """A row of the Angers that counts consultations."""
    return (
        f"mienne,La mienne,49,epci:244900015,1,x,tous,centre à l’hôpital,,non,,x,x,servies,{count},"
        f"{count},,,,0.6,1,oui,x,Moi,,2025,C"
    )


@pytest.mark.parametrize("name", ["asclepios", "lvo"])
def test_without_any_left_out_it_is_the_headline(name: str) -> None:
    case = load_scenario(name)
    found = slots_without(case, (), lines=ALL, draws=DRAWS)
    assert found == headline(case, draws=DRAWS, lines=ALL).slots_per_day


def test_a_group_left_out_is_a_table_without_its_lines() -> None:
    table = without_groups(ASCLEPIOS, lines=ALL, draws=DRAWS).set_index("group")
    assert table["by"].value_counts().to_dict() == {"kind": 3, "saturated": 2}
    assert table["left_out"].groupby(table["by"]).sum().to_dict() == {"kind": 5, "saturated": 5}
    others = tuple(line for line in ALL.lines if line.kind != "centre à l’hôpital")
    by_hand = headline(ASCLEPIOS, draws=DRAWS, lines=KnownLines(others, ALL.national))
    row = table.loc["centre à l’hôpital"]
    assert (row["slots_p10"], row["slots_p50"], row["slots_p90"]) == (
        by_hand.slots_per_day.p10, by_hand.slots_per_day.p50, by_hand.slots_per_day.p90
    )  # fmt: skip
    assert row["lines"].count("«") == 2
    # Lines that received least, left out, leave those that received most: more slots.
    assert table.loc["ligne et tour de rôle", "slots_p50"] > row["slots_p50"]


def test_a_group_of_every_line_is_left_out_of_the_table() -> None:
    alike = replace(ALL, every=tuple(replace(line, saturated="oui") for line in ALL.lines))
    assert set(without_groups(ASCLEPIOS, lines=alike, draws=DRAWS)["by"]) == {"kind"}
    one = replace(ALL, every=ALL.lines[:1])
    assert without_groups(ASCLEPIOS, lines=one, draws=DRAWS).empty
    assert groups_sentence(pd.DataFrame(), slots=6) == ""


def test_the_sentence_names_both_ends() -> None:
    table = pd.DataFrame({"group": ["a", "b", "c"], "slots_p50": [7, 1, 4]})
    said = groups_sentence(table, slots=4)
    assert "de 1 (sans « b ») à 7 créneaux par jour (sans « a »), au lieu de 4" in said
    assert "reste la même" in groups_sentence(table.assign(slots_p50=4), slots=4)
    assert "reste la même" not in groups_sentence(table.assign(slots_p50=5), slots=4)


def test_a_copy_as_it_is_changes_nothing(tmp_path: Path) -> None:
    same = known_lines(copied(tmp_path))
    assert same == ALL
    origin, told = lines_notes(same, [ASCLEPIOS], draws=DRAWS)
    assert "copie.csv" in origin
    assert told == "Lignes connues : 5 comptent, celles de la table du projet."


@pytest.mark.parametrize(("count", "more"), [(25_000, True), (600, False)])
def test_an_added_line_moves_the_answer_and_is_told(tmp_path: Path, count: int, more: bool) -> None:
    # Of many slots, so that one line shows.
    case = load_scenario("lvo")
    mine = known_lines(copied(tmp_path, more=of_angers(count)))
    before = slots_without(case, ["mienne"], lines=mine, draws=DRAWS)
    after = slots_without(case, (), lines=mine, draws=DRAWS)
    assert before == slots_without(case, (), lines=ALL, draws=DRAWS)
    assert after.p50 != before.p50 and (after.p50 > before.p50) == more
    _, told, moved, *_ = lines_notes(mine, load_scenarios().values(), draws=DRAWS)
    assert told == "Lignes connues : 6 comptent ; ajoutées : « La mienne »."
    assert moved == (
        f"CPTS Loire-Vendée-Océan : {after.p50} créneaux par jour avec les lignes ajoutées, "
        f"{before.p50} créneaux sans elles (médianes)."
    )


def test_a_territory_with_its_own_line_is_not_told_what_others_move(tmp_path: Path) -> None:
    mine = known_lines(copied(tmp_path, more=of_angers(5000)))
    own = [load_scenario(name) for name in ("ouest_loiret", "beauce_gatinais")]
    assert len(lines_notes(mine, own, draws=DRAWS)) == 2
    # Beyond ten territories, pages are compared instead.
    assert len(lines_notes(mine, [ASCLEPIOS] * 10, draws=DRAWS)) == 12
    assert len(lines_notes(mine, [ASCLEPIOS] * 11, draws=DRAWS)) == 2


def test_lines_left_out_or_changed_are_told(tmp_path: Path) -> None:
    less = known_lines(copied(tmp_path, less="fontenay"))
    assert lines_notes(less, [], draws=DRAWS)[-1] == (
        "Lignes connues : 4 comptent ; retirées : « Centre de soins non programmés de "
        "Fontenay-le-Comte »."
    )
    other = known_lines(copied(tmp_path, old=",1407.9,1407.9,", new=",1408,1500,"))
    assert lines_notes(other, [], draws=DRAWS)[-1] == (
        "Lignes connues : 5 comptent ; changées : « Ligne de la CPTS Ouest Loiret »."
    )
    words = known_lines(copied(tmp_path, old="Ligne de la CPTS Ouest Loiret", new="Meung"))
    assert lines_notes(words, [], draws=DRAWS)[-1].endswith("celles de la table du projet.")


def test_two_counts_of_one_place_are_left_out_together(tmp_path: Path) -> None:
    again = of_angers(5000).replace("epci:244900015", "cpts:ouest_loiret")
    both = known_lines(copied(tmp_path, more=again))
    first = leave_one_out(ALL, draws=DRAWS).set_index("line").loc["ouest_loiret"]
    then = leave_one_out(both, draws=DRAWS).set_index("line").loc["ouest_loiret"]
    assert then["predicted_p50"] == pytest.approx(first["predicted_p50"], rel=0.03)
