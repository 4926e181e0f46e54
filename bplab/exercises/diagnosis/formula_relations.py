"""How a wrong formula is related to the right one: a sign, a factor, a term, a sum, a name.

Each statement is the outcome of `agree`, so it is true of the formula that was typed, whether an
exercise lists the mistake or not. SymPy is loaded already when this is asked.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any

import sympy

from bplab.exercises.diagnosis.findings import Finding, both
from bplab.exercises.diagnosis.scaling import by_constant
from bplab.symbolic.edits import Edit, edits, factors, spelled
from bplab.symbolic.equivalence import agree
from bplab.symbolic.expressions import Entry, free_indices

IT = "your formula"
CONSTANTS = [Fraction(text) for text in ("-1", "2", "1/2", "3", "1/3", "4", "1/4", "-2", "-1/2")]
LIKELIEST = 3
MOST_TERMS = 12
LARGEST_FRACTION = 100
NEAR = 0.01
_LACKS = {
    "term": "the term {part} is missing",
    "sign": "the term {part} has the wrong sign",
    "factor": "the factor {part} is missing",
    "inverse": "the part {part} divides where it should multiply, or the other way round",
    "power": "the exponent of {part} is missing",
    "sum": "the sum over {part} is missing",
    "function": "the function {part} is missing",
}
_HAS = {
    "term": "the term {part} is too much",
    "factor": "the factor {part} is too much",
    "power": "the exponent of {part} is too much",
    "sum": "the sum over {part} is too much",
    "function": "the function {part} is too much",
}


def formula_relation(
    got: sympy.Expr, expected: sympy.Expr, names: Mapping[str, Any]
) -> Finding | None:
    """What the formula is in terms of the right one; None if nothing simple holds."""
    if got.is_number and not expected.is_number:
        return Finding("a number", "your formula is a number: it depends on nothing")
    if found := _rounded(got, expected):
        return found
    symbols = [what for what in names.values() if isinstance(what, sympy.Symbol)]
    for c in CONSTANTS:
        if _agree(got, sympy.Rational(c) * expected):
            return by_constant(float(c), IT)
    if found := _one_change(got, expected, symbols):
        return found
    for c in CONSTANTS[:LIKELIEST]:
        if found := _one_change(got / sympy.Rational(c), expected, symbols):
            first = by_constant(float(c), IT)
            return both(first, found)
    return _dependence(got, expected)


def _rounded(got: sympy.Expr, expected: sympy.Expr) -> Finding | None:
    """Whether decimals stand for fractions that they only come near to."""
    near = {}
    for number in got.atoms(sympy.Rational):
        fraction = Fraction(number.p, number.q).limit_denominator(LARGEST_FRACTION)
        if fraction != number and abs(fraction - number) < NEAR * abs(number):
            near[number] = sympy.Rational(fraction)
    if not near or not _agree(got.xreplace(near), expected):
        return None
    words = " and ".join(f"{f} as a fraction" for f in dict.fromkeys(map(str, near.values())))
    return Finding("rounded", f"a decimal in {IT} is rounded: write {words}")


def _one_change(
    got: sympy.Expr, expected: sympy.Expr, symbols: list[sympy.Symbol]
) -> Finding | None:
    searches = (
        _whole(got, expected, symbols),
        _left_out(got, expected),
        _too_much(got, expected),
        _off(got, expected),
        _factor(got, expected),
        _other_name(got, expected, symbols),
    )
    return next((found for search in searches for found in search), None)


def _agree(left: sympy.Expr, right: sympy.Expr) -> bool:
    """Whether they mean the same; formulas without a value at any point do not."""
    if free_indices(left) != free_indices(right):
        return False
    if any(expr.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I) for expr in (left, right)):
        return False
    return agree(left, right)


def _whole(got: sympy.Expr, expected: sympy.Expr, symbols: list[sympy.Symbol]) -> Iterator[Finding]:
    if expected != 0 and _agree(got, 1 / expected):
        yield Finding("reciprocal", f"{IT} is upside down: it is 1 over the right one")
    if _agree(got, expected**2):
        yield Finding("squared", f"{IT} is the square of the right one")
    if _agree(got**2, expected):
        yield Finding("square root", f"the square of {IT} would be right")
    if got.atoms(Entry) | expected.atoms(Entry):
        return
    for x in symbols:
        if got.has(x) and _agree(got.diff(x), expected):
            yield Finding("not differentiated", f"the derivative of {IT} by {x} would be right")
        if expected.has(x) and not got.is_number and _agree(got, expected.diff(x)):
            yield Finding("differentiated", f"{IT} is the derivative of the right one by {x}")


def _left_out(got: sympy.Expr, expected: sympy.Expr) -> Iterator[Finding]:
    for whole in _forms(expected):
        for edit in edits(whole):
            if edit.kind in _LACKS and _is_near(edit, whole, expected) and _agree(got, edit.result):
                words = _LACKS[edit.kind].format(part=edit.part)
                # Where it is missing would give the formula away.
                place = "" if edit.inside == whole else " in one place"
                yield Finding(f"lacks {edit.kind} {edit.part}", f"{words}{place}")


def _too_much(got: sympy.Expr, expected: sympy.Expr) -> Iterator[Finding]:
    for whole in _forms(got):
        for edit in edits(whole):
            if edit.kind in _HAS and _is_near(edit, whole, got) and _agree(edit.result, expected):
                words = _HAS[edit.kind].format(part=edit.part)
                inside = spelled(edit.inside)
                place = "" if edit.inside == whole or inside == edit.part else f"in {inside}, "
                yield Finding(f"has {edit.kind} {edit.part}", f"{place}{words}")


def _is_near(edit: Edit, form: sympy.Expr, typed: sympy.Expr) -> bool:
    """Whether it can be seen where: deep inside of what was multiplied out, it cannot."""
    return form == typed or edit.inside == form or edit.inside in form.args


def _forms(expr: sympy.Expr) -> list[sympy.Expr]:
    """The formula as typed, and multiplied out if that is short."""
    expanded = sympy.expand(expr)
    is_short = len(sympy.Add.make_args(expanded)) <= MOST_TERMS
    return [expr, expanded] if is_short and expanded != expr else [expr]


def _off(got: sympy.Expr, expected: sympy.Expr) -> Iterator[Finding]:
    """One number or one term by which they differ."""
    rest = sympy.expand(got - expected)
    if rest.is_Add or rest == 0 or not _agree(got, expected + rest):
        return
    if rest.is_number:
        side = "large" if rest > 0 else "small"
        yield Finding(f"off by {abs(rest)}", f"{IT} is too {side} by {abs(rest)}")
    else:
        side, term = ("small", -rest) if rest.could_extract_minus_sign() else ("large", rest)
        yield Finding(f"term {spelled(rest)}", f"{IT} is too {side} by the term {spelled(term)}")


def _factor(got: sympy.Expr, expected: sympy.Expr) -> Iterator[Finding]:
    for factor in factors((got, expected)):
        name = spelled(factor)
        if _agree(got * factor, expected):
            yield Finding(f"lacks factor {name}", f"the factor {name} is missing")
        if _agree(got, expected * factor):
            yield Finding(f"has factor {name}", f"the factor {name} is too much")


def _other_name(
    got: sympy.Expr, expected: sympy.Expr, symbols: list[sympy.Symbol]
) -> Iterator[Finding]:
    for x, y in combinations(symbols, 2):
        if got.has(x, y) and _agree(got, expected.subs({x: y, y: x}, simultaneous=True)):
            yield Finding(f"{x} and {y} exchanged", f"the names {x} and {y} are exchanged")
    for x in symbols:
        if not expected.has(x):
            continue
        if got.has(x) and _agree(got, expected.subs(x, -x)):
            yield Finding(f"sign of {x}", f"the name {x} has the wrong sign wherever it occurs")
        for y in symbols:
            if x != y and got.has(y) and _agree(got, expected.subs(x, y)):
                yield Finding(f"{y} for {x}", f"the name {y} stands where {x} belongs")


def _dependence(got: sympy.Expr, expected: sympy.Expr) -> Finding | None:
    """Names that occur in only one of the two, or in another power."""
    needed, used = _names(expected), _names(got)
    if missing := sorted(needed - used):
        what = " and ".join(missing)
        return Finding(f"without {what}", f"{IT} does not contain {what}, and it should")
    for x in sorted(used - needed):
        if _power(got, x) != 0:
            return Finding(f"with {x}", f"{IT} depends on {x}, and it should not")
    for x in sorted(needed):
        powers = [_power(formula, x) for formula in (got, expected)]
        if powers[0] != powers[1]:
            return Finding(f"growth with {x}", _growth(x, *powers))
    return None


def _names(expr: sympy.Expr) -> set[str]:
    symbols = {str(x) for x in expr.free_symbols if isinstance(x, sympy.Symbol)}
    return symbols | {str(entry.tensor) for entry in expr.atoms(Entry)}


def _power(expr: sympy.Expr, name: str) -> int | None:
    """p if doubling what has this name multiplies the formula by 2^p."""
    atoms = [x for x in expr.free_symbols if str(x) == name]
    atoms += [entry for entry in expr.atoms(Entry) if str(entry.tensor) == name]
    doubled = expr.xreplace({atom: 2 * atom for atom in atoms})
    powers = (0, 1, 2, 3, -1, -2)
    return next((p for p in powers if _agree(doubled, sympy.Integer(2) ** p * expr)), None)


def _growth(x: str, got: int | None, expected: int | None) -> str:
    if expected is None:
        return f"if {x} is doubled, {IT} {_becomes(got)}, and it should not: is a term missing?"
    if got is None:
        return f"if {x} is doubled, {IT} should {_becomes(expected, 'become')}, and it does not"
    should = _becomes(expected, "become")
    return f"if {x} is doubled, {IT} {_becomes(got)}, and it should {should}"


def _becomes(power: int | None, verb: str = "becomes") -> str:
    if not power:
        return "stay as it is" if verb == "become" else "stays as it is"
    times = {1: "twice", -1: "half"}.get(power, f"{sympy.Integer(2) ** power} times")
    return f"{verb} {times} as large"
