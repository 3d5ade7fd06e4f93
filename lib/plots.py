"""Figures: every function here returns a `Picture`; none draws behind your back.

Jupyter shows the last value of a cell; `beside(a, b)` puts two pictures next to each
other; `explore` turns a function that returns a picture into a figure that moves.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

import matplotlib
import numpy as np

from .activations import Activation
from .networks import Network
from .panels import new_axes, panel_of, styled
from .pictures import COLOURS, Picture, beside
from .training import History

# One colour and one dash for one activation, the same in the whole book.
_LOOKS = {
    "slope": ("slate", (0, (4, 1.5))), "step": ("slate", (0, (1, 1.2))), "identity": ("slate", (0, (6, 2))),
    "sigmoid": ("red", "-"), "tanh": ("blue", (0, (6, 1.5))), "ReLU": ("green", "-"),
    "leaky ReLU": ("olive", (0, (4, 1.5))), "PReLU": ("olive", (0, (2, 1))),
    "ELU": ("purple", (0, (5, 1.5, 1, 1.5))), "CELU": ("magenta", (0, (3, 1.5))), "SELU": ("magenta", "-"),
    "softplus": ("teal", (0, (1, 1))), "GELU": ("orange", "-"), "GELU by tanh": ("brown", (0, (2, 1.5))),
    "SiLU": ("teal", (0, (7, 2))), "swish": ("teal", (0, (3, 1))), "Mish": ("brown", (0, (6, 1.5, 1, 1.5))),
}  # fmt: skip
_SERIES = [
    ("blue", "-"), ("orange", (0, (6, 1.5))), ("green", (0, (2, 1.2))), ("purple", (0, (5, 1.5, 1, 1.5))),
    ("red", (0, (1, 1))), ("teal", (0, (8, 2))), ("brown", (0, (3, 1.5))), ("magenta", (0, (4, 1, 1, 1, 1, 1))),
    ("olive", "-"), ("slate", (0, (6, 1.5))),
]  # fmt: skip
_MARKERS = "osD^vPX*hp"
_TINTS = ["tint-blue", "tint-orange", "tint-green", "tint-purple"]


# --- words and marks shared by the figures -----------------------------------------------


def _said(value: float) -> str:
    """A number as one reads it aloud: three digits, a real minus sign."""
    if np.isnan(value):
        return "nothing"
    return f"{value + 0.0:.3g}".replace("-", "\u2212")  # adding 0 turns -0 into 0


def _sentence(*parts: str) -> str:
    return " ".join(part if part[-1] in ".!?" else part + "." for part in parts if part)


def _look(label: str, index: int) -> tuple[str, object]:
    """The colour and dash of a line: its activation's own, or the next of the series."""
    name, dash = _LOOKS.get(label.split("(")[0].strip(), _SERIES[index % len(_SERIES)])
    return COLOURS[name], dash


def _looks(labels) -> dict[str, tuple[str, object]]:
    """A look for each label: members of one family share its colour, but no dash."""
    looks: dict[str, tuple[str, object]] = {}
    for index, label in enumerate(labels):
        colour, dash = _look(label, index)
        spare = (other for _, other in _SERIES)
        while (colour, dash) in looks.values():
            dash = next(spare)
        looks[label] = (colour, dash)
    return looks


def _spread_apart(heights, gap: float, low: float, high: float) -> np.ndarray:
    """Move label heights as little as possible until no two are closer than `gap`."""
    order = np.argsort(heights, kind="stable")
    placed = np.clip(np.asarray(heights, float)[order], low, high)
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    overflow = max(0.0, placed[-1] - high)
    placed[-1] -= overflow
    for i in range(len(placed) - 2, -1, -1):
        placed[i] = min(placed[i], placed[i + 1] - gap)
    result = np.empty_like(placed)
    result[order] = placed
    return result


def _end_labels(axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Write each line's name in the right margin, at the height where the line ends.

    `ends` holds (x, y, label, colour) in data coordinates. A label that had to move to
    make room is joined to its line by a thin leader.
    """
    if not ends:
        return
    to_axes = axes.transData + axes.transAxes.inverted()
    points = to_axes.transform([(x, y) for x, y, _, _ in ends])
    gap = 12.5 / 72 / (axes.get_position().height * axes.figure.get_figheight())
    inch = 1 / (axes.get_position().width * axes.figure.get_figwidth())
    heights = _spread_apart(points[:, 1], gap, 0.02, 0.98)
    for (x, y), height, (_, _, label, colour) in zip(points, heights, ends):
        moved = abs(height - y) > 0.1 * gap or x < 0.97
        start = 1 + (0.2 if moved else 0.07) * inch
        if moved:
            leader = ([x + 0.02 * inch, start - 0.03 * inch], [y, height])
            axes.plot(*leader, transform=axes.transAxes, color=colour, lw=0.7, clip_on=False)
        axes.text(start, height, label, transform=axes.transAxes, color=colour, va="center_baseline", fontsize=9.5)


def _margin_for(labels) -> float:
    """Inches that the longest label needs to the right of the axes."""
    return 0.32 + 0.078 * max((len(label) for label in labels), default=0)


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
        Points to mark and name, each group with its own marker.
    marks : mapping of str to float, optional
        Heights at which a thin level line is drawn, named at its left end.
    alt : str, optional
        A sentence for a reader who can't see the picture, before the computed ones.

    Returns
    -------
    Picture
    """
    axes = new_axes(title, x, y, right=_margin_for(lines))
    if logx:
        axes.set_xscale("log")
    if logy:
        axes.set_yscale("log")
    drawn, said, looks = [], [], _looks(lines)
    for label, (xs, ys, *band) in lines.items():
        xs, ys = np.asarray(xs, float), np.asarray(ys, float)
        colour, dash = looks[label]
        axes.plot(xs, ys, color=colour, ls=dash)
        if band:
            axes.fill_between(xs, *np.asarray(band, float), color=colour, alpha=0.15, lw=0)
        drawn.append((label, xs, ys, colour))
        said.append(_curve_said(label, xs, ys, x))
    for index, (label, (xs, ys)) in enumerate((points or {}).items()):
        colour = COLOURS["ink"] if index == 0 else _look(label, index)[0]
        axes.scatter(xs, ys, marker=_MARKERS[index], s=34, color=colour, zorder=3, lw=0)
        said.append(f"{label}: {_points_said(xs, ys)}")
    if window:
        axes.set(xlim=window[:2], ylim=window[2:])
    else:
        axes.margins(x=0.02)
    for label, height in (marks or {}).items():
        axes.axhline(height, color=COLOURS["muted"], lw=1, ls=(0, (2, 2)))
        axes.annotate(label, (0.01, height), xycoords=("axes fraction", "data"), color=COLOURS["label"], fontsize=8.5,
                      xytext=(0, 2), textcoords="offset points")  # fmt: skip
        said.append(f"A level line marks {label} at {_said(height)}")
    # The limits must stand still before the labels look for the ends of the lines.
    left, right, bottom, top = *axes.get_xlim(), *axes.get_ylim()
    axes.set(xlim=(left, right), ylim=(bottom, top))
    if not logx and all((xs == np.round(xs)).all() for _, xs, _, _ in drawn):
        axes.locator_params(axis="x", integer=True)  # epochs, layers: things that are counted
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
    xs, ys = xs[shown], ys[shown]
    text = f"{label}: from {_said(ys[0])} at {x} {_said(xs[0])} to {_said(ys[-1])} at {_said(xs[-1])}"
    low, high = ys.min(), ys.max()
    if low < min(ys[0], ys[-1]):
        text += f", lowest {_said(low)} at {_said(xs[ys.argmin()])}"
    if high > max(ys[0], ys[-1]):
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
    axes = new_axes(title, "", "", width=1.5 + 1.1 * len(sizes), height=2.9)
    axes.set_axis_off()
    axes.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(-1.3, 1.05))
    columns = [_column(size, most) for size in sizes]
    for layer, (left, right) in enumerate(zip(columns, columns[1:])):
        segments = np.array([[(layer, a), (layer + 1, b)] for a in left for b in right])
        axes.plot(*segments.reshape(-1, 2, 2).transpose(2, 1, 0), color=COLOURS["muted"], lw=0.5)
    for layer, (size, heights) in enumerate(zip(sizes, columns)):
        fill = COLOURS["paper"] if layer == 0 else COLOURS["tint-blue"]
        axes.scatter([layer] * len(heights), heights, s=110, color=fill, edgecolor=COLOURS["ink"], zorder=3)
        if size > most:
            axes.text(layer, 0, "⋮", ha="center", va="center", fontsize=14)
        role = "inputs" if layer == 0 else names[layer - 1] if names else "hidden" if layer < len(sizes) - 1 else "out"
        axes.text(layer, -1.12, f"{size} {role}" if layer == 0 or not names else f"{size}, {role}", ha="center", va="center", fontsize=9)
    units = ", then ".join(
        f"{size} {'inputs' if i == 0 else f'units ({names[i - 1]})' if names else 'units'}" for i, size in enumerate(sizes)
    )
    return Picture((panel_of(axes),), _sentence(title, f"A network diagram: {units}, each layer fully joined to the next"))


def _column(size: int, most: int) -> np.ndarray:
    if size <= most:
        return np.linspace(1, -1, size + 2)[1:-1] if size < 4 else np.linspace(0.9, -0.9, size)
    half = np.linspace(0.9, 0.25, most // 2)
    return np.concatenate([half, -half[::-1]])


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
    x, y = np.asarray(x, float), np.asarray(y).astype(int)
    if window is None:
        low, high = x.min(axis=0), x.max(axis=0)
        room = 0.18 * np.maximum(high - low, 0.5)
        (left, bottom), (right, top) = low - room, high + room
    else:
        left, right, bottom, top = window
    across, up = np.meshgrid(np.linspace(left, right, 81), np.linspace(bottom, top, 81))
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
        axes.scatter(*here.T, marker=_MARKERS[label], s=36, color=COLOURS[_SERIES[label][0]], edgecolor=COLOURS["paper"],
                     lw=0.6, zorder=3)  # fmt: skip
    for name, (tail, foot, dx, dy) in (arrows or {}).items():
        axes.set_aspect("equal", anchor="W")
        ends = {"xy": (tail + dx, foot + dy)}  # outside of the window neither arrow nor name is drawn
        axes.annotate("", xytext=(tail, foot), **ends, zorder=4,
                      arrowprops={"arrowstyle": "-|>", "color": COLOURS["ink"], "lw": 1.6, "shrinkA": 0, "shrinkB": 0})  # fmt: skip
        away = np.array([dx, dy]) * 9 / (np.hypot(dx, dy) or 1)
        axes.annotate(name, xytext=away, **ends, textcoords="offset points", ha="center", va="center", zorder=4,
                      bbox={"boxstyle": "round,pad=0.15", "fc": COLOURS["paper"], "alpha": 0.8, "lw": 0})  # fmt: skip
    right_answers = int((np.argmax(_leads(model(x), threshold), axis=0) == y).sum())
    said = f"{right_answers} of {len(y)} examples lie in the region of their own class"
    kinds = ", ".join(f"class {c}: {int((y == c).sum())} {_SHAPES[c]}" for c in range(count))
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
    table = np.asarray(table, float)
    height, width = table.shape
    axes = new_axes(title, x, y, width=max(3.4, min(5.6, 0.9 + 0.42 * width)), height=max(2.4, min(5.0, 0.8 + 0.36 * height)))
    axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.set_xticks(range(width), columns if len(columns) else range(width))
    axes.set_yticks(range(height), rows if len(rows) else range(height))
    top = np.nanmax(table, initial=0) or 1.0
    for (i, j), value in np.ndenumerate(table):
        share = 0.0 if np.isnan(value) else round(float(value / top), 2)
        # No tile is darker than what ink on it, in light and in dark mode, still stands out from.
        axes.add_patch(_tile(j, i, COLOURS["blue"], 0.04 + 0.46 * share))
        if numbers and not np.isnan(value):
            axes.text(j, i, form.format(value), ha="center", va="center_baseline", fontsize=9)
    i, j = np.unravel_index(np.nanargmax(table), table.shape)
    names = (rows[i] if len(rows) else i, columns[j] if len(columns) else j)
    said = f"A table of {height} rows and {width} columns; its largest number is {form.format(table[i, j])}, at {y or 'row'} {names[0]}, {x or 'column'} {names[1]}"
    return Picture((panel_of(axes),), _sentence(title, alt, said))


def _tile(x: float, y: float, colour: str, opacity: float, side: float = 0.94):
    return matplotlib.patches.Rectangle((x - side / 2, y - side / 2), side, side, color=colour, alpha=opacity, lw=0)


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
    x = np.clip(np.atleast_2d(np.asarray(x, float)), 0, 1)
    side = int(round(x.shape[1] ** 0.5))
    columns = min(columns, len(x))
    rows = -(-len(x) // columns)
    step = side * (1.45 if len(captions) else 1.12)
    width = max(2.6, min(5.8, 0.62 * columns))
    axes = new_axes(title, "", "", width=width, height=0.5 + width * rows * step / (columns * side * 1.12))
    axes.set_axis_off()
    axes.set(xlim=(0, columns * side * 1.12), ylim=(rows * step, 0))
    for n, image in enumerate(x):
        left, up = (n % columns) * side * 1.12, (n // columns) * step
        _draw_image(axes, image.reshape(side, side), left, up)
        if len(captions):
            axes.text(left + side / 2, up + side * 1.22, str(captions[n]), ha="center", va="center", fontsize=9)
    named = f", captioned {', '.join(str(c) for c in captions)}" if len(captions) else ""
    return Picture((panel_of(axes),), _sentence(title, alt, f"{len(x)} pictures of {side} by {side} pixels{named}"))


def _draw_image(axes, image, left: float, up: float) -> None:
    # One path for each level of grey, of that level's opacity: it follows the page into the dark.
    axes.add_patch(matplotlib.patches.Rectangle((left, up), *image.shape, fc=COLOURS["grid"], alpha=0.5, lw=0))
    levels = np.round(image * 16).astype(int)
    for level in range(1, levels.max() + 1):
        squares = [_square(left + j, up + i) for i, j in np.argwhere(levels == level)]
        if squares:
            path = matplotlib.path.Path.make_compound_path(*squares)
            axes.add_patch(matplotlib.patches.PathPatch(path, color=COLOURS["ink"], alpha=round(level / 16, 2), lw=0))


def _square(x: float, y: float):
    return matplotlib.path.Path([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)], closed=True)


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
    left, right, bottom, top = window
    across, up = np.meshgrid(np.linspace(left, right, 81), np.linspace(bottom, top, 81))
    heights = np.asarray(error(across, up), float)
    axes = new_axes(title, x, y, width=4.3, height=3.5, right=_margin_for(paths or ()))
    axes.grid(False)
    axes.set(xlim=(left, right), ylim=(bottom, top))
    low, high = np.nanmin(heights), np.nanmax(heights)
    # Levels closer together near the bottom of the valley, where the steps are short.
    if high > low:
        axes.contour(across, up, heights, levels=low + (high - low) * np.linspace(0.02, 1, 14) ** 2,
                     colors=COLOURS["muted"], linewidths=0.8)  # fmt: skip
    said, ends = [f"Contour lines of an error between {_said(low)} and {_said(high)} over {x} and {y}"], []
    looks = _looks(paths or ())
    for index, (label, steps) in enumerate((paths or {}).items()):
        steps = np.asarray(steps, float)
        colour, dash = looks[label]
        axes.plot(*steps.T, color=colour, lw=1.3, ls=dash, marker=_MARKERS[index], ms=3.5)
        ends.append((*np.clip(steps[-1], (left, bottom), (right, top)), label, colour))
        said.append(f"{label}: {len(steps) - 1} steps from {_points_said(*steps[0])} to {_points_said(*steps[-1])}")
    _end_labels(axes, ends)
    return Picture((panel_of(axes),), _sentence(title, alt, *said))


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
    longest = max(len(label) for label in groups)
    axes = new_axes(title, x, " ", width=4.6, height=0.95 + 0.36 * len(groups))
    box = axes.get_position()
    start = (0.25 + 0.082 * longest) / 4.6
    axes.set_position((start, box.y0, box.x1 - start, box.height))
    axes.title.set_x((0.015 - start) / (box.x1 - start))
    if logx:
        axes.set_xscale("log")
    axes.set_yticks(range(len(groups)), list(groups))
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    axes.set_ylabel("")
    said = []
    for row, (label, values) in enumerate(groups.items()):
        values = np.asarray(values, float)
        colour, _ = _look(label, row)
        # Runs with the same value would hide each other: they are drawn around the row's middle.
        shifts = 0.09 * ((np.arange(len(values)) % 3) - 1)
        axes.scatter(values, row + shifts, s=18, color=colour, alpha=0.75, lw=0, zorder=3)
        middle = np.median(values)
        axes.plot([middle, middle], [row - 0.3, row + 0.3], color=COLOURS["ink"], lw=2, zorder=4)
        said.append(f"{label}: median {_said(middle)}, from {_said(values.min())} to {_said(values.max())}, {len(values)} runs")
    if window:
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
    longest = max(len(str(label)) for label in values)
    axes = new_axes(title, x, " ", width=4.6, height=0.95 + 0.32 * len(values), right=0.65)
    box = axes.get_position()
    start = (0.25 + 0.082 * longest) / 4.6
    axes.set_position((start, box.y0, box.x1 - start, box.height))
    axes.title.set_x((0.015 - start) / (box.x1 - start))
    axes.set_yticks(range(len(values)), [str(label) for label in values])
    axes.set_ylim(len(values) - 0.5, -0.5)
    axes.set_ylabel("")
    axes.grid(False, axis="y")
    axes.set_xlim(0, 1.02 * max(max(values.values()), 1e-12))
    for row, (label, value) in enumerate(values.items()):
        axes.barh(row, value, height=0.6, color=_look(str(label), 0)[0])
        axes.annotate(form.format(value), (value, row), xytext=(4, 0), textcoords="offset points", va="center_baseline",
                      fontsize=9, annotation_clip=False)  # fmt: skip
    said = ", ".join(f"{label} {form.format(value)}" for label, value in values.items())
    return Picture((panel_of(axes),), _sentence(title, alt, f"Bars: {said}"))
