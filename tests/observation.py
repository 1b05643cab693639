"""What one call of an operation shows, under tinytorch and under PyTorch alike: values, gradients, node, or refusal."""

import functools
import math
import operator

import numpy

from tests.samples import Input, Named, Sample

DTYPES = ("float32", "float64", "int64", "int32", "uint8", "bool", "float16", "bfloat16", "complex64", "complex128")
ALL = (
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "complex64",
    "complex128",
)
NUMBERS = (True, 3, 1.5, 1.5j)
REFUSALS = (RuntimeError, TypeError, ValueError, IndexError, AssertionError)  # all that either library raises


@functools.cache
def values(shape, low, high, dtype, seed):
    """Distinct numbers between low and high in a fixed order, exact in every dtype, 0 not among the real ones."""
    count = math.prod(shape)
    grid = numpy.round((low + (numpy.arange(count) + 0.4) / max(count, 1) * (high - low)) * 64) / 64
    chance = numpy.random.RandomState(seed)
    grid = grid[chance.permutation(count)]
    if dtype == "bool":
        return [bool(each > (low + high) / 2) for each in grid]
    if dtype == "uint8":
        return [abs(math.ceil(each * 2.5)) for each in grid]
    if dtype.startswith("int"):
        return [math.ceil(each * 2.5) for each in grid]
    if dtype.startswith("complex"):
        return [complex(*parts) for parts in zip(grid, grid[chance.permutation(count)], strict=True)]
    return [float(each) for each in grid]


def leaf_shape(input):
    """The shape of the tensor whose view has the input's layout."""
    shape = input.shape
    if input.layout == "transposed":
        return (*shape[:-2], shape[-1], shape[-2])
    if input.layout == "expanded":
        return (1, *shape[1:])
    return (*shape[:-1], 2 * shape[-1]) if input.layout == "stepped" else shape


def laid_out(leaf, input):
    """The view of a leaf that has the input's layout."""
    if input.layout == "transposed":
        return leaf.transpose(-1, -2)
    if input.layout == "expanded":
        return leaf.expand(input.shape)
    return leaf[..., ::2] if input.layout == "stepped" else leaf


def inputs_of(arguments):
    """The inputs among arguments, those of lists included, in order."""
    for each in arguments:
        if isinstance(each, Input):
            yield each
        elif isinstance(each, list | tuple):
            yield from inputs_of(each)


class Call:
    """One sample under one library: its leaves, and the call as a function of them."""

    def __init__(self, library, row, name, sample, dtypes, device=None):
        self.library, self.row, self.name, self.sample, self.device = library, row, name, sample, device
        self.inputs = list(inputs_of((*sample.arguments, *sample.settings.values())))
        self.dtypes = []
        free = iter(dtypes)
        dtype = dtypes[0]
        for each in self.inputs:
            dtype = dtype if each.dtype else next(free, dtype)
            self.dtypes.append(each.dtype or dtype)
        self.leaves = [
            self.made(each, dtype, seed)
            for seed, (each, dtype) in enumerate(zip(self.inputs, self.dtypes, strict=True))
        ]

    def made(self, input, dtype, seed):
        shape = leaf_shape(input)
        numbers = list(input.values) if input.values is not None else values(shape, input.low, input.high, dtype, seed)
        return self.tensor(numbers, dtype, shape)

    def tensor(self, numbers, dtype, shape):
        return (
            self.library.tensor(numbers, dtype=getattr(self.library, dtype), device=self.device).reshape(shape).detach()
        )

    def require_grad(self):
        """Ask for the gradients of all leaves that can have one."""
        for each, input in zip(self.leaves, self.inputs, strict=True):
            if input.grad and (each.dtype.is_floating_point or each.dtype.is_complex):
                each.requires_grad_()
        return [each for each in self.leaves if each.requires_grad]

    def arguments(self, leaves):
        """Positional and named arguments, with views of `leaves` in the layouts of the inputs."""
        tensors = iter([laid_out(leaf, input) for leaf, input in zip(leaves, self.inputs, strict=True)])
        positional = [self.filled(each, tensors) for each in self.sample.arguments]
        named = {name: self.filled(each, tensors) for name, each in self.sample.settings.items()}
        if self.device is not None and self.row.makes:
            named["device"] = self.device
        return positional, named

    def filled(self, value, tensors):
        if isinstance(value, Input):
            return next(tensors)
        if isinstance(value, Named):
            return getattr(self.library, value.name)
        if isinstance(value, list) or (isinstance(value, tuple) and any(isinstance(each, Input) for each in value)):
            return type(value)([self.filled(each, tensors) for each in value])
        return value

    def __call__(self, *leaves):
        """What the operation gives, as a list of tensors."""
        if self.row.random:
            self.library.manual_seed(7)
        positional, named = self.arguments(leaves or self.leaves)
        if self.row.in_place_only:
            found = getattr(positional[0].clone(), f"{self.name}_")(*positional[1:], **named)
        else:
            found = self.function()(*positional, **named)
        return list(found) if isinstance(found, tuple | list) else [found]

    def function(self):
        return function_of(self.library, self.row, self.name)

    def in_place(self, leaves):
        """What the in-place form makes of a copy of its first argument, which has the same layout."""
        if self.row.random:
            self.library.manual_seed(7)
        copied = [leaves[0].clone(), *leaves[1:]]
        positional, named = self.arguments(copied)
        return positional[0], getattr(positional[0], f"{self.name}_"), positional[1:], named


def exists(library, row, name):
    """Whether a library has what a row runs."""
    try:
        return function_of(library, row, name) is not None
    except (LookupError, AttributeError):
        return False


def function_of(library, row, name):
    """A library's function of this name, where users find it; else the operation, or what the row says."""
    if row.program is not None:
        return functools.partial(row.program, library)
    own = library.__name__ == "tinytorch"
    if row.oracle is not None and not own:
        return functools.partial(row.oracle, library)
    if "." in name:  # in a room of its own: linalg.norm is not torch.norm
        return operator.attrgetter(name)(library)
    places = [library.nn.functional, library, library.Tensor]
    places += [] if own else [library.linalg, library.fft, library.special, library.ops.aten]
    for place in places:
        if callable(getattr(place, name, None)) and (place is not library.Tensor or not (own and name in registered())):
            return getattr(place, name)
    if own and name in registered():
        return registered()[name].call
    raise LookupError(f"{library.__name__} has no '{name}'")


def registered():
    from tinytorch.declaration import registry
    from tinytorch.rooms import open_all

    open_all("tinytorch.ops")
    return registry


def seen(tensor):
    """Dtype, shape, the strides that matter, and the values of a tensor, as JSON has them."""
    return [str(tensor.dtype).removeprefix("torch."), list(tensor.shape), strides(tensor), numbers_of(tensor)]


def strides(tensor):
    """The strides of dimensions of more than one element; an empty tensor has none that matter."""
    if 0 in tensor.shape:
        return []
    return [step for step, size in zip(tensor.stride(), tensor.shape, strict=True) if size > 1]


def numbers_of(tensor):
    """The elements in order; complex ones as pairs."""
    tensor = tensor.detach()
    try:
        found = tensor.tolist()
    except RuntimeError:  # some zeros that PyTorch gives have no storage; a sum does
        found = (tensor + 0).tolist()
    dtype = tensor.dtype
    plain = (
        float if dtype.is_floating_point else pair if dtype.is_complex else bool if str(dtype) == "torch.bool" else int
    )
    return [plain(each) for each in flat(found)]


def pair(number):
    return [number.real, number.imag]


def flat(nested):
    return [each for part in nested for each in flat(part)] if isinstance(nested, list) else [nested]


def refused(error):
    """Class and words of an error; an added note is not part of either library's words."""
    return {"error": [type(error).__name__, str(error)]}


def forward(library, row, name, sample, dtypes, device=None):
    """The results of a call, or its refusal."""
    try:
        return {"outputs": [seen(each) for each in Call(library, row, name, sample, dtypes, device)()]}
    except REFUSALS as error:
        return refused(error)


def result_dtypes(library, row, name, sample, dtypes):
    """The dtype of the first result alone, or the class of the refusal."""
    try:
        return str(Call(library, row, name, sample, dtypes)()[0].dtype).removeprefix("torch.")
    except (*REFUSALS, AttributeError) as error:
        return type(error).__name__


def promotions(sample):
    """The samples and dtypes whose result dtypes are asked for: all pairs where two operands are free, and numbers."""
    free = [each for each in inputs_of((*sample.arguments, *sample.settings.values())) if not each.dtype]
    if len(free) < 2:
        return [(sample, (dtype,)) for dtype in ALL]
    pairs = [(one, other) for one in ALL for other in ALL]
    asked = [(sample, pair) for pair in pairs]
    second = sample.arguments.index(free[1]) if free[1] in sample.arguments and free[1] != free[0] else None
    if second is None and sample.arguments.count(free[1]) == 2:
        second = sample.arguments.index(free[1], sample.arguments.index(free[1]) + 1)
    if second is not None:

        def instead(value):
            return Sample((*sample.arguments[:second], value, *sample.arguments[second + 1 :]), sample.settings)

        asked += [(instead(free[1]._replace(shape=(), values=None, layout="")), pair) for pair in pairs]
        asked += [(instead(number), (dtype,)) for dtype in ALL for number in NUMBERS]
    return asked


def gradients(library, row, name, sample, dtype, device=None):
    """Node, gradients and second gradients of a call with fixed weights, or the refusal; None where there are none."""
    call = Call(library, row, name, sample, (dtype,), device)
    wanted = call.require_grad()
    try:
        outputs = [each for each in call() if each.requires_grad]
        if not wanted or not outputs:
            return None
        first = weighted(library, call, outputs, wanted, 11, True)
        found = {"node": outputs[0].grad_fn and outputs[0].grad_fn.name(), "gradients": shown(first)}
        curved = [each for each in first if each is not None and each.requires_grad]
        if curved:
            found["second"] = shown(weighted(library, call, curved, wanted, 23, False))
        return found
    except REFUSALS as error:
        return refused(error)


def weighted(library, call, outputs, wanted, seed, create_graph):
    weights = [
        call.tensor(
            values(tuple(each.shape), -1, 1, str(each.dtype).removeprefix("torch."), seed + place),
            str(each.dtype).removeprefix("torch."),
            tuple(each.shape),
        )
        for place, each in enumerate(outputs)
    ]
    return library.autograd.grad(outputs, wanted, weights, create_graph=create_graph, allow_unused=True)


def shown(tensors):
    return [None if each is None else seen(each)[::3] for each in tensors]


def in_place(library, row, name, sample, dtype):
    """None if the in-place form takes this sample, the class of its refusal, or False where there is no such form."""
    if not has_in_place(library, name, sample):
        return False
    try:
        call = Call(library, row, name, sample, (dtype,))
        _, method, positional, named = call.in_place(call.leaves)
        method(*positional, **named)
    except REFUSALS as error:
        return type(error).__name__
    return None


def has_in_place(library, name, sample):
    return hasattr(library.Tensor, f"{name}_") and bool(sample.arguments) and isinstance(sample.arguments[0], Input)


def in_place_gradients(library, row, name, sample, dtype, device=None):
    """The gradients of an in-place call with fixed weights, or the class of the refusal; None where there are none."""
    if not has_in_place(library, name, sample):
        return False
    try:
        call = Call(library, row, name, sample, (dtype,), device)
        wanted = call.require_grad()
        target, method, positional, named = call.in_place(call.leaves)
        method(*positional, **named)
        return shown(weighted(library, call, [target], wanted, 11, False)) if target.requires_grad else None
    except REFUSALS as error:
        return type(error).__name__


UNITS = {
    "float32": 2.0**-23,
    "float64": 2.0**-52,
    "float16": 2.0**-10,
    "bfloat16": 2.0**-7,
    "complex64": 2.0**-23,
    "complex128": 2.0**-52,
}


def differences(found, expected, ulps=4):
    """What of [dtype, shape, strides, values] differs, in words; floats may differ by `ulps` units in the last place
    of the expected number or of 1, whichever is more.
    """
    for what, one, other in zip(("dtype", "shape", "strides"), found, expected, strict=False):
        if one != other:
            return f"{what} {one}, PyTorch has {other}"
    unit = ulps * UNITS.get(expected[0], 0)
    return unequal(found[-1], expected[-1], unit)


def unequal(found, expected, unit):
    """Where two lists of numbers differ by more than `unit` relative to the larger of 1 and the number expected."""
    if len(found) != len(expected):
        return f"{len(found)} values, PyTorch has {len(expected)}"
    for place, (one, other) in enumerate(zip(found, expected, strict=True)):
        ones, others = (one, other) if isinstance(other, list) else ([one], [other])
        scale = max([1.0, *[abs(each) for each in others if math.isfinite(each)]])
        for part, wanted in zip(ones, others, strict=True):
            same = part == wanted or (part != part and wanted != wanted) or abs(part - wanted) <= unit * scale
            if not same:
                return f"value {place} is {one}, PyTorch has {other}"
    return ""
