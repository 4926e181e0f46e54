# mypy: allow-untyped-defs
"""06.4 · A measure of error that does not depend on the size of what is measured."""

import numpy as np

from bplab.exercises.code import CodeExercise
from bplab.exercises.lesson_06.alterations import wrong_programs
from bplab.exercises.samples import samples


def relative_error(got, expected):
    """Largest |got − expected| / max(|got|, |expected|) over all entries: one number."""
    size = np.maximum(np.abs(got), np.abs(expected))
    return (np.abs(got - expected) / size).max()


MISTAKES = """
absolute: return … → return np.abs(got - expected).max()
    Your result is the largest absolute error: it is small wherever the gradient is small, right or
    wrong. Divide by the size of the entry.
no abs: return … → return ((got - expected) / size).max()
    The absolute value above is missing: an entry that is too small gives a negative error, and no
    negative number is ever larger than a tolerance.
mean: return … → return (np.abs(got - expected) / size).mean()
    You took the mean: one wrong entry among a million right ones would not show. Take the largest.
smallest: return … → return (np.abs(got - expected) / size).min()
    You took the smallest error: a single right entry would do. Take the largest.
over expected: return … → return (np.abs(got - expected) / np.abs(expected)).max()
    You divided by |expected| alone: got and expected then do not count alike. Divide by the larger
    of the two.
sum: return … → return (np.abs(got - expected) / (np.abs(got) + np.abs(expected))).max()
    You divided by |got| + |expected|, which halves small errors; here it is the larger of the two.
norms: size = … → size = max(np.linalg.norm(got), np.linalg.norm(expected))
    return … → return np.linalg.norm(got - expected) / size
    You compared the norms of the whole arrays: a wrong small entry disappears behind large right
    ones. Compare entry by entry.
maxima apart: return … → return np.abs(got - expected).max() / size.max()
    You divided the largest error by the largest entry: a wrong small entry disappears behind a
    large right one. Divide first, then take the largest.
per entry: return … → return np.abs(got - expected) / size
    Your result has one error an entry: the maximum over all of them is missing.
over got: return … → return (np.abs(got - expected) / np.abs(got)).max()
    You divided by |got| alone: if got is far too large, that is 1 at most. Divide by the larger of
    the two.
over the smaller: size = … → size = np.minimum(np.abs(got), np.abs(expected))
    You divided by the smaller of |got| and |expected|: it is the larger.
size without abs: size = … → size = np.maximum(got, expected)
    The absolute values below are missing: of −2 and 1 the larger in size is −2.
sizes compared: return … → return (np.abs(np.abs(got) - np.abs(expected)) / size).max()
    You compared |got| with |expected|: a wrong sign then goes unseen. It is |got − expected|.
mean of both: size = … → size = (np.abs(got) + np.abs(expected)) / 2
    You divided by the mean of |got| and |expected|; here it is the larger of the two.
per cent: return … → return 100 * (np.abs(got - expected) / size).max()
    That is the error in per cent: a hundred times too large.
added up: return … → return (np.abs(got - expected) / size).sum()
    You added the errors up: take the largest.
verdict: return … → return np.allclose(got, expected)
    That is a verdict, True or False. The measure itself is asked, a number.
squares: return … → return ((got - expected) ** 2).sum()
    That is a sum of squares: small wherever the gradient is small. Divide by the size of the entry.
mean square: return … → return ((got - expected) ** 2).mean()
    That is a mean of squares: one wrong entry among many disappears. Take the largest relative
    error.
root mean square: return … → return np.sqrt(((got - expected) ** 2).mean())
    That is a root mean square: one wrong entry among many disappears. Take the largest relative
    error.
norm of the difference: return … → return np.linalg.norm(got - expected)
    The norm is an absolute error, of the whole array at that. Compare entry by entry, relative to
    the size.
norm over norm: return … → return np.linalg.norm(got - expected) / np.linalg.norm(expected)
    You compared norms, and divided by that of expected alone. Compare entry by entry.
norm over norms: size = … → size = np.linalg.norm(got) + np.linalg.norm(expected)
    return … → return np.linalg.norm(got - expected) / size
    You compared norms, as is often done: a wrong small entry disappears behind large right ones.
    Compare entry by entry.
mean over expected: return … → return np.abs((got - expected) / expected).mean()
    Two things: you divided by expected alone, and you took the mean. Divide by the larger size,
    take the largest error.
no abs over expected: return … → return ((got - expected) / expected).max()
    The absolute values are missing, above and below: negative errors are never the largest.
per column: return … → return (np.abs(got - expected) / size).max(axis=0)
    You took the largest in each column; one number for all entries is asked.
Python's max: size = … → size = max(np.abs(got), np.abs(expected))
    Python's max cannot compare arrays entry by entry: that is np.maximum.
absolute per entry: return … → return np.abs(got - expected)
    That is the absolute error of each entry: divide by its size, and take the largest.
mean absolute: return … → return np.abs(got - expected).mean()
    That is the mean absolute error. Divide by the size of the entry, and take the largest.
maximum over maximum: return … → return np.abs(got - expected).max() / np.abs(expected).max()
    You divided the largest error by the largest expected entry: a wrong small one disappears.
    Divide first.
squared: return … → return (np.abs(got - expected) / size).max() ** 2
    That is the square of the relative error: a small one looks much smaller.
"""

RELATIVE_ERROR = CodeExercise(
    id="06.4",
    title="a measure that can fail",
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
    mistakes=wrong_programs(relative_error, MISTAKES),
)
