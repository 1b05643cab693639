"""What PyTorch says when something is refused: the messages, each in one place."""

import warnings

from tinytorch import dtypes
from tinytorch.modes import anomaly


def type_name(array):
    """What PyTorch calls a tensor's kind in messages: `torch.FloatTensor`."""
    return f"torch.{dtypes.of_numpy[array.dtype].title}Tensor"


def stale(array, name, number, version, expected):
    """A value that backward needs was written to since it was kept."""
    made = "" if name is None else f", which is output {number} of {name},"
    hint = (
        "the backtrace further above shows the operation that failed to compute its gradient. The variable in question "
        "was changed in there or anywhere later. Good luck!"
        if anomaly.enabled
        else "enable anomaly detection to find the operation that failed to compute its gradient, with "
        "torch.autograd.set_detect_anomaly(True, check_nan=False)."
    )
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[{type_name(array)} {list(array.shape)}]{made} is at version {version}; "
        f"expected version {expected} instead. Hint: {hint}"
    )


def freed():
    """A second backward through a graph whose kept values are gone."""
    return RuntimeError(
        "Trying to backward through the graph a second time (or directly access saved tensors after they have already "
        "been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). "
        "Specify retain_graph=True if you need to backward through the graph a second time or if you need to access "
        "saved tensors after calling backward."
    )


DETACHED = (
    "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_()."
    "This is not supported, please use out-of-place `.detach()` instead"
)
INTERRUPTED = (
    "An in-place operation on this tensor was interrupted, so its values and its history may not belong together; "
    "compute it again."
)
INFERENCE_VERSION = "Inference tensors do not track version counter."
INFERENCE_NEEDS_GRAD = "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed."
INFERENCE_WRITTEN = (
    "Inplace update to inference tensor outside InferenceMode is not allowed."
    "You can make a clone to get a normal tensor before doing inplace update."
    "See https://github.com/pytorch/rfcs/pull/17 for more details."
)
INFERENCE_KEPT = (
    "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in "
    "computation tracked by autograd. To work around this, you can make a clone to get a normal tensor and use it in "
    "autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`."
)
NO_GRAD_OF_RESULTS = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
    "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, "
    "use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the "
    "leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more information."
)
GRADIENT_CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient "
    "which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you "
    "have to use this function, make sure to reset the .grad fields of your parameters to None after use to break the "
    "cycle and avoid the leak."
)
BACKWARD_INSIDE = (
    "backward() called inside a functorch transform. This is not supported, please use functorch.grad or functorch.vjp "
    "instead or call backward() outside of functorch transforms."
)
LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
VIEW_OF_LEAF = "a view of a leaf Variable that requires grad is being used in an in-place operation."
ONLY_A_COPY = (
    "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
    "contiguous subspaces). Use .reshape(...) instead."
)
OVERLAP_WITHIN = (
    "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
    "Please clone() the tensor before performing the operation."
)
OVERLAP_BETWEEN = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory "
    "location. Please clone() the tensor before performing the operation."
)


def view_written(creation, node_name, number, indirect):
    """A view that remembers how it was made, and is or was written to under other circumstances."""
    what = "its base or another view of its base has been" if indirect else "is being"
    if creation == "custom":
        return written_in_function(node_name, number, what)
    if creation == "several" and node_name is not None:
        return RuntimeError(
            f"Output {number} of {node_name} is a view and {what} modified inplace. This view is the output of a "
            "function that returns multiple views. Such functions do not allow the output views to be modified "
            "inplace. You should replace the inplace operation by an out-of-place one."
        )
    if creation == "input":
        return RuntimeError(VIEW_OF_LEAF if indirect else LEAF)
    if creation == "batched":
        return RuntimeError(
            f"vmap: an input of the mapped function {what} modified inplace while gradients are recorded, which is not "
            "supported. Clone it first, or use an out-of-place operation."
        )
    if creation == "inference":
        mode, block, circumstances = "inference", "inference_mode", "in normal mode"
    else:
        mode, block, circumstances = "no_grad", "no_grad", "with grad mode enabled"
    made = (
        "A view was created in"
        if node_name is None
        else (f"Output {number} of {node_name} is a view of a view which was created in")
    )
    return RuntimeError(
        f"{made} {mode} mode and {what} modified inplace {circumstances}. Given that this use case is ambiguous and "
        "error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both "
        f"inside the {block} block (if you don't want the inplace to be tracked) or both outside (if you want the "
        "inplace to be tracked)."
    )


def written_in_function(node_name, number, what):
    """A view that a Function of the user's own gave, and that is or was written to."""
    if node_name is None:
        made = f"A view was created in no_grad mode and {what} modified inplace with grad mode enabled."
    else:
        made = f"Output {number} of {node_name} is a view and {what} modified inplace."
    return RuntimeError(
        f"{made} This view was created inside a custom Function (or because an input was returned as-is) and the "
        "autograd logic to handle view+inplace would override the custom backward associated with the custom Function, "
        "leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the "
        "custom Function."
    )


def broadcast(one, other):
    """Two shapes that do not broadcast; the first dimension from the right that differs is named."""
    for step in range(1, min(len(one), len(other)) + 1):
        a, b = one[-step], other[-step]
        if a != b and a != 1 and b != 1:
            return RuntimeError(
                f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton dimension "
                f"{max(len(one), len(other)) - step}"
            )
    raise AssertionError(f"shapes {one} and {other} broadcast")


def dimension(dim, ndim):
    """A dimension that the tensor has not."""
    low, high = (-1, 0) if ndim == 0 else (-ndim, ndim - 1)
    return IndexError(f"Dimension out of range (expected to be in range of [{low}, {high}], but got {dim})")


def no_dimensions(dim):
    """A dimension of a tensor that has none."""
    return IndexError(f"Dimension specified as {dim} but tensor has no dimensions")


def not_a_tensor(name, parameter, position, value):
    """An argument that should have been a tensor."""
    return TypeError(
        f"{name}(): argument '{parameter}' (position {position}) must be Tensor, not {type(value).__name__}"
    )


def invalid_combination(name, args):
    """Arguments whose types fit none of the signatures that PyTorch has under a name."""
    kinds = ", ".join([type(each).__name__ for each in args])
    return TypeError(f"{name}() received an invalid combination of arguments - got ({kinds})")


CPP_NAMES = {
    "bool": "bool",
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short int",
    "int32": "int",
    "int64": "long int",
    "float16": "c10::Half",
    "bfloat16": "c10::BFloat16",
    "float32": "float",
    "float64": "double",
    "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}
FOUND_DTYPE = "Found dtype {3} but expected {2}"
OTHER_DTYPE = "Expected out tensor to have dtype {0}, but got {1} instead"


def other_dtype(words, result, out):
    """An `out` of another dtype than the result's where PyTorch casts none: the two as C++ names them, and as PyTorch
    does."""
    found, given = dtypes.of_numpy[result], dtypes.of_numpy[out]
    return RuntimeError(words.format(CPP_NAMES[found.name], CPP_NAMES[given.name], found.title, given.title))


def result_cast(result, out):
    """A result that cannot be written into a tensor of a lower category."""
    return RuntimeError(
        f"result type {dtypes.of_numpy[result].title} can't be cast to the desired output type "
        f"{dtypes.of_numpy[out].title}"
    )


def output_shape(shape, broadcast_shape):
    """An in-place operation whose result would be larger than its tensor."""
    return RuntimeError(f"output with shape {list(shape)} doesn't match the broadcast shape {list(broadcast_shape)}")


def out_needs_grad(name):
    """`out=` has no history."""
    return RuntimeError(
        f"{name}(): functions with out=... arguments don't support automatic differentiation, "
        "but one of the arguments requires grad."
    )


def devices_differ(found, expected):
    """Tensors of two devices in one operation."""
    if "meta" in (found.type, expected.type):
        return RuntimeError(f"Tensor on device {found} is not on the expected device {expected}!")
    return RuntimeError(
        f"Expected all tensors to be on the same device, but found at least two devices, {expected} and {found}!"
    )


def matrices_do_not_fit(one, other):
    """Two matrices whose inner sizes differ; the note has the words that older lessons quote."""
    (n, k), (rows, m) = one, other
    error = RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({n}x{k} and {rows}x{m})")
    error.add_note(f"size mismatch, m1: [{n} x {k}], m2: [{rows} x {m}]")
    return error


def dtypes_differ(one, other):
    """Two operands of a product in different dtypes."""
    names = [dtypes.of_numpy[each].title.lower() for each in (one, other)]
    return RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {names[0]} != {names[1]}")


def check_view(array, size):
    """Say why `view` cannot show an array in another shape."""
    known = 1
    for each in size:
        known *= each if each >= 0 else 1
    if min(size, default=0) < -1:
        place = next(place for place, each in enumerate(size) if each < -1)
        raise RuntimeError(f"invalid shape dimension {size[place]} at index {place} of shape {list(size)}")
    if size.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if -1 in size and known == 0 == array.size:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(size)} because the unspecified dimension size "
            "-1 can be any value and is ambiguous"
        )
    if (known != array.size) if -1 not in size else (known == 0 or array.size % known):
        raise RuntimeError(f"shape '{list(size)}' is invalid for input of size {array.size}")
    raise RuntimeError(ONLY_A_COPY)


def check_expand(array, size, expanded):
    """Refuse an expansion of a dimension that is not of size 1."""
    shape = array.shape
    if len(size) < len(shape):
        raise RuntimeError(
            f"expand({type_name(array)}{{{list(shape)}}}, size={list(size)}): the number of sizes "
            f"provided ({len(size)}) must be greater or equal to the number of dimensions in the tensor ({len(shape)})"
        )
    lead = len(size) - len(shape)
    for dim in range(len(size) - 1, -1, -1):
        if dim < lead and size[dim] < 0:
            raise RuntimeError(
                f"The expanded size of the tensor ({size[dim]}) isn't allowed in a leading, "
                f"non-existing dimension {dim}"
            )
        if dim >= lead and shape[dim - lead] != 1 and shape[dim - lead] != expanded[dim]:
            raise RuntimeError(
                f"The expanded size of the tensor ({size[dim]}) must match the existing size ({shape[dim - lead]}) at "
                f"non-singleton dimension {dim}.  Target sizes: {list(size)}.  Tensor sizes: {list(shape)}"
            )


def select_index(index, dim, shape):
    """An index that a dimension has not."""
    return IndexError(
        f"select(): index {index} out of range for tensor of size {list(shape)} at dimension {dim % len(shape)}"
    )


def too_many_indices(ndim):
    """More indices than dimensions."""
    return IndexError(f"too many indices for tensor of dimension {ndim}")


def index_out_of_bounds(index, dim, size):
    """An index that a dimension has not, between brackets."""
    return IndexError(f"index {index} is out of bounds for dimension {dim} with size {size}")


def beyond_storage(layout, reach, flat):
    """A shape, strides and offset that reach, in elements, beyond the memory that `flat` is the whole of."""
    size, stride, offset = layout
    return RuntimeError(
        f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, and itemsize "
        f"{flat.itemsize} requiring a storage size of {reach * flat.itemsize} are out of bounds for storage of size "
        f"{flat.nbytes}"
    )


def index_of_number(index):
    """An index into a tensor without dimensions."""
    if isinstance(index, slice):
        return IndexError("slice() cannot be applied to a 0-dim tensor.")
    return IndexError(
        "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a "
        "0-dim tensor to a number"
    )


def warn_once(words, stacklevel=3):
    """Warn of something the first time it happens."""
    if words not in warned:
        warned.add(words)
        warnings.warn(words, UserWarning, stacklevel=stacklevel)


warned = set()  # what was said already


class _LinAlgError(RuntimeError):
    """A matrix for which there is no result: it is singular, not positive-definite, or an iteration does not end."""

    __module__ = "torch._C"


LinAlgError = _LinAlgError
