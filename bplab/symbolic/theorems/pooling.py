"""Pooling and flattening for every image, window and stride; windows may overlap.

Notation as in `convolution.py`; pooling treats every channel by itself. Where a window holds its
maximum twice, the first in row-major order takes the whole gradient.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import sympy

from bplab.symbolic.counterexamples import Counterexample, counterexample
from bplab.symbolic.derivation import Derivation, FalseStep, algebra, chain_rule, definition
from bplab.symbolic.expressions import Delta, Tensor, index, partial, total
from bplab.symbolic.lattice import Grid, Same, position, size
from bplab.symbolic.model import Model
from bplab.symbolic.rendering import Shown
from bplab.symbolic.shapes import AtShape, Numbers, growing_shapes, random_shapes
from bplab.symbolic.theorems.convolution import (
    LECUN,
    C,
    H,
    S_h,
    S_w,
    W,
    c,
    e,
    i,
    j,
    k_h,
    k_w,
    output_size,
    p,
    q,
    r,
    s,
    u,
    v,
    x,
)
from bplab.symbolic.theorems.theorem import theorem

SCHERER = "Scherer, Müller & Behnke (2010), Evaluation of pooling operations, ICANN"

m, n_c = s.range, c.range
M, N = output_size(H, k_h, S_h, sympy.S.Zero), output_size(W, k_w, S_w, sympy.S.Zero)
delta = Grid("delta", ("m", "n_c"), (M, N))
y = Grid("y", ("m", "n_c"), 2)
box = Grid("B", (), (k_h, k_w))
mask = Grid("M", ("m", "n_c"), (M, N, k_h, k_w))
K = Grid("K", ("n_c", "n_c"), 2)
window = x[s, c, S_h * i + u, S_w * j + v]
AREA = k_h * k_w

MEAN = (
    Model()
    .define(y[s, c, i, j], total(box[u, v] * window, u, v) / AREA)
    .depend(C, (y[s, c, i, j], delta[s, c, i, j]))
)
MAXIMUM = (
    Model()
    .define(y[s, c, i, j], total(mask[s, c, i, j, u, v] * window, u, v))
    .depend(C, (y[s, c, i, j], delta[s, c, i, j]))
)
MAXIMUM_GRADIENT = total(delta[s, c, i, j] * mask[s, c, i, j, p - S_h * i, q - S_w * j], i, j)


@theorem("avg-pool-forward", title="mean pooling is a convolution", source=LECUN)
def mean_as_convolution() -> Derivation:
    """The mean over windows is the convolution with K_ec = 1[e=c] B/(k_h k_w), stride S.

    B is 1 on the window [0, k_h) × [0, k_w) and 0 elsewhere.
    """
    model = MEAN.define(K[e, c, u, v], Delta(e, c) * box[u, v] / AREA)
    return (
        Derivation("mean pooling as a convolution", y[s, e, i, j], model)
        .step(
            total(box[u, v] * x[s, e, S_h * i + u, S_w * j + v], u, v) / AREA,
            definition(y[s, e, i, j]),
            "the mean over the window",
        )
        .step(
            total(Delta(e, c) * box[u, v] / AREA * window, c, u, v),
            algebra,
            "of all channels take one's own",
        )
        .step(
            total(K[e, c, u, v] * window, c, u, v),
            definition(K[e, c, u, v]),
            "a convolution with a constant kernel",
        )
    )


def through_the_windows(
    title: str, model: Model, weight: sympy.Expr, scale: sympy.Expr
) -> Derivation:
    """∂C/∂x for y_ij = scale · Σ_uv weight_uv x_(Si+u, Sj+v), up to the sum over the windows."""
    return (
        Derivation(title, partial(C, x[s, c, p, q]), model)
        .step(
            total(delta[r, e, i, j] * partial(y[r, e, i, j], x[s, c, p, q]), r, e, i, j),
            chain_rule,
            "a pixel lies in one window, in several, or in none",
        )
        .step(
            scale
            * total(
                delta[s, c, i, j]
                * total(weight * Same(p, S_h * i + u) * Same(q, S_w * j + v), u, v),
                i, j,
            ),
            chain_rule,
            "window $(i, j)$ holds the pixel at $u = p - S i$, $v = q - S j$",
        )
    )  # fmt: skip


@theorem("avg-pool", title="the gradient of mean pooling", source=LECUN)
def mean_pooling() -> Derivation:
    """∂C/∂x_pq = 1/(k_h k_w) Σ_ij δ_ij B_(p−Si, q−Sj): every window spreads its δ evenly."""
    return through_the_windows("mean pooling", MEAN, box[u, v], 1 / AREA).step(
        total(delta[s, c, i, j] * box[p - S_h * i, q - S_w * j], i, j) / AREA,
        algebra,
        "an even share from each window that holds the pixel",
    )


@theorem("avg-pool-blocks", title="mean pooling without overlap: upsampling", source=LECUN)
def mean_pooling_blocks() -> Derivation:
    """Windows side by side (S = k): each pixel of block (i, j) gets δ_ij/(k_h k_w).

    Pixel (i k_h + u, j k_w + v) is written x_(iujv), as x.reshape(m, M, k_h, N, k_w) has it, where
    s counts the channels of all samples.
    """
    i, j, a, d = index("i", "M"), index("j", "N"), index("a", "M"), index("d", "N")
    u, v = index("u", "k_h"), index("v", "k_w")
    x = Tensor("x", (m, i.range, u.range, j.range, v.range))
    y, delta = (Tensor(name, (m, i.range, j.range)) for name in ("y", "delta"))
    area = u.range * v.range
    model = (
        Model()
        .define(y[s, i, j], total(x[s, i, u, j, v], u, v) / area)
        .depend(C, (y[s, i, j], delta[s, i, j]))
    )
    return (
        Derivation("mean pooling without overlap", partial(C, x[s, i, u, j, v]), model)
        .step(
            total(delta[r, a, d] * partial(y[r, a, d], x[s, i, u, j, v]), r, a, d),
            chain_rule,
            "through every block",
        )
        .step(delta[s, i, j] / area, chain_rule, "a pixel lies in one block")
    )


def first_maximum(window: Sequence[int]) -> int:
    """The place of the maximum; of several equal ones, the first.

    >>> first_maximum([1, 3, 3])
    1
    """
    return max(range(len(window)), key=lambda place: (window[place], -place))


def regions_of(window: Sequence[int]) -> list[int]:
    """The k with x_l < x_k for all earlier l and x_l ≤ x_k for all later l.

    >>> regions_of([1, 3, 3])
    [1]
    """
    return [
        k
        for k, top in enumerate(window)
        if all(before < top for before in window[:k])
        and all(after <= top for after in window[k + 1 :])
    ]


def orderings(size: int) -> Iterator[tuple[int, ...]]:
    """Every order of so many numbers, ties included, each by its ranks.

    >>> list(orderings(2))
    [(0, 0), (0, 1), (1, 0)]
    """
    for ranks in product(range(size), repeat=size):
        if set(ranks) == set(range(max(ranks) + 1)):
            yield ranks


@dataclass(frozen=True, repr=False)
class Supplemented(Shown):
    """A derivation that stands on a fact about whole numbers, which has checks of its own.

    Raises: FalseStep if a check fails.
    """

    derivation: Derivation
    fact: str
    checks: Mapping[str, bool]

    def __post_init__(self) -> None:
        if not all(self.checks.values()):
            raise FalseStep(f"{self.derivation.title}: {self.fact} fails: {dict(self.checks)}")

    @property
    def claim(self) -> tuple[sympy.Expr, sympy.Expr]:
        """The claim of the derivation."""
        return self.derivation.claim

    @property
    def model(self) -> Model:
        """The model of the derivation."""
        return self.derivation.model

    @property
    def methods(self) -> dict[str, bool]:
        """The verdicts of the derivation's methods and of the checks."""
        return self.derivation.methods | dict(self.checks)

    def latex(self) -> str:
        """The derivation in LaTeX."""
        return self.derivation.latex()

    def __str__(self) -> str:
        return f"{self.derivation}\n  as {self.fact}"

    __repr__ = __str__


@theorem("max-pool", title="the gradient of max pooling", source=SCHERER)
def max_pooling() -> Supplemented:
    """∂C/∂x_pq = Σ_ij δ_ij M_(ij, p−Si, q−Sj), M being 1 at a window's first maximum, else 0.

    Region by region: for images whose window (i, j) has its first maximum at (u, v), y_ij is
    x_(Si+u, Sj+v). The regions cover all images, no image is in two, and inside a region M is
    constant. On a border, where a maximum is tied, the gradient is that of the region the image
    belongs to: of the images beside it in which earlier pixels are a little brighter.
    """
    derivation = through_the_windows(
        "max pooling", MAXIMUM, mask[s, c, i, j, u, v], sympy.S.One
    ).step(
        MAXIMUM_GRADIENT,
        algebra,
        "the whole error of each window whose first maximum is this pixel",
    )
    return Supplemented(
        derivation,
        "every window has one first maximum, which decides its gradient",
        {"regions": regions_partition(largest=5), "differences": agrees_with_differences()},
    )


def regions_partition(*, largest: int) -> bool:
    """Whether every order of up to `largest` pixels is in one region, that of its first maximum."""
    return all(
        regions_of(window) == [first_maximum(window)]
        for size in range(1, largest + 1)
        for window in orderings(size)
    )


def agrees_with_differences(*, shapes: int = 24) -> bool:
    """Whether the gradient is the exact difference quotient of Σ δ max, on images with ties.

    All numbers are whole. Beside an image with ties lies one in which earlier pixels are a little
    brighter; there no maximum is tied, and steps of 1 change none.
    """
    draw = random.Random(0)
    drawn = random_shapes(MAXIMUM_GRADIENT, MAXIMUM, shapes)
    return all(_gradient_is_difference(sizes, draw) for sizes in drawn)


Image = dict[tuple[int, ...], int]


class _Pooled:
    """Max pooling of one channel in plain Python, at given sizes."""

    def __init__(self, sizes: Numbers) -> None:
        self.sizes = sizes
        self.pixels = list(product(*self._ranges(H, W)))
        self.places = list(product(*self._ranges(M, N)))

    def _ranges(self, *sizes: sympy.Expr) -> list[range]:
        return [range(size.xreplace(self.sizes)) for size in sizes]

    def window(self, image: Image, i: int, j: int) -> list[int]:
        """The pixels of window (i, j) in row-major order."""
        down, right = S_h.xreplace(self.sizes), S_w.xreplace(self.sizes)
        return [image[down * i + u, right * j + v] for u, v in product(*self._ranges(k_h, k_w))]

    def cost(self, image: Image, errors: Image) -> int:
        """Σ δ_ij max over window (i, j)."""
        return sum(errors[place] * max(self.window(image, *place)) for place in self.places)

    def is_maximum(self, image: Image, i: int, j: int, u: int, v: int) -> bool:
        """Whether window (i, j) has a maximum at (u, v), first or not."""
        window = self.window(image, i, j)
        return window[k_w.xreplace(self.sizes) * u + v] == max(window)

    def is_first(self, image: Image, i: int, j: int, u: int, v: int) -> bool:
        """Whether window (i, j) has its first maximum at (u, v)."""
        return first_maximum(self.window(image, i, j)) == k_w.xreplace(self.sizes) * u + v

    def gradient(self, image: Image, errors: Image, is_marked: Any) -> list[int]:
        """The proved gradient for every pixel, with the places that `is_marked` in the mask."""
        arrays = {
            delta: lambda s, c, *place: errors[place],
            mask: lambda s, c, *place: int(is_marked(image, *place)),
        }
        shape = AtShape({**self.sizes, m: 1, n_c: 1}, MAXIMUM)
        return [
            shape.value(MAXIMUM_GRADIENT, {s: 0, c: 0, p: row, q: column}, arrays)
            for row, column in self.pixels
        ]


def _gradient_is_difference(sizes: Numbers, draw: random.Random) -> bool:
    pooled = _Pooled(sizes)
    image = {pixel: draw.randrange(3) for pixel in pooled.pixels}
    errors = {place: draw.randrange(-9, 10) for place in pooled.places}
    beside = {
        pixel: 2 * (len(image) * value - rank) for rank, (pixel, value) in enumerate(image.items())
    }
    differences = [
        pooled.cost(beside | {pixel: value + 1}, errors) - pooled.cost(beside, errors)
        for pixel, value in beside.items()
    ]
    return pooled.gradient(image, errors, pooled.is_first) == differences


def tie_counterexample() -> Counterexample:
    """The smallest image on which "each maximum of a window takes the whole δ" fails.

    If every pixel gets brighter by 1, so does every maximum: the cost changes by the sum of δ
    (left), and so must the gradient's entries sum up (right, as claimed).

    >>> tie_counterexample()
    with H = 1, S_h = 1, S_w = 1, W = 2, k_h = 1, k_w = 2; x[0,0] = 1, x[0,1] = 1, δ[0,0] = 1:
    left 1, right 2
    """
    for sizes in growing_shapes(MAXIMUM_GRADIENT, MAXIMUM):
        pooled = _Pooled(sizes)
        image, errors = dict.fromkeys(pooled.pixels, 1), dict.fromkeys(pooled.places, 1)
        brighter = dict.fromkeys(pooled.pixels, 2)
        change = pooled.cost(brighter, errors) - pooled.cost(image, errors)
        claimed = sum(pooled.gradient(image, errors, pooled.is_maximum))
        if change != claimed:
            values = {f"x[{row},{column}]": 1 for row, column in pooled.pixels}
            values |= {f"δ[{row},{column}]": 1 for row, column in pooled.places}
            widths = {str(size): int(n) for size, n in sizes.items() if size not in (m, n_c)}
            return Counterexample(widths, {}, values, sympy.Integer(change), sympy.Integer(claimed))
    raise AssertionError("an image with a tie is not far to seek")


@theorem("flatten", title="flattening an image", source="the row-major order of NumPy's reshape")
def flatten() -> Supplemented:
    """If y_r = x_cpq at r = (c H + p) W + q, then ∂C/∂x_cpq = ∂C/∂y_r: nothing but a new address.

    Every r from 0 to n_c H W − 1 is the address of exactly one pixel, by division with remainder.
    """
    n_c, c, n = size("n_c"), position("c"), position("n")
    x = Grid("x", ("m",), (n_c, H, W))
    y, delta = Grid("y", ("m",), 1), Grid("delta", ("m",), (n_c * H * W,))
    address = (c * H + p) * W + q
    model = (
        Model()
        .define(y[s, n], total(x[s, c, p, q] * Same(n, address), c, p, q))
        .depend(C, (y[s, n], delta[s, n]))
    )
    derivation = (
        Derivation("flatten", partial(C, x[s, c, p, q]), model)
        .step(
            total(delta[r, n] * partial(y[r, n], x[s, c, p, q]), r, n),
            chain_rule,
            "through every entry of the row",
        )
        .step(total(delta[s, n] * Same(n, address), n), chain_rule, "a pixel has one address")
        .step(delta[s, address], algebra, "only the term at the address is left")
    )
    return Supplemented(
        derivation,
        "every place in the row is the address of exactly one pixel",
        {"addresses": addresses_are_one_to_one(largest=4)},
    )


def addresses_are_one_to_one(*, largest: int) -> bool:
    """Whether (c H + p) W + q counts the pixels in order, for all sizes up to `largest`."""
    return all(
        [(c * sizes[1] + p) * sizes[2] + q for c, p, q in product(*map(range, sizes))]
        == list(range(math.prod(sizes)))
        for sizes in product(range(1, largest + 1), repeat=3)
    )


def missing_share_counterexample() -> Counterexample:
    """The smallest image on which mean pooling's gradient without 1/(k_h k_w) is wrong.

    >>> missing_share_counterexample().widths["k_w"]
    2
    """
    shared = mean_pooling.proof.end
    found = counterexample(shared, shared * AREA)
    assert found is not None
    return found
