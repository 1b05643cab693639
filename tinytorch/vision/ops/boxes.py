"""Boxes: their areas, how they overlap, and which of them stay; (..., 4) of corners (x1, y1, x2, y2)."""

import tinytorch as torch
from tinytorch.tensor import Tensor

FORMATS = ("xyxy", "xywh", "cxcywh")
TURNED = ("xywhr", "cxcywhr", "xyxyxyxy")


def box_convert(boxes: Tensor, in_fmt: str, out_fmt: str) -> Tensor:
    """Boxes in another form: corners "xyxy", corner and size "xywh", or middle and size "cxcywh".

    A ValueError for another form, a NotImplementedError for those of turned boxes.
    """
    known = FORMATS + TURNED
    if in_fmt not in known or out_fmt not in known:
        raise ValueError(f"Unsupported Bounding Box Conversions for given in_fmt {in_fmt} and out_fmt {out_fmt}")
    if in_fmt == out_fmt:
        return boxes.clone()
    if in_fmt in TURNED or out_fmt in TURNED:
        raise NotImplementedError(f"box_convert: turned boxes are not there, so not from {in_fmt} to {out_fmt}")
    return from_corners(to_corners(boxes, in_fmt), out_fmt)


def to_corners(boxes: Tensor, fmt: str) -> Tensor:
    """Boxes of a form as corners."""
    a, b, width, height = boxes.unbind(-1)
    if fmt == "xywh":
        return torch.stack([a, b, a + width, b + height], dim=-1)
    if fmt == "cxcywh":
        return torch.stack((a - 0.5 * width, b - 0.5 * height, a + 0.5 * width, b + 0.5 * height), dim=-1)
    return boxes


def from_corners(boxes: Tensor, fmt: str) -> Tensor:
    """Boxes of corners in another form."""
    x1, y1, x2, y2 = boxes.unbind(-1)
    if fmt == "xywh":
        return torch.stack((x1, y1, x2 - x1, y2 - y1), dim=-1)
    if fmt == "cxcywh":
        return torch.stack(((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1), dim=-1)
    return boxes


def wide(values: Tensor) -> Tensor:
    """Values in a dtype in which products do not overflow so soon."""
    if values.is_floating_point():
        return values if values.dtype in (torch.float32, torch.float64) else values.float()
    return values if values.dtype in (torch.int32, torch.int64) else values.int()


def box_area(boxes: Tensor, fmt: str = "xyxy") -> Tensor:
    """The areas of boxes."""
    if fmt not in FORMATS:
        raise ValueError(f"Unsupported Bounding Box area for given format {fmt}")
    boxes = wide(boxes)
    if fmt == "xyxy":
        return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
    return boxes[..., 2] * boxes[..., 3]


def ends(boxes: Tensor, fmt: str) -> tuple[Tensor, Tensor]:
    """The upper left and the lower right corners."""
    first, second = boxes[..., :2], boxes[..., 2:]
    if fmt == "xywh":
        return first, first + second
    return (first - second / 2, first + second / 2) if fmt == "cxcywh" else (first, second)


def pairs(boxes1: Tensor, boxes2: Tensor, fmt: str = "xyxy") -> tuple[Tensor, Tensor]:
    """What each box shares with each other, and what they cover together: (..., N, M)."""
    low1, high1 = ends(boxes1[..., None, :], fmt)
    low2, high2 = ends(boxes2[..., None, :, :], fmt)
    sides = wide(torch.min(high1, high2) - torch.max(low1, low2)).clamp(min=0)
    shared = sides[..., 0] * sides[..., 1]
    return shared, box_area(boxes1, fmt)[..., None] + box_area(boxes2, fmt)[..., None, :] - shared


def box_iou(boxes1: Tensor, boxes2: Tensor, fmt: str = "xyxy") -> Tensor:
    """What each box shares with each other, as a part of what both cover: (..., N, M).

    A ValueError for another form, a NotImplementedError for those of turned boxes.
    """
    if fmt in TURNED:
        raise NotImplementedError(f"box_iou: turned boxes are not there, so not {fmt}")
    if fmt not in FORMATS:
        raise ValueError(
            f"Unsupported format '{fmt}'. Supported axis-aligned formats: {FORMATS}. "
            f"Supported rotated formats: {(TURNED[1], TURNED[0], TURNED[2])}."
        )
    shared, covered = pairs(boxes1, boxes2, fmt)
    return shared / covered


def around(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Width and height of the box around each pair: (..., N, M, 2)."""
    low = torch.min(boxes1[..., None, :2], boxes2[..., None, :, :2])
    high = torch.max(boxes1[..., None, 2:], boxes2[..., None, :, 2:])
    return wide(high - low).clamp(min=0)


def generalized_box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """`box_iou` less the part of the box around both that neither covers (Rezatofighi et al., 2019)."""
    shared, covered = pairs(boxes1, boxes2)
    sides = around(boxes1, boxes2)
    area = sides[..., 0] * sides[..., 1]
    return shared / covered - (area - covered) / area


def distance_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """`box_iou` less the squared distance of the middles, as a part of the outer diagonal (Zheng et al., 2019)."""
    boxes1, boxes2 = wide(boxes1), wide(boxes2)
    sides = around(boxes1, boxes2)
    diagonal = sides[..., 0] ** 2 + sides[..., 1] ** 2 + eps
    middle1, middle2 = [(boxes[..., :2] + boxes[..., 2:]) / 2 for boxes in (boxes1, boxes2)]
    apart = wide(middle1[..., None, :] - middle2[..., None, :, :]) ** 2
    return box_iou(boxes1, boxes2) - (apart[..., 0] + apart[..., 1]) / diagonal


def complete_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """`distance_box_iou` less a part for other proportions (Zheng et al., 2019)."""
    boxes1, boxes2 = wide(boxes1), wide(boxes2)
    iou = box_iou(boxes1, boxes2)
    turn1, turn2 = [
        torch.atan((boxes[..., 2] - boxes[..., 0]) / (boxes[..., 3] - boxes[..., 1])) for boxes in (boxes1, boxes2)
    ]
    apart = 4 / torch.pi**2 * torch.pow(turn1[..., None] - turn2[..., None, :], 2)
    with torch.no_grad():
        share = apart / (1 - iou + apart + eps)
    return distance_box_iou(boxes1, boxes2, eps) - share * apart


def clip_boxes_to_image(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """Boxes cut to an image of a size (height, width)."""
    height, width = size
    x, y = boxes[..., 0::2].clamp(min=0, max=width), boxes[..., 1::2].clamp(min=0, max=height)
    return torch.stack((x, y), dim=boxes.dim()).reshape(boxes.shape)


def remove_small_boxes(boxes: Tensor, min_size: float) -> Tensor:
    """The places of the boxes with sides of at least this length."""
    sides = boxes[..., 2:] - boxes[..., :2]
    return torch.where((sides >= min_size).all(-1))[0]


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """The places of the boxes that stay, the best first: each drops the worse ones that overlap it by more.

    A RuntimeError for boxes and scores that do not fit together.
    """
    if boxes.ndim != 2:
        raise RuntimeError(f"boxes should be a 2d tensor, got {boxes.ndim}D")
    if boxes.size(1) != 4:
        raise RuntimeError(f"boxes should have 4 elements in dimension 1, got {boxes.size(1)}")
    if scores.ndim != 1:
        raise RuntimeError(f"scores should be a 1d tensor, got {scores.ndim}D")
    if boxes.size(0) != scores.size(0):
        raise RuntimeError(
            "boxes and scores should have same number of elements in dimension 0, "
            f"got {boxes.size(0)} and {scores.size(0)}"
        )
    order = scores.sort(descending=True, stable=True).indices
    left, kept = boxes[order], []
    with torch.no_grad():
        while order.numel():
            kept.append(order[:1])
            apart = ~(box_iou(left[:1], left[1:])[0] > iou_threshold)  # also where there is no area, so no number
            left, order = left[1:][apart], order[1:][apart]
    return torch.cat(kept) if kept else torch.empty((0,), dtype=torch.int64, device=boxes.device)


def batched_nms(boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float) -> Tensor:
    """`nms` where only boxes of one class, the number in `idxs`, drop each other."""
    if boxes.numel() == 0:
        return torch.empty((0,), dtype=torch.int64, device=boxes.device)
    if boxes.numel() > (4000 if boxes.device.type == "cpu" else 100000):
        kept = torch.zeros_like(scores, dtype=torch.bool)
        for each in torch.unique(idxs):
            places = torch.where(idxs == each)[0]
            kept[places[nms(boxes[places], scores[places], iou_threshold)]] = True
        places = torch.where(kept)[0]
        return places[scores[places].sort(descending=True)[1]]
    far = boxes.max() + torch.tensor(1).to(boxes)  # each class is moved to where no other one is
    return nms(boxes + (idxs.to(boxes) * far)[:, None], scores, iou_threshold)


def masks_to_boxes(masks: Tensor) -> Tensor:
    """The boxes around what masks (N, H, W) show; 0 for those that show nothing."""
    if masks.numel() == 0:
        return torch.zeros((0, 4), device=masks.device, dtype=torch.float32)
    rows, columns = masks.bool().any(dim=2), masks.bool().any(dim=1)
    found = []
    for seen in (columns, rows):
        last = seen.shape[1] - 1 - seen.float().flip(dims=[1]).argmax(dim=1)
        found.append((seen.float().argmax(dim=1), last))
    (left, right), (top, bottom) = found
    boxes = torch.stack([left, top, right, bottom], dim=1).float()
    boxes[~rows.any(dim=1)] = 0
    return boxes
