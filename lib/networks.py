"""Networks: layers in a row, forwards with a trace and backwards along it."""

from dataclasses import dataclass
from itertools import pairwise

from .activations import identity
from .initializers import lecun_normal
from .layers import Dense, dense


@dataclass(eq=False)
class Network:
    """Layers in a row: what one gives, the next takes."""

    layers: list[Dense]

    @property
    def parameters(self):
        return [parameter for layer in self.layers for parameter in layer.parameters]

    def __call__(self, x):
        return self.forward(x)[-1].a

    def forward(self, x):
        trace = []
        for layer in self.layers:
            trace.append(layer.forward(x))
            x = trace[-1].a
        return trace

    def backward(self, trace, upstream):
        gradients = []
        for layer, snapshot in zip(reversed(self.layers), reversed(trace), strict=True):
            upstream, by_parameter = layer.backward(snapshot, upstream)
            gradients = by_parameter + gradients
        return gradients


def dense_network(rng, sizes, activation, initializer=lecun_normal, output=identity):
    activations = [activation] * (len(sizes) - 2) + [output]
    return Network([
        dense(rng, fan_in, fan_out, function, initializer)
        for (fan_in, fan_out), function in zip(pairwise(sizes), activations)
    ])
