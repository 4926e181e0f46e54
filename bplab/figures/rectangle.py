"""Why the terms of a product's derivative add: a rectangle grows by two strips and a corner."""

from __future__ import annotations

from matplotlib.patches import Rectangle

from bplab.figures.picture import Picture
from bplab.figures.style import BLUE, GREY, INK, ORANGE, bare, sheet, styled


@styled()
def growing_rectangle(u: float, v: float, du: float, dv: float) -> Picture:
    """The area u·v before and after u grows by du and v by dv, drawn to scale.

    Raises: ValueError if a length is not positive.
    """
    for name, length in {"u": u, "v": v, "du": du, "dv": dv}.items():
        if not length > 0:
            raise ValueError(f"{name} must be positive, as it is a length; got {length:g}")
    figure = sheet(6.8, 4.4)
    ax = bare(figure.subplots())
    parts = (
        ((0, 0, u, v), "white", None, INK),
        ((u, 0, du, v), "white", "///", BLUE),
        ((0, v, u, dv), "white", "...", ORANGE),
        ((u, v, du, dv), GREY, None, GREY),
    )
    for (x, y, width, height), face, hatch, edge in parts:
        ax.add_patch(
            Rectangle((x, y), width, height, facecolor=face, edgecolor=edge, hatch=hatch, lw=1.4)
        )
    right, top = u + du, v + dv
    ax.text(u / 2, v / 2, f"u·v = {u:g} · {v:g} = {u * v:.6g}", ha="center", va="center")
    ax.text(u / 2, -0.06 * v, f"u = {u:g}", ha="center", va="top")
    ax.text(-0.03 * u, v / 2, f"v = {v:g}", ha="right", va="center")
    ax.text(1.03 * right, v / 2, f"v·du = {v:g} · {du:g}\n= {v * du:.6g}", color=BLUE, va="center")
    ax.text(
        u / 2, top + 0.05 * v, f"u·dv = {u:g} · {dv:g} = {u * dv:.6g}", color=ORANGE, ha="center"
    )
    ax.text(1.03 * right, top, f"corner du·dv\n= {du * dv:.6g}", color=GREY, va="center")
    ax.set(xlim=(-0.2 * u, right + 0.45 * u), ylim=(-0.15 * v, top + 0.2 * v), aspect="equal")
    ax.set_title("The area grows by two strips, and a corner")
    return Picture(
        figure,
        f"A rectangle with sides u = {u:g} and v = {v:g} and area {u * v:.6g}. When u grows by "
        f"{du:g} it gains a strip v·du = {v * du:.6g} on the right; when v grows by {dv:g}, a "
        f"strip u·dv = {u * dv:.6g} on top; the corner between the strips, du·dv = {du * dv:.6g}, "
        "is much smaller than both.",
    )
