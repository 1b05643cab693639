"""Reverse mode: gradients, vector-Jacobian products, Jacobians and Hessians as functions of functions."""

import functools

from tinytorch.dtypes import FLOAT
from tinytorch.func.arguments import places, refuse_complex, unit_rows
from tinytorch.func.forward import jacfwd
from tinytorch.func.levels import Level, tangents
from tinytorch.func.trees import flatten, map_tree, unflatten
from tinytorch.func.vmap import vmap
from tinytorch.modes import is_grad_enabled
from tinytorch.ops.join import cat
from tinytorch.tensor import Tensor

ALL = object()  # the argnums of a function that is differentiated by all its arguments


def grad(func, argnums=0, has_aux=False):
    """A function that gives the gradient of `func`, whose result is a tensor without dimensions.

    The gradient has the structure of the argument at `argnums`, a tuple of such for a tuple of numbers. With `has_aux`
    `func` gives (output, auxiliary results), and these come with the gradient. Operations of `func` are recorded
    wherever it is called, unless it says otherwise itself.

    A RuntimeError if there is no such argument, if it holds integers, or for another output; a ValueError if it holds
    what is no tensor.
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def gradient_of(*args, **kwargs):
        gradient, value = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return gradient_of


def grad_and_value(func, argnums=0, has_aux=False):
    """A function that gives (gradient, output) of `func`, or (gradient, (output, auxiliary results)) with `has_aux`.

    Else as `grad`.
    """

    @functools.wraps(func)
    def both(*args, **kwargs):
        with Level() as level:
            args, structure = entered(level, args, argnums)
            output = func(*args, **map_tree(level.pass_by, kwargs))
            output, aux = with_aux(output, has_aux, "grad_and_value(f)(*args)")
            check_scalar(output)
            auxiliary, aux_structure = tensors_of(aux)
            results = [output, *auxiliary]
            kept = level.kept(results)
            create = kept[0] or any(level.kept(tangents([output])))
            gradients = level.gradients([output], create_graph=create)
            gradient = unflatten(level.leave(gradients, level.leads_out(gradients)), structure)
            output, *auxiliary = level.leave(results, kept)
        return gradient, (output, unflatten(auxiliary, aux_structure)) if has_aux else output

    return both


def vjp(func, *primals, has_aux=False):
    """What `func` gives for `primals`, and a function that multiplies a cotangent of that with its Jacobian.

    That function, `vjp_fn(cotangents, retain_graph=True, create_graph=None)`, takes what has the structure of the
    output, and gives a tuple with an entry for each of the primals; it records if `create_graph` says so, by default
    where recording is on. With `has_aux` the auxiliary results of `func` come third.

    A RuntimeError if an output is no floating point or complex tensor, or a cotangent has another structure.
    """
    return pullback(func, primals, ALL, has_aux)


def pullback(func, primals, argnums, has_aux):
    """What `vjp` gives, with respect to the arguments at `argnums`."""
    with Level() as level:
        args, structure = entered(level, primals, argnums)
        output, aux = with_aux(func(*args), has_aux, "vjp(f, *primals)")
        auxiliary, aux_structure = tensors_of(aux)
        outputs, output_structure = flatten(output)
        check_outputs(outputs)
        results = [*outputs, *auxiliary]
        results = level.leave(results, level.kept(results))
    recorded = any(level.leads_out([*outputs, *tangents(outputs)]))

    def vjp_fn(cotangents, retain_graph=True, create_graph=None):
        given, given_structure = flatten(cotangents)
        if given_structure != output_structure:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the "
                f"function. cotangents: {shown(given_structure)}, primal output: {shown(output_structure)}"
            )
        create = is_grad_enabled() if create_graph is None else create_graph
        create = create and (recorded or any(each.requires_grad for each in given if isinstance(each, Tensor)))
        gradients = level.gradients(outputs, given, retain_graph, create)
        return unflatten(level.leave(gradients, level.leads_out(gradients)), structure)

    output = unflatten(results[: len(outputs)], output_structure)
    return (output, vjp_fn, unflatten(results[len(outputs) :], aux_structure)) if has_aux else (output, vjp_fn)


def jacrev(func, argnums=0, *, has_aux=False, chunk_size=None, _preallocate_and_copy=False):
    """A function that gives the Jacobian of `func`: for each output, and in it for each input, a tensor of the output's
    shape followed by the input's.

    `argnums` and `has_aux` as in `grad`. All rows are computed in one backward, by `vmap`, or `chunk_size` of them at a
    time; a chunk of 1 needs no `vmap`.

    A ValueError if `chunk_size` is not positive, a RuntimeError for complex inputs or outputs, else as `vjp`.
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def jacobian_of(*args):
        refuse_complex("jacrev", args, "inputs")
        output, vjp_fn, *aux = pullback(func, args, argnums, has_aux)
        outputs, output_structure = flatten(output)
        refuse_complex("jacrev", outputs, "outputs")
        chosen = tuple([args[each] for each in places(argnums, len(args))])
        inputs, structure = flatten(chosen if isinstance(argnums, tuple) else chosen[0])
        sizes = [each.numel() for each in outputs]
        blocks = blocks_of_rows(vjp_fn, outputs, output_structure, sum(sizes), chunk_size)
        columns = (copied if _preallocate_and_copy else joined)(blocks, inputs, sum(sizes))
        parts = [
            [part.view(out.shape + each.shape) for part, out in zip(column.split(sizes), outputs, strict=True)]
            for column, each in zip(columns, inputs, strict=True)
        ]
        jacobians = [unflatten(each, structure) for each in zip(*parts, strict=True)]
        jacobian = unflatten(jacobians, output_structure)
        return (jacobian, *aux) if has_aux else jacobian

    return jacobian_of


def blocks_of_rows(vjp_fn, outputs, structure, count, chunk_size):
    """The rows of a Jacobian, for each chunk of them a list of tensors (rows, *shape) for the inputs."""
    step = count if chunk_size is None else chunk_size
    for start in range(0, count, step or 1):
        rows = unit_rows(outputs, start, min(start + step, count))
        if chunk_size == 1:
            found = vjp_fn(unflatten([each.squeeze(0) for each in rows], structure))
            yield [each.unsqueeze(0) for each in flatten(found)[0]]
        else:
            yield flatten(vmap(vjp_fn)(unflatten(rows, structure)))[0]


def joined(blocks, inputs, count):
    """The rows of all blocks, for each input."""
    blocks = list(blocks) if count else [[each.new_zeros((0, *each.shape)) for each in inputs]]
    return blocks[0] if len(blocks) == 1 else [cat(each) for each in zip(*blocks, strict=True)]


def copied(blocks, inputs, count):
    """The rows of all blocks, for each input, of which only one block is there at a time beside the whole."""
    found, start = [each.new_zeros((count, *each.shape)) for each in inputs], 0
    for block in blocks:
        for whole, rows in zip(found, block, strict=True):
            whole[start : start + len(rows)].copy_(rows)
        start += len(block[0])
    return found


def hessian(func, argnums=0):
    """A function that gives the Hessian of `func` with respect to the arguments at `argnums`, forward over reverse."""
    return jacfwd(jacrev(func, argnums), argnums)


def entered(level, args, argnums):
    """Arguments as the function is to see them, and the structure of those that it is differentiated by."""
    if argnums is ALL:
        return map_tree(level.enter, args), flatten(args)[1]
    chosen = places(argnums, len(args))
    structure = flatten(tuple([args[each] for each in chosen]) if isinstance(argnums, tuple) else args[chosen[0]])[1]
    inside = {each: map_tree(level.enter, args[each]) for each in chosen}  # in this order the gradients come
    return [
        inside[number] if number in inside else map_tree(level.pass_by, arg) for number, arg in enumerate(args)
    ], structure


def with_aux(found, has_aux, name):
    """The output of a function, and its auxiliary results, or an empty tuple where it has none."""
    if not has_aux:
        return found, ()
    if not (isinstance(found, tuple) and len(found) == 2):
        raise RuntimeError(f"{name}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return found


def tensors_of(aux):
    """The leaves and the structure of auxiliary results, which have to be tensors."""
    leaves, structure = flatten(aux)
    for each in leaves:
        if not isinstance(each, Tensor):
            raise RuntimeError(f"Expected tensors, got unsupported type {type(each)}")
    return leaves, structure


def check_scalar(output):
    """Refuse the output of a function that has no gradient."""
    words = "grad_and_value(f)(*args): Expected f(*args) to return a"
    if not isinstance(output, Tensor):
        raise RuntimeError(f"{words} Tensor, got {type(output)}")
    if output.ndim != 0:
        raise RuntimeError(
            f"{words} scalar Tensor, got tensor with {output.ndim} dims. Maybe you wanted to use the vjp or jacrev "
            "APIs instead?"
        )


def check_outputs(outputs):
    """Refuse outputs of a function that have no derivative."""
    name = "vjp(f, *primals)"
    if not outputs or (len(outputs) == 1 and outputs[0] is None):
        raise RuntimeError(f"{name}: Expected f to be a function that has non-empty output (got output = {outputs})")
    for each in outputs:
        if not isinstance(each, Tensor):
            raise RuntimeError(
                f"{name}: expected f(*primals) to return only tensors, got unsupported type {type(each)}"
            )
    for each in outputs:
        if each.dtype.category < FLOAT:
            raise RuntimeError(
                "vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype "
                f"{each.dtype}"
            )


def shown(structure):
    """A structure as an error shows it: with a star in the place of each leaf."""
    return repr(unflatten([Star()] * structure.count, structure))


class Star:
    """A leaf that nobody knows."""

    def __repr__(self):
        return "*"


for each in (grad, grad_and_value, vjp, jacrev, hessian):
    each.__module__ = "torch.func"
