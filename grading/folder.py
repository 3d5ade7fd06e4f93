"""A class: a folder as nbgrader has it. Where everything stands in it, and what was settled for each of its sets."""

from __future__ import annotations

import difflib
import json
import os
import re
import zipfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from .assignment import Assignment
from .course import Report
from .judge import Verdict

CONFIG = "nbgrader_config.py"
CONFIGURED = """\
# The class, for `grading` and for nbgrader.
c = get_config()

c.CourseDirectory.course_id = {course!r}

# The gradebook is a file in this folder, gradebook.db. For one in PostgreSQL, which must hold an empty database:
# c.CourseDirectory.db_url = "postgresql+psycopg://NAME:PASSWORD@HOST/DATABASE"

# What is handed in late: days that cost nothing, and what each day begun after them takes off, as a share of the mark.
c.AssignLatePenalties.plugin_class = "grading.gradebook.LateDays"
c.LateDays.grace = 0
c.LateDays.per_day = 0.0

# The exchange of a JupyterHub: a folder that everybody may write into; not under /usr, which students' code may read.
# c.Exchange.root = "/srv/nbgrader/exchange"
c.ExchangeFactory.collect = "grading.exchange.Collect"

# Marks come from `grading grade`. nbgrader's own way would run strangers' code with all that you may do, so its button
# does nothing; and the key of a set never leaves its folder.
c.Autograde.exporter_class = "grading.gradebook.Refuse"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "assignment.json"]
"""


@dataclass(frozen=True)
class Settled:
    """What was settled when a set was assigned.

    Parameters
    ----------
    assignment : Assignment
    claims : dict of str to int
        How many claims a right answer to each exercise is granted.
    due : datetime, optional
        Until when it is to be handed in, with its time zone.
    students : list of str
        Those who have a notebook of their own; empty where all have the same.
    """

    assignment: Assignment
    claims: dict[str, int]
    due: datetime | None = None
    students: tuple[str, ...] = ()


class Folder:
    """The folder of a class.

    Parameters
    ----------
    root : Path

    Raises
    ------
    FileNotFoundError
        If no class was begun there.
    """

    def __init__(self, root: Path):
        self.root = root.resolve()
        if not (self.root / CONFIG).exists():
            raise FileNotFoundError(
                f"{root} is no folder of a class: there is no {CONFIG} in it. Begin one: grading begin"
            )

    @classmethod
    def begin(cls, root: Path) -> Folder:
        """Make a folder the folder of a class; what is in it already stays.

        Raises
        ------
        FileExistsError
            If it is that of a class already.
        """
        if (root / CONFIG).exists():
            raise FileExistsError(f"{root} is the folder of a class already; its {CONFIG} is left as it is.")
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        course = re.sub(r"[^\w.-]+", "-", root.resolve().name).strip("-") or "course"
        (root / CONFIG).write_text(CONFIGURED.format(course=course), encoding="utf-8")
        return cls(root)

    def place(self, step: str, name: str, student: str = "") -> Path:
        """The folder of a set at one step ("source", "submitted", …), or of one student's set."""
        return self.root / step / student / name

    def sets(self) -> list[str]:
        """The names of the sets that were assigned."""
        return sorted(path.parent.name for path in self.root.glob("source/*/assignment.json"))

    def free(self, name: str) -> None:
        """Make sure that there can be a new set of this name.

        Raises
        ------
        FileExistsError
            If there is one: its key would be lost.
        ValueError
            If the name can't be that of a file.
        """
        if not re.fullmatch(r"\w[\w .-]*", name) or name != name.strip():
            raise ValueError(f"{name!r} can't be the name of a set. Letters, digits, spaces, - and _ can.")
        if name in self.sets():
            raise FileExistsError(f"There is a set {name} already. Its key must not be lost, so it is left as it is.")

    def settle(self, settled: Settled) -> None:
        """Write down what was settled, for nobody else to read."""
        path = self.place("source", settled.assignment.name) / "assignment.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        told = asdict(settled) | {"due": settled.due and settled.due.isoformat()}
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(told, file, indent=1)

    def hand_out(self, settled: Settled) -> None:
        """Write the notebooks for the students, and a zip of them for an LMS."""
        assignment, release = settled.assignment, self.place("release", settled.assignment.name)
        release.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(release.with_name(f"{assignment.name}.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
            for student in settled.students or [""]:
                path = release / student / f"{assignment.name}.ipynb"
                notebook = json.dumps(assignment.notebook(student, settled.due), indent=1, ensure_ascii=False)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(notebook + "\n", encoding="utf-8")
                archive.write(path, path.relative_to(release))

    def settled(self, name: str) -> Settled:
        """What was settled for a set.

        Raises
        ------
        FileNotFoundError
            If there is no such set.
        """
        path = self.place("source", name) / "assignment.json"
        if not path.exists():
            raise FileNotFoundError(f"There is no set {name} here. {meant(name, self.sets())}")
        told = json.loads(path.read_text(encoding="utf-8"))
        due = told["due"] and datetime.fromisoformat(told["due"])
        return Settled(Assignment(**told["assignment"]), told["claims"], due, tuple(told["students"]))

    def handed_in(self, name: str) -> tuple[dict[str, Path], list[str]]:
        """The notebook of each student who handed one in; and a line for each that can't be told."""
        found, astray = {}, []
        for place in sorted(self.root.glob(f"submitted/*/{name}")):
            student = place.parent.name
            own = place / f"{name}.ipynb"
            notebooks = [own] if own.exists() else sorted(place.glob("*.ipynb"))
            if len(notebooks) != 1:
                astray.append(f"{student} has handed in {len(notebooks) or 'no'} notebooks, none of them {name}.ipynb.")
            elif any(path.is_symlink() for path in (notebooks[0], place, place.parent)):
                astray.append(f"{student} has handed in a link to another file, which is not followed.")
            else:
                found[student] = notebooks[0]
        return found, astray

    def keep(self, name: str, reports: list[Report]) -> None:
        """Keep what the judge found, as it went into the gradebook."""
        path = self.root / "verdicts" / f"{name}.json"
        written = path.with_suffix(".new")
        written.write_text(json.dumps([asdict(report) for report in reports]), encoding="utf-8")
        written.replace(path)

    def reports(self, name: str) -> list[Report]:
        """What the judge found when the set was last graded.

        Raises
        ------
        FileNotFoundError
            If it never was.
        """
        path = self.root / "verdicts" / f"{name}.json"
        if not path.exists():
            raise FileNotFoundError(f"{name} has not been graded yet: grading grade {name!r}")
        return [
            Report(**told | {"verdicts": [Verdict(**verdict) for verdict in told["verdicts"]]})
            for told in json.loads(path.read_text(encoding="utf-8"))
        ]


def meant(given: str, names) -> str:
    """What somebody may have meant who wrote a name that is not there."""
    close = difflib.get_close_matches(given, names, n=1)
    return (
        f"Did you mean {close[0]}?" if close else f"There are: {', '.join(names)}." if names else "There is none yet."
    )
