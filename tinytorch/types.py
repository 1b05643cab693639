"""torch.types: the names of kinds of values, for annotations."""

from typing import Any, Union

from tinytorch.devices import device as _device
from tinytorch.dtypes import dtype as _dtype
from tinytorch.formats import layout as _layout
from tinytorch.ops.storages import TypedStorage, UntypedStorage
from tinytorch.tensor import Size, Tensor

_TensorOrTensors = Union[Tensor, tuple[Tensor, ...]]  # noqa: UP007 - programs ask for its parts with `typing`
_bool, _int, _float, _complex = bool, int, float, complex
_size = Union[Size, list[int], tuple[int, ...]]  # noqa: UP007
Number = Union[int, float, bool]  # noqa: UP007
Device = Union[_device, str, int, None]  # noqa: UP007
Storage = Union[TypedStorage, UntypedStorage]  # noqa: UP007
FileLike = Any
IntLikeType, FloatLikeType, BoolLikeType = int, float, bool
__all__ = ["Device", "FileLike", "Number", "Storage", "_dtype", "_layout", "_size"]
