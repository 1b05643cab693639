"""Records in printing.json how PyTorch prints: `python tests/golden/record_printing.py`, where PyTorch is installed.

A case is the values as a NumPy expression, and what differs from a plain float32 tensor on the CPU with the options of
a fresh start: `dtype default_dtype options requires_grad grad_fn device kind contents`.
"""

import json
from pathlib import Path

import numpy
import torch

CASES = {
    "whole floats": dict(array="[1, 2, 3]"),
    "decimals": dict(array="[0.1, 22.75, -3.14159]"),
    "widths of negatives": dict(array="[[-1.5, 2], [3, 100.25]]"),
    "whole and infinite": dict(array="[1, inf, -inf, nan]"),
    "only nan": dict(array="[nan, nan]"),
    "only zeros": dict(array="zeros((2, 3))"),
    "negative zero": dict(array="[-0.0, 1.5]"),
    "ratio above a thousand": dict(array="[1.5, 1501.0]"),
    "ratio of a thousand": dict(array="[1, 1000.0]"),
    "whole and scientific": dict(array="[1, 2e8]"),
    "one hundred million": dict(array="[1e8, 1.5e8]"),
    "one hundred million exactly": dict(array="[5e7, 1e8]"),
    "one ten thousandth exactly": dict(array="[1e-4, 2e-4]", dtype="float64"),
    "tiny": dict(array="[5e-5, 6e-5]"),
    "scientific with nan": dict(array="[1e-10, nan, 1, inf]"),
    "denormal": dict(array="[1e-45, 1e-40]"),
    "overflowing ratio": dict(array="[1e308, 1e-308]", dtype="float64"),
    "0-d float": dict(array="3.14159265"),
    "0-d whole": dict(array="3.0"),
    "0-d nan": dict(array="nan"),
    "0-d integer": dict(array="-7", dtype="int64"),
    "0-d bool": dict(array="True", dtype="bool"),
    "0-d complex": dict(array="1 - 0.5j", dtype="complex64"),
    "float64": dict(array="[0.1, 0.2]", dtype="float64"),
    "float64 by default": dict(array="[0.1, 0.2]", dtype="float64", default_dtype="float64"),
    "float32 is named where float64 is the default": dict(array="[0.1, 0.2]", default_dtype="float64"),
    "complex64 is named where float64 is the default": dict(
        array="[1 + 2j]", dtype="complex64", default_dtype="float64"
    ),
    "complex64 goes with a default of float16": dict(array="[1 + 2j]", dtype="complex64", default_dtype="float16"),
    "float16": dict(array="[65504, 0.1, -2]", dtype="float16"),
    "float16 whole": dict(array="[65504, 2048]", dtype="float16"),
    "bfloat16": dict(array="[0.1, 3.14159, -100]", dtype="bfloat16"),
    "bfloat16 large": dict(array="[1e30, 1]", dtype="bfloat16"),
    "int64": dict(array="[[1, -20], [300, 4]]", dtype="int64"),
    "int64 limits": dict(array="[-(2**63), 2**63 - 1]", dtype="int64"),
    "int32": dict(array="[1, 2]", dtype="int32"),
    "int16": dict(array="[1, -2]", dtype="int16"),
    "int8": dict(array="[[-128, 127]]", dtype="int8"),
    "uint8": dict(array="[0, 255]", dtype="uint8"),
    "bool": dict(array="[[True, False], [False, False]]", dtype="bool"),
    "complex": dict(array="[1.5 + 2j, -0.25 - 3j]", dtype="complex64"),
    "complex with zeros": dict(array="[complex(0, -0.0), complex(-0.0, 0)]", dtype="complex64"),
    "complex parts in notations of their own": dict(array="[1 + 1e-5j, 2 - 3j]", dtype="complex64"),
    "complex nan and inf": dict(array="[complex(nan, inf), complex(-inf, 1.5)]", dtype="complex64"),
    "complex128": dict(array="[[1 + 2j, 3.5], [0, -1j]]", dtype="complex128"),
    "complex rows break": dict(array="arange(30.0) * (1.25 - 0.5j)", dtype="complex64"),
    "complex row just breaks": dict(array="arange(6.0) * (1.25 - 0.5j)", dtype="complex64", options={"linewidth": 38}),
    "rows break": dict(array="arange(40.0) / 3"),
    "integer rows break": dict(array="arange(60)", dtype="int64"),
    "rows of a matrix break": dict(array="arange(60.0).reshape(2, 30) / 7"),
    "a line that fits exactly": dict(array="full(4, 1.25)", options={"linewidth": 39}),
    "three dimensions": dict(array="arange(24.0).reshape(2, 3, 4)"),
    "four dimensions": dict(array="arange(24).reshape(2, 2, 3, 2)", dtype="int64"),
    "one column": dict(array="arange(3.0).reshape(3, 1)"),
    "transposed": dict(array="arange(6.0).reshape(2, 3).T"),
    "empty": dict(array="zeros(0)"),
    "empty in one dimension": dict(array="zeros((0, 3))"),
    "empty integer": dict(array="zeros(0)", dtype="int64"),
    "empty bool matrix": dict(array="zeros((2, 0))", dtype="bool"),
    "empty complex": dict(array="zeros((2, 0))", dtype="complex64"),
    "a thousand are all shown": dict(array="arange(1000)", dtype="int64"),
    "more than a thousand": dict(array="arange(1001)", dtype="int64"),
    "summary of floats": dict(array="arange(3000.0) / 7"),
    "summary of a matrix": dict(array="arange(10000.0).reshape(100, 100)"),
    "summary of rows only": dict(array="arange(3000.0).reshape(1000, 3)"),
    "summary of columns only": dict(array="arange(3000.0).reshape(3, 1000)"),
    "summary of three dimensions": dict(array="arange(8000).reshape(20, 20, 20)", dtype="int64"),
    "summary of four dimensions": dict(array="arange(5040.0).reshape(7, 9, 8, 10) / 8"),
    "summary keeps six": dict(array="arange(2160.0).reshape(6, 6, 60)"),
    "what a summary hides does not decide": dict(array="where(arange(2000) == 1000, 1e30, 1.5)"),
    "summary of complex": dict(array="arange(1200) * (1 - 1j)", dtype="complex64"),
    "summary of bool": dict(array="arange(1500) % 3 == 0", dtype="bool"),
    "requires grad": dict(array="[1, 2]", requires_grad=True),
    "result": dict(array="[1, 2]", grad_fn="AddBackward0"),
    "0-d result": dict(array="2.5", grad_fn="MulBackward0"),
    "result of a type to name": dict(array="[1, 2]", dtype="float64", grad_fn="AddBackward0"),
    "suffix on the next line": dict(array="full(8, 1.25)", grad_fn="AddBackward0"),
    "suffix just fits": dict(array="full(3, 1.25)", requires_grad=True, options={"linewidth": 53}),
    "suffix just does not fit": dict(array="full(3, 1.25)", requires_grad=True, options={"linewidth": 52}),
    "second suffix just fits": dict(
        array="full(7, 1.25)", dtype="float64", requires_grad=True, options={"linewidth": 46}
    ),
    "second suffix just does not fit": dict(
        array="full(7, 1.25)", dtype="float64", requires_grad=True, options={"linewidth": 45}
    ),
    "two suffixes on the next line": dict(array="full(7, 1.25)", dtype="float64", requires_grad=True),
    "suffixes on two lines": dict(
        array="full(7, 1.25)", dtype="float64", requires_grad=True, options={"linewidth": 35}
    ),
    "suffix below a matrix": dict(array="full((2, 9), 1.25)", grad_fn="AddBackward0"),
    "empty result": dict(array="zeros((0, 2))", dtype="float64", grad_fn="AddBackward0"),
    "meta": dict(array="zeros((2, 3))", device="meta"),
    "meta names integers": dict(array="zeros((2, 3))", dtype="int64", device="meta"),
    "meta 0-d": dict(array="0.0", device="meta", requires_grad=True),
    "parameter": dict(array="[[1, 2.5], [3, 4]]", requires_grad=True, kind="Parameter"),
    "parameter without gradient": dict(array="[1, 2]", kind="Parameter"),
    "subclass": dict(array="[[1, 2.5], [3, 4]]", kind="Image"),
    "subclass summarised": dict(array="arange(1100.0).reshape(11, 100)", kind="Image"),
    "parameter of a subclass": dict(array="[[1, 2.5], [3, 4]]", requires_grad=True, kind="Parameter of Image"),
    "subclass of parameter": dict(array="[1, 2]", requires_grad=True, kind="Weight"),
    "contents given": dict(array="[1, 2]", dtype="float64", contents="<hidden>"),
    "contents given to a subclass": dict(array="[1, 2]", kind="Image", contents="[\n  1\n]", requires_grad=True),
    "precision 2": dict(array="[0.12345, 1]", options={"precision": 2}),
    "precision 0": dict(array="[0.6, 1]", options={"precision": 0}),
    "precision 8 and scientific": dict(array="[1e-9, 1]", options={"precision": 8}),
    "threshold 5": dict(array="arange(10)", dtype="int64", options={"threshold": 5}),
    "edgeitems 1": dict(array="arange(1500).reshape(50, 30)", dtype="int64", options={"edgeitems": 1}),
    "no edgeitems": dict(array="arange(10)", dtype="int64", options={"edgeitems": 0}),
    "no edgeitems and summary": dict(array="arange(1001)", dtype="int64", options={"edgeitems": 0}),
    "no edgeitems and a matrix": dict(array="ones((40, 40))", options={"edgeitems": 0}),
    "linewidth 20": dict(array="arange(10.0)", options={"linewidth": 20}),
    "linewidth 1": dict(array="arange(3.0)", requires_grad=True, options={"linewidth": 1}),
    "profile short": dict(array="arange(1200.0) / 7", options={"profile": "short"}),
    "profile full": dict(array="arange(1100)", dtype="int64", options={"profile": "full"}),
    "profile and an exception": dict(array="arange(9.0) / 7", options={"profile": "short", "precision": 6}),
    "profile unknown": dict(array="arange(3.0) / 7", options={"profile": "long"}),
    "scientific forced": dict(array="[1, 20, 0, nan]", options={"sci_mode": True}),
    "scientific forced on decimals": dict(array="[[1.5, 20], [-3, inf]]", options={"sci_mode": True}),
    "scientific forbidden": dict(array="[1e-9, 12345678.5]", options={"sci_mode": False}),
    "scientific forbidden on whole numbers": dict(array="[1, 1e10]", options={"sci_mode": False}),
}


class Image(torch.Tensor):
    pass


class Weight(torch.nn.Parameter):
    pass


def tensor_of(array, dtype="float32", requires_grad=False, grad_fn=None, device="cpu", kind="Tensor", **_):
    values = torch.from_numpy(numpy.asarray(eval(array, vars(numpy).copy()))).to(device, getattr(torch, dtype))
    if "Image" in kind:
        values = values.as_subclass(Image)
    if "Parameter" in kind or kind == "Weight":
        return (Weight if kind == "Weight" else torch.nn.Parameter)(values, requires_grad)
    values.requires_grad_(requires_grad or grad_fn is not None)
    return {None: lambda: values, "AddBackward0": lambda: values + 0, "MulBackward0": lambda: values * 1}[grad_fn]()


def record(case):
    tensor = tensor_of(**case)
    fresh = torch._tensor_str.get_printoptions()
    torch.set_default_dtype(getattr(torch, case.get("default_dtype", "float32")))
    torch.set_printoptions(**case.get("options", {}))
    text = repr(tensor) if "contents" not in case else tensor.__repr__(tensor_contents=case["contents"])
    torch.set_printoptions(**fresh)
    torch.set_default_dtype(torch.float32)
    return text


if __name__ == "__main__":
    recorded = {"torch": torch.__version__, "cases": {}}
    for name, case in CASES.items():
        recorded["cases"][name] = {**case, "text": record(case)}
    path = Path(__file__).with_name("printing.json")
    path.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
