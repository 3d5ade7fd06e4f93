"""Losses: how far predictions are from their targets, and the slope of that distance.

A target is what the prediction should have been: an array of the same shape for the squared
error, the number of the right class for cross-entropy.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .expectations import floats


@dataclass(frozen=True)
class Loss:
    """A loss and its gradient, both functions of (prediction, target).

    Parameters
    ----------
    name : str
        As it stands on a figure.
    value : callable
        The loss of a batch, a float: the mean over its samples.
    gradient : callable
        The slope of that number by each entry of the prediction, an array of its shape.
    """

    name: str
    value: Callable = field(repr=False)
    gradient: Callable = field(repr=False)

    def __post_init__(self):
        object.__setattr__(self, "__doc__", self.value.__doc__)


def softmax(logits):
    """Turn each row of logits into probabilities: positive, in the same order, of sum 1.

    ``exp(logits) / sum(exp(logits))``. Only differences count, so the largest logit of a row is
    taken off first, and nothing overflows.

    Parameters
    ----------
    logits : array_like, shape (..., classes)

    Returns
    -------
    ndarray, the shape of logits

    References
    ----------
    Bridle (1990), Probabilistic interpretation of feedforward classification network outputs.
    """
    exponentials = np.exp(_below_largest(floats(logits)))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def accuracy(logits, labels):
    """Measure how many samples of a batch have their largest logit at the right class.

    Parameters
    ----------
    logits : array_like, shape (batch, classes)
        A row with a nan in it counts as wrong.
    labels : array_like of int, shape (batch,)
        The right class of each row, from 0 to classes - 1.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        As in `cross_entropy`.
    """
    logits, labels = _logits_and_labels(logits, labels)
    right = (logits.argmax(axis=1) == labels) & ~np.isnan(logits).any(axis=1)
    return float(right.mean())


@np.errstate(over="ignore")  # an error too large for a float is inf, and no accident
def _squared_error(prediction, target):
    """Average the squared differences over all entries.

    Parameters
    ----------
    prediction, target : array_like, of one shape, e.g. (batch, out)

    Returns
    -------
    float
        Its ``gradient`` is 2 (prediction - target) / size.

    Raises
    ------
    ValueError
        If the shapes differ, or are empty.
    """
    prediction, target = _alike(prediction, target)
    return float(np.mean((prediction - target) ** 2))


@np.errstate(over="ignore")
def _squared_error_gradient(prediction, target):
    prediction, target = _alike(prediction, target)
    return 2 * (prediction - target) / prediction.size


@np.errstate(over="ignore")
def _cross_entropy(logits, labels):
    """Average over the batch how surprised softmax is by the right class: -log softmax(logits)[label].

    Parameters
    ----------
    logits : array_like, shape (batch, classes)
        The network's answers before any softmax.
    labels : array_like of int, shape (batch,)
        The right class of each row, from 0 to classes - 1. (For yes or no: two logits.)

    Returns
    -------
    float
        In nats. Its ``gradient`` is (softmax(logits) - 1 at the right class) / batch.

    Raises
    ------
    ValueError
        If the shapes do not fit, or labels are not whole numbers or not among the classes.

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.2.2.3.
    """
    logits, labels = _logits_and_labels(logits, labels)
    below = _below_largest(logits)
    surprise = np.log(np.exp(below).sum(axis=1)) - below[np.arange(len(labels)), labels]  # (batch,)
    return float(surprise.mean())


def _cross_entropy_gradient(logits, labels):
    logits, labels = _logits_and_labels(logits, labels)
    gradient = softmax(logits)
    gradient[np.arange(len(labels)), labels] -= 1
    gradient /= len(labels)
    return gradient


mean_squared_error = Loss("mean squared error", _squared_error, _squared_error_gradient)
cross_entropy = Loss("cross-entropy", _cross_entropy, _cross_entropy_gradient)


@np.errstate(over="ignore")
def _below_largest(logits):
    return logits - logits.max(axis=-1, keepdims=True)  # 0 for the largest, so exp never overflows


def _alike(prediction, target):
    prediction = floats(prediction)
    target = np.asarray(target, dtype=prediction.dtype)
    if prediction.shape != target.shape:
        hint = ": write target[:, None]" if prediction.shape == (*target.shape, 1) else ""
        raise ValueError(f"target {target.shape} must have the shape of the prediction, {prediction.shape}{hint}")
    if prediction.size == 0:
        raise ValueError(f"nothing to compare: the prediction is empty, {prediction.shape}")
    return prediction, target


def _logits_and_labels(logits, labels):
    logits, labels = floats(logits), np.asarray(labels)
    if logits.ndim != 2 or logits.size == 0:
        raise ValueError(f"logits must be (batch, classes), one row a sample, not {logits.shape}")
    if labels.shape != logits.shape[:1]:
        raise ValueError(
            f"labels {labels.shape} do not fit logits {logits.shape}: labels must be {logits.shape[:1]}, "
            "one class number a row; turn a one-hot target into it with target.argmax(axis=1)"
        )
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be whole numbers, not {labels.dtype}: write labels.astype(int)")
    classes = logits.shape[1]
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"labels go from {labels.min()} to {labels.max()}, but {classes} logits a row mean classes 0 to "
            f"{classes - 1}: number them from 0, and give the last layer one unit for each class"
        )
    return logits, labels
