"""Losses: how far a prediction is from its target, and the slope of that by the prediction."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Loss:
    """A loss and its gradient, both functions of (prediction, target)."""

    name: str
    value: Callable
    gradient: Callable


def softmax(logits):
    exponentials = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def accuracy(logits, labels):
    return float(np.mean(np.argmax(logits, axis=1) == labels))


def _squared_error(prediction, target):
    return float(np.mean((prediction - target) ** 2))


def _squared_error_gradient(prediction, target):
    return 2 * (prediction - target) / prediction.size


def _cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]))


def _cross_entropy_gradient(logits, labels):
    gradient = softmax(logits)
    gradient[np.arange(len(labels)), labels] -= 1
    return gradient / len(labels)


mean_squared_error = Loss("mean squared error", _squared_error, _squared_error_gradient)
cross_entropy = Loss("cross-entropy", _cross_entropy, _cross_entropy_gradient)
