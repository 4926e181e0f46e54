"""Reads the formulas of the lessons' prose: LaTeX in, numbers out.

A formula is evaluated in a `World`, which knows what each name is and the derivative of anything by
anything. So no formula needs an expected answer: `sides` gives the value of each side of
`A = B = C`, for all values of the subscripts, and they must agree. Where the prose leaves out a
first index (that of the sample), the formula is meant for each of its values.
"""

import itertools
import re
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from tests.worlds import World, relu, slope

TOKEN = re.compile(r"\\[A-Za-z]+'?|[A-Za-z]'?|\d+(?:\.\d+)?|[-+/(){}^_,]")
SILENT = re.compile(r"\s|\\[,;!]|\\(?:[bB]igg?[lr]?|left|right|cdot)(?![A-Za-z])")
SPELLINGS = (
    (r"\\[dt]frac", r"\\frac"),
    (r"\\frac\s*([0-9a-z])\s*([0-9a-z])", r"\\frac{\1}{\2}"),
    (r"\\(?:mathrm|operatorname)\{(\w+)\}", r"\\\1"),
    (r"\\mathbb\{?1\}?_\{(\w)=(\w)\}", r"\\one_{\1\2}"),
)
KNOWN = {
    r"\log": np.log,
    r"\softplus": lambda z: np.log(1 + np.exp(z)),
    r"\tanh": np.tanh,
    r"\relu": relu,
}


def sides(statement: str, world: World) -> list[Any]:
    """The values of all sides of `A = B = C`; the free subscripts are axes in front, by letter.

    The left side of an update `W ← B` is one step of gradient descent.
    """
    for pattern, spelling in SPELLINGS:
        statement = re.sub(pattern, spelling, statement)
    texts = statement.replace(r"\leftarrow", "=").split("=")
    readers = [Reader(text, world) for text in texts]
    if r"\leftarrow" in statement:
        readers[0] = Reader(rf"{texts[0]} - \eta\,\partial {world.cost}/\partial {texts[0]}", world)
    sizes = common_sizes(readers)
    bound = {letter for reader in readers for letter in reader.bound}
    free = sorted(set(sizes) - bound)
    places = [
        dict(zip(free, place, strict=True))
        for place in itertools.product(*(range(sizes[letter]) for letter in free))
    ]
    return [
        stacked([reader.read(place, sizes) for place in places], [sizes[letter] for letter in free])
        for reader in readers
    ]


def stacked(values: list[Any], sizes: list[int]) -> Any:
    """Values for all places as one array."""
    return np.reshape(values, (*sizes, *np.shape(values[0])))


def agree(values: list[Any]) -> bool:
    """Whether all sides are the same to the last digits; a constant may stand for an array."""
    first, *others = values
    return bool(others) and all(
        np.shape(other) in ((), first.shape) and np.allclose(other, first, rtol=1e-11, atol=1e-13)
        for other in others
    )


def common_sizes(readers: list["Reader"]) -> dict[str, int]:
    """How far each subscript runs; one that runs over axes of two sizes is an error."""
    sizes: dict[str, int] = {}
    for letter, size in (pair for reader in readers for pair in reader.sizes()):
        if sizes.setdefault(letter, size) != size:
            raise ValueError(f"the index {letter} runs over axes of sizes {sizes[letter]}, {size}")
    return sizes


class Reader:
    """A recursive descent over the tokens of one side."""

    def __init__(self, text: str, world: World) -> None:
        text = SILENT.sub(" ", text)
        self.tokens, self.world = TOKEN.findall(text), world
        if "".join(self.tokens) != text.replace(" ", ""):
            raise ValueError(f"cannot read {text}")
        self.bound = set("".join(re.findall(r"\\sum_\{?([a-z,]+)", text))) - {","}

    def sizes(self) -> list[tuple[str, int]]:
        """Each single-letter subscript with the size of the axis at which it stands."""
        found: list[tuple[str, int]] = []
        self.at = 0
        while self.at < len(self.tokens):
            if self.starts_a_name():
                name, subscripts = self.name()
                shape = np.shape(self.world.value(name))
                if len(subscripts) > len(shape):
                    raise KeyError(f"{name} with subscripts {subscripts}")
                found += zip(subscripts, shape[len(shape) - len(subscripts) :], strict=True)
            elif self.sees("_", "^"):
                self.script(self.tokens[self.at])
            else:
                self.next()
        return [(letter, size) for letter, size in found if len(letter) == 1]

    def read(self, place: dict[str, int], sizes: dict[str, int]) -> Any:
        self.at, self.place, self.ranges = 0, dict(place), sizes
        value = self.sum()
        if self.at < len(self.tokens):
            raise ValueError(f"cannot read from {self.tokens[self.at :]} on")
        return value

    def next(self, *expected: str) -> str:
        if self.at == len(self.tokens):
            raise ValueError("the formula ends too early")
        token = self.tokens[self.at]
        if expected and token not in expected:
            raise ValueError(f"expected {' or '.join(expected)}, got {token}")
        self.at += 1
        return token

    def sees(self, *tokens: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at] in tokens

    def sum(self) -> Any:
        value = -self.product() if self.sees("-") and self.next() else self.product()
        while self.sees("+", "-"):
            value = value + self.product() if self.next() == "+" else value - self.product()
        return value

    def product(self) -> Any:
        value = self.factor()
        while self.at < len(self.tokens) and not self.sees("+", "-", ")", "}"):
            if self.sees(r"\odot"):
                self.next()
                value = value * self.factor()
            elif self.sees("/"):
                self.next()
                value = value / self.factor()
            else:
                value = times(value, self.factor())
        return value

    def factor(self) -> Any:
        if self.starts_a_name():
            return self.power(self.entry())
        token = self.next()
        if token[0].isdigit():
            return float(token)
        if token == "(":
            return self.power(self.bracket(")"))
        if token in self.FORMS:
            return self.FORMS[token](self)
        return self.function(token)

    def function(self, token: str) -> Any:
        """f(…), log a, σ′(…) by its complex step, and σ′ alone for σ′(z)."""
        function = (KNOWN | self.world.functions)[token.rstrip("'")]
        if not token.endswith("'"):
            return function(self.factor())
        return slope(function)(self.factor() if self.sees("(") else self.world.now["z"])

    def exponential(self) -> Any:
        self.next("^")
        return np.exp(self.group())

    def bracket(self, end: str) -> Any:
        value = self.sum()
        self.next(end)
        return value

    def group(self) -> Any:
        return self.bracket("}") if self.sees("{") and self.next() else self.factor()

    def fraction(self) -> Any:
        if self.tokens[self.at + 1] == r"\partial":
            self.at += 2
            return self.derivative("}")
        top = self.group()
        return top / self.group()

    def derivative(self, *end: str) -> Any:
        r"""What follows ∂ in ∂A/∂B, or in \frac{∂A}{∂B}."""
        top, above = self.name()
        while not self.sees(r"\partial"):
            self.next("/", "}", "{")
        self.next()
        bottom, below = self.name()
        for token in end:
            self.next(token)
        return self.pick(self.world.derivative(top, bottom), above + below)

    def gradient(self) -> Any:
        """∇_a C, at the output."""
        layer = f"{self.script('_')}^L"
        return self.world.derivative(self.next(), layer)

    def total(self) -> Any:
        letters, start, value = re.findall("[a-z]", self.script("_")), self.at, 0.0
        for place in itertools.product(*(range(self.ranges[letter]) for letter in letters)):
            self.at = start
            self.place |= dict(zip(letters, place, strict=True))
            value = value + self.product()
        for letter in letters:
            del self.place[letter]  # the index means nothing outside its sum
        return value

    def diagonal(self) -> Any:
        return np.diag(self.function(r"\sigma'"))

    def same(self) -> float:
        """1 if both indices are the same, else 0."""
        return float(len({self.place[letter] for letter in self.script("_")}) == 1)

    FORMS: ClassVar[dict[str, Callable[["Reader"], Any]]] = {
        "e": exponential, r"\frac": fraction, r"\partial": derivative, r"\nabla": gradient,
        r"\sum": total, r"\Sigma'": diagonal, r"\one": same,
    }  # fmt: skip

    def starts_a_name(self) -> bool:
        return self.sees(*self.world.letters, r"\delta")

    def name(self) -> tuple[str, list[str]]:
        """A name with its layer, if it has one, and its subscripts. KeyError: it has no meaning."""
        name, start = self.next(), self.at
        layer = self.script("^")
        if self.world.knows(f"{name}^{layer}"):
            name = f"{name}^{layer}"
        elif layer.isdigit() or layer == r"\mathsfT":
            self.at = start  # no layer, but a power of this name
        elif layer:
            raise KeyError(f"{name}^{layer}")
        subscripts = self.script("_")
        return name, subscripts.split(",") if set(subscripts) & set(",+-") else list(subscripts)

    def entry(self) -> Any:
        name, subscripts = self.name()
        return self.pick(self.world.value(name), subscripts)

    def pick(self, array: Any, subscripts: list[str]) -> Any:
        """An entry; the first index may be left out, and outside of the array stands 0."""
        index = [sum(self.step(part) for part in re.findall("-?[a-z]", s)) for s in subscripts]
        sizes = np.shape(array)[np.ndim(array) - len(index) :]
        inside = all(0 <= i < size for i, size in zip(index, sizes, strict=True))
        return array[(..., *index)] if inside else 0.0

    def step(self, part: str) -> int:
        return -self.place[part[1]] if part[0] == "-" else self.place[part]

    def power(self, value: Any) -> Any:
        script = self.script("^")
        return np.transpose(value) if script == r"\mathsfT" else value ** int(script or 1)

    def script(self, sign: str) -> str:
        """What stands after ^ or _: one token, or all in the braces."""
        if not self.sees(sign):
            return ""
        self.next()
        return "".join(iter(self.next, "}")) if self.sees("{") and self.next() else self.next()


def times(left: Any, right: Any) -> Any:
    """The product as it is meant: of matrices and vectors where there is a matrix."""
    matrices = np.ndim(left) * np.ndim(right) > 1
    return left @ right if matrices else left * right
