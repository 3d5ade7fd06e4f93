"""Measure what it takes to grade a class, and what one submission costs beyond running its answers.

    python -m tools.grading         write benchmarks/grading.md
"""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from grading import sandbox
from grading.course import FIRST_USER, Course, most_claims
from grading.judge import Worker, judge
from lib import check
from tools import classroom

ROOT = Path(__file__).resolve().parent.parent
LIMITS = sandbox.Limits()


def seconds(call, times: int = 7) -> float:
    """The median time of a call."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def costs(asked) -> list[str]:
    """What an honest submission takes, and of what that is made up, as rows of a table."""
    questions = asked.questions()
    right = {question.drawn.exercise: [question.solution] for question in questions}

    def here() -> None:
        for question in questions:
            drawn, space = question.drawn, {}
            with redirect_stdout(StringIO()):  # the book's solutions say that they are right
                exec(question.ground + "\n" + question.solution, space)
            getattr(check, drawn.exercise).claims(*map(space.get, question.answers), **drawn.settings, **drawn.unseen)

    start = seconds(lambda: Worker(LIMITS, FIRST_USER, True).close())
    whole = seconds(lambda: list(judge(questions, right, LIMITS, FIRST_USER)))
    bare = seconds(here)
    return [
        f"| an honest submission of {len(questions)} exercises, alone | {whole:.2f} s |",
        f"| of it: bubblewrap, Python, numpy and lib | {start:.2f} s |",
        f"| of it: the cells and their checks, as in one process | {bare:.3f} s |",
        f"| of it: a fork for each exercise, frames, calls by the line | {whole - start - bare:.2f} s |",
    ]


def ended(report, most: dict[str, int]) -> tuple[str, str]:
    """The share that a submission got for the exercise that its kind is about, and what was said."""
    kind = classroom.KINDS.get(report.student)
    about = kind.exercise if kind else classroom.TARGET
    (verdict,) = (each for each in report.verdicts if each.exercise == about)
    share = verdict.share(most[about])
    said = report.unreadable or verdict.lost or next((text for holds, text in verdict.claims if not holds), "right")
    if verdict.errors and verdict.errors[-1] not in said:
        said += f" (its cell: {verdict.errors[-1]})"
    return ("none" if share is None else f"{share:.2g}"), said


def due(reports, shares, most) -> list[str]:
    """The marks that are not as they should be."""
    return [
        f"{report.student}, {each.exercise}: {given}, not {wanted}"
        for report in reports
        for each in report.verdicts
        for given, wanted in [(each.share(most[each.exercise]), shares[report.student][each.exercise])]
        if not (given is wanted if None in (given, wanted) else abs(given - wanted) < 1e-9)
    ]


def main() -> None:
    asked = classroom.assignment()
    rows = costs(asked)
    with tempfile.TemporaryDirectory() as folder:
        files, shares = classroom.enrol(Path(folder, "in"), asked)
        most = most_claims(asked.questions(), LIMITS)
        began = time.perf_counter()
        reports = Course(asked, Path(folder, "done"), LIMITS).grade(files)
        taken = time.perf_counter() - began
        began = time.perf_counter()
        Course(asked, Path(folder, "done"), LIMITS).grade(files)
        again = time.perf_counter() - began
    astray = due(reports, shares, most)
    lines = [
        "# Grading a class", "",
        f"Made by `make benchmark-grading`, with {os.cpu_count()} processors, two workers, Python {platform.python_version()}, "
        f"{LIMITS.patience:g} seconds of patience.", "",
        "| | |", "| --- | --- |",
        f"| students | {len(reports)}: {classroom.HONEST} honest ones, {len(reports) - classroom.HONEST} one of each other kind |",
        f"| time for all of them | {taken:.0f} s |",
        f"| time when nothing has changed | {again:.1f} s |",
        f"| marks that are not as they should be | {len(astray)} of {len(reports) * len(classroom.EXERCISES)} |",
        *rows, "",
        "Every honest student graded beside them got full marks." if not any("honest" in each for each in astray) else "", "",
        "How each of the others ended, in the exercise that it is about. (No share is no zero: the instructor looks.)", "",
        "| student | share | how |", "| --- | --- | --- |",
        *(f"| {report.student} | {share} | {_short(said)} |" for report in reports if not report.student.startswith("honest")
          for share, said in [ended(report, most)]),
    ]  # fmt: skip
    (ROOT / "benchmarks" / "grading.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(line for line in lines[: lines.index("| student | share | how |")] if line))
    for each in astray:
        print("Not as it should be:", each)


def _short(text: str) -> str:
    return " ".join(text.replace("|", "/").split())[:150]


if __name__ == "__main__":
    main()
