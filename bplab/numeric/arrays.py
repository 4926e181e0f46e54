"""The array type, and the checks every public numeric function makes on its arguments.

Each check either returns or raises an error that names the argument, what was expected (shapes in
letters), what came, and what to do. Object arrays are let through unchanged, so that the same
NumPy code also runs on exact numbers; complex arrays too, for the complex step.
"""

import itertools
import math
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Letters = tuple[str, ...]


def as_array(name: str, value: npt.ArrayLike) -> Array:
    """Return `value` as an array of whatever it holds. Raises: ValueError if its rows differ."""
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} must be a rectangular array; its rows differ in length."
        ) from None


def as_numeric(name: str, value: npt.ArrayLike) -> Array:
    """Return `value` as an array of floats, complex numbers or number-like objects, never empty.

    Integers become float64; an array that already fits is returned as it is, not copied.
    Raises: TypeError if value is not numeric (text, booleans, None); ValueError if it is empty.

    >>> as_numeric("x", [1, 2])
    array([1., 2.])
    """
    array = value if type(value) is np.ndarray else as_array(name, value)
    kind = array.dtype.kind
    if kind in "iu":
        array = array.astype(np.float64)
    elif kind == "O":
        _require_numbers(name, array)
    elif kind not in "fc":
        remedy = f" Use {name}.astype(float)." if kind == "b" else ""
        raise TypeError(f"{name} must hold numbers; got dtype {array.dtype}.{remedy}")
    if array.size == 0:
        raise ValueError(
            f"{name} must not be empty; got shape {array.shape}. Pass at least one entry."
        )
    return array


def as_finite(name: str, value: npt.ArrayLike) -> Array:
    """Return `value` as a non-empty numeric array without NaN or infinity.

    Raises: as `as_numeric`; ValueError if an entry is NaN or infinite.

    >>> as_finite("z", 0.5)
    array(0.5)
    """
    array = as_numeric(name, value)
    require_finite(name, array)
    return array


def require_finite(name: str, array: Array) -> None:
    """Raise ValueError, naming the first bad entry, if `array` holds NaN or infinity."""
    if not _all_finite(array):
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        where = f"{name}[{', '.join(map(str, index))}]" if index else name
        raise ValueError(
            f"{name} must be finite; {where} is {array[index]}. "
            "Remove it, or look for the step that made it."
        )


def require_finite_result(name: str, result: Array, **arguments: Array) -> None:
    """Raise ValueError if `result` is not finite, and blame the argument that caused it.

    For sums of products a non-finite argument always shows in the result, so one look at the
    (smaller) result stands for a look at every argument.
    """
    if not _all_finite(result):
        for argument, array in arguments.items():
            require_finite(argument, array)
        raise ValueError(
            f"{name} overflowed {result.dtype}, though every argument is finite. "
            "Make the values smaller: scale the data, or lower the learning rate."
        )


def require_shapes(**arrays: tuple[Array, Letters]) -> dict[str, int]:
    """Match arrays with shapes in letters; a letter must mean the same size everywhere.

    Returns the size of each letter. Letters are learnt from left to right.
    Raises: ValueError that says which letter does not fit and which array had fixed it.

    >>> x, W = np.zeros((5, 3)), np.zeros((4, 3))
    >>> require_shapes(x=(x, ("B", "n_in")), W=(W, ("n_out", "n_in")))
    {'B': 5, 'n_in': 3, 'n_out': 4}
    """
    sizes: dict[str, int] = {}
    for name, (array, letters) in arrays.items():
        if array.ndim != len(letters):
            raise ValueError(_shape_error(name, arrays))
        for letter, size in zip(letters, array.shape, strict=True):
            if sizes.setdefault(letter, size) != size:
                raise ValueError(_shape_error(name, arrays))
    return sizes


def is_whole(value: object) -> bool:
    """Whether `value` is an integer, Python's or NumPy's, and no boolean."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def require_whole(name: str, value: Any, *, least: int, most: int | None = None) -> int:
    """Return `value` as an int, at least `least` and at most `most`.

    Raises: TypeError if it is no whole number; ValueError if it is too small or too large.

    >>> require_whole("epochs", np.int64(3), least=1)
    3
    """
    limits = f"of at least {least}" if most is None else f"from {least} to {most}"
    problem = f"{name} must be a whole number {limits}; got {value!r}."
    if not is_whole(value):
        raise TypeError(problem)
    if value < least or (most is not None and value > most):
        raise ValueError(problem)
    return int(value)


def require_number(
    name: str,
    value: Any,
    *,
    above: float = -math.inf,
    at_least: float = -math.inf,
    below: float = math.inf,
) -> float:
    """Return `value` as a finite float within the limits.

    Raises: TypeError if it is no real number; ValueError if it is NaN, infinite or outside.

    >>> require_number("lr", np.float32(0.5), above=0)
    0.5
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number; got {value!r}.")
    number = float(value)  # a NumPy float64 would turn float32 arrays into float64
    if not (math.isfinite(number) and above < number < below and number >= at_least):
        limits = [
            "" if math.isfinite(number) else "finite",
            f"> {above:g}" if above > -math.inf else "",
            f"≥ {at_least:g}" if at_least > -math.inf else "",
            f"< {below:g}" if below < math.inf else "",
        ]
        raise ValueError(f"{name} must be {' and '.join(filter(None, limits))}; got {value}.")
    return number


def require_generator(rng: object) -> None:
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a numpy.random.Generator; got {type(rng).__name__}. "
            "Pass np.random.default_rng(0)."
        )


def _require_numbers(name: str, array: Array) -> None:
    # Division is what sets a number-like object apart from text, None, lists and dicts.
    for element in array.flat:
        if isinstance(element, bool) or not hasattr(element, "__truediv__"):
            raise TypeError(f"{name} must hold numbers; got {element!r} in an object array.")


def _all_finite(array: Array) -> bool:
    if array.dtype.kind == "O":
        return True
    # A finite sum of squares proves it at the speed of BLAS; else large numbers may be to blame.
    return math.isfinite(abs(np.vdot(array, array))) or bool(np.isfinite(array).all())


def _shape_error(name: str, arrays: dict[str, tuple[Array, Letters]]) -> str:
    array, letters = arrays[name]
    sizes = _sizes_before(name, arrays)
    got = array.shape if array.ndim == len(letters) else (None,) * len(letters)
    at_fault = (letter for letter, n in zip(letters, got, strict=True) if sizes.get(letter, n) != n)
    wrong = dict.fromkeys(at_fault)
    reasons = ", and".join(
        f" {letter} = {sizes[letter]}, as {_origin(letter, arrays)}" for letter in wrong
    )
    expected = _in_letters(letters) + (f" with{reasons}" if wrong else "")
    hint = _shape_hint(name, array.shape, letters, sizes)
    return f"{name} must have shape {expected}; got {array.shape}.{hint}"


def _sizes_before(name: str, arrays: dict[str, tuple[Array, Letters]]) -> dict[str, int]:
    earlier = itertools.takewhile(lambda item: item[0] != name, arrays.items())
    return require_shapes(**dict(earlier))


def _in_letters(letters: Letters) -> str:
    return f"({letters[0]},)" if len(letters) == 1 else f"({', '.join(letters)})"


def _origin(letter: str, arrays: dict[str, tuple[Array, Letters]]) -> str:
    owner = next(name for name, (_, letters) in arrays.items() if letter in letters)
    return f"{owner} has shape {arrays[owner][0].shape}"


def _shape_hint(name: str, shape: tuple[int, ...], letters: Letters, sizes: dict[str, int]) -> str:
    if len(shape) == 2 and _fits(shape[::-1], letters, sizes):
        return f" Is {name} transposed?"
    if letters[0] == "B" and _fits((1, *shape), letters, sizes):
        return f" For a batch of one sample pass {name}[np.newaxis]."
    if len(shape) == 2 and 1 in shape and _fits((max(shape),), letters, sizes):
        return f" Pass {name}.ravel()."
    if len(shape) == len(letters) == 4 and _fits((shape[0], shape[3], *shape[1:3]), letters, sizes):
        return f" If the channels are last, pass {name}.transpose(0, 3, 1, 2)."
    if len(shape) == 4 and letters == ("B", "n_in"):
        return " Images need a Flatten layer before it."
    return ""


def _fits(shape: tuple[int, ...], letters: Letters, sizes: dict[str, int]) -> bool:
    return len(shape) == len(letters) and all(
        sizes.get(letter, size) == size for letter, size in zip(letters, shape, strict=True)
    )
