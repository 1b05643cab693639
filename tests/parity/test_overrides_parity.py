"""Classes and modes that override functions, live: what they are asked, and what comes of it, is the same."""

import pytest
import torch

import tinytorch
from tests.parity.shown import same, shown

HEAD = """
import operator
F, nn, overrides = torch.nn.functional, torch.nn, __import__("importlib").import_module(torch.__name__ + ".overrides")
seen = []
class Noting(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        seen.append([overrides.resolve_name(func), [each.__name__ for each in types], len(args), kwargs])
        return super().__torch_function__(func, types, args, kwargs)
class Plain(torch.Tensor): pass
class Duck:
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return overrides.resolve_name(func), [each.__name__ for each in types], len(args), kwargs and list(kwargs)
class Silent:
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None): return NotImplemented
values, ones = torch.tensor([[1., 2.], [3., 4.]]), torch.ones(2, 2)
x, p, y = values.as_subclass(Noting), values.as_subclass(Plain), torch.ones(2, 2)
i, b, d, s = torch.tensor([0, 1]).as_subclass(Noting), torch.tensor([True, False]).as_subclass(Noting), Duck(), Silent()
def kinds(value):
    return [kinds(each) for each in value] if isinstance(value, (tuple, list)) else type(value).__name__
def note(call, value=None):
    seen.clear()
    result = call(x if value is None else value)
    show(kinds(result), list(seen))
def tell(call):
    try: show(call())
    except TypeError as error: show(error)
"""

OPERATORS = """
for name in "add sub mul floordiv mod matmul ne lt le gt ge".split():
    of = getattr(operator, name)
    note(lambda x: of(x, y)); note(lambda x: of(y, x))
    if name != "matmul": note(lambda x: of(x, 2.0)); note(lambda x: of(2.0, x))
for name in "iadd isub imul itruediv ifloordiv imod".split():
    of = getattr(operator, name); note(lambda x: of(x.clone(), 2.0))
for name in "and_ or_ xor lshift rshift iand ior ixor ilshift irshift".split():
    of = getattr(operator, name); note(lambda i: of(i.clone(), 1), i); note(lambda i: of(1, i), i)
for name in "neg abs pos".split(): note(getattr(operator, name))
note(lambda x: -x); note(lambda i: ~i, i); note(lambda x: x == y); note(lambda x: x @ y); note(lambda x: 2.0 - x)
"""

PROTOCOL = """
for call in (len, repr, str, lambda x: 1.0 in x, lambda x: x[0], lambda x: x[0, 1:],
    lambda x: operator.setitem(x, 0, 1.0),
             lambda x: y[x > 2], lambda x: f"{x[0, 0].item():.1f}", lambda x: float(x[0, 0]), lambda x: bool(x[0, 0]),
             lambda x: reversed(x), hash, lambda x: isinstance(x, torch.Tensor)):
    note(call)
for name in "shape dtype device grad T data requires_grad is_leaf grad_fn ndim is_cuda".split():
    note(lambda x: getattr(x, name))
note(lambda x: setattr(x, "grad", None)); note(lambda x: setattr(x, "requires_grad", False))
"""

FUNCTIONS = """
for call in (
    lambda x: torch.sum(x, dim=1), lambda x: x.sum(1, keepdim=True), lambda x: torch.cat([y, x], dim=1),
    lambda x: x.max(dim=0),
    lambda x: torch.stack((x, x)), lambda x: F.relu(x), lambda x: F.linear(x, y), lambda x: F.dropout(x, 0.5, False),
    lambda x: F.max_pool2d(x[None], 2), lambda x: F.cross_entropy(x, torch.tensor([0, 1])),
    lambda x: torch.einsum("ij,jk", x, y),
    lambda x: torch.split(x, 1), lambda x: x.split(1), lambda x: x.to(torch.float64),
    lambda x: torch.where(x > 1, x, y),
    lambda x: torch.zeros_like(x), lambda x: x.new_zeros(3), lambda x: x.view(2, -1), lambda x: torch.numel(x),
    lambda x: x.tolist(), lambda x: x.unbind(), lambda x: torch.norm(x), lambda x: x.norm(),
    lambda x: torch.linalg.norm(x),
    lambda x: torch.fft.fft(x), lambda x: torch.special.expit(x), lambda x: torch.absolute(x),
    lambda x: torch.is_tensor(x),
    lambda x: F.layer_norm(x, (2,)), lambda x: F.softmax(x, dim=-1), lambda x: F.mse_loss(x, y),
    lambda x: torch.unique(x),
    lambda x: torch.meshgrid(x[0], x[0], indexing="ij"), lambda x: F.pad(x, (1, 1)), lambda x: F.normalize(x),
    lambda x: x.detach().numpy(),
    lambda x: nn.Sequential(nn.Linear(2, 2), nn.ReLU())(x), lambda x: x.as_subclass(torch.Tensor),
    lambda x: torch.tensor(1.0),
    lambda x: (x.clone().requires_grad_() * 2).sum().backward(), lambda x: torch.add(y, 1, out=x.clone()),
): note(call)
"""

PROGRAMS = {
    "operators": OPERATORS,
    "python's protocols": PROTOCOL,
    "functions": FUNCTIONS,
    "no tensors": """
for call in (lambda: torch.add(d, 1), lambda: torch.add(y, d), lambda: y + d, lambda: d + y if False else 0,
    lambda: torch.cat([y, d]),
             lambda: torch.cat((d, y), dim=1), lambda: F.relu(d), lambda: F.linear(y, d),
             lambda: torch.zeros(d), lambda: torch.full((2,), d),
             lambda: y.view(d, -1), lambda: y.reshape((d, 2)), lambda: y.sum(dim=d), lambda: y[d],
             lambda: y[0, d], lambda: y.clamp(min=d),
             lambda: torch.topk(y, d), lambda: torch.einsum("ij->ji", d), lambda: torch.where(d, y, y),
             lambda: F.max_pool2d(d, 2),
             lambda: torch.is_tensor(d), lambda: y.mul_(d), lambda: torch.add(s, 1), lambda: torch.add(s, d),
             lambda: y + s,
             lambda: F.silu(s), lambda: y * s, lambda: torch.stack([s]), lambda: torch.split(s, 1)): tell(call)
""",
    "plain subclasses": """
for call in (lambda: p + 1, lambda: y * p, lambda: p.max(0), lambda: p.T, lambda: p.tolist(), lambda: p.shape,
    lambda: list(p),
             lambda: p.requires_grad_(), lambda: (p + 1).sum(), lambda: p[0], lambda: torch.stack([p, p]),
             lambda: p.new_ones(1)):
    result = call(); show(kinds(result), result)
show(repr(p), repr((p * 2).sum()), p.is_leaf, (p + 1).grad_fn)
(p ** 2).sum().backward(); show(type(p.grad).__name__, p.grad)
refused(lambda: torch.add(p, x)); refused(lambda: y.as_subclass(int))
made = torch.Tensor._make_subclass(Plain, y, True); show(type(made).__name__, made, made.is_leaf)
class Learned(nn.Parameter): pass
show(kinds([Learned(y) + 1, Learned(y), nn.Parameter(y) * 2]))
""",
    "modes and switches": """
class Mode(overrides.TorchFunctionMode):
    def __init__(self, name): self.name, self.names = name, []
    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.names.append(overrides.resolve_name(func)); return func(*args, **(kwargs or {}))
with Mode("a") as a:
    z = torch.ones(2) + torch.tensor(1.0); F.dropout(z, training=False).sum(); torch.arange(3).view(3, 1); z.shape
    torch.manual_seed(0)
    show(overrides._get_current_function_mode() is a)
    with Mode("b") as b: torch.zeros(2).exp()
show(a.names, b.names, len(overrides._get_current_function_mode_stack()))
with torch._C.DisableTorchFunctionSubclass(): show(kinds([x + 1, p.exp()]))
show([overrides.is_tensor_like(each) for each in (y, x, d, 3)], overrides.has_torch_function((x, 3)),
    overrides.has_torch_function((y, 3)))
def double(x):
    if overrides.has_torch_function((x,)): return overrides.handle_torch_function(double, (x,), x)
    return x * 2
show(double(y), kinds(double(x)), double(d))
show(overrides.is_tensor_method_or_property(torch.Tensor.add), overrides.is_tensor_method_or_property(torch.add),
    overrides.resolve_name(torch.nn.functional.relu))
@overrides.wrap_torch_function(lambda a, b: (a, b))
def paired(a, b): return a + b
show(paired(1, 2), paired(d, 2)[1:])
""",
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_that_overrides_functions_shows_what_it_shows_with_pytorch(program):
    expected = shown(torch, HEAD + PROGRAMS[program])
    assert same(expected, shown(tinytorch, HEAD + PROGRAMS[program]))
