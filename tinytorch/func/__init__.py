"""Functions of functions: they map, differentiate and linearize others, as `torch.func` does."""
