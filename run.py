"""Set up the environment, then run one job: ``python run.py VERB [ARGUMENTS]``.

Standard library only; needs neither make nor administrator rights; speaks French to analysts.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON_IN_VENV = "Scripts/python.exe" if os.name == "nt" else "bin/python"
PYTHON = str(VENV / PYTHON_IN_VENV)
LOCK_NAME, LAB, TEST = "requirements.lock", "requirements-lab.lock", "requirements-test.lock"
#: Each lock holds the one before it: installing one creates ``.venv``, or enlarges it.
LOCKS = {
    LOCK_NAME: "Bibliothèques (environ 1 Go)",
    LAB: "Bibliothèques et JupyterLab (environ 1 Go en tout)",
    TEST: "Bibliothèques et outils de vérification (environ 2 Go en tout)",
}
STAMP_NAME = ".cpts_geo-stamp"
MIN_PYTHON = (3, 11)
PACKAGE = ("-P", "-m", "cpts_geo")  # -P: a file where an analyst types is no library
#: Verb -> what it does (French), what the environment's Python is asked to run, the lock it needs.
VERBS: dict[str, tuple[str, list[str], str]] = {
    "report": ("construit outputs/index.html", [*PACKAGE, "report"], LOCK_NAME),
    "test": (
        "vérifie (--quick : l’essentiel ; --full : tout ; d’autres arguments : pytest seul)",
        ["-m", "pytest"],
        TEST,
    ),
    "lab": ("ouvre les carnets dans JupyterLab", ["-m", "lab"], LAB),
    "docs": (
        "construit la documentation (--quick : sans exécuter les carnets)",
        ["docs/build.py"],
        TEST,
    ),
    "bench": ("mesure les temps", ["-m", "benchmarks.run_benchmarks"], TEST),
    "release": (
        "vérifie ce qui serait donné à d’autres (--quick : sans rien installer)",
        ["-m", "release"],
        TEST,
    ),
    "chaos": (
        "provoque des pannes, et vérifie ce qu’elles laissent (--rounds, --only)",
        ["-m", "tests.chaos.campaign"],
        TEST,
    ),
    "data": ("recompile les données fournies", [*PACKAGE, "data", "build"], LOCK_NAME),
}
#: Other commands of the package, and the lock they need.
COMMANDS = dict.fromkeys(
    [
        *("export", "france", "grid", "compare", "call-log", "follow-up", "check", "places"),
        *("template", "verify"),
    ],
    LOCK_NAME,
)
COMMANDS["notebooks"] = LAB
#: What `data` does besides compiling, when it is asked for.
OF_DATA = ("fetch", "status", "verify", "build")
USAGE = "Usage : python run.py VERBE [ARGUMENTS]"
USAGE += "".join(f"\n  {verb:<7} {description}" for verb, (description, *_) in VERBS.items())
USAGE += f"\nEt les autres commandes de cpts-geo : {', '.join(COMMANDS)}, data {OF_DATA[0]}."
#: Printed at once, so that lines keep their order beside those of child processes.
say = partial(print, flush=True)


class RunError(Exception):
    """A foreseeable failure: what happened and what to do, without a traceback."""

    def __init__(self, summary: str, *, remedy: str) -> None:
        super().__init__(f"{summary}\nÀ faire : {remedy}")


def seconds(duration: float) -> str:
    """Write a duration in French."""
    return f"{duration:.1f} s".replace(".", ",")


def timed(label: str, command: Sequence[str]) -> tuple[int, float]:
    """Announce a command, run it at the root, and return its exit code and duration."""
    say(f"→ {label}…")
    start = time.perf_counter()
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    duration = time.perf_counter() - start
    say(f"  {'échec après' if code else 'fait en'} {seconds(duration)}")
    return code, duration


def check_python(version: tuple[int, ...]) -> None:
    """Refuse a Python that is too old."""
    if version[:2] < MIN_PYTHON:
        found, needed = (".".join(map(str, v)) for v in (version[:2], MIN_PYTHON))
        summary = f"Il faut Python {needed} ou plus récent ; celui-ci est en version {found}."
        example = f"python{needed} run.py … (sous Windows : py -{needed} run.py …)"
        raise RunError(summary, remedy=f"installez-le, puis relancez avec lui : {example}.")


def wanted_stamp(root: Path) -> str:
    """Two lines that an environment carries: what it is tied to, what it is made from."""
    digest = hashlib.sha256(b"".join((root / n).read_bytes() for n in (*LOCKS, "pyproject.toml")))
    return f"Python {sys.version.split()[0]} {sys.base_prefix} {root}\n{digest.hexdigest()}"


def write_stamp(venv: Path, stamp: str) -> None:
    """Write the stamp in one move, so that half a stamp is never read."""
    draft = venv / f"{STAMP_NAME}.tmp"
    draft.write_text(stamp, encoding="utf-8")
    draft.replace(venv / STAMP_NAME)


def state(venv: Path, wanted: str) -> str:
    """Tell whether an environment is absent, unusable, unfinished (outdated, small) or ready."""
    if not venv.exists():
        return "absent"
    found = (venv / STAMP_NAME).read_text("utf-8") if (venv / STAMP_NAME).is_file() else ""
    if not (venv / PYTHON_IN_VENV).is_file() or found.splitlines()[:1] != wanted.splitlines()[:1]:
        return "unusable"
    # What was enlarged serves the verbs that need less.
    made_from, lock = wanted.rsplit("\n", 1)
    enough = [f"{made_from}\n{larger}" for larger in [*LOCKS][[*LOCKS].index(lock) :]]
    return "ready" if found in enough else "unfinished"


def uv_block(lock: str) -> str:
    """Return the lines of the lock that pin uv, hashes included."""
    block = re.search(r"^uv==[^\n]*(?:\n[ \t]+--hash=[^\n]*)+", lock, re.MULTILINE)
    if block is None:
        summary = f"{LOCK_NAME} ne contient pas uv avec ses empreintes."
        raise RunError(summary, remedy=f"rétablissez ce fichier (git checkout {LOCK_NAME}).")
    return block.group() + "\n"


def install(label: str, command: Sequence[str]) -> None:
    """Run one step of the installation, or say why it may have failed."""
    if timed(label, command)[0] == 0:
        return
    raise RunError(
        f"Échec de l'étape « {label} ».",
        remedy="lisez le message ci-dessus, puis relancez la même commande, qui reprendra.\n"
        f"  - disque plein : il reste {shutil.disk_usage(ROOT).free / 1e9:.0f} Go, il en faut 4 ;\n"
        "  - pas de réseau, ou un proxy : définissez HTTPS_PROXY ;\n"
        "  - certificat refusé : définissez UV_SYSTEM_CERTS=1 ;\n"
        "  - sous Windows, chemin trop long : rapprochez ce dossier de la racine du disque.",
    )


def ensure_environment(lock: str = LOCK_NAME) -> None:
    """Create, complete, enlarge or rebuild ``.venv``; do nothing when it is ready."""
    wanted = f"{wanted_stamp(ROOT)}\n{lock}"
    found = state(VENV, wanted)
    if found == "ready":
        say("Environnement .venv à jour.")
        return
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        remedy = "sous Debian ou Ubuntu, apt install python3-venv ; ailleurs, un Python complet."
        raise RunError("Ce Python n'a pas le module venv (ou ensurepip).", remedy=remedy)
    start = time.perf_counter()
    if found != "unfinished":
        why = " (inachevé, déplacé ou d'un autre Python)" if found == "unusable" else ""
        base = getattr(sys, "_base_executable", None) or sys.executable
        install(f"Création de .venv{why}", [base, "-m", "venv", "--clear", str(VENV)])
    # From here an interrupted installation is resumed, not started again.
    write_stamp(VENV, wanted.partition("\n")[0])
    pinned = VENV / "uv.txt"
    pinned.write_text(uv_block((ROOT / LOCK_NAME).read_text("utf-8")), "utf-8")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    install("Installateur uv", [*pip, "--no-deps", "--require-hashes", "-r", str(pinned)])
    # Compiled now: the first report would take as long again to compile what it loads.
    uv = [PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON, "--compile-bytecode"]
    install(LOCKS[lock], [*uv, "--require-hashes", "-r", lock])
    install("Paquet cpts_geo", [*uv, "--no-deps", "--no-build-isolation", "-e", "."])
    write_stamp(VENV, wanted)
    say(f"Environnement prêt en {seconds(time.perf_counter() - start)}.")


def run(verb: str, arguments: Sequence[str]) -> int:
    """Prepare the environment, run the verb and return its exit code."""
    if verb in COMMANDS:
        command, lock = [*PACKAGE, verb], COMMANDS[verb]
    elif verb in VERBS:
        _, command, lock = VERBS[verb]
    else:
        raise RunError(f"Verbe inconnu : {verb}", remedy=f"choisissez un verbe.\n{USAGE}")
    if verb == "data" and arguments and arguments[0] in OF_DATA:
        command = [*PACKAGE, verb]
    ensure_environment(lock)
    if verb == "test" and (not arguments or arguments[0] in {"--quick", "--full"}):
        command = ["-m", "tests.run_checks"]
    # From here Ctrl-C is for what runs, which stops by itself: all there is to do is to wait.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    # Paths typed after a command of the package are relative to where they were typed; what it
    # gives to retype is to be typed as it was.
    ours = command[: len(PACKAGE)] == [*PACKAGE]
    typed = {"CPTS_GEO_TYPED": f"{Path(sys.executable).stem} {sys.argv[0]}"} if ours else {}
    try:
        return subprocess.run(
            [PYTHON, *command, *arguments],
            cwd=None if ours else ROOT,
            env=os.environ | typed,
            check=False,
        ).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def main(arguments: Sequence[str]) -> int:
    """Run the command line; foreseeable failures end in a message, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # old Windows code pages lack some characters
            stream.reconfigure(errors="replace")
    if not arguments or arguments[0] in {"-h", "--help"}:
        say(USAGE)
        return 0 if arguments else 2
    try:
        check_python(sys.version_info[:3])
        return run(arguments[0], arguments[1:])
    except RunError as error:
        say(f"\n{error}", file=sys.stderr)
    except OSError as error:
        say(f"\nRefus du système : {error}\nÀ faire : vérifiez disque et droits.", file=sys.stderr)
    except KeyboardInterrupt:
        say("\nInterrompu ; la même commande reprendra.", file=sys.stderr)
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
