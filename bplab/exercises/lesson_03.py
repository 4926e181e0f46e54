"""Lesson 03, the chain rule on a graph: paths, local derivatives, and the walk back."""

from collections.abc import Callable, Sequence

import numpy as np
import sympy

from bplab.exercises.choice import ChoiceExercise
from bplab.exercises.code import CodeExercise
from bplab.exercises.exercise import Mistake
from bplab.exercises.formula import FormulaExercise
from bplab.exercises.number import NumberExercise
from bplab.exercises.samples import samples
from bplab.numeric import Array, sigmoid, sigmoid_prime

Inputs = Sequence[tuple[int, ...]]
Local = Sequence[tuple[float, ...]]

X, Y = sympy.symbols("x y")

TWO_PATHS = FormulaExercise(
    id="03.1",
    title="two paths from x to f",
    reference="q + x*q*y",
    # p and q may be typed as such or written out: the answer is the same.
    names={"x": X, "y": Y, "p": X * Y, "q": sympy.exp(X * Y)},
    hints=(
        "How many ways lead from x to f along the arrows? Each gives one summand.",
        "The short way has one arrow, with local derivative q. The long way has three: ∂f/∂q, "
        "∂q/∂p and ∂p/∂x. Multiply along it.",
        "q + x*q*y",
    ),
    mistakes=(
        Mistake(
            "short path only",
            "q",
            "Your formula equals the short path, on which q counts as a constant. But q contains x "
            "too: add the path through p and q.",
        ),
        Mistake(
            "long path only",
            "x*q*y",
            "Your formula equals the path through p and q. The factor x of f = x·q is the other "
            "path: add it.",
        ),
        Mistake(
            "paths multiplied",
            "q*x*q*y",
            "You multiplied the two paths. Multiply along a path, add over the paths.",
        ),
        Mistake(
            "no ∂p/∂x",
            "q + x*q",
            "On the long path the last factor is missing: ∂p/∂x = y.",
        ),
        Mistake(
            "no ∂f/∂q",
            "q + q*y",
            "On the long path the first factor is missing: ∂f/∂q = x.",
        ),
        Mistake(
            "no ∂q/∂p",
            "q + x*y",
            "On the long path the factor in the middle is missing: ∂q/∂p = e^p = q.",
        ),
        Mistake(
            "exp as a power",
            "q + x*p*exp(p - 1)*y",
            "You differentiated e^p like a power of p. The derivative of e^p by p is e^p itself.",
        ),
        Mistake(
            "by y",
            "x**2*q",
            "Your formula equals ∂f/∂y, for which only one path exists. Asked is ∂f/∂x.",
        ),
        Mistake(
            "paths subtracted",
            "q - x*q*y",
            "You subtracted the long path. Over the paths one adds; no factor here is negative.",
        ),
        Mistake(
            "only ∂q/∂x",
            "q*y",
            "That is ∂q/∂x = q·y. It lacks the factor x = ∂f/∂q, and the short path is missing. "
            "(The derivative of a product is not the product of the derivatives.)",
        ),
        Mistake(
            "f itself",
            "x*q",
            "Your formula equals f = x·q itself: nothing is differentiated yet.",
        ),
        Mistake(
            "only ∂p/∂x",
            "q + y",
            "Of the long path only the last factor is there, ∂p/∂x = y. Before it come ∂f/∂q = x "
            "and ∂q/∂p = q.",
        ),
        Mistake(
            "no exponential",
            "1 + x*y",
            "The factor q is missing in both terms: e^p is still there after differentiation.",
        ),
        Mistake(
            "p by y",
            "q + x*q*x",
            "On the long path the last factor should be ∂p/∂x = y. You took ∂p/∂y = x.",
        ),
        Mistake(
            "p not differentiated",
            "q + x*q*p",
            "On the long path the last factor should be ∂p/∂x = y. You took p itself.",
        ),
        Mistake(
            "exponent differentiated in its place",
            "q + x*exp(y)",
            "You differentiated the exponent where it stands. e^p stays e^p; the derivative of p "
            "comes in as a factor.",
        ),
        Mistake(
            "exp as a power, in x and y",
            "q + x*y*exp(p - 1)",
            "You lowered the exponent by 1, as for a power. The derivative of e^p by p is e^p.",
        ),
    ),
)


def multiply_backward(upstream: float, x: float, y: float) -> tuple[float, float]:
    """Gradients of p = x·y: the upstream gradient times the local derivatives y and x."""
    return upstream * y, upstream * x


MULTIPLICATION = CodeExercise(
    id="03.2",
    title="multiplication, backward",
    reference=multiply_backward,
    samples=samples({"upstream": (), "x": (), "y": ()}),
    returns=("dx", "dy"),
    points=2,
    hints=(
        "If x grows by a little ε, by how much does x·y grow?",
        "∂(x·y)/∂x = y and ∂(x·y)/∂y = x. Each is multiplied by what comes from above.",
        "return upstream * y, upstream * x",
    ),
    mistakes=(
        Mistake(
            "not crossed",
            lambda u, x, y: (u * x, u * y),
            "You multiplied each gradient by its own input. The derivative of x·y by x is y, the "
            "other one: the two cross over.",
        ),
        Mistake(
            "no upstream",
            lambda u, x, y: (y, x),
            "Your result equals the local derivatives (y, x): the factor upstream is missing.",
        ),
        Mistake(
            "as addition",
            lambda u, x, y: (u, u),
            "You passed the upstream gradient on unchanged. An addition does that; here the local "
            "derivatives are y and x.",
        ),
        Mistake(
            "upstream added",
            lambda u, x, y: (u + y, u + x),
            "You added the upstream gradient: along a path derivatives multiply.",
        ),
        Mistake(
            "times the output",
            lambda u, x, y: (u * x * y, u * x * y),
            "You multiplied by the output x·y. Its derivative by x is only y.",
        ),
        Mistake(
            "product rule",
            lambda u, x, y: (u * (x + y), u * (x + y)),
            "You added both derivatives into both gradients. x and y are separate inputs: each has "
            "a gradient of its own.",
        ),
        Mistake(
            "divided",
            lambda u, x, y: (u / y, u / x),
            "You divided by the other input, as if solving for x. How much p moves with x is y.",
        ),
        Mistake(
            "sign",
            lambda u, x, y: (-u * y, -u * x),
            "The sign is wrong. A gradient is returned as it is; the minus belongs to the step of "
            "gradient descent.",
        ),
        Mistake(
            "not crossed, no upstream",
            lambda u, x, y: (x, y),
            "You returned the inputs. The local derivatives are y and x, crossed over, and each is "
            "multiplied by upstream.",
        ),
        Mistake(
            "no upstream in dx",
            lambda u, x, y: (y, u * x),
            "dy is right; dx lacks the factor upstream.",
        ),
        Mistake(
            "no upstream in dy",
            lambda u, x, y: (u * y, x),
            "dx is right; dy lacks the factor upstream.",
        ),
        Mistake(
            "y as a constant",
            lambda u, x, y: (u * y, u),
            "dx is right. For dy you handed upstream on unchanged: its local derivative is x.",
        ),
        Mistake(
            "dx twice",
            lambda u, x, y: (u * y, u * y),
            "dx is right, and you returned it for dy, too. The derivative of x·y by y is x.",
        ),
        Mistake(
            "dy twice",
            lambda u, x, y: (u * x, u * x),
            "dy is right, and you returned it for dx, too. The derivative of x·y by x is y.",
        ),
        Mistake(
            "upstream twice",
            lambda u, x, y: (u * u * y, u * u * x),
            "The factor upstream occurs twice. It holds all that comes after this box; once is "
            "enough.",
        ),
        Mistake(
            "one product for both",
            lambda u, x, y: u * x * y,
            "You returned one number. There are two gradients, one for each input: return both, "
            "that of x first.",
        ),
    ),
)

CIRCUIT = NumberExercise(
    id="03.3",
    title="one gradient of the sigmoid neuron",
    value=-3 * float(sigmoid_prime(1.0)),
    tolerance=0.005,
    hints=(
        "One path leads from x₁ to f: through the product w₁x₁, two sums and σ.",
        "Its local derivatives are w₁, 1, 1 and σ′(z) with z = 1. Multiply them.",
        "σ(1) = 0.731059, so σ′(1) = 0.731059 · (1 − 0.731059) = 0.196612; times w₁ = −3.",
    ),
    mistakes=(
        Mistake("sign", 3 * float(sigmoid_prime(1.0)), "The sign of w₁ = −3 is lost."),
        Mistake(
            "own value",
            -2 * float(sigmoid_prime(1.0)),
            "That is σ′(z)·x₁, the gradient of w₁. For x₁ the local derivative is w₁.",
        ),
        Mistake(
            "other input",
            2 * float(sigmoid_prime(1.0)),
            "That is σ′(z)·w₀, the gradient of x₀.",
        ),
        Mistake("no σ′", -3, "That is ∂z/∂x₁: the factor σ′(z) of the last node is missing."),
        Mistake(
            "stopped at z",
            float(sigmoid_prime(1.0)),
            "That is ∂f/∂z: one factor is still to come on the way to x₁, w₁.",
        ),
        Mistake(
            "σ for σ′",
            -3 * float(sigmoid(1.0)),
            "You multiplied by σ(z), the value, instead of σ′(z), the slope.",
        ),
        Mistake(
            "z for a",
            0,
            "You computed z(1 − z), which is 0 at z = 1. σ′(z) is a(1 − a) with a = σ(z).",
        ),
        Mistake(
            "σ′ of a",
            -3 * float(sigmoid_prime(sigmoid(1.0))),
            "You applied σ twice: that is σ′(a). The local derivative of the last node is σ′(z).",
        ),
        Mistake(
            "rounded on the way",
            -0.6,
            "Nearly. Three digits are asked, and −0.6 comes from σ′(z) ≈ 0.2: round at the end "
            "only.",
        ),
        Mistake(
            "rounded on the way, sign",
            0.6,
            "Two things: the sign of w₁ = −3 is lost, and σ′(z) ≈ 0.2 is too rough. Round at the "
            "end.",
        ),
        Mistake(
            "minus for w₁",
            -float(sigmoid_prime(1.0)),
            "That is −σ′(z), the gradient of w₀. For x₁ the local derivative is the whole of "
            "w₁ = −3.",
        ),
        Mistake("no σ′, sign", 3, "The sign of w₁ = −3 is lost, and the factor σ′(z) is missing."),
        Mistake("x₁ itself", -2, "That is the input x₁. How fast does f move with it?"),
        Mistake(
            "1 − σ for σ′",
            -3 * (1 - float(sigmoid(1.0))),
            "You multiplied by 1 − σ(z): the factor σ(z) of σ′ = σ(1 − σ) is missing.",
        ),
        Mistake(
            "the value",
            float(sigmoid(1.0)),
            "That is f, the value at the end of the forward pass. Asked is how fast it moves with "
            "x₁.",
        ),
        Mistake(
            "slope at 0",
            -0.75,
            "You took σ′ = ¼. That is its largest value, at z = 0; here z = 1.",
        ),
        Mistake(
            "the whole product",
            6 * float(sigmoid_prime(1.0)),
            "You multiplied by the product w₁x₁ = 6. Its local derivative by x₁ is only w₁.",
        ),
        Mistake(
            "slope of tanh",
            -3 * (1 - float(np.tanh(1.0)) ** 2),
            "You used 1 − tanh², the slope of tanh. For the sigmoid σ′ = σ(1 − σ).",
        ),
        Mistake(
            "slope of tanh, from a",
            -3 * (1 - float(sigmoid(1.0)) ** 2),
            "You used 1 − a², the slope of tanh. For the sigmoid σ′ = a(1 − a).",
        ),
    ),
)


def neuron_backward(upstream: float, x: Array, w: Array, b: float) -> tuple[Array, Array, Array]:
    """Gradients of a = σ(z), z = w·x + b, by x, w and b."""
    delta = upstream * sigmoid_prime(w @ x + b)
    return delta * w, delta * x, delta


NEURON = CodeExercise(
    id="03.4",
    title="the sigmoid neuron, backward",
    reference=neuron_backward,
    samples=samples({"upstream": (), "x": ("n",), "w": ("n",), "b": ()}),
    returns=("dx", "dw", "db"),
    points=2,
    hints=(
        "Walk back one node at a time: first σ, then the sum, then the products.",
        "delta = upstream * sigmoid_prime(z) is ∂C/∂z. The sum hands it on unchanged; each product "
        "multiplies it by its other factor.",
        "delta = upstream * sigmoid_prime(w @ x + b); return delta * w, delta * x, delta",
    ),
    mistakes=(
        Mistake(
            "no upstream",
            lambda u, x, w, b: neuron_backward(1.0, x, w, b),
            "The factor upstream is missing: your result is right only where the neuron's output "
            "is the end of the graph.",
        ),
        Mistake(
            "no σ′",
            lambda u, x, w, b: (u * w, u * x, u),
            "The factor σ′(z) is missing: your result is that of a neuron without activation.",
        ),
        Mistake(
            "σ for σ′",
            lambda u, x, w, b: _handed_on(u * sigmoid(w @ x + b), x, w),
            "You multiplied by σ(z), the value, instead of σ′(z), the slope.",
        ),
        Mistake(
            "σ′ of a",
            lambda u, x, w, b: _handed_on(u * sigmoid_prime(sigmoid(w @ x + b)), x, w),
            "You called sigmoid_prime with the activation a. It wants the pre-activation z.",
        ),
        Mistake(
            "z for a",
            lambda u, x, w, b: _handed_on(u * (w @ x + b) * (1 - w @ x - b), x, w),
            "You computed z(1 − z). σ′(z) is a(1 − a) with a = σ(z).",
        ),
        Mistake(
            "swapped",
            lambda u, x, w, b: (*reversed(neuron_backward(u, x, w, b)[:2]), _delta(u, x, w, b)),
            "dx and dw are exchanged: the gradient of x is delta times w, and the other way round.",
        ),
        Mistake(
            "no b in z",
            lambda u, x, w, b: neuron_backward(u, x, w, 0.0),
            "The bias is missing in z = w·x + b, so σ′ is taken at another point.",
        ),
        Mistake(
            "db times b",
            lambda u, x, w, b: (*neuron_backward(u, x, w, b)[:2], _delta(u, x, w, b) * b),
            "You multiplied db by b. b is added, so its local derivative is 1.",
        ),
        Mistake(
            "db is 1",
            lambda u, x, w, b: (*neuron_backward(u, x, w, b)[:2], 1.0),
            "db is the local derivative ∂z/∂b = 1 only: it too is multiplied by what comes from "
            "above.",
        ),
        Mistake(
            "db is upstream",
            lambda u, x, w, b: (*neuron_backward(u, x, w, b)[:2], u),
            "db lacks the factor σ′(z): the bias reaches the output through σ like the rest.",
        ),
        Mistake(
            "sign",
            lambda u, x, w, b: neuron_backward(-u, x, w, b),
            "The sign is wrong. A gradient is returned as it is; the minus belongs to the step of "
            "gradient descent.",
        ),
        Mistake(
            "z elementwise",
            lambda u, x, w, b: _handed_on(u * sigmoid_prime(w * x + b), x, w),
            "You computed w * x + b, one number for each input. z is one number: the products are "
            "added, w @ x + b.",
        ),
        Mistake(
            "σ′ of upstream",
            lambda u, x, w, b: _handed_on(u * sigmoid_prime(u), x, w),
            "You took σ′ at upstream. It is taken at the neuron's own z = w·x + b.",
        ),
        Mistake(
            "upstream(1 − upstream)",
            lambda u, x, w, b: _handed_on(u * (1 - u), x, w),
            "You took upstream for the activation: a(1 − a) wants a = σ(w·x + b).",
        ),
        Mistake(
            "upstream added",
            lambda u, x, w, b: _handed_on(u + sigmoid_prime(w @ x + b), x, w),
            "You added upstream and σ′(z): along a path derivatives multiply.",
        ),
        Mistake(
            "slope of tanh",
            lambda u, x, w, b: _handed_on(u * (1 - np.tanh(w @ x + b) ** 2), x, w),
            "You used the slope of tanh, 1 − tanh². Here the activation is a sigmoid.",
        ),
        Mistake(
            "no σ′ in dx",
            lambda u, x, w, b: (u * w, *neuron_backward(u, x, w, b)[1:]),
            "dx lacks the factor σ′(z): x reaches the output through σ like the rest.",
        ),
        Mistake(
            "db without upstream",
            lambda u, x, w, b: (*neuron_backward(u, x, w, b)[:2], sigmoid_prime(w @ x + b)),
            "db lacks the factor upstream: your db is right only at the end of the graph.",
        ),
        Mistake(
            "db is 0",
            lambda u, x, w, b: (*neuron_backward(u, x, w, b)[:2], 0.0),
            "db is not 0: b is a constant for dx and dw, but here it is b that moves.",
        ),
        Mistake(
            "times the products",
            lambda u, x, w, b: _handed_on(_delta(u, x, w, b), w * x, w * x),
            "You multiplied by the products w·x. The derivative of w_k x_k by x_k is only w_k, "
            "and the other way round.",
        ),
        Mistake(
            "stopped at z",
            lambda u, x, w, b: (_delta(u, x, w, b),) * 3,
            "All three are ∂C/∂z. That is db; for dx and dw the product is still to be crossed.",
        ),
        Mistake(
            "one number each",
            lambda u, x, w, b: tuple(np.sum(g) for g in neuron_backward(u, x, w, b)),
            "You summed over the inputs. Each of the n inputs and weights has a gradient of its "
            "own: dx and dw have shape (n,).",
        ),
        Mistake(
            "swapped, no db",
            lambda u, x, w, b: neuron_backward(u, x, w, b)[1::-1],
            "db is missing, and dx and dw are exchanged: return dx, dw, db.",
        ),
        Mistake(
            "no db",
            lambda u, x, w, b: neuron_backward(u, x, w, b)[:2],
            "dx and dw are right, db is missing: b moves z, too. Return dx, dw, db.",
        ),
    ),
)


def _delta(upstream: float, x: Array, w: Array, b: float) -> Array:
    return neuron_backward(upstream, x, w, b)[2]


def _handed_on(delta: Array, x: Array, w: Array) -> tuple[Array, Array, Array]:
    return delta * w, delta * x, delta


ORDER = ChoiceExercise(
    id="03.5",
    title="in which order to walk back",
    options={
        "a": "a, b, c, f",
        "b": "f, b, c, a",
        "c": "f, c, b, a",
        "d": "f, c, a, b",
        "e": "f, b, a, c",
        "f": "any order that begins with f, because addition does not depend on the order",
    },
    right="c",
    hints=(
        "When is the gradient of b complete?",
        "b is used by c and by f. Before b hands anything on, both must have handed theirs to b.",
        "f first; then c, whose only user is f; then b, used by c and f; then a: option c",
    ),
    mistakes=(
        Mistake(
            "a",
            "a",
            "That is the order of the forward pass. At a no gradient has arrived yet: there is "
            "nothing to hand on.",
        ),
        Mistake(
            "b",
            "b",
            "b comes before c here. But c uses b, so the share of c arrives after b has handed on "
            "an incomplete gradient to a.",
        ),
        Mistake(
            "d",
            "d",
            "a comes before b here. But a is an input of b: when a hands on its gradient, the "
            "share of b has not arrived.",
        ),
        Mistake(
            "e",
            "e",
            "c comes last here. Both b and a were done before the share of c reached them.",
        ),
        Mistake(
            "f",
            "f",
            "The sum does not depend on the order of its terms, but it must be complete before it "
            "is multiplied and handed on.",
        ),
    ),
)


def graph_backward(inputs: Inputs, local: Local) -> Array:
    """∂(last node)/∂(every node) of a graph whose nodes stand after their inputs."""
    grad = np.zeros(len(inputs))
    grad[-1] = 1
    for node in reversed(range(len(inputs))):
        for source, slope in zip(inputs[node], local[node], strict=True):
            grad[source] += slope * grad[node]
    return grad


def _overwritten(inputs: Inputs, local: Local) -> Array:
    grad = np.zeros(len(inputs))
    grad[-1] = 1
    for node in reversed(range(len(inputs))):
        for source, slope in zip(inputs[node], local[node], strict=True):
            grad[source] = slope * grad[node]
    return grad


def _from_the_front(inputs: Inputs, local: Local) -> Array:
    grad = np.zeros(len(inputs))
    grad[-1] = 1
    for node in range(len(inputs)):
        for source, slope in zip(inputs[node], local[node], strict=True):
            grad[source] += slope * grad[node]
    return grad


def _all_ones(inputs: Inputs, local: Local) -> Array:
    grad = np.ones(len(inputs))
    for node in reversed(range(len(inputs))):
        for source, slope in zip(inputs[node], local[node], strict=True):
            grad[source] += slope * grad[node]
    return grad


def _forward_mode(inputs: Inputs, local: Local) -> Array:
    tangent = np.zeros(len(inputs))
    tangent[0] = 1
    for node in range(len(inputs)):
        for source, slope in zip(inputs[node], local[node], strict=True):
            tangent[node] += slope * tangent[source]
    return tangent


def _first_input_only(inputs: Inputs, local: Local) -> Array:
    return graph_backward([i[:1] for i in inputs], [slopes[:1] for slopes in local])


def _no_local(inputs: Inputs, local: Local) -> Array:
    return graph_backward(inputs, [tuple(1.0 for _ in slopes) for slopes in local])


def _handing_on(share: Callable[[float, float], float]) -> Callable[[Inputs, Local], Array]:
    """Backpropagation in which share(slope, upstream) takes the place of their product."""

    def walk(inputs: Inputs, local: Local) -> Array:
        grad = np.zeros(len(inputs))
        grad[-1] = 1
        for node in reversed(range(len(inputs))):
            for source, slope in zip(inputs[node], local[node], strict=True):
                grad[source] += share(slope, grad[node])
        return grad

    return walk


def _nothing_arrives(inputs: Inputs, local: Local) -> Array:
    grad = np.zeros(len(inputs))
    grad[-1] = 1
    return grad


def _multiplied(inputs: Inputs, local: Local) -> Array:
    grad = np.ones(len(inputs))
    for node in reversed(range(len(inputs))):
        for source, slope in zip(inputs[node], local[node], strict=True):
            grad[source] *= slope * grad[node]
    return grad


def _every_pair(inputs: Inputs, local: Local) -> Array:
    return graph_backward(inputs, [(sum(slopes),) * len(slopes) for slopes in local])


def _all_at_once(inputs: Inputs, local: Local) -> Array:
    grad = np.zeros(len(inputs))
    grad[-1] = 1
    for node in reversed(range(len(inputs))):
        if inputs[node]:
            grad[list(inputs[node])] += np.array(local[node]) * grad[node]
    return grad


GRAPH = CodeExercise(
    id="03.6",
    title="backpropagation on a list of nodes",
    reference=graph_backward,
    samples=(
        # (x₀ + x₁)·x₁: node 1 is used twice, by different nodes.
        {"inputs": [(), (), (0, 1), (2, 1)], "local": [(), (), (1.0, 1.0), (-2.0, 1.5)]},
        # A chain, then a square (the same input twice), and a node the output does not depend on.
        {
            "inputs": [(), (0,), (1, 1), (0,), (2, 0)],
            "local": [(), (0.5,), (-1.2, -1.2), (7.0,), (3.0, 1.1)],
        },
        # Three paths from node 0, two of which meet before they reach it.
        {
            "inputs": [(), (), (0,), (2, 1), (2,), (3, 4), (5, 0)],
            "local": [(), (), (1.5,), (0.7, -0.6), (2.5,), (-1.3, 0.4), (0.9, 1.7)],
        },
    ),
    points=2,
    hints=(
        "Which gradient do you know before you start? And whose is complete next?",
        "Set the last one to 1 and go through the nodes from the last to the first. Each node "
        "hands its gradient, times the local derivative, to each of its inputs.",
        "for node in reversed(range(len(inputs))):\n"
        "    for source, slope in zip(inputs[node], local[node]):\n"
        "        grad[source] += slope * grad[node]",
    ),
    mistakes=(
        Mistake(
            "overwritten",
            _overwritten,
            "Your result keeps only the last share of a node that is used several times: = "
            "overwrites. Paths add up, so write +=.",
        ),
        Mistake(
            "from the front",
            _from_the_front,
            "Only the inputs of the last node got a share. Either you went through the nodes from "
            "the first to the last, so that gradients are handed on before they have arrived: "
            "begin at the output. Or `return` stands inside the loop.",
        ),
        Mistake(
            "no upstream",
            _handing_on(lambda slope, upstream: slope),
            "You added up local derivatives only: each is multiplied by the gradient of the node "
            "it belongs to.",
        ),
        Mistake(
            "upstream added",
            _handing_on(lambda slope, upstream: slope + upstream),
            "You added the upstream gradient to the local derivative: along a path they multiply.",
        ),
        Mistake(
            "no local derivative",
            _no_local,
            "You handed gradients on unchanged: your result counts the paths. Multiply by the "
            "local derivative.",
        ),
        Mistake(
            "no start",
            lambda inputs, local: np.zeros(len(inputs)),
            "All gradients are 0, because nothing ever starts: ∂output/∂output is 1.",
        ),
        Mistake(
            "all ones",
            _all_ones,
            "You started every gradient at 1. Only the output's is 1; the others begin at 0.",
        ),
        Mistake(
            "one input only",
            _first_input_only,
            "Only the first input of each node gets a gradient: hand one to every input.",
        ),
        Mistake(
            "forward mode",
            _forward_mode,
            "Your result is ∂(each node)/∂(node 0), which is forward mode. Asked is ∂(last node)/"
            "∂(each node).",
        ),
        Mistake(
            "nothing arrives",
            _nothing_arrives,
            "Only the output has a gradient: nothing was handed on. Does the walk begin at the "
            "output itself? Does it add to grad[source], not to grad[node], and with += (a "
            "product *= with 0 stays 0)?",
        ),
        Mistake(
            "shares multiplied",
            _multiplied,
            "You multiplied the shares of a node into each other. Multiply along a path, add over "
            "the paths: start at 0 and write +=.",
        ),
        Mistake(
            "every pair",
            _every_pair,
            "Each input got the local derivatives of all inputs of the node. The first belongs to "
            "the first input, the second to the second: go through both lists with zip.",
        ),
        Mistake(
            "all inputs at once",
            _all_at_once,
            "Where a node uses the same input twice, one share is lost: grad[[1, 1]] += … adds to "
            "place 1 only once. Go through the inputs one by one, or use np.add.at.",
        ),
        Mistake(
            "sign",
            _handing_on(lambda slope, upstream: -slope * upstream),
            "The sign changes with every step back: shares are added, +=, not subtracted.",
        ),
        Mistake(
            "only one gradient",
            lambda inputs, local: graph_backward(inputs, local)[0],
            "That is the gradient of node 0 only. Return the whole array, one place for each node.",
        ),
        Mistake(
            "a list",
            lambda inputs, local: list(graph_backward(inputs, local)),
            "The numbers are right. Later cells want an array: return np.array(grad).",
        ),
    ),
)

WHICH_MODE = ChoiceExercise(
    id="03.7",
    title="forward or reverse",
    options={
        "a": "Reverse mode is cheaper for every function: that is why everybody uses it.",
        "b": "Forward mode needs one sweep for each output, reverse mode one for each input.",
        "c": "Both cost the same, as both multiply the same local derivatives.",
        "d": "Forward mode needs one sweep for each input, reverse mode one for each output.",
        "e": "Forward mode is cheaper for a loss of many weights, as it keeps no graph in memory.",
        "f": "Forward mode is exact; reverse mode approximates, which makes it cheaper.",
    },
    right="d",
    hints=(
        "What does one forward sweep know at its end? And one backward walk?",
        "A forward sweep carries the derivative by one input to all outputs. A backward walk "
        "carries the derivative of one output to all inputs.",
        "n inputs need n forward sweeps, m outputs need m backward walks: d",
    ),
    mistakes=(
        Mistake(
            "a",
            "a",
            "With one input and many outputs forward mode wins: the second table shows it.",
        ),
        Mistake("b", "b", "It is the other way round: look at what is seeded with 1."),
        Mistake(
            "c",
            "c",
            "One sweep costs the same, but the number of sweeps differs: the table counts it.",
        ),
        Mistake(
            "e",
            "e",
            "It does save the memory of the graph, but it needs one run for each weight: n times "
            "the products.",
        ),
        Mistake(
            "f",
            "f",
            "Both use the same local derivatives and give the same numbers: exact rationals agree "
            "in both, as the lesson shows.",
        ),
    ),
)

EXERCISES = (TWO_PATHS, MULTIPLICATION, CIRCUIT, NEURON, ORDER, GRAPH, WHICH_MODE)
