"""The notebooks run from top to bottom in a Jupyter kernel of their own and show again what is stored in them.

Two rules say what need not be the same. The address of an object, `0x` and digits, is another in each run. A number
with a decimal point may differ by one unit of its last digit, since another processor adds in another order. Pictures
are not compared: there has to be one where one is stored.
"""

import re
from decimal import Decimal
from pathlib import Path

import nbformat
import pytest

from demo import lesson

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))
EVERY_NOTEBOOK = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
NUMBER = re.compile(r"-?\d+\.\d*(?:e[-+]?\d+)?")
LESSON = """
[-0.1468,  0.7861,  0.9468, -1.1143,  1.6908] | [-0.8948, -0.3556,  1.2324,  0.1382, -1.6822] | [[0.3177]] | [[-1.6619]]
[[0.1595]] | [[-0.1468,  0.7861,  0.9468]] | [-1.1143,  1.6908] | [-0.8948, -0.3556] | [ 1.2324,  0.1382] | [[-1.6822]
[ 0.3177]] | [[0.1328, 0.1373]] | [[0.2405]] | [[0.6813, 0.4355]] | [[0.3171]] | size mismatch, m1: [1 x 5], m2: [1 x 5]
[0.9745, 0.6865, 0.5150] | [0.97449152, 0.68652824, 0.51496251] | [1.9490, 1.3731, 1.0299] | [1.3872, 1.7892, 1.7281]
"""  # what the lesson prints, a piece between two bars


def code_cells(path):
    """The code cells of a notebook."""
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def text_of(cell):
    """All text that a cell shows; what it prints may have come in several pieces."""
    shown = [
        output.text if output.output_type == "stream" else f"{output.get('data', {}).get('text/plain', '')}\n"
        for output in cell.outputs
    ]
    return "".join(shown)


def pictures_of(cell):
    """The kinds of pictures that a cell shows, in order."""
    kinds = [kind for output in cell.outputs for kind in output.get("data", {}) if kind.startswith("image/")]
    assert all(output["data"][kind] for output in cell.outputs for kind in output.get("data", {}))
    return kinds


def difference(found, stored):
    """Why two texts are not the same by the rules of this file; "" if they are."""
    found, stored = [re.sub(r"\b0x[0-9a-f]+", "0x", each).strip() for each in (found, stored)]
    if NUMBER.sub("#", found) != NUMBER.sub("#", stored):
        return f"other words:\n{found}\nstored:\n{stored}"
    for one, other in zip(NUMBER.findall(found), NUMBER.findall(stored), strict=True):
        digits = [Decimal(each).as_tuple().exponent for each in (one, other)]
        if digits[0] != digits[1] or abs(Decimal(one) - Decimal(other)) > Decimal(1).scaleb(digits[1]):
            return f"{one}, stored: {other}"
    return ""


@EVERY_NOTEBOOK
def test_a_notebook_shows_again_what_is_stored_in_it(notebook, tmp_path):
    count = lesson.execute(notebook, tmp_path / notebook.name)
    stored, found = code_cells(notebook), code_cells(tmp_path / notebook.name)
    assert len(found) == len(stored) == count
    for cell, again in zip(stored, found, strict=True):
        differs = difference(text_of(again), text_of(cell))
        assert not differs, f"{cell.source}\n\n{differs}\n\n`python -m notebooks` stores new outputs"
        assert pictures_of(again) == pictures_of(cell), cell.source


@EVERY_NOTEBOOK
def test_a_notebook_was_stored_in_one_run_from_its_first_cell_without_an_error(notebook):
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    assert not [output for cell in cells for output in cell.outputs if output.get("name") == "stderr"]


@EVERY_NOTEBOOK
def test_a_notebook_has_a_title_and_begins_with_the_import(notebook):
    first, *_ = nbformat.read(notebook, as_version=4).cells
    assert first.cell_type == "markdown" and first.source.startswith("# ")
    assert "import tinytorch as torch" in code_cells(notebook)[0].source.splitlines()


def test_the_first_notebook_shows_the_lesson_s_numbers():
    shown = "\n".join(text_of(cell) for cell in code_cells(NOTEBOOKS[0]))
    assert [piece for piece in re.split(r" \| |\n", LESSON.strip()) if piece not in shown] == []


def test_the_second_notebook_draws_graphs_and_curves_and_the_third_pictures():
    kinds = [{kind for cell in code_cells(path) for kind in pictures_of(cell)} for path in NOTEBOOKS]
    assert kinds == [set(), {"image/svg+xml", "image/png"}, {"image/png"}, set()]


@pytest.mark.parametrize(
    ("found", "stored"),
    [
        ("tensor([1.])", "tensor([2.5])"),
        ("1.2345", "1.2347"),
        ("3 of 5", "4 of 5"),
        ("1.5 x", "1.5 y"),
        ("1.5", "1.50"),
    ],
)
def test_another_output_is_noticed(found, stored):
    assert difference(found, stored)


@pytest.mark.parametrize(
    ("found", "stored"),
    [("<Node at 0x7f2a>", "<Node at 0x11>"), ("loss 0.123", "loss 0.124"), ("-1.0", "-1.0"), ("1.01e-05", "1.00e-05")],
)
def test_addresses_and_last_digits_may_differ(found, stored):
    assert not difference(found, stored)
