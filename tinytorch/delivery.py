"""How a finished result is written into `out`: who may be written to, in which shape, and that it counts once."""

from tinytorch import dtypes, errors
from tinytorch.evaluate import warn_of_resize
from tinytorch.layout import overlaps_itself
from tinytorch.modes import mode
from tinytorch.tensor import Tensor, count_write


def deliver(name, out, result, words=None):
    """`out` with the values of `result`, as PyTorch's composite functions give it back; `words` refuses another dtype
    than the result's, as `errors.other_dtype` fills them in."""
    check_output(name, out, result, words)
    return written(out, result)


def deliver_all(name, out, results, *words):
    """The tensors of `out` with the values of several results; none is written unless all can be. There may be `words`
    for each that refuse another dtype."""
    if not isinstance(out, (tuple, list)):
        raise TypeError(f"{name}(): argument 'out' must be tuple of Tensors, not {type(out).__name__}")
    if len(out) != len(results):
        raise TypeError(f"expected tuple of {len(results)} elements but got {len(out)}")
    for each, result, refusal in zip(out, results, words or [None] * len(out), strict=True):
        check_output(name, each, result, refusal)
    return tuple([written(each, result) for each, result in zip(out, results, strict=True)])


def check_output(name, out, result, words=None):
    """Refuse an `out` that cannot take a result, before anything is done to it."""
    check_target(name, out, result.requires_grad)
    if out.device is not result.device:
        raise errors.devices_differ(out.device, result.device)
    if words is not None and out.dtype is not result.dtype:
        raise errors.other_dtype(words, result.array.dtype, out.array.dtype)
    if dtypes.category_of[result.array.dtype] > dtypes.category_of[out.array.dtype]:
        raise errors.result_cast(result.array.dtype, out.array.dtype)
    warn_of_resize(out, result.array.shape)


def check_target(name, out, tracked=False):
    """Refuse what is no tensor, and a write that backward would have to know of."""
    if not isinstance(out, Tensor):
        raise TypeError(f"{name.removeprefix('aten::')}(): argument 'out' must be Tensor, not {type(out).__name__}")
    if mode.grad and (tracked or out.requires_grad):
        raise errors.out_needs_grad(name)
    if overlaps_itself(out.array):
        raise RuntimeError(errors.OVERLAP_WITHIN)


def written(out, result):
    """`out` in the shape and with the values of `result`; both together are one change of its version."""
    version = count_write(out)
    if out.array.shape != result.array.shape:
        out.resize_(result.array.shape)
    out.copy_(result)
    out.counter[0] = version + 1
    return out
