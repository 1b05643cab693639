"""Results of a torch.autograd.Function have the same histories under both libraries, and keep the same."""

import pytest
import torch

import tinytorch
from tests.parity.shown import same, shown

HEAD = """
F = torch.autograd.Function
x = torch.tensor([1., 2., 3.], requires_grad=True)
"""

PROGRAMS = {
    "what forward keeps": """
class A(F):
    @staticmethod
    def forward(ctx, x, n):
        show(ctx.saved_tensors, ctx.needs_input_grad, torch.is_grad_enabled(), x.requires_grad, type(ctx).__name__)
        ctx.save_for_backward(x); show(ctx.saved_tensors); ctx.k = n
        y = x * n; show(y)
        return y
    @staticmethod
    def backward(ctx, g):
        show(ctx.saved_tensors[0] is x, ctx.k, torch.is_grad_enabled(), ctx.needs_input_grad)
        return g * ctx.k, None
y = A.apply(x, 3)
show(y, type(y.grad_fn).__name__, y.grad_fn.name(), y.grad_fn.next_functions)
show(isinstance(y.grad_fn, torch.autograd.graph.Node), y.grad_fn.k, y.grad_fn.saved_tensors)
y.sum().backward()
show(x.grad)
refused(lambda: y.grad_fn.saved_tensors)
refused(lambda: y.sum().backward())
refused(lambda: y.grad_fn.nothing)
refused(lambda: y.grad_fn.saved_variables)
""",
    "an input as it is": """
class A(F):
    @staticmethod
    def forward(ctx, x):
        return x
    @staticmethod
    def backward(ctx, g):
        return g * 2
y = A.apply(x); show(y, y is x, y._is_view(), y._base is x, y.data_ptr() == x.data_ptr())
y.sum().backward(); show(x.grad)
refused(lambda: y.add_(1))
x.data.add_(1); show(y)
h = x * 1
y = A.apply(h); show(y, y is h, y._is_view(), y._base is h)
refused(lambda: y.add_(1))
h.add_(1)
refused(lambda: y.grad_fn)
refused(lambda: y.sum())
n = torch.ones(3)
y = A.apply(n); show(y, y is n, y._is_view())
y.add_(1); show(y, n)
refused(lambda: y.add_(x))
""",
    "a view of an input": """
class A(F):
    @staticmethod
    def forward(ctx, x):
        return x.view(3, 1)
    @staticmethod
    def backward(ctx, g):
        return g.view(3) * 2
y = A.apply(x); show(y, y._is_view(), y._base is x)
y.sum().backward(); show(x.grad)
refused(lambda: y.add_(1))
h = x * 1
y = A.apply(h); show(y, y._is_view(), y._base is h)
refused(lambda: y.add_(1))
h.add_(1)
refused(lambda: y.grad_fn)
n = torch.ones(3)
y = A.apply(n); show(y, y is n, y._is_view())
y.add_(1); show(y, n)
refused(lambda: y.add_(x.view(3,1)))
""",
    "several views": """
class A(F):
    @staticmethod
    def forward(ctx, x):
        return x[:1], x[1:]
    @staticmethod
    def backward(ctx, g, k):
        show(g, k)
        return torch.cat([g, k])
h = x * 1
y, z = A.apply(h); show(y, z, y._is_view())
(y.sum() * 2).backward(); show(x.grad)
refused(lambda: y.add_(1))
""",
    "results without gradient": """
class A(F):
    @staticmethod
    def forward(ctx, x):
        a, b, c = x * 2, x > 2, x * 3
        ctx.mark_non_differentiable(a)
        return a, b, c, x.sum(), x
    @staticmethod
    def backward(ctx, *g):
        show(g)
        return g[2]
r = A.apply(x); show(r)
(r[2] + r[4]).sum().backward()
show(x.grad)
class B(F):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_non_differentiable(x)
        return x
r = B.apply(x); show(r, r is x)
n = torch.ones(2)
r = B.apply(n); show(r, r is n)
class C(F):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_non_differentiable(3)
        return x * 2
class D(F):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(3)
        return x * 2
refused(D.apply, x)
class E(F):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(3)
        return x * 2
show(D.apply(n))
""",
    "inputs that were written to": """
class A(F):
    @staticmethod
    def forward(ctx, x, k=2):
        x.mul_(k); ctx.mark_dirty(x); ctx.k = k
        return x
    @staticmethod
    def backward(ctx, g):
        return g * ctx.k, None
refused(A.apply, x, 2)
h = x * 1
y = A.apply(h, 2); show(y, y is h, h.grad_fn.next_functions)
y.sum().backward(); show(x.grad)
n = torch.ones(3)
y = A.apply(n, 2); show(y, y is n)
b = x * 1
v = b[:2]
y = A.apply(v, 5); show(y, y is v, b, v._is_view())
b.sum().backward(); show(x.grad)
class B(F):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2); ctx.mark_dirty(x)
        return x * 1
refused(B.apply, x * 1)
class C(F):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x
    @staticmethod
    def backward(ctx, g):
        return g * 3
h = x * 1
y = C.apply(h); show(y, y is h)
class D(F):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        return x
    @staticmethod
    def backward(ctx, g):
        return g * 3
h = x * 1
y = D.apply(h); show(y, y is h, h)
class E(F):
    @staticmethod
    def forward(ctx, x, y):
        x.mul_(2); y.mul_(3); ctx.mark_dirty(x, y)
        return x, y
    @staticmethod
    def backward(ctx, g, k):
        return g * 2, k * 3
h, k = x * 1, x * 2
r = E.apply(h, k); show(r, r[0] is h, r[1] is k)
(r[0] + r[1] * 2).sum().backward(); show(x.grad)
h, k = (x * 1)[:2], x * 2
refused(E.apply, h, k)
""",
    "a written input that is kept": """
class A(F):
    @staticmethod
    def forward(ctx, x):
        x.exp_(); ctx.mark_dirty(x); ctx.save_for_backward(x)
        return x
    @staticmethod
    def backward(ctx, g):
        y, = ctx.saved_tensors
        show(y)
        return g * y
h = x * 1
y = A.apply(h); show(y, y.grad_fn.saved_tensors[0] is y, y.grad_fn.saved_tensors)
g, = torch.autograd.grad(y.sum(), x, create_graph=True); show(g)
g.sum().backward(); show(x.grad)
h = x * 1
y = A.apply(h)
y.add_(1)
refused(lambda: y.sum().backward())
b = x * 1
v = b[:2]
y = A.apply(v); show(b)
g, = torch.autograd.grad(b.sum(), x, create_graph=True); show(g)
g.sum().backward(); show(x.grad)
""",
    "a kept tensor that was written to": """
class A(F):
    @staticmethod
    def forward(ctx, x):
        y = x * x; ctx.save_for_backward(x, y, None)
        return y
    @staticmethod
    def backward(ctx, g):
        x, y, n = ctx.saved_tensors
        show(x, y, n)
        return g * x * 2
h = x * 1
y = A.apply(h); h.add_(1)
refused(lambda: y.sum().backward())
h = x * 1
y = A.apply(h); y.add_(1)
refused(lambda: y.sum().backward())
y = A.apply(x)
g, = torch.autograd.grad(y.sum(), x, create_graph=True); show(g)
g.sum().backward(); show(x.grad)
class B(F):
    @staticmethod
    def forward(ctx, x):
        t = x.exp(); ctx.save_for_backward(t)
        return t * 2
    @staticmethod
    def backward(ctx, g):
        t, = ctx.saved_tensors
        show(t)
        return g * t * 2
y = B.apply(x)
g, = torch.autograd.grad(y.sum(), x, create_graph=True); show(g)
""",
    "forward that records, and forms of results": """
class A(F):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            h = x.detach().requires_grad_()
            y = h.exp().sum()
        ctx.h, ctx.y = h, y
        return y.detach()
    @staticmethod
    def backward(ctx, g):
        with torch.enable_grad():
            return torch.autograd.grad(ctx.y, ctx.h, g)[0]
y = A.apply(x); (y * 2).backward(); show(x.grad)
class B(F):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            return x * 2
    @staticmethod
    def backward(ctx, g):
        return g * 5
y = B.apply(x); show(y, y.grad_fn.next_functions[0][0].name()); 
x.grad = None; y.sum().backward(); show(x.grad)
class C(F):
    @staticmethod
    def forward(ctx, x):
        return [x * 2, x]
refused(C.apply, x)
show(C.apply(x))
class Two(F):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        return y, y
    @staticmethod
    def backward(ctx, a, b):
        show(a, b)
        return a + b
r = Two.apply(x); show(r[0] is r[1], r, r[0].output_nr)
r[0].sum().backward()
class One(F):
    @staticmethod
    def forward(ctx, x):
        return x * 2,
    @staticmethod
    def backward(ctx, a):
        return a,
show(One.apply(x))
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_show_the_same(name):
    expected, actual = (shown(library, HEAD + PROGRAMS[name]) for library in (torch, tinytorch))
    assert len(expected) == len(actual)
    assert [(one, two) for one, two in zip(expected, actual, strict=True) if not same(one, two)] == []
