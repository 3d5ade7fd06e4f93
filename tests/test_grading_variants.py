"""The exercises that may be handed out: another variant's solution, and the published one, is never right."""

import inspect
import re
from functools import cache

import pytest
from exercises import NOTEBOOKS, Chapter

from grading.assignment import question
from grading.variants import VARIANTS, Drawn, drawn, settings_of_the_book, variety
from grading.variants.draws import NUMBERS, pattern
from lib import check

CHAPTERS = {path.stem: Chapter(path.stem) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
HOME = {exercise: chapter for chapter in CHAPTERS.values() for exercise in chapter.exercises}
KEYS = ("one key", "another key", "a third")
STUDENTS = [f"student {k}" for k in range(20)]


@pytest.fixture(scope="module", params=VARIANTS)
def exercise(request):
    return request.param


def page(exercise):
    """The text of an exercise, its stub and its solution."""
    return [HOME[exercise].texts[exercise], *(HOME[exercise].sources[cell] for cell in HOME[exercise].exercises[exercise])]


@pytest.fixture(scope="module")
def judged(exercise):
    """A function from the variant of a solution and that of a check to what the check claims of the solution."""
    ground = HOME[exercise].before(*HOME[exercise].exercises[exercise])

    @cache
    def solved(solution, answers):
        space = dict(ground)
        exec(re.sub(r"(?m)^check\..*", "", solution), space)
        return [space[name] for name in answers]

    def claims(answered: Drawn, asked: Drawn):
        theirs = question(answered)
        answers = solved(theirs.solution, tuple(theirs.answers))
        return getattr(check, exercise).claims(*answers, **asked.settings, **asked.unseen)

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
    together = "\n".join(page(exercise))
    assert not [phrase for phrase in words if not re.search(pattern(phrase), together)], "not on the page"


def test_a_key_changes_the_page(exercise):
    text, stub, *solution = page(exercise)
    given = drawn("a key", exercise)
    assert given == drawn("a key", exercise)
    assert given.rewritten(text) != text and given.rewritten("\n".join(solution)) != "\n".join(solution)


def test_every_student_gets_what_the_check_asks_for(exercise):
    """Of the text's numbers all that are told stand there, and none of the book's that should have changed."""
    for student in STUDENTS:
        given = drawn("a key", exercise, student)
        text = question(given).text
        told = numbers_in(given.settings)
        assert not [number for number in told if not stands(number, text)], f"{told} are not all told: {text}"
        book = {name: settings_of_the_book(exercise)[name] for name in given.settings}
        # A book's 0, 1 or 2 may stand for something else.
        left = [number for number in numbers_in(book) - told - {0, 1, 2} if stands(number, text)]
        assert not left, f"{left} should be {told}: {text}"


def numbers_in(setting) -> set[float]:
    """The sizes of all numbers in a setting."""
    if isinstance(setting, dict):
        setting = tuple(setting.values())
    if isinstance(setting, tuple):
        return set().union(*map(numbers_in, setting))
    return {abs(setting)} if isinstance(setting, int | float) else set()


def stands(number: float, text: str) -> bool:
    """Whether a number stands in a text, in figures or as a word."""
    forms = [f"{number:g}"]
    if number == int(number):
        forms += [f"{number:.1f}", *NUMBERS[int(number) : int(number) + 1]]
    return any(re.search(rf"(?<![\w.]){re.escape(form)}(?!\d|\.\d)", text, re.I) for form in forms)


def test_there_are_variants_enough_to_tell_neighbours_apart(exercise):
    assert variety(exercise) >= 10


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


def test_its_own_solution_is_right_for_every_student(exercise, judged):
    for student in STUDENTS[:5]:  # some take a second each
        given = drawn("a key", exercise, student)
        claims = judged(given, given)
        assert all(claim.holds for claim in claims), f"{given}: {[claim.text for claim in claims]}"


def test_an_exercise_without_variants_is_not_handed_out():
    with pytest.raises(ValueError, match="has no variants"):
        drawn("a key", "best_neuron")
