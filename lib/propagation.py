"""Propagation: what a signal and its gradient look like in each layer; it measures, and never trains.

A trained or untrained network is measured as it is, by its trace. The ideal layer, wide and with
random weights, is measured too: its sums are normal, so that a mean over them is an integral.
"""

from math import inf
from numbers import Real
from typing import NamedTuple

import numpy as np


class Signals(NamedTuple):
    """What each layer said, over all its units and all samples: ``mean``, ``variance`` and ``silent``.

    One entry a layer, the first one first; ``silent`` is the share of answers that are exactly 0.
    """

    mean: np.ndarray  # (layers,)
    variance: np.ndarray  # (layers,)
    silent: np.ndarray  # (layers,)


def signals(trace):
    """Measure the answers of each layer.

    Parameters
    ----------
    trace : list of Snapshot
        What ``network.forward(x)`` returned.

    Returns
    -------
    Signals
        Arrays ``mean``, ``variance`` and ``silent``, each of shape (layers,).
    """
    answers = [snapshot.a for snapshot in trace]
    return Signals(*(
        np.array([measure(a) for a in answers]) for measure in (np.mean, np.var, lambda a: np.mean(a == 0))
    ))


def dead(snapshot):
    """Tell which units of a layer are silent on every sample: their answer is exactly 0.

    A unit may be silent on these samples and speak on others, so ask with all training samples.

    Parameters
    ----------
    snapshot : Snapshot
        What the layer saw and said, for example ``network.forward(x)[0]``.

    Returns
    -------
    ndarray of bool, shape (units,)
        Its mean is the share of dead units.
    """
    return np.all(snapshot.a == 0, axis=0)


def backflow(network, trace, upstream):
    """Carry a gradient back, as `Network.backward` does, and keep what arrives at each layer.

    Parameters
    ----------
    network : Network
    trace : list of Snapshot
        What ``network.forward(x)`` returned.
    upstream : array_like, shape (batch, out)
        The gradient of the loss by the network's answers, ``trace[-1].a``.

    Returns
    -------
    list of ndarray
        The gradient of the loss by each layer's answers ``a``, the first layer first; the last
        entry is ``upstream`` itself.

    Raises
    ------
    ValueError
        If the trace is not this network's, or upstream has not the shape of the answers.
    """
    if len(trace) != len(network.layers):
        raise ValueError(
            f"the trace has {len(trace)} snapshots, but the network {len(network.layers)} layers: "
            "hand in the trace of this very network"
        )
    arrived = [np.asarray(upstream)]
    for layer, snapshot in zip(network.layers[:0:-1], trace[:0:-1], strict=True):
        arrived.append(layer.backward(snapshot, arrived[-1])[0])
    return arrived[::-1]


def sizes(arrays):
    """Measure the typical size of an entry in each array: the root of the mean square.

    Parameters
    ----------
    arrays : iterable of array_like
        One a layer, for example ``[s.a for s in trace]``, what `backflow` returns, or the gradients
        by the weights alone, ``network.backward(trace, upstream)[::2]``.

    Returns
    -------
    ndarray, shape (arrays,)
    """
    return np.array([_size(np.asarray(array, dtype=float)) for array in arrays])


def expect(f, mean=0.0, variance=1.0, kinks=None):
    """Average a function over a normal variable: E f(z), by quadrature.

    The bell is cut off 12 standard deviations away, where less than 10⁻³² of it is left, and into
    pieces that end at the kinks; a Gauss–Legendre rule of 24 points integrates each piece.

    Parameters
    ----------
    f : callable
        Takes an array and works on each entry by itself.
    mean, variance : float
        Of z. A variance of 0 leaves one point.
    kinks : sequence of float, optional
        Where f or its slope jumps; by default the kinks of an `Activation`, else none.

    Returns
    -------
    float
        For an activation good to about 12 digits up to a standard deviation of 5, to 6 at 20.

    Raises
    ------
    ValueError
        If variance is not a number from 0 on, or f does not answer an array with one of its shape.
    """
    if not isinstance(variance, Real) or not 0 <= variance < inf:
        raise ValueError(f"variance must be a number from 0 on, not {variance!r}")
    if variance == 0:
        return _sum(f, np.array([float(mean)]), np.ones(1))
    deviation = float(np.sqrt(variance))
    kinks = getattr(f, "kinks", ()) if kinks is None else kinks
    edges = np.union1d(np.linspace(-12, 12, 25), np.clip([(kink - mean) / deviation for kink in kinks], -12, 12))
    middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    u = (middle[:, None] + half[:, None] * _NODES).ravel()  # in standard deviations from the mean
    weights = (half[:, None] * _WEIGHTS).ravel() * np.exp(-u * u / 2) / np.sqrt(2 * np.pi)
    return _sum(f, mean + deviation * u, weights)


def moments(activation, mean=0.0, variance=1.0):
    """Tell mean and variance of an activation's answers to normal sums: one step of the moment map.

    Parameters
    ----------
    activation : Activation
    mean, variance : float
        Of the sums z.

    Returns
    -------
    mean, variance : float
        Of ``activation(z)``.

    Raises
    ------
    ValueError
        If variance is not a number from 0 on.
    """
    first = expect(activation, mean, variance)
    return first, expect(lambda z: (activation(z) - first) ** 2, mean, variance, kinks=activation.kinks)


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)


def _sum(f, points, weights):
    values = np.asarray(f(points))
    if values.shape != points.shape:
        raise ValueError(f"f must answer each entry of an array: {points.shape} went in, {values.shape} came back")
    return float(values @ weights)


def _size(array):
    # Gradients of 10⁻²⁰⁰ are what deep networks have: their squares would underflow to 0.
    largest = np.abs(array).max(initial=0)
    return largest * np.sqrt(np.mean((array / largest) ** 2)) if 0 < largest < inf else largest
