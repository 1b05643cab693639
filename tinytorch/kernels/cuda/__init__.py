"""The kernels of NVIDIA GPUs: CUDA C++ that CuPy compiles at the first call; importable without CuPy."""
