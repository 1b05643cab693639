"""Parts of other operations, which have no samples of their own."""

from tests.samples.table import row

# fmt: off
# A table, filled line by line.

# Parts of other operations
for names, others in {
    "max_all min_all selected placed middle middle_of_all most_frequent extremes": "max, min, median, mode and aminmax",
    "taken_along added_along last_extreme reverse_cumsum": "cummax, cummin and cumsum",
    "distance": "dist",
    "flash_attention flash_attention_backward": "scaled_dot_product_attention",
    "random_leak rrelu_with": "rrelu",
    "masked_and_scaled": "native_dropout",
    "ctc ctc_backward": "ctc_loss",
    "recurrence recurrence_backward": "the recurrent layers, in tests/nn/test_recurrent.py",
    "rows_of_steps steps_side_by_side": "packed sequences, in tests/nn/test_packed_sequences.py",
    "length": "pairwise_distance",
    "moments normalized normalized_backward inverse_deviation": "layer_norm, batch_norm and group_norm",
    "probability_slope": "binary_cross_entropy",
    "embedding_dense_backward sum_of_bags largest_rows rows_of_maxima": "embedding and embedding_bag",
    "log_of_sum": "logsumexp",
    "scatter_at embed_first": "scatter and gather",
    "index index_sum put_at": "getitem, setitem and index_put",
    "nonzero_rows": "nonzero and argwhere",
    "split_view split_sizes_view": "split, chunk and split_with_sizes",
    "places_repeated repeat_by": "repeat_interleave",
    "diagonal_blocks": "block_diag",
    "affine": "linear",
    "nll_loss_backward": "nll_loss and cross_entropy",
    "normal_fill normal_both normal_mean normal_std": "normal and normal_of",
    "bernoulli_fill bernoulli_fill_each bernoulli_of": "bernoulli",
    "complex_of_parts polar_of_parts": "complex and polar",
    "chosen sorted_places": "sort, argsort, topk and kthvalue",
    "distinct distinct_slices": "unique",
    "places_in": "searchsorted and bucketize",
    "diagonal_copy_of": "diag",
    "strided_scatter": "as_strided_scatter",
    "whole_of_slice": "slice_inverse",
    "log_sigmoid": "logsigmoid",
    "prelu_kernel": "prelu",
    "multinomial_of": "multinomial",
    "resize resize_backward": "interpolate",
    "padded padded_backward": "pad",
    "sampled sampled_back": "grid_sample",
    "affine_grid_backward": "affine_grid",
    "scattered scattered_onto gathered_product products_at": "sparse tensors, in tests/ops/coordinates/",
    "to_copy": "the in-place forms, which compare with a converted result",
}.items():
    row(names, apart=f"seen through {others}")
