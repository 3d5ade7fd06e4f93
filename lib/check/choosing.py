"""Checks of chapter 16: how often chance parts two groups, a rate chosen honestly, the cheapest that is as good."""

from __future__ import annotations

from math import comb

import numpy as np

from .frame import Claim, Wrong, ask, close, described, exercise, numbers, shown

_TOLERANCE = 1e-6  # float32 will do


@exercise
def parted_by_chance(chance, fewest):
    """Judge ``chance(n)``, for two groups of n runs that are alike, and the n from which it is below 0.05 / 16."""
    for n in (1, 2, 3, 5, 8):
        given, truth = _number(ask(chance, n, name="chance"), f"chance({n})"), 2 / comb(2 * n, n)
        if close(given, truth, _TOLERANCE):
            yield Claim(True, f"Two groups of {n} are parted with a chance of {truth:.3g}.")
            continue
        if close(given, truth / 2, _TOLERANCE):
            why = "either of the two may be the upper one."
        elif close(given, 2.0**-n, _TOLERANCE) or close(given, 2 * 2.0**-n, _TOLERANCE) or close(given, 4.0**-n, _TOLERANCE):
            why = "the runs aren't in pairs; count the ways to choose which places belong to the first group."
        else:
            why = f"with one and one, all orders are parted; how many orders have {n} and {n}, and how many of them are?"
        yield Claim(False, f"For {n} it is not {shown(given)}: {why}")
        return
    wanted = next(n for n in range(1, 99) if 2 / comb(2 * n, n) < 0.05 / 16)
    if (given := _number(fewest, "fewest")) == wanted:
        yield Claim(True, f"With {wanted} runs each, 16 comparisons go wrong in less than one sweep of 20.")
    else:
        yield Claim(False, f"With {shown(given)} runs each the chance is not the first below 0.05 / 16.")


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
def cheapest_alike(choose):
    """Judge ``choose(right, cost)``: from runs (activations, seeds) and costs, the place of the one to take."""
    cases = [
        ("one is far better than all others", [[90, 91, 92], [80, 81, 82], [70, 71, 72]], [3, 2, 1], 0),
        ("all of them overlap with the best", [[90, 92, 94], [89, 91, 93], [88, 90, 92]], [3, 1, 2], 1),
        ("the cheapest is clearly worse", [[90, 92, 94], [89, 91, 93], [60, 61, 62]], [3, 2, 1], 1),
        ("the best is the cheapest", [[60, 61, 62], [90, 92, 94], [89, 91, 93]], [1, 2, 3], 1),
        ("a tie at the very edge", [[92, 93, 94], [90, 91, 92], [80, 80, 80]], [5, 4, 1], 1),
    ]
    for what, right, cost, wanted in cases:
        given = _number(ask(choose, np.array(right, float), np.array(cost, float), name="choose"), "what choose returns")
        if given == wanted:
            yield Claim(True, f"It is right where {what}.")
        else:
            yield Claim(False, f"Where {what}, {right} at costs {cost}, it should not take number {shown(given)}.")


def _number(value, name: str) -> float:
    array = numbers(value, (), name)
    if not np.isfinite(array):
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; this is {described(value)}.")
    return float(array)
