"""A command line that is not understood, said in French."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Final

from typer.exceptions import TyperException

from cpts_geo.errors import one_line

#: The command line library speaks English.
_MISTAKES: Final = (
    (r"No such option: (\S+) \(Possible options?: (.*)\)", "option inconnue : {0} ; existe : {1}"),
    (r"No such option: (\S+)", "option inconnue : {0}"),
    (r"No such command '(.*?)'\. Did you mean '(.*?)'", "commande inconnue : {0} ; existe : {1}"),
    (r"No such command '(.*?)'", "commande inconnue : {0}"),
    (r"Invalid value for '(.*?)'.*integer", "{0} attend un nombre entier"),
    (r"Invalid value for '(.*?)'.* is not one of (.*)\.", "{0} attend une de ces valeurs : {1}"),
    (r"Invalid value for '(.*?)'", "la valeur de {0} ne convient pas"),
    (r"Option '?(.*?)'? requires an argument", "l’option {0} attend une valeur"),
    (r"Option '?(.*?)'? does not take a value", "l’option {0} s’écrit seule, sans valeur"),
    (r"Missing command", "il manque une commande après cpts-geo"),
    (r"Missing (?:argument|option) '(.*?)'", "il manque : {0}"),
    (r"Got unexpected extra argument\S* \((.*)\)", "en trop : {0}"),
)
_REMEDY: Final = (
    "« cpts-geo --help », puis « cpts-geo COMMANDE --help », montrent comment l’écrire."
)


def misunderstood(error: TyperException, typed: Sequence[str]) -> str:
    """What is wrong and what to do; `typed` is quoted where no word of the library is known."""
    shown = error.format_message()
    for pattern, french in _MISTAKES:
        if found := re.search(pattern, shown):
            said = one_line(french.format(*(one_line(x.replace("'", "")) for x in found.groups())))
            break
    else:
        said = f"ce qui suit cpts-geo n’a pas été compris : « {one_line(shlex.join(typed))} »"
    return f"Erreur : commande mal comprise.\n  - {said}\nÀ faire : {_REMEDY}"
