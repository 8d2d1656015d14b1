"""Scenarios as an analyst types them: what is understood, and every line that is not."""

from __future__ import annotations

import pandas as pd
import pytest

from cpts_geo.access.changes.change import Change, centre_opens, gp_leaves
from cpts_geo.access.changes.text import _gp_arrives, _gp_cuts_hours, change_title, parse_changes
from cpts_geo.errors import ScenarioError
from cpts_geo.sources.embedding import embedded


@pytest.fixture(scope="module")
def near() -> dict[str, pd.DataFrame]:
    """Communes of Loiret and Vendée, and former ones."""
    table = embedded.load_communes()
    inside = table[table["departement"].isin(["45", "85"])]
    return {"communes": inside, "former": embedded.load_former_communes()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("départ:Pithiviers", gp_leaves("45252")),
        ("départ:Pithiviers:", gp_leaves("45252")),
        ("départ:Pithiviers:4200", gp_leaves("45252", consultations=4_200)),
        ("départ:Pithiviers:9 000", gp_leaves("45252", consultations=9_000)),
        ("arrivée:Pithiviers", _gp_arrives("45252")),
        ("arrivée:Pithiviers:3\u202f800,5", _gp_arrives("45252", consultations=3_800.5)),
        ("réduction:Pithiviers:4000", _gp_cuts_hours("45252", before=5_400, after=4_000)),
        ("réduction:Pithiviers:6000>4500", _gp_cuts_hours("45252", before=6_000, after=4_500)),
        (
            "réduction:Pithiviers: 6 000 > 4 500 ",
            _gp_cuts_hours("45252", before=6_000, after=4_500),
        ),
        ("centre:Challans:20", centre_opens("85047", hours_per_week=20)),
        ("centre:Challans:7,5h", centre_opens("85047", hours_per_week=7.5)),
        ("centre:Challans:20 h", centre_opens("85047", hours_per_week=20)),
    ],
)
def test_each_form_gives_its_change(
    text: str, expected: Change, near: dict[str, pd.DataFrame]
) -> None:
    assert parse_changes([text], **near) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "depart:pithiviers",
        "DÉPART:PITHIVIERS",
        " De\u0301part : Pithiviers ",
        "départ:45252",
        "Départ: Pithivier",  # a letter is missing
    ],
)
def test_accents_case_spaces_codes_and_slips_do_not_matter(
    text: str, near: dict[str, pd.DataFrame]
) -> None:
    assert parse_changes([text], **near) == [gp_leaves("45252")]


def test_a_name_of_yesterday_is_the_commune_of_today(near: dict[str, pd.DataFrame]) -> None:
    """Malesherbes became Le Malesherbois in 2016."""
    (found,) = parse_changes(["arrivée:Malesherbes"], **near)
    assert found.code == "45191"


def test_changes_keep_the_order_they_were_typed_in(near: dict[str, pd.DataFrame]) -> None:
    texts = ["centre:Challans:20", "départ:Pithiviers", "arrivée:Baule"]
    before = near["communes"].copy()
    found = parse_changes(texts, **near)
    assert [change.code for change in found] == ["85047", "45252", "45024"]
    assert parse_changes([], **near) == []
    pd.testing.assert_frame_equal(pd.DataFrame(near["communes"]), pd.DataFrame(before))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Pithiviers", "attendu départ:COMMUNE"),
        ("retraite:Pithiviers", "centre:COMMUNE:HEURES"),
        ("départ:", "attendu départ:COMMUNE"),
        ("", "attendu départ:COMMUNE"),
        ("départ:Zzyzx", "commune introuvable autour du territoire"),
        ("départ:75056", "commune introuvable autour du territoire"),
        ("départ:Pithiviers:beaucoup", "nombre illisible ; attendu départ:COMMUNE"),
        ("réduction:Pithiviers", "nombre illisible ; attendu réduction:COMMUNE:APRÈS"),
        ("réduction:Pithiviers:>4000", "nombre illisible"),
        ("réduction:Pithiviers:4000>6000", "ce n’est pas moins"),
        ("centre:Pithiviers", "nombre illisible ; attendu centre:COMMUNE:HEURES"),
        ("centre:Pithiviers:0", "heures par semaine"),
        ("centre:Pithiviers:200", "heures par semaine"),
        ("arrivée:Pithiviers:-5", "nombre positif"),
        ("arrivée:Pithiviers:inf", "nombre positif"),
        ("arrivée:Pithiviers:nan", "nombre positif"),
        ("réduction:Pithiviers:inf>2000", "ce n’est pas moins"),
        ("centre:Pithiviers:nan", "heures par semaine"),
        ("arrivée:Pithiviers:1e400", "nombre illisible"),
        ("arrivée:Pithiviers:∞", "nombre illisible"),
        ("arrivée:Pithiviers:5_400", "nombre illisible"),
        ("arrivée:Pithiviers:١٢٣", "nombre illisible"),
        ("arrivée:Pithiviers:5.400", "milliers ou décimales ? écrivez 5400"),
        ("arrivée:Pithiviers:5,400", "milliers ou décimales ? écrivez 5400"),
        ("arrivée:Pithiviers:" + "9" * 40, "200"),
        ("arrivée:Pithiviers:200001", "au plus"),
        ("arrivée:Pithiviers:True", "nombre illisible"),
    ],
)
def test_what_is_not_understood_is_refused_in_words(
    text: str, said: str, near: dict[str, pd.DataFrame]
) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse_changes([text], **near)
    (defect,) = refused.value.defects
    assert defect.startswith(f"« {text} »")
    assert said in defect
    assert "--change" in refused.value.remedy


def test_all_that_is_wrong_is_said_at_once(near: dict[str, pd.DataFrame]) -> None:
    texts = ["départ:Zzyzx", "arrivée:Baule", "quoi ?", "centre:Baule:\nabc", "centre:Baule:0"]
    with pytest.raises(ScenarioError) as refused:
        parse_changes(texts, **near)
    defects = refused.value.defects
    assert len(defects) == 5
    assert defects[0].startswith("5 changements : une page en montre 3")
    # What is typed after --scenario is another thing.
    assert "scénario" not in str(refused.value)
    # One line a defect, whatever was typed.
    assert not any("\n" in defect for defect in defects)
    assert not any("arrivée:Baule" in defect for defect in defects)


def test_three_scenarios_fit_on_a_page_and_four_do_not(near: dict[str, pd.DataFrame]) -> None:
    texts = [f"arrivée:Baule:{count}" for count in (4_000, 4_100, 4_200)]
    assert len(parse_changes(texts, **near)) == 3
    with pytest.raises(ScenarioError, match="4 changements"):
        parse_changes([*texts, "arrivée:Baule"], **near)


def test_near_names_are_given_where_none_is_found(near: dict[str, pd.DataFrame]) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse_changes(["départ:Meung"], **near)
    assert "Meung-sur-Loire" in refused.value.defects[0]


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (gp_leaves("x"), "Un médecin part : Baule"),
        (_gp_arrives("x"), "Un médecin s’installe : Baule"),
        (_gp_cuts_hours("x", after=3_000), "Un médecin réduit son activité : Baule"),
        (centre_opens("x", hours_per_week=3), "Un lieu de SNP ouvre : Baule"),
    ],
)
def test_titles(change: Change, title: str) -> None:
    assert change_title(change, "Baule") == title


def test_the_most_consultations_are_still_read(near: dict[str, pd.DataFrame]) -> None:
    (found,) = parse_changes(["arrivée:Pithiviers:200 000"], **near)
    assert found.consultations == 6_000.0


def test_many_unknown_communes_are_looked_for_together(near: dict[str, pd.DataFrame]) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse_changes([f"départ:Qwx {n} zk" for n in range(500)], **near)
    assert "commune introuvable : 451" in str(refused.value)
