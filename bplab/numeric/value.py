"""Scalars that carry derivatives: `Value` for reverse mode, `Dual` for forward mode.

Both inherit the same operations, each beside its local derivatives. A `Value` keeps those for
`backward`, which walks the recorded graph once, from the output to the inputs; a `Dual` multiplies
them at once. Data are Python's numbers: int, float, complex, and Fraction, which stays exact.
"""

import cmath
import functools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from numbers import Number, Rational
from typing import Any, Self


def _with_numbers(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Let an operation take a plain number as its other operand, as a constant."""

    @functools.wraps(operation)
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, type(self)):
            if not isinstance(other, Number):
                return NotImplemented
            other = type(self)(other)
        return operation(self, other)

    return method


class Scalar:
    """A number that knows the derivatives of the operations it goes through.

    Every operation ends in `_result`: its sign, its value, the operands, and for each of these the
    local derivative ∂value/∂operand.
    """

    __slots__ = ("data",)

    def __init__(self, data: Any) -> None:
        self.data = _checked("data", data)

    @classmethod
    def _result(cls, op: str, data: Any, inputs: tuple[Self, ...], local: tuple[Any, ...]) -> Self:
        raise NotImplementedError("a subclass says what becomes of the local derivatives")

    @_with_numbers
    def __add__(self, other: Self) -> Self:
        return self._result("+", self.data + other.data, (self, other), (1, 1))

    @_with_numbers
    def __sub__(self, other: Self) -> Self:
        return self._result("−", self.data - other.data, (self, other), (1, -1))

    @_with_numbers
    def __mul__(self, other: Self) -> Self:
        return self._result("×", self.data * other.data, (self, other), (other.data, self.data))

    @_with_numbers
    def __truediv__(self, other: Self) -> Self:
        q = self.data / other.data
        one = self.data**0  # of the same type, so that a Fraction over an int stays a Fraction
        return self._result("÷", q, (self, other), (one / other.data, -q / other.data))

    def __neg__(self) -> Self:
        return self._result("neg", -self.data, (self,), (-1,))

    def __pow__(self, n: Any) -> Self:
        """x^n for a fixed number n; the local derivative is n x^(n−1)."""
        _require_exponent(n)
        if self.data == 0 and complex(n).real < 1 and n != 0:
            raise ValueError(f"0 ** {_shown(n)} has no slope. Take an exponent of at least 1.")
        power = self.data**n
        if isinstance(power, complex) and not isinstance(self.data, complex):
            raise ValueError(f"{_shown(self.data)} ** {_shown(n)} is not real. Take a base > 0.")
        slope = n * self.data ** (n - 1) if n else 0  # x⁰ is flat at 0 too, where x⁻¹ has no value
        return self._result(f"^{_shown(n)}", power, (self,), (slope,))

    def exp(self) -> Self:
        e = _exp(self.data)
        return self._result("exp", e, (self,), (e,))

    def log(self) -> Self:
        x = self.data
        if not isinstance(x, complex) and x <= 0:
            raise ValueError(f"log needs a positive number; got {_shown(x)}")
        return self._result("log", _functions(x).log(x), (self,), (1 / x,))

    def tanh(self) -> Self:
        t = _functions(self.data).tanh(self.data)
        return self._result("tanh", t, (self,), (1 - t * t,))

    def relu(self) -> Self:
        """max(x, 0); at the kink the derivative is 0."""
        positive = self.data.real > 0
        return self._result("relu", self.data if positive else 0, (self,), (int(positive),))

    def sigmoid(self) -> Self:
        """1 / (1 + e^(−x)); the derivative is written so that it keeps its digits far out."""
        positive = self.data.real > 0
        e = _exp(-self.data if positive else self.data)
        s = (1 if positive else e) / (1 + e)
        return self._result("σ", s, (self,), (e / ((1 + e) * (1 + e)),))

    # A number on the left: 2 - x asks x.

    @_with_numbers
    def __radd__(self, other: Self) -> Self:
        return other + self

    @_with_numbers
    def __rsub__(self, other: Self) -> Self:
        return other - self

    @_with_numbers
    def __rmul__(self, other: Self) -> Self:
        return other * self

    @_with_numbers
    def __rtruediv__(self, other: Self) -> Self:
        return other / self


class Value(Scalar):
    """A scalar that remembers what it was computed from: a node of the computational graph.

    `inputs` are the nodes it was computed from by the operation `op`, `local` its derivatives by
    them; `grad` is ∂output/∂self once the output's `backward` has run.
    Raises: TypeError if data is not a number; ValueError if it is NaN or infinite.

    >>> x, y = Value(3), Value(4)
    >>> f = x * y + x
    >>> f.backward()
    >>> f.data, x.grad, y.grad
    (15, 5, 3)
    """

    __slots__ = ("grad", "inputs", "local", "op")

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.grad: Any = 0
        self.op = ""
        self.inputs: tuple[Value, ...] = ()
        self.local: tuple[Any, ...] = ()

    @classmethod
    def _result(cls, op: str, data: Any, inputs: tuple[Self, ...], local: tuple[Any, ...]) -> Self:
        node = cls.__new__(cls)  # past __init__: operands were checked when they came in
        node.data, node.grad, node.op, node.inputs, node.local = data, 0, op, inputs, local
        return node

    def backward(self, upstream: Any = 1) -> None:
        """Set `grad` of every node that self depends on to upstream · ∂self/∂node.

        A node that is used several times gets a summand from each use. What an earlier call left in
        these nodes is cleared first.
        """
        order = topological_order(self)
        for node in order:
            node.grad = 0
        self.grad = _checked("upstream", upstream)
        for node in reversed(order):
            for source, slope in zip(node.inputs, node.local, strict=True):
                source.grad += slope * node.grad

    def detach(self) -> "Value":
        """The same number without its history; to `backward` it is a constant."""
        return Value(self.data)

    def __repr__(self) -> str:
        return f"Value({_shown(self.data)}, grad={_shown(self.grad)})"


def topological_order(output: Value) -> list[Value]:
    """All nodes that `output` depends on, each after its inputs; `output` comes last.

    Depth first, with a stack of its own: a graph may be deeper than Python's recursion limit.

    >>> x = Value(2)
    >>> [node.data for node in topological_order(x * x + x)]
    [2, 4, 6]
    """
    order: list[Value] = []
    seen = {output}
    stack = [(output, iter(output.inputs))]
    while stack:
        node, waiting = stack[-1]
        for source in waiting:
            if source not in seen:
                seen.add(source)
                stack.append((source, iter(source.inputs)))
                break
        else:  # all its inputs are in the list
            order.append(node)
            stack.pop()
    return order


class Dual(Scalar):
    """A scalar with its derivative along one direction, the tangent, which each operation updates.

    Raises: TypeError if data or tangent is not a number; ValueError if it is NaN or infinite.
    Source: Wengert (1964), A simple automatic derivative evaluation program.

    >>> Dual(3, tangent=1) * Dual(4, tangent=0)
    Dual(12, tangent=4)
    """

    __slots__ = ("tangent",)

    def __init__(self, data: Any, tangent: Any = 0) -> None:
        super().__init__(data)
        self.tangent = _checked("tangent", tangent)

    @classmethod
    def _result(cls, op: str, data: Any, inputs: tuple[Self, ...], local: tuple[Any, ...]) -> Self:
        result = cls.__new__(cls)
        result.data = data
        result.tangent = sum(s * source.tangent for source, s in zip(inputs, local, strict=True))
        return result

    def __repr__(self) -> str:
        return f"Dual({_shown(self.data)}, tangent={_shown(self.tangent)})"


def forward_mode(f: Callable[[list[Dual]], Dual], at: Sequence[Any]) -> tuple[Any, list[Any]]:
    """The value and the gradient of f at a point, by one run of f for each input.

    Raises: ValueError if the point is empty; TypeError if f does not return one Dual.

    >>> forward_mode(lambda x: x[0] * x[1] + x[0], [3, 4])
    (15, [5, 3])
    """
    _require_inputs(at)
    outputs = []
    for i in range(len(at)):
        outputs.append(f([Dual(x, tangent=int(k == i)) for k, x in enumerate(at)]))
        _require_output(outputs[-1], Dual)
    return outputs[0].data, [output.tangent for output in outputs]


def reverse_mode(f: Callable[[list[Value]], Value], at: Sequence[Any]) -> tuple[Any, list[Any]]:
    """The value and the gradient of f at a point, by one run of f and one walk back.

    Raises: ValueError if the point is empty; TypeError if f does not return one Value.

    >>> reverse_mode(lambda x: x[0] * x[1] + x[0], [3, 4])
    (15, [5, 3])
    """
    _require_inputs(at)
    inputs = [Value(x) for x in at]
    output = f(inputs)
    _require_output(output, Value)
    output.backward()
    return output.data, [x.grad for x in inputs]


class Counted(float):
    """A number that counts in `tally["products"]` the products that it and its offspring enter.

    As the upstream gradient of `backward`, or as the tangents of `Dual`s, it measures what the
    derivatives cost beyond running the function.

    >>> tally, x = Counter(), Value(3)
    >>> (x * x).backward(Counted(1, tally))
    >>> x.grad, tally["products"]
    (6.0, 2)
    """

    tally: "Counter[str]"

    def __new__(cls, number: float, tally: "Counter[str]") -> Self:
        counted = super().__new__(cls, number)
        counted.tally = tally
        return counted

    def __mul__(self, other: float) -> "Counted":
        self.tally["products"] += 1
        return Counted(float(self) * other, self.tally)

    def __add__(self, other: float) -> "Counted":
        return Counted(float(self) + other, self.tally)

    __rmul__, __radd__ = __mul__, __add__


def _checked(name: str, number: Any) -> Any:
    """The number, if it is one: not text, an array or a truth value, and finite."""
    if isinstance(number, bool) or not isinstance(number, Number):
        kind = type(number).__name__
        raise TypeError(f"{name} must be one number; got {kind}. Make one scalar for each entry.")
    if not isinstance(number, Rational) and not cmath.isfinite(number):  # type: ignore[arg-type]
        raise ValueError(f"{name} must be finite; got {number}")
    return number


def _require_exponent(n: Any) -> None:
    if not isinstance(n, Number):
        raise TypeError(
            f"the exponent must be a number; got {type(n).__name__}. "
            "Write (x.log() * y).exp() for x**y."
        )


def _require_inputs(at: Sequence[Any]) -> None:
    if len(at) == 0:
        raise ValueError("at must hold at least one number; got none")


def _require_output(output: Any, kind: type[Scalar]) -> None:
    if not isinstance(output, kind):
        got = type(output).__name__
        raise TypeError(f"f must return one {kind.__name__}; got {got}. Does it use its inputs?")


def _functions(x: Any) -> Any:
    return cmath if isinstance(x, complex) else math


def _exp(x: Any) -> Any:
    try:
        return _functions(x).exp(x)
    except OverflowError:
        raise OverflowError(f"exp({_shown(x)}) is too large for a float; scale it down") from None


def _shown(number: Any) -> str:
    return str(number) if isinstance(number, Rational) else f"{number:.6g}"
