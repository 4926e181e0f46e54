import dataclasses

import pytest


@pytest.mark.parametrize(
    "answer",
    [
        "sum_(W[j, k]*delta[j], j)*sigma_prime(z[k])",
        "sigma_prime(z[k])*sum_(delta[j]*W[j, k], j)",
        "sum_(sigma_prime(z[k])·delta[j]·W[j, k], j)",
        "-sum_(W[j, k]*(1 - delta[j]), j)*sigma_prime(z[k]) + sum_(W[j,k],j)*sigma_prime(z[k])",
    ],
)
def test_right_formulas_pass(formula_exercise, answer):
    result = formula_exercise.check(answer)
    assert result.passed, result


def test_the_exercise_checks_itself(formula_exercise):
    assert formula_exercise.self_check() == []


def test_a_known_mistake_is_diagnosed_with_a_counterexample(formula_exercise):
    result = formula_exercise.check("sigma(z[k])*sum_(delta[j]*W[j, k], j)")
    assert (result.mistake, result.diagnosis) == ("σ", "σ for σ′.")
    details = dict(result.details)
    assert "n1 = 1" in details["counterexample"]
    assert details["your formula"] != details["expected"]


def test_the_reference_is_not_given_away(formula_exercise):
    assert "sigma_prime" not in str(formula_exercise.check("sum_(W[j, k], j)"))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("delta[j]", "Nothing sums over j: write sum_(…, j)."),
        ("sum_(delta[j], j)", "The answer is a number for each k, so it must occur."),
        ("W[k, j]", "is W transposed?"),
        ("delta[j]^2", "write z**2 for a power"),
        ("__import__('os')", "is not allowed"),
        (17, "a formula must be text, got int"),
        ("1/(z[k]**2 - (z[k] - 1)*(z[k] + 1) - 1)", "no value at any point"),
    ],
)
def test_faults_are_reported_in_words(formula_exercise, answer, words):
    result = formula_exercise.check(answer)
    assert result.status == "failed"
    assert words in str(result)


@pytest.mark.parametrize("answer", [None, ..., "", "  ", "..."])
def test_nothing_typed_is_not_attempted(formula_exercise, answer):
    assert formula_exercise.check(answer).status == "not attempted"


def test_the_solution_is_the_reference(formula_exercise):
    assert formula_exercise.reference in str(formula_exercise.solution())


COST = {"reference": "(w*x + b - y)*x", "names": ("w", "x", "b", "y"), "mistakes": ()}


@pytest.mark.parametrize(
    ("answer", "name", "words"),
    [
        ("-(w*x + b - y)*x", "opposite sign", "has the opposite sign"),
        ("3*(w*x + b - y)*x", "factor 3", "3 times too large"),
        ("(w*x + b - y)*x/2", "factor 1/2", "2 times too small"),
        ("w*x + b - y", "lacks factor x", "the factor x is missing"),
        ("(w*x - y)*x", "lacks term b", "the term b is missing in one place"),
        ("(w*x + b + y)*x", "lacks sign -y", "the term -y has the wrong sign"),
        ("w*x**2 + b*x - y", "lacks factor x", "the factor x is missing in one place"),
        ("(w*x + b - y)*x + w", "has term w", "the term w is too much"),
        ("(w*x + b - 2*y)*x", "has factor 2", "the factor 2 is too much"),
        ("(w*x + b - y)*x + 3", "has term 3", "the term 3 is too much"),
        ("(w*x + b - y**2)*x", "has power y**2", "the exponent of y**2 is too much"),
        ("((w*x + b - y)*x)**2", "squared", "the square of the right one"),
        ("exp((w*x + b - y)*x)", "has function exp", "the function exp is too much"),
        ("1/((w*x + b - y)*x)", "reciprocal", "upside down"),
        ("(w*x + b - y)**2/2", "not differentiated", "the derivative of your formula by w"),
        ("x**2", "differentiated", "the derivative of the right one by w"),
        ("(w*x + y - b)*x", "b and y exchanged", "the names b and y are exchanged"),
        ("(w*x + b - w)*x", "w for y", "the name w stands where y belongs"),
        ("(w*x + b - b)*x", "without b and y", "does not contain b and y"),
        ("w*x", "without b and y", "does not contain b and y"),
        ("7", "a number", "it depends on nothing"),
        ("-(w*x - y)*x", "opposite sign + lacks term b", "two things"),
    ],
)
def test_a_wrong_formula_that_no_mistake_lists(formula_exercise, answer, name, words):
    result = dataclasses.replace(formula_exercise, **COST).check(answer)
    assert result.status == "failed"
    assert name in result.mistake
    assert words.lower() in result.diagnosis.lower()


def test_where_nothing_can_be_said_of_a_formula_nothing_is(formula_exercise):
    exercise = dataclasses.replace(formula_exercise, **COST)
    result = exercise.check("exp(w) + log(x**2 + 1)*b - tanh(y)")
    assert result.mistake in ("", "growth with w", "growth with x")


def test_a_sum_that_is_missing_or_a_factor_inside_of_it(formula_exercise):
    exercise = dataclasses.replace(formula_exercise, mistakes=())
    no_sum = exercise.check("W[j, k]*delta[j]*sigma_prime(z[k])")
    assert no_sum.mistake == "lacks sum j"
    assert no_sum.diagnosis.endswith("Nothing sums over j: write sum_(…, j).")
    squared = exercise.check("sum_(W[j, k]**2*delta[j], j)*sigma_prime(z[k])")
    assert squared.mistake == "has power W[j, k]**2"
    added = exercise.check("sum_(W[j, k] + delta[j], j)*sigma_prime(z[k])")
    assert added.diagnosis.startswith("If W is doubled, your formula should become twice as large")


def test_names_may_stand_for_positive_numbers(formula_exercise):
    fields = {"reference": "n*v/2", "names": ("n", "v"), "mistakes": ()}
    plain = dataclasses.replace(formula_exercise, **fields)
    positive = dataclasses.replace(plain, positive=True)
    assert not plain.check("sqrt(n**2*v**2)/2").passed
    assert positive.check("sqrt(n**2*v**2)/2").passed
    assert positive.check("sqrt((n*v)**2/4 + 0*n)").passed
    wrong = positive.check("sqrt(n**2 + v**2)")
    assert wrong.status == "failed"
    assert "-" not in dict(wrong.details)["counterexample"]


def test_a_formula_that_cannot_be_read_counts_as_notation(formula_exercise):
    assert formula_exercise.check("δ[j]").mistake == "notation"
