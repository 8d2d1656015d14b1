"""What becomes of the answer while values are tried: the answer alone, or why there is none."""

from __future__ import annotations

from typing import Any, Final

from cpts_geo.atlas.sections.capacity import needed
from cpts_geo.atlas.sections.territory import answer
from cpts_geo.atlas.views.view import View
from cpts_geo.capacity.answer.headline import to_frame
from cpts_geo.errors import CptsGeoError
from cpts_geo.study.study import Study

_ANSWER: Final = "views/capacity.html.j2"


def tried_view(study: Study) -> View:
    """
    Show the answer as :func:`cpts_geo.atlas.views.capacity.capacity_view` does, without its parts.

    Parameters
    ----------
    study : Study
        Everything known of a territory, resting on what is tried.

    Returns
    -------
    View
        Its value and its table are those of the capacity; made in tens of milliseconds.
    """
    result = study.headline

    def shown() -> dict[str, Any]:
        return {
            "told": (),
            "answer": answer.section(study),
            "needed": None if result is None else needed.section(result),
        }

    return View(
        f"{study.name} : la capacité",
        [_ANSWER],
        shown,
        value=study.answer,
        table=None if result is None else to_frame([result]),
    )


def refused_view(error: CptsGeoError) -> View:
    """
    Show why what is asked cannot be.

    Parameters
    ----------
    error : CptsGeoError
        One of ours.

    Returns
    -------
    View
        Its value is the error.

    Examples
    --------
    >>> from cpts_geo.errors import AskedError
    >>> refused_view(AskedError("Trop de créneaux.", remedy="enlevez-en."))
    Réponse impossible avec ces valeurs
    Trop de créneaux.
    À faire : enlevez-en.
    """
    return View(
        "Réponse impossible avec ces valeurs",
        ["views/refused.html.j2"],
        {"refused": error},
        value=error,
    )
