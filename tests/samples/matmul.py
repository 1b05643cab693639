"""Products of matrices and of vectors."""

from tests.samples.table import expanded, row, s, stepped, transposed, x

# fmt: off
# A table, filled line by line.

# Products of matrices
row("mm",
    s(x(2, 3), x(3, 4)), s(transposed(2, 3), x(3, 2)), s(x(2, 3), transposed(3, 2)), s(x(0, 3), x(3, 2)),
    s(x(2, 0), x(0, 3)), s(x(2, 3), x(2, 3)), s(x(2), x(2, 2)), s(stepped(2, 3), expanded(3, 2)),
)
row("bmm",
    s(x(2, 2, 3), x(2, 3, 2)), s(transposed(2, 2, 3), x(2, 3, 1)), s(x(0, 2, 3), x(0, 3, 2)), s(x(2, 2, 3), x(2, 2, 3)),
    s(x(2, 2), x(2, 2)),
)
row("mv", s(x(2, 3), x(3)), s(transposed(2, 3), stepped(3)), s(x(2, 3), x(2)), s(x(2), x(2)), s(x(2, 0), x(0)))
row("dot vdot", s(x(3), x(3)), s(stepped(3), x(3)), s(x(0), x(0)), s(x(2), x(3)), s(x(2, 2), x(2)))
row("addmm",
    s(x(2, 2), x(2, 3), x(3, 2)), s(x(2), x(2, 3), x(3, 2)), s(x(), x(2, 3), transposed(3, 2)),
    s(x(2, 2), x(2, 3), x(3, 2), beta=2, alpha=0.5), s(x(2, 1), x(2, 0), x(0, 3)), s(x(3), x(2, 3), x(3, 2)),
)
row("addmv", s(x(2), x(2, 3), x(3)), s(x(), x(2, 3), x(3), beta=0, alpha=2))
row("addr", s(x(2, 3), x(2), x(3)), s(x(), x(2), x(3), beta=2, alpha=0.5))
row("baddbmm addbmm", s(x(2, 2), x(3, 2, 3), x(3, 3, 2)), s(x(), x(2, 2, 3), x(2, 3, 2), beta=2, alpha=3))
row("outer ger", s(x(2), x(3)), s(stepped(2), x(1)))
row("inner", s(x(3), x(3)), s(x(2, 3), x(4, 3)), s(x(), x(2)), s(x(2), x(3)))
row("kron", s(x(2, 2), x(2, 3)), s(x(2), x(2, 1)))
row("tensordot", s(x(2, 3), x(3, 2), 1), s(x(2, 3, 2), x(3, 2, 2), ([1, 2], [0, 1])))
row("einsum",
    s("ij,jk->ik", x(2, 3), x(3, 2)), s("ij->j", x(2, 3)), s("bij,bjk->bk", x(2, 2, 3), x(2, 3, 2)),
    s("i,j", x(2), x(3)), s("ii->i", x(3, 3)),
)
row("matmul",
    s(x(3), x(3)), s(x(2, 3), x(3)), s(x(3), x(3, 2)), s(x(2, 3), x(3, 2)), s(x(2, 2, 3), x(3, 2)),
    s(x(2, 1, 2, 3), x(2, 3, 2)), s(x(2, 3), x(2, 3)), s(x(), x(2)), s(transposed(2, 2, 3), transposed(2, 3, 2)),
    s(x(2, 2, 3), x(3)), s(x(3), x(2, 3, 2)), s(x(2, 3), x(2, 3, 2)),
)
row("trace", s(x(2, 3)), s(transposed(3, 3)), s(x(2)))
row("chain_matmul", s(x(2, 3), x(3, 2), x(2, 2)))
