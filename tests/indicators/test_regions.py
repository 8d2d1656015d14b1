"""The région of a territory beside its départements and France: sums of it, and where it shows."""

from __future__ import annotations

import pandas as pd
import pytest

from cpts_geo.atlas.exhibits._doctors import doctors_slide
from cpts_geo.indicators.densities import per_10k
from cpts_geo.schema import COLUMNS, embedded_vintage
from cpts_geo.sources.embedding import embedded
from tests.kept import analysed


def wide() -> pd.DataFrame:
    """Values of the areas around: one a row, an indicator a column."""
    table = embedded.load_comparisons()
    return table.pivot(index=["area_level", "area_code"], columns="indicator", values="value")


def test_a_region_is_the_sum_or_the_mean_of_its_departements() -> None:
    communes, areas = embedded.load_communes(), wide()
    region_of = communes.drop_duplicates("departement").set_index("departement")["region"]
    parts = areas.loc["departement"].assign(region=region_of)
    found = areas.loc["region"]
    for name in ("population", embedded_vintage("gps"), embedded_vintage("pharmacies")):
        sums = parts.groupby("region")[name].sum()
        assert found[name].to_dict() == pytest.approx(sums.reindex(found.index).to_dict()), name
    for name in map(embedded_vintage, ("gps_per_100k", "apl")):
        weight = str(COLUMNS[name].weight)
        known = parts[parts[name].notna()]
        top = (known[name] * known[weight]).groupby(known["region"]).sum()
        means = (top / known.groupby("region")[weight].sum()).reindex(found.index)
        # Communes without an APL weigh in neither: the two differ by less than is written.
        both = pd.DataFrame({"found": found[name], "means": means}).dropna()
        assert len(both) > 12
        assert both["found"].to_dict() == pytest.approx(both["means"].to_dict(), rel=2e-3), name


def test_the_region_stands_in_every_comparison_of_a_territory() -> None:
    (study,) = analysed(territories=["ondaine_forez"], draws=200, fetched=False).studies.values()
    regions = {"Auvergne-Rhône-Alpes"}
    apl = study.apl_trend
    assert set(apl.loc[apl["area_level"] == "region", "area_name"]) == regions
    slide = doctors_slide(study, sources="")
    assert slide is not None and slide.chart is not None
    assert regions <= {name for name, _ in slide.chart.series}
    assert "Pour 10 000 habitants : " in " ".join(slide.notes).replace("\u202f", " ")


def test_only_a_density_of_gps_is_written_for_ten_thousand_people() -> None:
    assert per_10k("gps_per_100k_published", 30.0) == 3.0
    assert per_10k("gps_per_100k_2024", float("nan")) is None
    assert per_10k("pharmacies_per_100k_2024", 30.0) is None
