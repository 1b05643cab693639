"""Copies of what views would show: the function of each view under its name with `_copy` behind it."""

from tinytorch import errors
from tinytorch.delivery import deliver_all
from tinytorch.graph import Part, named
from tinytorch.layout import normal_dim
from tinytorch.operation import Rule, operation
from tinytorch.ops import views, windows
from tinytorch.ops.complex import view_as_complex, view_as_real
from tinytorch.ops.indexing import basic_index
from tinytorch.ops.refusals import given_to
from tinytorch.ops.split import split, split_with_sizes
from tinytorch.tensor import Tensor


@operation(
    Rule(moves=True, method=False, linear=True, overload=lambda input, node: node),
    input=lambda grad: grad,
)
def shown_copy(xp, input, node):
    """A copy of a view, row by row; its node has PyTorch's name for both in one."""
    return input.copy()


def copying(name, view):
    """The function that copies what `view` shows; several views give a tuple, and with `out=` nothing."""

    def copy(input, *settings, out=None, **settings_by_name):
        shown = view(input, *settings, **settings_by_name)
        if isinstance(shown, Tensor):
            made = shown_copy(shown, node_of(shown))
            return given_to(name, out, made, errors.OTHER_DTYPE)
        made = tuple([shown_copy(each, node_of(each)) for each in shown])
        if out is None:
            return made
        deliver_all(name, out, made, *[errors.OTHER_DTYPE] * len(made))
        return None

    copy.__name__ = copy.__qualname__ = name
    copy.__module__ = "torch"
    copy.__doc__ = f"""What `{name.removesuffix("_copy")}` shows, in memory of its own, row by row."""
    return copy


def node_of(shown):
    """PyTorch's name for the node of a view and a copy of it in one."""
    history = shown.history.node if type(shown.history) is Part else shown.history
    return "" if history is None else f"{type(named(history)).__name__}_copy"


def alias(input):
    """A view of all there is."""
    return basic_index(input, (...,))


def slice_of(input, dim=0, start=None, end=None, step=1):
    """The view input[start:end:step] along a dimension."""
    if step < 1:
        raise RuntimeError("slice step must be positive")
    dim = normal_dim(dim, input.array.ndim)
    return basic_index(input, (slice(None),) * dim + (slice(start, end, step),))


def split_evenly(input, split_size, dim=0):
    """Parts of one size along a dimension, as views."""
    if not hasattr(split_size, "__index__"):
        raise TypeError(
            f"split_copy(): argument 'split_size' (position 2) must be int, not {type(split_size).__name__}"
        )
    return split(input, split_size, dim)


def view_or_reshape(input, size=None, *, dtype=None):
    """The elements in another shape, or read as another dtype; it is copied anyway, so any layout will do."""
    try:
        return views.view(input, dtype if size is None else size)
    except RuntimeError as error:
        if str(error) != errors.ONLY_A_COPY:
            raise
    return views.view(input.contiguous(), size)


alias_copy = copying("alias_copy", alias)
as_strided_copy = copying("as_strided_copy", windows.as_strided)
diagonal_copy = copying("diagonal_copy", windows.diagonal)
expand_copy = copying("expand_copy", lambda input, size, *, implicit=False: views.expand(input, tuple(size)))
permute_copy = copying("permute_copy", lambda input, dims: views.permute(input, tuple(dims)))
select_copy = copying("select_copy", views.select)
slice_copy = copying("slice_copy", slice_of)
split_copy = copying("split_copy", split_evenly)
split_with_sizes_copy = copying("split_with_sizes_copy", split_with_sizes)
squeeze_copy = copying("squeeze_copy", views.squeeze)
t_copy = copying("t_copy", views.t)
transpose_copy = copying("transpose_copy", views.transpose)
unbind_copy = copying("unbind_copy", views.unbind)
unfold_copy = copying("unfold_copy", windows.unfold)
unsqueeze_copy = copying("unsqueeze_copy", views.unsqueeze)
view_as_complex_copy = copying("view_as_complex_copy", view_as_complex)
view_as_real_copy = copying("view_as_real_copy", view_as_real)
view_copy = copying("view_copy", view_or_reshape)


def no_derivative(grad):
    """A detached copy has no derivative, though PyTorch gives it a history."""
    raise RuntimeError("derivative for aten::detach_copy is not implemented")


@operation(
    Rule(moves=True, method=False, linear=True, overload=lambda *_: "NotImplemented"),
    input=no_derivative,
)
def detach_copy(xp, input):
    """The elements in memory of their own, row by row; a RuntimeError in backward."""
    return input.copy()
