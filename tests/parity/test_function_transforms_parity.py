"""A torch.autograd.Function in forward mode and under torch.func gives the same under both libraries."""

import pytest
import torch

import tinytorch
from tests.parity.shown import same, shown

HEAD = """
F = torch.autograd.Function
fw = torch.autograd.forward_ad
x = torch.tensor([1., 2., 3.])
t = torch.tensor([1., 10., 100.])
def dual(f, *args):
    with fw.dual_level():
        d = fw.make_dual(x, t)
        r = f(d, *args)
        for e in (r if isinstance(r, tuple) else (r,)):
            show(*fw.unpack_dual(e)) if isinstance(e, torch.Tensor) else show(e)
"""

PROGRAMS = {
    "jvp of several arguments": """
class A(F):
    @staticmethod
    def forward(ctx, x, n, y):
        ctx.save_for_forward(x, y); ctx.n = n; ctx.save_for_backward(x)
        show(ctx.saved_tensors)
        return x * n * y, n, x > 1
    @staticmethod
    def jvp(ctx, a, b, c):
        show(a, b, c, torch.is_grad_enabled(), ctx.needs_input_grad, ctx.saved_for_forward)
        x, y = ctx.saved_tensors
        show(x, y)
        return ctx.n * (a * y + x * c), None, None
    @staticmethod
    def backward(ctx, *g):
        return g[0] * 7, None, None
dual(A.apply, 3, torch.ones(3))
show(A.apply(x, 3, torch.ones(3)))
""",
    "tangents that are not there, or do not fit": """
class A(F):
    @staticmethod
    def forward(ctx, x, y):
        ctx.set_materialize_grads(False)
        return x * 2, y * 3
    @staticmethod
    def jvp(ctx, a, b):
        show(a, b)
        return a * 2, a
refused(dual, A.apply, torch.ones(3))
class B(F):
    @staticmethod
    def forward(ctx, x):
        return x * 2
refused(dual, B.apply)
class C(B):
    @staticmethod
    def jvp(ctx, a):
        return a, a
refused(dual, C.apply)
class D(B):
    @staticmethod
    def jvp(ctx, a):
        return torch.ones(4)
refused(dual, D.apply)
class E(B):
    @staticmethod
    def jvp(ctx, a):
        return 3
refused(dual, E.apply)
class G(F):
    @staticmethod
    def forward(ctx, x):
        return x
    @staticmethod
    def jvp(ctx, a):
        return a * 5
refused(dual, G.apply)
class H(F):
    @staticmethod
    def forward(ctx, x):
        return x
    @staticmethod
    def jvp(ctx, a):
        return a.view_as(a)
dual(H.apply)
class I(F):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2); ctx.mark_dirty(x)
        return x
    @staticmethod
    def jvp(ctx, a):
        a.mul_(2)
        return a
def f(d): 
    y = d * 1
    z = I.apply(y)
    return z, y
dual(f)
class J(F):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_non_differentiable(x)
        return x * 2, x > 1
    @staticmethod
    def jvp(ctx, a):
        return a, a
refused(dual, J.apply)
class K(F):
    @staticmethod
    def forward(x):
        return x * 2
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_forward(*inputs)
    @staticmethod
    def jvp(ctx, a):
        return a * 2
dual(K.apply)
show(torch.func.jvp(K.apply, (x,), (t,)))
""",
    "functions of functions": """
class K(F):
    generate_vmap_rule = True
    @staticmethod
    def forward(x, n=2):
        return x * n, x.sum()
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0]); ctx.n = inputs[1]
    @staticmethod
    def backward(ctx, g, h):
        return g * ctx.n + h, None
show(torch.func.grad(lambda x: K.apply(x)[0].sum())(x))
show(torch.func.vmap(K.apply)(torch.ones(2, 3)))
show(torch.func.vmap(torch.func.grad(lambda x: K.apply(x, 5)[0].sum() + K.apply(x)[1]))(torch.ones(2, 3)))
class L(K):
    generate_vmap_rule = False
refused(lambda: torch.func.vmap(L.apply)(torch.ones(2, 3)))
class M(L):
    @staticmethod
    def vmap(info, in_dims, x, n):
        show(info, in_dims, x, n)
        return (x * 10, x.sum()), (0, None)
show(torch.func.vmap(M.apply)(torch.ones(2, 3)))
class N(F):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g * 2
refused(lambda: torch.func.vmap(N.apply)(torch.ones(2, 3)))
class O(M):
    generate_vmap_rule = True
refused(lambda: torch.func.vmap(O.apply)(torch.ones(2, 3)))
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_show_the_same(name):
    expected, actual = (shown(library, HEAD + PROGRAMS[name]) for library in (torch, tinytorch))
    expected = [each for each in expected if "torch.jit.script" not in str(each)]  # a warning of PyTorch's own
    assert len(expected) == len(actual)
    assert [(one, two) for one, two in zip(expected, actual, strict=True) if not same(one, two)] == []
