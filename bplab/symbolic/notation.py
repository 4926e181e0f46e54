"""What to write for the notation that learners bring along: ln, σ′, wx, ½, LaTeX, W[j][k].

Nothing here is accepted in place of the plain form. A formula that is read as the learner did not
mean it is worse than one that is refused with the right spelling.
"""

import difflib
import re
from collections.abc import Collection, Iterable

ALLOWED = (
    "use numbers, names, + - * / **, brackets, functions such as exp(z), "
    "entries W[j, k] and sums sum_(expression, index)"
)
_POWER = "write z**2 for a power"
_PRIME = "write a derivative as a function, such as sigma_prime(z)"
_LATEX = "write plain text, not LaTeX: a/b for \\frac{a}{b}, delta for \\delta"
_QUOTE = "type the formula only, without quotes inside"
_SUM = "write a sum as sum_(expression, index)"
_LENGTH = "write a length by its entries, as in sqrt(x1**2 + x2**2)"
_DERIVATIVE = "type what the derivative is worth, without the sign for it"
_SUBSCRIPT = "write an index in brackets, z[j], or in the name, x1"
_CHARACTERS = {
    "^": f"{_POWER}, exp(z) for e to the z",
    "²": _POWER,
    "³": "write z**3 for a power",
    "⁻": "write 1/z, or z**-1, for a negative power",
    "=": "type only the right-hand side",
    "'": _PRIME,
    "′": _PRIME,
    "’": _PRIME,
    "`": _PRIME,
    '"': _QUOTE,
    "“": _QUOTE,
    "”": _QUOTE,
    "@": "write a matrix product as a sum over its index, sum_(W[j, k]*a[k], k)",
    "{": "use round brackets, and W[j, k] for an index",
    "}": "use round brackets, and W[j, k] for an index",
    "\\": _LATEX,
    "$": _LATEX,
    "Σ": _SUM,
    "∑": _SUM,
    "∏": "write the factors of a product one by one",
    "√": "write sqrt(z)",
    "⊙": "write the product of two entries, delta[j]*s[j]",
    "∘": "write the product of two entries, delta[j]*s[j]",
    "÷": "write a/b for a division",
    ":": "write a/b for a division",
    "½": "write 1/2",
    "¼": "write 1/4",
    "¾": "write 3/4",
    "|": "write |x| as sqrt(x**2)",
    "‖": _LENGTH,
    "∥": _LENGTH,
    "∂": _DERIVATIVE,
    "∇": _DERIVATIVE,
    "%": "write a percentage as a number, 0.5 for 50 per cent",
    "<": "type a formula, not a condition",
    ">": "type a formula, not a condition",
    ";": "type one formula only",
    "∞": "no number is infinite here",
}
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        (
            *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota"),
            *("kappa", "lambda", "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "tau"),
            *("upsilon", "phi", "chi", "psi", "omega"),
        ),
        strict=True,
    )
)
_SUBSCRIPTS = frozenset("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙₛₜ")
_OTHER_NAMES = {
    "ln": "write log(z), the natural logarithm",
    "log10": "log(z) is the natural logarithm; log(z)/log(10) is the one to base 10",
    "log2": "log(z) is the natural logarithm; log(z)/log(2) is the one to base 2",
    "e": "write exp(z) for e to the z",
    "sum": "did you mean sum_? Write sum_(expression, index)",
    "abs": "write |x| as sqrt(x**2)",
    "pow": _POWER,
    "np": "write exp(z) without np.",
    "math": "write exp(z) without math.",
    "T": "write a transpose by its indices, W[k, j] for W[j, k]",
}


def instead_of_character(character: str, names: Iterable[str]) -> str:
    """What to write for a character that no formula may hold."""
    if character in _CHARACTERS:
        return _CHARACTERS[character]
    if character in _SUBSCRIPTS:
        return _SUBSCRIPT
    if spelled := _GREEK.get(character.lower()):
        known = set(names)
        near = [name for name in (spelled, f"{spelled}_prime") if name in known]
        return f"write {' or '.join(near)}" if near else f"{spelled} does not occur here, {ALLOWED}"
    return ALLOWED


def instead_of_name(name: str, names: Collection[str], indices: Collection[str]) -> str:
    """What to write for a name that is not known: another spelling, or its parts."""
    folded = {known.lower(): known for known in names}
    if name.lower() in folded:
        return f"did you mean {folded[name.lower()]}? Capital and small letters differ"
    if name in _OTHER_NAMES:
        return _OTHER_NAMES[name]
    if entry := _as_entry(name, names, indices):
        return f"write {entry} for an entry"
    if product := _as_product(name, [known for known in names if known not in indices]):
        return f"write {'*'.join(product)} for a product"
    if near := difflib.get_close_matches(name, [*names, "sum_"], n=1):
        return f"did you mean {near[0]}?"
    return f"the names are {', '.join([*names, 'sum_'])}"


def _as_entry(name: str, names: Collection[str], indices: Collection[str]) -> str:
    """W[j, k] for W_jk and Wjk."""
    for tensor in sorted(names, key=len, reverse=True):
        letters = name.removeprefix(tensor).removeprefix("_")
        if name.startswith(tensor) and letters and set(letters) <= set(indices):
            return f"{tensor}[{', '.join(letters)}]"
    return ""


def _as_product(name: str, names: Collection[str]) -> list[str]:
    """The known names of which this one is put together, at most four; [] if it is not."""
    if not name:
        return []
    for first in sorted(names, key=len, reverse=True):
        if name == first:
            return [first]
        rest = _as_product(name.removeprefix(first), names) if name.startswith(first) else []
        if rest and len(rest) < 4:
            return [first, *rest]
    return []


def missing_operator(text: str, functions: Collection[str]) -> str:
    """What to write where two parts of a formula stand side by side; empty if none do."""
    for match in re.finditer(r"([\w.]+|[)\]])(\s*)(?=([\w.]+|\())", text):
        left, gap, right = match.groups()
        if left in functions:
            if gap and right != "(":
                return f"Write {left}({right}) with brackets"
            continue
        if (gap and right != "(") or left in ")]":
            return f"Put a * between {left} and {right} for a product"
    return ""
