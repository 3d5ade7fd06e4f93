"""Ready problem sets: for each the points of its exercises, by the names of their checks.

part-1 to part-4 follow the course, twenty points for each part; an exam has a hundred, and asks what no such set asks.

- part-1: a neuron read off its weights, two layers made one, a flat sigmoid, a rate that is too large, and the first
  slope derived.
- part-2: both S-curves as one shape, an initialization under a wrong name, what a mean costs, what a cell forgets.
- part-3: a slope where there is none, units counted as dead and woken again, a curve without a kink, and a gate's
  slope.
- part-4: SELU's constants derived anew, a sentence in a manual, a norm folded away, and whether a comparison proves
  anything.
- mid-term: Parts I and II. What a gate, a fold and a hidden layer can do; numbers that run out of digits; where
  gradients settle, and what a bias costs.
- final: all parts. An optimizer, a gradient that grows, and what centring, gating, dropout and batch norm make of a
  mean and a variance.
"""

SETS: dict[str, dict[str, float]] = {
    "part-1": {"sign_of_the_bias": 3, "two_layers": 3, "sigmoid_slope": 4, "largest_rate": 4, "softmax_slope": 6},
    "part-2": {"sigmoids_as_tanhs": 4, "the_default": 6, "leaky_price": 5, "forget_bias": 5},
    "part-3": {"subgradients": 4, "dead_share": 3, "waking": 4, "bend_without_kink": 4, "gate_slope": 5},
    "part-4": {"other_weights": 5, "same_noise": 4, "folded": 4, "unfair": 3, "parted_by_chance": 4},
    "mid-term": {"sure_gate": 10, "folded_pieces": 20, "xnor": 20, "log_sigmoid": 15, "when_it_settles": 15, "price_with_bias": 20},
    "final": {"rmsprop": 15, "where_tanh_explodes": 15, "centred_relu": 15, "gated_xor": 15, "any_silence": 20, "outlier": 20},
}
