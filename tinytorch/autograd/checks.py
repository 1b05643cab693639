"""What users give and get wrong: the arguments of a Function's call, and the gradients and tangents of its own."""

import inspect

from tinytorch import dtypes
from tinytorch.tensor import Tensor


def bind_all(forward, args, kwargs):
    """All arguments of a forward that has its own setup_context, with the defaults filled in; a TypeError for others"""
    code = getattr(forward, "__code__", None)
    if kwargs or code is None or len(args) != code.co_argcount or code.co_kwonlyargcount or code.co_flags & 12:
        bound = inspect.signature(forward).bind(*args, **kwargs)
        bound.apply_defaults()
        args, kwargs = bound.args, bound.kwargs
    for name in kwargs:
        raise TypeError(f"forward() got an unexpected keyword argument '{name}'")
    return args


def bind_names(forward, args, kwargs):
    """Positional arguments from some that were given by name; a TypeError where PyTorch has one."""
    code = getattr(forward, "__code__", None)
    names = code.co_varnames[1 : code.co_argcount] if code is not None else ()
    for name in kwargs:
        if name not in names:
            raise TypeError(f"forward() got an unexpected keyword argument '{name}'")
        if names.index(name) < len(args):
            raise TypeError(f"forward() got multiple values for argument '{name}'")
    last = max([names.index(name) for name in kwargs], default=-1)
    for place in range(len(args), last + 1):
        if names[place] not in kwargs:
            raise TypeError(f"forward() missing required argument: '{names[place]}' (position {place})")
    return (*args, *[kwargs[name] for name in names[len(args) : last + 1]])


def checked(context, given, edges):
    """The gradients for the edges from what a user's backward gave, or an error in PyTorch's words."""
    name, tensor_at = type(context).__name__, context._tensor_at
    given = given if isinstance(given, tuple) else (given,)
    if len(given) > len(tensor_at) and all(each is None for each in given[len(tensor_at) :]):
        given = given[: len(tensor_at)]
    if len(given) != len(tensor_at):
        raise RuntimeError(
            f"function {name} returned an incorrect number of gradients (expected {len(tensor_at)}, got {len(given)})"
        )
    gradients = []
    for place, (gradient, is_tensor) in enumerate(zip(given, tensor_at, strict=True)):
        if is_tensor:
            if gradient is not None and not isinstance(gradient, Tensor):
                raise RuntimeError(f"expected Variable or None (got {type(gradient).__name__})")
            gradients.append(gradient)
        elif gradient is not None:
            raise RuntimeError(
                f"function {name} returned a gradient different than None at position {place + 1}, but the "
                "corresponding forward input was not a Variable"
            )
    for place, (gradient, edge) in enumerate(zip(gradients, edges, strict=True)):
        if gradient is not None and edge is not None:
            check_fits(name, place, gradient, edge)
    return gradients


def check_fits(name, place, gradient, edge):
    """Refuse a gradient that cannot be summed to the shape of its input, or is complex where that is real."""
    at = edge.array if isinstance(edge, Tensor) else edge
    shape, size = at.shape, gradient.array.shape
    behind = size[len(size) - len(shape) :]
    if len(shape) > len(size) or any(one not in (1, other) for one, other in zip(shape, behind, strict=True)):
        raise RuntimeError(
            f"Function {name} returned an invalid gradient at index {place} - got {list(size)} but expected shape "
            f"compatible with {list(shape)}"
        )
    kinds = [dtypes.category_of[each] == dtypes.COMPLEX for each in (gradient.array.dtype, at.dtype)]
    if kinds == [True, False]:
        raise RuntimeError(f"Function {name} returned a complex gradient at index {place} for a real input")


def check_tangents(tangents, results, smooth):
    """Refuse tangents that do not fit the results, in PyTorch's words."""
    if len(tangents) != len(results):
        raise RuntimeError(
            f"Function's jvp returned an invalid number of forward gradients (expected {len(results)} but got "
            f"{len(tangents)})"
        )
    for place, (tangent, result) in enumerate(zip(tangents, results, strict=True)):
        if tangent is None:
            continue
        if not isinstance(tangent, Tensor):
            raise RuntimeError(f"expected Variable or None (got {type(tangent).__name__}) for grad output {place}.")
        if not smooth[place]:
            raise RuntimeError(
                f"Function's jvp returned a gradient at position {place}, but  the corresponding forward output is not "
                "a differentiable Tensor.You should return None at that position instead."
            )
        if tangent.array.shape != result.array.shape:
            raise RuntimeError(
                "Trying to set a forward gradient that has a different size than that of the original Tensor, this is "
                f"not supported. Tensor is of size {list(result.shape)} while the given forward gradient is of size "
                f"{list(tangent.shape)}."
            )
        if result.base is not None and result.creation is not None and tangent.base is None:
            raise RuntimeError(
                "A custom Function's forward is returning a view (or an input as-is) but the jvp is not returning a "
                "view."
            )
