"""What a variant is, and how its numbers are drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
)


def _nothing(rng) -> dict:
    return {}


@dataclass(frozen=True)
class Variant:
    """How one exercise may differ.

    Parameters
    ----------
    draw : function
        From a random generator to the settings that the text tells: keywords of the check.
    words : function
        From these settings, as keywords, to the words that change: a dict from a phrase of the page
        (its text, its stub or its solution) to what stands there instead.
    unseen : function, optional
        From a random generator to settings that nobody is told: the inputs of the marking.
    """

    draw: Callable[..., dict]
    words: Callable[..., dict[str, str]]
    unseen: Callable[..., dict] = _nothing


def pattern(phrase: str) -> str:
    """The regular expression that finds a phrase of the page."""
    # It may be broken into lines anywhere; "4" does not stand in "0.4", nor "rate 1" in "rate 10".
    before = r"(?<![\w.])" if re.match(r"\w", phrase) else ""
    after = r"(?!\w|\.\d)" if re.search(r"\w$", phrase) else ""
    return before + r"\s+".join(map(re.escape, phrase.split())) + after


def unless(book: bool, changes: dict[str, str]) -> dict[str, str]:
    """Changes that are made in a variant only, as its words say more than other numbers."""
    return {old: old if book else new for old, new in changes.items()}


def one_of(rng, low: float, high: float, step: float) -> float:
    """A number from low to high in steps, as short as a reader would write it."""
    number = float(f"{low + step * rng.integers(round((high - low) / step) + 1):.6g}")
    return int(number) if number.is_integer() else number


def some(rng, low: float, high: float, count: int) -> tuple[float, ...]:
    """As many numbers between low and high, of three decimals."""
    return tuple(round(float(value), 3) for value in rng.uniform(low, high, count))
