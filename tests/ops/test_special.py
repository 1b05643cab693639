"""Special functions: limits, refusals, and how right they are where PyTorch is less so."""

import math
import subprocess
import sys

import pytest

import tinytorch as torch
from tinytorch.codes import own_code


def test_importing_tinytorch_does_not_import_scipy():
    program = "import sys, tinytorch; tinytorch.ones(2).exp(); sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_names_of_torch_and_torch_special_do_the_same():
    for name, other in [("gammaln", "lgamma"), ("psi", "digamma"), ("gammainc", "igamma"), ("gammaincc", "igammac"),
                        ("multigammaln", "mvlgamma"), ("expit", "sigmoid"), ("erf", "erf"), ("i0", "i0")]:  # fmt: skip
        one, function = getattr(torch.special, name), getattr(torch, other)
        assert own_code(one) is own_code(function) and one.__closure__ == function.__closure__


def test_lgamma_is_inf_at_both_infinities():
    assert torch.lgamma(torch.tensor([math.inf, -math.inf, 0.0, -2.0])).tolist() == [math.inf] * 4


def test_digamma_has_the_sign_of_its_zero():
    assert torch.digamma(torch.tensor([0.0, -0.0])).tolist() == [-math.inf, math.inf]


def test_polygamma_of_order_1_at_1_is_right_to_the_last_digit():
    assert torch.polygamma(1, torch.ones(1, dtype=torch.float64)).item() == pytest.approx(math.pi**2 / 6, rel=1e-15)


@pytest.mark.parametrize("n", [1.5, True, -1])
def test_an_order_that_is_no_whole_number_from_0_up_is_refused(n):
    with pytest.raises((TypeError, RuntimeError)):
        torch.polygamma(n, torch.ones(2))
    with pytest.raises((TypeError, RuntimeError)):
        torch.ones(2).polygamma_(n)


def test_igamma_has_no_derivative_for_its_first_input():
    first, second = torch.tensor([2.0], requires_grad=True), torch.tensor([1.0], requires_grad=True)
    with pytest.raises(NotImplementedError, match="the derivative for 'igamma: input' is not implemented"):
        torch.igamma(first, second).backward()
    torch.igamma(first.detach(), second).backward()
    assert second.grad.item() == pytest.approx(math.exp(-1))


def test_zeta_has_no_derivative_for_its_first_input():
    first = torch.tensor([2.0], requires_grad=True)
    with pytest.raises(NotImplementedError, match="the derivative for 'zeta' is not implemented"):
        torch.special.zeta(first, 1.0).backward()


def test_zeta_at_2_is_a_sixth_of_pi_squared():
    assert torch.special.zeta(torch.tensor(2.0, dtype=torch.float64), 1).item() == pytest.approx(math.pi**2 / 6)


def test_the_derivative_of_i1_is_a_half_at_0():
    for function in (torch.special.i1, torch.special.i1e):
        input = torch.zeros(1, requires_grad=True)
        function(input).backward()
        assert input.grad.tolist() == [0.5]


def test_bessel_functions_are_right_in_double_precision():
    five = torch.tensor(5.0, dtype=torch.float64)  # Abramowitz and Stegun, 1964, table 9.1
    assert torch.special.bessel_j0(five).item() == pytest.approx(-0.177596771314338, rel=1e-14)
    assert torch.special.bessel_j1(five).item() == pytest.approx(-0.327579137591465, rel=1e-14)
    assert torch.special.bessel_y0(five).item() == pytest.approx(-0.308517625249034, rel=1e-14)
    assert torch.special.bessel_y1(five).item() == pytest.approx(0.147863143391227, rel=1e-14)


def test_airy_ai_is_right_beyond_2():
    assert torch.special.airy_ai(torch.tensor(-2.5, dtype=torch.float64)).item() == pytest.approx(-0.1123250676929663)
    assert torch.special.airy_ai(torch.tensor(3.0, dtype=torch.float64)).item() == pytest.approx(0.006591139357460718)


def test_airy_ai_vanishes_for_large_numbers():
    assert torch.special.airy_ai(torch.tensor([1e10, 500.0])).tolist() == [0, 0]


def test_the_spherical_function_is_1_at_0_and_0_at_infinity():
    assert torch.special.spherical_bessel_j0(torch.tensor([0.0, math.inf, -math.inf])).tolist() == [1, 0, 0]


def test_xlog1py_is_0_where_its_first_input_is_0():
    input = torch.tensor([0.0, 1.0], dtype=torch.float64, requires_grad=True)
    result = torch.special.xlog1py(input, -2.0)
    assert result[0].item() == 0
    assert math.isnan(result[1].item())
    result.sum().backward()
    assert input.grad[0].item() == 0


def test_a_degree_below_0_gives_0_and_degree_0_gives_1():
    input = torch.tensor([0.5, math.nan, 3.0])
    for function in (torch.special.chebyshev_polynomial_t, torch.special.laguerre_polynomial_l):
        assert function(input, -1).tolist() == [0, 0, 0]
        assert function(input, 0).tolist() == [1, 1, 1]


def test_a_polynomial_of_nan_is_nan():
    for kind in "tuvw":
        assert math.isnan(getattr(torch.special, f"chebyshev_polynomial_{kind}")(torch.tensor(math.nan), 3).item())


def test_a_high_degree_beyond_1_ends_early():
    result = torch.special.chebyshev_polynomial_t(torch.tensor([0.5, 1.5]), 10**9)
    assert -1 <= result[0].item() <= 1
    assert math.isnan(result[1].item())


def test_ldexp_does_not_overflow_on_the_way():
    found = torch.ldexp(torch.tensor([1e-30, 1e30]), torch.tensor([200, -170]))
    assert found.tolist() == pytest.approx([1.6069380442589903e30, 6.681911775194498e-22], rel=1e-6)


def test_ldexp_has_a_derivative_for_whole_exponents_below_0():
    input = torch.tensor([3.0], requires_grad=True)
    torch.ldexp(input, torch.tensor([-2])).backward()
    assert input.grad.tolist() == [0.25]


def test_frexp_names_its_results_and_refuses_other_dtypes():
    found = torch.frexp(torch.tensor([-3.25, 0.0]))
    assert found.mantissa.tolist() == [-0.8125, 0]
    assert found.exponent.tolist() == [2, 0]
    assert found.exponent.dtype is torch.int32
    with pytest.raises(RuntimeError, match="only supports floating-point dtypes"):
        torch.frexp(torch.tensor([1]))
    with pytest.raises(RuntimeError, match="expects exponent to have int dtype but got float"):
        torch.frexp(torch.ones(1), out=(torch.empty(1), torch.empty(1)))


def test_nextafter_is_computed_in_the_dtype_itself():
    for dtype, step in [(torch.float16, 2**-10), (torch.bfloat16, 2**-7), (torch.float32, 2**-23)]:
        one = torch.ones(1, dtype=dtype)
        assert (torch.nextafter(one, one + 1) - one).item() == step


def test_heaviside_has_a_node_but_no_derivative():
    input = torch.tensor([1.0], requires_grad=True)
    result = torch.heaviside(input, torch.tensor([0.5]))
    with pytest.raises(RuntimeError, match="derivative for aten::heaviside is not implemented"):
        result.backward()


def test_a_factorial_beyond_a_double_gives_infinity():
    assert torch.polygamma(200, torch.tensor([2.0], dtype=torch.float64)).tolist() == [-math.inf]
    assert torch.polygamma(40, torch.tensor([2.0])).tolist() == [-math.inf]


@pytest.mark.parametrize("p", [0, 2.0, True])
def test_a_dimension_that_is_no_whole_number_from_1_up_is_refused(p):
    with pytest.raises((TypeError, RuntimeError), match=r"must be int|greater than or equal to 1"):
        torch.mvlgamma(torch.ones(2) * 5, p)
