"""Data sets: files in torchvision's folders, what they give and print, downloads, and files that lie."""

import gzip
import hashlib
import pickle
import struct
import tarfile
import urllib.error
import urllib.request

import pytest
from PIL import Image

import tinytorch as torch
from tinytorch.vision import datasets, transforms
from tinytorch.vision.datasets import mnist, utils
from tinytorch.vision.datasets.batches import read_batch

CODES = {torch.uint8: 8, torch.int16: 11, torch.int32: 12, torch.float32: 13, torch.float64: 14}


def idx(values):
    """The bytes of an idx file."""
    big = values.numpy().astype(values.numpy().dtype.newbyteorder(">"))
    return (
        bytes([0, 0, CODES[values.dtype], values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + big.tobytes()
    )


def pictures(count):
    return (torch.arange(count * 784) * 7 % 256).to(torch.uint8).view(count, 28, 28)


@pytest.fixture
def digits(tmp_path):
    """A folder with MNIST of a few images; those of the tests are compressed."""
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for part, count in (("train", 5), ("t10k", 3)):
        labels = torch.arange(count).to(torch.uint8)
        for kind, values in (("images-idx3", pictures(count)), ("labels-idx1", labels)):
            data, name = idx(values), f"{part}-{kind}-ubyte"
            if part == "train":
                (folder / name).write_bytes(data)
            else:
                (folder / f"{name}.gz").write_bytes(gzip.compress(data))
    return tmp_path


def test_mnist_is_read_from_its_folder(digits):
    data = datasets.MNIST(str(digits))
    assert torch.equal(data.data, pictures(5)) and data.targets.tolist() == [0, 1, 2, 3, 4]
    image, target = data[3]
    assert image.mode == "L" and image.size == (28, 28) and target == 3 and type(target) is int
    assert data.classes[7] == "7 - seven" and data.class_to_idx["7 - seven"] == 7
    assert len(datasets.MNIST(digits, train=False)) == 3


def test_transforms_are_applied_and_shown(digits):
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize(0.5, 0.5)])
    data = datasets.MNIST(str(digits), transform=transform, target_transform=transforms.Lambda(lambda each: each + 1))
    image, target = data[0]
    assert image.shape == (1, 28, 28) and target == 1
    assert repr(data).splitlines() == [
        "Dataset MNIST",
        "    Number of datapoints: 5",
        f"    Root location: {digits}",
        "    Split: Train",
        "    StandardTransform",
        "Transform: Compose(",
        "               ToTensor()",
        "               Normalize(mean=0.5, std=0.5)",
        "           )",
        "Target transform: Lambda()",
    ]


def test_a_loader_makes_batches_of_it(digits):
    data = datasets.MNIST(digits, transform=transforms.ToTensor())
    images, targets = next(iter(torch.utils.data.DataLoader(data, batch_size=4)))
    assert images.shape == (4, 1, 28, 28) and targets.tolist() == [0, 1, 2, 3]


def test_older_names_warn(digits):
    with pytest.warns(UserWarning, match="train_data has been renamed data"):
        assert len(datasets.MNIST(digits).train_data) == 5


def test_missing_files_are_refused(tmp_path):
    for make in (datasets.MNIST, datasets.FashionMNIST, datasets.KMNIST, datasets.CIFAR10, datasets.SVHN):
        with pytest.raises(RuntimeError, match=r"You can use download=True to download it"):
            make(tmp_path)
    with pytest.raises(ValueError, match=r"Unknown value 'all' for argument split\. Valid values are {'train', 'test'"):
        datasets.SVHN(tmp_path, "all")


def test_letters_have_splits(tmp_path):
    folder = tmp_path / "EMNIST" / "raw"
    folder.mkdir(parents=True)
    (folder / "emnist-letters-train-images-idx3-ubyte").write_bytes(idx(pictures(2)))
    (folder / "emnist-letters-train-labels-idx1-ubyte").write_bytes(idx(torch.tensor([1, 26], dtype=torch.uint8)))
    data = datasets.EMNIST(tmp_path, "letters")
    assert [data.classes[target] for _, target in data] == ["a", "z"]


@pytest.mark.parametrize("dtype", CODES)
def test_numbers_of_idx_files_are_read_in_their_order(tmp_path, dtype):
    values = torch.tensor([[1, 2, 3], [100, 50, 25]], dtype=dtype)
    (tmp_path / "file").write_bytes(idx(values))
    found = mnist.read_sn3_pascalvincent_tensor(tmp_path / "file")
    assert found.dtype == dtype and torch.equal(found, values)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no idx file"),
        (b"\0\0\7\1\0\0\0\1a", "no idx file"),
        (b"\0\0\x08\x04" + bytes(16), "no idx file"),
        (b"\0\0\x08\1\0\0\0\5ab", "says it has 5 bytes"),
        (b"\0\0\x08\3" + b"\xff" * 12, "but it has 0"),
    ],
)
def test_files_that_are_no_idx_files_are_refused(tmp_path, data, words):
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(ValueError, match=words):
        mnist.read_sn3_pascalvincent_tensor(tmp_path / "file")


PYTHON_2 = (  # {'data': array([[1, 2, ..., 6]], uint8), 'labels': [7]}, as Python 2 and NumPy wrote it, protocol 2
    b"\x80\x02}q\x01(U\x04dataq\x02cnumpy.core.multiarray\n_reconstruct\nq\x03cnumpy\nndarray\nq\x04K\x00\x85U\x01b"
    b"\x87Rq\x05(K\x01K\x01K\x06\x86cnumpy\ndtype\nq\x06U\x02u1K\x00K\x01\x87Rq\x07(K\x03U\x01|NNNJ\xff\xff\xff\xff"
    b"J\xff\xff\xff\xffK\x00tb\x89U\x06\x01\x02\x03\x04\xfe\xfftbU\x06labelsq\x08]q\tK\x07au."
)


def test_batches_of_python_2_are_read(tmp_path):
    (tmp_path / "batch").write_bytes(PYTHON_2)
    entry = read_batch(tmp_path / "batch")
    assert entry["data"].tolist() == [[1, 2, 3, 4, 254, 255]] and str(entry["data"].dtype) == "uint8"
    assert entry["labels"] == [7]


class Hostile:
    """What runs a command where it is unpickled."""

    def __reduce__(self):
        import os

        return os.system, ("exit 1",)


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps({"data": Hostile()}),
        pickle.dumps([1]),
        PYTHON_2.replace(b"u1", b"O8"),
        PYTHON_2.replace(b"numpy\nndarray", b"os\nsystem"),
        PYTHON_2.replace(b"K\x06\x86", b"K\x07\x86"),
        PYTHON_2[:-9],
        pickle.dumps({"data": torch.tensor(3)}),
    ],
)
def test_batches_run_nothing(tmp_path, data):
    (tmp_path / "batch").write_bytes(data)
    with pytest.raises(pickle.UnpicklingError):
        read_batch(tmp_path / "batch")


def cifar(folder, base, protocol):
    """A class like CIFAR-10 or -100 whose files lie in a folder, with pictures of a few values."""
    files = {}
    label = "labels" if base is datasets.CIFAR10 else "fine_labels"
    for name, start in (("one", 0), ("two", 100)):
        values = ((torch.arange(2 * 3072) + start) % 256).to(torch.uint8).view(2, 3072).numpy()
        files[name] = pickle.dumps({"data": values, label: [start // 100, 3]}, protocol)
    files["names"] = pickle.dumps({base.meta["key"]: ["a", "b", "c", "d"]}, protocol)
    md5 = {}
    (folder / base.base_folder).mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / base.base_folder / name).write_bytes(data)
        md5[name] = hashlib.md5(data).hexdigest()

    class Small(base):
        train_list, test_list = [["one", md5["one"]], ["two", md5["two"]]], [["two", md5["two"]]]
        meta = {"filename": "names", "key": base.meta["key"], "md5": md5["names"]}  # noqa: RUF012

    return Small


@pytest.mark.parametrize("base", [datasets.CIFAR10, datasets.CIFAR100])
@pytest.mark.parametrize("protocol", [2, 4])
def test_cifar_is_read_from_its_folder(tmp_path, base, protocol):
    make = cifar(tmp_path, base, protocol)
    data = make(tmp_path)
    assert data.data.shape == (4, 32, 32, 3) and data.targets == [0, 3, 1, 3] and data.class_to_idx["d"] == 3
    image, target = data[2]
    assert image.mode == "RGB" and image.getpixel((1, 0)) == (101, 101, 101) and target == 1
    assert len(make(tmp_path, train=False)) == 2 and "Split: Test" in repr(make(tmp_path, train=False))
    (tmp_path / base.base_folder / "two").write_bytes(b"other")
    with pytest.raises(RuntimeError, match="Dataset not found or corrupted"):
        make(tmp_path)


def test_house_numbers_are_read_from_a_matlab_file(tmp_path, monkeypatch):
    import scipy.io

    values = (torch.arange(32 * 32 * 3 * 2) % 251).to(torch.uint8).view(32, 32, 3, 2).numpy()
    scipy.io.savemat(tmp_path / "train_32x32.mat", {"X": values, "y": torch.tensor([[10], [4]]).numpy()})
    md5 = utils.calculate_md5(tmp_path / "train_32x32.mat")
    monkeypatch.setitem(datasets.SVHN.split_list, "train", ["address", "train_32x32.mat", md5])
    data = datasets.SVHN(tmp_path)
    assert data.data.shape == (2, 3, 32, 32) and data.labels.tolist() == [0, 4] and data[1][1] == 4
    assert data[1][0].getpixel((2, 1)) == tuple(values[1, 2, :, 1].tolist())


@pytest.fixture
def animals(tmp_path):
    """Pictures of two classes in folders."""
    for name in ("dog", "cat"):
        (tmp_path / name / "old").mkdir(parents=True)
        (tmp_path / name / "notes.txt").write_text("no picture")
        Image.new("L", (4, 3), 7).save(tmp_path / name / "b.png")
        Image.new("RGB", (4, 3), (1, 2, 3)).save(tmp_path / name / "old" / "A.PNG")
    return tmp_path


def test_folders_are_classes(animals):
    data = datasets.ImageFolder(animals, transforms.PILToTensor())
    assert data.classes == ["cat", "dog"] and data.class_to_idx == {"cat": 0, "dog": 1}
    assert [path[len(str(animals)) :] for path, _ in data.samples] == [
        "/cat/b.png", "/cat/old/A.PNG", "/dog/b.png", "/dog/old/A.PNG",
    ]  # fmt: skip
    assert data.imgs is data.samples and data.targets == [0, 0, 1, 1]
    assert data[0][0].unique().tolist() == [7] and data[3][0][:, 0, 0].tolist() == [1, 2, 3] and data[3][1] == 1


def test_files_are_chosen_by_extension_or_by_a_function(animals):
    texts = datasets.DatasetFolder(animals, lambda path: open(path).read(), ("txt",))  # noqa: SIM115
    assert len(texts) == 2
    assert len(datasets.ImageFolder(animals, is_valid_file=lambda path: path.endswith("b.png"))) == 2
    with pytest.raises(ValueError, match="cannot be None or not None at the same time"):
        datasets.folder.make_dataset(animals)


def test_empty_classes_are_refused_unless_they_are_allowed(animals):
    (animals / "bird").mkdir()
    with pytest.raises(FileNotFoundError, match=r"Found no valid file for the classes bird\. Supported extensions are"):
        datasets.ImageFolder(animals)
    assert datasets.ImageFolder(animals, allow_empty=True).classes == ["bird", "cat", "dog"]
    with pytest.raises(FileNotFoundError, match="Couldn't find any class folder"):
        datasets.ImageFolder(animals / "bird")


def test_fake_images_are_the_same_each_time_and_leave_the_stream():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    data = datasets.FakeData(3, (1, 2, 2), 10, transforms.PILToTensor())
    assert data[1][0].tolist() == data[1][0].tolist() and torch.equal(torch.rand(1), expected)
    assert data[2][1] == datasets.FakeData(3, (1, 2, 2), 10, random_offset=2)[0][1]
    with pytest.raises(IndexError, match="FakeData index out of range"):
        data[3]


def test_either_one_transform_or_two():
    with pytest.raises(ValueError, match="Only transforms or transform/target_transform can be passed as argument"):
        datasets.VisionDataset("root", transforms=len, transform=len)


@pytest.fixture
def network(monkeypatch):
    """A network of what a test puts into it."""
    files = {}

    def urlopen(request):
        if request.full_url not in files:
            raise urllib.error.URLError("no network")
        import io

        return io.BytesIO(files[request.full_url])

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return files


def test_a_download_is_checked_and_unpacked(tmp_path, network, monkeypatch):
    files, resources = {}, []
    for part in ("train", "t10k"):
        files[f"{part}-images-idx3-ubyte.gz"] = idx(pictures(2))
        files[f"{part}-labels-idx1-ubyte.gz"] = idx(torch.tensor([4, 2], dtype=torch.uint8))
    for name, data in files.items():
        packed = gzip.compress(data)
        network["http://second/" + name] = packed
        resources.append((name, hashlib.md5(packed).hexdigest()))
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://first/", "http://second/"])
    monkeypatch.setattr(datasets.MNIST, "resources", resources)
    assert datasets.MNIST(tmp_path, download=True).targets.tolist() == [4, 2]
    network.clear()
    assert len(datasets.MNIST(tmp_path, download=True)) == 2  # nothing is asked for again


def test_a_download_without_a_network_is_refused_in_clear_words(tmp_path, network):
    with pytest.raises(RuntimeError, match=r"Error downloading train-images-idx3-ubyte.gz:\nTried https://ossci(.|\n)*"
                       r"cannot be downloaded to(.|\n)*no network"):  # fmt: skip
        datasets.MNIST(tmp_path, download=True)
    with pytest.raises(urllib.error.URLError, match="cannot be downloaded to"):
        datasets.CIFAR10(tmp_path, download=True)
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_file_with_another_md5_is_refused(tmp_path, network):
    network["http://place/file"] = b"content"
    utils.download_url("http://place/file", tmp_path, md5=hashlib.md5(b"content").hexdigest())
    with pytest.raises(RuntimeError, match=r"File not found or corrupted\."):
        utils.download_url("http://place/file", tmp_path, "second", md5="0")


def test_archives_are_unpacked_by_their_suffix_and_stay_in_their_folder(tmp_path):
    (tmp_path / "text").write_text("inside")
    with tarfile.open(tmp_path / "good.tar.gz", "w:gz") as file:
        file.add(tmp_path / "text", "folder/text")
    with tarfile.open(tmp_path / "bad.tgz", "w:gz") as file:
        file.add(tmp_path / "text", "../outside")
    utils.extract_archive(str(tmp_path / "good.tar.gz"), tmp_path / "to")
    assert (tmp_path / "to" / "folder" / "text").read_text() == "inside"
    with pytest.raises(tarfile.OutsideDestinationError):
        utils.extract_archive(tmp_path / "bad.tgz", tmp_path / "to")
    with pytest.raises(RuntimeError, match=r"Unknown compression or archive type: '.rar'"):
        utils.extract_archive(tmp_path / "file.rar")
