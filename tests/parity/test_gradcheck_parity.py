"""gradcheck and gradgradcheck accept and refuse what PyTorch's do, with the same numbers and words."""

import itertools
import re
import warnings

import pytest
import torch

import tinytorch

LIBRARIES = (torch, tinytorch)
REAL, COMPLEX = [[0.3, -1.2], [2.1, 0.7]], [0.3 + 0.2j, -1.2 - 0.7j]


def leaf(library, values, **settings):
    dtype = library.complex128 if isinstance(values[0], complex) else library.float64
    return library.tensor(values, dtype=dtype).requires_grad_(**settings)


def bent(library, value, slope=1.01):
    """The value, of which backward says that it changes `slope` times as fast."""
    return value * slope + (value * (1 - slope)).detach()


def tilted(x):
    """A leaf whose backward gives something where nothing arrives."""
    y = x * 1.0
    y.register_hook(lambda grad: grad + 1e-9)
    return y.sum()


FUNCTIONS = {  # a function of the library and of a real or a complex tensor
    "right": lambda library, x: (x * x).sin(),
    "one percent off": lambda library, x: bent(library, x.sin()),
    "off, and the elements are mixed": lambda library, x: bent(library, x.cumsum(-1)).sum(-1),
    "one element off": lambda library, x: library.cat([x.flatten()[:1], bent(library, x.flatten()[1:])]),
    "second of two off": lambda library, x: (x * 2, bent(library, x * 3, 1.1)),
    "both off": lambda library, x: (bent(library, x * 2), bent(library, x * 3)),
    "first has no gradient": lambda library, x: (x.detach() * 2, x * 3),
    "no result has a gradient": lambda library, x: x.detach() * 2,
    "constant": lambda library, x: (x * 0).detach(),
    "complex result": lambda library, x: x * (1 + 2j),
    "imaginary part off": lambda library, x: library.complex((x * 1j).real, bent(library, (x * (1 + 2j)).imag)),
    "absolute value": lambda library, x: x.abs(),
    "real part off": lambda library, x: library.complex(bent(library, (x * (1 + 2j)).real), (x * (1 + 2j)).imag),
    "adds to gradients": lambda library, x: tilted(x.abs()),
    "scalar": lambda library, x: (x.abs() ** 3).sum(),
    "list of results": lambda library, x: [x * 2, (x.abs() ** 2).sum()],
    "no result": lambda library, x: x[:0],
    "second derivative off": lambda library, x: x * x + x * x.detach() - (x * x).detach(),
    "linear part held": lambda library, x: x.sin() * x.detach(),
    "changes its shape": lambda library, x: x.flatten()[: 1 + int(x.flatten()[0].real.item() > 0.3)],
}  # fmt: skip
OPTIONS = [{}, {"fast_mode": True}, {"atol": 0.1}, {"rtol": 0.2, "eps": 1e-4}, {"check_grad_dtypes": True},
           {"check_undefined_grad": False, "masked": True}, {"raise_exception": False}]  # fmt: skip


def outcome(call):
    """What a check gives: its result, or the class and the words of its error, less PyTorch's advice to its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return call()
        except (AssertionError, RuntimeError, ValueError) as error:
            words = re.split(r"\n+NOTE|\n\nIf you are adding", str(error))[0].rstrip()
            words = re.sub(r",\s*grad_fn=<\w+>", "", words)  # which some of PyTorch's tangents carry
            return type(error).__name__, words


def same(one, other):
    """Whether two outcomes say the same; numbers may differ in their last digits."""
    if not isinstance(one, tuple) or not isinstance(other, tuple):
        return one == other
    number = r"[-+]?\d+\.\d*(?:e[-+]?\d+)?"
    ones, others = (["".join(re.sub(number, "#", part).split()) for part in each] for each in (one, other))
    found, expected = ([float(digits) for digits in re.findall(number, each[1])] for each in (one, other))
    return ones == others and found == pytest.approx(expected, rel=2e-3, abs=2e-8)


def agree(check):
    """Fail where a check has not the same outcome in both libraries."""
    theirs, ours = [outcome(lambda library=library: check(library)) for library in LIBRARIES]
    assert same(ours, theirs), f"tinytorch: {ours}\nPyTorch: {theirs}"


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradcheck_says_what_pytorchs_says(name, options):
    if name == "first has no gradient" and options.get("fast_mode"):
        return  # PyTorch compares the wrong pairs
    for values in (REAL, COMPLEX):
        agree(lambda library, values=values: library.autograd.gradcheck(
            lambda x: FUNCTIONS[name](library, x), leaf(library, values), **options))  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS[:3], ids=str)
@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - {"no result has a gradient", "constant"}))  # a TypeError
def test_gradgradcheck_says_what_pytorchs_says(name, options):
    def check(library, values):
        library.manual_seed(3)
        return library.autograd.gradgradcheck(
            lambda x: FUNCTIONS[name](library, x), leaf(library, values), gen_non_contig_grad_outputs=True, **options
        )

    for values in (REAL, COMPLEX):
        agree(lambda library, values=values: check(library, values))


MISALIGNED = {"first has no gradient", "no result has a gradient", "constant"}  # PyTorch compares the wrong pairs
MAPPED = sorted(FUNCTIONS.keys() - MISALIGNED - {"adds to gradients"})  # dual tensors take no hooks


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("fast_mode", [False, True])
@pytest.mark.parametrize("name", MAPPED)
def test_forward_mode_is_checked_as_pytorch_checks_it(name, fast_mode, backward):
    for values in (REAL, COMPLEX):
        agree(lambda library, values=values: library.autograd.gradcheck(
            lambda x: FUNCTIONS[name](library, x), leaf(library, values), check_forward_ad=True,
            check_backward_ad=backward, fast_mode=fast_mode,
        ))  # fmt: skip


@pytest.mark.parametrize("name", MAPPED)
def test_batches_are_checked_as_pytorch_checks_them(name):
    for values in (REAL, COMPLEX):
        for settings in ({"check_batched_grad": True}, {"check_forward_ad": True, "check_batched_forward_grad": True}):
            agree(lambda library, values=values, settings=settings: library.autograd.gradcheck(
                lambda x: FUNCTIONS[name](library, x), leaf(library, values), **settings))  # fmt: skip


@pytest.mark.parametrize("name", MAPPED)
def test_forward_over_backward_is_checked_as_pytorch_checks_it(name):
    def check(library, values, fast_mode):
        library.manual_seed(3)
        return library.autograd.gradgradcheck(
            lambda x: FUNCTIONS[name](library, x), leaf(library, values), check_fwd_over_rev=True,
            check_rev_over_rev=False, check_undefined_grad=False, fast_mode=fast_mode,
        )  # fmt: skip

    for values in (REAL, COMPLEX):
        for fast_mode in (False, True):
            agree(lambda library, values=values, fast_mode=fast_mode: check(library, values, fast_mode))


@pytest.mark.parametrize(("first", "second"), [*itertools.product((REAL, COMPLEX), repeat=2)])
@pytest.mark.parametrize("fast_mode", [False, True])
def test_several_inputs_of_which_one_takes_no_part_or_wants_no_gradient(first, second, fast_mode):
    functions = [
        lambda library, x, y: (x.sum() * y, x.abs() * 2),
        lambda library, x, y: bent(library, y) + x.sum(),
        lambda library, x, y: x * 2,
    ]
    functions += [] if fast_mode else [lambda library, x, y: (x.detach() * 2, bent(library, y))]  # as above
    for function in functions:
        for flags in ((True, True), (False, True)):
            agree(lambda library, function=function, flags=flags: library.autograd.gradcheck(
                lambda x, y, number: function(library, x, y),
                (leaf(library, first, requires_grad=flags[0]), leaf(library, second, requires_grad=flags[1]), 3),
                fast_mode=fast_mode,
            ))  # fmt: skip


CLASHES = [
    ("gradcheck", {"check_backward_ad": False}),
    ("gradcheck", {"check_backward_ad": False, "check_forward_ad": True, "check_batched_grad": True}),
    ("gradcheck", {"check_batched_forward_grad": True}),
    ("gradgradcheck", {"check_rev_over_rev": False}),
    ("gradgradcheck", {"check_rev_over_rev": False, "check_fwd_over_rev": True}),
    ("gradgradcheck", {"check_rev_over_rev": False, "check_fwd_over_rev": True, "check_undefined_grad": False,
                       "check_batched_grad": True}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options"), CLASHES, ids=str)
def test_options_that_do_not_go_together_are_refused(name, options):
    agree(lambda library: getattr(library.autograd, name)(lambda x: x * 2, leaf(library, REAL), **options))


def test_inputs_that_cannot_be_checked_are_refused():
    agree(lambda library: library.autograd.gradcheck(lambda x: x * 2, leaf(library, REAL, requires_grad=False)))
    agree(lambda library: library.autograd.gradcheck(lambda x: x * 2, leaf(library, [0.3]).expand(3)))


def test_gradients_of_outputs_may_be_given():
    for weights in (REAL, COMPLEX):
        agree(lambda library, weights=weights: library.autograd.gradgradcheck(
            lambda x: bent(library, x * x), leaf(library, REAL), leaf(library, weights)))  # fmt: skip


def test_random_gradients_of_outputs_are_drawn_as_pytorch_draws_them():
    """So that whatever is drawn afterwards is the same."""

    def drawn(library):
        library.manual_seed(5)
        library.autograd.gradgradcheck(lambda x: (x * x, x.sum()), leaf(library, REAL))
        return library.rand(3).tolist()

    assert drawn(tinytorch) == drawn(torch)


def test_a_backward_that_gives_other_numbers_each_time_is_refused():
    def check(library, **options):
        count = itertools.count()

        def function(x):
            y = x * 2
            y.register_hook(lambda grad: grad * (1 + 1e-5 * next(count)))
            return y

        return library.autograd.gradcheck(function, leaf(library, [0.3, 0.4]), check_undefined_grad=False, **options)

    agree(check)
    agree(lambda library: check(library, nondet_tol=1e-3))
    agree(lambda library: check(library, nondet_tol=1e-3, fast_mode=True))
