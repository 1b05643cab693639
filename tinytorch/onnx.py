"""torch.onnx: the names of an export that tinytorch has not, and what programs ask while there is none."""

import enum

from tinytorch import absent


class TrainingMode(enum.Enum):
    """In which mode a model would be exported."""

    EVAL, PRESERVE, TRAINING = range(3)


class OperatorExportTypes(enum.Enum):
    """How operators would be exported."""

    ONNX, ONNX_ATEN, ONNX_ATEN_FALLBACK, ONNX_FALLTHROUGH = range(4)


def is_in_onnx_export():
    """Whether a model is exported: False."""
    return False


absent.stand_ins(
    __name__,
    "export to ONNX, which wants a graph of the program",
    "export register_custom_op_symbolic unregister_custom_op_symbolic select_model_mode_for_export ExportOptions "
    "ONNXProgram symbolic_helper dynamo_export _export",
)
absent.rooms(
    __name__,
    "export to ONNX, which wants a graph of the program",
    {"operators": "shape_as_tensor reshape_from_tensor_shape", "utils": "export"},
)
