"""Whatever stops a command is one French sentence with its remedy, and an exit code."""

from __future__ import annotations

import errno
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NoReturn

from cpts_geo.cli._terminal import as_typed
from cpts_geo.errors import CptsGeoError, MemoryLimitError, one_line
from cpts_geo.files import reason
from cpts_geo.foreign import visible

_REFUSED: Final = 1
UNEXPECTED: Final = 70
_INTERRUPTED: Final = 130
_MEMORY: Final = (
    "Erreur : la mémoire de cet ordinateur, ou celle qu’il accorde à cette commande, ne suffit "
    "pas.\nÀ faire : fermez d’autres programmes, relevez la limite (ulimit -v), ou demandez moins "
    "à la fois : un seul territoire, moins de tirages (--draws)."
)
_REPORT_IT: Final = (
    "signalez-la avec la commande que vous avez tapée ; CPTS_GEO_DEBUG=1 en montre le détail."
)
CRASH: Final = (
    "Erreur : la commande a été arrêtée net par le système ou par une bibliothèque, le plus "
    "souvent faute de mémoire ; ce qu’elle laisse d’inachevé sera effacé au prochain lancement.\n"
    "À faire : fermez d’autres programmes et demandez moins à la fois ; si elle s’arrête encore, "
    f"{_REPORT_IT}"
)
#: Address space (bytes) under which libraries stop, or wait for ever, without a word.
_MIN_ADDRESS_SPACE: Final = 2_500_000_000
#: How libraries say it, that do not raise MemoryError.
_MEMORY_WORDS: Final = (
    "bad_alloc",
    "annot allocate",
    "nable to allocate",
    "out of memory",
    "failed to map segment",
    "can't start new thread",
    "launch worker thread",
    "malloc",
    # A library that lost an error that it had no memory to make.
    "without exception set",
    "without setting an exception",
)
_REMEDIES: Final = {
    errno.ENOSPC: "faites de la place sur le disque des résultats et sur celui des fichiers "
    "temporaires (TMPDIR), puis relancez la commande.",
    errno.EDQUOT: "supprimez des fichiers à vous sur ce disque, puis relancez la commande.",
    errno.EMFILE: "fermez d’autres programmes, ou relevez la limite (ulimit -n 1024).",
    errno.ENFILE: "fermez d’autres programmes, puis relancez la commande.",
    errno.EACCES: "demandez l’accès à ce fichier, ou travaillez dans un dossier à vous.",
    errno.ENOENT: "vérifiez que le dossier où vous travaillez existe encore.",
}
_OTHER_REMEDY: Final = "vérifiez la place libre et vos droits sur ce disque, puis relancez."
_REINSTALL: Final = "réinstallez cpts_geo (python3 run.py report le fait), puis relancez."


def guarded(command: Callable[[], object]) -> None:
    """
    Run a command; what stops it is said in French, never shown as a traceback.

    Parameters
    ----------
    command : callable
        Called without argument.

    Raises
    ------
    SystemExit
        It was refused (1), is at fault (70) or was interrupted (130).

    Examples
    --------
    >>> guarded(lambda: None)
    """
    # Given back when there is no memory left, so that there is some to say so.
    reserve: list[bytes] = []
    try:
        reserve.append(bytes(1 << 21))
        command()
        if sys.stdout is not None:
            sys.stdout.flush()
    except (SystemExit, GeneratorExit):
        raise
    except BrokenPipeError:
        # The reader of our output left (a pager, head): nothing to say to anyone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(_REFUSED)
    # Rust libraries raise errors of their own that are no Exception.
    except BaseException as error:
        reserve.clear()
        if os.environ.get("CPTS_GEO_DEBUG"):
            raise
        stopped = error
    else:
        return
    for each in _chain(stopped):
        # Frames hold the tables that fill the memory.
        each.__traceback__ = None
    refuse(*_said(stopped))


def check_memory() -> None:
    """
    Check that this session may use the memory that a command needs, before any work.

    Raises
    ------
    MemoryLimitError
        It may not.
    """
    try:
        import resource  # noqa: PLC0415
    except ImportError:
        return  # Windows sets no such limit
    # Imported here: the last words of a command need no library.
    from cpts_geo.french import number  # noqa: PLC0415

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < _MIN_ADDRESS_SPACE:
        raise MemoryLimitError(
            f"Cette session ne peut réserver que {number(limit // 10**6)} Mo de mémoire "
            f"(ulimit -v), et il en faut {number(_MIN_ADDRESS_SPACE // 10**6)}.",
            remedy="relevez cette limite (ulimit -v unlimited), ou demandez-le à qui gère cet "
            "ordinateur.",
        )


def _said(error: BaseException) -> tuple[str, int]:
    """What stopped a command and what to do, in French, and the exit code."""
    if isinstance(error, CptsGeoError):
        return f"Erreur : {error}{_retyped(error.retries)}", _REFUSED
    if any(_is_of_memory(each) for each in _chain(error)):
        return _MEMORY, _REFUSED
    if isinstance(error, KeyboardInterrupt):
        left = str(error) or "aucun résultat n’est resté à moitié écrit"
        return f"Interrompu : {left}.", _INTERRUPTED
    if isinstance(error, OSError):
        where = f" (« {one_line(os.fsdecode(error.filename))} »)" if error.filename else ""
        remedy = _REMEDIES.get(error.errno or 0, _OTHER_REMEDY)
        refusal = f"le système refuse une lecture ou une écriture : {reason(error)}{where}"
        return f"Erreur : {refusal}.\nÀ faire : {remedy}", _REFUSED
    if isinstance(error, ImportError):
        refusal = f"une bibliothèque manque ou est abîmée ({one_line(error.name or str(error))})"
        return f"Erreur : {refusal}.\nÀ faire : {_REINSTALL}", _REFUSED
    what = f"{type(error).__name__}, {one_line(str(error))}"
    return f"Erreur inattendue : {what}.\nÀ faire : {_REPORT_IT}", UNEXPECTED


def _retyped(retries: Sequence[Sequence[str]]) -> str:
    """The commands that answer the question of a refusal: what was typed, with their options."""
    typed = ["cpts-geo", *sys.argv[1:]]
    # A command that is cut cannot be typed again.
    commands = [f"  {visible(shlex.join([*typed, *options]))}" for options in retries]
    return "\n".join(["", "Commande à retaper :", *commands]) if commands else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error, then those that led to it, each once."""
    seen: list[BaseException] = []
    step: BaseException | None = error
    while step is not None and step not in seen:
        seen.append(step)
        step = step.__cause__ or step.__context__
    return iter(seen)


def _is_of_memory(error: BaseException) -> bool:
    """Whether an error is a lack of memory, by its kind or by the words of a library."""
    if isinstance(error, CptsGeoError):
        return False  # its words may quote those of others
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return True
    return any(words in str(error) for words in _MEMORY_WORDS)


def refuse(text: str, code: int) -> NoReturn:
    """
    Print on the error output and leave.

    Parameters
    ----------
    text : str
        What happened, and what to do.
    code : int
        Exit code.

    Raises
    ------
    SystemExit
        Always.
    """
    try:
        if sys.stderr is not None:
            sys.stderr.write(f"{visible(as_typed(text))}\n")
            sys.stderr.flush()
    except (OSError, ValueError):
        pass  # nobody reads it any more
    sys.exit(code)
