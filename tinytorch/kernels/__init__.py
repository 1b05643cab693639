"""Fused kernels: functions of raw arrays, a formula each in `reference`, and again for speed in `cpu` and `cuda`."""
