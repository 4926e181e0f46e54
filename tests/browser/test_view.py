"""Where nothing can run, a widget is its picture with a caption: never an error or a bare name."""

import json

import nbformat
import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="needs pip install -e '.[browser]'")
expect = sync_api.expect

EXAMPLE = """
from bplab.widgets.stepper import backprop_stepper
backprop_stepper()
"""


@pytest.fixture
def saved(lab):
    """A notebook that was run and saved, and whose kernel is gone."""
    page = lab.open([EXAMPLE])
    page.run_all()
    page.widget().wait_for()
    expect(page.page.locator(".jp-Notebook img")).to_be_hidden()  # the picture makes way
    page.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    lab.close()
    return page.name


def test_a_reopened_notebook_shows_the_picture(lab, saved):
    page = lab.open(saved).page
    picture = page.locator(".jp-OutputArea-output img")
    expect(picture).to_be_visible()
    page.wait_for_timeout(3000)  # only then does JupyterLab give the view up
    expect(picture).to_be_visible()
    shown = page.locator(".jp-Cell-outputArea").inner_text()
    assert shown.strip() == ""  # the picture, and no word about an error


def test_a_stored_notebook_holds_no_state(lab, saved):
    text = (lab.server.folder / saved).read_text(encoding="utf-8")
    assert "widgets" not in json.loads(text)["metadata"]
    assert "frame(" not in text  # nor any script


def test_static_html_shows_the_picture(lab, saved, tmp_path):
    exporters = pytest.importorskip("nbconvert.exporters")
    notebook = nbformat.read(lab.server.folder / saved, as_version=4)
    html, _ = exporters.HTMLExporter(exclude_input=True).from_notebook_node(notebook)
    page = lab.browser.new_context(offline=True).new_page()
    page.set_content(html, wait_until="domcontentloaded")
    expect(page.locator("img[src^='data:image/png']")).to_be_visible()
    assert "rror" not in page.locator("body").inner_text()
    page.context.close()


def test_a_page_loaded_again_finds_the_live_view(lab):
    page = lab.open([EXAMPLE])
    page.run_all()
    page.widget().wait_for()
    page.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.page.reload()
    page.widget().get_by_role("button", name="Next", exact=True).click(timeout=60_000)
    expect(page.widget().get_by_role("status")).to_contain_text("h1: z =")


def test_closing_a_notebook_ends_the_view(lab):
    page = lab.open([EXAMPLE])
    page.run_all()
    page.widget().wait_for()
    page.page.evaluate("() => { jupyterapp.commands.execute('notebook:close-and-shutdown'); }")
    page.page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(page.page.locator(".bplab")).to_have_count(0)


def test_memory_that_a_view_keeps_is_noticed(lab):
    page = lab.open([EXAMPLE])
    page.run_all()
    page.widget().wait_for()
    copy = "() => (window.kept ??= []).push(document.querySelector('.bplab').cloneNode(true))"
    assert page.growth(copy) > 20


# Notes every timer that the module of a view sets, until it has run or is cleared.
NOTE_TIMERS = """() => {
    window.pending = new Set();
    const { setTimeout, setInterval, clearTimeout, clearInterval } = window;
    const noting = (set, once) => (act, ...rest) => {
        const id = set(() => {
            if (once) pending.delete(id);
            act();
        }, ...rest);
        if (new Error().stack.includes("blob:")) pending.add(id); // that is where anywidget has it
        return id;
    };
    const forgetting = (clear) => (id) => {
        pending.delete(id);
        clear(id);
    };
    window.setTimeout = noting(setTimeout, true);
    window.setInterval = noting(setInterval, false);
    window.clearTimeout = forgetting(clearTimeout);
    window.clearInterval = forgetting(clearInterval);
}"""
# Chooses the option, and closes the notebook while a timer waits.
CHOOSE_AND_CLOSE = """async (value) => {
    const panel = jupyterapp.shell.currentWidget;
    const { id } = panel.sessionContext.session;
    const option = document.querySelector(`.bplab option[value="${value}"]`);
    option.parentNode.value = value;
    option.parentNode.dispatchEvent(new Event("change"));
    const waiting = pending.size;
    panel.dispose();
    await new Promise(requestAnimationFrame);
    const left = pending.size;
    await jupyterapp.serviceManager.sessions.shutdown(id);
    return [waiting, left];
}"""
WAITING = {  # a view, and an option that starts a timer: for an answer, or to move something
    "stepper": (
        "from bplab.widgets.stepper import backprop_stepper\n"
        "def slow(params, x, y):\n"
        "    import time; time.sleep(3)\n"
        "backprop_stepper(gradient=slow)",
        "own",
    ),
    "training": (
        "from bplab.widgets.training import training_dashboard\ntraining_dashboard()",
        "zeros",
    ),
    "xor": ("from bplab.widgets.xor import xor_explorer\nxor_explorer()", "2"),
}


@pytest.mark.parametrize("name", WAITING)
def test_closing_a_notebook_ends_the_timers(lab, name):
    code, option = WAITING[name]
    page = lab.open([code])
    page.page.evaluate(NOTE_TIMERS)
    page.run_all()
    page.widget().locator("select:enabled").first.wait_for()
    assert page.page.evaluate(CHOOSE_AND_CLOSE, option) == [1, 0]
