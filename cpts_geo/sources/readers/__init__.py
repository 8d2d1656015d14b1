"""Readers: a producer's file in, a checked table out."""

from typing import Final

from cpts_geo.sources.readers import (
    access_times,
    apl,
    bpe,
    census,
    cnam,
    cog,
    contours,
    cpts_perimeters,
    epci,
    populations,
    rpps,
    tourism,
    tvs,
    urgences,
)
from cpts_geo.sources.readers.base import Reader

#: Reader of each source, by the name that the catalogue gives it.
READERS: Final[dict[str, Reader]] = {
    **access_times.READERS,
    **apl.READERS,
    **bpe.READERS,
    **census.READERS,
    **cnam.READERS,
    **cog.READERS,
    **contours.READERS,
    **cpts_perimeters.READERS,
    **epci.READERS,
    **populations.READERS,
    **rpps.READERS,
    **tourism.READERS,
    **tvs.READERS,
    **urgences.READERS,
}
