"""The devices: `device("cuda:0")` is one object, which finds its module by its name and answers for the machine."""

import importlib

from tinytorch.modes import mode

modules = {}  # type -> the module that implements it
known = {}  # (type, index) -> the one device object
TYPES = ("cpu", "cuda", "meta")
KINDS = (  # all that PyTorch has names for
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, "
    "privateuseone"
)


class device:
    """Where a tensor lives: a type, `cpu`, `cuda` or `meta`, and an index; there is one object per pair.

    There are devices of all types that PyTorch names, to compare with; nothing lives on the others.

    Its attributes `xp` (the vocabulary of functions) and `array` (the class of raw arrays) are found at the first use.
    """

    __slots__ = ("__weakref__", "array", "asarray", "before", "index", "module", "type", "xp")
    batched = False  # whether its arrays hide a batch, as `vmap` makes them
    real = property(lambda self: self, doc="The device itself, of a batched one that which has the memory.")

    def __new__(cls, type="cpu", index=None):
        if isinstance(type, device):
            return type.real
        if isinstance(type, int) and not isinstance(type, bool):
            type, index = "cuda", type
        if not isinstance(type, str):
            raise TypeError(f"device(): argument 'type' (position 1) must be str, not {builtins_type(type).__name__}")
        name, colon, number = type.partition(":")
        if colon:
            if index is not None:
                raise RuntimeError(
                    f"type (string) must not include an index because index was passed explicitly: {type}"
                )
            if not number.isdigit() or (len(number) > 1 and number[0] == "0"):
                raise RuntimeError(f"Invalid device string: '{type}'")
            index = int(number)
        if name not in KINDS.split(", ") and name not in modules:
            raise RuntimeError(f"Expected one of {KINDS} device type at start of device string: {name}")
        if (name, index) not in known:
            made = known[name, index] = super().__new__(cls)
            made.type, made.index, made.before = name, index, []
        return known[name, index]

    def __getattr__(self, name):
        if name not in ("array", "asarray", "module", "xp"):
            raise AttributeError(f"'torch.device' object has no attribute '{name}'")
        self.module = module = find_module(self.type)
        self.array, self.asarray, self.xp = module.array, module.asarray, module.xp
        return getattr(self, name)

    def to_numpy(self, array):
        """The raw array's values on the host; the same memory where the host can see it."""
        return self.module.to_numpy(array)

    def __repr__(self):
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{index})"

    def __str__(self):
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __reduce__(self):
        return unpickled, (self.type, self.index)

    def __enter__(self):
        self.before.append(mode.device)
        mode.device = self
        return self

    def __exit__(self, *exception):
        mode.device = self.before.pop()


def unpickled(type, index):
    """The device of a pickled one."""
    return device(type, index)


builtins_type = type  # PyTorch names the parameter of device `type`
device.__module__ = "torch"
CPU = device("cpu")


def find_module(name):
    """The module of a device type, imported at its first use; of one that only PyTorch has, `absent`."""
    if name not in modules:
        modules[name] = importlib.import_module(f"tinytorch.devices.{name if name in TYPES else 'absent'}")
    return modules[name]


def register(name, module):
    """Make a device of another module known under a name, such as the strict device of the tests."""
    modules[name] = module


def resolve(place):
    """The device that tensors for `place` live on: None is the default, `cuda` the current one."""
    if place is None:
        return CPU if mode.device is None else resolve(mode.device)
    found = device(place)
    if found.type == "cpu":
        return CPU
    reason = found.module.unavailable_reason(found.index)
    if reason is not None:
        raise reason
    if found.index is None:
        index = found.module.current_index()
        return found if index is None else device(found.type, index)
    return found
