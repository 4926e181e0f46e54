import time

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from bplab.symbolic import Delta, Tensor, activation, index, parse
from bplab.symbolic.equivalence import equivalent

sigma = activation("sigma")
j, i, p = index("j", "n2"), index("i", "n2"), index("p", "n2")
k, q = index("k", "n1"), index("q", "n1")
NAMES = {
    "a": sympy.Symbol("a"), "y": sympy.Symbol("y"), "z": sympy.Symbol("z"), "n2": j.range,
    "j": j, "i": i, "p": p, "k": k, "q": q, "W": Tensor("W", ("n2", "n1")),
    "delta": Tensor("delta", ("n2",)), "b": Tensor("b", ("n2",)), "x": Tensor("x", ("n1",)),
    "sigma": sigma, "sigma_prime": sigma.prime, "kron": Delta,
}  # fmt: skip


def verdict(left, right):
    return equivalent(parse(left, NAMES), parse(right, NAMES))


SAME = [
    ("a*(1 - a)", "a - a**2", "random evaluation"),
    ("(a - y)/(a*(1 - a))", "(1 - y)/(1 - a) - y/a", "random evaluation"),
    ("sigma(a + y)", "sigma(y + a)", "random evaluation"),
    ("1/(1 + exp(-z))", "exp(z)/(exp(z) + 1)", "50-digit points"),
    ("1 - tanh(z)**2", "4/(exp(z) + exp(-z))**2", "50-digit points"),
    ("exp(z)**3", "exp(3*z)", "50-digit points"),
    ("log(a*y)", "log(a) + log(y)", "50-digit points"),
    ("log(a/(1 - a))", "log(a) - log(1 - a)", "50-digit points"),
    ("log(sigma(a + y))", "log(sigma(y + a))", "50-digit points"),
    ("sqrt(a)*sqrt(a)", "a", "random evaluation"),
    ("sqrt(a)*sqrt(y)", "sqrt(a*y)", "50-digit points"),
    ("1/sqrt(a)", "sqrt(a)/a", "50-digit points"),
    ("sum_(W[j, k]*delta[j], j)", "sum_(delta[i]*W[i, k], i)", "canonical form"),
    ("sum_(sum_(W[j, k]*x[k], k), j)", "sum_(x[q]*sum_(W[i, q], i), q)", "canonical form"),
    ("sum_(kron(j, i)*delta[i], i)", "delta[j]", "canonical form"),
    ("sum_(delta[j], i)", "n2*delta[j]", "random evaluation"),
    ("sigma(sum_(W[j, k]*x[k], k) + b[j])", "sigma(b[j] + sum_(x[q]*W[j, q], q))",
     "random evaluation"),
    ("exp(x[k])/sum_(exp(x[q]), q)", "1/sum_(exp(x[q] - x[k]), q)", "50-digit points"),
]  # fmt: skip

DIFFERENT = [
    ("a*(1 - a)", "a*(1 + a)"),
    ("a", "1.000000001*a"),
    ("a", "a + 0.0000000001"),
    ("sigma(a)", "sigma_prime(a)"),
    ("sigma(a)", "sigma(2*a)"),
    ("1/(1 + exp(-z))", "1/(1 + exp(z))"),
    ("exp(z)", "exp(z) + 0.0000000000001*z"),
    ("sqrt(a**2)", "a"),
    ("log(a + y)", "log(a) + log(y)"),
    ("exp(1)*a", "2.718281828459045235*a"),
    ("sum_(W[j, k]*delta[j], j)", "W[j, k]*delta[j]"),
    ("sum_(W[j, k]*delta[j], j)", "sum_(W[j, q]*delta[j], j)"),
    ("sum_(delta[j], j)", "delta[j]"),
    ("delta[j]", "delta[p]"),
    ("sum_(delta[j], i)", "2*delta[j]"),
    ("sum_(delta[j], i)", "3*delta[j]"),
    ("sum_(delta[j], i)", "4*delta[j]"),
    ("sigma(sum_(delta[j], i))", "sigma(2*delta[j])"),
    ("sigma(sum_(delta[j], i))", "sigma(3*delta[j])"),
    ("sigma(sum_(delta[j], i))", "sigma(4*delta[j])"),
    ("kron(j, i)*delta[i]", "delta[j]"),
    ("sum_(delta[j], j)**2", "sum_(delta[j]**2, j)"),
    ("sigma(sum_(W[j, k]*x[k], k))", "sum_(sigma(W[j, k]*x[k]), k)"),
    ("exp(x[k])/sum_(exp(x[q]), q)", "1/sum_(exp(x[k] - x[q]), q)"),
]


@pytest.mark.parametrize(("left", "right", "method"), SAME)
def test_the_same_formula_written_differently(left, right, method):
    result = verdict(left, right)
    assert result
    assert result.method == method
    assert result.difference is None


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_different_formulas(left, right):
    assert not verdict(left, right)
    assert not verdict(right, left)


def test_opposite_formulas_differ():
    """Their sum is zero, so nothing may be read off the sum."""
    assert not verdict("sum_(W[j, k]*delta[j], j)", "-sum_(W[j, k]*delta[j], j)")


@pytest.mark.parametrize(
    ("left", "right", "where", "values"),
    [
        ("a*(1 - a)", "a*(1 + a)", "a = 1", ("0", "2")),
        ("a*y", "a + y", "a = 1, y = 1", ("1", "2")),
        ("log(a)", "log(1 - a)", "a = 1/4", ("-1.38629", "-0.287682")),
        ("sqrt(a**2)", "a", "a = -1", ("1", "-1")),
        ("0.1666667*a", "a/6", "a = 1", ("0.1666667", "0.1666666666667")),
        ("a/3 + 1/10**20", "a/3", "a = 1", (f"0.{'3' * 19}4{'3' * 30}", f"0.{'3' * 50}")),
        ("sigma(a)", "2*sigma(a)", "a = 1, sigma(1) = ", None),
    ],
)
def test_the_difference_is_shown_at_small_numbers(left, right, where, values):
    found = verdict(left, right).difference
    assert where in found.where
    assert found.left != found.right
    assert values is None or (found.left, found.right) == values


def test_sums_differ_at_the_smallest_widths():
    found = verdict("sum_(W[j, k]*delta[j], j)", "sum_(W[j, q]*delta[j], j)").difference
    assert "n1 = 2, n2 = 1" in found.where


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1/(a**2 - (a - 1)*(a + 1) - 1)", "a"),
        ("log(-1 - a**2)", "a"),
        ("exp(exp(exp(exp(exp(z + 9)))))", "z"),
    ],
)
def test_a_formula_without_values_is_undecided_and_not_equal(left, right):
    result = verdict(left, right)
    assert not result
    assert result.method == "undecided"


HEAVY = "sum_(sum_(sum_(sum_(W[j,k]*W[j,q]*W[i,k]*W[i,q], i), j), k), q)"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (HEAVY, HEAVY.replace("W[j,k]", "W[i,k]")),
        ("(a + y)**8", "(a - y)**8"),
        ("(sum_(x[k], k) + sum_(delta[j], j))**4", "sum_(x[k], k)**4"),
        ("tanh(" * 5 + "z" + ")" * 5, "tanh(" * 4 + "z" + ")" * 4),
        ("exp(9999999999*z)", "exp(9999999998*z)"),
    ],
)
def test_the_time_is_bounded(left, right):
    start = time.process_time()
    assert not verdict(left, right)
    assert time.process_time() - start < 3


@given(st.lists(st.integers(-3, 3), min_size=4, max_size=4), st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_products_of_factors_equal_their_expansion_and_no_other(roots, position):
    a = sympy.Symbol("a")
    product = sympy.Mul(*(a - root for root in roots), evaluate=False)
    assert equivalent(product, sympy.expand(product))
    assert not equivalent(product, sympy.expand(product) + a**position)
