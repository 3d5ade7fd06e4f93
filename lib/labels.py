"""Labels: names of lines and points, written where they belong and meet no other name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from .panels import text_width

LABEL_GAP = 0.17  # inches between the axes and a label in the margin


def spread_apart(heights, gap: float, low: float, high: float) -> np.ndarray:
    """Move label heights as little as possible until no two are closer than `gap`.

    Less its rank times the gap, a height must not fall: where some do, they share their
    mean (the pool adjacent violators algorithm of isotonic regression).
    """
    order = np.argsort(heights, kind="stable")
    steps = np.arange(len(order)) * min(gap, (high - low) / max(1, len(order) - 1))
    pools: list[tuple[float, int]] = []  # mean, and how many share it
    for height in np.asarray(heights, float)[order] - steps:
        pools.append((height, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, m), (b, n) = pools.pop(), pools.pop()
            pools.append(((a * m + b * n) / (m + n), m + n))
    shared = np.concatenate([np.full(count, mean) for mean, count in pools])
    placed = np.empty(len(order))
    placed[order] = np.clip(shared, low, high - steps[-1]) + steps
    return placed


def inches(axes) -> tuple[float, float]:
    """Width and height of the axes in inches."""
    box, (width, height) = axes.get_position(), axes.figure.get_size_inches()
    return box.width * width, box.height * height


def end_labels(axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Write each line's name in the right margin, at the height where the line ends.

    `ends` holds (x, y, label, colour) in data coordinates. A label that had to move to
    make room is joined to its line by a thin leader.
    """
    if not ends:
        return
    to_axes = axes.transData + axes.transAxes.inverted()
    points = to_axes.transform([(x, y) for x, y, _, _ in ends])
    width, height = inches(axes)
    gap = 12.5 / 72 / height
    heights = spread_apart(points[:, 1], gap, 0.02, 0.98)
    for (x, y), place, (_, _, label, colour) in zip(points, heights, ends, strict=True):
        if abs(place - y) > 0.35 * gap or x < 0.97:
            leader = ([x + 0.03 / width, 1 + 0.14 / width], [y, place])
            axes.plot(*leader, transform=axes.transAxes, color=colour, lw=0.7, clip_on=False)
        axes.text(1 + LABEL_GAP / width, place, label, transform=axes.transAxes, color=colour, va="center_baseline")


def margin_for(labels) -> float:
    """Inches that the longest label needs to the right of the axes."""
    # A number in it may change from frame to frame (ELU(0.9), ELU(1)): the axes should not.
    steady = [re.sub(r"[-−]?\d+(\.\d+)?", lambda number: max(number[0], "0.00", key=len), str(label)) for label in labels]
    return LABEL_GAP + 0.08 + max((text_width(label, 10) for label in steady), default=0)


def name_points(axes, named: Sequence[tuple[float, float, str, str]]) -> None:
    """Write names next to points, each on the first side where it stays inside and meets no other name.

    `named` holds (x, y, name, colour) in data coordinates.
    """
    width, height = inches(axes)
    taken: list[tuple[float, float, float]] = []  # left, bottom and length of each name
    for x, y, name, colour in named:
        across, up = (axes.transData + axes.transAxes.inverted()).transform((x, y)) * (width, height)
        if not (-0.01 <= across <= width + 0.01 and -0.01 <= up <= height + 0.01):
            continue
        long, high = text_width(name, 10), 0.17
        places = {
            ("left" if after else "right", "bottom" if above else "top"):
            (across + (0.08 if after else -0.08 - long), up + (0.06 if above else -0.06 - high))
            for above in (True, False) for after in (True, False)
        }  # fmt: skip

        def fits(side, places=places, long=long, high=high):
            left, bottom = places[side]
            inside = left >= 0 and left + long <= width + 0.15 and 0 <= bottom <= height - high
            apart = all(left > a + n or a > left + long or abs(bottom - b) > high for a, b, n in taken)
            return inside, apart

        ha, va = max(places, key=fits)
        taken.append((*places[ha, va], long))
        offset = (6 if ha == "left" else -6, 4 if va == "bottom" else -4)
        axes.annotate(name, (x, y), xytext=offset, textcoords="offset points", ha=ha, va=va, color=colour)


def key(axes, lines: Mapping[str, Mapping]) -> None:
    """Name lines over the axes, each beside a piece of it, as many in a row as there is room for.

    `lines` holds how each line looks, as matplotlib's keywords. The figure gets taller; the axes
    keep their size, and a narrow page its room.
    """
    (wide, high), box = axes.figure.get_size_inches(), axes.get_position()
    left, row, places = box.x0 * wide, 0, []
    for label in lines:
        long = 0.42 + text_width(label, 10)
        if places and left + long > wide:
            left, row = box.x0 * wide, row + 1
        places.append((left, row))
        left += long + 0.15
    taller = high + 0.22 * (row + 1) * bool(places)
    axes.figure.set_size_inches(wide, taller)
    axes.set_position((box.x0, box.y0 * high / taller, box.width, box.height * high / taller))
    for (left, row), (label, line) in zip(places, lines.items()):
        at = {"transform": axes.figure.dpi_scale_trans, "clip_on": False}  # inches, from the bottom left
        height = box.y1 * high + 0.12 + 0.22 * (places[-1][1] - row)
        axes.plot([left, left + 0.16, left + 0.32], [height] * 3, markevery=[1], **at, **line)
        axes.text(left + 0.4, height, label, color=line["color"], va="center_baseline", **at)
