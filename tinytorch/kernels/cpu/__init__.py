"""The kernels of the CPU: NumPy for small arrays, Numba's machine code on all cores for large ones."""
