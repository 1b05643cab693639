"""Convolutions as modules: how they start, print and pad, and what they refuse."""

import copy
import pickle

import pytest

import tinytorch
from tinytorch import nn

# nn.Conv1d(2, 2, 2) of PyTorch 2.13 after manual_seed(7)
WEIGHT = [
    [[0.03492254018783569, -0.301196813583374], [0.15921169519424438, 0.15689027309417725]],
    [[-0.26723843812942505, -0.07493859529495239], [-0.2929139733314514, 0.12973636388778687]],
]
BIAS = [-0.13468384742736816, 0.35126835107803345]


def test_the_seed_decides_the_weights():
    tinytorch.manual_seed(7)
    layer = nn.Conv1d(2, 2, 2)
    assert (layer.weight.tolist(), layer.bias.tolist()) == (WEIGHT, BIAS)
    for again in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert (again.weight.tolist(), repr(again)) == (WEIGHT, "Conv1d(2, 2, kernel_size=(2,), stride=(1,))")


def test_it_prints_what_is_unusual():
    layer = nn.Conv2d(4, 6, 3, padding="same", dilation=2, groups=2, bias=False, padding_mode="circular")
    assert repr(layer) == (
        "Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=same, dilation=(2, 2), groups=2, bias=False, "
        "padding_mode=circular)"
    )


def test_an_even_kernel_with_the_same_size_has_one_element_more_at_the_end():
    layer = nn.Conv1d(1, 1, 2, padding="same", padding_mode="replicate", bias=False)
    nn.init.ones_(layer.weight)
    assert layer(tinytorch.tensor([[1.0, 2.0, 4.0]])).tolist() == [[3, 6, 8]]


def test_the_size_that_is_meant_is_asked_for():
    layer = nn.ConvTranspose1d(1, 1, 3, stride=2)
    assert [layer(tinytorch.ones(1, 4), output_size=[size]).shape[-1] for size in (9, 10)] == [9, 10]
    with pytest.raises(
        ValueError, match=r"requested an output size of \[11\], but valid sizes range from \[9\] to \[10\]"
    ):
        layer(tinytorch.ones(1, 4), output_size=[11])


def test_a_subclass_may_convolve_with_another_weight():
    class Twice(nn.Conv1d):
        def forward(self, input):
            return self._conv_forward(input, 2 * self.weight, self.bias)

    layer = Twice(1, 1, 1, bias=False)
    nn.init.ones_(layer.weight)
    assert layer(tinytorch.ones(1, 3)).tolist() == [[2, 2, 2]]


def test_a_weight_that_gives_the_input_back():
    layer = nn.Conv2d(2, 4, 3, padding=1, bias=False)
    nn.init.dirac_(layer.weight, 2)
    image = tinytorch.randn(2, 4, 4)
    assert layer(image).tolist() == [*image.tolist(), *image.tolist()]


def test_orthogonal_rows_have_length_one():
    tinytorch.manual_seed(0)
    rows = nn.init.orthogonal_(tinytorch.empty(2, 3, dtype=tinytorch.float64))
    assert (rows @ rows.T).flatten().tolist() == pytest.approx([1, 0, 0, 1], abs=1e-12)


def test_a_module_is_made_without_values():
    layer = nn.utils.skip_init(nn.Conv2d, 1, 2, 3, dtype=tinytorch.float64)
    assert (layer.weight.shape, layer.weight.device.type) == ((2, 1, 3, 3), "cpu")


def test_the_parts_of_a_weight_are_filled_one_by_one():
    weight = nn.Parameter(tinytorch.zeros(4, 2))
    for part in weight.chunk(2):
        nn.init.orthogonal_(part)
    assert weight.norm().item() == pytest.approx(2)


@pytest.mark.parametrize("spatial", [1, 2, 3])
def test_the_gradients_as_functions_are_those_of_the_convolution(spatial):
    tinytorch.manual_seed(0)
    input = tinytorch.randn(2, 4, *[7] * spatial, requires_grad=True)
    weight = tinytorch.randn(6, 2, *[3] * spatial, requires_grad=True)
    settings = {"stride": 2, "padding": 1, "dilation": 1, "groups": 2}
    result = getattr(nn.functional, f"conv{spatial}d")(input, weight, **settings)
    upstream = tinytorch.randn_like(result)
    expected = tinytorch.autograd.grad(result, (input, weight), upstream)
    of_input = getattr(nn.grad, f"conv{spatial}d_input")(input.shape, weight, upstream, **settings)
    of_weight = getattr(nn.grad, f"conv{spatial}d_weight")(input, weight.shape, upstream, **settings)
    tinytorch.testing.assert_close((of_input.detach(), of_weight.detach()), expected)
