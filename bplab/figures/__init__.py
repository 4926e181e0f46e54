"""Static figures for the lessons. Each function returns a Picture: a figure and its words.

Nothing here touches pyplot or its global state. Blue and orange always come with a second sign
(marker, dash, hatch or word), so no figure depends on colour alone.
"""

from bplab.figures.diagrams import network_diagram
from bplab.figures.digits import confusion, digits_grid
from bplab.figures.picture import Picture, artist_digest
from bplab.figures.planes import (
    decision_surface,
    hidden_space,
    perceptron_history,
    points,
    xor_inequalities,
)
from bplab.figures.training import deltas_by_layer, loss_curves, restart_outcomes

__all__ = [
    "Picture",
    "artist_digest",
    "confusion",
    "decision_surface",
    "deltas_by_layer",
    "digits_grid",
    "hidden_space",
    "loss_curves",
    "network_diagram",
    "perceptron_history",
    "points",
    "restart_outcomes",
    "xor_inequalities",
]
