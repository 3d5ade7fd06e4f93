"""Numeric: slopes measured by small differences, to check those that were derived."""

import numpy as np


def slope(f, x, step=None):
    x = np.asarray(x, dtype=float)
    step = np.finfo(float).eps ** (1 / 3) if step is None else step
    h = step * np.maximum(1, np.abs(x))
    right, left = x + h, x - h
    return (f(right) - f(left)) / (right - left)


def gradient(f, array, step=None):
    step = np.finfo(array.dtype).eps ** (1 / 3) if step is None else step
    result = np.empty_like(array)
    for index in np.ndindex(array.shape):
        here = array[index]
        h = step * max(1, abs(here))
        try:
            array[index] = here + h
            above = f(array)
            array[index] = here - h
            below = f(array)
        finally:
            array[index] = here
        result[index] = (above - below) / ((here + h) - (here - h))
    return result


def gradient_error(f, arrays, gradients):
    worst = 0.0
    for array, given in zip(arrays, gradients, strict=True):
        measured = gradient(lambda _: f(*arrays), array)
        size = max(np.abs(given).max(), np.abs(measured).max(), 1e-5)
        worst = max(worst, np.abs(given - measured).max() / size)
    return float(worst)
