"""The checks of chapter 16: each accepts what is right, however it is written, and tells a student what went wrong."""

import json
from importlib import import_module
from math import comb, factorial
from pathlib import Path

import numpy as np
import pytest
from nonsense import NONSENSE

from lib import check
from lib.check.frame import BLANK

inside = import_module("lib.check.choosing")
CHAPTER = json.loads((Path(__file__).parent.parent / "chapters" / "choosing.ipynb").read_text(encoding="utf-8"))
SOURCES = {cell["id"]: "".join(cell["source"]) for cell in CHAPTER["cells"]}


def complaint(claims):
    wrong = [claim.text for claim in claims if not claim.holds]
    assert wrong, "this should not have been accepted"
    return "\n".join(wrong)


def chance(n):
    return 2 / comb(2 * n, n)


def honest(validation, test):
    return test[validation.mean(axis=1).argmax()].mean()


def choose(right, cost):
    alike = right.max(axis=1) >= right[right.mean(axis=1).argmax()].min()
    return np.where(alike, cost, np.inf).argmin()


RIGHT = {"parted_by_chance": (chance, 6), "honest_rate": (honest,), "cheapest_alike": (choose,)}
PLACES = [(name, place) for name, answers in RIGHT.items() for place in range(len(answers))]


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_are_accepted(name, capsys):
    getattr(check, name)(*RIGHT[name])
    assert capsys.readouterr().out.endswith("All of it holds. Well done.\n")


@pytest.mark.parametrize("name", NONSENSE)
@pytest.mark.parametrize("exercise, place", PLACES)
def test_nonsense_is_survived(exercise, place, name, capsys):
    answers = list(RIGHT[exercise])
    answers[place] = NONSENSE[name]
    assert getattr(check, exercise)(*answers) is None
    out, err = capsys.readouterr()
    assert err == "" and "All of it holds" not in out and "could not be judged" not in out
    assert "✗" in out or out == f"{BLANK}\n"


@pytest.mark.parametrize("exercise, place", PLACES)
def test_the_blank_stub_is_greeted(exercise, place, capsys):
    answers = list(RIGHT[exercise])

    def blank(*inputs): ...

    for gap in (..., blank) if callable(answers[place]) else (...,):
        answers[place] = gap
        getattr(check, exercise)(*answers)
        assert capsys.readouterr().out.endswith(f"{BLANK}\n")


@pytest.mark.parametrize("number", range(1, 4))
def test_the_chapters_stub_is_greeted_and_its_solution_accepted(number, capsys):
    names = {}
    exec(SOURCES["imports"], names)
    exec(SOURCES[f"exercise-{number}-stub"], names)
    assert capsys.readouterr().out == f"{BLANK}\n"
    exec(SOURCES[f"exercise-{number}-solution"], names)
    out = capsys.readouterr().out
    assert out.endswith("All of it holds. Well done.\n") and "✗" not in out


def test_other_right_answers(capsys):
    check.parted_by_chance(lambda n: np.float32(2) * factorial(n) * factorial(n) / factorial(2 * n), 6.0)
    check.honest_rate(lambda v, t: float(np.mean(t[int(np.argmax([row.sum() for row in v]))])))
    check.cheapest_alike(
        lambda right, cost: min(
            (i for i in range(len(cost)) if max(right[i]) >= min(max(right, key=np.mean))), key=lambda i: cost[i]
        )
    )
    assert capsys.readouterr().out.count("All of it holds") == 3


@pytest.mark.parametrize("wrong, fewest, message", [
    (lambda n: 1 / comb(2 * n, n), 6, "either of the two may be the upper one"),
    (lambda n: 2 * 2.0**-n, 6, "the runs aren't in pairs"),
    (lambda n: 0.05, 6, "with one and one, all orders are parted"),
    (chance, 5, "With 5 runs each"),
    (chance, 7, "With 7 runs each"),
])  # fmt: skip
def test_tempting_chances(wrong, fewest, message):
    assert message in complaint(inside.parted_by_chance.claims(wrong, fewest))


@pytest.mark.parametrize("wrong, message", [
    (lambda v, t: t.mean(axis=1).max(), "that choice has seen the test"),
    (lambda v, t: v.mean(axis=1).max(), "the mean on the validation data that chose it"),
    (lambda v, t: t[v.argmax(axis=0), np.arange(5)].mean(), "each seed chose a rate of its own"),
    (lambda v, t: 1.0, "It gives 1 and not"),
])  # fmt: skip
def test_tempting_rates(wrong, message):
    assert message in complaint(inside.honest_rate.claims(wrong))


@pytest.mark.parametrize("wrong, message", [
    (lambda right, cost: right.mean(axis=1).argmax(), "all of them overlap with the best"),
    (lambda right, cost: cost.argmin(), "one is far better than all others"),
])  # fmt: skip
def test_tempting_choices(wrong, message):
    assert message in complaint(inside.cheapest_alike.claims(wrong))
