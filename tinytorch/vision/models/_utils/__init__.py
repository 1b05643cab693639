"""torchvision.models._utils: what programs look for there."""

from tinytorch.vision.models.feature_layers import IntermediateLayerGetter
from tinytorch.vision.models.initialization import divisible as _make_divisible
