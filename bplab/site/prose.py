"""The lessons' Markdown as HTML: formulas as MathML, headings with names, links between pages."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from bplab.site.mathematics import derivation, mathml

MOST_SIGNS = 20  # of a formula that surely fits on a phone


def reachable(is_wide: bool) -> Markup:
    """An attribute for what may have to be scrolled: then the keyboard must reach it."""
    return Markup(' tabindex="0"' if is_wide else "")


def _is_long(formula: Markup) -> bool:
    return len(formula.striptags()) > MOST_SIGNS


@dataclass(frozen=True)
class Heading:
    """A heading of the second level, as the table of contents shows it."""

    name: str
    words: Markup


class Prose(IPythonRenderer):
    """Renders one lesson's prose, and keeps its headings."""

    def __init__(self) -> None:
        super().__init__(escape=False)
        self.headings: list[Heading] = []

    def html(self, text: str) -> Markup:
        return Markup(MarkdownWithMath(renderer=self).render(text))

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        words = Markup(text)
        name = words.striptags().replace(" ", "-")  # as JupyterLab names it, for links in a lesson
        if level == 2:
            self.headings.append(Heading(name, words))
        return Markup('<h{0} id="{1}">{2}</h{0}>\n').format(level, name, words)

    def inline_math(self, body: str) -> str:
        formula = mathml(body)
        if not _is_long(formula):
            return formula
        return Markup('<span class="long" tabindex="0">{}</span>').format(formula)

    def block_math(self, body: str) -> str:
        formula = mathml(body, display="block")
        focus = reachable(_is_long(formula))
        return Markup('<span class="display"{}>{}</span>').format(focus, formula)

    def latex_environment(self, name: str, body: str) -> str:
        if name != "align*":
            raise ValueError(f"only align* is known here, put {name} into $$…$$")
        return f'<div class="scroll" tabindex="0">{derivation(body)}</div>'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return super().link(text, url.replace(".ipynb", ".html"), title)

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        tag = "th" if head and text else "td"  # an empty corner heads nothing
        return f"<{tag}>{text}</{tag}>\n"

    def table(self, text: str) -> str:
        return f'<div class="wide" tabindex="0">\n<table>\n{text}</table>\n</div>\n'
