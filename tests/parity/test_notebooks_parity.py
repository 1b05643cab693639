"""The notebooks under PyTorch: with `import torch` in place of tinytorch they show what is stored in them."""

import nbformat

from demo import lesson
from tests.test_notebooks import EVERY_NOTEBOOK, code_cells, difference, text_of

OWN_LINE = "size mismatch, m1: [1 x 5], m2: [1 x 5]\n"  # the wording of older PyTorch, which tinytorch adds as a note


def for_pytorch(source):
    """The source of a cell for PyTorch, which draws no graphs."""
    source = source.replace("import tinytorch as torch", "import torch")
    source = source.replace("from tinytorch.utils.graph import draw", "draw = lambda *args: None")
    source = source.replace("\ntorch.as_torch()", "").replace("-m tinytorch ", "")
    source = source.replace("import tinytorch\n", "import torch as tinytorch\n")
    return source.replace("from tinytorch", "from torch")


@EVERY_NOTEBOOK
def test_a_notebook_shows_the_same_under_pytorch(notebook, tmp_path):
    content = nbformat.read(notebook, as_version=4)
    for cell in content.cells:
        cell.source = for_pytorch(cell.source) if cell.cell_type == "code" else cell.source
    nbformat.write(content, tmp_path / notebook.name)
    lesson.execute(tmp_path / notebook.name, tmp_path / "shown.ipynb")
    for cell, again in zip(code_cells(notebook), code_cells(tmp_path / "shown.ipynb"), strict=True):
        if "draw(" not in cell.source:
            differs = difference(text_of(again), text_of(cell).replace(OWN_LINE, ""))
            assert not differs, f"{cell.source}\n\n{differs}"
