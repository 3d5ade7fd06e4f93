"""Training: the loop in which network, loss and optimizer meet, and what it saw; it changes nothing itself."""

from dataclasses import dataclass, field

import numpy as np

from .expectations import expect_count, expect_rng, named
from .losses import Loss, accuracy
from .optimizers import adam, momentum, sgd


@dataclass
class History:
    """What `train` measured: entry 0 before training, then one entry after each epoch.

    Parameters
    ----------
    loss : list of float
        On all training data.
    accuracy : list of float
        On all training data, from 0 to 1; empty where the targets are not class numbers.
    test_loss, test_accuracy : list of float
        The same on the test data; empty where none were given.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)


def train(network, data, loss, optimizer, *, epochs, batch_size, rng, test=None, progress=iter):
    """Train a network: shuffle, then for each batch forward, backward, update; measure each epoch.

    A training that diverges goes on, without a warning: its History holds inf and nan from there.

    Parameters
    ----------
    network : Network
        Its parameters are changed in place, by the optimizer.
    data : pair of array_like
        Inputs x (samples, in) and targets y as the loss takes them, one a row of x.
    loss : Loss
    optimizer : callable
        ``update(parameters, gradients)``, for example ``sgd(0.1)``.
    epochs : int
        How often each sample is used; 0 only measures.
    batch_size : int
        How many samples a step uses. An epoch's last batch has what is left over; a batch_size of
        the number of samples or more makes one batch of all.
    rng : numpy.random.Generator
        Shuffles the samples of each epoch.
    test : pair of array_like, optional
        Measured like the training data, but never trained on.
    progress : callable
        Is handed the iterable of epochs and returns it, perhaps with a bar: ``progress=tqdm``.

    Returns
    -------
    History

    Raises
    ------
    ValueError, TypeError
        If data are empty, shapes do not fit, or something is of the wrong kind.
    """
    if not isinstance(loss, Loss):
        raise TypeError(f"loss must be a Loss, such as cross_entropy without quotes, not {named(loss)}")
    if optimizer in (sgd, momentum, adam) or not callable(optimizer):
        raise TypeError(f"optimizer must be made with a rate, as in sgd(0.1), not {named(optimizer)}")
    expect_count("epochs", epochs, least=0)
    expect_count("batch_size", batch_size)
    expect_rng(rng)
    x, y = _pair("data", data)
    test = None if test is None else _pair("test", test)
    history = History()

    def measure():
        _measure(network, loss, x, y, history.loss, history.accuracy)
        if test:
            _measure(network, loss, *test, history.test_loss, history.test_accuracy)

    with np.errstate(all="ignore"):
        measure()
        for _ in progress(range(epochs)):
            order = rng.permutation(len(x))
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                trace = network.forward(x[batch])
                upstream = loss.gradient(trace[-1].a, y[batch])
                optimizer(network.parameters, network.backward(trace, upstream))
                network.observe(trace)
            measure()
    return history


def _measure(network, loss, x, y, losses, accuracies):
    prediction = network(x)
    losses.append(loss.value(prediction, y))
    if y.ndim == 1 and np.issubdtype(y.dtype, np.integer) and prediction.shape[1] > 1:  # class numbers
        accuracies.append(accuracy(prediction, y))


def _pair(name, pair):
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ValueError(f"{name} must be a pair (x, y), such as (d.x_train, d.y_train) of d = digits()")
    x, y = np.asarray(pair[0]), np.asarray(pair[1])
    if x.ndim == 0 or len(x) == 0:
        raise ValueError(f"{name} holds no samples: x must have one row or more, not the shape {x.shape}")
    if x.shape[:1] != y.shape[:1]:
        raise ValueError(f"{name}: x {x.shape} and y {y.shape} do not fit: each row of x needs one target in y")
    return x, y
