"""Describe the embedded files as a Frictionless data package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cpts_geo import __version__
from cpts_geo.french import joined
from cpts_geo.schema import (
    AREA,
    AROUND,
    COLUMNS,
    EARLIER_POPULATION,
    EMBEDDED_FIGURES,
    FRANCE,
    Status,
    status_column,
    vintages,
)
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.catalogue.catalogue import OPEN_LICENCE, sha256_of, sources
from cpts_geo.sources.embedding._entries import PAST_COG
from cpts_geo.sources.embedding.cog_vintages import EVENT_COLUMNS

_TEXTS = {
    "code_insee": f"Code Insee de la commune, COG {COG_YEAR}",
    "name": "Nom officiel de la commune",
    "departement": "Code du département",
    "departement_name": "Nom du département",
    "region": "Code de la région",
    "region_name": "Nom de la région",
    "tvs": "Code du territoire de vie-santé 2019 de la commune ou de son chef-lieu ; vide : aucun",
    "tvs_name": "Nom du territoire de vie-santé",
    "bassin_de_vie": "Code du bassin de vie 2022 ; vide : aucun",
    "bassin_de_vie_name": "Nom de la commune qui donne son code au bassin de vie",
    "epci": "SIREN de l’EPCI à fiscalité propre ; vide : aucun",
    "epci_name": "Nom de l’EPCI",
    "split_family": "Commune divisée depuis 2018 : son code, puis ceux des communes rétablies ; "
    "vide : non divisée",
    "city": "Code Insee de la commune dont c’est un arrondissement",
    "lon": "Longitude du chef-lieu, degrés WGS84, voir point_status",
    "lat": "Latitude du chef-lieu, degrés WGS84, voir point_status",
    "geometry": "Contour simplifié, WGS84 ; vide : contour inconnu",
    "former_code": "Code d’une commune déléguée, associée, d’un arrondissement, code retiré, ou "
    "code d’une commune qui a changé de nom",
    "former_name": "Nom de l’ancienne commune, ou ancien nom ; vide : inconnu",
    "kind": "Nature de l’ancien code",
    "since_cog": "Premier COG sans ce code ou sans ce nom ; vide : non daté dans la source",
    "postal_code": "Code postal",
    "ept": "SIREN de l’établissement public territorial (Métropole du Grand Paris)",
    "ept_name": "Nom de l’établissement public territorial",
    "collectivite": "Code de la collectivité d’outre-mer",
    "collectivite_name": "Nom de la collectivité d’outre-mer",
    "area_level": " ou ".join(level.key for level in AROUND),
    "area_code": "Code "
    f"{joined([level.of for level in AROUND if level.members])}, {FRANCE.code} pour la France",
    "area_name": "Nom du territoire de comparaison",
    "indicator": "Nom de l’indicateur, voir cpts_geo/schema",
    "value": "Valeur dans l’unité de l’indicateur ; vide : inconnue",
    "gps_per_10k": "Généralistes libéraux pour 10 000 habitants ; vide : secret statistique",
    "status": f"Un de : {', '.join(status.value for status in Status)}",
    "note": "Champ ou couverture de la valeur",
    "year": "Premier COG (1er janvier) où l’événement vaut ; voir dated",
    "dated": "True : année exacte ; False : événement de ce COG ou d’un COG antérieur",
    "event": "fusion, scission, code (changement de code ou de département) ou retrait (suite "
    "inconnue)",
    "from_code": "Code dans le COG précédent",
    "to_code": "Code dans le COG de l’événement ; vide : inconnu. Une scission a une ligne par "
    "partie, la commune divisée comprise si elle subsiste",
    "former_codes": "Scission : anciennes communes qui suivent la partie ; vide sinon",
    "series": "Série mesurée : sos_medecins (actes SOS Médecins), emergency_visits (passages aux "
    "urgences)",
    "key": "Jour (1 = lundi), mois (1 = janvier) ou date d’un trou ; vide sinon",
    "factor": "Rapport à la moyenne (weekday, month), aux mêmes jours de la semaine alentour "
    "(holiday, bridge, after_holiday), à leur médiane (hole) ; écart-type relatif d’un jour à "
    "l’autre (day_to_day)",
    "low": "Bas de l’intervalle à 80 % de la moyenne ; vide : non calculé",
    "high": "Haut de cet intervalle ; vide : non calculé",
    "days": "Jours derrière la valeur",
    "communes": "Communes que la Drees met à 3 à 40 minutes d’un service d’urgences ou SMUR",
    "ratio": "Médiane, sur ces communes, des minutes de la Drees (2019) sur celles de la loi "
    "centrale de la distance ; vide : aucune commune",
    "travel_low": "Facteur de la loi centrale sous lequel sont les minutes d’une commune sur dix",
    "travel_central": "Facteur de la loi centrale : ratio tiré vers celui de la région par "
    "n / (n + 30), outre-mer vers celui de la France",
    "travel_high": "Facteur de la loi centrale au-dessus duquel sont celles d’une sur dix",
    "evidence": "D’où l’événement est connu : COG comparés, ou liste écrite",
}
#: Columns that mean something else in one file.
_OWN_TEXTS = {
    ("contour_holes.csv", "lon"): "Longitude d’un point du trou, degrés WGS84",
    ("day_profiles.csv", "kind"): "weekday, month, holiday (jour férié du lundi au vendredi), "
    "bridge (pont), after_holiday (premier jour du lundi au vendredi après un jour férié, ponts à "
    "part), day_to_day, hole (jour laissé de côté)",
    ("contour_holes.csv", "lat"): "Latitude d’un point du trou, degrés WGS84",
}
_COMMUNE_SOURCES = (
    "decoupage_administratif_2026", "admin_express", "insee_population_2017", "drees_tvs_2019",
    "insee_bassins_de_vie_2022",
)  # fmt: skip
_COMMUNE_COLUMNS = (
    "code_insee", "name", "departement", "departement_name", "region", "region_name", "epci",
    "epci_name", "tvs", "tvs_name", "bassin_de_vie", "bassin_de_vie_name", "split_family",
    "population", EARLIER_POPULATION, "area_km2", "lon", "lat", "point_status",
    "geometry",
)  # fmt: skip
_EVERY_COG = tuple(f"decoupage_administratif_{year}" for year in (COG_YEAR, *PAST_COG))
_RESOURCES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "communes.parquet": (
        f"Communes de France, COG {COG_YEAR} : noms, populations, superficies, contours simplifiés",
        _COMMUNE_SOURCES,
        _COMMUNE_COLUMNS,
    ),
    "arrondissements.parquet": (
        f"Arrondissements de Paris, Lyon et Marseille, COG {COG_YEAR} : comme les communes",
        _COMMUNE_SOURCES,
        (*_COMMUNE_COLUMNS, "city"),
    ),
    "former_communes.csv": (
        "Communes déléguées, associées, arrondissements, codes retirés et anciens noms depuis "
        f"{PAST_COG[-1]}, codes plus anciens",
        _EVERY_COG,
        ("former_code", "former_name", "kind", "code_insee", "since_cog"),
    ),
    "outside_communes.csv": (
        "Communes des collectivités d’outre-mer, hors de toutes les autres tables",
        _EVERY_COG[:1], ("code_insee", "name", "collectivite", "collectivite_name"),
    ),
    "ept.csv": (
        "Établissements publics territoriaux de la Métropole du Grand Paris, par commune",
        _EVERY_COG[:1], ("code_insee", "ept", "ept_name"),
    ),
    "postal_codes.parquet": (
        "Codes postaux des communes et des arrondissements de Paris, Lyon et Marseille",
        _EVERY_COG[:1], ("postal_code", "code_insee"),
    ),
    "cog_events.csv": (
        "Événements entre COG annuels : fusions, scissions, changements de code",
        _EVERY_COG,
        EVENT_COLUMNS,
    ),
    "figures.parquet": (
        "Chiffres des communes et des arrondissements de Paris, Lyon et Marseille",
        ("drees_apl_2023", "insee_bpe_2017", "insee_bpe_2024", "insee_rp_2022",
         "cartosante_distances_2024", "drees_minutes_2019"),
        ("code_insee", *(c for name in EMBEDDED_FIGURES for c in (name, status_column(name)))),
    ),
    "comparisons.csv": (
        "Mêmes indicateurs par département, par région et pour la France",
        ("decoupage_administratif_2026", "admin_express", "insee_population_2017", "drees_apl_2023",
         "insee_bpe_2017", "insee_bpe_2024", "insee_rp_2022", "cartosante_distances_2024",
         "drees_minutes_2019", "cartosante_basins_2024", "cnam_2024", "drees_apl_history"),
        (*AREA, "area_name", "indicator", "value", "status", "note"),
    ),
    "bassins_de_vie.csv": (
        "Généralistes libéraux par bassin de vie",
        ("cartosante_basins_2024",),
        ("bassin_de_vie", "gps_per_10k"),
    ),
    "travel_factors.csv": (
        "Facteurs des temps de trajet approchés, par département",
        ("drees_minutes_2019", "insee_bpe_2024", "decoupage_administratif_2026", "admin_express"),
        ("departement", "communes", "ratio", "travel_low", "travel_central", "travel_high"),
    ),
    "day_profiles.csv": (
        "Forme de la semaine et de l’année, jours fériés et ponts, France, 2023-2024",
        ("spf_sursaud_2024",),
        ("series", "kind", "key", "factor", "low", "high", "days"),
    ),
    "apl_history.parquet": (
        "APL des communes dans les publications antérieures, pour son évolution",
        ("drees_apl_history",),
        ("code_insee", *vintages("apl_past")),
    ),
    "contour_holes.csv": (
        "Trous des contours de métropole : terres qu’aucun contour ne couvre",
        ("admin_express",),
        ("lon", "lat", "area_km2"),
    ),
}  # fmt: skip
#: What a data package calls the licences of the sources, which may add a remark in brackets.
_LICENCES = {
    OPEN_LICENCE: {
        "name": "etalab-2.0",
        "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    },
    sources()["cartosante_distances_2024"].licence: {
        "name": "other-open",
        "path": "https://cartosante.atlasante.fr",
    },
}
_OTHER_TYPES = {"geometry": "geojson", "dated": "boolean"}
_STATUSES = {"point_status", *map(status_column, COLUMNS)}
_NUMBERS = {
    "value", "gps_per_10k", "lon", "lat", "since_cog", "year", "communes", "ratio",
    "travel_low", "travel_central", "travel_high", "factor", "low", "high", "days",
}  # fmt: skip


def _field(name: str, path: str) -> dict[str, Any]:
    """Description of a column: type, words, unit."""
    if name in COLUMNS:
        column = COLUMNS[name]
        field: dict[str, Any] = {"name": name, "type": "number", "title": column.label}
        unit = "part entre 0 et 1" if column.percent else column.unit
        return field | {"description": column.definition, "unit": unit}
    if name in _STATUSES:
        values = [status.value for status in Status]
        return {"name": name, "type": "string", "constraints": {"enum": values}}
    kind = "number" if name in _NUMBERS else _OTHER_TYPES.get(name, "string")
    text = _OWN_TEXTS.get((path, name), _TEXTS[name])
    return {"name": name, "type": kind, "description": text}


def columns_of(file: str) -> list[str]:
    """
    Columns of an embedded file, in order.

    Parameters
    ----------
    file : str
        File name in data/communes.

    Returns
    -------
    list of str
        Column names.

    Examples
    --------
    >>> columns_of("contour_holes.csv")
    ['lon', 'lat', 'area_km2']
    """
    return list(_RESOURCES[file][2])


def compiled_sources() -> list[str]:
    """
    Sources that the embedded files are compiled from.

    Returns
    -------
    list of str
        Keys of the catalogue, each once.

    Examples
    --------
    >>> "drees_apl_2023" in compiled_sources()
    True
    """
    return list(dict.fromkeys(key for _, keys, _ in _RESOURCES.values() for key in keys))


def _compiled_limits() -> dict[str, float]:
    """What communes are set against in each compiled sum of some of them, by indicator."""
    columns = {name: column for name, column in COLUMNS.items() if not column.fetched}
    return {name: float(c.where.limit) for name, c in columns.items() if c.where}


def descriptor(folder: Path) -> dict[str, Any]:
    """
    Describe the files of data/communes as a Frictionless data package.

    Parameters
    ----------
    folder : Path
        Folder that holds every resource, already written.

    Returns
    -------
    dict
        Content of ``datapackage.json``: resources with schema, units, sources, size, SHA-256.

    Examples
    --------
    >>> from cpts_geo.settings import COMMUNES_DIR
    >>> [r["name"] for r in descriptor(COMMUNES_DIR)["resources"]][:2]
    ['communes', 'arrondissements']
    """
    resources = []
    for path, (title, keys, names) in _RESOURCES.items():
        file = folder / path
        tabular = path.endswith(".csv")
        fields = [_field(name, path) for name in names]
        resource: dict[str, Any] = {
            "name": file.stem,
            "type": "table" if tabular else "file",
            "title": title,
            "path": path,
            "format": file.suffix[1:],
            "mediatype": "text/csv" if tabular else "application/vnd.apache.parquet",
            "bytes": file.stat().st_size,
            "hash": f"sha256:{sha256_of(file)}",
            "sources": [_source(key) for key in keys],
        }
        resource["schema"] = {"fields": fields}
        if tabular:
            resource["encoding"] = "utf-8"
        if path == "comparisons.csv":
            resource["limits"] = _compiled_limits()
        resources.append(resource)
    return {
        "name": "cpts-geo-communes",
        "title": "Données communales embarquées de cpts_geo",
        "version": __version__,
        "licenses": [
            _LICENCES[licence.partition(" (")[0]] | {"title": licence}
            for licence in dict.fromkeys(sources()[key].licence for key in compiled_sources())
        ],
        "resources": resources,
    }


def _source(key: str) -> dict[str, str]:
    """Description of a source: attribution, vintage, licence, hash of its file."""
    source = sources()[key]
    entry = {"title": source.attribution, "vintage": source.vintage, "licence": source.licence}
    if source.file and source.sha256:
        entry |= {"file": source.file, "sha256": source.sha256}
    return entry
