"""The exact check: right code passes, the smallest planted fault does not, limits speak up."""

import copy
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bplab import exact
from bplab.dual import ExactError
from tests.planted import FAULTS, KINDS, Net, net_cost, net_gradient, nets

ONES = np.ones(4)
SQUARE = np.ones((3, 3))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def cost(params: Any, x: Any, y: Any, kind: str) -> Any:
    return net_cost(params, x, y, kind)


def with_fault(fault: str) -> Callable[..., Any]:
    return lambda params, x, y, kind: net_gradient(params, x, y, kind, fault)


# Nets, right and wrong


@settings(max_examples=30, deadline=None)
@given(net=nets())
def test_right_nets_pass(net: Net) -> None:
    report = exact.check(cost, net_gradient, net.params, (*net.data, net.kind))
    assert report, report


@settings(max_examples=60, deadline=None)
@given(net=nets(), fault=st.sampled_from(FAULTS))
def test_planted_faults_are_rejected_wherever_they_change_the_result(net: Net, fault: str) -> None:
    right = net_gradient(net.params, *net.data, net.kind)
    given_params = [p.copy() for p in net.params]
    wrong = net_gradient(given_params, *net.data, net.kind, fault)
    changed = any(
        np.abs(a - b).max() > 1e-10 * np.abs(a).max() for a, b in zip(right, wrong, strict=True)
    )
    assume(changed or fault == "changes a parameter")
    assert not exact.check(cost, with_fault(fault), net.params, (*net.data, net.kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_rejected_on_square_layers(fault: str, kind: str) -> None:
    if (fault, kind) == ("derivative of a, not z", "relu"):
        return  # relu(z) > 0 just where z > 0: no fault
    net = Net.random(rng(), widths=(3, 3, 3), batch=4, kind=kind)
    assert exact.check(cost, net_gradient, net.params, (*net.data, kind))
    assert not exact.check(cost, with_fault(fault), net.params, (*net.data, kind))


def test_a_net_of_5_4_3_units_takes_less_than_a_tenth_of_a_second() -> None:
    net = Net.random(rng(), widths=(5, 4, 3), batch=4, kind="sigmoid")
    seconds = []
    for _ in range(5):
        start = time.process_time()
        assert exact.check(cost, net_gradient, net.params, (*net.data, "sigmoid"))
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.1


# What the report says


@pytest.mark.parametrize(
    ("grad", "words"),
    [
        (lambda W: 2 * 3 * W**2, "✗ params (3, 3): got = 2 × expected in every entry."),
        (lambda W: -3 * W**2, "got = -1 × expected in every entry."),
        (lambda W: W**2 * 3 / 4, "got = 1/4 × expected in every entry."),
        (lambda W: 3 * W**2 * (1 + 1e-9), "got = 1.000000001 × expected in every entry."),
        (lambda W: 0 * W, "got 0 in every entry."),
        (lambda W: (3 * W**2).T, "first at [0, 1], got ≠ expected. It is the expected gradient t"),
        (lambda W: 3 * W, "first at [0, 0], got ≠ expected."),
    ],
)
def test_the_relation_is_named(grad: Callable[[Any], Any], words: str) -> None:
    report = exact.check(lambda W: (W**3).sum(), grad, SQUARE)
    assert not report
    assert words in repr(report)


@pytest.mark.parametrize("index", [(0, 0), (1, 2), (2, 1), (2, 2)])
def test_the_first_wrong_entry_is_found(index: tuple[int, int]) -> None:
    def grad(params: Any) -> Any:
        gradient = {"W": 3 * params["W"] ** 2, "b": params["b"] * 2}
        gradient["W"][index] *= 5
        gradient["W"][2, 2] *= 5
        return gradient

    report = exact.check(
        lambda p: (p["W"] ** 3).sum() + (p["b"] ** 2).sum(), grad, {"W": SQUARE, "b": ONES}
    )
    W, b = report.parameters
    assert (W.name, W.right, W.first_wrong) == ("W", False, index)
    assert W.ratio == (25 if index == (2, 2) else 5)
    assert b.right
    assert f"✗ W (3, 3): first at [{index[0]}, {index[1]}], got = " in repr(report)
    assert "✓ b (4,)" in repr(report)


def test_a_passed_report_states_what_it_is_worth() -> None:
    assert repr(exact.check(lambda v: (v**2).sum(), lambda v: 2 * v, ONES)) == (
        "Exact check passed: 1 parameter, 4 values, 6 rounds over GF(2^61 − 1).\n"
        "A wrong gradient of degree d passes a round with probability at most d / 2^61."
    )


# NumPy code as people write it


def softplus(z: Any) -> Any:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def split_sigmoid(z: Any) -> Any:
    a = np.empty_like(z)
    positive = z >= 0
    a[positive] = 1 / (1 + np.exp(-z[positive]))
    e = np.exp(z[~positive])
    a[~positive] = e / (1 + e)
    return a


def tanh_gelu(z: Any) -> Any:
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


def tanh_gelu_prime(z: Any) -> Any:
    t = np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))
    inner = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * z**2)
    return 0.5 * (1 + t) + 0.5 * z * (1 - t**2) * inner


def shifted_softmax(v: Any) -> Any:
    e = np.exp(v - v.max())
    return e / e.sum()


def scatter(v: Any) -> Any:
    gradient = np.zeros_like(v)
    np.add.at(gradient, [0, 1, 1, 3], 2 * v[[0, 1, 1, 3]])
    return gradient


def erf_gelu(z: Any) -> Any:
    return z * 0.5 * (1 + np.frompyfunc(lambda e: erf(e / math.sqrt(2)), 1, 1)(z))


def erf(e: Any) -> Any:
    return e.erf() if hasattr(e, "erf") else math.erf(e)


def erf_gelu_prime(z: Any) -> Any:
    return erf_gelu(z) / z + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


@pytest.mark.parametrize(
    ("f", "df", "x"),
    [
        (lambda v: v.mean() ** 2, lambda v: 2 / len(v) * v.mean() * np.ones(4), ONES),
        (lambda v: np.std(v), lambda v: (v - v.mean()) / (v.size * np.std(v)), ONES),
        (lambda v: np.prod(v), lambda v: np.prod(v) / v, ONES),
        (lambda v: np.abs(v).sum(), np.sign, ONES),
        (lambda v: v.max() ** 2, lambda v: 2 * v * (v == v.max()), ONES),
        (lambda v: v.max() ** 2, lambda v: 2 * v * (np.arange(4) == v.argmax()), ONES),
        (lambda v: (np.sort(v) * np.arange(4)).sum(), lambda v: v.argsort().argsort(), ONES),
        (lambda v: np.maximum(0.01 * v, v).sum(), lambda v: np.where(v > 0, 1, 0.01), ONES),
        (
            lambda v: (np.clip(v, -0.5, 0.5) ** 2).sum(),
            lambda v: 2 * v * ((v > -0.5) & (v < 0.5)),
            ONES,
        ),
        (lambda W: np.einsum("ij,jk,ki->", W, W, W), lambda W: 3 * (W @ W).T, SQUARE),
        (lambda W: np.trace(W @ W.T), lambda W: 2 * W, SQUARE),
        (lambda W: np.tensordot(W, W, 2), lambda W: 2 * W, np.ones((2, 1))),
        (lambda v: np.outer(v, v).sum(), lambda v: 2 * v.sum() + 0 * v, ONES),
        (lambda v: (v[[0, 1, 1, 3]] ** 2).sum(), scatter, ONES),
        (
            lambda v: (np.pad(v, 1)[1:] * np.pad(v, 1)[:-1]).sum(),
            lambda v: np.convolve(v, [1, 0, 1])[1:-1],
            ONES,
        ),
        (lambda v: softplus(v).sum(), split_sigmoid, ONES),
        (lambda v: split_sigmoid(v).sum(), lambda v: np.exp(-v) / (1 + np.exp(-v)) ** 2, ONES),
        (lambda v: (2 * split_sigmoid(2 * v) - 1).sum(), lambda v: 1 - np.tanh(v) ** 2, ONES),
        (lambda v: np.log(np.exp(v).sum()), shifted_softmax, ONES),
        (lambda v: tanh_gelu(v).sum(), tanh_gelu_prime, ONES),
        (lambda v: erf_gelu(v).sum(), erf_gelu_prime, ONES),
        (lambda v: (v**2).sum() ** 0.5, lambda v: v / np.sqrt((v * v).sum()), ONES),
        (lambda w: w * w, lambda w: 2 * w, np.array(3.0)),
        (lambda v: sum(copy.deepcopy(np.exp(v))), np.exp, ONES),
    ],
)
def test_right_code_passes_unchanged(
    f: Callable[[Any], Any], df: Callable[[Any], Any], x: Any
) -> None:
    report = exact.check(f, df, x)
    assert report, report
    assert not exact.check(f, lambda x: df(x) * (1 + 1e-9), x)


def test_batch_normalization_with_its_square_roots() -> None:
    def normalize(z: Any) -> tuple[Any, Any]:
        root = np.sqrt(z.var(axis=0) + 1e-5)
        return root, (z - z.mean(axis=0)) / root

    def cost(z: Any, u: Any) -> Any:
        return (u * np.tanh(normalize(z)[1])).sum()

    def grad(z: Any, u: Any) -> Any:
        root, h = normalize(z)
        dh = u * (1 - np.tanh(h) ** 2)
        return (dh - dh.mean(axis=0) - h * (dh * h).mean(axis=0)) / root

    z, u = np.ones((5, 3)), rng().standard_normal((5, 3))
    assert exact.check(cost, grad, z, (u,))
    assert not exact.check(cost, lambda z, u: grad(z, u) - u.mean(), z, (u,))


# Branches


@pytest.mark.parametrize("seed", range(10))
def test_both_sides_of_a_kink_are_seen(seed: int) -> None:
    # One unit, one sample: without points of opposite signs a missing mask could go unseen.
    assert not exact.check(
        lambda w: np.maximum(w, 0) ** 2, lambda w: 2 * w, np.array(1.0), rng=rng(seed)
    )
    assert not exact.check(
        lambda w, x: np.maximum(w * x, 0).sum(),
        lambda w, x: x.sum(),
        np.array(1.0),
        (np.zeros(1),),
        rng=rng(seed),
    )


def test_consts_that_are_all_zero_hide_no_branch() -> None:
    def relu_cost(W: Any, x: Any) -> Any:
        return np.maximum(x @ W.T, 0).sum()

    x = np.zeros((5, 3))
    assert exact.check(relu_cost, lambda W, x: (x @ W.T > 0).T @ x, np.zeros((2, 3)), (x,))
    assert not exact.check(
        relu_cost, lambda W, x: np.ones_like(x @ W.T).T @ x, np.zeros((2, 3)), (x,)
    )


def test_a_dead_parameter_is_said_to_be_untested() -> None:
    report = exact.check(
        lambda p: (p[0] ** 2).sum() + (p[1] > 0).sum(), lambda p: [2 * p[0], 0 * p[1]], [ONES, ONES]
    )
    assert report
    assert repr(report).endswith("Untested, as 0 in every round: the gradient of params[1].")


# Consts


def softmax(z: Any) -> Any:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("y", "right"),
    [
        (np.eye(3)[[0, 1, 2, 0]], True),
        (rng().dirichlet(np.ones(3), size=4), True),
        (rng().random((4, 3)), False),
    ],
)
def test_a_minus_y_is_right_only_for_targets_that_sum_to_one(y: Any, right: bool) -> None:
    def cross_entropy(z: Any, y: Any) -> Any:
        return -(y * np.log(softmax(z))).sum()

    report = exact.check(cross_entropy, lambda z, y: softmax(z) - y, np.ones((4, 3)), (y,))
    assert bool(report) is right


def test_float_consts_are_replaced_and_the_others_are_not() -> None:
    # At x = 2 the gradients x² and 2x are the same number, but they are not the same function.
    x = np.array([2.0, 2.0])
    assert not exact.check(lambda w, x: (w * x**2).sum(), lambda w, x: 2 * x, np.ones(2), (x,))
    labels = np.array([1, 0, 1])
    assert exact.check(
        lambda v, k, power: (v[k] ** power).sum(),
        lambda v, k, power: power * v ** (power - 1) * np.bincount(k),
        np.ones(2),
        (labels, 3),
    )


# Words


def doubles(v: Any) -> Any:
    v *= 2
    return v


@pytest.mark.parametrize(
    ("f", "df", "words"),
    [
        (lambda v: v.sum(), lambda v: None, "grad returned None. Is a return missing?"),
        (lambda v: v.sum(), lambda v: v[:, None], "must return shape (4,) for params; got (4, 1)"),
        (lambda v: v.sum(), lambda v: [v], "grad must return one array; got a list of 1."),
        (lambda v: v.sum(), lambda v: v * np.nan, "grad returned NaN or infinity for params."),
        (lambda v: (v**2).sum(), doubles, "grad changes params in place."),
        (lambda v: (doubles(v) ** 2).sum(), lambda v: v, "cost changes params in place."),
        (lambda v: None, lambda v: v, "cost returned None. Is a return missing?"),
        (lambda v: v, lambda v: v, "cost must return one number; got shape (4,)."),
        (lambda v: v.sum() + 1j, lambda v: v, "cost must return a real number"),
    ],
)
def test_faults_that_leave_nothing_to_compare(
    f: Callable[[Any], Any], df: Callable[[Any], Any], words: str
) -> None:
    report = exact.check(f, df, ONES.copy())
    assert not report
    assert words in repr(report)


def test_a_changed_const_is_named() -> None:
    def grad(w: Any, x: Any) -> Any:
        x += 1
        return x - 1

    report = exact.check(lambda w, x: (w * x).sum(), grad, ONES, (ONES.copy(),))
    assert "grad changes consts[0] in place." in repr(report)


def test_a_cache_from_an_earlier_call_is_no_gradient() -> None:
    kept: list[Any] = []

    def grad(v: Any) -> Any:
        if v.dtype == object:
            kept.append(3 * v**2)
            return kept[0]
        return 3 * v**2

    assert "Does it keep a cache?" in repr(exact.check(lambda v: (v**3).sum(), grad, ONES))


# Limits


def adds_to_floats(v: Any) -> Any:
    gradient = np.zeros(4)
    gradient += 2 * v
    return gradient


def writes_into_floats(v: Any) -> Any:
    gradient = np.zeros(4)
    gradient[:] = 2 * v
    return gradient


def squares(v: Any) -> Any:
    return (v**2).sum()


@pytest.mark.parametrize(
    ("f", "df", "words"),
    [
        (squares, adds_to_floats, r"grad cannot run .* write np\.zeros\(shape, dtype=x\.dtype\)"),
        (squares, writes_into_floats, r"In grad: float\(\) does not work .* np\.zeros_like\(x\)"),
        (lambda v: float(squares(v)), lambda v: 2 * v, r"In cost: float\(\) .* as it is"),
        (lambda v: squares(v.astype(float)), lambda v: 2 * v, r"In cost: .* \.astype\(float\)"),
        (lambda v: math.exp(v[0]), np.exp, r"In cost: .* write np\.exp for math\.exp"),
        (lambda v: np.sin(v).sum(), np.cos, r"no callable sin method.*Known functions: exp,"),
        (lambda v: np.logaddexp(v, 0).sum(), np.exp, r"'logaddexp' not supported.*Known functions"),
        (lambda v: (np.abs(v) ** 0.3).sum(), np.exp, r"\*\* 0\.3 .* whole and half exponents"),
        (lambda v: (1 / (v + np.inf)).sum(), np.exp, r"arithmetic with inf .* np\.where"),
    ],
)
def test_limits_raise_and_name_the_remedy(
    f: Callable[[Any], Any], df: Callable[[Any], Any], words: str
) -> None:
    with pytest.raises(ExactError, match=words):
        exact.check(f, df, ONES)


def test_too_many_square_roots_are_a_limit() -> None:
    with pytest.raises(ExactError, match="Use a smaller sample: one with fewer square roots"):
        exact.check(lambda v: np.sqrt(v + 9).sum(), lambda v: 0.5 / np.sqrt(v + 9), np.ones(40))


# Code that is not the same on exact numbers must never pass for right


def catches_everything(v: Any) -> Any:
    try:
        return float(squares(v))
    except Exception:
        return 0 * v.sum()


def asks_for_the_dtype(v: Any) -> Any:
    return squares(v) if v.dtype == np.float64 else 0 * v.sum()


def catches_the_cast(v: Any) -> Any:
    try:
        return squares(adds_to_floats(v))
    except TypeError:
        return 0 * v.sum()


@pytest.mark.parametrize("f", [catches_everything, asks_for_the_dtype, catches_the_cast])
def test_code_that_dodges_the_check_does_not_pass(f: Callable[[Any], Any]) -> None:
    with pytest.raises(ExactError):
        exact.check(f, lambda v: 0 * v, ONES)


def test_random_code_does_not_pass() -> None:
    with pytest.raises(ExactError, match="draw random numbers"):
        exact.check(
            lambda v, r: (v * r.standard_normal(4)).sum(), lambda v, r: 0 * v, ONES, (rng(),)
        )


def test_an_unknown_identity_is_rejected_with_a_note() -> None:
    report = exact.check(
        lambda v: np.log(np.exp(v - v.mean()).sum()) + v.mean(),
        lambda v: np.exp(v) / np.exp(v).sum(),
        ONES,
    )
    assert not report
    assert "In floating point it agrees to twelve digits." in repr(report)
    assert "twelve" not in repr(exact.check(squares, lambda v: 2 * v * (1 + 1e-9), ONES))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"params": np.array([np.nan])}, ValueError, "params must be finite"),
        ({"params": [ONES, np.array(["a"])]}, TypeError, r"params\[1\] must hold numbers"),
        ({"params": ONES, "consts": ONES}, TypeError, "consts must be a tuple of arguments"),
        ({"params": ONES, "rounds": 0}, ValueError, "rounds must be at least 1; got 0"),
    ],
)
def test_bad_arguments_raise(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        exact.check(squares, lambda v: 2 * v, **arguments)


def test_errors_in_the_code_under_test_are_not_swallowed() -> None:
    def stub(v: Any) -> Any:
        raise NotImplementedError("write me")

    with pytest.raises(NotImplementedError, match="write me"):
        exact.check(squares, stub, ONES)
