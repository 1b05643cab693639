"""Memory that processes share: how a tensor moves there, and how it is sent to another process without a copy.

Such memory is a file without a name, which lasts as long as any process has it open, so nothing stays behind. It is
imported at the first use, as multiprocessing is.
"""

import mmap
import os
import sys
import tempfile
import weakref
from multiprocessing.reduction import DupFd, ForkingPickler

from tinytorch.devices import CPU
from tinytorch.tensor import TENSORS, Tensor, wrap

NOT_A_LEAF = (
    "Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not support crossing "
    "process boundaries.  If you just want to transfer the data, call detach() on the tensor before serializing (e.g., "
    "putting it on the queue)."
)
OPTIONS = {"trackfd": False} if sys.version_info >= (3, 13) else {}  # else each map keeps a second file open
known = weakref.WeakValueDictionary()  # by which a file is known to the system -> its memory in this process


class Memory(mmap.mmap):
    """Memory of an open file, which is closed with it; arrays that lie in it keep it.

    They lie in one flat array, which `whole` is a weak reference to, so that one can see when nobody uses them.
    """

    whole = staticmethod(lambda: None)
    number = None  # by which a loader and its worker know it

    def __new__(cls, file: int):
        made = super().__new__(cls, file, os.fstat(file).st_size, **OPTIONS)
        made.file = file
        made.closing = weakref.finalize(made, os.close, file)
        made.closing.atexit = False
        known[identity(file)] = made
        return made

    def array(self, dtype, shape: tuple):
        """The beginning of the memory as an array of NumPy's dtype."""
        count = 1
        for each in shape:
            count *= each
        whole = self.whole()
        if whole is None or whole.nbytes != count * dtype.itemsize:
            whole = CPU.array((count,), dtype, self)
            self.whole = weakref.ref(whole)
        return whole.view(dtype).reshape(shape)


def identity(file: int) -> tuple:
    """By which the system knows an open file."""
    facts = os.fstat(file)
    return facts.st_dev, facts.st_ino


def new_memory(size: int) -> Memory:
    """So many bytes of shared memory, all 0."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("tinytorch", os.MFD_CLOEXEC)
    else:
        with tempfile.TemporaryFile() as opened:
            file = os.dup(opened.fileno())
    try:
        os.truncate(file, size)
        return Memory(file)
    except BaseException:
        os.close(file)
        raise


def memory_in(file: int, keep: bool = True) -> Memory:
    """The memory of a file that another process has sent, mapped once; only with `keep` it can be sent on."""
    found = known.get(identity(file))
    if found is not None:
        os.close(file)
        return found
    made = Memory(file)
    if not keep:
        made.closing()
        made.file = None
    return made


def memory_of(array) -> Memory | None:
    """The shared memory that an array lies in, or None."""
    while array is not None and type(array) is not Memory:
        array = getattr(array, "base", None)
    return array


def can_be_sent(array) -> bool:
    """Whether an array lies in shared memory whose file is open."""
    memory = memory_of(array)
    return memory is not None and memory.file is not None


def share(tensor: Tensor, take=new_memory) -> Tensor:
    """Move a tensor of the CPU, with the one that it is a view of, to shared memory, unless it is there already."""
    register()
    if type(tensor) not in TENSORS:
        ForkingPickler.register(type(tensor), reduce_tensor)
    if tensor.device is not CPU or not tensor.array.size or can_be_sent(tensor.array):
        return tensor
    base = tensor if tensor.base is None else tensor.base
    if can_be_sent(base.array):  # it moved after this view was made
        moved, moving = CPU.xp.storage(base.array)[0], (tensor,)
    else:
        flat, _ = CPU.xp.storage(base.array)
        moved, moving = take(flat.nbytes).array(flat.dtype, flat.shape), {base, tensor}
        moved[...] = flat
    for each in moving:
        array = each.array
        steps = [step // array.itemsize for step in array.strides]
        each.array = CPU.xp.strided(moved.view(array.dtype), array.shape, steps, CPU.xp.storage(array)[1])
    return tensor


# How tensors are sent


def register():
    """Let what multiprocessing sends share the memory of tensors."""
    ForkingPickler.register(Memory, reduce_memory)
    for each in TENSORS:
        ForkingPickler.register(each, reduce_tensor)


def reduce_memory(memory: Memory):
    """Memory as multiprocessing sends it: the file is opened there too."""
    memory.number = None  # it is not for one loader alone
    return rebuild_memory, (DupFd(memory.file),)


def rebuild_memory(file) -> Memory:
    """Memory from what `reduce_memory` gave."""
    return memory_in(file.detach())


def reduce_tensor(tensor: Tensor):
    """A tensor as multiprocessing sends it: it moves to shared memory, which both processes see from then on.

    On another device, and without elements, its values are sent. A RuntimeError for a result that requires grad.
    """
    refuse_results(tensor)
    if tensor.device is not CPU or not tensor.array.size:
        return tensor.__reduce_ex__(2)
    array = share(tensor).array
    flat, offset = CPU.xp.storage(array)
    layout = array.shape, [step // array.itemsize for step in array.strides], offset
    return rebuild_tensor, (
        named(type(tensor)), memory_of(array), tensor.dtype, flat.size, layout, tensor.requires_grad
    )  # fmt: skip


def refuse_results(tensor: Tensor) -> None:
    """Refuse what has a history, which does not leave the process."""
    if tensor.requires_grad and not tensor.is_leaf:
        raise RuntimeError(NOT_A_LEAF)


def rebuild_tensor(cls, memory: Memory, dtype, count: int, layout: tuple, requires_grad: bool) -> Tensor:
    """A tensor from what `reduce_tensor` gave, in the same memory."""
    made = wrap(CPU.xp.strided(memory.array(dtype.numpy, (count,)), *layout), CPU)
    made.__class__ = {each.__name__: each for each in TENSORS}.get(cls, cls)
    made.needs = requires_grad
    return made


def named(cls):
    """A class of tensors as it is sent: one of ours by its name, as its module is PyTorch's."""
    return cls.__name__ if cls in TENSORS else cls
