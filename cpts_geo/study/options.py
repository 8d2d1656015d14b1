"""What a run rests on besides its territories, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from cpts_geo.asked import Kinds, one_of, path, paths, settled, share, text, texts
from cpts_geo.capacity.answer.headline import DRAWS
from cpts_geo.capacity.demand.requests import draw_defects
from cpts_geo.capacity.scenario.parameters import SEED
from cpts_geo.errors import AskedError
from cpts_geo.french import counted
from cpts_geo.indicators.given_share import AGES, GivenShare, lacking_parts, typed_share
from cpts_geo.sources.analyst.travel.file import Unit

_KINDS: Final[Kinds] = {
    "travel": ("--travel", path),
    "travel_unit": ("--travel-unit", one_of(*get_args(Unit))),
    "roads": ("--roads", path),
    "changes": ("--change", texts),
    "indicators": ("--indicators", paths),
    "scenario": ("--scenario", path),
    "known_lines": ("--known-lines", path),
    "parameters": ("--parameters", path),
    "share_without_mt": ("--share-without-mt", share),
    "share_of": ("--share-of", one_of(*AGES)),
    "share_source": ("--share-source", text),
    "fetched": ("fetched (--embedded-only)", one_of(True, False)),
}
_SHARE: Final = ("share_without_mt", "share_of", "share_source")


@dataclass(frozen=True)
class Options:
    """
    What a run rests on, besides its territories.

    Parameters
    ----------
    travel : Path or str, optional
        An analyst's file of travel times between communes, used instead of approximations
        (:func:`cpts_geo.sources.analyst.travel.file.read_travel_file`).
    travel_unit : {"minutes", "seconds"}, optional
        Unit of these times, where the file does not say it.
    roads : Path or str, optional
        An OpenStreetMap extract (``.osm.pbf``) on which times by road are computed instead
        (:func:`cpts_geo.access.travel.roads.road_times`).
    changes : sequence of str
        Changes of supply to show, such as ``départ:Pithiviers``
        (:func:`cpts_geo.access.changes.text.parse_changes`); by default two usual ones.
    indicators : sequence of Path or str
        An analyst's exports of indicators (Géoclip), shown for each territory
        (:func:`cpts_geo.sources.analyst.indicators.file.read_indicators`).
    scenario : Path or str, optional
        An analyst's capacity scenario (TOML) for the territory, which must then be alone; by
        default that of the CPTS, or the national share without médecin traitant.
    known_lines : Path or str, optional
        An analyst's copy of data/cpts/known_lines.csv, with lines of its own, that the demand of a
        territory without a line is learnt from.
    parameters : Path or str, optional
        An analyst's defaults of scenarios (TOML), over those of the package
        (:func:`cpts_geo.capacity.scenario.overlay.chosen_parameters`).
    share_without_mt : float or str, optional
        Share of people without médecin traitant of the territory, which must then be alone: from
        0 to 1, or a text such as « 14 % ». Given with the two options below, or not at all.
    share_of : {"all", "17+", "16+"}, optional
        Ages it is of.
    share_source : str, optional
        Who says it, and when: « CPAM, 2025 ».
    fetched : bool
        Whether the sources that were fetched give their figures, for all of France; else the
        embedded figures alone, whatever the cache holds.
    draws : int
        Monte Carlo draws.
    seed : int, optional
        Seed of the draws, those of the scenarios if absent: equal inputs give equal results.

    Raises
    ------
    AskedError
        An option is of another kind or out of bounds, travel times are given and computed, or a
        unit is given without times; every defect is listed.
    """

    travel: Path | None = None
    travel_unit: Unit | None = None
    roads: Path | None = None
    changes: Sequence[str] = ()
    indicators: Sequence[Path] = ()
    scenario: Path | None = None
    known_lines: Path | None = None
    parameters: Path | None = None
    share_without_mt: float | str | None = None
    share_of: str | None = None
    share_source: str | None = None
    fetched: bool = True
    draws: int = DRAWS
    seed: int | None = None

    def __post_init__(self) -> None:
        defects = settled(self, _KINDS)
        defects += draw_defects(self.draws, SEED if self.seed is None else self.seed)
        if self.travel is not None and self.roads is not None:
            defects.append(
                "--travel et --roads : les temps viennent d’une table ou de la route, pas des deux"
            )
        if self.travel_unit is not None and self.travel is None:
            defects.append("--travel-unit : une unité de temps est donnée sans table des temps")
        defects += lacking_parts({_KINDS[name][0]: getattr(self, name) for name in _SHARE})
        if defects:
            raise AskedError(
                f"Les options ne conviennent pas : {counted(len(defects), 'point', 'points')}.",
                defects=defects,
                remedy="corrigez ou retirez ces options ; la valeur par défaut de chacune convient "
                "en cas de doute.",
            )
        # A number of numpy cannot be written in a manifest.
        object.__setattr__(self, "draws", int(self.draws))

    @property
    def given_share(self) -> GivenShare | None:
        """The share without médecin traitant that is given, with its ages and source."""
        if self.share_without_mt is None or self.share_of is None or self.share_source is None:
            return None
        return typed_share(
            float(self.share_without_mt), ages=self.share_of, source=self.share_source
        )
