"""Linear algebra; matrices that have to be regular or Hermitian are made of the samples first."""

import operator

from tests.samples.table import Input, at, expanded, row, s, stepped, transposed, x

# fmt: off
# A table, filled line by line.


def found(library, path):
    return operator.attrgetter(path)(library)


def regular(path):
    """A function of matrices with larger diagonals, so that none is near to a singular one."""
    def program(torch, input, *others, **settings):
        if input.ndim > 1:
            size = 4 * torch.eye(*input.shape[-2:], dtype=input.dtype, device=input.device)
            input = input + size
        return found(torch, path)(input, *others, **settings)
    return program


def distinct(torch, input):
    """The input with a diagonal that sets its singular values apart."""
    steps = torch.eye(*input.shape, dtype=input.dtype, device=input.device)
    return input + 3 * steps * torch.arange(1, input.shape[-1] + 1, device=input.device).to(input.dtype)


def positive(path, place=0):
    """A function of Hermitian matrices that are positive-definite."""
    def program(torch, *arguments, **settings):
        arguments = list(arguments)
        input = arguments[place]
        if input.ndim > 1 and input.shape[-1] == input.shape[-2]:
            arguments[place] = input @ input.mH + 2 * torch.eye(input.shape[-1], dtype=input.dtype,
                device=input.device)
        return found(torch, path)(*arguments, **settings)
    return program


def outer(vectors):
    """The products of each column with its own conjugate, which do not depend on its sign or phase."""
    return vectors.unsqueeze(-2) * vectors.conj().unsqueeze(-3)


def u(*shape, low=-1.0, **options):
    """A tensor of smaller numbers, whose lines do not add up to the same."""
    return x(*shape, low=low, high=1.1, **options)


# What is no matrix, or no square one, and the layouts
NONE = (s(x(3)), s(x(2, 3)))
square = (s(x(3, 3)), s(x(2, 3, 3)), s(transposed(3, 3)), s(expanded(2, 2, 2)), s(stepped(2, 2)), s(x(0, 0)),
    s(x(0, 2, 2)))
rectangles = (s(x(3, 2)), s(x(2, 3)), s(x(2, 3, 3)), s(transposed(2, 2, 3)), s(x(2, 0)), s(x(0, 2)),
    s(x(0, 2, 2)), s(x(3)))

# Inverses and systems of equations
for name in ("linalg.inv", "linalg.inv_ex", "inverse", "linalg.det", "det", "linalg.slogdet", "slogdet", "logdet"):
    row(name, *square, *NONE, program=regular(name), ulps=16)
row("inv_of_a_singular_matrix", s(x(2, 3, 3)), program=lambda torch, a: torch.linalg.inv(a * 0), smooth="0")
row("det_of_singular_matrices", s(x(2, 2)), s(x(3, 3, 3)), ulps=32,
    program=lambda torch, a: torch.linalg.det(a * (torch.arange(len(a)) > 0).to(a.dtype).to(a.device).reshape(-1,
        *[1] * (a.ndim - 1))),
    smooth="a matrix of zeros has no singular vectors of its own",
        meta="the number of singular matrices is not known")
row("linalg.solve",
    s(x(3, 3), x(3, 2)), s(x(3, 3), x(3)), s(x(2, 3, 3), x(2, 3)), s(x(2, 3, 3), x(3, 2)), s(x(3, 3), x(2, 3, 2)),
    s(x(2, 1, 2, 2), x(3, 2, 1)), s(transposed(3, 3), transposed(3, 2)), s(x(3, 3), x(2, 3), left=False),
        s(x(2, 3, 3), x(2, 3, 2)),
    s(x(3, 3), x(2, 3)), s(x(0, 0), x(0, 2)), s(x(0, 2, 2), x(0, 2, 1)), s(x(2, 3), x(3)), s(x(3), x(3)),
        s(x(3, 3), x(3), left=False),
    program=regular("linalg.solve"), ulps=16,
)
row("linalg.solve_ex", s(x(3, 3), x(3, 2)), s(x(2, 2, 2), x(2, 2)), s(x(3, 3), x(2, 3), left=False),
    program=regular("linalg.solve_ex"), ulps=16)
row("solve_of_a_singular_matrix", s(x(3, 3), x(3, 2)),
    program=lambda torch, a, b: torch.linalg.solve(a * 0, b), smooth="0")
row("linalg.tensorinv", s(x(4, 2, 2), 1), s(x(2, 2, 4)), s(x(2, 3, 2), 1), s(x(2, 2), 0), s(x(3)),
    program=lambda torch, a, *more, **k:
    torch.linalg.tensorinv(a + 4 * torch.eye(4, dtype=a.dtype, device=a.device).reshape(a.shape) if a.numel() == 16
        else a, *more, **k), ulps=16)
row("linalg.tensorsolve", s(x(2, 2, 4), x(2, 2)), s(x(2, 4, 2), x(2, 2), (1,)), s(x(2, 3), x(3)), ulps=64,
    program=lambda torch, a, b, *more, **k: torch.linalg.tensorsolve(
        a + 4 * torch.eye(4, dtype=a.dtype, device=a.device).reshape(a.shape) if a.numel() == 16 else a, b, *more,
            **k))

# Triangular matrices
row("linalg.solve_triangular",
    s(x(2, 2), x(3, 3), upper=True), s(x(3, 3), x(3, 2), upper=True), s(x(3, 3), x(3, 2), upper=False),
        s(x(2, 3, 3), x(3, 2), upper=True, unitriangular=True),
    s(x(3, 3), x(2, 3), upper=True, left=False), s(x(3, 3), x(2, 2, 3), upper=False, left=False),
        s(transposed(3, 3), transposed(3, 2), upper=False),
    s(x(3, 3), x(3, 2), upper=False, unitriangular=True), s(x(0, 0), x(0, 2), upper=True),
        s(x(0, 2, 2), x(0, 2, 1), upper=True), s(x(3), x(3, 1), upper=True),
    s(x(3, 3), x(3), upper=True), s(x(2, 3), x(3, 1), upper=True), s(x(3, 3), x(2, 1), upper=True),
    program=regular("linalg.solve_triangular"), ulps=16,
)
row("triangular_solve",
    s(x(3, 2), x(3, 3)), s(x(3, 2), x(3, 3), False), s(x(3, 2), x(3, 3), True, True),
        s(x(3, 2), x(2, 3, 3), False, True, True),
    s(x(2), x(2, 2)), s(x(3, 2), x(2, 3)), s(x(2, 3, 2), x(3, 3), upper=False, unitriangular=True),
    program=lambda torch, b, a, *more, **k: torch.triangular_solve(
        b, a + 4 * torch.eye(*a.shape[-2:], dtype=a.dtype, device=a.device), *more, **k), ulps=16,
)
for name in ("linalg.cholesky", "linalg.cholesky_ex"):
    row(name, *square, s(x(3, 3), upper=True), s(x(2, 2, 2), upper=True), *NONE, program=positive(name), ulps=16)
row("cholesky", *square[:5], s(x(3, 3), True), *NONE, program=positive("cholesky"), ulps=16)
row("cholesky_of_an_indefinite_matrix", s(x(2, 3, 3)), s(x(3, 3)), program=lambda torch, a: torch.linalg.cholesky(
    a * 0 + torch.eye(3, dtype=a.dtype, device=a.device) - 2 * torch.eye(3, dtype=a.dtype, device=a.device).roll(1,
        0).tril(-1)), smooth="0")
row("cholesky_solve",
    s(x(3, 2), x(3, 3)), s(x(3, 2), x(3, 3), True), s(x(2, 3, 2), x(3, 3)), s(x(3, 1), x(2, 3, 3), upper=True),
        s(x(2), x(2, 2)), s(x(2, 2), x(2)),
    s(x(3, 2), x(2, 2)),
        smooth="the derivative is that of the whole matrix, of which one triangle is read, as PyTorch's is",
    program=lambda torch, b, a, *more, **k: torch.cholesky_solve(
        b, (a + 4 * torch.eye(*a.shape[-2:], dtype=a.dtype, device=a.device)) if a.ndim > 1 else a, *more, **k),
            ulps=16,
)
row("cholesky_inverse", s(x(3, 3)), s(x(3, 3), True), s(x(2, 2, 2)), s(x(2, 3)), s(x(2)), s(x(0, 0)),
    ulps=16, program=lambda torch, a, upper=False:
    torch.cholesky_inverse(torch.linalg.cholesky(a @ a.mH + 2 * torch.eye(a.shape[-1], dtype=a.dtype,
        device=a.device), upper=upper)
    if a.ndim > 1 and a.shape[-1] == a.shape[-2] else a, upper),
    smooth="the derivative is that of the whole matrix, of which one triangle is read, as PyTorch's is")

# Factors
for name in ("linalg.lu", "linalg.lu_factor", "linalg.lu_factor_ex", "lu"):
    row(name, *rectangles, program=regular(name), ulps=16)
row("lu_with_codes", s(x(2, 2)), program=lambda torch, a: torch.lu(a * 0, get_infos=True), smooth="0")
row("lu_factor_of_a_singular_matrix", s(x(2, 2, 2)), program=lambda torch, a: torch.linalg.lu_factor(a * 0),
    smooth="0")
row("lu_without_exchanges", s(x(2, 2)), program=lambda torch, a: torch.linalg.lu(a, pivot=False))
row("lu_unpack",
    s(x(3, 3), at(2, 3, 3, dtype="int32")), s(x(3, 2), at(3, 2, dtype="int32")),
        s(x(2, 3), at(2, 2, dtype="int32"), False),
    s(x(2, 2, 2), at(1, 2, 2, 2, shape=(2, 2), dtype="int32"), True, False), s(x(3), at(1, dtype="int32")),
        s(x(2, 2), at(1, 2)),
)
row("linalg.lu_solve",
    s(x(3, 3), at(2, 3, 3, dtype="int32"), x(3, 2)), s(x(3, 3), at(2, 3, 3, dtype="int32"), x(3, 2), adjoint=True),
    s(x(3, 3), at(2, 3, 3, dtype="int32"), x(2, 3), left=False),
        s(x(3, 3), at(2, 3, 3, dtype="int32"), x(2, 3), left=False, adjoint=True),
    s(x(2, 2, 2), at(1, 2, 2, 2, shape=(2, 2), dtype="int32"), x(2, 1)), s(x(2, 2), at(1, 2), x(2, 1)),
        s(x(2, 2), at(1, dtype="int32"), x(2, 1)),
    s(x(2, 3), at(1, 2, dtype="int32"), x(2, 1)), s(x(2, 2), at(1, 2, dtype="int32"), x(2)),
        s(x(2, 2), at(1, 2, dtype="int32"), x(3, 1)),
    program=regular("linalg.lu_solve"), ulps=16,
)
row("lu_solve", s(x(3, 2), x(3, 3), at(2, 3, 3, dtype="int32")), ulps=16, program=lambda torch, b, a, pivots, **k:
    torch.lu_solve(b, a + 4 * torch.eye(3, dtype=a.dtype, device=a.device), pivots, **k))
for name in ("linalg.ldl_factor", "linalg.ldl_factor_ex"):
    row(name, s(x(3, 3)), s(x(2, 3, 3)), s(x(3, 3), hermitian=True), *NONE, s(x(0, 2, 2)),
        program=positive(name), ulps=16, smooth="no derivative")
row("linalg.ldl_solve", s(x(3, 3), x(3, 2)), s(x(2, 2, 2), x(2, 1)), ulps=16, smooth="no derivative",
    program=lambda torch, a, b: torch.linalg.ldl_solve(*torch.linalg.ldl_factor(a + a.mT), b))
row("linalg.qr", *rectangles, s(x(3, 2), "complete"), s(x(2, 3), "complete"), s(x(3, 2), "r"),
    s(x(2, 2), "x"), program=regular("linalg.qr"), ulps=16)
row("qr", s(x(3, 2)), s(x(2, 3), False), program=regular("qr"), ulps=16)
row("geqrf", *rectangles, ulps=32, smooth="no derivative")
for name in ("linalg.householder_product", "orgqr"):
    row(name, s(u(3, 2), u(2)), s(u(3, 3), u(2)), s(u(2, 3, 2), u(2, 2)), s(u(2, 3), u(2)), s(u(3), u(2)),
        s(u(3, 2), u(3)), s(x(2, 0, dtype="float32"), x(0, dtype="float32")), ulps=16)
row("ormqr",
    s(u(3, 2), u(2), u(3, 2)), s(u(3, 2), u(2), u(2, 3), False), s(u(3, 2), u(2), u(3, 2), True, True),
        s(u(3, 3), u(3), u(2, 3), False, True),
    s(u(2, 3, 2), u(2, 2), u(2, 3, 1)), s(u(3), u(2), u(3, 2)), s(u(3, 2), u(2), u(2, 2)), ulps=16,
)

# Eigenvalues and singular values
for name in ("linalg.eigh", "linalg.eigvalsh"):
    row(name, *[s(*each.arguments, *more) for each in square[:5] for more in ((), ("U",))],
        s(x(0, 2, 2, dtype="float32")), *NONE, s(x(2, 2), "X"), ulps=16,
        program=lambda torch, a, *more, name=name: [each if each.ndim < a.ndim else outer(each) for each in results(
            found(torch, name)(a + a.mH if a.ndim > 1 and a.shape[-1] == a.shape[-2] else a, *more))])
for name in ("linalg.eig", "linalg.eigvals"):
    row(name, s(u(3, 3)), s(u(2, 3, 3)), s(transposed(3, 3, low=-1)), s(x(0, 0)), *NONE, ulps=32,
        program=lambda torch, a, name=name: in_order(torch, *results(found(torch, name)(
            a + torch.arange(a.shape[-1], device=a.device).to(a.dtype).diag() * 4 if a.ndim > 1 and a.shape[-1] ==
                a.shape[-2] else a))))


def in_order(torch, values, vectors=None):
    """The eigenvalues by their real parts, as LAPACK's order depends on who built it."""
    order = values.detach().real.argsort(-1)
    values = torch.take_along_dim(values, order, -1)
    return [values] if vectors is None else [values, outer(torch.take_along_dim(vectors, order.unsqueeze(-2), -1))]


def results(given):
    return given if isinstance(given, tuple) else (given,)


def pairs(torch, a, full=True):
    """The singular values, and products of the vectors that do not depend on signs."""
    U, S, Vh = torch.linalg.svd(a, full)
    least = S.shape[-1]
    together = U[..., :least].unsqueeze(-2) * Vh[..., :least, :].mT.unsqueeze(-3)
    return S, together, outer(U)[..., :least], outer(Vh.mH)[..., :least]


row("linalg.svd", *rectangles, s(x(3, 2), False), s(x(2, 3), False), program=pairs, ulps=32)
row("svd", s(x(3, 2)), s(x(2, 3)), s(x(2, 3), True, False), s(x(3)), ulps=32, program=lambda torch, a, *more: [
    each if each.ndim < a.ndim else each.abs() for each in torch.svd(a, *more)], smooth="absolute values")
row("linalg.svdvals", *rectangles, ulps=16)

# Pseudoinverses, ranks and least squares
row("linalg.pinv", *rectangles, s(x(3, 2), 0.1), s(x(2, 2, 3), rtol=0.25), s(x(3, 2), atol=0.5),
    s(x(3, 2), atol=u(low=0.1, grad=False)), program=regular("linalg.pinv"), ulps=32)
row("pinv_of_a_Hermitian_matrix", s(x(3, 3)), s(x(2, 2, 2), 0.1), s(x(2, 3)), ulps=32,
    program=lambda torch, a, *more: torch.linalg.pinv(
        a + a.mH + 9 * torch.eye(a.shape[-1], dtype=a.dtype, device=a.device) if a.shape[-1] == a.shape[-2] else a,
            *more, hermitian=True))
row("pinverse", *rectangles[:3], s(x(2, 3), 0.1), program=regular("pinverse"), ulps=32)
row("linalg.matrix_rank", *rectangles, s(x(3, 2), 1.5), s(x(3, 3), hermitian=True), s(x(3, 2), rtol=0.5),
    s(x(3, 2), atol=x(grad=False)), smooth="a number of columns")
row("linalg.lstsq", *[s(*each, **settings) for settings in ({}, {"driver": "gels"}, {"driver": "gelsd"}, {"driver":
    "gelss"}) for each in (
    (x(3, 2), x(3, 1)), (x(2, 3), x(2, 2)), (x(2, 3, 2), x(2, 3, 2)))], s(x(3, 2), x(3)), s(x(2, 3, 2), x(2, 3)),
        s(x(3, 2), x(2, 1)), s(x(3), x(3)),
    s(x(3, 2), x(3, 1), driver="x"), program=regular("linalg.lstsq"), ulps=64,
        smooth="its singular values have no derivative")
row("lstsq_solution", s(x(3, 2), x(3, 1), driver="gelsd"), s(x(2, 3), x(2, 2)), s(x(2, 3, 2), x(2, 3)),
    s(x(3, 2), x(3, 2), driver="gels"), ulps=64,
    program=lambda torch, *arguments, **settings: regular("linalg.lstsq")(torch, *arguments, **settings)[:2])
def sizes_of(name):
    """The sizes of what a function gives of random vectors, whose signs are LAPACK's."""
    def program(torch, input, *more):
        return [each if each.ndim < 2 else each.abs() for each in found(torch, name)(distinct(torch, input), *more)]
    return program


tall, wide = x(4, 3, grad=False), x(3, 4, grad=False)  # without gradients: those of abs amplify the rounding errors
row("svd_lowrank", s(tall, 2), s(wide, 3), s(tall, 2, 1, tall), random=True, ulps=64, program=sizes_of("svd_lowrank"),
    meta="random")
row("pca_lowrank", s(tall, 3), s(tall, 3, False), s(tall, 5), random=True, ulps=64, program=sizes_of("pca_lowrank"),
    meta="random")

# Norms
row("linalg.norm",
    s(x(5, 0), 1), s(x(0, 5), 2), s(x(0, 0), float("inf"), keepdim=True), s(x(5, 0), -1),
    s(u(2, 3)), s(u(3), 1), s(u(2, 3), 2), s(u(2, 3), "nuc"), s(u(2, 3), "fro"),
        s(u(2, 3, 2), float("inf"), (0, 2)), s(u(2, 3, 2), 3, 1), s(u(2, 3, 2), None, 0, True),
    s(u(2, 3, 2), 2), s(u(2, 3), 3), s(u(2, 3), "x"), s(u(3), "fro"), s(u(2, 3, 2), 2, (0, 1, 2)),
        s(u(2, 3), 1, dtype=None), s(u()), program=regular("linalg.norm"), ulps=16,
)
row("linalg.matrix_norm",
    s(u(2, 3)), *[s(u(2, 3, 2), order) for order in (1, -1, 2, -2, float("inf"), -float("inf"), "nuc", "fro")],
        s(u(2, 3, 2), 1, (0, 1)), s(u(2, 3, 2), float("inf"), (2, 0), True),
    s(u(2, 3, 2), 2, (0, 1), True), s(u(2, 3, 2), "nuc", (1, 0), True), s(u(2, 2), 3), s(u(2, 2), "fro", (0, 0)),
        s(u(3)), s(u(0, 2)), program=regular("linalg.matrix_norm"), ulps=16,
)
row("linalg.vector_norm", s(x(2, 3)), s(x(2, 3), 1, 0), s(x(2, 3), 3, (0, 1), True), s(x(2, 3), float("inf"), 1),
    s(x(2, 3), 0), ulps=16)
row("linalg.cond", *[s(x(2, 3, 3), *order) for order in ((), (2,), (-2,), (1,), (float("inf"),), ("fro",),
    ("nuc",))], s(x(2, 3)), s(x(2, 3), 1), s(x(2, 2), "x"), s(x(2, 2), 3),
    s(x(3)), s(x(0, 2, 2)), program=regular("linalg.cond"), ulps=32)

# Powers and products
for name in ("linalg.matrix_power", "matrix_power"):
    row(name, *[s(x(3, 3, low=-0.5, high=0.5), n) for n in (0, 1, 2, 3, 5)], s(x(2, 2, 2), 4), s(x(2, 3), 2),
        s(x(3), 2), ulps=16)
row("matrix_power_of_inverses", s(x(3, 3), -1), s(x(2, 3, 3), -2), program=regular("linalg.matrix_power"), ulps=16)
for name in ("linalg.matrix_exp", "matrix_exp"):
    row(name, s(x(3, 3, low=-0.5, high=0.5)), s(x(2, 3, 3, low=-1, high=1)), s(transposed(2, 2)), s(x(0, 0)),
        s(x(0, 2, 2)), s(x(1, 1, low=3, high=4)), *NONE, ulps=16)
row("linalg.multi_dot", s([x(2, 3), x(3, 2)]), s([x(2, 3), x(3, 4), x(4, 2)]), s([x(3), x(3, 2), x(2, 3), x(3)]),
    s([x(4, 1), x(1, 4), x(4, 1), x(1, 2)]),
    s([x(2, 2)]), s([x(2, 2), x(2, 2, 2)]), s([x(2, 2), x(3, 3)]), ulps=16)
row("linalg.vander", s(x(3)), s(x(2, 3)), s(x(3), N=4), s(x(3), N=5), s(x(), N=3), s(x()), s(x(1)), ulps=16)
row("vander", s(x(3)), s(x(3), 4), s(x(3), 2, True), s(x(3), 0), s(x(2, 2)), s(x(0)), s(at(1, 2, 3)), ulps=16)
row("linalg.cross", s(x(2, 3), x(2, 3)), s(x(1, 3), x(2, 3)), s(x(3, 2), x(3, 2), dim=0), s(x(3, 2), x(3, 2)),
    s(x(3), x(2, 3)), s(transposed(2, 3), x(2, 3)), s(x(0, 3), x(0, 3)))
row("cross", s(x(3, 3), x(3, 3)), s(x(2, 3), x(2, 3)), s(x(2, 3), x(2, 3), 1), s(x(2, 2), x(2, 2)))
row("linalg.vecdot", s(x(2, 3), x(2, 3)), s(x(3), x(3)), s(x(3, 2), x(2), dim=0), s(x(3, 2), x(1, 2)))
row("linalg.diagonal", s(x(2, 3)), s(x(2, 3, 3), offset=1), s(x(2, 3, 2), dim1=0, dim2=1))
row("linalg.matmul", s(x(2, 3), x(3, 2)), s(x(2, 2, 3), x(3)))

# Distances and covariances
row("cdist",
    s(x(3, 2), x(4, 2)), *[s(x(3, 2), x(2, 2), p=p) for p in (0.0, 0.5, 1.0, 1.5, 3.0, float("inf"))],
        s(x(2, 3, 2), x(1, 2, 2)), s(x(30, 2), x(2, 2)),
    s(x(2, 2), x(3, 2), compute_mode="use_mm_for_euclid_dist"), s(x(0, 2), x(3, 2)), s(x(2, 0), x(3, 0)),
        s(x(3), x(3)), s(x(2, 3), x(2, 2)), s(x(2, 2), x(2, 2), p=-1.0),
    s(x(2, 2), x(2, 2), compute_mode="x"), s(transposed(2, 3), x(2, 3)), ulps=32,
)
row("pdist", s(x(4, 2)), *[s(x(3, 2), p) for p in (0.0, 1.0, 1.5, 3.0, float("inf"))], s(x(1, 2)), s(x(3, 0)),
    s(x(3)), s(x(2, 2), -1.0), ulps=16)
weights = Input((3,), values=(0.5, 1.0, 2.0), grad=False)
row("cov", s(x(2, 3)), s(x(3)), s(x()), s(x(2, 3), correction=0), s(x(2, 3), fweights=at(1, 2, 1)),
    s(x(2, 3), aweights=weights), s(x(2, 3), fweights=at(1, 2, 1), aweights=weights),
    s(x(2, 2, 2)), s(x(2, 3), fweights=at(1, -1, 1)), s(x(2, 3), fweights=at(0, 0, 0)),
        s(x(2, 3), fweights=at(1, 1)), ulps=16, meta="the sum of the weights is looked at")
row("corrcoef", s(x(2, 3)), s(x(3)), s(x(3, 4)), s(x(2, 2, 2)), ulps=16,
    meta="a covariance looks at the sum of the weights")

# Parts of these
for names, others in {
    "linalg_inv_ex linalg_solve_ex linalg_det linalg_slogdet linalg_pinv rank_of linalg_lstsq":
        "inv, solve, det, slogdet, pinv, matrix_rank and lstsq",
    "linalg_lu linalg_lu_factor_ex linalg_lu_solve lu_parts linalg_ldl_factor_ex linalg_ldl_solve":
        "lu, lu_factor, lu_solve, ldl_factor and ldl_solve",
    "linalg_qr reflections_of linalg_householder_product reflected_product": "qr, geqrf, orgqr and ormqr",
    "linalg_eigh linalg_eig linalg_eigvals linalg_svd": "eigh, eig, eigvals and svd",
    "linalg_cholesky_ex cholesky_old cholesky_solution cholesky_inverted": "the functions of cholesky",
    "linalg_solve_triangular triangular_solve_of": "solve_triangular and triangular_solve",
    "linalg_matrix_exp linalg_cross cdist_forward euclidean_dist pdist_forward": "matrix_exp, cross, cdist and pdist",
}.items():
    row(names, apart=f"seen through {others}")
