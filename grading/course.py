"""A class: one submission after the other is judged, several side by side, and what is done stays done.

A submission's verdicts are a file of their own, written whole or not at all, under a name made of all that
they depend on: the notebook, what was asked and the code of the checks. So grading can be killed at any
moment and begun again, and grading again does only what has changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from multiprocessing.connection import wait
from pathlib import Path

import lib

from . import sandbox
from .assignment import Assignment, Question
from .judge import NotStarted, Verdict, judge
from .submission import Unreadable, cells, contents

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
    alone : bool
        Whether it was judged with no neighbours.
    """

    student: str
    verdicts: list[Verdict]
    unreadable: str = ""
    alone: bool = False


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
    ValueError
        If the folder lies where students' code could read it.
    """

    def __init__(self, assignment: Assignment, store: Path, limits=sandbox.Limits(), workers=2, wrapped=True):  # noqa: B008
        if wrapped and not sandbox.available():
            raise sandbox.NoSandbox(sandbox.MISSING.format(trouble=sandbox.trouble()))
        if wrapped and (seen := [path for path in sandbox.shown() if store.resolve().is_relative_to(path)]):
            raise ValueError(f"Students' code may read what is in {seen[0]}, so the class can't be there: {store}")
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
            Wraps the students as they are settled, all of them (pass tqdm for a bar).
        """
        with self._locked():
            places = {student: self._place(student, path) for student, path in submissions.items()}
            for _ in progress(self._settled(submissions, places)):
                pass
            return [self._read(student, place) for student, place in places.items()]

    def _settled(self, submissions: dict[str, Path], places: dict[str, Path]) -> Iterator[str]:
        """Yield each student as soon as nothing more will be done for their verdicts."""
        waiting, unlucky = {}, {}
        for student, path in submissions.items():
            if not places[student].exists():
                waiting[student] = path
            elif _may_do_better(self._read(student, places[student])):
                unlucky[student] = path
            else:
                yield student
        for student in self._side_by_side(waiting, places, self.workers):
            if _may_do_better(self._read(student, places[student])):
                unlucky[student] = submissions[student]
            else:
                yield student
        yield from self._side_by_side(unlucky, places, 1)  # what was lost among neighbours is tried again without any

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let nobody else fill this folder; judges of a grading that was killed hold it until they have ended."""
        folder = os.open(self.store, os.O_RDONLY)
        try:
            for _ in range(100):
                try:
                    fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    time.sleep(0.1)
            else:
                raise ValueError(f"Somebody else is grading this at the moment ({self.store}).")
            for half in self.store.glob("*.half"):  # what somebody was writing when they were killed
                half.unlink()
            yield
        finally:
            os.close(folder)

    def _place(self, student: str, path: Path) -> Path:
        try:
            data = contents(path)
        except Unreadable as error:
            data = str(error).encode()
        depends = [student, data, fingerprint(), repr(self.assignment.questions(student)), repr(self.limits)]
        digest = hashlib.sha256()
        for each in depends:
            data = each if isinstance(each, bytes) else each.encode("utf-8", "surrogateescape")
            digest.update(len(data).to_bytes(8, "little") + data)
        return self.store / f"{digest.hexdigest()[:32]}.json"

    def _read(self, student: str, place: Path) -> Report:
        if not place.exists():
            lost = "the judge did not come to an end"
            return Report(student, [Verdict(each, lost=lost, unlucky=True) for each in self.assignment.exercises])
        data = json.loads(place.read_text(encoding="utf-8"))
        return Report(**data | {"verdicts": [_verdict(each) for each in data["verdicts"]]})

    def _side_by_side(self, submissions: dict[str, Path], places: dict[str, Path], workers: int) -> Iterator[str]:
        """Judge each submission in a process of its own; yield the students as they are done."""
        context = multiprocessing.get_context("fork")  # a judge has all that it needs, at once
        longest = 120 + 2 * self.limits.patience * len(self.assignment.exercises)  # the judge's own work included
        queue, running = list(submissions.items()), {}
        users = list(range(FIRST_USER, FIRST_USER + workers))
        try:
            while queue or running:
                while queue and len(running) < workers:
                    student, path = queue.pop(0)
                    user = users.pop()
                    given = student, path, places[student], user, workers == 1
                    process = context.Process(target=self._judge, args=given, daemon=True)
                    process.start()
                    running[process.sentinel] = process, student, user, time.monotonic()
                for sentinel in wait(list(running), timeout=1.0):
                    process, student, user, _ = running.pop(sentinel)
                    process.join()
                    users.append(user)
                    yield student
                for process, _, _, began in running.values():
                    if time.monotonic() - began > longest:
                        process.kill()
        finally:
            for process, *_ in running.values():
                process.kill()
                process.join()

    def _judge(self, student: str, path: Path, place: Path, user: int, alone: bool) -> None:
        _end_with_the_grader()
        report = Report(student, [], alone=alone)
        try:
            answers = cells(path, self.assignment.exercises)
        except Unreadable as error:
            report.unreadable = str(error)
            report.verdicts = [Verdict(each, lost="the notebook can't be read") for each in self.assignment.exercises]
        else:
            before = {each.exercise: each for each in self._read(student, place).verdicts if not each.unlucky}
            left = [each for each in self.assignment.questions(student) if each.drawn.exercise not in before]
            try:
                now = {each.exercise: each for each in judge(left, answers, self.limits, user, self.wrapped)}
            except NotStarted as error:  # no verdict is written, so the next grading tries again
                sys.exit(f"{student}: {error}")
            report.verdicts = [(before | now)[exercise] for exercise in self.assignment.exercises]
        half = place.with_suffix(".half")
        half.write_text(json.dumps(asdict(report)), encoding="utf-8")
        half.replace(place)


def _verdict(data: dict) -> Verdict:
    return Verdict(**data | {"claims": [tuple(claim) for claim in data["claims"]]})


def _may_do_better(report: Report) -> bool:
    return not report.alone and any(verdict.unlucky for verdict in report.verdicts)


def _end_with_the_grader() -> None:
    """In a judge: don't stay where the grader is killed (bubblewrap, in turn, ends with the judge)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's, which then ends its judges

    def watch() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


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
    NotStarted
        If the sandbox does not come up.
    """
    solved = {question.drawn.exercise: [question.solution] for question in questions}
    most = {}
    for verdict in judge(questions, solved, limits, FIRST_USER, wrapped):
        if not verdict.right:
            raise ValueError(f"The solution of {verdict.exercise} is not right: {verdict.lost or verdict.claims}")
        most[verdict.exercise] = len(verdict.claims)
    return most
