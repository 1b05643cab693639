"""torchvision.transforms.v2: transforms of whole samples."""

from tinytorch.vision.transforms.autoaugment import AutoAugmentPolicy
from tinytorch.vision.transforms.dimensions import InterpolationMode
from tinytorch.vision.transforms.v2 import functional
from tinytorch.vision.transforms.v2.containers import Compose, Identity, Lambda, RandomApply, RandomChoice, RandomOrder
from tinytorch.vision.transforms.v2.conversions import (
    ConvertImageDtype,
    PILToTensor,
    ToDtype,
    ToImage,
    ToPILImage,
    ToPureTensor,
    ToTensor,
)
from tinytorch.vision.transforms.v2.images import (
    CenterCrop,
    ColorJitter,
    ElasticTransform,
    FiveCrop,
    GaussianBlur,
    Grayscale,
    LinearTransformation,
    Normalize,
    Pad,
    RandomAdjustSharpness,
    RandomAffine,
    RandomAutocontrast,
    RandomCrop,
    RandomEqualize,
    RandomErasing,
    RandomGrayscale,
    RandomHorizontalFlip,
    RandomInvert,
    RandomPerspective,
    RandomPosterize,
    RandomResizedCrop,
    RandomRotation,
    RandomSolarize,
    RandomVerticalFlip,
    Resize,
    TenCrop,
)
from tinytorch.vision.transforms.v2.samples import Transform
