"""Programs as courses and examples write them run unchanged, and print what PyTorch printed."""

import json

import pytest

from tests.door.run import PROGRAMS, ROOT, printed
from tests.test_notebooks import difference

RECORDED = json.loads((ROOT / "tests" / "golden" / "door.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_prints_what_it_printed_under_pytorch(name):
    assert RECORDED[name].count("\n") >= 5
    assert not difference(printed(PROGRAMS[name]), RECORDED[name])
