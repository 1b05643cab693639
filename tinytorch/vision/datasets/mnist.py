"""MNIST and the data sets of its form: images of one channel in idx files, also compressed ones."""

import os
import shutil
import string
import warnings

import tinytorch as torch
from tinytorch.tensor import Tensor
from tinytorch.vision.backend import picture_of
from tinytorch.vision.datasets.texts import verify_str_arg
from tinytorch.vision.datasets.vision import VisionDataset
from tinytorch.vision.download import check_integrity, download_and_extract_archive, extract_archive

DTYPES = {  # by the third byte of an idx file
    8: torch.uint8,
    9: torch.int8,
    11: torch.int16,
    12: torch.int32,
    13: torch.float32,
    14: torch.float64,
}
PARTS = ("train", "t10k")


def renamed(old: str, new: str) -> property:
    """An attribute of before, which warns."""

    def get(self):
        warnings.warn(f"{old} has been renamed {new}", stacklevel=2)
        return getattr(self, new)

    return property(get)


class MNIST(VisionDataset):
    """Handwritten digits, 28 by 28, in `root/MNIST/raw` (LeCun et al., 1998).

    `data` has the images as bytes (N, 28, 28), `targets` the digits. A RuntimeError where the files are not there;
    `download=True` gets them.
    """

    mirrors = ["https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"]
    resources = [
        ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    ]
    classes = [
        "0 - zero", "1 - one", "2 - two", "3 - three", "4 - four", "5 - five", "6 - six", "7 - seven", "8 - eight",
        "9 - nine",
    ]  # fmt: skip
    training_file = "training.pt"  # of older versions
    test_file = "test.pt"
    train_labels, test_labels = renamed("train_labels", "targets"), renamed("test_labels", "targets")
    train_data, test_data = renamed("train_data", "data"), renamed("test_data", "data")

    def __init__(self, root, train: bool = True, transform=None, target_transform=None, download: bool = False) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        old = [os.path.join(self.processed_folder, file) for file in (self.training_file, self.test_file)]
        if all(map(check_integrity, old)):
            self.data, self.targets = torch.load(old[0 if train else 1], weights_only=True)
            return
        if download:
            self.download()
        if not self._check_exists():
            raise RuntimeError("Dataset not found. You can use download=True to download it")
        self.data, self.targets = read_image_file(self.images_file), read_label_file(self.labels_file)

    def __getitem__(self, index: int) -> tuple:
        return self._sample(picture_of(self.data[index].numpy(), "L"), int(self.targets[index]))

    def __len__(self) -> int:
        return len(self.data)

    @property
    def raw_folder(self) -> str:
        """Where the files lie."""
        return os.path.join(self.root, type(self).__name__, "raw")

    @property
    def processed_folder(self) -> str:
        """Where older versions kept theirs."""
        return os.path.join(self.root, type(self).__name__, "processed")

    @property
    def images_file(self) -> str:
        """The file of the images."""
        return os.path.join(self.raw_folder, f"{PARTS[not self.train]}-images-idx3-ubyte")

    @property
    def labels_file(self) -> str:
        """The file of the labels."""
        return os.path.join(self.raw_folder, f"{PARTS[not self.train]}-labels-idx1-ubyte")

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The number of each class."""
        return {name: number for number, name in enumerate(self.classes)}

    def _check_exists(self) -> bool:
        paths = [os.path.join(self.raw_folder, name.removesuffix(".gz")) for name, _ in self.resources]
        return all(map(there, paths))

    def download(self) -> None:
        """Get the files, from one of the mirrors; a RuntimeError if none of them gives them."""
        if self._check_exists():
            return
        from urllib.error import URLError

        os.makedirs(self.raw_folder, exist_ok=True)
        for filename, md5 in self.resources:
            errors = []
            for mirror in self.mirrors:
                try:
                    download_and_extract_archive(
                        f"{mirror}{filename}", download_root=self.raw_folder, filename=filename, md5=md5
                    )
                except (RuntimeError, URLError) as error:
                    errors.append(f"Tried {mirror}, got:\n{error}\n")
                else:
                    break
            else:
                raise RuntimeError("".join([f"Error downloading {filename}:\n", *errors]))

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train is True else 'Test'}"


class FashionMNIST(MNIST):
    """Pictures of clothes in the form of MNIST (Xiao et al., 2017)."""

    mirrors = ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"]
    resources = [
        ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    ]
    classes = [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]  # fmt: skip


class KMNIST(MNIST):
    """Handwritten Japanese syllables in the form of MNIST (Clanuwat et al., 2018)."""

    mirrors = ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"]
    resources = [
        ("train-images-idx3-ubyte.gz", "bdb82020997e1d708af4cf47b453dcf7"),
        ("train-labels-idx1-ubyte.gz", "e144d726b3acfaa3e44228e80efcd344"),
        ("t10k-images-idx3-ubyte.gz", "5c965bf0a639b31b8f53240b1b52f4d7"),
        ("t10k-labels-idx1-ubyte.gz", "7320c461ea6c1c855c0b718fb2a4b134"),
    ]
    classes = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]


class EMNIST(MNIST):
    """Handwritten letters and digits in the form of MNIST, in six splits (Cohen et al., 2017)."""

    url = "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"
    md5 = "58c8d27c78d21e728a6bc7b3cc06412e"
    splits = ("byclass", "bymerge", "balanced", "letters", "digits", "mnist")
    _merged_classes = set("cijklmopsuvwxyz")  # as large letters
    _all_classes = set(string.digits + string.ascii_letters)
    classes_split_dict = {
        "byclass": sorted(_all_classes),
        "bymerge": sorted(_all_classes - _merged_classes),
        "balanced": sorted(_all_classes - _merged_classes),
        "letters": ["N/A", *string.ascii_lowercase],
        "digits": list(string.digits),
        "mnist": list(string.digits),
    }

    def __init__(self, root, split: str, **kwargs) -> None:
        self.split = verify_str_arg(split, "split", self.splits)
        self.training_file, self.test_file = f"training_{split}.pt", f"test_{split}.pt"
        super().__init__(root, **kwargs)
        self.classes = self.classes_split_dict[self.split]

    def _file(self, kind: str) -> str:
        return os.path.join(self.raw_folder, f"emnist-{self.split}-{'train' if self.train else 'test'}-{kind}")

    @property
    def images_file(self) -> str:
        return self._file("images-idx3-ubyte")

    @property
    def labels_file(self) -> str:
        return self._file("labels-idx1-ubyte")

    def _check_exists(self) -> bool:
        return all(map(there, (self.images_file, self.labels_file)))

    def download(self) -> None:
        """Get the files of all splits."""
        if self._check_exists():
            return
        os.makedirs(self.raw_folder, exist_ok=True)
        download_and_extract_archive(self.url, download_root=self.raw_folder, md5=self.md5)
        folder = os.path.join(self.raw_folder, "gzip")
        for file in os.listdir(folder):
            if file.endswith(".gz"):
                extract_archive(os.path.join(folder, file), self.raw_folder)
        shutil.rmtree(folder)


def there(path: str) -> bool:
    """Whether a file is there, as it is or compressed."""
    return os.path.isfile(path) or os.path.isfile(path + ".gz")


def read_sn3_pascalvincent_tensor(path, strict: bool = True) -> Tensor:
    """The tensor of an idx file, which may be compressed (`.gz`).

    A ValueError for a file that is no idx file, or of another length than it says; a longer one is read without
    `strict`.
    """
    data = bytes_of(os.fspath(path))
    dtype, dimensions = DTYPES.get(data[2] if len(data) > 3 else None), data[3] if len(data) > 3 else 0
    start = 4 * (dimensions + 1)
    if dtype is None or data[:2] != b"\0\0" or not 1 <= dimensions <= 3 or len(data) < start:
        raise ValueError(f"{path} is no idx file")
    shape = [int.from_bytes(data[place : place + 4], "big") for place in range(4, start, 4)]
    count = dtype.itemsize
    for size in shape:
        count *= size
    if len(data) - start < count or (strict and len(data) - start > count):
        raise ValueError(f"{path} says it has {count} bytes for a shape of {shape}, but it has {len(data) - start}")
    values = bytearray(data[start : start + count])
    if dtype.itemsize > 1:  # they lie in the order of big machines
        single = torch.frombuffer(values, dtype=torch.uint8).view(-1, dtype.itemsize).flip(-1)
        return single.contiguous().view(-1).view(dtype).view(*shape)
    return (torch.frombuffer(values, dtype=dtype) if count else torch.empty(0, dtype=dtype)).view(*shape)


def bytes_of(path: str) -> bytes:
    """The bytes of a file, or of the compressed file (`.gz`) where it is not there."""
    if os.path.exists(path) and not path.endswith(".gz"):
        with open(path, "rb") as file:
            return file.read()
    import gzip

    with gzip.open(path.removesuffix(".gz") + ".gz") as file:
        return file.read()


def read_label_file(path) -> Tensor:
    """The labels of an idx file, int64; a TypeError or ValueError if it holds something else."""
    return checked(read_sn3_pascalvincent_tensor(path, strict=False), 1, "1 dimension").long()


def read_image_file(path) -> Tensor:
    """The images of an idx file, bytes (N, H, W); a TypeError or ValueError if it holds something else."""
    return checked(read_sn3_pascalvincent_tensor(path, strict=False), 3, "3 dimension")


def checked(values: Tensor, dimensions: int, shown: str) -> Tensor:
    """Bytes of so many dimensions."""
    if values.dtype != torch.uint8:
        raise TypeError(f"x should be of dtype torch.uint8 instead of {values.dtype}")
    if values.ndim != dimensions:
        raise ValueError(f"x should have {shown} instead of {values.ndim}")
    return values
