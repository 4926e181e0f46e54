"""What is done once, so that no forked process has to do it again."""

import contextlib
import gc
from collections.abc import Iterable


def warm_up(imports: Iterable[str]) -> None:
    """Run import statements, and keep the collector off what all children share."""
    for statement in imports:
        with contextlib.suppress(Exception):  # the cell that needs it will tell
            exec(statement, {})
    gc.collect()
    gc.freeze()
