"""What operations mean for sparse tensors: a table by their names, to which the rooms beside this one add."""

from tinytorch.ops.coordinates.tensor import Sparse, replace

MEANINGS = {}  # name of an operation -> a function of its arguments in normal form
INTO_DENSE = {}  # the same, for in-place forms whose first argument is dense


def means(*names):
    """Declare a function as what operations of these names mean where a sparse tensor is among their arguments."""

    def declare(function):
        MEANINGS.update(dict.fromkeys(names, function))
        return function

    return declare


def operate(op, args, out):
    """A call of an operation with a sparse tensor among its arguments, or for `out`."""
    meaning = MEANINGS.get(op.name)
    if meaning is None:
        raise could_not_run(op, args, out)
    if out is args[0] and not out.is_sparse and op.name in INTO_DENSE:
        return INTO_DENSE[op.name](*args)
    if out is args[0] and getattr(meaning, "unites", False) and not out.array.coalesced:
        raise RuntimeError(f"{op.name}_ requires coalesced input")
    found = meaning(*args)
    if out is None:
        return found
    if out.is_sparse is not found.is_sparse:
        raise could_not_run(op, args, out)
    if out.is_sparse:
        return replace(out, found)
    return out.copy_(found)


def could_not_run(op, args, out=None):
    """The error for an operation that sparse tensors do not have."""
    name = f"{op.name}_" if out is not None and out is args[0] else op.name
    tensors = [each for each in (*args, out) if isinstance(each, Sparse)]
    if op.several is not None:
        tensors += [each for each in args[op.several] if isinstance(each, Sparse)]
    device = tensors[0].device.type.upper()
    return NotImplementedError(f"Could not run 'aten::{name}' with arguments from the 'Sparse{device}' backend.")


Sparse._operate = staticmethod(operate)
