"""Bounds of what is fetched: how much, how long, how large once unpacked. One table."""

from __future__ import annotations

from typing import Final

from cpts_geo.sources._bounds._bound import Bound

_ANOTHER: Final = "essayez une autre adresse, ou déposez le fichier dans un miroir."
_LATER: Final = "réessayez plus tard."
_GO_ON: Final = "relancez la commande : elle reprend où elle s’est arrêtée, si le serveur le veut."
_GROWN: Final = (
    "essayez une autre adresse ; si le producteur publie vraiment un fichier de cette taille, "
    "corrigez « megabytes » dans sources/catalogue/*.toml."
)
_BOMB: Final = "taille décompressée anormale (bombe de décompression) : {found}, {limit} au plus"

#: What a server may send, and how long it may take.
_SERVERS: Final = (
    Bound("announced_times", 3, "fois"),
    Bound("floor", 20_000_000, "octets",
          "fichier trop gros : {limit} au plus pour cette source ({found})", _GROWN),
    Bound("unannounced", 500_000_000, "octets"),
    Bound("other_answer", 1_000_000, "octets",
          "le serveur envoie sans fin autre chose que le fichier (plus de {limit})", _LATER),
    Bound("redirects", 10, "redirections", "redirections sans fin (plus de {limit})", _LATER),
    Bound("rate", 1_000, "octets par seconde",
          "serveur trop lent : {found}, {limit} au moins attendus", _GO_ON),
    Bound("window", 60, "secondes"),
    Bound("start", 600, "secondes", "délai dépassé pour cette source : {limit}", _GO_ON),
    Bound("mean_rate", 50_000, "octets par seconde"),
    Bound("list_files", 10_000, "fichiers", "liste de {found} : {limit} au plus", _ANOTHER),
    Bound("list_bytes", 20_000_000, "octets"),
    Bound("description", 5_000_000, "octets",
          "description de la couche de plus de {limit}", _LATER),
    Bound("pages", 2_000, "pages", "couche de plus de {limit}", _LATER),
)  # fmt: skip

#: What a file may hold.
_CONTENTS: Final = (
    Bound("unpacked_times", 20, "fois"),
    Bound("unpacked", 8 * 1024**3, "octets", _BOMB, _ANOTHER),
    Bound("ratio", 200, "fois"),
    Bound("members", 10_000, "membres", "archive de {found} : {limit} au plus", _ANOTHER),
    Bound("whole", 600_000_000, "octets", "contenu de plus de {limit}", _ANOTHER),
    Bound("header_text", 1_000_000, "caractères", "ligne d’en-tête de plus de {limit}", _ANOTHER),
    Bound("values", 12_000_000, "listes et objets", "JSON de {found} : {limit} au plus", _ANOTHER),
    Bound("parquet_rows", 10_000_000, "lignes",
          "Parquet de {found} à lire : {limit} au plus", _ANOTHER),
    Bound("parquet_bytes", 10_000_000_000, "octets",
          "Parquet de {found} une fois décompressé : {limit} au plus", _ANOTHER),
    Bound("practices", 5_000_000, "lignes", "plus de {limit} de médecins", _ANOTHER),
)  # fmt: skip

#: Every bound of what is fetched.
BOUNDS: Final[tuple[Bound, ...]] = (*_SERVERS, *_CONTENTS)
