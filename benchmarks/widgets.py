"""The views in a real JupyterLab: from a key press to the frame that shows what it changed.

Each view has a page of its own, as in a lesson. Beside it stands the usual way, `interact` with a
matplotlib figure, and takes turns with it. Wall-clock time: what counts is how long the hand waits
for the eye. Of that, the own work is what the page computes and paints; the rest is waiting for the
screen's next frame.
"""

import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tqdm import tqdm

from benchmarks.results import Result
from tools.lab import Lab, Server, chromium_program, launch

USUAL = "interact with matplotlib"
FRACTION, FRAME = 1 / 8, 16  # of the usual way's time; milliseconds
# Else Chromium holds back, after a key, the message that tells the stopwatch that a frame ended.
PROMPT = "--disable-features=DeferRendererTasksAfterInput"
REST = (40, 57)  # milliseconds between two presses: one frame apart, so that any phase is met


@dataclass(frozen=True)
class Subject:
    """Code that shows a view, the control that gets the keys, and two keys that undo each other.

    button: what must be clicked before there is anything to control.
    """

    code: str
    control: str
    keys: tuple[str, str]
    button: str = ""


@dataclass(frozen=True)
class Press:
    """Milliseconds from the key press to the end of the frame, and the page's work within them."""

    total: float
    own: float


VIEWS = {
    "perceptron stepper": Subject(
        "from bplab.widgets.perceptron import perceptron_stepper\nperceptron_stepper()",
        "[aria-label='your line, end 1']",
        ("ArrowUp", "ArrowDown"),
    ),
    "XOR explorer": Subject(
        "from bplab.widgets.xor import xor_explorer\nxor_explorer(2)",
        "[aria-label='line 1, end 1']",
        ("ArrowUp", "ArrowDown"),
    ),
    "backprop stepper": Subject(
        "from bplab.widgets.stepper import backprop_stepper\nbackprop_stepper()",
        "input[type=range]",
        ("ArrowRight", "ArrowLeft"),
    ),
    "convolution explorer": Subject(
        "from bplab.widgets.convolution import convolution_explorer\nconvolution_explorer()",
        "[aria-label='image x'] td",
        ("ArrowRight", "ArrowLeft"),
    ),
    "training dashboard": Subject(
        "from bplab.widgets.training import training_dashboard\ntraining_dashboard()",
        "input[aria-valuetext$=' of 1']",  # the epochs, once there is one
        ("ArrowLeft", "ArrowRight"),
        button="Step",
    ),
}
INTERACT = Subject(
    "import matplotlib.pyplot as plt\n"
    "import numpy as np\n"
    "from ipywidgets import interact\n"
    "def draw(w):\n"
    "    x = np.linspace(-4, 4, 100)\n"
    "    plt.figure(figsize=(4, 3))\n"
    "    plt.plot(x, 1 / (1 + np.exp(-w * x)))\n"
    "    plt.show()\n"
    "interact(draw, w=(-10, 10))",
    ".noUi-handle",
    ("ArrowRight", "ArrowLeft"),
)

# A message sent at the start of a frame is delivered when the frame is painted, or, if that took
# long, when the next has begun: so it tells which frame it is about. `watch` waits for a key and a
# change inside the node, or for a new image there, and then for the end of the frame that shows it:
# the first that began after the key.
WATCH = """() => {
    const { port1, port2 } = new MessageChannel();
    let seen = null;
    const tick = () => {
        port2.postMessage(performance.now());
        requestAnimationFrame(tick);
    };
    port1.onmessage = ({ data: frame }) => {
        if (!seen?.changed || frame < seen.began) return;
        const end = performance.now();
        seen.done({ total: end - seen.stamp, own: seen.handled - seen.began + end - frame });
        seen = null;
    };
    addEventListener("keydown", ({ timeStamp }) => {
        Object.assign(seen ?? {}, { stamp: timeStamp, began: performance.now() });
    }, true);
    for (const type of ["keydown", "input"]) {
        addEventListener(type, () => Object.assign(seen ?? {}, { handled: performance.now() }));
    }
    window.watch = (node, isImage) => {
        const before = node.querySelector("img");
        const change = new MutationObserver(async () => {
            const image = node.querySelector("img");
            if (isImage && (!image || image === before)) return;
            change.disconnect();
            await (isImage && image.decode());
            seen.changed = true;
        });
        const all = { subtree: true, childList: true, attributes: true, characterData: true };
        change.observe(node, all);
        window.pressed = new Promise((done) => { seen = { done, began: Infinity }; });
    };
    tick();
}"""


def latency(quick: bool) -> Iterator[Result]:
    """How long each view, and the usual way, take to show what a key changed."""
    if find_spec("playwright") is None or chromium_program() is None:
        needs = "pip install -e '.[browser]', and a Chromium of the system"
        tqdm.write(f"widgets: left out; they need {needs}", file=sys.stderr)
        return
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as home, sync_playwright() as playwright:
        server = Server(Path(home))
        try:
            lab = Lab(launch(playwright, PROMPT), server)
            for name, view in VIEWS.items():
                found = presses(lab, {name: view, USUAL: INTERACT}, rounds=10 if quick else 40)
                yield from results(name, found[name], found[USUAL])
            lab.close()
        finally:
            server.stop()


def presses(lab: Lab, subjects: Mapping[str, Subject], rounds: int) -> dict[str, list[Press]]:
    """The subjects take turns, so that a slower spell of the machine hits all of them."""
    page = lab.open([subject.code for subject in subjects.values()])
    page.run_all()
    page.page.evaluate(WATCH)
    outputs = page.page.locator(".jp-Notebook .jp-Cell-outputWrapper").all()
    shown = dict(zip(subjects, outputs, strict=True))
    for name, subject in subjects.items():
        if subject.button:
            shown[name].get_by_role("button", name=subject.button, exact=True).click()
    rng = np.random.default_rng(0)
    found: dict[str, list[Press]] = {name: [] for name in subjects}
    for turn in range(1 + rounds):
        for name, subject in subjects.items():
            shown[name].locator(subject.control).first.focus()
            for key in subject.keys:
                page.page.wait_for_timeout(rng.uniform(*REST))
                once = press(shown[name], key, is_image=name == USUAL)
                if turn:  # the first is to warm up
                    found[name].append(once)
    page.page.close()
    return found


def press(output: Any, key: str, *, is_image: bool) -> Press:
    output.evaluate("(node, isImage) => window.watch(node, isImage)", is_image)
    output.page.keyboard.press(key)
    return Press(**output.page.evaluate("() => window.pressed"))


def results(name: str, view: Sequence[Press], usual: Sequence[Press]) -> Iterator[Result]:
    """Medians, 95th percentiles, and how the view compares with the usual way beside it."""
    totals, others = [press.total for press in view], [press.total for press in usual]
    middle, beside = statistics.median(totals), statistics.median(others)
    own = statistics.median(press.own for press in view)
    yield Result(f"widgets: {name}, key to pixels, median", middle, "ms")
    yield Result(f"widgets: {name}, key to pixels, 95 %", float(np.percentile(totals, 95)), "ms")
    yield Result(f"widgets: {name}, own work, median", own, "ms", goal=FRAME)
    yield Result(f"widgets: {USUAL} beside it, median", beside, "ms")
    yield Result(f"widgets: {USUAL} beside it, 95 %", float(np.percentile(others, 95)), "ms")
    yield Result(f"widgets: {name} / {USUAL}", middle / beside, "×", goal=FRACTION)
