"""Modules compared live with PyTorch: how they print, start, are saved and loaded, moved, and refuse what is wrong."""

import copy
import pickle
from collections import OrderedDict

import numpy
import pytest
import torch

import tinytorch

BOTH = (tinytorch, torch)
MADE = [
    "GELU()", 'GELU("tanh")', "SiLU()", "SiLU(True)", "LeakyReLU()", "LeakyReLU(0.2,True)", "ELU()", "ELU(1.,True)",
    "CELU()", "CELU(2,True)", "SELU()", "SELU(True)", "Softplus()", "Softplus(2,3)", "Hardtanh()",
    "Hardtanh(-2,2,True)", "ReLU()", "ReLU(True)", "ReLU6()", "ReLU6(True)", "LogSigmoid()", "Threshold(1,2)",
    "Threshold(1,2,True)", "GLU()", "GLU(0)", "Mish()", "Mish(True)", "Softsign()", "Tanhshrink()", "Hardsigmoid()",
    "Hardsigmoid(True)", "Hardswish()", "Hardswish(True)", "Hardshrink()", "Softshrink()", "Softmin(1)", "Softmax(1)",
    "LogSoftmax(1)", "Softmax()", "Softmax2d()", "PReLU()", "PReLU(3)", "Dropout()", "Dropout(.2,True)",
    "AlphaDropout()", "Dropout1d()", "Dropout2d()", "Flatten()", "Unflatten(1,(2,3))", "L1Loss()", "MSELoss()",
    "NLLLoss()", "CrossEntropyLoss()", "BCELoss()", "BCEWithLogitsLoss()", "KLDivLoss()", "SmoothL1Loss()",
    "HuberLoss()", "ModuleList()", "Sequential()", "Identity()", "Linear(3,4)", "Linear(3,4,bias=False)",
    "Bilinear(2,3,4)", "Sigmoid()", "Tanh()", "ModuleDict()", "ParameterList()", "ParameterDict()",
]  # fmt: skip


def deep(library):
    nn = library.nn
    return nn.Sequential(
        OrderedDict(
            first=nn.Linear(4, 6),
            many=nn.ModuleList([nn.Linear(6, 6), nn.Linear(6, 6), nn.ReLU(), nn.ModuleDict({"x": nn.Linear(2, 3)})]),
            list=nn.ParameterList([library.ones(2, 3), library.ones(1), 5]),
            names=nn.ParameterDict({"b": library.ones(1), "a": nn.Parameter(library.ones(2, 3)), "c": 3}),
            last=nn.PReLU(),
        )
    )


def numbers(tensor):
    return numpy.array(tensor.tolist())


def refusal(call, library):
    try:
        call(library)
    except Exception as error:
        return type(error).__name__, str(error)
    return None


@pytest.mark.parametrize("text", MADE)
def test_modules_print_and_are_named_as_pytorchs(text):
    one, other = [eval(f"nn.{text}", {"nn": library.nn}) for library in BOTH]
    assert repr(one) == repr(other)
    assert repr(type(one)) == repr(type(other))
    assert list(one.state_dict()) == list(other.state_dict())


def test_a_tree_of_modules_prints_as_pytorchs():
    assert repr(deep(tinytorch)) == repr(deep(torch))


@pytest.mark.parametrize("text", ["Linear(4, 7)", "Linear(30, 40)", "Linear(5, 2, bias=False)", "Bilinear(3, 4, 5)"])
def test_the_same_seed_starts_with_the_same_bits(text):
    states = []
    for library in BOTH:
        library.manual_seed(7)
        states.append(eval(f"nn.{text}", {"nn": library.nn}).state_dict())
    for name, value in states[0].items():
        numpy.testing.assert_array_equal(numbers(value), numbers(states[1][name]))


INITS = [
    "uniform_(t)", "uniform_(t,-2,3)", "normal_(t)", "normal_(t,1,2)", "constant_(t,3)", "ones_(t)", "zeros_(t)",
    "eye_(t)", "xavier_uniform_(t)", "xavier_uniform_(t,2)", "xavier_normal_(t)", "kaiming_uniform_(t)",
    'kaiming_uniform_(t,nonlinearity="relu",mode="fan_out")', "kaiming_normal_(t)", "kaiming_normal_(t,a=0.3)",
    "trunc_normal_(t)", "trunc_normal_(t,0,1,1.5,2)", "trunc_normal_(t,0,0.02)", "sparse_(t,0.3)",
    'kaiming_normal_(t,mode="x")', 'calculate_gain("relu")', 'calculate_gain("leaky_relu",0.2)',
    'calculate_gain("x")', "xavier_normal_(t[0])", "eye_(t[0])",
]  # fmt: skip


@pytest.mark.parametrize("text", INITS)
@pytest.mark.parametrize("shape", [(3, 4), (20, 30)])
def test_fillings_are_pytorchs(text, shape):
    found = []
    for library in BOTH:
        library.manual_seed(1)
        tensor = library.zeros(shape)
        made = refusal(lambda library, tensor=tensor: eval(text, vars(library.nn.init) | {"t": tensor}), library)
        found.append((tensor.tolist(), made))
    assert found[0][1] == found[1][1]
    numpy.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-6, atol=1e-7)


def test_parameters_buffers_and_modules_are_named_alike():
    for method in ("named_parameters", "named_modules", "named_children", "named_buffers"):
        one, other = [[name for name, _ in getattr(deep(library), method)()] for library in BOTH]
        assert one == other
    one, other = [[name for name, _ in deep(library).named_parameters("net", recurse=False)] for library in BOTH]
    assert one == other


def shared(library):
    layer = library.nn.Linear(2, 2)
    return library.nn.Sequential(layer, layer)


def test_what_is_shared_is_counted_once_unless_told_otherwise():
    for library in BOTH:
        net = shared(library)
        assert [name for name, _ in net.named_parameters()] == ["0.weight", "0.bias"]
        assert len(list(net.named_parameters(remove_duplicate=False))) == 4
        assert [name for name, _ in net.named_modules(remove_duplicate=False)] == ["", "0", "1"]
        assert list(net.state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias"]


def state(library, **changes):
    found = library.nn.Linear(3, 4).state_dict()
    found.update({name: library.ones(*shape) for name, shape in changes.items()})
    return {name: value for name, value in found.items() if value.numel() != 99}


WRONG = [
    lambda torch: torch.nn.Linear(3, 4).load_state_dict(state(torch, other=(2,))),
    lambda torch: torch.nn.Linear(3, 4).load_state_dict({}),
    lambda torch: torch.nn.Linear(3, 4).load_state_dict(state(torch, weight=(2, 3), bias=(7,), other=(1,))),
    lambda torch: torch.nn.Sequential(torch.nn.Linear(3, 4)).load_state_dict(state(torch)),
    lambda torch: torch.nn.Linear(3, 4).load_state_dict({"weight": 3, "bias": None}),
    lambda torch: torch.nn.Linear(3, 4).load_state_dict([]),
    lambda torch: setattr(torch.nn.Linear(3, 4), "weight", torch.ones(4, 3)),
    lambda torch: setattr(torch.nn.Linear(3, 4), "weight", 5),
    lambda torch: setattr(torch.nn.Sequential(torch.nn.ReLU()), "0", 5),
    lambda torch: torch.nn.Linear(3, 4).nothing,
    lambda torch: delattr(torch.nn.Linear(3, 4), "nothing"),
    lambda torch: torch.nn.Module()(1),
    lambda torch: torch.nn.Module(1),
    lambda torch: torch.nn.Module(x=1),
    lambda torch: torch.nn.Module().register_parameter("a.b", None),
    lambda torch: torch.nn.Module().register_parameter("", None),
    lambda torch: torch.nn.Module().register_parameter(3, None),
    lambda torch: torch.nn.Module().register_parameter("a", torch.ones(2)),
    lambda torch: torch.nn.Module().register_parameter("training", None),
    lambda torch: torch.nn.Module().register_buffer("a", 3),
    lambda torch: torch.nn.Module().register_buffer("a.b", None),
    lambda torch: torch.nn.Module().add_module("a.b", None),
    lambda torch: torch.nn.Module().add_module("a", 3),
    lambda torch: torch.nn.Module().add_module(3, None),
    lambda torch: torch.nn.Module().add_module("train", torch.nn.ReLU()),
    lambda torch: torch.nn.Linear(3, 4).get_submodule("a"),
    lambda torch: torch.nn.Linear(3, 4).get_submodule("weight"),
    lambda torch: torch.nn.Linear(3, 4).get_parameter("a"),
    lambda torch: torch.nn.Linear(3, 4).get_parameter("in_features"),
    lambda torch: torch.nn.Linear(3, 4).get_buffer("weight"),
    lambda torch: torch.nn.Linear(3, 4).train("yes"),
    lambda torch: torch.nn.Linear(3, 4).to(torch.int64),
    lambda torch: torch.nn.Linear(3, 4)(torch.ones(2, 5)),
    lambda torch: torch.nn.Linear(3, 4)(torch.ones(5)),
    lambda torch: torch.nn.Linear(3, 4)(torch.ones(2, 2, 5)),
    lambda torch: torch.nn.Linear(3, 4)(torch.tensor(1.0)),
    lambda torch: torch.nn.Linear(3, 4)(torch.ones(2, 3, dtype=torch.int64)),
    lambda torch: torch.nn.Linear(3, 4)(torch.ones(2, 3, dtype=torch.float64)),
    lambda torch: torch.nn.functional.linear(torch.ones(2, 3), torch.ones(4, 3), torch.ones(3)),
    lambda torch: torch.nn.functional.linear(torch.ones(2, 3), torch.ones(4, 3), torch.ones(4, dtype=torch.float64)),
    lambda torch: torch.nn.functional.linear(torch.ones(2, 3), torch.ones(4, 5)),
    lambda torch: torch.nn.functional.bilinear(torch.ones(2, 3), torch.ones(3, 4), torch.ones(5, 3, 4)),
    lambda torch: torch.nn.functional.bilinear(torch.ones(2, 3), torch.ones(2, 5), torch.ones(5, 3, 4)),
    lambda torch: torch.nn.Sequential(torch.nn.ReLU())[1],
    lambda torch: torch.nn.ModuleList([torch.nn.ReLU()])[-2],
    lambda torch: torch.nn.ModuleList(3),
    lambda torch: torch.nn.ModuleDict(3),
    lambda torch: torch.nn.ModuleDict([3]),
    lambda torch: torch.nn.ModuleDict([(1, 2, 3)]),
    lambda torch: torch.nn.ModuleDict()["a"],
    lambda torch: torch.nn.Sequential() + 3,
    lambda torch: torch.nn.Sequential() * 0,
    lambda torch: torch.nn.Sequential().insert(1, torch.nn.ReLU()),
    lambda torch: torch.nn.ParameterList(torch.ones(2)),
    lambda torch: torch.nn.ParameterList([1])(),
    lambda torch: torch.nn.ParameterDict({1: torch.ones(1)}),
    lambda torch: torch.nn.ParameterDict(3),
    lambda torch: torch.nn.Parameter(torch.ones(2, dtype=torch.int64)),
    lambda torch: torch.nn.Dropout(1.5),
    lambda torch: torch.nn.functional.dropout(torch.ones(2), -0.1),
    lambda torch: torch.nn.Hardtanh(1, -1),
    lambda torch: torch.nn.Unflatten(1, 3),
    lambda torch: torch.nn.Unflatten(1, (2, "a")),
    lambda torch: torch.nn.Softmax2d()(torch.ones(2)),
    lambda torch: torch.nn.Bilinear(0, 2, 3),
]


@pytest.mark.parametrize("place", range(len(WRONG)))
def test_refusals_are_pytorchs(place):
    one, other = [refusal(WRONG[place], library) for library in BOTH]
    assert one == other
    assert one is not None


class Registered:
    """A module that refuses assignments before its `__init__`, in either library."""

    def __init__(self, library, value):
        class Early(library.nn.Module):
            def __init__(self):
                self.member = value(library)

        Early()


@pytest.mark.parametrize(
    "value", [lambda torch: torch.nn.Parameter(torch.ones(1)), lambda torch: torch.nn.ReLU(), lambda torch: 3]
)
def test_assignments_before_init_are_refused_as_in_pytorch(value):
    one, other = [refusal(lambda library: Registered(library, value), library) for library in BOTH]
    assert one == other


SHAPES = [(3,), (5, 3), (2, 5, 3), (2, 0, 3), (0, 3)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("bias", [True, False])
def test_linear_and_its_gradients_of_both_orders_are_pytorchs(shape, bias):
    values = numpy.random.RandomState(0).randn(*shape)
    found = []
    for library in BOTH:
        library.manual_seed(0)
        layer = library.nn.Linear(3, 4, bias=bias, dtype=library.float64)
        input = library.tensor(values.tolist(), dtype=library.float64).reshape(shape).requires_grad_()
        inputs = (input, *layer.parameters())
        result = layer(input)
        first = library.autograd.grad((result**3).sum(), inputs, create_graph=True)
        second = library.autograd.grad(sum((each**2).sum() for each in first), inputs)
        found.append((result.grad_fn.name(), [result, *first, *second]))
    if bias or len(shape) != 1:  # there PyTorch numbers the node of squeeze otherwise
        assert found[0][0] == found[1][0]
    for one, other in zip(found[0][1], found[1][1], strict=True):
        assert tuple(one.shape) == tuple(other.shape)
        numpy.testing.assert_allclose(numbers(one), numbers(other), rtol=1e-11, atol=1e-12)


def test_bilinear_and_its_gradients_are_pytorchs():
    found = []
    for library in BOTH:
        library.manual_seed(0)
        layer = library.nn.Bilinear(3, 2, 4)
        inputs = library.randn(5, 6, 3).requires_grad_(), library.randn(5, 6, 2).requires_grad_()
        result = layer(*inputs)
        (result**2).sum().backward()
        found.append([result, *[each.grad for each in (*inputs, *layer.parameters())]])
    for one, other in zip(*found, strict=True):
        numpy.testing.assert_allclose(numbers(one), numbers(other), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "text",
    ["dropout(x)", "dropout(x, 0.2)", "dropout(x, 1.0)", "dropout(x, 0.0)", "dropout(x, training=False)",
    "dropout2d(x[None], 0.4)",
     "dropout1d(x[0], 0.3)", "alpha_dropout(x, 0.3, True)", "alpha_dropout(x, 1.0, True)", "alpha_dropout(x)"],
)  # fmt: skip
def test_dropout_drops_what_pytorch_drops(text):
    found = []
    for library in BOTH:
        library.manual_seed(3)
        leaf = library.ones(4, 5, 6, requires_grad=True)
        x = leaf * 2
        result = eval(text, vars(library.nn.functional) | {"x": x})
        result.sum().backward()
        found.append((result, leaf.grad, None if result is x else result.grad_fn.name()))
    numpy.testing.assert_allclose(numbers(found[0][0]), numbers(found[1][0]), rtol=1e-6)
    numpy.testing.assert_allclose(numbers(found[0][1]), numbers(found[1][1]), rtol=1e-6)
    assert found[0][2] == found[1][2]


def trained(library, optimizer_settings):
    library.manual_seed(11)
    net = library.nn.Sequential(
        library.nn.Linear(6, 16), library.nn.ReLU(), library.nn.Dropout(0.2), library.nn.Linear(16, 3)
    )
    optimizer = library.optim.SGD(net.parameters(), **optimizer_settings)
    criterion = library.nn.CrossEntropyLoss()
    losses = []
    for _ in range(20):
        x, y = library.randn(8, 6), library.randint(0, 3, (8,))
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        library.nn.utils.clip_grad_norm_(net.parameters(), 0.5)
        optimizer.step()
        losses.append(loss.item())
    return losses


def test_twenty_steps_of_training_are_pytorchs():
    one, other = [trained(library, {"lr": 0.1, "momentum": 0.9}) for library in BOTH]
    numpy.testing.assert_allclose(one, other, rtol=1e-5)


@pytest.mark.parametrize("norm", [1, 2, 3.0, float("inf")])
def test_the_norm_of_gradients_and_what_clipping_leaves_are_pytorchs(norm):
    found = []
    for library in BOTH:
        library.manual_seed(2)
        layer = library.nn.Linear(4, 5, dtype=library.float64)
        (layer(library.ones(3, 4, dtype=library.float64)) ** 2).sum().backward()
        total = library.nn.utils.clip_grad_norm_(layer.parameters(), 1.0, norm)
        first = [numbers(each.grad) for each in layer.parameters()]
        library.nn.utils.clip_grad_value_(layer.parameters(), 0.05)
        found.append([numbers(total), *first, *[numbers(each.grad) for each in layer.parameters()]])
    for one, other in zip(*found, strict=True):
        numpy.testing.assert_allclose(one, other, rtol=1e-5)


def test_copies_and_pickles_have_their_own_values():
    for library in BOTH:
        net = library.nn.Sequential(library.nn.Linear(2, 2), library.nn.ModuleList([library.nn.Dropout(0.3)])).eval()
        for again in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
            assert repr(again) == repr(net)
            assert not again.training and not again[1][0].training
            assert again[0].weight is not net[0].weight
            assert type(again[0].weight) is library.nn.Parameter
            assert again[0].weight.requires_grad
            assert again[0].weight.tolist() == net[0].weight.tolist()
