import dataclasses

import numpy as np
import pytest

from bplab.exercises import CodeExercise, Mistake, samples
from bplab.exercises.calls import call_text

SAMPLE = samples({"d": ("B", "n2"), "W": ("n2", "n1"), "s": ("B", "n1")})[0]


def with_loops(delta_next, W_next, sigma_prime_z):
    out = np.zeros(sigma_prime_z.shape)
    for b in range(out.shape[0]):
        for k in range(out.shape[1]):
            for j in range(W_next.shape[0]):
                out[b, k] += W_next[j, k] * delta_next[b, j]
            out[b, k] *= sigma_prime_z[b, k]
    return out


def with_einsum(d, W, s):
    return np.einsum("bj,jk,bk->bk", d, W, s)


def in_columns(d, W, s):
    return np.hstack([np.diag(sb) @ W.T @ db[:, None] for db, sb in zip(d, s, strict=True)]).T


@pytest.mark.parametrize("answer", [with_loops, with_einsum, in_columns])
def test_right_answers_written_differently_pass(code_exercise, answer):
    result = code_exercise.check(answer)
    assert result.passed, result
    assert result.score == 2


def test_the_exercise_checks_itself(code_exercise):
    assert code_exercise.self_check() == []


@pytest.mark.parametrize("position", range(6))
def test_each_mistake_has_its_own_diagnosis(code_exercise, position):
    mistake = code_exercise.mistakes[position]
    result = code_exercise.check(mistake.answer)
    assert (result.status, result.mistake) == ("failed", mistake.name)
    assert mistake.diagnosis in str(result)
    assert result.score == 0


def test_the_diagnosis_needs_all_samples(code_exercise):
    def no_sigma_prime_for_one_row(d, W, s):
        return d @ W if len(d) == 1 else d @ W * s

    result = code_exercise.check(no_sigma_prime_for_one_row)
    assert result.status == "failed"
    assert result.mistake == "growth with sigma_prime_z"


def test_the_mistakes_are_tried_once_for_all_answers(code_exercise):
    calls = []

    def counted(d, W, s):
        calls.append(1)
        return d @ W

    exercise = dataclasses.replace(code_exercise, mistakes=(Mistake("s", counted, "No σ′."),))
    for answer in (lambda d, W, s: d @ W, lambda d, W, s: -(d @ W * s), with_einsum):
        exercise.check(answer)
    assert len(calls) == len(exercise.samples)


def test_a_mistake_that_always_crashes_explains_no_other_crash(code_exercise):
    crash = Mistake("crash", lambda d, W, s: d @ W.T @ W.T, "W.T twice.")
    exercise = dataclasses.replace(code_exercise, mistakes=(crash,), samples=[SAMPLE])
    assert exercise.check(lambda d, W, s: d.T @ W).mistake == "shapes do not fit"


def test_got_and_expected_are_shown(code_exercise):
    text = str(code_exercise.check(lambda d, W, s: 2 * (d @ W) * s))
    assert "the result has wrong values in 8 of 8 places" in text
    assert "delta_next: float64 (2, 3), W_next: float64 (3, 4)" in text
    assert "float64 array of shape (2, 4)" in text
    assert "at [0, 0] got" in text


def test_a_long_call_is_shown_in_lines_that_end_between_arguments():
    def f(*arguments):
        return arguments

    sample = {f"argument_{i}": np.zeros((i, 3, 5, 7)) for i in range(1, 6)}
    lines = call_text(f, sample).split("\n")
    assert len(lines) > 1
    assert all(len(line) <= 80 for line in lines)
    assert [line[-2:] for line in lines] == ["),"] * (len(lines) - 1) + ["))"]
    assert " ".join(lines).startswith("f(argument_1: float64 (1, 3, 5, 7), argument_2: float64")


def test_of_a_dict_the_wrong_entry_alone_is_shown(code_exercise):
    def gradients(d, W, s):
        return {"W": d.T @ s, "b": d.sum(axis=0)}

    exercise = dataclasses.replace(code_exercise, reference=gradients, mistakes=())
    text = str(exercise.check(lambda d, W, s: gradients(d, W, s) | {"b": d.mean(axis=0)}))
    assert "the result['b'] has wrong values in 3 of 3 places" in text
    assert text.count("b: float64 array of shape (3,)") == 2
    assert "W: float64 array" not in text


@pytest.mark.parametrize("relative", [1e-8, -1e-8])
def test_a_tiny_error_is_rejected(code_exercise, relative):
    def slightly_wrong(d, W, s):
        return d @ W * s * (1 + relative)

    assert code_exercise.check(slightly_wrong).status == "failed"


def test_rounding_is_not_an_error(code_exercise):
    assert code_exercise.check(lambda d, W, s: d @ W * s * (1 + 1e-14)).passed


def stub(d, W, s):
    raise NotImplementedError


@pytest.mark.parametrize("answer", [None, ..., stub, lambda d, W, s: ...])
def test_a_stub_is_not_attempted(code_exercise, answer):
    result = code_exercise.check(answer)
    assert result.status == "not attempted"
    assert "Error" not in str(result)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda d, W, s: None, "the result is None"),
        (lambda d, W, s: [[1.0]], "should be an array of shape (2, 4), got a list"),
        (lambda d, W, s: (d @ W * s, 0), "got a tuple"),
        (lambda d, W, s: (d @ W * s).T, "that is the shape of the transpose"),
        (lambda d, W, s: d @ W * s * np.nan, "the result has nan at [0, 0]"),
        (lambda d, W, s: (d @ W * s).astype(np.float32), "dtype float32, expected float64"),
        (lambda d, W, s: (d @ W * s).astype(str), "should have dtype float64"),
        (lambda d, W, s: (d @ W * s).astype(complex), "should have dtype float64"),
        (lambda d, W, s: (d @ W * s).squeeze(), "an axis of size 1 was lost"),
        (lambda d, W: d @ W, "your function takes (d, W), but is called with (delta_next, W_"),
        (3.5, "a function is expected, got 3.5"),
        (np.ones((2, 2)), "a function is expected, got float64 array of shape (2, 2)"),
    ],
)
def test_faults_are_reported_in_words(code_exercise, answer, words):
    result = code_exercise.check(answer)
    assert result.status == "failed"
    assert words in str(result)


def test_a_change_in_place_is_reported_without_a_known_mistake(code_exercise):
    def answer(d, W, s):
        result = d @ W * s
        d += 1
        return result

    result = code_exercise.check(answer)
    assert result.message == "it changes its input delta_next in place"
    assert result.mistake == "changes its input"
    assert code_exercise.samples[0]["delta_next"].flags.owndata  # and the sample is as it was
    assert code_exercise.check(with_einsum).passed


def test_a_crash_shows_the_learners_line_and_no_traceback(code_exercise):
    def answer(d, W, s):
        return np.linalg.inv(d @ W) * s

    text = str(code_exercise.check(answer))
    assert "it stops with LinAlgError: Last 2 dimensions of the array must be square" in text
    assert "return np.linalg.inv(d @ W) * s" in text
    assert "Traceback" not in text


def exits(d, W, s):
    raise SystemExit(1)


def recurses(d, W, s):
    return recurses(d, W, s)


@pytest.mark.parametrize(("answer", "name"), [(exits, "SystemExit"), (recurses, "RecursionError")])
def test_no_exception_escapes(code_exercise, answer, name):
    assert f"it stops with {name}" in str(code_exercise.check(answer))


def test_a_warning_is_not_shown(code_exercise, recwarn):
    def answer(d, W, s):
        return d @ W * s + np.log(-1.0)

    assert "nan" in str(code_exercise.check(answer))
    assert not recwarn.list


def test_random_results_are_rejected(code_exercise):
    calls = []

    def answer(d, W, s):
        calls.append(1)
        return d @ W * s + (len(calls) > len(code_exercise.samples))

    result = code_exercise.check(answer)
    assert "the same inputs give another result" in str(result)
    assert result.mistake == "not repeatable"


def test_float32_that_becomes_float64_is_remarked(code_exercise):
    assert "float32 inputs give a float64 result" in str(code_exercise.check(with_loops))
    assert "remark" not in str(code_exercise.check(with_einsum))


def gradients(x, y):
    return x * y, x + y


def two_gradients(**changes):
    fields = {
        "id": "99.5",
        "title": "two gradients",
        "reference": gradients,
        "returns": ("dx", "dy"),
        "samples": samples({"x": ("n",), "y": ("n",)}),
        "hints": ("a", "b", "c"),
        "mistakes": (),
    }
    return CodeExercise(**(fields | changes))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, y: x * y, "the result should be 2 items (dx, dy), got an array"),
        (lambda x, y: (x * y,), "got 1: 1 missing"),
        (lambda x, y: (x * y, x + y, y), "got 3: 1 too many"),
        (lambda x, y: (x * y, x - y), "dy has wrong values"),
        (lambda x, y: (x * y, (x + y)[:, None]), "there is an axis of size 1 too many"),
    ],
)
def test_items_of_a_tuple_are_named(answer, words):
    assert words in str(two_gradients().check(answer))


def test_a_list_of_results_is_as_good_as_a_tuple():
    assert two_gradients().check(lambda x, y: [x * y, x + y]).passed


def test_self_check_finds_what_is_wrong_with_an_exercise(code_exercise):
    right = Mistake("right", with_einsum, "not wrong at all")
    twin = dataclasses.replace(code_exercise.mistakes[0], name="twin", diagnosis="the same")
    bad = dataclasses.replace(
        code_exercise, hints=("one",), mistakes=(code_exercise.mistakes[0], right, twin)
    )
    problems = "\n".join(bad.self_check())
    assert "there must be 3 hints, got 1" in problems
    assert "at least 5 mistakes, got 3" in problems
    assert "mistake 'right' is not rejected" in problems
    assert "mistake 'twin' is diagnosed as 'no σ′'" in problems


def test_a_reference_that_fails_is_a_fault_of_the_exercise():
    exercise = two_gradients(reference=lambda x, y: x @ y[:-1])
    with pytest.raises(ValueError, match="matmul"):
        exercise.check(gradients)


def test_the_solution_is_the_source(code_exercise):
    assert "def hidden_error" in str(code_exercise.solution())
