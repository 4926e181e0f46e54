"""The pages of the web edition: complete, linked, always the same, never over other files."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bplab.site import lesson as lesson_module
from bplab.site import site_files, write_site
from bplab.site.lesson import read_lesson
from bplab.site.live import Live, live_views
from tests.lessons import LESSONS, exercises, read

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


class Page(HTMLParser):
    """Ids, links, sources and pictures of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.pictures: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if "id" in values:
            self.ids.append(values["id"])
        self.links += [(tag, values[name]) for name in ("href", "src") if name in values]
        if tag == "img":
            self.pictures.append(values)


@pytest.fixture(scope="module")
def lessons():
    """All lessons, without a run of them: their views are left out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lesson_module, "live_views", lambda notebook: {})
        return [read_lesson(path) for path in LESSONS]


@pytest.fixture(scope="module")
def files(lessons) -> dict[str, bytes]:
    return dict(site_files(lessons))


@pytest.fixture(scope="module")
def pages(files) -> dict[str, Page]:
    return {name: Page(file.decode()) for name, file in files.items() if name.endswith(".html")}


def test_every_link_leads_somewhere(files, pages):
    for name, page in pages.items():
        for _, link in page.links:
            if link.startswith(("https://", "data:")):
                continue
            target, _, anchor = link.partition("#")
            assert (target or name) in files, f"{name} links to {link}"
            assert not anchor or anchor in pages[target or name].ids, f"{name} links to {link}"


def test_ids_are_unique(pages):
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), name


def test_nothing_is_loaded_from_outside(files, pages):
    for name, page in pages.items():
        assert not [link for tag, link in page.links if tag != "a" and "//" in link], name
    style = files["assets/site.css"].decode()
    assert re.findall(r"url\(.{6}", style) == ['url("data:']
    assert "@import" not in style


def test_an_empty_corner_of_a_table_heads_nothing(files, pages):
    assert not [name for name in pages if re.search(rb"<th[^>]*>\s*</th>", files[name])]


def test_every_picture_has_its_words(pages):
    pictures = [picture for page in pages.values() for picture in page.pictures]
    assert len(pictures) > 60
    for picture in pictures:
        assert len(picture["alt"]) > 20
        assert int(picture["width"]) > 50


def test_the_syllabus_says_what_the_readme_says(lessons):
    for path, lesson in zip(LESSONS, lessons, strict=True):
        row = f"| {lesson.number} | [{lesson.title}](lessons/{path.name}) |"
        (found,) = (line for line in README.splitlines() if line.startswith(row))
        assert found.endswith(f"| {lesson.minutes} | {lesson.exercises} |")
        assert lesson.exercises == len(exercises(path))


def test_the_syllabus_has_every_aim(lessons):
    for path, lesson in zip(LESSONS, lessons, strict=True):
        promised = read(path).cells[0].source.split("After this lesson you can")[1]
        assert len(lesson.aims) == promised.count("\n- ") >= 4


def test_the_page_shows_what_the_lesson_holds(lessons, files):
    for path, lesson in zip(LESSONS, lessons, strict=True):
        page = files[lesson.page].decode()
        assert page.count('class="live"') == lesson.exercises
        assert f"open <code>{path.name}</code>" in page
        assert page.count("not attempted yet</strong>") == lesson.exercises


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(
        FileExistsError, match="is not empty, nothing was written; give another DIR"
    ):
        list(write_site(tmp_path, []))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OSError, match="DIR must be a folder, but"):
        list(write_site(tmp_path / "file", []))


@pytest.mark.slow
def test_two_runs_write_the_same_bytes(tmp_path):
    for folder in ("first", "second"):
        assert list(write_site(tmp_path / folder, LESSONS[1:2])) == [
            "The perceptron and the XOR failure"
        ]
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / folder).rglob("*.*")}
        for folder in ("first", "second")
    )
    assert first == second
    assert b"bplab.mount(view" in first["01_the_perceptron.html"]


@pytest.mark.slow
def test_views_are_those_of_a_run():
    notebook = read(LESSONS[4])
    views = {cell: shown for cell, shown in live_views(notebook).items() if shown}
    ((view,),) = views.values()
    assert list(views) == ["see-the-example-run"]
    assert view.state["state"]["net"]["x"] == [0.05, 0.1]
    assert set(view.state) == {"state"}


def test_a_view_is_a_name_in_its_script():
    live = Live("function render() {}\nexport default { render };\n", "", {})
    assert live.script == "function render() {}\nconst view = { render };\n"
