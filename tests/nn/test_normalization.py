"""Batch normalisation and its kin: running statistics, their state, and conversions."""

import pytest

import tinytorch
from tinytorch import nn

ROWS = tinytorch.tensor([[1.0], [3.0]])


def test_running_statistics_move_by_the_momentum():
    norm = nn.BatchNorm1d(1, momentum=0.25)
    norm(ROWS)
    assert (norm.running_mean.tolist(), norm.running_var.tolist()) == ([0.5], [1.25])
    assert norm.num_batches_tracked.item() == 1
    assert norm.num_batches_tracked.dtype is tinytorch.int64
    norm.reset_running_stats()
    assert (norm.running_mean.tolist(), norm.running_var.tolist(), norm.num_batches_tracked.item()) == ([0], [1], 0)


def test_without_a_momentum_they_are_the_mean_of_all_batches():
    norm = nn.BatchNorm1d(1, momentum=None)
    for shift in (0, 2, 4):
        norm(ROWS + shift)
    assert norm.running_mean.tolist() == [4]


def test_evaluation_goes_by_the_running_statistics_and_leaves_them():
    norm = nn.BatchNorm1d(1, eps=0.0, affine=False).eval()
    assert norm(ROWS).tolist() == [[1], [3]]
    assert norm.num_batches_tracked.item() == 0


def test_without_running_statistics_evaluation_goes_by_the_batch():
    norm = nn.BatchNorm1d(1, affine=False, track_running_stats=False).eval()
    assert norm(ROWS).flatten().tolist() == pytest.approx([-1, 1], rel=1e-5)
    assert dict(norm.state_dict()) == {}


def test_a_state_of_before_batches_were_counted_is_loaded():
    norm = nn.BatchNorm1d(1)
    state = norm.state_dict()
    del state["num_batches_tracked"]
    with pytest.raises(RuntimeError, match="Missing key"):
        norm.load_state_dict(state)
    state._metadata[""]["version"] = 1
    norm.load_state_dict(state)


def test_a_converted_network_keeps_its_parameters():
    net = nn.Sequential(nn.Sequential(nn.BatchNorm1d(1)), nn.ReLU()).eval()
    weight = net[0][0].weight
    net = nn.SyncBatchNorm.convert_sync_batchnorm(net)
    assert type(net[0][0]) is nn.SyncBatchNorm
    assert net[0][0].weight is weight and not net[0][0].training


def test_instances_of_another_number_of_channels_are_warned_of_or_refused():
    with pytest.warns(UserWarning, match="does not match num_features"):
        nn.InstanceNorm1d(3)(tinytorch.ones(4, 2))
    with pytest.raises(ValueError, match=r"to match num_features \(3\), but got: 4\."):
        nn.InstanceNorm1d(3, affine=True)(tinytorch.ones(4, 2))


def test_batch_normalisation_becomes_a_part_of_the_layer_in_front():
    tinytorch.manual_seed(0)
    for layer, fuse in (
        (nn.Conv1d(2, 3, 1), nn.utils.fuse_conv_bn_eval),
        (nn.Linear(2, 3), nn.utils.fuse_linear_bn_eval),
    ):
        norm = nn.BatchNorm1d(3)
        norm(tinytorch.randn(8, 3))
        input = tinytorch.randn(4, 2) if type(layer) is nn.Linear else tinytorch.randn(4, 2, 1)
        expected = norm.eval()(layer.eval()(input))
        assert fuse(layer, norm)(input).flatten().tolist() == pytest.approx(expected.flatten().tolist(), abs=1e-6)


def test_without_running_statistics_a_network_can_be_mapped():
    net = tinytorch.func.replace_all_batch_norm_modules_(nn.Sequential(nn.BatchNorm1d(1), nn.BatchNorm1d(1)))
    assert list(net.state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias"]
    both = tinytorch.func.vmap(net)(tinytorch.stack([ROWS, ROWS * 2 + 1]))
    assert both.flatten().tolist() == pytest.approx([-1, 1, -1, 1], rel=1e-4)
