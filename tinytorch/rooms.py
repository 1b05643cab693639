"""Which rooms are opened when somebody first asks for them: what `import tinytorch` does without makes it shorter."""

import functools
import sys
from importlib import import_module
from types import FunctionType

LAYERS = {  # family of modules -> the classes in it; what nearly every program uses is imported at once
    "adaptive": "AdaptiveLogSoftmaxWithLoss",
    "batchnorm": "BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d SyncBatchNorm",
    "channelshuffle": "ChannelShuffle",
    "conv": (
        "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d LazyConv2d LazyConv3d "
        "LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d"
    ),
    "distance": "CosineSimilarity PairwiseDistance",
    "fold": "Fold Unfold",
    "instancenorm": (
        "InstanceNorm1d InstanceNorm2d InstanceNorm3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d"
    ),
    "linear_cross_entropy_options": "LinearCrossEntropyOptions",
    "loss": (
        "BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss HingeEmbeddingLoss "
        "HuberLoss KLDivLoss L1Loss LinearCrossEntropyLoss MSELoss MarginRankingLoss MultiLabelMarginLoss "
        "MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss NLLLoss2d PoissonNLLLoss SmoothL1Loss SoftMarginLoss "
        "TripletMarginLoss TripletMarginWithDistanceLoss"
    ),
    "normalization": "CrossMapLRN2d GroupNorm LayerNorm LocalResponseNorm RMSNorm",
    "padding": (
        "CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d ReflectionPad1d "
        "ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d ZeroPad1d ZeroPad2d "
        "ZeroPad3d"
    ),
    "pixelshuffle": "PixelShuffle PixelUnshuffle",
    "pooling": (
        "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d "
        "AvgPool1d AvgPool2d AvgPool3d FractionalMaxPool2d FractionalMaxPool3d LPPool1d LPPool2d LPPool3d MaxPool1d "
        "MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d"
    ),
    "rnn": "GRU GRUCell LSTM LSTMCell RNN RNNBase RNNCell RNNCellBase",
    "sparse": "Embedding EmbeddingBag",
    "transformer": "Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer",
    "upsampling": "Upsample UpsamplingBilinear2d UpsamplingNearest2d",
}
LAZY = {  # door -> room -> what stands there and is found in the door too, perhaps as `there:here`; "" has rooms alone
    "tinytorch": {
        "": (
            "_C __config__ _dynamo _inductor _utils accelerator amp ao backends compiler cpu cuda distributed "
            "distributions export func functional futures fx hub jit library masked mps mtia multiprocessing nested "
            "onnx optim overrides package profiler quantization serialization signal sparse testing types utils xpu"
        ),
        "amp.autocast_mode": (
            "autocast autocast_decrement_nesting autocast_increment_nesting clear_autocast_cache "
            "get_autocast_cpu_dtype get_autocast_dtype get_autocast_gpu_dtype is_autocast_cache_enabled "
            "is_autocast_cpu_enabled is_autocast_enabled set_autocast_cache_enabled set_autocast_cpu_dtype "
            "set_autocast_cpu_enabled set_autocast_dtype set_autocast_enabled set_autocast_gpu_dtype"
        ),
        "amp.scaling": "_amp_foreach_non_finite_check_and_unscale_ _amp_update_scale_",
        "checking": (
            "_check _check_index _check_not_implemented _check_tensor_all _check_tensor_all_with _check_type "
            "_check_value _check_with"
        ),
        "compiler": "compile",
        "cuda.memory": "OutOfMemoryError",
        "entrance": "as_torch",
        "func": "vmap",
        "nn.adaptive_pooling": "adaptive_avg_pool1d adaptive_max_pool1d_with_indices:adaptive_max_pool1d",
        "nn.convolution": "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d",
        "nn.pooling": "avg_pool1d max_pool1d max_pool1d_with_indices max_pool2d max_pool3d",
        "nn.recurrence": "gru gru_cell lstm lstm_cell rnn_relu rnn_relu_cell rnn_tanh rnn_tanh_cell",
        "ops.convolution": "conv_tbc convolution",
        "ops.copies": (
            "alias_copy as_strided_copy detach_copy diagonal_copy expand_copy permute_copy select_copy slice_copy "
            "split_copy split_with_sizes_copy squeeze_copy t_copy transpose_copy unbind_copy unfold_copy "
            "unsqueeze_copy view_as_complex_copy view_as_real_copy view_copy"
        ),
        "ops.coordinates.compressed": "sparse_csc_tensor sparse_csr_tensor",
        "ops.coordinates.making": "sparse_coo_tensor",
        "ops.coordinates.products": "hspmm",
        "ops.ctc": "ctc_loss",
        "ops.embedding": "embedding embedding_bag embedding_renorm_",
        "ops.foreach": (
            "_foreach_abs _foreach_abs_ _foreach_acos _foreach_acos_ _foreach_add _foreach_add_ _foreach_addcdiv "
            "_foreach_addcdiv_ _foreach_addcmul _foreach_addcmul_ _foreach_asin _foreach_asin_ _foreach_atan "
            "_foreach_atan_ _foreach_ceil _foreach_ceil_ _foreach_clamp_max _foreach_clamp_max_ _foreach_clamp_min "
            "_foreach_clamp_min_ _foreach_clone _foreach_copy_ _foreach_cos _foreach_cos_ _foreach_cosh _foreach_cosh_ "
            "_foreach_div _foreach_div_ _foreach_erf _foreach_erf_ _foreach_erfc _foreach_erfc_ _foreach_exp "
            "_foreach_exp_ _foreach_expm1 _foreach_expm1_ _foreach_floor _foreach_floor_ _foreach_frac _foreach_frac_ "
            "_foreach_lerp _foreach_lerp_ _foreach_lgamma _foreach_lgamma_ _foreach_log _foreach_log10 _foreach_log10_ "
            "_foreach_log1p _foreach_log1p_ _foreach_log2 _foreach_log2_ _foreach_log_ _foreach_max _foreach_maximum "
            "_foreach_maximum_ _foreach_minimum _foreach_minimum_ _foreach_mm _foreach_mul _foreach_mul_ _foreach_neg "
            "_foreach_neg_ _foreach_norm _foreach_pow _foreach_pow_ _foreach_powsum _foreach_reciprocal "
            "_foreach_reciprocal_ _foreach_round _foreach_round_ _foreach_rsqrt _foreach_rsqrt_ _foreach_sigmoid "
            "_foreach_sigmoid_ _foreach_sign _foreach_sign_ _foreach_sin _foreach_sin_ _foreach_sinh _foreach_sinh_ "
            "_foreach_sqrt _foreach_sqrt_ _foreach_sub _foreach_sub_ _foreach_tan _foreach_tan_ _foreach_tanh "
            "_foreach_tanh_ _foreach_trunc _foreach_trunc_ _foreach_zero_"
        ),
        "ops.grid": "affine_grid_generator grid_sampler grid_sampler_2d grid_sampler_3d",
        "ops.likelihood_loss": "poisson_nll_loss",
        "ops.margin_loss": "cosine_embedding_loss hinge_embedding_loss margin_ranking_loss triplet_margin_loss",
        "ops.normalization": (
            "batch_norm group_norm instance_norm layer_norm native_batch_norm native_group_norm native_layer_norm "
            "rms_norm"
        ),
        "ops.pad": "constant_pad_nd",
        "ops.reparameterization": "dirichlet_grad:_dirichlet_grad standard_gamma_grad:_standard_gamma_grad",
        "ops.samplers": "binomial poisson sample_dirichlet:_sample_dirichlet standard_gamma:_standard_gamma",
        "ops.shuffle": "channel_shuffle native_channel_shuffle pixel_shuffle pixel_unshuffle",
        "ops.similarity": "cosine_similarity pairwise_distance",
        "ops.tapers": "bartlett_window blackman_window hamming_window hann_window kaiser_window",
        "serialization": "load save",
    },
    "tinytorch.amp": {"": "grad_scaler", "grad_scaler": "GradScaler"},
    "tinytorch.autograd": {"": "functional graph profiler profiler_legacy variable", "variable": "Variable"},
    "tinytorch.nn": {
        "": "attention common_types grad parallel utils",
        "parallel": "DataParallel",
        "modules.activation": "MultiheadAttention",
        **{f"modules.{family}": classes for family, classes in LAYERS.items()},
    },
    "tinytorch.nn.functional": {  # no package: its rooms are named from the root
        ".nn.adaptive_pooling": (
            "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d "
            "adaptive_max_pool1d_with_indices adaptive_max_pool2d adaptive_max_pool2d_with_indices adaptive_max_pool3d "
            "adaptive_max_pool3d_with_indices fractional_max_pool2d fractional_max_pool2d_with_indices "
            "fractional_max_pool3d fractional_max_pool3d_with_indices"
        ),
        ".nn.columns": "fold unfold",
        ".nn.convolution": "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d",
        ".nn.embedding": "embedding embedding_bag",
        ".nn.likelihood_loss": "ctc_loss gaussian_nll_loss linear_cross_entropy poisson_nll_loss",
        ".nn.loss": (
            "binary_cross_entropy binary_cross_entropy_with_logits cross_entropy huber_loss kl_div l1_loss mse_loss "
            "nll_loss smooth_l1_loss"
        ),
        ".nn.margin_loss": (
            "cosine_embedding_loss hinge_embedding_loss margin_ranking_loss multi_margin_loss multilabel_margin_loss "
            "multilabel_soft_margin_loss soft_margin_loss triplet_margin_loss triplet_margin_with_distance_loss"
        ),
        ".nn.multi_head_attention": (
            "_canonical_mask _in_projection _in_projection_packed _mha_shape_check _none_or_dtype "
            "multi_head_attention_forward"
        ),
        ".nn.normalization": "batch_norm group_norm instance_norm layer_norm local_response_norm normalize rms_norm",
        ".nn.pooling": (
            "avg_pool1d avg_pool2d avg_pool3d lp_pool1d lp_pool2d lp_pool3d max_pool1d max_pool1d_with_indices "
            "max_pool2d max_pool2d_with_indices max_pool3d max_pool3d_with_indices max_unpool1d max_unpool2d "
            "max_unpool3d"
        ),
        ".nn.vision": "affine_grid grid_sample interpolate upsample upsample_bilinear upsample_nearest",
        ".ops.attention": "scaled_dot_product_attention",
        ".overrides": ("handle_torch_function has_torch_function has_torch_function_unary has_torch_function_variadic"),
        ".ops.convolution": "conv_tbc",
        ".ops.pad": "pad",
        ".ops.shuffle": "channel_shuffle native_channel_shuffle pixel_shuffle pixel_unshuffle",
        ".ops.similarity": "cosine_similarity pairwise_distance",
    },
    "tinytorch.nn.modules": {"": "attention " + " ".join(LAYERS), "activation": "MultiheadAttention", **LAYERS},
    "tinytorch.nn.modules.activation": {".nn.modules.attention": "MultiheadAttention"},
    "tinytorch.ops": {
        "": (
            "adaptive_pooling attention cells classes columns convolution convolution_settings coordinates copies"
            " ctc embedding foreach grid image_layout interpolation likelihood_loss loss margin_loss normalization"
            " normalized packing pad polynomials pooling recurrent reparameterization samplers shuffle similarity"
            " tapers taps"
        ),
        ".profiler": "regions:profiler",
    },
    "tinytorch.special": {
        ".ops.polynomials": (
            "chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w"
            " hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p"
            " shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v"
            " shifted_chebyshev_polynomial_w"
        ),
    },
    "tinytorch.utils": {
        "": (
            "_pytree _python_dispatch benchmark checkpoint collect_env cpp_extension data deterministic dlpack hooks"
            " mobile_optimizer model_zoo weak"
        ),
    },
}
# Where a function stands is where `help` and pickle find it: in the first of these doors that has it.
SHORTENING = ("tinytorch.linalg", "tinytorch.fft", "tinytorch.special")
DOORS = ("tinytorch", "tinytorch.linalg", "tinytorch.fft", "tinytorch.special", "tinytorch.nn.functional")

watchers = []  # who is told that a door has opened something


@functools.cache
def places(door):
    """What the table has for a door: its names there -> (module, name in it, or None for the module itself)."""
    found = {}
    for room, names in LAZY[door].items():
        module = f"tinytorch{room}" if room.startswith(".") else f"{door}.{room}"
        for each in names.split():
            there, _, here = each.partition(":")
            found[here or there] = (module, there) if room else (f"{door}.{there}", None)
    return found


def opener(door):
    """The `__getattr__` of a door, which imports a room at its first use, and its `__dir__`, which names them all.

    A name that is not there is an AttributeError in PyTorch's words, which says whose it is not.
    """

    def opened(name):
        known = places(door)
        if name == "__all__":  # which `from torch.nn import *` asks for
            found = {*vars(sys.modules[door]), *[each for each, (_, there) in known.items() if there]}
            return sorted(each for each in found if not each.startswith("_"))
        if name not in known:
            title = door.replace("tinytorch", "torch", 1)
            raise AttributeError(f"module '{title}' has no attribute '{name}': tinytorch lacks it")
        module, there = known[name]
        found = import_module(module) if there is None else getattr(import_module(module), there)
        if type(found) is FunctionType and found.__module__ not in DOORS and (module, None) not in known.values():
            name_function(found, *first_place(module, there))
        vars(sys.modules[door]).setdefault(name, found)
        for each in watchers:
            each()
        return vars(sys.modules[door])[name]

    return opened, lambda: sorted({*vars(sys.modules[door]), *places(door)})


def open_imported():
    """Let the doors have what stands in rooms that are imported already, by their own names."""
    for door in DOORS:
        for name, (module, there) in places(door).items() if door in LAZY and door in sys.modules else ():
            if there is None or name in vars(sys.modules[door]) or module not in sys.modules:
                continue
            if not sys.modules[module].__spec__._initializing:
                getattr(sys.modules[door], name)


def first_place(module, there):
    """The first door that has what stands somewhere, and its name there."""
    return next((door, here) for door in DOORS if door in LAZY
                for here, place in places(door).items() if place == (module, there))  # fmt: skip


def name_function(function, door, name, prefix=""):
    """Let a function say that it stands in a door; those of `linalg` and its like have a longer name, as in PyTorch."""
    longer = f"{door.rpartition('.')[2]}_{name}" if door in SHORTENING else name
    function.__module__, function.__name__, function.__qualname__ = door, longer, prefix + name


def open_all(door):
    """Import the rooms of a package that wait for their first use."""
    for room in LAZY[door][""].split():
        import_module(f"{door}.{room}")
