"""Methods of pruning: which elements or channels of a parameter become zero, and how a module keeps to that."""

import numbers
from abc import ABC, abstractmethod

from tinytorch.formats import contiguous_format
from tinytorch.ops.create import ones_like, zeros_like
from tinytorch.ops.norms import norm
from tinytorch.ops.random import rand, rand_like
from tinytorch.ops.sort import kthvalue, topk


class BasePruningMethod(ABC):
    """What methods of pruning share; a subclass says in `compute_mask` what is pruned, and has a `PRUNING_TYPE`.

    That is "unstructured" for single elements, "structured" for channels along a `dim`, or "global". `apply` puts the
    method on a parameter, whose values stay as `name_orig`, beside the buffer `name_mask`.
    """

    _tensor_name: str

    def __reduce_ex__(self, protocol):
        if type(self).__module__ != "torch.nn.utils.prune":
            return super().__reduce_ex__(protocol)
        return new_method, (type(self).__name__,), self.__dict__

    def __call__(self, module, inputs):
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abstractmethod
    def compute_mask(self, t, default_mask):
        """The mask for scores `t`, which keeps to what `default_mask` has pruned already."""

    def apply_mask(self, module):
        """The parameter times its mask; an AssertionError if nothing was pruned."""
        if self._tensor_name is None:
            raise AssertionError(f"Module {module} has to be pruned")
        mask = getattr(module, self._tensor_name + "_mask")
        orig = getattr(module, self._tensor_name + "_orig")
        return mask.to(dtype=orig.dtype) * orig

    @classmethod
    def apply(cls, module, name, *args, importance_scores=None, **kwargs):
        """Prune a parameter from now on, on top of what was pruned before; the method is returned.

        The scores decide in the place of the parameter; an AssertionError if they have another shape.
        """
        method = combined(module, name, cls(*args, **kwargs))
        orig = getattr(module, name)
        if importance_scores is None:
            importance_scores = orig
        elif importance_scores.shape != orig.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as parameter {name} of {module}, got "
                f"{importance_scores.shape} vs {orig.shape}"
            )
        first = not isinstance(method, PruningContainer)
        if first:
            module.register_parameter(name + "_orig", orig)
            del module._parameters[name]
            default_mask = ones_like(orig)
        else:
            default_mask = getattr(module, name + "_mask").detach().clone(memory_format=contiguous_format)
        try:
            module.register_buffer(name + "_mask", method.compute_mask(importance_scores, default_mask=default_mask))
            setattr(module, name, method.apply_mask(module))
            module.register_forward_pre_hook(method)
        except Exception:  # whatever it is, the parameter comes back
            if first:
                module.register_parameter(name, getattr(module, name + "_orig"))
                del module._parameters[name + "_orig"]
            raise
        return method

    def prune(self, t, default_mask=None, importance_scores=None):
        """A tensor times the mask for it; an AssertionError for scores of another shape."""
        if importance_scores is None:
            importance_scores = t
        elif importance_scores.shape != t.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as tensor t, got {importance_scores.shape} vs {t.shape}"
            )
        default_mask = ones_like(t) if default_mask is None else default_mask
        return t * self.compute_mask(importance_scores, default_mask=default_mask)

    def remove(self, module) -> None:
        """Make the pruned values those of the parameter; an AssertionError if nothing was pruned."""
        if self._tensor_name is None:
            raise AssertionError(f"Module {module} has to be pruned before pruning can be removed")
        name = self._tensor_name
        weight = self.apply_mask(module)
        if hasattr(module, name):
            delattr(module, name)
        orig = module._parameters[name + "_orig"]
        orig.data = weight.data
        del module._parameters[name + "_orig"]
        del module._buffers[name + "_mask"]
        setattr(module, name, orig)


def hooks_of(module):
    """The hooks before forward, by number."""
    return module._hooks_of("forward_pre") if module._hooks is not None else {}


def prunes(hook, name):
    """Whether a hook is a method of pruning for the parameter of this name."""
    return isinstance(hook, BasePruningMethod) and hook._tensor_name == name


def combined(module, name, method):
    """A new method for a parameter, in a container behind those that are there; these are no hooks any longer."""
    hooks = hooks_of(module)
    found = [number for number, hook in hooks.items() if prunes(hook, name)]
    if len(found) > 1:
        raise AssertionError(
            f"Avoid adding multiple pruning hooks to the same tensor {name} of module {module}. Use a PruningContainer."
        )
    method._tensor_name = name
    if not found:
        return method
    before = hooks.pop(found[0])
    container = before if isinstance(before, PruningContainer) else PruningContainer(before)
    container.add_pruning_method(method)
    return container


def new_method(name):
    """An empty method of a class of ours, for pickle."""
    cls = globals()[name]
    return cls.__new__(cls)


class PruningContainer(BasePruningMethod):
    """Methods for one parameter, one after the other; each prunes what those before have left."""

    def __init__(self, *args) -> None:
        self._pruning_methods: tuple[BasePruningMethod, ...] = ()
        if len(args) == 1:
            self._tensor_name = args[0]._tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method) -> None:
        """Add a method; a TypeError if it is none, a ValueError if it is for another parameter."""
        if not isinstance(method, BasePruningMethod) and method is not None:
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if method is not None and self._tensor_name != method._tensor_name:
            raise ValueError(
                f"Can only add pruning methods acting on the parameter named '{self._tensor_name}' to "
                f"PruningContainer {self}. Found '{method._tensor_name}'"
            )
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self):
        return iter(self._pruning_methods)

    def __getitem__(self, idx):
        return self._pruning_methods[idx]

    def compute_mask(self, t, default_mask):
        """The mask before, and in the part that it left what the last method prunes there."""
        method = self._pruning_methods[-1]
        mask = default_mask.to(dtype=t.dtype)
        part = what_is_left(method, t, default_mask)
        mask[part] = method.compute_mask(t[part], default_mask=default_mask[part]).to(dtype=mask.dtype)
        return mask


def what_is_left(method, t, mask):
    """The elements or channels that a mask leaves for a method, as an index."""
    if method.PRUNING_TYPE == "unstructured":
        return mask == 1
    part = [slice(None)] * t.dim()
    if method.PRUNING_TYPE == "structured":
        if not hasattr(method, "dim"):
            raise AttributeError(
                'Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` defined.'
            )
        dim = method.dim if method.dim >= 0 else t.dim() + method.dim
        if dim < 0:
            raise IndexError(f"Index is out of bounds for tensor with dimensions {t.dim()}")
        part[dim] = mask.sum(dim=[each for each in range(t.dim()) if each != dim]) != 0
    elif method.PRUNING_TYPE != "global":
        raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")
    return tuple(part)


class Identity(BasePruningMethod):
    """Prunes nothing: the mask is of ones."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t, default_mask):
        """The mask before."""
        return default_mask

    @classmethod
    def apply(cls, module, name):
        """Put the method on a parameter."""
        return super().apply(module, name)


class RandomUnstructured(BasePruningMethod):
    """Prunes elements at random: `amount` of them, or if it is a float this share."""

    PRUNING_TYPE = "unstructured"

    def __init__(self, amount) -> None:
        check_amount(amount)
        self.amount = amount

    def compute_mask(self, t, default_mask):
        """The mask before, with zeros at random places."""
        count = counted(self.amount, t.nelement())
        mask = default_mask.clone(memory_format=contiguous_format)
        if count != 0:
            mask.view(-1)[topk(rand_like(t).view(-1), k=count).indices] = 0
        return mask

    @classmethod
    def apply(cls, module, name, amount):
        """Put the method on a parameter."""
        return super().apply(module, name, amount=amount)


class L1Unstructured(BasePruningMethod):
    """Prunes the smallest elements: `amount` of them, or if it is a float this share."""

    PRUNING_TYPE = "unstructured"

    def __init__(self, amount) -> None:
        check_amount(amount)
        self.amount = amount

    def compute_mask(self, t, default_mask):
        """The mask before, with zeros where the scores are smallest."""
        count = counted(self.amount, t.nelement())
        mask = default_mask.clone(memory_format=contiguous_format)
        if count != 0:
            mask.view(-1)[topk(t.abs().view(-1), k=count, largest=False).indices] = 0
        return mask

    @classmethod
    def apply(cls, module, name, amount, importance_scores=None):
        """Put the method on a parameter."""
        return super().apply(module, name, amount=amount, importance_scores=importance_scores)


class RandomStructured(BasePruningMethod):
    """Prunes channels along `dim` at random: `amount` of them, or if it is a float this share."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount, dim=-1) -> None:
        check_amount(amount)
        self.amount = amount
        self.dim = dim

    def compute_mask(self, t, default_mask):
        """The mask before, with zeros in random channels; an IndexError for a `dim` that is not there."""
        channels = check_channels(t, self.dim)
        count = counted(self.amount, channels)
        if count == 0:
            return default_mask
        scores = rand(channels)
        return channels_kept(t, self.dim, scores > kthvalue(scores, k=count).values, default_mask)

    @classmethod
    def apply(cls, module, name, amount, dim=-1):
        """Put the method on a parameter."""
        return super().apply(module, name, amount=amount, dim=dim)


class LnStructured(BasePruningMethod):
    """Prunes the channels along `dim` of the smallest `n`-norm: `amount` of them, or if it is a float this share."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount, n, dim=-1) -> None:
        check_amount(amount)
        self.amount = amount
        self.n = n
        self.dim = dim

    def compute_mask(self, t, default_mask):
        """The mask before, with zeros in the smallest channels; an IndexError for a `dim` that is not there."""
        channels = check_channels(t, self.dim)
        count = counted(self.amount, channels)
        dims = list(range(t.dim()))
        dims.remove(dims[self.dim])
        sizes = norm(t, p=self.n, dim=dims)
        kept = topk(sizes, k=channels - count, largest=True).indices
        return default_mask if count == 0 else channels_kept(t, self.dim, kept, default_mask)

    @classmethod
    def apply(cls, module, name, amount, n, dim, importance_scores=None):
        """Put the method on a parameter."""
        return super().apply(module, name, amount=amount, n=n, dim=dim, importance_scores=importance_scores)


class CustomFromMask(BasePruningMethod):
    """Prunes by a mask that is given."""

    PRUNING_TYPE = "global"

    def __init__(self, mask) -> None:
        self.mask = mask

    def compute_mask(self, t, default_mask):
        """The mask before times the given one; an AssertionError if their shapes differ."""
        if default_mask.shape != self.mask.shape:
            raise AssertionError(
                f"default_mask shape {default_mask.shape} must match self.mask shape {self.mask.shape}"
            )
        return default_mask * self.mask.to(dtype=default_mask.dtype)

    @classmethod
    def apply(cls, module, name, mask):
        """Put the method on a parameter."""
        return super().apply(module, name, mask=mask)


def channels_kept(t, dim, kept, default_mask):
    """A mask with ones in those channels along a dimension that are kept, times the mask before."""
    mask = zeros_like(t)
    part = [slice(None)] * t.dim()
    part[dim] = kept
    mask[tuple(part)] = 1
    mask *= default_mask.to(dtype=mask.dtype)
    return mask


def check_channels(t, dim):
    """How many channels there are along a dimension; an error where there are none."""
    if t.dim() <= 1:
        raise ValueError(
            "Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
            f"{t.shape} with {t.dim()} dims"
        )
    if dim >= t.dim():
        raise IndexError(f"Invalid index {dim} for tensor of size {t.shape}")
    return t.shape[dim]


def check_amount(amount):
    """Refuse what is no number of elements and no share of them."""
    if not isinstance(amount, numbers.Real):
        raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
    whole = isinstance(amount, numbers.Integral)
    if amount < 0 or (not whole and float(amount) > 1.0):
        raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")


def counted(amount, size):
    """How many of so many an amount is; a ValueError if there are fewer."""
    count = amount if isinstance(amount, numbers.Integral) else round(amount * size)
    if count > size:
        raise ValueError(f"amount={count} should be smaller than the number of parameters to prune={size}")
    return count


for each in (
    BasePruningMethod, PruningContainer, Identity, RandomUnstructured, L1Unstructured, RandomStructured, LnStructured,
    CustomFromMask,
):  # fmt: skip
    each.__module__ = "torch.nn.utils.prune"
