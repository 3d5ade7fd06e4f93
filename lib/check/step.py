"""Checks of chapter 3: XNOR by hand, a rule mended, the sigmoid's slope, a steepness, a pretended slope."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from numbers import Real

import numpy as np

from ..activations import sigmoid_of, step
from ..datasets import xor
from .frame import Claim, Wrong, ask, close, described, exercise, numbers, shown

_LINES = ((1.0, 1.0, -1.2), (-2.0, 1.0, 0.7), (-1.0, 0.5, 0.6), (0.3, 1.0, 0.5))
_FAST = 115  # mean epochs; of the steepnesses 1, 2, 4, 8, 16 and 32 only 4 and 8 need fewer


@exercise
def xnor(hidden_weights, hidden_bias, output_weights, output_bias, *, levels=(0, 1)) -> Iterator[Claim]:
    """Judge the weights of a network of steps, 2 → 2 → 1, that is to say 1 where its two inputs agree.

    Parameters
    ----------
    hidden_weights : array of shape (2, 2)
        One column a unit.
    hidden_bias : array of shape (2,)
    output_weights : array of shape (2,) or (2, 1)
    output_bias : number
    levels : two numbers, optional
        What an input may be.
    """
    hidden = _finite(hidden_weights, (2, 2), "hidden_weights"), _finite(hidden_bias, (2,), "hidden_bias")
    last = _column(output_weights), float(_finite(output_bias, (), "output_bias"))
    answers = []
    for x in product(levels, repeat=2):
        sums = x @ hidden[0] + hidden[1]
        says = (sums > 0).astype(int)
        last_sum = float(says @ last[0] + last[1])
        answers.append(int(last_sum > 0))
        wish = int(x[0] == x[1])
        at = f"For x = {x} the hidden sums are {shown(sums)}, so these units say {shown(says)}; the last sum is {shown(last_sum)}"
        if min(*abs(sums), abs(last_sum)) < 1e-9:
            yield Claim(False, f"{at}. A sum of 0 lies on the jump itself: move a bias a little.")
        elif answers[-1] != wish:
            yield Claim(False, f"{at}, and the network says {answers[-1]}; XNOR is {wish}.")
        else:
            yield Claim(True, f"For x = {x} the network says {wish}.")
    if answers == [0, 1, 1, 0]:
        yield Claim(
            False, "At all four corners it says the opposite: this is XOR. Which layer could turn an answer round?"
        )


@exercise
def perceptron_rule(correct, *, times=1, lines=_LINES) -> Iterator[Claim]:
    """Judge the perceptron rule for one example, by its effect on right and wrong answers and by what it learns.

    Parameters
    ----------
    correct : function
        From weights (2,), a bias, an example x (2,) and its class t, 0 or 1, to the new (weights,
        bias). Any rate above 0 will do.
    times : number, optional
        What the bias is multiplied by in the neuron's sum.
    lines : four triples of numbers, optional
        Those that part the examples to be learned: a, b and c of a x₁ + b x₂ + c = 0.
    """
    for x, t in [([4.0, 1.0], 1), ([2.0, 1.0], 0), ([2.0, 1.0], 1), ([4.0, 1.0], 0)]:
        yield _one_correction(correct, [1.0, -1.0], -1.5 / times, np.array(x), t, times)
    counts = []
    for line in lines:
        x = 2 * _even(400, 2) - 1
        height = (x @ line[:2] + line[2]) / np.hypot(*line[:2])  # of each point above the line
        x, t = x[abs(height) > 0.1][:60], (height[abs(height) > 0.1][:60] > 0).astype(int)
        count, wrong = _corrections(correct, x, t, times, most=500)
        if wrong:
            yield Claim(
                False,
                f"The line {_equation(line)} parts 60 examples, but after {count} corrections the rule still has {wrong} "
                "of them wrong.",
            )
            return
        counts.append(count)
    yield Claim(
        True,
        f"It learns four sets of 60 examples without a mistake left, after {', '.join(map(str, counts))} corrections.",
    )


@exercise
def sigmoid_slope(
    slope_at, place, reach, *, level=0.01, x=(-2.0, -0.5, 0.0, 0.5, 2.0), steepnesses=(1.0, 4.0, 0.5)
) -> Iterator[Claim]:
    """Judge the slope of a sigmoid of any steepness, and where that of steepness 1 is large and small.

    Parameters
    ----------
    slope_at : function
        From an array x and a steepness to the slope of `sigmoid_of(steepness)` at each x.
    place : number
        Where the slope is largest.
    reach : number
        How far from there the slope of steepness 1 falls to the level. Right within 0.01.
    level : number, optional
        Above 0 and below a quarter.
    x, steepnesses : numbers, optional
        Where the slope is tried, and of which sigmoids.
    """
    x = np.array(x)
    for steepness in steepnesses:
        true = sigmoid_of(steepness).derivative(x)
        given = numbers(ask(slope_at, x, steepness, name="slope_at"), x.shape, "what slope_at returns")
        wrong = ~close(given, true, 1e-6)
        if not wrong.any():
            yield Claim(True, f"For steepness {steepness:g} the slope is right at all of {shown(x)}.")
            continue
        at = int(wrong.argmax())
        text = f"For steepness {steepness:g} at x = {shown(x[at])} a difference measures the slope {shown(true[at])}; yours is {shown(given[at])}."
        if close(given * steepness, true, 1e-6).all():
            text += " It is off by one factor everywhere: what does the chain rule make of the steepness?"
        elif close(given, x * 0 + given[0], 1e-9).all():
            text += " It is the same for every x."
        yield Claim(False, text)
        return

    place = float(_finite(place, (), "place"))
    reach = float(_finite(reach, (), "reach"))
    slope = sigmoid_of(1.0).derivative
    if abs(place) <= 1e-3:
        yield Claim(True, "The slope is largest there.")
    else:
        yield Claim(False, f"At {shown(place)} the slope of steepness 1 is {slope(place):.4f}; elsewhere it is larger.")
    y = (1 + np.sqrt(1 - 4 * level)) / 2  # y (1 − y) is the level
    if abs(reach - np.log(y / (1 - y))) <= 0.01:
        yield Claim(True, f"Beyond that the slope of steepness 1 is below {level:g}, and before it above.")
    elif reach < 0:
        yield Claim(False, f"The reach is a distance, and {shown(reach)} is below 0.")
    else:
        side = f"not yet down to {level:g}" if slope(reach) > level else f"below {level:g} already"
        yield Claim(False, f"At x = {shown(reach)} the slope of steepness 1 is {slope(reach):.4f}, {side}.")


@exercise
def fastest_steepness(steepness, epochs) -> Iterator[Claim]:
    """Judge a choice of steepness by the reader's own measurements, and by new ones from other starts.

    Parameters
    ----------
    steepness : number
        The chosen one.
    epochs : dict of number to list of number
        For each steepness tried the epochs until four sigmoid units had learned XOR, a run each,
        and 200 for a run that had not by then.
    """
    if not isinstance(epochs, dict):
        raise Wrong(f"The measurements should be a dict, from each steepness to its runs; this is {described(epochs)}.")
    if not all(isinstance(key, Real) and 0 < key < float("inf") for key in epochs):
        raise Wrong(
            f"Each key of the measurements should be a steepness, a number above 0; they are {shown(list(epochs))}."
        )
    runs = {float(key): _finite(values, None, f"the runs of steepness {shown(key)}") for key, values in epochs.items()}
    steepness = float(_finite(steepness, (), "the steepness"))
    if steepness not in runs:
        raise Wrong(
            f"You chose {shown(steepness)}, but measured {shown(np.array(sorted(runs)))}: choose one of these, or measure it too."
        )
    few = [key for key, values in runs.items() if values.ndim != 1 or len(values) < 7]
    if few or len(runs) < 5:
        raise Wrong(
            f"{'Steepness ' + shown(few[0]) if few else 'Your table'} needs more: five steepnesses at least, and seven runs of each."
        )
    yield Claim(True, f"You measured {len(runs)} steepnesses, at least {min(map(len, runs.values()))} runs of each.")

    if min(runs) < steepness < max(runs):
        yield Claim(True, "You tried flatter and steeper ones than your choice.")
    else:
        yield Claim(
            False,
            f"{shown(steepness)} lies at the edge of what you tried: perhaps it goes on getting faster beyond it.",
        )
    means = {key: float(values.mean()) for key, values in runs.items()}
    best = min(means, key=means.get)
    if means[steepness] <= means[best]:
        yield Claim(True, "By your own measurements no other is faster.")
    else:
        yield Claim(
            False,
            f"By your own measurements steepness {shown(best)} needs {means[best]:.0f} epochs in the mean, and {shown(steepness)} "
            f"needs {means[steepness]:.0f}.",
        )
    learned = _losses(sigmoid_of(steepness).function, sigmoid_of(steepness).derivative, hidden=4, epochs=200) < 0.01
    mean = np.where(learned.any(axis=0), learned.argmax(axis=0), 200).mean()
    new = f"From 100 other starts {learned.any(axis=0).sum()} networks of steepness {shown(steepness)} learn, and the mean is {mean:.0f} epochs"
    if mean <= _FAST:
        yield Claim(True, f"{new}: your choice holds.")
    else:
        yield Claim(False, f"{new}. Other steepnesses need fewer than {_FAST}: try more of them, or more runs.")


@exercise
def pretended_slope(slope) -> Iterator[Claim]:
    """Judge what the backward pass takes for the slope of a step, by whether a hidden layer of three learns XOR.

    Parameters
    ----------
    slope : function
        From an array of sums z to the slope that is pretended at each.
    """

    def asked(z):
        flat = np.nan_to_num(z, posinf=1e9, neginf=-1e9).ravel()  # a network that diverges is no fault of the function
        return numbers(ask(slope, flat, name="your slope"), flat.shape, "what your slope returns").reshape(z.shape)

    z = np.array([-3.0, -1.5, -0.4, -0.1, 0.1, 0.4, 1.5, 3.0])
    pretended = asked(z)
    for value, at in zip(pretended, z, strict=True):
        if not np.isfinite(value) or value < 0:
            raise Wrong(
                f"For z = {shown(at)} your slope is {shown(value)}. It should be finite, and not below 0: a step never falls."
            )
    if not pretended.any():
        raise Wrong(
            f"Your slope is 0 for all of {shown(z)}: that is the step's own, and nothing reaches the first layer."
        )
    yield Claim(True, "Your slope is finite, never below 0, and not 0 everywhere.")
    learned = int((_losses(step.function, asked, hidden=3, epochs=300)[-1] < 0.01).sum())
    alone = int((_losses(step.function, step.derivative, hidden=3, epochs=300)[-1] < 0.01).sum())
    text = f"With it {learned} of 100 networks of three steps learn XOR; with the first layer left alone {alone} do"
    if learned >= 50:
        yield Claim(True, f"{text}.")
    else:
        yield Claim(
            False, f"{text}. Aim at 50: how large is your slope where the sum is far from 0, and how large close by?"
        )


# --- how the answers are tried out -----------------------------------------------------------


def _one_correction(correct, weights, bias: float, x: np.ndarray, t: int, times: float) -> Claim:
    weights = np.array(weights)
    z = float(x @ weights + times * bias)
    at = f"For weights {shown(weights)}, bias {bias:g}, x = {shown(x)} the sum is {z:g}, the neuron says {int(z > 0)}, and the class is {t}"
    by_weights, by_bias = (
        new - old for new, old in zip(_corrected(correct, weights, bias, x, t), (weights, bias), strict=True)
    )
    moved = bool(by_weights.any() or by_bias)
    if (z > 0) == t:
        return Claim(
            not moved,
            f"{at}: {'nothing moves' if not moved else 'it is right already, so nothing should move, but it does'}.",
        )
    if not moved:
        return Claim(False, f"{at}: it is wrong, but nothing moves.")
    rise = float(by_weights @ x + times * by_bias)
    if (rise > 0) != t:
        return Claim(
            False, f"{at}. The sum should go {'up' if t else 'down'}, but the correction takes it to {z + rise:g}."
        )
    if by_bias == 0:
        return Claim(
            False,
            f"{at}. The weights move, but the bias does not: how could an example at x = [0, 0] ever be put right?",
        )
    if not close(by_weights, by_bias / times * x, 1e-6).all():
        return Claim(
            False,
            f"{at}. The weights move by {shown(by_weights)} and the bias by {by_bias:g}: each should move in proportion to its input, and the bias's input is {times:g}.",
        )
    return Claim(True, f"{at}: the sum moves to {z + rise:g}.")


def _corrected(correct, weights: np.ndarray, bias: float, x: np.ndarray, t: int) -> tuple[np.ndarray, float]:
    answer = ask(correct, weights, bias, x, t, name="your rule")
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Wrong(f"Your rule should return two things, weights and bias; it returns {described(answer)}.")
    return _finite(answer[0], (2,), "the new weights"), float(_finite(answer[1], (), "the new bias"))


def _corrections(correct, x: np.ndarray, t: np.ndarray, times: float, most: int) -> tuple[int, int]:
    """Correct the first wrong example until there is none; return how often, and how many are wrong in the end."""
    weights, bias = np.array([0.3, -0.2]), 0.1
    for count in range(most + 1):
        wrong = np.flatnonzero((x @ weights + times * bias > 0) != t)
        if not len(wrong) or count == most:
            return count, len(wrong)
        weights, bias = _corrected(correct, weights, bias, x[wrong[0]], int(t[wrong[0]]))


def _equation(line: tuple[float, float, float]) -> str:
    return f"{line[0]:g} x₁ {line[1]:+g} x₂ {line[2]:+g} = 0".replace("+", "+ ").replace("-", "− ")


def _losses(function: Callable, derivative: Callable, hidden: int, epochs: int, rate: float = 0.3) -> np.ndarray:
    """Train 100 networks 2 → hidden → 1 on XOR at once, as `train` would; return their losses, (epochs + 1, 100)."""
    x, t = xor()[0], xor()[1][:, None]
    start = np.sqrt(3) * (2 * _even(100, 3 * hidden) - 1)  # evenly on ±√3: of variance 1
    first, last = (
        (start[:, : 2 * hidden] / np.sqrt(2)).reshape(100, 2, hidden),
        start[:, 2 * hidden :, None] / np.sqrt(hidden),
    )
    first_bias, last_bias = np.zeros((100, 1, hidden)), np.zeros((100, 1, 1))
    losses = []
    for _ in range(epochs + 1):
        z = x @ first + first_bias  # (100, 4, hidden)
        a = function(z)
        away = a @ last + last_bias - t  # (100, 4, 1)
        losses.append((away**2).mean(axis=(1, 2)))
        delta = away / 2 @ last.transpose(0, 2, 1) * derivative(z)
        last, last_bias = (
            last - rate * a.transpose(0, 2, 1) @ away / 2,
            last_bias - rate * away.sum(axis=1, keepdims=True) / 2,
        )
        first, first_bias = first - rate * x.T @ delta, first_bias - rate * delta.sum(axis=1, keepdims=True)
    return np.array(losses)


def _even(count: int, dimensions: int) -> np.ndarray:
    """Points that fill a cube evenly without chance: multiples of irrational numbers, less their whole part (Weyl, 1916)."""
    roots = np.sqrt([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37])[:dimensions]
    return np.arange(1, count + 1)[:, None] * roots % 1


def _column(value) -> np.ndarray:
    array = numbers(value, None, "output_weights")
    return _finite(array[:, 0] if array.shape == (2, 1) else array, (2,), "output_weights")


def _finite(value, shape: tuple[int, ...] | None, name: str) -> np.ndarray:
    array = numbers(value, shape, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; this is {described(value)}.")
    return array
