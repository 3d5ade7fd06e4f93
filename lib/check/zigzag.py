"""Checks of chapter 7: a batch, two sentences on leaky ReLU, the price of a bias, a centring mended, the best momentum."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..activations import leaky_relu
from .frame import Claim, Wrong, ask, close, described, exercise, numbers, shown

_SLACK = 1.25  # how many times Polyak's count of steps another choice may need


@exercise
def free_batch(inputs, errors, *, slopes=None) -> Iterator[Claim]:
    """Judge two examples with positive inputs whose batch pushes its two weights in opposite directions.

    Parameters
    ----------
    inputs : array of shape (2, 2)
        One row an example, all above 0.
    errors : array of shape (2,)
        The loss's slope by the unit's answer, for each example.
    slopes : two numbers, optional
        What the slopes by the two weights should be, in place of above and below 0.
    """
    x, error = _finite(inputs, (2, 2), "inputs"), _finite(errors, (2,), "errors")
    if not (x > 0).all():
        raise Wrong(f"All inputs should be above 0; yours are {shown(x)}.")
    one, other = error[:, None] * x
    given = (one + other) / 2
    text = f"Alone, the examples have the slopes {shown(one)} and {shown(other)}; together they have {shown(given)}"
    if slopes is None:
        right, wish = given[0] > 0 > given[1], "the first should be above 0, the second below"
    else:
        right, wish = close(given, np.array(slopes), 1e-6).all(), f"they should be {shown(np.array(slopes))}"
    if right:
        yield Claim(True, f"{text}: one weight goes down, the other up.")
        return
    text += f"; {wish}."
    if not error.any():
        text += " Without an error nothing moves."
    elif (error >= 0).all() or (error <= 0).all():
        text += " Both errors have one sign: what can they do together that one of them can't?"
    elif given[0] < 0 < given[1]:
        text += " It is the other way round."
    yield Claim(False, text)


@exercise
def leaky_price(
    mean,
    price,
    centred_slope,
    slope_for_ten,
    *,
    below=10,
    spread=1,
    slopes=(0.0, 0.01, 0.3, 1.0),
    layers=((0.0, 100), (0.01, 100), (0.5, 10), (1.0, 100)),
) -> Iterator[Claim]:
    """Judge the mean of a leaky ReLU of normal sums, and the condition number behind n of them.

    Parameters
    ----------
    mean : function
        From the slope below 0 to the mean of leaky ReLU of a standard normal variable.
    price : function
        From the slope and n to the condition number of a linear unit with n such inputs.
    centred_slope : number
        The slope with which the mean is 0.
    slope_for_ten : number
        The smallest slope with which the price behind 100 units is below 10. Right within 0.01.
    below : number, optional
        In place of 10.
    spread : number, optional
        The standard deviation of the sums, which makes no difference to a price.
    slopes : numbers, optional
        Those whose mean is asked for.
    layers : pairs of a slope and a number of units, optional
        Those whose price is asked for.
    """
    _finite(ask(price, 0.0, 100, name="leaky_price"), (), "what leaky_price returns")  # a blank is greeted at once
    for slope in slopes:
        true = _leaky_moments(slope)[0] * spread
        given = float(_finite(ask(mean, slope, name="leaky_mean"), (), "what leaky_mean returns"))
        text = f"For the slope {slope:g} the mean is {true:.4f}"
        if close(given, true, 1e-3):
            yield Claim(True, f"{text}.")
            continue
        sample = leaky_relu(slope)(_normal_sample() * spread).mean()
        text = f"For the slope {slope:g} leaky_mean gives {shown(given)}; the mean of 10,000 answers to even quantiles of z is {sample:.4f}."
        if close(given, 2 * spread / np.sqrt(2 * np.pi) - true, 1e-3):
            text += " For z below 0, what it lets through is below 0 too."
        yield Claim(False, text)
        return
    for slope, n in layers:
        m, v = _leaky_moments(slope)
        true = 1 + n * m**2 / v
        given = float(_finite(ask(price, slope, n, name="leaky_price"), (), "what leaky_price returns"))
        at = f"For the slope {slope:g} and n = {n}"
        if close(given, true, 1e-3):
            yield Claim(True, f"{at} the price is {true:.2f}.")
            continue
        text = f"{at} the price should not be {shown(given)}."
        if close(given, 1 + n * m**2 / (v + m**2), 1e-3):
            text += " v is the variance: the mean square less the square of the mean."
        elif close(given, n * m**2 / v, 1e-3):
            text += " It is short of it by 1: even with mean 0 the largest eigenvalue is as large as the others."
        else:
            text += f" Is your m {shown(spread * m)} there, and your v {shown(spread**2 * v)}?"
        yield Claim(False, text)
        return
    centred_slope = float(_finite(centred_slope, (), "centred_slope"))
    if close(centred_slope, 1, 1e-3):
        yield Claim(True, "The sentence is true for that slope only: the leaky ReLU that is no longer bent.")
    else:
        yield Claim(
            False, f"With the slope {shown(centred_slope)} the mean is {_leaky_moments(centred_slope)[0]:.4f}, not 0."
        )
    ten = float(_finite(slope_for_ten, (), "slope_for_ten"))
    m, v = _leaky_moments(ten)
    price_there = 1 + 100 * m**2 / v
    tried = np.linspace(0, 1, 10_001)
    m, v = _leaky_moments(tried)
    right = float(tried[(1 + 100 * m**2 / v < below).argmax()])
    if abs(ten - right) <= 0.01:
        yield Claim(True, f"From about {ten:.2f} on the price behind 100 units is below {below:g}.")
    elif price_there < below:
        yield Claim(False, f"With the slope {shown(ten)} the price is {price_there:.1f}: a smaller slope will do.")
    else:
        yield Claim(False, f"With the slope {shown(ten)} the price is still {price_there:.1f}.")


@exercise
def price_with_bias(
    price, *, times=1, cases=((2, 0.5, 0.25), (50, 0.5, 0.0434), (100, 0.4, 0.34), (10, 0.0, 0.25), (3, -2.0, 4.0))
) -> Iterator[Claim]:
    """Judge the condition number of a linear unit with n independent inputs and a bias.

    Parameters
    ----------
    price : function
        From n, the mean m and the variance v of the inputs to the condition number.
    times : number, optional
        What the bias is multiplied by in the unit's sum.
    cases : triples of n, m and v, optional
        Those that are tried.
    """
    for n, m, v in cases:
        table = v * np.eye(n + 1)
        table[:n, :n] += m**2
        table[n, :n] = table[:n, n] = times * m
        table[n, n] = times**2
        eigenvalues = np.linalg.eigvalsh(table)
        true, without = eigenvalues[-1] / eigenvalues[0], 1 + n * m**2 / v
        given = float(_finite(ask(price, n, m, v, name="price_with_bias"), (), "what price_with_bias returns"))
        at = f"For n = {n}, m = {m:g}, v = {v:g}"
        if close(given, true, 1e-3):
            yield Claim(True, f"{at} the bias takes the price from {without:.6g} to {true:.6g}.")
            continue
        text = f"{at} the price should not be {shown(given)}."
        if close(given, without, 1e-3):
            text += " This is the price without a bias: is it really the same?"
        elif close(given, 1, 1e-3):
            text += " It would be 1 if the bias were at its best after each step, and v the same for all; but it descends like the weights."
        elif close(given, eigenvalues[-1] / v, 1e-3):
            text += " The largest eigenvalue is right, but is v really the smallest?"
        elif close(given * true, 1, 1e-3):
            text += " It is the largest by the smallest, not the other way round."
        else:
            text += f" Besides {v:g} it has two eigenvalues: their sum is {v + n * m**2 + times**2:g} and their product {times**2 * v:g}."
        yield Claim(False, text)
        return


@exercise
def centre(function) -> Iterator[Claim]:
    """Judge a function that centres training and test inputs by what was measured in training.

    Parameters
    ----------
    function : function
        From arrays train (examples, inputs) and test (examples, inputs) to the pair of both, centred.
    """
    train = np.array([[1.0, 10.0, 0.0], [3.0, 14.0, 0.0], [2.0, 30.0, 0.0], [6.0, 26.0, 0.0]])
    test = np.array([[2.0, 22.0, 1.0], [5.0, 19.0, 0.0]])
    mean = train.mean(axis=0)
    given, given_test = _pair(function, train, test)
    if close(given, train - mean, 1e-6).all():
        yield Claim(True, "In training each input has mean 0, and nothing else has changed.")
    else:
        text = f"For train = {shown(train)} the means of your inputs over the examples are {shown(given.mean(axis=0))}."
        if close(given, train - train.mean(), 1e-6).all():
            text += " One mean was taken for all inputs: each has its own."
        elif close(given, train - train.mean(axis=1, keepdims=True), 1e-6).all():
            text += " The mean was taken over the inputs of each example: which axis are the examples?"
        elif close(given.mean(axis=0), 0, 1e-6).all():
            text = "In training each input has mean 0, but the distances between the examples have changed: only move them."
        yield Claim(False, text)
    if close(given_test, test - mean, 1e-6).all():
        yield Claim(True, "The test inputs were moved by the same.")
    else:
        text = f"The test inputs should be moved by what was measured in training; the first was {shown(test[0])} and is {shown(given_test[0])}."
        if close(given_test, test - test.mean(axis=0), 1e-6).all():
            text += " Yours are moved by their own mean."
        yield Claim(False, text)
        return
    alone = _pair(function, train, test[:1])[1]
    yield Claim(
        bool(close(alone, test[:1] - mean, 1e-6).all()),
        "A single test example becomes what it was among others."
        if close(alone, test[:1] - mean, 1e-6).all()
        else f"A single test example becomes {shown(alone[0])}; among others it was {shown(given_test[0])}.",
    )


@exercise
def tuned_momentum(tuned) -> Iterator[Claim]:
    """Judge rate and decay of momentum by the steps that it takes in valleys of several condition numbers.

    Parameters
    ----------
    tuned : function
        From the largest and the smallest eigenvalue to (rate, decay).
    """
    for largest, smallest in [(10.0, 1.0), (2.0, 0.02), (577.0, 1.0), (25.0, 0.005)]:
        answer = ask(tuned, largest, smallest, name="tuned_momentum")
        rate, decay = _finite(answer, (2,), "what tuned_momentum returns, rate and decay,")
        at = f"From {largest:g} to {smallest:g} ({largest / smallest:g} : 1)"
        choice = f"with rate {rate:.4g} and decay {decay:.4g}"
        if rate <= 0 or not 0 <= decay < 1:
            raise Wrong(f"{at}: the rate should be above 0 and the decay from 0 to under 1; yours are {shown(answer)}.")
        root = np.sqrt(largest / smallest)
        best = _steps(
            largest, smallest, (2 / (np.sqrt(largest) + np.sqrt(smallest))) ** 2, ((root - 1) / (root + 1)) ** 2
        )
        taken = _steps(largest, smallest, rate, decay, most=8 * best)
        if taken <= _SLACK * best:
            yield Claim(True, f"{at} it takes {taken} steps {choice}.")
            continue
        if rate * largest >= 2 * (1 + decay):
            text = f"{at} it flies off {choice}: the rate is too large for the steep direction."
        elif taken >= 8 * best:
            text = f"{at} it has not arrived after {taken} steps {choice}; {best} can be enough."
        else:
            text = f"{at} it takes {taken} steps {choice}; {best} can be enough."
        if decay == 0:
            text += " Without a decay it is plain descent."
        yield Claim(False, text)
        return


# --- how the answers are tried out -----------------------------------------------------------


def _leaky_moments(slope: float) -> tuple[float, float]:
    mean = (1 - slope) / np.sqrt(2 * np.pi)
    return mean, (1 + slope**2) / 2 - mean**2


def _normal_sample() -> np.ndarray:
    """10,000 normal numbers without chance: even quantiles, by the inverse of a table of the distribution."""
    z = np.linspace(-6, 6, 24_001)
    share = np.cumsum(np.exp(-(z**2) / 2))
    return np.interp((np.arange(10_000) + 0.5) / 10_000, share / share[-1], z)


def _steps(largest: float, smallest: float, rate: float, decay: float, most: int = 10_000) -> int:
    """Count the steps of momentum until no distance, in 40 directions, is above 1% of what it was."""
    curvature = np.geomspace(smallest, largest, 40)
    distance, velocity = np.ones(40), np.zeros(40)
    for count in range(most):
        if np.abs(distance).max() <= 0.01:
            return count
        if not np.isfinite(distance).all():
            break
        velocity = decay * velocity - rate * curvature * distance
        distance = distance + velocity
    return most


def _pair(function, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    answer = ask(function, train, test, name="centre")
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Wrong(f"Centre should return two things, train and test; it returns {described(answer)}.")
    return _finite(answer[0], train.shape, "the centred train"), _finite(answer[1], test.shape, "the centred test")


def _finite(value, shape: tuple[int, ...] | None, name: str) -> np.ndarray:
    array = numbers(value, shape, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; this is {described(value)}.")
    return array
