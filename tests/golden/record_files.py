"""Records small files as PyTorch writes them, for tests that run without it: `python -m tests.golden.record_files`."""

import base64
import io
import json
import zlib
from pathlib import Path

import torch

PATH = Path(__file__).parent / "files.json"


def objects():
    """What is saved, by name; `tests/serialization/test_save_load.py` knows what each is."""
    torch.manual_seed(0)
    matrix = torch.arange(6.0).reshape(2, 3)
    layer = torch.nn.Linear(3, 2)
    with torch.no_grad():
        layer.weight.copy_(matrix)
        layer.bias.copy_(torch.tensor([0.5, -0.5]))
    dtypes = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64",
              "complex64", "complex128"]  # fmt: skip
    return {
        "views": [matrix, matrix.t(), matrix[1]],
        "dtypes": {name: torch.tensor([0, 1, 1]).to(getattr(torch, name)) for name in dtypes},
        "state_dict": layer.state_dict(),
        "module": layer,
        "plain": [None, True, 1, 10**30, 2.5, "text", b"bytes", 1 + 2j, {1}, (1, (2,)), torch.Size([2]), torch.int8,
                  torch.device("cuda:1")],
        "conjugate": torch.tensor([1 + 2j]).conj(),
        "parameter": torch.nn.Parameter(torch.ones(2)),
    }  # fmt: skip


def recorded():
    """The version of PyTorch, and the bytes of each file in both formats, compressed."""
    files = {}
    for name, each in objects().items():
        for zipped in (True, False):
            file = io.BytesIO()
            torch.save(each, file, _use_new_zipfile_serialization=zipped)
            files[f"{name} {'zip' if zipped else 'pickles'}"] = base64.b64encode(
                zlib.compress(file.getvalue(), 9)
            ).decode()
    return {"torch": torch.__version__, "files": files}


if __name__ == "__main__":
    PATH.write_text(json.dumps(recorded(), indent=1) + "\n", encoding="utf-8")
