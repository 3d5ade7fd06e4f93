"""Dropout: what it keeps of mean, variance and gradient, and that answers are left alone."""

import numpy as np
import pytest

from lib import AlphaDropout, Dropout, Network, dense, gradient_error, identity, selu

LAYERS = [Dropout, AlphaDropout]


def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("keep", [0.5, 0.8, 0.95])
def test_dropout_keeps_the_mean_and_not_the_variance(keep):
    x = rng().normal(0.7, 1.3, (1000, 1000))
    a = Dropout(rng(), keep).forward(x).a
    assert np.mean(a == 0) == pytest.approx(1 - keep, abs=2e-3)
    assert a.mean() == pytest.approx(0.7, abs=6e-3)
    assert a.var() == pytest.approx((1.3**2 + 0.7**2) / keep - 0.7**2, rel=0.01)


@pytest.mark.parametrize("keep, scale, shift", [(0.95, 0.9548444760, 0.0839355722), (0.9, 0.9212845161, 0.1619709701)])
def test_alpha_dropouts_constants(keep, scale, shift):
    layer = AlphaDropout(rng(), keep)
    assert layer.scale == pytest.approx(scale, abs=1e-10) and layer.shift == pytest.approx(shift, abs=1e-10)
    assert layer.lowest == pytest.approx(-1.7580993408473766, rel=1e-15)


@pytest.mark.parametrize("keep", [0.5, 0.8, 0.95, 1.0])
def test_alpha_dropout_keeps_mean_and_variance(keep):
    for x in (rng().normal(0, 1, (1000, 1000)), selu(rng().normal(0, 1, (1000, 1000)))):
        a = AlphaDropout(np.random.default_rng(1), keep).forward(x).a
        assert a.mean() == pytest.approx(0, abs=6e-3) and a.var() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("keep", [0.3, 0.8, 0.95])
@pytest.mark.parametrize("mean, deviation", [(0, 1), (0.5, 1), (0, 1.5), (-0.4, 0.7)])
def test_alpha_dropout_of_answers_that_are_not_normal(keep, mean, deviation):
    x = mean + deviation * np.where(rng().random((1000, 1000)) < 0.2, 2.0, -0.5)  # mean 0 and variance 1 before
    layer = AlphaDropout(np.random.default_rng(1), keep)
    a = layer.forward(x).a
    assert a.mean() == pytest.approx(keep * layer.scale * mean, abs=6e-3)
    spread = deviation**2 + (1 - keep) * (mean - layer.lowest) ** 2
    assert a.var() == pytest.approx(spread / (1 + (1 - keep) * layer.lowest**2), rel=0.01)


@pytest.mark.parametrize("kind, part", [(Dropout, 1), (AlphaDropout, 0.7031)])
def test_what_a_single_answer_is_over_all_draws(kind, part):
    x = np.tile([-1.5, 0.0, 0.5, 2.0], (400_000, 1))
    np.testing.assert_allclose(kind(rng(), 0.8).forward(x).a.mean(axis=0), part * x[0], atol=6e-3)


@pytest.mark.parametrize("kind", LAYERS)
def test_an_answer_silences_nobody(kind):
    x = rng().normal(size=(4, 3))
    np.testing.assert_array_equal(kind(rng(), 0.5)(x), x)
    np.testing.assert_array_equal(kind(rng(), 1.0).forward(x).a, x)


@pytest.mark.parametrize("kind", LAYERS)
def test_the_gradient_comes_back_by_the_same_draw(kind):
    x, upstream = rng().normal(size=(6, 5)), np.random.default_rng(2).normal(size=(6, 5))
    layer = kind(rng(), 0.7)
    by_x, none = layer.backward(layer.forward(x), upstream)
    assert none == [] and layer.parameters == []
    error = gradient_error(lambda x: float(np.sum(kind(rng(), 0.7).forward(x).a * upstream)), [x], [by_x])
    assert error < 1e-7


@pytest.mark.parametrize("kind", LAYERS)
def test_each_pass_draws_anew_and_a_trace_keeps_its_draw(kind):
    layer, x = kind(rng(), 0.5), np.ones((20, 20))
    first, second = layer.forward(x), layer.forward(x)
    assert not np.array_equal(first.a, second.a)
    np.testing.assert_array_equal(layer.backward(first, x)[0], first.z)


@pytest.mark.parametrize("kind", LAYERS)
def test_in_a_network(kind):
    network = Network([dense(rng(), 3, 50, selu), kind(rng(), 0.5), dense(rng(), 50, 1, identity)])
    x = rng().normal(size=(4, 3))
    np.testing.assert_array_equal(network(x), network(x))
    assert not np.array_equal(network.forward(x)[-1].a, network.forward(x)[-1].a)
    assert len(network.parameters) == 4


@pytest.mark.parametrize("kind", LAYERS)
def test_types(kind):
    ones = np.ones((2, 2), np.float32)
    snapshot = kind(rng(), 0.5).forward(ones)
    assert snapshot.a.dtype == snapshot.z.dtype == np.float32
    assert kind(rng(), 0.5).backward(snapshot, ones)[0].dtype == np.float32
    assert kind(rng(), 0.5).forward([[1, 2]]).a.dtype == float
    assert repr(kind(rng(), 0.5)) == f"{kind.__name__}(keep 0.5)"


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("keep", [0, -0.1, 1.1, None, "0.5", np.nan])
def test_a_keep_that_is_no_probability(kind, keep):
    with pytest.raises(ValueError, match="keep must be a probability above 0 and at most 1, such as 0.9, not"):
        kind(rng(), keep)
    with pytest.raises(TypeError, match="rng must be a random generator"):
        kind(0, 0.5)
