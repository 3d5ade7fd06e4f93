"""The judge: it runs the checks on a student's answers, which are data, or functions that run in the student's process."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field

from lib import check
from lib.check.frame import BLANK

from . import sandbox
from .assignment import Question
from .wire import Line, Lost

STARTING = 60.0  # seconds that a worker may take to be there


@dataclass
class Verdict:
    """What came of one exercise of one student.

    Parameters
    ----------
    exercise : str
        The name of its check.
    claims : list of pairs
        Whether it holds, and what the student is told.
    lost : str
        Why there is no verdict, if there is none: then there is no mark either, which is not a 0.
    errors : list of str
        What the student's cells stopped with.
    """

    exercise: str
    claims: list[tuple[bool, str]] = field(default_factory=list)
    lost: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        return bool(self.claims) and not self.lost and all(holds for holds, _ in self.claims)

    def share(self, most: int) -> float | None:
        """The share of the points, where a right answer is granted so many claims; None if there is no verdict."""
        if self.lost:
            return None
        if self.right:
            return 1.0
        return min(sum(holds for holds, _ in self.claims) / max(most, len(self.claims), 1), 1.0)


class Worker:
    """A student's process, for one exercise after the other."""

    def __init__(self, limits: sandbox.Limits, user: int, wrapped: bool):
        self.limits = limits
        self.process = sandbox.start(limits, user, wrapped)
        self.source, self.sink = self.process.stdout.fileno(), self.process.stdin.fileno()
        os.set_blocking(self.sink, False)
        self.ready = self._is_ready(STARTING)

    def line(self) -> Line:
        """Begin with another exercise."""
        os.write(self.sink, b"!")
        return Line(self.source, self.sink, patience=self.limits.patience)

    def finish(self, line: Line) -> None:
        """End an exercise; then the worker is ready for another one, or not."""
        try:
            if not line.lost:
                line.hang_up()
            self.ready = not line.lost and self._is_ready(5.0)
        except (Lost, OSError):
            self.ready = False

    def _is_ready(self, patience: float) -> bool:
        return bool(select.select([self.source], [], [], patience)[0]) and os.read(self.source, 1) == b"."

    def close(self) -> str:
        """End the process, and all that it has started; return what it complained of when it started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        complaint = self.process.communicate()[1].decode(errors="replace").strip()
        return complaint.splitlines()[-1][:300] if complaint else ""


def judge(
    questions: list[Question],
    cells: dict[str, list[str]],
    limits: sandbox.Limits = sandbox.Limits(),  # noqa: B008 (it can't be changed)
    user: int = 0,
    wrapped: bool = True,
) -> Iterator[Verdict]:
    """Judge the exercises of one student.

    Parameters
    ----------
    questions : list of Question
        What was asked.
    cells : dict of str to list of str
        The student's cells for each exercise, by the name of its check.
    limits : Limits, optional
        What each exercise may take.
    user : int, optional
        A user number that no other worker has at this time; used where root is there to give it.
    wrapped : bool, optional
        Whether the student's code is kept in a sandbox.
    """
    worker = None
    for question in questions:
        exercise = question.drawn.exercise
        if exercise not in cells:
            yield Verdict(exercise, lost="there is no cell for it in the notebook")
            continue
        worker = worker or Worker(limits, user, wrapped)
        if worker.ready:
            verdict = _judged(worker, question, cells[exercise])
        else:
            verdict = Verdict(exercise, lost=f"its process did not start: {worker.close()}")
        if not worker.ready:
            worker.close()
            worker = None
        yield verdict
    if worker:
        worker.close()


def _judged(worker: Worker, question: Question, cells: list[str]) -> Verdict:
    exercise, drawn = question.drawn.exercise, question.drawn
    verdict, line = Verdict(exercise), worker.line()
    try:
        errors = line.call(0, [question.ground, *cells])
        verdict.errors = [str(each) for each in errors if each] if type(errors) is list else []
        answers = [line.call(1, name) for name in question.answers]
        claims = getattr(check, exercise).claims(*answers, **drawn.settings, **drawn.unseen)
        verdict.claims = [(bool(holds), str(text)) for holds, text in claims]
        if verdict.errors and [text for _, text in verdict.claims] == [BLANK]:
            verdict.claims = [(False, f"Your cell stops with an error: {verdict.errors[-1]}")]
    except Lost:
        pass
    except Exception as error:  # of the line: what a student's process says it raised
        verdict.claims = [(False, f"Your cell could not be run: {type(error).__name__}: {error}"[:300])]
    verdict.lost = line.lost or ""
    worker.finish(line)
    return verdict
