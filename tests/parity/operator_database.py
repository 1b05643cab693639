"""PyTorch's own operator database as an oracle: each entry's samples under both libraries, and what differs."""

import functools
import itertools
import types
import warnings

import numpy
import torch
from torch.testing._internal.common_methods_invocations import op_db

import tinytorch

SMOOTH = ("float64", "complex128")  # compared with gradients of both orders
OTHERS = ("float32", "int64", "bool", "float16", "bfloat16")  # compared by value
TOLERANCES = {
    "float64": 1e-7, "complex128": 1e-7, "float32": 2e-5, "complex64": 2e-5, "float16": 1e-2, "bfloat16": 5e-2,
}  # fmt: skip
UNSET = ("empty", "empty_like", "empty_permuted", "empty_strided", "new_empty", "new_empty_strided", "resize_",
         "resize_as_")  # fmt: skip
TIES = {"sort": 0, "argsort": 0, "topk": 1, "kthvalue": 1, "mode": 0}  # which argument after the input is `dim`
MODULES = ("", "Tensor", "nn.functional", "linalg", "fft", "special", "signal.windows", "masked")


OUTS = {  # what is given as `out`, made of the result
    "exact": torch.zeros_like,
    "empty": lambda each: each.new_empty(0),
    "int64": lambda each: torch.zeros_like(each, dtype=torch.int64),
    "float64": lambda each: torch.zeros_like(each, dtype=torch.float64),
    "complex128": lambda each: torch.zeros_like(each, dtype=torch.complex128),
}


class NoCounterpart(Exception):
    """A sample names something that tinytorch does not have, such as a dtype or a layout."""


class Absent(Exception):
    """tinytorch has no function of this name."""


# From one library to the other


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
        raise Absent(name)
    raise NoCounterpart(f"{function}")


def made_again(function):
    """A Python function of the database with tinytorch in the place of torch."""
    room = replaced_globals(function.__module__)
    cells = function.__closure__ and tuple(
        [types.CellType(converted(each.cell_contents, {})) for each in function.__closure__]
    )
    defaults = function.__defaults__ and tuple(function.__defaults__)
    again = types.FunctionType(function.__code__, room, function.__name__, defaults, cells)
    again.__kwdefaults__ = function.__kwdefaults__
    return again


@functools.cache
def replaced_globals(module):
    room = dict(vars(__import__(module, fromlist=["torch"])))
    own = dict(room)
    own.update(torch=tinytorch, wrapper_set_seed=seeded)
    for name, each in room.items():
        if (
            isinstance(each, types.FunctionType)
            and each.__module__.startswith("torch.testing")
            and name != "wrapper_set_seed"
        ):
            cells = each.__closure__
            own[name] = each if cells else types.FunctionType(each.__code__, own, name, each.__defaults__)
            if not cells:
                own[name].__kwdefaults__ = each.__kwdefaults__
    return own


def seeded(function, *arguments, **settings):
    tinytorch.manual_seed(42)
    return function(*arguments, **settings)


def converted(value, memo):
    """The same value for tinytorch; `memo` holds the tensors that were met, by identity."""
    if isinstance(value, torch.Tensor):
        if id(value) not in memo:
            memo[id(value)] = tensor_like(value, memo), value
        return memo[id(value)][0]
    if isinstance(value, torch.dtype | torch.layout | torch.memory_format):
        name = str(value).removeprefix("torch.")
        if not hasattr(tinytorch, name):
            raise NoCounterpart(name)
        return getattr(tinytorch, name)
    if isinstance(value, torch.device):
        return tinytorch.device(str(value))
    if isinstance(value, torch.Generator):
        return tinytorch.Generator().manual_seed(value.initial_seed())
    if isinstance(value, torch.Size):
        return tuple(value)
    if isinstance(value, slice):
        return slice(*[converted(each, memo) for each in (value.start, value.stop, value.step)])
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[converted(each, memo) for each in value])
    if isinstance(value, list | tuple):
        return type(value)([converted(each, memo) for each in value])
    if isinstance(value, dict):
        return {key: converted(each, memo) for key, each in value.items()}
    if isinstance(value, torch.nn.Module):
        return getattr(tinytorch.nn, type(value).__name__)()
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType | types.MethodDescriptorType):
        module = getattr(value, "__module__", "") or ""
        return counterpart(value) if module.startswith("torch") or id(value) in paths() else value
    return value


def tensor_like(value, memo):
    """A leaf of tinytorch's with the numbers, the strides and the dtype of one of PyTorch's."""
    if value.layout is not torch.strided or value.is_quantized:
        raise NoCounterpart(str(value.layout))
    if value.device.type == "meta":
        return tinytorch.empty_strided(
            tuple(value.shape), value.stride(), dtype=converted(value.dtype, {}), device="meta"
        )
    dtype = converted(value.dtype, {})
    plain = value.detach()
    plain = plain.resolve_conj().resolve_neg() if plain.is_conj() or plain.is_neg() else plain
    if plain.dim() > 64:
        raise NoCounterpart("more than 64 dimensions")
    storage = plain.untyped_storage()
    place = (storage.data_ptr() if storage.nbytes() else id(value), value.dtype)
    if place not in memo:  # tensors that share memory share it here
        reach = storage.nbytes() // plain.element_size()
        memory = plain.as_strided((reach,), (1,), 0).clone()
        if value.dtype is torch.bfloat16:
            memo[place] = tinytorch.from_numpy(memory.view(torch.int16).numpy()).clone().view(dtype), plain
        else:
            memo[place] = tinytorch.from_numpy(memory.numpy()).clone(), plain
    offset = plain.storage_offset() if plain.numel() else 0
    found = memo[place][0].as_strided(tuple(plain.shape), plain.stride(), offset).detach()
    return found.requires_grad_() if value.requires_grad else found


# What is seen of a result


def is_tensor(value):
    return isinstance(value, torch.Tensor | tinytorch.Tensor)


def tensors_in(value):
    """The tensors in a nest of tuples, lists and dictionaries."""
    if is_tensor(value):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from tensors_in(each)
    elif isinstance(value, dict):
        yield from tensors_in(list(value.values()))


def numbers(tensor):
    """The elements of a tensor as an array of NumPy's."""
    tensor = tensor.detach()
    if isinstance(tensor, torch.Tensor):
        tensor = tensor.resolve_conj().resolve_neg()
    if str(tensor.dtype) == "torch.bfloat16":
        tensor = tensor.float()
    try:
        return tensor.numpy()
    except RuntimeError:
        return (tensor + 0).numpy()  # some zeros have no storage


def strides(tensor):
    if 0 in tensor.shape:
        return []
    return [step for step, size in zip(tensor.stride(), tensor.shape, strict=True) if size > 1]


def unlike(found, expected, look="values"):
    """What differs between two results: pairs of a kind and words; look says how much of a tensor counts."""
    if is_tensor(expected):
        if not is_tensor(found):
            yield "values", f"{type(found).__name__}, PyTorch has a tensor"
            return
        if str(found.dtype) != str(expected.dtype):
            yield "dtype", f"{str(found.dtype)[6:]}, PyTorch has {str(expected.dtype)[6:]}"
        if tuple(found.shape) != tuple(expected.shape):
            yield "shape", f"{tuple(found.shape)}, PyTorch has {tuple(expected.shape)}"
            return
        if look != "gradients" and strides(found) != strides(expected):
            yield "strides", f"{found.stride()}, PyTorch has {expected.stride()} of {tuple(expected.shape)}"
        if look != "frames" and expected.device.type != "meta" and str(found.dtype) == str(expected.dtype):
            differs = unequal(numbers(found), numbers(expected), TOLERANCES.get(str(expected.dtype)[6:], 0))
            if differs:
                yield "values", differs
    elif isinstance(expected, list | tuple) and not isinstance(expected, torch.Size):
        if not isinstance(found, list | tuple) or len(found) != len(expected):
            yield "values", f"{type(found).__name__}, PyTorch has {len(expected)} results"
            return
        for one, other in zip(found, expected, strict=True):
            yield from unlike(one, other, look)
    elif expected is None or isinstance(expected, bool | int | float | complex | str):
        if isinstance(expected, float | complex) and isinstance(found, float | complex):
            differs = unequal(numpy.array(found), numpy.array(expected), 1e-6)
            if differs:
                yield "values", differs
        elif found != expected or type(found) is not type(expected):
            yield "values", f"{found!r}, PyTorch has {expected!r}"
    elif str(found) != str(expected):
        yield "values", f"{found}, PyTorch has {expected}"


def unequal(found, expected, tolerance):
    """Where two arrays differ by more than a tolerance, absolute and relative, in words."""
    if tolerance:
        with numpy.errstate(all="ignore"):
            wide = complex if expected.dtype.kind == "c" else float
            one, other = found.astype(wide), expected.astype(wide)
            far = ~numpy.isclose(one, other, tolerance, tolerance, equal_nan=True)
            if wide is complex and far.any():  # NumPy asks the modulus; parts that are not finite are asked one by one
                far &= ~(
                    numpy.isclose(one.real, other.real, tolerance, tolerance, equal_nan=True)
                    & numpy.isclose(one.imag, other.imag, tolerance, tolerance, equal_nan=True)
                )
    else:
        far = found != expected
    if not far.any():
        return ""
    place = tuple(numpy.argwhere(far)[0].tolist())
    return f"{int(far.sum())} of {far.size}, at {place} {found[place]}, PyTorch has {expected[place]}"


def refusal(error):
    """Class and first line of the words of an error."""
    return f"{type(error).__name__}: {str(error).splitlines()[0][:160] if str(error) else ''}"


def attempt(function, *arguments, **settings):
    """What a call gives, and what it raises; one of the two is None."""
    try:
        return function(*arguments, **settings), None
    except Exception as error:
        return None, error


# One entry


class Entry:
    """An entry of the database: its functions under both libraries, and the questions that are asked of it."""

    def __init__(self, op):
        self.op = op
        self.title = f"{op.name}.{op.variant_test_name}" if op.variant_test_name else op.name
        self.asked = 0
        try:
            self.ours = counterpart(op.op, op.name)
        except (Absent, NoCounterpart):
            self.ours = None

    def samples(self, dtype, limit, requires_grad=False):
        """At most `limit` of the entry's samples, evenly out of all of them."""
        try:
            torch.manual_seed(3)
            found = list(itertools.islice(self.op.sample_inputs("cpu", dtype, requires_grad=requires_grad), 2000))
        except Exception:
            return []
        step = max(1, -(-len(found) // limit))
        return found[::step]

    def differences(self, limit=60, others=OTHERS, forms=4):
        """Pairs of a kind and words for all that differs; kinds are absent, values, dtype, shape, strides, gradients,
        second, method, in-place, out, error, and words and node, which are only information.
        """
        if self.ours is None:
            yield "absent", self.op.name
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            supported = {str(each)[6:] for each in self.op.supported_dtypes("cpu")}
            for name in (*SMOOTH, *others):
                if name in supported:
                    yield from self.of_dtype(name, limit)
            usual = next((name for name in (*SMOOTH[:1], *others, *SMOOTH[1:]) if name in supported), None)
            if usual is not None:
                yield from self.of_forms(usual, forms)
            yield from self.of_errors()

    def of_dtype(self, name, limit):
        dtype = getattr(torch, name)
        smooth = name in SMOOTH and self.op.supports_autograd and dtype in self.op.supported_backward_dtypes("cpu")
        samples = self.samples(dtype, limit, smooth)
        if name == "float64":
            loose, error = attempt(lambda: [each.noncontiguous() for each in samples[:8]])
            samples = samples + (loose or [])
        for sample in samples:
            for kind, words in self.of_sample(sample, smooth):
                yield kind, f"{name} {words}   {shown(sample)}"

    def of_sample(self, sample, smooth):
        self.asked += 1
        pair = Pair(sample)
        if pair.missing:
            yield "skipped", pair.missing
            return
        expected, refused = attempt(seeded_torch, self.op.op, *pair.theirs(), **pair.their_settings)
        if refused is not None:
            return
        if any(
            each.layout is not torch.strided or str(each.dtype) == "torch.complex32" for each in tensors_in(expected)
        ):
            return
        found, error = attempt(seeded, self.ours, *pair.ours(), **pair.our_settings)
        if error is not None:
            absent = (isinstance(error, AttributeError) and "tinytorch" in str(error)) or (
                isinstance(error, AttributeError) and "'Tensor' object has no" in str(error)
            )
            yield ("absent" if absent else "values"), refusal(error)
            return
        found = self.settled(sample, found, expected)
        processed = pair.process is not None
        look = "frames" if processed or self.op.name in UNSET else "values"
        yield from unlike(found, expected, look)
        if processed:
            one, error = attempt(pair.process, found)
            if error is None:
                yield from unlike(one, pair.their_process(expected), "gradients")
        if smooth:
            yield from self.of_gradients(sample)

    def settled(self, sample, found, expected):
        """A result whose indices among equal elements, of which PyTorch promises none, are PyTorch's if they may be."""
        if self.op.name not in TIES or sample.kwargs.get("stable"):
            return found
        ones, others = flat(found), flat(expected)
        one, other = ones[-1], others[-1]
        if len(ones) != len(others) or tuple(one.shape) != tuple(other.shape) or one.dtype is not tinytorch.int64:
            return found
        place = TIES[self.op.name]
        dim = sample.kwargs.get("dim", sample.args[place] if len(sample.args) > place else -1)
        values = numbers(sample.input)
        picked = [numbers(each) for each in (one, other)]
        if values.ndim:
            fits = [each if each.ndim == values.ndim else numpy.expand_dims(each, dim) for each in picked]
            picked = [numpy.take_along_axis(values, each, dim) for each in fits]
        if not unequal(*picked, 1e-30):
            ones[-1] = converted(other, {})
        return ones[-1] if is_tensor(found) else type(found)(ones) if type(found) in (list, tuple) else tuple(ones)

    def of_gradients(self, sample):
        pair = Pair(sample)
        wrapper = self.op.gradcheck_wrapper
        theirs = lambda *arguments, **settings: wrapper(self.op.op, *arguments, **settings)
        ours = lambda *arguments, **settings: made_again(wrapper)(self.ours, *arguments, **settings)
        expected, refused = attempt(
            gradients, torch, theirs, pair.theirs(), pair.their_settings, pair.their_process, self.op.supports_gradgrad
        )
        if refused is not None or expected is None:
            return
        found, error = attempt(
            gradients, tinytorch, ours, pair.ours(), pair.our_settings, pair.process, self.op.supports_gradgrad
        )
        if error is not None:
            yield "gradients", refusal(error)
        elif found is None:
            yield "gradients", "none, PyTorch has them"
        else:
            for kind, ones, others in zip(("gradients", "second"), found, expected, strict=False):
                for place, (one, other) in enumerate(itertools.zip_longest(ones, others)):
                    if one is None or other is None:
                        if any(numbers(each).any() for each in (one, other) if each is not None):
                            yield (
                                kind,
                                f"of input {place}: {one is not None and 'some'}, PyTorch has {other is not None and 'some'}",
                            )
                    else:
                        for what, words in unlike(one, other, "gradients"):
                            yield kind, f"of input {place}: {what} {words}"
            if found[2] != expected[2]:
                yield "node", f"{found[2]}, PyTorch has {expected[2]}"

    # Other forms

    def of_forms(self, name, limit):
        dtype = getattr(torch, name)
        op = self.op
        forms = [("method", op.method_variant), ("in-place", op.inplace_variant), ("operator", op.operator_variant),
                 ("in-place", op.inplace_operator_variant)]  # fmt: skip
        for kind, function in forms:
            if function is None or function is op.op:
                continue
            ours = self.form(function)
            if ours is None:
                yield kind, "absent"
                continue
            for sample in self.samples(dtype, limit):
                yield from self.of_form(kind, function, ours, sample, f"{name} ")
            if kind == "in-place" and op.supports_inplace_autograd:
                for sample in self.samples(dtype, limit, requires_grad=dtype.is_floating_point):
                    yield from self.in_place_gradients(function, ours, sample)
        if op.supports_out:
            for sample in self.samples(dtype, limit):
                yield from self.of_out(sample)
        for alias in op.aliases:
            for kind, function in (
                ("alias", alias.op),
                ("method", alias.method_variant),
                ("in-place", alias.inplace_variant),
            ):
                if function is not None and self.form(function) is None:
                    yield kind, f"absent: {alias.name if kind == 'alias' else getattr(function, '__name__', function)}"

    def form(self, function):
        try:
            if getattr(function, "__module__", "") in ("_operator", "operator"):
                return function
            return counterpart(function, getattr(function, "__name__", self.op.name))
        except (Absent, NoCounterpart):
            return None

    def of_form(self, kind, function, ours, sample, prefix):
        pair = Pair(sample)
        if pair.missing:
            return
        theirs, mine = pair.theirs(), pair.ours()
        if kind == "in-place" and is_tensor(theirs[0]):
            theirs[0], mine[0] = theirs[0].clone(), mine[0].clone()
        expected, refused = attempt(seeded_torch, function, *theirs, **pair.their_settings)
        found, error = attempt(seeded, ours, *mine, **pair.our_settings)
        if error is None and refused is None:
            settled = self.settled(sample, found, expected)
        else:
            settled = found
        for what, words in outcomes(settled, error, expected, refused, self.look(pair)):
            yield kind if what != "words" else what, f"{kind}: {what} {words}   {prefix}{shown(sample)}"
        if kind == "in-place" and error is None and refused is None and is_tensor(theirs[0]):
            if (found is mine[0]) != (expected is theirs[0]):
                yield kind, f"gives back another tensor   {shown(sample)}"

    def look(self, pair):
        return "frames" if pair.process is not None or self.op.name in UNSET else "values"

    def in_place_gradients(self, function, ours, sample):
        if sample.broadcasts_input:
            return
        pair = Pair(sample)
        if pair.missing or not is_tensor(sample.input):
            return
        cloned = lambda function: lambda input, *arguments, **settings: function(input.clone(), *arguments, **settings)
        expected, refused = attempt(gradients, torch, cloned(function), pair.theirs(), pair.their_settings, None, False)
        found, error = attempt(gradients, tinytorch, cloned(ours), pair.ours(), pair.our_settings, None, False)
        if refused is None and expected is not None:
            if error is not None:
                yield "in-place", f"gradients {refusal(error)}   {shown(sample)}"
                return
            for place, (one, other) in enumerate(zip(found[0], expected[0], strict=False) if found else ()):
                if one is not None and other is not None:
                    for what, words in unlike(one, other, "gradients"):
                        yield "in-place", f"gradient of input {place}: {what} {words}   {shown(sample)}"

    def of_out(self, sample):
        pair = Pair(sample)
        if pair.missing:
            return
        expected, refused = attempt(seeded_torch, self.op.op, *pair.theirs(), **pair.their_settings)
        if refused is not None or not tensors_in(expected) or not all(is_tensor(each) for each in flat(expected)):
            return
        for what, make in OUTS.items():
            outs = [make(each) for each in flat(expected)]
            memo = {}
            mine = [converted(each, memo) for each in outs]
            single = is_tensor(expected)
            one, refused = attempt(
                seeded_torch, self.op.op, *pair.theirs(), **pair.their_settings, out=outs[0] if single else tuple(outs)
            )
            two, error = attempt(
                seeded, self.ours, *pair.ours(), **pair.our_settings, out=mine[0] if single else tuple(mine)
            )
            written = mine
            if error is None and refused is None:
                written = self.settled(sample, mine, outs)
            for kind, words in outcomes(written, error, outs, refused, self.look(pair)):
                yield "out" if kind != "words" else kind, f"out {what}: {kind} {words}   {shown(sample)}"
            if error is None and refused is None and single and (one is outs[0]) != (two is mine[0]):
                yield "out", f"out {what}: gives back another tensor   {shown(sample)}"

    def of_errors(self):
        if self.op.error_inputs_func is None or self.op.name.startswith("__r"):  # a descriptor's own refusal
            return
        found, error = attempt(lambda: list(self.op.error_inputs("cpu")))
        for each in found or ():
            pair = Pair(each.sample_input)
            if pair.missing:
                continue
            expected, refused = attempt(seeded_torch, self.op.op, *pair.theirs(), **pair.their_settings)
            found, error = attempt(seeded, self.ours, *pair.ours(), **pair.our_settings)
            if refused is not None:
                for kind, words in outcomes(found, error, expected, refused):
                    yield "words" if kind == "words" else "error", f"{words}   {shown(each.sample_input)}"


def outcomes(found, error, expected, refused, look="values"):
    """How two outcomes differ, each a result or a refusal."""
    if refused is not None or error is not None:
        if isinstance(refused, NotImplementedError) and "not implemented for" in str(refused):
            return  # where PyTorch merely lacks a kernel, there may be one
        if refused is None:
            yield "error", f"{refusal(error)}, PyTorch has a result"
        elif error is None:
            yield "error", f"a result, PyTorch has {refusal(refused)}"
        elif type(error) is not type(refused):
            yield "error", f"{refusal(error)}, PyTorch has {refusal(refused)}"
        elif refusal(error) != refusal(refused):
            yield "words", f"{refusal(error)}, PyTorch has {refusal(refused)}"
        return
    yield from unlike(found, expected, look)


class Pair:
    """A sample for both libraries."""

    def __init__(self, sample):
        self.sample, self.missing = sample, ""
        self.their_settings = dict(sample.kwargs)
        process = sample.output_process_fn_grad
        trivial = getattr(process, "__qualname__", "").startswith("SampleInput.__init__")
        self.their_process = None if trivial else process
        self.process = None
        memo = {}
        try:
            self.converted = converted([sample.input, *sample.args], memo)
            self.our_settings = converted(dict(sample.kwargs), memo)
            self.process = None if trivial else converted(process, memo)
        except NoCounterpart as missing:
            self.missing = f"no counterpart of {missing}"
        except Absent as missing:
            self.missing = f"absent: {missing}"

    def theirs(self):
        return [self.sample.input, *self.sample.args]

    def ours(self):
        return list(self.converted)


def seeded_torch(function, *arguments, **settings):
    torch.manual_seed(42)
    return function(*arguments, **settings)


def flat(value):
    return list(value) if isinstance(value, list | tuple) else [value]


def gradients(library, function, arguments, settings, process, second):
    """The gradients of both orders with fixed weights, for all inputs that want one, and the name of the node."""
    library.manual_seed(42)
    result = function(*arguments, **settings)
    result = result if process is None else process(result)
    wanted = [each for each in tensors_in([arguments, settings]) if each.requires_grad]
    wanted = list({id(each): each for each in wanted}.values())
    outputs = [each for each in tensors_in(result) if each.requires_grad]
    if not wanted or not outputs:
        return None
    node = type(outputs[0].grad_fn).__name__
    first = library.autograd.grad(outputs, wanted, weights(library, outputs, 1), create_graph=second, allow_unused=True)
    curved = [each for each in first if each is not None and each.requires_grad] if second else []
    again = []
    if curved:
        again = library.autograd.grad(curved, wanted, weights(library, curved, 2), allow_unused=True)
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


def shown(sample):
    """A sample in a line: shapes for tensors."""
    return (
        f"({', '.join([brief(each) for each in (sample.input, *sample.args)])}"
        + "".join([f", {name}={brief(each)}" for name, each in sample.kwargs.items()])
        + ")"
    )


def brief(value):
    if isinstance(value, torch.Tensor):
        name = "" if value.dtype in (torch.float64, torch.float32) else str(value.dtype)[6:]
        size = f"{name}{list(value.shape)}"
        return size if value.is_contiguous() else f"{size}/{value.stride()}"
    if isinstance(value, list | tuple):
        return f"[{', '.join([brief(each) for each in value])}]"
    return repr(value)[:60]


def entries(names=None):
    """The entries of the database, or those of some names."""
    return [op for op in op_db if names is None or op.name in names or op.name.rpartition(".")[2] in names]
