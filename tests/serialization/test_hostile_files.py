"""Files made to harm: nothing in them is run, nothing is read beyond what is there, and each is an error at once."""

import io
import os
import pickle
import struct
import subprocess
import time
import tracemalloc
import zipfile
from pickle import UnpicklingError

import pytest

import tinytorch as torch
from tinytorch.serialization import safe_globals
from tinytorch.serialization.names import Table
from tinytorch.serialization.unpickler import Unpickler

REFUSALS = (UnpicklingError, RuntimeError, EOFError)  # what PyTorch raises for pickles, archives, and empty files


def archive(pickled, entries=(), compress=zipfile.ZIP_STORED):
    """A saved file around a pickle."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compress) as made:
        for name, data in [("data.pkl", pickled), ("byteorder", b"little"), ("version", b"3\n"), *entries]:
            made.writestr(f"archive/{name}", data)
    return file.getvalue()


def load(pickled, entries=(), **options):
    """What is loaded from a saved file around a pickle."""
    return torch.load(io.BytesIO(archive(pickled, entries)), **options)


def saved(obj, **options):
    """The bytes of a saved file."""
    file = io.BytesIO()
    torch.save(obj, file, **options)
    return file.getvalue()


def text(value):
    """A text in a pickle."""
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def number(value):
    """A whole number in a pickle."""
    data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


COMMAND = "touch harmed"
CALLS = {
    "GLOBAL and REDUCE": b"\x80\x02cposix\nsystem\n" + text(COMMAND) + b"\x85R.",
    "GLOBAL of os": b"\x80\x02cos\nsystem\n" + text(COMMAND) + b"\x85R.",
    "STACK_GLOBAL and REDUCE": b"\x80\x04" + text("os") + text("system") + b"\x93" + text(COMMAND) + b"\x85R.",
    "eval": b"\x80\x02c__builtin__\neval\n" + text("__import__('os').system('touch harmed')") + b"\x85R.",
    "getattr": b"\x80\x02c__builtin__\ngetattr\nc__builtin__\nset\n" + text("__init__") + b"\x86R.",
    "a dotted name": b"\x80\x04" + text("torch") + text("Tensor.__class__") + b"\x93.",
    "another room": b"\x80\x02ctinytorch.serialization.saving\nos\n.",
    "Popen": b"\x80\x02csubprocess\nPopen\n" + text(COMMAND) + b"\x85R.",
    "INST": b"\x80\x02(" + text(COMMAND) + b"iposix\nsystem\n.",
    "OBJ": b"\x80\x02(cposix\nsystem\n" + text(COMMAND) + b"o.",
    "NEWOBJ": b"\x80\x02cposix\nsystem\n" + text(COMMAND) + b"\x85\x81.",
    "NEWOBJ_EX": b"\x80\x04cposix\nsystem\n" + text(COMMAND) + b"\x85}\x92.",
    "EXT1": b"\x80\x02\x82\x01.",
    "EXT2": b"\x80\x02\x83\x01\x00.",
    "EXT4": b"\x80\x02\x84\x01\x00\x00\x00.",
    "PERSID": b"\x80\x02Pstorage\n.",
    "BUILD of a tensor": b"\x80\x02ctorch\nFloatStorage\n}b.",
    "BUILD of a list": b"\x80\x02]}" + text("a") + b"K\x01sb.",
    "REDUCE of a list": b"\x80\x02])R.",
    "REDUCE of a dtype": b"\x80\x02ctorch\nfloat32\n)R.",
    "REDUCE of a class of tensors": b"\x80\x02ctorch\nTensor\n" + number(10**12) + b"\x85R.",
    "NEWOBJ of a tensor": b"\x80\x02ctorch\nTensor\n" + number(10**12) + b"\x85\x81.",
    "NEWOBJ of a storage": b"\x80\x02ctorch.storage\nUntypedStorage\n" + number(10**12) + b"\x85\x81.",
    "a method put in the place of another": b"\x80\x02ccollections\nOrderedDict\n)R}" + text("items")
    + b"ccollections\nOrderedDict\nsb.",
    "codecs that decompress": b"\x80\x02c_codecs\nencode\n" + text("a") + text("zlib") + b"\x86R.",
    "codecs that decode": b"\x80\x02c_codecs\ndecode\n" + text("a") + text("zlib") + b"\x86R.",
    "NEXT_BUFFER": b"\x80\x05\x97.",
    "a module of the weights": b"\x80\x02ctorch.nn.modules.linear\nLinear\n)\x81.",
}  # fmt: skip


@pytest.mark.parametrize("weights_only", [True, False])
@pytest.mark.parametrize("pickled", CALLS.values(), ids=list(CALLS))
def test_nothing_of_a_file_is_run(pickled, weights_only, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "system", None)
    monkeypatch.setattr(subprocess, "Popen", None)
    if pickled == CALLS["a module of the weights"] and not weights_only:
        return  # that is what the option is for
    with pytest.raises(UnpicklingError):
        load(pickled, weights_only=weights_only)
    legacy = b"".join([pickle.dumps(each, 2) for each in (0x1950A86A20F9469CFC6C, 1001, {})])
    with pytest.raises(UnpicklingError):
        torch.load(io.BytesIO(legacy + pickled), weights_only=weights_only)
    assert os.listdir(tmp_path) == []


def test_what_is_blocked_stays_so_when_it_is_declared_safe():
    with safe_globals([(os.system, "posix.system")]), pytest.raises(UnpicklingError, match="module posix is blocked"):
        load(CALLS["GLOBAL and REDUCE"])


def test_a_module_is_made_without_its_constructor_and_gets_no_hooks():
    linear = b"\x80\x02ctorch.nn.modules.linear\nLinear\n"
    with pytest.raises(UnpicklingError, match="unrecognized function"):
        load(linear + number(10**9) + number(10**9) + b"\x86R.", weights_only=False)
    hook = linear + b")\x81}" + text("_forward_hooks") + b"}K\x01ccollections\nOrderedDict\nssb."
    with pytest.raises(UnpicklingError, match="hooks of modules are not loaded"):
        load(hook, weights_only=False)


def nested(opener, count=200_000):
    return b"\x80\x02" + opener * count + b"."


WHOLE = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("0") + text("cpu") + b"K\x04tQ"  # a storage
ENTRIES = [("data/0", struct.pack("<4f", 1, 2, 3, 4))]


def tensor(numel=4, offset=0, size=(4,), stride=(1,), key="0", kind="FloatStorage", location="cpu", grad=b"\x89"):
    """The pickle of a tensor that claims to lie so in a storage."""
    storage = b"(" + text("storage") + b"ctorch\n" + kind.encode() + b"\n" + text(key) + text(location) + number(numel)
    sizes = [b"(" + b"".join(map(number, each)) + b"t" for each in (size, stride)]
    return (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"tQ" + number(offset) + b"".join(sizes) + grad
            + b"ccollections\nOrderedDict\n)RtR.")  # fmt: skip


BOMBS = {
    "marks": nested(b"("),
    "tuples in tuples": b"\x80\x02)" + b"\x85" * 200_000 + b"0K\x01.",
    "a deep tuple as a key": b"\x80\x02})" + b"\x85" * 200_000 + b"K\x01s.",
    "a deep tuple in a set": b"\x80\x04\x8f()" + b"\x85" * 200_000 + b"\x90.",
    "a deep tuple in a frozenset": b"\x80\x04()" + b"\x85" * 200_000 + b"\x91.",
    "a wide tuple as a key": b"\x80\x02})" + b"2\x86" * 60 + b"K\x01s.",
    "a wide tuple as a size": b"\x80\x02ctorch._utils\n_rebuild_tensor\n("
    + WHOLE
    + b"K\x00)"
    + b"2\x86" * 60
    + b")tR.",
    "a wide tuple as a layout": b"\x80\x02ctorch.serialization\n_get_layout\n)" + b"2\x86" * 60 + b"\x85R.",
    "two wide tuples as a size": b"\x80\x02ctorch._utils\n_rebuild_meta_tensor_no_storage\n(ctorch\nfloat32\n"
    + (b")" + b"2\x86" * 60) * 2
    + b"\x86K\x01K\x01\x86\x89tR.",
    "a deep tuple as the index of a device": b"\x80\x02ctorch\ndevice\n"
    + text("cuda")
    + b")"
    + b"\x85" * 200_000
    + b"\x86R.",
    "a deep tuple that is counted": b"\x80\x02ccollections\nCounter\n)" + b"\x85" * 200_000 + b"\x85R.",
    "a deep tuple in a list of pairs": b"\x80\x02ccollections\nOrderedDict\n])"
    + b"\x85" * 200_000
    + b"K\x01\x86a\x85R.",
    "a deep tuple in a list of members": b"\x80\x02c__builtin__\nset\n])" + b"\x85" * 200_000 + b"a\x85R.",
    "a wide tuple as a count": b"\x80\x02("
    + text("storage")
    + b"ctorch\nFloatStorage\n"
    + text("0")
    + text("cpu")
    + b")"
    + b"2\x86" * 60
    + b"tQ.",
    "a long text": b"\x80\x02X\xff\xff\xff\xff" + b"a.",
    "a longer text": b"\x80\x04\x8d" + b"\xff" * 8 + b"a.",
    "long bytes": b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7fa.",
    "a long bytearray": b"\x80\x05\x96" + b"\xff" * 7 + b"\x7fa.",
    "a long number": b"\x80\x02\x8b\xff\xff\xff\x7fa.",
    "a number of negative length": b"\x80\x02\x8b\xff\xff\xff\xffa.",
    "a bytearray of a size": b"\x80\x02c__builtin__\nbytearray\n" + number(10**12) + b"\x85R.",
    "a set of a range": b"\x80\x02c__builtin__\nset\nc__builtin__\nxrange\n" + number(10**12) + b"\x85R\x85R.",
    "a counter of a number": b"\x80\x02ccollections\nCounter\nK\x05\x85R.",
    "a large frame": b"\x80\x04\x95" + b"\xff" * 8 + b".",
    "an empty stack": b"\x80\x02.",
    "a tuple of nothing": b"\x80\x02\x86.",
    "a mark that is not there": b"\x80\x02t.",
    "a number that was not kept": b"\x80\x02h\x07.",
    "no end": b"\x80\x02K\x01",
    "a line without an end": b"\x80\x02ctorch",
    "a wide tuple as a flag of a tensor": tensor()[:-2] + b"})" + b"2\x86" * 9 + b"\x88stR.",
    "an odd number of items": b"\x80\x02}(K\x01u.",
    "a list as a key": b"\x80\x02}]K\x01s.",
    "a broken text": b"\x80\x02X\x01\x00\x00\x00\xff.",
    "a protocol of the future": b"\x80\x63.",
    "append to a tuple": b"\x80\x02)K\x01a.",
    "items of a list": b"\x80\x02]K\x01K\x02s.",
    "a text as an identity": b"\x80\x02" + text("storage") + b"Q.",
    "another identity": b"\x80\x02" + text("module") + b"\x85Q.",
    "an empty identity": b"\x80\x02)Q.",
    "a size below zero": b"\x80\x02ctorch\nSize\n" + text("a") + b"\x85R.",
    "a device that is none": b"\x80\x02ctorch\ndevice\nK\x01\x85R.",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_soon_and_with_little_memory(name):
    data = archive(BOMBS[name], ENTRIES)
    tracemalloc.start()
    begin = time.perf_counter()
    try:
        if name == "tuples in tuples":  # nobody looks into them
            assert torch.load(io.BytesIO(data)) == 1
        else:
            with pytest.raises(REFUSALS):
                torch.load(io.BytesIO(data))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100 << 20 and time.perf_counter() - begin < 20


def test_every_single_operation_with_nothing_around_it_is_refused_or_harmless():
    for code in range(256):
        for rest in (b"", b"\x00" * 12, b"\xff" * 12, b"a\nb\n" * 3):
            reader = Unpickler(bytes([code]) + rest + b".", Table(), lambda identity: None)
            try:
                reader.load()
            except UnpicklingError:
                continue


# Archives


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_that_ends_early_is_refused_wherever_it_ends(zipped):
    weights = {"a": torch.arange(5.0), "b": [torch.ones(2, dtype=torch.int8), "text"]}
    data = saved(weights, _use_new_zipfile_serialization=zipped)
    for length in range(len(data)):
        with pytest.raises(REFUSALS):
            torch.load(io.BytesIO(data[:length]))
    assert torch.load(io.BytesIO(data))["a"].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_with_a_changed_byte_is_read_or_refused(zipped):
    data = saved({"a": torch.arange(5.0), "b": "text"}, _use_new_zipfile_serialization=zipped)
    for place in range(len(data)):
        for flip in (1, 0x80, 0xFF):
            changed = bytearray(data)
            changed[place] ^= flip
            try:
                found = torch.load(io.BytesIO(changed))
            except (*REFUSALS, ValueError):
                continue
            str(found)


def test_compressed_entries_are_refused_before_they_are_unpacked():
    data = archive(pickle.dumps(b"\x00" * (1 << 24), 4), compress=zipfile.ZIP_DEFLATED)
    assert len(data) < 1 << 16
    with pytest.raises(RuntimeError, match="stored, not compressed"):
        torch.load(io.BytesIO(data))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_refused():
    with pytest.raises(RuntimeError, match="not what the file holds"):
        load(pickle.dumps(1, 2), [("data.pkl", pickle.dumps(2, 2))])


def test_entries_that_share_their_bytes_are_refused():
    data = bytearray(saved([torch.ones(100), torch.zeros(100)]))
    directory = zipfile.ZipFile(io.BytesIO(data)).start_dir
    places = {each.filename: each.header_offset for each in zipfile.ZipFile(io.BytesIO(data)).infolist()}
    one, other = [struct.pack("<I", places[f"archive/data/{key}"]) for key in (0, 1)]
    data[directory:] = data[directory:].replace(other, one)
    with pytest.raises(RuntimeError):
        torch.load(io.BytesIO(data))


@pytest.mark.parametrize("mmap", [True, False])
def test_an_entry_that_claims_more_than_the_file_has_is_refused(tmp_path, mmap):
    data = bytearray(saved(torch.ones(100)))
    directory = zipfile.ZipFile(io.BytesIO(data)).start_dir
    data[directory:] = data[directory:].replace(struct.pack("<II", 400, 400), struct.pack("<II", 40000, 40000))
    (tmp_path / "file.pt").write_bytes(data)
    with pytest.raises(RuntimeError):
        torch.load(tmp_path / "file.pt", mmap=mmap)


# What a tensor claims


def test_a_tensor_that_claims_what_is_there_is_read():
    assert load(tensor(), ENTRIES).tolist() == [1.0, 2.0, 3.0, 4.0]
    assert load(tensor(offset=1, size=(2, 2), stride=(1, 1)), ENTRIES).tolist() == [[2.0, 3.0], [3.0, 4.0]]


@pytest.mark.parametrize("claims", [
    {"numel": 5}, {"numel": 3}, {"numel": -4}, {"numel": 2**62}, {"numel": 2**80}, {"kind": "DoubleStorage"},
    {"offset": 1}, {"offset": -1}, {"offset": 2**62}, {"offset": 2**70}, {"size": (5,)}, {"size": (-1,)},
    {"size": (2**62,)}, {"size": (2**62, 4), "stride": (0, 1)}, {"size": (2**70,), "stride": (0,)},
    {"stride": (2,)}, {"stride": (-1,)}, {"stride": (2**62,)}, {"stride": (1, 1)}, {"stride": ()},
    {"size": (2, 2), "stride": (1, 3)}, {"size": (1,) * 70, "stride": (1,) * 70}, {"key": "1"}, {"key": "../data.pkl"},
    {"key": ""}, {"kind": "Size"}, {"kind": "Tensor"}, {"location": "nowhere"}, {"location": "cuda:99"},
    {"location": "cuda:x"}, {"location": "cuda:" + "9" * 5000}, {"location": "cuda:\u00b2"}, {"location": "meta:\n"},
    {"location": ""}, {"grad": b"K\x01"}, {"grad": b"N"}, {"kind": "LongStorage", "numel": 2,
    "size": (2,), "grad": b"\x88"}, {"size": (0,), "stride": (2**70,), "offset": 2**70},
])  # fmt: skip
def test_a_tensor_that_claims_what_is_not_there_is_refused(claims):
    with pytest.raises((UnpicklingError, RuntimeError)):
        load(tensor(**claims), ENTRIES)


def test_a_flag_of_a_tensor_that_repeats_its_storage_takes_no_more_memory_than_that():
    flags = b"}" + text("neg") + b"\x88s"
    repeated = tensor(size=(10**12,), stride=(0,))[: -len(b"tR.")] + flags + b"tR."
    found = load(repeated, ENTRIES)
    assert (found.shape, found[-1]) == ((10**12,), -1.0)


def test_storages_of_the_older_format_have_no_more_bytes_than_the_file():
    data = saved([torch.ones(4), torch.ones(4)], _use_new_zipfile_serialization=False)
    for numel in (5, 1000, 2**40):
        claimed = data.replace(b"K\x04N", b"\x8a\x07" + numel.to_bytes(7, "little") + b"N")
        assert claimed != data
        with pytest.raises(UnpicklingError):
            torch.load(io.BytesIO(claimed))


@pytest.mark.parametrize("keys", [3, None, "0", [], ["1"], [["0"]], ["0", "0"]])
def test_keys_of_the_older_format_are_a_list_of_those_that_are_there(keys):
    data = saved(torch.ones(4), _use_new_zipfile_serialization=False)
    before, after = data.split(pickle.dumps(["0"], 2))
    with pytest.raises(UnpicklingError):
        torch.load(io.BytesIO(before + pickle.dumps(keys, 2) + after))


@pytest.mark.parametrize("name", ["array", "_hooks", "requires_grad", "__class__", "item", "counter"])
def test_attributes_that_tensors_have_are_not_replaced(name):
    call = b"\x80\x02ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\nctorch\nTensor\n"
    arguments = tensor()[len(b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n") : -2]
    with pytest.raises(UnpicklingError, match="cannot have the attribute"):
        load(call + arguments + b"}" + text(name) + b"K\x01stR.", ENTRIES)


def test_memory_is_not_taken_for_what_is_declared_on_the_device_meta():
    meta = b"\x80\x02ctorch._utils\n_rebuild_meta_tensor_no_storage\n(ctorch\nfloat32\n"
    found = load(meta + number(10**6) + number(10**6) + b"\x86" + number(10**6) + b"K\x01\x86\x89tR.")
    assert (found.shape, found.device.type) == ((10**6, 10**6), "meta")


@pytest.mark.filterwarnings("ignore:Sparse invariant checks")
@pytest.mark.parametrize(("places", "ordered"), [([[0, 9]], False), ([[0, -1]], False), ([[1, 0]], True)])
def test_places_that_a_sparse_tensor_has_not_are_refused(places, ordered):
    sparse = torch.sparse_coo_tensor(places, [1.0, 2.0], (2,), check_invariants=False, is_coalesced=ordered)
    with pytest.raises(RuntimeError, match=r"index|uncoalesced"):
        torch.load(io.BytesIO(saved(sparse)))
