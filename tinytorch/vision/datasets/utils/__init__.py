"""torchvision.datasets.utils: files of the network, and arguments that are words."""

from tinytorch.vision.datasets.texts import iterable_to_str, verify_str_arg
from tinytorch.vision.download import (
    calculate_md5,
    check_integrity,
    check_md5,
    download_and_extract_archive,
    download_url,
    extract_archive,
)
