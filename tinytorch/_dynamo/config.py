"""The settings of PyTorch's compiler, which programs set and read; nothing follows from them here."""

suppress_errors = verbose = capture_scalar_outputs = False
optimize_ddp = automatic_dynamic_shapes = assume_static_by_default = True
cache_size_limit = recompile_limit = 8
accumulated_cache_size_limit = accumulated_recompile_limit = 256
