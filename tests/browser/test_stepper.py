"""The backprop stepper in JupyterLab, by mouse and by keyboard."""

import re

import pytest

from tests.browser.planes import button

sync_api = pytest.importorskip("playwright.sync_api", reason="needs pip install -e '.[browser]'")
expect = sync_api.expect

EXAMPLE = """
from bplab.widgets.stepper import backprop_stepper
backprop_stepper()
"""


def press_next(view, times=1):
    for _ in range(times):
        button(view, "Next").click()


def test_by_mouse(notebook):
    view = notebook.widget()
    says = view.get_by_role("status")

    press_next(view)
    expect(says).to_contain_text("h1: z = 0.15·0.05 + 0.2·0.1 + 0.35 = 0.3775, a = σ(z) = 0.5933.")
    expect(view.get_by_role("button", name="neuron h1, a = 0.5933")).to_be_visible()

    press_next(view, 4)
    expect(says).to_have_text("C = ½ Σ (a − y)² = 0.298371109.")

    guess = view.get_by_label("Predict δ of o1, then press Next or Enter:")
    guess.fill("0.7414")
    press_next(view)
    expect(says).to_contain_text(
        "✗ You predicted 0.7414; it is 0.1385: the factor σ′(z) is missing."
    )
    view.get_by_label("Predict δ of o2").fill("-0.038")
    press_next(view)
    expect(says).to_contain_text("✓ You predicted −0.038: right.")
    expect(view.get_by_text("Predictions right: 1 of 2")).to_be_visible()

    edge = view.get_by_role("button", name=re.compile(r"^weight w5 from h1 to o1, 0.4"))
    edge.click()
    expect(view.get_by_role("heading")).to_have_text("w5 = W²[1, 1] = 0.4, from h1 to o1")
    expect(view.get_by_text("Nudge:")).to_be_hidden()  # it would give the gradient away
    press_next(view)
    panel = view.locator(".bplab-panel")
    expect(panel).to_contain_text("δ of o1 = (a − y)·σ′(z) = 0.7414·0.1868 = 0.1385 (BP1)")
    expect(panel).to_contain_text("∂C/∂w5 = a of h1 · δ of o1 = 0.5933·0.1385 = 0.08217 (BP4)")
    expect(panel).to_contain_text("2h = 0.0821670406; ✓ it agrees with the gradient to 10 digits")
    expect(edge).to_have_attribute("aria-pressed", "true")

    press_next(view, 4)
    expect(says).to_contain_text("C goes from 0.298371109 to 0.291027774.")
    press_next(view)
    expect(says).to_contain_text("That was the last step.")
    notebook.picture("stepper-light")
    button(view, "Rewind").click()
    expect(view.get_by_label("Step", exact=True)).to_have_value("0")
    expect(view.get_by_role("button", name="neuron h1, not yet computed")).to_be_visible()


def test_by_keyboard_alone(notebook):
    page, view = notebook.page, notebook.widget()
    cells = notebook.cells()
    button(view, "Next").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    step = view.get_by_label("Step", exact=True)
    expect(step).to_have_attribute("aria-valuetext", "2 of 12")
    for key in "abdjkxymo":  # each of them is a command of JupyterLab in command mode
        page.keyboard.press(key)
    page.keyboard.press("Tab")
    expect(step).to_be_focused()
    page.keyboard.press("End")
    expect(step).to_have_attribute("aria-valuetext", "12 of 12")
    page.keyboard.press("Home")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(step).to_have_attribute("aria-valuetext", "5 of 12")
    asked = view.get_by_label("Predict δ of o1")
    asked.focus()
    page.keyboard.type("0.1385")
    page.keyboard.press("Enter")
    expect(view.get_by_role("status")).to_contain_text("✓ You predicted 0.1385: right.")
    first = view.get_by_role("button", name=re.compile("^weight w1 "))
    view.get_by_label("Predict δ of o2").focus()
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(view.get_by_role("heading")).to_contain_text("w1 = W¹[1, 1]")
    assert notebook.cells() == cells


def test_every_control_is_reached_by_tab(notebook):
    page, view = notebook.page, notebook.widget()
    count = view.locator("button:visible, input:visible, select:visible, summary, [tabindex='0']")
    wanted = count.count()
    button(view, "Back").focus()
    reached = 1
    while view.evaluate("(root) => root.contains(document.activeElement)") and reached < 60:
        suppressed = "() => document.activeElement.hasAttribute('data-lm-suppress-shortcuts')"
        assert page.evaluate(suppressed)
        outline = page.evaluate("""() => {
            const on = document.activeElement;
            const drawn = on.querySelector(".bplab-edge, .bplab-neuron");
            const { outlineStyle } = getComputedStyle(on);
            return drawn ? getComputedStyle(drawn).strokeWidth : outlineStyle;
        }""")
        assert outline in ("solid", "6px")
        page.keyboard.press("Tab")
        reached += 1
    assert reached - 1 == wanted


def test_a_hidden_bug_is_found(notebook):
    view = notebook.widget()
    says = view.get_by_role("status")
    view.get_by_label("Program").select_option("surprise")
    expect(says).to_contain_text("The program has one bug.")
    view.get_by_label("Step", exact=True).press("End")
    view.get_by_text("All gradients, each beside its nudge").click()
    expect(view.get_by_role("row", name="w1")).to_contain_text("✗ differ")
    expect(view.get_by_role("row", name="w5")).to_contain_text("✓ agree")
    view.get_by_role("button", name=re.compile("^neuron h1")).click()
    expect(view.locator(".bplab-panel")).to_contain_text("but the program says 0.009231 ✗")
    guess(view, "no-prime")
    expect(says).to_contain_text(
        "✗ No. If σ′ is missing in BP2, δ of h1 is 0.03635; this program says 0.009231."
    )
    guess(view, "transpose")
    expect(says).to_contain_text("✓ Yes: Wδ stands for Wᵀδ.")
    button(view, "Another bug").click()
    guess(view, "updated")
    expect(says).to_contain_text("✓ Yes: the weights were updated too early.")


def guess(view, bug):
    view.get_by_label("Which bug is it?").select_option(bug)
    button(view, "Is it this one?").click()


def set_bias(view, neuron, value):
    """In the panel of the neuron."""
    view.get_by_role("button", name=re.compile(f"^neuron {neuron}")).click()
    number = view.get_by_label("its number")
    number.fill(value)
    number.press("Enter")


def test_bugs_that_these_numbers_do_not_show_are_not_told_apart(notebook):
    view = notebook.widget()
    says = view.get_by_role("status")
    program = view.get_by_label("Program")
    program.select_option("surprise")
    for neuron in ("o1", "o2"):
        set_bias(view, neuron, "40")  # so every δ is 0
    guess(view, "no-prime")
    expect(says).to_contain_text(
        "With these numbers the two cannot be told apart: if σ′ is missing"
    )
    guess(view, "transpose")
    expect(says).to_contain_text("✓ Yes: Wδ stands for Wᵀδ.")
    program.select_option("right")
    expect(program.locator("option")).to_have_text(["the right program"])
    set_bias(view, "o1", "0.6")
    expect(program.locator("option")).to_have_count(5)
    program.select_option("transpose")
    set_bias(view, "o1", "40")
    expect(says).to_contain_text("With these numbers the bug of this program changes nothing.")


OWN = """
import numpy as np
from bplab.numeric import sigmoid, sigmoid_prime
from bplab.widgets.stepper import backprop_stepper

answers = {"now": "right"}

def gradient(params, x, y):
    W1, b1, W2, b2 = params
    z1 = x @ W1.T + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2.T + b2
    d2 = (sigmoid(z2) - y) * sigmoid_prime(z2)
    d1 = d2 @ W2 * sigmoid_prime(z1)
    if answers["now"] == "no prime":
        d1 = d2 @ W2
    if answers["now"] == "hang":
        while True:
            pass
    if answers["now"] == "raise":
        raise KeyError("oops")
    if answers["now"] == "shape":
        return [d1.T @ x, d1, d2.T @ a1, d2]
    return [d1.T @ x, d1.sum(axis=0), d2.T @ a1, d2.sum(axis=0)]

backprop_stepper(gradient=gradient, seconds=0.5)
"""


def test_the_learners_own_function_runs_in_the_drawing(lab):
    page = lab.open([OWN, "pass"])
    page.run_all()
    view = page.widget()
    says = view.get_by_role("status")

    def answer(kind):
        page.page.evaluate(
            """(code) => jupyterapp.shell.currentWidget.sessionContext.session.kernel
                .requestExecute({ code }).done.then(() => null)""",
            f'answers["now"] = "{kind}"',
        )
        button(view, "Run it again").click()

    view.get_by_label("Program").select_option("own")
    expect(says).to_contain_text("✓ All 12 gradients of your function agree with their nudges.")
    view.get_by_label("Step", exact=True).press("End")
    expect(says).to_contain_text("to 0.291027774.")

    answer("no prime")
    expect(says).to_contain_text("✗ 6 of 12 gradients of your function are wrong")
    expect(view.get_by_role("button", name="neuron h1, a = 0.5933, δ = 0.03635")).to_be_visible()

    answer("hang")
    expect(says).to_contain_text("it still ran after 0.5 s and was stopped")
    button(view, "Next").click()
    expect(says).to_contain_text("Your function gave no gradients")
    answer("raise")
    expect(says).to_contain_text("Your function raised KeyError: 'oops', at line ")
    answer("shape")
    expect(says).to_contain_text("db1 must have the shape of b1, (2,); your function gave (1, 2).")
    answer("right")
    expect(says).to_contain_text("✓ All 12 gradients")

    view.get_by_label("Step", exact=True).press("Home")
    expect(says).to_contain_text("Nothing is computed yet.")
    view.get_by_text("Change the numbers").click()
    view.get_by_label("x1", exact=True).fill("2")
    view.get_by_label("x1", exact=True).press("Enter")
    expect(says).to_contain_text("✓ All 12 gradients")
    button(view, "Next").click()
    expect(says).to_contain_text("h1: z = 0.15·2 + 0.2·0.1 + 0.35 = 0.67")
    expect(view.get_by_label("Program")).to_have_value("own")
    assert page.errors() == []


def test_a_number_that_is_none_is_refused_in_words(notebook):
    view = notebook.widget()
    says = view.get_by_role("status")
    view.get_by_text("Change the numbers").click()
    x1 = view.get_by_label("x1", exact=True)
    for given in ("", "1e999"):
        x1.press("ControlOrMeta+a")
        x1.press("Delete")
        x1.press_sequentially(given)
        x1.press("Enter")
        expect(says).to_have_text("x1 must be a finite number; it stays 0.05.")
        expect(x1).to_have_value("0.05")
        press_next(view)  # it still works
    x1.fill("1")
    x1.press("Enter")
    expect(says).to_have_text("x1 is now 1.")
    button(view, "Rewind").click()
    press_next(view)
    expect(says).to_contain_text("0.15·1 + 0.2·0.1 + 0.35 = 0.52")


def test_two_steppers_do_not_disturb_each_other(lab):
    page = lab.open([EXAMPLE, EXAMPLE])
    page.run_all()
    press_next(page.widget(0), 3)
    expect(page.widget(0).get_by_label("Step", exact=True)).to_have_value("3")
    expect(page.widget(1).get_by_label("Step", exact=True)).to_have_value("0")


@pytest.mark.parametrize("width", [1280, 800])
def test_axe_finds_nothing_and_nothing_is_cut_off(lab, width):
    page = lab.open([EXAMPLE], width=width, reduced_motion="reduce")
    page.run_all()
    view = page.widget()
    view.get_by_label("Program").select_option("surprise")
    view.get_by_label("Step", exact=True).press("End")
    view.get_by_role("button", name=re.compile("^weight w1 ")).click()
    for summary in view.locator("summary").all():
        summary.click()
    for theme in ("light", "dark"):
        page.theme(theme)
        assert page.accessibility() == []
        page.picture(f"stepper-{theme}-{width}")
    assert view.evaluate("(root) => root.scrollWidth <= root.clientWidth + 1")


def test_memory_stays_where_it_is(notebook):
    press_next(notebook.widget(), 12)
    act = "(i) => document.querySelectorAll('.bplab button')[i % 2].click()"
    assert notebook.growth(act) < 20
