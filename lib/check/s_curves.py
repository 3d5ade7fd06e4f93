"""Checks of chapter 5: a slope mended, slopes from answers, a logarithm, a network translated, the steps of another."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..activations import sigmoid, tanh
from .frame import Claim, Wrong, ask, close, described, exercise, numbers, shown

TOLERANCE = 1e-6  # wide enough for an answer in single precision


@exercise
def slipped_slope(place, mended) -> Iterator[Claim]:
    """Judge where e^(−x) / (eˣ + 1)² is the sigmoid's slope, and the slope as it should be.

    Parameters
    ----------
    place : number
        The only x at which the slip is right.
    mended : function
        From an array x to the sigmoid's slope at each.
    """
    place = _number(place, "place")
    if abs(place) <= 1e-6:
        yield Claim(True, "There the note is right, and nowhere else.")
    else:
        with np.errstate(all="ignore"):
            noted = np.exp(-place) / (np.exp(place) + 1) ** 2
        yield Claim(
            False,
            f"At {shown(place)} the note says {shown(float(noted))}; a difference measures {shown(float(sigmoid.derivative(place)))}.",
        )
    yield from _digits(mended, sigmoid.derivative, [-2.0, -1.0, 0.0, 1.0, 3.0], "mended", "for ordinary numbers")
    yield from _digits(mended, sigmoid.derivative, [-40.0, 40.0], "mended", "far out, with its digits")
    yield from _digits(mended, sigmoid.derivative, [-800.0, 800.0], "mended", "where exponentials overflow")


@exercise
def from_the_answer(by_sigmoid, by_tanh, factor, *, at=3, sums=(-3.0, -1.0, 0.0, 0.5, 2.0)) -> Iterator[Claim]:
    """Judge the slopes of sigmoid and tanh as functions of their answers, and what handing on the answer costs.

    Parameters
    ----------
    by_sigmoid, by_tanh : function
        From an array of answers a to the slope at the sums that they came from.
    factor : number
        ``tanh.derivative(tanh(3)) / tanh.derivative(3)``. Right within one part in a hundred.
    at : number, optional
        The sum, in place of 3.
    sums : numbers, optional
        Those whose answers the functions are given.
    """
    z = np.array(sums)
    for h, given, name in [(sigmoid, by_sigmoid, "by_sigmoid"), (tanh, by_tanh, "by_tanh")]:
        a, true = h(z), h.derivative(z)
        slopes = numbers(ask(given, a, name=name), a.shape, f"what {name} returns")
        wrong = ~close(slopes, true, TOLERANCE)
        if not wrong.any():
            yield Claim(True, f"{name} knows the slope from the answer, at all of the sums {shown(z)}.")
            continue
        i = int(wrong.argmax())
        text = f"At the sum {shown(z[i])} the {h.name} answers {shown(a[i])}, and its slope is {shown(true[i])}; from the answer {name} gives {shown(slopes[i])}."
        if close(slopes, h.derivative(a), TOLERANCE).all():
            text += " That is the slope at a sum as large as the answer: this is the very slip."
        elif name == "by_tanh" and close(slopes, a * (1 - a), TOLERANCE).all():
            text += " That is the sigmoid's."
        yield Claim(False, text)
    factor = _number(factor, "factor")
    a = tanh(float(at))
    true = tanh.derivative(a) / tanh.derivative(float(at))
    if abs(factor - true) <= 0.01 * true:
        yield Claim(True, f"Handed the answer {a:.3f}, tanh's derivative says {shown(factor)} times what it should.")
    elif factor and abs(1 / factor - true) <= 0.01 * true:
        yield Claim(False, f"{shown(factor)} is the true slope divided by what the slip gives. Turn it round.")
    else:
        yield Claim(
            False,
            f"The factor is not {shown(factor)}: what is the slope at the sum {at:g}, and what does the same derivative say if it is handed tanh {at:g} = {a:.3f}?",
        )


@exercise
def log_sigmoid(function, *, steepness=1, x=(-3.0, -1.0, 0.0, 1.0, 3.0)) -> Iterator[Claim]:
    """Judge a logarithm of the sigmoid that breaks on neither side.

    Parameters
    ----------
    function : function
        From an array x to log σ(steepness · x).
    steepness : number, optional
        1 or more.
    x : numbers, optional
        The ordinary ones that are tried.
    """

    def true(x):
        z = steepness * x
        return np.minimum(z, 0) - np.log1p(np.exp(-np.abs(z)))

    yield from _digits(function, true, list(x), "log_sigmoid", "for ordinary numbers")
    yield from _digits(function, true, [-1000.0, -710.0, -100.0], "log_sigmoid", "far to the left")
    yield from _digits(function, true, [20.0, 40.0, 80.0], "log_sigmoid", "far to the right")
    yield from _digits(function, true, [1000.0], "log_sigmoid", "where the sigmoid is as good as 1")


@exercise
def sigmoids_as_tanhs(to_tanh, *, steepness=1, networks=((2, 3, 2), (3, 5, 1))) -> Iterator[Claim]:
    """Judge a translation of a network with a hidden layer of sigmoids into one of tanhs.

    Parameters
    ----------
    to_tanh : function
        From W (in, hidden), b (hidden,), V (hidden, out) and c (out,) to those of the network of
        tanhs, four arrays of the same shapes.
    steepness : number, optional
        That of all sigmoids.
    networks : triples of int, optional
        How many inputs, hidden units and outputs those have that are tried.
    """
    for count, sizes in enumerate(networks):
        W, b, V, c = arrays = _network(sizes, seed=count)
        given = _four(ask(to_tanh, *arrays, name="to_tanh"), arrays, ["W", "b", "V", "c"], "to_tanh")
        x = np.random.default_rng(9).normal(size=(6, sizes[0]))
        wish = sigmoid(steepness * (x @ W + b)) @ V + c
        says = tanh(x @ given[0] + given[1]) @ given[2] + given[3]
        title = "With {}, {} and {} (inputs, hidden units, outputs)".format(*sizes)
        if close(says, wish, TOLERANCE).all():
            yield Claim(True, f"{title} both networks answer alike.")
            continue
        off = wish - says
        row = int(np.abs(off).max(axis=1).argmax())
        text = f"{title}: for x = {shown(x[row])} the sigmoids say {shown(wish[row])}, your tanhs {shown(says[row])}."
        if close(off, off[0], TOLERANCE).all():
            text += " They differ by the same for every input: look at the last bias."
        yield Claim(False, text)
        return


@exercise
def steps_of_tanh(steps) -> Iterator[Claim]:
    """Judge steps of a network of sigmoids that move it as gradient descent moves its twin of tanhs.

    Parameters
    ----------
    steps : function
        From the gradients by W, b, V, c of the sigmoids (four arrays) and a rate to the four changes.
    """
    names = ["W", "b", "V", "c"]
    for count, (sizes, rate) in enumerate([((2, 3, 2), 0.5), ((3, 4, 5), 0.1)]):
        rng = np.random.default_rng(20 + count)
        W, b, V, c = _network(sizes, seed=10 + count)
        x, y = rng.normal(size=(7, sizes[0])), rng.normal(size=(7, sizes[2]))
        by_tanh = _gradients(np.tanh, lambda a: 1 - a * a, W, b, V, c, x, y)
        twin = [2 * W, 2 * b, 2 * V, c - V.sum(axis=0)]
        by_sigmoid = _gradients(sigmoid, lambda a: a * (1 - a), *twin, x, y)
        moved = [array - rate * gradient for array, gradient in zip((W, b, V, c), by_tanh, strict=True)]
        goal = [2 * moved[0], 2 * moved[1], 2 * moved[2], moved[3] - moved[2].sum(axis=0)]
        wish = [after - before for after, before in zip(goal, twin, strict=True)]
        given = _four(ask(steps, *by_sigmoid, rate, name="steps"), twin, names, "steps")
        title = "With {}, {} and {} (inputs, hidden units, outputs)".format(*sizes)
        off = [not close(g, w, TOLERANCE).all() for g, w in zip(given, wish, strict=True)]
        if not any(off):
            yield Claim(True, f"{title} and the rate {rate:g} the sigmoids step as the tanhs do.")
            continue
        for name, wrong, change, right in zip(names, off, given, wish, strict=True):
            if wrong:
                yield Claim(False, f"{title}, rate {rate:g}: {_told(name, change, right)}")
            else:
                yield Claim(True, f"{title}, rate {rate:g}: {name} is right.")
        return


# --- how the answers are tried out -----------------------------------------------------------


def _digits(function, true, x: list[float], name: str, where: str) -> Iterator[Claim]:
    """Claim that a function keeps its digits: right relative to the size of the true value, however small."""
    given = numbers(ask(function, x, name=name), (len(x),), f"what {name} returns")
    with np.errstate(all="ignore"):
        wish = np.asarray(true(np.array(x)))
        near = np.abs(given - wish) <= TOLERANCE * np.abs(wish) + 1e-300
    if near.all():
        yield Claim(True, f"{name} is right {where}: {shown(np.array(x))}.")
        return
    at = int((~near).argmax())
    text = f"At {shown(x[at])} {name} should give {_fine(wish[at])}; it gives {_fine(given[at])}."
    if np.isnan(given[at]):
        text += " Something was divided by itself, or taken from itself, that had overflowed: which exponential grows there?"
    elif given[at] == 0 and wish[at]:
        text += " All digits were lost: is there a difference of two numbers that are nearly equal, or a number too small or too large for a float?"
    yield Claim(False, text)


def _fine(value: float) -> str:
    return shown(float(value), 10)


def _network(sizes: tuple[int, int, int], seed: int) -> list[np.ndarray]:
    """Weights and biases of a network with one hidden layer; no bias is 0."""
    rng = np.random.default_rng(seed)
    inputs, hidden, outputs = sizes
    shapes = [(inputs, hidden), (hidden,), (hidden, outputs), (outputs,)]
    return [rng.normal(size=shape) + 0.1 for shape in shapes]


def _gradients(function, from_answer, W, b, V, c, x, y) -> list[np.ndarray]:
    """Gradients of half the squared error, summed over outputs and averaged over examples."""
    a = function(x @ W + b)
    away = (a @ V + c - y) / len(x)
    delta = away @ V.T * from_answer(a)
    return [x.T @ delta, delta.sum(axis=0), a.T @ away, away.sum(axis=0)]


def _four(answer, shapes, names: list[str], function: str) -> list[np.ndarray]:
    if not isinstance(answer, (list, tuple)) or len(answer) != 4:
        raise Wrong(f"{function[:1].upper()}{function[1:]} should return four arrays, {', '.join(names)}; it returns {described(answer)}.")
    return [
        _finite(part, np.shape(like), f"the {name} that {function} returns")
        for part, like, name in zip(answer, shapes, names, strict=True)
    ]


def _told(name: str, change: np.ndarray, right: np.ndarray) -> str:
    text = f"{name} should change by {shown(right)}, and your steps change it by {shown(change)}."
    with np.errstate(all="ignore"):
        ratio = np.unique(np.round(np.asarray(right / change), 6))
    if close(change, -right, TOLERANCE).all():
        text += " Only the sign is wrong: a step goes against the gradient."
    elif ratio.size == 1 and np.isfinite(ratio).all() and right.size > 1:
        text += f" It is off by the factor {ratio[0]:g}: count how often the 2 comes in, once in the gradient, once in the way back."
    elif name == "V":
        text += " V stands in two of the sigmoids' arrays: in V itself, and in c."
    elif name == "c":
        text += " When V moves, the sum that was taken from c moves too."
    return text


def _finite(value, shape: tuple[int, ...], name: str) -> np.ndarray:
    array = numbers(value, shape, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; this is {described(value)}.")
    return array


def _number(value, name: str) -> float:
    return float(_finite(value, (), name))
