import json
from html.parser import HTMLParser

import pytest

from bplab.exercises import CheckResult, Note
from bplab.exercises.results import JSON_TYPE

FAILED = CheckResult(
    "04.2",
    "BP2",
    "failed",
    "it stops with <b>",
    points=2,
    diagnosis="W & δ",
    mistake="transpose",
    details=(("called", "f(x)"), ("got", "line 1\nline 2")),
    data="x = <script>alert(1)</script>",
    next_step="try again",
)


class Tags(HTMLParser):
    """The tags and attributes of a text, which must be balanced."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open, self.text = [], [], [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_plain_text():
    assert str(FAILED) == (
        "✗ 04.2 BP2: it stops with <b>\n"
        "  W & δ\n"
        "  called  f(x)\n"
        "  got     line 1\n"
        "          line 2\n"
        "  Next: try again"
    )


@pytest.mark.parametrize("shown", [FAILED, Note("a <i>", "b < c", "<script>")])
def test_html_survives_the_sanitiser(shown):
    html = Tags(shown._repr_mimebundle_()["text/html"])
    allowed = {
        "div",
        "p",
        "strong",
        "pre",
        "details",
        "summary",
    }
    assert set(html.tags) <= allowed | {"code"}
    assert html.attributes == []  # no styles, roles or handlers


def test_html_says_it_all_in_words():
    text = Tags(FAILED._repr_mimebundle_()["text/html"]).text
    for words in ("✗ 04.2 BP2: it stops with <b>", "W & δ", "line 2", "try again", "alert(1)"):
        assert words in text


def test_json_reads_back():
    data = json.loads(json.dumps(FAILED._repr_mimebundle_()[JSON_TYPE]))
    assert data["status"] == "failed"
    assert data["mistake"] == "transpose"
    assert data["details"][0] == {"label": "called", "text": "f(x)"}
    assert (data["score"], data["points"]) == (0, 2)


@pytest.mark.parametrize(
    ("status", "sign", "score"), [("passed", "✓", 2), ("failed", "✗", 0), ("not attempted", "○", 0)]
)
def test_status_sign_and_score(status, sign, score):
    result = CheckResult("04.2", "BP2", status, "…", points=2)
    assert str(result).startswith(sign)
    assert repr(result) == str(result)
    assert result.score == score
    assert bool(result) is (status == "passed")


def test_a_note_shows_its_parts():
    note = Note("headline", "body", "code = 1")
    assert note._repr_mimebundle_()["text/plain"] == "headline\n\nbody\n\ncode = 1"
