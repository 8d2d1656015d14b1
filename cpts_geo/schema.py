"""Every column and indicator, once: name, unit, French label, how it aggregates, source.

Counts add; rates are weighed by the denominator named here. A column name carries its
vintage, so two vintages can never share a column by accident.
"""

from __future__ import annotations

from typing import Final

from cpts_geo.columns import (
    GRADE_LABELS,
    STATUS_LABELS,
    STATUS_MARKS,
    Column,
    Kind,
    Secrecy,
    Status,
    status_column,
)

__all__ = [
    "ACCESS_COLUMNS", "APL_VINTAGES", "COLUMNS", "COMPARED", "EMBEDDED_FIGURES",
    "EMERGENCY_VINTAGES", "FIGURE_COLUMNS", "GP_VINTAGES", "GRADE_LABELS", "MAX_CHANGES",
    "STATUS_LABELS", "STATUS_MARKS", "Column", "Kind", "Secrecy", "Status", "status_column",
]  # fmt: skip

#: Years the fetched files may bring, oldest first; the embedded figures hold some of them.
APL_VINTAGES: Final = (2022, 2023, 2024)
GP_VINTAGES: Final = (2017, 2025)
EMERGENCY_VINTAGES: Final = (2020, 2025)
#: Source of the APL, by vintage: the first published file that holds it.
_APL_SOURCES: Final = {2022: "drees_apl_2023", 2023: "drees_apl_2023", 2024: "drees_apl_2024"}


def _apl(vintage: int, *, capped: bool) -> Column:
    cap = " (médecins de 65 ans ou moins)" if capped else ""
    return Column(
        name=f"apl_{'65_' if capped else ''}{vintage}",
        label=f"APL aux médecins généralistes{cap}",
        unit="consultations par an et par habitant standardisé",
        kind="rate",
        decimals=2,
        source=_APL_SOURCES[vintage],
        vintage=str(vintage),
        definition=(
            "Consultations, visites et téléconsultations de médecine générale accessibles par an "
            f"et par habitant standardisé{', offre des ' + cap.strip(' ()') if capped else ''}"
            " ; indicateur calculé par la Drees."
        ),
        weight=f"standardised_population_{vintage}",
    )


def _apl_people(vintage: int, *, standardised: bool) -> Column:
    if standardised:
        label, unit = "Population standardisée", "habitants standardisés"
        definition = (
            "Habitants pondérés par la consommation de soins de leur âge : "
            f"dénominateur de l’APL {vintage}."
        )
    else:
        label, unit = f"Population totale du fichier APL {vintage}", "habitants"
        definition = f"Population des seuils et quantiles de l’APL {vintage}."
    name = f"{'standardised' if standardised else 'apl'}_population_{vintage}"
    source, year = _APL_SOURCES[vintage], str(vintage - 2)
    return Column(name, label, unit, "count", 0, source, year, definition)


def _share_low(vintage: int, *, capped: bool) -> Column:
    base = _apl(vintage, capped=capped)
    return Column(
        name=f"share_low_{base.name}",
        label="Habitants d’une commune d’APL inférieure à 2,5" + (" (≤ 65 ans)" if capped else ""),
        unit="%",
        kind="derived",
        decimals=1,
        source=_APL_SOURCES[vintage],
        vintage=str(vintage),
        definition=f"Part de la population des communes dont l’{base.label} est inférieure à 2,5.",
        weight=f"apl_population_{vintage}",
        percent=True,
    )


def _gps(vintage: int) -> Column:
    return Column(
        name=f"gps_{vintage}",
        label=f"Généralistes libéraux (BPE {vintage})",
        unit="médecins",
        kind="count",
        decimals=0,
        source=f"insee_bpe_{vintage}",
        vintage=str(vintage),
        definition="Médecins généralistes libéraux comptés par lieu d’exercice (BPE, "
        f"{'D201' if vintage < 2024 else 'D265'}), codes ramenés au COG 2026.",
    )


def _gp_population(vintage: int) -> str:
    """People that GPs of one BPE are set against: of that year where embedded, else of today."""
    return "population_2017" if vintage == 2017 else "population"


def _gp_density(vintage: int) -> Column:
    weight = _gp_population(vintage)
    return Column(
        name=f"gps_per_100k_{vintage}",
        label=f"Généralistes libéraux pour 100 000 habitants (BPE {vintage})",
        unit="pour 100 000 hab.",
        kind="derived",
        decimals=1,
        source=f"insee_bpe_{vintage}",
        vintage=str(vintage),
        definition=f"Médecins généralistes de la BPE {vintage} rapportés à la population "
        f"municipale {'2017' if weight == 'population_2017' else '2023'}.",
        weight=weight,
    )


def _without_gp(vintage: int, *, share: bool) -> Column:
    people = f"Population {2017 if _gp_population(vintage) == 'population_2017' else 2023}"
    return Column(
        name=f"{'share' if share else 'population'}_without_gp_{vintage}",
        label="Habitants sans généraliste libéral dans la commune",
        unit="%" if share else "habitants",
        kind="derived",
        decimals=1 if share else 0,
        source=f"insee_bpe_{vintage}",
        vintage=str(vintage),
        definition=(
            f"Part de la {people.lower()} vivant dans une commune sans généraliste (BPE {vintage})."
            if share
            else f"{people} des communes où la BPE {vintage} ne compte aucun généraliste."
        ),
        weight=_gp_population(vintage) if share else None,
        percent=share,
    )


def _emergency(vintage: int) -> Column:
    name, source = f"emergency_departments_{vintage}", f"insee_bpe_{vintage}"
    definition = "Établissements avec un service d’urgences (BPE, D106)."
    label = "Services d’urgences"
    return Column(name, label, "services", "count", 0, source, str(vintage), definition)


#: Facility -> vintages of the figure that says where it is, and its French words.
_FACILITIES: Final = {
    "gp": (GP_VINTAGES, "généraliste libéral le plus proche", "généralistes libéraux"),
    "emergency": (EMERGENCY_VINTAGES, "service d’urgences le plus proche", "urgences"),
}
#: Scenarios of supply that one page shows at most.
MAX_CHANGES: Final = 3


def _minutes(facility: str, series: str, vintage: int) -> Column:
    words, kind = _FACILITIES[facility][1:]
    label, source, how = {
        "approx": ("Minutes approchées", "travel_surrogate", "approchées par la distance"),
        "file": ("Minutes", "travel_file", "de la table des temps fournie par l’analyste"),
        "insee": ("Minutes", "insee_access_times_24", "de l’Insee, moyenne des habitants"),
    }[series]
    return Column(
        name=f"{facility}_minutes_{series}_{vintage}",
        label=f"{label} jusqu’au {words}",
        unit="min",
        kind="derived",
        decimals=0,
        source=source,
        vintage=f"{kind} {vintage}",
        definition=f"Minutes en voiture {how}, jusqu’au {words} ({kind} de {vintage}) ; 0 dans sa "
        "commune. Près ne veut pas dire disponible.",
    )


def _shift(number: int, *, after: bool) -> Column:
    return Column(
        name=f"apl_{'after' if after else 'shift'}_{number}",
        label=f"{'APL après' if after else 'Écart d’APL'} (scénario {number})",
        unit="consultations par an et par habitant standardisé",
        kind="derived",
        decimals=2,
        source="apl_shift",
        vintage=f"scénario {number}",
        definition="APL publiée et son écart si l’offre d’une commune change, par les bassins de "
        "20 minutes ; temps approchés ou fournis, consultations supposées.",
        signed=not after,
    )


#: What access brings to communes: minutes to care, and the APL of scenarios.
ACCESS_COLUMNS: Final = (
    *(
        _minutes(facility, series, vintage)
        for facility, (vintages, _, _) in _FACILITIES.items()
        for series in ("approx", "file")
        for vintage in vintages
    ),
    *(_minutes(facility, "insee", 2024) for facility in _FACILITIES),
    *(_shift(k, after=after) for k in range(1, MAX_CHANGES + 1) for after in (False, True)),
)

_ALL: Final = (
    Column(
        "population", "Population municipale", "habitants", "count", 0,
        "decoupage_administratif_2026", "2023",
        "Population municipale de référence, millésime 2023, communes du COG 2026.",
    ),
    Column(
        "area_km2", "Superficie", "km²", "count", 0, "admin_express", "2026",
        "Superficie de la géométrie non simplifiée, projection locale conforme.",
    ),
    Column(
        "density_km2", "Densité de population", "hab./km²", "derived", 1,
        "decoupage_administratif_2026", "2023",
        "Population municipale 2023 rapportée à la superficie.", weight="area_km2",
    ),
    Column(
        "population_2017", "Population municipale 2017", "habitants", "count", 0,
        "insee_population_2017", "2017", "Dénominateur des comptages BPE 2017.",
    ),
    *(_gps(vintage) for vintage in GP_VINTAGES),
    *(_gp_density(vintage) for vintage in GP_VINTAGES),
    Column(
        "gps_estimated_2024", "Généralistes libéraux estimés (2024)", "médecins", "count", 1,
        "gps_estimate", "2024",
        "Médecins de la BPE par commune, multipliés dans chaque département par le rapport entre "
        "son total le plus récent (BPE 2024) et la somme de ses communes : suppose que toutes "
        "ont évolué comme leur département.",
    ),
    Column(
        "gps_per_100k_estimated_2024",
        "Généralistes libéraux estimés pour 100 000 habitants (2024)",
        "pour 100 000 hab.", "derived", 1, "gps_estimate", "2024",
        "Médecins estimés pour 2024 rapportés à la population municipale 2023.",
        weight="population",
    ),
    Column(
        "gps_bpe_2024", "Généralistes libéraux (BPE 2024)", "médecins", "count", 0,
        "insee_bpe_2024", "2024", "Médecins généralistes libéraux par lieu d’exercice (BPE 2024).",
    ),
    Column(
        "gps_per_100k_bpe_2024", "Généralistes libéraux pour 100 000 habitants (BPE 2024)",
        "pour 100 000 hab.", "derived", 1, "insee_bpe_2024", "2024",
        "Médecins généralistes de la BPE 2024 rapportés à la population municipale 2023.",
        weight="population",
    ),
    Column(
        "gps_cnam_2024", "Généralistes libéraux hors MEP (Cnam 2024)", "médecins", "count", 0,
        "cnam_2024", "2024",
        "Médecins généralistes libéraux hors médecins à expertise particulière, un médecin compté "
        "une fois.",
    ),
    Column(
        "gps_mep_cnam_2024", "Médecins à expertise particulière (Cnam 2024)", "médecins", "count",
        0, "cnam_2024", "2024",
        "Généralistes libéraux à expertise particulière (MEP), que la Cnam compte à part.",
    ),
    Column(
        "gps_per_100k_cnam_2024", "Généralistes hors MEP pour 100 000 habitants (Cnam 2024)",
        "pour 100 000 hab.", "rate", 1, "cnam_2024", "2024",
        "Densité publiée par la Cnam, médecins généralistes libéraux hors MEP.",
        weight="population",
    ),
    Column(
        "gps_rpps", "Généralistes de premier recours (RPPS)", "médecins", "count", 1,
        "ans_rpps", "extraction courante",
        "Généralistes de l’annuaire santé en cabinet, maison ou centre de santé, libéraux ou "
        "salariés ; un médecin de n lieux compte 1/n dans chacun.",
    ),
    Column(
        "gps_per_100k_rpps", "Généralistes de premier recours pour 100 000 habitants (RPPS)",
        "pour 100 000 hab.", "derived", 1, "ans_rpps", "extraction courante",
        "Généralistes du RPPS rapportés à la population municipale 2023.", weight="population",
    ),
    Column(
        "gps_per_100k_published", "Généralistes pour 100 000 habitants (communiqué)",
        "pour 100 000 hab.", "rate", 0, "communique_beauce_gatinais", "2021",
        "Densité écrite dans le communiqué de 2021, champ et millésime non précisés.",
        weight="population",
    ),
    Column(
        "share_without_mt", "Habitants sans médecin traitant (publié)", "%", "rate", 1,
        "communiques", "2021–2023",
        "Part publiée par le territoire, âges et dates propres à chaque document ; "
        "jamais répartie par commune.",
        weight="population", percent=True,
    ),
    *(_apl(vintage, capped=capped) for vintage in APL_VINTAGES for capped in (False, True)),
    *(_apl_people(vintage, standardised=True) for vintage in APL_VINTAGES),
    *(_apl_people(vintage, standardised=False) for vintage in APL_VINTAGES),
    *(_share_low(vintage, capped=capped) for vintage in APL_VINTAGES for capped in (False, True)),
    Column(
        "gp_mean_age", "Âge moyen des généralistes (publié)", "ans", "rate", 0,
        "communiques", "2021", "Moyenne d’âge des généralistes publiée par le territoire.",
        weight="gps_2017", secrecy="professionals", people="gps_2017",
    ),
    Column(
        "share_75plus_2022", "Habitants de 75 ans ou plus", "%", "rate", 1,
        "insee_rp_2022", "2022", "Part des 75 ans ou plus au recensement 2022.",
        weight="population", percent=True,
    ),
    *(_without_gp(vintage, share=share) for vintage in GP_VINTAGES for share in (False, True)),
    *(_emergency(vintage) for vintage in EMERGENCY_VINTAGES),
    *ACCESS_COLUMNS,
)  # fmt: skip

#: Every column by name.
COLUMNS: Final = {column.name: column for column in _ALL}


def _per_commune(
    apl: tuple[int, ...], gps: tuple[int, ...], emergency: tuple[int, ...]
) -> tuple[str, ...]:
    of_apl = ("apl", "apl_65", "standardised_population", "apl_population")
    return (
        *(f"gps_{vintage}" for vintage in gps),
        "gps_estimated_2024",
        *(f"{name}_{vintage}" for vintage in apl for name in of_apl),
        "share_75plus_2022",
        *(f"emergency_departments_{vintage}" for vintage in emergency),
    )


#: Columns of the embedded figures per commune, in file order.
EMBEDDED_FIGURES: Final = _per_commune((2022, 2023), (2017,), (2020,))
#: Every figure a commune may have, once the national layers are fetched.
FIGURE_COLUMNS: Final = (
    *_per_commune(APL_VINTAGES, GP_VINTAGES, EMERGENCY_VINTAGES),
    "gps_rpps",
)

#: Indicators shown side by side for a CPTS, its départements and France, in reading order; those
#: unknown everywhere are left out.
COMPARED: Final = (
    "population",
    "area_km2",
    "density_km2",
    "share_75plus_2022",
    "share_without_mt",
    "gps_per_100k_published",
    "gps_per_100k_cnam_2024",
    "gps_per_100k_bpe_2024",
    *(f"gps_per_100k_{vintage}" for vintage in GP_VINTAGES),
    "gps_per_100k_estimated_2024",
    "gps_per_100k_rpps",
    "gps_cnam_2024",
    "gps_mep_cnam_2024",
    "gps_bpe_2024",
    *(f"gps_{vintage}" for vintage in GP_VINTAGES),
    "gps_estimated_2024",
    "gps_rpps",
    *(f"apl_{vintage}" for vintage in APL_VINTAGES),
    *(f"apl_65_{vintage}" for vintage in APL_VINTAGES),
    *(f"share_low_apl_{vintage}" for vintage in APL_VINTAGES),
    *(f"share_low_apl_65_{vintage}" for vintage in APL_VINTAGES),
    *(
        f"{name}_without_gp_{vintage}"
        for vintage in GP_VINTAGES
        for name in ("population", "share")
    ),
    *(f"emergency_departments_{vintage}" for vintage in EMERGENCY_VINTAGES),
)
