"""The panel of sources and the tables on the perimeter: what people read, word and mark."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from cpts_geo.atlas.look import style
from cpts_geo.atlas.sections.perimeter import _border
from cpts_geo.atlas.sections.territory.gp_counts import _explanations, _sources_svg, section
from cpts_geo.french import NNBSP
from cpts_geo.indicators.gp_sources import BpeGap, Trend, bpe_gaps, reconcile, trend

ESTIMATED = "gps_per_100k_cartosante_2024"
ANNOUNCED = "gps_per_100k_published"


def comparison(*rows: tuple) -> pd.DataFrame:
    """Rows of (level, code, name, indicator, value, status[, low, high])."""
    names = ["area_level", "area_code", "area_name", "indicator", "value", "status"]
    table = pd.DataFrame([row[:6] for row in rows], columns=names)
    table["low"] = [row[6] if len(row) > 6 else np.nan for row in rows]
    table["high"] = [row[7] if len(row) > 7 else np.nan for row in rows]
    known = table["value"].notna()
    return table.assign(note="", source=np.where(known, "source", ""), grade="A", base="")


def area(level: str, indicator: str, value: float, status: str = "measured", *bounds: float):
    code, name = {
        "cpts": ("x", "CPTS X"),
        "departement": ("45", "Loiret"),
        "region": ("24", "Centre-Val de Loire"),
        "france": ("FR", "France"),
    }[level]
    return (level, code, name, indicator, value, status, *bounds)


def test_a_published_density_of_france_alone_is_no_source_of_the_place():
    rows = [
        area("cpts", "gps_per_100k_published", np.nan, "unknown"),
        area("france", "gps_per_100k_published", 87.0),
        area("france", "gps_per_100k_cnam_2024", 75.5),
        area("france", "gps_cnam_2024", 51_775.0),
    ]
    table = comparison(*rows)
    assert set(reconcile(table)["indicator"]) == {"gps_per_100k_cnam_2024"}
    assert not any("communiqué" in text for text in _explanations(table))
    here = comparison(*rows, area("departement", "gps_per_100k_published", 57.0))
    assert "gps_per_100k_published" in set(reconcile(here)["indicator"])


def test_a_source_that_the_territory_lacks_says_so_beside_the_others():
    rows = [area("cpts", ESTIMATED, np.nan, "unknown"), area("departement", ESTIMATED, np.nan)]
    assert reconcile(comparison(*rows)).empty
    assert _sources_svg(comparison(*rows), title="x") == ""
    rows[1] = area("departement", ESTIMATED, 61.8, "estimated")
    [row] = section(comparison(*rows))["rows"]
    assert [(cell.text, cell.mark) for cell in row.cells] == [("donnée absente", "▨"), ("62", "◐")]


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        ((301, 299, 1), "La Cnam compte à part 1 médecin à expertise particulière, que la BPE ne"),
        ((100, 99, 1), "La Cnam compte aussi à part 1 médecin à expertise particulière."),
        ((101, 99, 5), "La Cnam compte aussi à part 5 médecins à expertise particulière."),
        ((90, 100, 0), "soit 10 de moins (−10,0 %). Lieux d’exercice secondaires et dates"),
    ],
)
def test_the_gap_is_said_as_far_as_figures_support_it(gap, said):
    counts = dict(zip(["gps_2024", "gps_cnam_2024", "gps_mep_cnam_2024"], gap, strict=True))
    table = comparison(*(area("departement", name, float(n)) for name, n in counts.items()))
    assert bpe_gaps(table) == [BpeGap("Loiret", *map(float, gap))]
    [text] = [text for text in _explanations(table) if text.startswith("Loiret")]
    assert said in text.replace(NNBSP, " ")
    # A share of the gap is given only where it is one.
    assert ("de l’écart" in text) == (0 < gap[2] < gap[0] - gap[1])


def test_an_area_without_one_of_the_counts_has_no_gap():
    table = comparison(
        area("departement", "gps_2024", 427.0), area("departement", "gps_cnam_2024", np.nan)
    )
    assert bpe_gaps(table) == []
    assert trend(table) == []


def test_a_trend_is_of_the_same_places_twice():
    rows = [
        area("cpts", "gps_2017", 0.0),
        area("cpts", "gps_2024", 2.0),
        area("departement", "gps_2017", 470.0),
        area("departement", "gps_2024", np.nan, "unknown"),
        area("region", "gps_2017", 2000.0),
        area("region", "gps_2024", 1800.0),
        area("france", "gps_2017", 58_031.0),
        area("france", "gps_2024", 60_573.0),
    ]
    table = comparison(*rows)
    # The earlier file has no Paris: the difference would be that of Paris.
    table.loc[6, "note"] = "sans Paris"
    found = trend(table)
    assert found == [
        Trend("cpts", "CPTS X", 0.0, 2.0), Trend("region", "Centre-Val de Loire", 2000.0, 1800.0),
    ]  # fmt: skip
    [said] = _explanations(table)
    said = said.replace(NNBSP, " ")
    # From none to two is no percentage.
    assert "CPTS X 0 → 2 ; Centre-Val de Loire 2 000 → 1 800 (−10,0 %)." in said
    assert said.count("D201, puis D265") == 1
    assert trend(comparison(*rows[2:4])) == []


def test_the_chart_keeps_everything_inside_and_marks_estimates():
    table = comparison(
        area("cpts", "gps_per_100k_2017", 60.0, "measured", 20.0, 190.0),
        area("cpts", "gps_2017", 3.0),
        area("departement", "gps_per_100k_2024", 61.8, "estimated"),
        area("cpts", ESTIMATED, 55.4, "estimated"),
    )
    svg = _sources_svg(table, title="Densités")
    width = float(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    ends = [float(x) for x in re.findall(r"H(\d+\.\d)M", svg)]
    assert ends and max(ends) < width
    discs = re.findall(r'<circle [^>]*fill="(#\w+)"', svg)
    # Legend: one full, one half-empty; then the measured and the estimated one.
    assert discs.count(style.ACCENT) == 2 and discs.count(style.PAPER) == 2
    assert "vide ou à demi vide" in svg and "60,0" in svg
    # A density published as two figures for 10,000 has no decimal for 100,000.
    assert ">55</text>" in svg and "55,4" not in svg
    measured = comparison(area("cpts", "gps_per_100k_2017", 60.0), area("cpts", "gps_2017", 3.0))
    assert "à demi vide" not in _sources_svg(measured, title="x")


def test_what_is_announced_is_dotted_and_written_as_it_was():
    table = comparison(
        area("cpts", "gps_per_100k_2024", 47.0, "measured"),
        area("departement", "gps_per_100k_2024", np.nan, "unknown"),
        area("france", "gps_per_100k_2024", np.nan, "unknown"),
        area("cpts", ANNOUNCED, 30.0, "announced"),
        area("departement", ANNOUNCED, 57.0, "announced"),
        area("france", ANNOUNCED, 87.0, "announced"),
    )
    svg = _sources_svg(table, title="Densités")
    assert "« 30 »" in svg and "47,0" in svg
    assert "« 47" not in svg
    assert "en pointillé : annoncé" in svg and "à demi vide" not in svg
    # Three areas and the legend; none of them full.
    assert svg.count('stroke-dasharray="2 2"') == 4
    assert f'fill="{style.FILL}"' not in svg.split("en pointillé")[1]
    row = section(table)["rows"][1]
    assert [(cell.text, cell.mark) for cell in row.cells] == [
        ("30", "“"), ("57", "“"), ("87", "“"),
    ]  # fmt: skip
    plain = _sources_svg(comparison(area("cpts", "gps_per_100k_2024", 47.0)), title="Densités")
    assert "pointillé" not in plain and "dasharray" not in plain


def test_rows_say_density_count_and_interval():
    table = comparison(
        area("cpts", "gps_per_100k_2017", 60.8, "measured", 44.8, 80.6),
        area("cpts", "gps_2017", 48.0),
        area("departement", "gps_per_100k_2017", np.nan, "unknown"),
    )
    found = section(table)
    assert found["areas"] == ["CPTS X", "Loiret"]
    [row] = found["rows"]
    assert [(cell.text, cell.mark, cell.origin) for cell in row.cells] == [
        ("60,8", "●", "48 médecins ; 6,1 pour 10 000 ; 45 à 81 à 95 %"),
        ("donnée absente", "▨", ""),
    ]


def test_border_communes_say_what_is_measured_and_what_is_estimated():
    row = {
        "territory": "x", "code_insee": "45232", "name": "Olivet", "kept": False,
        "area_share": 0.082, "population": 23_507, "population_inside": 1_930.7,
        "population_inside_status": "estimated", "weight": 0.51,
    }  # fmt: skip
    [cells] = _border.section(pd.DataFrame([row]))["rows"]
    assert [cell.text.replace(NNBSP, " ") for cell in cells] == [
        "Olivet", "45232", "non retenue", "8,2 %", "23 507", "1 931", "51,0 %",
    ]  # fmt: skip
    assert [cell.mark for cell in cells] == ["", "", "", "●", "●", "◐", ""]
    [kept] = _border.section(pd.DataFrame([row | {"kept": True}]))["rows"]
    assert kept[2].text == "retenue"
