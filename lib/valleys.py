"""Valleys: how an error rises over every two weights, vectors of that plane, and where a map moves its points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from .labels import key
from .looks import MARKERS, looks_of
from .panels import new_axes, panel_of, styled
from .pictures import COLOURS, Picture
from .planes import corners
from .words import aloud, array_of, counted, expect_names, points_aloud, sentences, window_of


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
    across, up = np.meshgrid(np.linspace(left, right, 121), np.linspace(bottom, top, 121))
    heights = array_of(error(across, up), "What error returns")
    if heights.shape != across.shape:
        raise ValueError(f"error should return one number for each pair of weights, {across.shape}; it returns {heights.shape}.")
    axes = new_axes(title, x, y, width=4.4, height=3.5)
    axes.grid(False)
    axes.set(xlim=(left, right), ylim=(bottom, top))
    seen = heights[np.isfinite(heights)]
    low, high = seen.min(initial=np.inf), seen.max(initial=-np.inf)
    # Levels closer together near the bottom of the valley, where the steps are short.
    if high > low:
        for line in _contours(axes, across, up, heights, low + (high - low) * np.linspace(0.02, 1, 14) ** 2):
            axes.plot(*corners(line, axes.transData).T, color=COLOURS["muted"], lw=0.8)
    said = [f"Contour lines of an error between {aloud(low)} and {aloud(high)} over {x} and {y}"]
    lines = _walked(axes, paths or {}, said, "weights")
    key(axes, lines)  # paths often end in one place, where names would stand on each other
    return Picture((panel_of(axes),), sentences(title, alt, *said))


def _walked(axes, paths: Mapping[str, Sequence], said: list[str], what: str) -> dict[str, dict]:
    """Draw the steps of each path, say where it leads, and return how each line looks."""
    lines, looks = {}, looks_of(paths)
    for index, (label, steps) in enumerate(paths.items()):
        steps = array_of(steps, f"The path {label!r}")
        if steps.ndim != 2 or steps.shape[1] != 2 or not len(steps):
            raise ValueError(f"The path {label!r} should hold pairs of {what}, (steps, 2); its shape is {steps.shape}.")
        colour, dash = looks[label]
        lines[label] = {"color": colour, "lw": 1.3, "ls": dash, "marker": MARKERS[index % len(MARKERS)], "ms": 4}
        axes.plot(*steps.T, **lines[label])
        said.append(f"{label}: {counted(len(steps) - 1, 'step')} from {points_aloud(*steps[0])} to {points_aloud(*steps[-1])}")
    return lines


def _contours(axes, across, up, heights, levels) -> list[np.ndarray]:
    """The points of each contour line."""
    drawn = axes.contour(across, up, heights, levels=levels)
    drawn.remove()
    lines = []
    for level in drawn.get_paths():
        level.should_simplify = False  # to_polygons would do it in units of the weights
        lines += level.to_polygons(closed_only=False)
    return lines


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
    axes = new_axes(title, x, y, width=4.6, height=3.1)
    axes.set(xlim=(left, right), ylim=(bottom, top))
    axes.set_aspect("equal", anchor="W")
    axes.apply_aspect()
    lines, looks, said = {}, looks_of(vectors), []
    for label, vector in vectors.items():
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
        lines[label] = {"color": colour, "ls": dash, "lw": 2}
        degrees = np.degrees(np.arctan2(end[1], end[0]))
        said.append(f"{label}: to {points_aloud(*end)}, of length {aloud(np.hypot(*end))} at {degrees:.0f} degrees")
    key(axes, lines)
    return Picture((panel_of(axes),), sentences(title, alt, f"Arrows from 0 in the plane of {x} and {y}", *said))


@styled
def flow(
    move: Callable,
    *,
    window: tuple[float, float, float, float],
    paths: Mapping[str, Sequence] | None = None,
    share: float = 0.3,
    title: str = "",
    x: str = "mean",
    y: str = "variance",
    alt: str = "",
) -> Picture:
    """Draw where a map moves the points of a plane, as arrows, and the paths of points that it moves again and again.

    Parameters
    ----------
    move : callable
        From the two numbers of a point to the two numbers of where it comes.
    window : (left, right, bottom, top)
        The part of the plane that is shown; 9 by 7 arrows start in it.
    paths : mapping of str to array of shape (steps, 2), optional
        The points after each step, from the start.
    share : float, optional
        The part of its way that an arrow shows: whole ways would lie on each other.
    title, x, y : str, optional
    alt : str, optional
        A sentence for a reader who can't see the picture.

    Returns
    -------
    Picture
    """
    left, right, bottom, top = window_of(window)
    across, up = np.meshgrid(np.linspace(left, right, 11)[1:-1], np.linspace(bottom, top, 9)[1:-1])
    starts = np.column_stack([across.ravel(), up.ravel()])
    ends = array_of([move(*start) for start in starts], "What move returns")
    if ends.shape != starts.shape or not np.isfinite(ends).all():
        raise ValueError(f"move should return two finite numbers for each point; for {len(starts)} it returns {ends.shape}.")
    if not 0 < share <= 1:
        raise ValueError(f"share, the part of the way that is shown, lies above 0 and up to 1; given: {share!r}.")
    axes = new_axes(title, x, y, width=4.4, height=3.5)
    axes.grid(False)
    axes.set(xlim=(left, right), ylim=(bottom, top))
    axes.quiver(*starts.T, *(share * (ends - starts)).T, angles="xy", scale_units="xy", scale=1, width=0.004,
                headwidth=5, headlength=6, headaxislength=5, minlength=0.6, color=COLOURS["muted"])  # fmt: skip
    nearest = np.hypot(*(ends - starts).T).argmin()
    said = [f"Arrows in the plane of {x} and {y}, each {share:.0%} of the way that a point is moved; the shortest "
            f"starts at {points_aloud(*starts[nearest])}"]  # fmt: skip
    lines = _walked(axes, paths or {}, said, "numbers")
    key(axes, lines)
    return Picture((panel_of(axes),), sentences(title, alt, *said))
