"""The checks of chapter 16: each accepts what is right, however it is written, and tells a student what went wrong."""

from importlib import import_module
from itertools import combinations, product
from math import comb, factorial

import numpy as np
import pytest
from exercises import Chapter, accepted, complaint

from lib import check

inside = import_module("lib.check.choosing")
run = Chapter("choosing").run


def chance(n):
    return 2 / comb(2 * n, n)


def honest(validation, test):
    return test[validation.mean(axis=1).argmax()].mean()


def paired(one, other):
    signs = np.array(list(product([1, -1], repeat=len(one))))
    return np.mean(signs @ (one - other) <= (one - other).sum())


def race(train, names, rates, tuning=(0, 1, 2), judging=(3, 4, 5, 6, 7), on="validation"):
    best = {name: max(rates, key=lambda rate: sum(train(name, rate, seed, on) for seed in tuning)) for name in names}  # noqa: B023
    return {name: [train(name, best[name], seed, "test") for seed in judging] for name in names}


FAULTS = {"A": "rate", "B": "test", "C": "seeds", "D": "start", "E": "tries", "F": "nothing"}
RIGHT = {
    "unfair": (FAULTS,),
    "parted_by_chance": (chance, 8),
    "honest_rate": (honest,),
    "paired_chance": (paired,),
    "fair_race": (race,),
}


# ---- what the chapter writes by hand


@pytest.mark.parametrize("one, other", [
    ([1, 2], [3, 4]),
    ([5, 1, 3], [2, 3, 3, 9]),
    ([90.25, 91.5, 91.5, 88], [91.5, 92, 90.25]),
    ([7, 7, 7], [7, 7]),
    ([4], [1, 2, 3, 5]),
])  # fmt: skip
def test_chance_below_counts_every_choice_of_places(one, other):
    """By hand: mid-ranks, and all the ways to choose which runs belong to the first group."""
    both = [*one, *other]
    middle = [sum(b < a for b in both) + (sum(b == a for b in both) + 1) / 2 for a in both]
    sums = [sum(chosen) for chosen in combinations(middle, len(one))]
    expected = np.mean(np.array(sums) <= sum(middle[: len(one)]) + 1e-9)
    found = run("below")["chance_below"](np.array(one, float), np.array(other, float))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_chance_below_agrees_with_scipy():
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(5)
    chance_below = run("below")["chance_below"]
    for _ in range(5):
        one, other = rng.normal(size=(2, 10))
        expected = stats.mannwhitneyu(one, other, alternative="less", method="exact").pvalue
        np.testing.assert_allclose(chance_below(one, other), expected, rtol=1e-9)


def test_chance_below_is_honest():
    """Of two groups that are alike it says 0.05 or less in one case of twenty, at the most."""
    rng, chance_below = np.random.default_rng(0), run("below")["chance_below"]
    groups = rng.normal(size=(2000, 2, 5)).round(1)
    share = np.mean([chance_below(one, other) <= 0.05 for one, other in groups])
    assert 0.02 < share <= 0.05 + 0.01


def test_holm_by_hand():
    holm = run("holm")["holm"]
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03])), [0.03, 0.06, 0.06])
    np.testing.assert_allclose(holm(np.array([0.5, 0.9])), [1, 1])
    np.testing.assert_allclose(holm(np.array([0.02])), [0.02])


def test_the_interval_misses_the_median_as_often_as_it_says():
    interval = run("interval")["interval"]
    ends = np.array([interval(runs) for runs in np.random.default_rng(1).normal(size=(20_000, 10))])
    assert np.mean((ends[:, 0] < 0) & (ends[:, 1] > 0)) == pytest.approx(0.979, abs=0.004)


# ---- the exercises


def test_other_right_answers():
    assert accepted(check.unfair.claims({letter: word.upper() + " " for letter, word in FAULTS.items()}))
    assert accepted(
        check.parted_by_chance.claims(lambda n: np.float32(2) * factorial(n) * factorial(n) / factorial(2 * n), 8.0)
    )
    assert accepted(
        check.honest_rate.claims(lambda v, t: float(np.mean(t[int(np.argmax([row.sum() for row in v]))])))
    )

    def by_doubling(one, other):
        sums = [0.0]
        for d in one - other:
            sums = [s + sign * d for s in sums for sign in (1, -1)]
        return np.float32(np.mean(np.array(sums) <= sums[0]))

    assert accepted(check.paired_chance.claims(by_doubling))

    def in_arrays(train, names, rates):
        answers = {}
        for name in names:
            table = np.array([[train(name, rate, seed, "validation") for seed in range(5)] for rate in rates])
            chosen = rates[table.mean(axis=1).argmax()]
            answers[name] = np.array([train(name, chosen, seed, "test") for seed in range(100, 110)])
        return answers

    assert accepted(check.fair_race.claims(in_arrays))


@pytest.mark.parametrize("change, message", [
    ({"A": "nothing"}, "nobody asked whom it suits"),
    ({"B": "rate"}, "which results the rates were chosen by"),
    ({"C": "nothing"}, "drawn once more"),
    ({"D": "nothing"}, "He's weights fit one of the two"),
    ({"E": "rate"}, "count how many runs"),
    ({"F": "seeds"}, "no fault of a race"),
    ({"F": "luck"}, "For F choose one of 'rate'"),
    ({"F": 1}, "For F choose one of 'rate'"),
])  # fmt: skip
def test_tempting_faults(change, message):
    assert message in complaint(check.unfair.claims(FAULTS | change))


def test_a_description_left_out():
    assert "no answer yet for E, F" in complaint(check.unfair.claims(dict(list(FAULTS.items())[:4])))
    assert "should be a dictionary" in complaint(check.unfair.claims(list(FAULTS.values())))


@pytest.mark.parametrize("wrong, fewest, message", [
    (lambda n: 1 / comb(2 * n, n), 8, "either of the two may be the upper one"),
    (lambda n: 2 * 2.0**-n, 8, "the runs aren't in pairs"),
    (lambda n: 0.05, 8, "with one and one, all orders are parted"),
    (chance, 7, "With 7 runs each"),
    (chance, 9, "With 9 runs each"),
])  # fmt: skip
def test_tempting_chances(wrong, fewest, message):
    assert message in complaint(check.parted_by_chance.claims(wrong, fewest))


@pytest.mark.parametrize("wrong, message", [
    (lambda v, t: t.mean(axis=1).max(), "that choice has seen the test"),
    (lambda v, t: v.mean(axis=1).max(), "the mean on the validation data that chose it"),
    (lambda v, t: t[v.argmax(axis=0), np.arange(5)].mean(), "each seed chose a rate of its own"),
    (lambda v, t: 1.0, "It gives 1 and not"),
])  # fmt: skip
def test_tempting_rates(wrong, message):
    assert message in complaint(check.honest_rate.claims(wrong))


def signs(one):
    return np.array(list(product([1, -1], repeat=len(one))))


@pytest.mark.parametrize("wrong, message", [
    (lambda a, b: np.mean(signs(a) @ (a - b) < (a - b).sum()), "as low as themselves"),
    (lambda a, b: np.mean(signs(a) @ (a - b) >= (a - b).sum()), "whether the first group is above"),
    (lambda a, b: np.mean(abs(signs(a) @ (a - b)) >= abs((a - b).sum())), "differ either way"),
    (lambda a, b: 1 / comb(2 * len(a), len(a)), "choices of signs"),
    (lambda a, b: 0.0, "as low as themselves"),
])  # fmt: skip
def test_tempting_pairs(wrong, message):
    assert message in complaint(check.paired_chance.claims(wrong))


def more_for_the_new(train, names, rates):
    for rate in rates:
        train("new", rate, 3, "validation")
    return race(train, names, rates, judging=range(10, 15))


def one_rate(train, names, rates):
    return race(train, names, rates[:1])


def each_seed_its_own(train, names, rates):
    race(train, names, rates)
    return {name: [max(train(name, rate, seed, "test") for rate in rates) for seed in range(10, 15)] for name in names}


def means(train, names, rates):
    return {name: np.mean(results) for name, results in race(train, names, rates).items()}


def other_judges(train, names, rates):
    results = race(train, names, rates)
    return {**results, "new": [train("new", 1.0, seed, "test") for seed in range(20, 25)]}


@pytest.mark.parametrize("wrong, message", [
    (more_for_the_new, "Only one of the two was tried on the validation data"),
    (one_rate, "for every rate, each with the same three seeds or more"),
    (lambda *a: race(*a, tuning=(0,)), "the same three seeds or more"),
    (lambda *a: race(*a, on="test"), "for every rate"),
    (each_seed_its_own, "the validation data, in the mean over the seeds, prefer 0.1"),
    (lambda *a: race(*a, judging=range(5)), "Seed 0 has chosen the rate and then judged it"),
    (lambda *a: race(*a, judging=(7, 8)), "five or more"),
    (other_judges, "Judge both with the same seeds"),
    (means, "should be the right answers of its 5 judged runs"),
    (lambda *a: list(race(*a).values()), "should return a dictionary"),
    (lambda train, names, rates: train("ReLU", 0.1, 0, "test"), "train takes a name, one of the rates"),
])  # fmt: skip
def test_tempting_races(wrong, message):
    assert message in complaint(check.fair_race.claims(wrong))


def test_the_trainers_two_data_disagree_on_the_rate():
    """Else who chooses by the test data would not be found out."""
    for name in ("old", "new"):
        best = {on: max((0.01, 0.1, 1.0), key=lambda rate: inside._answers(name, rate, 0, on)) for on in ("validation", "test")}  # noqa: B023
        assert best["validation"] != best["test"]
