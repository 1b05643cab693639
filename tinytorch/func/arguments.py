"""Arguments of transforms: which of them are differentiated by, which are refused, and the rows of an identity."""

from tinytorch.func.trees import flatten
from tinytorch.tensor import Tensor


def places(argnums, count):
    """The numbers of arguments, counted from the front, that `argnums` names out of `count`: as a tuple."""
    if not isinstance(argnums, int | tuple):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    found = tuple([place(each, count) for each in (argnums if isinstance(argnums, tuple) else (argnums,))])
    if not found:
        raise RuntimeError("argnums must be non-empty")
    if len(set(found)) != len(found):
        raise RuntimeError(f"argnums elements must be unique, got {found}")
    return found


def place(argnum, count):
    """The number of one argument, counted from the front."""
    if not isinstance(argnum, int):
        raise RuntimeError(f"argnum must be int, got: {type(argnum)}")
    if not -count <= argnum < count:
        raise RuntimeError(f"Got argnum={argnum}, but only {count} positional inputs")
    return argnum % count


def refuse_complex(name, tree, what):
    """Refuse complex tensors among the `what`, "inputs" or "outputs", of a transform."""
    for number, leaf in enumerate(flatten(tree)[0]):
        if isinstance(leaf, Tensor) and leaf.dtype.is_complex:
            raise RuntimeError(
                f"{name}: Expected all {what} to be real but received complex tensor at flattened input idx: {number}"
            )


def unit_rows(tensors, start, stop):
    """Rows `start` to `stop` of an identity for all elements of `tensors`: for each of these one of (rows, *shape)."""
    found, before = [], 0
    for tensor in tensors:
        rows = tensor.new_zeros((stop - start, tensor.numel()))
        rows.diagonal(start - before).fill_(1)
        found.append(rows.view((stop - start, *tensor.shape)))
        before += tensor.numel()
    return found
