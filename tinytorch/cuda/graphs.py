"""torch.cuda.graphs: recorded work of a GPU, which this library does not do; the names say so when they are called."""

from tinytorch.devices import cards

ABSENT = "tinytorch records no CUDA graphs: run the work as it is"


def refuse():
    """What stands in the way of a GPU, or that graphs are not recorded."""
    cards.init()
    raise NotImplementedError(ABSENT)


class CUDAGraph:
    """Refused: work is not recorded."""

    def __init__(self, *args, **settings):
        refuse()


class graph:
    """Refused: work is not recorded."""

    def __init__(self, cuda_graph, pool=None, stream=None, capture_error_mode="global"):
        refuse()


def make_graphed_callables(callables, sample_args, **settings):
    """Refused: work is not recorded."""
    refuse()


def graph_pool_handle():
    """Refused: work is not recorded."""
    refuse()


def is_current_stream_capturing():
    """Whether the work of this thread is recorded: it is not."""
    return False
