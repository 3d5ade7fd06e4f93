"""The laws that weights are drawn from: their variance, their limits, their shape."""

from math import sqrt

import numpy as np
import pytest

import lib
from lib import he_normal, he_uniform, lecun_normal, lecun_uniform, scaled_normal, xavier_normal, xavier_uniform

FAN_IN, FAN_OUT = 300, 500  # 150,000 weights: a variance is known to about 0.4 %
VARIANCES = {
    lecun_normal: 1 / 300,
    lecun_uniform: 1 / 300,
    xavier_normal: 2 / 800,
    xavier_uniform: 2 / 800,
    he_normal: 2 / 300,
    he_uniform: 2 / 300,
}
NORMAL = [lecun_normal, xavier_normal, he_normal]
LIMITS = {lecun_uniform: sqrt(3 / 300), xavier_uniform: sqrt(6 / 800), he_uniform: sqrt(6 / 300)}


def draw(initializer, seed=0, fan_in=FAN_IN, fan_out=FAN_OUT):
    return initializer(np.random.default_rng(seed), fan_in, fan_out)


@pytest.mark.parametrize("initializer", VARIANCES)
def test_variance_and_mean(initializer):
    weights = draw(initializer)
    assert weights.shape == (FAN_IN, FAN_OUT) and weights.dtype == float
    assert weights.var() == pytest.approx(VARIANCES[initializer], rel=0.02)
    assert abs(weights.mean()) < 5 * sqrt(VARIANCES[initializer] / weights.size)


@pytest.mark.parametrize("initializer", NORMAL)
def test_normal_law(initializer):
    """The share of weights within 1, 2 and 3 standard deviations is that of the normal law, untruncated."""
    size = np.abs(draw(initializer)) / sqrt(VARIANCES[initializer])
    for within, share in [(1, 0.682689), (2, 0.954500), (3, 0.997300)]:
        assert np.mean(size < within) == pytest.approx(share, abs=0.004)
    assert size.max() > 4


@pytest.mark.parametrize("initializer", LIMITS)
def test_uniform_law(initializer):
    """Within the limit, right up to it, and even: sorted, the weights lie on a straight line."""
    weights, limit = np.sort(draw(initializer).ravel()), LIMITS[initializer]
    assert 0.9999 * limit < -weights[0] <= limit and 0.9999 * limit < weights[-1] <= limit
    assert np.abs(weights - np.linspace(-limit, limit, weights.size)).max() < 0.01 * limit


@pytest.mark.parametrize("fan_in, fan_out", [(1, 1), (3, 7), (64, 32)])
def test_the_laws_agree_exactly(fan_in, fan_out):
    """From the same draws, each initializer's weights are a fixed multiple of another's."""
    unit = draw(lecun_normal, 1, fan_in, fan_out) * sqrt(fan_in)
    np.testing.assert_allclose(draw(xavier_normal, 1, fan_in, fan_out), unit * sqrt(2 / (fan_in + fan_out)), rtol=1e-14)
    np.testing.assert_allclose(draw(he_normal, 1, fan_in, fan_out), unit * sqrt(2 / fan_in), rtol=1e-14)
    np.testing.assert_allclose(draw(scaled_normal(3.5), 1, fan_in, fan_out), unit * 3.5 / sqrt(fan_in), rtol=1e-14)
    even = draw(lecun_uniform, 1, fan_in, fan_out) / sqrt(3 / fan_in)
    assert np.abs(even).max() <= 1
    expected = even * sqrt(6 / (fan_in + fan_out))
    np.testing.assert_allclose(draw(xavier_uniform, 1, fan_in, fan_out), expected, atol=1e-15)
    np.testing.assert_allclose(draw(he_uniform, 1, fan_in, fan_out), even * sqrt(6 / fan_in), atol=1e-15)
    np.testing.assert_array_equal(draw(scaled_normal(1), 1, fan_in, fan_out), draw(lecun_normal, 1, fan_in, fan_out))


@pytest.mark.parametrize("initializer", [*VARIANCES, scaled_normal(2.0)])
def test_chance_comes_from_the_rng_alone(initializer):
    np.testing.assert_array_equal(draw(initializer, 3, 4, 5), draw(initializer, 3, 4, 5))
    assert not np.array_equal(draw(initializer, 3, 4, 5), draw(initializer, 4, 4, 5))
    rng = np.random.default_rng(3)
    first = initializer(rng, 4, 5)
    assert not np.array_equal(first, initializer(rng, 4, 5))  # the rng has moved on


def test_an_initializer_is_the_default_of_a_layer():
    layer = lib.dense(np.random.default_rng(0), 6, 4, lib.identity)
    np.testing.assert_array_equal(layer.weights, draw(lecun_normal, 0, 6, 4))
