"""What is shown of a submission: the notebook that nbgrader's formgrader opens, and the page that a student gets back.

Nothing of a student is markup in either. The notebook has our texts, the student's cells as the source of code cells,
and the verdict as plain output; formgrader shows it in the browser in which the gradebook can be changed. The page is
made from a template of our own, and not by nbgrader's `generate_feedback`: that one asks other hosts for scripts, can't
tell a verdict that is missing from a 0, and is hard to read on a phone.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from .assignment import METADATA, Question, code_cell, plural, text_cell
from .course import Report
from .folder import Folder
from .judge import Verdict
from .submission import Unreadable, cells

MOST = 20_000  # characters of an answer; whoever reads it has seen enough
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def autograded(folder: Folder, name: str, reports: list[Report]) -> None:
    """Write for each student what was asked, what they answered and what came of it, as formgrader wants it.

    Parameters
    ----------
    folder : Folder
    name : str
        The set's.
    reports : list of Report
    """
    assignment, (files, _) = folder.settled(name).assignment, folder.handed_in(name)
    for report in reports:
        answers = _answers(files[report.student], assignment.exercises)
        found = {verdict.exercise: verdict for verdict in report.verdicts}
        shown = [text_cell("welcome", f"# {name}")]
        for question in assignment.questions(report.student):
            shown += _shown(question, assignment.exercises, answers, found[question.drawn.exercise], report.unreadable)
        place = folder.place("autograded", name, report.student)
        place.mkdir(parents=True, exist_ok=True)
        notebook = {"cells": shown, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
        (place / f"{name}.ipynb").write_text(json.dumps(notebook, indent=1), encoding="utf-8")
        stamp = files[report.student].with_name("timestamp.txt")  # formgrader compares it
        if stamp.exists():
            shutil.copyfile(stamp, place / stamp.name)
        else:
            (place / stamp.name).unlink(missing_ok=True)


def feedback(folder: Folder, name: str, reports: list[Report], marks: list) -> None:
    """Write the page that each student gets back, for those who handed something in.

    Parameters
    ----------
    folder : Folder
    name : str
        The set's.
    reports : list of Report
        As they went into the gradebook.
    marks : list of Marks
        As the gradebook has them.
    """
    assignment = folder.settled(name).assignment
    found = {report.student: report for report in reports}
    PAGES.filters |= {"plural": plural, "stops": stops}
    page = PAGES.get_template("feedback.html")
    for own in (each for each in marks if each.student in found):
        report = found[own.student]
        written = json.loads(
            (folder.place("autograded", name, own.student) / f"{name}.ipynb").read_text(encoding="utf-8")
        )
        answers = {cell["id"]: cell["source"] for cell in written["cells"] if cell["cell_type"] == "code"}
        titles = {
            question.drawn.exercise: question.text.partition("\n")[0].lstrip("# ")
            for question in assignment.questions(own.student)
        }
        place = folder.place("feedback", name, own.student)
        place.mkdir(parents=True, exist_ok=True)
        told = page.render(
            set=name, worth=assignment.exercises, marks=own, report=report, titles=titles, answers=answers
        )
        (place / f"{name}.html").write_text(told, encoding="utf-8")
        for stamp in ("timestamp.txt", "submission_secret.txt"):  # the exchange finds by them whose it is
            if (handed_in := folder.place("submitted", name, own.student) / stamp).is_file():
                shutil.copyfile(handed_in, place / stamp)


def verdict_text(verdict: Verdict, unreadable: str = "") -> str:
    """A verdict in plain text."""
    lines = [f"{'holds:         ' if holds else 'does not hold: '}{told}" for holds, told in verdict.claims]
    if verdict.lost:
        lines.append(f"No verdict, so it waits for your mark: {(unreadable or verdict.lost).rstrip('.')}.")
    return _plain("\n".join([*lines, *(f"The cell stopped: {error}" for error in stops(verdict))])) + "\n"


def stops(verdict: Verdict) -> list[str]:
    """What a student's cells stopped with, where no claim tells it."""
    return [error for error in verdict.errors if not any(error in told for _, told in verdict.claims)]


def _answers(path: Path, exercises) -> dict[str, str]:
    try:
        found = cells(path, exercises)
    except Unreadable:
        return {}
    return {exercise: _plain("\n\n".join(parts)) for exercise, parts in found.items()}


def _shown(
    question: Question, worth: dict[str, float], answers: dict[str, str], verdict: Verdict, unreadable: str
) -> list[dict]:
    exercise = question.drawn.exercise
    graded = {"grade": True, "solution": True, "locked": False, "points": worth[exercise]}
    answer = code_cell(exercise, answers.get(exercise, "# There is no answer in the notebook."), graded)
    told = [{"output_type": "stream", "name": "stdout", "text": verdict_text(verdict, unreadable)}]
    return [
        text_cell(f"{exercise}-text", question.text),
        code_cell(f"{exercise}-ground", question.ground),
        answer | {"outputs": told},
    ]


def _plain(written: str) -> str:
    """A student's text without what could hide a line or turn it round, and no longer than anybody reads."""
    kept = "".join(
        letter if letter.isprintable() or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in written[:MOST]
    )
    return kept + ("\n# … and more" if len(written) > MOST else "")
