"""torch.backends.quantized: there are no quantized tensors, and so no engine for them."""

from tinytorch.backends.settable import checked

engine, supported_engines = "none", ["none"]
ENGINES = ("none", "", None, "fbgemm", "qnnpack", "onednn", "x86")


def need_none(value):
    """A check that no engine is asked for."""
    if value not in ENGINES:
        raise RuntimeError(f"{value} is not a valid value for quantized engine")
    if value not in ENGINES[:3]:
        raise RuntimeError(f"quantized engine {value.upper()} is not supported")


def refuse(value):
    """The list of engines cannot be set."""
    raise RuntimeError("Assignment not supported")


checked(__name__, engine=need_none, supported_engines=refuse)
