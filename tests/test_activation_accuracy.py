"""How exact the activations are: against mpmath, over all floats; and the measure itself."""

import numpy as np
import pytest
from mpmath import mp

import lib
from lib import Activation, celu, elu, gelu, gelu_tanh, identity, relu, sigmoid, sigmoid_of, silu, swish
from lib.exactness import probes, textbook, ulp_error

GELUS = {"GELU", "GELU by tanh"}
ULPS = 4
ONE_IN_1E12 = 4500  # ulp: an error of 1e-12 of the truth is at least this many


def logistic(x):
    return 1 / (1 + mp.exp(-x))


BOOK = {activation.name: (activation, formula) for activation, formula in textbook().items()}
MORE = {
    member.name: (member, formula)
    for member, formula in [
        (swish(1.702), lambda x: x * logistic(1.702 * x)),
        (swish(30), lambda x: x * logistic(30 * x)),
        (sigmoid_of(0.7), lambda x: logistic(0.7 * x)),
        (sigmoid_of(30), lambda x: logistic(30 * x)),
        (elu(100), lambda x: x if x.real > 0 else 100 * mp.expm1(x)),
        (celu(0.7), lambda x: x if x.real > 0 else mp.mpf(0.7) * mp.expm1(x / mp.mpf(0.7))),
        (celu(100), lambda x: x if x.real > 0 else 100 * mp.expm1(x / 100)),
    ]
}
each = pytest.mark.parametrize("activation, formula", (BOOK | MORE).values(), ids=BOOK | MORE)


def beside(*numbers):
    """These numbers, and the floats next to them on both sides."""
    steps = np.arange(-3, 4)
    return np.concatenate([number + steps * np.spacing(np.abs(number)) for number in np.array(numbers, float)])


def awkward(activation):
    """Where formulas change hands, digits cancel, or floats end."""
    rng = np.random.default_rng(2)
    k = float(activation.name.split("(")[1][:-1]) if "(" in activation.name else 1.0
    scale = 1 / k if activation.name[0] == "s" else k if activation.name[0] == "C" else 1.0
    ends = np.concatenate([
        beside(-708, -745.13321910194122, -600, -1416, -354, 36.7, 37, -36.7, -37, 18.4, 709.78, -1e-17, 1e-17, -1e-8),
        beside(-1.2784645427610738, -0.75179152469356446, -0.75246142207101626, -1.1924312145154952),  # lowest points
        beside(-38.5, -37.67, -37.5, -21.65, -12.9, 8.3, 0.3, -0.3, 1, -1, 2, -2, 3, -3, 6, 0),
        rng.uniform(-760, -690, 60),  # where exp runs out
        rng.uniform(-1490, -1400, 10),
        rng.uniform(-38.7, -36, 60),
        rng.uniform(-22, -19, 40),
        rng.uniform(-2, -0.5, 100),
        -(10.0 ** rng.uniform(-323, -305, 20)),  # among the smallest floats
    ])
    return np.concatenate([ends * scale, ends])


@each
def test_within_4_units_in_the_last_place(activation, formula):
    count, promise = (120, ONE_IN_1E12) if activation is gelu else (900, ULPS)
    if activation is gelu_tanh:
        promise = ONE_IN_1E12
    x = np.concatenate([probes(np.random.default_rng(1), activation, count), awkward(activation)])
    if activation is gelu:
        x = x[::3]  # mpmath's complex erfc is slow; there is more on GELU below
    for role, errors in ulp_error(activation, formula, x)._asdict().items():
        worst = errors.argmax()
        assert errors.max() <= promise, f"{role} of {activation.name} at {x[worst]!r}: {errors[worst]:.1f} ulp"


@pytest.mark.parametrize("name", ["step", "identity", "ReLU", "hard tanh", "ReLU6", "leaky ReLU(1)"])
def test_some_are_exact(name):
    activation, formula = BOOK[name]
    errors = ulp_error(activation, formula, np.concatenate([probes(np.random.default_rng(3), activation, 300), awkward(activation)]))
    assert errors.function.max() == errors.derivative.max() == 0


# ---- GELU, with real numbers and its slope written out: much faster, and a second opinion


def normal_cdf(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def gelu_truth(x):
    return x * normal_cdf(x), normal_cdf(x) + x * mp.npdf(x)


def gelu_tanh_truth(x):
    u = mp.sqrt(8 / mp.pi) * (x + mp.mpf("0.044715") * x**3)
    rise = mp.sqrt(8 / mp.pi) * (1 + 3 * mp.mpf("0.044715") * x**2)
    return x * logistic(u), logistic(u) * (1 + x * rise * logistic(-u))


@pytest.mark.parametrize("activation, truth, zero", [
    (gelu, gelu_truth, -0.75179152469356446), (gelu_tanh, gelu_tanh_truth, -0.75246142207101626)
], ids=["GELU", "GELU by tanh"])  # fmt: skip
def test_gelus_within_one_part_in_1e12(activation, truth, zero):
    rng = np.random.default_rng(4)
    x = np.concatenate([
        rng.uniform(-39, 10, 1500), rng.uniform(-38.6, -36.5, 500), rng.uniform(-3, 3, 500), rng.uniform(-22, -12, 400),
        rng.choice([-1, 1], 300) * 10 ** rng.uniform(-323, 1, 300), beside(-37, -38.56, -38.48, -21.6, 0),
    ])  # fmt: skip
    x = x[np.abs(x / zero - 1) > 1e-3]
    answers = np.stack([activation(x), activation.derivative(x)], axis=1)
    with mp.workdps(40):
        for at, pair in zip(x.tolist(), answers.tolist()):
            for answer, exact in zip(pair, truth(mp.mpf(at))):
                error = abs(mp.mpf(answer) - exact)
                # the smallest floats are 5e-324 apart: below 2e-311 no digits are left for 1e-12
                assert error <= max(abs(exact) * 1e-12, mp.mpf(4) * 2**-1074), (at, answer, mp.nstr(exact, 17))


# ---- float32


@each
def test_float32_is_as_exact_as_float32_can_be(activation, formula):
    x = probes(np.random.default_rng(5), activation, 60)
    x = x[(np.abs(x) < 3e38) & ((x == 0) | (np.abs(x) > 1e-45))].astype(np.float32)
    errors = ulp_error(activation, formula, x)
    assert max(errors.function.max(), errors.derivative.max()) <= 0.5001


# ---- the measure


@pytest.mark.parametrize("name", BOOK)
def test_textbook_formulas(name):
    """At a few places they say what the activation says; so does their slope, as mpmath measures it."""
    activation, formula = BOOK[name]
    for x in (-4.25, -2.0, -0.7, -0.1, 0.2, 1.5, 4.5, 7.0):
        assert activation(x) == pytest.approx(float(mp.mpf(formula(mp.mpf(x)).real if x else 0)), rel=1e-12)
        measured = mp.diff(lambda x: mp.mpmathify(formula(x)), mp.mpf(x))
        assert activation.derivative(x) == pytest.approx(float(measured.real), rel=1e-9, abs=1e-12)


def test_all_fixed_activations_and_families_are_in_the_book():
    fixed = {thing for thing in vars(lib).values() if isinstance(thing, Activation)}
    assert fixed < set(textbook())
    assert {name.split("(")[0] for name in BOOK if "(" in name} == {"leaky ReLU", "sigmoid", "ELU", "CELU", "swish"}


def off_by(units, activation):
    return Activation(
        "off",
        lambda x: activation(x) + units * np.spacing(np.abs(activation(x))),
        lambda x: activation.derivative(x) - 3 * units * np.spacing(np.abs(activation.derivative(x))),
    )


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_what_an_error_of_some_units_measures(kind):
    x = np.array([-3, -0.1, 5e-324, 0, 0.7, 1, 2.5, 1e30], kind)
    errors = ulp_error(off_by(2, identity), lambda x: x, x)
    assert errors.function.tolist() == [2] * len(x) and errors.derivative.tolist() == [6] * len(x)
    assert errors.function.shape == (len(x),)


def test_units_end_at_the_smallest_float():
    zero = Activation("zero", lambda x: 0 * x, lambda x: 0 * x)
    assert ulp_error(zero, lambda x: x, [1e-322, 3 * 5e-324, 0.0]).function.tolist() == [20, 3, 0]
    assert ulp_error(zero, lambda x: x, np.array([3e-45], np.float32)).function.tolist() == [2]


def test_wrong_by_a_little_is_seen():
    """A float32 constant, a lost digit, a threshold: what real libraries do."""
    x = probes(np.random.default_rng(6), sigmoid, 200)
    naive = Activation("1 - sigmoid(-x)", lambda x: 1 - sigmoid(-x), sigmoid.derivative)
    assert ulp_error(naive, logistic, x).function.max() > 1e6 and ulp_error(naive, logistic, x).derivative.max() <= ULPS
    off = Activation("off", sigmoid, lambda x: sigmoid.derivative(x * (1 + 1e-13)))
    assert ulp_error(off, logistic, x[np.abs(x) < 700]).derivative.max() > 100


def test_infinite_answers():
    off = Activation("off", lambda x: x * np.inf, lambda x: np.sign(x) * np.inf)
    assert ulp_error(off, lambda x: x, [1.0, -1e308]).function.tolist() == [np.inf, np.inf]
    twice = Activation("twice", lambda x: 2 * x, lambda x: np.full_like(x, 2))
    with np.errstate(over="ignore"):
        assert ulp_error(twice, lambda x: 2 * x, [1.7e308, -1.7e308, 1.0]).function.tolist() == [0, 0, 0]
        assert ulp_error(twice, lambda x: -2 * x, [1.7e308]).function.tolist() == [np.inf]
    assert not ulp_error(Activation("nan", lambda x: x * np.nan, np.sign), lambda x: x, [1.0]).function.max() <= 1e300


def test_where_the_slope_crosses_zero_the_unit_is_that_nearby():
    formula = BOOK["SiLU"][1]
    zero, far = -1.2784645427610738, -1.2784645427610738 * 0.7
    off = Activation("off", silu, lambda x: silu.derivative(x) + 1e-16)
    at_zero, elsewhere = ulp_error(off, formula, [zero, far]).derivative
    nearby = max(abs(silu.derivative(zero * 0.75)), abs(silu.derivative(zero * 1.25)))
    assert at_zero == pytest.approx(1e-16 / np.spacing(nearby), abs=1)
    assert elsewhere == pytest.approx(1e-16 / np.spacing(silu.derivative(far)), abs=2)
    # a function that is 0 at 0 crosses it with all its digits
    off = Activation("off", lambda x: silu(x) + 1e-30, silu.derivative)
    assert ulp_error(off, formula, [1e-20, -1e-20]).function.min() > 1e4


def test_probes():
    x = probes(np.random.default_rng(0), lib.relu6, 1000)
    again = probes(np.random.default_rng(0), lib.relu6, 1000)
    np.testing.assert_array_equal(x, again)
    assert 1000 < len(x) < 1040 and np.isfinite(x).all()
    for edge in (0, 6, np.nextafter(6, 7), np.nextafter(6, 0), 5e-324, -5e-324, 1.7976931348623157e308, -1, 1):
        assert edge in x
    assert (np.abs(x) < 1e-100).sum() > 50 and (np.abs(x) > 1e100).sum() > 50 and ((x > -5) & (x < -1e-3)).sum() > 100
    assert 0.4 < (x < 0).mean() < 0.6 and len(probes(np.random.default_rng(0), relu, 7)) < 30
