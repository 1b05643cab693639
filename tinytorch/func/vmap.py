"""`vmap`: a function of one example mapped over a batch, without a loop over it."""

import functools

from tinytorch import errors
from tinytorch.batching import Level, add_batch, common_size, has_level, out_of_batch
from tinytorch.func.randomness import KINDS, Mapped
from tinytorch.func.trees import broadcast_prefix, flatten, unflatten
from tinytorch.generator import get_rng_state, set_rng_state
from tinytorch.modes import mode
from tinytorch.ops.join import concatenate
from tinytorch.tensor import Tensor


def vmap(func, in_dims=0, out_dims=0, randomness="error", *, chunk_size=None):
    """A function that maps `func` over a dimension of its arguments: it sees one example, and is called once.

    Args:
        in_dims: the dimension of each argument that is mapped over, None for one that is the same for all examples;
            a number for all, or a tuple with numbers in the structure of the arguments.
        out_dims: where in each result the examples shall stand, None for one that is the same for all.
        randomness: whether random operations are an "error", give "different" numbers to each example or the "same".
        chunk_size: how many examples are computed at a time; all of them, unless it is given.

    Arguments given by name are the same for all examples. A ValueError for dimensions that do not fit, a RuntimeError
    for what depends on the values of one example: `item()`, `if tensor:`, shapes that differ.
    """
    if chunk_size is not None and not chunk_size > 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def mapped(*args, **kwargs):
        if randomness not in KINDS:
            raise RuntimeError(
                f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}"
            )
        name = name_of(func)
        check_out_dims(name, out_dims)
        leaves, structure, dims = checked(name, in_dims, args)
        size = size_of(leaves, dims)
        call = functools.partial(call_once, func, name, structure, dims, kwargs, out_dims, randomness)
        if chunk_size is None or size <= chunk_size:
            return call(leaves, size)
        return call_in_chunks(call, leaves, dims, size, chunk_size, out_dims, randomness)

    return mapped


def name_of(func):
    """What a function is called in errors."""
    if isinstance(func, functools.partial):
        return f"functools.partial({name_of(func.func)}, ...)"
    return getattr(func, "__name__", None) or repr(func)


def checked(name, in_dims, args):
    """The leaves of the arguments, their structure, and the dimension of each that is mapped over, from the front."""
    head = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): "
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"{head}expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, "
            f"got: {type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a "
            "function with no inputs. The latter is unsupported."
        )
    leaves, structure = flatten(args)
    dims = broadcast_prefix(in_dims, structure)
    if dims is None:
        raise ValueError(
            f"{head}in_dims is not compatible with the structure of `inputs`. in_dims has structure "
            f"{flatten(in_dims)[1]} but inputs has structure {structure}."
        )
    for place, (leaf, dim) in enumerate(zip(leaves, dims, strict=True)):
        if dim is None:
            continue
        if not isinstance(dim, int):
            raise ValueError(
                f"{head}Got in_dim={dim} for an input but in_dim must be either an integer dimension or None."
            )
        if not isinstance(leaf, Tensor):
            raise ValueError(
                f"{head}Got in_dim={dim} for an input but the input is of type {type(leaf)}. We cannot vmap over "
                "non-Tensor arguments, please use None as the respective in_dim"
            )
        ndim = leaf.ndim
        if not -ndim <= dim < ndim:
            raise ValueError(
                f"{head}Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {ndim} so "
                f"expected in_dim to satisfy -{ndim} <= in_dim < {ndim}."
            )
        dims[place] = dim % ndim
    return leaves, structure, dims


def size_of(leaves, dims):
    """How many examples there are."""
    sizes = [leaf.shape[dim] for leaf, dim in zip(leaves, dims, strict=True) if dim is not None]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    return common_size(sizes)


def check_out_dims(name, out_dims):
    """Refuse what names no dimensions."""
    if any(each is not None and not isinstance(each, int) for each in flatten(out_dims)[0]):
        raise ValueError(
            f"vmap({name}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python collection of ints "
            "representing where in the outputs the vmapped dimension should appear."
        )


def call_once(func, name, structure, dims, kwargs, out_dims, randomness, leaves, size):
    """What a function gives for all examples of some leaves."""
    level = Level(size, depth_within() + 1)
    with Mapped(level, randomness):
        given = [leaf if dim is None else add_batch(leaf, dim, level) for leaf, dim in zip(leaves, dims, strict=True)]
        outputs = func(*unflatten(given, structure), **kwargs)
    results, found = flatten(outputs)
    places = places_of(name, out_dims, outputs, found)
    return unflatten([result_of(name, each, place, level) for each, place in zip(results, places, strict=True)], found)


def depth_within():
    """How many mapped functions of this thread are running."""
    each = mode.interpreter
    while each is not None:
        if isinstance(each, Mapped):
            return each.level.depth
        each = each.below
    return 0


def places_of(name, out_dims, outputs, structure):
    """The dimension of each result in which the examples shall stand."""
    if isinstance(outputs, Tensor) and isinstance(out_dims, tuple) and len(out_dims) == 1:
        return list(out_dims)
    places = broadcast_prefix(out_dims, structure)
    if places is None:
        raise ValueError(
            f"vmap({name}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of "
            f"`outputs`. out_dims has structure {flatten(out_dims)[1]} but outputs has structure {structure}."
        )
    return places


def result_of(name, output, place, level):
    """A result with the examples in a dimension, or as it is where they are to have the same."""
    if place is None:
        if isinstance(output, Tensor) and has_level(output, level):
            raise ValueError(f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None")
        return output
    if not isinstance(output, Tensor):
        raise ValueError(
            f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(output)}. Did you mean to set "
            "out_dims= to None for output?"
        )
    ndim = output.ndim + 1
    if not -ndim <= place < ndim:
        raise errors.dimension(place, ndim)
    return out_of_batch(output, place, level)


def call_in_chunks(call, leaves, dims, size, chunk_size, out_dims, randomness):
    """The results of some examples at a time, joined; for the "same" random numbers the generator starts again."""
    state, parts = get_rng_state(), []
    for start in range(0, size, chunk_size):  # as many calls as was asked for
        if randomness == "same":
            set_rng_state(state)
        count = min(chunk_size, size - start)
        some = [leaf if dim is None else leaf.narrow(dim, start, count) for leaf, dim in zip(leaves, dims, strict=True)]
        parts.append(flatten(call(some, count)))
    structure = parts[0][1]
    places = broadcast_prefix(out_dims, structure) or list(out_dims)
    joined = [
        each[0] if place is None else concatenate(each, place)
        for each, place in zip(zip(*[leaves for leaves, _ in parts], strict=True), places, strict=True)
    ]
    return unflatten(joined, structure)
