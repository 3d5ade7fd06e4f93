"""Checks of chapter 16: unfair races, what few seeds prove, a rate chosen honestly, pairs of seeds, a race of one's own."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np

from .frame import BLANK, Claim, Wrong, ask, close, described, exercise, numbers, shown

_TOLERANCE = 1e-6  # float32 will do


# What is unfair in each race, and a hint.
_FAULTS = (
    ("rate", "every contestant had the same rate, and nobody asked whom it suits."),
    ("test", "look at which results the rates were chosen by."),
    ("seeds", "how would the curves look if each were drawn once more?"),
    ("start", "He's weights fit one of the two; chapter 13 says which start the other was made for."),
    ("tries", "count how many runs each contestant had to find its best setting."),
    ("tries", "count how many settings each of the two had to choose from."),
)
_NO_FAULT = "nothing", "all were tuned alike, and judged by what had not chosen; that nobody is far ahead is no fault of a race."


@exercise
def unfair(faults, *, edition=32):
    """Judge what is unfair in six descriptions: a mapping of their letters to a word.

    Parameters
    ----------
    faults : dict of str to str
    edition : int, optional
        The sum of a number for each that is fair: 1 for A, 2 for B, 4 for C, and so on.
    """
    true = {letter: _NO_FAULT if edition >> place & 1 else _FAULTS[place] for place, letter in enumerate("ABCDEF")}
    if not isinstance(faults, dict):
        raise Wrong(f"faults should be a dictionary such as {{'A': 'nothing', …}}; this is {described(faults)}.")
    if missing := [letter for letter in true if letter not in faults]:
        raise Wrong(f"There is no answer yet for {', '.join(missing)}.")
    if any(faults[letter] is ... for letter in true):
        raise Wrong(BLANK)
    words = [*dict.fromkeys(word for word, _ in _FAULTS), "nothing"]
    for letter, (word, hint) in true.items():
        given = faults[letter]
        if not isinstance(given, str) or given.strip().lower() not in words:
            raise Wrong(f"For {letter} choose one of {', '.join(map(repr, words))}; this is {described(given)}.")
        if given.strip().lower() == word:
            yield Claim(True, f"{letter}: {word}.")
        else:
            yield Claim(False, f"{letter} is not {given!r}: {hint}")


@exercise
def parted_by_chance(chance, fewest, *, more=0, sizes=(1, 2, 3, 5, 8)):
    """Judge ``chance(n)``, for two groups of n runs that are alike, and the n from which it is below 0.05 / 96.

    Parameters
    ----------
    chance : function
        From n to the chance that all of one group are below all of the other.
    fewest : int
    more : int, optional
        How many runs the second group has more than the first.
    sizes : sequence of int, optional
        The n that are tried.
    """
    for n in sizes:
        given, truth = _number(ask(chance, n, name="chance"), f"chance({n})"), 2 / comb(2 * n + more, n)
        if close(given, truth, _TOLERANCE):
            groups = f"Groups of {n} and {n + more}" if more else f"Two groups of {n}"
            yield Claim(True, f"{groups} are parted with a chance of {truth:.3g}.")
            continue
        if close(given, truth / 2, _TOLERANCE):
            why = "either of the two may be the upper one."
        elif close(given, 2.0**-n, _TOLERANCE) or close(given, 2 * 2.0**-n, _TOLERANCE) or close(given, 4.0**-n, _TOLERANCE):
            why = "the runs aren't in pairs; count the ways to choose which places belong to the first group."
        else:
            why = f"with one and one, all orders are parted; how many orders have {n} and {n + more}, and how many of them are?"
        yield Claim(False, f"For {n} it is not {shown(given)}: {why}")
        return
    wanted = next(n for n in range(1, 99) if 2 / comb(2 * n + more, n) < 0.05 / 96)
    if (given := _number(fewest, "fewest")) == wanted:
        runs = f"{wanted} and {wanted + more} runs" if more else f"{wanted} runs each"
        yield Claim(True, f"With {runs}, 96 comparisons go wrong in less than one sweep of 20.")
    else:
        yield Claim(False, f"With {shown(given)} runs {'of the first' if more else 'each'} the chance is not the first below 0.05 / 96.")


@exercise
def honest_rate(honest):
    """Judge ``honest(validation, test)``, arrays (rates, seeds): the mean on test data at the rate that was chosen."""
    rng = np.random.default_rng(3)
    for _ in range(4):
        validation, test = rng.integers(60, 100, (2, 4, 5)).astype(float)
        means = test.mean(axis=1)
        truth = means[validation.mean(axis=1).argmax()]
        if close(truth, means.max(), 1e-9):  # the judge wants cases in which peeping shows
            test[means.argmin()] += 60
            means = test.mean(axis=1)
        given = _number(ask(honest, validation, test, name="honest"), "what honest returns")
        if close(given, truth, 1e-9):
            continue
        if close(given, means.max(), 1e-9):
            yield Claim(False, f"It gives {shown(given)}, the best on the test data: that choice has seen the test.")
        elif close(given, validation.mean(axis=1).max(), 1e-9):
            yield Claim(False, f"It gives {shown(given)}, which is the mean on the validation data that chose it.")
        elif close(given, test[validation.argmax(axis=0), np.arange(5)].mean(), 1e-9):
            yield Claim(False, f"It gives {shown(given)}: there, each seed chose a rate of its own.")
        else:
            yield Claim(False, f"It gives {shown(given)} and not {shown(truth)} for some validation and test results.")
        return
    yield Claim(True, "It chooses by the mean on the validation data, and tells the mean on the test data.")


@exercise
def paired_chance(paired, *, lead=0, pairs=()):
    """Judge ``paired(one, other)``: the share of all choices of signs whose sum of differences is as low as the real one.

    Parameters
    ----------
    paired : function
    lead : number, optional
        By how much the one is said to be above the other; it is taken off the differences.
    pairs : sequence of two sequences of numbers, optional
        Further results, of the one (less its lead) and of the other.
    """
    cases = [
        ("one is always below", [90, 91, 92], [93, 95, 99]),
        ("one is always above", [93, 95, 99], [90, 91, 92]),
        ("the pairs tell what the groups hide", [10, 20, 30, 40, 50, 60], [11, 22, 33, 44, 55, 66]),
        ("some differences are 0", [5, 7, 7, 6], [5, 9, 7, 9]),
        ("they are mixed", [88, 95, 91, 90, 93], [91, 94, 93, 95, 92]),
    ]
    for what, one, other in [*cases, *(("the numbers are other ones", *each) for each in pairs)]:
        d = np.array(one, float) - np.array(other, float)
        one, other = np.array(one, float) + lead, np.array(other, float)
        sums = np.array(list(product([1, -1], repeat=len(d)))) @ d
        truth = np.mean(sums <= d.sum())
        given = _number(ask(paired, one, other, name="paired"), "what paired returns")
        if close(given, truth, _TOLERANCE):
            yield Claim(True, f"It is right where {what}: {truth:.3g}.")
            continue
        if close(given, np.mean(sums < d.sum()), _TOLERANCE):
            why = "the signs that the differences really have are one of the choices, and as low as themselves."
        elif close(given, np.mean(sums >= d.sum()), _TOLERANCE):
            why = "this asks whether the first group is above the second, not below."
        elif close(given, np.mean(np.abs(sums) >= abs(d.sum())), _TOLERANCE):
            why = "this asks whether they differ either way, not whether the first is below."
        else:
            why = f"of the {2 ** len(d)} choices of signs, {np.sum(sums <= d.sum())} have a sum of {shown(d.sum())} or less."
        yield Claim(False, f"For {shown(one)} and {shown(other)} it is not {shown(given)}: {why}")
        return


@exercise
def fair_race(race):
    """Judge ``race(train, names, rates)`` by what it asks of ``train(name, rate, seed, on)``, and by what it returns."""
    names, rates = ("old", "new"), (0.01, 0.1, 1.0)
    met: list[tuple[str, float, int, str]] = []

    def train(name, rate, seed, on):
        if name not in names or rate not in rates or on not in ("validation", "test"):
            raise Wrong(f"train takes a name, one of the rates, a seed and 'validation' or 'test'; it was given "
                        f"{', '.join(map(shown, (name, rate, seed, on)))}.")  # fmt: skip
        met.append((name, float(rate), int(seed), on))
        return _answers(name, float(rate), int(seed), on)

    given = ask(race, train, names, rates, name="race")
    if not isinstance(given, dict) or {*given} != {*names}:
        raise Wrong(f"race should return a dictionary with the results of 'old' and 'new'; this is {described(given)}.")
    tuned = {name: {(rate, seed) for who, rate, seed, on in met if (who, on) == (name, "validation")} for name in names}
    judged = {name: {(rate, seed) for who, rate, seed, on in met if (who, on) == (name, "test")} for name in names}
    seeds = {seed for _, seed in tuned["old"]}
    yield _alike(tuned, "on the validation data", "Both were tuned with the same rates and the same seeds.")
    if tuned["old"] != set(product(rates, seeds)) or len(seeds) < 3:
        yield Claim(False, "Ask train on the validation data for every rate, each with the same three seeds or more.")
        return
    for name in names:
        best = max(rates, key=lambda rate: np.mean([_answers(name, rate, seed, "validation") for seed in seeds]))  # noqa: B023
        if (asked := {rate for rate, _ in judged[name]}) != {best}:
            why = f"{name!r} was asked the test data at {', '.join(map(shown, sorted(asked))) or 'no rate'}"
            yield Claim(False, f"{why}; the validation data, in the mean over the seeds, prefer {shown(best)}.")
            return
    yield Claim(True, "Each was asked the test data only at the rate that the validation data had chosen.")
    judges = {seed for _, seed in judged["old"]}
    if judges != {seed for _, seed in judged["new"]} or len(judges) < 5:
        yield Claim(False, "Judge both with the same seeds, five or more.")
        return
    if judges & seeds:
        yield Claim(False, f"Seed {min(judges & seeds)} has chosen the rate and then judged it: judge with other seeds.")
        return
    yield Claim(True, "Other seeds judge than those that chose, and both have the same.")
    for name in names:
        ((rate, _), *_) = judged[name]
        truth = sorted(_answers(name, rate, seed, "test") for seed in judges)
        results = np.sort(numbers(given[name], None, f"The results of {name!r}").ravel())
        if len(results) != len(truth) or not np.all(close(results, np.array(truth), 1e-9)):
            yield Claim(False, f"The results of {name!r} should be the right answers of its {len(truth)} judged runs.")
            return
    yield Claim(True, "What it returns are the results of the runs that judge.")


def _alike(asked, where: str, well: str) -> Claim:
    if asked["old"] == asked["new"]:
        return Claim(True, well)
    rate, seed = min(asked["old"] ^ asked["new"])
    return Claim(False, f"Only one of the two was tried {where} at rate {shown(rate)} with seed {seed}.")


def _answers(name: str, rate: float, seed: int, on: str) -> float:
    """Right answers of a training that takes no time: the rate that is best on the test data is another one."""
    best = {"old": {"validation": 0.1, "test": 0.01}, "new": {"validation": 1.0, "test": 0.1}}[name][on]
    return 90 - 10 * abs(np.log10(rate / best)) + seed * 7 % 5


def _number(value, name: str) -> float:
    array = numbers(value, (), name)
    if not np.isfinite(array):
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; this is {described(value)}.")
    return float(array)
