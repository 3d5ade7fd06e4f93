"""The ready problem sets: what they ask stands in the part that they examine, and nothing is asked twice."""

import re
from functools import cache
from itertools import combinations

import pytest
import yaml
from exercises import NOTEBOOKS, Chapter

from grading.assignment import Assignment, chapters
from grading.sets import SETS
from grading.variants import VARIANTS
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


def test_its_notebook_asks_all_of_it_and_its_solutions_are_right(name):
    assignment = Assignment(name, SETS[name], "a key")
    cells = {cell["id"]: cell for cell in assignment.notebook()["cells"]}
    for question in assignment.questions():
        drawn = question.drawn
        assert cells[drawn.exercise]["metadata"]["nbgrader"]["points"] == SETS[name][drawn.exercise]
        space = {}
        exec(cells[f"{drawn.exercise}-ground"]["source"], space)
        exec(re.sub(r"(?m)^check\..*", "", question.solution), space)
        answers = [space[answer] for answer in question.answers]
        claims = getattr(check, drawn.exercise).claims(*answers, **drawn.settings, **drawn.unseen)
        assert all(claim.holds for claim in claims), f"{drawn}: {[claim.text for claim in claims]}"
