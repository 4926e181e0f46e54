"""Convolution for every image, kernel, stride and padding: forward, its three gradients, two views.

Notation: sample s, input channel c, output channel f; image position (p, q), kernel position
(u, v), output position (i, j). Height and width have a stride S and a padding P each. Arrays are
functions on ℤ that are 0 outside their box, so no formula needs a border; a gradient is meant at
positions inside the box. As in every framework, "convolution" is cross-correlation.
"""

from typing import Any

import sympy

from bplab.symbolic.counterexamples import Counterexample, counterexample
from bplab.symbolic.derivation import Derivation, algebra, chain_rule, definition
from bplab.symbolic.expressions import Delta, Entry, Index, Tensor, index, partial, total
from bplab.symbolic.lattice import Grid, Same, position, size
from bplab.symbolic.model import Model
from bplab.symbolic.theorems.theorem import Theorem, theorem

LECUN = "LeCun et al. (1989), Neural Computation 1(4)"
DUMOULIN = "Dumoulin & Visin (2016), A guide to convolution arithmetic for deep learning"

s, r = index("s", "m"), index("r", "m")
c, e = index("c", "n_c"), index("e", "n_c")
f, g = index("f", "n_f"), index("g", "n_f")
i, j, u, v, p, q, t, w = map(position, "ijuvpqtw")

H, W, k_h, k_w, S_h, S_w = map(size, ("H", "W", "k_h", "k_w", "S_h", "S_w"))
P_h, P_w = size("P_h", least=0), size("P_w", least=0)


def output_size(image: sympy.Expr, kernel: sympy.Expr, stride: sympy.Expr, pad: sympy.Expr) -> Any:
    """How often the kernel fits into the padded image: ⌊(n + 2P − k)/S⌋ + 1.

    >>> output_size(5, 3, 2, 1)
    3
    """
    return sympy.floor((image + 2 * pad - kernel) / stride) + 1


M, N = output_size(H, k_h, S_h, P_h), output_size(W, k_w, S_w, P_w)

x = Grid("x", ("m", "n_c"), (H, W))
K = Grid("K", ("n_f", "n_c"), (k_h, k_w))
b = Tensor("b", ("n_f",))
delta = Grid("delta", ("m", "n_f"), (M, N))
z = Grid("z", ("m", "n_f"), 2)
C = Tensor("C", ())[()]

padded = Grid("x^pad", ("m", "n_c"), 2)
rotated = Grid("K^rot", ("n_f", "n_c"), 2)
dilated = Grid("delta^dil", ("m", "n_f"), 2)
T = Grid("T", ("n_f", "n_c"), 4)


def under(tensor: Grid, n: Index = s, channel: Index = c) -> Entry:
    """The entry of an image that lies under kernel position (u, v) at output (i, j)."""
    return tensor[n, channel, S_h * i + u - P_h, S_w * j + v - P_w]


LAYER = (
    Model()
    .define(z[s, f, i, j], total(K[f, c, u, v] * under(x), c, u, v) + b[f])
    .depend(C, (z[s, f, i, j], delta[s, f, i, j]))
)


@theorem("conv-forward", title="convolution on an image without borders", source=DUMOULIN)
def forward() -> Derivation:
    """z_ij = Σ_cuv K_cuv x^pad_(c, Si+u, Sj+v) + b is Σ_cuv K_cuv x_(c, Si+u−P, Sj+v−P) + b.

    x^pad is x moved by P: padding with zeros is reading beyond the border.
    """
    model = LAYER.define(padded[s, c, p, q], x[s, c, p - P_h, q - P_w])
    window = padded[s, c, S_h * i + u, S_w * j + v]
    return (
        Derivation("the forward pass", z[s, f, i, j], model)
        .step(
            total(K[f, c, u, v] * under(x), c, u, v) + b[f],
            definition(z[s, f, i, j]),
            "the layer on an image that is 0 beyond its borders",
        )
        .step(
            total(K[f, c, u, v] * window, c, u, v) + b[f],
            definition(padded[s, c, p, q]),
            "the same read from the padded image",
        )
    )


@theorem("conv-kernel", title="the gradient of the kernel", source=LECUN)
def kernel_gradient() -> Derivation:
    """∂C/∂K_fcuv = Σ_sij δ_sfij x_(s, c, Si+u−P, Sj+v−P): δ is correlated with the image."""
    return (
        Derivation("the gradient of the kernel", partial(C, K[f, c, u, v]), LAYER)
        .step(
            total(delta[s, g, i, j] * partial(z[s, g, i, j], K[f, c, u, v]), s, g, i, j),
            chain_rule,
            "the same kernel is used at every position, in every sample",
        )
        .step(
            total(delta[s, f, i, j] * partial(z[s, f, i, j], K[f, c, u, v]), s, i, j),
            chain_rule,
            "channel $g$ has a kernel of its own",
        )
        .step(
            total(
                delta[s, f, i, j]
                * total(
                    Delta(e, c) * Same(t, u) * Same(w, v)
                    * x[s, e, S_h * i + t - P_h, S_w * j + w - P_w],
                    e, t, w,
                ),
                s, i, j,
            ),
            chain_rule,
            "$z$ is linear in the kernel, and $K_{fe,tw}$ is $K_{fc,uv}$ only if all indices agree",
        )
        .step(
            total(delta[s, f, i, j] * under(x), s, i, j),
            algebra,
            "one term of the inner sum is left: what lay under $(u, v)$",
        )
    )  # fmt: skip


@theorem("conv-bias", title="the gradient of the biases of a convolution", source=LECUN)
def bias_gradient() -> Derivation:
    """∂C/∂b_f = Σ_sij δ_sfij: one bias serves every position and sample, so δ is summed."""
    return (
        Derivation("the gradient of the bias", partial(C, b[f]), LAYER)
        .step(
            total(delta[s, g, i, j] * partial(z[s, g, i, j], b[f]), s, g, i, j),
            chain_rule,
            "the same bias is used at every position, in every sample",
        )
        .step(
            total(delta[s, g, i, j] * Delta(g, f), s, g, i, j),
            chain_rule,
            "channel $g$ has a bias of its own",
        )
        .step(total(delta[s, f, i, j], s, i, j), algebra, "only the terms $g = f$ are left")
    )


def through_the_outputs(model: Model, error: Grid, row_stride: Any, column_stride: Any) -> Any:
    """∂C/∂x_scpq = Σ_fij δ_sfij K_(f, c, p+P−Si, q+P−Sj), for a layer with these strides."""
    row, column = row_stride * i + u - P_h, column_stride * j + v - P_w
    return (
        Derivation("the gradient of the image", partial(C, x[s, c, p, q]), model)
        .step(
            total(error[r, f, i, j] * partial(z[r, f, i, j], x[s, c, p, q]), r, f, i, j),
            chain_rule,
            "many outputs see a pixel",
        )
        .step(
            total(
                error[s, f, i, j] * total(K[f, c, u, v] * Same(p, row) * Same(q, column), u, v),
                f, i, j,
            ),
            chain_rule,
            "the pixel lies under $u$ if $p = S i + u - P$",
        )
        .step(
            total(
                error[s, f, i, j]
                * K[f, c, p + P_h - row_stride * i, q + P_w - column_stride * j],
                f, i, j,
            ),
            algebra,
            "which is one position: $u = p + P - S i$",
        )
    )  # fmt: skip


@theorem("conv-input", title="the gradient of the image", source=LECUN)
def input_gradient() -> Derivation:
    """∂C/∂x_scpq = Σ_fij δ_sfij K_(f, c, p+P−Si, q+P−Sj): every output hands back its kernel."""
    return through_the_outputs(LAYER, delta, S_h, S_w)


delta_1 = Grid(
    "delta",
    ("m", "n_f"),
    (output_size(H, k_h, sympy.S.One, P_h), output_size(W, k_w, sympy.S.One, P_w)),
)
STRIDE_1 = (
    Model()
    .define(
        z[s, f, i, j],
        total(K[f, c, u, v] * x[s, c, i + u - P_h, j + v - P_w], c, u, v) + b[f],
    )
    .depend(C, (z[s, f, i, j], delta_1[s, f, i, j]))
    .define(rotated[f, c, t, w], K[f, c, k_h - 1 - t, k_w - 1 - w])
)


@theorem("conv-input-rotated", title="stride 1: the rotated kernel", source=DUMOULIN)
def input_gradient_rotated() -> Derivation:
    """Stride 1: ∂C/∂x is δ, padded by k−1−P, correlated with the kernel rotated by 180°.

    For P = 0 that is the full convolution of δ with the kernel, and K^rot_tw = K_(k−1−t, k−1−w).
    """
    row, column = p + t - (k_h - 1 - P_h), q + w - (k_w - 1 - P_w)
    return (
        through_the_outputs(STRIDE_1, delta_1, sympy.S.One, sympy.S.One)
        .step(
            total(K[f, c, u, v] * delta_1[s, f, p + P_h - u, q + P_w - v], f, u, v),
            algebra,
            "put $i = p + P - u$: a convolution",
        )
        .step(
            total(K[f, c, k_h - 1 - t, k_w - 1 - w] * delta_1[s, f, row, column], f, t, w),
            algebra,
            "from the kernel's end: $u = k - 1 - t$",
        )
        .step(
            total(rotated[f, c, t, w] * delta_1[s, f, row, column], f, t, w),
            definition(rotated[f, c, t, w]),
            "a correlation with the rotated kernel",
        )
    )


@theorem("conv-input-dilated", title="any stride: the dilated error", source=DUMOULIN)
def input_gradient_dilated() -> Derivation:
    """Stride S: as for stride 1, with δ dilated: S−1 zeros between neighbours, (M−1)S+1 in all.

    δ^dil_(Si, Sj) = δ_ij, and 0 elsewhere.
    """
    model = LAYER.define(rotated[f, c, t, w], K[f, c, k_h - 1 - t, k_w - 1 - w]).define(
        dilated[s, f, p, q],
        total(delta[s, f, i, j] * Same(p, S_h * i) * Same(q, S_w * j), i, j),
    )
    row, column = p + t - (k_h - 1 - P_h), q + w - (k_w - 1 - P_w)
    back = K[f, c, k_h - 1 - t, k_w - 1 - w]
    return (
        through_the_outputs(model, delta, S_h, S_w)
        .step(
            total(
                back
                * total(delta[s, f, i, j] * Same(row, S_h * i) * Same(column, S_w * j), i, j),
                f, t, w,
            ),
            algebra,
            "from the kernel's end: $u = k - 1 - t$",
        )
        .step(
            total(rotated[f, c, t, w] * dilated[s, f, row, column], f, t, w),
            definition(rotated[f, c, t, w], dilated[s, f, p, q]),
            "$S - 1$ zeros between neighbours",
        )
    )  # fmt: skip


DENSE = (
    Model()
    .define(z[s, f, i, j], total(T[f, c, i, j, p, q] * x[s, c, p, q], c, p, q) + b[f])
    .define(T[f, c, i, j, p, q], K[f, c, p + P_h - S_h * i, q + P_w - S_w * j])
    .depend(C, (z[s, f, i, j], delta[s, f, i, j]))
)


@theorem("conv-dense", title="convolution as a sparse dense layer", source=DUMOULIN)
def dense_view() -> Derivation:
    """z = T x + b, where row (i, j) of T holds the kernel at the window of output (i, j).

    T_(ij, pq) = K_(p+P−Si, q+P−Sj): a Toeplitz matrix, mostly 0, each weight in many places.
    """
    model = LAYER.define(T[f, c, i, j, p, q], K[f, c, p + P_h - S_h * i, q + P_w - S_w * j])
    return (
        Derivation("convolution as a dense layer", z[s, f, i, j], model)
        .step(
            total(K[f, c, u, v] * under(x), c, u, v) + b[f],
            definition(z[s, f, i, j]),
            "the layer",
        )
        .step(
            total(K[f, c, p + P_h - S_h * i, q + P_w - S_w * j] * x[s, c, p, q], c, p, q) + b[f],
            algebra,
            "sum over the image instead of the kernel: $u = p + P - S i$",
        )
        .step(
            total(T[f, c, i, j, p, q] * x[s, c, p, q], c, p, q) + b[f],
            definition(T[f, c, i, j, p, q]),
            "every output is connected to every pixel, mostly with weight 0",
        )
    )


@theorem("conv-dense-input", title="the image's gradient by the transposed matrix", source=DUMOULIN)
def dense_view_input() -> Derivation:
    """∂C/∂x = Tᵀ δ, as in BP2; written with the kernel it is the gradient found before."""
    return (
        Derivation("the image's gradient by the matrix", partial(C, x[s, c, p, q]), DENSE)
        .step(
            total(delta[r, f, i, j] * partial(z[r, f, i, j], x[s, c, p, q]), r, f, i, j),
            chain_rule,
            "many outputs see a pixel",
        )
        .step(
            total(T[f, c, i, j, p, q] * delta[s, f, i, j], f, i, j),
            chain_rule,
            "the column of the matrix: the transpose, as in BP2",
        )
        .step(input_gradient.proof.end, definition(T[f, c, i, j, p, q]), "written with the kernel")
    )


@theorem("conv-dense-kernel", title="the kernel's gradient by shared weights", source=LECUN)
def dense_view_kernel() -> Derivation:
    """∂C/∂K_uv is the sum of BP4's gradients δ_ij x_pq over all places where T holds K_uv."""
    place = Same(p + P_h - S_h * i, u) * Same(q + P_w - S_w * j, v)
    return (
        Derivation("the kernel's gradient by the matrix", partial(C, K[f, c, u, v]), DENSE)
        .step(
            total(
                delta[s, g, i, j] * x[s, e, p, q]
                * partial(T[g, e, i, j, p, q], K[f, c, u, v]),
                s, g, e, i, j, p, q,
            ),
            chain_rule,
            "BP4 for every entry of $T$, which depends on the kernel",
        )
        .step(
            total(delta[s, f, i, j] * x[s, c, p, q] * place, s, i, j, p, q),
            chain_rule,
            "the places that hold the weight $(u, v)$: $p = S i + u - P$",
        )
        .step(kernel_gradient.proof.end, algebra, "one pixel under $(u, v)$ for every output")
    )  # fmt: skip


def mistakes() -> dict[str, tuple[Theorem, sympy.Expr]]:
    """Formulas in circulation that are wrong, each with the theorem that it contradicts."""
    row, column = p + t - (k_h - 1 - P_h), q + w - (k_w - 1 - P_w)
    above, left = p + P_h - S_h * i, q + P_w - S_w * j
    return {
        "unrotated kernel": (
            input_gradient_rotated,
            total(K[f, c, t, w] * delta_1[s, f, row, column], f, t, w),
        ),
        "δ is not dilated": (
            input_gradient_dilated,
            total(K[f, c, k_h - 1 - t, k_w - 1 - w] * delta[s, f, row, column], f, t, w),
        ),
        "padding is forgotten": (
            input_gradient,
            total(delta[s, f, i, j] * K[f, c, p - S_h * i, q - S_w * j], f, i, j),
        ),
        "rows and columns of the kernel swapped": (
            input_gradient,
            total(delta[s, f, i, j] * K[f, c, left, above], f, i, j),
        ),
        "rotated gradient of the kernel": (
            kernel_gradient,
            total(
                delta[s, f, i, j]
                * x[s, c, S_h * i + k_h - 1 - u - P_h, S_w * j + k_w - 1 - v - P_w],
                s, i, j,
            ),
        ),
        "one sample for the batch": (kernel_gradient, total(delta[s, f, i, j] * under(x), i, j)),
        "δ for its sum": (bias_gradient, delta[s, f, i, j]),
    }  # fmt: skip


def refute(mistake: str) -> Counterexample:
    """The smallest image and whole numbers at which a formula of `mistakes` is wrong.

    Raises: KeyError if there is no such mistake.

    >>> refute("δ for its sum").widths["m"]
    2
    """
    right, wrong = mistakes()[mistake]
    proof = right.proof
    found = counterexample(proof.start, wrong, proof.model, differentiate=True)
    assert found is not None, mistake
    return found


def dilated_size_counterexample() -> Counterexample:
    """M numbers with S − 1 zeros between neighbours are (M − 1) S + 1 numbers, not M S.

    >>> dilated_size_counterexample()
    with S = 2: left 1, right 2
    """
    numbers, stride = size("M"), size("S")
    found = counterexample((numbers - 1) * stride + 1, numbers * stride)
    assert found is not None
    return found
