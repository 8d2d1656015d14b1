"""Runs in the process apart: which field names the territories, by its words and by its values.

A field is named in a hundred ways, and cut to ten letters by a shapefile: it is told by words
(what it is: a name; of what: a CPTS, a territory, a structure), not by a list of fields.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from cpts_geo.errors import PerimeterError, one_line, quoted
from cpts_geo.french import joined
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.only import chosen_names, retyped
from cpts_geo.sources.analyst.polygons._layer import Layer

#: Words of a name, the surest first.
_NAMING: Final = (
    "nom", "name", "libelle", "lib", "label", "nm", "lbl", "lb",
    "denomination", "denom", "intitule", "appellation", "raison",
)  # fmt: skip
#: Those of them that say it alone as surely as « nom ».
_PLAIN: Final = frozenset(_NAMING[:8])
_TERRITORY: Final = ("territoire", "territoires")
_OTHER: Final = ("structure", "association", "secteur", "zone", "perimetre", "projet", "pole")
#: Words that say nothing of what is named.
_FILLERS: Final = (
    "de", "la", "le", "du", "des", "l", "d", "complet", "usuel", "officiel", "long", "court",
    "abrege", "sociale", "sante", "action", "intervention", "fr",
)  # fmt: skip
#: What is written in one word after a word of a name.
_AFTER: Final = ("cpts", *_TERRITORY, *_OTHER, "sociale", "officiel", "complet", "usuel")
#: Starts of words that make a field another thing than the name of a territory.
_ELSE: Final = (
    "comm", "cmmn", "ville", "epci", "depart", "dept", "dpt", "region", "iris", "canton",
    "arrond", "insee", "academi", "contact", "presid", "coord", "refer", "respon", "direct",
    "medecin", "adr", "fich", "auteur", "quart", "mail", "prenom", "etat", "statu", "type", "date",
    "observ", "avanc", "annee", "nature", "phase", "categ", "descr", "cod", "num", "siren", "siret",
    "finess", "url", "telep", "style", "layer", "couche", "gml", "icon", "altitude", "http",
    "courr", "email",
)  # fmt: skip
#: Whole words that do so too.
_ELSE_WHOLE: Final = frozenset(
    {"com", "geo", "dep", "reg", "irs", "arr", "ars", "resp", "voie", "rue", "pays", "tvs", "ept",
     "stat", "obs", "cd", "tel", "web", "lien", "site", "id", "gid", "fid", "ogc", "objectid",
     "uuid"}
)  # fmt: skip
_YES_NO: Final = frozenset({"oui", "non", "o", "n", "vrai", "faux", "true", "false", "x"})
#: Letters that a shapefile leaves of the name of a field.
_CUT: Final = 10
#: Letters from which the start of a word is that word.
_START: Final = 4
#: Names of CPTS, not addresses nor the word alone.
_CPTS: Final = re.compile(
    r"(?!.*(?:@|://|www))(?:.*\bcpts\b.*\w|.*\w.*\bcpts\b|.*communautes? professionnelles? territ)"
)
#: Codes of communes, some without the zero that a spreadsheet takes away.
_INSEE: Final = re.compile(r"\d{4,5}|2[AB]\d{3}")
#: Values shown of a field.
_SHOWN: Final = 3


@dataclass(frozen=True)
class _Field:
    """A field, the texts of the features looked at, and its rank: the lowest is the surest, None
    for one that its words do not tell."""

    field: str
    texts: Sequence[str]
    rank: int | None

    @property
    def shown(self) -> str:
        """The field and its first values, in French."""
        values = [*dict.fromkeys(filter(None, self.texts))]
        more = "…" if len(values) > _SHOWN else ""
        return f"{quoted(self.field)} ({', '.join(map(quoted, values[:_SHOWN]))}{more})"


def territory_names(
    layer: Layer, ranks: Sequence[int], only: Collection[str], name: str
) -> tuple[str, list[str], list[str]]:
    """Field that names the territories of these features (empty for none), its text for each, and
    notes on the other fields that could."""
    fields = _filled(layer, ranks)
    known = sorted((each for each in fields if each.rank is not None), key=lambda f: f.rank or 0)
    if known:
        chosen = known[0]
        notes = []
    else:
        asked = [each for each in fields if _could_name(each)]
        holding = [each for each in asked if _holds(each, only)] if only else []
        if len(holding) != 1:
            _check_one_territory(asked, fields, only, name)
            return "", [""] * len(ranks), []
        [chosen] = holding
        notes = [f"Noms demandés trouvés dans un seul champ : {quoted(chosen.field)}."]
    same = [plain(text) for text in chosen.texts]
    others = [each for each in known if [plain(text) for text in each.texts] != same]
    if others and len(ranks) > 1:
        which = joined([each.shown for each in others[:_SHOWN]])
        one = (
            "Autre champ de noms, laissé" if len(others) == 1 else "Autres champs de noms, laissés"
        )
        notes.append(f"{one} de côté : {which}.")
    return chosen.field, list(chosen.texts), notes


def _filled(layer: Layer, ranks: Sequence[int]) -> list[_Field]:
    """Fields that hold something for these features, with their ranks."""
    texts = {field: layer.texts(field) for field in layer.fields}
    here = {field: [all_[rank] for rank in ranks] for field, all_ in texts.items()}
    filled = {field: found for field, found in here.items() if any(found)}
    communes = any(_are_communes(found) for found in filled.values())
    return [
        _Field(field, found, _rank(field, found, communes=communes))
        for field, found in filled.items()
    ]


def _rank(field: str, texts: Sequence[str], *, communes: bool) -> int | None:
    """How surely a field names territories, 0 the most; None for one whose words do not say so."""
    words = _words(field)
    if _is_else(words):
        return None
    cut = len(field) == _CUT
    told = [word for word in words if not _is(word, _FILLERS, cut=cut)]
    naming = [word for word in told if _is(word, _NAMING, cut=cut)]
    of = [word for word in told if word not in naming]
    alone = not of and bool(naming)
    values = [plain(text) for text in texts if text]
    mentions = 2 * sum(bool(_CPTS.match(value)) for value in values) >= len(values)
    subject = all(_is(word, ("cpts", *_TERRITORY, *_OTHER), cut=cut) for word in of)
    if subject and any(_is(word, ("cpts",), cut=cut) for word in of):
        rank = 0 if naming and naming[0] == "nom" else 10 if not naming else 20
    elif mentions:
        rank = 30
    elif of and all(_is(word, _TERRITORY, cut=cut) for word in of):
        rank = 40 if naming else 50
    elif alone and naming[0] in _PLAIN:
        rank = 60 + _NAMING.index(naming[0])
    elif alone or (of and subject):
        rank = 80
    else:
        return None
    # A number or a yes names worse than words; what differs between communes names these.
    wordless = all(value in _YES_NO or not any(map(str.isalpha, value)) for value in values)
    single = communes and len(values) > 1 and len({*values}) == len(values)
    return rank + 100 * wordless + 100 * (single and rank > 50)


def _words(field: str) -> list[str]:
    """Words of the name of a field, those written in one apart."""
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", "_", field)
    cut = len(field) == _CUT
    words: list[str] = []
    for word in re.findall(r"[a-z]+", plain(apart)):
        parts = [(n, word[len(n) :]) for n in _NAMING if word.startswith(n)]
        split = (p for p in parts if _is(p[1], _AFTER, cut=cut) or _is_else([p[1]]))
        words += next(split, (word,))
    return words


def _is_else(words: Sequence[str]) -> bool:
    """Whether these words make a field another thing than the name of a territory."""
    # A « communauté » may be a CPTS, « communes » are none.
    return any(
        word in _ELSE_WHOLE or (word.startswith(_ELSE) and not word.startswith("communaut"))
        for word in words
    )


def _is(word: str, known: Sequence[str], *, cut: bool) -> bool:
    """Whether a word is one of these, or its start where it may be cut."""
    least = 2 if cut else _START
    return word in known or (len(word) >= least and any(k.startswith(word) for k in known))


def _are_communes(texts: Sequence[str]) -> bool:
    """Whether features are communes by this field: codes that differ from one to the next."""
    several = len(texts) > 1 and len({*texts}) == len(texts)
    return several and all(_INSEE.fullmatch(text) for text in texts)


def _could_name(each: _Field) -> bool:
    """Whether a field could tell territories apart, though its words do not say so."""
    words = _words(each.field)
    if _is_else(words):
        return False
    values = {*filter(None, each.texts)}
    letters = all(any(c.isalpha() for c in value) for value in values)
    return len(values) > 1 and letters


def _holds(each: _Field, only: Collection[str]) -> bool:
    """Whether a field holds all the names asked for."""
    try:
        return bool(chosen_names(each.texts, only, file="", where=""))
    except PerimeterError:
        return False


def _check_one_territory(
    asked: Sequence[_Field], fields: Sequence[_Field], only: Collection[str], name: str
) -> None:
    """Ask which field names the territories, where none is known and some could."""
    if only and not asked:
        raise PerimeterError(
            f"{one_line(name)} ne nomme pas ses polygones : rien n’y peut être choisi par un nom.",
            remedy="retirez --only, ou donnez un champ « nom » à la couche.",
        )
    if any(_are_communes(each.texts) for each in fields) and not only:
        # Communes of one territory, each with its own texts.
        asked = [each for each in asked if len({*each.texts}) < len(each.texts)]
    if asked:
        values = [text for text in asked[0].texts if text]
        raise PerimeterError(
            f"{one_line(name)} dessine peut-être plusieurs territoires : aucun champ connu ne les "
            "nomme, et d’autres le pourraient.",
            defects=[f"champ {each.shown}" for each in asked],
            remedy="nommez « nom » le champ des territoires, ou ajoutez à la commande le nom de "
            f"celui que vous voulez ({retyped('--only', values[0])}) ; pour n’en faire qu’un, "
            "fusionnez les polygones.",
        )
