"""Initializers: the weights a layer starts from, drawn so that a signal keeps its size.

Each is a function ``(rng, fan_in, fan_out) -> weights``. They differ in one number only: the
variance of a weight. ``normal`` and ``uniform`` twins share it and differ in the shape of the law.
"""

from numbers import Integral

import numpy as np


def lecun_normal(rng, fan_in, fan_out):
    """Draw normal weights of variance 1 / fan_in: what comes in with variance 1 leaves with it.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of chance, e.g. ``np.random.default_rng(0)``.
    fan_in, fan_out : int
        How many numbers the layer takes and gives.

    Returns
    -------
    ndarray, shape (fan_in, fan_out)

    References
    ----------
    LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.6.
    """
    return _normal(rng, fan_in, fan_out, 1 / fan_in)


def lecun_uniform(rng, fan_in, fan_out):
    return _uniform(rng, fan_in, fan_out, 1 / fan_in)


def xavier_normal(rng, fan_in, fan_out):
    return _normal(rng, fan_in, fan_out, 2 / (fan_in + fan_out))


def xavier_uniform(rng, fan_in, fan_out):
    return _uniform(rng, fan_in, fan_out, 2 / (fan_in + fan_out))


def he_normal(rng, fan_in, fan_out):
    return _normal(rng, fan_in, fan_out, 2 / fan_in)


def he_uniform(rng, fan_in, fan_out):
    return _uniform(rng, fan_in, fan_out, 2 / fan_in)


def scaled_normal(gain):
    def initialize(rng, fan_in, fan_out):
        return _normal(rng, fan_in, fan_out, gain**2 / fan_in)
    return initialize


def _normal(rng, fan_in, fan_out, variance):
    return rng.normal(0, np.sqrt(variance), (fan_in, fan_out))


def _uniform(rng, fan_in, fan_out, variance):
    limit = np.sqrt(3 * variance)  # a uniform law on [-limit, limit] has variance limit² / 3
    return rng.uniform(-limit, limit, (fan_in, fan_out))
