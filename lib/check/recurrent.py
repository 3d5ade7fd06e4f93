"""Checks of chapter 8: a forget gate's bias, backpropagation through time mended, a growing matrix, one norm, a memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..activations import sigmoid, tanh
from ..datasets import first_sign
from ..recurrent import Recurrent
from .frame import Claim, Wrong, ask, close, described, exercise, numbers, shown

_ENOUGH = 0.95  # of the sequences; a one-unit cell with the state weight 4 answers all


@exercise
def forget_bias(bias_for, *, left=0.5, moments=(1.0, 2.0, 10.0, 100.0, 0.5, 1e5)) -> Iterator[Claim]:
    """Judge the bias with which a forget gate keeps half of a cell for n moments.

    Parameters
    ----------
    bias_for : function
        From n, a number above 0, to the bias.
    left : number, optional
        What should be left of a cell, between 0 and 1.
    moments : numbers, optional
        The n that are tried.
    """
    share = "half" if left == 0.5 else f"{left:g}"
    for n in moments:
        bias = float(_finite(ask(bias_for, n, name="bias_for"), (), "the bias"))
        right = -np.log(np.expm1(-np.log(left) / n))
        if abs(bias - right) <= 1e-6 * max(1, abs(right)):
            yield Claim(True, f"With your bias of {bias:.3f} {share} of a cell is left after {_moments(n)}.")
        else:
            kept = sigmoid(bias) ** n
            yield Claim(
                False,
                f"For n = {n:g} your bias is {shown(bias)}. The gate then stands at {sigmoid(bias):.4f}, and after "
                f"{_moments(n)} {kept:.3g} of a cell is left, not {left:g}.",
            )
            return


@exercise
def mended_through_time(mended) -> Iterator[Claim]:
    """Judge a backward pass through time of a plain tanh cell against the one of lib.

    Parameters
    ----------
    mended : function
        From x (time, in), the states h (time + 1, units) from 0 on, W (in, units), U (units, units)
        and the gradient by the last state (units,) to the gradients by W, U and the bias.
    """
    rng = np.random.default_rng(8)
    W, U, b = rng.normal(size=(2, 3)), rng.normal(size=(3, 3)) / 2, rng.normal(size=3)
    held = {}  # whether the gradient by each array is right for one moment
    for time, what in ((1, "one moment"), (2, "two moments"), (7, "7 moments")):
        x, by_h = rng.normal(size=(time, 2)), rng.normal(size=3)
        layer = Recurrent(W, U, b, tanh)
        seen = layer.forward(x[None])
        right = layer.backward(seen, by_h[None])[1]
        given = ask(mended, x, seen.states[:, 0].copy(), W, U, by_h, name="mended")
        if not isinstance(given, (tuple, list)) or len(given) != 3:
            raise Wrong(f"Mended should return three gradients, by W, U and b; it returns {described(given)}.")
        for name, mine, true in zip(("W", "U", "b"), given, right, strict=True):
            mine = numbers(mine, true.shape, f"the gradient by {name}")
            holds = bool(close(mine, true, 1e-9).all())
            held.setdefault(name, holds)
            if holds:
                yield Claim(True, f"For a sequence of {what} the gradient by {name} is right.")
                continue
            yield Claim(
                False,
                f"For a sequence of {what} the gradient by {name} is not what differences measure: it begins with "
                f"{shown(mine.ravel()[0])}, and should with {shown(true.ravel()[0])}. {_hint(name, time, held[name])}".rstrip(),
            )


@exercise
def thousandfold(matrix, peak, *, eigenvalue=None) -> Iterator[Claim]:
    """Judge a matrix of small eigenvalues whose powers grow a thousandfold first, and the power that is largest.

    Parameters
    ----------
    matrix : array of shape (2, 2)
    peak : number
        The power with the largest singular value.
    eigenvalue : number, optional
        What both should be; where none is told, they are to be 0.9 in size at most.
    """
    matrix = _finite(matrix, (2, 2), "the matrix")
    peak = float(_finite(peak, (), "the peak"))
    if np.abs(matrix).max() > 1e9:
        raise Wrong("Entries up to 1e9 will do; with larger ones rounding has the last word.")
    eigenvalues = np.linalg.eigvals(matrix)
    size = float(np.abs(eigenvalues).max())
    # Of two eigenvalues that fall together only half of the digits are sure.
    if eigenvalue is None:
        fits = size <= 0.9 + 1e-4
        text = f"The largest eigenvalue is {size:.4g} in size{', at most 0.9' if fits else ': 0.9 is the most'}."
    else:
        fits = np.abs(eigenvalues - eigenvalue).max() <= 1e-3
        text = f"The eigenvalues are {shown(eigenvalues, 4)}{'' if fits else f'; both should be {eigenvalue:g}'}."
    yield Claim(fits, text)
    if not fits:
        return
    power, stretches = np.eye(2), [1.0]
    for _ in range(1000):
        power = power @ matrix
        stretches.append(float(np.linalg.norm(power, 2)))
    largest = int(np.argmax(stretches))
    text = f"Its powers stretch a gradient {stretches[largest]:.4g} times at the most"
    if stretches[largest] > 1000:
        yield Claim(True, f"{text}, and {stretches[1000]:.1g} times after 1000 moments.")
    else:
        symmetric = np.allclose(matrix, matrix.T)
        yield Claim(
            False,
            f"{text}; it should be more than 1000. "
            + ("A symmetric matrix can't: try one that is not." if symmetric else "What makes the corner larger?"),
        )
        return
    if peak != round(peak) or not 0 <= peak <= 1000:
        raise Wrong(f"The peak should be a whole number of moments, from 0 to 1000; this is {shown(peak)}.")
    if stretches[int(peak)] >= (1 - 1e-4) * stretches[largest]:  # two neighbours may be as good as equal
        yield Claim(True, f"The stretch is largest after {int(peak)} moments.")
    else:
        yield Claim(
            False,
            f"After {int(peak)} moments your matrix stretches {stretches[int(peak)]:.4g} times, which is not the most.",
        )


@exercise
def one_norm(degrees, clipped_together, *, step=((3, 4), (0.1,)), seed=9) -> Iterator[Claim]:
    """Judge by how much clipping array by array turns a step, and a clipping of all arrays by one norm.

    Parameters
    ----------
    degrees : number
        The angle between [3, 4, 0.1] and [0.6, 0.8, 0.1]. Right within 0.01.
    clipped_together : function
        From several arrays and a limit to as many new arrays.
    step : lists of numbers, optional
        The arrays that are clipped one by one, to the norm 1.
    seed : int, optional
        From which further arrays are drawn.
    """
    before = np.concatenate(step)
    after = np.concatenate([np.multiply(array, min(1, 1 / np.linalg.norm(array))) for array in step])
    ask(clipped_together, (np.ones(2), np.ones(1)), 1.0, name="clipped_together")  # a stub is greeted, and no more
    right = _angle(before, after)
    degrees = float(_finite(degrees, (), "the angle"))
    if abs(degrees - right) <= 0.01:
        yield Claim(True, f"Clipped one by one the step turns by {right:.2f} degrees.")
    elif abs(np.radians(right) - degrees) <= 1e-3:
        yield Claim(False, f"{shown(degrees)} is the angle in radians; np.degrees makes degrees of them.")
    else:
        yield Claim(
            False,
            f"Clipped one by one {shown(before)} becomes {shown(after)}. The angle between the two is not {shown(degrees)} "
            "degrees: its cosine is their product, a @ b, divided by both lengths.",
        )
    rng = np.random.default_rng(seed)
    cases = [
        ("long", (np.array([3.0, 4.0]), np.array([0.1])), 1.0),
        ("long", (rng.normal(size=(3, 4)), 10 * rng.normal(size=4), rng.normal(size=())), 2.5),
        ("short", (np.array([0.3, -0.4]), np.array([[0.1]])), 1.0),
        ("zero", (np.zeros(2), np.zeros((2, 2))), 1.0),
    ]
    for kind, arrays, limit in cases:
        given = ask(clipped_together, arrays, limit, name="clipped_together")
        if not isinstance(given, (tuple, list)) or len(given) != len(arrays):
            raise Wrong(
                f"Clipped_together should return {len(arrays)} arrays for {len(arrays)}; it returns {described(given)}."
            )
        given = [numbers(mine, array.shape, "each clipped array") for mine, array in zip(given, arrays, strict=True)]
        if not ask(_keeps(clipped_together), arrays, limit, name="clipped_together"):
            raise Wrong("Clipped_together changes the arrays that it is given: make new ones instead.")
        yield _one_clipping(kind, arrays, given, limit)


@exercise
def long_memory(weights) -> Iterator[Claim]:
    """Judge the weights of a plain tanh cell that is to remember a first sign over 100 moments.

    Parameters
    ----------
    weights : list of five arrays
        W (1, units), U (units, units), b (units,), V (units, 2), c (2,).
    """
    if not isinstance(weights, (tuple, list)) or len(weights) != 5:
        raise Wrong(f"The weights should be a list of five arrays, W, U, b, V and c; this is {described(weights)}.")
    units = numbers(weights[2], None, "b").size
    shapes = {"W": (1, units), "U": (units, units), "b": (units,), "V": (units, 2), "c": (2,)}
    if not 0 < units <= 1000:
        raise Wrong(f"From one unit to 1000 will do; b has {units} numbers, one for each unit.")
    W, U, b, V, c = (_finite(given, shape, name) for given, (name, shape) in zip(weights, shapes.items(), strict=True))
    yield Claim(True, f"A cell of {units} unit{'s' * (units > 1)}, with shapes that fit.")
    for moments in (10, 30, 100):
        x, y = first_sign(np.random.default_rng(moments), 400, moments)
        h = np.zeros((400, units))
        for t in range(moments):
            h = np.tanh(x[:, t] @ W + h @ U + b)
        logits = h @ V + c
        right = float(np.mean((logits.argmax(axis=1) == y) & (logits[:, 0] != logits[:, 1])))
        text = f"Over {moments} moments it answers {right:.1%} of 400 new sequences rightly"
        if right >= _ENOUGH:
            yield Claim(True, f"{text}.")
            continue
        hint = (
            " Is the last layer the wrong way round?" if right < 0.2 else
            " That is guessing." if right < 0.6 else
            " What can push the state over to the other side?"
        )  # fmt: skip
        yield Claim(False, f"{text}; it should be {_ENOUGH:.0%}.{hint}")
        return


# --- how the answers are tried out -----------------------------------------------------------


def _moments(n: float) -> str:
    return f"{n:g} moment{'s' * (n != 1)}"


def _hint(name: str, time: int, held: bool) -> str:
    if time == 1:
        return {
            "W": "The only input there is is x[0].",
            "U": "Before the only moment the state was h[0], all 0.",
            "b": "There it is delta itself.",
        }[name]
    if not held:
        return ""
    return "With one moment it was right: what does a weight get that is used at several? And what goes back to the moment before?"


def _keeps(clip):
    """A function that tells whether `clip` leaves its gradients as they are."""

    def keeps(gradients, limit):
        before = [gradient.copy() for gradient in gradients]
        clip(gradients, limit)
        return all(np.array_equal(now, then) for now, then in zip(gradients, before, strict=True))

    return keeps


def _one_clipping(kind: str, arrays, given, limit: float) -> Claim:
    before = np.concatenate([array.ravel() for array in arrays])
    after = np.concatenate([array.ravel() for array in given])
    norm = np.linalg.norm(before)
    at = f"For {', '.join(shown(array) for array in arrays)} and the limit {limit:g}"
    if kind == "zero":
        holds = not after.any()  # nan counts as something
        return Claim(
            holds, "Gradients of 0 stay 0." if holds else f"{at} all should stay 0; you return {shown(after)}."
        )
    if kind == "short":
        holds = close(after, before, 1e-9).all()
        return Claim(
            holds,
            "Gradients shorter than the limit stay as they are." if holds else
            f"{at} the norm is {norm:.3g}, so nothing should change; you return {shown(after)}.",
        )  # fmt: skip
    if not np.isfinite(after).all() or not after.any():
        return Claim(False, f"{at} you return {shown(after)}.")
    turned = _angle(before, after)
    if turned > 1e-3:
        return Claim(False, f"{at} your clipping turns the step by {turned:.1f} degrees: one factor for all keeps it.")
    holds = abs(np.linalg.norm(after) - limit) <= 1e-9 * limit
    return Claim(
        holds,
        f"All together are shortened from {norm:.3g} to {limit:g}, and the step points where it did." if holds else
        f"{at} the clipped arrays have together the norm {np.linalg.norm(after):.4g}, not {limit:g}.",
    )  # fmt: skip


def _angle(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    return float(
        np.degrees(2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b)))
    )  # exact near 0, unlike arccos


def _finite(value, shape: tuple[int, ...] | None, name: str) -> np.ndarray:
    array = numbers(value, shape, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; this is {described(value)}.")
    return array
