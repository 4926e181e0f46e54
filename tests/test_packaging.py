"""What is stated in several places agrees, and nothing names one machine or one registry."""

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bplab
from bplab.workspace import lesson_files

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# versions


def test_the_version_is_the_same_everywhere():
    assert metadata.version("bplab") == bplab.__version__
    assert f"\nversion: {bplab.__version__}\n" in text("CITATION.cff")
    assert f"\n## {bplab.__version__}" in text("CHANGELOG.md")


def test_environment_yml_is_in_step():
    items = re.findall(r"^ *- (.+)$", text("environment.yml"), re.MULTILINE)
    python = f"python{PROJECT['requires-python']}"
    assert items == ["conda-forge", python, "pip", "pip:", "-e ."]


def constrained() -> list[Requirement]:
    return [Requirement(line) for line in CONSTRAINTS.splitlines() if not line.startswith("#")]


def test_constraints_are_exact_versions_and_no_addresses():
    for requirement in constrained():
        assert re.fullmatch(r"==[0-9][^,*+]*", str(requirement.specifier)), requirement
        assert requirement.url is None


def test_constraints_fulfil_the_bounds():
    stated = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
    for wanted in map(Requirement, stated):
        pins = [pin for pin in constrained() if pin.name == canonicalize_name(wanted.name)]
        assert pins, f"{wanted.name} is not in constraints.txt"
        for pin in pins:
            (version,) = pin.specifier
            assert wanted.specifier.contains(version.version), f"{pin} does not fulfil {wanted}"


def needed(name: str, extras: set[str], seen: set[str]) -> set[str]:
    """Everything that `name` with these extras installs in this environment."""
    for line in metadata.requires(name) or []:
        requirement = Requirement(line)
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in extras or {""}):
            continue
        dependency = canonicalize_name(requirement.name)
        if dependency not in seen:
            seen.add(dependency)
            needed(dependency, requirement.extras, seen)
    return seen


def test_constraints_cover_all_that_is_installed():
    pinned = {
        pin.name
        for pin in constrained()
        if pin.marker is None or pin.marker.evaluate({"extra": ""})
    }
    assert needed("bplab", {"", "test"}, set()) - pinned == set()


# the wheel


def test_the_wheel_carries_the_lessons(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    lessons = {f"bplab/_lessons/{path.as_posix()}" for path in lesson_files(ROOT / "lessons")}
    assert lessons
    assert lessons <= names
    assert {"bplab/py.typed", "bplab/datasets/digits.npz"} <= names
    folder = ROOT / "bplab" / "widgets"
    scripts = {path.relative_to(ROOT).as_posix() for path in folder.rglob("*.[jc]s*")}
    assert "bplab/widgets/shared/view.css" in scripts
    assert scripts <= names
    assert not any(name.startswith(("tests/", "tools/")) for name in names)


# the README


def test_the_readme_has_two_commands_for_a_fresh_machine():
    assert re.findall(r"```sh\n(.*?)\n```", text("README.md"), re.DOTALL) == [
        "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/bplab lab",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
    ]


def test_the_readme_lists_every_lesson():
    linked = re.findall(r"\(lessons/([^)]+\.ipynb)\)", text("README.md"))
    stored = [path.as_posix() for path in lesson_files(ROOT / "lessons") if path.suffix == ".ipynb"]
    assert linked == stored


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


# no registry, no machine

REGISTRIES = re.compile(
    r"(pypi|pythonhosted|test\.pypi|npmjs|anaconda|crates|jsr)\.(org|com|io)"
    r"|download\.pytorch|proxy\.golang|unpkg\.|jsdelivr\."
)
MACHINE = re.compile(r"(?<![\w.~-])/(root|work|home/\w+|Users/\w+|opt/\w+)/|[A-Z]:\\+Users")


def foreign(content: str) -> list[str]:
    return [match[0] for pattern in (REGISTRIES, MACHINE) for match in pattern.finditer(content)]


def files() -> list[Path]:
    """What git holds or would hold."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if (path := ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_machine():
    found = {}
    for path in files():
        if names := foreign(path.read_bytes().decode(errors="ignore")):
            found[path.relative_to(ROOT).as_posix()] = names
    assert found == {}


# In two halves, so that this file names none itself.
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("--index-url https://pypi", ".org/simple"),
        ("https://files.pythonhosted", ".org/packages"),
        ("https://registry.npmjs", ".org"),
        ("https://download", ".pytorch.org/whl"),
        ("File /root", "/project/x.py"),
        ('"/home', '/ada/course"'),
        ("C:\\", "Users\\ada"),
    ],
)
def test_a_registry_or_a_machine_is_found(start, end):
    assert foreign(start + end)


@pytest.mark.parametrize("content", ["lessons/home/ada/x", "at/work/now", "the /tmp/low folder"])
def test_other_paths_are_fine(content):
    assert foreign(content) == []


# the extras


def test_the_tests_can_be_collected_without_any_other_extra():
    code = """
import sys
extras = "playwright", "axe_playwright_python", "nbgrader", "distributed", "torch"
sys.modules |= dict.fromkeys(extras)
import pytest
sys.exit(pytest.main(["tests", "--collect-only", "-q", "-p", "no:cacheprovider", "-n", "0"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]
