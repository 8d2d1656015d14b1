"""JupyterLab for analysts: French, quiet, on this machine alone: ``python3 run.py lab``.

Its settings are those of this folder; what it keeps (preferences, history) goes to
``.cache/jupyter``: a JupyterLab that an analyst set up elsewhere is neither read nor written.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parent / "notebooks"
KEPT = HERE.parent / ".cache" / "jupyter"
PLACES = {
    "JUPYTER_CONFIG_PATH": HERE,
    "JUPYTER_PATH": HERE,
    "JUPYTER_CONFIG_DIR": KEPT / "config",
    "JUPYTER_DATA_DIR": KEPT / "data",
    "JUPYTER_RUNTIME_DIR": KEPT / "runtime",
    "IPYTHONDIR": KEPT / "ipython",
}
#: Jupyter's own variables, which would lead elsewhere.
SET_ASIDE = ("JUPYTERLAB_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
HELP = """Usage : python run.py lab [--no-browser] [--port=8888]
Ouvre les carnets dans JupyterLab, en français, sur cet ordinateur seulement."""
#: Printed at once: a terminal is not the only reader.
say = partial(print, flush=True)


def welcome(server: Any) -> None:
    """Say where JupyterLab is, and how to stop it."""
    usual = int(os.environ.get(server.port_env, server.port_default_value))
    asked = server.config.ServerApp.get("port", usual)
    if asked not in (0, server.port):  # 0: any
        say(f"Le port {asked} est déjà pris : JupyterLab prend le {server.port}.")
    token = server.identity_provider.token
    say(f"JupyterLab est ouvert à cette adresse : {server.connection_url}lab?token={token}")
    say("Pour l’arrêter : menu Fichier › Arrêter, ou Ctrl-C dans cette fenêtre.")


def main(arguments: list[str]) -> None:
    """Start the server in the folder of the notebooks, and wait until it is stopped."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # old Windows code pages lack some characters
            stream.reconfigure(errors="replace")
    if {"-h", "--help"} & {*arguments}:
        say(HELP)
        return
    os.environ.update({name: str(place) for name, place in PLACES.items()})
    for name in SET_ASIDE:
        os.environ.pop(name, None)
    os.chdir(NOTEBOOKS)
    # Jupyter may read its places as soon as it is imported.
    from jupyterlab.labapp import LabApp  # noqa: PLC0415

    server = LabApp.initialize_server(argv=arguments)
    # A generated token is told by Jupyter, in four lines of English.
    server.identity_provider.token_generated = False

    def stop(*_: Any) -> None:
        # Jupyter's own answer to Ctrl-C asks « [y/n] » and resumes after five seconds.
        server.stop(from_signal=True)

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    server.io_loop.add_callback(welcome, server)
    server.start()
    say("\nJupyterLab est arrêté.")


if __name__ == "__main__":
    main(sys.argv[1:])
