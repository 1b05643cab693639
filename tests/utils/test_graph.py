"""The drawing of a graph: what its boxes say, and that they stand in order without touching."""

import re
from xml.etree import ElementTree

import pytest

import tinytorch as torch
from tinytorch import nn
from tinytorch.utils.graph import draw
from tinytorch.utils.layered import Place, crossings, order, spread

NAMESPACE = "{http://www.w3.org/2000/svg}"


def boxes(drawing):
    """Each box of a picture: its lines of text, left, top, right and bottom."""
    found = []
    for group in ElementTree.fromstring(str(drawing)).iter(f"{NAMESPACE}g"):
        lines = {}  # place -> text; a title may have two parts
        for each in group.iter(f"{NAMESPACE}text"):
            lines[each.get("y")] = lines.get(each.get("y"), "") + each.text
        left, top, width, height = (
            float(group.find(f"{NAMESPACE}rect").get(key)) for key in ("x", "y", "width", "height")
        )
        found.append((list(lines.values()), left, top, left + width, top + height))
    return found


def lines(drawing):
    """The lines of text of each box, from the top."""
    return [box[0] for box in boxes(drawing)]


def words(drawing):
    """All words of a picture."""
    return [each.text for each in ElementTree.fromstring(str(drawing)).iter(f"{NAMESPACE}text")]


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


def test_an_operation_shows_its_name_shape_and_what_it_keeps_in_how_many_bytes():
    loss, names = network()
    drawing = draw(loss, names)
    assert sorted(lines(drawing)) == sorted([
        ["weight", "2 × 3"],
        ["MmBackward0", "1 × 3", "keeps x, 8 B"],
        ["bias", "3"],
        ["AddBackward0", "1 × 3"],
        ["hidden = SigmoidBackward0", "1 × 3", "keeps result, 12 B"],
        ["out", "3 × 1"],
        ["MmBackward0", "1 × 1", "keeps hidden, 12 B", "keeps out, 12 B"],
        ["weight", "2 × 3"],
        ["SumBackward0", "scalar"],
        ["SumBackward0", "scalar"],
        ["AddBackward0", "scalar"],
    ])  # fmt: skip
    assert words(drawing)[-1] == "7 operations, 3 leaves, 32 B kept for backward"


def test_names_may_be_pairs_or_come_from_a_module():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    assert lines(draw(a.sum(), [("layer.weight", a)]))[0] == ["layer.weight", "2"]
    model = nn.Linear(2, 1)
    for names in (model, model.named_parameters()):
        assert {"bias", "leaf", "weight"} < {box[0] for box in lines(draw(model(a).sum(), names))}


def test_without_names_those_of_the_variables_are_found():
    first, model = torch.tensor([[1.0, 2.0]], requires_grad=True), nn.Linear(2, 1)
    middle = model(first)
    titles = [box[0] for box in lines(draw(middle.sum()))]
    assert sorted(titles) == ["SumBackward0", "first", "middle = AddmmBackward0", "model.bias", "model.weight"]


def test_what_has_no_name_is_a_leaf_and_is_kept_under_the_name_of_its_parameter():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    assert lines(draw(a * torch.tensor([3.0, 4.0]), {})) == [
        ["leaf", "2"],
        ["MulBackward0", "2", "keeps other 2, 8 B"],
    ]


def test_an_array_that_is_kept_twice_is_shown_once():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    b = a + 1
    assert lines(draw(b * b, {}))[-1] == ["MulBackward0", "2", "keeps input 2, 8 B"]


def test_of_many_kept_values_the_first_are_shown():
    a = torch.ones((1,) * 8, requires_grad=True)
    picked = a[tuple([torch.tensor([0]) for _ in range(8)])]
    _, (title, shape, *kept) = lines(draw(picked, {}))
    assert (title, shape) == ("IndexBackward0", "1")
    assert kept == [*[f"keeps indices[{number}] 1 int64, 8 B" for number in range(5)], "and 3 more"]


def test_a_dtype_other_than_the_default_is_shown():
    a = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    assert lines(draw(a.sum(), {})) == [["leaf", "2 float64"], ["SumBackward0", "scalar float64"]]


def test_after_backward_the_drawing_says_that_kept_values_are_freed():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    loss = (a * a).sum()
    loss.backward()
    assert lines(draw(loss, {"a": a})) == [["a", "2"], ["MulBackward0", "2", "freed"], ["SumBackward0", "scalar"]]


def test_a_kept_value_that_was_written_to_since_is_marked():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    b = a.exp()
    total = b.sum()
    with torch.no_grad():
        b.add_(1)
    assert ["ExpBackward0", "2", "keeps result, 8 B, written to since"] in lines(draw(total, {"a": a}))


def test_a_node_with_several_outputs_shows_their_number_and_shape():
    a = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    first, second = a.unbind(0)
    assert lines(draw(first + second, {}))[1] == ["UnbindBackward0", "2 outputs: 3"]
    assert lines(draw(first + second, {"b": second, "a": first}))[1] == ["a, b = UnbindBackward0", "2 outputs: 3"]


def test_which_of_several_results_is_kept_is_named():
    a = torch.tensor([[3.0, 1.0], [1.0, 2.0]], requires_grad=True)
    values, vectors = torch.linalg.eigh(a)
    box = ["LinalgEighBackward0", "2 outputs: 2, 2 × 2", "keeps eigenvalues 2, 8 B", "keeps eigenvectors 2 × 2, 16 B"]
    assert box in lines(draw(values.sum() + vectors.sum(), {}))


def test_several_results_are_drawn_in_one_picture():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    b = a * 2
    drawing = draw((b, b.sum(), a.detach(), a.exp()), {"a": a})
    assert [box[0] for box in lines(drawing)] == ["a", "MulBackward0", "SumBackward0", "ExpBackward0"]
    assert str(drawing).count('fill="#e3f3e3"') == 3


def test_an_in_place_write_into_a_view_is_drawn_as_copy_slices():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    b = a * 2
    b[0].mul_(a[1])
    assert lines(draw(b, {"a": a}))[-1] == [
        "CopySlices", "2", "writes MulBackward0", "keeps input scalar, 4 B", "keeps other scalar, 4 B",
    ]  # fmt: skip
    b.sum().backward()
    assert lines(draw(b, {"a": a}))[-1] == ["CopySlices", "2", "freed"]


def test_a_leaf_that_is_used_far_apart_is_drawn_again_there():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    b = a
    for _ in range(6):
        b = b.sin()
    drawing = draw(b * a, {"a": a})
    assert [box[0] for box in lines(drawing)].count("a") == 2
    assert drawing.leaves == 1 and str(drawing).count("stroke-dasharray") == 1


def test_the_gradient_of_a_gradient_has_a_drawing_too():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    (grad,) = torch.autograd.grad(a.exp().sum(), a, create_graph=True)
    drawn = lines(draw(grad, {"a": a, "grad": grad}))
    assert drawn[0] == ["a", "2"] and drawn[-1][0].startswith("grad = ")


def test_a_leaf_alone_is_one_box():
    drawing = draw(torch.tensor([1.0], requires_grad=True))
    assert [box[1:] for box in lines(drawing)] == [["1"]] and repr(drawing) == "<Drawing of 0 operations and 1 leaves>"


def test_a_tensor_without_history_is_refused():
    with pytest.raises(RuntimeError, match="does not require grad and does not have a grad_fn"):
        draw(torch.tensor([1.0]))


def test_every_line_leads_down_from_a_box_to_a_box():
    loss, names = network()
    drawing = draw(loss, names)
    number = r"([\d.]+)"
    paths = re.findall(rf'<path d="M{number},{number} .* L{number},{number}" fill="none"', str(drawing))
    assert len(paths) >= 9
    assert all(float(start) < float(end) for _, start, _, end in paths)
    tips = [(float(x), float(y)) for _, _, x, y in paths]
    for text, left, top, right, _ in boxes(drawing):
        if "Backward0" in text[0]:
            assert any(left <= x <= right and abs(y - top) < 0.2 for x, y in tips), text


def test_no_line_runs_through_a_box():
    loss, names = network()
    drawing = draw((loss, loss * names["hidden"].sum(), loss * names["weight"].prod()), names)
    places = [box[1:] for box in boxes(drawing)]
    for path in re.findall(r'<path d="M(.*)" fill="none"', str(drawing)):
        x, start, _, foot, *_, end, top, _, finish = [float(each) for each in re.findall(r"[\d.]+", path)]
        for left, box_top, right, bottom in places:
            for place, upper, lower in ((x, start, foot), (end, top, finish)):
                inside = left < place < right and upper < bottom - 0.2 and lower > box_top + 0.2
                assert not inside, (path, left, box_top, right, bottom)


def test_boxes_do_not_touch_and_lie_inside_the_picture():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    branches = [getattr(a, name)() for name in ("exp", "sin", "cos", "sigmoid", "tanh", "neg")]
    total = branches[0]
    for branch in branches[1:]:
        total = total + branch * a
    drawing = draw(total, {"a": a})
    picture = ElementTree.fromstring(str(drawing))
    placed = [box[1:] for box in boxes(drawing)]
    for number, (left, top, right, bottom) in enumerate(placed):
        assert left >= 0 and top >= 0
        assert right <= float(picture.get("width")) and bottom <= float(picture.get("height"))
        for others_left, others_top, others_right, others_bottom in placed[:number]:
            assert right < others_left or others_right < left or bottom < others_top or others_bottom < top


def test_places_are_the_nearest_to_the_wishes_that_keep_boxes_apart():
    row = [Place(30), Place(30), Place(30)]
    spread(row, [50.0, 50.0, 500.0])
    assert [place.x for place in row] == pytest.approx([26, 74, 500])


def test_rows_are_ordered_so_that_lines_do_not_cross():
    upper, lower = [Place() for _ in range(6)], [Place() for _ in range(6)]
    below = {place: [lower[5 - number]] for number, place in enumerate(upper)}
    above = {ties[0]: [place] for place, ties in below.items()}
    table = [list(upper), list(lower)]
    assert crossings(table, below) == 15
    order(table, above, below)
    assert crossings(table, below) == 0


def test_a_deep_graph_is_drawn_without_recursion():
    a = torch.tensor([1.0], requires_grad=True)
    b = a
    for _ in range(2000):
        b = b + 1
    assert repr(draw(b)) == "<Drawing of 2000 operations and 1 leaves>"


def test_of_a_large_graph_the_youngest_operations_are_drawn_and_the_others_counted():
    a = torch.tensor([1.0], requires_grad=True)
    b = a
    for _ in range(30):
        b = b + 1
    assert [box[0] for box in lines(draw(b, {}, limit=3))] == ["… 27 more", *["AddBackward0"] * 3]
    assert words(draw(b, {}, limit=3))[-1] == "30 operations, 1 leaf, 0 B kept for backward"


def test_names_are_escaped():
    a = torch.tensor([1.0], requires_grad=True)
    assert lines(draw(a + 1, {"a<b>&": a}))[0][0] == "a<b>&"


def test_jupyter_shows_the_picture_that_save_writes(tmp_path):
    a = torch.tensor([1.0], requires_grad=True)
    drawing = draw(a + 1)
    drawing.save(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_text(encoding="utf-8") == drawing._repr_svg_() == str(drawing)
