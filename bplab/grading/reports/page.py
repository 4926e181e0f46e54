"""The frame of an HTML report: one file, no scripts, nothing loaded from elsewhere."""

from html import escape

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem;
  color-scheme: light dark; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid; }
td.number, th.number { text-align: right; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .25rem 0 1rem; }
figure { margin: 1rem 0; background: white; }
svg { max-width: 100%; height: auto; }
"""


def page(title: str, *parts: str) -> str:
    """A whole page with this title as its heading."""
    heading = escape(title)
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{heading}</title>\n'
        f"<style>{STYLE}</style></head>\n<body>\n<h1>{heading}</h1>\n{body}\n</body>\n</html>\n"
    )


def table(headings: list[str], rows: list[list[str]]) -> str:
    """A table of texts; columns of numbers are set flush right."""
    numbers = [all(_is_number(row[column]) for row in rows) for column in range(len(headings))]
    head = "".join(
        _cell("th", text, number) for text, number in zip(headings, numbers, strict=True)
    )
    lines = [
        "".join(_cell("td", text, number) for text, number in zip(row, numbers, strict=True))
        for row in rows
    ]
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _cell(tag: str, text: str, number: bool) -> str:
    kind = ' class="number"' if number else ""
    scope = ' scope="col"' if tag == "th" else ""
    return f"<{tag}{scope}{kind}>{escape(text)}</{tag}>"


def _is_number(text: str) -> bool:
    try:
        float(text or "0")
    except ValueError:
        return False
    return True
