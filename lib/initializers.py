"""Initializers: the weights a layer starts from, drawn so that a signal keeps its size.

Each is a function ``(rng, fan_in, fan_out) -> weights``. What tells them apart is one number, the
variance of a weight; a ``normal`` and a ``uniform`` twin share it and differ in the law's shape.
"""

from math import sqrt


def lecun_normal(rng, fan_in, fan_out):
    """Draw normal weights of variance 1 / fan_in: sums of ``fan_in`` inputs keep their variance.

    Parameters
    ----------
    rng : numpy.random.Generator
    fan_in, fan_out : int
        How many numbers the layer takes, and how many it gives.

    Returns
    -------
    ndarray, shape (fan_in, fan_out)

    References
    ----------
    LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.6.
    """
    return rng.normal(0, sqrt(1 / fan_in), (fan_in, fan_out))


def lecun_uniform(rng, fan_in, fan_out):
    """Draw weights evenly from ±sqrt(3 / fan_in): the variance of `lecun_normal`.

    Parameters
    ----------
    rng, fan_in, fan_out
        As in `lecun_normal`, and so is what comes back.
    """
    limit = sqrt(3 / fan_in)  # numbers even on [-limit, limit] have variance limit² / 3
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def xavier_normal(rng, fan_in, fan_out):
    """Draw normal weights of variance 2 / (fan_in + fan_out): for signals and gradients alike.

    Parameters
    ----------
    rng, fan_in, fan_out
        As in `lecun_normal`, and so is what comes back.

    References
    ----------
    Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward neural
    networks, equation 12 (the variance).
    """
    return rng.normal(0, sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


def xavier_uniform(rng, fan_in, fan_out):
    """Draw weights evenly from ±sqrt(6 / (fan_in + fan_out)): the variance of `xavier_normal`.

    Parameters
    ----------
    rng, fan_in, fan_out
        As in `lecun_normal`, and so is what comes back.

    References
    ----------
    Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward neural
    networks, equation 16.
    """
    limit = sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def he_normal(rng, fan_in, fan_out):
    """Draw normal weights of variance 2 / fan_in: twice LeCun's, as ReLU lets half of z through.

    Parameters
    ----------
    rng, fan_in, fan_out
        As in `lecun_normal`, and so is what comes back.

    References
    ----------
    He, Zhang, Ren & Sun (2015), Delving deep into rectifiers, equation 10.
    """
    return rng.normal(0, sqrt(2 / fan_in), (fan_in, fan_out))


def he_uniform(rng, fan_in, fan_out):
    """Draw weights evenly from ±sqrt(6 / fan_in): the variance of `he_normal`.

    Parameters
    ----------
    rng, fan_in, fan_out
        As in `lecun_normal`, and so is what comes back.

    References
    ----------
    He, Zhang, Ren & Sun (2015), Delving deep into rectifiers, equation 10 (the variance).
    """
    limit = sqrt(6 / fan_in)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def scaled_normal(gain):
    """Make an initializer of your own: normal weights of standard deviation gain / sqrt(fan_in).

    Parameters
    ----------
    gain : float
        By what a layer multiplies the signal's size before its activation: 1 is `lecun_normal`,
        sqrt(2) is `he_normal`.

    Returns
    -------
    callable
        A function ``(rng, fan_in, fan_out) -> weights``.
    """
    def initialize(rng, fan_in, fan_out):
        return rng.normal(0, gain * sqrt(1 / fan_in), (fan_in, fan_out))

    return initialize
