"""Friendly verdicts on a reader's answers: `check.some_exercise(answer)` prints what holds and what does not."""

# ruff: noqa: F401, I001 (names are handed on here, chapter by chapter)

from .balance import any_silence, as_a_penalty, mended_alpha, same_noise, variance_after
from .choosing import fair_race, honest_rate, paired_chance, parted_by_chance, unfair
from .dead import dead_share, fatal_rate, prelu_backward, revived, waking
from .gates import best_cubic, gate_slope, gated_xor, invented, mish_slope
from .learning import held_out, largest_rate, mended_backward, rmsprop, softmax_slope
from .linear import folded_pieces, hinge_budget, parity, repeated, two_layers
from .neuron import best_neuron, logic_gates, sign_of_the_bias, stripe, sure_gate
from .normalizing import batch_norm_backward, folded, leaky_growth, outlier
from .recurrent import forget_bias, long_memory, mended_through_time, one_norm, thousandfold
from .relu import centred_relu, few_speak, relu_backward, subgradients
from .s_curves import from_the_answer, log_sigmoid, sigmoids_as_tanhs, slipped_slope, steps_of_tanh
from .self_normalizing import fair_start, kept_skip, other_weights, self_made, sigma_for_nu
from .slips import as_fast, below_one, more_right, not_normal, towards_the_target
from .smooth import bend_without_kink, centred_step, centring_alpha, mended_softplus, mended_units
from .step import fastest_steepness, perceptron_rule, pretended_slope, sigmoid_slope, xnor
from .vanishing import deep_sigmoids, slope_by_any_weight, the_default, when_it_settles, where_tanh_explodes
from .zigzag import centre, free_batch, leaky_price, price_with_bias, tuned_momentum
