"""Properties: what can be said of an activation, each entry computed from its function and slope, none typed.

Both are looked at on a grid that is fine near 0 and reaches out to ±10¹². A place where something
begins, ends or jumps is then narrowed down until no float lies between, and an extreme is searched
for around the best point of the grid. What is finer than the grid (two kinks within a few
thousandths, say) or smaller than a millionth of the rest may be missed.
"""

from dataclasses import dataclass
from math import inf, nan

import numpy as np

from .activations import Activation
from .expectations import named
from .propagation import expect


@dataclass(frozen=True)
class Properties:
    """What `properties` found.

    Parameters
    ----------
    name : str
        Of the activation.
    low, high : float
        The lower and the upper end of its values, whether it reaches them or only comes close; ∓∞ where
        it has none.
    monotone : bool
        Whether it never turns round: it never falls, or never rises.
    turn : float
        Where it does: its lowest point, if it falls and rises again (else its highest); nan if monotone.
    at_zero : float
        Its answer to 0.
    mean, variance : float
        Of its answers to standard normal sums.
    silent : float
        The share of those answers that are exactly 0.
    jumps : tuple of float
        Where the function itself jumps.
    kinks : tuple of float
        Where the slope jumps, or the function itself.
    steepest : float
        The upper end of the size of its slope, up or down.
    slope_size : float
        The root mean square of its slope for standard normal sums: what one layer of it does to the size of
        a gradient, apart from the weights.
    left_slope, right_slope : float
        What its slope comes to far to the left and far to the right; nan if it does not settle.
    dead_below, dead_above : float
        Its slope is exactly 0 for all x up to `dead_below`, and for all x from `dead_above` on; −∞ and ∞
        if for none.
    """

    name: str
    low: float
    high: float
    monotone: bool
    turn: float
    at_zero: float
    mean: float
    variance: float
    silent: float
    jumps: tuple[float, ...]
    kinks: tuple[float, ...]
    steepest: float
    slope_size: float
    left_slope: float
    right_slope: float
    dead_below: float
    dead_above: float

    @property
    def bounded(self):
        """Whether its values have a lower and an upper end."""
        return -inf < self.low and self.high < inf

    @property
    def smooth(self):
        """Whether neither it nor its slope jumps anywhere. (The slope may have a corner, as ELU's.)"""
        return not self.kinks

    @property
    def centred(self):
        """Whether standard normal sums get answers of mean 0."""
        return abs(self.mean) < 1e-9

    @property
    def saturates_left(self):
        """Whether its slope comes to 0 far to the left."""
        return self.left_slope == 0

    @property
    def saturates_right(self):
        """Whether its slope comes to 0 far to the right."""
        return self.right_slope == 0

    @property
    def can_die(self):
        """Whether a unit can die: its slope is exactly 0 on a whole half-line.

        A unit whose sums all lie there, for every example, gives always the same answer; no gradient reaches
        its weights, so gradient descent leaves them as they are. (It need not be for ever: the layers
        before it may change what it sees.) A curve that only flattens, such as sigmoid's, has a slope above
        0 everywhere, on paper: a unit far out learns slowly, which is `saturates_left` and
        `saturates_right`, and does not die. That its slope is too small for a float beyond ±745 counts as
        flattening, too.
        """
        return self.dead_below > -inf or self.dead_above < inf


def properties(activation):
    """Find out what can be said of an activation.

    Parameters
    ----------
    activation : Activation
        One of the course, or your own. Its slope is taken as given: check it first.

    Returns
    -------
    Properties

    Raises
    ------
    TypeError
        If it is not an activation.
    ValueError
        If its function or its slope is no number somewhere between −6 and 6.
    """
    if not isinstance(activation, Activation):
        raise TypeError(f"properties looks at an Activation, such as relu, not at {named(activation)}")
    function, slope = _quiet(activation.function), _quiet(activation.derivative)
    values, slopes = function(_GRID), slope(_GRID)
    for what, numbers in (("function", values), ("slope", slopes)):
        lost = _GRID[_NEAR & ~np.isfinite(numbers)]
        if len(lost):
            raise ValueError(f"the {what} of {activation.name!r} should be a finite number at {lost[0]:g}")
    jumps = _jumps(function, values)
    kinks = tuple(sorted({*jumps, *_jumps(slope, slopes)}))
    turn = _turn(slope, values)
    square, mean = _expect(lambda x: function(x) ** 2, kinks), _expect(function, kinks)
    mean = mean if abs(mean) > 1e-12 * np.sqrt(square) else 0.0
    return Properties(
        name=activation.name,
        low=0.0 - _upper(lambda x: -function(x), -values),
        high=_upper(function, values),
        monotone=turn is None,
        turn=nan if turn is None else turn,
        at_zero=float(function(np.zeros(1))[0]) + 0.0,  # no -0
        mean=mean,
        variance=_expect(lambda x: (function(x) - mean) ** 2, kinks),
        silent=_expect(lambda x: function(x) == 0, kinks),
        jumps=jumps,
        kinks=kinks,
        steepest=_upper(lambda x: np.abs(slope(x)), np.abs(slopes)),
        slope_size=float(np.sqrt(_expect(lambda x: slope(x) ** 2, kinks))),
        left_slope=_far_slope(slopes[::-1]),
        right_slope=_far_slope(slopes),
        dead_below=_dead_below(slope, slopes),
        dead_above=-_dead_below(lambda x: slope(-x), slopes[::-1]),
    )


_RIGHT = np.concatenate([np.geomspace(1e-9, 0.003, 120), np.linspace(0.00301, 12, 4000), np.geomspace(12.1, 1e12, 600)])
_GRID = np.concatenate([-_RIGHT[::-1], [0.0], _RIGHT])
_NEAR = np.abs(_GRID) <= 6  # where its usual size is read off
_NOTHING = 1e-30  # the narrowest interval that is looked into: next to 0, floats go on for very long
_BENDS = [bend * sign for bend in (0.001, 0.01, 0.1, 0.4) for sign in (-1, 1)]  # of a steep curve, about


def _quiet(function):
    """A function as given, for arrays, whose overflows are kept to themselves."""

    def quiet(x):
        with np.errstate(all="ignore"):
            return np.broadcast_to(np.asarray(function(x), dtype=float), x.shape)

    return quiet


def _expect(function, kinks):
    return float(f"{expect(function, kinks=(*kinks, *_BENDS)):.12g}")


def _usual(values):
    """The largest size near 0, which tells what is large and what is next to nothing."""
    return np.abs(values[_NEAR]).max()


def _shorter(a, b):
    """Of two neighbouring floats the one that a person would have written."""
    return float(min(a, b, key=lambda number: len(repr(float(number)))))


def _jumps(function, values):
    """Where a function jumps: the steps of the grid that stay steps however close one looks."""
    a, b = _GRID[:-1], _GRID[1:]
    at_a, at_b = values[:-1], values[1:]
    finest = 1e-6 * _usual(values)
    while True:
        # Of a step that is large only since it is wide, nothing is left when it is narrow.
        steps = np.abs(at_b - at_a) > finest + 1e-9 * (np.abs(at_a) + np.abs(at_b))
        steps &= np.maximum(np.abs(a), np.abs(b)) <= 1000
        a, b, at_a, at_b = a[steps], b[steps], at_a[steps], at_b[steps]
        middle = a + (b - a) / 2
        if ((middle == a) | (middle == b) | (b - a < _NOTHING)).all():
            return tuple(sorted({_shorter(*ends) for ends in zip(a, b)}))
        at_middle = function(middle)
        left = np.abs(at_middle - at_a) >= np.abs(at_b - at_middle)
        a, at_a = np.where(left, a, middle), np.where(left, at_a, at_middle)
        b, at_b = np.where(left, middle, b), np.where(left, at_middle, at_b)


def _turn(slope, values):
    """Where a function turns round: the end of its deepest fall, if it rises again; else its top. None if nowhere."""
    shown = np.isfinite(values)
    grid, values = _GRID[shown], values[shown]
    noise = 1e-12 * (np.ptp(values[np.abs(grid) <= 6]) + np.abs(values))
    fall = np.maximum.accumulate(values) - values
    rise = values - np.minimum.accumulate(values)
    if (fall <= noise).all() or (rise <= noise).all():
        return None
    bottom = int(fall.argmax())
    rises = values[bottom:].max() > values[bottom] + noise[bottom]
    sign, end = (1, values[bottom]) if rises else (-1, values.max())
    places = np.flatnonzero(values == end)  # a flat end may be several
    a, b = grid[max(places[0] - 1, 0)], grid[min(places[-1] + 1, len(grid) - 1)]
    return _edge(lambda x: sign * slope(x) < 0, a, b)


def _edge(holds, a, b):
    """Where something that holds at a ceases to, on the way to b."""
    while b - a > _NOTHING and b > np.nextafter(a, b):
        x = np.unique(np.linspace(a, b, 33))
        ceased = ~holds(x[1:-1])
        first = 1 + (int(ceased.argmax()) if ceased.any() else len(ceased))
        a, b = x[first - 1], x[first]
    return _shorter(a, b)


def _peak(function, values):
    """The largest value, searched for around the largest of the grid."""
    place = int(np.nanargmax(values))
    best, a, b = values[place], _GRID[max(place - 1, 0)], _GRID[min(place + 1, len(_GRID) - 1)]
    for _ in range(9):
        x = np.linspace(a, b, 41)
        around = function(x)
        place = int(np.nanargmax(around))
        best, a, b = max(best, around[place]), x[max(place - 1, 0)], x[min(place + 1, 40)]
    return float(best)


def _upper(function, values):
    """The upper end of a function's values."""
    for out in (values, values[::-1]):
        last = int(np.flatnonzero(np.isfinite(out))[-1])
        nearer = np.nanmax(out[(0 <= _GRID) & (_GRID <= _GRID[last] / 10)])
        if out[last] - nearer > 1e-6 * (1 + abs(nearer)):  # it grows to the last
            return inf
    return inf if (values == inf).any() else _peak(function, values)


def _far_slope(slopes):
    """What a slope comes to on the way out to the right; nan if it does not settle."""
    last = int(np.flatnonzero(np.isfinite(slopes))[-1])
    slope, nearer = float(slopes[last]), slopes[np.searchsorted(_GRID, _GRID[last] / 10)]
    if abs(slope) <= 1e-6 * _usual(slopes):
        return 0.0
    if abs(slope) > 2 * abs(nearer):
        return float(np.copysign(inf, slope))
    return slope if abs(slope - nearer) <= 1e-3 * abs(slope) else nan


def _dead_below(slope, slopes):
    """The end of the half-line on the left where a slope is 0 because it is, and not for want of smaller floats."""
    first, moving = int(np.flatnonzero(np.isfinite(slopes))[0]), np.flatnonzero(np.nan_to_num(slopes))
    if not len(moving):
        return inf
    if moving[0] <= first:
        return -inf
    edge = _edge(lambda x: slope(x) == 0, _GRID[moving[0] - 1], _GRID[moving[0]])
    # A hundredth of the way back to 0 a slope that ran out of floats has not yet come back.
    inside = slope(np.array([edge + (0.01 * abs(edge) if abs(edge) > 1e-12 else 0.001)]))[0]
    return edge if abs(inside) > 1e-9 * _usual(slopes) else -inf
