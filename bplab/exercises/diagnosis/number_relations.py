"""How a wrong number is related to the right one, without naming the right one.

Only what follows from the two numbers is said; a wrong number may be rounded, so it counts as near
to a candidate if it is within a hundredth of it, unless whole numbers are asked for.
"""

import math
from collections.abc import Callable

from bplab.exercises.diagnosis.findings import Finding

NEARLY = 0.1
Near = Callable[[float], bool]


def number_relation(number: float, value: float, near: Near, *, whole: bool) -> Finding | None:
    """What a wrong number is in terms of the right one; `near` compares it with a candidate.

    >>> number_relation(50, 0.5, lambda candidate: candidate == 50, whole=False).name
    'percentage'
    """
    if not whole and (digits := _digits_kept(number, value)):
        return Finding(
            "too coarse",
            f"your number is right to {digits}, but more digits are asked: round at the end only",
        )
    for name, candidate, words in _candidates(value):
        if candidate != value and math.isfinite(candidate) and near(candidate):
            exact = math.isclose(number, candidate, rel_tol=1e-9)
            return Finding(name, words if exact else f"up to rounding, {words}")
    if whole and abs(number - value) == 1:
        side = "many" if number > value else "few"
        return Finding("off by one", f"your number is one too {side}")
    if whole and number != int(number):
        return Finding("not whole", "the answer is a whole number, and yours is not")
    if not whole and abs(number - value) < NEARLY * abs(value):
        return Finding(
            "nearly",
            "your number is less than a tenth off: look for rounding on the way, or a small slip",
        )
    return None


def _candidates(value: float) -> list[tuple[str, float, str]]:
    """Names, numbers, and what is said of an answer that is that number."""
    if not value:
        return []
    found = [
        ("opposite sign", -value, "your number has the opposite sign"),
        ("factor 2", 2 * value, "your number is 2 times too large"),
        ("factor 1/2", value / 2, "your number is 2 times too small"),
        ("percentage", 100 * value, "your number is 100 times too large: is it in per cent?"),
        ("factor 1/100", value / 100, "your number is 100 times too small"),
        ("factor 10", 10 * value, "the decimal point is one place too far to the right"),
        ("factor 1/10", value / 10, "the decimal point is one place too far to the left"),
        ("squared", value**2, "your number is the square of the right one"),
        ("factor 4", 4 * value, "your number is 4 times too large"),
        ("factor 1/4", value / 4, "your number is 4 times too small"),
        ("factor −2", -2 * value, "the sign is opposite, and there is a factor 2 too many"),
        ("factor −1/2", -value / 2, "the sign is opposite, and a factor 2 is missing"),
        ("reciprocal", 1 / value, "your number is 1 over the right one"),
        ("one minus it", 1 - value, "your number is 1 minus the right one"),
    ]
    if value > 0:
        root = math.sqrt(value)
        found.append(("square root", root, "your number is the square root of the right one"))
    return found


def _digits_kept(number: float, value: float) -> str:
    """How many digits of the right number it has, if it is that number cut or rounded."""
    if not number or not value:
        return ""
    exponent = math.floor(math.log10(abs(value)))
    for digits in range(1, 7):
        unit = 10.0 ** (exponent - digits + 1)
        kept = [round(value / unit) * unit]
        if digits > 1:  # to cut all but one digit is no rounding any more
            kept.append(math.trunc(value / unit) * unit)
        if any(math.isclose(number, one, rel_tol=1e-9) for one in kept):
            return "one digit" if digits == 1 else f"{digits} digits"
    return ""
