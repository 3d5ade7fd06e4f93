"""Assign exercises of the book to a class, and grade what comes back.

grading begin [FOLDER]                            begin a class; the other commands run in its folder
grading exercises                                 what can be assigned, and the ready sets
grading assign SET [exercise[:points] ...]        make the notebook for the students, or take a ready set
grading release SET                               put it into nbgrader's exchange
grading collect SET [FROM]                        from a folder, from an LMS's zip, or from the exchange
grading grade SET                                 judge what has changed, and write the gradebook
grading look                                      see it in the formgrader, give marks by hand, comment
grading return SET                                feedback for each student, tables for an LMS, a report for you
"""

from __future__ import annotations

import argparse
import importlib
import os
import secrets
import sys
from pathlib import Path

from tqdm import tqdm

from . import packed, report, sandbox, shown, tables
from .assignment import Assignment, chapters, plural
from .choices import moment, points, ready, roll
from .collect import collect as collected
from .course import Course, most_claims
from .folder import Folder, Settled
from .sets import SETS
from .variants import VARIANTS, variety


def begin(given) -> None:
    folder = Folder.begin(given.folder)
    print(f"{folder.root} is the folder of your class. What can be set is in its nbgrader_config.py.")


def exercises(given) -> None:
    for chapter in chapters():
        title = next(iter(chapter.sources.values())).splitlines()[0].lstrip("# ")
        print(f"{title}")
        for exercise in (each for each in chapter.exercises if each in VARIANTS):
            few = f" ({number} variants)" if (number := variety(exercise)) < 50 else ""
            print(f"  {exercise:24} {chapter.texts[exercise].splitlines()[0].partition(': ')[2]}{few}")
    print("Ready sets")
    for name, chosen in SETS.items():
        print(f"  {name:24} {plural(sum(chosen.values()), 'point')}: {', '.join(chosen)}")


def assign(given) -> None:
    folder = Folder(given.folder)
    folder.free(given.set)
    worth = points(given.exercises) if given.exercises else ready(given.set)
    everybody = tuple(roll(folder, given.students)) if given.students else ()
    assignment = Assignment(given.set, worth, secrets.token_hex(16), each=bool(everybody))
    claims = most_claims(assignment.questions(), wrapped=not given.without_a_sandbox)  # no solution, no assignment
    settled = Settled(assignment, claims, given.due, everybody)
    gradebook().announce(folder, settled)
    folder.hand_out(settled)
    folder.settle(settled)
    where = folder.root / "release" / given.set
    print(f"Give your students what is in {where}, or {where}.zip. Nobody else may read {folder.root / 'source'}.")


def release(given) -> None:
    folder = Folder(given.folder)
    if folder.settled(given.set).students:
        raise ValueError(
            "An exchange gives everybody the same. Hand out the notebooks in release/ to each student by other ways."
        )
    told = exchange().do(folder, given.set, "release_assignment")
    print(*told, f"{given.set} is in the exchange.", sep="\n")


def collect(given) -> None:
    folder = Folder(given.folder)
    folder.settled(given.set)  # or there is no such set
    if given.source:
        _, astray = collected(given.source, folder, given.set)
    else:
        astray = exchange().do(folder, given.set, "collect")
    files, besides = folder.handed_in(given.set)
    print(*astray, *besides, sep="\n")
    print(f"{plural(len(files), 'student')} handed in {given.set}. Next: grading grade {given.set!r}")


def grade(given) -> None:
    folder = Folder(given.folder)
    settled = folder.settled(given.set)
    files, astray = folder.handed_in(given.set)
    if not files:
        raise FileNotFoundError(f"Nothing of {given.set} has been collected: grading collect {given.set!r} FROM")
    limits = sandbox.Limits(patience=given.patience)
    course = Course(
        settled.assignment, folder.place("verdicts", given.set), limits, given.workers, not given.without_a_sandbox
    )
    reports = course.grade(files, progress=lambda done: tqdm(done, total=len(files), unit=" students"))
    shown.autograded(folder, given.set, reports)
    gradebook().record(folder, given.set, reports)
    folder.keep(given.set, reports)
    lost = [(report, verdict) for report in reports for verdict in report.verdicts if verdict.lost]
    told = [
        f"No mark for {report.student}, {verdict.exercise}: {(report.unreadable or verdict.lost).rstrip('.')}."
        for report, verdict in lost
    ]
    print(*astray, *told, f"{plural(len(reports), 'student')} are in the gradebook.", sep="\n")


def look(given) -> None:
    folder = Folder(given.folder)
    os.chdir(folder.root)  # nbgrader looks for its configuration here
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder.root}",
        "--LabApp.default_url=/formgrader",
    ]
    os.execv(sys.executable, [*command, *(["--allow-root"] if os.geteuid() == 0 else []), *given.rest])


def returned(given) -> None:
    folder = Folder(given.folder)
    reports, marks = folder.reports(given.set), gradebook().marks(folder, given.set)
    shown.feedback(folder, given.set, reports, marks)
    packed.write(folder, given.set)
    report.write(folder, given.set, reports, marks)
    told = tables.write(folder, given.set, marks, given.canvas, given.moodle)
    if given.exchange:
        told += exchange().give_back(folder, given.set)
    print(*told, f"{folder.place('returned', given.set)} holds what you give back.", sep="\n")


def gradebook():
    """The gradebook, which needs nbgrader."""
    return _of_nbgrader("gradebook")


def exchange():
    """The exchange, which needs nbgrader."""
    return _of_nbgrader("exchange")


def _of_nbgrader(module: str):
    try:
        return importlib.import_module(f"grading.{module}")
    except ModuleNotFoundError as error:
        raise ValueError(
            f"There is no {error.name} here. `make grading` brings it, and a command `grading` that has it."
        ) from None


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="grading", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, do, *arguments):
        own = commands.add_parser(name)
        own.set_defaults(do=do)
        for given, options in arguments:
            own.add_argument(*given, **options)

    folder = (
        ["--class"],
        dict(dest="folder", type=Path, default=Path(), metavar="FOLDER", help="that of the class, if not this one"),
    )
    of = ["set"], dict(metavar="SET")
    free = ["--without-a-sandbox"], dict(action="store_true", help="run strangers' code with all that you may do")
    command("begin", begin, (["folder"], dict(type=Path, nargs="?", default=Path(), metavar="FOLDER")))
    command("exercises", exercises)
    command(
        "assign", assign, of, folder, free,
        (["exercises"], dict(nargs="*", metavar="exercise[:points]")),
        (["--due"], dict(type=moment, metavar="WHEN", help="2027-03-12, or '2027-03-12 18:00'")),
        (["--students"], dict(type=Path, metavar="FILE", help="a list of them: each gets variants of their own")),
    )  # fmt: skip
    command("release", release, of, folder)
    command(
        "collect",
        collect,
        of,
        folder,
        (["source"], dict(type=Path, nargs="?", metavar="FROM", help="a folder or a zip; without it the exchange")),
    )
    command(
        "grade", grade, of, folder, free,
        (["--workers"], dict(type=int, default=2, help="how many submissions are judged side by side (2)")),
        (["--patience"], dict(type=float, default=sandbox.Limits.patience, help="seconds for an exercise (12)")),
    )  # fmt: skip
    command("look", look, folder, (["rest"], dict(nargs="*", metavar="OPTION", help="for JupyterLab, after --")))
    command(
        "return", returned, of, folder,
        (["--canvas"], dict(type=Path, metavar="FILE", help="Canvas's gradebook as exported, to be filled in")),
        (["--moodle"], dict(type=Path, metavar="FILE", help="Moodle's grading worksheet as exported, to be filled in")),
        (["--exchange"], dict(action="store_true", help="put the feedback into nbgrader's exchange too")),
    )  # fmt: skip
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    given = parsed(arguments)
    try:
        given.do(given)
    except (sandbox.NoSandbox, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What is done stays done: the same command goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    os.umask(0o077)  # what is written here is for nobody else to read
    sys.exit(main())
