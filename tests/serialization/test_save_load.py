"""What is saved comes back: values, views, flags and names, from paths and from objects, whole or not at all."""

import base64
import io
import json
import os
import pickle
import stat
import zipfile
import zlib
from collections import OrderedDict, defaultdict
from pathlib import Path

import pytest

import tinytorch as torch
from tinytorch import nn
from tinytorch.serialization import add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals

RECORDED = json.loads((Path(__file__).parent.parent / "golden" / "files.json").read_text(encoding="utf-8"))
FORMATS = ("zip", "pickles")
DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64",
          "complex128"]  # fmt: skip


class Net(nn.Module):
    """A network of a program."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)
        self.register_buffer("scale", torch.tensor(2.0))

    def forward(self, input):
        """Twice what the layer gives."""
        return self.linear(input) * self.scale


class Options:
    """A class of a program that no file may make by itself."""

    def __init__(self, width):
        self.width = width


def saved(obj, **options):
    """The bytes of a saved file."""
    file = io.BytesIO()
    torch.save(obj, file, **options)
    return file.getvalue()


def again(obj, *, zipped=True, **options):
    """An object that was saved and loaded."""
    return torch.load(io.BytesIO(saved(obj, _use_new_zipfile_serialization=zipped)), **options)


def recorded(name):
    """What is loaded from a file that PyTorch wrote."""
    data = zlib.decompress(base64.b64decode(RECORDED["files"][name]))
    return torch.load(io.BytesIO(data), weights_only=not name.startswith("module"))


# Files that PyTorch wrote


@pytest.mark.parametrize("form", FORMATS)
def test_views_of_a_recorded_file_share_their_memory(form):
    matrix, turned, row = recorded(f"views {form}")
    assert (matrix.tolist(), turned.stride(), row.storage_offset()) == ([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], (1, 3), 3)
    matrix[1, 2] = 9.0
    assert turned[2, 1] == row[2] == 9.0


@pytest.mark.parametrize("form", FORMATS)
def test_each_dtype_of_a_recorded_file_is_read(form):
    found = recorded(f"dtypes {form}")
    assert {name: str(each.dtype) for name, each in found.items()} == {name: f"torch.{name}" for name in DTYPES}
    assert all(each.tolist() == [0, 1, 1] for each in found.values())


@pytest.mark.parametrize("form", FORMATS)
def test_recorded_weights_are_loaded_into_a_layer(form):
    found, layer = recorded(f"state_dict {form}"), nn.Linear(3, 2)
    assert type(found) is OrderedDict and found._metadata == {"": {"version": 1}}
    assert str(layer.load_state_dict(found)) == "<All keys matched successfully>"
    assert layer(torch.ones(3)).tolist() == [3.5, 11.5]


def test_a_recorded_module_is_loaded_whole():
    found = recorded("module zip")
    assert type(found) is nn.Linear and found(torch.ones(3)).tolist() == [3.5, 11.5]


@pytest.mark.parametrize("form", FORMATS)
def test_plain_values_names_and_parameters_of_a_recorded_file_are_read(form):
    expected = [None, True, 1, 10**30, 2.5, "text", b"bytes", 1 + 2j, {1}, (1, (2,)), torch.Size([2]), torch.int8,
                torch.device("cuda:1")]  # fmt: skip
    assert repr(recorded(f"plain {form}")) == repr(expected)
    assert recorded(f"conjugate {form}").tolist() == [1 - 2j]
    found = recorded(f"parameter {form}")
    assert (type(found), found.requires_grad, found.tolist()) == (nn.Parameter, True, [1.0, 1.0])


# What is saved


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("dtype", DTYPES)
def test_each_dtype_comes_back(dtype, zipped):
    values = torch.tensor([[1, 0], [0, 1]], dtype=getattr(torch, dtype))
    found = again(values, zipped=zipped)
    assert (found.dtype, found.tolist()) == (values.dtype, values.tolist())


@pytest.mark.parametrize("zipped", [True, False])
def test_a_sparse_tensor_comes_back_with_its_attributes(zipped):
    sparse = torch.tensor([[0.0, 1.0], [2.0, 0.0]]).to_sparse()
    sparse.label = "own"
    found = again({"sparse": sparse, "same": sparse}, zipped=zipped)
    assert found["sparse"] is found["same"] and found["sparse"].label == "own" and found["sparse"].is_coalesced()
    assert found["sparse"].to_dense().tolist() == [[0.0, 1.0], [2.0, 0.0]]


@pytest.mark.filterwarnings("ignore:Sparse CSR")
def test_matrices_by_rows_and_columns_come_back():
    for sparse in (torch.eye(2).to_sparse_csr(), torch.eye(2).to_sparse_csc()):
        assert again(sparse).layout is sparse.layout and again(sparse).to_dense().tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_a_tensor_comes_back_to_its_device(device):
    found = again({"weight": torch.arange(6.0, device=device).reshape(2, 3).t()})["weight"]
    assert (found.device.type, found.stride(), found.tolist()) == (device, (1, 3), [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]])
    assert again(torch.ones(2, device=device), map_location="cpu").device.type == "cpu"
    assert again(torch.ones(2), map_location=torch.device(device)).device.type == device


def test_tensors_that_share_memory_are_written_once_and_share_it_again():
    base = torch.zeros(1000)
    data = saved({"base": base, "part": base[10:20], "again": base})
    assert [each for each in zipfile.ZipFile(io.BytesIO(data)).namelist() if "/data/" in each] == ["archive/data/0"]
    found = torch.load(io.BytesIO(data))
    assert found["again"] is found["base"]
    found["base"][10] = 5.0
    assert found["part"][0] == 5.0


def test_layout_and_flags_come_back():
    image = torch.ones(1, 2, 3, 3).to(memory_format=torch.channels_last)
    frozen = nn.Parameter(torch.ones(1), requires_grad=False)
    marked = torch.ones(1)
    marked.note = {"by": "hand"}
    found = again(
        [image, torch.tensor(1.0).expand(3), torch.ones(2, requires_grad=True), frozen, marked, nn.Buffer(marked)]
    )
    assert found[0].is_contiguous(memory_format=torch.channels_last) and found[1].stride() == (0,)
    assert [each.requires_grad for each in found] == [False, False, True, False, False, False]
    assert found[4].note == {"by": "hand"} and (type(found[3]), type(found[5])) == (nn.Parameter, nn.Buffer)


def test_a_training_goes_on_where_it_was_saved(tmp_path):
    torch.manual_seed(0)
    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)

    def step(model, optimizer):
        optimizer.zero_grad()
        model(torch.tensor([1.0, 2.0])).sum().backward()
        optimizer.step()

    step(model, optimizer)
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 1}, tmp_path / "now.pt")
    found, other = torch.load(tmp_path / "now.pt"), Net()
    other_optimizer = torch.optim.Adam(other.parameters(), lr=1.0)
    other.load_state_dict(found["model"])
    other_optimizer.load_state_dict(found["optimizer"])
    step(model, optimizer)
    step(other, other_optimizer)
    assert [each.tolist() for each in other.parameters()] == [each.tolist() for each in model.parameters()]


def test_a_whole_network_and_its_optimizer_come_back_where_more_than_weights_is_wanted():
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    data = saved([model, optimizer])
    with pytest.raises(pickle.UnpicklingError, match=r"GLOBAL tests.*\.Net was not an allowed global"):
        torch.load(io.BytesIO(data))
    found, its_optimizer = torch.load(io.BytesIO(data), weights_only=False)
    assert type(found) is Net and found(torch.ones(2)).tolist() == model(torch.ones(2)).tolist()
    assert its_optimizer.param_groups[0]["params"][0] is found.linear.weight


def test_of_two_classes_of_one_name_the_later_is_loaded():
    first = type("Twin", (nn.Module,), {"__module__": __name__})
    globals()["Twin"] = first
    data = saved(first())
    later = [type("Twin", (nn.Module,), {"__module__": __name__}) for _ in range(3)]
    assert type(torch.load(io.BytesIO(data), weights_only=False)) is later[-1]


def test_hooks_of_modules_are_refused_and_removed_ones_are_not_there():
    model = Net()
    handle = model.register_forward_hook(print)
    with pytest.raises(NotImplementedError, match="hooks of modules are not saved"):
        saved(model)
    handle.remove()
    assert type(again(model, weights_only=False)) is Net


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_plain_values_come_back_in_each_protocol(protocol):
    value = [None, {"a": (1, 2.5, "x" * 300, b"y" * 300, bytearray(b"z"), -(10**30), {1, 2}, frozenset((3,)))}]
    assert torch.load(io.BytesIO(saved(value, pickle_protocol=protocol)), weights_only=protocol > 3) == value


def test_storages_come_back():
    typed, untyped = torch.ones(2).untyped_storage(), torch.FloatStorage([1.0, 2.0])
    assert [each.tolist() for each in again([typed, untyped])] == [list(typed.tolist()), [1.0, 2.0]]


# How it is written


def test_what_an_archive_holds_begins_at_multiples_of_64(tmp_path):
    torch.save([torch.ones(each) for each in range(1, 9)], tmp_path / "weights.v1.pt")
    data = (tmp_path / "weights.v1.pt").read_bytes()
    with zipfile.ZipFile(tmp_path / "weights.v1.pt") as archive:
        assert archive.testzip() is None
        for each in archive.infolist():
            name, extra = [int.from_bytes(data[each.header_offset + at :][:2], "little") for at in (26, 28)]
            assert (each.header_offset + 30 + name + extra) % 64 == 0 and each.filename.startswith("weights.v1/")
        assert archive.read("weights.v1/.storage_alignment") == b"64"


def test_a_file_that_only_writes_is_enough():
    class Pipe:
        """Takes a few bytes at once, and tells how many."""

        def __init__(self):
            self.data = b""

        def write(self, data):
            self.data += bytes(data[:1000])
            return min(len(data), 1000)

    pipe = Pipe()
    torch.save(torch.arange(1000), pipe)
    assert torch.load(io.BytesIO(pipe.data)).sum() == 499500


def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "weights.pt"
    torch.save(torch.tensor([1.0]), path)
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
        torch.save([torch.tensor([2.0]), lambda: 1, open], path)

    def full(*arguments):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        torch.save(torch.tensor([3.0]), path)
    assert torch.load(path).tolist() == [1.0] and os.listdir(tmp_path) == ["weights.pt"]


def test_permissions_and_links_are_kept(tmp_path):
    path = tmp_path / "weights.pt"
    torch.save(1, path)
    path.chmod(0o640)
    (tmp_path / "link").symlink_to(path)
    torch.save(2, str(tmp_path / "link"))
    assert (stat.S_IMODE(path.stat().st_mode), torch.load(path)) == (0o640, 2)
    assert (tmp_path / "link").is_symlink()


def test_a_file_can_be_saved_over_what_is_mapped_from_it(tmp_path):
    torch.save(torch.arange(3.0), tmp_path / "weights.pt")
    mapped = torch.load(tmp_path / "weights.pt", mmap=True)
    torch.save(mapped + 1, tmp_path / "weights.pt")
    assert (mapped.tolist(), torch.load(tmp_path / "weights.pt").tolist()) == ([0.0, 1.0, 2.0], [1.0, 2.0, 3.0])


def test_views_of_one_memory_in_two_dtypes_are_refused():
    values = torch.ones(2, dtype=torch.complex64)
    with pytest.raises(RuntimeError, match="view the same data as different types"):
        saved([values, torch.view_as_real(values)])


def test_what_cannot_be_saved_is_refused_by_name():
    with pytest.raises(NotImplementedError, match="uninitialized parameters"):
        saved(nn.LazyLinear(2).weight)
    with pytest.raises(NotImplementedError, match="not by <module 'json'"):
        saved(1, pickle_module=json)
    with pytest.raises(AttributeError, match="a 'write' attribute"):
        torch.save(1, 3)
    with pytest.raises(RuntimeError, match="Parent directory /nowhere does not exist"):
        torch.save(1, "/nowhere/weights.pt")


# How it is read


def test_a_mapped_tensor_is_changed_in_memory_alone(tmp_path):
    torch.save({"a": torch.arange(100), "b": torch.empty(0), "c": torch.ones(3)[1:]}, tmp_path / "weights.pt")
    found = torch.load(tmp_path / "weights.pt", mmap=True)
    found["a"] += 1
    assert (found["a"].sum(), found["b"].shape, found["c"].tolist()) == (5050, (0,), [1.0, 1.0])
    assert torch.load(tmp_path / "weights.pt")["a"].sum() == 4950


def test_map_location_may_be_a_dictionary_or_a_function():
    seen = []

    def place(storage, location):
        seen.append((storage.nbytes(), location))
        return storage.clone() if len(seen) == 1 else None

    assert [each.tolist() for each in again([torch.ones(2), torch.zeros(3)], map_location=place)] == [
        [1.0] * 2,
        [0.0] * 3,
    ]
    assert seen == [(8, "cpu"), (12, "cpu")]
    assert again(torch.ones(2), map_location={"cpu": "meta"}).device.type == "meta"
    with pytest.raises(RuntimeError, match=r"don't know how to restore data location of .* \(tagged with nowhere\)"):
        again(torch.ones(2), map_location="nowhere")


def test_numbers_in_the_other_byte_order_are_turned():
    for values in (torch.tensor([1, -2]), torch.tensor([1 + 2j]), torch.tensor([1.5], dtype=torch.bfloat16)):
        before, file = zipfile.ZipFile(io.BytesIO(saved(values))), io.BytesIO()
        with zipfile.ZipFile(file, "w") as after:
            for name in before.namelist():
                data = before.read(name)
                if name.endswith("data/0"):
                    unit = values.itemsize // (2 if values.is_complex() else 1)
                    data = b"".join([data[at : at + unit][::-1] for at in range(0, len(data), unit)])
                after.writestr(name, b"big" if name.endswith("byteorder") else data)
        file.seek(0)
        assert torch.load(file).tolist() == values.tolist()


def test_two_objects_in_one_file_of_the_older_format_are_read_in_turn():
    data = saved(torch.ones(2), _use_new_zipfile_serialization=False)
    file = io.BytesIO(data + data.replace(b"\x00\x00\x80?", b"\x00\x00\x00@"))
    assert (torch.load(file).tolist(), torch.load(file).tolist()) == ([1.0, 1.0], [2.0, 2.0])


def test_what_is_declared_safe_is_made():
    data = saved(Options(3))
    with pytest.raises(pickle.UnpicklingError, match=r"add_safe_globals\(\[tests.*Options\]\)"):
        torch.load(io.BytesIO(data))
    with safe_globals([Options]):
        assert torch.load(io.BytesIO(data)).width == 3
    assert get_safe_globals() == []
    add_safe_globals([(Options, "tests.serialization.test_save_load.Options")])
    assert torch.load(io.BytesIO(data)).width == 3
    clear_safe_globals()
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        torch.load(io.BytesIO(data))


def test_a_function_of_ours_is_declared_safe_by_the_name_that_files_use():
    data = saved([torch.nn.functional.relu])
    with pytest.raises(pickle.UnpicklingError, match=r"GLOBAL torch\.nn\.functional\.relu was not an allowed global"):
        torch.load(io.BytesIO(data))
    with safe_globals([torch.nn.functional.relu]):
        assert torch.load(io.BytesIO(data)) == [torch.nn.functional.relu]


def test_more_containers_are_made_when_they_are_declared_safe():
    counts = defaultdict(dict, a={"b": frozenset((1,))})
    data = saved(counts)
    with pytest.raises(pickle.UnpicklingError, match=r"GLOBAL collections\.defaultdict was not an allowed global"):
        torch.load(io.BytesIO(data))
    with safe_globals([defaultdict, dict, frozenset]):
        assert torch.load(io.BytesIO(data)) == counts
    assert torch.load(io.BytesIO(data), weights_only=False) == counts


def test_wrong_ways_to_load_are_refused():
    data = saved(1)
    with pytest.raises(RuntimeError, match="Can not safely load weights when explicit pickle_module is specified"):
        torch.load(io.BytesIO(data), pickle_module=pickle, weights_only=True)
    with pytest.raises(ValueError, match="f must be a file path in order to use the mmap argument"):
        torch.load(io.BytesIO(data), mmap=True)
    with pytest.raises(AttributeError, match="from a file that is seekable"):
        torch.load(iter(data))
    with pytest.raises(FileNotFoundError):
        torch.load("/nowhere/weights.pt")
