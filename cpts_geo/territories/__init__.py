"""Published names to INSEE codes, membership of a territory, and aggregation of its communes."""

from cpts_geo.territories.cog.moves import move

__all__ = ["move"]
