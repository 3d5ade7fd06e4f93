"""Blocks: an activation as a layer, and layers with a way around them; gradients by differences, shapes, messages."""

import numpy as np
import pytest

from lib import (
    Activate,
    Dropout,
    Network,
    Skip,
    backflow,
    batch_norm,
    cross_entropy,
    dense,
    gradient_error,
    identity,
    leaky_relu,
    mean_squared_error,
    relu,
    rms_norm,
    sgd,
    sigmoid,
    signals,
    tanh,
    train,
)


def block(rng, units, *, hidden=3):
    return Skip([dense(rng, units, hidden, tanh), dense(rng, hidden, units, identity)])


@pytest.mark.parametrize("activation", [sigmoid, tanh, relu, leaky_relu(0.1)], ids=lambda h: h.name)
@pytest.mark.parametrize("shape", [(1, 1), (2, 5), (7, 3), (0, 4)])
def test_an_activation_as_a_layer_is_that_of_a_dense_one(activation, shape):
    rng = np.random.default_rng(0)
    one = dense(rng, shape[1], 4, activation)
    two = Network([dense(rng, shape[1], 4, identity), Activate(activation)])
    two.layers[0].weights[:] = one.weights
    x, upstream = rng.normal(size=shape), rng.normal(size=(shape[0], 4))
    np.testing.assert_array_equal(two(x), one(x))
    by_x, gradients = two.carry_back(two.forward(x), upstream)
    expected, theirs = one.backward(one.forward(x), upstream)
    np.testing.assert_array_equal(by_x, expected)
    for mine, other in zip(gradients, theirs, strict=True):
        np.testing.assert_array_equal(mine, other)
    assert Activate(activation).parameters == [] and activation.name in repr(Activate(activation))


def test_an_activation_must_be_one():
    with pytest.raises(TypeError, match="must be an Activation"):
        Activate(np.tanh)
    with pytest.raises(ValueError, match="upstream"):
        Activate(relu).backward(Activate(relu).forward(np.ones((2, 3))), np.ones((2, 2)))


@pytest.mark.parametrize("shape", [(1, 1), (2, 5), (7, 3)])
def test_a_skip_adds_what_went_in(shape):
    rng = np.random.default_rng(1)
    layer, x = block(rng, shape[1]), rng.normal(size=shape)
    inside = Network(layer.layers)
    np.testing.assert_allclose(layer(x), x + inside(x), rtol=1e-15)
    np.testing.assert_array_equal(layer.forward(x).a, layer(x))
    assert len(layer.parameters) == 4 and (layer.fan_in, layer.fan_out) == (shape[1], shape[1])


@pytest.mark.parametrize("shape", [(1, 1), (2, 5), (7, 3)])
def test_the_gradients_of_a_skip_by_differences(shape):
    rng = np.random.default_rng(2)
    layer = Skip([rms_norm(shape[1]), block(rng, shape[1]), dense(rng, shape[1], shape[1], tanh)])  # one inside another
    x, upstream = rng.normal(size=shape), rng.normal(size=shape)
    by_x, by_parameters = layer.backward(layer.forward(x), upstream)
    error = gradient_error(
        lambda *_: float(np.sum(layer(x) * upstream)), [x, *layer.parameters], [by_x, *by_parameters]
    )
    assert error < 1e-7


def test_a_network_of_skips_learns_and_is_measured():
    rng = np.random.default_rng(3)
    network = Network([dense(rng, 4, 6, tanh), block(rng, 6), block(rng, 6), dense(rng, 6, 2, identity)])
    x, y = rng.normal(size=(60, 4)), rng.integers(0, 2, 60)
    trace = network.forward(x)
    upstream = cross_entropy.gradient(trace[-1].a, y)
    assert signals(trace).variance.shape == (4,)
    error = gradient_error(
        lambda *_: cross_entropy.value(network(x), y), network.parameters, network.backward(trace, upstream)
    )
    assert error < 1e-6
    np.testing.assert_allclose(
        backflow(network, trace, upstream)[0],
        network.layers[1].backward(trace[1], backflow(network, trace, upstream)[1])[0],
    )
    history = train(network, (x, y), cross_entropy, sgd(0.3), epochs=40, batch_size=20, rng=rng)
    assert history.loss[-1] < 0.7 * history.loss[0]


def test_what_differs_in_training_differs_inside_a_skip_too():
    rng = np.random.default_rng(4)
    dropping, x = Skip([dense(rng, 5, 5, tanh), Dropout(rng, 0.5)]), rng.normal(size=(3, 5))
    np.testing.assert_allclose(dropping(x), x + dropping.layers[0](x))
    assert np.any(dropping.forward(x).a != dropping(x))
    observing = Network([Skip([dense(rng, 3, 3, identity), batch_norm(3)])])
    x = rng.normal(5, 1, (80, 3))
    train(observing, (x, x), mean_squared_error, sgd(1e-9), epochs=50, batch_size=40, rng=rng)
    norm = observing.layers[0].layers[1]
    np.testing.assert_allclose(norm.mean, observing.layers[0].layers[0](x).mean(axis=0), atol=0.05)


def test_the_input_of_a_network_gets_its_gradient():
    rng = np.random.default_rng(5)
    network = Network([dense(rng, 3, 4, tanh), dense(rng, 4, 2, sigmoid)])
    x, upstream = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    by_x, gradients = network.carry_back(network.forward(x), upstream)
    assert gradient_error(lambda x: float(np.sum(network(x) * upstream)), [x], [by_x]) < 1e-8
    for mine, other in zip(gradients, network.backward(network.forward(x), upstream), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_skips_that_do_not_fit():
    rng = np.random.default_rng(6)
    with pytest.raises(ValueError, match="these take 3 and give 4"):
        Skip([dense(rng, 3, 4, tanh)])
    with pytest.raises(ValueError, match="these have no width"):
        Skip([Activate(relu)])
    with pytest.raises(ValueError, match="one layer at least"):
        Skip([])
    with pytest.raises(ValueError, match="must agree"):
        Skip([dense(rng, 3, 4, tanh), dense(rng, 5, 3, tanh)])
    with pytest.raises(ValueError, match="must agree"):
        Network([dense(rng, 3, 4, tanh), block(rng, 5)])
    with pytest.raises(ValueError, match=r"must be \(batch, 3\)"):
        block(rng, 3)(np.ones((2, 4)))
    assert "Skip(Dense(3 → 3, tanh)" in repr(block(rng, 3))
