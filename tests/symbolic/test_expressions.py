import pickle

import pytest
import sympy

from bplab.symbolic.expressions import (
    Delta,
    GuardError,
    Tensor,
    activation,
    free_indices,
    index,
    substitute,
    total,
)

W, a = Tensor("W", ("m", "n")), Tensor("a", ("n",))
j, k, i = index("j", "m"), index("k", "n"), index("i", "n")


def test_an_untransposed_matrix_is_an_index_error():
    with pytest.raises(IndexError, match=r"axis 1 of W runs over m, but index k runs over n"):
        W[k, j]


@pytest.mark.parametrize("position", [0, 1 + k, sympy.Integer(0)])
def test_literal_indices_and_index_arithmetic_are_refused(position):
    with pytest.raises(GuardError, match="H4"):
        a[position]


def test_a_wrong_number_of_indices_is_an_index_error():
    with pytest.raises(IndexError, match="W has 2 axes; got 1 indices"):
        W[j]


def test_a_width_must_be_a_symbol():
    with pytest.raises(GuardError, match="got 3"):
        index("j", 3)


def test_tensors_are_told_apart_by_ranges_and_layer():
    assert Tensor("a", ("n",)) == a
    assert Tensor("a", ("m",)) != a
    assert Tensor("a", ("n",), layer=1) != a


@pytest.mark.parametrize(
    "other",
    [Tensor("a", ("n",)), Tensor("a", ("m",)), Tensor("a", ("m", "n")), Tensor("b", ("n",))],
)
@pytest.mark.parametrize("layer", [None, sympy.Symbol("l")])
def test_sympy_can_order_tensors(other, layer):
    tensor = Tensor("a", ("n",), layer)
    assert tensor.compare(other) == -other.compare(tensor)
    assert (tensor.compare(other) == 0) == (tensor == other)


def test_a_sum_over_an_absent_index_counts_the_width():
    assert total(a[k], i) == sympy.Symbol("n") * a[k]


def test_delta_of_the_same_index_is_one_and_idempotent():
    assert Delta(k, k) == 1
    assert Delta(k, i) ** 2 == Delta(i, k)
    with pytest.raises(IndexError, match="ranges differ"):
        Delta(j, k)


def test_substitution_does_not_capture():
    product = total(W[j, k] * a[k], k) * a[i]
    moved = substitute(product, {i: k})
    assert free_indices(moved) == {j, k}
    assert str(moved) == "a[k]*sum_(a[k]*W[j, k], k)"
    inside = total(W[j, k] * a[i], k)
    assert str(substitute(inside, {i: k})) == "sum_(a[k]*W[j, k'], k')"


def test_an_activation_has_named_derivatives():
    sigma = activation("sigma")
    assert sigma(a[k]).diff(a[k]) == sigma.prime(a[k])
    assert str(sigma.prime.prime) == "sigma''"
    assert activation("tanh")(a[k]).diff(a[k]) == 1 - activation("tanh")(a[k]) ** 2


def test_total_wants_indices():
    with pytest.raises(TypeError, match="got 'k'"):
        total(a[k], "k")


@pytest.mark.parametrize("thing", [j, W])
def test_names_survive_a_process_boundary(thing):
    assert pickle.loads(pickle.dumps(thing)) == thing
