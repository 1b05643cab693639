"""SVHN: house numbers seen from the street (Netzer et al., 2011)."""

import os

from tinytorch.vision.backend import picture_of
from tinytorch.vision.datasets.texts import verify_str_arg
from tinytorch.vision.datasets.vision import VisionDataset
from tinytorch.vision.download import check_integrity, download_url


class SVHN(VisionDataset):
    """Digits of 32 by 32 of one split, "train", "test" or "extra", in `root/train_32x32.mat` and the like.

    `data` has them as an array of bytes (N, 3, 32, 32), `labels` the digits. A RuntimeError where the file is not there
    or is not the right one; `download=True` gets it.
    """

    split_list = {
        split: [f"http://ufldl.stanford.edu/housenumbers/{split}_32x32.mat", f"{split}_32x32.mat", md5]
        for split, md5 in (
            ("train", "e26dedcc434d2e4c54c9b2d4a06d8373"),
            ("test", "eb5a983be6a315427106f1b164d9cef3"),
            ("extra", "a93ce644f1a588dc4d68dda5feec44a7"),
        )
    }

    def __init__(
        self, root, split: str = "train", transform=None, target_transform=None, download: bool = False
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.split = verify_str_arg(split, "split", tuple(self.split_list))
        self.url, self.filename, self.file_md5 = self.split_list[split]
        if download:
            self.download()
        if not self._check_integrity():
            raise RuntimeError("Dataset not found or corrupted. You can use download=True to download it")
        import scipy.io

        loaded = scipy.io.loadmat(os.path.join(self.root, self.filename))
        self.labels = loaded["y"].astype("int64").squeeze()
        self.labels[self.labels == 10] = 0  # the file calls the digit 0 so
        self.data = loaded["X"].transpose(3, 2, 0, 1)

    def __getitem__(self, index: int) -> tuple:
        return self._sample(picture_of(self.data[index].transpose(1, 2, 0), "RGB"), int(self.labels[index]))

    def __len__(self) -> int:
        return len(self.data)

    def _check_integrity(self) -> bool:
        return check_integrity(os.path.join(self.root, self.filename), self.file_md5)

    def download(self) -> None:
        """Get the file, and check it."""
        download_url(self.url, self.root, self.filename, self.file_md5)

    def extra_repr(self) -> str:
        return f"Split: {self.split}"
