"""tinytorch: PyTorch's experience on NumPy and CuPy."""

from math import e, inf, nan, pi
from typing import TYPE_CHECKING

from tinytorch import autograd, fft, linalg, nn, ops, random, rooms, special, version
from tinytorch.anomaly import is_anomaly_check_nan_enabled, is_anomaly_enabled, set_anomaly_enabled
from tinytorch.creation import get_default_device, set_default_device
from tinytorch.devices import device
from tinytorch.dtypes import (
    bfloat16,
    can_cast,
    complex64,
    complex128,
    dtype,
    finfo,
    float16,
    float32,
    float64,
    get_default_dtype,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    promote_types,
    set_default_dtype,
    uint8,
)
from tinytorch.dtypes import bool_ as bool
from tinytorch.dtypes import complex64 as cfloat
from tinytorch.dtypes import complex128 as cdouble
from tinytorch.dtypes import float16 as half
from tinytorch.dtypes import float32 as float
from tinytorch.dtypes import float64 as double
from tinytorch.dtypes import int16 as short
from tinytorch.dtypes import int32 as int
from tinytorch.dtypes import int64 as long
from tinytorch.formats import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    jagged,
    layout,
    memory_format,
    preserve_format,
    sparse_bsc,
    sparse_bsr,
    sparse_coo,
    sparse_csc,
    sparse_csr,
    strided,
)
from tinytorch.formats import contiguous_format as legacy_contiguous_format
from tinytorch.generator import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)
from tinytorch.inference import inference_mode, is_inference_mode_enabled
from tinytorch.modes import (
    enable_grad,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from tinytorch.nn.activation import celu_, relu_, selu_, threshold_
from tinytorch.nn.modules.members import typename
from tinytorch.ops.activation import relu, sigmoid, tanh
from tinytorch.ops.arithmetic import (
    add,
    addcdiv,
    addcmul,
    divide,
    float_power,
    floor_divide,
    fmod,
    lerp,
    mul,
    pow,
    remainder,
    rsub,
    square,
    sub,
)
from tinytorch.ops.arithmetic import div as true_divide
from tinytorch.ops.arithmetic import divide as div
from tinytorch.ops.arithmetic import mul as multiply
from tinytorch.ops.arithmetic import sub as subtract
from tinytorch.ops.bessel import i0
from tinytorch.ops.binary import atan2, copysign, heaviside, hypot, logaddexp, logaddexp2
from tinytorch.ops.binary import atan2 as arctan2
from tinytorch.ops.compare import (
    allclose,
    bitwise_and,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    clamp,
    clamp_max,
    clamp_min,
    eq,
    equal,
    fmax,
    fmin,
    ge,
    gt,
    isclose,
    le,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    maximum,
    minimum,
    ne,
)
from tinytorch.ops.compare import clamp as clip
from tinytorch.ops.compare import ge as greater_equal
from tinytorch.ops.compare import gt as greater
from tinytorch.ops.compare import le as less_equal
from tinytorch.ops.compare import lt as less
from tinytorch.ops.compare import ne as not_equal
from tinytorch.ops.complex import (
    angle,
    imag,
    real,
    resolve_conj,
    resolve_neg,
    view_as_complex,
    view_as_real,
)
from tinytorch.ops.complex import conjugate as conj
from tinytorch.ops.complex import conjugate_physically as conj_physical
from tinytorch.ops.convert import cloned as clone
from tinytorch.ops.convert import detach, fill, is_signed, result_type
from tinytorch.ops.counts import bincount, histc, histogram, histogramdd
from tinytorch.ops.create import complex_ as complex
from tinytorch.ops.create import (
    empty,
    empty_like,
    empty_permuted,
    empty_strided,
    eye,
    full,
    full_like,
    ones,
    ones_like,
    polar,
    scalar_tensor,
    zeros,
    zeros_like,
)
from tinytorch.ops.differences import cumulative_trapezoid, diff, gradient, trapezoid, trapz
from tinytorch.ops.distances import cdist, corrcoef, cov, pdist
from tinytorch.ops.dropout import (
    alpha_dropout_,
    dropout_,
    feature_alpha_dropout_,
    feature_dropout_,
    native_dropout,
)
from tinytorch.ops.dropout import torch_alpha_dropout as alpha_dropout
from tinytorch.ops.dropout import torch_dropout as dropout
from tinytorch.ops.dropout import torch_feature_alpha_dropout as feature_alpha_dropout
from tinytorch.ops.dropout import torch_feature_dropout as feature_dropout
from tinytorch.ops.einsum import einsum
from tinytorch.ops.entropy import xlogy
from tinytorch.ops.error_functions import erf, erfc, erfinv
from tinytorch.ops.extremes import amax, amin, aminmax, argmax, argmin, max, median, min, mode, nanmedian
from tinytorch.ops.floats import frexp, ldexp, nextafter
from tinytorch.ops.gamma import digamma, igamma, igammac, lgamma, mvlgamma, polygamma
from tinytorch.ops.gather import (
    gather,
    put,
    scatter,
    scatter_add,
    scatter_reduce,
    take,
    take_along_dim,
)
from tinytorch.ops.in_place import (
    abs_,
    acos_,
    acosh_,
    addmv_,
    arccos_,
    arccosh_,
    arcsin_,
    arcsinh_,
    arctan_,
    arctanh_,
    asin_,
    asinh_,
    atan_,
    atanh_,
    ceil_,
    clamp_,
    clamp_max_,
    clamp_min_,
    clip_,
    conj_physical_,
    cos_,
    cosh_,
    deg2rad_,
    detach_,
    erf_,
    erfc_,
    exp2_,
    exp_,
    expm1_,
    fill_,
    fix_,
    floor_,
    frac_,
    gcd_,
    i0_,
    index_put_,
    lcm_,
    ldexp_,
    log1p_,
    log2_,
    log10_,
    log_,
    logit_,
    nan_to_num_,
    neg_,
    negative_,
    rad2deg_,
    reciprocal_,
    resize_as_,
    round_,
    rsqrt_,
    sigmoid_,
    sin_,
    sinc_,
    sinh_,
    sqrt_,
    square_,
    tan_,
    tanh_,
    trunc_,
    xlogy_,
    zero_,
)
from tinytorch.ops.integers import gcd, lcm
from tinytorch.ops.join import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    block_diag,
    broadcast_shapes,
    broadcast_tensors,
    broadcast_to,
    cartesian_prod,
    column_stack,
    combinations,
    concatenate,
    dstack,
    hstack,
    meshgrid,
    repeat_interleave,
    tile,
    vstack,
)
from tinytorch.ops.join import concatenate as cat
from tinytorch.ops.join import concatenate as concat
from tinytorch.ops.join import stack_of as stack
from tinytorch.ops.join import vstack as row_stack
from tinytorch.ops.keys import newaxis
from tinytorch.ops.legacy import (
    BFloat16Tensor,
    BoolTensor,
    ByteTensor,
    CharTensor,
    DoubleTensor,
    FloatTensor,
    HalfTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
    set_default_tensor_type,
)
from tinytorch.ops.linalg.cholesky import cholesky_inverse, cholesky_solve
from tinytorch.ops.linalg.cholesky import torch_cholesky as cholesky
from tinytorch.ops.linalg.determinant import logdet
from tinytorch.ops.linalg.determinant import slogdet_of as slogdet
from tinytorch.ops.linalg.determinant import torch_det as det
from tinytorch.ops.linalg.inverse import inverse
from tinytorch.ops.linalg.lu import lu_unpack
from tinytorch.ops.linalg.lu import torch_lu as lu
from tinytorch.ops.linalg.lu import torch_lu_solve as lu_solve
from tinytorch.ops.linalg.powers import matrix_exp, matrix_power
from tinytorch.ops.linalg.powers import torch_cross as cross
from tinytorch.ops.linalg.powers import torch_vander as vander
from tinytorch.ops.linalg.pseudoinverse import pca_lowrank, pinverse, svd_lowrank
from tinytorch.ops.linalg.qr import geqrf, orgqr, ormqr
from tinytorch.ops.linalg.qr import torch_qr as qr
from tinytorch.ops.linalg.spectrum import torch_svd as svd
from tinytorch.ops.linalg.triangular import triangular_solve
from tinytorch.ops.linear import bilinear
from tinytorch.ops.masks import masked_fill, masked_scatter, masked_select
from tinytorch.ops.matmul import addbmm, addmm, addmv, addr, baddbmm, bmm, dot, matmul, mm, mv
from tinytorch.ops.norms import norm, renorm
from tinytorch.ops.pieces import celu, hardshrink, prelu, rrelu, rrelu_, selu, threshold
from tinytorch.ops.places import argwhere, isin, nonzero, nonzero_static, unravel_index
from tinytorch.ops.places import where_or_places as where
from tinytorch.ops.pointwise import (
    abs,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    ceil,
    cos,
    cosh,
    deg2rad,
    exp,
    exp2,
    expm1,
    floor,
    frac,
    isfinite,
    isinf,
    isnan,
    isneginf,
    isposinf,
    isreal,
    log,
    log1p,
    log2,
    log10,
    logit,
    nan_to_num,
    neg,
    positive,
    rad2deg,
    reciprocal,
    round,
    rsqrt,
    sgn,
    sign,
    signbit,
    sin,
    sinc,
    sinh,
    sqrt,
    tan,
    trunc,
)
from tinytorch.ops.pointwise import abs as absolute
from tinytorch.ops.pointwise import acos as arccos
from tinytorch.ops.pointwise import acosh as arccosh
from tinytorch.ops.pointwise import asin as arcsin
from tinytorch.ops.pointwise import asinh as arcsinh
from tinytorch.ops.pointwise import atan as arctan
from tinytorch.ops.pointwise import atanh as arctanh
from tinytorch.ops.pointwise import neg as negative
from tinytorch.ops.pointwise import trunc as fix
from tinytorch.ops.products import chain_matmul, ger, inner, kron, outer, tensordot, trace, vdot
from tinytorch.ops.python import from_dlpack
from tinytorch.ops.quantile import nanquantile, quantile
from tinytorch.ops.random import (
    bernoulli,
    multinomial,
    normal,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
)
from tinytorch.ops.ranges import arange, linspace, logspace
from tinytorch.ops.ranges import range_ as range
from tinytorch.ops.reduce import (
    all,
    any,
    count_nonzero,
    dist,
    linalg_vector_norm,
    logsumexp,
    mean,
    nanmean,
    nansum,
    prod,
    sum,
)
from tinytorch.ops.reduce import deviation as std
from tinytorch.ops.reduce import deviation_and_mean as std_mean
from tinytorch.ops.reduce import variance as var
from tinytorch.ops.reduce import variance_and_mean as var_mean
from tinytorch.ops.replaced import as_strided_scatter, diagonal_scatter, select_scatter, slice_scatter
from tinytorch.ops.scan import cummax, cummin, logcumsumexp
from tinytorch.ops.scan import running_product as cumprod
from tinytorch.ops.scan import running_sum as cumsum
from tinytorch.ops.shape import (
    diag,
    diag_embed,
    diagflat,
    flatten,
    flip,
    fliplr,
    flipud,
    narrow_copy,
    ravel,
    reshape,
    roll,
    rot90,
    tril,
    tril_indices,
    triu,
    triu_indices,
    unflatten,
)
from tinytorch.ops.slices import index_add, index_copy, index_fill, index_put, index_reduce, index_select
from tinytorch.ops.softmax import log_softmax, softmax
from tinytorch.ops.sort import (
    argsort,
    bucketize,
    kthvalue,
    msort,
    searchsorted,
    sort,
    topk,
    unique,
    unique_consecutive,
)
from tinytorch.ops.sparse import (
    dsmm,
    saddmm,
    smm,
    sparse_bsc_tensor,
    sparse_bsr_tensor,
    sparse_compressed_tensor,
    spmm,
    sspaddmm,
)
from tinytorch.ops.spectrogram import istft, stft
from tinytorch.ops.split import (
    chunk,
    dsplit,
    hsplit,
    split,
    split_with_sizes,
    tensor_split,
    unsafe_chunk,
    unsafe_split,
    unsafe_split_with_sizes,
    vsplit,
)
from tinytorch.ops.storages import (
    BFloat16Storage,
    BoolStorage,
    ByteStorage,
    CharStorage,
    ComplexDoubleStorage,
    ComplexFloatStorage,
    DoubleStorage,
    FloatStorage,
    HalfStorage,
    IntStorage,
    LongStorage,
    ShortStorage,
    TypedStorage,
    UntypedStorage,
    is_storage,
)
from tinytorch.ops.values import as_tensor, asarray, from_numpy, frombuffer, tensor
from tinytorch.ops.views import (
    adjoint,
    moveaxis,
    movedim,
    narrow,
    permute,
    select,
    squeeze,
    swapaxes,
    swapdims,
    t,
    transpose,
    unbind,
    unsqueeze,
)
from tinytorch.ops.windows import as_strided, as_strided_, diagonal, slice_inverse
from tinytorch.printing import set_printoptions
from tinytorch.settings import (
    _assert,
    _assert_async,
    are_deterministic_algorithms_enabled,
    get_deterministic_debug_mode,
    get_float32_matmul_precision,
    get_num_interop_threads,
    get_num_threads,
    is_deterministic_algorithms_warn_only_enabled,
    is_warn_always_enabled,
    set_deterministic_debug_mode,
    set_float32_matmul_precision,
    set_flush_denormal,
    set_num_interop_threads,
    set_num_threads,
    set_warn_always,
    use_deterministic_algorithms,
)
from tinytorch.storage import (
    get_device,
    is_complex,
    is_conj,
    is_distributed,
    is_floating_point,
    is_inference,
    is_neg,
    is_nonzero,
    is_same_size,
    is_tensor,
    numel,
)
from tinytorch.tensor import Size, Tensor
from tinytorch.version import __version__

# isort: off
# fmt: off
from tinytorch import naming  # last, as it names what stands above

if TYPE_CHECKING:  # for editors: what is opened at its first use
    from tinytorch import (
        accelerator, amp, backends, cpu, cuda, distributed, distributions, export, func, functional, futures, fx, hub,
        jit, library, masked, multiprocessing, nested, onnx, optim, overrides, package, profiler, quantization,
        serialization, signal, sparse, testing, types, utils,
    )
    from tinytorch.amp.autocast_mode import (
        autocast,
        autocast_decrement_nesting,
        autocast_increment_nesting,
        clear_autocast_cache,
        get_autocast_cpu_dtype,
        get_autocast_dtype,
        get_autocast_gpu_dtype,
        is_autocast_cache_enabled,
        is_autocast_cpu_enabled,
        is_autocast_enabled,
        set_autocast_cache_enabled,
        set_autocast_cpu_dtype,
        set_autocast_cpu_enabled,
        set_autocast_dtype,
        set_autocast_enabled,
        set_autocast_gpu_dtype,
    )
    from tinytorch.checking import (
        _check,
        _check_index,
        _check_not_implemented,
        _check_tensor_all,
        _check_tensor_all_with,
        _check_type,
        _check_value,
        _check_with,
    )
    from tinytorch.entrance import as_torch
    from tinytorch.amp.scaling import _amp_foreach_non_finite_check_and_unscale_, _amp_update_scale_
    from tinytorch.nn.adaptive_pooling import adaptive_avg_pool1d
    from tinytorch.nn.adaptive_pooling import adaptive_max_pool1d_with_indices as adaptive_max_pool1d
    from tinytorch.nn.convolution import (
        conv1d,
        conv2d,
        conv3d,
        conv_transpose1d,
        conv_transpose2d,
        conv_transpose3d,
    )
    from tinytorch.nn.pooling import avg_pool1d, max_pool1d, max_pool1d_with_indices, max_pool2d, max_pool3d
    from tinytorch.nn.recurrence import gru, gru_cell, lstm, lstm_cell, rnn_relu, rnn_relu_cell, rnn_tanh, rnn_tanh_cell
    from tinytorch.ops.convolution import conv_tbc, convolution
    from tinytorch.ops.copies import (
        alias_copy,
        as_strided_copy,
        detach_copy,
        diagonal_copy,
        expand_copy,
        permute_copy,
        select_copy,
        slice_copy,
        split_copy,
        split_with_sizes_copy,
        squeeze_copy,
        t_copy,
        transpose_copy,
        unbind_copy,
        unfold_copy,
        unsqueeze_copy,
        view_as_complex_copy,
        view_as_real_copy,
        view_copy,
    )
    from tinytorch.ops.coordinates.compressed import sparse_csc_tensor, sparse_csr_tensor
    from tinytorch.ops.coordinates.making import sparse_coo_tensor
    from tinytorch.ops.coordinates.products import hspmm
    from tinytorch.ops.ctc import ctc_loss
    from tinytorch.ops.embedding import embedding, embedding_bag, embedding_renorm_
    from tinytorch.ops.grid import affine_grid_generator, grid_sampler, grid_sampler_2d, grid_sampler_3d
    from tinytorch.ops.likelihood_loss import poisson_nll_loss
    from tinytorch.ops.margin_loss import (
        cosine_embedding_loss,
        hinge_embedding_loss,
        margin_ranking_loss,
        triplet_margin_loss,
    )
    from tinytorch.ops.normalization import (
        batch_norm,
        group_norm,
        instance_norm,
        layer_norm,
        native_batch_norm,
        native_group_norm,
        native_layer_norm,
        rms_norm,
    )
    from tinytorch.ops.pad import constant_pad_nd
    from tinytorch.ops.reparameterization import dirichlet_grad as _dirichlet_grad
    from tinytorch.ops.reparameterization import standard_gamma_grad as _standard_gamma_grad
    from tinytorch.ops.samplers import binomial, poisson
    from tinytorch.ops.samplers import sample_dirichlet as _sample_dirichlet
    from tinytorch.ops.samplers import standard_gamma as _standard_gamma
    from tinytorch.ops.shuffle import channel_shuffle, native_channel_shuffle, pixel_shuffle, pixel_unshuffle
    from tinytorch.ops.similarity import cosine_similarity, pairwise_distance
    from tinytorch.ops.tapers import bartlett_window, blackman_window, hamming_window, hann_window, kaiser_window
    from tinytorch.ops.foreach import (  # many names of one kind: as many to a line as fit
        _foreach_abs, _foreach_abs_, _foreach_acos, _foreach_acos_, _foreach_add, _foreach_add_, _foreach_addcdiv,
        _foreach_addcdiv_, _foreach_addcmul, _foreach_addcmul_, _foreach_asin, _foreach_asin_, _foreach_atan,
        _foreach_atan_, _foreach_ceil, _foreach_ceil_, _foreach_clamp_max, _foreach_clamp_max_, _foreach_clamp_min,
        _foreach_clamp_min_, _foreach_clone, _foreach_copy_, _foreach_cos, _foreach_cos_, _foreach_cosh, _foreach_cosh_,
        _foreach_div, _foreach_div_, _foreach_erf, _foreach_erf_, _foreach_erfc, _foreach_erfc_, _foreach_exp,
        _foreach_exp_, _foreach_expm1, _foreach_expm1_, _foreach_floor, _foreach_floor_, _foreach_frac, _foreach_frac_,
        _foreach_lerp, _foreach_lerp_, _foreach_lgamma, _foreach_lgamma_, _foreach_log, _foreach_log1p, _foreach_log1p_,
        _foreach_log2, _foreach_log2_, _foreach_log10, _foreach_log10_, _foreach_log_, _foreach_max, _foreach_maximum,
        _foreach_maximum_, _foreach_minimum, _foreach_minimum_, _foreach_mm, _foreach_mul, _foreach_mul_, _foreach_neg,
        _foreach_neg_, _foreach_norm, _foreach_pow, _foreach_pow_, _foreach_powsum, _foreach_reciprocal,
        _foreach_reciprocal_, _foreach_round, _foreach_round_, _foreach_rsqrt, _foreach_rsqrt_, _foreach_sigmoid,
        _foreach_sigmoid_, _foreach_sign, _foreach_sign_, _foreach_sin, _foreach_sin_, _foreach_sinh, _foreach_sinh_,
        _foreach_sqrt, _foreach_sqrt_, _foreach_sub, _foreach_sub_, _foreach_tan, _foreach_tan_, _foreach_tanh,
        _foreach_tanh_, _foreach_trunc, _foreach_trunc_, _foreach_zero_,
    )
    from tinytorch.compiler import compile
    from tinytorch.cuda.memory import OutOfMemoryError
    from tinytorch.func.vmap import vmap
    from tinytorch.serialization import load, save

__getattr__, __dir__ = rooms.opener(__name__)

# fmt: on
# isort: on
