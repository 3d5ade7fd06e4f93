"""Units that learn their own shape: layers whose activation has parameters, which training changes like weights.

What learns is a layer; what does not is an activation. So such a shape is no `Activation`: it stands
behind a layer with weights, as in ``Network([dense(rng, 64, 32, identity), prelu(32), …])``.
"""

from dataclasses import dataclass
from math import isfinite
from numbers import Real

import numpy as np

from .expectations import expect_count, floats
from .layers import Layer, Snapshot


@dataclass(eq=False, repr=False)
class PReLU(Layer):
    """A leaky ReLU whose slope below 0 is learned, for each unit its own: ``a = max(0, z) + slopes * min(0, z)``.

    One slope a unit, since each looks for something else, and this is what a convolutional layer has in
    one slope a channel. The price is small: as many slopes as biases.

    Parameters
    ----------
    slopes : array_like, shape (units,)
        The slope of each unit below 0, and at the kink, 0: any numbers. 0 is ReLU, 1 no activation
        at all. An array of floats is taken as it is, not copied: training changes it.

    Raises
    ------
    ValueError
        If slopes are not one number a unit.

    References
    ----------
    He, Zhang, Ren & Sun (2015), Delving deep into rectifiers.
    """

    slopes: np.ndarray  # (units,)

    def __post_init__(self):
        self.slopes = floats(self.slopes)
        if self.slopes.ndim != 1 or not self.slopes.size:
            raise ValueError(f"slopes {self.slopes.shape} must be (units,), one number a unit: write prelu(32) for 32 units")

    def __repr__(self):
        return f"PReLU({self.fan_out} units)"

    @property
    def fan_in(self):
        """How many numbers the layer takes: one a unit."""
        return len(self.slopes)

    @property
    def fan_out(self):
        """How many numbers the layer gives: its units."""
        return len(self.slopes)

    @property
    def parameters(self):
        """The arrays that training changes: ``[slopes]``."""
        return [self.slopes]

    def forward(self, x):
        """Bend the weighted sums of the layer before.

        Parameters
        ----------
        x : array_like, shape (batch, units)

        Returns
        -------
        Snapshot
            Its ``z`` is ``x``, since nothing is weighed here.

        Raises
        ------
        ValueError
            If x is not of that shape.
        """
        x = np.asarray(x)
        if x.ndim != 2 or x.shape[1] != self.fan_in:
            raise ValueError(f"x {x.shape} does not fit {self}: x must be (batch, {self.fan_in}), one sample a row")
        return Snapshot(x, x, np.where(x > 0, x, self.slopes * x))

    def backward(self, snapshot, upstream):
        """Carry a gradient from the layer's answers back to its input and its slopes.

        A slope moves ``a`` by z where z is below 0, and not at all elsewhere. So its gradient is
        upstream times ``min(0, z)``, summed over the batch.

        Parameters
        ----------
        snapshot : Snapshot
            What `forward` returned.
        upstream : array_like, shape (batch, units)
            The gradient of the loss by ``snapshot.a``.

        Returns
        -------
        by_x : ndarray, shape (batch, units)
        by_parameters : list of ndarray
            The gradient by the slopes alone: ``[by_slopes]``, of shape (units,).

        Raises
        ------
        ValueError
            If upstream has not the shape of ``snapshot.a``.
        """
        upstream = np.asarray(upstream)
        if upstream.shape != snapshot.a.shape:
            raise ValueError(
                f"upstream {upstream.shape} must have the shape of the layer's answers, {snapshot.a.shape}: "
                "one slope of the loss for each of them"
            )
        by_slopes = (upstream * np.minimum(snapshot.z, 0)).sum(axis=0)  # (units,)
        return upstream * np.where(snapshot.z > 0, 1, self.slopes), [by_slopes]


def prelu(units, slope=0.25):
    """Make a `PReLU` layer whose units all start from one slope.

    Parameters
    ----------
    units : int
        How many, as many as the layer before has.
    slope : float
        Where each begins; He and others took 0.25.

    Returns
    -------
    PReLU

    Raises
    ------
    ValueError
        If units is not a whole number above 0, or slope not a finite number.
    """
    expect_count("units", units)
    if not isinstance(slope, Real) or isinstance(slope, bool) or not isfinite(slope):
        raise ValueError(f"slope must be a finite number, such as 0.25, not {slope!r}")
    return PReLU(np.full(units, float(slope)))
