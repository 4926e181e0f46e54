"""Lesson 08, convolution and pooling forward: windows that slide, and what they leave behind."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from bplab.exercises.choice import ChoiceExercise
from bplab.exercises.code import CodeExercise
from bplab.exercises.exercise import Mistake
from bplab.exercises.formula import FormulaExercise
from bplab.exercises.number import NumberExercise
from bplab.exercises.samples import Sample, away_from_zero
from bplab.numeric import Array, conv2d_loops, output_size


def correlate(x: Array, K: Array) -> Array:
    """Cross-correlation z_ij = Σ_uv K_uv x_(i+u, j+v), wherever the kernel fits into the image."""
    (H, W), (kh, kw) = x.shape, K.shape
    z = np.zeros((H - kh + 1, W - kw + 1), x.dtype)
    for i, j in np.ndindex(*z.shape):
        z[i, j] = np.sum(K * x[i : i + kh, j : j + kw])
    return z


# Image and kernel: distinct sizes, 1×1, a kernel as large as the image, one row, and squares.
CORRELATED = (
    ((5, 7), (2, 3)),
    ((6, 4), (3, 2)),
    ((3, 4), (1, 1)),
    ((3, 2), (3, 2)),
    ((1, 5), (1, 3)),
    ((5, 1), (2, 1)),
    ((4, 4), (3, 3)),
    ((6, 6), (2, 2)),
)


def correlate_samples() -> tuple[Sample, ...]:
    """An image and a kernel of each of the sizes."""
    found = []
    for seed, (image, kernel) in enumerate(CORRELATED):
        rng = np.random.default_rng([8, 1, seed])
        found.append({"x": away_from_zero(rng, image), "K": away_from_zero(rng, kernel)})
    return tuple(found)


def correlate_wrong(entry: Any) -> Any:
    """Correlation with another number made of each window: entry(K, window)."""

    def run(x, K):  # type: ignore[no-untyped-def]
        z = correlate(x, K)
        for i, j in np.ndindex(z.shape):
            z[i, j] = entry(K, x[i : i + len(K), j : j + K.shape[1]])
        return z

    return run


def correlate_in_place_of_the_image(x, K):  # type: ignore[no-untyped-def]
    z = np.zeros_like(x)
    part = correlate(x, K)
    z[: part.shape[0], : part.shape[1]] = part
    return z


def correlate_padded(x, K):  # type: ignore[no-untyped-def]
    rows, columns = K.shape[0] - 1, K.shape[1] - 1
    return correlate(np.pad(x, ((rows, rows), (columns, columns))), K)


def correlate_cyclic(x, K):  # type: ignore[no-untyped-def]
    shifts = np.ndindex(K.shape)
    return sum(K[u, v] * np.roll(x, (-u, -v), axis=(0, 1)) for u, v in shifts)


def correlate_backwards(x, K):  # type: ignore[no-untyped-def]
    """x[i - u, j - v], where NumPy reads a negative index from the other end."""
    z = sum(K[u, v] * np.roll(x, (u, v), axis=(0, 1)) for u, v in np.ndindex(K.shape))
    return z[: len(x) - len(K) + 1, : x.shape[1] - K.shape[1] + 1]


def correlate_without_starting_anew(x, K):  # type: ignore[no-untyped-def]
    z = correlate(x, K)
    return z.cumsum().reshape(z.shape)


def _after(z: Array) -> tuple[tuple[int, int], ...]:
    """How many zeros to put behind one number, to fill the shape of z."""
    return tuple((0, n - 1) for n in z.shape)


def correlate_over_the_places(x, K):  # type: ignore[no-untyped-def]
    """The sum over i and j in place of that over u and v."""
    z = np.zeros_like(K)
    for i, j in np.ndindex(correlate(x, K).shape):
        z += K * x[i : i + K.shape[0], j : j + K.shape[1]]
    return z


def correlate_to_the_same_size(x, K):  # type: ignore[no-untyped-def]
    rows, columns = K.shape[0] // 2, K.shape[1] // 2
    return correlate(np.pad(x, ((rows, rows), (columns, columns))), K)


CORRELATE = CodeExercise(
    id="08.1",
    title="a kernel slides over an image",
    points=2,
    reference=correlate,
    samples=correlate_samples(),
    hints=(
        "How far down can the window move before it leaves the image? That is the number of rows "
        "of z, and likewise for the columns.",
        "z has shape (H − kh + 1, W − kw + 1). For every i, j: cut out the window of x whose first "
        "entry is x[i, j], multiply it entry by entry with K, and add up.",
        "for i in range(H - kh + 1): for j in range(W - kw + 1): "
        "z[i, j] = np.sum(K * x[i : i + kh, j : j + kw])",
    ),
    mistakes=(
        Mistake(
            "kernel rotated",
            lambda x, K: correlate(x, K[::-1, ::-1]),
            "You rotated the kernel by 180°: that is the convolution of mathematics, Σ K_uv "
            "x_(i−u, j−v). Here K_00 lies on the window's first entry: z_ij = Σ K_uv x_(i+u, j+v).",
        ),
        Mistake(
            "rows of the kernel reversed",
            lambda x, K: correlate(x, K[::-1]),
            "You turned the kernel upside down: K_uv meets x_(i+u, j+v), both counted from the "
            "window's first entry.",
        ),
        Mistake(
            "columns of the kernel reversed",
            lambda x, K: correlate(x, K[:, ::-1]),
            "You reversed the columns of the kernel: K_uv meets x_(i+u, j+v), both counted from "
            "the window's first entry.",
        ),
        Mistake(
            "kernel transposed",
            lambda x, K: correlate_wrong(lambda K, window: np.sum(K.T * window))(x, K),
            "You transposed the kernel: u counts its rows and goes with i, v its columns and goes "
            "with j.",
        ),
        Mistake(
            "kernel transposed, and its size too",
            lambda x, K: correlate(x, K.T),
            "You laid K.T on the image: u counts the rows of the kernel and goes with i, v its "
            "columns and goes with j.",
        ),
        Mistake(
            "output transposed",
            lambda x, K: correlate(x, K).T,
            "The numbers are right, but transposed: i counts rows, in x and in z.",
        ),
        Mistake(
            "last window missing",
            lambda x, K: correlate(x, K)[:-1, :-1],
            "The last row and column of windows are missing: the window fits at i = 0, …, H − kh, "
            "and those are H − kh + 1 places.",
        ),
        Mistake(
            "shape of the image",
            correlate_in_place_of_the_image,
            "Your z has the shape of the image, with zeros where no window fits: it has "
            "(H − kh + 1, W − kw + 1) entries, one for each place of the window.",
        ),
        Mistake(
            "windows beyond the edge",
            correlate_padded,
            "You also took windows that stick out of the image: here only those count that lie "
            "inside. Padding comes later.",
        ),
        Mistake(
            "padded by half a kernel",
            correlate_to_the_same_size,
            "You put zeros around the image first: here only those windows count that lie inside. "
            "Padding comes later.",
        ),
        Mistake(
            "minus for plus",
            correlate_backwards,
            "You read x[i − u, j − v]: it is x[i + u, j + v]. NumPy takes a negative index from "
            "the other end of the image, without a warning.",
        ),
        Mistake(
            "around the edge",
            correlate_cyclic,
            "Your windows go on at the other side of the image when they leave it: take only those "
            "that lie inside.",
        ),
        Mistake(
            "windows side by side",
            lambda x, K: correlate(x, K)[:: K.shape[0], :: K.shape[1]],
            "Your windows lie side by side: the window moves on by one pixel, not by its own size.",
        ),
        Mistake(
            "no kernel",
            correlate_wrong(lambda K, window: window.sum()),
            "You added up the window without the kernel: each pixel is weighted by K_uv first.",
        ),
        Mistake(
            "mean",
            correlate_wrong(lambda K, window: np.mean(K * window)),
            "You took the mean over the window: z_ij is the sum Σ K_uv x_(i+u, j+v).",
        ),
        Mistake(
            "divided by the kernel's sum",
            correlate_wrong(lambda K, window: np.sum(K * window) / K.sum()),
            "You divided by the sum of the kernel: nothing is normalised. The weights are learned "
            "as they are, and may well add up to 0.",
        ),
        Mistake(
            "overwritten",
            correlate_wrong(lambda K, window: (K * window)[-1, -1]),
            "Only the last product of each window is left: z[i, j] is overwritten. Add up, with "
            "+= or with np.sum.",
        ),
        Mistake(
            "not started anew",
            correlate_without_starting_anew,
            "Each of your numbers has all those before it in it: the sum starts at 0 for every "
            "place (i, j), so set it to 0 inside the loops over i and j.",
        ),
        Mistake(
            "left flat",
            lambda x, K: correlate(x, K).ravel(),
            "Your numbers are right, but in one row: reshape them to (H − kh + 1, W − kw + 1), or "
            "write each into z[i, j].",
        ),
        Mistake(
            "summed down the columns only",
            lambda x, K: (np.lib.stride_tricks.sliding_window_view(x, K.shape) * K).sum(axis=2),
            "You summed each window over its rows only, as Python's own sum does: np.sum adds up "
            "all of its entries.",
        ),
        Mistake(
            "first number only",
            lambda x, K: np.pad(correlate(x, K)[:1, :1], _after(correlate(x, K))),
            "Only z[0, 0] is there: is the return inside the loops?",
        ),
        Mistake(
            "products not summed",
            lambda x, K: np.lib.stride_tricks.sliding_window_view(x, K.shape) * K,
            "Your products are right, but not summed: add them up over the last two axes.",
        ),
        Mistake(
            "summed over the places",
            correlate_over_the_places,
            "You summed over the places (i, j): each place has a number of its own, the sum over "
            "its window, over u and v.",
        ),
        Mistake(
            "last row and column of the kernel missing",
            correlate_wrong(lambda K, window: np.sum((K * window)[:-1, :-1])),
            "The last row and column of the kernel are left out: u runs over all of range(kh), and "
            "v over all of range(kw).",
        ),
        Mistake(
            "first product only",
            correlate_wrong(lambda K, window: (K * window)[0, 0]),
            "Only the first product of each window is there: sum over all u and v.",
        ),
        Mistake(
            "matrix product",
            correlate_wrong(lambda K, window: np.sum(K @ window)),
            "You multiplied kernel and window as matrices: entries that lie on each other are "
            "multiplied, with *, and then added up.",
        ),
        Mistake(
            "matrix product with the transpose",
            correlate_wrong(lambda K, window: np.sum(K @ window.T)),
            "You multiplied kernel and window as matrices: they are multiplied entry by entry, "
            "with *, and summed.",
        ),
        Mistake(
            "largest product",
            correlate_wrong(lambda K, window: np.max(K * window)),
            "You took the largest product of each window: z_ij is their sum.",
        ),
    ),
)


FLIP = ChoiceExercise(
    id="08.2",
    title="from correlation to convolution",
    options={
        "a": "correlate(x, K.T)",
        "b": "correlate(x, K[::-1])",
        "c": "correlate(x, -K)",
        "d": "correlate(x, K[::-1, ::-1])",
        "e": "correlate(x[::-1, ::-1], K)",
        "f": "correlate(x, np.rot90(K))",
    },
    right="d",
    hints=(
        "In one dimension it was K[::-1]. What is reversed in Σ K_uv x_(i−u, j−v): one index or "
        "both?",
        "Both minus signs reverse an axis. Reversing rows and columns is a rotation by 180°.",
        "Put u′ = kh − 1 − u and v′ = kw − 1 − v: the sum becomes a correlation with the kernel "
        "K[kh − 1 − u′, kw − 1 − v′], which is K[::-1, ::-1].",
    ),
    mistakes=(
        Mistake(
            "transpose",
            "a",
            "K.T swaps rows and columns: its first entry stays where it is. The convolution wants "
            "the last one there.",
        ),
        Mistake(
            "rows only",
            "b",
            "K[::-1] reverses the rows alone: the minus at j − v wants the columns reversed too.",
        ),
        Mistake(
            "sign",
            "c",
            "−K changes the sign of every product. The minus in x_(i−u, j−v) is in the index, not "
            "in the value.",
        ),
        Mistake(
            "image rotated",
            "e",
            "That gives the right numbers in the wrong places: rotating the image instead of the "
            "kernel rotates the whole result by 180°.",
        ),
        Mistake("quarter turn", "f", "np.rot90 turns by 90°: two reversals make 180°."),
    ),
)


# size, kernel, stride, padding. In the first, all wrong formulas that are listed differ.
SIZES = (
    (28, 5, 3, 1),
    (7, 3, 1, 0),
    (28, 3, 2, 0),
    (28, 5, 1, 2),
    (10, 3, 2, 1),
    (5, 2, 3, 1),
    (32, 5, 1, 0),
    (9, 4, 3, 2),
    (6, 6, 1, 0),
    (8, 1, 4, 0),
    (6, 5, 3, 0),
    (11, 7, 2, 3),
)

OUTPUT_SIZE = CodeExercise(
    id="08.3",
    title="how many windows fit",
    reference=output_size,
    samples=tuple(
        dict(zip(("size", "kernel", "stride", "padding"), sizes, strict=True)) for sizes in SIZES
    ),
    hints=(
        "With padding on both sides there are size + 2·padding pixels. The first window starts at "
        "0. Where may the last one start at most?",
        "It may start at size + 2·padding − kernel at most. Windows start at 0, stride, 2·stride, "
        "…: how many of these are not larger?",
        "return (size + 2 * padding - kernel) // stride + 1",
    ),
    mistakes=(
        Mistake(
            "no floor",
            lambda n, k, s, p: (n + 2 * p - k) / s + 1,
            "Your result is a fraction where the stride does not divide: half a window is none. "
            "Round down, with //.",
        ),
        Mistake(
            "a float",
            lambda n, k, s, p: np.floor((n + 2 * p - k) / s) + 1,
            "The number is right, but it is a float, and range or a shape takes whole numbers "
            "only: wrap it in int(…), or divide with //.",
        ),
        Mistake(
            "rounded up",
            lambda n, k, s, p: math.ceil((n + 2 * p - k) / s) + 1,
            "You rounded up: the last window would stick out of the padded image. Round down, "
            "with //.",
        ),
        Mistake(
            "rounded to the nearest",
            lambda n, k, s, p: round((n + 2 * p - k) / s) + 1,
            "You rounded to the nearest whole number: a window that fits by half does not fit. "
            "Round down, with //.",
        ),
        Mistake(
            "kernel less one",
            lambda n, k, s, p: (n + 2 * p - (k - 1)) // s + 1,
            "You subtracted kernel − 1 and added 1 as well: that adds a window "
            "wherever the last step just fails to fit.",
        ),
        Mistake(
            "stride and one",
            lambda n, k, s, p: (n + 2 * p - k) // (s + 1),
            "The + 1 is inside of the division: it counts the first window, so it is added at the "
            "end.",
        ),
        Mistake(
            "precedence, not rounded",
            lambda n, k, s, p: n + 2 * p - k / s + 1,
            "Only the kernel is divided by the stride: put size + 2·padding − kernel in brackets, "
            "and round down, with //.",
        ),
        Mistake(
            "windows side by side",
            lambda n, k, s, p: (n + 2 * p) // k,
            "You counted windows side by side, as if the stride were the kernel's size.",
        ),
        Mistake(
            "padding four times",
            lambda n, k, s, p: (n + 4 * p - k) // s + 1,
            "You counted the padding four times: along one axis there are two ends.",
        ),
        Mistake(
            "padding once",
            lambda n, k, s, p: (n + p - k) // s + 1,
            "You counted the padding once: it is added at both ends, so size + 2·padding.",
        ),
        Mistake(
            "no padding",
            lambda n, k, s, p: (n - k) // s + 1,
            "The padding is missing: the padded image has size + 2·padding pixels.",
        ),
        Mistake(
            "padding afterwards",
            lambda n, k, s, p: (n - k) // s + 1 + 2 * p,
            "You added the padding to the output: it is added to the image, before the window "
            "slides, so it is divided by the stride too.",
        ),
        Mistake(
            "no stride",
            lambda n, k, s, p: n + 2 * p - k + 1,
            "The stride is missing: only every stride-th place counts.",
        ),
        Mistake(
            "no + 1",
            lambda n, k, s, p: (n + 2 * p - k) // s,
            "The + 1 is missing: you counted the steps, but the window also stands at the start.",
        ),
        Mistake(
            "+ 1 divided too",
            lambda n, k, s, p: (n + 2 * p - k + 1) // s,
            "You divided the + 1 by the stride as well: it stands for the window at the start, "
            "outside the fraction.",
        ),
        Mistake(
            "one pixel too few",
            lambda n, k, s, p: (n + 2 * p - k - 1) // s + 1,
            "Your result is ⌈(size + 2·padding − kernel) / stride⌉, which is one too few where the "
            "stride divides: a window may end on the very last pixel. Round down, then add 1.",
        ),
        Mistake(
            "rounded to the nearest in the end",
            lambda n, k, s, p: round((n + 2 * p - k) / s + 1),
            "You rounded to the nearest whole number, which for halves is the even one in Python: "
            "a window that fits by half does not fit. Round down, with //.",
        ),
        Mistake(
            "no floor, padding once",
            lambda n, k, s, p: (n + p - k) / s + 1,
            "Two things: the padding is added at both ends, 2·padding; and the result must be "
            "rounded down, with //.",
        ),
        Mistake(
            "no floor, no padding",
            lambda n, k, s, p: (n - k) / s + 1,
            "Two things: the padding is missing, 2·padding; and the result must be rounded down, "
            "with //.",
        ),
        Mistake(
            "no floor, no + 1",
            lambda n, k, s, p: (n + 2 * p - k) / s,
            "Two things: the result must be rounded down, with //; and the + 1 is missing, the "
            "window at the start.",
        ),
        Mistake(
            "no stride, no padding",
            lambda n, k, s, p: n - k + 1,
            "That holds for stride 1 without padding: both are given here.",
        ),
        Mistake(
            "padding subtracted",
            lambda n, k, s, p: (n - 2 * p - k) // s + 1,
            "You subtracted the padding: it makes the image larger.",
        ),
        Mistake(
            "size over stride, rounded down",
            lambda n, k, s, p: n // s,
            "Your result is ⌊size / stride⌋: kernel and padding play no part in it.",
        ),
        Mistake(
            "no kernel",
            lambda n, k, s, p: (n + 2 * p) // s + 1,
            "The kernel is missing: the last window must start kernel pixels before the end.",
        ),
        Mistake(
            "no kernel, no + 1",
            lambda n, k, s, p: (n + 2 * p) // s,
            "You divided the padded size by the stride: the window's own size is not used. Its "
            "first place is at 0, its last at most at size + 2·padding − kernel.",
        ),
        Mistake(
            "kernel added",
            lambda n, k, s, p: (n + 2 * p + k) // s + 1,
            "You added the kernel: a larger window has fewer places, so subtract it.",
        ),
        Mistake(
            "multiplied by the stride",
            lambda n, k, s, p: (n + 2 * p - k) * s + 1,
            "You multiplied by the stride: larger steps make fewer windows, so divide.",
        ),
        Mistake(
            "size over stride",
            lambda n, k, s, p: math.ceil(n / s),
            "Your result is ⌈size / stride⌉: that holds only for padding that is chosen for it "
            "(“same”), not for the padding that is given.",
        ),
        Mistake(
            "precedence",
            lambda n, k, s, p: n + 2 * p - k // s + 1,
            "You divided the kernel alone by the stride: brackets are missing around "
            "size + 2·padding − kernel.",
        ),
    ),
)


# B, C, H, W, F, kh, kw, stride, padding
LAYERS = (
    (2, 3, 6, 9, 5, 2, 3, 2, 1),
    (1, 1, 4, 5, 1, 3, 2, 1, 0),
    (3, 2, 3, 2, 4, 1, 1, 1, 0),
    (2, 1, 6, 7, 3, 3, 3, 3, 0),
    (1, 2, 3, 3, 2, 3, 3, 1, 1),
    (2, 2, 2, 2, 2, 2, 2, 2, 2),
    (1, 3, 3, 3, 3, 3, 3, 1, 2),
    (2, 4, 1, 6, 2, 1, 3, 2, 0),
)


def layer_samples() -> tuple[Sample, ...]:
    """Images, kernels and biases of each of the layers."""
    found = []
    for seed, (B, C, H, W, F, kh, kw, stride, padding) in enumerate(LAYERS):
        rng = np.random.default_rng([8, 4, seed])
        found.append(
            {
                "x": away_from_zero(rng, (B, C, H, W)),
                "K": away_from_zero(rng, (F, C, kh, kw)),
                "b": away_from_zero(rng, (F,)),
                "stride": stride,
                "padding": padding,
            }
        )
    return tuple(found)


def zeros_around(x: Array, padding: int) -> Array:
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def layer_wrong(
    pad: Any = zeros_around,
    entry: Any = lambda K, window: np.einsum("fcuv,bcuv->bf", K, window),
    with_bias: Any = lambda z, K, b: z + b[:, np.newaxis, np.newaxis],
    start: Any = lambda i, j, stride: (i * stride, j * stride),
) -> Any:
    """The layer with one of its parts replaced."""

    def run(x, K, b, stride, padding):  # type: ignore[no-untyped-def]
        padded, (kh, kw) = pad(x, padding), K.shape[2:]
        rows = output_size(padded.shape[2], kh, stride)
        columns = output_size(padded.shape[3], kw, stride)
        z = np.zeros((len(x), len(K), rows, columns))
        for i, j in np.ndindex(rows, columns):
            r, c = start(i, j, stride)
            z[:, :, i, j] = entry(K, padded[:, :, r : r + kh, c : c + kw])
        return with_bias(z, K, b)

    return run


def layer_then(change: Any) -> Any:
    """The layer called with other arguments, `change(x, K, b, stride, padding)`."""
    return lambda *arguments: layer_wrong()(*change(*arguments))


def layer_padding_not_in_the_size(x, K, b, stride, padding):  # type: ignore[no-untyped-def]
    rows = output_size(x.shape[2], K.shape[2], stride)
    columns = output_size(x.shape[3], K.shape[3], stride)
    return layer_wrong()(x, K, b, stride, padding)[:, :, :rows, :columns]


def padded_on_all_axes(x: Array, padding: int) -> Array:
    """np.pad(x, padding), of which a loop then reads the first images and channels."""
    return np.pad(x, padding)[: len(x), : x.shape[1]]


def layer_before_the_sum_over_channels(x, K, b, stride, padding):  # type: ignore[no-untyped-def]
    parts = [
        layer_wrong()(x[:, c : c + 1], K[:, c : c + 1], b, stride, padding)
        for c in range(K.shape[1])
    ]
    return np.stack(parts, axis=2)


CONV2D = CodeExercise(
    id="08.4",
    title="the whole convolution layer",
    points=3,
    reference=conv2d_loops,
    samples=layer_samples(),
    hints=(
        "Write it for one number first: z[s, f, i, j]. Which image, which kernel, which window?",
        "Pad a copy of x with zeros on the last two axes only. The window of output (i, j) starts "
        "at row i·stride and column j·stride of the padded image and has all channels; multiply "
        "it with K[f], add everything up, and then b[f], once.",
        "window = padded[s, :, i*stride : i*stride + kh, j*stride : j*stride + kw]; "
        "z[s, f, i, j] = np.sum(K[f] * window) + b[f]",
    ),
    mistakes=(
        Mistake(
            "kernel rotated",
            layer_then(lambda x, K, b, s, p: (x, K[:, :, ::-1, ::-1], b, s, p)),
            "You rotated the kernel by 180°: a convolution layer computes the cross-correlation, "
            "as every framework does.",
        ),
        Mistake(
            "kernel transposed",
            layer_wrong(entry=lambda K, w: np.sum(K[:, None].swapaxes(3, 4) * w, axis=(2, 3, 4)).T),
            "You transposed the kernel: its axes are (F, C, rows, columns), in the order of the "
            "image's.",
        ),
        Mistake(
            "rows of the kernel reversed",
            layer_then(lambda x, K, b, s, p: (x, K[:, :, ::-1], b, s, p)),
            "You turned the kernels upside down: K[f, c, u, v] lies on row i·stride + u.",
        ),
        Mistake(
            "columns of the kernel reversed",
            layer_then(lambda x, K, b, s, p: (x, K[:, :, :, ::-1], b, s, p)),
            "You reversed the columns of the kernels: K[f, c, u, v] lies on column j·stride + v.",
        ),
        Mistake(
            "kernels and channels reversed",
            layer_then(lambda x, K, b, s, p: (x, K[::-1, ::-1], b, s, p)),
            "K[::-1, ::-1] reverses the first two axes of K, kernels and channels. And nothing "
            "needs to be reversed: a convolution layer computes the cross-correlation.",
        ),
        Mistake(
            "all axes reversed",
            layer_then(lambda x, K, b, s, p: (x, np.flip(K), b, s, p)),
            "You reversed all four axes of K, kernels and channels as well. Nothing needs to be "
            "reversed: a convolution layer computes the cross-correlation.",
        ),
        Mistake(
            "kernel transposed, and its size too",
            layer_then(lambda x, K, b, s, p: (x, K.swapaxes(2, 3), b, s, p)),
            "You exchanged rows and columns of the kernel: its axes are (F, C, rows, columns), in "
            "the order of the image's.",
        ),
        Mistake(
            "no stride",
            layer_then(lambda x, K, b, s, p: (x, K, b, 1, p)),
            "The stride is missing: the window moves on by stride pixels.",
        ),
        Mistake(
            "stride in the size only",
            layer_wrong(start=lambda i, j, stride: (i, j)),
            "Your z has the right shape, but its windows move by one pixel: the window of output "
            "(i, j) starts at (i·stride, j·stride).",
        ),
        Mistake(
            "stride for the rows only",
            layer_wrong(start=lambda i, j, stride: (i * stride, j)),
            "Your windows move by stride down, but by 1 to the right: the window of output (i, j) "
            "starts at (i·stride, j·stride).",
        ),
        Mistake(
            "stride for the columns only",
            layer_wrong(start=lambda i, j, stride: (i, j * stride)),
            "Your windows move by stride to the right, but by 1 down: the window of output (i, j) "
            "starts at (i·stride, j·stride).",
        ),
        Mistake(
            "no padding",
            layer_then(lambda x, K, b, s, p: (x, K, b, s, 0)),
            "The padding is missing: put padding rows and columns of zeros on each side of the "
            "image.",
        ),
        Mistake(
            "padding not in the size",
            layer_padding_not_in_the_size,
            "You padded the image, but counted the windows of the image without padding: use "
            "H + 2·padding for the size of the output.",
        ),
        Mistake(
            "padding on one side",
            layer_wrong(pad=lambda x, p: np.pad(x, ((0, 0), (0, 0), (p, 0), (p, 0)))),
            "Your windows go as far as if there were padding above and to the left only: zeros "
            "belong on all four sides, and the size is counted with H + 2·padding.",
        ),
        Mistake(
            "padding at the end only",
            layer_wrong(pad=lambda x, p: np.pad(x, ((0, 0), (0, 0), (0, p), (0, p)))),
            "You padded below and to the right only: zeros belong on all four sides.",
        ),
        Mistake(
            "all padding at the end",
            layer_wrong(pad=lambda x, p: np.pad(x, ((0, 0), (0, 0), (0, 2 * p), (0, 2 * p)))),
            "Your output has the right shape, but window (0, 0) starts at the first pixel: half of "
            "the padding belongs above and to the left.",
        ),
        Mistake(
            "padding on all axes",
            layer_wrong(pad=padded_on_all_axes),
            "np.pad(x, padding) pads the batch and the channels as well, so you read images of "
            "zeros. Pad the last two axes only: ((0, 0), (0, 0), (p, p), (p, p)).",
        ),
        Mistake(
            "padded with the edge",
            layer_wrong(pad=lambda x, p: np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode="edge")),
            "You repeated the edge of the image: the padding is zeros.",
        ),
        Mistake(
            "no bias",
            layer_wrong(with_bias=lambda z, K, b: z),
            "The bias is missing: add b[f] to every entry of channel f.",
        ),
        Mistake(
            "bias subtracted",
            layer_wrong(with_bias=lambda z, K, b: z - b[:, None, None]),
            "You subtracted the bias: it is added.",
        ),
        Mistake(
            "bias in every channel",
            layer_wrong(with_bias=lambda z, K, b: z + K.shape[1] * b[:, None, None]),
            "You added the bias once for each input channel: there is one a kernel, added once, "
            "after the sum.",
        ),
        Mistake(
            "bias in every product",
            layer_wrong(with_bias=lambda z, K, b: z + K[0].size * b[:, None, None]),
            "You added the bias to every product: it is added once, after the sum over channels "
            "and window.",
        ),
        Mistake(
            "bias at every pixel of the window",
            layer_wrong(with_bias=lambda z, K, b: z + K[0, 0].size * b[:, None, None]),
            "You added the bias once for each entry of the window: it is added once, after the "
            "sum.",
        ),
        Mistake(
            "one bias for all",
            layer_wrong(with_bias=lambda z, K, b: z + b[0]),
            "You added b[0] everywhere: kernel f has its own bias b[f].",
        ),
        Mistake(
            "first channel only",
            layer_wrong(entry=lambda K, w: np.einsum("fuv,buv->bf", K[:, 0], w[:, 0])),
            "Only the first channel is there: a kernel reaches through all channels, and its "
            "products are summed over them.",
        ),
        Mistake(
            "last channel only",
            layer_wrong(entry=lambda K, w: np.einsum("fuv,buv->bf", K[:, -1], w[:, -1])),
            "Only the last channel is there: each channel overwrites the one before. Sum over the "
            "channels.",
        ),
        Mistake(
            "channels not summed",
            layer_before_the_sum_over_channels,
            "Your output still has a number for each input channel: sum over the channels as well.",
        ),
        Mistake(
            "mean over channels",
            layer_wrong(entry=lambda K, w: np.einsum("fcuv,bcuv->bf", K, w) / K.shape[1]),
            "You took the mean over the channels: they are summed.",
        ),
        Mistake(
            "mean over the window",
            layer_wrong(entry=lambda K, w: np.einsum("fcuv,bcuv->bf", K, w) / K[0].size),
            "You took the mean of the products: they are summed.",
        ),
        Mistake(
            "no sum",
            layer_wrong(entry=lambda K, w: K[:, -1, -1, -1] * w[:, -1:, -1, -1]),
            "Only the last product is left: z is overwritten. Add up, with += or np.sum.",
        ),
        Mistake(
            "first image only",
            layer_then(lambda x, K, b, s, p: (x[:1], K, b, s, p)),
            "Only the first image of the batch is there: z has B of them.",
        ),
        Mistake(
            "one image for all",
            layer_wrong(entry=lambda K, w: np.einsum("fcuv,bcuv->bf", K, w[:1].repeat(len(w), 0))),
            "Every row of the batch is computed from the first image: use x[s].",
        ),
        Mistake(
            "one kernel for all",
            layer_wrong(entry=lambda K, w: np.einsum("fcuv,bcuv->bf", K[:1].repeat(len(K), 0), w)),
            "Every output channel is computed with the first kernel: use K[f].",
        ),
        Mistake(
            "last window missing",
            lambda *arguments: layer_wrong()(*arguments)[:, :, :-1, :-1],
            "The last row and column of outputs are missing: there are "
            "⌊(H + 2·padding − kh) / stride⌋ + 1 rows, and the + 1 is the window at the start.",
        ),
        Mistake(
            "channels last",
            lambda *arguments: np.moveaxis(layer_wrong()(*arguments), 1, -1),
            "Your output has its channels last: here images are (B, C, H, W), so z is "
            "(B, F, H_out, W_out).",
        ),
        Mistake(
            "rows and columns swapped",
            lambda *arguments: layer_wrong()(*arguments).swapaxes(2, 3),
            "Rows and columns of your output are swapped: z[s, f, i, j] belongs to the window i "
            "steps down and j steps to the right.",
        ),
        Mistake(
            "channels and batch swapped",
            lambda *arguments: layer_wrong()(*arguments).swapaxes(0, 1),
            "Your output is (F, B, …): the batch comes first, (B, F, H_out, W_out).",
        ),
        Mistake(
            "ReLU",
            lambda *arguments: np.maximum(layer_wrong()(*arguments), 0),
            "You applied ReLU: the layer gives z, and the activation follows on its own.",
        ),
    ),
)


C3 = NumberExercise(
    id="08.5",
    title="parameters of a convolution layer",
    value=2416,
    tolerance=0,
    hints=(
        "How many numbers does one kernel hold, if it sees all channels? How many kernels are "
        "there, and how many biases?",
        "A kernel is (C, k_h, k_w) = (6, 5, 5) and has one bias. There are 16 of them. The size of "
        "the image plays no part.",
        "16 · (6 · 5 · 5 + 1)",
    ),
    mistakes=(
        Mistake("no biases", 2400, "The biases are missing: one for each of the 16 kernels."),
        Mistake(
            "channels forgotten",
            416,
            "A kernel reaches through all 6 input channels: it is 6 × 5 × 5, not 5 × 5.",
        ),
        Mistake(
            "channels and biases forgotten",
            400,
            "A kernel reaches through all 6 input channels, and each kernel has a bias.",
        ),
        Mistake(
            "a bias in every channel",
            2496,
            "You gave each kernel a bias in every channel: it has a single one, added after the "
            "sum over the channels.",
        ),
        Mistake("one bias", 2401, "Each of the 16 kernels has a bias of its own."),
        Mistake(
            "biases of the input",
            2406,
            "You counted a bias for each of the 6 input channels: biases belong to the 16 output "
            "channels.",
        ),
        Mistake(
            "biases of both sides",
            2422,
            "You counted biases for the 6 input channels, too: they belong to the 16 outputs only.",
        ),
        Mistake(
            "kernels without their size",
            96,
            "That is 16 · 6: each of these holds 5 × 5 weights, and there are biases.",
        ),
        Mistake(
            "weights times the places, with biases",
            240016,
            "You counted the weights again at each of the 10 × 10 places: the same kernel is used "
            "everywhere.",
        ),
        Mistake("one kernel", 151, "That is one kernel with its bias: there are 16."),
        Mistake("one kernel, no bias", 150, "That is one kernel alone: there are 16, with biases."),
        Mistake(
            "times the places",
            241600,
            "You counted the parameters again at each of the 10 × 10 places: the same kernel is "
            "used everywhere. What you found is the number of connections.",
        ),
        Mistake(
            "weights times the places",
            240000,
            "You counted the weights again at each of the 10 × 10 places: the same kernel is used "
            "everywhere; and the biases are missing.",
        ),
        Mistake(
            "a bias at each place",
            4000,
            "You counted a bias for each of the 10 × 10 outputs of a channel: a channel has one.",
        ),
        Mistake(
            "dense layer",
            1883200,
            "That is a dense layer from 6·14·14 inputs to 16·10·10 outputs: a convolution layer "
            "has the same few weights at every place.",
        ),
        Mistake(
            "dense layer, no biases",
            1881600,
            "Those are the weights of a dense layer from 6·14·14 inputs to 16·10·10 outputs: a "
            "convolution layer has the same few weights at every place.",
        ),
        Mistake(
            "the table of the paper",
            1516,
            "That is the number in the paper, where most kernels see only some of the 6 channels. "
            "The question is about kernels that see all of them.",
        ),
        Mistake(
            "the first layer",
            156,
            "That is 6 kernels over one channel, LeNet-5's first layer: here are 16 over 6.",
        ),
    ),
)


RECEPTIVE_FIELD = FormulaExercise(
    id="08.6",
    title="what two layers see",
    reference="k1 + (k2 - 1)*s1",
    names=("k1", "s1", "k2", "s2"),
    hints=(
        "A unit of layer 2 sees k2 neighbours in layer 1. Where do their windows on the image "
        "start?",
        "The windows of neighbours in layer 1 start s1 pixels apart. The first sees k1 pixels; how "
        "far does the last one's window reach beyond it?",
        "It starts (k2 - 1)*s1 pixels later and is as long, so: k1 + (k2 - 1)*s1",
    ),
    mistakes=(
        Mistake(
            "stride forgotten",
            "k1 + k2 - 1",
            "That holds for s1 = 1: with a stride, neighbours in layer 1 look at windows that are "
            "s1 pixels apart.",
        ),
        Mistake(
            "the other stride",
            "k1 + (k2 - 1)*s2",
            "You took the stride of layer 2: it moves from one unit of layer 2 to the next. How "
            "far apart its k2 inputs look is up to s1.",
        ),
        Mistake(
            "both strides",
            "k1 + (k2 - 1)*s1*s2",
            "The stride of layer 2 plays no part for a single unit of it: it says where the next "
            "unit looks.",
        ),
        Mistake(
            "k2 steps",
            "k1 + k2*s1",
            "You counted k2 steps: between k2 neighbours there are k2 − 1.",
        ),
        Mistake(
            "layers swapped",
            "k2 + (k1 - 1)*s2",
            "You exchanged the layers: layer 1 is the one that sees the image.",
        ),
        Mistake(
            "layers swapped, first stride",
            "k2 + (k1 - 1)*s1",
            "The stride lies between the windows of layer 1: there are k2 of these windows, each "
            "of k1 pixels.",
        ),
        Mistake(
            "added",
            "k1 + k2",
            "Even with stride 1 the windows overlap: the second starts one pixel after the first, "
            "not where it ends.",
        ),
        Mistake(
            "multiplied",
            "k1*k2",
            "The windows overlap, unless s1 = k1: only then are the pixels k1·k2.",
        ),
        Mistake(
            "multiplied by the stride",
            "k1*k2*s1",
            "Windows of k1 pixels start s1 apart: add the steps to one window.",
        ),
        Mistake(
            "all times the stride",
            "(k1 + k2 - 1)*s1",
            "Only the steps between the windows are s1 long: the window itself has k1 pixels.",
        ),
        Mistake(
            "own strides",
            "k1*s1 + k2*s2",
            "A stride does not make a window larger: it says how far the next window is. Between "
            "the k2 windows there are k2 − 1 steps of s1 pixels.",
        ),
        Mistake(
            "first window stretched",
            "k1*s1 + k2",
            "The window of layer 1 has k1 pixels, whatever the stride: the steps between windows "
            "are s1 long, and there are k2 − 1 of them.",
        ),
        Mistake(
            "one too few",
            "k1 - 1 + (k2 - 1)*s1",
            "That is the distance from the first pixel to the last: count both of them.",
        ),
        Mistake(
            "one layer",
            "k1",
            "That is what a unit of layer 1 sees: a unit of layer 2 sees k2 of these windows.",
        ),
        Mistake("steps only", "(k2 - 1)*s1", "The last window itself, k1 pixels, is missing."),
        Mistake("k2 windows", "k2*s1", "That is right only if s1 = k1: what about the overlap?"),
    ),
)


def pool2d(x: Array, size: int, stride: int) -> tuple[Array, Array]:
    """Max pooling and mean pooling of images (B, C, H, W): the largest and the mean of windows."""
    B, C, H, W = x.shape
    outputs = (H - size) // stride + 1, (W - size) // stride + 1
    largest, mean = np.empty((B, C, *outputs), x.dtype), np.empty((B, C, *outputs), x.dtype)
    for i, j in np.ndindex(*outputs):
        r, c = i * stride, j * stride
        window = x[:, :, r : r + size, c : c + size]
        largest[:, :, i, j] = window.max(axis=(2, 3))
        mean[:, :, i, j] = window.mean(axis=(2, 3))
    return largest, mean


# B, C, H, W, size, stride, and whether all pixels are negative
POOLED = (
    (2, 3, 5, 8, 2, 2, False),
    (1, 2, 7, 8, 3, 2, False),
    (2, 1, 6, 5, 3, 1, True),
    (1, 1, 4, 4, 2, 2, False),
    (3, 2, 4, 6, 1, 2, False),
    (2, 2, 5, 5, 5, 5, True),
    (1, 2, 6, 8, 2, 3, False),
)


def pool_samples() -> tuple[Sample, ...]:
    """Images, some of them with negative pixels only."""
    found = []
    for seed, (*shape, size, stride, negative) in enumerate(POOLED):
        x = away_from_zero(np.random.default_rng([8, 7, seed]), tuple(shape))
        found.append({"x": -np.abs(x) if negative else x, "size": size, "stride": stride})
    return tuple(found)


def pool_wrong(
    largest: Any = lambda w: w.max(axis=(2, 3)),
    mean: Any = lambda w: w.mean(axis=(2, 3)),
    start: Any = lambda i, j, stride: (i * stride, j * stride),
) -> Any:
    """Pooling with one of its parts replaced."""

    def run(x, size, stride):  # type: ignore[no-untyped-def]
        found = pool2d(x, size, stride)
        for i, j in np.ndindex(found[0].shape[2:]):
            r, c = start(i, j, stride)
            window = x[:, :, r : r + size, c : c + size]
            found[0][:, :, i, j], found[1][:, :, i, j] = largest(window), mean(window)
        return found

    return run


def pool_cut(step: Any, width: Any) -> Any:
    """Pooling whose windows start at multiples of `step` and are `width` wide."""

    def run(x, size, stride):  # type: ignore[no-untyped-def]
        found = pool2d(x, size, stride)
        by, cut = step(size, stride), width(size, stride)
        for i, j in np.ndindex(found[0].shape[2:]):
            window = x[:, :, i * by : i * by + cut, j * by : j * by + cut]
            found[0][:, :, i, j] = window.max(axis=(2, 3))
            found[1][:, :, i, j] = window.mean(axis=(2, 3))
        return found

    return run


def pool_then(change: Any) -> Any:
    """Both results changed in the same way."""
    return lambda x, size, stride: tuple(map(change, pool2d(x, size, stride)))


def pool_at_places(count: Callable[[int, int, int], int]) -> Any:
    """Pooling at so many places along an axis of n pixels; the last windows may be cut off."""

    def pool(x, size, stride):  # type: ignore[no-untyped-def]
        rows, columns = (count(n, size, stride) for n in x.shape[2:])
        largest, mean = (np.zeros((*x.shape[:2], rows, columns)) for _ in range(2))
        for i, j in np.ndindex(rows, columns):
            window = x[:, :, i * stride :, j * stride :][:, :, :size, :size]
            largest[:, :, i, j] = window.max(axis=(2, 3))
            mean[:, :, i, j] = window.mean(axis=(2, 3))
        return largest, mean

    return pool


def at_least_zero(window: Array) -> Array:
    return np.maximum(window.max(axis=(2, 3)), 0)


def largest_size(window: Array) -> Array:
    flat = window.reshape(*window.shape[:2], -1)
    return np.take_along_axis(flat, np.abs(flat).argmax(axis=2)[..., np.newaxis], axis=2)[..., 0]


POOL2D = CodeExercise(
    id="08.7",
    title="max pooling and mean pooling",
    points=2,
    reference=pool2d,
    samples=pool_samples(),
    returns=("largest", "mean"),
    hints=(
        "It is the sliding window again, without kernel, bias and padding. What happens to the "
        "channels?",
        "Each channel stays by itself. The window of output (i, j) starts at (i·stride, j·stride); "
        "take its largest entry, and its mean, over the last two axes.",
        "window = x[:, :, i*stride : i*stride + size, j*stride : j*stride + size]; "
        "largest[:, :, i, j] = window.max(axis=(2, 3)), and likewise mean with window.mean",
    ),
    mistakes=(
        Mistake(
            "largest starts at 0",
            pool_wrong(largest=at_least_zero),
            "Your largest is never below 0: a window may hold negative numbers only. Start from "
            "its first entry or from −∞, not from 0.",
        ),
        Mistake(
            "largest by size",
            pool_wrong(largest=largest_size),
            "Your largest is the entry farthest from 0: −3 is not larger than 1.",
        ),
        Mistake(
            "largest absolute value",
            pool_wrong(largest=lambda w: np.abs(w).max(axis=(2, 3))),
            "Your largest is the largest absolute value: signs count.",
        ),
        Mistake(
            "smallest",
            pool_wrong(largest=lambda w: w.min(axis=(2, 3))),
            "Your largest is the smallest entry of each window.",
        ),
        Mistake(
            "steps of size",
            pool_cut(lambda size, stride: size, lambda size, stride: size),
            "Your windows start at multiples of size: the window of output (i, j) starts at "
            "(i·stride, j·stride).",
        ),
        Mistake(
            "as wide as the stride",
            pool_cut(lambda size, stride: stride, lambda size, stride: stride),
            "Your windows are as wide as the stride: they reach from i·stride to i·stride + size.",
        ),
        Mistake(
            "one row too few",
            pool_cut(lambda size, stride: stride, lambda size, stride: size - 1),
            "Your windows lack their last row and column: a slice ends before its second number.",
        ),
        Mistake(
            "one mean for all",
            pool_wrong(mean=lambda w: w.mean()),
            "Your mean is one number for all images and channels: take the mean over the last two "
            "axes.",
        ),
        Mistake(
            "mean divided by size",
            pool_wrong(mean=lambda w: w.sum(axis=(2, 3)) / w.shape[2]),
            "Your mean is divided by size: the window has size · size entries.",
        ),
        Mistake(
            "sum for mean",
            pool_wrong(mean=lambda w: w.sum(axis=(2, 3))),
            "Your mean is the sum of each window: divide by size · size.",
        ),
        Mistake(
            "mean of the batch too",
            pool_wrong(mean=lambda w: w.sum(axis=(2, 3)) / w.size),
            "Your mean is divided by the images and channels as well: divide by size · size.",
        ),
        Mistake(
            "mean over the channels too",
            pool_wrong(mean=lambda w: w.mean(axis=(1, 2, 3))[:, np.newaxis]),
            "Your mean runs over the channels as well: each channel is pooled by itself.",
        ),
        Mistake(
            "largest over the channels too",
            pool_wrong(largest=lambda w: w.max(axis=(1, 2, 3))[:, np.newaxis]),
            "Your largest runs over the channels as well: each channel is pooled by itself.",
        ),
        Mistake(
            "both over the channels too",
            pool_wrong(
                largest=lambda w: w.max(axis=(1, 2, 3))[:, np.newaxis],
                mean=lambda w: w.mean(axis=(1, 2, 3))[:, np.newaxis],
            ),
            "You pooled over the channels as well: each channel is pooled by itself.",
        ),
        Mistake(
            "channels pooled away",
            lambda x, size, stride: (
                pool2d(x, size, stride)[0].max(axis=1),
                pool2d(x, size, stride)[1].mean(axis=1),
            ),
            "Your results have no channels left: each channel is pooled by itself, so take the "
            "last two axes only.",
        ),
        Mistake(
            "both over the whole batch",
            pool_wrong(largest=np.max, mean=np.mean),
            "You pooled over images and channels as well: take the last two axes, axis=(2, 3).",
        ),
        Mistake(
            "first entry for largest",
            pool_wrong(largest=lambda w: w[:, :, 0, 0]),
            "Your largest is the first entry of each window: compare it with the others.",
        ),
        Mistake(
            "place of the largest",
            pool_wrong(largest=lambda w: w.reshape(*w.shape[:2], -1).argmax(axis=2)),
            "Your largest is the place of the largest entry, from argmax: its value is asked for.",
        ),
        Mistake(
            "median",
            pool_wrong(mean=lambda w: np.median(w, axis=(2, 3))),
            "Your mean is the median.",
        ),
        Mistake(
            "mean divided by 4",
            pool_wrong(mean=lambda w: w.sum(axis=(2, 3)) / 4),
            "Your mean is divided by 4: that is right for size 2 only. A window has size · size "
            "entries.",
        ),
        Mistake(
            "mean divided by the stride",
            lambda x, size, stride: (
                pool2d(x, size, stride)[0],
                pool2d(x, size, stride)[1] * size**2 / stride**2,
            ),
            "Your mean is divided by stride · stride: a window has size · size entries.",
        ),
        Mistake(
            "size and stride exchanged",
            lambda x, size, stride: pool2d(x, stride, size),
            "You exchanged size and stride: a window has size · size entries and moves by stride.",
        ),
        Mistake(
            "the whole image",
            lambda x, size, stride: (x.max(axis=(2, 3)), x.mean(axis=(2, 3))),
            "You pooled over the whole image: each window gives one number.",
        ),
        Mistake(
            "mean for largest",
            pool_wrong(largest=lambda w: w.mean(axis=(2, 3))),
            "Both of your results are the mean: the first is the largest entry.",
        ),
        Mistake(
            "largest for mean",
            pool_wrong(mean=lambda w: w.max(axis=(2, 3))),
            "Both of your results are the largest entry: the second is the mean.",
        ),
        Mistake(
            "stride in the size only",
            pool_wrong(start=lambda i, j, stride: (i, j)),
            "Your results have the right shape, but the windows move by one pixel: the window of "
            "output (i, j) starts at (i·stride, j·stride).",
        ),
        Mistake(
            "no stride",
            lambda x, size, stride: pool2d(x, size, 1),
            "The stride is missing: the window moves on by stride pixels.",
        ),
        Mistake(
            "stride is the size",
            lambda x, size, stride: pool2d(x, size, size),
            "Your windows move by size: they move by stride, so they may overlap or leave gaps.",
        ),
        Mistake(
            "window of the stride",
            lambda x, size, stride: pool2d(x, stride, stride),
            "Your windows have the size of the stride: size and stride are two things.",
        ),
        Mistake(
            "rounded up",
            pool_at_places(lambda n, size, stride: math.ceil((n - size) / stride) + 1),
            "You added windows that stick out of the image: what is left over at the edge is not "
            "looked at. Round down, with //.",
        ),
        Mistake(
            "size over stride",
            pool_at_places(lambda n, size, stride: n // stride),
            "You counted H // stride windows: that is right only if size = stride. There are "
            "(H − size) // stride + 1.",
        ),
        Mistake(
            "last window missing",
            pool_then(lambda z: z[:, :, :-1, :-1]),
            "The last row and column of windows are missing: there are (H − size) // stride + 1.",
        ),
        Mistake(
            "channels last",
            pool_then(lambda z: np.moveaxis(z, 1, -1)),
            "Your results have their channels last: images are (B, C, H, W) here.",
        ),
        Mistake(
            "rows and columns swapped",
            pool_then(lambda z: z.swapaxes(2, 3)),
            "Rows and columns of your results are swapped.",
        ),
        Mistake(
            "swapped",
            lambda x, size, stride: pool2d(x, size, stride)[::-1],
            "You returned the mean first: the order is largest, mean.",
        ),
        Mistake(
            "largest only",
            lambda x, size, stride: pool2d(x, size, stride)[0],
            "You returned the largest only: end with return largest, mean.",
        ),
        Mistake(
            "mean only",
            lambda x, size, stride: pool2d(x, size, stride)[1],
            "You returned the mean only: end with return largest, mean.",
        ),
    ),
)


FLATTENED = NumberExercise(
    id="08.8",
    title="how many numbers reach the dense layer",
    value=576,
    tolerance=0,
    hints=(
        "Follow the height through the layers with ⌊(H + 2P − k)/S⌋ + 1. The width goes the same "
        "way.",
        "30 → 13 → 6 → 6. How many channels are there at the end, and how many numbers in each?",
        "⌊25/2⌋ + 1 = 13; ⌊11/2⌋ + 1 = 6; 6 + 2 − 3 + 1 = 6; and 16 · 6 · 6",
    ),
    mistakes=(
        Mistake(
            "rounded up",
            784,
            "You got 16 · 7 · 7: did you round up, or forget that the first kernel needs 5 pixels? "
            "A window that does not fit is left out, in a convolution and in pooling.",
        ),
        Mistake(
            "padding once",
            400,
            "You got 16 · 5 · 5: did you count the padding of the last layer once instead of "
            "twice, or forget a + 1?",
        ),
        Mistake(
            "no padding",
            256,
            "You got 16 · 4 · 4: did you forget the padding of the last layer, or the + 1 in every "
            "layer?",
        ),
        Mistake(
            "padding four times",
            1024,
            "You got 16 · 8 · 8: did you count the padding of the last layer four times instead of "
            "twice? Along one axis there are two ends.",
        ),
        Mistake(
            "biases too",
            592,
            "You added the 16 biases: how many numbers the layer hands on is asked, and a bias is "
            "part of them already.",
        ),
        Mistake(
            "pooling not rounded",
            676,
            "You got 16 · 6.5 · 6.5: 13 pixels hold six windows of 2, and half a window is none.",
        ),
        Mistake(
            "nothing rounded",
            729,
            "You got 16 · 6.75 · 6.75: half a window is none, so round down in every layer.",
        ),
        Mistake(
            "one halving too few",
            2704,
            "You got 16 · 13 · 13: the stride of the first layer and the pooling each halve the "
            "size.",
        ),
        Mistake("one channel", 36, "That is one channel: the last layer has 16 kernels."),
        Mistake("height only", 96, "That is 16 times the height: there is a width, too."),
        Mistake("side length", 6, "That is the height: how many numbers are there in all?"),
        Mistake(
            "channels before",
            288,
            "You took 8 channels: the last layer has 16 kernels, and each gives one channel.",
        ),
        Mistake(
            "channels multiplied",
            4608,
            "You multiplied the channels of both layers: a kernel sums over its input channels, so "
            "16 kernels give 16 channels.",
        ),
        Mistake(
            "channels added", 864, "You added the channels of both layers: 16 kernels give 16."
        ),
        Mistake("input", 900, "That is the number of pixels at the beginning."),
        Mistake("after the first layer", 1352, "That is what the first layer gives: 8 · 13 · 13."),
        Mistake(
            "after the pooling",
            144,
            "You got 16 · 3 · 3: one halving too many. The last layer has stride 1.",
        ),
    ),
)


EXERCISES = (CORRELATE, FLIP, OUTPUT_SIZE, CONV2D, C3, RECEPTIVE_FIELD, POOL2D, FLATTENED)
