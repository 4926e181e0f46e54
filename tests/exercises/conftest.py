"""One exercise of each kind, as a lesson would define them."""

import sys
from types import ModuleType

import numpy as np
import pytest

from bplab.exercises import (
    ChoiceExercise,
    CodeExercise,
    FormulaExercise,
    Mistake,
    NumberExercise,
    samples,
)
from bplab.exercises.diagnosis import findings
from bplab.exercises.journal import journal_of

HINTS = ("a nudge", "a step", "the worked line")


@pytest.fixture(autouse=True)
def no_search_fails(monkeypatch):
    """A search for a diagnosis that fails is silent for learners, and loud here."""

    def loud(error):
        raise error

    monkeypatch.setattr(findings, "on_failure", loud)


def hidden_error(delta_next, W_next, sigma_prime_z):
    return (delta_next @ W_next) * sigma_prime_z


def no_sigma_prime(delta_next, W_next, sigma_prime_z):
    return delta_next @ W_next


def no_transpose(delta_next, W_next, sigma_prime_z):
    return (delta_next @ W_next.T) * sigma_prime_z


def wrong_sign(delta_next, W_next, sigma_prime_z):
    return -(delta_next @ W_next) * sigma_prime_z


def added(delta_next, W_next, sigma_prime_z):
    return delta_next @ W_next + sigma_prime_z


def averaged(delta_next, W_next, sigma_prime_z):
    return (delta_next @ W_next) * sigma_prime_z / len(delta_next)


def in_place(delta_next, W_next, sigma_prime_z):
    sigma_prime_z *= delta_next @ W_next
    return sigma_prime_z


@pytest.fixture
def code_exercise():
    return CodeExercise(
        id="99.1",
        title="BP2, the hidden error",
        points=2,
        reference=hidden_error,
        samples=samples(
            {"delta_next": ("B", "n2"), "W_next": ("n2", "n1"), "sigma_prime_z": ("B", "n1")}
        ),
        hints=HINTS,
        mistakes=(
            Mistake("no σ′", no_sigma_prime, "Your result lacks σ′(z)."),
            Mistake("transpose", no_transpose, "Your result equals Wδ: the transpose is missing."),
            Mistake("sign", wrong_sign, "Your result has the wrong sign."),
            Mistake("sum", added, "You added σ′(z), it multiplies."),
            Mistake("mean", averaged, "You averaged: 1/m enters in the loss only."),
            Mistake("in place", in_place, "You wrote into sigma_prime_z."),
        ),
    )


@pytest.fixture
def formula_exercise():
    from bplab.symbolic import Tensor, activation, index

    return FormulaExercise(
        id="99.2",
        title="BP2, one entry",
        reference="sum_(W[j, k]*delta[j], j)*sigma_prime(z[k])",
        names={
            "W": Tensor("W", ("n2", "n1")),
            "delta": Tensor("delta", ("n2",)),
            "z": Tensor("z", ("n1",)),
            "sigma": activation("sigma"),
            "sigma_prime": activation("sigma").prime,
            "j": index("j", "n2"),
            "k": index("k", "n1"),
        },
        hints=HINTS,
        mistakes=(
            Mistake("no σ′", "sum_(W[j, k]*delta[j], j)", "σ′(z) is missing."),
            Mistake("σ", "sum_(W[j, k]*delta[j], j)*sigma(z[k])", "σ for σ′."),
            Mistake("no W", "sum_(delta[j], j)*sigma_prime(z[k])", "W is missing."),
            Mistake("no sum", "W[j, k]*delta[j]*sigma_prime(z[k])", "The sum over j is missing."),
            Mistake("sign", "-sum_(W[j, k]*delta[j], j)*sigma_prime(z[k])", "The sign is wrong."),
        ),
    )


@pytest.fixture
def number_exercise():
    return NumberExercise(
        id="99.3",
        title="σ′ at its largest",
        value=0.25,
        tolerance=0.001,
        hints=HINTS,
        mistakes=(
            Mistake("one", 1, "That is the largest slope of tanh."),
            Mistake("half", 0.5, "That is σ(0), not its slope."),
            Mistake("zero", 0, "That is the slope far out."),
            Mistake("sign", -0.25, "σ grows everywhere."),
            Mistake("square", 0.0625, "You squared it."),
        ),
    )


@pytest.fixture
def choice_exercise():
    return ChoiceExercise(
        id="99.4",
        title="what a gradient is",
        options={letter: f"statement {letter}" for letter in "abcdef"},
        right="c",
        hints=HINTS,
        mistakes=tuple(Mistake(f"{x}", x, f"{x} is wrong, because …") for x in "abdef"),
    )


@pytest.fixture
def lesson(monkeypatch, code_exercise, formula_exercise, number_exercise, choice_exercise):
    """A lesson 99 with all four, nothing passed, nothing strict."""
    module = ModuleType("bplab.exercises.lesson_99")
    module.EXERCISES = (code_exercise, formula_exercise, number_exercise, choice_exercise)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    journal_of.cache_clear()
    monkeypatch.delenv("BPLAB_STRICT", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return module


@pytest.fixture
def rng():
    return np.random.default_rng(0)
