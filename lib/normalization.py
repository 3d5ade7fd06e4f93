"""Normalization: layers that take off the mean and divide by the size, from outside, whatever the activation.

Over the batch, unit by unit (`BatchNorm`), or over the units, sample by sample (`LayerNorm`, `RMSNorm`).
Each then multiplies by ``scale`` and adds ``shift``, which are learned.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .expectations import expect_count, floats
from .layers import Layer, expect_batch, expect_upstream

_LEAST = 1e-5  # added to a variance, so that a unit that never changes is not divided by 0


class Normed(NamedTuple):
    """What a norm saw and said: its input ``x``, the normalized ``z``, its answers ``a``, and what it measured.

    ``mean`` is what was taken off (`RMSNorm`: 0), and ``variance`` the mean square of what was left.
    """

    x: np.ndarray  # (batch, units)
    z: np.ndarray  # (batch, units)
    a: np.ndarray  # (batch, units)
    mean: np.ndarray  # (1, units) over the batch, (batch, 1) over the units
    variance: np.ndarray  # of the shape of mean


@dataclass(eq=False, repr=False)
class LayerNorm(Layer):
    """Normalize each sample over its units: mean 0, variance 1, then ``a = scale * z + shift``.

    Training and answering do the same, and a batch of one is enough.

    Parameters
    ----------
    scale, shift : array_like, shape (units,)
        What is learned. Arrays of floats are taken as they are, not copied.

    Raises
    ------
    ValueError
        If they are not one number a unit each.

    References
    ----------
    Ba, Kiros & Hinton (2016), Layer normalization.
    """

    scale: np.ndarray  # (units,)
    shift: np.ndarray  # (units,)
    _axis = 1  # over the units of each sample

    def __post_init__(self):
        self.scale, self.shift = floats(self.scale), floats(self.shift)
        if self.scale.ndim != 1 or self.shift.shape != self.scale.shape:
            raise ValueError(
                f"scale {self.scale.shape} and shift {self.shift.shape} must be (units,), one number a unit each"
            )

    def __repr__(self):
        return f"{type(self).__name__}({self.fan_out} units)"

    @property
    def parameters(self):
        """The arrays that training changes: ``[scale, shift]``."""
        return [self.scale, self.shift]

    @property
    def fan_in(self):
        """How many numbers the layer takes: one a unit."""
        return len(self.scale)

    @property
    def fan_out(self):
        """How many numbers the layer gives: its units."""
        return len(self.scale)

    def forward(self, x):
        """Normalize a batch.

        Parameters
        ----------
        x : array_like, shape (batch, units)

        Returns
        -------
        Normed

        Raises
        ------
        ValueError
            If x is not of that shape.
        """
        x = expect_batch(x, self)
        mean = self._common(x)
        centred = x - mean
        variance = self._mean(centred**2)
        z = centred / np.sqrt(variance + _LEAST)
        return Normed(x, z, self.scale * z + self.shift, mean, variance)

    def backward(self, snapshot, upstream):
        """Carry a gradient back to the input and to ``[scale, shift]``.

        What z passes on loses its mean, and its part along z: neither a shift nor a stretch of x
        would have changed z.

        Parameters
        ----------
        snapshot : Normed
            What `forward` returned.
        upstream : array_like, shape (batch, units)
            The gradient of the loss by ``snapshot.a``.

        Returns
        -------
        by_x : ndarray, shape (batch, units)
        by_parameters : list of ndarray
            The gradients by `parameters`, in their order.
        """
        upstream, z = expect_upstream(upstream, snapshot), snapshot.z
        by_z = upstream * self.scale
        along = z * self._mean(by_z * z)
        by_x = (by_z - self._common(by_z) - along) / np.sqrt(snapshot.variance + _LEAST)
        return by_x, [(upstream * z).sum(axis=0), upstream.sum(axis=0)]

    def _common(self, numbers):
        """What all that are normalized together have in common, and lose."""
        return self._mean(numbers)

    def _mean(self, numbers):
        return numbers.sum(self._axis, keepdims=True) / numbers.shape[self._axis]  # np.mean takes twice as long


@dataclass(eq=False, repr=False)
class BatchNorm(LayerNorm):
    """Normalize each unit over the batch: mean 0, variance 1, then ``a = scale * z + shift``.

    `forward`, the way of training, measures mean and variance on the batch. The answer ``layer(x)``
    uses those that it kept while training, so that a sample's answer depends on no other sample.

    Parameters
    ----------
    scale, shift : array_like, shape (units,)
        What is learned by the gradient. Arrays of floats are taken as they are, not copied.
    mean, variance : array_like, shape (units,)
        What `observe` keeps.
    decay : float
        The part of them that stays when a new batch is observed.

    References
    ----------
    Ioffe & Szegedy (2015), Batch normalization: accelerating deep network training by reducing
    internal covariate shift.
    """

    mean: np.ndarray  # (units,)
    variance: np.ndarray  # (units,)
    decay: float = 0.9
    _axis = 0  # over the samples of the batch, unit by unit

    def __post_init__(self):
        super().__post_init__()
        self.mean, self.variance = floats(self.mean), floats(self.variance)
        if not self.mean.shape == self.variance.shape == self.scale.shape:
            raise ValueError(
                f"mean {self.mean.shape} and variance {self.variance.shape} must be {self.scale.shape}, as scale is"
            )

    def __call__(self, x):
        """Answer a batch x (batch, units) with the mean and variance that were kept."""
        z = (expect_batch(x, self) - self.mean) / np.sqrt(self.variance + _LEAST)
        return self.scale * z + self.shift

    def forward(self, x):
        """Normalize a batch x (batch, units) of one sample or more; what comes back is as in `LayerNorm`."""
        if np.size(x) == 0:
            raise ValueError(f"a batch norm measures its batch, and this one holds no sample: x {np.shape(x)}")
        return super().forward(x)

    def observe(self, snapshot):
        """Keep a running mean of the mean and variance of the batches that training saw, each a ``snapshot``.

        Around its own mean a batch varies less than the data do, in the mean by (batch - 1) / batch. As in
        the paper that is made up for; a batch of one has no variance, and only its mean is kept.
        """
        batch = len(snapshot.x)
        self.mean += (1 - self.decay) * (snapshot.mean[0] - self.mean)
        if batch > 1:
            self.variance += (1 - self.decay) * (snapshot.variance[0] * batch / (batch - 1) - self.variance)


@dataclass(eq=False, repr=False)
class RMSNorm(LayerNorm):
    """Divide each sample by the root of its mean square, then ``a = scale * z + shift``: no mean is taken off.

    Parameters
    ----------
    scale, shift : array_like, shape (units,)
        What is learned. Arrays of floats are taken as they are, not copied. (The paper has no
        shift: here it starts at 0, and is there for the sake of one shape.)

    References
    ----------
    Zhang & Sennrich (2019), Root mean square layer normalization.
    """

    def _common(self, numbers):
        return 0.0


def batch_norm(units):
    """Make a `BatchNorm` layer for so many units: scale 1, shift 0, and nothing observed yet."""
    expect_count("units", units)
    return BatchNorm(np.ones(units), np.zeros(units), np.zeros(units), np.ones(units))


def layer_norm(units):
    """Make a `LayerNorm` layer for so many units: scale 1, shift 0."""
    expect_count("units", units)
    return LayerNorm(np.ones(units), np.zeros(units))


def rms_norm(units):
    """Make an `RMSNorm` layer for so many units: scale 1, shift 0."""
    expect_count("units", units)
    return RMSNorm(np.ones(units), np.zeros(units))
