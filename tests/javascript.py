"""Runs the functions of bplab/widgets/*.js in Node, which Playwright brings along.

tests/browser/test_maths.py runs the same cases in a page of Chromium instead.
"""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bplab.widgets import view
from bplab.widgets.view import FOLDER

IN_NODE = """
import {{ {function} as f }} from {path};
let text = "";
for await (const chunk of process.stdin) text += chunk;
process.stdout.write(JSON.stringify(JSON.parse(text).map((given) => f(...given))));
"""
# There a view is one module, handed over as text, as anywidget has it.
IN_A_PAGE = """async ([code, text]) => {
    const { f } = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    return JSON.stringify(JSON.parse(text).map((given) => f(...given)));
}"""


@cache
def node() -> str:
    try:
        from playwright._impl._driver import compute_driver_executable

        found = compute_driver_executable()
        return str(found[0] if isinstance(found, tuple) else found)
    except ImportError:
        found = shutil.which("node")
    if found is None:
        pytest.skip("needs Node: pip install -e '.[browser]'")
    return found


def call(module: str, function: str, *arguments: Any) -> Any:
    """What the exported function returns, by way of JSON."""
    return calls(module, function, [arguments])[0]


def calls(module: str, function: str, many: list[Any]) -> list[Any]:
    """The same for many lists of arguments at once: starting Node takes longer than most calls."""
    return json.loads(runner(module, function, json.dumps([list(given) for given in many])))


def in_node(module: str, function: str, given: str) -> str:
    path = (FOLDER / module).resolve().as_uri()
    code = IN_NODE.format(function=function, path=json.dumps(path))
    done = subprocess.run(
        [node(), "--no-warnings", "--input-type=module", "--eval", code],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_page(page: Any, module: str, function: str, given: str) -> str:
    """The same in a page of Playwright's."""
    code = f"{view.module(module)}\nexport {{ {function} as f }};"
    return str(page.evaluate(IN_A_PAGE, [code, given]))


runner = in_node  # what `call` and `calls` use


def check_syntax(text: str, folder: Path) -> None:
    """Fails with Node's words if the text is no ES module."""
    path = folder / "module.mjs"
    path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [node(), "--check", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
