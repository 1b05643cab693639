"""Which operations autocast computes in which dtype: for each kind of device the lists that PyTorch has.

A name is PyTorch's own, as its dispatcher knows it. Many are operations here; the others are functions made of several.
Some stand for others of which PyTorch makes them, as `affine_grid_generator` for a product.
"""

LOWER, WIDE, ASKED, PROMOTE, REFUSED = "lower", "wide", "asked", "promote", "refused"
# LOWER: in the dtype of the region. WIDE: in float32. ASKED: with `dtype=float32`, unless it is asked for another.
# PROMOTE: in float32 if any of the tensors is, else in the dtype of the region. REFUSED: not at all.

CPU = {
    LOWER: (
        "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d conv_tbc mm bmm addmm addbmm "
        "baddbmm matmul linear linalg_vecdot prelu scaled_dot_product_attention affine_grid_generator"
    ),
    WIDE: (
        "avg_pool3d max_pool3d adaptive_avg_pool3d adaptive_max_pool3d fractional_max_pool2d fractional_max_pool3d "
        "adaptive_max_pool3d_with_indices fractional_max_pool2d_with_indices fractional_max_pool3d_with_indices "
        "max_unpool1d max_unpool2d max_unpool3d grid_sampler grid_sampler_2d grid_sampler_3d reflection_pad1d "
        "reflection_pad2d replication_pad1d replication_pad2d replication_pad3d polar view_as_complex prod quantile "
        "nanquantile stft cdist trace cholesky cholesky_inverse cholesky_solve inverse lu_solve orgqr ormqr pinverse "
        "geqrf qr svd triangular_solve lu binary_cross_entropy binary_cross_entropy_with_logits mse_loss "
        "cosine_embedding_loss nll_loss hinge_embedding_loss poisson_nll_loss smooth_l1_loss cross_entropy_loss "
        "l1_loss huber_loss margin_ranking_loss soft_margin_loss triplet_margin_loss multi_margin_loss ctc_loss "
        "kl_div multilabel_margin_loss fft_fft fft_ifft fft_fft2 fft_ifft2 fft_fftn fft_ifftn fft_rfft fft_irfft "
        "fft_rfft2 fft_irfft2 fft_rfftn fft_irfftn fft_hfft fft_ihfft linalg_cond linalg_matrix_rank linalg_solve "
        "linalg_cholesky linalg_svdvals linalg_eigvals linalg_eigvalsh linalg_inv linalg_householder_product "
        "linalg_tensorinv linalg_tensorsolve linalg_qr linalg_cholesky_ex linalg_svd linalg_eig linalg_eigh "
        "linalg_lstsq linalg_inv_ex"
    ),
    PROMOTE: "stack cat index_copy",
}
CUDA = {
    LOWER: (
        "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d conv_tbc convolution prelu addmm "
        "addmv addr matmul einsum mm mv linalg_vecdot linear addbmm baddbmm bmm chain_matmul linalg_multi_dot "
        "lstm_cell gru_cell rnn_tanh_cell rnn_relu_cell scaled_dot_product_attention affine_grid_generator"
    ),
    WIDE: (
        "acos asin cosh erfinv exp expm1 log log10 log2 log1p reciprocal rsqrt sinh tan pow softplus layer_norm "
        "native_layer_norm rms_norm group_norm cosine_similarity poisson_nll_loss cosine_embedding_loss nll_loss "
        "hinge_embedding_loss kl_div l1_loss smooth_l1_loss huber_loss mse_loss margin_ranking_loss "
        "multilabel_margin_loss soft_margin_loss triplet_margin_loss multi_margin_loss "
        "binary_cross_entropy_with_logits dist pdist cdist renorm logsumexp interpolate"
    ),
    ASKED: "prod softmax log_softmax cumprod cumsum linalg_vector_norm linalg_matrix_norm sum norm",
    PROMOTE: "addcdiv addcmul atan2 bilinear cross dot vdot grid_sampler index_put tensordot scatter_add",
    REFUSED: "binary_cross_entropy",
}
POLICIES = {  # kind of device -> name -> policy
    kind: {name: policy for policy, names in lists.items() for name in names.split()}
    for kind, lists in (("cpu", CPU), ("cuda", CUDA))
}
NAMES_HERE = {"cross_entropy_loss": "cross_entropy"}  # where a function has another name than in the dispatcher
UNSAFE = (
    "torch.nn.functional.binary_cross_entropy and torch.nn.BCELoss are unsafe to autocast.\n"
    "Many models use a sigmoid layer right before the binary cross entropy layer.\n"
    "In this case, combine the two layers using torch.nn.functional.binary_cross_entropy_with_logits\n"
    "or torch.nn.BCEWithLogitsLoss.  binary_cross_entropy_with_logits and BCEWithLogits are\n"
    "safe to autocast."
)
PADS = {"reflect": ("reflection_pad", 2), "replicate": ("replication_pad", 3)}  # name, most dimensions with a policy


def name_of(op, args):
    """PyTorch's name of a call of an operation."""
    if op.name == "padded":
        name, most = PADS.get(args[2], ("", 0))
        count = len(args[1]) // 2
        return f"{name}{count}d" if count <= most else op.name
    return op.name
