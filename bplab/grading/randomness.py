"""The global generators of random numbers, which the tests and the student's code may share."""

import random
from typing import Any

import numpy as np


def seed() -> None:
    """Begin as in every run, so that a second run gives the same marks."""
    random.seed(0)
    np.random.seed(0)


def random_state() -> tuple[Any, Any]:
    """The states of Python's and of NumPy's global generator."""
    return random.getstate(), np.random.get_state()


def set_random_state(state: tuple[Any, Any]) -> None:
    python, numpy = state
    random.setstate(python)
    np.random.set_state(numpy)
