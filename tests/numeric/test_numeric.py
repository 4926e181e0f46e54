"""The package as a whole: what it exports, and the order in which a reader meets it."""

import importlib
import inspect

import pytest

from bplab import numeric


def test_every_exported_name_exists():
    assert all(hasattr(numeric, name) for name in numeric.__all__)


@pytest.mark.parametrize(
    ("module", "pairs"), [("activations", 10), ("losses", 3), ("dense", 1)], ids=str
)
def test_each_function_is_followed_at_once_by_its_derivative(module, pairs):
    home = importlib.import_module(f"bplab.numeric.{module}")
    names = [
        name
        for name, value in vars(home).items()
        if inspect.isfunction(value) and value.__module__ == home.__name__ and name[0] != "_"
    ]
    derivatives = [name for name in names if name.endswith(("_prime", "_backward"))]
    assert len(derivatives) == pairs
    for name in derivatives:
        assert names[names.index(name) - 1] == name.rsplit("_", maxsplit=1)[0]
        assert name in numeric.__all__
