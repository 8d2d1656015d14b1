"""What a bound is: a limit, and the words that refuse what is beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal[
    "octets", "lignes", "colonnes", "cellules", "caractères", "secondes", "sommets", "territoires",
    "entités", "contours", "couches", "champs", "paires",
    "fois", "octets par seconde", "redirections", "fichiers", "pages", "membres",
    "listes et objets",
]  # fmt: skip


@dataclass(frozen=True)
class Bound:
    """One limit (the largest value that passes), the French sentence of its refusal (``{name}``,
    ``{found}``, ``{limit}``, ``{where}``), its remedy; empty for what only enters into another
    bound."""

    key: str
    limit: int
    unit: Unit
    sentence: str = ""
    remedy: str = ""
