"""Forward mode as functions of functions: products of Jacobians with vectors, and Jacobians column by column."""

import functools

from tinytorch.autograd.forward_ad import make_dual, unpack_dual
from tinytorch.forward import Level, switched
from tinytorch.func.arguments import places, refuse_complex, unit_rows
from tinytorch.func.trees import flatten, map_tree, unflatten
from tinytorch.func.vmap import vmap
from tinytorch.tensor import Tensor

NAME = "jvp(f, primals, tangents)"


def jvp(func, primals, tangents, *, strict=False, has_aux=False):
    """What `func` gives for `primals`, and how that moves with `tangents`: its Jacobian times them.

    Both are tuples, trees of the same structure, of which all leaves are tensors of the same shapes. An output that
    does not depend on the primals has a tangent of zeros, or is a RuntimeError if `strict`. With `has_aux` `func` gives
    (output, auxiliary results), and these come third.

    A RuntimeError for another structure or shape and for results that are no tensors, a ValueError for integers.
    """
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{NAME}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    leaves, structure = flatten(primals)
    return pushed(lambda duals: func(*unflatten(duals, structure)), leaves, structure, tangents, strict, has_aux)


def jacfwd(func, argnums=0, has_aux=False, *, randomness="error"):
    """A function that gives the Jacobian of `func`: for each output, and in it for each input, a tensor of the output's
    shape followed by the input's.

    Inputs are the arguments at `argnums`, a number or a tuple of numbers, or all for None. All columns are computed in
    one call, by `vmap`, which is told the `randomness`. With `has_aux` `func` gives (output, auxiliary results), and
    the result is (Jacobian, auxiliary results).

    A RuntimeError for complex inputs or outputs, and as `jvp`.
    """

    @functools.wraps(func)
    def jacobian_of(*args):
        refuse_complex("jacfwd", args, "inputs")
        single = isinstance(argnums, int)
        chosen = range(len(args)) if argnums is None else places(argnums, len(args))
        inputs, structure = flatten(args[chosen[0]] if single else tuple([args[each] for each in chosen]))
        sizes = [each.numel() for each in inputs]

        def call(duals):
            moved = unflatten(duals, structure)
            moved = dict(zip(chosen, (moved,) if single else moved, strict=True))
            return func(*[moved.get(number, arg) for number, arg in enumerate(args)])

        def column(tangents):
            output, *moves = pushed(call, inputs, structure, tangents, False, has_aux)
            refuse_complex("jacfwd", output, "outputs")
            return tuple(moves)

        basis = unflatten(unit_rows(inputs, 0, sum(sizes)), structure)
        columns, *aux = vmap(column, randomness=randomness)(basis)
        jacobian = map_tree(lambda each: unflatten(parted(each, inputs, sizes), structure), columns)
        return (jacobian, map_tree(lambda each: each[0], aux[0])) if has_aux else jacobian

    return jacobian_of


def parted(columns, inputs, sizes):
    """The columns of a Jacobian, (columns, *shape of the output), as a tensor for each input."""
    parts = columns.movedim(0, -1).split(sizes, -1)
    return [part.reshape((*part.shape[:-1], *each.shape)) for part, each in zip(parts, inputs, strict=True)]


def pushed(func, primals, structure, tangents, strict, has_aux):
    """What `jvp` gives, for a function of the list of primals that `tangents` move."""
    moves, moves_structure = flatten(tangents)
    if structure != moves_structure:
        raise RuntimeError(
            f"{NAME}: Expected primals and tangents to have the same python structure. For example, if primals is a "
            f"tuple of 3 tensors, tangents also must be. Got primals with structure {structure} and tangents with "
            f"structure {moves_structure}"
        )
    check_tensors(primals, "primals")
    check_tensors(moves, "tangents")
    with Level(), switched(True):
        output = func([make_dual(*each) for each in zip(primals, moves, strict=True)])
        aux = ()
        if has_aux:
            if not (isinstance(output, tuple) and len(output) == 2):
                raise RuntimeError(f"{NAME}: output of function f should be a tuple: (output, aux) if has_aux is True")
            output, aux = output[0], (map_tree(without_tangent, output[1]),)
        outputs, output_structure = flatten(output)
        check_outputs(outputs)
        pairs = [unpacked(each, strict) for each in outputs]
    primals_out, tangents_out = zip(*pairs, strict=True)
    return unflatten(primals_out, output_structure), unflatten(tangents_out, output_structure), *aux


def check_tensors(leaves, what):
    """Refuse what is no tensor, and nothing at all."""
    if not leaves:
        raise RuntimeError(f"{NAME}: Expected {what} to contain at least one Tensor.")
    for each in leaves:
        if not isinstance(each, Tensor):
            raise RuntimeError(f"{NAME}: Expected {what} to only contain Tensors, got {type(each)}")


def check_outputs(outputs):
    """Refuse results that are no tensors, and none."""
    if not outputs or (len(outputs) == 1 and outputs[0] is None):
        raise RuntimeError(f"{NAME}: Expected f to be a function that has non-empty output (got output = {outputs})")
    for each in outputs:
        if not isinstance(each, Tensor):
            raise RuntimeError(
                f"{NAME}: expected f(*primals) to return only tensors, got unsupported type {type(each)}"
            )


def without_tangent(value):
    """An auxiliary result as it is seen outside."""
    if not isinstance(value, Tensor):
        raise RuntimeError(f"Expected tensors, got unsupported type {type(value)}")
    return unpack_dual(value).primal


def unpacked(output, strict):
    """An output and its tangent, which is zeros if it does not depend on the inputs."""
    primal, tangent = unpack_dual(output)
    if tangent is None and strict:
        raise RuntimeError(
            "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not "
            "allowed with strict=True."
        )
    return primal, primal.new_zeros(primal.shape) if tangent is None else tangent


jvp.__module__ = jacfwd.__module__ = "torch.func"
