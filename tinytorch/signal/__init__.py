"""torch.signal: windows by which a signal is multiplied."""

from tinytorch.signal import windows
