"""A file that was handed in, and what its name tells: whose it is, when it came, which of several it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from .students import unfit

# Where the name of a student is in a path. It is the first place that counts: the rest may be of the student's making.
MOODLE = r"(?:.*?/)??(?P<who>[^/_]+)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_?/|_)(?P<file>.+)"
EXCHANGE = r"(?:.*?/)??(?P<who>[^/]+?)\+{name}\+(?P<time>[^/+]+)(?:\+[^/]*)?/(?P<file>.+)"
NBGRADER = r"(?:.*?/)??(?P<who>[^/]+)/{name}/(?P<file>.+)"
CANVAS = r"(?:.*/)?(?P<who>[^/]+?)(?P<late>_(?i:late))?_(?P<number>\d+)_(?P<order>\d+)_(?P<file>[^/]+)"
PLAIN = r"(?:.*/)?(?P<who>[^/]+)\.(?i:ipynb)"
FORMS = [MOODLE, EXCHANGE, NBGRADER, CANVAS, PLAIN]
LONGEST = 1000  # letters of a path that is looked at
TIMES = ["%A, %d %B %Y, %I:%M %p", "%A, %B %d, %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%A, %B %d, %Y, %H:%M"]


@dataclass(eq=False)
class HandIn:
    """A file that was handed in.

    Parameters
    ----------
    path : str
        Its name, as it came.
    read : function
        Gives its bytes.
    form : str
        Which of the forms its name has; "" for none.
    who, within : str
        The name in it, and the folders before that.
    number : str
        The LMS's number in it.
    late : bool
        Whether Canvas calls it late.
    time : datetime or None
        When it was handed in, where that was written down.
    order : int
        Canvas counts what it is sent: the later, the larger.
    """

    path: str
    read: Callable[[], bytes] = field(repr=False)
    form: str = ""
    who: str = ""
    within: str = ""
    number: str = ""
    late: bool = False
    time: datetime | None = None
    order: int = 0

    @property
    def file(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def notebook(self) -> bool:
        return self.file.lower().endswith(".ipynb")


def hand_in(path: str, read: Callable[[], bytes], name: str) -> HandIn:
    """What the path of a file tells.

    Parameters
    ----------
    path : str
        Its parts separated by /.
    read : function
        Gives the file's bytes.
    name : str
        The set's.
    """
    path = unicodedata.normalize("NFC", path)
    if not {"", ".", ".."}.isdisjoint(path.split("/")):
        return HandIn(path, read, within="/")  # no program that packs what was handed in writes such a path
    patterns = _patterns(unicodedata.normalize("NFC", name)) if len(path) <= LONGEST else {}
    matches = [(form, match) for form, pattern in patterns.items() if (match := pattern.fullmatch(path))]
    if matches:
        form, match = min(matches, key=lambda each: each[1].start("who"))
        told = match.groupdict()
        return HandIn(
            path, read, form, told["who"], path[: match.start("who")], told.get("number") or "",
            bool(told.get("late")), written_time(told.get("time") or ""), int(told.get("order") or 0),
        )  # fmt: skip
    return HandIn(path, read, within=path[: path.rfind("/") + 1])


def way_back(path: str, student: str, name: str) -> str:
    """The name under which an LMS takes a page for the student whose notebook had this path.

    Parameters
    ----------
    path : str
        "" if it is not known.
    student : str
        The student's id.
    name : str
        The set's.

    Returns
    -------
    For Moodle the folder that it made, for Canvas both numbers that it looks for; for others the student's id.
    """
    came = hand_in(path, bytes, name)
    if not unfit(came.who) and came.form == MOODLE:
        return f"{came.who}_{came.number}_assignsubmission_file_/{name}.html"
    if not unfit(came.who) and came.form == CANVAS:
        return f"{came.who}{'_LATE' if came.late else ''}_{came.number}_{came.order}_{name}.html"
    return f"{student}.html"


@cache
def _patterns(name: str) -> dict[str, re.Pattern]:
    return {form: re.compile(form.replace("{name}", re.escape(name)), re.S) for form in FORMS}


def written_time(text: str) -> datetime | None:
    """A time as nbgrader writes it (UTC), or as Moodle does, which is taken as one of this computer's zone."""
    text = text.strip().replace("\u202f", " ")
    try:
        time = datetime.fromisoformat(re.sub(r" ?UTC$", "+00:00", text))
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    for form in TIMES:
        try:
            return datetime.strptime(text, form).astimezone().astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
