"""The command that writes a table to fill: empty, or a whole example that is marked invented."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cpts_geo.asked import typed_path
from cpts_geo.cli._options import on_perimeters
from cpts_geo.cli._terminal import echo
from cpts_geo.settings import COG_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from cpts_geo.analysis import Options
    from cpts_geo.geography.perimeters.request import Request


#: Towns of the same départements from where others come, in an example.
_TOWNS_AROUND: Final = 5
#: Forms that a table to fill is written in.
_SUFFIXES: Final = frozenset({".csv", ".xlsx"})


class _Table(StrEnum):
    """Tables to fill, as an analyst types them."""

    ACCES_MT = "acces-mt"
    PASSAGES = "passages"
    ZONAGE = "zonage"
    SAS = "sas"
    ACI = "aci"
    REGISTRE = "registre"


@on_perimeters
def template(
    request: Request,
    options: Options,
    say: Callable[[str], None],
    table: Annotated[
        _Table,
        typer.Argument(
            metavar="TABLEAU",
            help="acces-mt (sans médecin traitant), passages (aux urgences), zonage (ZIP et ZAC, "
            "FRR, QPV), sas, aci (indicateurs du dialogue de gestion), ou registre (des demandes).",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            # The former spelling is still understood.
            "--output",
            "--out",
            parser=typed_path,
            metavar="CHEMIN",
            help="Fichier à écrire, .csv ou .xlsx ; TABLEAU.csv dans le dossier courant.",
        ),
    ] = None,
    example: Annotated[
        bool,
        typer.Option("--example", help="Rempli de chiffres inventés, marqués comme tels."),
    ] = False,
    year: Annotated[
        int | None,
        typer.Option(
            metavar="ANNÉE",
            min=2000,
            max=COG_YEAR + 1,
            help="Avec --example, année des chiffres inventés ; par défaut, la dernière qui est "
            "finie.",
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Remplacer le fichier s’il existe déjà.")
    ] = False,
) -> None:
    """Écrire un tableau à remplir."""
    # Imported here so that --help answers at once.
    from cpts_geo.errors import AskedError, OutputError  # noqa: PLC0415
    from cpts_geo.files import write_french_csv  # noqa: PLC0415
    from cpts_geo.foreign import shown_path  # noqa: PLC0415
    from cpts_geo.indicators.filled.blank import blank_table  # noqa: PLC0415
    from cpts_geo.sources.analyst.aci.template import aci_template  # noqa: PLC0415
    from cpts_geo.writing.workbook.blank import write_blank_book  # noqa: PLC0415

    path = output or Path(f"{table.value.replace('-', '_')}.csv")
    if path.suffix.lower() not in _SUFFIXES:
        raise OutputError(
            f"« {shown_path(path)} » : un tableau à remplir s’écrit en .csv ou en .xlsx.",
            remedy=f"par exemple --output {table.value.replace('-', '_')}.xlsx.",
        )
    if year is not None and not example:
        raise AskedError(
            "--year est l’année d’un exemple, et un tableau à remplir n’en a pas.",
            remedy="ajoutez --example, ou enlevez --year.",
        )
    if path.exists() and not replace:
        raise OutputError(
            f"« {shown_path(path)} » existe déjà, et peut être rempli : il n’est pas remplacé.",
            remedy="choisissez un autre nom avec --output, ou ajoutez --replace.",
        )
    named = bool(request.territories) or not request.published
    if example and not named:
        raise AskedError(
            "Un exemple se remplit pour un territoire, et aucun n’est nommé.",
            remedy=f"nommez-en un : cpts-geo template {table.value} beauce_gatinais --example.",
        )
    over = year or date.today().year - 1
    areas, members, published = (
        _areas(request, fetched=options.fetched) if named else ([], None, ())
    )
    registre = table is _Table.REGISTRE
    if table is _Table.ACI:
        people = {str(each["territory"].iloc[0]): float(each["people"].iloc[0]) for each in areas}
        heads, rows = aci_template(people or {"": 0.0}, example_year=over if example else None)
    elif registre:
        heads, rows = _registre(members, year=over, example=example, published=published)
    else:
        heads, rows = blank_table(
            table.value, areas=areas, members=members, example_year=over if example else None
        )
    if path.suffix.lower() == ".xlsx":
        write_blank_book(heads, rows, path, title=table.value, day=date.today(), choices=_choices())
    else:
        write_french_csv(heads, rows, path)
    echo(f"{'Exemple inventé' if example else 'Tableau à remplir'} : {path.resolve()}")
    if members is not None and not registre:
        _tell_names(members, typed=bool(request.name), listed=request.perimeter is not None)


def _tell_names(members: pd.DataFrame, *, typed: bool, listed: bool) -> None:
    """Say which territories a table is of, by the names that the other commands must be given."""
    from cpts_geo.errors import one_line  # noqa: PLC0415
    from cpts_geo.french import joined  # noqa: PLC0415

    each = members.drop_duplicates("territory")[["territory_name", "territory"]]
    said = [
        f"{one_line(name)} (clé « {key} »)" for name, key in each.itertuples(index=False, name=None)
    ]
    echo(f"Territoire : {joined(said)}.")
    if listed and typed:
        echo("Gardez ce --name dans toutes vos commandes.")
    elif listed and len(said) == 1:
        echo('Ce nom est celui de votre liste ; --name "CPTS du…" en donne un autre, à garder '
             "dans toutes vos commandes.")  # fmt: skip


def _choices() -> dict[str, Sequence[str]]:
    """Words that a table to fill offers, by the heading of their column."""
    from cpts_geo.capacity.checks.invented import AGES, HEADINGS  # noqa: PLC0415
    from cpts_geo.sources.analyst.calls.log import OUTCOMES_FRENCH  # noqa: PLC0415
    from cpts_geo.sources.analyst.filled.templates import headings, templates  # noqa: PLC0415

    yes = ("oui", "non")
    _, issue, _, age, without_mt, honoured, _ = HEADINGS
    registre = {issue: OUTCOMES_FRENCH, age: tuple(AGES), without_mt: yes, honoured: yes}
    return {headings()["zoning"]: tuple(map(str.upper, templates()["zonage"].lines)), **registre}


def _areas(
    request: Request, *, fetched: bool
) -> tuple[list[pd.DataFrame], pd.DataFrame, Collection[str]]:
    """Areas and communes of the territories asked for, as a run finds them; those that are known
    CPTS."""
    from cpts_geo.geography.cog.former import former_communes  # noqa: PLC0415
    from cpts_geo.geography.perimeters.partition import places_of  # noqa: PLC0415
    from cpts_geo.geography.perimeters.request import find_perimeters  # noqa: PLC0415
    from cpts_geo.indicators.filled.areas import areas_of  # noqa: PLC0415
    from cpts_geo.sources.embedding import embedded  # noqa: PLC0415

    whole, arrondissements = embedded.load_communes(), embedded.load_arrondissements()
    found = find_perimeters(
        request, whole, former=former_communes(whole, fetched=fetched),
        arrondissements=arrondissements, fetched=fetched,
    )  # fmt: skip
    national = places_of(whole, arrondissements, found.members["code_insee"])
    columns = ["territory", "code_insee"]
    members = found.members[columns].merge(national, on="code_insee", validate="m:1")
    names = found.identity["name"]
    members["territory_name"] = members["territory"].map(names)
    areas = [
        areas_of(members[members["territory"] == key], name=str(name), communes=whole)
        for key, name in names.items()
    ]
    return areas, members, found.published


def _registre(
    members: pd.DataFrame | None, *, year: int, example: bool, published: Collection[str]
) -> tuple[list[str], list[list[str | float | None]]]:
    """Columns of a registre; for an example, a year drawn from the scenario that a report has."""
    import pandas as pd  # noqa: PLC0415

    from cpts_geo.capacity.checks.invented import HEADINGS, invented_requests  # noqa: PLC0415
    from cpts_geo.capacity.scenario.area import area_of  # noqa: PLC0415
    from cpts_geo.errors import AskedError  # noqa: PLC0415
    from cpts_geo.indicators.given_share import ONE_ALONE  # noqa: PLC0415
    from cpts_geo.sources.analyst.filled.templates import INVENTED  # noqa: PLC0415
    from cpts_geo.sources.embedding import embedded  # noqa: PLC0415
    from cpts_geo.study.scenarios import scenarios_of  # noqa: PLC0415

    if not example or members is None:
        return list(HEADINGS), []
    keys = members["territory"].unique()
    if len(keys) != 1:
        raise AskedError(
            "Un registre d’exemple est celui d’un seul territoire.",
            defects=[str(key) for key in keys],
            remedy=ONE_ALONE,
        )
    key, name = str(keys[0]), str(members["territory_name"].iloc[0])
    people = members.set_index("code_insee")["population"].astype(float)
    outlines = pd.DataFrame({"name": [name], "population": [people.sum()]}, index=[key])
    figures = members.merge(embedded.load_figures(), on="code_insee", how="left")
    areas = {key: area_of(figures)}
    scenario = scenarios_of(outlines, published=published, areas=areas)[key]
    whole = embedded.load_communes()
    around = whole[~whole["code_insee"].isin(people.index)]
    around = around[around["departement"].isin(members["departement"])]
    table = invented_requests(
        scenario, year=year, inside=people,
        outside=around.nlargest(_TOWNS_AROUND, "population")["code_insee"].tolist(),
    )  # fmt: skip
    # A name that several communes bear tells none of them: its code does.
    alone = whole.loc[~whole["name"].duplicated(keep=False)].set_index("code_insee")["name"]
    table["code_insee"] = table["code_insee"].map(alone).fillna(table["code_insee"])
    return [*HEADINGS, "exemple"], table.assign(exemple=INVENTED).to_numpy().tolist()
