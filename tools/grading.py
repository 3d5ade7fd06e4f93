"""Measure what it takes to grade a class, and what one submission costs beyond running its answers.

    python -m tools.grading         write benchmarks/grading.md
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

from grading import sandbox
from grading.course import FIRST_USER, Course, most_claims
from grading.judge import Worker, judge
from lib import check
from tools import classroom

ROOT = Path(__file__).resolve().parent.parent
LIMITS = sandbox.Limits(patience=10)


def seconds(call, times: int = 5) -> float:
    """The median time of a call."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    asked = classroom.assignment()
    questions = asked.questions()
    right = {question.drawn.exercise: [question.solution] for question in questions}
    spaces = []
    for question in questions:
        exec(question.ground + "\n" + question.solution.replace(f"check.{question.drawn.exercise}(", "(lambda *a: 0)("), space := {})
        spaces.append([space[name] for name in question.answers])

    def here() -> None:
        for question, answers in zip(questions, spaces, strict=True):
            getattr(check, question.drawn.exercise).claims(*answers, **question.drawn.settings, **question.drawn.unseen)

    start = seconds(lambda: Worker(LIMITS, FIRST_USER, True).close())
    whole = seconds(lambda: list(judge(questions, right, LIMITS, FIRST_USER)))
    bare = seconds(here)

    with tempfile.TemporaryDirectory() as folder:
        files, shares = classroom.enrol(Path(folder, "in"), asked)
        most = most_claims(questions, LIMITS)
        began = time.perf_counter()
        reports = Course(asked, Path(folder, "done"), LIMITS).grade(files)
        taken = time.perf_counter() - began
    astray = [
        f"{report.student}, {each.exercise}"
        for report in reports
        for each in report.verdicts
        if not _alike(each.share(most[each.exercise]), shares[report.student][each.exercise])
    ]
    lines = [
        "# Grading a class", "",
        f"Made by `make benchmark-grading`, with {os.cpu_count()} processors and two workers.", "",
        "| | |", "| --- | --- |",
        f"| students | {len(reports)}, {classroom.HONEST} of them honest, one of each other kind |",
        f"| exercises of each | {len(questions)} |",
        f"| time for all of them | {taken:.0f} s |",
        f"| marks that are not as they should be | {len(astray)} |",
        f"| an honest submission, alone | {whole:.2f} s |",
        f"| of it: the sandbox, Python, numpy and lib | {start:.2f} s |",
        f"| of it: the checks and the answers, in one process | {bare:.3f} s |",
        f"| of it: forks, frames and calls by the line | {whole - start - bare:.2f} s |", "",
        "How each of the others ended, in the exercise that it is about:", "",
        "| student | share | how |", "| --- | --- | --- |",
    ]  # fmt: skip
    for report in reports:
        kind = classroom.KINDS.get(report.student)
        if kind:
            (verdict,) = (each for each in report.verdicts if each.exercise == kind.exercise)
            share = verdict.share(most[kind.exercise])
            said = verdict.lost or next((text for holds, text in verdict.claims if not holds), "right")
            cell = f" (cell: {verdict.errors[0]})" if verdict.errors else ""
            lines.append(f"| {report.student} | {'none' if share is None else f'{share:.2g}'} | {_short(said + cell)} |")
        elif report.student in classroom.NOTEBOOKS:
            lines.append(f"| {report.student} | {_short(str(shares[report.student][classroom.TARGET]).lower())} | {_short(report.unreadable)} |")
    (ROOT / "benchmarks" / "grading.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines[: lines.index("How each of the others ended, in the exercise that it is about:")]))
    for each in astray:
        print("Not as it should be:", each)


def _alike(one: float | None, other: float | None) -> bool:
    return one is other if None in (one, other) else abs(one - other) < 1e-9


def _short(text: str) -> str:
    return " ".join(text.replace("|", "/").split())[:150]


if __name__ == "__main__":
    main()
