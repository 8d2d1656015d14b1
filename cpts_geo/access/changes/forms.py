"""How a change of supply is typed: said by the help of the command and by what refuses one."""

from __future__ import annotations

from typing import Final

#: Word, without accents -> how it is written.
FORMS: Final = {
    "depart": "départ:COMMUNE ou départ:COMMUNE:CONSULTATIONS",
    "arrivee": "arrivée:COMMUNE ou arrivée:COMMUNE:CONSULTATIONS",
    "reduction": "réduction:COMMUNE:APRÈS ou réduction:COMMUNE:AVANT>APRÈS",
    "centre": "centre:COMMUNE:HEURES",
}
