"""The layers of convolutional networks: alone, against PyTorch, in training, in use, in files."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bplab import gradients
from bplab.numeric.convolution import conv2d, conv2d_backward
from bplab.numeric.dropout import dropout
from bplab.numeric.layers import (
    LAYERS,
    Activation,
    AvgPool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool2D,
)
from bplab.numeric.losses import softmax_cross_entropy, softmax_cross_entropy_backward
from bplab.numeric.network import Sequential
from bplab.numeric.optimizers import SGD, Adam
from bplab.numeric.training import train

Array = np.ndarray[Any, Any]


def convnet(dtype: str = "float64", p: float = 0.0) -> Sequential:
    """Every kind of layer at once, for images (B, 2, 9, 8) and three classes."""
    rng = np.random.default_rng(0)
    network = Sequential(
        Conv2D(2, 4, (3, 2), stride=(1, 2), padding=1, rng=rng, dtype=dtype),
        BatchNorm(4, dtype=dtype),
        Activation("tanh"),
        MaxPool2D(2),
        Conv2D(4, 3, 2, rng=rng, dtype=dtype),
        Activation("relu"),
        AvgPool2D((2, 1), 1),
        Flatten(),
        Dropout(p, rng=np.random.default_rng(1)),
        BatchNorm(6, dtype=dtype),
        Dense(6, 3, rng=rng, dtype=dtype),
    )
    for array in network.parameters().values():
        array += 0.1 * rng.standard_normal(array.shape).astype(dtype)
    return network


def images(n: int = 6, dtype: str = "float64") -> tuple[Array, Array]:
    rng = np.random.default_rng(2)
    return rng.standard_normal((n, 2, 9, 8)).astype(dtype), rng.integers(0, 3, n)


# Gradients


@pytest.mark.parametrize("training", [True, False])
def test_the_gradients_of_a_whole_network(training: bool) -> None:
    network = convnet(p=0.3)
    network.forward(images(20)[0])  # so that the running statistics are not 0 and 1
    x, labels = images()
    _set(network, training)
    parameters = network.parameters()
    names = list(parameters)

    def forward(values: list[Array]) -> Array:
        network.layers[8].rng = np.random.default_rng(3)  # type: ignore[attr-defined]
        for name, value in zip(names, values, strict=True):
            i, attribute = name.split(".")
            setattr(network.layers[int(i)], attribute, value)
        return network.forward(x)

    def cost(values: list[Array]) -> Any:
        return softmax_cross_entropy(forward(values), labels)

    def gradient(values: list[Array]) -> list[Array]:
        return list(
            network.backward(softmax_cross_entropy_backward(forward(values), labels)).values()
        )

    report = gradients.check(cost, gradient, [a.copy() for a in parameters.values()])
    assert report, report
    assert all(g.any() for g in gradient([a.copy() for a in parameters.values()]))


def _set(network: Sequential, training: bool) -> None:
    network.train() if training else network.eval()


@pytest.mark.parametrize(
    "layer",
    [
        Conv2D(2, 3, (2, 3), stride=(2, 1), padding=(0, 1), rng=np.random.default_rng(0)),
        MaxPool2D((2, 3), 2),
        AvgPool2D(3, (1, 2)),
        Flatten(),
        BatchNorm(2),
        Dropout(0.5, rng=np.random.default_rng(0)),
    ],
    ids=repr,
)
def test_dx_belongs_to_the_last_forward(layer: Layer, complex_gradient: Any) -> None:
    x, _ = images(3)
    layer.forward(2 * x + 1)
    if isinstance(layer, Dropout):
        layer.rng = np.random.default_rng(7)
    z = layer.forward(x)
    upstream = np.random.default_rng(1).standard_normal(z.shape)
    before = x.copy(), upstream.copy()
    dx, named = layer.backward(upstream)
    assert dx is not None
    assert named.keys() == layer.parameters().keys()
    assert layer.backward(upstream, need_dx=False)[0] is None
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(upstream, before[1])

    def cost(x: Array) -> Any:
        if isinstance(layer, Dropout):
            layer.rng = np.random.default_rng(7)
        if isinstance(layer, BatchNorm):
            layer._remember = lambda mean, var: None  # type: ignore[method-assign]
        return (upstream * layer.forward(x)).sum()

    np.testing.assert_allclose(dx, complex_gradient(cost, x), rtol=1e-10, atol=1e-13)


def test_conv2d_is_its_functions() -> None:
    layer = Conv2D(2, 3, (2, 3), stride=2, padding=(0, 1), rng=np.random.default_rng(0))
    layer.b[...] = [1, 2, 3]
    x, _ = images()
    z = layer.forward(x)
    np.testing.assert_array_equal(z, conv2d(x, layer.K, layer.b, 2, (0, 1)))
    dx, named = layer.backward(z)
    expected = conv2d_backward(z, x, layer.K, 2, (0, 1))
    for got, right in zip((dx, named["K"], named["b"]), expected, strict=True):
        np.testing.assert_array_equal(got, right)


def test_kernels_start_with_the_spread_of_he() -> None:
    K = Conv2D(16, 400, 3, rng=np.random.default_rng(0)).K
    assert K.std() == pytest.approx(np.sqrt(2 / (16 * 9)), rel=0.02)


# Batch normalization


def test_batch_norm_against_pytorch_in_training_and_in_use() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    ours, theirs = BatchNorm(3, momentum=0.3), torch.nn.BatchNorm2d(3, momentum=0.3).double()
    ours.gamma[...], ours.beta[...] = rng.random(3), rng.random(3)
    theirs.weight.data = torch.tensor(ours.gamma.copy())
    theirs.bias.data = torch.tensor(ours.beta.copy())
    for training in (True, True, False, True, False):
        ours.training = training
        theirs.train(training)
        x, dy = rng.normal(2, 3, (5, 3, 4, 2)), rng.normal(size=(5, 3, 4, 2))
        tensor = torch.tensor(x, requires_grad=True)
        theirs.zero_grad()
        y = theirs(tensor)
        y.backward(torch.tensor(dy))
        np.testing.assert_allclose(ours.forward(x), y.detach().numpy(), rtol=1e-11, atol=1e-12)
        dx, named = ours.backward(dy)
        np.testing.assert_allclose(dx, tensor.grad.numpy(), rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(named["gamma"], theirs.weight.grad.numpy(), rtol=1e-10)
        np.testing.assert_allclose(named["beta"], theirs.bias.grad.numpy(), rtol=1e-10)
        np.testing.assert_allclose(ours.running_mean, theirs.running_mean.numpy(), rtol=1e-12)
        np.testing.assert_allclose(ours.running_var, theirs.running_var.numpy(), rtol=1e-12)


def test_batch_norm_treats_channels_as_columns() -> None:
    x, _ = images()
    by_channel, by_column = BatchNorm(2), BatchNorm(2)
    y = by_channel.forward(x)
    columns = by_column.forward(np.moveaxis(x, 1, -1).reshape(-1, 2))
    np.testing.assert_array_equal(np.moveaxis(y, 1, -1).reshape(-1, 2), columns)
    np.testing.assert_allclose(y.mean(axis=(0, 2, 3)), 0, atol=1e-12)


def test_backward_in_use_does_not_forget_how_forward_was() -> None:
    layer = BatchNorm(2)
    x, dy = images(4)[0][:, :, 0, 0], images(5)[0][:4, :, 1, 1]
    layer.forward(x)
    expected = layer.backward(dy)[0]
    layer.training = False
    np.testing.assert_array_equal(layer.backward(dy)[0], expected)


# Training and use


def test_train_and_eval_reach_every_layer() -> None:
    network = convnet(p=0.5)
    x, _ = images()
    assert not np.array_equal(network.forward(x), network.forward(x))
    network.eval()
    np.testing.assert_array_equal(network.forward(x), network.forward(x))
    np.testing.assert_allclose(network.forward(x)[:1], network.forward(x[:1]), rtol=1e-12)
    network.train()
    assert not np.array_equal(network.forward(x), network.forward(x))


def test_dropout_in_use_changes_nothing() -> None:
    layer = Dropout(0.5, rng=np.random.default_rng(0))
    layer.training = False
    x, _ = images()
    y = layer.forward(x)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(layer.backward(x)[0], x)
    assert not np.shares_memory(y, x)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_is_kept(dtype: str) -> None:
    network = convnet(dtype, p=0.5)
    x, _ = images(dtype=dtype)
    for layer in network.layers:
        x = layer.forward(x)
        assert x.dtype == dtype, layer
    for name, gradient in network.backward(x).items():
        assert gradient.dtype == network.parameters()[name].dtype == dtype


def test_a_small_net_learns_and_is_left_ready_for_use() -> None:
    network = convnet(p=0.1)
    x, labels = images(30)
    x += 2 * images(3)[0][labels]  # each class has a pattern of its own, in noise
    optimizer = Adam(network.parameters(), lr=0.02)
    history = train(
        network, x, labels, optimizer=optimizer, epochs=40, batch_size=10, progress=False,
        rng=np.random.default_rng(0),
    )  # fmt: skip
    assert history.losses[-1] < 0.1 < history.initial_loss
    assert not any(layer.training for layer in network.layers)
    assert softmax_cross_entropy(network.forward(x), labels) == pytest.approx(history.losses[-1])


def test_divergence_puts_back_the_running_statistics_too() -> None:
    network = convnet()
    x, labels = images(30)
    before = {name: array.copy() for name, array in network.state().items()}
    history = train(
        network, x, labels, optimizer=SGD(network.parameters(), lr=1e300), epochs=9, batch_size=10,
        progress=False, rng=np.random.default_rng(0),
    )  # fmt: skip
    assert history.stopped == "diverged"
    assert history.best_epoch == 0
    for name, array in network.state().items():
        np.testing.assert_array_equal(array, before[name])
    assert not any(layer.training for layer in network.layers)


# Files


def test_a_saved_network_comes_back_ready_for_use(tmp_path: Path) -> None:
    network = convnet("float32", p=0.5)
    x, _ = images(dtype="float32")
    network.forward(x)  # moves the running statistics
    network.save(tmp_path / "network.npz")
    loaded = Sequential.load(tmp_path / "network.npz")
    assert repr(loaded) == repr(network)
    assert {type(layer) for layer in loaded.layers} == set(LAYERS.values())
    network.eval()
    np.testing.assert_array_equal(loaded.forward(x), network.forward(x))
    loaded.train()
    loaded.backward(loaded.forward(x))


def test_loaded_dropout_layers_draw_one_after_the_other(tmp_path: Path) -> None:
    layers = [Dropout(0.5, rng=np.random.default_rng(seed)) for seed in (1, 2)]
    Sequential(*layers).save(tmp_path / "network.npz")
    x = np.ones((20, 20))

    def dropped(loaded: Sequential) -> list[Array]:
        loaded.train()
        return [layer.forward(x) for layer in loaded.layers]

    first, second = dropped(Sequential.load(tmp_path / "network.npz"))
    assert not np.array_equal(first, second)
    rng = np.random.default_rng(7)
    mine = dropped(Sequential.load(tmp_path / "network.npz", rng=rng))
    rng = np.random.default_rng(7)
    for found, p in zip(mine, (0.5, 0.5), strict=True):
        np.testing.assert_array_equal(found, dropout(x, p, rng)[0])
    with pytest.raises(TypeError, match="rng must be a numpy"):
        Sequential.load(tmp_path / "network.npz", rng=0)  # type: ignore[arg-type]


# Errors


def test_widths_are_compared_up_to_flatten() -> None:
    rng = np.random.default_rng(0)
    message = "layer 0, Conv2D(1, 8, (3, 3)), gives 8 outputs, but layer 2, BatchNorm(6), takes 6"
    with pytest.raises(ValueError, match=re.escape(message)):
        Sequential(Conv2D(1, 8, 3, rng=rng), MaxPool2D(2), BatchNorm(6))
    with pytest.raises(ValueError, match=re.escape("gives 8 outputs, but layer 1, Dense(72, 10)")):
        Sequential(Conv2D(1, 8, 3, rng=rng), Dense(72, 10, rng=rng))
    Sequential(Conv2D(1, 8, 3, rng=rng), MaxPool2D(2), Flatten(), Dense(72, 10, rng=rng))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda rng: Conv2D(0, 2, 3, rng=rng),
            ValueError,
            "n_in must be a whole number of at least 1; got 0",
        ),
        (lambda rng: Conv2D(1, 2, 0, rng=rng), ValueError, "size must be at least 1; got 0"),
        (
            lambda rng: Conv2D(1, 2, 2.5, rng=rng),
            TypeError,
            "size must be a whole number or a pair",
        ),
        (
            lambda rng: Conv2D(1, 2, 3, padding=-1, rng=rng),
            ValueError,
            "padding must be at least 0",
        ),
        (lambda rng: Conv2D(1, 2, 3, rng=0), TypeError, "rng must be a numpy.random.Generator"),
        (lambda rng: Conv2D(1, 2, 3, rng=rng, dtype=int), TypeError, "dtype must be a float type"),
        (lambda rng: MaxPool2D(0), ValueError, "size must be at least 1; got 0"),
        (lambda rng: AvgPool2D(2, 0), ValueError, "stride must be at least 1; got 0"),
        (lambda rng: Dropout(1.0, rng=rng), ValueError, "0 ≤ p < 1; got 1.0"),
        (lambda rng: Dropout(0.5, rng=None), TypeError, "rng must be a numpy.random.Generator"),
        (lambda rng: BatchNorm(0), ValueError, "n must be a whole number of at least 1; got 0"),
        (lambda rng: BatchNorm(2, momentum=0), ValueError, "momentum must be in (0, 1]; got 0"),
    ],
)
def test_layers_check_their_arguments(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        make(np.random.default_rng(0))


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            Conv2D(3, 2, 3, rng=np.random.default_rng(0)),
            "x must have shape (B, n_in, H, W) with n_in = 3, as K has shape (2, 3, 3, 3); "
            "got (6, 2, 9, 8)",
        ),
        (MaxPool2D(9), "Along W, a window of 9 must fit into 8 pixels"),
        (BatchNorm(3), "x must have shape (B, n) or (B, n, H, W) with n = 3; got (6, 2, 9, 8)"),
        (Dense(16, 2, rng=np.random.default_rng(0)), "x must have shape (B, n_in)"),
    ],
    ids=repr,
)
def test_wrong_inputs_are_named(layer: Layer, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        layer.forward(images()[0])


@pytest.mark.parametrize(
    "layer",
    [
        Conv2D(2, 3, 3, rng=np.random.default_rng(0)),
        MaxPool2D(2),
        AvgPool2D(2),
        Flatten(),
        BatchNorm(2),
        Dropout(0.5, rng=np.random.default_rng(0)),
    ],
    ids=repr,
)
def test_wrong_upstream_gradients_are_named(layer: Layer) -> None:
    with pytest.raises(RuntimeError, match="backward was called before forward"):
        layer.backward(np.ones(1))
    z = layer.forward(images()[0])
    message = f"upstream must have the shape of the layer's output, {z.shape}; got (1,)."
    with pytest.raises(ValueError, match=re.escape(message)):
        layer.backward(np.ones(1))
    with pytest.raises(ValueError, match="upstream must be finite"):
        layer.backward(z * np.nan)
