"""Words: what a figure says aloud, and what it answers to one who handed in something else."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np


def aloud(value: float) -> str:
    """A number as one reads it aloud: three digits, a real minus sign."""
    if not np.isfinite(value):
        return "nothing" if np.isnan(value) else "infinity" if value > 0 else "−infinity"
    text = f"{value + 0.0:.3g}"  # adding 0 turns -0 into 0
    return re.sub(r"e([+-])0*", lambda power: "e" + power[1].strip("+"), text).replace("-", "−")


def counted(number: int, noun: str) -> str:
    """A number and what it counts: 1 unit, 2 units."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def sentences(*parts: str) -> str:
    """Parts as sentences, each with its full stop; an empty one is left out."""
    return " ".join(part if part[-1] in ".!?" else part + "." for part in map(str.strip, parts) if part)


def points_aloud(xs, ys) -> str:
    """Points by their coordinates; of more than four, only how many."""
    pairs = [f"({aloud(a)}, {aloud(b)})" for a, b in zip(np.ravel(xs), np.ravel(ys))]
    return ", ".join(pairs) if len(pairs) <= 4 else f"{len(pairs)} points"


# --- what a reader gave -------------------------------------------------------------------


def array_of(value, what: str) -> np.ndarray:
    """An array of floats, or an error that says `what` should be one."""
    try:
        return np.asarray(value, float)
    except (TypeError, ValueError):
        raise TypeError(f"{what} should be numbers; given: {short(value)}.") from None


def expect_names(things, example: str) -> None:
    """Stop whoever hands in anything but names and what they stand for, as in the example."""
    if not isinstance(things, Mapping):
        raise TypeError(f"Write names and what they stand for, as in {example}; given: {short(things)}.")
    if not things:
        raise ValueError(f"There is nothing to draw. Write names and what they stand for, as in {example}.")


def short(value) -> str:
    """What was given, in an error: its kind and how it is written, cut after 80 letters."""
    text = f"a {type(value).__name__}, {value!r}"
    return text if len(text) < 80 else text[:77] + "..."


def same_length(xs, ys, what: str) -> tuple[np.ndarray, np.ndarray]:
    """Two flat arrays of one length."""
    xs, ys = np.ravel(array_of(xs, f"x of {what}")), np.ravel(array_of(ys, f"y of {what}"))
    if len(xs) != len(ys):
        raise ValueError(f"x and y of {what} should be of one length; they are of {len(xs)} and {len(ys)}.")
    return xs, ys


def window_of(window) -> tuple[float, ...]:
    """The four sides of a window: left, right, bottom, top."""
    sides = tuple(np.ravel(array_of(window, "window")).tolist())
    if len(sides) != 4 or not (sides[0] < sides[1] and sides[2] < sides[3]):
        raise ValueError(f"window is (left, right, bottom, top), left below right, bottom below top; given: {window}.")
    return sides
