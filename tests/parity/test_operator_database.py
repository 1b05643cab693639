"""PyTorch's operator database, entry by entry: what agrees, what knowingly differs, and what share that is.

Entries that differ stand here, with the kinds of difference and the reason; the test fails when an entry gets worse,
and when it gets better. `python -m tests.parity.operator_database` prints what differs, and the shares.
"""

import pytest

from tests.parity.operator_database import INFORMATION, USED, entries, kinds_of, shares

ROUNDED = "PyTorch rounds half precision at each step, tinytorch once"
OVERLAP = (
    "an `out` that lies over an input, element by element, is written once the result is there; PyTorch refuses it"
)
GROWN = "an `out` that shares memory with an input once it has grown is refused by PyTorch; here it grows elsewhere"
COMPLEX_OUT = "real results are cast to a complex `out`, which PyTorch refuses, or draws other numbers for"
POLE = "beside a pole, where PyTorch's float32 value has five right digits; why one bfloat16 value differs is not known"
BESSEL = "PyTorch's is right to eight digits in double precision where the input is above 2; this one to the last"
SUMS = "sums of some hundred products, of which float32 keeps four digits and half precision fewer"
COLUMNS = "an empty `out` grows row by row; PyTorch's takes the order of memory of its own result"
DIFFERS = {  # entry -> (kinds, reason)
    "addbmm": ("values in-place", f"{ROUNDED}; and PyTorch resizes a tensor without dimensions in-place"),
    "as_strided_scatter": ("gradients", "PyTorch's derivative is not that of its own values"),
    "cat": ("error", GROWN),
    "chalf": ("method unasked", "there is no complex32"),
    "cov": (
        "second values",
        "inf and nan where the weights leave nothing to divide by; why one second derivative differs is not known",
    ),
    "div.trunc_rounding": ("values", ROUNDED),
    "fft.ifft": ("out", COLUMNS),
    "fft.ihfft": ("out", COLUMNS),
    "fft.ihfftn": ("out", "of one dimension PyTorch leaves `out` as it was"),
    "gather": ("error", GROWN),
    "hash_tensor": ("absent", "left out; none of the programs that were counted uses it"),
    "istft": ("gradients second", "PyTorch gives the window no gradient in these samples; called on its own, the same"),
    "kthvalue": ("error", OVERLAP),
    "lerp": ("out", COMPLEX_OUT),
    "linalg.det": (
        "second",
        "of one complex number a second derivative is recorded here, and is 0; PyTorch records none",
    ),
    "linalg.householder_product": (
        "second",
        "six digits of one second derivative of some ten thousand; the cause is not known",
    ),
    "matrix_exp": ("values", "PyTorch's coefficients overflow in half precision; float32 keeps four digits"),
    "narrow_copy": ("error", "a dimension that is not there is an IndexError; PyTorch says it with two classes"),
    "nn.functional.binary_cross_entropy_with_logits": ("values", ROUNDED),
    "nn.functional.conv_transpose2d": ("values", SUMS),
    "nn.functional.conv_transpose3d": ("values", SUMS),
    "nn.functional.grid_sample": ("values", ROUNDED),
    "nn.functional.linear_cross_entropy.chunked": (
        "second",
        "there is a second derivative, PyTorch has none in pieces",
    ),
    "nn.functional.linear_cross_entropy.chunked_none": ("second", "the same"),
    "nn.functional.soft_margin_loss": ("values", "PyTorch overflows in float16, tinytorch computes in float32"),
    "nonzero": ("out", "an empty `out` grows row by row; PyTorch's grows column by column"),
    "normal": ("out", COMPLEX_OUT),
    "normal.number_mean": (
        "out",
        "an empty `out` grows, which PyTorch refuses here; and a complex one is filled with reals",
    ),
    **{f"polygamma.polygamma_n_{order}": ("values", POLE) for order in range(5)},
    "special.bessel_j0": ("out values", BESSEL),
    "special.bessel_j1": ("out values", BESSEL),
    "special.bessel_y0": ("out values", BESSEL),
    "special.bessel_y1": ("out values", BESSEL),
    "special.hermite_polynomial_h": ("values", "large terms cancel, and float32 keeps three digits"),
    "special.polygamma.special_polygamma_n_0": ("values", POLE),
    "svd_lowrank": ("second", "six digits of some complex second derivatives; the cause is not known"),
}
ENTRIES = entries()


def listed(entry):
    """The kinds of difference that the list has of an entry."""
    return set(DIFFERS.get(entry.title, ("", ""))[0].split())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_an_entry_differs_from_pytorch_as_listed_and_nowhere_else(entry):
    found = list(entry.differences())
    lines = [f"{kind}: {words}" for kind, words in found if kind not in INFORMATION][:20]
    assert kinds_of(found) == listed(entry), "\n".join([f"listed: {sorted(listed(entry))}; found:", *lines])


def test_the_list_names_entries_that_there_are():
    titles = {entry.title for entry in ENTRIES}
    assert titles.issuperset(DIFFERS), DIFFERS.keys() - titles
    assert not set(USED) - {entry.op.name for entry in ENTRIES}


def test_used_operations_agree():
    """Those of the first 700 of the names that 4,252 programs of 72 public repositories use; the list is enough to
    know, as each entry's own test holds it to them.
    """
    assert shares([listed(entry) for entry in ENTRIES if entry.op.name in USED]) == (98.8, 96.3)  # percent


def test_public_operations_agree():
    assert shares([listed(entry) for entry in ENTRIES]) == (95.7, 94.0)  # percent
