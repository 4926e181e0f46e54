"""LaTeX formulas as MathML, which browsers draw themselves: a page needs no script for them.

latex2mathml does the translation. It writes MathML 3; what today's browsers (MathML Core) read
otherwise is put right here: letters with a variant, names of functions, primes, and space where TeX
has more or less of it.
"""

import re
import unicodedata
from html import unescape
from xml.etree.ElementTree import Element, SubElement, tostring

from latex2mathml.converter import convert_to_element
from markupsafe import Markup, escape

INLINE = re.compile(r"\$(.+?)\$")
ROW_END = re.compile(r"\\\\\s*\n")
CELLS = re.compile(r"(.*?)&(=.*?)(?:&&\s*\\text\{(.*)\})?", re.DOTALL)
SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
OPENING = set("([{⌈⌊⟨‖|")
TIGHT = ("/", "…")
PRIMES = ("′", "″", "‴")
THIN = "0.167em"


def mathml(tex: str, *, display: str = "inline") -> Markup:
    r"""The formula as a `math` element; display is "inline" or "block".

    Raises: ValueError for a command that is not known.

    >>> print(mathml(r"\mathsf T"))
    <math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><mi>𝖳</mi></mrow></math>
    """
    root = convert_to_element(tex.strip(), display=display)
    for node in list(root.iter()):
        node.text = unescape(node.text or "")  # latex2mathml leaves &#x…; in the tree
        if "\\" in node.text:
            raise ValueError(f"cannot write {node.text} in MathML; the formula is {tex}")
        _restyle(node)
    for row in list(root.iter()):
        _space_functions(row)
    return Markup(tostring(root, encoding="unicode"))


def derivation(body: str) -> Markup:
    r"""The rows `a &= b && \text{why}` of an `align*` as a table, whose reasons can wrap."""
    rows = Markup("").join(map(_row, ROW_END.split(body.strip())))
    return Markup('<table class="derivation"><tbody>{}</tbody></table>').format(rows)


def _row(row: str) -> Markup:
    cells = CELLS.fullmatch(row.strip())
    if cells is None:
        raise ValueError(f"a row of align* must read a &= b && \\text{{why}}; got {row}")
    left, right, why = cells.groups()
    return Markup("<tr><td>{}</td><td>{}</td><td>{}</td></tr>").format(
        mathml(rf"\displaystyle {left}") if left.strip() else "",
        mathml(rf"\displaystyle {right}"),
        with_formulas(why or ""),
    )


def with_formulas(text: str) -> Markup:
    """Plain text with `$…$` in it."""
    parts = INLINE.split(text)
    return Markup("").join(mathml(part) if i % 2 else escape(part) for i, part in enumerate(parts))


def _restyle(node: Element) -> None:
    text = node.text or ""
    variant = node.attrib.get("mathvariant", "normal")
    if variant != "normal":
        del node.attrib["mathvariant"]
        node.text = "".join(_letter(char, variant) for char in text)
    elif text in PRIMES:
        node.set("class", "prime")  # the style sheet asks the font for its form in an exponent
    elif node.tag == "mo" and text.isalpha() and len(text) > 1:
        node.tag = "mi"  # else a browser puts the space of a relation around it
    elif node.tag == "mo" and text == "‖":
        node.set("stretchy", "false")
    elif node.tag == "mo" and text in TIGHT:
        _tighten(node)
    if node.tag in SCRIPTS:
        for script in node[1:]:
            for operator in script.iter("mo"):
                _tighten(operator)


def _tighten(operator: Element) -> None:
    operator.attrib |= {"lspace": "0", "rspace": "0"}


def _letter(char: str, variant: str) -> str:
    """The letter or digit of this variant, as a character of its own.

    >>> _letter("E", "double-struck")
    '𝔼'
    """
    name = unicodedata.name(char).removeprefix("LATIN ").replace("LETTER ", "")
    return unicodedata.lookup(f"MATHEMATICAL {variant} {name}".upper())


def _space_functions(row: Element) -> None:
    """Thin spaces around log, max and the like, where TeX puts them."""
    children = list(row)
    if row.tag in SCRIPTS or row.tag == "mfrac":
        return
    for i, child in reversed(list(enumerate(children))):
        if not _is_function(child):
            continue
        after = children[i + 1] if i + 1 < len(children) else None
        if after is not None and (after.text or "") not in OPENING:
            row.insert(i + 1, _thin())
        if i and children[i - 1].tag not in ("mo", "mspace"):
            row.insert(i, _thin())


def _is_function(node: Element) -> bool:
    base = node[0] if node.tag in SCRIPTS else node
    text = base.text or ""
    return base.tag == "mi" and len(text) > 1 and text.isascii() and text.isalpha()


def _thin() -> Element:
    return SubElement(Element("mrow"), "mspace", width=THIN)
