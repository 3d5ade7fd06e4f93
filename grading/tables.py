"""The marks as tables: for people, for Canvas's gradebook and for Moodle's.

An LMS takes a mark only where it knows whose it is. The surest is to fill in what it has exported itself: Canvas's
gradebook, Moodle's grading worksheet. A place without a mark is never a 0: it is empty, or in the LMS's own table as it
was. (An LMS that imports an empty place may clear what stood there.)
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .folder import Folder
from .students import Names, Student, folded, lines, students

if TYPE_CHECKING:
    from .gradebook import Marks

# A cell that begins like this is run as a formula by spreadsheets; one within a cell, where they split at another sign.
FORMULA = re.compile(r"(^|[;,\t\r\n])([\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20])")
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?|-?")


def write(
    folder: Folder, name: str, marks: list[Marks], canvas: Path | None = None, moodle: Path | None = None
) -> list[str]:
    """Write `marks.csv`, `canvas.csv` and `moodle.csv` of a set.

    Parameters
    ----------
    folder : Folder
        The class's.
    name : str
        The set's.
    marks : list of Marks
        Of every student.
    canvas : Path, optional
        The gradebook as Canvas exports it: its rows and its column of this set are kept.
    moodle : Path, optional
        The grading worksheet as Moodle exports it: its rows and columns are kept.

    Returns
    -------
    Lines that say which marks are not in them, and what else to look at.

    Raises
    ------
    ValueError
        If an exported table is none.
    FileNotFoundError
        If it is not there.
    """
    return Tables(folder, name, marks).write(canvas, moodle)


class Tables:
    """The marks of a set, and whose they are."""

    def __init__(self, folder: Folder, name: str, marks: list[Marks]):
        self.name, self.marks = name, {each.student: each for each in marks}
        self.points = folder.settled(name).assignment.exercises
        self.out_of = number(sum(self.points.values()))
        known = {each.id: each for each in students(folder.root)}
        self.students = {who: known.get(who) or Student(who) for who in self.marks}
        self.names = Names(list(self.students.values()))
        self.place = folder.place("returned", name)
        self.said: list[str] = []

    def write(self, canvas: Path | None, moodle: Path | None) -> list[str]:
        self.place.mkdir(parents=True, exist_ok=True)
        # Excel takes a file for UTF-8 only if it begins with the mark. Moodle writes it, too; Canvas would read it as
        # a letter of the first heading.
        self._write("marks.csv", self._for_people(), "utf-8-sig")
        self._write("canvas.csv", self._filled_canvas(canvas) if canvas else self._for_canvas(), "utf-8")
        self._write("moodle.csv", self._filled_moodle(moodle) if moodle else self._for_moodle(), "utf-8-sig")
        if waiting := [who for who, each in self.marks.items() if each.total is None and each.handed_in]:
            self.said.append(f"Without a mark, as they wait for yours: {', '.join(waiting)}.")
        return self.said

    def _for_people(self) -> Iterator[list[str]]:
        yield ["student", "first_name", "last_name", "email", *self.points, "late_penalty", "total", "out_of", "note"]
        for who, each in self.marks.items():
            student = self.students[who]
            waiting = [exercise for exercise, score in each.scores.items() if score is None]
            note = f"to be marked: {', '.join(waiting)}" if waiting else ""
            if not each.handed_in:
                note = "nothing handed in"
            scores = [number(each.scores.get(exercise)) for exercise in self.points]
            late = number(each.penalty) if each.handed_in else ""
            about = [who, student.first_name, student.last_name, student.email]
            yield [*about, *scores, late, number(each.total), self.out_of, note]

    def _for_canvas(self) -> Iterator[list[str]]:
        yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", self.name]
        yield ["    Points Possible", "", "", "", "", self.out_of]
        for who, each in self.marks.items():
            student = self.students[who]
            # Canvas looks for the number, then for either id: what our ids are, only the school knows.
            yield [
                student.sorted_name,
                student.number,
                *(["", who] if student.number else [who, who]),
                "",
                number(each.total),
            ]

    def _for_moodle(self) -> Iterator[list[str]]:
        yield ["ID", "Full name", "Email address", self.name, f"{self.name} feedback"]
        for who, each in self.marks.items():
            student = self.students[who]
            yield [who, student.name, student.email, number(each.total), self._feedback(each)]

    def _filled_canvas(self, path: Path) -> Iterator[list[str]]:
        head, *rows = self._exported(path)
        if "Section" not in head or "ID" not in head:
            raise ValueError(f"{path} is no gradebook of Canvas's: there are no columns ID and Section.")
        identity = range(head.index("Section") + 1)
        columns = [at for at, title in enumerate(head) if folded(re.sub(r" \(\d+\)$", "", title)) == folded(self.name)]
        if len(columns) != 1:
            others = ", ".join(title for title in head[len(identity) :] if re.search(r" \(\d+\)$", title))
            raise ValueError(
                f"{path} has {len(columns)} columns called {self.name}. Its assignments: {others or 'none'}."
            )
        yield [head[at] for at in (*identity, *columns)]
        for row, mark in self._matched(path, rows, {"SIS Login ID", "SIS User ID", "Student"}, head, "ID"):
            if "Points Possible" in row[0]:
                self._compare("Canvas", {row[columns[0]]})
            if mark:
                row[columns[0]] = number(mark.total)
            yield [row[at] for at in (*identity, *columns)]

    def _filled_moodle(self, path: Path) -> Iterator[list[str]]:
        head, *rows = self._exported(path)
        if not {"Identifier", "Grade"} <= set(head):
            raise ValueError(
                f"{path} is no grading worksheet of Moodle's in English: there are no columns Identifier and Grade."
            )
        yield head
        self._compare(
            "Moodle", {cell for row in rows for cell, title in zip(row, head) if title.lower() == "maximum grade"}
        )
        for row, mark in self._matched(path, rows, {"Email address", "ID number", "Username", "Full name"}, head):
            if mark:
                row[head.index("Grade")] = number(mark.total)
                if "Feedback comments" in head:
                    row[head.index("Feedback comments")] = self._feedback(mark)
            yield row

    def _exported(self, path: Path) -> list[list[str]]:
        if not path.exists():
            raise FileNotFoundError(f"There is no {path}.")
        try:
            rows, _ = lines(path.read_bytes())
        except ValueError as error:
            raise ValueError(f"{path} can't be read: {error}.") from None
        rows = [row for row in rows if row] or [[]]
        return [[*row, *[""] * (len(rows[0]) - len(row))] for row in rows]

    def _compare(self, where: str, told: set[str]) -> None:
        there = {number(float(text.replace(",", "."))) for text in told if re.fullmatch(r"\d+(?:[.,]\d+)?", text)}
        if there - {self.out_of}:
            self.said.append(f"In {where} {self.name} has {', '.join(sorted(there))} points, here {self.out_of}.")

    def _matched(
        self, path: Path, rows: list[list[str]], columns: set[str], head: list[str], numbers: str = ""
    ) -> Iterator[tuple[list[str], Marks | None]]:
        """Each row with the marks of its student, if there are any; what fits nobody, or two, is said."""
        left, unclear = {who for who, each in self.marks.items() if each.total is not None}, []
        for row in rows:
            told = [cell for cell, title in zip(row, head) if title in columns and cell]
            whose = self.names.whose(told, row[head.index(numbers)] if numbers else "")
            if len(whose) > 1:
                unclear.append(f"{row[0]} ({' or '.join(sorted(whose))})")
            (who,) = whose if len(whose) == 1 else [None]
            yield row, self.marks[who] if who in left else None
            left.discard(who)
        if unclear:
            self.said.append(f"In {path} it is not clear who is {', '.join(unclear)}.")
        if left:
            self.said.append(f"Not in {path}, nor are their marks in what is made of it: {', '.join(sorted(left))}.")

    def _feedback(self, each: Marks) -> str:
        parts = []
        for exercise, most in self.points.items():
            score = each.scores.get(exercise)
            comment = f" ({each.comments[exercise]})" if each.comments.get(exercise) else ""
            parts.append(
                f"{exercise}: {'no mark yet' if score is None else f'{number(score)} of {number(most)}'}{comment}"
            )
        if each.penalty:
            parts.append(f"late: {number(each.penalty)} taken off")
        return "; ".join(parts) if each.handed_in else ""

    def _write(self, called: str, rows: Iterator[list[str]], encoding: str) -> None:
        rows = list(rows)
        with (self.place / called).open("w", newline="", encoding=encoding) as file:
            csv.writer(file).writerows([harmless(cell) for cell in row] for row in rows)


def number(value: float | None) -> str:
    """A number of points with two places at the most; "" for None."""
    return "" if value is None else f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def harmless(cell: str) -> str:
    """The text of a cell so that no spreadsheet runs it as a formula."""
    return cell if NUMBER.fullmatch(cell) else FORMULA.sub(r"\1'\2", cell)
