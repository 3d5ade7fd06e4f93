"""Planes: what a model says for every two inputs, how an error rises over every two weights, and arrows there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib
import numpy as np

from .labels import inches, margin_for
from .looks import MARKERS, SERIES, SHAPES, TINTS, looks_of
from .panels import new_axes, panel_of, styled
from .pictures import COLOURS, Picture
from .words import aloud, array_of, counted, expect_names, points_aloud, sentences, window_of


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
    if not lead.max() > 0:
        return
    areas = axes.contourf(across, up, np.reshape(lead, across.shape), levels=[0, np.inf], colors=[colour])
    outlines = [_corners(outline, axes.transData) for area in areas.get_paths() for outline in area.to_polygons()]
    areas.remove()
    whole = matplotlib.path.Path.make_compound_path(*(matplotlib.path.Path(outline, closed=True) for outline in outlines))
    axes.add_patch(matplotlib.patches.PathPatch(whole, color=colour, alpha=alpha, lw=0, zorder=1))


def _corners(outline, to_dots, tolerance: float = 0.1) -> np.ndarray:
    """Leave out the points that a straight line between the others would hit anyway (Douglas & Peucker, 1973)."""

    def kept(first: int, last: int) -> list[int]:
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


_KEY_GAP = 0.52  # inches between the axes and a name in the key, for a piece of the line


@styled
def surface(
    error: Callable,
    *,
    window: tuple[float, float, float, float],
    paths: Mapping[str, Sequence] | None = None,
    title: str = "",
    x: str = "w₁",
    y: str = "w₂",
    alt: str = "",
) -> Picture:
    """Draw an error over two weights as contour lines, and the steps that were taken on it.

    Parameters
    ----------
    error : callable
        From (w₁, w₂), two arrays of one shape, to the error, of that shape.
    window : (left, right, bottom, top)
        The weights that are shown.
    paths : mapping of str to array of shape (steps, 2), optional
        The weights after each step, from the start.
    title, x, y : str, optional
    alt : str, optional
        A sentence for a reader who can't see the picture.

    Returns
    -------
    Picture
    """
    left, right, bottom, top = window_of(window)
    across, up = np.meshgrid(np.linspace(left, right, 61), np.linspace(bottom, top, 61))
    heights = array_of(error(across, up), "What error returns")
    if heights.shape != across.shape:
        raise ValueError(f"error should return one number for each pair of weights, {across.shape}; it returns {heights.shape}.")
    axes = new_axes(title, x, y, width=4.4, height=3.5, right=margin_for(paths or (), _KEY_GAP))
    axes.grid(False)
    axes.set(xlim=(left, right), ylim=(bottom, top))
    seen = heights[np.isfinite(heights)]
    low, high = seen.min(initial=np.inf), seen.max(initial=-np.inf)
    # Levels closer together near the bottom of the valley, where the steps are short.
    if high > low:
        axes.contour(across, up, heights, levels=low + (high - low) * np.linspace(0.02, 1, 14) ** 2,
                     colors=COLOURS["muted"], linewidths=0.8)  # fmt: skip
    said, looks = [f"Contour lines of an error between {aloud(low)} and {aloud(high)} over {x} and {y}"], looks_of(paths or ())
    width, height = inches(axes)
    for index, (label, steps) in enumerate((paths or {}).items()):
        steps = array_of(steps, f"The path {label!r}")
        if steps.ndim != 2 or steps.shape[1] != 2 or not len(steps):
            raise ValueError(f"The path {label!r} should hold pairs of weights, (steps, 2); its shape is {steps.shape}.")
        colour, dash = looks[label]
        line = {"color": colour, "lw": 1.3, "ls": dash, "marker": MARKERS[index % len(MARKERS)], "ms": 4}
        axes.plot(*steps.T, **line)
        # Paths often end in one place: a key names them better than labels at their ends.
        at = 0.95 - 0.2 * index / height
        axes.plot([1 + 0.12 / width, 1 + 0.28 / width, 1 + 0.44 / width], [at] * 3, markevery=[1], clip_on=False,
                  transform=axes.transAxes, **line)  # fmt: skip
        axes.text(1 + _KEY_GAP / width, at, label, color=colour, transform=axes.transAxes, va="center_baseline")
        said.append(f"{label}: {counted(len(steps) - 1, 'step')} from {points_aloud(*steps[0])} to {points_aloud(*steps[-1])}")
    return Picture((panel_of(axes),), sentences(title, alt, *said))


@styled
def arrows(
    vectors: Mapping[str, Sequence[float]],
    *,
    window: tuple[float, float, float, float],
    title: str = "",
    x: str = "w₁",
    y: str = "w₂",
    alt: str = "",
) -> Picture:
    """Draw vectors of the plane as arrows from 0, in one scale, so that angles and lengths are true.

    Parameters
    ----------
    vectors : mapping of str to (x, y)
        What each arrow is called, and where it ends. One that leaves the window is cut off there.
    window : (left, right, bottom, top)
        The part of the plane that is shown; 0 should lie in it.
    title, x, y : str, optional
    alt : str, optional
        A sentence for a reader who can't see the picture.

    Returns
    -------
    Picture
    """
    expect_names(vectors, 'arrows({"gradient": (3, 1)})')
    left, right, bottom, top = window_of(window)
    axes = new_axes(title, x, y, width=4.6, height=3.1, right=margin_for(vectors, _KEY_GAP))
    axes.set(xlim=(left, right), ylim=(bottom, top))
    axes.set_aspect("equal", anchor="W")
    axes.apply_aspect()
    looks, said = looks_of(vectors), []
    width, height = inches(axes)
    for index, (label, vector) in enumerate(vectors.items()):
        end = array_of(vector, f"The arrow {label!r}")
        if end.shape != (2,) or not np.isfinite(end).all():
            raise ValueError(f"The arrow {label!r} should end at a pair of numbers, such as (3, 1); given: {vector}.")
        colour, dash = looks[label]
        # Longer arrows lie below shorter ones, which may point the same way.
        lies = 3 + 1 / (1 + np.hypot(*end))
        axes.plot([0, end[0]], [0, end[1]], color=colour, ls=dash, lw=2, zorder=lies)
        if end.any():
            axes.annotate("", end, xytext=0.999 * end, zorder=lies, annotation_clip=True,
                          arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 2, "shrinkA": 0, "shrinkB": 0})  # fmt: skip
        at = 0.95 - 0.2 * index / height
        axes.plot([1 + 0.12 / width, 1 + 0.44 / width], [at] * 2, color=colour, ls=dash, lw=2, clip_on=False,
                  transform=axes.transAxes)  # fmt: skip
        axes.text(1 + _KEY_GAP / width, at, label, color=colour, transform=axes.transAxes, va="center_baseline")
        degrees = np.degrees(np.arctan2(end[1], end[0]))
        said.append(f"{label}: to {points_aloud(*end)}, of length {aloud(np.hypot(*end))} at {degrees:.0f} degrees")
    return Picture((panel_of(axes),), sentences(title, alt, f"Arrows from 0 in the plane of {x} and {y}", *said))
