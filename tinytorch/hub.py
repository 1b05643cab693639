"""torch.hub: files from the web, kept in a folder, and models that a repository on this machine describes."""

import contextlib
import hashlib
import importlib.util
import os
import re
import sys
import uuid
from urllib.parse import urlparse

from tinytorch.serialization import load as load_file

HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")  # of resnet18-bfd8deac.pth the letters in the middle
DESCRIPTION = "hubconf.py"
CHUNK = 128 * 1024


class Folder:
    """Where files are kept, if a program has said so."""

    path = None


def get_dir():
    """The folder of `set_dir`, or `hub` in `$TORCH_HOME`, by default in `~/.cache/torch`."""
    return os.path.join(_get_torch_home(), "hub") if Folder.path is None else Folder.path


def set_dir(d):
    """Keep files in this folder from now on."""
    Folder.path = os.path.expanduser(d)


def _get_torch_home():
    """`$TORCH_HOME`, or `torch` in the user's cache."""
    cache = os.getenv("XDG_CACHE_HOME", "~/.cache")
    return os.path.expanduser(os.getenv("TORCH_HOME", os.path.join(cache, "torch")))


# Files


class Progress:
    """How much is there, on one line of the terminal, where the package `tqdm` is not installed."""

    def __init__(self, total=None, disable=False, **settings):
        self.total, self.disable, self.n = total, disable, 0

    def update(self, n):
        """Count so many bytes more."""
        self.n += n
        if not self.disable:
            sys.stderr.write(f"\r{100 * self.n / self.total:.1f}%" if self.total else f"\r{self.n:.1f} bytes")
            sys.stderr.flush()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if not self.disable:
            sys.stderr.write("\n")


def download_url_to_file(url, dst, hash_prefix=None, progress=True):
    """Write what stands at an address into a file, which appears when it is complete.

    A RuntimeError if its SHA256 does not begin with `hash_prefix`.
    """
    from urllib.request import Request, urlopen

    try:
        from tqdm import tqdm
    except ImportError:
        tqdm = Progress
    dst = os.path.expanduser(dst)
    partial = f"{dst}.{uuid.uuid4().hex}.partial"
    found = hashlib.sha256()
    try:
        with urlopen(Request(url, headers={"User-Agent": "torch.hub"})) as source, open(partial, "wb") as file:
            length = source.info().get("Content-Length")
            total = None if length is None else int(length)
            with tqdm(total=total, disable=not progress, unit="B", unit_scale=True, unit_divisor=1024) as shown:
                while chunk := source.read(CHUNK):
                    file.write(chunk)
                    found.update(chunk)
                    shown.update(len(chunk))
        digest = found.hexdigest()
        if hash_prefix is not None and digest[: len(hash_prefix)] != hash_prefix:
            raise RuntimeError(f'invalid hash value (expected "{hash_prefix}", got "{digest}")')
        os.replace(partial, dst)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.remove(partial)


def load_state_dict_from_url(
    url,
    model_dir=None,
    map_location=None,
    progress=True,
    check_hash=False,
    file_name=None,
    weights_only=False,
):
    """What `torch.load` makes of the file at an address, which is downloaded the first time and kept.

    With `check_hash` its name ends in the beginning of its SHA256, as in `resnet18-bfd8deac.pth`.
    """

    model_dir = os.path.join(get_dir(), "checkpoints") if model_dir is None else model_dir
    os.makedirs(model_dir, exist_ok=True)
    name = os.path.basename(urlparse(url).path) if file_name is None else file_name
    path = os.path.join(model_dir, name)
    if not os.path.exists(path):
        sys.stdout.write(f'Downloading: "{url}" to {path}\n')
        named = HASH_REGEX.search(name) if check_hash else None
        download_url_to_file(url, path, named and named.group(1), progress)
    return load_file(path, map_location=map_location, weights_only=weights_only)


# Models of a repository


def load(
    repo_or_dir,
    model,
    *args,
    source="github",
    trust_repo="check",
    force_reload=False,
    verbose=True,
    skip_validation=False,
    **kwargs,
):
    """What a function of the `hubconf.py` of a repository gives for these arguments.

    `source="local"` is a folder; of GitHub only what stands in `get_dir()` already is used, under `owner_name_branch`,
    and what is not trusted is asked about, as in PyTorch. A NotImplementedError for what would have to be downloaded.
    """
    source = source.lower()
    if source not in ("github", "local"):
        raise ValueError(f'Unknown source: "{source}". Allowed values: "github" | "local".')
    folder = kept(repo_or_dir, trust_repo, force_reload, verbose) if source == "github" else repo_or_dir
    with described(folder) as description:
        return entry(description, model)(*args, **kwargs)


def list(github, force_reload=False, skip_validation=False, trust_repo="check", verbose=True):
    """The names of the functions of a repository's `hubconf.py`."""
    with described(kept(github, trust_repo, force_reload, verbose)) as description:
        names = [name for name in dir(description) if not name.startswith("_")]
        return [name for name in names if callable(getattr(description, name))]


def help(github, model, force_reload=False, skip_validation=False, trust_repo="check"):
    """The documentation of a function of a repository's `hubconf.py`."""
    with described(kept(github, trust_repo, force_reload, True)) as description:
        return entry(description, model).__doc__


def kept(github, trust_repo, force_reload, verbose):
    """The folder of a repository of GitHub that is here already."""
    repository, _, branch = github.partition(":")
    owner, name = repository.split("/")
    branches = [branch.replace("/", "_")] if branch else ["main", "master"]
    folders = [os.path.join(get_dir(), f"{owner}_{name}_{each}") for each in branches]
    found = [each for each in folders if os.path.exists(each)]
    if force_reload or not found:
        raise NotImplementedError(
            f"torch.hub: tinytorch downloads no code: put the repository {repository} into {folders[0]}, or load it "
            'with source="local"'
        )
    if trust_repo is False:  # one that is here was trusted before
        ask(f"{owner}_{name}")
    if verbose:
        sys.stderr.write(f"Using cache found in {found[0]}\n")
    return found[0]


def ask(name):
    """An Exception unless the user trusts a repository."""
    answer = input(
        f"The repository {name} does not belong to the list of trusted repositories and as such cannot be downloaded. "
        "Do you trust this repository and wish to add it to the trusted list of repositories (y/N)?"
    )
    if answer.lower() in ("n", "no", ""):
        raise Exception("Untrusted repository.")
    if answer.lower() not in ("y", "yes"):
        raise ValueError(f"Unrecognized response {answer}.")


@contextlib.contextmanager
def described(folder):
    """The `hubconf.py` of a folder as a module, which finds its neighbours while this lasts."""
    sys.path.insert(0, folder)
    try:
        place = importlib.util.spec_from_file_location(DESCRIPTION, os.path.join(folder, DESCRIPTION))
        module = importlib.util.module_from_spec(place)
        place.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(folder)


def entry(description, model):
    """A function of a `hubconf.py`; a RuntimeError if there is none, or if it wants packages that are not installed."""
    if not isinstance(model, str):
        raise ValueError("Invalid input: model should be a string of function name")
    wanted = getattr(description, "dependencies", None) or ()
    missing = [name for name in wanted if importlib.util.find_spec(name) is None]
    if missing:
        raise RuntimeError(f"Missing dependencies: {', '.join(missing)}")
    found = getattr(description, model, None)
    if not callable(found):
        raise RuntimeError(f"Cannot find callable {model} in hubconf")
    return found
