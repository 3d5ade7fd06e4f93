"""Recurrent layers: they read a sequence moment by moment, with the same weights at each, and keep a state.

Unrolled over its moments such a layer is a deep network whose layers share their weights. So the
gradient by a weight is the sum of what all moments ask of it: backpropagation through time.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .activations import Activation, sigmoid, tanh
from .expectations import expect_count, expect_rng, floats
from .initializers import lecun_normal
from .layers import Layer, expect_activation, expect_initializer


class Unrolled(NamedTuple):
    """What a recurrent layer saw and said: ``x``, and moment by moment ``z``, ``states`` and ``cells``."""

    x: np.ndarray  # (batch, time, in)
    z: np.ndarray  # (time, batch, units), the weighted sums; of an LSTM (time, batch, 4 units)
    states: np.ndarray  # (time + 1, batch, units): h₀, which is 0, to h_T
    cells: np.ndarray | None = None  # (time + 1, batch, units): an LSTM's c₀, which is 0, to c_T

    @property
    def a(self):
        """What the next layer takes: the last state (batch, units)."""
        return self.states[-1]


@dataclass(eq=False, repr=False)
class ThroughTime(Layer):
    """What `Recurrent` and `LSTM` share: weights for the input and for the state, and the sum over time."""

    weights: np.ndarray  # (in, units); of an LSTM (in, 4 units), and so on
    state_weights: np.ndarray  # (units, units)
    bias: np.ndarray  # (units,)
    _sums = 1  # weighted sums a unit

    def __post_init__(self):
        self.weights, self.state_weights, self.bias = map(floats, self.parameters)
        fits = [array.ndim for array in self.parameters] == [2, 2, 1]
        if not fits or {a.shape[-1] for a in self.parameters} != {self._sums * len(self.state_weights)}:
            wide = "units" if self._sums == 1 else f"{self._sums} * units"
            raise ValueError(
                f"weights {self.weights.shape}, state_weights {self.state_weights.shape} and bias {self.bias.shape} "
                f"do not fit: they must be (in, {wide}), (units, {wide}) and ({wide},)"
            )

    @property
    def parameters(self):
        """The arrays that training changes: ``[weights, state_weights, bias]``."""
        return [self.weights, self.state_weights, self.bias]

    @property
    def fan_in(self):
        """How many numbers the layer takes at each moment."""
        return len(self.weights)

    @property
    def fan_out(self):
        """How many numbers the layer gives: its units."""
        return len(self.state_weights)

    def backflow(self, snapshot, upstream):
        """Carry a gradient back through time, and keep what arrives at each moment.

        Parameters
        ----------
        snapshot : Unrolled
            What `forward` returned.
        upstream : array_like, shape (batch, units)
            The gradient of the loss by the last state, ``snapshot.a``.

        Returns
        -------
        list of ndarray, each (batch, units)
            The gradient of the loss by each state, h₀ to h_T; in an LSTM by each cell, c₀ to c_T.
        """
        return self._back(snapshot, self._expected(snapshot, upstream))[0]

    def backward(self, snapshot, upstream):
        """Carry a gradient from the last state back to the inputs and the parameters.

        Parameters
        ----------
        snapshot : Unrolled
            What `forward` returned.
        upstream : array_like, shape (batch, units)
            The gradient of the loss by the last state, ``snapshot.a``.

        Returns
        -------
        by_x : ndarray, shape (batch, time, in)
        by_parameters : list of ndarray
            The gradients by `parameters`, in their order, each the sum over all moments.

        References
        ----------
        Werbos (1990), Backpropagation through time: what it does and how to do it.
        """
        _, delta = self._back(snapshot, self._expected(snapshot, upstream))  # (time, batch, …): the gradient by z
        x = np.swapaxes(snapshot.x, 0, 1)  # (time, batch, in)
        by_x = np.swapaxes(delta @ self.weights.T, 0, 1)
        moments = [0, 1], [0, 1]  # summed over time and batch: every moment used these weights
        by_weights, by_state_weights = (np.tensordot(heard, delta, moments) for heard in (x, snapshot.states[:-1]))
        return by_x, [by_weights, by_state_weights, delta.sum(axis=(0, 1))]

    def _expected(self, snapshot, upstream):
        if not isinstance(snapshot, Unrolled) or snapshot.z.shape[-1] != len(self.bias):
            raise TypeError(f"{self} goes back by what its own forward returned: write snapshot = layer.forward(x)")
        upstream = np.asarray(upstream)
        if upstream.shape != snapshot.a.shape:
            raise ValueError(
                f"upstream {upstream.shape} must have the shape of the last state, {snapshot.a.shape}: "
                "one slope of the loss for each of its numbers"
            )
        return upstream

    def _start(self, x):
        """The sequences, what they add to each weighted sum, and the states, all still 0."""
        x = np.asarray(x)
        if x.ndim != 3 or x.shape[1] == 0 or x.shape[2] != self.fan_in:
            hint = "; for a single sequence write x[None]" if x.ndim == 2 else ""
            raise ValueError(
                f"x {x.shape} does not fit weights {self.weights.shape}: "
                f"x must be (batch, time, {self.fan_in}), one sequence a row{hint}"
            )
        z = np.swapaxes(x @ self.weights + self.bias, 0, 1).copy()
        return x, z, np.zeros((len(z) + 1, len(x), self.fan_out), z.dtype)


@dataclass(eq=False, repr=False)
class Recurrent(ThroughTime):
    """A layer that hears its own last answer: ``h = activation(x @ weights + h @ state_weights + bias)``.

    Parameters
    ----------
    weights : array_like, shape (in, units)
        Arrays of floats are taken as they are, not copied: training changes them.
    state_weights : array_like, shape (units, units)
        How the units hear the state before, one column a unit.
    bias : array_like, shape (units,)
    activation : Activation

    References
    ----------
    Elman (1990), Finding structure in time.
    """

    activation: Activation

    def __post_init__(self):
        super().__post_init__()
        expect_activation(self.activation)

    def __repr__(self):
        return f"Recurrent({self.fan_in} → {self.fan_out}, {self.activation.name})"

    def forward(self, x):
        """Read a batch of sequences x (batch, time, in), from a state of 0; return an `Unrolled`."""
        x, z, states = self._start(x)
        for t in range(len(z)):
            z[t] += states[t] @ self.state_weights
            states[t + 1] = self.activation(z[t])
        return Unrolled(x, z, states)

    def _back(self, snapshot, upstream):
        slopes, by_states = self.activation.derivative(snapshot.z), [upstream]
        delta = np.empty_like(slopes)
        for t in reversed(range(len(delta))):
            delta[t] = by_states[-1] * slopes[t]
            by_states.append(delta[t] @ self.state_weights.T)
        return by_states[::-1], delta


@dataclass(eq=False, repr=False)
class LSTM(ThroughTime):
    """A recurrent layer that adds to its memory: long short-term memory.

    ``z = x @ weights + h @ state_weights + bias`` holds four sums a unit: ``f, i, o = sigmoid(z)``
    are its forget, input and output gate, ``g = tanh(z)`` is what may be written. Then the cell is
    ``c = f * c + i * g`` and the state ``h = o * tanh(c)``.

    Parameters
    ----------
    weights : array_like, shape (in, 4 * units)
        The columns of all f come first, then those of i, o and g. Arrays of floats are taken as
        they are, not copied: training changes them.
    state_weights : array_like, shape (units, 4 * units)
    bias : array_like, shape (4 * units,)

    References
    ----------
    Hochreiter & Schmidhuber (1997), Long short-term memory; Gers, Schmidhuber & Cummins (2000),
    Learning to forget: continual prediction with LSTM.
    """

    _sums = 4

    def __repr__(self):
        return f"LSTM({self.fan_in} → {self.fan_out})"

    def gates(self, z):
        """Tell f, i, o and g, each (..., units), from the weighted sums z (..., 4 units)."""
        n = self.fan_out
        opened = sigmoid(z[..., : 3 * n])
        return opened[..., :n], opened[..., n : 2 * n], opened[..., 2 * n :], tanh(z[..., 3 * n :])

    def forward(self, x):
        """Read a batch of sequences x (batch, time, in), from a state and cells of 0; return an `Unrolled`."""
        x, z, states = self._start(x)
        cells = np.zeros_like(states)
        for t in range(len(z)):
            z[t] += states[t] @ self.state_weights
            f, i, o, g = self.gates(z[t])
            cells[t + 1] = f * cells[t] + i * g
            states[t + 1] = o * tanh(cells[t + 1])
        return Unrolled(x, z, states, cells)

    def _back(self, snapshot, by_state):
        z, cells = snapshot.z, snapshot.cells
        f, i, o, g = self.gates(z)  # (time, batch, units) each
        said = tanh(cells[1:])
        # What each sum does: those of f, i and g to the cell, that of o to the state.
        reach = [cells[:-1] * f * (1 - f), g * i * (1 - i), said * o * (1 - o), i * (1 - g**2)]
        reach = np.concatenate(reach, axis=-1)  # (time, batch, 4 units)
        shown = o * (1 - said**2)  # what the cell does to the state
        delta, by_cell, by_cells = np.empty_like(z), 0, []
        for t in reversed(range(len(z))):
            by_cell = by_cell + by_state * shown[t]
            by_cells.append(by_cell)
            delta[t] = reach[t] * np.concatenate([by_cell, by_cell, by_state, by_cell], axis=-1)
            by_state = delta[t] @ self.state_weights.T
            by_cell = by_cell * f[t]  # the additive path: no weight, and no slope, only the gate
        return [by_cell, *by_cells[::-1]], delta


def recurrent(rng, fan_in, units, activation=tanh, initializer=lecun_normal):
    """Make a `Recurrent` layer with weights drawn by an initializer and a bias of 0.

    Parameters
    ----------
    rng : numpy.random.Generator
    fan_in, units : int
        How many numbers the layer takes at each moment, and how many it gives.
    activation : Activation
    initializer : callable
        ``(rng, fan_in, fan_out) -> weights``: for the input, then for the state.

    Returns
    -------
    Recurrent
    """
    return Recurrent(*_drawn(rng, fan_in, units, initializer, sums=1), np.zeros(units), activation)


def lstm(rng, fan_in, units, forget_bias=1.0, initializer=lecun_normal):
    """Make an `LSTM` layer with weights drawn by an initializer, and gates that remember at first.

    Parameters
    ----------
    rng : numpy.random.Generator
    fan_in, units : int
        How many numbers the layer takes at each moment, and how many it gives.
    forget_bias : float
        Where the bias of the forget gates starts, the others at 0. As long as inputs and states
        are small, each moment keeps ``sigmoid(forget_bias)`` of a cell.
    initializer : callable
        ``(rng, fan_in, fan_out) -> weights``: for f, i, o, g of the input, then of the state.

    Returns
    -------
    LSTM

    References
    ----------
    Jozefowicz, Zaremba & Sutskever (2015), An empirical exploration of recurrent network architectures.
    """
    weights = _drawn(rng, fan_in, units, initializer, sums=4)
    return LSTM(*weights, np.repeat([forget_bias, 0.0, 0.0, 0.0], units))


def _drawn(rng, fan_in, units, initializer, sums):
    expect_rng(rng)
    expect_count("fan_in", fan_in)
    expect_count("units", units)
    expect_initializer(initializer)
    return [np.hstack([initializer(rng, width, units) for _ in range(sums)]) for width in (fan_in, units)]
