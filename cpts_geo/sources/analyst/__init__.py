"""What analysts bring: lists, polygons, travel times, call logs.

A text is a ``.csv``, ``.txt`` or ``.tsv`` in UTF-8, UTF-16 with its mark or Windows-1252, separated
by ``;``, ``,``, a tabulation or ``|``. A spreadsheet: ``.xlsx``, ``.xlsm``, ``.xls``, ``.ods``.
"""
