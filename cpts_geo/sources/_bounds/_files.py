"""Every bound of an analyst's file, in one table: its limit, what it refuses, what to do then.

A bound is generous for real use (all the communes of France, ten years of calls) and small enough
that what is beyond is refused within seconds and without filling the memory.
"""

from __future__ import annotations

from typing import Final

from cpts_geo.sources._bounds._bound import Bound

_TOO_BIG: Final = "Le fichier {name} est trop gros ({found}, {limit} au plus)."
_LIST_REMEDY: Final = (
    "ne gardez que les colonnes des communes, une commune par ligne ({limit} au plus)."
)
_LOG_REMEDY: Final = (
    "ne gardez que la date, l’heure, l’issue, la commune et la classe d’âge, ou donnez moins "
    "d’années ({limit} au plus)."
)
_INDICATORS_REMEDY: Final = (
    "exportez moins d’indicateurs, ou moins de territoires ({limit} au plus)."
)
_LINES_REMEDY: Final = (
    "ne gardez que l’en-tête et les lignes qui comptent ou que vous suivez ({limit} au plus)."
)
_ACI_REMEDY: Final = "ne gardez qu’une ligne par indicateur et par territoire ({limit} au plus)."
_WORKBOOK_REMEDY: Final = (
    "ouvrez le classeur, effacez ce qui traîne loin du tableau et les feuilles inutiles, puis "
    "enregistrez-le de nouveau, ou enregistrez la feuille en « CSV UTF-8 »."
)

#: Lists of communes, call logs, known lines and scenario files.
_FILES: Final = (
    Bound("perimeter_bytes", 20_000_000, "octets", _TOO_BIG, _LIST_REMEDY),
    Bound("perimeter_rows", 100_000, "lignes",
          "{name} a trop de lignes pour une liste de communes (plus de {limit}).", _LIST_REMEDY),
    Bound("call_log_bytes", 100_000_000, "octets", _TOO_BIG, _LOG_REMEDY),
    Bound("call_log_rows", 1_000_000, "lignes",
          "{name} a trop de lignes pour un registre des demandes (plus de {limit}).", _LOG_REMEDY),
    Bound("indicators_bytes", 100_000_000, "octets", _TOO_BIG, _INDICATORS_REMEDY),
    Bound("indicators_rows", 100_000, "lignes",
          "{name} a trop de lignes pour un export par territoire (plus de {limit}).",
          _INDICATORS_REMEDY),
    Bound("known_lines_bytes", 5_000_000, "octets", _TOO_BIG, _LINES_REMEDY),
    Bound("known_lines_rows", 200, "lignes",
          "{name} a trop de lignes pour une table de lignes connues (plus de {limit}).",
          _LINES_REMEDY),
    Bound("aci_bytes", 5_000_000, "octets", _TOO_BIG, _ACI_REMEDY),
    Bound("aci_rows", 2_000, "lignes",
          "{name} a trop de lignes pour une fiche d’indicateurs de l’ACI (plus de {limit}).",
          _ACI_REMEDY),
    Bound("manifest_bytes", 50_000_000, "octets", _TOO_BIG,
          "donnez le manifest.json d’un rapport ou d’un suivi ({limit} au plus)."),
    Bound("scenario_bytes", 1_000_000, "octets",
          _TOO_BIG, "n’y laissez que les valeurs du scénario ({limit} au plus)."),
)  # fmt: skip

#: What every delimited text is held to.
_TEXTS: Final = (
    Bound("line_length", 1_000_000, "caractères",
          "La ligne {where} de {name} est trop longue ({found}, {limit} au plus).",
          "vérifiez que le fichier est bien un tableau, une ligne par enregistrement, et "
          "enregistrez-le en « CSV UTF-8 »."),
    Bound("cell_length", 32_767, "caractères",
          "Une cellule de {name} est trop longue (plus de {limit}, ligne {where}).",
          "raccourcissez-la ; si la cellule avale plusieurs lignes, un guillemet \" n’est pas "
          "fermé."),
    Bound("text_columns", 1_000, "colonnes",
          "{name} a trop de colonnes ({found}, {limit} au plus).",
          "ne gardez que les colonnes utiles ({limit} au plus)."),
    Bound("text_cells", 10_000_000, "cellules", "{name} a trop de cellules (plus de {limit}).",
          "ne gardez que les colonnes utiles."),
)  # fmt: skip

#: What every workbook is held to, before its rows are.
_WORKBOOKS: Final = (
    Bound("workbook_unpacked", 600_000_000, "octets",
          "Le classeur {name} est trop gros une fois décompressé ({found}, {limit} au plus).",
          _WORKBOOK_REMEDY),
    Bound("workbook_range", 8_000_000, "cellules",
          "La feuille {where} de {name} s’étend trop loin ({found}, {limit} au plus).",
          _WORKBOOK_REMEDY),
    Bound("workbook_cells", 12_000_000, "cellules",
          "Les feuilles visibles de {name} ont trop de cellules ({found}, {limit} au plus).",
          _WORKBOOK_REMEDY),
    Bound("workbook_seconds", 120, "secondes",
          "Le classeur {name} n’a pas pu être lu en {limit}.", _WORKBOOK_REMEDY),
    Bound("workbook_memory", 2_000_000_000, "octets",
          "Le classeur {name} ne peut pas être lu : il demande plus de {limit} de mémoire.",
          _WORKBOOK_REMEDY),
)  # fmt: skip

_POLYGONS_REMEDY: Final = (
    "ne gardez que les territoires voulus (--only NOM, répétable), ou simplifiez les contours dans "
    "votre logiciel de cartographie."
)

#: Polygons of territories.
_POLYGONS: Final = (
    Bound("polygons_bytes", 200_000_000, "octets", _TOO_BIG,
          "ne gardez que le contour du territoire, ou simplifiez-le ({limit} au plus)."),
    Bound("polygons_read", 500_000, "entités",
          "{name} contient trop d’entités ({limit} au plus).",
          "ne gardez dans la couche que le contour de vos territoires."),
    Bound("polygons_layers", 1_000, "couches", "{name} a trop de couches (plus de {limit}).",
          "n’y laissez que celle de vos territoires."),
    Bound("polygons_fields", 1_000, "champs", "{name} a trop de champs (plus de {limit}).",
          "ne gardez que celui qui nomme les territoires."),
    Bound("polygons_name", 32_767, "caractères",
          "Un nom de territoire de {name} est trop long ({found}, {limit} au plus).",
          "raccourcissez-le."),
    Bound("polygons_territories", 100, "territoires",
          "{name} nomme {found} ({where}) : {limit} au plus.",
          "choisissez-en avec --only NOM (répétable) ; si ce sont les communes d’un territoire, "
          "fusionnez-les ou retirez ce champ."),
    Bound("polygons_features", 50_000, "entités",
          "Les territoires demandés de {name} ont trop d’entités ({found}, {limit} au plus).",
          _POLYGONS_REMEDY),
    Bound("polygons_vertices", 4_000_000, "sommets",
          "Les contours de {name} ont trop de sommets ({found}, {limit} au plus).",
          _POLYGONS_REMEDY),
    Bound("polygons_vertices_each", 1_000_000, "sommets",
          "{where} de {name} a trop de sommets ({found}, {limit} au plus).",
          "simplifiez son contour dans votre logiciel de cartographie."),
    Bound("polygons_rings", 200_000, "contours",
          "Les polygones de {name} ont trop de parties et de trous ({found}, {limit} au plus).",
          _POLYGONS_REMEDY),
    Bound("polygons_seconds", 90, "secondes",
          "Les polygones de {name} n’ont pas pu être lus en {limit}.", _POLYGONS_REMEDY),
    Bound("polygons_memory", 4_000_000_000, "octets",
          "Les polygones de {name} ne peuvent pas être lus : ils demandent plus de {limit} de "
          "mémoire.", _POLYGONS_REMEDY),
)  # fmt: skip

#: People by square.
_SQUARES: Final = (
    Bound("squares_bytes", 2_000_000_000, "octets", _TOO_BIG,
          "ne gardez que les colonnes idcar_200m, ind et lcog_geo ({limit} au plus)."),
    Bound("squares_rows", 5_000_000, "lignes",
          "{name} a trop de lignes pour les carreaux habités de France (plus de {limit}).",
          "ne gardez que les carreaux de 200 m, un par ligne ({limit} au plus)."),
)  # fmt: skip

_TRAVEL_REMEDY: Final = (
    "ne gardez que les paires utiles (à moins d’une heure, autour du territoire), en liste de "
    "trois colonnes."
)

#: Tables of travel times.
_TRAVEL: Final = (
    Bound("travel_bytes", 1_000_000_000, "octets", _TOO_BIG,
          "ne gardez que les paires à moins d’une heure, en liste ({limit} au plus)."),
    Bound("travel_columns", 40_000, "colonnes",
          "{name} a trop de colonnes ({found}, {limit} au plus).", _TRAVEL_REMEDY),
    Bound("travel_pairs", 40_000_000, "paires",
          "{name} a trop de paires ({found}, {limit} au plus).", _TRAVEL_REMEDY),
    Bound("travel_unpacked", 3_000_000_000, "octets",
          "{name} est trop gros une fois décompressé ({found}, {limit} au plus).", _TRAVEL_REMEDY),
    Bound("travel_seconds", 120, "secondes",
          "{name} n’a pas pu être lu en {limit}.", _TRAVEL_REMEDY),
    Bound("travel_memory", 8_000_000_000, "octets",
          "{name} ne peut pas être lu : il demande plus de {limit} de mémoire.", _TRAVEL_REMEDY),
)  # fmt: skip

#: Every bound of an analyst's file.
BOUNDS: Final[tuple[Bound, ...]] = (*_FILES, *_TEXTS, *_WORKBOOKS, *_POLYGONS, *_SQUARES, *_TRAVEL)
