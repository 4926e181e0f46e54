"""Lesson 09, convolution and pooling backward: each window hands back what it was given."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bplab.exercises.choice import ChoiceExercise
from bplab.exercises.code import CodeExercise
from bplab.exercises.exercise import Mistake
from bplab.exercises.formula import FormulaExercise
from bplab.exercises.number import NumberExercise
from bplab.exercises.samples import Sample, away_from_zero
from bplab.numeric import (
    Array,
    bias_gradient,
    conv2d,
    dense,
    flatten,
    flatten_backward,
    max_pool2d,
    output_size,
    relu,
    relu_prime,
    weight_gradient,
)


def parameter_gradients(
    dz: Array, x: Array, K: Array, stride: int, padding: int
) -> tuple[Array, Array]:
    """dK and db of a convolution layer: the windows of x weighted by their δ, and the sum of δ."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    kh, kw = K.shape[2:]
    dK = np.zeros_like(K)
    for i, j in np.ndindex(dz.shape[2:]):
        r, c = i * stride, j * stride
        window = padded[:, :, r : r + kh, c : c + kw]
        dK += np.tensordot(dz[:, :, i, j], window, axes=(0, 0))  # BP4 at this place
    return dK, dz.sum(axis=(0, 2, 3))


def image_gradient(dz: Array, x: Array, K: Array, stride: int, padding: int) -> Array:
    """dx of a convolution layer: every output hands its kernel, times its δ, to its window."""
    B, C, H, W = x.shape
    kh, kw = K.shape[2:]
    padded = np.zeros((B, C, H + 2 * padding, W + 2 * padding), x.dtype)
    for i, j in np.ndindex(dz.shape[2:]):
        r, c = i * stride, j * stride
        padded[:, :, r : r + kh, c : c + kw] += np.tensordot(dz[:, :, i, j], K, axes=1)
    return padded[:, :, padding : padding + H, padding : padding + W]


def mean_pool_backward(dz: Array, x: Array, size: int, stride: int) -> Array:
    """dx of mean pooling: every δ is shared out evenly over its window."""
    dx = np.zeros_like(x)
    for i, j in np.ndindex(dz.shape[2:]):
        r, c = i * stride, j * stride
        dx[:, :, r : r + size, c : c + size] += dz[:, :, i : i + 1, j : j + 1] / size**2
    return dx


def max_pool_backward(dz: Array, x: Array, size: int, stride: int) -> Array:
    """dx of max pooling: every δ goes to the largest entry of its window, the first if tied."""
    dx = np.zeros_like(x)
    for i, j in np.ndindex(dz.shape[2:]):
        r, c = i * stride, j * stride
        window = x[:, :, r : r + size, c : c + size]
        first = window.reshape(*x.shape[:2], -1).argmax(axis=2)  # the first of equal ones
        mask = np.arange(size**2) == first[:, :, np.newaxis]
        share = mask * dz[:, :, i, j, np.newaxis]
        dx[:, :, r : r + size, c : c + size] += share.reshape(window.shape)
    return dx


# B, C, H, W, F, kh, kw, stride, padding. Some pixels are in no window, some kernels are larger
# than the image, one layer is 1 × 1, and padding goes beyond half of the kernel.
LAYERS = (
    (2, 3, 6, 9, 5, 2, 3, 2, 1),
    (1, 1, 4, 5, 1, 3, 2, 1, 0),
    (3, 2, 3, 2, 4, 1, 1, 1, 0),
    (2, 1, 7, 8, 3, 3, 3, 3, 0),
    (1, 2, 3, 3, 2, 3, 3, 1, 1),
    (2, 2, 4, 4, 2, 2, 2, 2, 0),
    (1, 3, 2, 2, 3, 3, 3, 1, 2),
    (2, 4, 1, 6, 2, 3, 3, 2, 1),
)


def layer_samples(exercise: int) -> tuple[Sample, ...]:
    """δ, images and kernels of each of the layers."""
    found = []
    for seed, (B, C, H, W, F, kh, kw, stride, padding) in enumerate(LAYERS):
        rng = np.random.default_rng([9, exercise, seed])
        outputs = (output_size(H, kh, stride, padding), output_size(W, kw, stride, padding))
        found.append(
            {
                "dz": away_from_zero(rng, (B, F, *outputs)),
                "x": away_from_zero(rng, (B, C, H, W)),
                "K": away_from_zero(rng, (F, C, kh, kw)),
                "stride": stride,
                "padding": padding,
            }
        )
    return tuple(found)


def both(change_K: Any = lambda dK: dK, change_b: Any = lambda db: db) -> Any:
    """Right gradients, then changed."""

    def run(dz, x, K, stride, padding):  # type: ignore[no-untyped-def]
        dK, db = parameter_gradients(dz, x, K, stride, padding)
        return change_K(dK), change_b(db)

    return run


def with_bias(bias: Any) -> Any:
    """The right dK beside another number made of δ."""

    def run(dz, x, K, stride, padding):  # type: ignore[no-untyped-def]
        return parameter_gradients(dz, x, K, stride, padding)[0], bias(dz)

    return run


def with_windows(
    start: Any = lambda i, j, stride: (i * stride, j * stride),
    before: Any = lambda padding: padding,
    entry: Any = lambda delta, window, K: np.tensordot(delta, window, axes=(0, 0)),
    together: Any = sum,
) -> Any:
    """The gradients with other windows, or another number made of each of them."""

    def run(dz, x, K, stride, padding):  # type: ignore[no-untyped-def]
        first, (kh, kw) = before(padding), K.shape[2:]
        padded = np.pad(x, ((0, 0), (0, 0), *[(first, 2 * padding - first)] * 2))
        found = []
        for i, j in np.ndindex(dz.shape[2:]):
            r, c = start(i, j, stride)
            window = padded[:, :, r : r + kh, c : c + kw]
            found.append(entry(dz[:, :, i, j], window, K))
        return together(found), dz.sum(axis=(0, 2, 3))

    return run


def of_sample(which: slice) -> Any:
    """The gradients of some samples only."""
    return lambda dz, x, K, stride, padding: parameter_gradients(
        dz[which], x[which], K, stride, padding
    )


def divided(by: Any) -> Any:
    """Both gradients divided by a number of δ's."""

    def run(dz, x, K, stride, padding):  # type: ignore[no-untyped-def]
        dK, db = parameter_gradients(dz, x, K, stride, padding)
        return dK / by(dz), db / by(dz)

    return run


def by_sliding_the_error(steps: Any) -> Any:
    """dK by δ, as it is, slid over the image in steps of steps(stride)."""

    def run(dz, x, K, stride, padding):  # type: ignore[no-untyped-def]
        images, errors = x.swapaxes(0, 1), dz.swapaxes(0, 1)  # summed over are the samples
        dK = conv2d(images, errors, np.zeros(len(errors)), steps(stride), padding)
        return dK.swapaxes(0, 1), dz.sum(axis=(0, 2, 3))

    return run


PARAMETERS = CodeExercise(
    id="09.1",
    title="the gradients of kernels and biases",
    points=3,
    reference=parameter_gradients,
    samples=layer_samples(1),
    returns=("dK", "db"),
    hints=(
        "Begin with db: of which axes of dz does the bias of kernel f know nothing? For dK, take "
        "one place (i, j): it adds δ times the window that was seen there.",
        "Pad x as in the forward pass. For every place (i, j), the window starts at (i·stride, "
        "j·stride); dK[f, c] grows by the sum over the samples of dz[s, f, i, j] times channel c "
        "of the window.",
        "window = padded[:, :, i*stride : i*stride + kh, j*stride : j*stride + kw]; "
        'dK += np.einsum("sf,scuv->fcuv", dz[:, :, i, j], window); db = dz.sum(axis=(0, 2, 3))',
    ),
    mistakes=(
        Mistake(
            "db is δ",
            with_bias(lambda dz: dz.copy()),
            "Your db is dz itself: one bias serves every place of every sample, so its gradient is "
            "the sum over all of them.",
        ),
        Mistake(
            "db summed over the samples only",
            with_bias(lambda dz: dz.sum(axis=0)),
            "Your db still has a number for each place: sum over rows and columns as well, "
            "axis=(0, 2, 3).",
        ),
        Mistake(
            "db summed over the places only",
            with_bias(lambda dz: dz.sum(axis=(2, 3))),
            "Your db still has a row for each sample: sum over the batch as well, axis=(0, 2, 3).",
        ),
        Mistake(
            "db of the first sample",
            with_bias(lambda dz: dz[0].sum(axis=(1, 2))),
            "Your db is that of the first sample: sum over the batch as well.",
        ),
        Mistake(
            "db of the last sample",
            with_bias(lambda dz: dz[-1].sum(axis=(1, 2))),
            "Your db is that of the last sample: in a loop over the batch, add up with += instead "
            "of writing over it.",
        ),
        Mistake(
            "db summed over the kernels too",
            with_bias(lambda dz: dz.sum()),
            "Your db is a single number: each kernel has its own bias, so keep axis 1.",
        ),
        Mistake(
            "db with axes of size 1",
            with_bias(lambda dz: dz.sum(axis=(0, 2, 3), keepdims=True)),
            "Your db has the right numbers in the wrong shape: it is (F,), so leave out keepdims.",
        ),
        Mistake(
            "db averaged",
            with_bias(lambda dz: dz.mean(axis=(0, 2, 3))),
            "Your db is a mean over samples and places: sum. The 1/m of the cost is in δ already.",
        ),
        Mistake(
            "db divided by the batch",
            with_bias(lambda dz: dz.sum(axis=(0, 2, 3)) / len(dz)),
            "Your db is divided by the number of samples: the 1/m of the cost is in δ already.",
        ),
        Mistake(
            "db averaged over the places",
            with_bias(lambda dz: dz.mean(axis=(2, 3)).sum(axis=0)),
            "Your db is a mean over the places: the bias is added at every one of them, so sum.",
        ),
        Mistake(
            "db times the image",
            lambda dz, x, K, stride, padding: (
                parameter_gradients(dz, x, K, stride, padding)[0],
                dz.sum(axis=(0, 2, 3)) * x.sum(),
            ),
            "Your db has x in it: the bias is added, so its factor is 1.",
        ),
        Mistake(
            "dK rotated",
            both(lambda dK: dK[:, :, ::-1, ::-1]),
            "Your dK is rotated by 180°: K_uv met x_(Si+u−P, Sj+v−P) in the forward pass, and so "
            "it does here. The rotation belongs to dx.",
        ),
        Mistake(
            "δ rotated",
            lambda dz, x, K, stride, padding: parameter_gradients(
                dz[:, :, ::-1, ::-1], x, K, stride, padding
            ),
            "You rotated δ: δ_ij belongs to the window of output (i, j). For dK nothing is "
            "rotated.",
        ),
        Mistake(
            "rows of dK reversed",
            both(lambda dK: dK[:, :, ::-1]),
            "Your dK is upside down: row u of the kernel goes with row u of the window.",
        ),
        Mistake(
            "columns of dK reversed",
            both(lambda dK: dK[:, :, :, ::-1]),
            "The columns of your dK are reversed: column v of the kernel goes with column v of the "
            "window.",
        ),
        Mistake(
            "rows and columns of dK swapped",
            both(lambda dK: dK.swapaxes(2, 3)),
            "Rows and columns of your dK are swapped: its axes are those of K.",
        ),
        Mistake(
            "dK with channels first",
            both(lambda dK: dK.swapaxes(0, 1)),
            "Your dK is (C, F, kh, kw): it must have the shape of K, (F, C, kh, kw).",
        ),
        Mistake(
            "δ as it is",
            by_sliding_the_error(lambda stride: 1),
            "You slid δ over the image as it is: that is right for stride 1 only. δ_ij belongs to "
            "the window at (i·stride, j·stride), so its numbers lie stride pixels apart.",
        ),
        Mistake(
            "δ in steps of stride",
            by_sliding_the_error(lambda stride: stride),
            "You slid δ over the image in steps of stride: it is i and j that are multiplied by "
            "the stride. From one weight to the next it is one pixel.",
        ),
        Mistake(
            "dK averaged",
            with_windows(
                entry=lambda d, w, K: np.tensordot(d, w, axes=(0, 0)) / len(d),
                together=lambda found: sum(found) / len(found),
            ),
            "Your dK is a mean over samples and places: sum. The 1/m of the cost is in δ already.",
        ),
        Mistake(
            "both averaged",
            divided(lambda dz: dz[:, 0].size),
            "Both are means over samples and places: sum. The 1/m of the cost is in δ already.",
        ),
        Mistake(
            "dK averaged over the places",
            with_windows(together=lambda found: sum(found) / len(found)),
            "Your dK is a mean over the places: the kernel is used at every one of them, so sum.",
        ),
        Mistake(
            "dK divided by the batch",
            with_windows(entry=lambda d, w, K: np.tensordot(d, w, axes=(0, 0)) / len(d)),
            "Your dK is divided by the number of samples: the 1/m of the cost is in δ already.",
        ),
        Mistake(
            "both divided by the batch",
            divided(len),
            "Both are divided by the number of samples: the 1/m of the cost is in δ already, so "
            "only sum.",
        ),
        Mistake(
            "both averaged over the places",
            divided(lambda dz: dz[0, 0].size),
            "Both are means over the places: kernel and bias are used at every one, so sum.",
        ),
        Mistake(
            "dK overwritten",
            with_windows(together=lambda found: found[-1]),
            "Only the last place is in your dK: it is overwritten. Add up, with +=.",
        ),
        Mistake(
            "first place only",
            with_windows(together=lambda found: found[0]),
            "Only the place (0, 0) is in your dK: is the return inside the loop?",
        ),
        Mistake(
            "first row of places only",
            lambda dz, x, K, stride, padding: (
                parameter_gradients(dz[:, :, :1], x, K, stride, padding)[0],
                dz.sum(axis=(0, 2, 3)),
            ),
            "Only the places (0, j) are in your dK: is the return inside the loop over i?",
        ),
        Mistake(
            "no stride",
            with_windows(start=lambda i, j, stride: (i, j)),
            "The stride is missing in your dK: the window of output (i, j) starts at (i·stride, "
            "j·stride).",
        ),
        Mistake(
            "stride for the rows only",
            with_windows(start=lambda i, j, stride: (i * stride, j)),
            "In your dK the windows move by stride down, but by 1 to the right.",
        ),
        Mistake(
            "stride for the columns only",
            with_windows(start=lambda i, j, stride: (i, j * stride)),
            "In your dK the windows move by stride to the right, but by 1 down.",
        ),
        Mistake(
            "no padding before",
            with_windows(before=lambda padding: 0),
            "In your dK window (0, 0) starts at the first pixel: in the forward pass it started in "
            "the padding, so pad x first, on all four sides.",
        ),
        Mistake(
            "all padding before",
            with_windows(before=lambda padding: 2 * padding),
            "In your dK the image is padded above and to the left only, or twice: put padding rows "
            "and columns of zeros on each side.",
        ),
        Mistake(
            "first sample only",
            of_sample(slice(0, 1)),
            "Only the first sample is in your gradients: sum over the batch.",
        ),
        Mistake(
            "last sample only",
            of_sample(slice(-1, None)),
            "Only the last sample is in your gradients: each overwrites the one before. Add up.",
        ),
        Mistake(
            "dK of the first sample",
            with_windows(entry=lambda d, w, K: np.tensordot(d[:1], w[:1], axes=(0, 0))),
            "Only the first sample is in your dK: sum over the batch.",
        ),
        Mistake(
            "samples mixed",
            with_windows(entry=lambda d, w, K: np.multiply.outer(d.sum(axis=0), w.sum(axis=0))),
            "In your dK the δ of each sample meets the images of all samples: multiply δ and "
            "window of the same sample first, then sum over the batch.",
        ),
        Mistake(
            "channels mixed",
            with_windows(
                entry=lambda d, w, K: (
                    np.tensordot(d, w.sum(axis=1, keepdims=True), axes=(0, 0)) * np.ones_like(K)
                )
            ),
            "Your dK is the same for every channel c: K[f, c] meets channel c of the window only.",
        ),
        Mistake(
            "kernels mixed",
            with_windows(
                entry=lambda d, w, K: (
                    np.tensordot(d.sum(axis=1, keepdims=True), w, axes=(0, 0)) * np.ones_like(K)
                )
            ),
            "Your dK is the same for every kernel f: K[f] gets the δ of its own channel, dz[:, f].",
        ),
        Mistake(
            "times the kernel",
            with_windows(entry=lambda d, w, K: np.tensordot(d, w, axes=(0, 0)) * K),
            "Your dK has K as a factor: z is linear in K, so only the factor of K is left.",
        ),
        Mistake(
            "no image",
            with_windows(
                entry=lambda d, w, K: (
                    d.sum(axis=0)[:, np.newaxis, np.newaxis, np.newaxis] * np.ones_like(K)
                )
            ),
            "Your dK lacks the image: each weight gets δ times the pixel that it was multiplied "
            "with.",
        ),
        Mistake(
            "no δ",
            with_windows(
                entry=lambda d, w, K: w.sum(axis=0)[np.newaxis] * np.ones_like(K),
            ),
            "Your dK lacks δ: weight every window with the δ of its place.",
        ),
        Mistake(
            "swapped",
            lambda *arguments: parameter_gradients(*arguments)[::-1],
            "You returned db first: the order is dK, db.",
        ),
        Mistake(
            "dK only",
            lambda *arguments: parameter_gradients(*arguments)[0],
            "You returned dK only: end with return dK, db.",
        ),
    ),
)


MIDDLE_PIXEL = FormulaExercise(
    id="09.2",
    title="what the middle pixel gets",
    reference="d0*K2 + d1*K1 + d2*K0",
    names=("d0", "d1", "d2", "K0", "K1", "K2"),
    hints=(
        "Which of the three outputs have x₂ in their window? Write each of them out.",
        "z₀ = K₀x₀ + K₁x₁ + K₂x₂, z₁ = K₀x₁ + K₁x₂ + K₂x₃, z₂ = K₀x₂ + K₁x₃ + K₂x₄. What stands "
        "before x₂ in each? The chain rule sums δ times that.",
        "∂z₀/∂x₂ = K₂, ∂z₁/∂x₂ = K₁, ∂z₂/∂x₂ = K₀: d0*K2 + d1*K1 + d2*K0",
    ),
    mistakes=(
        Mistake(
            "unrotated",
            "d0*K0 + d1*K1 + d2*K2",
            "You paired first with first and last with last: but in z₀ the pixel x₂ is the last of "
            "the window, so K₂ stands before it. Read the outputs forwards, and the kernel runs "
            "backwards.",
        ),
        Mistake(
            "own place only",
            "d2*K0",
            "That is the path through z₂, whose window starts at x₂. The windows of z₀ and z₁ hold "
            "x₂, too.",
        ),
        Mistake(
            "middle of the window only",
            "d1*K1",
            "That is the path through z₁, in whose window x₂ is in the middle. z₀ and z₂ see it, "
            "too.",
        ),
        Mistake(
            "end of the window only",
            "d0*K2",
            "That is the path through z₀. The windows of z₁ and z₂ hold x₂, too.",
        ),
        Mistake(
            "pixel 1", "d0*K1 + d1*K0", "That is ∂C/∂x₁, which only z₀ and z₁ see: x₂ is asked for."
        ),
        Mistake(
            "pixel 3", "d1*K2 + d2*K1", "That is ∂C/∂x₃, which only z₁ and z₂ see: x₂ is asked for."
        ),
        Mistake(
            "first output missing",
            "d1*K1 + d2*K0",
            "The path through z₀ is missing: its window is x₀, x₁, x₂.",
        ),
        Mistake(
            "last output missing",
            "d0*K2 + d1*K1",
            "The path through z₂ is missing: its window starts at x₂.",
        ),
        Mistake(
            "middle output missing",
            "d0*K2 + d2*K0",
            "The path through z₁ is missing: x₂ is in the middle of its window.",
        ),
        Mistake(
            "no kernel",
            "d0 + d1 + d2",
            "The weights are missing: each δ comes back times the weight on its path.",
        ),
        Mistake(
            "no errors",
            "K0 + K1 + K2",
            "The errors are missing: that is the derivative of z₀ + z₁ + z₂. Each path carries "
            "its δ.",
        ),
        Mistake(
            "sums multiplied",
            "(d0 + d1 + d2)*(K0 + K1 + K2)",
            "You multiplied the sum of δ by the sum of the kernel: each output sees x₂ through one "
            "weight only.",
        ),
        Mistake(
            "one weight for all, the first",
            "(d0 + d1 + d2)*K0",
            "You gave each path the weight K₀: that stands before x₂ in z₂ only.",
        ),
        Mistake(
            "one weight for all, the middle",
            "(d0 + d1 + d2)*K1",
            "You gave each path the weight K₁: that stands before x₂ in z₁ only.",
        ),
        Mistake(
            "one weight for all, the last",
            "(d0 + d1 + d2)*K2",
            "You gave each path the weight K₂: that stands before x₂ in z₀ only.",
        ),
        Mistake(
            "one error for all",
            "d2*(K0 + K1 + K2)",
            "You took δ₂ for each path: z₀ and z₁ have their own δ.",
        ),
        Mistake(
            "paths multiplied",
            "d0*K2*d1*K1*d2*K0",
            "You multiplied the three paths: what comes back along several paths is added.",
        ),
        Mistake(
            "shifted by one",
            "d0*K1 + d1*K2 + d2*K0",
            "The path through z₂ is right. In z₀ the pixel x₂ is the last of the window, in z₁ the "
            "middle one.",
        ),
        Mistake(
            "mean",
            "(d0*K2 + d1*K1 + d2*K0)/3",
            "You took the mean of the three paths: the chain rule adds them.",
        ),
    ),
)


def handed_back(
    start: Any = lambda i, j, stride: (i * stride, j * stride),
    hand: Any = lambda delta, K, window: np.tensordot(delta, K, axes=1),
    cut: Any = lambda padded, H, W, p: padded[:, :, p : p + H, p : p + W],
    add: Any = lambda window, share: window + share,
) -> Any:
    """dx with one of its parts replaced; `hand` also sees the window of the image."""

    def run(dz, x, K, stride, padding):  # type: ignore[no-untyped-def]
        (H, W), (kh, kw) = x.shape[2:], K.shape[2:]
        image = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        padded = np.zeros_like(image)
        for i, j in np.ndindex(dz.shape[2:]):
            r, c = start(i, j, stride)
            place = np.s_[:, :, r : r + kh, c : c + kw]
            padded[place] = add(padded[place], hand(dz[:, :, i, j], K, image[place]))
        return cut(padded, H, W, padding)

    return run


def by_the_rotated_kernel(
    length: Any, before: Any = lambda k, padding: k - 1 - padding, unrotated: bool = False
) -> Any:
    """δ with zeros in between, `length(M, stride)` numbers along each axis, correlated with K^rot.

    before(k, padding) is the number of zeros on each side.
    """

    def run(dz, x, K, stride, padding):  # type: ignore[no-untyped-def]
        if unrotated:
            K = K[:, :, ::-1, ::-1]
        rows, columns = (length(n, stride) for n in dz.shape[2:])
        dilated = np.zeros((*dz.shape[:2], rows, columns))
        step = stride if rows > dz.shape[2] or columns > dz.shape[3] else 1
        dilated[:, :, ::step, ::step] = dz
        zeros = before(K.shape[2], padding), before(K.shape[3], padding)
        return conv2d(
            dilated, K[:, :, ::-1, ::-1].swapaxes(0, 1), np.zeros(K.shape[1]), padding=zeros
        )

    return run


def without_a_look_at_zero(dz, x, K, stride, padding):  # type: ignore[no-untyped-def]
    """Pixels p < 0 are not left out, and NumPy reads a negative index from the other end."""
    padded = handed_back(cut=lambda padded, H, W, p: padded)(dz, x, K, stride, padding)
    H, W = x.shape[2:]
    dx = np.zeros_like(x)
    for p, q in np.ndindex(H + padding, W + padding):
        dx[:, :, p - padding, q - padding] += padded[:, :, p, q]
    return dx


def only_what_was_seen(dz, x, K, stride, padding):  # type: ignore[no-untyped-def]
    """By the dilated δ and the rotated kernel, which know nothing of pixels left over."""
    dx = image_gradient(dz, x, K, stride, padding)
    seen = [(n - 1) * stride + k - padding for n, k in zip(dz.shape[2:], K.shape[2:], strict=True)]
    return dx[:, :, : seen[0], : seen[1]]


def all_samples_together(dz, x, K, stride, padding):  # type: ignore[no-untyped-def]
    dx = image_gradient(dz, x, K, stride, padding)
    return dx.sum(axis=0, keepdims=True).repeat(len(x), axis=0)


def then(change: Any) -> Any:
    """The right dx, then changed: change(dx, dz, x)."""
    return lambda dz, x, K, stride, padding: change(
        image_gradient(dz, x, K, stride, padding), dz, x
    )


IMAGE = CodeExercise(
    id="09.3",
    title="the gradient of the image",
    points=3,
    reference=image_gradient,
    samples=layer_samples(3),
    hints=(
        "Do not look for the outputs that see a pixel. Go through the outputs, and let each give "
        "back to its window what it took from there.",
        "Start from zeros in the size of the padded image. For every place (i, j) add, to its "
        "window, the sum over f of dz[s, f, i, j] times K[f]. In the end cut the padding off.",
        "d_padded[:, :, i*stride : i*stride + kh, j*stride : j*stride + kw] += "
        'np.einsum("sf,fcuv->scuv", dz[:, :, i, j], K); then '
        "return d_padded[:, :, padding : padding + H, padding : padding + W]",
    ),
    mistakes=(
        Mistake(
            "kernel the wrong way round",
            handed_back(hand=lambda d, K, w: np.tensordot(d, K[:, :, ::-1, ::-1], axes=1)),
            "Your kernel is the wrong way round, by 180°. If every output hands back to its "
            "window, weight K_uv goes to entry (u, v), and nothing is rotated. If you correlate δ "
            "with the kernel, as in section 3, it must be rotated.",
        ),
        Mistake(
            "rows of the kernel reversed",
            handed_back(hand=lambda d, K, w: np.tensordot(d, K[:, :, ::-1], axes=1)),
            "The rows of the kernel are the wrong way round. If every output hands back, weight "
            "K_uv goes to entry (u, v) of the window; if you correlate δ with the kernel, both its "
            "rows and its columns are reversed.",
        ),
        Mistake(
            "columns of the kernel reversed",
            handed_back(hand=lambda d, K, w: np.tensordot(d, K[:, :, :, ::-1], axes=1)),
            "The columns of the kernel are the wrong way round. If every output hands back, weight "
            "K_uv goes to entry (u, v) of the window; if you correlate δ with the kernel, both its "
            "rows and its columns are reversed.",
        ),
        Mistake(
            "kernels and channels reversed",
            handed_back(hand=lambda d, K, w: np.tensordot(d, K[::-1, ::-1], axes=1)),
            "K[::-1, ::-1] reverses the first two axes of K, kernels and channels. The rows and "
            "columns are the last two: and they need no rotation, if every output hands back.",
        ),
        Mistake(
            "all axes reversed",
            handed_back(hand=lambda d, K, w: np.tensordot(d, np.flip(K), axes=1)),
            "You reversed all four axes of K, kernels and channels as well: K[f, c] belongs to "
            "dz[:, f] and to channel c. If every output hands back, nothing is rotated.",
        ),
        Mistake(
            "overwritten",
            handed_back(add=lambda window, share: share),
            "Windows overlap, and each of yours overwrites what the ones before handed back: add "
            "up, with += instead of =.",
        ),
        Mistake(
            "padding not cut off",
            handed_back(cut=lambda padded, H, W, p: padded),
            "Your dx still has the padding around it: nobody asks for the gradient of the zeros. "
            "Cut padding rows and columns off on each side.",
        ),
        Mistake(
            "cut at the far end",
            handed_back(cut=lambda padded, H, W, p: padded[:, :, :H, :W]),
            "Your dx is moved by the padding: output (i, j) hands back to row i·stride of the "
            "*padded* image, so pixel 0 stands at index padding.",
        ),
        Mistake(
            "cut above and on the left only",
            handed_back(cut=lambda padded, H, W, p: padded[:, :, p:, p:]),
            "You cut the padding off above and on the left only: it is on all four sides.",
        ),
        Mistake(
            "cut below and on the right only",
            handed_back(cut=lambda padded, H, W, p: padded[:, :, : H + p, : W + p]),
            "You cut the padding off below and on the right only: it is on all four sides.",
        ),
        Mistake(
            "cut at the near end",
            handed_back(cut=lambda padded, H, W, p: padded[:, :, 2 * p :, 2 * p :]),
            "You cut all of the padding off above and on the left: half of it is on the far sides.",
        ),
        Mistake(
            "cut by −padding",
            handed_back(cut=lambda padded, H, W, p: padded[:, :, p:-p, p:-p]),
            "A slice padding:-padding is empty if padding is 0: -0 is 0, the beginning. Cut with "
            "padding : padding + H.",
        ),
        Mistake(
            "negative indices",
            without_a_look_at_zero,
            "Pixels with a negative index are in the padding, and you did not leave them out: "
            "NumPy counts x[-1] from the other end, without a warning.",
        ),
        Mistake(
            "M S",
            by_the_rotated_kernel(lambda M, stride: M * stride),
            "Your dilated δ has M·stride numbers along an axis: zeros stand between neighbours "
            "only, (M − 1)·stride + 1 numbers.",
        ),
        Mistake(
            "full correlation, not rotated",
            by_the_rotated_kernel(lambda M, stride: (M - 1) * stride + 1, unrotated=True),
            "You correlated the dilated δ with the kernel as it is: it must be rotated by 180°. "
            "And if pixels are left over at the end, x has more of them than you give back.",
        ),
        Mistake(
            "as large as the dilated δ makes it",
            by_the_rotated_kernel(lambda M, stride: (M - 1) * stride + 1),
            "Your dx has (M − 1)·stride + k − 2·padding rows: if pixels are left over at the end, "
            "x has more. Make dx as large as x.",
        ),
        Mistake(
            "full in spite of the padding",
            by_the_rotated_kernel(lambda M, stride: (M - 1) * stride + 1, lambda k, p: k - 1),
            "Your dx is that of the padded image: cut padding rows and columns off on each side. "
            "And if pixels are left over at the end, x has more of them than you give back.",
        ),
        Mistake(
            "not dilated",
            by_the_rotated_kernel(lambda M, stride: M),
            "The stride is missing: with it, δ must be dilated, by stride − 1 zeros between its "
            "neighbours.",
        ),
        Mistake(
            "not dilated, full",
            by_the_rotated_kernel(lambda M, stride: M, lambda k, p: k - 1),
            "Stride and padding are missing: δ must be dilated, by stride − 1 zeros between its "
            "neighbours, and the padding cut off.",
        ),
        Mistake(
            "no stride",
            handed_back(start=lambda i, j, stride: (i, j)),
            "The stride is missing: the window of output (i, j) starts at (i·stride, j·stride) of "
            "the padded image.",
        ),
        Mistake(
            "stride for the rows only",
            handed_back(start=lambda i, j, stride: (i * stride, j)),
            "Your windows move by stride down, but by 1 to the right.",
        ),
        Mistake(
            "stride for the columns only",
            handed_back(start=lambda i, j, stride: (i, j * stride)),
            "Your windows move by stride to the right, but by 1 down.",
        ),
        Mistake(
            "only what was seen",
            only_what_was_seen,
            "Your dx is too small: pixels that are in no window have a gradient too, it is 0. Make "
            "dx as large as x.",
        ),
        Mistake(
            "first place only",
            lambda dz, x, K, stride, padding: image_gradient(
                np.pad(dz[:, :, :1, :1], ((0, 0), (0, 0), *((0, n - 1) for n in dz.shape[2:]))),
                x,
                K,
                stride,
                padding,
            ),
            "Only the place (0, 0) hands back: is the return inside the loops?",
        ),
        Mistake(
            "first row of places only",
            lambda dz, x, K, stride, padding: image_gradient(dz[:, :, :1], x, K, stride, padding),
            "Only the places (0, j) hand back: is the return inside the loop over i?",
        ),
        Mistake(
            "δ rotated",
            lambda dz, x, K, stride, padding: image_gradient(
                dz[:, :, ::-1, ::-1], x, K, stride, padding
            ),
            "You rotated δ: output (i, j) hands back its own δ_ij. Where something is rotated, it "
            "is the kernel.",
        ),
        Mistake(
            "first kernel only",
            handed_back(hand=lambda d, K, w: np.tensordot(d[:, :1], K[:1], axes=1)),
            "Only the first kernel hands back: sum over all f.",
        ),
        Mistake(
            "last kernel only",
            handed_back(hand=lambda d, K, w: np.tensordot(d[:, -1:], K[-1:], axes=1)),
            "Only the last kernel hands back: each overwrites the one before. Sum over all f.",
        ),
        Mistake(
            "mean over the kernels",
            handed_back(hand=lambda d, K, w: np.tensordot(d, K, axes=1) / len(K)),
            "You took the mean over the kernels: all paths are added.",
        ),
        Mistake(
            "channels mixed",
            handed_back(
                hand=lambda d, K, w: (
                    np.tensordot(d, K.sum(axis=1, keepdims=True), axes=1) * np.ones_like(w)
                )
            ),
            "Your dx is the same for every channel: channel c was multiplied with K[:, c] only.",
        ),
        Mistake(
            "kernels mixed",
            handed_back(
                hand=lambda d, K, w: np.multiply.outer(d.sum(axis=1), K.sum(axis=0)),
            ),
            "You multiplied the sum of δ over the kernels by the sum of the kernels: multiply δ_f "
            "by K_f first, then sum over f.",
        ),
        Mistake(
            "no kernel",
            handed_back(
                hand=lambda d, K, w: (
                    d.sum(axis=1)[:, np.newaxis, np.newaxis, np.newaxis] * np.ones_like(w)
                )
            ),
            "The kernel is missing: each δ goes back times the weight on its path.",
        ),
        Mistake(
            "no δ",
            handed_back(hand=lambda d, K, w: K.sum(axis=0) * np.ones_like(w)),
            "Your dx lacks δ: that is the gradient of the sum of all outputs.",
        ),
        Mistake(
            "times the image",
            handed_back(hand=lambda d, K, w: np.tensordot(d, K, axes=1) * w),
            "Your dx has x as a factor: z is linear in x, so only the weights stay.",
        ),
        Mistake(
            "samples mixed",
            all_samples_together,
            "Each of your samples gets the gradients of all: sample s hears of its own δ only, so "
            "there is no sum over the batch.",
        ),
        Mistake(
            "divided by the batch",
            then(lambda dx, dz, x: dx / len(x)),
            "You divided by the number of samples: the 1/m of the cost is in δ already.",
        ),
        Mistake(
            "divided by the places",
            then(lambda dx, dz, x: dx / dz[0, 0].size),
            "You divided by the number of outputs: a sum over all paths is asked for, no mean.",
        ),
        Mistake(
            "rows and columns swapped",
            then(lambda dx, dz, x: dx.swapaxes(2, 3)),
            "Rows and columns of your dx are swapped: it has the shape of x.",
        ),
        Mistake(
            "channels last",
            then(lambda dx, dz, x: np.moveaxis(dx, 1, -1)),
            "Your dx has its channels last: it has the shape of x, (B, C, H, W).",
        ),
    ),
)


DILATED = NumberExercise(
    id="09.4",
    title="the size of the dilated error",
    value=13,
    tolerance=0,
    hints=(
        "Between two neighbours stand S − 1 zeros. How many gaps are there between five numbers?",
        "δ₀ 0 0 δ₁ 0 0 … : the last δ stands at position 4·3, and positions are counted from 0.",
        "(M − 1)·S + 1 with M = 5 and S = 3",
    ),
    mistakes=(
        Mistake(
            "M S",
            15,
            "You counted S − 1 zeros behind the last δ as well: zeros stand *between* neighbours. "
            "There are M − 1 gaps, not M.",
        ),
        Mistake(
            "no + 1",
            12,
            "(M − 1)·S is the index of the last δ: counted from 0, so there is one number more.",
        ),
        Mistake("one zero", 9, "You put one zero into each gap: with S = 3 there are S − 1 = 2."),
        Mistake(
            "S zeros",
            17,
            "You put S zeros into each gap: neighbours are S apart, so S − 1 zeros fit between.",
        ),
        Mistake(
            "padded already",
            19,
            "That is the size after the padding of k − 1 zeros on each side: before it is asked "
            "for.",
        ),
        Mistake(
            "M S, padded",
            21,
            "You padded already, and you counted zeros behind the last δ: they stand between "
            "neighbours only.",
        ),
        Mistake(
            "zeros only", 8, "That is the number of zeros: the five numbers themselves count, too."
        ),
        Mistake(
            "zeros in M gaps",
            10,
            "That is the number of zeros if there were M gaps: there are M − 1, and the numbers "
            "themselves count, too.",
        ),
        Mistake("not dilated", 5, "That is δ as it is: the zeros in between are missing."),
        Mistake(
            "padded, not dilated",
            11,
            "That is δ with k − 1 zeros on each side: the zeros in between are asked for.",
        ),
        Mistake(
            "pixels seen",
            16,
            "That is (M − 1)·S + k, the number of pixels that the windows reach: for δ itself a "
            "single number stands at the end, not a window.",
        ),
        Mistake("times the kernel", 20, "That is M·k: the kernel plays no part in the dilation."),
        Mistake("gaps", 4, "That is the number of gaps: how many numbers are there in all?"),
    ),
)


def mean_shared(
    start: Any = lambda i, j, stride: (i * stride, j * stride),
    share: Any = lambda delta, window, stride: np.ones_like(window) * delta / window[0, 0].size,
    add: Any = lambda before, share: before + share,
    length: Any = lambda size, stride: size,
) -> Any:
    """Pooling backward with one of its parts replaced."""

    def run(dz, x, size, stride):  # type: ignore[no-untyped-def]
        dx, k = np.zeros_like(x), length(size, stride)
        for i, j in np.ndindex(dz.shape[2:]):
            r, c = start(i, j, stride)
            place = np.s_[:, :, r : r + k, c : c + k]
            delta = dz[:, :, i : i + 1, j : j + 1]
            dx[place] = add(dx[place], share(delta, x[place], stride))
        return dx

    return run


# B, C, H, W, size, stride. Windows overlap, lie side by side or leave gaps; pixels are left over.
POOLED = (
    (2, 3, 7, 8, 3, 2),
    (1, 2, 4, 6, 2, 2),
    (2, 1, 6, 5, 3, 1),
    (1, 1, 4, 4, 2, 2),
    (3, 2, 5, 7, 1, 2),
    (2, 2, 5, 5, 5, 5),
    (1, 2, 6, 9, 2, 3),
    (2, 2, 4, 4, 2, 1),
)


def pool_samples(exercise: int, make: Any) -> tuple[Sample, ...]:
    """δ and images for each of the poolings; make(rng, shape) gives the images."""
    found = []
    for seed, (B, C, H, W, size, stride) in enumerate(POOLED):
        rng = np.random.default_rng([9, exercise, seed])
        outputs = (output_size(H, size, stride), output_size(W, size, stride))
        dz = away_from_zero(rng, (B, C, *outputs))
        found.append({"dz": dz, "x": make(rng, (B, C, H, W)), "size": size, "stride": stride})
    return tuple(found)


def upsampled(dz: Array, n: int) -> Array:
    """Each number as a block of n × n."""
    return dz.repeat(n, axis=2).repeat(n, axis=3)


def mean_without_leftovers(dz, x, size, stride):  # type: ignore[no-untyped-def]
    dx = mean_pool_backward(dz, x, size, stride)
    rows, columns = ((n - 1) * stride + size for n in dz.shape[2:])
    return dx[:, :, :rows, :columns]


def averaged_over_the_windows(dz, x, size, stride):  # type: ignore[no-untyped-def]
    windows = mean_pool_backward(np.full_like(dz, size**2), x, size, stride)
    return mean_pool_backward(dz, x, size, stride) / np.maximum(windows.round(), 1)


def side_by_side(share: Any) -> Any:
    """Window (i, j) at (i·size, j·size), cut off at the edge; share(delta, window, size)."""

    def run(dz, x, size, stride):  # type: ignore[no-untyped-def]
        back = mean_shared(
            start=lambda i, j, _: (i * size, j * size),
            share=lambda d, w, _: share(d, w, size),
            length=lambda *_: size,
        )
        return back(dz, x, size, stride)

    return run


def of_mean(change: Any) -> Any:
    """The right dx of mean pooling, then changed: change(dx, dz, size, stride)."""
    return lambda dz, x, size, stride: change(
        mean_pool_backward(dz, x, size, stride), dz, size, stride
    )


MEAN_POOL = CodeExercise(
    id="09.5",
    title="mean pooling, backward",
    points=2,
    reference=mean_pool_backward,
    samples=pool_samples(5, away_from_zero),
    hints=(
        "What is ∂z/∂x for a pixel inside the window, and for one outside?",
        "Start from zeros in the shape of x. For every (i, j) add dz[:, :, i, j] / size² to all "
        "pixels of its window; slices of one row and one column keep the axes: dz[:, :, i:i+1, "
        "j:j+1].",
        "dx[:, :, i*stride : i*stride + size, j*stride : j*stride + size] += "
        "dz[:, :, i:i+1, j:j+1] / size**2",
    ),
    mistakes=(
        Mistake(
            "not divided",
            of_mean(lambda dx, dz, size, stride: dx * size**2),
            "The factor 1/size² is missing: each pixel was only one of size · size in the mean, so "
            "it gets one share of δ, not all of it.",
        ),
        Mistake(
            "divided by size",
            of_mean(lambda dx, dz, size, stride: dx * size),
            "You divided by size: a window has size · size pixels.",
        ),
        Mistake(
            "divided by 4",
            of_mean(lambda dx, dz, size, stride: dx * size**2 / 4),
            "You divided by 4, which is right for size 2 only: a window has size · size pixels.",
        ),
        Mistake(
            "divided by the stride",
            of_mean(lambda dx, dz, size, stride: dx * size**2 / stride**2),
            "You divided by stride · stride: a window has size · size pixels.",
        ),
        Mistake(
            "divided by the outputs",
            of_mean(lambda dx, dz, size, stride: dx * size**2 / dz[0, 0].size),
            "You divided by the number of outputs: a window has size · size pixels.",
        ),
        Mistake(
            "divided twice",
            of_mean(lambda dx, dz, size, stride: dx / size**2),
            "You divided by size² twice.",
        ),
        Mistake(
            "multiplied",
            of_mean(lambda dx, dz, size, stride: dx * size**4),
            "You multiplied by size²: the mean divides, forward and backward.",
        ),
        Mistake(
            "divided by the batch",
            of_mean(lambda dx, dz, size, stride: dx / len(dz)),
            "You divided by the number of samples as well: the 1/m of the cost is in δ already.",
        ),
        Mistake(
            "overwritten",
            mean_shared(add=lambda before, share: share),
            "Where windows overlap, the later one overwrites the earlier one: a pixel in several "
            "windows gets a share of each. Use +=.",
        ),
        Mistake(
            "one pixel only",
            mean_shared(length=lambda size, stride: 1, share=lambda d, w, s: d * np.ones_like(w)),
            "You gave each δ to the first pixel of its window: all pixels took part in the mean.",
        ),
        Mistake(
            "one share only",
            mean_shared(
                share=lambda d, w, s: (
                    np.eye(1, w[0, 0].size).reshape(w.shape[2:]) * d / w[0, 0].size
                )
            ),
            "Only the first pixel of each window gets its share: all pixels took part in the mean.",
        ),
        Mistake(
            "to the largest",
            mean_shared(share=lambda d, w, s: d * (w == w.max(axis=(2, 3), keepdims=True))),
            "You gave δ to the largest pixel: that is max pooling.",
        ),
        Mistake(
            "in proportion",
            mean_shared(share=lambda d, w, s: d * w / w.sum(axis=(2, 3), keepdims=True)),
            "You shared δ out in proportion to the pixels: the mean does not weigh them, all get "
            "the same.",
        ),
        Mistake(
            "times the pixels",
            mean_shared(share=lambda d, w, s: d * w / w[0, 0].size),
            "You multiplied by x: the slope of the mean is 1/size², whatever the pixels are.",
        ),
        Mistake(
            "no stride",
            mean_shared(start=lambda i, j, stride: (i, j)),
            "The stride is missing: window (i, j) starts at (i·stride, j·stride).",
        ),
        Mistake(
            "stride for the rows only",
            mean_shared(start=lambda i, j, stride: (i * stride, j)),
            "Your windows move by stride down, but by 1 to the right.",
        ),
        Mistake(
            "stride for the columns only",
            mean_shared(start=lambda i, j, stride: (i, j * stride)),
            "Your windows move by stride to the right, but by 1 down.",
        ),
        Mistake(
            "steps of size",
            side_by_side(lambda d, w, size: d * np.ones_like(w) / size**2),
            "Your windows lie side by side: window (i, j) starts at (i·stride, j·stride).",
        ),
        Mistake(
            "windows of the stride",
            lambda dz, x, size, stride: mean_shared(length=lambda size, stride: stride)(
                dz, x, size, stride
            ),
            "Your windows have the size of the stride: size and stride are two things.",
        ),
        Mistake(
            "as wide as the stride",
            lambda dz, x, size, stride: (
                mean_shared(
                    length=lambda size, stride: stride, share=lambda d, w, s: d * np.ones_like(w)
                )(dz, x, size, stride)
                / size**2
            ),
            "The shares are right, but they go to stride · stride pixels: a window has "
            "size · size.",
        ),
        Mistake(
            "averaged over the windows",
            averaged_over_the_windows,
            "You divided by the number of windows that hold a pixel: it gets a share of δ from "
            "each, and shares add up.",
        ),
        Mistake(
            "repeated, not divided",
            lambda dz, x, size, stride: upsampled(dz, size),
            "You repeated each δ: each pixel gets only a share of it, 1/size²; and blocks fill the "
            "image only if windows lie side by side and no pixel is left over.",
        ),
        Mistake(
            "repeated only",
            lambda dz, x, size, stride: upsampled(dz, size) / size**2,
            "You repeated each δ: that fills the image only if windows lie side by side and no "
            "pixel is left over. Add to the windows of zeros in the shape of x.",
        ),
        Mistake(
            "without what is left over",
            mean_without_leftovers,
            "Your dx is smaller than x: pixels in no window have gradient 0. Start from zeros in "
            "the shape of x.",
        ),
        Mistake(
            "rows and columns swapped",
            of_mean(lambda dx, dz, size, stride: dx.swapaxes(2, 3)),
            "Rows and columns of your dx are swapped: it has the shape of x.",
        ),
        Mistake(
            "channels summed",
            lambda dz, x, size, stride: mean_pool_backward(
                dz.sum(axis=1, keepdims=True) * np.ones_like(dz), x, size, stride
            ),
            "You summed over the channels: each channel is pooled by itself.",
        ),
        Mistake(
            "channels mixed",
            lambda dz, x, size, stride: mean_pool_backward(
                dz.mean(axis=1, keepdims=True) * np.ones_like(dz), x, size, stride
            ),
            "You took the mean over the channels: each channel is pooled by itself.",
        ),
    ),
)


ROUTES = ChoiceExercise(
    id="09.6",
    title="where max pooling sends δ",
    options={
        "a": "(10, 100, 0)",
        "b": "(0, 110, 100)",
        "c": "(0, 100, 0)",
        "d": "(0, 110, 0)",
        "e": "(0, 60, 50)",
        "f": "(0, 10, 100)",
        "g": "(5, 55, 50)",
    },
    right="d",
    hints=(
        "Which pixels are in the first window, which in the second? Where is the largest of each?",
        "The first window is (1, 5): its largest is the pixel in the middle. The second is (5, 5), "
        "a tie: the first one, in the order of reading, takes all.",
        "The pixel in the middle gets 10 from the first window and 100 from the second.",
    ),
    mistakes=(
        Mistake(
            "to the first pixel",
            "a",
            "That sends each δ to the first pixel of its window, whatever the values: the largest "
            "one gets it.",
        ),
        Mistake(
            "to every tie",
            "b",
            "In the second window both pixels get all of δ = 100. If both rise by 1, the output "
            "rises by 1, and C by 100, not by 200: only the first takes it.",
        ),
        Mistake(
            "overwritten",
            "c",
            "The middle pixel is the largest of both windows: the second δ must be added to the "
            "first, not put in its place.",
        ),
        Mistake(
            "tie shared",
            "e",
            "Sharing a tie would be possible, but it is not the convention here (nor in PyTorch): "
            "the first one in row-major order takes all.",
        ),
        Mistake(
            "last of the tie",
            "f",
            "In the second window the last of the two largest got δ: by convention the first does.",
        ),
        Mistake("mean pooling", "g", "That is mean pooling: each pixel of a window gets half."),
    ),
)


def small_integers(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Images in which ties are common, and windows with negative pixels only are, too."""
    return rng.choice([-3.0, -2.0, -1.0, 1.0, 2.0], shape, p=[0.2, 0.3, 0.2, 0.2, 0.1])


def largest_mask(window: Array) -> Array:
    """All the largest pixels."""
    return window == window.max(axis=(2, 3), keepdims=True)


def chosen(place: Any) -> Any:
    """A mask of one pixel in each window, whose place is given by `place` of the flat window."""

    def mask(window: Array) -> Array:
        flat = window.reshape(*window.shape[:2], -1)
        one = np.arange(flat.shape[2]) == place(flat)[..., np.newaxis]
        return one.reshape(window.shape)

    return mask


def first_place(flat: Array) -> Array:
    return flat.argmax(axis=2)


def last_place(flat: Array) -> Array:
    return flat.shape[2] - 1 - flat[:, :, ::-1].argmax(axis=2)


FIRST = chosen(first_place)


def max_routed(mask: Any = FIRST, **more: Any) -> Any:
    """Max pooling backward with another mask, or another part replaced."""
    return mean_shared(share=lambda d, w, s: d * mask(w), **more)


def first_by_columns(window: Array) -> Array:
    return FIRST(window.swapaxes(2, 3)).swapaxes(2, 3)


def rows_and_columns_confused(window: Array) -> Array:
    return FIRST(window).swapaxes(2, 3)


def never_below_zero(window: Array) -> Array:
    return FIRST(window) & (window > 0)


def first_of_what_is_there(window: Array) -> Array:
    """FIRST, for windows that may be cut off at the edge, to nothing even."""
    return FIRST(window) if window.size else window


def place_in_the_window(dz, x, size, stride):  # type: ignore[no-untyped-def]
    """Row and column of the largest counted from the window's corner, but used in the image."""
    dx = np.zeros_like(x)
    for i, j in np.ndindex(dz.shape[2:]):
        r, c = i * stride, j * stride
        mask = FIRST(x[:, :, r : r + size, c : c + size])
        dx[:, :, :size, :size] += dz[:, :, i : i + 1, j : j + 1] * mask
    return dx


def every_pixel_of_this_value(dz, x, size, stride):  # type: ignore[no-untyped-def]
    dx = np.zeros_like(x)
    for i, j in np.ndindex(dz.shape[2:]):
        r, c = i * stride, j * stride
        largest = x[:, :, r : r + size, c : c + size].max(axis=(2, 3), keepdims=True)
        dx += dz[:, :, i : i + 1, j : j + 1] * (x == largest)
    return dx


def of_max(change: Any) -> Any:
    """The right dx of max pooling, then changed: change(dx, dz, x, size, stride)."""
    return lambda dz, x, size, stride: change(
        max_pool_backward(dz, x, size, stride), dz, x, size, stride
    )


def max_without_leftovers(dx, dz, x, size, stride):  # type: ignore[no-untyped-def]
    rows, columns = ((n - 1) * stride + size for n in dz.shape[2:])
    return dx[:, :, :rows, :columns]


MAX_POOL = CodeExercise(
    id="09.7",
    title="max pooling, backward",
    points=3,
    reference=max_pool_backward,
    samples=pool_samples(7, small_integers),
    hints=(
        "The forward pass threw away which pixel was the largest: look for it again, in x. "
        "np.argmax gives the first of equal ones.",
        "For every s, c, i, j: cut out the window of x; argmax gives the place of its largest "
        "entry in reading order, and np.unravel_index turns it into a row and a column. Add dz "
        "there.",
        "u, v = np.unravel_index(window.argmax(), window.shape); "
        "dx[s, c, i*stride + u, j*stride + v] += dz[s, c, i, j]",
    ),
    mistakes=(
        Mistake(
            "to every tie",
            max_routed(largest_mask),
            "Where the largest value occurs several times, each of them gets all of δ: then the "
            "entries of dx add up to more than δ. Only the first in row-major order takes it.",
        ),
        Mistake(
            "tie shared",
            max_routed(lambda w: largest_mask(w) / largest_mask(w).sum(axis=(2, 3), keepdims=True)),
            "You share δ out over the ties: by the convention of this course, and of PyTorch, the "
            "first one in row-major order takes all.",
        ),
        Mistake(
            "last of the tie",
            max_routed(chosen(last_place)),
            "Of several largest ones the last gets δ: by convention the first does. Compare with > "
            "instead of >=, or use argmax.",
        ),
        Mistake(
            "first by columns",
            max_routed(first_by_columns),
            "Of several largest ones you take the first column by column: row-major order reads "
            "row by row.",
        ),
        Mistake(
            "overwritten",
            max_routed(add=lambda before, share: np.where(share != 0, share, before)),
            "A pixel that is the largest of several overlapping windows gets the sum of their δ: "
            "use += instead of =.",
        ),
        Mistake(
            "every tie, overwritten",
            max_routed(largest_mask, add=lambda before, share: share),
            "Two things: each window overwrites what overlapping windows handed back before, so "
            "use +=; and of several largest ones only the first takes δ.",
        ),
        Mistake(
            "windows overwritten",
            max_routed(add=lambda before, share: share),
            "Each window overwrites the whole of what overlapping windows handed back before, with "
            "its zeros, too: use +=.",
        ),
        Mistake(
            "to all",
            max_routed(np.ones_like),
            "Every pixel of the window gets δ: only the largest one had a say in the output.",
        ),
        Mistake(
            "mean pooling",
            mean_pool_backward,
            "That is mean pooling: here the largest pixel takes all, the others nothing.",
        ),
        Mistake(
            "first pixel of the window",
            max_routed(chosen(lambda flat: 0 * flat.argmax(axis=2))),
            "The first pixel of each window gets δ, whatever the values: look for the largest.",
        ),
        Mistake(
            "smallest",
            max_routed(chosen(lambda flat: flat.argmin(axis=2))),
            "The smallest pixel of each window gets δ.",
        ),
        Mistake(
            "largest by size",
            max_routed(chosen(lambda flat: np.abs(flat).argmax(axis=2))),
            "The pixel farthest from 0 gets δ: −3 is not larger than 1.",
        ),
        Mistake(
            "never below 0",
            max_routed(never_below_zero),
            "Windows with negative pixels only hand back nothing: the largest of them gets δ. Does "
            "your search start at 0?",
        ),
        Mistake(
            "rows and columns confused",
            max_routed(rows_and_columns_confused),
            "You took the place of the largest entry apart the wrong way round: row = place // "
            "size, column = place % size.",
        ),
        Mistake(
            "no δ",
            of_max(
                lambda dx, dz, x, size, stride: max_pool_backward(np.ones_like(dz), x, size, stride)
            ),
            "Your dx counts how often a pixel is the largest: multiply by δ.",
        ),
        Mistake(
            "times the pixel",
            max_routed(lambda w: FIRST(w) * w),
            "You multiplied by x: the output *is* that pixel, so the slope is 1.",
        ),
        Mistake(
            "shared by the area",
            max_routed(lambda w: FIRST(w) / w[0, 0].size),
            "You divided by the size of the window: the largest pixel takes all of δ.",
        ),
        Mistake(
            "divided by the batch",
            of_max(lambda dx, dz, x, size, stride: dx / len(x)),
            "You divided by the number of samples: the 1/m of the cost is in δ already.",
        ),
        Mistake(
            "no stride",
            max_routed(start=lambda i, j, stride: (i, j)),
            "The stride is missing: window (i, j) starts at (i·stride, j·stride).",
        ),
        Mistake(
            "steps of size",
            side_by_side(lambda d, w, size: d * first_of_what_is_there(w)),
            "Your windows lie side by side: window (i, j) starts at (i·stride, j·stride).",
        ),
        Mistake(
            "place in the window",
            place_in_the_window,
            "argmax gives the place inside of the window: the pixel of x is i·stride + row, "
            "j·stride + column.",
        ),
        Mistake(
            "every pixel of this value",
            every_pixel_of_this_value,
            "Every pixel of the image that equals the largest of a window gets its δ, outside of "
            "the window as well: look in the window only, and take the first.",
        ),
        Mistake(
            "windows of the stride",
            max_routed(length=lambda size, stride: stride),
            "Your windows have the size of the stride: size and stride are two things.",
        ),
        Mistake(
            "channels mixed",
            max_routed(lambda w: FIRST(w.max(axis=1, keepdims=True)) * np.ones_like(w)),
            "You looked for the largest over all channels: each channel is pooled by itself.",
        ),
        Mistake(
            "largest of all channels",
            max_routed(lambda w: w == w.max(axis=(1, 2, 3), keepdims=True)),
            "Only the largest over all channels gets δ: every channel of a window has its own "
            "largest. And of equal ones, the first takes all.",
        ),
        Mistake(
            "largest of the batch",
            max_routed(lambda w: w == w.max()),
            "Only the largest over all images and channels gets δ: every window has its own "
            "largest. And of equal ones, the first takes all.",
        ),
        Mistake(
            "one image for all",
            max_routed(lambda w: FIRST(w[:1]) * np.ones_like(w)),
            "You took the places of the largest from the first image for all: use x[s].",
        ),
        Mistake(
            "without what is left over",
            of_max(max_without_leftovers),
            "Your dx is smaller than x: pixels in no window have gradient 0. Start from zeros in "
            "the shape of x.",
        ),
        Mistake(
            "rows and columns swapped",
            of_max(lambda dx, dz, x, size, stride: dx.swapaxes(2, 3)),
            "Rows and columns of your dx are swapped: it has the shape of x.",
        ),
    ),
)


# B, C, H, W
FLATTENED = ((2, 3, 4, 5), (3, 1, 2, 4), (1, 4, 3, 2), (2, 2, 2, 2), (3, 3, 3, 3), (4, 2, 1, 3))


def flatten_samples() -> tuple[Sample, ...]:
    """δ of flattened images, and the images."""
    found = []
    for seed, (B, C, H, W) in enumerate(FLATTENED):
        rng = np.random.default_rng([9, 8, seed])
        dz, x = away_from_zero(rng, (B, C * H * W)), away_from_zero(rng, (B, C, H, W))
        found.append({"dz": dz, "x": x})
    return tuple(found)


def channels_last(dz: Array, x: Array) -> Array:
    B, C, H, W = x.shape
    return np.moveaxis(dz.reshape(B, H, W, C), -1, 1)


def columns_first(dz: Array, x: Array) -> Array:
    B, C, H, W = x.shape
    return dz.reshape(B, C, W, H).swapaxes(2, 3)


def batch_last(dz: Array, x: Array) -> Array:
    return np.moveaxis(dz.reshape(*x.shape[1:], len(x)), -1, 0)


FLATTEN = CodeExercise(
    id="09.8",
    title="flatten, backward",
    reference=flatten_backward,
    samples=flatten_samples(),
    hints=(
        "Nothing was computed on the way forward. What is the derivative of an entry of the row by "
        "its pixel?",
        "Every number goes back to the place that it came from. Which NumPy function made the row?",
        "return dz.reshape(x.shape)",
    ),
    mistakes=(
        Mistake(
            "still flat",
            lambda dz, x: dz.copy(),
            "Your dx is still a row for each sample: it must have the shape of x.",
        ),
        Mistake(
            "channels last",
            channels_last,
            "You read the row as if the channels came last: it was written channel after channel, "
            "so dz.reshape(x.shape) undoes it.",
        ),
        Mistake(
            "column by column",
            columns_first,
            "You read each channel column by column: it was written row by row.",
        ),
        Mistake(
            "Fortran order",
            lambda dz, x: dz.reshape(x.shape, order="F"),
            'order="F" lets the first index run fastest: the row was written with the last one '
            "fastest.",
        ),
        Mistake(
            "batch and channels exchanged",
            lambda dz, x: dz.reshape(x.shape[1], x.shape[0], *x.shape[2:]).swapaxes(0, 1),
            "You read the numbers as if the channels came before the samples: each row of dz is "
            "one sample, and stays one.",
        ),
        Mistake(
            "transposed first",
            batch_last,
            "You mixed the samples: each row of dz is one sample, and stays one.",
        ),
        Mistake(
            "transposed",
            lambda dz, x: dz.T.reshape(x.shape),
            "You transposed dz first: each row of dz is one sample, and stays one.",
        ),
        Mistake(
            "times the image",
            lambda dz, x: dz.reshape(x.shape) * x,
            "You multiplied by x: nothing is computed in flatten, so every slope is 1.",
        ),
        Mistake(
            "ones",
            lambda dz, x: np.ones_like(x),
            "Every slope is 1, but that is the slope of z: the gradient is δ times it.",
        ),
        Mistake(
            "rotated",
            lambda dz, x: dz.reshape(x.shape)[:, :, ::-1, ::-1],
            "You rotated by 180°: the numbers go back to the places that they came from.",
        ),
        Mistake(
            "the image",
            lambda dz, x: x.copy(),
            "You returned x: what is asked for is δ, in the shape of x.",
        ),
        Mistake(
            "divided by the entries",
            lambda dz, x: dz.reshape(x.shape) / dz.shape[1],
            "You divided by the number of entries: nothing is averaged in flatten.",
        ),
        Mistake(
            "divided by the batch",
            lambda dz, x: dz.reshape(x.shape) / len(x),
            "You divided by the number of samples: the 1/m of the cost is in δ already.",
        ),
        Mistake(
            "rows and columns swapped",
            lambda dz, x: dz.reshape(x.shape).swapaxes(2, 3),
            "Rows and columns of your dx are swapped: it has the shape of x.",
        ),
        Mistake(
            "reversed",
            lambda dz, x: dz[:, ::-1].reshape(x.shape),
            "You reversed the row: the numbers go back in the order in which they came.",
        ),
        Mistake(
            "summed over the batch",
            lambda dz, x: np.broadcast_to(dz.sum(axis=0).reshape(x.shape[1:]), x.shape).copy(),
            "You summed over the samples: each sample has its own gradient.",
        ),
    ),
)


def lenet_forward(p: Mapping[str, Array], x: Array) -> tuple[Array, ...]:
    """The small LeNet of the lesson, x and all that is computed from it; the logits come last."""
    z1 = conv2d(x, p["K1"], p["b1"], 1, 1)
    a1 = relu(z1)
    m1 = max_pool2d(a1, 2)
    z2 = conv2d(m1, p["K2"], p["b2"], 1, 1)
    a2 = relu(z2)
    m2 = max_pool2d(a2, 2)
    rows = flatten(m2)
    return x, z1, a1, m1, z2, a2, m2, rows, dense(rows, p["W3"], p["b3"])


def lenet_backward(
    delta: Array,
    p: Mapping[str, Array],
    x: Array,
    z1: Array,
    a1: Array,
    m1: Array,
    z2: Array,
    a2: Array,
    m2: Array,
    rows: Array,
) -> dict[str, Array]:
    """The gradients of a small LeNet, from the last line of its forward pass to the first."""
    dW3, db3 = weight_gradient(delta, rows), bias_gradient(delta)
    drows = delta @ p["W3"]
    dm2 = flatten_backward(drows, m2)
    da2 = max_pool_backward(dm2, a2, 2, 2)
    dz2 = da2 * relu_prime(z2)
    dK2, db2 = parameter_gradients(dz2, m1, p["K2"], 1, 1)
    dm1 = image_gradient(dz2, m1, p["K2"], 1, 1)
    da1 = max_pool_backward(dm1, a1, 2, 2)
    dz1 = da1 * relu_prime(z1)
    dK1, db1 = parameter_gradients(dz1, x, p["K1"], 1, 1)
    return {"W3": dW3, "b3": db3, "K2": dK2, "b2": db2, "K1": dK1, "b1": db1}


# B, H, W, kernels of the first and of the second layer, classes
LENETS = ((3, 8, 4, 2, 5, 4), (2, 4, 8, 3, 2, 6), (1, 4, 4, 2, 2, 3), (3, 4, 4, 3, 3, 3))


def lenet_samples() -> tuple[Sample, ...]:
    """An error at the logits, parameters, and what the forward pass made of random images.

    In the last network the first kernel of each layer is 0: whatever it sees, all it gives is tied.
    """
    found = []
    for seed, (B, H, W, F1, F2, n) in enumerate(LENETS):
        rng = np.random.default_rng([9, 9, seed])
        shapes = {
            "K1": (F1, 1, 3, 3),
            "b1": (F1,),
            "K2": (F2, F1, 3, 3),
            "b2": (F2,),
            "W3": (n, F2 * H * W // 16),
            "b3": (n,),
        }
        p = {name: away_from_zero(rng, shape) for name, shape in shapes.items()}
        if seed == len(LENETS) - 1:
            p["K1"][0], p["K2"][0], p["b1"][0], p["b2"][0] = 0, 0, 1, 1
        *kept, logits = lenet_forward(p, away_from_zero(rng, (B, 1, H, W)))
        values = dict(zip(("x", "z1", "a1", "m1", "z2", "a2", "m2", "rows"), kept, strict=True))
        found.append({"delta": away_from_zero(rng, logits.shape), "p": p} | values)
    return tuple(found)


def slope_of_relu(da: Array, z: Array, a: Array) -> Array:
    return da * relu_prime(z)


def no_slope(da: Array, z: Array, a: Array) -> Array:
    return da


def by_the_kernel_as_it_is(dz: Array, x: Array, K: Array, stride: int, padding: int) -> Array:
    return conv2d(dz, K.swapaxes(0, 1), np.zeros(K.shape[1]), stride, padding)


def lenet_wrong(
    last: Any = lambda delta, rows: (weight_gradient(delta, rows), bias_gradient(delta)),
    unflatten: Any = flatten_backward,
    unpool: Any = max_pool_backward,
    slope2: Any = slope_of_relu,
    slope1: Any = slope_of_relu,
    seen2: Any = lambda m1, a1: m1,
    handed_down: Any = lambda dz2, da2: dz2,
    image: Any = image_gradient,
) -> Any:
    """The way back through the network with one of its parts replaced."""

    def run(delta, p, x, z1, a1, m1, z2, a2, m2, rows):  # type: ignore[no-untyped-def]
        dW3, db3 = last(delta, rows)
        da2 = unpool(unflatten(delta @ p["W3"], m2), a2, 2, 2)
        dz2 = slope2(da2, z2, a2)
        dK2, db2 = parameter_gradients(dz2, seen2(m1, a1), p["K2"], 1, 1)
        da1 = unpool(image(handed_down(dz2, da2), m1, p["K2"], 1, 1), a1, 2, 2)
        dK1, db1 = parameter_gradients(slope1(da1, z1, a1), x, p["K1"], 1, 1)
        return {"W3": dW3, "b3": db3, "K2": dK2, "b2": db2, "K1": dK1, "b1": db1}

    return run


def lenet_then(change: Any) -> Any:
    """The right gradients, then changed: change(gradients, delta)."""
    return lambda delta, *others: change(lenet_backward(delta, *others), delta)


def of_every(change: Any) -> Any:
    """Each of the right gradients, changed: change(gradient, delta)."""
    return lenet_then(lambda found, delta: {name: change(d, delta) for name, d in found.items()})


LENET = CodeExercise(
    id="09.9",
    title="the whole network, backward",
    points=3,
    reference=lenet_backward,
    samples=lenet_samples(),
    hints=(
        "Every line of lenet_forward has an error at its output and one at its input. Going back, "
        "you meet drows, dm2, da2, dz2, dm1, da1, dz1, in this order. Your functions want the "
        "error at the output and what the line took: for max pooling a2, not m2.",
        "dense: BP4, BP3, and delta @ W3 for rows. Then flatten_backward, max_pool_backward and "
        "the slope of ReLU bring you to dz2, from which parameter_gradients makes dK2, db2 and "
        "image_gradient makes dm1. Then pooling and ReLU once more.",
        'dm2 = flatten_backward(delta @ p["W3"], m2); da2 = max_pool_backward(dm2, a2, 2, 2); '
        'dz2 = da2 * relu_prime(z2); dK2, db2 = parameter_gradients(dz2, m1, p["K2"], 1, 1); '
        'dm1 = image_gradient(dz2, m1, p["K2"], 1, 1); and the same with a1, z1, x and K1.',
    ),
    mistakes=(
        Mistake(
            "no slope of ReLU",
            lenet_wrong(slope2=no_slope, slope1=no_slope),
            "The slope of ReLU is missing in both layers: what comes out of max_pool_backward is "
            "∂C/∂a, and ∂C/∂z is that times relu_prime(z).",
        ),
        Mistake(
            "no slope of ReLU in layer 2",
            lenet_wrong(slope2=no_slope),
            "The slope of ReLU is missing in layer 2: dz2 is da2 times relu_prime(z2).",
        ),
        Mistake(
            "no slope of ReLU in layer 1",
            lenet_wrong(slope1=no_slope),
            "Layer 2 is right. In layer 1 the slope of ReLU is missing: dz1 is da1 times "
            "relu_prime(z1).",
        ),
        Mistake(
            "error through ReLU",
            lenet_wrong(slope2=lambda da, z, a: relu(da), slope1=lambda da, z, a: relu(da)),
            "You sent the error through ReLU, so that negative ones are lost: multiply it by "
            "relu_prime(z).",
        ),
        Mistake(
            "times the activation",
            lenet_wrong(slope2=lambda da, z, a: da * a, slope1=lambda da, z, a: da * a),
            "You multiplied by a: the slope of ReLU is 1 where z is positive, not a.",
        ),
        Mistake(
            "times z",
            lenet_wrong(slope2=lambda da, z, a: da * z, slope1=lambda da, z, a: da * z),
            "You multiplied by z: the slope of ReLU is 1 where z is positive, else 0.",
        ),
        Mistake(
            "mean pooling",
            lenet_wrong(unpool=mean_pool_backward),
            "You shared the error out over each window: forward, the largest was taken, so go back "
            "with max_pool_backward.",
        ),
        Mistake(
            "every tie",
            lenet_wrong(unpool=max_routed(largest_mask)),
            "Of several largest pixels each gets all of the error: the first takes it, as "
            "max_pool_backward does.",
        ),
        Mistake(
            "upsampled",
            lenet_wrong(unpool=lambda dz, x, size, stride: upsampled(dz, size)),
            "Every pixel of a window gets the error of the window: only the largest had a say in "
            "it. Go back with max_pool_backward.",
        ),
        Mistake(
            "kernels against what was pooled",
            lenet_wrong(seen2=lambda m1, a1: a1),
            "Your K2 met a1: the second layer looked at m1, at what came out of the pooling.",
        ),
        Mistake(
            "gradients of a layer exchanged",
            lenet_then(
                lambda found, delta: (
                    found
                    | {"K2": found["b2"], "b2": found["K2"], "K1": found["b1"], "b1": found["K1"]}
                )
            ),
            "K2 holds the gradient of b2, and b2 that of K2, and so in layer 1: "
            "parameter_gradients returns dK, db, in this order.",
        ),
        Mistake(
            "kernels of layer 2 from da2",
            lambda delta, p, *kept: (
                lenet_backward(delta, p, *kept)
                | {
                    name: lenet_wrong(slope2=no_slope)(delta, p, *kept)[name]
                    for name in ("K2", "b2")
                }
            ),
            "Your gradients of K2 and b2 come from da2: parameter_gradients takes ∂C/∂z, dz2.",
        ),
        Mistake(
            "handed down da2",
            lenet_wrong(handed_down=lambda dz2, da2: da2),
            "Layer 2 is right, but you went on with da2: image_gradient takes ∂C/∂z, dz2.",
        ),
        Mistake(
            "unrotated kernel",
            lenet_wrong(image=by_the_kernel_as_it_is),
            "Layer 2 is right. On the way down to m1 the kernel K2 is the wrong way round: "
            "image_gradient does it right.",
        ),
        Mistake(
            "channels last",
            lenet_wrong(unflatten=channels_last),
            "The dense layer is right. Then you read the rows as if the channels came last: "
            "flatten_backward undoes flatten.",
        ),
        Mistake(
            "layer 1 left out",
            lenet_then(
                lambda found, delta: found | {name: 0 * found[name] for name in ("K1", "b1")}
            ),
            "Your gradients of K1 and b1 are 0: the error goes on through image_gradient, pooling "
            "and ReLU to the first layer.",
        ),
        Mistake(
            "weights transposed",
            lenet_wrong(last=lambda delta, rows: (rows.T @ delta, bias_gradient(delta))),
            "The gradient of W3 is transposed: by BP4 it is delta.T @ rows, weight_gradient(delta, "
            "rows).",
        ),
        Mistake(
            "bias of each sample",
            lenet_wrong(last=lambda delta, rows: (weight_gradient(delta, rows), delta.copy())),
            "The gradient of b3 is delta itself: b3 serves all samples, so sum over the batch, "
            "bias_gradient(delta).",
        ),
        Mistake(
            "bias averaged",
            lenet_wrong(
                last=lambda delta, rows: (weight_gradient(delta, rows), delta.mean(axis=0))
            ),
            "The gradient of b3 is a mean over the batch: sum. The 1/m of the cost is in delta "
            "already.",
        ),
        Mistake(
            "divided by the batch",
            of_every(lambda d, delta: d / len(delta)),
            "All gradients are divided by the number of samples: the 1/m of the cost is in delta "
            "already.",
        ),
        Mistake(
            "dense layer divided by the batch",
            lenet_wrong(
                last=lambda delta, rows: (
                    weight_gradient(delta, rows) / len(delta),
                    bias_gradient(delta) / len(delta),
                )
            ),
            "The gradients of W3 and b3 are divided by the number of samples: the 1/m of the cost "
            "is in delta already.",
        ),
        Mistake(
            "dense layer only",
            lenet_then(
                lambda found, delta: {
                    name: d if name in ("W3", "b3") else 0 * d for name, d in found.items()
                }
            ),
            "The dense layer is right, the gradients of the other layers are 0: the error goes on "
            "through flatten, pooling and ReLU.",
        ),
        Mistake(
            "descent",
            of_every(lambda d, delta: -d),
            "All gradients have the wrong sign: return ∂C/∂p. It is the optimizer that goes "
            "against it.",
        ),
        Mistake(
            "names exchanged",
            lenet_then(
                lambda found, delta: {
                    "W3": found["W3"],
                    "b3": found["b3"],
                    "K2": found["K1"],
                    "b2": found["b1"],
                    "K1": found["K2"],
                    "b1": found["b2"],
                }
            ),
            "The names of the two convolution layers are exchanged: layer 1 is the one that sees "
            "the images.",
        ),
        Mistake(
            "the parameters",
            lambda delta, p, *kept: {name: value.copy() for name, value in p.items()},
            "You returned the parameters: what is asked for are their gradients.",
        ),
    ),
)


EXERCISES = (PARAMETERS, MIDDLE_PIXEL, IMAGE, DILATED, MEAN_POOL, ROUTES, MAX_POOL, FLATTEN, LENET)
