"""torch.utils.tensorboard: what a run writes is what TensorBoard reads."""

import importlib.util

import pytest

import tinytorch as torch

INSTALLED = importlib.util.find_spec("tensorboard") is not None
needs_tensorboard = pytest.mark.skipif(not INSTALLED, reason="the package tensorboard is not installed")


@pytest.mark.skipif(INSTALLED, reason="the package tensorboard is installed")
def test_without_the_package_it_is_the_usual_error():
    with pytest.raises(ModuleNotFoundError, match="No module named 'tensorboard'"):
        import tinytorch.utils.tensorboard  # noqa: F401


def values(folder):
    """What stands in the files of a folder, by tag."""
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    events = [event for path in sorted(folder.glob("events*")) for event in EventFileLoader(str(path)).Load()]
    return {value.tag: (event.step, value) for event in events for value in event.summary.value}


@needs_tensorboard
def test_numbers_histograms_images_and_texts_are_written(tmp_path):
    from tinytorch.utils.tensorboard import SummaryWriter

    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("loss", torch.tensor(0.5), 3)
        writer.add_histogram("weights", torch.arange(4.0), 1)
        writer.add_image("image", torch.rand(3, 4, 5), 2)
        writer.add_images("images", torch.rand(9, 1, 4, 5), 2)
        writer.add_text("note", "text", 4)
        writer.add_scalars("both", {"a": 1, "b": 2}, 5)
    found = values(tmp_path)
    assert found["loss"][0] == 3 and found["loss"][1].tensor.float_val == [0.5]
    assert found["weights"][0] == 1 and {"image", "images", "note/text_summary"} <= found.keys()
    assert values(tmp_path / "both_b")["both"][1].tensor.float_val == [2.0]


@needs_tensorboard
def test_settings_of_a_run_are_written_beside_what_came_of_them(tmp_path):
    from tinytorch.utils.tensorboard import SummaryWriter

    with SummaryWriter(tmp_path) as writer:
        writer.add_hparams({"lr": 0.1, "kind": "sgd"}, {"accuracy": 0.9}, run_name="run")
        with pytest.raises(TypeError, match="hparam_dict and metric_dict should be dictionary"):
            writer.add_hparams(3, {})
        with pytest.raises(NotImplementedError, match="add_graph: tinytorch has no graphs"):
            writer.add_graph(torch.nn.Linear(1, 1))
    assert {"accuracy", "_hparams_/experiment"} <= values(tmp_path / "run").keys()
