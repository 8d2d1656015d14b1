"""APL of earlier publications by commune of today."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpts_geo.errors import TableError
from cpts_geo.geography.figures.apl_past import past_apl
from cpts_geo.geography.figures.by_commune import cog_of
from cpts_geo.schema import vintages
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.embedding import embedded


def brought(events: pd.DataFrame, *rows: tuple[str, int, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["code_insee", "vintage", "apl"])
    people = embedded.load_population()
    return past_apl(table, events=events, population=people).set_index("code_insee")


def test_vintages_of_the_current_publication_are_left_out():
    events = embedded.load_cog_events()
    found = brought(events, ("45203", 2015, 3.0), ("45203", 2023, 2.0), ("45038", 2023, 1.0))
    assert tuple(found.columns) == vintages("apl_past")
    # Nothing is known of a commune of which only another vintage is.
    assert found.index.tolist() == ["45203"]
    assert found.at["45203", "apl_2015"] == 3.0
    assert np.isnan(found.at["45203", "apl_2016"])


def test_communes_that_merge_later_share_their_mean():
    assert cog_of("drees_apl_history") < COG_YEAR
    row = {"year": COG_YEAR, "dated": True, "event": "fusion", "from_code": "45999",
           "to_code": "45203", "former_codes": np.nan, "evidence": "essai"}  # fmt: skip
    events = pd.concat([embedded.load_cog_events(), pd.DataFrame([row])], ignore_index=True)
    found = brought(events, ("45203", 2015, 3.0), ("45999", 2015, 2.0))
    assert found["apl_2015"].to_dict() == {"45203": 2.5}


def test_a_code_of_another_cog_is_refused():
    with pytest.raises(TableError) as caught:
        brought(embedded.load_cog_events(), ("49069", 2015, 3.0), ("45999", 2015, 3.0))
    assert "49069" in str(caught.value)
    assert "45999" in str(caught.value)


def test_the_embedded_table_has_the_communes_of_today():
    past = embedded.load_apl_history()
    communes = set(embedded.load_population().index)
    assert set(past["code_insee"]) < communes
    assert len(past) == 34_489
    lacking = pd.Series(sorted(communes - set(past["code_insee"])))
    corsica = lacking.str.startswith(("2A", "2B"))
    assert int(corsica.sum()) == 360
    # Mayotte, three cities, and six communes without a soul.
    assert len(lacking[~corsica]) == 17 + 3 + 6
    values = past[list(vintages("apl_past"))]
    assert (values.round(2) == values).where(values.notna(), True).all(axis=None)
