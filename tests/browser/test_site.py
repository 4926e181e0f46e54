"""The web edition, opened from its folder: it asks nothing of anyone, and its views are alive."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bplab.site import write_site
from tests.browser.planes import button, drag, part
from tests.lessons import LESSONS, read

sync_api = pytest.importorskip("playwright.sync_api", reason="needs pip install -e '.[browser]'")
axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="needs pip install -e '.[browser]'"
)
expect = sync_api.expect

PAGES = ["index.html", *(lesson.with_suffix(".html").name for lesson in LESSONS)]
PLANTED = """<!doctype html><main><p>$x$</p><p style="width: 2000px">wide</p>
<img src="http://planted.invalid/x.png"><script>throw new Error("planted")</script></main>"""
VIEWS = [
    (lesson.with_suffix(".html").name, f"cell-{cell.id}")
    for lesson in LESSONS
    for cell in read(lesson).cells
    if "from bplab.widgets" in cell.source and cell.cell_type == "code"
]
KINDS = [
    ".bar",
    ".contents",
    "footer",
    *(f"#cell-{name}" for name in ("title", "shapes", "bp1-proof", "answer-04-1", "check-04-1")),
    "#cell-see-the-example-run",
]
MANY = ["math", ".highlight"]  # thousands of elements that are alike: axe would take minutes
FORMULAS = """() => [...document.querySelectorAll("math")]
    .filter((formula) => formula.checkVisibility())
    .map((formula) => formula.getBoundingClientRect())
    .map(({ width, height }) => [width, height])"""
RAW = """() => {
    const copy = document.body.cloneNode(true);
    for (const code of copy.querySelectorAll("pre, code, script, style")) code.remove();
    return copy.textContent;
}"""
TOO_WIDE = """() => [...document.querySelectorAll("main *")]
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
    .filter((node) => !node.closest(".output, .highlight, .wide, .scroll, .display, .long, .view"))
    .map((node) => node.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("web") / "site"
    list(write_site(folder, LESSONS))
    return folder


class Reader:
    """Opens pages of the web edition, and notes what no page may do."""

    def __init__(self, browser, folder: Path) -> None:
        self.browser, self.folder = browser, folder
        self.contexts: list = []
        self.outside: list[str] = []
        self.faults: list[str] = []

    def open(self, name: str, *, width: int = 1280, height: int = 900, **options):
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", self._note_request)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text))
        page.goto((self.folder / name).as_uri())
        return page

    def _note_request(self, request) -> None:
        if not request.url.startswith(("file:", "data:")):
            self.outside.append(request.url)

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        assert self.outside == [], "a page asked for more than its own folder"
        assert self.faults == [], "errors, or words on the console"


@pytest.fixture
def reader(chromium, site) -> Iterator[Reader]:
    reader = Reader(chromium, site)
    yield reader
    reader.close()


def findings(page, **context) -> list[str]:
    """What axe finds fault with, in short. `include` and `exclude` are lists of selectors."""
    unjust = {"empty-table-header": {"enabled": False}}  # it takes a formula for nothing
    options = {"preload": False, "resultTypes": ["violations"], "rules": unjust}
    context = {name: [[part] for part in parts] for name, parts in context.items()}
    found = axe.Axe().run(page, context=context, options=options).response["violations"]
    return [f"{v['id']}: {node['html'][:120]}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_set_and_readable(reader, name):
    page = reader.open(name)
    sizes = page.evaluate(FORMULAS)
    assert all(width > 2 and height > 5 for width, height in sizes)
    assert len(sizes) > 20 or name == "index.html"
    if sizes:
        assert page.evaluate("() => document.fonts.check('16px \"bplab math\"')")
    assert not re.search(r"[$\\]", page.evaluate(RAW))
    assert findings(page, exclude=MANY) == []
    for width in (1280, 800, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("() => document.documentElement.scrollWidth") == width
        assert page.evaluate(TOO_WIDE) == []


def test_what_no_page_may_do_is_noticed(chromium, tmp_path):
    (tmp_path / "planted.html").write_text(PLANTED)
    reader = Reader(chromium, tmp_path)
    page = reader.open("planted.html")
    assert "$" in page.evaluate(RAW)
    assert len(page.evaluate(TOO_WIDE)) == 1
    assert any(found.startswith("image-alt") for found in findings(page))
    assert set(reader.outside) == {"http://planted.invalid/x.png"}
    assert "planted" in reader.faults
    with pytest.raises(AssertionError, match="more than its own folder"):
        reader.close()
    reader.outside.clear()
    with pytest.raises(AssertionError, match="errors, or words on the console"):
        reader.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_kind_of_cell_has_colours_that_can_be_told_apart(reader, scheme):
    page = reader.open("04_the_four_equations.html", color_scheme=scheme)
    assert findings(page, include=KINDS, exclude=["math"]) == []


def test_a_phone_can_scroll_by_keyboard(reader):
    page = reader.open("01_the_perceptron.html", width=390, color_scheme="dark")
    assert findings(page, exclude=MANY) == []


@pytest.mark.parametrize(("name", "cell"), VIEWS)
def test_a_view_takes_the_place_of_its_picture(reader, name, cell):
    page = reader.open(name)
    expect(page.locator(f"#{cell} .bplab")).to_be_visible()
    expect(page.locator(f"#{cell} img")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(f"#{cell} .bplab")).to_be_hidden()
    expect(page.locator(f"#{cell} img")).to_be_visible()
    expect(page.get_by_role("navigation").first).to_be_hidden()


def test_without_scripts_a_page_shows_the_pictures(reader):
    page = reader.open("04_the_four_equations.html", java_script_enabled=False)
    expect(page.locator("#cell-see-the-example-run img")).to_be_visible()
    expect(page.locator("#cell-see-the-example-run .bplab")).to_have_count(0)


def test_perceptron(reader):
    page = reader.open("01_the_perceptron.html")
    view = page.locator(".bplab")
    says = view.get_by_role("status")
    button(view, "Next mistake").click()
    expect(says).to_contain_text("Mistake 1, epoch 1: x = (0, 0)")
    button(view, "Next mistake").press("Enter")
    expect(says).to_contain_text("Mistake 2, epoch 1")
    drag(view, "your line, end 1", (0, 1.5))
    drag(view, "your line, end 2", (1.5, 0))
    expect(says).to_contain_text("at most (R/γ)² = 51 mistakes")
    part(view, "point 4").press("ArrowUp")
    expect(part(view, "point 4")).to_have_attribute("aria-valuetext", re.compile(r"^\(1, 1\.05\)"))


def test_xor(reader):
    page = reader.open("02_two_layers_solve_xor.html")
    view = page.locator(".bplab")
    says = view.get_by_role("status")
    drag(view, "line 1, end 1", (-0.25, 0.75))
    drag(view, "line 1, end 2", (0.75, -0.25))
    expect(says).to_contain_text("3 of 4 corners right, best so far 3 of 4.")
    part(view, "line 1, end 1").press("Enter")
    expect(says).to_contain_text("1 of 4 corners right, best so far 3 of 4.")


def test_stepper(reader):
    page = reader.open("04_the_four_equations.html")
    view = page.locator(".bplab")
    says = view.get_by_role("status")
    button(view, "Next").click()
    expect(says).to_contain_text("h1: z = 0.15·0.05 + 0.2·0.1 + 0.35 = 0.3775")
    guess = view.get_by_label("Predict a of h2, then press Next or Enter:")
    guess.fill("0.5968844")
    guess.press("Enter")
    expect(says).to_contain_text("✓ You predicted 0.5969: right.")


def test_what_needs_the_kernel_says_so(reader):
    page = reader.open("04_the_four_equations.html")
    view = page.locator(".bplab")
    view.get_by_label("Program").select_option("own")
    says = view.get_by_role("status")
    expect(says).to_have_text(
        "This page has no Python behind it. "
        "To run your own code here, open the lesson with: bplab lab."
    )
    view.get_by_label("Program").select_option("right")
    button(view, "Next").click()
    expect(says).to_contain_text("h1: z = 0.15·0.05")


def test_convolution(reader):
    page = reader.open("09_cnn_backprop.html")
    view = page.locator(".bplab")
    says = view.get_by_role("status")
    output = view.get_by_role("grid", name="output z", exact=True).get_by_role("gridcell")
    output.nth(4).hover()
    expect(says).to_contain_text("z[1, 1] = 1·3 + 2·3 + 0·1")
    output.nth(4).press("ArrowRight")
    expect(says).to_contain_text("z[1, 2] = ")


def test_training_plays_its_recording(reader):
    page = reader.open("05_multilayer_perceptron.html")
    view = page.locator(".bplab")
    says = view.get_by_role("status")
    expect(view).to_contain_text("No kernel trains here: this plays a recording of the two runs.")
    button(view, "Step").click()
    expect(says).to_contain_text("Epoch 1. A: loss ")
    button(view, "Step").press("Enter")
    expect(says).to_contain_text("Epoch 2. A: loss ")
    button(view, "Rewind").press("Space")
    expect(says).to_contain_text("Before training.")


def test_the_pages_are_leafed_through_by_keyboard(reader):
    page = reader.open("04_the_four_equations.html")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("05 · The multilayer perceptron")
    page.get_by_role("link", name="bplab", exact=True).click()
    page.get_by_role("link", name="00 Start here").click()
    expect(page).to_have_title("00 · Start here – bplab")
