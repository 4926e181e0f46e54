"""Gradient checks in floating point: central difference and complex step.

`check` compares every entry of a gradient with both and says in words what is wrong; `directional`
covers all parameters of a large network in one forward pass. Both take plain callables, so they
serve the library's code and the learner's alike.
"""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bplab.numeric.arrays import Array
from bplab.parameters import match_gradient, real_arrays, rebuild

__all__ = [
    "ComplexStepError",
    "FunctionError",
    "GradientReport",
    "Kink",
    "ParameterCheck",
    "central_difference",
    "check",
    "complex_step",
    "directional",
]

EPS = float(np.finfo(np.float64).eps)

# The error of a central difference is about h² f‴/6 + eps |f| / h: smallest near h = eps^(1/3).
CENTRAL_STEP = 1e-5
# The complex step subtracts nothing, so h may be so small that its h² error vanishes altogether.
COMPLEX_STEP = 1e-20

# A complex step is right to about 1e-14. 1e-9 leaves room for long sums, and is a thousandth of
# 1e-6, the smallest relative mistake that must never pass.
COMPLEX_TOLERANCE = 1e-9
# A central difference is right to about 1e-7.
CENTRAL_TOLERANCE = 1e-5

# Over a central difference's short way the slope of a smooth f hardly changes; at a kink it jumps.
KINK_JUMP = 1e-3

# What rounding leaves of a parameter's largest entry; smaller entries cannot be known better. So
# the sign of an entry is out of sight only below 1e-14 of the largest.
ROUNDING = 64 * EPS


class FunctionError(ValueError):
    """f or df cannot be checked: it returns something else than it must, or it changes x."""


class ComplexStepError(ValueError):
    """f cannot be followed off the real axis."""


@dataclass(frozen=True)
class Kink:
    """An entry at which the slopes to the left and to the right differ: f has no derivative."""

    index: tuple[int, ...]
    left: float
    right: float


@dataclass(frozen=True)
class ParameterCheck:
    """The verdict on the gradient of one parameter, and its entry that is furthest off."""

    name: str
    shape: tuple[int, ...]
    right: bool
    worst: tuple[int, ...]
    got: float
    expected: float
    complex_error: float | None
    central_error: float | None
    kinks: tuple[Kink, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class GradientReport:
    """What a gradient check found. It counts as true when the gradient is right.

    problems are faults that left nothing to compare. Errors are relative, |got − expected| over
    the larger of |got| and |expected|; entries lost in rounding are set against the rounding.
    """

    parameters: tuple[ParameterCheck, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        return not self.problems and all(row.right for row in self.parameters)

    @property
    def max_relative_error(self) -> float:
        """The largest error, by complex step where there is one; infinite if none was measured."""
        if self.problems:
            return float("inf")
        return max(
            (row.central_error or 0.0) if row.complex_error is None else row.complex_error
            for row in self.parameters
        )

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        rows = [line for row in self.parameters for line in row.notes]
        return "\n".join(
            [_headline(self), *self.problems, *_table(self.parameters), *rows, *self.notes]
        )


def check(
    f: Callable[[Any], Any],
    df: Callable[[Any], Any],
    x: Any,
    *,
    tolerance: float = COMPLEX_TOLERANCE,
) -> GradientReport:
    """Compare df, entry by entry, with the gradient of f by complex step and central difference.

    x is one array, or a list, tuple or dict of arrays; f(x) is one number; df(x) is like x. The
    check runs in float64. tolerance is the largest relative error by complex step that passes;
    a central difference, less exact, is held to 1e-5, or to tolerance if that is larger.
    At a kink any value between the slopes on either side passes, and the report says so.
    Raises: ValueError if x is empty or holds NaN/inf; TypeError if x is not real numbers.
    Source: Squire & Trapp (1998), SIAM Review 40(1); Martins, Sturdza & Alonso (2003), ACM TOMS
    29(3), for the complex step; Bishop (2006), sect. 5.3.3, for the central difference.

    >>> import numpy as np
    >>> W = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> check(lambda W: (W**3).sum(), lambda W: 3 * W**2, W)
    Gradient check passed: 1 parameter, 4 values.
       parameter  shape   at  got  expected  complex step  central difference
    ✓  x          (2, 2)                     < 1e-12       < 1e-6
    >>> check(lambda W: (W**3).sum(), lambda W: 3 * W, W)
    Gradient check failed: 1 of 1 parameter wrong.
       parameter  shape   at      got  expected  complex step  central difference
    ✗  x          (2, 2)  [1, 1]  12   48        8e-01         8e-01
    """
    try:
        cost = _Cost(f, x)
        return _compare(cost, _gradient(df, cost), tolerance)
    except FunctionError as error:
        return GradientReport(problems=error.args)


def directional(
    f: Callable[[Any], Any],
    df: Callable[[Any], Any],
    x: Any,
    rng: np.random.Generator,
    *,
    tolerance: float = COMPLEX_TOLERANCE,
) -> GradientReport:
    """Compare ⟨df(x), v⟩ with the slope of f along a random direction v, by one complex step.

    One forward pass covers all entries of all parameters: a wrong gradient agrees along a random
    direction only by chance. Each parameter's part of v is scaled to weigh the same, so that small
    gradients are tested as sharply as large ones. After a mismatch each parameter is tested alone,
    to name the wrong ones. If f cannot run on complex numbers, a central difference is used.
    Raises: as `check`.
    Source: Squire & Trapp (1998), SIAM Review 40(1).

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> bool(directional(lambda x: (x**3).sum(), lambda x: 3 * x**2, np.ones(1000), rng))
    True
    """
    try:
        cost = _Cost(f, x)
        return _compare_along(cost, _gradient(df, cost), rng, tolerance)
    except FunctionError as error:
        return GradientReport(problems=error.args)


def central_difference(f: Callable[[Any], Any], x: Any) -> Any:
    """Gradient of f at x by (f(x + h) − f(x − h)) / 2h, entry by entry; h = 1e-5 · max(1, |x_i|).

    x is one array, or a list, tuple or dict of arrays; returns the same structure in float64.
    Right to about seven digits, at two forward passes an entry.
    Raises: ValueError if x is empty or holds NaN/inf, or f(x) is no finite number; TypeError if x
    is not real numbers.
    Source: Bishop (2006), Pattern Recognition and Machine Learning, eq. 5.69.

    >>> import numpy as np
    >>> central_difference(lambda x: (x**2).sum(), np.array([1.0, -3.0])).round(6)
    array([ 2., -6.])
    """
    return rebuild(x, _central(_Cost(f, x)))


def complex_step(f: Callable[[Any], Any], x: Any) -> Any:
    """Gradient of f at x by Im f(x + ih) / h, entry by entry; h = 1e-20.

    Nothing is subtracted, so nothing cancels: right to about fourteen digits. f must be analytic
    code: no abs, no conj, branches on the real part only.
    x is one array, or a list, tuple or dict of arrays; returns the same structure in float64.
    Raises: ComplexStepError if f cannot run on complex numbers or drops the imaginary part; else as
    `central_difference`.
    Source: Squire & Trapp (1998), SIAM Review 40(1), 110–112.

    >>> import numpy as np
    >>> complex_step(lambda x: (x**2).sum(), np.array([1.0, -3.0]))
    array([ 2., -6.])
    """
    return rebuild(x, _complex(_Cost(f, x)))


class _Cost:
    """f and the point x. Every call gets fresh copies, so f and df cannot disturb each other."""

    def __init__(self, f: Callable[[Any], Any], x: Any) -> None:
        self.f, self.x = f, x
        named = real_arrays(x, "x")
        self.names, self.leaves = list(named), list(named.values())
        self.value = _real_cost(self.unchanged("f", f))
        self.noise = self._noise()

    def unchanged(self, name: str, function: Callable[[Any], Any]) -> Any:
        """function(x). Raises FunctionError if the call changes x."""
        given = [leaf.copy() for leaf in self.leaves]
        result = function(rebuild(self.x, given))
        for leaf, before, after in zip(self.names, self.leaves, given, strict=True):
            if not np.array_equal(before, after):
                raise FunctionError(
                    f"{name} changes {leaf} in place. Let it work on a copy, or write "
                    f"{leaf} = {leaf} + … instead of {leaf} += …"
                )
        return result

    def at(self, leaves: list[Array]) -> float:
        return _real_cost(self.f(rebuild(self.x, [leaf.copy() for leaf in leaves])))

    def slope(self, leaves: list[Array], directions: list[Array]) -> float:
        """The derivative at leaves along the directions, by complex step."""
        moved = [leaf + 1j * COMPLEX_STEP * v for leaf, v in zip(leaves, directions, strict=True)]
        try:
            with warnings.catch_warnings():
                # Writing a complex number into a float array only warns, and loses the derivative.
                warnings.simplefilter("error", np.exceptions.ComplexWarning)
                value = np.asarray(self.f(rebuild(self.x, moved)))
        except Exception as error:  # of any kind: on real numbers f did run
            raise ComplexStepError(
                f"f cannot run on complex numbers ({type(error).__name__}: {error})"
            ) from error
        if value.dtype.kind != "c":
            raise ComplexStepError("f drops the imaginary part (by abs, .real or float())")
        if not np.isfinite(value).all():
            raise ComplexStepError("f returned NaN or infinity for complex numbers")
        return float(value.imag) / COMPLEX_STEP

    def difference(self, k: int, index: tuple[int, ...], h: float) -> tuple[float, float, float]:
        """The slopes of one entry over [x − h, x + h], [x − h, x] and [x, x + h]."""
        ahead, behind = ([leaf.copy() for leaf in self.leaves] for _ in range(2))
        ahead[k][index] += h
        behind[k][index] -= h
        # The distances that were really gone: x + h is rounded.
        right, left = (
            ahead[k][index] - self.leaves[k][index],
            self.leaves[k][index] - behind[k][index],
        )
        up, down = self.at(ahead), self.at(behind)
        return (
            (up - down) / (right + left),
            (self.value - down) / left,
            (up - self.value) / right,
        )

    def steps(self, k: int) -> Array:
        return CENTRAL_STEP * np.maximum(1.0, np.abs(self.leaves[k]))

    def _noise(self) -> float:
        """How far rounding moves f, seen by moving x by its last few bits."""
        nudged = [self.at([leaf * (1 + n * EPS) for leaf in self.leaves]) for n in (-3, -1, 1, 3)]
        return max(abs(value - self.value) for value in nudged) + EPS * abs(self.value)


def _gradient(df: Callable[[Any], Any], cost: _Cost) -> list[Array]:
    gradient, problems = match_gradient(cost.unchanged("df", df), cost.x, "x", "df")
    problems = problems or _unusable(gradient, cost.names)
    if problems:
        raise FunctionError(*problems)
    return [leaf.astype(np.float64) for leaf in gradient]


def _compare(cost: _Cost, gradient: list[Array], tolerance: float) -> GradientReport:
    central = _central(cost)
    try:
        stepped: list[Array] | None = _complex(cost)
        notes: tuple[str, ...] = ()
    except ComplexStepError as error:
        stepped, notes = None, (f"No complex step: {error}. Judged by central difference alone.",)
    rows = [
        _judge(cost, k, gradient[k], central[k], stepped, tolerance)
        for k in range(len(cost.leaves))
    ]
    return GradientReport(tuple(rows), notes=notes)


def _judge(
    cost: _Cost,
    k: int,
    got: Array,
    central: Array,
    stepped: list[Array] | None,
    tolerance: float,
) -> ParameterCheck:
    """Judge one parameter by complex step where central difference backs it, else by the latter."""
    name, central_tolerance = cost.names[k], max(tolerance, CENTRAL_TOLERANCE)
    noise = 4 * cost.noise / cost.steps(k) + 1e-10 * np.abs(central).max(initial=0.0)
    floor = noise / central_tolerance
    witness = got if stepped is None else stepped[k]
    central, kinks = central.copy(), []
    for index in _where(_errors(central, witness, floor) > central_tolerance):
        central[index], kink = _look_closer(cost, k, index, central[index])
        kinks += [kink] if kink else []
    at_kink = np.zeros(got.shape, bool)
    for kink in kinks:
        at_kink[kink.index] = True
    disagree = (_errors(central, witness, floor) > central_tolerance) & ~at_kink
    if stepped is not None and disagree.any():
        row = _judge(cost, k, got, central, None, tolerance)
        note = (
            f"{name}: complex step and central difference disagree, so f is not analytic code "
            "(abs, .real, conj?). Judged by central difference alone."
        )
        return replace(row, notes=(note, *row.notes))

    central_errors = _errors(got, central, floor)
    if stepped is None:
        expected, errors, limit = central, central_errors.copy(), central_tolerance
    else:
        expected, limit = stepped[k], tolerance
        errors = _errors(got, expected, ROUNDING * np.abs(expected).max(initial=0.0) / tolerance)
        for index in _where(errors > limit):
            if _is_rounding(cost, k, index, got[index], stepped):
                errors[index] = 0.0
    for kink in kinks:
        if _between(kink.left, got[kink.index], kink.right):
            errors[kink.index] = central_errors[kink.index] = 0.0
    wrong = errors > limit
    worst = _worst(errors)
    hints = _hints(name, got, expected) if wrong.any() else ()
    return ParameterCheck(
        name=name,
        shape=got.shape,
        right=not wrong.any(),
        worst=worst,
        got=float(got[worst]),
        expected=float(expected[worst]),
        complex_error=None if stepped is None else float(errors.max(initial=0.0)),
        central_error=float(central_errors.max(initial=0.0)),
        kinks=tuple(kinks),
        notes=(*hints, *_kink_notes(name, kinks, got)),
    )


def _compare_along(
    cost: _Cost, gradient: list[Array], rng: np.random.Generator, tolerance: float
) -> GradientReport:
    directions = _directions(gradient, rng)
    together = "all parameters" if len(gradient) > 1 else cost.names[0]
    row = _judge_along(cost, gradient, directions, tolerance, together)
    if row.right or len(gradient) == 1:
        return _with_notes_once([row])
    rows = []
    for k, name in enumerate(cost.names):
        alone = [v if i == k else np.zeros_like(v) for i, v in enumerate(directions)]
        rows.append(_judge_along(cost, gradient, alone, tolerance, name))
    # Several parameters may each be just within the tolerance, and together beyond it.
    return _with_notes_once([row] if all(part.right for part in rows) else rows)


def _with_notes_once(rows: list[ParameterCheck]) -> GradientReport:
    """What was noted of several parameters is said once, below all of them."""
    notes = dict.fromkeys(note for row in rows for note in row.notes)
    return GradientReport(tuple(replace(row, notes=()) for row in rows), notes=tuple(notes))


def _judge_along(
    cost: _Cost, gradient: list[Array], directions: list[Array], tolerance: float, name: str
) -> ParameterCheck:
    terms = np.concatenate([(g * v).ravel() for g, v in zip(gradient, directions, strict=True)])
    got, size = float(terms.sum()), float(np.linalg.norm(terms))
    notes: tuple[str, ...] = ()
    try:
        expected, limit = cost.slope(cost.leaves, directions), tolerance
        analytic = True
    except ComplexStepError as failure:
        left, right = _slopes_along(cost, directions)
        expected, limit = (left + right) / 2, max(tolerance, CENTRAL_TOLERANCE)
        # Rounding, 4 noise / h, is no error of the gradient.
        size, analytic = max(size, 4 * cost.noise / CENTRAL_STEP / limit), False
        notes = (f"No complex step: {failure}. Judged by central difference.",)
        if abs(right - left) > KINK_JUMP * size:
            notes += (
                "x sits on a kink of f: the slopes before and after it differ, and neither need be "
                "what df takes there. Try another x.",
            )
    # The random sum may cancel; the norm of its terms is the size that it has without luck.
    error = float(_errors(np.array(got), np.array(expected), np.array(size)))
    return ParameterCheck(
        name=name,
        shape=(sum(v.size for v in directions if v.any()),),
        right=error <= limit,
        worst=(),
        got=got,
        expected=expected,
        complex_error=error if analytic else None,
        central_error=None if analytic else error,
        notes=notes,
    )


def _directions(gradient: list[Array], rng: np.random.Generator) -> list[Array]:
    norms = [float(np.linalg.norm(g)) or 1.0 for g in gradient]
    directions = [
        rng.standard_normal(g.shape) / norm for g, norm in zip(gradient, norms, strict=True)
    ]
    longest = max(np.abs(v).max(initial=0.0) for v in directions)
    return [v / longest for v in directions]


def _slopes_along(cost: _Cost, directions: list[Array]) -> tuple[float, float]:
    """The slopes along the directions just before x and just after it."""
    ahead, behind = (
        cost.at([x + h * v for x, v in zip(cost.leaves, directions, strict=True)])
        for h in (CENTRAL_STEP, -CENTRAL_STEP)
    )
    return (cost.value - behind) / CENTRAL_STEP, (ahead - cost.value) / CENTRAL_STEP


def _central(cost: _Cost) -> list[Array]:
    gradient = [np.empty(leaf.shape) for leaf in cost.leaves]
    for k, leaf in enumerate(cost.leaves):
        steps = cost.steps(k)
        for index in np.ndindex(leaf.shape):
            gradient[k][index] = cost.difference(k, index, steps.item(index))[0]
    return gradient


def _complex(cost: _Cost) -> list[Array]:
    gradient = [np.empty(leaf.shape) for leaf in cost.leaves]
    for k, leaf in enumerate(cost.leaves):
        for index in np.ndindex(leaf.shape):
            gradient[k][index] = cost.slope(cost.leaves, _unit(cost, k, index))
    return gradient


def _unit(cost: _Cost, k: int, index: tuple[int, ...]) -> list[Array]:
    directions = [np.zeros(leaf.shape) for leaf in cost.leaves]
    directions[k][index] = 1.0
    return directions


def _look_closer(
    cost: _Cost, k: int, index: tuple[int, ...], central: float
) -> tuple[float, Kink | None]:
    """A better central difference where the step was too long, or the kink that x sits on."""
    h = float(cost.steps(k).item(index))
    jumps = []
    for step in (h / 10, h / 100):
        finer, left, right = cost.difference(k, index, step)
        if abs(finer - central) > 4 * cost.noise / step:
            central = finer
        jumps.append(abs(right - left))
    # Curvature opens a gap of f″ · step between the two slopes; the gap of a kink does not shrink.
    if jumps[1] > max(0.5 * jumps[0], 8 * cost.noise / step):
        return central, Kink(index, left, right)
    return central, None


def _is_rounding(
    cost: _Cost, k: int, index: tuple[int, ...], got: float, stepped: list[Array]
) -> bool:
    """Whether an entry is nothing but rounding: a bias before a normalization, for instance.

    A derivative, however small, stays when x or the step changes a little; rounding does not.
    """
    expected = stepped[k][index]
    largest = max(np.abs(g).max(initial=0.0) for g in stepped)
    if abs(got - expected) > 16 * ROUNDING * largest:
        return False
    unit = _unit(cost, k, index)
    for factor in (1.1, 1.3, 1.7):
        leaves = [leaf + 1e-9 * factor * (1 + leaf) for leaf in cost.leaves]
        again = cost.slope(leaves, [factor * v for v in unit]) / factor
        if abs(again - expected) > 0.1 * abs(expected):
            return True
    return bool(expected == 0.0)


def _errors(got: Array, expected: Array, floor: Array | float) -> Array:
    """Relative errors; floor is the size below which numbers are measured against the floor."""
    size = np.maximum(np.maximum(np.abs(got), np.abs(expected)), floor)
    return np.asarray(np.abs(got - expected) / np.where(size > 0, size, 1.0))


def _between(left: float, value: float, right: float) -> bool:
    slack = CENTRAL_TOLERANCE * (abs(left) + abs(right))
    return min(left, right) - slack <= value <= max(left, right) + slack


def _where(mask: Array) -> list[tuple[int, ...]]:
    return [tuple(int(i) for i in index) for index in np.argwhere(mask)]


def _worst(errors: Array) -> tuple[int, ...]:
    # The first of the entries that share the largest error, so that rounding does not choose.
    near = _where(errors >= 0.999 * errors.max(initial=0.0))
    return near[0] if near else ()


def _hints(name: str, got: Array, expected: Array) -> tuple[str, ...]:
    if not got.any():
        return (f"{name}: every entry of the gradient is 0.",)
    norm = float((expected * expected).sum())
    if norm > 0 and got.size > 1:
        ratio = float((got * expected).sum()) / norm
        if np.all(np.abs(got - ratio * expected) <= 1e-3 * abs(ratio - 1) * np.abs(expected)):
            return (f"{name}: every entry is {ratio:.12g} × the expected one.",)
    if got.ndim == 2 and got.shape == got.T.shape and np.allclose(got, expected.T, rtol=1e-6):
        return (f"{name}: it is the expected gradient transposed.",)
    return ()


def _kink_notes(name: str, kinks: list[Kink], got: Array) -> tuple[str, ...]:
    notes = [
        f"{name}{_at(kink.index)} sits on a kink: slope {kink.left:.4g} to the left, "
        f"{kink.right:.4g} to the right. Any value between them passes; got {got[kink.index]:.4g}."
        for kink in kinks[:3]
    ]
    more = [f"{name} sits on {len(kinks) - 3} more kinks."] if len(kinks) > 3 else []
    return (*notes, *more)


def _real_cost(value: Any) -> float:
    if value is None:
        raise FunctionError("f returned None. Is a return missing?")
    array = np.asarray(value)
    if array.shape != ():
        raise FunctionError(
            f"f must return one number, the cost; got shape {array.shape}. "
            "Take the mean or the sum."
        )
    if array.dtype.kind not in "fiu":
        raise FunctionError(f"f must return a real number; got {value!r}.")
    if not np.isfinite(array):
        raise FunctionError(
            f"f returned {array}; check it at this x, or choose an x further inside."
        )
    return float(array)


def _unusable(gradient: list[Array], names: list[str]) -> list[str]:
    problems = []
    for name, leaf in zip(names, gradient, strict=True):
        if leaf.dtype.kind == "O":
            problems.append(f"df must return real numbers for {name}; got dtype object.")
        elif not np.isfinite(leaf).all():
            index = _where(~np.isfinite(leaf))[0]
            problems.append(f"df returned {leaf[index]} for {name}{_at(index)}.")
    return problems


def _headline(report: GradientReport) -> str:
    if report.problems:
        return "Gradient check failed."
    count, wrong = len(report.parameters), sum(not row.right for row in report.parameters)
    parameters = _count(count, "parameter")
    if wrong:
        return f"Gradient check failed: {wrong} of {parameters} wrong."
    entries = sum(math.prod(row.shape) for row in report.parameters)
    return f"Gradient check passed: {parameters}, {_count(entries, 'value')}."


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _table(rows: tuple[ParameterCheck, ...]) -> list[str]:
    if not rows:
        return []
    heads = [
        "",
        "parameter",
        "shape",
        "at",
        "got",
        "expected",
        "complex step",
        "central difference",
    ]
    cells = [heads]
    for row in rows:
        # Of a right gradient only bounds are shown: the digits below them differ from machine to
        # machine.
        where = [_at(row.worst), _digits(row.got), _digits(row.expected)]
        cells.append(
            [
                "✓" if row.right else "✗",
                row.name,
                str(row.shape),
                *(["", "", ""] if row.right else where),
                _bound(row.complex_error, 1e-12),
                _bound(row.central_error, 1e-6),
            ]
        )
    widths = [max(len(line[i]) for line in cells) for i in range(len(heads))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def _bound(error: float | None, bound: float) -> str:
    if error is None:
        return "–"
    return f"< {bound:.0e}".replace("e-0", "e-") if error < bound else f"{error:.0e}"


def _digits(value: float) -> str:
    return f"{value + 0.0:.6g}"  # + 0.0 turns -0 into 0


def _at(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""
