"""The exercises of lesson 00: a first check, the chain rule, and shapes.

Wrong answers stand before the exercise they belong to.
"""

import numpy as np

from bplab.exercises.choice import ChoiceExercise
from bplab.exercises.code import CodeExercise
from bplab.exercises.exercise import Mistake
from bplab.exercises.formula import FormulaExercise
from bplab.exercises.number import NumberExercise
from bplab.exercises.samples import samples
from bplab.numeric.arrays import Array

# 00.1: a first function


def mean_square(x: Array) -> float:
    """Mean of the squares of the numbers in x (n,)."""
    return float(np.mean(x**2))


def sum_of_squares(x: Array) -> float:
    return float(np.sum(x**2))


def square_of_the_mean(x: Array) -> float:
    return float(np.mean(x) ** 2)


def root_of_the_mean_square(x: Array) -> float:
    return float(np.sqrt(np.mean(x**2)))


def half_the_mean_square(x: Array) -> float:
    return float(np.mean(x**2) / 2)


def mean_without_square(x: Array) -> float:
    return float(np.mean(x))


def variance(x: Array) -> float:
    return float(np.var(x))


def squares_without_mean(x: Array) -> Array:
    return x**2


def mean_square_with_one_less(x: Array) -> float:
    return float(np.sum(x**2) / (len(x) - 1))


MEAN_SQUARE = CodeExercise(
    id="00.1",
    title="the mean of the squares",
    points=1,
    reference=mean_square,
    samples=samples({"x": ("n",)}),
    hints=(
        "Square each number first; then take the mean of what you have.",
        "x**2 squares every entry of an array; np.mean(…) is the sum divided by the count.",
        "return float(np.mean(x**2))",
    ),
    mistakes=(
        Mistake(
            "sum",
            sum_of_squares,
            "You summed instead of averaged: the division by the number of entries is missing.",
        ),
        Mistake(
            "square of the mean",
            square_of_the_mean,
            "This is the square of the mean. Square first, then average: the order matters.",
        ),
        Mistake(
            "root",
            root_of_the_mean_square,
            "You took a square root at the end. Asked is the mean of the squares itself.",
        ),
        Mistake("half", half_the_mean_square, "There is a factor ½ too many."),
        Mistake(
            "no square", mean_without_square, "This is the mean of x: the squares are missing."
        ),
        Mistake(
            "variance",
            variance,
            "np.var subtracts the mean of x before it squares. Here nothing is subtracted.",
        ),
        Mistake(
            "no mean",
            squares_without_mean,
            "These are the squares, one for each entry. Their mean is one number.",
        ),
        Mistake(
            "n − 1",
            mean_square_with_one_less,
            "You divide by n − 1, as for a sample variance. A mean divides by n.",
        ),
        Mistake(
            "standard deviation",
            lambda x: np.std(x),
            "np.std subtracts the mean, squares, averages and takes a root. Here one only "
            "squares and averages.",
        ),
        Mistake(
            "sample variance",
            lambda x: np.var(x, ddof=1) if len(x) > 1 else float("nan"),
            "np.var with ddof=1 subtracts the mean of x and divides by n − 1. Here nothing "
            "is subtracted, and one divides by n.",
        ),
        Mistake(
            "square of the sum",
            lambda x: np.sum(x) ** 2,
            "This is the square of the sum. Square each number first; then add, and divide by n.",
        ),
        Mistake(
            "square of the sum, over n",
            lambda x: np.sum(x) ** 2 / len(x),
            "You divide by n, but you added before you squared: each number is squared by itself.",
        ),
        Mistake(
            "sum of x",
            lambda x: np.sum(x),
            "This is the sum of x: neither squared nor divided by n.",
        ),
        Mistake(
            "doubled",
            lambda x: np.mean(2 * x),
            "This is the mean of 2x. A square is x**2; x * 2 only doubles.",
        ),
        Mistake(
            "absolute values",
            lambda x: np.mean(np.abs(x)),
            "This is the mean of |x|. The square of a number is not its size.",
        ),
        Mistake(
            "length",
            lambda x: np.linalg.norm(x),
            "This is the length of x, the root of the sum of the squares. Asked is their "
            "mean, without a root.",
        ),
        Mistake(
            "length over n",
            lambda x: np.linalg.norm(x) / len(x),
            "The root is too much: np.linalg.norm(x) is the root of the sum of the squares.",
        ),
        Mistake(
            "half the sum",
            lambda x: np.sum(x**2) / 2,
            "You divide by 2. A mean divides by the number of entries, whatever it is.",
        ),
        Mistake(
            "divided, not summed",
            lambda x: x**2 / len(x),
            "Each square is divided by n, but they are not added up: the mean is one number.",
        ),
        Mistake(
            "in brackets",
            lambda x: np.array([np.mean(x**2)]),
            "The value is right, but it is in an array of one entry. Return the number "
            "alone, without brackets or keepdims.",
        ),
    ),
)

# 00.2: a chain of three steps

SLOPE = FormulaExercise(
    id="00.2",
    title="the slope of a small cost",
    points=1,
    reference="(w*x + b - y)*x",
    names=("w", "x", "b", "y"),
    hints=(
        "There is one path from w to C: through z, then e. Take one derivative for each arrow.",
        "∂z/∂w = x, ∂e/∂z = 1 and ∂C/∂e = e. Multiply them, then write e in w, x, b, y.",
        "(w*x + b - y)*x",
    ),
    mistakes=(
        Mistake(
            "first arrow missing",
            "w*x + b - y",
            "This is ∂C/∂z. The last factor ∂z/∂w = x is missing.",
        ),
        Mistake(
            "half kept",
            "(w*x + b - y)*x/2",
            "The ½ is still there: the derivative of ½e² is ½·2e = e.",
        ),
        Mistake(
            "factor 2",
            "2*(w*x + b - y)*x",
            "There is a factor 2 too many: the ½ in ½e² cancels the 2 of the square.",
        ),
        Mistake(
            "sign",
            "(y - w*x - b)*x",
            "The sign is wrong: e = z − y, not y − z.",
        ),
        Mistake(
            "by x",
            "(w*x + b - y)*w",
            "This is ∂C/∂x: its last factor is ∂z/∂x = w. Asked is ∂C/∂w, so it is ∂z/∂w = x.",
        ),
        Mistake(
            "outer derivative missing",
            "x",
            "This is ∂z/∂w, the first arrow only. The factor ∂C/∂e = e is missing.",
        ),
        Mistake(
            "not differentiated",
            "(w*x + b - y)**2*x/2",
            "You kept ½e² itself as a factor. The factor is its derivative, e.",
        ),
        Mistake("the cost", "(w*x + b - y)**2/2", "This is C. Asked is how fast it moves with w."),
        Mistake(
            "no target",
            "(w*x + b)*x",
            "The y is missing: ∂C/∂e = e, and e is z − y, not z.",
        ),
        Mistake(
            "no bias",
            "(w*x - y)*x",
            "The b is missing. It drops out of ∂z/∂w, but it stays in e = w·x + b − y.",
        ),
        Mistake(
            "square kept",
            "(w*x + b - y)**2*x",
            "The square is still there: the derivative of ½e² is e, with the exponent one lower.",
        ),
        Mistake(
            "by b",
            "(w*x + b - y)*b",
            "Your last factor is b. Moving w moves z by x times as much: ∂z/∂w = x.",
        ),
        Mistake(
            "brackets",
            "w*x**2 + b - y",
            "Only w*x is multiplied by x here. The factor x belongs to all of e: set brackets.",
        ),
        Mistake(
            "added",
            "w*x + b - y + x",
            "You added the arrows ∂C/∂e = e and ∂z/∂w = x. Along one path the slopes are "
            "multiplied.",
        ),
        Mistake(
            "sign and first arrow",
            "y - w*x - b",
            "The sign is wrong, as e = z − y, and the last factor ∂z/∂w = x is missing.",
        ),
        Mistake(
            "factor 2, first arrow missing",
            "2*(w*x + b - y)",
            "The factor ∂z/∂w = x is missing, and the 2 of the square is cancelled by the ½.",
        ),
        Mistake(
            "half, first arrow missing",
            "(w*x + b - y)/2",
            "The factor ∂z/∂w = x is missing, and the ½ is cancelled by the 2 of the square.",
        ),
        Mistake(
            "both inputs",
            "(w*x + b - y)*w*x",
            "You kept w in ∂(wx)/∂w. The derivative of w·x with respect to w is x alone.",
        ),
        Mistake(
            "sign of b",
            "(w*x - b - y)*x",
            "The sign of b is wrong: e = w·x + b − y.",
        ),
        Mistake(
            "sign of y",
            "(w*x + b + y)*x",
            "The sign of y is wrong: e = w·x + b − y.",
        ),
        Mistake(
            "x twice",
            "(w*x + b - y)*x**2",
            "There is one factor x too many: the path from w to C has ∂z/∂w = x once.",
        ),
        Mistake(
            "only e",
            "w*x - y",
            "Two things are missing: the b in e, and the last factor ∂z/∂w = x.",
        ),
        Mistake(
            "one term",
            "w*x",
            "This is only a part of z. The factors are ∂C/∂e = e and ∂z/∂w = x.",
        ),
        Mistake(
            "w",
            "w",
            "This is ∂z/∂x. Asked is how C moves with w: two factors, ∂C/∂e = e and ∂z/∂w.",
        ),
        Mistake(
            "z",
            "w*x + b",
            "This is z. Asked is how fast C moves with w: ∂C/∂e = e, times ∂z/∂w = x.",
        ),
        Mistake(
            "square, first arrow missing",
            "(w*x + b - y)**2",
            "This is e². The derivative of ½e² is e, and the factor ∂z/∂w = x is missing.",
        ),
        Mistake(
            "sign and factor 2",
            "2*(y - w*x - b)*x",
            "The sign is wrong, as e = z − y, and there is a factor 2 too many: the ½ cancels it.",
        ),
    ),
)

# 00.3: two paths

TWO_PATHS = NumberExercise(
    id="00.3",
    title="two paths",
    points=1,
    value=60,
    tolerance=0,
    hints=(
        "Two paths lead from x to C, one through u and one through v. Each gives one term.",
        "At x = 3: u = 9, v = 7, ∂u/∂x = 2x = 6, ∂v/∂x = 2. For a product, ∂C/∂u = v.",
        "∂C/∂x = v·6 + u·2 = 7·6 + 9·2 = 60.",
    ),
    mistakes=(
        Mistake("only u", 42, "That is the path through u alone. x moves C through v as well."),
        Mistake("only v", 18, "That is the path through v alone. x moves C through u as well."),
        Mistake(
            "slopes multiplied",
            12,
            "That is ∂u/∂x · ∂v/∂x. The derivative of a product is not the product of the "
            "derivatives.",
        ),
        Mistake(
            "slopes added",
            8,
            "You added ∂u/∂x and ∂v/∂x. Each must first be multiplied along its path: by ∂C/∂u = v "
            "and by ∂C/∂v = u.",
        ),
        Mistake(
            "crossed",
            68,
            "That is u·∂u/∂x + v·∂v/∂x. The factors are crossed: ∂C/∂u is v, and ∂C/∂v is u.",
        ),
        Mistake("paths multiplied", 756, "Along a path you multiply, but the two paths are added."),
        Mistake("paths subtracted", 24, "You subtracted the paths. Their effects on C add up."),
        Mistake("the value", 63, "That is C itself at x = 3. Asked is how fast it moves with x."),
        Mistake(
            "u times its slope",
            54,
            "That is u·∂u/∂x, or the first term of 6x² + 2x. By the product rule ∂u/∂x is "
            "multiplied by v; and there is a second term.",
        ),
        Mistake(
            "v times its slope",
            14,
            "That is v·∂v/∂x. By the product rule ∂v/∂x is multiplied by u; and there is a "
            "second term.",
        ),
        Mistake(
            "slope of u",
            6,
            "That is ∂u/∂x alone. It must still be multiplied by ∂C/∂u, and a second path added.",
        ),
        Mistake(
            "slope of v",
            2,
            "That is ∂v/∂x alone. It must still be multiplied by ∂C/∂v, and a second path added.",
        ),
        Mistake(
            "u plus v",
            16,
            "That is u + v. On each path ∂C/∂u = v and ∂C/∂v = u is multiplied by a slope.",
        ),
        Mistake(
            "slope of v forgotten",
            51,
            "You took ∂v/∂x = 1: the 2 in v = 2x + 1 is missing.",
        ),
        Mistake(
            "slope of u not doubled",
            39,
            "You took ∂u/∂x = x: the derivative of x² is 2x.",
        ),
        Mistake(
            "factor of 2x³ lost",
            33,
            "You multiplied out, 2x³ + x², and lost the 2 of 2x³ on the way: its derivative"
            " is 6x².",
        ),
        Mistake(
            "slope of x² forgotten",
            56,
            "You multiplied out, 2x³ + x², and took 2 for the derivative of x²: it is 2x.",
        ),
    ),
)

# 00.4: what broadcasting does

ENTRIES = NumberExercise(
    id="00.4",
    title="the entries of a − y",
    points=1,
    value=16,
    tolerance=0,
    hints=(
        "Write the two shapes above each other, aligned at the right end: (4, 1) and (4,).",
        "y gets a new axis on the left: (1, 4). Then each axis of size 1 is stretched.",
        "(4, 1) and (1, 4) are both stretched to (4, 4): 16 entries.",
    ),
    mistakes=(
        Mistake(
            "four",
            4,
            "That is what one wants. But the shapes (4, 1) and (4,) differ, and NumPy aligns them "
            "at the right end: it does not pair the entries.",
        ),
        Mistake("one", 1, "Nothing is summed by a minus sign: the result is an array."),
        Mistake(
            "none",
            0,
            "NumPy does not refuse: an axis of size 1 fits any other size. This is the trap.",
        ),
        Mistake("eight", 8, "The arrays are not joined: each result entry is one difference."),
        Mistake("five", 5, "That is the sum of the sizes in (4, 1). Both axes end up with size 4."),
        Mistake("two", 2, "That is the number of axes of the result; asked is how many entries."),
        Mistake(
            "without the diagonal",
            12,
            "These are the entries off the diagonal. Every entry of a meets every entry of "
            "y, its own too.",
        ),
        Mistake(
            "each pair once",
            6,
            "a₁ − y₂ and a₂ − y₁ are two different entries: each pair counts in both orders.",
        ),
        Mistake(
            "both arrays",
            32,
            "After stretching, a and y have that many entries together; a − y has as many "
            "as each of them.",
        ),
        Mistake(
            "sizes added",
            20,
            "The result has two axes. Multiply their sizes; nothing is added to the product.",
        ),
    ),
)

# 00.5: a cost that does not fall into the trap


def cost(a: Array, y: Array) -> float:
    """Mean over the batch of ½(a − y)², for a (B, 1) and y (B,)."""
    return float(np.mean((a[:, 0] - y) ** 2) / 2)


def cost_of_all_pairs(a: Array, y: Array) -> float:
    return float(np.mean((a - y) ** 2) / 2)


def cost_of_all_pairs_summed(a: Array, y: Array) -> float:
    return float(np.sum((a - y) ** 2) / (2 * len(y)))


def cost_without_half(a: Array, y: Array) -> float:
    return float(np.mean((a[:, 0] - y) ** 2))


def cost_summed(a: Array, y: Array) -> float:
    return float(np.sum((a[:, 0] - y) ** 2) / 2)


def cost_by_sample(a: Array, y: Array) -> Array:
    return (a[:, 0] - y) ** 2 / 2


def cost_of_the_mean(a: Array, y: Array) -> float:
    return float(np.mean(a[:, 0] - y) ** 2 / 2)


def cost_absolute(a: Array, y: Array) -> float:
    return float(np.mean(np.abs(a[:, 0] - y)) / 2)


def cost_half_squared(a: Array, y: Array) -> float:
    return float(np.mean(((a[:, 0] - y) / 2) ** 2))


def cost_of_the_first(a: Array, y: Array) -> float:
    return float(np.mean((a[0] - y) ** 2) / 2)


COST = CodeExercise(
    id="00.5",
    title="the mean of ½(a − y)²",
    points=2,
    reference=cost,
    samples=samples({"a": ("B", "one"), "y": ("B",)}, sizes={"one": 1}),
    hints=(
        "Before you subtract, bring a and y to one shape.",
        "a[:, 0] has shape (B,), as y has; or y[:, np.newaxis] has shape (B, 1), as a has.",
        "return float(np.mean((a[:, 0] - y) ** 2) / 2)",
    ),
    mistakes=(
        Mistake(
            "all pairs",
            cost_of_all_pairs,
            "Your a − y has shape (B, B): every output minus every target. Take a[:, 0] or "
            "y[:, np.newaxis] first.",
        ),
        Mistake(
            "all pairs, summed",
            cost_of_all_pairs_summed,
            "Your a − y has shape (B, B), and you sum all B·B entries. Take a[:, 0] first.",
        ),
        Mistake("no half", cost_without_half, "The ½ is missing."),
        Mistake(
            "sum",
            cost_summed,
            "You summed instead of averaged over the batch: the division by B is missing.",
        ),
        Mistake(
            "no mean",
            cost_by_sample,
            "This is the cost of each sample. The cost of the batch is their mean, one number.",
        ),
        Mistake(
            "mean first",
            cost_of_the_mean,
            "You squared the mean error, in which plus and minus cancel. Square first.",
        ),
        Mistake(
            "absolute value",
            cost_absolute,
            "You took the absolute value of a − y instead of its square.",
        ),
        Mistake(
            "half squared",
            cost_half_squared,
            "The ½ stands inside the square, where it becomes ¼: write (…)**2 / 2.",
        ),
        Mistake(
            "first output",
            cost_of_the_first,
            "You compare the first output a[0] with every target: the first *column* is a[:, 0].",
        ),
        Mistake(
            "all pairs, no half",
            lambda a, y: np.mean((a - y) ** 2),
            "Your a − y has shape (B, B), every output minus every target; and the ½ is missing.",
        ),
        Mistake(
            "all pairs, sum by B, no half",
            lambda a, y: np.sum((a - y) ** 2) / len(y),
            "Your a − y has shape (B, B), you add all B·B entries, and the ½ is missing.",
        ),
        Mistake(
            "all pairs, only summed",
            lambda a, y: np.sum((a - y) ** 2) / 2,
            "Your a − y has shape (B, B), and you sum its entries instead of averaging.",
        ),
        Mistake(
            "all pairs, not summed",
            lambda a, y: (a - y) ** 2 / 2,
            "This is a table (B, B) of all outputs against all targets. Bring a and y to "
            "one shape first; then take the mean.",
        ),
        Mistake(
            "all pairs, mean of columns",
            lambda a, y: np.mean((a - y) ** 2, axis=0) / 2,
            "Your a − y has shape (B, B), and you average over one of its axes only.",
        ),
        Mistake(
            "sum, no half",
            lambda a, y: np.sum((a[:, 0] - y) ** 2),
            "Two factors are missing: the ½, and the 1/B of the mean.",
        ),
        Mistake(
            "no square",
            lambda a, y: np.mean(a[:, 0] - y) / 2,
            "The square is missing: without it errors of both signs cancel.",
        ),
        Mistake(
            "divided twice",
            lambda a, y: np.mean((a[:, 0] - y) ** 2) / (2 * len(y)),
            "You divided by B twice: np.mean has done it already.",
        ),
        Mistake(
            "root",
            lambda a, y: np.sqrt(np.mean((a[:, 0] - y) ** 2)),
            "You took the root of the mean square. Asked is ½ of the mean square itself.",
        ),
        Mistake(
            "column by sample",
            lambda a, y: (a - y[:, np.newaxis]) ** 2 / 2,
            "This is a column with the cost of each sample. Their mean, one number, is missing.",
        ),
        Mistake(
            "kept axis",
            lambda a, y: np.mean((a - y[:, np.newaxis]) ** 2, axis=0) / 2,
            "The value is right, but it is in an array of one entry: take the mean over all"
            " axes, without axis=0 or keepdims.",
        ),
        Mistake(
            "squares subtracted",
            lambda a, y: np.mean(a[:, 0] ** 2 - y**2) / 2,
            "You squared a and y before subtracting. Subtract first, then square.",
        ),
        Mistake(
            "added",
            lambda a, y: np.mean((a[:, 0] + y) ** 2) / 2,
            "You added a and y. The error is their difference.",
        ),
        Mistake(
            "variance",
            lambda a, y: np.var(a[:, 0] - y) / 2,
            "np.var subtracts the mean error before it squares, so a constant error would "
            "cost nothing.",
        ),
        Mistake(
            "half the root",
            lambda a, y: np.sqrt(np.mean((a[:, 0] - y) ** 2)) / 2,
            "You took a root. Asked is the mean of ½(a − y)², without a root.",
        ),
        Mistake(
            "divided, not summed",
            lambda a, y: (a[:, 0] - y) ** 2 / (2 * len(y)),
            "You divide each sample's cost by B, but do not add them up: the result is one number.",
        ),
    ),
)

# 00.6: the shape of a gradient

SHAPE = ChoiceExercise(
    id="00.6",
    title="the shape of ∂C/∂W",
    points=1,
    options={
        "a": "(32, 10), the shape of z, because W acts on C through z",
        "b": "(64, 10), the shape of W.T, because the formula for z contains W.T",
        "c": "(32, 10, 64), a matrix for each of the 32 samples",
        "d": "(10, 64), the shape of W",
        "e": "(10,), one number for each output",
        "f": "(), because C is one number",
    },
    right="d",
    hints=(
        "How many numbers does W hold, and how many of them can you nudge?",
        "∂C/∂W has one entry for each entry of W, however W is used and however many samples.",
        'The gradient has the shape of what one differentiates by: "d".',
    ),
    mistakes=(
        Mistake(
            "shape of z",
            "a",
            "(32, 10) is the shape of ∂C/∂z, the error that passes through z on its way to W. "
            "∂C/∂W has one entry for each weight.",
        ),
        Mistake(
            "shape of W.T",
            "b",
            "It does not matter how W is used in a formula. Entry (j, k) says how C moves with "
            "W[j, k], so W − lr·dW must be possible without a transpose.",
        ),
        Mistake(
            "one for each sample",
            "c",
            "C is the cost of the whole batch. The 32 samples all use the same W, and what each "
            "contributes is added up.",
        ),
        Mistake("shape of b", "e", "That is the shape of ∂C/∂b. Each output has 64 weights."),
        Mistake(
            "shape of C",
            "f",
            "C is one number, but it is differentiated by 640 numbers, one at a time.",
        ),
    ),
)

EXERCISES = (MEAN_SQUARE, SLOPE, TWO_PATHS, ENTRIES, COST, SHAPE)
