"""torch.fx.passes.shape_prop: the shapes and dtypes of all values of a graph, found by running it."""

import traceback
from typing import NamedTuple

from tinytorch import dtypes, formats
from tinytorch.fx.interpreter import Interpreter
from tinytorch.fx.node import map_aggregate
from tinytorch.tensor import Size, Tensor

__all__ = ["ShapeProp", "TensorMetadata"]


class TensorMetadata(NamedTuple):
    """What is known of a tensor without its values."""

    shape: Size
    dtype: dtypes.dtype
    requires_grad: bool
    stride: tuple
    memory_format: formats.memory_format | None
    is_quantized: bool
    qparams: dict


def _extract_tensor_metadata(result, include_contiguity=True):
    found = None
    if include_contiguity:
        ways = {None: formats.contiguous_format, 4: formats.channels_last, 5: formats.channels_last_3d}
        known = [each for ndim, each in ways.items() if ndim in (None, result.ndim)]
        found = next((each for each in known if result.is_contiguous(memory_format=each)), None)
    return TensorMetadata(result.shape, result.dtype, result.requires_grad, result.stride(), found, False, {})


class ShapeProp(Interpreter):
    """Runs a graph and notes in the `meta` of each node what its value is: `tensor_meta` and `type`."""

    def __init__(self, gm, fake_mode=None):
        if fake_mode is not None:
            raise NotImplementedError("ShapeProp(fake_mode=...): tinytorch has no fake tensors")
        super().__init__(gm)

    def run_node(self, n):
        """The value of a node; a RuntimeError that names the node if it fails."""
        try:
            result = super().run_node(n)
        except Exception as error:
            traceback.print_exc()
            raise RuntimeError(f"ShapeProp error for: node={n.format_node()} with meta={n.meta}") from error
        tensors = []

        def described(value):
            if not isinstance(value, Tensor):
                return value
            tensors.append(value)
            return _extract_tensor_metadata(value)

        found = map_aggregate(result, described)
        if tensors:
            n.meta["tensor_meta"] = found
        n.meta["type"] = type(result)
        return result

    def propagate(self, *args):
        """Run the graph with arguments; what it returns."""
        return super().run(*args)


TensorMetadata.__module__ = ShapeProp.__module__ = "torch.fx.passes.shape_prop"
