"""What a learner does in each lesson, once by mouse and once by keyboard, and what comes of it.

Each of them gets the open lesson, run to its end, and its cells; `DOES` says which lesson has which
two. What a view shows is compared with `bplab.numeric`.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from nbformat import NotebookNode

from bplab.exercises.registry import find
from bplab.numeric import GATE_INPUTS, GATES, novikoff_bound, train_perceptron
from bplab.solutions import answer_source
from bplab.widgets import convolution, stepper
from tests.browser.planes import button, drag, part
from tests.lessons import checks
from tools.lab import NotebookPage

sync_api = pytest.importorskip("playwright.sync_api", reason="needs pip install -e '.[browser]'")
expect = sync_api.expect

Act = Callable[[NotebookPage, NotebookNode], None]

AND = GATE_INPUTS, GATES["AND"]
MAZUR = stepper.network(stepper.EXAMPLE, stepper.EXAMPLE_X, stepper.EXAMPLE_Y)
HALVES = stepper.network(  # the network of lesson 03
    [[[0.5, -1.0], [1.5, 0.5]], [0.0, 0.5], [[1.0, -2.0], [0.5, 1.0]], [0.0, -0.5]],
    [1.0, 0.5],
    [1.0, 0.0],
)
LAYER = convolution.state(convolution.EXAMPLE_X, convolution.EXAMPLE_K)


def says(page):
    return page.widget().get_by_role("status")


def digits(number, count=4):
    """A number as the views write it."""
    return f"{number:.{count}g}".replace("-", "−")


def cell(page, notebook, name):
    """A cell of the lesson by its id."""
    place = [cell.id for cell in notebook.cells].index(name)
    return page.page.locator(".jp-Notebook .jp-Cell").nth(place)


# A lesson without a view: an exercise is answered, first wrongly, then rightly.


def answers(exercise_id: str) -> tuple[Act, Act]:
    """A known mistake by mouse; then, by keyboard, back up and the right answer."""
    exercise = find(exercise_id)
    number = exercise_id.replace(".", "-")

    def by_mouse(page, notebook):
        mistake = exercise.mistakes[0]
        editor = cell(page, notebook, f"answer-{number}").locator(".cm-content")
        editor.click(click_count=3)  # selects the line
        page.page.keyboard.insert_text(f"{checks(notebook)[exercise_id]} = {mistake.answer!r}")
        for _ in range(2):  # the answer and its check
            page.page.get_by_role("button", name="Run this cell and advance").click()
        shown = cell(page, notebook, f"check-{number}")
        expect(shown).to_contain_text(f"✗ {exercise_id}")
        expect(shown).to_contain_text(mistake.diagnosis)

    def by_keyboard(page, notebook):
        keyboard = page.page.keyboard
        for key in ("ArrowUp", "ArrowUp", "Enter", "ControlOrMeta+a"):
            keyboard.press(key)
        keyboard.type(answer_source(exercise, checks(notebook)[exercise_id]))
        for _ in range(2):
            keyboard.press("Shift+Enter")
        expect(cell(page, notebook, f"check-{number}")).to_contain_text(f"✓ {exercise_id}")

    return by_mouse, by_keyboard


# The perceptron stepper


def lay_a_line(page, notebook):
    drag(page.widget(), "your line, end 1", (0, 1.5))
    drag(page.widget(), "your line, end 2", (1.5, 0))
    bound = novikoff_bound(*AND, np.array([2.0, 2.0]), -3.0)
    expect(says(page)).to_contain_text(f"at most (R/γ)² = {digits(bound)} mistakes")


def make_all_mistakes(page, notebook):
    button(page.widget(), "Next mistake").press("Enter")
    expect(says(page)).to_contain_text("Mistake 1, epoch 1")
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("End")
    expect(says(page)).to_contain_text(f"Mistake {train_perceptron(*AND).mistakes}, epoch ")
    expect(says(page)).to_contain_text("It was the last.")


# The XOR explorer


def get_three_corners(page, notebook):
    drag(page.widget(), "line 1, end 1", (-0.25, 0.75))
    drag(page.widget(), "line 1, end 2", (0.75, -0.25))
    expect(says(page)).to_have_text("3 of 4 corners right, best so far 3 of 4. Wrong: (1, 1).")


def add_two_units(page, notebook):
    network = page.widget().get_by_label("Network")
    network.focus()
    for hidden in ("1", "2"):
        page.page.keyboard.press("ArrowDown")
        expect(network).to_have_value(hidden)
    line = part(page.widget(), "line 2, end 1")
    before = line.get_attribute("aria-valuetext")
    line.press("Shift+ArrowLeft")
    expect(line).not_to_have_attribute("aria-valuetext", before)


# The backprop stepper


def step_and_choose_a_weight(page, notebook):
    view = page.widget()
    button(view, "Next").click()
    expect(says(page)).to_contain_text("h1: z = ")
    view.get_by_role("button", name="weight w1 ").click()
    expect(view.get_by_role("heading")).to_contain_text("w1 = W¹[1, 1] = ")


def go_to_the_cost(page, notebook):
    for _ in range(5):
        button(page.widget(), "Next").click()
    expect(says(page)).to_have_text(f"C = ½ Σ (a − y)² = {digits(stepper.run(MAZUR).cost, 9)}.")


def run_ones_own_function(net):
    right = stepper.run(net)
    weights = [W - net.eta * dW for W, dW in zip(net.weights, right.dW, strict=True)]
    after = stepper.run(replace(net, weights=tuple(weights)))  # the biases stay
    goes = f"C goes from {digits(right.cost, 9)} to {digits(after.cost, 9)}."

    def by_keyboard(page, notebook):
        page.widget().get_by_label("Program").press("End")  # the last one
        agree = "✓ All 12 gradients of your function agree with their nudges."
        expect(says(page)).to_contain_text(agree, timeout=20_000)
        page.widget().get_by_label("Step", exact=True).press("End")
        expect(says(page)).to_contain_text(goes)

    return by_keyboard


# The training dashboard


def train_one_epoch(page, notebook):
    run = page.widget().get_by_role("group", name="Run A")
    expect(run.get_by_label("Activation")).to_be_enabled(timeout=20_000)  # the kernel has answered
    button(page.widget(), "Step").click()
    expect(says(page)).to_contain_text("Epoch 1. A: loss ", timeout=20_000)


def look_back_and_learn_faster(page, notebook):
    epoch = page.widget().get_by_label("Epoch", exact=True)
    epoch.press("Home")
    expect(says(page)).to_contain_text("Before training.")
    rate = page.widget().get_by_role("group", name="Run A").get_by_label("Learning rate η")
    before = rate.get_attribute("aria-valuetext")
    rate.press("ArrowRight")
    expect(rate).not_to_have_attribute("aria-valuetext", before)
    expect(epoch).to_have_attribute("aria-valuetext", "0 of 0")


# The convolution explorer


def numbers(page, table):
    """A table of the view as it is shown."""
    rows = page.widget().get_by_role("grid", name=table, exact=True).get_by_role("row").all()
    shown = [[n.inner_text() for n in row.locator("span").all()] for row in rows]
    return [[float(text.replace("−", "-")) for text in row] for row in shown]


def place(view, table, row, column):
    """A cell by its place in the table as it is shown."""
    grid = view.get_by_role("grid", name=table, exact=True)
    return grid.get_by_role("row").nth(row).get_by_role("gridcell").nth(column)


def point_at_an_output(page, notebook):
    place(page.widget(), "output z", 1, 2).hover()
    z = convolution.convolution(LAYER).z
    expect(says(page)).to_contain_text(f" = {digits(z[1, 2])}. It reads 9 pixels")
    assert numbers(page, "output z") == z.tolist()


def take_larger_steps(page, notebook):
    page.widget().get_by_label("stride").press("ArrowRight")
    expect(page.widget()).to_contain_text("so z has 2 × 2 numbers")
    larger = convolution.state(LAYER.x, LAYER.K, stride=2)
    assert numbers(page, "output z") == convolution.convolution(larger).z.tolist()


def point_at_a_pixel(page, notebook):
    place(page.widget(), "image x", 2, 2).hover()
    dx = convolution.convolution(LAYER).dx
    expect(says(page)).to_contain_text(f" = {digits(dx[2, 2])}. 9 outputs read x[2, 2]")
    assert numbers(page, "∂C/∂x, for the image") == dx.tolist()


def take_max_pooling(page, notebook):
    page.widget().get_by_label("Layer").press("ArrowDown")
    expect(page.widget()).to_contain_text("so z has 4 × 4 numbers")
    dx = convolution.max_pooling(LAYER).dx
    assert numbers(page, "∂C/∂x, for the image") == dx.tolist()


DOES: dict[str, tuple[Act, Act]] = {  # by mouse, by keyboard
    "00": answers("00.3"),
    "01": (lay_a_line, make_all_mistakes),
    "02": (get_three_corners, add_two_units),
    "03": (step_and_choose_a_weight, run_ones_own_function(HALVES)),
    "04": (go_to_the_cost, run_ones_own_function(MAZUR)),
    "05": (train_one_epoch, look_back_and_learn_faster),
    "06": answers("06.2"),
    "07": (train_one_epoch, look_back_and_learn_faster),
    "08": (point_at_an_output, take_larger_steps),
    "09": (point_at_a_pixel, take_max_pooling),
}
