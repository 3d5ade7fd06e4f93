"""What an instructor chooses for a set, as it is written on a command line: exercises, students, a date."""

from __future__ import annotations

import argparse
import math
from datetime import datetime, time
from pathlib import Path

from .folder import Folder, meant
from .sets import SETS
from .students import students
from .variants import VARIANTS


def points(given: list[str]) -> dict[str, float]:
    """What each exercise is worth, from "name" and "name:points"."""
    worth = {}
    for each in given:
        exercise, _, value = each.partition(":")
        if exercise not in VARIANTS:
            raise ValueError(f"There is no exercise {exercise} to assign. {meant(exercise, VARIANTS)}")
        if exercise in worth:
            raise ValueError(f"{exercise} is there twice.")
        try:
            worth[exercise] = float(value or 1)
        except ValueError:
            worth[exercise] = math.nan
        if not 0 < worth[exercise] < math.inf:
            raise ValueError(f"{each}: points are a number above 0, as in {exercise}:2.")
    return worth


def ready(name: str) -> dict[str, float]:
    """The exercises of a ready set."""
    if name not in SETS:
        raise ValueError(f"{name} is no ready set, so name exercises for it. {meant(name, SETS)}")
    return SETS[name]


def roll(folder: Folder, listed: Path) -> list[str]:
    """The students of a list, which becomes that of the class if there is none."""
    own = folder.root / "students.csv"
    if known := own.exists():
        if own.read_bytes() != listed.read_bytes():
            raise ValueError(f"The class has another list already, {own}: --students {own.name}")
    else:
        own.write_bytes(listed.read_bytes())
    try:
        found = [student.id for student in students(folder.root)]
        if not found:
            raise ValueError(f"{listed} names nobody. It needs a column id.")
    except ValueError:
        if not known:
            own.unlink()
        raise
    return found


def moment(text: str) -> datetime:
    """A date, which lasts to its end, or a date and a time; of this computer's zone if none is told."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date as in 2027-03-12 or '2027-03-12 18:00'.") from None
    return (datetime.combine(given, time(23, 59, 59)) if len(text) <= 10 else given).astimezone()
