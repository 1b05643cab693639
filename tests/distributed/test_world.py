"""torch.distributed: a world of one process, which a program can begin, ask and end; more are refused."""

import pytest

import tinytorch as torch
from tinytorch import distributed

PLACE = {"init_method": "tcp://127.0.0.1:1", "rank": 0, "world_size": 1}


@pytest.fixture
def world():
    distributed.init_process_group("gloo", **PLACE)
    yield distributed
    if distributed.is_initialized():
        distributed.destroy_process_group()


def test_before_the_world_begins_there_are_no_ranks():
    assert distributed.is_available() and not distributed.is_initialized() and distributed.group.WORLD is None
    for question in (distributed.get_rank, distributed.get_world_size, distributed.barrier, distributed.get_backend):
        with pytest.raises(ValueError, match=r"Default process group has not been initialized, please make sure"):
            question()
    with pytest.raises(AssertionError, match="Process group cannot be None"):
        distributed.destroy_process_group()


def test_a_world_of_one_answers(world):
    assert (world.get_rank(), world.get_world_size(), world.get_backend()) == (0, 1, "gloo")
    assert world.is_initialized() and world.group.WORLD.size() == 1
    with pytest.raises(ValueError, match="trying to initialize the default process group twice"):
        world.init_process_group("gloo", **PLACE)
    world.destroy_process_group()
    assert not world.is_initialized()


def test_the_environment_says_rank_and_size(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match="environment variable RANK expected, but not set"):
        distributed.init_process_group("gloo")
    for name, value in (("RANK", "0"), ("WORLD_SIZE", "1"), ("MASTER_ADDR", "localhost"), ("MASTER_PORT", "1")):
        monkeypatch.setenv(name, value)
    distributed.init_process_group()
    assert distributed.get_world_size() == 1
    distributed.destroy_process_group()


def test_a_larger_world_is_refused():
    with pytest.raises(NotImplementedError, match="world_size=2, but tinytorch's world has one process"):
        distributed.init_process_group("gloo", init_method="tcp://127.0.0.1:1", rank=0, world_size=2)
    assert not distributed.is_initialized()


@pytest.mark.parametrize(("backend", "error"), [("mpi", RuntimeError), ("ucc", RuntimeError), ("own", AssertionError)])
def test_a_backend_that_is_not_there_is_refused(backend, error):
    with pytest.raises(error):
        distributed.init_process_group(backend, **PLACE)
    assert not distributed.is_initialized()


def test_what_is_reduced_stays(world):
    x = torch.arange(3.0)
    assert world.all_reduce(x) is None and world.reduce(x, 0) is None and world.broadcast(x, src=0) is None
    for op in (world.ReduceOp.SUM, world.ReduceOp.AVG, world.ReduceOp.MAX, world.ReduceOp.PRODUCT):
        world.all_reduce(x, op=op)
    assert x.tolist() == [0.0, 1.0, 2.0]


def test_what_is_gathered_is_copied(world):
    x, target = torch.arange(3.0), torch.zeros(3)
    world.all_gather([target], x)
    assert target.tolist() == x.tolist()
    world.scatter(target, [x + 1])
    world.reduce_scatter_tensor(x, target)
    assert x.tolist() == target.tolist() == [1.0, 2.0, 3.0]
    objects = [None]
    world.all_gather_object(objects, {"loss": 1})
    assert objects == [{"loss": 1}]


def test_work_that_was_begun_is_done(world):
    x = torch.ones(2)
    work = world.all_reduce(x, async_op=True)
    assert work.wait() and work.is_completed() and work.get_future().wait() == [x]


def test_gradients_are_averaged_as_programs_do(world):
    model = torch.nn.Linear(2, 1)
    model(torch.ones(2)).sum().backward()
    before = model.weight.grad.tolist()
    for each in model.parameters():
        world.all_reduce(each.grad, op=world.ReduceOp.SUM)
        each.grad /= world.get_world_size()
    assert model.weight.grad.tolist() == before


def test_what_does_not_fit_is_refused_in_pytorch_s_words(world):
    x = torch.ones(2)
    with pytest.raises(RuntimeError, match="invalid root rank: 1"):
        world.broadcast(x, src=1)
    with pytest.raises(RuntimeError, match=r"invalid tensor size at index 0 \(expected \(2\), got \(3\)\)"):
        world.all_gather([torch.zeros(3)], x)
    with pytest.raises(RuntimeError, match=r"expected length 1, got 2"):
        world.all_gather([x, x], x)
    with pytest.raises(RuntimeError, match=r"Cannot use ReduceOp\.BAND with non-integral dtype"):
        world.all_reduce(x, op=world.ReduceOp.BAND)
    with pytest.raises(TypeError, match=r"Expected parameter `tensor` of type torch\.Tensor"):
        world.all_reduce([x])
    with pytest.raises(ValueError, match="destination rank should not be the same as the rank"):
        world.send(x, 0)


def test_groups_are_of_this_process(world):
    group = world.new_group([0])
    assert (world.get_rank(group), world.get_world_size(group), world.get_process_group_ranks(group)) == (0, 1, [0])
    with pytest.raises(ValueError, match=r"Rank 1 is out of range. Valid ranks are 0 to 0"):
        world.new_group([0, 1])
    world.destroy_process_group(group)
    assert world.get_rank(world.GroupMember.NON_GROUP_MEMBER) == -1
