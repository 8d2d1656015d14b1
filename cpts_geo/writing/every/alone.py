"""What is asked of one territory alone, and makes no sense of a thousand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cpts_geo.errors import AskedError
from cpts_geo.french import counted

#: Options as they are typed, and why: they speak of one territory, or their secrets are kept over
#: all of them at once, which are never held together.
_ALONE: Final = {
    "--perimeter": "le fichier se donne à --all lui-même (--all FICHIER)",
    "--only": "choisit un territoire, et tous sont demandés",
    "--name": "nomme un territoire, et tous gardent le leur",
    "--finess": "un numéro est celui d’un territoire",
    "--scenario": "un scénario est celui d’un territoire",
    "--change": "un changement d’offre est celui d’un territoire",
    "--share-without-mt": "une part est celle d’un territoire",
    "--indicators": "ce qui y est secret se protège sur tous les territoires à la fois, jamais "
    "tenus ensemble ; donnez-le à un rapport par EPCI (--epci SIREN) ou par département "
    "(--departement 45)",
    "--roads": "les temps par la route se calculent autour d’un territoire",
}


def check_alone(given: Iterable[str]) -> None:
    """
    Refuse what is asked of one territory alone, of all of them.

    Parameters
    ----------
    given : iterable of str
        Options that are given, as they are typed.

    Raises
    ------
    AskedError
        Some do not go with all territories; each is listed, with the reason.

    Examples
    --------
    >>> check_alone(["--travel", "--parameters"])
    """
    typed = set(given)
    refused = [option for option in _ALONE if option in typed]
    if refused:
        them = "la" if len(refused) == 1 else "les"
        raise AskedError(
            f"--all ne va pas avec {counted(len(refused), 'option', 'options')} d’un territoire.",
            defects=[f"{option} : {_ALONE[option]}" for option in refused],
            remedy=f"retirez-{them}, ou demandez ce territoire seul (--epci, --tvs, --perimeter).",
        )
