"""Cells that are not plain Python: IPython's magics and shell commands are left out."""

import ast
import re

# Spaces do not run on into the next lines: a thousand blank ones would be tried a million times.
COMMAND = re.compile(
    r"^([ \t]*)(?:%|!|\?|[\w.]+[ \t]*=[ \t]*[%!]).*$|^([ \t]*)[\w.]+\?{1,2}[ \t]*$", re.MULTILINE
)
TRANSPARENT = ("%%time", "%%timeit", "%%capture", "%%prun")  # their body is Python


def plain_python(source: str) -> str:
    """The cell without its magics, if it does not parse as it is.

    >>> plain_python("%matplotlib inline\\nx = 1")
    'pass\\nx = 1'
    >>> plain_python("%%bash\\nls")
    ''
    """
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    else:
        return source
    if source.lstrip().startswith("%%"):
        first, _, body = source.lstrip().partition("\n")
        if not first.startswith(TRANSPARENT):
            return ""
        source = "\n" + body
    return COMMAND.sub(lambda match: (match[1] or match[2] or "") + "pass", source)
