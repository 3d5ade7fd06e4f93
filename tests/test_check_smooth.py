"""The checks of chapter 11: each accepts what is right, however it is written, and tells a student what went wrong."""


import numpy as np
import pytest
from exercises import Chapter, accepted, changed, complaint
from mpmath import mp

from lib import celu, check, elu, expect, moments, properties, relu, selu, sigmoid, slope, softplus

run = Chapter("smooth").run


def bend(x, floor, slope):
    return np.where(x > 0, slope * x, floor * np.expm1(np.minimum(x, 0) * slope / floor))


def bend_slope(x, floor, slope):
    return slope * np.exp(np.minimum(x, 0) * slope / floor)


def centring(width):
    up = expect(relu, 0, width**2)
    return up / (up - expect(elu(1), 0, width**2))


def step(a, delta):
    m = a.mean(axis=0)
    by_weights = (a - m).T @ delta / len(a)
    return by_weights, delta.mean() - m @ by_weights


RIGHT = {
    "mended_units": (np.exp(-1), lambda x, alpha: elu(alpha)(x), lambda x, alpha: celu(alpha)(x)),
    "bend_without_kink": (bend, bend_slope),
    "centring_alpha": (centring,),
    "mended_softplus": (-40.0, softplus.function, softplus.derivative),
    "centred_step": (step,),
}


# ---- what the chapter writes by hand is what lib has, and what it says is so


def test_the_chapters_own_lines_agree_with_lib():
    names = run("by-hand", "rounded", "kappa", "zero-mean")
    z = np.linspace(-20, 20, 402)
    for alpha in (0.25, 1.0, 3.0):
        np.testing.assert_allclose(names["by_hand"](z, alpha), elu(alpha)(z), rtol=1e-12)
        np.testing.assert_allclose(names["slope_by_hand"](z, alpha), elu(alpha).derivative(z), rtol=1e-6, atol=1e-12)
        near, rounded = np.linspace(-3, 3, 601) + 0.0031, names["rounded"](alpha)
        np.testing.assert_allclose(slope(rounded, near), rounded.derivative(near), atol=1e-6)
        window = np.linspace(-0.1, 0.1, 4001)  # it is the mean of ELU over a window
        np.testing.assert_allclose(rounded(near), [elu(alpha)(at + window).mean() for at in near], atol=1e-4)
    assert names["alpha"] == pytest.approx(1.6732632423543772, abs=1e-10)
    assert names["kappa"](relu) == pytest.approx(1 + 100 / (np.pi - 1))


@pytest.mark.parametrize("alpha", [0.1, 0.7, 1, 2.5])
def test_the_formulas_of_the_text_against_mpmath(alpha):
    with mp.workdps(30):
        for x in (-20, -3, -0.5, -1e-9, 1e-9, 0.5, 4):
            at = mp.mpf(x)
            for family, below in ((elu, lambda t: alpha * (mp.exp(t) - 1)), (celu, lambda t: alpha * (mp.exp(t / alpha) - 1))):
                true, steep = (at, 1) if x > 0 else (below(at), mp.diff(below, at))
                assert float(family(alpha)(x)) == pytest.approx(float(true), rel=1e-13)
                assert float(family(alpha).derivative(x)) == pytest.approx(float(steep), rel=1e-12)
            assert float(softplus.derivative(x)) == pytest.approx(float(mp.diff(lambda t: mp.log(1 + mp.exp(t)), at)), rel=1e-12)


@pytest.mark.parametrize("width", [0.3, 1.0, 2.0, 5.0])
def test_what_is_nowhere_steeper_than_1_never_gets_its_mean_to_0(width):
    for activation in (relu, elu(0.5), elu(1), celu(0.2), celu(3), celu(10), softplus):
        assert properties(activation).steepest <= 1 + 1e-9 and moments(activation, 0, width**2)[0] > 0
    at = centring(width)
    assert at > 1 and abs(moments(elu(at), 0, width**2)[0]) < 1e-12 and properties(elu(at)).steepest > 1


def test_the_centring_alpha_is_that_of_selu():
    assert -selu(-50.0) / selu(1.0) == pytest.approx(centring(1.0), rel=1e-12)


def test_a_twin_answers_as_its_network_and_the_natural_step_moves_a_mean_as_the_bias_asks():
    names = run("digits-data", "start", "centred", "twin", "overshoot-def")
    for h in (relu, softplus, elu(1)):
        np.testing.assert_allclose(names["start"](h, 7)(names["images"][0]), names["twin"](h, 7)(names["images"][0]), atol=1e-9)
    rng = np.random.default_rng(5)
    a, delta = np.column_stack([softplus(rng.normal(size=(200, 9))), np.ones(200)]), rng.normal(1, 1, 200)
    assert (a @ np.linalg.lstsq(a, delta)[0]).mean() == pytest.approx(delta.mean())


@pytest.mark.parametrize("first", [100, 200])
def test_the_order_of_the_overshoots_stands_with_other_seeds(first):
    names = run("digits-data", "start", "overshoot-def")
    activations = (softplus, relu, elu(1), names["tanh"])
    middle = [
        np.median([names["overshoot"](names["start"](h, seed), *names["images"])[1:] for seed in range(first, first + 5)], axis=0)
        for h in activations
    ]
    assert (np.diff(middle, axis=0) < 0).all()


@pytest.mark.parametrize("first", [100, 200])
def test_what_the_race_says_stands_with_other_seeds(first):
    names = run("digits-data", "start", "centred", "twin")
    start, learn, centred, twin = (names[name] for name in ("start", "learn", "centred", "twin"))

    def middle(make, rate):
        return np.median([learn(make(seed), rate, seed) for seed in range(first, first + 5)])

    at_best = {
        name: min(middle(make, rate) for rate in (0.2, 0.4))
        for name, make in {
            "ELU": lambda seed: start(elu(1), seed),
            "softplus": lambda seed: start(softplus, seed),
            "centred": lambda seed: start(centred(softplus), seed),
            "twin": lambda seed: twin(softplus, seed),
        }.items()
    }
    assert at_best["softplus"] > 3 * at_best["centred"] and at_best["softplus"] > 3 * at_best["ELU"]
    assert at_best["centred"] < at_best["twin"] < at_best["softplus"]
    slow = {
        "ReLU": middle(lambda seed: start(relu, seed), 0.1),
        "centred": middle(lambda seed: start(centred(relu), seed), 0.1),
        "twin": middle(lambda seed: twin(relu, seed), 0.1),
        "ELU": middle(lambda seed: start(elu(1), seed), 0.1),
    }
    assert slow["ELU"] < slow["centred"] < slow["ReLU"] and slow["twin"] > 0.9 * slow["ReLU"]


@pytest.mark.parametrize("alpha", [0.25, 3])
def test_rounding_the_kink_changes_next_to_nothing(alpha):
    names = run("digits-data", "start", "rounded")
    for seed in (100, 101):
        runs = [names["learn"](names["start"](h, seed), 0.1, seed) for h in (elu(alpha), names["rounded"](alpha))]
        assert runs[0] == pytest.approx(runs[1], abs=0.015)


# ---- exercise 1


def test_units_in_other_ways():
    def with_loops(x, alpha):
        return [float(v) if v > 0 else alpha * float(np.expm1(v)) for v in x]

    def by_clipping(x, alpha):
        return np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0) / alpha)

    def by_halves(x, alpha):  # e^x − 1 = 2 e^(x/2) sinh(x/2)
        t = np.minimum(x, 0) / 2
        return np.maximum(x, 0) + 2 * alpha * np.exp(t) * np.sinh(t)

    def with_an_overflow(x, alpha):
        return np.maximum(x, 0) + np.minimum(alpha * np.expm1(x), 0)

    assert accepted(check.mended_units.claims(0.3679, with_loops, by_clipping))
    assert accepted(check.mended_units.claims(np.float32(0.3678794), with_an_overflow, by_clipping))
    assert accepted(check.mended_units.claims(-1 / np.e, by_halves, by_clipping))  # a fall is a jump too


@pytest.mark.parametrize(
    "place, wrong, message",
    [
        (0, 1.0, "The jump is not 1"),
        (0, 0.0, "The jump is not 0"),
        (1, lambda x, a: np.where(x > 0, x, a * np.exp(x - 1)), "this is the printed curve, which jumps at 0"),
        (1, lambda x, a: np.where(x > 0, x, a * (np.exp(x) - 1)), "Which subtraction has lost the digits?"),
        (1, lambda x, a: np.where(x > 0, x, a * (np.exp(np.minimum(x, 0)) - 1)), "Which subtraction has lost the digits?"),
        (1, lambda x, a: np.where(x > 0, a, a * np.expm1(x)), "gives 1 at x = 1e-12"),  # the deck's a for x
        (1, lambda x, a: celu(a)(x), "this is CELU. In ELU's exponent there is no α"),
        (1, lambda x, a: np.maximum(x, a * np.expm1(np.minimum(x, 0))), "my_elu for α = 3"),  # right up to α = 1
        (1, lambda x, a: elu(1)(x), "my_elu for α = 0.25"),
        (1, lambda x, a: x if x > 0 else a * np.expm1(x), "It gets a whole array at once"),
        (2, lambda x, a: elu(a)(x), "this is ELU. Its slope on the left of 0 is 0.25, and on the right 1"),
        (2, lambda x, a: np.where(x > 0, x, a * np.expm1(x * a)), "my_celu for α = 0.25"),
        (2, lambda x, a: np.where(x > 0, x, np.expm1(x / a)), "my_celu for α = 0.25"),
        (2, lambda x, a: np.where(x > 0, x, a * (np.exp(x / a) - 1)), "Which subtraction has lost the digits?"),
    ],
)
def test_units_wrong(place, wrong, message):
    assert message in complaint(check.mended_units.claims(*changed(RIGHT["mended_units"], place, wrong)))


# ---- exercise 2


def test_bends_in_other_ways():
    def by_celu(x, floor, slope):
        return slope * celu(floor / slope)(x)

    def from_the_answer(x, floor, slope):
        return np.where(x > 0, slope, (bend(x, floor, slope) + floor) * slope / floor)

    assert accepted(check.bend_without_kink.claims(by_celu, from_the_answer))
    assert accepted(check.bend_without_kink.claims(lambda x, f, s: [float(v) for v in bend(x, f, s)], bend_slope))


@pytest.mark.parametrize(
    "place, wrong, message",
    [
        (0, lambda x, f, s: np.where(x > 0, s * x, f * np.expm1(np.minimum(x, 0))), "there is a kink"),
        (0, lambda x, f, s: np.where(x > 0, s * x, f * np.expm1(np.minimum(x, 0) / f)), "its slope is 1, and on the right 0.5"),
        (0, lambda x, f, s: celu(f)(x), "above 0 it should be 0.5 times x"),
        (0, lambda x, f, s: s * celu(f)(x), "it does not settle at -1"),
        (0, lambda x, f, s: np.where(x > 0, s * x, f * np.tanh(np.minimum(x, 0) * s / f)), "fall like one exponential"),
        (1, lambda x, f, s: np.exp(np.minimum(x, 0) / f), "bend_slope gives 1."),
        (1, lambda x, f, s: np.where(x > 0, s, np.exp(np.minimum(x, 0) * s / f)), "bend_slope gives"),
        (1, lambda x, f, s: np.where(x > 0, 1.0, 0.0), "a difference measures its slope as"),
    ],
)
def test_bends_wrong(place, wrong, message):
    assert message in complaint(check.bend_without_kink.claims(*changed(RIGHT["bend_without_kink"], place, wrong)))


# ---- exercise 3


def test_centring_in_other_ways():
    z = np.random.default_rng(1).normal(size=400_000)

    def drawn(width):
        return np.maximum(width * z, 0).mean() / -np.expm1(np.minimum(width * z, 0)).mean()

    def halved(width):
        low, high = 0.5, 20.0
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if moments(elu(middle), 0, width**2)[0] > 0 else (low, middle)
        return middle

    assert accepted(check.centring_alpha.claims(drawn)) and accepted(check.centring_alpha.claims(halved))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda width: 1.6732632, "For sums of width 0.5 an ELU with your α = 1.673 has the mean -0.0522. That α is for sums of width 1"),
        (lambda width: centring(np.sqrt(width)), "expect takes the variance of the sums, which is the square of their width"),
        (lambda width: 1.0, "has the mean 0.1605: α should be larger"),
        (lambda width: 1.6732632 * width, "For sums of width 0.5"),
        (lambda width: -centring(width), "an ELU's α is above 0"),
        (lambda width: 2.0, "has the mean -0.0779: α should be smaller"),
        (lambda width: [1.0, 2.0], "What centring_alpha returns should be a single number"),
        (lambda width: np.nan, "What centring_alpha returns should be finite"),
    ],
)
def test_centring_wrong(wrong, message):
    assert message in complaint(check.centring_alpha.claims(wrong))


# ---- exercise 4


def test_softplus_in_other_ways():
    assert accepted(check.mended_softplus.claims(-37.5, lambda x: np.logaddexp(0, x), sigmoid.function))
    assert accepted(check.mended_softplus.claims(-45, lambda x: np.log1p(np.exp(x)), lambda x: np.exp(x) / (1 + np.exp(x))))
    assert accepted(
        check.mended_softplus.claims(
            -50,
            lambda x: np.where(x > 0, x + np.log1p(np.exp(-abs(x))), np.log1p(np.exp(np.minimum(x, 0)))),
            lambda x: np.exp(np.minimum(x, 0)) / (1 + np.exp(-abs(x))),
        )
    )


@pytest.mark.parametrize(
    "place, wrong, message",
    [
        (0, 20.01, "which is wrong by 1e-10 of the answer only"),
        (0, -20.0, "Where is 1 + e^x the same as 1?"),
        (0, -100, "Look between −50 and 50"),
        (1, lambda x: np.where(x > 20, x, np.log(1 + np.exp(np.minimum(x, 20)))), "All of it was lost when a tiny number met a 1"),
        (1, lambda x: np.log(1 + np.exp(-abs(x))) + np.maximum(x, 0), "All of it was lost when a tiny number met a 1"),
        (1, lambda x: np.maximum(x, 0), "gives 0 at x = -700"),
        (2, lambda x: 1 - 1 / (1 + np.exp(x)), "my_softplus_slope gives 0 at x = -700"),
        (2, lambda x: (x > 0).astype(float), "my_softplus_slope gives 0 at x = -700"),
        (2, lambda x: sigmoid.derivative(x), "my_softplus_slope gives"),
    ],
)
def test_softplus_wrong(place, wrong, message):
    assert message in complaint(check.mended_softplus.claims(*changed(RIGHT["mended_softplus"], place, wrong)))


# ---- exercise 5


def test_steps_in_other_ways():
    def by_deviations(a, delta):
        by_weights = ((a - a.mean(0)) * (delta - delta.mean())[:, None]).mean(axis=0)
        return by_weights, delta.mean() - by_weights @ a.mean(axis=0)

    def by_columns(a, delta):
        by_weights = [float(np.mean((column - column.mean()) * delta)) for column in a.T]
        return [by_weights, float(np.mean(delta)) - sum(m * w for m, w in zip(a.mean(0), by_weights))]

    assert accepted(check.centred_step.claims(by_deviations)) and accepted(check.centred_step.claims(by_columns))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda a, d: (a.T @ d / len(a), d.mean()), "The weights still follow the mean of the inputs"),
        (lambda a, d: ((a - a.mean(0)).T @ d / len(a), d.mean()), "what must the bias take back?"),
        (lambda a, d: ((a - a.mean(0)).T @ d / len(a), d.mean() + a.mean(0) @ (a - a.mean(0)).T @ d / len(a)), "take back?"),
        (lambda a, d: ((a - a.mean(0)).T @ d, d.sum()), "take means, not sums"),
        (lambda a, d: ((a - a.mean()).T @ d / len(a), d.mean()), "added to the inputs the step moves the first sum by"),
        (lambda a, d: np.split(np.linalg.lstsq(np.column_stack([a, np.ones(6)]), d)[0], [3]), "By_bias should be a single number"),
        (lambda a, d: (-((a - a.mean(0)).T @ d) / len(a), -d.mean()), "For inputs of mean 0 the step should be the plain gradient"),
        (lambda a, d: a.T @ d / len(a), "should return two things"),
    ],
)
def test_steps_wrong(wrong, message):
    assert message in complaint(check.centred_step.claims(wrong))


def test_the_centred_step_is_the_step_of_a_twin():
    rng = np.random.default_rng(2)
    a, delta, w, b = softplus(rng.normal(size=(40, 5))), rng.normal(size=40), rng.normal(size=5), 0.3
    m = a.mean(axis=0)
    twin_w, twin_b = w - 0.1 * (a - m).T @ delta / 40, b + m @ w - 0.1 * delta.mean()
    by_weights, by_bias = step(a, delta)
    np.testing.assert_allclose(a @ (w - 0.1 * by_weights) + b - 0.1 * by_bias, (a - m) @ twin_w + twin_b)
