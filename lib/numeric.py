"""Numeric: slopes measured by small differences, the judge of those that were derived.

A central difference over a step h is wrong by about h² (it is not the limit) and by about eps / h
(the digits that a difference loses). Both are least near h = eps^(1/3), 6·10⁻⁶ in double precision.
"""

import numpy as np

from .expectations import floats


def slope(f, x, step=None):
    """Measure the slope of a function of one number: ``(f(x + h) - f(x - h)) / 2h``.

    Parameters
    ----------
    f : callable
        Takes an array and works on each entry by itself.
    x : array_like
        Where to measure, any shape.
    step : float, optional
        h for entries up to 1 in size, and in proportion to larger ones.

    Returns
    -------
    float or ndarray, the shape of x
        Good to about ten digits where f is smooth; across a kink, the mean of both slopes.
    """
    x = np.asarray(x, dtype=float)
    h = _step(float, step) * np.maximum(1, np.abs(x))
    right, left = x + h, x - h
    return (np.asarray(f(right), dtype=float) - f(left)) / (right - left)  # h as it was really taken


def gradient(f, array, step=None):
    """Measure the gradient of a function of an array, one entry after the other.

    Parameters
    ----------
    f : callable
        Takes the array and returns one number.
    array : array_like
        Where to measure, any shape. An array of floats is nudged in place and put back, so ``f``
        may also look at it through a network that holds it.
    step : float, optional
        h for entries up to 1 in size, and in proportion to larger ones.

    Returns
    -------
    ndarray, the shape of array

    Raises
    ------
    ValueError
        If f returns anything but one number.
    """
    array = floats(array)
    result = np.empty(array.shape)
    for index in np.ndindex(array.shape):
        here = array[index]
        h = _step(array.dtype, step) * max(1, abs(here))
        try:
            array[index] = here + h
            right, above = array[index], _number(f(array))
            array[index] = here - h
            left, below = array[index], _number(f(array))
        finally:
            array[index] = here
        result[index] = (above - below) / (right - left)
    return result


def gradient_error(f, arrays, gradients):
    """Compare given gradients with measured ones, and tell the largest relative difference.

    Below 10⁻⁶ they agree; above 10⁻³ something is wrong (or f has a kink right there). Each
    gradient is compared as a whole: the largest difference of its entries, in units of its
    largest entry, or of ``|f|`` / 10⁴ where that is larger, as a measurement can't see finer.

    Parameters
    ----------
    f : callable
        Takes all arrays, ``f(*arrays)``, and returns one number. For a network:
        ``lambda *parameters: cross_entropy.value(network(x), y)`` with ``network.parameters``.
    arrays : list of ndarray
        Where to compare; nudged in place and put back.
    gradients : list of array_like
        The gradients of f by these arrays, in their order.

    Returns
    -------
    float
        nan if any gradient holds a nan.

    Raises
    ------
    ValueError
        If the gradients have other shapes than the arrays, or f returns anything but one number.
    """
    arrays, gradients = list(arrays), [np.asarray(given) for given in gradients]
    if [array.shape for array in arrays] != [given.shape for given in gradients]:
        raise ValueError(
            f"gradients {[given.shape for given in gradients]} must have the shapes of the arrays, "
            f"{[array.shape for array in arrays]}"
        )
    finest = 1e-4 * abs(_number(f(*arrays)))
    errors = [0.0]
    for array, given in zip(arrays, gradients, strict=True):
        measured = gradient(lambda _: f(*arrays), array)
        largest = np.max([np.abs(given), np.abs(measured)], initial=finest)
        errors.append(np.max(np.abs(given - measured), initial=0) / (largest or 1))
    return float(np.max(errors))


def _step(dtype, step):
    return float(np.finfo(dtype).eps) ** (1 / 3) if step is None else step


def _number(value):
    if np.size(value) != 1:
        raise ValueError(f"f must return one number, not an array of shape {np.shape(value)}")
    return float(np.reshape(value, ()))
