"""People and land of the communes, and shares of people that no doctor's file gives."""

from __future__ import annotations

from typing import Final

from cpts_geo.schema._column import Column
from cpts_geo.settings import COG_YEAR

#: People that older figures are set against; today's stand in ``population``.
EARLIER_POPULATION: Final = "population_2017"
#: Vintage of ``population``.
POPULATION_YEAR: Final = "2023"

PEOPLE: Final = (
    Column(
        "population", "Population municipale", "habitants", "count", 0,
        "decoupage_administratif_2026", POPULATION_YEAR,
        f"Population municipale de référence, millésime {POPULATION_YEAR}, communes du COG "
        f"{COG_YEAR}.",
        table="communes", whole=True, secrecy="public",
        listed=True, layer=f"Population {POPULATION_YEAR}",
    ),
    Column(
        "area_km2", "Superficie", "km²", "count", 0, "admin_express", "2026",
        "Superficie de la géométrie non simplifiée, projection locale conforme.",
        table="communes", land=True, secrecy="public",
    ),
    Column(
        "density_km2", "Densité de population", "hab./km²", "derived", 1,
        "decoupage_administratif_2026", POPULATION_YEAR,
        f"Population municipale {POPULATION_YEAR} rapportée à la superficie.",
        numerator="population", weight="area_km2", secrecy="public",
    ),
    Column(
        EARLIER_POPULATION, "Population municipale 2017", "habitants", "count", 0,
        "insee_population_2017", "2017", "Dénominateur des comptages BPE 2017.",
        table="communes", whole=True, secrecy="public",
    ),
    Column(
        "share_ald_without_mt", "Patients en affection de longue durée sans médecin traitant", "%",
        "rate", 1, "cnam_ald_without_mt", "année la plus récente",
        "Part des patients en ALD qui n’ont pas de médecin traitant, publiée par département ; "
        "ce n’est pas la part de tous les habitants.",
        table="areas", percent=True, fetched=True, secrecy="public",
    ),
)  # fmt: skip

AGED: Final = Column(
    "share_75plus_2022", "Habitants de 75 ans ou plus", "%", "rate", 1,
    "insee_rp_2022", "2022", "Part des 75 ans ou plus au recensement 2022.",
    table="figures", family="share_75plus", weight="population", percent=True, secrecy="public",
    listed=True,
)  # fmt: skip

WITHOUT_MT: Final = Column(
    "share_without_mt", "Habitants sans médecin traitant (publié)", "%", "rate", 1,
    "communiques", "2021–2023",
    "Part publiée par le territoire, âges et dates propres à chaque document ; "
    "jamais répartie par commune.",
    table="areas", weight="population", percent=True, secrecy="public",
)  # fmt: skip
