"""The formulas that Numba compiles; importing them imports Numba, so only `tinytorch.kernels.cpu.compile` does."""
