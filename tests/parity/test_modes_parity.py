"""Modes and the engine against PyTorch: the same small programs give the same text, warnings and refusals."""

import re
import warnings

import pytest
import torch

import tinytorch

BEFORE = """
A, on, inferring = torch.autograd, torch.is_grad_enabled, torch.is_inference_mode_enabled
x, n, p = torch.ones(3, requires_grad=True), torch.ones(3), torch.ones(2, 3, requires_grad=True)
nl = x * 2
with torch.inference_mode():
    a = torch.ones(3)
    b = a * 2
    v, nv, xv, nlv, d, both = a[:2], n[:2], x[:2], nl[:2], x.detach(), torch.stack([n, n]).unbind()
    r, rg, w = x * 2, torch.ones(2, requires_grad=True), torch.nn.Parameter(torch.ones(2))
def marks(t): return t.is_inference(), t.requires_grad, t.is_leaf, t._is_view(), t._base is None
def outside(f):
    with torch.no_grad(): return f()
def inside(f):
    with torch.inference_mode(): return f()
def steps():
    yield on()
    yield on()
def strides(t): return [n for n, s in zip(t.stride(), t.shape) if s > 1]
"""
PROGRAMS = r"""
[marks(t) for t in (a, b, v, v[:1], nv, nv[:1], xv, nlv, d, r, rg, w, *both)]
a._version
(nv._version, d._version, n._version)
(torch.is_inference(a), torch.is_inference(n), a.data.is_inference(), a.numpy().tolist())
(a * 2).is_inference(), a[:2].is_inference(), a.detach().is_inference(), a.view(3).is_inference()
a.clone().is_inference(), a.to(torch.float64).is_inference(), a.to(torch.float32).is_inference()
rg * 2
x * a
a * x
x @ a
a.exp()
x + a
torch.cat([x, a])
torch.nn.functional.linear(torch.ones(1, 3, requires_grad=True), torch.ones(3, 3), a)
torch.nn.functional.linear(torch.ones(1, 3, requires_grad=True), a.view(1, 3))
a.add_(1)
a.mul_(x)
outside(lambda: a.add_(1))
torch.add(n, n, out=a)
a.copy_(n)
a.zero_()
a.fill_(3)
a.__setitem__(0, 5)
v.add_(1)
nv.add_(1)
xv.add_(1)
nlv.add_(1)
nl.add_(1); nlv * 2
nl.add_(1); nlv.grad_fn
a.uniform_()
a.index_fill_(0, torch.tensor([0]), 1.)
a.add_(x)
torch._foreach_add_([a], 1)
a.requires_grad_()
a.requires_grad_(False).requires_grad
a.requires_grad = True
torch.nn.Parameter(a)
inside(lambda: (n.add_(1), n.is_inference(), n._version))
inside(lambda: x.add_(1)); x._version
inside(lambda: nl.add_(1)); (nl._version, nl)
inside(lambda: a.add_(1)); a
inside(lambda: a._version)
inside(lambda: x.clone().is_inference())
inside(lambda: torch.ones(2).requires_grad_())
inside(lambda: a.requires_grad_())
inside(lambda: torch.add(n, n, out=n).is_inference())
inside(lambda: torch.enable_grad()(lambda: (on(), (x * 2).requires_grad, (x * 2).is_inference(), (x * 2).grad_fn))())
inside(lambda: torch.enable_grad()(lambda: (x[:1].is_inference(), x[:1].grad_fn))())
inside(lambda: torch.inference_mode(False)(lambda: (on(), (x * 2).requires_grad, torch.ones(2).is_inference()))())
inside(lambda: torch.inference_mode(False)(lambda: a.add_(1))())
outside(lambda: torch.inference_mode(False)(on)()), on()
inside(lambda: nl.sum().backward())
s = nl.sum(); inside(lambda: s.backward()); (x.grad, x.grad.is_inference())
s = nl.sum(); inside(lambda: s.backward()); (x * 3).sum().backward()
s = nl.sum(); inside(lambda: [(g, g.is_inference()) for g in A.grad(s, x)])
s = nl.sum(); s.backward(inside(lambda: torch.ones(()))); (x.grad, x.grad.is_inference())
x.grad = a; (x * 2).sum().backward()
m = torch.nn.Linear(2, 2); inside(lambda: m(torch.ones(1, 2)).is_inference()), inside(m.state_dict)["bias"]._version
m = torch.nn.Linear(2, 2); y = inside(lambda: m(torch.ones(1, 2))); torch.nn.functional.mse_loss(m(torch.ones(1, 2)), y)
y = p * 1; u = y[0]; inside(lambda: (y.add_(1), u.grad_fn is None, (u * 2).is_inference()))
y = p * 1; u = y[0]; inside(lambda: (y.add_(1), u * 2)); (u._version, u.grad_fn is None)
y = p * 1; u = y[0]; inside(lambda: y.add_(1)); (u * 2).sum().backward(); p.grad
a.register_hook(print)
a.retain_grad()
type(torch.no_grad()(type("C", (), {"__init__": lambda self: None}))).__name__
s = torch.set_grad_enabled(False); found = [s, on()]; torch.set_grad_enabled(True); found
torch.set_grad_enabled("a")
torch.set_grad_enabled(1)
list(torch.no_grad()(steps)()), list(torch.set_grad_enabled(False)(steps)()), list(torch.no_grad(steps)()), on()
g, h = torch.no_grad()(steps)(), torch.enable_grad()(steps)(); next(g), next(h), on(), next(g), next(h), on()
s = torch.set_grad_enabled(False); f = s(on); on(), f(), on()
s = torch.set_grad_enabled(False).mode; t = torch.set_grad_enabled(True).prev; s, t, on()
torch.inference_mode(False)(lambda: (on(), inferring()))()
torch.inference_mode(mode=True)(lambda: (on(), inferring()))()
torch.no_grad()(on).__name__, torch.no_grad(on)(), torch.no_grad().clone().__class__.__name__, torch.enable_grad(on)()
[getattr(torch, name).__module__ for name in ("no_grad", "enable_grad", "set_grad_enabled", "inference_mode")]
[getattr(A, name) is getattr(torch, name, getattr(A, name)) for name in ("no_grad", "enable_grad", "inference_mode")]
A.grad_mode.no_grad is torch.no_grad, A.anomaly_mode.detect_anomaly is A.detect_anomaly
torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()
s = A.detect_anomaly(check_nan=False); (s.prev, s.check_nan)
s = A.detect_anomaly(); s.__enter__(); (-x).sqrt().sum().backward()
y = ((x - 1).log() * 0).sum(); s = A.set_detect_anomaly(True); y.backward()
s = A.set_detect_anomaly(True, check_nan=False); (-x).sqrt().sum().backward(); x.grad
s = A.set_detect_anomaly(True); (torch.tensor(0.) / (x - x)).sum().backward()
s = A.set_detect_anomaly(True); y = x.exp(); y.add_(1); y.sum().backward()
s = A.set_detect_anomaly(True); y = x * 2; y.register_hook(lambda g: 1 / 0); y.sum().backward()
s = A.set_detect_anomaly(True); x.sum().backward(torch.tensor(float("nan")))
s = A.set_detect_anomaly(True); y = p * 1; u = y[0]; u.mul_(0); u.sqrt_(); y.sum().backward()
s = A.set_detect_anomaly(True); y = x.exp(); g, = A.grad(y.sum(), x, create_graph=True); (g - g).sqrt().sum().backward()
s = A.set_detect_anomaly(True); y = x * 2; list(y.grad_fn.metadata)
y = (x * 2).grad_fn; y.metadata["a"] = 1; y.metadata
y = p * 1; y[0] = 1; y.grad_fn.name(), y.grad_fn.next_functions[0][0].next_functions[0][0].name()
(x * 2).backward()
n.sum().backward()
y = (x * x).sum(); y.backward(); y.backward()
y = (x + x).sum(); y.backward(); y.backward(); x.grad
y = (x * x).sum(); y.backward(retain_graph=True); y.backward(); x.grad
(x * 2).backward(torch.ones(2))
(x * 2).backward(torch.ones(1, 3))
(x * 2).backward(torch.ones(3, dtype=torch.float64)); x.grad
(x * 2).backward(torch.ones(3, dtype=torch.int64)); x.grad
(x * 2).backward(torch.ones(3, dtype=torch.complex64))
(x * 2).backward(torch.ones(3, device="meta"))
A.backward([x.sum()], [3])
A.backward([x.sum(), torch.ones(())])
A.grad([x.sum(), torch.ones(())], x)
A.grad(x.sum(), [])
A.grad(x.sum(), torch.ones(2))
A.grad(x.sum(), torch.ones(2, requires_grad=True))
A.grad(x.sum(), [x, torch.ones(2, requires_grad=True)], allow_unused=True)
A.grad(x.sum(), [x, torch.ones(2, requires_grad=True)], materialize_grads=True)
A.grad(x.sum(), [x, torch.ones(2, requires_grad=True)], materialize_grads=True, allow_unused=False)
A.grad(x.sum(), [x, x])
s = x.sum(); A.grad([s, s], x)
y = x * 2; A.grad((y * 3).sum(), [y, x, y])
y = (x * 2).sum(); A.grad(y, y)
A.grad(x, x, torch.ones(3))
A.grad([x.sum(), x * 2], x, [None, torch.ones(3)])
A.grad(x * 2, x)
x.sum().backward(inputs=[])
u = torch.ones(1, requires_grad=True); x.sum().backward(inputs=[u]); u.grad
torch.ones(2, dtype=torch.complex64, requires_grad=True).sum().backward()
q = torch.ones(2, dtype=torch.complex64, requires_grad=True); (q * q).sum().backward(torch.tensor(1.))
q = torch.ones(2, dtype=torch.complex64, requires_grad=True); (q * q).sum().backward(torch.tensor(1 + 1j)); q.grad
(x ** 3).sum().backward(create_graph=True); (x.grad.requires_grad, x.grad.grad_fn is None)
(x * 2).grad
y = x * 2; y.retain_grad(); y.sum().backward(); y.grad
g = torch.zeros(3); x.grad = g; (x * 2).sum().backward(); (g, x.grad is g)
g = torch.ones(3); (x * 1).backward(g); x.grad.add_(1); (g, x.grad)
y = torch.ones(3, requires_grad=True); (x + y).sum().backward(); x.grad.data_ptr() == y.grad.data_ptr()
x.grad = torch.ones(3, requires_grad=True); (x * 2).sum().backward(); x.grad
x.grad = torch.ones(3, requires_grad=True) * 2; (x * 2).sum().backward(); x.grad
(p.t() * torch.ones(3, 2)).sum().backward(); strides(p.grad)
q = torch.ones(2, 3).t().requires_grad_(); (q * 1).sum().backward(); strides(q.grad)
q = torch.ones(2, 3).t().requires_grad_(); (q @ torch.ones(2, 2)).sum().backward(); q.sum().backward(); strides(q.grad)
q = torch.ones(3).expand(2, 3).requires_grad_(); (q * 1).sum().backward(); strides(q.grad)
q = torch.ones(6)[::2].requires_grad_(); (q * 1).sum().backward(); strides(q.grad)
(p * 1).backward(torch.ones(3, 2).t()); strides(p.grad)
q = torch.ones(1, 3, 3, 2).permute(0, 3, 1, 2).requires_grad_(); q.backward(torch.ones(1, 2, 3, 3)); strides(q.grad)
y = (n * x).sum(); n.requires_grad_(); y.backward(); (n.grad, x.grad)
y = (x * 2).sum(); x.requires_grad_(False); y.backward(); x.grad
y = (x * 2).sum(); x.requires_grad_(False); x.add_(p[0]); y.backward()
y = (x * 2).sum(); x.data = torch.zeros(3); y.backward(); x.grad
y = x * 2; y.register_hook(lambda g: (x * x).sum().backward()); y.sum().backward()
__import__("copy").deepcopy(x * 2)
y = __import__("pickle").loads(__import__("pickle").dumps(x * 2)); (y, y.is_leaf)
torch.ones(0, requires_grad=True).sum().backward()
(torch.ones(0, requires_grad=True) * 1).backward()
(torch.ones(1, 1, requires_grad=True) * 1).backward()
s = x.sum(); outside(s.backward); x.grad
s = (x * x).sum(); outside(lambda: A.grad(s, x, create_graph=True)[0].requires_grad)
x.sum().backward(gradient=torch.ones(()), retain_graph=False, create_graph=False); x.grad
x + torch.ones(2)
x @ torch.ones(2, 2)
torch.cat([x, p])
x.view(2, 2)
x[5]
p[0, 0, 0]
"""


def outcome(library, program):
    """What a program ends in: its value as text or its error, and what it warned of."""
    names = {"torch": library}
    *lines, last = program.split("; ")
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        try:
            exec(compile(BEFORE, "<before>", "exec"), names)
            for line in lines:
                exec(compile(line, "<program>", "exec"), names)
            ending = re.match(r"[\w.]+ = ", last)
            text = repr(exec(last, names) if ending else eval(compile(last, "<program>", "eval"), names))
        except Exception as error:
            text = f"{type(error).__name__}: {str(error).split(chr(10) + 'Exception raised')[0]}"
        finally:
            library.set_grad_enabled(True)
            library.autograd.set_detect_anomaly(False)
    told = [(each.category.__name__, plain(str(each.message))) for each in found if told_by_pytorch(each)]
    return re.sub(r"0x[0-9a-f]+", "0x", text), told


def told_by_pytorch(warning):
    """Whether a warning is PyTorch's own: NumPy's of nan are not, and one of PyTorch's comes once in a process."""
    return warning.category is not RuntimeWarning and "create_graph=True will create" not in str(warning.message)


def plain(message):
    """A warning without the place in PyTorch that gave it, and a traceback without the lines of libraries and tests."""
    lines = message.split(" (Triggered internally")[0].split("\n")
    return [line for line in lines if not line.startswith("  ") or "<program>" in line]


@pytest.mark.parametrize("program", PROGRAMS.strip().split("\n"))
def test_a_program_ends_as_under_pytorch(program):
    assert outcome(tinytorch, program) == outcome(torch, program)


def test_no_program_stands_there_twice():
    programs = PROGRAMS.strip().split("\n")
    assert len(set(programs)) == len(programs)
