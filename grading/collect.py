"""What was handed in: notebooks in a folder or a zip, with the names that people, Canvas, Moodle and nbgrader give.

Whose a notebook is must be clear: from its name and `students.csv`, or from Moodle's grading worksheet, which may lie
in the same folder. What is not clear is listed; nothing is guessed, and nothing dropped in silence.

A time is one that was written down when the notebook was handed in: nbgrader's `timestamp.txt`, or the worksheet. The
dates of files and within zips tell when something was copied, so they are not asked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from .archives import Unread, files, shown
from .folder import Folder
from .hand_in import CANVAS, EXCHANGE, MOODLE, NBGRADER, PLAIN, HandIn, hand_in, written_time
from .students import Names, folded, students, table, unfit

WORKSHEET = {"Identifier", "Full name"}  # columns of Moodle's
CAME_AS = "came-as.txt"  # beside the notebook: the name that it had, by which an LMS takes something back
MANY = 20  # files of nobody that are listed each


def collect(source: Path, folder: Folder, name: str) -> tuple[int, list[str]]:
    """Put what was handed in into the class's `submitted` folder, one notebook a student.

    Parameters
    ----------
    source : Path
        A folder, a zip, or a folder of zips.
    folder : Folder
        The class's.
    name : str
        The set's.

    Returns
    -------
    How many students have a notebook there, and lines that say what is not there and why. A notebook that was
    collected before stays as it is if nothing has changed, or if what comes now is older.

    Raises
    ------
    ValueError
        If there is nothing to be read, or `students.csv` is not right.
    FileNotFoundError
        If there is no such source.
    """
    return Collecting(folder, name).all(source)


class Collecting:
    """One run of `collect`."""

    def __init__(self, folder: Folder, name: str):
        self.folder, self.name = folder, name
        self.students = students(folder.root)
        self.names = Names(self.students)
        self.others = set(folder.sets()) - {name}
        self.lines: list[str] = []

    def all(self, source: Path) -> tuple[int, list[str]]:
        if source.resolve() in (self.folder.root, *self.folder.root.parents):
            raise ValueError(f"{source} holds the class itself. Give the folder or the zip in which notebooks came.")
        found = [hand_in(path, read, self.name) for path, read in files(source, self.lines)]
        if not found and not self.lines:
            raise ValueError(f"There is nothing in {source}.")
        found = [
            each for each in found if each.form not in ("", PLAIN) or self.others.isdisjoint(each.within.split("/"))
        ]
        sheets = [each for each in found if not each.form and not each.within and each.file.lower().endswith(".csv")]
        stamps = [each for each in found if each.form in (NBGRADER, EXCHANGE) and each.file == "timestamp.txt"]
        rows, times = self._worksheet(sheets), self._timestamps(stamps)
        aside = {*sheets, *stamps}
        handed_in, besides, nobodys = defaultdict(list), defaultdict(list), []
        for each in found:
            if each in aside:
                continue
            row = rows.get(each.number, {})
            told = row.get("Last modified (submission)", "")
            each.time = each.time or written_time(told) or times.get(each.within + each.who)
            whose = self._whose(each, row)
            if len(whose) > 1:
                self.lines.append(f"{shown(each.path)} may be of {', '.join(sorted(whose))}: whose is it?")
            elif whose:
                (handed_in if each.notebook else besides)[whose.pop()].append(each)
            else:
                nobodys.append(f"{shown(each.path)}{': whose is it?' if each.notebook else ' is no notebook.'}")
        self.lines += nobodys[:MANY] + [f"{len(nobodys) - MANY} more files are nobody's."] * (len(nobodys) > MANY)
        if not self.students:
            self._without_a_list(handed_in)
        there = [who for who, several in sorted(handed_in.items()) if self._keep(who, several)]
        for who, others in sorted(besides.items()):
            if who not in handed_in:
                self.lines.append(f"{shown(who)} has handed in {_some(others)}, and no notebook.")
        late = [who for who in there if any(each.late and not each.time for each in handed_in[who])]
        if late:
            told = "Late, says Canvas, but not how late, so the late policy knows nothing of it"
            self.lines.append(f"{told}: {', '.join(late)}.")
        self._absent(there)
        return len(there), self.lines

    def _worksheet(self, sheets: list[HandIn]) -> dict[str, dict[str, str]]:
        """The rows of Moodle's grading worksheet, if it is there, by the number that the names of files bear."""
        rows = {}
        for each in sheets:
            try:
                sheet = table(each.read())
            except (Unread, ValueError) as error:
                self.lines.append(f"{shown(each.path)} can't be read: {error}.")
                continue
            if sheet and WORKSHEET <= sheet[0].keys():
                rows |= {row["Identifier"].rpartition(" ")[2]: row for row in sheet}
            else:
                self.lines.append(f"{shown(each.path)} is no notebook, and no grading worksheet of Moodle's.")
        told = [row.get("Last modified (submission)", "-") for row in rows.values()]
        unread = sum(text not in ("", "-") and written_time(text) is None for text in told)
        if unread:
            self.lines.append(
                f"{unread} times of the worksheet can't be read (is it in English?): none of these is late."
            )
        elif any(map(written_time, told)):
            zone = datetime.now().astimezone().tzname()
            self.lines.append(f"The worksheet's times are taken as those of this computer's zone, {zone}.")
        return rows

    def _timestamps(self, stamps: list[HandIn]) -> dict[str, datetime]:
        times = {}
        for each in stamps:
            try:
                times[each.within + each.who] = written_time(each.read()[:100].decode("utf-8", "replace"))
            except Unread:
                pass
            if not times.get(each.within + each.who):
                self.lines.append(f"{shown(each.path)} has no time that can be read.")
        return times

    def _whose(self, each: HandIn, row: dict[str, str]) -> set[str]:
        """The students whose a file may be: one if all that is told of it, where it means anybody, means the same."""
        if not self.students:
            return set() if not each.who or (each.form == PLAIN and each.within) else {each.who}
        told = [row.get(column, "") for column in ("Email address", "ID number", "Full name")]
        return self.names.whose([*told, each.who, *each.within.split("/")], each.number if each.form == CANVAS else "")

    def _without_a_list(self, handed_in: dict[str, list[HandIn]]) -> None:
        """Leave out those whose names alone don't tell them apart, or can't be the name of a folder."""
        alike = defaultdict(set)
        for who, several in handed_in.items():
            alike[folded(who)] |= {(who, each.number) for each in several}
        for who in list(handed_in):
            if unfit(who):
                self.lines.append(f"{shown(who)} {unfit(who)}; list them in students.csv.")
            elif len(alike[folded(who)]) > 1:
                self.lines.append(f"There is more than one {shown(who)}; list them in students.csv.")
            else:
                continue
            del handed_in[who]

    def _keep(self, who: str, several: list[HandIn]) -> bool:
        """Write the latest of a student's notebooks, unless it is there; return whether there is one."""
        place = self.folder.place("submitted", self.name, who)
        several.sort(key=self._rank)
        latest = several[-1]
        try:
            data = latest.read()
            equal = [each for each in several[:-1] if self._rank(each) == self._rank(latest)]
            if any(each.read() != data for each in equal):
                both = _some([*equal, latest])
                self.lines.append(f"{who} has handed in {both}, and nothing says which is the later: leave one.")
                return place.exists()
        except Unread as error:
            self.lines.append(f"{shown(latest.path)} of {who} can't be read: {error}.")
            return place.exists()
        if earlier := [each for each in several if self._rank(each) != self._rank(latest)]:
            self.lines.append(
                f"{who} has handed in more than one; {shown(latest.path)} is taken, not {_some(earlier)}."
            )
        notebook, stamp = place / f"{self.name}.ipynb", place / "timestamp.txt"
        before = written_time(stamp.read_text(encoding="utf-8")) if stamp.exists() else None
        same = notebook.exists() and notebook.read_bytes() == data
        if not same and before and latest.time and latest.time < before:
            self.lines.append(f"{shown(latest.path)} of {who} is older than what was collected before, which stays.")
            return True
        if not same:
            stamp.unlink(missing_ok=True)  # it is of another notebook
            _write(notebook, data)
        if not same or latest.form in (MOODLE, CANVAS):
            _write(place / CAME_AS, latest.path.encode("utf-8", "replace"))
        if latest.time and not (same and latest.time == before):
            _write(stamp, f"{latest.time:%Y-%m-%d %H:%M:%S.%f} UTC".encode())
        return True

    def _rank(self, each: HandIn) -> tuple:
        """The later, the larger; among equals the one that bears the name of the set, then the outer one."""
        stem = re.sub(r"(?:-\d+|[ _]?\(\d+\))?\.ipynb$", "", each.file, flags=re.I)
        named = folded(stem).endswith(folded(self.name))
        return each.time or datetime.min.replace(tzinfo=UTC), each.order, named, -each.path.count("/")

    def _absent(self, there: list[str]) -> None:
        absent = [each.id for each in self.students if each.id not in there]
        before = [who for who in absent if self.folder.place("submitted", self.name, who).exists()]
        nothing = [who for who in absent if who not in before]
        if before:
            self.lines.append(f"Collected before, and not in this: {', '.join(before)}.")
        if nothing:
            self.lines.append(f"Nothing yet from {', '.join(nothing)}.")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def _some(several: list[HandIn]) -> str:
    names = [shown(each.path) for each in several]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
