"""A level of areas more, or a quantity of communes, is a row of one table: nothing else changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cpts_geo.secrecy import disclosure
from cpts_geo.secrecy.disclosure import Mask, releasable
from tests.conftest import on_path

ROOT = Path(__file__).resolve().parents[2]
EPCI = (
    'Level("epci", "intercommunalité", "de l’intercommunalité", '
    '("de son intercommunalité", "de ses intercommunalités"), '
    'members="epci", names="epci_name", mark="m0 -6h6v12h-12v-12z")'
)
#: Of fetched files only, in the table of communes and on maps.
DENTISTS = """PEOPLE: Final = (
    Column(
        "dentists_2026", "Dentistes", "cabinets", "count", 0, "ans_rpps", "2026", "Cabinets.",
        table="figures", family="dentists", fetched=True, whole=True, secrecy="public",
        listed=True, layer="Dentistes",
    ),"""
LISTED = """
from cpts_geo.analysis import Options, analyse
from cpts_geo.atlas.look.vintages import newest_known
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.atlas.sections.territory.communes import commune_columns
from cpts_geo.geography.perimeters.request import Request

(study,) = analyse(Request(["asclepios"]), Options(draws=100, fetched=False)).studies.values()
none = study.communes
assert "dentists_2026" not in commune_columns(none)
assert "Dentistes" not in [layer.title for layer in territory_layers(none)]
assert newest_known(["dentists"], study.comparison) == []
some = none.assign(dentists_2026=1.0)
assert commune_columns(some).count("dentists_2026") == 1
first, *others = territory_layers(some)
assert first.title.startswith("APL")
(layer,) = (layer for layer in others if layer.title == "Dentistes")
assert layer.counts
"""
LEVEL = """
import pandas as pd
from cpts_geo.analysis import Options, analyse
from cpts_geo.atlas.sections.territory import beside, gp_counts
from cpts_geo.indicators.comparison import compare_areas
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.embedding.contracts import check
from cpts_geo.sources.embedding.datapackage import _TEXTS
from cpts_geo.geography.figures._areas import named, sums_of_areas
from cpts_geo.geography.figures.aggregate import SUMMARISED, with_every_figure
from cpts_geo.geography.perimeters.request import Request

(study,) = analyse(Request(["asclepios"]), Options(draws=100, fetched=False)).studies.values()
communes = pd.DataFrame(embedded.load_communes().drop(columns="geometry"))
near = communes[communes["epci"].isin(study.figures["epci"])]
table = with_every_figure(near.merge(embedded.load_figures(), on="code_insee"))
made = named(sums_of_areas(table, indicators=SUMMARISED), table)
areas = pd.concat([embedded.load_comparisons(), made[made["area_level"] == "epci"]])
check(areas, "comparisons")
found = compare_areas(
    study.figures, areas, names=pd.Series({"asclepios": "T"}), facts=study.common.facts,
    basins=study.common.basins,
)
found_epci = found[found["area_level"] == "epci"]
people = found_epci.query("indicator == 'population'").set_index("area_code")["value"]
assert people.to_dict() == near.groupby("epci")["population"].sum().to_dict()
assert len(people) == 3

section = beside.section(found)
assert section["title"] == (
    "Le territoire à côté de ses intercommunalités, de ses départements, de sa région et de la "
    "France"
)
assert section["caption"] == (
    "Comparaison du territoire, de l’intercommunalité, du département, de la région et de la France"
)
names = section["areas"]
assert names[0] == "T" and set(names[1:4]) == set(near["epci_name"])
assert names[4:] == ["Indre-et-Loire", "Loir-et-Cher", "Centre-Val de Loire", "France"]

panel = gp_counts.section(found)
assert panel["areas"] == names
rows = {row.label: [cell.text for cell in row.cells] for row in panel["rows"]}
cnam = rows["Généralistes hors MEP (Cnam 2024)"]
assert cnam[1:4] == ["donnée absente"] * 3 and cnam[4] == "85,6"
assert "donnée absente" not in rows["Généralistes libéraux (BPE 2024)"]
assert ">intercommunalité</text>" in panel["chart"]
# One in the legend, three for each BPE: no disc, which is the territory's.
assert panel["chart"].count("m0 -6h6v12h-12v-12z") == 7
assert _TEXTS["area_level"] == "epci ou departement ou region ou france"
assert _TEXTS["area_code"] == (
    "Code de l’intercommunalité, du département et de la région, FR pour la France"
)
"""


@pytest.mark.parametrize(
    ("module", "old", "new", "check"),
    [
        ("_level", "(TERRITORY, DEPARTEMENT,", f"(TERRITORY, {EPCI}, DEPARTEMENT,", LEVEL),
        ("_people", "PEOPLE: Final = (", DENTISTS, LISTED),
    ],
)
def test_one_more_is_one_row_of_a_table(
    module: str, old: str, new: str, check: str, tmp_path: Path
) -> None:
    for folder in ("cpts_geo", "data"):
        # Bytes of Python come too: made for a file of that date, they are read again, or not.
        shutil.copytree(ROOT / folder, tmp_path / folder)
    path = tmp_path / "cpts_geo" / "schema" / f"{module}.py"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    done = subprocess.run(
        [sys.executable, "-P", "-c", check],
        env=os.environ | {"PYTHONPATH": on_path(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("outside", "hidden"),
    [
        # All of the region is listed: what 45 hides is its total less that of 41.
        ([("41", 40)], {"45", "R"}),
        # A third département is known of nobody.
        ([("41", 40), ("28", 60)], {"45"}),
    ],
)
def test_a_region_does_not_tell_a_masked_departement(
    outside: list[tuple[str, int]], hidden: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = disclosure.COLUMNS["gp_mean_age"]
    monkeypatch.setitem(disclosure.COLUMNS, "seen", type(few)(
        "seen", "Patients", "patients", "count", 0, "insee_bpe_2017", "2017", "Pour ce test.",
        secrecy="patients",
    ))  # fmt: skip
    inside = pd.DataFrame(
        {"code_insee": ["45001", "45002", "41001"], "departement": ["45", "45", "41"],
         "seen": [300, 200, 100], "seen_status": "measured"}
    ).assign(territory="t", region="R")  # fmt: skip
    others = pd.DataFrame(outside, columns=["departement", "seen"])
    others["code_insee"] = [f"{code}999" for code in others["departement"]]
    # Five patients of 45 live outside the territory.
    others.loc[len(others)] = {"departement": "45", "seen": 5, "code_insee": "45999"}
    total = 600 + others["seen"].sum()
    others.loc[len(others)] = {"departement": "01", "seen": 90, "code_insee": "01001"}
    others["region"] = np.where(others["departement"] == "01", "S", "R")
    areas = pd.DataFrame(
        [("cpts", "t", 600), ("departement", "45", 505), ("departement", "41", 140),
         ("region", "R", total), ("france", "FR", 9_000)],
        columns=["area_level", "area_code", "value"],
    ).assign(indicator="seen", status="measured", low=float("nan"), high=float("nan"))  # fmt: skip
    areas = areas.astype({"value": float})
    _, shown = releasable(inside, areas, outside=others)
    assert set(shown.loc[shown["status"] == Mask.SECRET, "area_code"]) == hidden
