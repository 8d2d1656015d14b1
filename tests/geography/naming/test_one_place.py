"""A list is one place: what is doubtful is looked for where the sure names are, or is asked."""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd
import pytest

from cpts_geo.errors import NameResolutionError, PerimeterError
from cpts_geo.geography.naming._audit import audit_table
from cpts_geo.geography.naming._matching import resolve_queries
from cpts_geo.geography.naming._places.gazetteer import Gazetteer, build_gazetteer
from cpts_geo.geography.naming._queries import NameQuery, read_queries
from cpts_geo.geography.naming.codes import resolve_table
from cpts_geo.geography.naming.spelling import normalise_name
from cpts_geo.sources.embedding import embedded

#: Words after which the rest of a name only says where the commune is.
LINKS = frozenset({"a", "au", "aux", "d", "de", "des", "devant", "du", "en", "l", "la", "le", "les",
                   "lez", "pres", "sous", "sur"})  # fmt: skip


@pytest.fixture(scope="module")
def communes() -> pd.DataFrame:
    """Communes and arrondissements, as lists are read with them."""
    both = pd.concat([embedded.load_communes(), embedded.load_arrondissements()])
    return pd.DataFrame(both.drop(columns="geometry"))


@pytest.fixture(scope="module")
def gazetteer(communes) -> Gazetteer:
    """All places, as lists are read with them."""
    return build_gazetteer(
        communes, embedded.load_former_communes(), postal=embedded.load_postal_codes()
    )


@pytest.fixture(scope="module")
def groups() -> dict[str, pd.DataFrame]:
    """Communes of each intercommunalité."""
    whole = embedded.load_communes().dropna(subset=["epci"])
    return {str(epci): each for epci, each in whole.groupby("epci")}


def read(
    gazetteer: Gazetteer, names: Sequence[str], departements: Iterable[str] | None = None
) -> pd.DataFrame:
    """The audit of a list of names."""
    scope = None if departements is None else frozenset(departements)
    queries = [
        each
        for line, name in enumerate(names, start=1)
        for each in read_queries(gazetteer, NameQuery(line, name, scope))
    ]
    resolved, defects = resolve_queries(gazetteer, queries)
    return audit_table(gazetteer, resolved, name_defects=defects, scoped=scope is not None)


def meaning(audit: pd.DataFrame, name: str) -> tuple[str, str]:
    """Code and method of one name of a list."""
    row = audit[[name in published.split(" + ") for published in audit["published"]]].iloc[0]
    return row["code_insee"], row["method"]


def told(audit: pd.DataFrame, name: str) -> bool:
    """Whether a note says something of a name."""
    return any(f"« {name} »" in note for note in audit.attrs["notes"])


def test_lists_of_official_names_are_read_without_departement(gazetteer, groups) -> None:
    outcomes = Counter()
    for each in groups.values():
        try:
            audit = read(gazetteer, each["name"].tolist())
        except PerimeterError:
            outcomes["asked"] += 1
        else:
            outcomes[
                "right" if set(audit["code_insee"]) == set(each["code_insee"]) else "wrong"
            ] += 1
    assert outcomes["wrong"] == 0
    assert outcomes["right"] >= 0.97 * len(groups), outcomes


def test_a_short_name_is_completed_where_the_list_is_or_told_or_asked(gazetteer, groups) -> None:
    rng = random.Random(16)
    outcomes = Counter()
    wrong = []
    for epci in rng.sample(sorted(groups), 300):
        each = groups[epci]
        for code, name in zip(each["code_insee"], each["name"], strict=True):
            words = normalise_name(name).split()
            cut = next((i for i in range(1, len(words)) if words[i] in LINKS), None)
            if cut is None:
                continue
            short = " ".join(words[:cut]).title()
            others = each["name"][each["code_insee"] != code].tolist()
            try:
                audit = read(gazetteer, [short, *rng.sample(others, min(4, len(others)))])
            except PerimeterError:
                outcomes["asked"] += 1
                continue
            right = meaning(audit, short)[0] == code
            outcomes["right" if right else "told"] += 1
            if not right and not told(audit, short):
                wrong.append((short, name, meaning(audit, short)))
    assert not wrong
    assert outcomes["right"] > 0.8 * outcomes.total(), outcomes


@pytest.mark.parametrize("way", ["alone", "département", "list"])
def test_a_former_name_is_right_or_asked(gazetteer, communes, groups, way: str) -> None:
    rng = random.Random(17)
    former = embedded.load_former_communes()
    kept = former[
        former["former_name"].notna()
        & former["code_insee"].notna()
        & former["kind"].isin(["commune-deleguee", "commune-associee", "code retiré", "ancien nom"])
    ]
    today = communes.drop_duplicates("code_insee").set_index("code_insee")
    kept = kept[kept["code_insee"].isin(today.index)].sample(500, random_state=17)
    wrong, right = [], 0
    for name, now in zip(kept["former_name"], kept["code_insee"], strict=True):
        names, departements = [name], None
        if way == "département":
            departements = [today.at[now, "departement"]]
        if way == "list" and today.at[now, "epci"] in groups:
            each = groups[today.at[now, "epci"]]
            others = each["name"][each["code_insee"] != now].tolist()
            names += rng.sample(others, min(4, len(others)))
        try:
            audit = read(gazetteer, names, departements)
        except PerimeterError:
            continue
        right += meaning(audit, name)[0] == now
        namesakes = {place.departement for place in gazetteer.by_key[normalise_name(name)]
                     if place.is_current}  # fmt: skip
        if meaning(audit, name)[0] != now and today.at[now, "departement"] not in namesakes:
            wrong.append((name, now, meaning(audit, name)))
    # One name can be, letter for letter, that of a commune of today in the same département.
    assert not wrong
    assert right > 300


def test_the_words_a_name_begins_with_are_never_corrected_into_another(gazetteer, communes) -> None:
    rows = communes[communes["name"].str.contains("-")].sample(2_500, random_state=18)
    wrong = []
    for code, name, departement in zip(
        rows["code_insee"], rows["name"], rows["departement"], strict=True
    ):
        words = normalise_name(name).split()
        for end in range(1, len(words)):
            begin = " ".join(words[:end])
            if begin in gazetteer.by_key:
                continue  # the full name of another
            try:
                found, method = meaning(read(gazetteer, [begin], [departement]), begin)
            except PerimeterError:
                continue
            if found != code:
                wrong.append((begin, name, found, method))
    assert not wrong


def perturbed(name: str, rng: random.Random) -> str:
    """A name as press releases write it: one slip of the hand, or another typography."""
    place = rng.randrange(1, len(name))
    slips = [
        name[:place] + name[place + 1 :],
        name[:place] + name[place] + name[place:],
        name[:place] + rng.choice(string.ascii_lowercase) + name[place + 1 :],
        name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :],
        name.upper().replace("-", " "),
        name.replace("Saint-", "St "),
        name.replace("-lès-", "-les-").replace("-sur-", " s/ "),
    ]
    return rng.choice(slips)


def test_perturbed_names_with_their_departement_are_right_or_asked(gazetteer, communes) -> None:
    rng = random.Random(19)
    wrong, right = [], 0
    whole = communes.drop_duplicates("code_insee")
    whole = whole[~whole["name"].str.contains("Arrondissement")]
    for departement, inside in whole.groupby("departement"):
        rows = inside.sample(min(25, len(inside)), random_state=19)
        names = [perturbed(name, rng) for name in rows["name"]]
        queries = [
            NameQuery(line, name, frozenset({str(departement)})) for line, name in enumerate(names)
        ]
        resolved, _ = resolve_queries(gazetteer, queries)
        for row in resolved:
            right += row.place.current == rows["code_insee"].iloc[row.line]
            if row.place.current != rows["code_insee"].iloc[row.line]:
                wrong.append((row.published, rows["name"].iloc[row.line], row.place.name))
    assert not wrong
    assert right > 1_500


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (["Joinville", "Nogent", "Créteil", "Alfortville"], {"94042", "94052", "94028", "94002"}),
        (["Saint-Denis", "Sainte-Marie", "Sainte-Suzanne"], {"97411", "97418", "97420"}),
        (["Mer", "Beaugency", "Tavers"], {"41136", "45028", "45317"}),
        (["Dry (3)", "Baule (1)", "Tavers [2]"], {"45130", "45024", "45317"}),
        (["1 Dry", "2 - Baule", "12. Tavers", "c) Messas"], {"45130", "45024", "45317", "45202"}),
        (["Baule, Dry et Tavers", "Messas & Cravant"],
         {"45024", "45130", "45317", "45202", "45116"}),
        (["77009 Arville ; 77016 Bagneaux-sur-Loing"], {"77009", "77016"}),
        (["Ville de Pithiviers (siège)", "Commune du Malesherbois (en partie)"],
         {"45252", "45191"}),
        (["45252 - Pithiviers", "Estouy, Loiret"], {"45252", "45139"}),
        (["45190 Beaugency", "TAVERS (45190)", "F-45130 BAULE"], {"45028", "45317", "45024"}),
        (["ORLEANS CEDEX 2", "45072 ORLEANS CEDEX 2", "FLEURY LES AUBRAIS CEDEX"],
         {"45234", "45147"}),
        (["Châtillon (Hauts-de-Seine)", "Vanves"], {"92020", "92075"}),
        (["Saint-Pierre (974)", "Saint-Joseph"], {"97416", "97412"}),
        (["Sainte-Hermine", "Luçon"], {"85223", "85128"}),
    ],
)  # fmt: skip
def test_what_the_place_decides(gazetteer, names: list[str], codes: set[str]) -> None:
    assert set(read(gazetteer, names)["code_insee"]) == codes


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Joinville"], "52250 Joinville (52); 94042 Joinville-le-Pont (94)"),
        (["Pringy"], "74217 Pringy (74) → 74010 Annecy"),
        (["Pommiers (2)", "Baule", "Dry"], "si « (2) » appelle une note, retirez-le"),
        (["Tavers", "Baule", "Dry", "Gap"], "05061 Gap (05) est à"),
        (["Vallières", "Aubusson", "Saint-Marc-à-Frongier"],
         "près du reste : 23257 Vallière (23) 94/100 ; existe ailleurs : 10394 Vallières (10)"),
        (["Hrerin (59)"], "59304 Herrin (59)"),
        (["Châtillon", "Fresnes"], "92020 Châtillon (92)"),
    ],
)  # fmt: skip
def test_what_is_asked(gazetteer, names: list[str], said: str) -> None:
    with pytest.raises(PerimeterError) as refused:
        read(gazetteer, names)
    assert any(said in defect for defect in refused.value.defects), refused.value


def test_the_command_that_answers_is_given(gazetteer) -> None:
    with pytest.raises(NameResolutionError) as refused:
        read(gazetteer, ["Joinville", "Nogent"])
    for options in refused.value.retries:
        departements = options[1::2]
        assert set(read(gazetteer, ["Joinville", "Nogent"], departements)["departement"]) == set(
            departements
        )
    assert ("--departement", "94") in refused.value.retries


def test_a_line_that_says_where_it_is_confirms_a_far_commune(gazetteer) -> None:
    audit = read(gazetteer, ["Tavers", "Baule", "Dry", "Gap (05)"])
    assert "05061" in set(audit["code_insee"])
    assert any("05061 Gap (05) est à" in note for note in audit.attrs["notes"])


@pytest.mark.parametrize("codes", [["45130", "45190"], ["45300", "45330", "45480"]])
def test_codes_that_are_all_postal_codes_are_asked(communes, codes: list[str]) -> None:
    table = pd.DataFrame({"line": range(2, 2 + len(codes)), "code": codes})
    everything = {
        "communes": communes,
        "former": embedded.load_former_communes(),
        "postal": embedded.load_postal_codes(),
    }
    with pytest.raises(PerimeterError, match="code postal"):
        resolve_table(table, **everything)
    named = table.assign(name=["Dry", "Le Malesherbois", ""][: len(codes)])
    if codes[0] == "45130":
        assert set(resolve_table(named, **everything)["code_insee"]) == {"45130", "45191"}


def test_a_code_far_from_the_others_is_asked_until_its_name_confirms_it(communes) -> None:
    former = embedded.load_former_communes()
    table = pd.DataFrame({"line": [2, 3, 4, 5], "code": ["45130", "45024", "45317", "54140"]})
    with pytest.raises(PerimeterError, match="km du reste de la liste"):
        resolve_table(table, communes, former=former)
    names = ["", "", "", "Courcelles"]
    audit = resolve_table(table.assign(name=names), communes, former=former)
    assert len(audit) == 4
    assert "km du reste" in " ".join(audit.attrs["notes"])
