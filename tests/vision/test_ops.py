"""Boxes, losses of detectors and layers, by their formulas and torchvision's numbers."""

import pytest

import tinytorch as torch
from tinytorch.vision import ops

BOXES = [[0.0, 0.0, 4.0, 2.0], [2.0, 0.0, 6.0, 2.0], [0.0, 0.0, 4.0, 2.0]]


def boxes(dtype=torch.float32):
    return torch.tensor(BOXES, dtype=dtype)


def test_overlaps_are_parts_of_what_both_cover():
    assert ops.box_area(boxes()).tolist() == [8.0, 8.0, 8.0]
    assert ops.box_iou(boxes(), boxes()[:2]).tolist() == [
        [1.0, pytest.approx(1 / 3)],
        [pytest.approx(1 / 3), 1.0],
        [1.0, pytest.approx(1 / 3)],
    ]
    far = torch.tensor([[10.0, 0.0, 12.0, 2.0]])
    assert ops.box_iou(boxes()[:1], far).item() == 0.0
    assert ops.generalized_box_iou(boxes()[:1], far).item() == pytest.approx(-(24 - 12) / 24)
    assert ops.distance_box_iou(boxes()[:1], far).item() == pytest.approx(-(9**2) / (12**2 + 2**2))
    apart = 4 / torch.pi**2 * (torch.atan(torch.tensor(2.0)) - torch.atan(torch.tensor(1.0))).item() ** 2
    expected = -(9**2) / (12**2 + 2**2) - apart**2 / (1 + apart)
    assert ops.complete_box_iou(boxes()[:1], far).item() == pytest.approx(expected)


def test_forms_of_boxes_become_each_other():
    middle = ops.box_convert(boxes(), "xyxy", "cxcywh")
    assert middle[1].tolist() == [4.0, 1.0, 4.0, 2.0]
    assert ops.box_convert(boxes(), "xyxy", "xywh")[1].tolist() == [2.0, 0.0, 4.0, 2.0]
    assert torch.equal(ops.box_convert(ops.box_convert(middle, "cxcywh", "xywh"), "xywh", "xyxy"), boxes())
    assert torch.equal(ops.box_iou(middle, middle, fmt="cxcywh"), ops.box_iou(boxes(), boxes()))
    with pytest.raises(ValueError, match="Unsupported Bounding Box Conversions"):
        ops.box_convert(boxes(), "xyxy", "yx")
    with pytest.raises(NotImplementedError, match="turned boxes"):
        ops.box_convert(boxes(), "xyxy", "xywhr")


def test_boxes_are_cut_and_small_ones_are_left_out():
    assert ops.clip_boxes_to_image(torch.tensor([[-1.0, 2.0, 30.0, 40.0]]), (10, 20)).tolist() == [[0, 2, 20, 10]]
    assert ops.remove_small_boxes(torch.tensor([[0.0, 0, 1, 9], [0, 0, 3, 3]]), 2).tolist() == [1]
    masks = torch.zeros(2, 5, 6, dtype=torch.bool)
    masks[0, 1:3, 2:5] = True
    assert ops.masks_to_boxes(masks).tolist() == [[2.0, 1.0, 4.0, 2.0], [0.0, 0.0, 0.0, 0.0]]


def test_the_worse_of_overlapping_boxes_are_dropped():
    scores = torch.tensor([0.5, 0.9, 0.5])
    assert ops.nms(boxes(), scores, 0.5).tolist() == [1, 0]  # of equals the first
    assert ops.nms(boxes(), scores, 0.2).tolist() == [1]
    assert ops.nms(boxes(), scores, 1.0).tolist() == [1, 0, 2]
    assert ops.nms(torch.zeros(0, 4), torch.zeros(0), 0.5).tolist() == []
    assert ops.batched_nms(boxes(), scores, torch.tensor([0, 0, 1]), 0.2).tolist() == [1, 2]
    with pytest.raises(RuntimeError, match="boxes should be a 2d tensor, got 1D"):
        ops.nms(boxes()[0], scores, 0.5)
    with pytest.raises(RuntimeError, match="same number of elements in dimension 0, got 3 and 2"):
        ops.nms(boxes(), scores[:2], 0.5)


def test_classes_of_many_boxes_are_taken_one_after_the_other():
    torch.manual_seed(0)
    corners = torch.rand(1200, 2) * 50
    many = torch.cat([corners, corners + torch.rand(1200, 2) * 20], 1)
    scores, classes = torch.rand(1200), torch.randint(0, 3, (1200,))
    expected = torch.cat([torch.where(classes == each)[0][ops.nms(many[classes == each], scores[classes == each], 0.3)]
                          for each in range(3)])  # fmt: skip
    found = ops.batched_nms(many, scores, classes, 0.3)
    assert torch.equal(found, expected[scores[expected].argsort(descending=True)])


def test_focal_loss_counts_less_what_is_right():
    logits, targets = torch.tensor([2.0, -1.0]), torch.tensor([1.0, 0.0])
    p = torch.sigmoid(logits)
    expected = [0.25 * (1 - p[0]) ** 2 * -p[0].log(), 0.75 * p[1] ** 2 * -(1 - p[1]).log()]
    assert ops.sigmoid_focal_loss(logits, targets).tolist() == pytest.approx([each.item() for each in expected])
    plain = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets)
    assert ops.sigmoid_focal_loss(logits, targets, alpha=-1, gamma=0, reduction="mean").item() == pytest.approx(
        plain.item()
    )
    with pytest.raises(ValueError, match="Invalid alpha value: 2"):
        ops.sigmoid_focal_loss(logits, targets, alpha=2)


def test_the_loss_of_boxes_is_what_they_lack():
    first, second = boxes()[:2].requires_grad_(), boxes()[[1, 1]]
    loss = ops.generalized_box_iou_loss(first, second, reduction="sum")
    assert loss.item() == pytest.approx(1 - 1 / 3, abs=1e-6)
    loss.backward()
    assert first.grad[0].tolist() != [0.0] * 4


def test_branches_are_left_out_by_chance():
    x = torch.ones(1000, 3)
    torch.manual_seed(0)
    out = ops.stochastic_depth(x, 0.25, "row")
    assert out.unique().tolist() == pytest.approx([0.0, 4 / 3]) and torch.equal(out[:, 0], out[:, 2])
    assert 0.7 < (out[:, 0] > 0).float().mean().item() < 0.8
    assert ops.stochastic_depth(x, 0.25, "row", training=False) is x
    assert len(set(ops.stochastic_depth(x, 0.5, "batch").flatten().tolist())) == 1
    with pytest.raises(ValueError, match="drop probability has to be between 0 and 1, but got 2"):
        ops.stochastic_depth(x, 2, "row")


def test_a_frozen_norm_is_a_norm_in_evaluation():
    norm = torch.nn.BatchNorm2d(3).eval()
    norm.running_mean.copy_(torch.tensor([1.0, 2.0, 3.0]))
    norm.weight.data.mul_(2)
    frozen = ops.FrozenBatchNorm2d(3)
    frozen.load_state_dict(norm.state_dict())
    x = torch.randn(2, 3, 4, 4)
    assert torch.allclose(frozen(x), norm(x), atol=1e-6) and list(frozen.parameters()) == []
    assert repr(frozen) == "FrozenBatchNorm2d(3, eps=1e-05)"


def test_layers_are_found_under_the_names_of_programs():
    from tinytorch.vision.ops.misc import ConvNormActivation, SqueezeExcitation

    layer = ops.Conv2dNormActivation(3, 8, (3, 5), norm_layer=None, dilation=2, activation_layer=torch.nn.SiLU)
    assert isinstance(layer, ConvNormActivation) and layer[0].padding == (2, 4) and layer[0].bias is not None
    assert layer(torch.randn(1, 3, 9, 9)).shape == (1, 8, 9, 9)
    assert SqueezeExcitation(4, 2)(torch.randn(1, 4, 3, 3)).shape == (1, 4, 3, 3)
    assert ops.MLP(3, [4, 5])(torch.randn(2, 3)).shape == (2, 5)
    assert ops.Permute([1, 0])(torch.zeros(2, 3)).shape == (3, 2)
    with pytest.warns(UserWarning, match="Don't use ConvNormActivation directly"):
        ConvNormActivation(3, 4)
