"""Care beside GPs: facilities that the BPE counts, and how far the nearest ones are by road."""

from __future__ import annotations

from typing import Final

from cpts_geo.schema._column import PER_PEOPLE, Column
from cpts_geo.schema._people import POPULATION_YEAR
from cpts_geo.settings import COG_YEAR

#: BPE by commune that tell where facilities are, oldest first.
VINTAGES: Final = (2024, 2025)
_EMBEDDED: Final = 2024
#: Label, unit, definition by family; the definition ends with the code of the BPE.
_COUNTED: Final = {
    "emergency_departments": (
        "Services d’urgences", "services",
        "Établissements avec un service d’urgences (BPE, D106).",
    ),
    "pharmacies": ("Pharmacies", "pharmacies", "Pharmacies d’officine (BPE, D307)."),
    "nurses": (
        "Infirmiers libéraux", "infirmiers",
        "Infirmiers libéraux comptés par lieu d’exercice (BPE, D281).",
    ),
    "health_houses": (
        "Maisons de santé pluriprofessionnelles", "maisons",
        "Maisons de santé pluriprofessionnelles (BPE, D113).",
    ),
    "health_centres": ("Centres de santé", "centres", "Centres de santé (BPE, D108)."),
}  # fmt: skip
#: Families that also have a density.
_DENSE: Final = ("pharmacies", "nurses")


def _facility(family: str, vintage: int) -> Column:
    """Count of a facility in one BPE."""
    label, unit, definition = _COUNTED[family]
    return Column(
        f"{family}_{vintage}", label, unit, "count", 0, f"insee_bpe_{vintage}", str(vintage),
        definition, table="figures", family=family, fetched=vintage > _EMBEDDED, whole=True,
        secrecy="public", listed=family == "emergency_departments",
    )  # fmt: skip


def _density(family: str, vintage: int) -> Column:
    """Facilities of one BPE per 100,000 people."""
    label = _COUNTED[family][0]
    return Column(
        f"{family}_per_100k_{vintage}", f"{label} pour 100 000 habitants", "pour 100 000 hab.",
        "derived", 1, f"insee_bpe_{vintage}", str(vintage),
        f"{label} de la BPE {vintage} rapportés à la population municipale {POPULATION_YEAR}.",
        numerator=f"{family}_{vintage}", weight="population", per=PER_PEOPLE,
        family=f"{family}_per_100k", fetched=vintage > _EMBEDDED, secrecy="public",
        more_is_better=True,
    )  # fmt: skip


def _distance(family: str, nearest: str, doubt: str) -> Column:
    """Road kilometres to the nearest facility, which the BPE contradicts in places."""
    return Column(
        f"{family}_2024", f"Distance par la route {nearest} (à vérifier : {doubt})",
        "km", "rate", 0, "cartosante_distances_2024", "2024",
        f"Kilomètres par la route {nearest} la plus proche, tels que CartoSanté les publie ; "
        f"{doubt} ; moyenne des habitants pour un territoire (COG {COG_YEAR}).",
        table="figures", weight="population", family=family, secrecy="public",
    )  # fmt: skip


CARE: Final = (
    *(_facility(family, vintage) for vintage in VINTAGES for family in _COUNTED),
    *(_density(family, vintage) for vintage in VINTAGES for family in _DENSE),
    _distance(
        "km_to_emergency",
        "jusqu’à la structure d’urgences",
        "le fichier ignore des services que l’Insee compte",
    ),
    _distance(
        "km_to_pharmacy",
        "jusqu’à la pharmacie",
        "le fichier éloigne des communes où l’Insee compte une pharmacie",
    ),
)
