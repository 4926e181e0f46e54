"""Lesson 00: right answers written in other ways pass, wrong ones do not, and the pages agree."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from bplab.exercises.lesson_00 import (
    COST,
    ENTRIES,
    EXERCISES,
    MEAN_SQUARE,
    SHAPE,
    SLOPE,
    TWO_PATHS,
)
from bplab.numeric import dense_backward

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "lessons" / "00_start_here.ipynb"


def sources(notebook: Path) -> dict[str, str]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_the_exercise_checks_itself(exercise):
    assert exercise.self_check() == []


# 00.1


def mean_square_with_a_loop(x):
    total = 0.0
    for value in x:
        total += value * value
    return total / len(x)


@pytest.mark.parametrize(
    "answer",
    [
        mean_square_with_a_loop,
        lambda x: x @ x / x.size,
        lambda x: np.einsum("i,i->", x, x) / len(x),
        lambda x: np.var(x) + x.mean() ** 2,
    ],
)
def test_other_ways_to_write_the_mean_square_pass(answer):
    assert MEAN_SQUARE.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: np.mean(x**3),
        lambda x: np.mean(np.abs(x)),
        lambda x: np.median(x**2),
        lambda x: x @ x / len(x) + 1e-6,
        lambda x: x[0] ** 2,
        lambda x: print(np.mean(x**2)),
    ],
)
def test_other_wrong_mean_squares_are_rejected(answer):
    assert MEAN_SQUARE.check(answer).status == "failed"


# 00.2


@pytest.mark.parametrize(
    "answer", ["x*(b - y + w*x)", "w*x**2 + b*x - x*y", "-(y - b - w*x)*x", "2*(w*x + b - y)*x/2"]
)
def test_other_ways_to_write_the_slope_pass(answer):
    assert SLOPE.check(answer).passed


@pytest.mark.parametrize(
    "answer", ["(w*x + b - y)*b", "w*x**2 + b - y", "(x + b - y)*x", "(w*x + b + y)*x", "e*x"]
)
def test_other_wrong_slopes_are_rejected(answer):
    assert SLOPE.check(answer).status == "failed"


# 00.3, 00.4 and 00.6


def test_two_paths_by_the_polynomial_multiplied_out():
    at = 3  # C = x²(2x + 1) = 2x³ + x², so ∂C/∂x = 6x² + 2x
    assert TWO_PATHS.check(6 * at**2 + 2 * at).passed
    assert TWO_PATHS.check(59.9).status == "failed"


def test_the_entries_by_numpy():
    assert ENTRIES.check((np.zeros((4, 1)) - np.zeros(4)).size).passed


def test_the_shape_by_the_library():
    _, dW, _ = dense_backward(np.ones((32, 10)), np.ones((32, 64)), np.ones((10, 64)))
    assert SHAPE.options[SHAPE.right].startswith(str(dW.shape))


# 00.5


def cost_with_a_loop(a, y):
    total = 0.0
    for i in range(len(y)):
        total += 0.5 * (a[i, 0] - y[i]) ** 2
    return total / len(y)


def cost_with_a_column(a, y):
    return 0.5 * ((a - y[:, np.newaxis]) ** 2).mean()


def cost_with_a_product(a, y):
    error = a.ravel() - y
    return error @ error / (2 * len(error))


def cost_on_the_diagonal_of_all_pairs(a, y):
    return np.trace((a - y) ** 2) / 2 / len(y)


@pytest.mark.parametrize(
    "answer",
    [
        cost_with_a_loop,
        cost_with_a_column,
        cost_with_a_product,
        cost_on_the_diagonal_of_all_pairs,
    ],
)
def test_other_ways_to_write_the_cost_pass(answer):
    assert COST.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda a, y: np.mean((a[:, 0] + y) ** 2) / 2,
        lambda a, y: np.sqrt(np.mean((a[:, 0] - y) ** 2)),
        lambda a, y: np.mean((a.T - y[:, np.newaxis]) ** 2) / 2,
        lambda a, y: np.mean(a[:, 0] - y) / 2,
        lambda a, y: np.array([cost_with_a_loop(a, y)]),
    ],
)
def test_other_wrong_costs_are_rejected(answer):
    assert COST.check(answer).status == "failed"


# The notebook


def rows(text: str) -> list[list[str]]:
    """The cells of the first table in a Markdown text, without its head."""
    table = re.search(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    lines = table[0].strip().split("\n")[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_notation_page_is_the_one_of_the_docs():
    lesson = rows(sources(NOTEBOOK)["notation"])
    page = (ROOT / "docs" / "notation.md").read_text(encoding="utf-8")
    networks, images = rows(page), rows(page.partition("## Images")[2])
    general, of_images = lesson[: len(networks)], lesson[len(networks) :]
    assert [row[1] for row in general] == [row[1] for row in networks]
    words = {"a number": "scalar", "numbers": "scalars"}
    shapes = [re.sub("[`$]", "", row[3]) for row in general]
    assert [words.get(shape, shape) for shape in shapes] == [row[3] for row in networks]
    assert [row[1] for row in of_images] == ["`K`", "in shapes", "`stride`, `padding`"]
    assert {row[1] for row in of_images} <= {row[1] for row in images} | {"in shapes"}


def test_the_map_names_each_lesson_by_its_title():
    listed = re.findall(r"^\| (\d\d) \| \[(.+)\]\((.+)\) \|", sources(NOTEBOOK)["map"], re.M)
    assert [number for number, _, _ in listed] == [f"{n:02}" for n in range(1, 10)]
    for number, title, file in listed:
        first = next(iter(sources(NOTEBOOK.with_name(file)).values()))
        assert first.startswith(f"# {number} · {title}\n")


def test_the_notebook_shows_the_options():
    prompt = sources(NOTEBOOK)["prompt-00-6"]
    for letter, option in SHAPE.options.items():
        assert f"- **{letter}** {option}\n" in prompt + "\n"


# Wrong answers written as learners write them, and the mistake that each must be recognised as


@pytest.mark.parametrize(
    ("exercise", "answer", "mistake"),
    [
        (MEAN_SQUARE, lambda x: sum(x) ** 2 / len(x), "square of the sum, over n"),
        (MEAN_SQUARE, lambda x: np.mean(x * 2), "doubled"),
        (MEAN_SQUARE, lambda x: np.sqrt(np.sum(x**2)), "length"),
        (MEAN_SQUARE, lambda x: np.mean(x**2, keepdims=True), "in brackets"),
        (SLOPE, "w*x**2 - y + b", "brackets"),
        (SLOPE, "(b - y + w*x)**2*x", "square kept"),
        (SLOPE, "-(w*x + b - y)", "sign and first arrow"),
        (TWO_PATHS, 3 * 3**2 + 2 * 3, "factor of 2x³ lost"),
        (ENTRIES, 32, "both arrays"),
        (COST, lambda a, y: ((a - y) ** 2).mean(), "all pairs, no half"),
        (COST, lambda a, y: 0.5 * np.square(a - y), "all pairs, not summed"),
        (COST, lambda a, y: np.mean(a - y[:, None], axis=0)[0] / 2, "no square"),
        (COST, lambda a, y: np.sum((a[:, 0] - y) ** 2 / 2) / len(y) ** 2, "divided twice"),
    ],
)
def test_a_common_wrong_answer_is_named(exercise, answer, mistake):
    assert exercise.check(answer).mistake == mistake
