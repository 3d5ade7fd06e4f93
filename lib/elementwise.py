"""Elementwise: what makes a formula on floats a function of any numbers, right to its last digits."""

from functools import wraps
from numbers import Real

import numpy as np


def elementwise(formula):
    """Make a formula on an array of floats a function of any numbers, which never warns.

    The formula has to say what is right for every float, infinities included; all else is done
    here, once for all. It sees a copy of the numbers as float64. Where they are nan, so is the answer.

    Parameters
    ----------
    formula : callable
        Takes an array of float64, of any shape, and works on each entry by itself.

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
        floats = x.astype(np.float64)
        with np.errstate(all="ignore"):  # where overflow and underflow lead is the formula's concern
            answer = np.where(np.isnan(floats), floats, formula(floats))
            return answer.astype(np.float32 if x.dtype.type is np.float32 else np.float64)[()]  # 0-d to a number

    return function


def _numbers(x):
    try:
        x = np.asarray(x)
    except ValueError:
        raise ValueError(f"x must be a number, or rows that are all of one length, not {x!r}") from None
    if x.dtype.kind == "O" and all(isinstance(number, Real) for number in x.flat):
        return x.astype(np.float64)  # fractions, or whole numbers beyond 64 bits
    if x.dtype.kind not in "biuf":
        kind = {"U": "text", "S": "bytes", "c": "complex numbers"}.get(x.dtype.kind, "other things")
        raise TypeError(f"x must be made of real numbers, not of {kind}: {x!r}")
    return x


def scaled_exp(factor, x, over=1.0):
    """Give ``factor * exp(x) / over`` for x up to 0, down to the smallest float.

    Below -708, exp(x) has no room for all its digits, and below -745 none for any, where with a
    large factor the product still has: there both halves of x take their turn. Where ``exp(x)`` is
    0, so is the product, whatever the factor; and ``over`` must be 1 where ``exp(x)`` is next to 0.
    """
    factor = np.clip(factor, -1e300, 1e300)  # an infinite one would give inf * 0, which is nan
    half = np.exp(x / 2)
    return np.where(x > -708, factor * (np.exp(x) / over), factor * half * half)


def product(a, b):
    """Give ``a * b`` as a float, and what the rounding lost: their sum is the exact product.

    exp needs it: an error of one part in 2⁵³ in a product near 700 is 700 such parts in its exp.

    References
    ----------
    Dekker (1971), A floating-point technique for extending the available precision.
    """
    rounded = a * b
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    lost = a_low * b_low - (((rounded - a_high * b_high) - a_low * b_high) - a_high * b_low)
    return rounded, np.where(np.isfinite(lost), lost, 0)  # the halves of a number over 1e300 overflow


def quotient(a, b):
    """Give ``a / b`` as a float, and what the rounding lost, as `product` does."""
    rounded = a / b
    back, lost = product(rounded, b)
    rest = ((a - back) - lost) / b
    return rounded, np.where(np.isfinite(rest), rest, 0)


def _halves(a):
    """Split floats into two of 26 digits each (in base 2), whose products are exact."""
    shifted = a * (2.0**27 + 1)
    high = shifted - (shifted - a)
    return high, a - high
