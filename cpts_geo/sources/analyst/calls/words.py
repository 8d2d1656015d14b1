"""Words of the cells of a call log: those of categories, common names, communes.

A name repeated cannot be told from a category by its form: the commonest names of France are
listed, and words that categories are made of. Communes are those of the embedded COG.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import pandas as pd

from cpts_geo.foreign import MAX_NAME
from cpts_geo.sources.analyst.calls.columns import UNKNOWN, WORDINGS, key
from cpts_geo.sources.embedding.embedded import load_former_communes, verified
from cpts_geo.sources.readers.formats.base import WHOLE_OF, plain

# Split below: a word a line would be three hundred lines.
_CATEGORIES: Final = (
    "ars cpam hors ide ligne mt non oui pds pdsa smur snp sos appel appels entrant entrante "
    "sortant sortante telephone tel phone web internet mail sms courriel standard plateforme "
    "doctolib medecin medecins infirmier infirmiere pharmacien secretaire secretariat "
    "regulateur regulation generaliste pediatre pediatrie kine dentiste homme femme masculin "
    "feminin enfant enfants adulte adultes nourrisson senior seniors vrai faux true false yes "
    "ok ko nord sud est ouest interne externe direct directe traite traitee termine terminee "
    "cloture cloturee ferme fermee ouvert ouverte attente cours transfere transferee repondu "
    "manque decroche nouveau nouvelle ancien ancienne suivi urgent urgente faible moyen "
    "moyenne eleve elevee fort forte normal normale haut haute bas basse matin midi soir nuit "
    "jour semaine weekend lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier "
    "mars avril mai juin juillet aout septembre octobre novembre decembre departement canton "
    "commune groupe type niveau priorite categorie equipe poste territoire perimetre "
    "certificat ordonnance renouvellement vaccin aigu chronique "
)
_NAMES: Final = (
    "martin bernard thomas petit robert richard durand dubois moreau laurent simon michel "
    "lefebvre leroy roux david bertrand morel fournier girard bonnet dupont lambert fontaine "
    "rousseau vincent muller lefevre faure andre mercier blanc guerin boyer garnier chevalier "
    "francois legrand gauthier garcia perrin robin clement morin nicolas henry roussel "
    "mathieu gautier masson marchand duval denis dumont marie lemaire noel meyer dufour "
    "meunier brun blanchard giraud joly lucas brunet gaillard barbier arnaud martinez gerard "
    "renard schmitt leroux colin vidal caron picard roger fabre aubert lemoine renaud dumas "
    "lacroix olivier philippe pierre benoit rey leclerc payet rolland guillaume lopez jean "
    "dupuy guillot hubert berger carpentier sanchez dupuis moulin louis deschamps huet "
    "vasseur perez boucher fleury jacques alain rene claude christian henri georges patrick "
    "christophe joseph julien maurice frederic eric stephane pascal sebastien alexandre "
    "thierry antoine raymond guy dominique charles didier marcel daniel paul jeanne francoise "
    "monique catherine nathalie isabelle jacqueline anne sylvie martine madeleine nicole "
    "suzanne helene christine marguerite denise louise christiane yvonne valerie sophie "
    "sandrine stephanie celine veronique emma lea manon chloe camille julie laura sarah "
    "marion pauline mathilde lucie maxime hugo theo leo gabriel raphael arthur jules adam "
    "mohamed fatima karim ahmed ali kevin florian romain jeremy anthony benjamin quentin "
    "clara alice zoe ines jade lina rose yves serge gilles bruno herve xavier fabrice corinne "
    "brigitte chantal annie josiane odile "
)
_PLACES: Final = (
    "saint sainte hopital clinique centre site maison msp cds csnp cpts esp pole ehpad ch chu "
    "chr cabinet pharmacie secteur zone quartier "
)
# People whose names are those of schools, streets and health centres.
_EPONYMS: Final = (
    "jean moulin,jean jaures,jean zay,jean mermoz,jean mace,jean rostand,jean monnet,jules ferry,"
    "jules verne,pierre curie,marie curie,louis pasteur,louis braille,louis aragon,louise michel,"
    "victor hugo,emile zola,charles de gaulle,simone veil,george sand,albert camus,paul eluard,"
    "paul langevin,paul valery,paul cezanne,claude bernard,claude monet,rene cassin,"
    "rene descartes,andre malraux,andre gide,henri dunant,georges brassens,georges pompidou,"
    "jacques prevert,jacques brel,jacques cartier,jacques monod,raymond poincare,"
    "pierre mendes france,antoine de saint exupery,alexandre dumas,jeanne d arc"
)
_INSIDE: Final = "le la les l en sur sous lez du des d de aux au et"
_ELSEWHERE: Final = "autre autres hors exterieur divers"
#: Words of what bears the name of somebody: a hospital, a site.
PLACE_WORDS: Final = frozenset(_PLACES.split())
#: Words of outcomes, services, times and answers: a text that has one is no rare name.
CATEGORY_WORDS: Final = (
    frozenset(
        word
        for wordings in WORDINGS.values()
        for text in wordings
        for word in map(key, text.split())
        if word not in {"de", "en", "no"}
    )
    | frozenset(_CATEGORIES.split())
    | PLACE_WORDS
)
#: Names that are places, by their words.
EPONYMS: Final = frozenset(_EPONYMS.split(","))
#: The commonest surnames and first names of France, without accents.
COMMON_NAMES: Final = frozenset(_NAMES.split())
# Words inside compound names of places.
_PARTICLES: Final = frozenset(_INSIDE.split())
# « 45300 Pithiviers », « Pithiviers (45) », « Orléans cedex 2 »: nothing else may stand beside.
_COMMUNE: Final = re.compile(
    r"(?:\d{5}\s+)?([^\d()]+?)(?:\s+cedex(?:\s+\d{1,2})?|\s*\(\s*\d[\dab]\d?\s*\))?", re.I
)
_ARTICLE: Final = re.compile("^(?:les?|la|l) ")


def words(text: str) -> list[str]:
    """
    Split a cell into its words.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    list of str
        Lower-case, without accents; digits and marks separate them.

    Examples
    --------
    >>> words("Élie-Test d’Exemple")
    ['elie', 'test', 'd', 'exemple']
    """
    return re.findall("[a-z]+", plain(text))


def is_common_name(text: str) -> bool:
    """
    Tell whether a cell of a few words has a common name, and is no place.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    bool
        True where it looks like somebody, whatever its case.

    Examples
    --------
    >>> is_common_name("jean exemple"), is_common_name("Saint-Jean"), is_common_name("web")
    (True, False, False)
    """
    said = words(text)
    return (
        0 < len(said) <= 4
        and not any(name in " ".join(said) for name in EPONYMS)
        and not COMMON_NAMES.isdisjoint(said)
        and PLACE_WORDS.isdisjoint(said)
        and commune_of(text) is None
    )


def has_person(text: str) -> bool:
    """
    Tell whether a text of any length has a common name beside another, or beside a capital.

    Parameters
    ----------
    text : str
        A cell, a line of title, the name of a file.

    Returns
    -------
    bool
        True for « appel de jean martin », « rappeler Jean Exemple »; False for a place.

    Examples
    --------
    >>> has_person("rappeler jean martin ce soir"), has_person("site Jean Moulin")
    (True, False)
    """
    found = re.findall(r"[^\W\d_]+", text)
    said = [plain(word) for word in found]
    flat = " ".join(said)
    if COMMON_NAMES.isdisjoint(said) or any(name in flat for name in EPONYMS):
        return False
    for place in range(len(said) - 1):
        pair = said[place : place + 2]
        near = said[max(0, place - 3) : place + 2]
        if COMMON_NAMES.isdisjoint(pair) or not (PLACE_WORDS | {"st", "ste"}).isdisjoint(near):
            continue
        other = [i for i in (place, place + 1) if said[i] not in COMMON_NAMES]
        if all(
            found[i][0].isupper()
            and len(said[i]) > 1
            and said[i] not in CATEGORY_WORDS
            and all(found[j][0].isupper() for j in (place, place + 1))
            for i in other
        ) and not _in_commune(said, place):
            return True
    return False


def _in_commune(said: list[str], place: int) -> bool:
    """Whether two words are inside the name of a commune, with those around them."""
    return any(
        commune_of(" ".join(said[start:end])) is not None
        for start in range(max(0, place - 3), place + 1)
        for end in range(place + 2, min(len(said), place + 5) + 1)
    )


def has_particle(text: str) -> bool:
    """
    Tell whether a cell of three words or more is made like the name of a place.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    bool
        True for a particle inside (sur, la, en...).

    Examples
    --------
    >>> has_particle("Exemple-sur-Loir"), has_particle("exemple fictif")
    (True, False)
    """
    said = words(text)
    return len(said) > 2 and not _PARTICLES.isdisjoint(said[1:-1])


def commune_of(text: str) -> str | None:
    """
    Name of the commune, today's or former, that a cell writes.

    Parameters
    ----------
    text : str
        Such as « st denis en val », with a postal code or the département in brackets or not; or
        a code of five characters.

    Returns
    -------
    str or None
        The name of the official code (COG), or its code; None where it is no commune, so that a
        number of somebody is never taken for a place.

    Examples
    --------
    >>> commune_of("45300 PITHIVIERS"), commune_of("clery st andre"), commune_of("EXEMPLE Prenom")
    ('Pithiviers', 'Cléry-Saint-André', None)
    >>> commune_of("01001"), commune_of("=Dry")
    ('01001', 'Dry')
    """
    # No place is written so long: what is looked for in it would take time for nothing.
    if len(text) > MAX_NAME:
        return None
    if is_code_like(text):
        code = text.strip().upper()
        return code if code in _codes() else None
    names, folded = _communes()
    if text in names:  # accents and articles tell homonyms apart
        return text
    match = _COMMUNE.fullmatch(text.strip())
    if not match:
        return None
    place = _place(match[1])
    return folded.get(place) or folded.get(_ARTICLE.sub("", place))


def is_code_like(text: str) -> bool:
    """
    Tell whether a cell has the form of an INSEE code, or of a postal code.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    bool
        Whether the code exists is another question (:func:`commune_of`).

    Examples
    --------
    >>> is_code_like("2A004"), is_code_like("Dry")
    (True, False)
    """
    return re.fullmatch(r"\d[\dABab]\d{3}", text.strip()) is not None


def says_nothing(text: str) -> bool:
    """
    Tell whether a cell of communes says that it is unknown, or elsewhere.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    bool
        True for « inconnue », « autre », « hors secteur »...

    Examples
    --------
    >>> says_nothing("NR"), says_nothing("Hors secteur"), says_nothing("Dry")
    (True, True, False)
    """
    said = words(text)
    elsewhere = len(said) <= 3 and said[:1] and said[0] in _ELSEWHERE.split()
    return key(text) in UNKNOWN or (bool(elsewhere) and CATEGORY_WORDS.issuperset(said))


def _place(name: str) -> str:
    """Words of a name, abbreviations in full."""
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words(name))


@cache
def _codes() -> frozenset[str]:
    """Codes of communes, of today and of before, and of arrondissements."""
    today = pd.read_parquet(verified("communes.parquet"), columns=["code_insee"])["code_insee"]
    return frozenset([*today, *load_former_communes()["former_code"], *WHOLE_OF])


@cache
def _communes() -> tuple[frozenset[str], dict[str, str]]:
    """Names of communes, and the same by their words, with their article and without."""
    # Names alone: reading the outlines would take seconds.
    today = pd.read_parquet(verified("communes.parquet"), columns=["name"])["name"]
    names = [*load_former_communes()["former_name"], *today]  # those of today have the last word
    folded = {_place(name): name for name in names}
    bare = {_ARTICLE.sub("", place): name for place, name in folded.items()}
    return frozenset(names), bare | folded
