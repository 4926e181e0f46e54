"""Every figure shows its data (its digest moves with them), has words, and never varies."""

import subprocess
import sys
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from bplab import figures
from bplab.data import digits, gate, moons, xor
from bplab.numeric.perceptron import train_perceptron

PNG = b"\x89PNG\r\n\x1a\n"


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


W1, B1 = np.array([[6.2, 5.8], [4.6, 4.9]]), np.array([-2.6, -7.3])
W2, B2 = np.array([9.0, -9.5]), -4.2


def hidden(x, scale=1.0):
    return sigmoid(scale * (x @ W1.T + B1))


def network(x, scale=1.0):
    return sigmoid(hidden(x, scale) @ W2 + B2)


def history(scale=1.0):
    x, y = gate("AND")
    learned = train_perceptron(x, y)
    return replace(learned, b=scale * learned.b), x, y


RNG = np.random.default_rng(0)
MOONS = moons(40, noise=0.1, rng=RNG)
LOSSES = np.concatenate([10 ** RNG.normal(-3.5, 0.2, 40), 10 ** RNG.normal(-1.1, 0.1, 20)])
DIGITS = digits().test
SAID = np.where(np.arange(20) == 7, 5, DIGITS.y[:20])

# Each figure as a function of a scale on what it shows: 1 is the figure, 1.02 is 2 % off.
FIGURES = {
    "points": lambda k: figures.points(np.vstack([k * MOONS[0][:1], MOONS[0][1:]]), MOONS[1]),
    "decision_surface": lambda k: figures.decision_surface(lambda x: network(x, k), *xor()),
    "perceptron_history": lambda k: figures.perceptron_history(*history(k)),
    "hidden_space": lambda k: figures.hidden_space(lambda x: hidden(x, k), *xor(), output=(W2, B2)),
    "hidden_space_output": lambda k: figures.hidden_space(hidden, *xor(), output=(W2, k * B2)),
    "loss_curves": lambda k: figures.loss_curves({"a": [1.0, 0.5 * k, 0.01], "b": [0.9, 0.8]}),
    "restart_outcomes": lambda k: figures.restart_outcomes(
        LOSSES, (0.01 if k == 1 else LOSSES[0]) > LOSSES
    ),
    "deltas_by_layer": lambda k: figures.deltas_by_layer({"sigmoid": [1e-5, 1e-3 * k, 0.1]}),
    "network_diagram": lambda k: figures.network_diagram(
        (2, 2, 1), values=[[1, 0], [0.5 * k, 0.25], [0.75]]
    ),
    "digits_grid": lambda k: figures.digits_grid(
        k * DIGITS.images[:20] if k == 1 else DIGITS.images[1:21], DIGITS.y[:20], SAID
    ),
    "confusion": lambda k: figures.confusion(DIGITS.y[:20], SAID if k == 1 else DIGITS.y[:20]),
}


@pytest.fixture(scope="module")
def pictures():
    return {name: draw(1.0) for name, draw in FIGURES.items()} | {
        "xor_inequalities": figures.xor_inequalities()
    }


@pytest.mark.parametrize("name", FIGURES)
def test_digest_is_stable_and_sees_a_small_change(name, pictures):
    assert FIGURES[name](1.0).digest == pictures[name].digest
    assert FIGURES[name](1.02).digest != pictures[name].digest


# The other three take counts or shipped pixels, and their second version is other data.
SCALED = [n for n in FIGURES if n not in ("restart_outcomes", "digits_grid", "confusion")]


@pytest.mark.parametrize("name", SCALED)
def test_digest_does_not_see_rounding_noise(name, pictures):
    assert FIGURES[name](1 + 1e-13).digest == pictures[name].digest


def test_every_public_figure_is_tested_here():
    drawn = {name for name in figures.__all__ if name.islower() and name != "artist_digest"}
    assert drawn == (set(FIGURES) - {"hidden_space_output"}) | {"xor_inequalities"}


def test_pictures_show_themselves_as_png_with_words(pictures):
    for name, picture in pictures.items():
        data, metadata = picture._repr_mimebundle_()
        assert set(data) == {"text/plain", "image/png"}, name
        assert data["image/png"].startswith(PNG), name
        assert data["text/plain"] == f"{picture.alt} [figure {picture.digest[:12]}]"
        assert metadata["image/png"]["alt"] == picture.alt
        assert len(picture.alt) > 30
        assert len(data["image/png"]) < 200_000, f"{name} is heavy for a notebook"
        assert picture.png() == data["image/png"], f"{name} is another picture the second time"


def test_drawing_leaves_the_digest_as_it_is(pictures):
    picture = FIGURES["hidden_space"](1.0)
    before = picture.digest
    picture.png()
    assert picture.digest == before


def test_the_users_settings_change_nothing(pictures):
    with mpl.rc_context({"axes.facecolor": "black", "font.size": 30, "lines.linewidth": 9}):
        picture = FIGURES["loss_curves"](1.0)
        assert picture.digest == pictures["loss_curves"].digest
        assert picture.png() == pictures["loss_curves"].png()
        assert mpl.rcParams["font.size"] == 30, "and they are left as they were"


def test_no_figure_touches_pyplot():
    code = "import sys, bplab.figures as f; f.xor_inequalities().png(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "matplotlib.figure" in run.stdout.split()
    assert "matplotlib.pyplot" not in run.stdout.split()


class TestDigestSees:
    """One artist changed at a time; each must change the digest."""

    @staticmethod
    def figure(**change):
        figure = Figure()
        ax = figure.subplots()
        ax.plot([0, 1], [0, change.get("end", 1.0)], color=change.get("color", "black"))
        ax.bar([0], [change.get("bar", 0.5)], width=0.3, hatch=change.get("hatch"))
        ax.text(change.get("x", 0.5), 0.5, change.get("text", "word"))
        ax.scatter([0.2], [change.get("dot", 0.2)])
        ax.imshow([[0.0, change.get("pixel", 0.5), 1.0]], extent=(0, 1, 0, 1))
        ax.set(xlim=(0, change.get("limit", 1)), ylim=(0, 1), title=change.get("title", "a"))
        ax.set_yscale(change.get("scale", "linear"))
        figure.suptitle(change.get("suptitle", "b"))
        return figure

    @pytest.mark.parametrize(
        "change",
        [
            {"end": 1.02},
            {"color": "red"},
            {"bar": 0.51},
            {"hatch": "/"},
            {"x": 0.51},
            {"text": "Word"},
            {"dot": 0.204},
            {"pixel": 0.51},
            {"limit": 1.02},
            {"title": "A"},
            {"scale": "symlog"},
            {"suptitle": "B"},
        ],
        ids=str,
    )
    def test(self, change):
        assert figures.artist_digest(self.figure()) == figures.artist_digest(self.figure())
        assert figures.artist_digest(self.figure(**change)) != figures.artist_digest(self.figure())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("decision_surface", "4 of 4 points lie on their class's side"),
        ("perceptron_history", "18 mistakes in 9 epochs; Novikoff's bound allows 87;"),
        ("hidden_space", "(1, 1) of class 0 goes to (1, 0.9)"),
        ("loss_curves", "a goes from 1 to 0.01 in 3 epochs; b goes from 0.9 to 0.8 in 2 epochs"),
        ("restart_outcomes", "40 of 60 restarts solve it (67%); the others end at a loss of 0.0"),
        ("network_diagram", "2-2-1; layer 0 shows 1, 0; layer 1 shows 0.5, 0.25"),
        ("confusion", "19 of 20 right (95.0%); most often, once, 7 was taken for 5"),
        ("points", "20 of class 0, 20 of class 1"),
    ],
)
def test_alt_text_says_what_the_data_say(name, words, pictures):
    assert words in pictures[name].alt


def test_unlearned_points_are_counted_in_words():
    picture = figures.decision_surface(lambda x: 0.2 + 0 * x[:, 0], *xor())
    assert "2 of 4 points" in picture.alt


@pytest.mark.parametrize("size", [0.001, 1.0, 1000.0])
def test_line_crosses_the_frame_at_any_scale(size):
    x, y = gate("AND")
    ax = figures.perceptron_history(train_perceptron(size * x, y), size * x, y).figure.axes[0]
    diagonal = np.hypot(np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim()))
    drawn = [line.get_xydata() for line in ax.lines if len(line.get_xydata())]
    assert len(drawn) > 10
    for start, end in drawn:
        assert np.linalg.norm(end - start) == pytest.approx(2 * diagonal)


def test_plateaus_stand_in_one_bar_each():
    losses = np.array([0.0625 - 1e-4, 0.0625 + 1e-4, 0.125 + 1e-4, 0.125 - 1e-4, 1e-4])
    picture = figures.restart_outcomes(losses, losses < 0.01)
    heights = [bar.get_height() for bar in picture.figure.axes[0].patches]
    assert sorted(height for height in heights if height) == [1, 2, 2]


def test_losses_stand_where_their_steps_are():
    picture = figures.loss_curves({"a": [1.0, 0.1]}, steps=[0, 500], unit="steps")
    assert picture.figure.axes[0].lines[0].get_xdata().tolist() == [0, 500]
    assert "from 1 to 0.1 in 500 steps" in picture.alt


def test_perceptron_that_never_ends_has_no_bound():
    x, y = xor()
    picture = figures.perceptron_history(train_perceptron(x, y, max_epochs=9), x, y)
    assert "there is no bound" in picture.alt
    assert not any("bound" in text for text in legend(picture.figure.axes[1]))


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


X, Y = xor()


@pytest.mark.parametrize(
    ("draw", "text"),
    [
        (lambda: figures.points(np.ones((4, 3)), Y), r"x must have shape \(B, 2\).*got \(4, 3\)"),
        (lambda: figures.points(np.ones((9, 2)), np.arange(9)), "at most 6 classes; got 9"),
        (lambda: figures.points(X, Y[:3]), r"y must have shape \(B,\) with B = 4"),
        (lambda: figures.points(np.full((4, 2), np.nan), Y), "x must be finite"),
        (lambda: figures.decision_surface(lambda x: x, X, Y), r"predict must return shape \(N,\)"),
        (lambda: figures.decision_surface(lambda x: x @ W2, X, Y), "Are these logits"),
        (lambda: figures.decision_surface(network, X, Y + 3), "y must hold two classes"),
        (lambda: figures.hidden_space(lambda x: x[:, :1], X, Y), r"hidden\(x\) must have shape"),
        (
            lambda: figures.hidden_space(hidden, X, Y, output=(W2[np.newaxis], B2)),
            r"w must have shape \(n,\)",
        ),
        (lambda: figures.loss_curves({}), "losses must hold at least one"),
        (lambda: figures.loss_curves({"a": [1, 2]}, steps=[0]), r"losses\['a'\] must .* S = 1"),
        (lambda: figures.loss_curves({"a": [1, np.inf]}), r"losses\['a'\] must be finite"),
        (lambda: figures.restart_outcomes(np.zeros(3), np.ones(3)), "losses must be positive"),
        (lambda: figures.restart_outcomes(np.ones(3), np.ones(2)), "solved must have shape"),
        (lambda: figures.network_diagram((2,)), "sizes must name at least two layers"),
        (lambda: figures.network_diagram((2, 1), biases=[[1, 2]]), r"biases must have sizes \[1\]"),
        (
            lambda: figures.network_diagram((2, 1), weights=[[[1], [2]]]),
            r"weights must have sizes \[\(1, 2\)\].*got \[\(2, 1\)\]",
        ),
        (lambda: figures.digits_grid(DIGITS.x[:3], DIGITS.y[:3]), "images must have shape"),
        (lambda: figures.confusion(np.array([10]), np.array([0])), "labels must be integers 0 … 9"),
        (lambda: figures.confusion(np.array([0]), np.array([-1])), "predictions must be integers"),
    ],
)
def test_bad_input_is_explained(draw, text):
    with pytest.raises(ValueError, match=text):
        draw()
