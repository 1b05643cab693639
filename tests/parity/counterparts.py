"""What a value of PyTorch's is under tinytorch: tensors with their memory, dtypes, functions, and samples of them."""

import dataclasses
import functools
import types

import torch

import tinytorch
from tinytorch.nn.modules.module import new_module
from tinytorch.serialization.names import MODULE_HOOKS

MODULES = ("", "Tensor", "nn.functional", "linalg", "fft", "special", "signal.windows", "masked")
NAMED = torch.dtype | torch.layout | torch.memory_format
FUNCTIONS = types.FunctionType | types.BuiltinFunctionType | types.MethodDescriptorType


class NoCounterpartError(Exception):
    """A value that tinytorch has nothing for, such as a dtype or a layout."""


class AbsentError(Exception):
    """A function of PyTorch's whose name tinytorch does not have."""


# Functions


def follow(library, path):
    """The attribute of a library at a dotted path."""
    return functools.reduce(getattr, path.split("."), library)


@functools.cache
def paths():
    """Where PyTorch's public functions stand: the identity of each -> its dotted paths."""
    found = {}
    for module in MODULES:
        room = follow(torch, module) if module else torch
        for name in dir(room):
            each = getattr(room, name, None)
            if callable(each):
                found.setdefault(id(each), []).append(f"{module}.{name}".lstrip("."))
    return found


def counterpart(function, name=""):
    """tinytorch's function in the place of one of PyTorch's; one of the database's own is made again over tinytorch."""
    if isinstance(function, types.FunctionType) and function.__module__.startswith("torch.testing"):
        return made_again(function)
    found = paths().get(id(function), [])
    for path in sorted(found, key=lambda path: path.removeprefix("Tensor.") != name):
        try:
            return follow(tinytorch, path)
        except AttributeError:
            continue
    if found:
        raise AbsentError(name)
    raise NoCounterpartError(f"{function}")


def made_again(function):
    """A Python function of the database with tinytorch in the place of torch."""
    cells = [types.CellType(converted(each.cell_contents, {})) for each in function.__closure__ or ()]
    again = types.FunctionType(
        function.__code__, room_of(function.__module__), function.__name__, function.__defaults__, tuple(cells)
    )
    again.__kwdefaults__ = function.__kwdefaults__
    return again


@functools.cache
def room_of(module):
    """The global names of a module of the database as its functions are to see them."""
    names = dict(vars(__import__(module, fromlist=["torch"])))
    room = dict(names)
    for name, each in names.items():
        if (
            isinstance(each, types.FunctionType)
            and each.__module__.startswith("torch.testing")
            and not each.__closure__
        ):
            room[name] = types.FunctionType(each.__code__, room, name, each.__defaults__)
            room[name].__kwdefaults__ = each.__kwdefaults__
    room.update(torch=tinytorch, wrapper_set_seed=seeded)
    return room


def mask_of(function):
    """A private function of PyTorch's by which the database leaves out what a mask hides, for tinytorch's tensors."""

    def theirs(value):
        return torch.from_numpy(value.detach().numpy().copy()) if isinstance(value, tinytorch.Tensor) else value

    def call(*arguments, **settings):
        settings = {name: theirs(each) for name, each in settings.items()}
        return tinytorch.tensor(function(*[theirs(each) for each in arguments], **settings).numpy())

    return call


tinytorch.masked._output_mask = mask_of(torch.masked._output_mask)
tinytorch.masked._input_mask = mask_of(torch.masked._input_mask)


def seeded(function, *arguments, **settings):
    """A call of tinytorch's after its generator was seeded."""
    tinytorch.manual_seed(42)
    return function(*arguments, **settings)


def seeded_torch(function, *arguments, **settings):
    """A call of PyTorch's after its generator was seeded."""
    torch.default_generator.manual_seed(42)  # torch.manual_seed would write down where it was called
    return function(*arguments, **settings)


# Values


def converted(value, memo):
    """The same value for tinytorch; `memo` holds the tensors, and the memory under them, that were met."""
    if isinstance(value, torch.Tensor):
        if id(value) not in memo:
            memo[id(value)] = tensor_like(value, memo), value  # which lives as long as its identity is asked for
        return memo[id(value)][0]
    if isinstance(value, NAMED):
        return named(value)
    if isinstance(value, torch.device):
        return tinytorch.device(str(value))
    if isinstance(value, torch.Generator):
        return tinytorch.Generator().manual_seed(value.initial_seed())
    if isinstance(value, torch.nn.Module):
        return module_like(value, memo)
    if isinstance(value, torch.nn.LinearCrossEntropyOptions):
        settings = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        return tinytorch.nn.LinearCrossEntropyOptions(**converted(settings, memo))
    if isinstance(value, slice):
        return slice(*[converted(each, memo) for each in (value.start, value.stop, value.step)])
    if isinstance(value, list | tuple):
        parts = [converted(each, memo) for each in value]
        return parts if isinstance(value, list) else type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, dict):
        return {key: converted(each, memo) for key, each in value.items()}
    if isinstance(value, FUNCTIONS) and ((value.__module__ or "").startswith("torch") or id(value) in paths()):
        return counterpart(value)
    return value


def module_like(module, memo):
    """A module of tinytorch's with the same settings, parameters, buffers and modules."""
    made = new_module(f"{type(module).__module__}:{type(module).__qualname__}")
    made.__dict__.update(
        {name: converted(each, memo) for name, each in vars(module).items() if name not in MODULE_HOOKS}
    )
    for name, each in made._parameters.items():
        made._parameters[name] = None if each is None else tinytorch.nn.Parameter(each)
    return made


def named(value):
    """The dtype, layout or memory format of the same name."""
    name = str(value).removeprefix("torch.")
    if not hasattr(tinytorch, name):
        raise NoCounterpartError(name)
    return getattr(tinytorch, name)


def tensor_like(value, memo):
    """A leaf of tinytorch's that shows the same region of the same memory; tensors that share memory share it here."""
    if value.layout is not torch.strided or value.is_quantized:
        raise NoCounterpartError(str(value.layout))
    if value.dim() > 64:
        raise NoCounterpartError("more than 64 dimensions")
    dtype = named(value.dtype)
    if value.device.type == "meta":
        return tinytorch.empty_strided(tuple(value.shape), value.stride(), dtype=dtype, device="meta")
    plain = value.detach()
    plain = plain.resolve_conj().resolve_neg() if plain.is_conj() or plain.is_neg() else plain
    storage = plain.untyped_storage()
    place = (storage.data_ptr() if storage.nbytes() else id(value), value.dtype)
    if place not in memo:
        memory = plain.as_strided((storage.nbytes() // plain.element_size(),), (1,), 0).clone()
        halves = value.dtype is torch.bfloat16
        whole = tinytorch.from_numpy((memory.view(torch.int16) if halves else memory).numpy()).clone()
        memo[place] = whole.view(dtype) if halves else whole, plain
    offset = plain.storage_offset() if plain.numel() else 0
    found = memo[place][0].as_strided(tuple(plain.shape), plain.stride(), offset).detach()
    return found.requires_grad_() if value.requires_grad else found


class Pair:
    """A sample for both libraries: its arguments, settings, and what its result is to go through before backward."""

    def __init__(self, sample):
        self.sample, self.missing, self.process = sample, "", None
        self.their_settings = dict(sample.kwargs)
        process = sample.output_process_fn_grad
        trivial = getattr(process, "__qualname__", "").startswith("SampleInput.__init__")
        self.their_process = None if trivial else process
        memo = {}
        try:
            self.converted = converted([sample.input, *sample.args], memo)
            self.our_settings = converted(self.their_settings, memo)
            self.process = None if trivial else converted(process, memo)
        except (NoCounterpartError, AbsentError) as missing:
            self.missing = f"no counterpart of {missing}"

    def theirs(self):
        return [self.sample.input, *self.sample.args]

    def ours(self):
        return list(self.converted)


def shown(sample):
    """A sample in a line: shapes for tensors."""
    parts = [brief(each) for each in (sample.input, *sample.args)]
    return f"({', '.join([*parts, *[f'{name}={brief(each)}' for name, each in sample.kwargs.items()]])})"


def brief(value):
    """An argument in a few letters: dtype, if it is not the usual one, shape, and strides, if they are not."""
    if isinstance(value, torch.Tensor):
        name = "" if value.dtype in (torch.float64, torch.float32) else str(value.dtype)[6:]
        return f"{name}{list(value.shape)}" + ("" if value.is_contiguous() else f"/{value.stride()}")
    if isinstance(value, list | tuple):
        return f"[{', '.join([brief(each) for each in value])}]"
    return repr(value)[:60]
