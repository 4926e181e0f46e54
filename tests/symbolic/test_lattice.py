"""Arrays on ℤ: the language, its guards L1–L3, both methods, and what they must never accept."""

import itertools
import math

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from bplab.symbolic import equality
from bplab.symbolic.counterexamples import counterexample
from bplab.symbolic.derivation import Derivation, FalseStep, algebra, definition
from bplab.symbolic.equality import MethodsDisagree, equal
from bplab.symbolic.expressions import (
    Entry,
    GuardError,
    Tensor,
    Total,
    activation,
    free_indices,
    index,
    partial,
    total,
)
from bplab.symbolic.lattice import Grid, Same, position, size
from bplab.symbolic.model import Model
from bplab.symbolic.rendering import latex, plain
from bplab.symbolic.shapes import random_shapes
from bplab.symbolic.shifts import canonical_on_lattice

H, k, S, P = size("H"), size("k"), size("S"), size("P", least=0)
x, g, K = Grid("x", (), (H,)), Grid("g", (), (H,)), Grid("K", (), (k,))
z = Grid("z", (), 1)
b = Tensor("b", ("m",))
s = index("s", "m")
i, j, p, q, u, t = map(position, "ijpqut")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (total(x[i], i), total(x[j + P], j)),
        (total(K[u] * x[p + u], u), total(K[j - p] * x[j], j)),
        (total(K[u], u), total(K[k - 1 - t], t)),
        (total(K[u] * x[i] * Same(p, S * i + u - P), i, u), total(K[p + P - S * i] * x[i], i)),
        (Same(p, q) * x[p], Same(q, p) * x[q]),
        (total(Same(p, i) * Same(i, q), i), Same(p, q)),
        (total(x[i + S * j - P] * g[j], i, j), total(x[i] * g[j], i, j)),
        (total(x[i], i) ** 2, total(x[i] * x[i - j], i, j)),
        (total(x[i] * x[j] * g[i], i, j), total(x[j] * x[i] * g[j], i, j)),
    ],
)
def test_true_identities_hold_by_both_methods(left, right):
    assert equal(left, right).methods == {"shifts": True, "shapes": True}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (total(K[u] * x[p + u], u), total(K[u] * x[p - u], u)),  # correlation is not convolution
        (total(x[i], i), x[p]),
        (x[p], x[p + 1]),
        (x[p - P], x[p]),  # true for P = 0 only
        (total(Same(p, S * i) * x[i], i), total(Same(p, i) * x[i], i)),  # true for S = 1 only
        (total(K[u], u), total(K[u - 1] * K[u], u)),
        (Same(p, q) * x[p], x[p]),
        (total(x[i], i) ** 2, total(x[i] ** 2, i)),
        (S * x[p], 2 * x[p]),  # true for S = 2 only
        (total(x[i] * g[j], i, j), total(x[i] * g[i], i)),
        (total(x[i] * x[j] * g[i - j], i, j), total(x[i] * x[j] * g[j - i + 1], i, j)),
    ],
)
def test_false_identities_fail_by_both_methods(left, right):
    assert equal(left, right).methods == {"shifts": False, "shapes": False}
    example = counterexample(left, right)
    assert example.left != example.right


def test_guard_l1_an_infinite_sum_is_refused_even_where_it_would_cancel():
    endless = total(x[i + u], i, u)  # every pixel infinitely often
    with pytest.raises(GuardError, match="L1: the sum over i, u"):
        equal(endless, endless)
    with pytest.raises(GuardError, match="L1"):
        equal(total(x[i + u] - x[i + u + 1], i, u), 0)
    with pytest.raises(GuardError, match=r"L1: Σ_i of b\[s\] has infinitely many"):
        total(b[s], i)


def test_guard_l1_a_change_of_positions_must_be_one_to_one():
    """i + j and i − j are both even or both odd: half of all pairs are missing."""
    with pytest.raises(GuardError, match="L1"):
        equal(total(x[i + j] * g[i - j], i, j), total(x[i] * g[j], i, j))
    with pytest.raises(GuardError, match="L1"):
        equal(total(x[2 * i], i), total(x[i], i))


def test_guard_l1_a_name_for_a_formula_makes_no_sum_finite():
    """z has a bias beyond every border: Σ_i z_i has no value, whatever Σ over the output is."""
    with pytest.raises(GuardError, match="L1"):
        equal(total(z[i], i), total(z[i + 1], i))
    model = Model().define(z[i], total(K[u] * x[i + u], u) + P)
    with pytest.raises(GuardError, match="L1"):
        equal(total(z[i], i), 0, model, opened=frozenset({z}))


def test_guard_l2_positions_are_sums_of_variables_times_whole_numbers():
    for form in (i / 2, i * j, i**2, sympy.floor(i / 2), sympy.Symbol("a") + i, i + P / 2, s + i):
        with pytest.raises(GuardError, match="L2"):
            x[form]
    with pytest.raises(GuardError, match="L2"):
        Same(i / S, p)
    with pytest.raises((GuardError, IndexError)):
        b[i]
    with pytest.raises(GuardError, match="H4"):
        b[s + 1]
    with pytest.raises(IndexError, match="0 axes and 1 positions; got 2"):
        x[i, j]


def test_guard_l2_a_stride_is_not_divided_out():
    """Σ_i [p = S i] x_i is 0 where S does not divide p, and not x at some other place."""
    dilated = total(Same(p, S * i) * x[i], i)
    assert not equal(dilated, x[p])
    assert equal(dilated, total(Same(p + P, S * j + P) * x[j], j))


def test_guard_l2_functions_are_refused():
    sigma = activation("sigma")
    for expr in (sigma(x[i]), 1 / x[i], x[i] ** S):
        with pytest.raises(GuardError):
            equal(expr, 0)


def test_guard_l3_an_array_with_a_box_cannot_stand_for_a_formula():
    """Otherwise the sum over x's box and the sum over all of the formula would both be Σ_i x_i."""
    with pytest.raises(GuardError, match="L3: x has a box"):
        Model().define(x[i], K[i + 1])
    with pytest.raises(GuardError, match="distinct indices"):
        Model().define(z[i + 1], K[i])


def test_a_step_may_use_only_what_it_names():
    model = Model().define(z[t], K[k - 1 - t])
    line = Derivation("d", total(K[k - 1 - t] * x[p + t], t), model)
    assert line.step(total(z[t] * x[p + t], t), definition(z[t]), "rotate").methods["shapes"]
    with pytest.raises(FalseStep):
        line.step(total(z[t] * x[p + t], t), algebra, "rotate")
    with pytest.raises(FalseStep):
        line.step(total(z[t] * x[p - t], t), definition(z[t]), "rotate wrongly")


def test_derivatives_by_both_methods():
    cost = Tensor("C", ())[()]
    model = Model().define(z[i], total(K[u] * x[S * i + u - P], u)).depend(cost, (z[i], g[i]))
    back = total(g[i] * K[p + P - S * i], i)
    assert equal(partial(cost, x[p]), back, model, differentiate=True)
    assert not equal(partial(cost, x[p]), back, model)  # a name, as long as it is not carried out
    assert not equal(partial(cost, x[p]), total(g[i] * K[p - S * i], i), model, differentiate=True)
    square = Model().define(z[i], x[i] ** 2)
    assert equal(partial(z[i], x[p]), 2 * x[p] * Same(i, p), square, differentiate=True)


def test_a_disagreement_of_the_methods_is_an_error(monkeypatch):
    monkeypatch.setattr(equality, "canonical_on_lattice", lambda expr: {})
    with pytest.raises(MethodsDisagree):
        equal(x[i], x[i + 1])


def test_what_the_canonical_form_cannot_see_is_an_error_not_a_verdict():
    """2i = 1 has no solution; only the shapes know it."""
    with pytest.raises(MethodsDisagree):
        equal(total(Same(2 * i, 1) * x[i], i), 0)


def test_a_name_is_kept_apart_from_the_sum_over_it():
    assert canonical_on_lattice(total(x[i], i)) != canonical_on_lattice(x[i])


def test_the_shapes_include_what_goes_wrong_first():
    expr = total(K[u] * x[S * i + u - P], u) * g[i]
    shapes = list(random_shapes(expr, Model(), 40))
    assert len({tuple(shape.values()) for shape in shapes}) == 40
    for symbol, wanted in {S: {1, 2, 3}, P: {0, 1, 2}, k: {1, 2, 3}, H: {1, 2, 3}}.items():
        assert {shape[symbol] for shape in shapes} == wanted


def test_positions_are_written_in_the_order_of_a_reader():
    entry = x[S * i + u - P]
    assert plain(entry) == "x[S·i + u − P]"
    assert latex(entry) == "x_{S i + u - P}"
    assert plain(K[k - 1 - t]) == "K[k − t − 1]"
    many = Grid("x^pad", ("m",), 2)[s, i, j + 1]
    assert latex(many) == r"x^{\mathrm{pad}}_{si,\,j + 1}"
    assert plain(Same(p, S * i)) == "[p=S·i]"


# A third witness: random expressions, summed by brute force over a wide stretch of ℤ.

ARRAYS = {x: 3, g: 3, K: 2}
VARIABLES = [i, j, p, q]
NUMBERS = {H: 3, k: 2, S: 2, P: 1}
FAR = 9


def forms() -> st.SearchStrategy[sympy.Expr]:
    variable = st.sampled_from(VARIABLES)
    return st.one_of(
        variable,
        st.builds(lambda a, n: a + n, variable, st.integers(-1, 1)),
        st.builds(lambda a, c: a - c, variable, variable),
        st.builds(lambda a, c: a + S * c - P, variable, variable),
    )


def factors() -> st.SearchStrategy[sympy.Expr]:
    array = st.sampled_from(list(ARRAYS))
    return st.one_of(
        st.builds(lambda a, form: a[form], array, forms()),
        st.builds(lambda a, form: a[form], array, forms()),
        st.builds(lambda form, other: Same(form, other), forms(), forms()),
    )


def grown(inner: st.SearchStrategy[sympy.Expr]) -> st.SearchStrategy[sympy.Expr]:
    return st.one_of(
        st.builds(lambda a, c: a * c, inner, inner),
        st.builds(lambda a, c: a - c, inner, inner),
        st.builds(sum_over, inner, st.sampled_from(VARIABLES)),
    )


def sum_over(body, variable):
    return total(body, variable) if variable in free_indices(body) else body


EXPRESSIONS = st.recursive(factors(), grown, max_leaves=4)


def number(form, values):
    return int(sympy.sympify(form).xreplace({**NUMBERS, **values}))


def brute_force(expr, values, arrays):
    """The plain meaning of an expression, by recursion, in whole numbers."""
    if isinstance(expr, Total):
        return sum(
            brute_force(expr.body, {**values, **dict(zip(expr.bound, at, strict=True))}, arrays)
            for at in itertools.product(range(-FAR, FAR), repeat=len(expr.bound))
        )
    if isinstance(expr, Entry):
        place = number(expr.indices[0], values)
        return arrays[expr.tensor][place] if 0 <= place < ARRAYS[expr.tensor] else 0
    if isinstance(expr, Same):
        return int(number(expr.args[0], values) == number(expr.args[1], values))
    if expr.is_number:
        return int(expr)
    parts = [brute_force(arg, values, arrays) for arg in expr.args]
    if expr.is_Add:
        return sum(parts)
    return math.prod(parts) if expr.is_Mul else parts[0] ** parts[1]


@settings(max_examples=40, deadline=None)
@given(EXPRESSIONS, EXPRESSIONS)
def test_the_verdict_is_what_the_numbers_say(left, right):
    arrays = {
        a: [int(n) for n in np.random.default_rng(0).integers(-99, 99, width)]
        for a, width in ARRAYS.items()
    }
    for other in (right, sympy.expand(left)):
        try:
            verdict = equal(left, other)
        except (GuardError, MethodsDisagree):
            continue
        if verdict:
            for at in itertools.product((-1, 0, 2), repeat=4):
                values = dict(zip(VARIABLES, at, strict=True))
                assert brute_force(left - other, values, arrays) == 0
