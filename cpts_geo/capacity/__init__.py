"""From unmet need to slots: demand of a territory, booking queue, answer with its interval.

:mod:`~cpts_geo.capacity.inputs` says what is assumed of a territory and
:mod:`~cpts_geo.capacity.scenario` loads it, :mod:`~cpts_geo.capacity.calendar` counts opening
days, :mod:`~cpts_geo.capacity.demand` requests, :mod:`~cpts_geo.capacity.chain` and
:mod:`~cpts_geo.capacity.booking` solve the queue, :mod:`~cpts_geo.capacity.headline` answers
and :mod:`~cpts_geo.capacity.caveats` says what to know first.
"""
