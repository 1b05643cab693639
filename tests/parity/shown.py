"""One program under both libraries: all that it shows, its warnings, and the refusal that ends it."""

import re
import warnings

from tests.programs.run import close


def plain(torch, value):
    """A value as what two libraries can be compared by: a tensor is its numbers, flags, version and node."""
    if isinstance(value, torch.Tensor):
        node = value.grad_fn
        numbers = value.detach().tolist()  # the version of a gradient tells how an engine adds
        return [
            "tensor",
            numbers,
            str(value.dtype),
            value.requires_grad,
            node and node.name(),
            value._version if node else None,
        ]
    if isinstance(value, (tuple, list)):
        return [plain(torch, each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(torch, each) for key, each in value.items()}
    if isinstance(value, BaseException):
        return [type(value).__name__, words(str(value))]
    return value if isinstance(value, (float, int)) else words(str(value))


def words(text):
    """A text without what differs from run to run: addresses, and the name of the library's package."""
    return re.sub(r"0x[0-9a-f]+", "0x", text).replace("tinytorch.", "torch.")


def shown(torch, program):
    """What a program shows under a library: a list of plain values, the last of them its refusal, if it has one."""
    found = []

    def show(*values):
        found.extend([plain(torch, each) for each in values])

    def refused(function, *args):
        try:
            function(*args)
        except Exception as error:  # whatever the library raises is the result
            show(error)
        else:
            show("not refused")

    space = {"torch": torch, "show": show, "refused": refused, "__name__": "program"}
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            exec(program, space)
        except Exception as error:  # as above
            show(error)
    return found + [["warning", each.category.__name__, words(str(each.message))] for each in warned]


def same(expected, actual):
    """Whether both showed the same, numbers within rounding."""
    return close(expected, actual, 1e-6)
