"""Which reader reads each source."""

from typing import Final

from cpts_geo.sources.readers._formats.base import Reader
from cpts_geo.sources.readers.care import access_times, apl, bpe, cnam, rpps, urgences
from cpts_geo.sources.readers.communes import (
    census,
    cog,
    contours,
    cpts_perimeters,
    epci,
    populations,
    tvs,
)

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
    **tvs.READERS,
    **urgences.READERS,
}
