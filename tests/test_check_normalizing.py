"""The checks of chapter 15: each accepts what is right, however it is written, and tells a student what went wrong."""

from importlib import import_module

import numpy as np
import pytest
from exercises import Chapter, accepted, complaint

from lib import BatchNorm, batch_norm, check, dense, expect, gradient, identity, leaky_relu, moments, relu, tanh

inside = import_module("lib.check.normalizing")
run = Chapter("normalizing").run


def root(n):
    return np.sqrt(n - 1)


def right_backward(x, upstream):
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    return (upstream - upstream.mean(axis=0) - z * (upstream * z).mean(axis=0)) / x.std(axis=0)


def right_fold(weights, bias, scale, shift, mean, variance):
    factor = scale / np.sqrt(variance)
    return weights * factor, (bias - mean) * factor + shift


def right_growth(slope):
    square = (1 + slope**2) / 2
    return np.sqrt(square / (square - (1 - slope) ** 2 / (2 * np.pi)))


TENTH = next(s for s in np.arange(0, 1, 0.001) if right_growth(s) < 1.1)
RIGHT = {
    "outlier": (root,),
    "batch_norm_backward": (right_backward,),
    "folded": (right_fold,),
    "leaky_growth": (right_growth, round(TENTH, 2)),
}


# ---- what the chapter writes by hand


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (7, 1), (5, 4), (3, 11)])
def test_the_chapters_norm_is_that_of_lib(shape):
    names, rng, layer = run("by-hand", "backward-right"), np.random.default_rng(0), batch_norm(shape[1])
    layer.scale[:], layer.shift[:] = rng.normal(1, 0.3, shape[1]), rng.normal(size=shape[1])
    x, upstream = rng.normal(3, 2, shape), rng.normal(size=shape)
    snapshot = layer.forward(x)
    np.testing.assert_allclose(names["normalize"](x, layer.scale, layer.shift), snapshot.a, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        names["backward"](x, upstream, layer.scale), layer.backward(snapshot, upstream)[0], atol=1e-9
    )


@pytest.mark.parametrize("h", [relu, tanh, leaky_relu(0.3)], ids=lambda h: h.name)
def test_the_factor_of_a_layer_is_that_of_a_very_wide_one(h):
    rng = np.random.default_rng(1)
    a = h(batch_norm(400).forward(rng.normal(size=(2000, 400))).z)
    sums = a @ rng.normal(0, 400**-0.5, (400, 400))
    squared = np.mean(h.derivative(rng.normal(size=200_000)) ** 2) / np.mean(sums.var(axis=0))
    np.testing.assert_allclose(run("growth")["growth"](h), np.sqrt(squared), rtol=0.03)


# ---- exercise 1


def test_outlier_in_other_ways():
    def by_sample(n):
        x = [7.0] * (n - 1) + [-3.0]
        return float(abs(x[-1] - np.mean(x)) / np.std(x))

    assert accepted(check.outlier.claims(by_sample))
    assert accepted(check.outlier.claims(lambda n: np.float32((n - 1) ** 0.5)))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda n: n - 1, "the variance is divided by, or its root?"),
        (lambda n: n**0.5, "it is a part of the mean that is taken off"),
        (lambda n: 3.0, "take [0, …, 0, 1]"),
        (lambda n: -root(n), "it lies above the others"),
        (lambda n: (n - 1) / n**0.5, "divides by n, not by n - 1"),
        (lambda n: (n - 1) / n, "take [0, …, 0, 1]"),
        (lambda n: np.inf, "The z among 2 should be finite"),
    ],
)
def test_outlier_wrong(wrong, message):
    assert message in complaint(check.outlier.claims(wrong))


# ---- exercise 2


@pytest.mark.parametrize("shape", [(2, 1), (5, 3), (4, 7)])
def test_the_truth_of_the_check_is_that_of_differences(shape):
    rng = np.random.default_rng(2)
    x, upstream = rng.normal(2, 3, shape), rng.normal(size=shape)
    measured = gradient(lambda x: float(np.sum(upstream * (x - x.mean(0)) / x.std(0))), x)
    np.testing.assert_allclose(inside._gradient(x, upstream), measured, atol=1e-7)


def test_batch_norm_backward_in_other_ways():
    def by_matrix(x, upstream):
        columns, n = [], len(x)
        for z, g, size in zip(((x - x.mean(axis=0)) / x.std(axis=0)).T, upstream.T, x.std(axis=0), strict=True):
            columns.append((np.eye(n) - 1 / n - np.outer(z, z) / n) @ g / size)
        return np.transpose(columns).tolist()

    assert accepted(check.batch_norm_backward.claims(by_matrix))

    def of_lib(x, upstream):
        layer = batch_norm(x.shape[1])
        return layer.backward(layer.forward(x), upstream)[0]

    def by_unit(x, upstream):
        columns = []
        for column, g in zip(x.T, upstream.T, strict=True):
            n, m, s = len(column), sum(column) / len(column), np.std(column)
            z = (column - m) / s
            columns.append([(n * g[i] - sum(g) - z[i] * sum(g * z)) / (n * s) for i in range(n)])
        return np.float32(columns).T

    assert accepted(check.batch_norm_backward.claims(of_lib))
    assert accepted(check.batch_norm_backward.claims(by_unit))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda x, g: g / x.std(axis=0), "taken for constants"),
        (lambda x, g: right_backward(x, g) / x.std(axis=0), "By what is divided?"),
        (lambda x, g: (g - g.mean(axis=0)) / x.std(axis=0), "at right angles"),
        (lambda x, g: right_backward(x, g) + g.mean(axis=0) / x.std(axis=0), "must sum up to 0"),
        (lambda x, g: -right_backward(x, g), "points the other way"),
        (lambda x, g: len(x) * right_backward(x, g), "By what is divided?"),
        (lambda x, g: right_backward(x, g) * x.std(axis=0) / x.std(axis=0, ddof=1), "By what is divided?"),
        (lambda x, g: 0 * x, "it begins with [0, 0, 0]"),
        (lambda x, g: (g - (x - x.mean(0)) * (g * (x - x.mean(0))).mean(0) / x.var(0)) / x.std(0), "must sum up to 0"),
        (lambda x, g: np.copyto(x, 0) or g, "changes the array that it is given"),
        (lambda x, g: g.sum(), "should be an array of shape (2, 1)"),
        (lambda x: x, "is called with 2 inputs"),
        (lambda x, g: x * np.nan, "should be finite"),
    ],
)
def test_batch_norm_backward_wrong(wrong, message):
    assert message in complaint(check.batch_norm_backward.claims(wrong))


def test_the_broken_backward_of_the_text_holds_its_mistakes():
    assert "must sum up to 0" in complaint(check.batch_norm_backward.claims(run("exercise-2")["backward"]))


# ---- exercise 3


def test_folded_is_what_lib_answers():
    rng = np.random.default_rng(3)
    layer, norm = dense(rng, 3, 4, identity), BatchNorm(*rng.uniform(0.5, 2, (4, 4)))
    layer.bias[:] = rng.normal(size=4)
    weights, bias = right_fold(layer.weights, layer.bias, norm.scale, norm.shift, norm.mean, norm.variance)
    x = rng.normal(size=(5, 3))
    np.testing.assert_allclose(x @ weights + bias, norm(layer(x)), rtol=1e-4, atol=1e-4)


def test_folded_in_other_ways():
    def by_columns(weights, bias, scale, shift, mean, variance):
        factor = [s / (v + 1e-5) ** 0.5 for s, v in zip(scale, variance, strict=True)]
        return (weights @ np.diag(factor)).tolist(), np.float32(shift + factor * (bias - mean))

    assert accepted(check.folded.claims(by_columns))
    assert accepted(check.folded.claims(lambda *given: list(right_fold(*given))))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda w, b, s, t, m, v: (w * s / v, (b - m) * s / v + t), "not by the variance"),
        (lambda w, b, s, t, m, v: (w * s, b), "both the scale and the deviation"),
        (lambda w, b, s, t, m, v: (w / np.sqrt(v), b), "both the scale and the deviation"),
        (lambda w, b, s, t, m, v: (w * s / np.sqrt(v), t - m * s / np.sqrt(v)), "what became of the layer's own bias?"),
        (lambda w, b, s, t, m, v: (w * s / np.sqrt(v), b), "for x = 0 both layers say"),
        (lambda w, b, s, t, m, v: (w, b), "By what is it multiplied"),
        (lambda w, b, s, t, m, v: (w * s * np.sqrt(v), b), "By what is it multiplied"),
        (lambda w, b, s, t, m, v: (right_fold(w, b, s, t, m, v)[0], (b + m) * s / np.sqrt(v) + t), "for x = 0"),
        (lambda w, b, s, t, m, v: (right_fold(w, b, s, t, m, v)[0], (b - m + t) * s / np.sqrt(v)), "for x = 0"),
        (lambda w, b, s, t, m, v: right_fold(w, b, s, t, m, v)[::-1], "folded weights should be an array of shape"),
        (lambda w, b, s, t, m, v: w, "should return two things"),
        (lambda w, b, s, t, m, v: (w.T[0], b), "should be an array of shape (3, 2)"),
    ],
)
def test_folded_wrong(wrong, message):
    assert message in complaint(check.folded.claims(wrong))


# ---- exercise 4


@pytest.mark.parametrize("slope", [0.0, 0.1, 0.5])
def test_the_leaky_factor_is_that_of_the_integrals(slope):
    h = leaky_relu(slope)
    squared = expect(lambda z: h.derivative(z) ** 2, kinks=h.kinks) / moments(h)[1]
    assert inside._leaky_growth(slope) == pytest.approx(np.sqrt(squared), abs=1e-12)


def test_leaky_growth_in_other_ways():
    def integrated(slope):
        h = leaky_relu(float(slope))
        return np.float32(np.sqrt(expect(lambda z: h.derivative(z) ** 2, kinks=(0,)) / moments(h)[1]))

    for chosen in (TENTH, round(TENTH, 2), round(TENTH, 2) + 0.01):
        assert accepted(check.leaky_growth.claims(integrated, chosen))


@pytest.mark.parametrize(
    "answers, message",
    [
        ((lambda s: right_growth(s) ** 2, 0.3), "that is the factor of the square"),
        ((lambda s: np.sqrt((1 + s**2) / 2), 0.3), "the mean is taken off before the division"),
        ((lambda s: 1.0, 0.3), "the mean is taken off before the division"),
        ((lambda s: 2.0, 0.3), "compare with the integrals"),
        ((lambda s: 1 / right_growth(s), 0.24), "compare with the integrals"),
        ((lambda s: np.sqrt(2 / (1 + s**2)), 0.24), "compare with the integrals"),
        ((right_growth, -3.0), "the factor is still"),
        ((right_growth, 1.1), "a smaller slope from 0 on will do"),
        ((right_growth, 0.1), "the factor is still"),
        ((right_growth, 0.8), "a smaller slope from 0 on will do"),
        ((right_growth, [0.3]), "Slope_for_tenth should be a single number"),
    ],
)
def test_leaky_growth_wrong(answers, message):
    assert message in complaint(check.leaky_growth.claims(*answers))
