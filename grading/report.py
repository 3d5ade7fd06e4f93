"""The report on a class: how each exercise went, who has no mark and why, and answers that are very alike."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from statistics import mean, median
from typing import TYPE_CHECKING

from markupsafe import Markup

from lib.amounts import bars
from lib.pictures import Picture

from .alike import Pair, alike
from .assignment import plural
from .course import Report
from .folder import Folder
from .shown import PAGES
from .students import students
from .tables import number

if TYPE_CHECKING:
    from .gradebook import Marks

# Numbers are taken out of what is told of an answer, so that one mistake is one line, whatever it led to.
NUMBER = re.compile(
    r"(?<![\w.])[-−+]?(?:\d+(?:\.\d+|\.(?=[\],]|\s+[-\d]))?|\.\d+)(?:e[-−+]?\d+)?(?!\w)"
    r"|\b(?:nan|inf|infinity)\b",
    re.I,
)
LISTS = re.compile(r"…(?:[\s,;[\]()]*…)+")
MOST_WRONG, MOST_PAIRS = 6, 40  # that are listed
WIDTHS = [0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000]  # of a bar of the histogram, in points


@dataclass(frozen=True)
class Wrong:
    """What is told of several answers, but for its numbers.

    Parameters
    ----------
    text : str
        With … in the place of numbers that differ.
    example : str
        As one of them was told; "" if it is the same.
    who : list of str
    """

    text: str
    example: str
    who: list[str]


@dataclass(frozen=True)
class Row:
    """How an exercise went.

    Parameters
    ----------
    title : str
    points : float
        What it is worth.
    fully, partly, not_at_all, waiting : list of str
        Who solved it how far; and who has no mark.
    wrong : list of Wrong
        The commonest first.
    """

    title: str
    points: float
    fully: list[str]
    partly: list[str]
    not_at_all: list[str]
    waiting: list[str]
    mean: float | None
    wrong: list[Wrong]


def write(folder: Folder, name: str, reports: list[Report], marks: list[Marks]) -> None:
    """Write `report.html` of a set.

    Parameters
    ----------
    folder : Folder
        The class's.
    name : str
        The set's.
    reports : list of Report
        What the judge found.
    marks : list of Marks
        Of every student, as the gradebook has them.
    """
    assignment = folder.settled(name).assignment
    titles = {each.drawn.exercise: each.text.partition("\n")[0].lstrip("# ") for each in assignment.questions()}
    handed_in = [each for each in marks if each.handed_in]
    totals = [each.total for each in handed_in if each.total is not None]
    most = sum(assignment.exercises.values())
    called = {each.id: each.name for each in students(folder.root)}
    pairs = _pairs(folder, name, [each.student for each in handed_in])
    page = PAGES.get_template("report.html").render(
        set=name,
        most=most,
        marks=marks,
        handed_in=handed_in,
        totals=totals,
        mean=mean(totals) if totals else None,
        median=median(totals) if totals else None,
        histogram=Markup(histogram(totals, most).html) if totals else "",
        rows=[_row(each, titles[each], points, reports, handed_in) for each, points in assignment.exercises.items()],
        waiting=_waiting(titles, reports, handed_in),
        absent=[each.student for each in marks if not each.handed_in],
        pairs=pairs[:MOST_PAIRS],
        more=len(pairs[MOST_PAIRS:]),
        titles=titles,
        called=lambda who: f"{called[who]} ({who})" if called.get(who, who) != who else who,
        number=number,
        plural=plural,
    )
    place = folder.place("returned", name)
    place.mkdir(parents=True, exist_ok=True)
    (place / "report.html").write_text(page, encoding="utf-8")


def histogram(totals: list[float], most: float) -> Picture:
    """How many have how many points.

    Parameters
    ----------
    totals : list of float
        At least one.
    most : float
        What can be had.
    """
    width = next((width for width in WIDTHS if most / width <= 10), most / 10)
    edges = [at * width for at in range(max(1, -int(-most // width)))]
    counts = dict.fromkeys(edges, 0)
    for total in totals:
        counts[max((edge for edge in edges if edge <= total), default=0.0)] += 1
    named = {}
    for edge, count in counts.items():
        end = number(min(edge + width, most)) if edge == edges[-1] else f"below {number(edge + width)}"
        named[f"{number(edge)} to {end}"] = count
    return bars(named, title=f"Points of {plural(len(totals), 'student')}", x="students", form="{:.0f}")


def commonest(told: list[tuple[str, str]]) -> list[Wrong]:
    """What is told of wrong answers, the commonest first; what differs in numbers only is one.

    Parameters
    ----------
    told : list of (student, text)
    """
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for who, text in told:
        # What is told may quote the student, who may have written what turns a line round.
        text = "".join(
            letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in " ".join(text.split())
        )
        groups[LISTS.sub("…", NUMBER.sub("…", text))].setdefault(who, text)
    found = []
    for pattern, texts in groups.items():
        same = len(set(texts.values())) == 1
        example = next(iter(texts.values()))
        found.append(Wrong(example if same else pattern, "" if same else example, sorted(texts)))
    return sorted(found, key=lambda each: (-len(each.who), each.text))


def _row(exercise: str, title: str, points: float, reports: list[Report], handed_in: list[Marks]) -> Row:
    scores = {each.student: each.scores.get(exercise) for each in handed_in}
    marked = [score for score in scores.values() if score is not None]
    told = [
        (report.student, text)
        for report in reports
        for verdict in report.verdicts
        if verdict.exercise == exercise
        for holds, text in verdict.claims
        if not holds
    ]
    return Row(
        title,
        points,
        [who for who, score in scores.items() if score is not None and score >= points],
        [who for who, score in scores.items() if score is not None and 0 < score < points],
        [who for who, score in scores.items() if score is not None and score <= 0],
        [who for who, score in scores.items() if score is None],
        mean(marked) if marked else None,
        commonest(told)[:MOST_WRONG],
    )


def _waiting(
    titles: dict[str, str], reports: list[Report], handed_in: list[Marks]
) -> list[tuple[str, dict[str, list[str]]]]:
    """Those who wait for a mark, and for each reason the exercises."""
    why = {
        (report.student, verdict.exercise): report.unreadable or verdict.lost
        for report in reports
        for verdict in report.verdicts
    }
    found = []
    for each in handed_in:
        reasons = defaultdict(list)
        for exercise, score in each.scores.items():
            if score is None:
                reason = why.get((each.student, exercise)) or "it was handed in after the last grading"
                reasons[reason.rstrip(".")].append(titles[exercise])
        if reasons:
            found.append((each.student, reasons))
    return found


def _pairs(folder: Folder, name: str, who: list[str]) -> list[tuple[Pair, list[tuple[str, str, str]]]]:
    """The pairs that are alike, each with the exercises where that is and both answers."""
    assignment = folder.settled(name).assignment
    answers = {each: _answers(folder, name, each, assignment.exercises) for each in who}
    everybody = _given(assignment.questions())
    given = {each: _given(assignment.questions(each)) if assignment.each else everybody for each in who}
    return [
        (pair, [(each, answers[pair.first][each], answers[pair.second][each]) for each in pair.exercises])
        for pair in alike(answers, given)
    ]


def _answers(folder: Folder, name: str, who: str, exercises) -> dict[str, str]:
    """What somebody answered, from the notebook that was made of it for the formgrader."""
    path = folder.place("autograded", name, who) / f"{name}.ipynb"
    if not path.exists():
        return {}
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: cell["source"] for cell in cells if cell["cell_type"] == "code" and cell["id"] in exercises}


def _given(questions) -> dict[str, str]:
    return {each.drawn.exercise: "\n".join([each.ground, each.stub, each.solution]) for each in questions}
