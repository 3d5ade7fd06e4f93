"""Sketches: pictures without scales, a network with its units and rows of small images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .labels import inches
from .panels import new_axes, panel_of, styled, text_width
from .pictures import COLOURS, Picture
from .words import array_of, counted, sentences


@styled
def diagram(sizes: Sequence[int], *, names: Sequence[str] = (), title: str = "", most: int = 8) -> Picture:
    """Draw a network as columns of units joined by its weights.

    Parameters
    ----------
    sizes : sequence of int
        Units in each layer, inputs first.
    names : sequence of str, optional
        The activation of each layer after the inputs.
    title : str, optional
    most : int
        Draw no more units than this in a column; a longer column gets an ellipsis.

    Returns
    -------
    Picture
    """
    sizes = [int(size) for size in sizes]
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"diagram takes the units of at least two layers, as in diagram([2, 3, 1]); given: {sizes}.")
    if names and len(names) != len(sizes) - 1:
        raise ValueError(f"Each of the {len(sizes) - 1} layers after the inputs needs one name; given: {list(names)}.")
    captions = [f"{sizes[0]} {'input' if sizes[0] == 1 else 'inputs'}"]
    for layer, size in enumerate(sizes[1:]):
        captions.append(f"{size}, {names[layer]}" if names else f"{size} {'hidden' if layer < len(sizes) - 2 else 'out'}")
    widths = [text_width(caption, 10) for caption in captions]
    # Captions that are wider than the way from layer to layer stand on two lines in turn.
    lower = 0.18 * (max(widths) > 0.95)
    columns = [_column(size, most) for size in sizes]
    high = 0.15 + max(abs(column).max() for column in columns)
    room = max(0.0, widths[0] - 0.9, widths[-1] - 0.9) / 2
    axes = new_axes(title, "", "", left=room, right=room, bottom=0.32 + lower, width=len(sizes) + 2 * room,
                    height=2 * high + 0.68 + lower)  # fmt: skip
    axes.set_axis_off()
    axes.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(-high, high))
    for layer, (left, right) in enumerate(zip(columns, columns[1:])):
        # One line with gaps: a path for each weight would be large.
        ends = np.array([(a, b, np.nan) for a in left for b in right])
        axes.plot(np.tile([layer, layer + 1, np.nan], len(ends)), ends.ravel(), color=COLOURS["muted"], lw=0.5)
    for layer, (size, heights, caption) in enumerate(zip(sizes, columns, captions)):
        fill = COLOURS["paper"] if layer == 0 else COLOURS["tint-blue"]
        axes.scatter([layer] * len(heights), heights, s=110, color=fill, edgecolor=COLOURS["ink"], zorder=3)
        if size > most:
            axes.text(layer, 0, "⋮", ha="center", va="center", fontsize=14)
        axes.text(layer, -high - 0.12 - lower * (layer % 2), caption, ha="center", va="center")
    layers = [counted(sizes[0], "input")]
    for layer, size in enumerate(sizes[1:]):
        layers.append(counted(size, "unit") + (f" ({names[layer]})" if names else ""))
    said = f"A network diagram: {', then '.join(layers)}, each layer fully joined to the next"
    return Picture((panel_of(axes),), sentences(title, said))


def _column(size: int, most: int) -> np.ndarray:
    """The heights of a column's units in inches; one that is too long has a gap in the middle."""
    shown = min(size, most)
    heights = 0.27 * (np.arange(shown)[::-1] - (shown - 1) / 2)
    return heights + 0.15 * np.sign(heights) * (size > most)


@styled
def images(x, captions: Sequence = (), *, title: str = "", columns: int = 10, alt: str = "") -> Picture:
    """Draw rows of small square pictures, such as the handwritten digits.

    Parameters
    ----------
    x : array of shape (n, side * side)
        Brightness of each pixel from 0 to 1, row by row.
    captions : sequence, optional
        A word under each picture.
    title : str, optional
    columns : int, optional
        Pictures in a row.
    alt : str, optional
        A sentence for a reader who can't see the pictures.

    Returns
    -------
    Picture
    """
    from matplotlib.patches import Rectangle

    x = np.clip(np.atleast_2d(array_of(x, "x")), 0, 1)
    side = round(x.shape[-1] ** 0.5)
    if x.ndim != 2 or not x.size or side * side != x.shape[1]:
        raise ValueError(f"images draws rows of side × side numbers, as 64 = 8 × 8; the shape of these is {x.shape}.")
    if len(captions) and len(captions) != len(x):
        raise ValueError(f"There are {len(x)} pictures and {len(captions)} captions.")
    columns = min(columns, len(x))
    rows = -(-len(x) // columns)
    # In inches: a pixel; a picture with the space around it, across and down.
    pixel = min(0.12, 4.2 / (columns * side * 1.12))
    across, down = side * 1.12, side * 1.12 + (0.18 / pixel if len(captions) else 0)
    axes = new_axes(title, "", "", left=0.1, right=0, bottom=0, width=0.1 + columns * across * pixel,
                    height=0.36 + rows * down * pixel)  # fmt: skip
    axes.set_axis_off()
    width, height = inches(axes)
    axes.set(xlim=(0, width / pixel), ylim=(height / pixel, 0))
    corners = [((n % columns) * across, (n // columns) * down) for n in range(len(x))]
    for (left, up), caption in zip(corners, captions):
        axes.text(left + side / 2, up + side + 0.11 / pixel, str(caption), ha="center", va="center", fontsize=9)
    for left, up in corners:
        axes.add_patch(Rectangle((left, up), side, side, color=COLOURS["grid"], alpha=0.5, lw=0))
    # One line for each level of grey, of that level's opacity: so it follows the page into the dark.
    levels = np.round(x * 16).astype(int).reshape(len(x), side, side)
    for level in range(1, levels.max() + 1):
        strokes = [(left + j + d, up + i + 0.5) for (left, up), grey in zip(corners, levels)
                   for i, j in np.argwhere(grey == level) for d in (0, 1, np.nan)]  # fmt: skip
        if strokes:
            axes.plot(*np.transpose(strokes), color=COLOURS["ink"], alpha=round(level / 16, 2), lw=72 * pixel,
                      solid_capstyle="butt", antialiased=False, clip_on=False)  # fmt: skip
    named = f", captioned {', '.join(str(caption) for caption in captions)}" if len(captions) else ""
    return Picture((panel_of(axes),), sentences(title, alt, f"{counted(len(x), 'picture')} of {side} by {side} pixels{named}"))
