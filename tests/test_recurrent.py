"""Recurrent layers: the unrolled pass by hand, and backpropagation through time against differences and jax."""

import copy
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from test_layers import ALL, NAMES
from test_networks import IN_JAX

from lib import (
    LSTM,
    Dense,
    Network,
    Recurrent,
    Unrolled,
    adam,
    cross_entropy,
    dense,
    gradient,
    gradient_error,
    he_normal,
    identity,
    lecun_normal,
    lstm,
    mean_squared_error,
    plot,
    recurrent,
    relu,
    sigmoid,
    tanh,
    train,
)

jax.config.update("jax_enable_x64", True)


def shapes(seed):
    """batch, time, in, units: from 1 on."""
    return [int(n) for n in np.random.default_rng(seed).integers(1, [5, 7, 4, 5])]


def case(make, seed, kinks=()):
    """A layer with biases, sequences, a last layer's worth of slopes; no weighted sum near a kink."""
    rng = np.random.default_rng(seed)
    batch, time, fan_in, units = shapes(seed)
    while True:
        layer = make(rng, fan_in, units)
        layer.bias += rng.normal(size=layer.bias.shape)
        x, upstream = rng.normal(size=(batch, time, fan_in)), rng.normal(size=(batch, units))
        if all(np.abs(layer.forward(x).z - kink).min() > 1e-3 for kink in kinks):
            return layer, x, upstream


def by_all(layer, x, upstream):
    by_x, by_parameters = layer.backward(layer.forward(x), upstream)
    return [*by_parameters, by_x]


# ---- gradients


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("activation", ALL, ids=NAMES)
def test_recurrent_against_differences(activation, seed):
    layer, x, upstream = case(lambda rng, m, n: recurrent(rng, m, n, activation), seed, activation.kinks)
    error = gradient_error(
        lambda *_: np.sum(layer.forward(x).a * upstream), [*layer.parameters, x], by_all(layer, x, upstream)
    )
    assert error < 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_lstm_against_differences(seed):
    layer, x, upstream = case(lstm, seed)
    error = gradient_error(
        lambda *_: np.sum(layer.forward(x).a * upstream), [*layer.parameters, x], by_all(layer, x, upstream)
    )
    assert error < 1e-6


def plain_in_jax(weights, state_weights, bias, x, function):
    h = jnp.zeros((len(x), len(state_weights)))
    for t in range(x.shape[1]):
        h = function(x[:, t] @ weights + h @ state_weights + bias)
    return h


def lstm_in_jax(weights, state_weights, bias, x):
    h = c = jnp.zeros((len(x), len(state_weights)))
    n = len(state_weights)
    for t in range(x.shape[1]):
        z = x[:, t] @ weights + h @ state_weights + bias
        f, i, o = (jax.nn.sigmoid(z[:, k * n : (k + 1) * n]) for k in range(3))
        c = f * c + i * jnp.tanh(z[:, 3 * n :])
        h = o * jnp.tanh(c)
    return h


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("activation, in_jax", IN_JAX, ids=[activation.name for activation, _ in IN_JAX])
def test_recurrent_against_jax(activation, in_jax, seed):
    layer, x, upstream = case(lambda rng, m, n: recurrent(rng, m, n, activation), seed + 10, activation.kinks)
    value, pull = jax.vjp(lambda *all: plain_in_jax(*all, in_jax), *layer.parameters, x)
    np.testing.assert_allclose(layer.forward(x).a, value, rtol=1e-10, atol=1e-13)
    for mine, other in zip(by_all(layer, x, upstream), pull(upstream), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(12))
def test_lstm_against_jax(seed):
    layer, x, upstream = case(lstm, seed + 10)
    value, pull = jax.vjp(lstm_in_jax, *layer.parameters, x)
    np.testing.assert_allclose(layer.forward(x).a, value, rtol=1e-10, atol=1e-13)
    for mine, other in zip(by_all(layer, x, upstream), pull(upstream), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("make", [recurrent, lstm])
@pytest.mark.parametrize("loss", [mean_squared_error, cross_entropy], ids=lambda loss: loss.name)
def test_in_a_network(make, loss):
    rng = np.random.default_rng(0)
    network = Network([make(rng, 2, 5), dense(rng, 5, 4, tanh), dense(rng, 4, 3, identity)])
    x = rng.normal(size=(6, 9, 2))
    y = rng.integers(0, 3, 6) if loss is cross_entropy else rng.normal(size=(6, 3))
    trace = network.forward(x)
    given = network.backward(trace, loss.gradient(trace[-1].a, y))
    assert gradient_error(lambda *_: loss.value(network(x), y), network.parameters, given) < 1e-6


# ---- what arrives at each moment


@pytest.mark.parametrize("activation", [tanh, sigmoid, relu, identity], ids=lambda activation: activation.name)
def test_backflow_is_the_product_of_the_jacobians(activation):
    """Handed the identity for one sequence, once a unit, it gives ∂h_T/∂h_t, a row for each number of h_T."""
    rng = np.random.default_rng(1)
    layer, x = recurrent(rng, 2, 4, activation), rng.normal(size=(1, 8, 2))
    snapshot = layer.forward(np.repeat(x, 4, axis=0))
    flow = layer.backflow(snapshot, np.eye(4))
    product = np.eye(4)
    assert len(flow) == 9
    for t in reversed(range(9)):
        np.testing.assert_allclose(flow[t], product, rtol=1e-12, atol=1e-15)
        if t:
            product = product @ (activation.derivative(snapshot.z[t - 1, 0])[:, None] * layer.state_weights.T)


def test_backflow_against_differences():
    """The gradient by h_t or c_t: nudge it, and go on from there."""
    rng = np.random.default_rng(2)
    plain, gated = recurrent(rng, 2, 3), lstm(rng, 2, 3)
    x, upstream = rng.normal(size=(2, 5, 2)), rng.normal(size=(2, 3))

    def rest(layer, t, memory):
        """The last state if the memory after t moments were this one."""
        seen = layer.forward(x)
        if layer is plain:
            h = memory
        else:  # h_t = o tanh(c_t); h₀ is 0 whatever c₀ is
            h, c = layer.gates(seen.z[t - 1])[2] * np.tanh(memory) if t else seen.states[0], memory
        for moment in range(t, 5):
            z = x[:, moment] @ layer.weights + h @ layer.state_weights + layer.bias
            if layer is plain:
                h = np.tanh(z)
            else:
                f, i, o, g = layer.gates(z)
                c = f * c + i * g
                h = o * np.tanh(c)
        return np.sum(h * upstream)

    for layer in (plain, gated):
        seen = layer.forward(x)
        for t, given in enumerate(layer.backflow(seen, upstream)):
            memory = (seen.states if layer is plain else seen.cells)[t].copy()
            measured = gradient(lambda m, layer=layer, t=t: rest(layer, t, m), memory)
            np.testing.assert_allclose(given, measured, rtol=1e-6, atol=1e-9)


def test_the_last_of_backflow_is_upstream():
    layer, x, upstream = case(recurrent, 3)
    assert layer.backflow(layer.forward(x), upstream)[-1] is upstream


def test_an_open_forget_gate_carries_everything():
    """All weights 0, f = 1: the additive path alone; c₀ and every input count the same."""
    layer = LSTM(np.zeros((1, 4)), np.zeros((1, 4)), [800.0, 0, 0, 0])
    flow = layer.backflow(layer.forward(np.ones((1, 200, 1))), np.ones((1, 1)))
    assert len({float(arrived[0, 0]) for arrived in flow}) == 1


# ---- one moment after the other


def test_one_moment_is_a_dense_layer():
    rng = np.random.default_rng(0)
    layer, x = recurrent(rng, 3, 4, sigmoid), rng.normal(size=(5, 3))
    theirs = Dense(layer.weights, layer.bias, sigmoid).forward(x)
    mine = layer.forward(x[:, None, :])
    np.testing.assert_allclose(mine.a, theirs.a, rtol=1e-14)
    np.testing.assert_allclose(mine.z[0], theirs.z, rtol=1e-13)


def test_the_lstm_in_plain_python():
    """One unit, one number after the other, with math alone."""
    layer = LSTM([[0.3, -0.2, 0.5, 0.7]], [[0.1, 0.4, -0.6, 0.2]], [1.0, 0.1, -0.1, 0.05])
    h = c = 0.0
    xs = [0.5, -1.0, 2.0]
    seen = layer.forward(np.reshape(xs, (1, 3, 1)))
    for t, x in enumerate(xs):
        z = [x * w + h * u + b for w, u, b in zip(layer.weights[0], layer.state_weights[0], layer.bias, strict=True)]
        f, i, o = (1 / (1 + math.exp(-value)) for value in z[:3])
        c = f * c + i * math.tanh(z[3])
        h = o * math.tanh(c)
        assert seen.z[t, 0] == pytest.approx(z, rel=1e-14)
        assert seen.cells[t + 1, 0, 0] == pytest.approx(c, rel=1e-14)
        assert seen.states[t + 1, 0, 0] == pytest.approx(h, rel=1e-14)
    assert seen.a[0, 0] == seen.states[-1, 0, 0]


@pytest.mark.parametrize("make", [recurrent, lstm])
def test_what_forward_returns(make):
    layer, x = make(np.random.default_rng(0), 3, 2), np.random.default_rng(1).normal(size=(4, 6, 3))
    seen = layer.forward(x)
    assert isinstance(seen, Unrolled) and seen.x is x
    assert seen.z.shape == (6, 4, layer.weights.shape[1]) and seen.states.shape == (7, 4, 2)
    assert not seen.states[0].any()
    np.testing.assert_array_equal(seen.a, seen.states[-1])
    assert (seen.cells is None) if make is recurrent else (seen.cells.shape == (7, 4, 2) and not seen.cells[0].any())
    for t in range(1, 7):  # what comes later changes nothing, and a list will do
        np.testing.assert_allclose(layer.forward(x[:, :t].tolist()).a, seen.states[t], rtol=1e-13)
    assert layer.forward(np.ones((2, 3, 3), dtype=int)).a.dtype == float


@pytest.mark.parametrize("make", [recurrent, lstm])
def test_nothing_is_remembered_and_nothing_changed(make):
    layer, x, upstream = case(make, 4)
    snapshot = layer.forward(x)
    held = [*layer.parameters, x, upstream, *(array for array in snapshot if array is not None)]
    before = copy.deepcopy(held)
    expected = by_all(layer, x, upstream)
    layer.forward(-x)
    by_x, by_parameters = layer.backward(snapshot, upstream)
    layer.backflow(snapshot, upstream)
    for now, then in zip([*by_parameters, by_x, *held], [*expected, *before], strict=True):
        np.testing.assert_array_equal(now, then)
    assert not any(np.shares_memory(made, array) for made in [by_x, *by_parameters] for array in held)


@pytest.mark.parametrize("make", [recurrent, lstm])
def test_float32_all_the_way(make):
    layer, x, upstream = case(make, 5)
    wide = by_all(layer, x, upstream)
    layer.weights, layer.state_weights, layer.bias = (array.astype("f4") for array in layer.parameters)
    x, upstream = x.astype("f4"), upstream.astype("f4")
    seen = layer.forward(x)
    narrow = [*by_all(layer, x, upstream), *layer.backflow(seen, upstream)]
    assert {array.dtype for array in [*narrow, *seen] if array is not None} == {np.dtype("f4")}
    for mine, other in zip(narrow, wide, strict=False):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=1e-5)


def test_an_explosion_does_not_warn():
    layer = Recurrent([[1.0]], [[10.0]], [0.0], identity)
    with np.errstate(all="ignore"):
        seen = layer.forward(np.ones((1, 400, 1)))
        assert np.isinf(seen.a).all()


# ---- making one, and training it


@pytest.mark.parametrize("initializer", [lecun_normal, he_normal])
def test_the_makers(initializer):
    layer, rng = recurrent(np.random.default_rng(0), 3, 5, relu, initializer), np.random.default_rng(0)
    np.testing.assert_array_equal(layer.weights, initializer(rng, 3, 5))
    np.testing.assert_array_equal(layer.state_weights, initializer(rng, 5, 5))
    assert not layer.bias.any() and layer.activation is relu
    assert repr(layer) == "Recurrent(3 → 5, ReLU)" and (layer.fan_in, layer.fan_out) == (3, 5)
    layer, rng = lstm(np.random.default_rng(0), 3, 5, initializer=initializer), np.random.default_rng(0)
    np.testing.assert_array_equal(layer.weights, np.hstack([initializer(rng, 3, 5) for _ in range(4)]))
    np.testing.assert_array_equal(layer.state_weights, np.hstack([initializer(rng, 5, 5) for _ in range(4)]))
    assert layer.bias.tolist() == [1.0] * 5 + [0.0] * 15
    assert repr(layer) == "LSTM(3 → 5)" and (layer.fan_in, layer.fan_out) == (3, 5)
    assert lstm(np.random.default_rng(0), 1, 2, forget_bias=3).bias.tolist() == [3.0, 3.0] + [0.0] * 6
    assert recurrent(np.random.default_rng(0), 1, 2).activation is tanh


@pytest.mark.parametrize("make", [recurrent, lstm])
def test_parameters_are_the_arrays_themselves(make):
    layer = make(np.random.default_rng(0), 2, 3)
    for mine, array in zip(layer.parameters, [layer.weights, layer.state_weights, layer.bias], strict=True):
        assert mine is array
    again = type(layer)(*layer.parameters, *([tanh] if make is recurrent else []))
    assert all(mine is theirs for mine, theirs in zip(again.parameters, layer.parameters, strict=True))


@pytest.mark.parametrize("make", [recurrent, lstm])
def test_train_takes_it_as_it_is(make):
    rng = np.random.default_rng(0)
    y = np.arange(64) % 2
    x = rng.normal(0, 0.3, (64, 4, 1))
    x[:, 0, 0] += 2 * y - 1
    network = Network([make(rng, 1, 6), dense(rng, 6, 2, identity)])
    history = train(network, (x, y), cross_entropy, adam(0.03), epochs=20, batch_size=16, rng=rng)
    assert history.loss[-1] < 0.2 * history.loss[0] and history.accuracy[-1] == 1


def test_a_network_with_one_is_drawn():
    rng = np.random.default_rng(0)
    drawn = plot(Network([lstm(rng, 1, 6), dense(rng, 6, 2, identity)]))
    assert "6 units (LSTM)" in drawn.alt
    assert "6 units (tanh)" in plot(Network([recurrent(rng, 1, 6), dense(rng, 6, 2, identity)])).alt


# ---- ordinary mistakes


def test_mistakes_with_shapes():
    with pytest.raises(ValueError, match=r"they must be \(in, units\), \(units, units\) and \(units,\)"):
        Recurrent(np.ones((2, 3)), np.ones((2, 3)), np.zeros(3), tanh)
    with pytest.raises(ValueError, match=r"weights \(2, 3\), state_weights \(3, 3\) and bias \(1, 3\) do not fit"):
        Recurrent(np.ones((2, 3)), np.ones((3, 3)), np.zeros((1, 3)), tanh)
    with pytest.raises(ValueError, match=r"they must be \(in, 4 \* units\), \(units, 4 \* units\) and \(4 \* units,\)"):
        LSTM(np.ones((2, 3)), np.ones((3, 3)), np.zeros(3))
    layer = recurrent(np.random.default_rng(0), 2, 3)
    with pytest.raises(ValueError, match=r"x must be \(batch, time, 2\), one sequence a row; for a single sequence"):
        layer.forward(np.ones((5, 2)))
    for shape in [(1, 5, 3), (1, 0, 2), (2,)]:
        with pytest.raises(ValueError, match=r"does not fit weights \(2, 3\): x must be \(batch, time, 2\)"):
            layer.forward(np.ones(shape))
    with pytest.raises(ValueError, match=r"upstream \(4, 5, 3\) must have the shape of the last state, \(4, 3\)"):
        layer.backward(layer.forward(np.ones((4, 5, 2))), np.ones((4, 5, 3)))
    with pytest.raises(ValueError, match=r"Recurrent\(2 → 3, tanh\) gives 3 numbers, but Dense\(4 → 1, tanh\) takes 4"):
        Network([layer, Dense(np.ones((4, 1)), [0], tanh)])


def test_mistakes_of_other_kinds():
    rng = np.random.default_rng(0)
    with pytest.raises(TypeError, match="activation must be an Activation, such as relu without quotes, not 'tanh'"):
        recurrent(rng, 2, 3, "tanh")
    with pytest.raises(TypeError, match="rng must be a random generator, not 0"):
        lstm(0, 2, 3)
    with pytest.raises(ValueError, match="units must be a whole number, 1 or more, not 0"):
        lstm(rng, 2, 0)
    with pytest.raises(TypeError, match="initializer must be a function"):
        recurrent(rng, 2, 3, initializer="lecun")
    layer = recurrent(rng, 2, 3)
    with pytest.raises(TypeError, match=r"write snapshot = layer.forward\(x\)"):
        layer.backward(dense(rng, 2, 3, tanh).forward(np.ones((4, 2))), np.ones((4, 3)))
    with pytest.raises(TypeError, match=r"LSTM\(2 → 3\) goes back by what its own forward returned"):
        lstm(rng, 2, 3).backward(layer.forward(np.ones((4, 5, 2))), np.ones((4, 3)))
