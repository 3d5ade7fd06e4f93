"""The checks of chapter 9: each accepts what is right, however it is written, and tells a student what went wrong."""

from importlib import import_module
from math import pi, sqrt

import numpy as np
import pytest
from exercises import Chapter, accepted, complaint

from lib import adam, check, cross_entropy, dense_network, digits, expect, he_normal, moments, relu, train

inside = import_module("lib.check.relu")
run = Chapter("relu").run


def by_differences(h, place, d=1e-6):
    left, right = (h(place) - h(place - d)) / d, (h(place + d) - h(place)) / d
    return [left, right] if left <= right else []


D = digits()
MEAN = 1 / sqrt(2 * pi)
GAIN = (0.5 - MEAN**2) ** -0.5
LEAKED = float(
    (dense_network(np.random.default_rng(0), [64, 32, 10], relu, he_normal).forward(D.x_train)[0].a == 0).mean()
)
SPARSE = run("exercise-4-solution")  # a trained network
RIGHT = {
    "subgradients": (by_differences,),
    "relu_backward": (lambda upstream, a: upstream * (a > 0), LEAKED),
    "centred_relu": (MEAN, GAIN, GAIN**2 / 2),
    "few_speak": tuple(SPARSE[name] for name in ("hidden_weights", "hidden_bias", "output_weights", "output_bias")),
}


# ---- what the chapter writes by hand is what lib has


def test_the_chapters_own_lines_agree_with_lib():
    names = run("by-hand", "slope-by-hand", "he-by-hand", "at-zero", "alike", "chain")
    z = np.linspace(-5, 5, 1001)
    np.testing.assert_array_equal(names["rectified"](z), relu(z))
    np.testing.assert_array_equal(names["rectified_slope"](z), relu.derivative(z))
    np.testing.assert_array_equal(names["at_zero"](0).derivative(z), relu.derivative(z))
    drawn = [draw(np.random.default_rng(3), 64, 32) for draw in (names["he"], he_normal)]
    np.testing.assert_allclose(*drawn, rtol=1e-15)
    assert names["chain"](relu, 1.5, 0.5, layers=8)[-1] == pytest.approx(0.5 * 1.5**7)


def test_the_formula_for_the_next_cosine_is_an_integral():
    next_cosine = run("alike")["next_cosine"]
    rng = np.random.default_rng(0)
    u, v = rng.normal(size=(2, 10**6))
    for cosine in (-0.9, -0.3, 0.0, 0.5, 0.9):
        w = cosine * u + np.sqrt(1 - cosine**2) * v
        assert next_cosine(cosine) == pytest.approx((relu(u) * relu(w)).mean() / 0.5, abs=3e-3)
    assert next_cosine(0.0) == pytest.approx(expect(relu) ** 2 / expect(lambda z: relu(z) ** 2, kinks=(0,)))


def test_a_taxed_layer_is_taxed_as_its_loss_says():
    """The gradient with the tax is that of the loss plus tax times the mean over the batch of the summed answers."""
    from lib import gradient_error

    names = run("taxed")
    network = dense_network(np.random.default_rng(0), [64, 8, 10], relu, he_normal)
    network.layers[0] = names["Taxed"](*network.layers[0].parameters, relu)
    network.layers[0].tax = 0.3
    x, y = D.x_train[:20], D.y_train[:20]

    def loss(*parameters):
        trace = network.forward(x)
        return cross_entropy.value(trace[-1].a, y) + 0.3 * trace[0].a.sum(axis=1).mean()

    trace = network.forward(x)
    gradients = network.backward(trace, cross_entropy.gradient(trace[-1].a, y))
    assert gradient_error(loss, network.parameters, gradients) < 1e-6


# ---- exercise 1


def test_subgradients_in_other_ways():
    def sorted_or_not(h, place):
        one, other = (h(place) - h(place - 1e-4)) * 1e4, (h(place + 1e-4) - h(place)) * 1e4
        return np.array([one, other]) if other - one > -1e-6 else np.array([])

    def by_trying(h, place):
        z = place + np.linspace(-0.01, 0.01, 41)
        fitting = [g for g in np.linspace(-1.5, 1.5, 3001) if (h(place) + g * (z - place) <= h(z) + 1e-12).all()]
        return (min(fitting), max(fitting)) if fitting else ()

    for way in (sorted_or_not, by_trying):
        assert accepted(check.subgradients.claims(way))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (
            lambda h, p: sorted(by_differences(h, p) or [0, 1]),
            "For max(z, 0) cut off at 6, at 6 you say [0, 1]. There the",
        ),
        (lambda h, p: by_differences(h, p)[::-1], "the least comes first"),
        (lambda h, p: [0, 1], "For |z| at 0 you say [0, 1]; there the slope is -1 on the left and 1 on the right"),
        (lambda h, p: [], "For max(z, 0) at 0 you find none"),
        (lambda h, p: (h(p + 1e-6) - h(p - 1e-6)) / 2e-6, "should return two numbers, or an empty list"),
        (lambda h, p: [(h(p + 1e-6) - h(p - 1e-6)) / 2e-6] * 2, "For max(z, 0) at 0 you say [0.5, 0.5]"),
        (lambda h, p: [np.nan, 1], "both should be finite"),
        (lambda h: [0, 1], "is called with 2 inputs"),
    ],
)
def test_subgradients_wrong(wrong, message):
    assert message in complaint(check.subgradients.claims(wrong))


# ---- exercise 2


def test_relu_backward_in_other_ways():
    ways = [
        lambda upstream, a: np.where(a > 0, upstream, 0),
        lambda upstream, a: [[float(u) if v else 0 for u, v in zip(*row)] for row in zip(upstream, a)],
        lambda upstream, a: (upstream * np.sign(a)).astype(np.float32),
        lambda upstream, a: upstream * relu.derivative(a),
    ]
    for way in ways:
        assert accepted(check.relu_backward.claims(way, round(LEAKED, 3)))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (
            lambda upstream, a: upstream * (a >= 0),
            "For an answer of 0 and a gradient of 1 it returns 1: this unit was silent",
        ),
        (lambda upstream, a: upstream * a, "it returns 0.9: this unit spoke, so its gradient should pass as it is"),
        (lambda upstream, a: upstream * (a < 0), "this unit spoke"),
        (lambda upstream, a: np.maximum(upstream, 0) * (a > 0), "this unit spoke"),
        (lambda upstream, a: upstream * (upstream > 0), "this unit was silent"),
        (lambda upstream, a: a > 0, "this unit spoke"),
        (lambda upstream, a: upstream[0], "should be"),
    ],
)
def test_relu_backward_wrong(wrong, message):
    assert message in complaint(check.relu_backward.claims(wrong, LEAKED))


def test_a_layer_that_is_silent_altogether():
    def divides(upstream, a):
        return upstream * (a >= a.max() * 1e-9)

    assert "For a layer that is silent altogether" in complaint(check.relu_backward.claims(divides, LEAKED))


@pytest.mark.parametrize(
    "leaked, message",
    [
        (1, "That is what it passes in all"),
        (1 - LEAKED, "That is what ReLU passes too"),
        (100 * LEAKED, "A share lies between 0 and 1"),
        (0, "Which answers does a >= 0 pass"),
        (0.5, "Which answers does a >= 0 pass"),
    ],
)
def test_leaked_wrong(leaked, message):
    assert message in complaint(check.relu_backward.claims(RIGHT["relu_backward"][0], leaked))


def test_the_faulty_function_of_the_text_is_that_one():
    slipped = run("exercise-2")["relu_backward"]
    assert "this unit was silent" in complaint(check.relu_backward.claims(slipped, LEAKED))


# ---- exercise 3


def test_centred_in_other_ways():
    z = np.random.default_rng(0).normal(size=10**7)
    shift = relu(z).mean()
    gain = 1 / np.sqrt(((relu(z) - shift) ** 2).mean())
    assert accepted(check.centred_relu.claims(shift, gain, gain**2 * (z > 0).mean()))
    assert accepted(check.centred_relu.claims(0.399, 1.713, 1.467))
    assert accepted(check.centred_relu.claims(*(np.float32(value) for value in (MEAN, GAIN, GAIN**2 / 2))))
    assert moments(relu)[1] ** -0.5 == pytest.approx(GAIN)


@pytest.mark.parametrize(
    "shift, gain, factor, message",
    [
        (0.5, GAIN, GAIN**2 / 2, "With a shift of 0.5 the mean of the answers is -0.1011"),
        (-MEAN, GAIN, GAIN**2 / 2, "the mean of the answers is 0.7979"),
        (MEAN, sqrt(2), 1, "With a gain of 1.414 the next sums have variance 0.682, and not 1. That is He's"),
        (MEAN, GAIN**2, GAIN**2 / 2, "That is its square"),
        (MEAN, GAIN, 1, "With He's gain it would be 1"),
        (MEAN, GAIN, GAIN / sqrt(2), "That is by what its root, the size, is multiplied"),
        (MEAN, GAIN, 0.5, "That is the mean square of the slopes alone"),
        (MEAN, GAIN, GAIN**2, "That is what the weights do"),
        (MEAN, GAIN, np.inf, "Factor should be finite"),
    ],
)
def test_centred_wrong(shift, gain, factor, message):
    assert message in complaint(check.centred_relu.claims(shift, gain, factor))


# ---- exercise 4


def test_few_speak_by_thresholds():
    """Another way: biases that start far below 0, and no tax."""
    rng = np.random.default_rng(1)
    network = dense_network(rng, [64, 64, 10], relu, he_normal)
    network.layers[0].weights += 0
    network.layers[0].bias -= 0.7
    train(network, (D.x_train, D.y_train), cross_entropy, adam(0.01), epochs=20, batch_size=50, rng=rng)
    first, bias, last, last_bias = network.parameters
    spoke = (network.forward(D.x_train)[0].a > 0).any(axis=0)
    claims = check.few_speak.claims(first[:, spoke].tolist(), bias[spoke], last[spoke], last_bias)
    assert [claim.holds for claim in claims][:2] == [True, True] and claims[3].holds


def test_few_speak_wrong():
    first, bias, last, last_bias = RIGHT["few_speak"]
    wide = (
        np.hstack([first, np.zeros((64, 100))]),
        np.append(bias, -np.ones(100)),
        np.vstack([last, np.zeros((100, 10))]),
    )
    told = complaint(check.few_speak.claims(*wide, last_bias))
    assert "64 at the most were asked for" in told and "100 of them never speak" in told
    assert "are silent: at least 85% were asked for" in complaint(
        check.few_speak.claims(first, bias + 1, last, last_bias)
    )
    assert "are read rightly: at least 96%" in complaint(check.few_speak.claims(first, bias, -last, last_bias))
    assert "Hidden_weights should be an array of shape (64, units)" in complaint(
        check.few_speak.claims(first.T, bias, last, last_bias)
    )
    assert "Output_weights should be" in complaint(check.few_speak.claims(first, bias, last.T, last_bias))
    assert "Hidden_bias should be finite" in complaint(check.few_speak.claims(first, bias * np.nan, last, last_bias))


def test_without_a_tax_too_many_speak():
    rng = np.random.default_rng(0)
    network = dense_network(rng, [64, 64, 10], relu, he_normal)
    train(network, (D.x_train, D.y_train), cross_entropy, adam(0.01), epochs=10, batch_size=50, rng=rng)
    assert "are silent: at least 85%" in complaint(check.few_speak.claims(*network.parameters))
