"""The APL year after year on a page: no line over a break, nothing volatile called a progress."""

from __future__ import annotations

import re
from itertools import pairwise

import pandas as pd
import pytest

from cpts_geo.atlas.charts.lines import Break, Dot, Line, lines_svg
from cpts_geo.atlas.sections.territory.apl_trend import section
from cpts_geo.schema import vintages
from tests.kept import analysed

PAST, CURRENT = vintages("apl_past"), vintages("apl")


def trend(earlier: list[float], current: list[float]) -> pd.DataFrame:
    """A territory and France, of the same values."""
    values = dict(zip(PAST, earlier, strict=False)) | dict(zip(CURRENT, current, strict=False))
    parts = []
    for level, code, name in (("cpts", "x", "CPTS Essai"), ("france", "FR", "France")):
        rows = pd.DataFrame({"indicator": list(values), "value": list(values.values())})
        parts.append(rows.assign(area_level=level, area_code=code, area_name=name))
    table = pd.concat(parts, ignore_index=True)
    status = table["indicator"].isin(PAST).map({True: "estimated", False: "measured"})
    return table.assign(status=status, note="", territory="x")


def years_joined(chart: str) -> list[tuple[int, ...]]:
    """Years that each drawn line joins, read from the places of the ticks."""
    ticks = {
        x: 2000 + int(year)
        for x, year in re.findall(r'<text x="([\d.]+)"[^>]*>(?:20|’)(\d\d)</text>', chart)
    }
    paths = re.findall(r'<path d="M([^"VH]+)" fill="none"', chart)
    return [tuple(ticks[point.split()[0]] for point in path.split("L")) for path in paths]


def test_no_line_goes_over_a_year_that_lacks_or_to_another_publication():
    shown = section(trend([3, 3, 3, 3, 3, 3, 3], [3, 3]))
    assert set(years_joined(shown["chart"])) == {
        (2015, 2016, 2017, 2018, 2019),
        (2021,),
        (2022, 2023),
    }
    assert shown["chart"].count("stroke-dasharray") == 2
    for words in ("2020 absente", "autre publication"):
        assert words in shown["chart"]


@pytest.mark.parametrize(
    ("earlier", "current", "said"),
    [
        ([3.0] * 7, [3.0, 3.5], []),
        ([3.0] * 7, [3.0, 3.51], ["+0,51 de 2022 à 2023"]),
        # From one publication to the other is no change: 2022 is that of each.
        ([3.0] * 7, [4.0, 4.0], []),
        ([3.0] * 5 + [3.0, 4.0], [4.0, 4.0], ["+1,00 de 2021 à 2022"]),
        ([3.0, 2.0] + [2.0] * 5, [2.0, 1.0], ["−1,00 de 2015 à 2016", "−1,00 de 2022 à 2023"]),
    ],
)
def test_a_jump_is_said_to_be_volatile_and_no_progress(earlier, current, said):
    shown = section(trend(earlier, current))
    for words in said:
        assert words in shown["warning"]
    assert shown["warning"].count(" de 20") == len(said)
    assert ("à lire avec prudence" in shown["warning"]) == bool(said)
    text = " ".join([shown["sentence"], shown["warning"], *shown["notes"]])
    assert not re.search("progr|améli|gagne", text)


def test_the_sentence_speaks_of_each_publication():
    said = section(trend([3.0, 2, 2, 2, 2, 2.5, 2.6], [2.7, 2.7]))["sentence"]
    assert said == (
        "L’APL du territoire passe de 3,00 en 2015 à 2,50 en 2021 (−0,50), puis est la même, 2,70, "
        "en 2022 et en 2023 dans la publication actuelle."
    )


def test_how_far_the_publications_are_apart_is_said():
    (overlap,) = section(trend([3.0] * 6 + [2.6], [2.7, 2.7]))["notes"]
    assert "Pour 2022" in overlap
    assert "CPTS Essai +0,10 ; France +0,10" in overlap


def test_a_territory_without_earlier_publication_says_why():
    table = trend([3.0] * 7, [3.0, 3.1])
    mine = (table["area_level"] == "cpts") & table["indicator"].isin(PAST)
    table.loc[mine, "value"] = float("nan")
    shown = section(table)
    assert years_joined(shown["chart"]) == [(2022, 2023)] * 2
    assert shown["years"] == ["2022", "2023"]
    assert "la Corse, Paris, Lyon, Marseille et Mayotte" in shown["notes"][0]
    assert "antérieures" not in shown["method"]


def test_a_territory_without_any_apl_has_words_and_no_chart():
    shown = section(trend([float("nan")] * 7, [float("nan")] * 2))
    assert "Mayotte" in shown["sentence"]
    assert not shown["chart"]


def test_values_at_the_ends_of_lines_stand_apart_and_inside():
    lines = [
        Line(f"Communauté de communes {place}", [[Dot(2022, 3.0, "3,00")]], "#000", place == 0)
        for place in range(4)
    ]
    chart = lines_svg(lines, breaks=[Break(2022, "ici")], title="Essai")
    found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" fill[^>]*>([^<]+)</text>', chart)
    heights = sorted(float(y) for _, y, _ in found)
    assert len(heights) == 4
    assert min(b - a for a, b in pairwise(heights)) >= 12
    width = float(re.findall(r'viewBox="0 0 ([\d.]+) ', chart)[0])
    assert all(float(x) + 7 * len(text) < width for x, _, text in found)


def test_the_five_show_every_vintage_once():
    for study in analysed().studies.values():
        shown = section(study.apl_trend)
        assert shown["years"] == ["2015", "2016", "2017", "2018", "2019", "2021", "2022",
                                  "2022", "2023"]  # fmt: skip
        assert [count for _, count in shown["groups"]] == [7, 2]
        for row in shown["rows"]:
            assert len(row.cells) == 9
            assert {cell.status for cell in row.cells[:7]} == {"estimated"}
