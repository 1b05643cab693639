"""Programs that reach into the graph, by hooks, edges and what is kept, show the same under both libraries."""

import pytest
import torch

import tinytorch
from tests.parity.shown import same, shown

HEAD = """
F = torch.autograd.Function
x = torch.tensor([1., 2., 3.], requires_grad=True)
def note(name, *more):
    def hook(*args):
        show(name, *args)
        return more[0] if more else None
    return hook
"""

PROGRAMS = {
    "what a node shows": """
y = x * 2
z = y * x
nodes = (z, y, x.exp(), x.sum(0, keepdim=True), x.view(3, 1), x.softmax(0), torch.where(x > 1, x, x), x.clamp(0, 1))
for n in (*nodes, x / 3, torch.addcmul(x, x, x), x.t(), x.std(), x + 1):
    f = n.grad_fn
    show(f.name(), [e for e in dir(f) if e.startswith('_saved')])
show(z.grad_fn._saved_self, z.grad_fn._saved_other, z.grad_fn._saved_other is x)
show(y.grad_fn._saved_self, y.grad_fn._saved_other)
show(x.exp().grad_fn._saved_result, x.pow(2).grad_fn._saved_exponent, type(z.grad_fn._raw_saved_self).__name__)
show(z.grad_fn.metadata, z.grad_fn.metadata is z.grad_fn.metadata, z.grad_fn is z.grad_fn)
a = y.grad_fn.next_functions[0][0]
show(a is y.grad_fn.next_functions[0][0], a is z.grad_fn.next_functions[1][0], a.variable is x)
show(a.name(), a.next_functions, a.metadata)
z.sum().backward()
refused(lambda: z.grad_fn._saved_self)
refused(lambda: z.grad_fn._raw_saved_self)
refused(lambda: z.grad_fn._saved_nothing)
w = torch.ones(3)
m = x * w
show(m.grad_fn._saved_self, m.grad_fn._saved_other)
refused(lambda: setattr(z.grad_fn, 'zz', 3))
show(a._sequence_nr(), z.grad_fn._sequence_nr() > y.grad_fn._sequence_nr(), repr(z.grad_fn), repr(a))
""",
    "the order of hooks": """
y = x * 2
y.retain_grad()
y.register_hook(note("y tensor", None))
z = y * 3
y.grad_fn.register_prehook(note("y pre"))
y.grad_fn.register_hook(note("y post"))
y.grad_fn.register_hook(note("y post2"))
y.register_hook(lambda g: g * 2)
y.register_hook(note("y tensor 2"))
x.register_hook(note("x tensor"))
a = y.grad_fn.next_functions[0][0]
a.register_prehook(note("x pre"))
a.register_hook(note("x post"))
x.register_post_accumulate_grad_hook(note("x accumulated"))
z.sum().backward(retain_graph=True)
show(y.grad, x.grad)
show("grad", torch.autograd.grad(z.sum(), x, retain_graph=True))
show("grad y", torch.autograd.grad(z.sum(), y, retain_graph=True))
show("grad both", torch.autograd.grad(z.sum(), (x, y), retain_graph=True))
show("inputs"); z.sum().backward(inputs=[x], retain_graph=True); show(x.grad)
y.grad = None
""",
    "what hooks give": """
y = x * 2
h = y.grad_fn.register_prehook(lambda g: (g[0] * 10,))
y.sum().backward(retain_graph=True); show(x.grad); x.grad = None
h.remove()
h = y.grad_fn.register_prehook(lambda g: g[0] * 10)
refused(lambda: y.sum().backward(retain_graph=True)); show(x.grad); x.grad = None
h.remove()
h = y.grad_fn.register_prehook(lambda g: (g[0], g[0]))
refused(lambda: y.sum().backward(retain_graph=True)); show(x.grad); x.grad = None
h.remove()
h = y.grad_fn.register_prehook(lambda g: (None,))
refused(lambda: y.sum().backward(retain_graph=True)); show(x.grad); x.grad = None
h.remove()
h = y.grad_fn.register_prehook(lambda g: 3)
refused(lambda: y.sum().backward(retain_graph=True)); show(x.grad); x.grad = None
h.remove()
show(y.grad_fn.next_functions)
h = y.grad_fn.register_hook(lambda i, o: (i[0] * 10, i[1]))
refused(lambda: y.sum().backward(retain_graph=True)); show(x.grad); x.grad = None
h.remove()
h = y.grad_fn.register_hook(lambda i, o: (i[0] * 10,))
refused(lambda: y.sum().backward(retain_graph=True)); show(x.grad); x.grad = None
h.remove()
h = y.grad_fn.register_hook(lambda i, o: i[0] * 10)
refused(lambda: y.sum().backward(retain_graph=True)); show(x.grad); x.grad = None
h.remove()
h = y.grad_fn.register_hook(lambda i, o: 4)
refused(lambda: y.sum().backward(retain_graph=True)); show(x.grad); x.grad = None
h.remove()
h = y.grad_fn.register_hook(lambda i, o: (None, None))
refused(lambda: y.sum().backward(retain_graph=True)); show(x.grad); x.grad = None
h.remove()
h = y.grad_fn.register_hook(lambda i, o: (torch.ones(4), None))
refused(lambda: y.sum().backward(retain_graph=True)); show(x.grad); x.grad = None
h.remove()
v, i = x.max(0)
v2, i2 = torch.sort(x)
v2.grad_fn.register_prehook(note("sort pre")); v2.grad_fn.register_hook(note("sort post"))
v2.sum().backward()
a, b = x.unbind()[:2]
a.grad_fn.register_prehook(note("unbind pre")); a.grad_fn.register_hook(note("unbind post"))
a.sum().backward()
c = x.exp()
c.register_hook(lambda g: 3)
refused(lambda: c.sum().backward())
c = x.exp()
c.register_hook(lambda g: torch.ones(4))
refused(lambda: c.sum().backward())
c = x.exp()
c.register_hook(lambda g: g.double())
refused(lambda: c.sum().backward())
""",
    "hooks of leaves": """
a = (x * 2).grad_fn.next_functions[0][0]
a.register_hook(note("post")); a.register_prehook(note("pre"))
(x * 3).sum().backward()
h = a.register_prehook(lambda g: (g[0] * 100,))
x.grad = None
(x * 3).sum().backward(); show(x.grad)
h.remove()
del a
(x * 3).sum().backward(); show(x.grad)
y = x * 2
y.grad_fn.next_functions[0][0].register_hook(note("of y"))
y.sum().backward()
z = x.exp()
z.retain_grad()
z.register_hook(lambda g: g * 3)
z.sum().backward(inputs=[x, z]); show(z.grad, x.grad)
""",
    "what is packed": """
order = []
def pack(t):
    show("pack", t, t is x, torch.is_grad_enabled())
    return ("packed", t.detach())
def unpack(p):
    show("unpack", p[0], torch.is_grad_enabled())
    return p[1]
H = torch.autograd.graph.saved_tensors_hooks
with H(pack, unpack):
    y = x * 2
    show("mul"); z = y * x
    show("exp"); e = z.exp()
show(e.grad_fn._saved_result, z.grad_fn._saved_other)
e.sum().backward(); show(x.grad)
with H(pack, unpack):
    show("in place"); y = x * 1; y.add_(x)
    show("addcmul"); torch.addcmul(x, x * 1, x * 2)
    show("matmul"); torch.matmul(x, x)
    show("div"); x / x
    show("pow"); x ** x
    show("cat"); torch.cat([x, x])
    show("softmax"); x.softmax(0)
    show("max"); x.max(0)
    show("sum"); x.sum()
    show("view"); x.view(3, 1).t()
    show("where"); torch.where(x > 1, x, x)
    show("index"); x[x > 1]
    with torch.no_grad(): x * x
    show("w"); x * torch.ones(3); torch.ones(3) * x
""",
    "hooks in hooks, and refusals": """
H = torch.autograd.graph.saved_tensors_hooks
with H(note("outer", 1), lambda p: torch.ones(3)):
    with H(lambda t: 2, lambda p: show(p) or torch.ones(3) * p):
        y = x * x
    w = x * x
y.sum().backward(); show(x.grad)
x.grad = None
w.sum().backward(); show(x.grad)
def bad(t): raise ValueError("no")
def f():
    with H(bad, lambda p: p): x * x
refused(f)
def f():
    with H(lambda t: t.mul_(2), lambda p: p): x * x
refused(f)
def f():
    with H(lambda t: 1, lambda p: p): return x * x
y = f()
refused(lambda: y.sum().backward())
def f():
    with H(lambda t: t, lambda p: torch.ones(5)): return x * x
y = f()
refused(lambda: y.sum().backward())
h = x * 1
with H(lambda t: t, lambda p: p): y = h * h
h.add_(1)
refused(lambda: y.sum().backward()); show(x.grad)
with H(lambda t: t.clone(), lambda p: p):
    y = (x * x).exp()
g, = torch.autograd.grad(y.sum(), x, create_graph=True); show(g)
g, = torch.autograd.grad(g.sum(), x, create_graph=True); show(g)
refused(lambda: H(3))
with H(lambda t: t.clone(), lambda p: show("u") or p):
    y = x * x
y.grad_fn._saved_self; y.grad_fn._saved_self
y.sum().backward()
refused(lambda: y.grad_fn._saved_self)
y = x.exp()
r = y.grad_fn._raw_saved_result
r.register_hooks(lambda t: show("raw", t) or t.detach(), lambda p: p * 2)
refused(lambda: r.register_hooks(lambda t: t, lambda p: p))
show(y.grad_fn._saved_result); x.grad = None; y.sum().backward(); show(x.grad)
y = x * x
refused(lambda: y.grad_fn._raw_saved_self.register_hooks(lambda t: t.mul_(2), lambda p: p))
x = torch.tensor([1., 2., 3.], requires_grad=True)
show(y.grad_fn._raw_saved_other)
class A(F):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.save_for_backward(x, y, None, y * 1)
        return y
    @staticmethod
    def backward(ctx, g):
        show("backward"); ctx.saved_tensors; show("again"); show(ctx.saved_tensors)
        return g
with H(lambda t: show("pack", t) or t.detach(), lambda p: show("unpack", p) or p):
    y = A.apply(x)
show(y.grad_fn._raw_saved_tensors)
y.sum().backward()
""",
    "hooks that are off, and the CPU": """
G = torch.autograd.graph
def f():
    with G.disable_saved_tensors_hooks("not here"):
        with G.saved_tensors_hooks(lambda t: t, lambda p: p): x * x
refused(f)
def f():
    with G.saved_tensors_hooks(lambda t: show("packed") or t, lambda p: p):
        with G.disable_saved_tensors_hooks("not here"): x * x
refused(f)
def f():
  with G.disable_saved_tensors_hooks("one"):
    with G.disable_saved_tensors_hooks("two"):
        pass
    with G.save_on_cpu(): pass
refused(f)
with G.save_on_cpu(): y = (x * x).exp()
y.sum().backward(); show(x.grad)
with G.save_on_cpu(pin_memory=True): y = (x * x).exp()
y.sum().backward(); show(x.grad)
""",
    "several gradients, and edges": """
G = torch.autograd.graph
a = torch.ones(2, requires_grad=True); b = torch.ones(2, requires_grad=True)
c = a * b; d = a * b * 2
h = G.register_multi_grad_hook((a, b, c, d), lambda g: show([e is not None for e in g]))
c.sum().backward(retain_graph=True)
c.sum().backward(inputs=(a,), retain_graph=True)
(c + d).sum().backward(retain_graph=True)

h.remove()
c.sum().backward(retain_graph=True)
h = G.register_multi_grad_hook((c, d), lambda g: show(g), mode="any")
(c + d).sum().backward(retain_graph=True)
refused(lambda: G.register_multi_grad_hook((c, d), print, mode="some"))
e = G.get_gradient_edge(c); show(type(e).__name__, e._fields, e.node is c.grad_fn, e.output_nr)
f = G.get_gradient_edge(a); show(f.node.name(), f.output_nr)
h.remove()
show(torch.autograd.grad(c.sum(), f, retain_graph=True), torch.autograd.grad(c.sum(), [e, f], retain_graph=True))
show(torch.autograd.grad([e], [f], torch.ones(2), retain_graph=True))
refused(lambda: torch.autograd.grad([e], [f], retain_graph=True))
refused(lambda: torch.autograd.grad(c.sum(), c.grad_fn, retain_graph=True))
refused(lambda: torch.autograd.grad(c.grad_fn, a, torch.ones(2), retain_graph=True))
a.grad = b.grad = None
torch.autograd.backward(e, torch.ones(2), retain_graph=True); show(a.grad)
refused(lambda: torch.autograd.backward(c.sum(), inputs=[f], retain_graph=True)); show(a.grad)
refused(lambda: torch.autograd.backward(c.sum(), inputs=[e], retain_graph=True))
m = torch.ones(2, 2, requires_grad=True)
v, i = m.max(0)
e = G.get_gradient_edge(v); show(e.output_nr)
show(torch.autograd.grad(e, m, torch.ones(2), retain_graph=True))
q = m.unbind()
e = G.get_gradient_edge(q[1]); show(e.output_nr)
show(torch.autograd.grad(e, m, torch.ones(2), retain_graph=True))
show(torch.autograd.grad((q[0] + q[1] * 2).sum(), e, retain_graph=True))
show(torch.autograd.grad((q[0] + q[1] * 2).sum(), G.GradientEdge(q[1].grad_fn, 0), retain_graph=True))
refused(lambda: G.get_gradient_edge(torch.ones(1)))
t = torch.ones(2); G.increment_version(t); G.increment_version([t, t]); show(t._version)
refused(lambda: G.increment_version(3))
refused(lambda: torch.autograd.grad(c.sum(), m))
refused(lambda: torch.autograd.grad(c.sum(), G.get_gradient_edge(m)))
show(isinstance(c.grad_fn, G.Node), isinstance(f.node, G.Node), isinstance(3, G.Node))
""",
    "writing to what is kept": """
G = torch.autograd.graph
with G.allow_mutation_on_saved_tensors() as ctx:
    a = torch.ones(3, requires_grad=True)
    b = a.clone()
    out = (b ** 2).sum()
    b.sin_()
    show(len(ctx.cloned), len(ctx.original))
    out.backward(); show(a.grad)
    a.grad = None
    c = a.clone(); v = c[:2]
    out = (c * c).sum() + v.exp().sum()
    v.mul_(3)
    c.add_(1)
    out.backward(); show(a.grad)
    c = a.clone(); out = (c ** 2).sum(); torch.add(a.detach(), 1, out=c.detach()); 
    a.grad = None
    out.backward(); show(a.grad)
    c = a.clone(); out = (c ** 2).sum()
refused(lambda: out.backward())
def f():
    with G.allow_mutation_on_saved_tensors():
        with G.allow_mutation_on_saved_tensors(): pass
refused(f)
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_show_the_same(name):
    expected, actual = (shown(library, HEAD + PROGRAMS[name]) for library in (torch, tinytorch))
    assert len(expected) == len(actual)
    assert [(one, two) for one, two in zip(expected, actual, strict=True) if not same(one, two)] == []
