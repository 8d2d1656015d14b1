"""Words of the cells of a call log: those of categories, common names, communes.

A name repeated cannot be told from a category by its form: the commonest names of France are
listed, and words that categories are made of. Communes are those of the embedded COG.
"""

from __future__ import annotations

import re
from typing import Final

from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.communes import commune_of
from cpts_geo.sources.analyst.calls._columns import UNKNOWN, key
from cpts_geo.sources.analyst.calls._wordings import WORDINGS

_MONTHS: Final = (
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre "
)
# Split below: a word a line would be three hundred lines.
# Words of logs that are categories in them too.
_SAID_BY_LOGS: Final = "niveau ligne appel appels semaine suivi territoire " + _MONTHS
_CATEGORIES: Final = (
    "ars cpam hors ide mt non oui pds pdsa smur snp sos entrant entrante sortant sortante "
    "telephone tel phone web internet mail sms courriel standard plateforme doctolib medecin "
    "medecins infirmier infirmiere pharmacien secretaire secretariat regulateur regulation "
    "generaliste pediatre pediatrie kine dentiste homme femme masculin feminin enfant enfants "
    "adulte adultes nourrisson senior seniors vrai faux true false yes ok ko nord sud est ouest "
    "interne externe direct directe traite traitee termine terminee cloture cloturee ferme "
    "fermee ouvert ouverte attente cours transfere transferee repondu manque decroche nouveau "
    "nouvelle ancien ancienne urgent urgente faible moyen moyenne eleve elevee fort forte "
    "normal normale haut haute bas basse matin midi soir nuit jour weekend lundi mardi mercredi "
    "jeudi vendredi samedi dimanche departement canton commune groupe type priorite categorie "
    "equipe poste perimetre certificat ordonnance renouvellement vaccin aigu chronique "
)
_LOGS: Final = (
    "cc ca cu communaute metropole heure heures code libelle numero titre id identifiant "
    "registre registres "
    "journal journaux log logs export exports extrait extraction rdv agenda planning liste "
    "tableau donnees data fichier csv xlsx xls ods txt tsv copie copy final finale version test "
    "essai modele brut bruts anonyme anonymise anonymises pseudonymise net nettoye jan fev janv "
    "fevr juil sept oct nov dec trimestre semestre annee mois au par pour total bilan rapport "
    "activite statistiques stats periode feuil feuille sheet classeur page onglet cdr call "
    "calls noel paques petit petite grand grande blanc brun rose marchand berger boucher "
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
_SMALL: Final = "le la les du de des et en sur "
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
    | frozenset((_CATEGORIES + _SAID_BY_LOGS).split())
    | PLACE_WORDS
)
#: Small words that stand in the name of a log.
LOG_PARTICLES: Final = frozenset([*_SMALL.split(), "par"])
#: Words of the names, titles and sheets of logs.
LOG_WORDS: Final = frozenset((_LOGS + _SAID_BY_LOGS + _SMALL).split())
#: Names that are places, by their words.
EPONYMS: Final = frozenset(_EPONYMS.split(","))
#: The commonest surnames and first names of France, without accents.
COMMON_NAMES: Final = frozenset(_NAMES.split())
# Words inside compound names of places.
_PARTICLES: Final = frozenset([*_SMALL.split(), "l", "sous", "lez", "d", "aux", "au"])


def words(text: str) -> list[str]:
    """Split a cell into its words: lower-case, without accents, parted by digits and marks."""
    return re.findall("[a-z]+", plain(text))


def is_common_name(text: str) -> bool:
    """Tell whether a cell of a few words has a common name, and is no place."""
    said = words(text)
    return (
        0 < len(said) <= 4
        and not any(name in " ".join(said) for name in EPONYMS)
        and not COMMON_NAMES.isdisjoint(said)
        and PLACE_WORDS.isdisjoint(said)
        and commune_of(text) is None
    )


def has_person(text: str) -> bool:
    """Tell whether a text of any length has a common name beside another, or beside a capital."""
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
    """Tell whether a cell of three words or more is made like the name of a place."""
    said = words(text)
    return len(said) > 2 and not _PARTICLES.isdisjoint(said[1:-1])


def says_nothing(text: str) -> bool:
    """Tell whether a cell of communes says that it is unknown, or elsewhere."""
    said = words(text)
    elsewhere = len(said) <= 3 and said[:1] and said[0] in _ELSEWHERE.split()
    return key(text) in UNKNOWN or (bool(elsewhere) and CATEGORY_WORDS.issuperset(said))
