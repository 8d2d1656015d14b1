"""Build the documentation in docs/_build/html: ``python3 run.py docs [--quick]``."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sphinx.cmd.build import build_main

DOCS = Path(__file__).resolve().parent
#: Leaves notebooks as they are committed: without results, and in seconds.
QUICK = "--quick"
#: Kernels read no profile of whoever builds, and say errors only.
_KERNELS = "c.IPKernelApp.log_level = 'ERROR'\n"


def main(arguments: Sequence[str]) -> int:
    """Run Sphinx, a warning being an error, and say where the first page is."""
    options = ["-D", "nb_execution_mode=off"] if QUICK in arguments else []
    options += [each for each in arguments if each != QUICK]
    output = DOCS / "_build" / "html"
    # What pages say comes from the code too: none is kept because its own text did not change.
    strict = ["-W", "--keep-going", "--quiet", "--fresh-env", "--write-all", "-b", "html"]
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder, "profile_default", "ipython_kernel_config.py")
        profile.parent.mkdir()
        profile.write_text(_KERNELS, encoding="utf-8")
        os.environ["IPYTHONDIR"] = folder
        code = build_main([*strict, *options, str(DOCS), str(output)])
    if code == 0:
        print(f"Documentation : {output / 'index.html'}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
