"""The checks of chapter 7: each accepts what is right, however it is written, and tells a student what went wrong."""

from importlib import import_module

import numpy as np
import pytest
from exercises import Chapter, accepted, complaint

from lib import check, leaky_relu, moments, momentum, relu, sigmoid, tanh

inside = import_module("lib.check.zigzag")
run = Chapter("zigzag").run


def mean(slope):
    return (1 - slope) / np.sqrt(2 * np.pi)


def price(slope, n):
    return 1 + n * mean(slope) ** 2 / ((1 + slope**2) / 2 - mean(slope) ** 2)


def with_bias(n, m, v):
    total = v + n * m**2 + 1
    return ((total + np.sqrt(total**2 - 4 * v)) / 2) ** 2 / v


def polyak(largest, smallest):
    high, low = np.sqrt(largest), np.sqrt(smallest)
    return (2 / (high + low)) ** 2, ((high - low) / (high + low)) ** 2


RIGHT = {
    "free_batch": ([[0.9, 0.2], [0.2, 0.9]], [1, -1]),
    "leaky_price": (mean, price, 1, 0.44),
    "price_with_bias": (with_bias,),
    "centre": (lambda train, test: (train - train.mean(axis=0), test - train.mean(axis=0)),),
    "tuned_momentum": (polyak,),
}


# ---- what the chapter writes by hand


@pytest.mark.parametrize("n", [1, 2, 7, 60])
@pytest.mark.parametrize("h", [sigmoid, relu, tanh], ids=lambda h: h.name)
def test_the_price_is_the_condition_number(n, h):
    m, v = moments(h)
    hessian = v * np.eye(n) + m**2
    expected = np.linalg.cond(hessian) if n > 1 else 1 + m**2 / v  # a single input has no flat direction
    np.testing.assert_allclose(run("kappa")["kappa"](h, n), expected, rtol=1e-9)


def test_the_gradient_of_a_walk_is_that_of_its_valley():
    from lib import gradient

    names = run("two-inputs", "walk", "valley")
    path = names["walk"](names["two"], 0.5, 400)
    by_hand = gradient(lambda w: names["valley"](names["two"])(*w), path[0].astype(float))
    np.testing.assert_allclose(path[1] - path[0], -0.5 * by_hand, atol=1e-8)


def test_the_stretched_sigmoids_have_their_slopes():
    from lib import slope

    names = run("family", "family-plot")
    z = np.linspace(-5, 5, 41)
    for h in names["family"]:
        np.testing.assert_allclose(h.derivative(z), slope(h, z), atol=1e-9)
    np.testing.assert_allclose(names["family"][3](z), tanh(z / 2), atol=1e-15)


# ---- exercise 1


def test_free_batch_in_other_ways():
    assert accepted(check.free_batch.claims(np.float32([[3, 1], [1, 4]]), (2, -1)))
    assert accepted(check.free_batch.claims([[1, 2], [2, 1]], np.array([-1.0, 1.0])))


@pytest.mark.parametrize(
    "inputs, errors, message",
    [
        ([[0.9, 0.2], [0.2, 0.9]], [1, 1], "Both errors have one sign"),
        ([[0.9, 0.2], [0.2, 0.9]], [-1, 1], "It is the other way round"),
        ([[0.9, 0.2], [0.2, 0.9]], [0, 0], "Without an error nothing moves"),
        ([[0.5, 0.5], [0.2, 0.2]], [1, -1], "together they have [0.15, 0.15]"),
        ([[1, -1], [1, 1]], [1, 1], "All inputs should be above 0"),
        ([[1, 0], [0, 1]], [1, -1], "All inputs should be above 0"),
        ([1, 2], [1, -1], "Inputs should be an array of shape (2, 2)"),
        ([[1, 2], [2, 1]], 1, "Errors should be an array of shape (2,)"),
        ([[1, np.inf], [2, 1]], [1, -1], "Inputs should be finite"),
    ],
)
def test_free_batch_wrong(inputs, errors, message):
    assert message in complaint(check.free_batch.claims(inputs, errors))


def test_free_batch_with_slopes_that_are_told():
    inputs, wish = np.array([[0.9, 0.2], [0.2, 0.9]]), (0.7, -0.4)
    assert accepted(check.free_batch.claims(inputs, np.linalg.solve(inputs.T, 2 * np.array(wish)), slopes=wish))
    told = complaint(check.free_batch.claims(inputs, [1, -1], slopes=wish))
    assert "together they have [0.35, -0.35]; they should be [0.7, -0.4]." in told


# ---- exercise 2


def test_leaky_price_in_other_ways():
    def integrated(slope, n):
        m, v = moments(leaky_relu(float(slope)))
        return np.float32(1 + n * m**2 / v)

    sample = np.random.default_rng(0).normal(size=1000)
    assert accepted(check.leaky_price.claims(lambda s: moments(leaky_relu(float(s)))[0], integrated, 1.0, 0.45))
    rough = complaint(check.leaky_price.claims(lambda s: leaky_relu(s)(sample).mean(), integrated, 1.0, 0.45))
    assert "leaky_mean gives" in rough


@pytest.mark.parametrize(
    "answers, message",
    [
        ((lambda s: 0.0, price, 1, 0.44), "leaky_mean gives 0; the mean of 10,000 answers to even quantiles of z is 0.39"),
        ((lambda s: (1 + s) / np.sqrt(2 * np.pi), price, 1, 0.44), "what it lets through is below 0 too"),
        ((mean, lambda s, n: 1 + n * mean(s) ** 2 / ((1 + s**2) / 2), 1, 0.44), "less the square of the mean"),
        ((mean, lambda s, n: price(s, n) - 1, 1, 0.44), "short of it by 1"),
        ((mean, lambda s, n: price(s, n) * (1 + s), 1, 0.44), "Is your m 0.394953 there"),
        ((mean, lambda s, n: 1.0, 1, 0.44), "the price should not be 1"),
        ((mean, price, 0.01, 0.44), "With the slope 0.01 the mean is 0.3950, not 0"),
        ((mean, price, 1, 0.6), "a smaller slope will do"),
        ((mean, price, 1, 0.3), "the price is still 17.7"),
        ((mean, price, 1, [0.44]), "Slope_for_ten should be a single number"),
        ((mean, lambda s: 1, 1, 0.44), "is called with 2 inputs"),
    ],
)
def test_leaky_price_wrong(answers, message):
    assert message in complaint(check.leaky_price.claims(*answers))


@pytest.mark.parametrize("slope", [0.0, 0.01, 0.3, 1.0])
def test_the_leaky_moments_are_those_of_the_integral(slope):
    np.testing.assert_allclose(inside._leaky_moments(slope), moments(leaky_relu(slope)), atol=1e-12)
    assert abs(leaky_relu(slope)(inside._normal_sample()).mean() - inside._leaky_moments(slope)[0]) < 1e-3


def test_the_slope_for_ten():
    assert price(0.44296, 100) == pytest.approx(10, abs=1e-3)
    tried = np.arange(0, 1, 1e-4)
    assert tried[price(tried, 100) < 10][0] == pytest.approx(0.44296, abs=2e-4)


# ---- exercise 3


def test_price_with_bias_in_other_ways():
    def by_numbers(n, m, v):
        table = np.zeros((n + 1, n + 1))
        table[:n, :n] = m * m + v * np.eye(n)
        table[n] = table[:, n] = m
        table[n, n] = 1
        return np.linalg.cond(table)

    def by_two(n, m, v):
        values = np.linalg.eigvalsh([[v + n * m**2, n**0.5 * m], [n**0.5 * m, 1]])
        return np.float32(max(values[1], v) / min(values[0], v))

    for way in (by_numbers, by_two):
        assert accepted(check.price_with_bias.claims(way))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda n, m, v: 1 + n * m**2 / v, "This is the price without a bias"),
        (lambda n, m, v: 1.0, "if the bias were at its best after each step"),
        (lambda n, m, v: with_bias(n, m, v) ** 0.5 * v**-0.5, "is v really the smallest?"),
        (lambda n, m, v: 1 / with_bias(n, m, v), "not the other way round"),
        (lambda n, m, v: 1 + n * m**2 / v + 1 / v, "their sum is 1.75 and their product 0.25"),
        (lambda n, m, v: (v + n * m**2 + 1) / v, "For n = 2, m = 0.5, v = 0.25 the price should not be 7"),
        (lambda n, m, v: np.inf, "should be finite"),
        (lambda n, m: 1, "is called with 3 inputs"),
    ],
)
def test_price_with_bias_wrong(wrong, message):
    assert message in complaint(check.price_with_bias.claims(wrong))


# ---- exercise 4


def test_centre_in_other_ways():
    def with_lists(train, test):
        means = [sum(column) / len(column) for column in train.T]
        return [[a - b for a, b in zip(row, means)] for row in train], np.float32(test - means)

    assert accepted(check.centre.claims(with_lists))
    assert accepted(check.centre.claims(lambda train, test: [data - train.mean(0) for data in (train, test)]))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda train, test: (train - train.mean(), test - train.mean(axis=0)), "One mean was taken for all inputs"),
        (lambda a, b: (a - a.mean(axis=1, keepdims=True), b - a.mean(axis=0)), "which axis are the examples?"),
        (lambda train, test: (train - train.mean(axis=0), test - test.mean(axis=0)), "moved by their own mean"),
        (lambda train, test: (train - train.mean(axis=0), test), "should be moved by what was measured in training"),
        (lambda a, b: ((a - a.mean(0)) / (a.std(0) + 1e-9), b - a.mean(0)), "only move them"),
        (lambda a, b: ((a - a.mean(0)) / a.std(0), b - a.mean(0)), "The centred train should be finite"),
        (lambda train, test: train - train.mean(axis=0), "should return two things, train and test"),
        (lambda a, b: (a - a.mean(0), b - (a if len(b) > 1 else b).mean(0)), "A single test example becomes [0, 0, 0]"),
        (lambda a, b: (a.__isub__(a.mean(0)), b - a.mean(0)), "changes the array that it is given"),
    ],
)
def test_centre_wrong(wrong, message):
    assert message in complaint(check.centre.claims(wrong))


def test_the_broken_centre_of_the_text_holds_both_mistakes():
    told = complaint(check.centre.claims(run("exercise-4")["centre"]))
    assert "One mean was taken for all inputs" in told and "moved by their own mean" in told


# ---- exercise 5


def test_tuned_momentum_in_other_ways():
    def by_kappa(largest, smallest):
        root = (largest / smallest) ** 0.5
        decay = (1 - 2 / (root + 1)) ** 2
        return [(1 + decay**0.5) ** 2 / largest, decay]

    assert accepted(check.tuned_momentum.claims(by_kappa))
    assert accepted(check.tuned_momentum.claims(lambda a, b: np.float32(polyak(a, b))))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda a, b: (2 / (a + b), 0), "Without a decay it is plain descent"),
        (lambda a, b: (1 / a, 0.9), "it takes 89 steps with rate 0.1 and decay 0.9; 12 can be enough"),
        (lambda a, b: (polyak(a, b)[0], polyak(a, b)[1] ** 0.5), "can be enough"),
        (lambda a, b: (4 / a, 0.5), "flies off"),
        (lambda a, b: polyak(a, b)[::-1], "flies off"),
        (lambda a, b: (0.1, 1), "the decay from 0 to under 1"),
        (lambda a, b: (-0.1, 0.5), "the rate should be above 0"),
        (lambda a, b: 0.1, "rate and decay, should be an array of shape (2,); it is a single number"),
        (lambda a, b: (0.1, None), "rate and decay, should be made of numbers"),
    ],
)
def test_tuned_momentum_wrong(wrong, message):
    assert message in complaint(check.tuned_momentum.claims(wrong))


def test_the_walk_of_the_check_is_that_of_lib():
    rate, decay = polyak(10.0, 1.0)
    curvature, distance = np.geomspace(1.0, 10.0, 40), np.ones(40)
    update, count = momentum(rate, decay), 0
    while np.abs(distance).max() > 0.01:
        update([distance], [curvature * distance])
        count += 1
    assert count == inside._steps(10.0, 1.0, rate, decay)


def test_no_choice_of_a_fine_search_is_much_better_than_polyaks():
    best = inside._steps(100.0, 1.0, *polyak(100.0, 1.0))
    tried = [
        inside._steps(100.0, 1.0, rate, decay, most=2 * best)
        for decay in np.linspace(0.5, 0.9, 21)
        for rate in np.linspace(0.005, 0.038, 12)
    ]
    assert 0.7 * best < min(tried) <= best * inside._SLACK
