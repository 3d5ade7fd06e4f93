"""Optimizers: they turn gradients into steps; the only room where a parameter changes.

Each maker, such as ``sgd(0.1)``, returns a function ``update(parameters, gradients)`` that changes
the parameters in place and returns None.
"""

from math import inf, nan, sqrt
from numbers import Real

import numpy as np

from .expectations import floats


def sgd(rate):
    """Step down the slope: ``parameter -= rate * gradient``.

    Parameters
    ----------
    rate : float
        The length of a step where the gradient is 1.

    Returns
    -------
    callable
        ``update(parameters, gradients)``: two lists of arrays that fit one by one, such as
        ``network.parameters`` and what ``network.backward`` returns.

    Raises
    ------
    ValueError
        If rate is not above 0.

    References
    ----------
    Robbins & Monro (1951), A stochastic approximation method.
    """
    _expect_rate(rate)

    def update(parameters, gradients):
        for parameter, gradient in zip(parameters, _fitting(parameters, gradients), strict=True):
            parameter -= rate * gradient

    return update


def momentum(rate, decay=0.9):
    """Roll down the slope: each step keeps a part of the last one.

    ``velocity = decay * velocity - rate * gradient``, then ``parameter += velocity``.

    Parameters
    ----------
    rate : float
        How much a gradient of 1 adds to the velocity.
    decay : float
        The part of the last step that is kept, from 0 (none: `sgd`) to just under 1.

    Returns
    -------
    callable
        ``update(parameters, gradients)``, as from `sgd`. It remembers the velocities, so each
        network needs an optimizer of its own.

    Raises
    ------
    ValueError
        If rate is not above 0, or decay not from 0 to under 1.

    References
    ----------
    Polyak (1964), Some methods of speeding up the convergence of iteration methods.
    """
    _expect_rate(rate)
    _expect_decay("decay", decay)
    recall = _memory(1)

    def update(parameters, gradients):
        gradients = _fitting(parameters, gradients)
        for parameter, gradient, [velocity] in zip(parameters, gradients, recall(parameters), strict=True):
            velocity *= decay
            velocity -= rate * gradient
            parameter += velocity

    return update


def adam(rate, decay=0.9, square_decay=0.999, epsilon=1e-8):
    """Take steps of about ``rate`` in each entry, however steep the slope is.

    Two running means are kept, of the gradient and of its square, each divided by
    ``1 - decay**steps`` to make up for their start at 0. Then
    ``parameter -= rate * mean / (sqrt(square) + epsilon)``.

    Parameters
    ----------
    rate : float
        About how far one step goes (Kingma & Ba's α; they suggest 0.001).
    decay : float
        How much of the mean gradient a step keeps (their β₁).
    square_decay : float
        How much of the mean square a step keeps (their β₂).
    epsilon : float
        Keeps the quotient finite where the gradient is 0.

    Returns
    -------
    callable
        ``update(parameters, gradients)``, as from `sgd`. It remembers the means, so each network
        needs an optimizer of its own.

    Raises
    ------
    ValueError
        If rate or epsilon is not above 0, or a decay not from 0 to under 1.

    References
    ----------
    Kingma & Ba (2015), Adam: a method for stochastic optimization, algorithm 1.
    """
    _expect_rate(rate)
    _expect_rate(epsilon, "epsilon")
    _expect_decay("decay", decay)
    _expect_decay("square_decay", square_decay)
    recall, steps = _memory(2), 0

    def update(parameters, gradients):
        nonlocal steps
        gradients, memories = _fitting(parameters, gradients), recall(parameters)
        steps += 1
        for parameter, gradient, [mean, square] in zip(parameters, gradients, memories, strict=True):
            mean *= decay
            mean += (1 - decay) * gradient
            square *= square_decay
            square += (1 - square_decay) * gradient**2
            size = np.sqrt(square / (1 - square_decay**steps)) + epsilon
            parameter -= rate * mean / (1 - decay**steps) / size

    return update


def clip_by_value(gradients, limit):
    """Cut each entry of the gradients off at ±limit. This may turn the direction of the step.

    Parameters
    ----------
    gradients : list of array_like
        As ``network.backward`` returns them; they are not changed.
    limit : float
        The largest entry that is let through, above 0.

    Returns
    -------
    list of ndarray
        For an optimizer, as in
        ``lambda parameters, gradients: update(parameters, clip_by_value(gradients, 1))``.

    Raises
    ------
    ValueError
        If limit is not above 0.

    References
    ----------
    Mikolov (2012), Statistical language models based on neural networks, section 3.2.2.
    """
    _expect_rate(limit, "limit")
    return [np.clip(gradient, -limit, limit) for gradient in map(floats, gradients)]


def clip_by_norm(gradients, limit):
    """Shorten the gradients together to a length of ``limit``, if they are longer: their direction stays.

    Parameters
    ----------
    gradients : list of array_like
        As ``network.backward`` returns them; they are not changed.
    limit : float
        The largest norm that is let through, above 0: the root of the sum of all squares, over all
        arrays. If an entry is inf or nan, no length can be told, and all of them become nan.

    Returns
    -------
    list of ndarray
        For an optimizer, as in
        ``lambda parameters, gradients: update(parameters, clip_by_norm(gradients, 1))``.

    Raises
    ------
    ValueError
        If limit is not above 0.

    References
    ----------
    Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural networks,
    algorithm 1.
    """
    _expect_rate(limit, "limit")
    gradients = [floats(gradient) for gradient in gradients]
    norm = _norm(gradients)
    scale = 1.0 if norm <= limit else limit / norm if norm < inf else nan
    return [gradient * scale for gradient in gradients]


def _norm(arrays):
    # In units of the largest entry: the squares of exploding gradients would overflow.
    largest = float(np.max([np.abs(array).max(initial=0) for array in arrays], initial=0))
    if not 0 < largest < inf:
        return largest
    return largest * sqrt(sum(float(np.sum((array / largest) ** 2)) for array in arrays))


def _memory(count):
    """Remember ``count`` arrays of 0 for each parameter, and whose they are."""
    owners, memories = [], []

    def recall(parameters):
        if not owners:
            owners.extend(parameters)
            memories.extend([np.zeros_like(parameter) for _ in range(count)] for parameter in parameters)
        if len(owners) != len(parameters) or any(a is not b for a, b in zip(owners, parameters, strict=True)):
            raise ValueError(
                "this optimizer remembers its steps with other arrays: "
                "make a new one for each network, and hand in the same arrays at each step"
            )
        return memories

    return recall


def _expect_rate(rate, name="rate"):
    if not isinstance(rate, Real) or not 0 < rate < inf:
        raise ValueError(f"{name} must be a number above 0, such as 0.1, not {rate!r}")


def _expect_decay(name, decay):
    if not isinstance(decay, Real) or not 0 <= decay < 1:
        raise ValueError(f"{name} must be from 0 to under 1, such as 0.9, not {decay!r}")


def _fitting(parameters, gradients):
    floats = (isinstance(p, np.ndarray) and p.dtype.kind == "f" for p in parameters)
    if isinstance(parameters, np.ndarray) or not all(floats):
        raise TypeError(
            "parameters must be a list of arrays of floats, such as network.parameters or [weights, bias]"
        )
    gradients = [np.asarray(gradient) for gradient in gradients]
    if [p.shape for p in parameters] != [g.shape for g in gradients]:
        raise ValueError(
            f"gradients {[g.shape for g in gradients]} do not fit parameters {[p.shape for p in parameters]}: "
            "each parameter needs one gradient of its shape, in the same order"
        )
    return gradients
