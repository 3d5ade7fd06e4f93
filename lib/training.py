"""Training: the loop that lets a network, a loss and an optimizer work together, and what it saw."""

from dataclasses import dataclass, field

import numpy as np

from .losses import accuracy


@dataclass
class History:
    """What `train` measured after each epoch; entry 0 is the network before training."""

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)


def train(network, data, loss, optimizer, *, epochs, batch_size, rng, test=None, progress=iter):
    x, y = data
    history = History()
    with np.errstate(all="ignore"):
        _measure(network, loss, data, history.loss, history.accuracy)
        if test is not None:
            _measure(network, loss, test, history.test_loss, history.test_accuracy)
        for _ in progress(range(epochs)):
            order = rng.permutation(len(x))
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                trace = network.forward(x[batch])
                upstream = loss.gradient(trace[-1].a, y[batch])
                optimizer(network.parameters, network.backward(trace, upstream))
            _measure(network, loss, data, history.loss, history.accuracy)
            if test is not None:
                _measure(network, loss, test, history.test_loss, history.test_accuracy)
    return history


def _measure(network, loss, data, losses, accuracies):
    x, y = data
    prediction = network(x)
    losses.append(loss.value(prediction, y))
    if y.ndim == 1:  # class labels
        accuracies.append(accuracy(prediction, y))
