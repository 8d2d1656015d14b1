"""A run that territories share: figures as computed, and as they may leave."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from cpts_geo.access.changes.change import Change
from cpts_geo.analysis import Analysis
from cpts_geo.geography.cog.former import former_communes
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.study import Study
from cpts_geo.study.surroundings import parsed_changes
from cpts_geo.writing.released import released


class Run:
    """A run, whose figures are masked once, over all its territories, when first shown."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis

    @cached_property
    def shown(self) -> Analysis:
        """The run as it may leave."""
        return released(self.analysis)

    def changes(self, study: Study, texts: Sequence[str]) -> tuple[Change, ...]:
        """Changes of supply around a territory, from their texts."""
        whole = embedded.load_communes()
        return parsed_changes(
            texts,
            study.common.surroundings.field,
            whole,
            former=former_communes(whole, fetched=True),
        )
