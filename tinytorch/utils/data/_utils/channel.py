"""Messages between a loader and one of its workers: pickles through a socket, with memory that both see beside them.

The side of the loader never waits to write, so that two who send at the same time do not wait for each other. The end
of a process is the end of its side: who reads notices at once.
"""

import functools
import io
import os
import pickle
import socket
import struct
import weakref
from multiprocessing.reduction import ForkingPickler

from tinytorch.devices import CPU
from tinytorch.sharing import Memory, memory_in, memory_of, reduce_tensor, refuse_results, register, share
from tinytorch.tensor import TENSORS, Tensor
from tinytorch.utils.data._utils.collate import INLINE
from tinytorch.utils.data._utils.loans import Loans, own

HEAD = struct.Struct("<QI")  # bytes of the pickle, and how many files follow it
FILES = 200  # that the system takes in one piece
TOO_MANY_FILES = (
    "Too many open files. Communication with the workers is no longer possible. Please increase the limit using "
    "`ulimit -n` in the shell or change the sharing strategy by calling "
    "`torch.multiprocessing.set_sharing_strategy('file_system')` at the beginning of your code"
)
kept = weakref.WeakSet()  # the sides of loaders, which a forked process must not hold open


class Channel:
    """One side of a pair of connected sockets; `ledger` is told what the other side says of memory."""

    def __init__(self, connection: socket.socket, ledger):
        self.connection, self.ledger = connection, ledger

    def fileno(self) -> int:
        """The number by which the system waits for messages; -1 after the end."""
        return self.connection.fileno()

    def receive(self):
        """The next message; an EOFError where there will be none."""
        length, count = HEAD.unpack(self.read(HEAD.size))
        message, numbers = self.unpacked(self.read(length), count)
        self.ledger.hear(numbers)
        return message

    def read(self, count: int) -> bytearray:
        """So many bytes."""
        data = bytearray(count)
        left = memoryview(data)
        while left:
            try:
                step = self.connection.recv_into(left)
            except ConnectionError:  # it ended without reading all that was sent to it
                step = 0
            if not step:
                raise EOFError
            left = left[step:]
        return data

    def close(self) -> None:
        """End this side."""
        self.connection.close()


class LoaderChannel(Channel):
    """The side of a loader."""

    def __init__(self, connection: socket.socket):
        super().__init__(connection, Loans())
        self.waiting = bytearray()  # what the other side had no room for yet

    def put(self, message) -> None:
        """Send what can be pickled by plain means, without waiting."""
        data = pickle.dumps((message, self.ledger.ended()), pickle.HIGHEST_PROTOCOL)
        self.waiting += HEAD.pack(len(data), 0) + data
        self.flush()

    def flush(self) -> None:
        """Send of what waits as much as there is room for."""
        try:
            while self.waiting:
                del self.waiting[: self.connection.send(self.waiting, socket.MSG_DONTWAIT)]
        except BlockingIOError:
            pass
        except OSError:  # the other side has ended, as is noticed by who reads
            self.waiting.clear()

    def unpacked(self, data: bytearray, count: int):
        """The message of a pickle, and of as many files as follow."""
        files = []
        while len(files) < count:
            step, found, flags, _ = socket.recv_fds(self.connection, 1, min(FILES, count - len(files)))
            files += found
            if not found or flags & socket.MSG_CTRUNC:
                for each in files:
                    os.close(each)
                raise RuntimeError(TOO_MANY_FILES) if step else EOFError
        memories = [memory_in(each, keep=False) for each in files]  # as a program may hold many batches
        return Unpacker(data, memories, self.ledger).load()


class WorkerChannel(Channel):
    """The side of a worker."""

    def __init__(self, connection: socket.socket):
        super().__init__(connection, own)

    def unpacked(self, data: bytearray, count: int):
        """The message of a pickle."""
        return pickle.loads(data)

    def send(self, message) -> None:
        """Send anything, tensors in shared memory, and wait until it is sent; a ConnectionError if nobody is there."""
        packed = io.BytesIO()
        packer = Packer(packed, self.ledger)
        packer.dump((message, self.ledger.given_up))
        data, files = packed.getbuffer(), [each.file for each in packer.memories]
        self.connection.sendall(HEAD.pack(len(data), len(files)))
        self.connection.sendall(data)
        for start in range(0, len(files), FILES):
            socket.send_fds(self.connection, [b"."], files[start : start + FILES])
        self.ledger.sent(packer.lent)


class Packer(ForkingPickler):
    """Pickles a message; the memory of tensors, but for small ones, goes beside it, or by its number if it has gone
    before."""

    def __init__(self, file, shelf):
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        packed = functools.partial(packed_tensor, shelf)  # no method, by which the pickler would keep itself alive
        self.dispatch_table = {**self.dispatch_table, **dict.fromkeys(TENSORS, packed)}
        self.shelf, self.memories, self.lent = shelf, [], {}

    def persistent_id(self, value):
        """The number of a memory and its place among those beside the message; None for everything else."""
        if type(value) is not Memory:
            return None
        if value.number is not None:
            self.lent[value.number] = value
            if value.number in self.shelf.shown:
                return value.number, None
        if value not in self.memories:
            self.memories.append(value)
        return value.number, self.memories.index(value)


def packed_tensor(shelf, tensor):
    """A small tensor by its values, another by the memory that it moves to; of few elements of much, a copy."""
    refuse_results(tensor)
    if memory_of(tensor.array) is None:
        if tensor.nbytes < INLINE or tensor.device is not CPU:
            return tensor.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
        if type(tensor) is Tensor and CPU.xp.storage(tensor.array)[0].nbytes > 2 * tensor.nbytes:
            tensor = tensor.detach().clone().requires_grad_(tensor.requires_grad)
        share(tensor, shelf.take)
    return reduce_tensor(tensor)


class Unpacker(pickle.Unpickler):
    """Reads a message, with the memories that came beside it."""

    def __init__(self, data, memories, loans):
        super().__init__(io.BytesIO(data))
        self.memories, self.loans, self.found = memories, loans, {}

    def persistent_load(self, identity):
        """The memory of a number, or of a place."""
        number, place = identity
        memory = None if place is None else self.memories[place]
        if number is not None:
            memory = self.found[number] = self.loans.find(number, memory)
        return memory

    def load(self):
        """The message."""
        message = super().load()
        self.loans.begin(self.found)
        return message


def pair() -> tuple[LoaderChannel, socket.socket]:
    """The side of a loader, and the socket for the side of its worker."""
    register()
    here, there = socket.socketpair()
    channel = LoaderChannel(here)
    kept.add(channel)
    return channel, there


def keep_what_is_lent() -> None:
    """Before a fork: the new process sees the batches that there are, so their memory is not written again."""
    for each in list(kept):
        each.ledger.forks += 1


def close_those_of_parent() -> None:
    """In a forked process: leave the channels to the process that they belong to."""
    for each in list(kept):
        each.close()
    kept.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=keep_what_is_lent, after_in_child=close_those_of_parent)
