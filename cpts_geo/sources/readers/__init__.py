"""Readers: a producer's file in, a checked table out."""

from typing import Final

from cpts_geo.sources.readers.care import access_times, apl, bpe, cnam, rpps, urgences
from cpts_geo.sources.readers.formats.base import Reader
from cpts_geo.sources.readers.people import census, populations, tourism
from cpts_geo.sources.readers.places import cog, contours, cpts_perimeters, epci, tvs

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
