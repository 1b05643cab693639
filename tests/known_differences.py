"""Where an operation knowingly differs from PyTorch: a pattern of the complaint, and the reason, for each by name."""

OVERLAP = "PyTorch has nothing to change and so looks at no memory; each in-place form here refuses shared elements"
IN_PLACE_VIEW = "in-place forms of views are refused on a view that requires grad"
BIAS_ALONE = "PyTorch's second derivative fails where there is a bias and no weight"
DIVISION = "PyTorch divides by a number in C++, and numbers the node otherwise than a division in Python"
KNOWN = {
    "addbmm": [(r"^addbmm_\(arguments=\(Input\(shape=\(\)", "PyTorch resizes a tensor without dimensions")],
    "angle": [
        (r"complex\d+: strides", "the result lies as its input does, as other results; PyTorch's lies row by row")
    ],
    "batch_norm": [(r"Expected a proper Tensor", BIAS_ALONE)],
    "binary_cross_entropy_with_logits": [
        (r"complex\d+: NotImplementedError", "a complex target is refused, as complex input is"),
    ],
    "conj": [(r"strides", "the conjugate is computed at once; PyTorch's is a view that is computed when it is read")],
    "conj_physical": [(r"single memory location", OVERLAP)],
    "dist": [(r"float16, complex\d+: float32", "between float16 and complex stands complex32, which there is not")],
    "gelu": [
        (
            r"is inf, PyTorch has nan",
            "PyTorch's float32 kernel gives nan for inf among others; alone it is inf",
        )
    ],
    "getitem": [(r"Meta tensors", "a mask is refused on meta, as in PyTorch: the shape depends on the values")],
    "group_norm": [(r"shape '\[0\]' is invalid", BIAS_ALONE)],
    "kthvalue": [(r"uint8: value 0", "the first index among equal elements; PyTorch's depends on how it partitions")],
    "layer_norm": [(r"Expected a proper Tensor", BIAS_ALONE)],
    "linear_cross_entropy": [(r"PyTorch has DivBackward1", DIVISION)],
    "nan_to_num": [(r"single memory location", OVERLAP)],
    "native_batch_norm": [(r": RuntimeError, PyTorch has", "PyTorch reads past the end of a weight that is too small")],
    "native_dropout": [
        (r"None\).*gradients of input 0", "PyTorch's derivative leaves the scale out where `train` is None")
    ],
    "pairwise_distance": [
        (r"float16, complex\d+: float32", "between float16 and complex stands complex32, which there is not")
    ],
    "polar": [(r"Jacobian mismatch", "the derivative takes `abs` to be positive, as PyTorch's does; a sample is not")],
    "swapaxes": [(r"with gradients RuntimeError", IN_PLACE_VIEW)],
    "swapdims": [(r"with gradients RuntimeError", IN_PLACE_VIEW)],
    "view_as_complex": [(r"float16: \['RuntimeError'", "half precision would give complex32, which there is not")],
}
KNOWN |= {
    f"{name}_functional": [(r"PyTorch has \w+Backward1$", "PyTorch's in-place form has a node of its own")]
    for name in ("celu", "elu", "leaky_relu", "rrelu", "selu", "threshold")
}
WITH_OTHER_NUMBERS = {  # what only the live comparison meets, as its numbers are drawn again
    "topk": [(r"uint8: value \d+", "the first index among equal elements; PyTorch's depends on how it partitions")],
}
