"""How samples become a batch: tensors are stacked, numbers become tensors, containers are gone through."""

import copy
import re
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence

from tinytorch import dtypes
from tinytorch.devices import CPU
from tinytorch.formats import strided
from tinytorch.ops.join import stack_of as stack
from tinytorch.ops.values import as_tensor, tensor
from tinytorch.tensor import Tensor
from tinytorch.utils.data._utils.info import get_worker_info

default_collate_err_msg_format = (
    "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"
)
INLINE = 1 << 14  # bytes of a batch that are sooner sent than lent
np_str_obj_array_pattern = re.compile(r"[SaUO]")  # in the names of NumPy's dtypes of text, bytes or objects


def default_collate(batch: list):
    """The batch of a list of samples: a structure as theirs, with tensors that have a first dimension for the batch.

    Tensors are stacked; floats become float64, integers int64; strings and bytes stay a list. A TypeError for
    other things.
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)


def default_convert(data):
    """A sample with tensors in the place of NumPy's arrays, at any depth; a tuple becomes a list."""
    if isinstance(data, Tensor):
        return data
    if isinstance(data, (CPU.array, CPU.xp.generic)):
        return data if np_str_obj_array_pattern.search(data.dtype.str) else as_tensor(data)
    if isinstance(data, Mapping):
        return mapping_like(data, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return sequence_like(data, [default_convert(each) for each in data])
    return data


def collate(batch: Sequence, *, collate_fn_map: dict | None = None):
    """The batch of a list of samples, by the function that the map has for the type of the first, or as a container."""
    first = batch[0]
    function = function_for(first, collate_fn_map or {})
    if function is not None:
        return function(batch, collate_fn_map=collate_fn_map)
    if isinstance(first, Mapping):
        columns = {key: collate([each[key] for each in batch], collate_fn_map=collate_fn_map) for key in first}
        return mapping_like(first, columns)
    if isinstance(first, Sequence):
        if any(len(each) != len(first) for each in batch) and not hasattr(first, "_fields"):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [collate(each, collate_fn_map=collate_fn_map) for each in zip(*batch, strict=False)]
        return sequence_like(first, columns)
    raise TypeError(default_collate_err_msg_format.format(type(first)))


def function_for(value, functions: dict) -> Callable | None:
    """The function of the type of a value, or of the first entry that it is an instance of."""
    if type(value) in functions:
        return functions[type(value)]
    return next((function for kind, function in functions.items() if isinstance(value, kind)), None)


def mapping_like(first: Mapping, values: dict):
    """A mapping of the type of `first`, with other attributes of it kept where it can be copied."""
    try:
        if not isinstance(first, MutableMapping):
            return type(first)(values)
        made = copy.copy(first)
        made.update(values)
        return made
    except TypeError:  # the type wants other arguments
        return values


def sequence_like(first: Sequence, values: list):
    """A sequence of the type of `first`; a tuple without names becomes a list."""
    if hasattr(first, "_fields"):
        return type(first)(*values)
    if isinstance(first, tuple):
        return values
    try:
        if not isinstance(first, MutableSequence):
            return type(first)(values)
        made = copy.copy(first)
        for place, value in enumerate(values):
            made[place] = value
        return made
    except TypeError:  # the type wants other arguments
        return values


def collate_tensor_fn(batch, *, collate_fn_map=None):
    """Tensors of one shape, stacked; in a worker in memory that the loader sees too."""
    if batch[0].layout is not strided:
        raise RuntimeError(
            "Batches of sparse tensors are not currently supported by the default collate_fn; please provide a custom "
            "collate_fn to handle them appropriately."
        )
    if get_worker_info() is None or not can_be_lent(batch):
        return stack(batch, 0)
    from tinytorch.utils.data._utils.loans import own  # with multiprocessing

    made = own.empty((len(batch), *batch[0].shape), batch[0].dtype)
    for place, each in enumerate(batch):
        made[place] = each
    return made


def can_be_lent(batch) -> bool:
    """Whether tensors are of one shape and dtype, on the CPU and without gradient, and have so many elements to pay."""
    first = batch[0]
    layout = first.shape, first.dtype
    return first.nbytes * len(batch) > INLINE and not any(
        each.requires_grad or each.device is not CPU or (each.shape, each.dtype) != layout for each in batch
    )


def collate_numpy_array_fn(batch, *, collate_fn_map=None):
    """NumPy's arrays of one shape as one tensor; a TypeError for text."""
    if np_str_obj_array_pattern.search(batch[0].dtype.str):
        raise TypeError(default_collate_err_msg_format.format(batch[0].dtype))
    return collate([as_tensor(each) for each in batch], collate_fn_map=collate_fn_map)


def collate_numpy_scalar_fn(batch, *, collate_fn_map=None):
    """NumPy's numbers as a tensor of their dtype."""
    return as_tensor(CPU.xp.array(batch))


def collate_float_fn(batch, *, collate_fn_map=None):
    """Numbers as a tensor of float64."""
    return tensor(batch, dtype=dtypes.float64)


def collate_int_fn(batch, *, collate_fn_map=None):
    """Integers as a tensor of int64, truth values as one of bool."""
    return tensor(batch)


def collate_str_fn(batch, *, collate_fn_map=None):
    """Strings stay a list."""
    return batch


default_collate_fn_map = {
    Tensor: collate_tensor_fn,
    CPU.array: collate_numpy_array_fn,
    (CPU.xp.bool_, CPU.xp.number): collate_numpy_scalar_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}
