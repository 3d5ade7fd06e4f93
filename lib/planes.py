"""Planes: what a model says for every two inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from .looks import MARKERS, SERIES, SHAPES, TINTS
from .panels import new_axes, panel_of, styled
from .pictures import COLOURS, Picture
from .words import array_of, sentences, window_of


@styled
def regions(
    model: Callable,
    x,
    y,
    *,
    title: str = "",
    threshold: float = 0.5,
    window: tuple[float, float, float, float] | None = None,
    names: tuple[str, str] = ("x₁", "x₂"),
    shades: Sequence[float] = (),
    arrows: Mapping[str, tuple[float, float, float, float]] | None = None,
    alt: str = "",
) -> Picture:
    """Draw which class a model gives to each point of the plane, and the examples on top.

    Parameters
    ----------
    model : callable
        From points of shape (n, 2) to one score a point, (n,) or (n, 1), or to one score
        a class, (n, classes). With one score a point is of class 1 where it is above
        `threshold`; with several the largest wins.
    x : array of shape (n, 2)
        The examples.
    y : array of shape (n,)
        Their classes, whole numbers from 0.
    title : str, optional
    threshold : float, optional
    window : (left, right, bottom, top), optional
        The part of the plane; by default the examples with a margin.
    names : pair of str, optional
        Names of the two inputs.
    shades : sequence of float, optional
        For a model with one score: in place of the two regions the plane gets one shade
        darker above each of these scores.
    arrows : mapping of str to (x, y, dx, dy), optional
        Named arrows from (x, y) to (x + dx, y + dy). Both axes then have one scale, so that
        a right angle looks like one.
    alt : str, optional
        A sentence for a reader who can't see the picture.

    Returns
    -------
    Picture
    """
    x, y = array_of(x, "x"), np.ravel(array_of(y, "y")).astype(int)
    if x.ndim != 2 or x.shape[1] != 2 or len(x) != len(y) or not len(x):
        raise ValueError(f"regions takes points (n, 2) and a class for each, (n,); given: {x.shape} and {y.shape}.")
    if y.min() < 0:
        raise ValueError(f"Classes are whole numbers from 0; among these is {y.min()}.")
    if window is None:
        low, high = x.min(axis=0), x.max(axis=0)
        room = 0.18 * np.maximum(high - low, 0.5)
        (left, bottom), (right, top) = low - room, high + room
    else:
        left, right, bottom, top = window_of(window)
    # The grid avoids the middle and the diagonals of the window, where many a boundary runs:
    # on which side of a jump such a point lies would be a matter of rounding.
    grid = np.arange(82)
    across, up = np.meshgrid(left + (right - left) / 80 * (grid - 0.5), bottom + (top - bottom) / 80 * (grid - 0.25))
    scores = model(np.column_stack([across.ravel(), up.ravel()]))
    leads = _leads(scores, threshold)
    axes = new_axes(title, *names, width=3.8, height=3.35)
    axes.set(xlim=(left, right), ylim=(bottom, top))
    axes.grid(False)
    if len(shades):
        for shade in shades:
            _fill(axes, across, up, np.ravel(scores) - shade, COLOURS["orange"], alpha=round(0.6 / len(shades), 3))
    else:
        axes.patch.set_facecolor(COLOURS[TINTS[0]])  # class 0 owns what no other class does
        for label, lead in enumerate(leads[1:], start=1):
            _fill(axes, across, up, lead, COLOURS[TINTS[label % len(TINTS)]])
    count = max(len(leads), int(y.max(initial=0)) + 1)
    for label in range(count):
        here = x[y == label]
        axes.scatter(*here.T, marker=MARKERS[label % 10], s=36, color=COLOURS[SERIES[label % 10][0]], edgecolor=COLOURS["paper"],
                     lw=0.6, zorder=3)  # fmt: skip
    for name, (tail, foot, dx, dy) in (arrows or {}).items():
        axes.set_aspect("equal", anchor="W")
        axes.apply_aspect()
        ends = {"xy": (tail + dx, foot + dy)}  # outside of the window neither arrow nor name is drawn
        axes.annotate("", xytext=(tail, foot), **ends, zorder=4,
                      arrowprops={"arrowstyle": "-|>", "color": COLOURS["ink"], "lw": 1.6, "shrinkA": 0, "shrinkB": 0})  # fmt: skip
        tip = axes.transData.transform(ends["xy"])
        beyond = tip + np.array([dx, dy]) * 9 / (np.hypot(dx, dy) or 1)
        inside = np.clip(beyond, axes.bbox.min + 9, axes.bbox.max - 9)
        axes.annotate(name, xytext=inside - tip, **ends, textcoords="offset points", ha="center", va="center", zorder=4,
                      bbox={"boxstyle": "round,pad=0.15", "fc": COLOURS["paper"], "alpha": 0.8, "lw": 0})  # fmt: skip
    right_answers = int((np.argmax(_leads(model(x), threshold), axis=0) == y).sum())
    said = f"{right_answers} of {len(y)} examples lie in the region of their own class"
    kinds = ", ".join(f"class {c}: {int((y == c).sum())} {SHAPES[c % 10]}" for c in range(count))
    return Picture((panel_of(axes),), sentences(title, alt, f"The plane of {names[0]} and {names[1]}; {kinds}", said))


def _fill(axes, across, up, lead, colour: str, alpha: float = 1) -> None:
    """Fill the part of the plane where `lead` is above 0; its outline has no more points than it takes."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not lead.max() > 0:
        return
    areas = axes.contourf(across, up, np.reshape(lead, across.shape), levels=[0, np.inf], colors=[colour])
    outlines = [corners(outline, axes.transData) for area in areas.get_paths() for outline in area.to_polygons()]
    areas.remove()
    whole = Path.make_compound_path(*(Path(outline, closed=True) for outline in outlines))
    axes.add_patch(PathPatch(whole, color=colour, alpha=alpha, lw=0, zorder=1))


def corners(outline, to_dots, tolerance: float = 0.1) -> np.ndarray:
    """Leave out the points that a straight line between the others would hit anyway (Douglas & Peucker, 1973)."""

    def kept(first: int, last: int) -> list[int]:
        if last - first < 2:  # nothing lies between them
            return [first]
        chord, away = dots[last] - dots[first], dots[first : last + 1] - dots[first]
        length = np.hypot(*chord)
        distance = abs(chord[0] * away[:, 1] - chord[1] * away[:, 0]) / length if length > tolerance else np.hypot(*away.T)
        middle = first + int(distance.argmax())
        return kept(first, middle) + kept(middle, last) if distance.max() > tolerance else [first]

    dots = to_dots.transform(outline)
    return outline[[*kept(0, len(outline) - 1), -1]]


def _leads(scores, threshold: float) -> list[np.ndarray]:
    """How far each class is ahead of all others, from the scores of a model, one array a class."""
    scores = np.asarray(scores, float)
    if scores.ndim < 2 or scores.shape[1] == 1:
        return [threshold - scores.ravel(), scores.ravel() - threshold]
    others = [np.delete(scores, label, axis=1).max(axis=1) for label in range(scores.shape[1])]
    return [scores[:, label] - other for label, other in enumerate(others)]
