"""Dropout: layers that silence units by chance while training, so that none can be relied upon.

``layer.forward(x)`` is what training does; ``layer(x)``, the answer, silences nobody.
"""

from dataclasses import dataclass
from math import sqrt
from numbers import Real

import numpy as np

from .activations import selu
from .expectations import expect_rng
from .layers import Layer, Snapshot, expect_upstream


@dataclass(eq=False, repr=False)
class Dropout(Layer):
    """Silence each answer with probability ``1 - keep``, and enlarge the others by ``1 / keep``.

    So the mean of an answer over all draws is the answer itself, but its mean square grows by ``1 / keep``.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws anew at each `forward`.
    keep : float
        The probability that an answer stays, above 0 and at most 1.

    Raises
    ------
    ValueError, TypeError
        If keep is no such number, or rng no generator.

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov (2014), Dropout: a simple way to prevent
    neural networks from overfitting. (The enlarging moved from the test to the training since.)
    """

    rng: np.random.Generator
    keep: float = 0.5

    def __post_init__(self):
        expect_rng(self.rng)
        if not isinstance(self.keep, Real) or not 0 < self.keep <= 1:
            raise ValueError(f"keep must be a probability above 0 and at most 1, such as 0.9, not {self.keep!r}")

    def __repr__(self):
        return f"{type(self).__name__}(keep {self.keep:g})"

    parameters = []

    def __call__(self, x):
        """Answer a batch x (batch, units) with itself: outside of training nobody is silenced."""
        return np.asarray(x)

    def forward(self, x):
        """Silence some of the answers of a batch x (batch, units).

        Returns
        -------
        Snapshot
            Its ``z`` is the factor of each answer, by which a gradient comes back too.
        """
        x = np.asarray(x)
        factor = self._stays(x) / x.dtype.type(self.keep) if x.dtype.kind == "f" else self._stays(x) / self.keep
        return Snapshot(x, factor, x * factor)

    def backward(self, snapshot, upstream):
        """Carry a gradient back to the answers that stayed.

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
            Empty: nothing is learned here.
        """
        return expect_upstream(upstream, snapshot) * snapshot.z, []

    def _stays(self, x):
        return self.rng.random(x.shape) < self.keep


@dataclass(eq=False, repr=False)
class AlphaDropout(Dropout):
    """Dropout for SELU: what is silenced says SELU's lowest answer, and an affine map restores mean 0, variance 1.

    ``a = scale * (x or lowest) + shift``, where ``lowest = -λα`` of SELU, and scale and shift follow
    from keep: from mean 0 and variance 1 of x, the same again, whatever its distribution. Another mean
    comes out times ``keep * scale``, so nearer to 0; and at mean 0 another variance nearer to 1.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws anew at each `forward`.
    keep : float
        The probability that an answer stays, above 0 and at most 1.

    References
    ----------
    Klambauer, Unterthiner, Mayr & Hochreiter (2017), Self-normalizing neural networks.
    """

    keep: float = 0.95

    lowest = float(selu(-np.inf))

    @property
    def scale(self):
        """By what each answer is multiplied afterwards."""
        # With mean 0 and variance 1 the mixture has variance keep + keep (1 - keep) lowest².
        return 1 / sqrt(self.keep * (1 + (1 - self.keep) * self.lowest**2))

    @property
    def shift(self):
        """What is added to each answer after that: it takes the mixture's mean, (1 - keep) lowest, off again."""
        return -self.scale * (1 - self.keep) * self.lowest

    def forward(self, x):
        """Send some of the answers of a batch x (batch, units) to SELU's lowest one, and restore mean and variance.

        Returns
        -------
        Snapshot
            Its ``z`` is the factor of each answer: scale where it stayed, 0 where not.
        """
        x = np.asarray(x)
        stays = self._stays(x)
        a = self.scale * np.where(stays, x, self.lowest) + self.shift
        return Snapshot(x, (self.scale * stays).astype(a.dtype), a)
