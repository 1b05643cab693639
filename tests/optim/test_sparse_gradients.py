"""Steps with the sparse gradients of embeddings, against PyTorch's numbers, and who refuses them."""

import pytest

import tinytorch as torch
from tinytorch import optim

# The table after two steps of PyTorch 2.13, from arange(10).view(5, 2) and the loss (table[[1, 3, 1]] ** 2).sum()
STEPS = [
    (optim.SGD, {}, [[0.72, 1.08], [3.84, 4.48]]),
    (optim.SGD, dict(momentum=0.9), [[0.0, 0.0], [2.76, 3.22]]),
    (optim.SGD, dict(momentum=0.9, nesterov=True), [[-0.5328, -0.7992], [1.3344, 1.5568]]),
    (optim.SGD, dict(maximize=True), [[3.92, 5.88], [8.64, 10.08]]),
    (optim.Adagrad, {}, [[1.831125, 2.830498], [5.829886, 6.8298]]),
    (optim.Adagrad, dict(maximize=True), [[2.172414, 3.17186], [6.171292, 7.171211]]),
    (optim.SparseAdam, {}, [[1.800166, 2.800103], [5.800047, 6.80004]]),
    (optim.SparseAdam, dict(maximize=True), [[2.200097, 3.200072], [6.200039, 7.200034]]),
    (optim.LBFGS, {}, [[1.778515, 2.667773], [5.387224, 6.285095]]),
]
WITHOUT = [optim.Adadelta, optim.Adamax, optim.ASGD, optim.NAdam, optim.RAdam, optim.RMSprop, optim.Rprop,
           optim.Adafactor, optim.Muon]  # fmt: skip


def trained(kind, options, steps=2):
    table = torch.nn.Embedding(5, 2, sparse=True)
    table.weight.data.copy_(torch.arange(10.0).view(5, 2))
    optimizer = kind(table.parameters(), lr=0.1, **options)
    for _ in range(steps):
        optimizer.zero_grad()
        (table(torch.tensor([1, 3, 1])) ** 2).sum().backward()
        optimizer.step(*[lambda: 1.0] * (kind is optim.LBFGS))
    return table.weight, optimizer


@pytest.mark.parametrize(("kind", "options", "rows"), STEPS)
def test_rows_take_the_steps_that_pytorch_s_take(kind, options, rows):
    weight, _ = trained(kind, options)
    assert weight[[1, 3]].flatten().tolist() == pytest.approx([each for row in rows for each in row], abs=2e-6)
    assert weight[[0, 2, 4]].tolist() == [[0.0, 1.0], [4.0, 5.0], [8.0, 9.0]]


def test_a_buffer_of_momentum_is_sparse():
    weight, optimizer = trained(optim.SGD, dict(momentum=0.9))
    buffer = optimizer.state[weight]["momentum_buffer"]
    assert buffer._indices().tolist() == [[1, 3, 1]] and buffer._values()[1].tolist() == pytest.approx([20.4, 23.8])


def test_means_of_sparse_adam_are_dense_and_its_count_is_a_number():
    weight, optimizer = trained(optim.SparseAdam, {})
    state = optimizer.state[weight]
    assert state["step"] == 2 and state["exp_avg"][[0, 1]].flatten().tolist() == pytest.approx([0, 0, 1.48, 2.24], 1e-3)
    other = optim.SparseAdam([weight], lr=0.5)
    other.load_state_dict(optimizer.state_dict())
    assert other.state[weight]["step"] == 2 and other.param_groups[0]["lr"] == 0.1


def test_sparse_and_dense_gradients_meet_in_one_group():
    table, layer = torch.nn.Embedding(3, 2, sparse=True), torch.nn.Linear(2, 1)
    for kind in (optim.SGD, optim.Adagrad):
        optimizer = kind([*table.parameters(), *layer.parameters()], lr=0.1)
        before = [each.detach().clone() for each in (table.weight, layer.weight)]
        optimizer.zero_grad()
        layer(table(torch.tensor([0]))).sum().backward()
        optimizer.step()
        assert (table.weight[1:] == before[0][1:]).all() and (table.weight[0] != before[0][0]).any()
        assert (layer.weight != before[1]).all()


@pytest.mark.parametrize("kind", WITHOUT)
def test_other_optimizers_refuse_them(kind):
    with pytest.raises(RuntimeError, match=f"^{kind.__name__} does not support sparse gradients$"):
        trained(kind, {}, 1)


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        (optim.Adam, {}, "Adam does not support sparse gradients, please consider SparseAdam instead"),
        (optim.AdamW, {}, "Adam does not support sparse gradients, please consider SparseAdam instead"),
        (
            optim.SGD,
            dict(weight_decay=0.1),
            r"add\(sparse, dense\) is not supported. Use add\(dense, sparse\) instead.",
        ),
        (optim.SGD, dict(fused=True), "`_fused_sgd` does not support sparse gradients"),
        (optim.Adagrad, dict(weight_decay=0.1), "weight_decay option is not compatible with sparse gradients"),
        (optim.Adagrad, dict(fused=True), "`fused` does not support sparse grad or complex param"),
    ],
)
def test_what_cannot_be_is_refused_in_pytorch_s_words(kind, options, words):
    with pytest.raises(RuntimeError, match=f"^{words}$"):
        trained(kind, options, 1)


def test_sparse_adam_refuses_sparse_parameters():
    with pytest.raises(
        ValueError, match=r"^Sparse params at indices \[\[0, 0\]\]: SparseAdam requires dense parameter"
    ):
        optim.SparseAdam([torch.eye(2).to_sparse().requires_grad_()])
