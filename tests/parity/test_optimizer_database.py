"""Every optimizer of PyTorch's database of optimizers, with all its inputs and errors, beside ours."""

import re

import numpy
import pytest
import torch
from torch.testing._internal.common_optimizers import OptimizerErrorEnum, optim_db

import tinytorch

DTYPES = ("float32", "float64", "complex64", "complex128")
TOLERANCE = {"float32": 1e-6, "float64": 1e-12, "complex64": 1e-6, "complex128": 1e-12}
SHAPES = [(5, 3), (3, 4), (1, 1)]
VECTORS = [(7,), (), (2, 3, 2)]
ROUNDS_IN_BFLOAT16 = {"Muon": 2**-6}  # it orthogonalizes so whatever the dtype


def options_of(info):
    """The options of the database that mean something on a CPU here; the same twice once."""
    found = []
    for each in info.optim_inputs_func(device="cpu"):
        if each.kwargs.get("differentiable") or each.kwargs in found:
            continue
        found.append(each.kwargs)
    return found


SEARCH = next(info for info in optim_db if info.name == "LBFGS")
CASES = [
    pytest.param(info, place, dtype, id=f"{info.name}-{place}-{dtype}")
    for info in optim_db
    if info.name not in ("SparseAdam", "LBFGS")  # one takes no step, the other searches
    for place in range(len(options_of(info)))
    for dtype in DTYPES
    if info.supports_complex or "complex" not in dtype
]


def ours(value):
    """An option for us: tensors are made again, in their places."""
    if isinstance(value, torch.Tensor):
        return tinytorch.tensor(value.tolist(), dtype=getattr(tinytorch, str(value.dtype)[6:]))
    return type(value)([ours(each) for each in value]) if isinstance(value, (list, tuple)) else value


def theirs(value):
    """An option for PyTorch: a copy, as an optimizer may change a tensor."""
    return value.clone() if isinstance(value, torch.Tensor) else value


def array_of(tensor):
    """The values of a tensor of either library as an array."""
    return numpy.array(tensor.tolist())


class Trained:
    """Parameters of one of the libraries, and an optimizer that has taken steps."""

    def __init__(self, module, info, options, dtype):
        self.module, self.dtype, self.random = module, dtype, numpy.random.RandomState(0)
        shapes = SHAPES if info.name == "Muon" else SHAPES + VECTORS
        self.params = [self.values(shape).requires_grad_() for shape in shapes]
        change = theirs if module is torch else ours
        options = {name: change(value) for name, value in options.items()}
        if options.get("capturable") and module is torch:
            options["capturable"] = False  # it is for GPUs there
        self.optimizer = getattr(module.optim, info.name)(self.groups(info), **options)

    def groups(self, info):
        """The parameters in two groups, where there may be several."""
        if not info.supports_param_groups:
            return self.params
        return [{"params": self.params[:2]}, {"params": self.params[2:], "lr": 0.02}]

    def values(self, shape):
        """Random numbers as a tensor."""
        found = self.random.standard_normal(shape)
        if self.dtype.startswith("complex"):
            found = found + 1j * self.random.standard_normal(shape)
        return self.module.tensor(found.tolist(), dtype=getattr(self.module, self.dtype))

    def take(self, steps):
        """Steps with random gradients, or of a search for the least value of a function."""
        for _ in range(steps):
            if isinstance(self.optimizer, self.module.optim.LBFGS):
                self.optimizer.step(self.loss)
                continue
            for param in self.params:
                param.grad = self.values(param.shape)
            self.optimizer.step()
        return self

    def loss(self):
        """A function of the parameters, with its gradients."""
        self.optimizer.zero_grad()
        sizes = [(place + 1) * (param - 1).abs() ** 2 + param.abs() ** 4 for place, param in enumerate(self.params)]
        loss = sum([each.sum() for each in sizes])
        loss.backward()
        return loss

    def described(self):
        """The names, dtypes and shapes of the state, and the groups, in comparable form."""

        def plain(value):
            if hasattr(value, "dtype"):
                return str(value.dtype), tuple(value.shape)
            if isinstance(value, (list, tuple)):
                return [plain(each) for each in value]
            return f"{value:.8g}" if isinstance(value, float) else value

        saved = self.optimizer.state_dict()
        state = {key: {name: plain(each) for name, each in of.items()} for key, of in saved["state"].items()}
        return state, [
            {name: plain(each) for name, each in group.items() if name != "capturable"}
            for group in saved["param_groups"]
        ]

    def again(self, info, options):
        """The same parameters in a new optimizer, which went on from the saved state."""
        saved = self.optimizer.state_dict()
        self.params = [param.detach().clone().requires_grad_() for param in self.params]
        self.optimizer = getattr(self.module.optim, info.name)(self.groups(info))
        self.optimizer.load_state_dict(saved)
        return self


def assert_close(one, other, tolerance):
    for found, expected in zip(one.params, other.params, strict=True):
        found, expected = array_of(found), array_of(expected)
        scale = max(1, numpy.abs(expected).max())
        assert numpy.abs(found - expected).max() <= tolerance * scale


@pytest.mark.parametrize(("info", "place", "dtype"), CASES)
def test_ten_steps_agree_with_a_saved_state_in_between(info, place, dtype):
    options = options_of(info)[place]
    tolerance = max(TOLERANCE[dtype], ROUNDS_IN_BFLOAT16.get(info.name, 0))
    one, other = [Trained(module, info, options, dtype).take(5) for module in (tinytorch, torch)]
    assert_close(one, other, tolerance)
    assert one.described() == other.described()
    if not options.get("capturable"):
        assert repr(one.optimizer) == repr(other.optimizer)
    for each in (one, other):
        each.again(info, options).take(5)
    assert_close(one, other, tolerance)
    assert one.described() == other.described()


SEARCHES = [
    pytest.param(place, dtype, id=f"{place}-{dtype}")
    for place in range(len(options_of(SEARCH)))
    for dtype in ("float64", "complex128")
]


@pytest.mark.parametrize(("place", "dtype"), SEARCHES)
def test_a_search_takes_the_same_way(place, dtype):
    options = options_of(SEARCH)[place]
    one, other = [Trained(module, SEARCH, options, dtype).take(1) for module in (tinytorch, torch)]
    assert repr(one.optimizer) == repr(other.optimizer)
    for _ in range(2):
        assert_close(one, other, 1e-12)
        assert one.described() == other.described()
        for each in (one, other):
            each.again(SEARCH, options).take(1)


ERRORS = [
    pytest.param(info, each, id=f"{info.name}-{place}")
    for info in optim_db
    for place, each in enumerate(info.optim_error_inputs_func(device="cpu", dtype=torch.float32))
    if "sparse_coo" not in repr(each.optimizer_error_input.params)
]


@pytest.mark.parametrize(("info", "error"), ERRORS)
@pytest.mark.filterwarnings("error:optimizer contains")
def test_the_errors_of_the_database_are_raised(info, error):
    made = {}

    def parameter(value):
        if not isinstance(value, torch.Tensor):
            if isinstance(value, dict):
                return {name: parameter(each) for name, each in value.items()}
            return type(value)([parameter(each) for each in value]) if isinstance(value, (list, tuple)) else value
        if id(value) not in made:
            made[id(value)] = ours(value.detach()).requires_grad_(value.requires_grad)
            if value.grad is not None:
                made[id(value)].grad = ours(value.grad)
        return made[id(value)]

    given = error.optimizer_error_input
    params = [tinytorch.randn(1, 1)] if given.params is None else parameter(given.params)
    options = {name: ours(value) for name, value in given.kwargs.items()}
    with pytest.raises(error.error_type, match=re.compile(error.error_regex)):
        optimizer = getattr(tinytorch.optim, info.name)(params, **options)
        if error.error_on is OptimizerErrorEnum.STEP_ERROR:
            optimizer.step()


def test_all_optimizers_and_schedules_of_pytorch_are_there():
    assert {info.name for info in optim_db} <= set(dir(tinytorch.optim))
    for room in ("lr_scheduler", "swa_utils"):
        theirs = getattr(torch.optim, room).__all__
        assert set(theirs) <= set(dir(getattr(tinytorch.optim, room)))
