"""The checks of chapter 14: each accepts what is right, however it is written, and tells a student what went wrong."""

from importlib import import_module
from itertools import product

import numpy as np
import pytest
from exercises import Chapter, accepted, complaint

from lib import AlphaDropout, Dropout, check, gradient, moments, relu, selu

inside = import_module("lib.check.balance")
run = Chapter("balance").run
C = float(selu(-np.inf))


def after(mean, variance, keep):
    return (variance + mean**2) / keep - mean**2


def affine(keep, mean, variance, silent):
    scale = (variance / (keep * variance + keep * (1 - keep) * (mean - silent) ** 2)) ** 0.5
    return scale, mean - scale * (keep * mean + (1 - keep) * silent)


def noise(keep):
    return ((1 - keep) * (1 + C**2) / keep) ** 0.5


def same(keep):
    return keep * (1 + C**2) / (1 + keep * C**2)


def forward(x, stays, keep):
    scale, shift = affine(keep, 0, 1, C)
    return scale * np.where(stays, x, C) + shift


def backward(upstream, stays, keep):
    return upstream * stays * affine(keep, 0, 1, C)[0]


def penalty(w, x, keep):
    return (1 / keep - 1) * np.mean((x * w) ** 2, axis=0).sum()


def best(x, y, keep):
    return np.linalg.solve(x.T @ x + (1 / keep - 1) * np.diag((x**2).sum(axis=0)), x.T @ y)


DOUBLE = 0.5946
RIGHT = {
    "variance_after": (after, DOUBLE),
    "any_silence": (affine,),
    "same_noise": (noise, same),
    "mended_alpha": (forward, backward),
    "as_a_penalty": (penalty, best),
}


# ---- what the chapter writes by hand


@pytest.mark.parametrize("keep", [0.3, 0.8, 0.95, 1.0])
def test_dropout_by_hand_is_that_of_lib(keep):
    a = np.random.default_rng(0).normal(size=(20, 30))
    by_hand = run("by-hand")["dropout"](np.random.default_rng(1), a, keep)
    np.testing.assert_allclose(by_hand, Dropout(np.random.default_rng(1), keep).forward(a).a, rtol=1e-15)


@pytest.mark.parametrize("keep", [0.05, 0.3, 0.77, 0.9, 0.95, 1.0])
def test_the_constants_are_those_of_lib(keep):
    layer = AlphaDropout(np.random.default_rng(0), keep)
    np.testing.assert_allclose(run("constants")["constants"](keep), (layer.scale, layer.shift), atol=1e-14)


@pytest.mark.parametrize("keep", [0.35, 0.5, 0.9])
def test_equal_doses_leave_the_same_share_of_the_signal(keep):
    names = run("lowest", "constants", "dose")
    other = names["equal_dose"](keep)
    assert (other * names["constants"](other)[0]) ** 2 == pytest.approx(keep, rel=1e-12)


@pytest.mark.parametrize("keep, settles", [(0.95, True), (0.6, True), (0.5, False), (0.54, False)])
def test_selu_holds_what_is_above_the_limit(keep, settles):
    sums_after = run("settle")["sums_after"]
    early, late = sums_after(keep, 200), sums_after(keep, 260)
    assert settles == (late < 1.01 * early) == (keep > float(selu(1.0)) ** 2 / 2)


# ---- exercise 1


def test_the_keep_that_doubles():
    m, v = moments(relu)
    assert after(m, v, inside._DOUBLED) == pytest.approx(2 * v, rel=1e-9) and inside._DOUBLED == pytest.approx(DOUBLE, abs=1e-4)
    assert accepted(check.variance_after.claims(lambda m, v, keep: np.float32(v / keep + m * m * (1 / keep - 1)), 0.59))


@pytest.mark.parametrize(
    "answers, message",
    [
        ((lambda m, v, keep: v / keep, DOUBLE), "That is right for a mean of 0"),
        ((lambda m, v, keep: v, DOUBLE), "That is the variance before"),
        ((lambda m, v, keep: (v + m**2) / keep, DOUBLE), "This is the mean square"),
        ((lambda m, v, keep: keep * (v + m**2) - (keep * m) ** 2, DOUBLE), "enlarged by 1/keep"),
        ((lambda m, v, keep: (v + m**2) / (1 - keep) - m**2 if keep < 1 else v, DOUBLE), "not that it is silenced"),
        ((lambda m, v, keep: (v**2 + m**2) / keep - m**2, DOUBLE), "With mean -1, variance 0.5 and keep 0.8"),
        ((lambda m, v: v, DOUBLE), "is called with 3 inputs"),
        ((after, 1 - DOUBLE), "3.15 times"),
        ((after, 59.46), "above 0 and at most 1"),
        ((after, 0.5), "2.47 times what it was, not twice"),
        ((after, 0), "above 0 and at most 1"),
        ((after, np.nan), "should be finite"),
    ],
)
def test_variance_after_wrong(answers, message):
    assert message in complaint(check.variance_after.claims(*answers))


# ---- exercise 2


def test_any_silence_in_other_ways():
    def as_list(q, m, v, c):
        scale = np.sqrt(v / (q * (v + (1 - q) * (c - m) ** 2)))
        return [scale, m * (1 - q * scale) - (1 - q) * c * scale]

    assert accepted(check.any_silence.claims(as_list))
    assert accepted(check.any_silence.claims(lambda *inputs: np.array(affine(*inputs))))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda q, m, v, c: affine(q, 0, 1, c), "Your scale is right for mean 0 and variance 1"),
        (lambda q, m, v, c: (affine(q, m, v, c)[0], 0), "The scale is right. What mean does it have before the shift?"),
        (lambda q, m, v, c: (affine(q, m, v, c)[0] ** 2, 0), "A variance grows with the square of the scale"),
        (lambda q, m, v, c: (1.0, 0.0), "lead to mean -0.0879 and variance 1.0968"),
        (lambda q, m, v, c: affine(q, m, v, c)[::-1], "Return the scale first, then the shift"),
        (lambda q, m, v, c: (1 / q, -(1 - q) * c / q), "The mean is right, the variance is not yet"),
        (lambda q, m, v, c: (q**-0.5, 0.0), "varies within those that stay, and between"),
        (lambda q, m, v, c: (-affine(q, m, v, c)[0], 0), "turns all answers round"),
        (lambda q, m, v, c: 1.0, "scale and shift, should be an array of shape (2,)"),
    ],
)
def test_any_silence_wrong(wrong, message):
    assert message in complaint(check.any_silence.claims(wrong))


# ---- exercise 3


def test_same_noise_in_other_ways():
    def by_the_signal(keep):
        part = keep * affine(keep, 0, 1, C)[0]
        return np.sqrt(1 - part**2) / part if keep < 1 else 0.0

    def by_bisection(keep):
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if middle / (1 + (1 - middle) * C**2) < keep else (low, middle)
        return high

    assert accepted(check.same_noise.claims(by_the_signal, by_bisection))


@pytest.mark.parametrize(
    "answers, message",
    [
        ((lambda keep: ((1 - keep) / keep) ** 0.5, same), "That is the manual's: dropout's"),
        ((lambda keep: noise(keep) ** 2, same), "take the root"),
        ((lambda keep: (noise(keep) ** 2 / (1 + noise(keep) ** 2)) ** 0.5, same), "in units of the whole"),
        ((lambda keep: 1 / noise(keep), same), "not the other way round"),
        ((noise, lambda keep: keep), "Dropout with keep 0.9 has noise 0.3333; alpha dropout with keep 0.9000 has 0.6742"),
        ((noise, lambda keep: keep / (1 + (1 - keep) * C**2)), "alpha dropout with keep 0.6875"),
        ((noise, lambda keep: round(same(keep), 4)), "has noise 0.33333333; alpha dropout with keep 0.97360000 has 0.33"),
        ((noise, lambda keep: round(same(keep), 4)), "Give it without rounding"),
        ((noise, lambda keep: 2 * keep), "above 0 and at most 1"),
    ],
)
def test_same_noise_wrong(answers, message):
    assert message in complaint(check.same_noise.claims(*answers))


@pytest.mark.parametrize("keep", [0.5, 0.9])
def test_the_noise_is_that_of_draws(keep):
    x = np.tile([-1.0, 1.0], (200_000, 1))
    a = AlphaDropout(np.random.default_rng(0), keep).forward(x).a
    signal = a.mean(axis=0).std()
    assert np.sqrt(a.var() - signal**2) / signal == pytest.approx(inside._noise(keep), rel=0.02)


# ---- exercise 4


def test_mended_alpha_in_other_ways():
    def with_products(x, stays, keep):
        scale, shift = affine(keep, 0, 1, C)
        return [[scale * (a * s + C * (1 - s)) + shift for a, s in zip(*rows)] for rows in zip(x, stays * 1)]

    assert accepted(check.mended_alpha.claims(with_products, lambda u, s, k: np.where(s, affine(k, 0, 1, C)[0] * u, 0)))


@pytest.mark.parametrize(
    "answers, message",
    [
        ((lambda x, s, k: np.where(s, forward(x, s, k), C), backward), "The affine map is meant for all answers"),
        ((lambda x, s, k: affine(k, 0, 1, C)[0] * x * s + affine(k, 0, 1, C)[1], backward), "says SELU's lowest answer, not 0"),
        ((lambda x, s, k: affine(k, 0, 1, C)[0] * np.where(s, x, C), backward), "The shift is missing"),
        ((lambda x, s, k: x * s / k, backward), "the answer -1.5, which stays, should become"),
        ((forward, lambda u, s, k: u * s / k), "By what does forward multiply"),
        ((forward, lambda u, s, k: u * s), "so their gradient is too"),
        ((forward, lambda u, s, k: u * affine(k, 0, 1, C)[0]), "Does a silenced answer still move the loss?"),
        ((lambda x, s, k: forward(x, s, k).ravel(), backward), "should be an array of shape (2, 3)"),
    ],
)
def test_mended_alpha_wrong(answers, message):
    assert message in complaint(check.mended_alpha.claims(*answers))


def test_the_broken_layer_of_the_text_holds_both_mistakes():
    names = run("exercise-4")
    assert "for all answers" in complaint(check.mended_alpha.claims(names["forward"], backward))
    assert "By what does forward" in complaint(check.mended_alpha.claims(forward, names["backward"]))


# ---- exercise 5


@pytest.mark.parametrize("keep", [0.5, 0.8])
def test_the_penalty_is_the_mean_over_all_draws(keep):
    x, y, w = np.array([[1.0, 0.5, -1.0], [2.0, -0.5, 0.0]]), np.array([1.0, -2.0]), np.array([1.0, -2.0, 0.5])
    mean = sum(
        np.prod(np.where(s, keep, 1 - keep)) * np.mean(((x * s / keep) @ w - y) ** 2)
        for s in (np.array(draw) for draw in product((0, 1), repeat=3))
    )  # the same mask for both examples: their errors are averaged one by one, so that it makes no difference
    assert mean == pytest.approx(inside._error(w, x, y, keep), rel=1e-12)
    np.testing.assert_allclose(gradient(lambda w: inside._error(w, x, y, keep), best(x, y, keep)), 0, atol=1e-7)


def test_as_a_penalty_in_other_ways():
    def by_noise(x, y, keep):  # more examples, without targets, do the same
        more = np.diag(np.sqrt((1 / keep - 1) * (x**2).sum(axis=0)))
        return np.linalg.lstsq(np.vstack([x, more]), np.append(y, np.zeros(3)), rcond=None)[0].tolist()

    assert accepted(check.as_a_penalty.claims(lambda w, x, k: np.mean(x**2 @ w**2) * (1 - k) / k, by_noise))


@pytest.mark.parametrize(
    "answers, message",
    [
        ((lambda w, x, k: (1 - k) * np.mean(x**2 @ w**2), best), "enlarged by 1/keep"),
        ((lambda w, x, k: k * (1 - k) * np.mean(x**2 @ w**2), best), "enlarged by 1/keep"),
        ((lambda w, x, k: (1 / k - 1) * np.sum(x**2 @ w**2), best), "a mean over the examples, not a sum"),
        ((lambda w, x, k: (1 / k - 1) * np.sum(w**2), best), "Silencing a large input costs more"),
        ((penalty, lambda x, y, k: np.linalg.lstsq(x, y, rcond=None)[0]), "the best ones without dropout"),
        ((penalty, lambda x, y, k: np.linalg.solve(x.T @ x + (1 / k - 1) * np.eye(3), x.T @ y)), "They are taxed alike"),
        ((penalty, lambda x, y, k: np.linalg.solve(x.T @ x + (1 / k - 1) * np.diag(np.mean(x**2, axis=0)), x.T @ y)), "the other a mean"),
        ((penalty, lambda x, y, k: np.zeros(3)), "can be had"),
        ((penalty, lambda x, y, k: np.ones(2)), "should be an array of shape (3,)"),
    ],
)
def test_as_a_penalty_wrong(answers, message):
    assert message in complaint(check.as_a_penalty.claims(*answers))
