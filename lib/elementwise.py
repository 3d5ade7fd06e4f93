"""Elementwise: what turns a formula into a function of anything numeric, exact into its tails."""

from functools import wraps

import numpy as np


def elementwise(formula):
    """Let a formula on an array of floats take any numbers, and keep it from warning.

    The function made takes a number, a list or an array of any shape and numeric type, which it
    leaves as they are, and returns floats of that shape: float32 for float32, else float64.
    Overflow and underflow are met by the formulas themselves, so no warning is shown.

    Raises
    ------
    TypeError, ValueError
        If it is given something else than real numbers, or rows of different lengths.
    """

    @wraps(formula)
    def function(x, **parameters):
        x = _floats(x)
        with np.errstate(all="ignore"):
            return np.asarray(formula(x, **parameters), x.dtype)[()]  # [()]: 0-d becomes a number

    return function


def _floats(x):
    try:
        x = np.asarray(x)
    except ValueError:
        raise ValueError(f"x must be a number or rows of the same length, not {x!r}") from None
    if x.dtype.kind not in "fiub":
        raise TypeError(f"x must be real numbers, not {x.dtype.name}: {x!r}")
    return x.astype(np.float32 if x.dtype.type is np.float32 else np.float64, copy=False)
