"""Loaders with worker processes: the batches, their order and chance, errors, and that nothing stays behind."""

import gc
import multiprocessing
import os
import random
import re
import signal
import time
from multiprocessing import resource_tracker

import numpy
import pytest

import tinytorch as torch
from tests.utils.data.test_dataset import Counter, Squares
from tinytorch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset, get_worker_info


class Calls(Dataset):
    """What a function gives for each index."""

    def __init__(self, length, function):
        self.length, self.function = length, function

    def __getitem__(self, index):
        return self.function(index)

    def __len__(self):
        return self.length


class Shares(IterableDataset):
    """Of the numbers below `length`, every one that is this worker's turn."""

    def __init__(self, length):
        self.length = length

    def __iter__(self):
        info = get_worker_info()
        return iter(range(info.id, self.length, info.num_workers))


def plain(batches):
    """Batches as Python's numbers."""
    return [batch.tolist() for batch in batches]


def open_files():
    """How many files this process has open."""
    return len(os.listdir("/proc/self/fd"))


@pytest.fixture(autouse=True)
def nothing_stays_behind():
    """After each test there are neither processes nor files that were not there before."""
    resource_tracker.ensure_running()  # which stays, once a process was started afresh
    gc.collect()
    before = open_files()
    yield
    gc.collect()
    assert multiprocessing.active_children() == []
    assert open_files() == before


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("options", [{}, {"batch_size": 3}, {"batch_size": 4, "drop_last": True}, {"batch_size": None}])
def test_batches_come_in_the_order_of_the_sampler(workers, options):
    loader = DataLoader(Squares(10), num_workers=workers, **options)
    assert str(list(loader)) == str(list(DataLoader(Squares(10), **options)))


def test_large_batches_arrive_whole():
    images, labels = torch.randn(20, 3, 40, 40), torch.arange(20)
    loader = DataLoader(TensorDataset(images, labels), batch_size=8, num_workers=2)
    batches = list(loader)  # held together, so that no memory may be used twice
    assert torch.equal(torch.cat([batch[0] for batch in batches]), images)
    assert torch.equal(torch.cat([batch[1] for batch in batches]), labels)
    assert batches[0][0].is_shared()


@pytest.fixture
def no_collector():
    """Nothing may wait for the collector, here and in workers that are forked."""
    gc.disable()
    yield
    gc.enable()


def test_memory_is_used_again_only_when_nobody_holds_the_batch(no_collector):
    loader = DataLoader(Calls(60, lambda index: torch.full((3000,), float(index))), batch_size=3, num_workers=2)
    held, places = [], set()
    for number, batch in enumerate(loader):
        assert batch[:, 0].tolist() == [3.0 * number, 3.0 * number + 1, 3.0 * number + 2]
        places.add(batch.data_ptr())
        if number % 5 == 0:
            held.append(batch[1].numpy())
        del batch
    assert [array[0] for array in held] == [1.0, 16.0, 31.0, 46.0]
    assert len(places) < 16


def test_a_process_that_was_forked_keeps_the_batch_that_it_saw(no_collector):
    loader = iter(DataLoader(Calls(40, lambda index: torch.full((9000,), float(index))), num_workers=1))
    held, context = [next(loader)], multiprocessing.get_context("fork")
    begin, queue = context.Event(), context.SimpleQueue()

    def look():
        begin.wait(30)
        queue.put(held[0][0, 0].item())

    process = context.Process(target=look)
    process.start()
    held.clear()
    for _ in loader:
        pass
    begin.set()
    process.join(30)
    assert queue.get() == 0
    queue.close()
    process.close()


def test_batches_of_many_sizes_and_tensors_arrive_whole():
    dataset = Calls(60, lambda index: [torch.full((5000 + 900 * (index % 7), each + 1), index) for each in range(5)])
    for number, batch in enumerate(DataLoader(dataset, batch_size=None, num_workers=2)):
        assert [(each.shape, each.min(), each.max()) for each in batch] == [
            ((5000 + 900 * (number % 7), place + 1), number, number) for place in range(5)
        ]


def test_a_batch_holds_one_file():
    before = open_files()
    batches = list(DataLoader(torch.ones(10, 9000), num_workers=1))
    assert open_files() - before <= len(batches)


def test_a_batch_that_the_worker_keeps_stays_as_it_is():
    kept = []

    def keeping(samples):
        kept.append(torch.utils.data.default_collate(samples))
        assert [each[0, 0].item() for each in kept] == list(range(len(kept)))
        return kept[-1]

    dataset = Calls(10, lambda index: torch.full((9000,), float(index)))
    assert [batch[0, 0].item() for batch in DataLoader(dataset, num_workers=1, collate_fn=keeping)] == list(range(10))


def test_random_numbers_in_workers_are_those_of_pytorch():
    torch.manual_seed(7)
    draws = Calls(5, lambda index: (torch.rand(1).item(), random.random(), numpy.random.rand()))
    assert list(DataLoader(draws, batch_size=2, shuffle=True, num_workers=2, collate_fn=list)) == [
        [(0.11662513017654419, 0.9290632898373887, 0.03541536592796235),
         (0.13414353132247925, 0.10243784940911504, 0.2915959425421556)],
        [(0.3148404359817505, 0.5574193789609411, 0.240715442815568),
         (0.28084486722946167, 0.46183154346070987, 0.9137194064224758)],
        [(0.8065624833106995, 0.9564378639795085, 0.0032923327488271203)],
    ]  # fmt: skip
    assert torch.rand(1).item() == 0.23276156187057495


def test_a_worker_knows_who_it_is_and_has_one_thread():
    def known(index):
        info = get_worker_info()
        return info.id, info.num_workers, info.seed, type(info.dataset), torch.get_num_threads()

    loader = DataLoader(Calls(2, known), batch_size=None, num_workers=2, generator=torch.Generator().manual_seed(3))
    (first, *rest), (second, *others) = loader
    assert (first, second, rest[0], rest[2:]) == (0, 1, 2, [Calls, 1])
    assert others[1] == rest[1] + 1
    assert get_worker_info() is None


def test_each_worker_is_set_up_once():
    ready = []
    loader = DataLoader(
        Calls(4, lambda index: tuple(ready)), batch_size=None, num_workers=2, worker_init_fn=ready.append
    )
    assert [tuple(each) for each in loader] == [(0,), (1,), (0,), (1,)]


def test_streams_are_shared_among_workers():
    loader = DataLoader(Shares(9), batch_size=2, num_workers=2)
    assert plain(loader) == [[0, 2], [1, 3], [4, 6], [5, 7], [8]]
    assert plain(DataLoader(Shares(9), batch_size=2, num_workers=2, drop_last=True)) == [[0, 2], [1, 3], [4, 6], [5, 7]]
    assert list(DataLoader(Shares(3), batch_size=None, num_workers=2)) == [0, 1, 2]


def test_a_stream_that_each_worker_reads_whole_is_warned_of():
    loader = DataLoader(Counter(1), num_workers=2)
    assert len(loader) == 1
    with pytest.warns(UserWarning, match=r"reported to be 1.* but 2 samples have been fetched\. For multiprocessing"):
        assert plain(loader) == [[0], [0]]


@pytest.mark.parametrize("persistent", [False, True])
def test_workers_stay_for_the_next_pass_if_asked_to(persistent):
    loader = DataLoader(Calls(4, lambda index: os.getpid()), num_workers=2, persistent_workers=persistent)
    first, second = {str(list(loader)) for _ in range(2)}, str(list(loader))
    assert (len(first) == 1 and second in first) == persistent
    half = iter(loader)
    next(half)
    assert (str(list(loader)) in first) == persistent


def test_streams_begin_again_with_workers_that_stay():
    loader = DataLoader(Shares(5), batch_size=2, num_workers=2, persistent_workers=True)
    assert [plain(loader) for _ in range(2)] == [[[0, 2], [1, 3], [4]]] * 2


def test_so_many_batches_are_asked_for_ahead():
    asked = []

    def sampler():
        for index in range(20):
            asked.append(index)
            yield index

    passing = iter(DataLoader(Squares(20), sampler=sampler(), num_workers=2, prefetch_factor=3))
    assert len(asked) == 6
    next(passing)
    assert len(asked) == 7


def test_out_of_order_who_is_ready_comes_first():
    def slow_first(index):
        time.sleep(0.2 * (index == 0))
        return index

    loader = DataLoader(Calls(6, slow_first), batch_size=None, num_workers=2, in_order=False)
    order = list(loader)
    assert order[0] != 0 and sorted(order) == list(range(6))


def test_many_indices_and_long_answers_do_not_wait_for_each_other():
    indices = [list(range(100_000))] * 6
    loader = DataLoader(range(100_000), batch_sampler=indices, num_workers=1, collate_fn=lambda batch: "x" * 1_000_000)
    assert [len(text) for text in loader] == [1_000_000] * 6


class Odd(Exception):
    """An error that is not made of one text."""

    def __init__(self, first, second):
        super().__init__(first, second)


@pytest.mark.parametrize(
    ("error", "kind"), [(ValueError("no"), ValueError), (KeyError("no"), KeyError), (Odd(1, 2), RuntimeError)]
)
def test_an_error_is_raised_with_the_traceback_of_the_worker(error, kind):
    def failing(index):
        if index == 1:
            raise error
        return index

    passing = iter(DataLoader(Calls(3, failing), num_workers=1))
    assert next(passing).item() == 0
    with pytest.raises(kind) as caught:
        next(passing)
    text = str(caught.value)
    name = type(error).__name__
    assert text.startswith(
        f"Caught {name} in DataLoader worker process 0.\nOriginal Traceback (most recent call last):\n"
    )
    assert "in failing\n" in text and f"{name}: " in text
    assert next(passing).item() == 2


def test_an_error_of_the_set_up_and_what_cannot_be_sent_are_raised_too():
    def unready(number):
        raise ValueError("not ready")

    with pytest.raises(ValueError, match="not ready"):
        next(iter(DataLoader(Squares(3), num_workers=1, worker_init_fn=unready)))
    with pytest.raises(Exception, match="in DataLoader worker process 0") as caught:
        next(iter(DataLoader(Calls(1, lambda index: lambda: 0), batch_size=None, num_workers=1)))
    assert "pickle" in str(caught.value)

    class Local(Exception):
        pass

    def failing(index):
        raise Local("here")

    with pytest.raises(RuntimeError, match=r"(?s)in DataLoader worker process 0.*Local: here"):
        next(iter(DataLoader(Calls(1, failing), num_workers=1)))
    loader = DataLoader(Calls(1, lambda index: torch.ones(2, requires_grad=True) * 2), batch_size=None, num_workers=1)
    with pytest.raises(RuntimeError, match="Cowardly refusing to serialize non-leaf tensor which requires_grad"):
        next(iter(loader))


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (
            lambda: os.kill(os.getpid(), signal.SIGKILL),
            r"DataLoader worker \(pid \d+\) is killed by signal: Killed\. $",
        ),
        (lambda: os._exit(3), r"exited unexpectedly with exit code 3\. Details are lost due to multiprocessing\."),
    ],
)
def test_a_worker_that_ends_is_an_error(end, reason):
    loader = DataLoader(Calls(4, lambda index: end() if index == 2 else index), num_workers=2)
    with pytest.raises(RuntimeError, match=r"^DataLoader worker \(pid\(s\) \d+\) exited unexpectedly$") as caught:
        list(loader)
    assert re.search(reason, str(caught.value.__cause__))


def test_a_worker_that_does_not_answer_in_time_is_an_error():
    loader = DataLoader(Calls(1, lambda index: time.sleep(0.5)), num_workers=1, timeout=0.05)
    with pytest.raises(RuntimeError, match=r"^DataLoader timed out after 0\.05 seconds$"):
        next(iter(loader))


def test_a_pass_that_is_left_half_way_ends_its_workers():
    for batch in DataLoader(Calls(100, lambda index: torch.full((9000,), float(index))), num_workers=2):
        assert len(multiprocessing.active_children()) == 2
        if batch[0, 0] == 3:
            break


def test_kernels_that_ran_before_leave_workers_able_to_compute():
    values = torch.linspace(-5, 5, 1_000_000)
    wanted, product = torch.sigmoid(values), values[:250_000].view(500, 500)
    square = product @ product

    def computed(index):
        return torch.equal(torch.sigmoid(values), wanted), torch.allclose(product @ product, square)

    assert list(DataLoader(Calls(4, computed), batch_size=None, num_workers=2)) == [[True, True]] * 4
    assert torch.equal(torch.sigmoid(values), wanted)


def test_workers_can_be_started_afresh():
    loader = DataLoader(TensorDataset(torch.arange(6.0)), 3, num_workers=1, multiprocessing_context="spawn")
    assert [batch[0].tolist() for batch in loader] == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]


def test_what_is_wrong_with_a_context_is_said():
    with pytest.raises(ValueError, match=r"a valid start method in .*, but got multiprocessing_context='a'"):
        DataLoader(Squares(1), num_workers=1, multiprocessing_context="a")
    with pytest.raises(TypeError, match="should be a valid context object or a string specifying the start method"):
        DataLoader(Squares(1), num_workers=1, multiprocessing_context=3)


def test_more_workers_than_processors_are_warned_of():
    count = len(os.sched_getaffinity(0)) + 1
    with pytest.warns(UserWarning, match=f"This DataLoader will create {count} worker processes in total"):
        DataLoader(Squares(1), num_workers=count)


def test_memory_is_pinned_only_with_a_gpu():
    loader = DataLoader(Squares(2), batch_size=2, num_workers=1, pin_memory=True)
    if torch.cuda.is_available():
        assert plain(loader) == [[0, 1]]
    else:
        with pytest.warns(UserWarning, match="'pin_memory' argument is set as true but no accelerator is found"):
            assert plain(loader) == [[0, 1]]
