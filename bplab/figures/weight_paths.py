"""The paths of shared weights in a row: what an output gathers, and what a pixel gets back."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Circle

from bplab.figures.picture import Picture
from bplab.figures.style import BLUE, GREY, INK, ORANGE, PALE, bare, sheet, styled
from bplab.numeric.windows import output_size

RADIUS, HEIGHT = 0.36, 2.6
AT_THE_FAN = 0.62  # where on a path its weight is written: away from the end where paths meet
Path = tuple[int, int]  # an output and a pixel


@styled()
def weight_paths(size: int, kernel: int, *, pixel: int, stride: int = 1) -> Picture:
    """Forward, the pixels that one output sees; backward, the outputs that one pixel hears of.

    `size` pixels in a row and a kernel without padding. Forward, the output in the middle is shown.
    Raises: ValueError if the kernel does not fit, or there is no such pixel.
    """
    count = output_size(size, kernel, stride)
    if not 0 <= pixel < size:
        raise ValueError(f"pixel must be one of the {size} in the row, from 0 on; got {pixel}")
    paths = [(i, stride * i + u) for i in range(count) for u in range(kernel)]
    middle = count // 2
    gathered = [path for path in paths if path[0] == middle]
    returned = [path for path in paths if path[1] == pixel]

    figure = sheet(0.62 * (2 * size + 1.6), 3.7)
    axes = figure.subplots(1, 2)
    forward = _sum([(f"K_{p - stride * i}", f"x_{p}") for i, p in gathered])
    backward = _sum([(rf"\delta_{i}", f"K_{p - stride * i}") for i, p in returned])
    for ax, chosen, name, colour, start, title, claim in (
        (axes[0], gathered, "z", BLUE, 0, f"forward: output {middle}", rf"z_{middle} = {forward}"),
        (axes[1], returned, r"\delta", ORANGE, 1, f"backward: pixel {pixel}",
         rf"\partial C/\partial x_{pixel} = {backward}"),
    ):  # fmt: skip
        _draw(bare(ax), size, kernel, stride, paths, chosen, name, colour, start)
        ax.set_title(title)
        ax.text((size - 1) / 2, -1.0, f"${claim}$", ha="center", va="center", color=colour)

    seen = ", ".join(f"pixel {p} with weight {p - stride * i}" for i, p in gathered)
    heard = ", ".join(f"output {i} with weight {p - stride * i}" for i, p in returned)
    return Picture(
        figure,
        f"A row of {size} pixels and {count} outputs, joined by a kernel of {kernel} with stride "
        f"{stride}. Forward, output {middle} gathers {seen}. Backward, pixel {pixel} hears of "
        f"{heard or 'no output'}.",
    )


def _draw(
    ax: Axes,
    size: int,
    kernel: int,
    stride: int,
    paths: list[Path],
    chosen: list[Path],
    name: str,
    colour: str,
    start: int,
) -> None:
    """Pixels below, outputs above; the chosen paths with their weights, `start` is where from."""
    outputs = {i: stride * i + (kernel - 1) / 2 for i, _ in paths}
    for i, p in paths:
        is_chosen = (i, p) in chosen
        ends = [(p, RADIUS), (outputs[i], HEIGHT - RADIUS)]
        ax.annotate(
            "",
            xy=ends[1 - start],
            xytext=ends[start],
            arrowprops={
                "arrowstyle": "-|>" if is_chosen else "-",
                "color": colour if is_chosen else PALE,
                "linewidth": 1.8 if is_chosen else 0.8,
                "linestyle": "--" if is_chosen and start else "-",
                "shrinkA": 0,
                "shrinkB": 0,
            },
            zorder=2 if is_chosen else 1,
        )
        if is_chosen:
            share = 1 - AT_THE_FAN if start == 0 else AT_THE_FAN
            (from_x, from_y), (to_x, to_y) = ends
            ax.text(
                from_x + share * (to_x - from_x),
                from_y + share * (to_y - from_y),
                f"$K_{p - stride * i}$",
                ha="center",
                va="center",
                color=colour,
                zorder=3,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
            )
    pixels = [(float(p), 0.0, f"$x_{p}$", p in {q for _, q in chosen}) for p in range(size)]
    above = [
        (place, HEIGHT, f"${name}_{i}$", i in {h for h, _ in chosen})
        for i, place in outputs.items()
    ]
    for across, up, text, is_chosen in pixels + above:
        ax.add_patch(
            Circle(
                (across, up),
                RADIUS,
                facecolor="white",
                edgecolor=colour if is_chosen else GREY,
                linewidth=1.8 if is_chosen else 0.8,
                zorder=3,
            )
        )
        ax.text(across, up, text, ha="center", va="center", color=INK, zorder=4)
    ax.set(xlim=(-0.7, size - 0.3), ylim=(-1.5, HEIGHT + 0.6), aspect="equal")


def _sum(products: list[tuple[str, str]]) -> str:
    return " + ".join(rf"{a}\,{b}" for a, b in products) or "0"
