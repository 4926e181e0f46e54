"""Formulas in the lessons' prose say what was proved."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from bplab.numeric import sigmoid
from bplab.symbolic import THEOREMS, to_numpy
from tests.prose import evaluate

LESSONS = Path(__file__).resolve().parent.parent / "lessons"
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$]+?)\$", re.DOTALL)

# What the prose must say somewhere, with the theorem that proves it.
STATED = [
    ("02", "sigmoid", r"\sigma'(z) = \sigma(z)\,\big(1 - \sigma(z)\big)"),
    ("04", "BP1", r"\delta^L = \nabla_a C \odot \sigma'(z^L)"),
    ("04", "BP2", r"\delta^l = \bigl((W^{l+1})^{\mathsf T}\,\delta^{l+1}\bigr) \odot \sigma'(z^l)"),
    ("04", "BP3", r"\partial C/\partial b^l_j = \delta^l_j"),
    ("04", "BP4", r"\partial C/\partial W^l_{jk} = a^{l-1}_k\,\delta^l_j"),
    ("04", "BP1", r"\delta^L = \Sigma'(z^L)\,\nabla_a C"),
    ("04", "BP2", r"\delta^l = \Sigma'(z^l)\,(W^{l+1})^{\mathsf T}\,\delta^{l+1}"),
    ("04", "sigmoid", r"\sigma'(z) = a(1 - a)"),
    ("04", "softmax-cross-entropy", r"\delta = (a - y)/m"),
    ("05", "softmax-cross-entropy", r"\delta^L = (a - y)/m"),
    ("07", "BP2", r"\delta^l = \bigl((W^{l+1})^{\mathsf T}\,\delta^{l+1}\bigr)\odot\sigma'(z^l)"),
]


def formulas(lesson: str) -> list[str]:
    """The formulas in the markdown of a lesson."""
    (path,) = LESSONS.glob(f"{lesson}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return [
        (m[1] or m[2]).strip().removeprefix(r"\quad").rstrip(".,") for m in FORMULA.finditer(text)
    ]


def agrees(theorem: str, statement: str) -> bool:
    """Whether a statement computes what the code generated from the theorem computes."""
    rng = np.random.default_rng(0)
    n, n_next, n_prev, m = 3, 4, 2, 5
    z, a = rng.normal(size=n), rng.normal(size=n)
    values = {
        "z": z, "a": a, "y": rng.normal(size=n), "delta": rng.normal(size=n),
        "a_prev": rng.normal(size=n_prev), "grad_a": rng.normal(size=n),
        "W_next": rng.normal(size=(n_next, n)), "delta_next": rng.normal(size=n_next),
        "sigma_prime": np.cos, "sigma": sigmoid, "m": m,
    }  # fmt: skip
    generated = to_numpy(THEOREMS[theorem].proof)
    if theorem == "sigmoid":
        values["a"] = sigmoid(z)
    if theorem == "softmax-cross-entropy":
        rows = {name: np.tile(values[name], (m, 1)) for name in "ay"}
        expected = generated(**rows)[0]  # m equal samples, of which the prose shows one
    else:
        expected = generated(**{name: values[name] for name in generated.parameters})
    got = evaluate(statement, values)
    return np.shape(got) == np.shape(expected) and np.allclose(got, expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize(("lesson", "theorem", "statement"), STATED)
def test_a_stated_formula_is_in_the_lesson_and_is_proved(lesson, theorem, statement):
    assert statement in formulas(lesson)
    assert agrees(theorem, statement)


def test_every_formula_with_an_activation_slope_is_bp1_or_bp2():
    found = [
        (path.name[:2], formula)
        for path in sorted(LESSONS.glob("*.ipynb"))
        for formula in formulas(path.name[:2])
        if re.fullmatch(r"\\delta\^[lL]\s*=.*\\odot\s*\\sigma'\(z\^[lL]\)", formula, re.DOTALL)
    ]
    assert len(found) >= 5
    for lesson, formula in found:
        assert agrees("BP1" if r"\nabla" in formula else "BP2", formula), (lesson, formula)


@pytest.mark.parametrize(
    ("theorem", "wrong"),
    [
        ("BP1", r"\delta^L = \nabla_a C + \sigma'(z^L)"),
        ("BP1", r"\delta^L = \nabla_a C \odot \sigma'(\nabla_a C)"),
        ("BP2", r"\delta^l = \bigl((W^{l+1})^{\mathsf T}\,\delta^{l+1}\bigr) \odot z^l"),
        ("BP2", r"\delta^l = (W^{l+1})^{\mathsf T}\,\delta^{l+1}"),
        ("BP3", r"\partial C/\partial b^l_j = -\delta^l_j"),
        ("BP4", r"\partial C/\partial W^l_{kj} = a^{l-1}_k\,\delta^l_j"),
        ("sigmoid", r"\sigma'(z) = a(1 + a)"),
        ("sigmoid", r"\sigma'(z) = z(1 - z)"),
        ("softmax-cross-entropy", r"\delta = a - y"),
        ("softmax-cross-entropy", r"\delta = (y - a)/m"),
    ],
)
def test_wrong_formulas_are_found(theorem, wrong):
    assert not agrees(theorem, wrong)


def test_a_missing_transpose_does_not_even_fit():
    with pytest.raises(ValueError, match="mismatch"):
        agrees("BP2", r"\delta^l = \bigl(W^{l+1}\,\delta^{l+1}\bigr) \odot \sigma'(z^l)")
