"""A real JupyterLab on loopback, a real Chromium, and notebooks opened in it.

    def test_something(lab):
        page = lab.open(["from bplab import widgets", "widgets.backprop_stepper()"])
        page.run_all()
        page.widget().get_by_role("button", name="Next", exact=True).click()

A test that makes the browser ask for anything outside this machine fails, and so does one that
leaves an uncaught error in the page. BPLAB_PICTURES names a folder for `page.picture(name)`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.lab import Lab, NotebookPage, Server, chromium_program, launch


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """The system's Chromium, run by Playwright."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="needs Playwright: pip install -e '.[browser]'"
    )
    if chromium_program() is None:
        pytest.skip("needs Chromium from the system's packages")
    with sync_api.sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(chromium, tmp_path_factory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture
def lab(chromium, server) -> Iterator[Lab]:
    lab = Lab(chromium, server)
    yield lab
    lab.close()


@pytest.fixture
def notebook(lab, request) -> NotebookPage:
    """The EXAMPLE of the file of tests, run, with its view alive."""
    page = lab.open([request.module.EXAMPLE])
    page.run_all()
    page.widget().wait_for()
    return page
