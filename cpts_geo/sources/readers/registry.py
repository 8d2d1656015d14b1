"""Which reader reads each source: those that the modules of care and communes say they hold."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from cpts_geo.sources.readers import care, communes
from cpts_geo.sources.readers._formats.base import Reader

#: Reader of each source, by the name that the catalogue gives it.
READERS: Final[dict[str, Reader]] = {
    name: reader
    for room in (care, communes)
    for module in iter_modules(room.__path__, f"{room.__name__}.")
    for name, reader in import_module(module.name).READERS.items()
}
