"""What the pages say of access, in sentences and in tables; the snapshot holds every sentence.

A narrow no-break space is written ``⍽`` in the snapshot, so that a lost one shows.
"""

from __future__ import annotations

import ast
import math
import re
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from syrupy.assertion import SnapshotAssertion

from cpts_geo import settings
from cpts_geo.access.changes.change import Change, gp_leaves
from cpts_geo.access.changes.shifts import Shift
from cpts_geo.access.changes.text import _gp_arrives
from cpts_geo.analysis import Analysis
from cpts_geo.atlas.look.cells import Cell
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.atlas.sections.access._cards import cards
from cpts_geo.atlas.sections.access._changes import _shift_sentence, shift_rows
from cpts_geo.atlas.sections.access._coverage import coverage_rows, coverage_sentences, times_note
from cpts_geo.atlas.sections.access._minutes import coverage_headers
from cpts_geo.atlas.sections.access._opening import (
    NOWHERE,
    capacity_sentence,
    gain_rows,
    gain_sentence,
    opening_answer,
    proof_sentence,
    section,
    site_headers,
    site_rows,
    stability_sentence,
)
from cpts_geo.atlas.sections.access.words import named, over_variants, signed
from cpts_geo.french import number, rough
from cpts_geo.settings import SPOKEN_MINUTES
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.access import TerritoryAccess, study_access
from cpts_geo.study.opening import Opening
from tests.atlas.said import TERRITORIES, plain, visible, without_figures
from tests.kept import analysed


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> TerritoryAccess:
    """Ouest Loiret by an analyst's times between its communes: 12 minutes everywhere."""
    codes = embedded.load_perimeters().query("territory == 'ouest_loiret'")["code_insee"]
    rows = [f"{a},{b},12" for a in codes for b in codes if a != b]
    path = tmp_path_factory.mktemp("temps") / "temps.csv"
    path.write_text("\n".join(["origine,destination,minutes", *rows]), encoding="utf-8")
    found = analysed(["ouest_loiret"], travel=path, draws=300, fetched=False)
    return found.studies["ouest_loiret"].access


@pytest.fixture(scope="module")
def unknown() -> TerritoryAccess:
    """Grand Guéret, were no figure of communes known."""
    found = analysed(epci=["Grand Guéret"], draws=300, fetched=False)
    (study,) = without_figures(found).studies.values()
    return study.access


def opening_of(access: TerritoryAccess) -> Opening:
    assert access.opening is not None
    return access.opening


def where(five: Analysis, key: str) -> tuple[TerritoryAccess, Opening]:
    access = five.studies[key].access
    return access, opening_of(access)


def said(access: TerritoryAccess) -> list[str]:
    found = opening_of(access)
    return [
        times_note(access),
        *coverage_sentences(access),
        *(_shift_sentence(shift, access.names) for shift in access.shifts),
        opening_answer(found, access),
        stability_sentence(found, access),
        capacity_sentence(found, access),
    ]


def texts(cells: tuple[Cell, ...] | list[Cell]) -> list[str]:
    return [plain(cell.text) for cell in cells]


@pytest.mark.parametrize("key", TERRITORIES)
def test_sentences_of_a_territory(five: Analysis, key: str, snapshot: SnapshotAssertion) -> None:
    assert visible("\n".join(said(five.studies[key].access))) == snapshot


# --- whose times ------------------------------------------------------------------------


@pytest.mark.parametrize("key", TERRITORIES)
def test_approximations_are_called_so_wherever_their_numbers_are(five: Analysis, key: str) -> None:
    access, found = where(five, key)
    assert "temps approchés par la distance" in times_note(access)
    assert "sans réseau routier" in times_note(access)
    gp, emergency, *_ = coverage_sentences(access)
    assert all("temps approchés" in text for text in (gp, stability_sentence(found, access)))
    # DREES publishes those to emergencies: its own, and their age, stand there.
    assert "d’un service d’urgences ou d’un SMUR" in emergency
    assert "31 décembre 2019, plus de 5 ans ; temps de la Drees" in plain(emergency)
    assert "moyenne des heures creuses et de pointe" in times_note(access)
    first, published = coverage_rows(access)
    assert "temps de la Drees (A)" in published.detail
    rows = [first, *gain_rows(found, access)]
    assert len(rows) == 2 + len(found.proposed)
    assert all("temps approchés (D)" in row.detail for row in rows)
    assert not any("analyste" in text for text in said(access))


def test_the_analysts_times_are_called_his(given: TerritoryAccess) -> None:
    note = times_note(given)
    assert "temps de la table « temps.csv » (confiance C)" in note
    assert "Seuls les lieux de la table des temps comptent" in note
    spoken = [note, *said(given)]
    assert not any("approché" in text or "variante" in text for text in spoken)
    (gp, emergency) = coverage_sentences(given)
    assert "temps fournis par l’analyste" in gp
    # No hospital is in his table: no share, and not « 0 % ».
    assert plain(emergency) == (
        "Temps inconnu jusqu’au service d’urgences pour 45 828 habitants : aucune part n’est "
        "donnée."
    )
    row = coverage_rows(given)[1]
    assert {cell.status for cell in row.cells} == {"unknown"}
    assert set(texts(row.cells)) == {"donnée absente"}
    assert "temps fournis par l’analyste (C)" in row.detail


# --- 0, unknown, out of reach -----------------------------------------------------------


def test_where_nothing_is_known_nothing_is_said(unknown: TerritoryAccess) -> None:
    assert coverage_sentences(unknown) == []
    assert coverage_rows(unknown) == []
    found = opening_of(unknown)
    assert not found.emergencies_known
    assert gain_sentence(found, unknown, found.best) == (
        "Les services d’urgences autour du territoire ne sont pas tous connus : le temps "
        "d’aujourd’hui, et donc le gain, ne peut pas être compté."
    )
    assert gain_rows(found, unknown) == []
    answer = stability_sentence(found, unknown)
    assert "l’APL, qui donnerait les autres, est inconnue ici" in answer
    assert len(site_headers(found)) == 1


def test_no_hospital_anywhere_is_not_an_unknown_one(unknown: TerritoryAccess) -> None:
    none = replace(opening_of(unknown), emergencies_known=True)
    sentence = gain_sentence(none, unknown, none.best)
    assert sentence.startswith("Aucun service d’urgences ni lieu de SNP")


def test_people_out_of_reach_are_counted_and_said(five: Analysis) -> None:
    access, found = where(five, "lvo")
    away = "4 883 habitants sans route"
    gp, emergency, spot = map(plain, coverage_sentences(access))
    assert f"Hors d’atteinte : {away}." in emergency
    assert "en moyenne" not in emergency
    # Its health centre is no emergency department; it is care.
    assert "Hors d’atteinte" not in gp
    assert "Soins sur place (estimé) pour 4 883 habitants" in spot
    mean, _, worst = coverage_rows(access)[1].cells[-3:]
    assert (mean.status, plain(mean.origin), plain(worst.origin)) == (
        "unknown",
        away,
        f"hors {away}",
    )
    capacity = capacity_sentence(found, access)
    assert "L'Île-d'Yeu : aucune route vers les autres communes, hors de ce calcul." in capacity


def test_a_table_that_leaves_a_commune_out_has_no_road_to_blame(given: TerritoryAccess) -> None:
    found = replace(opening_of(given), left_out=("45203",))
    text = capacity_sentence(found, given)
    assert "Meung-sur-Loire : aucun temps connu vers les autres communes" in text


def test_people_whose_time_is_unknown_are_said_beside_the_share(five: Analysis) -> None:
    access = five.studies["ouest_loiret"].access
    table = access.coverage.assign(unknown=1.0)
    (gp, _) = coverage_sentences(replace(access, coverage=table))
    assert gp.endswith("Temps inconnu pour 1 habitant, hors du compte.")


def test_a_table_too_short_for_a_sentence_is_said_to_be(given: TerritoryAccess) -> None:
    beyond = given.coverage.assign(people=np.nan, share=np.nan, beyond=500.0)
    short = replace(given, coverage=beyond, times=replace(given.times, reach=8.0))
    gp, emergency = map(plain, coverage_sentences(short))
    lead = "Les temps fournis par l’analyste s’arrêtent à 8,0 minutes : la part des habitants à "
    end = " n’est pas connue. Hors d’atteinte : 500 habitants à plus de 8 min ou sans route."
    assert gp == f"{lead}10 minutes au plus d’une commune où exerce un généraliste libéral{end}"
    assert emergency.startswith(f"{lead}20 minutes au plus d’un service d’urgences{end}")
    assert {cell.status for row in coverage_rows(short) for cell in row.cells[:4]} == {"unknown"}


# --- words and times of one home --------------------------------------------------------


def test_other_times_are_spoken_of_wherever_they_are(
    five: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = {"gp": 12.0, "emergency": 25.0, "centre": 18.0}
    others = {"SPOKEN_MINUTES": spoken, "MINUTES_BANDS": (*sorted(spoken.values()), 40.0)}
    for name, value in others.items():
        for module in [m for key, m in sys.modules.items() if key.startswith("cpts_geo")]:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, value)
    study = five.studies["ouest_loiret"]
    access = study_access(study.figures, study.common.surroundings, result=study.headline)
    found = opening_of(access)
    (layer,) = [x for x in territory_layers(study.communes) if "Minutes" in x.title]
    texts = [*said(access), *coverage_headers(), *layer.labels]
    assert coverage_rows(access)
    assert gain_rows(found, access)
    times = re.findall(r"(\d+) min(?:utes)? (?:au plus|ou moins)", plain(" ; ".join(texts)))
    assert set(times) == {"12", "18", "25", "40"}
    assert layer.breaks == (0.0, 12.0, 18.0, 25.0, 40.0)


def test_the_unit_of_times_is_named_in_one_place() -> None:
    rooms = ["access", "atlas/sections/access", "atlas/maps", "study", "schema"]
    folder = settings._PACKAGE_DIR
    for path in [path for room in rooms for path in (folder / room).glob("*.py")]:
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        texts = [x.value for x in nodes if isinstance(x, ast.Constant) and id(x) not in docstrings]
        # One word is the name of a column; a sentence has several.
        words = [text for text in texts if isinstance(text, str) and " " in text]
        assert not [text for text in words if re.search(r"\bmin(utes?)?\b(?!\()", text)], path
    for path in (folder / "atlas/templates/sections/access").glob("*.j2"):
        assert "minute" not in path.read_text(encoding="utf-8"), path


# --- coverage table ---------------------------------------------------------------------


def test_coverage_rows_give_shares_people_and_the_other_variants(five: Analysis) -> None:
    access = five.studies["ouest_loiret"].access
    headers = [plain(header) for header in coverage_headers()]
    rows = coverage_rows(access)
    assert [row.label for row in rows] == ["Généraliste", "Service d’urgences ou SMUR"]
    assert all(len(row.cells) == len(headers) for row in rows)
    table = access.coverage.set_index(["facility", "variant", "minutes"])
    share = table["share"].loc["gp"].xs(10.0, level="minutes")
    assert share["high"] < share["central"] < share["low"]
    cell = rows[0].cells[headers.index("à 10 min au plus")]
    assert plain(cell.text) == f"{share['central'] * 100:.0f} %"
    low, high = (f"{share[name] * 100:.0f} %" for name in ("high", "low"))
    assert plain(cell.origin).startswith(f"de {low} à {high} ; ")
    people = table.at[("gp", "central", 10.0), "people"]
    assert cell.origin.endswith(f"{number(rough(people))} habitants")
    # All of the people are a count; a part of them is as estimated as the times.
    whole = rows[0].cells[headers.index("à 20 min au plus")]
    assert whole.origin.endswith(f"{number(45_828)} habitants")
    assert [{cell.status for cell in row.cells} for row in rows] == [{"estimated"}] * 2


def test_cells_of_insee_stand_below_the_times_between_communes(five: Analysis) -> None:
    study = five.studies["ouest_loiret"]
    around = replace(study.common.surroundings)
    # Dry: 60 people at 4 minutes of an emergency department, 40 at 21, and no GP is measured.
    cells = {"code_insee": "45130", "population": [60.0, 40.0], "minutes": [4.0, 21.0]}
    vars(around)["cells"] = pd.DataFrame(cells).assign(facility="emergency_departments")
    access = study_access(study.figures, around, result=None)
    *others, row = coverage_rows(access)
    assert [each.label for each in others] == ["Généraliste", "Service d’urgences ou SMUR"]
    assert row.label == "Service d’urgences"
    assert "Insee" in row.detail
    assert texts(row.cells) == ["60 %"] * 3 + ["100 %", "11 min", "21 min", "21 min"]
    assert {cell.status for cell in row.cells} == {"measured"}
    mean = access.columns["emergency_minutes_insee_2025"]
    assert mean.dropna().tolist() == pytest.approx([10.8])


# --- scenarios --------------------------------------------------------------------------


def shift_with(
    shifts: dict[str, float],
    *,
    before: dict[str, float] | None = None,
    change: Change | None = None,
    crossing: dict[str, str] | None = None,
) -> Shift:
    table = pd.DataFrame({"shift": shifts})
    table["before"] = pd.Series(before or dict.fromkeys(shifts, 3.0))
    table["after"] = table["before"] + table["shift"]
    table["low"], table["high"] = table["shift"] * 1.5, table["shift"] * 0.5
    crossed = pd.DataFrame({"direction": crossing or {}}, dtype=object)
    crossed = crossed.assign(central=True, sure=True)
    counts = crossed["direction"].value_counts().reindex(["falls", "rises"]).fillna(0).astype(int)
    return Shift(
        title="Un médecin part : Aa",
        changes=(change or gp_leaves("a"),),
        vintage=2023,
        communes=table[["before", "shift", "after", "low", "high"]],
        crossing=crossed,
        counts=counts.to_frame("central").T,
        means=pd.DataFrame({"central": {"before": 3.0, "after": 2.9}}).T,
    )


NAMES = pd.Series({code: code.upper() + code for code in "abcdefghijkl"})


def test_a_scenario_in_words() -> None:
    shift = shift_with({"b": -0.1, "a": -0.4, "c": 0.0}, crossing={"a": "falls"})
    assert plain(_shift_sentence(shift, NAMES)) == (
        "Supposé : un médecin généraliste part (5 400 consultations par an). L’APL du territoire "
        "(2023) passerait de 3,00 à 2,90, soit −0,10. Commune la plus touchée : Aa, −0,40 "
        "(de −0,60 à −0,20). 2 communes touchées sur 3. 1 commune passerait sous 2,5 : Aa."
    )


def test_crossings_that_depend_on_the_times_say_so() -> None:
    shift = shift_with({"b": -0.1, "a": -0.4, "c": -0.2}, crossing=dict.fromkeys("abc", "falls"))
    counts = pd.DataFrame({"falls": [1, 2, 3], "rises": 0}, index=["low", "central", "high"])
    crossing = shift.crossing.assign(central=[True, True, False], sure=[True, False, False])
    found = replace(shift, crossing=crossing, counts=counts)
    text = _shift_sentence(found, NAMES)
    assert text.endswith("2 communes (de 1 à 3 selon les temps) passeraient sous 2,5 : Aa et Bb.")
    ends = {row[0].text: row[-1].text for row in shift_rows(found, NAMES)}
    assert ends == {
        "Aa": "passe sous 2,5",
        "Cc": "passe sous 2,5, selon les temps",
        "Bb": "passe sous 2,5, selon les temps",
    }
    alone = replace(found, crossing=crossing.loc[["c"]], counts=counts.assign(falls=[0, 0, 1]))
    text = _shift_sentence(alone, NAMES)
    assert text.endswith("Avec une autre variante des temps, 1 commune passerait sous 2,5 : Cc.")


def test_of_communes_as_touched_that_of_the_scenario_comes_first() -> None:
    shift = shift_with({"b": 0.2, "c": 0.3, "a": 0.3 + 1e-13, "d": 0.3}, change=_gp_arrives("d"))
    assert shift.touched == ["d", "c", "a", "b"]


def test_shifts_too_small_to_be_written_are_not_listed_as_touched() -> None:
    shift = shift_with({"a": 0.0024, "b": -0.0049, "c": np.nan})
    assert shift.touched == []
    assert shift_rows(shift, NAMES) == []
    text = _shift_sentence(shift, NAMES)
    assert "L’APL d’aucune commune ne bougerait de plus de 0,005." in text
    assert "touchée" not in text
    assert shift_with({"a": 0.005, "b": -0.0051}).touched == ["b"]


def test_an_unknown_apl_has_no_before_and_no_threshold() -> None:
    unknown = {"a": np.nan, "b": np.nan}
    shift = shift_with({"a": 0.2, "b": 0.1}, before=unknown)
    shift = replace(shift, means=shift.means * np.nan)
    text = _shift_sentence(shift, NAMES)
    assert "L’APL du territoire" not in text
    assert "2,5" not in text
    assert not text.endswith(" ")
    (first, _) = shift_rows(shift, NAMES)
    absent = "donnée absente"
    assert texts(first) == ["Aa", absent, absent, "+0,20 (de +0,10 à +0,30)"]
    assert [cell.status for cell in first[1:4]] == ["unknown", "unknown", "assumed"]


def test_the_communes_that_cross_are_all_listed_first_and_the_rest_stops_at_eight() -> None:
    codes = "abcdefghijkl"
    shifts = {code: -0.05 * (k + 1) for k, code in enumerate(codes)}
    few = shift_with(shifts, crossing={"a": "falls", "b": "falls"})
    rows = shift_rows(few, NAMES)
    assert [row[0].text for row in rows] == [NAMES[code] for code in "balkjihg"]
    assert [row[-1].text for row in rows[:3]] == ["passe sous 2,5", "passe sous 2,5", "—"]
    many = shift_with(shifts, crossing=dict.fromkeys(codes[:10], "falls"))
    assert len(shift_rows(many, NAMES)) == 10
    sentence = _shift_sentence(many, NAMES)
    assert "10 communes passeraient sous 2,5 : Aa, Bb, Cc, Dd et 6 autres." in sentence


def test_shifts_bear_their_sign() -> None:
    shown = [signed(value) for value in (0.081, -0.2, 0.0, np.nan)]
    assert shown == ["+0,08", "−0,20", "0,00", "donnée absente"]


def test_extremes_are_written_only_where_they_differ() -> None:
    assert over_variants([2.6, 2.0, 3.0], number) == "de 2 à 3"
    for values in ([2.9, 3.1], [2.0], [], [1.0, np.nan, 9.0]):
        assert over_variants(values, number) == ""


def test_communes_are_named_then_counted() -> None:
    for codes, text in {
        "a": "Aa",
        "ab": "Aa et Bb",
        "abc": "Aa, Bb et Cc",
        "abcde": "Aa, Bb, Cc, Dd et Ee",
        "abcdef": "Aa, Bb, Cc, Dd et 2 autres",
        "z": "z",
        "": "",
    }.items():
        assert named(list(codes), NAMES) == text


# --- where to open ----------------------------------------------------------------------


def test_a_town_with_a_hospital_is_no_proposal(five: Analysis) -> None:
    access, found = where(five, "asclepios")
    assert found.proposed == (found.farthest_first,) != (found.best,)
    text = opening_answer(found, access)
    assert text.startswith("Les urgences comptant déjà comme un recours, le meilleur endroit pour ")
    assert "Amboise" not in text
    said_second = stability_sentence(found, access)
    assert "Sans compter les urgences, ce serait Amboise, où il y a déjà un " in said_second
    rows = gain_rows(found, access)
    assert [row.label for row in rows] == [
        "Aujourd’hui",
        f"Avec un lieu de SNP : {access.names[found.farthest_first[0]]}",
    ]
    assert texts(rows[0].cells) != texts(rows[1].cells)
    assert all(len(row.cells) == len(coverage_headers()) for row in rows)


def test_the_place_that_counts_emergency_departments_leads(five: Analysis) -> None:
    access, found = where(five, "beauce_gatinais")
    assert found.proposed == (found.farthest_first, found.best)
    text = opening_answer(found, access)
    lead, other = (access.names[sites[0]] for sites in found.proposed)
    assert text.index(lead) < text.index(f"Si les urgences ne comptaient pas, ce serait {other}")


def test_where_no_place_brings_anyone_nearer_none_is_recommended(five: Analysis) -> None:
    access, found = where(five, "ondaine_forez")
    # The best place has emergencies: it brings nobody nearer, and only the other is proposed.
    assert found.best not in found.proposed
    assert [shift.title for shift in access.shifts][-1] == (
        f"Un lieu de SNP ouvre : {access.names[found.farthest_first[0]]}"
    )
    nowhere = replace(found, farthest_first=found.best)
    assert nowhere.proposed == ()
    assert opening_answer(nowhere, access) == NOWHERE
    assert gain_rows(nowhere, access) == []
    assert section(nowhere, access) == {"answer": NOWHERE, "helpful": False}


def test_a_doubt_is_told_before_the_best_place_and_its_table_stays(five: Analysis) -> None:
    access, found = where(five, "beauce_gatinais")
    for doubt, why in (("small", "moins d’une demi-journée"), ("tied", "moins de 1 minute")):
        unsure = replace(found, doubt=doubt)
        text = plain(opening_answer(unsure, access))
        assert text.startswith("Aucun lieu n’est proposé : ")
        assert why in text.split(". ")[0]
        assert "À titre indicatif, les urgences comptant déjà" in text
        assert gain_rows(unsure, access) == gain_rows(found, access)
        shown = replace(access, opening=unsure)
        assert len(cards(shown)) == len(cards(access)) - 1


def test_nobody_nearer_is_a_negation(five: Analysis) -> None:
    access, found = where(five, "beauce_gatinais")
    same = found.gains[found.best].copy()
    same.loc["difference"] = 0.0
    text = gain_sentence(replace(found, gains={found.best: same}), access, found.best)
    assert text.startswith("Aucun habitant de plus ne serait à ")


def test_the_gain_of_lvo_is_the_difference_of_two_rows(five: Analysis) -> None:
    access, found = where(five, "lvo")
    band = f"within_{SPOKEN_MINUTES['centre']:g}"
    table = found.gains[found.proposed[0]][band]
    more = float(table["after"] - table["before"])
    text = plain(gain_sentence(found, access, found.proposed[0]))
    # No sum of people within a time that is estimated is told to the unit.
    assert text.startswith(f"Environ {plain(number(rough(more)))} habitants de plus")
    assert str(int(more))[-3:] != "000" and rough(more) % 1_000 == 0
    cells = [row.cells[1].origin for row in gain_rows(found, access)[:2]]
    assert [plain(cell) for cell in cells] == [
        f"{plain(number(rough(table[when])))} habitants" for when in ("before", "after")
    ]


def test_a_centre_that_is_open_is_said_and_another_is_not_for_its_slots(five: Analysis) -> None:
    access, found = where(five, "lvo")
    text = capacity_sentence(found, access)
    # A demand beyond one site: another is for its slots too.
    assert found.sites_needed > 1
    assert f"il en faut {found.sites_needed}, et Challans en a déjà un." in text
    assert "par la distance" not in text
    whole = capacity_sentence(replace(found, sites_needed=1), access)
    assert "Challans en a déjà un ; un de plus se justifierait par la distance" in whole
    assert "meilleurs endroits pour 2 lieux de SNP de plus sont" in opening_answer(found, access)
    sites = found.best[:1]
    single = replace(
        found, best=sites, farthest_first=sites, gains={sites: found.gains[found.best]}
    )
    assert "le meilleur endroit pour un lieu de SNP de plus est" in opening_answer(single, access)
    both = replace(found, existing=("85047", "85113"))
    assert "Challans et L'Île-d'Yeu en ont déjà un" in capacity_sentence(both, access)


def test_what_is_not_proven_is_never_called_the_best(five: Analysis) -> None:
    access, found = where(five, "ouest_loiret")
    assert proof_sentence(found).endswith("et aucun autre choix ne fait mieux")
    assert "le meilleur endroit pour" in opening_answer(found, access)
    near = replace(found, gap=0.0121)
    assert proof_sentence(near).endswith("à moins de 1,3 % du meilleur possible")
    assert "le meilleur endroit trouvé pour un lieu de SNP est" in opening_answer(near, access)
    assert "distance inconnue du meilleur possible" in proof_sentence(replace(found, gap=math.inf))


def test_sites_that_would_overflow_are_said(five: Analysis) -> None:
    access, found = where(five, "ouest_loiret")
    assert "Demande à servir : 7,4 par jour" in capacity_sentence(found, access)
    assert "recevrai" not in capacity_sentence(found, access)
    one = replace(found, loads=pd.Series({"45203": 18.0, "45024": 3.0}), sites_needed=2)
    text = capacity_sentence(one, access)
    assert (
        "Meung-sur-Loire recevrait 18,0 demandes par jour, plus qu’un lieu de SNP ne peut en "
        "servir." in text
    )
    assert "Ici, 1 lieu est cherché seulement." in text
    two = replace(found, loads=pd.Series({"45203": 18.0, "45024": 20.0}))
    text = capacity_sentence(two, access)
    assert "Meung-sur-Loire et Baule recevraient jusqu’à 20,0 demandes par jour" in text
    # Of sites that are not the ones proposed, what they are is said; not for a hundredth more.
    other = replace(one, farthest_first=("45024",))
    assert "au plus près, urgences non comptées, Meung" in capacity_sentence(other, access)
    same = replace(one, loads=pd.Series({"45203": found.site_capacity + 0.001}))
    assert "recevrai" not in capacity_sentence(same, access)


def test_a_need_too_small_for_a_site_calls_for_none(five: Analysis) -> None:
    access, found = where(five, "ouest_loiret")
    text = capacity_sentence(replace(found, doubt="small"), access)
    assert "ce besoin n’en remplit pas un." in text and "il en faut" not in text


def test_an_answer_that_depends_on_the_allocation_says_what_it_costs(five: Analysis) -> None:
    access, found = where(five, "ouest_loiret")
    stable = stability_sentence(found, access)
    assert "Ce choix est le même pour les 3 répartitions de la demande essayées." in stable
    assert "Il ne dépend pas de la variante des temps." in stable
    assert found.stability is not None
    regrets = found.stability.regrets.copy()
    mine = regrets["sites"].map(lambda sites: sites == found.best)
    regrets.loc[mine, "regret"] = [0.0, 2.0, 7.0]
    shaky = replace(found, stability=replace(found.stability, regrets=regrets, common=()))
    text = stability_sentence(shaky, access)
    # 7 minutes x requests a day, over 5.6 requests a day.
    assert "Le meilleur choix change selon la répartition de la demande" in text
    assert f"coûte au pire {number(7 / found.requests_per_day, 1)} minute par demande" in text
    assert "Ce choix est le même" not in text


def test_an_answer_that_depends_on_the_times_says_so(five: Analysis) -> None:
    access, found = where(five, "beauce_gatinais")
    other = next(code for code in access.names.index if (code,) != found.best)
    found = replace(found, by_variant=found.by_variant | {"high": (other,)})
    text = stability_sentence(found, access)
    assert f"Ce serait {access.names[found.by_variant['high'][0]]} avec la variante haute" in text
    assert "ne dépend pas" not in text


@pytest.mark.parametrize("key", TERRITORIES)
def test_best_sites_are_judged_by_every_allocation(five: Analysis, key: str) -> None:
    access, found = where(five, key)
    headers, rows = site_headers(found), site_rows(found, access)
    assert [title.removeprefix("Minutes en moyenne : demande ") for title in headers] == [
        "proportionnelle",
        "plus forte là où l’APL est faible (+22 % par point d’APL en moins)",
        "plus forte là où l’APL est faible (+65 % par point d’APL en moins)",
    ]
    assert len(rows) == 5
    assert rows[0][0].text == named(found.best, access.names)
    first = [float(row[2].text.replace(",", ".")) for row in rows]
    assert first == sorted(first)
    for cells, (_, row) in zip(rows, found.solutions.head(5).iterrows(), strict=True):
        assert cells[2].text == number(row["mean_minutes"], 1)
        assert int(re.sub(r"\D", "", cells[1].text)) == access.population[list(row["sites"])].sum()
        assert {cell.status for cell in cells[2:]} == {"assumed"}


def test_where_one_site_wins_everywhere_its_means_are_its_own(five: Analysis) -> None:
    """Each column of the table is the mean of that allocation, not that of the first."""
    access, found = where(five, "ouest_loiret")
    cells = site_rows(found, access)[0][2:5]
    for name, cell in zip(found.solutions["allocation"].unique(), cells, strict=True):
        judged = found.solutions[found.solutions["allocation"] == name]
        mean = judged["mean_minutes"][judged["sites"].map(lambda sites: sites == found.best)]
        assert cell.text == number(float(mean.iloc[0]), 1)
