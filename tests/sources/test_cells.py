"""Cells that name a commune, whatever stands around the name."""

from __future__ import annotations

import random

import pytest

from cpts_geo.geography.naming.spelling import normalise_name
from cpts_geo.sources.cells import parts_of, read_cell
from cpts_geo.sources.embedding import embedded

AROUND = (
    "45300 {}", "{} 45300", "{} (45300)", "45300 - {}", "{}, 45300", "F-45300 {}",
    "{} CEDEX", "{} Cedex 9", "45300 {} CEDEX 2", "- {}", "• {}", "1. {}", "12) {}", "a) {}", "{}*",
    "{} (siège)", "{} (en partie)", "{} [3]", "{}¹", "75 - {}", "{} (75)", "Commune de {}",
    "{} (Loiret)", "{}, Loiret",
)  # fmt: skip


@pytest.mark.parametrize("form", AROUND)
def test_a_name_comes_out_of_what_is_around_it(form: str) -> None:
    names = sorted(set(embedded.load_communes()["name"]))
    rng = random.Random(form)
    kept = [name for name in rng.sample(names, 400) if "(" not in name]
    # « Commune de Les Ulis » is nobody's writing; the article is no part of the comparison.
    wrong = [
        (name, read_cell(form.format(name)).name)
        for name in kept
        if normalise_name(read_cell(form.format(name)).name) != normalise_name(name)
    ]
    assert not wrong


def test_a_name_alone_stays_as_it_is() -> None:
    names = sorted(set(embedded.load_communes()["name"]))
    plain = [name for name in names if "(" not in name]
    assert [name for name in plain if read_cell(name).name != name] == []


def test_parts_of_a_cell() -> None:
    assert parts_of("Baule et Meung-sur-Loire") == ["Baule", "Meung-sur-Loire"]
    assert parts_of("Dry / Baule / Tavers") == ["Dry", "Baule", "Tavers"]
    assert parts_of("Chambon-Feugerolles, Le") == ["Chambon-Feugerolles, Le"]
