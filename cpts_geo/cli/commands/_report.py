"""The command that writes a report, and the run that other commands on territories share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cpts_geo.cli._options import OUTPUTS, EmbeddedOnly, on_territories, path_option
from cpts_geo.cli._terminal import echo, moves, progress, teller, time_left
from cpts_geo.errors import AskedError
from cpts_geo.french import number, slug

if TYPE_CHECKING:
    from cpts_geo.analysis import Analysis, Options
    from cpts_geo.geography.perimeters.request import Request

Jobs = Annotated[
    int | None,
    typer.Option(help="Calculs à la fois, avec --all ou pour « grid » ; un par cœur sinon."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="ADRESSE",
        help="Ordonnanceur dask (tcp://MACHINE:8786) dont les travailleurs font le calcul, au lieu "
        "de cet ordinateur ; demande l’extra « cluster ».",
    ),
]


@on_territories
def report(
    request: Request,
    options: Options,
    say: Callable[[str], None],
    output: Annotated[
        Path | None,
        path_option("Dossier des résultats ; outputs, ou outputs/NOM pour le vôtre."),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(
            "--all",
            metavar="epci|tvs|departement|CHEMIN",
            help="Tous les territoires d’un découpage de la France, ou d’un fichier (liste avec "
            "une colonne CPTS, polygones) : un dossier chacun, et leur page commune. Avec "
            "--departement, ceux de ces départements. La même commande reprend où elle s’est "
            "arrêtée.",
        ),
    ] = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    pages: Annotated[
        bool,
        typer.Option(
            "--pages/--no-pages",
            help="Avec --all, dessiner fiches et cartes, ou n’écrire que les tableaux "
            "(indicateurs, besoin, capacité).",
        ),
    ] = True,
) -> None:
    """Écrire les fiches, les cartes et les tableaux."""
    if every is not None:
        _report_all(
            every, request, options, say,
            output=output, jobs=jobs, scheduler=scheduler, pages=pages,
        )  # fmt: skip
        return
    if jobs is not None or scheduler is not None or not pages:
        raise AskedError(
            "--jobs, --scheduler et --no-pages ne vont qu’avec --all.",
            remedy="ajoutez --all epci (ou tvs, departement, CHEMIN), ou retirez-les.",
        )
    # Imported here so that --help and --version answer at once.
    from cpts_geo.writing.output_folder import check_output, check_own  # noqa: PLC0415
    from cpts_geo.writing.report import (  # noqa: PLC0415
        MANIFEST,
        MEGABYTES,
        REPORT_FILES,
        write_report,
    )

    # A perimeter of one's own gives its name to the folder, once it is read.
    named = output or request.published
    check_output(output or OUTPUTS, names=REPORT_FILES if named else (), megabytes=MEGABYTES)
    if named:
        check_own(output or OUTPUTS, REPORT_FILES, manifest=MANIFEST)
    found = asked_analysis(request, options, say=say)
    index = write_report(found, output or OUTPUTS / found.folder, say=say).resolve()
    # Whoever asked for one territory opens its sheet, not a list of one.
    sheets = [index.with_name(study.file) for study in found.studies.values()]
    if len(sheets) == 1:
        echo(f"Rapport prêt : {sheets[0]}")
        echo(f"Page d’accueil : {index}")
    else:
        echo(f"Rapport prêt : {index}")


def _report_all(
    every: str,
    request: Request,
    options: Options,
    say: Callable[[str], None],
    *,
    output: Path | None,
    jobs: int | None,
    scheduler: str | None,
    pages: bool,
) -> None:
    """Write a folder a territory, and tell how far it is."""
    from cpts_geo.processes.libraries import settle_libraries  # noqa: PLC0415
    from cpts_geo.processes.workers import cores  # noqa: PLC0415
    from cpts_geo.writing.every.run import Step, write_every  # noqa: PLC0415

    settle_libraries()
    # A file is a perimeter already.
    asked = request if request.perimeter else replace(request, every=every)
    named = [asked.perimeter.stem] if asked.perimeter else [every, *asked.departements]
    name = slug(" ".join(named)) or "territoires"
    failed = 0
    with progress() as bar:

        def watch(step: Step) -> None:
            nonlocal failed
            left = time_left(step.remaining)
            line = f"{step.done}/{step.total} {step.ended}" + (f" ; {left}" if left else "")
            # Above a bar, lines of what goes well would hide what is to be known.
            if step.failed > failed or (step.noted and not moves()):
                say(line)
            failed = step.failed
            bar(step.done, step.total, " · ".join(filter(None, [left, step.ended])))

        index = write_every(
            asked, options, output or OUTPUTS / name, jobs=cores() if jobs is None else jobs,
            scheduler=scheduler, pages=pages, watch=watch, say=say,
        )  # fmt: skip
    echo(f"Rapport prêt : {index.resolve()}")


def france(
    output: Annotated[Path, path_option("Fichier de la page.")] = OUTPUTS / "france.html",
    embedded_only: EmbeddedOnly = False,
) -> None:
    """Écrire la page de toute la France, commune par commune."""
    # Imported here so that --help and --version answer at once.
    from cpts_geo.writing.france import write_france  # noqa: PLC0415

    page = write_france(output, fetched=not embedded_only, say=teller())
    echo(f"Page prête : {page.resolve()}")


def grid(
    output: Annotated[Path, path_option("Dossier des résultats.")] = OUTPUTS / "carreaux",
    squares: Annotated[
        Path | None,
        path_option(
            "Population par carreau de 200 m : le fichier Filosofi de l’Insee "
            "(carreaux_200m_met.csv) ; sans lui, un carroyage synthétique, dit comme tel."
        ),
    ] = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    embedded_only: EmbeddedOnly = False,
) -> None:
    """Écrire l’accès aux généralistes par carreau de 200 m."""
    # Imported here so that --help and --version answer at once.
    from cpts_geo.processes.workers import cores, executor  # noqa: PLC0415
    from cpts_geo.writing.squares.grid import write_grid  # noqa: PLC0415

    jobs = cores() if jobs is None else jobs
    with progress() as bar, executor(jobs=jobs, scheduler=scheduler) as running:
        folder = write_grid(
            output,
            squares=squares,
            fetched=not embedded_only,
            executor=running,
            say=teller(),
            told=lambda done, total: bar(done, total, "Accessibilité"),
        )
    echo(f"Carreaux prêts : {folder.resolve()}")


def asked_analysis(request: Request, options: Options, *, say: Callable[[str], None]) -> Analysis:
    """Run what is asked for; say what each territory is, and what is to know of it."""
    from cpts_geo.analysis import analyse  # noqa: PLC0415
    from cpts_geo.geography.perimeters.checking import audit_lines  # noqa: PLC0415
    from cpts_geo.processes.libraries import settle_libraries  # noqa: PLC0415
    from cpts_geo.sources.analyst.filled.templates import INVENTED_SAID  # noqa: PLC0415
    from cpts_geo.sources.codes import counted_places  # noqa: PLC0415

    settle_libraries()
    result = analyse(request, options, say=say)
    cut = not result.table("border").empty
    for study in result.studies.values() if result.folder else ():
        size = (
            f"{counted_places(study.figures['code_insee'])}, "
            f"{number(study.outline['population'])} habitants"
        )
        # Zones are whole by construction; what a limit cuts, or a list says, is worth a sentence.
        sentence = study.perimeter if cut or request.cpts else ""
        source = f"Source : {study.document}." if request.cpts else ""
        say(" ".join(filter(None, [f"{study.name} : {size}.", sentence, source])))
    for study in result.studies.values():
        if study.invented:
            say(f"À savoir : {study.name}. {INVENTED_SAID}")
    for note in (*result.notes, *(audit_lines(result.table("audit")) if result.folder else ())):
        say(f"À savoir : {note}")
    return result
