"""Products with Jacobians and Hessians, and these themselves, of functions of tensors, by one backward after another.

`torch.func` has the same for trees of tensors and in forward mode. A product with a Jacobian from the right is the
derivative of one from the left, which is linear in its vector: two backwards give it.
"""

from tinytorch.engine import grad
from tinytorch.func.arguments import unit_rows
from tinytorch.func.forward import jvp as pushed
from tinytorch.func.vmap import vmap
from tinytorch.modes import enable_grad
from tinytorch.ops.create import zeros_like
from tinytorch.ops.join import stack
from tinytorch.tensor import Tensor

REFUSED = " This is not allowed in strict mode"
NO_GRADIENT = {  # by the backward that gave none
    "back": f"The output of the user-provided function is independent of input {{}}.{REFUSED}.",
    "back_trick": (
        "The gradient with respect to the input is independent of entry {} in the grad_outputs when using the double "
        f"backward trick to compute forward mode gradients.{REFUSED}."
    ),
    "double_back": f"The jacobian of the user-provided function is independent of input {{}}.{REFUSED}.",
    "double_back_trick": (
        f"The hessian of the user-provided function is independent of entry {{}} in the grad_jacobian.{REFUSED} as it "
        "prevents from using the double backward trick to replace forward mode AD."
    ),
}
NO_HISTORY = {  # by what it is that has none
    "outputs": (
        "Output {} of the user-provided function does not require gradients. The outputs must be computed in a "
        "differentiable manner from the input when running in strict mode."
    ),
    "gradients": (
        f"The gradient with respect to input {{}} is independent of the inputs of the user-provided function.{REFUSED}."
    ),
    "jacobian": (
        "While computing the hessian, found that the jacobian of the user-provided function with respect to input {} "
        f"is independent of the input.{REFUSED}. You should ensure that your function is twice differentiable and that "
        "the jacobian depends on the inputs (this would be violated by a linear function for example)."
    ),
}
CONSTANT = f"The {{}} of the user-provided function is independent of input {{}}.{REFUSED} when create_graph=True."


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    """(what `func` gives, `v` times its Jacobian), where `v` has the shapes of what it gives and the product of inputs.

    Args:
        func: takes tensors, as many as `inputs` has, and gives a tensor or a tuple of tensors.
        v: may be None, which stands for 1, if there is one number to multiply.
        create_graph: record, so that the results can be differentiated.
        strict: refuse what is independent of an input, rather than give zeros.

    A TypeError for what is no tensor, a RuntimeError for a `v` of another shape, or as `strict` says.
    """
    with enable_grad():
        one, inputs = started(inputs, "vjp", create_graph)
        one_output, outputs = called(func, inputs, "vjp", strict)
        v = vector(v, outputs, one_output, "vjp", create_graph)
    found = gradients(outputs, inputs, v, create_graph=create_graph)
    found = filled(found, inputs, "back", strict, create_graph)
    return finished(outputs, one_output, create_graph), finished(found, one, create_graph)


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    """(what `func` gives, its Jacobian times `v`), where `v` has the shapes of `inputs`, by two backwards.

    Else as `vjp`; `torch.func.jvp` needs one run in forward mode.
    """
    with enable_grad():
        one, inputs = started(inputs, "jvp", create_graph)
        v = vector(v, inputs, one, "jvp", create_graph)
        one_output, outputs = called(func, inputs, "jvp", strict)
        weights = tuple([zeros_like(each, requires_grad=True) for each in outputs])
        pulled = gradients(outputs, inputs, weights, create_graph=True)
        check(pulled, "gradients", strict)
    found = gradients(pulled, weights, v, create_graph=create_graph)
    found = filled(found, outputs, "back_trick", strict, create_graph)
    return finished(outputs, one_output, create_graph), finished(found, one_output, create_graph)


def vhp(func, inputs, v=None, create_graph=False, strict=False):
    """(what `func` gives, `v` times its Hessian) of a function that gives one number; `v` has the shapes of `inputs`.

    Else as `vjp`.
    """
    with enable_grad():
        one, inputs, v, outputs, jacobian = single(func, inputs, v, "vhp", create_graph, strict)
    found = gradients(jacobian, inputs, v, create_graph=create_graph)
    found = filled(found, inputs, "double_back", strict, create_graph)
    return finished(outputs, True, create_graph), finished(found, one, create_graph)


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    """(what `func` gives, its Hessian times `v`), by three backwards; where it is smooth, `vhp` gives the same in two.

    Else as `vhp`.
    """
    with enable_grad():
        one, inputs, v, outputs, jacobian = single(func, inputs, v, "hvp", create_graph, strict)
        weights = tuple([zeros_like(each, requires_grad=True) for each in inputs])
        pulled = gradients(jacobian, inputs, weights, create_graph=True)
    found = gradients(pulled, weights, v, create_graph=create_graph)
    found = filled(found, inputs, "double_back_trick", strict, create_graph)
    return finished(outputs, True, create_graph), finished(found, one, create_graph)


def jacobian(func, inputs, create_graph=False, strict=False, vectorize=False, strategy="reverse-mode"):
    """The Jacobian of `func`: for each output, and in it for each input, a tensor of the output's shape followed by the
    input's; tuples only where `func` gives or takes tuples.

    Args:
        vectorize: compute all rows in one backward, instead of one after another.
        strategy: "reverse-mode", or "forward-mode", which computes column by column and has to be vectorized.

    Else as `vjp`. A NotImplementedError or RuntimeError for arguments that exclude each other.
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs '
            'than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        return columns(func, inputs, create_graph, strict, vectorize)
    with enable_grad():
        one, inputs = started(inputs, "jacobian", create_graph)
        one_output, outputs = called(func, inputs, "jacobian", strict)
        if vectorize and strict:
            raise RuntimeError(
                "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. "
                "Please either set `strict=False` or `vectorize=False`."
            )
        rows = rows_at_once(outputs, inputs, create_graph) if vectorize else [
            rows_of(output, inputs, number, strict, create_graph) for number, output in enumerate(outputs)
        ]  # fmt: skip
        found = [
            finished([each.view(output.shape + input.shape) for each, input in zip(row, inputs, strict=True)], one,
                     create_graph)
            for row, output in zip(rows, outputs, strict=True)
        ]  # fmt: skip
    return found[0] if one_output else tuple(found)


def hessian(func, inputs, create_graph=False, strict=False, vectorize=False, outer_jacobian_strategy="reverse-mode"):
    """The Hessian of `func`, which gives one number: the Jacobian of its gradient, as `jacobian` gives it.

    `outer_jacobian_strategy` says how the gradient, which is always computed in reverse, is differentiated. A
    RuntimeError for another output.
    """
    one, inputs = as_tensors(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def number(*inputs):
        return number_of(*called(func, inputs, "hessian", strict), "hessian").squeeze()

    def gradient(*inputs):
        if outer_jacobian_strategy == "forward-mode":
            inputs = tuple([each.requires_grad_() for each in inputs])  # else they would be detached
        found = jacobian(number, inputs, create_graph=True)
        check(found, "jacobian", strict)
        return found

    found = jacobian(gradient, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)
    return found[0][0] if one else found


def as_tensors(given, what, name):
    """Whether one tensor was given rather than a tuple of them, and the tuple; a TypeError for what is no tensor."""
    one = not isinstance(given, tuple)
    tensors = (given,) if one else given
    for number, each in enumerate(tensors):
        if not isinstance(each, Tensor):
            which = f"given {what} has" if one else f"value at index {number} has"
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the {which} type "
                f"{type(each)}."
            )
    return one, tensors


def started(inputs, name, create_graph):
    """Inputs that are told apart from the same tensors elsewhere in the function, and require grad."""
    one, inputs = as_tensors(inputs, "inputs", name)
    return one, tuple([renewed(each, create_graph, True) for each in inputs])


def renewed(tensor, create_graph, wanted):
    """A tensor of the same memory: recorded where its gradient is to reach the given one, else a leaf."""
    if create_graph and tensor.requires_grad:
        return tensor.view_as(tensor)
    return tensor.detach().requires_grad_(wanted)


def called(func, inputs, name, strict):
    """Whether a function gives one tensor, and what it gives as a tuple."""
    one, outputs = as_tensors(func(*inputs), "outputs of the user-provided function", name)
    check(outputs, "outputs", strict)
    return one, outputs


def single(func, inputs, v, name, create_graph, strict):
    """Inputs, vector, output and gradient of a function that gives one number."""
    one, inputs = started(inputs, name, create_graph)
    v = vector(v, inputs, one, name, create_graph)
    outputs = (number_of(*called(func, inputs, name, strict), name),)
    found = gradients(outputs, inputs, create_graph=True)
    check(found, "jacobian", strict)
    return one, inputs, v, outputs, found


def number_of(one, outputs, name):
    """The one number that a function gave."""
    if not one:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if outputs[0].numel() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")
    return outputs[0]


def vector(v, others, one, name, create_graph):
    """The vector of a product, which has the shapes of `others`; None stands for one number."""
    if v is None:
        if len(others) != 1 or others[0].numel() != 1:
            what = "user-provided function returns" if name == "vjp" else "input to the user-provided function is"
            raise RuntimeError(f"The vector v can only be None if the {what} a single Tensor with a single element.")
        return None
    v = tuple([renewed(each, create_graph, False) for each in as_tensors(v, "v", name)[1]])
    if len(v) != len(others):
        raise RuntimeError(
            "The given v should contain a single Tensor."
            if one
            else f"v is a tuple of invalid length: should be {len(others)} but got {len(v)}."
        )
    for number, (each, other) in enumerate(zip(v, others, strict=True)):
        if each.shape != other.shape:
            which = "" if one else f"Entry {number} in "
            raise RuntimeError(f"{which}v has invalid size: should be {other.shape} but got {each.shape}.")
    return v


def gradients(outputs, inputs, v=None, **settings):
    """The gradients for the inputs, None where there is none; outputs without a history, or None, have no part."""
    pairs = zip(outputs, v or (None,) * len(outputs), strict=True)
    pairs = [(output, each) for output, each in pairs if output is not None and output.requires_grad]
    if not pairs:
        return (None,) * len(inputs)
    outputs, v = zip(*pairs, strict=True)
    return grad(outputs, inputs, v, allow_unused=True, **settings)


def check(tensors, kind, strict):
    """Refuse, if `strict`, what does not require grad."""
    for number, each in enumerate(tensors if strict else ()):
        if each is None:
            raise RuntimeError(NO_GRADIENT["back"].format(number))
        if not each.requires_grad:
            raise RuntimeError(NO_HISTORY[kind].format(number))


def filled(found, others, stage, strict, create_graph):
    """Gradients with zeros where there is none; if `strict`, a RuntimeError."""
    for number, each in enumerate(found if strict else ()):
        if each is None:
            raise RuntimeError(NO_GRADIENT[stage].format(number))
        if create_graph and not each.requires_grad:
            what = "hessian" if "double" in stage else "jacobian"
            raise RuntimeError(CONSTANT.format(what, number))
    return [zeros_like(other) if each is None else each for each, other in zip(found, others, strict=True)]


def finished(tensors, one, create_graph):
    """Results as they are given back: without history where none was asked for, one tensor or a tuple."""
    tensors = tuple(tensors if create_graph else [each.detach() for each in tensors])
    return tensors[0] if one else tensors


def rows_of(output, inputs, number, strict, create_graph):
    """The rows of one output's Jacobian, for each input a tensor (rows, *shape), by a backward for each row."""
    found = [[] for _ in inputs]
    elements = output.reshape(-1)
    for element in range(len(elements)):
        parts = gradients((elements[element],), inputs, retain_graph=True, create_graph=create_graph)
        for place, (rows, part, input) in enumerate(zip(found, parts, inputs, strict=True)):
            if part is None and strict:
                raise RuntimeError(
                    f"Output {number} of the user-provided function is independent of input {place}.{REFUSED}."
                )
            if strict and create_graph and not part.requires_grad:
                raise RuntimeError(CONSTANT.format("jacobian", number))
            rows.append(zeros_like(input) if part is None else part)
    return [stack(rows) for rows in found]


def rows_at_once(outputs, inputs, create_graph):
    """The rows of all outputs' Jacobians, by one backward for all rows."""
    sizes = [each.numel() for each in outputs]
    flat = [each.reshape(-1) for each in outputs]
    found = gradients(flat, inputs, unit_rows(flat, 0, sum(sizes)), create_graph=create_graph, is_grads_batched=True)
    whole = [
        zeros_like(input).expand((sum(sizes), *input.shape)) if each is None else each
        for each, input in zip(found, inputs, strict=True)
    ]
    return list(zip(*[each.split(sizes) for each in whole], strict=True))


def columns(func, inputs, create_graph, strict, vectorize):
    """The Jacobian in forward mode, all columns at once."""
    for name, value, error in (("create_graph", create_graph, NotImplementedError), ("strict", strict, RuntimeError)):
        if value:
            raise error(
                f'torch.autograd.functional.jacobian: `{name}=True` and `strategy="forward-mode"` are not supported '
                f'together (yet). Please either set `{name}=False` or `strategy="reverse-mode"`.'
            )
    one, inputs = as_tensors(inputs, "inputs", "jacobian")
    if not vectorize:
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for "
            "`vectorize=True`."
        )
    sizes = [each.numel() for each in inputs]
    seen = []  # of the outputs: whether it is one, and the shapes

    def column(*tangents):
        return pushed(lambda *inputs: record(func(*inputs)), inputs, tangents)[1]

    def record(outputs):
        one_output, outputs = as_tensors(outputs, "outputs", None)  # so PyTorch names it
        seen[:] = one_output, [each.shape for each in outputs]
        return outputs

    whole = vmap(column)(*unit_rows(inputs, 0, sum(sizes)))
    one_output, shapes = seen
    found = []
    for each, shape in zip(whole, shapes, strict=True):
        parts = [
            part.movedim(0, -1).reshape(shape + input.shape)
            for part, input in zip(each.split(sizes), inputs, strict=True)
        ]
        found.append(parts[0] if one else parts)
    if one_output:
        return found[0]
    return tuple(found) if one else found


for each in (vjp, jvp, vhp, hvp, jacobian, hessian):
    each.__module__ = "torch.autograd.functional"
