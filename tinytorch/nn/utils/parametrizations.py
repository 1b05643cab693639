"""Parametrizations: a weight of given length, over its largest singular value, or orthogonal."""

from functools import partial

from tinytorch.dtypes import finfo
from tinytorch.modes import no_grad
from tinytorch.nn.modules.module import Module
from tinytorch.nn.normalization import normalize
from tinytorch.nn.utils.parametrize import register_parametrization
from tinytorch.nn.utils.spectral_norm import as_matrix, check_iterations, drawn_vectors, output_dim
from tinytorch.nn.utils.weight_norm import length, with_length
from tinytorch.ops.create import eye, zeros_like
from tinytorch.ops.join import concatenate
from tinytorch.ops.linalg.inverse import solve
from tinytorch.ops.linalg.powers import matrix_exp
from tinytorch.ops.linalg.qr import geqrf, householder_product
from tinytorch.ops.random import randn
from tinytorch.tensor import Tensor

MAPS = ("matrix_exp", "cayley", "householder")


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """The module, with a parameter as g * v / |v|, the norm over all dimensions but `dim` (Salimans and Kingma, 2016).

    The lengths are `parametrizations.weight.original0`, the directions `original1`.
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)
    module._register_load_state_dict_pre_hook(partial(renamed, name))
    return module


def renamed(name, state_dict, prefix, *settings):
    """The state of a module that `nn.utils.weight_norm` made has other names, which are changed in place."""
    olds = [f"{prefix}{name}_{part}" for part in "gv"]
    if all(old in state_dict for old in olds):
        for place, old in enumerate(olds):
            state_dict[f"{prefix}parametrizations.{name}.original{place}"] = state_dict.pop(old)


class _WeightNorm(Module):
    """The weight of its lengths and directions."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return with_length(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        """The lengths and directions of a weight."""
        return length(weight, self.dim), weight


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """The module, with a parameter over its largest singular value as a matrix, rows along `dim` (Miyato et al., 2018).

    In training each use makes the estimate better by `n_power_iterations` steps.
    """
    weight = named(module, name)
    dim = output_dim(module) if dim is None else dim
    return register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))


class _SpectralNorm(Module):
    """A weight over its largest singular value, with the singular vectors so far as buffers."""

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        if not -weight.ndim <= dim < weight.ndim:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [-{weight.ndim}, {weight.ndim - 1}] but got {dim})"
            )
        check_iterations(n_power_iterations)
        self.dim = dim % weight.ndim
        self.eps = eps
        if weight.ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = as_matrix(weight, self.dim)
            for vector, name in zip(drawn_vectors(matrix, eps), ("_u", "_v"), strict=True):
                self.register_buffer(name, vector)
            self._power_method(matrix, 15)

    @no_grad()
    def _power_method(self, matrix, steps):
        for _ in range(steps):
            self._u = normalize(matrix.mv(self._v), dim=0, eps=self.eps, out=self._u)
            self._v = normalize(matrix.mH.mv(self._u), dim=0, eps=self.eps, out=self._v)

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()  # which backward keeps while the buffers go on
        return weight / u.vdot(matrix.mv(v))

    def right_inverse(self, value: Tensor) -> Tensor:
        """The value itself, of which the singular value is taken away again."""
        return value


def orthogonal(
    module: Module, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> Module:
    """The module, with a parameter whose rows or columns, whichever are fewer, are orthonormal.

    The map is "matrix_exp" or "cayley" of a skew matrix, or "householder", a product of reflections; with
    `use_trivialization` it starts where the weight is (Lezcano-Casado, 2019). A ValueError for what is no matrix.
    """
    weight = named(module, name)
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        square = weight.shape[-2] == weight.shape[-1] or weight.is_complex()
        orthogonal_map = "matrix_exp" if square else "householder"
    if orthogonal_map not in MAPS:
        raise ValueError(
            f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}'
        )
    made = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    return register_parametrization(module, name, made, unsafe=True)


class _Orthogonal(Module):
    """An orthogonal matrix of any matrix, times one of its own, `base`, unless it is not to start there."""

    def __init__(self, weight: Tensor, orthogonal_map: str, *, use_trivialization: bool = True) -> None:
        super().__init__()
        if weight.is_complex() and orthogonal_map == "householder":
            raise ValueError("The householder parametrization does not support complex tensors.")
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Tensor) -> Tensor:
        wide = X.shape[-2] < X.shape[-1]
        tall = X.mT if wide else X
        found = reflected(tall) if self.orthogonal_map == "householder" else rotated(tall, self.orthogonal_map)
        found = self.base @ found if hasattr(self, "base") else found
        return found.mT if wide else found

    @no_grad()
    def right_inverse(self, Q: Tensor) -> Tensor:
        """A matrix that gives Q, or the orthogonal one near it; with a `base` it becomes the base."""
        if Q.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {Q.shape}."
            )
        wide = Q.shape[-2] < Q.shape[-1]
        tall = Q.mT if wide else Q
        if not hasattr(self, "base"):
            if self.orthogonal_map != "householder":
                raise NotImplementedError(
                    "It is not possible to assign to the matrix exponential or the Cayley parametrizations when "
                    "use_trivialization=False."
                )
            reflections, tau = geqrf(tall)
            diagonal = reflections.diagonal(dim1=-2, dim2=-1)
            diagonal.sign_()
            diagonal[tau == 0.0] *= -1
            return reflections.mT if wide else reflections
        rows, columns = tall.shape[-2:]
        if rows != columns:
            more = randn(*tall.shape[:-2], rows, rows - columns, dtype=Q.dtype, device=Q.device)
            self.base = orthonormal(concatenate([tall, more], -1))
        else:
            self.base = tall.clone() if is_orthogonal(tall) else orthonormal(tall)
        start = zeros_like(Q)
        start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        return start


def rotated(matrix, kind):
    """The first columns of a rotation of the lower triangle of a matrix that has no fewer rows."""
    lower = matrix.tril()
    rows, columns = matrix.shape[-2:]
    if rows != columns:
        lower = concatenate([lower, lower.new_zeros((*lower.shape[:-2], rows, rows - columns))], -1)
    skew = lower - lower.mH
    if kind == "matrix_exp":
        found = matrix_exp(skew)
    else:
        one = eye(rows, dtype=skew.dtype, device=skew.device)
        found = solve(one.sub(skew, alpha=0.5), one.add(skew, alpha=0.5))
    return found[..., :columns]


def reflected(matrix):
    """A product of reflections, by the columns of the strict lower triangle of a matrix."""
    lower = matrix.tril(diagonal=-1)
    tau = 2.0 / (1.0 + (lower * lower).sum(-2))
    signs = matrix.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)  # each 1 or -1, no gradient
    return householder_product(lower, tau) * signs


def orthonormal(matrix):
    """The orthogonal factor of a matrix, with the signs that are its own."""
    reflections, tau = geqrf(matrix)
    signs = reflections.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)
    return householder_product(reflections, tau) * signs


def is_orthogonal(matrix):
    """Whether the columns are orthonormal, to ten roundings a row."""
    one = eye(matrix.shape[-1], dtype=matrix.dtype, device=matrix.device)
    return (matrix.mH @ matrix).allclose(one, atol=10.0 * matrix.shape[-2] * finfo(matrix.dtype).eps)


def named(module, name):
    """A parameter or buffer of a module; a ValueError if there is none of the name."""
    found = getattr(module, name, None)
    if not isinstance(found, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return found


for each in (weight_norm, spectral_norm, orthogonal):
    each.__module__ = "torch.nn.utils.parametrizations"
