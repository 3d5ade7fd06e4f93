"""Checks of chapter 15: an outlier, the gradient through a batch norm, folding one away, its factor behind leaky ReLUs."""

from __future__ import annotations

import numpy as np

from .frame import Claim, Wrong, ask, close, described, exercise, numbers, shown

_TOLERANCE = 1e-4  # with and without the small number under the root


@exercise
def outlier(function, *, loud=1, quiet=(1, 4, 16, 100)):
    """Judge ``outlier(n)``: the z of one example among n whose other n - 1 are all alike.

    Parameters
    ----------
    function : function
        From n to the z.
    loud : int, optional
        How many examples lie above the others, in place of one.
    quiet : sequence of int, optional
        How many others there are.
    """
    for n in (loud + others for others in quiet):
        given = float(_finite(ask(function, n, name="outlier"), (), f"the z among {n}"))
        truth = np.sqrt((n - loud) / loud)
        at = f"Among {n} {'its' if loud == 1 else 'their'} z is"
        if close(given, truth, _TOLERANCE):
            yield Claim(True, f"{at} {truth:.4g}.")
        elif close(given, truth**2, _TOLERANCE) or close(given, n / loud, _TOLERANCE):
            yield Claim(False, f"{at} not {shown(given)}: the variance is divided by, or its root?")
        elif close(given, -truth, _TOLERANCE):
            yield Claim(False, f"{at} not {shown(given)}: it lies above the others.")
        elif close(given, truth * np.sqrt((n - 1) / n), _TOLERANCE):
            yield Claim(False, f"{at} not {shown(given)}: a batch norm divides by n, not by n - 1.")
        elif close(given, np.sqrt(n / loud), _TOLERANCE):
            yield Claim(False, f"{at} not {shown(given)}: it is a part of the mean that is taken off.")
        else:
            ones = ", ".join(["1"] * loud) if loud < 4 else f"1, … {loud} times"
            yield Claim(False, f"Among {n}, take [0, …, 0, {ones}]: z is not {shown(given)}. What are mean and variance?")


@exercise
def batch_norm_backward(backward):
    """Judge ``backward(x, upstream)``: the gradient by the inputs of a batch norm with scale 1, for odd shapes."""
    rng = np.random.default_rng(1)
    for shape in ((2, 1), (5, 3), (4, 7)):
        x, upstream = rng.normal(2, 3, shape), rng.normal(1, 2, shape)
        given = _finite(
            ask(backward, x, upstream, name="backward"), shape, f"the gradient for a batch of shape {shape}"
        )
        truth = _gradient(x, upstream)
        if close(given, truth, _TOLERANCE).all():
            yield Claim(True, f"For a batch of shape {shape} it agrees with differences.")
        else:
            yield Claim(False, f"For a batch of shape {shape} it is off{_hint(given, truth, x, upstream)}")
            return


@exercise
def folded(fold, *, epsilon=0, seed=2):
    """Judge ``fold(weights, bias, scale, shift, mean, variance)``: weights and bias of a layer that does both.

    Parameters
    ----------
    fold : function
    epsilon : number, optional
        What the norm adds to the variance under the root.
    seed : int, optional
        Of the layers that are tried.
    """
    rng = np.random.default_rng(seed)
    for inputs, units in ((3, 2), (1, 4), (5, 1)):
        weights = rng.normal(size=(inputs, units))
        bias, scale, shift, mean = rng.normal(1, 1, (4, units))
        variance = rng.uniform(0.5, 4, units)
        at = f"With {inputs} input{'s' * (inputs > 1)} and {units} unit{'s' * (units > 1)}"
        answer = ask(fold, weights, bias, scale, shift, mean, variance, name="fold")
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            raise Wrong(f"Fold should return two things, weights and bias; it returns {described(answer)}.")
        new_weights = _finite(answer[0], weights.shape, "the folded weights")
        new_bias = _finite(answer[1], bias.shape, "the folded bias")
        variance = variance + epsilon
        factor = scale / np.sqrt(variance)
        if not close(new_weights, weights * factor, _TOLERANCE).all():
            yield Claim(
                False,
                f"{at} the weights are off{_weights_hint(new_weights, weights, scale, variance, mean)}",
            )
        elif close(new_bias, (bias - mean) * factor + shift, _TOLERANCE).all():
            yield Claim(True, f"{at} one layer answers what two did.")
        else:
            lost = close(new_bias, shift - mean * factor, _TOLERANCE).all()
            why = (
                "what became of the layer's own bias?"
                if lost
                else f"for x = 0 both layers say {shown((bias - mean) * factor + shift)}."
            )
            yield Claim(False, f"{at} the bias is not {shown(new_bias)}: {why}")


@exercise
def leaky_growth(growth, slope_for_tenth, *, more=0.1, slopes=(0.0, 0.1, 0.5, 1.0)):
    """Judge the factor of a layer of leaky ReLUs behind a batch norm, and the slope from which it is below 1.1.

    Parameters
    ----------
    growth : function
        From a slope to the factor.
    slope_for_tenth : number
        Right within 0.015.
    more : number, optional
        What a layer should add less of, in place of a tenth.
    slopes : numbers, optional
        The slopes that are tried.
    """
    for slope in slopes:
        given = float(_finite(ask(growth, slope, name="growth"), (), f"the factor for the slope {slope:g}"))
        truth = _leaky_growth(slope)
        if close(given, truth, _TOLERANCE):
            yield Claim(True, f"With the slope {slope:g} a layer multiplies by {truth:.4f}.")
        elif close(given, truth**2, _TOLERANCE):
            yield Claim(False, f"With the slope {slope:g} it is not {shown(given)}: that is the factor of the square.")
        elif close(given, np.sqrt((1 + slope**2) / 2), _TOLERANCE) or close(given, 1, _TOLERANCE):
            yield Claim(
                False, f"With the slope {slope:g} it is not {shown(given)}: the mean is taken off before the division."
            )
        else:
            yield Claim(
                False, f"With the slope {slope:g} it is not {shown(given)}: compare with the integrals of the chapter."
            )
    chosen = float(_finite(slope_for_tenth, (), "slope_for_tenth"))
    there, before = _leaky_growth(chosen), _leaky_growth(chosen - 0.015)
    if there > 1 + more + 1e-3:
        yield Claim(False, f"With the slope {shown(chosen)} the factor is still {there:.3f}.")
    elif not 0 <= chosen <= 1 or before < 1 + more:
        yield Claim(
            False, f"With the slope {shown(chosen)} the factor is {there:.3f}: a smaller slope from 0 on will do."
        )
    else:
        yield Claim(True, f"From about {chosen:.2f} on a layer adds less than {'a tenth' if more == 0.1 else f'{more:g}'}.")


# --- truths --------------------------------------------------------------------------


def _gradient(x: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    return (upstream - upstream.mean(axis=0) - z * (upstream * z).mean(axis=0)) / x.std(axis=0)


def _leaky_growth(slope: float) -> float:
    square = (1 + slope**2) / 2
    return float(np.sqrt(square / (square - (1 - slope) ** 2 / (2 * np.pi))))


def _hint(given: np.ndarray, truth: np.ndarray, x: np.ndarray, upstream: np.ndarray) -> str:
    if close(given, upstream / x.std(axis=0), _TOLERANCE).all():
        return ": mean and deviation were taken for constants, but each x moves them."
    if not close(given.sum(axis=0), 0, 1e-3).all():
        return ": adding 1 to a whole column of x changes nothing, so each column of the gradient must sum up to 0."
    if not close((given * x).sum(axis=0), 0, 1e-3).all():
        return ": stretching a column of x changes no z, so the gradient must be at right angles to it."
    if close(given, -truth, _TOLERANCE).all():
        return ": it points the other way."
    squares = np.maximum((truth**2).sum(axis=0), _TOLERANCE)  # where there is no direction, there is no length
    lengths = (given * truth).sum(axis=0) / squares
    if close(given, truth * lengths, _TOLERANCE).all() and lengths.all():
        return ": its direction is right, its length is not. By what is divided?"
    return f": it begins with {shown(given[0])}, and differences with {shown(truth[0])}."


def _weights_hint(given, weights, scale, variance, mean) -> str:
    if close(given, weights * scale / variance, _TOLERANCE).all():
        return ": the norm divides by the standard deviation, not by the variance."
    if close(given, weights * scale, _TOLERANCE).all() or close(given, weights / np.sqrt(variance), _TOLERANCE).all():
        return ": both the scale and the deviation multiply what a unit sums up."
    return ": each unit has a column of its own. By what is it multiplied in the end?"


def _finite(value, shape: tuple[int, ...] | None, name: str) -> np.ndarray:
    array = numbers(value, shape, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; this is {described(value)}.")
    return array
