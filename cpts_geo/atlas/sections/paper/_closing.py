"""What is not known, and where the rest comes from: sources, signs, secrecy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cpts_geo.atlas.look.cells import Cell
from cpts_geo.atlas.sections.paper._fitting import fitting, others, paper_signs
from cpts_geo.schema import TERRITORY, WITHOUT_MT
from cpts_geo.secrecy.disclosure import MIN_PATIENTS, MIN_PROFESSIONALS
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.study.study import Study

#: Letters of what is not known, and of the sources.
_UNKNOWN, _SOURCES = 560, 300


def unknown(study: Study, *, crowded: bool = False) -> dict[str, Any]:
    """What to know before the figures are used, the gravest first."""
    result = study.headline
    said = [] if result is None else [x.text for x in result.caveats if x.kind != "contradicted"]
    table = study.comparison
    mine = table[table["area_level"] == TERRITORY.key].set_index("indicator")
    if WITHOUT_MT.name not in mine.index or mine["value"].isna()[WITHOUT_MT.name]:
        said.append(
            "Combien d’habitants n’ont pas de médecin traitant : la CPAM le sait, par âge et pour "
            "les patients en ALD."
        )
    if result is not None and result.today is None:
        said.append("Combien de créneaux sont offerts aujourd’hui, et combien sont pris.")
    said.append("Ce que deviennent les demandes sans rendez-vous : plus tard, ailleurs, ou rien.")
    kept, left = fitting(said, _UNKNOWN // 5 if crowded else _UNKNOWN)
    return {"said": kept, "more": others(left)}


def sources(
    used: Sequence[Source], *, cells: Sequence[Cell] = (), crowded: bool = False
) -> dict[str, Any]:
    """Producers and works, the signs, what is never written."""
    most = _SOURCES // 5 if crowded else _SOURCES
    kept, left = fitting(list(dict.fromkeys(each.attribution for each in used)), most)
    return {
        "said": " ; ".join(kept),
        "more": others(left),
        "signs": paper_signs(cells),
        "patients": MIN_PATIENTS,
        "professionals": MIN_PROFESSIONALS,
    }
