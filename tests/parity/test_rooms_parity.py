"""The rooms that programs touch on the way, against PyTorch: what each expression gives, and how it is refused."""

import importlib
import re

import pytest

ROOMS = {
    "autograd": "autograd", "benchmark": "utils.benchmark", "compiler": "compiler", "distributed": "distributed",
    "futures": "futures", "jit": "jit", "profiler": "profiler", "pytree": "utils._pytree", "sparse": "sparse",
    "nn": "nn", "version": "torch_version", "utils": "_utils",
}  # fmt: skip
BEFORE = {  # what is made before the expression
    "x": "torch.arange(4.0).reshape(2, 2)",
    "model": "nn.Linear(2, 2)",
    "task": "benchmark.TaskSpec('f(x)', 'import x', label='lab', sub_label='sub', description='d', num_threads=2)",
    "tree": "{'b': (1, [2, None]), 'a': [3]}",
    "R": "distributed.ReduceOp",
}
EXPRESSIONS = """
autograd.Variable(x, requires_grad=True)
autograd.Variable(x * 2).requires_grad
autograd.Variable([1.0])
autograd.Variable()
isinstance(x, autograd.Variable), isinstance(3, autograd.Variable), isinstance(model.weight, autograd.Variable)
torch.compile(model)
list(torch.compile(model).state_dict())
[name for name, _ in torch.compile(model).named_modules()]
torch.compile(model).in_features, torch.compile(model).training, hasattr(torch.compile(model), 'nothing')
torch.compile(abs, mode='fast')
torch.compile(abs, backend='own')
torch.compile(abs, mode='default', options={})
torch.compile(3)
torch.compile(model, disable=True) is model
model.compile(mode='fast')
compiler.list_backends()
compiler.is_compiling(), compiler.is_exporting(), compiler.reset(), compiler.cudagraph_mark_step_begin()
compiler.allow_in_graph(3)
jit.is_scripting(), jit.is_tracing(), jit.annotate(int, 3), jit.Final[int]
jit.isinstance([1], list[int]), jit.isinstance(['a'], list[int]), jit.isinstance((1, 'a'), tuple[int, str])
jit.isinstance(3, (int, str)), jit.isinstance(None, int | None), jit.isinstance({'a': 1}, dict[str, int])
jit.isinstance([1], list)
jit.trace(model)
jit.trace(model, x)(x).shape
jit.script([1, 2])
jit.wait(jit.fork(abs, x))
jit.set_fusion_strategy([('STATIC', 2)])
futures.Future().done(), futures.wait_all([])
futures.Future().set_exception(3)
distributed.is_available(), distributed.is_initialized(), distributed.group.WORLD
distributed.is_gloo_available(), distributed.is_mpi_available(), distributed.is_torchelastic_launched()
distributed.get_rank()
distributed.get_world_size()
distributed.barrier()
distributed.all_reduce(x)
distributed.new_group()
distributed.destroy_process_group()
distributed.init_process_group('gloo', init_method='tcp://127.0.0.1:1')
distributed.init_process_group('gloo', init_method='tcp://127.0.0.1:1', rank=0)
distributed.init_process_group('gloo', init_method='own://127.0.0.1:1', rank=0, world_size=1)
str(R.SUM), repr(R.AVG), R.SUM == R.SUM, R.SUM == R.MAX
distributed.Backend('GLOO'), distributed.Backend.NCCL
distributed.Backend(3)
[getattr(distributed, 'Dist' + name).__mro__[1].__name__ for name in ('BackendError', 'NetworkError', 'StoreError')]
distributed.get_default_backend_for_device('cpu'), distributed.get_default_backend_for_device('cuda:0')
distributed.get_default_backend_for_device('meta')
[profiler.schedule(wait=1, warmup=1, active=2, repeat=2, skip_first=1)(step).name for step in range(12)]
[profiler.schedule(wait=2, warmup=0, active=1, skip_first_wait=1)(step).name for step in range(9)]
profiler.schedule(wait=0, warmup=0, active=0)
profiler.profile().key_averages()
str(profiler.ProfilerActivity.CPU), repr(profiler.ProfilerActivity.CPU)
benchmark.Measurement(100, [0.01, 0.011, 0.0105, 0.02], task)
benchmark.Measurement(10, [0.01], benchmark.TaskSpec('f(x)', 'pass'))
benchmark.Measurement(10, [0.01, 0.0101], benchmark.TaskSpec('a\\nb', 's\\nt'))
benchmark.Measurement(1, [1.0 + each / 1000 for each in range(20)], task)
benchmark.Measurement(1, [1.0 + each / 1000 for each in range(20)], task).significant_figures
str(benchmark.Compare([benchmark.Measurement(10, [0.01 * k] * 20, task) for k in (1, 2)]))
benchmark.select_unit(3e-5), benchmark.unit_to_english('ms'), benchmark.trim_sigfig(1234.5, 2)
benchmark.Timer(3)
benchmark.Timer('1').repeat()
pytree.tree_flatten(tree)
pytree.tree_map(lambda a, b: (a, b), [1, (2, 3)], [10, (20, 30)])
pytree.tree_map(lambda a, b: a, [1, 2], (1, 2))
pytree.tree_map(lambda a, b: a, [1, 2], [1])
pytree.tree_map_only((int, str), lambda each: each * 2, [1, 'a', 2.0])
pytree.tree_unflatten([1], pytree.tree_structure(tree))
pytree.tree_is_leaf(3), pytree.tree_is_leaf([3]), pytree.tree_is_leaf([3], is_leaf=lambda each: True)
pytree.tree_structure([1]) == pytree.tree_structure((1,)), pytree.tree_structure(3)
x.coalesce()
x.indices()
x.values()
x.crow_indices()
x.row_indices()
x.to_dense() is x, x.sparse_dim(), x.dense_dim(), x.is_sparse, x.layout
sparse.mm(x, x), sparse.addmm(x, x, x), torch.spmm(x, x)
sparse.sum(x)
torch.smm(x, x)
torch.sparse_coo, torch.sparse_csr, torch.jagged
version.TorchVersion('1.10') > '1.9', version.TorchVersion('1.10') >= (1, 10), version.TorchVersion('2.0a1') < '2.0'
version.TorchVersion('2.0+cpu') == '2.0', version.TorchVersion('2.0+cpu') > '2.0', version.TorchVersion('1.0') == 'own'
utils._unflatten_dense_tensors(utils._flatten_dense_tensors([x, x[0]]), [x, x[0]])
utils._get_device_index('cpu')
""".strip().split("\n")
WORLD = """
distributed.get_rank(), distributed.get_world_size(), distributed.get_backend(), distributed.is_initialized()
distributed.all_reduce(x), x
[distributed.all_reduce(x, op=each) for each in (R.SUM, R.AVG, R.MAX, R.MIN, R.PRODUCT)], x
distributed.all_reduce(x, op=R.BAND)
distributed.all_reduce(3)
distributed.all_reduce(torch.ones(2, dtype=torch.complex64), op=R.MAX)
distributed.all_reduce(x, async_op=True).wait(), distributed.all_reduce(x, async_op=True).get_future().wait()
[(distributed.all_gather(out, x), out) for out in [[torch.zeros(2, 2)]]]
distributed.all_gather([], x)
distributed.all_gather([torch.zeros(3)], x)
distributed.all_gather([torch.zeros(2, 2), torch.zeros(2, 2)], x)
distributed.all_gather([torch.zeros(2, 2, dtype=torch.int64)], x)
distributed.broadcast(x, src=0), x
distributed.broadcast(x, src=1)
distributed.broadcast(x)
distributed.reduce(x, dst=2)
distributed.all_reduce_coalesced([x, x[0]]), x
distributed.gather(x)
distributed.scatter(x)
distributed.scatter(x, [x + 1]), x
distributed.reduce_scatter_tensor(x, x * 2), x
distributed.all_to_all_single(x, x * 2), x
[(distributed.all_gather_object(out, {'a': 1}), out) for out in [[None]]]
distributed.barrier(), distributed.barrier(device_ids=[0])
distributed.send(x, 0)
distributed.new_group([1])
distributed.get_rank(distributed.new_group([0])), distributed.get_world_size(distributed.new_group())
distributed.get_rank(distributed.GroupMember.NON_GROUP_MEMBER)
distributed.init_process_group('gloo', init_method='tcp://127.0.0.1:1', rank=0, world_size=1)
""".strip().split("\n")


def given(library, expression):
    """What an expression gives in a library: as text, or the class and the words of its refusal."""
    names = {name: importlib.import_module(f"{library}.{room}") for name, room in ROOMS.items()}
    names["torch"] = importlib.import_module(library)
    for name, made in BEFORE.items():
        names[name] = eval(made, names)
    try:
        found = repr(eval(expression, names))
    except Exception as error:  # whatever it is, it is compared
        found = f"{type(error).__name__}: {error}"
    return re.sub(r"<.* object at 0x\w+>", "<an object>", found)


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.filterwarnings("ignore")
def test_an_expression_gives_the_same(expression):
    assert given("tinytorch", expression) == given("torch", expression)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("meeting")
    rooms = [importlib.import_module(f"{library}.distributed") for library in ("torch", "tinytorch")]
    for number, room in enumerate(rooms):
        room.init_process_group("gloo", init_method=f"file://{folder}/{number}", rank=0, world_size=1)
    yield
    for room in rooms:
        room.destroy_process_group()


@pytest.mark.parametrize("expression", WORLD)
@pytest.mark.filterwarnings("ignore")
def test_a_world_of_one_process_answers_the_same(worlds, expression):
    assert given("tinytorch", expression) == given("torch", expression)
