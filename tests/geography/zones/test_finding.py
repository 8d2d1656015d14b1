"""Zones by what people call them: right, or asked with what to type, never another in silence."""

from __future__ import annotations

import random
import re
from collections import Counter

import pandas as pd
import pytest

from cpts_geo.errors import PerimeterError
from cpts_geo.geography.perimeters.request import Request, find_perimeters
from cpts_geo.geography.perimeters.zonings import clues_to, epci_zoning, tvs_zoning, with_ept
from cpts_geo.geography.zones.finding import find_zones, zones_named
from cpts_geo.geography.zones.keys import _KINDS, _acronyms, _bare_key, _telling_words
from cpts_geo.sources.embedding import embedded

PARIS = "200054781"


@pytest.fixture(scope="module")
def communes():
    return embedded.load_communes()


@pytest.fixture(scope="module")
def zoning(communes):
    return with_ept(epci_zoning(communes), embedded.load_ept())


@pytest.fixture(scope="module")
def clues(zoning, communes):
    return clues_to(zoning, communes)


@pytest.fixture(scope="module")
def outcome(zoning, clues):
    """What becomes of a text that should mean a zone: right, asked, unknown, or the wrong one."""

    def told(text, code):
        try:
            found, notes = find_zones(zoning, [text], clues=lambda: clues)
        except PerimeterError as error:
            [line] = error.defects
            return "unknown" if ": inconnu" in line else "asked"
        assert notes or text in (found[0], zoning.names[found[0]])
        return "right" if found == [code] else str(zoning.names[found[0]])

    return told


def sample(pairs, count=400):
    pairs = sorted(set(pairs))
    return random.Random(16).sample(pairs, min(count, len(pairs)))


def counts(outcome, pairs):
    return Counter(outcome(text, code) for text, code in pairs)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TCO", "249740101"),
        ("tco", "249740101"),
        ("Territoire de la Côte Ouest", "249740101"),
        ("Carhaix", "242900744"),
        ("Carhaix-Plouguer", "242900744"),
        ("Poher", "242900744"),
        ("Pays de Pouzauges", "248500464"),
        ("Tille et Venelle", "200070910"),
        ("CAPI", "243800604"),
        ("Est Ensemble", "200057875"),
        ("T8", "200057875"),
        ("EPT Est Ensemble", "200057875"),
        ("Plaine Commune", "200057867"),
        ("Grand-Orly Seine Bièvre", "200058014"),
        ("orly seine bievre", "200058014"),
        ("Orléans", "244500468"),
        ("agglo du Pays Basque", "200067106"),
    ],
)
def test_what_people_call_them(outcome, text, code):
    assert outcome(text, code) == "right"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        # A commune that is not the main one of its zone; homonyms; a town of several.
        ("Tavers", ["200070183"]),
        ("Baule", ["200070183", "244400610"]),
        ("Vincennes", [PARIS, "200057941"]),
        ("Paris", [PARIS, "200057958"]),
        ("Quatre Rivières", ["247000623", "247400666"]),
    ],
)
def test_what_may_be_several_is_asked_with_what_to_type(zoning, clues, text, codes):
    with pytest.raises(PerimeterError) as refused:
        find_zones(zoning, [text], clues=lambda: clues)
    [line] = refused.value.defects
    assert line.kind == "nom ambigu"
    assert all(f"--epci {code}" in line for code in codes)
    assert "cpts-geo places" in refused.value.remedy


@pytest.mark.parametrize("text", ["communauté de communes", "CC", "agglomération", "de la", ""])
def test_a_kind_of_zone_alone_tells_none(zoning, clues, text):
    with pytest.raises(PerimeterError, match="à corriger") as refused:
        find_zones(zoning, [text], clues=lambda: clues)
    assert ": inconnu" in refused.value.defects[0]


def test_names_of_all_intercommunalites(zoning, outcome):
    pairs = list(zoning.names.items())
    whole = counts(outcome, sample((name, code) for code, name in pairs))
    assert set(whole) <= {"right", "asked"}
    kind = r"^(?:CC|CA|CU|EPT) (?:du |de la |des |de l'|de |d'|le |la |les |l')?"
    bare = [(re.sub(kind, "", re.sub(r"\(.*\)", "", name)), code) for code, name in pairs]
    told = counts(outcome, sample(bare))
    assert set(told) <= {"right", "asked"}
    assert told["asked"] <= 4


def test_acronyms_of_all_intercommunalites(zoning, outcome):
    pairs = [(short, code) for code, name in zoning.names.items() for short in _acronyms(name)]
    told = counts(outcome, sample(pairs))
    assert set(told) == {"right", "asked"}
    assert told["right"] > 200


def test_main_towns_of_all_intercommunalites(zoning, communes, outcome):
    places = zoning.members.merge(communes, on="code_insee")
    main = places.loc[places.groupby("zone")["population"].idxmax()].set_index("zone")["name"]
    told = counts(outcome, sample((name, str(code)) for code, name in main.items()))
    assert set(told) == {"right", "asked"}
    assert told["right"] > 350
    # The usual short name of a town is its own, unless an intercommunalité bears it.
    bare = {_bare_key(name) for name in zoning.names}
    short = [(re.split(r"-(?:sur|en|lès|le|la|de|du|des)-", name)[0], str(code))
             for code, name in main.items()]  # fmt: skip
    short = [(name, code) for name, code in short if _bare_key(name) not in bare]
    told = counts(outcome, sample(short))
    assert set(told) == {"right", "asked"}


def test_parts_of_the_names_of_all_intercommunalites(zoning, outcome):
    rng = random.Random(16)
    bare = {_bare_key(name) for name in zoning.names}
    parts = []
    for code, name in zoning.names.items():
        words = [word for word in _bare_key(name).split() if _telling_words(word)]
        text = " ".join(rng.sample(words, rng.randint(1, len(words))))
        # A part that is the whole name of one is that one, a number is a code, a kind tells none.
        told = not (text.isdigit() or set(text.split()) <= _KINDS)
        if told and _bare_key(text) not in bare:
            parts.append((text, str(code)))
    told = counts(outcome, sample(parts))
    assert set(told) == {"right", "asked"}
    assert told["right"] > 250


def test_the_name_of_a_commune_is_asked_where_it_is_not_the_main_one(zoning, communes, clues):
    bare = {_bare_key(name) for name in zoning.names}
    places = zoning.members[zoning.members["zone"] != PARIS].merge(communes, on="code_insee")
    main = places.loc[places.groupby("zone")["population"].idxmax()]
    towns = {_bare_key(name) for name in main["name"]} | bare
    begun = {town.split()[0] for town in towns}
    for name, zone in sample(zip(places["name"], places["zone"], strict=True), 2_000):
        codes, sure = clues.meant(name)
        key = _bare_key(name)
        if key not in towns and key.split()[0] not in begun:
            # Taken only where the name of the zone says it.
            assert not sure or codes == [zone], name
            assert zone in codes, name


def test_an_ept_is_said_to_be_one(communes):
    tables = {
        "former": embedded.load_former_communes(),
        "arrondissements": embedded.load_arrondissements(),
        "fetched": False,
    }
    one = find_perimeters(Request(epci=("Est Ensemble",)), communes, **tables)
    row = one.identity.iloc[0]
    assert row["name"] == "EPT Est Ensemble"
    assert row["document"].endswith("établissement public territorial (EPT) SIREN 200057875")
    assert "n’est pas un EPCI à fiscalité propre" in row["perimeter"]
    assert len(one.members) == 9
    assert set(one.members["basis"]) == {"établissement public territorial"}
    assert one.notes == ("« Est Ensemble » compris comme EPT Est Ensemble (200057875).",)
    # The Métropole can still be taken, and says what it is made of.
    [note] = find_perimeters(Request(epci=(PARIS,)), communes, **tables).notes
    assert note.count("--epci") == 11
    assert "--epci 200057875 (EPT Est Ensemble)" in note
    # Its départements are those of intercommunalités alone.
    with pytest.raises(PerimeterError, match="Aucune intercommunalité"):
        find_perimeters(Request(departements=("93",)), communes, **tables)


def test_tvs_by_a_part_of_their_name(communes):
    zoning = tvs_zoning(communes)
    clues = clues_to(zoning, communes)
    assert find_zones(zoning, ["Carhaix"], clues=lambda: clues)[0] == ["29024"]
    with pytest.raises(PerimeterError) as refused:
        find_zones(zoning, ["Tavers"], clues=lambda: clues)
    assert "--tvs " in refused.value.defects[0]


def test_cells_of_a_list_that_name_an_intercommunalite(zoning):
    assert zones_named("CC Tille et Venelle", zoning) == ["200070910"]
    assert zones_named("communauté de communes TILLE ET VENELLE", zoning) == ["200070910"]
    assert zones_named("Orléans Métropole", zoning) == ["244500468"]
    assert len(zones_named("CC des Quatre Rivières", zoning)) == 2
    for commune in ("Orléans", "Perche", "CC", "", "Dry"):
        assert zones_named(commune, zoning) == []


def test_asking_changes_nothing(zoning, communes):
    before = zoning.zones.copy(), zoning.members.copy()
    find_zones(zoning, ["TCO"], clues=lambda: clues_to(zoning, communes))
    pd.testing.assert_frame_equal(zoning.zones, before[0])
    pd.testing.assert_frame_equal(zoning.members, before[1])
