"""LaTeX as MathML: what browsers need besides the translation, and the formulas of all lessons."""

import re

import pytest

from bplab.site.mathematics import derivation, mathml, with_formulas
from tests.lessons import LESSONS, read

FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)


def tokens(tex: str) -> str:
    """The formula without its first and last tags, for short comparisons."""
    inside = re.fullmatch(r"<math[^>]*><mrow>(.*)</mrow></math>", mathml(tex))
    assert inside
    return inside[1]


@pytest.mark.parametrize(
    ("tex", "char"), [(r"\mathbb E", "𝔼"), (r"\mathbb{1}", "𝟙"), (r"\mathsf T", "𝖳")]
)
def test_letters_of_another_kind_are_characters_of_their_own(tex, char):
    assert char in mathml(tex)
    assert "mathvariant" not in mathml(tex)


@pytest.mark.parametrize(
    ("tex", "spaced"),
    [
        (r"y \log a", "y_log_a"),
        (r"\max(x, 1)", "max(x,1)"),
        (r"2\max(x, 1)", "2_max(x,1)"),
        (r"-\log\sigma(z)", "−log_σ(z)"),
        (r"\operatorname{softplus}(z)", "softplus(z)"),
        (r"\operatorname{Im} f", "Im_f"),
    ],
)
def test_functions_have_the_space_that_tex_gives_them(tex, spaced):
    text = tokens(tex).replace('<mspace width="0.167em" />', "_")
    assert re.sub("<.*?>", "", text) == spaced
    assert "<mo>softplus" not in text


def test_the_bars_of_a_norm_keep_their_size():
    assert tokens(r"\lVert w\rVert").count('<mo stretchy="false">‖</mo>') == 2


def test_an_unknown_command_is_told():
    with pytest.raises(
        ValueError, match=r"cannot write \\foo in MathML; the formula is x \+ \\foo"
    ):
        mathml(r"x + \foo")


def test_display_is_a_block():
    assert 'display="block"' in mathml("x", display="block")


def test_words_keep_their_signs():
    assert with_formulas("a < b & $c$") == f"a &lt; b &amp; {mathml('c')}"


def test_a_derivation_is_a_table_with_its_reasons():
    table = derivation("\na &= b && \\text{as $b$ is $a$ (algebra)} \\\\\n&= c && \\text{c < d}\n")
    first, second = re.findall(r"<tr>(.*?)</tr>", table)
    assert first.count("<math") == 4
    assert re.sub("<.*?>", "", first) == "a=bas b is a (algebra)"
    assert second.startswith("<td></td>")
    assert second.endswith("<td>c &lt; d</td>")


def test_another_kind_of_row_is_refused():
    with pytest.raises(ValueError, match=r"a row of align\* must read a &= b"):
        derivation("a = b")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name[:2])
def test_every_formula_of_the_lessons_is_known(lesson):
    prose = [cell.source for cell in read(lesson).cells if cell.cell_type == "markdown"]
    formulas = [block or inline for block, inline in FORMULA.findall("\n\n".join(prose))]
    assert len(formulas) > 10
    for formula in formulas:
        assert "\\" not in mathml(formula)
