"""What the tables and charts of a page show, cell by cell, and the marks of the index.

A line of a snapshot is a row: ``mark text [note] {origin}``, cells parted by ``|``; a narrow
no-break space is written ``⍽``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

import numpy as np
import pandas as pd
import pytest
from syrupy.assertion import SnapshotAssertion

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.atlas.pages.index import index_page
from cpts_geo.atlas.pages.sheet import sheet_page
from cpts_geo.atlas.sections.capacity.needed import _capacity_svg, _dots_caption
from cpts_geo.atlas.sections.essential import _beside
from cpts_geo.atlas.sections.perimeter import _documents, audit, gaps
from cpts_geo.atlas.sections.territory import _grounds
from cpts_geo.atlas.sections.territory.answer import _planned, answer, evidence, floor, today
from cpts_geo.atlas.sections.territory.beside import comparison_rows
from cpts_geo.atlas.sections.territory.communes import commune_table
from cpts_geo.atlas.sections.territory.gp_counts import _explanations, _source_rows
from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.french import NNBSP, typeset
from cpts_geo.geography.perimeters.checking import audit_lines
from tests.atlas.said import TERRITORIES, result_of

KEY = "ouest_loiret"
MARKS = {"measured": "●", "announced": "“", "estimated": "◐", "assumed": "○", "unknown": "▨"}


@pytest.fixture(scope="module")
def index(five: Analysis) -> list[list[str]]:
    """Rows of the index, each as the text of its cells."""
    studies, national = list(five.studies.values()), five.national
    page = index_page(
        studies, five.territories, national=national, notes=(), date="1er janvier 2026"
    )
    table = page.partition('class="sortable territoires"')[2]
    body = re.findall(r"<tbody>(.*?)</tbody>", table, re.S)[0]
    return [
        [cell_text(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr [^>]*>(.*?)</tr>", body, re.S)
    ]


@pytest.fixture(scope="module")
def sheet(five: Analysis) -> str:
    """Text of the page of Beauce-Gâtinais, without its scripts and drawings."""
    mine = five.studies["beauce_gatinais"]
    page = sheet_page(mine, national=five.national, date="1er janvier 2026")
    return cell_text(re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.S))


def cell_text(markup: str) -> str:
    """Text of a piece of a page, its blanks made one."""
    return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", " ", markup))).strip()


def of(table: pd.DataFrame, key: str = KEY) -> pd.DataFrame:
    return table[table["territory"] == key]


def facts_of(five: Analysis, key: str = KEY) -> list[list[str]]:
    rows = _documents.section(of(five.table("facts"), key))["rows"]
    return [[cell.text for cell in row] for row in rows]


def as_text(rows: Iterable[Iterable[Cell]]) -> str:
    """Rows of cells as lines."""
    return "\n".join(" | ".join(map(_as_text, row)).rstrip() for row in rows).replace(NNBSP, "⍽")


def _as_text(cell: Cell) -> str:
    note = f"[{cell.note}]" if cell.note else ""
    origin = f"{{{cell.origin}}}" if cell.origin else ""
    return " ".join(part for part in (cell.mark, cell.text, note, origin) if part)


def test_comparison_table(five: Analysis, snapshot: SnapshotAssertion) -> None:
    areas, rows = comparison_rows(of(five.comparison))
    assert areas == ["CPTS Ouest Loiret", "Loiret", "Centre-Val de Loire", "France"]
    lines = [f"{row.label} — {row.detail}\n  {as_text([row.cells])}" for row in rows]
    assert "\n".join(lines).replace(NNBSP, "⍽") == snapshot


def gps_of(five: Analysis, key: str) -> dict[str, Row]:
    """Sources of the numbers of GPs, by label, in the order of the page."""
    return {row.label: row for row in _source_rows(of(five.comparison, key))}


def test_the_count_of_today_is_first_then_what_was_announced(five: Analysis) -> None:
    for key in TERRITORIES:
        labels = list(gps_of(five, key))
        announced = ["Généralistes (annoncé), 2021"] if "45" in departements(five, key) else []
        assert labels == [
            "Généralistes libéraux (BPE 2024)",
            *announced,
            "Généralistes libéraux (CartoSanté 2024)",
            "Généralistes hors MEP (Cnam 2024)",
            "Généralistes libéraux (BPE 2017), plus de 5 ans",
        ]


def departements(five: Analysis, key: str) -> set[str]:
    return set(five.studies[key].figures["departement"])


def test_a_density_of_few_doctors_carries_its_interval(five: Analysis) -> None:
    rows = gps_of(five, KEY)
    density = rows["Généralistes libéraux (BPE 2024)"]
    assert [cell.text for cell in density.cells] == ["67,6", "61,8", "69,7", "88,6"]
    # In the cell, under the value: a title is not read on paper.
    assert density.cells[0].origin == "31 médecins ; 6,8 pour 10 000 ; 46 à 96 à 95 %"
    assert density.cells[1].origin == "427 médecins ; 6,2 pour 10 000 ; 56 à 68 à 95 %"
    assert {cell.mark for cell in density.cells} == {"●"}
    former = rows["Généralistes libéraux (BPE 2017), plus de 5 ans"]
    assert former.cells[0].origin == "34 médecins ; 7,8 pour 10 000 ; 54 à 109 à 95 %"
    assert former.detail.endswith("France métropolitaine sans Paris, absent du fichier.")


def test_an_announced_density_has_its_mark_and_claims_no_decimal(five: Analysis) -> None:
    row = gps_of(five, "beauce_gatinais")["Généralistes (annoncé), 2021"]
    assert [(cell.text, cell.mark) for cell in row.cells] == [
        ("30", "“"), ("57", "“"), ("donnée absente", "▨"), ("87", "“"),
    ]  # fmt: skip
    assert row.cells[0].title.startswith("annoncé — ")
    assert row.detail.endswith("communiqué de presse, 15 décembre 2021 (B).")


def test_a_density_of_bassins_de_vie_is_an_estimate_of_every_area(five: Analysis) -> None:
    row = gps_of(five, "beauce_gatinais")["Généralistes libéraux (CartoSanté 2024)"]
    assert [cell.text for cell in row.cells] == ["39", "57", "66", "81"]
    assert {cell.mark for cell in row.cells} == {"◐"}
    assert "moyenne des bassins de vie des communes, pondérée par leurs habitants" in row.detail


def test_sources_of_gps_are_explained_with_their_figures(five: Analysis) -> None:
    said = _explanations(of(five.comparison, "beauce_gatinais"))
    loiret = said[0].replace(NNBSP, " ")
    assert loiret.startswith(
        "Loiret : la BPE compte 427 médecins en 2024 et la Cnam 376, soit 51 de "
        "plus (+13,6 %). La Cnam compte à part 27 médecins à expertise particulière"
    )
    assert "Le reste (24 médecins) tient aux lieux d’exercice secondaires" in loiret
    published = next(text for text in said if text.startswith("CPTS Beauce-Gâtinais"))
    assert "30 pour 100 000 sans dire sa source, moins que toutes les autres" in published
    between = next(text for text in said if text.startswith("Loiret : le communiqué"))
    assert (
        "57 pour 100 000 sans dire sa source, entre les autres sources (BPE 2024 : 61,8, "
        "CartoSanté 2024 : 57,4, Cnam 2024 : 54,4, BPE 2017 : 69,3)" in between
    )
    # A territory whose document gives no density is not told about that of another.
    assert not any(
        "communiqué" in text and text.startswith("CPTS")
        for text in _explanations(of(five.comparison))
    )


def test_the_trend_is_of_each_area_and_says_its_definitions_once(five: Analysis) -> None:
    for key, counts in {"beauce_gatinais": "48 → 37 (−22,9 %)", KEY: "34 → 31 (−8,8 %)"}.items():
        said = _explanations(of(five.comparison, key))
        [trend] = [text.replace(NNBSP, " ") for text in said if "D201" in text]
        assert trend.startswith(
            "Généralistes libéraux de la BPE 2017 à la BPE 2024 : "
            f"{five.studies[key].name} {counts} ; Loiret 470 → 427 (−9,1 %) ; Centre-Val de Loire "
        )
        # Paris is in one of the two files only: France has no trend.
        assert "France" not in trend
        assert trend.count("D265") == 1


def test_a_figure_of_more_than_five_years_says_so_beside_its_name(five: Analysis) -> None:
    _, rows = comparison_rows(of(five.comparison))
    labels = [row.label for row in rows] + list(gps_of(five, KEY))
    old = [label for label in labels if "plus de 5 ans" in label]
    assert old == [
        "Minutes jusqu’au service d’urgences ou SMUR le plus proche, 31 décembre 2019, "
        "plus de 5 ans",
        "Généralistes libéraux (BPE 2017), plus de 5 ans",
    ]
    # 2021, what was announced included, is not older than five years.
    assert "Généralistes (annoncé), 2021" in labels


def test_what_is_left_out_of_a_sum_is_said_under_its_label(five: Analysis) -> None:
    _, rows = comparison_rows(of(five.comparison))
    apl = next(row for row in rows if row.label == "APL aux médecins généralistes, 2023")
    assert "France : 23 communes sans donnée" in apl.detail
    assert [cell.mark for cell in apl.cells] == ["ƒ", "ƒ", "◐", "◐"]


def test_a_share_keeps_its_base_and_its_document(five: Analysis) -> None:
    _, rows = comparison_rows(of(five.comparison, "beauce_gatinais"))
    row = next(row for row in rows if row.label.startswith("Habitants sans médecin traitant"))
    mine, loiret, region, france = row.cells
    # As it was announced: 30 %, not 30,0 %.
    assert (mine.text, mine.mark) == (f"30{NNBSP}%, tous âges", "“")
    assert (loiret.text, region.text) == ("donnée absente",) * 2
    assert (loiret.mark, loiret.title) == ("▨", "donnée absente")
    # Official, and read only in the press: what someone says, as it was said.
    assert (france.text, france.mark) == (f"11{NNBSP}%, 17 ans et plus", "“")
    assert "Cnam, juin 2021" in france.origin
    assert france.origin.endswith("(C)")


@pytest.mark.parametrize("status", MARKS)
def test_every_status_has_its_own_mark(status: str) -> None:
    assert Cell("1", status=status).mark == MARKS[status]
    assert Cell("1").mark == ""


def test_other_tables(five: Analysis, snapshot: SnapshotAssertion) -> None:
    headers, communes = commune_table(of(five.communes))
    parts = {
        "gaps": gaps.section(of(five.table("gaps")))["rows"],
        "audit": audit.section(of(five.table("audit")))["rows"],
        "facts": _documents.section(of(five.table("facts")))["rows"],
        "assumptions": _grounds.hypotheses([result_of(five, KEY).scenario], default_parameters())[
            "rows"
        ],
        "communes": communes,
    }
    head = " | ".join(" ".join(filter(None, pair)) for pair in headers)
    text = "\n".join(f"# {name}\n{as_text(rows)}" for name, rows in parts.items())
    assert f"{head}\n{text}" == snapshot


def test_bars_of_the_first_screen(five: Analysis, snapshot: SnapshotAssertion) -> None:
    lines = []
    for group in _beside.section(of(five.comparison)):
        lines.append(f"{group.title} — {group.vintage} — {group.source} — {group.more}")
        lines += [
            f"  {'*' if bar.main else ' '} {bar.area} : {bar.text} {bar.mark} {bar.words}"
            f" {bar.base} {bar.length}"
            for bar in group.bars
        ]
    assert "\n".join(lines).replace(NNBSP, "⍽") == snapshot


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("ouest_loiret", ["+3,8", "aucun"]),
        ("beauce_gatinais", ["−1,6"]),
        ("asclepios", ["+8,1", "+8,3"]),
        ("ondaine_forez", ["−3,6", "aucun"]),
    ],
)
def test_a_gap_is_positive_where_today_is_more(five: Analysis, key: str, shown: list[str]) -> None:
    rows = gaps.section(of(five.table("gaps"), key))["rows"]
    assert [row[4].text.removesuffix(f"{NNBSP}%") for row in rows] == shown
    for row, gap in zip(rows, of(five.table("gaps"), key).to_dict("records"), strict=True):
        more = int(np.sign(gap["today"] - gap["published"]))
        assert row[4].text[0] == {1: "+", -1: "−", 0: "a"}[more]


def test_names_read_otherwise_than_to_the_letter(
    five: Analysis, snapshot: SnapshotAssertion
) -> None:
    names = of(five.table("audit"), "ondaine_forez")
    rows = audit.section(names)["rows"]
    assert as_text(rows) == snapshot
    assert len(rows) == int((names["method"] != "exact").sum()) == 5
    assert audit.section(of(five.table("audit"), "lvo"))["rows"] == []


def test_only_doubtful_names_are_said_in_words(five: Analysis) -> None:
    # Case, accents and apostrophes are not worth a sentence.
    assert audit_lines(of(five.table("audit"))) == []
    assert audit_lines(of(five.table("audit"), "asclepios")) == [
        "Compris autrement (1 ancienne commune) : « Montrichard » → Montrichard Val de Cher "
        "(41151)."
    ]
    assert audit_lines(of(five.table("audit"), "ondaine_forez")) == [
        "Compris autrement (2 orthographes proches) : « Rozie-Côtes-d’Aurec » → "
        "Rozier-Côtes-d'Aurec (42192) ; « Saint-Just-Malomont » → Saint-Just-Malmont (43205).",
        "Homonymes pris près des autres communes : « Chenereilles » → 42060 (aussi : 43).",
    ]


def test_three_lines_say_what_became_of_a_file_and_add_up() -> None:
    row = {"file": "l.xlsx", "sheet": "A\n", "name": "Dry", "code_insee": "45130", "line": "2"}
    rows = [
        row | {"published": "Dry", "method": "exact", "line": "2 + 7"},
        row | {"published": "1004\n", "method": "repaired", "line": "3"},
        row | {"published": "Total", "method": "left_out", "alternatives": "total", "line": "9"},
    ]
    read, changed, left = audit_lines(pd.DataFrame(rows))
    assert read == (
        "l.xlsx (feuille « A\\n ») : 4 lignes lues, 2 communes, 1 répétition, 1 laissée de côté."
    )
    assert changed == "Compris autrement (1 zéro initial rétabli) : « 1004\\n » → Dry (45130)."
    assert left == "Laissé de côté : ligne 9 « Total » (total)."


@pytest.mark.parametrize(
    ("key", "grades"), [("lvo", "CBCC"), ("asclepios", "BBBBBBBBC"), ("ondaine_forez", "BBBCBB")]
)
def test_facts_keep_their_own_grade(five: Analysis, key: str, grades: str) -> None:
    assert [row[-1] for row in facts_of(five, key)] == list(grades)


def test_a_fact_is_written_with_its_unit_and_date(five: Analysis) -> None:
    served = next(row for row in facts_of(five) if row[0].startswith("Consultations"))
    assert served[1:3] == [f"1{NNBSP}511 consultations", "6 mars 2023 au 31 mars 2024"]
    shares = [row[1] for row in facts_of(five, "beauce_gatinais")]
    assert f"30{NNBSP}% des habitants" in shares


def test_assumptions_are_those_of_the_territory(five: Analysis) -> None:
    def values(key: str) -> dict[str, str]:
        found = _grounds.hypotheses([result_of(five, key).scenario], default_parameters())
        assert found is not None
        return {row[0].text: row[1].text for row in (*found["rows"], *found["technical"])}

    sd = "Écart du taux d’appel d’un territoire à l’autre"
    ouest, beauce, rough = (values(key) for key in ("ouest_loiret", "beauce_gatinais", "lvo"))
    seen = "Part des demandes qui ont trouvé un créneau"
    calls = "Part des appels qui relèvent d’une consultation"
    assert ouest[seen].startswith("60\u202f% ; 100\u202f% des")
    assert beauce[calls].startswith("34,5\u202f% ; 50\u202f% ; 100\u202f% des appels")
    assert (seen in beauce, calls in ouest, seen in rough, calls in rough) == (False,) * 4
    assert ouest["Durée d’une consultation non programmée"].startswith("15 ; 16,4 ; 20 minutes")
    # What is supposed of every territory stands where the need is shown.
    need = "Demandes non programmées d’un habitant, en semaine aux heures de bureau"
    assert rough[need].startswith("0,52 ; 0,95 ; 1,7 par an")
    unknown = result_of(five, "lvo").scenario.evolve(area=None)
    assert need not in {
        row[0].text for row in _grounds.hypotheses([unknown], default_parameters())["rows"]
    }
    # The national share is an assumption of those without médecin traitant alone.
    share = "Part sans médecin traitant, parmi l’âge pour lequel elle est publiée"
    sd = "Écart du taux d’appel d’un territoire à l’autre"
    assert not {share, sd} & {*ouest, *beauce, *rough}
    alone = result_of(five, "asclepios").scenario.admitting("no_mt")
    found = _grounds.hypotheses([alone], default_parameters())
    # Units that only an analyst reads stand behind what everyone reads.
    assert {row[0].text for row in found["technical"]} >= {sd}
    shown = {row[0].text: row[1].text for row in (*found["rows"], *found["technical"])}
    assert shown[sd] == "0,5 écart-type du logarithme"
    assert share in shown
    # Where both are answered, what one alone rests on says which.
    both = _grounds.hypotheses([alone.admitting("all"), alone], default_parameters())
    said = {row[0].text: row[0].origin for row in (*both["rows"], *both["technical"])}
    assert set(shown) <= set(said)
    assert said[share] == said[sd] == "personnes sans médecin traitant seulement"
    assert said["Durée d’une consultation non programmée"] == ""
    assert _grounds.hypotheses([], default_parameters()) is None


def test_communes_are_in_alphabetical_order_whatever_the_accents(five: Analysis) -> None:
    _, rows = commune_table(of(five.communes))
    names = [row[0].text for row in rows]
    assert names.index("Dry") < names.index("Épieds-en-Beauce") < names.index("Huisseau-sur-Mauves")


def test_dots_of_the_capacity(five: Analysis, snapshot: SnapshotAssertion) -> None:
    svg = _capacity_svg(result_of(five, "beauce_gatinais"))
    assert svg.replace("><", ">\n<") == snapshot


@pytest.mark.parametrize(
    ("key", "today", "floor"),
    [
        ("ouest_loiret", None, 6),
        ("beauce_gatinais", 8, None),
        ("lvo", 16, None),
        ("asclepios", None, None),
        ("ondaine_forez", None, None),
    ],
)
def test_the_drawing_says_what_is_offered_and_observed(
    five: Analysis, key: str, today: int | None, floor: int | None
) -> None:
    svg = _capacity_svg(result_of(five, key))
    assert re.findall(r"aujourd’hui : (\d+)", svg) == ([] if today is None else [str(today)])
    assert re.findall(r"au moins, vu l’activité : (\d+)", svg) == ([str(floor)] if floor else [])


@pytest.mark.parametrize("assumed", [True, False])
def test_dots_are_hatched_where_the_people_are_assumed(assumed: bool) -> None:
    case = load_scenario("asclepios").evolve(public="no_mt", share_assumed=assumed)
    svg = _capacity_svg(headline(case, draws=300))
    assert ('fill="url(#hd)"' in svg) is assumed


def test_rows_of_the_index(index: list[list[str]]) -> None:
    rough = "ordre de grandeur"
    without, everyone = "personnes sans médecin traitant", "tous les habitants"
    rows = [
        ("CPTS Ouest Loiret", f"8 (7 à 9) ◐ {without}", "non publié", "11 (9 à 13)", "3 sur 5"),
        ("CPTS Beauce-Gâtinais", f"15 (12 à 20) ◐ {everyone}", "8 ○", "22 (16 à 28)", "4 sur 5"),
        ("CPTS Loire-Vendée-Océan", f"20 à 75, {rough} ◐ {everyone} et les visiteurs", "16 ○",
         "28 à 107", "2 sur 5"),
        ("CPTS Asclépios", f"4 à 11, {rough} ◐ {everyone}", "non publié", "5 à 16", "2 sur 5"),
        ("CPTS Ondaine-Forez", f"7 à 22, {rough} ◐ {everyone}", "non publié", "9 à 32", "2 sur 5"),
    ]  # fmt: skip
    for row, (name, *cells) in zip(index, rows, strict=True):
        assert name in row[0]
        # What is measured first; slots, which rest on it, last.
        assert [cell.replace(" estimé", "").replace(" hypothèse", "") for cell in row[-4:]] == cells


def test_indicators_of_the_index(index: list[list[str]]) -> None:
    # What is to know of a value follows its status, for who hears the page.
    cells = [[cell.replace(NNBSP, " ").partition(" — ")[0] for cell in row[1:-4]] for row in index]
    absent = "donnée absente"
    assert cells[0] == [
        "2,54 ƒ calculé",
        "67,6 ● mesuré",
        absent,
        absent,
        "50,9 % ƒ calculé",
        "45 828 ● mesuré",
    ]
    assert cells[1] == [
        "1,83 ƒ calculé",
        "47,0 ● mesuré",
        "30 “ annoncé",
        "30 % “ annoncé",
        "96,8 % ƒ calculé",
        "78 745 ● mesuré",
    ]
    # Nothing was announced of the three others, and their GPs are counted all the same.
    assert [row[1:3] for row in cells[2:]] == [
        ["69,9 ● mesuré", absent], ["90,7 ● mesuré", absent], ["63,8 ● mesuré", absent],
    ]  # fmt: skip


def test_what_was_announced_stands_first_beside_what_is_counted(five: Analysis) -> None:
    def first(key: str) -> _beside._Group:
        return _beside.section(of(five.comparison, key))[0]

    announced = first("beauce_gatinais")
    assert announced.title == typeset("Généralistes pour 100 000 habitants")
    assert announced.vintage == typeset("« annoncé », 2021")
    assert [bar.text for bar in announced.bars] == ["30", "57", "87"]
    assert all(bar.announced for bar in announced.bars)
    # What Insee counts of the same areas stands under them.
    assert announced.more.startswith(typeset("Insee 2024 : 47,0, 61,8 et 88,6"))
    # Only the territory's own: what was announced of the Loiret is no figure of another CPTS.
    others = [first(key) for key in TERRITORIES if key != "beauce_gatinais"]
    assert {group.title for group in others} == {
        typeset("Généralistes libéraux pour 100 000 habitants (BPE 2024)")
    }
    assert not any(bar.announced or group.more for group in others for bar in group.bars)


def test_shares_of_other_ages_are_told_and_never_drawn_together(five: Analysis) -> None:
    def lengths(key: str) -> dict[str, float | None]:
        groups = _beside.section(of(five.comparison, key))
        [found] = [group for group in groups if "médecin traitant" in group.title]
        return {bar.area: bar.length for bar in found.bars}

    # 30 % of all ages; 11 % of those of 17 and more.
    assert lengths("beauce_gatinais") == {"Beauce-Gâtinais": 30.0, "France": None}
    # « Plus de 16 ans » and « 17 ans et plus » are the same people.
    assert lengths("ondaine_forez") == {"Ondaine-Forez": 18.2, "France": 100.0}


def test_a_page_shows_every_sentence_and_table(five: Analysis, sheet: str) -> None:
    key = "beauce_gatinais"
    result = result_of(five, key)
    said = [
        answer(result),
        floor(result),
        today(result),
        _planned(result),
        evidence(result),
        _dots_caption(result),
        *result.warnings,
    ]
    assert [text for text in map(typeset, said) if text not in sheet] == []
    cells = [
        *gaps.section(of(five.table("gaps"), key))["rows"],
        *_documents.section(of(five.table("facts"), key))["rows"],
        *_grounds.hypotheses([result.scenario], default_parameters())["rows"],
        *commune_table(of(five.communes, key))[1],
    ]
    assert [c.text for row in cells for c in row if typeset(c.text) not in sheet] == []
    _, rows = comparison_rows(of(five.comparison, key))
    assert [row.detail for row in rows if typeset(row.detail) not in sheet] == []
