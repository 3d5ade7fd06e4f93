"""A class: one submission after the other is judged, several side by side, and what is done stays done.

A submission's verdicts are a file of their own, written whole or not at all, under a name made of all that
they depend on: the notebook, what was asked and the code of the checks. So grading can be killed at any
moment and begun again, and grading again does only what has changed.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from multiprocessing.connection import wait
from pathlib import Path

import lib

from . import sandbox
from .assignment import Assignment, Question
from .judge import Verdict, judge
from .submission import Unreadable, cells

LONGEST = 900.0  # seconds for a submission, the judge's own work included
FIRST_USER = 61_000  # of the numbers that no real user has


@dataclass
class Report:
    """What came of one submission.

    Parameters
    ----------
    student : str
    verdicts : list of Verdict
        One for each exercise.
    unreadable : str
        Why it could not be read, if it couldn't.
    """

    student: str
    verdicts: list[Verdict]
    unreadable: str = ""

    @property
    def lost(self) -> bool:
        return any(verdict.lost for verdict in self.verdicts)


class Course:
    """A folder of verdicts, and what fills it.

    Parameters
    ----------
    assignment : Assignment
    store : Path
        The folder.
    limits : Limits, optional
    workers : int, optional
        How many submissions are judged side by side.
    wrapped : bool, optional
        Whether students' code is kept in a sandbox.

    Raises
    ------
    NoSandbox
        If it should be, and can't be.
    """

    def __init__(self, assignment: Assignment, store: Path, limits=sandbox.Limits(), workers=2, wrapped=True):  # noqa: B008
        if wrapped and not sandbox.available():
            raise sandbox.NoSandbox(sandbox.MISSING)
        self.assignment, self.store, self.limits = assignment, store, limits
        self.workers, self.wrapped = workers, wrapped
        store.mkdir(parents=True, exist_ok=True)

    def grade(self, submissions: dict[str, Path], progress=iter) -> list[Report]:
        """Judge all that has not been judged yet; return a report for each student, in their order.

        Parameters
        ----------
        submissions : dict of str to Path
            The notebook of each student.
        progress : callable, optional
            Wraps the students as they are done (pass tqdm for a bar).
        """
        places = {student: self._place(student, path) for student, path in submissions.items()}
        waiting = {student: path for student, path in submissions.items() if not places[student].exists()}
        for _ in progress(self._side_by_side(waiting, places, self.workers)):
            pass
        # What was lost among neighbours is tried again without any.
        lost = {student: submissions[student] for student in waiting if self._read(student, places[student]).lost}
        for _ in self._side_by_side(lost, places, 1):
            pass
        return [self._read(student, place) for student, place in places.items()]

    def _place(self, student: str, path: Path) -> Path:
        depends = [student, path.read_bytes(), fingerprint(), repr(self.assignment.questions(student)), repr(self.limits)]
        digest = hashlib.sha256()
        for each in depends:
            data = each if isinstance(each, bytes) else each.encode()
            digest.update(len(data).to_bytes(8, "little") + data)
        return self.store / f"{digest.hexdigest()[:32]}.json"

    def _read(self, student: str, place: Path) -> Report:
        if not place.exists():
            gone = [Verdict(exercise, lost="the judge itself did not come to an end") for exercise in self.assignment.exercises]
            return Report(student, gone)
        data = json.loads(place.read_text(encoding="utf-8"))
        return Report(data["student"], [Verdict(**each) for each in data["verdicts"]], data["unreadable"])

    def _side_by_side(self, submissions: dict[str, Path], places: dict[str, Path], workers: int) -> Iterable[str]:
        """Judge each submission in a process of its own; yield the students as they are done."""
        context = multiprocessing.get_context("fork")  # a judge has all that it needs, at once
        queue, running = list(submissions.items()), {}
        users = list(range(FIRST_USER, FIRST_USER + workers))
        while queue or running:
            while queue and len(running) < workers:
                student, path = queue.pop(0)
                user = users.pop()
                process = context.Process(target=self._judge, args=(student, path, places[student], user))
                process.start()
                running[process.sentinel] = process, student, user, time.monotonic()
            for sentinel in wait(list(running), timeout=1.0):
                process, student, user, _ = running.pop(sentinel)
                process.join()
                users.append(user)
                yield student
            for process, _, _, began in running.values():
                if time.monotonic() - began > LONGEST:
                    process.kill()

    def _judge(self, student: str, path: Path, place: Path, user: int) -> None:
        questions = self.assignment.questions(student)
        report = Report(student, [])
        try:
            answers = cells(path, self.assignment.exercises)
        except Unreadable as error:
            report.unreadable = str(error)
            report.verdicts = [Verdict(each, lost="the notebook can't be read") for each in self.assignment.exercises]
        else:
            report.verdicts = list(judge(questions, answers, self.limits, user, self.wrapped))
        written = place.with_suffix(f".{os.getpid()}")
        written.write_text(json.dumps(asdict(report)), encoding="utf-8")
        written.replace(place)


@cache
def fingerprint() -> str:
    """Of the code that judges: the checks, the rest of `lib`, and this package."""
    digest = hashlib.sha256()
    for folder in (Path(lib.__file__).parent, Path(__file__).parent):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def most_claims(questions: list[Question], limits=sandbox.Limits(), wrapped=True) -> dict[str, int]:  # noqa: B008
    """How many claims a right answer to each exercise is granted; the solution of each variant is judged for it.

    Raises
    ------
    ValueError
        If a solution is not right: then nobody's answer could be, and nothing should be handed out.
    """
    solved = {question.drawn.exercise: [question.solution] for question in questions}
    most = {}
    for verdict in judge(questions, solved, limits, FIRST_USER, wrapped):
        if not verdict.right:
            raise ValueError(f"The solution of {verdict.exercise} is not right: {verdict.lost or verdict.claims}")
        most[verdict.exercise] = len(verdict.claims)
    return most
