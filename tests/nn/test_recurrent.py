"""Recurrent layers and cells: their numbers, gradients of every order, names, and how sequences may come."""

import copy
import math
import pickle

import pytest

import tinytorch
from tests.nn.test_layers import weighed
from tinytorch import nn
from tinytorch.autograd.gradcheck import gradcheck, gradgradcheck

RECORDED = [  # the module, the shape of its input, and two numbers that depend on every result and every gradient
    ("LSTM(3, 4)", (5, 2, 3), -2.27090195, -1.93766422),
    ("LSTM(3, 4, 2, bidirectional=True, batch_first=True)", (2, 5, 3), 0.834962698, 2.05292238),
    ("LSTM(3, 4, 2, proj_size=2, bias=False)", (5, 2, 3), -1.23553863, -1.27884107),
    ("GRU(3, 4)", (5, 2, 3), -2.34951338, -6.27382587),
    ("GRU(3, 4, 2, bidirectional=True)", (5, 3), 1.80806241, -0.963707491),
    ("GRU(3, 4, bias=False, batch_first=True)", (2, 5, 3), -0.592259654, -0.47110012),
    ("RNN(3, 4, 2)", (5, 2, 3), 1.45260268, 5.89579107),
    ("RNN(3, 4, nonlinearity='relu', bidirectional=True)", (5, 2, 3), 2.10594711, 4.41390887),
    ("LSTMCell(3, 4)", (2, 3), -0.493981312, -2.25984528),
    ("GRUCell(3, 4)", (2, 3), -0.270020047, -1.73033593),
    ("RNNCell(3, 4)", (3,), 0.466165956, 2.35137825),
    ("RNNCell(3, 4, nonlinearity='relu', bias=False)", (2, 3), 0.631128136, 0.381046235),
]
LAYERS = [
    "LSTM(2, 3)", "LSTM(2, 3, proj_size=2, bidirectional=True)", "GRU(2, 3, 2)", "RNN(2, 3)",
    "RNN(2, 3, nonlinearity='relu')",
]  # fmt: skip


def tensors_in(value):
    """The tensors of a result, which may be a tuple of tuples."""
    return [value] if isinstance(value, tinytorch.Tensor) else [each for part in value for each in tensors_in(part)]


def made(text):
    """A layer with the numbers of a seed, in float64."""
    tinytorch.manual_seed(5)
    return eval(text, {name: getattr(nn, name) for name in dir(nn)}).double()


@pytest.mark.parametrize(("text", "shape", "result", "gradient"), RECORDED, ids=[row[0] for row in RECORDED])
def test_a_layer_and_its_gradients_have_the_numbers_of_pytorch(text, shape, result, gradient, device):
    module = made(text).to(device)
    input = tinytorch.arange(math.prod(shape), dtype=tinytorch.float64).cos().reshape(shape)
    input = input.to(device).requires_grad_()
    found = sum(weighed(each) for each in tensors_in(module(input)))
    assert found.item() == pytest.approx(result, rel=1e-7, abs=1e-7)
    grads = tinytorch.autograd.grad(found, [input, *module.parameters()])
    assert sum(weighed(each).item() for each in grads) == pytest.approx(gradient, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("text", LAYERS)
def test_derivatives_of_every_order_are_those_of_differences(text):
    module, input = made(text), tinytorch.randn(3, 2, 2, dtype=tinytorch.float64, requires_grad=True)
    states = [each.detach().requires_grad_() for each in tensors_in(module(input)[1])]

    def run(input, *states):
        return tuple(tensors_in(module(input, states if len(states) > 1 else states[0])))

    assert gradcheck(run, (input, *states), check_forward_ad=True, check_batched_grad=True)
    assert gradgradcheck(run, (input, *states))


@pytest.mark.parametrize("text", LAYERS)
def test_the_two_ways_to_a_gradient_agree(text):
    module, input = made(text), tinytorch.randn(4, 2, 2, dtype=tinytorch.float64)
    grads = []
    for create_graph in (False, True):
        result = sum(weighed(each) for each in tensors_in(module(input)))
        grads.append(tinytorch.autograd.grad(result, list(module.parameters()), create_graph=create_graph))
    for one, other in zip(*grads, strict=True):
        assert tinytorch.allclose(one, other, rtol=1e-10, atol=1e-12)


def test_one_tensor_may_be_both_states_of_an_lstm():
    module, state = made("LSTM(2, 3)"), tinytorch.zeros(1, 1, 3, dtype=tinytorch.float64, requires_grad=True)
    result = lambda: module(tinytorch.ones(2, 1, 2, dtype=tinytorch.float64), (state, state))[0].sum()
    fused, single = [tinytorch.autograd.grad(result(), state, create_graph=each)[0] for each in (False, True)]
    assert tinytorch.allclose(fused, single)


@pytest.mark.parametrize("text", LAYERS)
def test_packed_sequences_give_what_each_gives_alone(text, device):
    module = made(text).to(device)
    sequences = [tinytorch.randn(size, 2, dtype=tinytorch.float64).to(device) for size in (2, 4, 1)]
    output, states = module(nn.utils.rnn.pack_sequence(sequences, enforce_sorted=False))
    for place, one in enumerate(nn.utils.rnn.unpack_sequence(output)):
        alone, its_states = module(sequences[place])
        assert tinytorch.allclose(one, alone)
        for state, its_state in zip(tensors_in(states), tensors_in(its_states), strict=True):
            assert tinytorch.allclose(state[:, place], its_state)


def test_states_of_packed_sequences_come_and_go_in_the_order_of_the_sequences():
    module, state = made("GRU(2, 3)"), tinytorch.randn(1, 2, 3, dtype=tinytorch.float64)
    sequences = [tinytorch.randn(size, 2, dtype=tinytorch.float64) for size in (1, 3)]
    _, after = module(nn.utils.rnn.pack_sequence(sequences, enforce_sorted=False), state)
    for place, each in enumerate(sequences):
        assert tinytorch.allclose(after[:, place], module(each, state[:, place])[1])


def test_dropout_between_layers_draws_from_pytorchs_stream():
    tinytorch.manual_seed(5)
    module = nn.GRU(3, 4, 3, dropout=0.5)
    output, _ = module(tinytorch.ones(2, 2, 3))
    expected = tinytorch.tensor([[-0.2793, -0.3353, -0.0615, -0.2434], [-0.3304, -0.2826, 0.0105, -0.0802]])
    assert tinytorch.allclose(output[-1], expected, atol=1e-4)
    assert tinytorch.equal(module.eval()(tinytorch.ones(2, 2, 3))[0], module(tinytorch.ones(2, 2, 3))[0])


def test_half_precision_is_computed_in_float32_and_rounded_once():
    module, input = made("LSTM(2, 3)").bfloat16(), tinytorch.randn(6, 2, 2).bfloat16()
    output, (hidden, cell) = module(input)
    wide, _ = module.float()(input.float())
    assert [each.dtype for each in (output, hidden, cell)] == [tinytorch.bfloat16] * 3
    assert tinytorch.allclose(output.float(), wide, atol=4e-3)


def test_autocast_computes_a_layer_in_the_lower_dtype():
    module, input = made("LSTM(2, 3)").float(), tinytorch.randn(6, 2, 2)
    for each in (input, input.bfloat16()):
        with tinytorch.autocast("cpu"):
            output, _ = module(each)
        assert output.dtype is tinytorch.bfloat16
        assert tinytorch.allclose(output.float(), module(input)[0], atol=8e-3)
    output.float().sum().backward()
    assert module.weight_hh_l0.grad.dtype is tinytorch.float32


def test_the_parameters_have_pytorchs_names():
    assert list(nn.LSTM(2, 3, 2, bidirectional=True, proj_size=1).state_dict())[5:15] == [
        "weight_ih_l0_reverse", "weight_hh_l0_reverse", "bias_ih_l0_reverse", "bias_hh_l0_reverse",
        "weight_hr_l0_reverse", "weight_ih_l1", "weight_hh_l1", "bias_ih_l1", "bias_hh_l1", "weight_hr_l1",
    ]  # fmt: skip
    module = nn.GRU(2, 3, bias=False)
    assert module.all_weights == [[module.weight_ih_l0, module.weight_hh_l0]]


def test_layers_print_what_is_not_usual():
    assert repr(nn.LSTM(2, 3)) == "LSTM(2, 3)"
    assert repr(nn.GRU(2, 3, 2, False, True, 0.5, True)) == (
        "GRU(2, 3, num_layers=2, bias=False, batch_first=True, dropout=0.5, bidirectional=True)"
    )
    assert repr(nn.RNNCell(2, 3, False, "relu")) == "RNNCell(2, 3, bias=False, nonlinearity=relu)"


def test_a_layer_is_copied_and_pickled():
    module = made("LSTM(2, 3)")
    input = tinytorch.ones(2, 1, 2, dtype=tinytorch.float64)
    for again in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        again.flatten_parameters()
        assert tinytorch.equal(again(input)[0], module(input)[0])
        assert again.weight_hh_l0 is not module.weight_hh_l0


def test_a_parameter_that_is_replaced_is_used():
    module = made("RNN(2, 3)")
    module.weight_ih_l0 = nn.Parameter(tinytorch.zeros_like(module.weight_ih_l0))
    one, other = [module(each * tinytorch.ones(1, 1, 2, dtype=tinytorch.float64))[0] for each in (1, 2)]
    assert tinytorch.equal(one, other)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: nn.LSTM(2, 3)(tinytorch.ones(2)), "LSTM: Expected input to be 2D or 3D, got 1D instead"),
        (lambda: nn.GRU(2, 3)(tinytorch.ones(4, 1, 3)),
         "input.size(-1) must be equal to input_size. Expected 2, got 3"),
        (lambda: nn.RNN(2, 3)(tinytorch.ones(0, 1, 2)), "Expected sequence length to be larger than 0 in RNN"),
        (lambda: nn.GRU(2, 3)(tinytorch.ones(4, 1, 2), tinytorch.ones(1, 2, 3)),
         "Expected hidden size (1, 1, 3), got [1, 2, 3]"),
        (lambda: nn.LSTM(2, 3, proj_size=3), "proj_size has to be smaller than hidden_size"),
        (lambda: nn.LSTMCell(2, 3)(tinytorch.ones(1, 4)), "input has inconsistent input_size: got 4 expected 2"),
        (lambda: tinytorch.lstm(tinytorch.ones(2, 1, 2), [tinytorch.ones(1, 1, 3)], [], True, 1, 0.0, True, True, True),
         "lstm expects two hidden states"),
    ],
)  # fmt: skip
def test_refusals_have_pytorchs_words(make, words):
    with pytest.raises((RuntimeError, ValueError)) as caught:
        make()
    assert str(caught.value) == words
