"""Sparse matrices by rows (CSR) and by columns (CSC): coordinates under other layouts, whose operations are theirs.

PyTorch stores where each row, or column, begins in the place of its numbers; here that is found when it is asked for.
"""

from tinytorch.creation import as_dtype, sizes
from tinytorch.devices import resolve
from tinytorch.formats import sparse_csc, sparse_csr
from tinytorch.ops.arithmetic import add
from tinytorch.ops.coordinates import making
from tinytorch.ops.coordinates.array import Coordinates, in_order, keys_of
from tinytorch.ops.coordinates.meanings import MEANINGS
from tinytorch.ops.coordinates.moves import transposed
from tinytorch.ops.coordinates.pointwise import OF_EACH, OF_SUMS
from tinytorch.ops.coordinates.products import warn_of_rows
from tinytorch.ops.coordinates.tensor import Sparse, coalesced, replace, sparse_of, values_of
from tinytorch.ops.values import as_tensor
from tinytorch.printing import sparse_repr
from tinytorch.tensor import Tensor, wrap

OTHERS = "add mul mm mv addmm affine sum select unbind basic_index zero copy body_of_transfer any t transpose"
KNOWN = {*OF_SUMS.split(), *OF_EACH.split(), *OTHERS.split()}  # the operations that PyTorch has for these layouts
MATRICES = "{}: tinytorch has matrices of the layout {} alone, no batches and no dense dimensions"


class RowCoordinates(Coordinates):
    """Coordinates whose places stand row by row."""

    __slots__ = ()


class ColumnCoordinates(Coordinates):
    """Coordinates whose places stand column by column."""

    __slots__ = ()


class Compressed(Sparse):
    """A sparse matrix by the dimension `along`; `names` has PyTorch's names of what it stores."""

    is_sparse, along, names = False, 0, ()

    def __repr__(self, *, tensor_contents=None):
        parts = {self.names[0]: borders(self), self.names[1]: others(self), "values": self._values()}
        return sparse_repr(self, parts, self._nnz(), apart=False)

    def values(self):
        """The values, line by line, with their history."""
        return values_of(self)

    def to_sparse(self, sparse_dim=None, *, layout=None, blocksize=None, dense_dim=None):
        """The same by coordinates, or in the layout that is asked for."""
        return self if layout is self.layout else making.to_sparse(as_coordinates(self), sparse_dim, layout=layout)

    def to_sparse_coo(self):
        """The same by coordinates."""
        return as_coordinates(self)

    def numpy(self, *, force=False):
        """A TypeError: NumPy has no sparse arrays."""
        raise TypeError(f"can't convert {title_of(self)} layout tensor to numpy. Use Tensor.to_dense() first.")

    def type(self, dtype=None, non_blocking=False):
        """A RuntimeError without a dtype, as in PyTorch; with one, the matrix as that."""
        if dtype is None:
            raise RuntimeError(f"Unimplemented backend {title_of(self)}CPU")
        return self.to(dtype)

    def _like(self, name, value, dtype, device):
        return as_layout(super()._like(name, value, dtype, device), type(self.array))


class Rows(Compressed):
    """A sparse matrix by rows."""

    is_sparse_csr, layout, names = True, sparse_csr, ("crow_indices", "col_indices")


class Columns(Compressed):
    """A sparse matrix by columns."""

    along, layout, names = 1, sparse_csc, ("ccol_indices", "row_indices")


def borders(self):
    """Where each row, or column, begins among the values, and last how many there are."""
    xp, array = self.device.xp, self.array
    return wrap(xp.searchsorted(array.indices[self.along], xp.arange(array.shape[self.along] + 1)), self.device)


def others(self):
    """The column, or row, of each value."""
    return wrap(self.array.indices[1 - self.along], self.device)


def title_of(matrix):
    """PyTorch's name of a layout in messages: `SparseCsr`."""
    return matrix.layout.name.title().replace("_", "")


def refusal(name):
    """A method that only coordinates have."""

    def refuse(self, *settings):
        raise RuntimeError(f"{name} expected sparse coordinate tensor layout but got {title_of(self)}")

    refuse.__name__, refuse.__doc__ = name, "A RuntimeError for a matrix that is not by coordinates."
    return refuse


for name in ("coalesce", "is_coalesced", "indices", "_indices"):
    setattr(Compressed, name, refusal(name))
for kind, form in ((Rows, RowCoordinates), (Columns, ColumnCoordinates)):
    kind.__module__, kind.__name__, kind.__qualname__, form.tensor = "torch", "Tensor", "Tensor", kind
    setattr(kind, kind.names[0], borders)
    setattr(kind, kind.names[1], others)


# From one layout to another


def as_coordinates(input):
    """A matrix of another layout by coordinates."""
    array = input.array
    return sparse_of(array.indices, values_of(input), array.shape, array.coalesced, "ToSparseBackward0")


def as_layout(input, form, title=None):
    """A matrix by coordinates in another layout; a NotImplementedError for what is no matrix."""
    kind = form.tensor
    name = f"to_{kind.layout.name}"
    if input.array.ndim != 2 or input.array.sparse_dim != 2:
        raise NotImplementedError(MATRICES.format(name, kind.layout))
    found = coalesced(transposed(input, 0, 1) if kind.along else input)
    indices = found.array.indices[::-1] if kind.along else found.array.indices
    title = title or f"To{title_of(kind)}Backward0"
    return sparse_of(indices, values_of(found), input.array.shape, not kind.along, title, form)


def converted(self, form, dense_dim):
    """A tensor, dense or sparse, in a layout; itself if it is so already."""
    if type(self.array) is form:
        return self
    warn_of_rows()
    if dense_dim:
        raise NotImplementedError(MATRICES.format(f"to_{form.tensor.layout.name}", form.tensor.layout))
    return as_layout(making.to_sparse(self) if self._operate is None else self.to_sparse(), form)


def to_sparse_csr(self, dense_dim=None):
    """A matrix by rows; itself if it is one."""
    return converted(self, RowCoordinates, dense_dim)


def to_sparse_csc(self, dense_dim=None):
    """A matrix by columns; itself if it is one."""
    return converted(self, ColumnCoordinates, dense_dim)


def operate(op, args, out):
    """A call of an operation with such a matrix among its arguments, or for `out`: what it gives by coordinates."""
    every = (*args, *(args[op.several] if op.several is not None else ()), out)
    matrix = next(each for each in every if isinstance(each, Compressed))
    if op.name not in KNOWN:
        raise RuntimeError(f"unsupported tensor layout: {title_of(matrix)}")
    if op.name == "sum" and args[1] not in (None, ()) and not args[2]:
        raise RuntimeError("reduction operations on CSR tensors with keepdim=False is unsupported")
    if op.name == "add" and isinstance(args[1], Tensor) and args[1]._operate is None and args[1].ndim:
        return add(args[1], making.to_dense(matrix))
    found = MEANINGS[op.name](*[as_coordinates(each) if isinstance(each, Compressed) else each for each in args])
    if isinstance(found, Sparse) and found.ndim == 2:
        rows = type(matrix.array) is RowCoordinates
        if op.name == "t" or (op.name == "transpose" and (args[1] - args[2]) % 2):
            rows = not rows
        found = as_layout(found, RowCoordinates if rows else ColumnCoordinates, op.node_for(args).__name__)
    return found if out is None else replace(out, found) if isinstance(out, Compressed) else out.copy_(found)


Compressed._operate = staticmethod(operate)


# Of borders, numbers and values


def sparse_csr_tensor(
    crow_indices, col_indices, values, size=None, *, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False, check_invariants=None,
):  # fmt: skip
    """A sparse matrix of where its rows begin among the values, (rows + 1,), their columns, (nnz,), and the values.

    Without a size it has as many columns as are needed. A RuntimeError for what does not fit; a NotImplementedError
    for batches and dense dimensions.
    """
    given = crow_indices, col_indices, values, size, dtype, device, requires_grad, check_invariants
    return compressed(RowCoordinates, *given)


def sparse_csc_tensor(
    ccol_indices, row_indices, values, size=None, *, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False, check_invariants=None,
):  # fmt: skip
    """A sparse matrix of where its columns begin among the values, their rows, and the values."""
    given = ccol_indices, row_indices, values, size, dtype, device, requires_grad, check_invariants
    return compressed(ColumnCoordinates, *given)


def compressed(form, starts, numbers, values, size, dtype, device, requires_grad, check_invariants):
    """A matrix of a layout."""
    warn_of_rows()
    making.warn_of_checks(check_invariants, stacklevel=5)
    along, names = form.tensor.along, form.tensor.names
    name = f"{form.tensor.layout.name}_tensor"
    kind = None if dtype is None else as_dtype(name, dtype)
    place = values.device if device is None and isinstance(values, Tensor) else resolve(device)
    values = as_tensor(values, dtype=kind, device=place)
    starts, numbers = [as_tensor(each, device=place).detach().long().array for each in (starts, numbers)]
    if starts.ndim != 1 or numbers.ndim != 1 or values.ndim != 1:
        raise NotImplementedError(MATRICES.format(name, form.tensor.layout))
    xp, count, lines = place.xp, numbers.size, starts.size - 1
    counts = xp.subtract(starts[1:], starts[:-1])
    if lines < 0 or starts[0].item() or starts[-1].item() != count or (lines and xp.amin(counts).item() < 0):
        raise RuntimeError(f"`{names[0]}[0] == 0` and `{names[0]}[-1] == nnz`, in order, is not satisfied.")
    if values.shape[0] != count:
        raise RuntimeError(f"number of elements in {names[1]} ({count}) and values ({values.shape[0]}) must be equal")
    if size is None:
        most = xp.amax(numbers).item() + 1 if count else 0
        size = (most, lines) if along else (lines, most)
    size = sizes(name, (size,))
    if len(size) != 2 or size[along] != lines:
        raise RuntimeError(f"{names[0]}.shape[-1] must be the size {list(size)} along its dimension, plus one")
    if count and (xp.amin(numbers).item() < 0 or xp.amax(numbers).item() >= size[1 - along]):
        limit = "nrows" if along else "ncols"
        raise RuntimeError(f"`0 <= {names[1]} < {limit}` is not satisfied.")
    rows = xp.repeat(xp.arange(lines), counts)
    indices = xp.stack([numbers, rows] if along else [rows, numbers])
    leaf = requires_grad and not values.requires_grad
    values = values.detach() if leaf else values
    ordered = in_order(xp, keys_of(xp, indices, size))
    made = sparse_of(indices, values, size, ordered, "SparseCompressedTensorBackward0", form)
    return made.requires_grad_() if leaf else made
