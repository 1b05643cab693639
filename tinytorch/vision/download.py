"""Files of the network: downloaded once, checked by their MD5, and unpacked.

What reads the network and archives is imported at first use: programs have their files, as a rule.
"""

import hashlib
import importlib
import os
import shutil
from pathlib import Path

USER_AGENT = "pytorch/vision"
PIECE = 1 << 20
PACKERS = {".bz2": "bz2", ".gz": "gzip", ".xz": "lzma"}  # modules of Python
ALIASES = {".tbz": (".tar", ".bz2"), ".tbz2": (".tar", ".bz2"), ".tgz": (".tar", ".gz")}
ARCHIVES = (".tar", ".zip")


def calculate_md5(fpath, chunk_size: int = PIECE) -> str:
    """The MD5 of a file."""
    found = hashlib.md5(usedforsecurity=False)
    with open(fpath, "rb") as file:
        while piece := file.read(chunk_size):
            found.update(piece)
    return found.hexdigest()


def check_md5(fpath, md5: str, **kwargs) -> bool:
    """Whether a file has this MD5."""
    return md5 == calculate_md5(fpath, **kwargs)


def check_integrity(fpath, md5: str | None = None) -> bool:
    """Whether a file is there, with this MD5 if one is given."""
    return os.path.isfile(fpath) and (md5 is None or check_md5(fpath, md5))


def fetch(url: str, path) -> None:
    """Download a file whole, or not at all; a URLError that says so where there is no network."""
    import urllib.error
    import urllib.request

    part = f"{os.fspath(path)}.part"
    request = urllib.request.Request(url, headers={"User-Agent": USER_AGENT})
    try:
        with urllib.request.urlopen(request) as response, open(part, "wb") as file:
            shutil.copyfileobj(response, file, PIECE)
        os.replace(part, path)
    except urllib.error.URLError as error:
        raise urllib.error.URLError(f"{url} cannot be downloaded to {os.fspath(path)}: {error}") from error
    finally:
        Path(part).unlink(missing_ok=True)


def download_url(url: str, root, filename=None, md5: str | None = None, max_redirect_hops: int = 3) -> None:
    """Download a file into a folder unless it is there; a RuntimeError if its MD5 is another."""
    root = os.path.expanduser(root)
    path = os.path.join(root, filename or os.path.basename(url))
    os.makedirs(root, exist_ok=True)
    if check_integrity(path, md5):
        return
    fetch(url, path)
    if not check_integrity(path, md5):
        raise RuntimeError("File not found or corrupted.")


def extract_archive(from_path, to_path=None, remove_finished: bool = False):
    """Unpack a .tar, .zip, .gz, .bz2 or .xz, also compressed archives, and give the path of what came out.

    Nothing is written outside the folder. A RuntimeError for another kind of file.
    """
    to_path = os.path.dirname(from_path) if to_path is None else to_path
    suffix, archive, compression = kind_of(from_path)
    if archive == ".tar":
        import tarfile

        with tarfile.open(from_path, f"r:{compression[1:]}" if compression else "r") as file:
            file.extractall(to_path, filter="data")
    elif archive == ".zip":
        import zipfile

        with zipfile.ZipFile(from_path) as file:
            file.extractall(to_path)
    else:
        to_path = os.path.join(to_path, os.path.basename(from_path).replace(suffix, ""))
        packer = importlib.import_module(PACKERS[compression])
        with packer.open(from_path, "rb") as packed, open(to_path, "wb") as file:
            shutil.copyfileobj(packed, file)
    if remove_finished:
        os.remove(from_path)
    return os.fspath(to_path) if isinstance(from_path, str) else Path(to_path)


def kind_of(path) -> tuple[str, str | None, str | None]:
    """The suffix of a file, and what archive and what compression it says."""
    suffixes = Path(path).suffixes
    if not suffixes:
        raise RuntimeError(
            f"File '{path}' has no suffixes that could be used to detect the archive type and compression."
        )
    last = suffixes[-1]
    if last in ALIASES:
        return last, *ALIASES[last]
    if last in ARCHIVES:
        return last, last, None
    if last in PACKERS:
        before = suffixes[-2] if len(suffixes) > 1 else None
        return (before + last, before, last) if before in ARCHIVES else (last, None, last)
    valid = sorted({*ALIASES, *ARCHIVES, *PACKERS})
    raise RuntimeError(f"Unknown compression or archive type: '{last}'.\nKnown suffixes are: '{valid}'.")


def download_and_extract_archive(
    url: str, download_root, extract_root=None, filename=None, md5: str | None = None, remove_finished: bool = False
) -> None:
    """Download an archive into a folder unless it is there, and unpack it."""
    download_root = os.path.expanduser(download_root)
    filename = filename or os.path.basename(url)
    download_url(url, download_root, filename, md5)
    extract_archive(os.path.join(download_root, filename), extract_root or download_root, remove_finished)
