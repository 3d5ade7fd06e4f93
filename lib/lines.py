"""Lines: curves in one pair of axes, each with its name at its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from .labels import end_labels, margin_for, name_points
from .looks import MARKERS, look, looks_of
from .panels import new_axes, panel_of, styled
from .pictures import COLOURS, Picture
from .words import aloud, expect_names, points_aloud, same_length, sentences, short, window_of


@styled
def curves(
    lines: Mapping[str, tuple],
    *,
    title: str = "",
    x: str = "x",
    y: str = "",
    window: tuple[float, float, float, float] | None = None,
    logx: bool = False,
    logy: bool = False,
    points: Mapping[str, tuple] | None = None,
    marks: Mapping[str, float] | None = None,
    alt: str = "",
) -> Picture:
    """Draw labelled lines in one pair of axes.

    Parameters
    ----------
    lines : mapping of str to (x, y) or (x, y, low, high)
        What each line is called, and its points: arrays of one length. With `low` and
        `high` a band is drawn as well. An activation's name gets its colour of the book.
    title : str
        What the picture shows, as a finding.
    x, y : str
        Names of the axes, with units where they have one.
    window : (left, right, bottom, top), optional
        The part of the plane that is shown; by default all of it.
    logx, logy : bool
        Logarithmic axes.
    points : mapping of str to (x, y), optional
        Points to mark and name, each group with its own marker; under "" they get no name.
    marks : mapping of str to float, optional
        Heights at which a thin level line is drawn, named at its left end.
    alt : str, optional
        A sentence for a reader who can't see the picture, before the computed ones.

    Returns
    -------
    Picture
    """
    expect_names(lines, 'curves({"sigmoid": (x, y)})')
    axes = new_axes(title, x, y, right=margin_for(lines))
    if logx:
        axes.set_xscale("log")
    if logy:
        axes.set_yscale("log")
    drawn, said, looks = [], [], looks_of(lines)
    for label, line in lines.items():
        if not isinstance(line, (tuple, list)) or len(line) not in (2, 4):
            raise TypeError(f"The line {label!r} should be (x, y) or (x, y, low, high); given: {short(line)}.")
        xs, ys = same_length(*line[:2], f"the line {label!r}")
        colour, dash = looks[label]
        axes.plot(xs, ys, color=colour, ls=dash)
        for edge in line[2:]:
            same_length(xs, edge, f"the band of {label!r}")
        if line[2:]:
            axes.fill_between(xs, *np.asarray(line[2:], float), color=colour, alpha=0.15, lw=0)
        drawn.append((label, xs, ys, colour))
        said.append(_curve_said(label, xs, ys, x))
    marked = []
    for index, (label, pair) in enumerate((points or {}).items()):
        xs, ys = same_length(*pair, f"the points {label!r}")
        colour = COLOURS["ink"] if index == 0 else look(label, index)[0]
        axes.scatter(xs, ys, marker=MARKERS[index % len(MARKERS)], s=34, color=colour, zorder=3, lw=0)
        marked += [(xs[-1], ys[-1], label, colour)] if len(xs) and label else []
        said.append(f"{label or 'Marked'}: {points_aloud(xs, ys)}")
    for label, height in (marks or {}).items():
        axes.axhline(height, color=COLOURS["muted"], lw=1, ls=(0, (2, 2)))
        said.append(f"A level line marks {label} at {aloud(height)}")
    if window is not None:
        left, right, bottom, top = window_of(window)
    else:
        axes.margins(x=0.02)
        left, right, bottom, top = *axes.get_xlim(), *axes.get_ylim()
    # From here on the limits stand still: names look for the ends of lines.
    axes.set(xlim=(left, right), ylim=(bottom, top))
    if not logx and all((xs == np.round(xs)).all() for _, xs, _, _ in drawn):
        axes.locator_params(axis="x", integer=True)  # epochs, layers: things that are counted
    levels = [(left, height, name, COLOURS["label"]) for name, height in (marks or {}).items()]
    name_points(axes, marked + levels)
    ends = []
    for label, xs, ys, colour in drawn:
        seen = (xs >= left) & (xs <= right) & (ys >= bottom) & (ys <= top)
        if seen.any():
            last = np.flatnonzero(seen)[-1]
            ends.append((xs[last], ys[last], label, colour))
    end_labels(axes, ends)
    where = f"{y} against {x}" if y else f"Curves over {x}"
    return Picture((panel_of(axes),), sentences(title, alt, where, *said))


def _curve_said(label: str, xs, ys, x: str) -> str:
    shown = np.isfinite(ys)
    if not shown.any():
        return f"{label}: no values"
    xs, ys, x = xs[shown], ys[shown], x.split(" (")[0]
    text = f"{label}: from {aloud(ys[0])} at {x} {aloud(xs[0])} to {aloud(ys[-1])} at {aloud(xs[-1])}"
    low, high = ys.min(), ys.max()
    # An extreme that reads like an end says nothing; where on a plateau it lies is the processor's choice.
    if aloud(low) != aloud(min(ys[0], ys[-1])):
        text += f", lowest {aloud(low)} at {aloud(xs[ys.argmin()])}"
    if aloud(high) != aloud(max(ys[0], ys[-1])):
        text += f", highest {aloud(high)} at {aloud(xs[ys.argmax()])}"
    return text


def sampled(function: Callable, left: float, right: float, kinks: Sequence[float] = (), most: int = 321):
    """Points of a function over [left, right], cut where it has a kink so that a jump stays a gap."""
    edges = [left, *(kink for kink in kinks if left < kink < right), right]
    xs, ys = [], []
    for a, b in zip(edges, edges[1:]):
        # Both ends of a piece are its limits from inside, not the value chosen at the kink.
        piece = np.linspace(a, b, max(2, int(most * (b - a) / (right - left))))
        inside = piece.copy()
        inside[0], inside[-1] = np.nextafter(a, b), np.nextafter(b, a)
        xs += [piece, [b]]
        ys += [function(inside), [np.nan]]
    return np.concatenate(xs), np.concatenate(ys)
