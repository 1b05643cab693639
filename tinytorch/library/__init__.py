"""torch.library: operators that programs define in Python."""

from tinytorch.library.checking import opcheck
from tinytorch.library.definitions import (
    CustomOpDef,
    Library,
    custom_op,
    define,
    get_ctx,
    impl,
    impl_abstract,
    register_autograd,
    register_fake,
    register_kernel,
    register_vmap,
)
from tinytorch.library.inference import infer_schema
from tinytorch.library.lacking import (
    fallthrough_kernel,
    get_kernel,
    register_autocast,
    register_torch_dispatch,
    triton_op,
    wrap_triton,
)
