"""The methods of sparse tensors that make others, or take apart what others were made of."""

import copy

from tinytorch.ops.convert import transfer
from tinytorch.ops.coordinates.making import empty, empty_like, to_dense
from tinytorch.ops.coordinates.meanings import means
from tinytorch.ops.coordinates.tensor import Sparse, indices_of, replace, sparse_of, values_of
from tinytorch.tensor import attributes, wrap


def clone(self, *, memory_format=None):
    """A copy with places and values of its own."""
    array = self.array
    values = values_of(self).clone()
    return sparse_of(array.indices.copy(), values, array.shape, array.coalesced, "CloneBackward0", type(array))


@means("body_of_transfer")
def transferred(input, device):
    """A copy on another device."""
    array = input.array
    indices = device.asarray(input.device.to_numpy(array.indices))
    return sparse_of(indices, transfer(values_of(input), device), array.shape, array.coalesced, "ToCopyBackward0")


def deepcopy(self, memo):
    """A leaf with places and values of its own, its gradient and its attributes."""
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment."
        )
    if id(self) not in memo:
        made = memo[id(self)] = clone(self.detach())
        made.needs = self.needs
        made._grad = copy.deepcopy(self._grad, memo)
        made.__dict__.update(copy.deepcopy(attributes(self), memo))
    return memo[id(self)]


def reduce(self, protocol):
    """How pickle takes a sparse tensor apart."""
    array = self.array
    parts = type(array), indices_of(self), wrap(array.values, self.device), array.shape, array.coalesced
    return rebuild, (*parts, self.requires_grad, attributes(self))


def rebuild(form, indices, values, size, is_coalesced, requires_grad, attributes):
    """A sparse tensor of its pickled parts."""
    made = sparse_of(indices.array, values, size, is_coalesced, form=form)
    made.needs = requires_grad
    made.__dict__.update(attributes)
    return made


def item(self):
    """The one element; a RuntimeError if there are several."""
    return to_dense(self).item()


def type_(self, dtype=None, non_blocking=False):
    """The name of the tensor's type, such as `torch.sparse.FloatTensor`; with a dtype, it as that."""
    if dtype is not None:
        return self.to(dtype)
    prefix = "torch." if self.device.type == "cpu" else f"torch.{self.device.type}."
    return f"{prefix}sparse.{self.dtype.title}Tensor"


def new_zeros(self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False):
    """A sparse tensor without values, of this one's dtype and device unless others are asked for."""
    size = size[0] if len(size) == 1 and not isinstance(size[0], int) else size
    return empty(size, dtype or self.dtype, device or self.device, requires_grad)


def like(self, name, value, dtype, device):
    """Zeros of this tensor's shape, for `zeros_like` and `empty_like`."""
    if value not in (0, None):
        raise NotImplementedError(f"Could not run 'aten::{name}' with arguments from the 'SparseCPU' backend.")
    return empty_like(self, dtype, device)


def sparse_resize_(self, size, sparse_dim, dense_dim):
    """Another shape of as many sparse and dense dimensions, in place."""
    array = self.array
    if (sparse_dim, dense_dim) != (array.sparse_dim, array.ndim - array.sparse_dim):
        raise NotImplementedError("sparse_resize_: tinytorch keeps the numbers of sparse and dense dimensions")
    return replace(self, sparse_of(array.indices, values_of(self), size, array.coalesced))


def sparse_resize_and_clear_(self, size, sparse_dim, dense_dim):
    """Zeros of another shape, in place."""
    return replace(self, empty(size, self.dtype, self.device, dense_dim=dense_dim))


Sparse.clone, Sparse.item, Sparse.type, Sparse.to_dense = clone, item, type_, to_dense
Sparse.new_zeros = Sparse.new_empty = Sparse.new = new_zeros
Sparse._like = like
Sparse.sparse_resize_, Sparse.sparse_resize_and_clear_ = sparse_resize_, sparse_resize_and_clear_
Sparse.__deepcopy__, Sparse.__reduce_ex__ = deepcopy, reduce
