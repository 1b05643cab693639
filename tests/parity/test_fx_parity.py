"""Recorded programs, live: the code, graphs and texts of both libraries are the same."""

import pytest
import torch

import tinytorch
from tests.parity.shown import same, shown

HEAD = """
__import__("warnings").simplefilter("ignore")  # PyTorch warns of what it calls itself
import copy, math, operator
fx, nn, F = torch.fx, torch.nn, torch.nn.functional
from_experimental = __import__("importlib").import_module(torch.__name__ + ".fx.experimental.optimization")
shape_prop = __import__("importlib").import_module(torch.__name__ + ".fx.passes.shape_prop")
torch.manual_seed(0)

class Deep(fx.Tracer):
    def is_leaf_module(self, m, module_qualified_name): return False

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention, self.norm = nn.MultiheadAttention(8, 2, batch_first=True), nn.LayerNorm(8)
        self.inner = nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8))
        self.places = nn.Parameter(torch.zeros(1, 4, 8))
        self.register_buffer("mask", torch.ones(4, 4).tril())
    def forward(self, x):
        B, T, C = x.size()
        x = x + self.places
        y, _ = self.attention(x, x, x, need_weights=False)
        x = self.norm(x + y)
        q = x.view(B, T, 2, C // 2).transpose(1, 2)
        w = (q @ q.transpose(-2, -1)) * (1.0 / C ** 0.5)
        w = F.softmax(w.masked_fill(self.mask == 0, float("-inf")), dim=-1)
        return self.inner(x + (w @ q).transpose(1, 2).contiguous().view(B, T, C))
"""

MODULES = (
    "Linear(3, 4)", "ReLU()", "GELU()", "SiLU()", "Softmax(dim=1)", "LogSoftmax(1)", "Tanh()", "LeakyReLU(0.2)",
    "ELU()",
    "Hardtanh()", "Softplus()", "PReLU()", "Dropout()", "Conv1d(2, 3, 3)", "Conv2d(2, 3, 3)",
    "ConvTranspose2d(2, 3, 3)",
    "Conv2d(2, 3, 3, padding='same', padding_mode='circular')", "BatchNorm1d(3)", "BatchNorm2d(3)", "LayerNorm(3)",
    "GroupNorm(1, 3)", "InstanceNorm2d(3)", "RMSNorm(3)", "MaxPool2d(2)", "AvgPool2d(2)", "AdaptiveAvgPool2d(1)",
    "AdaptiveMaxPool2d(1)", "Flatten()", "Embedding(3, 4)", "Upsample(scale_factor=2)", "PixelShuffle(2)",
    "ZeroPad2d(1)",
    "Identity()", "Bilinear(2, 2, 2)", "CosineSimilarity()", "MSELoss()", "CrossEntropyLoss()", "BCEWithLogitsLoss()",
    "L1Loss()", "SmoothL1Loss()", "KLDivLoss()", "NLLLoss()", "HuberLoss()", "GLU()", "Threshold(0.1, 1)",
    "LogSigmoid()",
    "Unfold(2)", "LocalResponseNorm(2)", "MaxPool1d(2)", "AvgPool1d(2)", "LSTM(2, 3)", "MultiheadAttention(4, 2)",
    "TransformerEncoderLayer(4, 2, 8)", "Sequential(nn.Linear(2, 3), nn.ReLU())",
)  # fmt: skip

PROGRAMS = {
    "a block": """
traced = fx.symbolic_trace(Block().eval())
show(traced.code, traced.graph, traced, [[n.op, n.name, n.users,
    n.meta.get("nn_module_stack")] for n in traced.graph.nodes])
x = torch.randn(2, 4, 8)
shape_prop.ShapeProp(traced).propagate(x)
show([[n.name, n.meta.get("tensor_meta"), n.meta["type"]] for n in traced.graph.nodes])
show(traced.print_readable(print_output=False), traced(x))
show(copy.deepcopy(traced).code, copy.deepcopy(traced)(x))
""",
    "functions": """
def f(x, y=1, *args, k: int = 3, **kw):
    a, b = torch.split(x, 2, dim=1)
    c = [x[:, 1:3, None, ...], 2 - x, -x, ~x, x ** 2, 2 ** x, x > 1, x == y, x[x > 0], x // 2, x % 2, x @ x, abs(x),
    1 / x]
    d = torch.sum(x, dim=1, keepdim=True) + torch.einsum("ij->ji", x) + torch.max(x, 1)[0] + torch.linalg.norm(x)
    e = torch.fft.fft(x).real + torch.special.expit(x) + torch.absolute(x) + torch.norm(x)
    e = e + torch.ones(2) + math.sqrt(x)
    g = F.softplus(x) + F.gelu(x) + F.logsigmoid(x) + F.conv2d(x, x) + F.max_pool2d(x, 2) + F.pad(x, (1, 1))
    h = F.interpolate(x, scale_factor=2) + F.one_hot(x) + F.normalize(x) + F.threshold(x, 1, 2) + F.mse_loss(x, x)
    i = x.transpose(1, 2).contiguous().to(torch.float64).mean((1, 2)) + x.T + x.view(x.shape[0], -1) + x.add_(1)
    return {"a": a, "l": [b, c, d, e], "n": (g, h, i, x.device, x.dtype, k, args, kw)}
traced = fx.symbolic_trace(f)
show(traced.code, traced.graph, [[n.op, n.name] for n in traced.graph.nodes])
""",
    "refusals": """
refused(lambda: fx.symbolic_trace(lambda x: x if x.sum() > 0 else -x))
refused(lambda: fx.symbolic_trace(lambda x: [each for each in x]))
refused(lambda: fx.symbolic_trace(lambda x: len(x)))
refused(lambda: fx.symbolic_trace(3))
refused(lambda: fx.Interpreter(fx.symbolic_trace(lambda x: x.foo())).run(torch.ones(1)))
graph = fx.Graph(); x = graph.placeholder("x"); y = graph.call_function(torch.relu, (x,)); graph.output(y)
refused(lambda: graph.erase_node(x))
refused(lambda: y.kwargs.update(a=1))
refused(lambda: graph.create_node("call_function", "text"))
refused(lambda: fx.GraphModule({}, graph)())
x.prepend(y)
refused(lambda: graph.lint())
other = fx.Graph(); a = other.placeholder("a")
refused(lambda: graph.inserting_before(a))
graph = fx.Graph(); graph.output(graph.call_module("m", (graph.placeholder("x"),)))
refused(lambda: fx.GraphModule({}, graph))
refused(lambda: fx.GraphModule(nn.Module(), graph))
refused(lambda: fx.wrap("len"))
""",
    "concrete arguments": """
def chosen(a, b): return a if b == True else a * 2
traced = fx.symbolic_trace(chosen, concrete_args={"b": False}); show(traced.code, traced(3, False))
refused(lambda: traced(3, True))
def summed(x):
    out = 0
    for v in x.values(): out += v
    return {"s": out}
traced = fx.symbolic_trace(summed, concrete_args={"x": {"a": fx.PH, "b": fx.PH}})
show(traced.code, traced({"a": 1, "b": 2}), traced.graph)
def none(x, y): return x if y is None else x + y
show(fx.symbolic_trace(none, concrete_args={"y": None}).code)
""",
    "changes": """
def f(x): return torch.sigmoid(x).neg() + 1
traced = fx.symbolic_trace(f); nodes = list(traced.graph.nodes)
with traced.graph.inserting_after(nodes[1]): new = traced.graph.call_function(torch.tanh, (nodes[1],), {"out": None})
nodes[2].replace_input_with(nodes[1], new); new.update_kwarg("out", None); traced.recompile(); traced.graph.lint()
show(traced.code, new.args, new.users, new.next, new.prev, new.format_node(), nodes[1].users)
with traced.graph.inserting_before(nodes[1]): traced.graph.call_function(torch.abs,
    (nodes[0],)); traced.graph.call_function(torch.rand, (2,))
show(traced.graph.eliminate_dead_code(), traced.graph.eliminate_dead_code(), traced.graph)
graph = fx.Graph(); show(graph.graph_copy(traced.graph, {}), graph)
class Swap(fx.Transformer):
    def call_method(self, target, args,
    kwargs): return args[0].abs() if target == "neg" else super().call_method(target, args, kwargs)
show(Swap(fx.symbolic_trace(f)).transform().code)
graph = fx.Graph(); p = fx.Proxy(graph.placeholder("p")); q = torch.cat([p, p.relu()]); show(q, p.shape, graph)
graph.output((q + p.shape[0]).node); show(fx.GraphModule({}, graph).code)
def bad(x): return x + torch.ones(7)
traced = fx.symbolic_trace(bad); show(traced.code, traced._tensor_constant0); refused(lambda: traced(torch.ones(3)))
""",
    "patterns": """
class Program(nn.Module):
    def forward(self, x, w1, w2):
        a = torch.cat([torch.neg(w1), w2]).sum(); b = torch.cat([torch.neg(w1), w2]).sum()
        return x + torch.max(a) + torch.max(b) + torch.neg(x)
traced = fx.symbolic_trace(Program())
found = fx.replace_pattern(traced, lambda a, b: torch.cat([torch.neg(a), b]).sum(), lambda a, b: torch.stack([a, b]))
show(traced.code, [[m.anchor, [[k.name, v.name] for k, v in m.nodes_map.items()]] for m in found])
found = fx.replace_pattern(traced, lambda x: torch.neg(x), lambda x: x * -1); show(traced.code, len(found))
found = fx.replace_pattern(traced, lambda a, b: torch.max(a) + b, lambda a, b: b); show(traced.code, len(found))
""",
    "parts": """
cut = __import__("importlib").import_module(torch.__name__ + ".fx.passes.split_module").split_module
class Net(nn.Module):
    def __init__(self): super().__init__(); self.param = nn.Parameter(torch.rand(3, 4)); self.linear = nn.Linear(4, 5)
    def forward(self, x, y):
        z = self.linear(x + self.param).clamp(min=0.0, max=1.0); w = self.linear(y).clamp(min=0.0, max=1.0)
        return z + w
net, names, count = Net(), {}, iter(range(9))
parts = cut(fx.symbolic_trace(net), net, lambda node: next(count) % 3, names)
show(parts, names, parts.submod_0.code, parts.submod_1.code, parts.submod_2.code)
show(parts(torch.ones(3, 4), torch.ones(3, 4)))
part = {"linear_1": "b", "clamp_1": "b", "add_1": "c"}
parts = cut(fx.symbolic_trace(net), net, lambda n: part.get(n.name, "a"), partition_affix="p", tuple_return=True,
            keep_original_input_name=False)
show(parts, parts.submod_p_a.code)
refused(lambda: cut(fx.symbolic_trace(net), net, lambda node: node.name in ("add", "add_1")))
""",
    "fusion": """
class Net(nn.Module):
    def __init__(self):
        super().__init__(); self.c = nn.Conv2d(1, 2, 3); self.b = nn.BatchNorm2d(2)
        self.s = nn.Sequential(nn.Conv2d(2, 2, 1, bias=False), nn.BatchNorm2d(2), nn.ReLU(), nn.Dropout())
        self.l = nn.Linear(2, 2); self.n = nn.BatchNorm1d(2)
    def forward(self, x): return self.n(self.l(self.s(self.b(self.c(x))).mean((2, 3))))
net = Net()
for each in net.modules():
    if hasattr(each, "running_mean"): each.running_mean.uniform_(); each.running_var.uniform_(0.5, 1)
net.eval(); fused = from_experimental.fuse(net); show(fused.code, fused, fused(torch.ones(2, 1, 5, 5)))
show(from_experimental.remove_dropout(net).code)
""",
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_recorded_program_shows_what_it_shows_with_pytorch(program):
    expected = shown(torch, HEAD + PROGRAMS[program])
    assert same(expected, shown(tinytorch, HEAD + PROGRAMS[program]))


@pytest.mark.parametrize("module", MODULES)
def test_what_a_module_consists_of_is_recorded_as_with_pytorch(module):
    program = f"{HEAD}\nm = nn.{module}.eval()\nshow(fx.GraphModule(m, Deep().trace(m)).code)"
    assert same(shown(torch, program), shown(tinytorch, program))
