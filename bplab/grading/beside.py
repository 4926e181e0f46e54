"""What lies beside the source, such as a module or data, packed for another machine."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path

MOST = 10 * 2**20  # it travels with each chunk


def pack(folder: Path, without: Iterable[Path] = ()) -> dict[str, str]:
    """The files of a folder and its subfolders in base 64, by their path in it.

    Left out are notebooks, links, what is hidden, and the folders `without`. Raises: ValueError if
    they are too large; OSError.
    """
    packed, room = {}, MOST
    for path in _files(folder, {other.resolve() for other in without}):
        room -= path.stat().st_size
        if room < 0:
            raise ValueError(
                f"the files beside SOURCE, in {folder}, are larger than the {MOST >> 20} MiB that "
                "--dask sends along: move SOURCE and what it needs to a folder of its own"
            )
        packed[path.relative_to(folder).as_posix()] = b64encode(path.read_bytes()).decode()
    return packed


def unpack(packed: dict[str, str], folder: Path) -> None:
    """Write packed files into a folder. Raises: OSError."""
    for name, content in packed.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b64decode(content))


def _files(folder: Path, without: set[Path]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__pycache__")) or path.is_symlink():
            continue
        if path.is_dir() and path.resolve() not in without:
            yield from _files(path, without)
        elif path.is_file() and path.suffix != ".ipynb":
            yield path
