"""`torch.nn.utils`: gradients kept small, parameters as one vector or as functions of others, layers fused."""

from tinytorch.nn.utils import parametrizations, parametrize, rnn, stateless
from tinytorch.nn.utils.clip_grad import (
    clip_grad_norm,
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
)
from tinytorch.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters
from tinytorch.nn.utils.fusion import (
    fuse_conv_bn_eval,
    fuse_conv_bn_weights,
    fuse_linear_bn_eval,
    fuse_linear_bn_weights,
)
from tinytorch.nn.utils.init import skip_init
from tinytorch.nn.utils.memory_format import (
    convert_conv2d_weight_memory_format,
    convert_conv3d_weight_memory_format,
)
from tinytorch.nn.utils.spectral_norm import remove_spectral_norm, spectral_norm
from tinytorch.nn.utils.weight_norm import remove_weight_norm, weight_norm
