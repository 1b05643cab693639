"""Where an operation knowingly differs from PyTorch: a pattern of the complaint, and the reason, for each by name."""

OVERLAP = "the memory is written more than once, which PyTorch allows here and refuses elsewhere"
IN_PLACE_VIEW = "in-place forms of views are refused on a view that requires grad"
KNOWN = {
    "addbmm": [(r"^addbmm_\(arguments=\(Input\(shape=\(\)", "PyTorch resizes a tensor without dimensions")],
    "angle": [
        (r"complex\d+: strides", "the result lies as its input does, as other results; PyTorch's lies row by row")
    ],
    "binary_cross_entropy_with_logits": [
        (r"complex\d+: NotImplementedError", "a complex target is refused, as complex input is"),
    ],
    "conj": [(r"strides", "the conjugate is computed at once; PyTorch's is a view that is computed when it is read")],
    "conj_physical": [(r"single memory location", OVERLAP)],
    "copy": [(r": TypeError, PyTorch has", "`torch.copy` is no function here; `copy_` is")],
    "dist": [(r"float16, complex\d+: float32", "between float16 and complex stands complex32, which there is not")],
    "gelu": [(r"is inf, PyTorch has nan", "gelu(inf) is inf, as it is in PyTorch for float64 and for one element")],
    "getitem": [(r"Meta tensors", "a mask on the meta device: PyTorch counts all its elements as true")],
    "kthvalue": [(r"uint8: value 0", "the first index among equal elements; PyTorch's depends on how it partitions")],
    "nan_to_num": [(r"single memory location", OVERLAP)],
    "polar": [(r"Jacobian mismatch", "the derivative takes `abs` to be positive, as PyTorch's does; a sample is not")],
    "softmax_backward_data": [(r"bool", "an internal part, which no call reaches with bool")],
    "swapaxes": [(r"with gradients RuntimeError", IN_PLACE_VIEW)],
    "swapdims": [(r"with gradients RuntimeError", IN_PLACE_VIEW)],
    "threshold": [(r"uint8", "a value that uint8 cannot hold wraps, as in other operations; PyTorch refuses it here")],
    "view_as_complex": [(r"float16: \['RuntimeError'", "half precision would give complex32, which there is not")],
}
WITH_OTHER_NUMBERS = {  # what only the live comparison meets, as its numbers are drawn again
    "topk": [(r"uint8: value \d+", "the first index among equal elements; PyTorch's depends on how it partitions")],
}
