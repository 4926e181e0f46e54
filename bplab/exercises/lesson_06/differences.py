# mypy: allow-untyped-defs
"""06.1 to 06.3 · Central differences: their error, the best step, and a gradient by them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bplab.exercises.code import CodeExercise
from bplab.exercises.exercise import Mistake
from bplab.exercises.formula import FormulaExercise
from bplab.exercises.lesson_06.alterations import wrong_programs, wrong_texts
from bplab.exercises.number import NumberExercise
from bplab.exercises.samples import samples
from bplab.numeric.arrays import Array

WRONG_ERRORS = """
forward: h*f2/2
    That is the error of the one-sided (f(x + h) − f(x)) / h. In the central difference the terms
    with h² cancel, as they are the same on both sides.
not divided: h**3*f3/6
    That is the term of one series, h³/6 f‴: the division by 2h is missing, and the two series
    contribute it twice.
not divided, twice: h**3*f3/3
    That is what is left of f(x + h) − f(x − h): the division by 2h is missing.
divided by h: h**2*f3/3
    You divided by h instead of 2h.
one side: h**2*f3/12
    You counted the third-order term once: the minus in front of f(x − h) and the minus of (−h)³
    make it appear twice.
no factorial: h**2*f3
    The series has h³/3!: the 1/6 is missing.
2!: h**2*f3/2
    The third-order term has 3! = 6 below it, not 2.
f′ left in: f1 + h**2*f3/6
    That is the whole central difference. Its error is what is left when f′ is taken away.
sign: -h**2*f3/6
    The sign is wrong: f(x + h) has +h³/6 f‴, and subtracting f(x − h) adds another.
second derivative: h**2*f2/6
    The order is right, the derivative is not: h³ comes with f‴; f″ has cancelled.
one order short: h*f3/6
    h³/6 f‴, divided by h, leaves h², not h.
no h: f3/6
    The h is missing: only one of the three in h³ is cancelled by the division.
nothing left: 0
    The terms with h² cancel, those with h³ do not: f(x − h) has −h³/6 f‴, and minus that is plus.
f′ itself: f1
    f′ is what is to be measured. Its error is what the difference gives beyond f′.
no f‴: h**2/6
    The derivative is missing: h³/6 comes with f‴.
first derivative: h**2*f1/6
    h³/6 comes with f‴, not with f′: f′ was taken away.
second-order term: h**2*f2/2
    That is a term of both series: the same in both, so it cancels.
second-order term halved: h*f2
    The terms with f″ are the same in both series and cancel.
order only: h**2
    The power of h is right. Its factor is asked, too: 1/6 and a derivative.
neither divided: h**3*f3
    h³ is still to be divided, by 3! and by 2h.
backward: -h*f2/2
    That is the error of the one-sided (f(x) − f(x − h)) / h. In the central difference f″ cancels.
whole one-sided: f1 + h*f2/2
    That is the whole one-sided difference, not the error of the central one.
4!: h**2*f3/24
    24 is 4!, which belongs to the fourth derivative. f‴ has 3! = 6 below it.
2 below: h**2*f3/4
    Below f‴ stands 3! = 6, and the 2 of 2h cancels with the two terms.
"""

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
    mistakes=wrong_texts(WRONG_ERRORS),
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


WRONG_GRADIENTS = """
forward difference: f(x - step)) / (2 * h) → f(x)) / h
    Your result equals the one-sided (f(x + h) − f(x)) / h: its error is of order h, not h². Step to
    both sides.
h for 2h: (2 * h) → h
    Every entry is twice too large: from x − h to x + h it is 2h, not h.
precedence: (2 * h) → 2 * h
    Every entry is h² times too large: a / 2 * h is (a / 2) · h. Write a / (2 * h).
all at once: step[index] = h → step[...] = h
    You moved all entries of x at once: that is the slope along (1, 1, …, 1), the sum of the
    gradient's entries.
row by row: np.ndindex(x.shape) → range(len(x))
    For a matrix, x[i] is a whole row, and you moved it all at once. Let the index run over
    np.ndindex(x.shape).
sign: f(x + step) - f(x - step) → f(x - step) - f(x + step)
    The sign is wrong: it is f ahead minus f behind.
not restored: step = … → x[index] += h; up = f(x)
    step[index] = h → x[index] -= 2 * h
    f(x + step) - f(x - step) → up - f(x)
    You left x[index] moved: the next entries are measured at another point, and the caller's x is
    changed. Step on a copy.
restored by arithmetic: step = … → x[index] += h; up = f(x)
    step[index] = h → x[index] -= 2 * h
    f(x + step) - f(x - step)) / (2 * h) → up - f(x)) / (2 * h); x[index] += h
    x + h − 2h + h is not exactly x, as every step is rounded: you changed the caller's x in its
    last digits. Keep the old value, or step on a copy.
flat: return gradient → return gradient.ravel()
    The values are right, the shape is not: a gradient has the shape of x.
backward difference: f(x + step) - f(x - step)) / (2 * h) → f(x) - f(x - step)) / h
    Your result equals the one-sided (f(x) − f(x − h)) / h: its error is of order h, not h². Step to
    both sides.
sum of the two: f(x + step) - f(x - step) → f(x + step) + f(x - step)
    You added the two values: what counts is by how much they differ.
second difference: f(x + step) - f(x - step) → f(x + step) - 2 * f(x) + f(x - step)
    f(x + h) − 2f(x) + f(x − h) is for the second derivative. The first needs no f(x).
relative step: f(x + step) - f(x - step) → f(x * (1 + step)) - f(x * (1 - step))
    You moved the entry by h times itself, and divided by 2h: move it by h.
step of 1: step[index] = h → step[index] = 1
    You moved the entry by 1 and divided by 2h: move it by h.
half a step: step[index] = h → step[index] = h / 2
    You moved the entry by h/2 to each side, and divided by 2h: from end to end it is h only.
entry alone: f(x + step) - f(x - step) → f(x[index] + h) - f(x[index] - h)
    You gave f one entry instead of the whole x: move that entry, and leave the others in place.
one side over 2h: f(x - step) → f(x)
    From x to x + h it is h, not 2h. Better, step to both sides and keep the 2h.
one side behind over 2h: f(x + step) → f(x)
    From x − h to x it is h, not 2h. Better, step to both sides and keep the 2h.
not divided: / (2 * h) →
    The division by 2h is missing: that is the difference, not the quotient.
step not cleared: step = … →
    gradient = … → gradient, step = np.zeros_like(x), np.zeros_like(x)
    You use one step for all entries and do not set it back to 0, so that more and more of them
    move. Make a new step of zeros for each index.
matrices only: step[index] → step[index[0], index[1]]
    For a matrix it is right, but x may be a vector, too. One loop over np.ndindex(x.shape) serves
    both.
same array twice: step = … → ahead, behind = x, x
    step[index] = h → ahead[index] += h; behind[index] -= h
    f(x + step) - f(x - step) → f(ahead) - f(behind)
    Both names are x itself, so the second change takes the first one back. Use x.copy().
complex step: (f(x + step) - f(x - step)) / (2 * h) → np.imag(f(x + 1j * step)) / h
    That is the complex step, which this lesson comes to later. Here the central difference is
    asked.
own step: gradient = → h = 1e-5; gradient =
    You use a step of your own. The step is the argument h.
one number: gradient[index] = → gradient =
    You return the slope of the last entry only: write it to gradient[index].
return in the loop: np.ndindex(x.shape) → [(0,) * x.ndim]
    Only the first entry is filled in: the return stands inside the loop.
summed: return gradient → return gradient.sum()
    That is the sum of the slopes: what you get if all entries move at once, or if you add them up.
    A gradient has an entry for each entry of x.
halved: return gradient → return gradient / 2
    Every entry is half of what it should be: from x − h to x + h it is 2h, not 4h.
forward, all at once: return … → return (f(x + h) - f(x)) / h
    Two things: x + h moves all entries at once, and the step is to one side only.
"""


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
    mistakes=wrong_programs(numerical_gradient, WRONG_GRADIENTS),
)
