"""Activations: their values and slopes, at kinks and far ends too, whatever numbers they are given."""

import copy
import dataclasses
import importlib.util
import math
import re
import sys
from fractions import Fraction
from math import inf, nan

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import lib
from lib import (
    Activation,
    celu,
    elu,
    gelu,
    gelu_tanh,
    hard_sigmoid,
    hard_swish,
    hard_tanh,
    identity,
    leaky_relu,
    mish,
    relu,
    relu6,
    selu,
    sigmoid,
    sigmoid_of,
    silu,
    slope,
    softplus,
    step,
    swish,
    tanh,
)  # fmt: skip
from lib import elementwise as tools

jax.config.update("jax_enable_x64", True)
settings.register_profile("activations", settings.get_profile("course"), derandomize=True, max_examples=15)
reproducibly = settings(settings.get_profile("activations"))

FIXED = [
    step, identity, relu, sigmoid, tanh, selu, softplus, silu, gelu_tanh, gelu, mish, hard_sigmoid, hard_tanh, relu6,
    hard_swish,
]  # fmt: skip
MEMBERS = [
    leaky_relu(), leaky_relu(0), leaky_relu(1), leaky_relu(2.5), sigmoid_of(0.2), sigmoid_of(1), sigmoid_of(30),
    elu(), elu(0.5), elu(4), celu(), celu(0.5), celu(4), swish(), swish(0.2), swish(1.702), swish(30),
]  # fmt: skip
GATES = [silu, gelu_tanh, gelu, mish, hard_swish] + [member for member in MEMBERS if "swish" in member.name]
every = pytest.mark.parametrize("activation", FIXED + MEMBERS, ids=lambda activation: activation.name)
both = pytest.mark.parametrize("role", ["function", "derivative"])
FAMILIES = {"slope": leaky_relu, "steepness": sigmoid_of, "alpha of ELU": elu, "alpha of CELU": celu, "beta": swish}
pytestmark = pytest.mark.filterwarnings("error")


# ---- the record


def test_one_of_your_own_takes_a_line():
    swish2 = Activation("swish2", lambda x: x**2, lambda x: 2 * x)
    assert swish2(3) == 9 and swish2.derivative(3) == 6 and swish2.name == "swish2"
    assert (swish2.formula, swish2.range, swish2.kinks, swish2.source) == ("", (-inf, inf), (), "")


def test_a_record_without_a_derivative_is_noticed():
    with pytest.raises(TypeError, match="derivative"):
        Activation("half", np.tanh)
    with pytest.raises(TypeError, match=r"the derivative of 'half' must be a function of x, not None"):
        Activation("half", np.tanh, None)
    with pytest.raises(TypeError, match=r"the function of 'half' must be a function of x, not 3.0"):
        Activation("half", 3.0, np.tanh)


def test_a_record_stays_as_it_is():
    with pytest.raises(dataclasses.FrozenInstanceError):
        relu.name = "mine"
    assert copy.deepcopy(relu)(-1) == 0 and dataclasses.replace(relu, name="mine")(2) == 2
    assert relu == relu and len({relu, relu, tanh}) == 2


@every
def test_what_a_record_says(activation):
    said = repr(activation)
    assert activation.name in said and "0x" not in said and "<" not in said
    assert activation.__doc__ == activation.function.__doc__
    first, *rest = activation.__doc__.split("\n\n")
    assert first.endswith(".") and "\n" not in first and ":" not in first  # Sphinx would take it for a type
    assert activation.formula in activation.__doc__
    assert activation.source in activation.__doc__ and activation.name in activation.derivative.__doc__
    low, high = activation.range
    assert low < high and f"between {low:g} and {high:g}" in activation.__doc__


def test_names():
    assert [activation.name for activation in FIXED] == [
        "step", "identity", "ReLU", "sigmoid", "tanh", "SELU", "softplus", "SiLU", "GELU by tanh", "GELU", "Mish",
        "hard sigmoid", "hard tanh", "ReLU6", "hard swish",
    ]  # fmt: skip
    assert [activation.name for activation in MEMBERS] == [
        "leaky ReLU(0.01)", "leaky ReLU(0)", "leaky ReLU(1)", "leaky ReLU(2.5)", "sigmoid(0.2)", "sigmoid(1)",
        "sigmoid(30)", "ELU(1)", "ELU(0.5)", "ELU(4)", "CELU(1)", "CELU(0.5)", "CELU(4)", "swish(1)", "swish(0.2)",
        "swish(1.702)", "swish(30)",
    ]  # fmt: skip


def test_every_activation_has_its_source():
    for activation in set(FIXED) - {identity}:
        for source in activation.source.split("; "):
            assert re.fullmatch(r"[A-Z].*? \((19|20)\d\d\), [A-Z].+[^.]", source), source
    assert identity.source == "" and "References" not in identity.__doc__


FUNCTIONS = {
    "max": max, "min": min, "tanh": math.tanh, "log": math.log, "sqrt": math.sqrt,
    "Phi": lambda x: math.erfc(-x / math.sqrt(2)) / 2,
}  # fmt: skip
LETTERS = {"e": math.e, "pi": math.pi, "alpha": 1.6732632423543772, "lambda_": 1.0507009873554805}


def python_of(latex):
    """A formula as Python: braces are brackets, and what stands side by side is multiplied."""
    latex = latex.replace(r"1\ \mathrm{if}\ x > 0,\ \mathrm{else}\ 0", "(x > 0)")
    latex = re.sub(r"\\left|\\right|\\frac|\\,", "", latex).replace("}{", ")/(").replace("{", "(").replace("}", ")")
    latex = latex.replace("lambda", "lambda_").replace("\\", " ")
    tokens = re.findall(r"[a-zA-Z_]+|\d[\d.]*(?:e-?\d+)?|\S", latex)
    code = ""
    for before, token in zip(["", *tokens], tokens):
        if before in FUNCTIONS:
            code += token if token == "(" else f"({token})"
        elif re.search(r"[)\w]$", before) and re.match(r"[(\w]", token):
            code += "*" + token
        else:
            code += token.replace("^", "**")
    return code


@every
def test_the_formula_is_that_of_the_function(activation):
    code = python_of(activation.formula)
    for x in (-4.0, -2.5, -1.25, -0.5, 0.5, 1.25, 2.5, 4.0, 7.0):
        assert eval(code, FUNCTIONS | LETTERS | {"x": x}) == pytest.approx(activation(x), rel=1e-12), (code, x)


def test_a_parameter_in_the_formula_unless_it_is_1():
    assert elu(2).formula == r"\max(x, 0) + 2\,\min(e^x - 1, 0)" and elu(1).formula == r"\max(x, 0) + \min(e^x - 1, 0)"
    assert celu(2).formula == r"\max(x, 0) + 2\,\min(e^{x/2} - 1, 0)" and celu(1).formula == elu(1).formula.replace("^x", "^{x}")
    assert swish(2).formula == r"\frac{x}{1 + e^{-2\,x}}" and swish(1).formula == silu.formula
    assert sigmoid_of(1).formula == sigmoid.formula and leaky_relu(1).formula == r"\max(x, 0) + \min(x, 0)"


# ---- values and slopes at a few numbers, worked out by hand or with 20 digits elsewhere

KNOWN = [  # activation, x, value, slope
    (step, -1, 0, 0), (step, 0, 0, 0), (step, 5e-324, 1, 0), (step, 2, 1, 0), (step, -5e-324, 0, 0),
    (identity, -3, -3, 1), (identity, 0, 0, 1), (identity, 7, 7, 1),
    (relu, -2, 0, 0), (relu, 0, 0, 0), (relu, 5e-324, 5e-324, 1), (relu, 3, 3, 1), (relu, -5e-324, 0, 0),
    (leaky_relu(), -2, -0.02, 0.01), (leaky_relu(), 0, 0, 0.01), (leaky_relu(), 3, 3, 1),
    (leaky_relu(0), -2, 0, 0), (leaky_relu(0), 0, 0, 0), (leaky_relu(0), 3, 3, 1),
    (leaky_relu(1), -2, -2, 1), (leaky_relu(2.5), -2, -5, 2.5), (leaky_relu(2.5), 5e-324, 5e-324, 1),
    (sigmoid, -1, 0.26894142136999512, 0.19661193324148185), (sigmoid, 0, 0.5, 0.25),
    (sigmoid, 2, 0.88079707797788244, 0.10499358540350652), (sigmoid, -745, 5e-324, 5e-324), (sigmoid, 40, 1, 4.24835425529158898e-18),
    (sigmoid_of(30), 0, 0.5, 7.5), (sigmoid_of(30), 0.1, 0.95257412682243322, 1.3552997919273638),
    (sigmoid_of(0.2), -5, 0.26894142136999512, 0.039322386648296370),
    (tanh, -1, -0.76159415595576489, 0.41997434161402607), (tanh, 0, 0, 1), (tanh, 0.5, 0.46211715726000976, 0.78644773296592741),
    (tanh, 20, 1, 1.6993417021166355e-17), (tanh, 1e-300, 1e-300, 1),
    (elu(), -1, -0.63212055882855768, 0.36787944117144232), (elu(), 0, 0, 1), (elu(), 2, 2, 1),
    (elu(4), 0, 0, 4), (elu(4), 5e-324, 5e-324, 1), (elu(4), -1, -2.5284822353142307, 1.4715177646857693), (elu(0.5), 0, 0, 0.5),
    (celu(), -1, -0.63212055882855768, 0.36787944117144232), (celu(4), 0, 0, 1), (celu(4), -1, -0.88479686771438053, 0.77880078307140487),
    (celu(0.5), -1, -0.43233235838169366, 0.13533528323661270), (celu(4), 3, 3, 1), (celu(4), -1e-320, -1e-320, 1),
    (selu, -1, -1.1113307378125628, 0.64676860303481409), (selu, 0, 0, 1.7580993408473769), (selu, 5e-324, 5e-324, 1.0507009873554805),
    (selu, 2, 2.1014019747109610, 1.0507009873554805),
    (softplus, -1, 0.31326168751822284, 0.26894142136999512), (softplus, 0, math.log(2), 0.5),
    (softplus, 2, 2.1269280110429725, 0.88079707797788244), (softplus, -700, 9.8596765437597708e-305, 9.8596765437597708e-305),
    (silu, -1, -0.26894142136999512, 0.072329488128513270), (silu, 0, 0, 0.5), (silu, 2, 1.7615941559557649, 1.0907842487848955),
    (swish(), 2, 1.7615941559557649, 1.0907842487848955), (swish(0.2), -5, -1.3447071068499756, 0.072329488128513270),
    (swish(30), 0.1, 0.095257412682243322, 1.0881041060151691), (swish(30), 0, 0, 0.5),
    (gelu, -1, -0.15865525393145705, -0.083315470587686298), (gelu, 0, 0, 0.5), (gelu, 2, 1.9544997361036416, 1.0852318010781969),
    (gelu_tanh, -1, -0.15880800939172330, -0.082964083845782555), (gelu_tanh, 0, 0, 0.5), (gelu_tanh, 2, 1.9545976940877750, 1.0860992566236184),
    (mish, -1, -0.30340146137410894, 0.059216755877394948), (mish, 0, 0, 0.6), (mish, 2, 1.9439589595339946, 1.0693179342794896),
    (hard_sigmoid, -3, 0, 0), (hard_sigmoid, 0, 0.5, 1 / 6), (hard_sigmoid, 1.5, 0.75, 1 / 6), (hard_sigmoid, 3, 1, 0),
    (hard_sigmoid, np.nextafter(3, 0), 1, 1 / 6), (hard_sigmoid, -4, 0, 0), (hard_sigmoid, 4, 1, 0), (hard_sigmoid, -2.5, 1 / 12, 1 / 6),
    (hard_tanh, -1, -1, 0), (hard_tanh, 0.5, 0.5, 1), (hard_tanh, 1, 1, 0), (hard_tanh, 2, 1, 0), (hard_tanh, -2, -1, 0),
    (hard_tanh, np.nextafter(1, 0), np.nextafter(1, 0), 1), (hard_tanh, -0.75, -0.75, 1),
    (relu6, 0, 0, 0), (relu6, 6, 6, 0), (relu6, 5, 5, 1), (relu6, 7, 6, 0), (relu6, -1, 0, 0), (relu6, 5e-324, 5e-324, 1),
    (relu6, np.nextafter(6, 0), np.nextafter(6, 0), 1), (relu6, np.nextafter(6, 7), 6, 0),
    (hard_swish, -3, 0, 0), (hard_swish, -1.5, -0.375, 0), (hard_swish, 0, 0, 0.5), (hard_swish, 1.5, 1.125, 1), (hard_swish, 3, 3, 1),
    (hard_swish, np.nextafter(3, 0), 3, 1.5), (hard_swish, np.nextafter(-3, 0), 0, -0.5), (hard_swish, 4, 4, 1), (hard_swish, -4, 0, 0),
]  # fmt: skip


@pytest.mark.parametrize("activation, x, value, its_slope", KNOWN, ids=lambda case: getattr(case, "name", None) or f"{case:g}")
def test_known_values_and_slopes(activation, x, value, its_slope):
    assert activation(x) == pytest.approx(value, rel=2e-15, abs=4e-15 if x == np.nextafter(-3, 0) else 0)
    assert activation.derivative(x) == pytest.approx(its_slope, rel=2e-15)


def test_the_lowest_point_of_each_gate():
    """Where the slope is 0, and the lower end of the range."""
    lowest = {silu: -1.2784645427610738, gelu: -0.75179152469356446, gelu_tanh: -0.75246142207101626,
              mish: -1.1924312145154952, hard_swish: -1.5, swish(30): -1.2784645427610738 / 30}  # fmt: skip
    for gate, x in lowest.items():
        assert gate(x) == pytest.approx(gate.range[0], rel=1e-15), gate
        assert abs(gate.derivative(x)) < 2e-16, gate
        assert gate.derivative(x * 1.001) < -1e-5 and gate.derivative(x * 0.999) > 1e-5, gate


def test_facts_of_the_course():
    assert sigmoid.derivative(4.58486334) == pytest.approx(0.01, rel=1e-8)
    assert tanh.derivative(2.99322285) == pytest.approx(0.01, rel=1e-8)
    x = np.linspace(-6, 6, 120001)
    assert np.abs(gelu(x) - gelu_tanh(x)).max() == pytest.approx(4.73235521e-4, rel=1e-6)
    assert np.prod(np.full(10, sigmoid.derivative(0))) == 9.5367431640625e-7


def test_families_meet_the_fixed_ones():
    x = np.linspace(-800, 60, 4001)
    for member, fixed in [
        (sigmoid_of(1), sigmoid), (swish(1), silu), (swish(), silu), (leaky_relu(0), relu), (leaky_relu(1), identity),
        (celu(1), elu(1)), (celu(), elu()),
    ]:  # fmt: skip
        np.testing.assert_allclose(member(x), fixed(x), rtol=1e-15, atol=5e-324)
        np.testing.assert_allclose(member.derivative(x), fixed.derivative(x), rtol=5e-16, atol=5e-324)
        assert member.range == fixed.range and member.kinks == fixed.kinks
    assert leaky_relu().name == "leaky ReLU(0.01)" and elu().name == "ELU(1)"


def test_limits_of_the_families():
    x = np.array([-2.0, -0.5, 0.5, 2.0])
    np.testing.assert_allclose(sigmoid_of(1e5)(x), step(x), atol=1e-12)
    np.testing.assert_allclose(swish(1e5)(x), relu(x), atol=1e-12)
    np.testing.assert_allclose(swish(1e-9)(x), x / 2, rtol=1e-8)
    np.testing.assert_allclose(celu(1e9)(x), x, rtol=1e-8)


# ---- far out


@every
def test_infinity_gives_the_limit(activation):
    low, high = activation(-inf), activation(inf)
    if activation in GATES:
        assert low == 0 and high == inf
    else:
        assert low == pytest.approx(activation.range[0], rel=4e-16) and high == activation.range[1]
    k = float(re.search(r"[\d.]+|$", activation.name)[0] or 1) if activation.name.startswith("leaky") else 0
    assert activation.derivative(-inf) == (1 if activation is identity else k)
    bounded = [step, sigmoid, tanh, hard_sigmoid, hard_tanh, relu6]
    ends_flat = activation in bounded or activation.name.startswith("sigmoid")
    assert activation.derivative(inf) == (0 if ends_flat else 1.0507009873554805 if activation is selu else 1)


SPREAD = np.concatenate([10.0 ** np.linspace(-323, 308, 400), np.linspace(0, 800, 400), [1.7976931348623157e308, inf]])
SPREAD = np.concatenate([-SPREAD, [nan, 0.0, -0.0], SPREAD])


@every
@both
def test_calm_for_a_caller_who_makes_errors_of_all_warnings(activation, role):
    with np.errstate(all="raise"):
        for x in (SPREAD, SPREAD.astype(object), SPREAD.tolist(), 1e308, -1e308, 5e-324, -745, np.float32(-3e38)):
            answer = getattr(activation, role)(x)
        assert answer.dtype == np.float32
        assert np.geterr()["over"] == "raise", "the caller's settings are as they were"


@every
@both
def test_far_out_it_is_its_limit(activation, role):
    there = getattr(activation, role)
    for sign in (-1, 1):
        x = sign * 10.0 ** np.linspace(5, 308, 304)
        if math.isinf(there(sign * inf)):  # straight from there on
            with np.errstate(over="ignore"):
                np.testing.assert_allclose(there(x), x * (there(sign * 2.0**30) / (sign * 2.0**30)), rtol=4e-16)
        else:
            np.testing.assert_array_equal(there(x), there(sign * inf))


@every
@both
def test_nan_stays_nan(activation, role):
    there = getattr(activation, role)
    assert np.isnan(there(nan)) and np.isnan(there(np.float32(nan))) and there(np.float32(nan)).dtype == np.float32
    answer = there([1.0, nan, -1.0])
    assert np.isnan(answer).tolist() == [False, True, False]
    assert answer[0] == there(1.0) and answer[2] == there(-1.0)


@every
@reproducibly
@given(x=st.floats(allow_nan=False))
def test_values_keep_to_the_range(activation, x):
    low, high = activation.range
    slack = 0 if activation.kinks and activation is not selu else 4e-16 * max(abs(low), 1) if math.isfinite(low) else 0
    assert low - slack <= activation(x) <= high
    assert not np.isnan(activation.derivative(x))


@every
def test_the_range_is_filled(activation):
    x = np.concatenate([np.linspace(-60, 60, 200001), [-inf, inf]]) / (100 if "30" in activation.name else 1)
    values = activation(x)
    low, high = activation.range
    assert values.max() == high and values.min() == pytest.approx(low, rel=1e-6, abs=1e-12)


# ---- shape


@every
@reproducibly
@given(x=st.floats(-1e6, 1e6), step_=st.floats(1e-6, 1e3))
def test_monotone_where_it_should_be(activation, x, step_):
    higher = x + step_ * max(1, abs(x))
    if activation not in GATES:
        assert activation(x) <= activation(higher)
        assert activation.derivative(x) >= 0
    elif x > 0:
        assert 0 <= activation(x) < activation(higher)  # half of the smallest float rounds to 0
    else:
        assert activation(x) <= 0


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_gates_are_not_monotone(gate):
    x = np.linspace(-6, 6, 1201) * (-gate.range[0] / 0.28)
    rises = np.diff(gate(x)) > 0
    assert rises.any() and not rises.all() and gate.derivative(x).min() < -0.01
    assert gate.derivative(x).max() > 1.01


X = np.concatenate([np.linspace(-40, 40, 4001), np.geomspace(1e-300, 40, 500), -np.geomspace(1e-300, 40, 500)])


def test_symmetries():
    np.testing.assert_allclose(sigmoid(X) + sigmoid(-X), 1, rtol=3e-16)
    for odd in (tanh, hard_tanh, identity):
        np.testing.assert_array_equal(odd(-X), -odd(X))
    for even in (sigmoid, sigmoid_of(30), sigmoid_of(0.2), tanh, hard_sigmoid, hard_tanh):
        np.testing.assert_allclose(even.derivative(-X), even.derivative(X), rtol=1e-15)
    for ramp in (relu, softplus, silu, swish(30), swish(0.2), gelu, gelu_tanh, hard_swish):
        np.testing.assert_allclose(ramp(X) - ramp(-X), X, rtol=1e-15, atol=3e-16)
    np.testing.assert_allclose(tanh(X), 2 * sigmoid(2 * X) - 1, atol=5e-16)


def test_what_is_made_of_what():
    np.testing.assert_array_equal(softplus.derivative(X), sigmoid(X))
    np.testing.assert_allclose(silu(X), X * sigmoid(X), rtol=2e-15)
    np.testing.assert_allclose(mish(X), X * np.tanh(softplus(X)), rtol=2e-14)
    np.testing.assert_allclose(hard_swish(X), X * hard_sigmoid(X), rtol=1e-15, atol=1e-300)
    np.testing.assert_allclose(celu(3)(X), 3 * elu(1)(X / 3), rtol=1e-14)
    np.testing.assert_allclose(sigmoid_of(30)(X / 30), sigmoid(X), rtol=1e-14)
    np.testing.assert_array_equal(relu6(X), np.minimum(relu(X), 6))


# ---- slopes against differences, and kinks


@every
@reproducibly
@given(x=st.floats(-8, 8))
def test_the_derivative_is_the_slope(activation, x):
    k = 30 if "30" in activation.name else 1
    x = x / k
    assume(all(abs(x - kink) > 1e-3 for kink in (0, *activation.kinks)))  # at 0 an ELU's slope has a kink
    measured = slope(activation, x, step=1e-5 / k)
    assert activation.derivative(x) == pytest.approx(float(measured), rel=1e-7, abs=2e-9 * k)


@every
def test_kinks_are_where_the_slope_jumps(activation):
    tiny = 1e-9
    for x in (-6.0, -3.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 3.0, 6.0):
        left, right = activation.derivative(x - tiny), activation.derivative(x + tiny)
        jumps = abs(left - right) > 1e-6 or abs(activation(x - tiny) - activation(x + tiny)) > 1e-6
        assert jumps == (x in activation.kinks), x
        outer = left if x <= 0 else right
        assert activation.derivative(x) == pytest.approx(outer, abs=1e-6), "a kink counts to the side of rest"
        if activation is not step:
            assert activation(x - tiny) == pytest.approx(activation(x + tiny), abs=1e-7)


# ---- whatever is given

KINDS = [np.float64, np.float32, np.float16, np.longdouble, np.int64, np.int8, np.uint8, bool, ">f4", ">f8", ">i4"]


@every
@both
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: np.dtype(kind).str)
def test_kinds_of_numbers(activation, role, kind):
    there = getattr(activation, role)
    x = np.array([[0, 1, 3], [1, 2, 0]], dtype=kind)
    before = x.copy()
    answer = there(x)
    expected = np.float32 if kind in (np.float32, ">f4") else np.float64
    assert answer.dtype == expected and answer.dtype.isnative and answer.shape == (2, 3)
    np.testing.assert_array_equal(answer, there(x.astype(float)).astype(expected))
    np.testing.assert_array_equal(x, before)


@every
@both
def test_numbers_lists_and_shapes(activation, role):
    there = getattr(activation, role)
    for number in (1, 1.0, True, np.float64(1), np.int16(1), np.array(1.0), Fraction(1), np.array(1)):
        assert type(there(number)) is np.float64 and there(number) == there(1.0)
    assert type(there(np.float32(1))) is np.float32 and type(there(np.array(1, np.float32))) is np.float32
    assert there(2**70) == there(2.0**70) and there([2**70, 1])[1] == there(1)
    assert there([1, 2]).tolist() == there((1.0, 2.0)).tolist() == [there(1), there(2)]
    assert there([[1], [2]]).shape == (2, 1)
    for empty in ([], np.empty((0, 3)), np.empty((2, 0), np.float32), np.empty(0, int)):
        assert there(empty).shape == np.shape(empty) and there(empty).dtype == (
            np.float32 if getattr(empty, "dtype", None) == np.float32 else np.float64
        )


@every
@both
def test_odd_arrays(activation, role):
    there = getattr(activation, role)
    x = np.linspace(-4, 4, 24).reshape(4, 6)
    straight = there(x)
    for view in (x[::2, ::-3], x.T, x[1], np.asfortranarray(x), np.broadcast_to(x[0], (3, 6))):
        np.testing.assert_allclose(there(view), there(np.ascontiguousarray(view)), rtol=1e-15)
    frozen = x.copy()
    frozen.setflags(write=False)
    answer = there(frozen)
    np.testing.assert_array_equal(answer, straight)
    answer += 1  # a new array, and one's own
    np.testing.assert_array_equal(x, frozen)
    assert not np.shares_memory(there(x), x)


@every
@both
@reproducibly
@given(x=arrays.arrays(np.float64, arrays.array_shapes(min_side=0, max_side=4)))
def test_each_number_by_itself(activation, role, x):
    there = getattr(activation, role)
    answer = there(x)
    assert answer.shape == x.shape and answer.dtype == x.dtype
    one_by_one = np.array([there(number) for number in x.ravel()]).reshape(x.shape)
    np.testing.assert_allclose(answer, one_by_one, rtol=1e-15, atol=5e-324)


@every
@both
@reproducibly
@given(x=st.floats(width=32))
def test_float32_is_rounded_once(activation, role, x):
    there = getattr(activation, role)
    with np.errstate(all="ignore"):
        expected = there(x).astype(np.float32)
    np.testing.assert_array_equal(there(np.float32(x)), expected)


@every
@both
def test_what_is_no_number(activation, role):
    there = getattr(activation, role)
    for text in ("1", ["1", "2"], np.array(["a"]), [1, "2"]):
        with pytest.raises(TypeError, match="x must be made of real numbers, not of text"):
            there(text)
    with pytest.raises(TypeError, match="not of complex numbers"):
        there(1j)
    with pytest.raises(TypeError, match="not of text"):
        there(np.array(["a", "b"]))
    for other in (None, [1, None], {1}, np.array(["2026-01-01"], "datetime64[D]"), np.array([1, "2"], object), relu, math.exp):
        with pytest.raises(TypeError, match="x must be made of real numbers, not of other things: [^<]*$"):
            there(other)
    with pytest.raises(ValueError, match="rows that are all of one length"):
        there([[1, 2], [3]])


# ---- wrong parameters

FAMILY = pytest.mark.parametrize("word, family", FAMILIES.items(), ids=FAMILIES)


@FAMILY
@pytest.mark.parametrize("wrong", ["1", None, [1.0], np.ones(2), 1j, True, relu], ids=repr)
def test_a_parameter_that_is_no_number(word, family, wrong):
    with pytest.raises(TypeError, match=f"^{word.split()[0]} must be a number, not "):
        family(wrong)


@FAMILY
@pytest.mark.parametrize("wrong", [-1, -0.5, -5e-324, inf, -inf, nan, 0, 0.0])
def test_a_parameter_that_makes_no_sense(word, family, wrong):
    if family is leaky_relu and wrong == 0:
        return
    words = "a finite number" if not math.isfinite(wrong) else "0 or more" if family is leaky_relu else "above 0"
    with pytest.raises(ValueError, match=f"^{word.split()[0]} must be {words}, not {wrong:g}$"):
        family(wrong)


@FAMILY
def test_a_parameter_may_be_any_real_number(word, family):
    for two in (2, 2.0, np.float64(2), np.float32(2), np.int8(2), Fraction(2)):
        member = family(two)
        assert member.name.endswith("(2)") and member(-1.5) == family(2.0)(-1.5)


@FAMILY
@pytest.mark.parametrize("extreme", [5e-324, 1e-300, 1e300, 1.7e308])
def test_extreme_parameters_stay_calm(word, family, extreme):
    member = family(extreme)
    x = np.array([-inf, -1e308, -1.0, -5e-324, 0.0, 5e-324, 1.0, 1e308, inf])
    assert not np.isnan(member(x)).any() and not np.isnan(member.derivative(x)).any()


# ---- an independent library

JAX = {
    relu: jax.nn.relu, sigmoid: jax.nn.sigmoid, tanh: jnp.tanh, selu: jax.nn.selu, softplus: jax.nn.softplus,
    silu: jax.nn.silu, gelu_tanh: jax.nn.gelu, gelu: lambda x: jax.nn.gelu(x, approximate=False), mish: jax.nn.mish,
    hard_sigmoid: jax.nn.hard_sigmoid, hard_tanh: jax.nn.hard_tanh, relu6: jax.nn.relu6, hard_swish: jax.nn.hard_swish,
    leaky_relu(0.01): jax.nn.leaky_relu, leaky_relu(0.3): lambda x: jax.nn.leaky_relu(x, 0.3), elu(): jax.nn.elu,
    elu(1.7): lambda x: jax.nn.elu(x, 1.7), celu(0.7): lambda x: jax.nn.celu(x, 0.7),
    swish(1.7): lambda x: x * jax.nn.sigmoid(1.7 * x), sigmoid_of(3.3): lambda x: jax.nn.sigmoid(3.3 * x),
}  # fmt: skip


@pytest.mark.parametrize("activation", JAX, ids=lambda activation: activation.name)
def test_against_jax(activation):
    x = np.concatenate([np.linspace(-5, 5, 400), np.linspace(-12, 12, 200)]) + 1e-3  # off the kinks
    theirs = JAX[activation]
    with np.errstate(all="ignore"):
        values, slopes = np.asarray(theirs(x)), np.asarray(jax.vmap(jax.grad(theirs))(x))
    np.testing.assert_allclose(activation(x), values, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(activation.derivative(x), slopes, rtol=1e-12, atol=1e-13)


# ---- without scipy, as in a browser


@pytest.fixture
def without_scipy(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    spec = importlib.util.spec_from_file_location("lib.activations_without_scipy", lib.activations.__file__)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module


def test_gelu_without_scipy(without_scipy):
    bare = without_scipy.gelu
    assert without_scipy._normal_cdf() is not lib.activations._normal_cdf()
    x = np.concatenate([np.linspace(-39, 10, 3000), [-inf, -1e300, -5e-324, 0, 5e-324, 1e300, inf, nan]])
    np.testing.assert_allclose(bare(x), gelu(x), rtol=1e-12, atol=5e-323)
    np.testing.assert_allclose(bare.derivative(x), gelu.derivative(x), rtol=1e-12, atol=1e-17)
    for there in (bare, bare.derivative):
        assert type(there(1)) is np.float64 and type(there(np.float32(1))) is np.float32
        assert there([]).shape == (0,) and there(np.ones((2, 3), np.float32)).dtype == np.float32


# ---- the tools


@reproducibly
@given(a=st.floats(1e-3, 1e3), b=st.floats(-1e6, 1e6).filter(lambda b: b == 0 or abs(b) > 1e-200))
def test_product_and_quotient_lose_nothing(a, b):
    rounded, lost = tools.product(a, np.array([b]))
    assert rounded[0] == a * b and Fraction(rounded[0]) + Fraction(float(lost[0])) == Fraction(a) * Fraction(b)
    rounded, lost = tools.quotient(np.array([b]), a)
    exact = Fraction(b) / Fraction(a)
    assert rounded[0] == b / a and abs(Fraction(rounded[0]) + Fraction(float(lost[0])) - exact) <= abs(exact) / 2**100


def test_product_and_quotient_of_what_overflows():
    with np.errstate(all="ignore"):
        for x in (inf, -inf, 1.7e308, -1.7e308, 1e305):
            for rounded, lost in (tools.product(3.3, np.array([x])), tools.quotient(np.array([x]), 0.3)):
                assert lost == 0 or np.isfinite(rounded) and np.isfinite(lost)


def test_scaled_exp_beyond_exp():
    with np.errstate(all="ignore"):
        x = np.array([-750.0, -700.0, 0.0])
        expected = [1e10 * math.exp(-50) * math.exp(-700), 1e10 * math.exp(-700) / 2, 1e10]
        assert tools.scaled_exp(1e10, x, np.exp(x) / [1, 2, 1]) == pytest.approx(expected, rel=1e-13)
        for factor in (-inf, inf, 1.7e308):
            assert tools.scaled_exp(factor, np.array([-inf]), np.zeros(1)) == 0


def test_rarely_is_where():
    x = np.array([1.0, -2.0, 3.0])
    assert tools.rarely(x < 0, lambda: x / 2, x).tolist() == [1, -1, 3]
    assert tools.rarely(x < -2, lambda: pytest.fail("worked out for nothing"), x) is x


def test_elementwise_keeps_the_name_and_the_words_of_a_formula():
    @tools.elementwise
    def square(x):
        """Multiply x by itself."""
        return x * x

    assert square.__name__ == "square" and square.__doc__ == "Multiply x by itself."
    assert square([2, 1e200]).tolist() == [4, inf]


def test_elementwise_keeps_a_formula_from_changing_what_it_is_given():
    @tools.elementwise
    def hasty(x):
        x *= x
        return x

    x = np.array([2.0, 3.0])
    with pytest.raises(ValueError, match="read-only"):
        hasty(x)
    assert x.tolist() == [2, 3] and x.flags.writeable


@pytest.mark.parametrize("cut", [np.s_[:], np.s_[::-1, ::3], np.s_[:, :1]], ids=["whole", "strided", "column"])
def test_elementwise_of_more_numbers_than_one_block(cut):
    blocks = []

    @tools.elementwise
    def double(x):
        blocks.append(x.size)
        return 2 * x

    x = np.arange(30_000.0).reshape(10_000, 3)[cut]
    x[-1, -1] = nan
    for numbers in (x, x.T, np.float32(x)):
        np.testing.assert_array_equal(double(numbers), 2 * numbers, strict=True)
    assert max(blocks) < 10_000 < sum(blocks)
