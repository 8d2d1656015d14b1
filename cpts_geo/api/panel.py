"""A panel to try other values of a territory: the code of its answer, no formula of its own."""

from __future__ import annotations

from typing import Any

from cpts_geo.atlas.views.capacity import capacity_view
from cpts_geo.study.study import Study


def panel(study: Study) -> Any:
    """
    Make the panel of a territory.

    Parameters
    ----------
    study : Study
        Everything known of it.

    Returns
    -------
    ipywidgets.Widget or View
        Where ipywidgets is absent, or there is no answer, the answer as it is.
    """
    return capacity_view(study)
