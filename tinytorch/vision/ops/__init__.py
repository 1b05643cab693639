"""torchvision.ops: boxes, losses of detectors, and layers of the models."""

from tinytorch.vision.ops.boxes import (
    batched_nms,
    box_area,
    box_convert,
    box_iou,
    clip_boxes_to_image,
    complete_box_iou,
    distance_box_iou,
    generalized_box_iou,
    masks_to_boxes,
    nms,
    remove_small_boxes,
)
from tinytorch.vision.ops.layers import (
    MLP,
    Conv2dNormActivation,
    Conv3dNormActivation,
    FrozenBatchNorm2d,
    Permute,
    SqueezeExcitation,
)
from tinytorch.vision.ops.losses import generalized_box_iou_loss, sigmoid_focal_loss
from tinytorch.vision.ops.stochastic_depth import StochasticDepth, stochastic_depth
