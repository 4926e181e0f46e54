"""One `.npz` file for named arrays and a JSON description of what they belong to.

Nothing is pickled, so a file from a stranger cannot run code. The file appears under its name only
when it is complete: an interrupted save leaves the old one as it was.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from bplab.numeric.arrays import Array

FORMAT = "bplab-network-1"


def write(path: str | os.PathLike[str], description: object, arrays: dict[str, Array]) -> None:
    """Write `arrays` and the JSON-able `description` to `path`, all or nothing.

    Raises: TypeError for arrays that need pickling; OSError if the folder cannot be written.
    """
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise TypeError(
                f"{name} holds Python objects (dtype object); only numbers can be saved."
            )
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    header = json.dumps({"format": FORMAT, "description": description})
    members: dict[str, Any] = {f"array:{name}": array for name, array in arrays.items()}
    try:
        with part.open("wb") as file:
            np.savez(file, header=np.array(header), **members)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def read(path: str | os.PathLike[str]) -> tuple[Any, dict[str, Array]]:
    """Read back what `write` wrote: (description, arrays).

    Raises: ValueError, naming the path, if the file is missing, damaged, or not from `write`.
    """
    try:
        with np.load(path, allow_pickle=False) as members:
            arrays = {name: members[name] for name in members.files}
        header = json.loads(str(arrays.pop("header")))
        if header["format"] != FORMAT:
            raise ValueError(f"its format is {header['format']!r}, not {FORMAT!r}")
        return header["description"], {k.removeprefix("array:"): a for k, a in arrays.items()}
    except FileNotFoundError as error:
        raise ValueError(f"There is no file {os.fspath(path)!r} to load a network from.") from error
    except Exception as error:  # damage can show itself as almost any error
        raise ValueError(
            f"{os.fspath(path)!r} is not a network saved by Sequential.save, or it is damaged: "
            f"{error}. Save the network again."
        ) from error
