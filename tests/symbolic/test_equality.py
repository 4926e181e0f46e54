"""Both proof methods, their guards, and what they must never accept."""

import itertools
import math

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from bplab.symbolic import equality
from bplab.symbolic.canonical import canonical
from bplab.symbolic.cutoff import cutoff_widths
from bplab.symbolic.equality import MethodsDisagree, equal
from bplab.symbolic.expressions import (
    Delta,
    Entry,
    GuardError,
    Tensor,
    Total,
    activation,
    as_range,
    free_indices,
    index,
    partial,
    total,
)
from bplab.symbolic.model import Model, differentiate, evaluate

n = as_range("n")
W, A = Tensor("W", ("m", "n")), Tensor("A", ("n", "n"))
x, g = Tensor("x", ("n",)), Tensor("g", ("n",))
S = Tensor("S", ())[()]
j = index("j", "m")
i, k, p = (index(name, "n") for name in "ikp")
sigma = activation("sigma")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (total(W[j, k] * x[k], k), total(W[j, i] * x[i], i)),
        (total(Delta(i, k) * x[i], i), x[k]),
        (Delta(i, k) * x[i], Delta(i, k) * x[k]),
        (total(x[i], i) ** 2, total(x[i] * x[k], i, k)),
        (total(x[i] * g[k], i, k), total(x[i], i) * total(g[k], k)),
        (total(g[k], i), n * g[k]),
        (total(Delta(i, k) * Delta(k, p), k), Delta(i, p)),
        (total(A[i, k] * A[k, p], k) * S, S * total(A[i, p] * 0 + A[i, k] * A[k, p], k)),
        (sigma(x[i]) * (1 - sigma(x[i])), sigma(x[i]) - sigma(x[i]) ** 2),
    ],
)
def test_true_identities_hold_by_both_methods(left, right):
    verdict = equal(left, right)
    assert verdict.canonical
    assert verdict.cutoff


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (x[i], x[k]),  # one index per term: a cut-off counted per term would be 1, and pass
        (total(g[k], i), 2 * g[k]),  # true at width 2 only
        (total(A[i, k] * x[i], i), total(A[k, i] * x[i], i)),  # a transpose on a square matrix
        (total(x[i], i) ** 2, total(x[i] ** 2, i)),
        (total(x[i] * g[i], i), total(x[i], i) * total(g[i], i)),
        (Delta(i, k) * x[i], x[k]),
        (sigma(x[i]), sigma.prime(x[i])),
        (total(x[i], i), x[k]),
        # 1/x_k is a name of its own: otherwise the terms i = k would count to 2 at width 2
        (total(x[i] / x[k], i, k), total((1 - Delta(i, k)) * x[i] / x[k], i, k) + 2),
    ],
)
def test_false_identities_fail_by_both_methods(left, right):
    verdict = equal(left, right)
    assert not verdict.canonical
    assert not verdict.cutoff


def test_the_cutoff_counts_free_indices_of_the_whole_identity():
    assert cutoff_widths(x[i] - x[k]) == {n: 2}
    assert cutoff_widths(total(W[j, k] * x[k], k)) == {n: 1, as_range("m"): 1}


def test_guard_h1_refuses_an_index_that_no_tensor_has():
    with pytest.raises(GuardError, match="H1: index i"):
        equal(total((x[i] + 1) * g[k], i), 0)
    with pytest.raises(GuardError, match="H1"):
        equal(total(Delta(i, k), i, k), n)


@pytest.mark.parametrize(
    "expr", [sigma(total(W[j, k] * x[k], k)), sigma(2 * x[i]), 1 / total(x[i], i), x[i] ** S]
)
def test_guard_h3_refuses_functions_of_formulas(expr):
    with pytest.raises(GuardError, match="H3"):
        equal(expr, 0)


def test_explicit_widths_stay_symbolic():
    assert not equal(total(x[i], i) / n, total(x[i], i) / 2)
    assert equal(total(x[i] / n, i), total(x[i], i) / n)


def test_a_disagreement_of_the_methods_is_an_error(monkeypatch):
    monkeypatch.setattr(equality, "canonical", lambda expr: {})
    with pytest.raises(MethodsDisagree):
        equal(x[i], x[k])


def test_differentiation_does_not_capture():
    """SymPy's own Sum(W[i, k]*a[k], k).diff(a[k]) is Σ_k W[i, k]; the right answer is W[i, k]."""
    slope = differentiate(total(W[j, k] * x[k], k), x[k], Model())
    assert equal(slope, W[j, k])


def test_the_derivative_of_a_derivative():
    model = Model().define(g[i], sigma(x[i]))
    second = partial(partial(g[i], x[i]), x[i])
    assert equal(evaluate(second, model), sigma.prime.prime(x[i]))


def test_a_name_has_one_meaning():
    model = Model().define(g[i], sigma(x[i]))
    with pytest.raises(GuardError, match="has a meaning already"):
        model.define(g[i], x[i])
    with pytest.raises(GuardError, match="other indices"):
        Model().define(g[i], x[k])
    with pytest.raises(GuardError, match="must have the indices"):
        Model().depend(S, (x[i], g[k]))


def test_partials_are_names_unless_they_are_carried_out():
    model = Model().define(g[i], 2 * x[i])
    assert not equal(partial(g[i], x[i]), 2, model)
    assert equal(partial(g[i], x[i]), 2, model, differentiate=True)
    assert equal(partial(g[i], x[i]), partial(g[i], x[i]), model)
    assert not equal(partial(g[i], x[k]), partial(g[k], x[i]), model)


# A third witness: random expressions, evaluated in NumPy at widths above every cut-off.

INDICES = [i, k, p, index("q", "n")]


def factors() -> st.SearchStrategy[sympy.Expr]:
    of_n = st.sampled_from(INDICES)
    return st.one_of(
        st.builds(lambda a: x[a], of_n),
        st.builds(lambda a: g[a], of_n),
        st.builds(lambda a: sigma(x[a]), of_n),
        st.builds(lambda a, b: A[a, b], of_n, of_n),
        st.builds(lambda a, b: Delta(a, b), of_n, of_n),
    )


def sums(inner: st.SearchStrategy[sympy.Expr]) -> st.SearchStrategy[sympy.Expr]:
    return st.one_of(
        st.builds(lambda a, b: a * b, inner, inner),
        st.builds(lambda a, b: a - b, inner, inner),
        st.builds(lambda a, b: total(a, b), inner, st.sampled_from(INDICES)),
    )


EXPRESSIONS = st.recursive(factors(), sums, max_leaves=5)


def evaluate_numerically(expr, width, values, arrays):
    """The plain meaning of an expression, by recursion, in integers."""
    if isinstance(expr, Total):
        return sum(
            evaluate_numerically(
                expr.body, width, {**values, **dict(zip(expr.bound, at, strict=True))}, arrays
            )
            for at in itertools.product(range(width), repeat=len(expr.bound))
        )
    if isinstance(expr, Entry):
        return arrays[expr.tensor.name][tuple(values[a] for a in expr.indices)]
    if isinstance(expr, Delta):
        return int(values[expr.args[0]] == values[expr.args[1]])
    if expr.func == sigma:
        return 7 * evaluate_numerically(expr.args[0], width, values, arrays) ** 2 + 1
    if expr == n:
        return width
    if expr.is_Integer:
        return int(expr)
    parts = [evaluate_numerically(arg, width, values, arrays) for arg in expr.args]
    if expr.is_Add:
        return sum(parts)
    return math.prod(parts) if expr.is_Mul else parts[0] ** parts[1]


def agrees_numerically(left, right, width, rng):
    shapes = {"x": 1, "g": 1, "A": 2}
    arrays = {
        name: rng.integers(-(10**6), 10**6, (width,) * axes).astype(object)
        for name, axes in shapes.items()
    }
    free = sorted(free_indices(left - right), key=str)
    return all(
        evaluate_numerically(left - right, width, dict(zip(free, at, strict=True)), arrays) == 0
        for at in itertools.product(range(width), repeat=len(free))
    )


@settings(max_examples=120, deadline=None)
@given(EXPRESSIONS, EXPRESSIONS)
def test_the_verdict_is_what_the_numbers_say(left, right):
    for other in (right, sympy.expand(left)):
        try:
            verdict = equal(left, other)
        except GuardError:
            continue
        numbers = agrees_numerically(left, other, 4, np.random.default_rng(0))
        assert bool(verdict) == numbers


@given(EXPRESSIONS)
@settings(max_examples=60, deadline=None)
def test_an_expression_equals_the_sum_of_its_canonical_terms(expr):
    assert not canonical(expr - expr)
    assert (not canonical(expr)) == (not canonical(2 * expr))
