"""Exercises that say which term is wrong: `check`, `hint`, `reveal`, `progress`.

A lesson's exercises stand in `lesson_NN.py` as the tuple `EXERCISES`. One is written like this:

    def no_transpose(delta, W, s):
        return delta @ W.T * s

    HIDDEN_ERROR = CodeExercise(
        id="04.2",
        title="BP2, the hidden error",
        reference=hidden_error,                      # the library's own function
        samples=samples({"delta": ("B", "n2"), "W": ("n2", "n1"), "s": ("B", "n1")}),
        hints=("Which errors does unit k feed?", "Sum over j: W[j, k] δ[j].", "delta @ W * s"),
        mistakes=(
            Mistake("transpose", no_transpose, "Your result equals (Wδ) ⊙ σ′: transpose W."),
            ...,                                     # five or more, each a wrong function
        ),
    )
    EXERCISES = (HIDDEN_ERROR,)

and a test demands `HIDDEN_ERROR.self_check() == []`: the reference passes, and each mistake is
rejected with its own diagnosis. `FormulaExercise`, `NumberExercise` and `ChoiceExercise` differ in
what an answer is, for the reference and the mistakes alike.
"""

from bplab.exercises.choice import ChoiceExercise
from bplab.exercises.code import CodeExercise
from bplab.exercises.exercise import Exercise, Mistake
from bplab.exercises.formula import FormulaExercise
from bplab.exercises.number import NumberExercise
from bplab.exercises.registry import UnknownExercise, check, hint, record, reveal, use
from bplab.exercises.results import CheckResult, Note
from bplab.exercises.samples import away_from_zero, one_hot, probabilities, samples
from bplab.exercises.summary import Progress, progress

__all__ = [
    "CheckResult",
    "ChoiceExercise",
    "CodeExercise",
    "Exercise",
    "FormulaExercise",
    "Mistake",
    "Note",
    "NumberExercise",
    "Progress",
    "UnknownExercise",
    "away_from_zero",
    "check",
    "hint",
    "one_hot",
    "probabilities",
    "progress",
    "record",
    "reveal",
    "samples",
    "use",
]
