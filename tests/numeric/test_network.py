"""Layers and networks: against PyTorch, the complex step, the plain functions; errors; files."""

import itertools
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bplab.numeric.activations import ACTIVATIONS
from bplab.numeric.dense import dense, dense_backward
from bplab.numeric.layers import Activation, Dense, Flatten, Layer, MaxPool2D
from bplab.numeric.losses import LOSSES
from bplab.numeric.network import Sequential

Array = np.ndarray[Any, Any]


def mlp(
    widths: list[int], activation: str = "tanh", dtype: str = "float64", seed: int = 0
) -> Sequential:
    """A network with random biases too, so that a lost bias would show."""
    rng = np.random.default_rng(seed)
    layers: list[Layer] = []
    for n_in, n_out in itertools.pairwise(widths):
        layers += [Dense(n_in, n_out, rng=rng, dtype=dtype), Activation(activation)]
    network = Sequential(*layers[:-1])
    for array in network.parameters().values():
        array += 0.1 * rng.standard_normal(array.shape).astype(dtype)
    return network


def targets(loss: str, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    if loss == "softmax_cross_entropy":
        return rng.integers(0, shape[1], shape[0])
    return rng.random(shape)


# Forward and backward


def test_forward_and_backward_by_hand() -> None:
    network = Sequential(Dense(1, 1, rng=np.random.default_rng(0)), Activation("sigmoid"))
    network.parameters()["0.W"][...] = 0.6
    network.parameters()["0.b"][...] = 0.9
    a = network.forward(np.array([[1.0]]))
    gradients = network.backward(a)  # quadratic cost with y = 0
    # Nielsen (2015), ch. 3: w = 0.6, b = 0.9 gives the output 0.82
    assert a.item() == pytest.approx(0.8175744761936437, rel=1e-15)
    assert gradients["0.W"].item() == pytest.approx(0.8175744761936437**2 * 0.1824255238063563)
    assert gradients["0.b"].item() == pytest.approx(0.8175744761936437**2 * 0.1824255238063563)


def test_dense_layer_equals_the_readable_functions() -> None:
    rng = np.random.default_rng(1)
    layer = Dense(3, 4, rng=rng)
    layer.b[...] = rng.standard_normal(4)
    x, dz = rng.standard_normal((5, 3)), rng.standard_normal((5, 4))
    np.testing.assert_array_equal(layer.forward(x), dense(x, layer.W, layer.b))
    dx, gradients = layer.backward(dz)
    for got, expected in zip(
        (dx, gradients["W"], gradients["b"]), dense_backward(dz, x, layer.W), strict=True
    ):
        np.testing.assert_allclose(got, expected, rtol=1e-14)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_layer_equals_the_readable_functions(name: str) -> None:
    rng = np.random.default_rng(2)
    z, upstream = rng.standard_normal((5, 3)), rng.standard_normal((5, 3))
    layer = Activation(name)
    np.testing.assert_array_equal(layer.forward(z), ACTIVATIONS[name].f(z))
    dz, gradients = layer.backward(upstream)
    np.testing.assert_array_equal(dz, upstream * ACTIVATIONS[name].f_prime(z))
    assert gradients == {}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name != "step"])
def test_every_parameter_gradient_equals_the_complex_step(activation: str, loss: str) -> None:
    rng = np.random.default_rng(3)
    widths = [3, 4, 1, 2]
    network, twin = mlp(widths, activation), mlp(widths, activation, dtype="complex128")
    x = rng.standard_normal((5, 3))
    y = targets(loss, (5, 2), rng)
    gradients = network.backward(LOSSES[loss].f_backward(network.forward(x), y))
    assert gradients.keys() == network.parameters().keys()
    for name, array in twin.parameters().items():
        for index in np.ndindex(array.shape):
            for key, live in twin.parameters().items():
                live[...] = network.parameters()[key]
            array[index] += 1e-20j
            expected = LOSSES[loss].f(twin.forward(x), y).imag / 1e-20
            assert gradients[name][index] == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name != "step"])
@pytest.mark.parametrize("seed", range(3))
def test_gradients_equal_those_of_torch(activation: str, loss: str, seed: int) -> None:
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    rng = np.random.default_rng(seed)
    widths = rng.integers(1, 9, rng.integers(2, 6)).tolist()
    network = mlp(widths, activation, seed=seed)
    x = rng.standard_normal((int(rng.integers(1, 7)), widths[0]))
    y = targets(loss, (len(x), widths[-1]), rng)

    outputs = network.forward(x)
    cost = LOSSES[loss].f(outputs, y)
    gradients = network.backward(LOSSES[loss].f_backward(outputs, y))

    tensors = {k: torch.tensor(v, requires_grad=True) for k, v in network.parameters().items()}
    activate = {"identity": lambda z: z, "leaky_relu": lambda z: functional.leaky_relu(z, 0.01)}
    a = torch.tensor(x)
    for i, layer in enumerate(network.layers):
        if isinstance(layer, Dense):
            a = functional.linear(a, tensors[f"{i}.W"], tensors[f"{i}.b"])
        else:
            a = activate.get(activation, getattr(functional, activation, None))(a)
    m, t = len(x), torch.tensor(y)
    expected = {
        "quadratic": lambda: ((a - t) ** 2).sum() / 2 / m,
        "binary_cross_entropy": lambda: (
            functional.binary_cross_entropy_with_logits(a, t, reduction="sum") / m
        ),
        "softmax_cross_entropy": lambda: functional.cross_entropy(a, t),
    }[loss]()
    expected.backward()
    assert cost == pytest.approx(expected.item(), rel=1e-12)
    for name, tensor in tensors.items():
        reference = tensor.grad.numpy()
        scale = np.abs(reference).max()
        assert np.abs(gradients[name] - reference).max() <= 1e-12 * scale + 1e-300


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_float32_stays_float32(activation: str) -> None:
    network = mlp([3, 4, 2], activation, dtype="float32")
    outputs = network.forward(np.ones((5, 3), "float32"))
    gradients = network.backward(np.ones_like(outputs))
    assert outputs.dtype == "float32"
    assert {g.dtype.name for g in gradients.values()} == {"float32"}


def test_later_calls_do_not_change_what_earlier_ones_returned() -> None:
    network, rng = mlp([3, 4, 2], "relu"), np.random.default_rng(4)
    outputs = network.forward(rng.standard_normal((5, 3)))
    gradients = network.backward(rng.standard_normal((5, 2)))
    before = [a.copy() for a in (outputs, *gradients.values())]
    network.forward(rng.standard_normal((5, 3)))
    network.backward(rng.standard_normal((5, 2)))
    for array, copy in zip((outputs, *gradients.values()), before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_backward_changes_no_parameter_and_can_be_repeated() -> None:
    network = mlp([3, 4, 2], "relu")
    before = {name: array.copy() for name, array in network.parameters().items()}
    upstream = network.forward(np.ones((5, 3)))
    copy = upstream.copy()
    first, second = network.backward(upstream), network.backward(upstream)
    np.testing.assert_array_equal(upstream, copy)
    for name, array in network.parameters().items():
        np.testing.assert_array_equal(array, before[name])
        np.testing.assert_array_equal(first[name], second[name])


def test_backward_belongs_to_the_last_forward() -> None:
    rng = np.random.default_rng(5)
    network, fresh = mlp([3, 4, 2]), mlp([3, 4, 2])
    first, last, upstream = rng.random((5, 3)), rng.random((6, 3)), rng.random((6, 2))
    network.forward(first)
    network.forward(last)
    fresh.forward(last)
    expected = fresh.backward(upstream)
    for name, gradient in network.backward(upstream).items():
        np.testing.assert_array_equal(gradient, expected[name])


def test_parameters_are_live() -> None:
    network = Sequential(Dense(2, 2, rng=np.random.default_rng(0)))
    network.parameters()["0.W"][...] = 0
    network.parameters()["0.b"][...] = 7
    np.testing.assert_array_equal(network.forward([[1.0, 2.0]]), [[7.0, 7.0]])


def test_a_layer_gives_dx_only_when_it_is_needed() -> None:
    layer = Dense(3, 2, rng=np.random.default_rng(0))
    layer.forward(np.ones((5, 3)))
    assert layer.backward(np.ones((5, 2)), need_dx=False)[0] is None
    np.testing.assert_allclose(layer.backward(np.ones((5, 2)))[0], np.ones((5, 2)) @ layer.W)


def test_the_first_layer_is_not_asked_for_dx() -> None:
    asked = []

    class Spy(Dense):
        def backward(self, upstream: Any, need_dx: bool = True) -> Any:
            asked.append(need_dx)
            return super().backward(upstream, need_dx)

    rng = np.random.default_rng(0)
    network = Sequential(Spy(3, 2, rng=rng), Spy(2, 1, rng=rng))
    network.backward(network.forward(np.ones((1, 3))))
    assert asked == [True, False]  # last layer first


# Errors


def test_unknown_activation_names_the_nearest() -> None:
    with pytest.raises(
        ValueError, match=r"activation must be one of .*; got 'rleu'. Did you mean 'relu'"
    ):
        Activation("rleu")


def test_widths_that_do_not_fit_name_both_layers() -> None:
    rng = np.random.default_rng(0)
    message = r"layer 0, Dense\(3, 4\), gives 4 outputs, but layer 2, Dense\(5, 2\), takes 5"
    with pytest.raises(ValueError, match=message):
        Sequential(Dense(3, 4, rng=rng), Activation("relu"), Dense(5, 2, rng=rng))


def test_backward_before_forward() -> None:
    network = mlp([3, 4, 2])
    with pytest.raises(RuntimeError, match=r"Dense\(4, 2\): backward was called before forward"):
        network.backward(np.ones((1, 2)))


def test_one_layer_twice() -> None:
    layer = Activation("tanh")
    with pytest.raises(ValueError, match=r"layer 2, Activation.'tanh'., occurs twice"):
        Sequential(layer, Dense(2, 2, rng=np.random.default_rng(0)), layer)


def test_no_layers_and_things_that_are_no_layers() -> None:
    with pytest.raises(ValueError, match="at least one layer"):
        Sequential()
    with pytest.raises(TypeError, match=r"layer 0 must be a Layer; got .*one by one"):
        Sequential([Activation("relu")])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.ones((5, 4)), r"x must have shape \(B, n_in\) with n_in = 3.*got \(5, 4\)"),
        (np.ones(3), r"x must have shape \(B, n_in\).*got \(3,\)"),
        (np.ones((0, 3)), "x must not be empty"),
        (np.array([[1.0, np.nan, 0.0]]), r"x\[0, 1\] is nan"),
    ],
)
def test_wrong_inputs_are_named(x: Array, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mlp([3, 2]).forward(x)


@pytest.mark.parametrize(
    ("upstream", "message"),
    [
        (np.ones((5, 3)), r"upstream must have shape \(B, n_out\).*got \(5, 3\)"),
        (np.ones((4, 2)), r"upstream must have shape \(B, n_out\).*got \(4, 2\)"),
        (np.full((5, 2), np.inf), r"upstream\[0, 0\] is inf"),
    ],
)
def test_wrong_upstream_gradients_are_named(upstream: Array, message: str) -> None:
    network = mlp([3, 2])
    network.forward(np.ones((5, 3)))
    with pytest.raises(ValueError, match=message):
        network.backward(upstream)


def test_an_error_says_in_which_layer() -> None:
    rng = np.random.default_rng(0)
    network = Sequential(MaxPool2D(2), MaxPool2D(2), Flatten(), Dense(4, 2, rng=rng))
    with pytest.raises(ValueError, match="a window of 2 must fit") as caught:
        network.forward(np.ones((1, 1, 3, 3)))
    assert caught.value.__notes__ == ["This happened in layer 1, MaxPool2D((2, 2))."]
    network.forward(np.ones((1, 1, 8, 8)))
    with pytest.raises(ValueError, match="upstream must") as caught:
        network.backward(np.ones((1, 3)))
    assert caught.value.__notes__ == ["This happened on the way back through layer 3, Dense(4, 2)."]


def test_activation_refuses_to_broadcast_the_upstream_gradient() -> None:
    layer = Activation("tanh")
    layer.forward(np.ones((5, 3)))
    with pytest.raises(ValueError, match=r"upstream must have the shape .*\(5, 3\); got \(1, 3\)"):
        layer.backward(np.ones((1, 3)))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_in": 0}, ValueError, "n_in must be a whole number of at least 1; got 0"),
        ({"n_out": 2.0}, TypeError, "n_out must be a whole number of at least 1; got 2.0"),
        ({"rng": 3}, TypeError, "rng must be a numpy.random.Generator; got int"),
        ({"dtype": "int64"}, TypeError, "dtype must be a float type"),
    ],
)
def test_dense_checks_its_arguments(
    arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    right = {"n_in": 3, "n_out": 2, "rng": np.random.default_rng(0)}
    with pytest.raises(error, match=message):
        Dense(**(right | arguments))


# Files


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_saved_network_comes_back_the_same(tmp_path: Path, dtype: str) -> None:
    network = mlp([3, 4, 2], "gelu", dtype=dtype)
    path = tmp_path / "network.npz"
    network.save(path)
    loaded = Sequential.load(path)
    assert repr(loaded) == repr(network)
    for name, array in network.parameters().items():
        assert loaded.parameters()[name].dtype == dtype
        np.testing.assert_array_equal(loaded.parameters()[name], array)
    x = np.ones((5, 3), dtype)
    np.testing.assert_array_equal(loaded.forward(x), network.forward(x))
    assert [p.name for p in tmp_path.iterdir()] == ["network.npz"]


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "network.npz"
    mlp([3, 2]).save(path)
    before = path.read_bytes()

    def full_disk(*args: Any, **kwargs: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match="No space"):
        mlp([3, 2], seed=1).save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["network.npz"]


def test_a_layer_that_cannot_be_loaded_is_not_saved(tmp_path: Path) -> None:
    class Mine(Activation):
        pass

    with pytest.raises(TypeError, match=r"cannot be saved: only Dense, Activation, .* can"):
        Sequential(Mine("relu")).save(tmp_path / "network.npz")
    assert not list(tmp_path.iterdir())


def write_npz(path: Path, layers: object, **arrays: Array) -> None:
    header = json.dumps({"format": "bplab-network-1", "description": layers})
    np.savez(path, header=np.array(header), **{f"array:{k}": a for k, a in arrays.items()})


def truncated(path: Path) -> None:
    mlp([30, 20]).save(path)
    path.write_bytes(path.read_bytes()[:-100])


def flipped_byte(path: Path) -> None:
    mlp([30, 20]).save(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def npy(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.ones(3))


def foreign_npz(path: Path) -> None:
    np.savez(path, weights=np.ones(3))


def pickled(path: Path) -> None:
    np.savez(path, header=np.array([{"format": "bplab-network-1"}], dtype=object))


DENSE = {"layer": "Dense", "n_in": 1, "n_out": 1, "dtype": "float64"}
W, B = np.ones((1, 1)), np.ones(1)
BAD_FILES = {
    "missing": (lambda path: None, "no file"),
    "empty": (lambda path: path.write_bytes(b""), "damaged"),
    "text": (lambda path: path.write_text("weights"), "damaged"),
    "pickle": (lambda path: path.write_bytes(pickle.dumps({"W": 1})), "damaged"),
    "directory": (lambda path: path.mkdir(), "damaged"),
    "truncated": (truncated, "damaged"),
    "flipped byte": (flipped_byte, "damaged"),
    "one array": (npy, "damaged"),
    "foreign npz": (foreign_npz, "damaged"),
    "pickled member": (pickled, "damaged"),
    "unknown layer": (lambda path: write_npz(path, [{"layer": "Evil"}]), "Evil"),
    "no layers": (lambda path: write_npz(path, []), "at least one layer"),
    "not a list": (lambda path: write_npz(path, 3), "does not describe a network"),
    "missing bias": (lambda path: write_npz(path, [DENSE], **{"0.W": W}), "0.b"),
    "wrong shape": (
        lambda path: write_npz(path, [DENSE], **{"0.W": np.ones((2, 1)), "0.b": B}),
        r"0.W must be",
    ),
    "wrong dtype": (
        lambda path: write_npz(path, [DENSE], **{"0.W": W.astype(int), "0.b": B}),
        r"0.W must be",
    ),
    "not finite": (
        lambda path: write_npz(path, [DENSE], **{"0.W": W * np.nan, "0.b": B}),
        r"0.W\[0, 0\] is nan",
    ),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_files_are_refused_and_named(tmp_path: Path, kind: str) -> None:
    make, message = BAD_FILES[kind]
    path = tmp_path / "bad.npz"
    make(path)
    with pytest.raises(ValueError, match=message) as caught:
        Sequential.load(path)
    assert "bad.npz" in str(caught.value)


def test_no_flipped_byte_goes_unnoticed_or_crashes(tmp_path: Path) -> None:
    path = tmp_path / "network.npz"
    network = mlp([1, 1])
    network.save(path)
    content = path.read_bytes()
    messages = []
    for i in range(0, len(content), 3):
        path.write_bytes(content[:i] + bytes([content[i] ^ 0x55]) + content[i + 1 :])
        try:
            loaded = Sequential.load(path)
        except ValueError as error:
            messages.append(str(error))
        else:  # a byte that carries nothing, such as a time stamp
            for name, array in loaded.parameters().items():
                np.testing.assert_array_equal(array, network.parameters()[name])
    assert len(messages) > len(content) / 3 / 2
    assert all("network.npz" in message for message in messages)
