"""What becomes of a program that is recorded; the texts are those that PyTorch prints."""

import math
import operator

import pytest

import tinytorch as torch
from tinytorch import fx, overriding
from tinytorch.fx.proxy import TraceError
from tinytorch.nn import functional as F


class Net(torch.nn.Module):
    """The example of PyTorch's documentation."""

    def __init__(self):
        super().__init__()
        self.param = torch.nn.Parameter(torch.rand(3, 4))
        self.linear = torch.nn.Linear(4, 5)

    def forward(self, x):
        return self.linear(x + self.param).clamp(min=0.0, max=1.0)


class Block(torch.nn.Module):
    """A block with a connection around it, and modules in a list."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.ReLU())
        self.names = torch.nn.ModuleDict({"a-b": torch.nn.Linear(4, 2)})
        self.register_buffer("scale", torch.ones(4))

    def forward(self, x):
        return self.names["a-b"](F.relu(self.layers(x) * self.scale + x))


GRAPH = """\
graph():
    %x : [num_users=1] = placeholder[target=x]
    %param : [num_users=1] = get_attr[target=param]
    %add : [num_users=1] = call_function[target=operator.add](args = (%x, %param), kwargs = {})
    %linear : [num_users=1] = call_module[target=linear](args = (%add,), kwargs = {})
    %clamp : [num_users=1] = call_method[target=clamp](args = (%linear,), kwargs = {min: 0.0, max: 1.0})
    return clamp"""
CODE = """\



def forward(self, x):
    param = self.param
    add = x + param;  x = param = None
    linear = self.linear(add);  add = None
    clamp = linear.clamp(min = 0.0, max = 1.0);  linear = None
    return clamp
    """
BLOCK = """\



def forward(self, x):
    layers_0 = getattr(self.layers, "0")(x)
    layers_1 = getattr(self.layers, "1")(layers_0);  layers_0 = None
    scale = self.scale
    mul = layers_1 * scale;  layers_1 = scale = None
    add = mul + x;  mul = x = None
    relu = torch.nn.functional.relu(add, inplace = False);  add = None
    names_a_b = getattr(self.names, "a-b")(relu);  relu = None
    return names_a_b
    """
LINES = {  # what is called -> the line of code that PyTorch writes
    "operators": (lambda x: 2 - x, "sub = 2 - x;  x = None"),
    "index": (
        lambda x: x[:, 1:3, None, ...],
        "getitem = x[(slice(None, None, None), slice(1, 3, None), None, Ellipsis)]",
    ),
    "function": (lambda x: torch.sum(x, dim=1), "sum_1 = torch.sum(x, dim = 1)"),
    "method": (lambda x: x.view(x.size(0), -1), "view = x.view(size, -1)"),
    "attribute": (lambda x: x.shape[0], "getattr_1 = x.shape"),
    "lists": (lambda x: torch.cat([x, x], dim=1), "cat = torch.cat([x, x], dim = 1)"),
    "python's own": (lambda x: torch.split(x, 2), "split = torch.functional.split(x, 2, dim = 0)"),
    "compiled": (lambda x: F.linear(x, x), "linear = torch._C._nn.linear(x, x)"),
    "linalg": (lambda x: torch.linalg.norm(x), "linalg_norm = torch._C._linalg.linalg_norm(x)"),
    "pool": (
        lambda x: F.max_pool2d(x, 2),
        "max_pool2d = torch.nn.functional.max_pool2d(x, 2, stride = None, padding = 0, dilation = 1, "
        "ceil_mode = False, return_indices = False)",
    ),
    "dtype": (lambda x: x.to(torch.float64), "to = x.to(torch.float64)"),
    "mathematics": (lambda x: math.sqrt(x), "sqrt = math_sqrt(x)"),
}


def code_of(function):
    return fx.symbolic_trace(function).code


def test_a_graph_prints_as_pytorchs():
    assert str(fx.symbolic_trace(Net()).graph) == GRAPH


def test_its_code_is_pytorchs():
    assert fx.symbolic_trace(Net()).code == CODE
    assert fx.symbolic_trace(Block()).code == BLOCK


def test_the_code_computes_what_the_module_does():
    module, x = Block(), torch.randn(3, 4)
    assert torch.equal(fx.symbolic_trace(module)(x), module(x))


def test_functions_are_found_under_pytorchs_compiled_names():
    def computed(x):
        return (
            F.logsigmoid(F.gelu(F.linear(x, x))) + torch.linalg.norm(x) + torch.special.expit(x) + F.threshold(x, 1, 2)
        )

    traced, x = fx.symbolic_trace(computed), torch.randn(3, 3)
    assert "torch._C._nn.log_sigmoid" in traced.code and "torch._C._special.special_expit" in traced.code
    assert torch.equal(traced(x), computed(x))


@pytest.mark.parametrize("name", LINES)
def test_a_call_becomes_a_line(name):
    function, line = LINES[name]
    assert line in code_of(function)


def test_annotations_and_defaults_stay():
    def scaled(x: torch.Tensor, n: int = 3) -> torch.Tensor:
        return x * n

    assert "def forward(self, x : torch.Tensor, n : int = 3) -> torch.Tensor:" in code_of(scaled)


def test_what_depends_on_values_is_refused():
    with pytest.raises(TraceError, match="symbolically traced variables cannot be used as inputs to control flow"):
        fx.symbolic_trace(lambda x: x if x.sum() > 0 else -x)
    with pytest.raises(TraceError, match="Proxy object cannot be iterated"):
        fx.symbolic_trace(lambda x: [each for each in x])
    with pytest.raises(RuntimeError, match="'len' is not supported in symbolic tracing by default"):
        fx.symbolic_trace(lambda x: len(x))


def test_a_sequence_can_be_unpacked():
    def unpacked(x):
        a, (b, c) = x
        return a + b * c

    assert fx.symbolic_trace(unpacked)((1, (2, 3))) == 7


def test_arguments_can_be_fixed():
    def chosen(a, b):
        return a if b is True else a * 2

    assert fx.symbolic_trace(chosen, concrete_args={"b": False})(3, False) == 6


def test_trees_can_be_arguments():
    def added(x):
        return sum(x.values())

    traced = fx.symbolic_trace(added, concrete_args={"x": {"a": fx.PH, "b": fx.PH}})
    assert traced({"a": 1, "b": 2}) == 3
    assert "x_1, x_2, = fx_pytree.tree_flatten_spec([x], self._in_spec)" in traced.code


def test_a_tracer_says_which_modules_are_nodes():
    class Deep(fx.Tracer):
        def is_leaf_module(self, m, module_qualified_name):
            return not isinstance(m, torch.nn.ReLU) and super().is_leaf_module(m, module_qualified_name)

    nodes = list(Deep().trace(Block()).nodes)
    assert [each.target for each in nodes if each.name == "relu"] == [F.relu]


def test_a_tracer_knows_the_modules_paths():
    node = next(each for each in fx.symbolic_trace(Block()).graph.nodes if each.name == "layers_1")
    assert [path for path, _ in node.meta["nn_module_stack"].values()] == ["layers", "layers.1"]


@fx.wrap
def opaque(x):
    return int(x) + 1


def test_a_wrapped_function_is_one_node():
    traced = fx.symbolic_trace(lambda x: opaque(x) * 2)
    assert traced(3) == 8
    assert opaque(3) == 4
    with pytest.raises(NotImplementedError, match="wrap must be called at the top level of a module"):
        fx.wrap("len")


def test_tensors_become_constants():
    def shifted(x):
        return x + torch.ones(2)

    traced = fx.symbolic_trace(shifted)
    assert traced._tensor_constant0.tolist() == [1, 1]
    assert traced(torch.zeros(2)).tolist() == [1, 1]


def test_proxies_make_a_graph_without_a_program():
    graph = fx.Graph()
    x = fx.Proxy(graph.placeholder("x"))
    graph.output((torch.cat([x, x]) + 1).node)
    assert [each.target for each in graph.nodes] == ["x", torch.cat, operator.add, "output"]
    assert fx.GraphModule({}, graph)(torch.ones(1)).tolist() == [2, 2]


def test_after_a_recording_functions_ask_nobody():
    before, code = len(overriding.listeners), torch.add.__code__
    fx.symbolic_trace(Block())
    assert len(overriding.listeners) == before
    assert torch.add.__code__ is code
    assert torch.nn.Module.__call__.__name__ == "__call__"
    assert not hasattr(torch.nn.Module.__call__, "__wrapped__")


def test_regions_of_a_profiler_can_be_recorded():
    enter, leave = torch.ops.profiler._record_function_enter, torch.ops.profiler._record_function_exit
    graph = fx.Graph()
    region = fx.Proxy(graph.call_function(enter, ("region",)))
    leave(region)
    graph.output(None)
    module = fx.GraphModule({}, graph)
    assert "torch.ops.profiler._record_function_exit(_record_function_enter)" in module.code
    with torch.profiler.profile() as profiler:
        module()
    assert [each.key for each in profiler.events()] == ["region"]
