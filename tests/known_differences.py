"""Where an operation knowingly differs from PyTorch: a pattern of the complaint, and the reason, for each by name."""

KNOWN = {}
