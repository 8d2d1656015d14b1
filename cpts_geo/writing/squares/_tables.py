"""What is written of squares and of their communes: figures, how they are known, from what."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.access.catchments.squares import commune_accessibility
from cpts_geo.schema import Status, status_column
from cpts_geo.sources.analyst.squares.layout import LAYOUT
from cpts_geo.sources.analyst.squares.synthetic import SYNTHETIC

#: A rate is given for so many inhabitants.
_PER: Final = 100_000
#: Digits kept of such a rate.
_KEPT: Final = 3


def accessible(vintage: str) -> str:
    """Column of the accessibility to the GPs of a BPE."""
    return f"accessible_gps_per_100k_{vintage}"


def square_table(squares: pd.DataFrame, *, vintage: str, source: str) -> pd.DataFrame:
    """A row a square: its name as Insee's, commune, population, GPs accessible, status, source."""
    rate = (squares["accessibility"] * _PER).round(_KEPT)
    columns = {
        LAYOUT[0]: squares["square"],
        "code_insee": squares["code_insee"],
        "population": squares["people"],
    }
    return pd.DataFrame(columns | _known(rate, vintage=vintage, source=source))


def commune_table(
    squares: pd.DataFrame, communes: pd.DataFrame, *, vintage: str, source: str
) -> pd.DataFrame:
    """A row a commune: its inhabited squares and the people in them, GPs accessible on average, and
    from the least served square to the best."""
    found = commune_accessibility(squares)
    names = communes.set_index("code_insee")[["name", "departement"]].reindex(found.index)
    rates = (found[["accessibility", "lowest", "highest"]] * _PER).round(_KEPT)
    name = accessible(vintage)
    words = _known(rates["accessibility"], vintage=vintage, source=source)
    columns = {
        "squares": found["squares"],
        "population": found["people"],
        name: words.pop(name),
        f"{name}_lowest": rates["lowest"],
        f"{name}_highest": rates["highest"],
    }
    columns |= {column: text.astype("str") for column, text in words.items()}
    return names.assign(**columns).reset_index()


def _known(rate: pd.Series, *, vintage: str, source: str) -> dict[str, pd.Series]:
    """A rate, how it is known, and what it rests on: few words, as many times as there are rows."""
    # Times are approximate; people of invented squares are an assumption.
    known = Status.ASSUMED if source.startswith(SYNTHETIC) else Status.ESTIMATED
    name = accessible(vintage)
    said = np.where(rate.isna(), Status.UNKNOWN.value, known.value)
    return {
        name: rate,
        status_column(name): pd.Series(said, rate.index, dtype="category"),
        "source": pd.Series(source, rate.index, dtype="category"),
    }
