"""Elementwise: what makes a formula on floats a function of any numbers, right to its last digits."""

import math
from functools import wraps
from numbers import Real

import numpy as np

from .expectations import named


def elementwise(formula):
    """Make a formula on an array of floats a function of any numbers, which never warns.

    The formula has to say what is right for every float, infinities included; all else is done
    here, once for all. It sees the numbers as float64. Where they are nan, so is the answer.

    Parameters
    ----------
    formula : callable
        Takes an array of float64, which it can't change, and works on each entry by itself.

    Returns
    -------
    callable
        Takes a number, a list or an array, of any shape and any real type, and returns a number
        or an array of that shape: float32 for float32, rounded once, and float64 for all else.
        It raises TypeError for anything but real numbers, and ValueError for rows of unequal length.
    """

    @wraps(formula)
    def function(x):
        x = _numbers(x)
        answer = np.empty(x.shape, np.float32 if x.dtype.type is np.float32 else np.float64)
        given, answers = x.reshape(-1), answer.reshape(-1)
        with np.errstate(all="ignore"):  # where overflow and underflow lead is the formula's concern
            for start in range(0, x.size, _BLOCK):
                block = slice(start, start + _BLOCK)
                floats = given[block].astype(np.float64, copy=False)
                floats.flags.writeable = False  # they may be x itself
                answers[block] = formula(floats)
                np.copyto(answers[block], floats, where=np.isnan(floats))
        return answer[()]  # 0-d to a number

    return function


_BLOCK = 2**13  # so that what a formula works out on its way stays in the processor's cache: far faster


def _numbers(x):
    try:
        x = np.asarray(x)
    except ValueError:
        raise ValueError(f"x must be a number, or rows that are all of one length, not {x!r}") from None
    if x.dtype.kind == "O" and all(isinstance(number, Real) for number in x.flat):
        return x.astype(np.float64)  # fractions, or whole numbers beyond 64 bits
    if x.dtype.kind not in "biuf":
        kind = {"U": "text", "S": "bytes", "c": "complex numbers"}.get(x.dtype.kind, "other things")
        raise TypeError(f"x must be made of real numbers, not of {kind}: {named(x if x.ndim else x.item())}")
    return x


def rarely(condition, rare, usual):
    """Give ``np.where(condition, rare(), usual)``: what is hardly ever needed is hardly ever worked out."""
    return np.where(condition, rare(), usual) if condition.any() else usual


def scaled_exp(factor, x, e):
    """Give ``factor * e``, where e is exp(x) or nearly so, right down to the smallest float.

    Below -708, exp(x) has no room for all its digits, and below -745 for none, where with a large
    factor the product still has: there, both halves of x take their turn.

    Parameters
    ----------
    factor : float or ndarray, of any shape
        Infinity, too, gives 0 where exp(x) is 0.
    x : ndarray, of that shape
        Up to 0.
    e : ndarray, of that shape
        What to multiply by: exp(x), divided by something perhaps that is 1 where x is below -708.

    Returns
    -------
    ndarray
    """

    def by_halves():
        half = np.exp(x / 2)
        return np.clip(factor, -1e300, 1e300) * half * half  # inf * 0 would be nan

    return rarely(x <= -708, by_halves, factor * e)


def product(number, x):
    """Give ``number * x``, and what its rounding lost: the two together are exact.

    exp asks for it: where the product is near 700, an error of one part in 2⁵³ becomes 700 of them.

    Parameters
    ----------
    number : float
    x : ndarray, of any shape

    Returns
    -------
    rounded, lost : ndarray
        What was lost is 0 where it can't be told, beyond 1e300.

    References
    ----------
    Dekker (1971), A floating-point technique for extending the available precision.
    """
    rounded = number * x
    if math.frexp(number)[0] == 0.5:
        return rounded, np.zeros_like(rounded)  # a power of 2 only moves the point
    (high, low), (x_high, x_low) = _halves(number), _halves(x)
    lost = low * x_low - (((rounded - high * x_high) - low * x_high) - high * x_low)
    return rounded, np.where(np.isfinite(lost), lost, 0)


def quotient(x, number):
    """Give ``x / number``, and what its rounding lost.

    Parameters
    ----------
    x : ndarray, of any shape
    number : float

    Returns
    -------
    rounded, lost : ndarray
        As in `product`, but for one part in 2¹⁰⁰ or so.
    """
    rounded = x / number
    back, lost = product(number, rounded)
    rest = ((x - back) - lost) / number
    return rounded, np.where(np.isfinite(rest), rest, 0)


def _halves(x):
    """Split floats in two of 26 binary digits each, whose products are exact."""
    shifted = x * (2.0**27 + 1)
    high = shifted - (shifted - x)
    return high, x - high
