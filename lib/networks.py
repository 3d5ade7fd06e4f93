"""Networks: layers in a row; forwards they leave a trace, backwards it is read."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .activations import identity
from .initializers import lecun_normal
from .layers import dense


@dataclass(eq=False)
class Network:
    """Layers in a row: what one answers, the next takes. ``network(x)`` is the last answer.

    Parameters
    ----------
    layers : list of Dense, or of other layers
        Whatever has ``parameters``, ``forward`` and ``backward`` as `Dense` has.

    Raises
    ------
    ValueError
        If there is no layer, or two neighbours do not fit.
    """

    layers: list

    def __post_init__(self):
        if not self.layers:
            raise ValueError("a network needs one layer at least, and the list of layers is empty")
        # A layer that takes any number of inputs has neither a fan_in nor a fan_out.
        for left, right in pairwise(layer for layer in self.layers if hasattr(layer, "fan_in")):
            if left.fan_out != right.fan_in:
                raise ValueError(
                    f"{left} gives {left.fan_out} numbers, but {right} takes {right.fan_in}: these two must agree"
                )

    @property
    def parameters(self):
        """The arrays that training changes, layer by layer: of `Dense` ones ``[weights, bias, weights, bias, …]``."""
        return [parameter for layer in self.layers for parameter in layer.parameters]

    def __call__(self, x):
        """Answer a batch ``x`` (batch, in) with (batch, out): the answers of the layers, one after the other.

        They are those of `forward`, but where a layer acts differently while training, as `Dropout` does.
        """
        for layer in self.layers:
            x = layer(x)
        return x

    def observe(self, trace):
        """Let each layer look at the ``trace`` of what training saw: `BatchNorm` keeps a running mean of it."""
        for layer, snapshot in zip(self.layers, trace, strict=True):
            layer.observe(snapshot)

    def forward(self, x):
        """Answer a batch, and keep what each layer saw.

        Parameters
        ----------
        x : array_like, shape (batch, in)
            Or (batch, time, in), where the first layer reads sequences.

        Returns
        -------
        list of Snapshot
            The trace, one snapshot a layer (any record that has an ``a``); ``trace[-1].a`` (batch, out) is the answer.

        Raises
        ------
        ValueError
            If the shape of x does not fit the first layer.
        """
        trace = []
        for layer in self.layers:
            trace.append(layer.forward(x))
            x = trace[-1].a
        return trace

    def backward(self, trace, upstream):
        """Carry a gradient back along a trace: backpropagation.

        Parameters
        ----------
        trace : list of Snapshot
            What `forward` returned.
        upstream : array_like, shape (batch, out)
            The gradient of the loss by the network's answers, ``trace[-1].a``.

        Returns
        -------
        list of ndarray
            The gradients of the loss by `parameters`, in their order.

        Raises
        ------
        ValueError, TypeError
            If the trace is not this network's, or upstream has not the shape of the answers.

        References
        ----------
        Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors.
        """
        return self.carry_back(trace, upstream)[1]

    def carry_back(self, trace, upstream):
        """Carry a gradient back as `backward` does, and go on to the input x.

        Parameters
        ----------
        trace, upstream
            As in `backward`.

        Returns
        -------
        by_x : ndarray, shape (batch, in)
            The gradient of the loss by what the first layer was given.
        by_parameters : list of ndarray
            What `backward` returns.
        """
        if not all(hasattr(snapshot, "a") for snapshot in trace):
            raise TypeError("backward reads a trace, one snapshot a layer: write trace = network.forward(x)")
        if len(trace) != len(self.layers):
            raise ValueError(
                f"the trace has {len(trace)} snapshots, but the network {len(self.layers)} layers: "
                "hand in the trace of this very network"
            )
        gradients = []
        for layer, snapshot in zip(reversed(self.layers), reversed(trace), strict=True):
            upstream, by_parameters = layer.backward(snapshot, upstream)
            gradients = by_parameters + gradients
        return upstream, gradients


def dense_network(rng, sizes, activation, initializer=lecun_normal, output=identity):
    """Make a network of `Dense` layers.

    Parameters
    ----------
    rng : numpy.random.Generator
    sizes : sequence of int
        The widths from the input to the output: ``[64, 32, 10]`` has one hidden layer of 32.
    activation : Activation
        Of the hidden layers.
    initializer : callable
        ``(rng, fan_in, fan_out) -> weights``; the biases start at 0.
    output : Activation
        Of the last layer; `identity` leaves it the logits that `cross_entropy` takes.

    Returns
    -------
    Network

    Raises
    ------
    ValueError, TypeError
        If sizes are not two whole numbers or more, or something else is of the wrong kind.
    """
    if np.ndim(sizes) != 1 or len(sizes) < 2:
        raise ValueError(f"sizes must list the widths from input to output, such as [64, 32, 10], not {sizes!r}")
    activations = [activation] * (len(sizes) - 2) + [output]
    return Network([
        dense(rng, fan_in, fan_out, function, initializer)
        for (fan_in, fan_out), function in zip(pairwise(sizes), activations, strict=True)
    ])
