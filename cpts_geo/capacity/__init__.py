"""From unmet need to slots: demand of a territory, booking queue, answer with its interval.

=============  ====================================================================================
``queue``      target, deadline, dispersion (``rules``) and what they make of slots and demands
``scenario``   what a capacity rests on: inputs checked and sourced, read and written
``need``       what a territory needs, what surgeries meet, the gap; what known lines teach of it,
               the interval that results are shown with
``demand``     requests of a year and of a day: of a device, of its public, and their laws
``calls``      what a call log says of a line, and what of it may leave
``answer``     slots and hours, everyone month by month, what the interval is made of
``workforce``  who answers: GPs in the years to come, the telephone, rotas that are shared
``comparing``  two scenarios side by side, draw by draw; today beside the years to come
``checks``     the model held against simulations and against what was observed
=============  ====================================================================================

Each room knows those above it in this list only; ``calls``, ``answer`` and ``workforce`` do not
know one another.
"""
