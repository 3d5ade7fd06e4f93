"""Checks of chapter 4: a slope derived, a backward pass mended, a rate too large, an optimizer, digits read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..datasets import digits
from ..losses import softmax
from .frame import Claim, Wrong, ask, close, described, exercise, numbers, shown

MOST_MISREAD = 6
TOLERANCE = 1e-5  # wide enough for an answer in single precision
PLACES = ("W1", "b1", "W2", "b2")
_LOGITS = (((0.0, 0.0), 0), ((2.0, -1.0, 0.5), 1), ((0.0, 8.0, 0.0), 0), ((1.0, 3.0, -2.0, 0.0), 3))
_STEPS = (
    ("the first step, with square = 0", (1.0, -2.0), (0.0, 0.0), (0.5, -4.0), 0.1, 0.9),
    ("a later step", (0.3, 0.0, 2.0), (1.0, 0.04, 9.0), (1.0, -0.5, 0.0), 0.01, 0.99),
    ("a slope that has always been 0", (5.0,), (0.0,), (0.0,), 0.1, 0.9),
)


@exercise
def softmax_slope(slope, *, times=1, cases=_LOGITS) -> Iterator[Claim]:
    """Judge the slope of the cross-entropy of a softmax by the logits of one image.

    Parameters
    ----------
    slope : function
        Takes the logits z (classes,) and the number t of the right class, and returns (classes,).
    times : number, optional
        How many times a logit counts: the softmax is that of times · z.
    cases : pairs of z and t, optional
        Those that are tried.
    """
    for z, t in cases:
        z = np.array(z)
        y = softmax(times * z)
        said_minus_true = y - np.eye(len(z))[t]
        right = times * said_minus_true
        given = numbers(ask(slope, z, t, name="your slope"), z.shape, f"what your slope returns for z = {shown(z)}, t = {t}")
        at = f"For z = {shown(z)} and t = {t}"
        if close(given, right, TOLERANCE).all():
            yield Claim(True, f"{at} your slope is right.")
            continue
        k = int(np.flatnonzero(~close(given, right, TOLERANCE))[0])
        text = f"{at} the slope by logit {k} should be {shown(right[k])}; yours is {shown(given[k])}."
        for wrong, hint in [
            (-right, "All signs are turned round: the logit of the right class should have a negative slope, as raising it lowers the loss."),
            (right / len(z), "All are too small by the number of classes: the loss of one image is no mean over its classes."),
            (right * y * (1 - y), "It looks as if the softmax's own slope y(1 − y) were still in it; in this loss it cancels."),
            (said_minus_true, "That is said minus true, as if each logit counted once."),
            (np.where(np.arange(len(z)) == t, -1 / y, 0), "That is the slope by the probability. The chain has one link more, from the probabilities to the logits."),
            (np.where(np.arange(len(z)) == t, right, 0), "The other logits matter too: they stand in the softmax's sum."),
            (times * (y - t), "t is the number of a class, not a probability: subtract 1 at place t, and nothing elsewhere."),
        ]:  # fmt: skip
            if close(given, wrong, TOLERANCE).all():
                text += f" {hint}"
                break
        yield Claim(False, text)
        return


@exercise
def mended_backward(backward) -> Iterator[Claim]:
    """Judge a backward pass through the four lines, on networks of other sizes than the chapter's.

    Parameters
    ----------
    backward : function
        Takes x (batch, in), the right classes t (batch,) and W1, b1, W2, b2; returns the
        gradients of the mean cross-entropy by W1, b1, W2, b2, in this order.
    """
    for seed, (batch, inputs, hidden, classes) in enumerate([(1, 2, 3, 2), (5, 4, 3, 3)]):
        rng = np.random.default_rng(seed)
        x, t = rng.uniform(0, 1, (batch, inputs)), rng.integers(0, classes, batch)
        weights = [rng.normal(0, 1, shape) for shape in ((inputs, hidden), hidden, (hidden, classes), classes)]
        answer = ask(backward, x, t, *weights, name="your backward")
        if not isinstance(answer, (list, tuple)) or len(answer) != 4:
            raise Wrong(f"Your backward should return four arrays, the gradients by W1, b1, W2, b2; it returns {described(answer)}.")
        of = f"a batch of {batch}" if batch > 1 else "a single image"
        for place, given, right in zip(PLACES, answer, _gradients(x, t, *weights), strict=True):
            given = numbers(given, right.shape, f"your gradient by {place}, for {of},")
            if close(given, right, TOLERANCE).all():
                yield Claim(True, f"For {of} the gradient by {place} is what differences measure.")
            else:
                yield _astray(given, right, place, of, batch)


def _astray(given, right, place: str, of: str, batch: int) -> Claim:
    at = tuple(int(i) for i in np.argwhere(~close(given, right, TOLERANCE))[0])
    where = f"{place}[{', '.join(map(str, at))}]"
    text = f"For {of} the slope of the loss by {where} is {shown(right[at])}, as differences measure it; yours is {shown(given[at])}."
    if close(given, -right, TOLERANCE).all():
        text += " All of its signs are turned round."
    elif batch > 1 and close(given * batch, right, TOLERANCE).all():
        text += f" All of it is too small by {batch}, the size of the batch."
    elif batch > 1 and close(given, right * batch, TOLERANCE * batch).all():
        text += f" All of it is too large by {batch}, the size of the batch: the loss is a mean."
    return Claim(False, text)


@exercise
def largest_rate(limit, growth, *, rate=10) -> Iterator[Claim]:
    """Judge the largest rate with which gradient descent comes down the chapter's valley, and what rate 10 does.

    Parameters
    ----------
    limit : number
        Right if it is the largest rate when written with three decimals.
    growth : number
        The factor by which each step at the rate takes the weights further from the lowest point;
        within one per cent.
    rate : number, optional
        Well above the limit.
    """
    limit, growth = (float(_positive(value, name)) for value, name in [(limit, "the limit"), (growth, "the growth")])
    steepest = float(np.linalg.eigvalsh(_CURVATURE)[-1])
    edge = 2 / steepest
    if abs(limit - edge) <= 6e-4:
        yield Claim(True, f"At {shown(limit)} the descent is on its edge: a little less and it comes down, a little more and it climbs.")
    else:
        other = limit * 1.001 if limit < edge else limit * 0.999  # still on the same side of the edge
        verb = "goes down" if limit < edge else "goes up"
        yield Claim(False, f"At rate {shown(other)} too the error {verb}: from {_after(other, 0)} to {_after(other, 500)} in 500 steps. "
                    f"The limit is {'higher' if limit < edge else 'lower'} than {shown(limit)}.")  # fmt: skip
    far = rate * steepest - 1
    if abs(growth - far) <= 0.01 * far:
        yield Claim(True, f"At rate {rate:g} each step lands {shown(growth, 3)} times as far from the lowest point as the one before.")
    elif abs(growth - far**2) <= 0.02 * far**2:
        yield Claim(False, f"The error grows by {shown(growth, 3)} at each step, for it goes with the square of the distance. Asked is the distance.")
    elif abs(growth - (far + 1)) <= 0.01 * far:
        yield Claim(False, f"{shown(growth, 4)} is how far a step goes, in units of the distance. It starts on the other side: where does it land?")
    else:
        yield Claim(False, f"At rate {rate:g} the distance does not grow by {shown(growth)} a step. Take two neighbouring points of the path, "
                    "after the first few steps, and divide their distances from the lowest point.")  # fmt: skip


@exercise
def rmsprop(update, *, tiny=1e-8, cases=_STEPS) -> Iterator[Claim]:
    """Judge one step of RMSprop, on first steps, on later ones, and where a slope is 0.

    Parameters
    ----------
    update : function
        ``(w, square, slope, rate, decay) -> (new w, new square)``; arrays of one shape, then two numbers.
    tiny : number, optional
        What is added to the root.
    cases : tuples, optional
        What is tried: what it is called, then the five inputs.
    """
    for what, *inputs in cases:
        w, square, slope = (np.array(value) for value in inputs[:3])
        rate, decay = inputs[3:]
        answer = ask(update, w, square, slope, rate, decay, name="your rmsprop")
        if not isinstance(answer, (list, tuple)) or len(answer) != 2:
            raise Wrong(f"Your rmsprop should return two arrays, the new w and the new square; it returns {described(answer)}.")
        right_square = decay * square + (1 - decay) * slope**2
        right_w = w - rate * slope / (np.sqrt(right_square) + tiny)
        given_w = numbers(answer[0], w.shape, "the new w")
        given_square = numbers(answer[1], w.shape, "the new square")
        at = f"For {what} (w {shown(w)}, square {shown(square)}, slope {shown(slope)}, rate {rate}, decay {decay})"
        if not close(given_square, right_square, TOLERANCE).all():
            yield Claim(False, f"{at} the new square should be {shown(right_square)}; it is {shown(given_square)}."
                        + _why_square(given_square, square, slope, decay, right_w))  # fmt: skip
        elif not close(given_w, right_w, TOLERANCE).all():
            yield Claim(False, f"{at} the new w should be {shown(right_w)}; it is {shown(given_w)}."
                        + _why_w(given_w, w, square, right_square, slope, rate, tiny))  # fmt: skip
        else:
            yield Claim(True, f"Right for {what}.")


def _why_square(given, square, slope, decay, right_w) -> str:
    for wrong, hint in [
        (right_w, "That is the new w: return w first, then square."),
        ((1 - decay) * square + decay * slope**2, "The two parts have changed places: decay is the share that is kept of the old square."),
        (square + slope**2, "Nothing is forgotten: the old square should be multiplied by decay, the new one by 1 − decay."),
        (decay * square + slope**2, "The new square should be multiplied by 1 − decay."),
        (decay * square + (1 - decay) * slope, "The slope itself is averaged here, not its square."),
        (square, "It is the old one."),
    ]:
        if close(given, wrong, TOLERANCE).all():
            return f" {hint}"
    return ""


def _why_w(given, w, square, new_square, slope, rate, tiny) -> str:
    if np.isnan(given).any():
        return f" 0 divided by 0 is nan: add {f'{tiny:g}'.replace('-0', '-')} to the root before you divide."
    for wrong, hint in [
        (w + rate * slope / (np.sqrt(new_square) + tiny), "It went uphill: the step is against the slope."),
        (w - rate * slope / (new_square + tiny), "Divide by the root of square, not by square itself."),
        (w - rate * slope / (np.sqrt(square) + tiny), "It divides by the root of the old square: make the new one first."),
        (w - rate * slope / np.sqrt(new_square + tiny), f"{tiny:g} is added after the root, not under it."),
        (w - rate * slope / (np.sqrt(new_square) + 1e-8), f"As good as nothing was added to the root; here it should be {tiny:g}."),
        (w - rate * slope, "That is the step of plain gradient descent: nothing was divided."),
    ]:
        if close(given, wrong, TOLERANCE).all():
            return f" {hint}"
    return ""


@exercise
def held_out(predictions) -> Iterator[Claim]:
    """Judge what a network says about the held-out digits: at most six of the 359 may be misread.

    Parameters
    ----------
    predictions : array of whole numbers, shape (359,)
        For each image of ``digits().x_test`` the digit that the network reads.
    """
    data = digits()
    given, true = numbers(predictions, name="the predictions"), data.y_test
    if given.shape == (len(true), 10):
        raise Wrong("These are ten numbers for each image. Say which digit is the most probable: argmax(axis=1) finds it.")
    if given.shape == data.y_train.shape:
        raise Wrong("These are 1438 answers, so they are for the images that it was trained on; judged are the 359 of x_test.")
    if given.shape != true.shape:
        raise Wrong(f"The predictions should be 359 digits, one for each image of x_test; this is an array of shape {given.shape}.")
    strange = given[~np.isin(given, np.arange(10))]
    if strange.size:
        raise Wrong(f"A prediction is one of the digits 0 to 9; among yours is {shown(strange[0])}.")
    misread = np.count_nonzero(given != true)
    text = f"{len(true) - misread} of the 359 held-out digits are read rightly, {misread} are misread"
    if misread <= MOST_MISREAD:
        yield Claim(True, f"{text}.")
        return
    text += f"; at most {MOST_MISREAD} are allowed."
    if misread > 250:
        text += " That is about what guessing does: were the images shuffled, or the network not trained?"
    else:
        table = np.zeros((10, 10), int)
        np.add.at(table, (true, given.astype(int)), given != true)
        digit, said = np.unravel_index(table.argmax(), table.shape)
        text += f" The most frequent mistake is {_a(digit)} that is read as {_a(said)}."
    yield Claim(False, text)


# --- the right answers, written out once more ----------------------------------------------


def _gradients(x, t, W1, b1, W2, b2):
    a1 = 1 / (1 + np.exp(-(x @ W1 + b1)))  # (batch, hidden)
    delta2 = (softmax(a1 @ W2 + b2) - np.eye(len(b2))[t]) / len(t)  # (batch, classes)
    delta1 = delta2 @ W2.T * a1 * (1 - a1)  # (batch, hidden)
    return x.T @ delta1, delta1.sum(axis=0), a1.T @ delta2, delta2.sum(axis=0)


# The chapter's valley: the mean squared error of w x + b at the points (0, 1), (1, 0.5), (2, 0), (3, -0.5).
_CURVATURE = 2 * np.array([[3.5, 1.5], [1.5, 1.0]])  # twice the means of x², x; x, 1
_LOWEST, _START = np.array([-0.5, 1.0]), np.array([2.0, -2.0])


def _after(rate: float, steps: int) -> str:
    """The valley's error after some steps of gradient descent, as a reader would write it."""
    away = np.linalg.matrix_power(np.eye(2) - rate * _CURVATURE, steps) @ (_START - _LOWEST)
    error = float(away @ _CURVATURE @ away / 2)
    return shown(error, 3) if np.isfinite(error) else "more than a computer can hold"


def _a(digit) -> str:
    return f"{'an' if digit == 8 else 'a'} {digit}"


def _positive(value, name: str) -> np.ndarray:
    array = numbers(value, (), name)
    if not (np.isfinite(array) and array > 0):
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be a number above 0; this is {described(value)}.")
    return array
