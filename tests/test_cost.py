"""The measured cost: the kept table is whole and makes sense, its plain formulas are right, and part of it is measured again."""

import re

import numpy as np
import pytest

import lib
from lib import measurements
from tools import cost

TABLE = measurements("cost")
PARTS = ["plain function", "plain slope", "exact function", "exact slope"]
EXPENSIVE = ["sigmoid", "tanh", "softplus", "SiLU", "GELU", "GELU by tanh", "Mish", "ELU(1)", "SELU"]


def ns(name, part, width):
    (found,) = TABLE["ns"][(TABLE["name"] == name) & (TABLE["part"] == part) & (TABLE["width"] == width)]
    return found


def test_every_activation_is_in_the_table_at_every_width():
    rows = {(str(row["name"]), str(row["part"]), int(row["width"])) for row in TABLE}
    assert len(rows) == len(TABLE)
    names = [activation.name for activation in cost.activations()]
    assert len(names) == len(set(names)) >= 19
    for width in cost.WIDTHS:
        assert {(name, part, width) for name in names for part in PARTS} <= rows
        assert {(name, "numpy", width) for name in ("x @ weights", "exp", "tanh", "ndtr")} <= rows


def test_the_table_tells_how_it_was_made_and_names_no_machine():
    text = cost.TARGET.read_text(encoding="utf-8")
    head = "".join(line for line in text.splitlines() if line.startswith("#"))
    assert re.search(r"Made by `make cost` \(\d+ rounds, one core of a machine with \d+ cores \(.*\); Python 3\.\d+", head)


def test_its_numbers_are_sound():
    for column in ("ns", "ratio", "low", "high"):
        assert (TABLE[column] > 0).all() and np.isfinite(TABLE[column]).all()
    assert (TABLE["low"] <= TABLE["ratio"]).all() and (TABLE["ratio"] <= TABLE["high"]).all()
    for width in cost.WIDTHS:
        for name in EXPENSIVE:
            assert ns(name, "plain function", width) > 1.5 * ns("ReLU", "plain function", width), (name, width)
    product = [ns("x @ weights", "numpy", width) for width in cost.WIDTHS]
    assert (np.diff(product) > 0).all()  # each answer is a sum of as many products as the layer is wide


@pytest.mark.parametrize("activation", cost.activations(), ids=lambda activation: activation.name)
def test_the_plain_formulas_are_those_of_the_activations(activation):
    x = np.linspace(-7, 7, 1000)  # without the kinks
    plain, plain_slope = cost.PLAIN[activation.name]
    np.testing.assert_allclose(plain(x), activation(x), atol=1e-12)
    np.testing.assert_allclose(plain_slope(x), activation.derivative(x), atol=1e-12)


def test_measured_again_an_exponential_costs_more_than_a_comparison():
    again = {(name, part): taken for name, part, _, taken, *_ in cost.measure([512], rounds=3)}
    for name in ("sigmoid", "tanh", "GELU", "Mish"):
        assert again[name, "plain function"] > again["ReLU", "plain function"], name
    assert set(again) == {(str(row["name"]), str(row["part"])) for row in TABLE}


def test_measurements_that_are_not_there():
    for name in ("costs", "", "digits", "../data/cost", None):
        with pytest.raises(ValueError, match="there are measurements of 'choosing', 'cost', 'steps', and not of"):
            measurements(name)


def test_a_table_is_the_readers_own():
    table = lib.measurements("cost")
    table["ns"] = 0
    assert lib.measurements("cost")["ns"].min() > 0
