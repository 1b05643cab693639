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
kthvalue = named("kthvalue", ("values", "indices"))
max = named("max", ("values", "indices"))
median = named("median", ("values", "indices"))
min = named("min", ("values", "indices"))
mode = named("mode", ("values", "indices"))
nanmedian = named("nanmedian", ("values", "indices"))
sort = named("sort", ("values", "indices"))
topk = named("topk", ("values", "indices"))
