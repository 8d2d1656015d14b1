"""Sphinx: a French guide, the executed notebooks and an English reference, built without a network.

``python3 run.py docs`` builds them. What the code knows (columns, parameters, names, commands) is
read from it at each build by the directives of ``_ext``; nothing is fetched, nor asked by a page.
"""

from __future__ import annotations

import sys
from pathlib import Path

# The package and its pages are those of one checkout, whatever is installed.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from cpts_geo import __version__
from docs._ext import model, typography

project = "cpts_geo"
author = "The cpts_geo authors"
project_copyright = "The cpts_geo authors"
version = release = __version__
#: Of the buttons and of most pages; ``_ext/typography.py`` tells those in English.
language = typography.FRENCH

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "numpydoc",
    "docs._ext.generated",
    "docs._ext.reference",
    "docs._ext.gallery",
    "docs._ext.typography",
]
exclude_patterns = ["_build", "_ext"]

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "substitution"]
myst_heading_anchors = 3
myst_substitutions = model.values()
myst_update_mathjax = False

nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True
# Widgets would ask a server for their scripts: a page shows what stands beside them.
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]

autodoc_typehints = "none"
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = f"cpts_geo {release}"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["guide.css"]
html_show_sourcelink = False
html_copy_source = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "logo": {"text": "cpts_geo"},
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
