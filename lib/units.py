"""Units that learn more than a sum: a shape of their own (`PReLU`), or a gate beside what they say (`Gated`).

What learns is a layer; what does not is an activation. So neither is an `Activation`: a PReLU stands
behind a layer with weights, as in ``Network([dense(rng, 64, 32, identity), prelu(32), …])``; a gated
layer has weights of its own.
"""

from dataclasses import dataclass
from math import isfinite
from numbers import Real

import numpy as np

from .activations import Activation, silu
from .expectations import expect_count, expect_rng, floats
from .initializers import lecun_normal
from .layers import Layer, Snapshot, expect_activation, expect_batch, expect_initializer, expect_upstream


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
        x = expect_batch(x, self)
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
        upstream = expect_upstream(upstream, snapshot)
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


@dataclass(eq=False, repr=False)
class Gated(Layer):
    """A layer of gated linear units: ``a = said * activation(gate)``, both weighted sums of x.

    With `sigmoid` it is the GLU of the paper, with `silu` the SwiGLU, with `gelu` the GEGLU, with
    `relu` the ReGLU; with `identity` it is bilinear.

    Parameters
    ----------
    weights : array_like, shape (in, 2 * units)
        The columns of all that is said come first, then those of the gates. Arrays of floats are
        taken as they are, not copied: training changes them.
    bias : array_like, shape (2 * units,)
    activation : Activation
        Of the gates.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit, or the activation is not an `Activation`.

    References
    ----------
    Dauphin, Fan, Auli & Grangier (2017), Language modeling with gated convolutional networks;
    Shazeer (2020), GLU variants improve transformer.
    """

    weights: np.ndarray  # (in, 2 * units)
    bias: np.ndarray  # (2 * units,)
    activation: Activation

    def __post_init__(self):
        self.weights, self.bias = floats(self.weights), floats(self.bias)
        if self.weights.ndim != 2 or self.weights.shape[1] % 2 or self.bias.shape != self.weights.shape[1:]:
            raise ValueError(
                f"weights {self.weights.shape} and bias {self.bias.shape} do not fit: weights must be "
                "(in, 2 * units), two columns a unit, and bias (2 * units,)"
            )
        expect_activation(self.activation)

    def __repr__(self):
        return f"Gated({self.fan_in} → {self.fan_out}, {self.activation.name})"

    @property
    def parameters(self):
        """The arrays that training changes: ``[weights, bias]``."""
        return [self.weights, self.bias]

    @property
    def fan_in(self):
        """How many numbers the layer takes."""
        return len(self.weights)

    @property
    def fan_out(self):
        """How many numbers the layer gives: its units, half as many as its sums."""
        return len(self.bias) // 2

    def forward(self, x):
        """Say something, and let the gates decide how much of it passes.

        Parameters
        ----------
        x : array_like, shape (batch, in)

        Returns
        -------
        Snapshot
            Its ``z`` (batch, 2 * units) holds what is said, then the gates' sums.

        Raises
        ------
        ValueError
            If x is not of that shape.
        """
        x = expect_batch(x, self)
        z = x @ self.weights + self.bias
        said, gate = np.split(z, 2, axis=1)
        return Snapshot(x, z, said * self.activation(gate))

    def backward(self, snapshot, upstream):
        """Carry a gradient from the layer's answers back to its input and its parameters.

        Parameters
        ----------
        snapshot : Snapshot
            What `forward` returned.
        upstream : array_like, shape (batch, units)
            The gradient of the loss by ``snapshot.a``.

        Returns
        -------
        by_x : ndarray, shape (batch, in)
        by_parameters : list of ndarray
            The gradients by `parameters`, in their order.

        Raises
        ------
        ValueError
            If upstream has not the shape of ``snapshot.a``.
        """
        upstream = expect_upstream(upstream, snapshot)
        said, gate = np.split(snapshot.z, 2, axis=1)
        # What is said comes back through an open gate; a gate hears how much hung on it.
        delta = np.hstack([upstream * self.activation(gate), upstream * said * self.activation.derivative(gate)])
        return delta @ self.weights.T, [snapshot.x.T @ delta, delta.sum(axis=0)]


def gated(rng, fan_in, units, activation=silu, initializer=lecun_normal):
    """Make a `Gated` layer with weights drawn by an initializer and a bias of 0.

    Parameters
    ----------
    rng : numpy.random.Generator
    fan_in, units : int
        How many numbers the layer takes, and how many it gives.
    activation : Activation
        Of the gates.
    initializer : callable
        ``(rng, fan_in, fan_out) -> weights``: for what is said, then for the gates.

    Returns
    -------
    Gated

    Raises
    ------
    ValueError, TypeError
        If a number is not whole and above 0, or something else is of the wrong kind.
    """
    expect_rng(rng)
    expect_count("fan_in", fan_in)
    expect_count("units", units)
    expect_initializer(initializer)
    return Gated(np.hstack([initializer(rng, fan_in, units) for _ in range(2)]), np.zeros(2 * units), activation)
