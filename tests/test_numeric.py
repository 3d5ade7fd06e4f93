"""Measured slopes: how exact they are, and that the measuring leaves no mark."""

import math

import numpy as np
import pytest

from lib import cross_entropy, dense_network, gradient, gradient_error, relu, sigmoid, slope, tanh

# ---- slope


@pytest.mark.parametrize("f, derivative", [
    (np.sin, np.cos),
    (np.exp, np.exp),
    (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
])
def test_slope_is_good_to_ten_digits(f, derivative):
    x = np.linspace(-3, 3, 61)
    np.testing.assert_allclose(slope(f, x), derivative(x), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("x", [0.0, 1e-8, -1.0, 1e3, -1e8, 1e100])
def test_the_step_grows_with_x(x):
    assert slope(lambda x: x * x, x) == pytest.approx(2 * x, rel=1e-9, abs=1e-9)
    assert slope(lambda x: 3 * x + 1, x) == pytest.approx(3, rel=1e-9)


def test_a_step_of_ones_own():
    def cube(x):
        return x**3

    assert slope(cube, 0.0, step=1.0) == 1  # (1 - (-1)) / 2
    assert slope(cube, 0.5, step=1.0) == (1.5**3 + 0.5**3) / 2
    assert slope(cube, 10.0, step=0.1) == pytest.approx((11**3 - 9**3) / 2)
    assert slope(cube, -10.0, step=0.1) == pytest.approx((11**3 - 9**3) / 2)
    assert slope(cube, 0.0) == pytest.approx(np.finfo(float).eps ** (2 / 3))  # h², so h is eps^(1/3)


def test_shapes_and_kinds():
    for x in (0.3, 2, np.float32(0.3), np.array(0.3)):
        assert np.ndim(slope(np.sin, x)) == 0 and slope(np.sin, x) == pytest.approx(math.cos(x), rel=1e-6)
    assert slope(math.sin, 0.3) == pytest.approx(math.cos(0.3))
    for x in ([1, 2], np.ones((2, 3)), np.zeros(0), np.ones((2, 1), dtype=np.float32)):
        assert slope(np.sin, x).shape == np.shape(x) and slope(np.sin, x).dtype == float


def test_kinks_and_truths():
    assert slope(relu, 0.0) == pytest.approx(0.5)
    assert slope(lambda x: x > 0, 1.0) == 0  # True - True is no number for numpy
    assert slope(lambda x: x > 0, 0.0) > 1e4
    np.testing.assert_array_equal(slope(lambda x: np.ones_like(x), [1.0, 2.0]), [0, 0])


def test_x_is_left_alone():
    x = np.array([1.0, 2.0])
    slope(np.sin, x)
    np.testing.assert_array_equal(x, [1.0, 2.0])


# ---- gradient


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 2), (0,), (2, 0)])
def test_gradient_of_any_shape(shape):
    array = np.random.default_rng(0).normal(size=shape)
    measured = gradient(lambda a: np.sum(np.sin(a) * np.arange(a.size).reshape(a.shape)), array)
    assert measured.shape == shape
    np.testing.assert_allclose(measured, np.cos(array) * np.arange(array.size).reshape(shape), rtol=1e-8, atol=1e-9)


def test_gradient_of_mixed_sizes():
    array = np.array([1e-3, 1.0, -1e4])
    np.testing.assert_allclose(gradient(lambda a: a[0] ** 2, array), [2e-3, 0, 0], rtol=1e-8)
    np.testing.assert_allclose(gradient(lambda a: a[2] ** 2, array), [0, 0, -2e4], rtol=1e-8)


def test_gradient_with_a_step_of_ones_own():
    def cubes(a):
        return np.sum(a**3)

    np.testing.assert_allclose(gradient(cubes, np.array([0.0, 10.0, -10.0]), step=0.1), [0.01, 301, 301])
    assert gradient(cubes, np.array([0.0]))[0] == pytest.approx(np.finfo(float).eps ** (2 / 3))


def test_the_array_is_nudged_in_place_and_put_back():
    array = np.array([0.1, 0.2, 1e-300, -0.0, 12345.678])
    bits = array.tobytes()
    seen = []
    gradient(lambda a: (seen.append(a is array), a.sum())[1], array)
    assert all(seen) and len(seen) == 10 and array.tobytes() == bits
    small = array[:2]
    np.testing.assert_allclose(gradient(lambda _: np.sum(small**2), small), 2 * small, atol=1e-9)  # by looking around

    def refuses(a):
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        gradient(refuses, array)
    assert array.tobytes() == bits


def test_gradient_of_lists_and_whole_numbers():
    np.testing.assert_allclose(gradient(lambda a: np.sum(a**2), [1, 2]), [2, 4], rtol=1e-9)
    whole = np.array([1, 2])
    np.testing.assert_allclose(gradient(lambda a: np.sum(a**2), whole), [2, 4], rtol=1e-9)
    np.testing.assert_array_equal(whole, [1, 2])


def test_gradient_in_single_precision():
    array = np.array([0.5, -2.0, 1.0], dtype=np.float32)
    np.testing.assert_allclose(gradient(lambda a: np.sum(np.sin(a)), array), np.cos(array), atol=2e-4)


def test_f_must_be_one_number():
    with pytest.raises(ValueError, match=r"f must return one number, not an array of shape \(2,\)"):
        gradient(lambda a: a, np.ones(2))
    assert gradient(lambda a: a[:1] * 2, np.ones(1)) == pytest.approx(2)  # an array of one number will do


# ---- gradient_error


def quadratic(a, b):
    return np.sum(a**2) + 3 * np.sum(b)


def test_right_gradients_pass():
    a, b = np.array([[1.0, -2.0]]), np.array([0.5, 0.5, 0.5])
    error = gradient_error(quadratic, [a, b], [2 * a, np.full(3, 3.0)])
    assert type(error) is float and error < 1e-8
    assert gradient_error(quadratic, (a, b), ([[2, -4]], [3, 3, 3])) < 1e-8  # lists of numbers too
    np.testing.assert_array_equal(a, [[1, -2]])


@pytest.mark.parametrize("spoil, error", [
    (lambda g: g[0].__setitem__((0, 1), -4.4), 0.4 / 4.4),
    (lambda g: g[1].__setitem__(2, 0.0), 1.0),
    (lambda g: g[0].__imul__(-1), 2.0),
    (lambda g: g[1].__imul__(2), 0.5),
])
def test_a_planted_error_is_told_by_its_size(spoil, error):
    a, b = np.array([[1.0, -2.0]]), np.array([0.5, 0.5, 0.5])
    gradients = [2 * a, np.full(3, 3.0)]
    spoil(gradients)
    assert gradient_error(quadratic, [a, b], gradients) == pytest.approx(error, rel=1e-6)


def test_nan_never_passes():
    a, b = np.array([[1.0, -2.0]]), np.array([0.5, 0.5, 0.5])
    for spoiled in ([np.full((1, 2), np.nan), np.full(3, 3.0)], [2 * a, np.array([3.0, np.nan, 3.0])]):
        assert math.isnan(gradient_error(quadratic, [a, b], spoiled))


def test_nothing_to_find():
    a = np.array([1.0, 2.0])
    assert gradient_error(lambda a: 0.0, [a], [np.zeros(2)]) == 0
    assert gradient_error(lambda a: 7.0, [a], [np.zeros(2)]) == 0
    assert gradient_error(lambda a: 7.0, [a], [np.full(2, 7.0)]) == 1
    assert gradient_error(lambda a: 10.0, [a], [np.array([0.0, 1e-4])]) == pytest.approx(0.1)  # of 10 / 10⁴
    assert gradient_error(lambda *_: 1.0, [], []) == 0
    assert gradient_error(lambda a: 1.0, [np.zeros(0)], [np.zeros(0)]) == 0


def test_what_a_measurement_can_not_see_is_no_error():
    """A gradient of 1e-12 beside a loss of 1 drowns in rounding; one of 1e-6 does not."""
    a = np.array([0.3])
    assert gradient_error(lambda a: 1 + 1e-12 * np.sin(a[0]), [a], [np.array([1e-12 * np.cos(0.3)])]) < 1e-6
    assert gradient_error(lambda a: 1 + 1e-6 * np.sin(a[0]), [a], [np.array([2e-6 * np.cos(0.3)])]) > 1e-3
    assert gradient_error(lambda a: 1e-6 * np.sin(a[0]), [a], [np.array([2e-6 * np.cos(0.3)])]) == pytest.approx(0.5)


def test_gradients_of_other_shapes():
    a, b = np.array([[1.0, -2.0]]), np.array([0.5, 0.5, 0.5])
    for wrong in ([2 * a], [2 * a, np.full((1, 3), 3.0)], [np.full(3, 3.0), 2 * a]):
        with pytest.raises(ValueError, match=r"must have the shapes of the arrays, \[\(1, 2\), \(3,\)\]"):
            gradient_error(quadratic, [a, b], wrong)


@pytest.mark.parametrize("activation", [sigmoid, tanh], ids=lambda activation: activation.name)
def test_the_usual_mistakes_in_backpropagation_are_found(activation):
    """As in the book: the right gradients agree below 1e-6, each planted mistake shows above 1e-3."""
    rng = np.random.default_rng(0)
    network = dense_network(rng, [3, 5, 4, 2], activation)
    x, y = rng.normal(size=(6, 3)), rng.integers(0, 2, 6)
    trace = network.forward(x)
    upstream = cross_entropy.gradient(trace[-1].a, y)
    right = network.backward(trace, upstream)

    def error(gradients):
        return gradient_error(lambda *_: cross_entropy.value(network(x), y), network.parameters, gradients)

    assert error(right) < 1e-6
    flat = [snapshot._replace(z=0 * snapshot.z) for snapshot in trace]
    for wrong in (
        network.backward(trace, -upstream),
        network.backward(trace, upstream * len(x)),  # a sum in the place of a mean
        network.backward(flat, upstream),  # the slope at another z
        [g / len(x) if g.ndim == 1 else g for g in right],  # the bias averaged once more
        [*right[:-1], np.zeros_like(right[-1])],
    ):
        assert error(wrong) > 1e-3
