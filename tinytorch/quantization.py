"""torch.quantization: the names of `torch.ao.quantization`, where older programs look for them."""

from tinytorch import absent
from tinytorch.ao.quantization import NAMES, QUANTIZED, DeQuantStub, QuantStub, QuantWrapper

absent.stand_ins(__name__, QUANTIZED, NAMES)
absent.rooms(
    __name__,
    QUANTIZED,
    {
        "observer": "ObserverBase MinMaxObserver HistogramObserver PerChannelMinMaxObserver",
        "qconfig": "QConfig default_qconfig default_dynamic_qconfig per_channel_dynamic_qconfig",
        "quantize_fx": "prepare_fx prepare_qat_fx convert_fx fuse_fx",
    },
)
__all__ = ["DeQuantStub", "QuantStub", "QuantWrapper"]
