"""The convolution layer: its definition in loops, the same by matrix products, and its gradients.

As in every framework, what the layer computes is the cross-correlation: the kernel is not rotated.
Images are (B, C, H, W), kernels K are (F, C, kh, kw), and z has one channel for each of F kernels.
"""

import numpy as np
import numpy.typing as npt

from bplab.numeric.arrays import Array, as_finite, require_finite_result, require_shapes
from bplab.numeric.columns import Scratch, bands, batches, block_size, gather, scatter
from bplab.numeric.windows import Axis, Pair, Windows, as_pair, output_sizes


def conv2d_loops(
    x: npt.ArrayLike, K: npt.ArrayLike, b: npt.ArrayLike, stride: Pair = 1, padding: Pair = 0
) -> Array:
    """The definition of `conv2d`, one number at a time; outside its edges the image is 0.

    z[i, f, r, c] = b[f] + Σ_{ch, u, v} K[f, ch, u, v] x[i, ch, stride·r + u − padding, …]

    Shapes, Raises: as `conv2d`.

    >>> conv2d_loops(np.ones((1, 1, 2, 2)), K=np.ones((1, 1, 2, 2)), b=[1.0])
    array([[[[5.]]]])
    """
    x, K, b = as_finite("x", x), as_finite("K", K), as_finite("b", b)
    require_shapes(x=(x, _IMAGES), K=(K, _KERNELS), b=(b, ("F",)))
    windows, (ph, pw) = _geometry(x, K, stride, padding)
    sh, sw = windows.down.stride, windows.across.stride
    z = np.zeros((len(x), len(K), *windows.outputs), np.result_type(x, K, b))
    for i, f, r, c in np.ndindex(z.shape):
        z[i, f, r, c] = b[f]
        for ch, u, v in np.ndindex(K.shape[1:]):
            p, q = sh * r + u - ph, sw * c + v - pw
            if 0 <= p < x.shape[2] and 0 <= q < x.shape[3]:
                z[i, f, r, c] += K[f, ch, u, v] * x[i, ch, p, q]
    return z


def conv2d(
    x: npt.ArrayLike, K: npt.ArrayLike, b: npt.ArrayLike, stride: Pair = 1, padding: Pair = 0
) -> Array:
    """Convolution layer: z = x ⋆ K + b, in numbers what `conv2d_loops` computes.

    stride and padding are one number, or a pair (vertical, horizontal).
    Shapes: x (B, C, H, W), K (F, C, kh, kw), b (F,); returns (B, F, H_out, W_out) with
    H_out = ⌊(H + 2·padding − kh) / stride⌋ + 1, and W_out likewise.
    Raises: ValueError for wrong shapes, a kernel that does not fit, NaN/inf, overflow; TypeError if
    not numeric.
    Source: LeCun, Bottou, Bengio & Haffner (1998), sect. II; as a product of matrices: Chellapilla,
    Puri & Simard (2006).

    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> conv2d(x, K=[[[[1.0, 0.0], [0.0, -1.0]]]], b=[0.0])
    array([[[[-4., -4.],
             [-4., -4.]]]])
    """
    x, K, b = as_finite("x", x), as_finite("K", K), as_finite("b", b)
    require_shapes(x=(x, _IMAGES), K=(K, _KERNELS), b=(b, ("F",)))
    windows, paddings = _geometry(x, K, stride, padding)
    scratch = Scratch(np.result_type(x, K, b))
    matrix = _as_matrix(K)
    z = np.empty((len(x), len(K), *windows.outputs), scratch.dtype)
    size = block_size(len(matrix), x, z)
    with np.errstate(over="ignore", invalid="ignore"):
        for images in batches(z, size):
            padded = _padded(x[images], paddings)
            for rows, band in bands(windows, size // padded.shape[-1]):
                X = gather(padded, band, scratch)
                Z = np.matmul(matrix.T, X, out=scratch.array("z", len(K), X.shape[1]))
                Z += b[:, np.newaxis]
                z[images, :, rows] = _images_first(Z.reshape(len(K), *band.outputs, -1))
    require_finite_result("z", z)
    return z


def conv2d_backward(
    dz: npt.ArrayLike,
    x: npt.ArrayLike,
    K: npt.ArrayLike,
    stride: Pair = 1,
    padding: Pair = 0,
    need_dx: bool = True,
) -> tuple[Array | None, Array, Array]:
    """Gradients (dx, dK, db) of `conv2d` from dz = ∂C/∂z.

    dK correlates x with dz, db sums dz, and dx is, for stride 1, the full convolution of dz with K:
    with X the columns of x and Z = K X, dK = dZ Xᵀ and dX = Kᵀ dZ; then each pixel's dx is
    the sum over all windows that saw it.
    With need_dx=False, for the first layer of a network, dx is None and costs nothing.
    Shapes: dz (B, F, H_out, W_out), x and K as in `conv2d`; returns the shapes of x, K and b.
    Raises: as `conv2d`.
    Source: LeCun et al. (1989), Backpropagation applied to handwritten zip code recognition.

    >>> dx, dK, db = conv2d_backward([[[[2.0]]]], x=[[[[3.0]]]], K=[[[[5.0]]]])
    >>> dx, dK, db
    (array([[[[10.]]]]), array([[[[6.]]]]), array([2.]))
    """
    dz, x, K = as_finite("dz", dz), as_finite("x", x), as_finite("K", K)
    require_shapes(x=(x, _IMAGES), K=(K, _KERNELS))
    windows, paddings = _geometry(x, K, stride, padding)
    _require_shape("dz", dz, (len(x), len(K), *windows.outputs))
    scratch = Scratch(np.result_type(dz, x, K))
    matrix = _as_matrix(K)
    dmatrix, db = np.zeros(matrix.shape, scratch.dtype), np.zeros(len(K), scratch.dtype)
    dx = np.empty(x.shape, scratch.dtype) if need_dx else None
    size = block_size(len(matrix), x, dz)
    with np.errstate(over="ignore", invalid="ignore"):
        for images in batches(dz, size):
            padded = _padded(x[images], paddings)
            dpadded = np.zeros(padded.shape, scratch.dtype)
            for rows, band in bands(windows, size // padded.shape[-1]):
                dZ = _as_columns(dz[images, :, rows], scratch)
                X = gather(padded, band, scratch)
                dmatrix += X @ dZ.T
                db += dZ.sum(axis=1)
                if dx is not None:
                    scatter(np.matmul(matrix, dZ, out=X), dpadded, band)
            if dx is not None:
                dx[images] = _images_first(_inside(dpadded, paddings))
    dK = _as_kernels(dmatrix, K.shape)
    for name, gradient in {"dx": dx, "dK": dK, "db": db}.items():
        if gradient is not None:
            require_finite_result(name, gradient)
    return dx, dK, db


_IMAGES = ("B", "C", "H", "W")
_KERNELS = ("F", "C", "kh", "kw")


def _geometry(x: Array, K: Array, stride: Pair, padding: Pair) -> tuple[Windows, tuple[int, int]]:
    """The windows of the padded images, whose last axis is that of the batch; and the padding."""
    window = (K.shape[2], K.shape[3])
    strides = as_pair("stride", stride, least=1)
    paddings = as_pair("padding", padding, least=0)
    outputs = output_sizes(x.shape, window, strides, paddings)
    return Windows(*map(Axis, (1, 2), window, strides, outputs)), paddings


def _padded(x: Array, padding: tuple[int, int]) -> Array:
    """(m, C, H, W) with zeros around it, as (C, H, W, m)."""
    (m, C, H, W), (ph, pw) = x.shape, padding
    padded = np.zeros((C, H + 2 * ph, W + 2 * pw, m), x.dtype)
    _inside(padded, padding)[...] = _images_last(x)
    return padded


def _inside(padded: Array, padding: tuple[int, int]) -> Array:
    (H, W), (ph, pw) = padded.shape[1:3], padding
    return padded[:, ph : H - ph, pw : W - pw]


def _images_last(x: Array) -> Array:
    return x.transpose(1, 2, 3, 0)


def _images_first(x: Array) -> Array:
    return x.transpose(3, 0, 1, 2)


def _as_columns(dz: Array, scratch: Scratch) -> Array:
    """(m, F, rows, W_out) as (F, rows·W_out·m), in the order of `gather`."""
    last = _images_last(dz)
    columns = scratch.array("dz", *last.shape)
    columns[...] = last
    return columns.reshape(len(last), -1)


def _as_matrix(K: Array) -> Array:
    """(F, C, kh, kw) as (kh·kw·C, F), in the order of `gather`."""
    return K.transpose(2, 3, 1, 0).reshape(-1, len(K))


def _as_kernels(matrix: Array, shape: tuple[int, ...]) -> Array:
    F, C, kh, kw = shape
    return np.ascontiguousarray(matrix.reshape(kh, kw, C, F).transpose(3, 2, 0, 1))


def _require_shape(name: str, array: Array, expected: tuple[int, ...]) -> None:
    if array.shape != expected:
        raise ValueError(
            f"{name} must have the shape of conv2d's output, (B, F, H_out, W_out) = {expected}; "
            f"got {array.shape}. Are stride and padding those of the forward pass?"
        )
