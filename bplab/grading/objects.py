"""Instances and classes of the student's, as the tests see them.

An operator hands its other operand to the student's object, which could answer what the test wants.
So an object meets plain values in operators only if the tests have made it themselves.
"""

from collections.abc import Callable
from typing import Any

# These tell the student's object nothing of what the test expects.
HARMLESS = frozenset(
    f"__{name}__"
    for name in [
        *("len", "iter", "next", "reversed", "getitem", "setitem", "delitem", "call", "hash"),
        *("str", "repr", "bool", "int", "float", "complex", "index", "enter", "exit"),
        *("round", "trunc", "floor", "ceil", "abs", "neg", "pos", "invert"),
    ]
)
# These hand the other operand to the student's object, which might answer what the test wants.
BINARY = (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "divmod", "pow"),
    *("lshift", "rshift", "and", "xor", "or"),
)
OPERATORS = frozenset(
    [f"__{prefix}{name}__" for name in BINARY for prefix in ("", "r", "i")]
    + [f"__{name}__" for name in ("eq", "ne", "lt", "le", "gt", "ge", "contains")]
)


class RemoteObject:
    """An instance of a student's class.

    `own` says that the tests made it themselves, by calling a class that the assignment declares.
    Only then may it meet plain values in an operator: an object that a function returned where a
    number was expected would else be asked itself whether it is the right one.
    """

    def __init__(self, remote: Any, handle: int, ancestors: frozenset[int]) -> None:
        vars(self).update(_remote=remote, _handle=handle, _ancestors=ancestors, _own=False)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self._remote.apply("get attribute", (self, name))

    def __setattr__(self, name: str, value: Any) -> None:
        self._remote.apply("set attribute", (self, name, value))

    def __delattr__(self, name: str) -> None:
        self._remote.apply("delete attribute", (self, name))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object>"  # no address: a second run says the same

    def __deepcopy__(self, memo: object) -> "RemoteObject":
        return self


class RemoteClass:
    """A student's class: can be called, asked for attributes, and used in isinstance."""

    def __init__(self, remote: Any, handle: int, name: str) -> None:
        self._remote, self._handle, self.__name__ = remote, handle, name
        self._declared = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        made = self._remote.apply("call", (self, *args), kwargs)
        if isinstance(made, RemoteObject):
            vars(made)["_own"] = self._declared
        return made

    def __repr__(self) -> str:
        return f"<class {self.__name__!r}>"

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, RemoteObject) and self._handle in value._ancestors

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name != "__doc__":
            raise AttributeError(f"class {self.__name__!r} has no attribute {name!r}")
        return self._remote.apply("get attribute", (self, name))


def _forward(name: str) -> Callable[..., Any]:
    def method(self: RemoteObject, *args: Any) -> Any:
        return self._remote.apply("special", (self, name, *args))

    return method


def _forward_operator(name: str) -> Callable[..., Any]:
    def method(self: RemoteObject, *args: Any) -> Any:
        own = self._own
        if not own and not all(isinstance(other, RemoteObject) for other in args):
            self._remote.note_strange(type(self).__name__)
            return NotImplemented
        result = self._remote.apply("special", (self, name, *args))
        if isinstance(result, RemoteObject):
            vars(result)["_own"] = own
        return result

    return method


def object_class(name: str, specials: tuple[str, ...]) -> type[RemoteObject]:
    """A class of remote objects with those of the special methods that are forwarded."""
    methods: dict[str, Any] = {one: _forward(one) for one in specials if one in HARMLESS}
    methods |= {one: _forward_operator(one) for one in specials if one in OPERATORS}
    return type(name, (RemoteObject,), methods)
