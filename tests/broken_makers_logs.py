"""Call logs that say who called, one a kind and a place: nobody's, made when they are needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl

from tests.nobodies import Cell, births, callers, letters, nirs, pairs, phones, write_log

Make = Callable[[Path], Path]


def _column(*cells: Cell, header: str = "x") -> Make:
    return lambda folder: write_log(folder, cells, header=header)


def _title(text: str) -> Make:
    return lambda folder: write_log(folder, ["web"], titles=[text, ""], header="canal")


def _named(name: str) -> Make:
    return lambda folder: write_log(folder, ["web"], name=name, header="canal")


def _sheet(name: str) -> Make:
    def make(folder: Path) -> Path:
        book = openpyxl.Workbook()
        book.active.append(["date", "issue"])
        book.active.append(["04/03/2024 08:30", "RDV"])
        book.create_sheet(name)
        book.save(folder / "journal.xlsx")
        return folder / "journal.xlsx"

    return make


_P, _N, _B, _L = phones(), nirs(), births(), letters()
_MAIL = "exemple"

name_civility = _column("Mme EXEMPLE")
name_civility_lower = _column("appelle pour mme exemple")
name_form = _column("EXEMPLE Prenom")
name_initial = _column("EXEMPLE P.")
name_in_sentence = _column("appel de jean martin pour un certificat")
name_header = _column("", header="Initiales")
name_in_header = _column("web", header="appels de Mme EXEMPLE")
name_in_commune = _column("Dry", "Dry", "EXEMPLE Prenom", header="commune")

phone_dotted = _column(pairs(_P[0], "."))
phone_parenthesis = _column(f"({_P[0][:2]}) {_P[0][2:6]} {_P[0][6:]}")
phone_letters = _column(pairs("06" + "12345678", " ").replace("0", "O").replace("1", "l"))
phone_lost_zero = _column(pairs(_P[0], " ")[1:])
phone_overseas = _column("262 692 " + "12 34 56")
phone_overseas_dashes = _column("0590-" + "12-34-56")
phone_split = _column(*((p[:4], p[4:]) for p in _P), header="indicatif;suite")
phone_split_in_five = _column(
    *(tuple(p[i : i + 2] for i in range(0, 10, 2)) for p in _P), header="a;b;c;d;e"
)
phone_split_spaced = _column(("06 12", "34 56 78"), header="a;b")
phone_full_width = _column("".join(chr(ord(digit) + 0xFEE0) for digit in _P[0]))

nir_dashes = _column("-".join((_N[0][0], *(_N[0][i : i + 2] for i in (1, 3, 5)), _N[0][7:])))
nir_stub_spaced = _column("1 51 03 45 …")
nir_stub_corsica = _column("1-51-03-2A")
nir_stub_column = _column(*(n[:7] for n in _N))
nir_stub_with_commune = _column(*(n[:10] for n in _N))
nir_letters = _column(_N[0].replace("0", "O").replace("1", "l"))
nir_temporary = _column("8" + "510399" + "123456")

birth_initials = _column("P.E. 12/03/1951")
birth_initials_short_year = _column("P E 12/03/51")
birth_name_compact = _column("EXEMPLE P 120351")
birth_coded = _column(*(f"{two}{born:%d%m%y}" for two, born in zip(_L, _B, strict=True)))
birth_compact_6 = _column(*(f"{born:%d%m%y}" for born in _B))
birth_compact_8 = _column(*(f"{born:%d%m%Y}" for born in _B))
birth_year_first = _column(*(f"{born:%Y%m%d}" for born in _B))
birth_lost_zeros = _column(*(str(int(f"{born:%d%m%y}")) for born in _B))
birth_commune = _column("1951 Pithiviers")
birth_as_age = _column(*(str(born.year) for born in _B), header="age")

record_ipp = _column("", header="IPP")
record_file = _column("", header="num_dossier")
record_matricule = _column("", header="Matricule")
record_column = _column(*callers())
record_letters = _column(*(f"P{number}" for number in callers(3)))

email_spaced = _column(f"{_MAIL} @ " + "exemple . fr")
email_brackets = _column(f"{_MAIL}[at]" + "exemple.fr")
email_words = _column(f"{_MAIL} arobase exemple point fr")
address_reversed = _column("rue de l’Exemple, 12")
address_hamlet = _column("4 hameau Fictif")
plate = _column("AB-123-CD")
network_address = _column("82.64" + ".12.7")

title_civility = _title("Journal de Mme EXEMPLE")
title_labelled = _title("Patient : EXEMPLE Prenom")
title_phone = _title("Contact : " + pairs(_P[0], " "))
title_birth = _title("Suivi de P.E. né le 12/03/1951")
sheet_civility = _sheet("Appels Mme EXEMPLE")
sheet_names = _sheet("Jean Martin")

file_doctor = _named("journal_dr_exemple.csv")
file_civility = _named("appels Mme EXEMPLE 2024.csv")
file_form = _named("journal EXEMPLE Prenom 2024.csv")
file_common = _named("appels_jean_martin.csv")
file_phone = _named(f"journal_{pairs(_P[0], '_')}.csv")
file_nir = _named(f"{_N[0]}.csv")
file_birth = _named("PE 12-03-1951.csv")
