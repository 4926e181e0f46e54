"""How a class is graded: what a submission may use, and whether it may run unshielded."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Settings:
    """`seconds` for each cell and test, `memory` in MiB for each submission."""

    seconds: float = 30.0
    memory: int = 1024
    unsafe: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
