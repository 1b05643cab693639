"""Where an operation knowingly differs from PyTorch: a pattern of the complaint, and the reason, for each by name."""

OVERLAP = "PyTorch has nothing to change and so looks at no memory; each in-place form here refuses shared elements"
NO_COMPLEX32 = "half precision would give complex32, which there is not"
TRIGAMMA = "PyTorch's polygamma of order 1 is right to nine digits in double precision; this one to the last"
BESSEL = "PyTorch's is right to eight digits in double precision where the input is above 2; this one to the last"
EXPONENT = "PyTorch raises 2 to an integer as an integer, which is 0 for exponents below 0 and overflows"
EXPONENTIAL = "the coefficients of PyTorch's polynomials are too large for half precision"
BIAS_ALONE = "PyTorch's second derivative fails where there is a bias and no weight"
DIVISION = "PyTorch divides by a number in C++, and numbers the node otherwise than a division in Python"
KNOWN = {
    "adaptive_avg_pool1d": [
        (r"float16: strides", "in float32, which it is computed in, the copy of a row no longer shows its order")
    ],
    "addbmm": [(r"^addbmm_\(arguments=\(Input\(shape=\(\)", "PyTorch resizes a tensor without dimensions")],
    "affine_grid_generator": [
        (r"uint8: value", "-1 is no byte, so a base grid of bytes means nothing in either library")
    ],
    "angle": [
        (r"complex\d+: strides", "the result lies as its input does, as other results; PyTorch's lies row by row")
    ],
    "airy_ai": [
        (r"low=-12.*: value|high=8.*: value", "PyTorch's is right to six digits for some inputs beyond -2 and 2")
    ],
    "as_strided_scatter": [
        (r"gradients of input 0", "PyTorch puts the zeros of the derivative elsewhere than `src` was written to")
    ],
    "bessel_j0": [(r"high=50.*float64: value", BESSEL)],
    "bessel_j1": [(r"high=50.*float64: value", BESSEL)],
    "bessel_y0": [(r"high=50.*float64: value", BESSEL)],
    "bessel_y1": [(r"high=50.*float64: value", BESSEL)],
    "batch_norm": [(r"Expected a proper Tensor", BIAS_ALONE)],
    "binary_cross_entropy_with_logits": [
        (r"complex\d+: NotImplementedError", "a complex target is refused, as complex input is"),
    ],
    "conj": [(r"strides", "the conjugate is computed at once; PyTorch's is a view that is computed when it is read")],
    "conj_physical": [(r"single memory location", OVERLAP)],
    "conv2d": [(r"shape \[1, 3, 2, 2\]", "sums over no channels are zeros; PyTorch's result has no channels either")],
    "digamma": [(r"gradients? of input 0: value", TRIGAMMA)],
    "dist": [(r"float16, complex\d+: float32", "between float16 and complex stands complex32, which there is not")],
    "gelu": [
        (
            r"is inf, PyTorch has nan",
            "PyTorch's float32 kernel gives nan for inf among others; alone it is inf",
        )
    ],
    "getitem": [(r"Meta tensors", "a mask is refused on meta, as in PyTorch: the shape depends on the values")],
    "grid_sample": [
        (r"bicubic.*float16: value", "PyTorch weighs half precision in itself; here in float32, rounded once")
    ],
    "kthvalue": [(r"uint8: value 0", "the first index among equal elements; PyTorch's depends on how it partitions")],
    "ldexp": [(r"int64.*gradients? of input 0", EXPONENT)],
    "lgamma": [(r"second of input 0: value", TRIGAMMA)],
    "mvlgamma": [
        (r"second of input 0: value", TRIGAMMA),
        (r"strides", "the result lies as its input does, as other results; PyTorch's lies row by row"),
    ],
    "linalg.cond": [
        (r"PyTorch has \['RuntimeError', 'one of the variables", "PyTorch writes over the inverse that it needs")
    ],
    "linalg.matrix_exp": [(r"float16: value", EXPONENTIAL)],
    "matrix_exp": [(r"float16: value", EXPONENTIAL)],
    "group_norm": [(r"shape '\[0\]' is invalid", BIAS_ALONE)],
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
    "polygamma": [
        (r"\(1, .*float64: value|'n': 1.*float64: value|\(0, .*gradients of input 0: value", TRIGAMMA),
    ],
    "vander": [(r"PyTorch has \['RuntimeError', 'one of the variables", "PyTorch writes over powers that it needs")],
    "view_as_complex": [(r"float16: \['RuntimeError'", NO_COMPLEX32)],
    "view_as_complex_copy": [(r"float16: \['RuntimeError'", NO_COMPLEX32)],
    "zeta": [(r"value 1 is 0.0, PyTorch has nan", "the sum has a limit at inf, and it is 0")],
}
KNOWN |= {
    f"{name}_functional": [(r"PyTorch has \w+Backward1$", "PyTorch's in-place form has a node of its own")]
    for name in ("celu", "elu", "leaky_relu", "rrelu", "selu", "threshold")
}
ROUNDED = "a GPU rounds otherwise; seen in the last three of sixteen digits, or in the last of seven of float32"
NO_NUMBER = "complex numbers by 0 are nan on a GPU, in PyTorch also inf"
ON_CUDA = {  # what only a GPU does otherwise than PyTorch on the CPU
    "linalg.eigh": [(r"(second of input 0|complex128): value", ROUNDED)],
    "linalg.svd": [(r"second of input 0: value", ROUNDED)],
    "masked.logaddexp": [(r"float32: value", ROUNDED)],
    "masked.std": [(r"complex\d+: value 0 is \[nan, nan\], PyTorch has \[inf, nan\]", NO_NUMBER)],
    "masked.var": [(r"complex\d+: value 0 is \[nan, nan\], PyTorch has \[inf, nan\]", NO_NUMBER)],
    "shifted_chebyshev_polynomial_w": [(r"float64: value", ROUNDED)],
}
WITH_OTHER_NUMBERS = {  # what only the live comparison meets, as its numbers are drawn again
    "topk": [(r"uint8: value \d+", "the first index among equal elements; PyTorch's depends on how it partitions")],
}
