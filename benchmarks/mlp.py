"""One training step of a multilayer perceptron: bplab's, PyTorch's, and the matrix products alone.

A step is what `train` does with a minibatch: forward, the loss's gradient, backward, and the update
of all parameters. (PyTorch needs the loss itself to go backward from; we do not.) The floor does
the products of the same shapes into ready arrays and nothing else: no NumPy code that uses BLAS can
be faster. "gradients" is the step without the update; "ready" is the same without layers, without a
single check, and into arrays that were made beforehand and are written over in each step. So it is
the least that NumPy needs: what lies between the two is the price of clear errors, and of gradients
that stay the caller's.
"""

import contextlib
import itertools

import numpy as np

from benchmarks.measure import Work
from bplab.numeric import initializers
from bplab.numeric.layers import Activation, Dense
from bplab.numeric.losses import softmax_cross_entropy_backward
from bplab.numeric.network import Sequential
from bplab.numeric.optimizers import SGD

LR = 0.01


def works(widths: list[int], batch: int, dtype: str) -> dict[str, Work]:
    """The steps to compare, by name; "torch" only where PyTorch is installed."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((batch, widths[0])).astype(dtype)
    labels = rng.integers(0, widths[-1], batch)
    network = _network(widths, dtype)
    result = {
        **_bplab(network, x, labels),
        "ready": _ready(network, x, labels),
        "floor": _floor(widths, x),
    }
    with contextlib.suppress(ModuleNotFoundError):
        result["torch"] = _torch(widths, x, labels)
    return result


def _network(widths: list[int], dtype: str) -> Sequential:
    rng = np.random.default_rng(1)
    layers: list[Dense | Activation] = []
    for n_in, n_out in itertools.pairwise(widths):
        he = initializers.he_normal
        layers += [Dense(n_in, n_out, rng=rng, dtype=dtype, initializer=he), Activation("relu")]
    return Sequential(*layers[:-1])


def _bplab(network: Sequential, x: np.ndarray, labels: np.ndarray) -> dict[str, Work]:
    optimizer = SGD(network.parameters(), lr=LR)

    def gradients() -> dict[str, np.ndarray]:
        return network.backward(softmax_cross_entropy_backward(network.forward(x), labels))

    return {"gradients": gradients, "bplab": lambda: optimizer.step(gradients())}


def _ready(network: Sequential, x: np.ndarray, labels: np.ndarray) -> Work:
    Ws = [layer.W.copy() for layer in network.layers if isinstance(layer, Dense)]
    bs = [np.zeros(len(W), x.dtype) for W in Ws]
    dWs, dbs = [np.empty_like(W) for W in Ws], [np.empty_like(b) for b in bs]
    zs, deltas = ([np.empty((len(x), len(W)), x.dtype) for W in Ws] for _ in range(2))
    inputs = [x, *(np.empty_like(z) for z in zs[:-1])]
    ones, rows = np.ones(len(x), x.dtype), np.arange(len(x))

    def gradients() -> tuple[list[np.ndarray], list[np.ndarray]]:
        for i, (W, b, z) in enumerate(zip(Ws, bs, zs, strict=True)):
            np.matmul(inputs[i], W.T, out=z)
            z += b
            if i + 1 < len(Ws):
                np.maximum(z, np.zeros_like(b), out=inputs[i + 1])
        e = np.exp(zs[-1] - zs[-1].max(axis=1, keepdims=True))
        np.divide(e, e.sum(axis=1, keepdims=True), out=deltas[-1])
        deltas[-1][rows, labels] -= 1
        deltas[-1] /= len(x)
        for i in reversed(range(len(Ws))):
            np.matmul(deltas[i].T, inputs[i], out=dWs[i])
            np.matmul(ones, deltas[i], out=dbs[i])
            if i > 0:
                np.matmul(deltas[i], Ws[i], out=deltas[i - 1])
                deltas[i - 1] *= zs[i - 1] > 0
        return dWs, dbs

    return gradients


def _floor(widths: list[int], x: np.ndarray) -> Work:
    rng = np.random.default_rng(1)
    inputs = [rng.standard_normal((len(x), n)).astype(x.dtype) for n in widths]
    dxs = [np.empty_like(a) for a in inputs]
    Ws = [
        rng.standard_normal((n_out, n_in)).astype(x.dtype)
        for n_in, n_out in itertools.pairwise(widths)
    ]
    dWs = [np.empty_like(W) for W in Ws]
    zs = [np.empty_like(a) for a in inputs[1:]]

    def step() -> None:
        for a, W, z in zip(inputs, Ws, zs, strict=False):
            np.matmul(a, W.T, out=z)
        for i in reversed(range(len(Ws))):
            np.matmul(inputs[i + 1].T, inputs[i], out=dWs[i])
            if i > 0:
                np.matmul(inputs[i + 1], Ws[i], out=dxs[i])

    return step


def _torch(widths: list[int], x: np.ndarray, labels: np.ndarray) -> Work:
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(1)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(labels)
    layers: list[torch.nn.Module] = []
    for n_in, n_out in itertools.pairwise(widths):
        layers += [torch.nn.Linear(n_in, n_out, dtype=inputs.dtype), torch.nn.ReLU()]
    network = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.SGD(network.parameters(), lr=LR)
    cost = torch.nn.CrossEntropyLoss()

    def step() -> None:
        optimizer.zero_grad()
        cost(network(inputs), targets).backward()
        optimizer.step()

    return step
