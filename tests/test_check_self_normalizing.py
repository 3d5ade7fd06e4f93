"""The checks of chapter 13: each accepts what is right, however it is written, and tells a student what went wrong."""

from fractions import Fraction
from importlib import import_module
from itertools import product

import numpy as np
import pytest
from exercises import Chapter, accepted, changed, complaint
from nonsense import NONSENSE

from lib import check, elu, expect, gelu, leaky_relu, lecun_normal, moments, relu, selu, sigmoid, softplus, tanh

inside = import_module("lib.check.self_normalizing")
run = Chapter("self_normalizing").run


AS_SIGMA = [-0.0438, 0.1396, 0.6736, 2.0292]
GAINS = {"ReLU": 2**0.5, "leaky ReLU(0.2)": (2 / 1.04) ** 0.5, "ELU(1)": 1.2452}
RUNS = {"LeCun": [0.2, 0.2, 0.3, 0.1, 0.2], "own": [0.4, 0.4, 0.3, 0.5, 0.4]}


def constants(tau):
    alpha = expect(relu, 0, tau) / (expect(relu, 0, tau) - expect(elu(1), 0, tau))
    return alpha, moments(elu(alpha), 0, tau)[1] ** -0.5


def block(a, weights):
    return np.sqrt(0.5) * a + np.sqrt(0.5) * selu(a @ weights)


SIZE = expect(lambda z: (z + np.tanh(z)) ** 2) ** 0.5


def own(z):
    return (z + np.tanh(z)) / SIZE


RIGHT = {
    "sigma_for_nu": (AS_SIGMA, 0.947, "inside"),
    "other_weights": (constants,),
    "fair_start": (2.0**-32, GAINS, RUNS),
    "kept_skip": (block,),
    "self_made": (own,),
}


@pytest.mark.parametrize("name", NONSENSE)
@pytest.mark.parametrize("place, key", [(1, "ELU(1)"), (2, "own")])
def test_nonsense_inside_of_a_dict_is_survived(place, key, name, capsys):
    answers = RIGHT["fair_start"]
    check.fair_start(*changed(answers, place, answers[place] | {key: NONSENSE[name]}))
    out, err = capsys.readouterr()
    assert err == "" and "All of it holds" not in out and "could not be judged" not in out


# ---- what the chapter writes by hand


def test_the_constants_are_those_of_lib_and_of_the_paper():
    pair = run("newton")["solve_for"](0, 1)
    assert pair == pytest.approx([1.6732632423543772848, 1.0507009873554804934], abs=1e-10)
    names = run("stretched", "closed")
    assert (names["alpha"], names["scale"]) == pytest.approx((1.6732632423543772848, 1.0507009873554804934), abs=1e-14)
    z = np.linspace(-9, 9, 101)
    h = names["stretched"](names["alpha"], names["scale"])
    np.testing.assert_allclose(h(z), selu(z), rtol=1e-13)
    np.testing.assert_allclose(h.derivative(z[z != 0]), selu.derivative(z[z != 0]), rtol=1e-13)


@pytest.mark.parametrize("variance", [0.1, 0.5, 1, 2, 4, 10])
@pytest.mark.parametrize("ratio", [-0.65, -0.3, 0, 0.3, 0.6, 0.8, 1.2])
def test_every_target_within_reach_is_found(ratio, variance):
    names = run("stretched", "surplus", "newton")
    mean = ratio * variance**0.5
    pair = names["solve_for"](mean, variance)
    assert pair[1] > 0
    assert moments(names["stretched"](*pair), 0, variance) == pytest.approx((mean, variance), abs=1e-8)


def test_the_limit_of_the_targets_is_that_of_the_floor():
    names = run("stretched", "surplus", "newton", "closed", "targets-floor")
    z = np.random.default_rng(0).normal(size=1_000_000)
    floor = np.expm1(np.minimum(z, 0))
    assert names["floor"] == pytest.approx(floor.mean() / floor.std(), abs=2e-3)
    assert names["solve_for"](names["floor"] + 1e-3, 1)[1] > 0 > names["solve_for"](names["floor"] - 1e-3, 1)[1]


def test_the_jacobian_is_the_papers():
    jacobian = run("jacobian")["jacobian"]
    np.testing.assert_allclose(jacobian(0, 1), [[0, 0.088834], [0, 0.782648]], atol=2e-6)
    # By theory: a slope by the mean is E h', a slope by the variance is half of the mean's second slope.
    by_mean = jacobian(0.05, 1.2, 0.1, 1.05)[0, 0]
    assert by_mean == pytest.approx(0.1 * expect(lambda z: selu.derivative(z), 0.005, 1.26, kinks=[0]), rel=1e-6)


def test_theorem_1_holds_at_random_points():
    names = run("layer-map", "jacobian")
    rng = np.random.default_rng(0)
    for mean, variance, omega, tau in rng.uniform([-0.1, 0.8, -0.1, 0.95], [0.1, 1.5, 0.1, 1.1], (200, 4)):
        m, v = names["layer_map"](mean, variance, omega, tau)
        assert -0.0311 < m < 0.0678 and 0.8037 < v < 1.4816
        assert np.linalg.norm(names["jacobian"](mean, variance, omega, tau), 2) < 0.898


def test_a_convolution_is_a_sum_over_windows():
    windows = run("windows")["windows"]
    rng = np.random.default_rng(0)
    a, kernel = rng.normal(size=(2, 8, 8, 1)), rng.normal(size=(3, 3))
    sums = windows(a, "constant") @ kernel.reshape(9, 1)
    padded = np.pad(a[1, :, :, 0], 1)
    for i, j in product((0, 3, 7), (0, 5, 7)):
        assert sums[1, i, j, 0] == pytest.approx((padded[i : i + 3, j : j + 3] * kernel).sum())


# ---- exercise 1


def test_the_figures_of_exercise_1_are_computed_anew():
    names = run("layer-map", "jacobian", "grid")
    tenth = [-0.1, 0, 0.1]
    for interval in (np.array([0.8, 1.5]) ** 2, [0.8, 1.5], np.array([0.75, 1.8]) ** 2):
        figures, smallest, largest = inside._images(*interval)
        images, stretches = names["judge"](tenth, np.linspace(*interval, 9), tenth, [0.95, 1.0, 1.1])
        np.testing.assert_allclose([*images.min(0), *images.max(0)], figures[[0, 2, 1, 3]], atol=1e-9)
        assert (stretches.min(), stretches.max()) == pytest.approx((smallest, largest), abs=1e-6)


@pytest.mark.parametrize(
    "extremes, largest, wrong, message",
    [
        ([-0.0311, 0.0677, 0.8037, 1.4816], 0.947, "inside", "must be squared to be variances"),
        ([-0.0438, 0.6736, 0.1396, 2.0292], 0.947, "inside", "their order is not"),
        ([-0.0438, 0.12, 0.6736, 2.0292], 0.947, "inside", "The highest mean is not 0.12"),
        ([-0.0438, 0.1396, 0.6736, 1.9], 0.947, "inside", "The highest variance is not 1.9"),
        (AS_SIGMA[:3], 0.947, "inside", "Extremes should be an array of shape (4,)"),
        ([-0.0438, 0.1396, 0.6736**0.5, 2.0292**0.5], 0.947, "inside", "the other two are standard deviations"),
        ([0.6736, 2.0292, -0.0438, 0.1396], 0.947, "inside", "their order is not"),
        ([-0.0438, 0.1396, 0.7, 2.0292], 0.947, "inside", "The lowest variance is not 0.7"),
        (AS_SIGMA, [0.9, 0.947], "inside", "Largest should be a single number; it is an array of shape (2,)"),
        (AS_SIGMA, 0.8976, "inside", "That is its value for a ν from this interval"),
        (AS_SIGMA, 0.628, "inside", "That is the smallest one"),
        (AS_SIGMA, 1.1, "inside", "The largest singular value is not 1.1"),
        (AS_SIGMA, 0.947, "contraction", "is any of yours not? And are all means from −0.1 to 0.1?"),
        (AS_SIGMA, 0.947, "both", "should be \"inside\" or \"contraction\"; it is 'both'"),
        (AS_SIGMA, 0.947, True, "should be \"inside\" or \"contraction\""),
    ],
)
def test_sigma_for_nu_wrong(extremes, largest, wrong, message):
    assert message in complaint(check.sigma_for_nu.claims(extremes, largest, wrong))


def test_sigma_for_nu_in_other_ways():
    assert accepted(check.sigma_for_nu.claims(tuple(np.float32(AS_SIGMA)), Fraction(947, 1000), " Inside "))


# ---- exercise 2


def test_constants_in_other_ways():
    def by_draws(tau):
        alpha, scale = constants(float(tau))
        return np.array([alpha, scale], dtype=np.float32)

    assert accepted(check.other_weights.claims(by_draws))
    assert accepted(check.other_weights.claims(lambda tau: list(constants(tau))))


FIRST = constants(1.0)


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda tau: FIRST, "This α centres sums of variance 1"),
        (lambda tau: (FIRST[0], FIRST[1] / tau**0.5), "divides λ by √τ and leaves α"),
        (lambda tau: (constants(tau)[0], constants(tau)[1] * tau**0.5), "You have kept the variance of the sums"),
        (lambda tau: (constants(tau)[0], constants(tau)[1] ** 2), "The mean is right; what is left is the stretch"),
        (lambda tau: constants(tau)[::-1], "Return α first, then λ"),
        (lambda tau: constants(tau**2), "For τ = 2"),
        (lambda tau: (-1.0, 1.0), "both constants should be above 0"),
        (lambda tau: constants(tau)[0], "should be an array of shape (2,)"),
    ],
)
def test_other_weights_wrong(wrong, message):
    assert message in complaint(check.other_weights.claims(wrong))


# ---- exercise 3


def test_the_gains_are_computed_anew():
    for h, name in ((relu, "ReLU"), (leaky_relu(0.2), "leaky ReLU(0.2)"), (elu(1), "ELU(1)")):
        assert inside._OWN_GAINS[name] == pytest.approx(expect(lambda z, h=h: h(z) ** 2, kinks=[0]) ** -0.5, abs=1e-5)
        assert inside._BY_VARIANCE[name] == pytest.approx(moments(h)[1] ** -0.5, abs=1e-5)


@pytest.mark.parametrize(
    "kept, message",
    [
        (2.0**-16, "That is the share of the size"),
        (2.0**-31, "one layer too few"),
        (moments(relu)[1] ** 32, "That counts the variance of the answers alone"),
        (0.5, "which part of the mean square"),
        (0, "which part of the mean square"),
        (-1, "which part of the mean square"),
    ],
)
def test_kept_wrong(kept, message):
    assert message in complaint(check.fair_start.claims(kept, GAINS, RUNS))


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"ReLU": 2}, "That is its square"),
        ({"ReLU": 0.5**0.5}, "That is one by it"),
        ({"ReLU": 1}, "turn a mean square of 1 into 0.5"),
        ({"leaky ReLU(0.2)": 2**0.5}, "leaky ReLU(0.2) turn a mean square of 1 into 1.04"),
        ({"ELU(1)": 1.27084}, "That keeps the variance of the answers"),
    ],
)
def test_gains_wrong(changed, message):
    assert message in complaint(check.fair_start.claims(2.0**-32, GAINS | changed, RUNS))


@pytest.mark.parametrize(
    "runs, message",
    [
        ({"LeCun": [0.2] * 5}, "In runs the name 'own' is missing"),
        (RUNS | {"own": [0.4] * 5}, "The runs of 'own' are all the same: has each its own seed?"),
        (RUNS | {"own": [[0.4, 0.5]] * 5}, "should be a list of shares, one for each seed"),
        (RUNS | {"own": [0.4]}, "one seed is an anecdote"),
        (RUNS | {"own": [40, 41, 42, 43, 44]}, "should be shares from 0 to 1"),
        (RUNS | {"own": RUNS["LeCun"]}, "is the second start He's"),
        ([RUNS["LeCun"], RUNS["own"]], "Runs should be a dict with the names 'LeCun', 'own'"),
    ],
)
def test_runs_wrong(runs, message):
    assert message in complaint(check.fair_start.claims(2.0**-32, GAINS, runs))


# ---- exercise 4


def test_kept_skip_in_other_ways():
    def with_float32(a, weights):
        a, weights = a.astype(np.float32), weights.astype(np.float32)
        return (a + selu(a @ weights)) / np.float32(2**0.5)

    assert accepted(check.kept_skip.claims(with_float32))
    assert accepted(check.kept_skip.claims(lambda a, weights: 0.8 * a + 0.6 * selu(a @ weights)))  # any pair on the circle


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda a, w: a + selu(a @ w), "of 32 blocks answers are beyond ten thousand"),
        (lambda a, w: a + 0.1 * selu(a @ w), "It should be near 1"),
        (lambda a, w: (a + selu(a @ w)) / 1.5, "Which factor makes 1 of the variance of the sum?"),
        (lambda a, w: (a + relu(a @ w)) / 2**0.5, "What it adds to the input is not what SELU makes"),
        (lambda a, w: selu((a + a @ w) / 2**0.5), "and bend nothing"),
        (lambda a, w: (a + selu(a @ w)) / (a + selu(a @ w)).std(axis=1, keepdims=True), "divide by nothing that you measure in it"),
        (lambda a, w: (a + selu(a @ w)) / 2, "Which factor makes 1 of the variance of the sum?"),
        (lambda a, w: selu(a @ w), "a skip connection carries it on"),
        (lambda a, w: a, "What it adds to the input is not what SELU makes"),
        (lambda a, w: (a + np.tanh(a @ w)) / 2**0.5, "What it adds to the input is not what SELU makes"),
        (lambda a, w: (a + selu(a @ w)) / (a + selu(a @ w)).std(), "that is normalizing from outside"),
        (lambda a, w: a @ w[:, :3], "What block returns should be an array of shape (40, 64)"),
        (lambda a, w: a * np.nan, "should be finite"),
    ],
)
def test_kept_skip_wrong(wrong, message):
    assert message in complaint(check.kept_skip.claims(wrong))


# ---- exercise 5


def standard(h):
    m, v = moments(h)
    return lambda z: (h(z) - m) / v**0.5


def test_self_made_in_other_ways():
    slopes = np.array([1.0, 0.7])  # a line that bends at ±1, as a list comprehension
    bent = lambda z: np.array([x if abs(x) <= 1 else np.sign(x) * (1 + slopes[1] * (abs(x) - 1)) for x in z])  # noqa: E731
    size = expect(lambda z: bent(z) ** 2, kinks=[-1, 1]) ** 0.5
    assert accepted(check.self_made.claims(lambda z: bent(z) / size))
    assert accepted(check.self_made.claims(lambda z: own(z).astype(np.float32)))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (selu, "that is an ELU"),
        (standard(tanh), "multiplies the mean square of a gradient by 1.178"),
        (standard(sigmoid), "multiplies the mean square of a gradient by 1.034"),
        (standard(relu), "it pulls too little"),
        (lambda z: z, "it pulls too little"),
        (standard(gelu), "it repels"),
        (standard(softplus), "it repels"),
        (tanh, "first shift it, then stretch it"),
        (lambda z: own(z) + 0.1, "with mean 0.1000"),
        (np.sign, "Near z = 0 it jumps by 1"),
        (lambda z: own(z) + 0.02 * (z > 1), "Near z = 1 it jumps by 0.02"),
        (lambda z: own(z) if z > 0 else -own(-z), "np.where chooses for each number"),
        (standard(elu(1)), "it pulls too little"),
        (lambda z: np.mean(own(z)), "should be an array of shape (4001,)"),
    ],
)
def test_self_made_wrong(wrong, message):
    assert message in complaint(check.self_made.claims(wrong))


def test_no_activation_beats_poincare():
    """Whatever keeps the variance lets gradients grow."""
    for h in (relu, gelu, softplus, elu(1), tanh, sigmoid, selu):
        assert expect(lambda z, h=h: h.derivative(z) ** 2, kinks=h.kinks) >= moments(h)[1]


def test_the_noise_of_a_skip_is_within_its_limits():
    """The check's bounds leave room: blocks of other seeds stay inside."""
    for seed in range(5):
        rng = np.random.default_rng(seed)
        a = rng.normal(size=(40, 64))
        for _ in range(32):
            a = block(a, lecun_normal(rng, 64, 64))
        assert 0.6 < a.var() < 1.6
