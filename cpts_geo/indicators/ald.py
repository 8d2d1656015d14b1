"""Patients in long-term illness (ALD) without médecin traitant, by département, where fetched.

No producer gives the share of all people by département: this one is of some of them, and is never
set in its place.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from cpts_geo import settings
from cpts_geo.schema import AREA, COLUMNS, DEPARTEMENT, FRANCE, Status

_COLUMN: Final = COLUMNS["share_ald_without_mt"]
_SOURCE: Final = _COLUMN.source


def with_ald(comparisons: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """
    Add the share of ALD patients without médecin traitant to the figures of areas.

    Parameters
    ----------
    comparisons : DataFrame
        Figures of départements and France, in the form of
        :func:`cpts_geo.sources.embedding.embedded.load_comparisons`.

    Returns
    -------
    tuple of DataFrame and dict of str to str
        The figures of its newest year beside the others, with their vintage, and the SHA-256 of
        the file by source key; the same figures and nothing where it was not fetched. A masked
        figure is unknown.

    Raises
    ------
    CptsGeoError
        The fetched file cannot be read.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> comparisons = embedded.load_comparisons()
    >>> len(with_ald(comparisons)[0]) >= len(comparisons)
    True
    """
    # Only a run on fetched sources needs what reads them.
    from cpts_geo.sources.catalogue.lock import read_lock  # noqa: PLC0415
    from cpts_geo.sources.fetching.cached import located  # noqa: PLC0415
    from cpts_geo.sources.fetching.parsed import load_source  # noqa: PLC0415

    if located(_SOURCE) is None:
        return comparisons, {}
    table = load_source(_SOURCE)
    newest = table[(table["year"] == table["year"].max()) & ~table["masked"]]
    france = newest["departement"] == FRANCE.code
    rows = pd.DataFrame(
        {
            "area_level": france.map({True: FRANCE.key, False: DEPARTEMENT.key}),
            "area_code": newest["departement"],
            "indicator": _COLUMN.name,
            "value": newest["share_low"],
            "status": Status.MEASURED.value,
            "note": "",
            "vintage": newest["year"].astype(str),
        }
    )
    named = rows.merge(comparisons[[*AREA, "area_name"]].drop_duplicates(AREA), on=AREA)
    entry = read_lock(settings.lock_path())[_SOURCE]
    return pd.concat([comparisons, named], ignore_index=True), {_SOURCE: entry.sha256}
