"""What a follow-up says in words: what has changed, what the period was, what was expected."""

from __future__ import annotations

from typing import Any, Final

from cpts_geo.atlas.look.cells import MASK_TEXTS
from cpts_geo.atlas.sections.follow_up._change import (
    NAMED,
    changed,
    departed,
    month_name,
    value_text,
)
from cpts_geo.capacity.need.interval import CHANCE
from cpts_geo.french import (
    counted,
    joined,
    number,
)
from cpts_geo.sources.analyst.filled.templates import INVENTED
from cpts_geo.study.follow_up.follow_up import FollowUp

#: Requests a month from which most months may be shown, as generated registres say.
_READABLE: Final = 60
#: What the model expects.
_EXPECTED: Final = "slot_requests"


def span(period: tuple[Any, Any]) -> str:
    """Two dates in words."""
    return f"du {period[0]:%d/%m/%Y} au {period[1]:%d/%m/%Y}"


def sentences(found: FollowUp) -> list[str]:
    """What has really changed, what the period was, whether the model expected it."""
    rows = {str(name): dict(row) for name, row in found.totals.iterrows()}
    requests = float(rows["requests"]["value"])
    mark = f" ({INVENTED})" if found.invented[0] else ""
    strong = changed(found)
    said = [
        strong,
        f"{counted(requests, 'demande', 'demandes')} {span(found.period)}{mark} ; "
        f"taux de réponse : {value_text('response_rate', rows['response_rate'], found.blank[0])}"
        + (f" ({found.blank[0]})." if found.blank[0] else "."),
        _judged(found),
        f"La période d’avant est un {INVENTED}." if found.invented[1] else "",
    ]
    if found.before_period and found.invented[0] != found.invented[1]:
        said.append(
            f"Une des deux périodes est un {INVENTED}, l’autre non : rien n’est dit de ce qui "
            "aurait changé."
        )
    elif found.before_period and not strong:
        said.append(
            "Depuis la période d’avant, rien n’a changé plus que le hasard ne l’explique."
            if found.totals["significant"].notna().any()
            else "Trop peu de mois en commun pour dire si quelque chose a changé."
        )
    return [each for each in (*said, departed(found)) if each]


def _judged(found: FollowUp) -> str:
    """How many months are as the model expected, and how many nothing tells."""
    told = found.expected["inside"].dropna()
    masked = int(found.status[_EXPECTED].isin(list(MASK_TEXTS)).sum())
    few = f"trop peu de demandes pour les montrer, il en faut environ {number(_READABLE)} par mois"
    if not len(told):
        of = f"{number(masked)} mois sur {number(len(found.months))}"
        return f"Demandes de SNP : {of} masqués ({few})." if masked else ""
    low = sum(not ok and _below(found, month) for month, ok in told.items())
    outside = len(told) - int(told.sum())
    sides = [
        counted(low, "au-dessous", "au-dessous") if low else "",
        counted(outside - low, "au-dessus", "au-dessus") if outside - low else "",
    ]
    return (
        f"{counted(int(told.sum()), 'mois', 'mois')} sur {number(len(told))} "
        f"{'est' if told.sum() == 1 else 'sont'} dans ce que le modèle attendait, où l’on "
        f"attend {number(10 * CHANCE)} mois sur 10"
        + (f" ({joined(list(filter(None, sides)))}{_named(found)})" if outside else "")
        + (
            f" ; {number(masked)} de plus, masqué{'s' if masked > 1 else ''} : {few}."
            if masked
            else "."
        )
    )


def _named(found: FollowUp) -> str:
    """The months that are out of their band, where they are few enough to be named."""
    inside = found.expected["inside"]
    out = [str(month) for month in inside[inside.eq(False)].index]
    return f" : {joined(list(map(month_name, out)))}" if len(out) <= NAMED else ""


def _below(found: FollowUp, month: Any) -> bool:
    """Whether a month is under what was expected."""
    counted_then, least = found.months["slot_requests"], found.expected["p10"]
    return bool(counted_then.lt(least)[month])
