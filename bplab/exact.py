"""The exact gradient check: NumPy code run unchanged on exact numbers, where nothing is rounded.

A gradient is right if ⟨grad, v⟩ = dC·v for every direction v. `check` tests this for random v at
random points of the field GF(2^61 − 1), with `bplab.dual` numbers in NumPy object arrays. In a
finite field equal means equal: no tolerance can hide a small mistake.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from bplab.dual import REMEDIES, Dual, ExactError, Oracle, P, Redraw, from_float, from_fraction
from bplab.gradients import directional
from bplab.numeric.arrays import Array
from bplab.parameters import match_gradient, real_arrays, rebuild

__all__ = ["ExactError", "ExactReport", "ParameterVerdict", "check"]

# The chance that n square roots all exist is 2^−n: enough tries for n = 8, too few for 12.
TRIES = 4000


@dataclass(frozen=True)
class ParameterVerdict:
    """The verdict on one parameter; ratio is got / expected at first_wrong if it is simple."""

    name: str
    shape: tuple[int, ...]
    right: bool
    first_wrong: tuple[int, ...] | None = None
    ratio: Fraction | None = None
    hint: str = ""


@dataclass(frozen=True, repr=False)
class ExactReport:
    """What an exact check found. It counts as true when the gradient is right."""

    parameters: tuple[ParameterVerdict, ...] = ()
    problems: tuple[str, ...] = ()
    rounds: int = 0
    note: str = ""

    @property
    def right(self) -> bool:
        return not self.problems and all(row.right for row in self.parameters)

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        if self.problems:
            return "\n".join(["Exact check failed.", *self.problems])
        notes = [self.note] if self.note else []
        count = _count(len(self.parameters), "parameter")
        if not self.right:
            wrong = sum(not row.right for row in self.parameters)
            head = f"Exact check failed: {wrong} of {count} wrong."
            return "\n".join([head, *map(_line, self.parameters), *notes])
        values = _count(sum(math.prod(row.shape) for row in self.parameters), "value")
        rounds = _count(self.rounds, "round")
        head = f"Exact check passed: {count}, {values}, {rounds} over GF(2^61 − 1)."
        worth = "A wrong gradient of degree d passes a round with probability at most d / 2^61."
        return "\n".join([head, worth, *notes])


class _Fault(Exception):
    """What cost or grad did is a verdict by itself; the text says it."""


def check(
    cost: Callable[..., Any],
    grad: Callable[..., Any],
    params: Any,
    consts: Sequence[Any] = (),
    *,
    rng: np.random.Generator | None = None,
    rounds: int = 6,
) -> ExactReport:
    """Test exactly whether grad(params, *consts) is the gradient of cost(params, *consts).

    cost returns one number; params is one array, or a list, tuple or dict of arrays; grad returns
    the same structure. The values of params only choose branches; in the computation random ones
    replace them. So it is with float arrays in consts, except that 0/1 and ±1 arrays stay and rows
    that sum to 1 still do. Integer arrays and everything else in consts stay as they are.
    A float in the code counts as the number it stands for: 1/3 as a third, np.sqrt(2) as √2. Pass
    data by consts: floats that the code computes from other floats alone are rounded.

    Probability: a wrong gradient passes a round with probability at most d / (2^61 − 1), where d is
    the degree of cost and grad as fractions of polynomials in the values and exponentials that they
    use; d = 10^6 gives 10^−12. This holds for the branches taken: those that floats near params
    take, those at −params, and those at random floats, again in pairs of opposite signs.
    Limits: no floats made from exact numbers (float(), .astype(float), math.exp, assigning into
    np.zeros(shape)), no sin or arctan, powers whole or half only, square roots of at most ten or so
    different numbers: each is an ExactError that says what to do, not a verdict. Two identities are
    unknown, and code that rests on them is rejected, with a note: e^x = e^w e^y e^z where no two of
    the arguments sum to a third; and √(x²) = |x|.
    rng defaults to a generator with a fixed seed.
    Raises: ExactError (a TypeError) at a limit; ValueError and TypeError for wrong params; whatever
    cost and grad raise on floats.
    Source: Schwartz (1980), J. ACM 27(4); Zippel (1979), EUROSAM '79.

    >>> import numpy as np
    >>> def cost(W, x): return np.tanh(x @ W.T).sum()
    >>> def grad(W, x): return (1 - np.tanh(x @ W.T) ** 2).T @ x
    >>> W, x = np.zeros((2, 3)), np.zeros((5, 3))
    >>> check(cost, grad, W, (x,))
    Exact check passed: 1 parameter, 6 values, 6 rounds over GF(2^61 − 1).
    A wrong gradient of degree d passes a round with probability at most d / 2^61.
    >>> check(cost, lambda W, x: 2 * grad(W, x), W, (x,))
    Exact check failed: 1 of 1 parameter wrong.
    ✗ params (2, 3): got = 2 × expected in every entry.
    """
    named = real_arrays(params, "params")
    if not isinstance(consts, list | tuple):
        raise TypeError(f"consts must be a tuple of arguments; got {type(consts).__name__}.")
    if rounds < 1:
        raise ValueError(f"rounds must be at least 1; got {rounds}.")
    rng = np.random.default_rng(0) if rng is None else rng
    subject = _Subject(cost, grad, params, list(named), tuple(consts))
    idle = set(named)
    try:
        for floats in _branch_points(list(named.values()), rounds, rng):
            verdicts, active = _round(subject, floats, rng)
            idle -= active
            if not all(row.right for row in verdicts):
                break
    except _Fault as fault:
        return ExactReport(problems=tuple(fault.args))
    if all(row.right for row in verdicts):
        zero = ", ".join(name for name in named if name in idle)
        note = f"Untested, as 0 in every round: the gradient of {zero}." if zero else ""
    else:
        note = _doubt(subject, floats, rng)
    return ExactReport(parameters=verdicts, rounds=rounds, note=note)


def _branch_points(
    params: list[Array], rounds: int, rng: np.random.Generator
) -> Iterator[list[Array]]:
    """Floats that choose branches: near params but off any kink, then anywhere; each and −it."""
    for turn in range(0, rounds, 2):
        if turn == 0:
            floats = [leaf + 1e-3 * rng.standard_normal(leaf.shape) for leaf in params]
        else:
            floats = [rng.standard_normal(leaf.shape) for leaf in params]
        yield floats
        if turn + 1 < rounds:
            yield [-leaf for leaf in floats]


@dataclass(frozen=True)
class _Subject:
    """What is checked."""

    cost: Callable[..., Any]
    grad: Callable[..., Any]
    params: Any
    names: list[str]
    consts: tuple[Any, ...]

    def on_floats(self, floats: list[Array], consts: list[Any]) -> tuple[Array, list[Array]]:
        """The cost and gradient of ordinary floats; the exact run must follow the same path."""
        with np.errstate(all="ignore"):
            value = np.asarray(self._call("cost", floats, consts))
            _require_one_number(value)
            if value.dtype.kind not in "fiu":
                raise _Fault(f"cost must return a real number; got {value.item()!r}.")
            gradient = self._call("grad", floats, consts)
        arrays, problems = match_gradient(gradient, self.params, "params", "grad")
        if not problems and np.isfinite(value):
            problems = [
                f"grad returned NaN or infinity for {name}."
                for name, leaf in zip(self.names, arrays, strict=True)
                if not np.isfinite(leaf.astype(float)).all()
            ]
        if problems:
            raise _Fault(*problems)
        return value, arrays

    def on_exact(
        self, function: str, leaves: list[Array], consts: list[Any], oracle: Oracle
    ) -> Any:
        """What cost or grad returns. An error that floats did not meet is a limit, no verdict."""
        try:
            result = self._call(function, leaves, consts)
        except _Fault:
            raise
        except Exception as error:
            if oracle.refusal is None and not oracle.redraw:
                raise ExactError(
                    f"{function} cannot run on exact numbers ({type(error).__name__}: {error}). "
                    f"{_remedy(str(error))}"
                ) from error
        # Caught by the code or not: from here on its numbers mean nothing.
        if oracle.redraw:
            raise Redraw
        if oracle.refusal is not None:
            raise ExactError(f"In {function}: {oracle.refusal}") from oracle.refusal
        return result

    def _call(self, function: str, leaves: list[Array], consts: list[Any]) -> Any:
        """Call cost or grad on copies, and see whether it changes them."""
        given = [leaf.copy() for leaf in leaves]
        rest = [c.copy() if isinstance(c, np.ndarray) else c for c in consts]
        call = self.cost if function == "cost" else self.grad
        result = call(rebuild(self.params, given), *rest)
        named = [*zip(self.names, leaves, given, strict=True)]
        named += [(f"consts[{i}]", *pair) for i, pair in enumerate(zip(consts, rest, strict=True))]
        for name, before, after in named:
            if isinstance(before, np.ndarray) and not _same(before, after):
                raise _Fault(
                    f"{function} changes {name} in place. Let it work on a copy, or write "
                    f"{name} = {name} + … instead of {name} += …"
                )
        return result


class _Point:
    """A random point of the field near which the code takes the branches of the given floats."""

    def __init__(
        self,
        subject: _Subject,
        floats: list[Array],
        consts: list[Any],
        rng: np.random.Generator,
    ) -> None:
        self.subject, self.floats, self.rng = subject, floats, rng
        self.oracle = Oracle(rng)
        self.values = [self.random(leaf.shape) for leaf in floats]
        self.consts = [
            self._const(const, near) for const, near in zip(subject.consts, consts, strict=True)
        ]

    def random(self, shape: tuple[int, ...]) -> Array:
        return np.array(self.rng.integers(1, P, size=shape), dtype=object)

    def cost(self, directions: list[Array]) -> Dual:
        """The cost, with its derivative along the directions."""
        leaves = [
            self._duals(a, b, x)
            for a, b, x in zip(self.values, directions, self.floats, strict=True)
        ]
        result = np.asarray(
            self.subject.on_exact("cost", leaves, self.consts, self.oracle), dtype=object
        )
        _require_one_number(result)
        value = result.item()
        # A plain number has no slope. `_judge` sees to it that it is the cost all the same.
        return value if isinstance(value, Dual) else Dual(0, 0, float(value), self.oracle)

    def slope(self, directions: list[Array]) -> int:
        return self.cost(directions).b

    def gradient(self) -> list[Array]:
        leaves = [
            self._duals(a, np.zeros_like(a), x)
            for a, x in zip(self.values, self.floats, strict=True)
        ]
        returned = self.subject.on_exact("grad", leaves, self.consts, self.oracle)
        arrays, problems = match_gradient(returned, self.subject.params, "params", "grad")
        if problems:
            raise ExactError(f"{_OTHER_PATH.format('grad')} There: {' '.join(problems)}")
        return arrays

    def element(self, number: Any) -> int:
        """The field element of an entry of the gradient."""
        if isinstance(number, Dual):
            if number.oracle is not self.oracle:
                raise _Fault("grad returned numbers of an earlier call. Does it keep a cache?")
            return number.a
        if isinstance(number, Fraction):
            return from_fraction(number)
        if isinstance(number, int | np.integer | np.bool_):
            return int(number) % P
        return from_float(float(number))

    def _duals(self, a: Array, b: Array, x: Array) -> Array:
        duals = np.empty(a.shape, dtype=object)
        for index in np.ndindex(a.shape):
            duals[index] = Dual(int(a[index]), int(b[index]), float(x[index]), self.oracle)
        return duals

    def _const(self, const: Any, floats: Any) -> Any:
        if not _is_real_array(const):
            return const
        if _is_label_like(const):
            return self._duals(const.astype(int).astype(object), np.zeros_like(const), floats)
        values = self.random(const.shape)
        if const.ndim and np.allclose(const.sum(axis=-1), 1) and (const >= 0).all():
            # Probabilities: δ = a − y is right for softmax only because they sum to 1.
            values[..., -1] = 1 - values[..., :-1].sum(axis=-1)
        return self._duals(values % P, np.zeros_like(const), floats)


def _is_real_array(const: Any) -> bool:
    return isinstance(const, np.ndarray) and const.dtype.kind == "f"


def _is_label_like(const: Array) -> bool:
    """Labels, one-hot rows, a mask: all of -1, 0 and 1, but not np.zeros or np.ones."""
    different = set(const.ravel().tolist())
    return len(different) > 1 and different <= {-1.0, 0.0, 1.0}


_OTHER_PATH = (
    "{} takes another path on exact numbers than on floats. Does it ask for the dtype, catch "
    "errors, or draw random numbers?"
)


def _round(
    subject: _Subject, floats: list[Array], rng: np.random.Generator
) -> tuple[tuple[ParameterVerdict, ...], set[str]]:
    """The verdicts at one point, and the parameters whose gradient is not all 0 there."""
    consts = [_spread(const, rng) for const in subject.consts]
    value, gradient = subject.on_floats(floats, consts)
    for _ in range(TRIES):
        try:
            return _judge(_Point(subject, floats, consts, rng), value, gradient)
        except Redraw:
            continue
    raise ExactError(
        f"No random point found in {TRIES} tries at which every square root exists. "
        "Use a smaller sample: one with fewer square roots."
    )


def _spread(const: Any, rng: np.random.Generator) -> Any:
    """A const as given, except that one filled with a single number stands for its shape only.

    Beside x = np.zeros(shape) every unit would sit on its kink, and no branch would be seen.
    """
    if _is_real_array(const) and const.size and np.ptp(const) == 0:
        return rng.random(const.shape)
    return const


def _judge(
    point: _Point, value: Array, float_gradient: list[Array]
) -> tuple[tuple[ParameterVerdict, ...], set[str]]:
    names = point.subject.names
    directions = [point.random(leaf.shape) for leaf in point.floats]
    cost = point.cost(directions)
    entries = point.gradient()
    if not _close(cost.x, value):
        raise ExactError(_OTHER_PATH.format("cost"))
    for leaf, floats in zip(entries, float_gradient, strict=True):
        if not _close(_floats(leaf), floats.astype(float)):
            raise ExactError(_OTHER_PATH.format("grad"))
    gradient = [_elements(point, leaf) for leaf in entries]
    products = [_inner(g, v) for g, v in zip(gradient, directions, strict=True)]
    right = (sum(products) - cost.b) % P == 0
    verdicts = tuple(
        ParameterVerdict(name, point.floats[k].shape, True)
        if right or products[k] == point.slope(_only(directions, k))
        else _diagnose(point, k, gradient[k], directions)
        for k, name in enumerate(names)
    )
    return verdicts, {name for name, leaf in zip(names, gradient, strict=True) if leaf.any()}


def _diagnose(point: _Point, k: int, gradient: Array, directions: list[Array]) -> ParameterVerdict:
    """Find the first wrong entry by halving: a stretch of entries is tested like a parameter."""
    zeros = [np.zeros_like(v) for v in directions]

    def slope(direction: Array) -> int:
        return point.slope([direction if i == k else zero for i, zero in enumerate(zeros)])

    def wrong_up_to(count: int) -> bool:
        direction = directions[k].copy()
        direction.reshape(-1)[count:] = 0
        return _inner(gradient, direction) != slope(direction)

    low, high = 0, gradient.size  # entries[:low] are right, entries[:high] are not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if wrong_up_to(middle) else (middle, high)
    index = tuple(int(i) for i in np.unravel_index(low, gradient.shape))
    unit = zeros[k].copy()
    unit[index] = 1
    ratio = _simple_ratio(gradient[index], slope(unit))

    along, whole = directions[k], slope(directions[k])
    hint = ""
    if ratio is not None and _inner(gradient, along) == from_fraction(ratio) * whole % P:
        hint = "in every entry"
    elif gradient.ndim == 2 and gradient.shape == gradient.T.shape:
        hint = "It is the expected gradient transposed." * (_inner(gradient.T, along) == whole)
    name, shape = point.subject.names[k], gradient.shape
    return ParameterVerdict(name, shape, False, index, ratio, hint)


def _simple_ratio(got: int, expected: int) -> Fraction | None:
    """got / expected if it is simple: a small fraction, or 1 + 1/n as in × 1.000001."""
    if expected == 0:
        return None
    ratio = got * pow(expected, -1, P) % P
    for denominator in range(1, 101):
        numerator = _nearest_zero(ratio * denominator % P)
        if abs(numerator) <= 1000:
            return Fraction(numerator, denominator)
    n = _nearest_zero(pow(ratio - 1, -1, P))
    return 1 + Fraction(1, n) if abs(n) <= 10**12 else None


def _nearest_zero(element: int) -> int:
    return element - P if element > P // 2 else element


def _doubt(subject: _Subject, floats: list[Array], rng: np.random.Generator) -> str:
    """What to say of a gradient that is wrong by exact numbers, but right to twelve digits."""
    consts = [_spread(const, rng) for const in subject.consts]
    with np.errstate(all="ignore"):
        report = directional(
            lambda p: subject.cost(p, *consts),
            lambda p: subject.grad(p, *consts),
            rebuild(subject.params, floats),
            rng,
            tolerance=1e-12,
        )
    row = report.parameters[0] if report else None
    if row is None or row.complex_error is None or row.expected == 0:
        return ""
    return (
        "In floating point it agrees to twelve digits. So it may be right by an identity that "
        "exact numbers do not know: see the limits in the docstring of bplab.exact.check."
    )


def _only(directions: list[Array], k: int) -> list[Array]:
    return [v if i == k else np.zeros_like(v) for i, v in enumerate(directions)]


def _elements(point: _Point, leaf: Array) -> Array:
    elements = np.empty(leaf.shape, dtype=object)
    for index in np.ndindex(leaf.shape):
        elements[index] = point.element(leaf[index])
    return elements


def _floats(leaf: Array) -> Array:
    return np.array([n.x if isinstance(n, Dual) else float(n) for n in leaf.flat]).reshape(
        leaf.shape
    )


def _inner(left: Array, right: Array) -> int:
    return int(np.sum(left * right)) % P


def _close(exact: Array | float, floats: Array) -> bool:
    """Whether the floats carried along are those of the plain run, where both are finite."""
    exact = np.asarray(exact)
    known = np.isfinite(exact) & np.isfinite(floats)
    size = np.abs(floats[known]).max(initial=1e-3)
    return bool(np.all(np.abs(exact - floats)[known] <= 1e-6 * size))


def _same(before: Array, after: Array) -> bool:
    if before.dtype.kind == "O":
        return all(a is b for a, b in zip(before.flat, after.flat, strict=True))
    return before.tobytes() == after.tobytes()


def _require_one_number(value: Array) -> None:
    if value.shape != ():
        raise _Fault(
            f"cost must return one number; got shape {value.shape}. Take the mean or the sum."
        )
    if value.item() is None:
        raise _Fault("cost returned None. Is a return missing?")


def _remedy(error: str) -> str:
    if "Cannot cast" in error:
        return (
            "An array made by np.zeros(shape) holds floats only: write "
            "np.zeros(shape, dtype=x.dtype) or np.zeros_like(x)."
        )
    if "callable" in error or "not supported" in error:
        return (
            "Known functions: exp, expm1, log, log1p, sinh, cosh, tanh, sqrt, abs, maximum, "
            "comparisons, + − × ÷ and powers."
        )
    return REMEDIES


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _line(row: ParameterVerdict) -> str:
    if row.right:
        return f"✓ {row.name} {row.shape}"
    if row.ratio is None:
        relation = "got ≠ expected"
    elif row.ratio == 0:
        relation = "got 0"
    else:
        simple = row.ratio.denominator <= 100
        relation = f"got = {row.ratio if simple else f'{float(row.ratio):.13g}'} × expected"
    if row.hint == "in every entry":
        return f"✗ {row.name} {row.shape}: {relation} in every entry."
    where = f"[{', '.join(map(str, row.first_wrong or ()))}]"
    return f"✗ {row.name} {row.shape}: first at {where}, {relation}. {row.hint}".rstrip()
