"""The settings of the part of PyTorch's compiler that writes kernels, which programs set; nothing follows here."""

import types

coordinate_descent_tuning = max_autotune = max_autotune_gemm = epilogue_fusion = debug = False
fx_graph_cache = True
triton = types.SimpleNamespace(unique_kernel_names=True, cudagraphs=False)
cpp = types.SimpleNamespace(threads=-1)
