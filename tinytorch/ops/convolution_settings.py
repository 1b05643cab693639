"""The settings of convolutions, the sizes that follow from them, and which ones PyTorch refuses in which words."""

from typing import NamedTuple

from tinytorch import dtypes, errors
from tinytorch.ops.columns import counts_of
from tinytorch.ops.refusals import not_implemented

NAMES = ("depth", "height", "width")


def each_dim(value, spatial):
    """A setting for each dimension: one number, or a tuple of one, counts for all."""
    if isinstance(value, int):
        return (value,) * spatial
    return tuple(value) * spatial if len(value) == 1 else tuple(value)


class Settings(NamedTuple):
    """How the windows of a convolution slide, with a number for each dimension."""

    stride: tuple
    padding: tuple
    dilation: tuple
    output_padding: tuple
    transposed: bool
    groups: int

    def for_weight(self, weight):
        """The same with a number for each dimension of the kernel, and PyTorch's error where there are others."""
        if weight.ndim < 3:
            raise RuntimeError("weight should have at least three dimensions")
        if self.groups <= 0:
            raise RuntimeError("non-positive groups is not supported")
        spatial = weight.ndim - 2
        found = {}
        for name, value in zip(self._fields[:4], self[:4], strict=True):
            found[name] = each_dim(value, spatial)
            if len(found[name]) != spatial:
                raise RuntimeError(
                    f"expected {name} to be a single integer value or a list of {spatial} values to match the "
                    f"convolution dimensions, but got {name}={list(value)}"
                )
        return self._replace(**found)

    def sizes(self, shape, weight_shape):
        """The sizes of a transposed convolution's result: those that a convolution makes the input's of."""
        return tuple([
            (size - 1) * step - 2 * zeros + apart * (kernel - 1) + more + 1
            for size, kernel, step, zeros, apart, more in zip(shape[2:], weight_shape[2:], *self[:4], strict=True)
        ])  # fmt: skip

    def beyond(self, kernel_size):
        """The padding with which a convolution of stride 1 undoes what this padding took away."""
        return tuple([
            apart * (kernel - 1) - zeros
            for kernel, zeros, apart in zip(kernel_size, self.padding, self.dilation, strict=True)
        ])  # fmt: skip

    def forwards(self):
        """The convolution of which this one is the transposed map."""
        return self._replace(transposed=False, output_padding=(0,) * len(self.stride))

    def back_to(self, shape, result_shape, weight_shape):
        """The transposed map that makes a tensor of the shape of the input from one of that of the result."""
        least = self.forwards().sizes(result_shape, weight_shape)
        more = tuple([size - found for size, found in zip(shape[2:], least, strict=True)])
        return self._replace(transposed=True, output_padding=more)


def refuse_convolution(input, weight, bias, settings):
    """Refuse settings, then shapes, then dtypes, in PyTorch's order."""
    refuse_settings(settings)
    refuse_channels(input, weight, bias, settings)
    if settings.transposed:
        refuse_output_padding(settings)
    refuse_sizes(input, weight, settings)
    refuse_dtypes(input, weight, bias, settings.transposed)


def refuse_settings(settings):
    """Refuse numbers that are too small."""
    if min(settings.padding) < 0:
        raise RuntimeError("negative padding is not supported")
    if min(settings.output_padding) < 0:
        raise RuntimeError("negative output_padding is not supported")
    if min(settings.stride) <= 0:
        raise RuntimeError("non-positive stride is not supported")
    if min(settings.dilation) < 0:
        raise RuntimeError("dilation should be greater than zero")
    if min(settings.dilation) == 0:
        raise RuntimeError(f"dilation should be greater than zero, but got {list(settings.dilation)}")


def refuse_channels(input, weight, bias, settings):
    """Refuse an input, weights and a bias whose channels do not fit."""
    size, transposed, groups = list(weight.shape), settings.transposed, settings.groups
    if input.ndim != weight.ndim:
        raise RuntimeError(
            f"Expected {weight.ndim}-dimensional input for {weight.ndim}-dimensional weight {size}, but got "
            f"{input.ndim}-dimensional input of size {list(input.shape)} instead"
        )
    if size[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size "
            f"{size} instead"
        )
    if size[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of "
            f"size [{size}] instead"
        )
    wanted = size[0] if transposed else size[1] * groups
    given = "transposed=1" if transposed else f"groups={groups}"
    if input.shape[1] != wanted:
        raise RuntimeError(
            f"Given {given}, weight of size {size}, expected input{list(input.shape)} to have {wanted} channels, but "
            f"got {input.shape[1]} channels instead"
        )
    outputs = size[1] * groups if transposed else size[0]
    if bias is not None and tuple(bias.shape) != (outputs,):
        raise RuntimeError(
            f"Given {'transposed=1, ' if transposed else ''}weight of size {size}, expected bias to be 1-dimensional "
            f"with {outputs} elements, but got bias of size {list(bias.shape)} instead"
        )


def refuse_output_padding(settings):
    """Refuse to add to a result more than could have been lost."""
    stride, _, dilation, output_padding = settings[:4]
    if all(more < max(step, apart) for more, step, apart in zip(output_padding, stride, dilation, strict=True)):
        return
    spatial = max(len(stride), 2)  # PyTorch computes one dimension as two
    names = NAMES[-spatial:]
    parts = [
        f"{title}_{name}: {number}"
        for title, values, usual in (
            ("output_padding", output_padding, 0),
            ("stride", stride, 1),
            ("dilation", dilation, 1),
        )
        for name, number in zip(names, (usual,) * (spatial - len(values)) + values, strict=True)
    ]
    raise RuntimeError(f"output padding must be smaller than either stride or dilation, but got {' '.join(parts)}")


def refuse_sizes(input, weight, settings):
    """Refuse a kernel without elements, one larger than the input, and results without any."""
    sizes, kernel_size = tuple(input.shape[2:]), tuple(weight.shape[2:])
    if 0 in kernel_size:
        spatial = max(len(kernel_size), 2)
        padded = (1,) * (spatial - len(kernel_size)) + kernel_size
        parts = [f"kernel_{name}: {kernel}" for name, kernel in zip(NAMES[-spatial:], padded, strict=True)]
        raise RuntimeError(f"kernel size should be greater than zero, but got {' '.join(parts)}")
    if settings.transposed:
        found = settings.sizes(input.shape, weight.shape)
        if min(found) < 1:
            raise RuntimeError(
                f"Given input size per channel: ({crossed(sizes)}). Calculated output size per channel: "
                f"({crossed(found)}). Output size is too small"
            )
    elif min(counts_of(sizes, kernel_size, (1,) * len(sizes), *settings[1:3])) < 1:
        wide = [size + 2 * zeros for size, zeros in zip(sizes, settings.padding, strict=True)]
        reach = [apart * (kernel - 1) + 1 for apart, kernel in zip(settings.dilation, kernel_size, strict=True)]
        raise RuntimeError(
            f"Calculated padded input size per channel: ({crossed(wide)}). Kernel size: ({crossed(reach)}). Kernel "
            "size can't be greater than actual input size"
        )


def crossed(sizes):
    """Sizes as PyTorch shows them: 5 x 5."""
    return " x ".join(map(str, sizes))


def refuse_dtypes(input, weight, bias, transposed):
    """Refuse tensors of different dtypes, and what cannot be multiplied."""
    real = input.dtype is weight.dtype and not input.is_complex()
    if bias is not None and bias.dtype is not input.dtype and (real or not transposed):
        kinds = [errors.CPP_NAMES[each.dtype.name] for each in (input, bias)]
        raise RuntimeError(f"Input type ({kinds[0]}) and bias type ({kinds[1]}) should be the same")
    for name, each in (("weight", weight), ("bias", bias)):
        if input.is_complex() and each is not None and each.dtype is not input.dtype:
            raise RuntimeError(
                f"Input type (CPU{input.dtype.title}Type) and {name} type (torch.{each.dtype.title}Tensor) should be "
                "the same"
            )
    if input.dtype is not weight.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.title} but found {weight.dtype.title}")
    if input.is_complex() or (input.dtype is dtypes.bool_ and input.numel()):
        spatial = max(weight.ndim - 2, 2)
        kernel = f"slow_conv_transpose{spatial}d_out_cpu" if transposed else "slow_conv2d_cpu"
        raise not_implemented("compute_columns3d" if spatial == 3 and not transposed else kernel, input.dtype)
