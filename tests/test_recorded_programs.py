"""What PyTorch did with 300 random programs, replayed without PyTorch."""

import gzip
import json
import pathlib

import pytest

import tinytorch
from tests.programs.generate import generate
from tests.programs.run import Outcome, Step, close, compare, run
from tests.programs.shrink import shrink
from tests.programs.world import RULES

PATH = pathlib.Path(__file__).parent / "golden" / "programs.json.gz"
with gzip.open(PATH) as file:
    PROGRAMS = json.load(file)["programs"]


def recorded(program):
    lines = program["text"].splitlines()
    steps = [Step(*step)._replace(line=line) for line, step in zip(lines, program["steps"], strict=True)]
    return Outcome(steps, program["final"])


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: str(program["seed"]))
def test_a_recorded_program_does_what_pytorch_did(program):
    differences = compare(recorded(program), run(program["text"], tinytorch))
    assert not differences, program["text"] + "\n" + "\n".join(map(str, differences))


def test_a_program_is_a_function_of_its_seed():
    for program in PROGRAMS[:50]:
        assert generate(program["seed"]).text == program["text"]


def test_a_recorded_program_equals_itself_and_no_altered_one():
    outcome = recorded(PROGRAMS[0])
    assert compare(outcome, outcome) == []
    step = outcome.steps[0]
    version, requires, values = step.changed["a"]
    for altered in ((version + 1, requires, values), (version, not requires, values), (version, requires, [7.0])):
        steps = [step._replace(changed={"a": altered}), *outcome.steps[1:]]
        assert len(compare(outcome, outcome._replace(steps=steps))) == 1


def test_values_are_close_to_nine_digits_and_nan_is_nan():
    nan, infinity = float("nan"), float("inf")
    assert close([1.0, nan, -infinity], [1.0 + 5e-10, nan, -infinity])
    assert close(2e6, 2e6 + 1e-3)
    assert not close(1.0, 1.0 + 2e-9)
    assert not close(1.0, nan)
    assert not close(infinity, -infinity)
    assert not close([1.0], [1.0, 1.0])
    assert not close([], 0.0)


def test_shrinking_keeps_only_the_lines_that_matter():
    text = "".join(f"line {number}\n" for number in range(20))
    assert shrink(text, lambda text: "line 3\n" in text and "line 17\n" in text) == "line 3\nline 17\n"


def test_there_are_at_most_ten_rules_each_with_a_reason():
    assert len(RULES) <= 10
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(len(rule.reason) > 20 for rule in RULES)
