"""The XOR explorer in JupyterLab, by mouse and by keyboard."""

import pytest

from tests.browser.planes import drag, part, walk

sync_api = pytest.importorskip("playwright.sync_api", reason="needs pip install -e '.[browser]'")
expect = sync_api.expect

EXAMPLE = """
from bplab.widgets.xor import xor_explorer
xor_explorer()
"""


def test_one_line_never_gets_four(notebook):
    view = notebook.widget()
    says = view.get_by_role("status")
    expect(says).to_have_text("2 of 4 corners right, best so far 2 of 4. Wrong: (0, 1), (1, 1).")
    drag(view, "line 1, end 1", (-0.25, 0.75))
    drag(view, "line 1, end 2", (0.75, -0.25))
    expect(says).to_have_text("3 of 4 corners right, best so far 3 of 4. Wrong: (1, 1).")
    broken = view.get_by_role("row").filter(has_text="✗ broken")
    expect(broken).to_have_count(2)
    expect(broken.first).to_contain_text("(1, 1)w₁ + w₂ + b < 01.06")
    expect(broken.last).to_contain_text("(0, 0) and (1, 1), addedw₁ + w₂ + 2b < 0")
    notebook.picture("xor-one-line")

    for place in ((0.75, 1.25), (1.5, 1.5), (0, -0.5), (-0.5, 0.25), (1.25, 0)):
        drag(view, "line 1, end 1", place)
        assert view.get_by_role("row").filter(has_text="✗ broken").count() >= 2
    expect(says).to_contain_text("best so far 3 of 4")


def test_two_hidden_units_fold_the_plane(notebook):
    view = notebook.widget()
    says = view.get_by_role("status")
    drag(view, "line 1, end 1", (-0.25, 0.75))
    drag(view, "line 1, end 2", (0.75, -0.25))
    view.get_by_label("Network").select_option("1")
    fold = view.get_by_label("Fold", exact=True)
    expect(fold).to_have_value("100")
    expect(view).to_contain_text("One hidden unit lays the whole plane on one line")
    expect(view.get_by_role("row", name="(0, 1)")).to_contain_text("(0.944, 0)")

    view.get_by_label("Network").select_option("2")
    expect(fold).to_have_value("100")
    drag(view, "line 2, end 1", (1.5, 0))
    drag(view, "line 2, end 2", (0, 1.5))
    drag(view, "output line, end 1", (0.75, 1.0))
    drag(view, "output line, end 2", (1.0, 0.6))
    expect(says).to_contain_text("4 of 4 corners right, best so far 4 of 4. This is XOR.")
    expect(view.get_by_role("row").filter(has_text="✓ holds")).to_have_count(4)
    notebook.picture("xor-light")
    fold.fill("40")
    expect(part(view, "output line, end 1")).to_be_hidden()
    notebook.picture("xor-half-folded")
    view.get_by_label("Hidden units use").select_option("step")
    expect(says).to_contain_text("4 of 4")
    expect(view.get_by_label("gain")).to_be_hidden()


def test_by_keyboard_alone(notebook):
    page, view = notebook.page, notebook.widget()
    says = view.get_by_role("status")
    cells = notebook.cells()
    end = part(view, "line 1, end 1")
    end.focus()
    for key in "abdjkxymo":  # each of them is a command of JupyterLab in command mode
        page.keyboard.press(key)
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(end).to_have_attribute("aria-valuetext", "(1.25, 1.2)")
    expect(says).to_contain_text("3 of 4 corners right, best so far 3 of 4. Wrong: (0, 1)")
    page.keyboard.press("Enter")  # now the line answers 1 on its other side
    expect(says).to_contain_text("1 of 4 corners right, best so far 3 of 4.")
    page.keyboard.press("Tab")
    expect(part(view, "line 1, end 2")).to_be_focused()
    view.get_by_label("Network").focus()
    page.keyboard.press("ArrowDown")
    expect(part(view, "output line, end 1")).to_be_visible()
    assert notebook.cells() == cells


def test_two_explorers_do_not_disturb_each_other(lab):
    page = lab.open([EXAMPLE, "xor_explorer(2, activation='relu')"])
    page.run_all()
    drag(page.widget(0), "line 1, end 1", (1, 1.25))
    expect(part(page.widget(1), "line 1, end 1")).to_have_attribute("aria-valuetext", "(0.5, 1.25)")
    expect(page.widget(1).get_by_label("Hidden units use")).to_have_value("relu")


@pytest.mark.parametrize("width", [1280, 800])
def test_axe_finds_nothing_and_nothing_is_cut_off(lab, width):
    page = lab.open(
        ["from bplab.widgets.xor import xor_explorer\nxor_explorer(2)"],
        width=width,
        reduced_motion="reduce",
    )
    page.run_all()
    view = page.widget()
    wanted = view.locator("button, input:visible, select, [tabindex='0']").count()
    assert walk(view, view.get_by_label("Network")) == wanted
    for theme in ("light", "dark"):
        page.theme(theme)
        assert page.accessibility() == []
        page.picture(f"xor-{theme}-{width}")
    assert view.evaluate("(root) => root.scrollWidth <= root.clientWidth + 1")


def test_memory_stays_where_it_is(notebook):
    view = notebook.widget()
    view.get_by_label("Network").select_option("2")
    expect(view.get_by_label("Fold", exact=True)).to_have_value("100")
    act = """(i) => {
        const end = document.querySelector(".bplab [aria-label='line 1, end 1']");
        const key = i % 2 ? "ArrowUp" : "ArrowDown";
        end.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }"""
    assert notebook.growth(act) < 20
