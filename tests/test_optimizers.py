"""Optimizers: steps worked out by hand, the same by jax, and what they must leave alone."""

import inspect
import warnings

import jax
import numpy as np
import pytest
from jax.example_libraries import optimizers as reference

from lib import adam, clip_by_norm, clip_by_value, momentum, sgd

jax.config.update("jax_enable_x64", True)
MAKERS = [sgd, momentum, adam]


def steps(update, start, gradients):
    """The path of one parameter that is handed these gradients."""
    parameter, path = np.array(start, dtype=float), []
    for slope in gradients:
        assert update([parameter], [np.array(slope, dtype=float)]) is None
        path.append(parameter.copy())
    return np.array(path)


def test_sgd_by_hand():
    path = steps(sgd(0.1), [1.0, 2.0], [[0.5, -1.0], [1.0, 0.0]])
    np.testing.assert_allclose(path, [[0.95, 2.1], [0.85, 2.1]], rtol=1e-15)


def test_momentum_by_hand():
    # velocity: -0.1, then 0.5·(-0.1) - 0.2 = -0.25, then 0.5·(-0.25) - 0 = -0.125
    path = steps(momentum(0.1, decay=0.5), [1.0], [[1.0], [2.0], [0.0]])
    np.testing.assert_allclose(path.ravel(), [0.9, 0.65, 0.525], rtol=1e-15)
    # with nothing kept it is plain descent; on an even slope the steps grow tenfold with decay 0.9
    gradients = [[0.3], [-0.7], [0.2]]
    np.testing.assert_allclose(steps(momentum(0.2, 0.0), [1.0], gradients), steps(sgd(0.2), [1.0], gradients))
    long = steps(momentum(0.01), [0.0], [[1.0]] * 300).ravel()
    assert long[-2] - long[-1] == pytest.approx(0.1, rel=1e-6)


def test_adam_by_hand():
    # gradients 1, then -3, with both decays ½:
    # step 1: mean ½, square ½, each divided by ½: 1 and 1, so a step of 0.1·1/1
    # step 2: mean ¼ - 3/2 = -5/4, square ¼ + 9/2 = 19/4, each divided by ¾: -5/3 and 19/3
    path = steps(adam(0.1, decay=0.5, square_decay=0.5, epsilon=1e-300), [1.0], [[1.0], [-3.0]])
    np.testing.assert_allclose(path.ravel(), [0.9, 0.9 + 0.1 * (5 / 3) / np.sqrt(19 / 3)], rtol=1e-14)


def test_adams_first_step_and_an_even_slope():
    """The corrections make each step on an even slope ``rate`` long, from the first one on."""
    path = steps(adam(0.01), [0.0, 0.0], [[5.0, -0.001]] * 5)
    np.testing.assert_allclose(path, np.outer(np.arange(1, 6), [-0.01, 0.01]), rtol=2e-5)


def test_adams_epsilon_stands_outside_the_root():
    path = steps(adam(0.1, epsilon=1e-3), [0.0], [[1e-3]])
    np.testing.assert_allclose(path, [[-0.05]], rtol=1e-12)
    np.testing.assert_array_equal(steps(adam(0.1), [1.0], [[0.0]] * 3), np.ones((3, 1)))


def test_defaults_are_those_of_the_papers():
    defaults = {name: p.default for name, p in inspect.signature(adam).parameters.items() if name != "rate"}
    assert defaults == {"decay": 0.9, "square_decay": 0.999, "epsilon": 1e-8}
    assert inspect.signature(momentum).parameters["decay"].default == 0.9


@pytest.mark.parametrize("ours, theirs", [
    (sgd(0.07), reference.sgd(0.07)),
    (momentum(0.07), reference.momentum(0.07, 0.9)),
    (momentum(0.07, decay=0.4), reference.momentum(0.07, 0.4)),
    (adam(0.07), reference.adam(0.07)),
    (adam(0.07, 0.6, 0.7, 0.01), reference.adam(0.07, b1=0.6, b2=0.7, eps=0.01)),
])
def test_against_jax(ours, theirs):
    rng = np.random.default_rng(0)
    parameters = [rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=())]
    start, update, read = theirs
    state = start([parameter.copy() for parameter in parameters])
    for number in range(6):
        gradients = [rng.normal(size=np.shape(parameter)) for parameter in parameters]
        ours(parameters, gradients)
        state = update(number, gradients, state)
        for mine, other in zip(parameters, read(state), strict=True):
            np.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("maker", MAKERS)
def test_in_place_and_nothing_else(maker):
    """The parameters stay the same arrays; the gradients stay what they are."""
    weights, bias = np.ones((2, 3)), np.zeros(3)
    gradients = [np.full((2, 3), 0.5), np.full(3, -0.5)]
    update = maker(0.1)
    held = [weights, bias]
    for _ in range(3):
        update(held, gradients)
    assert held[0] is weights and held[1] is bias
    assert (weights < 1).all() and (bias > 0).all()
    np.testing.assert_array_equal(gradients[0], np.full((2, 3), 0.5))
    np.testing.assert_array_equal(gradients[1], np.full(3, -0.5))


@pytest.mark.parametrize("maker", MAKERS)
def test_float32_stays_float32(maker):
    parameter = np.ones(3, dtype=np.float32)
    update, wide = maker(0.1), np.ones(3)
    again = maker(0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for slope in (0.5, -0.25, 1.0):
            update([parameter], [np.full(3, slope, dtype=np.float32)])
            again([wide], [np.full(3, slope)])
    assert parameter.dtype == np.float32
    np.testing.assert_allclose(parameter, wide, rtol=1e-6)


@pytest.mark.parametrize("maker", MAKERS)
def test_two_optimizers_share_nothing(maker):
    alone = steps(maker(0.1), [1.0], [[1.0], [2.0]])
    one, two = maker(0.1), maker(0.1)
    a, b = np.array([1.0]), np.array([1.0])
    for slope in (1.0, 2.0):
        one([a], [np.array([slope])])
        two([b], [np.array([-slope])])
    np.testing.assert_array_equal(a, alone[-1])
    assert b > 1


@pytest.mark.parametrize("maker", [momentum, adam])
def test_an_optimizer_that_remembers_belongs_to_one_network(maker):
    update, first, second = maker(0.1), np.zeros(2), np.zeros(2)
    update([first], [np.ones(2)])
    for others in ([second], [first, second], []):
        with pytest.raises(ValueError, match="remembers its steps with other arrays: make a new one"):
            update(others, [np.ones(2)] * len(others))
    assert not second.any()
    moved = first.copy()
    update([first], [np.ones(2)])  # and what it remembers is unharmed
    np.testing.assert_allclose(first, steps(maker(0.1), [0.0, 0.0], [[1.0, 1.0]] * 2)[-1], rtol=1e-14)
    assert (first < moved).all()


def test_sgd_remembers_nothing():
    update = sgd(0.1)
    for parameter in (np.zeros(2), np.zeros((3, 1))):
        update([parameter], [np.ones_like(parameter)])
        np.testing.assert_array_equal(parameter, np.full_like(parameter, -0.1))


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("rate", [0, -0.1, float("nan"), float("inf"), "0.1", None, [0.1], np.ones(2)])
def test_a_rate_is_above_0(maker, rate):
    with pytest.raises(ValueError, match="rate must be a number above 0, such as 0.1, not "):
        maker(rate)


def test_rates_that_are_fine():
    for rate in (1, 1e-6, 1e6, np.float32(0.1), np.float64(0.1), np.int64(2)):
        for maker in MAKERS:
            maker(rate)


@pytest.mark.parametrize("decay", [-0.1, 1, 1.5, float("nan"), "0.9", None])
def test_a_decay_is_under_1(decay):
    for make, name in [
        (lambda: momentum(0.1, decay), "decay"),
        (lambda: adam(0.1, decay), "decay"),
        (lambda: adam(0.1, square_decay=decay), "square_decay"),
    ]:
        with pytest.raises(ValueError, match=f"^{name} must be from 0 to under 1"):
            make()
    with pytest.raises(ValueError, match="epsilon must be a number above 0"):
        adam(0.1, epsilon=0)
    momentum(0.1, 0), adam(0.1, 0, 0)  # but nothing may be kept


@pytest.mark.parametrize("maker", MAKERS)
def test_mistakes_with_lists(maker):
    weights, bias = np.ones((2, 3)), np.zeros(3)
    for wrong in (weights, bias, [[1.0, 2.0]], [weights, 0.0], [np.array([1, 2])]):
        with pytest.raises(TypeError, match="parameters must be a list of arrays of floats"):
            maker(0.1)(wrong, wrong)
    for gradients in ([np.zeros(3), np.zeros((2, 3))], [np.zeros((2, 3))], [np.zeros((2, 3)), np.zeros((1, 3))]):
        with pytest.raises(ValueError, match=r"do not fit parameters \[\(2, 3\), \(3,\)\]: .* in the same order"):
            maker(0.1)([weights, bias], gradients)
    assert (weights == 1).all() and not bias.any()  # a refused step changes nothing
    maker(0.1)((weights, bias), ([[0] * 3] * 2, [1.0] * 3))  # gradients may be lists
    assert (weights == 1).all() and (bias < 0).all()


def together(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


def test_clipping_by_value_cuts_each_entry():
    clipped = clip_by_value([np.array([[3.0, -0.2], [-7.0, 0.5]]), [1.0, -1.5]], 0.5)
    np.testing.assert_array_equal(clipped[0], [[0.5, -0.2], [-0.5, 0.5]])
    np.testing.assert_array_equal(clipped[1], [0.5, -0.5])


def test_clipping_by_norm_keeps_the_direction():
    gradients = [np.array([[3.0, 0.0]]), np.array([-4.0, 12.0])]  # 9 + 16 + 144 = 13²
    clipped = clip_by_norm(gradients, 2)
    np.testing.assert_allclose(together(clipped), together(gradients) * 2 / 13, rtol=1e-15)
    np.testing.assert_allclose(together(clip_by_norm(gradients, 13)), together(gradients), rtol=1e-15)
    for untouched, gradient in zip(clip_by_norm(gradients, 13.1), gradients, strict=True):
        np.testing.assert_array_equal(untouched, gradient)


def test_clipping_by_value_turns_a_direction_that_clipping_by_norm_keeps():
    def cosine(clipped):
        return together(clipped) @ [3, 0.5] / np.linalg.norm(together(clipped)) / np.hypot(3, 0.5)

    assert cosine(clip_by_norm([[3.0, 0.5]], 1)) == pytest.approx(1, abs=1e-15)
    assert cosine(clip_by_value([[3.0, 0.5]], 1)) == pytest.approx(3.25 / np.hypot(1, 0.5) / np.hypot(3, 0.5))


@pytest.mark.parametrize("clip", [clip_by_value, clip_by_norm])
def test_clipping_changes_nothing_in_place_and_keeps_types(clip):
    gradients = [np.array([5.0, -5.0], dtype=np.float32), np.array([[0.1]])]
    before = [gradient.copy() for gradient in gradients]
    for limit in (1, 100):
        clipped = clip(gradients, limit)
        for new, old, kept in zip(clipped, gradients, before, strict=True):
            assert new is not old and not np.shares_memory(new, old)
            assert new.dtype == old.dtype and new.shape == old.shape
            np.testing.assert_array_equal(old, kept)
    assert clip([], 1) == []
    np.testing.assert_array_equal(clip([np.zeros(3), [0, 0]], 1)[0], np.zeros(3))


def test_clipping_gradients_whose_squares_overflow():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(clip_by_norm([[3e200], [4e200]], 1), [[0.6], [0.8]], rtol=1e-15)
        np.testing.assert_allclose(clip_by_norm([[3e-200], [4e-200]], 1e-200), [[0.6e-200], [0.8e-200]], rtol=1e-15)
        for lost in (np.inf, np.nan):
            for gradients in ([[1.0, lost], [2.0]], [[2.0], [lost, 1.0]]):
                assert np.isnan(together(clip_by_norm(gradients, 1))).all()
        np.testing.assert_array_equal(clip_by_value([[np.inf, -np.inf]], 2), [[2, -2]])


@pytest.mark.parametrize("clip", [clip_by_value, clip_by_norm])
@pytest.mark.parametrize("limit", [0, -1, np.nan, np.inf, None, "1"])
def test_a_limit_must_be_above_0(clip, limit):
    with pytest.raises(ValueError, match="limit must be a number above 0, such as 0.1, not"):
        clip([np.ones(2)], limit)


def test_a_clipped_optimizer_steps_no_further_than_its_limit():
    update, parameter = sgd(0.1), np.array([1.0, 2.0])
    (lambda parameters, gradients: update(parameters, clip_by_norm(gradients, 5)))([parameter], [np.array([30.0, 40.0])])
    np.testing.assert_allclose(parameter, [1 - 0.3, 2 - 0.4], rtol=1e-15)
