"""Checks of chapter 6: a slope in the middle of a chain, where tanh explodes, a default, a gain, deep sigmoids."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from ..activations import identity, sigmoid, tanh
from ..datasets import digits
from ..layers import Dense
from ..losses import accuracy, cross_entropy
from ..networks import Network
from ..optimizers import adam
from ..propagation import moments
from ..training import train
from .frame import Claim, Wrong, ask, close, described, exercise, numbers, shown

_DIFFERENCES = 1e-4  # how far a slope may be off, so that one measured by differences is accepted
_RIGHT = 0.6  # share of the held-out digits that the median of three deep networks should read


@exercise
def slope_by_any_weight(slope_by) -> Iterator[Claim]:
    """Judge the slope of a chain's last answer by any of its weights.

    Parameters
    ----------
    slope_by : function
        From the weights w (n,), the input x and the place k of a weight, from 0, to one number.
    """
    w, x = np.array([1.5, -0.7, 2.0, 0.4]), 0.6
    p, z = _chain(w, x)
    slopes = sigmoid.derivative(z)
    for k in range(len(w)):
        true = slopes[k:].prod() * w[k + 1 :].prod() * p[k]
        given = _number(ask(slope_by, w, x, k, name="slope_by"), "what slope_by returns")
        at = f"For w = {shown(w)}, x = {x} and k = {k}"
        if close(given / true, 1.0, _DIFFERENCES):
            yield Claim(True, f"{at} it is what a difference measures.")
            continue
        here, above, below = slopes[k:].prod(), w[k + 1 :].prod(), p[k]
        at_answers = sigmoid.derivative(p[k + 1 :]).prod()
        slips = {
            "The input is taken that the first layer gets: what comes into layer k?": here * above * x,
            "What came in at layer k is missing.": here * above,
            "That has the weights of all layers but the first, but those below k have no part in it.": here * w[1:].prod() * below,
            "The weight itself is among the factors, but the slope is by this very weight.": true * w[k],
            "The slope of layer k itself is missing.": slopes[k + 1 :].prod() * above * below,
            "All layers are in it, but what lies below layer k does not change with its weight.": slopes.prod() * np.delete(w, k).prod() * x,
            "That is the slope by the first weight.": slopes.prod() * w[1:].prod() * x,
            "The slopes of layers below k are among the factors.": slopes.prod() * above * below,
            "The slopes are taken at the answers p: a derivative takes the sum z.": at_answers * above * below,
        }  # fmt: skip
        hint = next((text for text, slip in slips.items() if close(given / true, slip / true, 1e-6)), "")
        yield Claim(False, f"{at} a difference measures {shown(true)}; yours is {shown(given)}. {hint}".strip())
        return
    yield from _long_chain(slope_by)


@exercise
def where_tanh_explodes(width, best, *, above=1, tried=(2.0, 1.2, 10.0, -2.0, 1.0, 0.5)) -> Iterator[Claim]:
    """Judge how wide the range of inputs is in which a layer of tanh enlarges a gradient, and where it is widest.

    Parameters
    ----------
    width : function
        From a weight to the width of the range of p where |w| tanh'(wp) > 1; 0 if there is none.
    best : number
        The weight with the widest range. Right within 0.02.
    above : number, optional
        By how much a gradient should be enlarged, in place of 1.
    tried : numbers, optional
        The weights that are tried, each times `above`.
    """
    for weight in (above * each for each in tried):
        true = _width(weight / above) / above
        given = _number(ask(width, weight, name="width"), f"what width returns for a weight of {weight:g}")
        if close(given, true, 1e-3):
            yield Claim(True, f"For a weight of {weight:g} the width is {true:.4g}.")
            continue
        text = f"For a weight of {weight:g} your width is {shown(given)}."
        edge = true / 2
        if true == 0:
            text += f" There the factor |w| tanh'(wp) is {abs(weight):g} at most: is there such a range?"
        elif close(given, edge, 1e-3):
            text += " That is as far as it reaches to one side of 0; it reaches to both."
        elif close(given, true * abs(weight), 1e-3):
            text += " That is how wide the range of the sums wp is; which p make these sums?"
        elif close(given, edge * abs(weight), 1e-3):
            text += " That is how far the sums wp reach to one side; ask for p, and for both sides."
        elif given > 0:
            factor = abs(weight) * (1 - np.tanh(weight * given / 2) ** 2)
            text += f" At its end, p = {shown(given / 2)}, the factor |w| tanh'(wp) is {factor:.4g}; it should be {above:g}."
        else:
            text += f" But at p = 0 the factor |w| tanh'(wp) is {abs(weight):g}."
        yield Claim(False, text)
        return
    best = _number(best, "best")
    there = _width(best / above) / above
    if abs(abs(best) - 1.7235 * above) <= 0.02:
        yield Claim(True, f"At {shown(best)} the range is widest: {there:.3f}.")
    else:
        yield Claim(False, f"At {shown(best)} the range is {there:.4f} wide; for another weight it is wider.")


@exercise
def the_default(scaled, factor, start, *, slope=0, shapes=((50, 400), (400, 50))) -> Iterator[Claim]:
    """Judge the variance of weights even on ±1/√n, what ReLU makes of it, and even weights of He's variance.

    Parameters
    ----------
    scaled : number
        n times the variance.
    factor : number
        What a layer of ReLUs multiplies the mean square of its signal by.
    start : function
        From (rng, fan_in, fan_out) to weights (fan_in, fan_out), even, of variance 2 / fan_in.
    slope : number, optional
        That of the ReLUs below 0. For them He's variance is 2 / (1 + slope²) / fan_in (He et al., 2015, eq. 15).
    shapes : pairs of int, optional
        The fan_in and fan_out that are tried.
    """
    kept = 1 + slope**2  # by a layer, of half the mean square
    left = kept / 6
    scaled, factor = _number(scaled, "scaled"), _number(factor, "factor")
    if close(scaled, 1 / 3, 1e-3):
        sixth = "" if slope else ": a sixth of He's"
        yield Claim(True, f"Such a weight has the variance 1 / (3n){sixth}.")
    else:
        hint = " Numbers even on ±c do not have the variance c²." if close(scaled, 1.0, 1e-3) else ""
        yield Claim(False, f"n times the variance is not {shown(scaled)}: draw many such numbers, and measure.{hint}")
    if close(factor, left, 1e-3):
        share = f"{left:.4g}" if slope else "a sixth"
        yield Claim(True, f"Each layer leaves {share} of the mean square: after ten layers {left**10:.1e}.")
    else:
        hint = " ReLU takes its part too." if close(factor, 1 / 3, 1e-3) else ""
        hint = " The question is for the mean square, not its root." if close(factor, left**0.5, 1e-3) else hint
        yield Claim(False, f"The factor is not {shown(factor)}: send normal numbers through one wide layer.{hint}")

    for fan_in, fan_out in shapes:
        name = f"what start returns for fan_in = {fan_in}, fan_out = {fan_out}"
        answer = ask(start, np.random.default_rng(6), fan_in, fan_out, name="start")
        weights = _finite(answer, (fan_in, fan_out), name)
        wanted, variance, largest = 2 / kept / fan_in, float(weights.var()), float(np.abs(weights).max())
        at = f"With fan_in = {fan_in} and fan_out = {fan_out} the variance is {variance:.4g}"
        if not 0.95 < variance / wanted < 1.05:
            said = f"{at}; He's is {wanted:.4g}."
            if 0.95 < variance * fan_out * kept / 2 < 1.05:
                said += " That would be He's for the number of units, not for the inputs of each."
            yield Claim(False, said)
            return
        if largest > 1.01 * np.sqrt(3 * wanted):
            yield Claim(
                False,
                f"{at}, as it should be, but the largest weight is {largest:.3g}: even weights of this variance end "
                f"at {np.sqrt(3 * wanted):.3g}.",
            )
            return
        if abs(weights.mean()) > 0.05 * np.sqrt(wanted) or abs(np.mean(weights**4) / variance**2 - 1.8) > 0.1:
            yield Claim(False, f"{at}, as it should be, but the weights are not spread evenly on both sides of 0.")
            return
        yield Claim(True, f"{at}, He's, and the weights are spread evenly.")


@exercise
def when_it_settles(
    variance_after, gain, *, level=0.25, start=1, cases=((1, 1.0), (2, 1.0), (50, 1.0), (10, 0.5), (30, 2.0))
) -> Iterator[Claim]:
    """Judge the predicted variance of tanh's answers after some layers, and the gain with which it settles at 0.25.

    Parameters
    ----------
    variance_after : function
        From a number of layers and a gain to the variance of the last layer's answers. Right within 1 %.
    gain : number
        Right within 0.01.
    level : number, optional
        Where the variance should settle, in place of 0.25.
    start : number, optional
        The variance of the inputs.
    cases : pairs of a number of layers and a gain, optional
        Those that are tried.
    """
    for layers, tried in cases:
        true = _after(layers, tried, start)
        given = _number(ask(variance_after, layers, tried, name="variance_after"), "what variance_after returns")
        at = f"After {layers} layer{'s' if layers > 1 else ''} with a gain of {tried:g}"
        if close(given / true, 1.0, 0.01):
            yield Claim(True, f"{at} the variance is {true:.3g}.")
            continue
        text = f"{at} a very wide network has the variance {true:.4g}; you predict {shown(given)}."
        if close(given / true, _after(layers + 1, tried, start) / true, 0.01):
            text += " That is one layer too many."
        elif layers > 1 and close(given / true, _after(layers - 1, tried, start) / true, 0.01):
            text += " That is one layer too few."
        elif close(given / true, _after(layers, tried**0.5, start) / true, 0.01):
            text += " Weights of variance g²/n multiply a variance by g², not by g."
        elif close(given / true, true**-0.5, 0.01):
            text += " That is its root."
        yield Claim(False, text)
        return
    gain = _number(gain, "gain")
    if not 0 < gain < 100:
        raise Wrong(f"The gain should be a number above 0, and not huge; it is {shown(gain)}.")
    settled, right = _after(400, gain), settling_gain(level)
    if abs(gain - right) <= 0.01:
        yield Claim(True, f"With a gain of {shown(gain)} the variance settles at {settled:.3f}.")
    else:
        hint = " Is it the gain, or its square?" if abs(gain - right**2) < 0.02 else ""
        yield Claim(False, f"With a gain of {shown(gain)} the variance is {settled:.4g} in the end.{hint}")


@exercise
def deep_sigmoids(start) -> Iterator[Claim]:
    """Judge a start by what ten hidden layers of 32 sigmoids learn from it.

    Parameters
    ----------
    start : function
        From (rng, fan_in, fan_out) to first weights (fan_in, fan_out) and biases (fan_out,).
    """
    d, shares = digits(), []
    data, test = (d.x_train[:400], d.y_train[:400]), (d.x_test, d.y_test)
    networks = [_deep(start, seed) for seed in (60, 61, 62)]
    if all(np.array_equal(a, networks[0].layers[1].weights) for a in (n.layers[1].weights for n in networks[1:])):
        yield Claim(False, "Your start gives the same weights for every rng: draw them with the one that it is given.")
        return
    yield Claim(True, "Your start fits every layer.")
    middle = networks[0].forward(test[0])[5].z
    for seed, network in enumerate(networks):
        rng = np.random.default_rng(seed)
        train(network, data, cross_entropy, adam(0.005), epochs=10, batch_size=50, rng=rng)
        with np.errstate(all="ignore"):
            shares.append(accuracy(network(test[0]), test[1]))
    median = float(np.median(shares))
    text = f"Three networks read {', '.join(f'{share:.0%}' for share in shares)} of the held-out digits"
    if median >= _RIGHT:
        yield Claim(True, f"{text}: ten layers of sigmoids have learned.")
    else:
        yield Claim(
            False,
            f"{text}; aim at a median of {_RIGHT:.0%}. At the start the sums of its sixth layer lie around "
            f"{middle.mean():.2g}, {middle.std():.2g} to either side: how large is a sigmoid's slope there, and how large "
            "are the weights?",
        )


# --- how the answers are tried out -----------------------------------------------------------


def _number(value, name: str) -> float:
    return float(_finite(value, (), name))


def _finite(value, shape, name: str) -> np.ndarray:
    array = numbers(value, shape, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; it is {shown(array)}.")
    return array


def _chain(w: np.ndarray, x: float) -> tuple[np.ndarray, np.ndarray]:
    p, z = [x], []
    for weight in w:
        z.append(weight * p[-1])
        p.append(float(sigmoid(z[-1])))
    return np.array(p), np.array(z)


def _long_chain(slope_by) -> Iterator[Claim]:
    w, x = np.linspace(3, 0.5, 10), -1.0
    p, z = _chain(w, x)
    for k in (0, 9):
        true = sigmoid.derivative(z)[k:].prod() * w[k + 1 :].prod() * p[k]
        given = _number(ask(slope_by, w, x, k, name="slope_by"), "what slope_by returns")
        holds = bool(close(given / true, 1.0, _DIFFERENCES))
        at = f"For a chain of ten, x = {x:g} and k = {k}"
        yield Claim(holds, f"{at} {'too' if holds else f'it should be {shown(true)}; yours is {shown(given)}'}.")


def _width(weight: float) -> float:
    size = abs(weight)
    return float(2 * np.arctanh(np.sqrt(1 - 1 / size)) / size) if size > 1 else 0.0


def _after(layers: int, gain: float, start: float = 1.0) -> float:
    variance = start
    for _ in range(layers):
        variance = moments(tanh, 0.0, gain**2 * variance)[1]
    return variance


@cache
def settling_gain(level: float) -> float:
    """The gain with which the variance of tanh's answers settles at a level: the next layer gives it back."""
    low, high = 0.0, 100.0  # standard deviations of the sums
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if moments(tanh, 0.0, middle**2)[1] < level else (low, middle)
    return high / level**0.5


def _deep(start, seed: int) -> Network:
    widths, layers = [64] + [32] * 10 + [10], []
    for fan_in, fan_out in zip(widths[:-1], widths[1:], strict=True):
        rng = np.random.default_rng([seed, len(layers)])  # ask hands on a copy: one for all would repeat itself
        answer = ask(start, rng, fan_in, fan_out, name="start")
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            raise Wrong(f"Start should return two things, weights and biases; it returns {described(answer)}.")
        at = f"for fan_in = {fan_in}, fan_out = {fan_out}"
        weights = _finite(answer[0], (fan_in, fan_out), f"the weights that start returns {at}")
        bias = _finite(answer[1], (fan_out,), f"the biases that start returns {at}")
        layers.append(Dense(weights.copy(), bias.copy(), sigmoid if len(layers) < 10 else identity))
    return Network(layers)
