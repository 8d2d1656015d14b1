"""The table of known lines: laws of what each counted, rows that are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cpts_geo.capacity.need.lines import KnownLine, lines_of, lines_table
from cpts_geo.capacity.scenario.area import area_of_codes, known_area
from cpts_geo.errors import TableError
from cpts_geo.sources.embedding.embedded import load_epci
from tests.capacity.need.known import OWN, table, written

DRAWS = 50_000


def by_key(path: Path) -> dict[str, KnownLine]:
    return {line.key: line for line in lines_of(lines_table(path))}


def defects_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(TableError) as caught:
        lines_of(lines_table(path))
    assert caught.value.remedy
    return caught.value.defects


# ---- the five of the package


def test_five_lines_calibrate() -> None:
    assert [line.key for line in lines_of(lines_table())] == [
        "beauce_gatinais", "ouest_loiret", "fontenay", "alencon", "compiegne",
    ]  # fmt: skip
    rows = table()
    assert (rows["calibrates"] == "oui").sum() == 5
    # how one enters and whether it was full are confounded with the kind: each is recorded
    known = rows[rows["calibrates"] == "oui"]
    assert (known[["kind", "access", "saturated", "document", "grade"]] != "").all(axis=None)


@pytest.mark.parametrize(
    ("key", "law", "expected"),
    [
        # y = 5800 p, p ~ Tri(.345, .5, 1)
        ("beauce_gatinais", (0.446, 0.597, 0.819), 5800.0),
        # y = count / U(low, 1): the median is the count over the middle of the shares
        ("ouest_loiret", (1 / 0.96, 1 / 0.8, 1 / 0.64), 1407.9),
        ("fontenay", (1 / 0.96, 1 / 0.8, 1 / 0.64), 3750.0),
        ("alencon", (1 / 0.95, 1 / 0.75, 1 / 0.55), 3516.0),
    ],
)
def test_requests_that_a_count_leaves_possible(
    key: str, law: tuple[float, ...], expected: float
) -> None:
    line = {each.key: each for each in lines_of(lines_table())}[key]
    found = np.quantile(line.draw(DRAWS, seed=1), [0.1, 0.5, 0.9])
    assert found == pytest.approx(np.array(law) * expected, rel=0.01)


def test_a_count_known_within_bounds() -> None:
    line = {each.key: each for each in lines_of(lines_table())}["compiegne"]
    drawn = line.draw(DRAWS, seed=1)
    assert (line.count, line.served) == ((2538.0, 3744.0), (0.5, 1.0))
    assert 2538 < drawn.min() < drawn.max() < 3744 / 0.5
    # the mean of the inverse of a uniform law is ln(1 / .5) / .5
    assert drawn.mean() == pytest.approx((2538 + 3744) / 2 * np.log(2) / 0.5, rel=0.01)


def test_places_are_communes_of_today() -> None:
    lines = {each.key: each for each in lines_of(lines_table())}
    assert lines["beauce_gatinais"].area == known_area("beauce_gatinais")
    assert lines["alencon"].area == area_of_codes(load_epci()[lambda x: x == "246100663"].index)
    assert lines["fontenay"].area.population == pytest.approx(67_883, rel=0.005)
    # four EPCI stand for 121 communes of 160,000 inhabitants: more people, the same APL
    assert lines["compiegne"].area.population == pytest.approx(160_000, rel=0.005)


# ---- an analyst's copy


def test_a_row_of_an_analyst(tmp_path: Path) -> None:
    own = by_key(written(tmp_path, more=[OWN]))["ici"]
    assert own.area == known_area("ondaine_forez")
    assert (own.count, own.served, own.share) == ((9000.0, 9000.0), (1.0, 1.0), None)
    assert set(own.draw(100, seed=1)) == {9000.0}


def test_rows_of_others_keep_their_own_numbers(tmp_path: Path) -> None:
    before = {line.key: line for line in lines_of(lines_table())}
    after = by_key(written(tmp_path, more=[OWN]))
    assert [*after] == [*before, "ici"]
    for key, line in before.items():
        assert after[key] == line
        assert np.array_equal(line.draw(1000, seed=5), after[key].draw(1000, seed=5))
        assert not np.array_equal(line.draw(1000, seed=5), line.draw(1000, seed=6))
    drawn = [line.draw(1000, seed=5) / line.draw(1000, seed=5).mean() for line in after.values()]
    assert not np.array_equal(drawn[1], drawn[2])


def test_one_share_alone_is_a_share(tmp_path: Path) -> None:
    one = {"share_low": "0.6", "share_likely": "0.6", "share_high": "0.6"}
    line = by_key(written(tmp_path, {"beauce_gatinais": one}))["beauce_gatinais"]
    assert line.draw(100, seed=1) == pytest.approx(5800 * 0.6)


def test_rows_that_do_not_calibrate_may_lack_what_others_say(tmp_path: Path) -> None:
    left = {"calibrates": "non", "law": "", "places": "", "count_low": "", "people_factor": ""}
    found = by_key(written(tmp_path, {"alencon": left}))
    assert [*found] == ["beauce_gatinais", "ouest_loiret", "fontenay", "compiegne"]


@pytest.mark.parametrize("places", ["epci:200067965+200067965", "communes:45252+45252"])
def test_communes_named_twice_count_once(tmp_path: Path, places: str) -> None:
    kind, _, names = places.partition(":")
    once = written(tmp_path, {"alencon": {"places": f"{kind}:{names.split('+')[0]}"}})
    area = by_key(once)["alencon"].area
    twice = by_key(written(tmp_path, {"alencon": {"places": places}}))["alencon"].area
    assert twice == area


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"places": "epci:999999999+246100663"}, "999999999 inconnu"),
        ({"places": "communes:99999+45252+00000"}, "99999, 00000 inconnu"),
        ({"places": "cpts:nulle_part"}, "nulle_part inconnu"),
        ({"places": "communes:97601"}, "l’APL de ses communes est inconnu"),
        ({"places": "Alençon"}, "places : attendu : cpts:CLÉ, epci:SIREN+SIREN"),
        ({"places": ""}, "doit dire sa loi et ses communes (alencon)"),
        ({"law": ""}, "doit dire sa loi et ses communes (alencon)"),
        ({"law": "appel"}, "law : attendu : (vide), appels, servies (alencon : « appel »)"),
        ({"law": "appels"}, "loi « appels » d’une ligne qui compte : il faut"),
        ({"served_low": ""}, "loi « servies » d’une ligne qui compte : il faut"),
        ({"people_factor": ""}, "il faut people_factor, count_low, count_high"),
        ({"count_low": "4000"}, "count_low ≤ count_high : dans cet ordre (alencon : "),
        ({"served_low": "0.9", "served_high": "0.8"}, "served_low ≤ served_high"),
        (
            {"count_low": "867 au moins"},
            "ligne 5 (alencon), count_low : « 867 au moins », nombre attendu",
        ),
        ({"count_low": "3516,5"}, "count_low ≤ count_high : dans cet ordre (alencon : "),
        ({"count_low": "0"}, "count_low : nombre au-dessus de 0"),
        ({"count_low": "-5"}, "count_low : nombre au-dessus de 0"),
        ({"count_high": "inf"}, "ligne 5 (alencon), count_high : « inf », nombre attendu"),
        ({"served_high": "1.5"}, "served_high : part de 0 (exclu) à 1 attendue"),
        ({"served_high": "80"}, "served_high : part de 0 (exclu) à 1 attendue"),
        ({"calibrates": "ouii"}, "calibrates : attendu : oui, non (alencon : « ouii »)"),
        (
            {"count_high": "1000000001"},
            "count_high : nombre au-dessus de 0, et d’un milliard au plus",
        ),
        ({"calibrates": ""}, "calibrates : attendu : oui, non"),
        ({"saturated": "peut-être"}, "saturated : attendu : oui, non, inconnu"),
        ({"grade": "E"}, "grade : attendu : A, B, C, D"),
        ({"line": "fontenay"}, "line : valeur en double (fontenay)"),
        ({"line": ""}, "line : "),
        ({"name": ""}, "name : "),
    ],
)
def test_a_bad_row_is_refused(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    found = defects_of(written(tmp_path, {"alencon": change}))
    assert any(words in defect for defect in found), found
    # what is wrong of one cell says no English, and is told once
    assert not any("TypeError" in defect for defect in found)
    assert len(found) == 1, found


def test_every_bad_row_is_told_at_once(tmp_path: Path) -> None:
    found = defects_of(
        written(
            tmp_path,
            {
                "alencon": {"grade": "E", "count_low": "-3"},
                "fontenay": {"calibrates": "peut-être", "served_low": "1.2"},
                "compiegne": {"count_high": "2000"},
            },
        )
    )
    for words in ("grade", "count_low : nombre", "calibrates :", "served_low :", "(compiegne : "):
        assert sum(words in defect for defect in found) == 1, (words, found)
    places = {"alencon": {"places": "cpts:nul"}, "fontenay": {"places": "epci:123456789"}}
    assert defects_of(written(tmp_path, places)) == (
        "ligne « fontenay » : 123456789 inconnu",
        "ligne « alencon » : nul inconnu",
    )


def test_columns_are_those_of_the_table(tmp_path: Path) -> None:
    rows = table()
    assert defects_of(written(tmp_path, rows=rows.drop(columns=["law", "grade"]))) == (
        "colonne absente : law",
        "colonne absente : grade",
    )
    assert defects_of(written(tmp_path, rows=rows.assign(avis="bon"))) == (
        "colonne inconnue : « avis »",
    )


def test_no_line_that_calibrates(tmp_path: Path) -> None:
    nothing = table().assign(calibrates="non")
    assert defects_of(written(tmp_path, rows=nothing)) == (
        "aucune ligne ne compte (calibrates = oui)",
    )
    assert defects_of(written(tmp_path, rows=nothing.iloc[:0])) == ("aucune ligne sous l’en-tête",)
