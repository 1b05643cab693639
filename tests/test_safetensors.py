"""Files of weights: what is saved comes back, other programs read it, and a file is never half written."""

import builtins
import os
import stat

import numpy
import pytest
from safetensors import SafetensorError
from safetensors import numpy as library

import tinytorch as torch
from tinytorch import safetensors


@pytest.mark.parametrize(
    "dtype",
    ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64"],
)
def test_each_dtype_comes_back(tmp_path, dtype):
    weights = {
        "matrix": torch.tensor([[1, 0], [1, 1]], dtype=getattr(torch, dtype)),
        "scalar": torch.tensor(1, dtype=getattr(torch, dtype)),
    }
    safetensors.save_file(weights, tmp_path / "weights")
    for loaded in (safetensors.load_file(tmp_path / "weights"), safetensors.load(safetensors.save(weights))):
        assert {name: (each.dtype, each.tolist()) for name, each in loaded.items()} == {
            name: (each.dtype, each.tolist()) for name, each in weights.items()
        }


def test_weights_come_back_on_a_device(tmp_path, device):
    safetensors.save_file({"weight": torch.tensor([[1.0, 2.0]], device=device).t()}, tmp_path / "weights")
    loaded = safetensors.load_file(tmp_path / "weights", device=device)["weight"]
    assert (str(loaded.device).partition(":")[0], loaded.tolist()) == (device, [[1.0], [2.0]])


def test_what_was_loaded_can_be_changed_and_the_file_stays(tmp_path):
    safetensors.save_file({"weight": torch.tensor([1.0])}, tmp_path / "weights")
    safetensors.load_file(tmp_path / "weights")["weight"].add_(1)
    assert safetensors.load_file(tmp_path / "weights")["weight"].tolist() == [1.0]


def test_other_programs_read_the_file(tmp_path):
    safetensors.save_file({"weight": torch.tensor([[1.0, 2.0]])}, tmp_path / "weights", metadata={"made": "here"})
    found = library.load_file(tmp_path / "weights")
    assert found["weight"].dtype == numpy.float32 and found["weight"].tolist() == [[1.0, 2.0]]


def test_a_file_can_be_written_over_what_was_loaded_from_it(tmp_path):
    path = tmp_path / "weights"
    safetensors.save_file({"weight": torch.tensor([1.0, 2.0])}, path)
    safetensors.save_file(safetensors.load_file(path), path)
    assert safetensors.load_file(path)["weight"].tolist() == [1.0, 2.0]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "weights"
    safetensors.save_file({"weight": torch.tensor([1.0])}, path)

    def full(*arguments):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        safetensors.save_file({"weight": torch.tensor([2.0])}, path)
    assert safetensors.load_file(path)["weight"].tolist() == [1.0]
    assert os.listdir(tmp_path) == ["weights"]


def test_the_permissions_of_a_file_are_kept_and_a_new_one_has_the_usual(tmp_path):
    path = tmp_path / "weights"
    safetensors.save_file({"weight": torch.tensor([1.0])}, path)
    (tmp_path / "usual").touch()
    assert path.stat().st_mode == (tmp_path / "usual").stat().st_mode
    path.chmod(0o640)
    safetensors.save_file({"weight": torch.tensor([2.0])}, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_is_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "weights")
    safetensors.save_file({"weight": torch.tensor([1.0])}, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert safetensors.load_file(tmp_path / "weights")["weight"].tolist() == [1.0]


def test_tensors_that_share_memory_are_refused_by_name():
    weight = torch.tensor([[1.0, 2.0]])
    with pytest.raises(RuntimeError, match=r"Some tensors share memory.*\[\['weight', 'turned'\]\]"):
        safetensors.save({"weight": weight, "turned": weight.t()})


@pytest.mark.parametrize(
    ("weights", "message"),
    [([1], "Expected a dict of [str, torch.Tensor] but received <class 'list'>"),
     ({"a": 1}, "Key `a` is invalid, expected torch.Tensor but received <class 'int'>")],
)  # fmt: skip
def test_what_is_no_dict_of_tensors_is_refused(weights, message):
    with pytest.raises(ValueError) as caught:
        safetensors.save(weights)
    assert str(caught.value) == message


def test_a_broken_file_is_refused_by_the_library():
    with pytest.raises(SafetensorError, match="header"):
        safetensors.load(b"no file of weights")


def test_without_the_library_the_error_says_how_to_get_it(monkeypatch):
    found = builtins.__import__

    def without(name, *arguments):
        if name.startswith("safetensors"):
            raise ModuleNotFoundError("No module named 'safetensors'", name="safetensors")
        return found(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match="pip install safetensors"):
        safetensors.save({"weight": torch.tensor([1.0])})
