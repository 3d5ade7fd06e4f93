"""Variants of Part I: why non-linearity."""

from __future__ import annotations

import numpy as np

from .draws import NUMBERS, Variant, one_of, some, unless

# --- chapter 1 ----------------------------------------------------------------------------


def _sign_of_the_bias(weights, threshold) -> dict[str, str]:
    first, second = weights
    return {
        "3 x_1 + 2 x_2": f"{first} x_1 + {second} x_2",
        "is above 4": f"is above {threshold}",
        "weights are 3 and 2": f"weights are {first} and {second}",
        "bias is 4": f"bias is {threshold}",
        "yet 4 + 0": f"yet {threshold} + 0",
        "bias = -4": f"bias = {-threshold}",
    }


def _sure_gate(sure) -> dict[str, str]:
    times = f"{sure / (1 - sure):.10g}"
    return {
        "0.99": f"{sure:g}",
        "at most 0.01": f"at most {1 - sure:.6g}",
        "np.log(99)": f"np.log({times})",
        "1/99": f"1/{times}",
    }


def _stripe(between) -> dict[str, str]:
    low, high = between
    middle, half = round((low + high) / 2 - 1, 6), round((high - low) / 2, 6)
    a = f"(a {'-' if middle > 0 else '+'} {abs(middle):g})" if middle else "a"
    return {
        "between 0.8 and 1.2": f"between {low:g} and {high:g}",
        "(0.8 < light) & (light < 1.2)": f"({low:g} < light) & (light < {high:g})",
        "np.exp(-((a / 0.24) ** 2))": f"np.exp(-(({a} / {1.2 * half:g}) ** 2))",
        "at 0.2": f"at {half:g}{f' from {middle:g}' if middle else ''}",
    }


# --- chapter 2 ----------------------------------------------------------------------------


def _any_layers(rng) -> dict:
    """Two layers of small whole numbers whose order matters."""
    while True:
        weights, biases = rng.integers(-3, 5, (2, 2, 2)), rng.integers(1, 6, (2, 2)) * rng.choice([-1, 1], (2, 2))
        if np.all(np.linalg.det(weights)) and not np.array_equal(weights[0] @ weights[1], weights[1] @ weights[0]):
            layers = ((tuple(map(tuple, table.tolist())), tuple(bias.tolist())) for table, bias in zip(weights, biases))
            return dict(zip(("first", "second"), layers))


def _two_layers(first, second) -> dict[str, str]:
    (w1, b1), (w2, b2) = [[np.array(part) for part in layer] for layer in (first, second)]

    def matrix(weights):
        return "\\begin{{pmatrix}} {} & {} \\\\ {} & {} \\end{{pmatrix}}".format(*weights.ravel())

    return {
        f"W_1 = {matrix(np.array([[1, 2], [0, -1]]))}": f"W_1 = {matrix(w1)}",
        f"W_2 = {matrix(np.array([[2, 0], [1, 3]]))}": f"W_2 = {matrix(w2)}",
        "b_1 = (1, -1)": f"b_1 = {tuple(b1.tolist())}",
        "b_2 = (0, 5)": f"b_2 = {tuple(b2.tolist())}",
        "Dense([[1, 2], [0, -1]], [1, -1], identity)": f"Dense({w1.tolist()}, {b1.tolist()}, identity)",
        "Dense([[2, 0], [1, 3]], [0, 5], identity)": f"Dense({w2.tolist()}, {b2.tolist()}, identity)",
        "[[4, 6], [-1, -3]] and [1, 2]": f"{(w1 @ w2).tolist()} and {(b1 @ w2 + b2).tolist()}",
    }


# So many layers of so many folds that a network of them can be built and its pieces counted.
_FOLDS = [(3, 3), (4, 3), (6, 3), (7, 3), (3, 4), (4, 4), (5, 4), (3, 5), (4, 5), (3, 6), (3, 7), (3, 8), (3, 9)]


def _folded_pieces(layers, folds) -> dict[str, str]:
    way = ["up", *["down", "up"] * folds][:folds]
    way = ", ".join(way[:-1]) + f", and {way[-1]} again"
    between = "".join(f", -{k} / {folds}" for k in range(1, folds))
    turns = "".join(f", [{2 * folds * (-1) ** k}]" for k in range(1, folds))
    return {
        "A layer of three hinges": f"A layer of {NUMBERS[folds]} hinges",
        "into *three*: up, down, and up again": f"into *{NUMBERS[folds]}*: {way}",
        "Five such": f"{NUMBERS[layers].capitalize()} such",
        "Dense([[1, 1, 1]], [1, -1 / 3, -2 / 3], relu)": f"Dense([{[1] * folds}], [1{between}], relu)",
        "Dense([[3], [-6], [6]], [-3], identity)": f"Dense([[{folds}]{turns}], [-{folds}], identity)",
        "* 4 + [last]": f"* {layers - 1} + [last]",
        "3 * 5": f"{folds} * {layers}",
    }


def _hinge_budget(power, height) -> dict[str, str]:
    curve = f"${height}\\,x^{{{power:g}}}$"
    return unless(
        (power, height) == (0.5, 1),
        {
            "The square root is": f"The curve {curve} is",
            "Draw $\\sqrt{x}$": f"Draw {curve}",
            "one hundredth": f"{NUMBERS[height]} hundredths",
            "Corners at fourth powers: close together where the root": f"Corners at powers of 2 / {power:g}: close together where "
            "the curve",
            "np.linspace(0, 1, 9) ** 4": f"np.linspace(0, 1, 9) ** (2 / {power:g})",
            "np.diff(np.sqrt(corner))": f"np.diff({height} * corner**{power:g})",
        },
    )


# --- chapter 3 ----------------------------------------------------------------------------


def _xnor(levels) -> dict[str, str]:
    low, high = levels
    with_these = f"agree; here an input is {low} or {high}, so for ({low}, {low}) and ({high}, {high})"
    return {
        "hidden_bias = [-0.5, -1.5]": f"hidden_bias = [{-2 * low - 0.5:g}, {-2 * low - 1.5:g}]",
    } | unless(levels == (0, 1), {"agree: for (0, 0) and (1, 1)": with_these})


def _perceptron_rule(times) -> dict[str, str]:
    return {"the weight of an input 1": f"the weight of an input {times:g}"} | unless(
        times == 1,
        {
            "step(x @ weights + bias)": f"step(x @ weights + {times:g} * bias)",
            "bias + (t - a)": f"bias + {times:g} * (t - a)",
        },
    )


def _any_lines(rng) -> tuple:
    """Four lines through the square from −1 to 1, not through its middle."""
    angles, away = rng.uniform(0, 2 * np.pi, 4), rng.uniform(0.2, 0.6, 4)
    return tuple(tuple(round(float(part), 3) for part in (np.cos(a), np.sin(a), d)) for a, d in zip(angles, away))


# --- chapter 4 ----------------------------------------------------------------------------


def _softmax_slope(times) -> dict[str, str]:
    k = f"{times:g}"
    return {"the slope −1 at place t": f"the slope −{k} at place t"} | unless(
        times == 1,
        {
            "Derive it on paper": f"Derive on paper what it becomes if each logit counts {k} times",
            "y_k = e^{z_k} / \\sum_j e^{z_j}": f"y_k = e^{{{k} z_k}} / \\sum_j e^{{{k} z_j}}",
            "e^z) − z_t": f"e^({k} z)) − {k} z_t",
            "e^z / sum = y": f"{k} e^({k} z) / sum = {k} y",
            "softmax(z)": f"softmax({k} * z)",
            "return y": f"return {k} * y",
        },
    )


def _largest_rate(rate) -> dict[str, str]:
    return {
        "rate 10": f"rate {rate:g}",
        "10 * 2 / limit": f"{rate:g} * 2 / limit",
        "descend(sgd, 10, steps=5)": f"descend(sgd, {rate:g}, steps=5)",
    }


def _rmsprop(tiny) -> dict[str, str]:
    return unless(
        tiny == 1e-8,
        {
            "10^{-8}": f"{tiny:g}",
            "every weight goes by η / √(1 − ρ), steep or not": "a steep weight goes by η / √(1 − ρ), a flat one by less",
            "1e-8": f"{tiny:g}",
        },
    )


def _any_steps(rng) -> tuple:
    """A first step of RMSprop, two later ones, and one without a slope."""
    cases = []
    for what, later, steep in [
        ("a first step", 0, 1),
        ("a later step", 1, 1),
        ("another step", 1, 1),
        ("no slope", 0, 0),
    ]:
        w, slope, square = some(rng, -2, 2, 3), some(rng, -2, 2, 3), some(rng, 0.01, 4, 3)
        slope, square = tuple(steep * value for value in slope), tuple(later * value for value in square)
        cases.append((what, w, square, slope, one_of(rng, 0.01, 0.2, 0.01), one_of(rng, 0.8, 0.98, 0.02)))
    return tuple(cases)


def _any_logits(rng) -> tuple:
    return tuple((some(rng, -3, 3, classes), int(rng.integers(classes))) for classes in (2, 3, 3, 4, 6))


VARIANTS = {
    "sign_of_the_bias": Variant(
        lambda rng: {"weights": tuple(map(int, rng.integers(2, 10, 2))), "threshold": int(rng.integers(5, 300))},
        _sign_of_the_bias,
    ),
    "sure_gate": Variant(lambda rng: {"sure": one_of(rng, 0.9, 0.998, 0.001)}, _sure_gate),
    "stripe": Variant(
        lambda rng: {"between": (one_of(rng, 0.5, 0.9, 0.05), one_of(rng, 1.1, 1.5, 0.05))},
        _stripe,
        lambda rng: {"sums": tuple(sorted(some(rng, -1, 1, 200)))},
    ),
    "two_layers": Variant(_any_layers, _two_layers),
    "folded_pieces": Variant(
        lambda rng: dict(zip(("layers", "folds"), _FOLDS[rng.integers(len(_FOLDS))])), _folded_pieces
    ),
    "hinge_budget": Variant(
        lambda rng: {"power": one_of(rng, 0.46, 0.7, 0.02), "height": int(rng.integers(2, 10))}, _hinge_budget
    ),
    "xnor": Variant(lambda rng: {"levels": (low := int(rng.integers(2, 99)), low + 1)}, _xnor),
    "perceptron_rule": Variant(
        lambda rng: {"times": one_of(rng, 0.4, 3, 0.05)}, _perceptron_rule, lambda rng: {"lines": _any_lines(rng)}
    ),
    "sigmoid_slope": Variant(
        lambda rng: {"level": one_of(rng, 0.004, 0.1, 0.002)},
        lambda level: {"fallen to 0.01": f"fallen to {level:g}", "> 0.01": f"> {level:g}"},
        lambda rng: {"x": some(rng, -3, 3, 6), "steepnesses": some(rng, 1.5, 5, 1)},
    ),
    "softmax_slope": Variant(
        lambda rng: {"times": one_of(rng, 0.2, 4, 0.05)}, _softmax_slope, lambda rng: {"cases": _any_logits(rng)}
    ),
    "largest_rate": Variant(lambda rng: {"rate": one_of(rng, 3, 40, 0.5)}, _largest_rate),
    "rmsprop": Variant(
        lambda rng: {"tiny": one_of(rng, 0.002, 0.1, 0.001)}, _rmsprop, lambda rng: {"cases": _any_steps(rng)}
    ),
}
