"""Losses and dropout against numbers that PyTorch 2.13 gave."""

import pytest

import tinytorch
from tinytorch.nn import functional

ROWS, CLASSES = [[1.0, 2.0, 3.0], [0.5, -1.0, 0.0]], [2, 0]
RECORDED = [  # settings, loss, gradient
    (
        {},
        0.5058683156967163,
        [
            [0.04501529037952423, 0.12236424535512924, -0.1673794984817505],
            [-0.22672531008720398, 0.0609758161008358, 0.1657494753599167],
        ],
    ),
    (
        {"weight": [1.0, 2.0, 0.5]},
        0.5386223793029785,
        [
            [0.030010193586349487, 0.08157616853713989, -0.11158633232116699],
            [-0.30230042338371277, 0.08130109310150146, 0.22099930047988892],
        ],
    ),
    (
        {"ignore_index": 2},
        0.6041306257247925,
        [[0.0, 0.0, 0.0], [-0.45345062017440796, 0.1219516322016716, 0.3314989507198334]],
    ),
    (
        {"label_smoothing": 0.1},
        0.5892016291618347,
        [
            [0.02834862284362316, 0.10569757968187332, -0.13404616713523865],
            [-0.19339197874069214, 0.04430914670228958, 0.14908280968666077],
        ],
    ),
    (
        {"reduction": "sum"},
        1.0117366313934326,
        [
            [0.09003058075904846, 0.24472849071025848, -0.334758996963501],
            [-0.45345062017440796, 0.1219516322016716, 0.3314989507198334],
        ],
    ),
]
KEPT = 1.6666666269302368
DROPPED = [KEPT, KEPT, 0.0, KEPT, 0.0, 0.0, KEPT, KEPT]


@pytest.mark.parametrize(("settings", "loss", "gradient"), RECORDED)
def test_cross_entropy_and_its_gradient_are_pytorchs(settings, loss, gradient):
    settings = {name: tinytorch.tensor(value) if name == "weight" else value for name, value in settings.items()}
    rows = tinytorch.tensor(ROWS, requires_grad=True)
    found = functional.cross_entropy(rows, tinytorch.tensor(CLASSES), **settings)
    found.backward()
    assert found.item() == pytest.approx(loss, rel=1e-6)
    assert rows.grad.flatten().tolist() == pytest.approx([*gradient[0], *gradient[1]], rel=1e-5, abs=1e-7)


def test_a_class_that_is_not_there_is_refused():
    for wrong in (3, -1):
        with pytest.raises(IndexError, match=rf"^Target {wrong} is out of bounds\.$"):
            functional.cross_entropy(tinytorch.tensor(ROWS), tinytorch.tensor([0, wrong]))


def test_the_loss_of_very_sure_rows_is_finite():
    rows = tinytorch.tensor([[1e4, -1e4]], requires_grad=True)
    loss = functional.cross_entropy(rows, tinytorch.tensor([1]))
    loss.backward()
    assert loss.item() == 2e4
    assert rows.grad.tolist() == [[1, -1]]


def test_dropout_drops_what_pytorch_drops():
    tinytorch.manual_seed(3)
    assert functional.dropout(tinytorch.ones(8), 0.4).tolist() == pytest.approx(DROPPED, rel=1e-6)


def test_dropout_does_nothing_in_evaluation():
    values = tinytorch.ones(4)
    assert tinytorch.nn.Dropout(0.9).eval()(values) is values


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"])
def test_shapes_that_do_not_broadcast_are_refused(name):
    words = r"The size of tensor a \(2\) must match the size of tensor b \(3\) at non-singleton dimension 1"
    with pytest.raises(RuntimeError, match=words):
        getattr(tinytorch.nn.functional, name)(tinytorch.ones(2, 2), tinytorch.ones(3))


def test_pointwise_losses_take_a_weight_for_each_element():
    input, target, weight = tinytorch.tensor([1.0, 2.0]), tinytorch.tensor([0.0, 0.0]), tinytorch.tensor([1.0, 3.0])
    assert functional.mse_loss(input, target, reduction="none", weight=weight).tolist() == [1, 12]
    assert functional.mse_loss(input, target, weight=weight).item() == 13 / 4
    assert functional.l1_loss(input, target, weight=weight).item() == 7 / 4
    assert functional.huber_loss(input, target, weight=weight).item() == (0.5 + 3 * 1.5) / 2
    with pytest.raises(ValueError, match=r"Weights and input must have the same size\."):
        functional.mse_loss(input, target, weight=weight[:1])
