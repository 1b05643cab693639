"""Layouts and memory formats: the names by which programs ask how a tensor's elements are stored."""

from tinytorch.layout import dense, memory_order


class layout:
    """How elements are stored: one after the other, `torch.strided`, or those alone that are not 0."""

    __slots__ = ("name",)

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"torch.{self.name}"

    def __reduce__(self):
        return named, (self.name,)


class memory_format(layout):
    """In which order the dimensions stand in memory, such as `torch.contiguous_format`."""

    __slots__ = ()


layout.__module__ = memory_format.__module__ = "torch"
strided = layout("strided")
sparse_coo, sparse_csr, sparse_csc = SPARSE = [layout(f"sparse_{name}") for name in ("coo", "csr", "csc")]
sparse_bsr, sparse_bsc, jagged = ABSENT = [layout(name) for name in ("sparse_bsr", "sparse_bsc", "jagged")]
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")
RANKS = {channels_last: 4, channels_last_3d: 5}


def named(name):
    """The layout or memory format of a name, for pickle."""
    every = strided, *SPARSE, *ABSENT, contiguous_format, preserve_format, *RANKS
    return next(each for each in every if each.name == name)


def packed_strides(shape):
    """The strides, in elements, of elements that lie row by row; a dimension of size 0 counts as 1."""
    strides, step = [0] * len(shape), 1
    for dim in range(len(shape) - 1, -1, -1):
        strides[dim] = step
        step *= max(shape[dim], 1)
    return tuple(strides)


def format_strides(shape, form):
    """The strides, in elements, of a new tensor in a memory format that does not follow another tensor's."""
    if form is None or form is contiguous_format:
        return packed_strides(shape)
    if form is preserve_format:
        raise RuntimeError("unsupported memory format Preserve")
    if len(shape) != RANKS[form]:
        raise RuntimeError(f"required rank {RANKS[form]} tensor to use {form.name} format")
    strides = packed_strides((shape[0], *shape[2:], shape[1]))
    return (strides[0], strides[-1], *strides[1:-1])


def suggested(array):
    """The memory format that strides speak of: channels last where they can be nothing else, as PyTorch reads them."""
    for form, order in ((channels_last, (1, 3, 2, 0)), (channels_last_3d, (1, 4, 3, 2, 0))):
        if array.ndim == len(order) and array.strides[1] != 0 and array.size and follows(array, order):
            return form
    return contiguous_format


def follows(array, order):
    """Whether the strides grow in this order of dimensions; where the batch alone has a size, they do not say so."""
    least = 0
    for dim in order:
        if array.strides[dim] < least or (dim == 0 and least == array.strides[1]):
            return False
        least = array.strides[dim] * array.shape[dim]
    return True


def like_strides(array, form):
    """The strides, in elements, of a new tensor like another: those of a dense one, or its order of dimensions."""
    if form is not None and form is not preserve_format:
        return format_strides(array.shape, form)
    if array.flags.c_contiguous:
        return packed_strides(array.shape)
    if dense(array):
        return tuple([stride // array.itemsize for stride in array.strides])
    order = memory_order(array.shape, [array])
    packed = packed_strides([array.shape[dim] for dim in order])
    return tuple([packed[order.index(dim)] for dim in range(array.ndim)])
