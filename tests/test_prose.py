"""Every derivative that the lessons' prose claims is compared with the derivative.

Formulas are found by a pattern. Each is evaluated in the worlds of its cell or lesson in which all
its names exist, or it is listed with a reason. What the worlds' complex steps give is what the code
generated from the theorems gives.

To add formulas: write the world (tests/worlds.py) and name it in WORLDS_OF.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
import pytest

from bplab.symbolic import THEOREMS, to_numpy
from tests.prose import agree, sides
from tests.worlds import WORLDS, slope

LESSONS = Path(__file__).resolve().parent.parent / "lessons"
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$]+?)\$", re.DOTALL)
SCRIPT = re.compile(r"[_^](\{[^{}]*\}|.)")

# A claim is a relation with a derivative, an update or a rewritten cost in it,
# or a product or sum with a derivative in it.
DERIVATIVE = re.compile(r"\\partial|\\delta|\\nabla|\\[sS]igma'|relu\}?'")
REWRITTEN = re.compile(r"\\log|softplus|\\sigma\s*\(|\\leftarrow")
RELATION = re.compile(r"=|\\leftarrow|\\le(?![a-z])|\\propto|\\approx|<|>")
OPERATION = re.compile(r"[-+]|\\[,;]|\\odot|\\cdot|\\sum")

# Where a lesson's formulas hold; a cell, or a formula in a cell, may have its own worlds.
WORLDS_OF = {
    "00": ("one unit", "a chain", "layers"),
    "01": ("a neuron",),
    "02": ("the XOR network",),
    "02 gradient-descent": ("the XOR network", "a layer"),
    "03": ("a chain", "a neuron", "two classes"),
    "03 neuron": ("a neuron",),
    "04": ("a layer", "layers"),
    "04 bp3-batch": ("many classes",),
    "04 prompt-04-6": ("a neuron",),
    "04 softmax": ("many classes",),
    r"04 delta-figure-words \sigma' = a(1 - a)": ("a neuron",),
    r"04 delta-figure-words \sigma' = 1 - a^2": ("tanh outputs",),
    r"04 recap \delta = (a - y)/m": ("many classes",),
    "05": ("regression", "two classes", "yes or no, three times", "many classes"),
    "05 regression-words": ("regression",),
    "05 sigmoid": ("two classes",),
    "05 binary-cancel": ("two classes",),
    "05 softmax-ce-words": ("many classes",),
    "05 counterexamples": ("quadratic cost",),
    "05 not-sum-words": ("softmax, any targets",),
    "05 not-softmax-words": ("cross-entropy",),
    "05 cap": ("many classes",),
    "05 slow": ("quadratic cost",),
    "05 weight-decay-words": ("weight decay",),
    "06": ("rows through tanh", "softmax, any cost", "a neuron"),
    "07": ("layers", "a neuron"),
    "07 prompt-07-2": ("layers of ReLU",),
    "09": ("a convolution",),
}

# What a formula without a relation is said to be.
LEFT_SIDES = {
    r"03 neuron-proof-words u\,\sigma'(z)": r"\partial C/\partial z",
    r"04 bp2-words \sum_j W_{jk}\,\delta_j": r"\partial C/\partial x_k",
    r"05 binary-cancel \dfrac{\partial C}{\partial a}\,\sigma'(z)": r"\partial C/\partial z",
    r"05 slow (a - y)\,\sigma'(z)": r"\delta",
}

NOT_COMPARED = {
    "defines what it names": (
        r"03 several-paths s_j = \partial u_j/\partial x",
        r"03 several-paths g_j = \partial C/\partial u_j",
        r"03 local \underbrace{\frac{\partial C}{\partial v}}_{\text{upstream gradient}} \cdot "
        r"\underbrace{\frac{\partial v}{\partial a}}_{\text{local derivative}}",
        r"03 prompt-03-5 b = \sigma(a)",
        r"03 forward-mode \dot v = \partial v/\partial x_i",
        r"04 matrix-form \Sigma'(z) = "
        r"\operatorname{diag}\bigl(\sigma'(z_1), \sigma'(z_2), \dots\bigr)",
        r"04 prompt-04-6 \delta_{o1} = \partial E/\partial z_{o1}",
        r"05 prompt-05-4 C = -y \log a - (1-y)\log(1-a)",
        r"05 not-softmax-words C = -\sum_k y_k \log a_k",
        r"07 bowl \lambda_i = \partial^2 C/\partial w_i^2",
        r"07 batches g_s = \nabla C_s",
    ),
    "an algorithm, tested as one": (
        r"01 novikoff \tilde w\leftarrow\tilde w+s\,\tilde x",
        r"01 recap w\leftarrow w+s\,x",
        r"01 recap b\leftarrow b+s",
        r"03 forward-mode \dot v = "
        r"\sum_{\text{inputs } a \text{ of } v} \frac{\partial v}{\partial a}\,\dot a",
        r"03 local v \leftarrow v + v",
        r"07 momentum v \leftarrow \mu v - \eta\,g",
        r"07 momentum p \leftarrow p + v",
        r"07 running-mean-words v \leftarrow \mu v - \eta g",
        r"07 adam m \leftarrow \beta_1 m + (1 - \beta_1)\,g",
        r"07 adam v \leftarrow \beta_2 v + (1 - \beta_2)\,g^2",
        r"07 adam p \leftarrow p - \eta\,\hat m / (\sqrt{\hat v} + \varepsilon)",
    ),
    "a number that the next cell computes": (
        r"03 prompt-03-3 \sigma(1) = 0.731059",
        r"03 readme \partial g/\partial a = 138.8338",
        r"03 readme \partial g/\partial b = 645.5773",
        r"05 not-sum-words \sigma' = 3",
    ),
    "an inequality, or a case": (
        r"01 single-sigmoid-meaning \sigma(z)(1-\sigma(z))>0",
        r"04 why-delta \varepsilon\,\delta^l_j",
        r"04 why-delta \delta = 0",
        r"07 slope-bound-words \sigma' \le \frac14",
        r"07 recap \sigma' \le \frac14",
        r"07 prompt-07-1 \lVert (W^{l+1})^{\mathsf T}\delta\rVert = \lVert\delta\rVert",
        r"07 symmetric-words \delta^1 = (W^2)^{\mathsf T}\delta^2 \odot \dots = 0",
    ),
    "BP1 and BP2, one after the other": (
        r"04 matrix-form-words \delta^1 = \Sigma'(z^1)\,(W^2)^{\mathsf T}\,\Sigma'(z^2)\,"
        r"(W^3)^{\mathsf T} \cdots \Sigma'(z^L)\,\nabla_a C",
    ),
    "Bayes' rule, which the cell after it tests": (
        r"05 weight-decay -\log p(W \mid \text{data}) = \sum_{s=1}^N C_s + "
        r"\frac{\lVert W\rVert^2}{2\tau^2} + \text{const} = N \Bigl( C + "
        r"\frac{1}{2 N \tau^2}\,\lVert W\rVert^2 \Bigr) + \text{const}",
    ),
    "said of another book": (r"05 notation \delta = -\partial C/\partial z",),
    "said of another cost": (r"06 prompt-06-11 \delta=(a-y)/m",),
}
LISTED = {entry for entries in NOT_COMPARED.values() for entry in entries}


def is_claim(formula: str) -> bool:
    """Whether a formula says something about a derivative, and does not only name it."""
    derivative = DERIVATIVE.search(formula)
    if RELATION.search(formula):
        return bool(derivative or REWRITTEN.search(formula))
    return bool(derivative and OPERATION.search(SCRIPT.sub("", formula)))


def claims_in(lesson: str, cell: str, markdown: str) -> Iterator[str]:
    """The claims of a cell, each as `lesson cell formula`."""
    for match in FORMULA.finditer(markdown):
        for formula in re.split(r",?\s*\\q?quad", match[1] or match[2]):
            if is_claim(formula):
                yield f"{lesson} {cell} {formula.strip().rstrip(' .,')}"


def claims() -> Iterator[str]:
    for path in sorted(LESSONS.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield from claims_in(path.name[:2], cell.id, cell.source)


CLAIMS = list(dict.fromkeys(claims()))


def in_its_worlds(claim: str) -> tuple[str, tuple[str, ...]]:
    """A claim as a statement with a left side, and the worlds of its place."""
    lesson, cell, formula = claim.split(" ", 2)
    places = (claim, f"{lesson} {cell}", lesson)
    worlds = next((WORLDS_OF[place] for place in places if place in WORLDS_OF), ())
    return f"{LEFT_SIDES[claim]} = {formula}" if claim in LEFT_SIDES else formula, worlds


def holds(statement: str, worlds: tuple[str, ...]) -> bool:
    """Whether it is true in all of the worlds that know its names, and one does."""
    verdicts = []
    for world in worlds:
        try:
            verdicts.append(agree(sides(statement, WORLDS[world])))
        except KeyError:  # a name that is unknown here
            continue
        except ValueError:  # shapes that do not fit, or what cannot be read
            verdicts.append(False)
    return bool(verdicts) and all(verdicts)


# Slips that can be made in any formula: what is replaced in its last side, and by what.
SLIPS = {
    "sign": (r"^(.*)$", r"-(\1)"),
    "factor": (r"^(.*)$", r"2(\1)"),
    "+ for −": (r"(?<=[\w})] )-|(?<=[\w})])-", "+"),
    "no transpose": (r"(?<=[W)])\^\{?\\mathsf T\}?", ""),
    "σ for σ′": (r"sigma'", "sigma"),
    "no 1/m": (r"/m|\\frac1m", ""),
    "no sum": (r"\\sum_(\w|\{[^}]*\})", ""),
    "layer below": (r"\{l\+1\}", "l"),
}


def with_slips(statement: str) -> Iterator[str]:
    """The statement with each slip that its last side has room for."""
    start = [match.end() for match in re.finditer(r"=(?![a-z]\})|\\leftarrow", statement)][-1]
    for pattern, slip in SLIPS.values():
        changed = re.sub(pattern, slip, statement[start:].strip())
        if changed != statement[start:].strip():
            yield statement[:start] + " " + changed


@pytest.mark.parametrize("claim", [claim for claim in CLAIMS if claim not in LISTED])
def test_a_claim_about_a_derivative_is_true_and_is_not_with_any_slip(claim):
    statement, worlds = in_its_worlds(claim)
    assert holds(statement, worlds), "false, or unknown names: see WORLDS_OF and NOT_COMPARED"
    for wrong in with_slips(statement):
        assert not holds(wrong, worlds), wrong


def test_the_lists_hold_nothing_that_no_lesson_says():
    assert LISTED | set(LEFT_SIDES) <= set(CLAIMS)
    places = {" ".join(claim.split(" ")[:n]) for claim in CLAIMS for n in (1, 2)} | set(CLAIMS)
    assert set(WORLDS_OF) <= places


@pytest.mark.parametrize(
    ("formula", "true"),
    [
        (r"\partial C/\partial K_{uv} = \sum_{i,j} \delta_{ij}\,x_{i+u,\,j+v}", True),
        (r"\partial C/\partial K_{uv} = \sum_{i,j} \delta_{ij}\,x_{i-u,\,j-v}", False),
        (r"\partial C/\partial x_{pq} = \sum_{u,v} \delta_{p-u,\,q-v}\,K_{uv}", True),
        (r"\partial C/\partial x_{pq} = \sum_{u,v} \delta_{p+u,\,q+v}\,K_{uv}", False),
        (r"\partial C/\partial b = \sum_{i,j} \delta_{ij}", True),
    ],
)
def test_shifted_indices_are_read_and_stop_at_the_edge(formula, true):
    assert agree(sides(formula, WORLDS["a convolution"])) is true


PROVED = [
    # (theorem, world, what it computes, the theorem's names in the world)
    ("BP1", "layers", r"\delta^L", {"grad_a": r"\nabla_a C", "z": "z^L"}),
    ("BP2", "layers", r"\delta^l",
     {"W_next": "W^{l+1}", "delta_next": r"\delta^{l+1}", "z": "z^l"}),
    ("BP3", "layers", r"\partial C/\partial b^l", {"delta": r"\delta^l"}),
    ("BP4", "layers", r"\partial C/\partial W^l", {"a_prev": "a^{l-1}", "delta": r"\delta^l"}),
    ("BP2-batch", "rows through tanh", r"\delta^1",
     {"W_next": "W^2", "delta_next": r"\delta^2", "z": "z^1"}),
    ("BP3-batch", "rows through tanh", r"\partial C/\partial b^1", {"delta": r"\delta^1"}),
    ("BP4-batch", "rows through tanh", r"\partial C/\partial W^1",
     {"a_prev": "x", "delta": r"\delta^1"}),
    ("input-gradient", "rows through tanh", r"\partial C/\partial a^1",
     {"W": "W^2", "delta": r"\delta^2"}),
    ("BP4-batch", "the XOR network", r"\partial C/\partial W^1",
     {"a_prev": "x", "delta": r"\delta^1"}),
    ("sigmoid", "a neuron", r"\sigma'(z)", {"z": "z"}),
    ("tanh", "tanh outputs", r"\sigma'(z)", {"z": "z"}),
    ("quadratic", "regression", r"\partial C/\partial a", {"a": "a", "y": "y"}),
    ("binary-cross-entropy", "yes or no, three times", r"\partial C/\partial z",
     {"z": "z", "y": "y"}),
    ("softmax", "many classes", r"\partial a_{ij}/\partial z_{ik}", {"a": "a"}),
    ("softmax-cross-entropy", "many classes", r"\partial C/\partial z", {"a": "a", "y": "y"}),
    ("weight-decay", "weight decay", r"\partial J/\partial W",
     {"grad_W": r"\partial C/\partial W", "W": "W", "lambda_": r"\lambda"}),
]  # fmt: skip


@pytest.mark.parametrize(("theorem", "world", "derivative", "names"), PROVED)
def test_the_worlds_differentiate_as_was_proved(theorem, world, derivative, names):
    sigma = WORLDS[world].functions.get(r"\sigma", np.tanh)
    functions = {"sigma_prime": slope(sigma), "sigmoid": sigma}
    generated = to_numpy(THEOREMS[theorem].proof)
    (got,) = sides(derivative, WORLDS[world])
    expected = generated(**{
        name: sides(names[name], WORLDS[world])[0] if name in names else functions[name]
        for name in generated.parameters
    })  # fmt: skip
    np.testing.assert_allclose(got, expected, rtol=1e-11)


WRONG = [
    ("sign", "02 delta-2", r"\delta^2_s = \frac{y_s - a^2_s}{m}\,\sigma'(z^2_s)"),
    ("no 1/m", "02 delta-2", r"\delta^2_s = (a^2_s - y_s)\,\sigma'(z^2_s)"),
    ("σ for σ′", "02 delta-2", r"\delta^2_s = \frac{a^2_s - y_s}{m}\;\sigma(z^2_s)"),
    ("no σ′", "02 delta-1", r"\delta^1_{sk} = \delta^2_s\,w_k"),
    ("σ′ of another layer", "02 delta-1", r"\delta^1_{sk} = \delta^2_s\,w_k\,\sigma'(z^2_s)"),
    ("no sum", "02 weights", r"\frac{\partial C}{\partial b^2} = \delta^2"),
    ("index swapped", "02 weights",
     r"\frac{\partial C}{\partial W^1_{jk}} = \sum_s \delta^1_{sk}\,x_{sj}"),
    ("another layer", "02 weights", r"\frac{\partial C}{\partial w_k} = \sum_s \delta^1_{sk}"),
    ("1/m twice", "02 weights", r"\frac{\partial C}{\partial b^2} = \frac1m\sum_s \delta^2_s"),
    ("ascent", "02 gradient-descent", r"W \leftarrow W + \eta\,\partial C/\partial W"),
    ("a for z", "02 recap", r"\delta^1_k = \delta^2 w_k\,z^1_k(1-z^1_k)"),
    ("sign", "03 real-data", r"1 - \sigma(z) = -\sigma(z)"),
    ("+ for ⊙", "04 recap", r"\delta^L = \nabla_a C + \sigma'(z^L)"),
    ("σ′ of the slope", "04 recap", r"\delta^L = \nabla_a C \odot \sigma'(\nabla_a C)"),
    ("z for σ′", "04 recap",
     r"\delta^l = \bigl((W^{l+1})^{\mathsf T}\,\delta^{l+1}\bigr) \odot z^l"),
    ("no σ′", "04 recap", r"\delta^l = (W^{l+1})^{\mathsf T}\,\delta^{l+1}"),
    ("no transpose", "04 recap",
     r"\delta^l = \bigl(W^{l+1}\,\delta^{l+1}\bigr) \odot \sigma'(z^l)"),
    ("W of the layer itself", "04 recap",
     r"\delta^l = \bigl((W^l)^{\mathsf T}\,\delta^{l+1}\bigr) \odot \sigma'(z^l)"),
    ("sign", "04 recap", r"\partial C/\partial b^l_j = -\delta^l_j"),
    ("index swapped", "04 recap", r"\partial C/\partial W^l_{kj} = a^{l-1}_k\,\delta^l_j"),
    ("a of the layer itself", "04 recap", r"\partial C/\partial W^l_{jk} = a^l_k\,\delta^l_j"),
    ("true for the sigmoid only", "04 recap", r"\delta^L = \nabla_a C \odot a^L(1 - a^L)"),
    ("order", "04 matrix-form", r"\delta^l = (W^{l+1})^{\mathsf T}\,\Sigma'(z^l)\,\delta^{l+1}"),
    ("sign", "04 prompt-04-6", r"\sigma'(z) = a(1 + a)"),
    ("z for a", "04 prompt-04-6", r"\sigma'(z) = z(1 - z)"),
    ("no 1/m", "05 when-not", r"\delta^L = a - y"),
    ("sign", "05 when-not", r"\delta^L = (y - a)/m"),
    ("2", "05 when-not", r"\delta^L = 2(a - y)/m"),
    ("sign", "05 binary-cancel", r"-\log\sigma(z) = \operatorname{softplus}(z) + z"),
    ("no logarithm", "05 cap", r"-\log a_k = S - z_k"),
    ("no y", "05 not-softmax-words", r"\delta_j = -\dfrac{1}{a_j}\,\sigma'(z_j)"),
    ("sum of y left out", "05 not-sum-words", r"\delta_j = a_j - y_j"),
    ("λ halved", "05 weight-decay-words",
     r"W \leftarrow W - \eta\,(\partial C/\partial W + \frac12\lambda W)"),
    ("decay of the slope", "05 weight-decay-words",
     r"W \leftarrow W - \eta\,\partial C/\partial W = (1 - \eta\lambda)\,W"),
    ("the diagonal only", "06 softmax-what",
     r"\delta_i = \frac{\partial C}{\partial a_i}\,a_i(1 - a_i)"),
    ("i for j", "06 softmax-what",
     r"\delta_i = a_i(\partial C/\partial a_i - \sum_j\frac{\partial C}{\partial a_j}a_i)"),
    ("no sum", "09 parameters", r"\frac{\partial C}{\partial b} = \delta"),
    ("read backwards", "09 parameters",
     r"\frac{\partial C}{\partial K_{uv}} = \sum_{i,j} \delta_{ij}\; x_{i-u,\,j-v}"),
    ("unrotated", "09 image-words",
     r"\frac{\partial C}{\partial x_{pq}} = \sum_{u,v} \delta_{p+u,\,q+v}\; K_{uv}"),
    ("names nobody knows", "07 recap", r"\delta^l = \kappa\,\delta^{l+1}"),
    ("an unknown place", "99 anywhere", r"\delta^l = \partial C/\partial z^l"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "wrong"), [row[1:] for row in WRONG], ids=[" ".join(row[:2]) for row in WRONG]
)
def test_a_wrong_formula_in_the_prose_is_found(place, wrong):
    (claim,) = claims_in(*place.split(), f"As we saw, ${wrong}$, which is all.")
    assert claim not in LISTED
    assert not holds(*in_its_worlds(claim))
