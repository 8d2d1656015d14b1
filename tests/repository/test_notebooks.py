"""Notebooks: prose and calls, one parameter cell, no result kept; each runs, and runs quietly."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.conftest import PYTHONPATH, ROOT

FOLDER = ROOT / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
#: Lines of code of one notebook: beyond, something of it belongs to the package.
MOST_CODE = 120
WIDTH = 100
#: What a notebook may import; of ours, the face alone.
IMPORTS = {"cpts_geo", "numpy", "pandas", "pathlib", "tempfile"}
#: The notebook of a whole département; every other one studies the territory it is given.
OF_A_DEPARTEMENT = "12"
#: A territory of each kind, as the parameters write it: one of ours first, an intercommunalité of
#: the mainland, two overseas, a part of a city, a place with little but its population.
PLACES = {
    "ours": 'territory, departement = "beauce_gatinais", None',
    "epci": 'territory, departement = "200070183", None',
    "reunion": 'territory, departement = "249740101", None',
    "mayotte": 'territory, departement = "200059871", None',
    "arrondissement": 'territory, departement = ["Paris 13e Arrondissement"], None',
    "sein": 'territory, departement = ["Île-de-Sein"], "29"',
}
#: Executed first: nothing of the notebook before, and a warning due to our own code is an error.
STRICT = r"""
%reset -f
import warnings
import matplotlib
matplotlib.rcdefaults()
for category in (DeprecationWarning, FutureWarning):
    warnings.filterwarnings("error", category=category, module=r"cpts_geo\b")
"""

every_notebook = pytest.mark.parametrize("path", PATHS, ids=[path.stem for path in PATHS])


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def definitions(source):
    """Lines where a function or a class is defined."""
    return [node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, DEFINITIONS)]


def code_lines(source):
    """Lines that are neither empty nor a comment alone."""
    lines = (line.strip() for line in source.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def imported(source):
    """Modules that a cell imports, with the names taken from them."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module)
    return found


def typed_figures(markdown):
    """Words of a text that hold a figure nobody computed: links, code, ranks of headings apart."""
    text = re.sub(r"```.*?```|`[^`]*`", "", markdown, flags=re.DOTALL)
    text = re.sub(r"\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"^#+ \d+\. ", "", text, flags=re.MULTILINE)
    return re.findall(r"\S*\d\S*", text)


def uncommented(source):
    """Names assigned by statements that carry no comment."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    return [
        ast.unparse(node).partition(" =")[0]
        for node in ast.parse(source).body
        if comments.isdisjoint(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    ]


def complaints(notebook):
    """What cells wrote on their error stream."""
    return [
        output.text
        for cell in code_cells(notebook)
        for output in cell.outputs
        if output.get("name") == "stderr"
    ]


def undrawn(notebook):
    """Cells that draw, and show no drawing."""
    return [
        cell.source
        for cell in code_cells(notebook)
        if ".plot(" in cell.source
        and not any("image/png" in output.get("data", {}) for output in cell.outputs)
    ]


def files_here():
    """Files of the folders a notebook could write in."""
    return {path for name in ("notebooks", "outputs") for path in (ROOT / name).rglob("*")}


def test_numbered_from_00_to_12():
    assert [path.name[:3] for path in PATHS] == [f"{number:02d}_" for number in range(13)]


@every_notebook
def test_format(path):
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    # The numbering nbstripout gives, so that a commit never changes an identifier.
    assert [cell.id for cell in notebook.cells] == [str(n) for n in range(len(notebook.cells))]


@every_notebook
def test_holds_no_result(path):
    cells = code_cells(nbformat.read(path, as_version=4))
    assert [cell.id for cell in cells if cell.outputs or cell.execution_count is not None] == []


@every_notebook
def test_title_is_the_one_of_the_readme(path):
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown"
    number, title = re.fullmatch(r"# (\d\d)\. (.+)", first.source.splitlines()[0]).groups()
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"| [{number}]({path.name}) | {title} |" in readme


@every_notebook
def test_prose_and_calls_only(path):
    cells = code_cells(nbformat.read(path, as_version=4))
    assert {cell.id: definitions(cell.source) for cell in cells if definitions(cell.source)} == {}


@every_notebook
def test_code_is_short(path):
    lines = [line for cell in code_cells(nbformat.read(path, as_version=4))
             for line in code_lines(cell.source)]  # fmt: skip
    assert len(lines) <= MOST_CODE
    assert [line for line in lines if len(line) > WIDTH] == []


@every_notebook
def test_tables_and_drawings_are_those_of_the_package(path):
    code = "\n".join(cell.source for cell in code_cells(nbformat.read(path, as_version=4)))
    assert ".style" not in code
    assert {name for name in imported(code) if name not in IMPORTS} == set()


@every_notebook
def test_no_figure_is_typed_in_the_prose(path):
    cells = nbformat.read(path, as_version=4).cells
    found = {cell.id: typed_figures(cell.source) for cell in cells if cell.cell_type == "markdown"}
    assert {cell: figures for cell, figures in found.items() if figures} == {}


@every_notebook
def test_studies_the_territory_it_is_given(path):
    notebook = nbformat.read(path, as_version=4)
    code = "\n".join(cell.source for cell in code_cells(notebook))
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    if not path.name.startswith(OF_A_DEPARTEMENT):
        assert parameters(notebook)["territory"] == "beauce_gatinais"
        assert parameters(notebook)["departement"] is None
        assert "cg.territory(territory, departement=departement)" in code
    assert "Beauce-Gâtinais" not in prose


@every_notebook
def test_one_parameter_cell_whose_values_say_their_unit(path):
    cells = nbformat.read(path, as_version=4).cells
    tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    assert [cell.cell_type for cell in tagged] == ["code"]
    assert all(isinstance(node, ast.Assign) for node in ast.parse(tagged[0].source).body)
    assert uncommented(tagged[0].source) == []


@every_notebook
def test_links_lead_to_files(path):
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    targets = re.findall(r"\]\(([^)#]+)\)", text)
    assert [target for target in targets if not (FOLDER / target).is_file()] == []


@pytest.fixture(scope="module")
def _font_cache():
    """Build matplotlib's font cache once: on a new machine it would announce itself."""
    import matplotlib.font_manager  # noqa: PLC0415, F401


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Folder of the empty folders that notebooks take for that of temporary files."""
    folder = tmp_path_factory.mktemp("places")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TMPDIR", "TEMP", "TMP"):
            patch.setenv(name, str(folder))
        # As pytest's own `pythonpath`: the checkout is tested, installed or not.
        patch.setenv("PYTHONPATH", PYTHONPATH)
        yield folder


@pytest.fixture(scope="module")
def kernel(places, _font_cache):
    """Start one kernel for the notebooks: the package is imported, and its data read, once."""
    place = {"metadata": {"path": str(places)}}
    first = NotebookClient(new_notebook(), kernel_name="python3", resources=place)
    with first.setup_kernel(cwd=str(places)):
        yield first.km


@pytest.mark.notebook
@every_notebook
def test_runs_quietly_and_writes_nothing_here(path, kernel):
    before = files_here()
    done = run(nbformat.read(path, as_version=4), kernel)
    assert complaints(done) == []
    assert undrawn(done) == []
    assert files_here() == before


@pytest.mark.full
@pytest.mark.notebook
@every_notebook
def test_runs_alone(path, places, _font_cache):
    assert complaints(run(nbformat.read(path, as_version=4), None, places)) == []


def parameters(notebook):
    """Values of the parameters cell, by name."""
    (cell,) = [each for each in notebook.cells if "parameters" in each.metadata.get("tags", [])]
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(cell.source).body
        if isinstance(node.value, ast.Constant | ast.List | ast.Dict)
    }


def elsewhere():
    """Notebooks with the other places: one each in an ordinary run, so that all are seen; all."""
    others = list(PLACES)[1:]
    for rank, path in enumerate(PATHS):
        for place in others:
            often = place == others[rank % len(others)]
            if not path.name.startswith(OF_A_DEPARTEMENT):
                marks = [] if often else [pytest.mark.full]
                yield pytest.param(path, place, id=f"{path.stem}-{place}", marks=marks)


@pytest.mark.notebook
@pytest.mark.parametrize(("path", "place"), list(elsewhere()))
def test_runs_quietly_for_another_territory(path, place, kernel):
    notebook = nbformat.read(path, as_version=4)
    ranks = [
        n for n, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])
    ]
    notebook.cells.insert(ranks[0] + 1, new_code_cell(PLACES[place]))
    done = run(notebook, kernel)
    assert complaints(done) == []
    assert undrawn(done) == []


def run(notebook, kernel, folder: Path | None = None):
    """Execute a notebook in this kernel, or in one of its own that starts in a folder."""
    notebook.cells.insert(0, new_code_cell(STRICT))
    place = {"metadata": {"path": str(folder)}} if folder else {}
    client = NotebookClient(
        notebook, km=kernel, kernel_name="python3", timeout=180, resources=place
    )
    return client.execute()


@pytest.mark.parametrize(
    "source", ["def f(): pass", "x = [lambda: 1]", "if x:\n    class C: pass", "async def f(): 1"]
)
def test_definitions_are_seen(source):
    assert len(definitions(source)) == 1


def test_words_in_texts_are_not_definitions():
    assert definitions('print("def lambda class")  # def f(): pass') == []


def test_typed_figures_are_seen():
    text = (
        "## 2. Un titre\n« 1,83 à 1,22 » en 2023, `p=2`, voir le [carnet 04](04_x.ipynb).\n\n    3"
    )
    assert typed_figures(text) == ["1,83", "1,22", "2023,", "3"]


def test_imports_are_seen():
    found = imported("import cpts_geo as cg\nfrom cpts_geo.schema import COLUMNS\nimport a.b, c")
    assert found == ["cpts_geo", "cpts_geo.schema", "a.b", "c"]


def test_lines_of_code_are_counted():
    assert code_lines("# seul\n\na = 1  # jours\n    b") == ["a = 1  # jours", "b"]


def test_missing_comments_are_seen():
    assert uncommented("a = 1  # jours\nb = [\n    2,  # km\n]\nc = 3") == ["c"]


def test_missing_drawings_are_seen():
    notebook = new_notebook(cells=[new_code_cell("t.plot();"), new_code_cell("t.need()")])
    assert undrawn(notebook) == ["t.plot();"]


def test_error_stream_is_seen():
    quiet = new_output("stream", name="stdout", text="bien")
    loud = new_output("stream", name="stderr", text="FutureWarning")
    notebook = new_notebook(
        cells=[new_markdown_cell("# Titre"), new_code_cell("1", outputs=[quiet, loud])]
    )
    assert complaints(notebook) == ["FutureWarning"]
