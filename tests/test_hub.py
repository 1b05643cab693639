"""torch.hub: files are downloaded once and checked, and a repository on this machine describes its models."""

import hashlib

import pytest

import tinytorch as torch
from tinytorch import hub
from tinytorch.utils import model_zoo


@pytest.fixture
def folder(tmp_path):
    hub.set_dir(tmp_path / "hub")
    yield tmp_path
    hub.Folder.path = None


def saved(folder):
    path = folder / "weights.pth"
    torch.save({"weight": torch.ones(2)}, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    named = folder / f"net-{digest[:8]}.pth"
    path.rename(named)
    return named


def test_the_folder_is_that_of_the_environment_or_what_was_set(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert hub.get_dir() == str(tmp_path / "hub")
    hub.set_dir(str(tmp_path / "own"))
    assert hub.get_dir() == str(tmp_path / "own")
    hub.Folder.path = None


def test_weights_are_downloaded_once(folder, capsys):
    path = saved(folder)
    state = hub.load_state_dict_from_url(path.as_uri(), map_location="cpu", progress=False, check_hash=True)
    assert state["weight"].tolist() == [1.0, 1.0] and "Downloading: " in capsys.readouterr().out
    path.unlink()
    assert model_zoo.load_url(path.as_uri())["weight"].tolist() == [1.0, 1.0]
    assert capsys.readouterr().out == ""


def test_a_file_with_another_hash_does_not_stay(folder):
    path = saved(folder)
    target = folder / "copy.pth"
    with pytest.raises(RuntimeError, match=r'invalid hash value \(expected "0000", got'):
        hub.download_url_to_file(path.as_uri(), str(target), hash_prefix="0000", progress=False)
    assert sorted(folder.iterdir()) == [path]
    hub.download_url_to_file(path.as_uri(), str(target), progress=False)
    assert target.read_bytes() == path.read_bytes()


def describe(folder):
    folder.mkdir(parents=True)
    (folder / "hubconf.py").write_text(
        'dependencies = ["numpy"]\n\n\ndef net(size, scale=1):\n    "A net."\n    return [size, scale]\n\n\n'
        "def _own():\n    pass\n",
        encoding="utf-8",
    )
    return folder


def test_a_model_of_a_folder_is_loaded(tmp_path):
    folder = str(describe(tmp_path / "repository"))
    assert hub.load(folder, "net", 3, source="local", scale=2) == [3, 2]
    with pytest.raises(RuntimeError, match="Cannot find callable other in hubconf"):
        hub.load(folder, "other", source="local")
    with pytest.raises(ValueError, match='Unknown source: "web"'):
        hub.load(folder, "net", source="web")


def test_a_repository_that_is_kept_is_used(folder):
    describe(folder / "hub" / "owner_name_main")
    assert hub.load("owner/name", "net", 3, verbose=False) == [3, 1]
    assert hub.list("owner/name", verbose=False) == ["net"]
    assert hub.help("owner/name:main", "net") == "A net."


def test_code_is_not_downloaded(folder):
    with pytest.raises(NotImplementedError, match="tinytorch downloads no code: put the repository owner/name into"):
        hub.load("owner/name", "net")


def test_what_a_model_needs_has_to_be_installed(tmp_path):
    folder = describe(tmp_path / "repository")
    (folder / "hubconf.py").write_text('dependencies = ["no_such_package"]\ndef net(): pass\n', encoding="utf-8")
    with pytest.raises(RuntimeError, match="Missing dependencies: no_such_package"):
        hub.load(str(folder), "net", source="local")


def test_programs_find_urlparse_here():
    assert hub.urlparse("https://host/weights.pth").path == "/weights.pth"
