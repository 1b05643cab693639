"""What a sparse tensor says of itself, how it prints, and how its history leads to its values and back."""

import copy
import pickle

import pytest

import tinytorch as torch

pytestmark = pytest.mark.filterwarnings("ignore:Sparse invariant checks")
PLACES = [[0, 1, 1], [2, 0, 2]]


def made(values=(3.0, 4.0, 5.0), **settings):
    return torch.sparse_coo_tensor(torch.tensor(PLACES), torch.tensor(values), (2, 3), **settings)


def test_it_prints_its_places_its_values_and_what_they_do_not_say():
    assert repr(made(requires_grad=True)) == (
        "tensor(indices=tensor([[0, 1, 1],\n"
        "                       [2, 0, 2]]),\n"
        "       values=tensor([3., 4., 5.]),\n"
        "       size=(2, 3), nnz=3, layout=torch.sparse_coo, requires_grad=True)"
    )
    assert repr(torch.sparse_coo_tensor(size=(2, 3), dtype=torch.float64)) == (
        "tensor(indices=tensor([], size=(2, 0)),\n"
        "       values=tensor([], size=(0,)),\n"
        "       size=(2, 3), nnz=0, dtype=torch.float64, layout=torch.sparse_coo)"
    )


def test_it_says_that_it_is_sparse():
    s = made()
    assert s.is_sparse and s.layout is torch.sparse_coo and s.type() == "torch.sparse.FloatTensor"
    assert s.shape == (2, 3) and s.dtype is torch.float32 and s.device == torch.device("cpu")
    assert (s.dim(), s.numel(), len(s), s.stride(), s._nnz()) == (2, 6, 2, (0, 0), 3)
    assert (s.sparse_dim(), s.dense_dim()) == (2, 0)
    assert isinstance(s, torch.Tensor) and repr(type(s)) == "<class 'torch.Tensor'>"


def test_only_a_coalesced_one_shows_its_parts():
    s = torch.sparse_coo_tensor([[1, 0, 1]], [1.0, 2.0, 3.0], (2,))
    with pytest.raises(RuntimeError, match=r"^Cannot get indices on an uncoalesced tensor, please call \.coalesce\(\)"):
        s.indices()
    with pytest.raises(RuntimeError, match=r"^Cannot get values on an uncoalesced tensor"):
        s.values()
    c = s.coalesce()
    assert c.is_coalesced() and c.indices().tolist() == [[0, 1]] and c.values().tolist() == [2.0, 4.0]
    assert not s.is_coalesced() and s._indices().tolist() == [[1, 0, 1]] and c.coalesce() is c


def test_what_needs_memory_in_order_is_refused():
    s = made()
    with pytest.raises(TypeError, match=r"^can't convert Sparse layout tensor to numpy\. Use Tensor\.to_dense\(\)"):
        s.numpy()
    with pytest.raises(NotImplementedError, match=r"^Could not run 'aten::exp' with arguments from the 'SparseCPU' b"):
        s.exp()
    with pytest.raises(RuntimeError, match=r"^reshape is not implemented for sparse tensors"):
        s.reshape(3, 2)
    with pytest.raises(TypeError, match=r"^Cannot assign to a sparse tensor"):
        s[0] = 1
    with pytest.raises(NotImplementedError, match=r"^Cannot access storage of SparseTensorImpl"):
        s.untyped_storage()


def test_a_learned_tensor_is_not_sparse():
    with pytest.raises(NotImplementedError, match=r"^Parameter: tinytorch has no sparse ones"):
        torch.nn.Parameter(made())


def test_gradients_reach_the_values_that_it_is_made_of():
    values = torch.tensor([3.0, 4.0, 5.0], requires_grad=True)
    s = torch.sparse_coo_tensor(torch.tensor(PLACES), values, (2, 3))
    assert s.grad_fn.name() == "SparseCooTensorWithDimsAndTensorsBackward0"
    (s.to_dense() * torch.arange(6.0).view(2, 3)).sum().backward()
    assert values.grad.tolist() == [2.0, 3.0, 5.0]


def test_the_gradient_of_a_sparse_leaf_is_sparse():
    s = made(requires_grad=True)
    s.to_dense().pow(2).sum().backward()
    s.to_dense().sum().backward()
    assert s.grad.is_sparse and s.grad._indices().tolist() == PLACES and s.grad._values().tolist() == [7.0, 9.0, 11.0]
    (grad,) = torch.autograd.grad((s * 2).coalesce().values().sum(), s)
    assert grad._values().tolist() == [2.0, 2.0, 2.0]


def test_values_of_one_place_have_the_same_gradient():
    values = torch.tensor([1.0, 2.0], requires_grad=True)
    torch.sparse_coo_tensor([[0, 0], [1, 1]], values, (2, 2)).to_dense().pow(2).sum().backward()
    assert values.grad.tolist() == [6.0, 6.0]


def test_hooks_and_retained_gradients_see_sparse_ones():
    s, seen = made(requires_grad=True), []
    s.register_hook(lambda grad: seen.append(grad.is_sparse))
    t = s * 2
    t.retain_grad()
    t.to_dense().sum().backward()
    assert seen == [True] and t.grad._values().tolist() == [1.0, 1.0, 1.0]


def test_a_function_of_the_user_keeps_it_for_backward():
    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx, indices, values, shape, dense):
            sparse = torch.sparse_coo_tensor(indices, values, shape)
            ctx.save_for_backward(sparse, dense)
            return torch.matmul(sparse, dense)

        @staticmethod
        def backward(ctx, grad):
            sparse, dense = ctx.saved_tensors
            rows, columns = sparse._indices()
            return None, grad.matmul(dense.t())[rows, columns], None, sparse.t().matmul(grad)

    values, dense = torch.tensor([3.0, 4.0, 5.0], requires_grad=True), torch.ones(3, 1, requires_grad=True)
    Product.apply(torch.tensor(PLACES), values, (2, 3), dense).sum().backward()
    assert values.grad.tolist() == [1.0, 1.0, 1.0] and dense.grad.tolist() == [[4.0], [0.0], [8.0]]


def test_second_derivatives_go_through():
    values = torch.tensor([3.0, 4.0, 5.0], dtype=torch.float64, requires_grad=True)
    dense = torch.arange(6.0, dtype=torch.float64).view(3, 2).requires_grad_()
    function = lambda values, dense: torch.sparse.mm(torch.sparse_coo_tensor(PLACES, values, (2, 3)), dense)
    assert torch.autograd.gradcheck(function, (values, dense))
    assert torch.autograd.gradgradcheck(function, (values, dense))


def test_hooks_on_what_is_kept_see_what_a_product_keeps():
    values, dense = torch.tensor([3.0, 4.0, 5.0], requires_grad=True), torch.ones(3, 2, requires_grad=True)
    shapes = []
    with torch.autograd.graph.saved_tensors_hooks(lambda each: shapes.append(each.shape) or each, lambda each: each):
        found = torch.sparse_coo_tensor(torch.tensor(PLACES), values, (2, 3)) @ dense
    found.sum().backward()
    assert sorted(shapes) == [(3,), (3, 2)] and values.grad.tolist() == [2.0, 2.0, 2.0]


def test_in_place_on_a_leaf_is_refused():
    s = made(requires_grad=True)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used in an in-place operation"):
        s.mul_(2)
    with torch.no_grad():
        s.mul_(2).add_(s.detach())
    assert s.requires_grad and s.is_leaf and s._values().tolist() == [12.0, 16.0, 20.0]


def test_in_place_takes_the_history_of_what_it_computes():
    s = made(requires_grad=True)
    t = s.clone()
    t.mul_(3)
    t.to_dense().sum().backward()
    assert s.grad._values().tolist() == [3.0, 3.0, 3.0] and t._version == 1


def test_copies_have_places_and_values_of_their_own():
    s = made()
    for other in (s.clone(), copy.deepcopy(s), pickle.loads(pickle.dumps(s))):
        other._values().zero_()
        other._indices().zero_()
        assert other._nnz() == 3 and s.to_dense().tolist() == [[0.0, 0.0, 3.0], [4.0, 0.0, 5.0]]
    assert s.detach()._values().data_ptr() == s._values().data_ptr()


def test_it_goes_to_other_dtypes_and_stays_itself_where_nothing_changes():
    s = made().coalesce()
    assert s.to("cpu") is s and s.float() is s
    assert s.double().dtype is torch.float64 and s.double().is_coalesced() and s.long().values().tolist() == [3, 4, 5]
    assert s.to("meta").shape == (2, 3)


def test_buffers_of_modules_are_moved_saved_and_loaded():
    module = torch.nn.Module()
    module.register_buffer("adjacency", made())
    state = module.to(torch.float64).state_dict()
    assert state["adjacency"].dtype is torch.float64
    other = torch.nn.Module()
    other.register_buffer("adjacency", torch.sparse_coo_tensor(size=(2, 3), dtype=torch.float64))
    other.load_state_dict(state)
    assert other.adjacency.to_dense().tolist() == [[0.0, 0.0, 3.0], [4.0, 0.0, 5.0]]


def test_zeros_like_it_are_sparse():
    s = torch.zeros_like(made())
    assert s.is_sparse and s._nnz() == 0 and s.shape == (2, 3)
    with pytest.raises(NotImplementedError, match="aten::ones_like"):
        torch.ones_like(made())
