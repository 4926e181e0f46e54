"""bplab: backpropagation proved, computed and checked.

`import bplab` is light: each public name is imported when it is first used (PEP 562), so a lesson
that needs only NumPy waits for neither SymPy nor matplotlib.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False  # type checkers read it as True; importing typing would cost milliseconds
if TYPE_CHECKING:
    from bplab import data, exact, exercises, figures, gradients, numeric, rulebook, symbolic
    from bplab.exercises import check, hint, progress, reveal, use
    from bplab.rulebook import RULES, verify

__all__ = [
    "RULES",
    "check",
    "data",
    "exact",
    "exercises",
    "figures",
    "gradients",
    "hint",
    "numeric",
    "progress",
    "reveal",
    "rulebook",
    "symbolic",
    "use",
    "verify",
]

_HOME = {
    "RULES": "bplab.rulebook",
    "check": "bplab.exercises",
    "hint": "bplab.exercises",
    "progress": "bplab.exercises",
    "reveal": "bplab.exercises",
    "use": "bplab.exercises",
    "verify": "bplab.rulebook",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(
            f"module 'bplab' has no attribute {name!r}; it has {', '.join(__all__)}"
        )
    from importlib import import_module

    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    else:
        value = import_module(f"bplab.{name}")
    globals()[name] = value  # the next access does not come here
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
