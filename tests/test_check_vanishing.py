"""The checks of chapter 6: each accepts what is right, however it is written, and tells a student what went wrong."""

from importlib import import_module

import numpy as np
import pytest
from exercises import Chapter, accepted, complaint

from lib import (
    check,
    expect,
    gradient,
    he_normal,
    he_uniform,
    lecun_normal,
    lecun_uniform,
    moments,
    relu,
    sigmoid,
    slope,
    tanh,
    xavier_normal,
)

inside = import_module("lib.check.vanishing")
run = Chapter("vanishing").run


def chain(w, x):
    p, z = [x], []
    for weight in w:
        z.append(weight * p[-1])
        p.append(float(sigmoid(z[-1])))
    return np.array(p), np.array(z)


def slope_by(w, x, k):
    p, z = chain(w, x)
    return np.prod(sigmoid.derivative(z[k:])) * np.prod(w[k + 1 :]) * p[k]


def width(weight):
    size = abs(weight)
    return 2 * np.arctanh(np.sqrt(1 - 1 / size)) / size if size > 1 else 0.0


def variance_after(layers, gain):
    variance = 1.0
    for _ in range(layers):
        variance = expect(lambda z: tanh(z) ** 2, 0.0, gain**2 * variance)
    return variance


def centred(rng, fan_in, fan_out):
    weights = rng.normal(0, 4 / np.sqrt(fan_in), (fan_in, fan_out))
    return weights, -weights.sum(axis=0) / 2


RIGHT = {
    "slope_by_any_weight": (slope_by,),
    "where_tanh_explodes": (width, 1.72),
    "the_default": (1 / 3, 1 / 6, he_uniform),
    "when_it_settles": (variance_after, 1.31),
    "deep_sigmoids": (centred,),
}


# ---- what the chapter writes by hand is what lib and differences say


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("b", [0.0, -0.5, 1.0])
def test_the_chapters_chain_rule_is_what_differences_measure(seed, b):
    names = run("chain-forward", "chain-rule")
    rng = np.random.default_rng(seed)
    w, x = rng.uniform(0.5, 3, 4), rng.normal()
    measured = gradient(lambda w: names["chain"](w, x, b)[0][-1], w)[0]
    assert names["by_rule"](w, x, b) == pytest.approx(measured, rel=1e-6)


def test_where_a_sigmoid_enlarges():
    names = run("width")
    for weight, wide in zip(names["weights"][1::400], names["width"][1::400]):
        factor = weight * sigmoid.derivative(weight * np.array([0.499, 0.501]) * wide)
        assert factor[0] > 1 > factor[1]
    assert names["best"] == pytest.approx(6.894, abs=0.01) and names["width"].max() == pytest.approx(0.44774, abs=1e-5)


def test_the_critical_line_is_where_chi_is_one():
    names = run("critical")
    for q in (0.1, 0.57, 2.0):
        bias_variance, weight_variance = names["critical"](q)
        settled = 5.0
        for _ in range(3000):
            settled = weight_variance * expect(lambda z: tanh(z) ** 2, 0, settled) + bias_variance
        assert settled == pytest.approx(q, rel=1e-4)
        assert weight_variance * expect(lambda z: tanh.derivative(z) ** 2, 0, q) == pytest.approx(1, rel=1e-12)
    assert names["critical"](1e-9)[1] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("weight_variance, bias_variance", [(0.7, 0.1), (1.5, 0.0), (3.5, 0.05)])
def test_a_wide_network_keeps_to_the_ideal(weight_variance, bias_variance):
    names = run("ideal", "random-network")
    ideal = names["ideal_gradient"](weight_variance, bias_variance)
    assert ideal.shape == (30,) and ideal[-1] == 1
    rng = np.random.default_rng(7)
    network = names["random_network"](7, [300] * 31, weight_variance, bias_variance)
    trace = network.forward(rng.normal(size=(10, 300)))
    measured = names["sizes"](names["backflow"](network, trace, rng.normal(size=(10, 300))))
    np.testing.assert_allclose(np.log(measured), np.log(ideal), atol=0.5)


def test_a_tenth_layer_of_tanh_with_xavier():
    variances = run("settle-theory")["ideal"]
    assert [round(variances[layer - 1], 4) for layer in (2, 10)] == [0.2365, 0.0522]
    assert variances[-1] * 2 * 50 == pytest.approx(1, abs=0.03)


# ---- exercise 1


def test_slope_in_other_ways():
    def by_logarithms(w, x, k):
        p, z = chain(w, x)
        factors = np.concatenate([sigmoid.derivative(z[k:]), w[k + 1 :], [p[k]]])
        return np.prod(np.sign(factors)) * np.exp(np.log(np.abs(factors)).sum())

    def backwards(w, x, k):
        p, delta = [x], 1.0
        for weight in w:
            p.append(1 / (1 + np.exp(-weight * p[-1])))
        for layer in range(len(w) - 1, k, -1):
            delta *= p[layer + 1] * (1 - p[layer + 1]) * w[layer]
        return [delta * p[k + 1] * (1 - p[k + 1]) * p[k]][0]

    def by_differences(w, x, k):
        return gradient(lambda w: chain(w, x)[0][-1], np.array(w))[k]

    for way in (by_logarithms, backwards, by_differences, lambda w, x, k: np.array(slope_by(w, x, k))):
        assert accepted(check.slope_by_any_weight.claims(way))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda p, z, w, x, k: np.prod(sigmoid.derivative(z[k:])) * np.prod(w[k + 1 :]) * x, "what comes into layer k?"),
        (lambda p, z, w, x, k: np.prod(sigmoid.derivative(z[k:])) * np.prod(w[k + 1 :]), "What came in at layer k is missing"),
        (lambda p, z, w, x, k: np.prod(sigmoid.derivative(z[k:])) * np.prod(w[k:]) * p[k], "weight itself is among the factors"),
        (lambda p, z, w, x, k: np.prod(sigmoid.derivative(z[k:])) * np.prod(w[1:]) * p[k], "all layers but the first"),
        (lambda p, z, w, x, k: np.prod(sigmoid.derivative(z)) * np.prod(w[1:]) * x, "That is the slope by the first weight"),
        (lambda p, z, w, x, k: np.prod(sigmoid.derivative(z)) * np.prod(w[k + 1 :]) * p[k], "slopes of layers below k"),
        (lambda p, z, w, x, k: np.prod(sigmoid.derivative(p[k + 1 :])) * np.prod(w[k + 1 :]) * p[k], "a derivative takes the sum z"),
        (lambda p, z, w, x, k: np.prod(sigmoid.derivative(z[k + 1 :])) * np.prod(w[k + 1 :]) * p[k], "slope of layer k itself is missing"),
        (lambda p, z, w, x, k: np.prod(sigmoid.derivative(z)) * np.prod(np.delete(w, k)) * x, "does not change with its weight"),
        (lambda p, z, w, x, k: 0.25 ** (len(w) - k) * np.prod(w[k + 1 :]) * p[k], "a difference measures"),  # the best case
        (lambda p, z, w, x, k: np.array([1.0, 2.0]), "should be a single number"),
        (lambda p, z, w, x, k: np.nan, "should be finite"),
    ],
)
def test_slope_wrong(wrong, message):
    assert message in complaint(check.slope_by_any_weight.claims(lambda w, x, k: wrong(*chain(w, x), w, x, k)))


def test_a_slope_for_short_chains_only():
    told = complaint(check.slope_by_any_weight.claims(lambda w, x, k: slope_by(w, x, k) if len(w) == 4 else 0.0))
    assert "For a chain of ten, x = -1 and k = 0 it should be" in told


def test_what_slope_by_is_judged_by_is_what_differences_measure():
    w, x = np.array([1.5, -0.7, 2.0, 0.4]), 0.6
    measured = gradient(lambda w: chain(w, x)[0][-1], w)
    np.testing.assert_allclose([slope_by(w, x, k) for k in range(4)], measured, rtol=1e-6)


# ---- exercise 2


def test_width_in_other_ways():
    def searched(weight):
        p = np.linspace(0, 2, 200_001)
        return 2 * p[abs(weight) * tanh.derivative(weight * p) > 1].max(initial=0)

    def by_arcosh(weight):
        return np.float32(2 * np.arccosh(abs(weight) ** 0.5) / abs(weight) if abs(weight) > 1 else 0)

    for way in (searched, by_arcosh):
        assert accepted(check.where_tanh_explodes.claims(way, 1.72))
    for best in (1.7235, np.float32(1.73), -1.72):
        assert accepted(check.where_tanh_explodes.claims(width, best))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda w: width(w) / 2, "as far as it reaches to one side of 0"),
        (lambda w: width(w) * abs(w), "how wide the range of the sums wp is"),
        (lambda w: width(w) * abs(w) / 2, "how far the sums wp reach to one side"),
        (lambda w: 4 * np.arccosh(w**0.5 / 2) / w if w > 4 else 0.0, "But at p = 0 the factor |w| tanh'(wp) is 2"),  # sigmoid's
        (lambda w: 1.0, "At its end, p = 0.5, the factor |w| tanh'(wp) is 0.8399; it should be 1"),
        (lambda w: width(w) if w > 0 else 0.0, "For a weight of -2"),
        (lambda w: width(max(abs(w), 1.01)), "For a weight of 1 your width is 0.19"),
        (lambda w: 2 * np.arctanh(np.sqrt(1 - 1 / abs(w))) / abs(w), "for a weight of 0.5 should be finite"),  # nan below 1
        (lambda w: [0.0], "should be a single number"),
    ],
)
def test_width_wrong(wrong, message):
    assert message in complaint(check.where_tanh_explodes.claims(wrong, 1.72))


@pytest.mark.parametrize("best, message", [(6.89, "At 6.89 the range is 0.4702 wide"), (1, "0.0000 wide"), (2, "0.8814 wide")])
def test_best_wrong(best, message):
    assert message in complaint(check.where_tanh_explodes.claims(width, best))


def test_the_best_weight_is_measured():
    weights = np.linspace(1, 10, 90_001)
    assert weights[np.argmax([width(weight) for weight in weights])] == pytest.approx(1.7235, abs=2e-4)


# ---- exercise 3


def test_the_default_in_other_ways():
    def from_the_standard(rng, fan_in, fan_out):
        return (np.sqrt(6 / fan_in) * (2 * rng.random((fan_in, fan_out)) - 1)).astype(np.float32)

    for start in (from_the_standard, lambda rng, n, m: np.sqrt(2) * lecun_uniform(rng, n, m)):
        assert accepted(check.the_default.claims(0.3333, 0.16667, start))


@pytest.mark.parametrize(
    "scaled, factor, message",
    [
        (1, 1 / 6, "Numbers even on ±c do not have the variance c²"),
        (2, 1 / 6, "n times the variance is not 2"),
        (1 / 3, 1 / 3, "ReLU takes its part too"),
        (1 / 3, 6**-0.5, "the mean square, not its root"),
        (1 / 3, 1, "The factor is not 1"),
    ],
)
def test_the_numbers_of_the_default_wrong(scaled, factor, message):
    assert message in complaint(check.the_default.claims(scaled, factor, he_uniform))


@pytest.mark.parametrize(
    "start, message",
    [
        (he_normal, "even weights of this variance end at"),
        (lecun_uniform, "With fan_in = 50 and fan_out = 400 the variance is 0.0198"),
        (lambda rng, n, m: rng.uniform(-1, 1, (n, m)) / np.sqrt(n), "He's is 0.04"),  # the default itself
        (lambda rng, n, m: rng.uniform(-1, 1, (n, m)) * np.sqrt(6 / m), "He's for the number of units"),
        (lambda rng, n, m: rng.uniform(-1, 1, (n, m)) * np.sqrt(2 / n), "He's is 0.04"),
        (lambda rng, n, m: rng.uniform(-1, 1, (m, n)) * np.sqrt(6 / n), "should be an array of shape (50, 400)"),
        (lambda rng, n, m: rng.choice([-1, 1], (n, m)) * np.sqrt(2 / n), "not spread evenly on both sides"),
        (lambda n, m: np.ones((n, m)), "is called with 3 inputs"),
    ],
)
def test_the_mended_default_wrong(start, message):
    assert message in complaint(check.the_default.claims(1 / 3, 1 / 6, start))


def test_what_the_default_does_is_measured():
    rng = np.random.default_rng(0)
    weights = rng.uniform(-1, 1, (400, 400)) / 20
    a = relu(rng.normal(size=(400, 400)) @ weights)
    assert 400 * weights.var() == pytest.approx(1 / 3, rel=0.01) and np.mean(a**2) == pytest.approx(1 / 6, rel=0.02)


# ---- exercise 4


def test_variance_in_other_ways():
    z = np.random.default_rng(0).normal(size=400_000)
    z = (z - z.mean()) / z.std()

    def drawn(layers, gain):
        variance = 1.0
        for _ in range(layers):
            variance = np.mean(np.tanh(gain * np.sqrt(variance) * z) ** 2)
        return variance

    def recursive(layers, gain):
        return moments(tanh, 0, gain**2 * (recursive(layers - 1, gain) if layers > 1 else 1))[1]

    for way in (drawn, recursive, lambda layers, gain: np.float32(variance_after(layers, gain))):
        assert accepted(check.when_it_settles.claims(way, 1.3127))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda layers, gain: 0.25, "the variance 0.3943; you predict 0.25"),
        (lambda layers, gain: 1 / (2 * layers), "After 1 layer with a gain of 1"),
        (lambda layers, gain: variance_after(layers + 1, gain), "one layer too many"),
        (lambda layers, gain: variance_after(layers - 1, gain) if layers > 1 else variance_after(1, gain), "one layer too few"),
        (lambda layers, gain: variance_after(layers, gain**0.5), "multiply a variance by g², not by g"),
        (lambda layers, gain: variance_after(layers, gain) ** 0.5, "That is its root"),
        (lambda layers, gain: variance_after(min(layers, 20), gain), "After 50 layers with a gain of 1"),
    ],
)
def test_variance_wrong(wrong, message):
    assert message in complaint(check.when_it_settles.claims(wrong, 1.3127))


@pytest.mark.parametrize(
    "gain, message",
    [
        (1, "With a gain of 1 the variance is 0.0012"),
        (1.3127**2, "Is it the gain, or its square?"),
        (1.4142, "the variance is 0.30"),
        (0, "should be a number above 0"),
        (-1.3127, "should be a number above 0"),
    ],
)
def test_gain_wrong(gain, message):
    assert message in complaint(check.when_it_settles.claims(variance_after, gain))


def test_the_gain_is_where_the_variance_stays():
    assert moments(tanh, 0, 1.3127**2 * 0.25)[1] == pytest.approx(0.25, abs=1e-4)


# ---- exercise 5


def test_deep_sigmoids_in_other_ways():
    def disguised(rng, fan_in, fan_out):
        weights = 5 * xavier_normal(rng, fan_in, fan_out)
        return [weights.astype(np.float32), -0.5 * np.ones(fan_in) @ weights]

    assert accepted(check.deep_sigmoids.claims(disguised))


def uncentred(gain):
    return lambda rng, n, m: (gain * lecun_normal(rng, n, m), np.zeros(m))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (uncentred(1), "aim at a median of 60%. At the start the sums of its sixth layer lie around"),
        (uncentred(4.72), "aim at a median of 60%"),  # the gain of the table, without a thought for the mean
        (lambda rng, n, m: (lecun_normal(rng, n, m), -lecun_normal(rng, n, m).sum(axis=0) / 2), "aim at a median of 60%"),
        (lambda rng, n, m: (np.zeros((n, m)), np.zeros(m)), "the same weights for every rng"),
        (lambda rng, n, m: centred(np.random.default_rng(0), n, m), "draw them with the one that it is given"),
        (lambda rng, n, m: centred(rng, n, m)[0], "should return two things, weights and biases"),
        (lambda rng, n, m: centred(rng, n, m)[::-1], "The weights that start returns for fan_in = 64, fan_out = 32"),
        (lambda rng, n, m: (centred(rng, n, m)[0], 0.0), "The biases that start returns for fan_in = 64, fan_out = 32"),
        (lambda rng, n, m: (np.full((n, m), np.inf), np.zeros(m)), "should be finite"),
    ],
)
def test_deep_sigmoids_wrong(wrong, message):
    assert message in complaint(check.deep_sigmoids.claims(wrong))


def test_a_sigmoid_network_in_disguise_is_a_tanh_network():
    """The derivation in the solution of exercise 5."""
    rng = np.random.default_rng(3)
    hidden = [lecun_normal(rng, n, m) for n, m in ((6, 5), (5, 4))]
    t = rng.uniform(-1, 1, (7, 6))
    a = (1 + t) / 2
    for weights in hidden:
        t, a = np.tanh(t @ weights), sigmoid(a @ (4 * weights) - 2 * weights.sum(axis=0))
    np.testing.assert_allclose(2 * a - 1, t, rtol=1e-12)
    assert slope(sigmoid, 0.0) == pytest.approx(0.25, rel=1e-6)


# ---- what the chapter says of random networks holds for other seeds than its own


@pytest.mark.parametrize("first", [100, 200])
def test_the_map_looks_the_same_from_other_seeds(first):
    names = run("arrives")

    def left(h, layers, gain):
        return np.median([names["arrives"](h, layers, gain, first + seed) for seed in range(5)])

    assert all(left(sigmoid, layers, 1) < 0.01 for layers in (5, 10, 20))
    assert all(left(sigmoid, layers, gain) < 100 for layers in (10, 20) for gain in (4, 8, 16))
    assert all(0.01 < left(tanh, layers, gain) < 100 for layers in (1, 5, 20) for gain in (1, 1.4, 2))
    assert left(tanh, 20, 0.5) < 0.01 and left(tanh, 20, 8) > 100
    assert left(relu, 20, 1) < 0.01 < left(relu, 20, 1.4) < 100 < left(relu, 20, 2)


def test_a_sigmoid_takes_more_than_three_quarters_from_other_seeds_too():
    names = run("deep", "digits", "arriving")
    size = np.median([names["arriving"](names["deep"](seed)) for seed in range(100, 105)], axis=0)
    assert np.median(size[1:] / size[:-1]) > 4 and size[-1] / size[0] > 1e6


def test_a_chain_without_biases_falls_most_gently_for_weights_of_two():
    names = run("chain-forward")
    factor = [w * sigmoid.derivative(names["chain"](np.full(60, w), 0.5)[1][-1]) for w in range(1, 9)]
    assert np.argmax(factor) == 1 and np.all(np.diff(factor[1:]) < 0) and max(factor) < 0.28


@pytest.mark.parametrize("width", [60, 200])
def test_tanh_with_xavier_goes_on_falling(width):
    names = run("imports")
    rng = np.random.default_rng(11)
    network = names["dense_network"](rng, [width] * 31, tanh, xavier_normal, output=tanh)
    seen = names["signals"](network.forward(rng.normal(size=(100, width)))).variance
    assert seen[1] == pytest.approx(0.2365, rel=0.15) and seen[29] < 0.04
