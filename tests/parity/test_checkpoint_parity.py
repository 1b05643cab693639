"""Programs with checkpoints, and with hooks on the backward of modules, show the same under both libraries."""

import pytest
import torch

import tinytorch
from tests.parity.shown import same, shown

HEAD = """
C = torch.utils.checkpoint
checkpoint, checkpoint_sequential, noop_context_fn = C.checkpoint, C.checkpoint_sequential, C.noop_context_fn
set_checkpoint_early_stop = C.set_checkpoint_early_stop
x = torch.tensor([1., 2., 3.], requires_grad=True)
w = torch.tensor([.5, 1., 2.], requires_grad=True)
"""

PROGRAMS = {
    "gradients of two orders": """
calls = []
def f(x, k=1):
    calls.append(1)
    return (x * w).sin().exp() * k, 5, {"a": x * 2}
for r in (False,):
    y, n, d = checkpoint(f, x, k=3, use_reentrant=r)
    show(y, n, d, len(calls))
    (y.sum() + d["a"].sum()).backward(retain_graph=True)
    show(x.grad, w.grad, len(calls))
    (y.sum() + d["a"].sum()).backward(); show(x.grad, w.grad, len(calls))
    refused(lambda: y.sum().backward())
    y, n, d = checkpoint(f, x, use_reentrant=r)
    g, = torch.autograd.grad(y.sum(), x, create_graph=True); show(g)
    show(torch.autograd.grad(g.sum(), (x, w)))
y = checkpoint(lambda x: x.exp().sin(), x, use_reentrant=True); show(y)
x.grad = None
y.sum().backward(); show(x.grad)
y = checkpoint(lambda x: x.exp().sin(), x, use_reentrant=True)
refused(lambda: torch.autograd.grad(y.sum(), x))
y = checkpoint(lambda x: x.exp().sin(), x)
refused(lambda: checkpoint(f, x, use_reentrant=True, k=3))
refused(lambda: checkpoint(f, x, use_reentrant=True, debug=True))
refused(lambda: checkpoint(f, x, use_reentrant=False, determinism_check="some"))
refused(lambda: checkpoint(f, x, use_reentrant=False, debug=True, context_fn=lambda: noop_context_fn()))
y = checkpoint(lambda x: x * 2, torch.ones(2), use_reentrant=True); show(y)
with torch.no_grad(): show(checkpoint(f, x, use_reentrant=False), checkpoint(lambda x: x * w, x, use_reentrant=True))
y = checkpoint(lambda x, n, s: (x * n, n, x.detach()), x, 3, "s", use_reentrant=True); show(y)
x.grad = None; y[0].sum().backward(); show(x.grad)
y = checkpoint(lambda x: x.detach() * 2, x, use_reentrant=True); refused(lambda: y.sum().backward())
""",
    "random numbers": """
D = torch.nn.functional.dropout
for r in (True, False):
    for keep in (True, False):
        torch.manual_seed(3); x.grad = None
        y = checkpoint(lambda x: D(x * x, 0.5).exp(), x, use_reentrant=r, preserve_rng_state=keep)
        show(y, torch.rand(2))
        if keep: y.sum().backward(); show(x.grad, torch.rand(2))
""",
    "checkpoints in checkpoints": """
calls = []
def inner(x):
    calls.append("inner")
    return (x * w).exp().sin()
def outer(x):
    calls.append("outer")
    y = (x + 1).tanh()
    y = checkpoint(inner, y, use_reentrant=False)
    return y.exp() * 2
y = checkpoint(outer, x, use_reentrant=False); show(y, calls)
y.sum().backward(); show(x.grad, w.grad, calls)
calls.clear(); x.grad = w.grad = None
y = checkpoint(outer, x, use_reentrant=True); y.sum().backward(); show(x.grad, w.grad, calls)
calls.clear(); x.grad = None
with set_checkpoint_early_stop(False):
    y = checkpoint(outer, x, use_reentrant=False)
y.sum().backward(); show(x.grad, calls)
def f(x):
    calls.append("start"); y = x.exp(); calls.append("middle"); z = y.sin(); calls.append("end")
    return z
calls.clear(); checkpoint(f, x, use_reentrant=False).sum().backward(); show(calls)
calls.clear(); checkpoint(f, x, use_reentrant=False, early_stop=False).sum().backward(); show(calls)
def g(x):
    y = (x * x).exp()
    t, = torch.autograd.grad(y.sum(), x, create_graph=True)
    return t.sin()
x.grad = None
y = checkpoint(g, x, use_reentrant=False, early_stop=False); y.sum().backward(); show(x.grad)
x.grad = None
y = checkpoint(g, x, use_reentrant=False); y.sum().backward(); show(x.grad)
""",
    "a Sequential": """
torch.manual_seed(0)
L, T = torch.nn.Linear, torch.nn.Tanh
m = torch.nn.Sequential(L(3, 3), T(), L(3, 3), T(), L(3, 2))
for r in (True, False, None):
    for s in (1, 2, 3, 5):
        m.zero_grad(); x.grad = None
        y = checkpoint_sequential(m, s, x, use_reentrant=r); y.sum().backward()
        show(y, x.grad, m[0].weight.grad)
show(checkpoint_sequential([torch.exp, torch.sin], 2, x, use_reentrant=False))
refused(lambda: checkpoint_sequential(m, 2, x, use_reentrant=False, a=3))
""",
    "runs that differ": """
n = [0]
def f(x):
    n[0] += 1
    y = x.exp()
    if n[0] % 2 == 0: y = y.sin()
    return y.exp()
def first(e): show(type(e).__name__, str(e).split("Tip")[0].strip())
def attempt(fn):
    try: fn()
    except Exception as e: first(e)
    else: show("fine")
y = checkpoint(f, x, use_reentrant=False, early_stop=False)
attempt(lambda: y.sum().backward())
n[0] = 1
y = checkpoint(f, x, use_reentrant=False)
attempt(lambda: y.sum().backward())
n[0] = 0
def g(x):
    n[0] += 1
    return (x[:2] if n[0] == 2 else x).exp()
y = checkpoint(g, x, use_reentrant=False)
attempt(lambda: y.sum().backward())
n[0] = 0
y = checkpoint(g, x, use_reentrant=False, determinism_check="none")
attempt(lambda: y.sum().backward())
class A(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x); return x * 2
    @staticmethod
    def backward(ctx, g):
        ctx.saved_tensors; ctx.saved_tensors
        return g
y = checkpoint(lambda x: A.apply(x), x, use_reentrant=False)
attempt(lambda: y.sum().backward())
y = checkpoint(lambda x: x.exp(), x, use_reentrant=False)
show(y.grad_fn._saved_result, y.grad_fn._saved_result)
h = x * 1
y = checkpoint(lambda x: x.exp(), h, use_reentrant=False)
h.add_(1)
attempt(lambda: y.sum().backward())
def bad(x): raise ValueError("in forward")
attempt(lambda: checkpoint(bad, x, use_reentrant=False))
attempt(lambda: checkpoint(bad, x, use_reentrant=True))
ctxs = []
import contextlib
@contextlib.contextmanager
def named(n):
    ctxs.append(n + " in"); yield; ctxs.append(n + " out")
both = lambda: (named("a"), named("b"))
y = checkpoint(lambda x: x.exp(), x, use_reentrant=False, context_fn=both, early_stop=False)
y.sum().backward(); show(ctxs)
""",
    "hooks of modules": """
nn = torch.nn
x = torch.tensor([[1., 2., 3.]], requires_grad=True)
torch.manual_seed(0)
m = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 1))
h = m[0].register_full_backward_hook(lambda mod, i, o: show("full", i, o))
m[0].register_full_backward_pre_hook(lambda mod, o: show("pre", o) or (o[0] * 2,))
m.register_full_backward_hook(lambda mod, i, o: show("whole", i, o) or (None if i[0] is None else (i[0] * 10,)))
y = m(x); show(y)
y.sum().backward(); show(x.grad, m[0].weight.grad)
h.remove()
m(x.detach()).sum().backward()
refused(lambda: m[0].register_backward_hook(print))
class Two(nn.Module):
    def forward(self, a, n, b=None):
        return a * n, "s", a.sum()
t = Two()
t.register_full_backward_hook(lambda mod, i, o: show("two", i, o))
y = t(x, 3); show(y)
y[0].sum().backward()
t(x, torch.ones(1))[2].backward()
t.register_full_backward_hook(lambda mod, i, o: (i[0],))
refused(lambda: t(x, 3)[0].sum().backward())
t = Two()
t.register_full_backward_pre_hook(lambda mod, o: (o[0],))
refused(lambda: t(x, 3)[0].sum().backward())
class D(nn.Module):
    def forward(self, a):
        return {"a": a * 2}
d = D(); d.register_full_backward_hook(lambda mod, i, o: show("dict"))
refused(lambda: d(x)["a"].sum().backward())
l = nn.Linear(3, 1)
l.register_backward_hook(lambda mod, i, o: show("old", len(i), o))
refused(lambda: l.register_full_backward_hook(print))
with torch.no_grad(): show(m(x))
p = nn.Linear(3, 1)
p.register_full_backward_hook(lambda mod, i, o: show("first"))
p.register_full_backward_hook(lambda mod, i, o: show("second"), prepend=True)
p(x).sum().backward()
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_show_the_same(name):
    expected, actual = (shown(library, HEAD + PROGRAMS[name]) for library in (torch, tinytorch))
    assert len(expected) == len(actual)
    assert [(one, two) for one, two in zip(expected, actual, strict=True) if not same(one, two)] == []
