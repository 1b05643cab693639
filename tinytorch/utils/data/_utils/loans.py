"""How a worker lends its memory to the loader, and gets it back when the batch is no longer used.

New memory costs the system as much time as the copy of a batch into it: every page is cleared and mapped. So each side
keeps its map; the loader tells which numbers came free, and the worker which ones it has given up.
"""

import itertools
import weakref
from collections import deque

from tinytorch.devices import CPU
from tinytorch.sharing import Memory, new_memory
from tinytorch.tensor import Tensor, wrap

PAGE = 4096


class Shelf:
    """The memory of a worker: what waits to be used again, and what is lent: by number, with how often."""

    def __init__(self):
        self.free, self.lent, self.given_up = [], {}, []
        self.shown = set()  # the numbers that the loader knows
        self.numbers = itertools.count()

    def take(self, size: int) -> Memory:
        """Memory of so many bytes or somewhat more, used before if there is some."""
        fitting = [each for each in self.free if size <= len(each) <= 2 * size]
        if fitting:
            memory = min(fitting, key=len)
            self.free.remove(memory)
            return memory
        step = max(PAGE, 1 << size.bit_length() >> 4)  # batches of nearly the same size fit too
        memory = new_memory(-(-size // step) * step)
        memory.number = next(self.numbers)
        return memory

    def sent(self, memories: dict) -> None:
        """A message has gone, with these memories and with what `given_up` says."""
        for number, memory in memories.items():
            self.lent[number] = memory, self.lent.get(number, (memory, 0))[1] + 1
        self.shown.update(memories)
        self.given_up = []

    def hear(self, numbers) -> None:
        """The loader no longer uses these; what this process still uses, or others do, is given up instead."""
        for number in numbers:
            memory, times = self.lent.pop(number)
            if times > 1:
                self.lent[number] = memory, times - 1
            elif memory.whole() is None and memory.number is not None:
                self.free.append(memory)
            else:
                self.give_up(memory, number)
        while len(self.free) > 4 + 2 * len(self.lent):  # of sizes that no longer come
            oldest = self.free.pop(0)
            self.give_up(oldest, oldest.number)

    def give_up(self, memory: Memory, number: int) -> None:
        """Never lend a memory again."""
        memory.number = None
        self.shown.discard(number)
        self.given_up.append(number)

    def empty(self, shape: tuple, dtype) -> Tensor:
        """A tensor in memory that can be lent, whose elements nobody has written."""
        size = dtype.itemsize
        for each in shape:
            size *= each
        return wrap(self.take(size).array(dtype.numpy, shape), CPU)


own = Shelf()  # that of this process, if it is a worker


class Loans:
    """The memory of a worker as its loader knows it."""

    def __init__(self):
        self.known, self.back, self.forks = {}, deque(), 0

    def find(self, number: int, memory: Memory | None) -> Memory:
        """The memory of a number, which is `memory` if it came now."""
        return self.known[number] if memory is None else self.known.setdefault(number, memory)

    def begin(self, memories: dict) -> None:
        """A message has come with these: they are used until the last array in each goes."""
        for number, memory in memories.items():
            whole = memory.whole()
            if whole is None:
                self.back.append(number)
            else:
                weakref.finalize(whole, self.end, number, self.forks).atexit = False

    def end(self, number: int, forks: int) -> None:
        """A memory is no longer used; a process that was forked meanwhile may still see it, then it stays away."""
        if forks == self.forks:
            self.back.append(number)

    def ended(self) -> list:
        """The numbers of those that are no longer used, since this was asked last."""
        return [self.back.popleft() for _ in range(len(self.back))]

    def hear(self, numbers) -> None:
        """The worker has given these up."""
        for number in numbers:
            self.known.pop(number, None)
