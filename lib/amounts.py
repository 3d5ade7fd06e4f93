"""Amounts: numbers by name, as a table of tiles, as dots for the runs of a group, or as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .looks import look
from .panels import name_ticks, new_axes, panel_of, styled, text_width
from .pictures import COLOURS, Picture
from .words import aloud, array_of, counted, expect_names, sentences, short


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
    plain: tuple[float, float] | None = None,
    top: float | None = None,
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
    plain : (low, high), optional
        For numbers of many sizes: a tile with a number from low to high stays plain, a smaller
        one gets blue and a larger one orange, the darker the more powers of ten it is away.
    top : float, optional
        The number from which a tile is darkest, by default the largest: 1 for shares, so that two
        tables can be compared.
    alt : str, optional
        A sentence for a reader who can't see the picture.

    Returns
    -------
    Picture
    """
    table = array_of(table, "table")
    if table.ndim != 2 or not table.size:
        raise ValueError(f"heatmap draws a table with rows and columns; the shape of this is {table.shape}.")
    if np.isinf(table).any() or np.nanmin(table, initial=0) < 0:
        raise ValueError(f"heatmap draws amounts: numbers from 0 on; in this table stands {aloud(np.nanmin(table))}.")
    if top is not None and not 0 < top < np.inf:
        raise ValueError(f"top, the number with the darkest tile, must be above 0; given: {top!r}.")
    if plain is not None and not (len(plain) == 2 and 0 < plain[0] <= plain[1] < np.inf):
        raise ValueError(f"plain is (low, high), two numbers above 0, the smaller one first; given: {plain}.")
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
    top = top or np.nanmax(table, initial=0) or 1.0
    for (i, j), value in np.ndenumerate(table):
        colour, share = _shade(value, plain) if plain else ("blue", min(1.0, value / top))
        share = 0.0 if np.isnan(value) else round(float(share), 2)
        # No tile is darker than what ink on it, in light and in dark mode, still stands out from.
        axes.add_artist(_tile(j, i, COLOURS[colour], 0.04 + 0.46 * share))
        if numbers and (i, j) in texts:
            axes.text(j, i, texts[i, j], ha="center", va="center_baseline", fontsize=9)
    said = f"A table of {counted(height, 'row')} and {counted(width, 'column')}"
    if texts:
        i, j = np.unravel_index(np.nanargmax(table), table.shape)
        said += f"; its largest number is {texts[i, j]}, at {y or 'row'} {rows[i]}, {x or 'column'} {columns[j]}"
    if texts and plain:
        i, j = np.unravel_index(np.nanargmin(table), table.shape)
        said += f", its smallest {texts[i, j]}, at {y or 'row'} {rows[i]}, {x or 'column'} {columns[j]}"
        below, above = int((table < plain[0]).sum()), int((table > plain[1]).sum())
        said += f"; {below} are below {aloud(plain[0])}, {above} above {aloud(plain[1])}"
    return Picture((panel_of(axes),), sentences(title, alt, said))


def _shade(value: float, plain: tuple[float, float]) -> tuple[str, float]:
    """The colour of a tile, and how much of it from 0 to 1: all of it from eight powers of ten on."""
    low, high = plain
    if low <= value <= high or np.isnan(value):
        return "slate", 0.0
    powers = np.log10(max(value, 1e-300) / (low if value < low else high))
    return "blue" if powers < 0 else "orange", 0.2 + 0.8 * min(1.0, abs(powers) / 8)


def _labels(given, count: int, what: str) -> list[str]:
    if len(given) and len(given) != count:
        raise ValueError(f"This table has {count} {what}, and {len(given)} names for them.")
    return [str(name) for name in (given if len(given) else range(count))]


def _tile(x: float, y: float, colour: str, opacity: float, side: float = 0.94):
    from matplotlib.patches import Rectangle

    return Rectangle((x - side / 2, y - side / 2), side, side, color=colour, alpha=opacity, lw=0, clip_on=False)


@styled
def spread(
    groups: Mapping[str, Sequence[float]],
    *,
    title: str = "",
    x: str = "",
    window: tuple[float, float] | None = None,
    logx: bool = False,
    interval: int = 0,
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
    interval : int, optional
        2 draws a line from the second lowest run to the second highest, 3 from the third lowest to the
        third highest: with enough runs, an interval that hardly ever misses the median of all seeds.
    alt : str, optional
        A sentence for a reader who can't see the picture.

    Returns
    -------
    Picture
    """
    expect_names(groups, 'spread({"sigmoid": [0.91, 0.93, 0.90]})')
    axes = new_axes(title, x, "", height=0.95 + 0.36 * len(groups))
    if logx:
        axes.set_xscale("log")
    name_ticks(axes.yaxis, list(groups))
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    said = []
    for row, (label, values) in enumerate(groups.items()):
        values = np.ravel(array_of(values, f"The runs of {label!r}"))
        lost = int((~np.isfinite(values)).sum())
        values = values[np.isfinite(values)]
        if not len(values):
            said.append(f"{label}: no values in {counted(lost, 'run')}")
            continue
        colour, _ = look(label, row)
        # Runs with the same value would hide each other: they are drawn around the row's middle.
        shifts = 0.09 * ((np.arange(len(values)) % 3) - 1)
        axes.scatter(values, row + shifts, s=18, color=colour, alpha=0.75, lw=0, zorder=3)
        middle = np.median(values)
        axes.plot([middle, middle], [row - 0.3, row + 0.3], color=COLOURS["ink"], lw=2, zorder=4)
        if 0 < interval <= len(values) // 2:
            ends = np.sort(values)[[interval - 1, -interval]]
            axes.plot(ends, [row, row], color=COLOURS["ink"], lw=1, zorder=2)
        said.append(f"{label}: median {aloud(middle)}, from {aloud(values.min())} to {aloud(values.max())}, "
                    f"{counted(len(values), 'run')}" + (f"; no value in {counted(lost, 'run')}" if lost else ""))  # fmt: skip
    if window is not None:
        axes.set_xlim(window)
    return Picture((panel_of(axes),), sentences(title, alt, *said))


@styled
def bars(
    values: Mapping[str, float],
    *,
    title: str = "",
    x: str = "",
    form: str = "{:g}",
    most: float | None = None,
    alt: str = "",
) -> Picture:
    """Draw one bar for each number, with the number at its end.

    Parameters
    ----------
    values : mapping of str to float
        What each bar is called, and its length (not negative).
    title, x : str, optional
        The finding, and what the numbers are, with their unit.
    form : str, optional
        How a number is written, as for `str.format`.
    most : float, optional
        How long a bar can get, by default the longest: so that the axis stands still while the
        numbers of a moving figure change.
    alt : str, optional
        A sentence for a reader who can't see the picture.

    Returns
    -------
    Picture
    """
    expect_names(values, 'bars({"sigmoid": 0.25, "tanh": 1.0})')
    lengths = {label: float(array_of(value, f"The bar {label!r}")) for label, value in values.items()}
    if not all(0 <= length < np.inf for length in lengths.values()):
        raise ValueError(f"bars draws lengths, numbers from 0 on; given: {short(dict(values))}.")
    longest = max(lengths.values())
    if most is not None and not longest <= most < np.inf:
        raise ValueError(f"No bar may be longer than most, {most}; the longest is {form.format(longest)}.")
    texts = [form.format(value) for value in values.values()]
    room = max(text_width(text, 9) for text in (*texts, *([] if most is None else [form.format(most)])))
    axes = new_axes(title, x, "", height=0.95 + 0.32 * len(values), right=0.15 + room)
    name_ticks(axes.yaxis, list(values))
    axes.set_ylim(len(values) - 0.5, -0.5)
    axes.grid(False, axis="y")
    axes.set_xlim(0, 1.02 * (longest if most is None else most) or 1)
    for row, ((label, length), text) in enumerate(zip(lengths.items(), texts)):
        axes.barh(row, length, height=0.6, color=look(label, 0)[0])
        axes.annotate(text, (length, row), xytext=(4, 0), textcoords="offset points", va="center_baseline",
                      fontsize=9, annotation_clip=False)  # fmt: skip
    said = ", ".join(f"{label} {form.format(value)}" for label, value in values.items())
    return Picture((panel_of(axes),), sentences(title, alt, f"Bars: {said}"))
