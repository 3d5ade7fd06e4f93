"""The checks of chapter 5: each accepts what is right, however it is written, and tells a student what went wrong."""


import numpy as np
import pytest
from exercises import Chapter, accepted, complaint

from lib import Activation, check, dense_network, numeric, sigmoid, softplus, tanh

run = Chapter("s_curves").run


def right_slope(x):
    e = np.exp(-np.abs(x))
    return e / (1 + e) ** 2


def right_steps(by_W, by_b, by_V, by_c, rate):
    change = -rate * (2 * by_V - by_c)
    return -4 * rate * by_W, -4 * rate * by_b, 2 * change, -rate * by_c - change.sum(axis=0)


RIGHT = {
    "slipped_slope": (0, right_slope),
    "from_the_answer": (lambda a: a * (1 - a), lambda a: 1 - a**2, 42.9),
    "log_sigmoid": (lambda x: -softplus(-x),),
    "sigmoids_as_tanhs": (lambda W, b, V, c: (W / 2, b / 2, V / 2, c + V.sum(axis=0) / 2),),
    "steps_of_tanh": (right_steps,),
}


# ---- what the chapter writes by hand is what lib has


def test_the_chapters_own_functions_agree_with_lib():
    names = run("by-hand", "tanh-by-hand", "other-form", "stable")
    x = np.linspace(-30, 30, 601)
    np.testing.assert_allclose(names["sigmoid_by_hand"](x), sigmoid(x), rtol=1e-12)
    np.testing.assert_allclose(names["other_form"](x), sigmoid(x), rtol=1e-12)
    np.testing.assert_allclose(names["tanh_by_hand"](x), tanh(x), rtol=1e-12)
    everywhere = np.concatenate([x, np.geomspace(1e-300, 1e308, 601), -np.geomspace(1e-300, 1e308, 601), [np.inf, -np.inf]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        np.testing.assert_allclose(names["stable"](everywhere), sigmoid(everywhere), rtol=1e-15)


def test_the_identities_of_the_text():
    x = np.linspace(-15, 15, 301)
    np.testing.assert_allclose(2 * sigmoid(2 * x) - 1, tanh(x), atol=1e-15)
    np.testing.assert_allclose(4 * sigmoid.derivative(2 * x), tanh.derivative(x), rtol=1e-12)
    reach = run("reach")["tanh_reach"]
    assert reach(0.01) == pytest.approx(2.99322285, abs=1e-8)
    assert 2 * reach(0.04) == pytest.approx(4.58486334, abs=1e-8)
    assert tanh.derivative(reach(0.01)) == pytest.approx(0.01, rel=1e-12)
    assert sigmoid.derivative(2 * reach(0.04)) == pytest.approx(0.01, rel=1e-12)
    assert sigmoid.derivative(2 * reach(0.01)) == pytest.approx(0.0025, rel=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_the_chapters_translation_changes_no_answer(seed):
    translated = run("translated")["translated"]
    rng = np.random.default_rng(seed)
    network = dense_network(rng, [5, 7, 3], tanh)
    for layer in network.layers:
        layer.bias[:] = rng.normal(size=layer.bias.shape)
    x = rng.normal(size=(20, 5))
    np.testing.assert_allclose(translated(network)(x), network(x), atol=1e-12)


def test_the_steps_of_the_solution_keep_the_twins_together():
    """Not for one step only: after twenty of them the sigmoids still say what the tanhs say."""
    names = run("translated")
    rng = np.random.default_rng(5)
    ours = dense_network(rng, [4, 6, 3], tanh)
    twin = names["translated"](ours)
    x, y = rng.normal(size=(30, 4)), rng.integers(0, 3, 30)
    loss = names["cross_entropy"]
    for _ in range(20):
        for network, steps in [(ours, None), (twin, right_steps)]:
            trace = network.forward(x)
            gradients = network.backward(trace, loss.gradient(trace[-1].a, y))
            changes = steps(*gradients, 0.5) if steps else [-0.5 * gradient for gradient in gradients]
            for array, change in zip(network.parameters, changes):
                array += change
    np.testing.assert_allclose(twin(x), ours(x), atol=1e-10)
    np.testing.assert_allclose(twin.parameters[0], 2 * ours.parameters[0], atol=1e-10)


# ---- exercise 1


@pytest.mark.parametrize(
    "way",
    [
        lambda x: sigmoid(x) * sigmoid(-x),
        lambda x: [float(np.exp(-abs(v)) / (1 + np.exp(-abs(v))) ** 2) for v in x],
        lambda x: right_slope(np.float32(x)),
        lambda x: 1 / (2 + np.exp(np.minimum(x, 700)) + np.exp(np.minimum(-x, 700))),
        lambda x: np.exp(-np.abs(x) - 2 * np.log1p(np.exp(-np.abs(x)))),
    ],
)
def test_slope_in_other_ways(way):
    assert accepted(check.slipped_slope.claims(np.float32(0), way))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda x: np.exp(-x) / (np.exp(x) + 1) ** 2, "At -2 mended should give 0.1049935854; it gives 5.73"),
        (lambda x: np.exp(x) / (np.exp(x) + 1) ** 2, "At 800 mended should give 0; it gives nan"),
        (lambda x: np.exp(-x) / (np.exp(-x) + 1) ** 2, "At -800 mended should give 0; it gives nan"),
        (lambda x: sigmoid(x) * (1 - sigmoid(x)), "At 40 mended should give 4.248354255e-18; it gives 0. All digits were lost"),
        (lambda x: np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))), "At -2 mended should give 0.1049935854"),
        (lambda x: sigmoid(x), "At -2 mended should give"),
        (lambda x: sigmoid.derivative(0.0), "What mended returns should be an array of shape (5,)"),
        (lambda x: 0.25 if x == 0 else 0.1, "It gets a whole array at once"),
    ],
)
def test_slope_wrong(wrong, message):
    assert message in complaint(check.slipped_slope.claims(0, wrong))


def test_place_wrong():
    told = complaint(check.slipped_slope.claims(-2, right_slope))
    assert told == "At -2 the note says 5.73246; a difference measures 0.104994."
    assert "At 0.01 the note says" in complaint(check.slipped_slope.claims(0.01, right_slope))
    assert "Place should be finite" in complaint(check.slipped_slope.claims(np.inf, right_slope))
    assert "Place should be a single number" in complaint(check.slipped_slope.claims([0.0], right_slope))


# ---- exercise 2


def test_answers_in_other_ways():
    factor = (1 - np.tanh(np.tanh(3)) ** 2) / (1 - np.tanh(3) ** 2)
    ways = [
        (lambda a: a - a**2, lambda a: (1 - a) * (1 + a), factor),
        (lambda a: np.float32(a) * (1 - np.float32(a)), lambda a: [1 - v * v for v in a], np.float32(factor)),
        (lambda a: sigmoid.derivative(np.log(a / (1 - a))), lambda a: tanh.derivative(np.arctanh(a)), 43),
    ]
    for way in ways:
        assert accepted(check.from_the_answer.claims(*way))


@pytest.mark.parametrize(
    "by_sigmoid, by_tanh, factor, message",
    [
        (sigmoid.derivative, RIGHT["from_the_answer"][1], 42.9, "from the answer by_sigmoid gives 0.249859. That is the slope at a sum as large as the answer: this is the very slip"),
        (RIGHT["from_the_answer"][0], tanh.derivative, 42.9, "this is the very slip"),
        (RIGHT["from_the_answer"][0], lambda a: a * (1 - a), 42.9, "by_tanh gives -1.98519. That is the sigmoid's"),
        (RIGHT["from_the_answer"][0], lambda a: 1 - np.tanh(a) ** 2, 42.9, "this is the very slip"),
        (RIGHT["from_the_answer"][0], lambda a: 1 - a, 42.9, "At the sum -3 the tanh answers -0.995055, and its slope is 0.00986604"),
        (*RIGHT["from_the_answer"][:2], 0.0233, "0.0233 is the true slope divided by what the slip gives. Turn it round"),
        (*RIGHT["from_the_answer"][:2], 0.4231, "The factor is not 0.4231"),
        (*RIGHT["from_the_answer"][:2], 0, "The factor is not 0"),
        (*RIGHT["from_the_answer"][:2], np.nan, "Factor should be finite"),
    ],
)  # fmt: skip
def test_answers_wrong(by_sigmoid, by_tanh, factor, message):
    assert message in complaint(check.from_the_answer.claims(by_sigmoid, by_tanh, factor))


# ---- exercise 3


@pytest.mark.parametrize(
    "way",
    [
        lambda x: np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))),
        lambda x: -np.logaddexp(0, -x),
        lambda x: np.float32(-softplus(-x)),
        lambda x: [float(-softplus(-v)) for v in x],
        lambda x: np.where(x > 0, -np.log1p(np.exp(-np.maximum(x, 0))), x - np.log1p(np.exp(np.minimum(x, 0)))),
    ],
)
def test_log_sigmoid_in_other_ways(way):
    assert accepted(check.log_sigmoid.claims(way))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda x: np.log(sigmoid(x)), "At -1000 log_sigmoid should give -1000; it gives -inf"),
        (lambda x: np.log(sigmoid(x)), "At 40 log_sigmoid should give -4.248354255e-18; it gives 0. All digits were lost"),
        (lambda x: -np.log(1 + np.exp(-x)), "At -1000 log_sigmoid should give -1000; it gives -inf"),
        (lambda x: -np.log1p(np.exp(-x)), "At -1000 log_sigmoid should give -1000; it gives -inf"),
        (lambda x: x - np.log1p(np.exp(x)), "At 1000 log_sigmoid should give 0; it gives -inf"),
        (lambda x: x - np.log1p(np.exp(x)), "At 40 log_sigmoid should give -4.248354255e-18; it gives 0"),
        (lambda x: np.maximum(np.log(sigmoid(x)), -500), "At -1000 log_sigmoid should give -1000; it gives -500"),
        (lambda x: np.log(np.maximum(sigmoid(x), 1e-12)), "it gives -27.63"),  # a usual patch
        (lambda x: -np.log1p(np.exp(-np.abs(x))), "At -3 log_sigmoid should give -3.048587352; it gives -0.04858735157"),
        (lambda x: softplus(-x), "At -3 log_sigmoid should give"),
        (lambda x: np.log10(sigmoid(x)), "At -3 log_sigmoid should give"),
    ],
)
def test_log_sigmoid_wrong(wrong, message):
    assert message in complaint(check.log_sigmoid.claims(wrong))


# ---- exercise 4


def test_translations_in_other_ways():
    def by_list(W, b, V, c):
        return [0.5 * W, b * 0.5, 0.5 * V, [float(c[k] + sum(V[:, k]) / 2) for k in range(len(c))]]

    def small_floats(W, b, V, c):
        W, b, V, c = (np.float32(array) for array in (W, b, V, c))
        return W / 2, b / 2, V / 2, c + np.ones(len(V), np.float32) @ V / 2

    def mirrored(W, b, V, c):  # tanh is odd: all signs turned round twice
        return -W / 2, -b / 2, -V / 2, c + V.sum(axis=0) / 2

    for way in (by_list, small_floats, mirrored):
        assert accepted(check.sigmoids_as_tanhs.claims(way))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda W, b, V, c: (W / 2, b / 2, V / 2, c), "They differ by the same for every input: look at the last bias"),
        (lambda W, b, V, c: (W / 2, b / 2, V / 2, c + V.sum(axis=0)), "look at the last bias"),
        (lambda W, b, V, c: (W / 2, b / 2, V / 2, c - V.sum(axis=0) / 2), "look at the last bias"),
        (lambda W, b, V, c: (W / 2, b / 2, V / 2, c + V.sum() / 2), "With 2, 3 and 2"),
        (lambda W, b, V, c: (2 * W, 2 * b, 2 * V, c - V.sum(axis=0)), "With 2, 3 and 2"),  # the text's way
        (lambda W, b, V, c: (W / 2, b, V / 2, c + V.sum(axis=0) / 2), "your tanhs"),
        (lambda W, b, V, c: (W / 2, b / 2, V, c), "your tanhs"),
        (lambda W, b, V, c: (W / 2, b / 2, V / 2, c + V.sum(axis=1) / 2), "could not be broadcast together"),
        (lambda W, b, V, c: (W / 2, b / 2, V / 2), "should return four arrays, W, b, V, c; it returns a tuple"),
        (lambda W, b, V, c: (W * np.nan, b, V, c), "The W that to_tanh returns should be finite"),
        (lambda W, b: (W / 2, b / 2), "To_tanh is called with 4 inputs"),
    ],
)
def test_translations_wrong(wrong, message):
    assert message in complaint(check.sigmoids_as_tanhs.claims(wrong))


def test_a_translation_in_place_is_noticed():
    def in_place(W, b, V, c):
        c += V.sum(axis=0) / 2
        for array in (W, b, V):
            array /= 2
        return W, b, V, c

    assert "changes the array that it is given" in complaint(check.sigmoids_as_tanhs.claims(in_place))


# ---- exercise 5


def test_steps_in_other_ways():
    def written_out(by_W, by_b, by_V, by_c, rate):
        return (
            -4 * rate * by_W,
            -4 * rate * by_b,
            -4 * rate * by_V + 2 * rate * by_c,
            -rate * by_c * (1 + len(by_V)) + 2 * rate * by_V.sum(axis=0),
        )

    def by_matrix(by_W, by_b, by_V, by_c, rate):
        """The change of the sigmoids' arrays is A Aᵀ times theirs, for the matrix A of the translation."""
        hidden = len(by_V)
        A = np.eye(hidden + 1) * 2
        A[-1] = [-1] * hidden + [1]
        change = -rate * A @ A.T @ np.vstack([by_V, by_c])
        return [-4 * rate * by_W, -4 * rate * by_b, change[:-1], change[-1]]

    def small_floats(*given):
        return [np.float32(change) for change in right_steps(*given)]

    for way in (written_out, by_matrix, small_floats):
        assert accepted(check.steps_of_tanh.claims(way))


def changed(**parts):
    def steps(by_W, by_b, by_V, by_c, rate):
        answer = dict(zip("WbVc", right_steps(by_W, by_b, by_V, by_c, rate)))
        given = {"by_W": by_W, "by_b": by_b, "by_V": by_V, "by_c": by_c, "rate": rate}
        return [part(**given) if (part := parts.get(name)) else answer[name] for name in "WbVc"]

    return steps


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda *given: [-change for change in right_steps(*given)], "Only the sign is wrong: a step goes against the gradient"),
        (lambda by_W, by_b, by_V, by_c, rate: [-rate * g for g in (by_W, by_b, by_V, by_c)], "W should change by"),
        (changed(W=lambda by_W, rate, **_: -2 * rate * by_W), "It is off by the factor 2: count how often the 2 comes in"),
        (changed(b=lambda by_b, rate, **_: -rate * by_b), "It is off by the factor 4"),
        (changed(V=lambda by_V, rate, **_: -4 * rate * by_V), "V stands in two of the sigmoids' arrays"),
        (changed(V=lambda by_V, by_c, rate, **_: -4 * rate * by_V - 2 * rate * by_c), "V stands in two of the sigmoids' arrays"),
        (changed(c=lambda by_c, rate, **_: -rate * by_c), "When V moves, the sum that was taken from c moves too"),
        (changed(c=lambda by_V, by_c, rate, **_: -rate * by_c - rate * (2 * by_V - by_c).sum(axis=0)), "c should change by"),
        (changed(c=lambda **_: 0.0), "The c that steps returns should be an array of shape (2,)"),
        (lambda *given: right_steps(*given)[:3], "Steps should return four arrays, W, b, V, c"),
        (lambda gradients, rate: gradients, "Steps is called with 5 inputs"),
    ],
)  # fmt: skip
def test_steps_wrong(wrong, message):
    assert message in complaint(check.steps_of_tanh.claims(wrong))


def test_what_is_right_is_said_beside_what_is_wrong():
    claims = check.steps_of_tanh.claims(changed(c=lambda by_c, rate, **_: -rate * by_c))
    texts = [claim.text for claim in claims if claim.holds]
    assert [text.split(": ")[1] for text in texts[-3:]] == ["W is right.", "b is right.", "V is right."]


def test_the_checks_own_gradients_are_measured():
    from lib.check.s_curves import _gradients, _network

    arrays = _network((3, 4, 2), seed=0)
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))

    def loss(W, b, V, c):
        return np.mean(np.sum((np.tanh(x @ W + b) @ V + c - y) ** 2, axis=1)) / 2

    assert numeric.gradient_error(loss, arrays, _gradients(np.tanh, lambda a: 1 - a * a, *arrays, x, y)) < 1e-6


def test_the_broken_activation_of_the_text_takes_everything_with_it():
    names = run("other-form", "one-nan-unit")
    assert isinstance(names["broken"], Activation)
    with np.errstate(all="ignore"):
        assert np.isnan(names["broken"](np.array([1000.0]))).all()
