"""What the check of every exercise must bear. The right answers, and the mistakes that tempt, stand in test_check_….py."""

import inspect
from importlib import import_module

import pytest
from exercises import NOTEBOOKS, Chapter, changed, complaint
from nonsense import NONSENSE

from lib import check
from lib.check.frame import BLANK

CHAPTERS = {path.stem: Chapter(path.stem) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
RIGHT = {name: import_module(f"test_check_{name}").RIGHT for name, chapter in CHAPTERS.items() if chapter.exercises}
EXERCISES = [(chapter, exercise) for chapter in RIGHT for exercise in RIGHT[chapter]]
PLACES = [(*names, place) for names in EXERCISES for place in range(len(RIGHT[names[0]][names[1]]))]
WELL_DONE = "All of it holds. Well done.\n"

# What is nonsense elsewhere, and a right answer here.
RIGHT_BY_CHANCE = {
    ("sign_of_the_bias", 0, "a boolean array"),
    ("leaky_price", 2, "True"),
    ("leaky_price", 2, "a 0-d array"),
    ("the_default", 0, "a fraction"),
}


@pytest.mark.parametrize("chapter", RIGHT)
def test_no_exercise_is_forgotten(chapter):
    """Those of the page, of the module of checks and of the tests are the same."""
    module = import_module(f"lib.check.{chapter}")
    checks = [name for name, thing in vars(module).items() if hasattr(thing, "claims")]
    assert list(CHAPTERS[chapter].exercises) == list(RIGHT[chapter]) == checks
    assert all(getattr(check, name) is getattr(module, name) for name in checks)


def test_every_check_is_one_of_a_chapter():
    checks = [name for name, thing in vars(check).items() if hasattr(thing, "claims")]
    assert sorted(checks) == sorted(exercise for _, exercise in EXERCISES)


@pytest.mark.parametrize("chapter, exercise", EXERCISES)
def test_a_check_says_how_many_answers_it_wants(chapter, exercise):
    assert f"looks at {len(RIGHT[chapter][exercise])} answer" in complaint(getattr(check, exercise).claims())


@pytest.mark.parametrize("chapter, exercise", EXERCISES)
def test_right_answers_are_accepted(chapter, exercise, capsys):
    getattr(check, exercise)(*RIGHT[chapter][exercise])
    assert capsys.readouterr().out.endswith(WELL_DONE)


@pytest.mark.parametrize("chapter, exercise, place", PLACES)
def test_nonsense_is_survived(chapter, exercise, place, capsys):
    judge, wrong = getattr(check, exercise), []
    for name, nonsense in NONSENSE.items():
        returned = judge(*changed(RIGHT[chapter][exercise], place, nonsense))
        out, err = capsys.readouterr()
        survived = returned is None and err == "" and "could not be judged" not in out
        refused = "All of it holds" not in out and ("✗" in out or out == f"{BLANK}\n")
        if not survived or not (refused or (exercise, place, name) in RIGHT_BY_CHANCE):
            wrong.append((name, returned, out, err))
    assert wrong == []


def blank(*inputs): ...


@pytest.mark.parametrize("chapter, exercise, place", PLACES)
def test_a_gap_is_greeted(chapter, exercise, place, capsys):
    answers = RIGHT[chapter][exercise]
    gaps = [...]
    if inspect.isfunction(answers[place]):
        gaps.append(blank)
    if isinstance(answers[place], dict):
        gaps.append(dict.fromkeys(answers[place], ...))
    for gap in gaps:
        getattr(check, exercise)(*changed(answers, place, gap))
        *before, last = capsys.readouterr().out.splitlines()
        assert last in (BLANK, f"✗ {BLANK}") and all(line.startswith("✓") for line in before)


@pytest.mark.parametrize("chapter, exercise", EXERCISES)
def test_the_stub_is_greeted_and_the_solution_accepted(chapter, exercise, capsys):
    chapter = CHAPTERS[chapter]
    stub, *solution = chapter.exercises[exercise]
    names = chapter.before(stub, *solution)
    capsys.readouterr()
    exec(chapter.sources[stub], names)
    assert capsys.readouterr().out == f"{BLANK}\n"
    for cell in solution:
        exec(chapter.sources[cell], names)
    out = capsys.readouterr().out
    assert out.endswith(WELL_DONE) and "✗" not in out
