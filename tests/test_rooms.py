"""Rooms that are opened at their first use: they are not imported before, and are there for whoever asks."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import tinytorch
from tinytorch.rooms import LAZY, places

PLACES = [(door, name, *place) for door in LAZY for name, place in places(door).items()]


@pytest.mark.parametrize(("door", "name", "module", "there"), PLACES)
def test_what_is_opened_at_its_first_use_is_found_where_it_stands(door, name, module, there):
    room = importlib.import_module(module)
    assert getattr(importlib.import_module(door), name) is (getattr(room, there) if there else room)
    assert name in dir(importlib.import_module(door))


def test_importing_the_library_opens_none_of_them():
    rooms = {module for _, _, module, _ in PLACES} - {"tinytorch.nn.modules.activation"}  # of which one class is lazy
    rooms -= {"tinytorch.utils", "tinytorch.utils.hooks"}  # of which modules take a class
    code = f"import tinytorch, sys; print({rooms} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


def read_for_editors(door):
    """The names that a door imports under `TYPE_CHECKING`, where editors find what is opened at its first use."""
    for node in ast.parse(Path(importlib.import_module(door).__file__).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return {each.asname or each.name for statement in node.body for each in statement.names}
    return set()


@pytest.mark.parametrize(
    "door", [door for door in LAZY if door not in ("tinytorch.ops", "tinytorch.nn.modules.activation")]
)
def test_editors_find_what_is_opened_at_its_first_use(door):
    assert {name for name, (_, there) in places(door).items() if there} <= read_for_editors(door) <= places(door).keys()


def test_an_absent_name_is_refused_in_pytorch_s_words():
    for door, known in ((tinytorch, "torch"), (tinytorch.nn, "torch.nn"), (tinytorch.utils, "torch.utils")):
        with pytest.raises(AttributeError, match=rf"^module '{known}' has no attribute 'nope': tinytorch lacks it$"):
            _ = door.nope


def test_a_room_can_be_opened_by_from():
    code = (
        "from tinytorch import optim; from tinytorch.nn import utils; print(optim.SGD, utils.clip_grad_norm_.__name__)"
    )
    expected = "<class 'torch.optim.sgd.SGD'> clip_grad_norm_\n"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == expected


def test_a_star_brings_what_is_opened_at_its_first_use():
    code = "from tinytorch.nn import *; from tinytorch.nn.functional import *; print(LSTM.__name__, conv2d.__module__)"
    expected = "LSTM tinytorch\n"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == expected


def test_a_function_is_named_by_its_first_door_whichever_opens_it():
    code = "from tinytorch.nn import functional; print(functional.conv2d.__module__, functional.mse_loss.__module__)"
    expected = "tinytorch tinytorch.nn.functional\n"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == expected


def test_torch_functional_has_the_functions_of_torch():
    code = "import tinytorch.functional as f; print(f.einsum.__module__, f.split.__name__, f.F.relu.__name__)"
    expected = "tinytorch split relu\n"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == expected


def test_running_out_of_memory_has_one_class():
    assert tinytorch.OutOfMemoryError is tinytorch.cuda.OutOfMemoryError
