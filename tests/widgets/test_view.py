"""What every widget has: a picture with words, a live view where there is one, one ES module."""

import json
import re
from dataclasses import dataclass, field

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from bplab.figures import Picture, network_diagram
from bplab.widgets.view import FOLDER, LIVE, View, as_json, module, stylesheet
from tests.javascript import call, check_syntax

SCRIPTS = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.js"))
VIEWS = [name for name in SCRIPTS if "export default" in (FOLDER / name).read_text("utf-8")]


@dataclass(frozen=True)
class State:
    sizes: tuple[int, ...] = (2, 1)
    W: np.ndarray = field(default_factory=lambda: np.array([[1.0, 2.0]]))


class Demo(View):
    _esm = "export default { render() {} };"
    caption = "A caption."

    def picture(self) -> Picture:
        return network_diagram(self.start.sizes, title="Demo")


@pytest.fixture
def shown(monkeypatch):
    """Shows a widget and returns the data of each output."""

    def show(static: bool) -> list[dict]:
        monkeypatch.setenv("BPLAB_STATIC", "1" if static else "0")
        InteractiveShell.instance()
        with capture_output() as captured:
            Demo(State())._ipython_display_()
        return [output.data for output in captured.outputs]

    return show


def test_a_live_front_end_gets_the_picture_the_switch_and_the_view(shown):
    picture, switch, live = shown(static=False)
    assert set(picture) == {"text/plain", "image/png"}
    assert "bplab-switch" in switch["text/html"]
    assert set(live) == {LIVE}  # with a text too, the text would be shown without a kernel


def test_a_recorded_notebook_gets_the_picture_alone(shown):
    (picture,) = shown(static=True)
    assert re.fullmatch(r"Demo: 2-1. A caption. \[figure \w{12}\]", picture["text/plain"])


def test_the_text_is_what_repr_says():
    assert repr(Demo(State())) == repr(Demo(State()))
    assert repr(Demo(State())).startswith("Demo: 2-1. A caption.")


def test_the_caption_is_part_of_the_figure():
    plain, captioned = network_diagram((2, 1), title="Demo"), Demo(State())
    assert plain.digest[:12] not in repr(captioned)


def test_the_front_end_gets_the_state_as_plain_numbers():
    widget = Demo(State())
    assert widget.state == {"sizes": [2, 1], "W": [[1.0, 2.0]]}
    assert json.loads(json.dumps(widget.state)) == widget.state
    assert isinstance(widget.start, State)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_state_is_finite(bad):
    with pytest.raises(ValueError, match="the state of a widget must be finite; it holds"):
        as_json(State(W=np.array([bad])))


def test_numpy_numbers_and_nested_values_become_plain():
    given = {"a": (np.float64(1.5), [np.int64(2)]), "b": {"c": None, "d": "words", "e": True}}
    assert as_json(given) == {"a": [1.5, [2]], "b": {"c": None, "d": "words", "e": True}}


def test_a_view_needs_a_picture():
    with pytest.raises(NotImplementedError):
        View(State()).picture()


# one module from several files


def test_files_are_joined_each_once_and_those_needed_first(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "base.js").write_text("export const base = 1;\n")
    (tmp_path / "one.js").write_text(
        'import { base } from "./sub/base.js";\n\nexport function one() {\n  return base;\n}\n'
    )
    (tmp_path / "top.js").write_text(
        'import {\n  one,\n} from "./one.js";\nimport { base } from "./sub/base.js";\n'
        "const render = () => one() + base;\nexport default { render };\n"
    )
    monkeypatch.setattr("bplab.widgets.view.FOLDER", tmp_path)
    assert re.sub(r"\n+", "\n", module("top.js")) == (
        "const base = 1;\nfunction one() {\n  return base;\n}\n"
        "const render = () => one() + base;\nexport default { render };\n"
    )


@pytest.mark.parametrize("name", VIEWS)
def test_the_joined_module_is_one_module_without_imports(name, tmp_path):
    text = module(name)
    check_syntax(text, tmp_path)  # finds a name declared in two files, too
    assert not re.search(r"^\s*import\b|\bimport\(", text, re.MULTILINE)
    assert re.findall(r"^export .*", text, re.MULTILINE) == ["export default { render };"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_imports_are_of_the_kind_that_joining_understands(name):
    text = (FOLDER / name).read_text("utf-8")
    for statement in re.findall(r"^import[^;]*;", text, re.MULTILINE):
        assert re.fullmatch(r'import \{[\w\s,]+\} from "\.\.?/[\w./]+\.js";', statement)
        assert " as " not in statement


@pytest.mark.parametrize("name", SCRIPTS)
def test_nothing_is_loaded_from_elsewhere(name):
    addresses = re.findall(r"https?://[^\"'\s]+", (FOLDER / name).read_text("utf-8"))
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}
    assert "http" not in stylesheet()


# numbers as text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.298371109, "0.2984"),
        (-0.5, "−0.5"),
        (2.0, "2"),
        (100.0, "100"),
        (12345678.0, "1.235e7"),
        (-1.2e-9, "−1.2e−9"),
        (0.00008923, "8.923e−5"),
        (0.0001234, "0.0001234"),
        (0.0, "0"),
    ],
)
def test_numbers_are_short_and_have_a_real_minus(number, text):
    assert call("shared/dom.js", "digits", number) == text
