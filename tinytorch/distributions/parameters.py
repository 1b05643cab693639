"""How parameters are given: numbers beside tensors, probabilities or their logits, and what follows from them later."""

import functools

from tinytorch import dtypes
from tinytorch.modes import enable_grad
from tinytorch.ops.create import empty
from tinytorch.ops.join import broadcast_tensors
from tinytorch.ops.ranges import arange
from tinytorch.ops.values import tensor
from tinytorch.tensor import Size, Tensor

euler_constant = 0.57721566490153286060
NEITHER = "Either `probs` or `logits` must be specified, but not both."


def is_number(value):
    """Whether a parameter is a Python number."""
    return isinstance(value, int | float)


def is_tensor_like(value):
    """Whether a parameter is a tensor, or takes part in operations as one."""
    return isinstance(value, Tensor) or hasattr(type(value), "__torch_function__")


def broadcast_all(*values):
    """Parameters as tensors of one shape; numbers get the dtype and the device of the first tensor, if there is one."""
    if not all([is_tensor_like(each) or is_number(each) for each in values]):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__."
        )
    beside = next((each for each in values if isinstance(each, Tensor)), None)
    options = {} if beside is None else {"dtype": beside.dtype, "device": beside.device}
    options.setdefault("dtype", dtypes.get_default_dtype())
    return broadcast_tensors(*[each if is_tensor_like(each) else tensor(each, **options) for each in values])


def one_of(probs, logits):
    """The name of the one that is given, and its value; a ValueError for none or both."""
    if (probs is None) == (logits is None):
        raise ValueError(NEITHER)
    return ("logits", logits) if probs is None else ("probs", probs)


def logits_to_probs(logits, is_binary=False):
    """Probabilities from their logits: by the sigmoid if each stands for itself, else by softmax along the last."""
    return logits.sigmoid() if is_binary else logits.softmax(dim=-1)


def clamp_probs(probs):
    """Probabilities no nearer to 0 and 1 than the dtype's epsilon."""
    eps = dtypes.finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs, is_binary=False):
    """Logits of probabilities, which are kept away from 0 and 1: log(p / (1 - p)) or, of a whole, log(p)."""
    clamped = clamp_probs(probs)
    return clamped.log() - (-clamped).log1p() if is_binary else clamped.log()


class lazy_property:
    """A property that is computed at its first use, with a history, and is an attribute from then on."""

    def __init__(self, wrapped):
        self.wrapped = wrapped
        functools.update_wrapper(self, wrapped)

    def __get__(self, instance, obj_type=None):
        if instance is None:
            return lazy_property_of_class(self.wrapped)
        with enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


class lazy_property_of_class(lazy_property, property):
    """What the class itself shows: a property, as documentation tools expect one."""

    def __init__(self, wrapped):
        property.__init__(self, wrapped)


class Probability:
    """Of distributions of a probability: `probs` or `logits` is given, and the other follows."""

    @lazy_property
    def logits(self):
        """log(probs / (1 - probs))."""
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self):
        """1 / (1 + exp(-logits))."""
        return logits_to_probs(self.logits, is_binary=True)

    @property
    def param_shape(self):
        """The shape of the parameter that was given."""
        return self._param.size()

    def _new(self, *args, **kwargs):
        return self._param.new(*args, **kwargs)


def standard_normal(shape, dtype, device):
    """Numbers of the standard normal distribution."""
    return empty(shape, dtype=dtype, device=device).normal_()


def sum_rightmost(value, dim):
    """The sum over the last `dim` dimensions."""
    return value if dim == 0 else value.reshape((*value.shape[:-dim], -1)).sum(-1)


def lower_triangle(n, diag, device):
    """Where a matrix of n rows has its lower triangle, up to a diagonal."""
    place = arange(n, device=device)
    return place < place.view(-1, 1) + (diag + 1)


def tril_matrix_to_vec(mat, diag=0):
    """The lower triangle of matrices, up to a diagonal, row after row along the last dimension."""
    n = mat.shape[-1]
    if diag < -n or diag >= n:
        raise ValueError(f"diag ({diag}) provided is outside [{-n}, {n - 1}].")
    return mat[..., lower_triangle(n, diag, mat.device)]


def vec_to_tril_matrix(vec, diag=0):
    """The matrices whose lower triangle stands along the last dimension; a ValueError for a length without one."""
    size = vec.shape[-1]
    # of n rows with n (n + 1) / 2 elements and, for each further diagonal, one less or more
    n = (-(1 + 2 * diag) + ((1 + 2 * diag) ** 2 + 8 * size + 4 * abs(diag) * (diag + 1)) ** 0.5) / 2
    if round(n) - n > dtypes.finfo(vec.dtype).eps:
        raise ValueError(
            f"The size of last dimension is {size} which cannot be expressed as "
            "the lower triangular part of a square D x D matrix."
        )
    n = round(n)
    mat = vec.new_zeros(vec.shape[:-1] + Size((n, n)))
    mat[..., lower_triangle(n, diag, vec.device)] = vec
    return mat
