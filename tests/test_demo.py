"""The demonstration: it learns as PyTorch does, reads the held-back digits, and leaves pictures and weights."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import tinytorch
from demo import digits, pictures
from demo.__main__ import check_saved

ROOT = Path(__file__).parent.parent
RECORDED = json.loads((ROOT / "tests" / "golden" / "demo.json").read_text())


@pytest.fixture(scope="module")
def trained():
    return digits.train(tinytorch)


def test_the_loss_of_every_step_is_that_of_pytorch_to_four_digits(trained):
    history, _, _ = trained
    assert history.losses == pytest.approx(RECORDED["losses"], rel=5e-5, abs=0)


def test_the_mean_loss_of_every_epoch_is_that_of_pytorch_to_four_digits(trained):
    history, _, _ = trained
    assert history.epoch_losses == pytest.approx(RECORDED["epoch_losses"], rel=5e-5, abs=0)


def test_as_many_held_back_digits_are_read_as_under_pytorch(trained):
    history, _, _ = trained
    assert history.accuracies == RECORDED["accuracies"]
    assert history.accuracies[-1] >= 0.95


def test_the_progress_is_told_step_by_step_and_epoch_by_epoch():
    steps, epochs = [], []
    history, _, _ = digits.train(
        tinytorch, epochs=2, after_step=steps.append, after_epoch=lambda *each: epochs.append(each)
    )
    assert steps == history.losses and len(steps) == 2 * digits.steps_per_epoch()
    assert epochs == [(place, history.epoch_losses[place], history.accuracies[place]) for place in range(2)]


def test_the_weights_are_saved_and_read_the_same_when_loaded(trained, tmp_path, capsys):
    _, model, held_back = trained
    check_saved(model, held_back, "cpu", tmp_path / "weights.safetensors")
    assert (tmp_path / "weights.safetensors").stat().st_size > 4 * (64 * 128 + 128 * 10)
    assert "read all 599 digits the same" in capsys.readouterr().out


def test_the_pictures_are_drawn(trained, tmp_path):
    history, model, held_back = trained
    pictures.learning_curve(history, tmp_path / "learning_curve.png")
    pictures.predictions(*digits.predict(tinytorch, model, held_back, "cpu"), tmp_path / "predictions.png")
    for name in ("learning_curve.png", "predictions.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_the_command_runs_the_lesson_and_trains(tmp_path):
    command = [sys.executable, "-m", "demo", "--epochs", "1", "--out", str(tmp_path / "out")]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stderr
    assert f"epoch  1   loss {RECORDED['epoch_losses'][0]:.4f}" in finished.stdout
    assert {each.name for each in (tmp_path / "out").iterdir()} == {
        "01_tensors.ipynb", "learning_curve.png", "predictions.png", "weights.safetensors",
    }  # fmt: skip


def test_a_device_that_is_not_there_is_refused_before_anything_runs(tmp_path):
    command = [sys.executable, "-m", "demo", "--device", "nowhere", "--out", str(tmp_path / "out")]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert finished.returncode != 0
    assert "device type at start of device string: nowhere" in finished.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.cuda
def test_the_same_is_learned_on_a_gpu():
    history, _, _ = digits.train(tinytorch, "cuda")
    assert history.epoch_losses == pytest.approx(RECORDED["epoch_losses"], rel=1e-3)
    assert history.accuracies[-1] >= 0.95
