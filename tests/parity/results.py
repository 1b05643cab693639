"""What differs between a result of PyTorch's and one of tinytorch's: values, dtypes, strides, refusals, gradients."""

import numpy
import torch

import tinytorch

TOLERANCES = {  # of half precision, which PyTorch rounds at each step, a few percent
    "float64": 1e-7, "complex128": 1e-7, "float32": 2e-5, "complex64": 2e-5, "float16": 1e-2, "bfloat16": 5e-2,
}  # fmt: skip


def is_tensor(value):
    return isinstance(value, torch.Tensor | tinytorch.Tensor)


def flat(value):
    return list(value) if isinstance(value, list | tuple) else [value]


def tensors_in(value):
    """The tensors in a nest of tuples, lists and dictionaries."""
    if is_tensor(value):
        yield value
    elif isinstance(value, list | tuple | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from tensors_in(each)


def numbers(tensor):
    """The elements of a tensor as an array of NumPy's."""
    tensor = tensor.detach()
    if isinstance(tensor, torch.Tensor):
        tensor = tensor.resolve_conj().resolve_neg()
        tensor = tensor + 0 if tensor._is_zerotensor() else tensor  # which has no storage
    return (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()


def strides(tensor):
    """The strides of dimensions of more than one element; an empty tensor has none that matter."""
    if 0 in tensor.shape:
        return []
    return [step for step, size in zip(tensor.stride(), tensor.shape, strict=True) if size > 1]


def unlike(found, expected, look="values"):
    """What differs between two results, as pairs of a kind and words. `look` says what of a tensor counts: "values" for
    all, "frames" for all but the values, "gradients" for all but the strides.
    """
    if is_tensor(expected):
        yield from unlike_tensors(found, expected, look)
    elif isinstance(expected, list | tuple) and not isinstance(expected, torch.Size):
        if not isinstance(found, list | tuple) or len(found) != len(expected):
            yield "values", f"{type(found).__name__}, PyTorch has {len(expected)} results"
            return
        for one, other in zip(found, expected, strict=True):
            yield from unlike(one, other, look)
    elif isinstance(expected, float | complex) and type(found) is type(expected):
        differs = unequal(numpy.array(found), numpy.array(expected), 1e-6)
        if differs:
            yield "values", differs
    elif str(found) != str(expected):
        yield "values", f"{found!r}, PyTorch has {expected!r}"


def unlike_tensors(found, expected, look):
    if not is_tensor(found):
        yield "values", f"{type(found).__name__}, PyTorch has a tensor"
        return
    dtype, wanted = str(found.dtype)[6:], str(expected.dtype)[6:]
    if dtype != wanted:
        yield "dtype", f"{dtype}, PyTorch has {wanted}"
    if tuple(found.shape) != tuple(expected.shape):
        yield "shape", f"{tuple(found.shape)}, PyTorch has {tuple(expected.shape)}"
        return
    if look != "gradients" and strides(found) != strides(expected):
        yield "strides", f"{found.stride()}, PyTorch has {expected.stride()} of {tuple(expected.shape)}"
    if look != "frames" and expected.device.type != "meta" and dtype == wanted:
        differs = unequal(numbers(found), numbers(expected), TOLERANCES.get(wanted, 0))
        if differs:
            yield "values", differs


def unequal(found, expected, tolerance):
    """Where two arrays differ by more than a tolerance, absolute and relative, in words."""
    far = found != expected
    if tolerance:
        with numpy.errstate(all="ignore"):
            wide = complex if expected.dtype.kind == "c" else float
            one, other = found.astype(wide), expected.astype(wide)
            far = ~numpy.isclose(one, other, tolerance, tolerance, equal_nan=True)
            if wide is complex and far.any():  # parts that are not finite are asked one by one
                near = [numpy.isclose(a, b, tolerance, tolerance, equal_nan=True)
                        for a, b in ((one.real, other.real), (one.imag, other.imag))]  # fmt: skip
                far &= ~(near[0] & near[1])
    if not far.any():
        return ""
    place = tuple(numpy.argwhere(far)[0].tolist())
    return f"{int(far.sum())} of {far.size}, at {place} {found[place]}, PyTorch has {expected[place]}"


def refusal(error):
    """Class and first line of the words of an error."""
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:160]}"


def attempt(function, *arguments, **settings):
    """What a call gives, and what it raises; one of the two is None."""
    try:
        return function(*arguments, **settings), None
    except Exception as error:  # whatever a library raises is what it does
        return None, error


def outcomes(found, error, expected, refused, look="values"):
    """How two outcomes differ, each a result or a refusal."""
    if isinstance(refused, NotImplementedError) and "not implemented for" in str(refused):
        return  # where PyTorch merely lacks a kernel, there may be one
    if refused is None and error is None:
        yield from unlike(found, expected, look)
    elif refused is None:
        yield "error", f"{refusal(error)}, PyTorch has a result"
    elif error is None:
        yield "error", f"a result, PyTorch has {refusal(refused)}"
    elif refusal(error) != refusal(refused):
        kind = "words" if type(error) is type(refused) else "error"
        yield kind, f"{refusal(error)}, PyTorch has {refusal(refused)}"


def gradients(library, function, arguments, settings, process, second):
    """The gradients of both orders with fixed weights, for all inputs that want one, and the name of the node."""
    library.default_generator.manual_seed(42)
    result = function(*arguments, **settings)
    result = result if process is None else process(result)
    wanted = list({id(each): each for each in tensors_in([arguments, settings]) if each.requires_grad}.values())
    outputs = [each for each in tensors_in(result) if each.requires_grad]
    if not wanted or not outputs:
        return None
    node = type(outputs[0].grad_fn).__name__
    first = library.autograd.grad(outputs, wanted, weights(library, outputs, 1), create_graph=second, allow_unused=True)
    curved = [each for each in first if each is not None and each.requires_grad] if second else []
    again = library.autograd.grad(curved, wanted, weights(library, curved, 2), allow_unused=True) if curved else ()
    return list(first), list(again), node


def weights(library, tensors, seed):
    """A fixed weight for each element of each tensor."""
    chance = numpy.random.RandomState(seed)
    found = []
    for each in tensors:
        drawn = chance.uniform(-1, 1, (2, *each.shape))
        drawn = drawn[0] + 1j * drawn[1] if each.dtype.is_complex else drawn[0]
        found.append(library.from_numpy(numpy.asarray(drawn)).to(each.dtype))
    return found


def unlike_gradients(one, other):
    """How two gradients differ, in words; no gradient is the same as zeros."""
    if one is None or other is None:
        if any(numbers(each).any() for each in (one, other) if each is not None):
            yield "none, PyTorch has some" if one is None else "some, PyTorch has none"
        return
    for kind, words in unlike(one, other, "gradients"):
        yield f"{kind} {words}"
