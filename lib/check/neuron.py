"""Checks of chapter 1: a bias and its sign, gates, a sure sigmoid, a stripe, a search for the best neuron."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from .frame import Claim, Wrong, ask, described, exercise, numbers, shown

_SUMS = tuple(np.linspace(-1, 1, 401))


@exercise
def sign_of_the_bias(witness, bias, *, weights=(3, 2), threshold=4) -> Iterator[Claim]:
    """Judge "speak when 3 x₁ + 2 x₂ is above 4, so the bias is 4": where it goes wrong, and what is right.

    Parameters
    ----------
    witness : two numbers
        An input for which the neuron with the threshold as its bias speaks, and should be silent.
    bias : number
        The right bias, for the same weights.
    weights : two numbers, optional
    threshold : number, optional
        Above 0.
    """
    x = _finite(witness, (2,), "the witness")
    bias = float(_finite(bias, (), "the bias"))
    signal = float(x @ weights)
    sum_of_both = "{}x₁ + {}x₂".format(*weights)
    here = f"For x = {shown(x)} the signal {sum_of_both} is {shown(signal)}"
    if signal > threshold:
        yield Claim(
            False,
            f"{here}, above {threshold}: there the neuron should speak, and does. Look for an input where it should be silent.",
        )
    elif signal + threshold <= 0:
        yield Claim(
            False,
            f"{here}; with the bias {threshold} the sum is {shown(signal + threshold)}, so the neuron is silent, as it should be.",
        )
    else:
        yield Claim(
            True,
            f"{here}, not above {threshold}; with the bias {threshold} the sum is {shown(signal + threshold)}, and the neuron speaks all the same.",
        )
    if abs(bias + threshold) <= 1e-9:
        yield Claim(True, f"With your bias it speaks where {sum_of_both} is above {threshold}, and nowhere else.")
    else:
        yield Claim(
            False,
            f"With the bias {shown(bias)} it speaks where {sum_of_both} is above {shown(-bias)}; it should be above {threshold}.",
        )


@exercise
def logic_gates(and_gate, nand_gate, majority) -> Iterator[Claim]:
    """Judge neurons with a step that are to be logical gates, on all their inputs.

    Parameters
    ----------
    and_gate, nand_gate : three numbers
        The bias and two weights: (b, w₁, w₂).
    majority : four numbers
        (b, w₁, w₂, w₃), for a neuron that says 1 when two or three of its inputs are 1.
    """
    yield _gate("AND", and_gate, lambda x: sum(x) == 2, inputs=2)
    yield _gate("NAND", nand_gate, lambda x: sum(x) < 2, inputs=2)
    yield _gate("Majority", majority, lambda x: sum(x) >= 2, inputs=3)


@exercise
def sure_gate(k, *, sure=0.99) -> Iterator[Claim]:
    """Judge the smallest factor that makes a sigmoid AND sure: 0.99 and more, or 0.01 and less.

    Parameters
    ----------
    k : number
        Multiplies the bias −1.5 and both weights 1. Within 0.01 of the smallest it is right.
    sure : number, optional
        What the sigmoid should say at least at (1, 1), between 0.5 and 1.
    """
    k = float(_finite(k, (), "k"))
    smallest = 2 * np.log(sure / (1 - sure))
    with_it = (
        f"With k = {shown(k)} the sigmoid says {_sigmoid(0.5 * k):.4f} at (1, 1) and {_sigmoid(-0.5 * k):.4f} at (0, 1)"
    )
    if k < smallest - 0.01:
        yield Claim(False, f"{with_it}: not yet {sure:g} and {1 - sure:g}.")
    elif k > smallest + 0.01:
        yield Claim(False, f"{with_it}: sure enough, but a smaller k is, too.")
    else:
        yield Claim(True, f"{with_it}; at the other two corners it is as sure or surer, and no smaller k does that.")


@exercise
def stripe(h, *, between=(0.8, 1.2), sums=_SUMS) -> Iterator[Claim]:
    """Judge an activation of x₁ + x₂ − 1 that is to be above 0.5 inside a stripe, and below 0.5 outside of it.

    Parameters
    ----------
    h : function
        Takes an array of sums between −1 and 1, and returns an array of that shape.
    between : two numbers, optional
        The stripe: from which to which x₁ + x₂ it reaches.
    sums : numbers, optional
        Those that are tried, in order.
    """
    low, high = between[0] - 1, between[1] - 1
    a = np.array(sums)
    a = a[np.minimum(abs(a - low), abs(a - high)) > 0.004]  # on the edge itself either answer is right
    y = numbers(ask(h, a, name="your h"), a.shape, "what your h returns")
    inside = (low < a) & (a < high)
    turns = (np.diff(y) > 0).any() and (np.diff(y) < 0).any()
    # A function that never turns can't be right on both sides, whatever its numbers: that is worth saying, once.
    advice = (
        ""
        if turns or not np.isfinite(y).all()
        else " It never turns: what is high in the middle is as high, or higher, all the way to one side."
    )
    for where, here, right, wish in [("inside", inside, y > 0.5, "above"), ("outside", ~inside, y < 0.5, "below")]:
        wrong = here & ~right
        if wrong.any():
            at = np.flatnonzero(wrong)[np.argmin(abs(a[wrong] - (low + high) / 2))]
            yield Claim(
                False,
                f"For the sum {shown(a[at])}, {where} the stripe, h should be {wish} 0.5; it is {shown(y[at])}.{advice}",
            )
            advice = ""
        else:
            yield Claim(True, f"{where.capitalize()} the stripe h is {wish} 0.5.")


@exercise
def best_neuron(search) -> Iterator[Claim]:
    """Judge a search for the weights and the bias of a step neuron, on examples with 2, 3 and 4 inputs.

    Parameters
    ----------
    search : function
        From examples x (n, inputs) and wanted answers (n,), 0 or 1, to (weights, bias). It should
        get at least 0.97 times as many right as the neuron that the examples were drawn from.
    """
    rules = [([1.0, 1.0], -1.0), ([2.0, -1.0, 1.0], -1.3), ([-1.0, 2.0, 1.0, -2.0], 0.3)]
    for seed, (weights, bias) in enumerate(rules):
        rng = np.random.default_rng(seed)
        x = rng.uniform(0, 1, (120, len(weights)))
        wanted = (x @ weights + bias + rng.normal(0, 0.1, 120) > 0).astype(int)
        possible = _right(x, wanted, weights, bias)
        yield _found(ask(search, x, wanted, name="your search"), x, wanted, possible, opposed=min(weights) < 0)


def _found(answer, x, wanted, possible: int, opposed: bool) -> Claim:
    inputs = x.shape[1]
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Wrong(f"Your search should return two things, weights and bias; it returns {described(answer)}.")
    weights = _finite(answer[0], (inputs,), f"the weights that your search returns for {inputs} inputs")
    bias = float(_finite(answer[1], (), "the bias that your search returns"))
    right = _right(x, wanted, weights, bias)
    if right >= 0.97 * possible:
        return Claim(True, f"With {inputs} inputs the neuron that you found gets {right} of {len(x)} right.")
    text = f"With {inputs} inputs the neuron that you found gets {right} of {len(x)} right, where at least {possible} are possible."
    if _right(x, wanted, weights, -bias) >= 0.97 * possible:
        text += " With the sign of its bias changed it would do: the bias is minus the threshold."
    elif _right(x, wanted, -weights, -bias) >= 0.97 * possible:
        text += " It says 1 where 0 is wanted: with all its signs changed it would do."
    elif not weights.any():
        text += " All of its weights are 0: it says the same to every input."
    elif np.count_nonzero(abs(weights) > 1e-9) == 1:
        text += " It looks at one input only."
    elif bias == 0:
        text += " Its bias is 0: its boundary passes through the point where all inputs are 0."
    elif opposed and (weights >= 0).all():
        text += " None of its weights is negative: an input may also speak against."
    return Claim(False, text)


def _right(x, wanted, weights, bias) -> int:
    return int(((x @ np.asarray(weights) + bias > 0) == (wanted == 1)).sum())


def _gate(name: str, answer, wish, inputs: int) -> Claim:
    bias, *weights = _finite(answer, (inputs + 1,), f"the answer for {name}")
    for x in product([0, 1], repeat=inputs):
        a = float(bias + np.dot(weights, x))
        at = f"{name}: for x = {x} the sum is {shown(a)}"
        if abs(a) < 1e-9:
            return Claim(False, f"{at}: the input lies on the boundary itself. Move the boundary a little.")
        if (a > 0) != wish(x):
            return Claim(False, f"{at}, so the step says {int(a > 0)}; it should say {int(wish(x))}.")
    return Claim(True, f"{name} is right for all {2**inputs} inputs.")


def _finite(value, shape: tuple[int, ...], name: str) -> np.ndarray:
    array = numbers(value, shape, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; this is {described(value)}.")
    return array


def _sigmoid(a: float) -> float:
    return float(1 / (1 + np.exp(-a)))
