"""Names that programs use, in the order of the alphabet: each stands in tinytorch where PyTorch has it."""

import importlib
from pathlib import Path

import pytest

NAMES = Path(__file__).with_name("used_names.txt").read_text(encoding="utf-8").split()


def found(library, name):
    """What stands under a dotted name, whose first part is replaced; rooms are imported on the way."""
    value = importlib.import_module(library)
    path = library
    for part in name.split(".")[1:]:
        path = f"{path}.{part}"
        value = getattr(value, part) if hasattr(value, part) else importlib.import_module(path)
    return value


@pytest.mark.parametrize("library", ["torch", "tinytorch"])
@pytest.mark.filterwarnings("ignore")
def test_each_name_stands_there(library):
    absent = []
    for name in NAMES:
        try:
            found(library, name)
        except (AttributeError, ImportError) as error:
            absent.append(f"{name}: {error}")
    assert absent == []


@pytest.mark.parametrize("name", ["torch.no_such_name", "torch.fx.no_such_name", "torch.distributed.fsdp.no_such_name"])
def test_a_name_that_neither_has_is_noticed(name):
    for library in ("torch", "tinytorch"):
        with pytest.raises((AttributeError, ImportError)):
            found(library, name)


@pytest.mark.filterwarnings("ignore")
def test_what_is_a_class_there_is_one_here():
    kinds = [(name, [isinstance(found(library, name), type) for library in ("torch", "tinytorch")]) for name in NAMES]
    functions = {name for name, (theirs, ours) in kinds if theirs and not ours}
    assert functions == {"torch.distributed.autograd.context", "torch.distributed.launcher.elastic_launch"}  # refused
