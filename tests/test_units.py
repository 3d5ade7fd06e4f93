"""Units with parameters of their own: gradients against differences and jax, and a place among the other layers."""

import copy

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lib import (
    Gated,
    Network,
    PReLU,
    Snapshot,
    adam,
    cross_entropy,
    dense,
    digits,
    gated,
    gelu,
    gradient,
    gradient_error,
    he_normal,
    identity,
    leaky_relu,
    mean_squared_error,
    prelu,
    relu,
    sigmoid,
    silu,
    train,
)

jax.config.update("jax_enable_x64", True)
SLOPES = [-0.5, 0.0, 0.01, 0.25, 1.0, 1.5]


def case(seed=0, batch=7):
    """A layer, a batch and an upstream gradient, with no sum near the kink."""
    rng = np.random.default_rng(seed)
    x = rng.choice([-1, 1], (batch, 6)) * rng.uniform(0.01, 3, (batch, 6))
    return PReLU(SLOPES), x, rng.normal(size=(batch, 6))


def two_layers(seed=0, sizes=(5, 4, 3)):
    rng = np.random.default_rng(seed)
    first, last = dense(rng, *sizes[:2], identity, he_normal), dense(rng, *sizes[1:], identity)
    return Network([first, PReLU(rng.normal(0.25, 0.3, sizes[1])), last])


@pytest.mark.parametrize("seed", range(3))
def test_forward(seed):
    layer, x, _ = case(seed)
    snapshot = layer.forward(x)
    assert isinstance(snapshot, Snapshot) and snapshot.x is x and snapshot.z is x
    for row in range(7):
        for unit, slope in enumerate(SLOPES):
            z = x[row, unit]
            assert snapshot.a[row, unit] == pytest.approx(max(0, z) + slope * min(0, z), rel=1e-15)


@pytest.mark.parametrize("slope", SLOPES)
def test_a_slope_that_is_not_learned_is_a_leaky_relu(slope):
    """At the kink too, where it has the slope of the left side."""
    z = np.array([[-3.0, -1e-300, 0.0, 1e-300, 0.2]]).T
    layer = PReLU([slope])
    snapshot = layer.forward(z)
    twin = leaky_relu(slope) if slope >= 0 else None
    expected = twin(z) if twin else np.where(z > 0, z, slope * z)
    np.testing.assert_array_equal(snapshot.a, expected)
    slopes = twin.derivative(z) if twin else np.where(z > 0, 1, slope)
    np.testing.assert_array_equal(layer.backward(snapshot, np.ones((5, 1)))[0], slopes)


@pytest.mark.parametrize("seed", range(5))
def test_backward_against_differences(seed):
    layer, x, upstream = case(seed)
    by_x, (by_slopes,) = layer.backward(layer.forward(x), upstream)

    def weighed(_):  # a number whose gradient by a is upstream
        return np.sum(upstream * layer.forward(x).a)

    np.testing.assert_allclose(by_x, gradient(weighed, x), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(by_slopes, gradient(weighed, layer.slopes), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_a_network_against_jax_and_differences(seed):
    rng = np.random.default_rng(seed + 10)
    network, x, y = two_layers(seed), rng.normal(size=(8, 5)), rng.integers(0, 3, 8)

    def in_jax(parameters):
        first, first_bias, slopes, last, last_bias = parameters
        z = x @ first + first_bias
        logits = (jnp.maximum(z, 0) + slopes * jnp.minimum(z, 0)) @ last + last_bias
        return -jnp.mean(jax.nn.log_softmax(logits)[jnp.arange(8), y])

    trace = network.forward(x)
    gradients = network.backward(trace, cross_entropy.gradient(trace[-1].a, y))
    value, theirs = jax.value_and_grad(in_jax)(network.parameters)
    assert cross_entropy.value(trace[-1].a, y) == pytest.approx(float(value), rel=1e-12)
    for mine, other in zip(gradients, theirs, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-10, atol=1e-13)
    assert gradient_error(lambda *_: cross_entropy.value(network(x), y), network.parameters, gradients) < 1e-6


def test_training_moves_the_slopes_of_units_that_hear_something():
    d, rng = digits(), np.random.default_rng(0)
    network = Network([dense(rng, 64, 16, identity, he_normal), prelu(16), dense(rng, 16, 10, identity)])
    history = train(network, (d.x_train, d.y_train), cross_entropy, adam(0.02), epochs=5, batch_size=100, rng=rng)
    assert history.accuracy[-1] > 0.9
    assert (network.layers[1].slopes != 0.25).all()


def test_a_slope_of_a_target_is_found():
    """Data made with one slope teach it."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=(200, 1))
    layer = prelu(1)
    train(Network([layer]), (z, np.where(z > 0, z, -0.6 * z)), mean_squared_error, adam(0.05), epochs=200, batch_size=200, rng=rng)
    assert layer.slopes[0] == pytest.approx(-0.6, abs=1e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_kinds_of_numbers(dtype):
    layer, x, upstream = case()
    layer = PReLU(layer.slopes.astype(dtype))
    snapshot = layer.forward(x.astype(dtype))
    by_x, (by_slopes,) = layer.backward(snapshot, upstream.astype(dtype))
    assert {array.dtype for array in [*snapshot, by_x, by_slopes]} == {np.dtype(dtype)}
    np.testing.assert_array_equal(PReLU([2, 3]).forward([[1, -1]]).a, [[1, -3]])


def test_nothing_is_changed_or_remembered():
    layer, x, upstream = case()
    before = copy.deepcopy((layer.slopes, x, upstream))
    first = layer.forward(x)
    expected = layer.backward(first, upstream)
    layer.forward(-x)
    for now, then in zip(layer.backward(first, upstream)[1], expected[1], strict=True):
        np.testing.assert_array_equal(now, then)
    for now, then in zip((layer.slopes, x, upstream), before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert list(vars(layer)) == ["slopes"]


def test_batches_of_none_and_parameters_that_are_the_arrays():
    slopes = np.ones(6)
    layer = PReLU(slopes)
    assert layer.parameters[0] is slopes and len(layer.parameters) == 1
    by_x, (by_slopes,) = layer.backward(layer.forward(np.ones((0, 6))), np.ones((0, 6)))
    assert by_x.shape == (0, 6) and not by_slopes.any() and by_slopes.shape == (6,)


def test_the_maker_and_how_a_layer_shows_itself():
    layer = prelu(32)
    np.testing.assert_array_equal(layer.slopes, np.full(32, 0.25))
    np.testing.assert_array_equal(prelu(2, 1).slopes, [1.0, 1.0])
    assert repr(layer) == "PReLU(32 units)" and layer.fan_in == layer.fan_out == 32
    assert layer != prelu(32)  # a layer is itself, no other
    assert repr(Network([layer])) == "Network(layers=[PReLU(32 units)])"


# ---- ordinary mistakes


def test_neighbours_must_fit():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"Dense\(2 → 3, identity\) gives 3 numbers, but PReLU\(4 units\) takes 4: "):
        Network([dense(rng, 2, 3, identity), prelu(4)])
    with pytest.raises(ValueError, match=r"PReLU\(3 units\) gives 3 numbers, but Dense\(4 → 1, ReLU\) takes 4: "):
        Network([dense(rng, 2, 3, identity), prelu(3), dense(rng, 4, 1, relu)])


@pytest.mark.parametrize("slopes", [0.25, [], np.ones((2, 3)), np.ones((1, 1))])
def test_slopes_are_one_number_a_unit(slopes):
    with pytest.raises(ValueError, match=r"slopes \(.*\) must be \(units,\), one number a unit: write prelu\(32\)"):
        PReLU(slopes)


@pytest.mark.parametrize("x", [np.ones(6), np.ones((5, 3)), np.ones((2, 5, 6)), 1.0])
def test_an_x_that_does_not_fit(x):
    with pytest.raises(ValueError, match=r"x \(.*\) does not fit PReLU\(6 units\): x must be \(batch, 6\)"):
        PReLU(SLOPES).forward(x)


def test_an_upstream_that_does_not_fit():
    layer, x, _ = case()
    with pytest.raises(ValueError, match=r"upstream \(6,\) must have the shape of the layer's answers, \(7, 6\)"):
        layer.backward(layer.forward(x), np.ones(6))


def test_mistakes_with_the_maker():
    for units in (0, 2.0, "3", None):
        with pytest.raises(ValueError, match="units must be a whole number, 1 or more"):
            prelu(units)
    for slope in (np.nan, np.inf, "0.25", None, True, [0.25]):
        with pytest.raises(ValueError, match="slope must be a finite number, such as 0.25, not"):
            prelu(3, slope)


GATES = {"sigmoid": jax.nn.sigmoid, "SiLU": jax.nn.silu, "GELU": lambda z: jax.nn.gelu(z, approximate=False), "identity": lambda z: z}


def gated_case(activation=silu, seed=0, shape=(7, 5, 4)):
    """A gated layer with biases too, a batch and an upstream gradient."""
    rng, (batch, fan_in, units) = np.random.default_rng(seed), shape
    layer = Gated(rng.normal(size=(fan_in, 2 * units)), rng.normal(size=2 * units), activation)
    return layer, rng.normal(size=(batch, fan_in)), rng.normal(size=(batch, units))


def test_a_gate_by_hand():
    layer = Gated([[2.0, 1.0]], [0.5, -1.0], relu)  # says 2x + 0.5 through a gate of x - 1
    snapshot = layer.forward([[3.0], [0.0]])
    np.testing.assert_allclose(snapshot.z, [[6.5, 2], [0.5, -1]], rtol=1e-15)
    np.testing.assert_allclose(snapshot.a, [[13], [0]], rtol=1e-15)
    by_x, (by_weights, by_bias) = layer.backward(snapshot, [[1.0], [1.0]])
    np.testing.assert_allclose(by_x, [[2 * 2 + 6.5 * 1], [0]], rtol=1e-15)  # behind a shut gate nothing is heard
    np.testing.assert_allclose(by_weights, [[3 * 2, 3 * 6.5]], rtol=1e-15)
    np.testing.assert_allclose(by_bias, [2, 6.5], rtol=1e-15)


@pytest.mark.parametrize("shape", [(7, 5, 4), (1, 1, 1), (3, 2, 6)])
@pytest.mark.parametrize("activation", [sigmoid, silu, gelu, identity], ids=lambda a: a.name)
def test_a_gated_layer_against_jax(activation, shape):
    layer, x, upstream = gated_case(activation, shape=shape)

    def answer(x, weights, bias):
        said, gate = jnp.split(x @ weights + bias, 2, axis=1)
        return said * GATES[activation.name](gate)

    snapshot = layer.forward(x)
    np.testing.assert_allclose(snapshot.a, answer(x, *layer.parameters), rtol=1e-11, atol=1e-13)
    truth = jax.grad(lambda *inputs: jnp.sum(answer(*inputs) * upstream), (0, 1, 2))(x, *layer.parameters)
    by_x, by_parameters = layer.backward(snapshot, upstream)
    for given, true in zip([by_x, *by_parameters], truth, strict=True):
        np.testing.assert_allclose(given, true, rtol=1e-9, atol=1e-12)


def test_a_gated_network_by_differences_and_in_training():
    rng, d = np.random.default_rng(0), digits()
    x, y = d.x_train[:60], d.y_train[:60]
    network = Network([gated(rng, 64, 8), dense(rng, 8, 10, identity)])
    trace = network.forward(x)
    gradients = network.backward(trace, cross_entropy.gradient(trace[-1].a, y))
    assert gradient_error(lambda *_: cross_entropy.value(network(x), y), network.parameters, gradients) < 1e-6
    history = train(network, (x, y), cross_entropy, adam(0.01), epochs=40, batch_size=20, rng=rng)
    assert history.accuracy[-1] > 0.95
    assert (network.layers[0].fan_in, network.layers[0].fan_out) == (64, 8)
    assert repr(network.layers[0]) == "Gated(64 → 8, SiLU)"


def test_a_gated_layer_keeps_its_arrays_and_float32():
    layer, x, upstream = gated_case()
    weights, bias = layer.parameters
    assert Gated(weights, bias, silu).weights is weights and layer.parameters[1] is bias
    small = Gated(weights.astype(np.float32), bias.astype(np.float32), silu)
    snapshot = small.forward(x.astype(np.float32))
    by_x, by_parameters = small.backward(snapshot, upstream.astype(np.float32))
    assert {array.dtype for array in (snapshot.a, by_x, *by_parameters)} == {np.dtype(np.float32)}


def test_gates_that_do_not_fit():
    for weights, bias in [(np.ones((3, 5)), np.ones(5)), (np.ones((3, 4)), np.ones(2)), (np.ones(4), np.ones(4))]:
        with pytest.raises(ValueError, match="two columns a unit"):
            Gated(weights, bias, silu)
    with pytest.raises(TypeError, match="activation must be an Activation"):
        Gated(np.ones((3, 4)), np.ones(4), np.tanh)
    layer, x, _ = gated_case()
    with pytest.raises(ValueError, match=r"x must be \(batch, 5\), one sample a row; for a single sample write x\[None, :\]"):
        layer.forward(x[0])
    with pytest.raises(ValueError, match="must have the shape of the layer's answers"):
        layer.backward(layer.forward(x), np.ones((7, 8)))
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="units must be a whole number"):
        gated(rng, 3, 0)
    with pytest.raises(TypeError, match="rng must be a random generator"):
        gated(0, 3, 2)
    with pytest.raises(TypeError, match="initializer must be a function"):
        gated(rng, 3, 2, silu, "he")
