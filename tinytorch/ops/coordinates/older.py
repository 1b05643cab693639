"""PyTorch's older names of sparse tensors, such as `torch.sparse.FloatTensor`, and who checks places."""

import warnings

from tinytorch.devices import resolve
from tinytorch.ops.coordinates.making import Checks, empty, sparse_coo_tensor
from tinytorch.ops.coordinates.tensor import Sparse
from tinytorch.ops.legacy import FLOATS, WHOLE
from tinytorch.tensor import Size, Tensor

FORMS = {  # what such a class was given -> how it is told, and where
    "sizes": ("shape, *,", "shape", 664),
    "none": ("", "(0,)", 623),
    "values": ("indices, values, *,", "indices, values", 641),
    "all": ("indices, values, shape, *,", "indices, values, shape", 653),
}
said = set()  # the forms of which it was said that they are deprecated


class SparseType(type):
    """The class of such a name: `isinstance` asks for the dtype and the layout, a call makes a sparse tensor of it."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, Sparse) and instance.dtype is cls.dtype and instance.device.type == "cpu"

    def __call__(cls, *given, device=None):
        return made(cls.dtype, given, device)

    def __repr__(cls):
        return f"<class 'torch.sparse.{cls.__name__}'>"


def made(dtype, given, device):
    """A sparse tensor of places, of values, whatever their dtype, and perhaps of a shape; or zeros of a shape."""
    if given and isinstance(given[0], Tensor):
        if len(given) > 3 or len(given) < 2 or not isinstance(given[1], Tensor):
            raise invalid(given)
        warn("values" if len(given) == 2 else "all")
        size = given[2] if len(given) == 3 else None
        return sparse_coo_tensor(given[0], given[1], size, device=device, check_invariants=False)
    size = given[0] if len(given) == 1 and isinstance(given[0], (Size, tuple, list)) else given
    if not all([type(each) is int for each in size]):
        raise invalid(given)
    warn("sizes" if given else "none")
    return empty(size or (0,), dtype, resolve(device))


def invalid(given):
    """The refusal of what no form has."""
    kinds = [type(each) for each in given]
    plain = [each.__module__ == "builtins" or issubclass(each, Tensor) for each in kinds]
    names = [each.__name__ if short else f"{each.__module__}.{each.__name__}"
             for each, short in zip(kinds, plain, strict=True)]  # fmt: skip
    return TypeError(f"new() received an invalid combination of arguments - got ({', '.join(names)})")


def warn(form):
    """Say once of each form that it is deprecated."""
    if form not in said:
        said.add(form)
        told, asked, line = FORMS[form]
        device = " device=" if told else ""
        asked = f"{asked}, dtype=, device=" if told else f"{asked}, dtype="
        warnings.warn(
            f"torch.sparse.SparseTensor({told}{device}) is deprecated.  Please use torch.sparse_coo_tensor({asked}). "
            f"(Triggered internally at /__w/pytorch/pytorch/torch/csrc/utils/tensor_new.cpp:{line}.)",
            UserWarning,
            stacklevel=4,
        )


CLASSES = {
    f"{each.title}Tensor": SparseType(f"{each.title}Tensor", (), {"dtype": each, "__module__": "torch.sparse"})
    for each in (*FLOATS, *WHOLE)
}


class check_sparse_tensor_invariants:
    """Whether the places and sizes of new sparse tensors are checked, which costs time: `enable()` and `disable()` say
    so for all that follows, a `with` block for what is made in it, a decorator for a function."""

    def __init__(self, enable=True):
        self.enabled, self.before = enable, []

    @staticmethod
    def is_enabled():
        """Whether new sparse tensors are checked."""
        return bool(Checks.enabled)

    @staticmethod
    def enable():
        """Check new sparse tensors from now on."""
        Checks.enabled = True

    @staticmethod
    def disable():
        """Check no new sparse tensors from now on."""
        Checks.enabled = False

    def __enter__(self):
        self.before.append(Checks.enabled)
        Checks.enabled = self.enabled

    def __exit__(self, *exception):
        Checks.enabled = self.before.pop()

    def __call__(self, function):
        import functools

        @functools.wraps(function)
        def checked(*args, **settings):
            with type(self)(self.enabled):
                return function(*args, **settings)

        return checked
