"""Which field names the territories: told by words however they are written, or asked."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from cpts_geo.errors import PerimeterError
from cpts_geo.sources.analyst.polygons._layer import Layer
from cpts_geo.sources.analyst.polygons._names import territory_names

NAMING = ["nom", "nm", "name", "Libellé", "lib", "label", "denomination", "intitulé", "appellation"]
SUBJECTS = ["cpts", "territoire", "structure", "secteur", "zone", "projet_cpts"]
FORMS: list[Callable[[list[str]], str]] = [
    "_".join,
    " ".join,
    lambda words: "_".join(words).upper(),
    lambda words: words[0] + "".join(word.capitalize() for word in words[1:]),
    lambda words: "_".join(words)[:10],
    "_de_la_".join,
]
#: Fields that stand beside, in layers that regional agencies publish, and that name no territory.
BESIDE = [
    "nm_cmmn", "nom_commune", "NOM_COM", "nom_epci", "nom_dept", "nom_region", "nom_irs",
    "code_cpts", "id_cpts", "statut_cpts", "etat", "nom_presid", "contact", "commentaire", "gml_id",
    "nomcommune", "libepci", "LIBDEP", "nom_depart", "description", "codgeo",
]  # fmt: skip


def named(
    fields: dict[str, Sequence[str]], *only: str, ranks: Sequence[int] | None = None
) -> tuple[str, list[str], list[str]]:
    count = len(next(iter(fields.values())))
    layer = Layer(
        None,
        ["Polygon"] * count,
        [*fields],
        lambda field: list(fields[field]),
        lambda ranks: np.empty(len(ranks), dtype=object),
    )
    return territory_names(layer, range(count) if ranks is None else ranks, only, "zones.shp")


def test_a_field_of_names_is_found_however_it_is_written() -> None:
    draw = random.Random(20)
    tried = set()
    for naming, subject, form in itertools.product(NAMING, SUBJECTS, FORMS):
        field = form([naming, *subject.split("_")])
        if len(field.split("_")[-1]) == 1:  # a letter may be the start of anything
            continue
        beside = draw.sample(BESIDE, 6)
        fields = {each: [f"{each} 1", f"{each} 2", f"{each} 3"] for each in beside}
        fields[field] = ["Val", "Val", "Orge"]
        if subject == "cpts" or draw.random() < 0.5:
            fields["code_insee"] = ["45024", "45130", "45203"]
        shuffled = draw.sample([*fields], len(fields))
        found, names, notes = named({each: fields[each] for each in shuffled})
        assert (found, names, notes) == (field, ["Val", "Val", "Orge"], []), field
        tried.add(field)
    assert len(tried) > 250


@pytest.mark.parametrize(
    "field",
    ["nm_cpts", "nom_struct", "denominati", "libelle_cp", "nom_territ", "raison_soc", "NOMCPTS",
     "nomCpts", "cpts_nom", "lib_territ", "projet_cpt", "Name", "nom_offici", "Nom_de_la_",
     "nmcpts", "nomstructu", "raisonsoci", "libellecpt", "NomTerrito", "raisonsociale",
     "nom_cpts_1", "NOM_CPTS_2024", "territoire_d_intervention"],
)  # fmt: skip
def test_fields_cut_by_a_shapefile(field: str) -> None:
    assert named({field: ["Val", "Orge"], "etat": ["projet", "ACI"]})[0] == field


@pytest.mark.parametrize("field", BESIDE)
def test_fields_of_other_things_name_no_territory(field: str) -> None:
    assert named({field: ["Un", "Deux"]}) == ("", ["", ""], [])


def test_what_names_a_cpts_goes_before_what_names_its_communes() -> None:
    communes = {"nom": ["Baule", "Dry", "Ardon"], "insee": ["45024", "45130", "45006"]}
    for other in ("nm_cpts", "denominati", "nom_struct", "territoire"):
        found, names, [note] = named(communes | {other: ["Val", "Val", "Orge"]})
        assert (found, names) == (other, ["Val", "Val", "Orge"])
        assert note == (
            "Autre champ de noms, laissé de côté : « nom » (« Baule », « Dry », « Ardon »)."
        )
    # Values tell too, whatever the field is called.
    found, _, [note] = named(communes | {"titre": ["CPTS Val", "CPTS Val", "CPTS de l’Orge"]})
    assert found == "titre"
    assert "« nom »" in note
    # Alone, it still names them.
    assert named(communes) == ("nom", communes["nom"], [])


def test_only_what_is_looked_at_counts() -> None:
    fields = {"nom": ["Mairie", "", ""], "nom_struct": ["", "Val", "Orge"]}
    assert named(fields, ranks=[1, 2])[:2] == ("nom_struct", ["Val", "Orge"])


def test_a_yes_or_a_number_names_worse_than_words() -> None:
    for values in (["oui", "non"], ["1", "2"]):
        assert named({"cpts": values, "nom": ["Val", "Orge"]})[0] == "nom"
        assert named({"cpts": values})[:2] == ("cpts", values)


def test_a_community_may_be_a_cpts() -> None:
    field = "Communauté professionnelle territoriale de santé"
    assert named({field: ["CPTS Val", "CPTS Orge"], "nom": ["Dry", "Baule"]})[0] == field
    with pytest.raises(PerimeterError, match="peut-être plusieurs"):
        named({"nom_communaute": ["Terres du Val", "Portes de l’Orge"]})


def test_addresses_and_words_alone_are_no_names() -> None:
    fields = {"web": ["https://cpts-val.fr", "https://cpts-orge.fr"], "genre": ["CPTS", "CPTS"]}
    assert named(fields) == ("", ["", ""], [])


def test_a_field_that_could_name_territories_is_asked_about() -> None:
    fields = {"groupe_ps": ["Val", "Orge"], "note": ["un", "un"], "valeur": ["12", "15"]}
    with pytest.raises(PerimeterError, match="peut-être plusieurs territoires") as asked:
        named(fields)
    assert asked.value.defects == ("champ « groupe_ps » (« Val », « Orge »)",)
    assert "--only Val" in asked.value.remedy
    assert named(fields, "orge") == (
        "groupe_ps",
        ["Val", "Orge"],
        ["Noms demandés trouvés dans un seul champ : « groupe_ps »."],
    )
    # Texts that differ from a commune to the next ask nothing.
    communes = {"libgeo": ["Baule", "Dry"], "codgeo": ["45024", "45130"]}
    assert named(communes) == ("", ["", ""], [])


def test_a_name_asked_for_in_two_fields_is_asked_about() -> None:
    with pytest.raises(PerimeterError) as asked:
        named({"ps": ["Val", "Orge"], "gp": ["Orge", "Val"]}, "Val")
    assert len(asked.value.defects) == 2
