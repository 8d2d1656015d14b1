"""From unmet need to slots: demand of a territory, booking queue, answer with its interval.

========================  =======================================================================
what is assumed           ``inputs`` (the scenario), ``input_types``, ``calendar``, ``supply``,
                          ``parameters``; ``scenario`` and ``scenario_file`` load and save it,
                          ``records`` and ``refusals`` refuse it
requests                  ``demand`` (a year), ``periods`` (its days); a territory's own log:
                          ``call_profile``, ``call_dispersion``, ``call_tables``,
                          ``local_evidence``
the queue                 ``booking``, ``largest`` (steady state), ``weekly``, ``transient``;
                          ``chain``, ``search`` and ``queue_checks`` are its engine; ``phone``,
                          ``pooling``, ``ratios``
the answer                ``headline``, ``headline_table``, ``existing``, ``caveats``, ``seasons``,
                          ``measures``, ``compare``, ``service_grid``, ``territory_capacity``
how far to trust it       ``posterior``, ``drivers``, ``sensitivity``, ``convergence``,
                          ``backtest``, ``simulation``, ``verification``
the years to come         ``workforce``, ``workforce_fan``
where                     ``opening``, ``territory_access``
========================  =======================================================================
"""
