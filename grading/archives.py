"""The files of a folder or a zip that strangers filled: their names, and their contents where these can be had."""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from .submission import MOST

ENTRIES = 20_000  # more than a class hands in
# What systems leave beside files; nobody hands it in.
BESIDE = re.compile(
    r"(?:.*/)?(?:(?:__MACOSX|\.ipynb_checkpoints|\.git|__pycache__)/.*|\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)",
    re.S,
)
OF_A_STUDENT = re.compile(r".*_\d+_\d+_.*|.*_assignsubmission_.*")  # a zip so named was handed in by one
BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError)


class Unread(Exception):
    """A file that can't be read; the message says why."""


def files(source: Path, lines: list[str]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The name of every file, in the order of the names, and a function that reads it.

    Zips that lie right in a folder are looked into, as if they were folders there, unless a name says that a student
    handed it in; others are not. Links are not followed, and nothing is unpacked onto the disk.

    Parameters
    ----------
    source : Path
        A folder, a zip, or a notebook.
    lines : list of str
        Gets a line for what can't be looked at.

    Raises
    ------
    FileNotFoundError
        If there is no such thing.
    ValueError
        If it is something else, or holds too much.
    """
    if not source.exists():
        raise FileNotFoundError(f"There is no {source}.")
    if source.is_dir():
        yield from _of_folder(source, lines)
    elif zipfile.is_zipfile(source):
        yield from _of_zip(source, lines)
    elif source.suffix == ".ipynb":
        yield source.name, lambda: _read(source)
    else:
        raise ValueError(f"{source} is neither a folder nor a zip. Unpack other archives, and give the folder.")


def _of_folder(source: Path, lines: list[str]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    count = 0
    for at, folders, names in os.walk(source):
        folders.sort()
        for name in sorted(names) + [folder for folder in folders if Path(at, folder).is_symlink()]:
            path = Path(at, name)
            inside = os.fsencode(path.relative_to(source).as_posix()).decode("utf-8", "replace")
            if BESIDE.fullmatch(inside):
                continue
            if (count := count + 1) > ENTRIES:
                raise ValueError(f"{source} holds more than {ENTRIES} files.")
            kind = path.lstat().st_mode
            if not stat.S_ISREG(kind):
                what = "a link" if stat.S_ISLNK(kind) else "no file"
                lines.append(f"{shown(inside)} is {what}, and is not followed.")
            elif Path(at) == source and name.lower().endswith(".zip") and not OF_A_STUDENT.fullmatch(name):
                try:
                    for packed, read in _of_zip(path, lines):
                        yield f"{inside[:-4]}/{packed}", read
                except ValueError as error:
                    lines.append(str(error))
            else:
                yield inside, lambda path=path: _read(path)


def _of_zip(source: Path, lines: list[str]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    try:
        archive = zipfile.ZipFile(source)  # open as long as anybody may read from it
        entries = archive.infolist()
    except BROKEN as error:
        raise ValueError(f"{source} is a broken zip ({error}); download it again.") from None
    if len(entries) > ENTRIES:
        raise ValueError(f"{source} holds more than {ENTRIES} files.")
    for entry in sorted(entries, key=lambda entry: entry.filename):
        name = _name(entry)
        if entry.is_dir() or BESIDE.fullmatch(name):
            continue
        if stat.S_ISLNK(entry.external_attr >> 16):
            lines.append(f"{shown(name)} is a link, and is not followed.")
        else:
            yield name, lambda entry=entry: _unpacked(archive, entry)


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry: many programs write UTF-8 without saying so, and then Python reads it as DOS's letters."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(entry) as file:
            return _enough(file.read(MOST + 1))  # whatever the archive says of its size
    except BROKEN as error:
        raise Unread("it has a password" if entry.flag_bits & 1 else f"it is broken ({error})") from None


def _read(path: Path) -> bytes:
    try:
        # Whoever may write there must not lead us elsewhere with a link made since.
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
            return _enough(file.read(MOST + 1))
    except OSError as error:
        raise Unread(error.strerror or "it can't be opened") from None


def _enough(data: bytes) -> bytes:
    if len(data) > MOST:
        raise Unread(f"it has more than {MOST >> 20} MB")
    return data


def shown(name: str) -> str:
    """A name from outside, fit for a terminal and for a line."""
    name = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)
    return name if len(name) <= 120 else f"{name[:80]}…{name[-30:]}"
