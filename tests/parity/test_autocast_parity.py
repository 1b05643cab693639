"""Under autocast each operation gives the dtypes that PyTorch gives on the CPU, or is refused, and networks learn."""

import contextlib
import warnings

import pytest
import torch

import tinytorch
import tinytorch.amp
from tests import observation
from tests.samples import rows
from tinytorch.amp.policies import POLICIES

ASKED = (  # the dtypes of inputs, and the lower one of the region
    (("float32",), "bfloat16"),
    (("bfloat16",), "bfloat16"),
    (("float32", "bfloat16"), "bfloat16"),
    (("bfloat16", "float32"), "bfloat16"),
    (("float64",), "bfloat16"),
    (("float32",), "float16"),
)
NAMES = sorted(name for name, row in rows.items() if row.samples and observation.exists(torch, row, name))
KNOWN = {
    "inner": "of two vectors PyTorch makes no product of matrices",
    "chain_matmul": "PyTorch asks first whether the dtypes are equal",
    "linalg.pinv": "PyTorch makes it of a product of matrices, after a decomposition in float32",
    "pinv_of_a_Hermitian_matrix": "the same",
}


def found(library, name, sample, dtypes, region):
    """The dtypes of all results of a call, or that it is refused."""
    with warnings.catch_warnings(), region:
        warnings.simplefilter("ignore")
        try:
            results = observation.Call(library, rows[name], name, sample, dtypes)()
        except (*observation.REFUSALS, AttributeError):
            return "refused"
    return [str(getattr(each, "dtype", type(each).__name__)) for each in results]


def differing(name):
    """The calls whose dtypes differ under autocast, and not without it."""
    for sample in rows[name].samples:
        for dtypes, lower in ASKED:
            regions = [each.amp.autocast("cpu", dtype=getattr(each, lower)) for each in (tinytorch, torch)]
            ours = found(tinytorch, name, sample, dtypes, regions[0])
            theirs = found(torch, name, sample, dtypes, regions[1])
            if ours != theirs:
                usual = [found(each, name, sample, dtypes, contextlib.nullcontext()) for each in (tinytorch, torch)]
                if usual[0] == usual[1]:
                    yield sample, dtypes, lower, ours, theirs


@pytest.mark.parametrize("name", NAMES)
def test_results_have_the_dtypes_that_pytorchs_have_under_autocast(name):
    assert bool(list(differing(name))) == (name in KNOWN), list(differing(name))


# Networks


def perceptron(library):
    """Layers of all kinds that take numbers in rows."""
    nn = library.nn
    return nn.Sequential(
        nn.Linear(6, 16), nn.LayerNorm(16), nn.GELU(), nn.Dropout(0.0), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 3)
    )


def convolutional(library):
    """Convolution, batch normalization, pooling."""
    nn = library.nn
    return nn.Sequential(
        nn.Unflatten(1, (1, 2, 3)), nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(),
        nn.ConvTranspose2d(4, 4, 2), nn.GroupNorm(2, 4), nn.MaxPool2d(2, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(4, 3),
    )  # fmt: skip


def attentive(library):
    """Attention between six tokens of one number, as a transformer has it."""
    nn = library.nn

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.norm = nn.Linear(1, 8), nn.LayerNorm(8)
            self.query, self.key, self.value = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 8, bias=False)
            self.out = nn.Linear(8, 3)

        def forward(self, input):
            tokens = self.embed(input.unsqueeze(-1))
            found = self.norm(tokens)
            heads = [each(found).view(-1, 6, 2, 4).transpose(1, 2) for each in (self.query, self.key, self.value)]
            mixed = nn.functional.scaled_dot_product_attention(*heads, is_causal=True)
            tokens = tokens + mixed.transpose(1, 2).reshape(-1, 6, 8)
            return self.out(tokens.mean(1))

    return Block()


def learned(library, make, lower, scaled=False):
    """The losses of ten steps under autocast, the dtypes of the results, and the last gradients."""
    library.manual_seed(3)
    network = make(library)
    optimizer = library.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    scaler = library.amp.GradScaler("cpu", init_scale=2.0**10, enabled=scaled, growth_interval=3)
    input, target = library.randn(12, 6), library.arange(12) % 3
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        with library.autocast("cpu", dtype=getattr(library, lower)):
            output = network(input)
            loss = library.nn.functional.cross_entropy(output, target)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        losses.append(loss.item())
    kinds = [str(output.dtype), str(loss.dtype), {str(each.grad.dtype) for each in network.parameters()}]
    return losses, kinds, scaler.state_dict()


@pytest.mark.parametrize("lower", ["bfloat16", "float16"])
@pytest.mark.parametrize("make", [perceptron, convolutional, attentive])
def test_networks_learn_as_under_pytorch(make, lower):
    """Both round to the lower dtype, not always the same sums: the losses were seen to differ by 5e-4 at most."""
    ours, theirs = learned(tinytorch, make, lower), learned(torch, make, lower)
    assert ours[1:] == theirs[1:]
    assert ours[0] == pytest.approx(theirs[0], rel=1e-3)


def test_a_scaler_learns_its_scale_as_pytorchs():
    ours, theirs = [learned(each, perceptron, "float16", True) for each in (tinytorch, torch)]
    assert ours[1:] == theirs[1:]
    assert ours[0] == pytest.approx(theirs[0], rel=1e-3)


# The lists


ELSEWHERE = {  # names of the dispatcher that no function here has, and why
    "are steps of others, or other libraries' kernels": (
        "_addmm_activation _convolution _grid_sampler_2d_cpu_fallback _native_multi_head_attention mkldnn_rnn_layer "
        "multilabel_margin_loss_forward nll_loss2d _scaled_dot_product_flash_attention cudnn_convolution "
        "cudnn_convolution_transpose _thnn_fused_gru_cell _thnn_fused_lstm_cell frobenius_norm nuclear_norm"
    ),
    "there are no quantized tensors": "fake_quantize_per_tensor_affine",
    "stand under one name, `interpolate`": (
        "upsample_nearest1d upsample_nearest2d upsample_nearest3d upsample_linear1d upsample_bilinear2d "
        "upsample_trilinear3d upsample_bicubic2d _upsample_nearest_exact1d _upsample_nearest_exact2d "
        "_upsample_nearest_exact3d _upsample_bilinear2d_aa _upsample_bicubic2d_aa"
    ),
    "stands under the name `lu`": "_lu_with_info",
}
OURS = {  # names that the lists have besides, as they consist of one of the dispatcher's
    "cpu": {"affine_grid_generator", "lu", "adaptive_max_pool3d_with_indices", "fractional_max_pool2d_with_indices",
            "fractional_max_pool3d_with_indices", "max_unpool1d"},
    "cuda": {"affine_grid_generator", "interpolate"},
}  # fmt: skip


@pytest.mark.parametrize(("kind", "key"), [("cpu", "AutocastCPU"), ("cuda", "AutocastCUDA")])
def test_the_lists_have_the_names_that_pytorchs_dispatcher_has(kind, key):
    registered = torch._C._dispatch_get_registrations_for_dispatch_key(key)
    theirs = {each.removeprefix("aten::").partition(".")[0] for each in registered}
    theirs -= set(" ".join(ELSEWHERE.values()).split())
    assert POLICIES[kind].keys() ^ theirs == OURS[kind]
