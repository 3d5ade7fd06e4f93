"""Layers: they hold the parameters, and change none; all that backward needs, forward returns."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .activations import Activation
from .expectations import expect_count, expect_rng, floats, named
from .initializers import lecun_normal


class Snapshot(NamedTuple):
    """What one layer saw and said: its input ``x``, its weighted sums ``z``, its answers ``a``."""

    x: np.ndarray  # (batch, in)
    z: np.ndarray  # (batch, out)
    a: np.ndarray  # (batch, out)


class Layer:
    """What all layers share: ``layer(x)`` is the answer, and ``layer.forward(x)`` what training does, kept.

    The two differ in a few layers only, such as `Dropout`.
    """

    def __call__(self, x):
        """Answer a batch: the ``a`` of `forward`."""
        return self.forward(x).a

    def observe(self, snapshot):
        """Look at the ``snapshot`` of what training saw; `BatchNorm` keeps something of it, others nothing."""


@dataclass(eq=False, repr=False)
class Dense(Layer):
    """A layer where every input reaches every unit: ``a = activation(x @ weights + bias)``.

    Parameters
    ----------
    weights : array_like, shape (in, out)
        One column a unit. An array of floats is taken as it is, not copied: training changes it.
    bias : array_like, shape (out,)
    activation : Activation

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit, or the activation is not an `Activation`.
    """

    weights: np.ndarray  # (in, out)
    bias: np.ndarray  # (out,)
    activation: Activation

    def __post_init__(self):
        self.weights, self.bias = floats(self.weights), floats(self.bias)
        if self.weights.ndim != 2 or self.bias.shape != self.weights.shape[1:]:
            raise ValueError(
                f"weights {self.weights.shape} and bias {self.bias.shape} do not fit: "
                "weights must be (in, out), one column a unit, and bias (out,), one number a unit"
            )
        expect_activation(self.activation)

    def __repr__(self):
        return f"Dense({self.fan_in} → {self.fan_out}, {self.activation.name})"

    @property
    def fan_in(self):
        """How many numbers the layer takes."""
        return self.weights.shape[0]

    @property
    def fan_out(self):
        """How many numbers the layer gives: its units."""
        return self.weights.shape[1]

    @property
    def parameters(self):
        """The arrays that training changes: ``[weights, bias]``."""
        return [self.weights, self.bias]

    def forward(self, x):
        """Answer a batch, and say what was seen on the way.

        Parameters
        ----------
        x : array_like, shape (batch, in)

        Returns
        -------
        Snapshot

        Raises
        ------
        ValueError
            If x is not of that shape.
        """
        x = expect_batch(x, self)
        z = x @ self.weights + self.bias  # (batch, out)
        return Snapshot(x, z, self.activation(z))

    def backward(self, snapshot, upstream):
        """Carry a gradient from the layer's answers back to its input and its parameters.

        Parameters
        ----------
        snapshot : Snapshot
            What `forward` returned.
        upstream : array_like, shape (batch, out)
            The gradient of the loss by ``snapshot.a``.

        Returns
        -------
        by_x : ndarray, shape (batch, in)
            The gradient of the loss by ``snapshot.x``: upstream for the layer before.
        by_parameters : list of ndarray
            The gradients by `parameters`, in their order.

        Raises
        ------
        ValueError
            If upstream has not the shape of ``snapshot.a``.
        """
        delta = expect_upstream(upstream, snapshot) * self.activation.derivative(snapshot.z)  # (batch, out): the gradient by z
        return delta @ self.weights.T, [snapshot.x.T @ delta, delta.sum(axis=0)]


def dense(rng, fan_in, fan_out, activation, initializer=lecun_normal):
    """Make a `Dense` layer with weights drawn by an initializer and a bias of 0.

    Parameters
    ----------
    rng : numpy.random.Generator
    fan_in, fan_out : int
        How many numbers the layer takes, and how many it gives (its units).
    activation : Activation
    initializer : callable
        ``(rng, fan_in, fan_out) -> weights``, for example `he_normal`.

    Returns
    -------
    Dense

    Raises
    ------
    ValueError, TypeError
        If a number is not whole and above 0, or something else is of the wrong kind.
    """
    expect_rng(rng)
    expect_count("fan_in", fan_in)
    expect_count("fan_out", fan_out)
    expect_initializer(initializer)
    return Dense(initializer(rng, fan_in, fan_out), np.zeros(fan_out), activation)


def expect_activation(activation):
    """Stop, in plain words, whoever hands in anything but an `Activation`."""
    if not isinstance(activation, Activation):
        raise TypeError(
            f"activation must be an Activation, such as relu without quotes, not {named(activation)}: "
            "call a family first, as in leaky_relu(0.1); a function of your own needs its derivative with "
            "it, as in Activation('mine', function, derivative)"
        )


def expect_initializer(initializer):
    """Stop, in plain words, whoever hands in anything but a function as ``initializer``."""
    if not callable(initializer):
        raise TypeError(f"initializer must be a function, such as he_normal without quotes, not {initializer!r}")


def expect_batch(x, layer):
    """Make an array of ``x``, and stop, in plain words, whoever hands a layer anything but (batch, fan_in)."""
    x = np.asarray(x)
    if x.ndim != 2 or x.shape[1] != layer.fan_in:
        hint = "; for a single sample write x[None, :]" if x.ndim == 1 else ""
        raise ValueError(f"x {x.shape} does not fit {layer}: x must be (batch, {layer.fan_in}), one sample a row{hint}")
    return x


def expect_upstream(upstream, snapshot):
    """Make an array of ``upstream``, and stop, in plain words, whoever hands in another shape than the answers have."""
    upstream = np.asarray(upstream)
    if upstream.shape != snapshot.a.shape:
        raise ValueError(
            f"upstream {upstream.shape} must have the shape of the layer's answers, {snapshot.a.shape}: "
            "one slope of the loss for each of them"
        )
    return upstream
