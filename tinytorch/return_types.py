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


aminmax = named("aminmax", ("min", "max"))
cummax = named("cummax", ("values", "indices"))
cummin = named("cummin", ("values", "indices"))
frexp = named("frexp", ("mantissa", "exponent"))
geqrf = named("geqrf", ("a", "tau"))
kthvalue = named("kthvalue", ("values", "indices"))
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
max = named("max", ("values", "indices"))
median = named("median", ("values", "indices"))
min = named("min", ("values", "indices"))
mode = named("mode", ("values", "indices"))
nanmedian = named("nanmedian", ("values", "indices"))
qr = named("qr", ("Q", "R"))
slogdet = named("slogdet", ("sign", "logabsdet"))
sort = named("sort", ("values", "indices"))
svd = named("svd", ("U", "S", "V"))
topk = named("topk", ("values", "indices"))
triangular_solve = named("triangular_solve", ("solution", "cloned_coefficient"))
