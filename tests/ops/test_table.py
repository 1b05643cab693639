"""`python -m tinytorch.ops` prints one line for each operation."""

import runpy

from tinytorch.declaration import registry
from tinytorch.ops import __main__
from tinytorch.ops.__main__ import HEADER, table


def rows():
    """The lines of the table, cut at the columns that the rule under the header shows."""
    lines = table().split("\n")
    ends, starts = [], [0]
    for width in map(len, lines[1].split("  ")):
        ends.append(starts[-1] + width)
        starts.append(ends[-1] + 2)
    return [[line[start:end].strip() for start, end in zip(starts, ends, strict=False)] for line in lines]


def test_the_module_prints_the_table(capsys):
    runpy.run_path(__main__.__file__, run_name="__main__")
    assert capsys.readouterr().out == table() + "\n"


def test_each_operation_has_a_line_in_the_order_of_rooms():
    header, _, *found, blank, _ = rows()
    assert header == list(HEADER)
    assert blank == [""] * len(HEADER)
    assert sorted(row[1] for row in found) == sorted(registry)
    assert found == sorted(found)


def test_a_line_says_what_an_operation_needs_and_calls():
    found = {row[1]: row for row in rows()[2:]}
    assert found["sigmoid"][2:] == ["elementwise", "input", "sigmoid (cpu cuda)", "cpu cuda meta", "derivative"]
    assert found["transpose"][2:] == ["view", "input", "", "cpu cuda meta", "linear"]
    assert found["nonzero_rows"][5:] == ["cpu cuda", ""]


def test_the_last_line_counts_them():
    linear = sum(op.rule.linear for op in registry.values())
    last = table().split("\n")[-1]
    assert last.startswith(f"{len(registry)} operations in ")
    assert last.endswith(f" with a derivative, {linear} of them linear")
