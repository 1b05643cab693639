"""The results of layers in the middle of a model."""

from collections import OrderedDict

from tinytorch import nn


class IntermediateLayerGetter(nn.ModuleDict):
    """A model up to the last layer that is wanted; gives the results of the layers, under names of one's own.

    `return_layers` has them: `{"layer1": "low", "layer4": "high"}`. A ValueError for layers that are not there.
    """

    _version = 2

    def __init__(self, model: nn.Module, return_layers: dict[str, str]) -> None:
        children = dict(model.named_children())
        if not set(return_layers) <= set(children):
            raise ValueError("return_layers are not present in model")
        last = max([list(children).index(str(name)) for name in return_layers])
        super().__init__(OrderedDict(list(children.items())[: last + 1]))
        self.return_layers = return_layers

    def forward(self, x):
        found = OrderedDict()
        for name, module in self.items():
            x = module(x)
            if name in self.return_layers:
                found[self.return_layers[name]] = x
        return found
