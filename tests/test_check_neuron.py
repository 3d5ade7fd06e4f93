"""Chapter 1's checks, and what the chapter writes by hand."""

import numpy as np
import pytest
from exercises import Chapter, accepted, complaint

from lib import Dense, check, relu, sigmoid, step

run = Chapter("neuron").run


# --- what the chapter writes by hand -----------------------------------------------------


def test_the_activations_by_hand_are_those_of_lib():
    names = run("by-hand")
    for by_hand, activation in zip(names["by_hand"], [step, sigmoid, relu], strict=True):
        np.testing.assert_allclose(by_hand, activation(names["a"]), rtol=1e-15)


@pytest.mark.parametrize("h", [step, sigmoid, relu])
def test_the_neuron_by_hand_is_a_layer_of_one(h):
    neuron = run("neuron")["neuron"]
    rng = np.random.default_rng(0)
    x, weights, bias = rng.normal(size=(50, 3)), rng.normal(size=3), rng.normal()
    np.testing.assert_allclose(
        neuron(x, weights, bias, h), Dense(weights[:, None], [bias], h).forward(x).a[:, 0], rtol=1e-12
    )


def test_the_search_finds_a_cut_that_is_there():
    best_cut = run("best-cut")["best_cut"]
    x = np.random.default_rng(0).uniform(0, 1, (200, 2))
    for weights, bias, angle in [([1, 1], -0.9, 45), ([1, 0], -0.3, 0), ([-1, 0], 0.3, 180), ([1, -1], 0.1, 315)]:
        wanted = x @ weights + bias > 0
        right, found, found_bias = best_cut(x, wanted, range(0, 360, 5))
        assert right == 1
        np.testing.assert_array_equal(x @ found + found_bias > 0, wanted)
        assert abs(np.degrees(np.arctan2(found[1], found[0])) % 360 - angle) <= 5


# --- exercise 1 --------------------------------------------------------------------------


def test_sign_of_the_bias_accepts():
    for witness, bias in [((1, 0.4), -4.0), (np.array([0.5, -1], np.float32), np.float32(-4)), ([-1, 0], np.array(-4))]:
        assert accepted(check.sign_of_the_bias.claims(witness, bias))
    assert accepted(check.sign_of_the_bias.claims([4 / 3, 0], -4))  # 4 is not above 4


@pytest.mark.parametrize(
    ("witness", "bias", "told"),
    [
        ([0, 0], 4, "With the bias 4 it speaks where 3x₁ + 2x₂ is above -4; it should be above 4"),  # believes the note
        ([0, 0], 1 / 4, "above -0.25"),
        ([0, 0], -5, "above 5"),  # the sum of the weights
        ([1, 1], -4, "there the neuron should speak, and does"),  # both are right there
        ([-2, -2], -4, "the neuron is silent, as it should be"),
        ([0], -4, "The witness should be an array of shape (2,)"),
        ([0, np.nan], -4, "The witness should be finite"),
        ([0, 0], np.inf, "The bias should be finite"),
        ([0, 0], [-4], "a single number"),
    ],
)
def test_sign_of_the_bias_rejects(witness, bias, told):
    assert told in complaint(check.sign_of_the_bias.claims(witness, bias))


# --- exercise 2 --------------------------------------------------------------------------

GATES = {"and_gate": (-1.5, 1, 1), "nand_gate": (1.5, -1, -1), "majority": (-1.5, 1, 1, 1)}


def test_gates_accepts():
    other = [-3, 2, 2.5], np.array([0.7, -0.5, -0.4], np.float32), [-50, 30, 40, 30]
    assert accepted(check.logic_gates.claims(*other))


@pytest.mark.parametrize(
    ("gate", "answer", "told"),
    [
        (
            "and_gate",
            (1.5, 1, 1),
            "AND: for x = (0, 0) the sum is 1.5, so the step says 1; it should say 0",
        ),  # the bias as a threshold
        ("and_gate", (-0.5, 1, 1), "AND: for x = (0, 1) the sum is 0.5"),  # OR
        ("and_gate", (-2, 1, 1), "AND: for x = (1, 1) the sum is 0: the input lies on the boundary"),
        ("and_gate", (-1.5, 1), "the answer for AND should be an array of shape (3,)"),
        ("and_gate", (1, 1, -1.5), "AND: for x = (0, 0) the sum is 1"),  # the bias last
        ("nand_gate", (-1.5, 1, 1), "NAND: for x = (0, 0) the sum is -1.5, so the step says 0; it should say 1"),  # AND
        ("nand_gate", (1.5, 1, 1), "NAND: for x = (1, 1) the sum is 3.5"),  # only the bias turned
        ("nand_gate", (-1.5, -1, -1), "NAND: for x = (0, 0)"),  # only the weights turned
        ("nand_gate", (0.5, -1, -1), "NAND: for x = (0, 1) the sum is -0.5"),  # NOR
        ("majority", (-2, 1, 1, 1), "the input lies on the boundary"),  # the number of votes as a threshold
        ("majority", (-2.5, 1, 1, 1), "Majority: for x = (0, 1, 1) the sum is -0.5"),  # all three
        ("majority", (-0.5, 1, 1, 1), "Majority: for x = (0, 0, 1) the sum is 0.5"),  # any of them
        ("majority", (-1.5, 1, 1), "the answer for Majority should be an array of shape (4,)"),
        ("majority", (-1.5, (1, 1, 1)), "the answer for Majority should be numbers in rows of one length"),
        ("majority", (np.nan, 1, 1, 1), "finite"),
    ],
)
def test_gates_rejects(gate, answer, told):
    assert told.lower() in complaint(check.logic_gates.claims(*(GATES | {gate: answer}).values())).lower()


# --- exercise 3 --------------------------------------------------------------------------


def test_sure_gate_accepts():
    for k in [9.19, 9.2, np.float32(9.1902), np.array(9.19), 2 * np.log(0.99 / 0.01), -2 * np.log(1 / 99)]:
        assert accepted(check.sure_gate.claims(k))


@pytest.mark.parametrize(
    ("k", "told"),
    [
        (
            10,
            "says 0.9933 at (1, 1) and 0.0067 at (0, 1): sure enough, but a smaller k is, too",
        ),  # the chapter's own factor
        (np.log(99), "says 0.9087 at (1, 1) and 0.0913 at (0, 1): not yet"),  # forgets that the sum is a half
        (np.log(99) / 1.5, "not yet"),  # the corner (0, 0), which is the surest
        (2 * np.log10(99), "not yet"),  # the other logarithm
        (9.17, "not yet"),
        (9.21, "a smaller k is, too"),
        (0.99, "not yet"),
        (-9.19, "not yet"),
        ([9.19], "a single number"),
        (np.nan, "K should be finite"),
    ],
)
def test_sure_gate_rejects(k, told):
    assert told in complaint(check.sure_gate.claims(k))


# --- exercise 4 --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "h",
    [
        lambda a: np.where(np.abs(a) < 0.2, 1, 0),
        lambda a: abs(a) < 0.2,
        lambda a: [float(-0.2 < number < 0.2) for number in a],
        lambda a: step(a + 0.2) - step(a - 0.2),
        lambda a: 2 * sigmoid(20 * (0.2 - abs(a))) - sigmoid(20 * (0.2 - abs(a))),
        lambda a: np.exp(-((a / 0.24) ** 2)).astype(np.float32),
        lambda a: relu(1 - abs(a) * 2.5),
    ],
)
def test_stripe_accepts(h):
    assert accepted(check.stripe.claims(h))


@pytest.mark.parametrize(
    ("h", "told"),
    [
        (sigmoid, "For the sum 0, inside the stripe, h should be above 0.5; it is 0.5. It never turns"),
        (step, "inside the stripe, h should be above 0.5; it is 0. It never turns"),
        (lambda a: relu(-a), "It never turns"),
        (
            lambda a: step(a + 0.2),
            "outside the stripe, h should be below 0.5; it is 1. It never turns",
        ),  # one edge of two
        (lambda a: np.ones_like(a), "It never turns"),
        (
            lambda a: np.exp(-(a**2)),
            "For the sum -0.205, outside the stripe, h should be below 0.5; it is 0.958",
        ),  # too wide
        (lambda a: np.exp(-((a / 0.25) ** 2)), "For the sum -0.205, outside the stripe"),  # only a little too wide
        (lambda a: np.exp(-((a / 0.1) ** 2)), "inside the stripe, h should be above 0.5"),  # too narrow
        (lambda a: abs(a) < 0.192, "0.195, inside the stripe, h should be above 0.5"),  # and only a little too narrow
        (lambda a: step(abs(a) - 0.2), "inside the stripe, h should be above 0.5; it is 0"),  # inside out
        (lambda a: abs(a) < 1.2, "outside the stripe"),  # bounds of x₁ + x₂, not of the sum
        (lambda a: (0.8 < a) & (a < 1.2), "inside the stripe"),
        (lambda a: 1.0 if abs(a) < 0.2 else 0.0, "np.where chooses"),  # for one number only
        (lambda a: 1.0, "What your h returns should be an array"),
        (lambda a: np.full_like(a, np.nan), "it is nan"),
        (lambda a: print(a), "it needs a return"),
    ],
)
def test_stripe_rejects(h, told):
    said = complaint(check.stripe.claims(h))
    assert told in said and said.count("It never turns") <= 1


# --- exercise 5 --------------------------------------------------------------------------

search = run("solution-5-bias", "solution-5")["search"]


def by_least_squares(x, wanted):
    solved = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), wanted - 0.5, rcond=None)[0]
    return list(solved[:-1]), solved[-1]


def by_slopes(x, wanted):
    x, weights, bias = x.astype(np.float32), np.zeros(x.shape[1], np.float32), np.float32(0)
    for _ in range(1500):
        error = sigmoid(x @ weights + bias) - wanted
        weights = weights - np.float32(5) * x.T @ error / len(x)
        bias = bias - 5 * error.mean()
    return weights, bias


@pytest.mark.parametrize("right", [search, by_least_squares, by_slopes])
def test_best_neuron_accepts(right):
    assert accepted(check.best_neuron.claims(right))


def one_input(x, wanted):
    weights = np.zeros(x.shape[1])
    weights[0] = 1
    return weights, -0.5


def all_alike(x, wanted):
    return np.ones(x.shape[1]), -x.sum(axis=1).mean()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda x, w: (search(x, w)[0], -search(x, w)[1]), "the bias is minus the threshold"),
        (lambda x, w: tuple(-part for part in search(x, w)), "with all its signs changed it would do"),
        (one_input, "It looks at one input only"),
        (all_alike, "None of its weights is negative"),
        (lambda x, w: (np.zeros(x.shape[1]), 1), "All of its weights are 0"),
        (lambda x, w: (search(x - 0.5, w)[0], 0), "Its bias is 0"),
        (lambda x, w: (len(w), *search(x, w)), "should return two things, weights and bias"),  # as best_cut does
        (lambda x, w: search(x, w)[0], "should return two things"),
        (
            lambda x, w: search(x, w)[::-1],
            "the weights that your search returns for 2 inputs should be an array of shape (2,)",
        ),
        (
            lambda x, w: (search(x, w)[0][:2], search(x, w)[1]),
            "for 3 inputs should be an array of shape (3,)",
        ),  # in the plane only
        (lambda x, w: (search(x, w)[0][:, None], search(x, w)[1]), "should be an array of shape (2,)"),
        (lambda x, w: (np.full(x.shape[1], np.nan), 0), "should be finite"),
        (lambda x: search(x, x), "takes x"),
    ],
)
def test_best_neuron_rejects(wrong, told):
    assert told.lower() in complaint(check.best_neuron.claims(wrong)).lower()


def test_best_neuron_asks_on_copies():
    def spoils(x, wanted):
        x[:] = 0
        return [1, 1], -1

    assert "changes the array that it is given" in complaint(check.best_neuron.claims(spoils))


# --- all of them -------------------------------------------------------------------------

RIGHT = {
    "sign_of_the_bias": ([0.5, -1], -4),
    "logic_gates": tuple(GATES.values()),
    "sure_gate": (9.19,),
    "stripe": (lambda a: abs(a) < 0.2,),
    "best_neuron": (search,),
}
