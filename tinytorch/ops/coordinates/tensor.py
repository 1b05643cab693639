"""The sparse tensor: a tensor of coordinates, whose values are an ordinary tensor when operations compute with them.

Two nodes join the history of both: `Gathered` leads from a sparse tensor to the values it is made of, `Taken` from
values to the sparse tensor that they are taken of. The gradient of a sparse tensor is sparse, with the same places.
"""

import functools

from tinytorch import errors
from tinytorch.formats import sparse_coo
from tinytorch.graph import Node, edge_of
from tinytorch.modes import levels, mode
from tinytorch.ops.coordinates.array import Coordinates, in_order, keys_of, rows_of, same_places, sorted_keys
from tinytorch.overriding import disabled_torch_function_impl
from tinytorch.printing import sparse_repr
from tinytorch.recording import record
from tinytorch.tensor import Tensor, wrap

NO_STORAGE = "Cannot access data pointer of Tensor that doesn't have storage"


class Sparse(Tensor):
    """A tensor of which only some elements are stored, by their places; all others are 0."""

    __torch_function__ = disabled_torch_function_impl  # it is no class of the user's
    is_sparse = True
    layout = sparse_coo

    def __repr__(self, *, tensor_contents=None):
        return sparse_repr(self, {"indices": indices_of(self), "values": self._values()}, self._nnz(), apart=True)

    # Parts

    def coalesce(self):
        """The same with its places in order, each once: values of one place are added up."""
        return coalesced(self)

    def is_coalesced(self):
        """Whether the places stand in order, each once, so far as is known."""
        return self.array.coalesced

    def indices(self):
        """The places, (sparse_dim, nnz), of a coalesced tensor."""
        if not self.array.coalesced:
            raise uncoalesced("indices")
        return indices_of(self)

    def values(self):
        """The values, (nnz, *dense), of a coalesced tensor, with its history."""
        if not self.array.coalesced:
            raise uncoalesced("values")
        return values_of(self)

    def _indices(self):
        return indices_of(self)

    def _values(self):
        return wrap(self.array.values, self.device)

    def _nnz(self):
        return self.array.indices.shape[1]

    def _coalesced_(self, coalesced):
        self.array.coalesced = bool(coalesced)
        return self

    def sparse_dim(self):
        """How many dimensions are sparse: the first ones."""
        return self.array.sparse_dim

    def dense_dim(self):
        """How many dimensions are dense: the last ones."""
        return self.array.ndim - self.array.sparse_dim

    _dimI, _dimV = sparse_dim, dense_dim

    def stride(self, dim=None):
        """0 for each dimension."""
        return (0,) * self.array.ndim if dim is None else 0

    def is_contiguous(self, memory_format=None):
        """False: there is no memory in order."""
        return False

    # Without history

    def detach(self):
        """The same without history."""
        return wrap_sparse(self.array, self.device, None, self.counter)

    @property
    def data(self):
        """The same without history, whose changes no version counts."""
        return wrap_sparse(self.array, self.device)

    @data.setter
    def data(self, new_data):
        self.array, self.device = new_data.array, new_data.device

    # What there is not

    def numpy(self, *, force=False):
        """A TypeError: NumPy has no sparse arrays."""
        raise TypeError("can't convert Sparse layout tensor to numpy. Use Tensor.to_dense() first.")

    def __array__(self, dtype=None, copy=None):
        self.numpy()

    def tolist(self):
        """A RuntimeError: there is no memory in order."""
        raise RuntimeError(NO_STORAGE)

    data_ptr = tolist

    def contiguous(self, memory_format=None):
        """A RuntimeError: there is no memory in order."""
        raise RuntimeError("unsupported memory format option Contiguous")

    def reshape(self, *shape):
        """A RuntimeError."""
        raise RuntimeError("reshape is not implemented for sparse tensors")

    flatten = reshape

    def __setitem__(self, key, value):
        raise TypeError("Cannot assign to a sparse tensor")

    def expand(self, *sizes):
        """A RuntimeError."""
        raise RuntimeError("expand is unsupported for Sparse tensors")

    repeat = expand


def uncoalesced(what):
    """The refusal of parts whose order nobody knows."""
    return RuntimeError(f"Cannot get {what} on an uncoalesced tensor, please call .coalesce() first")


Sparse.__module__, Sparse.__name__, Sparse.__qualname__ = "torch", "Tensor", "Tensor"


def sparse_of(
    indices, values, shape, coalesced=False, title="SparseCooTensorWithDimsAndTensorsBackward0", form=Coordinates
):
    """The sparse tensor of places, an array, and of values, a tensor, which it remembers; `title` names its node, and
    `form` the class of its coordinates."""
    if any([level.tangent_of(values) is not None for level in levels]):
        raise NotImplementedError("Trying to use forward AD with a sparse tensor, which tinytorch does not support")
    array, device = form(indices, values.array, shape, coalesced), values.device
    edge = edge_of(values) if mode.grad else None
    if edge is None:
        return wrap_sparse(array, device)
    return wrap_sparse(array, device, record(kind(title), (edge,), (indices,), None, array, device))


def wrap_sparse(array, device, history=None, counter=None):
    """A sparse tensor of coordinates, as `wrap` makes others of arrays."""
    made = wrap(array, device, history, counter)
    made.__class__ = array.tensor
    return made


def revived(array, edge, counter, device):
    """Coordinates that were kept for backward as a tensor again, as `graph.revive` makes others."""
    if isinstance(edge, Tensor):
        return edge if edge.array is array else wrap_sparse(array, device, None, counter)
    return wrap_sparse(array, device, edge, counter)


Coordinates.revived, Coordinates.tensor = revived, Sparse


def values_of(input):
    """The values of a sparse tensor, (nnz, *dense), with its history."""
    array, device = input.array, input.device
    edge = edge_of(input) if mode.grad else None
    if edge is None:
        return wrap(array.values, device)
    kept = array.indices, array.shape, array.coalesced, type(array)
    return wrap(array.values, device, record(Taken, (edge,), kept, None, array.values, device))


def indices_of(input):
    """The places of a sparse tensor as a tensor."""
    return wrap(input.array.indices, input.device)


def at_places(dense, indices):
    """The elements of a dense tensor at places, an array: (nnz, *dense)."""
    rows = [wrap(row, dense.device) for row in rows_of(indices)]
    return dense.index_select(0, *rows) if len(rows) == 1 else dense[tuple(rows)]


def looked_up(input, indices):
    """The values of a sparse tensor at places, an array; 0 where it has none."""
    input = coalesced(input)
    array, xp, device = input.array, input.device.xp, input.device
    sizes, values = array.shape[: array.sparse_dim], values_of(input)
    own, wanted = keys_of(xp, array.indices, sizes), keys_of(xp, indices, sizes)
    if not own.size:
        return values.new_zeros((wanted.size, *values.shape[1:]))
    places = xp.minimum(xp.searchsorted(own, wanted), own.size - 1)
    there = wrap(xp.equal(own[places], wanted).reshape(-1, *[1] * (values.ndim - 1)), device)
    return values.index_select(0, wrap(places, device)).where(there, 0)


def coalesced(input):
    """The same with its places in order, each once: values of one place are added up."""
    array = input.array
    if array.coalesced:
        return input
    indices, values = united(input.device.xp, array.indices, values_of(input), array.shape[: array.sparse_dim])
    return sparse_of(indices, values, array.shape, True, "CoalesceBackward0")


def united(xp, indices, values, sizes):
    """Places in order, each once, and the sums of the values there."""
    keys = keys_of(xp, indices, sizes)
    if in_order(xp, keys):
        return indices, values
    keys, order = sorted_keys(xp, keys, sizes)
    first = xp.concatenate([xp.ones(min(keys.size, 1), "bool"), xp.not_equal(keys[1:], keys[:-1])])
    starts = xp.nonzero(first)[0]
    values = values.index_select(0, wrap(order, values.device))
    if starts.size < keys.size:
        number = wrap(xp.subtract(xp.cumsum(first), 1), values.device)
        values = values.new_zeros((starts.size, *values.shape[1:])).index_add(0, number, values)
    return xp.ascontiguousarray(indices[:, order[starts]]), values


# History


class Gathered(Node):
    """What leads from a sparse tensor to its values: their gradient is what its gradient has at its places."""

    __slots__ = ()

    def backward(self, grad, wanted):
        (indices,) = self.args
        if grad._operate is None:
            return [at_places(grad, indices)]
        same = same_places(grad.device.xp, grad.array.indices, indices)  # then entry by entry, also where they repeat
        return [values_of(grad) if same else looked_up(grad, indices)]


class Taken(Node):
    """What leads from the values of a sparse tensor to it: its gradient is theirs, at its places."""

    __slots__ = ()
    title = "Values"

    def backward(self, grad, wanted):
        indices, shape, is_coalesced, form = self.args
        return [sparse_of(indices, grad, shape, is_coalesced, "SparseMaskBackward0", form)]


Taken.__name__ = "ValuesBackward0"


@functools.cache
def kind(title):
    """The class of the nodes that lead from sparse tensors to their values, under one of PyTorch's names."""
    plain = title.rstrip("0123456789").removesuffix("Backward")
    return type(title, (Gathered,), {"__slots__": (), "title": plain})


def replace(out, made):
    """Let a sparse tensor be what another one is, as in-place operations do."""
    if mode.grad and out.needs and out.history is None:
        raise RuntimeError(errors.LEAF)
    (version,) = out.counter
    out.counter[0] = version + 1
    out.array = made.array
    if mode.grad:
        out.history, out.needs = made.history, made.needs
    return out
