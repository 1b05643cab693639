"""What processes do together: in a world of one each result is the process's own value, checked as PyTorch does."""

import pickle
import warnings

from tinytorch.distributed.world import (
    RedOpType,
    ReduceOp,
    _get_default_group,
    _rank_not_in_group,
    supports_complex,
)
from tinytorch.dtypes import COMPLEX, FLOAT
from tinytorch.futures import Future
from tinytorch.modes import no_grad
from tinytorch.tensor import Tensor

BITS = (RedOpType.BAND, RedOpType.BOR, RedOpType.BXOR)


class Work:
    """What was begun with `async_op=True`: it is done already."""

    def __init__(self, result=()):
        self._result = list(result)

    def wait(self, timeout=None):
        """True."""
        return True

    is_completed = is_success = wait

    def result(self):
        """The tensors that were written."""
        return self._result

    def get_future(self):
        """A Future of the tensors that were written."""
        future = Future()
        future.set_result(self._result)
        return future

    def synchronize(self):
        """Nothing is left to be waited for."""


def begun(group):
    """Whether this process takes part in a group; a ValueError before the world begins."""
    _get_default_group()
    if _rank_not_in_group(group):
        warnings.warn("Running a collective on a global rank that does not belong to the given group.", stacklevel=3)
        return False
    return True


def ended(async_op, *results):
    """What a collective returns."""
    return Work(results) if async_op else None


def check_tensor(name, value):
    """A TypeError for what is no tensor."""
    if not isinstance(value, Tensor):
        raise TypeError(
            f"Invalid function argument. Expected parameter `{name}` of type torch.Tensor\n"
            f"             but got {type(value)} instead."
        )


def check_tensors(name, values):
    """A TypeError for what is no list of tensors."""
    if not isinstance(values, list) or not all(isinstance(each, Tensor) for each in values):
        raise TypeError(
            f"Invalid function argument. Expected parameter `{name}` of type List[torch.Tensor]\n"
            f"             but got {type(values)} with elements of type {[type(each) for each in values]}."
        )


def check_op(name, op, tensor):
    """Refuse a reduction that is none, or that the dtype of a tensor has not."""
    if not isinstance(op, RedOpType):
        raise TypeError(f"{name}(): argument 'op' must be torch.distributed.ReduceOp, not {type(op).__name__}")
    if tensor.dtype.category == COMPLEX and not supports_complex(op):
        raise ValueError(f"{name} does not support {op} on complex tensors")
    if op in BITS and tensor.dtype.category >= FLOAT:
        raise RuntimeError(f"Cannot use ReduceOp.{op.name} with non-integral dtype")


def check_rank(name, rank):
    """A RuntimeError for a rank that the world has not."""
    if rank not in (0, None):
        raise RuntimeError(f"ProcessGroupGloo::{name}: invalid root rank: {rank}")


def check_list(name, side, tensors, tensor):
    """A RuntimeError for a list of tensors that is not that of one process, with what this one has."""
    if len(tensors) != 1:
        raise RuntimeError(
            f"ProcessGroupGloo::{name}: invalid {side} tensor list at index 0 (expected length 1, got {len(tensors)})"
        )
    if tensors[0].dtype is not tensor.dtype:
        raise ValueError(f"Invalid usage of tensors with different dtypesFound {tensors[0].dtype} and  {tensor.dtype}")
    if tensors[0].shape != tensor.shape:
        sizes = [", ".join(map(str, each.shape)) for each in (tensor, tensors[0])]
        raise RuntimeError(
            f"ProcessGroupGloo::{name}: invalid tensor size at index 0 (expected ({sizes[0]}), got ({sizes[1]}))"
        )


def write(target, source):
    """Give a tensor the values of another one, which no history follows."""
    with no_grad():
        target.copy_(source.reshape(target.shape))


def all_reduce(tensor, op=ReduceOp.SUM, group=None, async_op=False):
    """Reduce a tensor over all processes, in place; every process gets the result."""
    check_tensor("tensor", tensor)
    if begun(group):
        check_op("all_reduce", op, tensor)
        return ended(async_op, tensor)


def all_reduce_coalesced(tensors, op=ReduceOp.SUM, group=None, async_op=False):
    """Reduce several tensors over all processes, in place."""
    check_tensors("tensors", tensors)
    for each in tensors:
        all_reduce(each, op, group)
    if begun(group):
        return ended(async_op, *tensors)


def reduce(tensor, dst=None, op=ReduceOp.SUM, group=None, async_op=False, group_dst=None):
    """Reduce a tensor over all processes, in place; `dst` gets the result."""
    check_tensor("tensor", tensor)
    if begun(group):
        check_op("reduce", op, tensor)
        check_rank("reduce", dst if group_dst is None else group_dst)
        return ended(async_op, tensor)


def broadcast(tensor, src=None, group=None, async_op=False, group_src=None):
    """Give every process the tensor of `src`, in place."""
    check_tensor("tensor", tensor)
    if begun(group):
        if src is None and group_src is None:
            raise ValueError("Must specify global_rank or group_rank")
        check_rank("broadcast", src if group_src is None else group_src)
        return ended(async_op, tensor)


def all_gather(tensor_list, tensor, group=None, async_op=False):
    """Write the tensor of each process into a list of tensors."""
    check_tensors("tensor_list", tensor_list)
    check_tensor("tensor", tensor)
    if begun(group):
        check_list("allgather", "output", tensor_list, tensor)
        write(tensor_list[0], tensor)
        return ended(async_op, *tensor_list)


def gather(tensor, gather_list=None, dst=None, group=None, async_op=False, group_dst=None):
    """Write the tensor of each process into a list of tensors of `dst`."""
    check_tensor("tensor", tensor)
    if begun(group):
        if not gather_list:
            raise ValueError("Argument ``gather_list`` must be specified on destination rank.")
        check_rank("gather", dst if group_dst is None else group_dst)
        check_list("gather", "output", gather_list, tensor)
        write(gather_list[0], tensor)
        return ended(async_op, *gather_list)


def scatter(tensor, scatter_list=None, src=None, group=None, async_op=False, group_src=None):
    """Give each process one tensor of the list of `src`."""
    check_tensor("tensor", tensor)
    if begun(group):
        if not scatter_list:
            raise ValueError("Argument ``scatter_list`` must be specified on source rank.")
        check_rank("scatter", src if group_src is None else group_src)
        check_list("scatter", "input", scatter_list, tensor)
        write(tensor, scatter_list[0])
        return ended(async_op, tensor)


def reduce_scatter(output, input_list, op=ReduceOp.SUM, group=None, async_op=False):
    """Reduce a list of tensors over all processes; each gets the one of its rank."""
    check_tensor("output", output)
    check_tensors("input_list", input_list)
    if begun(group):
        check_op("reduce_scatter", op, output)
        check_list("reduce_scatter", "input", input_list, output)
        write(output, input_list[0])
        return ended(async_op, output)


def all_to_all(output_tensor_list, input_tensor_list, group=None, async_op=False):
    """Give each process one tensor of each process's list."""
    check_tensors("output_tensor_list", output_tensor_list)
    check_tensors("input_tensor_list", input_tensor_list)
    if begun(group):
        check_list("alltoall", "output", output_tensor_list, input_tensor_list[0])
        write(output_tensor_list[0], input_tensor_list[0])
        return ended(async_op, *output_tensor_list)


def all_gather_into_tensor(output_tensor, input_tensor, group=None, async_op=False):
    """Write the tensors of all processes into one, in a row."""
    check_tensor("output_tensor", output_tensor)
    check_tensor("input_tensor", input_tensor)
    if begun(group):
        write(output_tensor, input_tensor)
        return ended(async_op, output_tensor)


def reduce_scatter_tensor(output, input, op=ReduceOp.SUM, group=None, async_op=False):
    """Reduce a tensor over all processes; each gets the part of its rank."""
    check_tensor("output", output)
    if begun(group):
        check_op("reduce_scatter_tensor", op, output)
        return all_gather_into_tensor(output, input, group, async_op)


def all_to_all_single(output, input, output_split_sizes=None, input_split_sizes=None, group=None, async_op=False):
    """Give each process a part of each process's tensor."""
    return all_gather_into_tensor(output, input, group, async_op)


def barrier(group=None, async_op=False, device_ids=None):
    """Wait until all processes are here: they are."""
    if begun(group):
        return ended(async_op)


def monitored_barrier(group=None, timeout=None, wait_all_ranks=False):
    """Wait until all processes are here, and say who is not: they are."""
    begun(group)


def pickled(obj):
    """An object as another process would get it."""
    return pickle.loads(pickle.dumps(obj))


def all_gather_object(object_list, obj, group=None):
    """Put the object of each process, pickled, into a list."""
    if begun(group):
        object_list[0] = pickled(obj)


def gather_object(obj, object_gather_list=None, dst=None, group=None, group_dst=None):
    """Put the object of each process, pickled, into the list of `dst`."""
    if begun(group):
        if not object_gather_list:
            raise ValueError("Argument ``object_gather_list`` must be specified on destination rank.")
        object_gather_list[0] = pickled(obj)


def broadcast_object_list(object_list, src=None, group=None, device=None, group_src=None, weights_only=None):
    """Give every process the objects of `src`, pickled, in place."""
    if begun(group):
        object_list[:] = [pickled(each) for each in object_list]


def scatter_object_list(
    scatter_object_output_list, scatter_object_input_list=None, src=None, group=None, group_src=None
):
    """Give each process one object of the list of `src`, pickled."""
    if begun(group):
        if not isinstance(scatter_object_output_list, list) or len(scatter_object_output_list) < 1:
            raise ValueError("Expected argument scatter_object_output_list to be a list of size at least 1.")
        scatter_object_output_list[0] = pickled(scatter_object_input_list[0])


def send(tensor, dst=None, group=None, tag=0, group_dst=None):
    """Send a tensor to another process: a ValueError, as there is none."""
    _get_default_group()
    check_tensor("tensor", tensor)
    raise ValueError(
        "Invalid destination rank: destination rank should not be the same as the rank of the current process."
    )


def recv(tensor, src=None, group=None, tag=0, group_src=None):
    """Get a tensor from another process: a ValueError, as there is none."""
    _get_default_group()
    check_tensor("tensor", tensor)
    raise ValueError("Invalid source rank: source rank should not be the same as the rank of the current process.")


isend, irecv = send, recv
