"""Quantization: the names of 8-bit networks, which tinytorch has not; the two marks of a module do nothing."""

from tinytorch import absent
from tinytorch.nn.modules.container import Sequential
from tinytorch.nn.modules.linear import Identity

QUANTIZED = "quantized tensors"
NAMES = (
    "quantize quantize_dynamic quantize_qat prepare prepare_qat convert fuse_modules fuse_modules_qat "
    "get_default_qconfig get_default_qat_qconfig get_default_qconfig_mapping QConfig QConfigMapping FakeQuantize "
    "MinMaxObserver HistogramObserver PerChannelMinMaxObserver MovingAverageMinMaxObserver default_qconfig "
    "default_dynamic_qconfig per_channel_dynamic_qconfig float_qparams_weight_only_qconfig"
)


class QuantStub(Identity):
    """Where a quantized network would begin: its input, as it is."""


class DeQuantStub(Identity):
    """Where a quantized network would end: its input, as it is."""


class QuantWrapper(Sequential):
    """A module between two marks, which do nothing."""

    def __init__(self, module):
        super().__init__()
        self.quant, self.module, self.dequant = QuantStub(), module, DeQuantStub()


absent.stand_ins(__name__, QUANTIZED, NAMES)
absent.rooms(
    __name__,
    QUANTIZED,
    {
        "observer": "ObserverBase MinMaxObserver HistogramObserver PerChannelMinMaxObserver",
        "qconfig": "QConfig default_qconfig default_dynamic_qconfig per_channel_dynamic_qconfig",
        "quantize_fx": "prepare_fx prepare_qat_fx convert_fx fuse_fx",
        "fake_quantize": "FakeQuantize FakeQuantizeBase",
        "pt2e": "export_utils",
        "quantize_pt2e": "prepare_pt2e convert_pt2e prepare_qat_pt2e",
    },
)
