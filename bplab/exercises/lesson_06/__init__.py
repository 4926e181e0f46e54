"""Lesson 06, checking gradients: what a check sees, and ten programs to find the bug in.

A program to repair is a file of its own: its cost, the right program, and all the ways to get it
wrong, as alterations of the right one. The first of them is the bug with which the lesson shows it.
"""

from bplab.exercises.lesson_06.autoencoder import AUTOENCODER
from bplab.exercises.lesson_06.deep import DEEP
from bplab.exercises.lesson_06.differences import BEST_STEP, CENTRAL_ERROR, NUMERICAL_GRADIENT
from bplab.exercises.lesson_06.logistic import LOGISTIC
from bplab.exercises.lesson_06.pixels import PIXELS
from bplab.exercises.lesson_06.regression import REGRESSION
from bplab.exercises.lesson_06.relative_error import RELATIVE_ERROR
from bplab.exercises.lesson_06.residual import RESIDUAL
from bplab.exercises.lesson_06.softmax import SOFTMAX
from bplab.exercises.lesson_06.start import START
from bplab.exercises.lesson_06.step import STEP
from bplab.exercises.lesson_06.who_sees_it import WHO_SEES_IT
from bplab.exercises.lesson_06.xor import XOR

HUNT = (XOR, DEEP, STEP, LOGISTIC, REGRESSION)
MORE_CASES = (RESIDUAL, SOFTMAX, AUTOENCODER, PIXELS, START)
EXERCISES = (
    CENTRAL_ERROR,
    BEST_STEP,
    NUMERICAL_GRADIENT,
    RELATIVE_ERROR,
    *HUNT,
    *MORE_CASES,
    WHO_SEES_IT,
)
