"""Tensors in memory that processes share: how they move there, what is sent, and what others see of it."""

import gc
import multiprocessing
import os
from multiprocessing.reduction import ForkingPickler

import pytest

import tinytorch as torch
import tinytorch.multiprocessing as mp
from tinytorch import nn
from tinytorch.utils.data import DataLoader

FORK = multiprocessing.get_context("fork")


def run(function, *args):
    """Run a function in a forked process."""
    process = FORK.Process(target=function, args=args)
    process.start()
    process.join(30)
    assert process.exitcode == 0


def test_shared_memory_is_written_by_other_processes():
    private, shared = torch.zeros(3), torch.zeros(3).share_memory_()
    assert (private.is_shared(), shared.is_shared(), shared.untyped_storage().is_shared()) == (False, True, True)
    run(lambda: (private.fill_(1), shared.fill_(1)))
    assert (private.tolist(), shared.tolist()) == ([0.0] * 3, [1.0] * 3)


def test_values_layout_and_flags_stay_when_a_tensor_moves():
    tensor = torch.arange(12.0).view(3, 4).t()[1:].requires_grad_()
    before = tensor.tolist()
    assert tensor.share_memory_() is tensor
    assert (tensor.tolist(), tensor.stride(), tensor.storage_offset()) == (before, (1, 4), 1)
    assert tensor.requires_grad and tensor.is_shared()


def test_a_view_moves_with_its_base():
    base = torch.zeros(4)
    view = base[1:]
    view.share_memory_()
    view.fill_(2)
    assert base.tolist() == [0.0, 2.0, 2.0, 2.0] and base.is_shared()


def test_memory_moves_once():
    tensor = torch.zeros(3).share_memory_()
    place = tensor.data_ptr()
    assert tensor.share_memory_().data_ptr() == place


def test_a_model_is_trained_by_several_processes():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    assert model.share_memory() is model
    before = model[0].weight.detach().clone()

    def train():
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        for _ in range(3):
            optimizer.zero_grad()
            model(torch.randn(8, 3)).square().sum().backward()
            optimizer.step()

    for number in range(2):
        run(train)
        assert model[1].num_batches_tracked.item() == 3 * (number + 1)
    assert not torch.equal(model[0].weight, before)


def test_a_queue_sends_memory_and_not_values():
    queue, tensor = FORK.Queue(), torch.ones(3)
    queue.put([tensor, nn.Parameter(torch.ones(2)), torch.ones(2, dtype=torch.bfloat16), torch.empty(0, 2)])
    there, parameter, half, empty = queue.get(timeout=30)
    there[0] = 5
    assert tensor.tolist() == [5.0, 1.0, 1.0] and tensor.is_shared()
    assert type(parameter) is nn.Parameter and parameter.requires_grad
    assert (half.dtype, half.tolist(), empty.shape) == (torch.bfloat16, [1.0, 1.0], (0, 2))
    queue.close()
    queue.join_thread()


def test_what_another_process_sent_stays_after_its_end():
    queue = FORK.Queue()

    def send():
        tensor = torch.arange(5)
        queue.put(tensor)
        while tensor[0] == 0:  # until it was received
            pass

    process = FORK.Process(target=send)
    process.start()
    tensor = queue.get(timeout=30)
    tensor[0] = 7
    process.join(30)
    assert (process.exitcode, tensor.tolist()) == (0, [7, 1, 2, 3, 4])
    queue.close()


def test_views_of_one_memory_still_share_it_where_they_arrive():
    base = torch.zeros(4)
    one, other = ForkingPickler.loads(ForkingPickler.dumps([base, base.view(2, 2)]))
    one[3] = 1
    assert other[1, 1] == 1 and base[3] == 1


def test_a_result_that_requires_grad_is_not_sent():
    with pytest.raises(RuntimeError, match="Cowardly refusing to serialize non-leaf tensor which requires_grad"):
        ForkingPickler.dumps(torch.ones(2, requires_grad=True) * 2)


def test_no_file_stays_open_when_the_last_tensor_goes():
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    tensors = [torch.zeros(10).share_memory_() for _ in range(20)]
    assert len(os.listdir("/proc/self/fd")) > before
    del tensors
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == before


def test_strategies_have_names():
    assert mp.get_all_sharing_strategies() == {"file_descriptor", "file_system"}
    before = mp.get_sharing_strategy()
    mp.set_sharing_strategy("file_system")
    assert mp.get_sharing_strategy() == "file_system"
    mp.set_sharing_strategy(before)
    with pytest.raises(AssertionError, match="invalid sharing strategy 'other', expected one of"):
        mp.set_sharing_strategy("other")


def test_what_multiprocessing_has_is_here_too():
    for name in multiprocessing.__all__:
        assert getattr(mp, name) == getattr(multiprocessing, name)


def test_a_thread_is_named():
    before = mp._get_thread_name()
    mp._set_thread_name("a_long_name_of_a_thread")
    assert mp._get_thread_name() == "a_long_name_of_"
    mp._set_thread_name(before)


def test_storages_of_shared_memory_are_made_as_older_programs_do():
    batch = [torch.ones(2), torch.zeros(2)]
    for storage in (batch[0]._typed_storage()._new_shared(4), batch[0].untyped_storage()._new_shared(16)):
        out = batch[0].new(storage).resize_(2, 2)
        assert torch.stack(batch, 0, out=out).tolist() == [[1.0, 1.0], [0.0, 0.0]]
        assert out.is_shared() and out.storage_offset() == 0


def test_a_batch_can_be_sent_on():
    (batch,) = DataLoader(torch.ones(1, 9000), num_workers=1)
    there = ForkingPickler.loads(ForkingPickler.dumps(batch))
    there[0, 0] = 5
    assert batch[0, :2].tolist() == [5.0, 1.0]
