"""Checks of chapter 14: what dropout does to a variance, a balance for any silence, its noise, a mended layer, a penalty."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..activations import selu
from .frame import Claim, Wrong, ask, close, described, exercise, numbers, shown

_LOWEST = float(selu(-np.inf))
_MEAN_SQUARED = 0.5 / np.pi  # of ReLU's answers to standard normal sums; their mean square is 1/2
_CASES = ((0.0, 1.0, 0.5), (2.0, 1.0, 0.5), (-1.0, 0.5, 0.8), (0.7, 0.0, 0.9), (0.3, 2.0, 1.0))  # mean, variance, keep
_SILENT = ((0.95, 0.0, 1.0, _LOWEST), (0.5, 0.0, 1.0, 0.0), (0.8, 0.4, 0.34, 0.0), (0.9, -1.0, 2.0, 3.0), (1.0, 0.2, 0.5, -1.0))


@exercise
def variance_after(function, keep_to_double, *, times=2, cases=_CASES) -> Iterator[Claim]:
    """Judge the variance that dropout leaves, and with which keep it doubles that of ReLU's answers.

    Parameters
    ----------
    function : function
        From mean, variance and keep to the variance of the answers after dropout.
    keep_to_double : number
        Right within 0.005.
    times : number, optional
        By which factor the variance should grow, in place of 2.
    cases : sequence of three numbers, optional
        Mean, variance and keep that are tried.
    """
    for mean, variance, keep in cases:
        given = float(_finite(ask(function, mean, variance, keep, name="variance_after"), (), "what variance_after returns"))
        true = (variance + mean**2) / keep - mean**2
        at = f"With mean {mean:g}, variance {variance:g} and keep {keep:g}"
        if close(given, true, 1e-6):
            yield Claim(True, f"{at} the variance becomes {true:.6g}.")
            continue
        text = f"{at} the variance should not be {shown(given)}."
        if close(given, variance / keep, 1e-6):
            text += " That is right for a mean of 0. What does a silenced answer do that is far from 0 otherwise?"
        elif close(given, (variance + mean**2) / keep, 1e-6):
            text += " This is the mean square: the variance is that, less the square of the mean."
        elif close(given, keep * (variance + mean**2) - (keep * mean) ** 2, 1e-6):
            text += " The answers that stay are enlarged by 1/keep."
        elif keep < 1 and close(given, (variance + mean**2) / (1 - keep) - mean**2, 1e-6):
            text += " Keep is the probability that an answer stays, not that it is silenced."
        elif close(given, variance, 1e-6):
            text += " That is the variance before."
        yield Claim(False, text)
        return
    keep = float(_finite(keep_to_double, (), "keep_to_double"))
    if not 0 < keep <= 1:
        raise Wrong(f"Keep_to_double should be a probability above 0 and at most 1; it is {shown(keep_to_double)}.")
    grown = (0.5 / keep - _MEAN_SQUARED) / (0.5 - _MEAN_SQUARED)
    holds = abs(keep - 0.5 / (times * (0.5 - _MEAN_SQUARED) + _MEAN_SQUARED)) <= 0.005
    text = f"With keep {keep:.3g} the variance of ReLU's answers is {grown:.2f} times what it was"
    yield Claim(holds, f"{text}." if holds else f"{text}, not {'twice' if times == 2 else f'{times:g} times'}.")


@exercise
def any_silence(function, *, times=1, cases=_SILENT) -> Iterator[Claim]:
    """Judge the affine map that keeps any mean and variance, whatever the silenced units say.

    Parameters
    ----------
    function : function
        From keep, mean, variance and the answer of the silent to the pair scale, shift.
    times : number, optional
        What the variance is to be multiplied by; 1 keeps it.
    cases : sequence of four numbers, optional
        Keep, mean, variance and the answer of the silent that are tried.
    """
    for keep, mean, variance, silent in cases:
        answer = ask(function, keep, mean, variance, silent, name="any_silence")
        scale, shift = _finite(answer, (2,), "what any_silence returns, scale and shift,")
        middle = keep * mean + (1 - keep) * silent
        spread = keep * variance + keep * (1 - keep) * (mean - silent) ** 2
        found_mean, found_variance = scale * middle + shift, scale**2 * spread
        wanted = times * variance
        at = f"With keep {keep:g}, mean {mean:g}, variance {variance:g}, and {silent:.3g} said in silence"
        if close(found_mean, mean, 1e-6) and close(found_variance, wanted, 1e-6) and scale > 0:
            do = "keep both" if times == 1 else "do both"
            yield Claim(True, f"{at}, scale {scale:.4g} and shift {shift:.4g} {do}.")
            continue
        text = f"{at}, your scale {scale:.6g} and shift {shift:.6g} lead to mean {found_mean:.4f} and variance {found_variance:.4f}."
        alpha = (times / (keep * (1 + (1 - keep) * silent**2))) ** 0.5
        if close(shift * middle + scale, mean, 1e-6) and close(shift**2 * spread, wanted, 1e-6):
            text += " Return the scale first, then the shift."
        elif scale < 0:
            text += " A scale below 0 turns all answers round."
        elif close(found_variance, wanted, 1e-6):
            text += " The scale is right. What mean does it have before the shift?"
        elif close(scale, alpha, 1e-6):
            text += " Your scale is right for mean 0 and variance 1."
        elif times != 1 and close(found_variance, variance, 1e-6):
            text += " That keeps the variance."
        elif close(scale * spread, wanted, 1e-6):
            text += " A variance grows with the square of the scale."
        elif close(scale**2 * keep * variance, wanted, 1e-6):
            text += " The mixture varies within those that stay, and between them and the silent."
        elif close(found_mean, mean, 1e-6):
            text += " The mean is right, the variance is not yet."
        yield Claim(False, text)
        return


@exercise
def same_noise(noise, keep_for, *, variance=1, keeps=(0.95, 0.8, 0.5, 1.0)) -> Iterator[Claim]:
    """Judge how large alpha dropout's noise is, and with which keep it is that of dropout.

    Parameters
    ----------
    noise : function
        From alpha dropout's keep to the standard deviation of its noise, in units of the signal's.
    keep_for : function
        From dropout's keep to the keep with which alpha dropout has as much noise.
    variance : number, optional
        Of the answers before; their mean is 0.
    keeps : numbers, optional
        The keeps of alpha dropout that are tried.
    """
    _finite(ask(keep_for, 0.5, name="same_noise"), (), "what same_noise returns")  # a blank is greeted at once
    for keep in keeps:
        true = _noise(keep, variance)
        given = float(_finite(ask(noise, keep, name="alpha_noise"), (), "what alpha_noise returns"))
        if close(given, true, 1e-6):
            yield Claim(True, f"With keep {keep:g} the noise is {true:.4f} of the signal.")
            continue
        text = f"With keep {keep:g} alpha_noise should not give {shown(given)}."
        if close(given, np.sqrt((1 - keep) / keep), 1e-6):
            text += " That is the manual's: dropout's."
        elif close(given, true**2, 1e-6):
            text += " That is the quotient of the variances: take the root."
        elif close(given, np.sqrt(true**2 / (1 + true**2)), 1e-6):
            text += " That is measured in units of the whole, noise and signal."
        elif close(given * true, 1, 1e-6):
            text += " It is the noise by the signal, not the other way round."
        yield Claim(False, text)
        return
    for keep in (0.9, 0.5, 0.3, 1.0):
        given = float(_finite(ask(keep_for, keep, name="same_noise"), (), "what same_noise returns"))
        if not 0 < given <= 1:
            raise Wrong(f"Same_noise({keep:g}) should be a probability above 0 and at most 1; it is {shown(given)}.")
        wanted, found = np.sqrt((1 - keep) / keep), _noise(given, variance)
        holds = bool(close(found, wanted, 1e-6))
        digits = 4 if holds or abs(found - wanted) > 1e-3 else 8  # as many as it takes to tell the two apart
        text = f"Dropout with keep {keep:g} has noise {wanted:.{digits}f}; alpha dropout with keep {given:.{digits}f} has {found:.{digits}f}."
        if not holds and digits == 8:
            text += " Give it without rounding."
        yield Claim(holds, text)
        if not holds:
            return


@exercise
def mended_alpha(forward, backward) -> Iterator[Claim]:
    """Judge alpha dropout with a given draw, and its gradient.

    Parameters
    ----------
    forward : function
        From answers x (batch, units), an array of booleans stays and keep to the answers after alpha dropout.
    backward : function
        From upstream (batch, units), stays and keep to the gradient by x.
    """
    x = np.array([[-1.5, 0.3, 2.0], [0.0, -0.7, 1.0]])
    stays = np.array([[True, False, True], [False, True, True]])
    upstream = np.array([[1.0, -2.0, 0.5], [3.0, 4.0, -1.0]])
    _finite(ask(backward, upstream, stays, 0.8, name="backward"), x.shape, "what backward returns")  # a blank is greeted at once
    for keep in (0.8, 0.95):
        scale = (keep * (1 + (1 - keep) * _LOWEST**2)) ** -0.5
        shift = -scale * (1 - keep) * _LOWEST
        true = scale * np.where(stays, x, _LOWEST) + shift
        given = _finite(ask(forward, x, stays, keep, name="forward"), x.shape, "what forward returns")
        if close(given, true, 1e-6).all():
            yield Claim(True, f"With keep {keep:g} every answer is right, the silenced ones too.")
        else:
            i, j = np.argwhere(~close(given, true, 1e-6))[0]
            kind = "stays" if stays[i, j] else "is silenced"
            text = f"With keep {keep:g} the answer {x[i, j]:g}, which {kind}, should become {true[i, j]:.4f}; it becomes {shown(given[i, j])}."
            if not stays[i, j] and close(given[i, j], _LOWEST, 1e-6):
                text += " The affine map is meant for all answers of the layer."
            elif not stays[i, j] and close(given[i, j], shift, 1e-6):
                text += " A silenced unit says SELU's lowest answer, not 0."
            elif close(given[i, j], true[i, j] - shift, 1e-6):
                text += " The shift is missing."
            yield Claim(False, text)
            return
    for keep in (0.8, 0.95):
        scale = (keep * (1 + (1 - keep) * _LOWEST**2)) ** -0.5
        given = _finite(ask(backward, upstream, stays, keep, name="backward"), x.shape, "what backward returns")
        if close(given, scale * upstream * stays, 1e-6).all():
            yield Claim(True, f"With keep {keep:g} the gradient is that of this forward.")
            continue
        text = f"With keep {keep:g} and upstream {shown(upstream[0])} the gradient should not be {shown(given[0])}."
        if close(given, upstream * stays / keep, 1e-6).all():
            text += " By what does forward multiply an answer that stays?"
        elif close(given, scale * upstream, 1e-6).all():
            text += " Does a silenced answer still move the loss?"
        elif close(given, upstream * stays, 1e-6).all():
            text += " The answers that stay were multiplied, so their gradient is too."
        yield Claim(False, text)
        return


@exercise
def as_a_penalty(penalty, best) -> Iterator[Claim]:
    """Judge what dropout on its inputs adds to a linear unit's mean squared error, and the weights that are best then.

    Parameters
    ----------
    penalty : function
        From weights w (inputs,), x (examples, inputs) and keep to the mean error that dropout adds.
    best : function
        From x, targets y (examples,) and keep to the weights with the least mean error under dropout.
    """
    x = np.array([[1.0, 0.5, -1.0], [2.0, -0.5, 0.0], [0.5, 1.5, 3.0], [-1.0, 1.0, 1.0], [1.5, 2.0, -2.0]])
    y = np.array([1.0, 2.0, 0.0, -1.0, 0.5])
    _finite(ask(best, x, y, 0.5, name="best_weights"), (3,), "what best_weights returns")  # a blank is greeted at once
    for w, keep in [([1.0, -2.0, 0.5], 0.5), ([1.0, -2.0, 0.5], 0.8), ([0.0, 0.0, 0.0], 0.5), ([3.0, 1.0, 1.0], 1.0)]:
        size = np.mean((x * w) ** 2, axis=0).sum()
        true = (1 / keep - 1) * size
        given = float(_finite(ask(penalty, w, x, keep, name="penalty"), (), "what penalty returns"))
        at = f"For w = {shown(w)} and keep {keep:g}"
        if close(given, true, 1e-6):
            yield Claim(True, f"{at} dropout adds {true:.4f}.")
            continue
        text = f"{at} the penalty should not be {shown(given)}; the mean over all draws of the mask says {true:.4f}."
        if close(given, (1 - keep) * size, 1e-6) or close(given, keep * (1 - keep) * size, 1e-6):
            text += " The inputs that stay are enlarged by 1/keep."
        elif close(given, true * len(x), 1e-6):
            text += " It is a mean over the examples, not a sum."
        elif close(given, (1 / keep - 1) * np.sum(np.square(w)), 1e-6):
            text += " Silencing a large input costs more than silencing a small one."
        yield Claim(False, text)
        return
    for keep in (0.5, 0.9, 1.0):
        table = x.T @ x + (1 / keep - 1) * np.diag(np.sum(x**2, axis=0))
        true = np.linalg.solve(table, x.T @ y)
        given = _finite(ask(best, x, y, keep, name="best_weights"), (3,), "what best_weights returns")
        if close(given, true, 1e-5).all():
            yield Claim(True, f"With keep {keep:g} the best weights are {shown(true, 3)}.")
            continue
        least, error = (_error(w, x, y, keep) for w in (true, given))
        text = f"With keep {keep:g} your weights have a mean error of {error:.4f}; {least:.4f} can be had."
        if close(given, np.linalg.lstsq(x, y, rcond=None)[0], 1e-5).all():
            text += " They are the best ones without dropout."
        elif close(given, np.linalg.solve(x.T @ x + (1 / keep - 1) * np.eye(3), x.T @ y), 1e-5).all():
            text += " They are taxed alike; the penalty taxes a weight by the squares of its own input."
        elif close(given, np.linalg.solve(x.T @ x + (1 / keep - 1) * np.diag(np.mean(x**2, axis=0)), x.T @ y), 1e-5).all():
            text += " One side of your equation is a sum over the examples, the other a mean."
        yield Claim(False, text)
        return


# --- what is expected --------------------------------------------------------------------------


def _noise(keep: float, variance: float = 1) -> float:
    # By the square of the scale: the signal is keep² · variance, the noise keep (1 − keep) (variance + lowest²).
    return float(np.sqrt((1 - keep) * (variance + _LOWEST**2) / (keep * variance)))


def _error(w: np.ndarray, x: np.ndarray, y: np.ndarray, keep: float) -> float:
    return float(np.mean((x @ w - y) ** 2) + (1 / keep - 1) * np.mean((x * w) ** 2, axis=0).sum())


def _finite(value, shape: tuple[int, ...], name: str) -> np.ndarray:
    array = numbers(value, shape, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; this is {described(value)}.")
    return array
