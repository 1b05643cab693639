"""In-place forms that call a Python function for each element, one after the other."""

from tinytorch import errors
from tinytorch.ops.values import tensor
from tinytorch.tensor import Tensor


def apply_(self, callable):
    """Each element replaced by callable(element); a RuntimeError where a gradient is wanted."""
    return replaced(self, "apply_", callable, ())


def map_(self, other, callable):
    """Each element replaced by callable(element, its partner in other), which is expanded to the tensor's shape."""
    need_like("map_", self, {"other": other}, "'other'")
    return replaced(self, "map_", callable, (other,))


def map2_(self, x, y, callable):
    """Each element replaced by callable(element, its partner in x, its partner in y)."""
    need_like("map2_", self, {"x": x, "y": y}, "argument '{}'")
    return replaced(self, "map2_", callable, (x, y))


def need_like(name, self, others, words):
    """Refuse partners that are no tensors, or of another dtype or device."""
    for place, (parameter, other) in enumerate(others.items(), 1):
        if not isinstance(other, Tensor):
            raise errors.not_a_tensor(name, parameter, place, other)
        if (other.dtype, other.device) != (self.dtype, self.device):
            raise TypeError(f"{name}: expected {self.type()} for {words.format(parameter)} (got {other.type()})")


def replaced(self, name, callable, others):
    """The tensor with the values that a function makes of its own and of those of others."""
    if any(each.requires_grad for each in (self, *others)):
        raise RuntimeError(f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead.")
    if self.device.type == "meta":
        return self
    columns = [each.expand(self.shape).reshape(-1).tolist() for each in (self, *others)]
    made = [callable(*values) for values in zip(*columns, strict=True)]  # the function is Python's
    return self.copy_(tensor(made, dtype=self.dtype).reshape(self.shape))


Tensor.apply_, Tensor.map_, Tensor.map2_ = apply_, map_, map2_
