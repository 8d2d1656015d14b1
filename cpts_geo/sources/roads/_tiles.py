"""Routing tiles of a user's OpenStreetMap extract, built by Valhalla once and kept in the cache."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from cpts_geo import settings
from cpts_geo.errors import OutputError, TravelError, one_line
from cpts_geo.files import open_regular, reason, sweep
from cpts_geo.foreign import shown_path
from cpts_geo.sources.catalogue.catalogue import sha256_of

_EXTRACT: Final = "donnez un extrait d’OpenStreetMap (.osm.pbf), tel qu’une région de Geofabrik."


def build_tiles(pbf: Path | str, *, say: Callable[[str], None] = lambda _: None) -> Path:
    """Make the routing tiles of an ``.osm.pbf`` extract, once: a folder of the cache named after
    its content and the version of Valhalla."""
    path = Path(pbf)
    if path.suffix.lower() != ".pbf":
        raise TravelError(f"{one_line(path.name)} n’est pas un .osm.pbf.", remedy=_EXTRACT)
    try:
        with open_regular(path) as file:
            status = os.fstat(file.fileno())
    except OSError as error:
        raise TravelError(
            f"Le réseau routier « {shown_path(path)} » ne peut pas être lu ({reason(error)}).",
            remedy=f"vérifiez le chemin ; {_EXTRACT}",
        ) from error
    version = valhalla_module().__version__
    digest = _digest(path.resolve(), status.st_mtime_ns, status.st_size)
    folder = settings.cache_dir() / "valhalla" / f"{digest[:20]}-{version}"
    if not folder.is_dir():
        say(f"Réseau routier : préparation de {one_line(path.name)}, une seule fois")
        # The process number keeps two builds apart.
        part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
        try:
            part.mkdir(parents=True, exist_ok=True)
            sweep(part.parent)
            _build(path.resolve(), part)
            part.rename(folder)
        except OSError as error:
            # Another process may have finished first: its tiles are the same.
            if not folder.is_dir():
                raise OutputError(
                    f"Impossible d’écrire « {shown_path(folder)} » : {reason(error)}.",
                    remedy="vérifiez la place disponible, ou déplacez le cache (CPTS_GEO_CACHE).",
                ) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return folder


def valhalla_module() -> Any:
    """Import Valhalla, an optional extra; an error says how to install it."""
    try:
        # Whoever has no road network does without its 40 MB.
        import valhalla  # noqa: PLC0415
    except ImportError as error:
        raise TravelError(
            "Le calcul de trajets par la route (Valhalla) n’est pas installé.",
            remedy='installez-le : pip install "cpts-geo[routing]".',
        ) from error
    return valhalla


def quiet_config(tiles: Path) -> dict[str, Any]:
    """Give the configuration of Valhalla on a folder of tiles."""
    # Given as it is, the next caller's changes would stay in the module.
    return copy.deepcopy(
        dict(valhalla_module().get_config(tile_extract="", tile_dir=tiles, verbose=False))
    )


@cache
def _digest(path: Path, modified: int, size: int) -> str:
    """Hash of a file, computed again when its date or its size changes."""
    return sha256_of(path)


def _build(pbf: Path, tiles: Path) -> None:
    """Build tiles by the command of Valhalla; an error says why it could not."""
    with tempfile.TemporaryDirectory(prefix="cpts_geo-") as folder:
        config = Path(folder) / "valhalla.json"
        config.write_text(json.dumps(quiet_config(tiles)), encoding="utf-8")
        # The command looks for its own binaries in PATH, where an environment that is not
        # activated does not put them.
        binaries = Path(valhalla_module().__file__).parent / "bin"
        search = os.pathsep.join([str(binaries), os.environ.get("PATH", "")])
        command = [sys.executable, "-m", "valhalla", "valhalla_build_tiles", "-c", str(config)]
        done = subprocess.run(
            [*command, str(pbf)],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=folder,
            env=os.environ | {"PATH": search},
        )
    if done.returncode or not any(tiles.rglob("*.gph")):
        said = [line.partition("what():")[2].strip() for line in done.stderr.splitlines()]
        causes = [one_line(text) for text in said if text]
        raise TravelError(
            f"Valhalla ne peut pas faire un réseau routier de {one_line(pbf.name)} : fichier "
            "endommagé ou sans route, ou pas assez de mémoire ou de disque.",
            defects=causes or [f"code de sortie {done.returncode}"],
            remedy=f"vérifiez la place libre, téléchargez-le de nouveau, ou {_EXTRACT}",
        )
