"""Checks of chapter 9: subgradients, a slope that blocks nothing, a centred ReLU, a network of which few units speak."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

from ..activations import relu
from ..datasets import digits
from ..initializers import he_normal
from ..losses import accuracy
from ..networks import dense_network
from .frame import Claim, Wrong, ask, close, described, exercise, numbers, shown

_MOST_UNITS, _SILENT, _RIGHT = 64, 0.85, 0.96

# What it is called, the function, the place of its kink, and its slopes on the left and on the right.
_KINKS = [
    ("max(z, 0) at 0", lambda z: np.maximum(z, 0), 0.0, (0, 1)),
    ("|z| at 0", lambda z: np.abs(z), 0.0, (-1, 1)),
    ("max(0.1 z, z) at 0", lambda z: np.maximum(0.1 * z, z), 0.0, (0.1, 1)),
    ("max(3 − z, z) at 1.5", lambda z: np.maximum(3 - z, z), 1.5, (-1, 1)),
    ("max(z, 0) cut off at 6, at 6", lambda z: np.minimum(np.maximum(z, 0), 6), 6.0, (1, 0)),
    ("−|z| at 0", lambda z: -np.abs(z), 0.0, (1, -1)),
]


@exercise
def subgradients(subgradients, *, times=1, bends=()) -> Iterator[Claim]:
    """Judge a function that tells the least and the greatest subgradient at a kink.

    Parameters
    ----------
    subgradients : function
        From a function h and a place to (least, greatest), or to an empty list if there is none.
    times : number, optional
        The lines touch this multiple of h, in place of h.
    bends : sequence of three numbers, optional
        Further kinks: the slope on the left, the slope on the right, and the place.
    """
    for text, h, place, (left, right) in [*_KINKS, *(_bend(*bend) for bend in bends)]:
        whole = text if times == 1 else f"{times:g} times {text}"
        yield _kink(whole, _ends(subgradients, h, place, text), times * left + 0.0, times * right + 0.0)


@exercise
def relu_backward(relu_backward, leaked) -> Iterator[Claim]:
    """Judge a ReLU's backward step that works on its answers, and the share that a faulty one lets through.

    Parameters
    ----------
    relu_backward : function
        From the gradient by the answers and the answers to the gradient by the sums.
    leaked : number
        The share of gradients that ``a >= 0`` passes and ReLU blocks, in the untrained network of the text.
    """
    z = np.array([[-2.0, -0.5, 0.3], [1.5, -0.1, 4.0]])
    upstream = np.array([[1.0, -2.0, 3.0], [-4.0, 5.0, -6.0]])
    a, right = np.maximum(z, 0), np.where(z > 0, upstream, 0)
    given = numbers(ask(relu_backward, upstream, a, name="your relu_backward"), a.shape, "what relu_backward returns")
    wrong = ~close(given, right, 1e-9)
    if not wrong.any():
        yield Claim(
            True, f"For the sums {shown(z[0])} and {shown(z[1])} it blocks what ReLU blocks, and passes the rest."
        )
    else:
        row, column = np.argwhere(wrong)[0]
        silent = z[row, column] <= 0
        hint = (
            "this unit was silent, so nothing may come through"
            if silent
            else "this unit spoke, so its gradient should pass as it is"
        )
        yield Claim(
            False,
            f"For an answer of {shown(a[row, column])} and a gradient of {shown(upstream[row, column])} it returns "
            f"{shown(given[row, column])}: {hint}.",
        )
    yield from _on_the_edge(relu_backward)
    yield _leak(leaked)


@exercise
def centred_relu(shift, gain, factor, *, slope=0) -> Iterator[Claim]:
    """Judge what it takes to centre a ReLU, for standard normal sums.

    Parameters
    ----------
    shift : number
        What is taken off each answer.
    gain : number
        With weights of standard deviation gain / sqrt(n), the next sums have variance 1 again.
    factor : number
        By what a layer multiplies the mean square of a gradient on its way back.
    slope : number, optional
        The slope below 0: a leaky ReLU in place of the ReLU.
    """
    shift, gain, factor = (
        _number(value, name) for value, name in ((shift, "shift"), (gain, "gain"), (factor, "factor"))
    )
    mean = (1 - slope) / sqrt(2 * pi)
    square = (1 + slope**2) / 2  # the mean square of the answers, and of the slopes
    variance = square - mean**2
    if close(np.array(shift), mean, 2e-3):
        yield Claim(True, f"Shifted by {shown(shift, 4)} the answers have mean 0.")
    else:
        yield Claim(False, f"With a shift of {shown(shift, 4)} the mean of the answers is {mean - shift:.4f}, and not 0.")
        return
    if close(np.array(gain), variance**-0.5, 2e-3):
        yield Claim(True, f"With a gain of {shown(gain, 4)} the next sums have variance 1.")
    else:
        hint = {
            square**-0.5: " That is He's, made for answers that still have their mean.",
            variance**-1: " That is its square.",
        }
        yield Claim(
            False,
            f"With a gain of {shown(gain, 4)} the next sums have variance {gain**2 * variance:.3f}, and not 1."
            + _hint(hint, gain),
        )
    if close(np.array(factor), square / variance, 5e-3):
        yield Claim(
            True,
            f"Each layer multiplies the mean square of a gradient by {shown(factor, 4)}: that is the price, and "
            f"twenty layers take it to {factor**20:.0f}.",
        )
    else:
        hint = {
            1.0: " With He's gain it would be 1; what is yours?",
            (square / variance) ** 0.5: " That is by what its root, the size, is multiplied.",
            square: " That is the mean square of the slopes alone; the weights count too.",
            1 / variance: " That is what the weights do; the slopes count too.",
        }
        yield Claim(
            False,
            f"A layer does not multiply the mean square of a gradient by {shown(factor, 4)}." + _hint(hint, factor),
        )


@exercise
def few_speak(hidden_weights, hidden_bias, output_weights, output_bias) -> Iterator[Claim]:
    """Judge a network with one hidden layer of ReLUs: who is silent, who is dead, and how well it reads.

    Parameters
    ----------
    hidden_weights : array of shape (64, units)
    hidden_bias : array of shape (units,)
    output_weights : array of shape (units, 10)
    output_bias : array of shape (10,)
    """
    first = _finite(hidden_weights, None, "hidden_weights")
    if first.ndim != 2 or first.shape[0] != 64 or not first.shape[1]:
        raise Wrong(
            f"Hidden_weights should be an array of shape (64, units), one column a unit; it is of shape {first.shape}."
        )
    units = first.shape[1]
    first_bias = _finite(hidden_bias, (units,), "hidden_bias")
    last = _finite(output_weights, (units, 10), "output_weights")
    last_bias = _finite(output_bias, (10,), "output_bias")
    d = digits()
    yield Claim(
        units <= _MOST_UNITS,
        f"It has {units} hidden units"
        + ("." if units <= _MOST_UNITS else f"; {_MOST_UNITS} at the most were asked for."),
    )
    dead = int((d.x_train @ first + first_bias <= 0).all(axis=0).sum())
    yield Claim(
        not dead,
        "Each of them speaks for some training image."
        if not dead
        else f"{dead} of them never speak for any training image: cut them out, and count again.",
    )
    a = np.maximum(d.x_test @ first + first_bias, 0)
    silent, right = float((a == 0).mean()), accuracy(a @ last + last_bias, d.y_test)
    text = f"{silent:.1%} of the hidden answers to the held-out digits are silent"
    yield Claim(
        silent >= _SILENT, f"{text}." if silent >= _SILENT else f"{text}: at least {_SILENT:.0%} were asked for."
    )
    text = f"{right:.1%} of the held-out digits are read rightly"
    yield Claim(right >= _RIGHT, f"{text}." if right >= _RIGHT else f"{text}: at least {_RIGHT:.0%} were asked for.")


# --- how the answers are tried out -----------------------------------------------------------


@dataclass(frozen=True)
class _Named:
    """A function that a message can name."""

    function: Callable
    text: str

    def __call__(self, z):
        return self.function(z)

    def __repr__(self):
        return self.text


def _bend(left: float, right: float, place: float) -> tuple:
    text = f"a line of slope {left:g} that goes on with slope {right:g}, at {place:g}"
    return text, lambda z: np.where(z < place, left, right) * (z - place), place, (left, right)


def _ends(subgradients, h, place: float, text: str) -> tuple[float, ...]:
    given = ask(subgradients, _Named(h, text.rsplit(" at ", 1)[0].rstrip(",")), place, name="your subgradients")
    array = numbers(given, None, f"what your subgradients returns for {text}")
    if array.shape not in ((2,), (0,)):
        raise Wrong(
            f"For {text} your subgradients should return two numbers, or an empty list; it returns {described(given)}."
        )
    if not np.isfinite(array).all():
        raise Wrong(f"For {text} your subgradients returns {shown(array)}: both should be finite.")
    return tuple(array.tolist())


def _kink(text: str, given: tuple[float, ...], left: float, right: float) -> Claim:
    """Compare what was given with the slopes on both sides of a kink."""
    slopes = f"the slope is {shown(left)} on the left and {shown(right)} on the right"
    if left > right:
        if not given:
            return Claim(True, f"For {text} there is none: every line through that point comes out above somewhere.")
        return Claim(
            False,
            f"For {text} you say {shown(np.array(given))}. There {slopes}: draw a line between them, is it below on both sides?",
        )
    if not given:
        return Claim(
            False, f"For {text} you find none. There {slopes}: a line of slope {shown((left + right) / 2)} stays below."
        )
    if close(np.array(given), np.array([left, right]), 1e-3).all():
        return Claim(True, f"For {text} they go from {shown(left)} to {shown(right)}.")
    if close(np.array(given[::-1]), np.array([left, right]), 1e-3).all():
        return Claim(False, f"For {text} you say {shown(np.array(given))}: the least comes first.")
    return Claim(False, f"For {text} you say {shown(np.array(given))}; there {slopes}.")


def _on_the_edge(backward) -> Iterator[Claim]:
    """Answers of exactly 0 are all that it sees of a silent unit; negative ones it never gets."""
    upstream = np.array([[7.0, -7.0, 7.0]])
    given = numbers(
        ask(backward, upstream, np.zeros((1, 3)), name="your relu_backward"), (1, 3), "what relu_backward returns"
    )
    if given.any():
        yield Claim(
            False, f"For a layer that is silent altogether it returns {shown(given[0])}: nothing should come through."
        )
    else:
        yield Claim(True, "Through a layer that is silent altogether nothing comes.")


def _leak(leaked) -> Claim:
    network = dense_network(np.random.default_rng(0), [64, 32, 10], relu, he_normal)
    silent = float((network.forward(digits().x_train)[0].a == 0).mean())
    share = _number(leaked, "leaked")
    if close(np.array(share), silent, 2e-3):
        return Claim(
            True, f"In the untrained network {share:.1%} of the gradients leak: as many as there are silent answers."
        )
    hint = _hint({1.0: " That is what it passes in all; ReLU passes some of it too.", 1 - silent: " That is what ReLU passes too.",
                  100 * silent: " A share lies between 0 and 1."}, share)  # fmt: skip
    return Claim(
        False,
        f"The share that leaks is not {shown(share, 4)}." + (hint or " Which answers does a >= 0 pass, and z > 0 not?"),
    )


def _hint(hints: dict[float, str], value: float) -> str:
    return next((hint for at, hint in hints.items() if abs(value - at) < 2e-3 * max(1, abs(at))), "")


def _number(value, name: str) -> float:
    return float(_finite(value, (), name))


def _finite(value, shape: tuple[int, ...] | None, name: str) -> np.ndarray:
    array = numbers(value, shape, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; this is {described(value)}.")
    return array
