"""Small programs on modules, live: hooks, states, members, containers and all their refusals, by what they print."""

import contextlib
import io
import re
import warnings
from pathlib import Path

import pytest
import torch

import tinytorch

PROGRAMS = (Path(__file__).parent / "module_programs.txt").read_text(encoding="utf-8").strip().split("\n---\n")


def printed(library, program):
    """What a program prints, its error and its warnings, without addresses."""
    text = re.sub(r"(from|import) torch", rf"\1 {library.__name__}", program)
    names = {"torch": library, "nn": library.nn}
    with contextlib.redirect_stdout(io.StringIO()) as output, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        library.manual_seed(0)
        names["x"] = library.tensor([[1.0, 2.0], [3.0, 4.0]])
        try:
            exec(text, names)
        except Exception as error:  # whatever it is, it is compared
            print(type(error).__name__, error)
    lines = [output.getvalue(), *[f"{each.category.__name__} {each.message}" for each in warned]]
    return re.sub("0x[0-9a-f]+", "0x", "\n".join(lines).replace("tinytorch", "torch"))


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_a_program_on_modules_prints_what_it_prints_with_pytorch(program):
    assert printed(tinytorch, program) == printed(torch, program)
