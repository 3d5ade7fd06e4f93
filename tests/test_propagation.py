"""Propagation: signals and gradients of each layer against what they are made of, integrals against mpmath."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

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
    for index, (given, snapshot) in enumerate(zip(arrived, trace, strict=True)):
        np.testing.assert_allclose(given, jax.grad(rest)(jnp.array(snapshot.a), index + 1), rtol=1e-9, atol=1e-15)


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
