"""Which functions ask the classes of their arguments, and in which form they show them a call: PyTorch's lists."""

UNASKED = {  # door -> functions that are never asked about: settings, and what makes no tensors of tensors
    "tinytorch": (
        "__dir__ __getattr__ are_deterministic_algorithms_enabled as_torch autocast_decrement_nesting "
        "autocast_increment_nesting broadcast_shapes can_cast clear_autocast_cache compile "
        "get_autocast_cpu_dtype get_autocast_dtype get_autocast_gpu_dtype get_default_device get_default_dtype "
        "get_deterministic_debug_mode get_float32_matmul_precision get_num_interop_threads get_num_threads "
        "get_rng_state initial_seed is_anomaly_check_nan_enabled is_anomaly_enabled is_autocast_cache_enabled "
        "is_autocast_cpu_enabled is_autocast_enabled is_deterministic_algorithms_warn_only_enabled is_grad_enabled "
        "is_inference_mode_enabled is_storage is_tensor is_warn_always_enabled load manual_seed promote_types save "
        "seed set_anomaly_enabled set_autocast_cache_enabled set_autocast_cpu_dtype set_autocast_cpu_enabled "
        "set_autocast_dtype set_autocast_enabled set_autocast_gpu_dtype set_default_device set_default_dtype "
        "set_default_tensor_type set_deterministic_debug_mode set_float32_matmul_precision set_flush_denormal "
        "set_num_interop_threads set_num_threads set_printoptions set_rng_state set_warn_always typename "
        "use_deterministic_algorithms vmap"
    ),
    "tinytorch.nn.functional": (
        "__dir__ __getattr__ _canonical_mask _in_projection _in_projection_packed _mha_shape_check _none_or_dtype "
        "handle_torch_function has_torch_function has_torch_function_unary has_torch_function_variadic upsample "
        "upsample_bilinear upsample_nearest"
    ),
    "tinytorch.special": "__dir__ __getattr__",
    "tinytorch.Tensor": (
        "__init__ __iter__ __getattr__ __setattr__ __class_getitem__ _typed_storage as_subclass is_hpu"
    ),
}
BY_MODES = "as_tensor asarray from_dlpack from_numpy frombuffer scalar_tensor tensor"  # not by classes
PYTHON_MADE = {  # door -> functions that PyTorch has in Python: they fill in their defaults
    "tinytorch": (
        "_assert atleast_1d atleast_2d atleast_3d block_diag broadcast_tensors cartesian_prod cdist chain_matmul "
        "einsum lu max_pool1d max_pool1d_with_indices max_pool2d max_pool3d meshgrid norm pca_lowrank split stft "
        "svd_lowrank tensordot unique unique_consecutive unravel_index"
    ),
    "tinytorch.autograd": "grad",
    "tinytorch.nn.functional": (
        "adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool1d_with_indices "
        "adaptive_max_pool2d adaptive_max_pool2d_with_indices adaptive_max_pool3d adaptive_max_pool3d_with_indices "
        "affine_grid alpha_dropout batch_norm binary_cross_entropy binary_cross_entropy_with_logits celu "
        "cosine_embedding_loss cross_entropy ctc_loss dropout dropout1d dropout2d dropout3d elu embedding "
        "embedding_bag feature_alpha_dropout fold fractional_max_pool2d fractional_max_pool2d_with_indices "
        "fractional_max_pool3d fractional_max_pool3d_with_indices gaussian_nll_loss glu grid_sample group_norm "
        "gumbel_softmax hardsigmoid hardswish hardtanh hinge_embedding_loss huber_loss instance_norm interpolate "
        "kl_div l1_loss layer_norm leaky_relu linear_cross_entropy local_response_norm log_softmax lp_pool1d "
        "lp_pool2d lp_pool3d margin_ranking_loss max_pool1d max_pool1d_with_indices max_pool2d "
        "max_pool2d_with_indices max_pool3d max_pool3d_with_indices max_unpool1d max_unpool2d max_unpool3d mish "
        "mse_loss multi_head_attention_forward multi_margin_loss multilabel_margin_loss "
        "multilabel_soft_margin_loss nll_loss normalize pad poisson_nll_loss relu relu6 rms_norm rrelu selu silu "
        "smooth_l1_loss soft_margin_loss softmax softmin softsign tanhshrink threshold triplet_margin_loss "
        "triplet_margin_with_distance_loss unfold"
    ),
    "tinytorch.Tensor": (
        "__array__ __array_wrap__ __contains__ __deepcopy__ __dir__ __dlpack__ __dlpack_device__ __floordiv__ "
        "__format__ __ipow__ __len__ __pow__ __rdiv__ __reduce_ex__ __repr__ __reversed__ __rfloordiv__ "
        "__rlshift__ __rmatmul__ __rmod__ __rpow__ __rrshift__ __rsub__ __rtruediv__ __setstate__ backward "
        "dim_order is_shared istft lu module_load norm register_hook register_post_accumulate_grad_hook "
        "share_memory_ split stft storage storage_type unflatten unique unique_consecutive"
    ),
}
OWN_NAME = {  # operators that PyTorch shows as the method which they are
    "__abs__": "abs", "__add__": "add", "__ge__": "ge", "__gt__": "gt", "__iadd__": "add_",
    "__ifloordiv__": "floor_divide_", "__imod__": "remainder_", "__imul__": "mul_", "__isub__": "sub_",
    "__itruediv__": "div_", "__le__": "le", "__lt__": "lt", "__matmul__": "matmul", "__mod__": "remainder",
    "__mul__": "mul", "__ne__": "ne", "__neg__": "neg", "__pos__": "positive", "__radd__": "add",
    "__rand__": "bitwise_and", "__rmul__": "mul", "__ror__": "bitwise_or", "__rxor__": "bitwise_xor",
    "__sub__": "sub", "__truediv__": "div",
}  # fmt: skip
ARITHMETIC, COMPARISONS = "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift", "eq ne lt le gt ge"
# Those that let the other operand try what they refuse
OPERATORS = {f"__{way}{name}__" for name in ARITHMETIC.split() for way in ("", "r", "i")}
OPERATORS |= {f"__{name}__" for name in COMPARISONS.split()}
UNASKED, PYTHON_MADE = ({door: set(names.split()) for door, names in table.items()} for table in (UNASKED, PYTHON_MADE))
BY_MODES = set(BY_MODES.split())
