"""Recurrent layers under both libraries: every combination of options, ways in which sequences come, dtypes, words."""

import io
import itertools
import warnings

import pytest
import torch

import tinytorch
from tests.parity.results import attempt, numbers, outcomes, refusal, tensors_in, unequal, unlike

BOTH = (tinytorch, torch)
FAMILIES = ("LSTM(3,4", "LSTM(3,4,proj_size=2", "GRU(3,4", "RNN(3,4", "RNN(3,4,nonlinearity='relu'")
OPTIONS = [
    ",".join([family, f"num_layers={layers}", f"bidirectional={both}", f"bias={bias}", f"batch_first={first}", ")"])
    for family, layers, both, bias, first in itertools.product(FAMILIES, (1, 2), *[(False, True)] * 3)
]
WAYS = {  # how sequences come, as a function of the library, (steps, n, in) and whether the batch is first
    "padded": lambda library, rows, first: rows.transpose(0, 1) if first else rows,
    "alone": lambda library, rows, first: rows[:, 0],
    "sorted": lambda library, rows, first: library.nn.utils.rnn.pack_padded_sequence(
        rows.transpose(0, 1) if first else rows, [4, 4, 1], first
    ),
    "unsorted": lambda library, rows, first: library.nn.utils.rnn.pack_padded_sequence(
        rows.transpose(0, 1) if first else rows, [2, 4, 1], first, enforce_sorted=False
    ),
}


def seen(library, text, way, dtype, states):
    """All that a layer shows: results, their nodes, gradients, and in float64 second derivatives."""
    library.manual_seed(4)
    module = eval(f"nn.{text}", {"nn": library.nn}).to(getattr(library, dtype))
    rows = library.randn(4, 3, 3, dtype=getattr(library, dtype), requires_grad=True)
    data, given, inputs = WAYS[way](library, rows, module.batch_first), (), [rows, *module.parameters()]
    if states:
        count, sizes = len(module.all_weights), [module.proj_size or 4, *[4] * (module.mode == "LSTM")]
        shapes = [(count, size) if way == "alone" else (count, 3, size) for size in sizes]
        begin = [library.randn(shape, dtype=getattr(library, dtype), requires_grad=True) for shape in shapes]
        given, inputs = (tuple(begin) if len(begin) > 1 else begin[0],), [*inputs, *begin]
    results = list(tensors_in(module(data, *given)))
    results = [each for each in results if each.requires_grad]
    nodes = [type(each.grad_fn).__name__ for each in results]
    total = lambda tensors: sum((each * each).sum() for each in tensors)
    first = library.autograd.grad(total(results), inputs, retain_graph=True)
    if dtype != "float64":
        return nodes, results, first, ()
    again = library.autograd.grad(total(results), inputs, create_graph=True)
    return nodes, results, first, library.autograd.grad(total(again), inputs)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", OPTIONS)
def test_a_layer_is_pytorchs_in_all_its_options(text, way):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns of projections
        for dtype, states in (("float64", True), ("float64", False), ("float32", way != "padded")):
            found, expected = [seen(library, text, way, dtype, states) for library in BOTH]
            assert found[0] == expected[0]
            assert list(unlike(found[1], expected[1])) == []
            assert list(unlike(list(found[2:]), list(expected[2:]), "gradients")) == []


@pytest.mark.parametrize("text", ["LSTM(3,4,3,dropout=.5)", "GRU(3,4,2,dropout=.3,bidirectional=True)",
                                  "RNN(3,4,3,dropout=1.,batch_first=True)"])  # fmt: skip
@pytest.mark.parametrize("way", ["padded", "unsorted"])
def test_dropout_between_layers_draws_the_same_numbers(text, way):
    found = []
    for library in BOTH:
        library.manual_seed(4)
        module = eval(f"nn.{text}", {"nn": library.nn})
        rows = library.randn(4, 3, 3)
        results = module(WAYS[way](library, rows, module.batch_first))
        found.append([*tensors_in(results), library.rand(3), *tensors_in(module.eval()(rows))])
    assert list(unlike(found[0], found[1])) == []


@pytest.mark.parametrize(
    "text", ["LSTMCell(3,4)", "GRUCell(3,4,False)", "RNNCell(3,4)", "RNNCell(3,4,nonlinearity='relu')"]
)
@pytest.mark.parametrize("shape", [(2, 3), (3,)])
def test_cells_are_pytorchs_over_several_steps(text, shape):
    found = []
    for library in BOTH:
        library.manual_seed(4)
        module, state = eval(f"nn.{text}", {"nn": library.nn}).double(), None
        inputs = library.randn(3, *shape, dtype=library.float64, requires_grad=True)
        for each in inputs.unbind():
            state = module(each, state)
        results = list(tensors_in(state))
        names = [type(each.grad_fn).__name__ for each in results]
        grads = library.autograd.grad(sum((each**2).sum() for each in results), [inputs, *module.parameters()])
        found.append((names, [*results, *grads]))
    assert found[0][0] == found[1][0]
    assert list(unlike(found[0][1], found[1][1])) == []


REFUSED = [
    "nn.LSTM(2.,3)", "nn.LSTM(2,3.)", "nn.LSTM(0,3)", "nn.LSTM(2,0)", "nn.LSTM(2,3,0)", "nn.LSTM(2,3,bias=1)",
    "nn.LSTM(2,3,batch_first=1)", "nn.LSTM(2,3,dropout=2)", "nn.LSTM(2,3,dropout=True)", "nn.LSTM(2,3,dropout='a')",
    "nn.LSTM(2,3,proj_size=3)", "nn.LSTM(2,3,proj_size=-1)", "nn.GRU(2,3,proj_size=1)", "nn.RNN(2,3,proj_size=1)",
    "nn.RNN(2,3,nonlinearity='x')", "nn.RNNBase('x',2,3)", "nn.LSTM(2)", "nn.LSTM()", "nn.LSTM(2,3,x=1)",
    "nn.RNNBase('LSTM',2,3)(o(2,2))", "nn.RNNCell(2,3,nonlinearity='x')(o(1,2))", "nn.LSTM(3,2)(o(0,1,3))",
    "nn.GRU(3,2)(o(0,3))", "nn.LSTM(3,2)(o(5,1,3),o(1,1,2))", "nn.LSTM(3,2)(o(5,1,3),(o(1,1,2),))",
    "nn.GRU(3,2)(o(5,1,3),(o(1,1,2),))", "nn.LSTM(3,2)(3)", "nn.GRU(3,2)(None)", "nn.LSTM(3,2)(o(5,1,3).long())",
    "nn.GRU(3,2)(o(5,1,3),o(1,1,2).double())", "nn.LSTM(3,2)(o(5,1,4))", "nn.LSTM(3,2)(o(2,5,1,3))",
    "nn.RNN(3,2)(o(3))", "nn.GRU(3,2)(o(3))", "nn.LSTM(3,2)(o(5,1,3),(o(1,2,2),o(1,1,2)))",
    "nn.LSTM(3,2)(o(5,1,3),(o(1,1,2),o(1,1,3)))", "nn.LSTM(3,2)(o(5,3),(o(1,1,2),o(1,1,2)))",
    "nn.LSTM(3,2)(o(5,1,3),(o(1,2),o(1,2)))", "nn.GRU(3,2)(o(5,3),o(1,1,2))", "nn.GRU(3,2)(o(5,1,3),o(1,2))",
    "nn.RNN(3,2)(pack([o(4,3),o(2,3)]),o(1,3,2))", "nn.GRU(3,2)(pack([o(4,4),o(2,4)]))",
    "nn.LSTMCell(3,2)(o(1,1,3))", "nn.GRUCell(3,2)(o(1,3),o(1,1,2))", "nn.LSTMCell(3,2)(o(1,3),(o(1,2),o(2,2)))",
    "nn.GRUCell(3,2)(o(1,4))", "nn.RNNCell(3,2)(o(2,3),o(1,2))", "nn.RNNCell(3,2)(o(1,3),o(1,3))",
    "torch.lstm(o(5,1,3),[o(1,1,2)],[],True,1,0.,False,False,False)", "torch.gru_cell(o(1,3),o(1,2),o(8,3),o(6,2))",
    "torch.gru(o(0,1,3),o(1,1,2),[o(6,3),o(6,2),o(6),o(6)],True,1,0.,False,False,False)",
    "torch.gru(o(5,1,3),o(1,1,2),[o(6,3),o(6,2),o(6),o(6)],True,1,0.,False,True,False)",
    "torch.gru(o(5,1,3),o(2,1,2),[o(6,3),o(6,2),o(6),o(6)],True,2,0.,False,False,False)",
    "torch.lstm_cell(o(1,3),(o(1,2),),o(8,3),o(8,2))",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_refusals_are_pytorchs(text):
    (found, error), (expected, refused) = [
        attempt(
            eval,
            text,
            {"nn": library.nn, "torch": library, "o": library.ones, "pack": library.nn.utils.rnn.pack_sequence},
        )
        for library in BOTH
    ]
    assert refused is not None, expected
    assert error is not None and refusal(error).replace("tinytorch", "torch") == refusal(refused), found


def test_dropout_that_has_no_place_is_warned_of():
    told = []
    for library in BOTH:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            library.nn.LSTM(2, 3, dropout=0.5)
        told.append([(each.category, str(each.message)) for each in caught])
    assert told[0] == told[1] != []


CALLS = [
    "lstm(x,(h,h),[o(8,3),o(8,2),o(8),o(8)],True,1,0.,False,False,False)",
    "lstm(input=x,hx=[h,h],params=[o(8,3),o(8,2)],has_biases=False,num_layers=1,dropout=0.,train=True,"
    "bidirectional=False,batch_first=False)",
    "lstm(o(4,3),torch.tensor([2,1,1]),[o(1,2,2)]*2,[o(8,3),o(8,2)],False,1,0.,False,False)",
    "gru(x,h,[o(6,3),o(6,2),o(6),o(6)],True,1,0.,False,False,False)",
    "gru(data=o(4,3),batch_sizes=torch.tensor([2,2]),hx=o(1,2,2),params=[o(6,3),o(6,2)],has_biases=False,num_layers=1,"
    "dropout=0.,train=True,bidirectional=False)",
    "rnn_tanh(x,h,[o(2,3),o(2,2),o(2),o(2)],True,1,0.,False,False,False)",
    "rnn_relu(x,o(2,1,2),[o(2,3),o(2,2),o(2,3),o(2,2)],False,1,0.,False,True,False)",
    "lstm_cell(x[0],(h[0],h[0]),o(8,3),o(8,2))", "gru_cell(x[0],h[0],o(6,3),o(6,2),o(6))",
    "rnn_tanh_cell(x[0],h[0],o(2,3),o(2,2))", "rnn_relu_cell(x[0],h[0],o(2,3),o(2,2),o(2),o(2))",
]  # fmt: skip


@pytest.mark.parametrize("text", CALLS)
def test_the_functions_are_pytorchs(text):
    found = []
    for library in BOTH:
        names = {"torch": library, "o": lambda *shape, one=library: one.ones(*shape) / 3}
        names |= {"x": library.arange(15.0).reshape(5, 1, 3) / 9, "h": library.ones(1, 1, 2)}
        found.append(attempt(eval, f"torch.{text}", names))
    assert list(outcomes(*found[0], *found[1])) == []


@pytest.mark.parametrize(
    "text", ["LSTM(3,4,2,bidirectional=True,proj_size=2)", "GRU(3,4)", "RNN(3,4)", "LSTMCell(3,4)"]
)
def test_states_and_modules_go_from_one_library_to_the_other(text):
    ours, theirs = [eval(f"nn.{text}", {"nn": library.nn}) for library in BOTH]
    file = io.BytesIO()
    torch.save(theirs.state_dict(), file)
    file.seek(0)
    ours.load_state_dict(tinytorch.load(file))
    inputs = [library.arange(6.0).reshape(2, 3) for library in BOTH]
    for one, other in zip(tensors_in(ours(inputs[0])), tensors_in(theirs(inputs[1])), strict=True):
        assert not unequal(numbers(one), numbers(other), 1e-5)
    for source, saved, library, reader in ((theirs, torch, tinytorch, inputs[0]), (ours, tinytorch, torch, inputs[1])):
        file = io.BytesIO()
        saved.save(source, file)
        file.seek(0)
        again = library.load(file, weights_only=False)
        assert type(again) is getattr(library.nn, text.partition("(")[0])
        for one, other in zip(tensors_in(again(reader)), tensors_in(ours(inputs[0])), strict=True):
            assert not unequal(numbers(one), numbers(other), 1e-5)
