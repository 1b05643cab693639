"""Tables of rows: how they start, what is given, what is refused."""

import pytest

import tinytorch
from tinytorch import nn

# nn.Embedding(3, 2, padding_idx=1) of PyTorch 2.13 after manual_seed(7)
TABLE = [
    [-0.1467950940132141, 0.7861412763595581],
    [0.0, 0.0],
    [1.6907901763916016, -0.8948279023170471],
]


def test_the_seed_decides_the_table_but_for_the_padding():
    tinytorch.manual_seed(7)
    assert nn.Embedding(3, 2, padding_idx=-2).weight.tolist() == TABLE


def test_the_row_of_the_padding_learns_nothing():
    table = nn.Embedding(3, 2, padding_idx=1)
    table(tinytorch.tensor([1, 2])).sum().backward()
    assert table.weight.grad.tolist() == [[0, 0], [0, 0], [1, 1]]


def test_a_table_that_is_given_is_frozen_unless_told_otherwise():
    rows = tinytorch.ones(3, 2)
    assert not nn.Embedding.from_pretrained(rows).weight.requires_grad
    assert nn.Embedding.from_pretrained(rows, freeze=False).weight.requires_grad
    assert not nn.EmbeddingBag.from_pretrained(rows).weight.requires_grad
    assert repr(nn.EmbeddingBag.from_pretrained(rows, mode="sum")) == "EmbeddingBag(3, 2, mode='sum')"


@pytest.mark.parametrize("kind", [nn.Embedding, nn.EmbeddingBag])
def test_gradients_are_sparse_where_that_is_asked_for(kind):
    table = kind(3, 2, sparse=True)
    table(tinytorch.tensor([[1, 2]])).sum().backward()
    assert table.weight.grad.is_sparse and table.weight.grad._indices().tolist() == [[1, 2]]
    assert table.sparse and kind.from_pretrained(tinytorch.ones(3, 2), sparse=True).sparse
    table.zero_grad(set_to_none=False)
    assert table.weight.grad.is_sparse and table.weight.grad._nnz() == 0
    assert ("sparse=True" in repr(table)) is (kind is nn.Embedding)


def test_rare_classes_are_found_in_their_clusters():
    tinytorch.manual_seed(0)
    model = nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10], div_value=2.0)
    rows = tinytorch.randn(6, 8)
    logarithms = model.log_prob(rows)
    assert model.predict(rows).tolist() == logarithms.argmax(1).tolist()
    targets = tinytorch.tensor([0, 5, 12, 19, 3, 9])
    output, loss = model(rows, targets)
    assert output.tolist() == pytest.approx(logarithms.gather(1, targets.unsqueeze(1)).flatten().tolist(), abs=1e-6)
    assert loss.item() == pytest.approx(-output.mean().item())


def test_sequences_of_different_lengths_become_one_tensor_with_gradients():
    words = [tinytorch.ones(2, 1, requires_grad=True), tinytorch.ones(3, 1, requires_grad=True)]
    padded = nn.utils.rnn.pad_sequence(words, batch_first=True, padding_value=-1.0, padding_side="left")
    assert padded.flatten(1).tolist() == [[-1, 1, 1], [1, 1, 1]]
    (padded * tinytorch.arange(6.0).view(2, 3, 1)).sum().backward()
    assert [each.grad.flatten().tolist() for each in words] == [[1, 2], [3, 4, 5]]
