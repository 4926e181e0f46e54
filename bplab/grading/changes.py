"""Changes in place: an argument takes over the values that the student's code gave it."""

from typing import Any

import numpy as np


def change(old: Any, new: Any) -> bool:
    """Make `old` equal to `new` without replacing it; False if it cannot be.

    Parts that can be changed in place keep their identity.

    >>> inner = [1]; outer = [inner, 2]
    >>> change(outer, [[5], 6]), outer, outer[0] is inner
    (True, [[5], 6], True)
    """
    if type(old) is not type(new):
        return False
    if isinstance(old, np.ndarray):
        return _change_array(old, new)
    if isinstance(old, np.random.Generator):
        old.bit_generator.state = new.bit_generator.state
    elif isinstance(old, list):
        kept = [_kept(one, other) for one, other in zip(old, new, strict=False)]
        old[:] = kept + new[len(kept) :]
    elif isinstance(old, dict):
        entries = {key: _kept(old[key], new[key]) if key in old else new[key] for key in new}
        old.clear()
        old.update(entries)
    elif isinstance(old, set):
        old.clear()
        old.update(new)
    elif isinstance(old, bytearray):
        old[:] = new
    elif isinstance(old, tuple):
        changed = [change(one, other) for one, other in zip(old, new, strict=False)]
        return len(old) == len(new) and all(changed)
    else:
        return False
    return True


def _kept(old: Any, new: Any) -> Any:
    """The old part, changed; or the new one."""
    return old if change(old, new) else new


def _change_array(old: Any, new: Any) -> bool:
    if old.shape != new.shape or old.dtype != new.dtype or not old.flags.writeable:
        return False
    old[...] = new
    return True
