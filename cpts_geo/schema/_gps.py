"""GPs: who counts how many, the densities made of these counts, and the people without any."""

from __future__ import annotations

import operator
from typing import Final

from cpts_geo.schema._column import PER_PEOPLE, Column, Status, Where
from cpts_geo.schema._people import EARLIER_POPULATION, POPULATION_YEAR
from cpts_geo.settings import COG_YEAR

#: BPE by commune, oldest first, and the people each is set against.
GP_VINTAGES: Final = {
    2017: (EARLIER_POPULATION, "2017"),
    2024: ("population", POPULATION_YEAR),
    2025: ("population", POPULATION_YEAR),
}
_EMBEDDED: Final = 2024
_DENSITY: Final = "pour 100 000 hab."


def _gps(vintage: int) -> Column:
    """GPs of one BPE."""
    return Column(
        name=f"gps_{vintage}",
        label=f"Généralistes libéraux (BPE {vintage})",
        unit="médecins",
        kind="count",
        decimals=0,
        source=f"insee_bpe_{vintage}",
        vintage=str(vintage),
        definition="Médecins généralistes libéraux comptés par lieu d’exercice (BPE, "
        f"{'D201' if vintage < 2024 else 'D265'}), codes ramenés au COG {COG_YEAR}.",
        table="figures",
        family="gps",
        fetched=vintage > _EMBEDDED,
        whole=True,
        secrecy="public",
        listed=True,
        layer=f"Généralistes libéraux ({vintage})",
    )


def _density(vintage: int) -> Column:
    """Density of the GPs of one BPE."""
    weight, year = GP_VINTAGES[vintage]
    return Column(
        name=f"gps_per_100k_{vintage}",
        label=f"Généralistes libéraux pour 100 000 habitants (BPE {vintage})",
        unit=_DENSITY,
        kind="derived",
        decimals=1,
        source=f"insee_bpe_{vintage}",
        vintage=str(vintage),
        definition=f"Médecins généralistes de la BPE {vintage} rapportés à la population "
        f"municipale {year}.",
        numerator=f"gps_{vintage}",
        weight=weight,
        per=PER_PEOPLE,
        family="gps_per_100k",
        fetched=vintage > _EMBEDDED,
        short=f"BPE {vintage}",
        secrecy="public",
        more_is_better=True,
    )


def _without(vintage: int, *, share: bool) -> Column:
    """People of the communes without a GP in one BPE, or their share."""
    weight, year = GP_VINTAGES[vintage]
    family = f"{'share' if share else 'population'}_without_gp"
    return Column(
        name=f"{family}_{vintage}",
        label=f"{'Part des habitants' if share else 'Habitants'} sans généraliste libéral dans la "
        "commune",
        unit="%" if share else "habitants",
        kind="derived",
        decimals=1 if share else 0,
        source=f"insee_bpe_{vintage}",
        vintage=str(vintage),
        definition=(
            f"Part de la population {year} vivant dans une commune sans généraliste (BPE "
            f"{vintage})."
            if share
            else f"Population {year} des communes où la BPE {vintage} ne compte aucun généraliste."
        ),
        numerator=weight,
        weight=weight if share else None,
        where=Where(f"gps_{vintage}", operator.eq, 0),
        family=family,
        fetched=vintage > _EMBEDDED,
        percent=share,
        secrecy="public",
    )


GPS: Final = (
    *(_gps(vintage) for vintage in GP_VINTAGES),
    *(_density(vintage) for vintage in GP_VINTAGES),
    Column(
        "gps_per_100k_published", "Généralistes pour 100 000 habitants (annoncé)",
        _DENSITY, "rate", 0, "communique_beauce_gatinais", "2021",
        "Densité écrite dans le communiqué de 2021, champ et millésime non précisés.",
        table="areas", weight="population", best=Status.ANNOUNCED, secrecy="public",
        more_is_better=True,
    ),
    Column(
        "gps_per_100k_cartosante_2024",
        "Généralistes libéraux pour 100 000 habitants (CartoSanté 2024)",
        _DENSITY, "rate", 0, "cartosante_basins_2024", "2024",
        "Densité publiée par bassin de vie, deux chiffres pour 10 000 habitants ; moyenne des "
        "bassins de vie des communes, pondérée par leurs habitants.",
        # Each commune is given the density of its whole basin.
        table="areas", weight="population", best=Status.ESTIMATED,
        family="gps_per_100k_cartosante", short="CartoSanté 2024", secrecy="public",
        more_is_better=True,
    ),
    Column(
        "gps_cnam_2024", "Généralistes libéraux hors MEP (Cnam 2024)", "médecins", "count", 0,
        "cnam_2024", "2024",
        "Médecins généralistes libéraux hors médecins à expertise particulière, un médecin compté "
        "une fois.",
        table="areas", family="gps_cnam", secrecy="public",
    ),
    Column(
        "gps_mep_cnam_2024", "Médecins à expertise particulière (Cnam 2024)", "médecins", "count",
        0, "cnam_2024", "2024",
        "Généralistes libéraux à expertise particulière (MEP), que la Cnam compte à part.",
        table="areas", family="gps_mep_cnam", secrecy="public",
    ),
    Column(
        "gps_per_100k_cnam_2024", "Généralistes hors MEP pour 100 000 habitants (Cnam 2024)",
        _DENSITY, "rate", 1, "cnam_2024", "2024",
        "Densité publiée par la Cnam, médecins généralistes libéraux hors MEP.",
        table="areas", numerator="gps_cnam_2024", weight="population",
        family="gps_per_100k_cnam", short="Cnam 2024", secrecy="public",
        more_is_better=True,
    ),
    Column(
        "gp_mean_age", "Âge moyen des généralistes (publié)", "ans", "rate", 0,
        "communiques", "2021", "Moyenne d’âge des généralistes publiée par le territoire.",
        table="areas", weight=f"gps_{_EMBEDDED}", secrecy="professionals", people="gps",
    ),
    *(
        _without(vintage, share=share)
        for vintage in GP_VINTAGES
        if vintage >= _EMBEDDED
        for share in (False, True)
    ),
)  # fmt: skip

#: Apart: the file of figures has them last.
RPPS: Final = (
    Column(
        "gps_rpps", "Généralistes de premier recours (RPPS)", "médecins", "count", 1,
        "ans_rpps", "extraction courante",
        "Généralistes de l’annuaire santé en cabinet, maison ou centre de santé, libéraux ou "
        "salariés ; un médecin de n lieux compte 1/n dans chacun.",
        # Shared between places, and those without a place are nowhere.
        table="figures", fetched=True, best=Status.ESTIMATED, secrecy="public",
    ),
    Column(
        "gps_per_100k_rpps", "Généralistes de premier recours pour 100 000 habitants (RPPS)",
        _DENSITY, "derived", 1, "ans_rpps", "extraction courante",
        f"Généralistes du RPPS rapportés à la population municipale {POPULATION_YEAR}.",
        numerator="gps_rpps", weight="population", per=PER_PEOPLE, fetched=True, secrecy="public",
        more_is_better=True,
    ),
)  # fmt: skip


#: What a reader looks for first: today's count beside what was announced.
_FIRST: Final = (
    f"gps_per_100k_{_EMBEDDED}", "gps_per_100k_published", "gps_per_100k_cartosante_2024",
    "gps_per_100k_cnam_2024",
)  # fmt: skip


def _reading_order(density: Column) -> tuple[int, int]:
    """Newer counts than the embedded one, then `_FIRST`, then the others, the newest first."""
    year = int(density.vintage) if density.vintage.isdigit() else 0
    if density.name in _FIRST:
        return _FIRST.index(density.name), 0
    return (-1 if density.fetched and year else len(_FIRST)), -year


#: Densities of GPs, a source each, in reading order; the count behind each is its numerator.
GP_SOURCES: Final = tuple(
    column.name for column in sorted((*GPS, *RPPS), key=_reading_order) if column.unit == _DENSITY
)
