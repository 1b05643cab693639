"""What programs tell PyTorch's compiler about single tensors and places; nothing follows from it here."""

from tinytorch import absent
from tinytorch.compiler import compile, is_compiling
from tinytorch.nn.modules.compiling import check_compile

__all__ = ["is_compiling"]


def optimize(backend="inductor", **settings):
    """A decorator as `torch.compile(backend=...)` is one."""
    check_compile(backend=backend)
    return compile(backend=backend)


def run(fn=None):
    """A function as it is, or a decorator that leaves it so."""
    return run if fn is None else fn


def graph_break(msg=""):
    """Say that a graph ends here: there is none."""


def mark_dynamic(t, index, *, hint_override=None, min=None, max=None, specialize_on=None):
    """Say that a size changes from call to call: each call takes it as it is."""


def maybe_mark_dynamic(t, index):
    """Say that a size may change."""


def mark_static(t, index=None):
    """Say that a size stays."""


def mark_static_address(t, guard=False):
    """Say that a tensor keeps its memory."""


absent.stand_ins(__name__, "graphs of programs (torch._dynamo)", "explain export")
