"""The APL of the DREES, the people of its file, and the share who live where it is low."""

from __future__ import annotations

import operator
from typing import Final

from cpts_geo.schema._column import Column, Status, Where
from cpts_geo.settings import APL_BREAKS, APL_LOW, APL_LOW_WORDS

#: Source of each vintage: the first published file that holds it; the first is embedded.
_SOURCES: Final = {2022: "drees_apl_2023", 2023: "drees_apl_2023", 2024: "drees_apl_2024"}
_EMBEDDED: Final = 2023
#: The one that the need of a territory is computed from: the known lines are compared with it, and
#: the national draws that they teach hold for it alone.
APL_OF_NEED: Final = "apl_2023"
_CAPPED: Final = (False, True)
#: Vintages of the earlier publications. The last one is also that of the workbook's first sheet:
#: it tells how far the two publications are apart.
_PAST: Final = (2015, 2016, 2017, 2018, 2019, 2021, 2022)


def _apl(vintage: int, *, capped: bool) -> Column:
    """APL of one vintage, of all GPs or of those up to 65."""
    cap = " (médecins de 65 ans ou moins)" if capped else ""
    family = "apl_65" if capped else "apl"
    return Column(
        name=f"{family}_{vintage}",
        label=f"APL aux médecins généralistes{cap}",
        unit="consultations par an et par habitant standardisé",
        kind="rate",
        decimals=2,
        source=_SOURCES[vintage],
        vintage=str(vintage),
        definition=(
            "Consultations, visites et téléconsultations de médecine générale accessibles par an "
            f"et par habitant standardisé{', offre des ' + cap.strip(' ()') if capped else ''}"
            " ; indicateur calculé par la Drees."
        ),
        table="figures",
        family=family,
        weight=f"standardised_population_{vintage}",
        fetched=vintage > _EMBEDDED,
        secrecy="public",
        listed=not capped,
        layer="" if capped else f"APL {vintage}",
        breaks=APL_BREAKS,
        more_is_better=True,
        best=Status.COMPUTED,
    )


def _people(vintage: int, *, standardised: bool) -> Column:
    """People behind the APL of one vintage, standardised or counted."""
    if standardised:
        label, unit = "Population standardisée", "habitants standardisés"
        definition = (
            "Habitants pondérés par la consommation de soins de leur âge : "
            f"dénominateur de l’APL {vintage}."
        )
    else:
        label, unit = f"Population totale du fichier APL {vintage}", "habitants"
        definition = f"Population des seuils et quantiles de l’APL {vintage}."
    family = f"{'standardised' if standardised else 'apl'}_population"
    return Column(
        f"{family}_{vintage}", label, unit, "count", 0, _SOURCES[vintage], str(vintage - 2),
        definition, table="figures", family=family, fetched=vintage > _EMBEDDED, secrecy="public",
    )  # fmt: skip


def _share_low(vintage: int, *, capped: bool) -> Column:
    """Share of the people who live where one APL is low."""
    base, people = _apl(vintage, capped=capped), f"apl_population_{vintage}"
    return Column(
        name=f"share_low_{base.name}",
        label=f"Habitants d’une commune d’APL inférieure à {APL_LOW_WORDS}"
        + (" (≤ 65 ans)" if capped else ""),
        unit="%",
        kind="derived",
        decimals=1,
        source=_SOURCES[vintage],
        vintage=str(vintage),
        definition=f"Part de la population des communes dont l’{base.label} est inférieure à "
        f"{APL_LOW_WORDS}.",
        numerator=people,
        weight=people,
        where=Where(base.name, operator.lt, APL_LOW),
        family=f"share_low_{base.family}",
        fetched=base.fetched,
        percent=True,
        secrecy="public",
    )


def _past(vintage: int) -> Column:
    """APL of one vintage of the earlier publications, of all GPs."""
    overlap = vintage in _SOURCES
    return Column(
        name=f"apl_{vintage}{'_earlier' if overlap else ''}",
        label="APL aux médecins généralistes (publication antérieure)",
        unit="consultations par an et par habitant standardisé",
        kind="rate",
        decimals=2,
        source="drees_apl_history",
        vintage=str(vintage),
        definition="Consultations de médecine générale accessibles par an et par habitant "
        "standardisé, publication antérieure de la Drees"
        + (", que le classeur actuel remplace." if overlap else "."),
        table="past",
        family="apl_past",
        # No people of these vintages are published with it: those of the nearest one.
        weight=f"standardised_population_{min(_SOURCES)}",
        best=Status.COMPUTED,
        secrecy="public",
    )


APL: Final = (
    *(
        column
        for vintage in _SOURCES
        for column in (
            *(_apl(vintage, capped=capped) for capped in _CAPPED),
            *(_people(vintage, standardised=standardised) for standardised in (True, False)),
        )
    ),
    *(_share_low(vintage, capped=capped) for vintage in _SOURCES for capped in _CAPPED),
    *map(_past, _PAST),
)
