"""Classes and modes that say what functions mean, `__torch_function__`; the texts are those that PyTorch gives."""

import copy
import gc
import inspect

import pytest

import tinytorch as torch
from tinytorch import codes, overrides, overriding
from tinytorch.nn import functional as F


class Plain(torch.Tensor):
    """A subclass that overrides nothing."""


class Noting(torch.Tensor):
    """A subclass that notes what it is asked about."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        SEEN.append((func, types, len(args), kwargs))
        return super().__torch_function__(func, types, args, kwargs)


class Diagonal:
    """No tensor: a number times the unit matrix."""

    def __init__(self, size, value):
        self.size, self.value = size, value

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func not in (torch.mean, torch.add, torch.Tensor.add, F.relu):
            return NotImplemented
        return func.__name__, [each.value if isinstance(each, cls) else each for each in args], kwargs


class Silent:
    """No tensor, and asks for nothing."""

    __torch_function__ = classmethod(lambda *args: NotImplemented)


class Counting(overrides.TorchFunctionMode):
    """A mode that notes the names of functions."""

    def __init__(self):
        self.names = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.names.append(overrides.resolve_name(func))
        return func(*args, **(kwargs or {}))


SEEN = []  # what `Noting` was asked about: the function, the types, how many arguments, those by name


@pytest.fixture(autouse=True)
def listening():
    overriding.listen()
    yield
    overriding.hush()


@pytest.fixture
def noting():
    SEEN.clear()
    return torch.tensor([[1.0, 2.0], [3.0, 4.0]]).as_subclass(Noting)


@pytest.fixture
def plain():
    return torch.tensor([[1.0, 2.0], [3.0, 4.0]]).as_subclass(Plain)


RESULTS = {
    "x + y": lambda x, y: x + y,
    "1 - x": lambda x, y: 1 - x,
    "y @ x": lambda x, y: y @ x,
    "exp": lambda x, y: x.exp(),
    "sum": lambda x, y: x.sum(0),
    "cat": lambda x, y: torch.cat([y, x]),
    "index": lambda x, y: x[0],
    "view": lambda x, y: x.view(4),
    "T": lambda x, y: x.T,
    "where": lambda x, y: torch.where(x > 2, x, y),
    "relu": lambda x, y: F.relu(x),
    "linear": lambda x, y: F.linear(x, y),
    "zeros_like": lambda x, y: torch.zeros_like(x),
    "new_zeros": lambda x, y: x.new_zeros(3),
    "detach": lambda x, y: x.detach(),
    "to": lambda x, y: x.to(torch.float64),
    "indices": lambda x, y: x.max(dim=0)[1],
    "split": lambda x, y: x.split(1)[0],
    "module": lambda x, y: torch.nn.Linear(2, 2)(x),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_has_the_class_of_what_it_is_made_of(name, plain):
    assert type(RESULTS[name](plain, torch.ones(2, 2))) is Plain


def test_values_of_a_subclass_are_those_of_a_tensor(plain):
    assert torch.equal((plain * 2 + torch.ones(2, 2)).as_subclass(torch.Tensor), torch.tensor([[3.0, 5], [7, 9]]))


def test_a_subclass_learns_as_a_tensor_does(plain):
    plain.requires_grad_()
    (plain**2).sum().backward()
    assert plain.grad.tolist() == [[2, 4], [6, 8]]
    assert type(plain.grad) is torch.Tensor
    assert repr((plain + 1).sum()) == "Plain(14., grad_fn=<AliasBackward0>)"


def test_a_copy_and_an_iteration_keep_the_class(plain):
    assert type(copy.deepcopy(plain)) is Plain
    assert [type(each) for each in plain] == [Plain, Plain]


def test_a_parameter_gives_plain_tensors():
    class Learned(torch.nn.Parameter):
        pass

    assert type(Learned(torch.ones(2)) + 1) is torch.Tensor


CALLS = {  # what is called -> the name, the number of arguments, and those by name that PyTorch shows
    "x + 1": (lambda x: x + 1, "torch.Tensor.add", 2, None),
    "1 + x": (lambda x: 1 + x, "torch.Tensor.add", 2, None),
    "1 - x": (lambda x: 1 - x, "torch.Tensor.__rsub__", 2, {}),
    "x > 1": (lambda x: x > 1, "torch.Tensor.gt", 2, None),
    "torch.add": (lambda x: torch.add(x, 1), "torch.add", 2, None),
    "torch.absolute": (lambda x: torch.absolute(x), "torch.absolute", 1, None),
    "torch.sum": (lambda x: torch.sum(x, dim=1), "torch.sum", 1, {"dim": 1}),
    "method sum": (lambda x: x.sum(1, keepdim=True), "torch.Tensor.sum", 2, {"keepdim": True}),
    "cat": (lambda x: torch.cat([torch.ones(2, 2), x], dim=1), "torch.cat", 1, {"dim": 1}),
    "shape": (lambda x: x.shape, "torch.Tensor.shape.__get__", 1, None),
    "device": (lambda x: x.device, "torch.Tensor.device.__get__", 1, None),
    "relu": (lambda x: F.relu(x), "torch.nn.functional.relu", 1, {"inplace": False}),
    "split": (lambda x: torch.split(x, 1), "torch.functional.split", 2, {"dim": 0}),
    "fft": (lambda x: torch.fft.fft(x), "torch.fft.fft", 1, None),
    "dropout": (
        lambda x: F.dropout(x, 0.5, False), "torch.nn.functional.dropout", 1,
        {"p": 0.5, "training": False, "inplace": False},
    ),
    "max_pool2d": (
        lambda x: F.max_pool2d(x.view(1, 2, 2), 2), "torch.nn.functional.max_pool2d", 2,
        {"stride": None, "padding": 0, "dilation": 1, "ceil_mode": False, "return_indices": False},
    ),
    "repr": (repr, "torch.Tensor.__repr__", 1, {"tensor_contents": None}),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_a_class_is_asked_once_in_the_form_of_the_call(name, noting):
    call, function, count, settings = CALLS[name]
    call(noting)
    func, types, *rest = SEEN[-1]
    assert (overrides.resolve_name(func), types, *rest) == (function, (Noting,), count, settings)


def test_functions_are_themselves_and_methods_are_others(noting):
    torch.add(noting, 1)
    noting.add(1)
    assert [each[0] for each in SEEN] == [torch.add, torch.Tensor.add]
    assert torch.add is not torch.Tensor.add
    assert torch.add.__name__ == torch.Tensor.add.__name__ == "add"


def test_inside_a_call_nobody_is_asked_again(noting):
    F.cross_entropy(noting, torch.tensor([0, 1]))
    assert len(SEEN) == 1


def test_what_is_no_tensor_can_take_part():
    two = Diagonal(3, 2.0)
    assert torch.mean(two) == ("mean", [2.0], None)
    assert torch.add(two, 1, alpha=3) == ("add", [2.0, 1], {"alpha": 3})
    assert (torch.ones(1) + two)[0] == "add"
    assert F.relu(two) == ("relu", [2.0], {"inplace": False})


def test_what_nobody_knows_is_refused_by_name():
    with pytest.raises(TypeError, match=r"Multiple dispatch failed for 'torch.mul'; all __torch_function__ handlers"):
        torch.mul(Diagonal(3, 2.0), 2)
    with pytest.raises(TypeError, match=r"no implementation found for 'torch.nn.functional.silu' on types that impl"):
        F.silu(Silent())
    with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \+: 'Tensor' and 'Silent'"):
        torch.ones(2) + Silent()


def test_the_class_that_is_derived_is_asked_first(noting):
    class Later(Noting):
        pass

    torch.add(noting, noting.as_subclass(Later))
    assert [each[1] for each in SEEN] == [(Later, Noting)]


def test_strange_classes_do_not_mix(plain, noting):
    with pytest.raises(TypeError, match=r"Multiple dispatch failed for 'torch.add'"):
        torch.add(plain, noting)


def test_while_classes_are_not_asked_tensors_are_plain(noting):
    with torch._C.DisableTorchFunctionSubclass():
        assert type(noting + 1) is torch.Tensor
    assert not SEEN


def test_a_mode_sees_every_function_once():
    counting = Counting()
    with counting:
        x = torch.ones(2)
        F.dropout(x + torch.tensor(1.0), training=False).sum()
    torch.ones(2)
    assert counting.names == [
        "torch.ones", "torch.tensor", "torch.Tensor.add", "torch.nn.functional.dropout", "torch.Tensor.sum",
    ]  # fmt: skip


def test_modes_lie_in_one_another():
    outer, inner = Counting(), Counting()
    with outer, inner:
        assert overrides._get_current_function_mode() is inner
        torch.ones(2).exp()
    assert outer.names == inner.names == ["torch.ones", "torch.Tensor.exp"]


def test_functions_of_a_program_ask_too(noting):
    def double(x):
        if overrides.has_torch_function((x,)):
            return overrides.handle_torch_function(double, (x,), x)
        return x * 2

    assert double(torch.ones(1)).item() == 2
    assert type(double(noting)) is Noting
    assert SEEN[0][0] is double


def test_what_is_like_a_tensor():
    assert [overrides.is_tensor_like(each) for each in (torch.ones(1), Diagonal(1, 1), 6)] == [True, True, False]
    assert overrides.is_tensor_method_or_property(torch.Tensor.add)
    assert not overrides.is_tensor_method_or_property(torch.add)
    assert torch.manual_seed in overrides.get_ignored_functions()
    assert torch.add in overrides.get_overridable_functions()[torch]
    assert overrides.resolve_name(print) is None


def test_dispatch_below_functions_is_refused_by_name():
    with pytest.raises(NotImplementedError, match=r"Lower.__torch_dispatch__: tinytorch asks classes by"):
        type("Lower", (torch.Tensor,), {"__torch_dispatch__": classmethod(lambda *args: None)})


def test_make_subclass_is_a_leaf_in_the_same_memory():
    x = torch.ones(2)
    made = torch.Tensor._make_subclass(Plain, x, True)
    assert type(made) is Plain and made.is_leaf and made.requires_grad
    x.fill_(3)
    assert made.tolist() == [3, 3]


def test_functions_have_their_own_code_when_nobody_asks():
    assert torch.add.__code__ is not codes.own_code(torch.add)
    assert str(inspect.signature(torch.add)) == "(input, other, *, alpha=1, out=None)"
    overriding.hush()
    assert torch.add.__code__ is codes.own_code(torch.add)
    overriding.listen()


def test_functions_ask_while_a_subclass_lives():
    before = len(overriding.listeners)
    kind = type("Brief", (torch.Tensor,), {})
    assert len(overriding.listeners) == before + 1
    del kind
    gc.collect()
    assert len(overriding.listeners) == before


def test_the_first_meeting_with_a_class_lets_functions_ask():
    overriding.hush()
    assert torch.mean(Diagonal(3, 2.0)) == ("mean", [2.0], None)
    assert F.relu(Diagonal(3, 2.0)) == ("relu", [2.0], {"inplace": False})


def test_autocast_and_classes_work_together(noting):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        made = torch.nn.functional.scaled_dot_product_attention(noting[None], noting[None], noting[None])
        assert torch.Tensor.matmul(noting, noting).dtype is torch.bfloat16
    assert type(made) is Noting and made.dtype is torch.bfloat16
    assert torch.Tensor.matmul(noting, noting).dtype is torch.float32
