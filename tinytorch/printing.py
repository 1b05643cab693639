"""How a tensor looks in text: PyTorch's layout of numbers, brackets, line breaks and suffixes.

Only what is shown leaves the device: long dimensions are cut to their ends first, and what remains decides the format.
"""

import math
from types import SimpleNamespace

import numpy

from tinytorch import dtypes
from tinytorch.modes import levels

PROFILES = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}

# Those of `set_printoptions`, which hold for the whole process, as in PyTorch.
options = SimpleNamespace(**PROFILES["default"], sci_mode=None)

# The classes that print as `tensor(...)`, by name: this room stands below the one that defines parameters.
TENSOR = "torch.Tensor"
PARAMETER = "torch.nn.parameter.Parameter"


def set_printoptions(precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None):
    """Set how tensors print; what is None stays as it is, except `sci_mode`, where None means: decided by the numbers.

    Args:
        precision: digits after the point (4 at the start).
        threshold: tensors of more elements than this are summarised (1000).
        edgeitems: how many items a summary shows at each end of a dimension (3).
        linewidth: characters in a line (80).
        profile: `default`, `short` or `full`, the start for the options above; any other name changes nothing.
        sci_mode: True or False forces scientific notation on or off.
    """
    chosen = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    for name, value in (PROFILES.get(profile, {}) | chosen | {"sci_mode": sci_mode}).items():
        setattr(options, name, value)


def get_printoptions():
    """The options that hold now, as a dictionary of keywords for `set_printoptions`."""
    return dict(vars(options))


def tensor_repr(tensor, *, tensor_contents=None):
    """The text of `repr(tensor)` and `str(tensor)`; `tensor_contents`, if given, stands in the place of the numbers."""
    lineage = [full_name(each) for each in type(tensor).__mro__]
    plain = lineage[0] in (TENSOR, PARAMETER)
    prefix = "tensor(" if plain else f"{type(tensor).__name__}("
    indent = len(prefix)
    text = contents(tensor, indent) if tensor_contents is None else tensor_contents
    text = with_suffixes(prefix + text, suffixes(tensor), indent)
    is_parameter = PARAMETER in lineage or getattr(tensor, "_is_param", False)
    return f"Parameter({text})" if is_parameter and not plain else text


def sparse_repr(tensor, parts, count, apart):
    """The text of a sparse tensor of `count` values, given its parts by name; the rest stands `apart` from them."""
    texts = []
    for name, part in parts.items():
        text = contents(part, len(f"tensor({name}=tensor("))
        size = f", size={tuple(part.shape)}" if 0 in part.shape or part.device.type == "meta" else ""
        texts.append(f"{name}=tensor({text}{size})")
    default = dtypes.get_default_dtype()
    found = [f"device='{tensor.device}'"] if tensor.device.type != "cpu" else []
    found += [f"size={tuple(tensor.shape)}", f"nnz={count}"]
    if tensor.dtype not in (default, default_complex(), dtypes.int64, dtypes.bool_):
        found.append(f"dtype={tensor.dtype}")
    found += [f"layout={tensor.layout}", *lineage_of(tensor)]
    return with_suffixes("tensor(" + (",\n" + " " * 7).join(texts), found, 7, apart)


def batched_repr(inside, depth):
    """The text of a tensor that hides a batch: all its examples, and how deeply `vmap` is nested there."""
    lines = inside.replace("\n", "\n    ")
    return f"BatchedTensor(lvl={depth}, bdim=0, value=\n    {lines}\n)"


def parameter_repr(parameter):
    """The text of `repr(parameter)`: that of a tensor, below a line that says what it is."""
    return "Parameter containing:\n" + tensor_repr(parameter)


def full_name(cls):
    """The name of a class with that of its module, where PyTorch has it."""
    return f"{cls.__module__}.{cls.__qualname__}"


def contents(tensor, indent):
    """What stands first between the round brackets: the numbers, or a sign that there are none to show."""
    if tensor.device.type == "meta":
        return "..."
    return "[]" if 0 in tensor.shape else numbers(tensor, indent)


def suffixes(tensor):
    """What the numbers alone do not say: device, size, dtype, history."""
    default = dtypes.get_default_dtype()
    evident = [default]  # the types that need no mention
    is_meta, is_empty = tensor.device.type == "meta", 0 in tensor.shape
    found = []
    if tensor.device.type != "cpu":
        found.append(f"device='{tensor.device}'")
    if is_meta or (len(tensor.shape) != 1 if is_empty else not options.edgeitems):
        found.append(f"size={tuple(tensor.shape)}")
    if not is_meta and not is_empty:
        evident += [default_complex(), dtypes.int64, dtypes.bool_]
    if tensor.dtype not in evident:
        found.append(f"dtype={tensor.dtype}")
    return found + lineage_of(tensor)


def default_complex():
    """The complex type that needs no mention."""
    return dtypes.complex128 if dtypes.get_default_dtype() is dtypes.float64 else dtypes.complex64


def lineage_of(tensor):
    """What is shown of a tensor's history, and of its tangent."""
    history = grad_fn_name(tensor)
    found = [f"grad_fn=<{history}>"] if history is not None else ["requires_grad=True"] * tensor.requires_grad
    tangents = [level.tangent_of(tensor) for level in levels]
    return found + [f"tangent={each}" for each in tangents[::-1] if each is not None][:1]


def grad_fn_name(tensor):
    """The name of the operation that made `tensor`, or None for a leaf."""
    try:
        grad_fn = tensor.grad_fn
    except RuntimeError:  # a view whose history cannot be renewed still prints
        return "Invalid"
    return None if grad_fn is None else grad_fn.name().rsplit("::", 1)[-1]


def with_suffixes(text, found, indent, apart=False):
    """`text` closed by the suffixes `found`, each on a new line where it would pass the line's width; the first one
    always, if `apart`."""
    length = len(text) - text.rfind("\n") + 1  # of the last line, which PyTorch counts as two longer than it is
    for place, suffix in enumerate(found):
        if length + len(suffix) + 2 > options.linewidth or (apart and not place):
            text += ",\n" + " " * indent + suffix
            length = indent + len(suffix)
        else:
            text += ", " + suffix
            length += len(suffix) + 2
    return text + ")"


def numbers(tensor, indent):
    """The numbers of a tensor in brackets, summarised where it has more than `threshold` elements."""
    summarise = math.prod(tensor.shape) > options.threshold
    cut = [summarise and size > 2 * options.edgeitems for size in tensor.shape]
    values = shown(tensor.array, cut, tensor.device.to_numpy)
    if tensor.dtype.is_complex:
        values = values.astype(numpy.complex128)
        form = ComplexFormat(values)
    elif tensor.dtype.is_floating_point:
        values = values.astype(numpy.float64)  # exact, and numbers print as Python prints its floats
        form = FloatFormat(values)
    else:
        form = IntegerFormat(values)
    return bracketed(values.tolist(), cut, form, indent)


def shown(array, cut, to_numpy, dim=0):
    """The part of `array` that a summary shows, on the host: both ends of each dimension that is `cut`."""
    if dim == len(cut):
        return to_numpy(array)
    if not cut[dim]:
        return shown(array, cut, to_numpy, dim + 1)
    before = (slice(None),) * dim
    ends = slice(None, options.edgeitems), slice(array.shape[dim] - options.edgeitems, None)
    return numpy.concatenate([shown(array[(*before, end)], cut, to_numpy, dim + 1) for end in ends], axis=dim)


def bracketed(values, cut, form, indent):
    """Nested lists as text; dots stand in the middle of each dimension that is `cut`; `indent` is that of the text."""
    if not cut:
        return form(values)
    if len(cut) == 1:
        items = [form(value) for value in values]
        dots = " ..." if items else "..."
        per_line = max(1, math.floor((options.linewidth - indent) / (form.width + 2)))
    else:
        items = [bracketed(value, cut[1:], form, indent + 1) for value in values]
        dots = "..."
        per_line = 1
    if cut[0]:
        items.insert(options.edgeitems, dots)
    lines = [", ".join(items[start : start + per_line]) for start in range(0, len(items), per_line)]
    breaks = "\n" * max(1, len(cut) - 1)  # an empty line between matrices, two between stacks of them
    return "[" + ("," + breaks + " " * (indent + 1)).join(lines) + "]"


class IntegerFormat:
    """Integers and bools, all as wide as the widest."""

    def __init__(self, values):
        self.width = max((len(str(value)) for value in values.ravel().tolist()), default=1)

    def __call__(self, value):
        return str(value).rjust(self.width)


class FloatFormat:
    """Floats in one notation: whole numbers `1.`, decimals `1.5000`, or scientific `1.5000e+00`, one for all of them.

    Scientific where the largest magnitude is above 1e8 or above 1000 times the smallest, or the smallest below 1e-4.
    Zeros, nan and inf decide nothing.
    """

    def __init__(self, values):
        telling = values[numpy.isfinite(values) & (values != 0)].tolist()
        self.whole = all(value.is_integer() for value in telling)
        self.scientific = False
        if telling:
            smallest, largest = min(map(abs, telling)), max(map(abs, telling))
            self.scientific = largest / smallest > 1000 or largest > 1e8 or smallest < 1e-4
            if options.sci_mode is not None:
                self.scientific = options.sci_mode
        self.width = max((len(self.text(value)) for value in telling), default=1)

    def text(self, value):
        """A number in the notation of them all, not yet padded."""
        if self.scientific:
            return f"{value:.{options.precision}e}"
        if self.whole:
            return f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"
        return f"{value:.{options.precision}f}"

    def __call__(self, value):
        return self.text(value).rjust(self.width)


class ComplexFormat:
    """Complex numbers; the real and the imaginary parts have a notation and a width each."""

    def __init__(self, values):
        self.real, self.imag = FloatFormat(values.real), FloatFormat(values.imag)
        self.width = self.real.width + self.imag.width + 1  # the j

    def __call__(self, value):
        imag = (self.imag(value.imag) + "j").lstrip()
        sign = "" if imag[0] in "+-" else "+"
        return self.real(value.real) + sign + imag
