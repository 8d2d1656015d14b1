"""Files of squares of 200 m that must be refused."""

from __future__ import annotations

from tests.broken_makers_door import _written

_HEAD = "idcar_200m,ind,lcog_geo\n"
_GOOD = "CRS3035RES200mN2764000E3676800,12.5,45130\n"


def _squares(text: str, *, head: str = _HEAD, name: str = "carreaux.csv"):
    return _written(name, head + text)


squares_zip = _squares(_GOOD, name="carreaux.zip")
squares_blank = _written("carreaux.csv", "\n\n")
squares_header_alone = _squares("")
squares_no_column = _squares("1;2\n", head="idcar_200m;ind\n")
squares_column_twice = _squares(_GOOD, head="idcar_200m,ind,lcog_geo,IND\n")
squares_of_1_km = _squares("CRS3035RES1000mN2764000E3676000,12,45130\n")
squares_of_nowhere = _squares("CRS9999RES200mN2764000E3676800,12,45130\n")
squares_off_the_lattice = _squares("CRS3035RES200mN2764001E3676800,12,45130\n")
squares_twice = _squares(_GOOD + _GOOD)
squares_no_number = _squares(_GOOD.replace("12.5", "douze"))
squares_negative = _squares(_GOOD.replace("12.5", "-3"))
squares_endless = _squares(_GOOD.replace("12.5", "inf"))
squares_no_commune = _squares(_GOOD.replace("45130", "Dry"))
squares_cut = _squares(_GOOD + "CRS3035RES200mN27642")
squares_nobody = _squares(_GOOD.replace("12.5", "0"))
squares_binary = _squares("\x00\x01\x02,\x00\n")
squares_endless_crowd = _squares(_GOOD.replace("12.5", "1e300"))
squares_crowd = _squares(_GOOD + "CRS3035RES200mN2764200E3676800,20001,45130\n")
squares_of_no_commune = _squares(_GOOD + "CRS3035RES200mN2764200E3676800,3,99999\n")
squares_on_no_land = _squares("CRS3035RES200mN200E200,3,45130\n")
squares_of_another_commune = _squares(_GOOD.replace("45130", "05061"))
squares_overseas_of_france = _squares("CRS2975RES200mN7650000E340000,3,45130\n")
