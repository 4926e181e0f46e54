"""Values as JSON and raw buffers, so that a student's values reach the tests as plain ones.

Nothing is pickled. Decoding makes exact types only: whatever was sent, what arrives is a number, a
text, a container of the standard library or a true `numpy.ndarray`, and never a subclass that could
lie about itself. What is not plain (functions, instances) is left to the two sides.
"""

import math
import re
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.ma import MaskedArray  # here, as NumPy would import it in each child

Tree = Any  # JSON values
MOST_NODES = 1_000_000
MOST_BYTES = 128 * 2**20
DEEPEST = 60
DTYPE = re.compile(r"[<>|](?:[biufcUS]\d+|[mM]8(?:\[\d*[a-zA-Z]+\])?)")
MOST_BITS = 2**20  # of an integer: the power of a longer one keeps a processor busy for minutes
SAFE_INTEGER = 2**53  # JSON readers agree on integers up to here
SEQUENCES: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": deque,
}
MAPPINGS: dict[str, Callable[[list[Any]], Any]] = {
    "dict": dict,
    "Counter": lambda pairs: Counter(dict(pairs)),
    "OrderedDict": OrderedDict,
    "defaultdict": lambda pairs: defaultdict(None, pairs),
}
GENERATORS = {
    name: getattr(np.random, name) for name in ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")
}


class Unsendable(TypeError):
    """A value that cannot leave its process."""


class Malformed(ValueError):
    """A message that no honest encoder writes. Its text quotes nothing: feedback shows it."""


class Encoder:
    """Turns values into a tree of JSON values and a list of buffers.

    `special` is asked for the tree of anything that is not plain; it raises Unsendable if there is
    none. A subclass of a plain type is sent as that type.
    """

    def __init__(self, special: Callable[[Any], Tree]) -> None:
        self.special = special
        self.buffers: list[bytes] = []
        self._nodes = 0

    def encode(self, value: Any, depth: int = 0) -> Tree:
        self._nodes += 1
        if depth > DEEPEST or self._nodes > MOST_NODES:
            raise Unsendable("the value is too deep or has too many parts to be handed over")
        if value is None or value is True or value is False:
            return value
        if value is ...:
            return ["..."]
        if isinstance(value, np.generic | np.ndarray):
            return self._array(value, depth)
        for kind, encode in ENCODERS:
            if isinstance(value, kind):
                return encode(self, value, depth)
        return self.special(value)

    def _buffer(self, data: bytes) -> int:
        self.buffers.append(data)
        if sum(map(len, self.buffers)) > MOST_BYTES:
            raise Unsendable(f"the value is larger than {MOST_BYTES >> 20} MiB")
        return len(self.buffers) - 1

    def _array(self, value: Any, depth: int) -> Tree:
        if isinstance(value, MaskedArray):
            return self.special(value)
        if isinstance(value, np.matrix):  # as an array it would multiply otherwise
            raise Unsendable("a matrix cannot be handed over: use an array")
        plain = np.ndarray.view(value, np.ndarray) if isinstance(value, np.ndarray) else value
        if plain.dtype.kind == "O" and isinstance(plain, np.ndarray):
            items = [self.encode(item, depth + 1) for item in plain.ravel()]
            return ["objects", list(plain.shape), items]
        if not DTYPE.fullmatch(plain.dtype.str):
            raise Unsendable(f"an array of dtype {plain.dtype} cannot be handed over")
        if isinstance(value, np.generic):
            return ["scalar", plain.dtype.str, self._buffer(plain.tobytes())]
        writeable = bool(plain.flags.writeable)
        return [
            "array",
            plain.dtype.str,
            list(plain.shape),
            self._buffer(plain.tobytes()),
            writeable,
        ]

    def _int(self, value: int, depth: int) -> Tree:
        number = int.__int__(value)
        if number.bit_length() > MOST_BITS:
            raise Unsendable("a number of so many digits cannot be handed over")
        return number if abs(number) < SAFE_INTEGER else ["int", hex(number)]

    def _float(self, value: float, depth: int) -> Tree:
        number = float.__float__(value)
        return number if math.isfinite(number) else ["float", repr(number)]

    def _tuple(self, value: tuple[Any, ...], depth: int) -> Tree:
        fields = getattr(type(value), "_fields", None)
        items = [self.encode(item, depth + 1) for item in tuple.__iter__(value)]
        if fields:
            return ["namedtuple", type(value).__name__, list(fields), items]
        return ["tuple", items]

    def _sequence(self, value: Any, depth: int) -> Tree:
        kind = next(name for name in SEQUENCES if isinstance(value, SEQUENCES[name]))  # type: ignore[arg-type]
        return [kind, [self.encode(item, depth + 1) for item in value]]

    def _mapping(self, value: Any, depth: int) -> Tree:
        kinds = (Counter, OrderedDict, defaultdict)
        kind = next((kind.__name__ for kind in kinds if isinstance(value, kind)), "dict")
        pairs = [
            [self.encode(key, depth + 1), self.encode(entry, depth + 1)]
            for key, entry in dict.items(value)
        ]
        return [kind, pairs]

    def _range(self, value: range, depth: int) -> Tree:
        if value[MOST_NODES:]:
            raise Unsendable(f"a range of more than {MOST_NODES} numbers cannot be handed over")
        return ["range", *map(self.encode, (value.start, value.stop, value.step))]

    def _generator(self, value: np.random.Generator, depth: int) -> Tree:
        name = type(value.bit_generator).__name__
        if name not in GENERATORS:
            raise Unsendable(f"a generator with {name} cannot be handed over")
        return ["generator", name, self.encode(value.bit_generator.state, depth + 1)]


ENCODERS: tuple[tuple[Any, Callable[[Encoder, Any, int], Tree]], ...] = (
    (int, Encoder._int),
    (float, Encoder._float),
    (str, lambda coder, value, depth: str.__str__(value)),
    (complex, lambda coder, z, depth: ["complex", coder.encode(z.real), coder.encode(z.imag)]),
    (tuple, Encoder._tuple),
    ((list, set, frozenset, deque), Encoder._sequence),
    (dict, Encoder._mapping),
    (bytes, lambda coder, value, depth: ["bytes", coder._buffer(bytes(value))]),
    (bytearray, lambda coder, value, depth: ["bytearray", coder._buffer(bytes(value))]),
    (range, Encoder._range),
    (slice, lambda coder, s, depth: ["slice", *map(coder.encode, (s.start, s.stop, s.step))]),
    (Fraction, lambda c, q, depth: ["fraction", c.encode(q.numerator), c.encode(q.denominator)]),
    (np.random.Generator, Encoder._generator),
)


class Decoder:
    """Makes values from a tree and its buffers; `special` decodes the trees that are not plain.

    Raises: Malformed for anything an Encoder does not write.
    """

    def __init__(self, buffers: list[bytes], special: Callable[[Tree], Any]) -> None:
        self.buffers = buffers
        self.special = special
        self._nodes = 0

    def decode(self, tree: Tree) -> Any:
        try:
            return self._decode(tree, 0)
        except Malformed:
            raise
        except (
            TypeError,
            ValueError,
            LookupError,
            AttributeError,
            OverflowError,
            MemoryError,
        ) as error:
            raise Malformed(f"{type(error).__name__} in a value") from error

    def _decode(self, tree: Tree, depth: int) -> Any:
        self._nodes += 1
        if depth > DEEPEST + 2 or self._nodes > MOST_NODES:
            raise Malformed("a value is too deep or has too many parts")
        if tree is None or type(tree) in (bool, int, float, str):
            return tree
        if type(tree) is not list or not tree or type(tree[0]) is not str:
            raise Malformed(f"no value is written as a {type(tree).__name__}")
        kind, *parts = tree
        if kind in SEQUENCES:
            return SEQUENCES[kind]([self._decode(item, depth + 1) for item in _list(parts[0])])
        if kind in MAPPINGS:
            pairs = [[self._decode(part, depth + 1) for part in _list(p)] for p in _list(parts[0])]
            return MAPPINGS[kind](pairs)
        if kind in DECODERS:
            return DECODERS[kind](self, parts, depth + 1)
        return self.special(tree)

    def _all(self, parts: list[Tree], depth: int) -> list[Any]:
        return [self._decode(part, depth) for part in parts]

    def _array(self, parts: list[Tree], depth: int) -> Any:
        text, shape, number, writeable = parts
        array = self._numbers(text, number).reshape(_shape(shape)).copy()
        array.flags.writeable = writeable is not False
        return array

    def _numbers(self, text: str, number: int) -> Any:
        if not DTYPE.fullmatch(text):
            raise Malformed("an array has a dtype that no array here has")
        return np.frombuffer(self._bytes([number], 0), dtype=np.dtype(text))

    def _objects(self, parts: list[Tree], depth: int) -> Any:
        shape, items = _shape(parts[0]), self._all(_list(parts[1]), depth)
        if math.prod(shape) != len(items):
            raise Malformed("an array has another number of entries than its shape says")
        array = np.empty(len(items), dtype=object)
        for position, item in enumerate(items):
            array[position] = item
        return array.reshape(shape)

    def _int(self, parts: list[Tree], depth: int) -> int:
        (text,) = parts
        if len(text) > MOST_BITS // 4 + len("-0x"):
            raise Malformed("a number of so many digits")
        return int(text, 16)

    def _range(self, parts: list[Tree], depth: int) -> range:
        numbers = range(*self._all(parts, depth))
        if numbers[MOST_NODES:]:
            raise Malformed("a range of so many numbers")
        return numbers

    def _bytes(self, parts: list[Tree], depth: int) -> bytes:
        (number,) = parts
        if type(number) is not int or number < 0:
            raise Malformed("a buffer is named by its number")
        return self.buffers[number]

    def _namedtuple(self, parts: list[Tree], depth: int) -> Any:
        name, fields, items = parts
        return namedtuple(name, fields)(*self._all(items, depth))

    def _generator(self, parts: list[Tree], depth: int) -> Any:
        name, state = parts
        bits = GENERATORS[name]()
        bits.state = self._decode(state, depth)
        return np.random.Generator(bits)


DECODERS: dict[str, Callable[[Decoder, list[Tree], int], Any]] = {
    "...": lambda coder, parts, depth: ...,
    "int": Decoder._int,
    "float": lambda coder, parts, depth: float(parts[0]),
    "complex": lambda coder, parts, depth: complex(*coder._all(parts, depth)),
    "bytes": Decoder._bytes,
    "bytearray": lambda coder, parts, depth: bytearray(coder._bytes(parts, depth)),
    "range": Decoder._range,
    "slice": lambda coder, parts, depth: slice(*coder._all(parts, depth)),
    "fraction": lambda coder, parts, depth: Fraction(*coder._all(parts, depth)),
    "array": Decoder._array,
    "scalar": lambda coder, parts, depth: coder._numbers(*parts)[0],
    "objects": Decoder._objects,
    "namedtuple": Decoder._namedtuple,
    "generator": Decoder._generator,
}


def _list(tree: Tree) -> list[Tree]:
    if type(tree) is not list:
        raise Malformed("a list is expected")
    return tree


def _shape(tree: Tree) -> tuple[int, ...]:
    if not all(type(size) is int and size >= 0 for size in _list(tree)):
        raise Malformed("a shape is made of whole numbers")
    return tuple(tree)
