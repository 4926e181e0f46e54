"""What a typed formula may consist of, looked at before any parser sees it.

Every character, bracket and number is checked here, so that quotes, look-alike letters, endless
brackets and endless digits never get further. A refusal is a `FormulaError` that says where and
what to write instead.
"""

import re
from collections.abc import Iterable

from bplab.symbolic.notation import instead_of_character

MAX_LENGTH = 1000
MAX_NESTING = 30
MAX_DIGITS = 20

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-*/()[],. ")
_SPELLINGS = str.maketrans({"−": "-", "·": "*", "×": "*", "⋅": "*", "\n": " ", "\t": " "})


class FormulaError(ValueError):
    """A formula that is refused: what is not allowed, where, and what to write instead.

    `column` counts from 1 and is None if the fault has no place of its own.
    """

    def __init__(self, problem: str, instead: str, column: int | None = None) -> None:
        where = "" if column is None else f"column {column}: "
        super().__init__(f"{where}{problem}; {instead}")
        self.column = column


def readable(text: str, names: Iterable[str]) -> str:
    """The text with − · × spelled as - *, if it holds nothing but what a formula may hold.

    Raises: FormulaError otherwise.
    """
    if not isinstance(text, str):
        raise FormulaError(
            f"a formula must be text, got {type(text).__name__}", 'write it in quotes: "a*(1 - a)"'
        )
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"the formula has {len(text)} characters", f"use at most {MAX_LENGTH}")
    text = text.translate(_SPELLINGS)
    if not text.strip():
        raise FormulaError("the formula is empty", "type an expression such as a*(1 - a)")
    _require_characters(text, names)
    _require_brackets(text)
    _require_numbers(text)
    return text


def _require_characters(text: str, names: Iterable[str]) -> None:
    # Python folds look-alikes (ｅ, 𝑒) into plain letters: its parser would not see what was typed.
    names = list(names)
    letters = {letter for name in names for letter in name}
    for column, character in enumerate(text, start=1):
        if character not in _PLAIN and character not in letters:
            instead = instead_of_character(character, names)
            raise FormulaError(f"{character!r} is not allowed", instead, column)


def _require_brackets(text: str) -> None:
    closing = {"(": ")", "[": "]"}
    stack: list[tuple[str, int]] = []
    for column, character in enumerate(text, start=1):
        if character in closing:
            stack.append((closing[character], column))
            if len(stack) > MAX_NESTING:
                raise FormulaError(
                    "the brackets are nested too deeply", f"use at most {MAX_NESTING}", column
                )
        elif character in closing.values() and (not stack or stack.pop()[0] != character):
            raise FormulaError(
                f"this {character!r} closes nothing", "remove it or add the opening one", column
            )
    if stack:
        missing, column = stack[-1]
        raise FormulaError("this bracket is never closed", f"add a {missing!r}", column)


def _require_numbers(text: str) -> None:
    if comma := re.search(r"(?<![\w.\[])\d+(,)\d", text):
        raise FormulaError(
            "a comma parts arguments", "write a decimal with a point, 0.5", comma.start(1) + 1
        )
    for match in re.finditer(r"(?<!\w)(\d+\.?\d*|\.\d+)(\w*)", text):
        number, tail = match.groups()
        column = match.start() + 1
        if tail:
            raise FormulaError(
                f"{match.group()[:20]!r} is not a number",
                "write 2*x for a product and 0.001 for a small number",
                column,
            )
        if len(number) > MAX_DIGITS:
            raise FormulaError(
                f"the number has {len(number)} digits", f"use at most {MAX_DIGITS}", column
            )
        if number.isdigit() and number != str(int(number)):
            raise FormulaError(
                f"the number {number} starts with a zero", f"write {int(number)}", column
            )
