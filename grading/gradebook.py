"""The gradebook, which is nbgrader's: the judge's marks are written into it, and the marks that hold are read from it.

Only this module and `exchange` import nbgrader, and nothing of a student runs here. What a person has written in the
gradebook, marks and comments, stays. Where there is no verdict nbgrader counts a 0; here that is None.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC

from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters.base import NbGraderException
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import make_url
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from traitlets import Float

from .course import Report
from .folder import CONFIG, Folder, Settled
from .hand_in import written_time
from .students import students

DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Marks:
    """The marks of one student for one set, as the gradebook has them.

    Parameters
    ----------
    student : str
    scores : dict of str to float or None
        For each exercise the points: a person's, else the judge's; None if there was no verdict and nobody gave any.
    comments : dict of str to str
        What a person wrote, by the exercise.
    penalty : float
        Points taken off for lateness.
    total : float or None
        The sum less the penalty; None while a score is None.
    handed_in : bool
        Whether the gradebook knows of anything that the student handed in.
    """

    student: str
    scores: dict[str, float | None]
    comments: dict[str, str] = field(default_factory=dict)
    penalty: float = 0.0
    total: float | None = None
    handed_in: bool = True


class LateDays(LateSubmissionPlugin):
    """A share of the mark for each day begun after some days of grace; for nbgrader's own programs too."""

    grace = Float(0.0, min=0, help="Days after the due date that cost nothing.").tag(config=True)
    per_day = Float(0.0, min=0, max=1, help="What each day begun after them costs, as a share of the mark.").tag(
        config=True
    )

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        """The points that lateness takes off: never more than there are."""
        days = math.ceil(max(total_seconds_late / DAY - self.grace, 0))
        return max(score, 0) * min(days * self.per_day, 1)


class Refuse(NotebookExporter):
    """Stands in nbgrader's own grading, which would run what students wrote with all that the instructor may do."""

    def __init__(self, **_):
        raise NbGraderException(
            "This class is graded by the command `grading grade`, which keeps students' code in a sandbox."
        )


def api(folder: Folder) -> NbGraderAPI:
    """nbgrader for a class: configured as its own programs are, and by the class's `nbgrader_config.py`.

    Raises
    ------
    ValueError
        If something there is not right.
    """
    app = NbGrader(log_level="CRITICAL")
    app.load_cwd_config, app.config_dir, app.raise_config_file_errors = False, str(folder.root), True
    try:
        app.load_config_file()
        app.config.CourseDirectory.root = str(folder.root)
        nbgrader = NbGraderAPI(config=app.config, log_level="WARN")
        _late(nbgrader)  # nbgrader would see a mistake in it later
    except Exception as error:  # a configuration is a program: it may raise anything
        raise ValueError(f"{folder.root / CONFIG} can't be used. {type(error).__name__}: {error}") from None
    return nbgrader


def announce(folder: Folder, settled: Settled) -> None:
    """Enter a set into the gradebook: its exercises, their points, when it is due."""
    with _book(folder) as (book, _):
        _announce(book, settled)


def record(folder: Folder, name: str, reports: list[Report]) -> None:
    """Write what the judge found; marks and comments of a person stay.

    Parameters
    ----------
    folder : Folder
    name : str
        The set's.
    reports : list of Report
        One for each student who handed something in.
    """
    settled = folder.settled(name)
    with _book(folder) as (book, nbgrader):
        _announce(book, settled)
        for each in students(folder.root):
            # The pages of nbgrader show names as they are written, as markup too.
            names = {
                part: getattr(each, part).replace("<", "").replace(">", "")
                for part in ("first_name", "last_name", "email")
            }
            book.update_or_create_student(each.id, **names)
        for report in reports:
            book.update_or_create_student(report.student)
            stamp = folder.place("submitted", name, report.student) / "timestamp.txt"
            when = written_time(stamp.read_text(encoding="utf-8", errors="replace")) if stamp.exists() else None
            submission = book.update_or_create_submission(name, report.student, timestamp=when)
            found = {verdict.exercise: verdict for verdict in report.verdicts}
            for grade in submission.notebooks[0].grades:
                share = found[grade.name].share(settled.claims[grade.name])
                score = None if share is None else round(share * settled.assignment.exercises[grade.name], 2)
                if grade.manual_score is None:
                    grade.needs_manual_grade = score is None
                elif grade.auto_score != score:
                    grade.needs_manual_grade = True  # whoever gave the mark looks again
                grade.auto_score = score
            book.db.commit()
            _take_off(book, submission, nbgrader)


def marks(folder: Folder, name: str) -> list[Marks]:
    """The marks of every student of the class, also of those who handed in nothing, by their ids.

    Parameters
    ----------
    folder : Folder
    name : str
        The set's.
    """
    settled = folder.settled(name)
    with _book(folder) as (book, nbgrader):
        _announce(book, settled)
        found = {each.student.id: _marks(book, each, nbgrader) for each in book.assignment_submissions(name)}
        everybody = {each.id for each in students(folder.root)} | {each.id for each in book.students}
    absent = {
        who: Marks(who, dict.fromkeys(settled.assignment.exercises), handed_in=False)
        for who in everybody - found.keys()
    }
    return [(found | absent)[who] for who in sorted(everybody)]


@contextmanager
def _book(folder: Folder) -> Iterator[tuple[Gradebook, NbGraderAPI]]:
    """The gradebook of a class, and nbgrader as it is configured for it."""
    nbgrader = api(folder)
    try:
        with warnings.catch_warnings(), nbgrader.gradebook as book:
            warnings.simplefilter("ignore", SAWarning)  # of nbgrader's ways, not of ours
            yield book, nbgrader
    except SQLAlchemyError as error:
        where = make_url(nbgrader.coursedir.db_url).render_as_string(hide_password=True)
        raise ValueError(f"The gradebook {where} can't be used: {str(error).splitlines()[0]}") from None


def _announce(book: Gradebook, settled: Settled) -> None:
    name = settled.assignment.name
    due = settled.due and settled.due.astimezone(UTC).replace(tzinfo=None)
    book.update_or_create_assignment(name, duedate=due)
    book.update_or_create_notebook(name, name)
    for exercise, points in settled.assignment.exercises.items():
        book.update_or_create_grade_cell(exercise, name, name, max_score=points, cell_type="code")
        book.update_or_create_solution_cell(exercise, name, name)


def _marks(book: Gradebook, submission: SubmittedAssignment, nbgrader: NbGraderAPI) -> Marks:
    (notebook,) = submission.notebooks
    _take_off(book, submission, nbgrader)
    known = {each.name: each.auto_score is not None or each.manual_score is not None for each in notebook.grades}
    scores = {each.name: each.score if known[each.name] else None for each in notebook.grades}
    comments = {each.name: each.comment for each in notebook.comments if each.comment}
    penalty = notebook.late_submission_penalty or 0.0
    total = None if None in scores.values() else round(max(sum(scores.values()) - penalty, 0), 2)
    return Marks(submission.student.id, scores, comments, penalty, total)


def _take_off(book: Gradebook, submission: SubmittedAssignment, nbgrader: NbGraderAPI) -> None:
    """Enter the points for lateness: of the marks as they are now, the policy as it is now, and extensions."""
    (notebook,) = submission.notebooks
    seconds = submission.total_seconds_late
    notebook.late_submission_penalty = None
    if seconds > 0:
        points = _late(nbgrader).late_submission_penalty(submission.student.id, notebook.score, seconds)
        notebook.late_submission_penalty = round(points, 2) if points else None
    book.db.commit()


def _late(nbgrader: NbGraderAPI) -> LateSubmissionPlugin:
    penalties = AssignLatePenalties(parent=nbgrader)
    penalties.init_plugin()
    return penalties.plugin_inst
