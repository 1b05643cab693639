"""PyTorch's older names: a class of tensors for each dtype, such as `torch.FloatTensor`."""

from tinytorch import dtypes
from tinytorch.devices import CPU
from tinytorch.ops.create import empty
from tinytorch.ops.values import tensor
from tinytorch.tensor import Tensor


class TensorType(type):
    """The class of such a name: `isinstance` asks for the dtype, a call makes a tensor of it."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype and instance.device is CPU

    def __call__(cls, *sizes):
        if len(sizes) == 1 and not isinstance(sizes[0], int):
            return tensor(sizes[0], dtype=cls.dtype)
        return empty(sizes or (0,), dtype=cls.dtype)

    def __repr__(cls):
        return f"<class 'torch.{cls.__name__}'>"


def typed(dtype):
    """The class for one dtype."""
    return TensorType(f"{dtype.title}Tensor", (), {"dtype": dtype, "__module__": "torch"})


FloatTensor, DoubleTensor, HalfTensor, BFloat16Tensor = [
    typed(each) for each in (dtypes.float32, dtypes.float64, dtypes.float16, dtypes.bfloat16)
]
ByteTensor, CharTensor, ShortTensor, IntTensor, LongTensor, BoolTensor = [
    typed(each) for each in (dtypes.uint8, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.bool_)
]
