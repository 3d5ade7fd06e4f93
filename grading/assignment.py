"""An assignment: exercises by name, a key, points; and the notebook that a student gets, made from the chapters' cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from tools.exercises import NOTEBOOKS, Chapter

from .variants import Drawn, drawn

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WELCOME = """# {name}

{terms}

Write your answers where the three dots are. Each answer stands by itself: what it needs besides the cell above it belongs
into its own cell, or into one that you add right before it. The check below an answer is a friendly one: it tries functions
with some inputs, and where only numbers are asked for, it says no more than whether they can be judged. The marking looks at
more. Numbers here differ from the
book's. What stands "above", or in "the chapter", stands in the chapter that an exercise is from.

This notebook runs wherever the chapters do: in a copy of the course on your computer, on Binder, and in the book's own
JupyterLite. In the latter two, drag the file into the list of files, and download it before you leave. Hand in this one
file under the name that it has."""


@dataclass(frozen=True)
class Assignment:
    """What is handed out, and what it is judged by.

    Parameters
    ----------
    name : str
        Its heading.
    exercises : dict of str to number
        The points of each exercise, by the name of its check.
    key : str
        The instructor's secret, from which the variants are drawn.
    each : bool, optional
        Whether every student gets variants of their own.
    """

    name: str
    exercises: dict[str, float]
    key: str = field(repr=False)
    each: bool = False

    def drawn(self, exercise: str, who: str) -> Drawn:
        """The variant that a student has to solve."""
        return drawn(f"{self.key}\n{self.name}", exercise, who if self.each else "")

    def questions(self, who: str = "") -> list[Question]:
        """The exercises of a student, in their order."""
        return [question(self.drawn(exercise, who)) for exercise in self.exercises]

    def notebook(self, who: str = "", due: datetime | None = None) -> dict:
        """The notebook that a student gets, where it is said until when.

        Its cells bear the marks of nbgrader's, so that its exchange and formgrader know them; nothing is
        judged by these marks, as a student can change them.
        """
        terms = f"{plural(sum(self.exercises.values()), 'point')} in all" + (f", due {due:%A, %d %B %Y, %H:%M (UTC%z)}" if due else "")
        cells = [text_cell("welcome", WELCOME.format(name=self.name, terms=f"{terms}."))]
        for each in self.questions(who):
            points = self.exercises[each.drawn.exercise]
            title, _, asked = each.text.partition("\n")
            cells += [
                text_cell(f"{each.drawn.exercise}-text", f"{title} ({plural(points, 'point')})\n{asked}"),
                code_cell(f"{each.drawn.exercise}-ground", each.ground),
                code_cell(each.drawn.exercise, each.stub, {"grade": True, "solution": True, "locked": False, "points": points}),
            ]
        return {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}


@dataclass(frozen=True)
class Question:
    """One exercise as a student gets it.

    Parameters
    ----------
    drawn : Drawn
        Its variant.
    text, ground, stub : str
        What is asked; the code of the chapter that an answer stands on; where the answer goes.
    solution : str
        The chapter's, with the words of the variant.
    answers : list of str
        The names that hold the answers, in the order of the check.
    """

    drawn: Drawn
    text: str
    ground: str
    stub: str
    solution: str
    answers: list[str]


@cache
def chapters() -> list[Chapter]:
    """The chapters that have exercises, in the book's order."""
    contents = (NOTEBOOKS.parent / "_toc.yml").read_text(encoding="utf-8")
    return [chapter for name in re.findall(r"chapters/(\w+)", contents) if (chapter := Chapter(name)).exercises]


def question(variant: Drawn) -> Question:
    """Make of the chapter's cells what a student gets."""
    exercise = variant.exercise
    chapter = next(chapter for chapter in chapters() if exercise in chapter.exercises)
    stub, *solution = chapter.exercises[exercise]
    form = "" if variant.unseen else ".form"  # claims would be all that the marking makes
    call = re.compile(rf"^check\.{exercise}\((.*)\)", re.M)
    asked = variant.rewritten(chapter.sources[stub])
    heading = re.compile(r"### Exercise \d+: (.)(.*)")
    text = heading.sub(
        lambda found: f"## {found[1].upper()}{found[2]}\n\n*From the chapter “{chapter.title}”*",
        variant.rewritten(chapter.texts[exercise]),
    )
    # What the text names may be the chapter's, but what the answer defines or takes is its own. And numpy is always at hand.
    named = {*re.findall(r"`(\w+)", text)} - {*re.findall(r"\w+", asked)} | {"np"}
    return Question(
        variant,
        re.sub(r"\[([^]]*)\]\([^)]*\.ipynb[^)]*\)", r"\1", text),  # the other chapters are not at hand
        chapter.ground(stub, *solution, names=named),
        call.sub(lambda found: f"check.{exercise}{form}({found[1]}{variant.told()})", asked),
        "\n".join(variant.rewritten(chapter.sources[cell]) for cell in solution),
        call.search(asked)[1].split(", "),
    )


def plural(number: float, noun: str) -> str:
    """A number of things, in words: "1 point", "2.5 points"."""
    return f"{number:g} {noun}{'' if number == 1 else 's'}"


def text_cell(id: str, source: str) -> dict:
    """A cell of text."""
    return {"cell_type": "markdown", "id": id, "metadata": {}, "source": source}


def code_cell(id: str, source: str, graded: dict | None = None) -> dict:
    """A cell of code; what `graded` says is what nbgrader is told of it."""
    marks = {"grade": False, "solution": False, "locked": True} | (graded or {})
    nbgrader = {"schema_version": 3, "grade_id": id, "task": False, **marks}
    return {
        "cell_type": "code", "id": id, "metadata": {"nbgrader": nbgrader},
        "source": source, "execution_count": None, "outputs": [],
    }  # fmt: skip
