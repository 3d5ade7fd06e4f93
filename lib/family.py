"""The family: activations one below the other, with what was found out about each of them."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from math import inf

import numpy as np

from .activations import Activation
from .datasets import measurements
from .labels import inches
from .lines import sampled
from .looks import look
from .panels import new_axes, panel_of, styled, text_width
from .pictures import COLOURS, Picture
from .properties import Properties, properties
from .words import counted, sentences, short

_ROW, _TOP = 0.46, 0.24  # inches: a row, and the names of the columns
_THUMB, _GAP = 0.6, 0.2  # a thumbnail, and the least room between two columns
_ANSWERS, _SLOPES = (-4, 4, -1.9, 2.4), (-4, 4, -0.6, 1.8)  # the windows of the thumbnails, the same for all


@styled
def family(activations: Sequence[Activation], *, title: str = "What each answers", alt: str = "") -> Picture:
    """Draw the family so far: each function and each slope, small, and a table of what `properties` finds.

    On the left stand the answers; on a narrow page, above. All functions are drawn in one window, x from
    −4 to 4 and answers from −1.9 to 2.4.

    - values: the ends between which the answers lie;
    - mean: the mean answer to standard normal sums; 0 if it is centred;
    - turns at: where it stops falling and rises again; never, if it is monotone;
    - cost (ReLU): the time that the function and its slope take together, each a line of numpy, on the sums
      of 256 units for 256 examples, in units of what ReLU's take: from ``measurements("cost")``. For another
      member of a family it is that of the usual one; a "?" stands where nothing was measured.

    On the right stand the slopes, drawn from −0.6 to 1.8.

    - steepest: the upper end of the size of its slope;
    - jumps at: where the slope jumps; nowhere, if it is smooth;
    - saturates: on which side the slope comes to 0 far out;
    - can die: where the slope is exactly 0, if that is a whole half-line: there a unit may get stuck, as
      `Properties` explains.

    Parameters
    ----------
    activations : sequence of Activation
        From the top down.
    title : str, optional
        Over the left part.
    alt : str, optional
        A sentence for a reader who can't see the picture, before the table, which is said aloud row by row.

    Returns
    -------
    Picture
    """
    if not isinstance(activations, (list, tuple)) or not all(isinstance(a, Activation) for a in activations):
        raise TypeError(f"family takes a list of activations, as in family([sigmoid, relu]); given: {short(activations)}.")
    if not activations:
        raise ValueError("There is nothing to draw. Write a list of activations, as in family([sigmoid, relu]).")
    members = [properties(activation) for activation in activations]
    answers = {
        "values": [_ends(member) for member in members],
        "mean": [_number(member.mean) for member in members],
        "turns at": ["never" if member.monotone else _number(member.turn) for member in members],
        "cost (ReLU)": [_cost(member.name) for member in members],
    }
    slopes = {
        "steepest": [_number(member.steepest) for member in members],
        "jumps at": [_places(member.kinks) or "nowhere" for member in members],
        "saturates": [_flat(member) for member in members],
        "can die": [_dead(member) for member in members],
    }
    functions = [sampled(a.function, *_ANSWERS[:2], m.kinks, 45) for a, m in zip(activations, members)]
    derivatives = [sampled(a.derivative, *_SLOPES[:2], m.kinks, 45) for a, m in zip(activations, members)]
    names = [member.name for member in members]
    said = [_aloud(name, *(column[row] for column in (*answers.values(), *slopes.values()))) for row, name in enumerate(names)]
    wide = max(sum(_widths(names, columns)) for columns in (answers, slopes))  # text of one size in both halves
    panels = (
        _panel(title, names, functions, _ANSWERS, answers, wide),
        _panel("What each slope does", names, derivatives, _SLOPES, slopes, wide),
    )
    return Picture(panels, sentences(title, alt, f"A table of {counted(len(names), 'activation')}", *said))


def _widths(names, columns: dict[str, list[str]]) -> list[float]:
    """Inches that the names and each column take at the least."""
    parts = [part for name in names for part in _broken(name)]
    texts = [parts, *((head, *cells) for head, cells in columns.items())]
    # The page's font is a little narrower than the bound, and the gaps are there for one that is not.
    # Many fonts draw the minus and ∞ as wide as an m.
    return [0.9 * max(text_width(re.sub("[−∞]", "m", text), 9.5) for text in column) + _GAP for column in texts]


def _broken(name: str) -> list[str]:
    """A long name with a parameter takes two lines."""
    return name.replace("(", "\n(").split("\n") if len(name) > 12 else [name]


def _panel(title: str, names, lines, window, columns: dict[str, list[str]], wide: float) -> str:
    """One half of the table: a thumbnail, a name and the cells of the columns in each row."""
    widths = np.array(_widths(names, columns))
    widths += (wide - widths.sum()) / len(widths)
    starts = _THUMB + 0.1 + np.cumsum([0, *widths])
    axes = new_axes(title, "", "", left=0.1, right=0, bottom=0, width=0.1 + starts[-1], height=0.36 + _TOP + _ROW * len(names))
    axes.set_axis_off()
    axes.set(xlim=(0, inches(axes)[0]), ylim=(inches(axes)[1], 0))
    tops = _TOP + _ROW * np.arange(len(names))
    axes.plot(np.tile([0, starts[-1], np.nan], len(tops)), np.repeat(tops, 3), color=COLOURS["grid"], lw=0.8)
    left, right, bottom, high = window
    wide, tall = _THUMB / (right - left), (_ROW - 0.08) / (high - bottom)  # inches for a 1
    for top, name, (x, y) in zip(tops, names, lines):
        level, middle = top + 0.04 + high * tall, -left * wide
        axes.plot([0, _THUMB, np.nan, middle, middle], [level, level, np.nan, top + 0.04, top + _ROW - 0.04],
                  color=COLOURS["muted"], lw=0.5)  # fmt: skip
        inside = (y >= bottom) & (y <= high)
        axes.plot((x - left) * wide, np.where(inside, level - y * tall, np.nan), color=look(name, 0)[0], lw=1.8)
        for line, part in enumerate(parts := _broken(name)):
            height = top + _ROW / 2 + 0.16 * (line - (len(parts) - 1) / 2)
            axes.text(starts[0], height, part, fontsize=9.5, color=look(name, 0)[0], va="center_baseline")
    for start, (head, cells) in zip(starts[1:], columns.items()):
        axes.text(start, _TOP / 2, head, fontsize=9, color=COLOURS["label"], va="center_baseline")
        for top, cell in zip(tops, cells):
            axes.text(start, top + _ROW / 2, cell, fontsize=9.5, va="center_baseline")
    return panel_of(axes)


# --- the cells ---------------------------------------------------------------------------


def _number(value: float) -> str:
    """Two decimals, or one digit of what is smaller."""
    if not np.isfinite(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.2f}".rstrip("0").rstrip(".") if value == 0 or abs(value) >= 0.005 else f"{value:.0e}"
    return text.replace("-", "−")


def _ends(member: Properties) -> str:
    return "any" if -member.low == member.high == inf else f"{_number(member.low)} to {_number(member.high)}"


def _places(places: Sequence[float]) -> str:
    if len(places) == 2 and -places[0] == places[1]:
        return f"±{_number(places[1])}"
    return ", ".join(map(_number, places)) if len(places) <= 3 else f"{len(places)} places"


def _flat(member: Properties) -> str:
    sides = {(True, True): "both", (True, False): "left", (False, True): "right", (False, False): "nowhere"}
    return sides[member.saturates_left, member.saturates_right]


def _dead(member: Properties) -> str:
    below, above = member.dead_below, member.dead_above
    if below == inf:
        return "everywhere"
    if -below == above < inf:
        return f"|x| ≥ {_number(above)}"
    return ", ".join([f"x ≤ {_number(below)}"] * (below > -inf) + [f"x ≥ {_number(above)}"] * (above < inf)) or "no"


def _cost(name: str) -> str:
    """What an activation and its slope took, or those of its family's usual member, in units of ReLU."""
    table = _measured()
    table = table[(table["width"] == 256) & np.char.startswith(table["part"], "plain")]
    heads = np.array([entry.split("(")[0] for entry in table["name"]])
    taken, unit = (table["ns"][heads == head].sum() for head in (name.split("(")[0], "ReLU"))
    return f"{taken / unit:.2g}" if taken else "?"


@functools.cache
def _measured() -> np.ndarray:
    return measurements("cost")


def _aloud(name, values, mean, turns, cost, steepest, jumps, flat, dead) -> str:
    sides = {"both": "on both sides", "left": "on the left", "right": "on the right"}
    end = {"no": "can't die", "everywhere": "is dead everywhere"}.get(dead, f"can die where {dead}")
    return (
        f"{name}: values {values.replace('∞', 'infinity')}, mean {mean}, turns {'' if turns == 'never' else 'at '}{turns}, "
        f"cost {'unknown' if cost == '?' else cost + ' times that of ReLU'}; its slope is at most {steepest}, "
        f"jumps {'' if jumps == 'nowhere' else 'at '}{jumps}, saturates {sides.get(flat, flat)}, {end}"
    )
