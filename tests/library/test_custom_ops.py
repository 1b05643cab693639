"""Operators that programs define: how they are called, differentiated, mapped and checked."""

import pytest

import tinytorch as torch
from tinytorch import Tensor
from tinytorch.library import custom_op, opcheck


@pytest.fixture
def square():
    @custom_op("tests::square", mutates_args=())
    def square(x: Tensor) -> Tensor:
        return torch.from_numpy(x.numpy(force=True) ** 2)

    square.register_fake(torch.empty_like)
    square.register_autograd(
        lambda ctx, grad: 2 * grad * ctx.saved_tensors[0],
        setup_context=lambda ctx, inputs, output: ctx.save_for_backward(inputs[0]),
    )
    return square


def test_a_custom_op_is_found_under_torch_ops(square):
    assert torch.ops.tests.square(torch.tensor([3.0])).item() == 9
    assert str(torch.ops.tests.square.default) == "tests.square.default"
    assert "square" in torch.ops.tests


def test_backward_calls_the_formula_that_was_registered(square):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    result = square(x)
    assert repr(result) == "tensor([1., 4.], grad_fn=<GeneratedBackwardFor_tests_square_defaultBackward>)"
    result.sum().backward()
    assert x.grad.tolist() == [2, 4]


def test_without_a_formula_backward_is_refused():
    @custom_op("tests::plain", mutates_args=())
    def plain(x: Tensor) -> Tensor:
        return x.detach() * 2

    result = plain(torch.ones(1, requires_grad=True))
    with pytest.raises(RuntimeError, match="no autograd formula was registered"):
        result.backward()


def test_the_fake_implementation_answers_for_meta(square):
    assert square(torch.ones(2, 3, device="meta")).shape == (2, 3)

    @custom_op("tests::lonely", mutates_args=())
    def lonely(x: Tensor) -> Tensor:
        return x.clone()

    with pytest.raises(RuntimeError, match="There was no fake impl registered for <CustomOpDef\\(tests::lonely\\)>"):
        lonely(torch.ones(1, device="meta"))


def test_vmap_asks_the_rule_or_else_takes_the_examples_one_by_one():
    @custom_op("tests::norm", mutates_args=())
    def norm(x: Tensor, power: float) -> Tensor:
        assert x.ndim == 1
        return torch.linalg.vector_norm(x.detach(), power)

    x = torch.tensor([[3.0, 4.0], [6.0, 8.0]])
    assert torch.vmap(norm, in_dims=(0, None))(x, 2.0).tolist() == [5, 10]
    norm.register_vmap(lambda info, in_dims, x, power: (torch.full((info.batch_size,), power), 0))
    assert torch.vmap(norm, in_dims=(0, None))(x, 2.0).tolist() == [2, 2]


def test_an_argument_that_is_written_counts_a_version():
    @custom_op("tests::fill", mutates_args={"out"})
    def fill(x: Tensor, out: Tensor) -> None:
        out.numpy()[:] = x.numpy()

    out = torch.zeros(2)
    assert fill(torch.ones(2), out) is None
    assert out.tolist() == [1, 1]
    assert out._version == 1
    with pytest.raises(RuntimeError, match="Cannot register autograd formula for non-functional operator"):
        fill.register_autograd(lambda ctx, grad: grad)


def test_a_result_may_not_be_an_argument():
    @custom_op("tests::same", mutates_args=())
    def same(x: Tensor) -> Tensor:
        return x.view(-1)

    with pytest.raises(RuntimeError, match="may not alias any inputs"):
        same(torch.ones(2))


def test_lists_of_tensors_get_lists_of_gradients():
    @custom_op("tests::scaled", mutates_args=())
    def scaled(xs: list[Tensor], k: float) -> tuple[list[Tensor], Tensor]:
        return [x.detach() * k for x in xs], xs[0].detach() + 1

    def setup(ctx, inputs, output):
        ctx.k = inputs[1]

    def backward(ctx, grads, grad):
        assert ctx.needs_input_grad == ([True, False], False)
        return [grads[0] * ctx.k + grad, None], None

    scaled.register_autograd(backward, setup_context=setup)
    a = torch.ones(1, requires_grad=True)
    several, one = scaled([a, torch.ones(1)], 3.0)
    (several[0] + one).backward()
    assert a.grad.item() == 4


def test_arguments_by_keyword_alone_come_by_themselves():
    @custom_op("tests::keyed", mutates_args=())
    def keyed(x: Tensor, *, scale: float = 2.0) -> Tensor:
        return x.detach() * scale

    seen = []
    keyed.register_autograd(
        lambda ctx, grad: grad,
        setup_context=lambda ctx, inputs, keyword_only_inputs, output: seen.append(keyword_only_inputs),
    )
    keyed(torch.ones(1, requires_grad=True))
    assert seen == [{"scale": 2.0}]


def test_kernels_belong_to_devices():
    @custom_op("tests::placed", mutates_args=(), device_types="cuda")
    def placed(x: Tensor) -> Tensor:
        return x.clone()

    with pytest.raises(NotImplementedError, match="Could not run 'tests::placed' with arguments from the 'CPU'"):
        placed(torch.ones(1))
    placed.register_kernel("cpu")(lambda x: x + 10)
    assert placed(torch.ones(1)).item() == 11


def test_opcheck_finds_what_was_not_registered(square):
    tests = ("test_schema", "test_autograd_registration", "test_faketensor", "test_aot_dispatch_dynamic")
    assert opcheck(square, (torch.ones(2, requires_grad=True),)) == dict.fromkeys(tests, "SUCCESS")

    @custom_op("tests::hidden", mutates_args=())
    def hidden(x: Tensor) -> Tensor:
        x.add_(1)
        return x.clone()

    with pytest.raises(Exception, match="test_schema failed with Argument x is not defined as mutable but was mutated"):
        opcheck(hidden, (torch.ones(2),))
    assert "no fake impl" in str(opcheck(hidden, (torch.ones(2),), raise_exception=False)["test_faketensor"])


def test_a_library_defines_operators_that_record_what_their_kernels_do():
    library = torch.library.Library("tests_library", "DEF")
    assert library.define("negative(Tensor x, int k=3) -> Tensor") == "negative"
    library.impl("negative", lambda x, k=3: -x * k, "CPU")
    x = torch.ones(1, requires_grad=True)
    torch.ops.tests_library.negative(x).backward()
    assert x.grad.item() == -3
    with pytest.raises(AttributeError, match="'_OpNamespace' 'tests_library' object has no attribute 'nothing'"):
        _ = torch.ops.tests_library.nothing


def test_define_and_impl_say_it_in_functions():
    torch.library.define("tests_library::seven", "(Tensor x) -> Tensor")
    torch.library.impl("tests_library::seven", "cpu")(lambda x: x.detach() * 7)
    torch.library.register_autograd("tests_library::seven", lambda ctx, grad: grad * 7)
    x = torch.ones(1, requires_grad=True)
    torch.ops.tests_library.seven(x).backward()
    assert x.grad.item() == 7
