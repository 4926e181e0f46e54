import pytest

from bplab.symbolic import Tensor, activation, index
from bplab.symbolic.parsing import FormulaError, parse

NAMES = {
    "W": Tensor("W", ("n1", "n0")),
    "delta": Tensor("delta", ("n1",)),
    "sigma": activation("sigma"),
    "sigma_prime": activation("sigma").prime,
    "j": index("j", "n1"),
    "k": index("k", "n0"),
}
SCALARS = ("w", "x", "b", "y", "n_out", "x1", "x2")


@pytest.mark.parametrize(
    ("text", "names", "words"),
    [
        ("ln(x)", SCALARS, "write log(z), the natural logarithm"),
        ("w÷x", SCALARS, "write a/b for a division"),
        ("exp^x", SCALARS, "exp(z) for e to the z"),
        ("e**x", SCALARS, "exp(z) for e to the z"),
        ("wx", SCALARS, "write w*x for a product"),
        ("n_outx", SCALARS, "write n_out*x for a product"),
        ("x1x2", SCALARS, "write x1*x2 for a product"),
        ("w x", SCALARS, "Put a * between w and x for a product"),
        ("(w + b) x", SCALARS, "Put a * between ) and x for a product"),
        ("exp x", SCALARS, "Write exp(x) with brackets"),
        ("x(w + b)", SCALARS, "write x*(…) for a product"),
        ("X*w", SCALARS, "did you mean x? Capital and small letters differ"),
        ("|x|", SCALARS, "write |x| as sqrt(x**2)"),
        ("‖x‖", SCALARS, "write a length by its entries"),
        ("½*x", SCALARS, "write 1/2"),
        ("0,5*x", SCALARS, "column 2: a comma parts arguments; write a decimal with a point, 0.5"),
        ("[w + b]*x", SCALARS, "use round brackets ( )"),
        ("\\frac{w}{x}", SCALARS, "not LaTeX"),
        ("np.exp(x)", SCALARS, "write exp(z) for np.exp(z)"),
        ("x₁", SCALARS, "write an index in brackets, z[j], or in the name, x1"),
        ("y = w", SCALARS, "type only the right-hand side"),
        ("x > 0", SCALARS, "type a formula, not a condition"),
        ("λ*x", SCALARS, "lambda does not occur here"),
        ("W_jk*x", NAMES, "write W[j, k] for an entry"),
        ("Wjk", NAMES, "write W[j, k] for an entry"),
        ("delta_j", NAMES, "write delta[j] for an entry"),
        ("W[j][k]", NAMES, "write W[j, k] for W[j][k]"),
        ("δ[j]", NAMES, "'δ' is not allowed; write delta"),
        ("σ(z)", NAMES, "write sigma or sigma_prime"),
        ("Delta[j]", NAMES, "did you mean delta?"),
        ("sum(W[j, k], j)", NAMES, "did you mean sum_? Write sum_(expression, index)"),
        ("W.T", NAMES, "W[k, j] for a transpose"),
        ("qqq", SCALARS, "the names are"),
    ],
)
def test_what_to_write_instead(text, names, words):
    with pytest.raises(FormulaError) as caught:
        parse(text, names)
    assert words in str(caught.value)


def test_a_comma_between_arguments_is_none_of_a_decimal():
    assert str(parse("sum_(delta[j]*2,j)", NAMES)) == "sum_(2*delta[j], j)"
