"""The stepper: one truth in NumPy, a second in JavaScript, and words for whatever goes wrong."""

import json
import re
import time
from itertools import pairwise

import numpy as np
import pytest

from bplab import gradients
from bplab.numeric import ACTIVATIONS, dense, quadratic
from bplab.widgets.stepper import DRAWN, answer, backprop_stepper, network, picture, run
from bplab.widgets.view import as_json
from tests.javascript import call, calls

MATHS = "stepper_maths.js"
SIZES = [(2, 2, 2), (1, 1), (3, 2), (2, 4, 3), (3, 3, 3, 2), (2, 3, 3, 1), (1, 2, 3, 4, 2)]


def random_net(sizes, activation, rng):
    params = []
    for n_in, n_out in pairwise(sizes):
        params += [rng.normal(size=(n_out, n_in)), rng.normal(size=n_out)]
    x, y = rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])
    return network(params, x, y, activation=activation, eta=rng.uniform(0.1, 1))


def nets():
    rng = np.random.default_rng(5)
    return [random_net(sizes, activation, rng) for sizes in SIZES for activation in DRAWN]


def flat(value):
    if isinstance(value, (list, tuple)):
        return [number for entry in value for number in flat(entry)]
    return np.ravel(value).tolist()


def same(one, other):
    np.testing.assert_allclose(flat(one), flat(other), rtol=1e-12, atol=1e-12)


EXAMPLE = backprop_stepper().start.net


# the right program


def test_the_published_example():
    passed = run(EXAMPLE)
    assert passed.cost == pytest.approx(0.298371109, abs=5e-10)
    assert passed.delta[1][0] == pytest.approx(0.138498562, abs=5e-10)
    assert passed.dW[1][0, 0] == pytest.approx(0.082167041, abs=5e-10)
    assert passed.dW[0][0, 0] == pytest.approx(0.000438568, abs=5e-10)


def cost(params, net):
    a = net.x[np.newaxis]
    for W, b in zip(params[0::2], params[1::2], strict=True):
        a = ACTIVATIONS[net.activation].f(dense(a, W, b))
    return quadratic(a, net.y[np.newaxis])


@pytest.mark.parametrize("net", nets(), ids=lambda net: f"{net.sizes}-{net.activation}")
def test_the_state_holds_the_gradient(net):
    passed = run(net)
    found = [p for pair in zip(passed.dW, passed.db, strict=True) for p in pair]
    assert gradients.check(lambda params: cost(params, net), lambda params: found, net.params)


def test_javascript_computes_the_same():
    many = nets()
    found = calls(MATHS, "compute", [(as_json(net),) for net in many])
    for net, there in zip(many, found, strict=True):
        here = run(net)
        for name in ("z", "a", "cost", "delta", "dW", "db"):
            same(there[name], getattr(here, name))
        stepped = [p.copy() for p in net.params]
        for i, dW in enumerate(here.dW):
            stepped[2 * i] -= net.eta * dW
        same(there["stepped"], stepped[0::2])
        same(there["costAfter"], cost(stepped, net))


def test_a_nudge_in_javascript_is_the_slope_of_the_cost():
    for net in nets()[:4]:
        passed, last = run(net), len(net.weights) - 1
        weight = call(MATHS, "nudge", as_json(net), {"layer": 0, "j": 1, "k": 0}, 1e-5)
        bias = call(MATHS, "nudge", as_json(net), {"layer": last, "j": 0, "k": None}, 1e-5)
        np.testing.assert_allclose(weight, passed.dW[0][1, 0], rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(bias, passed.db[last][0], rtol=1e-6, atol=1e-9)


# the planted bugs


def buggy(net, bug):
    """δ's and dW's of the program with one bug in BP2, written out."""
    passed = run(net)
    prime = ACTIVATIONS[net.activation].f_prime
    deltas, dWs = [passed.delta[-1]], [passed.dW[-1]]
    for layer in reversed(range(len(net.weights) - 1)):
        W = net.weights[layer + 1]
        if bug == "updated":
            W = W - net.eta * dWs[0]
        crossed = bug == "transpose" and W.shape[0] == W.shape[1]
        delta = (W if crossed else W.T) @ deltas[0]
        if bug != "no-prime":
            delta = delta * prime(passed.z[layer])
        deltas.insert(0, delta)
        dWs.insert(0, np.outer(delta, passed.a[layer]))
    return deltas, dWs


@pytest.mark.parametrize("bug", ["no-prime", "transpose", "updated"])
def test_a_planted_bug_is_the_bug_it_says(bug):
    many = nets()
    found = calls(MATHS, "compute", [(as_json(net), bug) for net in many])
    for net, there in zip(many, found, strict=True):
        deltas, dWs = buggy(net, bug)
        same(there["delta"], deltas)
        same(there["dW"], dWs)


def test_updated_weights_give_the_published_cost():
    assert call(MATHS, "compute", as_json(EXAMPLE))["costAfter"] == pytest.approx(
        0.291027774, abs=5e-10
    )
    after = call(MATHS, "compute", as_json(EXAMPLE), "updated")["costAfter"]
    assert after == pytest.approx(0.291027924, abs=5e-10)


@pytest.mark.parametrize(
    ("sizes", "activation", "possible"),
    [
        ((2, 2, 2), "sigmoid", ["no-prime", "transpose", "updated"]),
        ((2, 3, 2), "sigmoid", ["no-prime", "updated"]),  # no square W: the bug would crash
        ((2, 2, 2), "identity", ["transpose", "updated"]),  # σ′ is 1
        ((2, 2), "sigmoid", []),  # no hidden layer, no BP2
    ],
)
def test_only_bugs_that_show_are_offered(sizes, activation, possible):
    net = random_net(sizes, activation, np.random.default_rng(1))
    assert call(MATHS, "bugs", as_json(net)) == possible


def test_with_these_numbers_no_bug_shows_and_none_differs_from_another():
    params = [*EXAMPLE.params[:3], np.array([40.0, 40.0])]  # both outputs are 1, and σ′ is 0
    net = as_json(network(params, EXAMPLE.x, EXAMPLE.y))
    assert call(MATHS, "bugs", net) == []
    one, other = calls(MATHS, "compute", [(net, "transpose"), (net, "no-prime")])
    assert call(MATHS, "firstDifference", one, other) is None


def test_the_first_difference_is_the_one_nearest_to_the_outputs():
    right, wrong = calls(MATHS, "compute", [(as_json(EXAMPLE),), (as_json(EXAMPLE), "no-prime")])
    found = call(MATHS, "firstDifference", right, wrong)
    assert (found["layer"], found["j"]) == (0, 0)
    assert (found["one"], found["other"]) == (right["delta"][0][0], wrong["delta"][0][0])


# steps and predictions


def test_the_steps_go_forward_then_back():
    found = call(MATHS, "steps", as_json(EXAMPLE))
    kinds = [step["kind"] for step in found]
    assert kinds == [
        *["forward"] * 4, "cost", "delta", "delta", "gradients", "delta", "delta", "gradients",
        "update",
    ]  # fmt: skip
    assert [step["layer"] for step in found if step["kind"] == "delta"] == [1, 1, 0, 0]


def judged(step, predicted, program="right"):
    net = as_json(EXAMPLE)
    right, shown = calls(MATHS, "compute", [(net, "right"), (net, program)])
    return call(MATHS, "judge", predicted, step, shown, right, net)


DELTA_O1 = {"kind": "delta", "layer": 1, "j": 0}
DELTA_H1 = {"kind": "delta", "layer": 0, "j": 0}


@pytest.mark.parametrize(
    ("step", "predicted", "slip"),
    [
        ({"kind": "forward", "layer": 0, "j": 0}, 0.3775, "z"),
        ({"kind": "forward", "layer": 1, "j": 0}, 0.6239, "no-bias"),
        ({"kind": "cost"}, 0.5967, "no-half"),
        (DELTA_O1, -0.1385, "sign"),
        (DELTA_O1, 0.7414, "no-prime"),
        (DELTA_O1, 0.1614, "prime-of-a"),
        (DELTA_H1, 0.03635, "no-prime"),
        (DELTA_H1, 0.00923, "transpose"),
        (DELTA_H1, 0.00729, "updated"),
        ({"kind": "gradients", "layer": 1}, 0.1385, "delta-only"),
        ({"kind": "gradients", "layer": 1}, 0.0554, "weight"),
        ({"kind": "update"}, 0.4411, "uphill"),
        ({"kind": "update"}, 0.3178, "no-eta"),
        (DELTA_O1, 0.5, None),
    ],
)
def test_a_wrong_prediction_is_traced_to_its_slip(step, predicted, slip):
    assert judged(step, predicted) == {"verdict": "wrong", "slip": slip}


def test_two_good_digits_are_a_right_prediction():
    assert judged(DELTA_O1, 0.138) == {"verdict": "right"}
    assert judged(DELTA_O1, 0.1365)["verdict"] == "wrong"


def test_a_prediction_may_be_better_than_the_program():
    assert judged(DELTA_H1, 0.00877, "no-prime") == {"verdict": "better-than-the-program"}
    assert judged(DELTA_H1, 0.03635, "no-prime") == {"verdict": "right"}


# the picture


def test_the_picture_tells_the_numbers():
    alt = picture(EXAMPLE).alt
    assert alt.startswith("Backprop stepper: cost 0.298371, every a, and δ = ∂C/∂z: 2-2-2;")
    assert "layer 2 shows a 0.751 and δ 0.138, a 0.773 and δ -0.0381;" in alt
    assert "\n" not in repr(backprop_stepper())


# the learner's function


def right(params, x, y):
    passed = run(network(params, x[0], y[0]))
    return [p for pair in zip(passed.dW, passed.db, strict=True) for p in pair]


def test_a_right_function_gives_its_gradients():
    values = answer(right, EXAMPLE)["values"]
    same(values["dW"], run(EXAMPLE).dW)
    same(values["delta"], run(EXAMPLE).delta)
    assert json.loads(json.dumps(values)) == values


def changes_params(params, x, y):
    grads = right(params, x, y)
    params[0] -= grads[0]
    return grads


def test_changing_the_arguments_is_noted():
    found = answer(changes_params, EXAMPLE)
    assert found["note"] == "It also changed params in place; a gradient changes nothing."
    assert EXAMPLE.weights[0][0, 0] == 0.15


def stub(params, x, y):
    raise NotImplementedError


def raises(params, x, y):
    return params[0] @ x


def endless(params, x, y):
    while True:
        time.sleep(0.01)


def altered(change):
    def function(params, x, y):
        grads = right(params, x, y)
        change(grads)
        return grads

    return function


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (stub, "Your function is not written yet"),
        (raises, r"Your function raised ValueError: matmul: .*, at line \d+: return params"),
        (endless, "Your function took too long: it still ran after 0.3 s and was stopped"),
        (lambda params, x, y: None, r"\[dW1, db1, dW2, db2\]; it returned nothing"),
        (lambda params, x, y: params[0], "it returned one ndarray"),
        (altered(lambda g: g.pop()), r"must return the 4 arrays \[dW1, db1, dW2, db2\]; .* 3\."),
        (
            altered(lambda g: g.__setitem__(3, g[3][:, None])),
            r"db2 must have the shape of b2, \(2,\); your function gave \(2, 1\)",
        ),
        (altered(lambda g: g.__setitem__(0, g[0] * np.nan)), "dW1 holds NaN or infinity"),
        (altered(lambda g: g.__setitem__(0, "no")), "dW1 must be an array of real numbers; .* str"),
        (lambda params: 0, "Your function raised TypeError: .*positional"),
    ],
)
def test_what_goes_wrong_is_said_in_words(function, said):
    found = answer(function, EXAMPLE, seconds=0.3)
    assert set(found) == {"problem"}
    assert re.search(said, found["problem"])


class Sent:
    """Stands for the front end: it asks, and keeps what it is sent."""

    def __init__(self, widget):
        self.widget, self.answers = widget, []
        widget.send = self.answers.append

    def ask(self, **changes):
        net = {**self.widget.state["net"], **changes}
        self.widget._handle_custom_msg({"kind": "run", "id": 7, "net": net}, [])
        return self.answers.pop()


def test_the_page_asks_for_the_network_it_shows():
    page = Sent(backprop_stepper(gradient=right))
    answered = page.ask(x=[1.0, 2.0])
    assert answered["id"] == 7
    shown = network(EXAMPLE.params, [1.0, 2.0], EXAMPLE.y)
    same(answered["values"]["dW"], run(shown).dW)


def test_without_a_function_nothing_is_answered():
    widget = backprop_stepper()
    assert widget.state["own"] is False
    page = Sent(widget)
    widget._handle_custom_msg({"kind": "run", "id": 1, "net": widget.state["net"]}, [])
    assert page.answers == []


# what cannot be drawn

W, b = np.ones((2, 2)), np.ones(2)


@pytest.mark.parametrize(
    ("params", "options", "said"),
    [
        ([W, b, W], {}, r"params must be \[W¹, b¹, W², b², …\], .* got 3 entries"),
        ([W, b, np.ones((2, 3)), b], {}, r"W2 must have shape \(n2, n1\)"),
        ([W, np.ones(3)], {}, r"b1 must have shape \(n1,\)"),
        ([W, b], {"x": [1.0]}, r"W1 must have shape"),
        ([W, b], {"y": [1.0]}, r"y must have shape \(n1,\)"),
        ([W * np.nan, b], {}, r"W1 must be finite; W1\[0, 0\] is nan"),
        ([W, b], {"x": [1.0, np.inf]}, r"x must be finite; x\[1\] is inf"),
        ([np.ones((7, 2)), np.ones(7)], {"y": [0.0] * 7}, "at most 5 layers of 6 neurons"),
        ([W, b] * 5, {}, "got 2-2-2-2-2-2"),
        ([W, b], {"activation": "gelu"}, "activation must be one of sigmoid, tanh, relu, identity"),
        ([W, b], {"eta": np.nan}, "eta must be finite"),
    ],
)
def test_a_network_that_cannot_be_drawn_is_refused_in_words(params, options, said):
    with pytest.raises(ValueError, match=said):
        backprop_stepper(params, **{"x": [1.0, 2.0], "y": [0.0, 1.0], **options})


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"seed": -5}, ValueError, "seed must be a whole number of at least 0; got -5"),
        ({"seed": 0.5}, TypeError, "seed must be a whole number of at least 0; got 0.5"),
        ({"seconds": -1}, ValueError, "seconds must be > 0; got -1"),
        ({"seconds": "1"}, TypeError, "seconds must be a number; got '1'"),
        ({"gradient": 5}, TypeError, r"gradient must be your function .*; got 5\. Pass its name"),
    ],
)
def test_options_that_cannot_be_are_refused_in_words(options, error, said):
    with pytest.raises(error, match=said):
        backprop_stepper(**options)
