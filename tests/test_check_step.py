"""The checks of chapter 3: each accepts what is right, however it is written, and tells a student what went wrong."""

from importlib import import_module

import numpy as np
import pytest
from exercises import Chapter, accepted, complaint

from lib import (
    Dense,
    Network,
    check,
    dense_network,
    identity,
    mean_squared_error,
    relu,
    sgd,
    sigmoid,
    sigmoid_of,
    slope,
    step,
    tanh,
    train,
    xor,
)

inside = import_module("lib.check.step")
CHAPTER = Chapter("step")
run = CHAPTER.run

RIGHT = {
    "xnor": ([[1, 1], [1, 1]], [-0.5, -1.5], [-0.2, 0.2], 0.1),
    "perceptron_rule": (lambda w, b, x, t: (w + (t - (x @ w + b > 0)) * x, b + (t - (x @ w + b > 0))),),
    "sigmoid_slope": (lambda x, s: sigmoid_of(s).derivative(x), 0.0, 4.585),
    "fastest_steepness": (8, {s: [abs(s - 8) + 40] * 7 for s in (2, 4, 8, 16, 32)}),
    "pretended_slope": (lambda z: 1.0 * (abs(z) < 1),),
}


# ---- what the chapter writes by hand is what lib has


def test_the_chapters_own_lines_agree_with_lib():
    names = run("by-hand", "solution-regions", "rule", "path", "parted", "error")
    x, y = xor()
    np.testing.assert_array_equal(step(names["either"] - names["both"] - 0.5), y)
    np.testing.assert_array_equal(names["by_hand"](x)[:, 0], y)
    assert names["error"](-0.5) == 0
    z = np.linspace(-20, 20, 401)
    for s in (0.5, 1, 4, 16):
        np.testing.assert_allclose(1 / (1 + np.exp(-s * z)), sigmoid_of(s)(z), rtol=1e-12)
        np.testing.assert_allclose(sigmoid(s * z), sigmoid_of(s)(z), rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_chapters_perceptron_keeps_to_the_bound(seed):
    names = run("rule", "path", "parted")
    x, t = names["parted"](np.random.default_rng(seed), 0.05)
    path = names["perceptron"](x, t, np.zeros(3))
    assert ((x @ path[-1] > 0) == t).all()
    margin = (np.where(t, 1, -1) * (x @ [-1 / 3, 2 / 3, 2 / 3])).min()
    assert margin > 0.05 and len(path) - 1 <= (x**2).sum(axis=1).max() / margin**2


def test_the_count_of_wrong_answers_jumps_as_the_chapter_says():
    names = run("rule", "path", "parted")
    x, t = names["parted"](np.random.default_rng(3), 0.1)
    path = names["perceptron"](x, t, np.zeros(3))
    assert [int(((x @ w > 0) != t).sum()) for w in path] == [23, 77, 19, 2, 20, 1, 22, 0]
    assert (
        "2 are wrong after three corrections, 20 after four, 1 after five, 22 after six, none" in CHAPTER.sources["after-seen"]
    )


# ---- exercise 1


def test_xnor_in_other_ways():
    both_or_neither = [[1, -1], [1, -1]], [-1.5, 0.5], [1, 1], -0.5
    assert accepted(check.xnor.claims(*both_or_neither))
    assert accepted(check.xnor.claims(*(np.array(part, dtype=np.float32) for part in both_or_neither)))
    weights, bias, last, last_bias = (3 * np.array(part) for part in both_or_neither)
    assert accepted(check.xnor.claims(weights, tuple(bias), last[:, None], np.array(last_bias)))


def test_xnor_wrong():
    right = RIGHT["xnor"]
    told = complaint(check.xnor.claims(*right[:2], [1, -1], -0.5))  # XOR, as in the text
    assert "For x = (0, 0) the hidden sums are [-0.5, -1.5], so these units say [0, 0]" in told
    assert "says 0; XNOR is 1" in told and "this is XOR" in told
    assert "lies on the jump" in complaint(check.xnor.claims([[1, 1], [1, 1]], [0, -1], [-1, 1], 0.5))
    assert "lies on the jump" in complaint(check.xnor.claims(*right[:3], 0))
    told = complaint(check.xnor.claims([[1, -1], [0, 0]], [-0.5, 0.5], [1, 1], -0.5))  # both units look at x1
    assert "this is XOR" not in told and "XNOR is 0" in told
    assert "Hidden_bias should be" in complaint(check.xnor.claims(right[0], [-0.5], *right[2:]))
    assert "Output_weights should be" in complaint(check.xnor.claims(*right[:2], [-1, 1, 0], 0.5))
    assert "Hidden_weights should be finite" in complaint(check.xnor.claims([[1, np.inf], [1, 1]], *right[1:]))


# ---- exercise 2


def rule(rate=1.0, bias=1.0, sign=1.0, always=False, inputs=lambda x: x):
    def correct(w, b, x, t):
        away = sign * rate * (t - float(x @ w + b > 0))
        if always:
            away = rate * (2 * t - 1)
        return w + away * inputs(x), b + bias * away

    return correct


def test_perceptron_in_other_ways():
    def with_an_if(w, b, x, t):
        said = 1 if sum(p * q for p, q in zip(w, x)) + b > 0 else 0
        if said == t:
            return w, b
        return (w + x, b + 1) if t == 1 else (w - x, b - 1)

    def with_lib_and_small_floats(w, b, x, t):
        away = np.float32(t - step(x @ w + b))
        return [np.float32(p + away * q) for p, q in zip(w, x)], b + away

    for right in (rule(), rule(rate=0.1), rule(rate=10), with_an_if, with_lib_and_small_floats):
        assert accepted(check.perceptron_rule.claims(right))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (rule(bias=0), "The weights move, but the bias does not"),
        (rule(sign=-1), "The sum should go up, but the correction takes it to -6.5"),
        (rule(always=True), "it is right already, so nothing should move, but it does"),
        (rule(rate=0), "it is wrong, but nothing moves"),
        (lambda w, b, x, t: (w + (t - (x @ w > 0)) * x, b + (t - (x @ w > 0))), "nothing should move, but it does"),
        (rule(inputs=np.ones_like), "each should move in proportion to its input"),
        (rule(bias=-1), "in proportion to its input, and the bias's input is 1"),
        (lambda w, b, x, t: w + x, "should return two things, weights and bias; it returns an array"),
        (lambda w, b, x, t: (w, x), "The new bias should be"),
        (lambda w, b, x, t: (w * np.nan, b), "The new weights should be finite"),
    ],
)
def test_perceptron_wrong(wrong, message):
    assert message in complaint(check.perceptron_rule.claims(wrong))


def test_a_perceptron_whose_bias_counts_more():
    def correct(w, b, x, t):
        away = t - (x @ w + 2.5 * b > 0)
        return w + away * x, b + 2.5 * away

    assert accepted(check.perceptron_rule.claims(correct, times=2.5))
    assert "the bias's input is 2.5" in complaint(
        check.perceptron_rule.claims(lambda w, b, x, t: (w + (t - (x @ w + 2.5 * b > 0)) * x, b + t - (x @ w + 2.5 * b > 0)), times=2.5)
    )


def test_the_rule_without_a_bias_does_not_end():
    told = complaint(check.perceptron_rule.claims(rule(bias=0)))
    assert "parts 60 examples, but after 500 corrections the rule still has" in told


def test_the_broken_rule_of_the_text_is_that_one():
    told = complaint(check.perceptron_rule.claims(run("exercise-2")["correct_one"]))
    assert "the bias does not" in told and "after 500 corrections" in told


# ---- exercise 3


def test_sigmoid_slope_in_other_ways():
    ways = [
        lambda x, s: s / (np.exp(s * x / 2) + np.exp(-s * x / 2)) ** 2,
        lambda x, s: slope(sigmoid_of(s), x),
        lambda x, s: [s * float(sigmoid(s * v)) * float(sigmoid(-s * v)) for v in x],
        lambda x, s: s / 4 * (1 - np.tanh(s * x / 2) ** 2),
    ]
    for way in ways:
        assert accepted(check.sigmoid_slope.claims(way, 0, 4.59))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (
            lambda x, s: sigmoid_of(s)(x) * (1 - sigmoid_of(s)(x)),
            "off by one factor everywhere: what does the chain rule",
        ),
        (lambda x, s: s * sigmoid(x) * (1 - sigmoid(x)), "For steepness 4 at x = -2"),
        (lambda x, s: sigmoid_of(s)(1 - sigmoid_of(s)(x)), "For steepness 1 at x = -2"),  # the slide, to the letter
        (
            lambda x, s: s * x * (1 - x),
            "For steepness 1 at x = -2 a difference measures the slope 0.104994",
        ),  # given y, not x
        (lambda x, s: np.full(5, s / 4), "the same for every x"),
        (lambda x, s: sigmoid_of(s).derivative(0.0), "What slope_at returns should be"),
        (lambda x: sigmoid.derivative(x), "is called with 2 inputs"),
    ],
)
def test_sigmoid_slope_wrong(wrong, message):
    assert message in complaint(check.sigmoid_slope.claims(wrong, 0, 4.585))


def test_sigmoid_place_and_reach_wrong():
    right = RIGHT["sigmoid_slope"][0]
    assert "At 1 the slope of steepness 1 is 0.1966; elsewhere it is larger" in complaint(
        check.sigmoid_slope.claims(right, 1, 4.585)
    )
    for reach, message in [
        (3, "At x = 3 the slope of steepness 1 is 0.0452, not yet down to 0.01"),
        (9.17, "At x = 9.17 the slope of steepness 1 is 0.0001, below 0.01 already"),  # the width of both sides
        (-4.585, "The reach is a distance, and -4.585 is below 0"),
    ]:
        assert message in complaint(check.sigmoid_slope.claims(right, 0, reach))


def test_the_reach_is_measured():
    x = np.linspace(4, 5, 1_000_001)
    assert x[sigmoid.derivative(x) >= 0.01].max() == pytest.approx(4.58486, abs=1e-5)


# ---- exercise 4


def table(**changes):
    return {s: [abs(s - 8) + 40 + seed for seed in range(7)] for s in (2, 4, 8, 16, 32)} | changes


def test_steepness_in_other_ways():
    for choice, measured in [
        (np.int64(8), {np.float64(s): np.array(runs) for s, runs in table().items()}),
        (6.0, {s: tuple([50 + abs(s - 6)] * 9) for s in (1.5, 3, 4.5, 6, 7.5, 9)}),
        (4, {s: [abs(s - 4) + 60] * 30 for s in (1, 2, 4, 8, 16)}),
    ]:
        assert accepted(check.fastest_steepness.claims(choice, measured))


@pytest.mark.parametrize(
    "choice, measured, message",
    [
        (4, table(), "By your own measurements steepness 8 needs 43 epochs in the mean, and 4 needs 47"),
        (2, {s: [40 + s] * 7 for s in (2, 4, 8, 16, 32)}, "2 lies at the edge of what you tried"),
        (5, table(), "You chose 5, but measured [2, 4, 8, 16, 32]"),
        (8, {s: [40] * 7 for s in (4, 8, 16)}, "Your table needs more: five steepnesses at least"),
        (8, {s: [40] for s in (2, 4, 8, 16, 32)}, "Steepness 2 needs more"),  # one seed is an anecdote
        (8, {s: 40 for s in (2, 4, 8, 16, 32)}, "Steepness 2 needs more"),
        (8, [40, 41], "should be a dict, from each steepness to its runs; this is a list"),
        (8, {"8": [40]}, "Each key of the measurements should be a steepness"),
        (8, {-8: [40]}, "Each key of the measurements should be a steepness"),
        (8, {8: [None] * 7}, "runs of steepness 8 should be made of numbers"),
        (8, {8: [np.nan] * 7}, "runs of steepness 8 should be finite"),
    ],
)
def test_steepness_wrong(choice, measured, message):
    assert message in complaint(check.fastest_steepness.claims(choice, measured))


def test_a_lucky_steepness_does_not_pass():
    """Seven lucky runs at 32, the dead ones left out: other starts tell."""
    lucky = {s: [300 / s] * 7 for s in (2, 4, 8, 16, 32)} | {64: [200] * 7}
    told = complaint(check.fastest_steepness.claims(32, lucky))
    assert told.startswith("From 100 other starts 40 networks of steepness 32 learn, and the mean is 140 epochs. Other")


def test_the_limit_on_the_mean_parts_good_from_bad():
    def mean(s):
        learned = inside._losses(sigmoid_of(s).function, sigmoid_of(s).derivative, hidden=4, epochs=200) < 0.01
        return np.where(learned.any(axis=0), learned.argmax(axis=0), 200).mean()

    means = {s: mean(s) for s in (1, 2, 4, 8, 16, 32)}
    assert [s for s, value in means.items() if value < inside._FAST] == [4, 8]
    assert all(abs(value - inside._FAST) > 1 for value in means.values())


# ---- exercise 5


@pytest.mark.parametrize(
    "way",
    [
        lambda z: (np.abs(z) < 1).astype(np.float32),
        lambda z: [1.0 if -1 < v < 1 else 0.0 for v in z],
        lambda z: np.abs(z) < 1,
        tanh.derivative,
        sigmoid_of(4).derivative,
        lambda z: np.exp(-(z**2)),
        lambda z: np.maximum(0, 1 - np.abs(z)),
        np.vectorize(lambda v: 1 / (1 + abs(v)) ** 2),
    ],
)
def test_pretended_slopes_that_work(way):
    assert accepted(check.pretended_slope.claims(way))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (step.derivative, "that is the step's own, and nothing reaches the first layer"),
        (np.ones_like, "Aim at 50"),
        (identity.derivative, "how large is your slope where the sum is far from 0"),
        (sigmoid.derivative, "Aim at 50"),
        (relu.derivative, "Aim at 50"),
        (lambda z: 10 * np.ones_like(z), "Aim at 50"),
        (lambda z: -(np.abs(z) < 1).astype(float), "not below 0: a step never falls"),
        (lambda z: z, "For z = -3 your slope is -3. It should be finite, and not below 0"),
        (lambda z: np.exp(-z) / 0, "your slope is inf. It should be finite"),
        (lambda z: 1.0, "What your slope returns should be"),
        (lambda z: 1 if abs(z) < 1 else 0, "It gets a whole array at once"),
    ],
)
def test_pretended_slopes_that_do_not(wrong, message):
    assert message in complaint(check.pretended_slope.claims(wrong))


def test_the_first_form_is_worse_than_chance():
    """The text says so; the frozen layer is the chance."""
    told = complaint(check.pretended_slope.claims(np.ones_like))
    with_it, alone = (int(part.split()[-1]) for part in (told.split(" of 100")[0], told.split(" do. Aim")[0]))
    assert with_it < alone < 50


# ---- the hundred networks are trained as lib trains one


@pytest.mark.parametrize("h, hidden", [(sigmoid_of(4), 4), (tanh, 3), (step, 3)])
def test_the_networks_are_trained_as_lib_does(h, hidden):
    losses = inside._losses(h.function, h.derivative, hidden=hidden, epochs=40)
    start = np.sqrt(3) * (2 * inside._even(100, 3 * hidden) - 1)
    x, y = xor()
    for number in (0, 41, 99):
        first = (start[number, : 2 * hidden] / np.sqrt(2)).reshape(2, hidden)
        last = start[number, 2 * hidden :, None] / np.sqrt(hidden)
        network = Network([Dense(first.copy(), np.zeros(hidden), h), Dense(last.copy(), np.zeros(1), identity)])
        rng = np.random.default_rng(0)
        history = train(network, (x, y[:, None]), mean_squared_error, sgd(0.3), epochs=40, batch_size=4, rng=rng)
        np.testing.assert_allclose(losses[:, number], history.loss, rtol=1e-9, atol=1e-15)


def test_the_starts_are_spread_as_lecun_s_are():
    even = 2 * inside._even(2000, 12) - 1
    assert abs(even.mean(axis=0)).max() < 0.02 and abs(even.var(axis=0) - 1 / 3).max() < 0.02
    assert abs(np.corrcoef(even.T) - np.eye(12)).max() < 0.1
    drawn = [dense_network(np.random.default_rng(seed), [2, 4, 1], step).layers[0].weights.var() for seed in range(200)]
    assert np.mean(drawn) == pytest.approx(3 / 2 * even.var(), rel=0.2)
