"""The student's process: runs cells, calls what they define, and answers the checker.

Nothing here is trusted: a submission can change all of it. It only has to be right for honest ones.
"""

import __future__

import ast
import asyncio
import builtins
import contextlib
import inspect
import io
import linecache
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bplab.grading.channel import Channel, Gone
from bplab.grading.magics import plain_python
from bplab.grading.peer import Peer
from bplab.grading.randomness import random_state, seed, set_random_state
from bplab.grading.values import Decoder, Encoder, Malformed, Tree, Unsendable

AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
FUTURE = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
LONGEST_OUTPUT = 200_000  # characters of one stream in one request; the rest is dropped


class Output(io.TextIOBase):
    """A stream that keeps the beginning of what is written."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.room = LONGEST_OUTPUT

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.room > 0:
            self.parts.append(text[: self.room])
            self.room -= len(text)
        return len(text)

    def take(self) -> str:
        text = "".join(self.parts)
        self.__init__()  # type: ignore[misc]
        return text


class Asked:
    """A function of the tests, handed to the student: a call goes to the checker."""

    def __init__(self, student: "Student", handle: int, name: str) -> None:
        self._student, self._handle, self.__name__ = student, handle, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._student.call_back(self._handle, args, kwargs)


class Student(Peer):
    """Serves a checker until the connection ends."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self.namespace: dict[str, Any] = {"__name__": "__main__", **notebook_names()}
        self.objects: list[Any] = []
        self.handles: dict[int, int] = {}
        self.out, self.err = Output(), Output()
        self._set_apart()
        seed()

    def _set_apart(self) -> None:
        """Give the cells a module __main__ and builtins of their own, and hide this package.

        What they patch there, even by accident, changes their own code only.
        """
        own = {"__main__": self.namespace, "builtins": vars(builtins)}
        for name, content in own.items():
            sys.modules[name] = types.ModuleType(name)
            vars(sys.modules[name]).update(content)
        self.namespace = vars(sys.modules["__main__"])
        self.namespace["__builtins__"] = sys.modules["builtins"]
        for name in [name for name in sys.modules if name.startswith("bplab.grading")]:
            del sys.modules[name]

    def serve(self) -> None:
        """Answer until nobody asks any more."""
        sys.stdout, sys.stderr = self.out, self.err
        with contextlib.suppress(Gone):
            while True:
                message, buffers = self.channel.receive()
                self.respond(message, buffers)

    def answer(self, request: dict[str, Any], decoder: Decoder) -> tuple[dict[str, Any], Encoder]:
        encoder = self.encoder()
        try:
            reply = ACTIONS[request["do"]](self, request, decoder, encoder)
        except BaseException as error:  # SystemExit and its like are answers, too
            encoder = self.encoder()
            reply = {"error": self.describe(error, encoder)}
        reply |= {"out": self.out.take(), "err": self.err.take()}
        return reply, encoder

    # What the checker can ask

    def run(self, request: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        """Run a cell, or its first statements; say which one begins, lest it be the last."""
        source, name = plain_python(request["source"]), request["name"]
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        flags = compile(source, name, "exec", AWAIT, dont_inherit=True).co_flags & FUTURE | AWAIT
        for number, statement in enumerate(ast.parse(source, name).body[: request["until"]]):
            self.tell(number)
            code = compile(ast.Module([statement], []), name, "exec", flags, dont_inherit=True)
            awaited = eval(code, self.namespace)
            if inspect.iscoroutine(awaited):
                asyncio.run(awaited)
        return {}

    def put(self, request: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        """Write files into the working folder."""
        for name, content in decoder.decode(request["files"]).items():
            with open(name, "wb") as file:
                file.write(content)
        return {}

    def get(self, request: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        if request["name"] not in self.namespace:
            return {"missing": True}
        return {"value": encoder.encode(self.namespace[request["name"]])}

    def bind(self, request: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        self.namespace[request["name"]] = decoder.decode(request["value"])
        return {}

    def unbind(self, request: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        self.namespace.pop(request["name"], None)
        return {}

    def apply(self, request: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        """Call a function, get an attribute, or use an operator."""
        args = [decoder.decode(tree) for tree in request["args"]]
        kwargs = {name: decoder.decode(tree) for name, tree in request["kwargs"].items()}
        before = self._written(args, kwargs)
        shared = request["random"] is not None
        if shared:
            set_random_state(decoder.decode(request["random"]))
        with _settings(request["settings"]):
            try:
                value = OPERATIONS[request["operation"]](*args, **kwargs)
                reply = {"value": self._result(value, args, encoder)}
            except BaseException as error:
                reply = {"error": self.describe(error, encoder)}
        reply["changes"] = self._changes(before, args, kwargs, encoder)
        reply["random"] = encoder.encode(random_state()) if shared else None
        return reply

    def _result(self, value: Any, args: list[Any], encoder: Encoder) -> Tree:
        """The value, or which argument it is."""
        for position, argument in enumerate(args):
            if value is argument and isinstance(value, MUTABLE):
                return ["argument", position]
        return encoder.encode(value)

    def _written(self, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        """How the arguments are written that could be changed in place."""
        written = {}
        for key, value in [*enumerate(args), *kwargs.items()]:
            if isinstance(value, MUTABLE):
                encoder = self.encoder()
                with contextlib.suppress(Unsendable):
                    written[str(key)] = (encoder.encode(value), encoder.buffers)
        return written

    def _changes(
        self, before: dict[str, Any], args: list[Any], kwargs: dict[str, Any], encoder: Encoder
    ) -> dict[str, Tree]:
        after = self._written(args, kwargs)
        values = {str(key): value for key, value in [*enumerate(args), *kwargs.items()]}
        return {key: encoder.encode(values[key]) for key in after if after[key] != before.get(key)}

    # What is not plain

    def write(self, value: Any) -> Tree:
        if isinstance(value, Asked):
            return ["yours", value._handle]
        if value is NotImplemented:
            return ["NotImplemented"]
        if isinstance(value, type):
            return ["class", self._handle(value), self._class(value)]
        if isinstance(value, types.ModuleType):
            raise Unsendable(f"the module {value.__name__} cannot be handed over")
        kind = type(value)
        is_number = hasattr(kind, "__add__")  # a polynomial can be called, too
        if callable(value) and kind.__module__ != "__main__" and not is_number:
            return ["function", self._handle(value), self._function(value)]
        return ["object", self._handle(value), self.write(kind), _specials(kind)]

    def read(self, tree: Tree) -> Any:
        kind, *parts = tree
        if kind == "mine":
            return self.objects[parts[0]]
        if kind == "function":
            return Asked(self, *parts)
        if kind == "NotImplemented":
            return NotImplemented
        raise Malformed(f"unknown kind of value {kind!r}")

    def _handle(self, value: Any) -> int:
        if id(value) not in self.handles:
            self.handles[id(value)] = len(self.objects)
            self.objects.append(value)  # kept, so that the id stays its own
        return self.handles[id(value)]

    def _class(self, kind: type) -> dict[str, Any]:
        own = [one for one in kind.__mro__ if one.__module__ == "__main__"]
        return {
            "name": kind.__name__,
            "ancestors": [[self._handle(one), one.__name__] for one in own],
            "exception": _builtin_ancestors(kind)[:1],
        }

    def _function(self, function: Any) -> dict[str, Any]:
        code = getattr(inspect.unwrap(function), "__code__", None)
        doc = getattr(function, "__doc__", None)
        return {
            "name": str(getattr(function, "__name__", "function")),
            "doc": doc if isinstance(doc, str) else None,
            "signature": _signature(function),
            "cell": code.co_filename if code else "",
            "line": code.co_firstlineno if code else 1,
        }

    def describe(self, error: BaseException, encoder: Encoder) -> dict[str, Any]:
        """An exception: what it is among the built-in ones, its text, and where it was raised."""
        args: Tree = None
        with contextlib.suppress(BaseException):
            args = encoder.encode(error.args)
        text = ""
        with contextlib.suppress(BaseException):
            text = str(error)
        frames = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename.startswith("<cell ")
        ]
        own = type(error) if type(error).__module__ == "__main__" else None
        line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
        return {
            "kinds": _builtin_ancestors(type(error)),
            "class": self.write(own) if own else None,
            "name": type(error).__name__,
            "text": text[:LONGEST_OUTPUT],
            "args": args,
            "cell": frames[-1].filename if frames else "",
            "line": frames[-1].lineno if frames else line,
        }

    def call_back(self, handle: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the tests."""
        encoder = self.encoder()
        request = {
            "do": "call",
            "function": handle,
            "args": [encoder.encode(value) for value in args],
            "kwargs": {name: encoder.encode(value) for name, value in kwargs.items()},
        }
        reply, decoder = self.ask(request, encoder)
        if "error" in reply:
            kind = getattr(builtins, reply["error"]["kind"])
            raise kind(*decoder.decode(reply["error"]["args"]))
        return decoder.decode(reply["value"])


MUTABLE = (list, dict, set, bytearray, np.ndarray, np.random.Generator)
ACTIONS: dict[str, Callable[..., dict[str, Any]]] = {
    "run": Student.run,
    "put": Student.put,
    "get": Student.get,
    "bind": Student.bind,
    "unbind": Student.unbind,
    "apply": Student.apply,
}


def _call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _special(value: Any, name: str, /, *args: Any) -> Any:
    return getattr(type(value), name)(value, *args)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": _call,
    "special": _special,
    "get attribute": getattr,
    "set attribute": setattr,
    "delete attribute": delattr,
}


def _specials(kind: type) -> list[str]:
    """The special methods that a class defines."""
    names = {name for one in kind.__mro__[:-1] for name in vars(one)}
    return sorted(name for name in names if name.startswith("__") and name.endswith("__"))


def _builtin_ancestors(kind: type) -> list[str]:
    """The exceptions of Python and NumPy among a class's ancestors, nearest first."""
    return [one.__name__ for one in kind.__mro__ if issubclass(one, BaseException)
            and one.__module__ != "__main__"]  # fmt: skip


def _signature(function: Any) -> list[list[Any]] | None:
    """The parameters, each with its name, kind, and whether it has a default."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [[p.name, int(p.kind), p.default is not p.empty, _brief(p.default)] for p in parameters]


def _brief(value: Any) -> str:
    text = ""
    with contextlib.suppress(BaseException):
        text = repr(value)[:100]
    return text


@contextlib.contextmanager
def _settings(settings: dict[str, Any]) -> Iterator[None]:
    """How the tests want warnings and floating-point errors to be handled."""
    with contextlib.ExitStack() as stack:
        if settings.get("errstate"):
            stack.enter_context(np.errstate(**settings["errstate"]))
        if settings.get("warnings"):
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter(settings["warnings"])
        yield


class _Shell:
    """What cells find as get_ipython(): it takes every command and does nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **kwargs: None


def notebook_names() -> dict[str, Any]:
    """What a notebook finds defined before its first cell."""
    return {"display": lambda *args, **kwargs: None, "get_ipython": _Shell}
