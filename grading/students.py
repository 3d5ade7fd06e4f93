"""The students of a class, as `students.csv` lists them; and which of them a name means.

The list may be nbgrader's (id, first_name, last_name, email), or what an LMS exports, as it is: Canvas's gradebook or
Moodle's participants.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# The columns of each list, the best first. Canvas's "ID" is a number that names of files bear, too.
IDS = ["id", "SIS Login ID", "SIS User ID", "Username", "ID number", "ID"]
FIRST = ["first_name", "First name", "FirstName"]
LAST = ["last_name", "Last name", "Surname", "LastName"]
EMAIL = ["email", "Email address"]
FORBIDDEN = set('/\\:*?"<>|[]{}')  # in the name of a folder, here or on another system, or where nbgrader looks for it


@dataclass(frozen=True)
class Student:
    """One student.

    Parameters
    ----------
    id : str
        What the class and its folders call them.
    first_name, last_name, email : str, optional
    number : str, optional
        Canvas's own number of them.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    number: str = ""

    @property
    def name(self) -> str:
        """First and last name, else the id."""
        return f"{self.first_name} {self.last_name}".strip() or self.id

    @property
    def sorted_name(self) -> str:
        """Last name, first name, as Canvas has them; else the id."""
        return ", ".join(filter(None, (self.last_name, self.first_name))) or self.id


def table(data: bytes) -> list[dict[str, str]]:
    """The rows of a table as spreadsheets and LMSs write them, by the names of their columns.

    Parameters
    ----------
    data : bytes
        Values separated by commas, semicolons or tabs, in UTF-8 with or without its mark, UTF-16, or Windows's letters.

    Raises
    ------
    ValueError
        If it is no such table.
    """
    head, *rows = lines(data)[0] or [[]]
    return [dict(zip(head, [*row, *[""] * (len(head) - len(row))])) for row in rows if any(row)]


def lines(data: bytes) -> tuple[list[list[str]], str]:
    """The same table as it stands, and what separates its values."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if wide else ["utf-8-sig", "cp1252"]:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValueError("it is no table of text")
    if "\0" in text:
        raise ValueError("it is no table of text")
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        return [[cell.strip() for cell in row] for row in rows], separator
    except csv.Error as error:
        raise ValueError(f"it is no table that can be read ({error})") from None


def students(folder: Path) -> list[Student]:
    """The students that `students.csv` lists, in its order; none if there is no such file.

    Parameters
    ----------
    folder : Path
        The class's.

    Raises
    ------
    ValueError
        If a row has no id, an id can't be the name of a folder, or two can't be told apart.
    """
    path = folder / "students.csv"
    if not path.exists():
        return []
    try:
        rows = table(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"students.csv can't be read: {error}.") from None
    found: dict[str, Student] = {}
    for row in rows:
        student = _student(row)
        if student is None:
            continue
        if fault := unfit(student.id):
            raise ValueError(f"students.csv: the id {student.id!r} {fault}.")
        if other := found.get(folded(student.id)):
            how = (
                "is there twice" if other.id == student.id else f"and {other.id!r} differ only in how they are written"
            )
            raise ValueError(f"students.csv: the id {student.id!r} {how}.")
        found[folded(student.id)] = student
    return list(found.values())


def _student(row: dict[str, str]) -> Student | None:
    def first(columns: list[str]) -> str:
        return next((unicodedata.normalize("NFC", row[column]) for column in columns if row.get(column)), "")

    last, _, given = row.get("Student", "").partition(", ")  # Canvas's
    if "Points Possible" in last or (last, given) == ("Student", "Test"):
        return None
    if not first(IDS):
        raise ValueError(f"students.csv: there is no id in the row {', '.join(filter(None, row.values()))!r}.")
    number = row.get("ID", "") if "Student" in row or "LastName" in row else ""
    return Student(first(IDS), first(FIRST) or given, first(LAST) or last, first(EMAIL), number)


def unfit(id: str) -> str:
    """Why an id can't be the name of a student's folder; "" if it can."""
    if not id or id[0] in ".-" or id[-1] in ". " or len(id.encode()) > 200:
        return "can't be the name of a folder"
    if FORBIDDEN & set(id) or not id.isprintable():
        return "has a character that the name of a folder can't have"
    return ""


def folded(text: str) -> str:
    """A text without what some systems don't tell apart: capitals, and the ways to write an accent."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())


def squeezed(text: str) -> str:
    """The letters and digits of a name: LMSs leave the rest of it out, each in its own way."""
    return "".join(letter for letter in folded(text) if unicodedata.category(letter)[0] in "LMN")


class Names:
    """What the students of a class are called: by their ids, e-mail addresses and names.

    Parameters
    ----------
    known : list of Student
    """

    def __init__(self, known: list[Student]):
        self._exact: dict[str, set[str]] = {}
        self._squeezed: dict[str, set[str]] = {}
        self._numbers = {student.number: student.id for student in known if student.number}
        for student in known:
            for name in filter(None, (student.id, student.email)):
                self._exact.setdefault(folded(name), set()).add(student.id)
            names = {student.id, student.first_name + student.last_name, student.last_name + student.first_name}
            for name in filter(None, map(squeezed, names)):
                self._squeezed.setdefault(name, set()).add(student.id)

    def meant(self, name: str) -> set[str]:
        """The ids of those whom a name may mean: one if it is clear, none if nobody is called so."""
        return self._exact.get(folded(name)) or self._squeezed.get(squeezed(name), set())

    def whose(self, told: Iterable[str], number: str = "") -> set[str]:
        """The ids of those whom several names mean together: one if all that mean anybody mean the same.

        Parameters
        ----------
        told : iterable of str
            Names, addresses, ids; what means nobody does not count.
        number : str, optional
            The number in Canvas.
        """
        meant = [{self._numbers[number]}] if number in self._numbers else []
        meant += [ids for ids in map(self.meant, told) if ids]
        return (set.intersection(*meant) or set.union(*meant)) if meant else set()
