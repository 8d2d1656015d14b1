"""What the columns of an analyst's call log are, by their header.

A header is reduced to its words, without accents, case, punctuation or articles. Columns that
announce a person (name, phone, address, comment...) are told here too; they are refused by
:mod:`cpts_geo.sources.analyst.calls.log`, never dropped in silence.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Final

from cpts_geo.sources._conventions.text import plain

#: What is said of somebody, in French: by a header here, by a text in
#: :mod:`cpts_geo.sources.analyst.calls._forms`.
NAME: Final = "un nom de personne"
PHONE: Final = "un numéro de téléphone"
EMAIL: Final = "une adresse électronique"
ADDRESS: Final = "une adresse"
BIRTH: Final = "une date de naissance"
PLATE: Final = "une plaque d’immatriculation"
NETWORK: Final = "une adresse IP"
_FILE_NUMBER: Final = "un numéro de sécurité sociale ou de dossier"
_FREE_TEXT: Final = "un texte libre"

#: Cells that say that nothing is known.
UNKNOWN: Final = frozenset(
    {"", "na", "nan", "nr", "nc", "null", "none", "inconnu", "inconnue", "nonrenseigne", "unknown"}
)
#: What a column may be, in French.
ROLES: Final = {
    "date": "date",
    "hour": "heure",
    "outcome": "issue",
    "code": "code Insee",
    "commune": "commune",
    "age": "classe d’âge",
    "reason": "classe de motif",
    "caller": "clé de l’appelant",
    "delay": "attente du rendez-vous",
    "honoured": "venue au rendez-vous",
    "own_doctor": "présence d’un médecin traitant",
    "example": "mention d’un exemple",
}
# Each line is a preference: the first that the header holds gives the column.
_ALIASES: Final[dict[str, tuple[frozenset[str], ...]]] = {
    role: tuple(frozenset(words.split()) for words in preferences)
    for role, preferences in {
        "date": (
            "dateheure dateetheure datetime horodatage horodate horodateur timestamp",
            "date dates datedebut datecreation",
            "dateheurerdv daterdv daterendezvous dateconsultation",
            "jour jours day",
            # Of counts, a row a week or a month.
            "semaine semaines week mois month periode",
        ),
        "hour": (
            "heure heures horaire hour time heuredebut heurerdv heurerendezvous",
            "debut start",
        ),
        "outcome": (
            "issue issues outcome",
            "suite suites suitedonnee devenir decision",
            "resultat result reponse orientation",
            "statut status etat statutrdv statutrendezvous etatrdv etatrendezvous",
        ),
        "code": (
            "codeinsee insee codecommune codgeo codegeo depcom inseecode codeinseecommune "
            "codecommuneinsee numeroinsee",
        ),
        "commune": (
            "commune communes nomcommune libellecommune libcom nomcom ville city municipality",
        ),
        "age": (
            "classeage classesage trancheage tranchesage trancheages groupeage ageclass agegroup "
            "ageband",
            "age ages ageans ageannees ageyears",
        ),
        # Coded only: a column « motif » holds what callers said.
        "reason": (
            "codemotif motifcode categoriemotif motifcategorie classemotif typemotif reasoncode "
            "reasoncategory",
        ),
        "caller": ("cleappelant cledelappelant cleusager clepatient callerkey",),
        # What follows a request: read by a follow-up.
        "delay": (
            "delai delais delaiheures delaiheure delaih delaijours delaijour delaij delairdv "
            "delairendezvous delairdvheures delairdvjours delairendezvousheures "
            "delairendezvousjours delairdvh delairdvj delairendezvoush delairendezvousj delayhours "
            "delaydays delay",
        ),
        "honoured": ("honore honoree honores rdvhonore rendezvoushonore venu venue presence",),
        "own_doctor": (
            "mt mtouinon medecintraitant medecintraitantouinon avecmt sansmt "
            "avecmedecintraitant sansmedecintraitant",
        ),
        "example": ("exemple example",),
    }.items()
}
# "Commune du patient", "date de l'appel": words that change nothing.
_FILLERS: Final = frozenset(
    {
        "a", "au", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "of", "the",
        "appel", "appels", "call", "patient", "patients", "residence", "domicile", "appelant",
        "appelante", "usager", "usagers",
    }
)  # fmt: skip
_PERSONAL_WORDS: Final = {
    what: frozenset(words.split())
    for what, words in {
        NAME: (
            "nom noms prenom prenoms name names firstname lastname surname patronyme identite "
            "patient patiente patients malade usager usagere usagers appelant appelante appelants "
            "caller beneficiaire beneficiaires assure assuree assures client cliente clients "
            "demandeur demandeuse requerant personne contact contacts interlocuteur agent "
            "operateur operatrice initiale initiales fullname"
        ),
        PHONE: "tel tels telephone telephones phone mobile portable gsm fax msisdn callerid cli",
        EMAIL: "email emails mail mails mel courriel",
        ADDRESS: (
            "adresse adresses address rue voie street latitude longitude lat lon lng gps "
            "coordonnees"
        ),
        _FILE_NUMBER: (
            "nir nia secu securite ins ipp nss ss dossier dossiers nda iep matricule matricules mrn"
        ),
        PLATE: "immatriculation plaque",
        NETWORK: "ip ipv adresseip",
        BIRTH: "naissance ddn dob birth birthdate ne nee born",
        _FREE_TEXT: (
            "commentaire commentaires comment comments motif motifs reason note notes observation "
            "observations remarque remarques texte libre description descriptif symptome symptomes "
            "pathologie pathologies diagnostic diagnostics plainte plaintes detail details "
            "precision precisions antecedent antecedents traitement traitements maladie message "
            "memo infos"
        ),
    }.items()
}
# Alone they say nothing of somebody; with a date and a commune, they may.
_RECOGNISES: Final = frozenset(
    {
        "sexe", "genre", "sex", "gender", "profession", "metier", "employeur", "quartier", "iris",
        "nationalite", "langue", "mutuelle", "caisse", "regime", "situation", "postal", "cp",
        "zip", "ald", "handicap", "grossesse",
    }
)  # fmt: skip
# The same, in headers whose words are glued together.
_PERSONAL_STEMS: Final = {
    NAME: re.compile(
        "prenom|patronym|identite|nom(?:de)?(?:famille|usage)|patient(?!el)|appelant|usager|"
        "beneficiaire"
    ),
    PHONE: re.compile("telephon|(?:num|numero)tel"),
    EMAIL: re.compile("e?mail|courriel"),
    ADDRESS: re.compile("adresse"),
    _FILE_NUMBER: re.compile(
        "secu(?:rite)?soc|(?:num|numero|ref|id)(?:secu|ss|nir|ipp|nda|dossier)"
    ),
    BIRTH: re.compile("naissance|birth"),
    _FREE_TEXT: re.compile("commentaire|observation|symptom|patholog|diagnos"),
}  # fmt: skip
# What a key of the caller may be called: alone, or with who calls.
_KEY_WORDS: Final = frozenset({"cle", "cles", "clef", "clefs", "key", "hash", "pseudonyme"})
_IDENTIFIERS: Final = frozenset({"id", "ident", "identifiant", "uuid", "code", "callerid"})
_CALLERS: Final = frozenset(
    {
        "appelant", "appelante", "caller", "callerid", "patient", "patiente", "usager", "usagere",
        "personne", "person",
    }
)  # fmt: skip
#: Where two words are glued together, told by their capital.
GLUED_CASE: Final = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])")


def key(text: str) -> str:
    """Reduce a wording to its lower-case ASCII letters and digits, without spaces."""
    return "".join(re.findall("[a-z0-9]+", plain(text)))


def roles(header: Sequence[str]) -> dict[str, list[int]]:
    """Columns that a line of headers names, by role and by preferred wording: more than one is
    ambiguous; hours without dates are taken for the dates."""
    split = [_words(cell) for cell in header]
    # The key of a caller is told from any other by a word that changes nothing elsewhere.
    keys = [{"".join(w for w in each if w not in _FILLERS), "".join(each)} for each in split]
    found: dict[str, list[int]] = {}
    for role, preferences in _ALIASES.items():
        for names in preferences:
            if places := [i for i, each in enumerate(keys) if each & names]:
                found[role] = places
                break
    if "hour" in found and "date" not in found:
        found["date"] = found.pop("hour")
    return found


def named(cell: str) -> bool:
    """Tell whether a header is one that some role knows."""
    return bool(roles([cell]))


def announces(cell: str) -> str | None:
    """Say in French what about a person a header announces; None where it is nothing."""
    if named(cell):
        return None
    words = _words(cell)
    for what, known in _PERSONAL_WORDS.items():
        if not known.isdisjoint(words):
            return what
    glued = "".join(words)
    return next((what for what, stem in _PERSONAL_STEMS.items() if stem.search(glued)), None)


def may_be_key(cell: str) -> bool:
    """Tell whether a header that no role knows may be that of the key of a caller: a key, or an
    identifier of somebody."""
    words = _words(cell)
    alone = not _KEY_WORDS.isdisjoint(words)
    of_somebody = not _IDENTIFIERS.isdisjoint(words) and not _CALLERS.isdisjoint(words)
    near = difflib.get_close_matches("".join(words), sorted(_ALIASES["caller"][0]), n=1, cutoff=0.8)
    return not named(cell) and bool(alone or of_somebody or near)


def recognises(cell: str) -> bool:
    """Tell whether a header announces what, beside other data, may lead to somebody: a sex, a
    postal code, a profession."""
    return not _RECOGNISES.isdisjoint(_words(cell))


def _words(cell: str) -> list[str]:
    """Words of a header, without accents or case, glued ones parted."""
    return re.findall("[a-z]+", plain(GLUED_CASE.sub(" ", cell)))
