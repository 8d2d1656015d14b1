"""Numbers as producers write them, and those that they hide: between which bounds each one is."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.errors import quoted
from cpts_geo.french import typeset

#: Marks of a figure that its producer hides (statistical secrecy) or did not receive.
_MASKED: Final = re.compile(
    r"(?i)ns|nc|nd|s|n/?a\b.*|.*secret\b.*|non (?:communiqué|significatif|diffusé).*"
)
_LESS_THAN: Final = re.compile(r"(?:<|moins de)\s*([0-9]+(?:[.,][0-9]+)?)", re.IGNORECASE)
#: « 1 204,5 »: spaces between thousands only; digits of other scripts are no number here.
_NUMBER: Final = r"[-+]?(?:[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,][0-9]*)?(?:[eE][-+]?[0-9]+)?"


def bounded(
    values: pd.Series, *, masked: tuple[float, float], whole: bool = True
) -> tuple[pd.DataFrame, pd.Series]:
    """Lowest and highest value of each cell (low, high: equal for a number, NaN for an empty cell)
    and whether it is masked (``NS``, ``< 5``), then `masked` by the producer's words; where
    `whole`, under 5 is at most 4. Then the texts that are neither number nor mask."""
    text = values.fillna("").astype(str).str.replace(r"[\s\u00a0\u202f]+", " ", regex=True)
    text = text.str.strip()
    number = text.where(text.str.fullmatch(_NUMBER))
    number = number.str.replace(" ", "").str.replace(",", ".")
    # Hundreds of digits are infinite, as 1e400 is: who reads says what is too large.
    low = number.map(float, na_action="ignore").astype("float64")
    high = low.copy()
    hidden = text.str.fullmatch(_MASKED.pattern).to_numpy(dtype=bool)
    under = (
        text.str.extract(rf"^{_LESS_THAN.pattern}$", flags=re.IGNORECASE)[0]
        .str.replace(",", ".")
        .astype("float64")
    )
    below = (under.notna() & low.isna()).to_numpy()
    low = low.where(~hidden, masked[0]).where(~below, 0.0)
    most = pd.Series(np.ceil(under)) - 1 if whole else under
    high = high.where(~hidden, masked[1]).where(~below, most)
    found = pd.DataFrame({"low": low, "high": high, "masked": hidden | below}, index=values.index)
    return found, text[low.isna() & ~hidden & (text != "")]


def unsigned(text: str, value: float) -> str:
    """Say of a percentage up to 1, written without its sign, that it may be a share (a spreadsheet
    keeps 11,8 % as 0,118), and what to write; empty for any other."""
    if not 0 < value <= 1 or text.rstrip().endswith("%"):
        return ""
    shown = [f"{each:.10g}".replace(".", ",") for each in (100 * value, value)]
    return typeset(
        f"{quoted(text)} : {shown[0]} % ou {shown[1]} % ? écrivez {shown[0]} % (ou, si c’est bien "
        f"moins de 1 %, {shown[1]} % avec son signe)"
    )
