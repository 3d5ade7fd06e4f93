"""Normalization: forward by its definition, backward by differences and by jax, training and answering."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lib import (
    BatchNorm,
    LayerNorm,
    Network,
    RMSNorm,
    batch_norm,
    dense,
    gradient_error,
    identity,
    layer_norm,
    mean_squared_error,
    relu,
    rms_norm,
    sgd,
    train,
)

jax.config.update("jax_enable_x64", True)
MAKERS = [batch_norm, layer_norm, rms_norm]
SHAPES = [(1, 4), (2, 1), (3, 5), (7, 2), (1, 1)]


def made(make, units, seed=0):
    rng, layer = np.random.default_rng(seed), make(units)
    for parameter in layer.parameters:
        parameter[:] = rng.normal(1, 0.5, units)
    return layer


def definition(make, x, scale, shift):
    axis = 0 if make is batch_norm else 1
    if make is rms_norm:
        z = x / jnp.sqrt(jnp.mean(x**2, axis=1, keepdims=True) + 1e-5)
    else:
        z = (x - x.mean(axis, keepdims=True)) / jnp.sqrt(x.var(axis, keepdims=True) + 1e-5)
    return scale * z + shift


def backward_is_that_of_jax(make, layer, x, upstream, **tolerance):
    by_x, by_parameters = layer.backward(layer.forward(x), upstream)
    truth = jax.grad(lambda *inputs: jnp.sum(definition(make, *inputs) * upstream), (0, 1, 2))(x, *layer.parameters)
    for given, true in zip([by_x, *by_parameters], truth, strict=True):
        np.testing.assert_allclose(given, true, **tolerance)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_forward_and_backward_against_jax(make, shape):
    rng, layer = np.random.default_rng(3), made(make, shape[1])
    x, upstream = rng.normal(2, 3, shape), rng.normal(size=shape)
    np.testing.assert_allclose(layer.forward(x).a, definition(make, x, *layer.parameters), rtol=1e-12, atol=1e-12)
    backward_is_that_of_jax(make, layer, x, upstream, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("make", MAKERS)
def test_a_column_and_a_row_that_never_change(make):
    layer, upstream = made(make, 3), np.random.default_rng(11).normal(size=(4, 3))
    x = np.array([[0.1, 7.0, -3.0], [0.1, 7.0, 7.0], [0.1, 7.0, 2.0], [0.1, 0.1, 0.1]])
    backward_is_that_of_jax(make, layer, x, upstream, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("make", MAKERS)
def test_single_precision_is_near(make):
    x, upstream = np.random.default_rng(12).normal(50, 3, (2, 9, 4))
    layer, single = made(make, 4), made(make, 4)
    single.scale, single.shift = np.float32(single.scale), np.float32(single.shift)
    near = single.forward(np.float32(x))
    assert near.a.dtype == np.float32 and single.backward(near, np.float32(upstream))[0].dtype == np.float32
    np.testing.assert_allclose(near.a, layer.forward(x).a, rtol=1e-3, atol=1e-4)


def test_an_empty_batch():
    for make in (layer_norm, rms_norm):
        snapshot = make(3).forward(np.zeros((0, 3)))
        assert make(3).backward(snapshot, snapshot.a)[0].shape == (0, 3)
    with pytest.raises(ValueError, match=r"measures its batch, and this one holds no sample: x \(0, 3\)"):
        batch_norm(3).forward(np.zeros((0, 3)))
    assert batch_norm(3)(np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("make", MAKERS)
def test_gradients_by_differences(make):
    rng, layer = np.random.default_rng(4), made(make, 3)
    x, upstream = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    by_x, by_parameters = layer.backward(layer.forward(x), upstream)
    arrays = [x, *layer.parameters]
    error = gradient_error(lambda *_: float(np.sum(layer.forward(x).a * upstream)), arrays, [by_x, *by_parameters])
    assert error < 1e-7


def test_what_each_normalizes():
    x = np.random.default_rng(5).normal(3, 2, (200, 300))
    over_batch, over_units, over_size = (make(300).forward(x).a for make in MAKERS)
    np.testing.assert_allclose(over_batch.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(over_batch.var(axis=0), 1, rtol=1e-4)
    np.testing.assert_allclose(over_units.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(over_units.var(axis=1), 1, rtol=1e-4)
    np.testing.assert_allclose((over_size**2).mean(axis=1), 1, rtol=1e-4)
    assert over_size.mean() > 0.5


def test_a_batch_norm_answers_with_what_it_observed():
    rng, layer = np.random.default_rng(6), batch_norm(4)
    untouched = [array.copy() for array in (layer.mean, layer.variance, *layer.parameters)]
    snapshot = layer.forward(rng.normal(5, 2, (1000, 4)))
    for before, after in zip(untouched, (layer.mean, layer.variance, *layer.parameters), strict=True):
        np.testing.assert_array_equal(before, after)
    layer.observe(snapshot)
    np.testing.assert_allclose(layer.mean, 0.1 * snapshot.x.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(layer.variance, 0.9 + 0.1 * snapshot.x.var(axis=0, ddof=1), rtol=1e-12)
    for _ in range(200):
        layer.observe(snapshot)
    np.testing.assert_allclose(layer(snapshot.x), snapshot.a, rtol=1e-3)  # the batch is 1000 / 999 as wide
    np.testing.assert_array_equal(layer(snapshot.x[:1]), layer(snapshot.x)[:1])


@pytest.mark.parametrize("batch", [2, 3, 10])
def test_small_batches_tell_the_variance_of_the_data(batch):
    """Around its own mean a small batch varies less than the data do; the running variance must not."""
    rng, layer = np.random.default_rng(9), batch_norm(2)
    layer.decay = 0.999
    for _ in range(20_000):
        layer.observe(layer.forward(rng.normal(1, 2, (batch, 2))))
    np.testing.assert_allclose(layer.variance, 4, rtol=0.1)
    np.testing.assert_allclose(layer.mean, 1, atol=0.1)


def test_a_batch_of_one_has_no_variance():
    layer = batch_norm(2)
    layer.observe(layer.forward(np.array([[3.0, -1.0]])))
    np.testing.assert_allclose(layer.mean, [0.3, -0.1])
    np.testing.assert_array_equal(layer.variance, [1, 1])


def test_others_observe_nothing_and_answer_as_they_train():
    for make in (layer_norm, rms_norm):
        layer, x = made(make, 3), np.random.default_rng(7).normal(size=(4, 3))
        assert layer.observe(layer.forward(x)) is None
        np.testing.assert_array_equal(layer(x), layer.forward(x).a)


def test_training_observes():
    rng = np.random.default_rng(8)
    network = Network([dense(rng, 3, 5, identity), batch_norm(5), dense(rng, 5, 1, relu)])
    x, y = rng.normal(4, 1, (60, 3)), rng.normal(size=(60, 1))
    train(network, (x, y), mean_squared_error, sgd(0.01), epochs=20, batch_size=20, rng=rng)
    seen = network.layers[0](x)
    np.testing.assert_allclose(network.layers[1].mean, seen.mean(axis=0), atol=0.3)
    np.testing.assert_allclose(network.layers[1].variance, seen.var(axis=0), rtol=0.3)


@pytest.mark.parametrize("make", MAKERS)
def test_types_and_wrong_shapes(make):
    layer = make(3)
    assert layer.forward([[1, 2, 3], [3, 2, 2]]).a.dtype == float
    assert (layer.fan_in, layer.fan_out, len(layer.parameters)) == (3, 3, 2)
    for x in (np.ones(3), np.ones((2, 4)), np.ones((1, 2, 3))):
        with pytest.raises(ValueError, match=r"must be \(batch, 3\), one sample a row"):
            layer.forward(x)
    with pytest.raises(ValueError, match="units must be a whole number"):
        make(0)
    assert "3 units" in repr(layer)


def test_parameters_that_do_not_fit():
    for kind, extra in ((LayerNorm, ()), (RMSNorm, ()), (BatchNorm, (np.zeros(2), np.ones(2)))):
        with pytest.raises(ValueError, match=r"must be \(units,\), one number a unit each"):
            kind(np.ones(2), np.ones(3), *extra)
    with pytest.raises(ValueError, match=r"must be \(units,\), one number a unit each"):
        LayerNorm(np.ones((2, 2)), np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"mean \(3,\) and variance \(2,\)"):
        BatchNorm(np.ones(2), np.ones(2), np.ones(3), np.ones(2))
