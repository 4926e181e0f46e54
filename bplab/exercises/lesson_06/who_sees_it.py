"""06.15 · Which check sees which fault."""

from bplab.exercises.choice import ChoiceExercise
from bplab.exercises.lesson_06.alterations import wrong_texts

REASONS = """
transpose: a
    The shapes fit, but the numbers are far off: a central difference sees that easily.
symmetry: c
    The gradient at this start is right, so no gradient check can object. Only a look at the
    training, or at the weights, finds it.
last sample: d
    With more than one sample the numbers are far off: a central difference sees that easily.
kink: e
    At the kink there is no derivative, so there is nothing to be right or wrong against:
    gradients.check says so and lets any value between the two slopes pass, and the exact check
    moves off the kink.
wrong cost: f
    A check compares the gradient with the cost it is given. If both leave out the same factor they
    agree, by any method. Test the cost by hand numbers.
"""

WHO_SEES_IT = ChoiceExercise(
    id="06.15",
    title="who sees it?",
    options={
        "a": "W for Wᵀ in BP2, in a layer with as many inputs as outputs",
        "b": "a gradient in which every entry is 1 + 1e-10 times the right one",
        "c": "all weights of a layer start with the same value",
        "d": "the bias gradient counts the last sample only",
        "e": "relu′(0) = 0.7 at an input that is exactly 0",
        "f": "the cost forgets 1/m, and its gradient forgets it, too",
    },
    right="b",
    hints=(
        "Sort the six: which give wrong gradients at all? Of those, which are wrong by less than a "
        "central difference can measure?",
        "A central difference is right to about 1e-7. An exact check has no tolerance at all.",
        "Only one of the errors is smaller than 1e-7 of the gradient: the factor 1 + 1e-10, b.",
    ),
    mistakes=wrong_texts(REASONS),
)
