"""The student's functions and objects as the tests see them, in the checker's process.

A remote function is a real function: it has the name, signature and source of the student's, and an
error that it raises seems to come from the student's line. Arguments that the student's code
changed in place are changed here, too. Everything that arrives is of a plain type, or one of the
classes below.
"""

import builtins
import inspect
import linecache
import sys
import types
import warnings
from ast import literal_eval
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from bplab.grading.changes import change
from bplab.grading.channel import Channel, Gone, Late
from bplab.grading.objects import RemoteClass, RemoteObject, object_class
from bplab.grading.peer import Peer
from bplab.grading.randomness import random_state, set_random_state
from bplab.grading.values import Decoder, Encoder, Malformed, Tree, Unsendable

ERRORS: dict[str, type[BaseException]] = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
} | {"LinAlgError": np.linalg.LinAlgError, "AxisError": np.exceptions.AxisError}
LONGEST_DEFAULT = 100  # an honest process sends no more, and to parse more might end this one
LONGEST_STRANGE, MOST_STRANGE = 100, 5
DEFAULT_ERRSTATE = np.geterr()


class Lost(BaseException):
    """The student's process is of no more use; not an Exception, so that no test swallows it."""

    def __init__(self, why: str, *, is_suspicious: bool = False) -> None:
        super().__init__(why)
        self.is_suspicious = is_suspicious


def _broken(error: Exception) -> Lost:
    text = str(error) if isinstance(error, Malformed) else type(error).__name__
    return Lost(f"broke the rules of the conversation: {text}", is_suspicious=True)


class Remote(Peer):
    """The checker's side of a connection to a student.

    `sources` are the texts of the student's cells by name. While `shares_random` is set, the global
    generators of random numbers go to the student with each call, and come back. `strange` are the
    values that could not be sent or compared, each in a few words; those of the student's process
    may hold anything, so that no student may be told them.
    """

    def __init__(self, channel: Channel, sources: dict[str, str]) -> None:
        super().__init__(channel)
        self.shares_random = False
        self.lost: Lost | None = None
        self.strange: list[str] = []
        self.lent: list[Callable[..., Any]] = []
        self.known: dict[int, Any] = {}
        self.handles: dict[int, int] = {}
        self.classes: dict[tuple[str, tuple[str, ...]], type[RemoteObject]] = {}
        self.sources = sources
        for name, text in sources.items():
            linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)

    def note_strange(self, what: str) -> None:
        """Note a value that a test cannot treat as it would in a notebook."""
        what = what[:LONGEST_STRANGE]
        if what not in self.strange and len(self.strange) < MOST_STRANGE:
            self.strange.append(what)

    def _encoded(self, encoder: Encoder, value: Any) -> Tree:
        try:
            return encoder.encode(value)
        except Unsendable as error:
            self.note_strange(str(error))
            raise

    # What the checker asks

    def ask(self, request: dict[str, Any], encoder: Encoder) -> tuple[dict[str, Any], Decoder]:
        """Raises: Lost."""
        if self.lost is None:
            try:
                return super().ask(request, encoder)
            except Late:
                self.lost = Lost("took too long")
            except Gone:
                self.lost = Lost("ended the process")
            except Exception as error:  # garbage leads its readers to raise whatever they like
                self.lost = _broken(error)
        raise self.lost

    def run(self, name: str, until: int | None = None) -> BaseException | None:
        """Run a cell, or its statements before this one; return the error that stopped it."""
        self.statement = 0
        encoder = self.encoder()
        request = {"do": "run", "source": self.sources[name], "name": name, "until": until}
        reply, decoder = self.ask(request, encoder)
        with self._wary():
            return self._error(reply["error"], decoder) if reply.get("error") else None

    def put(self, files: dict[str, bytes]) -> None:
        """Write files into the student's working folder."""
        encoder = self.encoder()
        self.ask({"do": "put", "files": encoder.encode(files)}, encoder)

    def get(self, name: str, *, declared: bool = False) -> Any:
        """The value of a variable. Raises: KeyError; what stopped it from being handed over."""
        reply, decoder = self.ask({"do": "get", "name": name}, self.encoder())
        if reply.get("missing"):
            raise KeyError(name)
        with self._wary():
            error = self._error(reply["error"], decoder) if reply.get("error") else None
            value = None if error else decoder.decode(_part(reply, "value"))
        if error is not None:
            raise _loud(error)
        if isinstance(value, RemoteClass):
            value._declared = declared
        return value

    def bind(self, name: str, value: Any) -> None:
        """Set a variable of the student's, if the value can be handed over."""
        encoder = self.encoder()
        self.ask({"do": "bind", "name": name, "value": self._encoded(encoder, value)}, encoder)

    def unbind(self, name: str) -> None:
        self.ask({"do": "unbind", "name": name}, self.encoder())

    def apply(
        self, operation: str, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None
    ) -> Any:
        """What an operation gives; raises what it raised."""
        encoder = self.encoder()
        request = {
            "do": "apply",
            "operation": operation,
            "args": [self._encoded(encoder, value) for value in args],
            "kwargs": {k: self._encoded(encoder, value) for k, value in (kwargs or {}).items()},
            "settings": _settings(),
            "random": encoder.encode(random_state()) if self.shares_random else None,
        }
        reply, decoder = self.ask(request, encoder)
        with self._wary():
            value, error = self._taken(reply, decoder, args, kwargs or {})
        if error is not None:
            is_next = operation == "special" and args[1] == "__next__"
            self._raise(error if is_next else _loud(error), reply["error"])
        return value

    def _taken(
        self, reply: dict[str, Any], decoder: Decoder, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Any, BaseException | None]:
        """Do what a reply says: change the arguments, print; and return the value or the error."""
        given = {str(key): value for key, value in [*enumerate(args), *kwargs.items()]}
        for key, tree in _mapping(reply.get("changes")).items():
            if key in given:
                change(given[key], decoder.decode(tree))
        if self.shares_random:
            _take_random(decoder.decode(reply.get("random")))
        self._print(reply)
        if reply.get("error"):
            return None, self._error(reply["error"], decoder)
        tree = _part(reply, "value")
        if isinstance(tree, list) and tree[:1] == ["argument"]:
            return args[_position(tree, len(args))], None
        return decoder.decode(tree), None

    @contextmanager
    def _wary(self) -> Iterator[None]:
        """A reply that no honest process sends ends the conversation. Raises: Lost."""
        try:
            yield
        except Exception as error:
            self.lost = _broken(error)
            raise self.lost from None

    def _print(self, reply: dict[str, Any]) -> None:
        for stream, key in ((sys.stdout, "out"), (sys.stderr, "err")):
            if isinstance(reply.get(key), str) and reply[key]:
                stream.write(reply[key])

    # What the student asks

    def answer(self, request: dict[str, Any], decoder: Decoder) -> tuple[dict[str, Any], Encoder]:
        """Call a function that the student was given."""
        if request.get("do") != "call" or request.get("function") not in range(len(self.lent)):
            raise Malformed("only a function that was given can be called")
        encoder = self.encoder()
        args = [decoder.decode(tree) for tree in request.get("args", [])]
        kwargs = {str(k): decoder.decode(tree) for k, tree in _mapping(request["kwargs"]).items()}
        try:
            value = self.lent[request["function"]](*args, **kwargs)
            return {"value": self._encoded(encoder, value)}, encoder
        except Exception as error:
            encoder = self.encoder()
            kind = next(
                k.__name__ for k in type(error).__mro__ if vars(builtins).get(k.__name__) is k
            )
            return {"error": {"kind": kind, "args": encoder.encode((str(error),))}}, encoder

    # What is not plain

    def write(self, value: Any) -> Tree:
        if isinstance(value, RemoteObject | RemoteClass):
            if value._remote is not self:
                raise Unsendable("this object belongs to a process that has ended")
            return ["mine", value._handle]
        if id(value) in self.handles:
            return ["mine", self.handles[id(value)]]
        if value is NotImplemented:
            return ["NotImplemented"]
        if callable(value):
            if value not in self.lent:
                self.lent.append(value)
            name = getattr(value, "__name__", "function")
            return ["function", self.lent.index(value), str(name)]
        raise Unsendable(f"a {type(value).__name__} cannot be handed to the student's code")

    def read(self, tree: Tree) -> Any:
        match tree:
            case ["yours", int(handle)] if 0 <= handle < len(self.lent):
                return self.lent[handle]
            case ["NotImplemented"]:
                return NotImplemented
            case ["function", int(handle), dict(info)]:
                return self._known(handle, lambda: self._function(handle, info))
            case ["class", int(handle), dict(info)]:
                self._note_foreign(info)
                return self._known(handle, lambda: self._class(handle, info))
            case ["object", int(handle), ["class", _, dict(info)], list(specials)]:
                if "__next__" not in specials:  # an iterator is only gone through
                    self._note_foreign(info)
                made = self._known(handle, lambda: self._object(handle, info, specials))
                vars(made)["_own"] = False
                return made
        raise Malformed("unknown kind of value")

    def _note_foreign(self, info: dict[str, Any]) -> None:
        """Note a value of a library's own type: here it is of another, and equals nothing."""
        if not info["ancestors"] and not info["exception"]:
            self.note_strange(str(info["name"]))

    def _known(self, handle: int, make: Callable[[], Any]) -> Any:
        if handle not in self.known:
            self.known[handle] = make()
            self.handles[id(self.known[handle])] = handle
        return self.known[handle]

    def _function(self, handle: int, info: dict[str, Any]) -> Any:
        def remote(*args: Any, **kwargs: Any) -> Any:
            return self.apply("call", (remote, *args), kwargs)

        name, cell, line = info.get("name"), info.get("cell"), _line(info)
        remote.__name__ = remote.__qualname__ = name if isinstance(name, str) else "function"
        remote.__doc__ = info["doc"] if isinstance(info.get("doc"), str) else None
        if cell in self.sources and line:
            remote.__code__ = remote.__code__.replace(
                co_filename=cell, co_firstlineno=line, co_name=remote.__name__
            )
        signature = _signature(info.get("signature"))
        if signature is not None:
            vars(remote)["__signature__"] = signature
        return remote

    def _class(self, handle: int, info: dict[str, Any]) -> Any:
        ancestors = [(number, str(name)) for number, name in info["ancestors"]]
        if not info["exception"]:
            return RemoteClass(self, handle, str(info["name"]))
        base = ERRORS.get(str(info["exception"][0]), Exception)
        for number, name in reversed(ancestors):  # the nearest ancestor last: it is the class asked
            if number != handle:
                base = self._known(number, partial(type, name, (base,), {}))
        return type(str(info["name"]), (base,), {})

    def _object(self, handle: int, info: dict[str, Any], specials: list[str]) -> RemoteObject:
        name = str(info["name"])
        key = (name, tuple(map(str, specials)))
        if key not in self.classes:
            self.classes[key] = object_class(*key)
        ancestors = frozenset(number for number, _ in info["ancestors"])
        return self.classes[key](self, handle, ancestors)

    def _raise(self, error: BaseException, description: dict[str, Any]) -> None:
        """Raise the student's error, from the student's line."""
        cell, line = description.get("cell"), _line(description)
        if type(cell) is not str or cell not in self.sources or not line:
            raise error
        code = compile("\n" * (line - 1) + "raise error", cell, "exec")
        exec(code, {"error": error})

    def _error(self, description: dict[str, Any], decoder: Decoder) -> BaseException:
        names = [name for name in _mapping(description).get("kinds") or [] if isinstance(name, str)]
        if names[:1] == [Unsendable.__name__]:
            self.note_strange(str(description.get("text", "")))
        kind: type[BaseException] = next((ERRORS[n] for n in names if n in ERRORS), Exception)
        if description.get("class"):
            own = decoder.decode(description["class"])
            kind = own if isinstance(own, type) and issubclass(own, BaseException) else kind
        text = str(description.get("text", ""))
        try:
            args = decoder.decode(description.get("args"))
            error = kind(*args) if isinstance(args, tuple) else kind(text)
            if str(error) != text:  # its class made the text of something else
                error = kind(text)
        except Exception:
            error = Exception(f"{kind.__name__}: {text}")
        if line := _line(description):
            error.__notes__ = [f"line {line}"]
        return error


def _loud(error: BaseException) -> BaseException:
    """The error, unless it would end a test's loop over map() in silence, and the test pass."""
    if isinstance(error, StopIteration):
        return RuntimeError("the student's code raised StopIteration")
    return error


def _settings() -> dict[str, Any]:
    """How the tests want floating-point errors and warnings to be handled just now."""
    settings: dict[str, Any] = {}
    if (errstate := np.geterr()) != DEFAULT_ERRSTATE:
        settings["errstate"] = {
            k: v for k, v in errstate.items() if v in ("ignore", "raise", "warn")
        }
    if warnings.filters:
        action, message, category, module, line = warnings.filters[0]
        if (message, category, module, line) == (None, Warning, None, 0):
            settings["warnings"] = action
    return settings


def _signature(rows: Any) -> inspect.Signature | None:
    try:
        return inspect.Signature(
            [
                inspect.Parameter(
                    name,
                    inspect._ParameterKind(kind),
                    default=_default(text) if given else inspect.Parameter.empty,
                )
                for name, kind, given, text in rows
            ]
        )
    except (TypeError, ValueError):
        return None


def _default(text: str) -> Any:
    try:
        return literal_eval(text[:LONGEST_DEFAULT])
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return types.SimpleNamespace(text=text)


def _take_random(state: Any) -> None:
    try:
        set_random_state(state)
    except (TypeError, ValueError) as error:
        raise Malformed("no state of a generator") from error


def _line(told: dict[str, Any]) -> int:
    """The line that is told; 0 if it can be none."""
    line = told.get("line")
    return line if type(line) is int and 1 <= line <= 100_000 else 0


def _part(reply: dict[str, Any], name: str) -> Any:
    if name not in reply:
        raise Malformed(f"a reply without {name}")
    return reply[name]


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict | None):
        raise Malformed("an object is expected")
    return value or {}


def _position(tree: list[Any], count: int) -> int:
    if len(tree) != 2 or type(tree[1]) is not int or not 0 <= tree[1] < count:
        raise Malformed("there is no such argument")
    return tree[1]
