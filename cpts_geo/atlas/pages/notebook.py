"""Page of an executed notebook: its prose and results, its code folded, nothing from a network."""

from __future__ import annotations

import re
from collections.abc import Collection
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.look.templating import template
from cpts_geo.atlas.pages._tidied import tidied

#: Templates of the package, where nbconvert looks for the one of this page.
_TEMPLATES: Final = Path(__file__).parents[1] / "templates"
#: What only lives in JupyterLab, or would run what no one has read.
_LIVE: Final = re.compile(r"application/(?:vnd\..*|javascript|x-.*)")
_WIDGET: Final = "application/vnd.jupyter.widget-view+json"
_NO_WIDGET: Final = "Réglages interactifs : ils s’essaient dans JupyterLab."


def notebook_page(
    notebook: Any,
    *,
    title: str,
    territory: str,
    folder: Path,
    links: Collection[str],
    date: str,
) -> str:
    """
    Render an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        With its results; not modified.
    title : str
        Its title.
    territory : str
        Name of the territory that it studies.
    folder : Path
        Where the images that its prose shows are looked for.
    links : collection of str
        Names of the notebooks whose pages stand beside this one: links to others are plain words.
    date : str
        Date of the run, as written on the page.

    Returns
    -------
    str
        A complete HTML page that asks nothing of any network.

    Raises
    ------
    AssetError
        It shows something that only a network would give.
    """
    # An extra: whoever runs no notebook does without it.
    from nbconvert import HTMLExporter  # noqa: PLC0415

    exporter = HTMLExporter(
        template_name="notebook",
        extra_template_basedirs=[str(_TEMPLATES)],
        embed_images=True,
        exclude_anchor_links=True,
    )
    resources = {"metadata": {"name": title, "path": str(folder)}}
    body, _ = exporter.from_notebook_node(_static(notebook), resources)
    page = template("pages/notebook.html.j2").render(
        title=title,
        territory=territory,
        body=Markup(tidied(body, title=title, links=links)),
        date=date,
    )
    return inline_assets(page)


def _static(notebook: Any) -> Any:
    """The notebook without what only lives in JupyterLab."""
    still = deepcopy(notebook)
    still.metadata.pop("widgets", None)
    for cell in still.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if _WIDGET in data and "text/html" not in data:
                data["text/html"] = f'<p class="small">{_NO_WIDGET}</p>'
            for kind in [kind for kind in data if _LIVE.fullmatch(kind)]:
                del data[kind]
    return still
