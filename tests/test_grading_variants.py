"""The exercises that may be handed out: another variant's solution, and the published one, is never right."""

import inspect
import re

import pytest
from exercises import NOTEBOOKS, Chapter

from grading.variants import VARIANTS, Drawn, drawn, settings_of_the_book
from lib import check

CHAPTERS = {path.stem: Chapter(path.stem) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
HOME = {exercise: chapter for chapter in CHAPTERS.values() for exercise in chapter.exercises}
KEYS = ("one key", "another key", "a third")


@pytest.fixture(scope="module", params=VARIANTS)
def exercise(request):
    return request.param


def page(exercise):
    """The text of an exercise, its stub and its solution."""
    return [HOME[exercise].texts[exercise], *(HOME[exercise].sources[cell] for cell in HOME[exercise].exercises[exercise])]


@pytest.fixture(scope="module")
def judged(exercise):
    """A function from the settings of a solution and those of a check to what the check claims of it."""
    stub, *solution = HOME[exercise].exercises[exercise]
    answers = re.search(rf"^check\.{exercise}\((.*)\)", HOME[exercise].sources[stub], re.M)[1].split(", ")
    names = HOME[exercise].before(stub, *solution)
    solved = {}

    def claims(answered: Drawn, asked: Drawn):
        if str(answered) not in solved:
            space = dict(names)
            for cell in solution:
                source = re.sub(r"(?m)^check\..*", "", answered.rewritten(HOME[exercise].sources[cell]))
                exec(source, space)
            renamed = [answered.rewritten(answer) for answer in answers]
            solved[str(answered)] = [space[name] for name in renamed]
        return getattr(check, exercise).claims(*solved[str(answered)], **asked.settings, **asked.unseen)

    return claims


def test_every_chapter_has_a_variant():
    assert all(VARIANTS.keys() & chapter.exercises.keys() for chapter in CHAPTERS.values() if chapter.exercises)


def test_the_settings_are_those_of_the_check(exercise):
    """And what is told, and what is not, has a default that is the book's."""
    given = drawn("a key", exercise)
    assert given.settings.keys() | given.unseen.keys() <= settings_of_the_book(exercise).keys()
    assert not given.settings.keys() & given.unseen.keys()
    assert given.settings.keys() == inspect.signature(VARIANTS[exercise].words).parameters.keys()


def test_with_the_books_settings_no_word_changes(exercise):
    book = settings_of_the_book(exercise)
    told = Drawn(exercise, {name: book[name] for name in drawn("a key", exercise).settings}, {})
    words = VARIANTS[exercise].words(**told.settings)
    assert all(old == new for old, new in words.items())
    together = " ".join(" ".join(page(exercise)).split())
    assert not [phrase for phrase in words if phrase not in together], "on the page there is no such phrase"


def test_a_key_changes_the_page(exercise):
    text, stub, *solution = page(exercise)
    given = drawn("a key", exercise)
    assert given == drawn("a key", exercise)
    assert len({str(drawn("a key", exercise, f"student {k}").settings) for k in range(6)}) > 1
    assert given.rewritten(text) != text and given.rewritten("\n".join(solution)) != "\n".join(solution)


def test_only_its_own_solution_is_right(exercise, judged):
    book = Drawn(exercise, {name: settings_of_the_book(exercise)[name] for name in drawn("", exercise).settings}, {})
    variants = [drawn(key, exercise) for key in KEYS]
    different = {str(each.settings): each for each in variants}
    assert len(different) > 1
    for asked in different.values():
        for answered in (book, *different.values()):
            claims = judged(answered, asked)
            right = all(claim.holds for claim in claims)
            assert right == (answered is asked), f"{answered} for {asked}: {[claim.text for claim in claims]}"


def test_an_exercise_without_variants_is_not_handed_out():
    with pytest.raises(ValueError, match="has no variants"):
        drawn("a key", "best_neuron")
