"""`torch.nn.functional`: activations, losses and layers as functions."""

from typing import TYPE_CHECKING

from tinytorch import rooms
from tinytorch.nn.activation import (
    celu,
    celu_,
    elu,
    elu_,
    gumbel_softmax,
    hardsigmoid,
    hardswish,
    hardtanh,
    hardtanh_,
    leaky_relu,
    leaky_relu_,
    log_softmax,
    mish,
    relu,
    relu6,
    relu_,
    rrelu,
    selu,
    selu_,
    silu,
    softmax,
    softmin,
    threshold,
    threshold_,
)
from tinytorch.nn.activation import threshold as _threshold
from tinytorch.ops.activation import sigmoid, tanh
from tinytorch.ops.distances import pdist
from tinytorch.ops.dropout import alpha_dropout, dropout, dropout1d, dropout2d, dropout3d, feature_alpha_dropout
from tinytorch.ops.gather import one_hot
from tinytorch.ops.linear import bilinear, linear
from tinytorch.ops.pieces import hardshrink, prelu, rrelu_, softshrink
from tinytorch.ops.smooth import gelu, glu, softplus, softsign, tanhshrink
from tinytorch.ops.smooth import log_sigmoid as logsigmoid

if TYPE_CHECKING:  # for editors: what is opened at its first use
    from tinytorch.nn.adaptive_pooling import (
        adaptive_avg_pool1d,
        adaptive_avg_pool2d,
        adaptive_avg_pool3d,
        adaptive_max_pool1d,
        adaptive_max_pool1d_with_indices,
        adaptive_max_pool2d,
        adaptive_max_pool2d_with_indices,
        adaptive_max_pool3d,
        adaptive_max_pool3d_with_indices,
        fractional_max_pool2d,
        fractional_max_pool2d_with_indices,
        fractional_max_pool3d,
        fractional_max_pool3d_with_indices,
    )
    from tinytorch.nn.columns import fold, unfold
    from tinytorch.nn.convolution import (
        conv1d,
        conv2d,
        conv3d,
        conv_transpose1d,
        conv_transpose2d,
        conv_transpose3d,
    )
    from tinytorch.nn.embedding import embedding, embedding_bag
    from tinytorch.nn.likelihood_loss import ctc_loss, gaussian_nll_loss, linear_cross_entropy, poisson_nll_loss
    from tinytorch.nn.loss import (
        binary_cross_entropy,
        binary_cross_entropy_with_logits,
        cross_entropy,
        huber_loss,
        kl_div,
        l1_loss,
        mse_loss,
        nll_loss,
        smooth_l1_loss,
    )
    from tinytorch.nn.margin_loss import (
        cosine_embedding_loss,
        hinge_embedding_loss,
        margin_ranking_loss,
        multi_margin_loss,
        multilabel_margin_loss,
        multilabel_soft_margin_loss,
        soft_margin_loss,
        triplet_margin_loss,
        triplet_margin_with_distance_loss,
    )
    from tinytorch.nn.multi_head_attention import (
        _canonical_mask,
        _in_projection,
        _in_projection_packed,
        _mha_shape_check,
        _none_or_dtype,
        multi_head_attention_forward,
    )
    from tinytorch.nn.normalization import (
        batch_norm,
        group_norm,
        instance_norm,
        layer_norm,
        local_response_norm,
        normalize,
        rms_norm,
    )
    from tinytorch.nn.pooling import (
        avg_pool1d,
        avg_pool2d,
        avg_pool3d,
        lp_pool1d,
        lp_pool2d,
        lp_pool3d,
        max_pool1d,
        max_pool1d_with_indices,
        max_pool2d,
        max_pool2d_with_indices,
        max_pool3d,
        max_pool3d_with_indices,
        max_unpool1d,
        max_unpool2d,
        max_unpool3d,
    )
    from tinytorch.nn.vision import (
        affine_grid,
        grid_sample,
        interpolate,
        upsample,
        upsample_bilinear,
        upsample_nearest,
    )
    from tinytorch.ops.attention import scaled_dot_product_attention
    from tinytorch.ops.convolution import conv_tbc
    from tinytorch.ops.pad import pad
    from tinytorch.ops.shuffle import channel_shuffle, native_channel_shuffle, pixel_shuffle, pixel_unshuffle
    from tinytorch.ops.similarity import cosine_similarity, pairwise_distance
    from tinytorch.overrides import (
        handle_torch_function,
        has_torch_function,
        has_torch_function_unary,
        has_torch_function_variadic,
    )

__getattr__, __dir__ = rooms.opener(__name__)
