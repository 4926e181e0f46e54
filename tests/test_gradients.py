"""The floating-point checks: right code passes, each planted fault is named, words are tested."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bplab import gradients
from tests.planted import FAULTS, Net, net_cost, net_gradient, nets


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def cubes(x: Any) -> Any:
    return (x**3).sum()


def cubes_gradient(x: Any) -> Any:
    return 3 * x**2


# Derivatives by themselves


def test_central_difference_and_complex_step_of_known_gradients() -> None:
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    np.testing.assert_allclose(gradients.central_difference(cubes, x), 3 * x**2, rtol=1e-8)
    np.testing.assert_allclose(gradients.complex_step(cubes, x), 3 * x**2, rtol=1e-14)


def test_complex_step_gives_the_published_value() -> None:
    # Squire & Trapp (1998), also Martins et al. (2003): the derivative at 1.5 is 4.05342789389862.
    def f(x: Any) -> Any:
        return np.exp(x) / np.sqrt(np.sin(x) ** 3 + np.cos(x) ** 3)

    assert gradients.complex_step(f, 1.5) == pytest.approx(4.05342789389862, rel=1e-14)


def test_structure_is_kept() -> None:
    tree = {"W": np.ones((2, 3)), "b": np.full(3, 2.0)}
    found = gradients.complex_step(lambda p: (p["W"] @ p["b"]).sum(), tree)
    assert list(found) == ["W", "b"]
    np.testing.assert_array_equal(found["W"], np.full((2, 3), 2.0))
    pair = gradients.central_difference(lambda p: p[0] * p[1], (3.0, 4.0))
    assert isinstance(pair, tuple)
    np.testing.assert_allclose(pair, (4.0, 3.0))


# Right and wrong gradients


@settings(max_examples=30, deadline=None)
@given(net=nets())
def test_right_nets_pass(net: Net) -> None:
    def f(params: Any) -> Any:
        return net_cost(params, *net.data, net.kind)

    def df(params: Any) -> Any:
        return net_gradient(params, *net.data, net.kind)

    report = gradients.check(f, df, net.params)
    assert report, report
    assert report.max_relative_error < 1e-9
    assert gradients.directional(f, df, net.params, rng())


@settings(max_examples=60, deadline=None)
@given(net=nets(), fault=st.sampled_from(sorted(set(FAULTS) - {"times 1 + 1e-9"})))
def test_planted_faults_are_rejected_wherever_they_change_the_result(net: Net, fault: str) -> None:
    def f(params: Any) -> Any:
        return net_cost(params, *net.data, net.kind)

    def df(params: Any) -> Any:
        return net_gradient(params, *net.data, net.kind, fault)

    right = net_gradient(net.params, *net.data, net.kind)
    wrong = df([p.copy() for p in net.params])
    changed = max(
        np.abs(a - b).max() / max(np.abs(a).max(), 1e-300)
        for a, b in zip(right, wrong, strict=True)
    )
    assume(changed > 1e-6 or fault == "changes a parameter")
    assert not gradients.check(f, df, net.params)
    assert not gradients.directional(f, df, net.params, rng())


@pytest.mark.parametrize("factor", [1.01, 1 + 1e-6, 1 - 1e-8, -1.0, 0.0])
def test_one_wrong_entry_is_found_and_named(factor: float) -> None:
    x = np.arange(1.0, 7.0).reshape(2, 3)

    def df(x: Any) -> Any:
        gradient = 3 * x**2
        gradient[1, 0] *= factor
        return gradient

    (row,) = gradients.check(cubes, df, x).parameters
    assert not row.right
    assert row.worst == (1, 0)
    assert row.got == pytest.approx(48 * factor, abs=1e-12)
    assert row.expected == pytest.approx(48, rel=1e-14)
    assert row.complex_error == pytest.approx(
        abs(1 - factor) / max(1, abs(factor)), rel=1e-3, abs=1e-12
    )


def test_a_sign_is_seen_however_small_the_entry() -> None:
    # 30 sigmoid layers: the gradient of the first weight is 1e-19 of that of the last.
    def f(w: Any) -> Any:
        a = w[0] * 0.1
        for k in range(1, 31):
            a = 1 / (1 + np.exp(-w[k] * a))
        return a

    w = [np.array(0.05 + 0.001 * k) for k in range(31)]
    right = gradients.complex_step(f, w)
    assert abs(right[0]) < 1e-15 * max(map(abs, right))
    assert gradients.check(f, lambda w: right, w)
    report = gradients.check(f, lambda w: [-right[0], *right[1:]], w)
    assert [row.name for row in report.parameters if not row.right] == ["x[0]"]


def test_a_gradient_that_is_only_rounding_passes() -> None:
    # The mean is taken out again, so the bias b has no effect: its gradient is rounding.
    x = rng(3).standard_normal((50, 3))

    def f(p: Any) -> Any:
        z = x * p["w"] + p["b"]
        return (np.tanh(z - z.mean(axis=0)) ** 2 * np.arange(1, 4)).sum()

    def df(p: Any) -> Any:
        z = x * p["w"] + p["b"]
        h = z - z.mean(axis=0)
        dh = 2 * np.tanh(h) * (1 - np.tanh(h) ** 2) * np.arange(1, 4)
        dz = dh - dh.mean(axis=0)
        return {"w": (dz * x).sum(axis=0), "b": dz.sum(axis=0)}

    point = {"w": np.array([0.3, -0.7, 1.1]), "b": np.array([0.1, 0.2, 0.3])}
    assert np.abs(df(point)["b"]).max() < 1e-12
    assert gradients.check(f, df, point)
    assert not gradients.check(f, lambda p: {**df(p), "b": df(p)["b"] + 1e-6}, point)


@pytest.mark.parametrize(
    ("df", "hint"),
    [
        (lambda W: -3 * W**2, "x: every entry is -1 × the expected one."),
        (lambda W: 0 * W, "x: every entry of the gradient is 0."),
        (lambda W: 3 * W.T**2, "x: it is the expected gradient transposed."),
        (lambda W: 3 * W**2 / 4, "x: every entry is 0.25 × the expected one."),
    ],
)
def test_hints(df: Callable[[Any], Any], hint: str) -> None:
    assert hint in repr(gradients.check(cubes, df, rng().standard_normal((3, 3))))


# Kinks


def relu_sum(x: Any) -> Any:
    return np.where(x.real > 0, x, 0).sum()


@pytest.mark.parametrize("at_zero", [0.0, 0.3, 1.0])
def test_any_slope_between_the_sides_passes_at_a_kink(at_zero: float) -> None:
    x = np.array([-1.0, 0.0, 2.0])

    def df(x: Any) -> Any:
        return np.where(x > 0, 1.0, np.where(x < 0, 0.0, at_zero))

    report = gradients.check(relu_sum, df, x)
    assert report
    (kink,) = report.parameters[0].kinks
    assert kink.index == (1,)
    assert (kink.left, kink.right) == pytest.approx((0, 1), abs=1e-6)
    assert "x[1] sits on a kink: slope 0 to the left, 1 to the right." in repr(report)


def test_single_numbers_may_sit_on_a_kink_too() -> None:
    assert gradients.check(abs, lambda x: 0.0 * x, 0.0)
    assert gradients.check(lambda x: np.maximum(x, 0), lambda x: 1.0 * (x > 0), 0.0)
    assert not gradients.check(abs, lambda x: 2.0 + x, 0.0)


@pytest.mark.parametrize("at_zero", [-0.1, 1.1])
def test_a_slope_beyond_both_sides_fails_at_a_kink(at_zero: float) -> None:
    x = np.array([-1.0, 0.0, 2.0])
    assert not gradients.check(relu_sum, lambda x: np.array([0.0, at_zero, 1.0]), x)


def test_a_kink_nearby_is_no_excuse() -> None:
    x = np.array([-1.0, 3e-6, 2.0])
    assert gradients.check(relu_sum, lambda x: 1.0 * (x > 0), x)
    report = gradients.check(relu_sum, lambda x: np.array([0.0, 0.5, 1.0]), x)
    assert not report
    assert report.parameters[0].worst == (1,)


# Functions that cannot take a complex step


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda x: float((x**3).sum()), "f cannot run on complex numbers"),
        (lambda x: (x**3).sum().real, "f drops the imaginary part"),
        (lambda x: np.abs(x**3).sum(), "f drops the imaginary part"),
        (lambda x: (np.abs(x) ** 2 * x).sum(), "complex step and central difference disagree"),
    ],
)
def test_without_a_complex_step_central_difference_judges(
    f: Callable[[Any], Any], words: str
) -> None:
    x = np.array([1.0, 2.0, 0.5])
    report = gradients.check(f, cubes_gradient, x)
    assert report, report
    assert report.parameters[0].complex_error is None
    assert words in repr(report)
    assert not gradients.check(f, lambda x: -3 * x**2, x)
    assert not gradients.check(f, lambda x: 3.001 * x**2, x)


def test_complex_step_alone_raises() -> None:
    with pytest.raises(gradients.ComplexStepError, match="f drops the imaginary part"):
        gradients.complex_step(lambda x: x.real.sum(), np.ones(2))


def test_directional_falls_back_to_central_difference() -> None:
    x = rng().standard_normal(50)
    report = gradients.directional(lambda x: float(cubes(x)), cubes_gradient, x, rng(1))
    assert report
    assert report.parameters[0].complex_error is None
    assert not gradients.directional(lambda x: float(cubes(x)), lambda x: 3.01 * x**2, x, rng(1))


def test_a_difference_along_a_direction_tells_of_a_kink_it_cannot_judge_at() -> None:
    def f(x: dict[str, Any]) -> float:  # float() keeps the complex step out
        return float(np.maximum(x["a"], 0).sum() + (x["b"] ** 2).sum())

    def df(x: dict[str, Any]) -> dict[str, Any]:
        return {"a": 1.0 * (x["a"] > 0), "b": 2 * x["b"]}

    smooth = {"a": np.ones(9), "b": np.ones(3)}
    assert gradients.directional(f, df, smooth, rng())
    text = str(gradients.directional(f, df, {"a": np.zeros(9), "b": np.ones(3)}, rng()))
    assert "x sits on a kink of f" in text
    assert text.count("No complex step") == 1  # for both parameters
    wrong = str(gradients.directional(f, lambda x: {**df(x), "b": x["b"]}, smooth, rng()))
    assert "kink" not in wrong


# One direction for all parameters


def test_one_direction_covers_a_large_net_and_names_the_wrong_parameter() -> None:
    net = Net.random(rng(5), widths=(784, 128, 10), batch=8, kind="tanh")
    calls = 0

    def f(params: Any) -> Any:
        nonlocal calls
        calls += np.iscomplexobj(params[0])
        return net_cost(params, *net.data, net.kind)

    def df(params: Any) -> Any:
        return net_gradient(params, *net.data, net.kind)

    report = gradients.directional(f, df, net.params, rng())
    assert report
    assert report.parameters[0].shape == (101_770,)
    assert report.max_relative_error < 1e-12
    assert calls == 1

    def one_entry_wrong(params: Any) -> Any:
        gradient = df(params)
        gradient[0][3, 7] *= 1.01
        return gradient

    report = gradients.directional(f, one_entry_wrong, net.params, rng())
    assert [row.name for row in report.parameters if not row.right] == ["x[0]"]


# Words


def changes_x(x: Any) -> Any:
    x *= 2
    return x


@pytest.mark.parametrize(
    ("f", "df", "words"),
    [
        (cubes, lambda x: None, "df returned None. Is a return missing?"),
        (cubes, lambda x: x.T, r"df must return shape (2, 3) for x; got (3, 2). Is it transposed?"),
        (cubes, lambda x: x[0], r"df must return shape (2, 3) for x; got (3,)."),
        (cubes, lambda x: [x, x], "df must return one array; got a list of 2."),
        (cubes, lambda x: x * np.nan, "df returned nan for x[0, 0]."),
        (cubes, lambda x: x + 0j, "df must return real numbers for x; got dtype complex128."),
        (cubes, lambda x: [[1.0], [1.0, 2.0]], "df must return one array; got a list of 2."),
        (cubes, changes_x, "df changes x in place."),
        (lambda x: changes_x(x).sum(), cubes_gradient, "f changes x in place."),
        (lambda x: None, cubes_gradient, "f returned None. Is a return missing?"),
        (lambda x: x, cubes_gradient, "f must return one number, the cost; got shape (2, 3)."),
        (lambda x: x.sum() * np.inf, cubes_gradient, "f returned inf"),
    ],
)
def test_faults_that_leave_nothing_to_compare(
    f: Callable[[Any], Any], df: Callable[[Any], Any], words: str
) -> None:
    x = np.arange(1.0, 7.0).reshape(2, 3)
    for report in (gradients.check(f, df, x), gradients.directional(f, df, x, rng())):
        assert not report
        assert words in repr(report)
    np.testing.assert_array_equal(x, np.arange(1.0, 7.0).reshape(2, 3))


@pytest.mark.parametrize(
    ("gradient", "words"),
    [
        ({"W": np.ones(2)}, "2 arrays, one for each of W, b; got a dict with the keys W."),
        ([np.ones(2), 1.0], "2 arrays, one for each of W, b; got a list of 2."),
        ({"W": np.ones(2), "b": None}, "df returned None for b."),
    ],
)
def test_faults_of_structure(gradient: Any, words: str) -> None:
    x = {"W": np.ones(2), "b": np.array(1.0)}
    report = gradients.check(lambda p: p["W"].sum() * p["b"], lambda p: gradient, x)
    assert not report
    assert words in repr(report)


@pytest.mark.parametrize(
    ("x", "error", "words"),
    [
        (np.array([1.0, np.nan]), ValueError, r"x must be finite; x\[1\] is nan"),
        ({"W": np.zeros((0, 2))}, ValueError, "W must not be empty"),
        ([], ValueError, "x must not be empty"),
        (np.array(["a"]), TypeError, "x must hold numbers"),
        (np.array([1j]), TypeError, "x must hold real numbers"),
    ],
)
def test_bad_x_raises(x: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        gradients.check(cubes, cubes_gradient, x)


def test_float32_is_checked_in_float64() -> None:
    x = rng().standard_normal((2, 3)).astype(np.float32)
    report = gradients.check(cubes, cubes_gradient, x)
    assert report
    assert report.max_relative_error < 1e-13


def test_errors_in_df_are_not_swallowed() -> None:
    def stub(x: Any) -> Any:
        raise NotImplementedError("write me")

    with pytest.raises(NotImplementedError, match="write me"):
        gradients.check(cubes, stub, np.ones(2))
