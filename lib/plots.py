"""Figures: every function here returns a `Picture`; none draws behind your back.

Jupyter shows the last value of a cell; `beside(a, b)` puts two pictures next to each
other; `explore` turns a function that returns a picture into a figure that moves.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence

import matplotlib
import numpy as np

from .activations import Activation
from .networks import Network
from .panels import name_ticks, new_axes, panel_of, styled, text_width
from .pictures import COLOURS, Picture, beside
from .training import History

# One colour and one dash for one activation, the same in the whole book.
_LOOKS = {
    "slope": ("slate", (0, (4, 1.5))), "step": ("slate", (0, (1, 1.2))), "identity": ("slate", "-"),
    "sigmoid": ("red", "-"), "hard sigmoid": ("red", (0, (2, 1))),
    "tanh": ("blue", (0, (6, 1.5))), "hard tanh": ("blue", (0, (2, 1))),
    "ReLU": ("green", "-"), "ReLU6": ("green", (0, (3, 1.5))),
    "leaky ReLU": ("olive", (0, (4, 1.5))), "PReLU": ("olive", (0, (2, 1))),
    "ELU": ("purple", (0, (5, 1.5, 1, 1.5))), "CELU": ("magenta", (0, (3, 1.5))), "SELU": ("magenta", "-"),
    "softplus": ("teal", (0, (1, 1))), "GELU": ("orange", "-"), "GELU by tanh": ("brown", (0, (2, 1.5))),
    "SiLU": ("teal", (0, (7, 2))), "swish": ("teal", (0, (3, 1))), "hard swish": ("teal", (0, (4, 1, 1, 1))),
    "Mish": ("brown", (0, (6, 1.5, 1, 1.5))),
}  # fmt: skip
_SERIES = [
    ("blue", "-"), ("orange", (0, (6, 1.5))), ("green", (0, (2, 1.2))), ("purple", (0, (5, 1.5, 1, 1.5))),
    ("red", (0, (1, 1))), ("teal", (0, (8, 2))), ("brown", (0, (3, 1.5))), ("magenta", (0, (4, 1, 1, 1, 1, 1))),
    ("olive", "-"), ("slate", (0, (6, 1.5))),
]  # fmt: skip
_MARKERS = "osD^vPX*hp"
_TINTS = ["tint-blue", "tint-orange", "tint-green", "tint-purple"]


# --- what a reader gave -------------------------------------------------------------------


def _array(value, what: str) -> np.ndarray:
    try:
        return np.asarray(value, float)
    except (TypeError, ValueError):
        raise TypeError(f"{what} should be numbers; given: {_short(value)}.") from None


def _named(things, example: str) -> None:
    if not isinstance(things, Mapping):
        raise TypeError(f"Write names and what they stand for, as in {example}; given: {_short(things)}.")
    if not things:
        raise ValueError(f"There is nothing to draw. Write names and what they stand for, as in {example}.")


def _short(value) -> str:
    text = f"a {type(value).__name__}, {value!r}"
    return text if len(text) < 80 else text[:77] + "..."


def _same_length(xs, ys, what: str) -> tuple[np.ndarray, np.ndarray]:
    xs, ys = np.ravel(_array(xs, f"x of {what}")), np.ravel(_array(ys, f"y of {what}"))
    if len(xs) != len(ys):
        raise ValueError(f"x and y of {what} should be of one length; they are of {len(xs)} and {len(ys)}.")
    return xs, ys


def _window_of(window) -> tuple[float, ...]:
    sides = tuple(np.ravel(_array(window, "window")).tolist())
    if len(sides) != 4 or not (sides[0] < sides[1] and sides[2] < sides[3]):
        raise ValueError(f"window is (left, right, bottom, top), left below right, bottom below top; given: {window}.")
    return sides


# --- words and marks shared by the figures -----------------------------------------------


def _said(value: float) -> str:
    """A number as one reads it aloud: three digits, a real minus sign."""
    if not np.isfinite(value):
        return "nothing" if np.isnan(value) else "infinity" if value > 0 else "−infinity"
    text = f"{value + 0.0:.3g}"  # adding 0 turns -0 into 0
    return re.sub(r"e([+-])0*", lambda power: "e" + power[1].strip("+"), text).replace("-", "−")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _sentence(*parts: str) -> str:
    return " ".join(part if part[-1] in ".!?" else part + "." for part in map(str.strip, parts) if part)


def _look(label: str, index: int) -> tuple[str, object]:
    """The colour and dash of a line: its activation's own, or the next of the series."""
    name, dash = _LOOKS.get(str(label).split("(")[0].strip(), _SERIES[index % len(_SERIES)])
    return COLOURS[name], dash


def _looks(labels) -> dict[str, tuple[str, object]]:
    """A look for each label: members of one family share its colour, but no dash."""
    looks: dict[str, tuple[str, object]] = {}
    for index, label in enumerate(labels):
        colour, dash = _look(label, index)
        free = [other for other in (dash, *(d for _, d in _SERIES)) if (colour, other) not in looks.values()]
        looks[label] = (colour, free[0] if free else dash)
    return looks


def _spread_apart(heights, gap: float, low: float, high: float) -> np.ndarray:
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


def _inches(axes) -> tuple[float, float]:
    box, (width, height) = axes.get_position(), axes.figure.get_size_inches()
    return box.width * width, box.height * height


def _end_labels(axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Write each line's name in the right margin, at the height where the line ends.

    `ends` holds (x, y, label, colour) in data coordinates. A label that had to move to
    make room is joined to its line by a thin leader.
    """
    if not ends:
        return
    to_axes = axes.transData + axes.transAxes.inverted()
    points = to_axes.transform([(x, y) for x, y, _, _ in ends])
    width, height = _inches(axes)
    gap = 12.5 / 72 / height
    heights = _spread_apart(points[:, 1], gap, 0.02, 0.98)
    for (x, y), place, (_, _, label, colour) in zip(points, heights, ends, strict=True):
        if abs(place - y) > 0.35 * gap or x < 0.97:
            leader = ([x + 0.03 / width, 1 + 0.14 / width], [y, place])
            axes.plot(*leader, transform=axes.transAxes, color=colour, lw=0.7, clip_on=False)
        axes.text(1 + _LABEL_GAP / width, place, label, transform=axes.transAxes, color=colour, va="center_baseline")


_LABEL_GAP = 0.17  # inches between the axes and a label in the margin


def _margin_for(labels, gap: float = _LABEL_GAP) -> float:
    """Inches that the longest label needs to the right of the axes."""
    # A number in it may change from frame to frame (ELU(0.9), ELU(1)): the axes should not.
    steady = [re.sub(r"[-−]?\d+(\.\d+)?", lambda number: max(number[0], "0.00", key=len), str(label)) for label in labels]
    return gap + 0.08 + max((text_width(label, 10) for label in steady), default=0)


def _name_points(axes, named: Sequence[tuple[float, float, str, str]]) -> None:
    """Write names next to points, each on the first side where it stays inside and meets no other name.

    `named` holds (x, y, name, colour) in data coordinates.
    """
    width, height = _inches(axes)
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


# --- curves ------------------------------------------------------------------------------


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
    _named(lines, 'curves({"sigmoid": (x, y)})')
    axes = new_axes(title, x, y, right=_margin_for(lines))
    if logx:
        axes.set_xscale("log")
    if logy:
        axes.set_yscale("log")
    drawn, said, looks = [], [], _looks(lines)
    for label, line in lines.items():
        if not isinstance(line, (tuple, list)) or len(line) not in (2, 4):
            raise TypeError(f"The line {label!r} should be (x, y) or (x, y, low, high); given: {_short(line)}.")
        xs, ys = _same_length(*line[:2], f"the line {label!r}")
        colour, dash = looks[label]
        axes.plot(xs, ys, color=colour, ls=dash)
        for edge in line[2:]:
            _same_length(xs, edge, f"the band of {label!r}")
        if line[2:]:
            axes.fill_between(xs, *np.asarray(line[2:], float), color=colour, alpha=0.15, lw=0)
        drawn.append((label, xs, ys, colour))
        said.append(_curve_said(label, xs, ys, x))
    marked = []
    for index, (label, pair) in enumerate((points or {}).items()):
        xs, ys = _same_length(*pair, f"the points {label!r}")
        colour = COLOURS["ink"] if index == 0 else _look(label, index)[0]
        axes.scatter(xs, ys, marker=_MARKERS[index % len(_MARKERS)], s=34, color=colour, zorder=3, lw=0)
        marked += [(xs[-1], ys[-1], label, colour)] if len(xs) and label else []
        said.append(f"{label or 'Marked'}: {_points_said(xs, ys)}")
    for label, height in (marks or {}).items():
        axes.axhline(height, color=COLOURS["muted"], lw=1, ls=(0, (2, 2)))
        said.append(f"A level line marks {label} at {_said(height)}")
    if window is not None:
        left, right, bottom, top = _window_of(window)
    else:
        axes.margins(x=0.02)
        left, right, bottom, top = *axes.get_xlim(), *axes.get_ylim()
    # From here on the limits stand still: names look for the ends of lines.
    axes.set(xlim=(left, right), ylim=(bottom, top))
    if not logx and all((xs == np.round(xs)).all() for _, xs, _, _ in drawn):
        axes.locator_params(axis="x", integer=True)  # epochs, layers: things that are counted
    levels = [(left, height, name, COLOURS["label"]) for name, height in (marks or {}).items()]
    _name_points(axes, marked + levels)
    ends = []
    for label, xs, ys, colour in drawn:
        seen = (xs >= left) & (xs <= right) & (ys >= bottom) & (ys <= top)
        if seen.any():
            last = np.flatnonzero(seen)[-1]
            ends.append((xs[last], ys[last], label, colour))
    _end_labels(axes, ends)
    where = f"{y} against {x}" if y else f"Curves over {x}"
    return Picture((panel_of(axes),), _sentence(title, alt, where, *said))


def _curve_said(label: str, xs, ys, x: str) -> str:
    shown = np.isfinite(ys)
    if not shown.any():
        return f"{label}: no values"
    xs, ys, x = xs[shown], ys[shown], x.split(" (")[0]
    text = f"{label}: from {_said(ys[0])} at {x} {_said(xs[0])} to {_said(ys[-1])} at {_said(xs[-1])}"
    low, high = ys.min(), ys.max()
    # An extreme that reads like an end says nothing; where on a plateau it lies is the processor's choice.
    if _said(low) != _said(min(ys[0], ys[-1])):
        text += f", lowest {_said(low)} at {_said(xs[ys.argmin()])}"
    if _said(high) != _said(max(ys[0], ys[-1])):
        text += f", highest {_said(high)} at {_said(xs[ys.argmax()])}"
    return text


def _points_said(xs, ys) -> str:
    pairs = [f"({_said(a)}, {_said(b)})" for a, b in zip(np.ravel(xs), np.ravel(ys))]
    return ", ".join(pairs) if len(pairs) <= 4 else f"{len(pairs)} points"


# --- plot: one verb for the things of the course ------------------------------------------


@functools.singledispatch
def plot(thing, **options) -> Picture:
    """Draw an activation, several activations, a training history, or a network.

    Parameters
    ----------
    thing : Activation, sequence of Activation, History, Network, or Picture
        What to draw. A picture is returned as it is.
    **options
        `title`, and for activations `window`: (left, right, bottom, top).

    Returns
    -------
    Picture

    Raises
    ------
    TypeError
        If there is no picture for such a thing.

    Examples
    --------
    >>> plot(sigmoid)          # the function and its slope
    >>> plot([sigmoid, tanh])  # functions on the left, slopes on the right
    """
    raise TypeError(
        f"plot draws an Activation, a list of them, a History or a Network; this is a {type(thing).__name__}. "
        "For arrays use curves, heatmap, regions or images."
    )


@plot.register
def _(thing: Picture) -> Picture:
    return thing


def _sampled(activation: Activation, function: Callable, left: float, right: float):
    """Points of a function over [left, right], cut where it has a kink so that a jump stays a gap."""
    kinks = [k for k in activation.kinks if left < k < right]
    edges = [left, *kinks, right]
    xs, ys = [], []
    for a, b in zip(edges, edges[1:]):
        # Both ends of a piece are its limits from inside, not the value chosen at the kink.
        piece = np.linspace(a, b, max(2, int(321 * (b - a) / (right - left))))
        inside = piece.copy()
        inside[0], inside[-1] = np.nextafter(a, b), np.nextafter(b, a)
        xs += [piece, [b]]
        ys += [function(inside), [np.nan]]
    return np.concatenate(xs), np.concatenate(ys)


def _window(activations: Sequence[Activation]) -> tuple[float, float, float, float]:
    bounded = all(np.isfinite(activation.range).all() for activation in activations)
    if not bounded:
        return (-5, 5, -2, 5.1)
    low = min(activation.range[0] for activation in activations)
    high = max(activation.range[1] for activation in activations)
    room = 0.06 * (high - low)
    return (-6, 6, low - room, high + room)


@plot.register
def _(thing: Activation, *, title: str = "", window=None) -> Picture:
    window = window or _window([thing])
    lines = {
        thing.name: _sampled(thing, thing.function, *window[:2]),
        "slope": _sampled(thing, thing.derivative, *window[:2]),
    }
    return curves(lines, title=title or f"{thing.name} and its slope", window=window)


@plot.register(list)
@plot.register(tuple)
def _(thing, *, title: str = "", window=None, slopes=None) -> Picture:
    if not thing or not all(isinstance(activation, Activation) for activation in thing):
        raise TypeError("plot takes a list of activations, as in plot([sigmoid, tanh]); this list holds something else.")
    window = window or _window(thing)
    functions = {a.name: _sampled(a, a.function, *window[:2]) for a in thing}
    derivatives = {a.name: _sampled(a, a.derivative, *window[:2]) for a in thing}
    return beside(
        curves(functions, title=title or "Functions", window=window),
        curves(derivatives, title="Their slopes", window=slopes and (*window[:2], *slopes)),
    )


@plot.register
def _(thing: History, *, title: str = "") -> Picture:
    def lines(train, test):
        return {name: (np.arange(len(ys)), ys) for name, ys in [("training", train), ("held out", test)] if len(ys)}

    panels = [curves(lines(thing.loss, thing.test_loss), title=title or "Loss", x="epoch", y="loss")]
    if thing.accuracy:
        accuracy = lines(thing.accuracy, thing.test_accuracy)
        window = (0, len(thing.accuracy) - 1, 0, 1.02)
        panels.append(curves(accuracy, title="Share of right answers", x="epoch", y="accuracy", window=window))
    return beside(*panels)


@plot.register
def _(thing: Network, *, title: str = "") -> Picture:
    sizes = [layer.weights.shape[0] for layer in thing.layers] + [thing.layers[-1].weights.shape[1]]
    return diagram(sizes, names=[layer.activation.name for layer in thing.layers], title=title)


# --- named figures -----------------------------------------------------------------------


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
    layers = [_counted(sizes[0], "input")]
    for layer, size in enumerate(sizes[1:]):
        layers.append(_counted(size, "unit") + (f" ({names[layer]})" if names else ""))
    said = f"A network diagram: {', then '.join(layers)}, each layer fully joined to the next"
    return Picture((panel_of(axes),), _sentence(title, said))


def _column(size: int, most: int) -> np.ndarray:
    """The heights of a column's units in inches; one that is too long has a gap in the middle."""
    shown = min(size, most)
    heights = 0.27 * (np.arange(shown)[::-1] - (shown - 1) / 2)
    return heights + 0.15 * np.sign(heights) * (size > most)


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
    x, y = _array(x, "x"), np.ravel(_array(y, "y")).astype(int)
    if x.ndim != 2 or x.shape[1] != 2 or len(x) != len(y) or not len(x):
        raise ValueError(f"regions takes points (n, 2) and a class for each, (n,); given: {x.shape} and {y.shape}.")
    if y.min() < 0:
        raise ValueError(f"Classes are whole numbers from 0; among these is {y.min()}.")
    if window is None:
        low, high = x.min(axis=0), x.max(axis=0)
        room = 0.18 * np.maximum(high - low, 0.5)
        (left, bottom), (right, top) = low - room, high + room
    else:
        left, right, bottom, top = _window_of(window)
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
        axes.patch.set_facecolor(COLOURS[_TINTS[0]])  # class 0 owns what no other class does
        for label, lead in enumerate(leads[1:], start=1):
            _fill(axes, across, up, lead, COLOURS[_TINTS[label % len(_TINTS)]])
    count = max(len(leads), int(y.max(initial=0)) + 1)
    for label in range(count):
        here = x[y == label]
        axes.scatter(*here.T, marker=_MARKERS[label % 10], s=36, color=COLOURS[_SERIES[label % 10][0]], edgecolor=COLOURS["paper"],
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
    kinds = ", ".join(f"class {c}: {int((y == c).sum())} {_SHAPES[c % 10]}" for c in range(count))
    return Picture((panel_of(axes),), _sentence(title, alt, f"The plane of {names[0]} and {names[1]}; {kinds}", said))


_SHAPES = ["circles", "squares", "diamonds", "triangles", "triangles pointing down", "plus signs", "crosses", "stars",
           "hexagons", "pentagons"]  # fmt: skip


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


@styled
def heatmap(
    table,
    *,
    rows: Sequence = (),
    columns: Sequence = (),
    title: str = "",
    x: str = "",
    y: str = "",
    form: str = "{:g}",
    numbers: bool = True,
    alt: str = "",
) -> Picture:
    """Draw a table of numbers as tiles, darker for more, each with its number.

    Parameters
    ----------
    table : array of shape (rows, columns)
        The numbers, none of them negative; nan leaves a tile empty.
    rows, columns : sequence, optional
        What stands at each row and column.
    title, x, y : str, optional
        The finding, and the names of the axes.
    form : str, optional
        How a number is written, as for `str.format`.
    numbers : bool, optional
        Leave the numbers out where tiles are too many to hold them.
    alt : str, optional
        A sentence for a reader who can't see the picture.

    Returns
    -------
    Picture
    """
    table = _array(table, "table")
    if table.ndim != 2 or not table.size:
        raise ValueError(f"heatmap draws a table with rows and columns; the shape of this is {table.shape}.")
    if np.isinf(table).any() or np.nanmin(table, initial=0) < 0:
        raise ValueError(f"heatmap draws amounts: numbers from 0 on; in this table stands {_said(np.nanmin(table))}.")
    height, width = table.shape
    rows, columns = _labels(rows, height, "rows"), _labels(columns, width, "columns")
    texts = {(i, j): form.format(value) for (i, j), value in np.ndenumerate(table) if not np.isnan(value)}
    tile = max(0.4, 0.12 + max((text_width(text, 9) for text in (*texts.values(), *columns)), default=0))
    margin = 0.32 + 0.3 * bool(y) + max(text_width(row, 10) for row in rows)
    axes = new_axes(title, x, y, left=margin, right=0.1, width=margin + 0.1 + tile * width, height=0.9 + 0.34 * height)
    axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
    axes.grid(False)
    axes.spines[:].set_visible(False)
    name_ticks(axes.xaxis, columns)
    name_ticks(axes.yaxis, rows)
    top = np.nanmax(table, initial=0) or 1.0
    for (i, j), value in np.ndenumerate(table):
        share = 0.0 if np.isnan(value) else round(float(value / top), 2)
        # No tile is darker than what ink on it, in light and in dark mode, still stands out from.
        axes.add_patch(_tile(j, i, COLOURS["blue"], 0.04 + 0.46 * share))
        if numbers and (i, j) in texts:
            axes.text(j, i, texts[i, j], ha="center", va="center_baseline", fontsize=9)
    said = f"A table of {_counted(height, 'row')} and {_counted(width, 'column')}"
    if texts:
        i, j = np.unravel_index(np.nanargmax(table), table.shape)
        said += f"; its largest number is {texts[i, j]}, at {y or 'row'} {rows[i]}, {x or 'column'} {columns[j]}"
    return Picture((panel_of(axes),), _sentence(title, alt, said))


def _labels(given, count: int, what: str) -> list[str]:
    if len(given) and len(given) != count:
        raise ValueError(f"This table has {count} {what}, and {len(given)} names for them.")
    return [str(name) for name in (given if len(given) else range(count))]


def _tile(x: float, y: float, colour: str, opacity: float, side: float = 0.94):
    return matplotlib.patches.Rectangle((x - side / 2, y - side / 2), side, side, color=colour, alpha=opacity, lw=0, clip_on=False)


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
    x = np.clip(np.atleast_2d(_array(x, "x")), 0, 1)
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
    width, height = _inches(axes)
    axes.set(xlim=(0, width / pixel), ylim=(height / pixel, 0))
    corners = [((n % columns) * across, (n // columns) * down) for n in range(len(x))]
    for (left, up), caption in zip(corners, captions):
        axes.text(left + side / 2, up + side + 0.11 / pixel, str(caption), ha="center", va="center", fontsize=9)
    for left, up in corners:
        axes.add_patch(matplotlib.patches.Rectangle((left, up), side, side, color=COLOURS["grid"], alpha=0.5, lw=0))
    # One line for each level of grey, of that level's opacity: so it follows the page into the dark.
    levels = np.round(x * 16).astype(int).reshape(len(x), side, side)
    for level in range(1, levels.max() + 1):
        strokes = [(left + j + d, up + i + 0.5) for (left, up), grey in zip(corners, levels)
                   for i, j in np.argwhere(grey == level) for d in (0, 1, np.nan)]  # fmt: skip
        if strokes:
            axes.plot(*np.transpose(strokes), color=COLOURS["ink"], alpha=round(level / 16, 2), lw=72 * pixel,
                      solid_capstyle="butt", antialiased=False, clip_on=False)  # fmt: skip
    named = f", captioned {', '.join(str(caption) for caption in captions)}" if len(captions) else ""
    return Picture((panel_of(axes),), _sentence(title, alt, f"{_counted(len(x), 'picture')} of {side} by {side} pixels{named}"))


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
    left, right, bottom, top = _window_of(window)
    across, up = np.meshgrid(np.linspace(left, right, 61), np.linspace(bottom, top, 61))
    heights = _array(error(across, up), "What error returns")
    if heights.shape != across.shape:
        raise ValueError(f"error should return one number for each pair of weights, {across.shape}; it returns {heights.shape}.")
    axes = new_axes(title, x, y, width=4.4, height=3.5, right=_margin_for(paths or (), _KEY_GAP))
    axes.grid(False)
    axes.set(xlim=(left, right), ylim=(bottom, top))
    seen = heights[np.isfinite(heights)]
    low, high = seen.min(initial=np.inf), seen.max(initial=-np.inf)
    # Levels closer together near the bottom of the valley, where the steps are short.
    if high > low:
        axes.contour(across, up, heights, levels=low + (high - low) * np.linspace(0.02, 1, 14) ** 2,
                     colors=COLOURS["muted"], linewidths=0.8)  # fmt: skip
    said, looks = [f"Contour lines of an error between {_said(low)} and {_said(high)} over {x} and {y}"], _looks(paths or ())
    width, height = _inches(axes)
    for index, (label, steps) in enumerate((paths or {}).items()):
        steps = _array(steps, f"The path {label!r}")
        if steps.ndim != 2 or steps.shape[1] != 2 or not len(steps):
            raise ValueError(f"The path {label!r} should hold pairs of weights, (steps, 2); its shape is {steps.shape}.")
        colour, dash = looks[label]
        line = {"color": colour, "lw": 1.3, "ls": dash, "marker": _MARKERS[index % len(_MARKERS)], "ms": 4}
        axes.plot(*steps.T, **line)
        # Paths often end in one place: a key names them better than labels at their ends.
        at = 0.95 - 0.2 * index / height
        axes.plot([1 + 0.12 / width, 1 + 0.28 / width, 1 + 0.44 / width], [at] * 3, markevery=[1], clip_on=False,
                  transform=axes.transAxes, **line)  # fmt: skip
        axes.text(1 + _KEY_GAP / width, at, label, color=colour, transform=axes.transAxes, va="center_baseline")
        said.append(f"{label}: {_counted(len(steps) - 1, 'step')} from {_points_said(*steps[0])} to {_points_said(*steps[-1])}")
    return Picture((panel_of(axes),), _sentence(title, alt, *said))


_KEY_GAP = 0.52  # inches between the axes and a name in the key, for a piece of the line


@styled
def spread(
    groups: Mapping[str, Sequence[float]],
    *,
    title: str = "",
    x: str = "",
    window: tuple[float, float] | None = None,
    logx: bool = False,
    alt: str = "",
) -> Picture:
    """Draw one dot for each run and a bar at the median, a row for each group.

    Parameters
    ----------
    groups : mapping of str to sequence of float
        What each group is called, and its runs (one value for each seed).
    title, x : str, optional
        The finding, and what the values are, with their unit.
    window : (left, right), optional
    logx : bool, optional
    alt : str, optional
        A sentence for a reader who can't see the picture.

    Returns
    -------
    Picture
    """
    _named(groups, 'spread({"sigmoid": [0.91, 0.93, 0.90]})')
    axes = new_axes(title, x, "", height=0.95 + 0.36 * len(groups))
    if logx:
        axes.set_xscale("log")
    name_ticks(axes.yaxis, list(groups))
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    said = []
    for row, (label, values) in enumerate(groups.items()):
        values = np.ravel(_array(values, f"The runs of {label!r}"))
        lost = int((~np.isfinite(values)).sum())
        values = values[np.isfinite(values)]
        if not len(values):
            said.append(f"{label}: no values in {_counted(lost, 'run')}")
            continue
        colour, _ = _look(label, row)
        # Runs with the same value would hide each other: they are drawn around the row's middle.
        shifts = 0.09 * ((np.arange(len(values)) % 3) - 1)
        axes.scatter(values, row + shifts, s=18, color=colour, alpha=0.75, lw=0, zorder=3)
        middle = np.median(values)
        axes.plot([middle, middle], [row - 0.3, row + 0.3], color=COLOURS["ink"], lw=2, zorder=4)
        said.append(f"{label}: median {_said(middle)}, from {_said(values.min())} to {_said(values.max())}, "
                    f"{_counted(len(values), 'run')}" + (f"; no value in {_counted(lost, 'run')}" if lost else ""))  # fmt: skip
    if window is not None:
        axes.set_xlim(window)
    return Picture((panel_of(axes),), _sentence(title, alt, *said))


@styled
def bars(values: Mapping[str, float], *, title: str = "", x: str = "", form: str = "{:g}", alt: str = "") -> Picture:
    """Draw one bar for each number, with the number at its end.

    Parameters
    ----------
    values : mapping of str to float
        What each bar is called, and its length (not negative).
    title, x : str, optional
        The finding, and what the numbers are, with their unit.
    form : str, optional
        How a number is written, as for `str.format`.
    alt : str, optional
        A sentence for a reader who can't see the picture.

    Returns
    -------
    Picture
    """
    _named(values, 'bars({"sigmoid": 0.25, "tanh": 1.0})')
    lengths = {label: float(_array(value, f"The bar {label!r}")) for label, value in values.items()}
    if not all(0 <= length < np.inf for length in lengths.values()):
        raise ValueError(f"bars draws lengths, numbers from 0 on; given: {_short(dict(values))}.")
    texts = [form.format(value) for value in values.values()]
    axes = new_axes(title, x, "", height=0.95 + 0.32 * len(values), right=0.15 + max(text_width(text, 9) for text in texts))
    name_ticks(axes.yaxis, list(values))
    axes.set_ylim(len(values) - 0.5, -0.5)
    axes.grid(False, axis="y")
    axes.set_xlim(0, 1.02 * max(lengths.values()) or 1)
    for row, ((label, length), text) in enumerate(zip(lengths.items(), texts)):
        axes.barh(row, length, height=0.6, color=_look(label, 0)[0])
        axes.annotate(text, (length, row), xytext=(4, 0), textcoords="offset points", va="center_baseline",
                      fontsize=9, annotation_clip=False)  # fmt: skip
    said = ", ".join(f"{label} {form.format(value)}" for label, value in values.items())
    return Picture((panel_of(axes),), _sentence(title, alt, f"Bars: {said}"))
