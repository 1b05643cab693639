"""Values from the middle of vision's networks; the names are torchvision's."""

import pytest

import tinytorch as torch
from tinytorch.vision.models import resnet18
from tinytorch.vision.models.feature_extraction import create_feature_extractor, get_graph_node_names


class Leaf(torch.nn.Module):
    """A module that cannot be recorded."""

    def forward(self, x):
        return x + int(x.shape[0])


class Net(torch.nn.Module):
    """A module with such a module, and dropout that is there in training only."""

    def __init__(self):
        super().__init__()
        self.conv, self.leaf = torch.nn.Conv2d(3, 1, 3), Leaf()

    def forward(self, x):
        x = self.conv(x)
        return self.leaf(torch.relu(x) if self.training else x)


def test_nodes_are_named_by_the_modules_in_which_they_run():
    train, evaluation = get_graph_node_names(resnet18())
    assert train == evaluation
    assert train[:6] == ["x", "conv1", "bn1", "relu", "maxpool", "layer1.0.conv1"]
    assert train[10:12] == ["layer1.0.add", "layer1.0.relu_1"]
    assert train[-3:] == ["avgpool", "flatten", "fc"]


def test_values_are_returned_under_the_names_that_are_asked_for():
    model, x = resnet18().eval(), torch.rand(1, 3, 32, 32)
    found = create_feature_extractor(model, {"layer1": "first", "layer3": "third"})(x)
    assert [(name, tuple(each.shape)) for name, each in found.items()] == [
        ("first", (1, 64, 8, 8)),
        ("third", (1, 256, 2, 2)),
    ]
    expected = model.layer1(model.maxpool(model.relu(model.bn1(model.conv1(x)))))
    assert torch.equal(found["first"], expected)


def test_what_nobody_asks_for_is_left_out():
    names = [name for name, _ in create_feature_extractor(resnet18(), ["layer1.0"]).named_children()]
    assert names == ["conv1", "bn1", "relu", "maxpool", "layer1"]


def test_modules_can_be_left_alone_and_modes_differ():
    settings = {"tracer_kwargs": {"leaf_modules": [Leaf]}}
    with pytest.warns(UserWarning, match="in eval mode are a subsequence of those obtained in train mode"):
        module = create_feature_extractor(Net(), ["leaf"], **settings)
    assert "relu" in module.code
    assert "relu" not in module.eval().code
    assert module(torch.zeros(2, 3, 3, 3))["leaf"].shape == (2, 1, 1, 1)


def test_a_name_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"node: 'nowhere' is not present in model\. Hint: use `get_graph_node_names`"):
        create_feature_extractor(resnet18(), ["nowhere"])
    with pytest.raises(AssertionError, match="Either `return_nodes` or `train_return_nodes`"):
        create_feature_extractor(resnet18())
