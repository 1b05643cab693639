"""How sparse tensors are made of places and values, and of dense ones, and become dense again."""

import math
import warnings

from tinytorch import dtypes
from tinytorch.creation import as_dtype, sizes
from tinytorch.devices import resolve
from tinytorch.formats import sparse_csc, sparse_csr
from tinytorch.operation import Rule, operation
from tinytorch.ops.coordinates.array import in_order, keys_of, places_of
from tinytorch.ops.coordinates.tensor import Sparse, at_places, looked_up, sparse_of, values_of
from tinytorch.ops.join import cat
from tinytorch.ops.values import as_tensor
from tinytorch.tensor import Tensor, wrap

said = []  # not empty once it was said that nobody checks places


class Checks:
    """Whether the places and sizes of new sparse tensors are checked; None until a program says so."""

    enabled = None


def sparse_coo_tensor(
    indices=None, values=None, size=None, *, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False, check_invariants=None, is_coalesced=None,
):  # fmt: skip
    """A sparse tensor of places, (sparse_dim, nnz), and values, (nnz, *dense); values of one place are added up.

    Without a size it is as large as the places need; a size alone, `sparse_coo_tensor((2, 3))`, gives zeros. A
    RuntimeError for places, values and sizes that do not fit.
    """
    warn_of_checks(check_invariants)
    if values is None:
        return empty(indices if size is None else size, dtype, device, requires_grad)
    kind = None if dtype is None else as_dtype("sparse_coo_tensor", dtype)
    given = values if isinstance(values, Tensor) else None
    place = given.device if device is None and given is not None else resolve(device)
    values = as_tensor(values, dtype=kind, device=place)
    indices = as_tensor(indices, device=place).detach()
    if indices.dtype is not dtypes.int64:
        indices = indices.long()
    if is_coalesced is not None and size is None:
        raise RuntimeError("sparse_coo_tensor: is_coalesced needs a size")
    array, xp = indices.array, place.xp
    if size is not None and indices.ndim and values.ndim:
        size = sizes("sparse_coo_tensor", (size,))
        check_dims(array, values, size)
    if indices.ndim != 2:
        raise RuntimeError(f"indices must be sparse_dim x nnz, but got: {list(indices.shape)}")
    check_values(indices, values)
    check = Checks.enabled if check_invariants is None else check_invariants
    if size is None:
        size = smallest(xp, array, values)
    else:
        check_sizes(array, values, size)
        if check:
            check_places(xp, array, size, is_coalesced)
    if requires_grad and not values.requires_grad:
        made = sparse_of(array, values.detach(), size, bool(is_coalesced))
        return made.requires_grad_()
    return sparse_of(array, values, size, bool(is_coalesced))


def warn_of_checks(check_invariants, stacklevel=3):
    """Say once that nothing is checked, if nobody has asked for it or against it."""
    if check_invariants is None and Checks.enabled is None and not said:
        said.append(True)
        warnings.warn(
            "Sparse invariant checks are implicitly disabled. Memory errors (e.g. SEGFAULT) will occur when operating "
            "on a sparse tensor which violates the invariants, but checks incur performance overhead. To silence this "
            "warning, explicitly opt in or out. See `torch.sparse.check_sparse_tensor_invariants.__doc__` for "
            "guidance.  (Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/Context.cpp:816.)",
            UserWarning,
            stacklevel=stacklevel,
        )


def check_values(indices, values):
    """Refuse values that are not as many as the places."""
    if values.ndim == 0:
        raise RuntimeError("Found 0-dimensional values, but a sparse tensor needs one value for each place")
    if indices.shape[1] != values.shape[0]:
        raise RuntimeError(
            f"indices and values must have same nnz, but got nnz from indices: {indices.shape[1]}, nnz from values: "
            f"{values.shape[0]}"
        )


def check_dims(indices, values, size):
    """Refuse a shape of another number of dimensions than places and values have."""
    sparse_dim, dense_dim = indices.shape[0], values.ndim - 1
    if len(size) != sparse_dim + dense_dim:
        raise RuntimeError(
            f"'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = {len(size)}, sparse_dim = "
            f"{sparse_dim}, dense_dim = {dense_dim}"
        )


def check_sizes(indices, values, size):
    """Refuse dense sizes that the values have not."""
    wanted = (values.shape[0], *size[indices.shape[0] :])
    if tuple(values.shape) != wanted:
        raise RuntimeError(f"values has incorrect size, expected {list(wanted)}, got {list(values.shape)}")


def check_places(xp, indices, size, is_coalesced):
    """Refuse places outside the shape, and what is said to be in order and is not."""
    for row, limit in enumerate(size[: indices.shape[0]] if indices.size else ()):  # a dimension each
        least, most = xp.amin(indices[row]).item(), xp.amax(indices[row]).item()
        if least < 0:
            raise RuntimeError(f"found negative index {least} for dim {row}")
        if most >= limit:
            raise RuntimeError(
                f"size is inconsistent with indices: for dim {row}, size is {limit} but found index {most}"
            )
    if is_coalesced and not in_order(xp, keys_of(xp, indices, size[: indices.shape[0]])):
        raise RuntimeError("cannot set is_coalesced to true if indices correspond to uncoalesced COO tensor")


def smallest(xp, indices, values):
    """The smallest shape that has all places."""
    found = []
    for row in range(indices.shape[0]):  # a dimension each
        least = xp.amin(indices[row]).item() if indices.shape[1] else 0
        if least < 0:
            raise RuntimeError(f"found negative index {least} for dim {row}")
        found.append(xp.amax(indices[row]).item() + 1 if indices.shape[1] else 0)
    return (*found, *values.shape[1:])


def empty(size, dtype=None, device=None, requires_grad=False, dense_dim=0):
    """A sparse tensor without values: zeros of a shape."""
    size, place = sizes("sparse_coo_tensor", (size,)), resolve(device)
    kind = dtypes.get_default_dtype() if dtype is None else as_dtype("sparse_coo_tensor", dtype)
    sparse_dim = len(size) - dense_dim
    values = wrap(place.xp.zeros((0, *size[sparse_dim:]), kind.numpy), place)
    made = sparse_of(place.xp.zeros((sparse_dim, 0), "int64"), values, size, True)
    return made.requires_grad_() if requires_grad else made


def empty_like(input, dtype=None, device=None):
    """Zeros in the shape of a sparse tensor."""
    array = input.array
    return empty(array.shape, dtype or input.dtype, device or input.device, dense_dim=array.ndim - array.sparse_dim)


# Of dense ones, and back


def to_sparse(self, sparse_dim=None, *, layout=None, blocksize=None, dense_dim=None):
    """The elements that are not 0, by their places in the first `sparse_dim` dimensions (all of them by default).

    A NotImplementedError for layouts other than `torch.sparse_coo`.
    """
    if isinstance(sparse_dim, type(Sparse.layout)):
        sparse_dim, layout = None, sparse_dim
    if layout in (sparse_csr, sparse_csc):
        return self.to_sparse_csr() if layout is sparse_csr else self.to_sparse_csc()
    if layout not in (None, Sparse.layout):
        raise NotImplementedError(f"to_sparse: tinytorch has no {layout} tensors")
    if self.is_sparse:
        return self
    ndim = self.ndim
    sparse_dim = ndim - (dense_dim or 0) if sparse_dim is None else sparse_dim
    if not 0 <= sparse_dim <= ndim:
        raise RuntimeError(
            f"dense_to_sparse: sparse_dim argument must be in [0,{ndim}] range, but {sparse_dim} is given"
        )
    if ndim and not sparse_dim:
        raise RuntimeError("dense_to_sparse: sparse_dim argument must be in >0 when self.dim()>0")
    xp, array = self.device.xp, self.array
    there = xp.not_equal(array, 0)
    if sparse_dim < ndim:
        there = xp.any(there.reshape(*array.shape[:sparse_dim], -1), -1)
    title = "ToSparseBackward0" if sparse_dim < ndim else "ToSparseBackward1"
    keys = xp.nonzero(there.reshape(-1))[0]
    values = self.reshape(-1, *array.shape[sparse_dim:]).index_select(0, wrap(keys, self.device))
    return sparse_of(places_of(xp, keys, array.shape[:sparse_dim]), values, array.shape, True, title)


@operation(
    Rule(method=False, title="ToDense", linear=True, operands=("values",)),
    values=lambda grad, indices: at_places(grad, indices),
)
def scattered(xp, values, indices, shape):
    """Zeros of a shape with values, (nnz, *dense), added at places, an array (sparse_dim, nnz)."""
    result = xp.zeros(shape, values.dtype)
    add_values(xp, result, values, indices)
    return result


@operation(
    Rule(method=False, title="Add", linear=True, writes=True, in_place=False),
    input=lambda grad: grad,
    values=lambda grad, indices: at_places(grad, indices),
)
def scattered_onto(xp, input, values, indices, out=None):
    """A dense tensor with values, (nnz, *dense), added at places, an array (sparse_dim, nnz)."""
    out = input.copy() if out is None else out
    add_values(xp, out, values, indices)
    return out


def add_values(xp, out, values, indices):
    """Add values at places, one after the other as PyTorch does, to an array."""
    if not values.size:
        return
    count = indices.shape[0]
    keys = keys_of(xp, indices, out.shape[:count])
    width = math.prod(out.shape[count:])
    if not out.flags.c_contiguous:
        flat = out.reshape(-1)  # a copy
        add_values(xp, flat.reshape(out.shape), values, indices)
        out[...] = flat.reshape(out.shape)
        return
    if width > 1 or out.ndim > count:
        keys = xp.add(xp.multiply(keys.reshape(-1, 1), width), xp.arange(width)).reshape(-1)
    xp.ufunc_at("add", out.reshape(-1), keys, xp.ascontiguousarray(values).reshape(-1))


def to_dense(self, dtype=None, *, masked_grad=None):
    """The tensor as a dense one; a RuntimeError for a dtype."""
    if dtype is not None:
        raise RuntimeError("dtype argument is not supported by sparse_to_dense")
    array = self.array
    return scattered(values_of(self), array.indices, array.shape)


def sparse_mask(self, mask):
    """The elements of a tensor, dense or sparse, at the places of a sparse one."""
    if not mask.is_sparse:
        raise RuntimeError("sparse_mask(): expected mask to be a sparse tensor")
    if self.array.shape != mask.array.shape:
        raise RuntimeError(
            f"sparse_mask(): operands have incompatible sizes; self has size {list(self.shape)} but mask has size "
            f"{list(mask.shape)}"
        )
    array = mask.array
    values = looked_up(self, array.indices) if self.is_sparse else at_places(self, array.indices)
    return sparse_of(array.indices, values, array.shape, array.coalesced, "SparseMaskBackward0")


def spdiags(diagonals, offsets, shape, layout=None):
    """The sparse matrix that has the rows of `diagonals` as diagonals at `offsets`; each element keeps its column."""
    offsets = offsets.reshape(-1)
    diagonals = diagonals.reshape(1, -1) if diagonals.ndim == 1 else diagonals
    if len(shape) != 2:
        raise RuntimeError("Output shape must be 2d")
    if offsets.shape[0] != diagonals.shape[0]:
        raise RuntimeError(
            f"Number of diagonals ({diagonals.shape[0]}) does not match the number of offsets ({offsets.shape[0]})"
        )
    device, parts, places = diagonals.device, [], []
    xp = device.xp
    for row, offset in enumerate(offsets.tolist()):
        first, last = max(offset, 0), min(shape[0] + offset, shape[1], diagonals.shape[1])
        columns = xp.arange(first, max(last, first))
        places.append(xp.stack([xp.subtract(columns, offset), columns]))
        parts.append(diagonals[row, first : max(last, first)])
    return sparse_of(xp.concatenate(places, 1), cat(parts), shape, False, "SpdiagsBackward0")
