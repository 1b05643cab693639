"""torch.utils.cpp_extension: the names by which programs compile C++ and CUDA for PyTorch, which is not done here."""

from tinytorch import absent

CUDA_HOME = ROCM_HOME = None
absent.stand_ins(
    __name__,
    "extensions in C++ and CUDA",
    "load load_inline CppExtension CUDAExtension BuildExtension include_paths library_paths _get_build_directory",
)
