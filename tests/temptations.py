"""One tempting mistake for each exercise, as a reader types it, and what the check says of it.

By the name of the check: what stands in the published solution, what stands there instead, and a
piece of the reason. Where the solution computes for long, the whole answer stands here instead.
"""

TEMPTATIONS = {
    # a neuron
    "sign_of_the_bias": ("bias = -4", "bias = 4", "it should be above 4"),
    "logic_gates": ("nand_gate = (1.5, -1, -1)", "nand_gate = (1.5, 1, 1)", "NAND: for x = (1, 1)"),
    "sure_gate": ("k = 2 * np.log(99)", "k = np.log(99)", "not yet 0.99 and 0.01"),
    "stripe": ("np.exp(-((a / 0.24) ** 2))", "np.exp(-np.abs(a))", "outside the stripe, h should be below 0.5"),
    "best_neuron": ("", "def search(x, wanted):\n    return np.ones(x.shape[1]), -x.shape[1] / 2\n\ncheck.best_neuron(search)", "an input may also speak against"),
    # ten linear layers
    "two_layers": ("collapse([first, second])", "first.weights @ second.weights, first.bias + second.bias", "But b₁ goes through the second layer's weights as well"),
    "repeated": ("c * constant + d", "constant + d", "your constant is 3"),
    "parity": ("[1, -2, 2]", "[1, -1, 1]", "a hinge adds its weight to the slope that is there already"),
    "folded_pieces": ("", "straight_pieces, relus, knots_in_one_layer = 15, 15, 14\ncheck.folded_pieces(straight_pieces, relus, knots_in_one_layer)", "But a layer draws its zigzag on each piece that reaches it"),
    "hinge_budget": ("np.linspace(0, 1, 9) ** 4", "np.linspace(0, 1, 9)", "where does the root bend most?"),
    # the step function
    "xnor": ("output_bias = 0.5", "output_bias = -0.5", "XNOR is 1"),
    "perceptron_rule": ("bias + (t - a)", "bias", "The weights move, but the bias does not:"),
    "sigmoid_slope": ("steepness * y * (1 - y)", "y * (1 - y)", "what does the chain rule make of the steepness?"),
    "fastest_steepness": ("", "table = {s: [200] * 7 for s in (1, 2, 4, 8, 16)}\nsteepness = 1\ncheck.fastest_steepness(steepness, table)", "perhaps it goes on getting faster beyond it"),
    "pretended_slope": ("", "pretended = np.ones_like\ncheck.pretended_slope(pretended)", "how large is your slope where the sum is far from 0, and how large close"),
    # how a network learns
    "softmax_slope": ("y[t] -= 1", "y[t] = 0", "For z = [0, 0] and t = 0 the slope by logit 0 should be -0.5"),
    "mended_backward": ("/ len(t)", "", "the loss is a mean"),
    "largest_rate": ("", "limit, growth = 0.2, 2\ncheck.largest_rate(limit, growth)", "The limit is higher than 0.2"),
    "rmsprop": ("w - rate * slope / (np.sqrt(square) + 1e-8)", "w - rate * slope / (square + 1e-8)", "not by square itself"),
    "held_out": ("", "predictions = d.y_test[::-1]\ncheck.held_out(predictions)", "were the images shuffled, or the network not trained?"),
    # two S-curves
    "slipped_slope": ("e / (1 + e) ** 2", "e / (1 + e)", "At -2 mended should give"),
    "from_the_answer": ("(1 - a) * (1 + a)", "a * (1 - a)", "That is the sigmoid's"),
    "log_sigmoid": ("np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))", "np.log(sigmoid(x))", "At -1000 log_sigmoid should give -1000"),
    "sigmoids_as_tanhs": ("c + V.sum(axis=0) / 2", "c", "look at the last bias"),
    "steps_of_tanh": ("", "def steps(by_W, by_b, by_V, by_c, rate):\n    return [-rate * g for g in (by_W, by_b, by_V, by_c)]\n\ncheck.steps_of_tanh(steps)", "count how often the 2 comes in, once in the gradient, once in the way back"),
    # the gradient never arrives
    "slope_by_any_weight": ("np.prod(w[k + 1:])", "np.prod(w[k:])", "The weight itself is among the factors, but the slope is by this very"),
    "where_tanh_explodes": ("return 2 * ", "return ", "it reaches to both"),
    "the_default": ("scaled = 1 / 3", "scaled = 1", "Numbers even on ±c do not have the variance c²"),
    "when_it_settles": ("gain = tried[np.argmin([abs(variance_after(100, g) - 0.25) for g in tried])]", "gain = 1", "With a gain of 1 the variance is"),
    "deep_sigmoids": ("-weights.sum(axis=0) / 2", "np.zeros(fan_out)", "how large is a sigmoid's slope there, and how large are the weights?"),
    # a zigzag
    "free_batch": ("[1, -1]", "[1, 1]", "what can they do together that one of them can't?"),
    "leaky_price": ("(1 + slope**2) / 2 - m**2", "(1 + slope**2) / 2", "the mean square less the square of the mean"),
    "price_with_bias": ("return largest**2 / v", "return largest / v", "The largest eigenvalue is right, but is v really the smallest?"),
    "centre": ("train.mean(axis=0)", "train.mean()", "each has its own"),
    "tuned_momentum": ("((root - 1) / (root + 1))**2", "(root - 1) / (root + 1)", "it takes 26 steps"),
    # through time
    "forget_bias": ("-np.log(np.expm1(np.log(2) / n))", "1.0", "The gate then stands at 0.7311"),
    "mended_through_time": ("np.outer(h[t], delta)", "np.outer(h[t + 1], delta)", "For a sequence of one moment the gradient by U is not what differences"),
    "thousandfold": ("", "matrix, peak = 1.1 * np.eye(2), 73\ncheck.thousandfold(matrix, peak)", "0.9 is the most"),
    "one_norm": ("np.sqrt(sum(np.sum(g**2) for g in gradients))", "max(np.linalg.norm(g) for g in gradients)", "the clipped arrays have together the norm"),
    "long_memory": ("", "weights = [np.ones((1, 1)), np.eye(1), np.zeros(1), np.array([[-1.0, 1.0]]), np.zeros(2)]\ncheck.long_memory(weights)", "That is guessing"),
    # ReLU
    "subgradients": (" if left <= right else []", "", "draw a line between them, is it below on both sides?"),
    "relu_backward": ("", "def relu_backward(upstream, a):\n    return upstream * (a >= 0)\n\nleaked = 0.5\ncheck.relu_backward(relu_backward, leaked)", "this unit was silent, so nothing may come through"),
    "centred_relu": ("moments(relu)[1] ** -0.5", "2**0.5", "That is He's, made for answers that still have their mean"),
    "few_speak": ("", "rng = np.random.default_rng(0)\nfirst, last = dense_network(rng, [64, 64, 10], relu, he_normal).layers\n"
                  "check.few_speak(first.weights, first.bias, last.weights, last.bias)", "cut them out, and count again"),
    # dead units
    "dead_share": ("np.all(a == 0, axis=0).mean()", "(a == 0).mean()", "A unit is dead if it is silent on every example"),
    "fatal_rate": ("(x @ x.T + 1)", "(x @ x.T)", "The bias takes a step too"),
    "prelu_backward": ("np.minimum(z, 0)", "np.maximum(z, 0)", "differences measure the gradient"),
    "waking": ("z = z + moved", "z = z + decay * moved", "the unit speaks first after 8 steps"),
    "revived": ("he_normal(rng, 64, lost.sum()), 0, 0", "he_normal(rng, 64, lost.sum()), 0, W2[lost] + 1", "Which weights carry the voice of a unit into the answers?"),
    # smooth units
    "mended_units": ("np.expm1(np.minimum(x, 0) / alpha)", "np.expm1(np.minimum(x, 0))", "Its slope on the left of 0 is 0.25, and on the right 1"),
    "bend_without_kink": ("np.where(x > 0, slope * x, below)", "np.where(x > 0, x, below)", "above 0 it should be 0.5 times x"),
    "centring_alpha": ("", "def centring_alpha(width):\n    return 1.0\n\ncheck.centring_alpha(centring_alpha)", "α should be larger"),
    "mended_softplus": ("np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))", "np.log(1 + np.exp(x))", "All of it was lost when a tiny number met a 1"),
    "centred_step": ("", "def centred_step(a, delta):\n    return a.T @ delta / len(a), delta.mean()\n\ncheck.centred_step(centred_step)", "The weights still follow the mean of the inputs"),
    # gates
    "gate_slope": ("return Phi + x *", "return Phi + ", "in the second term the gate's slope has a factor"),
    "best_cubic": ("", "constant, error = 0.5, 0.1\ncheck.best_cubic(constant, error)", "there are better ones"),
    "mish_slope": ("", "mish_slope = printed_slope\ncheck.mish_slope(mish_slope)", "Which power of e is too large for a float there, and is it above the bar"),
    "gated_xor": ("bias = [0, 30]", "bias = [0, 0]", "XOR wants more than 0.5"),
    "invented": ("", 'mine = Activation("mine", np.sin, np.cos)\nclaims = {"bounded": False, "centred": True, "smooth": True, "monotone": False,\n'
                 '          "can_die": False, "accuracy": 0.9, "as_good_as_relu": True}\ncheck.invented(mine, claims)', "You claim that bounded is False:"),
    # self-normalizing
    "sigma_for_nu": ("", 'extremes, stretches, wrong = [-0.1, 0.1, 0.8, 1.5], 1.5, "outside"\ncheck.sigma_for_nu(extremes, stretches, wrong)', "do the corners of the domain stand on your grid, for all four numbers?"),
    "other_weights": ("scale / tau**0.5", "scale", "You have kept the variance of the sums;"),
    "fair_start": ("", 'kept = 0.5**16\ngains = {"ReLU": 1, "leaky ReLU(0.2)": 1, "ELU(1)": 1}\nruns = {"LeCun": [0.5] * 5, "own": [0.9] * 5}\n'
                   "check.fair_start(kept, gains, runs)", "the mean square is its square"),
    "kept_skip": (" / sqrt(2)", "", "beyond ten thousand"),
    "self_made": ("mixed(z) / size", "mixed(z)", "first shift it, then stretch it"),
    # keeping the balance
    "variance_after": ("(variance + mean**2) / keep - mean**2", "variance / keep", "What does a silenced answer do that is far from 0 otherwise?"),
    "any_silence": ("keep * variance + keep * (1 - keep) * (mean - silent) ** 2", "keep * variance", "lead to mean 0.0000 and variance 1.1545"),
    "same_noise": ("((1 - keep) * (1 + c**2) / keep) ** 0.5", "((1 - keep) / keep) ** 0.5", "That is the manual's:"),
    "mended_alpha": ("upstream * stays * constants(keep)[0]", "upstream * stays / keep", "By what does forward multiply an answer that stays?"),
    "as_a_penalty": ("(1 / keep - 1) * np.mean(", "(1 - keep) * np.mean(", "The inputs that stay are enlarged by 1/keep"),
    # normalizing
    "outlier": ("(1 - 1 / n) / (np.sqrt(n - 1) / n)", "float(n)", "the variance is divided by, or its root?"),
    "batch_norm_backward": ("- along", "", "stretching a column of x changes no z, so the gradient must be at right"),
    "folded": ("(bias - mean) * factor + shift", "bias * factor + shift", "for x = 0 both layers say"),
    "leaky_growth": ("(1 - slope) ** 2 / (2 * np.pi)", "(1 - slope) / (2 * np.pi)", "compare with the integrals of the chapter"),
    # choosing
    "parted_by_chance": ("2 / comb(2 * n, n)", "1 / comb(2 * n, n)", "either of the two may be the upper one"),
    "honest_rate": ("validation.mean(axis=1).argmax()", "test.mean(axis=1).argmax()", "that choice has seen the test"),
    "unfair": ('"F": "nothing"', '"F": "seeds"', "is no fault of a race"),
    "paired_chance": ("sums <= np.sum(one - other) + 1e-9", "sums >= np.sum(one - other) - 1e-9", "not below"),
    "fair_race": ('k, "validation")', 'k, "test")', "Ask train on the validation data for every rate"),
    # slips
    "below_one": ("(weight / 4) ** layers", "weight * 0.25**layers", "Each layer multiplies by its slope and by its weight"),
    "more_right": ("sure = [[9, 0, 0], [0, 9, 0], [0, 0, 9], [0, 9, 0]]", "sure = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]", "What does cross-entropy charge for a mistake of which one is sure?"),
    "towards_the_target": ("2 * (p - target)", "(target - p)", "compare with a difference"),
    "not_normal": ("/ variance**1.5", "/ variance", "it is the mean of ((a − mean) / standard deviation)³"),
    "as_fast": ("start = 3 ** (-1 / 4)", "start = 1.0", "Three weights of 1 move k 3 times as fast as the one does"),
}
