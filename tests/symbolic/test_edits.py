import pytest
import sympy

from bplab.symbolic import Tensor, index, total
from bplab.symbolic.edits import edits, factors, spelled

a, b, c = sympy.symbols("a b c")
j, k = index("j", "n"), index("k", "m")
W, d = Tensor("W", ("n", "m")), Tensor("d", ("n",))


@pytest.mark.parametrize(
    ("expr", "kind", "part", "result"),
    [
        (a + b, "term", "b", a),
        (a + b, "sign", "b", a - b),
        (a * b, "factor", "b", a),
        (a / b, "inverse", "1/b", a * b),
        (a**2, "power", "a**2", a),
        (sympy.exp(a), "function", "exp", a),
        (sympy.log(a) * b, "function", "log", a * b),
        (c * (a + b), "term", "b", c * a),
        (total(W[j, k] * d[j], j), "sum", "j", W[j, k] * d[j]),
        (total(W[j, k] * d[j], j), "factor", "d[j]", total(W[j, k], j)),
    ],
)
def test_one_change_at_any_depth(expr, kind, part, result):
    found = [edit.result for edit in edits(expr) if (edit.kind, edit.part) == (kind, part)]
    assert result in found


def test_an_edit_knows_inside_of_what_it_is():
    (inside,) = {edit.inside for edit in edits(c * (a + b)) if edit.kind == "term"}
    assert inside == a + b


def test_factors_keep_to_the_free_indices():
    assert set(factors([a * d[j]])) == {a, 1 - a, d[j], 1 - d[j]}
    assert d[j] not in factors([total(W[j, k] * d[j], j)])


def test_a_derivative_is_spelled_as_it_is_typed():
    from bplab.symbolic import activation

    assert spelled(activation("sigma").prime(a)) == "sigma_prime(a)"
