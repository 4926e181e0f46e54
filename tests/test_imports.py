"""The house keeps its floors: imports point only down, and `import bplab` is light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import bplab

ROOT = Path(bplab.__file__).parent
STANDARD = sys.stdlib_module_names

# Each room with its floor and what it may import from outside the standard library and the package.
ROOMS = {
    "numeric": (1, {"numpy", "tqdm"}),
    "symbolic": (1, {"sympy", "mpmath"}),
    "gradients": (1, {"numpy"}),
    "exact": (1, {"numpy"}),
    "parameters": (1, {"numpy"}),
    "dual": (1, {"numpy"}),
    "workspace": (1, set()),
    "text": (1, set()),
    "rulebook": (2, {"numpy", "sympy"}),
    "exercises": (3, {"numpy", "sympy"}),
    "figures": (3, {"numpy", "sympy", "matplotlib"}),
    "data": (3, {"numpy"}),
    "widgets": (4, {"IPython", "anywidget", "ipywidgets", "matplotlib", "numpy", "traitlets"}),
    "grading": (4, {"dask", "distributed", "matplotlib", "nbformat", "numpy"}),
    "site": (
        5,
        {"fontTools", "jinja2", "latex2mathml", "markupsafe", "nbclient", "nbconvert", "nbformat"},
    ),
    "solutions": (5, {"nbformat"}),
    "running": (5, {"jupyter_client", "nbclient", "nbformat"}),
    "doctor": (5, {"packaging", "jupyter_client"}),
    "cli": (5, {"click", "tqdm"}),
}
GROUND = "bplab.numeric.arrays"  # the array type and its validation stand below every NumPy room
SAME_ROOM = {  # one room in several files
    ("gradients", "parameters"),
    ("exact", "gradients"),
    ("exact", "parameters"),
    ("exact", "dual"),
    ("cli", "doctor"),
    ("cli", "running"),
    ("cli", "site"),
    ("cli", "solutions"),
}


def imported(source: str, package: str) -> set[str]:
    """The modules a source text imports, wherever in it, with relative imports made absolute."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: 1 - node.level or None]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            if module == "bplab":
                names |= {f"bplab.{alias.name}" for alias in node.names}
            else:
                names.add(module)
    return names


def violations(room: str, source: str) -> list[str]:
    floor, outside = ROOMS[room]
    found = []
    for name in sorted(imported(source, f"bplab.{room}")):
        top, *rest = name.split(".")
        if top == "bplab":
            other = rest[0] if rest else ""
            if name == GROUND and "numpy" in outside:
                continue
            if other in {room, "__version__"} or (room, other) in SAME_ROOM:
                continue
            if other not in ROOMS or ROOMS[other][0] >= floor:
                found.append(f"{room} (floor {floor}) imports {name}")
        elif top not in STANDARD and top not in outside:
            found.append(f"{room} imports {top}")
    return found


def modules():
    return [path for path in sorted(ROOT.rglob("*.py")) if path != ROOT / "__init__.py"]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_down(path):
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    assert room in ROOMS, f"{path.name} has no room: give {room} a floor in ROOMS"
    assert violations(room, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("room", "source", "found"),
    [
        ("numeric", "import sympy", ["numeric imports sympy"]),
        ("numeric", "from bplab.symbolic import x", ["numeric (floor 1) imports bplab.symbolic"]),
        ("numeric", "from bplab import exact", ["numeric (floor 1) imports bplab.exact"]),
        ("numeric", "from ..symbolic import x", ["numeric (floor 1) imports bplab.symbolic"]),
        (
            "symbolic",
            "import bplab.numeric.arrays",
            ["symbolic (floor 1) imports bplab.numeric.arrays"],
        ),
        ("exact", "from bplab.numeric.arrays import Array", []),
        ("exact", "def f():\n    import scipy.linalg", ["exact imports scipy"]),
        ("rulebook", "import bplab.exercises", ["rulebook (floor 2) imports bplab.exercises"]),
        ("data", "from bplab.figures import x", ["data (floor 3) imports bplab.figures"]),
        ("numeric", "import math\nimport numpy\nfrom bplab.numeric.arrays import Array", []),
        ("numeric", "from .arrays import Array", []),
        ("exercises", "from bplab import rulebook", []),
    ],
)
def test_a_wrong_import_is_found(room, source, found):
    assert violations(room, source) == found


def fresh(code: str) -> str:
    """What a fresh interpreter prints."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_import_bplab_loads_nothing_heavy():
    added = fresh("import sys; old = set(sys.modules); import bplab; print(set(sys.modules) - old)")
    assert added == "{'bplab'}"


@pytest.mark.parametrize("command", ["bplab.cli", "bplab.workspace"])
def test_the_command_line_starts_light(command):
    heavy = {"numpy", "sympy", "matplotlib", "ipywidgets", "tqdm", "jupyter_client"}
    assert fresh(f"import sys, {command}; print(sorted({heavy} & set(sys.modules)))") == "[]"


@pytest.mark.parametrize("name", bplab.__all__)
def test_public_names_resolve(name):
    assert getattr(bplab, name) is getattr(bplab, name)
    assert name in dir(bplab)


def test_an_unknown_name_is_told():
    with pytest.raises(
        AttributeError, match="'bplab' has no attribute 'chekc'; it has RULES, check"
    ):
        _ = bplab.chekc
