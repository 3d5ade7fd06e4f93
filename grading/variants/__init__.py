"""What may differ from the book in an exercise that is handed out, so that the published solution does not answer it.

The keyword-only parameters of a check are its settings, and their defaults are the book's. A variant
draws other ones from a key that only the instructor has, and says which words of the page change with
them. With the book's settings no word changes: the tests hold that, so a page can't drift away from here.
"""

from __future__ import annotations

import hashlib
import inspect
import re
from dataclasses import dataclass

import numpy as np

from lib import check

from . import nonlinearity, normalization, rectifiers, sigmoids, slips
from .draws import Variant, pattern

__all__ = ["VARIANTS", "Drawn", "Variant", "drawn", "settings_of_the_book", "variety"]

# One module for each part of the course.
VARIANTS: dict[str, Variant] = {
    **nonlinearity.VARIANTS,
    **sigmoids.VARIANTS,
    **rectifiers.VARIANTS,
    **normalization.VARIANTS,
    **slips.VARIANTS,
}


@dataclass(frozen=True)
class Drawn:
    """The variant of an exercise that one key gives.

    Parameters
    ----------
    exercise : str
        The name of its check.
    settings, unseen : dict
        Keywords of the check: those that the text tells, and those that it does not.
    """

    exercise: str
    settings: dict
    unseen: dict

    def rewritten(self, text: str) -> str:
        """A piece of the page, with the words of this variant."""
        words = VARIANTS[self.exercise].words(**self.settings)
        changes = {" ".join(old.split()): new for old, new in words.items()}
        either = "|".join(pattern(old) for old in sorted(changes, key=len, reverse=True))
        return re.sub(either, lambda found: changes[" ".join(found[0].split())], text)

    def told(self) -> str:
        """The settings as the check's call tells them: ", sure=0.95"."""
        return "".join(f", {name}={value!r}" for name, value in self.settings.items())


def drawn(key: str, exercise: str, who: str = "") -> Drawn:
    """Draw the variant of an exercise.

    Parameters
    ----------
    key : str
        The instructor's secret.
    exercise : str
        The name of its check.
    who : str, optional
        The student, where each gets a variant of their own.

    Raises
    ------
    ValueError
        If the exercise has no variants.
    """
    if exercise not in VARIANTS:
        raise ValueError(
            f"{exercise} has no variants, so its published solution would answer it. There are: {', '.join(VARIANTS)}."
        )
    variant, book = VARIANTS[exercise], settings_of_the_book(exercise)
    seed = hashlib.sha256("\n".join([key, exercise, who]).encode()).digest()
    rng = np.random.default_rng(list(seed))
    while (settings := variant.draw(rng)) == {name: book[name] for name in settings}:
        pass  # the book's own would be answered by its solution
    return Drawn(exercise, settings, variant.unseen(rng))


def variety(exercise: str, among: int = 200) -> int:
    """How many different variants of an exercise so many students get, where each gets one of their own."""
    return len({str(drawn("any key", exercise, str(student)).settings) for student in range(among)})


def settings_of_the_book(exercise: str) -> dict:
    """The settings of a check, by name, as the book has them."""
    parameters = inspect.signature(getattr(check, exercise)).parameters.values()
    return {each.name: each.default for each in parameters if each.kind is each.KEYWORD_ONLY}
