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
