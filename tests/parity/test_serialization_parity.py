"""Files beside PyTorch's: each library reads what the other wrote, and both refuse in the same words."""

import io
import pickle
import zipfile
from collections import Counter, OrderedDict

import pytest
import torch

import tinytorch

BOTH = (tinytorch, torch)
WAYS = [(tinytorch, torch), (torch, tinytorch), (tinytorch, tinytorch)]  # who writes, who reads
DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64",
          "complex128")  # fmt: skip


class Net:
    """A class that no file may name until it is declared safe."""

    def __init__(self, width):
        self.width = width


def saved(library, obj, **options):
    """What a library writes."""
    file = io.BytesIO()
    library.save(obj, file, **options)
    return file.getvalue()


def plain(value):
    """A loaded value as what two libraries can be compared by."""
    if hasattr(value, "stride"):
        numbers = str(value.detach().tolist())
        flags = type(value).__name__.replace("Buffer", "Tensor"), str(value.dtype), value.requires_grad, value._version
        return flags, tuple(value.shape), value.stride(), value.storage_offset(), numbers
    if isinstance(value, dict):
        return type(value), [(name, plain(each)) for name, each in value.items()], getattr(value, "_metadata", None)
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [plain(each) for each in value]
    return type(value).__name__, repr(value)


def refusal(function):
    """The class and the words of an error."""
    with pytest.raises(Exception) as caught:
        function()
    return type(caught.value), str(caught.value).replace("tinytorch", "torch")


def samples(t):
    """Objects of every kind that weights are saved with."""
    matrix = t.arange(12.0).reshape(3, 4)
    layer = t.nn.Sequential(t.nn.Linear(3, 2), t.nn.BatchNorm1d(2))
    optimizer = t.optim.Adam(layer.parameters(), lr=0.1)
    layer(matrix[:, :3]).sum().backward()
    optimizer.step()
    marked = t.ones(2)
    marked.note = "kept"
    parameter = t.nn.Parameter(t.ones(2), requires_grad=False)
    parameter.note = [1]
    return {
        "views": [matrix, matrix.t(), matrix[1], matrix[:, 1::2], matrix.diagonal()],
        "expanded": t.tensor(3.0).expand(2, 3),
        "scalar": t.tensor(5),
        "empty": [t.empty(0), t.empty(2, 0, 3)],
        "grad": t.ones(2, requires_grad=True),
        "result": (t.ones(2, requires_grad=True) * 2),
        "parameters": [t.nn.Parameter(t.ones(2)), parameter],
        "buffer": t.nn.Buffer(t.ones(2)),
        "attributes": marked,
        "module": layer.state_dict(),
        "optimizer": optimizer.state_dict(),
        "plain": [None, True, 1, -300, 70000, 10**30, -(10**30), 2.5, float("inf"), "text \u00e9\U0001f600",
                  b"\x00\xff", bytearray(b"ab"), 1 + 2j, {1, 2}, (), (1,), (1, (2, 3)), {}, {"a": {1: 2}}],
        "counted": Counter("abca"),
        "ordered": OrderedDict(b=1, a=2),
        "names": [t.float32, t.bfloat16, t.bool, t.Size([2, 3]), t.device("cpu"), t.device("cuda:1"), t.strided],
    }  # fmt: skip


@pytest.mark.parametrize(("writer", "reader"), WAYS)
@pytest.mark.parametrize("name", samples(torch))
@pytest.mark.parametrize("zipped", [True, False])
def test_one_library_reads_what_the_other_wrote(name, writer, reader, zipped):
    for library in BOTH:
        library.manual_seed(3)
    expected = torch.load(io.BytesIO(saved(torch, samples(torch)[name], _use_new_zipfile_serialization=zipped)))
    for library in BOTH:
        library.manual_seed(3)
    data = saved(writer, samples(writer)[name], _use_new_zipfile_serialization=zipped)
    found = reader.load(io.BytesIO(data))
    if name in ("module", "optimizer"):  # their numbers agree to the printed digits
        assert list(plain(found)[1]) and str(found).replace("tinytorch", "torch")[:60] == str(expected)[:60]
        assert getattr(found, "_metadata", None) == getattr(expected, "_metadata", None)
    else:
        assert plain(found) == plain(expected)


@pytest.mark.parametrize(
    ("writer", "reader", "protocol"),
    [(*way, 2) for way in WAYS] + [(*way, 3) for way in WAYS] + [(torch, tinytorch, 4), (tinytorch, tinytorch, 4)],
)  # PyTorch reads protocol 4 only without weights_only
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_each_dtype_comes_back(writer, reader, dtype, protocol):
    values = writer.tensor([0, 1, 1], dtype=getattr(writer, dtype))
    found = reader.load(io.BytesIO(saved(writer, values, pickle_protocol=protocol)))
    assert (str(found.dtype), found.tolist()) == (f"torch.{dtype}", values.tolist())


@pytest.mark.parametrize(("writer", "reader"), WAYS)
def test_views_share_their_memory_after_loading(writer, reader):
    matrix = writer.zeros(2, 3)
    loaded, turned, row = reader.load(io.BytesIO(saved(writer, [matrix, matrix.t(), matrix[1]])))
    loaded[1, 2] = 7.0
    assert turned[2, 1] == row[2] == 7.0


def test_the_archives_have_the_same_entries_in_the_same_places():
    entries = [
        [(each.filename, each.header_offset, each.CRC) for each in zipfile.ZipFile(io.BytesIO(data)).infolist()]
        for data in [saved(t, [t.ones(3), t.zeros(100, dtype=t.int64)]) for t in BOTH]
    ]
    assert entries[0] == [each for each in entries[1] if "serialization_id" not in each[0]]


@pytest.mark.parametrize(("writer", "reader"), WAYS)
def test_files_that_need_large_numbers_are_read(writer, reader, tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)  # of zipfile, so that it writes as it does beyond 4 GB
    writer.save([writer.arange(1000), writer.ones(2)], tmp_path / "file.pt")
    for options in ({}, {"mmap": True}):
        found = reader.load(tmp_path / "file.pt", **options)
        assert (found[0].tolist(), found[1].tolist()) == ([*range(1000)], [1.0, 1.0])


def test_a_path_names_the_folder_of_the_archive(tmp_path):
    for library in BOTH:
        library.save(1, tmp_path / f"{library.__name__}.weights.pt")
    assert zipfile.ZipFile(tmp_path / "tinytorch.weights.pt").namelist()[0] == "tinytorch.weights/data.pkl"
    assert zipfile.ZipFile(tmp_path / "torch.weights.pt").namelist()[0] == "torch.weights/data.pkl"


@pytest.mark.parametrize("map_location", [
    "cpu", {"cpu": "meta"}, "meta", "cuda", "cuda:7", "nowhere", lambda storage, location: None,
    lambda storage, location: storage, {"cpu": "somewhere"},
])  # fmt: skip
def test_map_location_decides_where_storages_go(map_location):
    found = []
    for library in BOTH:
        file = io.BytesIO(saved(torch, torch.ones(2)))
        try:
            found.append(str(library.load(file, map_location=map_location).device))
        except RuntimeError as error:
            found.append(str(error))
    assert found[0] == found[1]


def test_map_location_is_called_once_for_each_storage():
    found = []
    for library in BOTH:
        calls = []
        one = torch.ones(3)
        library.load(
            io.BytesIO(saved(torch, [one, one[1:], torch.ones(2)])),
            map_location=lambda storage, location, calls=calls: calls.append((type(storage).__name__, location)),
        )
        found.append(calls)
    assert found[0] == found[1] == [("UntypedStorage", "cpu")] * 2


@pytest.mark.parametrize("payload", [
    Net(3), Net, print, eval, pickle.loads, io.BytesIO, zipfile.ZipFile, [{"a": Net(1)}], {"a": frozenset((1,))},
    range(3), object(), OrderedDict(a=Net),
])  # fmt: skip
def test_what_is_not_allowed_is_refused_in_the_same_words(payload):
    data = saved(torch, payload)
    expected, found = [
        refusal(lambda library=library: library.load(io.BytesIO(data))) for library in (torch, tinytorch)
    ]
    assert found == expected and found[0] is pickle.UnpicklingError


@pytest.mark.parametrize("text", ["posix\nsystem", "os\nsystem", "nt\nsystem", "sys\nexit", "__builtin__\neval"])
def test_a_named_function_is_refused_in_the_same_words(text):
    data = b"\x80\x02c" + text.encode() + b"\nX\x02\x00\x00\x00ls\x85R."
    words = [refusal(lambda t=t: t.load(io.BytesIO(replaced(saved(torch, 1), data)))) for t in BOTH]
    assert words[0] == words[1] and words[0][0] is pickle.UnpicklingError


def replaced(archive, pickled):
    """An archive with another pickle in it."""
    before, file = zipfile.ZipFile(io.BytesIO(archive)), io.BytesIO()
    with zipfile.ZipFile(file, "w") as after:
        for name in before.namelist():
            after.writestr(name, pickled if name.endswith("data.pkl") else before.read(name))
    return file.getvalue()


@pytest.mark.parametrize("call", [
    lambda t, data: t.load(io.BytesIO(data), pickle_module=pickle, weights_only=True),
    lambda t, data: t.load(io.BytesIO(data), mmap=True),
    lambda t, data: t.load(io.BytesIO(data[:-30])),
    lambda t, data: t.save(1, 3),
    lambda t, data: t.save(1, "/nowhere/at/all.pt"),
    lambda t, data: t.load("/nowhere/at/all.pt"),
    lambda t, data: t.load(iter([1])),
    lambda t, data: t.load(io.BytesIO(data), map_location=lambda storage, location: {}[location]),
    lambda t, data: t.load(io.BytesIO(data), map_location=3),
    lambda t, data: t.load(5),
    lambda t, data: t.save([x := t.ones(2), x.untyped_storage()], io.BytesIO()),
])  # fmt: skip
def test_wrong_calls_are_refused_in_the_same_words(call):
    data = saved(torch, torch.ones(20))
    assert refusal(lambda: call(tinytorch, data)) == refusal(lambda: call(torch, data))


def test_hooks_are_left_out_with_a_warning():
    words = []
    for library in BOTH:
        weight = library.ones(2, requires_grad=True)
        weight.register_hook(print)
        with pytest.warns(UserWarning, match="will not be serialized") as warned:
            saved(library, weight)
        words.append(str(warned[0].message))
    assert words[0] == words[1]


def test_what_is_declared_safe_is_loaded():
    for library in BOTH:
        data = saved(library, {"net": Net(3)})
        with library.serialization.safe_globals([Net]):
            assert library.load(io.BytesIO(data))["net"].width == 3
        library.serialization.add_safe_globals([(Net, f"{__name__}.Net")])
        assert (Net, f"{__name__}.Net") in library.serialization.get_safe_globals()  # f"{__name__}.Net")]
        assert library.load(io.BytesIO(data))["net"].width == 3
        before = library.serialization.get_safe_globals()
        library.serialization.clear_safe_globals()
        assert refusal(lambda t=library, data=data: t.load(io.BytesIO(data)))[0] is pickle.UnpicklingError
        library.serialization.add_safe_globals([each for each in before if each != (Net, f"{__name__}.Net")])


@pytest.mark.parametrize(("writer", "reader"), WAYS)
def test_a_whole_module_is_loaded_where_weights_only_is_false(writer, reader):
    writer.manual_seed(0)
    model = writer.nn.Sequential(
        writer.nn.Conv2d(3, 4, 3, padding=1), writer.nn.BatchNorm2d(4), writer.nn.ReLU(), writer.nn.Flatten(),
        writer.nn.Linear(64, 2),
    )  # fmt: skip
    model.activation = writer.nn.functional.relu
    loaded = reader.load(io.BytesIO(saved(writer, model)), weights_only=False)
    inputs = [[[[float(i * j % 5) for i in range(4)] for j in range(4)] for _ in range(3)] for _ in range(2)]
    expected = model(writer.tensor(inputs)).flatten().tolist()
    assert type(loaded) is reader.nn.Sequential and loaded.activation is reader.nn.functional.relu
    assert loaded(reader.tensor(inputs)).flatten().tolist() == pytest.approx(expected, abs=1e-5)
    assert refusal(lambda: reader.load(io.BytesIO(saved(writer, model))))[0] is pickle.UnpicklingError


@pytest.mark.parametrize(("writer", "reader"), WAYS)
def test_a_whole_optimizer_is_loaded_and_goes_on(writer, reader):
    weight = writer.nn.Parameter(writer.tensor([1.0, 2.0]))
    optimizer = writer.optim.Adam([weight], lr=0.1)
    weight.grad = writer.tensor([1.0, -1.0])
    optimizer.step()
    parameter, loaded = reader.load(io.BytesIO(saved(writer, [weight, optimizer])), weights_only=False)
    for one, step in ((weight, optimizer.step), (parameter, loaded.step)):
        one.grad = (writer if one is weight else reader).tensor([2.0, 1.0])
        step()
    assert loaded.param_groups[0]["params"][0] is parameter
    assert parameter.tolist() == pytest.approx(weight.tolist(), abs=1e-6)


def test_conjugates_that_pytorch_writes_unresolved_are_resolved():
    values = torch.tensor([1 + 2j, 3 - 1j])
    data = [saved(torch, each) for each in (values.conj(), values.conj().imag)]
    assert [tinytorch.load(io.BytesIO(each)).tolist() for each in data] == [[1 - 2j, 3 + 1j], [-2.0, 1.0]]


def test_a_file_of_either_is_mapped(tmp_path):
    for writer in BOTH:
        writer.save({"a": writer.arange(1000), "b": writer.ones(3)}, tmp_path / "file.pt")
        for reader in BOTH:
            found = reader.load(tmp_path / "file.pt", mmap=True)
            found["a"][0] = 9
            assert (found["a"].sum(), found["b"].tolist()) == (499509, [1.0, 1.0, 1.0])
        assert tinytorch.load(tmp_path / "file.pt")["a"][0] == 0
