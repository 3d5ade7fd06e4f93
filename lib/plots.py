"""Plots: one verb, `plot`, that draws whatever thing of the course it is given.

Like every figure of the course it returns a `Picture`, and none draws behind your back: Jupyter
shows the last value of a cell; `beside(a, b)` puts two pictures next to each other; `explore`
turns a function that returns a picture into a figure that moves.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from .activations import Activation, identity
from .lines import curves, sampled
from .networks import Network
from .pictures import Picture, beside
from .sketches import diagram
from .training import History


@functools.singledispatch
def plot(thing, **options) -> Picture:
    """Draw an activation, several activations, a training history, or a network.

    Parameters
    ----------
    thing : Activation, sequence of Activation, History, Network, or Picture
        What to draw. A picture is returned as it is.
    **options
        `title`, and for activations `window`: (left, right, bottom, top).

    Returns
    -------
    Picture

    Raises
    ------
    TypeError
        If there is no picture for such a thing.

    Examples
    --------
    >>> plot(sigmoid)          # the function and its slope
    >>> plot([sigmoid, tanh])  # functions on the left, slopes on the right
    """
    raise TypeError(
        f"plot draws an Activation, a list of them, a History or a Network; this is a {type(thing).__name__}. "
        "For arrays use curves, heatmap, regions or images."
    )


@plot.register
def _(thing: Picture) -> Picture:
    return thing


def _window(activations: Sequence[Activation]) -> tuple[float, float, float, float]:
    bounded = all(np.isfinite(activation.range).all() for activation in activations)
    if not bounded:
        return (-5, 5, -2, 5.1)
    low = min(activation.range[0] for activation in activations)
    high = max(activation.range[1] for activation in activations)
    room = 0.06 * (high - low)
    return (-6, 6, low - room, high + room)


@plot.register
def _(thing: Activation, *, title: str = "", window=None) -> Picture:
    window = window or _window([thing])
    lines = {
        thing.name: sampled(thing.function, *window[:2], thing.kinks),
        "slope": sampled(thing.derivative, *window[:2], thing.kinks),
    }
    return curves(lines, title=title or f"{thing.name} and its slope", window=window)


@plot.register(list)
@plot.register(tuple)
def _(thing, *, title: str = "", window=None, slopes=None) -> Picture:
    if not thing or not all(isinstance(activation, Activation) for activation in thing):
        raise TypeError("plot takes a list of activations, as in plot([sigmoid, tanh]); this list holds something else.")
    window = window or _window(thing)
    functions = {a.name: sampled(a.function, *window[:2], a.kinks) for a in thing}
    derivatives = {a.name: sampled(a.derivative, *window[:2], a.kinks) for a in thing}
    return beside(
        curves(functions, title=title or "Functions", window=window),
        curves(derivatives, title="Their slopes", window=slopes and (*window[:2], *slopes)),
    )


@plot.register
def _(thing: History, *, title: str = "") -> Picture:
    def lines(train, test):
        return {name: (np.arange(len(ys)), ys) for name, ys in [("training", train), ("held out", test)] if len(ys)}

    panels = [curves(lines(thing.loss, thing.test_loss), title=title or "Loss", x="epoch", y="loss")]
    if thing.accuracy:
        accuracy = lines(thing.accuracy, thing.test_accuracy)
        window = (0, len(thing.accuracy) - 1, 0, 1.02)
        panels.append(curves(accuracy, title="Share of right answers", x="epoch", y="accuracy", window=window))
    return beside(*panels)


@plot.register
def _(thing: Network, *, title: str = "") -> Picture:
    if not hasattr(thing.layers[0], "weights"):
        raise TypeError(f"plot draws a network that begins with a layer of weights; this one begins with {thing.layers[0]!r}.")
    sizes, names = [thing.layers[0].fan_in], []
    for layer in thing.layers:
        name = layer.activation.name if hasattr(layer, "activation") else type(layer).__name__
        if hasattr(layer, "weights"):
            sizes.append(layer.fan_out)
            names.append(name)
        else:  # what works on each unit by itself has no column of its own
            names[-1] = name if names[-1] == identity.name else f"{names[-1]}, {name}"
    return diagram(sizes, names=names, title=title)
