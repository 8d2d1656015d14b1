"""Names and codes to communes: what is accepted, how it is labelled, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.errors import NameResolutionError, PerimeterError, written
from cpts_geo.geography.naming import _matching as names
from cpts_geo.geography.naming._audit import AUDIT_COLUMNS
from cpts_geo.geography.naming._places.search import agree
from cpts_geo.geography.naming.codes import resolve_table
from cpts_geo.geography.naming.names import resolve
from cpts_geo.geography.naming.spelling import normalise_name, split_departement_hint
from cpts_geo.settings import COMMUNES_DIR
from cpts_geo.sources.analyst.lists.perimeter import read_perimeter_file
from cpts_geo.sources.codes import PLM

BROKEN = Path(__file__).parents[2] / "data" / "broken"

# The two lists written in the press releases, letter for letter, with the codes they mean.
OUEST_LOIRET = {
    "Baccon": "45019", "Baule": "45024", "Beaugency": "45028", "Chaingy": "45067",
    "Charsonville": "45081", "Cléry-Saint-André": "45098", "Coulmiers": "45109",
    "Cravant": "45116", "Dry": "45130", "Epieds-en-Beauce": "45134",
    "Huisseau-sur-Mauves": "45167", "Lailly-en-Val": "45179", "Le Bardon": "45020",
    "Mareau-aux-Prés": "45196", "Meung-sur-Loire": "45203", "Messas": "45202",
    "Mézières-lez-Cléry": "45204", "Rozières-en-Beauce": "45264", "Saint-Ay": "45269",
    "Tavers": "45317", "Villorceau": "45344",
}  # fmt: skip
ONDAINE_FOREZ = {
    "Aboën": "42001", "Caloire": "42031", "Chenereilles": "42060", "Firminy": "42095",
    "Saint-Maurice-en-Gourgois": "42262", "Aurec-sur-Loire": "43012", "Malvalette": "43127",
    "Pont-Salomon": "43153", "Rozie-Côtes-d’Aurec": "42192", "Fraisses": "42099",
    "Saint-Paul-en-Cornillon": "42270", "Unieux": "42316", "Périgneux": "42169",
    "Luriecq": "42126", "Marols": "42140", "Saint-Ferréol-d’Auroure": "43184",
    "Saint-Just-Malomont": "43205", "Le Chambon-Feugerolles": "42044", "La Ricamarie": "42183",
    "Saint-Romain-les-Atheux": "42286", "La Chapelle-d’Aurec": "43058", "la Tourette": "42312",
    "Saint-Bonnet-le-Château": "42204", "Saint-Nizier-de-Fornas": "42266",
    "Saint-Genest-Malifaux": "42224",
}  # fmt: skip


def resolve_codes(codes, communes, *, former, names=None) -> pd.DataFrame:
    """Codes written in a table, with the names beside them."""
    table = pd.DataFrame({"line": range(1, len(codes) + 1), "code": codes})
    table = table if names is None else table.assign(name=names)
    return resolve_table(table, communes, former=former)


@pytest.fixture(scope="module")
def france() -> dict[str, pd.DataFrame]:
    """Communes of today, and former ones."""
    columns = ["code_insee", "name", "departement"]
    return {
        "communes": pd.read_parquet(COMMUNES_DIR / "communes.parquet", columns=columns),
        "former": pd.read_csv(COMMUNES_DIR / "former_communes.csv", dtype=str),
    }


# A small country: names are invented where no real case is needed.
SMALL = pd.DataFrame(
    [
        ("42001", "Vallonnes", "42"),
        ("42002", "Grand-Pré", "42"),
        ("42003", "Le Mas", "42"),
        ("42004", "Mas", "42"),
        ("43001", "Grand-Pré", "43"),
        ("43002", "Neuville-en-Forez", "43"),
        ("75056", "Paris", "75"),
    ],
    columns=["code_insee", "name", "departement"],
)
# 42001 took a new name when three communes merged; 43002 kept the name of its chief town.
PAST = pd.DataFrame(
    [
        ("42001", "Ancienne", "commune-deleguee", "42001"),
        ("42010", "Vieux-Bourg", "commune-deleguee", "42001"),
        ("42011", "Petit-Bourg", "commune-associee", "42001"),
        ("43010", "Saint-Elme", "code retiré", "43002"),
        ("43011", "Perdue", "code retiré", None),
        ("75101", "Paris 1er Arrondissement", "arrondissement-municipal", "75056"),
    ],
    columns=["former_code", "former_name", "kind", "code_insee"],
)
INVENTED = {"communes": SMALL, "former": PAST}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Épieds-en-Beauce", "EPIEDS EN BEAUCE"),
        ("La Chapelle-d'Aurec", "La Chapelle-d’Aurec"),
        ("Œuilly", "OEUILLY"),
        ("Laÿ-Saint-Rémy", "Lay St Remy"),
        ("Sainte-Foy", "Ste Foy"),
        ("Saints-Geosmes", "Sts-Geosmes"),
        ("Le Chambon-Feugerolles", "Chambon-Feugerolles (Le)"),
        ("L'Haÿ-les-Roses", "HAY-LES-ROSES, L'"),
        ("Les Ulis", "ulis"),
        ("Meung-sur-Loire", "Meung s/Loire"),
        ("Mézières-lez-Cléry", "Mézières-lès-Cléry"),
        ("Mézières-lez-Cléry", "Mezieres les Clery"),
        ("Chenereilles", "Chenereilles (42)"),
        ("Saint-Ay", "- Saint-\nAy,"),
        ("Meung-sur-Loire", "Me\u00adung\u00a0sur\u202fLoire"),
    ],
)
def test_spellings_of_one_name_compare_equal(one: str, other: str) -> None:
    assert normalise_name(one) == normalise_name(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Château-Chinon (Ville)", "Château-Chinon (Campagne)"),
        ("Lez-Fontaine", "Fontaine"),
        ("Sainte-Foy", "Saint-Foy"),
        ("Stains", "Saintains"),
        ("Marles-sur-Canche", "Marles-en-Canche"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert normalise_name(one) != normalise_name(other)


@given(st.text())
def test_normalise_is_idempotent_and_plain(name: str) -> None:
    key = normalise_name(name)
    assert normalise_name(key) == key
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")


@pytest.mark.parametrize(
    ("listed", "departements", "choices"),
    [(OUEST_LOIRET, ["45"], None), (ONDAINE_FOREZ, ["42", "43"], {"Chenereilles": "42060"})],
    ids=["Ouest Loiret", "Ondaine-Forez"],
)
def test_lists_of_the_press_releases(
    france, listed: dict[str, str], departements: list[str], choices: dict[str, str] | None
) -> None:
    audit = resolve(list(listed), **france, departements=departements, choices=choices)
    assert dict(zip(audit["published"], audit["code_insee"], strict=True)) == listed
    by_name = audit.set_index("published")["method"]
    expected = {
        "Epieds-en-Beauce": "normalised",
        "Saint-Ferréol-d’Auroure": "normalised",
        "La Chapelle-d’Aurec": "normalised",
        "la Tourette": "normalised",
        "Rozie-Côtes-d’Aurec": "fuzzy",
        "Saint-Just-Malomont": "fuzzy",
    }
    assert by_name.to_dict() == {name: expected.get(name, "exact") for name in listed}


def test_audit_shows_score_and_alternatives(france) -> None:
    audit = resolve(
        ["Saint-Just-Malomont", "Chenereilles (42)", "Firminy"], **france, departements=["42", "43"]
    )
    assert tuple(audit.columns) == AUDIT_COLUMNS
    assert audit["score"].round(1).to_list() == [97.3, 100.0, 100.0]
    fuzzy, hinted, plain = audit["alternatives"]
    assert len(fuzzy.split("; ")) == 3
    assert "Saint-Just-" in fuzzy
    assert hinted == "43069 Chenereilles (43)"
    assert plain == ""


def test_one_error_lists_every_name(france) -> None:
    names = ["Dry", "Saint-Maurice", "Chenereilles", "Firminy", "Dri", "<script>\n'\""]
    with pytest.raises(NameResolutionError) as caught:
        resolve(names, **france, departements=["42", "43"])
    outside, short, homonym, tiny, markup = caught.value.defects
    assert "ligne 1, « Dry » : nom inconnu dans les départements 42, 43" in outside
    assert "existe ailleurs : 45130 Dry (45)" in outside
    assert "42262 Saint-Maurice-en-Gourgois (42) 68/100" in short
    assert "42239 Saint-Jean-Saint-Maurice-sur-Loire (42)" in short
    assert "63378 Saint-Maurice (63)" in short
    assert "42060 Chenereilles (42); 43069 Chenereilles (43)" in homonym
    # A short name is never taken for another.
    assert "ligne 5, « Dri »" in tiny
    with pytest.raises(NameResolutionError, match="45130 Dry"):
        resolve(["Dri"], **france, departements=["45"])
    assert "« <script>\\n'\" »" in markup
    assert all("\n" not in defect for defect in caught.value.defects)
    assert "Chenereilles (42)" in caught.value.remedy


def test_a_commune_of_elsewhere_is_no_misspelling(france) -> None:
    # Near enough to Saint-Bonnet-le-Château (42) to be accepted, were it not a real commune.
    with pytest.raises(NameResolutionError, match=r"63324 Saint-Bonnet-le-Chastel \(63\)"):
        resolve(["Saint-Bonnet-le-Chastel"], **france, departements=["42"])
    audit = resolve(["Saint-Bonnet-le-Chateaux"], **france, departements=["42"])
    assert audit[["code_insee", "method"]].to_numpy().tolist() == [["42204", "fuzzy"]]


def test_names_too_close_to_two_communes_are_ambiguous() -> None:
    pair = pd.DataFrame(
        [("42001", "Saint-Marcellin-en-Forez", "42"), ("42002", "Saint-Martellin-en-Forez", "42")],
        columns=["code_insee", "name", "departement"],
    )
    with pytest.raises(NameResolutionError, match="presque aussi proches"):
        resolve(["Saint-Marbellin-en-Forez"], pair, former=PAST)


def test_homonyms_of_the_whole_country_are_ambiguous(france) -> None:
    with pytest.raises(NameResolutionError, match="plusieurs communes portent ce nom"):
        resolve(["Chenereilles"], **france)
    audit = resolve(["Chenereilles (43)"], **france)
    assert audit["code_insee"].to_list() == ["43069"]


def test_exact_names_give_back_their_codes(france) -> None:
    for departement in ("17", "2A", "42", "43", "45", "64", "971"):
        inside = france["communes"].query("departement == @departement")
        audit = resolve(inside["name"].to_list(), **france, departements=[departement])
        assert audit["code_insee"].to_list() == inside["code_insee"].to_list()
        assert set(audit["method"]) == {"exact"}


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_damaged_typography_gives_back_the_same_code(france, data: st.DataObject) -> None:
    inside = france["communes"].query("departement == '45'")
    row = data.draw(st.integers(0, len(inside) - 1))
    name = inside["name"].iloc[row]
    change = data.draw(
        st.sampled_from(
            [str.upper, str.lower, lambda n: n.replace("-", " "), lambda n: n.replace("'", "’")]
        )
    )
    audit = resolve([change(name)], inside, former=france["former"])
    assert audit["code_insee"].to_list() == [inside["code_insee"].iloc[row]]
    assert audit["method"].iloc[0] in {"exact", "normalised"}


def test_the_article_decides_between_two_communes() -> None:
    audit = resolve(["LE MAS", "MAS"], **INVENTED)
    assert audit["code_insee"].to_list() == ["42003", "42004"]


def test_former_communes_move_to_the_one_of_today() -> None:
    audit = resolve(["vieux bourg", "Grand-Pré", "Petit-Bourg"], **INVENTED,
                    departements="42")  # fmt: skip
    assert audit[["published", "code_insee", "name", "method"]].to_numpy().tolist() == [
        ["vieux bourg + Petit-Bourg", "42001", "Vallonnes", "moved"],
        ["Grand-Pré", "42002", "Grand-Pré", "exact"],
    ]


def test_a_list_older_than_a_merger_names_the_chief_town_too() -> None:
    audit = resolve(["Neuville-en-Forez", "Saint-Elme"], **INVENTED)
    assert audit[["published", "code_insee", "method"]].to_numpy().tolist() == [
        ["Neuville-en-Forez + Saint-Elme", "43002", "moved"]
    ]


def test_a_merged_commune_and_one_of_its_parts_overlap() -> None:
    audit = resolve(["Vallonnes", "Vieux-Bourg"], **INVENTED)
    assert audit[["published", "code_insee", "method"]].to_numpy().tolist() == [
        ["Vallonnes + Vieux-Bourg", "42001", "whole"]
    ]
    assert audit.attrs["notes"] == (
        "Lignes 1, 2, « Vallonnes », « Vieux-Bourg » : la même commune, 42001 Vallonnes (42), "
        "comptée une fois.",
    )


def test_a_misspelt_former_commune_is_shown_not_taken() -> None:
    with pytest.raises(NameResolutionError, match=r"42010 Vieux-Bourg.* → 42001 Vallonnes"):
        resolve(["Vieux-Bourgg"], **INVENTED)


def test_a_former_commune_of_unknown_destination_is_said() -> None:
    with pytest.raises(NameResolutionError, match="actuelle n’est pas connue : 43011 Perdue"):
        resolve(["Perdue"], **INVENTED)
    with pytest.raises(PerimeterError, match=r"a quitté le COG \(Perdue\)"):
        resolve_codes(["43011"], **INVENTED)


def test_an_arrondissement_is_not_its_whole_city() -> None:
    with pytest.raises(NameResolutionError, match=r"arrondissement municipal.*75056 Paris"):
        resolve(["Paris 1er arrondissement"], **INVENTED)
    with pytest.raises(PerimeterError, match=r"arrondissement municipal.*75056 Paris"):
        resolve_codes(["75101"], **INVENTED)


def test_a_commune_listed_twice_counts_once_and_is_told() -> None:
    names = ["Le Mas", "Vallonnes", "le mas", "Grand-Pré (42)", "VALLONNES"]
    audit = resolve(names, **INVENTED)
    assert audit["code_insee"].tolist() == ["42003", "42001", "42002"]
    mas, vallonnes = audit.attrs["notes"]
    assert mas.startswith("Lignes 1, 3, « Le Mas », « le mas » : la même commune, 42003 Le Mas")
    assert vallonnes.startswith("Lignes 2, 5, « Vallonnes », « VALLONNES »")


def test_empty_lists_are_refused() -> None:
    for refuse in (
        lambda: resolve([], **INVENTED),
        lambda: resolve_codes([], **INVENTED),
        lambda: resolve_table(pd.DataFrame({"line": [], "name": []}), **INVENTED),
    ):
        with pytest.raises(PerimeterError, match="vide") as caught:
            refuse()
        assert "au moins un nom" in caught.value.remedy


def test_blank_names_and_unknown_departements_are_refused() -> None:
    with pytest.raises(NameResolutionError, match="ligne 2, « – » : nom vide"):
        resolve(["Le Mas", "–"], **INVENTED)
    with pytest.raises(PerimeterError, match="Département inconnu") as caught:
        resolve(["Le Mas"], **INVENTED, departements=["42", "99", "Loire"])
    assert set(caught.value.defects) == {"« 99 »", "« Loire »"}


def test_choices_restrict_but_do_not_force() -> None:
    audit = resolve(["Neuville"], **INVENTED, choices={"Neuville": "43002"})
    assert audit[["code_insee", "method"]].to_numpy().tolist() == [["43002", "fuzzy"]]
    assert audit["score"].iloc[0] < 75
    moved = resolve(["Vieux-Bourg"], **INVENTED, choices={"Vieux-Bourg": "42001"})
    assert moved["method"].to_list() == ["moved"]
    with pytest.raises(NameResolutionError) as caught:
        resolve(
            ["Le Mas", "Mas", "Grand-Pré"],
            SMALL,
            former=PAST,
            departements=["42"],
            choices={"Le Mas": "42002", "Mas": "99999", "Grand-Pré": "43001", "Absent": "42001"},
        )
    absent, unlike, unknown, outside = caught.value.defects
    assert "« Absent » → 42001 : ce nom n’est pas dans la liste" in absent
    assert "42002 Grand-Pré (42), est trop différent" in unlike
    assert "99999, est inconnu" in unknown
    assert "43001 Grand-Pré (43), n’est pas dans le département 42" in outside


def test_published_spelling_is_kept_verbatim(france) -> None:
    written = ["  Saint-\nAy ", '"Dry"', "<b>Baule</b>"]
    audit = resolve(written[:2], **france, departements=["45"])
    assert audit["published"].to_list() == written[:2]
    with pytest.raises(NameResolutionError, match="« <b>Baule</b> »"):
        resolve(written, **france, departements=["45"])


def test_arguments_are_not_modified() -> None:
    before = SMALL.copy(), PAST.copy()
    resolve(["Le Mas"], **INVENTED)
    resolve_codes(["42003"], **INVENTED)
    pd.testing.assert_frame_equal(SMALL, before[0])
    pd.testing.assert_frame_equal(PAST, before[1])


@pytest.mark.parametrize("written", ["1001", "1001.0", " 01001", "'01001", "1001,0", "01 001"])
def test_codes_as_spreadsheets_write_them(france, written: str) -> None:
    audit = resolve_codes([written], **france)
    assert audit["code_insee"].to_list() == ["01001"]
    assert audit["published"].to_list() == [written]


def test_lost_leading_zeros_are_all_repaired(france) -> None:
    affected = france["communes"].query("code_insee.str.startswith('0')").iloc[::10]
    audit = resolve_codes(
        affected["code_insee"].str[1:].to_list(), **france, names=affected["name"].to_list()
    )
    assert audit["code_insee"].to_list() == affected["code_insee"].to_list()
    assert set(audit["method"]) == {"repaired"}


def test_a_zero_is_not_restored_against_the_name(france) -> None:
    with pytest.raises(PerimeterError, match=r"code Insee de L'Abergement-Clémenciat"):
        resolve_codes(["1001"], **france, names=["Meung-sur-Loire"])


def test_a_code_that_left_the_cog_moves(france) -> None:
    audit = resolve_codes(
        ["85060", "85166"], **france, names=["Château-d'Olonne", "Olonne-sur-Mer"]
    )
    assert audit[["published", "code_insee", "name", "method"]].to_numpy().tolist() == [
        ["85060 + 85166", "85194", "Les Sables-d'Olonne", "moved"]
    ]


def test_wrong_codes_are_all_listed(france) -> None:
    read = read_perimeter_file(BROKEN / "wrong_codes.csv")
    with pytest.raises(PerimeterError) as caught:
        resolve_table(read, **france)
    postal, unknown, part = caught.value.defects
    assert "ligne 2, code « 45130 » : code Insee de Dry (45), pas de « Meung-sur-Loire »" in postal
    assert "dont le code est 45203 (45)" in postal
    assert "ligne 3, code « 99999 » : inconnu" in unknown
    assert "« Baccon » a pour code 45019 (45)" in unknown
    assert "ligne 5, code « 75101 » : arrondissement municipal" in part
    assert "un code postal n’est pas un code Insee" in caught.value.remedy
    # The fourth is a code of before, which the events lead to its commune of today.
    assert resolve_codes(["02311"], **france, names=["Filain"])["code_insee"].tolist() == ["02589"]
    former = france["former"].assign(code_insee=None)
    with pytest.raises(PerimeterError) as caught:
        resolve_codes(["02311"], france["communes"], former=former)
    assert "code « 02311 » : a quitté le COG (Filain)" in caught.value.defects[0]


def test_a_code_whose_name_is_unknown_is_found_by_its_code_alone(france) -> None:
    for name in ("Francheleins", "Amareins", ""):
        audit = resolve_codes(["01003"], **france, names=[name])
        assert audit[["code_insee", "method"]].to_numpy().tolist() == [["01165", "moved"]]
    with pytest.raises(PerimeterError, match="à corriger"):
        resolve_codes(["01003"], **france, names=["Meung-sur-Loire"])
    with pytest.raises(PerimeterError):
        resolve([""], **france)


def test_a_column_shifted_by_one_line_is_caught(france) -> None:
    # Codes follow the alphabet: the neighbour's name is alike, and still is another commune's.
    codes = ["42247", "42248"]
    names = ["Saint-Just-en-Chevalet", "Saint-Just-en-Bas"]
    assert agree(*map(normalise_name, names))
    with pytest.raises(PerimeterError) as caught:
        resolve_codes(codes, **france, names=names)
    assert len(caught.value.defects) == 2
    assert "code Insee de Saint-Just-en-Bas (42)" in caught.value.defects[0]


def test_a_shortened_or_former_name_agrees_with_its_code(france) -> None:
    audit = resolve_codes(
        ["45203", "01015", "42262"], **france, names=["Meung", "Arbignieu", "St Maurice"]
    )
    assert audit["code_insee"].to_list() == ["45203", "01015", "42262"]


def test_a_file_of_a_damaged_official_table_is_repaired(france) -> None:
    read = read_perimeter_file(BROKEN / "lost_zeros.csv")
    audit = resolve_table(read, **france)
    assert audit["code_insee"].to_list() == ["01001", "01002"]
    assert audit["published"].to_list() == ["1001", "1002"]
    assert set(audit["method"]) == {"repaired"}
    assert "Codes à 4 chiffres : 2" in " ".join(read.attrs["notes"])


def test_names_of_a_file_are_reported_by_line(france) -> None:
    read = read_perimeter_file(BROKEN / "unknown_names.csv")
    with pytest.raises(NameResolutionError) as caught:
        resolve_table(read, **france)
    assert [defect.split(",")[0] for defect in caught.value.defects] == [
        "ligne 3", "ligne 4", "ligne 5", "ligne 6", "ligne 7",
    ]  # fmt: skip
    assert "existe ailleurs : 43184 Saint-Ferréol-d'Auroure (43)" in caught.value.defects[2]


def test_repeated_lines_of_a_file(france) -> None:
    audit = resolve_table(read_perimeter_file(BROKEN / "repeated.csv"), **france)
    assert audit["code_insee"].is_unique
    assert [note.split(",")[0] for note in audit.attrs["notes"]] == ["Lignes 2", "Lignes 3"]


def test_table_mixes_codes_names_and_departements() -> None:
    table = pd.DataFrame(
        {
            "line": [2, 3, 4, 5],
            "name": ["Grand-Pré", "Vallonnes", "Le Mas", "Grand-Pré"],
            "code": ["", "42001", "", "43001"],
            "departement": ["42", "42", "", ""],
        }
    )
    audit = resolve_table(table, **INVENTED)
    assert audit["code_insee"].to_list() == ["42002", "42001", "42003", "43001"]
    wrong = table.assign(departement=["42", "43", "", ""])
    with pytest.raises(PerimeterError, match=r"42001 est Vallonnes \(42\), pas dans le 43"):
        resolve_table(wrong, **INVENTED)
    with pytest.raises(PerimeterError, match="ni colonne de noms ni colonne de codes"):
        resolve_table(table[["line"]], **INVENTED)


def unlike(count: int) -> list[str]:
    """Distinct names that are like those of no commune."""
    return [f"Qwx {n:06d} zk" for n in range(count)]


def test_many_unknown_names_are_counted_beyond_the_first_fifty() -> None:
    with pytest.raises(NameResolutionError) as refused:
        resolve(unlike(names.MAX_SEARCHED + 1_000), **INVENTED)
    message = refused.value
    assert "3 000 points" in message.summary.replace("\u202f", " ")
    lines = written(message.defects)
    assert len(lines) == 51
    assert all("nom inconnu en France" in line for line in lines[:50])
    counts = lines[-1].replace("\u202f", " ")
    assert "nom inconnu : 1 950" in counts
    assert "nom qui ne ressemble à aucune commune : 1 000" in counts


def test_names_are_searched_up_to_the_limit_and_no_further(monkeypatch) -> None:
    monkeypatch.setattr(names, "MAX_SEARCHED", 1)
    within = resolve(["Grand-Pré (43)", "Neuvile-en-Forez"], **INVENTED)
    assert within["method"].tolist() == ["exact", "fuzzy"]
    with pytest.raises(NameResolutionError) as refused:
        resolve(["Neuvile-en-Forez", "Neuville-en-Foret"], **INVENTED)
    assert "ne ressemble à aucune commune connue (au-delà de 1 noms" in refused.value.defects[0]
    assert "ne sont plus cherchés" in refused.value.defects[0]


def test_a_name_repeated_is_looked_for_once(monkeypatch) -> None:
    asked: list[str] = []
    real = names.nearest_places

    def spied(gazetteer, keys, *, scope):
        asked.extend(keys)
        return real(gazetteer, keys, scope=scope)

    monkeypatch.setattr(names, "nearest_places", spied)
    with pytest.raises(NameResolutionError) as refused:
        resolve(["Zzyx"] * 60 + ["zzyx (99)", "ZZYX (98)"], **INVENTED)
    # Once for France, once for what is no département.
    assert asked == ["zzyx", "zzyx"]
    assert len(written(refused.value.defects)) == 51


def test_a_long_name_is_told_not_searched() -> None:
    longest = "a" * names.MAX_LETTERS
    with pytest.raises(NameResolutionError) as refused:
        resolve([longest, longest + "a"], **INVENTED)
    assert "nom inconnu" in refused.value.defects[0]
    assert "trop long : 201 caractères, 200 au plus" in refused.value.defects[1]


def test_a_commune_written_many_times_is_told_in_a_line() -> None:
    audit = resolve(["Vallonnes"] * 2_000, **INVENTED)
    (line,) = audit.attrs["notes"]
    assert audit["published"].tolist() == ["Vallonnes"]
    assert "1 992 autres" in line.replace("\u202f", " ")
    assert len(line) < 400


@pytest.mark.parametrize("name", ["a" + " " * 50_000 + "b", "(" * 50_000, ", le" * 30_000])
def test_a_hint_is_looked_for_in_one_pass(name: str) -> None:
    # Steps grew as the square of the spaces: minutes for this one name.
    assert split_departement_hint(name) == (name, None)
    assert isinstance(normalise_name(name), str)


def test_a_departement_column_is_quoted_on_one_line() -> None:
    table = pd.DataFrame({"line": [2], "name": ["Vallonnes"], "departement": ["9\n9" * 300]})
    with pytest.raises(NameResolutionError) as refused:
        resolve_table(table, **INVENTED)
    (line,) = refused.value.defects
    assert "\n" not in line
    assert len(line) < 300


# --- arrondissements ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def every_place(france) -> dict[str, pd.DataFrame]:
    """France with the arrondissements beside the communes."""
    parts = pd.read_parquet(COMMUNES_DIR / "arrondissements.parquet")
    columns = list(france["communes"])
    return france | {"communes": pd.concat([france["communes"], parts[columns]])}


@pytest.mark.parametrize(
    ("written_so", "code"),
    [
        ("Paris 13e", "75113"),
        ("Paris 13", "75113"),
        ("Paris 13ème", "75113"),
        ("PARIS 13EME", "75113"),
        ("Paris 13ᵉ", "75113"),
        ("Paris 13 e arr.", "75113"),
        ("Paris 13e Arrondissement", "75113"),
        ("13e arrondissement de Paris", "75113"),
        ("Paris XIIIe", "75113"),
        ("Paris-13", "75113"),
        ("Paris (13e)", "75113"),
        ("Paris 13 (75)", "75113"),
        ("75013 Paris", "75113"),
        ("Paris 75013", "75113"),
        ("75013 Paris 13e", "75113"),
        ("75113", "75113"),
        ("75016 Paris", "75116"),
        ("75116 Paris", "75116"),
        ("Paris 1er", "75101"),
        ("Paris 01", "75101"),
        ("Lyon 5ème", "69385"),
        ("Lyon V", "69385"),
        ("69005 Lyon", "69385"),
        ("Marseille 3", "13203"),
        ("13203", "13203"),
        ("Marseille 16", "13216"),
        ("Paris", "75056"),
        ("Lyon", "69123"),
    ],
)
def test_spellings_of_an_arrondissement(every_place, written_so: str, code: str) -> None:
    assert resolve([written_so], **every_place)["code_insee"].tolist() == [code]


def test_every_arrondissement_by_number_and_postal_code(every_place) -> None:
    names = every_place["communes"].set_index("code_insee")["name"]
    for city, parts in PLM.items():
        name = names[city]
        for number, code in enumerate(parts, start=1):
            postal = f"{code[:2]}{number:03d}"
            for text in (f"{name} {number}", f"{postal} {name}", f"{name} {code}", names[code]):
                assert normalise_name(text) == f"{name.lower()} {number}", text
        beyond = normalise_name(f"{name} {len(parts) + 1}")
        assert beyond not in map(normalise_name, names)


@pytest.mark.parametrize(
    ("written_so", "candidate"),
    [
        ("Paris 21", "75101 Paris 1er Arrondissement"),
        ("Paris 0", "75110 Paris 10e Arrondissement"),
        ("Lyon 10", "69381 Lyon 1er Arrondissement"),
        ("Marseille 17e", "13207 Marseille 7e Arrondissement"),
        ("Pari 13e", "75113 Paris 13e Arrondissement"),
        ("Lyn 5", "69385 Lyon 5e Arrondissement"),
        ("Paris 1er et 2e", "75101 Paris 1er Arrondissement"),
        ("75000 Paris", "75056 Paris"),
        ("69005 Paris", "75056 Paris"),
        ("Paris Cedex 13", "75113 Paris 13e Arrondissement"),
        ("Paris (13)", "existe ailleurs : 75056 Paris"),
    ],
)
def test_the_number_of_an_arrondissement_is_never_guessed(
    every_place, written_so: str, candidate: str
) -> None:
    with pytest.raises(NameResolutionError, match="noms les plus proches") as refused:
        resolve([written_so], **every_place)
    [said] = refused.value.defects
    assert "nom inconnu" in said
    assert candidate in said


def test_names_that_only_begin_like_a_city_stay_communes(every_place) -> None:
    found = resolve(["Paris-l'Hôpital", "Marseille-en-Beauvaisis"], **every_place)
    assert found["code_insee"].tolist() == ["71343", "60387"]
    # Where the city is whole, its parts are not.
    columns = ["code_insee", "name", "departement"]
    whole = {**every_place, "communes": every_place["communes"].query("code_insee < '13200'")}
    assert list(whole["communes"]) == columns
    with pytest.raises(NameResolutionError, match=r"arrondissement municipal.*13055 Marseille"):
        resolve(["Marseille 3"], **whole)


@pytest.mark.parametrize("name", ["", "Paris", "Paris 13", "75013 Paris", "Paris XIIIe"])
def test_a_code_of_an_arrondissement_agrees_with_its_names(every_place, name: str) -> None:
    found = resolve_codes(["75113"], **every_place, names=[name])
    assert found[["code_insee", "method"]].to_numpy().tolist() == [["75113", "exact"]]


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("75114", "Paris 13e", "pas de « Paris 13e », dont le code est 75113"),
        ("75056", "Paris 13e", "pas de « Paris 13e », dont le code est 75113"),
        ("69005", "Lyon 5e", "code Insee de Ambérieux.*dont le code est 69385"),
        ("75013", "", "code postal de Paris 13e Arrondissement, dont le code est 75113"),
        ("75021", "", "inconnu du COG"),
    ],
)
def test_a_wrong_code_of_an_arrondissement_is_said(every_place, code, name, said) -> None:
    with pytest.raises(PerimeterError, match=said):
        resolve_codes([code], **every_place, names=[name])


def test_a_city_listed_with_its_arrondissements_counts_once(every_place) -> None:
    found = resolve(["Paris 14e", "Dry", "Paris", "75013 Paris", "Lyon 1"], **every_place)
    rows = found.set_index("code_insee")
    assert list(rows.index) == ["75056", "45130", "69381"]
    assert rows.at["75056", "published"] == "Paris 14e + Paris + 75013 Paris"
    assert rows["method"].to_dict() == {
        "75056": "whole", "45130": "exact", "69381": "normalised",
    }  # fmt: skip
    for twice in (["Paris 13e", "75013 Paris"], ["Paris", "Paris 13", "75113"]):
        [told] = resolve(twice, **every_place).attrs["notes"]
        assert "la même commune" in told
