import numpy as np
import pytest

from bplab.symbolic import THEOREMS, to_numpy

rng = np.random.default_rng(0)
B, n1, n2 = 4, 3, 2
W, delta, z = rng.normal(size=(n2, n1)), rng.normal(size=(B, n2)), rng.normal(size=(B, n1))


def test_generated_bp2_is_the_matrix_product():
    generated = to_numpy(THEOREMS["BP2-batch"].proof)
    got = generated(W_next=W, delta_next=delta, z=z, sigma_prime=np.cos)
    np.testing.assert_allclose(got, delta @ W * np.cos(z), rtol=1e-14)
    assert generated.parameters == ("W_next", "delta_next", "sigma_prime", "z")


@pytest.mark.parametrize("name", ["BP1-matrix", "BP2-matrix"])
def test_the_matrix_form_generates_the_same_code(name):
    plain = name.removesuffix("-matrix")
    assert to_numpy(THEOREMS[name].proof).source == to_numpy(THEOREMS[plain].proof).source


def test_the_width_of_a_mean_is_read_off_the_arrays():
    generated = to_numpy(THEOREMS["quadratic"].proof)
    np.testing.assert_allclose(generated(a=z, y=z + 8.0), np.full((B, n1), -2.0), rtol=1e-14)


def test_the_softmax_jacobian_has_an_axis_for_each_index():
    a = np.array([[0.2, 0.3, 0.5]])
    jacobian = to_numpy(THEOREMS["softmax"].proof)(a=a)
    assert jacobian.shape == (1, 3, 3)
    np.testing.assert_allclose(jacobian[0], np.diag(a[0]) - np.outer(a[0], a[0]), atol=1e-15)


def test_a_term_is_constant_along_the_axes_it_does_not_name():
    delta, x_hat = rng.normal(size=(2, B, n1))
    sigma, gamma = rng.random((2, n1)) + 1
    generated = to_numpy(THEOREMS["batch-norm"].proof)
    got = generated(delta=delta, gamma=gamma, sigma=sigma, x_hat=x_hat)
    terms = B * delta - delta.sum(axis=0) - x_hat * (delta * x_hat).sum(axis=0)
    np.testing.assert_allclose(got, gamma / (B * sigma) * terms, rtol=1e-13, atol=1e-15)
