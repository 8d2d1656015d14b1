"""Every column and indicator, once: name, unit, French label, how it aggregates, source.

Counts add; rates are weighed by the denominator named here. A column name carries its
vintage, so two vintages can never share a column by accident.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

Kind = Literal["count", "rate", "derived"]


class Status(StrEnum):
    """How a value is known; the four never look alike on a page."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"


STATUS_LABELS: Final = {
    Status.MEASURED: "mesuré",
    Status.ESTIMATED: "estimé",
    Status.ASSUMED: "hypothèse",
    Status.UNKNOWN: "donnée absente",
}
STATUS_MARKS: Final = {
    Status.MEASURED: "●",
    Status.ESTIMATED: "◐",
    Status.ASSUMED: "○",
    Status.UNKNOWN: "▨",
}
GRADE_LABELS: Final = {
    "A": "fichier officiel, texte légal ou communiqué",
    "B": "chiffre officiel lu par extrait, ou calcul reproductible sur données publiques",
    "C": "faible : petite étude, déduction, convention",
    "D": "hypothèse de modélisation, modifiable",
}


@dataclass(frozen=True)
class Column:
    """
    One quantity, described once.

    Parameters
    ----------
    name : str
        Column name in every table.
    label : str
        French label, without unit.
    unit : str
        French unit, empty for a share shown in %.
    kind : {"count", "rate", "derived"}
        Counts add, rates weigh by `weight`, derived values are computed from other columns.
    decimals : int
        Decimals shown.
    source : str
        Key of the source in ``sources/catalogue_*.toml``.
    vintage : str
        Year (or years) the figure describes.
    definition : str
        One French sentence that says what is counted.
    weight : str or None
        Denominator of a rate: the column its mean is weighed by.
    percent : bool
        Stored as a share in [0, 1], shown in %.
    """

    name: str
    label: str
    unit: str
    kind: Kind
    decimals: int
    source: str
    vintage: str
    definition: str
    weight: str | None = None
    percent: bool = False

    @property
    def shown_unit(self) -> str:
        """Unit written beside a label: none for a share, whose values carry their %."""
        return "" if self.percent else self.unit

    @property
    def dated_label(self) -> str:
        """Label with its vintage, said once."""
        return self.label if self.vintage in self.label else f"{self.label}, {self.vintage}"


def _apl(vintage: int, *, capped: bool) -> Column:
    cap = " (médecins de 65 ans ou moins)" if capped else ""
    return Column(
        name=f"apl_{'65_' if capped else ''}{vintage}",
        label=f"APL aux médecins généralistes{cap}",
        unit="consultations par an et par habitant standardisé",
        kind="rate",
        decimals=2,
        source="drees_apl_2023",
        vintage=str(vintage),
        definition=(
            "Consultations, visites et téléconsultations de médecine générale accessibles par an "
            f"et par habitant standardisé{', offre des ' + cap.strip(' ()') if capped else ''}"
            " ; indicateur calculé par la Drees."
        ),
        weight=f"standardised_population_{vintage}",
    )


def _standardised(vintage: int) -> Column:
    return Column(
        name=f"standardised_population_{vintage}",
        label="Population standardisée",
        unit="habitants standardisés",
        kind="count",
        decimals=0,
        source="drees_apl_2023",
        vintage=str(vintage - 2),
        definition=(
            "Habitants pondérés par la consommation de soins de leur âge : "
            f"dénominateur de l’APL {vintage}."
        ),
    )


def _apl_population(vintage: int) -> Column:
    return Column(
        name=f"apl_population_{vintage}",
        label=f"Population totale du fichier APL {vintage}",
        unit="habitants",
        kind="count",
        decimals=0,
        source="drees_apl_2023",
        vintage=str(vintage - 2),
        definition=f"Population des seuils et quantiles de l’APL {vintage}.",
    )


def _share_low(vintage: int, *, capped: bool) -> Column:
    base = _apl(vintage, capped=capped)
    return Column(
        name=f"share_low_{base.name}",
        label="Habitants d’une commune d’APL inférieure à 2,5" + (" (≤ 65 ans)" if capped else ""),
        unit="%",
        kind="derived",
        decimals=1,
        source="drees_apl_2023",
        vintage=str(vintage),
        definition=f"Part de la population des communes dont l’{base.label} est inférieure à 2,5.",
        weight=f"apl_population_{vintage}",
        percent=True,
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
    Column(
        "gps_2017", "Généralistes libéraux (BPE 2017)", "médecins", "count", 0,
        "insee_bpe_2017", "2017",
        "Médecins généralistes libéraux comptés par lieu d’exercice (BPE, D201), "
        "codes ramenés au COG 2026.",
    ),
    Column(
        "gps_per_100k_2017", "Généralistes libéraux pour 100 000 habitants (BPE 2017)",
        "pour 100 000 hab.", "derived", 1, "insee_bpe_2017", "2017",
        "Médecins généralistes de la BPE 2017 rapportés à la population municipale 2017.",
        weight="population_2017",
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
        "gps_per_100k_cnam_2024", "Généralistes hors MEP pour 100 000 habitants (Cnam 2024)",
        "pour 100 000 hab.", "rate", 1, "cnam_2024", "2024",
        "Densité publiée par la Cnam, médecins généralistes libéraux hors MEP.",
        weight="population",
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
    _apl(2022, capped=False), _apl(2022, capped=True),
    _apl(2023, capped=False), _apl(2023, capped=True),
    _standardised(2022), _standardised(2023),
    _apl_population(2022), _apl_population(2023),
    _share_low(2022, capped=False), _share_low(2022, capped=True),
    _share_low(2023, capped=False), _share_low(2023, capped=True),
    Column(
        "share_75plus_2022", "Habitants de 75 ans ou plus", "%", "rate", 1,
        "insee_rp_2022", "2022", "Part des 75 ans ou plus au recensement 2022.",
        weight="population", percent=True,
    ),
    Column(
        "population_without_gp_2017", "Habitants sans généraliste libéral dans la commune",
        "habitants", "derived", 0, "insee_bpe_2017", "2017",
        "Population 2017 des communes où la BPE 2017 ne compte aucun généraliste.",
    ),
    Column(
        "share_without_gp_2017", "Habitants sans généraliste libéral dans la commune",
        "%", "derived", 1, "insee_bpe_2017", "2017",
        "Part de la population 2017 vivant dans une commune sans généraliste (BPE 2017).",
        weight="population_2017", percent=True,
    ),
    Column(
        "emergency_departments_2020", "Services d’urgences", "services", "count", 0,
        "insee_bpe_2020", "2020", "Établissements avec un service d’urgences (BPE, D106).",
    ),
)  # fmt: skip

#: Every column by name.
COLUMNS: Final = {column.name: column for column in _ALL}

#: Columns of the compiled figures per commune, in file order.
FIGURE_COLUMNS: Final = (
    "gps_2017",
    "apl_2022",
    "apl_65_2022",
    "standardised_population_2022",
    "apl_population_2022",
    "apl_2023",
    "apl_65_2023",
    "standardised_population_2023",
    "apl_population_2023",
    "share_75plus_2022",
    "emergency_departments_2020",
)

#: Indicators shown side by side for a CPTS, its départements and France, in reading order.
COMPARED: Final = (
    "population",
    "area_km2",
    "density_km2",
    "share_75plus_2022",
    "share_without_mt",
    "gps_per_100k_published",
    "gps_per_100k_cnam_2024",
    "gps_per_100k_bpe_2024",
    "gps_per_100k_2017",
    "gps_cnam_2024",
    "gps_bpe_2024",
    "gps_2017",
    "apl_2022",
    "apl_2023",
    "apl_65_2022",
    "apl_65_2023",
    "share_low_apl_2022",
    "share_low_apl_2023",
    "share_low_apl_65_2022",
    "share_low_apl_65_2023",
    "population_without_gp_2017",
    "share_without_gp_2017",
    "emergency_departments_2020",
)


def status_column(name: str) -> str:
    """
    Name of the column that says how the values of `name` are known.

    Parameters
    ----------
    name : str
        Name of a value column.

    Returns
    -------
    str
        Name of its status column, whose values are those of :class:`Status`.

    Examples
    --------
    >>> status_column("apl_2023")
    'apl_2023_status'
    """
    return f"{name}_status"
