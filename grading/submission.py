"""What a student handed in: a notebook, of which some cells answer an exercise each, whatever became of its metadata."""

from __future__ import annotations

import json
import re
from pathlib import Path

MOST = 20 << 20  # bytes of a notebook; a longer one is no answer


class Unreadable(ValueError):
    """A file that is no notebook; the message says why."""


def cells(path: Path, exercises) -> dict[str, list[str]]:
    """The cells that answer each exercise, by the name of its check.

    A cell answers the exercise whose check it calls, or whose name the assignment gave it. A cell without
    a name belongs to the exercise that comes next; one after the last belongs to none. An exercise whose
    cells are not there is missing in the result.

    Parameters
    ----------
    path : Path
        The notebook.
    exercises : collection of str
        What was asked.

    Raises
    ------
    Unreadable
        If it can't be read as a notebook.
    """
    found, before = {}, []
    for cell in _code(path):
        name = _asked_in(cell, exercises)
        if name == "":
            before.append(cell["source"])
        elif name is not None:
            found.setdefault(name, []).extend([*before, cell["source"]])
            before = []
    return found


def contents(path: Path) -> bytes:
    """What is in a file that was handed in.

    Raises
    ------
    Unreadable
        If it is no file, can't be opened, or is too long.
    """
    try:
        if not path.is_file():
            raise Unreadable("It is no file.")
        if path.stat().st_size > MOST:
            raise Unreadable(f"It has more than {MOST >> 20} MB.")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"It can't be opened ({error.strerror}).") from None


def _code(path: Path) -> list[dict]:
    try:
        notebook = json.loads(contents(path))  # whatever kind of Unicode it is in
        return [
            {"source": _joined(cell["source"]), "name": _name(cell)}
            for cell in notebook["cells"]
            if cell["cell_type"] == "code"
        ]
    except Unreadable:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(f"It is no notebook ({type(error).__name__}).") from None


def _joined(source) -> str:
    text = source if isinstance(source, str) else "".join(source)
    return text.encode("utf-8", "replace").decode()  # a lone half of a character can't be passed on


def _name(cell: dict) -> str:
    name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") or cell.get("id", "")
    return name if isinstance(name, str) else ""


def _asked_in(cell: dict, exercises) -> str | None:
    """The exercise that a cell answers; "" if it may help the next one; None if it is the assignment's own."""
    calls = [name for name in re.findall(r"(?m)^[ \t]*check\.(\w+)(?:\.form)?\(", cell["source"]) if name in exercises]
    if calls:
        return calls[-1]
    if cell["name"] in exercises:
        return cell["name"]
    return None if cell["name"].removesuffix("-ground") in exercises else ""
