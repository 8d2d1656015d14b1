"""ALD patients without médecin traitant stand by département where their file was fetched."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from cpts_geo.atlas.sections.territory.beside import comparison_rows
from cpts_geo.geography.perimeters.outlines import territory_communes
from cpts_geo.indicators.ald import with_ald
from cpts_geo.indicators.comparison import compare_areas
from cpts_geo.sources.catalogue import lock
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.fetching import cached, parsed
from cpts_geo.sources.readers.care.cnam import READERS

NAME, SOURCE = "share_ald_without_mt", "cnam_ald_without_mt"
TEXT = (
    "annee;region;libelle_region;departement;libelle_departement;taux_patients_ald_sans_mt;"
    "taux_patients_ald_sans_mt_integer\n"
    "2023;24;Centre;45;Loiret;9,9 %;9.9\n2024;24;Centre;45;Loiret;7,2 %;7.2\n"
    "2024;24;Centre;18;Cher;NC;0\n2024;99;FRANCE;999;FRANCE;5 %;5\n"
)


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ald.csv"
    path.write_text(TEXT, encoding="utf-8")
    table = READERS["cnam_ald"].table(path, sources()[SOURCE])
    monkeypatch.setattr(cached, "located", lambda key: path)
    monkeypatch.setattr(parsed, "load_source", lambda key: table)
    monkeypatch.setattr(lock, "read_lock", lambda path: {SOURCE: SimpleNamespace(sha256="ab")})


def test_the_newest_year_and_no_masked_figure(fetched: None) -> None:
    before = embedded.load_comparisons()
    after, inputs = with_ald(before)
    assert inputs == {SOURCE: "ab"}
    mine = after[after["indicator"] == NAME].set_index("area_code")
    assert mine["value"].round(4).to_dict() == {"45": 0.072, "FR": 0.05}
    assert mine["area_name"].to_dict() == {"45": "Loiret", "FR": "France"}
    assert set(mine["vintage"]) == {"2024"}
    pd.testing.assert_frame_equal(after.iloc[: len(before)][list(before)], before)


def test_it_is_shown_beside_and_never_for_the_territory(fetched: None) -> None:
    comparisons, _ = with_ald(embedded.load_comparisons())
    members = embedded.load_perimeters().query("territory == 'ouest_loiret'")
    communes = territory_communes(
        members, embedded.load_communes(), figures=embedded.load_figures()
    )
    names = pd.Series({"ouest_loiret": "CPTS Ouest Loiret"})
    table = compare_areas(
        communes,
        comparisons,
        names=names,
        facts=embedded.load_facts(),
        basins=embedded.load_basins(),
    )
    rows = table[table["indicator"] == NAME].set_index("area_level")
    assert rows.loc["cpts", "status"] == "unknown"
    assert rows.loc["departement", ["vintage", "grade"]].to_list() == ["2024", "A"]
    _, shown = comparison_rows(table)
    [row] = [row for row in shown if "longue durée" in row.label]
    assert row.label == "Patients en affection de longue durée sans médecin traitant, 2024"
    assert [cell.text.replace("\u202f", " ") for cell in row.cells] == [
        "donnée absente", "7,2 %", "donnée absente", "5,0 %",
    ]  # fmt: skip
    # It is not the share of all people.
    others = table[(table["indicator"] == "share_without_mt") & (table["area_level"] != "france")]
    assert others["value"].isna().all()


def test_without_the_file_nothing_is_added() -> None:
    before = embedded.load_comparisons()
    after, inputs = with_ald(before)
    assert after is before and inputs == {}
