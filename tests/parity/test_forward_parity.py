"""Forward mode is PyTorch's: values, tangents, flags and refusals of calls, of modules and of random programs."""

import random
import re
import warnings

import pytest
import torch

import tinytorch
from tests.programs.generate import generate
from tests.programs.run import close, compiled, refusal

X, V, M, W = [1.0, 2.0, 3.0], [1.0, 0.5, -2.0], [[1.0, 2.0, 0.5], [0.0, 1.0, 4.0]], [[0.5, -1.0, 2.0], [1.0, 0.0, 3.0]]


class Names:
    """What the lines below name, under one of the libraries."""

    def __init__(self, library):
        self.torch, self.fw, self.func, self.F = (
            library,
            library.autograd.forward_ad,
            library.func,
            library.nn.functional,
        )

    def values(self):
        tensor = self.torch.tensor
        names = {"torch": self.torch, "fw": self.fw, "func": self.func, "F": self.F, "nn": self.torch.nn}
        for name in ("jvp", "jacfwd", "linearize", "grad", "vmap", "hessian"):
            names[name] = getattr(self.func, name)
        names |= {name: getattr(self.fw, name) for name in ("dual_level", "make_dual", "unpack_dual")}
        names |= {"x": tensor(X), "v": tensor(V), "m": tensor(M), "w": tensor(W), "z": tensor([1 + 2j, -1j, 0.5])}
        names |= {"u": tensor([0.5j, 1 - 1j, 2.0]), "r": tensor(X, requires_grad=True), "i": tensor([0, 2, 1])}
        names["d"] = lambda name="x", other="v": self.fw.make_dual(names[name].clone(), names[other].clone())
        names["e"] = lambda: names["d"]("m", "w")
        names["net"] = self.network()
        return names

    def network(self):
        nn = self.torch.nn
        module = nn.Sequential(nn.Linear(3, 4), nn.GELU(), nn.Linear(4, 2))
        with self.torch.no_grad():
            for place, each in enumerate(module.parameters()):
                each.copy_((self.torch.arange(float(each.numel())).reshape(each.shape) + place).sin())
        return module


def plain(value, library):
    """A result as plain values: of tensors the dtype, the flag and the numbers."""
    if isinstance(value, library.Tensor):
        return [str(value.dtype), value.requires_grad, value.tolist()]
    if isinstance(value, dict):
        return {name: plain(each, library) for name, each in value.items()}
    return [plain(each, library) for each in value] if isinstance(value, list | tuple) else value


def outcome(library, line, in_level):
    """What an expression gives under a library, or its refusal."""
    names = Names(library).values()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if not in_level:
                return plain(eval(line, names), library)
            with names["dual_level"]():
                found = eval(line, names)
                return plain(names["unpack_dual"](found) if isinstance(found, library.Tensor) else found, library)
        except (RuntimeError, TypeError, ValueError, IndexError, NotImplementedError) as error:
            return [type(error).__name__, str(error)]


def differs(line, in_level):
    """How an expression differs from PyTorch's, or ""."""
    found, expected = [outcome(library, line, in_level) for library in (tinytorch, torch)]
    return "" if same(found, expected) else f"{line}: {found}, PyTorch has {expected}"


def same(found, expected):
    """Whether plain values are equal, numbers but for rounding in float32."""
    if isinstance(found, (list, dict)) and type(found) is type(expected) and len(found) == len(expected):
        if isinstance(found, dict):
            return found.keys() == expected.keys() and all(same(found[name], expected[name]) for name in found)
        return all(same(*each) for each in zip(found, expected, strict=True))
    if isinstance(found, (float, complex)) and isinstance(expected, (float, complex)):
        return (
            found == expected
            or (found != found and expected != expected)
            or abs(found - expected) <= 2e-5 * max(1, abs(expected))
        )
    return found == expected


IN_A_LEVEL = r"""
d() * 2
d().sin() + d().exp() * d()
d() / d().sum()
d()[1:] * d()[:-1]
d().pow(2).mean()
d().softmax(0)
d().log_softmax(0)
d().cumsum(0)
d().cumprod(0)
d().logcumsumexp(0)
d().prod()
d().std()
d().var(unbiased=False)
d().norm()
d().max()
d().max(0).values
d().median()
d().sort(descending=True).values
d().topk(2).values
d()[i]
d().gather(0, i)
d().index_select(0, i)
d().clamp(1.5, 2.5)
d().where(x > 1, d() * 2)
d().abs().sqrt()
d().outer(d())
d() @ d()
d().dot(v)
d().flip(0)
d().roll(1)
d().floor()
d().sign()
d().int()
d() == 1
d().argmax()
d().detach()
d().data
d().double() * d()
d().half()
torch.cat([d(), x])
torch.stack([x, d()])
torch.where(x > 1, d(), x)
torch.logsumexp(d(), 0)
torch.einsum("i,i->", d(), d())
torch.nn.functional.cosine_similarity(e(), m)
e().t() @ m
e().T.reshape(-1)
e().sum(0, keepdim=True)
e().matmul(e().t()).inverse()
e().matmul(e().t()).det()
torch.linalg.solve(e().matmul(e().t()), e())
torch.linalg.cholesky(e().matmul(e().t()))
torch.linalg.qr(e()).R
torch.linalg.svdvals(e())
torch.linalg.eigvalsh(e().matmul(e().t()))
torch.linalg.pinv(e())
F.relu(d() - 2)
F.gelu(d())
F.silu(d())
F.elu(d() - 2)
F.leaky_relu(d() - 2)
F.softplus(d())
F.layer_norm(d(), (3,))
F.group_norm(e(), 3)
F.batch_norm(e(), torch.zeros(3), torch.ones(3), training=True)
F.conv1d(d()[None, None], torch.ones(1, 1, 2))
F.max_pool1d(d()[None], 2)
F.avg_pool1d(d()[None], 2)
F.interpolate(d()[None, None], 5, mode="linear")
F.pad(d(), (1, 1))
F.cross_entropy(e(), torch.tensor([0, 2]))
F.mse_loss(d(), x * 2)
F.smooth_l1_loss(d(), x * 2)
F.binary_cross_entropy_with_logits(d(), x / 3)
F.kl_div(d(), x / 6)
F.embedding(torch.tensor([0, 1, 1]), e())
F.linear(d(), m)
F.bilinear(e(), e(), torch.ones(1, 3, 3))
F.dropout(d(), 0.0)
F.glu(torch.cat([d(), d()]))
F.normalize(d(), dim=0)
net(d())
d("z", "u") * d("z", "u")
d("z", "u").abs()
d("z", "u").conj() * z
d("z", "u").real
d("z", "u").angle()
d("z", "u").exp().sum()
torch.fft.fft(d())
torch.fft.irfft(d("z", "u"))
torch.complex(d(), x)
torch.view_as_real(d("z", "u"))
d("z", "v")
d("x", "v").to(torch.complex64) * z
d().mul_(2)
d().sin_()
d().add_(v, alpha=2)
d().copy_(v)
d().fill_(3)
d().zero_()
d().eq_(1)
d().floor_()
d().logical_not_()
d().uniform_() * 0
d().clone().index_fill_(0, i[:1], 2.0)
d().masked_fill_(x > 1, 0.5)
d().t_()
e().t_()
e().squeeze_(0).unsqueeze_(0)
x.clone().mul_(d())
x.clone().add_(d()).requires_grad
(r * 1).mul_(d())
torch.zeros(3).index_add_(0, i, d())
torch.zeros(3).index_put_((i,), d())
torch.zeros(3).scatter_add_(0, i, d())
torch.add(d(), 1, out=torch.empty(3))
torch.add(x, 1, out=d())
torch.sum(d(), 0, out=torch.empty(()))
d().resize_(2)
d().numpy().tolist()
d()[0].item()
d().tolist()
[repr(d()), repr(d() * 2), repr(make_dual(r, v))]
make_dual(x, v[:2])
make_dual(x, v[None])
make_dual(x.int(), v)
make_dual(x, v.int())
make_dual(x, v.double())
make_dual(d(), v)
make_dual(x, d())
make_dual(x, v, level=1)
make_dual(x, v, level=-3)
unpack_dual(d(), level=-2).tangent
unpack_dual(x)
unpack_dual(3.0)
unpack_dual(unpack_dual(d()).primal)
unpack_dual(unpack_dual(d()).primal[1:])
[d()._is_view(), d().is_leaf, make_dual(r, v).is_leaf, make_dual(r, v).requires_grad, make_dual(r, v).grad_fn.name()]
[each.requires_grad for each in unpack_dual(make_dual(r, v).pow(2))]
[each.requires_grad for each in unpack_dual(make_dual(x, r).pow(2))]
make_dual(x, r * 1).mul_(2).requires_grad
make_dual(x, r).mul_(2)
make_dual(r, v).mul_(2)
torch.no_grad()(lambda: unpack_dual(make_dual(r, v).pow(2)))()
torch.inference_mode()(lambda: unpack_dual(d().pow(2)))()
torch.autograd.grad(make_dual(r, v).pow(3).sum(), r)
unpack_dual(torch.autograd.grad((lambda y: (y**3).sum())(d := make_dual(r, v)), d)[0])
unpack_dual(torch.autograd.grad((lambda y: y.prod() * y.sum())(d := make_dual(r, v)), d)[0])
unpack_dual(torch.autograd.grad(net(d := make_dual(r, v)).pow(2).sum(), d)[0])
fw.exit_dual_level(level=3)
fw.enter_dual_level()
dual_level().__enter__()
""".strip().splitlines()

OUTSIDE = r"""
make_dual(x, v)
unpack_dual(x)
fw.exit_dual_level()
dual_level()(lambda: unpack_dual(make_dual(x, v)))()
jvp(torch.sin, (x,), (v,))
jvp(lambda x: x, (x,), (v,))
jvp(lambda a, b: (a * b, {"s": b.sum()}), (x, v), (v, x))
jvp(lambda d: {"y": d["a"] * 2, "z": (d["b"],)}, ({"a": x, "b": x},), ({"a": v, "b": v},))
jvp(lambda x: torch.ones(2), (x,), (v,))
jvp(lambda x: x.detach() * x, (x,), (v,))
jvp(lambda x: torch.ones(2), (x,), (v,), strict=True)
jvp(lambda x: 2.0, (x,), (v,))
jvp(lambda x: None, (x,), (v,))
jvp(lambda x: x.int(), (x,), (v,))
jvp(lambda x: (x * 2, x * 3), (x,), (v,), has_aux=True)
jvp(lambda x: (x * 2, 3), (x,), (v,), has_aux=True)
jvp(lambda x: x * 2, (x,), (v,), has_aux=True)
jvp(torch.sin, [x], [v])
jvp(torch.sin, (2.0,), (v,))
jvp(torch.sin, (x,), (2.0,))
jvp(torch.sin, (), ())
jvp(torch.sin, (x,), (v[:2],))
jvp(torch.sin, (x,), (v, v))
jvp(torch.sin, (x.int(),), (v,))
jvp(lambda x: unpack_dual(x).tangent, (x,), (v,))
jvp(lambda x: make_dual(x, v), (x,), (v,))
jvp(lambda x: fw.enter_dual_level(), (x,), (v,))
jvp(torch.no_grad()(lambda x: x * x), (x,), (v,))
jvp(lambda x: torch.inference_mode()(torch.sin)(x), (x,), (v,))
jvp(lambda x: x * x, (r,), (v,))
jvp(lambda x: x, (r,), (v,))
jvp(lambda x: jvp(torch.sin, (x,), (v,))[1], (x,), (v,))
jvp(lambda x: jvp(lambda y: x.detach() * y, (x,), (v,))[1], (x,), (v,))
jvp(lambda x: x * jvp(lambda y: x + y, (v,), (v,))[1], (x,), (v,))
jvp(grad(lambda x: x.prod() * x.sum()), (x,), (v,))
jvp(lambda x: func.vjp(torch.sin, x)[1](x)[0], (x,), (v,))
grad(lambda x: jvp(torch.sin, (x,), (v,))[1].sum())(x)
vmap(lambda a, b: jvp(lambda r: r.prod() * r, (a,), (b,)))(m, w)
jvp(vmap(lambda r: r.sum() * r), (m,), (w,))
jvp(net, (m,), (w,))
jvp(lambda p: func.functional_call(net, p, (x,)), (dict(net.named_parameters()),), (dict(net.named_parameters()),))
jacfwd(torch.sin)(x)
jacfwd(lambda x: x.softmax(0))(x)
jacfwd(lambda a, b: (a * b, {"s": b.sum()}), argnums=(0, 1))(x, v)
jacfwd(lambda a, b: a * b, argnums=None)(x, v)
jacfwd(lambda a, b: a * b, argnums=5)(x, v)
jacfwd(torch.sin, argnums=[0])(x)
jacfwd(torch.mul, argnums=())(x, v)
jacfwd(torch.mul, argnums=(0, 0))(x, v)
jacfwd(torch.sin)(z)
jacfwd(lambda x: x * 1j)(x)
jacfwd(torch.sin)(x.int())
jacfwd(lambda x: (x * 2, x.sum()), has_aux=True)(x)
jacfwd(lambda x: x * 2, has_aux=True)(x)
jacfwd(lambda x: x * torch.rand(3))(x)
jacfwd(lambda x: None)(x)
jacfwd(lambda d: {"k": d["x"] * d["y"], "l": [d["x"].sum()]})({"x": x, "y": v})
jacfwd(net)(x)
jacfwd(torch.linalg.inv)(m[:, :2])
jacfwd(lambda x: F.conv1d(x[None, None], torch.ones(1, 1, 2)))(x)
jacfwd(lambda x: x.new_zeros(3).copy_(x * x))(x)
vmap(jacfwd(lambda x: x.prod() * x))(m)
jacfwd(jacfwd(lambda x: x.prod() * x.sum()))(x)
hessian(lambda x: x.prod() * x.sum())(x)
[linearize(torch.sin, x)[0], linearize(torch.sin, x)[1](v)]
linearize(lambda d: {"y": d["a"] * d["b"]}, {"a": x, "b": v})[1]({"a": v, "b": x})
linearize(torch.sin, x)[1](v[:2])
linearize(torch.sin, x)[1](v.double())
linearize(torch.sin, x)[1](v, v)
""".strip().splitlines()


@pytest.mark.parametrize("line", IN_A_LEVEL)
def test_an_expression_of_dual_tensors_is_pytorchs(line):
    assert differs(line, in_level=True) == ""


@pytest.mark.parametrize("line", OUTSIDE)
def test_a_function_of_functions_is_pytorchs(line):
    assert differs(line, in_level=False) == ""


# Random programs

LEAF = re.compile(r"^(\w+) = torch\.tensor\((.*), dtype=torch\.float64(, requires_grad=True)?\)$")
LEFT_OUT = (  # where PyTorch is wrong: its tangent of x *= x is that of x times the new x, and views of what is
    r"\b(\w+) \*= \1\b|\b(\w+)\.\w+_\(.*\b\2\b",  # reshaped in place keep their shape, but not their tangent's
    r"\.\w*(?:squeeze|t|swapaxes|swapdims|transpose)_\(",
    r"\bout=",  # PyTorch writes there before it refuses
    r"func\.jvp",  # PyTorch refuses it in a level
    r"\bsilu\(",  # PyTorch has no tangent of its derivative
)
OTHER_DTYPES = re.compile("float32|complex|1j")


def dual_program(seed, recorded):
    """The lines of a random program, in which most leaves are dual tensors."""
    chance = random.Random(seed)
    for line in generate(seed).text.splitlines():
        if any(re.search(each, line) for each in LEFT_OUT):
            continue
        leaf = LEAF.match(line)
        if leaf and chance.random() < 0.75:
            name, numbers, flag = leaf.groups()
            tangent = re.sub(r"-?\d+\.\d*(?:e-?\d+)?", lambda _: repr(round(chance.uniform(-1, 1), 3)), numbers)
            flag = flag if flag and recorded else ""
            parts = f"torch.tensor({numbers}, dtype=torch.float64{flag}), torch.tensor({tangent}, dtype=torch.float64)"
            yield f"{name} = torch.autograd.forward_ad.make_dual({parts})"
        else:
            yield line if recorded else line.replace(", requires_grad=True", "")


def trace(lines, library):
    """What each line of a program is refused with, and the values and tangents of all names behind it."""
    space, steps = {"torch": library}, []
    forward_ad = library.autograd.forward_ad
    with warnings.catch_warnings(), forward_ad.dual_level():
        warnings.simplefilter("ignore")
        for line in lines:
            error = None
            try:
                exec(compiled(line), space)
            except Exception as problem:  # whatever the library raises is the result
                error = refusal(problem)
            state = {}
            for name, each in space.items():
                if isinstance(each, library.Tensor):
                    try:
                        tangent = forward_ad.unpack_dual(each).tangent
                    except RuntimeError:  # a view that is no longer valid refuses everything
                        continue
                    state[name] = [each.tolist(), None if tangent is None else (tangent.detach() + 0.0).tolist()]
            steps.append((error, state))
    return steps


@pytest.mark.parametrize("recorded", [False, True])
def test_random_programs_have_pytorchs_tangents(recorded):
    complaints = []
    seeds = [seed for seed in range(100) if not OTHER_DTYPES.search(generate(seed).text)]
    for seed in seeds:
        lines = list(dual_program(seed, recorded))
        for line, (error, state), (wanted, expected) in zip(
            lines, trace(lines, tinytorch), trace(lines, torch), strict=True
        ):
            if error != wanted or not all(close(expected[name], state.get(name)) for name in expected):
                complaints.append(f"{seed}: {line}: {error}, PyTorch has {wanted}; {state}, PyTorch has {expected}")
                break
    assert complaints == []
