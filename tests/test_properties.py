"""Properties: each entry against what is known of each activation, and of any member of a family."""

import dataclasses
import warnings
from math import e, erfc, exp, inf, isnan, nan, pi, sqrt

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

import lib
from lib import Activation, celu, elu, leaky_relu, properties, sigmoid_of, swish

SELU_LOW, LAMBDA = -1.7580993408473766, 1.0507009873554805
HALF, ROOT = sqrt(0.5), 1 / sqrt(2 * pi)  # and the density of the normal distribution at 0
BELOW = sqrt(e) * erfc(HALF) / 2  # the mean of exp(z) over negative z

# low, high; left and right slope; dead below and above; where it turns; answer to 0; steepest
TRUTH = {
    "step": (0, 1, 0, 0, inf, -inf, nan, 0, 0),
    "identity": (-inf, inf, 1, 1, -inf, inf, nan, 0, 1),
    "ReLU": (0, inf, 0, 1, 0, inf, nan, 0, 1),
    "leaky ReLU(0.01)": (-inf, inf, 0.01, 1, -inf, inf, nan, 0, 1),
    "sigmoid": (0, 1, 0, 0, -inf, inf, nan, 0.5, 0.25),
    "tanh": (-1, 1, 0, 0, -inf, inf, nan, 0, 1),
    "ELU(1)": (-1, inf, 0, 1, -inf, inf, nan, 0, 1),
    "CELU(1)": (-1, inf, 0, 1, -inf, inf, nan, 0, 1),
    "SELU": (SELU_LOW, inf, 0, LAMBDA, -inf, inf, nan, 0, -SELU_LOW),
    "softplus": (0, inf, 0, 1, -inf, inf, nan, np.log(2), 1),
    "GELU": (-0.16997120747990366, inf, 0, 1, -inf, inf, -0.7517915246935645, 0, 1.128904145185155),
    "GELU by tanh": (-0.17004075057125406, inf, 0, 1, -inf, inf, -0.7524614220710163, 0, 1.128993068658772),
    "SiLU": (-0.2784645427610738, inf, 0, 1, -inf, inf, -1.2784645427610738, 0, 1.099839320128867),
    "swish(1)": (-0.2784645427610738, inf, 0, 1, -inf, inf, -1.2784645427610738, 0, 1.099839320128867),
    "Mish": (-0.30884341301725043, inf, 0, 1, -inf, inf, -1.1924312145154954, 0, 1.0884981612517282),
    "hard sigmoid": (0, 1, 0, 0, -3, 3, nan, 0.5, 1 / 6),
    "hard tanh": (-1, 1, 0, 0, -1, 1, nan, 0, 1),
    "ReLU6": (0, 6, 0, 0, 0, 6, nan, 0, 1),
    "hard swish": (-0.375, inf, 0, 1, -3, inf, -1.5, 0, 1.5),
}
MOMENTS = {
    "step": (0.5, 0.25), "identity": (0, 1), "ReLU": (ROOT, 0.5 - ROOT**2), "sigmoid": (0.5, 0.29337903 - 0.25),
    "tanh": (0, 0.39429449), "SELU": (0, 1), "GELU": (1 / (2 * sqrt(pi)), 0.42522147 - 1 / (4 * pi)),
    "leaky ReLU(0.01)": (0.99 * ROOT, 0.5 * (1 + 0.01**2) - (0.99 * ROOT) ** 2), "ELU(1)": (ROOT + BELOW - 0.5, 0.61918),
    "hard sigmoid": (0.5, 0.027639), "hard tanh": (0, 0.51606),
}  # fmt: skip
ALL = {a.name: a for a in [*vars(lib).values(), leaky_relu(), elu(), celu(), swish()] if isinstance(a, Activation)}


def test_the_table_holds_every_activation():
    assert set(TRUTH) == set(ALL)


@pytest.mark.parametrize("name", TRUTH)
def test_what_is_known(name):
    found = properties(ALL[name])
    entries = [found.low, found.high, found.left_slope, found.right_slope, found.dead_below, found.dead_above,
               found.turn, found.at_zero, found.steepest]  # fmt: skip
    np.testing.assert_allclose(entries, TRUTH[name], rtol=1e-14, atol=1e-15)
    assert found.name == name and found.kinks == ALL[name].kinks
    assert found.jumps == ((0,) if name == "step" else ())
    assert found.monotone == isnan(found.turn)


@pytest.mark.parametrize("name", ALL)
def test_the_ends_are_those_that_the_activation_states(name):
    found = properties(ALL[name])
    np.testing.assert_allclose((found.low, found.high), ALL[name].range, rtol=1e-14)
    assert found.bounded == (-inf < ALL[name].range[0] and ALL[name].range[1] < inf)


@pytest.mark.parametrize("name", MOMENTS)
def test_moments(name):
    found = properties(ALL[name])
    np.testing.assert_allclose((found.mean, found.variance), MOMENTS[name], rtol=2e-5, atol=1e-15)
    assert found.centred == (MOMENTS[name][0] == 0) == (found.mean == 0)


@pytest.mark.parametrize("name", ALL)
def test_chance_agrees(name):
    z = np.random.default_rng(0).normal(size=200_001)
    answers, found = ALL[name](z), properties(ALL[name])
    assert found.mean == pytest.approx(answers.mean(), abs=0.01)
    assert found.variance == pytest.approx(answers.var(), abs=0.01)
    assert found.silent == pytest.approx((answers == 0).mean(), abs=0.005)
    assert found.slope_size**2 == pytest.approx((ALL[name].derivative(z) ** 2).mean(), abs=0.01)


def test_words():
    yes = {name: properties(activation) for name, activation in ALL.items()}

    def those(word):
        return {name for name, found in yes.items() if getattr(found, word)}

    hard = {"hard sigmoid", "hard tanh", "ReLU6"}
    assert those("centred") == {"identity", "tanh", "SELU", "hard tanh"}
    assert those("bounded") == {"step", "sigmoid", "tanh", *hard}
    assert those("can_die") == {"step", "ReLU", "hard swish", *hard}
    assert set(ALL) - those("smooth") == {"step", "ReLU", "leaky ReLU(0.01)", "SELU", "hard swish", *hard}
    assert set(ALL) - those("monotone") == {"GELU", "GELU by tanh", "SiLU", "swish(1)", "Mish", "hard swish"}
    assert set(ALL) - those("saturates_left") == {"identity", "leaky ReLU(0.01)"}
    assert those("saturates_right") == {"step", "sigmoid", "tanh", *hard}


def test_a_function_turns_where_its_slope_is_0():
    for name, found in ((name, properties(activation)) for name, activation in ALL.items()):
        if not found.monotone and not found.kinks:
            assert found.turn == pytest.approx(brentq(ALL[name].derivative, -3, -0.1, xtol=1e-15), abs=1e-14)
            assert ALL[name](found.turn) == pytest.approx(found.low, rel=1e-14)


# --- families ----------------------------------------------------------------------------

ODD = st.floats(0.01, 100)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 10))
@example(0.0)
@example(1.0)
@example(0.999)
def test_leaky_relu_at_any_slope(slope):
    found = properties(leaky_relu(slope))
    seen = abs(slope - 1) > 1e-5  # a smaller jump may be missed
    assert found.kinks == ((0,) if seen else found.kinks) and found.kinks in ((), (0,)) and found.jumps == ()
    assert found.monotone and found.steepest == max(1, slope) and found.high == inf
    assert found.mean == pytest.approx((1 - slope) * ROOT, rel=1e-10, abs=1e-12)
    if slope == 0 or slope > 1e-5:
        assert found.left_slope == slope and found.low == (-inf if slope else 0)
        assert found.can_die == (slope == 0) and found.saturates_left == (slope == 0)


@settings(max_examples=40, deadline=None)
@given(ODD)
@example(1.0)
def test_elu_and_celu_at_any_alpha(alpha):
    found = properties(elu(alpha))
    assert found.low == -alpha and found.high == inf and found.monotone and not found.can_die
    assert found.kinks == ((0,) if abs(alpha - 1) > 1e-5 else found.kinks) and found.steepest == max(1, alpha)
    assert found.mean == pytest.approx(ROOT + alpha * (BELOW - 0.5), rel=1e-10, abs=1e-12)
    found = properties(celu(alpha))
    assert found.low == -alpha and found.high == inf and found.monotone and not found.can_die
    assert found.smooth and found.steepest == 1
    assert found.saturates_left and not found.saturates_right


@settings(max_examples=40, deadline=None)
@given(ODD)
def test_swish_and_sigmoid_at_any_parameter(number):
    found, usual = properties(swish(number)), properties(swish(1))
    assert found.turn == pytest.approx(usual.turn / number, rel=1e-12)
    assert found.low == pytest.approx(usual.low / number, rel=1e-12)
    assert found.steepest == pytest.approx(usual.steepest, rel=1e-12)
    assert found.smooth and found.saturates_left and not found.can_die and found.right_slope == 1
    found = properties(sigmoid_of(number))
    assert (found.low, found.high, found.at_zero) == (0, 1, 0.5) and found.mean == pytest.approx(0.5, abs=1e-12)
    assert found.smooth and found.monotone and found.steepest == pytest.approx(number / 4, rel=1e-14)
    assert found.saturates_left and found.saturates_right and not found.can_die


# --- a reader's own ----------------------------------------------------------------------


def naive(x):
    return 1 / (1 + np.exp(-x))


def test_a_sigmoid_that_runs_out_of_digits_flattens_and_does_not_die():
    found = properties(Activation("mine", naive, lambda x: naive(x) * (1 - naive(x))))
    assert not found.can_die and found.saturates_left and found.saturates_right and found.smooth
    assert (found.low, found.high) == (0, 1)


def test_an_overflow_is_no_answer_and_no_warning():
    silu = Activation("mine", lambda x: x * np.exp(x) / (1 + np.exp(x)), lambda x: naive(x) * (1 + x * naive(-x)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = properties(silu)
    usual = properties(lib.silu)
    for field in dataclasses.fields(found)[1:]:
        assert getattr(found, field.name) == pytest.approx(getattr(usual, field.name), rel=1e-9, nan_ok=True), field.name


def test_a_wave_a_bump_and_a_cube():
    wave = properties(Activation("sine", np.sin, np.cos))
    assert (wave.low, wave.high) == pytest.approx((-1, 1)) and not wave.monotone and isnan(wave.left_slope)
    bump = properties(Activation("bump", lambda x: np.exp(-x * x), lambda x: -2 * x * np.exp(-x * x)))
    assert (bump.low, bump.high, bump.turn) == (0, 1, 0) and bump.mean == pytest.approx(1 / sqrt(3), rel=1e-12)
    assert bump.steepest == pytest.approx(sqrt(2) * exp(-0.5)) and not bump.can_die
    cube = properties(Activation("cube", lambda x: x**3 - x, lambda x: 3 * x * x - 1))
    assert (cube.low, cube.high, cube.steepest, cube.right_slope) == (-inf, inf, inf, inf)
    assert cube.turn == pytest.approx(1 / sqrt(3)) and cube.variance == pytest.approx(15 - 6 + 1)


def test_what_falls_is_monotone_too():
    found = properties(Activation("down", lambda x: -2 * x, lambda x: 0 * x - 2))
    assert found.monotone and found.steepest == 2 and (found.left_slope, found.right_slope) == (-2, -2)


def test_a_square_above_0_dies_below():
    found = properties(Activation("squared ReLU", lambda x: np.maximum(x, 0) ** 2, lambda x: 2 * np.maximum(x, 0)))
    assert found.dead_below == 0 and found.smooth and found.steepest == inf and found.variance == pytest.approx(1.25)


def test_a_logarithm_has_no_end_and_an_arctangent_has():
    log = properties(Activation("log", lambda x: np.sign(x) * np.log1p(np.abs(x)), lambda x: 1 / (1 + np.abs(x))))
    assert not log.bounded and log.saturates_left and log.saturates_right and not log.can_die
    arctan = properties(Activation("arctan", np.arctan, lambda x: 1 / (1 + x * x)))
    assert (arctan.low, arctan.high) == pytest.approx((-pi / 2, pi / 2)) and arctan.centred and not arctan.can_die


def test_several_jumps_and_kinks_are_all_found():
    found = properties(Activation("stairs", lambda x: np.floor(np.clip(x, 0, 3)) + 0 * x, np.zeros_like))
    assert found.jumps == found.kinks == (1, 2, 3) and found.monotone and found.can_die
    found = properties(Activation("bent", lambda x: np.abs(x - 0.7) + np.abs(x + 40), lambda x: np.sign(x - 0.7) + np.sign(x + 40)))
    assert found.kinks == (-40, 0.7) and found.jumps == ()


def test_a_constant():
    found = properties(Activation("one", lambda x: 0 * x + 1, lambda x: 0 * x))
    assert (found.low, found.high, found.mean, found.variance) == (1, 1, 1, 0)
    assert found.monotone and found.dead_below == inf and found.smooth


def test_a_record_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        properties(lib.relu).low = 1


@pytest.mark.parametrize("thing", [None, np.tanh, "relu", 1.0, [lib.relu]])
def test_something_else(thing):
    with pytest.raises(TypeError, match="properties looks at an Activation, such as relu, not at"):
        properties(thing)


def test_no_number_where_one_is_wanted():
    with pytest.raises(ValueError, match="the function of 'log' should be a finite number at -5.99"):
        properties(Activation("log", np.log, lambda x: 1 / x))
    with pytest.raises(ValueError, match="the slope of 'root' should be a finite number at 0"):
        properties(Activation("root", lambda x: np.sqrt(np.abs(x)), lambda x: np.sign(x) / np.sqrt(np.abs(x))))
