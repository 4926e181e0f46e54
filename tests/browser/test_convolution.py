"""The convolution explorer in JupyterLab, by mouse and by keyboard."""

import pytest

pytest.importorskip("playwright.sync_api", reason="needs pip install -e '.[browser]'")

from tests.browser.learners import expect, place

EXAMPLE = """
from bplab.widgets.convolution import convolution_explorer
convolution_explorer()
"""


def marked(view, table, kind="part"):
    return view.get_by_role("grid", name=table, exact=True).locator(f".bplab-{kind}")


def test_by_mouse(notebook):
    view = notebook.widget()
    says = view.get_by_role("status")
    place(view, "output z", 1, 1).hover()
    expect(says).to_have_text(
        "z[1, 1] = 1·3 + 2·3 + 0·1 + 0·1 + 1·0 + (−1)·2 + 3·0 + 0·4 + (−2)·1 = 5. "
        "It reads 9 pixels: its receptive field."
    )
    expect(marked(view, "image x")).to_have_count(9)

    place(view, "image x", 2, 2).hover()
    expect(says).to_contain_text("9 outputs read x[2, 2]: each δ times the entry of K that met")
    weights = marked(view, "δ = ∂C/∂z").locator("small").all_inner_texts()
    assert weights == ["×−2", "×0", "×3", "×−1", "×1", "×0", "×0", "×2", "×1"]
    expect(view).to_contain_text("carry the entries of K in the order of K rotated by 180°")
    notebook.picture("convolution-light")
    place(view, "∂C/∂x, for the image", 0, 0).hover()
    expect(says).to_have_text(
        "∂C/∂x[0, 0] = 1·1 = 1. One output reads x[0, 0]: "
        "each δ times the entry of K that met the pixel."
    )

    view.get_by_label("stride").fill("2")
    view.get_by_label("padding").fill("1")
    expect(view).to_contain_text("Rows of z: ⌊(5 + 2·1 − 3) / 2⌋ + 1 = 3; so z has 3 × 3 numbers.")
    place(view, "output z", 0, 0).hover()
    expect(says).to_contain_text("It reads 9 pixels, 5 of them padding")
    place(view, "image x", 0, 0).hover()
    expect(says).to_contain_text("[−1, −1] is padding")


def test_max_pooling_routes_and_ties(notebook):
    view = notebook.widget()
    says = view.get_by_role("status")
    view.get_by_label("Layer").select_option("max")
    expect(view.get_by_label("padding")).to_be_hidden()
    place(view, "output z", 1, 1).hover()
    expect(says).to_have_text(
        "z[1, 1] = 3, the largest of 3, 3, 1, 0. Its δ = 4 goes to x[1, 1] alone. "
        "2 pixels are equally large: the first in reading order takes it all."
    )
    expect(place(view, "image x", 1, 2)).to_have_text("3tie")
    notebook.picture("max-pooling-light")
    place(view, "image x", 1, 2).click()  # now it is 4, and larger than its neighbour
    place(view, "output z", 1, 1).hover()
    expect(says).to_contain_text("Its δ = 4 goes to x[1, 2] alone.")
    expect(says).not_to_contain_text("equally large")
    view.get_by_label("stride").fill("3")
    place(view, "image x", 2, 2).hover()
    expect(says).to_have_text("No output reads x[2, 2], so ∂C/∂x[2, 2] = 0.")


def test_by_keyboard_alone(notebook):
    page, view = notebook.page, notebook.widget()
    says = view.get_by_role("status")
    cells = notebook.cells()
    view.get_by_label("padding").focus()
    page.keyboard.press("Tab")
    expect(place(view, "image x", 0, 0)).to_be_focused()
    for key in "abdjkxymo":  # each of them is a command of JupyterLab in command mode
        page.keyboard.press(key)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(says).to_contain_text("∂C/∂x[1, 1] = ")
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    before = place(view, "output z", 0, 0).inner_text()
    page.keyboard.press("Enter")
    expect(place(view, "image x", 1, 1)).to_have_text("4")
    expect(place(view, "output z", 0, 0)).not_to_have_text(before)
    page.keyboard.press("Tab")  # a table is one stop
    expect(place(view, "output z", 0, 0)).to_be_focused()
    expect(says).to_contain_text("z[0, 0] = ")
    page.keyboard.press("ArrowUp")
    expect(place(view, "output z", 0, 0)).to_be_focused()
    assert notebook.cells() == cells


def test_every_number_keeps_its_keys(notebook):
    focusable = notebook.widget().locator("input, select, [tabindex]")
    suppressed = notebook.widget().locator("[data-lm-suppress-shortcuts]")
    assert focusable.count() == suppressed.count()


def test_two_explorers_do_not_disturb_each_other(lab):
    page = lab.open([EXAMPLE, "convolution_explorer([[1.5, 2, 0], [0, 0, 1], [1, 1, 1]], [[1]])"])
    page.run_all()
    page.widget(0).get_by_label("stride").fill("3")
    expect(page.widget(1).get_by_label("stride")).to_have_value("1")
    expect(place(page.widget(1), "output z", 0, 0)).to_have_text("1.5")


@pytest.mark.parametrize("width", [1280, 800])
def test_axe_finds_nothing_and_nothing_is_cut_off(lab, width):
    page = lab.open([EXAMPLE], width=width, reduced_motion="reduce")
    page.run_all()
    view = page.widget()
    view.get_by_label("padding").fill("2")
    place(view, "image x", 4, 4).focus()
    for theme in ("light", "dark"):
        page.theme(theme)
        assert page.accessibility() == []
        page.picture(f"convolution-{theme}-{width}")
    assert view.evaluate("(root) => root.scrollWidth <= root.clientWidth + 1")


def test_memory_stays_where_it_is(notebook):
    place(notebook.widget(), "image x", 0, 0).focus()
    act = """(i) => {
        const cells = document.querySelectorAll(".bplab td[role=gridcell]");
        cells[i % cells.length].dispatchEvent(new MouseEvent("mouseenter"));
    }"""
    assert notebook.growth(act) < 20
