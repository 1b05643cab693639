"""torchvision.transforms.transforms: the transforms as classes, that are called with a picture or a tensor."""

from tinytorch.vision.transforms.coloured import (
    ColorJitter,
    GaussianBlur,
    Grayscale,
    RandomAdjustSharpness,
    RandomAutocontrast,
    RandomEqualize,
    RandomErasing,
    RandomGrayscale,
    RandomInvert,
    RandomPosterize,
    RandomSolarize,
)
from tinytorch.vision.transforms.composed import (
    Compose,
    Lambda,
    RandomApply,
    RandomChoice,
    RandomOrder,
    RandomTransforms,
)
from tinytorch.vision.transforms.converted import (
    ConvertImageDtype,
    LinearTransformation,
    Normalize,
    PILToTensor,
    ToPILImage,
    ToTensor,
)
from tinytorch.vision.transforms.cropped import (
    CenterCrop,
    FiveCrop,
    Pad,
    RandomCrop,
    RandomHorizontalFlip,
    RandomResizedCrop,
    RandomVerticalFlip,
    Resize,
    TenCrop,
)
from tinytorch.vision.transforms.dimensions import (
    InterpolationMode,
)
from tinytorch.vision.transforms.warped import (
    ElasticTransform,
    RandomAffine,
    RandomPerspective,
    RandomRotation,
)
