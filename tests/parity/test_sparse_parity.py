"""Sparse tensors of coordinates, against PyTorch: what each expression gives, as text, and how it is refused."""

import importlib
import io
import re

import pytest

BEFORE = {  # what is made before the expression
    "i": "torch.tensor([[0, 1, 1], [2, 0, 2]])",
    "v": "torch.tensor([3.0, 4.0, 5.0])",
    "s": "torch.sparse_coo_tensor(i, v, (2, 3))",
    "c": "s.coalesce()",
    "r": "torch.sparse_coo_tensor(i, v.clone(), (2, 3), requires_grad=True)",
    "u": "torch.sparse_coo_tensor([[0, 0, 1], [1, 1, 0]], [1.0, 2.0, 3.0], (2, 3))",
    "h": "torch.sparse_coo_tensor([[0, 2, 0]], torch.arange(6.0).view(3, 2), (3, 2))",
    "d": "torch.arange(6.0).view(2, 3)",
    "R": "torch.sparse_csr_tensor([0, 1, 3], [2, 0, 2], v, (2, 3))",
    "K": "torch.sparse_csc_tensor([0, 1, 1, 3], [1, 0, 1], v, (2, 3))",
    "w": "torch.tensor([3.0, 4.0, 5.0], requires_grad=True)",
    "q": "torch.sparse_coo_tensor(i, w, (2, 3))",
    "grad": "lambda value, *of: torch.autograd.grad(value, of or (r,))",
}
EXPRESSIONS = """
s, r, u, h
u.coalesce(), u.coalesce().is_coalesced(), u.is_coalesced()
u.indices()
u.values()
u._indices(), u._values(), u._nnz(), u._dimI(), u._dimV()
u.to_dense(), h.to_dense()
s.to_dense(torch.float64)
d.to_sparse(), d.to_sparse(1), d.to_sparse().is_coalesced(), d.to_sparse(layout=torch.sparse_coo)
d.to_sparse(0)
d.to_sparse(3)
d.to_sparse_coo(), s.to_sparse() is s
torch.sparse_coo_tensor(i, v)
torch.sparse_coo_tensor((2, 3)), torch.sparse_coo_tensor(size=(2, 3), dtype=torch.int32)
torch.sparse_coo_tensor(-i, v, (2, 3))
torch.sparse_coo_tensor(-i, v)
torch.sparse_coo_tensor(i, v, (2, 3, 4))
torch.sparse_coo_tensor(i, v[:2], (2, 3))
torch.sparse_coo_tensor(i[0], v, (2, 3))
torch.sparse_coo_tensor(i.float(), v.int(), (2, 3))
torch.sparse_coo_tensor(i, v, (2, 3), dtype=torch.float64), torch.sparse_coo_tensor(i.int(), v)._indices().dtype
torch.sparse_coo_tensor(i, v, (2, 3), is_coalesced=True).is_coalesced()
torch.sparse_coo_tensor([[0, 1]], [1, 2]), torch.sparse_coo_tensor([[0, 1]], torch.tensor([1 + 2j, 3.0]), (4,))
torch.sparse_coo_tensor(torch.zeros(2, 0, dtype=torch.int64), torch.zeros(0))
torch.sparse_coo_tensor([[0, 5]], [1.0, 2.0], (3,), check_invariants=True)
torch.sparse_coo_tensor([[0, -5]], [1.0, 2.0], (3,), check_invariants=True)
torch.sparse_coo_tensor([[0, 1]], torch.ones(2, 3), (3, 4))
torch.sparse_coo_tensor(torch.arange(4000).view(2, 2000) % 50, torch.arange(2000.0), (50, 50))
s.size(), s.shape, s.dtype, s.device, s.layout, s.is_sparse, s.ndim, s.dim(), s.numel(), len(s), s.element_size()
s.sparse_dim(), s.dense_dim(), h.sparse_dim(), h.dense_dim(), s.stride(), s.is_contiguous(), s.type(), type(s)
s.is_complex(), s.is_floating_point(), torch.is_tensor(s), s.is_leaf, r.is_leaf, q.is_leaf, s._version, s.grad
s.t(), s.T, s.mT, u.t(), s.transpose(0, 1), s.permute(1, 0), u.t().is_coalesced(), h.permute(0, 1)
h.transpose(0, 1)
s.double(), s.long(), s.half(), s.to(torch.float64), s.to('cpu') is s, s.cpu() is s, s.to(dtype=torch.int32)
s.clone(), s.detach(), r.detach(), s.data, s.bool()
r * 2, 2 * r, r / 2, -r, r.abs(), r.pow(2), r.clone(), r.double(), r + r, r + s, r * s, r * d, torch.relu(r)
s + u, (s + u).is_coalesced(), s + s, u + u, u + s, s - u, c + u.coalesce(), (c + u.coalesce()).is_coalesced()
s.add(u, alpha=2), torch.sub(s, u), s + u.double(), sum([s.coalesce(), s.coalesce(), s.coalesce()][1:], s)
s + d
d + s, d - s, d + r, torch.add(d, s, alpha=3)
s + 1
s + d.to_sparse().t()
s * d, d * s, (s * d).is_coalesced(), s * s, s * u, u * s, u * u, c * u, u * c, c * u.coalesce(), u * d
s * torch.tensor(2.0), s * torch.ones(3), s * True, s.long() * 2.5, s * torch.tensor([2.0]), c * v.unsqueeze(0)
s / s
s / d
d / s
s.true_divide(2), s.long() / 2, s.div(2, rounding_mode='floor'), s // 2, s / torch.tensor(2.0)
s ** 2, u ** 2, u.abs(), u.sqrt(), s.sin(), s.relu(), s.tanh(), s.log1p(), s.isnan(), s.sign(), s.floor(), u.neg()
s.nan_to_num(), s.round(), s.erf(), s.rad2deg(), torch.sgn(s), abs(s), torch.neg(s), s.square(), s.conj(), s.expm1()
s ** 0
2 ** s
s.exp()
s.sigmoid()
s.argmax()
r.sum(), torch.sparse.sum(r), torch.sparse.sum(r, 0), torch.sparse.sum(r, 1), r.sum(0), r.sum(dim=1)
torch.sum(u, dim=1)
torch.sparse.sum(h, 0), torch.sparse.sum(h, 1), h.sum(1), h.sum(0), s.sum(0, keepdim=True), s.long().sum(1), s.sum(-1)
s.norm(), s.norm(1), h.norm(), torch.norm(s), s.any(), s.sum(dtype=torch.float64)
s @ d.t(), r @ d.t(), torch.mm(r, d.t()), torch.spmm(r, d.t()), torch.sparse.mm(r, d.t()), s.matmul(d.t())
d.t() @ s, torch.mm(d.t(), s), torch.sparse.mm(d.t(), s), s @ torch.ones(3), torch.mv(s, torch.ones(3))
torch.sparse.mm(r, r.t()), s @ s.t(), (s @ s.t()).is_coalesced(), r @ r.t()
torch.bmm(torch.stack([s, s]), torch.ones(2, 3, 2)), s.long() @ d.t().long()
torch.addmm(torch.ones(2, 2), s, d.t()), torch.sparse.addmm(torch.ones(2, 2), s, d.t(), beta=2, alpha=3)
torch.hspmm(s, d.t()), torch.smm(s, d.t()), torch.sspaddmm(torch.sparse_coo_tensor(size=(2, 2)), s, d.t())
s.mm(d)
s.mm(d.t().double())
torch.nn.functional.linear(s, d)
torch.sparse.softmax(s, 1), torch.sparse.softmax(s, dim=0), torch.sparse.log_softmax(r, 1), torch.sparse.softmax(h, 1)
torch.sparse.softmax(h, 0), torch.sparse.softmax(r, 1)
s.index_select(0, torch.tensor([1, 0, 1])), r.index_select(1, torch.tensor([2]))
h.index_select(1, torch.tensor([1, 0]))
s[0], s[1, 2], s[:, 0], s[None], s[..., 0], s.select(0, 1), s.unsqueeze(0), s.unbind(), list(s), h[0], h[0, 1], s[-1]
s[0:1]
s[0] + c[1], c[1].is_coalesced(), torch.cat([c, c]).is_coalesced(), c.index_select(0, torch.tensor([1])).is_coalesced()
torch.cat([s, u]), torch.cat([s, u], 1), torch.cat([h, h], 1), torch.stack([s, u]), torch.cat([r, r])
torch.cat([s, d])
d.sparse_mask(s), d.sparse_mask(u), s.sparse_mask(u.coalesce()), r.sparse_mask(c)
s.zero_(), s.clone().zero_()
s.add_(u), s, s._version
s.mul_(2), s.copy_(u), s.sub_(u)
s.fill_(1)
c.relu_(), c.sqrt_(), c.abs_()
s.relu_()
r.mul_(2)
d.add_(s), d.add_(s, alpha=2), d.sub_(s), d.mul_(s), d
d.copy_(s)
s.copy_(d)
torch.zeros_like(s), torch.empty_like(s), s.new_zeros(2), s.new(2, 3)
s.item()
s.tolist()
s.numpy()
s.reshape(3, 2)
s.expand(2, 2, 3)
s.data_ptr()
s.storage()
s.contiguous()
bool(s)
s.__setitem__(0, 1)
torch.sparse.FloatTensor(i, v, torch.Size([2, 3])), torch.sparse.FloatTensor(2, 3), torch.sparse.FloatTensor()
torch.sparse.FloatTensor(i, v), torch.sparse.LongTensor(i, v.long(), torch.Size([2, 3])), torch.sparse.FloatTensor
isinstance(s, torch.sparse.FloatTensor), isinstance(d, torch.sparse.FloatTensor), torch.sparse.DoubleTensor(i, v)
q, q.coalesce(), q.to_dense(), q.coalesce().values(), q.t(), q._values(), d.requires_grad_().to_sparse()
torch.sparse.spdiags(torch.arange(9.0).reshape(3, 3), torch.tensor([0, -1, 2]), (4, 4))
R, K, R.t(), K.t(), R.to_sparse_csc(), R.to_sparse(), R.to_dense(), K.to_dense(), R.to_sparse_csr() is R
R.crow_indices(), R.col_indices(), R.values(), K.ccol_indices(), K.row_indices(), R.layout, R.is_sparse_csr, R._nnz()
R.indices()
R.coalesce()
R.numpy()
R.exp()
R.sum(1)
R.type()
R @ d.t(), torch.sparse.mm(R, d.t()), R @ torch.ones(3), d.t() @ R, torch.addmm(torch.ones(2, 2), R, d.t()), d @ R.t()
R * 2, -R, R.abs(), R.sqrt(), R + R, R * R, torch.ones(2, 3) + R, R + torch.ones(2, 3), R.sum(), R.double(), R.clone()
R[0], R[0, 2], R.sum(dim=1, keepdim=True), torch.zeros_like(R), R * torch.ones(2, 3), R.relu(), R.to('cpu') is R
torch.sparse_csr_tensor([0, 1, 3], [2, 0, 2], [3, 4, 5], dtype=torch.float64), u.to_sparse_csr(), u.to_sparse_csc()
torch.sparse_csr_tensor([0, 1, 3], [2, 0, 2], w, (2, 3)), d.requires_grad_().to_sparse_csr()
grad(torch.sparse.mm(torch.sparse_csr_tensor([0, 1, 3], [2, 0, 2], w, (2, 3)), d.t()).sum(), w)
torch.eye(3).to_sparse() @ torch.eye(3), torch.tensor(3.0).to_sparse(), torch.tensor(3.0).to_sparse().to_dense()
grad(r.to_dense().pow(2).sum()), grad(torch.sparse.mm(r, d.t()).sum()), grad(torch.sparse.sum(r))
grad((r * r).to_dense().sum()), grad((r + r).to_dense().sum()), grad(r.coalesce().values().pow(2).sum())
grad(torch.sparse.softmax(r, 1).to_dense().pow(2).sum()), grad((r * torch.ones(2, 3)).to_dense().sum())
grad(r.double().to_dense().sum()), grad((r / 2).to_dense().sum()), grad(r.clone().to_dense().sum())
grad(torch.sparse.sum(torch.sparse.sum(r, 0))), grad(r.sparse_mask(c).to_dense().sum())
grad((q @ d.t()).pow(2).sum(), w)
grad(torch.sparse.mm(q, q.t()).to_dense().sum(), w)
grad(q.sum(), w)
grad((d + q).pow(2).sum(), w)
grad(q.t().to_dense().pow(2).sum(), w)
grad(torch.sparse.addmm(d @ d.t(), q, d.t()).sum(), w)
grad(torch.sparse.mm(s.t(), d.requires_grad_()).sum(), d), grad(d.requires_grad_().to_sparse().to_dense().sum(), d)
grad(d.requires_grad_().sparse_mask(s).to_dense().sum(), d), grad((d.requires_grad_() + s).sum(), d)
""".strip().split("\n")


def given(library, expression):
    """What an expression gives in a library: as text, or the class and the words of its refusal."""
    names = {"torch": importlib.import_module(library)}
    for name, made in BEFORE.items():
        names[name] = eval(made, names)
    try:
        found = repr(eval(expression, names))
    except Exception as error:  # whatever it is, it is compared
        found = f"{type(error).__name__}: {error}".split("\n")[0]
    found = re.sub(
        r"(Could not run 'aten::\w+).*?' with (arguments from the 'SparseCPU' backend\.).*", r"\1' \2", found
    )
    return re.sub(r"<(\w+) object at 0x\w+>", r"<\1>", found)


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.filterwarnings("ignore")
def test_an_expression_gives_the_same(expression):
    assert given("tinytorch", expression) == given("torch", expression)


def network(torch):
    """The losses of a graph network of two layers, which learns a table with sparse gradients."""
    torch.manual_seed(0)
    places = torch.randint(0, 30, (2, 120))
    adjacency = torch.sparse_coo_tensor(places, torch.ones(120), (30, 30)).coalesce()
    degrees = torch.sparse.sum(adjacency, 1).to_dense().clamp(min=1)
    adjacency = adjacency * (1 / degrees).unsqueeze(1)
    table = torch.nn.Embedding(30, 8, sparse=True)
    layers = [torch.nn.Linear(8, 16), torch.nn.Linear(16, 3)]
    targets, losses = torch.randint(0, 3, (30,)), []
    optimizers = [
        torch.optim.SparseAdam(table.parameters(), lr=0.05),
        torch.optim.Adam([each for layer in layers for each in layer.parameters()], lr=0.05),
    ]
    for _ in range(6):
        hidden = torch.relu(torch.spmm(adjacency, layers[0](table(torch.arange(30)))))
        loss = torch.nn.functional.cross_entropy(adjacency @ layers[1](hidden), targets)
        for each in optimizers:
            each.zero_grad()
        loss.backward()
        for each in optimizers:
            each.step()
        losses.append(loss.item())
    return losses


@pytest.mark.filterwarnings("ignore")
def test_a_graph_network_learns_alike():
    one, other = [network(importlib.import_module(library)) for library in ("tinytorch", "torch")]
    assert one == pytest.approx(other, rel=1e-5)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("libraries", [("torch", "tinytorch"), ("tinytorch", "torch")])
def test_a_file_of_one_is_read_by_the_other(libraries):
    writer, reader = map(importlib.import_module, libraries)
    file = io.BytesIO()
    tensors = [
        writer.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [3.0, 4.0, 5.0], (2, 3)),
        writer.sparse_coo_tensor([[0, 2]], writer.ones(2, 2), (3, 2)).coalesce(),
        writer.eye(2).to_sparse_csr(),
    ]
    tensors[0].label = "own"
    writer.save({"tensors": tensors}, file)
    for weights_only in (True, False):
        file.seek(0)
        found = reader.load(file, weights_only=weights_only)["tensors"]
        assert repr(found) == repr(tensors) and found[0].label == "own"
        assert [each.is_coalesced() for each in found[:2]] == [False, True]
