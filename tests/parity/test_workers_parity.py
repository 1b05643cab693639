"""Loaders with workers, samplers and shared memory beside PyTorch's: the same numbers, orders, errors and refusals."""

import itertools
import random
import signal
import warnings

import numpy
import pytest
import torch
import torch.multiprocessing
import torch.utils.data

import tinytorch
import tinytorch.multiprocessing
from tests.parity.test_data_parity import plain, same


@pytest.fixture(autouse=True)
def no_handler_of_pytorch():
    """PyTorch's handler of ended processes looks at all of this process: it goes with the test."""
    before = signal.getsignal(signal.SIGCHLD)
    yield
    signal.signal(signal.SIGCHLD, before)
    torch.utils.data._utils.signal_handling._SIGCHLD_handler_set = False


def drawing(module, length):
    """A data set whose samples are drawn from every stream, and an image large enough to be shared."""

    class Drawing(module.utils.data.Dataset):
        def __getitem__(self, index):
            seed = module.utils.data.get_worker_info().seed
            image = module.rand(3, 40, 40)
            return {"image": image, "all": (index, seed, random.random(), numpy.random.rand(), f"name {index}")}

        def __len__(self):
            return length

    return Drawing()


LOADERS = [
    {"num_workers": 1},
    {"num_workers": 2, "batch_size": 3, "shuffle": True},
    {"num_workers": 2, "batch_size": 4, "shuffle": True, "drop_last": True, "persistent_workers": True},
    {"num_workers": 2, "batch_size": None, "shuffle": True, "prefetch_factor": 1},
    {"num_workers": 2, "batch_size": 2, "prefetch_factor": 4, "persistent_workers": True},
    {"num_workers": 2, "batch_sampler": [[1, 2], [3], [0, 4, 5]]},
    {"num_workers": 2, "sampler": [5, 3, 1], "batch_size": 2, "multiprocessing_context": "fork"},
]


@pytest.mark.parametrize("options", LOADERS)
@pytest.mark.parametrize("own", [False, True])
def test_passes_draw_the_same_in_workers_and_around_them(options, own):
    def run(module, data):
        generator = module.Generator().manual_seed(5) if own else None
        loader = data.DataLoader(drawing(module, 10), generator=generator, **options)
        first = list(loader)
        left = next(iter(loader))
        return [first, left, list(loader), module.rand(3), len(loader)]

    assert isinstance(same(run), tuple)


def test_what_the_program_draws_between_batches_is_the_same():
    def run(module, data):
        found = []
        sampler = data.WeightedRandomSampler([1.0, 2.0, 3.0, 4.0], 12)
        for batch in data.DataLoader(drawing(module, 4), 2, sampler=sampler, num_workers=2):
            found += [batch, module.rand(1)]
        return found

    same(run)


def test_a_sampler_that_draws_when_it_is_asked_is_asked_as_often():
    def run(module, data):
        class Permutation(data.Sampler):
            def __iter__(self):
                return iter(module.randperm(6).tolist())

            def __len__(self):
                return 6

        orders = [
            list(data.DataLoader(range(6), None, sampler=Permutation(), num_workers=count)) for count in (0, 1, 2)
        ]
        return [*orders, module.rand(2)]

    same(run)


@pytest.mark.parametrize("options", [{}, {"batch_size": 2}, {"batch_size": 2, "drop_last": True}, {"batch_size": None}])
@pytest.mark.parametrize("persistent", [False, True])
def test_streams_end_in_the_same_way(options, persistent):
    def run(module, data):
        class Stream(data.IterableDataset):
            def __iter__(self):
                info = data.get_worker_info()
                return iter(range(info.id * 10, info.id * 10 + 2 + 5 * info.id))

        loader = data.DataLoader(Stream(), num_workers=2, persistent_workers=persistent, **options)
        return [list(loader), list(loader)]

    same(run)


@pytest.mark.parametrize("kind", [ValueError, KeyError, StopIteration, UnicodeDecodeError, OSError, AssertionError])
def test_errors_of_workers_have_the_same_class_and_words(kind):
    def run(module, data):
        class Failing(data.Dataset):
            def __getitem__(self, index):
                raise kind("utf8", b"", 0, 1, "no") if kind is UnicodeDecodeError else kind("no")

            def __len__(self):
                return 1

        try:
            next(iter(data.DataLoader(Failing(), num_workers=1)))
        except Exception as error:  # whatever it is, it is compared
            lines = str(error).split("\n")
            return type(error).__name__, lines[:2], lines[-2]

    found = same(run)
    assert found[1][1][1][0] == f"Caught {kind.__name__} in DataLoader worker process 0."


@pytest.mark.parametrize(
    "options",
    [
        {"num_workers": 1, "prefetch_factor": -1},
        {"num_workers": 1, "prefetch_factor": 0},
        {"num_workers": 1, "multiprocessing_context": "other"},
        {"num_workers": 1, "multiprocessing_context": 3},
        {"num_workers": 1, "timeout": -1},
        {"timeout": 1},
        {"num_workers": 1, "batch_size": 0},
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # PyTorch deletes what it has not made
def test_options_of_workers_are_refused_in_the_same_words(options):
    assert issubclass(same(lambda module, data: list(data.DataLoader(range(3), **options)))[0], Exception)


def test_more_workers_than_processors_are_warned_of_in_the_same_words():
    def run(module, data):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            data.DataLoader(range(3), num_workers=1000)
        return [(each.category, str(each.message)) for each in caught]

    assert len(same(run)[1]) == 1


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("count", [1, 2, 7, 12])
def test_processes_share_a_data_set_in_the_same_way(count, seed):
    def run(module, data):
        found = []
        for replicas, rank, shuffle, drop_last in itertools.product((1, 2, 5), range(5), *[(True, False)] * 2):
            if rank >= replicas:
                continue
            sampler = data.distributed.DistributedSampler(range(count), replicas, rank, shuffle, seed, drop_last)
            found.append([len(sampler), list(sampler)])
            sampler.set_epoch(3)
            found.append(list(sampler))
        return found

    same(run)


@pytest.mark.parametrize(
    "options", [{}, {"num_replicas": 2}, {"num_replicas": 2, "rank": 2}, {"num_replicas": 2, "rank": -1}]
)
def test_a_share_that_is_not_there_is_refused_in_the_same_words(options):
    assert issubclass(same(lambda module, data: data.DistributedSampler(range(5), **options))[0], ValueError)


@pytest.mark.parametrize("seed", range(20))
def test_samplers_draw_the_same_for_many_seeds_and_sizes(seed):
    draw = random.Random(seed)
    count, wanted, size = draw.randrange(1, 200), draw.randrange(1, 300), draw.randrange(1, 40)
    weights = [draw.random() for _ in range(count)]
    shares = [0.5, 0.3, 0.2]

    def run(module, data):
        module.manual_seed(seed)
        generator = module.Generator().manual_seed(seed)
        samplers = [
            data.RandomSampler(range(count)),
            data.RandomSampler(range(count), True, wanted),
            data.RandomSampler(range(count), num_samples=wanted, generator=generator),
            data.SubsetRandomSampler(range(3, 3 + count), generator),
            data.WeightedRandomSampler(weights, wanted),
            data.WeightedRandomSampler(weights, count, False, generator),
        ]
        orders = [list(each) for each in samplers * 2]
        batches = [list(data.BatchSampler(each, size, drop_last)) for each in samplers for drop_last in (True, False)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of shares without samples
            parts = [part.indices for part in data.random_split(range(count), shares, generator=generator)]
        return [orders, batches, parts, [len(each) for each in samplers], module.rand(2)]

    same(run)


def test_joined_and_stacked_data_sets_are_loaded_the_same():
    def run(module, data):
        first = data.TensorDataset(module.arange(10), module.arange(10) * 0.5)
        other = data.Subset(first, [3, 1, 2])
        joined = data.ConcatDataset([first, other, other + first])
        stacked = data.StackDataset(image=first, label=data.Subset(first, range(9, -1, -1)))
        return [list(data.DataLoader(each, 4, shuffle=True, num_workers=2)) for each in (joined, stacked)]

    same(run)


def test_memory_is_shared_in_the_same_way():
    def run(module, data):
        queue, tensor = module.multiprocessing.SimpleQueue(), module.arange(6).view(2, 3)
        queue.put([tensor.t(), tensor])
        turned, there = queue.get()
        there[0, 0] = 9
        queue.close()
        return [tensor, turned, tensor.is_shared(), there.is_shared(), turned.stride()]

    assert plain(True) == same(run)[1][2]


def test_processes_that_fail_are_told_of_in_the_same_words():
    def run(module, data):
        context = module.multiprocessing.start_processes(divmod, (0,), start_method="fork", join=False)
        try:
            context.join()
        except module.multiprocessing.ProcessRaisedException as error:
            lines = str(error).split("\n")
            return lines[:4], lines[-2:], error.error_index

    assert "ZeroDivisionError" in same(run)[1][1][1][0]


def test_both_have_the_same_names():
    ours, theirs = tinytorch.multiprocessing, torch.multiprocessing
    needless = {"torch", "sys", "multiprocessing", "pool", "queue"}
    assert {name for name in dir(theirs) if not name.startswith("_")} - set(dir(ours)) - needless == set()
