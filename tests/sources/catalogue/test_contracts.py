"""Contracts of the tables: what breaks one is refused, and every defect is listed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpts_geo.errors import TableError
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.embedding.contracts import check


def test_embedded_tables_keep_their_contracts():
    check(embedded.load_figures(), "figures")
    check(embedded.load_comparisons(), "comparisons")
    check(embedded.load_perimeters(), "perimeters")
    check(embedded.load_facts(), "facts")


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("population", -3, "population : nombre positif ou nul attendu (01001 : « -3 »)"),
        ("population", "douze", "population : nombre entier attendu (01001 : « douze »)"),
        ("population", None, "population : valeur absente (01001)"),
        ("code_insee", "1001", "code_insee : code Insee de 5 caractères attendu (1001)"),
        ("code_insee", "01002", "code_insee : valeur en double (01002)"),
        ("name", "", "name : texte vide (01001)"),
        ("area_km2", 0.0, "area_km2 : superficie positive attendue (01001 : « 0.0 »)"),
        ("population_2017", 1.5, "population_2017 : nombre entier attendu (01001 : « 1.5 »)"),
        ("point_status", "sûr", "point_status : attendu : measured, estimated (01001 : « sûr »)"),
    ],
)
def test_broken_commune_is_refused(communes, column, value, said):
    table = communes.head(5).copy()
    table[column] = table[column].astype(object)
    table.loc[0, column] = value
    table[column] = table[column].infer_objects()
    with pytest.raises(TableError) as refused:
        check(table, "communes")
    assert any(defect.startswith(said.split(" (")[0]) for defect in refused.value.defects)
    assert said in refused.value.defects
    assert "source" in refused.value.remedy


def test_every_defect_is_listed_at_once(communes):
    table = communes.head(30).copy()
    table["population"] = -1
    table.loc[2, "name"] = None
    with pytest.raises(TableError) as refused:
        check(table, "communes", origin="essai.csv")
    assert "essai.csv" in refused.value.summary
    population, name = sorted(refused.value.defects, reverse=True)
    assert population.count("« -1 »") == 20
    assert population.endswith("et 10 autres)")
    assert name == "name : valeur absente (01004)"


def test_missing_and_unknown_columns_are_named(communes):
    table = communes.head(3).drop(columns=["population", "epci"]).assign(revenu=1)
    with pytest.raises(TableError) as refused:
        check(table, "communes")
    assert refused.value.defects == (
        "colonne absente : epci",
        "colonne absente : population",
        "colonne inconnue : revenu",
    )


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("gps_2017", -1.0, "gps_2017 : nombre positif"),
        ("gps_2017", 0.5, "gps_2017 : nombre entier attendu"),
        ("share_75plus_2022", 8.3, "share_75plus_2022 : part entre 0 et 1"),
        ("apl_2023_status", "sûr", "apl_2023_status : attendu : measured"),
        ("apl_2023_status", "unknown", "ligne : apl_2023_status doit valoir « unknown »"),
        ("apl_2023", np.nan, "ligne : apl_2023_status doit valoir « unknown »"),
    ],
)
def test_broken_figure_is_refused(column, value, said):
    table = embedded.load_figures().head(4)
    table.loc[1, column] = value
    with pytest.raises(TableError) as refused:
        check(table, "figures")
    (defect,) = refused.value.defects
    assert defect.startswith(said)
    assert "01002" in defect


def test_broken_comparison_is_refused():
    table = embedded.load_comparisons()
    share = table["indicator"] == "share_low_apl_2023"
    wrong = table.assign(value=table["value"].mask(share & (table["area_code"] == "FR"), 16.6))
    with pytest.raises(TableError, match=r"dépasse 1 \(france FR share_low_apl_2023\)"):
        check(wrong, "comparisons")
    with pytest.raises(TableError, match="en double"):
        check(pd.concat([table, table.tail(1)], ignore_index=True), "comparisons")
