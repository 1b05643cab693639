"""What stands in torch.library and has nothing to work with here: no other compiler, and no dispatcher below Python."""

from tinytorch.absent import stand_in

ROOM = "tinytorch.library"
triton_op, wrap_triton = [stand_in(ROOM, name, "kernels of Triton") for name in ("triton_op", "wrap_triton")]
fallthrough_kernel, get_kernel, register_autocast, register_torch_dispatch = [
    stand_in(ROOM, name, "dispatcher of its own")
    for name in ("fallthrough_kernel", "get_kernel", "register_autocast", "register_torch_dispatch")
]
