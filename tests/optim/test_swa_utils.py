"""Averages of a model's weights: means, averages that fade, batch normalizations of the average, its schedule."""

import copy
import pickle

import pytest

import tinytorch as torch
from tinytorch import nn, optim
from tinytorch.optim.swa_utils import (
    SWALR,
    AveragedModel,
    get_ema_avg_fn,
    get_ema_multi_avg_fn,
    get_swa_multi_avg_fn,
    update_bn,
)


def line(weight):
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(weight)
    return model


def averaged(weights, **options):
    """The weight of the average after models with these weights."""
    model = AveragedModel(line(0.0), **options)
    for weight in weights:
        model.update_parameters(line(weight))
    return model.module.weight.item()


def test_the_average_is_the_plain_mean():
    assert averaged([2.0, 4.0, 9.0]) == 5.0
    assert averaged([2.0, 4.0, 9.0], multi_avg_fn=get_swa_multi_avg_fn()) == pytest.approx(5.0)


@pytest.mark.parametrize("options", [{"avg_fn": get_ema_avg_fn(0.5)}, {"multi_avg_fn": get_ema_multi_avg_fn(0.5)}])
def test_the_average_fades(options):
    assert averaged([2.0, 4.0, 9.0], **options) == 6.0


def test_the_model_itself_stays_and_the_number_of_models_is_in_the_state():
    model = line(3.0)
    average = AveragedModel(model)
    for _ in range(2):
        average.update_parameters(model)
        with torch.no_grad():
            model.weight.add_(1.0)
    assert list(average.state_dict()) == ["n_averaged", "module.weight"]
    assert (average.n_averaged.item(), average(torch.ones(1)).item(), model.weight.item()) == (2, 3.5, 5.0)


def test_buffers_are_copied_or_averaged():
    models = [nn.BatchNorm1d(1) for _ in range(2)]
    for model, mean in zip(models, (2.0, 4.0), strict=True):
        model.running_mean.fill_(mean)
    for use_buffers, expected in ((False, 4.0), (True, 3.0)):
        average = AveragedModel(models[0], use_buffers=use_buffers)
        for model in models:
            average.update_parameters(model)
        assert average.module.running_mean.item() == expected


def test_batch_normalizations_find_the_mean_of_all_batches():
    model = nn.Sequential(nn.BatchNorm1d(1, momentum=0.25)).eval()
    update_bn([(torch.tensor([[1.0], [3.0]]), None), torch.tensor([[4.0], [8.0]])], model)
    assert (model[0].running_mean.item(), model[0].running_var.item()) == pytest.approx((4.0, 5.0))
    assert (model[0].momentum, model.training) == (0.25, False)


def test_an_average_can_be_copied_and_pickled():
    average = AveragedModel(line(3.0))
    average.update_parameters(line(5.0))
    for again in (copy.deepcopy(average), pickle.loads(pickle.dumps(average))):
        again.update_parameters(line(7.0))
        assert again.module.weight.item() == 6.0
    assert average.module.weight.item() == 5.0


def test_only_one_way_to_average_may_be_given():
    with pytest.raises(AssertionError, match="Only one of avg_fn and multi_avg_fn should be provided"):
        AveragedModel(line(1.0), avg_fn=get_ema_avg_fn(), multi_avg_fn=get_ema_multi_avg_fn())


@pytest.mark.parametrize("make", [get_ema_avg_fn, get_ema_multi_avg_fn])
def test_a_decay_is_a_share(make):
    with pytest.raises(ValueError, match=r"Invalid decay value 1\.5 provided"):
        make(1.5)


def test_the_rate_goes_to_that_of_the_average():
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler, found = SWALR(optimizer, 0.5, anneal_epochs=4, anneal_strategy="linear"), []
    for _ in range(6):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert found == pytest.approx([1.0, 0.875, 0.75, 0.625, 0.5, 0.5])
