"""Territories far from the five: every figure that a producer publishes, and what none does."""

from __future__ import annotations

import csv
import re
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.look.words import centred
from cpts_geo.atlas.pages.sheet import sheet_page
from cpts_geo.atlas.sections.territory.apl_trend import section as apl_section
from cpts_geo.atlas.sections.territory.beside import comparison_rows
from cpts_geo.atlas.sections.territory.gp_counts import _source_rows
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.schema import COLUMNS, COMPARED, FIGURE_COLUMNS, TERRITORY, status_column
from cpts_geo.study.study import Study
from cpts_geo.writing._csv_tables import FORMS, tables
from tests.atlas.said import plain
from tests.kept import analysed

#: Of no territory unless it says so itself, or published for départements alone.
_NOWHERE = {
    "share_without_mt", "gps_per_100k_published", "gps_cnam_2024", "gps_mep_cnam_2024",
    "gps_per_100k_cnam_2024",
}  # fmt: skip
_OF_2017 = {"gps_2017", "gps_per_100k_2017"}
_KM = {"km_to_emergency_2024", "km_to_pharmacy_2024"}
_APL = {
    f"{family}_{year}"
    for family in ("apl", "apl_65", "share_low_apl", "share_low_apl_65")
    for year in (2022, 2023)
}
_MINUTES, _AGED = "minutes_su_smur_2019", "share_75plus_2022"


class Far(NamedTuple):
    """A territory: how it is asked for, its areas, its GPs, what nobody publishes of it."""

    asked: dict[str, Any]
    around: tuple[str, ...]
    gps: int
    absent: set[str]


FAR = {
    "bretagne": Far(
        {"epci": ["242200715"]}, ("Côtes-d'Armor", "Bretagne", "France"), 18, set()
    ),
    # BPE 2017 is of métropole; no road joins Marie-Galante to what is measured.
    "guadeloupe": Far({"epci": ["249710047"]}, ("Guadeloupe", "France"), 8, _OF_2017 | _KM),
    "la_reunion": Far({"epci": ["249740093"]}, ("La Réunion", "France"), 104, _OF_2017),
    "paris": Far(
        {"name": "Paris sud"}, ("Paris", "Île-de-France", "France"), 297 + 120,
        _OF_2017 | {_MINUTES, _AGED},
    ),
    "mayotte": Far(
        {"epci": ["200050532"]}, ("Mayotte", "France"), 7, _OF_2017 | _KM | _APL | {_MINUTES, _AGED}
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=FAR)
def far(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Far, Analysis, Study]:
    expected = FAR[request.param]
    asked = dict(expected.asked)
    if request.param == "paris":
        asked["perimeter"] = tmp_path_factory.mktemp("paris") / "liste.csv"
        asked["perimeter"].write_text("commune\nParis 13e\nParis 14ème\n", encoding="utf-8")
    found = analysed(**asked, draws=100, fetched=False)
    ((_, study),) = found.studies.items()
    return expected, found, study


def test_every_figure_is_there_but_what_nobody_publishes(
    far: tuple[Far, Analysis, Study],
) -> None:
    expected, _, study = far
    table = study.comparison
    names = tuple(dict.fromkeys(table["area_name"]))
    assert names == (study.name, *expected.around)
    mine = table[table["area_level"] == TERRITORY.key].set_index("indicator")
    embedded = {name for name in COMPARED if not COLUMNS[name].fetched}
    assert embedded <= set(mine.index)
    absent = {name for name in embedded if mine["value"].isna()[name]}
    assert absent == expected.absent | _NOWHERE
    # Unknown is no zero, and says what it is.
    assert set(mine.loc[sorted(absent), "status"]) == {"unknown"}
    assert mine.at["gps_2024", "value"] == expected.gps


def test_its_page_shows_each_of_them_and_says_what_is_absent(
    far: tuple[Far, Analysis, Study],
) -> None:
    expected, _, study = far
    _, rows = comparison_rows(study.comparison)
    rows += _source_rows(study.comparison)
    shown = {row.label: row.cells[0] for row in rows}
    said = {label for label, cell in shown.items() if cell.text == "donnée absente"}
    assert {shown[label].mark for label in said} == {"▨"}
    panel = {"gps_2017", "gps_cnam_2024", "gps_mep_cnam_2024"}
    unknown = (expected.absent | _NOWHERE) - panel - {"gps_per_100k_published"}
    labels = {
        COLUMNS[name].counted_label if name.startswith("gps_per") else COLUMNS[name].dated_label
        for name in unknown
    }
    # Nothing was announced here, in the département or in the region: it is no row.
    assert said == labels
    first = _source_rows(study.comparison)[0]
    assert first.label == "Généralistes libéraux (BPE 2024)"
    assert plain(first.cells[0].origin).startswith(f"{expected.gps} médecins ; ")


def test_each_commune_has_its_figures(far: tuple[Far, Analysis, Study]) -> None:
    expected, _, study = far
    for name in FIGURE_COLUMNS:
        if COLUMNS[name].fetched:
            continue
        lost = name in expected.absent or (
            "population_20" in name and "apl_2023" in expected.absent
        )
        assert set(study.communes[name].isna()) == {lost}, name
        assert set(study.communes[status_column(name)] == "unknown") == {lost}, name


def test_its_tables_hold_them_and_leave_the_others_empty(
    far: tuple[Far, Analysis, Study], tmp_path: Path
) -> None:
    expected, found, study = far
    for name in ("communes", "comparaison"):
        FORMS[".csv"](tables(found)[name], tmp_path / f"{name}.csv")
    with (tmp_path / "comparaison.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["area_level"] == TERRITORY.key]
    empty = {row["indicator"] for row in rows if row["value"] == ""}
    assert {name for name in empty if not COLUMNS[name].fetched} == expected.absent | _NOWHERE
    with (tmp_path / "communes.csv").open(encoding="utf-8") as file:
        communes = list(csv.DictReader(file))
    assert len(communes) == len(study.communes)
    assert sum(float(row["gps_2024"]) for row in communes) == expected.gps
    for name in expected.absent & set(communes[0]):
        assert {row[name] for row in communes} == {""}, name


def test_the_trend_of_its_apl_is_that_of_the_files_that_cover_it(
    far: tuple[Far, Analysis, Study],
) -> None:
    expected, _, study = far
    shown = apl_section(study.apl_trend)
    if "apl_2023" in expected.absent:
        assert "n’en publie pas pour Mayotte" in shown["sentence"]
    elif "Paris" in expected.around:
        assert shown["years"] == ["2022", "2023"]
        assert "pas de série d’avant 2022" in shown["notes"][0]
    else:
        assert shown["years"][0] == "2015"
        assert shown["years"][-2:] == ["2022", "2023"]


@pytest.mark.usefixtures("plain_drawings")
def test_a_page_is_made_of_it(far: tuple[Far, Analysis, Study]) -> None:
    expected, found, study = far
    page = sheet_page(study, national=found.national, date="1er janvier 2026")
    text = unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", page, flags=re.S))
    text = plain(re.sub(r"\s+", " ", text))
    assert "Généralistes libéraux (BPE 2024)" in text
    assert "Distance par la route jusqu’à la pharmacie (à vérifier" in text
    if _AGED in expected.absent and "Paris" in expected.around:
        assert "Arrondissements : l’Insee n’y donne pas la part des 75 ans ou plus" in text
    assert not re.search(r"\bnan\b|NaN", text)


def test_an_unknown_need_is_said_with_its_reason(far: tuple[Far, Analysis, Study]) -> None:
    """Of Mayotte no APL is published: the need is unknown, and the national share is no answer."""
    expected, found, study = far
    page = plain(unescape(sheet_page(study, national=found.national, date="1er janvier 2026")))
    unknown = study.need_ladder is None
    assert unknown is (expected is FAR["mayotte"])
    reason = "Le besoin se calcule d’après l’APL 2023, qui n’est publiée pour aucune commune"
    assert (f"Créneaux nécessaires : inconnus. {reason}" in page) is unknown
    assert ("Besoin du territoire : inconnu" in page) is unknown
    # Nothing there rests on the known lines, and what is shown says what it rests on.
    assert ("lignes connues" in page) is not unknown
    assert "Ce que la capacité suppose" in page
    first, second = study.publics
    assert (first.public, second.public, second.hypothesis) == ("all", "no_mt", True)
    assert isinstance(second.answer, Headline)
    (row,) = re.findall(r"<tr><th scope=.row.>Personnes sans médecin traitant.*?</tr>", page)
    shown = re.sub("<[^>]*>", "", row)
    assert f"{centred(second.answer.slots_per_day)}○" in shown
    assert "taux d’appel d’une seule ligne" in shown and "Beauce-Gâtinais" in shown
