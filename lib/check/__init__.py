"""Friendly verdicts on a reader's answers: `check.some_exercise(answer)` prints what holds and what does not."""

# ruff: noqa: F401 (names are handed on here, chapter by chapter)

from .learning import held_out, largest_rate, mended_backward, rmsprop, softmax_slope
from .linear import hinge_budget, parity, repeated, two_layers, zigzag
from .neuron import best_neuron, gates, sign_of_the_bias, stripe, sure_gate
from .step import fastest_steepness, perceptron_rule, pretended_slope, sigmoid_slope, xnor
