"""The world of `torch.distributed`, which has one process: how it comes to be, its groups, ranks and backends."""

import enum
import itertools
import os

from tinytorch.cuda import is_available as has_gpu
from tinytorch.distributed.constants import default_pg_timeout

NOT_INITIALIZED = "Default process group has not been initialized, please make sure to call init_process_group."


class Backend(str):
    """The name of a way by which processes speak, in small letters; "gloo" and, with a GPU, "nccl" can be asked for."""

    UNDEFINED, GLOO, NCCL, UCC, MPI, XCCL, FAKE = "undefined", "gloo", "nccl", "ucc", "mpi", "xccl", "fake"
    backend_list = (UNDEFINED, GLOO, NCCL, XCCL, UCC, MPI, FAKE)
    default_device_backend_map = {"cpu": GLOO, "cuda": NCCL}  # noqa: RUF012 - PyTorch's name, which programs read

    def __new__(cls, name):
        if not isinstance(name, str):
            raise ValueError("Backend constructor parameter must be string-ish")
        return str.__new__(cls, name.lower())


class DistError(RuntimeError):
    """An error between processes, which programs catch; nothing raises it here."""


class DistBackendError(DistError):
    """An error of a backend."""


class DistNetworkError(DistError):
    """An error of the network."""


class DistStoreError(DistError):
    """An error of the store by which processes meet."""


class RedOpType(enum.Enum):
    """How values of several processes become one; of one process they are its own."""

    SUM, AVG, PRODUCT, MIN, MAX, BAND, BOR, BXOR, PREMUL_SUM = range(9)


class ReduceOp:
    """The names of the reductions, `ReduceOp.SUM` and others."""

    RedOpType = RedOpType
    SUM, AVG, PRODUCT, MIN, MAX = RedOpType.SUM, RedOpType.AVG, RedOpType.PRODUCT, RedOpType.MIN, RedOpType.MAX
    BAND, BOR, BXOR, PREMUL_SUM = RedOpType.BAND, RedOpType.BOR, RedOpType.BXOR, RedOpType.PREMUL_SUM


reduce_op = ReduceOp  # the older name


class ProcessGroup:
    """Some processes of the world: this one."""

    numbers = itertools.count()

    def __init__(self, backend, name=None):
        self.backend, self.group_name = backend, str(next(self.numbers)) if name is None else name
        self.group_desc = "default_pg" if name is None else name

    def rank(self):
        """The number of this process: 0."""
        return 0

    def size(self):
        """How many processes there are: 1."""
        return 1

    def name(self):
        """The name of the backend."""
        return self.backend


class World:
    """What is initialized."""

    group = None
    others = []  # noqa: RUF012 - groups made by `new_group`, as long as the world lasts


class Group(type):
    """The class of `group`, whose `WORLD` is that of the moment."""

    @property
    def WORLD(cls):
        """The group of all processes, or None before there is one."""
        return World.group


class group(metaclass=Group):
    """Where programs find the group of all processes."""

    NON_GROUP_MEMBER = -100


GroupMember = group


def init_process_group(
    backend=None,
    init_method=None,
    timeout=None,
    world_size=-1,
    rank=-1,
    store=None,
    group_name="",
    pg_options=None,
    device_id=None,
    _ranks=None,
):
    """Begin a world of one process, whose size and rank come as arguments or from the environment.

    A NotImplementedError for a world of more, a RuntimeError for a backend that this machine has not, a ValueError for
    what is missing or said twice.
    """
    if World.group is not None:
        raise ValueError("trying to initialize the default process group twice!")
    if store is not None and init_method is not None:
        raise AssertionError("Cannot specify both init_method and store.")
    if store is None:
        rank, world_size = met(init_method or "env://", rank, world_size)
    if world_size != 1:
        raise NotImplementedError(
            f"init_process_group: world_size={world_size}, but tinytorch's world has one process: start the program "
            "once, with world_size=1 and rank=0"
        )
    if rank != 0:
        raise ValueError(f"init_process_group: rank={rank}, but the only rank of a world of one process is 0")
    World.group = ProcessGroup(checked(backend))


def met(init_method, rank, world_size):
    """The rank and the size of the world that a way of meeting gives, or the ValueError for what it lacks."""
    scheme = init_method.partition("://")[0]
    error = f"Error initializing torch.distributed using {scheme}:// rendezvous: "
    if scheme == "env":
        needed = [("RANK", rank), ("WORLD_SIZE", world_size), ("MASTER_ADDR", -1), ("MASTER_PORT", -1)]
        for name, given in needed:
            if given == -1 and name not in os.environ:
                raise ValueError(f"{error}environment variable {name} expected, but not set")
        return [int(os.environ[name]) if given == -1 else given for name, given in needed[:2]]
    if scheme not in ("tcp", "file"):
        raise RuntimeError(f"No rendezvous handler for {scheme}://")
    for title, given in (("rank", rank), ("world size", world_size)):
        if given == -1:
            raise ValueError(f"{error}{title} parameter missing")
    return rank, world_size


def checked(backend):
    """The name of a backend that this machine has."""
    backend = Backend("undefined" if backend is None else backend)
    for each in backend.split(","):
        name = each.rpartition(":")[2]
        if name == "nccl" and not is_nccl_available():
            raise RuntimeError("Distributed package doesn't have NCCL built in")
        if name == "mpi":
            raise RuntimeError(
                "Distributed package doesn't have MPI built in. MPI is only included if you build PyTorch from source "
                "on a host that has MPI installed."
            )
        if name in ("ucc", "xccl"):
            raise RuntimeError(f"Distributed package doesn't have {name.upper()} built in")
        assert name in Backend.backend_list, f"Unknown backend type {name}"
    return "undefined" if ":" in backend else str(backend)


def destroy_process_group(group=None):
    """End the world, or one of its groups; an AssertionError if there is none."""
    if group in (None, World.group):
        assert World.group is not None, "Process group cannot be None"
        World.group = None
        World.others.clear()
    else:
        if group not in World.others:
            raise ValueError("Invalid process group specified")
        World.others.remove(group)


def new_group(
    ranks=None,
    timeout=None,
    backend=None,
    pg_options=None,
    use_local_synchronization=False,
    group_desc=None,
    device_id=None,
):
    """A group of this process; a ValueError for ranks that the world has not."""
    default = _get_default_group()
    for each in ranks or ():
        if each != 0:
            raise ValueError(f"Rank {each} is out of range. Valid ranks are 0 to 0 (world_size=1)")
    made = ProcessGroup(default.backend if backend is None else checked(backend), group_desc)
    World.others.append(made)
    return made


def new_subgroups(group_size=None, group=None, **settings):
    """Groups of so many processes each: one; and the list of them."""
    made = new_group(**settings)
    return made, [made]


def _get_default_group():
    """The group of all processes; a ValueError before there is one."""
    if World.group is None:
        raise ValueError(NOT_INITIALIZED)
    return World.group


def get_pg_count():
    """How many groups there are."""
    return len(World.others) + (World.group is not None)


def _rank_not_in_group(group):
    """Whether this process is not in a group."""
    return group == GroupMember.NON_GROUP_MEMBER


def is_available():
    """Whether there is `torch.distributed`: True, for a world of one process."""
    return True


def is_initialized():
    """Whether the world has begun."""
    return World.group is not None


def get_rank(group=None):
    """The number of this process in a group, 0, or -1 outside; a ValueError before the world begins."""
    default = _get_default_group()
    return -1 if _rank_not_in_group(group) else (group or default).rank()


def get_world_size(group=None):
    """How many processes a group has, 1, or -1 outside; a ValueError before the world begins."""
    default = _get_default_group()
    return -1 if _rank_not_in_group(group) else (group or default).size()


def get_backend(group=None):
    """The name of a group's backend."""
    default = _get_default_group()
    return Backend((group or default).backend)


def get_backend_config(group=None):
    """The backend of each device, as text; a ValueError before the world begins."""
    name = get_backend(group)
    return "cpu:gloo" if name == "undefined" else f"cpu:{name},cuda:{name}"


def get_process_group_ranks(group):
    """The ranks of a group: 0."""
    _get_default_group()
    return [0]


def get_global_rank(group, group_rank):
    """The rank in the world of a rank in a group; a ValueError for one that the group has not."""
    if group_rank != 0:
        raise ValueError(f"Group rank {group_rank} is not part of group {group}")
    return 0


def get_group_rank(group, global_rank):
    """The rank in a group of a rank in the world; a ValueError for one that the group has not."""
    if global_rank != 0:
        raise ValueError(f"Global rank {global_rank} is not part of group {group}")
    return 0


def get_node_local_rank(fallback_rank=None):
    """The number of this process on its machine, by the environment; a RuntimeError if it does not say so."""
    if "LOCAL_RANK" in os.environ:
        return int(os.environ["LOCAL_RANK"])
    if fallback_rank is None:
        raise RuntimeError("LOCAL_RANK is not in the environment. Consider passing fallback_rank to allow it to work.")
    return int(fallback_rank)


def get_default_backend_for_device(device):
    """The backend for tensors of a device; a ValueError for a device without one."""
    kind = str(getattr(device, "type", device)).partition(":")[0]
    if kind not in Backend.default_device_backend_map:
        raise ValueError(f"Default backend not registered for device : {kind}")
    return Backend.default_device_backend_map[kind]


def is_nccl_available():
    """Whether "nccl" can be asked for: where there is a GPU."""
    return has_gpu()


def is_gloo_available():
    """Whether "gloo" can be asked for: True."""
    return True


def is_mpi_available():
    """Whether "mpi" can be asked for: False."""
    return False


is_ucc_available = is_xccl_available = is_mpi_available


def is_backend_available(backend):
    """Whether a backend can be asked for."""
    name = backend.lower()
    return name == "gloo" or (name == "nccl" and is_nccl_available())


def is_torchelastic_launched():
    """Whether `torchrun` started this process."""
    return "TORCHELASTIC_RUN_ID" in os.environ


def supports_complex(reduceOp):
    """Whether complex numbers can be reduced so."""
    refused = (RedOpType.MAX, RedOpType.MIN, RedOpType.PRODUCT, RedOpType.BAND, RedOpType.BOR, RedOpType.BXOR)
    return reduceOp not in refused


__all__ = ["default_pg_timeout"]
