"""Hand out exercises, and grade what comes back.

    python -m grading exercises                                      what can be handed out
    python -m grading assign "Set 1" sure_gate:2 forget_bias:3       make the notebook for the students
    python -m grading grade "Set 1" handed-in.zip                    judge what was handed in, write the marks

Handed in may be a folder with STUDENT.ipynb, nbgrader's `submitted`, or a folder or a zip from Canvas or Moodle.

All of an assignment is in a folder of its name: `release/`, for the students, and what is not for them,
`assignment.json` with the key, `collected/`, `verdicts/` and `marks.csv`.
"""

from __future__ import annotations

import argparse
import csv
import json
import secrets
import sys
from pathlib import Path

from tqdm import tqdm

from . import sandbox
from .assignment import Assignment, chapters
from .collect import collect
from .course import Course, Report, most_claims
from .variants import VARIANTS


def exercises(given) -> int:
    for chapter in chapters():
        for exercise in chapter.exercises.keys() & VARIANTS.keys():
            print(f"{exercise:20} {chapter.texts[exercise].splitlines()[0].lstrip('# ')}")
    return 0


def assign(given) -> int:
    points = dict(each.split(":") if ":" in each else (each, "1") for each in given.exercises)
    key = given.key or secrets.token_hex(16)
    worth = {exercise: float(value) for exercise, value in points.items()}
    assignment = Assignment(given.name, worth, key, each=given.students is not None)
    folder, release = Path(given.name), Path(given.name, "release")
    if (folder / "assignment.json").exists():
        print(f"{folder} is there already; its key must not be lost, so it is left as it is.")
        return 1
    students = given.students.read_text(encoding="utf-8").split() if given.students else []
    claims = most_claims(assignment.questions(), wrapped=not given.without_a_sandbox)  # no solution, no assignment
    release.mkdir(parents=True)
    settled = {"name": given.name, "exercises": worth, "key": key, "each": assignment.each, "claims": claims}
    (folder / "assignment.json").write_text(json.dumps(settled, indent=1) + "\n", encoding="utf-8")
    (folder / "assignment.json").chmod(0o600)
    for who in students or [given.name]:
        notebook = json.dumps(assignment.notebook(who), indent=1, ensure_ascii=False)
        (release / f"{who}.ipynb").write_text(notebook + "\n", encoding="utf-8")
    print(f"Give your students what is in {release}; keep {folder / 'assignment.json'} to yourself.")
    return 0


def grade(given) -> int:
    folder = Path(given.name)
    settled = json.loads((folder / "assignment.json").read_text(encoding="utf-8"))
    assignment = Assignment(settled["name"], settled["exercises"], settled["key"], settled["each"])
    files, astray = collect(given.submissions, folder / "collected")
    limits = sandbox.Limits(patience=given.patience)
    course = Course(assignment, folder / "verdicts", limits, given.workers, not given.without_a_sandbox)
    reports = course.grade(files, progress=lambda students: tqdm(students, total=len(files), unit=" students"))
    write_marks(folder / "marks.csv", assignment, reports, settled["claims"])
    for line in astray:
        print(line)
    lost = [(report, verdict) for report in reports for verdict in report.verdicts if verdict.lost]
    for report, verdict in lost:
        print(f"No mark for {report.student}, {verdict.exercise}: {report.unreadable or verdict.lost}.")
    print(f"{len(reports)} students, {folder / 'marks.csv'}" + (f"; {len(lost)} marks are left for you to give." if lost else "."))
    return 0


def write_marks(path: Path, assignment: Assignment, reports: list[Report], claims: dict[str, int]) -> None:
    """Write a row for each student; where there was no verdict, the place is empty."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["student", *assignment.exercises])
        for report in reports:
            shares = {each.exercise: each.share(claims[each.exercise]) for each in report.verdicts}
            marks = [
                "" if shares[exercise] is None else round(shares[exercise] * points, 2)
                for exercise, points in assignment.exercises.items()
            ]
            table.writerow([report.student, *marks])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="grading", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("exercises").set_defaults(do=exercises)
    assigning = commands.add_parser("assign")
    assigning.add_argument("name")
    assigning.add_argument("exercises", nargs="+", metavar="exercise[:points]")
    assigning.add_argument("--key", help="a secret of your own; without it one is drawn")
    assigning.add_argument("--students", type=Path, help="a file of names: each gets variants of their own, in NAME.ipynb")
    assigning.set_defaults(do=assign)
    grading = commands.add_parser("grade")
    grading.add_argument("name")
    grading.add_argument("submissions", type=Path)
    grading.add_argument("--workers", type=int, default=2)
    grading.add_argument("--patience", type=float, default=60.0, help="seconds that an exercise may take")
    grading.set_defaults(do=grade)
    for each in (assigning, grading):
        each.add_argument("--without-a-sandbox", action="store_true", help="run strangers' code with all that you may do")
    given = parser.parse_args(arguments)
    try:
        return given.do(given)
    except (sandbox.NoSandbox, ValueError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
