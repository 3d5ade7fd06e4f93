"""Layers: what holds parameters; forward returns all that backward needs, so a layer remembers nothing."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .activations import Activation
from .initializers import lecun_normal


class Snapshot(NamedTuple):
    """What one layer saw of one batch: its input ``x``, its weighted sum ``z``, its answer ``a``."""

    x: np.ndarray  # (batch, in)
    z: np.ndarray  # (batch, out)
    a: np.ndarray  # (batch, out)


@dataclass(eq=False)
class Dense:
    """A layer in which every input reaches every unit: ``a = activation(x @ weights + bias)``."""

    weights: np.ndarray  # (in, out)
    bias: np.ndarray  # (out,)
    activation: Activation

    @property
    def parameters(self):
        return [self.weights, self.bias]

    def forward(self, x):
        z = x @ self.weights + self.bias  # (batch, out)
        return Snapshot(x, z, self.activation(z))

    def backward(self, snapshot, upstream):
        delta = upstream * self.activation.derivative(snapshot.z)  # (batch, out)
        return delta @ self.weights.T, [snapshot.x.T @ delta, delta.sum(axis=0)]


def dense(rng, fan_in, fan_out, activation, initializer=lecun_normal):
    return Dense(initializer(rng, fan_in, fan_out), np.zeros(fan_out), activation)
