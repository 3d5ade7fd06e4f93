"""What was handed in: notebooks in a folder, or in a zip as Canvas and Moodle make them; whose they are, and what nobody can tell."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from .submission import MOST

# The student's name, in the path of a file.
NAMES = [
    re.compile(r"(?:.*/)?([^/]+)_\d+_assignsubmission_file_?/?[^/]*"),  # Moodle, in folders or without
    re.compile(r"(?:.*/)?([^/_]+)(?:_LATE)?_\d+_\d+_[^/]*"),  # Canvas
    re.compile(r"(?:.*/)?submitted/([^/]+)/[^/]+/[^/]*"),  # nbgrader's exchange
    re.compile(r"([^/]+)\.ipynb"),  # STUDENT.ipynb
]


def collect(source: Path, into: Path) -> tuple[dict[str, Path], list[str]]:
    """Copy what was handed in to a folder, one notebook a student.

    Parameters
    ----------
    source : Path
        A folder, or a zip.
    into : Path
        The folder for the copies.

    Returns
    -------
    The notebook of each student, and a line for each file that is none of these: nothing is dropped in silence.
    """
    into.mkdir(parents=True, exist_ok=True)
    found, astray = {}, []
    for name, data in _files(source):
        match = next((match for form in NAMES if (match := form.fullmatch(name))), None)
        if not name.endswith(".ipynb"):
            astray.append(f"{name} is no notebook.")
        elif data is None:
            astray.append(f"{name} can't be read, or has more than {MOST >> 20} MB.")
        elif match is None:
            astray.append(f"{name}: whose is it?")
        else:
            student = match[1]
            if student in found:
                astray.append(f"{student} has handed in more than one notebook; graded is the last by its name, {name}.")
            found[student] = into / f"{student}.ipynb"
            found[student].write_bytes(data)
    return found, astray


def _files(source: Path) -> Iterator[tuple[str, bytes | None]]:
    """The name and the content of every file, in the order of the names; None for what can't be read."""
    if source.is_dir():
        for path in sorted(path for path in source.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts):
            yield path.relative_to(source).as_posix(), path.read_bytes() if path.stat().st_size <= MOST else None
        return
    with zipfile.ZipFile(source) as archive:
        for each in sorted(archive.infolist(), key=lambda each: each.filename):
            if each.is_dir() or "__MACOSX" in PurePosixPath(each.filename).parts:
                continue
            try:
                with archive.open(each) as file:
                    data = file.read(MOST + 1)  # whatever the archive says of its size
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
                data = None
            yield each.filename, data if data is not None and len(data) <= MOST else None
