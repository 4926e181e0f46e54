import contextlib
import time

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from bplab.symbolic import Delta, FormulaError, Tensor, activation, index, parse, total

a, y, z = sympy.symbols("a y z")
j, k = index("j", "n2"), index("k", "n1")
W, d, x = Tensor("W", ("n2", "n1")), Tensor("delta", ("n2",)), Tensor("x", ("n1",))
sigma = activation("sigma")
NAMES = {
    "a": a, "y": y, "z": z, "λ": sympy.Symbol("λ"), "j": j, "k": k, "W": W, "delta": d, "x": x,
    "C": Tensor("C", ()), "sigma": sigma, "sigma_prime": sigma.prime, "kron": Delta,
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a*(1 - a)", a * (1 - a)),
        ("  -a + +y ", y - a),
        ("a**2/y", a**2 / y),
        ("a**-2", a**-2),
        ("-a**2", -(a**2)),
        ("0.1 + .5 + 2.", sympy.Rational(26, 10)),
        ("12345678901234567890*a", 12345678901234567890 * a),
        ("a − y·z", a - y * z),
        ("a\n* y", a * y),
        ("λ*a", sympy.Symbol("λ") * a),
        ("C", Tensor("C", ())[()]),
        ("1/(1 + exp(-z))", 1 / (1 + sympy.exp(-z))),
        ("log(a) + sqrt(a) + tanh(a)", sympy.log(a) + sympy.sqrt(a) + sympy.tanh(a)),
        ("exp(1)*a", sympy.E * a),
        ("sigma(z)*sigma_prime(z)", sigma(z) * sigma.prime(z)),
        ("W[j, k]*x[k]", W[j, k] * x[k]),
        ("sum_(W[j, k]*delta[j], j)", total(W[j, k] * d[j], j)),
        ("sum_(W[j, k], j, k)", total(W[j, k], j, k)),
        ("sum_(1, k)", k.range),
        ("kron(k, k)", sympy.Integer(1)),
        ("a**64", a**64),
        ("(((a**4)**4)**4)", a**64),
    ],
)
def test_what_is_allowed(text, meaning):
    assert parse(text, NAMES) == meaning


def test_plain_names_are_scalar_symbols():
    assert parse("a*y", ["a", "y"]) == a * y
    assert parse("a*y", {"a", "y"}) == a * y


def test_a_name_may_replace_a_function():
    assert parse("exp(z)", {"z": z, "exp": sigma}) == sigma(z)


REFUSED = [
    ("", "the formula is empty"),
    (" \n ", "the formula is empty"),
    ("a^2", "column 2: '^' is not allowed; write z**2 for a power"),
    ("a²", "column 2: '²' is not allowed; write z**2 for a power"),
    ("a = y", "column 3: '=' is not allowed; type only the right-hand side"),
    ("sigma'(z)", 'column 6: "\'" is not allowed; write a derivative as a function'),
    ("W @ x", "column 3: '@' is not allowed; write a matrix product as a sum"),
    ("2a", "column 1: '2a' is not a number; write 2*x for a product"),
    ("1e3*a", "column 1: '1e3' is not a number"),
    ("0x1F", "column 1: '0x1F' is not a number"),
    ("1_000", "column 1: '1_000' is not a number"),
    ("3j", "column 1: '3j' is not a number"),
    ("a + 007", "column 5: the number 007 starts with a zero; write 7"),
    ("1" * 21, "the number has 21 digits; use at most 20"),
    ("a y", "column 3: this cannot be read; is an operator such as * or an operand missing? Put"),
    ("a +", "this cannot be read"),
    ("lambda*a", "'lambda' is a word of Python and cannot be a name here"),
    ("(a", "column 1: this bracket is never closed; add a ')'"),
    ("a)", "column 2: this ')' closes nothing"),
    ("(a]", "column 3: this ']' closes nothing"),
    ("q", "column 1: 'q' is not known here; the names are exp, log, sqrt, tanh, a, y"),
    ("sigmoid(z)", "'sigmoid' is not known here; did you mean sigma?"),
    ("λ*q", "column 3: 'q' is not known here"),
    ("a.real", "column 1: a dot after a name is not allowed"),
    ("a, y", "column 1: a comma is not allowed"),
    ("[a]", "column 1: a list is not allowed"),
    ("a if y else z", "column 1: if … else is not allowed"),
    ("a and y", "column 1: and/or is not allowed"),
    ("a // y", "column 1: a // y is not allowed"),
    ("True", "column 1: True is not allowed"),
    ("...", "column 1: ... is not allowed"),
    ("a**y", "column 4: an exponent must be a whole number"),
    ("a**0.5", "column 4: an exponent must be a whole number"),
    ("a**True", "column 4: an exponent must be a whole number"),
    ("a**-(-2)", "column 4: an exponent must be a whole number"),
    ("a**65", "column 4: the exponent exceeds 64"),
    ("a/0", "column 3: this is zero, and the formula divides by it"),
    ("a/(y - y)", "this is zero, and the formula divides by it"),
    ("(a - a)**-1", "this is zero, and the formula divides by it"),
    ("log(0)", "the formula has no real value"),
    ("sqrt(-1)", "the formula has no real value"),
    ("exp", "column 1: exp is a function; write exp(…) with its argument"),
    ("exp()", "exp takes one argument, got 0"),
    ("log(a, y)", "log takes one argument, got 2"),
    ("sigma(a, y)", "sigma takes one argument, got 2"),
    ("exp(x=1)", "'=' is not allowed"),
    ("exp(*x)", "only plain arguments are allowed"),
    ("a(1 - a)", "a is not a function; write a*(…) for a product"),
    ("2(a)", "2 is not a function; write * for a product"),
    ("exp(a)(y)", "exp(a) is not a function"),
    ("W*a", "W needs its indices; write one entry, W[…, …]"),
    ("W[k, j]", "axis 1 of W runs over n2, but index k runs over n1; is W transposed?"),
    ("W[j]", "W has 2 axes; got 1 indices"),
    ("W[j, 0]", "column 6: 0 is not an index; the indices are j, k"),
    ("W[j, k+1]", "column 6: k+1 is not an index"),
    ("x[*k]", "*k is not an index"),
    ("W[j][k]", "write W[j, k] for W[j][k]"),
    ("a[j]", "a has no indices; write a without brackets"),
    ("j*a", "j is an index, not a number; use it as in z[j]"),
    ("tanh(j)", "j is an index, not a number"),
    ("sum_(x[k])", "sum_ needs a term and an index"),
    ("sum_(x[k], a)", "a is not an index; the indices are j, k"),
    ("sum_(x[k], k, k)", "an index is summed over twice"),
    ("kron(j)", "kron needs two indices"),
    ("kron(j, k)", "kron cannot be used like this; delta of j over n2"),
    ("(a**8)**9", "the total degree exceeds 64"),
    ("(a + y)**64", "the number of terms when multiplied out exceeds 256"),
    ("*".join(["(a + y)"] * 9), "the number of terms when multiplied out exceeds 256"),
    ("(sum_(x[k], k))**5", "the number of sums in one product exceeds 4"),
    ("tanh(" * 6 + "z" + ")" * 6, "the nesting of functions and fractions exceeds 5"),
    ("1/(1 + " * 6 + "z" + ")" * 6, "the nesting of functions and fractions exceeds 5"),
    ("exp(exp(9))", "column 5: a function of a constant inside a function"),
    ("sqrt(a - a + exp(9))", "a function of a constant inside a function"),
]

HOSTILE = [
    "__import__('os').system('true')",
    "().__class__.__bases__",
    "exp.__globals__",
    "(lambda: 1)()",
    "(z := 1)",
    "[z for z in x]",
    "f'{z}'",
    "eval",
    "open",
    "await z",
    "(yield z)",
    "{z}",
    "z; z",
    "z # z",
    "z\\\nz",
    "ｅｘｐ(z)",
    "𝑧",
    "z\u202e",
    "z\u200b",
    "z\x00",
    "\ud800",
    "9**9**9",
    "9**64**64",
    "((9**64)**64)**64",
    "((a**64)**64)**64",
    "(9*a)**64*(9*a)**64",
    "a" * 100_000,
    "(" * 100_000,
    "(" * 500 + "a" + ")" * 500,
    "[" * 31 + "]" * 31,
    "-" * 999 + "a",
    "+".join(["a"] * 500),
    "a+" * 120 + "a",
    "9" * 999,
    "*".join(["99999999999999999999"] * 40),
    "exp(" * 29 + "9" + ")" * 29,
    "sum_(" * 29 + "x[k]" + ", k)" * 29,
    "(1 + sum_(x[k], k))**64",
    "(a + y + z)**32",
    "1/(a + " * 25 + "z" + ")" * 25,
    "not " * 200 + "a",
    "a**" * 300 + "2",
]


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_what_is_refused_and_why(text, words):
    with pytest.raises(FormulaError) as caught:
        parse(text, NAMES)
    assert words in str(caught.value)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused_at_once(text):
    def seconds():
        start = time.process_time()
        with pytest.raises(FormulaError):
            parse(text, NAMES)
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 0.05


@pytest.mark.parametrize("text", [None, 3, b"a", ["a"], a])
def test_only_text_is_a_formula(text):
    with pytest.raises(FormulaError, match="a formula must be text, got"):
        parse(text, NAMES)


def test_the_column_counts_characters_not_bytes():
    with pytest.raises(FormulaError) as caught:
        parse("  λ*λ*q", NAMES)
    assert caught.value.column == 7


PIECES = [
    "a", "z", "W", "x", "j", "k", "W[j,k]", "x[k]", "delta[j]", "(", ")", "[", "]", "+", "-", "*",
    "/", "**", "2", "0", "0.5", ",", " ", "exp(", "log(", "sqrt(", "tanh(", "sum_(", ",k)", ",j)",
    "sigma(", ".", "_", "é", "lambda", "in",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text):
    try:
        result = parse(text, NAMES)
    except FormulaError:
        return
    assert isinstance(result, sympy.Expr)
    assert result.is_finite is not False


def formulas():
    leaves = st.sampled_from(["a", "z", "2", "x[k]", "0.5"])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({''.join(t)})"),
            st.tuples(st.sampled_from(["exp", "log", "sqrt", "tanh", "sigma"]), inner).map(
                lambda t: f"{t[0]}({t[1]})"
            ),
            inner.map(lambda e: f"({e})**2"),
            inner.map(lambda e: f"sum_({e}, k)"),
        ),
        max_leaves=20,
    )


@given(formulas())
@settings(max_examples=100, deadline=2000)
def test_formulas_are_read_or_refused_in_bounded_time(text):
    with contextlib.suppress(FormulaError):
        assert isinstance(parse(text, NAMES), sympy.Expr)
