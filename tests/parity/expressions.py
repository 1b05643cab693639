"""One expression under both libraries: value, dtype, shape, strides, node, gradients of two orders, or the refusal."""

import math
import warnings

import numpy


def tensors(torch, dtype):
    """The tensors that expressions name: x, y and v in the dtype that is asked for, the others as their names say."""
    names = {"torch": torch, "np": numpy, "nan": math.nan, "inf": math.inf}
    kind = getattr(torch, dtype)

    def made(*shape, scale=1.0):
        size = math.prod(shape)
        values = [((7 * each + 3) % (2 * size + 1)) * scale for each in range(size)]
        found = torch.tensor(values, dtype=torch.float64).reshape(shape).to(kind)
        return found.requires_grad_() if dtype[:2] in ("fl", "bf", "co") else found

    names.update(x=made(3, 4, scale=0.25), y=made(2, 3, 4, scale=0.5), v=made(3), m=made(3, 3, scale=0.5))
    names.update(b=made(2, 3, 3, scale=0.25), w=made(4), o=made(1), z=made(), e=made(0), h=made(0, 4))
    names.update(
        i=torch.tensor([0, 2]), j=torch.tensor([1, -1]), k=torch.tensor([[0, 2], [1, 1]]), n=torch.arange(12).view(3, 4)
    )
    names.update(i3=torch.tensor([2, 0, 1]), r=torch.tensor([1, 1, 0, 2]), one=torch.tensor(1))
    names.update(
        mask=torch.tensor([[True, False, True, False]] * 2 + [[False] * 4]), rows=torch.tensor([True, False, True])
    )
    names.update(d=torch.arange(12.0).view(3, 4), f=torch.arange(6.0).view(2, 3), l=torch.tensor([[0, 1, 0, 2]]))
    return names


def put(x, key, value):
    """A copy with a value between brackets."""
    x = x.clone()
    x[key] = value
    return x


def add(x, key, value):
    """A copy with a value added between brackets."""
    x = x.clone()
    x[key] += value
    return x


def outcome(torch, expression, dtype):
    """What an expression gives under a library, as plain values that can be compared."""
    names = tensors(torch, dtype) | {"put": put, "add": add}
    leaves = {name: each for name, each in names.items() if getattr(each, "requires_grad", False)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = eval(expression, names)
        except (RuntimeError, TypeError, ValueError, IndexError, NotImplementedError) as error:
            return {"error": type(error).__name__, "text": str(error)}
        found = {"type": type(result).__name__}
        results = list(result) if isinstance(result, (tuple, list)) else [result]
        if not all(isinstance(each, torch.Tensor) for each in results):
            return {"plain": repr(result)}
        found["parts"] = [shown(torch, each) for each in results]
        try:
            found["gradients"] = gradients(torch, results, leaves)
        except (RuntimeError, NotImplementedError) as error:
            found["gradients"] = str(error)
    return found


def shown(torch, tensor):
    """Dtype, shape, strides, node and values of a tensor."""
    strides = [step for step, size in zip(tensor.stride(), tensor.shape, strict=True) if size > 1]
    node = None if tensor.grad_fn is None else type(tensor.grad_fn).__name__
    values = plain(torch, tensor)
    strides = strides if tensor.numel() else []
    return {"dtype": str(tensor.dtype), "shape": list(tensor.shape), "strides": strides, "node": node, "values": values}


def plain(torch, tensor):
    """The values of a tensor as a NumPy array."""
    tensor = tensor.detach()
    if tensor.dtype in (torch.bfloat16, torch.float16):
        tensor = tensor.to(torch.float32)
    return (tensor.resolve_conj() if hasattr(tensor, "resolve_conj") else tensor).numpy()


def gradients(torch, results, leaves):
    """The first and second derivatives of a smooth function of the results."""
    total = None
    for place, each in enumerate(results):
        if each.requires_grad:
            weight = torch.arange(1, each.numel() + 1).reshape(each.shape).to(each.dtype) * (0.1 + place)
            part = (each * each * weight).sum()
            total = part if total is None else total + part
    if total is None:
        return None
    real = total.real if total.dtype.is_complex else total
    inputs = list(leaves.values())
    first = torch.autograd.grad(real, inputs, create_graph=True, allow_unused=True)
    again = None
    for each in first:
        if each is not None and each.requires_grad:
            part = (each * each).sum()
            part = part.real if part.dtype.is_complex else part
            again = part if again is None else again + part
    second = [None] * len(inputs)
    if again is not None:
        second = torch.autograd.grad(again, inputs, allow_unused=True)
    return [None if each is None else plain(torch, each) for each in (*first, *second)]


def differences(ours, theirs, tolerance):
    """What differs between two outcomes, as text; nothing where they agree."""
    if ours.keys() != theirs.keys():
        return f"{ours} instead of {theirs}"
    found = []
    for name in theirs:
        one, other = ours[name], theirs[name]
        if name == "parts":
            if len(one) != len(other):
                return f"{len(one)} parts instead of {len(other)}"
            for place, (a, b) in enumerate(zip(one, other, strict=True)):
                for key in b:
                    if not same(a[key], b[key], tolerance):
                        found.append(f"part {place}: {key} {a[key]} instead of {b[key]}")
        elif name == "gradients" and isinstance(one, list) and isinstance(other, list):
            for place, (a, b) in enumerate(zip(one, other, strict=True)):
                if not same(a, b, tolerance):
                    found.append(f"gradient {place}: {a} instead of {b}")
        elif one != other:
            found.append(f"{name}: {one} instead of {other}")
    return "; ".join(found)


def same(one, other, tolerance):
    """Whether two values agree; None stands for zeros, as libraries differ in what they leave out."""
    if isinstance(other, numpy.ndarray) or isinstance(one, numpy.ndarray):
        if one is None or other is None:
            return bool(numpy.all((other if one is None else one) == 0))
        return one.shape == other.shape and bool(numpy.allclose(one, other, tolerance, tolerance, equal_nan=True))
    return one == other
