"""Checks of the appendix on slips: which numbers vanish, what a loss counts, whose slope a step takes, what is normal, what learns alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..activations import Activation, elu, relu, selu, sigmoid, tanh
from ..losses import accuracy, cross_entropy
from ..propagation import expect, moments
from .frame import Claim, Wrong, ask, close, exercise, numbers, shown

# Weights, inputs, targets and rates of exercise 3.
_STARTS = ((0.5, 1.0, 1.0, 0.1), (0.5, 2.0, 0.0, 0.5), (-1.0, -0.7, 0.3, 1.0), (0.0, 1.5, 0.5, 0.2))
# Weights and the slope behind each, of exercise 5.
_CHAINS = (
    ((1.0,), 1000.0), ((1.0, 1.0, 1.0), 10.0), ((0.5, -2.0, 3.0), 1.0),
    ((0.1, 0.2), 2.0), ((0.0, 2.0, 3.0), 1.0), ((0.0, 0.0, 3.0), 1.0),
)  # fmt: skip
TOLERANCE = 1e-6  # wide enough for an answer in single precision
LABELS = np.array([0, 1, 2, 0])  # of the four examples of exercise 2
LEFT = Activation(
    "min(x, 0)", lambda x: np.minimum(x, 0), lambda x: np.float64(x < 0), kinks=(0,)
)  # leans the other way


@exercise
def below_one(
    below_zero, bound, edge, *, steepness=1, chains=((3, 8.0), (10, 4.0), (7, 0.5), (10, 1.0), (1, 1.0))
) -> Iterator[Claim]:
    """Judge a number that should vanish by the note, and what can be said of a chain of sigmoids.

    Parameters
    ----------
    below_zero : number
        Below 0, with a tenth power above 1000.
    bound : function
        From a number of layers and a size of weight to the largest size of their product of slopes and weights.
    edge : number
        The size of weight up to which no chain of sigmoids can explode.
    steepness : number, optional
        Of the sigmoids, σ(steepness · z).
    chains : sequence of two numbers, optional
        The numbers of layers and sizes of weight that are tried.
    """
    slope = steepness / 4
    below_zero = _number(below_zero, "below_zero")
    tenth = np.float64(below_zero) ** 10  # numpy's overflows are infinite, Python's an error
    if below_zero >= 0:
        yield Claim(False, f"{shown(below_zero)} is not below 0.")
    elif tenth <= 1000:
        yield Claim(False, f"Ten of {shown(below_zero)} multiply to {shown(tenth)}; it should be more than 1000.")
    else:
        yield Claim(True, f"{shown(below_zero)} is below 0, and ten of it multiply to {shown(tenth)}.")
    for layers, weight in chains:
        given = _number(ask(bound, layers, weight, name="bound"), "what bound returns")
        true = (weight * slope) ** layers
        if close(given, true, TOLERANCE * min(1.0, true)):
            continue
        text = f"For {layers} layer{'s' * (layers > 1)} with weights of {weight:g} bound gives {shown(given)}."
        if weight != 1 and close(given, slope**layers, TOLERANCE * slope**layers):
            text += " That is the slopes alone: the weights are in the product too."
        elif weight != 1 and close(given, weight**layers, TOLERANCE):
            text += " That is the weights alone: how large can a slope be?"
        else:
            text += " Each layer multiplies by its slope and by its weight."
        raise Wrong(text)
    yield Claim(True, "bound holds for weights of any size, and can be reached.")
    edge = _number(edge, "edge")
    at = f"With weights of {shown(edge)} a layer multiplies by {shown(abs(edge) * slope)} at the most"
    text = (
        f"{at}: that is the edge."
        if close(edge, 1 / slope, 1e-3)
        else f"{at}. At the edge it is neither more nor less than what?"
    )
    yield Claim(bool(close(edge, 1 / slope, 1e-3)), text)


@exercise
def more_right(sure, modest) -> Iterator[Claim]:
    """Judge two answers to four examples: the first counts more right ones, and has the larger cross-entropy.

    Parameters
    ----------
    sure, modest : array_like, shape (4, 3)
        Logits, one row for each example; the labels are 0, 1, 2, 0.
    """
    counts, losses = [], []
    for given, name in [(sure, "sure"), (modest, "modest")]:
        logits = numbers(given, (4, 3), name)
        if not np.isfinite(logits).all():
            raise Wrong(f"{name} should be finite numbers; it has {shown(logits[~np.isfinite(logits)][0])}.")
        top = np.sort(logits, axis=1)
        if (top[:, -1] == top[:, -2]).any():
            raise Wrong(
                f"{name} has a row with two largest logits, {shown(logits[(top[:, -1] == top[:, -2]).argmax()])}: which is its answer?"
            )
        counts.append(round(4 * float(accuracy(logits, LABELS))))
        losses.append(float(cross_entropy.value(logits, LABELS)))
    text = f"sure has {counts[0]} right, modest {counts[1]}"
    yield Claim(counts[0] > counts[1], f"{text}." if counts[0] > counts[1] else f"{text}: sure should have more.")
    text = f"The cross-entropy of sure is {shown(losses[0], 3)}, that of modest {shown(losses[1], 3)}"
    if losses[0] > losses[1]:
        yield Claim(True, f"{text}.")
    else:
        yield Claim(
            False,
            f"{text}; it should be the larger one. What does cross-entropy charge for a mistake of which one is sure?",
        )


@exercise
def towards_the_target(end, mended, *, steepness=1, starts=_STARTS) -> Iterator[Claim]:
    """Judge where a step along the slope of the answer leads, and a step along the slope of the error.

    Parameters
    ----------
    end : number
        To what the answer σ(wx) tends under w ← w − α ∂p/∂w.
    mended : function
        From w, x, target and rate to the weight after a step on (p − target)².
    steepness : number, optional
        Of the sigmoid: the answer is σ(steepness · wx).
    starts : sequence of four numbers, optional
        The w, x, target and rate that are tried.
    """
    end = _number(end, "end")
    if abs(end) <= 0.02:
        yield Claim(True, "The answer goes to 0, whatever the target is.")
    else:
        yield Claim(
            False,
            f"The answer does not tend to {shown(end)}. Which way does each step move it? Take more of them, or a larger rate.",
        )
    for w, x, target, rate in starts:
        p = float(sigmoid(steepness * w * x))
        by_answer = p * (1 - p) * steepness * x
        true = w - rate * 2 * (p - target) * by_answer
        given = _number(ask(mended, w, x, target, rate, name="mended"), "what mended returns")
        if close(given, true, TOLERANCE):
            continue
        text = f"From w = {w:g} with x = {x:g}, target {target:g} and rate {rate:g} mended goes to {shown(given)}"
        known = {
            w - rate * by_answer: "that is the printed step, which does not know the target",
            w + rate * 2 * (p - target) * by_answer: "that is uphill",
            w - rate * (p - target) * by_answer: "that is the step for one half of the squared error",
            w - rate * 2 * (p - target) * steepness * x: "the slope of the sigmoid is missing",
            w - rate * 2 * (p - target) * p * (1 - p) * steepness: "the input is missing",
            2 * (p - target) * by_answer: "that is the slope, and not yet the weight after the step",
            -rate * 2 * (p - target) * by_answer: "that is how far it goes, and not where it arrives",
            w - rate * (p - target) * steepness * x: "that is the step for the cross-entropy, not for the squared error",
        }
        reason = next(
            (words for value, words in known.items() if close(given, value, TOLERANCE)), "compare with a difference"
        )
        raise Wrong(f"{text}: {reason}.")
    yield Claim(True, "Your step goes down the squared error, from wherever it starts.")


@exercise
def not_normal(below, skewness, units, *, level=0.1) -> Iterator[Claim]:
    """Judge how far SELU's answers are from normal ones, and how many of them it takes until their sum is nearly normal.

    Parameters
    ----------
    below : number
        The share of a standard normal that lies below SELU's lowest answer.
    skewness : function
        From an activation to the skewness of its answers to standard normal sums. Right within 0.01.
    units : number
        The fewest SELU answers whose sum has a skewness below the level.
    level : number, optional
    """
    below = _number(below, "below")
    if close(below, 0.0393653, 5e-4):
        yield Claim(
            True, f"A normal number would be lower than SELU's lowest answer with the chance {shown(below, 3)}."
        )
    elif close(below, 1 - 0.0393653, 5e-4):
        yield Claim(False, f"{shown(below, 3)} is the share above. The rest is asked for.")
    elif below == 0:
        yield Claim(False, "0 is the share of SELU's answers. How much of a *normal* lies there?")
    else:
        yield Claim(
            False,
            f"The share is not {shown(below, 4)}. SELU never answers below {float(selu(-50.0)):.4f}; how much of a standard normal does?",
        )
    for activation in (selu, relu, tanh, sigmoid, elu(2.0), LEFT):
        mean, variance = moments(activation)
        third = _third_moment(activation, mean)
        true = third / variance**1.5
        given = _number(ask(skewness, activation, name="skewness"), "what skewness returns")
        if close(given, true, 0.01):
            continue
        text = f"The skewness of {activation.name}'s answers is not {shown(given, 4)}"
        if close(given, third, 0.01):
            text += ": it is a pure number, so divide by the standard deviation's cube."
        elif close(given, -true, 0.01):
            text += ": its sign is the other one. Which side has the long tail?"
        elif close(given, _third_moment(activation, 0.0) / variance**1.5, 0.01):
            text += ": take the mean off first."
        elif close(given, third / variance**3, 0.01):
            text += ": you divided by the cube of the variance. Which power gives a pure number?"
        else:
            text += ": it is the mean of ((a − mean) / standard deviation)³."
        raise Wrong(text)
    yield Claim(
        True, "Your skewness is right for six activations: 0 for tanh and the sigmoid, below 0 for a ReLU turned round."
    )
    units = _number(units, "units")
    mean, variance = moments(selu)
    alone = _third_moment(selu, mean) / variance**1.5
    if units == np.ceil((alone / level) ** 2):
        yield Claim(True, f"The sum of {units:g} is nearly normal: so the sums may be, where the answers are not.")
    elif units == np.ceil(alone / level):
        yield Claim(False, f"With {units:g} the skewness is {alone / units**0.5:.3f}. It falls with the root of their number.")
    else:
        yield Claim(
            False,
            f"It is not {shown(units)}. In a sum of n the third moments add up, and so do the variances: what becomes of the skewness?",
        )


@exercise
def as_fast(speed, start, *, times=1, chains=_CHAINS) -> Iterator[Claim]:
    """Judge how fast a chain of linear layers moves its product, and where it is as fast as one layer.

    Parameters
    ----------
    speed : function
        From an array of weights, one for each layer, and the slope of the activation to the sum of (∂k/∂w)².
    start : number
        Above 0: three such weights with slope 10 move k as fast as one weight behind the slope 1000 does.
    times : number, optional
        They move it so many times as fast.
    chains : sequence of a sequence of numbers and a number, optional
        The weights and the slopes that are tried.
    """
    for weights, slope in chains:
        weights = list(weights)
        others = np.array([np.prod(np.delete(weights, i)) for i in range(len(weights))])
        true = float((slope ** len(weights) * others) ** 2 @ np.ones(len(weights)))
        given = _number(ask(speed, weights, slope, name="speed"), "what speed returns", finite=False)
        if close(given, true, TOLERANCE):
            continue
        text = f"For the weights {shown(np.array(weights))} and the slope {slope:g} speed gives {shown(given)}"
        if not np.isfinite(given):
            text += ": you divide by a weight that is 0. The slope by a weight is the product of the *others*."
        elif close(given, float((slope * others) ** 2 @ np.ones(len(weights))), TOLERANCE):
            text += ": the slope of the activation stands once in each layer."
        elif close(given, float(slope ** len(weights) * others.sum()), TOLERANCE):
            text += ": the slopes are to be squared. Each weight moves by its slope, and moves k by its slope again."
        else:
            text += ". k is the product of all weights and of the activation's slope in each layer; what is its slope by one weight?"
        raise Wrong(text)
    yield Claim(True, "speed is right, for one layer and for several, and where a weight is 0.")
    start = _number(start, "start")
    quotient = 3 * start**4
    if start <= 0:
        yield Claim(False, f"start should be above 0; it is {shown(start)}.")
    elif close(quotient / times, 1.0, 0.01):
        fast = "as fast" if times == 1 else f"{times:g} times as fast"
        yield Claim(True, f"Three weights of {shown(start, 4)} move k {fast} as the one does.")
    else:
        yield Claim(
            False, f"Three weights of {shown(start, 4)} move k {shown(quotient, 3)} times as fast as the one does."
        )


def _third_moment(activation, about: float) -> float:
    return expect(lambda z: (activation(z) - about) ** 3, kinks=activation.kinks)


def _number(value, name: str, finite: bool = True) -> float:
    number = float(numbers(value, (), name))
    if finite and not np.isfinite(number):
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; it is {shown(number)}.")
    return number
