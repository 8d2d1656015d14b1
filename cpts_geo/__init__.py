"""From a list of communes to unscheduled-care slots per day.

The data flow is one-way::

    published names -> INSEE codes -> table of communes -> indicators
        -> demand -> capacity -> maps, sheets, tables

Each arrow is a package: :mod:`cpts_geo.sources` reads files, :mod:`cpts_geo.territories`
resolves and aggregates, :mod:`cpts_geo.access` measures supply against people,
:mod:`cpts_geo.capacity` turns unmet need into slots, :mod:`cpts_geo.atlas` draws.
:mod:`cpts_geo.analysis` is the whole run on one page.
"""

__version__ = "0.1.0"
