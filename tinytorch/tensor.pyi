"""What Tensor has once all operations are imported; written by `python -m tests.stubs`, not by hand."""

import builtins
from typing import Any


class Size(tuple[builtins.int, ...]):
    """The shape of a tensor: a tuple that prints as PyTorch's."""

    def numel(self) -> builtins.int:
        """The number of elements."""


class Tensor:
    """A multi-dimensional array of one dtype on one device, which can remember how it was computed."""
    device: Any

    def __new__(cls, *sizes: Any, device: Any = None) -> Tensor: ...
    @property
    def H(self) -> Tensor:
        """A matrix transposed and conjugated."""
    @property
    def T(self) -> Tensor:
        """The dimensions in the reverse order; PyTorch warns where there are not two of them."""
    def __abs__(self, *, out=None) -> Tensor:
        """The distance from 0, a real number; its derivative at 0 is 0."""
    def __add__(self, other) -> Tensor:
        """input + alpha * other; the shapes broadcast."""
    def __and__(self, other) -> Tensor:
        """The bits that both have; of booleans, whether both are true; the shapes broadcast."""
    def __array__(self, dtype=None, copy=None) -> Any:
        """The values as NumPy's functions ask for them: the same memory unless another dtype or a copy is wanted."""
    def __array_wrap__(self, array, context=None, return_scalar=False) -> Tensor:
        """The result of a NumPy function of this tensor, as a tensor."""
    def __bool__(self) -> builtins.bool:
        """Whether the one element is not 0; several elements have no truth value."""
    def __complex__(self) -> builtins.complex:
        """The one element as a complex number."""
    def __contains__(self, element) -> builtins.bool:
        """Whether any element equals a number or a tensor."""
    def __deepcopy__(self, memo) -> Any:
        """A leaf with memory of its own, its gradient and its attributes; a RuntimeError for a result with a history."""
    def __div__(self, other) -> Tensor:
        """input / other, always a fraction: integers give the default float; the shapes broadcast."""
    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None) -> Any:
        """The memory of the tensor as other libraries take it over."""
    def __dlpack_device__(self) -> Any: ...
    def __eq__(self, other) -> Tensor:
        """Whether input == other; nan equals nothing; the shapes broadcast."""
    def __float__(self) -> builtins.float:
        """The one element as a float."""
    def __floordiv__(self, other) -> Tensor:
        """input / other rounded down; the shapes broadcast. A RuntimeError for integers divided by 0, and in backward."""
    def __format__(self, spec) -> builtins.str:
        """As `format` asks: a tensor without dimensions like its number, any other as it prints."""
    def __ge__(self, other) -> Tensor:
        """Whether input >= other; the shapes broadcast."""
    def __getitem__(self, key) -> Tensor:
        """What `key` selects: a view for integers, slices, None and `...`, a copy where tensors are among the indices."""
    def __gt__(self, other) -> Tensor:
        """Whether input > other; the shapes broadcast."""
    def __iadd__(self, other, *, alpha=1, out=None) -> Tensor:
        """input + alpha * other; the shapes broadcast."""
    def __iand__(self, other, *, out=None) -> Tensor:
        """The bits that both have; of booleans, whether both are true; the shapes broadcast."""
    def __idiv__(self, other, *, out=None) -> Tensor:
        """input / other, always a fraction: integers give the default float; the shapes broadcast."""
    def __ifloordiv__(self, other, *, out=None) -> Tensor:
        """input / other rounded down; the shapes broadcast. A RuntimeError for integers divided by 0, and in backward."""
    def __ilshift__(self, other, *, out=None) -> Tensor:
        """The bits of input moved up by other places; the shapes broadcast."""
    def __imod__(self, other, *, out=None) -> Tensor:
        """What `floor_divide` leaves over, with the sign of other; the shapes broadcast."""
    def __imul__(self, other, *, out=None) -> Tensor:
        """input * other; the shapes broadcast."""
    def __index__(self) -> builtins.int:
        """The one element of an integer tensor as an index."""
    def __int__(self) -> builtins.int:
        """The one element as an int, cut off towards 0."""
    def __invert__(self) -> Tensor:
        """The operator ~: bits turned over, or truth."""
    def __ior__(self, other, *, out=None) -> Tensor:
        """The bits that one of both has; of booleans, whether one is true; the shapes broadcast."""
    def __ipow__(self, exponent, *, out=None) -> Tensor:
        """input to the power of exponent; the shapes broadcast. A RuntimeError for integers with a negative number."""
    def __irshift__(self, other, *, out=None) -> Tensor:
        """The bits of input moved down by other places, with its sign kept; the shapes broadcast."""
    def __isub__(self, other, *, alpha=1, out=None) -> Tensor:
        """input - alpha * other; the shapes broadcast. A RuntimeError for booleans."""
    def __iter__(self) -> Any:
        """The parts of the first dimension, one after the other."""
    def __itruediv__(self, other, *, out=None) -> Tensor:
        """input / other, always a fraction: integers give the default float; the shapes broadcast."""
    def __ixor__(self, other, *, out=None) -> Tensor:
        """The bits that exactly one of both has; the shapes broadcast."""
    def __le__(self, other) -> Tensor:
        """Whether input <= other; the shapes broadcast."""
    def __len__(self) -> builtins.int:
        """The size of the first dimension."""
    def __long__(self) -> Tensor:
        """The one element as an int, cut off towards 0."""
    def __lshift__(self, other) -> Tensor:
        """The bits of input moved up by other places; the shapes broadcast."""
    def __lt__(self, other) -> Tensor:
        """Whether input < other; the shapes broadcast."""
    def __matmul__(self, mat2) -> Tensor:
        """The product of two matrices: (n, k) @ (k, m) -> (n, m)."""
    def __mod__(self, other) -> Tensor:
        """What `floor_divide` leaves over, with the sign of other; the shapes broadcast."""
    def __mul__(self, other) -> Tensor:
        """input * other; the shapes broadcast."""
    def __ne__(self, other) -> Tensor:
        """Whether input != other; the shapes broadcast."""
    def __neg__(self, *, out=None) -> Tensor:
        """-input; a RuntimeError for booleans."""
    def __nonzero__(self) -> Tensor:
        """Whether the one element is not 0; several elements have no truth value."""
    def __or__(self, other) -> Tensor:
        """The bits that one of both has; of booleans, whether one is true; the shapes broadcast."""
    def __pos__(self) -> Tensor:
        """The input itself; a RuntimeError for booleans."""
    def __pow__(self, exponent) -> Tensor:
        """input to the power of exponent; the shapes broadcast. A RuntimeError for integers with a negative number."""
    def __radd__(self, other) -> Tensor:
        """input + alpha * other; the shapes broadcast."""
    def __rand__(self, other) -> Tensor:
        """The bits that both have; of booleans, whether both are true; the shapes broadcast."""
    def __rdiv__(self, other) -> Tensor: ...
    def __reduce_ex__(self, protocol) -> Any:
        """Helper for pickle."""
    def __repr__(self, *, tensor_contents=None) -> builtins.str:
        """Return repr(self)."""
    def __reversed__(self) -> Tensor: ...
    def __rfloordiv__(self, other) -> Tensor: ...
    def __rlshift__(self, other) -> Tensor: ...
    def __rmatmul__(self, other) -> Tensor:
        """other @ self."""
    def __rmod__(self, other) -> Tensor: ...
    def __rmul__(self, other) -> Tensor:
        """input * other; the shapes broadcast."""
    def __ror__(self, other) -> Tensor:
        """The bits that one of both has; of booleans, whether one is true; the shapes broadcast."""
    def __rpow__(self, other) -> Tensor: ...
    def __rrshift__(self, other) -> Tensor: ...
    def __rshift__(self, other) -> Tensor:
        """The bits of input moved down by other places, with its sign kept; the shapes broadcast."""
    def __rsub__(self, other) -> Tensor:
        """other - alpha * input; the shapes broadcast. A RuntimeError for booleans."""
    def __rtruediv__(self, other) -> Tensor: ...
    def __rxor__(self, other) -> Tensor:
        """The bits that exactly one of both has; the shapes broadcast."""
    def __setitem__(self, key, value) -> None:
        """Write a tensor or a number to what `key` selects."""
    def __sub__(self, other) -> Tensor:
        """input - alpha * other; the shapes broadcast. A RuntimeError for booleans."""
    def __truediv__(self, other) -> Tensor:
        """input / other, always a fraction: integers give the default float; the shapes broadcast."""
    def __xor__(self, other) -> Tensor:
        """The bits that exactly one of both has; the shapes broadcast."""
    @property
    def _base(self) -> Tensor | None: ...
    def _is_view(self) -> builtins.bool: ...
    @property
    def _version(self) -> builtins.int: ...
    def abs(self, *, out=None) -> Tensor:
        """The distance from 0, a real number; its derivative at 0 is 0."""
    def abs_(self, *, out=None) -> Tensor:
        """The distance from 0, a real number; its derivative at 0 is 0."""
    def absolute(self, *, out=None) -> Tensor:
        """The distance from 0, a real number; its derivative at 0 is 0."""
    def absolute_(self, *, out=None) -> Tensor:
        """The distance from 0, a real number; its derivative at 0 is 0."""
    def acos(self, *, out=None) -> Tensor:
        """The angle in radians whose cosine is input; nan beyond -1 and 1."""
    def acos_(self, *, out=None) -> Tensor:
        """The angle in radians whose cosine is input; nan beyond -1 and 1."""
    def acosh(self, *, out=None) -> Tensor:
        """The number whose hyperbolic cosine is input; nan below 1."""
    def acosh_(self, *, out=None) -> Tensor:
        """The number whose hyperbolic cosine is input; nan below 1."""
    def add(self, other, *, alpha=1, out=None) -> Tensor:
        """input + alpha * other; the shapes broadcast."""
    def add_(self, other, *, alpha=1, out=None) -> Tensor:
        """input + alpha * other; the shapes broadcast."""
    def addbmm(self, batch1, batch2, *, beta=1, alpha=1, out=None) -> Tensor:
        """beta * input + alpha * the sum of batch1 @ batch2 over the batch: (b, n, k), (b, k, m) -> (n, m)."""
    def addbmm_(self, batch1, batch2, *, beta=1, alpha=1, out=None) -> Tensor:
        """beta * input + alpha * the sum of batch1 @ batch2 over the batch: (b, n, k), (b, k, m) -> (n, m)."""
    def addcdiv(self, tensor1, tensor2, *, value=1, out=None) -> Tensor:
        """input + value * tensor1 / tensor2; the shapes broadcast. A RuntimeError for integers."""
    def addcdiv_(self, tensor1, tensor2, *, value=1, out=None) -> Tensor:
        """input + value * tensor1 / tensor2; the shapes broadcast. A RuntimeError for integers."""
    def addcmul(self, tensor1, tensor2, *, value=1, out=None) -> Tensor:
        """input + value * tensor1 * tensor2; the shapes broadcast."""
    def addcmul_(self, tensor1, tensor2, *, value=1, out=None) -> Tensor:
        """input + value * tensor1 * tensor2; the shapes broadcast."""
    def addmm(self, mat1, mat2, *, beta=1, alpha=1, out=None) -> Tensor:
        """beta * input + alpha * mat1 @ mat2: (n, k) and (k, m); the input broadcasts to (n, m)."""
    def addmm_(self, mat1, mat2, *, beta=1, alpha=1, out=None) -> Tensor:
        """beta * input + alpha * mat1 @ mat2: (n, k) and (k, m); the input broadcasts to (n, m)."""
    def addmv(self, mat, vec, *, beta=1, alpha=1, out=None) -> Tensor:
        """beta * input + alpha * mat @ vec: (n, k) and (k,); the input broadcasts to (n,)."""
    def addmv_(self, mat, vec, *, beta=1, alpha=1, out=None) -> Tensor:
        """beta * input + alpha * mat @ vec: (n, k) and (k,); the input broadcasts to (n,)."""
    def addr(self, vec1, vec2, *, beta=1, alpha=1, out=None) -> Tensor:
        """beta * input + alpha * the products of all pairs: (n,) and (m,); the input broadcasts to (n, m)."""
    def addr_(self, vec1, vec2, *, beta=1, alpha=1, out=None) -> Tensor:
        """beta * input + alpha * the products of all pairs: (n,) and (m,); the input broadcasts to (n, m)."""
    def adjoint(self) -> Tensor:
        """Matrices, or a batch of them, transposed and conjugated."""
    def all(self, dim=None, keepdim=False, *, out=None) -> Tensor:
        """Whether no element is 0, over `dim` or over all dimensions; uint8 gives uint8."""
    def allclose(self, other, rtol=..., atol=..., equal_nan=False) -> builtins.bool:
        """Whether all elements are close, as a bool."""
    def amax(self, dim=(), keepdim=False, *, out=None) -> Tensor:
        """The largest element over `dim`, or over all dimensions; nan if there is one. Equal ones share the gradient."""
    def amin(self, dim=(), keepdim=False, *, out=None) -> Tensor:
        """The smallest element over `dim`, or over all dimensions; nan if there is one. Equal ones share the gradient."""
    def aminmax(self, *, dim=None, keepdim=False, out=None) -> tuple[Tensor, ...]:
        """The smallest and the largest element, of all or along `dim`, as (min, max)."""
    def angle(self, *, out=None) -> Tensor:
        """The angle of a complex number in radians; of a real one 0, pi below 0, or nan."""
    def any(self, dim=None, keepdim=False, *, out=None) -> Tensor:
        """Whether one element is not 0, over `dim` or over all dimensions; uint8 gives uint8."""
    def apply_(self, callable) -> Tensor:
        """Each element in the place of what a Python function makes of it; slow, and on the CPU only."""
    def arccos(self, *, out=None) -> Tensor:
        """The angle in radians whose cosine is input; nan beyond -1 and 1."""
    def arccos_(self, *, out=None) -> Tensor:
        """The angle in radians whose cosine is input; nan beyond -1 and 1."""
    def arccosh(self, *, out=None) -> Tensor:
        """The number whose hyperbolic cosine is input; nan below 1."""
    def arccosh_(self, *, out=None) -> Tensor:
        """The number whose hyperbolic cosine is input; nan below 1."""
    def arcsin(self, *, out=None) -> Tensor:
        """The angle in radians whose sine is input; nan beyond -1 and 1."""
    def arcsin_(self, *, out=None) -> Tensor:
        """The angle in radians whose sine is input; nan beyond -1 and 1."""
    def arcsinh(self, *, out=None) -> Tensor:
        """The number whose hyperbolic sine is input."""
    def arcsinh_(self, *, out=None) -> Tensor:
        """The number whose hyperbolic sine is input."""
    def arctan(self, *, out=None) -> Tensor:
        """The angle in radians whose tangent is input."""
    def arctan2(self, other, *, out=None) -> Tensor:
        """The angle in radians, between -pi and pi, of the point (other, input); the shapes broadcast."""
    def arctan2_(self, other, *, out=None) -> Tensor:
        """The angle in radians, between -pi and pi, of the point (other, input); the shapes broadcast."""
    def arctan_(self, *, out=None) -> Tensor:
        """The angle in radians whose tangent is input."""
    def arctanh(self, *, out=None) -> Tensor:
        """The number whose hyperbolic tangent is input; nan beyond -1 and 1."""
    def arctanh_(self, *, out=None) -> Tensor:
        """The number whose hyperbolic tangent is input; nan beyond -1 and 1."""
    def argmax(self, dim=None, keepdim=False, *, out=None) -> Tensor:
        """Where the largest element stands along `dim`, or among all: the first of equal ones; nan is largest."""
    def argmin(self, dim=None, keepdim=False, *, out=None) -> Tensor:
        """Where the smallest element stands along `dim`, or among all: the first of equal ones; nan is smallest."""
    def argsort(self, dim=-1, descending=False, stable=False, *, out=None) -> Tensor:
        """The indices that put the elements of `dim` in order; equal ones keep theirs, NaN counts as the largest."""
    def argwhere(self) -> Tensor:
        """The places of the elements that are not 0, a row each: (n, dimensions)."""
    def as_strided(self, size, stride, storage_offset=None) -> Tensor:
        """A view of any shape and strides, in elements, of the memory under a tensor, from the element `storage_offset` on."""
    def as_strided_(self, *settings, **named) -> Tensor:
        """A view of any shape and strides, in elements, of the memory under a tensor, from the element `storage_offset` on."""
    def as_strided_scatter(self, src, size, stride, storage_offset=None) -> Tensor:
        """The input with `src` in the place of what `as_strided` would show of it."""
    def as_subclass(self, cls) -> Any:
        """The same memory and history as a tensor of a subclass, whose `__init__` does not run."""
    def asin(self, *, out=None) -> Tensor:
        """The angle in radians whose sine is input; nan beyond -1 and 1."""
    def asin_(self, *, out=None) -> Tensor:
        """The angle in radians whose sine is input; nan beyond -1 and 1."""
    def asinh(self, *, out=None) -> Tensor:
        """The number whose hyperbolic sine is input."""
    def asinh_(self, *, out=None) -> Tensor:
        """The number whose hyperbolic sine is input."""
    def atan(self, *, out=None) -> Tensor:
        """The angle in radians whose tangent is input."""
    def atan2(self, other, *, out=None) -> Tensor:
        """The angle in radians, between -pi and pi, of the point (other, input); the shapes broadcast."""
    def atan2_(self, other, *, out=None) -> Tensor:
        """The angle in radians, between -pi and pi, of the point (other, input); the shapes broadcast."""
    def atan_(self, *, out=None) -> Tensor:
        """The angle in radians whose tangent is input."""
    def atanh(self, *, out=None) -> Tensor:
        """The number whose hyperbolic tangent is input; nan beyond -1 and 1."""
    def atanh_(self, *, out=None) -> Tensor:
        """The number whose hyperbolic tangent is input; nan beyond -1 and 1."""
    def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None) -> None:
        """Add the gradients of this tensor to the `.grad` of the leaves that led to it, or of `inputs` alone."""
    def baddbmm(self, batch1, batch2, *, beta=1, alpha=1, out=None) -> Tensor:
        """beta * input + alpha * batch1 @ batch2: (b, n, k) and (b, k, m); the input broadcasts to (b, n, m)."""
    def baddbmm_(self, batch1, batch2, *, beta=1, alpha=1, out=None) -> Tensor:
        """beta * input + alpha * batch1 @ batch2: (b, n, k) and (b, k, m); the input broadcasts to (b, n, m)."""
    def bernoulli(self, p=None, *, generator=None, out=None) -> Tensor:
        """Ones with the probabilities that a tensor holds, or all with probability `p`; zeros otherwise."""
    def bernoulli_(self, p=..., *, generator=None) -> Tensor:
        """Fill with ones with probability `p`, one for all or a tensor of one each, and zeros otherwise."""
    def bfloat16(self, memory_format=None) -> Tensor:
        """The tensor as bfloat16; itself if it is that already."""
    def bincount(self, weights=None, minlength=0, *, out=None) -> Tensor:
        """How often each number from 0 on stands in a vector of integers, or the sum of the weights where it stands."""
    def bitwise_and(self, other, *, out=None) -> Tensor:
        """The bits that both have; of booleans, whether both are true; the shapes broadcast."""
    def bitwise_and_(self, other, *, out=None) -> Tensor:
        """The bits that both have; of booleans, whether both are true; the shapes broadcast."""
    def bitwise_left_shift(self, other, *, out=None) -> Tensor:
        """The bits of input moved up by other places; the shapes broadcast."""
    def bitwise_left_shift_(self, other, *, out=None) -> Tensor:
        """The bits of input moved up by other places; the shapes broadcast."""
    def bitwise_not(self, *, out=None) -> Tensor:
        """All bits turned over; of booleans, whether they are false."""
    def bitwise_not_(self, *, out=None) -> Tensor:
        """All bits turned over; of booleans, whether they are false."""
    def bitwise_or(self, other, *, out=None) -> Tensor:
        """The bits that one of both has; of booleans, whether one is true; the shapes broadcast."""
    def bitwise_or_(self, other, *, out=None) -> Tensor:
        """The bits that one of both has; of booleans, whether one is true; the shapes broadcast."""
    def bitwise_right_shift(self, other, *, out=None) -> Tensor:
        """The bits of input moved down by other places, with its sign kept; the shapes broadcast."""
    def bitwise_right_shift_(self, other, *, out=None) -> Tensor:
        """The bits of input moved down by other places, with its sign kept; the shapes broadcast."""
    def bitwise_xor(self, other, *, out=None) -> Tensor:
        """The bits that exactly one of both has; the shapes broadcast."""
    def bitwise_xor_(self, other, *, out=None) -> Tensor:
        """The bits that exactly one of both has; the shapes broadcast."""
    def bmm(self, mat2, *, out=None) -> Tensor:
        """The products of two batches of matrices: (b, n, k) @ (b, k, m) -> (b, n, m)."""
    def bool(self, memory_format=None) -> Tensor:
        """The tensor as bool; itself if it is that already."""
    def broadcast_to(self, *sizes, size=()) -> Tensor:
        """The tensor expanded to a shape, as a view."""
    def byte(self, memory_format=None) -> Tensor:
        """The tensor as uint8; itself if it is that already."""
    def cauchy_(self, median=0, sigma=1, *, generator=None) -> Tensor:
        """Fill with numbers of the Cauchy distribution."""
    def ccol_indices(self) -> Any:
        """A RuntimeError, as the tensor is no sparse column compressed tensor."""
    def cdouble(self, memory_format=None) -> Tensor:
        """The tensor as complex128; itself if it is that already."""
    def ceil(self, *, out=None) -> Tensor:
        """The smallest whole number that is not below input."""
    def ceil_(self, *, out=None) -> Tensor:
        """The smallest whole number that is not below input."""
    def cfloat(self, memory_format=None) -> Tensor:
        """The tensor as complex64; itself if it is that already."""
    def char(self, memory_format=None) -> Tensor:
        """The tensor as int8; itself if it is that already."""
    def cholesky(self, upper=False, *, out=None) -> Any:
        """The lower triangular factors L of L @ L.mH = input, or the upper ones R of R.mH @ R = input."""
    def cholesky_inverse(self, upper=False, *, out=None) -> Any:
        """The inverse of A, where A = L @ L.mH for the factor L = input, or R.mH @ R for `upper`."""
    def cholesky_solve(self, input2, upper=False, *, out=None) -> Any:
        """The solutions X of A @ X = input, where A = L @ L.mH for the factor L = input2, or R.mH @ R for `upper`."""
    def chunk(self, chunks, dim=0) -> tuple[Tensor, ...]:
        """At most `chunks` parts of one size along `dim`, the last perhaps smaller, as a tuple of views."""
    def clamp(self, min=None, max=None, *, out=None) -> Tensor:
        """input between min and max, numbers or tensors; max where min is larger; nan stays. The shapes broadcast."""
    def clamp_(self, min=None, max=None, *, out=None) -> Tensor:
        """input between min and max, numbers or tensors; max where min is larger; nan stays. The shapes broadcast."""
    def clamp_max(self, max, *, out=None) -> Tensor:
        """input, but at most max; nan stays; the shapes broadcast."""
    def clamp_max_(self, max, *, out=None) -> Tensor:
        """input, but at most max; nan stays; the shapes broadcast."""
    def clamp_min(self, min, *, out=None) -> Tensor:
        """input, but at least min; nan stays; the shapes broadcast."""
    def clamp_min_(self, min, *, out=None) -> Tensor:
        """input, but at least min; nan stays; the shapes broadcast."""
    def clip(self, min=None, max=None, *, out=None) -> Tensor:
        """input between min and max, numbers or tensors; max where min is larger; nan stays. The shapes broadcast."""
    def clip_(self, min=None, max=None, *, out=None) -> Tensor:
        """input between min and max, numbers or tensors; max where min is larger; nan stays. The shapes broadcast."""
    def clone(self, *, memory_format=None) -> Tensor:
        """A copy without gaps, whose dimensions stand in memory in the same order, or as a format says."""
    def coalesce(self) -> Any:
        """A RuntimeError, as the tensor is no sparse coordinate tensor."""
    def col_indices(self) -> Any:
        """A RuntimeError, as the tensor is no sparse row compressed tensor."""
    def conj(self) -> Tensor:
        """The complex conjugate; a real tensor is given back as it is."""
    def conj_physical(self, *, out=None) -> Tensor:
        """The complex conjugate; a real tensor is given back as it is."""
    def conj_physical_(self, *, out=None) -> Tensor:
        """The complex conjugate."""
    def contiguous(self, memory_format=...) -> Tensor:
        """The tensor itself if its elements lie row by row, or as the format says; a copy that does so otherwise."""
    def copy_(self, src, non_blocking=False, *, out=None) -> Tensor:
        """The values of `src`, broadcast and cast, in the place of the input's; a real tensor takes real parts."""
    def copysign(self, other, *, out=None) -> Tensor:
        """The size of input with the sign of other; the shapes broadcast."""
    def copysign_(self, other, *, out=None) -> Tensor:
        """The size of input with the sign of other; the shapes broadcast."""
    def corrcoef(self) -> Tensor:
        """The correlations of the rows of a matrix: their covariances over the roots of both variances."""
    def cos(self, *, out=None) -> Tensor:
        """The cosine of an angle in radians."""
    def cos_(self, *, out=None) -> Tensor:
        """The cosine of an angle in radians."""
    def cosh(self, *, out=None) -> Tensor:
        """The hyperbolic cosine."""
    def cosh_(self, *, out=None) -> Tensor:
        """The hyperbolic cosine."""
    def count_nonzero(self, dim=None, *, out=None) -> Tensor:
        """How many elements are not 0, over `dim` or over all dimensions."""
    def cov(self, *, correction=1, fweights=None, aweights=None) -> Tensor:
        """The covariances of the rows of a matrix, whose columns are observations: (n, m) -> (n, n)."""
    def cpu(self, memory_format=None) -> Tensor:
        """The tensor on the CPU."""
    def cross(self, other, dim=None, *, out=None) -> Tensor:
        """As `linalg.cross`, along the first dimension of three elements if no `dim` is given."""
    def crow_indices(self) -> Any:
        """A RuntimeError, as the tensor is no sparse row compressed tensor."""
    def cuda(self, device=None, non_blocking=False, memory_format=None) -> Tensor:
        """The tensor on a GPU, the current one unless a device is given."""
    def cummax(self, dim, *, out=None) -> tuple[Tensor, ...]:
        """The maximum of all elements up to each along `dim`, with its last index; nan wins."""
    def cummin(self, dim, *, out=None) -> tuple[Tensor, ...]:
        """The minimum of all elements up to each along `dim`, with its last index; nan wins."""
    def cumprod(self, dim, *, dtype=None, out=None) -> Tensor:
        """The products of all elements up to each along `dim`; integers and booleans multiply to int64."""
    def cumprod_(self, dim, *, dtype=None) -> Tensor:
        """The tensor replaced by its running products along `dim`."""
    def cumsum(self, dim, *, dtype=None, out=None) -> Tensor:
        """The sums of all elements up to each along `dim`; integers and booleans add up to int64."""
    def cumsum_(self, dim, *, dtype=None) -> Tensor:
        """The tensor replaced by its running sums along `dim`."""
    @property
    def data(self) -> Tensor:
        """The same memory as a tensor without history, whose changes no version counts."""
    @data.setter
    def data(self, value: Any) -> None: ...
    def data_ptr(self) -> builtins.int:
        """The address of the first element."""
    def deg2rad(self, *, out=None) -> Tensor:
        """Degrees as radians."""
    def deg2rad_(self, *, out=None) -> Tensor:
        """Degrees as radians."""
    def dense_dim(self) -> Any:
        """How many dimensions are dense: all."""
    def det(self) -> Any:
        """The determinants of square matrices, as `linalg.det`."""
    def detach(self) -> Tensor:
        """The same memory without history; its version is counted together with the original's."""
    def detach_(self) -> Tensor:
        """Forget the history; a RuntimeError for a view, whose history is its base's."""
    def diag(self, diagonal=0, *, out=None) -> Tensor:
        """A matrix with a vector on a diagonal, or a copy of the diagonal of a matrix."""
    def diag_embed(self, offset=0, dim1=-2, dim2=-1, *, out=None) -> Tensor:
        """Matrices of zeros with the last dimension of the input on a diagonal; they are the dimensions `dim1` and `dim2`."""
    def diagflat(self, offset=0) -> Tensor:
        """A matrix with all elements of the input on a diagonal."""
    def diagonal(self, offset=0, dim1=0, dim2=1, *, out=None) -> Tensor:
        """The diagonal of two dimensions as the last one; `offset` moves it to the right, or down where it is negative."""
    def diagonal_scatter(self, src, offset=0, dim1=0, dim2=1, *, out=None) -> Tensor:
        """The input with `src` on the diagonal of two of its dimensions."""
    def diff(self, n=1, dim=-1, prepend=None, append=None, *, out=None) -> Tensor:
        """The differences of neighbours along `dim`, `n` times; of booleans, whether they differ."""
    def digamma(self, *, out=None) -> Tensor:
        """The derivative of lgamma; -inf at 0, inf at -0, nan at the whole numbers below."""
    def digamma_(self, *, out=None) -> Tensor:
        """The derivative of lgamma; -inf at 0, inf at -0, nan at the whole numbers below."""
    def dim(self) -> builtins.int:
        """The number of dimensions."""
    def dim_order(self, *, ambiguity_check=False) -> Any:
        """The dimensions from the outermost in memory inwards; a RuntimeError, if asked for, where another order would do."""
    def dist(self, other, p=2) -> Tensor:
        """The norm of order `p` of input - other, whose shapes broadcast."""
    def div(self, other, *, rounding_mode=None, out=None) -> Tensor:
        """input / other: a fraction, or rounded with `rounding_mode` "trunc" (towards 0) or "floor"; the shapes broadcast."""
    def div_(self, other, *, rounding_mode=None) -> Tensor:
        """The tensor divided in-place, as `divide` does."""
    def divide(self, other, *, rounding_mode=None, out=None) -> Tensor:
        """input / other: a fraction, or rounded with `rounding_mode` "trunc" (towards 0) or "floor"; the shapes broadcast."""
    def divide_(self, other, *, rounding_mode=None) -> Tensor:
        """The tensor divided in-place, as `divide` does."""
    def dot(self, tensor, *, out=None) -> Tensor:
        """The sum of the products of two vectors: (n,) @ (n,) -> ()."""
    def double(self, memory_format=None) -> Tensor:
        """The tensor as float64; itself if it is that already."""
    def dsplit(self, indices_or_sections, *more) -> tuple[Tensor, ...]:
        """Parts along dimension 2, as views; a number of parts must divide its size."""
    @property
    def dtype(self) -> Any:
        """The type of the elements, such as `torch.float32`."""
    def element_size(self) -> builtins.int:
        """The bytes of one element."""
    def eq(self, other, *, out=None) -> Tensor:
        """Whether input == other; nan equals nothing; the shapes broadcast."""
    def eq_(self, other, *, out=None) -> Tensor:
        """Whether input == other; nan equals nothing; the shapes broadcast."""
    def equal(self, other) -> builtins.bool:
        """Whether two tensors have the same shape and elements, as a bool."""
    def erf(self, *, out=None) -> Tensor:
        """The error function, 2 / sqrt(pi) times the integral of exp(-t * t) from 0 to the input."""
    def erf_(self, *, out=None) -> Tensor:
        """The error function, 2 / sqrt(pi) times the integral of exp(-t * t) from 0 to the input."""
    def erfc(self, *, out=None) -> Tensor:
        """1 - erf(input), exact where erf is near 1."""
    def erfc_(self, *, out=None) -> Tensor:
        """1 - erf(input), exact where erf is near 1."""
    def erfinv(self, *, out=None) -> Tensor:
        """The number whose error function is input; infinite at -1 and 1, nan beyond."""
    def erfinv_(self, *, out=None) -> Tensor:
        """The number whose error function is input; infinite at -1 and 1, nan beyond."""
    def exp(self, *, out=None) -> Tensor:
        """e to the power of each element."""
    def exp2(self, *, out=None) -> Tensor:
        """2 to the power of each element."""
    def exp2_(self, *, out=None) -> Tensor:
        """2 to the power of each element."""
    def exp_(self, *, out=None) -> Tensor:
        """e to the power of each element."""
    def expand(self, *sizes, **named) -> Tensor:
        """The input repeated along dimensions of size 1 and along new ones in front, without copying; -1 keeps a size."""
    def expand_as(self, other) -> Tensor:
        """The tensor expanded to the shape of another, as a view."""
    def expm1(self, *, out=None) -> Tensor:
        """exp(input) - 1, exact near 0."""
    def expm1_(self, *, out=None) -> Tensor:
        """exp(input) - 1, exact near 0."""
    def exponential_(self, lambd=1, *, generator=None) -> Tensor:
        """Fill with waiting times of mean 1 / lambd."""
    def fill_(self, value, *, out=None) -> Tensor:
        """One value in the place of all elements."""
    def fill_diagonal_(self, fill_value, wrap=False) -> Tensor:
        """Write one number to the diagonal; in a matrix with more rows than columns `wrap` begins again below the last."""
    def fix(self, *, out=None) -> Tensor:
        """The whole number next to input on the side of 0."""
    def fix_(self, *, out=None) -> Tensor:
        """The whole number next to input on the side of 0."""
    def flatten(self, start_dim=0, end_dim=-1) -> Tensor:
        """The dimensions from `start_dim` to `end_dim` as one; a number becomes a vector. A view where memory allows it."""
    def flip(self, *places, dims=None) -> Tensor:
        """A copy with the order of elements reversed along `dims`, which may be given as separate numbers."""
    def fliplr(self) -> Tensor:
        """A copy with the columns in the reverse order."""
    def flipud(self) -> Tensor:
        """A copy with the rows in the reverse order."""
    def float(self, memory_format=None) -> Tensor:
        """The tensor as float32; itself if it is that already."""
    def float_power(self, exponent, *, out=None) -> Tensor:
        """input to the power of exponent, both in double precision."""
    def float_power_(self, exponent) -> Tensor:
        """The tensor, which has to be of double precision, to the power of exponent, in-place."""
    def floor(self, *, out=None) -> Tensor:
        """The largest whole number that is not above input."""
    def floor_(self, *, out=None) -> Tensor:
        """The largest whole number that is not above input."""
    def floor_divide(self, other, *, out=None) -> Tensor:
        """input / other rounded down; the shapes broadcast. A RuntimeError for integers divided by 0, and in backward."""
    def floor_divide_(self, other, *, out=None) -> Tensor:
        """input / other rounded down; the shapes broadcast. A RuntimeError for integers divided by 0, and in backward."""
    def fmax(self, other, *, out=None) -> Tensor:
        """The larger of both, or the other if one is nan; the shapes broadcast."""
    def fmin(self, other, *, out=None) -> Tensor:
        """The smaller of both, or the other if one is nan; the shapes broadcast."""
    def fmod(self, other, *, out=None) -> Tensor:
        """What division rounded towards 0 leaves over, with the sign of input; the shapes broadcast."""
    def fmod_(self, other, *, out=None) -> Tensor:
        """What division rounded towards 0 leaves over, with the sign of input; the shapes broadcast."""
    def frac(self, *, out=None) -> Tensor:
        """input - trunc(input), with the sign of input."""
    def frac_(self, *, out=None) -> Tensor:
        """input - trunc(input), with the sign of input."""
    def frexp(self, *, out=None) -> tuple[Tensor, ...]:
        """Mantissas, from 0.5 up to 1 in size, and exponents with input = mantissa * 2 ** exponent."""
    def gather(self, dim, index, *, sparse_grad=False, out=None) -> Tensor:
        """The elements at `index` along `dim`: result[i][j] = input[index[i][j]][j] for dim 0; the shape is the index's."""
    def gcd(self, other, *, out=None) -> Tensor:
        """The greatest common divisor, not below 0; that of 0 and 0 is 0; the shapes broadcast."""
    def gcd_(self, other, *, out=None) -> Tensor:
        """The greatest common divisor, not below 0; that of 0 and 0 is 0; the shapes broadcast."""
    def ge(self, other, *, out=None) -> Tensor:
        """Whether input >= other; the shapes broadcast."""
    def ge_(self, other, *, out=None) -> Tensor:
        """Whether input >= other; the shapes broadcast."""
    def geometric_(self, p, *, generator=None) -> Tensor:
        """Fill with how many trials of probability `p` it takes to the first success."""
    def geqrf(self, *, out=None) -> tuple[Tensor, ...]:
        """R in the upper triangle of `a`, below it the vectors of the reflections whose product is Q, and their `tau`."""
    def ger(self, vec2, *, out=None) -> Tensor:
        """The products of all pairs of elements of two vectors: (n,) and (m,) -> (n, m)."""
    def get_device(self) -> builtins.int:
        """The number of the GPU, or -1 for the CPU."""
    @property
    def grad(self) -> Tensor | None:
        """The gradient that backward added up, or None; its shape, dtype and device are the tensor's."""
    @grad.setter
    def grad(self, value: Any) -> None: ...
    @property
    def grad_fn(self) -> Any:
        """The node that made this tensor, or None for a leaf."""
    def greater(self, other, *, out=None) -> Tensor:
        """Whether input > other; the shapes broadcast."""
    def greater_(self, other, *, out=None) -> Tensor:
        """Whether input > other; the shapes broadcast."""
    def greater_equal(self, other, *, out=None) -> Tensor:
        """Whether input >= other; the shapes broadcast."""
    def greater_equal_(self, other, *, out=None) -> Tensor:
        """Whether input >= other; the shapes broadcast."""
    def gt(self, other, *, out=None) -> Tensor:
        """Whether input > other; the shapes broadcast."""
    def gt_(self, other, *, out=None) -> Tensor:
        """Whether input > other; the shapes broadcast."""
    def half(self, memory_format=None) -> Tensor:
        """The tensor as float16; itself if it is that already."""
    def hardshrink(self, lambd=..., *, out=None) -> Tensor:
        """0 between -lambd and lambd, and input elsewhere."""
    def heaviside(self, values, *, out=None) -> Tensor:
        """0 below 0, 1 above, and at 0 the element of values; of nan 0; the shapes broadcast."""
    def heaviside_(self, values, *, out=None) -> Tensor:
        """0 below 0, 1 above, and at 0 the element of values; of nan 0; the shapes broadcast."""
    def histc(self, bins=100, min=0, max=0, *, out=None) -> Tensor:
        """How many elements stand in each of `bins` intervals of one width between `min` and `max`; where these are equal, between the smallest and the largest element. Others do not count."""
    def histogram(self, bins=100, *, range=None, weight=None, density=False, out=None) -> tuple[Tensor, ...]:
        """How many elements, or how much of their weight, stands between neighbours among edges: (hist, bin_edges)."""
    def hsplit(self, indices_or_sections, *more) -> tuple[Tensor, ...]:
        """Parts along dimension 0, as views; of vectors along their only one; a number of parts must divide its size."""
    def hypot(self, other, *, out=None) -> Tensor:
        """The square root of input * input + other * other, without overflow; the shapes broadcast."""
    def hypot_(self, other, *, out=None) -> Tensor:
        """The square root of input * input + other * other, without overflow; the shapes broadcast."""
    def i0(self, *, out=None) -> Tensor:
        """The modified function of the first kind and order 0."""
    def i0_(self, *, out=None) -> Tensor:
        """The modified function of the first kind and order 0."""
    def igamma(self, other, *, out=None) -> Tensor:
        """The integral of t ** (input - 1) * exp(-t) from 0 to other, over gamma(input); the shapes broadcast."""
    def igamma_(self, other, *, out=None) -> Tensor:
        """The integral of t ** (input - 1) * exp(-t) from 0 to other, over gamma(input); the shapes broadcast."""
    def igammac(self, other, *, out=None) -> Tensor:
        """1 - igamma(input, other), exact where igamma is near 1; the shapes broadcast."""
    def igammac_(self, other, *, out=None) -> Tensor:
        """1 - igamma(input, other), exact where igamma is near 1; the shapes broadcast."""
    @property
    def imag(self) -> Tensor:
        """The imaginary parts as a view; a RuntimeError for a real tensor."""
    @imag.setter
    def imag(self, value: Any) -> None: ...
    def index_add(self, dim, index, source, *, alpha=1, out=None) -> Tensor:
        """The input to whose slices of `dim` at `index` those of alpha * source are added, as often as it names one."""
    def index_add_(self, dim, index, source, *, alpha=1, out=None) -> Tensor:
        """The input to whose slices of `dim` at `index` those of alpha * source are added, as often as it names one."""
    def index_copy(self, dim, index, source, *, out=None) -> Tensor:
        """The input with the slices of `dim` at `index` replaced by those of the source."""
    def index_copy_(self, dim, index, source, *, out=None) -> Tensor:
        """The input with the slices of `dim` at `index` replaced by those of the source."""
    def index_fill(self, dim, index, value, *, out=None) -> Tensor:
        """The input with one value in the slices of `dim` at `index`."""
    def index_fill_(self, dim, index, value, *, out=None) -> Tensor:
        """The input with one value in the slices of `dim` at `index`."""
    def index_put(self, indices, values, accumulate=False) -> Tensor:
        """The input with `values` at `indices`, a tuple of tensors, one for each dimension from the first; or with them added."""
    def index_put_(self, indices, values, accumulate=False) -> Tensor:
        """Write `values` to `indices`, or add them there, as `index_put`."""
    def index_reduce(self, dim, index, source, reduce, *, include_self=True, out=None) -> Tensor:
        """The prod, mean, amax or amin of the slices of `source` that an index brings to one slice of `dim`, and of the input's own where `include_self`. An IndexError for an index that is not there."""
    def index_reduce_(self, dim, index, source, reduce, *, include_self=True, out=None) -> Tensor:
        """The prod, mean, amax or amin of the slices of `source` that an index brings to one slice of `dim`, and of the input's own where `include_self`. An IndexError for an index that is not there."""
    def index_select(self, dim, index, *, out=None) -> Tensor:
        """The slices of `dim` with these indices, a vector of integers. An IndexError for one that is not there, or in dimension 1 a RuntimeError."""
    def indices(self) -> Any:
        """A RuntimeError, as the tensor is no sparse coordinate tensor."""
    def inner(self, other, *, out=None) -> Tensor:
        """The sums of products over the last dimension of both: (..., k) and (..., k)."""
    def int(self, memory_format=None) -> Tensor:
        """The tensor as int32; itself if it is that already."""
    def inverse(self, *, out=None) -> Any:
        """The inverses of square matrices, as `linalg.inv`."""
    def is_coalesced(self) -> Any:
        """A RuntimeError, as the tensor is no sparse coordinate tensor."""
    def is_complex(self) -> builtins.bool:
        """Whether elements are complex numbers."""
    def is_conj(self) -> builtins.bool:
        """Whether conjugates are still to be computed: never, they are computed at once."""
    def is_contiguous(self, memory_format=...) -> builtins.bool:
        """Whether the elements lie in memory row by row, or as the format says, without gaps."""
    @property
    def is_cpu(self) -> builtins.bool:
        """Whether the tensor lives on cpu."""
    @property
    def is_cuda(self) -> builtins.bool:
        """Whether the tensor lives on cuda."""
    def is_distributed(self) -> builtins.bool:
        """Whether the tensor is spread over processes: never."""
    def is_floating_point(self) -> builtins.bool:
        """Whether elements are floating point numbers."""
    @property
    def is_hpu(self) -> builtins.bool:
        """False: there are no such tensors here."""
    def is_inference(self) -> builtins.bool:
        """Whether the tensor was made in inference mode: backward can neither keep it nor follow a change of it."""
    @property
    def is_ipu(self) -> builtins.bool:
        """False: there are no such tensors here."""
    @property
    def is_leaf(self) -> builtins.bool:
        """Whether no recorded operation made this tensor."""
    @property
    def is_maia(self) -> builtins.bool:
        """False: there are no such tensors here."""
    @property
    def is_meta(self) -> builtins.bool:
        """Whether the tensor lives on meta."""
    @property
    def is_mkldnn(self) -> builtins.bool:
        """False: there are no such tensors here."""
    @property
    def is_mps(self) -> builtins.bool:
        """False: there are no such tensors here."""
    @property
    def is_mtia(self) -> builtins.bool:
        """False: there are no such tensors here."""
    def is_neg(self) -> builtins.bool:
        """Whether negatives are still to be computed: never, they are computed at once."""
    @property
    def is_nested(self) -> builtins.bool:
        """False: there are no such tensors here."""
    def is_nonzero(self) -> builtins.bool:
        """Whether the one element of a tensor is not 0; a RuntimeError for several."""
    def is_pinned(self, *_) -> builtins.bool:
        """False: no memory is pinned here."""
    @property
    def is_quantized(self) -> builtins.bool:
        """False: there are no such tensors here."""
    def is_same_size(self, other) -> builtins.bool:
        """Whether two tensors have the same shape."""
    def is_set_to(self, tensor) -> builtins.bool:
        """Whether two tensors show the same memory in the same way."""
    def is_shared(self) -> builtins.bool:
        """Whether other processes may see the memory: after `share_memory_`, of what they sent, and on a GPU."""
    def is_signed(self) -> builtins.bool:
        """Whether elements can be below 0."""
    @property
    def is_sparse(self) -> builtins.bool:
        """False: there are no such tensors here."""
    @property
    def is_sparse_csr(self) -> builtins.bool:
        """False: there are no such tensors here."""
    @property
    def is_vulkan(self) -> builtins.bool:
        """False: there are no such tensors here."""
    @property
    def is_xla(self) -> builtins.bool:
        """False: there are no such tensors here."""
    @property
    def is_xpu(self) -> builtins.bool:
        """False: there are no such tensors here."""
    def isclose(self, other, rtol=..., atol=..., equal_nan=False, *, out=None) -> Tensor:
        """Whether abs(input - other) <= atol + rtol * abs(other); infinities are close to themselves."""
    def isfinite(self, *, out=None) -> Tensor:
        """Whether an element is neither infinite nor nan."""
    def isinf(self, *, out=None) -> Tensor:
        """Whether an element is infinite."""
    def isnan(self, *, out=None) -> Tensor:
        """Whether an element is not a number."""
    def isneginf(self, *, out=None) -> Tensor:
        """Whether an element is -inf."""
    def isposinf(self, *, out=None) -> Tensor:
        """Whether an element is inf."""
    def isreal(self, *, out=None) -> Tensor:
        """Whether an element has no imaginary part."""
    def istft(self, n_fft, hop_length=None, win_length=None, window=None, center=True, normalized=False, onesided=None, length=None, return_complex=False) -> Tensor:
        """The signal whose frames have these spectra, of shape (N, frequencies, frames): what `stft` does, undone."""
    def item(self) -> Any:
        """The one element as a Python number; a RuntimeError if there are several."""
    @property
    def itemsize(self) -> builtins.int:
        """The bytes of one element."""
    def kron(self, other, *, out=None) -> Tensor:
        """The product of each element of the input with the whole other tensor, as blocks: sizes multiply."""
    def kthvalue(self, k, dim=-1, keepdim=False, *, out=None) -> tuple[Tensor, ...]:
        """The k-th smallest element of `dim`, counted from 1, and its index: `values` and `indices`."""
    @property
    def layout(self) -> Any:
        """How elements are stored: `torch.strided`, but by sparse ones."""
    def lcm(self, other, *, out=None) -> Tensor:
        """The least common multiple, not below 0; that of 0 and anything is 0; the shapes broadcast."""
    def lcm_(self, other, *, out=None) -> Tensor:
        """The least common multiple, not below 0; that of 0 and anything is 0; the shapes broadcast."""
    def ldexp(self, other, *, out=None) -> Tensor:
        """input * 2 ** other; a power beyond the dtype does no harm where the product is within; the shapes broadcast."""
    def ldexp_(self, other, *, out=None) -> Tensor:
        """input * 2 ** other; a power beyond the dtype does no harm where the product is within; the shapes broadcast."""
    def le(self, other, *, out=None) -> Tensor:
        """Whether input <= other; the shapes broadcast."""
    def le_(self, other, *, out=None) -> Tensor:
        """Whether input <= other; the shapes broadcast."""
    def lerp(self, end, weight, *, out=None) -> Tensor:
        """input + weight * (end - input), exact at both ends; the shapes broadcast."""
    def lerp_(self, end, weight, *, out=None) -> Tensor:
        """input + weight * (end - input), exact at both ends; the shapes broadcast."""
    def less(self, other, *, out=None) -> Tensor:
        """Whether input < other; the shapes broadcast."""
    def less_(self, other, *, out=None) -> Tensor:
        """Whether input < other; the shapes broadcast."""
    def less_equal(self, other, *, out=None) -> Tensor:
        """Whether input <= other; the shapes broadcast."""
    def less_equal_(self, other, *, out=None) -> Tensor:
        """Whether input <= other; the shapes broadcast."""
    def lgamma(self, *, out=None) -> Tensor:
        """log(abs(gamma(input))); inf at 0 and at the whole numbers below."""
    def lgamma_(self, *, out=None) -> Tensor:
        """log(abs(gamma(input))); inf at 0 and at the whole numbers below."""
    def log(self, *, out=None) -> Tensor:
        """The natural logarithm; -inf at 0, nan below."""
    def log10(self, *, out=None) -> Tensor:
        """The logarithm to the base 10; -inf at 0, nan below."""
    def log10_(self, *, out=None) -> Tensor:
        """The logarithm to the base 10; -inf at 0, nan below."""
    def log1p(self, *, out=None) -> Tensor:
        """log(1 + input), exact near 0."""
    def log1p_(self, *, out=None) -> Tensor:
        """log(1 + input), exact near 0."""
    def log2(self, *, out=None) -> Tensor:
        """The logarithm to the base 2; -inf at 0, nan below."""
    def log2_(self, *, out=None) -> Tensor:
        """The logarithm to the base 2; -inf at 0, nan below."""
    def log_(self, *, out=None) -> Tensor:
        """The natural logarithm; -inf at 0, nan below."""
    def log_normal_(self, mean=1, std=2, *, generator=None) -> Tensor:
        """Fill with exp of normal numbers of `mean` and `std`."""
    def log_softmax(self, dim, dtype=None, *, out=None) -> Tensor:
        """log(softmax(input)) along `dim`, exact where softmax itself is 0; cast to `dtype` before, if it is given."""
    def logaddexp(self, other, *, out=None) -> Tensor:
        """log(exp(input) + exp(other)), without overflow; the shapes broadcast."""
    def logaddexp2(self, other, *, out=None) -> Tensor:
        """log2(2 ** input + 2 ** other), without overflow; the shapes broadcast."""
    def logcumsumexp(self, dim, *, out=None) -> Tensor:
        """log of the running sum of exp(input) along `dim`, without overflow."""
    def logdet(self) -> Any:
        """The logarithms of determinants: nan for negative ones."""
    def logical_and(self, other, *, out=None) -> Tensor:
        """Whether both are not 0; the shapes broadcast."""
    def logical_and_(self, other, *, out=None) -> Tensor:
        """Whether both are not 0; the shapes broadcast."""
    def logical_not(self, *, out=None) -> Tensor:
        """Whether an element is 0."""
    def logical_not_(self, *, out=None) -> Tensor:
        """Whether an element is 0."""
    def logical_or(self, other, *, out=None) -> Tensor:
        """Whether one of both is not 0; the shapes broadcast."""
    def logical_or_(self, other, *, out=None) -> Tensor:
        """Whether one of both is not 0; the shapes broadcast."""
    def logical_xor(self, other, *, out=None) -> Tensor:
        """Whether exactly one of both is not 0; the shapes broadcast."""
    def logical_xor_(self, other, *, out=None) -> Tensor:
        """Whether exactly one of both is not 0; the shapes broadcast."""
    def logit(self, eps=None, *, out=None) -> Tensor:
        """log(input / (1 - input)), the inverse of sigmoid; `eps` keeps input between eps and 1 - eps."""
    def logit_(self, eps=None, *, out=None) -> Tensor:
        """log(input / (1 - input)), the inverse of sigmoid; `eps` keeps input between eps and 1 - eps."""
    def logsumexp(self, dim, keepdim=False, *, out=None) -> Tensor:
        """log(sum(exp(input))) over `dim`, an int or several, without overflow; integers give the default float."""
    def long(self, memory_format=None) -> Tensor:
        """The tensor as int64; itself if it is that already."""
    def lt(self, other, *, out=None) -> Tensor:
        """Whether input < other; the shapes broadcast."""
    def lt_(self, other, *, out=None) -> Tensor:
        """Whether input < other; the shapes broadcast."""
    def lu(self, pivot=True, get_infos=False) -> Any:
        """L and U in one matrix, the exchanges of rows, and with `get_infos` the codes, as `linalg.lu_factor_ex`."""
    def lu_solve(self, LU_data, LU_pivots, *, out=None) -> Any:
        """The solutions X of A @ X = input, for what `linalg.lu_factor` gives of A."""
    @property
    def mH(self) -> Tensor:
        """Each matrix transposed and conjugated."""
    @property
    def mT(self) -> Tensor:
        """Each matrix transposed, as a view."""
    def map2_(self, x, y, callable) -> Tensor:
        """What a Python function makes of each element and of those of two tensors, which broadcast, in its place."""
    def map_(self, other, callable) -> Tensor:
        """What a Python function makes of each element and of that of another tensor, which broadcasts, in its place."""
    def masked_fill(self, mask, value, *, out=None) -> Tensor:
        """The input with one value where the mask is true; the shapes broadcast."""
    def masked_fill_(self, mask, value, *, out=None) -> Tensor:
        """The input with one value where the mask is true; the shapes broadcast."""
    def masked_scatter(self, mask, source, *, out=None) -> Tensor:
        """The input with the elements of `source`, one after the other, where the mask is true."""
    def masked_scatter_(self, mask, source, *, out=None) -> Tensor:
        """The input with the elements of `source`, one after the other, where the mask is true."""
    def masked_select(self, mask, *, out=None) -> Tensor:
        """The elements where the mask is true, as a vector; the shapes broadcast."""
    def matmul(self, other, *, out=None) -> Tensor:
        """The matrix product, whose leading dimensions broadcast: (..., n, k) @ (..., k, m) -> (..., n, m)."""
    def matrix_exp(self) -> Tensor:
        """The exponential of square matrices: 1 + A + A^2 / 2! + A^3 / 3! + ..."""
    def matrix_power(self, n, *, out=None) -> Tensor:
        """The product of n matrices; of -n inverses for a negative n, and the identity for 0."""
    def max(self, dim=None, keepdim=False, *, out=None, other=None, axis=None, keepdims=None) -> Any:
        """The maximum of all elements; along `dim` with its index, as (values, indices); of two tensors, by element."""
    def maximum(self, other, *, out=None) -> Tensor:
        """The larger of both, nan if one is nan; at a tie each has half of the gradient; the shapes broadcast."""
    def mean(self, dim=None, keepdim=False, *, dtype=None, out=None) -> Tensor:
        """The mean over `dim`, or over all dimensions, of floating point or complex numbers."""
    def median(self, dim=None, keepdim=False, *, out=None) -> Any:
        """The middle one of all elements, the lower of two; along `dim` with its index. nan is the median if there is one."""
    def min(self, dim=None, keepdim=False, *, out=None, other=None, axis=None, keepdims=None) -> Any:
        """The minimum of all elements; along `dim` with its index, as (values, indices); of two tensors, by element."""
    def minimum(self, other, *, out=None) -> Tensor:
        """The smaller of both, nan if one is nan; at a tie each has half of the gradient; the shapes broadcast."""
    def mm(self, mat2, *, out=None) -> Tensor:
        """The product of two matrices: (n, k) @ (k, m) -> (n, m)."""
    def mode(self, dim=-1, keepdim=False, *, out=None) -> tuple[Tensor, ...]:
        """The most frequent element along `dim`, the smallest of equally frequent ones, with its last index."""
    def moveaxis(self, source, destination) -> Tensor:
        """Dimensions at other places; the others keep their order."""
    def movedim(self, source, destination) -> Tensor:
        """Dimensions at other places; the others keep their order."""
    def msort(self, *, out=None) -> Tensor:
        """The elements of the first dimension in order."""
    def mul(self, other, *, out=None) -> Tensor:
        """input * other; the shapes broadcast."""
    def mul_(self, other, *, out=None) -> Tensor:
        """input * other; the shapes broadcast."""
    def multinomial(self, num_samples, replacement=False, *, generator=None, out=None) -> Tensor:
        """`num_samples` indices drawn with the weights of each row, (categories,) or (rows, categories): int64."""
    def multiply(self, other, *, out=None) -> Tensor:
        """input * other; the shapes broadcast."""
    def multiply_(self, other, *, out=None) -> Tensor:
        """input * other; the shapes broadcast."""
    def mv(self, vec, *, out=None) -> Tensor:
        """The product of a matrix and a vector: (n, k) @ (k,) -> (n,)."""
    def mvlgamma(self, p, *, out=None) -> Tensor:
        """The logarithm of the gamma function of p dimensions, a constant plus lgamma(input - j / 2) added over j < p."""
    def mvlgamma_(self, p, *, out=None) -> Tensor:
        """The logarithm of the gamma function of p dimensions, a constant plus lgamma(input - j / 2) added over j < p."""
    def nan_to_num(self, nan=None, posinf=None, neginf=None, *, out=None) -> Tensor:
        """`nan`, inf and -inf replaced, by 0 and by the largest and smallest numbers of the dtype unless given."""
    def nan_to_num_(self, nan=None, posinf=None, neginf=None, *, out=None) -> Tensor:
        """`nan`, inf and -inf replaced, by 0 and by the largest and smallest numbers of the dtype unless given."""
    def nanmean(self, dim=None, keepdim=False, *, dtype=None, out=None) -> Tensor:
        """The mean over `dim`, or over all dimensions, of the elements that are not nan."""
    def nanmedian(self, dim=None, keepdim=False, *, out=None) -> Any:
        """The middle one of all elements, the lower of two; along `dim` with its index. nan is left out."""
    def nanquantile(self, q, dim=None, keepdim=False, *, interpolation='linear', out=None) -> Tensor:
        """The quantiles of the elements that are not nan, as `quantile` gives those of all."""
    def nansum(self, dim=None, keepdim=False, *, dtype=None, out=None) -> Tensor:
        """The sum over `dim`, or over all dimensions, in which nan counts as 0."""
    def narrow(self, dim, start, length, *, out=None) -> Tensor:
        """`length` elements of `dim` from `start` on."""
    def narrow_copy(self, dim, start, length, *, out=None) -> Tensor:
        """A copy of `length` elements of `dim` from `start` on."""
    @property
    def nbytes(self) -> builtins.int:
        """The bytes of all elements."""
    @property
    def ndim(self) -> builtins.int:
        """The number of dimensions."""
    def ndimension(self) -> builtins.int:
        """The number of dimensions."""
    def ne(self, other, *, out=None) -> Tensor:
        """Whether input != other; the shapes broadcast."""
    def ne_(self, other, *, out=None) -> Tensor:
        """Whether input != other; the shapes broadcast."""
    def neg(self, *, out=None) -> Tensor:
        """-input; a RuntimeError for booleans."""
    def neg_(self, *, out=None) -> Tensor:
        """-input; a RuntimeError for booleans."""
    def negative(self, *, out=None) -> Tensor:
        """-input; a RuntimeError for booleans."""
    def negative_(self, *, out=None) -> Tensor:
        """-input; a RuntimeError for booleans."""
    def nelement(self) -> builtins.int:
        """The number of elements."""
    def new(self, *sizes, device=None) -> Any:
        """A tensor of this one's dtype and device, of sizes or values, as the classes of older programs make it."""
    def new_empty(self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False, **named) -> Tensor:
        """Unwritten elements of a shape, in this tensor's dtype and device unless others are asked for."""
    def new_empty_strided(self, size, stride, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor:
        """Unwritten elements with strides, in this tensor's dtype and device unless others are asked for."""
    def new_full(self, size, fill_value, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False) -> Tensor:
        """One value everywhere, in this tensor's dtype and device unless others are asked for."""
    def new_ones(self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False, **named) -> Tensor:
        """Ones of a shape, in this tensor's dtype and device unless others are asked for."""
    def new_tensor(self, data, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False) -> Tensor:
        """A tensor of values, in this tensor's dtype and device unless others are asked for."""
    def new_zeros(self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False, **named) -> Tensor:
        """Zeros of a shape, in this tensor's dtype and device unless others are asked for."""
    def nextafter(self, other, *, out=None) -> Tensor:
        """The number of the dtype next to input on the side of other; the shapes broadcast."""
    def nextafter_(self, other, *, out=None) -> Tensor:
        """The number of the dtype next to input on the side of other; the shapes broadcast."""
    def nonzero(self, *, out=None, as_tuple=False) -> Any:
        """The places of the elements that are not 0: (n, dimensions), or with `as_tuple` a vector for each dimension."""
    def nonzero_static(self, *, size, fill_value=-1, out=None) -> Tensor:
        """The first `size` places of elements that are not 0, a row each; rows of `fill_value` where there are fewer."""
    def norm(self, p='fro', dim=None, keepdim=False, out=None, dtype=None) -> Tensor:
        """The vector norm over `dim`, or over all dimensions; "fro" is that of order 2, "nuc" that of matrices."""
    def normal_(self, mean=0, std=1, *, generator=None) -> Tensor:
        """Fill with normal numbers of `mean` and `std`."""
    def not_equal(self, other, *, out=None) -> Tensor:
        """Whether input != other; the shapes broadcast."""
    def not_equal_(self, other, *, out=None) -> Tensor:
        """Whether input != other; the shapes broadcast."""
    def numel(self) -> builtins.int:
        """The number of elements."""
    def numpy(self, *, force=False) -> Any:
        """The values as a NumPy array in the same memory; `force` detaches and brings them to the CPU first."""
    def orgqr(self, input2, *, out=None) -> Tensor:
        """The first columns of the product of the reflections that `geqrf` gives, as `linalg.householder_product`."""
    def ormqr(self, input2, input3, left=True, transpose=False, *, out=None) -> Tensor:
        """Q @ input3 or input3 @ Q, with Q or its adjoint: the product of the reflections that `geqrf` gives, all n of its columns."""
    def outer(self, vec2, *, out=None) -> Tensor:
        """The products of all pairs of elements of two vectors: (n,) and (m,) -> (n, m)."""
    @property
    def output_nr(self) -> builtins.int:
        """Which result of its node this is."""
    def permute(self, *sizes, **named) -> Tensor:
        """The dimensions in another order."""
    def pin_memory(self, device=None) -> Tensor:
        """The tensor itself on a machine with a GPU, whose copies CuPy pins; a RuntimeError where there is none."""
    def pinverse(self, rcond=...) -> Any:
        """The pseudoinverse, in which singular values up to rcond * the largest count as 0."""
    def polygamma(self, n) -> Any:
        """The derivative of digamma of order n; a RuntimeError for an order below 0."""
    def polygamma_(self, n) -> Tensor:
        """The tensor replaced by its `polygamma` of order n."""
    def positive(self) -> Tensor:
        """The input itself; a RuntimeError for booleans."""
    def pow(self, exponent, *, out=None) -> Tensor:
        """input to the power of exponent; the shapes broadcast. A RuntimeError for integers with a negative number."""
    def pow_(self, exponent, *, out=None) -> Tensor:
        """input to the power of exponent; the shapes broadcast. A RuntimeError for integers with a negative number."""
    def prelu(self, weight) -> Tensor:
        """input above 0, and weight * input elsewhere: one weight, or one for each channel, the second dimension."""
    def prod(self, dim=None, keepdim=False, *, dtype=None, out=None) -> Tensor:
        """The product over `dim`, or over all dimensions; integers and booleans multiply to int64."""
    def put(self, index, source, accumulate=False, *, out=None) -> Tensor:
        """The input with the elements of `source` at these numbers, counted row by row, in place or added."""
    def put_(self, index, source, accumulate=False, *, out=None) -> Tensor:
        """The input with the elements of `source` at these numbers, counted row by row, in place or added."""
    def qr(self, some=True, *, out=None) -> Any:
        """The factors Q and R, as `linalg.qr`; with `some` false, of the mode "complete"."""
    def quantile(self, q, dim=None, keepdim=False, *, interpolation='linear', out=None) -> Tensor:
        """The element with a share `q` of the others below it, along `dim` or of all; nan if there is one."""
    def rad2deg(self, *, out=None) -> Tensor:
        """Radians as degrees."""
    def rad2deg_(self, *, out=None) -> Tensor:
        """Radians as degrees."""
    def random_(self, low=None, high=None, *, generator=None, **named) -> Tensor:
        """Fill with whole numbers from [from, to); with one bound from 0 to it; without, from all that the dtype holds."""
    def ravel(self) -> Tensor:
        """The elements in one row; a view of what lies row by row."""
    @property
    def real(self) -> Tensor:
        """The real parts as a view; a real tensor is given back as it is."""
    @real.setter
    def real(self, value: Any) -> None: ...
    def reciprocal(self, *, out=None) -> Tensor:
        """1 / input."""
    def reciprocal_(self, *, out=None) -> Tensor:
        """1 / input."""
    def register_hook(self, hook) -> Any:
        """Call `hook(grad)` when the gradient of this tensor is known; a tensor that it returns takes the gradient's place."""
    def register_post_accumulate_grad_hook(self, hook) -> Any:
        """Call `hook(tensor)` after a gradient was added to the `.grad` of this leaf; it has to return None."""
    def relu(self, *, out=None) -> Tensor:
        """max(input, 0); its derivative at 0 is 0."""
    def relu_(self, *, out=None) -> Tensor:
        """max(input, 0); its derivative at 0 is 0."""
    def remainder(self, other, *, out=None) -> Tensor:
        """What `floor_divide` leaves over, with the sign of other; the shapes broadcast."""
    def remainder_(self, other, *, out=None) -> Tensor:
        """What `floor_divide` leaves over, with the sign of other; the shapes broadcast."""
    def renorm(self, p, dim, maxnorm, *, out=None) -> Tensor:
        """The input with each slice of `dim` whose norm of order `p` is above `maxnorm` shortened to that."""
    def renorm_(self, p, dim, maxnorm, *, out=None) -> Tensor:
        """The input with each slice of `dim` whose norm of order `p` is above `maxnorm` shortened to that."""
    def repeat(self, *repeats) -> Tensor:
        """The tensor as often along each dimension as `repeats` says; additional dimensions come in front."""
    def repeat_interleave(self, repeats=None, dim=None, *, output_size=None) -> Tensor:
        """Each element, or each slice of `dim`, as often as `repeats` says, a number or a vector of numbers."""
    @property
    def requires_grad(self) -> builtins.bool:
        """Whether a gradient is wanted; it can be set on leaves."""
    @requires_grad.setter
    def requires_grad(self, value: Any) -> None: ...
    def requires_grad_(self, requires_grad=True) -> Tensor:
        """Say whether a gradient of this leaf is wanted; a RuntimeError for a result or a dtype without derivatives."""
    def reshape(self, *sizes, shape=()) -> Tensor:
        """The elements in another shape; a view where the memory allows it, a copy elsewhere."""
    def reshape_as(self, other) -> Tensor:
        """The elements in the shape of another tensor."""
    def resize_(self, *size, memory_format=...) -> Tensor:
        """Take another shape in the same memory, row by row; what does not fit is kept, what is new is not written yet."""
    def resize_as_(self, other, *, memory_format=...) -> Tensor:
        """Take the shape of another tensor, as `resize_` does."""
    def resolve_conj(self) -> Tensor:
        """The tensor itself: here conjugates are computed at once."""
    def resolve_neg(self) -> Tensor:
        """The tensor itself: here negatives are computed at once."""
    def retain_grad(self) -> None:
        """Keep the gradient of this result in `.grad` too; leaves keep it anyway."""
    @property
    def retains_grad(self) -> builtins.bool:
        """Whether a result keeps its gradient."""
    def roll(self, shifts, dims=()) -> Tensor:
        """A copy with the elements moved `shifts` places along `dims`; those that leave at one end come back at the other."""
    def rot90(self, k=1, dims=(0, 1), *, out=None) -> Tensor:
        """A copy turned by k times 90 degrees in the plane of two dimensions, from the first towards the second."""
    def round(self, *, decimals=0, out=None) -> Tensor:
        """The nearest number with `decimals` decimals, half to even; negative decimals round to tens, hundreds ..."""
    def round_(self, *, decimals=0, out=None) -> Tensor:
        """The nearest number with `decimals` decimals, half to even; negative decimals round to tens, hundreds ..."""
    def row_indices(self) -> Any:
        """A RuntimeError, as the tensor is no sparse column compressed tensor."""
    def rsqrt(self, *, out=None) -> Tensor:
        """1 / sqrt(input)."""
    def rsqrt_(self, *, out=None) -> Tensor:
        """1 / sqrt(input)."""
    def scatter(self, dim, index, src=None, *, value=None, reduce=None, out=None) -> Tensor:
        """The input with elements of `src`, or one number, at an index along `dim`: result[index[i][j]][j] = src[i][j] for dim 0. `reduce`, "add" or "multiply", unites them with what is there. A RuntimeError where shapes do not fit."""
    def scatter_(self, dim, index, src=None, *, value=None, reduce=None) -> Tensor:
        """Write elements of `src`, or one number, to an index along `dim`, as `scatter`."""
    def scatter_add(self, dim, index, src, *, out=None) -> Tensor:
        """The input to which elements of `src` are added at an index along `dim`, as often as it names a place."""
    def scatter_add_(self, dim, index, src, *, out=None) -> Tensor:
        """The input to which elements of `src` are added at an index along `dim`, as often as it names a place."""
    def scatter_reduce(self, dim, index, src, reduce, *, include_self=True, out=None) -> Tensor:
        """The sum, prod, mean, amax or amin of the elements of `src` that an index along `dim` brings to one place, and of the input's own where `include_self`. A RuntimeError for another reduction."""
    def scatter_reduce_(self, dim, index, src, reduce, *, include_self=True, out=None) -> Tensor:
        """The sum, prod, mean, amax or amin of the elements of `src` that an index along `dim` brings to one place, and of the input's own where `include_self`. A RuntimeError for another reduction."""
    def select(self, dim, index) -> Tensor:
        """The part of `dim` with this index; the dimension is gone."""
    def select_scatter(self, src, dim, index, *, out=None) -> Tensor:
        """The input with the part of `dim` at `index` replaced by `src`."""
    def set_(self, source=None, storage_offset=0, size=None, stride=None) -> Tensor:
        """Show other memory: another tensor's, or a storage's from an element on, in a shape and with strides in elements."""
    def sgn(self, *, out=None) -> Tensor:
        """The direction of a complex number, input / abs(input), and 0 for 0; the sign of a real one."""
    def sgn_(self, *, out=None) -> Tensor:
        """The direction of a complex number, input / abs(input), and 0 for 0; the sign of a real one."""
    @property
    def shape(self) -> Size:
        """The size of each dimension, a `torch.Size`."""
    def share_memory_(self) -> Tensor:
        """Move to memory that processes share; views that were made before keep the old, and a GPU's stays where it is."""
    def short(self, memory_format=None) -> Tensor:
        """The tensor as int16; itself if it is that already."""
    def sigmoid(self, *, out=None) -> Tensor:
        """1 / (1 + exp(-input)), in one pass over memory."""
    def sigmoid_(self, *, out=None) -> Tensor:
        """1 / (1 + exp(-input)), in one pass over memory."""
    def sign(self, *, out=None) -> Tensor:
        """-1, 0 or 1; 0 for nan."""
    def sign_(self, *, out=None) -> Tensor:
        """-1, 0 or 1; 0 for nan."""
    def signbit(self, *, out=None) -> Tensor:
        """Whether the sign is set: of numbers below 0, and of -0."""
    def sin(self, *, out=None) -> Tensor:
        """The sine of an angle in radians."""
    def sin_(self, *, out=None) -> Tensor:
        """The sine of an angle in radians."""
    def sinc(self, *, out=None) -> Tensor:
        """sin(pi * input) / (pi * input), and 1 at 0."""
    def sinc_(self, *, out=None) -> Tensor:
        """sin(pi * input) / (pi * input), and 1 at 0."""
    def sinh(self, *, out=None) -> Tensor:
        """The hyperbolic sine."""
    def sinh_(self, *, out=None) -> Tensor:
        """The hyperbolic sine."""
    def size(self, dim=None) -> Any:
        """The shape, or the size of one dimension."""
    def slice_inverse(self, src, dim=0, start=None, end=None, step=1) -> Any:
        """A view of the memory under the input that lies there as `src` does in its own: what a slice was taken from."""
    def slice_scatter(self, src, dim=0, start=None, end=None, step=1, *, out=None) -> Tensor:
        """The input with `src` in the place of its slice start:end:step along `dim`."""
    def slogdet(self, *, out=None) -> Any:
        """The signs of determinants, and the logarithms of their sizes, as `linalg.slogdet`."""
    def smm(self, mat) -> Any:
        """The product of a sparse and a dense matrix, as a sparse one."""
    def softmax(self, dim, dtype=None, *, out=None) -> Tensor:
        """exp(input) over its sum along `dim`: positive numbers that add up to 1; cast to `dtype` before, if given."""
    def sort(self, *settings, dim=-1, descending=False, stable=None, out=None) -> tuple[Tensor, ...]:
        """The elements of `dim` in order and the indices that they had: `values` and `indices`, of the input's shape."""
    def sparse_dim(self) -> Any:
        """How many dimensions are sparse: 0."""
    def sparse_mask(self, mask) -> Any:
        """The elements at the places of a sparse tensor."""
    def sparse_resize_(self, *settings) -> Tensor:
        """A NotImplementedError for a dense tensor."""
    def sparse_resize_and_clear_(self, *settings) -> Tensor:
        """A NotImplementedError for a dense tensor."""
    def split(self, split_size, dim=0) -> tuple[Tensor, ...]:
        """Parts along `dim` as a tuple of views: each of one size, the last perhaps smaller, or of the sizes in a list."""
    def split_with_sizes(self, split_sizes, dim=0) -> tuple[Tensor, ...]:
        """Parts of these sizes along `dim` as a tuple of views; the sizes add up to that of the dimension."""
    def sqrt(self, *, out=None) -> Tensor:
        """The square root; nan below 0."""
    def sqrt_(self, *, out=None) -> Tensor:
        """The square root; nan below 0."""
    def square(self, *, out=None) -> Tensor:
        """input * input."""
    def square_(self) -> Tensor:
        """The tensor replaced by its square."""
    def squeeze(self, dim=None) -> Tensor:
        """Without its dimensions of size 1, or without `dim` if its size is 1."""
    def squeeze_(self, *settings, **named) -> Tensor:
        """Without its dimensions of size 1, or without `dim` if its size is 1."""
    def sspaddmm(self, mat1, mat2, *, beta=1, alpha=1, out=None) -> Any:
        """beta * input + alpha * mat1 @ mat2, where the input and `mat1` are sparse, and so is the result."""
    def std(self, dim=None, unbiased=None, keepdim=False, *, correction=None, out=None, axis=None, keepdims=None) -> Tensor:
        """The standard deviation over `dim`, or over all dimensions: the square root of the variance."""
    def stft(self, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode='reflect', normalized=False, onesided=None, return_complex=None, align_to_window=None) -> Tensor:
        """The Fourier transforms of frames of `n_fft` elements, `hop_length` apart (a quarter of a frame without it)."""
    def storage(self) -> Any:
        """The memory under the tensor as numbers; newer programs ask for `untyped_storage()`."""
    def storage_offset(self) -> builtins.int:
        """How many elements of the memory lie before the first of this tensor."""
    def storage_type(self) -> Any:
        """The class of the typed storage for the tensor's dtype, such as `torch.FloatStorage`."""
    def stride(self, dim=None) -> Any:
        """How many elements lie between neighbours along each dimension, or along one."""
    def sub(self, other, *, alpha=1, out=None) -> Tensor:
        """input - alpha * other; the shapes broadcast. A RuntimeError for booleans."""
    def sub_(self, other, *, alpha=1, out=None) -> Tensor:
        """input - alpha * other; the shapes broadcast. A RuntimeError for booleans."""
    def subtract(self, other, *, alpha=1, out=None) -> Tensor:
        """input - alpha * other; the shapes broadcast. A RuntimeError for booleans."""
    def subtract_(self, other, *, alpha=1, out=None) -> Tensor:
        """input - alpha * other; the shapes broadcast. A RuntimeError for booleans."""
    def sum(self, dim=None, keepdim=False, *, dtype=None, out=None) -> Tensor:
        """The sum over `dim`, or over all dimensions; integers and booleans add up to int64."""
    def sum_to_size(self, *size) -> Tensor:
        """The sum that undoes broadcasting from `size` to the input's shape."""
    def svd(self, some=True, compute_uv=True, *, out=None) -> Any:
        """U, S and V with U @ diag(S) @ V.mH = input; without `compute_uv` U and V are zeros."""
    def swapaxes(self, axis0, axis1) -> Tensor:
        """Two dimensions exchanged: `transpose` under NumPy's name."""
    def swapaxes_(self, *settings, **named) -> Tensor:
        """Two dimensions exchanged: `transpose` under NumPy's name."""
    def swapdims(self, dim0, dim1) -> Tensor:
        """Two dimensions exchanged: `transpose` under another name."""
    def swapdims_(self, *settings, **named) -> Tensor:
        """Two dimensions exchanged: `transpose` under another name."""
    def t(self) -> Tensor:
        """A matrix transposed; a vector or a number stays as it is."""
    def t_(self, *settings, **named) -> Tensor:
        """A matrix transposed; a vector or a number stays as it is."""
    def take(self, index, *, out=None) -> Tensor:
        """The elements with these numbers, counted row by row; the shape is the index's. Negative ones count from the end."""
    def take_along_dim(self, indices, dim=None, *, out=None) -> Tensor:
        """The elements at `indices` along `dim`, where the other dimensions broadcast; of all elements in a row without one."""
    def tan(self, *, out=None) -> Tensor:
        """The tangent of an angle in radians."""
    def tan_(self, *, out=None) -> Tensor:
        """The tangent of an angle in radians."""
    def tanh(self, *, out=None) -> Tensor:
        """The hyperbolic tangent, between -1 and 1."""
    def tanh_(self, *, out=None) -> Tensor:
        """The hyperbolic tangent, between -1 and 1."""
    def tensor_split(self, indices_or_sections=None, dim=0, *, indices=None, sections=None) -> tuple[Tensor, ...]:
        """Parts along `dim` as a tuple of views: as many as a number says, as even as can be, or cut at each of the indices; both may be named."""
    def tile(self, *numbers, dims=()) -> Tensor:
        """The tensor as often along each dimension as `dims` says; missing numbers in front are 1."""
    def to(self, *target, dtype=None, device=None, other=None, non_blocking=False, copy=False, memory_format=None) -> Tensor:
        """The tensor in another dtype, on another device, or as another tensor is; itself where it is that already."""
    def to_dense(self, dtype=None, *, masked_grad=None) -> Any:
        """The tensor itself, as it is dense, or of another dtype."""
    def to_sparse(self, sparse_dim=None, *, layout=None, blocksize=None, dense_dim=None) -> Any:
        """The elements that are not 0, by their places in the first `sparse_dim` dimensions (all of them by default)."""
    def to_sparse_bsc(*self, **settings) -> Any:
        """A NotImplementedError, as there are no torch.sparse_bsc tensors."""
    def to_sparse_bsr(*self, **settings) -> Any:
        """A NotImplementedError, as there are no torch.sparse_bsr tensors."""
    def to_sparse_coo(self) -> Any:
        """The elements that are not 0, by their places."""
    def to_sparse_csc(self, dense_dim=None) -> Any:
        """The elements of a matrix that are not 0, column by column."""
    def to_sparse_csr(self, dense_dim=None) -> Any:
        """The elements of a matrix that are not 0, row by row."""
    def tolist(self) -> Any:
        """The elements as nested lists of Python's numbers; a tensor without dimensions gives a number."""
    def topk(self, k, dim=-1, largest=True, sorted=True, *, out=None) -> tuple[Tensor, ...]:
        """The `k` largest, or smallest, elements of `dim` in order, and their indices: `values` and `indices`."""
    def trace(self, *, out=None) -> Tensor:
        """The sum of the diagonal of a matrix; integers add up to int64."""
    def transpose(self, dim0, dim1) -> Tensor:
        """Two dimensions exchanged."""
    def transpose_(self, *settings, **named) -> Tensor:
        """Two dimensions exchanged."""
    def triangular_solve(self, A, upper=True, transpose=False, unitriangular=False, *, out=None) -> Any:
        """The solutions X of A @ X = input, or with the transposed A, and a copy of A, which is triangular."""
    def tril(self, diagonal=0, *, out=None) -> Tensor:
        """Matrices with zeros above a diagonal."""
    def tril_(self, diagonal=0, *, out=None) -> Tensor:
        """Matrices with zeros above a diagonal."""
    def triu(self, diagonal=0, *, out=None) -> Tensor:
        """Matrices with zeros below a diagonal."""
    def triu_(self, diagonal=0, *, out=None) -> Tensor:
        """Matrices with zeros below a diagonal."""
    def true_divide(self, other, *, out=None) -> Tensor:
        """input / other, always a fraction: integers give the default float; the shapes broadcast."""
    def true_divide_(self, other, *, out=None) -> Tensor:
        """input / other, always a fraction: integers give the default float; the shapes broadcast."""
    def trunc(self, *, out=None) -> Tensor:
        """The whole number next to input on the side of 0."""
    def trunc_(self, *, out=None) -> Tensor:
        """The whole number next to input on the side of 0."""
    def type(self, dtype=None, non_blocking=False) -> Any:
        """The name of the tensor's type, such as `torch.FloatTensor`; with a dtype, or its class or name, it as that."""
    def type_as(self, other) -> Tensor:
        """The tensor in the dtype and on the device of another."""
    def unbind(self, dim=0) -> tuple[Tensor, ...]:
        """Each part of `dim` as a view, in a tuple."""
    def unflatten(self, dim, sizes) -> Tensor:
        """One dimension as several of these sizes, one of which may be -1, as a view."""
    def unfold(self, dimension, size, step, *, out=None) -> Tensor:
        """All windows of `size` elements along a dimension, `step` apart, as one more dimension at the end."""
    def uniform_(self, low=0, high=1, *, generator=None, **named) -> Tensor:
        """Fill with numbers from [from, to), the two bounds' names in PyTorch."""
    def unique(self, sorted=True, return_inverse=False, return_counts=False, dim=None) -> Any:
        """The distinct elements, or slices of `dim`, in order; with them, where asked for, which of them each element is, and how often each stands. Each NaN is distinct."""
    def unique_consecutive(self, return_inverse=False, return_counts=False, dim=None) -> Any:
        """The elements, or slices of `dim`, without repetitions of neighbours; with them, where asked for, which of them each element is, and how often each stands."""
    def unsafe_chunk(self, chunks, dim=0) -> tuple[Tensor, ...]:
        """Parts as `chunk` gives them, which may be written to where nothing else uses the memory."""
    def unsafe_split(self, split_size, dim=0) -> tuple[Tensor, ...]:
        """Parts as `split` gives them, which may be written to where nothing else uses the memory."""
    def unsafe_split_with_sizes(self, split_sizes, dim=0) -> tuple[Tensor, ...]:
        """Parts as `split_with_sizes` gives them, which may be written to where nothing else uses the memory."""
    def unsqueeze(self, dim) -> Tensor:
        """A dimension of size 1 more, at `dim`."""
    def unsqueeze_(self, *settings, **named) -> Tensor:
        """A dimension of size 1 more, at `dim`."""
    def untyped_storage(self) -> Any:
        """The memory under the tensor as bytes."""
    def values(self) -> Any:
        """A RuntimeError, as the tensor is no sparse tensor."""
    def var(self, dim=None, unbiased=None, keepdim=False, *, correction=None, out=None, axis=None, keepdims=None) -> Tensor:
        """The variance over `dim`, or over all: the squared distances from the mean over their number - correction."""
    def vdot(self, other, *, out=None) -> Tensor:
        """The sum of the products of two vectors, the first conjugated: (n,) and (n,) -> ()."""
    def view(self, *sizes, **named) -> Tensor:
        """The same memory under another shape; one size may be -1. A RuntimeError where only a copy could do it."""
    def view_as(self, other) -> Tensor:
        """The same memory in the shape of another tensor."""
    def vsplit(self, indices_or_sections, *more) -> tuple[Tensor, ...]:
        """Parts along dimension 1, as views; a number of parts must divide its size."""
    def where(self, condition, other) -> Tensor:
        """The tensor's elements where the condition is true, and those of other elsewhere; the shapes broadcast."""
    def xlogy(self, other, *, out=None) -> Tensor:
        """input * log(other), and 0 where input is 0 and other is a number; the shapes broadcast."""
    def xlogy_(self, other, *, out=None) -> Tensor:
        """input * log(other), and 0 where input is 0 and other is a number; the shapes broadcast."""
    def zero_(self, *, out=None) -> Tensor:
        """0 in the place of all elements."""

TENSORS: set[builtins.type]
