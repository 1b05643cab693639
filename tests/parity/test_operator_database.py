"""PyTorch's operator database, entry by entry: what agrees, what knowingly differs, and what share that is.

Entries that tinytorch does not have stand in absent_operations.txt, which
`python -m tests.parity.operator_database --record` writes anew; entries that differ stand here, with the kinds of
difference and the reason. Either list fails when an entry gets worse, and when it gets better.
"""

import pytest

from tests.parity.operator_database import ABSENT, INFORMATION, USED, entries, kinds_of, shares

ROUNDED = "PyTorch rounds half precision at each step, tinytorch once"
OVERLAP = (
    "an `out` that lies over an input, element by element, is written once the result is there; PyTorch refuses it"
)
GROWN = "an `out` that shares memory with an input once it has grown is refused by PyTorch; here it grows elsewhere"
COMPLEX_OUT = "real results are cast to a complex `out`, which PyTorch refuses, or draws other numbers for"
DIFFERS = {  # entry -> (kinds, reason)
    "addbmm": ("values in-place", f"{ROUNDED}; and PyTorch resizes a tensor without dimensions in-place"),
    "cat": ("error", GROWN),
    "chalf": ("method unasked", "there is no complex32"),
    "div.trunc_rounding": ("values", ROUNDED),
    "gather": ("error", GROWN),
    "kthvalue": ("error", OVERLAP),
    "lerp": ("out", COMPLEX_OUT),
    "narrow_copy": ("error", "a dimension that is not there is an IndexError; PyTorch says it with two classes"),
    "nn.functional.binary_cross_entropy_with_logits": ("values", ROUNDED),
    "nonzero": ("out", "an empty `out` grows row by row; PyTorch's grows column by column"),
    "normal": ("out", COMPLEX_OUT),
    "normal.number_mean": (
        "out",
        "an empty `out` grows, which PyTorch refuses here; and a complex one is filled with reals",
    ),
}
MISSING = set(ABSENT.read_text().split())
ENTRIES = entries()


def listed(entry):
    """The kinds of difference that the lists have of an entry."""
    return {"absent"} if entry.title in MISSING else set(DIFFERS.get(entry.title, ("", ""))[0].split())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_an_entry_differs_from_pytorch_as_listed_and_nowhere_else(entry):
    found = list(entry.differences())
    lines = [f"{kind}: {words}" for kind, words in found if kind not in INFORMATION][:20]
    assert kinds_of(found) == listed(entry), "\n".join([f"listed: {sorted(listed(entry))}; found:", *lines])


def test_the_lists_name_entries_that_there_are():
    titles = {entry.title for entry in ENTRIES}
    assert titles.issuperset(MISSING), MISSING - titles
    assert titles.issuperset(DIFFERS), DIFFERS.keys() - titles
    assert not MISSING & DIFFERS.keys()
    assert not set(USED) - {entry.op.name for entry in ENTRIES}


def test_used_operations_agree():
    """Those of the first 700 of the names that 4,252 programs of 72 public repositories use; the lists are enough to
    know, as each entry's own test holds it to them.
    """
    assert shares([listed(entry) for entry in ENTRIES if entry.op.name in USED]) == (85.1, 77.7)  # percent


def test_public_operations_agree():
    assert shares([listed(entry) for entry in ENTRIES]) == (55.5, 51.4)  # percent
