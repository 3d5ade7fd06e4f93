"""The ready problem sets: what they ask stands in the part that they examine, and nothing is asked twice."""

import re
from functools import cache, partial
from itertools import combinations

import pytest
import yaml
from exercises import NOTEBOOKS, Chapter

from grading.assignment import Assignment, chapters, question
from grading.sets import SETS
from grading.variants import VARIANTS, Drawn, settings_of_the_book
from lib import check

EXAMS = {"mid-term": (1, 2), "final": (1, 2, 3, 4)}


@pytest.fixture(params=SETS)
def name(request):
    return request.param


@cache
def parts() -> dict[str, int]:
    """In which part each exercise stands."""
    course = yaml.safe_load((NOTEBOOKS.parent / "_toc.yml").read_text(encoding="utf-8"))["parts"][:4]
    where = [(part, file["file"].removeprefix("chapters/")) for part, each in enumerate(course, 1) for file in each["chapters"]]
    return {exercise: part for part, chapter in where for exercise in Chapter(chapter).exercises}


def test_there_is_a_set_for_each_part_and_two_exams():
    assert list(SETS) == ["part-1", "part-2", "part-3", "part-4", *EXAMS]


def test_its_exercises_can_be_handed_out(name):
    assert SETS[name].keys() <= VARIANTS.keys() and 4 <= len(SETS[name]) <= 6


def test_it_examines_its_part(name):
    asked = {parts()[exercise] for exercise in SETS[name]}
    assert asked == set(EXAMS[name] if name in EXAMS else [int(name[-1])])


def test_the_points_make_a_round_total(name):
    assert sum(SETS[name].values()) == (100 if name in EXAMS else 20)


def test_no_exercise_is_in_two_sets():
    assert not [(one, other) for one, other in combinations(SETS, 2) if SETS[one].keys() & SETS[other].keys()]


@pytest.mark.parametrize("part", [1, 2, 3, 4])
def test_a_part_set_asks_of_every_chapter(part):
    theirs = [chapter for chapter in chapters() if parts().get(next(iter(chapter.exercises))) == part]
    assert len(theirs) == 4
    assert all(chapter.exercises.keys() & SETS[f"part-{part}"].keys() for chapter in theirs)


def answered(asked) -> list:
    """What the solution of an exercise as it was handed out leaves behind, on the code that stands above it."""
    exec(asked.ground, space := {})
    exec(re.sub(r"(?m)^check\..*", "", asked.solution), space)
    return [space[answer] for answer in asked.answers]


def test_its_notebook_has_a_place_for_every_answer(name):
    notebook = Assignment(name, SETS[name], "a key").notebook()
    graded = [cell["metadata"]["nbgrader"] for cell in notebook["cells"] if "nbgrader" in cell["metadata"]]
    assert {each["grade_id"]: each["points"] for each in graded if each["grade"]} == SETS[name]


def test_its_solutions_are_right_and_the_published_ones_earn_little(name):
    earned = 0.0
    for asked in Assignment(name, SETS[name], "a key").questions():
        exercise, told = asked.drawn.exercise, asked.drawn.settings
        claims = partial(getattr(check, exercise).claims, **told, **asked.drawn.unseen)
        own = claims(*answered(asked))
        assert all(claim.holds for claim in own), f"{asked.drawn}: {[claim.text for claim in own]}"
        book = settings_of_the_book(exercise)
        published = claims(*answered(question(Drawn(exercise, {name: book[name] for name in told}, {}))))
        share = sum(claim.holds for claim in published) / max(len(published), len(own))
        assert share <= 0.7, f"the book answers {exercise}"
        earned += share * SETS[name][exercise]
    assert earned <= sum(SETS[name].values()) / 3
