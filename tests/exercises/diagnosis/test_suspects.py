"""What is said of a wrong function that is none of the listed mistakes."""

import dataclasses
import math

import numpy as np
import pytest

from bplab.exercises import CodeExercise, Mistake, samples
from bplab.exercises.registry import find


@pytest.fixture
def bare(code_exercise):
    """δ = (δ_next W) ⊙ σ′ without any listed mistake."""
    return dataclasses.replace(code_exercise, mistakes=())


@pytest.mark.parametrize(
    ("answer", "name", "words"),
    [
        (lambda d, W, s: d @ W, "lacks sigma_prime_z", "Your result lacks the factor sigma_prime"),
        (lambda d, W, s: -(d @ W), "opposite sign + lacks sigma_prime_z", "Two things: "),
        (lambda d, W, s: d @ W * s / len(d), "factor 1/len(delta_next)", "too small"),
        (lambda d, W, s: (d @ W * s).T, "transposed", "Your result is transposed."),
        (lambda d, W, s: W.sum(axis=0) * s, "without delta_next", "not depend on delta_next"),
        (lambda d, W, s: d @ W**2 * s, "power of W_next", "becomes 4 times as large"),
        (lambda d, W, s: d @ abs(W) * s, "sign of W_next", "should change its sign"),
        (lambda d, W, s: d @ W * s + s**2, "growth with delta_next", "should become twice"),
        (lambda d, W, s: (d @ W) @ s.T, "shape", "(len(delta_next), len(delta_next)), and it"),
        (lambda d, W, s: d @ W * s / 0, "nan or inf", "a division by 0"),
        (lambda d, W, s: (d @ W * s).tolist(), "list for an array", "np.array(…)"),
        (
            lambda d, W, s: (d @ W * s, W),
            "too many items",
            "Item 1 is right: return that one alone",
        ),
        (lambda d, W, s: (W, W), "tuple returned", "several values"),
        (lambda d, W, s: s.sum, "function returned", "are its brackets missing?"),
        (lambda d, W, s: None, "nothing returned", "the last line should be a return"),
        (lambda d, W, s: None if len(d) == 1 else d @ W * s, "nothing returned", "in some samples"),
    ],
)
def test_a_single_result(bare, answer, name, words):
    result = bare.check(answer)
    assert (result.status, result.mistake) == ("failed", name)
    assert words.lower() in result.diagnosis.lower()


def test_printing_is_no_returning(bare, capsys):
    def answer(d, W, s):
        print("a number")

    assert bare.check(answer).mistake == "printed, not returned"
    # Once a sample and once more: further questions to the function are asked in silence.
    assert capsys.readouterr().out.count("a number") == len(bare.samples) + 1


def test_an_input_that_is_changed_may_not_be_the_only_fault(bare):
    def answer(d, W, s):
        d *= 2
        return d @ W * s

    result = bare.check(answer)
    assert result.mistake == "changes its input + factor 2"
    assert "The caller still needs delta_next" in result.diagnosis


def test_of_an_answer_that_is_wrong_in_no_simple_way_nothing_is_said():
    exercise = CodeExercise(
        id="99.6",
        title="sum of cosines",
        reference=lambda x: np.cos(x).sum() + np.sum(x),
        samples=samples({"x": ("n",)}),
        hints=("a", "b", "c"),
        mistakes=(),
    )
    result = exercise.check(lambda x: np.sin(x).sum() ** 3)
    assert (result.status, result.mistake, result.diagnosis) == ("failed", "", "")


def gradients(x, y):
    return x * y, x + y, x - 2 * y


def three(*mistakes):
    return CodeExercise(
        id="99.5",
        title="three gradients",
        reference=gradients,
        returns=("dx", "dW", "db"),
        samples=samples({"x": ("B", "n"), "y": ("B", "n")}),
        hints=("a", "b", "c"),
        mistakes=mistakes,
    )


@pytest.mark.parametrize(
    ("answer", "name", "diagnosis"),
    [
        (
            lambda x, y: (x * y, x + y, 2 * y - x),
            "opposite sign",
            "Right: dx, dW. Item db has the opposite sign.",
        ),
        (
            lambda x, y: (-x * y, -x - y, 2 * y - x),
            "opposite sign",
            "Each of dx, dW, db has the opposite sign.",
        ),
        (
            lambda x, y: (x * y, x - 2 * y, x + y),
            "order of items",
            "The items are in other places: dW holds db, db holds dW.",
        ),
        (
            lambda x, y: (x * y, (x + y).T, (x - 2 * y) / len(x)),
            "transposed + factor 1/len(x)",
            "Right: dx. Item dW is transposed. Item db is len(x) times too small: is it a mean "
            "where a sum belongs, or 1/m too much?",
        ),
        (
            lambda x, y: (x * y, x + y),
            "items missing",
            "What is returned is right, but db is missing.",
        ),
        (lambda x, y: x + y, "items missing", "What is returned is right, but dx, db are missing."),
        (lambda x, y: (*gradients(x, y), x), "too many items", "4 items are returned, 3 expected"),
    ],
)
def test_items_are_judged_one_by_one(answer, name, diagnosis):
    result = three().check(answer)
    assert result.mistake == name
    assert result.diagnosis.replace("are expected", "expected").rstrip(".") == diagnosis.rstrip(".")


LISTED = (
    Mistake("dx is x", lambda x, y: (x, x + y, x - 2 * y), "dx is x alone."),
    Mistake("db halved", lambda x, y: (x * y, x + y, x / 2 - y), "db is halved."),
    Mistake("all ones", lambda x, y: (x**0, x**0, x**0), "Nothing but ones."),
)


def test_two_listed_mistakes_at_once_are_both_named():
    result = three(*LISTED).check(lambda x, y: (x, x + y, x / 2 - y))
    assert result.mistake == "dx is x + db halved"
    assert result.diagnosis == "Right: dW. Dx is x alone. Db is halved."


def test_a_listed_mistake_and_an_unlisted_one_are_both_named():
    result = three(*LISTED).check(lambda x, y: (x, -x - y, x - 2 * y))
    assert result.mistake == "dx is x + opposite sign"


def test_a_listed_mistake_with_another_factor():
    result = three(*LISTED).check(lambda x, y: (-3 * x, x + y, x - 2 * y))
    assert "dx" in result.diagnosis
    assert result.mistake in ("dx is x + factor -3", "factor -3 + lacks y")


def test_a_listed_mistake_is_not_named_for_a_part_of_it():
    # Only one of its items fits, so its diagnosis would not be true.
    result = three(*LISTED).check(lambda x, y: (x * y, x**0, x - 2 * y))
    assert "all ones" not in result.mistake


def test_lists_inside_of_a_result():
    exercise = dataclasses.replace(
        three(),
        reference=lambda x, y: ([x, x * y, y], x),
        returns=("zs", "a"),
    )
    first = exercise.check(lambda x, y: ([x, x / y, y * y], x))
    assert first.diagnosis == "Right: a. Only the first array in item zs is right."
    one = exercise.check(lambda x, y: (y, x))
    assert one.diagnosis == "Right: a. Item zs is one array, where a list of 3 is expected."
    short = exercise.check(lambda x, y: ([x], x))
    assert "The list item zs has 1 arrays where 3 are expected" in short.diagnosis


def nearest(d, W, s):
    return delta_nxt @ W * s  # noqa: F821


def bare_name(delta_next, W, s):
    return delta_nxt @ W * s  # noqa: F821


def unbound(d, W, s):
    for _ in range(0):
        out = d
    return out


def as_list(d, W, s):
    return d.tolist().sum()


def not_numpy(d, W, s):
    return np.matmull(d, W)


def called(d, W, s):
    return d(W) * s


def transposed_operand(d, W, s):
    return d @ W.T @ W.T * s


def elementwise(d, W, s):
    return (d @ W) * s.T


def rows(d, W, s):
    return (d @ W) * d[:, 0]


def third_axis(d, W, s):
    return d.sum(axis=2)


def too_many(d, W, s):
    return d[0, 0, 0]


def too_far(d, W, s):
    return d[len(d)]


def of_a_list(d, W, s):
    items = [d, W]
    return items[2]


def of_a_shape(d, W, s):
    return np.zeros(d.shape[2])


def near_its_own_name(d, W, s):
    return near_its_own_nam(d)  # noqa: F821


def on_a_number(d, W, s):
    return (d @ W)[0][0][0]


def one_number(d, W, s):
    return math.exp(d)


def condition(d, W, s):
    return d if d > 0 else s


def of_none(d, W, s):
    nothing = None
    return nothing * d


def no_brackets(d, W, s):
    return d.sum @ W


def endless(d, W, s):
    return endless(d, W, s)


def division(d, W, s):
    return 1 / 0


def unknown_key(d, W, s):
    return {}["dW"]


def ours(d, W, s):
    raise OSError("odd")


def by_hand(d, W, s):
    raise NameError("odd") if d.shape else AttributeError("odd")


@pytest.mark.parametrize(
    ("answer", "name", "words"),
    [
        (bare_name, "unknown name", "There is no name delta_nxt: did you mean delta_next?"),
        (nearest, "unknown name", "There is no name delta_nxt"),
        (unbound, "name without a value", "The name out is used before it has a value"),
        (as_list, "list for an array", "A list has no sum: make it an array"),
        (not_numpy, "unknown attribute", "NumPy has no matmull: did you mean matmul?"),
        (called, "called a value", "In d(W), d is called, but is no function"),
        (
            elementwise,
            "shapes do not fit",
            "In (d @ W) * s.T, (d @ W) has shape (2, 4) and s.T has shape (4, 2)",
        ),
        (third_axis, "no such axis", "There is no axis 2: the array has the axes 0 to 1."),
        (too_many, "too many indices", "The array d is 2-dimensional, but 3 indices are given."),
        (too_far, "index out of range", "indices go up to 1, and 2 came"),
        (of_a_list, "index out of range", "The list of 2 has no such entry"),
        (of_a_shape, "index out of range", "if it is a shape, the array has fewer axes"),
        (
            near_its_own_name,
            "unknown name",
            "There is no name near_its_own_nam; the function's own",
        ),
        (on_a_number, "index on a number", "The value (d @ W)[0][0] is one number"),
        (one_number, "array for a number", "np.exp an array"),
        (condition, "array in a condition", "np.where(…)"),
        (of_none, "None used", "a function without return"),
        (no_brackets, "shapes do not fit", "a function without its ()?"),
        (endless, "endless recursion", "calls itself without end"),
        (division, "division by zero", "divides by 0"),
        (unknown_key, "unknown key", "no such key"),
        (ours, "", "raise OSError"),
        (by_hand, "", "raise NameError"),
    ],
)
def test_a_crash_is_explained(bare, answer, name, words):
    result = bare.check(answer)
    assert name in result.mistake
    assert words in result.diagnosis
    assert "Traceback" not in str(result)


def test_the_shapes_of_a_matrix_product_and_what_would_fit(bare):
    text = bare.check(transposed_operand).diagnosis
    assert "In d @ W.T the last axis of (2, 3) meets the last but one of (4, 3), and 3 is" in text
    assert "What would fit: d @ W of shape (2, 4)" in text


def test_a_second_axis_is_advised(bare):
    square = [sample for sample in bare.samples if sample["W_next"].shape == (3, 4)]
    text = dataclasses.replace(bare, samples=tuple(square)).check(rows).diagnosis
    assert "(d @ W) * d[:, 0]" in text
    assert "shape (2,)" in text


def test_a_crash_that_is_not_explained_hides_no_listed_mistake(code_exercise):
    def answer(d, W, s):
        if len(d) == 1:
            raise ValueError("no such batch")
        return d @ W

    found = code_exercise.check(answer)
    assert "Where it runs: " in found.diagnosis
    assert found.mistake == "no σ′"


def largest(x, weights):
    return weights * (x == x.max(axis=1, keepdims=True))


def largest_of_all(x, weights):
    return weights * (x == x.max())


def test_an_argument_is_not_called_right_because_doubling_it_does_nothing():
    """Both ask which x is the largest, which doubling does not change; but not in the same way."""
    exercise = CodeExercise(
        id="99.9",
        title="t",
        hints=("a", "b", "c"),
        mistakes=(),
        reference=largest,
        samples=samples({"x": ("B", "n"), "weights": ("B", "n")}),
    )
    result = exercise.check(largest_of_all)
    assert result.status == "failed"
    assert "right way" not in result.diagnosis


def test_a_listed_mistake_that_calls_another_item_right_is_not_mixed(bare):
    exercise = dataclasses.replace(
        bare,
        reference=lambda delta_next, W_next, sigma_prime_z: (delta_next * 3, sigma_prime_z + 1),
        returns=("one", "two"),
        mistakes=(Mistake("two alone", lambda d, W, s: (d * 3, s), "One is right, two is not."),),
    )
    assert exercise.check(lambda d, W, s: (d * 3, s)).mistake == "two alone"
    result = exercise.check(lambda d, W, s: (d * 6, s))
    assert "is right" not in result.diagnosis
    assert "factor 2" in result.mistake


def test_rows_that_sum_to_1_are_not_doubled(bare):
    def forward(targets):
        return targets.sum(axis=1, keepdims=True) - targets

    rows = {"targets": np.array([[0.25, 0.75], [0.5, 0.5]])}
    exercise = dataclasses.replace(bare, reference=forward, samples=(rows,), mistakes=())
    assert "doubled" not in exercise.check(lambda targets: 1 - targets**2).diagnosis


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda d, W, s: d ^ 2, "^ for a power"),
        (lambda d, W, s: [i for i in len(d)], "number for a range"),  # noqa: C416
        (lambda d, W, s: d[9:].max(), "slice without entries"),
        (lambda d, W, s: d.reshape(99), "reshaped to another size"),
    ],
)
def test_errors_with_a_common_cause(bare, answer, name):
    assert bare.check(answer).mistake == name


# A type that does not compute as arrays do, or a number that no float holds.


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda d, W, s: np.asmatrix(d @ W * s), "matrix for an array"),
        (lambda d, W, s: 2 * np.asmatrix(d @ W * s), "matrix for an array + factor 2"),
        (lambda d, W, s: np.asmatrix(d @ W * s).T, "matrix for an array + transposed"),
        (lambda d, W, s: np.ma.masked_array(d @ W * s), "MaskedArray for an array"),
    ],
)
def test_a_plain_array_is_wanted(bare, answer, name):
    result = bare.check(answer)
    assert result.mistake == name
    assert "work with plain arrays" in result.diagnosis


@pytest.mark.parametrize(
    ("id", "answer"),
    [
        ("00.5", lambda a, y: np.square(np.asmatrix(a) - np.asmatrix(y).T) / 2 / len(a)),
        ("01.1", lambda *a: np.asmatrix(a[0])),
        ("01.5", lambda *a: np.asmatrix(a[0])),
        ("08.1", lambda x, K: np.asmatrix(x)),
        ("04.4", lambda delta, a_prev: 2 * np.asmatrix(delta).T * np.asmatrix(a_prev)),
        ("02.5", lambda *a: tuple(2 * np.asmatrix(one) for one in a)),
        ("00.1", lambda x: 2**5000),
        ("00.1", lambda x: 2**50000),
        ("04.4", lambda delta, a_prev: 2**5000),
    ],
)
def test_no_value_breaks_a_check(id, answer):
    assert find(id).check(answer).status == "failed"


def test_a_search_that_fails_says_nothing(bare, monkeypatch):
    def broken(attempt):
        raise OverflowError("a fault of the project")

    monkeypatch.setattr("bplab.exercises.code.suspect", broken)
    with pytest.raises(OverflowError, match="a fault of the project"):
        bare.check(lambda d, W, s: d)
    monkeypatch.setattr("bplab.exercises.diagnosis.findings.on_failure", None)
    result = bare.check(lambda d, W, s: d @ W)
    assert (result.status, result.diagnosis) == ("failed", "")


@pytest.mark.parametrize("factor", [1, 3])
def test_an_array_is_no_tuple(factor):
    result = find("03.2").check(lambda u, x, y: factor * np.array([u * y, u * x]))
    assert result.mistake == "array for a tuple"
    assert "separated by commas" in result.diagnosis
