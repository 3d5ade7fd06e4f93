"""Blocks: what deep networks are put together from, beside layers with weights.

An activation with a place of its own (`Activate`), so that something can stand between it and the
weighted sums; and some layers with a way around them (`Skip`).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .activations import Activation
from .layers import Layer, Snapshot, expect_activation, expect_batch, expect_upstream
from .networks import Network


@dataclass(eq=False, repr=False)
class Activate(Layer):
    """An activation as a layer: ``a = activation(x)``, in ``Network([dense(rng, 64, 32, identity), batch_norm(32), Activate(relu), …])``.

    Parameters
    ----------
    activation : Activation

    Raises
    ------
    TypeError
        If it is anything else.
    """

    activation: Activation

    def __post_init__(self):
        expect_activation(self.activation)

    def __repr__(self):
        return f"Activate({self.activation.name})"

    @property
    def parameters(self):
        """Nothing is learned here: an empty list."""
        return []

    def forward(self, x):
        """Apply the activation to a batch x (batch, units); the ``z`` of the `Snapshot` is x."""
        x = np.asarray(x)
        return Snapshot(x, x, self.activation(x))

    def backward(self, snapshot, upstream):
        """Multiply a gradient by the slopes of the activation.

        Parameters
        ----------
        snapshot : Snapshot
            What `forward` returned.
        upstream : array_like, shape (batch, units)
            The gradient of the loss by ``snapshot.a``.

        Returns
        -------
        by_x : ndarray, shape (batch, units)
        by_parameters : list
            Empty.
        """
        return expect_upstream(upstream, snapshot) * self.activation.derivative(snapshot.z), []


class Skipped(NamedTuple):
    """What a `Skip` saw and said: its input ``x``, the ``trace`` of the layers inside, its answers ``a``."""

    x: np.ndarray  # (batch, units)
    trace: list
    a: np.ndarray  # (batch, units)


@dataclass(eq=False, repr=False)
class Skip(Layer):
    """Layers with a way around them: ``a = x + (what the layers make of x)``.

    Parameters
    ----------
    layers : list
        As in a `Network`. They must give as many numbers as they take.

    Raises
    ------
    ValueError
        If there is no layer, two neighbours do not fit, or what comes out can't be added to what went in.

    References
    ----------
    He, Zhang, Ren & Sun (2016), Deep residual learning for image recognition.
    """

    layers: list

    def __post_init__(self):
        self._inside = Network(self.layers)  # which sees to it that the layers fit
        wide = [layer for layer in self.layers if hasattr(layer, "fan_in")]
        if not wide or wide[0].fan_in != wide[-1].fan_out:
            widths = f"these take {wide[0].fan_in} and give {wide[-1].fan_out}" if wide else "these have no width"
            raise ValueError(f"a skip adds what its layers give to what they take, so both must be as many: {widths}")
        self.fan_in = self.fan_out = wide[0].fan_in

    def __repr__(self):
        return f"Skip({', '.join(map(repr, self.layers))})"

    @property
    def parameters(self):
        """The arrays that training changes: those of the layers inside, in their order."""
        return self._inside.parameters

    def __call__(self, x):
        """Answer a batch x (batch, units) as the layers inside answer it, and add x."""
        return expect_batch(x, self) + self._inside(x)

    def observe(self, snapshot):
        """Let the layers inside look at the ``snapshot`` of what training saw."""
        self._inside.observe(snapshot.trace)

    def forward(self, x):
        """Answer a batch, and keep what the layers inside saw.

        Parameters
        ----------
        x : array_like, shape (batch, units)

        Returns
        -------
        Skipped

        Raises
        ------
        ValueError
            If x is not of that shape.
        """
        x = expect_batch(x, self)
        trace = self._inside.forward(x)
        return Skipped(x, trace, x + trace[-1].a)

    def backward(self, snapshot, upstream):
        """Carry a gradient back on both ways, and add up what arrives.

        Parameters
        ----------
        snapshot : Skipped
            What `forward` returned.
        upstream : array_like, shape (batch, units)
            The gradient of the loss by ``snapshot.a``.

        Returns
        -------
        by_x : ndarray, shape (batch, units)
            Upstream itself, and what comes through the layers.
        by_parameters : list of ndarray
            The gradients by `parameters`, in their order.
        """
        upstream = expect_upstream(upstream, snapshot)
        by_x, by_parameters = self._inside.carry_back(snapshot.trace, upstream)
        return upstream + by_x, by_parameters
