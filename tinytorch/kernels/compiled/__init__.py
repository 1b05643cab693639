"""Formulas of one element that Numba compiles; they import Numba, so only `tinytorch.kernels.cpu.compile` does so."""
