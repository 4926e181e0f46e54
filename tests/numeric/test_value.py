"""Value and Dual against exact rationals, the complex step, published numbers, and each other."""

import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bplab.numeric import (
    Counted,
    Dual,
    Value,
    forward_mode,
    reverse_mode,
    sigmoid_prime,
    topological_order,
)

UNARY = {
    "neg": (lambda x: -x, lambda x: -x),
    "cube": (lambda x: x**3, lambda x: x**3),
    "inverse": (lambda x: x**-1, lambda x: 1 / x),
    "root": (lambda x: x**0.5, lambda x: x**0.5),
    "exp": (lambda x: x.exp(), np.exp),
    "log": (lambda x: x.log(), np.log),
    "tanh": (lambda x: x.tanh(), np.tanh),
    "sigmoid": (lambda x: x.sigmoid(), lambda x: 1 / (1 + np.exp(-x))),
    "relu": (lambda x: x.relu(), lambda x: x if x.real > 0 else 0 * x),
    "number on the right": (lambda x: ((x + 2) * 3 - 4) / 5, lambda x: ((x + 2) * 3 - 4) / 5),
    "number on the left": (lambda x: 2 / (1 - 3 * (4 + x)), lambda x: 2 / (1 - 3 * (4 + x))),
}


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("at", [0.3, 2.5])
def test_each_operation_agrees_with_the_complex_step(name, at):
    on_values, plain = UNARY[name]
    slope = plain(at + 1e-20j).imag / 1e-20
    for mode in (forward_mode, reverse_mode):
        value, (gradient,) = mode(lambda x: on_values(x[0]), [at])
        assert value == pytest.approx(plain(at), rel=1e-14)
        assert gradient == pytest.approx(slope, rel=1e-14)


@pytest.mark.parametrize("name", UNARY)
def test_complex_numbers_go_through_every_operation(name):
    on_values, plain = UNARY[name]
    x = Value(0.7 + 0.2j)
    result = on_values(x)
    result.backward()
    step = 1e-6
    slope = (plain(x.data + step) - plain(x.data - step)) / (2 * step)
    assert result.data == pytest.approx(plain(x.data), rel=1e-13)
    assert x.grad == pytest.approx(slope, rel=1e-8)


@pytest.mark.parametrize(
    ("operation", "slopes"),
    [
        (lambda x, y: x + y, (1, 1)),
        (lambda x, y: x - y, (1, -1)),
        (lambda x, y: x * y, (Fraction(5), Fraction(2))),
        (lambda x, y: x / y, (Fraction(1, 5), Fraction(-2, 25))),
    ],
)
def test_local_derivatives_of_two_inputs(operation, slopes):
    assert operation(Value(Fraction(2)), Value(Fraction(5))).local == slopes


def readme(inputs):
    """The expression in the README of micrograd (Karpathy, 2020), with its numbers as integers."""
    a, b = inputs
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    f = (c - d) ** 2
    return f / 2 + 10 / f


@pytest.mark.parametrize("mode", [forward_mode, reverse_mode])
def test_micrograds_readme_is_exact_in_fractions(mode):
    value, gradient = mode(readme, [Fraction(-4), Fraction(2)])
    assert value == Fraction(2421, 98)
    assert gradient == [Fraction(47620, 343), Fraction(221433, 343)]
    assert all(isinstance(number, Fraction) for number in (value, *gradient))
    # what the README prints
    printed = [f"{float(number):.4f}" for number in (value, *gradient)]
    assert printed == ["24.7041", "138.8338", "645.5773"]


@pytest.mark.parametrize("mode", [forward_mode, reverse_mode])
def test_the_sigmoid_neuron_of_cs231n(mode):
    def neuron(inputs):
        w0, w1, w2, x0, x1 = inputs
        return (w0 * x0 + w1 * x1 + w2).sigmoid()

    value, gradient = mode(neuron, [2, -3, -3, -1, -2])
    assert value == pytest.approx(0.731059, abs=5e-7)
    assert gradient == pytest.approx(
        [-0.196612, -0.393224, 0.196612, 0.393224, -0.589836], abs=5e-7
    )


STEPS = st.lists(
    st.tuples(st.sampled_from("+-*"), st.integers(0, 100), st.integers(0, 100)), max_size=12
)


@given(STEPS, st.lists(st.fractions(-2, 2, max_denominator=6), min_size=1, max_size=3))
@settings(deadline=None)
def test_forward_and_reverse_agree_exactly_on_any_graph(steps, at):
    def f(inputs):
        nodes = list(inputs)
        for sign, i, k in steps:
            x, y = nodes[i % len(nodes)], nodes[k % len(nodes)]
            nodes.append({"+": x + y, "-": x - y, "*": x * y}[sign])
        return nodes[-1] + nodes[0]

    assert forward_mode(f, at) == reverse_mode(f, at)


def test_reuse_accumulates():
    x = Value(3)
    (x * x).backward()
    assert x.grad == 6
    b = x + 1
    (b * b + b * x).backward()  # (x + 1)² + (x + 1)x
    assert (b.grad, x.grad) == (11, 15)


def test_doubling_counts_two_to_the_fifty_paths():
    x = v = Value(1)
    for _ in range(50):
        v = v + v
    v.backward()
    assert x.grad == 2**50


def test_backward_again_gives_the_same():
    x = Value(2)
    f = x * x * x
    f.backward()
    f.backward()
    assert x.grad == 12
    f.backward(upstream=10)
    assert x.grad == 120


def test_detach_cuts():
    x = Value(3)
    (x * x.detach()).backward()
    assert x.grad == 3
    (x.detach() * x.detach() + 0 * x).backward()
    assert x.grad == 0


def test_order_has_every_node_once_and_after_its_inputs():
    x, y = Value(2), Value(3)
    f = (x * y + x).exp() * (x * y)
    order = topological_order(f)
    assert len(order) == len(set(order)) == 7
    assert order[-1] is f
    for node in order:
        assert all(order.index(source) < order.index(node) for source in node.inputs)


def test_a_graph_deeper_than_the_recursion_limit():
    x = v = Value(1)
    for _ in range(20_000):
        v = v + x
    v.backward()
    assert x.grad == 20_001


def test_relu_is_flat_at_its_kink():
    for at in (0, 0.0, Fraction(0), -1.0):
        x = Value(at)
        x.relu().backward()
        assert x.grad == 0


def test_sigmoid_keeps_its_digits_far_out():
    for at in (-745.0, -40.0, 40.0, 700.0):
        x = Value(at)
        x.sigmoid().backward()
        assert x.grad == pytest.approx(float(sigmoid_prime(at)), rel=1e-14)
    assert Value(-1e4).sigmoid().data == 0
    assert Value(1e4).sigmoid().data == 1


def test_powers_at_zero():
    for exponent, slope in ((0, 0), (1, 1), (2, 0)):
        x = Value(0)
        (x**exponent).backward()
        assert x.grad == slope


def test_counted_products():
    tally, x = Counter(), Value(1.5)
    (x * x + x.exp()).backward(Counted(1, tally))
    assert tally["products"] == 5  # two arrows into ×, two into +, one into exp
    assert x.grad == pytest.approx(3 + math.exp(1.5))

    tally = Counter()
    d = Dual(1.5, tangent=Counted(1, tally))
    assert (d * d + d.exp()).tangent == pytest.approx(3 + math.exp(1.5))
    assert tally["products"] == 5


@pytest.mark.parametrize("number", [2, 2.0, np.float64(2), np.int64(2), Fraction(2), 2 + 0j])
def test_every_kind_of_number_is_taken(number):
    x = Value(number)
    (3 * x * x).backward()
    assert x.grad == 12


def test_numpy_numbers_and_arrays_on_the_left():
    x = Value(2.0)
    y = np.float64(3) * x
    assert isinstance(y, Value)
    assert y.data == 6
    z = np.array([1.0, 2.0]) @ np.array([x, y])
    z.backward()
    assert (z.data, x.grad) == (14, 7)


def test_values_show_six_digits():
    x = Value(1 / 3)
    assert repr(x) == "Value(0.333333, grad=0)"
    assert repr(Value(Fraction(1, 3))) == "Value(1/3, grad=0)"
    assert repr(Dual(np.float64(1 / 3), tangent=1)) == "Dual(0.333333, tangent=1)"


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: Value("3"), TypeError, "data must be one number; got str"),
        (lambda: Value(np.ones(3)), TypeError, "got ndarray. Make one scalar for each entry"),
        (lambda: Value(True), TypeError, "got bool"),
        (lambda: Value(math.nan), ValueError, "data must be finite; got nan"),
        (lambda: Value(1) * math.inf, ValueError, "data must be finite; got inf"),
        (lambda: Dual(1, tangent=math.inf), ValueError, "tangent must be finite"),
        (lambda: Value(1).backward("1"), TypeError, "upstream must be one number"),
        (lambda: Value(1) + "1", TypeError, "unsupported operand"),
        (lambda: Value(1) + Dual(1), TypeError, "unsupported operand"),
        (lambda: Value(2) ** Value(3), TypeError, r"Write \(x.log\(\) \* y\).exp\(\)"),
        (lambda: Value(0.0) ** 0.5, ValueError, r"0 \*\* 0.5 has no slope"),
        (lambda: Value(0) ** -1, ValueError, r"0 \*\* -1 has no slope"),
        (lambda: Value(-2) ** 0.5, ValueError, r"-2 \*\* 0.5 is not real"),
        (lambda: Value(0).log(), ValueError, "log needs a positive number; got 0"),
        (lambda: Value(1000).exp(), OverflowError, r"exp\(1000\) is too large"),
        (lambda: Value(1) / 0, ZeroDivisionError, "division by zero"),
        (lambda: reverse_mode(lambda x: 1, [2]), TypeError, "f must return one Value; got int"),
        (lambda: forward_mode(lambda x: x, [2]), TypeError, "f must return one Dual; got list"),
        (lambda: forward_mode(sum, []), ValueError, "at must hold at least one number"),
        (lambda: reverse_mode(sum, []), ValueError, "at must hold at least one number"),
    ],
)
def test_bad_input_is_explained(make, error, text):
    with pytest.raises(error, match=text):
        make()


def test_a_value_agrees_with_torch():
    torch = pytest.importorskip("torch")
    at = [0.3, -1.2, 2.1]

    def f(x, exp=lambda t: t.exp()):
        return exp(x[0] * x[1]).tanh() / (x[2] + x[0] ** 2) - (x[1] * x[2]).sigmoid()

    inputs = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in at]
    expected = f(inputs)
    expected.backward()
    value, gradient = reverse_mode(f, at)
    assert gradient == pytest.approx([float(x.grad) for x in inputs], rel=1e-13)
    assert value == pytest.approx(expected.item(), rel=1e-13)
