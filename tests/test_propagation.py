"""Propagation: signals and gradients of each layer against what they are made of, integrals against mpmath."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import (
    Activation,
    Dense,
    Network,
    backflow,
    cross_entropy,
    dead,
    dense_network,
    expect,
    gelu,
    he_normal,
    identity,
    leaky_relu,
    moments,
    relu,
    scaled_normal,
    selu,
    sigmoid,
    signals,
    silu,
    sizes,
    softplus,
    step,
    tanh,
)  # fmt: skip

jax.config.update("jax_enable_x64", True)


def test_signals_by_hand():
    trace = Network([Dense([[1.0, -1.0]], [0.0, 0.0], relu), Dense([[1.0], [1.0]], [0.5], identity)]).forward([[2.0], [-4.0], [0.0]])
    seen = signals(trace)  # answers (2, 0), (0, 4), (0, 0), then 2.5, 4.5, 0.5
    np.testing.assert_allclose(seen.mean, [1, 2.5], rtol=1e-15)
    np.testing.assert_allclose(seen.variance, [20 / 6 - 1, 16 / 6], rtol=1e-15)
    np.testing.assert_allclose(seen.silent, [4 / 6, 0], rtol=1e-15)
    assert (seen.mean.shape, seen.variance.shape, seen.silent.shape) == ((2,), (2,), (2,))


def test_a_unit_that_speaks_once_is_not_dead():
    layer = Dense([[1.0, -1.0, 1.0, 0.0, 1.0]], [0.0, 0.0, -3.0, 0.0, np.nan], relu)
    np.testing.assert_array_equal(dead(layer.forward([[1.0], [2.0], [3.0]])), [False, True, True, True, False])
    np.testing.assert_array_equal(dead(layer.forward([[1.0], [4.0], [3.0]])), [False, True, False, True, False])
    assert not dead(Dense(layer.weights, layer.bias, leaky_relu()).forward([[1.0], [2.0]]))[:3].any()


def test_a_wide_random_layer_is_the_ideal_one():
    rng = np.random.default_rng(0)
    seen = signals(dense_network(rng, [400, 400, 400], relu, he_normal, output=relu).forward(rng.normal(size=(500, 400))))
    mean, variance = moments(relu, 0, 2)
    assert seen.mean[0] == pytest.approx(mean, rel=0.02) and seen.variance[0] == pytest.approx(variance, rel=0.05)
    np.testing.assert_allclose(seen.silent, 0.5, atol=0.03)


@pytest.mark.parametrize("activation", [sigmoid, tanh, relu, gelu])
def test_backflow_is_the_gradient_by_each_layers_answers(activation):
    rng = np.random.default_rng(1)
    network, x, y = dense_network(rng, [5, 4, 6, 3], activation), rng.normal(size=(7, 5)), rng.integers(0, 3, 7)
    trace = network.forward(x)
    upstream = cross_entropy.gradient(trace[-1].a, y)
    arrived = backflow(network, trace, upstream)
    names = {"sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "ReLU": jax.nn.relu, "GELU": lambda z: jax.nn.gelu(z, approximate=False)}

    def rest(a, first):
        for layer in network.layers[first:]:
            a = a @ layer.weights + layer.bias
            a = a if layer is network.layers[-1] else names[activation.name](a)
        return -jnp.mean(jax.nn.log_softmax(a)[jnp.arange(7), y])

    assert len(arrived) == 3
    for index, (found, snapshot) in enumerate(zip(arrived, trace, strict=True)):
        np.testing.assert_allclose(found, jax.grad(rest)(jnp.array(snapshot.a), index + 1), rtol=1e-9, atol=1e-15)


def test_backflow_of_one_layer_and_of_a_strange_trace():
    network = dense_network(np.random.default_rng(0), [2, 1], tanh)
    trace = network.forward(np.ones((3, 2)))
    np.testing.assert_array_equal(backflow(network, trace, np.ones((3, 1)))[0], np.ones((3, 1)))
    with pytest.raises(ValueError, match="the trace has 2 snapshots, but the network 1 layers"):
        backflow(network, trace * 2, np.ones((3, 1)))
    deep = dense_network(np.random.default_rng(0), [2, 3, 1], tanh)
    with pytest.raises(ValueError, match="must have the shape of the layer's answers"):
        backflow(deep, deep.forward(np.ones((3, 2))), np.ones((3, 2)))


def test_sizes():
    np.testing.assert_allclose(sizes([[3.0, 4.0], [[1.0, -1.0], [1.0, -1.0]], [0.0, 0.0], 2]), [12.5**0.5, 1, 0, 2], rtol=1e-15)
    np.testing.assert_allclose(sizes([[3e-200, 4e-200], [3e200, 4e200]]) / 12.5**0.5, [1e-200, 1e200], rtol=1e-15)
    np.testing.assert_array_equal(sizes([[1.0, np.inf], [1.0, np.nan]]), [np.inf, np.nan])
    assert sizes(np.full((2, 3), k) for k in (1, 2)).tolist() == [1, 2] and sizes([]).shape == (0,)


TRUTH = {
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "ReLU": lambda z: max(z, 0),
    "step": lambda z: mpmath.mpf(z > 0),
    "SELU": lambda z: mpmath.mpf("1.0507009873554804934") * (z if z > 0 else mpmath.mpf("1.6732632423543772848") * mpmath.expm1(z)),
    "GELU": lambda z: z * mpmath.ncdf(z),
    "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
    "SiLU": lambda z: z / (1 + mpmath.exp(-z)),
    "leaky ReLU(0.01)": lambda z: z if z > 0 else z / 100,
}


@pytest.mark.parametrize("mean, variance", [(0, 1), (0.3, 2.5), (-1.5, 0.04), (4, 25)])
@pytest.mark.parametrize("activation", [sigmoid, tanh, relu, step, selu, gelu, softplus, silu, leaky_relu(0.01)], ids=lambda a: a.name)
def test_moments_against_mpmath(activation, mean, variance):
    f, deviation = TRUTH[activation.name], mpmath.sqrt(mpmath.mpf(variance))
    cuts = sorted({*range(-14, 15), float(-mean / deviation)})

    def average(g):
        return mpmath.quad(lambda u: g(mean + deviation * u) * mpmath.npdf(u), cuts)

    first = average(f)
    second = average(lambda z: (f(z) - first) ** 2)
    assert moments(activation, mean, variance) == pytest.approx((float(first), float(second)), rel=1e-11, abs=1e-13)


def test_expect_of_known_integrals():
    assert expect(lambda z: z**4) == pytest.approx(3, rel=1e-13)
    assert expect(np.cos, 0.5, 4.0) == pytest.approx(np.exp(-2) * np.cos(0.5), rel=1e-12)
    assert expect(lambda z: np.abs(z - 1), 0.0, 1.0, kinks=(1,)) == pytest.approx(2 * 0.24197072451914337 + 0.6826894921370859, rel=1e-13)
    assert expect(relu.derivative) == pytest.approx(0.5, rel=1e-13)  # a kink at 0 is the edge of a piece anyway
    assert moments(relu) == pytest.approx((0.3989422804014327, 0.5 - 0.15915494309189535), rel=1e-13)
    assert expect(relu, 3.0, 0.0) == 3 and moments(tanh, 0.5, 0) == (np.tanh(0.5), 0)


def test_an_activation_brings_its_kinks():
    bent = Activation("bent", lambda x: np.where(x > 0.3, 1.0, 0.0), np.zeros_like, kinks=(0.3,))
    assert expect(bent) == pytest.approx(0.3820885778110474, rel=1e-13)
    assert abs(expect(bent, kinks=()) - 0.3820885778110474) > 1e-4  # what it would be without


@pytest.mark.parametrize("variance", [-1, np.nan, np.inf, "1", None])
def test_a_variance_that_is_none(variance):
    for measure in (expect, moments):
        with pytest.raises(ValueError, match="variance must be a number from 0 on"):
            measure(tanh, 0, variance)


@pytest.mark.parametrize("f", [lambda z: 1.0, lambda z: z.mean(), lambda z: np.stack([z, z]), lambda z: None])
@pytest.mark.parametrize("variance", [0.0, 1.0])
def test_a_function_that_does_not_answer_each_entry(f, variance):
    with pytest.raises(ValueError, match="f must answer each entry of an array: .* went in, .* came back"):
        expect(f, 0.0, variance)


# What the printed papers and a calculation with 30 digits say: E f², and E f'² / E f², the factor by which a
# layer multiplies the mean square of a gradient when its weights keep that of the signal.
@pytest.mark.parametrize(
    "activation, square, factor",
    [(sigmoid, 0.29338, 0.15283), (tanh, 0.39429, 1.17781), (relu, 0.5, 1.0), (gelu, 0.42522, 1.07203), (selu, 1.0, 1.07157)],
    ids=lambda value: getattr(value, "name", None),
)
def test_the_squares_that_initializers_are_made_from(activation, square, factor):
    def squared(function):
        return expect(lambda z: function(z) ** 2, kinks=activation.kinks)

    assert squared(activation) == pytest.approx(square, abs=6e-6)
    assert squared(activation.derivative) / squared(activation) == pytest.approx(factor, abs=6e-6)
    mean, variance = moments(activation)
    assert mean**2 + variance == pytest.approx(squared(activation), rel=1e-12)


@given(mean=st.floats(-3, 3), deviation=st.floats(0.01, 4), a=st.floats(-2, 2), b=st.floats(-2, 2))
def test_expect_is_a_mean(mean, deviation, a, b):
    variance = deviation**2
    assert expect(lambda z: a * z + b, mean, variance) == pytest.approx(a * mean + b, abs=1e-11)
    assert expect(lambda z: (z - mean) ** 2, mean, variance) == pytest.approx(variance, rel=1e-11)
    moved = expect(lambda u: tanh(mean + deviation * u))  # the same variable, written as a standard one
    assert expect(tanh, mean, variance) == pytest.approx(moved, abs=1e-13)
    assert expect(sigmoid, mean, variance) + expect(sigmoid, -mean, variance) == pytest.approx(1, abs=1e-11)


@pytest.mark.parametrize("kink", [-40.0, -0.3, 0.0, 2.0, 40.0])
def test_a_kink_anywhere_is_met(kink):
    def bent(z):
        return np.maximum(z - kink, 0)

    z = mpmath.mpf(kink)
    true = mpmath.npdf(z) - z * mpmath.ncdf(-z)  # of a standard normal, cut off below the kink
    assert expect(bent, kinks=(kink,)) == pytest.approx(float(true), rel=1e-11, abs=1e-30)


@pytest.mark.parametrize("activation", [tanh, relu, silu], ids=lambda a: a.name)
def test_what_flows_back_is_what_the_weights_get(activation):
    rng = np.random.default_rng(4)
    network, x = dense_network(rng, [5, 6, 4, 3], activation), rng.normal(size=(8, 5))
    trace, upstream = network.forward(x), rng.normal(size=(8, 3))
    by_weights = network.backward(trace, upstream)[::2]
    for layer, snapshot, arrived, gradient in zip(network.layers, trace, backflow(network, trace, upstream), by_weights, strict=True):
        np.testing.assert_allclose(snapshot.x.T @ (arrived * layer.activation.derivative(snapshot.z)), gradient, rtol=1e-12)


@pytest.mark.parametrize("activation, gain", [(tanh, 0.7), (tanh, 1.6), (relu, 1.0), (selu, 1.0), (sigmoid, 3.0)], ids=lambda v: getattr(v, "name", v))
def test_a_wide_layer_multiplies_a_gradient_as_the_integrals_say(activation, gain):
    rng = np.random.default_rng(5)
    network = dense_network(rng, [400] * 5, activation, scaled_normal(gain), output=activation)
    trace = network.forward(rng.normal(size=(50, 400)))
    found = sizes(backflow(network, trace, rng.normal(size=(50, 400)))) ** 2
    square, chi = 1.0, []
    for snapshot in trace:
        q = gain**2 * square  # the mean square of the sums
        assert np.mean(snapshot.z**2) == pytest.approx(q, rel=0.2)
        square = expect(lambda z: activation(z) ** 2, 0, q, kinks=activation.kinks)
        chi.append(gain**2 * expect(lambda z: activation.derivative(z) ** 2, 0, q, kinks=activation.kinks))
    np.testing.assert_allclose(found[:-1] / found[1:], chi[1:], rtol=0.2)


def test_sizes_of_a_single_sample_are_a_product():
    rng = np.random.default_rng(6)
    network, x = dense_network(rng, [4, 5, 2], tanh), rng.normal(size=(1, 4))
    trace, upstream = network.forward(x), np.ones((1, 2))
    delta = backflow(network, trace, upstream)[0] * tanh.derivative(trace[0].z)
    rms = [np.sqrt(np.mean(array**2)) for array in (x, delta)]
    assert sizes(network.backward(trace, upstream)[::2])[0] == pytest.approx(rms[0] * rms[1], rel=1e-12)


def test_small_floats_and_leaks():
    x = np.random.default_rng(7).normal(size=(50, 3)).astype(np.float32)
    seen = signals(Network([Dense(np.eye(3, dtype=np.float32), np.zeros(3, dtype=np.float32), leaky_relu(0.01))]).forward(x))
    assert seen.silent.tolist() == [0.0] and seen.variance[0] > 0
    assert signals([]).mean.shape == (0,)
