"""Contexts, arguments and gradients of a torch.autograd.Function are the same under both libraries."""

import pytest
import torch

import tinytorch
from tests.parity.shown import same, shown

HEAD = """
F = torch.autograd.Function
x = torch.tensor([1., 2., 3.], requires_grad=True)
"""

PROGRAMS = {
    "which gradients are needed": """
class A(F):
    @staticmethod
    def forward(ctx, x, y, n):
        return x * y * n, n, x > 1, torch.ones(2)
    @staticmethod
    def backward(ctx, *g):
        show(ctx.needs_input_grad, [None if e is None else e for e in g])
        return g[0], g[0], None
z = torch.ones(3, requires_grad=True)
w = x * 1
r = A.apply(w, z, 5)
show(r, type(r).__name__, [e.output_nr if isinstance(e, torch.Tensor) else e for e in r])
show(torch.autograd.grad(r[0].sum(), z, retain_graph=True))
r[0].sum().backward()
show(x.grad)
r = A.apply(w.detach(), z, 5); show(r); r[0].sum().backward()
r = A.apply(w.detach(), z.detach(), 5); show(r)
with torch.no_grad():
    show(A.apply(x, z, 5))
""",
    "gradients that do not fit": """
def made(give, n=1):
    class Bad(F):
        @staticmethod
        def forward(ctx, *args):
            return args[0] * 2
        @staticmethod
        def backward(ctx, g):
            return give(g)
    return Bad
s = lambda cls, *a: cls.apply(*a).sum().backward()
refused(s, made(lambda g: (g, g)), x)
refused(s, made(lambda g: (g, None)), x); show(x.grad)
refused(s, made(lambda g: g), x, 3)
refused(s, made(lambda g: (g, g)), x, 3)
refused(s, made(lambda g: torch.ones(4)), x)
refused(s, made(lambda g: torch.ones(2, 3)), x); show(x.grad)
refused(s, made(lambda g: torch.ones(1)), x); show(x.grad)
refused(s, made(lambda g: g.double()), x); show(x.grad)
refused(s, made(lambda g: 3), x)
refused(s, made(lambda g: [g]), x)
refused(s, made(lambda g: None), x); show(x.grad)
refused(s, made(lambda g: ()), x)
refused(s, made(lambda g: (torch.ones(4), None)), x.detach(), x)
refused(s, made(lambda g: (torch.ones(4), g)), x.detach(), x)
class N(F):
    @staticmethod
    def forward(ctx, x):
        return x * 2
refused(s, N, x)
class M(F): pass
refused(s, M, x)
class V(F):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def vjp(ctx, g):
        return g * 7
x.grad = None
s(V, x); show(x.grad)
class W(V):
    @staticmethod
    def backward(ctx, g):
        return g * 7
refused(s, W, x)
""",
    "gradients that are not there": """
def made(on):
    class A(F):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(on)
            return x * 2, x[:1] * 3, x > 1, 4, None
        @staticmethod
        def backward(ctx, *g):
            show(g)
            return g[0]
    return A
r = made(True).apply(x); show(r); r[0].sum().backward()
r = made(False).apply(x); r[0].sum().backward(); show(x.grad)
r = made(False).apply(x); r[1].sum().backward(); show(x.grad)
""",
    "setup_context": """
class A(F):
    @staticmethod
    def forward(x, n=2, *, m=3):
        return x * n * m, n
    @staticmethod
    def setup_context(ctx, inputs, output):
        show(inputs, output); x, n = inputs; ctx.n = n
        show(ctx.save_for_backward(x)); ctx.set_materialize_grads(False)
    @staticmethod
    def backward(ctx, g, h):
        show(g, h)
        return g * ctx.n, None
refused(lambda: show(A.apply(x)))
refused(lambda: show(A.apply(x, n=4)))
refused(lambda: show(A.apply(x, 4, m=4)))
refused(lambda: show(A.apply(x, z=4)))
refused(lambda: show(A.apply()))
class B(F):
    @staticmethod
    def forward(x):
        return x
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)
    @staticmethod
    def backward(ctx, g):
        return g
refused(B.apply, x)
class C(F):
    @staticmethod
    def forward(x):
        return x * 2
    @staticmethod
    def setup_context(ctx, inputs, output):
        show(output, torch.is_grad_enabled())
        ctx.save_for_backward(output)
    @staticmethod
    def backward(ctx, g):
        show(ctx.saved_tensors)
        return g
C.apply(x).sum().backward()
class D(F):
    @staticmethod
    def forward(ctx, x):
        return x * 2
refused(lambda: D.apply(x=x))
refused(lambda: D.apply())
refused(lambda: D.apply(x, 2))
d = D()
refused(lambda: d(x))
refused(lambda: D(1, a=2))
refused(lambda: torch.autograd.function.InplaceFunction(True).inplace)
class E(F):
    def forward(self, x):
        return x * 2
    def backward(self, g):
        return g * 2
y = E.apply(x); show(y)
y.sum().backward(); show(x.grad)
""",
    "once_differentiable": """
class A(F):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.exp()
    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        show(torch.is_grad_enabled())
        return g * ctx.saved_tensors[0].exp()
y = A.apply(x)
g, = torch.autograd.grad(y.sum(), x, create_graph=True); show(g)
w = torch.ones(3, requires_grad=True)
g, = torch.autograd.grad(A.apply(x), x, w, create_graph=True); show(g)
refused(lambda: g.sum().backward())
refused(lambda: torch.autograd.grad(g.sum(), w))
""",
    "the context": """
class A(F):
    @staticmethod
    def forward(ctx, x):
        for n in ("to_save","dirty_tensors","non_differentiable","saved_for_forward","metadata","next_functions"):
            try: show(n, getattr(ctx, n))
            except Exception as e: show(n, e)
        ctx.save_for_forward(x); ctx.x = x
        show(ctx.name())
        ctx.metadata["a"] = 1
        refused(lambda: ctx.mark_shared_storage((x, x)))
        show(ctx.saved_for_forward, ctx.to_save, ctx.needs_input_grad)
        ctx.save_for_backward(x)
        show(ctx.to_save)
        return x * 2
    @staticmethod
    def backward(ctx, g):
        show(ctx.metadata, ctx.needs_input_grad)
        return g
y = A.apply(x); y.sum().backward()
show(y.grad_fn.to_save, y.grad_fn.x is x)
show(repr(y.grad_fn)[:20], repr(type(y.grad_fn)), str(A), type(y.grad_fn).__module__)
show(A._backward_cls is type(y.grad_fn), issubclass(type(y.grad_fn), torch.autograd.function.FunctionCtx))
show(repr(y))
""",
    "arguments by name": """
class A(F):
    @staticmethod
    def forward(ctx, x, k=None, m=2, *, q=7):
        show(ctx.needs_input_grad, k, m, q)
        return x * 2
    @staticmethod
    def backward(ctx, *g):
        show(g)
        return g[0], None
refused(lambda: A.apply(x, k=3).sum().backward())
refused(lambda: A.apply(x=x, k=5).sum().backward())
refused(lambda: A.apply(x, m=5).sum().backward())
refused(lambda: A.apply(k=5, x=x).sum().backward())
refused(lambda: A.apply(x, q=5).sum().backward())
refused(lambda: A.apply(x, x=5).sum().backward())
refused(lambda: A.apply(k=5).sum().backward())
class C(F):
    @staticmethod
    def forward(ctx, *a, **k):
        return a[0] * 2
    @staticmethod
    def backward(ctx, *g):
        return g[0]
refused(lambda: C.apply(x, k=3).sum().backward())
class B(F):
    @staticmethod
    def forward(x, k=None, m=4):
        return x * 2
    @staticmethod
    def setup_context(ctx, inputs, output):
        show(inputs)
    @staticmethod
    def backward(ctx, g):
        show(g)
        return g, None, None
refused(lambda: show(B.apply(x, m=3)))
class D(F):
    @staticmethod
    def forward(x, *k):
        return x * 2
    @staticmethod
    def setup_context(ctx, inputs, output):
        show(inputs)
    @staticmethod
    def backward(ctx, g):
        return g
refused(lambda: show(D.apply(x, 3, 4)))
""",
    "attributes, hooks, and what was detached": """
class A(F):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.mark_dirty(y)
        return y
    @staticmethod
    def backward(ctx, g):
        return g
show(A.apply(torch.ones(1)))
class Err(F):
    @staticmethod
    def forward(ctx, x):
        raise ValueError("inside")
refused(Err.apply, x); show(torch.is_grad_enabled())
class V(F):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            return x[0], x[1:].exp()
    @staticmethod
    def backward(ctx, g, k):
        return None
h = x * 1
a, b = V.apply(h); show(a, b, a._is_view())
class S(F):
    @staticmethod
    def forward(ctx, x):
        ctx.shape, ctx.edges, ctx.number, ctx.hooks, ctx.args, ctx.title, ctx.node = x.shape, 1, 2, 3, 4, 5, 6
        ctx.save_for_backward(x)
        return x * 2
    @staticmethod
    def backward(ctx, g):
        show(ctx.shape, ctx.edges, ctx.number, ctx.hooks, ctx.args, ctx.title, ctx.node)
        return g
y = S.apply(x); y.sum().backward()
z = S.apply(x)
show(y.grad_fn is y.grad_fn, z.grad_fn is y.grad_fn)
(z * 2).grad_fn.next_functions[0][0] is z.grad_fn or show("other")
h = z.grad_fn.register_hook(lambda i, o: show("post", i, o) or (i[0] * 2,))
k = z.grad_fn.register_prehook(lambda o: show("pre", o))
z.register_hook(lambda g: show("tensor", g))
x.grad = None
z.sum().backward(); show(x.grad)
d = x * 1
z = S.apply(d)
d.detach_()
refused(lambda: z.grad_fn.saved_tensors)
z = S.apply(x * 1)
show(z.grad_fn.saved_tensors)
t = torch.ones(2)
t.tag = "tagged"
class K(F):
    @staticmethod
    def forward(ctx, x, t):
        ctx.save_for_backward(x, t)
        return x * 2
    @staticmethod
    def backward(ctx, g):
        show(ctx.saved_tensors[1].tag, ctx.saved_tensors[0] is q)
        return g, None
q = x * 1
K.apply(q, t).sum().backward()
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_show_the_same(name):
    expected, actual = (shown(library, HEAD + PROGRAMS[name]) for library in (torch, tinytorch))
    assert len(expected) == len(actual)
    assert [(one, two) for one, two in zip(expected, actual, strict=True) if not same(one, two)] == []
