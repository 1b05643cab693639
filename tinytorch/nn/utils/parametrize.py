"""Parameters that are functions of others: what is learned is the argument, what a module computes with the value."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from types import SimpleNamespace
from typing import TypeVar

from tinytorch.modes import no_grad
from tinytorch.nn.modules.container import ModuleDict, ModuleList
from tinytorch.nn.modules.module import Module
from tinytorch.nn.parameter import Parameter
from tinytorch.tensor import Tensor

Layer = TypeVar("Layer", bound=Module)
cache = SimpleNamespace(blocks=0, values={})  # how many `cached` blocks run, and the values of (module, name) in them
MAY_NOT = "Registering a parametrization may not change the {} of the tensor, unless {}`unsafe` flag is enabled."
MUST_RETURN = "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got"


@contextmanager
def cached() -> Iterator[None]:
    """While the block runs, each parametrized tensor is computed once."""
    cache.blocks += 1
    try:
        yield
    finally:
        cache.blocks -= 1
        if not cache.blocks:
            cache.values = {}


class ParametrizationList(ModuleList):
    """The modules that a tensor goes through, one after the other, and the tensor or tensors that it is made of.

    These are called `original`, or `original0` and so on where `right_inverse` of the first gives several. A ValueError
    for what gives no tensor, or unless `unsafe` one of another shape or dtype.
    """

    def __init__(self, modules: Sequence[Module], original: Tensor | Parameter, unsafe: bool = False) -> None:
        if len(modules) == 0:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype, new = original.shape, original.dtype, self._inverted(original)
        if not isinstance(new, Tensor | Sequence):
            raise ValueError(f"{MUST_RETURN} {type(new).__name__}")
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if self.is_tensor else len(new)
        if self.is_tensor:
            check_inverse(original, new)
            original.data = new.data
            register(self, "original", original)
        else:
            for place, each in enumerate(new):
                if not isinstance(each, Tensor):
                    raise ValueError(f"{MUST_RETURN} element {place} of the sequence with type {type(each).__name__}.")
                learned = isinstance(original, Parameter)
                each = Parameter(each, original.requires_grad) if learned else each
                register(self, f"original{place}", each.requires_grad_(original.requires_grad))
        if not unsafe:
            start = (
                "Registering a parametrization may not change the {} of the tensor, unless `unsafe` flag is enabled."
            )
            check_value(self(), dtype, shape, start, "unparametrized {0}", "parametrized {0}")

    @no_grad()
    def _inverted(self, new):
        """What the tensor is made of, where the modules can say so."""
        for module in reversed(list(self)):
            if hasattr(module, "right_inverse"):
                with suppress(NotImplementedError):
                    new = module.right_inverse(new)
        return new

    @no_grad()
    def right_inverse(self, value: Tensor) -> None:
        """Set what the tensor is made of so that its value is this one; a RuntimeError if a module cannot say how."""
        for module in reversed(list(self)):
            if not hasattr(module, "right_inverse"):
                raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
            value = module.right_inverse(value)
        if self.is_tensor:
            if not isinstance(value, Tensor):
                raise ValueError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
            if value.dtype != self.original.dtype:
                raise ValueError(
                    f"The tensor returned by `right_inverse` has dtype {value.dtype} while `original` has dtype "
                    f"{self.original.dtype}"
                )
            self.original.data = value.data
            return
        if not isinstance(value, Sequence):
            raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(value).__name__}.")
        if len(value) != self.ntensors:
            raise ValueError(
                f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence of "
                f"length {len(value)}."
            )
        for place, each in enumerate(value):
            own = getattr(self, f"original{place}")
            if own.dtype != each.dtype:
                raise ValueError(
                    f"Tensor {place} returned by `right_inverse` has dtype {each.dtype} while `original{place}` has "
                    f"dtype {own.dtype}"
                )
            own.data = each.data

    def forward(self) -> Tensor:
        first, *others = self
        several = [getattr(self, f"original{place}") for place in range(self.ntensors)] if not self.is_tensor else []
        value = first(self.original) if self.is_tensor else first(*several)
        for module in others:
            value = module(value)
        return value


def register_parametrization(
    module: Layer, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Layer:
    """The module, with a parameter or buffer that is what `parametrization` makes of it, computed when it is asked for.

    Assigning to it goes through `right_inverse` of the parametrization, if there is one. A ValueError for a name that
    is not there, or unless `unsafe` a value of another shape or dtype.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            check_addition(module, tensor_name, parametrization)
        module.parametrizations[tensor_name].append(parametrization)
        module.parametrizations[tensor_name].unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        made = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            members = {"__getstate__": not_pickled, "__deepcopy__": copied}
            module.__class__ = type(f"Parametrized{type(module).__name__}", (type(module),), members)
            module.parametrizations = ModuleDict()
        setattr(type(module), tensor_name, computed(tensor_name))
        module.parametrizations[tensor_name] = made
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a module has a parametrized tensor, or one of this name."""
    found = getattr(module, "parametrizations", None)
    if not isinstance(found, ModuleDict):
        return False
    return len(found) > 0 if tensor_name is None else tensor_name in found


def remove_parametrizations(module: Layer, tensor_name: str, leave_parametrized: bool = True) -> Layer:
    """The module with a plain parameter or buffer again, of the value it had, or if told so of what it was made of.

    A ValueError for a name that is not parametrized, and for several tensors as one.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    parts = module.parametrizations[tensor_name]
    if parts.is_tensor:
        original = parts.original
        if leave_parametrized:
            with no_grad():
                original.data = getattr(module, tensor_name).data
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        original = Parameter(value) if value.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    register(module, tensor_name, original)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def transfer_parametrizations_and_params(
    from_module: Module, to_module: Module, tensor_name: str | None = None
) -> Module:
    """Give a module the parametrizations of another, of one tensor or of all, with what they are computed from.

    What the module has not is made. It is returned.
    """
    if not is_parametrized(from_module):
        return to_module
    for name in from_module.parametrizations if tensor_name is None else [tensor_name]:
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name)))
        given = from_module.parametrizations[name]
        for parametrization in given:
            register_parametrization(to_module, name, parametrization)
        for original in [each for each in given._parameters if each.startswith("original")]:
            setattr(to_module.parametrizations[name], original, getattr(given, original))
    return to_module


def type_before_parametrizations(module: Module) -> type:
    """The class of a module without its parametrized tensors."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def computed(name):
    """The property of a parametrized tensor."""

    def value(self):
        parametrization = self.parametrizations[name]
        if not cache.blocks:
            return parametrization()
        key = id(self), name
        if key not in cache.values:
            cache.values[key] = parametrization()
        return cache.values[key]

    return property(value, lambda self, new: self.parametrizations[name].right_inverse(new))


def register(module, name, tensor):
    """Register a parameter or a buffer."""
    (module.register_parameter if isinstance(tensor, Parameter) else module.register_buffer)(name, tensor)


def copied(self, memo):
    """A copy of a parametrized module, of the same class."""
    if id(self) not in memo:
        memo[id(self)] = made = type(self).__new__(type(self))
        made.__dict__.update(deepcopy(self.__dict__, memo))
    return memo[id(self)]


def not_pickled(self):
    """Refuse to be pickled, as the class has no name to be found by."""
    raise RuntimeError(
        "Serialization of parametrized modules is only supported through state_dict(). See:\n"
        "https://pytorch.org/tutorials/beginner/saving_loading_models.html"
        "#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training"
    )


def check_inverse(original, new):
    """Refuse an inverse of another dtype or on another device."""
    for name in ("dtype", "device"):
        one, other = getattr(original, name), getattr(new, name)
        if one != other:
            raise ValueError(
                f"When `right_inverse` outputs one tensor, it may not change the {name}.\n"
                f"original.{name}: {one}\nright_inverse(original).{name}: {other}"
            )


def check_value(value, dtype, shape, start, one, other):
    """Refuse what is no tensor of this dtype and shape."""
    if not isinstance(value, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(value).__name__}.")
    for name, wanted in (("dtype", dtype), ("shape", shape)):
        found = getattr(value, name)
        if found != wanted:
            lines = f"{one.format(name)}: {wanted}\n{other.format(name)}: {found}"
            raise ValueError(f"{start.format(name)}\n{lines}")


def check_addition(module, name, parametrization):
    """Refuse one more parametrization that changes shape or dtype, there or back."""
    now = getattr(module, name)
    value = parametrization(now)
    start, own = MAY_NOT.format("{}", "the "), f"module.{name}.{{0}}"
    check_value(value, now.dtype, now.shape, start, own, f"parametrization(module.{name}).{{0}}")
    if not hasattr(parametrization, "right_inverse"):
        return
    try:
        back = parametrization.right_inverse(value)
    except NotImplementedError:
        return
    if not isinstance(back, Tensor):
        raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}")
    start = (
        f"The tensor returned by parametrization.right_inverse must have the same {{}} as module.{name}, unless the "
        "`unsafe` flag is enabled."
    )
    check_value(back, now.dtype, now.shape, start, own, "returned {0}")


for each in (
    cached, register_parametrization, is_parametrized, remove_parametrizations, transfer_parametrizations_and_params,
    type_before_parametrizations,
):  # fmt: skip
    each.__module__ = "torch.nn.utils.parametrize"
