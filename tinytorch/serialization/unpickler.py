"""A closed interpreter of pickles: it makes numbers, texts and containers, and calls only what it is given a table of.

Nothing is imported and nothing is found by its name outside the table. What a pickle declares is checked against the
bytes that are there.
"""

import collections
import pickle
import reprlib
import struct
import types
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from pickle import UnpicklingError

BLOCKED = ("sys", "os", "posix", "nt")  # rooms of Python that no table opens
DEPTH = 1000  # how many containers stand open in each other: Python's own pickler writes no more
KEY_DEPTH, KEY_PARTS = 32, 10_000  # of a tuple that is a key, as its hash looks at each part again
BROKEN = (TypeError, ValueError, LookupError, AttributeError, OverflowError, struct.error)
MAPPINGS = (dict, collections.OrderedDict, collections.Counter, collections.defaultdict)


class Unpickler:
    """One pickle in `data`, from `place` on, which is behind its end afterwards.

    `table` holds what may be named, `persistent_load` gives the object of a persistent identity.
    """

    def __init__(self, data, table, persistent_load, encoding="utf-8", place=0):
        self.data, self.place, self.table, self.encoding = data, place, table, encoding
        self.persistent_load = persistent_load
        self.stack, self.marks, self.memo, self.asking = [], [], {}, False

    def load(self):
        """The object that the pickle describes; an UnpicklingError for what is broken or not allowed."""
        try:
            while (code := self.take(1)[0]) != STOP:
                step = STEPS.get(code)
                if step is None:
                    raise UnpicklingError(f"Unsupported operand {code}")
                step(self)
            return self.stack.pop()
        except BROKEN as error:
            if self.asking:  # it was raised where storages are placed, by the user's function
                raise
            raise UnpicklingError(f"broken pickle: {type(error).__name__}: {error}") from error

    def take(self, count):
        """The next bytes."""
        end = self.place + count
        if not self.place <= end <= len(self.data):
            raise UnpicklingError("pickle data was truncated")
        found = self.data[self.place : end]
        self.place = end
        return found

    def number(self, form):
        """The next number, of a form of `struct`."""
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def line(self):
        """The text up to the end of the line."""
        end = self.data.find(b"\n", self.place)
        if end < 0:
            raise UnpicklingError("pickle data was truncated")
        found = self.take(end - self.place).decode()
        self.place += 1
        return found

    def to_mark(self):
        """What was put on the stack since the last mark."""
        items = self.stack
        self.stack = self.marks.pop()
        return items

    def remember(self, place):
        """Keep what is on top under a number."""
        self.memo[place] = self.stack[-1]

    def recall(self, place):
        """Put what was kept under a number on top."""
        self.stack.append(self.memo[place])


def mark(machine):
    """Begin a container."""
    if len(machine.marks) >= DEPTH:
        raise UnpicklingError(f"the pickle is nested more than {DEPTH} deep")
    machine.marks.append(machine.stack)
    machine.stack = []


def protocol(machine):
    """Check the protocol."""
    if (found := machine.number("<B")) > pickle.HIGHEST_PROTOCOL:
        raise UnpicklingError(f"unsupported pickle protocol: {found}")


def put(machine, value):
    """Put a value on top."""
    machine.stack.append(value)


def text(machine, data):
    """A string of Python 2, in the encoding that the reader was told."""
    return data if machine.encoding == "bytes" else data.decode(machine.encoding)


def join(machine, count):
    """Make a tuple of the last values."""
    if len(machine.stack) < count:
        raise UnpicklingError("the pickle takes more from its stack than is there")
    machine.stack[-count:] = [tuple(machine.stack[-count:])]


def append(machine, items):
    """Add to the list on top."""
    if type(machine.stack[-1]) is not list:
        raise UnpicklingError(f"Can only append to lists, but got {type(machine.stack[-1])}")
    machine.stack[-1].extend(items)


def add(machine, items):
    """Add to the set on top."""
    if type(machine.stack[-1]) is not set:
        raise UnpicklingError(f"Can only add to sets, but got {type(machine.stack[-1])}")
    machine.stack[-1].update([as_key(each) for each in items])


def set_items(machine, items, name="SETITEMS"):
    """Put pairs, which follow each other, into the dictionary on top."""
    target = machine.stack[-1]
    if type(target) not in MAPPINGS:
        raise UnpicklingError(
            f"Can only {name} for dict, collections.OrderedDict, collections.Counter, but got {type(target)}"
        )
    for key, value in zip(items[::2], items[1::2], strict=True):
        target[as_key(key)] = value


def last(machine, count):
    """The last values, taken off the stack."""
    if len(machine.stack) < count:
        raise UnpicklingError("the pickle takes more from its stack than is there")
    found = machine.stack[-count:]
    del machine.stack[-count:]
    return found


def as_key(value):
    """A value that can be a key: one whose hash is soon computed."""
    if type(value) is str:
        return value
    parts, count = [(value, 0)], 0
    while parts:
        each, depth = parts.pop()
        count += 1
        if isinstance(each, tuple | frozenset):
            if depth >= KEY_DEPTH or count + len(each) > KEY_PARTS:
                raise UnpicklingError("a key of a dictionary is nested too deep")
            parts += [(part, depth + 1) for part in each]
    return value


def named(machine, module, name):
    """Put what the table has under a name on top."""
    if type(module) is not str or type(name) is not str:
        raise UnpicklingError("STACK_GLOBAL requires str")
    module, name = NAME_MAPPING.get(
        (module, name), (IMPORT_MAPPING.get(module, module), name)
    )  # protocol 2 has old ones
    path = f"{module}.{name}"
    if module in BLOCKED:
        raise UnpicklingError(f"Trying to load unsupported GLOBAL {path} whose module {module} is blocked.")
    found = machine.table.find(path)
    if found is None:
        path = path.removeprefix("builtins.")
        raise UnpicklingError(
            f"Unsupported global: GLOBAL {path} was not an allowed global by default. Please use "
            f"`torch.serialization.add_safe_globals([{path}])` or the `torch.serialization.safe_globals([{path}])` "
            "context manager to allowlist this global if you trust this class/function."
        )
    put(machine, found[0])


def reduce(machine):
    """Call a function of the table."""
    function, arguments = last(machine, 2)
    if not machine.table.calls(function):
        raise UnpicklingError(f"Trying to call reduce for unrecognized function {shown(function)}")
    if type(arguments) is not tuple:
        raise UnpicklingError(f"the arguments of a call are a tuple, but got {type(arguments)}")
    put(machine, function(*arguments))


def make(machine):
    """Make an object of a class of the table."""
    cls, arguments = last(machine, 2)
    if not machine.table.makes(cls):
        raise UnpicklingError(
            "Can only create new object for nn.Parameter or classes allowlisted via `add_safe_globals` but got "
            f"{shown(cls)}"
        )
    put(machine, cls.__new__(cls, *arguments))


def build(machine):
    """Give an object its attributes."""
    made, state = last(machine, 2)
    put(machine, made)
    if type(made) is collections.OrderedDict:
        for name in state:
            if type(name) is not str or hasattr(collections.OrderedDict, name):
                raise UnpicklingError(f"an OrderedDict cannot have the attribute {reprlib.repr(name)}")
        made.__dict__.update(state)
    elif not machine.table.builds(made):
        raise UnpicklingError(
            "Can only build Tensor, Parameter, OrderedDict or types allowlisted via `add_safe_globals`, but got "
            f"{type(made)}"
        )
    else:
        machine.table.build(made, state)


def shown(value):
    """What an error says of a value: a class or a function whole, of anything else not more than fits."""
    return str(value) if isinstance(value, type | types.FunctionType) else reprlib.repr(value)


def identified(machine):
    """Put the object of a persistent identity on top."""
    (identity,) = last(machine, 1)
    if type(identity) is not tuple:
        raise UnpicklingError(f"persistent_load id must be tuple or int, but got {type(identity)}")
    machine.asking = True
    put(machine, machine.persistent_load(identity))
    machine.asking = False


def of_length(form, convert):
    """A step for what declares its length in front."""
    return lambda machine: put(machine, convert(machine, machine.take(machine.number(form))))


def unicode(machine, data):
    """A text."""
    return str(data, "utf-8", "surrogatepass")


def whole(machine, data):
    """A whole number of any size."""
    return int.from_bytes(data, "little", signed=True)


STOP = pickle.STOP[0]
STEPS = {code[0]: step for code, step in {
    pickle.PROTO: protocol,
    pickle.FRAME: lambda machine: machine.number("<Q"),
    pickle.MARK: mark,
    pickle.POP: lambda machine: last(machine, 1) if machine.stack else machine.to_mark(),
    pickle.POP_MARK: lambda machine: machine.to_mark(),
    pickle.DUP: lambda machine: put(machine, machine.stack[-1]),
    pickle.NONE: lambda machine: put(machine, None),
    pickle.NEWTRUE: lambda machine: put(machine, True),
    pickle.NEWFALSE: lambda machine: put(machine, False),
    pickle.BININT: lambda machine: put(machine, machine.number("<i")),
    pickle.BININT1: lambda machine: put(machine, machine.number("<B")),
    pickle.BININT2: lambda machine: put(machine, machine.number("<H")),
    pickle.BINFLOAT: lambda machine: put(machine, machine.number(">d")),
    pickle.LONG1: of_length("<B", whole),
    pickle.LONG4: of_length("<i", whole),
    pickle.SHORT_BINSTRING: of_length("<B", text),
    pickle.BINSTRING: of_length("<i", text),
    pickle.SHORT_BINUNICODE: of_length("<B", unicode),
    pickle.BINUNICODE: of_length("<I", unicode),
    pickle.BINUNICODE8: of_length("<Q", unicode),
    pickle.SHORT_BINBYTES: of_length("<B", lambda machine, data: data),
    pickle.BINBYTES: of_length("<I", lambda machine, data: data),
    pickle.BINBYTES8: of_length("<Q", lambda machine, data: data),
    pickle.BYTEARRAY8: of_length("<Q", lambda machine, data: bytearray(data)),
    pickle.EMPTY_LIST: lambda machine: put(machine, []),
    pickle.EMPTY_DICT: lambda machine: put(machine, {}),
    pickle.EMPTY_SET: lambda machine: put(machine, set()),
    pickle.EMPTY_TUPLE: lambda machine: put(machine, ()),
    pickle.TUPLE: lambda machine: put(machine, tuple(machine.to_mark())),
    pickle.TUPLE1: lambda machine: join(machine, 1),
    pickle.TUPLE2: lambda machine: join(machine, 2),
    pickle.TUPLE3: lambda machine: join(machine, 3),
    pickle.FROZENSET: lambda machine: put(machine, frozenset(map(as_key, machine.to_mark()))),
    pickle.APPEND: lambda machine: append(machine, last(machine, 1)),
    pickle.APPENDS: lambda machine: append(machine, machine.to_mark()),
    pickle.ADDITEMS: lambda machine: add(machine, machine.to_mark()),
    pickle.SETITEM: lambda machine: set_items(machine, last(machine, 2), "SETITEM"),
    pickle.SETITEMS: lambda machine: set_items(machine, machine.to_mark()),
    pickle.BINPUT: lambda machine: machine.remember(machine.number("<B")),
    pickle.LONG_BINPUT: lambda machine: machine.remember(machine.number("<I")),
    pickle.MEMOIZE: lambda machine: machine.remember(len(machine.memo)),
    pickle.BINGET: lambda machine: machine.recall(machine.number("<B")),
    pickle.LONG_BINGET: lambda machine: machine.recall(machine.number("<I")),
    pickle.GLOBAL: lambda machine: named(machine, machine.line(), machine.line()),
    pickle.STACK_GLOBAL: lambda machine: named(machine, *last(machine, 2)),
    pickle.REDUCE: reduce,
    pickle.NEWOBJ: make,
    pickle.BUILD: build,
    pickle.BINPERSID: identified,
}.items()}  # fmt: skip
