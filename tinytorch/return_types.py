"""The named results of operations that give several tensors: tuples that print as PyTorch's."""

import operator


def named(name, fields):
    """A class of tuples with named entries, made from one sequence: `torch.return_types.max((values, indices))`."""

    def show(self):
        entries = [f"{field}={value!r}" for field, value in zip(fields, self, strict=True)]
        return f"torch.return_types.{name}(\n" + ",\n".join(entries) + ")"

    attributes = {field: property(operator.itemgetter(place)) for place, field in enumerate(fields)}
    attributes |= {"__slots__": (), "__repr__": show, "__module__": "torch.return_types"}
    return type(name, (tuple,), attributes)


INDEXED = ("values", "indices")
BINNED = ("hist", "bin_edges")

aminmax, aminmax_out = named("aminmax", ("min", "max")), named("aminmax_out", ("min", "max"))
cummax, cummax_out = named("cummax", INDEXED), named("cummax_out", INDEXED)
cummin, cummin_out = named("cummin", INDEXED), named("cummin_out", INDEXED)
frexp = named("frexp", ("mantissa", "exponent"))
geqrf = named("geqrf", ("a", "tau"))
histogram, histogram_out = named("histogram", BINNED), named("histogram_out", BINNED)
histogramdd = named("histogramdd", BINNED)
kthvalue, kthvalue_out = named("kthvalue", INDEXED), named("kthvalue_out", INDEXED)
linalg_cholesky_ex = named("linalg_cholesky_ex", ("L", "info"))
linalg_eig = named("linalg_eig", ("eigenvalues", "eigenvectors"))
linalg_eigh = named("linalg_eigh", ("eigenvalues", "eigenvectors"))
linalg_inv_ex = named("linalg_inv_ex", ("inverse", "info"))
linalg_ldl_factor = named("linalg_ldl_factor", ("LD", "pivots"))
linalg_ldl_factor_ex = named("linalg_ldl_factor_ex", ("LD", "pivots", "info"))
linalg_lstsq = named("linalg_lstsq", ("solution", "residuals", "rank", "singular_values"))
linalg_lu = named("linalg_lu", ("P", "L", "U"))
linalg_lu_factor = named("linalg_lu_factor", ("LU", "pivots"))
linalg_lu_factor_ex = named("linalg_lu_factor_ex", ("LU", "pivots", "info"))
linalg_qr = named("linalg_qr", ("Q", "R"))
linalg_slogdet = named("linalg_slogdet", ("sign", "logabsdet"))
linalg_solve_ex = named("linalg_solve_ex", ("result", "info"))
linalg_svd = named("linalg_svd", ("U", "S", "Vh"))
lu_unpack = named("lu_unpack", ("P", "L", "U"))
max, max_out = named("max", INDEXED), named("max_out", INDEXED)
median, median_out = named("median", INDEXED), named("median_out", INDEXED)
min, min_out = named("min", INDEXED), named("min_out", INDEXED)
mode, mode_out = named("mode", INDEXED), named("mode_out", INDEXED)
nanmedian, nanmedian_out = named("nanmedian", INDEXED), named("nanmedian_out", INDEXED)
qr = named("qr", ("Q", "R"))
slogdet = named("slogdet", ("sign", "logabsdet"))
sort, sort_out = named("sort", INDEXED), named("sort_out", INDEXED)
svd = named("svd", ("U", "S", "V"))
topk, topk_out = named("topk", INDEXED), named("topk_out", INDEXED)
triangular_solve = named("triangular_solve", ("solution", "cloned_coefficient"))
