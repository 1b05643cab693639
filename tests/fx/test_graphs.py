"""Graphs that are changed, run and written; the texts are those that PyTorch prints."""

import copy
import operator
import pickle

import pytest

import tinytorch as torch
from tinytorch import fx
from tinytorch.fx.experimental.optimization import fuse, remove_dropout
from tinytorch.fx.passes.shape_prop import ShapeProp
from tinytorch.fx.passes.split_module import split_module


def shifted(x):
    return torch.sigmoid(x).neg() + 1


@pytest.fixture
def traced():
    return fx.symbolic_trace(shifted)


class Convolved(torch.nn.Module):
    """Convolutions with normalization behind them."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm = torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2)
        self.rest = torch.nn.Sequential(
            torch.nn.Conv2d(2, 2, 1, bias=False), torch.nn.BatchNorm2d(2), torch.nn.Dropout()
        )

    def forward(self, x):
        return self.rest(self.norm(self.conv(x)))


def names(graph):
    return [each.name for each in graph.nodes]


def test_nodes_know_their_users(traced):
    x, sigmoid, neg, add, output = traced.graph.nodes
    assert list(x.users) == [sigmoid] and add.all_input_nodes == [neg] and output.args == (add,)
    assert neg.format_node() == "%neg : [num_users=1] = call_method[target=neg](args = (%sigmoid,), kwargs = {})"
    assert x.next is sigmoid and sigmoid.prev is x


def test_a_node_can_take_the_place_of_another(traced):
    node = next(each for each in traced.graph.nodes if each.name == "sigmoid")
    with traced.graph.inserting_after(node):
        other = traced.graph.call_function(torch.tanh, node.args)
    node.replace_all_uses_with(other)
    traced.graph.erase_node(node)
    traced.graph.lint()
    traced.recompile()
    assert names(traced.graph) == ["x", "tanh", "neg", "add", "output"]
    assert torch.equal(traced(torch.ones(2)), torch.tanh(torch.ones(2)).neg() + 1)


def test_a_node_that_is_used_is_not_erased(traced):
    node = next(each for each in traced.graph.nodes if each.name == "neg")
    with pytest.raises(
        RuntimeError, match=r"Tried to erase Node neg but it still had 1 users in the graph: {add: None}!"
    ):
        traced.graph.erase_node(node)


def test_what_nobody_uses_can_be_eliminated(traced):
    x = next(iter(traced.graph.nodes))
    with traced.graph.inserting_after(x):
        traced.graph.call_function(torch.abs, (x,))
    assert traced.graph.eliminate_dead_code()
    assert "abs_1" not in names(traced.graph)
    assert not traced.graph.eliminate_dead_code()


def test_lint_finds_a_node_that_is_used_too_early():
    graph = fx.Graph()
    x = graph.placeholder("x")
    x.prepend(graph.call_function(torch.relu, (x,)))
    with pytest.raises(RuntimeError, match="Argument 'x' of Node 'relu' was used before it has been defined! Please"):
        graph.lint()


def test_arguments_cannot_be_changed_in_place(traced):
    node = next(each for each in traced.graph.nodes if each.name == "add")
    with pytest.raises(TypeError, match="'immutable_dict' object does not support mutation"):
        node.kwargs["alpha"] = 2
    node.args = (node.args[0], 5)
    node.update_kwarg("alpha", 2)
    assert node.args[1] == 5 and node.kwargs == {"alpha": 2}


def test_a_graph_is_made_by_hand():
    graph = fx.Graph()
    x = graph.placeholder("x")
    graph.output((graph.call_function(operator.add, (x, 1)), [x]))
    module = fx.GraphModule({}, graph)
    assert module(3) == (4, [3])
    assert module.code.endswith("add = x + 1\n    return (add, [x])\n    ")


def test_names_do_not_meet():
    graph = fx.Graph()
    made = [graph.create_node("placeholder", "x", name=name) for name in ("a", "a", "a_1", "sum", "1b", "c-d", "for")]
    assert [each.name for each in made] == ["a", "a_1", "a_2", "sum_1", "_1b", "c_d", "for_1"]


def test_a_module_prints_its_code(traced):
    assert str(traced).endswith("# To see more debug info, please use `graph_module.print_readable()`")
    assert type(traced).__name__ == "shifted"


def test_readable_code_knows_shapes(capsys):
    traced = fx.symbolic_trace(shifted)
    ShapeProp(traced).propagate(torch.ones(2, 3))
    text = traced.print_readable()
    assert capsys.readouterr().out == text + "\n"
    assert text.startswith('class shifted(torch.nn.Module):\n    def forward(self, x: "f32[2, 3]"):')
    assert "# No stacktrace found for following nodes" in text


def test_a_table_needs_its_package(traced, monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "tabulate", None)
    with pytest.raises(ImportError):
        traced.graph.print_tabular()
    assert "`print_tabular` relies on the library `tabulate`" in capsys.readouterr().out


def test_copies_are_modules_of_their_own():
    module = fx.symbolic_trace(Convolved().eval())
    x = torch.randn(2, 1, 5, 5)
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert other.code == module.code
        assert torch.equal(other(x), module(x))
        assert other.conv is not module.conv


def test_an_interpreter_runs_node_by_node(traced):
    class Swapped(fx.Interpreter):
        def call_function(self, target, args, kwargs):
            return super().call_function(torch.tanh if target is torch.sigmoid else target, args, kwargs)

    x = torch.randn(3)
    assert torch.equal(fx.Interpreter(traced).run(x), shifted(x))
    assert torch.equal(Swapped(traced).run(x), torch.tanh(x).neg() + 1)


def test_an_interpreter_says_where_it_fails():
    with pytest.raises(AttributeError, match=r"While executing %foo : \[num_users=1\] = call_method\[target=foo\]"):
        fx.Interpreter(fx.symbolic_trace(lambda x: x.foo())).run(torch.ones(1))


def test_a_transformer_makes_another_module(traced):
    class Swapped(fx.Transformer):
        def call_method(self, target, args, kwargs):
            return args[0].abs() if target == "neg" else super().call_method(target, args, kwargs)

    made = Swapped(traced).transform()
    assert "abs_1 = sigmoid.abs();  sigmoid = None" in made.code
    assert torch.equal(made(torch.ones(2)), torch.sigmoid(torch.ones(2)).abs() + 1)


def test_patterns_are_replaced():
    def program(x, w1, w2):
        first = torch.cat([torch.neg(w1), w2]).sum()
        second = torch.cat([torch.neg(w1), w2]).sum()
        return x + torch.max(first) + torch.max(second)

    traced = fx.symbolic_trace(program)
    matches = fx.replace_pattern(
        traced, lambda a, b: torch.cat([torch.neg(a), b]).sum(), lambda a, b: torch.stack([a, b])
    )
    assert [each.anchor.name for each in matches] == ["sum_1", "sum_1"]
    assert names(traced.graph) == ["x", "w1", "w2", "stack", "max_1", "add", "stack_1", "max_2", "add_1", "output"]


def test_shapes_are_noted(traced):
    ShapeProp(traced).propagate(torch.ones(2, 3))
    found = {each.name: each.meta["tensor_meta"] for each in traced.graph.nodes}
    assert found["neg"].shape == torch.Size([2, 3]) and found["neg"].dtype is torch.float32


def test_normalization_joins_the_convolution_before_it():
    module = Convolved()
    for norm in (module.norm, module.rest[1]):
        norm.running_mean.uniform_()
        norm.running_var.uniform_(0.5, 2)
    module.eval()
    fused, x = fuse(module), torch.randn(2, 1, 5, 5)
    assert [each.target for each in fused.graph.nodes] == ["x", "conv", "rest.0", "rest.2", "output"]
    assert torch.allclose(fused(x), module(x), atol=1e-5)


def test_a_module_can_be_cut_into_parts():
    module, names = Convolved().eval(), {}
    traced = fx.symbolic_trace(module)
    parts = split_module(traced, module, lambda node: 0 if node.name in ("conv", "norm") else 1, names)
    assert parts.code == (
        "\n\n\ndef forward(self, x):\n    submod_0 = self.submod_0(x);  x = None\n"
        "    submod_1 = self.submod_1(submod_0);  submod_0 = None\n    return submod_1\n    "
    )
    assert names["submod_1.rest_0"] == "rest.0"
    x = torch.randn(2, 1, 5, 5)
    assert torch.equal(parts(x), module(x))
    with pytest.raises(RuntimeError, match="cycle exists between partitions!"):
        split_module(traced, module, lambda node: 0 if node.name in ("conv", "rest_2") else 1)


def test_nodes_are_ordered_as_they_run(traced):
    nodes = list(traced.graph.nodes)
    assert sorted(reversed(nodes)) == nodes and nodes[0] < nodes[1] <= nodes[1]


def test_dropout_can_be_removed():
    assert [each.target for each in remove_dropout(Convolved()).graph.nodes][-2:] == ["rest.1", "output"]


def test_an_error_shows_its_line(capsys):
    def program(x):
        return (x + 1) * 2

    with pytest.raises(TypeError):
        fx.symbolic_trace(program)("text")
    text = capsys.readouterr().err
    assert f" from {__file__}:" in text and " in program" in text
    assert text.endswith(
        "Call using an FX-traced Module, line 5 of the traced Module's generated forward function:\n"
        "def forward(self, x):\n    add = x + 1;  x = None\n\n~~~~~~~~~~~~~~~~~~~~~~~~~ <--- HERE\n"
        "    mul = add * 2;  add = None\n\n    return mul\n\n"
    )
