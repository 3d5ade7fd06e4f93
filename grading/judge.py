"""The judge: it runs the checks on a student's answers: data, or functions that run in the student's process."""

from __future__ import annotations

import os
import re
import select
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from lib import check
from lib.check.frame import BLANK, UNJUDGED

from . import sandbox
from .assignment import Question
from .values import LONGEST
from .wire import Line, Lost, Raised

STARTING = 60.0  # seconds that a worker may take to be there
MOST_TEXT = 1000  # characters of what is told of one claim


UNLUCKY = {"its process ended", "it took too long"}


class NotStarted(sandbox.NoSandbox):
    """The sandbox did not come up: that is no student's doing."""


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
    unlucky : bool
        Whether what was lost may come out without neighbours.
    """

    exercise: str
    claims: list[tuple[bool, str]] = field(default_factory=list)
    lost: str = ""
    errors: list[str] = field(default_factory=list)
    unlucky: bool = False

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
    """A student's process, for one exercise after the other.

    Raises
    ------
    NotStarted
        If it can't begin; the message is what it said.
    """

    def __init__(self, limits: sandbox.Limits, user: int, wrapped: bool):
        self.limits = limits
        self.process = sandbox.start(limits, user, wrapped)
        self.source, self.sink = self.process.stdout.fileno(), self.process.stdin.fileno()
        self.voice, self._heard = self.process.stderr.fileno(), b""
        os.set_blocking(self.sink, False)
        if not self._says("ready", STARTING):
            self.close()
            raise NotStarted(f"The sandbox did not start: {self._heard.decode(errors='replace').strip()[-300:]}")

    def line(self) -> Line:
        """The line to the exercise that begins with its first byte."""
        self._heard = b""
        return Line(self.source, self.sink, patience=self.limits.patience, ended=self.voice)

    def finish(self, line: Line) -> bool:
        """End an exercise; return whether the worker is ready for another one, and tell why a line was lost, if known."""
        try:
            if not line.lost:
                line.hang_up()
        except Lost:
            pass
        if line.lost:
            if self._says("used up", 1.0 if line.lost == "its process ended" else 0.0):
                line.lost = f"it took more than {self.limits.seconds} seconds of a processor"
            return False
        if not self._says("ready", 2.0):
            return False
        while select.select([self.source], [], [], 0.0)[0] and os.read(self.source, 1 << 16):
            pass  # what it has sent and nobody asked for
        return True

    def _says(self, word: str, patience: float) -> bool:
        until = time.monotonic() + patience
        while not self._heard.endswith(b"\n") or word.encode() not in self._heard.splitlines():
            left = until - time.monotonic()
            if left < 0 or not select.select([self.voice], [], [], left)[0]:
                return False
            part = os.read(self.voice, 4096)
            if not part:
                return False
            self._heard += part
        return True

    def close(self) -> None:
        """End the process, and all that it has started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()


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
    try:
        for question in questions:
            exercise = question.drawn.exercise
            if exercise not in cells:
                yield Verdict(exercise, lost="there is no cell for it in the notebook")
                continue
            if sum(map(len, cells[exercise])) > LONGEST:
                yield Verdict(exercise, lost=f"its cells have more than {LONGEST:,} letters")
                continue
            worker = worker or Worker(limits, user, wrapped)
            line = worker.line()
            verdict = _judged(line, question, cells[exercise])
            whole = not line.lost  # what happens from now on changes no verdict
            if not worker.finish(line):
                worker.close()
                worker = None
            if not whole:
                verdict = Verdict(exercise, lost=line.lost, errors=verdict.errors, unlucky=line.lost in UNLUCKY)
            yield verdict
    finally:
        if worker:
            worker.close()


def _judged(line: Line, question: Question, cells: list[str]) -> Verdict:
    exercise, drawn = question.drawn.exercise, question.drawn
    verdict = Verdict(exercise)
    try:
        line.begin()
        errors = line.call(0, [question.ground, *cells])
        verdict.errors = [_clean(each) for each in errors if each] if type(errors) is list else []
        answers = [line.call(1, name) for name in question.answers]
        claims = getattr(check, exercise).claims(*answers, **drawn.settings, **drawn.unseen)
    except Lost:
        return verdict
    except Raised as error:  # what the student's process says that it raised
        claims = [(False, f"Your cell could not be run: {type(error).__name__}: {error}")]
    verdict.claims = [(bool(holds), _clean(text)) for holds, text in claims]
    if verdict.claims[-1][1].startswith(UNJUDGED):  # the check itself gave up, which is no mark
        why = verdict.claims[-1][1].removeprefix(UNJUDGED)
        return Verdict(exercise, lost=f"its check gave up{why}", errors=verdict.errors)
    if verdict.errors and [text for _, text in verdict.claims] == [BLANK]:
        verdict.claims = [(False, f"Your cell stops with an error: {verdict.errors[-1]}")]
    return verdict


def _clean(text) -> str:
    """A text in which a student may have had a hand: one that every file, database and terminal can take."""
    return re.sub(r"[^\t\n -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", str(text)[:MOST_TEXT])
