"""Checks of chapter 11: ELU and CELU mended, a bend without a kink, a centring α, a softplus mended, a centred step."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..activations import celu, elu, relu, sigmoid, softplus
from ..propagation import expect
from .frame import Claim, Wrong, ask, close, described, exercise, numbers, shown

_X = np.array([-30.0, -4.0, -1.0, -0.25, -1e-12, 0.0, 1e-12, 0.5, 3.0])
_FAR = np.array([-1000.0, 1000.0])


@exercise
def mended_units(jump, my_elu, my_celu, *, alpha=1, scale=1, alphas=(1.0, 0.25, 3.0)) -> Iterator[Claim]:
    """Judge how far a misprinted ELU jumps at 0, and an ELU and a CELU with all their digits.

    Parameters
    ----------
    jump : number
        The height of α e^(x − 1) at 0, for α = 1.
    my_elu, my_celu : function
        From an array x and α to the answers.
    alpha : number, optional
        The α of the jump, in place of 1.
    scale : number, optional
        By what both are multiplied.
    alphas : numbers, optional
        The α that are tried.
    """
    jump = float(_finite(jump, (), "jump"))
    for name, function in (("my_elu", my_elu), ("my_celu", my_celu)):
        _values(function, _X, 1.0, name=name)
    if abs(abs(jump) - alpha * np.exp(-1)) < 1e-3:
        yield Claim(True, "The printed curve jumps by that much at 0: an ELU has no such jump.")
    else:
        yield Claim(False, f"The jump is not {shown(jump)}: put x = 0 and α = {alpha:g} into α e^(x − 1).")
    for name, function, family in (("my_elu", my_elu, elu), ("my_celu", my_celu, celu)):
        for tried in alphas:
            claim = _unit(name, function, family, tried, scale)
            yield claim
            if not claim.holds:
                return


def _unit(name: str, function, family, alpha: float, scale: float) -> Claim:
    at = f"for α = {alpha:g}"
    given = _values(function, _X, alpha, name=name)
    true = scale * family(alpha)(_X)
    wrong = ~_alike(given, true)
    if not wrong.any():
        far = _values(function, _FAR, alpha, name=name)
        if not _alike(far, scale * family(alpha)(_FAR)).all():
            return Claim(
                False, f"{name} gives {shown(far)} for x = {shown(_FAR)} and α = {alpha:g}: how large is e^x there?"
            )
        return Claim(True, f"{name} is right {at}, to nine digits, close to 0 and far from it.")
    i = int(wrong.argmax())
    text = f"{name} {at} gives {shown(given[i])} at x = {shown(_X[i])}; "
    if abs(_X[i]) < 1e-6 and close(given, true, 1e-9).all():
        return Claim(False, text + f"it should be {shown(true[i])}. Which subtraction has lost the digits?")
    if name == "my_elu" and _alike(given, scale * np.where(_X > 0, _X, alpha * np.exp(_X - 1))).all():
        return Claim(False, text + "this is the printed curve, which jumps at 0. The 1 does not belong into the exponent.")
    if name == "my_celu" and _alike(given, scale * elu(alpha)(_X)).all():
        return Claim(False, text + f"this is ELU. Its slope on the left of 0 is {scale * alpha:g}, and on the right {scale:g}.")
    if name == "my_elu" and _alike(given, scale * celu(alpha)(_X)).all():
        return Claim(False, text + "this is CELU. In ELU's exponent there is no α.")
    if scale != 1 and _alike(given * scale, true).all():
        return Claim(False, text + f"it should be {scale:g} times that.")
    return Claim(False, text + f"it should be {shown(true[i])}.")


@exercise
def bend_without_kink(
    bend, bend_slope, *, start=0, shapes=((1.0, 1.0), (2.0, 1.0), (1.0, 0.5), (0.5, 3.0))
) -> Iterator[Claim]:
    """Judge a curve of any floor and slope, that has no kink, and its slope.

    Parameters
    ----------
    bend, bend_slope : function
        From an array x, the floor f and the slope s to the answers, and to their slopes.
    start : number, optional
        Where the straight half begins, in place of 0.
    shapes : sequence of two numbers, optional
        The floors and slopes that are tried.
    """
    beyond = np.array([2.0, 0.1, 0.0, -0.1, -1.0, -3.0, -20.0])
    x = start + beyond
    for name, function in (("bend", bend), ("bend_slope", bend_slope)):
        _values(function, x, 1.0, 1.0, name=name)
    for floor, slope in shapes:
        at = f"floor {floor:g} and slope {slope:g}"
        below = np.minimum(beyond, 0) * slope / floor
        true, steep = np.where(beyond > 0, slope * beyond, floor * np.expm1(below)), slope * np.exp(below)
        given = _values(bend, x, floor, slope, name="bend")
        if not close(given, true, 1e-6).all():
            i = int((~close(given, true, 1e-6)).argmax())
            yield Claim(False, _bent(given, x, i, floor, slope, start, at, true, bend))
            return
        given = _values(bend_slope, x, floor, slope, name="bend_slope")
        wrong = ~close(given, steep, 1e-6)
        if wrong.any():
            i = int(wrong.argmax())
            yield Claim(
                False,
                f"For {at}, bend is right, and at x = {shown(x[i])} a difference measures its slope as {shown(steep[i])}; "
                f"bend_slope gives {shown(given[i])}.",
            )
            return
        yield Claim(True, f"For {at} the curve settles at {-floor:g}, its slope at {start:g} is {slope:g} on both sides, and your slope is its slope.")


def _bent(given, x, i, floor, slope, start, at, true, bend) -> str:
    text = f"For {at}, bend gives {shown(given[i])} at x = {shown(x[i])}"
    if x[i] > start:
        return f"{text}; above {start:g} it should be {slope:g} times {f'x − {start:g}' if start else 'x'}."
    if abs(given[-1] + floor) > 0.01 * floor and abs(true[-1] + floor) < 0.01 * floor:
        return f"{text}: it does not settle at {-floor:g}."
    left = _values(bend, start + np.array([-1e-5, 0.0]), floor, slope, name="bend")
    steep = (left[1] - left[0]) / 1e-5
    if not abs(steep - slope) <= 0.01 * slope:
        return f"{text}. On the left of {start:g} its slope is {steep:.3g}, and on the right {slope:g}: there is a kink."
    return f"{text}, and should be {shown(true[i])}. Below {start:g} it should fall like one exponential."


@exercise
def centring_alpha(alpha, *, slope=1, widths=(1.0, 0.5, 2.0, 4.0)) -> Iterator[Claim]:
    """Judge the α for which an ELU's answers to normal sums of some width have the mean 0.

    Parameters
    ----------
    alpha : function
        From the standard deviation of the sums to α. Right within 1%, so that drawn sums will do.
    slope : number, optional
        Of the ELU above 0, in place of 1.
    widths : numbers, optional
        The standard deviations that are tried.
    """
    for width in widths:
        up = slope * expect(relu, 0.0, width**2)
        down = expect(relu, 0.0, width**2) - expect(elu(1), 0.0, width**2)
        true = up / down
        given = float(_finite(ask(alpha, width, name="centring_alpha"), (), "what centring_alpha returns"))
        at = f"For sums of width {width:g}"
        if given <= 0:
            yield Claim(False, f"{at} you answer {shown(given)}; an ELU's α is above 0.")
            return
        if abs(given / true - 1) <= 0.01:
            yield Claim(True, f"{at} the mean is 0 with α = {given:.3f}.")
            continue
        text = f"{at} an ELU with your α = {given:.4g} has the mean {up - given * down:.4f}"
        squared = expect(relu, 0.0, width) / (expect(relu, 0.0, width) - expect(elu(1), 0.0, width))
        if abs(given / (slope * 1.6732632) - 1) <= 0.01:
            text += ". That α is for sums of width 1: what changes with the width?"
        elif abs(given / (slope * squared) - 1) <= 0.01:
            text += ". expect takes the variance of the sums, which is the square of their width."
        else:
            text += f": α should be {'larger' if given < true else 'smaller'}."
        yield Claim(False, text)
        return


@exercise
def mended_softplus(worst, my_softplus, my_softplus_slope) -> Iterator[Claim]:
    """Judge where a softplus in wide use says 0, and one that is right, with its slope.

    Parameters
    ----------
    worst : number
        An x from −50 to 50 for which log(1 + exp(x)) is 0 in floats.
    my_softplus, my_softplus_slope : function
        From an array x to log(1 + eˣ), and to its slope.
    """
    worst = float(_finite(worst, (), "worst"))
    x = np.array([-700.0, -100.0, -40.0, -20.0, -1.0, 0.0, 1.0, 19.0, 21.0, 40.0, 700.0])
    values, slopes = _values(my_softplus, x, name="my_softplus"), _values(my_softplus_slope, x, name="my_softplus_slope")
    if not -50 <= worst <= 50:
        raise Wrong(f"Look between −50 and 50; your x is {shown(worst)}.")
    common = worst if worst > 20 else float(np.log(1 + np.exp(worst)))
    true = float(softplus(worst))
    if common == 0:
        yield Claim(True, f"At {shown(worst)} it says 0; the truth is {true:.2g}.")
    else:
        off = abs(common / true - 1)
        yield Claim(
            False, f"At {shown(worst)} it says {shown(common)}, which is wrong by {off:.1g} of the answer only. Where is 1 + e^x the same as 1?"
        )
    for name, given, true in (("my_softplus", values, softplus(x)), ("my_softplus_slope", slopes, sigmoid(x))):
        wrong = ~_alike(given, true)
        if not wrong.any():
            yield Claim(True, f"{name} is right to nine digits at all of {shown(x)}.")
            continue
        i = int(wrong.argmax())
        text = f"{name} gives {shown(given[i], 12)} at x = {shown(x[i])}; the truth is {shown(true[i], 12)}."
        if not np.isfinite(given[i]):
            text += " How large is e^x there? It need never be larger than 1."
        elif given[i] == 0:
            text += " All of it was lost when a tiny number met a 1."
        elif name == "my_softplus" and given[i] == x[i] > 0:
            text += " Something small is left over, and it can be had."
        yield Claim(False, text)


@exercise
def centred_step(step) -> Iterator[Claim]:
    """Judge a gradient step of a unit that does the same to its sums, whatever is added to its inputs.

    Parameters
    ----------
    step : function
        From inputs a (batch, n) and the slopes of the loss by the sums, delta (batch,), to what takes the
        place of the gradient: (by_weights (n,), by_bias).
    """
    rng = np.random.default_rng(0)
    a, delta = rng.normal(size=(6, 3)), rng.normal(size=6)
    a -= a.mean(axis=0)
    plain = a.T @ delta / 6, delta.mean()
    given = _step(step, a, delta)
    if close(given[0], 6 * plain[0], 1e-6).all() and close(given[1], 6 * plain[1], 1e-6):
        raise Wrong("For inputs of mean 0 your step is 6 times the gradient, and the batch has 6 examples: take means, not sums.")
    right = close(given[0], plain[0], 1e-6).all() and close(given[1], plain[1], 1e-6)
    if not right:
        yield Claim(
            False,
            f"For inputs of mean 0 the step should be the plain gradient, {shown(plain[0])} and {shown(plain[1])}; "
            f"yours is {shown(given[0])} and {shown(given[1])}.",
        )
        return
    yield Claim(True, "For inputs of mean 0 it is the plain gradient.")
    before = a @ given[0] + given[1]
    for added in (np.array([1.0, 1.0, 1.0]), np.array([5.0, -2.0, 0.3])):
        by_weights, by_bias = _step(step, a + added, delta)
        after = (a + added) @ by_weights + by_bias
        at = f"With {shown(added)} added to the inputs"
        if close(after, before, 1e-6).all():
            yield Claim(True, f"{at} the step does the same to every sum.")
            continue
        text = f"{at} the step moves the first sum by {shown(-after[0])}, and without by {shown(-before[0])}."
        if close(by_weights, given[0], 1e-6).all():
            text += " The weights go as they should; what must the bias take back?"
        elif close(by_weights, plain[0] + added * delta.mean(), 1e-6).all():
            text += " The weights still follow the mean of the inputs."
        yield Claim(False, text)
        return


def _step(step, a, delta) -> tuple[np.ndarray, float]:
    answer = ask(step, a, delta, name="centred_step")
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Wrong(f"Centred_step should return two things, by_weights and by_bias; it returns {described(answer)}.")
    return _finite(answer[0], (a.shape[1],), "by_weights"), float(_finite(answer[1], (), "by_bias"))


# --- how answers are compared ------------------------------------------------------------


def _values(function, x: np.ndarray, *parameters, name: str) -> np.ndarray:
    return numbers(ask(function, x, *parameters, name=name), x.shape, f"what {name} returns")


def _alike(given, true) -> np.ndarray:
    """Where two arrays agree to nine digits of their own size."""
    return (np.abs(given - true) <= 1e-9 * np.abs(true)) | (given == true)


def _finite(value, shape: tuple[int, ...] | None, name: str) -> np.ndarray:
    array = numbers(value, shape, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; this is {described(value)}.")
    return array
