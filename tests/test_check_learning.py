"""Chapter 4's checks, and what the chapter writes by hand."""

import numpy as np
import pytest
from exercises import Chapter, accepted, complaint

from lib import Dense, Network, adam, check, cross_entropy, digits, gradient, identity, momentum, sgd, sigmoid, softmax
from lib import train as trained_by_lib

run = Chapter("learning").run


# --- what the chapter writes by hand -----------------------------------------------------


def random_case(seed=0, sizes=(4, 3, 5), batch=6):
    rng = np.random.default_rng(seed)
    inputs, hidden, outputs = sizes
    shapes = ((inputs, hidden), hidden, (hidden, outputs), outputs)
    weights = [rng.normal(0, 1, shape) for shape in shapes]
    return rng.uniform(0, 1, (batch, inputs)), rng.integers(0, outputs, batch), weights


def network_of(weights):
    return Network([Dense(*weights[:2], sigmoid), Dense(*weights[2:], identity)])


@pytest.mark.parametrize("seed", range(3))
def test_the_four_lines_are_what_lib_does(seed):
    names, (x, t, weights) = run("forward", "loss-by-hand"), random_case(seed)
    z1, a1, z2, y = names["forward"](x, *weights)
    first, second = network_of(weights).forward(x)
    for ours, theirs in [(z1, first.z), (a1, first.a), (z2, second.a), (y, softmax(second.a))]:
        np.testing.assert_allclose(ours, theirs, rtol=1e-13)
    assert names["loss"](x, t, *weights) == pytest.approx(cross_entropy.value(z2, t), rel=1e-13)


@pytest.mark.parametrize("seed", range(3))
def test_backward_by_hand_is_what_lib_does(seed):
    names, (x, t, weights) = run("forward", "backward"), random_case(seed)
    network = network_of(weights)
    trace = network.forward(x)
    theirs = network.backward(trace, cross_entropy.gradient(trace[-1].a, t))
    for our_own, other in zip(names["backward"](x, t, *weights), theirs, strict=True):
        np.testing.assert_allclose(our_own, other, rtol=1e-12, atol=1e-15)


def test_the_planted_slip_is_one_and_only_one():
    names, (x, t, weights) = run("forward", "backward", "slipped"), random_case()
    same = [np.allclose(a, b) for a, b in zip(names["backward"](x, t, *weights), names["slipped"](x, t, *weights))]
    assert same == [False, False, True, True]


@pytest.mark.parametrize("make", [lambda: sgd(1.0), lambda: momentum(0.2), lambda: adam(0.02)])
def test_the_loop_by_hand_is_that_of_lib(make):
    names = run("hero", "forward", "start", "backward", "learn")
    d, rng = digits(), np.random.default_rng(3)
    network = network_of(names["start"](rng))
    data = d.x_train, d.y_train
    trained_by_lib(network, data, cross_entropy, make(), epochs=1, batch_size=32, rng=rng)
    for our_own, other in zip(names["learn"](3, names["backward"], make(), 1), network.parameters, strict=True):
        np.testing.assert_allclose(our_own, other, rtol=1e-9, atol=1e-12)


def test_the_pull_is_the_slope_of_the_losses():
    pull = run("pull-functions")["pull"]
    for z in (-6.0, -1.0, 0.0, 2.0):
        p = sigmoid(z)
        assert pull["squared error"](p) == pytest.approx(-gradient(lambda z: (1 - sigmoid(z)) ** 2, z), rel=1e-7)
        assert pull["cross-entropy"](p) == pytest.approx(-gradient(lambda z: -np.log(sigmoid(z)), z), rel=1e-7)


def test_the_valley_of_the_check_is_that_of_the_chapter():
    from lib.check import learning

    error = run("valley")["error"]
    assert error(*learning._LOWEST) == pytest.approx(0)
    away = learning._START - learning._LOWEST
    assert error(*learning._START) == pytest.approx(away @ learning._CURVATURE @ away / 2)
    path = run("descend-by")["descend"](sgd, 0.1, 7)
    assert tuple(path[0]) == tuple(learning._START)
    assert float(learning._after(0.1, 7)) == pytest.approx(error(*path[-1]), rel=0.01)


# --- exercise 1 --------------------------------------------------------------------------


def slope(z, t):
    return softmax(z) - np.eye(len(z))[t]


def slope_by_lists(z, t):
    total = sum(np.exp(value) for value in z)
    return [np.exp(value) / total - (k == t) for k, value in enumerate(z)]


@pytest.mark.parametrize(
    "answer",
    [
        slope,
        slope_by_lists,
        lambda z, t: tuple(slope(z, t)),
        lambda z, t: slope(np.float32(z), t).astype(np.float32),
        lambda z, t: cross_entropy.gradient(z[None], [t])[0],
        lambda z, t: gradient(lambda z: cross_entropy.value(z[None], [t]), z),
    ],
)
def test_softmax_slope_accepts(answer):
    assert accepted(check.softmax_slope.claims(answer))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda z, t: -slope(z, t), "All signs are turned round"),
        (lambda z, t: slope(z, t) / len(z), "too small by the number of classes"),
        (lambda z, t: slope(z, t) * softmax(z) * (1 - softmax(z)), "it cancels"),
        (lambda z, t: np.where(np.arange(len(z)) == t, -1 / softmax(z), 0), "The chain has one link more"),
        (lambda z, t: np.where(np.arange(len(z)) == t, slope(z, t), 0), "The other logits matter too"),
        (lambda z, t: softmax(z) - t, "the number of a class"),
        (lambda z, t: softmax(z), "For z = [0, 0] and t = 0 the slope by logit 0 should be -0.5; yours is 0.5."),
        (lambda z, t: -np.log(softmax(z)[t]), "should be an array of shape (2,); it is a single number"),
        (lambda z: softmax(z), "is called with 2 inputs"),
        (lambda z, t: np.subtract(z, np.eye(len(z))[t], out=z), "changes the array"),
        (slope(np.zeros(3), 0), "can't be called"),
    ],
)
def test_softmax_slope_rejects(answer, message):
    assert message in complaint(check.softmax_slope.claims(answer))


def test_softmax_slope_of_logits_that_count_more():
    assert "as if each logit counted once" in complaint(check.softmax_slope.claims(slope, times=2.5))


def test_softmax_slope_does_not_look_at_probabilities_only():
    """A slope that squared error would have is caught by a confident mistake too."""

    def squared(z, t):
        return gradient(lambda z: np.sum((softmax(z) - np.eye(len(z))[t]) ** 2), z)

    assert complaint(check.softmax_slope.claims(squared))


# --- exercise 2 --------------------------------------------------------------------------


def backward(x, t, W1, b1, W2, b2, *, outer=lambda g: g, slope=None, share=None):
    z1 = x @ W1 + b1
    a1 = 1 / (1 + np.exp(-z1))
    y = softmax(a1 @ W2 + b2)
    delta2 = (y - np.eye(len(b2))[t]) / (len(t) if share is None else share)
    delta1 = delta2 @ W2.T * (a1 * (1 - a1) if slope is None else slope(z1, a1))
    return outer([x.T @ delta1, delta1.sum(axis=0), a1.T @ delta2, delta2.sum(axis=0)])


def slip(**changes):
    return lambda x, t, W1, b1, W2, b2: backward(x, t, W1, b1, W2, b2, **changes)


def by_lib(x, t, *weights):
    network = network_of(weights)
    trace = network.forward(x)
    return network.backward(trace, cross_entropy.gradient(trace[-1].a, t))


def by_differences(x, t, *weights):
    return [gradient(lambda _: cross_entropy.value(network_of(weights)(x), t), w) for w in weights]


@pytest.mark.parametrize(
    "answer",
    [
        slip(),
        slip(outer=tuple),
        slip(slope=lambda z, a: sigmoid.derivative(z)),
        slip(outer=lambda gradients: [g.tolist() for g in gradients]),
        slip(outer=lambda gradients: [g.astype(np.float32) for g in gradients]),
        by_lib,
        by_differences,
    ],
)
def test_mended_backward_accepts(answer):
    assert accepted(check.mended_backward.claims(answer))


def test_mended_backward_accepts_sums_image_by_image():
    def one_by_one(x, t, *weights):
        each = [backward(x[k : k + 1], t[k : k + 1], *weights) for k in range(len(t))]
        return [sum(parts) / len(t) for parts in zip(*each, strict=True)]

    assert accepted(check.mended_backward.claims(one_by_one))


@pytest.mark.parametrize(
    ("answer", "message", "wrong", "right"),
    [
        (slip(slope=lambda z, a: sigmoid.derivative(a)), "the slope of the loss by W1[0, 0] is", "W1 b1", "W2 b2"),
        (slip(slope=lambda z, a: 1), "the slope of the loss by b1[0] is", "W1 b1", "W2 b2"),
        (slip(slope=lambda z, a: a), "as differences measure it; yours is", "W1 b1", "W2 b2"),
        (slip(outer=lambda g: [*g[:3], g[3] / 5]), "All of it is too small by 5, the size of the batch", "b2", "W1 b1 W2"),
        (slip(share=1), "All of it is too large by 5, the size of the batch: the loss is a mean", "W1 b1 W2 b2", ""),
        (slip(outer=lambda g: [-g[0], *g[1:]]), "All of its signs are turned round", "W1", "b1 W2 b2"),
        (slip(outer=lambda g: [g[0], 0 * g[1], *g[2:]]), "yours is 0", "b1", "W1 W2 b2"),
    ],
)
def test_mended_backward_rejects(answer, message, wrong, right):
    claims = check.mended_backward.claims(answer)
    assert message in complaint(claims)
    batch = [claim for claim in claims if "a batch of 5" in claim.text]
    assert len(batch) == 4
    for place in wrong.split():
        assert any(f"by {place}[" in claim.text for claim in batch if not claim.holds)
    for place in right.split():
        assert any(f"by {place} " in claim.text for claim in batch if claim.holds)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (slip(outer=lambda g: g[:2]), "should return four arrays"),
        (slip(outer=lambda g: g[::-1]), "gradient by W1, for a single image, should be an array of shape (2, 3)"),
        (slip(outer=lambda g: [g[0].T, *g[1:]]), "should be an array of shape (2, 3); it is an array of shape (3, 2)"),
        (slip(outer=lambda g: [*g[:3], g[3][None]]), "should be an array of shape (2,); it is an array of shape (1, 2)"),
        (slip(outer=lambda g: g[0]), "it returns an array"),
        (lambda x, t, weights: None, "is called with 6 inputs"),
    ],
)
def test_mended_backward_says_what_it_can_not_judge(answer, message):
    assert message in complaint(check.mended_backward.claims(answer))


def test_mended_backward_may_not_train_on_the_way():
    def impatient(x, t, *weights):
        gradients = backward(x, t, *weights)
        for w, g in zip(weights, gradients, strict=True):
            w -= g
        return gradients

    assert "changes the array" in complaint(check.mended_backward.claims(impatient))


# --- exercise 3 --------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [(0.238, 83.05), (0.23795, 83), (np.float32(0.2375), 82.5), (0.2379, np.array(83.7))])
def test_largest_rate_accepts(answers):
    assert accepted(check.largest_rate.claims(*answers))


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        (0.23, "the error goes down: from 8.38 to 3.02e-29 in 500 steps. The limit is higher than 0.23."),
        (0.19, "the error goes down"),
        (0.119, "The limit is higher"),  # 1 / λ
        (0.24, "the error goes up: from 8.38 to "),
        (0.2392, "the error goes up: from 8.38 to "),
        (0.239, "The limit is lower than 0.239"),  # after 20 steps it has not climbed above the start yet
        (0.2366, "the error goes down"),
        (0.237, "The limit is higher than 0.237"),
        (0.27, "The limit is lower than 0.27."),
        (0.476, "The limit is lower"),  # 2 / λ of half the error
        (3.36, "The limit is lower"),  # 2 / the other λ
        (1e300, "the error goes up: from 8.38 to more than a computer can hold"),
        (0, "should be a number above 0"),
        (-0.238, "should be a number above 0"),
        (np.inf, "should be a number above 0"),
        ([0.238], "should be a single number"),
        ("0.238", "should be made of numbers"),
    ],
)
def test_largest_rate_rejects_a_limit(limit, message):
    assert message in complaint(check.largest_rate.claims(limit, 83.05))


@pytest.mark.parametrize(
    ("growth", "message"),
    [
        (83.05**2, "it goes with the square of the distance"),
        (84.05, "It starts on the other side"),
        (41, "divide their distances"),
        (1.05, "divide their distances"),
        (-83.05, "should be a number above 0"),
        (np.nan, "should be a number above 0"),
    ],
)
def test_largest_rate_rejects_a_growth(growth, message):
    assert message in complaint(check.largest_rate.claims(0.238, growth))


# --- exercise 4 --------------------------------------------------------------------------


def step_of(*, new=lambda s, g, d: d * s + (1 - d) * g**2, move=None, back=lambda w, s: (w, s)):
    def rmsprop(w, square, slope, rate, decay):
        fresh = new(square, slope, decay)
        moved = move or (lambda w, old, new, g, rate: w - rate * g / (np.sqrt(new) + 1e-8))
        return back(moved(w, square, fresh, slope, rate), fresh)

    return rmsprop


@pytest.mark.parametrize(
    "answer",
    [
        step_of(),
        step_of(back=lambda w, s: [w, s]),
        step_of(back=lambda w, s: (w.tolist(), s.tolist())),
        step_of(back=lambda w, s: (w.astype(np.float32), s.astype(np.float32))),
        step_of(new=lambda s, g, d: s + (1 - d) * (g * g - s)),
        step_of(move=lambda w, old, new, g, rate: w - rate * g / np.sqrt(new + 1e-16)),
    ],
)
def test_rmsprop_accepts(answer):
    assert accepted(check.rmsprop.claims(answer))


def test_rmsprop_accepts_one_weight_at_a_time():
    def by_lists(w, square, slope, rate, decay):
        square = [decay * s + (1 - decay) * g**2 for s, g in zip(square, slope, strict=True)]
        return [a - rate * g / (s**0.5 + 1e-8) for a, g, s in zip(w, slope, square, strict=True)], square

    assert accepted(check.rmsprop.claims(by_lists))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (step_of(new=lambda s, g, d: (1 - d) * s + d * g**2), "have changed places"),
        (step_of(new=lambda s, g, d: s + g**2), "Nothing is forgotten"),
        (step_of(new=lambda s, g, d: d * s + g**2), "should be multiplied by 1 − decay"),
        (step_of(new=lambda s, g, d: d * s + (1 - d) * g), "The slope itself is averaged"),
        (step_of(new=lambda s, g, d: s), "It is the old one"),
        (step_of(back=lambda w, s: (s, w)), "return w first, then square"),
        (step_of(back=lambda w, s: w), "should return two arrays"),
        (step_of(move=lambda w, old, new, g, rate: w + rate * g / (np.sqrt(new) + 1e-8)), "It went uphill"),
        (step_of(move=lambda w, old, new, g, rate: w - rate * g / (new + 1e-8)), "not by square itself"),
        (step_of(move=lambda w, old, new, g, rate: w - rate * g / (np.sqrt(old) + 1e-8)), "the root of the old square"),
        (step_of(move=lambda w, old, new, g, rate: w - rate * g), "plain gradient descent"),
        (step_of(move=lambda w, old, new, g, rate: w - rate * g / np.sqrt(new)), "0 divided by 0 is nan"),
        (step_of(move=lambda w, old, new, g, rate: w), "it is [1, -2]."),
        (step_of(back=lambda w, s: (w[:1], s)), "the new w should be an array of shape (2,)"),
        (lambda w, square, slope: (w, square), "is called with 5 inputs"),
    ],
)
def test_rmsprop_rejects(answer, message):
    assert message.lower() in complaint(check.rmsprop.claims(answer)).lower()


@pytest.mark.parametrize(
    ("move", "message"),
    [
        (lambda w, old, new, g, rate: w - rate * g / np.sqrt(new + 0.02), "added after the root, not under it"),
        (lambda w, old, new, g, rate: w - rate * g / (np.sqrt(new) + 1e-8), "here it should be 0.02"),
    ],
)
def test_rmsprop_with_more_added_to_the_root(move, message):
    assert message in complaint(check.rmsprop.claims(step_of(move=move), tiny=0.02))


def test_rmsprop_may_not_work_in_place():
    def in_place(w, square, slope, rate, decay):
        square *= decay
        square += (1 - decay) * slope**2
        w -= rate * slope / (np.sqrt(square) + 1e-8)
        return w, square

    assert "changes the array" in complaint(check.rmsprop.claims(in_place))


def test_rmsprop_is_not_judged_by_its_first_step_alone():
    def forgetful(w, square, slope, rate, decay):
        return step_of()(w, 0 * square, slope, rate, decay)

    claims = check.rmsprop.claims(forgetful)
    assert claims[0].holds and claims[0].text.startswith("Right for the first step")
    assert complaint(claims).startswith("For a later step")


# --- exercise 5 --------------------------------------------------------------------------


def misread(count):
    """The right digits, but for some that are one too large."""
    predictions = digits().y_test.copy()
    predictions[:count] = (predictions[:count] + 1) % 10
    return predictions


@pytest.mark.parametrize(
    "predictions",
    [misread(0), misread(6), misread(5).astype(np.float32), misread(3).tolist(), misread(3).astype(np.uint8)],
    ids=["all right", "six misread", "floats", "a list", "bytes"],
)
def test_held_out_accepts(predictions):
    assert accepted(check.held_out.claims(predictions))


@pytest.mark.parametrize(
    ("predictions", "message"),
    [
        (misread(7), "352 of the 359 held-out digits are read rightly, 7 are misread; at most 6 are allowed."),
        (np.where(digits().y_test == 8, 1, digits().y_test), "The most frequent mistake is an 8 that is read as a 1"),
        (np.random.default_rng(0).permutation(digits().y_test), "about what guessing does"),
        (np.zeros(359), "about what guessing does"),
        (np.eye(10)[misread(0)], "argmax(axis=1)"),
        (digits().y_train, "they are for the images that it was trained on"),
        (misread(0)[:, None], "this is an array of shape (359, 1)"),
        (misread(0)[:100], "this is an array of shape (100,)"),
        (misread(0) + 1, "among yours is 10"),
        (misread(0) + 0.25, "is one of the digits 0 to 9"),
        (np.full(359, np.nan), "is one of the digits 0 to 9"),
        (misread(0).astype(str), "should be made of numbers"),
        (0.99, "should be 359 digits"),
    ],
)
def test_held_out_rejects(predictions, message):
    assert message in complaint(check.held_out.claims(predictions))


# --- all of them -------------------------------------------------------------------------

RIGHT = {
    "softmax_slope": (slope,),
    "mended_backward": (slip(),),
    "largest_rate": (0.238, 83.05),
    "rmsprop": (step_of(),),
    "held_out": (misread(0),),
}
