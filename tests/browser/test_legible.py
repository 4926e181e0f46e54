"""What the drawings of the views write can be read: large enough, and nowhere cut off."""

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="needs pip install -e '.[browser]'")

SMALLEST = 11  # pixels of the screen

DEEPEST = """
import numpy as np
from bplab.widgets.stepper import MOST_LAYERS, MOST_NEURONS, backprop_stepper
rng, n = np.random.default_rng(0), MOST_NEURONS
params = [rng.normal(size=shape) for _ in range(MOST_LAYERS - 1) for shape in ((n, n), n)]
backprop_stepper(params, rng.normal(size=n), -0.0001234567 * np.arange(1, n + 1))
"""
VIEWS = {
    "perceptron": "from bplab.widgets.perceptron import perceptron_stepper\nperceptron_stepper()",
    "xor": "from bplab.widgets.xor import xor_explorer\nxor_explorer()",
    "xor folded": "from bplab.widgets.xor import xor_explorer\nxor_explorer(2)",
    "stepper": "from bplab.widgets.stepper import backprop_stepper\nbackprop_stepper()",
    "deepest stepper": DEEPEST,
    "training": "from bplab.widgets.training import training_dashboard\ntraining_dashboard()",
}

# The words that are too small or outside of their drawing, and the drawings of which a part cannot
# be seen or scrolled to.
FAULTS = """(root, smallest) => {
    const within = (inner, outer) => {
        const [i, o] = [inner, outer].map((element) => element.getBoundingClientRect());
        return i.left >= o.left - 1 && i.right <= o.right + 1
            && i.top >= o.top - 1 && i.bottom <= o.bottom + 1;
    };
    const faults = [];
    const texts = [...root.querySelectorAll("svg text")].filter(
        (text) => text.textContent && text.checkVisibility({ visibilityProperty: true }),
    );
    for (const text of texts) {
        const size = parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a;
        if (size < smallest) faults.push(`${text.textContent}: ${size.toFixed(1)} px`);
        if (!within(text, text.ownerSVGElement)) faults.push(`${text.textContent}: cut off`);
    }
    for (const drawing of new Set(texts.map((text) => text.ownerSVGElement))) {
        const scrolls = drawing.closest(".bplab-scrolls");
        const box = scrolls && getComputedStyle(scrolls).overflowX === "auto" ? scrolls : drawing;
        if (!within(box, root)) faults.push(`${drawing.classList}: cut off`);
    }
    return texts.length ? faults : ["no words"];
}"""


def controls_set(view):
    """All steps done, and an edge chosen, so that everything is written that can be."""
    step = view.get_by_label("Step", exact=True)
    if step.count():
        step.press("End")
        view.get_by_role("button", name="weight w1 from").focus()
        view.page.keyboard.press("Enter")


@pytest.fixture(params=[1280, 800])
def width(request):
    return request.param


@pytest.fixture
def page(lab, width):
    page = lab.open(list(VIEWS.values()), width=width, reduced_motion="reduce")
    page.run_all()
    return page


def test_what_drawings_write_can_be_read(page, width):
    for number, name in enumerate(VIEWS):
        view = page.widget(number)
        view.scroll_into_view_if_needed()
        controls_set(view)
        page.picture(f"{name}-{width}", number)
        assert (name, view.evaluate(FAULTS, SMALLEST)) == (name, [])
        assert view.evaluate("(root) => root.scrollWidth <= root.clientWidth + 1"), name
