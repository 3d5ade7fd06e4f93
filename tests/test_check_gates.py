"""The checks of chapter 12: each accepts what is right, however it is written, and tells a student what went wrong."""

import math

import mpmath
import numpy as np
import pytest
from exercises import Chapter, accepted, complaint
from nonsense import FUNCTIONS, NONSENSE

from lib import (
    Activation,
    check,
    elu,
    expect,
    gated,
    gelu,
    gelu_tanh,
    identity,
    mish,
    properties,
    relu,
    sigmoid,
    silu,
    slope,
    swish,
    tanh,
)
from lib.check.frame import BLANK

run = Chapter("gates").run


def gate(x):
    """The activation of the solution: thresholds that follow Gumbel's distribution."""
    return np.exp(-np.exp(-np.maximum(x, -30)))


MINE = Activation("mine", lambda x: x * gate(x), lambda x: gate(x) * (1 + x * np.exp(-np.maximum(x, -30))))
TRUE = {"bounded": False, "centred": False, "smooth": True, "monotone": False, "can_die": False}
CLAIMS = TRUE | {"accuracy": 0.93, "as_good_as_relu": True}
XOR = ([[1, -20], [1, -20]], [0, 30])
RIGHT = {
    "gate_slope": (gelu.derivative, math.sqrt(2)),
    "best_cubic": (0.044385, 3.879e-4),
    "mish_slope": (mish.derivative,),
    "gated_xor": XOR,
    "invented": (MINE, CLAIMS),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("role", ["function", "derivative"])
def test_an_activation_made_of_nonsense_is_survived(role, name, capsys):
    parts = {"function": MINE.function, "derivative": MINE.derivative} | {role: FUNCTIONS[name]}
    check.invented(Activation("mine", **parts), CLAIMS)
    out, err = capsys.readouterr()
    assert err == "" and "All of it holds" not in out and "could not be judged" not in out
    assert "✗" in out or BLANK in out


CLAIMED = [(key, name) for key in ("monotone", "accuracy", "as_good_as_relu") for name in NONSENSE]
CLAIMED.remove(("as_good_as_relu", "True"))  # which is right


@pytest.mark.parametrize("key, name", CLAIMED)
def test_claims_made_of_nonsense_are_survived(key, name, capsys):
    check.invented(MINE, CLAIMS | {key: NONSENSE[name]})
    out, err = capsys.readouterr()
    assert err == "" and "All of it holds" not in out and "could not be judged" not in out


# ---- what the chapter writes by hand, and what it says


def test_gelu_by_hand_agrees_with_lib():
    x = np.linspace(-6, 6, 601)
    np.testing.assert_allclose(run("by-hand")["by_hand"](x), gelu(x), rtol=1e-6, atol=1e-15)


def test_a_gated_unit_by_hand_agrees_with_lib():
    layer, x = gated(np.random.default_rng(3), 5, 4, silu), np.random.default_rng(4).normal(size=(7, 5))
    layer.bias[:] = np.arange(8)
    W, V = np.split(layer.weights, 2, axis=1)
    b, c = np.split(layer.bias, 2)
    np.testing.assert_allclose((x @ W + b) * silu(x @ V + c), layer.forward(x).a, rtol=1e-12)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("h", [gelu, silu])
def test_a_random_threshold_gives_the_gate_in_the_mean(h, seed):
    rng = np.random.default_rng(seed)
    drawn = np.sort(rng.normal(size=400_000) if h is gelu else rng.logistic(size=400_000))
    for x in (-3.0, -0.7, 0.4, 1.9):
        assert x * np.searchsorted(drawn, x) / len(drawn) == pytest.approx(h(x), abs=4 * abs(x) / math.sqrt(4 * len(drawn)))


def test_the_minima_are_those_of_the_facts():
    lowest = run("lowest")["lowest"]
    assert lowest(gelu) == pytest.approx((-0.7517915247, -0.1699712075), abs=1e-9)
    assert lowest(silu) == pytest.approx((-1.2784645428, -0.2784645428), abs=1e-9)
    for h in (gelu, silu, mish, gelu_tanh, swish(0.2), swish(7)):
        assert lowest(h, left=-30)[0] == pytest.approx(properties(h).turn, abs=1e-9)


@pytest.mark.parametrize("beta", [0.3, 1.0, 1.702, 10.0])
def test_the_dip_and_the_slope_above_1_are_twins(beta):
    x = np.linspace(0, 20, 2001)
    for h in (gelu, gelu_tanh, silu, swish(beta)):
        np.testing.assert_allclose(h(x) - h(-x), x, atol=1e-14)
        np.testing.assert_allclose(h.derivative(x) + h.derivative(-x), 1, atol=1e-14)
    np.testing.assert_allclose(beta * swish(beta)(x), silu(beta * x), rtol=1e-13)


def test_the_slopes_are_those_of_mpmath():
    def by_tanh(t):
        return t / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (t + mpmath.mpf("0.044715") * t**3)))

    forms = {
        gelu: lambda t: t * mpmath.ncdf(t),
        gelu_tanh: by_tanh,
        silu: lambda t: t / (1 + mpmath.exp(-t)),
        mish: lambda t: t * mpmath.tanh(mpmath.log(1 + mpmath.exp(t))),
    }
    for h, form in forms.items():
        with mpmath.workdps(30):
            for x in (-5.0, -0.75, 0.0, 0.3, 1.4142, 4.0):
                assert h.derivative(x) == pytest.approx(float(mpmath.diff(form, x)), rel=1e-10)


def test_the_decks_numbers_are_wrong_and_the_measured_ones_right():
    names = run("deck-slope-powers", "deck-slope-fit", "deck-slope-off")
    c1, c3, d1, d3 = names["measured"]
    assert c1 == pytest.approx(math.sqrt(2 / math.pi), rel=1e-9) and c3 == pytest.approx(0.044715 * c1, rel=1e-9)
    assert d1 == pytest.approx(c1 / 2, rel=1e-9) and d3 == pytest.approx(1.5 * c3, rel=1e-9)
    x = np.linspace(-6, 6, 2401)
    np.testing.assert_allclose(names["by_numbers"](x, c1, c3, d1, d3), gelu_tanh.derivative(x), atol=1e-9)
    off = np.abs(names["by_numbers"](x, *names["printed"]) - gelu_tanh.derivative(x)).max()
    assert off == pytest.approx(0.0536, abs=1e-4)


def test_how_far_the_approximations_are_off():
    x = np.linspace(-9, 9, 180_001)
    off = np.abs(gelu_tanh(x) - gelu(x))
    assert off.max() == pytest.approx(4.73235521e-4, rel=1e-6) and abs(x[off.argmax()]) == pytest.approx(2.699, abs=2e-3)
    x = x[x != 0]

    def largest(beta):
        off = swish(beta)(x) - gelu(x)
        return np.abs(off / x).max(), np.abs(off).max()

    gates, answers = np.array([largest(beta) for beta in (1.692, 1.702, 1.712, 1.763, 1.773, 1.783)]).T
    assert gates.argmin() == 1 and answers.argmin() == 4
    assert (gates[1], answers[1], answers[4]) == pytest.approx((0.0095, 0.0203, 0.0139), abs=5e-5)


def test_what_the_gradient_factors_are():
    for h, chi in [(relu, 1), (gelu, 1.07203), (tanh, 1.17781)]:
        square = [expect(lambda z, f=f: f(z) ** 2, kinks=h.kinks) for f in (h.derivative, h)]
        assert square[0] / square[1] == pytest.approx(chi, abs=5e-6)


@pytest.mark.parametrize("seed", [50, 60])
def test_gates_are_on_the_edge_from_other_seeds_too(seed):
    names = run("digits", "keeping", "fresh", "square", "through")
    ends = {
        h.name: [np.median([names["through"](h, start, seed + k)[0] for k in range(5)]) for start in (0.6, 1.6)]
        for h in (relu, gelu, silu, tanh)
    }
    assert ends["GELU"][0] < 0.1 and ends["GELU"][1] > 2 and ends["SiLU"][0] < 0.1 and ends["SiLU"][1] > 20
    assert ends["tanh"] == pytest.approx([1, 1], abs=0.15)
    assert 0.25 < ends["ReLU"][0] < 1.2 and 0.6 < ends["ReLU"][1] < 3.2


@pytest.mark.parametrize("seed", [300, 400])
def test_gated_units_learn_products_from_other_seeds_too(seed):
    names = run("keeping", "fresh", "gated-networks", "gated-products", "gated-miss")
    plain, with_gates = (
        min(np.median([names["miss"](make(silu, seed + k, sizes), rate, seed + k) for k in range(5)]) for rate in (0.03, 0.1))
        for make, sizes in [(names["fresh"], [4, 22, 1]), (names["gated_net"], [4, 12, 1])]
    )
    assert with_gates < plain / 2


def test_what_the_plain_formulas_lose():
    plain = run("traps-plain")["plain_gelu"]
    assert plain(np.array([-10.0]))[0] == 0 > gelu(-10.0)
    printed = run("traps-mish")["printed_slope"]
    x = np.linspace(-20, 20, 81)
    np.testing.assert_allclose(printed(x), mish.derivative(x), rtol=1e-9, atol=1e-15)
    with np.errstate(all="ignore"):
        assert np.isnan(printed(np.array([178.0])))[0] and np.isnan(printed(np.float32([23])))[0]


# ---- exercise 1


@pytest.mark.parametrize(
    "way",
    [
        lambda x: np.float32(gelu.derivative(x)).astype(float) + (gelu.derivative(x) - np.float32(gelu.derivative(x))),
        lambda x: [math.erfc(-t / math.sqrt(2)) / 2 + t * math.exp(-t * t / 2) / math.sqrt(2 * math.pi) for t in x],
        lambda x: slope(gelu, x),
    ],
)
def test_slope_in_other_ways(way):
    assert accepted(check.gate_slope.claims(way, np.float32(1.41421)))


def bell(x):
    return np.exp(-x * x / 2) / np.sqrt(2 * np.pi)


def chance(x):
    return np.array([math.erfc(-t / math.sqrt(2)) / 2 for t in x])


@pytest.mark.parametrize(
    "wrong, message",
    [
        (chance, "At x = -4 a difference measures the slope"),
        (chance, "a product has two terms"),
        (lambda x: chance(x) + bell(x), "in the second term the gate's slope has a factor"),
        (lambda x: chance(x) + x * np.exp(-x * x / 2), "Is the area under your bell 1?"),
        (lambda x: gelu_tanh.derivative(x), "At x = -4 a difference measures"),
        (lambda x: math.erf(x), "It gets a whole array at once"),
        (lambda x: gelu.derivative(x)[:3], "should be an array of shape (7,)"),
    ],
)
def test_slope_wrong(wrong, message):
    assert message in complaint(check.gate_slope.claims(wrong, math.sqrt(2)))


@pytest.mark.parametrize(
    "place, message",
    [
        (-math.sqrt(2), "At -1.414 the slope is -0.1289: there it is lowest"),
        (2.0, "elsewhere it is larger"),
        (1.4, "At 1.4 the slope is 1.1289; elsewhere"),
        (np.inf, "Steepest should be finite"),
        ([1.0], "Steepest should be a single number"),
    ],
)
def test_steepest_wrong(place, message):
    assert message in complaint(check.gate_slope.claims(gelu.derivative, place))


# ---- exercise 2


@pytest.mark.parametrize("constant", [0.04438, 0.044385, np.float32(0.04439)])
def test_good_constants(constant):
    x = np.linspace(-8, 8, 5000)
    error = np.abs(x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + constant * x**3))) - gelu(x)).max()
    assert accepted(check.best_cubic.claims(constant, error))


@pytest.mark.parametrize(
    "constant, error, message",
    [
        (0.044715, 4.73236e-4, "That is the constant that everybody uses; try its neighbours."),
        ((4 - math.pi) / (6 * math.pi), 7.46e-4, "best close to 0"),
        (0.05, 0.1, "there are better ones"),
        (0.044385, 4.73236e-4, "the largest error for your constant is 0.0003879"),
        (np.nan, 0.0, "Constant should be finite"),
    ],
)
def test_constant_wrong(constant, error, message):
    assert message in complaint(check.best_cubic.claims(constant, error))


# ---- exercise 3


def by_tanh(x):
    """Another right way: the product rule with tanh and the sigmoid, kept from 1 − 1 by 1/cosh²."""
    s = np.logaddexp(0, x)
    return np.tanh(s) + x * sigmoid(x) / np.cosh(np.minimum(s, 300)) ** 2


def test_slope_of_mish_in_other_ways():
    assert accepted(check.mish_slope.claims(by_tanh))
    assert accepted(check.mish_slope.claims(lambda x: list(mish.derivative(x))))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (run("traps-mish")["printed_slope"], "At x = 178 mish_slope gives nan (not a number); the slope is 1. Which power of e"),
        (lambda x: np.where(x > 20, 1.0, run("traps-mish")["printed_slope"](np.minimum(x, 20))), ""),
        (lambda x: np.tanh(np.logaddexp(0, x)), "At x = -3 mish_slope gives"),
        (lambda x: np.where(x < -20, 0, mish.derivative(x)), "It is tiny there, but not without digits"),
        (lambda x: slope(mish, x), "It is tiny there"),
        (lambda x: np.exp(x) / np.exp(x) * mish.derivative(x), "At x = 1000 mish_slope gives nan"),
    ],
)
def test_slope_of_mish_wrong(wrong, message):
    if not message:  # cut off at 20 it is right to eight digits
        assert accepted(check.mish_slope.claims(wrong))
    else:
        assert message in complaint(check.mish_slope.claims(wrong))


# ---- exercise 4


@pytest.mark.parametrize(
    "weights, bias",
    [
        (np.array([[1, -8], [1, -8]]), np.array([0, 12])),
        ([[-2, 9], [-2, 9]], (4, -4)),
        (np.float32([[1, -20], [1, -20]]), [0.1, 30]),
    ],
)
def test_xor_in_other_ways(weights, bias):
    assert accepted(check.gated_xor.claims(weights, bias))


@pytest.mark.parametrize(
    "weights, bias, message",
    [
        ([[1, 0], [1, 0]], [0, 9], "For [1, 1] it says 2, the gate is open by 1, and 2 comes out; XOR wants less than 0.5."),
        ([[1, 1], [1, 1]], [0, 0], "For [1, 1] it says 2"),
        ([[1, -1], [1, -1]], [0, 1], "comes out; XOR wants more than 0.5"),
        ([[1, 1], [-20, -20]], [0, 30], "XOR wants"),
        ([1, -20], [0, 30], "Weights should be an array of shape (2, 2)"),
        ([[1, -20], [1, np.nan]], [0, 30], "Weights should be finite"),
        ([[1, -20], [1, -20]], 0, "Bias should be an array of shape (2,)"),
    ],
)
def test_xor_wrong(weights, bias, message):
    assert message in complaint(check.gated_xor.claims(weights, bias))


# ---- exercise 5


def made(function, derivative=None, **claims):
    activation = Activation("mine", function, derivative or (lambda x: slope(function, x)))
    return activation, CLAIMS | claims


@pytest.mark.parametrize(
    "activation, claims",
    [
        made(lambda x: x * (np.arctan(x) / np.pi + 0.5), lambda x: np.arctan(x) / np.pi + 0.5 + x / np.pi / (1 + x * x),
             monotone=True, accuracy=0.92),  # Cauchy's tail is so long that it never comes back
        made(np.arctan, lambda x: 1 / (1 + x * x), bounded=True, centred=True, monotone=True),
        made(lambda x: np.where(x > 0, x, 0.3 * np.sin(x)), lambda x: np.where(x > 0, 1, 0.3 * np.cos(x)), smooth=False),
        made(lambda x: [t if t > 1 else 0.0 for t in x.ravel()] if x.ndim == 1 else np.where(x > 1, x, 0),
             lambda x: np.where(x > 1, 1.0, 0.0), smooth=False, monotone=True, can_die=True),
        made(lambda x: x**2 / 4, lambda x: x / 2, accuracy=0.9, as_good_as_relu=False),
    ],
)  # fmt: skip
def test_inventions_of_many_kinds_get_a_fair_judgement(activation, claims):
    told = {claim.text: claim.holds for claim in check.invented.claims(activation, claims)}
    assert len(told) == 9
    refused = [text for text, holds in told.items() if not holds]
    assert not [text for text in refused if "You claim that" in text or "derivative" in text], refused


def test_what_figures_cannot_tell_is_left_open():
    activation, claims = made(lambda x: x * (np.arctan(x) / np.pi + 0.5), monotone=False)
    texts = [claim.text for claim in check.invented.claims(activation, claims)]
    assert any(text.startswith("Whether it is monotone can't be measured") for text in texts)
    assert not any(text.startswith("monotone is") for text in texts)


@pytest.mark.parametrize(
    "activation, claims, message",
    [
        (*made(MINE.function, gelu.derivative), "a difference measures the slope"),
        (*made(np.arctan, lambda x: 1 / (1 + np.arctan(x) ** 2)), "Does it take x, and not the answer?"),
        (gelu, CLAIMS, "That is GELU, and somebody else's invention"),
        (elu(1.0), CLAIMS, "That is ELU(1)"),
        (identity, CLAIMS, "Yours is a straight line"),
        (*made(lambda x: 3 - 2 * x, lambda x: -2 + 0 * x), "Yours is a straight line"),
        (*made(lambda x: np.log(x), lambda x: 1 / x), "Your function gives nan (not a number) at x = -5.9863"),
        (MINE, CLAIMS | {"monotone": True}, "You claim that monotone is True: it turns round at -0.567"),
        (MINE, CLAIMS | {"smooth": False}, "You claim that smooth is False: its slope jumps nowhere"),
        (MINE, CLAIMS | {"bounded": True}, "You claim that bounded is True: its answers go from -0.0973 to inf"),
        (MINE, CLAIMS | {"centred": True}, "the mean answer to standard normal sums is 0.259"),
        (MINE, CLAIMS | {"can_die": True}, "its slope is 0 on no half-line"),
        (MINE, CLAIMS | {"accuracy": 0.99}, "You claim 0.99: a share from 0 to 1"),
        (MINE, CLAIMS | {"accuracy": 93}, "You claim 93"),
        (MINE, CLAIMS | {"smooth": "yes"}, "'smooth' should be True or False; it is a string, 'yes'."),
        (MINE, TRUE, "Of your claims 'accuracy' is missing"),
        (MINE, list(CLAIMS), "The claims should be a dict"),
        (MINE.function, CLAIMS, "Hand in an Activation"),
        (*made(lambda x: np.exp(-x * x * 30), lambda x: -60 * x * np.exp(-x * x * 30)), "You claim that bounded is False"),
        (*made(lambda x: x * (x > 5), lambda x: (x > 5) * 1.0), "it hardly learns"),
    ],
)
def test_invention_wrong(activation, claims, message):
    assert message in complaint(check.invented.claims(activation, claims))


def test_to_be_honest_about_a_bad_one_is_no_fault():
    bad = Activation("bad", lambda x: np.sin(3 * x) ** 2, lambda x: 3 * np.sin(6 * x))
    claims = TRUE | {"bounded": True, "accuracy": 0.5, "as_good_as_relu": False}
    told = [claim.text for claim in check.invented.claims(bad, claims) if claim.holds]
    assert any("you were honest about it" in text for text in told)
    assert "would be no shame" in complaint(check.invented.claims(bad, claims | {"as_good_as_relu": True}))


def test_too_modest_is_told():
    assert "you were honest" in "".join(claim.text for claim in check.invented.claims(MINE, CLAIMS | {"as_good_as_relu": False}))
