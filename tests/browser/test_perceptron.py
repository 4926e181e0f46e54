"""The perceptron stepper in JupyterLab, by mouse and by keyboard."""

import re

import pytest

from tests.browser.planes import button, drag, part, walk

sync_api = pytest.importorskip("playwright.sync_api", reason="needs pip install -e '.[browser]'")
expect = sync_api.expect

EXAMPLE = """
from bplab.widgets.perceptron import perceptron_stepper
perceptron_stepper()
"""


def test_by_mouse(notebook):
    view = notebook.widget()
    view.scroll_into_view_if_needed()
    says = view.get_by_role("status")
    expect(says).to_contain_text("At the start: w = (0, 0), b = 0: every z is 0.")
    expect(view).to_contain_text("Your line has 3 of 4 points on their side: it does not separate")

    button(view, "Next mistake").click()
    expect(says).to_contain_text(
        "Mistake 1, epoch 1: x = (0, 0) with s = −1 has z = 0. w ← w − x = (0, 0), b ← −1; "
        "s·z grows by ‖x‖² + 1 = 1 to 1."
    )
    button(view, "Next mistake").click()
    expect(says).to_contain_text("x = (1, 1) with s = +1 has z = −1. w ← w + x = (1, 1), b ← 0")
    expect(view).to_contain_text("w (dashed) + x: pulled towards x")

    drag(view, "your line, end 1", (0, 1.5))
    drag(view, "your line, end 2", (1.5, 0))
    expect(says).to_contain_text("R² = 3, so at most (R/γ)² = 51 mistakes from w = 0, b = 0.")
    expect(view).to_contain_text("k·γ = 0.4851 ≤ ‖(w, b)‖ = 1.414 ≤ √k·R = 2.449, for k = 2.")
    button(view, "To the end").click()
    expect(view).to_contain_text(
        "Mistakes so far: 18. The rule's own last line gives the bound 87."
    )
    notebook.picture("perceptron-light")

    drag(view, "point 4", (1.5, 1.5))
    expect(part(view, "point 4")).to_have_attribute(
        "aria-valuetext", "(1.5, 1.5), class 1, a mistake"
    )
    expect(says).to_contain_text("At the start")
    button(view, "Rewind").click()
    expect(part(view, "Mistakes")).to_have_value("0")


def test_by_keyboard_alone(notebook):
    page, view = notebook.page, notebook.widget()
    says = view.get_by_role("status")
    cells = notebook.cells()
    button(view, "Next mistake").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(says).to_contain_text("Mistake 2, epoch 1")
    for key in "abdjkxymo":  # each of them is a command of JupyterLab in command mode
        page.keyboard.press(key)
    page.keyboard.press("Tab")
    expect(part(view, "Mistakes")).to_be_focused()
    page.keyboard.press("End")
    expect(says).to_contain_text("Mistake 18, epoch 8")
    expect(says).to_contain_text("It was the last.")

    for _ in range(6):
        page.keyboard.press("Tab")
    end = part(view, "your line, end 2")
    expect(end).to_be_focused()
    end.press("Shift+ArrowRight")
    end.press("ArrowDown")
    expect(end).to_have_attribute("aria-valuetext", re.compile(r"^\(0\.75, "))
    expect(says).to_contain_text("Your line")

    point = part(view, "point 3")
    point.focus()
    page.keyboard.press("Enter")
    expect(point).to_have_attribute("aria-valuetext", "(1, 0), class 1, a mistake")
    page.keyboard.press("Shift+ArrowUp")
    expect(point).to_have_attribute("aria-valuetext", "(1, 0.25), class 1, a mistake")
    assert notebook.cells() == cells


def test_rewinding_repeats_the_same_order(notebook):
    view = notebook.widget()
    says = view.get_by_role("status")
    view.get_by_label("Order of the points").select_option("shuffled, seed 2")

    def run():
        said = []
        for _ in range(6):
            button(view, "Next mistake").click()
            said.append(says.inner_text())
        button(view, "Rewind").click()
        return said

    first = run()
    assert run() == first
    view.get_by_label("Order of the points").select_option("shuffled, seed 3")
    assert run() != first


def test_xor_never_ends_and_from_ones_own_line_there_may_be_no_mistake(lab):
    page = lab.open(
        [
            "from bplab.numeric import GATE_INPUTS, GATES\n"
            "from bplab.widgets.perceptron import perceptron_stepper\n"
            "perceptron_stepper(GATE_INPUTS, GATES['XOR'])",
            "perceptron_stepper(GATE_INPUTS[:2], GATES['OR'][:2])",
        ]
    )
    page.run_all()
    xor, easy = page.widget(0), page.widget(1)
    button(xor, "To the end").click()
    expect(xor.get_by_role("status")).to_contain_text("Still no end after 100 epochs.")
    end = part(easy, "your line, end 1")
    for _ in range(4):
        end.press("Shift+ArrowLeft")
    for _ in range(3):
        end.press("Shift+ArrowUp")
    easy.get_by_label("Start from").select_option("your line")
    expect(easy.get_by_role("status")).to_have_text("From your line the rule makes no mistake.")
    expect(xor.get_by_role("slider", name="Mistakes")).to_have_attribute(
        "aria-valuetext", "400 of 400"
    )


@pytest.mark.parametrize("width", [1280, 800])
def test_axe_finds_nothing_and_nothing_is_cut_off(lab, width):
    page = lab.open([EXAMPLE], width=width, reduced_motion="reduce")
    page.run_all()
    view = page.widget()
    for _ in range(5):
        button(view, "Next mistake").click()
    part(view, "point 1").focus()
    for theme in ("light", "dark"):
        page.theme(theme)
        assert page.accessibility() == []
        page.picture(f"perceptron-{theme}-{width}")
    assert view.evaluate("(root) => root.scrollWidth <= root.clientWidth + 1")


def test_every_control_is_reached_by_tab(notebook):
    view = notebook.widget()
    wanted = view.locator("button, input, select, [tabindex='0']").count()
    assert walk(view, button(view, "Back")) == wanted


def test_memory_stays_where_it_is(notebook):
    button(notebook.widget(), "To the end").click()
    act = """(i) => {
        const [back, next] = document.querySelectorAll(".bplab button");
        const point = document.querySelector(".bplab [aria-label='point 4']");
        const key = i % 4 < 2 ? "ArrowUp" : "ArrowDown";
        if (i % 2) (i % 4 < 2 ? next : back).click();
        else point.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }"""
    assert notebook.growth(act) < 20
