"""The drawing of a graph: what its boxes say, and that they stand in order without touching."""

import re
from xml.etree import ElementTree

import pytest

import tinytorch as torch
from tinytorch.utils.graph import Box, draw, spread

NAMESPACE = "{http://www.w3.org/2000/svg}"


def boxes(drawing):
    """Each box of a picture: its lines of text, left, top, right and bottom."""
    found = []
    for group in ElementTree.fromstring(drawing.svg).iter(f"{NAMESPACE}g"):
        lines = [each.text for each in group.iter(f"{NAMESPACE}text")]
        left, top, width, height = (
            float(group.find(f"{NAMESPACE}rect").get(key)) for key in ("x", "y", "width", "height")
        )
        found.append((lines, left, top, left + width, top + height))
    return found


def lines(drawing):
    """The lines of text of each box, from the top."""
    return [box[0] for box in boxes(drawing)]


def network():
    """The loss of a network of one hidden layer, and its tensors by name."""
    named = {
        "x": torch.tensor([[1.0, 2.0]]),
        "weight": torch.tensor([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]], requires_grad=True),
        "bias": torch.tensor([1.0, 2.0, 3.0], requires_grad=True),
        "out": torch.tensor([[1.0], [2.0], [3.0]], requires_grad=True),
    }
    hidden = torch.sigmoid(torch.mm(named["x"], named["weight"]) + named["bias"])
    loss = torch.mm(hidden, named["out"]).sum() + named["weight"].sum()
    return loss, {**named, "hidden": hidden}


def test_an_operation_shows_its_name_shape_and_what_it_keeps():
    loss, names = network()
    assert lines(draw(loss, names)) == [
        ["weight", "2 × 3"],
        ["Mm", "1 × 3", "keeps x"],
        ["bias", "3"],
        ["Add", "1 × 3"],
        ["hidden = Sigmoid", "1 × 3", "keeps result"],
        ["out", "3 × 1"],
        ["Mm", "1 × 1", "keeps hidden", "keeps out"],
        ["Sum", "scalar"],
        ["Sum", "scalar"],
        ["Add", "scalar"],
    ]


def test_names_may_be_pairs_as_named_parameters_gives_them():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    assert lines(draw(a.sum(), [("layer.weight", a)]))[0] == ["layer.weight", "2"]


def test_what_has_no_name_is_a_leaf_and_is_kept_under_the_name_of_its_parameter():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    assert lines(draw(a * torch.tensor([3.0, 4.0]))) == [["leaf", "2"], ["Mul", "2", "keeps other 2"]]


def test_an_array_that_is_kept_twice_is_shown_once():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    b = a + 1
    assert lines(draw(b * b))[-1] == ["Mul", "2", "keeps input 2"]


def test_a_dtype_other_than_float32_is_shown():
    a = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    assert lines(draw(a.sum())) == [["leaf", "2 float64"], ["Sum", "scalar float64"]]


def test_after_backward_the_drawing_says_that_kept_values_are_freed():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    loss = (a * a).sum()
    loss.backward()
    assert lines(draw(loss, {"a": a})) == [["a", "2"], ["Mul", "2", "freed"], ["Sum", "scalar"]]


def test_a_node_with_several_outputs_shows_their_number_and_shape():
    a = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    first, second = a.unbind(0)
    assert lines(draw(first + second))[1] == ["Unbind", "2 outputs: 3"]


def test_an_in_place_write_into_a_view_is_drawn_as_copy_slices():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    b = a * 2
    b[0].mul_(a[1])
    assert [each[0] for each in lines(draw(b, {"a": a}))][-1] == "CopySlices"


def test_the_gradient_of_a_gradient_has_a_drawing_too():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    (grad,) = torch.autograd.grad(a.exp().sum(), a, create_graph=True)
    drawn = lines(draw(grad, {"a": a, "grad": grad}))
    assert drawn[0] == ["a", "2"] and drawn[-1][0].startswith("grad = ")


def test_a_leaf_alone_is_one_box():
    drawing = draw(torch.tensor([1.0], requires_grad=True))
    assert lines(drawing) == [["leaf", "1"]] and repr(drawing) == "<Drawing of 0 operations and 1 leaves>"


def test_a_tensor_without_history_is_refused():
    with pytest.raises(RuntimeError, match="does not require grad and does not have a grad_fn"):
        draw(torch.tensor([1.0]))


def test_every_line_leads_down_from_a_box_to_a_box():
    loss, names = network()
    drawing = draw(loss, names)
    paths = re.findall(r'<path d="M([\d.]+),([\d.]+) C.* ([\d.]+),([\d.]+)" fill="none"', drawing.svg)
    assert len(paths) >= 9
    assert all(float(start) < float(end) for _, start, _, end in paths)
    tips = [(float(x), float(y)) for _, _, x, y in paths]
    for text, left, top, right, _ in boxes(drawing):
        if "keeps" in " ".join(text) or "Add" in text[0]:
            assert any(left <= x <= right and abs(y - top) < 0.2 for x, y in tips), text


def test_boxes_do_not_touch_and_lie_inside_the_picture():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    branches = [getattr(a, name)() for name in ("exp", "sin", "cos", "sigmoid", "tanh", "neg")]
    total = branches[0]
    for branch in branches[1:]:
        total = total + branch * a
    drawing = draw(total, {"a": a})
    picture = ElementTree.fromstring(drawing.svg)
    placed = [box[1:] for box in boxes(drawing)]
    for number, (left, top, right, bottom) in enumerate(placed):
        assert left >= 0 and top >= 0
        assert right <= float(picture.get("width")) and bottom <= float(picture.get("height"))
        for others_left, others_top, others_right, others_bottom in placed[:number]:
            assert right < others_left or others_right < left or bottom < others_top or others_bottom < top


def test_places_are_the_nearest_to_the_wishes_that_keep_boxes_apart():
    row = [Box("a"), Box("b"), Box("c")]
    spread(row, [50.0, 50.0, 500.0])
    apart = row[0].width + 18
    assert [box.x for box in row] == pytest.approx([50 - apart / 2, 50 + apart / 2, 500])


def test_a_deep_graph_is_drawn_without_recursion():
    a = torch.tensor([1.0], requires_grad=True)
    b = a
    for _ in range(2000):
        b = b + 1
    assert repr(draw(b)) == "<Drawing of 2000 operations and 1 leaves>"


def test_names_are_escaped():
    a = torch.tensor([1.0], requires_grad=True)
    assert lines(draw(a + 1, {"a<b>&": a}))[0][0] == "a<b>&"


def test_jupyter_shows_the_picture_that_save_writes(tmp_path):
    a = torch.tensor([1.0], requires_grad=True)
    drawing = draw(a + 1)
    drawing.save(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_text(encoding="utf-8") == drawing._repr_svg_()
