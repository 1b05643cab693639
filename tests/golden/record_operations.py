"""Records in operations.json.gz what PyTorch does with every sample: `python -m tests.golden.record_operations`."""

import gzip
import json
import pathlib
import sys
import warnings

import torch

from tests.observation import (
    DTYPES,
    REFUSALS,
    Call,
    forward,
    gradients,
    in_place,
    in_place_gradients,
    promotions,
    result_dtypes,
)
from tests.samples import rows

PATH = pathlib.Path(__file__).with_name("operations.json.gz")


def record(name, row):
    """Everything that the tests ask of one operation."""
    return {
        "samples": {repr(sample): record_sample(name, row, sample) for sample in row.samples},
        "out": next(filter(None, [integer_out(name, row, sample) for sample in row.samples]), False),
        "promotions": [result_dtypes(torch, row, name, *asked) for asked in promotions(row.samples[0])],
    }


def record_sample(name, row, sample):
    found = {dtype: forward(torch, row, name, sample, (dtype,)) for dtype in DTYPES}
    return {
        "forward": found,
        "gradients": {dtype: gradients(torch, row, name, sample, dtype) for dtype in ("float64", "complex128")},
        "in_place": {dtype: in_place(torch, row, name, sample, dtype) for dtype in ("float32", "int64")},
        "in_place_gradients": in_place_gradients(torch, row, name, sample, "float64"),
    }


def integer_out(name, row, sample):
    """How a float32 call refuses an integer `out`, or None if it takes none, or gives no one float result."""
    call = Call(torch, row, name, sample, ("float32",))
    try:
        outputs = call()
        if len(outputs) != 1 or row.in_place_only or row.oracle:
            return None
        positional, named = call.arguments(call.leaves)
        call.function()(*positional, **named, out=torch.zeros(outputs[0].shape, dtype=outputs[0].dtype))
    except REFUSALS:
        return None
    try:
        call.function()(*positional, **named, out=torch.zeros(outputs[0].shape, dtype=torch.int64))
    except REFUSALS as error:
        return [type(error).__name__, str(error)]
    return True


def main():
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    written = {
        "torch": torch.__version__,
        "methods": sorted(name for name in dir(torch.Tensor) if not name.startswith("__")),
        "operations": {name: record(name, row) for name, row in sorted(rows.items()) if not row.apart},
    }
    with gzip.GzipFile(PATH, "wb", mtime=0) as file:  # no time stamp: the same numbers are the same bytes
        file.write(json.dumps(written, separators=(",", ":")).encode())
    print(f"{len(rows)} operations, {PATH.stat().st_size / 1e3:.0f} kB", file=sys.stderr)


if __name__ == "__main__":
    main()
