"""Anomaly mode, under the name of PyTorch's room."""

from tinytorch.anomaly import detect_anomaly, set_detect_anomaly

__all__ = ["detect_anomaly", "set_detect_anomaly"]
