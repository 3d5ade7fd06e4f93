"""Losses: their values by hand and by jax, their gradients, and calm at the far ends."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lib import Loss, accuracy, cross_entropy, gradient, mean_squared_error, softmax

jax.config.update("jax_enable_x64", True)
LOGITS = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
LABELS = np.array([1, 0])
pytestmark = pytest.mark.filterwarnings("error")


# ---- squared error


def test_squared_error_by_hand():
    assert mean_squared_error.value([[0.0], [0.0], [1.0], [1.0]], [[0], [1], [1], [0]]) == 0.5
    assert mean_squared_error.value([[1.0, 2.0], [3.0, 5.0]], [[1, 0], [0, 5]]) == (0 + 4 + 9 + 0) / 4
    np.testing.assert_array_equal(
        mean_squared_error.gradient([[1.0, 2.0], [3.0, 5.0]], [[1, 0], [0, 6]]), [[0, 1], [1.5, -0.5]]
    )
    assert mean_squared_error.value(np.full((4, 1), 0.5), np.array([[0], [1], [1], [0]])) == 0.25


def test_squared_error_of_single_numbers_and_integers():
    assert mean_squared_error.value(3, 1) == 4 and mean_squared_error.gradient(3, 1) == 4
    np.testing.assert_array_equal(mean_squared_error.gradient([1, 2], [0, 0]), [1.0, 2.0])
    assert mean_squared_error.gradient(np.array([1, 2, 4]), np.zeros(3)).dtype == float


def test_squared_error_of_a_row_against_a_column():
    """The mistake that numpy forgives silently, with a (4, 4) table of differences."""
    for method in (mean_squared_error.value, mean_squared_error.gradient):
        with pytest.raises(ValueError, match=r"target \(4,\) must have the shape .* \(4, 1\): write target\[:, None\]$"):
            method(np.zeros((4, 1)), np.zeros(4))
        with pytest.raises(ValueError, match=r"target \(4,\) must have the shape of the prediction, \(4, 2\)$"):
            method(np.zeros((4, 2)), np.zeros(4))
        with pytest.raises(ValueError, match=r"nothing to compare.*\(0, 3\)"):
            method(np.zeros((0, 3)), np.zeros((0, 3)))


def test_squared_error_far_away():
    assert mean_squared_error.value([1e200], [0.0]) == math.inf
    assert mean_squared_error.gradient([1e308], [-1e308]) == math.inf


# ---- cross-entropy


def test_cross_entropy_by_hand():
    first = math.log(math.exp(1) + math.exp(2) + math.exp(0.5)) - 2
    second = math.log(1 + math.exp(-1) + math.exp(3)) - 0
    assert cross_entropy.value(LOGITS, LABELS) == pytest.approx((first + second) / 2, rel=1e-15)
    for classes in (2, 3, 10):  # who knows nothing is surprised by log(classes)
        assert cross_entropy.value(np.zeros((4, classes)), [0, 1, 1, 0]) == pytest.approx(math.log(classes), rel=1e-15)
    assert cross_entropy.value([[0, 1]], [1]) == pytest.approx(math.log1p(math.exp(-1)))  # whole numbers, lists


def test_cross_entropy_gradient_by_hand():
    p = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
    expected = (p - [[0, 1, 0], [1, 0, 0]]) / 2
    np.testing.assert_allclose(cross_entropy.gradient(LOGITS, LABELS), expected, rtol=1e-14)


def test_cross_entropy_far_away():
    far = np.array([[1e4, -1e4], [1e4, -1e4]])
    assert cross_entropy.value(far, [0, 0]) == 0
    assert cross_entropy.value(far, [1, 1]) == 2e4
    assert cross_entropy.value(far, [0, 1]) == 1e4
    np.testing.assert_array_equal(cross_entropy.gradient(far, [0, 1]), [[0, 0], [0.5, -0.5]])
    assert cross_entropy.value([[1e308, -1e308]], [1]) == math.inf
    np.testing.assert_array_equal(cross_entropy.gradient([[1e308, -1e308]], [1]), [[1, -1]])
    assert cross_entropy.value(np.float32([[1e4, -1e4]]), [1]) == 2e4


def test_a_right_and_sure_answer_surprises_little():
    for margin in (1, 5, 20, 30):
        exact = math.log1p(math.exp(-margin))
        assert cross_entropy.value([[margin, 0.0]], [0]) == pytest.approx(exact, rel=1e-10, abs=3e-16)


@pytest.mark.parametrize("method", [cross_entropy.value, cross_entropy.gradient, accuracy])
def test_mistakes_with_labels(method):
    with pytest.raises(ValueError, match=r"labels \(2, 3\) do not fit logits \(2, 3\).*one-hot.*argmax\(axis=1\)"):
        method(LOGITS, np.eye(3)[LABELS])
    with pytest.raises(ValueError, match=r"labels \(3,\) do not fit logits \(2, 3\): labels must be \(2,\)"):
        method(LOGITS, [0, 1, 2])
    with pytest.raises(ValueError, match=r"labels \(2, 1\) do not fit"):
        method(LOGITS, LABELS[:, None])
    with pytest.raises(ValueError, match=r"whole numbers, not float64: write labels.astype\(int\)"):
        method(LOGITS, [1.0, 0.0])
    with pytest.raises(ValueError, match="whole numbers, not bool"):
        method(LOGITS, [True, False])
    with pytest.raises(ValueError, match="labels go from 1 to 3, but 3 logits a row mean classes 0 to 2"):
        method(LOGITS, [1, 3])
    with pytest.raises(ValueError, match="labels go from -1 to 0"):
        method(LOGITS, [-1, 0])
    with pytest.raises(ValueError, match="but 1 logits a row mean classes 0 to 0: number them from 0, and give"):
        method([[0.3], [0.4]], [0, 1])
    for wrong in (LOGITS[0], np.zeros((0, 3)), np.zeros((2, 0)), 1.0):
        with pytest.raises(ValueError, match=r"logits must be \(batch, classes\), one row a sample, not \("):
            method(wrong, LABELS)
    method(LOGITS, [2, 0])  # the last class is one, and the first
    method(LOGITS, np.array([2, 0], dtype=np.uint8))


# ---- both


def random_case(loss, rng, batch, width):
    prediction = rng.normal(0, 2, (batch, width))
    target = rng.integers(0, width, batch) if loss is cross_entropy else rng.normal(0, 2, (batch, width))
    return prediction, target


def by_jax(loss, prediction, target):
    if loss is mean_squared_error:
        return jnp.mean(jnp.square(prediction - target))
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(prediction), target[:, None], axis=1))


@pytest.mark.parametrize("loss", [mean_squared_error, cross_entropy])
@pytest.mark.parametrize("batch, width", [(1, 2), (5, 3), (8, 10)])
def test_against_jax_and_differences(loss, batch, width):
    rng = np.random.default_rng(batch)
    prediction, target = random_case(loss, rng, batch, width)
    value, slopes = jax.value_and_grad(lambda p: by_jax(loss, p, target))(jnp.array(prediction))
    assert loss.value(prediction, target) == pytest.approx(float(value), rel=1e-14)
    np.testing.assert_allclose(loss.gradient(prediction, target), slopes, rtol=1e-12, atol=1e-15)
    measured = gradient(lambda p: loss.value(p, target), prediction.copy())
    np.testing.assert_allclose(loss.gradient(prediction, target), measured, atol=1e-9)


@pytest.mark.parametrize("loss", [mean_squared_error, cross_entropy])
def test_a_mean_over_the_batch(loss):
    prediction, target = random_case(loss, np.random.default_rng(0), 3, 4)
    twice = np.concatenate([prediction, prediction]), np.concatenate([target, target])
    assert loss.value(*twice) == pytest.approx(loss.value(prediction, target), rel=1e-14)
    np.testing.assert_allclose(2 * loss.gradient(*twice)[:3], loss.gradient(prediction, target), rtol=1e-14)


@pytest.mark.parametrize("loss", [mean_squared_error, cross_entropy])
def test_kinds_of_numbers(loss):
    prediction, target = random_case(loss, np.random.default_rng(0), 3, 4)
    for dtype in (np.float32, np.float64):
        assert type(loss.value(prediction.astype(dtype), target)) is float
        slopes = loss.gradient(prediction.astype(dtype), target)
        assert slopes.dtype == dtype and slopes.shape == prediction.shape


@pytest.mark.parametrize("loss", [mean_squared_error, cross_entropy])
def test_nothing_handed_in_is_changed(loss):
    prediction, target = random_case(loss, np.random.default_rng(0), 3, 4)
    before = prediction.copy(), target.copy()
    loss.value(prediction, target), loss.gradient(prediction, target), softmax(prediction)
    np.testing.assert_array_equal(prediction, before[0])
    np.testing.assert_array_equal(target, before[1])


def test_the_record():
    assert mean_squared_error.name == "mean squared error" and cross_entropy.name == "cross-entropy"
    assert repr(cross_entropy) == "Loss(name='cross-entropy')"  # no addresses, which change from run to run
    assert "surprised" in cross_entropy.__doc__ and "squared differences" in mean_squared_error.__doc__
    with pytest.raises(AttributeError):
        cross_entropy.name = "other"
    absolute = Loss("absolute", lambda p, t: float(np.abs(p - t).mean()), lambda p, t: np.sign(p - t) / np.size(p))
    assert absolute.value(np.array([3.0]), 1) == 2  # a reader's own, without a docstring


# ---- softmax and accuracy


def test_softmax():
    p = softmax(LOGITS)
    np.testing.assert_allclose(p, jax.nn.softmax(LOGITS), rtol=1e-14)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_allclose(softmax(LOGITS + 700), p, rtol=1e-12)
    np.testing.assert_array_equal(softmax([0.0, 0.0]), [0.5, 0.5])
    np.testing.assert_allclose(softmax(LOGITS[0]), p[0], rtol=1e-15)
    assert softmax(np.stack([LOGITS, LOGITS])).shape == (2, 2, 3)


def test_softmax_far_away_and_of_other_kinds():
    np.testing.assert_array_equal(softmax([[1e4, -1e4], [-1e4, -1e4]]), [[1, 0], [0.5, 0.5]])
    np.testing.assert_array_equal(softmax([1e308, -1e308]), [1, 0])
    np.testing.assert_allclose(softmax(np.array([0, 200], dtype=np.uint8)), [np.exp(-200), 1])  # no wrap-around
    assert softmax(np.float32([1, 2])).dtype == np.float32 and softmax([1, 2]).dtype == float


def test_accuracy():
    logits = [[0.1, 0.9], [0.8, 0.2], [5.0, -5.0], [0.0, 1.0]]
    assert accuracy(logits, [1, 0, 1, 1]) == 0.75 and type(accuracy(logits, [1, 0, 1, 1])) is float
    assert accuracy(logits, [0, 1, 1, 0]) == 0
    assert accuracy(logits, [1, 0, 0, 1]) == 1


def test_nan_is_no_answer():
    assert accuracy([[np.nan, 0.0], [np.nan, np.nan], [1.0, 0.0], [np.inf, 0.0]], [0, 0, 0, 0]) == 0.5
