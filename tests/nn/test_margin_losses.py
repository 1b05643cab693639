"""Losses of margins and likelihoods beyond the table: torch's own forms, what is warned of, what is refused."""

import pytest

import tinytorch as torch
from tinytorch.nn import functional as F

X, SIGNS = torch.tensor([0.5, -0.25, 2.0]), torch.tensor([1.0, -1.0, -1.0])


def test_torch_takes_a_reduction_as_a_number():
    losses = F.hinge_embedding_loss(X, SIGNS, reduction="none")
    assert torch.equal(torch.hinge_embedding_loss(X, SIGNS, 1.0, 0), losses)
    assert torch.hinge_embedding_loss(X, SIGNS, 1.0, 2).item() == losses.sum().item()
    assert torch.margin_ranking_loss(X, -X, SIGNS).ndim == 0


def test_the_arguments_that_reduction_replaced_are_warned_of():
    words = r"size_average and reduce args will be deprecated, please use reduction='sum' instead\."
    with pytest.warns(UserWarning, match=words) as caught:
        found = F.soft_margin_loss(X, SIGNS, size_average=False)
    assert found.item() == F.soft_margin_loss(X, SIGNS, reduction="sum").item()
    assert caught[0].filename == __file__


def test_elementwise_mean_is_the_mean_with_a_warning():
    with pytest.warns(UserWarning, match="reduction='elementwise_mean' is deprecated"):
        found = F.mse_loss(X, SIGNS, reduction="elementwise_mean")
    assert found.item() == F.mse_loss(X, SIGNS).item()


def test_a_distance_of_ones_own_is_used_for_triplets():
    anchor, positive, negative = torch.zeros(1, 2), torch.ones(1, 2), torch.full((1, 2), 3.0)
    first = lambda one, other: (one - other).abs()[:, 0]
    found = F.triplet_margin_with_distance_loss(anchor, positive, negative, distance_function=first, margin=4.0)
    assert found.item() == 2.0


def test_a_soft_target_that_wants_a_gradient_is_refused():
    with pytest.raises(RuntimeError, match="not differentiable with respect to argument 'target'"):
        F.soft_margin_loss(X, SIGNS.clone().requires_grad_())


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_a_loss_in_pieces_is_that_of_the_whole_with_its_gradients(reduction, size):
    torch.manual_seed(0)
    input, matrix = torch.randn(5, 2).requires_grad_(), torch.randn(3, 2).requires_grad_()
    given = {"weight": torch.tensor([1.0, 2.0, 3.0]), "reduction": reduction, "ignore_index": 1}
    target, options = torch.tensor([0, 2, 1, 2, 0]), torch.nn.LinearCrossEntropyOptions(batch_chunk_size=size)
    results = [F.linear_cross_entropy(input, matrix, target, options=each, **given) for each in (None, options)]
    torch.testing.assert_close(*results)
    grads = [torch.autograd.grad(each.sum(), (input, matrix)) for each in results]
    torch.testing.assert_close(*grads)


def test_a_loss_that_cannot_be_computed_in_pieces_says_so():
    options = torch.nn.LinearCrossEntropyOptions()
    given = torch.ones(2, 2), torch.ones(3, 2), torch.tensor([0, 1])
    with pytest.warns(UserWarning, match="linear_cross_entropy: ``options`` ignored"):
        F.linear_cross_entropy(*given, label_smoothing=0.1, options=options)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"acc_policy": "x"}, "invalid acc_policy: 'x'"),
        ({"chunking_method": "aspect_ratio:0"}, "invalid chunking_method: 'aspect_ratio:0'"),
        ({"batch_chunk_size": 0}, "batch_chunk_size must be positive int or None, got 0"),
        ({"acc_dtype": torch.int64}, "acc_dtype must be one of"),
    ],
)
def test_options_that_pytorch_does_not_know_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        torch.nn.LinearCrossEntropyOptions(**settings)


@pytest.mark.parametrize(("method", "rows"), [("auto", 8), ("aspect_ratio", 16), ("aspect_ratio:4", 4), (None, 64)])
def test_the_method_says_how_many_rows_are_computed_at_once(method, rows):
    options = torch.nn.LinearCrossEntropyOptions(chunking_method=method)
    assert options.rows(64, 8, 32, torch.float32, "cpu") == rows


def test_a_target_longer_than_its_input_has_an_infinite_loss_or_none():
    log_probs = torch.randn(2, 1, 3).log_softmax(2).requires_grad_()
    lengths = torch.tensor([2]), torch.tensor([3])
    given = log_probs, torch.tensor([[1, 2, 1]]), *lengths
    assert F.ctc_loss(*given).item() == float("inf")
    loss = F.ctc_loss(*given, zero_infinity=True)
    loss.backward()
    assert loss.item() == 0
    assert not log_probs.grad.any()


def test_dropout_in_three_dimensions_warns_of_other_input():
    with pytest.warns(UserWarning, match="Received a 2-D input to dropout3d"):
        F.dropout3d(torch.ones(2, 3))
