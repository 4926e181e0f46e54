# mypy: allow-untyped-defs
"""Lesson 06, checking gradients: what a check sees, and ten programs to find the bug in."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplab.exercises import bugs, repairs
from bplab.exercises.choice import ChoiceExercise
from bplab.exercises.code import CodeExercise
from bplab.exercises.exercise import Mistake
from bplab.exercises.formula import FormulaExercise
from bplab.exercises.number import NumberExercise
from bplab.exercises.samples import samples
from bplab.numeric.arrays import Array


def altered(program: Callable[..., Any], *changes: tuple[str, str]) -> Callable[..., Any]:
    """The program with pieces of its source replaced, each (right, wrong): what learners do.

    Raises: ValueError if a piece does not occur exactly once.
    """
    source = inspect.getsource(program)
    for right, wrong in changes:
        if source.count(right) != 1:
            raise ValueError(f"{right!r} must occur once in {program.__name__}")
        source = source.replace(right, wrong)
    names = dict(program.__globals__)
    exec(source, names)
    return names[program.__name__]


# Central differences

CENTRAL_ERROR = FormulaExercise(
    id="06.1",
    title="the error of the central difference",
    points=2,
    reference="h**2*f3/6",
    names=("h", "f", "f1", "f2", "f3"),
    hints=(
        "Subtract the two series. Which terms are the same in both, and vanish?",
        "f(x + h) − f(x − h) = 2 h f′ + 2 (h³/6) f‴ + … Now divide by 2h and take f′ away.",
        "What is left is 2 (h³/6) f‴ / (2h): h**2*f3/6",
    ),
    mistakes=(
        Mistake(
            "forward",
            "h*f2/2",
            "That is the error of the one-sided (f(x + h) − f(x)) / h. In the central difference "
            "the terms with h² cancel, as they are the same on both sides.",
        ),
        Mistake(
            "not divided",
            "h**3*f3/6",
            "That is the term of one series, h³/6 f‴: the division by 2h is missing, and the two "
            "series contribute it twice.",
        ),
        Mistake(
            "not divided, twice",
            "h**3*f3/3",
            "That is what is left of f(x + h) − f(x − h): the division by 2h is missing.",
        ),
        Mistake(
            "divided by h",
            "h**2*f3/3",
            "You divided by h instead of 2h.",
        ),
        Mistake(
            "one side",
            "h**2*f3/12",
            "You counted the third-order term once: the minus in front of f(x − h) and the minus "
            "of (−h)³ make it appear twice.",
        ),
        Mistake(
            "no factorial",
            "h**2*f3",
            "The series has h³/3!: the 1/6 is missing.",
        ),
        Mistake(
            "2!",
            "h**2*f3/2",
            "The third-order term has 3! = 6 below it, not 2.",
        ),
        Mistake(
            "f′ left in",
            "f1 + h**2*f3/6",
            "That is the whole central difference. Its error is what is left when f′ is taken "
            "away.",
        ),
        Mistake(
            "sign",
            "-h**2*f3/6",
            "The sign is wrong: f(x + h) has +h³/6 f‴, and subtracting f(x − h) adds another.",
        ),
        Mistake(
            "second derivative",
            "h**2*f2/6",
            "The order is right, the derivative is not: h³ comes with f‴; f″ has cancelled.",
        ),
        Mistake(
            "one order short",
            "h*f3/6",
            "h³/6 f‴, divided by h, leaves h², not h.",
        ),
        Mistake(
            "no h",
            "f3/6",
            "The h is missing: only one of the three in h³ is cancelled by the division.",
        ),
        Mistake(
            "nothing left",
            "0",
            "The terms with h² cancel, those with h³ do not: f(x − h) has −h³/6 f‴, and minus "
            "that is plus.",
        ),
        Mistake(
            "f′ itself",
            "f1",
            "f′ is what is to be measured. Its error is what the difference gives beyond f′.",
        ),
        Mistake(
            "no f‴",
            "h**2/6",
            "The derivative is missing: h³/6 comes with f‴.",
        ),
        Mistake(
            "first derivative",
            "h**2*f1/6",
            "h³/6 comes with f‴, not with f′: f′ was taken away.",
        ),
        Mistake(
            "second-order term",
            "h**2*f2/2",
            "That is a term of both series: the same in both, so it cancels.",
        ),
        Mistake(
            "second-order term halved",
            "h*f2",
            "The terms with f″ are the same in both series and cancel.",
        ),
        Mistake(
            "order only",
            "h**2",
            "The power of h is right. Its factor is asked, too: 1/6 and a derivative.",
        ),
        Mistake(
            "neither divided",
            "h**3*f3",
            "h³ is still to be divided, by 3! and by 2h.",
        ),
        Mistake(
            "backward",
            "-h*f2/2",
            "That is the error of the one-sided (f(x) − f(x − h)) / h. In the central "
            "difference f″ cancels.",
        ),
        Mistake(
            "whole one-sided",
            "f1 + h*f2/2",
            "That is the whole one-sided difference, not the error of the central one.",
        ),
        Mistake(
            "4!",
            "h**2*f3/24",
            "24 is 4!, which belongs to the fourth derivative. f‴ has 3! = 6 below it.",
        ),
        Mistake(
            "2 below",
            "h**2*f3/4",
            "Below f‴ stands 3! = 6, and the 2 of 2h cancels with the two terms.",
        ),
    ),
)


def whole_but_not_best(k: int) -> Mistake:
    series, rounding = 10.0 ** (2 * k), 2e-16 / 10.0**k
    which = "shorter" if series > rounding else "longer"
    return Mistake(
        f"k = {k}",
        k,
        f"At h = {10.0**k:g} the error h² is {series:g}, that of rounding {rounding:g}: "
        f"a {which} step is better.",
    )


def step_for_exponent(h: float) -> Mistake:
    return Mistake(
        f"h = {h:g}",
        h,
        f"{h:g} is a step h, and the exponent was asked: the whole number k in h = 10^k.",
    )


def not_whole(k: float) -> Mistake:
    return Mistake(
        f"k = {k:g}",
        k,
        f"Close, but k is to be a whole number, and {k:g} is not. Compare the sums at the powers "
        "of ten on both sides of it.",
    )


BEST_STEP = NumberExercise(
    id="06.2",
    title="the best step",
    value=-5,
    tolerance=0,
    hints=(
        "At the best h neither error is much larger than the other. Set them equal.",
        "h² = 2e-16 / h. Multiply by h.",
        "h³ = 2e-16 gives h = 6e-6; of the two powers of ten beside it 1e-5 costs less: k = -5",
    ),
    mistakes=(
        Mistake("sign", 5, "That is a step of 100,000. The exponent is negative: k is, too."),
        Mistake(
            "forward",
            -8,
            "1e-8 is the best step of the one-sided difference, whose error is of order h: there "
            "h = 2e-16 / h. The central one has h².",
        ),
        Mistake(
            "machine precision",
            -16,
            "At h = 1e-16 the sum x + h is x again, for x about 1: all digits cancel. Smaller is "
            "not better.",
        ),
        Mistake(
            "complex step",
            -20,
            "1e-20 is for the complex step, which subtracts nothing. Here x + h would be x.",
        ),
        Mistake(
            "the error, not the step",
            -10,
            "1e-10 is about the smallest error that can be had; the step that gives it was asked.",
        ),
        *map(whole_but_not_best, {*range(-19, 0)} - {-5, -8, -10, -16}),
        *map(
            step_for_exponent,
            (1e-8, 1e-6, 4.6e-6, 4.64e-6, 5.8e-6, 5.85e-6, 6e-6, 1e-5, 1e-4, 1e-3),
        ),
        *map(not_whole, (-5.2, -5.23, -5.25, -5.3, -5.33, -16 / 3, -5.5)),
    ),
)


def numerical_gradient(f, x, h):
    """Gradient of f at x by central differences with step h, entry by entry."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        gradient[index] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


def step_not_restored(f, x, h):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        up = f(x)
        x[index] -= 2 * h
        gradient[index] = (up - f(x)) / (2 * h)
    return gradient


def restored_by_arithmetic(f, x, h):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        up = f(x)
        x[index] -= 2 * h
        gradient[index] = (up - f(x)) / (2 * h)
        x[index] += h
    return gradient


def row_by_row(f, x, h):
    gradient = np.zeros_like(x)
    for i in range(len(x)):
        step = np.zeros_like(x)
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


def step_not_cleared(f, x, h):
    gradient, step = np.zeros_like(x), np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step[index] = h
        gradient[index] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


def for_matrices_only(f, x, h):
    gradient = np.zeros_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            step = np.zeros_like(x)
            step[i, j] = h
            gradient[i, j] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


def both_ways_on_x_itself(f, x, h):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        ahead, behind = x, x
        ahead[index] += h
        behind[index] -= h
        gradient[index] = (f(ahead) - f(behind)) / (2 * h)
    return gradient


@dataclass(frozen=True)
class Quartic:
    """A cost for 06.3: Σ_i c_i x_i⁴ with c = 1, 2, 3 …, whatever the shape of x."""

    def __call__(self, x: Array) -> Any:
        return (np.arange(1, x.size + 1) * x.ravel() ** 4).sum()


NUMERICAL_GRADIENT = CodeExercise(
    id="06.3",
    title="a gradient by central differences",
    points=2,
    reference=numerical_gradient,
    samples=tuple(
        {"f": Quartic(), **sample, "h": h}
        for shape in [("m", "n"), ("n",)]
        for sample, h in zip(samples({"x": shape}), (0.1, 0.01, 0.1, 0.01, 0.1), strict=False)
    ),
    hints=(
        "One entry of x moves at a time; all others stay. x may be a vector or a matrix.",
        "For each index in np.ndindex(x.shape): make a step of zeros with h at that index, and ask "
        "f on both sides.",
        "gradient[index] = (f(x + step) - f(x - step)) / (2 * h)",
    ),
    mistakes=(
        Mistake(
            "forward difference",
            altered(numerical_gradient, ("f(x - step)) / (2 * h)", "f(x)) / h")),
            "Your result equals the one-sided (f(x + h) − f(x)) / h: its error is of order h, not "
            "h². Step to both sides.",
        ),
        Mistake(
            "h for 2h",
            altered(numerical_gradient, ("(2 * h)", "h")),
            "Every entry is twice too large: from x − h to x + h it is 2h, not h.",
        ),
        Mistake(
            "precedence",
            altered(numerical_gradient, ("(2 * h)", "2 * h")),
            "Every entry is h² times too large: a / 2 * h is (a / 2) · h. Write a / (2 * h).",
        ),
        Mistake(
            "all at once",
            altered(numerical_gradient, ("step[index] = h", "step[...] = h")),
            "You moved all entries of x at once: that is the slope along (1, 1, …, 1), the sum of "
            "the gradient's entries.",
        ),
        Mistake(
            "row by row",
            row_by_row,
            "For a matrix, x[i] is a whole row, and you moved it all at once. Let the index run "
            "over np.ndindex(x.shape).",
        ),
        Mistake(
            "sign",
            altered(numerical_gradient, ("f(x + step) - f(x - step)", "f(x - step) - f(x + step)")),
            "The sign is wrong: it is f ahead minus f behind.",
        ),
        Mistake(
            "not restored",
            step_not_restored,
            "You left x[index] moved: the next entries are measured at another point, and the "
            "caller's x is changed. Step on a copy.",
        ),
        Mistake(
            "restored by arithmetic",
            restored_by_arithmetic,
            "x + h − 2h + h is not exactly x, as every step is rounded: you changed the caller's "
            "x in its last digits. Keep the old value, or step on a copy.",
        ),
        Mistake(
            "flat",
            altered(numerical_gradient, ("return gradient", "return gradient.ravel()")),
            "The values are right, the shape is not: a gradient has the shape of x.",
        ),
        Mistake(
            "backward difference",
            altered(
                numerical_gradient,
                ("f(x + step) - f(x - step)) / (2 * h)", "f(x) - f(x - step)) / h"),
            ),
            "Your result equals the one-sided (f(x) − f(x − h)) / h: its error is of order h, "
            "not h². Step to both sides.",
        ),
        Mistake(
            "one side over 2h",
            altered(numerical_gradient, ("f(x - step)", "f(x)")),
            "From x to x + h it is h, not 2h. Better, step to both sides and keep the 2h.",
        ),
        Mistake(
            "one side behind over 2h",
            altered(numerical_gradient, ("f(x + step)", "f(x)")),
            "From x − h to x it is h, not 2h. Better, step to both sides and keep the 2h.",
        ),
        Mistake(
            "not divided",
            altered(numerical_gradient, (" / (2 * h)", "")),
            "The division by 2h is missing: that is the difference, not the quotient.",
        ),
        Mistake(
            "step not cleared",
            step_not_cleared,
            "You use one step for all entries and do not set it back to 0, so that more and "
            "more of them move. Make a new step of zeros for each index.",
        ),
        Mistake(
            "matrices only",
            for_matrices_only,
            "For a matrix it is right, but x may be a vector, too. One loop over "
            "np.ndindex(x.shape) serves both.",
        ),
        Mistake(
            "same array twice",
            both_ways_on_x_itself,
            "Both names are x itself, so the second change takes the first one back. Use x.copy().",
        ),
        Mistake(
            "complex step",
            altered(
                numerical_gradient,
                ("(f(x + step) - f(x - step)) / (2 * h)", "np.imag(f(x + 1j * step)) / h"),
            ),
            "That is the complex step, which this lesson comes to later. Here the central "
            "difference is asked.",
        ),
        Mistake(
            "own step",
            altered(numerical_gradient, ("gradient =", "h = 1e-5\n    gradient =")),
            "You use a step of your own. The step is the argument h.",
        ),
        Mistake(
            "one number",
            altered(numerical_gradient, ("gradient[index] =", "gradient =")),
            "You return the slope of the last entry only: write it to gradient[index].",
        ),
        Mistake(
            "return in the loop",
            altered(numerical_gradient, ("    return gradient", "        return gradient")),
            "Only the first entry is filled in: the return stands inside the loop.",
        ),
        Mistake(
            "summed",
            altered(numerical_gradient, ("return gradient", "return gradient.sum()")),
            "That is the sum of the slopes: what you get if all entries move at once, or if you "
            "add them up. A gradient has an entry for each entry of x.",
        ),
        Mistake(
            "halved",
            altered(numerical_gradient, ("return gradient", "return gradient / 2")),
            "Every entry is half of what it should be: from x − h to x + h it is 2h, not 4h.",
        ),
        Mistake(
            "forward, all at once",
            lambda f, x, h: (f(x + h) - f(x)) / h,
            "Two things: x + h moves all entries at once, and the step is to one side only.",
        ),
    ),
)


def relative_error(got, expected):
    """Largest |got − expected| / max(|got|, |expected|) over all entries: one number."""
    size = np.maximum(np.abs(got), np.abs(expected))
    return (np.abs(got - expected) / size).max()


RELATIVE_ERROR = CodeExercise(
    id="06.4",
    title="a measure that can fail",
    points=1,
    reference=relative_error,
    samples=samples({"got": ("m", "n"), "expected": ("m", "n")})
    + samples({"got": ("m", "n"), "expected": ("m", "n")}, sizes={"m": 1, "n": 1})[:1],
    hints=(
        "What makes 0.001 a large error, and what makes it a small one? And which of all entries "
        "may a check overlook?",
        "Divide |got − expected| by the larger of |got| and |expected|, entry by entry, and take "
        "the largest.",
        "(np.abs(got - expected) / np.maximum(np.abs(got), np.abs(expected))).max()",
    ),
    mistakes=(
        Mistake(
            "absolute",
            lambda got, expected: np.abs(got - expected).max(),
            "Your result is the largest absolute error: it is small wherever the gradient is "
            "small, right or wrong. Divide by the size of the entry.",
        ),
        Mistake(
            "no abs",
            lambda got, expected: (
                (got - expected) / np.maximum(np.abs(got), np.abs(expected))
            ).max(),
            "The absolute value above is missing: an entry that is too small gives a negative "
            "error, and no negative number is ever larger than a tolerance.",
        ),
        Mistake(
            "mean",
            lambda got, expected: (
                np.abs(got - expected) / np.maximum(np.abs(got), np.abs(expected))
            ).mean(),
            "You took the mean: one wrong entry among a million right ones would not show. Take "
            "the largest.",
        ),
        Mistake(
            "smallest",
            lambda got, expected: (
                np.abs(got - expected) / np.maximum(np.abs(got), np.abs(expected))
            ).min(),
            "You took the smallest error: a single right entry would do. Take the largest.",
        ),
        Mistake(
            "over expected",
            lambda got, expected: (np.abs(got - expected) / np.abs(expected)).max(),
            "You divided by |expected| alone: got and expected then do not count alike. Divide by "
            "the larger of the two.",
        ),
        Mistake(
            "sum",
            lambda got, expected: (np.abs(got - expected) / (np.abs(got) + np.abs(expected))).max(),
            "You divided by |got| + |expected|, which halves small errors; here it is the larger "
            "of the two.",
        ),
        Mistake(
            "norms",
            lambda got, expected: (
                np.linalg.norm(got - expected) / max(np.linalg.norm(got), np.linalg.norm(expected))
            ),
            "You compared the norms of the whole arrays: a wrong small entry disappears behind "
            "large right ones. Compare entry by entry.",
        ),
        Mistake(
            "maxima apart",
            lambda got, expected: (
                np.abs(got - expected).max() / max(np.abs(got).max(), np.abs(expected).max())
            ),
            "You divided the largest error by the largest entry: a wrong small entry disappears "
            "behind a large right one. Divide first, then take the largest.",
        ),
        Mistake(
            "per entry",
            lambda got, expected: (
                np.abs(got - expected) / np.maximum(np.abs(got), np.abs(expected))
            ),
            "Your result has one error an entry: the maximum over all of them is missing.",
        ),
        Mistake(
            "over got",
            lambda got, expected: (np.abs(got - expected) / np.abs(got)).max(),
            "You divided by |got| alone: if got is far too large, that is 1 at most. Divide by "
            "the larger of the two.",
        ),
        Mistake(
            "over the smaller",
            lambda got, expected: (
                np.abs(got - expected) / np.minimum(np.abs(got), np.abs(expected))
            ).max(),
            "You divided by the smaller of |got| and |expected|: it is the larger.",
        ),
        Mistake(
            "size without abs",
            lambda got, expected: (np.abs(got - expected) / np.maximum(got, expected)).max(),
            "The absolute values below are missing: of −2 and 1 the larger in size is −2.",
        ),
        Mistake(
            "sizes compared",
            lambda got, expected: (
                np.abs(np.abs(got) - np.abs(expected)) / np.maximum(np.abs(got), np.abs(expected))
            ).max(),
            "You compared |got| with |expected|: a wrong sign then goes unseen. It is |got − "
            "expected|.",
        ),
        Mistake(
            "mean of both",
            lambda got, expected: (
                2 * np.abs(got - expected) / (np.abs(got) + np.abs(expected))
            ).max(),
            "You divided by the mean of |got| and |expected|; here it is the larger of the two.",
        ),
        Mistake(
            "per cent",
            lambda got, expected: (
                100 * (np.abs(got - expected) / np.maximum(np.abs(got), np.abs(expected))).max()
            ),
            "That is the error in per cent: a hundred times too large.",
        ),
        Mistake(
            "added up",
            lambda got, expected: (
                np.abs(got - expected) / np.maximum(np.abs(got), np.abs(expected))
            ).sum(),
            "You added the errors up: take the largest.",
        ),
        Mistake(
            "verdict",
            lambda got, expected: np.allclose(got, expected),
            "That is a verdict, True or False. The measure itself is asked, a number.",
        ),
        Mistake(
            "squares",
            lambda got, expected: ((got - expected) ** 2).sum(),
            "That is a sum of squares: small wherever the gradient is small. Divide by the size "
            "of the entry.",
        ),
        Mistake(
            "mean square",
            lambda got, expected: ((got - expected) ** 2).mean(),
            "That is a mean of squares: one wrong entry among many disappears. Take the largest "
            "relative error.",
        ),
        Mistake(
            "root mean square",
            lambda got, expected: np.sqrt(((got - expected) ** 2).mean()),
            "That is a root mean square: one wrong entry among many disappears. Take the "
            "largest relative error.",
        ),
        Mistake(
            "norm of the difference",
            lambda got, expected: np.linalg.norm(got - expected),
            "The norm is an absolute error, of the whole array at that. Compare entry by entry, "
            "relative to the size.",
        ),
        Mistake(
            "norm over norm",
            lambda got, expected: np.linalg.norm(got - expected) / np.linalg.norm(expected),
            "You compared norms, and divided by that of expected alone. Compare entry by entry.",
        ),
        Mistake(
            "norm over norms",
            lambda got, expected: (
                np.linalg.norm(got - expected) / (np.linalg.norm(got) + np.linalg.norm(expected))
            ),
            "You compared norms, as is often done: a wrong small entry disappears behind large "
            "right ones. Compare entry by entry.",
        ),
        Mistake(
            "mean over expected",
            lambda got, expected: np.abs((got - expected) / expected).mean(),
            "Two things: you divided by expected alone, and you took the mean. Divide by the "
            "larger size, take the largest error.",
        ),
        Mistake(
            "no abs over expected",
            lambda got, expected: ((got - expected) / expected).max(),
            "The absolute values are missing, above and below: negative errors are never the "
            "largest.",
        ),
        Mistake(
            "per column",
            lambda got, expected: (
                np.abs(got - expected) / np.maximum(np.abs(got), np.abs(expected))
            ).max(axis=0),
            "You took the largest in each column; one number for all entries is asked.",
        ),
        Mistake(
            "Python's max",
            lambda got, expected: (
                np.abs(got - expected) / max(np.abs(got), np.abs(expected))
            ).max(),
            "Python's max cannot compare arrays entry by entry: that is np.maximum.",
        ),
        Mistake(
            "absolute per entry",
            lambda got, expected: np.abs(got - expected),
            "That is the absolute error of each entry: divide by its size, and take the largest.",
        ),
        Mistake(
            "mean absolute",
            lambda got, expected: np.abs(got - expected).mean(),
            "That is the mean absolute error. Divide by the size of the entry, and take the "
            "largest.",
        ),
        Mistake(
            "maximum over maximum",
            lambda got, expected: np.abs(got - expected).max() / np.abs(expected).max(),
            "You divided the largest error by the largest expected entry: a wrong small one "
            "disappears. Divide first.",
        ),
        Mistake(
            "squared",
            lambda got, expected: (
                (np.abs(got - expected) / np.maximum(np.abs(got), np.abs(expected))).max() ** 2
            ),
            "That is the square of the relative error: a small one looks much smaller.",
        ),
    ),
)

# The bug hunt

FOUR = ("dW1", "db1", "dW2", "db2")
TWO = ("dW", "db")

XOR = CodeExercise(
    id="06.5",
    title="the tutorial's XOR net",
    points=1,
    reference=repairs.xor_gradient,
    samples=bugs.XOR.samples,
    returns=FOUR,
    hints=(
        "Every parameter is wrong, even in the last layer. So look at what comes first on the way "
        "back.",
        "σ′(z) is a(1 − a) with a = σ(z). What does sigmoid_derivative get, and what does it take "
        "it for?",
        "return sigmoid(x) * (1 - sigmoid(x))",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.xor_gradient,
            "This is the program as it was: x(1 − x) is σ′ only if x is the activation a. It is "
            "given the pre-activation z, for which z(1 − z) is unbounded and mostly negative.",
        ),
        Mistake(
            "output repaired only",
            altered(repairs.xor_gradient, ("sigmoid_derivative(z1)", "z1 * (1 - z1)")),
            "The last layer is right now. In delta1 the formula a(1 − a) still gets z1.",
        ),
        Mistake(
            "hidden repaired only",
            altered(repairs.xor_gradient, ("sigmoid_derivative(z2)", "z2 * (1 - z2)")),
            "delta1 has the right σ′ now. In delta2 the formula a(1 − a) still gets z2.",
        ),
        Mistake(
            "repaired twice",
            altered(
                repairs.xor_gradient,
                ("sigmoid_derivative(z1)", "sigmoid_derivative(a1)"),
                ("sigmoid_derivative(z2)", "sigmoid_derivative(a2)"),
            ),
            "You repaired it in two places at once: now σ is applied to a = σ(z) again. Either the "
            "function takes z and computes σ, or it takes a and does not.",
        ),
        Mistake(
            "σ for σ′",
            altered(repairs.xor_gradient, ("sigmoid(x) * (1 - sigmoid(x))", "sigmoid(x)")),
            "That is σ(z), not its derivative: the factor 1 − σ(z) is missing.",
        ),
        Mistake(
            "half of it",
            altered(
                repairs.xor_gradient, ("sigmoid(x) * (1 - sigmoid(x))", "sigmoid(x) * (1 - x)")
            ),
            "Only the first x became σ(x): the derivative is σ(x)(1 − σ(x)).",
        ),
        Mistake(
            "no σ′",
            altered(repairs.xor_gradient, ("sigmoid(x) * (1 - sigmoid(x))", "np.ones_like(x)")),
            "The factor σ′ is missing altogether: the net is then treated as linear.",
        ),
        Mistake(
            "sign",
            altered(repairs.xor_gradient, ("(a2 - y)", "(y - a2)")),
            "Every entry has the wrong sign: the gradient of ½(a − y)² is a − y.",
        ),
        Mistake(
            "cross-entropy",
            altered(repairs.xor_gradient, ("(a2 - y) * sigmoid_derivative(z2)", "(a2 - y)")),
            "delta2 = a − y belongs to the cross-entropy. Under the squared error σ′(z2) stays.",
        ),
        Mistake(
            "tanh",
            altered(repairs.xor_gradient, ("sigmoid(x) * (1 - sigmoid(x))", "1 - sigmoid(x) ** 2")),
            "1 − a² is the slope of tanh; that of σ is a(1 − a).",
        ),
        Mistake(
            "tanh of x",
            altered(repairs.xor_gradient, ("sigmoid(x) * (1 - sigmoid(x))", "1 - np.tanh(x) ** 2")),
            "That is the derivative of tanh; the layers are sigmoids.",
        ),
        Mistake(
            "mean",
            altered(repairs.xor_gradient, ("(a2 - y)", "(a2 - y) / len(y)")),
            "You divided by the number of samples, but this cost is a sum, without a mean.",
        ),
        Mistake(
            "twice",
            altered(repairs.xor_gradient, ("(a2 - y)", "2 * (a2 - y)")),
            "Every entry is twice too large: the ½ of the cost has cancelled the 2.",
        ),
        Mistake(
            "W transposed",
            altered(repairs.xor_gradient, ("delta2 @ W2)", "delta2 @ W2.T)")),
            "W2 was right before: for samples in rows it is delta2 @ W2.",
        ),
        Mistake(
            "plus",
            altered(
                repairs.xor_gradient,
                ("sigmoid(x) * (1 - sigmoid(x))", "sigmoid(x) * (1 + sigmoid(x))"),
            ),
            "A sign is wrong: σ′ = σ(1 − σ).",
        ),
        Mistake(
            "other factor only",
            altered(repairs.xor_gradient, ("sigmoid(x) * (1 - sigmoid(x))", "1 - sigmoid(x)")),
            "The factor σ(z) is missing: σ′ = σ(1 − σ).",
        ),
        Mistake(
            "other half",
            altered(
                repairs.xor_gradient, ("sigmoid(x) * (1 - sigmoid(x))", "x * (1 - sigmoid(x))")
            ),
            "Only the second x became σ(x): the derivative is σ(x)(1 − σ(x)).",
        ),
        Mistake(
            "negative",
            altered(
                repairs.xor_gradient,
                ("sigmoid(x) * (1 - sigmoid(x))", "-sigmoid(x) * (1 - sigmoid(x))"),
            ),
            "The derivative has the wrong sign: σ rises, so σ′ is positive.",
        ),
        Mistake(
            "σ of the product",
            altered(
                repairs.xor_gradient, ("sigmoid(x) * (1 - sigmoid(x))", "sigmoid(x * (1 - x))")
            ),
            "σ stands outside: first a = σ(x), then a(1 − a).",
        ),
        Mistake(
            "a1 given",
            altered(repairs.xor_gradient, ("sigmoid_derivative(z1)", "sigmoid_derivative(a1)")),
            "Your function computes σ of what it is given, but in delta1 it is given a1, which "
            "is σ(z1) already.",
        ),
        Mistake(
            "a2 given",
            altered(repairs.xor_gradient, ("sigmoid_derivative(z2)", "sigmoid_derivative(a2)")),
            "Your function computes σ of what it is given, but in delta2 it is given a2, which "
            "is σ(z2) already.",
        ),
        Mistake(
            "no σ′ in the hidden layer",
            altered(
                repairs.xor_gradient, ("(delta2 @ W2) * sigmoid_derivative(z1)", "delta2 @ W2")
            ),
            "In delta1 the factor σ′(z1) got lost.",
        ),
        Mistake(
            "z for a in dW2",
            altered(repairs.xor_gradient, ("delta2.T @ a1", "delta2.T @ z1")),
            "The slope is right now. But dW2 is made with the input of the layer, a1, not z1.",
        ),
        Mistake(
            "mean in the biases",
            altered(
                repairs.xor_gradient,
                ("delta1.sum(axis=0)", "delta1.mean(axis=0)"),
                ("delta2.sum(axis=0)", "delta2.mean(axis=0)"),
            ),
            "The biases are averaged over the samples; this cost is a sum, so sum.",
        ),
        Mistake(
            "σ²",
            altered(repairs.xor_gradient, ("sigmoid(x) * (1 - sigmoid(x))", "sigmoid(x) ** 2")),
            "That is a²; σ′ is a(1 − a) = a − a².",
        ),
        Mistake(
            "nothing for σ′",
            altered(repairs.xor_gradient, ("sigmoid(x) * (1 - sigmoid(x))", "x")),
            "Your function returns what it gets: a(1 − a) with a = σ(x) is missing.",
        ),
    ),
)

DEEP = CodeExercise(
    id="06.6",
    title="two layers of the same width",
    points=1,
    reference=repairs.deep_gradient,
    samples=bugs.DEEP.samples,
    returns=FOUR,
    hints=(
        "W2 and b2 are right, W1 and b1 are not. Which line lies between them?",
        "BP2 is (W2)ᵀ δ2 for a sample written as a column. How does that read for samples in rows?",
        "delta1 = (delta2 @ W2) * (1 - a1**2)",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.deep_gradient,
            "This is the program as it was: delta2 @ W2.T. For rows BP2 reads delta2 @ W2; that "
            "the transpose fits as well is because W2 is square.",
        ),
        Mistake(
            "no W",
            altered(repairs.deep_gradient, ("(delta2 @ W2)", "delta2")),
            "W2 is missing in delta1: an error passes back through the weights it came by.",
        ),
        Mistake(
            "no σ′",
            altered(repairs.deep_gradient, ("(delta2 @ W2) * (1 - a1**2)", "delta2 @ W2")),
            "The slope of the first layer is missing in delta1: that is ∂C/∂a1, one step short of "
            "∂C/∂z1.",
        ),
        Mistake(
            "σ′ of the wrong layer",
            altered(
                repairs.deep_gradient,
                ("(delta2 @ W2) * (1 - a1**2)", "(delta2 @ W2) * (1 - a2**2)"),
            ),
            "In delta1 you took the slope of the second layer: it belongs to z1, so 1 − a1².",
        ),
        Mistake(
            "σ′ of a sigmoid",
            altered(
                repairs.deep_gradient,
                ("(delta2 @ W2) * (1 - a1**2)", "(delta2 @ W2) * a1 * (1 - a1)"),
            ),
            "a(1 − a) is the slope of a sigmoid; this is tanh, whose slope is 1 − a².",
        ),
        Mistake(
            "slope before W",
            altered(
                repairs.deep_gradient,
                ("(delta2 @ W2) * (1 - a1**2)", "(delta2 * (1 - a1**2)) @ W2"),
            ),
            "You multiplied by the slope before W2: it belongs to the neurons that the error "
            "arrives at, so it comes after.",
        ),
        Mistake(
            "gradient transposed",
            altered(repairs.deep_gradient, ("delta2.T @ a1", "a1.T @ delta2")),
            "dW2 is transposed now: row j belongs to δ_j, column k to a_k.",
        ),
        Mistake(
            "output slope lost",
            altered(repairs.deep_gradient, (" * (1 - a2**2)", "")),
            "In delta2 the slope 1 − a2² got lost; that line was right.",
        ),
        Mistake(
            "sign",
            altered(repairs.deep_gradient, ("a2 - y", "y - a2")),
            "Every entry has the wrong sign: the gradient of ½(a − y)² is a − y.",
        ),
        Mistake(
            "no 1/m",
            altered(repairs.deep_gradient, (" / len(y)", "")),
            "The 1/m got lost; delta2 was right.",
        ),
        Mistake(
            "all entries",
            altered(repairs.deep_gradient, ("/ len(y)", "/ y.size")),
            "You divided by the number of all entries of y: the cost is a mean over the samples "
            "only.",
        ),
        Mistake(
            "mean twice",
            altered(repairs.deep_gradient, ("(delta2 @ W2)", "(delta2 @ W2) / len(y)")),
            "The 1/m is inside delta2 already; in delta1 it enters a second time.",
        ),
        Mistake(
            "a − y sent back",
            altered(repairs.deep_gradient, ("(delta2 @ W2)", "((a2 - y) @ W2)")),
            "What goes back through W2 is delta2, not a − y alone.",
        ),
        Mistake(
            "a2 sent back",
            altered(repairs.deep_gradient, ("(delta2 @ W2)", "(a2 @ W2)")),
            "What goes back through W2 is the error delta2, not the activation.",
        ),
        Mistake(
            "W1 for W2",
            altered(repairs.deep_gradient, ("(delta2 @ W2)", "(delta2 @ W1)")),
            "Between the layers stands W2; W1 leads to the inputs.",
        ),
        Mistake(
            "W first",
            altered(repairs.deep_gradient, ("(delta2 @ W2)", "(W2 @ delta2)")),
            "W2 stands on the wrong side: samples are rows, so it is delta2 @ W2.",
        ),
        Mistake(
            "transposed W first",
            altered(repairs.deep_gradient, ("(delta2 @ W2)", "(W2.T @ delta2)")),
            "That is BP2 for a column. Samples are rows here: transposed on both sides it is "
            "delta2 @ W2.",
        ),
        Mistake(
            "entry by entry",
            altered(repairs.deep_gradient, ("(delta2 @ W2)", "(delta2 * W2)")),
            "A * multiplies entry by entry. Each neuron gets a sum of errors: the matrix "
            "product @.",
        ),
        Mistake(
            "slope of x",
            altered(repairs.deep_gradient, ("(1 - a1**2)", "(1 - x**2)")),
            "The slope of the first layer is that at z1: 1 − a1².",
        ),
        Mistake(
            "square outside",
            altered(repairs.deep_gradient, ("(1 - a1**2)", "(1 - a1) ** 2")),
            "The square belongs to a1: 1 − a1², not (1 − a1)².",
        ),
        Mistake(
            "no square",
            altered(repairs.deep_gradient, ("(1 - a1**2)", "(1 - a1)")),
            "The square is missing: the slope of tanh is 1 − a1².",
        ),
        Mistake(
            "tanh twice",
            altered(repairs.deep_gradient, ("(1 - a1**2)", "(1 - np.tanh(a1) ** 2)")),
            "a1 is tanh(z1) already: 1 − a1².",
        ),
        Mistake(
            "sigmoid at the output",
            altered(repairs.deep_gradient, ("(1 - a2**2)", "a2 * (1 - a2)")),
            "a(1 − a) is the slope of a sigmoid; the output layer is tanh, too: 1 − a2².",
        ),
        Mistake(
            "dW1 transposed",
            altered(repairs.deep_gradient, ("delta1.T @ x", "x.T @ delta1")),
            "dW1 is transposed now: row j belongs to δ_j, column k to x_k.",
        ),
        Mistake(
            "output in dW2",
            altered(repairs.deep_gradient, ("delta2.T @ a1", "delta2.T @ a2")),
            "dW2 is made with the input of its layer, a1, not with its output.",
        ),
        Mistake(
            "still the bug, dW2 transposed",
            altered(
                repairs.deep_gradient,
                ("delta2 @ W2", "delta2 @ W2.T"),
                ("delta2.T @ a1", "a1.T @ delta2"),
            ),
            "You transposed dW2, which was right; the wrong transpose is in delta1.",
        ),
    ),
)


def first_layer_first(W1, b1, W2, b2, x, y, rate=0.5):
    a1 = np.tanh(x @ W1.T + b1)
    delta2 = (a1 @ W2.T + b2 - y) / len(y)
    delta1 = (delta2 @ W2) * (1 - a1**2)
    W1, b1 = W1 - rate * (delta1.T @ x), b1 - rate * delta1.sum(axis=0)
    a1 = np.tanh(x @ W1.T + b1)
    return W1, b1, W2 - rate * (delta2.T @ a1), b2 - rate * delta2.sum(axis=0)


STEP = CodeExercise(
    id="06.7",
    title="a step of gradient descent",
    points=1,
    reference=repairs.training_step,
    samples=bugs.STEP.samples,
    returns=("W1", "b1", "W2", "b2"),
    hints=(
        "The second layer is right, the first is not. With which W2 was the cost computed?",
        "The gradient belongs to the point where the forward pass was made. So all δ come first, "
        "and then all updates.",
        "Move the line delta1 = (delta2 @ W2) * (1 - a1**2) above the line that changes W2.",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.training_step,
            "This is the program as it was: δ1 is computed with W2 after its update, while the "
            "forward pass used W2 before it.",
        ),
        Mistake(
            "in place",
            altered(
                repairs.training_step,
                ("W2 = W2 - rate", "W2 -= rate"),
                ("b2 = b2 - rate", "b2 -= rate"),
                ("W1 = W1 - rate", "W1 -= rate"),
                ("b1 = b1 - rate", "b1 -= rate"),
            ),
            "The step is right, but -= writes into the caller's arrays: return new ones.",
        ),
        Mistake(
            "uphill",
            altered(
                repairs.training_step,
                ("W2 - rate", "W2 + rate"),
                ("b2 - rate", "b2 + rate"),
                ("W1 - rate", "W1 + rate"),
                ("b1 - rate", "b1 + rate"),
            ),
            "You step along the gradient, uphill: the minus of gradient descent is missing.",
        ),
        Mistake(
            "first layer frozen",
            altered(
                repairs.training_step,
                ("W1 = W1 - rate * (delta1.T @ x)", "W1 = W1"),
                ("b1 = b1 - rate * delta1.sum(axis=0)", "b1 = b1"),
            ),
            "The first layer does not move: its update got lost.",
        ),
        Mistake(
            "bias forgotten",
            altered(repairs.training_step, ("b1 = b1 - rate * delta1.sum(axis=0)", "b1 = b1")),
            "b1 does not move: its update got lost.",
        ),
        Mistake(
            "no rate",
            altered(repairs.training_step, ("rate * (delta1.T @ x)", "delta1.T @ x")),
            "The learning rate is missing in the update of W1.",
        ),
        Mistake(
            "no slope",
            altered(repairs.training_step, ("(delta2 @ W2) * (1 - a1**2)", "delta2 @ W2")),
            "The order is right. But delta1 lacks the slope 1 − a1² of tanh.",
        ),
        Mistake(
            "mean twice",
            altered(repairs.training_step, ("(delta2 @ W2)", "(delta2 @ W2) / len(y)")),
            "The 1/m is inside delta2 already; in delta1 it enters a second time.",
        ),
        Mistake(
            "kept under another name",
            altered(
                bugs.training_step,
                ("    delta2 = (a2", "    old = W2\n    delta2 = (a2"),
                ("W2 = W2 - rate", "W2 -= rate"),
                ("delta2 @ W2)", "delta2 @ old)"),
            ),
            "old = W2 is a second name for the same array, and -= changes it under both. Copy "
            "it, or write W2 = W2 - …",
        ),
        Mistake(
            "forward again",
            altered(
                bugs.training_step,
                (
                    "    delta1 =",
                    "    a2 = a1 @ W2.T + b2\n    delta2 = (a2 - y) / len(y)\n    delta1 =",
                ),
            ),
            "A new forward pass after the first update makes two steps of one. All errors "
            "belong to one forward pass.",
        ),
        Mistake(
            "gradients returned",
            altered(
                repairs.training_step,
                (
                    "return W1, b1, W2, b2",
                    "return delta1.T @ x, delta1.sum(axis=0), delta2.T @ a1, delta2.sum(axis=0)",
                ),
            ),
            "You return the gradients. The parameters after the step are asked.",
        ),
        Mistake(
            "order of the results",
            altered(repairs.training_step, ("return W1, b1, W2, b2", "return W2, b2, W1, b1")),
            "The values are right, their order is not: W1, b1, W2, b2.",
        ),
        Mistake(
            "weights before biases",
            altered(repairs.training_step, ("return W1, b1, W2, b2", "return W1, W2, b1, b2")),
            "The values are right, but a bias follows its own weights: W1, b1, W2, b2.",
        ),
        Mistake(
            "mean of b2",
            altered(repairs.training_step, ("delta2.sum(axis=0)", "delta2.mean(axis=0)")),
            "The gradient of b2 is a sum over the batch: the 1/m is inside delta2 already.",
        ),
        Mistake(
            "mean of b1",
            altered(repairs.training_step, ("delta1.sum(axis=0)", "delta1.mean(axis=0)")),
            "The gradient of b1 is a sum over the batch: the 1/m is inside delta2 already.",
        ),
        Mistake(
            "a − y sent back",
            altered(repairs.training_step, ("(delta2 @ W2)", "((a2 - y) @ W2)")),
            "What goes back through W2 is delta2, with its 1/m.",
        ),
        Mistake(
            "transpose",
            altered(repairs.training_step, ("(delta2 @ W2)", "(delta2 @ W2.T)")),
            "The formula was right: for samples in rows it is delta2 @ W2. Only the order of "
            "the lines is wrong.",
        ),
        Mistake(
            "W2 frozen",
            altered(repairs.training_step, ("W2 = W2 - rate * (delta2.T @ a1)", "W2 = W2")),
            "W2 does not move: its update got lost.",
        ),
        Mistake(
            "another rate",
            altered(repairs.training_step, ("rate=0.5", "rate=0.1")),
            "You changed the rate: it is 0.5 unless the caller says otherwise.",
        ),
        Mistake(
            "slope of a sigmoid",
            altered(repairs.training_step, ("(1 - a1**2)", "a1 * (1 - a1)")),
            "a(1 − a) is the slope of a sigmoid; this is tanh, whose slope is 1 − a1².",
        ),
        Mistake(
            "weights in place",
            altered(
                repairs.training_step,
                ("W2 = W2 - rate", "W2 -= rate"),
                ("W1 = W1 - rate", "W1 -= rate"),
            ),
            "The order is right, but -= writes into the caller's W1 and W2: return new ones.",
        ),
        Mistake(
            "no 1/m",
            altered(repairs.training_step, (" / len(y)", "")),
            "The order is right, but the 1/m got lost.",
        ),
        Mistake(
            "updated twice",
            altered(
                bugs.training_step, ("(delta2 @ W2)", "(delta2 @ (W2 - rate * delta2.T @ a1))")
            ),
            "You subtracted the update from W2 once more. The old W2 is W2 before it, not after "
            "two.",
        ),
        Mistake(
            "rate inside",
            altered(repairs.training_step, ("(delta2 @ W2)", "(delta2 @ W2) * rate")),
            "The rate is in delta1 and in the update: it enters twice.",
        ),
        Mistake(
            "first layer first",
            first_layer_first,
            "a1 was computed anew with the moved W1. Use the a1 of the forward pass for all "
            "gradients.",
        ),
        Mistake(
            "nothing returned",
            altered(repairs.training_step, ("return W1, b1, W2, b2", "return None")),
            "The step is made, but not returned: is the return missing?",
        ),
        Mistake(
            "W1 uphill",
            altered(repairs.training_step, ("W1 - rate", "W1 + rate")),
            "W1 steps along its gradient, uphill: subtract.",
        ),
        Mistake(
            "no rate for W2",
            altered(repairs.training_step, ("rate * (delta2.T @ a1)", "delta2.T @ a1")),
            "The learning rate is missing in the update of W2.",
        ),
        Mistake(
            "no rate for b1",
            altered(repairs.training_step, ("rate * delta1.sum(axis=0)", "delta1.sum(axis=0)")),
            "The learning rate is missing in the update of b1.",
        ),
        Mistake(
            "all entries",
            altered(repairs.training_step, ("/ len(y)", "/ y.size")),
            "You divided by the number of all entries of y: the cost is a mean over the samples "
            "only.",
        ),
    ),
)

LOGISTIC = CodeExercise(
    id="06.8",
    title="cross-entropy with weight decay",
    points=1,
    reference=repairs.logistic_gradient,
    samples=bugs.LOGISTIC.samples,
    returns=TWO,
    hints=(
        "b tells more than W: it is wrong by a whole number. Which number is that in this sample?",
        "The cost is a mean over the samples; the weight decay is added once. So what does 1/m "
        "belong to?",
        "delta = (a - y) / len(y)",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.logistic_gradient,
            "This is the program as it was: the cross-entropy is a mean over the samples, but its "
            "gradient a − y lacks the 1/m. Weight decay then counts m times too little.",
        ),
        Mistake(
            "W only",
            altered(
                repairs.logistic_gradient,
                ("(a - y) / len(y)", "a - y"),
                ("delta.T @ x + decay", "delta.T @ x / len(y) + decay"),
            ),
            "dW is right now, but db still lacks the 1/m. Put it into delta, once for both.",
        ),
        Mistake(
            "b only",
            altered(
                repairs.logistic_gradient,
                ("(a - y) / len(y)", "a - y"),
                ("delta.sum(axis=0)", "delta.sum(axis=0) / len(y)"),
            ),
            "db is right now, but dW still lacks the 1/m. Put it into delta, once for both.",
        ),
        Mistake(
            "decay divided too",
            altered(
                repairs.logistic_gradient,
                ("delta.T @ x + decay * W", "delta.T @ x + decay * W / len(y)"),
            ),
            "The weight decay is divided by m as well: in the cost it stands outside the mean.",
        ),
        Mistake(
            "mean twice",
            altered(repairs.logistic_gradient, ("delta.T @ x +", "delta.T @ x / len(y) +")),
            "The 1/m enters dW twice: it is in delta already.",
        ),
        Mistake(
            "all entries",
            altered(repairs.logistic_gradient, ("/ len(y)", "/ y.size")),
            "You divided by the number of all entries of y: the cost is a mean over the samples, "
            "but a sum over the outputs.",
        ),
        Mistake(
            "inputs for samples",
            altered(repairs.logistic_gradient, ("/ len(y)", "/ x.shape[1]")),
            "You divided by the number of inputs: m is the number of samples, len(x).",
        ),
        Mistake(
            "decay lost",
            altered(repairs.logistic_gradient, (" + decay * W", "")),
            "The weight decay got lost: its gradient is decay · W.",
        ),
        Mistake(
            "bias decays",
            altered(
                repairs.logistic_gradient, ("delta.sum(axis=0)", "delta.sum(axis=0) + decay * b")
            ),
            "Now the bias decays, too: in this cost only W does.",
        ),
        Mistake(
            "decay halved",
            altered(repairs.logistic_gradient, ("decay * W", "decay / 2 * W")),
            "The decay is halved: the 2 of W² cancels the ½.",
        ),
        Mistake(
            "decay doubled",
            altered(repairs.logistic_gradient, ("decay * W", "2 * decay * W")),
            "The decay is doubled: the 2 of W² is cancelled by the ½.",
        ),
        Mistake(
            "decay not differentiated",
            altered(repairs.logistic_gradient, ("decay * W", "decay / 2 * W**2")),
            "That is the cost of the decay; its gradient is decay · W.",
        ),
        Mistake(
            "decay without W",
            altered(repairs.logistic_gradient, ("decay * W", "decay")),
            "In the decay W is missing: its gradient is decay · W.",
        ),
        Mistake(
            "decay as a number",
            altered(repairs.logistic_gradient, ("decay * W", "decay / 2 * (W**2).sum()")),
            "You added the cost of the decay, a number, to every entry. Its gradient is decay · W.",
        ),
        Mistake(
            "decay subtracted",
            altered(repairs.logistic_gradient, ("+ decay", "- decay")),
            "The decay has the wrong sign: it is added to the cost, so it is added to the "
            "gradient.",
        ),
        Mistake(
            "quadratic",
            altered(repairs.logistic_gradient, ("(a - y)", "(a - y) * a * (1 - a)")),
            "a(1 − a) belongs to the quadratic cost. With the cross-entropy it cancels: a − y.",
        ),
        Mistake(
            "sign",
            altered(repairs.logistic_gradient, ("a - y", "y - a")),
            "The error has the wrong sign: it is a − y.",
        ),
        Mistake(
            "z for a",
            altered(repairs.logistic_gradient, ("a - y", "z - y")),
            "You compare z with y. It is the output a = σ(z) that is compared.",
        ),
        Mistake(
            "mean twice in db",
            altered(repairs.logistic_gradient, ("delta.sum(axis=0)", "delta.mean(axis=0)")),
            "The 1/m enters db twice: it is in delta already, so sum.",
        ),
        Mistake(
            "this sample's number",
            altered(repairs.logistic_gradient, ("/ len(y)", "/ 3")),
            "3 is the number of samples in that report only. For any batch it is len(y).",
        ),
        Mistake(
            "two for the batch",
            altered(repairs.logistic_gradient, ("/ len(y)", "/ 2")),
            "You divided by 2. The cost is a mean, so by the number of samples, len(y).",
        ),
        Mistake(
            "outputs for samples",
            altered(repairs.logistic_gradient, ("/ len(y)", "/ y.shape[1]")),
            "You divided by the number of outputs: m is the number of samples, len(y).",
        ),
        Mistake(
            "multiplied",
            altered(repairs.logistic_gradient, ("/ len(y)", "* len(y)")),
            "You multiplied by m: the report says that b is m times too large, so divide.",
        ),
        Mistake(
            "mean too early",
            altered(repairs.logistic_gradient, ("(a - y) / len(y)", "(a - y).mean(axis=0)")),
            "You averaged the errors before the product with x. Every sample has its own x: "
            "divide, and let the product sum.",
        ),
        Mistake(
            "db not summed",
            altered(repairs.logistic_gradient, ("delta.sum(axis=0)", "delta")),
            "The sum over the batch got lost in db.",
        ),
        Mistake(
            "halved too",
            altered(repairs.logistic_gradient, ("/ len(y)", "/ len(y) / 2")),
            "Half too small: the cross-entropy has no ½.",
        ),
    ),
)

REGRESSION = CodeExercise(
    id="06.9",
    title="a linear layer",
    points=1,
    reference=repairs.regression_gradient,
    samples=bugs.REGRESSION.samples,
    returns=TWO,
    hints=(
        "The gradient of b must have the shape of b. Which axis is too much?",
        "One bias serves all samples. So its gradient collects something from each of them.",
        "db = delta.sum(axis=0)",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.regression_gradient,
            "This is the program as it was: db = δ has a row for each sample; the sum over the "
            "batch is missing.",
        ),
        Mistake(
            "last sample",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "delta[-1]")),
            "Your db has the right shape, but counts the last sample only. Sum over all of them.",
        ),
        Mistake(
            "first sample",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "delta[0]")),
            "Your db has the right shape, but counts the first sample only. Sum over all of them.",
        ),
        Mistake(
            "mean",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "delta.mean(axis=0)")),
            "You averaged: the 1/m is inside delta already, so here it enters a second time.",
        ),
        Mistake(
            "wrong axis",
            altered(repairs.regression_gradient, ("axis=0", "axis=1")),
            "You summed over the outputs (axis 1). Samples are rows, so the batch is axis 0.",
        ),
        Mistake(
            "all",
            altered(repairs.regression_gradient, ("axis=0", "")),
            "You summed over everything: that would be one bias shared by all outputs.",
        ),
        Mistake(
            "axis kept",
            altered(repairs.regression_gradient, ("axis=0", "axis=0, keepdims=True")),
            "The values are right, the shape is not: b has shape (n,), so its gradient has, too.",
        ),
        Mistake(
            "no ½",
            altered(repairs.regression_gradient, ("(z - y)", "2 * (z - y)")),
            "Everything is twice too large: the ½ of the cost has cancelled the 2.",
        ),
        Mistake(
            "no 1/m",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "(z - y).sum(axis=0)")),
            "You summed z − y: the 1/m is missing in db.",
        ),
        Mistake(
            "half",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "delta.sum(axis=0) / 2")),
            "db is half of what it should be: the ½ of the cost has cancelled already.",
        ),
        Mistake(
            "column",
            altered(
                repairs.regression_gradient,
                ("delta.sum(axis=0)", "delta.sum(axis=0).reshape(-1, 1)"),
            ),
            "The values are right, but db is a column: b has shape (n,), so its gradient has, too.",
        ),
        Mistake(
            "list",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "list(delta.sum(axis=0))")),
            "The values are right, but db is a list: leave it an array.",
        ),
        Mistake(
            "mean of all",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "delta.mean()")),
            "You averaged over everything: each output has a bias of its own. Sum over the "
            "samples only.",
        ),
        Mistake(
            "mean over the outputs",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "delta.mean(axis=1)")),
            "You averaged over the outputs (axis 1). The samples are axis 0, and they are summed.",
        ),
        Mistake(
            "outputs summed, axis kept",
            altered(repairs.regression_gradient, ("axis=0", "axis=1, keepdims=True")),
            "You summed over the outputs and kept the axis: that is one number a sample. Sum "
            "over the samples, axis 0.",
        ),
        Mistake(
            "transposed",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "delta.T")),
            "Transposed, δ still has one entry for each sample. Sum over the samples.",
        ),
        Mistake(
            "largest",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "delta.max(axis=0)")),
            "You took the largest error of the batch: they are summed.",
        ),
        Mistake(
            "running sum",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "np.cumsum(delta, axis=0)")),
            "np.cumsum keeps all partial sums; only the whole sum is the gradient.",
        ),
        Mistake(
            "times b",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "delta.sum(axis=0) * b")),
            "The factor b is too much: ∂z/∂b is 1.",
        ),
        Mistake(
            "update for gradient",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "b - delta.sum(axis=0)")),
            "That is a step of gradient descent. The gradient itself is asked.",
        ),
        Mistake(
            "ones",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "np.ones_like(b)")),
            "That is ∂z/∂b. It is to be multiplied by the errors, and they are summed.",
        ),
        Mistake(
            "sign",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "-delta.sum(axis=0)")),
            "db has the wrong sign: ∂z/∂b is +1.",
        ),
        Mistake(
            "zero",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "np.zeros_like(b)")),
            "With db = 0 the bias never moves: sum δ over the batch.",
        ),
        Mistake(
            "b itself",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "b")),
            "That is the bias itself; its gradient is the sum of δ over the batch.",
        ),
    ),
)

RESIDUAL = CodeExercise(
    id="06.10",
    title="a layer with a way around it",
    points=1,
    reference=repairs.residual_gradient,
    samples=bugs.RESIDUAL.samples,
    returns=("dW1", "dW2"),
    hints=(
        "W2 is right, W1 is not. On how many ways does a1 reach the cost?",
        "A value that is used twice gets two gradients, and they are added. Look at the two lines "
        "that begin with d_a1 =.",
        "d_a1 = d_a1 + d_z2 @ W2",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.residual_gradient,
            "This is the program as it was: the second assignment to d_a1 overwrites the first. "
            "What came back around the layer is lost; add the two.",
        ),
        Mistake(
            "around only",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "d_a1")),
            "Now the way through the second layer is lost: d_a1 needs both.",
        ),
        Mistake(
            "multiplied",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "d_a1 * (d_z2 @ W2)")),
            "You multiplied the two: along one path factors are multiplied, different paths are "
            "added.",
        ),
        Mistake(
            "averaged",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "(d_a1 + d_z2 @ W2) / 2")),
            "You took the mean of the two ways: they are added.",
        ),
        Mistake(
            "transpose",
            altered(repairs.residual_gradient, ("d_z2 @ W2", "d_z2 @ W2.T")),
            "Both ways are there, but W2 is transposed: for rows it is d_z2 @ W2. The layer is "
            "square, so no shape complains.",
        ),
        Mistake(
            "slope on one way only",
            altered(
                repairs.residual_gradient,
                ("d_a1 + d_z2 @ W2", "d_z2 @ W2"),
                ("d_a1 * (1 - a1**2)", "d_out + d_a1 * (1 - a1**2)"),
            ),
            "You added the way around after the slope of the first layer: both ways end at a1, so "
            "both have the factor 1 − a1².",
        ),
        Mistake(
            "branch slope lost",
            altered(repairs.residual_gradient, ("d_out * (1 - branch**2)", "d_out")),
            "The slope of the second layer got lost in d_z2.",
        ),
        Mistake(
            "slope of the sum",
            altered(repairs.residual_gradient, ("(1 - branch**2)", "(1 - out**2)")),
            "In d_z2 the slope is that of tanh at z2: 1 − branch². out is the sum with a1.",
        ),
        Mistake(
            "subtracted",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "d_a1 - d_z2 @ W2")),
            "You subtracted one way from the other: they are added.",
        ),
        Mistake(
            "W2 forgotten",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "d_a1 + d_z2")),
            "The way through the layer lacks W2: d_z2 @ W2.",
        ),
        Mistake(
            "activation added",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "a1 + d_z2 @ W2")),
            "You added the activation a1. What is added is its gradient from the way around, d_a1.",
        ),
        Mistake(
            "output added",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "out + d_z2 @ W2")),
            "You added the output. What came back around the layer is its gradient, d_out.",
        ),
        Mistake(
            "slope of the branch forgotten",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "d_a1 + d_out @ W2")),
            "Through the layer comes d_z2, which has the slope of tanh in it, not d_out.",
        ),
        Mistake(
            "doubled",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "2 * (d_a1 + d_z2 @ W2)")),
            "Both ways are there, but each counts once.",
        ),
        Mistake(
            "way through doubled",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "2 * d_z2 @ W2")),
            "You counted the way through the layer twice. The way around has a gradient of its "
            "own, d_out.",
        ),
        Mistake(
            "way around doubled",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "d_out + d_a1 + d_z2 @ W2")),
            "d_a1 is d_out here: you added the way around twice.",
        ),
        Mistake(
            "W2 on the wrong way",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "d_a1 @ W2 + d_z2")),
            "W2 stands on the wrong way: around the layer there are no weights.",
        ),
        Mistake(
            "first slope lost",
            altered(repairs.residual_gradient, ("d_a1 * (1 - a1**2)", "d_a1")),
            "The slope of the first layer got lost in d_z1.",
        ),
        Mistake(
            "first slope from the output",
            altered(repairs.residual_gradient, ("(1 - a1**2)", "(1 - out**2)")),
            "In d_z1 the slope is that of the first layer: 1 − a1².",
        ),
        Mistake(
            "first slope without square",
            altered(repairs.residual_gradient, ("(1 - a1**2)", "(1 - a1)")),
            "In d_z1 the square got lost: 1 − a1².",
        ),
        Mistake(
            "no 1/m",
            altered(repairs.residual_gradient, (" / len(y)", "")),
            "Both ways are there, but the 1/m got lost.",
        ),
        Mistake(
            "sign",
            altered(repairs.residual_gradient, ("(out - y)", "(y - out)")),
            "Every entry has the wrong sign: it is out − y.",
        ),
        Mistake(
            "branch for out",
            altered(repairs.residual_gradient, ("(out - y)", "(branch - y)")),
            "The cost compares y with the sum a1 + branch, not with the branch alone.",
        ),
        Mistake(
            "W2 first",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "d_a1 + W2 @ d_z2")),
            "W2 stands on the wrong side: samples are rows, so it is d_z2 @ W2.",
        ),
        Mistake(
            "dW2 transposed",
            altered(repairs.residual_gradient, ("d_z2.T @ a1", "a1.T @ d_z2")),
            "dW2 is transposed now; it was right.",
        ),
        Mistake(
            "dW2 changed",
            altered(
                repairs.residual_gradient, ("dW2 = d_z2.T @ a1", "dW2 = (d_out + d_z2).T @ a1")
            ),
            "dW2 was right: W2 lies only on the way through the layer. It is a1 that has two.",
        ),
        Mistake(
            "larger way",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "np.maximum(d_a1, d_z2 @ W2)")),
            "You took the larger of the two ways: they are added.",
        ),
    ),
)

_SOFTMAX_LINE = "delta = a * (d_a - (d_a * a).sum(axis=1, keepdims=True))"

SOFTMAX = CodeExercise(
    id="06.11",
    title="softmax under the quadratic cost",
    points=2,
    reference=repairs.softmax_gradient,
    samples=bugs.SOFTMAX.samples,
    returns=TWO,
    hints=(
        "a − y is a well-known δ. For which cost was it derived, and which one is this?",
        "(a − y)/m is ∂C/∂a here. The softmax is still to be passed: δ_i = Σ_j ∂C/∂a_j a_j(δ_ij − "
        "a_i), with the Kronecker δ_ij inside the sum.",
        "d_a = (a - y) / len(y), then delta = a * (d_a - (d_a * a).sum(axis=1, keepdims=True))",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.softmax_gradient,
            "This is the program as it was: a − y is ∂C/∂z for the cross-entropy. Under the "
            "quadratic cost a − y is ∂C/∂a, and the Jacobian of the softmax is missing.",
        ),
        Mistake(
            "diagonal only",
            altered(repairs.softmax_gradient, (_SOFTMAX_LINE, "delta = d_a * a * (1 - a)")),
            "That is the Jacobian's diagonal, a(1 − a), as for sigmoids. In a softmax every output "
            "depends on every z: the terms −a_i a_j are missing.",
        ),
        Mistake(
            "no a in the sum",
            altered(repairs.softmax_gradient, ("(d_a * a).sum", "d_a.sum")),
            "Your result is a · ∂C/∂a: the sum is missing, or the factor a_j in it. (Without that "
            "factor it is 0, as the entries of a and those of y both sum to 1.) It is "
            "Σ_j ∂C/∂a_j a_j.",
        ),
        Mistake(
            "no a in front",
            altered(repairs.softmax_gradient, ("a * (d_a - (d_a", "(d_a - (d_a")),
            "The factor a_i in front is missing: ∂a_j/∂z_i = a_i (δ_ij − a_j).",
        ),
        Mistake(
            "sum over the batch",
            altered(repairs.softmax_gradient, ("axis=1, keepdims", "axis=0, keepdims")),
            "You summed over the samples (axis 0): each sample has a softmax of its own. Sum over "
            "the outputs.",
        ),
        Mistake(
            "sign",
            altered(repairs.softmax_gradient, ("(d_a - (d_a", "(d_a + (d_a")),
            "The sum has the wrong sign: the Jacobian is a_i δ_ij − a_i a_j.",
        ),
        Mistake(
            "no 1/m",
            altered(repairs.softmax_gradient, ("(a - y) / len(y)", "a - y")),
            "The Jacobian is right, but the 1/m got lost.",
        ),
        Mistake(
            "z for a",
            altered(repairs.softmax_gradient, ("a * (d_a - (d_a * a)", "z * (d_a - (d_a * z)")),
            "The Jacobian is a_i (δ_ij − a_j) in terms of the activations a; you put z there.",
        ),
        Mistake(
            "y in the sum",
            altered(
                repairs.softmax_gradient,
                (_SOFTMAX_LINE, "delta = a * (d_a - (d_a * y).sum(axis=1, keepdims=True))"),
            ),
            "In the sum stands a_j, not the target y_j.",
        ),
        Mistake(
            "sum over all",
            altered(
                repairs.softmax_gradient, (_SOFTMAX_LINE, "delta = a * (d_a - (d_a * a).sum())")
            ),
            "You summed over the whole batch. Each sample has a softmax of its own: axis=1, "
            "keepdims=True.",
        ),
        Mistake(
            "axis lost",
            altered(
                repairs.softmax_gradient,
                (_SOFTMAX_LINE, "delta = a * (d_a - (d_a * a).sum(axis=1))"),
            ),
            "The sum lost its axis, so that it does not fit the rows (or fits the wrong ones, "
            "where the batch is square): keepdims=True.",
        ),
        Mistake(
            "mean in the sum",
            altered(
                repairs.softmax_gradient,
                (_SOFTMAX_LINE, "delta = a * (d_a - (d_a * a).mean(axis=1, keepdims=True))"),
            ),
            "You took the mean over the outputs: the chain rule sums.",
        ),
        Mistake(
            "second term only",
            altered(
                repairs.softmax_gradient,
                (_SOFTMAX_LINE, "delta = -a * (d_a * a).sum(axis=1, keepdims=True)"),
            ),
            "The diagonal a_i δ_ij of the Jacobian is missing: only −a_i a_j is there.",
        ),
        Mistake(
            "a squared",
            altered(
                repairs.softmax_gradient,
                (_SOFTMAX_LINE, "delta = a * a * (d_a - (d_a * a).sum(axis=1, keepdims=True))"),
            ),
            "There is one factor a_i too many in front.",
        ),
        Mistake(
            "squares in the sum",
            altered(
                repairs.softmax_gradient,
                (_SOFTMAX_LINE, "delta = a * (d_a - (a * a).sum(axis=1, keepdims=True))"),
            ),
            "In the sum stands ∂C/∂a_j · a_j; you wrote a_j².",
        ),
        Mistake(
            "a subtracted",
            altered(repairs.softmax_gradient, (_SOFTMAX_LINE, "delta = a * (d_a - a)")),
            "What is subtracted is the sum Σ_j ∂C/∂a_j a_j, one number a sample, not a.",
        ),
        Mistake(
            "half the diagonal",
            altered(repairs.softmax_gradient, (_SOFTMAX_LINE, "delta = d_a * (1 - a)")),
            "A factor a is missing, and so are the terms −a_i a_j.",
        ),
        Mistake(
            "no upstream",
            altered(repairs.softmax_gradient, (_SOFTMAX_LINE, "delta = a * (1 - a)")),
            "That is the Jacobian's diagonal alone: ∂C/∂a is missing, and so is the rest of the "
            "Jacobian.",
        ),
        Mistake(
            "whole negative",
            altered(
                repairs.softmax_gradient,
                (_SOFTMAX_LINE, "delta = -a * (d_a - (d_a * a).sum(axis=1, keepdims=True))"),
            ),
            "Every entry has the wrong sign: the gradient of ½(a − y)² is a − y.",
        ),
        Mistake(
            "twice",
            altered(
                repairs.softmax_gradient,
                (_SOFTMAX_LINE, "delta = 2 * a * (d_a - (d_a * a).sum(axis=1, keepdims=True))"),
            ),
            "Every entry is twice too large: the ½ of the cost has cancelled the 2.",
        ),
        Mistake(
            "mean twice",
            altered(
                repairs.softmax_gradient,
                (
                    _SOFTMAX_LINE,
                    "delta = a * (d_a - (d_a * a).sum(axis=1, keepdims=True)) / len(y)",
                ),
            ),
            "The 1/m enters twice: it is in d_a already.",
        ),
        Mistake(
            "diagonal twice",
            altered(
                repairs.softmax_gradient,
                (
                    _SOFTMAX_LINE,
                    "delta = d_a * a * (1 - a) - a * (d_a * a).sum(axis=1, keepdims=True)",
                ),
            ),
            "The sum over all j holds −a_i² already, and a(1 − a) brings it a second time: a_i "
            "d_i − a_i Σ_j d_j a_j.",
        ),
        Mistake(
            "cross-entropy's derivative",
            altered(repairs.softmax_gradient, (_SOFTMAX_LINE, "delta = -y / a / len(y)")),
            "−y/a is ∂C/∂a of the cross-entropy. Here the cost is quadratic, and ∂C/∂a is a − y.",
        ),
    ),
)

_TIED_LINE = "dW = d_z.T @ x + code.T @ d_rebuilt"

AUTOENCODER = CodeExercise(
    id="06.12",
    title="an autoencoder with tied weights",
    points=1,
    reference=repairs.autoencoder_gradient,
    samples=bugs.AUTOENCODER.samples,
    returns=TWO,
    hints=(
        "b is right. In how many lines of the forward pass does W stand?",
        "W encodes and W decodes. Each use gives a gradient with the shape of W; they are added.",
        "dW = d_z.T @ x + code.T @ d_rebuilt",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.autoencoder_gradient,
            "This is the program as it was: W is used twice, but only its use in the encoder is "
            "counted. Add that of the decoder, codeᵀ d_rebuilt.",
        ),
        Mistake(
            "decoder only",
            altered(repairs.autoencoder_gradient, (_TIED_LINE, "dW = code.T @ d_rebuilt")),
            "Now only the use in the decoder is counted: add the two.",
        ),
        Mistake(
            "twice the encoder",
            altered(repairs.autoencoder_gradient, (_TIED_LINE, "dW = 2 * d_z.T @ x")),
            "You counted the use in the encoder twice: the use in the decoder has a gradient of "
            "its own, codeᵀ d_rebuilt.",
        ),
        Mistake(
            "mean",
            altered(
                repairs.autoencoder_gradient,
                (_TIED_LINE, "dW = (d_z.T @ x + code.T @ d_rebuilt) / 2"),
            ),
            "You took the mean of the two uses: gradients of a shared weight are added.",
        ),
        Mistake(
            "minus",
            altered(repairs.autoencoder_gradient, ("x + code.T", "x - code.T")),
            "You subtracted the second use: gradients of a shared weight are added.",
        ),
        Mistake(
            "z for the code",
            altered(
                repairs.autoencoder_gradient, ("code.T @ d_rebuilt", "(x @ W.T).T @ d_rebuilt")
            ),
            "In the decoder's part the input of W is code = tanh(z), not z.",
        ),
        Mistake(
            "rebuilt for its error",
            altered(
                repairs.autoencoder_gradient, ("code.T @ d_rebuilt", "code.T @ rebuilt / len(x)")
            ),
            "In the decoder's part you took the output instead of its error d_rebuilt.",
        ),
        Mistake(
            "slope lost",
            altered(repairs.autoencoder_gradient, ("d_code * (1 - code**2)", "d_code")),
            "Both uses are there, but the slope of tanh got lost in d_z.",
        ),
        Mistake(
            "doubled",
            altered(
                repairs.autoencoder_gradient,
                (_TIED_LINE, "dW = 2 * (d_z.T @ x + code.T @ d_rebuilt)"),
            ),
            "Both uses are there, but each counts once.",
        ),
        Mistake(
            "decoder doubled",
            altered(
                repairs.autoencoder_gradient,
                (_TIED_LINE, "dW = d_z.T @ x + 2 * code.T @ d_rebuilt"),
            ),
            "The use in the decoder counts once.",
        ),
        Mistake(
            "1/m twice",
            altered(
                repairs.autoencoder_gradient,
                (_TIED_LINE, "dW = d_z.T @ x + code.T @ d_rebuilt / len(x)"),
            ),
            "The 1/m is inside d_rebuilt already; in the decoder's part it enters a second time.",
        ),
        Mistake(
            "decoder transposed",
            altered(
                repairs.autoencoder_gradient, (_TIED_LINE, "dW = d_z.T @ x + d_rebuilt.T @ code")
            ),
            "The decoder's part is transposed: it multiplies by W, not by Wᵀ, so it is codeᵀ "
            "d_rebuilt.",
        ),
        Mistake(
            "x for the error",
            altered(repairs.autoencoder_gradient, (_TIED_LINE, "dW = d_z.T @ x + code.T @ x")),
            "In the decoder's part you took x instead of the error d_rebuilt.",
        ),
        Mistake(
            "output without 1/m",
            altered(
                repairs.autoencoder_gradient, (_TIED_LINE, "dW = d_z.T @ x + code.T @ rebuilt")
            ),
            "The decoder's part multiplies code by the error d_rebuilt, not by the output.",
        ),
        Mistake(
            "d_z for the code",
            altered(
                repairs.autoencoder_gradient, (_TIED_LINE, "dW = d_z.T @ x + d_z.T @ d_rebuilt")
            ),
            "In the decoder's part the input of W is code, not its gradient.",
        ),
        Mistake(
            "d_code for the code",
            altered(
                repairs.autoencoder_gradient, (_TIED_LINE, "dW = d_z.T @ x + d_code.T @ d_rebuilt")
            ),
            "In the decoder's part you took d_code, the gradient, for code, the value.",
        ),
        Mistake(
            "encoder before the slope",
            altered(repairs.autoencoder_gradient, (_TIED_LINE, "dW = d_z.T @ x + d_code.T @ x")),
            "You added d_codeᵀ x, the encoder's part without its slope. The decoder's part is "
            "codeᵀ d_rebuilt.",
        ),
        Mistake(
            "rebuilt for x",
            altered(repairs.autoencoder_gradient, (_TIED_LINE, "dW = d_z.T @ x + d_z.T @ rebuilt")),
            "You added the encoder's part for another input. The decoder's part is codeᵀ "
            "d_rebuilt.",
        ),
        Mistake(
            "error for x",
            altered(repairs.autoencoder_gradient, (_TIED_LINE, "dW = d_z.T @ d_rebuilt")),
            "Each use has a product of its own: d_zᵀ x and codeᵀ d_rebuilt.",
        ),
        Mistake(
            "multiplied",
            altered(
                repairs.autoencoder_gradient,
                (_TIED_LINE, "dW = (d_z.T @ x) * (code.T @ d_rebuilt)"),
            ),
            "You multiplied the two uses: their gradients are added.",
        ),
        Mistake(
            "W added",
            altered(repairs.autoencoder_gradient, (_TIED_LINE, "dW = d_z.T @ x + W")),
            "You added W itself. What is added is its gradient from the decoder.",
        ),
        Mistake(
            "all transposed",
            altered(
                repairs.autoencoder_gradient, (_TIED_LINE, "dW = x.T @ d_z + d_rebuilt.T @ code")
            ),
            "Both parts are there, but transposed: dW has the shape of W.",
        ),
        Mistake(
            "no 1/m",
            altered(repairs.autoencoder_gradient, (" / len(x)", "")),
            "Both uses are there, but the 1/m got lost.",
        ),
        Mistake(
            "sign",
            altered(repairs.autoencoder_gradient, ("rebuilt - x", "x - rebuilt")),
            "Every entry has the wrong sign: it is rebuilt − x.",
        ),
        Mistake(
            "slope of a sigmoid",
            altered(repairs.autoencoder_gradient, ("(1 - code**2)", "code * (1 - code)")),
            "a(1 − a) is the slope of a sigmoid; this is tanh, whose slope is 1 − code².",
        ),
        Mistake(
            "no square",
            altered(repairs.autoencoder_gradient, ("(1 - code**2)", "(1 - code)")),
            "The square is missing: the slope of tanh is 1 − code².",
        ),
        Mistake(
            "W for its transpose",
            altered(repairs.autoencoder_gradient, ("d_rebuilt @ W.T", "d_rebuilt @ W")),
            "d_code was right: the decoder multiplies by W, so the error comes back through Wᵀ.",
        ),
    ),
)

PIXELS = CodeExercise(
    id="06.13",
    title="pixels from 0 to 16",
    points=1,
    reference=repairs.pixel_gradient,
    samples=bugs.PIXELS.samples,
    returns=TWO,
    hints=(
        "Call the gradient twice with the same arrays. What comes out, and what has become of x?",
        "x /= 16 divides the caller's array. What does x = x / 16 do?",
        "x = x / 16",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.pixel_gradient,
            "This is the program as it was: x /= 16 writes into the caller's array, so every call "
            "makes the pixels 16 times darker. x = x / 16 makes a new array.",
        ),
        Mistake(
            "not scaled",
            altered(repairs.pixel_gradient, ("x = x / 16\n", "x = x.copy()\n")),
            "The pixels are not scaled any more: the cost is of x / 16.",
        ),
        Mistake(
            "whole numbers",
            altered(repairs.pixel_gradient, ("x / 16", "x // 16")),
            "x // 16 drops what is behind the point: all pixels but the brightest become 0.",
        ),
        Mistake(
            "scaled twice",
            altered(repairs.pixel_gradient, ("delta.T @ x", "delta.T @ x / 16")),
            "dW is divided by 16 a second time: the scaled x is in it already.",
        ),
        Mistake(
            "255",
            altered(repairs.pixel_gradient, ("x / 16", "x / 255")),
            "These pixels go from 0 to 16, not to 255.",
        ),
        Mistake(
            "scaled forward only",
            altered(
                repairs.pixel_gradient,
                ("x = x / 16\n", "raw, x = x, x / 16\n"),
                ("delta.T @ x", "delta.T @ raw"),
            ),
            "a comes from the scaled pixels, but dW is made with the raw ones: z = (x/16) Wᵀ, so "
            "the factor in dW is x/16.",
        ),
        Mistake(
            "no 1/m",
            altered(repairs.pixel_gradient, ("(a - y) / len(y)", "a - y")),
            "The input is safe now, but the 1/m got lost.",
        ),
        Mistake(
            "by the largest",
            altered(repairs.pixel_gradient, ("x / 16", "x / x.max()")),
            "You divided by the largest pixel of the batch, which changes from batch to batch. "
            "The scale is 16.",
        ),
        Mistake(
            "15",
            altered(repairs.pixel_gradient, ("x / 16", "x / 15")),
            "The pixels go from 0 to 16, so the divisor is 16, not 15.",
        ),
        Mistake(
            "17",
            altered(repairs.pixel_gradient, ("x / 16", "x / 17")),
            "There are 17 values from 0 to 16, but the largest is 16: divide by that.",
        ),
        Mistake(
            "remainder",
            altered(repairs.pixel_gradient, ("x / 16", "x % 16")),
            "% is the remainder of a division. To scale, divide.",
        ),
        Mistake(
            "divided twice",
            altered(repairs.pixel_gradient, ("x / 16", "x / 16 / 16")),
            "You divided by 16 twice.",
        ),
        Mistake(
            "multiplied",
            altered(repairs.pixel_gradient, ("x / 16", "x * 16")),
            "You multiplied: from 0 to 16 to 0 to 1 one divides.",
        ),
        Mistake(
            "range of the batch",
            altered(repairs.pixel_gradient, ("x / 16", "(x - x.min()) / (x.max() - x.min())")),
            "You used the smallest and largest pixel of the batch. The range is fixed: 0 to 16.",
        ),
        Mistake(
            "black and white",
            altered(repairs.pixel_gradient, ("x / 16", "(x > 8) * 1.0")),
            "You made the pixels black and white: scale them.",
        ),
        Mistake(
            "shifted",
            altered(repairs.pixel_gradient, ("x / 16", "x - 16")),
            "You subtracted 16: scale by dividing.",
        ),
        Mistake(
            "clipped",
            altered(repairs.pixel_gradient, ("x / 16", "np.clip(x, 0, 1)")),
            "np.clip cuts all pixels above 1 down to 1. Divide by 16.",
        ),
        Mistake(
            "divided again in z",
            altered(repairs.pixel_gradient, ("softmax(x @ W.T", "softmax(x @ W.T / 16")),
            "x is scaled already, and in z you divide once more.",
        ),
    ),
)

_W1 = "W1 = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in)"
_W2 = "W2 = rng.standard_normal((n_out, n_hidden)) / np.sqrt(n_hidden)"


def second_layer_first(n_in, n_hidden, n_out, rng):
    W2 = rng.standard_normal((n_out, n_hidden)) / np.sqrt(n_hidden)
    W1 = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in)
    return W1, np.zeros(n_hidden), W2, np.zeros(n_out)


START = CodeExercise(
    id="06.14",
    title="where to start",
    points=1,
    reference=repairs.start,
    samples=bugs.STARTS,
    returns=("W1", "b1", "W2", "b2"),
    hints=(
        "All hidden units get the same inputs and the same weights. What could ever make them "
        "differ?",
        "Only chance can: draw every weight by rng.standard_normal, W1 first, and divide by the "
        "root of the number of inputs. Biases may stay 0.",
        "W1 = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in), and W2 in the same way",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.start,
            "This is the program as it was: all hidden units start with the same weights, get the "
            "same gradient, and so stay the same for ever.",
        ),
        Mistake(
            "zeros",
            altered(
                repairs.start,
                (_W1, "W1 = np.zeros((n_hidden, n_in))"),
                (_W2, "W2 = np.zeros((n_out, n_hidden))"),
            ),
            "With zeros all hidden units are the same, too, and no error even passes back through "
            "W2.",
        ),
        Mistake(
            "rows alike",
            altered(
                repairs.start,
                (_W1, "W1 = np.tile(rng.standard_normal(n_in), (n_hidden, 1)) / np.sqrt(n_in)"),
            ),
            "The numbers are random, but every row of W1 is the same: each hidden unit needs its "
            "own.",
        ),
        Mistake(
            "not scaled",
            altered(repairs.start, (" / np.sqrt(n_in)", ""), (" / np.sqrt(n_hidden)", "")),
            "The symmetry is broken. But divide by the root of the number of inputs, as asked: "
            "otherwise z grows with the width.",
        ),
        Mistake(
            "no root",
            altered(repairs.start, ("np.sqrt(n_in)", "n_in"), ("np.sqrt(n_hidden)", "n_hidden")),
            "Divide by the root of the number of inputs, not by the number: variances add, not "
            "deviations.",
        ),
        Mistake(
            "second layer constant",
            altered(repairs.start, (_W2, "W2 = np.full((n_out, n_hidden), 0.5)")),
            "The hidden units differ now. Draw W2 by chance, too, as asked: with several outputs "
            "they would all be the same.",
        ),
        Mistake(
            "W2 first",
            second_layer_first,
            "These numbers are as good as the expected ones, but W2 was drawn first. Draw W1 "
            "first, so that they can be compared.",
        ),
        Mistake(
            "random biases",
            altered(
                repairs.start,
                ("np.zeros(n_hidden)", "rng.standard_normal(n_hidden)"),
                ("np.zeros(n_out)", "rng.standard_normal(n_out)"),
            ),
            "Random biases do no harm, but they are not needed: leave them 0, so that the numbers "
            "can be compared.",
        ),
        Mistake(
            "positive only",
            altered(
                repairs.start,
                ("rng.standard_normal((n_hidden, n_in))", "rng.random((n_hidden, n_in))"),
                ("rng.standard_normal((n_out, n_hidden))", "rng.random((n_out, n_hidden))"),
            ),
            "rng.random gives numbers from 0 to 1 only: all weights are positive. Use "
            "rng.standard_normal, as asked.",
        ),
        Mistake(
            "biases 1",
            altered(repairs.start, ("np.zeros(n_hidden)", "np.ones(n_hidden)")),
            "b1 is to stay 0.",
        ),
        Mistake(
            "biases as columns",
            altered(
                repairs.start,
                ("np.zeros(n_hidden)", "np.zeros((n_hidden, 1))"),
                ("np.zeros(n_out)", "np.zeros((n_out, 1))"),
            ),
            "The biases are columns: they have shape (n,), not (n, 1).",
        ),
        Mistake(
            "shapes transposed",
            altered(
                repairs.start,
                (_W1, "W1 = rng.standard_normal((n_in, n_hidden)) / np.sqrt(n_in)"),
                (_W2, "W2 = rng.standard_normal((n_hidden, n_out)) / np.sqrt(n_hidden)"),
            ),
            "The shapes are transposed: a row for each neuron, a column for each input, (n_out, "
            "n_in).",
        ),
        Mistake(
            "drawn transposed",
            altered(
                repairs.start,
                (_W1, "W1 = rng.standard_normal((n_in, n_hidden)).T / np.sqrt(n_in)"),
                (_W2, "W2 = rng.standard_normal((n_hidden, n_out)).T / np.sqrt(n_hidden)"),
            ),
            "As good as the expected numbers, but drawn in another order. Draw them in the "
            "shape of W, so that they can be compared.",
        ),
        Mistake(
            "outputs for inputs",
            altered(
                repairs.start,
                (_W1, "W1 = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_hidden)"),
                (_W2, "W2 = rng.standard_normal((n_out, n_hidden)) / np.sqrt(n_out)"),
            ),
            "You divided by the root of the number of outputs. The sum in z runs over the inputs.",
        ),
        Mistake(
            "He",
            altered(
                repairs.start,
                (_W1, "W1 = rng.standard_normal((n_hidden, n_in)) * np.sqrt(2 / n_in)"),
                (_W2, "W2 = rng.standard_normal((n_out, n_hidden)) * np.sqrt(2 / n_hidden)"),
            ),
            "The 2 under the root is for relu layers (He's start). Here it is 1/√n_in, as asked.",
        ),
        Mistake(
            "Xavier",
            altered(
                repairs.start,
                (
                    _W1,
                    "W1 = rng.standard_normal((n_hidden, n_in)) * np.sqrt(2 / (n_in + n_hidden))",
                ),
                (
                    _W2,
                    "W2 = rng.standard_normal((n_out, n_hidden)) * np.sqrt(2 / (n_hidden + n_out))",
                ),
            ),
            "That is Glorot's start, with inputs and outputs under the root. Here it is the "
            "inputs alone, as asked.",
        ),
        Mistake(
            "0.01",
            altered(
                repairs.start,
                (_W1, "W1 = rng.standard_normal((n_hidden, n_in)) * 0.01"),
                (_W2, "W2 = rng.standard_normal((n_out, n_hidden)) * 0.01"),
            ),
            "The symmetry is broken. But a fixed 0.01 does not know the width: divide by the "
            "root of the number of inputs, as asked.",
        ),
        Mistake(
            "small noise",
            altered(
                repairs.start,
                (
                    "W1 = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in)",
                    "W1 = 0.5 + 0.01 * rng.standard_normal((n_hidden, n_in))",
                ),
            ),
            "A little noise breaks the symmetry, too, but slowly. Draw the weights themselves, "
            "as asked.",
        ),
        Mistake(
            "own generator",
            altered(repairs.start, ("    W1 =", "    rng = np.random.default_rng(0)\n    W1 =")),
            "You made a generator of your own. Use rng, the one that is passed, so that the "
            "caller has the say.",
        ),
        Mistake(
            "first layer constant",
            altered(
                repairs.start,
                (
                    " = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in)",
                    " = np.full((n_hidden, n_in), 0.5)",
                ),
            ),
            "W1 is still the same in every row. It is the hidden units that have to differ "
            "first of all.",
        ),
        Mistake(
            "one draw for all",
            altered(
                repairs.start,
                (_W1, "W1 = np.full((n_hidden, n_in), rng.standard_normal() / np.sqrt(n_in))"),
                (_W2, "W2 = np.full((n_out, n_hidden), rng.standard_normal() / np.sqrt(n_hidden))"),
            ),
            "One random number for the whole matrix leaves the rows alike. Draw one for each "
            "entry.",
        ),
        Mistake(
            "n_in twice",
            altered(repairs.start, ("np.sqrt(n_hidden)", "np.sqrt(n_in)")),
            "The inputs of the second layer are the hidden units: divide W2 by the root of "
            "n_hidden.",
        ),
        Mistake(
            "W2 not scaled",
            altered(repairs.start, (" / np.sqrt(n_hidden)", "")),
            "W1 is right. W2 is to be divided by the root of its number of inputs, too.",
        ),
        Mistake(
            "no root in W1",
            altered(repairs.start, ("np.sqrt(n_in)", "n_in")),
            "In W1 the root is missing: divide by np.sqrt(n_in).",
        ),
        Mistake(
            "multiplied",
            altered(
                repairs.start,
                (" / np.sqrt(n_in)", " * np.sqrt(n_in)"),
                (" / np.sqrt(n_hidden)", " * np.sqrt(n_hidden)"),
            ),
            "You multiplied by the root: wider layers need smaller weights, so divide.",
        ),
        Mistake(
            "both under the root",
            altered(repairs.start, ("np.sqrt(n_in)", "np.sqrt(n_in * n_hidden)")),
            "Under the root stands the number of inputs alone.",
        ),
        Mistake(
            "uniform",
            altered(
                repairs.start,
                (_W1, "W1 = rng.uniform(-1, 1, (n_hidden, n_in)) / np.sqrt(n_in)"),
                (_W2, "W2 = rng.uniform(-1, 1, (n_out, n_hidden)) / np.sqrt(n_hidden)"),
            ),
            "A uniform start is as good, but the check compares numbers: draw by "
            "rng.standard_normal, as asked.",
        ),
        Mistake(
            "uniform around 0",
            altered(
                repairs.start,
                (_W1, "W1 = rng.random((n_hidden, n_in)) - 0.5"),
                (_W2, "W2 = rng.random((n_out, n_hidden)) - 0.5"),
            ),
            "These break the symmetry, but the check compares numbers: draw by "
            "rng.standard_normal, as asked.",
        ),
        Mistake(
            "unit matrix",
            altered(
                repairs.start,
                ("rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in)", "np.eye(n_hidden, n_in)"),
            ),
            "With n_hidden > n_in some rows of the unit matrix are the same, all 0. Draw W1 by "
            "rng.standard_normal.",
        ),
        Mistake(
            "order of the results",
            altered(repairs.start, ("return W1, b1, W2, b2", "return W1, W2, b1, b2")),
            "The values are right, but a bias follows its own weights: W1, b1, W2, b2.",
        ),
        Mistake(
            "W1 not scaled",
            altered(repairs.start, (" / np.sqrt(n_in)", "")),
            "W2 is right. W1 is to be divided by the root of its number of inputs, too.",
        ),
        Mistake(
            "first layer zero",
            altered(
                repairs.start,
                (
                    "W1 = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in)",
                    "W1 = np.zeros((n_hidden, n_in))",
                ),
            ),
            "W1 is 0 in every row: draw it by rng.standard_normal.",
        ),
        Mistake(
            "second layer zero",
            altered(
                repairs.start,
                (
                    "W2 = rng.standard_normal((n_out, n_hidden)) / np.sqrt(n_hidden)",
                    "W2 = np.zeros((n_out, n_hidden))",
                ),
            ),
            "With W2 = 0 no error passes back at first, and with several outputs they start "
            "alike. Draw it, as asked.",
        ),
        Mistake(
            "ones",
            altered(
                repairs.start,
                (_W1, "W1 = np.ones((n_hidden, n_in))"),
                (_W2, "W2 = np.ones((n_out, n_hidden))"),
            ),
            "With ones all hidden units are the same, too: any constant leaves the symmetry.",
        ),
    ),
)

WHICH_CHECK = ChoiceExercise(
    id="06.15",
    title="who sees it?",
    options={
        "a": "W for Wᵀ in BP2, in a layer with as many inputs as outputs",
        "b": "a gradient in which every entry is 1 + 1e-10 times the right one",
        "c": "all weights of a layer start with the same value",
        "d": "the bias gradient counts the last sample only",
        "e": "relu′(0) = 0.7 at an input that is exactly 0",
        "f": "the cost forgets 1/m, and its gradient forgets it, too",
    },
    right="b",
    hints=(
        "Sort the six: which give wrong gradients at all? Of those, which are wrong by less than a "
        "central difference can measure?",
        "A central difference is right to about 1e-7. An exact check has no tolerance at all.",
        "Only one of the errors is smaller than 1e-7 of the gradient: the factor 1 + 1e-10, b.",
    ),
    mistakes=(
        Mistake(
            "transpose",
            "a",
            "The shapes fit, but the numbers are far off: a central difference sees that easily.",
        ),
        Mistake(
            "symmetry",
            "c",
            "The gradient at this start is right, so no gradient check can object. Only a look at "
            "the training, or at the weights, finds it.",
        ),
        Mistake(
            "last sample",
            "d",
            "With more than one sample the numbers are far off: a central difference sees that "
            "easily.",
        ),
        Mistake(
            "kink",
            "e",
            "At the kink there is no derivative, so there is nothing to be right or wrong against: "
            "gradients.check says so and lets any value between the two slopes pass, and the exact "
            "check moves off the kink.",
        ),
        Mistake(
            "wrong cost",
            "f",
            "A check compares the gradient with the cost it is given. If both leave out the same "
            "factor they agree, by any method. Test the cost by hand numbers.",
        ),
    ),
)

EXERCISES = (
    CENTRAL_ERROR,
    BEST_STEP,
    NUMERICAL_GRADIENT,
    RELATIVE_ERROR,
    XOR,
    DEEP,
    STEP,
    LOGISTIC,
    REGRESSION,
    RESIDUAL,
    SOFTMAX,
    AUTOENCODER,
    PIXELS,
    START,
    WHICH_CHECK,
)
