"""The command that finds places, as an analyst types it."""

from __future__ import annotations

from tests.conftest import Command


def test_places_are_found_with_what_to_type(command: Command) -> None:
    code, out, err = command("places", "carhaix")
    assert (code, err) == (0, "")
    assert "29024" in out
    assert "--tvs 29024" in out
    code, out, _ = command("places", "tille", "et", "venelle")
    assert code == 0
    assert "--epci 200070910" in out


def test_intercommunalites_of_a_departement(command: Command) -> None:
    code, out, _ = command("places", "--type", "epci", "--departement", "45")
    assert code == 0
    assert out.count("--epci ") == 16
    assert "297 350" in out.replace("\u202f", " ")
    assert command("places", "45")[1].count("--epci ") == 16


def test_what_is_not_shown_is_counted(command: Command) -> None:
    code, out, _ = command("places", "saint")
    assert code == 0
    assert "autres lieux : ajoutez un mot, --type ou --departement." in out


def test_overseas_collectivites_are_said_to_be_outside(command: Command) -> None:
    out = command("places", "Saint-Barthélemy", "--departement", "977")
    assert out[0] == 1
    assert "Département inconnu" in out[2]
    code, told, _ = command("places", "Saint-Barthélemy (977)")
    assert code == 0
    assert "collectivité d’outre-mer (Saint-Barthélemy), hors des données" in told


def test_nothing_found_shows_the_nearest(command: Command) -> None:
    code, out, err = command("places", "pithivierz")
    assert (code, out) == (1, "")
    assert "Pithiviers (commune 45252, 45)" in err
    assert "À faire" in err
    # A text of others commands no terminal.
    assert "\x1b" not in command("places", "zq\x1b[31mx")[2]
