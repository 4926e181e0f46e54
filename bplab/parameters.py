"""Parameters as the gradient checks take them: one array, or a list, tuple or dict of arrays."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bplab.numeric.arrays import Array, as_finite


def named_arrays(x: Any, name: str) -> dict[str, Any]:
    """The arrays of x by their names in reports: a dict's own keys, else x, or x[0], x[1] …"""
    if isinstance(x, Mapping):
        return {str(key): leaf for key, leaf in x.items()}
    if isinstance(x, list | tuple):
        return {f"{name}[{i}]": leaf for i, leaf in enumerate(x)}
    return {name: x}


def real_arrays(x: Any, name: str) -> dict[str, Array]:
    """Copies of the arrays of x in float64, by their names.

    Raises: ValueError if x is empty or holds NaN/inf; TypeError if x is not real numbers.
    """
    named = named_arrays(x, name)
    if not named:
        raise ValueError(
            f"{name} must not be empty; pass an array, or a list, tuple or dict of arrays."
        )
    return {key: _real_array(key, leaf) for key, leaf in named.items()}


def rebuild(x: Any, leaves: list[Array]) -> Any:
    """The leaves put together as x is: one array, or a dict, list or tuple."""
    if isinstance(x, Mapping):
        return dict(zip(x, leaves, strict=True))
    if isinstance(x, list | tuple):
        return tuple(leaves) if isinstance(x, tuple) else list(leaves)
    return leaves[0]


def match_gradient(
    gradient: Any, x: Any, x_name: str, function: str
) -> tuple[list[Array], list[str]]:
    """The arrays of a gradient in the order of x's, and in words whatever does not fit x."""
    if gradient is None:
        return [], [f"{function} returned None. Is a return missing?"]
    wanted, found = named_arrays(x, x_name), named_arrays(gradient, x_name)
    if set(wanted) != set(found):
        one = not isinstance(x, list | tuple | Mapping)
        kind = "one array" if one else f"{len(wanted)} arrays, one for each of {', '.join(wanted)}"
        return [], [f"{function} must return {kind}; got {_describe(gradient)}."]
    pairs = [(name, np.shape(leaf), found[name]) for name, leaf in wanted.items()]
    problems = [text for pair in pairs if (text := _misfit(function, *pair))]
    return [np.asarray(leaf) for _, _, leaf in pairs] if not problems else [], problems


def _real_array(name: str, leaf: Any) -> Array:
    leaf = as_finite(name, leaf)
    if leaf.dtype.kind != "f":
        raise TypeError(f"{name} must hold real numbers; got dtype {leaf.dtype}.")
    return leaf.astype(np.float64)


def _misfit(function: str, name: str, shape: tuple[int, ...], leaf: Any) -> str | None:
    if leaf is None:
        return f"{function} returned None for {name}."
    try:
        array = np.asarray(leaf)
    except ValueError:
        return f"{function} returned rows of different lengths for {name}."
    if array.dtype.kind not in "fiubO":
        return f"{function} must return real numbers for {name}; got dtype {array.dtype}."
    if array.shape != shape:
        hint = " Is it transposed?" if array.shape == shape[::-1] else ""
        return f"{function} must return shape {shape} for {name}; got {array.shape}.{hint}"
    return None


def _describe(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"a dict with the keys {', '.join(map(str, value))}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    return f"an array of shape {np.shape(value)}"
