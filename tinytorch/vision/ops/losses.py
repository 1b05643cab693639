"""Losses of detectors: focal loss, and how far boxes are from those that were meant."""

import tinytorch as torch
from tinytorch.tensor import Tensor

MODES = "Supported reduction modes: 'none', 'mean', 'sum'"


def reduced(loss: Tensor, reduction: str) -> Tensor:
    """All losses, their mean or their sum; a ValueError for another word."""
    if reduction == "none":
        return loss
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    raise ValueError(f"Invalid Value for arg 'reduction': '{reduction} \n {MODES}")


def sigmoid_focal_loss(
    inputs: Tensor, targets: Tensor, alpha: float = 0.25, gamma: float = 2, reduction: str = "none"
) -> Tensor:
    """Binary cross entropy of logits that counts less what is right already (Lin et al., 2017).

    `alpha` is the weight of the class 1, -1 for none. A ValueError for another.
    """
    if not 0 <= alpha <= 1 and alpha != -1:
        raise ValueError(f"Invalid alpha value: {alpha}. alpha must be in the range [0,1] or -1 for ignore.")
    p = torch.sigmoid(inputs)
    entropy = torch.nn.functional.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    right = p * targets + (1 - p) * (1 - targets)
    loss = entropy * ((1 - right) ** gamma)
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    return reduced(loss, reduction)


def generalized_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """1 - `generalized_box_iou` of each box with the one of its place (Rezatofighi et al., 2019)."""
    boxes1, boxes2 = [
        boxes if boxes.dtype in (torch.float32, torch.float64) else boxes.float() for boxes in (boxes1, boxes2)
    ]
    (x1, y1, x2, y2), (u1, v1, u2, v2) = boxes1.unbind(dim=-1), boxes2.unbind(dim=-1)
    width, height = torch.min(x2, u2) - torch.max(x1, u1), torch.min(y2, v2) - torch.max(y1, v1)
    shared = torch.where((width > 0) & (height > 0), width * height, torch.zeros_like(x1))
    covered = (x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - shared
    outer = (torch.max(x2, u2) - torch.min(x1, u1)) * (torch.max(y2, v2) - torch.min(y1, v1))
    loss = 1 - (shared / (covered + eps) - (outer - covered) / (outer + eps))
    if reduction == "mean" and loss.numel() == 0:
        return 0.0 * loss.sum()
    return reduced(loss, reduction)
