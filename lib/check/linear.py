"""Checks of chapter 2: two layers in one, an affine map again and again, parity and a root drawn with hinges."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from .frame import Claim, Wrong, ask, close, described, exercise, numbers, shown

MOST_HINGES, BUDGET = 8, 0.01


@exercise
def two_layers(
    weights, bias, *, first=(((1, 2), (0, -1)), (1, -1)), second=(((2, 0), (1, 3)), (0, 5))
) -> Iterator[Claim]:
    """Judge the one linear layer that says what the two of the exercise say.

    Parameters
    ----------
    weights : array of shape (2, 2)
    bias : two numbers
    first, second : pair of a table (2, 2) and two numbers, optional
        The weights and the bias of each layer.
    """
    (w1, b1), (w2, b2) = [[np.array(part, float) for part in layer] for layer in (first, second)]
    weights = _finite(weights, (2, 2), "the weights")
    bias = _finite(bias, (2,), "the bias")
    row = int((~close(weights, w1 @ w2, 1e-9)).any(axis=1).argmax())
    first_row = (
        f"Send x = {shown(np.eye(2)[row])} through both layers, without the biases: the first makes {shown(w1[row])} of it, "
        f"and what the second makes of that is row {row + 1} of the weights. Yours is {shown(weights[row])}."
    )
    yield _recognized(weights, w1 @ w2, "The weights are right.", first_row, [
        (w2 @ w1, "These weights are W₂W₁. But x stands on the left, so it meets W₁ first."),
        ((w1 @ w2).T, "These weights have their rows and columns exchanged: a row holds what one input counts for each unit."),
        (w1 * w2, "These weights are multiplied entry by entry; a product of matrices adds up rows times columns."),
        (w1 + w2, "These weights are W₁ + W₂. But the second layer multiplies what the first one says."),
    ])  # fmt: skip
    from_zero = f"Send x = [0, 0] through both layers: the first says b₁. What does the second make of that? Your bias is {shown(bias)}."
    yield _recognized(bias, b1 @ w2 + b2, "The bias is right.", from_zero, [
        (b1 + b2, "This bias is b₁ + b₂. But b₁ goes through the second layer's weights as well."),
        (b2, "This bias is b₂ alone. But b₁ is still in the signal when it reaches the second layer."),
        (b1 @ w2, "This bias is b₁W₂; the second layer adds its own bias to that."),
        (w2 @ b1 + b2, "In this bias b₁ stands on the wrong side of W₂: it is a row, on the left."),
    ])  # fmt: skip


@exercise
def repeated(repeated) -> Iterator[Claim]:
    """Judge a rule for z → cz + d, applied several times.

    Parameters
    ----------
    repeated : function
        Takes (c, d, times) and returns two numbers: the slope and the constant of the result.
    """
    for c, d, times in [(10.0, 1.0, 3), (2.0, 5.0, 1), (1.0, 2.0, 5), (0.5, 4.0, 10), (-1.0, 3.0, 4)]:
        answer = ask(repeated, c, d, times, name="repeated")
        slope, constant = _finite(answer, (2,), f"what repeated returns for {c:g}, {d:g}, {times}")
        route = [0.0]
        for _ in range(times):
            route.append(c * route[-1] + d)
        factor = {1: "", -1: "−"}.get(c, f"{c:g}")
        here = f"With φ(z) = {factor}z + {d:g}, {'once' if times == 1 else f'{times} times'},"
        if not close(constant, route[-1], 1e-9):
            seen = route if times <= 5 else [*route[:4], "…", route[-1]]
            steps = " → ".join(shown(value) if value != "…" else value for value in seen).replace("-", "−")
            yield Claim(False, f"{here} 0 goes to {steps}; your constant is {shown(constant)}.")
        elif not close(slope, c**times, 1e-9):
            yield Claim(False, f"{here} the step from z = 0 to z = 1 grows to {shown(c**times)}; your slope is {shown(slope)}.")
        else:
            yield Claim(True, f"{here} the slope is {shown(slope)} and the constant {shown(constant)}.")


@exercise
def parity(knots, weights) -> Iterator[Claim]:
    """Judge three hinges over the sum of three inputs that say whether an odd number of them are 1.

    Parameters
    ----------
    knots, weights : arrays of shape (hinges,)
        Three hinges at the most.
    """
    knots, weights = _hinges(knots, weights, most=3)
    sums = np.arange(4.0)
    said, wanted = _drawn(sums, knots, weights), sums % 2
    slopes = np.diff(weights[np.argsort(knots)], prepend=0)
    mistaken = bool(close(_drawn(sums, np.sort(knots), slopes), wanted, 1e-9).all())
    for count, (is_said, is_wanted) in enumerate(zip(said, wanted)):
        here = f"For x = {[1] * count + [0] * (3 - count)}, with the sum {count}, your hinges add up to {shown(is_said)}"
        if close(is_said, is_wanted, 1e-6):
            yield Claim(True, f"{here}, as parity does.")
        else:
            hint = " Your weights are slopes; a hinge adds its weight to the slope that is there already." if mistaken else ""
            yield Claim(False, f"{here}; parity is {is_wanted:g}.{hint}")


@exercise
def folded_pieces(straight_pieces, relus, knots_in_one_layer, *, layers=5, folds=3) -> Iterator[Claim]:
    """Judge three predictions for five layers that each fold an interval into three.

    Parameters
    ----------
    straight_pieces, relus, knots_in_one_layer : number
        Pieces on the interval, ReLUs in all five layers, and knots inside the interval that one
        layer would have to place for as many pieces.
    layers, folds : int, optional
        How many layers there are, and into how many each folds, three or more.
    """
    straight_pieces = _finite(straight_pieces, (), "the number of pieces")
    relus = _finite(relus, (), "the number of ReLUs")
    knots = _finite(knots_in_one_layer, (), "the number of knots")
    pieces = folds**layers
    said = dict(enumerate("zero one two three four five six seven eight nine".split()))
    many, times = said[layers], said[folds]
    more = "a hinge more" if folds == 3 else f"{said[folds - 2]} hinges more"
    yield _recognized(straight_pieces, pieces, f"{many.capitalize()} layers make {pieces} pieces.",
                      f"{many.capitalize()} layers don't make {shown(straight_pieces)} pieces. How many do two make?", [
        (folds * layers, f"{folds * layers} pieces would be {times} more from each layer. But a layer draws its zigzag on each piece that reaches it."),
        (2**layers, f"{2**layers} pieces would be {many} folds into two. These fold into {times}."),
        (layers**folds, f"{layers**folds} is {' · '.join([str(layers)] * folds)}. Begin with one piece, and let {many} layers, one after the other, make {times} of each."),
    ])  # fmt: skip
    yield _recognized(relus, folds * layers, f"They have {folds * layers} ReLUs.",
                      f"{many.capitalize()} layers of {times} hinges don't have {shown(relus)} ReLUs.", [
        (2 * layers, f"{2 * layers} ReLUs would be enough for {many} folds into two; a fold into {times} takes {more}."),
    ])  # fmt: skip
    yield _recognized(knots, pieces - 1, f"One layer would have to place {pieces - 1} knots.",
                      f"One layer would not need {shown(knots)} knots. How many points part the pieces of an interval?", [
        (pieces, f"{pieces} knots are one too many: two pieces meet at one knot, three pieces at two."),
    ])  # fmt: skip


@exercise
def hinge_budget(knots, weights, bias, *, power=0.5, height=1) -> Iterator[Claim]:
    """Judge a drawing of the square root on [0, 1] with few hinges: bias + Σ weight · max(0, x − knot).

    Parameters
    ----------
    knots, weights : arrays of shape (hinges,)
    bias : number
    power, height : number, optional
        The curve to be drawn is height · x to this power, between 0 and 1. The budget grows with the height.
    """
    knots, weights = _hinges(knots, weights, most=MOST_HINGES)
    bias = float(_finite(bias, (), "the bias"))
    ends = np.unique(np.clip([0, 1, *knots], 0, 1))
    slopes = np.diff(_drawn(ends, knots, weights)) / np.diff(ends)
    # Between two knots the error is largest at an end, or where the curve is as steep as the line.
    steep = (slopes / height / power) ** (1 / (power - 1))
    x = np.concatenate([ends, [at for at, slope, (a, b) in zip(steep, slopes, pairwise(ends)) if slope > 0 and a < at < b]])
    errors = _drawn(x, knots, weights) + bias - height * x**power
    worst = np.argmax(abs(errors))
    text = f"With {len(knots)} of {MOST_HINGES} hinges the largest error is {abs(errors[worst]):.3g}, at x = {x[worst]:.3g}"
    budget = height * BUDGET
    if abs(errors[worst]) <= budget + 1e-9:
        yield Claim(True, f"{text}: within the budget of {budget:g}.")
        return
    curve = "root" if power == 0.5 else "curve"
    side = "above" if errors[worst] > 0 else "below"
    inside = np.sort(knots[(knots > -1e-9) & (knots < 1)])
    even = len(inside) > 2 and np.ptp(np.diff(inside)) < 1e-6
    advice = f" Your knots are evenly spaced: where does the {curve} bend most?" if even else ""
    yield Claim(False, f"{text}, where your line is {side} the {curve}; the budget is {budget:g}.{advice}")


def _recognized(value, right, praise: str, otherwise: str, mistakes) -> Claim:
    """Tell a reader that a value is right, or which well-known mistake it is."""
    if close(value, right, 1e-6).all():
        return Claim(True, praise)
    return Claim(False, next((text for wrong, text in mistakes if close(value, wrong, 1e-6).all()), otherwise))


def _hinges(knots, weights, most: int) -> tuple[np.ndarray, np.ndarray]:
    knots, weights = _finite(knots, None, "the knots"), _finite(weights, None, "the weights")
    if knots.ndim != 1 or knots.shape != weights.shape or not len(knots):
        raise Wrong(
            "Knots and weights should be two lists of one length, a weight for each knot; "
            f"they have the shapes {knots.shape} and {weights.shape}."
        )
    if len(knots) > most:
        raise Wrong(f"You use {len(knots)} hinges; {most} are enough.")
    return knots, weights


def _drawn(x, knots, weights):
    return np.maximum(0, x[:, None] - knots) @ weights


def _finite(value, shape, name: str) -> np.ndarray:
    array = numbers(value, shape, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; this is {described(value)}.")
    return array
