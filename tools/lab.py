"""Notebooks in a real JupyterLab on loopback, opened by the system's Chromium.

Tests and benchmarks of the widgets work with it and bring Playwright along. Lab and browser know
nothing of the learner's settings, and reach nothing outside this machine.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat

from tools.record import ENVIRONMENT

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SECONDS_TO_START = 60
MILLISECONDS_TO_ANSWER = 20_000

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
SETTINGS: dict[str, dict[str, Any]] = {
    "apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "notebook-extension/tracker": {"windowingMode": "none"},  # all cells are in the page
    "docmanager-extension/plugin": {"autosave": False},
}
IDLE = """() => {
    const panel = jupyterapp.shell.currentWidget;
    const kernel = panel?.sessionContext?.session?.kernel;
    const waiting = [...panel.node.querySelectorAll(".jp-InputPrompt")];
    return kernel?.status === "idle" && !waiting.some((e) => e.textContent.includes("*"));
}"""


def chromium_program() -> str | None:
    """The system's Chromium, if there is one."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def launch(playwright: Any, *flags: str) -> Any:
    """The system's Chromium, run by Playwright; it resolves no name but that of this machine."""
    return playwright.chromium.launch(executable_path=chromium_program(), args=[*FLAGS, *flags])


class Server:
    """JupyterLab over a folder of its own, with settings of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.token = secrets.token_hex(8)
        self.folder = home / "notebooks"
        self.folder.mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{probe.getsockname()[1]}"
        for name, settings in SETTINGS.items():
            self._set(name, settings)
        self.log = (home / "server.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *self._options()],
            env=self._environment(),
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self._wait()

    def _set(self, name: str, settings: dict[str, Any]) -> None:
        path = self.home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))

    def _options(self) -> list[str]:
        return [
            f"--ServerApp.port={urlsplit(self.address).port}",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.folder}",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port_retries=0",
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--LabApp.news_url=",
            "--LabApp.extension_manager=readonly",
        ]

    def _environment(self) -> dict[str, str]:
        folders = {
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "IPYTHONDIR": "ipython",
        }
        own = {name: str(self.home / folder) for name, folder in folders.items()}
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        # As a learner's kernel: nothing of what the recorder switches off.
        learner = {key: value for key, value in os.environ.items() if key not in ENVIRONMENT}
        return {**learner, **own, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}

    def _wait(self) -> None:
        end = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.address}/api?token={self.token}", timeout=5):
                    return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.2)
        self.stop()
        raise RuntimeError((self.home / "server.log").read_text())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()


class NotebookPage:
    """A notebook open in JupyterLab. `page` is Playwright's page."""

    def __init__(self, page: Any, name: str) -> None:
        self.page, self.name = page, name

    def run_all(self, seconds: float = 120) -> None:
        """Run all cells and wait until the kernel rests."""
        done = self.page.evaluate(
            """(seconds) => Promise.race([
                jupyterapp.commands.execute("notebook:run-all-cells").then(() => true),
                new Promise((late) => setTimeout(late, 1000 * seconds, false)),
            ])""",
            seconds,
        )
        assert done, f"the cells did not end in {seconds} s"
        self.wait_idle(seconds)

    def wait_idle(self, seconds: float = 60) -> None:
        for _ in range(2):  # between two cells the kernel looks idle for a moment
            self.page.wait_for_timeout(150)
            self.page.wait_for_function(IDLE, timeout=seconds * 1000)

    def widget(self, number: int = 0) -> Any:
        """The locator of one live view, in the order of the notebook."""
        return self.page.locator(".jp-Notebook .bplab").nth(number)

    def errors(self) -> list[str]:
        """Tracebacks, and what cells wrote to stderr."""
        kinds = ("error", "stderr")
        outputs = ", ".join(f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in kinds)
        return list(self.page.locator(outputs).all_inner_texts())

    def theme(self, name: str) -> None:
        """`light` or `dark`."""
        self.page.evaluate(
            "(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })",
            f"JupyterLab {name.title()}",
        )
        is_light = "true" if name == "light" else "false"
        self.page.wait_for_selector(f"body[data-jp-theme-light='{is_light}']", state="attached")

    def accessibility(self) -> list[str]:
        """What axe finds fault with in the views, in short."""
        axe = import_module("axe_playwright_python.sync_playwright").Axe()
        found = axe.run(self.page, context=".jp-Notebook .bplab").response["violations"]
        return [f"{v['id']}: {node['html'][:120]}" for v in found for node in v["nodes"]]

    def heap(self) -> float:
        """Megabytes that the page still uses: objects, elements, buffers."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("HeapProfiler.collectGarbage")
        usage = session.send("Runtime.getHeapUsage")
        session.detach()
        kinds = ("usedSize", "embedderHeapUsedSize", "backingStorageSize")
        return sum(float(usage.get(kind, 0)) for kind in kinds) / 2**20

    def growth(self, act: str, times: int = 400) -> float:
        """Megabytes that the page keeps of so many calls of act(i), a drawing after each."""
        before = self.heap()
        self.page.evaluate(f"""async () => {{
            const act = {act};
            for (let i = 0; i < {times}; i += 1) {{
                act(i);
                await new Promise(requestAnimationFrame);
            }}
        }}""")
        return self.heap() - before

    def cells(self) -> int:
        return int(self.page.locator(".jp-Notebook .jp-Cell").count())

    def save(self) -> None:
        self.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")

    def picture(self, name: str, number: int = 0) -> None:
        """Keep a picture of a view where BPLAB_PICTURES says; else do nothing."""
        if folder := os.environ.get("BPLAB_PICTURES"):
            self.widget(number).screenshot(path=Path(folder) / f"{name}.png")

    def pictures(self, name: str) -> None:
        """Keep the window in light and dark where BPLAB_PICTURES says; else do nothing."""
        if folder := os.environ.get("BPLAB_PICTURES"):
            for theme in ("light", "dark"):
                self.theme(theme)
                self.page.screenshot(path=Path(folder) / f"{name}-{theme}.png")


class Lab:
    """Opens notebooks, each in a browser context of its own."""

    def __init__(self, browser: Any, server: Server) -> None:
        self.browser, self.server = browser, server
        self.contexts: list[Any] = []
        self.outside: list[str] = []
        self.faults: list[str] = []

    def write(self, cells: list[str], name: str | None = None) -> str:
        """A notebook of these code cells; returns its name."""
        name = name or f"test-{secrets.token_hex(4)}.ipynb"
        notebook = nbformat.v4.new_notebook()
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
        notebook.cells = [nbformat.v4.new_code_cell(source) for source in cells]
        nbformat.write(notebook, self.server.folder / name)
        return name

    def copy(self, notebook: Path) -> str:
        """A stored notebook, such as a lesson; returns its name."""
        name = f"{secrets.token_hex(4)}-{notebook.name}"
        shutil.copy(notebook, self.server.folder / name)
        return name

    def open(
        self,
        what: str | list[str] | Path,
        *,
        width: int = 1280,
        height: int = 900,
        **options: Any,
    ) -> NotebookPage:
        """Open a notebook given by its name in the server's folder, its cells, or its path.

        options: what Playwright's new_context takes, such as reduced_motion="reduce".
        """
        if isinstance(what, Path):
            what = self.copy(what)
        name = what if isinstance(what, str) else self.write(what)
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        self.contexts.append(context)
        context.set_default_timeout(MILLISECONDS_TO_ANSWER)
        page = context.new_page()
        page.on("request", self._note_request)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        server = self.server
        workspace = secrets.token_hex(4)
        page.goto(
            f"{server.address}/lab/workspaces/auto-{workspace}/tree/{name}?token={server.token}&reset"
        )
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.wait_for_selector("#jupyterlab-splash", state="detached")
        page.wait_for_function("() => jupyterapp.shell.currentWidget?.context?.isReady")
        page.wait_for_function(IDLE, timeout=60_000)
        page.evaluate("""() => {
            if (!jupyterapp.shell.leftCollapsed) {
                jupyterapp.commands.execute("application:toggle-left-area");
            }
        }""")
        return NotebookPage(page, name)

    def _note_request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.outside.append(request.url)

    def close(self) -> None:
        for context in self.contexts:
            for page in context.pages:
                page.evaluate("""async () => {
                    const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
                    await session?.shutdown();
                }""")
            context.close()
        self.contexts.clear()
        assert self.outside == [], f"the page asked for more than this machine: {self.outside}"
        assert self.faults == [], f"errors that the page did not catch: {self.faults}"
