"""The checks of the appendix on slips: each accepts what is right, however it is written, and tells a student what went wrong."""

import numpy as np
import pytest
from exercises import accepted, changed, complaint

from lib import celu, check, elu, expect, gelu_tanh, gradient, moments, selu, sigmoid, slope


def bound(layers, weight):
    return (weight / 4) ** layers


def mended(w, x, target, rate):
    p = sigmoid(w * x)
    return w - rate * 2 * (p - target) * p * (1 - p) * x


def skewness(h):
    mean, variance = moments(h)
    return expect(lambda z: (h(z) - mean) ** 3, kinks=h.kinks) / variance**1.5


def speed(weights, c):
    return sum((c ** len(weights) * np.prod(np.delete(weights, i))) ** 2 for i in range(len(weights)))


SURE = [[9, 0, 0], [0, 9, 0], [0, 0, 9], [0, 9, 0]]
MODEST = [[1, 0, 0], [0, 1, 0], [0, 0.1, 0], [0, 0.1, 0]]
RIGHT = {
    "below_one": (-2, bound, 4),
    "more_right": (SURE, MODEST),
    "towards_the_target": (0, mended),
    "not_normal": (0.0394, skewness, 16),
    "as_fast": (speed, 0.76),
}


# ---- what the page says is so


def test_the_four_coefficients_disagree_and_the_true_ones_do_not():
    c1, c3, d1, d3 = 0.797885, 0.035677, 0.398942, 0.053516

    def made_of(x, c1, c3, d1, d3):
        u = c1 * x + c3 * x**3
        return 0.5 + np.tanh(u) / 2 + (d1 * x + d3 * x**3) / np.cosh(u) ** 2

    x = np.linspace(-4, 4, 81)
    np.testing.assert_allclose(made_of(x, c1, c3, d1, d3), gelu_tanh.derivative(x), atol=3e-6)
    assert d1 == pytest.approx(c1 / 2, abs=1e-6) and d3 == pytest.approx(1.5 * c3, abs=1e-6)
    assert np.abs(made_of(x, 0.711485, 0.035677, 0.318442, 0.052516) - gelu_tanh.derivative(x)).max() > 0.05


def test_what_is_printed_as_celu_is_the_elu():
    x = np.linspace(-5, 5, 101)
    for alpha in (0.5, 2.0):
        printed = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
        np.testing.assert_allclose(printed, elu(alpha)(x))
        assert np.abs(printed - celu(alpha)(x)).max() > 0.1


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("width", [0.5, 1.0, 3.0])
def test_an_input_turned_round_leaves_the_valley_as_narrow(seed, width):
    inputs = sigmoid(np.random.default_rng(seed).normal(0, width, (300, 2)))
    narrow = [np.linalg.cond((inputs * [1, sign]).T @ (inputs * [1, sign])) for sign in (1, -1)]
    assert narrow[0] == pytest.approx(narrow[1], rel=1e-9) and narrow[0] > 2


@pytest.mark.parametrize("w, x", [(0.5, 1.0), (-2.0, 0.6), (1.0, -3.0)])
def test_the_printed_step_sends_the_answer_to_0(w, x):
    for _ in range(5000):
        w -= 0.5 * slope(lambda w: sigmoid(w * x), w)
    assert sigmoid(w * x) < 0.01


def test_the_skewness_of_a_sum_falls_with_the_root():
    a = selu(np.random.default_rng(0).normal(size=(400_000, 16)))
    total = a.sum(axis=1)
    for sample, true in ((a[:, 0], skewness(selu)), (total, skewness(selu) / 4)):
        assert np.mean(((sample - sample.mean()) / sample.std()) ** 3) == pytest.approx(true, abs=0.015)


@pytest.mark.parametrize("weights, c", [([0.7], 1000), ([0.3, -0.8, 1.2], 10), ([0.0, 2.0, 3.0], 2)])
def test_a_small_step_moves_the_product_by_the_speed(weights, c):
    def k(w):
        return c ** len(w) * np.prod(w)

    w, rate = np.array(weights), 1e-12
    moved = k(w - rate * gradient(k, w)) - k(w)
    assert moved == pytest.approx(-rate * speed(w, c), rel=1e-3)


# ---- exercise 1


def test_below_one_in_other_ways():
    assert accepted(check.below_one.claims(-2.0, bound, 4.0))
    assert accepted(
        check.below_one.claims(np.float32(-2.5), lambda n, w: float(np.prod([w * 0.25] * n)), np.float32(4))
    )
    assert accepted(check.below_one.claims(-1e300, lambda n, w: w**n * sigmoid.derivative(0.0) ** n, 4))


@pytest.mark.parametrize(
    "place, wrong, message",
    [
        (0, 2, "2 is not below 0"),
        (0, -0.5, "multiply to 0.000976562; it should be more than 1000"),
        (1, lambda n, w: 0.25**n, "the weights are in the product too"),
        (1, lambda n, w: w**n, "how large can a slope be?"),
        (1, lambda n, w: (w * 0.2) ** n, "Each layer multiplies by its slope and by its weight"),
        (1, lambda n, w: n * w / 4, "For 3 layers with weights of 8"),
        (1, lambda n, w: (w / 4) ** (n - 1), "For 3 layers with weights of 8 bound gives 4"),
        (1, lambda n, w: max(1, (w / 4) ** n), "For 7 layers with weights of 0.5"),
        (1, lambda n, w: 0.25**n * w, "Each layer multiplies by its slope and by its weight"),
        (2, 1, "a layer multiplies by 0.25 at the most. At the edge"),
        (2, 0.25, "At the edge"),
        (2, -4, "At the edge"),
    ],
)
def test_below_one_wrong(place, wrong, message):
    assert message in complaint(check.below_one.claims(*changed(RIGHT["below_one"], place, wrong)))


# ---- exercise 2


@pytest.mark.parametrize(
    "sure, modest, message",
    [
        (MODEST, SURE, "sure has 2 right, modest 3: sure should have more"),
        (SURE, np.array(MODEST) - 1e-3 * np.array(SURE) ** 2, "right"),
        (np.array(SURE) / 9, [[0, 9, 0], [0, 9, 0], [9, 0, 0], [0, 0, 9]], "it should be the larger one"),
        ([[0, 0, 0]] * 4, MODEST, "a row with two largest logits"),
        (np.array(SURE) - np.inf, MODEST, "should be finite"),
        (SURE[:3], MODEST, "should be an array of shape (4, 3)"),
    ],
)
def test_more_right_wrong(sure, modest, message):
    if message == "right":  # a right answer in another way
        assert accepted(check.more_right.claims(sure, modest))
    else:
        with np.errstate(invalid="ignore"):
            assert message in complaint(check.more_right.claims(sure, modest))


# ---- exercise 3


def test_steps_in_other_ways():
    def by_difference(w, x, target, rate):
        return w - rate * slope(lambda w: (sigmoid(w * x) - target) ** 2, w)

    assert accepted(check.towards_the_target.claims(0.0099, by_difference))
    assert accepted(check.towards_the_target.claims(0.0, lambda w, x, t, r: np.float32(mended(w, x, t, r))))


@pytest.mark.parametrize(
    "place, wrong, message",
    [
        (0, 1, "does not tend to 1"),
        (0, 0.5, "does not tend to 0.5"),
        (
            1,
            lambda w, x, t, r: w - r * sigmoid.derivative(w * x) * x,
            "the printed step, which does not know the target",
        ),
        (1, lambda w, x, t, r: 2 * w - mended(w, x, t, r), "that is uphill"),
        (1, lambda w, x, t, r: (w + mended(w, x, t, r)) / 2, "one half of the squared error"),
        (1, lambda w, x, t, r: w - r * 2 * (sigmoid(w * x) - t) * x, "the slope of the sigmoid is missing"),
        (1, lambda w, x, t, r: w - r * 2 * (sigmoid(w * x) - t) * sigmoid.derivative(w * x), "the input is missing"),
        (1, lambda w, x, t, r: w - r * (sigmoid(w * x) - t) * x, "the step for the cross-entropy"),
        (1, lambda w, x, t, r: w, "compare with a difference"),
        (1, lambda w, x, t, r: (w - mended(w, x, t, r)) / r, "not yet the weight after the step"),
        (1, lambda w, x, t, r: mended(w, x, t, r) - w, "not where it arrives"),
    ],
)
def test_steps_wrong(place, wrong, message):
    assert message in complaint(check.towards_the_target.claims(*changed(RIGHT["towards_the_target"], place, wrong)))


# ---- exercise 4


def test_skewness_in_other_ways():
    z = np.random.default_rng(3).normal(size=2_000_000)

    def drawn(h):
        a = h(z)
        return np.mean(((a - a.mean()) / a.std()) ** 3)

    assert accepted(check.not_normal.claims(np.float32(0.03936), drawn, 16.0))


@pytest.mark.parametrize(
    "place, wrong, message",
    [
        (0, 0.961, "is the share above"),
        (0, 0, "How much of a *normal* lies there?"),
        (0, 0.5, "The share is not 0.5. SELU never answers below -1.7581"),
        (
            1,
            lambda h: expect(lambda z: (h(z) - moments(h)[0]) ** 3, kinks=h.kinks) / moments(h)[1] ** 3,
            "of ReLU's answers",
        ),
        (
            1,
            lambda h: expect(lambda z: (h(z) - moments(h)[0]) ** 3, kinks=h.kinks),
            "divide by the standard deviation's cube",
        ),
        (1, lambda h: expect(lambda z: h(z) ** 3, kinks=h.kinks) / moments(h)[1] ** 1.5, "take the mean off first"),
        (1, lambda h: 0.0, "The skewness of SELU's answers is not 0"),
        (1, lambda h: abs(skewness(h)), "The skewness of min(x, 0)'s answers is not 1.641: its sign is the other one"),
        (1, lambda h: -skewness(h), "The skewness of SELU's answers is not -0.3926: its sign is the other one"),
        (2, 4, "It falls with the root of their number"),
        (2, 270, "what becomes of the skewness?"),
        (2, 15, "what becomes of the skewness?"),
    ],
)
def test_skewness_wrong(place, wrong, message):
    assert message in complaint(check.not_normal.claims(*changed(RIGHT["not_normal"], place, wrong)))


# ---- exercise 5


def test_speeds_in_other_ways():
    def by_difference(weights, c):
        return float(np.square(gradient(lambda w: c ** len(w) * np.prod(w), np.asarray(weights, float))).sum())

    assert accepted(check.as_fast.claims(lambda w, c: np.float64(speed(list(w), c)), 3**-0.25))
    assert accepted(check.as_fast.claims(by_difference, 0.76))


@pytest.mark.parametrize(
    "place, wrong, message",
    [
        (0, lambda w, c: float(np.square(c ** len(w) * np.prod(w) / w).sum()), "you divide by a weight that is 0"),
        (0, lambda w, c: speed(w, c) / c ** (2 * len(w) - 2), "stands once in each layer"),
        (0, lambda w, c: speed(w, c) ** 0.5, "For the weights"),
        (
            0,
            lambda w, c: c ** len(w) * sum(np.prod(np.delete(w, i)) for i in range(len(w))),
            "the slopes are to be squared",
        ),
        (0, lambda w, c: (c ** len(w) * np.prod(w)) ** 2, "what is its slope by one weight?"),
        (
            0,
            lambda w, c: sum(c ** len(w) * np.prod(np.delete(w, i)) for i in range(len(w))) ** 2,
            "what is its slope by",
        ),
        (0, lambda w, c: speed(w, 1), "what is its slope by one weight?"),
        (1, 1.0, "move k 3 times as fast"),
        (1, 3**-0.5, "move k 0.333 times as fast"),
        (1, -(3**-0.25), "start should be above 0"),
    ],
)
def test_speeds_wrong(place, wrong, message):
    assert message in complaint(check.as_fast.claims(*changed(RIGHT["as_fast"], place, wrong)))
