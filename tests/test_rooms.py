"""Rooms that are opened at their first use: they are not imported before, and are there for whoever asks."""

import importlib
import subprocess
import sys

import pytest

import tinytorch
from tinytorch.rooms import LAZY

PLACES = [(package, place) for package, places in LAZY.items() for place in places.split()]


@pytest.mark.parametrize(("package", "place"), PLACES)
def test_a_room_is_found_where_it_stands(package, place):
    door = importlib.import_module(package)
    room, _, name = place.rpartition(".")
    expected = importlib.import_module(f"{package}.{room or name}")
    assert getattr(door, name) is (getattr(expected, name) if room else expected)
    assert name in dir(door)


def test_importing_the_library_opens_none_of_them():
    rooms = {f"{package}.{place.partition('.')[0]}" for package, place in PLACES} - {"tinytorch.utils"}
    rooms -= {"tinytorch.utils.hooks", "tinytorch.utils.checkpoint"}  # of which modules take a class, a loss a function
    code = f"import tinytorch, sys; print({rooms} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


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
