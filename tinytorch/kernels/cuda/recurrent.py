"""Recurrent layers on the GPU: the formulas with CuPy's functions, of which a kernel would make one a step."""

from tinytorch.kernels import reference


def recurrent_steps(kind, sizes, reverse, projected, hidden, cell, weight, bias, projection):
    """All steps in time of a recurrent layer: the outputs, what backward needs, and the hidden states before the steps.

    `hidden` and `cell` change to the states behind.
    """
    import cupy

    return reference.recurrent_steps(cupy, kind, sizes, reverse, projected, hidden, cell, weight, bias, projection)


def recurrent_steps_back(kind, sizes, reverse, flows, of_hidden, of_cell, kept, before, weight, projection):
    """The gradients of what the state gave to the gates, a row for each step and sequence, and of `projected`.

    `flows`, the gradients of the outputs, get those from later steps; `of_hidden` and `of_cell` change to those of the
    states before.
    """
    import cupy

    return reference.recurrent_steps_back(
        cupy, kind, sizes, reverse, flows, of_hidden, of_cell, kept, before, weight, projection
    )
