# mypy: allow-untyped-defs
"""The programs of lesson 06's bug hunt, repaired: as in `bugs.py`, but for a line or two."""

import numpy as np

from bplab.exercises.bugs import sigmoid
from bplab.numeric import softmax


def xor_gradient(W1, b1, W2, b2, x, y):
    """Gradient of half the squared error of two sigmoid layers, as in a well-known tutorial."""

    def sigmoid_derivative(x):
        return sigmoid(x) * (1 - sigmoid(x))

    z1 = x @ W1.T + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2.T + b2
    a2 = sigmoid(z2)
    delta2 = (a2 - y) * sigmoid_derivative(z2)
    delta1 = (delta2 @ W2) * sigmoid_derivative(z1)
    return delta1.T @ x, delta1.sum(axis=0), delta2.T @ a1, delta2.sum(axis=0)


def deep_gradient(W1, b1, W2, b2, x, y):
    """Gradient of the quadratic cost of two tanh layers of the same width."""
    a1 = np.tanh(x @ W1.T + b1)
    a2 = np.tanh(a1 @ W2.T + b2)
    delta2 = (a2 - y) / len(y) * (1 - a2**2)
    delta1 = (delta2 @ W2) * (1 - a1**2)
    dW1, db1 = delta1.T @ x, delta1.sum(axis=0)
    dW2, db2 = delta2.T @ a1, delta2.sum(axis=0)
    return dW1, db1, dW2, db2


def training_step(W1, b1, W2, b2, x, y, rate=0.5):
    """Parameters after one step of gradient descent: a tanh layer, a linear one, quadratic cost."""
    a1 = np.tanh(x @ W1.T + b1)
    a2 = a1 @ W2.T + b2

    delta2 = (a2 - y) / len(y)
    delta1 = (delta2 @ W2) * (1 - a1**2)
    W2 = W2 - rate * (delta2.T @ a1)
    b2 = b2 - rate * delta2.sum(axis=0)

    W1 = W1 - rate * (delta1.T @ x)
    b1 = b1 - rate * delta1.sum(axis=0)
    return W1, b1, W2, b2


def logistic_gradient(W, b, x, y, decay):
    """Gradient of the mean cross-entropy of sigmoid outputs, with weight decay on W."""
    z = x @ W.T + b
    a = sigmoid(z)
    delta = (a - y) / len(y)
    dW = delta.T @ x + decay * W
    db = delta.sum(axis=0)
    return dW, db


def regression_gradient(W, b, x, y):
    """Gradient of the quadratic cost of a linear layer."""
    z = x @ W.T + b
    delta = (z - y) / len(y)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    return dW, db


def residual_gradient(W1, W2, x, y):
    """Gradient for a tanh layer, and a second one whose input is added to its output."""
    a1 = np.tanh(x @ W1.T)
    branch = np.tanh(a1 @ W2.T)
    out = a1 + branch

    d_out = (out - y) / len(y)
    d_a1 = d_out  # the way around the second layer
    d_z2 = d_out * (1 - branch**2)
    dW2 = d_z2.T @ a1
    d_a1 = d_a1 + d_z2 @ W2  # the way through it
    d_z1 = d_a1 * (1 - a1**2)
    dW1 = d_z1.T @ x
    return dW1, dW2


def softmax_gradient(W, b, x, y):
    """Gradient of the quadratic cost of softmax outputs."""
    z = x @ W.T + b
    a = softmax(z)
    d_a = (a - y) / len(y)
    delta = a * (d_a - (d_a * a).sum(axis=1, keepdims=True))
    dW = delta.T @ x
    db = delta.sum(axis=0)
    return dW, db


def autoencoder_gradient(W, b, x):
    """Gradient of the quadratic cost of rebuilding x from tanh(x Wᵀ) with the same weights."""
    code = np.tanh(x @ W.T)
    rebuilt = code @ W + b

    d_rebuilt = (rebuilt - x) / len(x)
    d_code = d_rebuilt @ W.T
    d_z = d_code * (1 - code**2)
    dW = d_z.T @ x + code.T @ d_rebuilt
    db = d_rebuilt.sum(axis=0)
    return dW, db


def pixel_gradient(W, b, x, y):
    """Gradient of the mean cross-entropy for pixels from 0 to 16, scaled to 0 to 1."""
    x = x / 16
    a = softmax(x @ W.T + b)
    delta = (a - y) / len(y)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    return dW, db


def start(n_in, n_hidden, n_out, rng):
    """First parameters of a two-layer net: W1, b1, W2, b2."""
    W1 = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in)
    b1 = np.zeros(n_hidden)
    W2 = rng.standard_normal((n_out, n_hidden)) / np.sqrt(n_hidden)
    b2 = np.zeros(n_out)
    return W1, b1, W2, b2
