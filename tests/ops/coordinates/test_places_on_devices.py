"""Sparse tensors on each device: what they give there is what they give on the CPU."""

import pytest

import tinytorch as torch

pytestmark = pytest.mark.filterwarnings("ignore:Sparse")
CALLS = {
    "coalesce": lambda s, d: s.coalesce(),
    "to_dense": lambda s, d: s.to_dense(),
    "to_sparse": lambda s, d: d.to_sparse(),
    "rows": lambda s, d: d.to_sparse(1),
    "sum": lambda s, d: (s + d.to_sparse()).coalesce(),
    "merged": lambda s, d: s + s.t().t().clone() * 2 + d.to_sparse(),
    "onto": lambda s, d: d + s,
    "in place": lambda s, d: d.t().contiguous().t().sub_(s, alpha=2),
    "product": lambda s, d: s * d,
    "both": lambda s, d: s.coalesce() * d.to_sparse(),
    "mm": lambda s, d: s @ d.t(),
    "turned": lambda s, d: d.t() @ s,
    "sparse mm": lambda s, d: torch.sparse.mm(s, d.t().to_sparse()),
    "bmm": lambda s, d: torch.bmm(torch.stack([s, s]), torch.stack([d.t(), d.t()])),
    "smm": lambda s, d: torch.smm(s, d.t()),
    "sums": lambda s, d: s.sum(1),
    "norm": lambda s, d: s.norm(),
    "softmax": lambda s, d: torch.sparse.softmax(s, 1),
    "power": lambda s, d: s.pow(2),
    "select": lambda s, d: s[1],
    "index": lambda s, d: s.index_select(1, torch.tensor([2, 0], device=s.device)),
    "cat": lambda s, d: torch.cat([s, s], 1),
    "mask": lambda s, d: d.sparse_mask(s),
    "mask of a sparse one": lambda s, d: d.to_sparse().sparse_mask(s.coalesce()),
    "diagonals": lambda s, d: torch.sparse.spdiags(d, torch.tensor([0, 1]), (3, 3)),
    "dtype": lambda s, d: s.double(),
    "checked": lambda s, d: torch.sparse_coo_tensor(s._indices()[:, :3], d[0], check_invariants=True),
}


def result(call, device):
    """What a call gives on a device, and the gradients of values and of the dense tensor."""
    values = torch.tensor([3.0, 4.0, 5.0, 1.0], device=device, requires_grad=True)
    places = torch.tensor([[0, 1, 1, 0], [2, 0, 2, 2]], device=device)
    dense = torch.arange(6.0, device=device).view(2, 3).requires_grad_()
    found = call(torch.sparse_coo_tensor(places, values, (2, 3)), dense * 1)
    assert found.device == torch.device(device)
    found = found.to_dense()
    found.pow(2).sum().backward()
    return [None if each is None else each.tolist() for each in (found, values.grad, dense.grad)]


@pytest.mark.parametrize("name", CALLS)
def test_a_device_gives_what_the_cpu_gives(name, device):
    for one, other in zip(result(CALLS[name], device), result(CALLS[name], "cpu"), strict=True):
        assert one is other is None or torch.tensor(one).allclose(torch.tensor(other), rtol=1e-5, atol=1e-6)


def test_a_sparse_tensor_goes_to_a_device_and_back(device):
    s = torch.eye(3).to_sparse().requires_grad_()
    there = (s * 2).to(device)
    assert there.device == torch.device(device) and there._indices().device == torch.device(device)
    there.to("cpu").to_dense().sum().backward()
    assert s.grad._values().tolist() == [2.0, 2.0, 2.0]


def test_a_table_on_a_device_learns_by_its_sparse_gradients(device):
    table = torch.nn.Embedding(4, 2, sparse=True, device=device)
    table.weight.data.fill_(1.0)
    for kind in (torch.optim.SGD, torch.optim.SparseAdam, torch.optim.Adagrad):
        optimizer = kind(table.parameters(), lr=0.1)
        optimizer.zero_grad()
        table(torch.tensor([1, 1, 3], device=device)).sum().backward()
        optimizer.step()
    assert table.weight[0].tolist() == [1.0, 1.0] and table.weight[1].tolist() == pytest.approx([0.6, 0.6], abs=1e-4)
