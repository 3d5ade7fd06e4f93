"""Networks: the trace, backpropagation against differences and against jax, and the lectures' four lines."""

import copy
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from test_layers import ALL, NAMES

import lib
from lib import (
    Dense,
    Network,
    cross_entropy,
    dense_network,
    digits,
    gradient_error,
    he_normal,
    identity,
    lecun_normal,
    mean_squared_error,
    relu,
    sigmoid,
    softmax,
    tanh,
)

jax.config.update("jax_enable_x64", True)
LOSSES = [mean_squared_error, cross_entropy]
IN_JAX = [
    (lib.identity, lambda x: x),
    (lib.step, lambda x: jnp.where(x > 0, 1.0, 0.0)),
    (lib.sigmoid, jax.nn.sigmoid),
    (lib.sigmoid_of(3.0), lambda x: jax.nn.sigmoid(3 * x)),
    (lib.tanh, jnp.tanh),
    (lib.relu, jax.nn.relu),
    (lib.leaky_relu(), jax.nn.leaky_relu),
    (lib.leaky_relu(0.2), lambda x: jax.nn.leaky_relu(x, 0.2)),
    (lib.elu(), jax.nn.elu),
    (lib.elu(0.5), lambda x: jax.nn.elu(x, 0.5)),
    (lib.celu(2.0), lambda x: jax.nn.celu(x, 2.0)),
    (lib.selu, jax.nn.selu),
    (lib.softplus, jax.nn.softplus),
    (lib.gelu, lambda x: jax.nn.gelu(x, approximate=False)),
    (lib.gelu_tanh, lambda x: jax.nn.gelu(x, approximate=True)),
    (lib.silu, jax.nn.silu),
    (lib.swish(2.5), lambda x: x * jax.nn.sigmoid(2.5 * x)),
    (lib.mish, jax.nn.mish),
    (lib.hard_sigmoid, jax.nn.hard_sigmoid),
    (lib.hard_tanh, jax.nn.hard_tanh),
    (lib.relu6, jax.nn.relu6),
    (lib.hard_swish, jax.nn.hard_swish),
]


def case(activation, loss, seed=0, batch=6, sizes=(5, 4, 4, 3)):
    """A network with biases, a batch and its targets, with no weighted sum near a kink."""
    rng = np.random.default_rng(seed)
    while True:
        network = dense_network(rng, sizes, activation, output=rng.choice([identity, tanh]))
        for layer in network.layers:
            layer.bias += rng.normal(size=layer.bias.shape)
        x = rng.normal(size=(batch, sizes[0]))
        y = rng.integers(0, sizes[-1], batch) if loss is cross_entropy else rng.normal(size=(batch, sizes[-1]))
        zs = np.concatenate([snapshot.z.ravel() for snapshot in network.forward(x)[:-1]])
        if all(np.abs(zs - kink).min() > 1e-3 for kink in activation.kinks):
            return network, x, y


def gradients_of(network, loss, x, y):
    trace = network.forward(x)
    return network.backward(trace, loss.gradient(trace[-1].a, y))


# ---- gradients


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
@pytest.mark.parametrize("activation", ALL, ids=NAMES)
def test_backward_against_differences(activation, loss):
    network, x, y = case(activation, loss)
    error = gradient_error(
        lambda *parameters: loss.value(network(x), y), network.parameters, gradients_of(network, loss, x, y)
    )
    assert error < 1e-6


def jax_loss(parameters, activations, loss, x, y):
    for weights, bias, function in zip(parameters[::2], parameters[1::2], activations, strict=True):
        x = function(x @ weights + bias)
    if loss is mean_squared_error:
        return jnp.mean((x - y) ** 2)
    return -jnp.mean(jax.nn.log_softmax(x)[jnp.arange(len(y)), y])


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
@pytest.mark.parametrize("activation, in_jax", IN_JAX, ids=[activation.name for activation, _ in IN_JAX])
def test_backward_against_jax(activation, in_jax, loss):
    network, x, y = case(activation, loss, seed=1)
    last = {identity: lambda z: z, tanh: jnp.tanh}[network.layers[-1].activation]
    value, theirs = jax.value_and_grad(jax_loss)(network.parameters, [in_jax, in_jax, last], loss, x, y)
    assert loss.value(network(x), y) == pytest.approx(float(value), rel=1e-9)
    for mine, other in zip(gradients_of(network, loss, x, y), theirs, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_random_networks_against_jax(seed):
    """Of any depth and width, every layer with an activation of its own."""
    rng = np.random.default_rng(seed)
    sizes = [int(width) for width in rng.choice([3, 5], rng.integers(2, 6))]
    chosen = [IN_JAX[i] for i in rng.integers(0, len(IN_JAX), len(sizes) - 1)]
    network = Network([
        Dense(rng.normal(size=(fan_in, fan_out)), rng.normal(size=fan_out), activation)
        for fan_in, fan_out, (activation, _) in zip(sizes[:-1], sizes[1:], chosen, strict=True)
    ])
    loss = LOSSES[seed % 2]
    x = rng.normal(size=(7, sizes[0]))
    y = rng.integers(0, sizes[-1], 7) if loss is cross_entropy else rng.normal(size=(7, sizes[-1]))
    theirs = jax.grad(jax_loss)(network.parameters, [function for _, function in chosen], loss, x, y)
    for mine, other in zip(gradients_of(network, loss, x, y), theirs, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-8, atol=1e-11)


def test_two_layers_by_hand():
    """The chain rule with numbers small enough for paper."""
    network = Network([Dense([[2.0]], [-1.0], relu), Dense([[3.0]], [0.5], identity)])
    trace = network.forward([[1.5]])
    assert [float(snapshot.z[0, 0]) for snapshot in trace] == [2.0, 6.5]
    # the loss (6.5 - 6)²: slope 1 by the answer, by w₂ 1·2, by b₂ 1, by w₁ 1·3·1·1.5, by b₁ 1·3·1
    gradients = network.backward(trace, mean_squared_error.gradient(trace[-1].a, [[6.0]]))
    assert [float(g.ravel()[0]) for g in gradients] == [4.5, 3.0, 2.0, 1.0]


# ---- the trace


def test_forward_keeps_what_every_layer_saw():
    network, x, _ = case(sigmoid, mean_squared_error)
    trace = network.forward(x)
    assert isinstance(trace, list) and len(trace) == len(network.layers)
    assert trace[0].x is x
    for earlier, later in pairwise(trace):
        assert later.x is earlier.a
    np.testing.assert_array_equal(network(x), trace[-1].a)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_a_trace_can_not_be_stale(loss):
    """Forward twice, then backward with the first trace: the gradients of the first batch."""
    network, x, y = case(tanh, loss)
    expected = gradients_of(network, loss, x, y)
    first = network.forward(x)
    network.forward(-2 * x)
    network(x + 1)
    for now, then in zip(network.backward(first, loss.gradient(first[-1].a, y)), expected, strict=True):
        np.testing.assert_array_equal(now, then)


def test_backward_changes_nothing():
    network, x, y = case(tanh, cross_entropy)
    trace = network.forward(x)
    upstream = cross_entropy.gradient(trace[-1].a, y)
    held = [*network.parameters, x, upstream, *(array for snapshot in trace for array in snapshot)]
    before = copy.deepcopy(held)
    gradients = network.backward(trace, upstream)
    network.backward(trace, upstream)
    for now, then in zip(held, before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert not any(np.shares_memory(gradient, array) for gradient in gradients for array in held)
    assert vars(network).keys() == {"layers"}


def test_parameters_are_flat_and_the_arrays_themselves():
    network, _, _ = case(relu, cross_entropy)
    expected = [array for layer in network.layers for array in (layer.weights, layer.bias)]
    assert len(network.parameters) == len(expected) == 6
    assert all(mine is theirs for mine, theirs in zip(network.parameters, expected, strict=True))


def test_float32_all_the_way():
    network, x, y = case(relu, cross_entropy)
    narrow = Network([
        Dense(layer.weights.astype("f4"), layer.bias.astype("f4"), layer.activation) for layer in network.layers
    ])
    trace = narrow.forward(x.astype("f4"))
    gradients = narrow.backward(trace, cross_entropy.gradient(trace[-1].a, y))
    assert {array.dtype for array in [*gradients, *sum(trace, ())]} == {np.dtype("f4")}
    for mine, wide in zip(gradients, gradients_of(network, cross_entropy, x, y), strict=True):
        np.testing.assert_allclose(mine, wide, rtol=1e-3, atol=1e-5)


# ---- making one


def test_dense_network():
    network = dense_network(np.random.default_rng(0), [5, 4, 3, 2], relu, he_normal, output=tanh)
    assert [layer.weights.shape for layer in network.layers] == [(5, 4), (4, 3), (3, 2)]
    assert [layer.activation for layer in network.layers] == [relu, relu, tanh]
    rng = np.random.default_rng(0)  # the layers draw one after the other
    for layer, (fan_in, fan_out) in zip(network.layers, [(5, 4), (4, 3), (3, 2)], strict=True):
        np.testing.assert_array_equal(layer.weights, he_normal(rng, fan_in, fan_out))
        assert not layer.bias.any()


def test_the_defaults_of_dense_network():
    network = dense_network(np.random.default_rng(0), (4, 3, 2), relu)
    assert [layer.activation for layer in network.layers] == [relu, identity]
    np.testing.assert_array_equal(network.layers[0].weights, lecun_normal(np.random.default_rng(0), 4, 3))
    single = dense_network(np.random.default_rng(0), np.array([4, 2]), relu)
    assert [layer.activation for layer in single.layers] == [identity]


def test_how_a_network_shows_itself():
    network = dense_network(np.random.default_rng(0), [64, 32, 10], relu)
    assert repr(network) == "Network(layers=[Dense(64 → 32, ReLU), Dense(32 → 10, identity)])"


def test_the_lectures_four_lines():
    """a1 = x·W1 + b1, z1 = sigmoid(a1), a2 = z1·W2 + b2, y = softmax(a2): the network, to the last bit."""
    network = dense_network(np.random.default_rng(0), [64, 32, 10], sigmoid)
    W1, b1, W2, b2 = network.parameters
    x = digits().x_test
    a1 = x @ W1 + b1
    z1 = sigmoid(a1)
    a2 = z1 @ W2 + b2
    y = softmax(a2)
    np.testing.assert_array_equal(y, softmax(network(x)))
    np.testing.assert_allclose(y.sum(axis=1), 1)
    first, second = network.forward(x)
    for theirs, ours in [(x, first.x), (a1, first.z), (z1, first.a), (z1, second.x), (a2, second.z), (a2, second.a)]:
        np.testing.assert_array_equal(theirs, ours)


# ---- ordinary mistakes


def test_neighbours_must_fit():
    with pytest.raises(ValueError, match=r"Dense\(2 → 3, ReLU\) gives 3 numbers, but Dense\(4 → 1, ReLU\) takes 4: "):
        Network([Dense(np.ones((2, 3)), np.zeros(3), relu), Dense(np.ones((4, 1)), [0], relu)])
    with pytest.raises(ValueError, match="one layer at least"):
        Network([])


def test_mistakes_with_the_trace():
    network, x, _ = case(relu, cross_entropy)
    with pytest.raises(TypeError, match=r"write trace = network.forward\(x\)"):
        network.backward(network(x), np.ones((6, 3)))
    other = dense_network(np.random.default_rng(0), [5, 3], relu)
    with pytest.raises(ValueError, match="the trace has 1 snapshots, but the network 3 layers"):
        network.backward(other.forward(x), np.ones((6, 3)))
    with pytest.raises(ValueError, match=r"upstream \(6, 2\) must have the shape"):
        network.backward(network.forward(x), np.ones((6, 2)))
    with pytest.raises(ValueError, match=r"x \(6, 4\) does not fit Dense\(5 → 4"):
        network(x[:, :4])


@pytest.mark.parametrize("sizes", [[64], [], 64, "64", [[64, 10], [10, 2]], None])
def test_sizes_are_a_list(sizes):
    with pytest.raises(ValueError, match=r"sizes must list the widths from input to output, such as \[64, 32, 10\]"):
        dense_network(np.random.default_rng(0), sizes, relu)


def test_mistakes_with_dense_network():
    rng = np.random.default_rng(0)
    with pytest.raises(TypeError, match="rng must be a random generator, not 7"):
        dense_network(7, [2, 3, 1], relu)
    with pytest.raises(ValueError, match="fan_out must be a whole number, 1 or more, not 0"):
        dense_network(rng, [2, 0, 1], relu)
    with pytest.raises(TypeError, match="activation must be an Activation, such as relu without quotes, not 'relu'"):
        dense_network(rng, [2, 3, 1], "relu")
    with pytest.raises(TypeError, match="activation must be an Activation, such as relu without quotes, not 'identity'"):
        dense_network(rng, [2, 3, 1], relu, output="identity")
    with pytest.raises(TypeError, match="initializer must be a function"):
        dense_network(rng, [2, 3, 1], relu, "he_normal")
