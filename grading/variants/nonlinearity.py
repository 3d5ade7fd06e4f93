"""Variants of Part I: why non-linearity."""

from __future__ import annotations

from .draws import NUMBERS, Variant, one_of


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


def _largest_rate(rate) -> dict[str, str]:
    return {
        "rate 10": f"rate {rate:g}",
        "10 * 2 / limit": f"{rate:g} * 2 / limit",
        "descend(sgd, 10, steps=5)": f"descend(sgd, {rate:g}, steps=5)",
    }


VARIANTS = {
    "sign_of_the_bias": Variant(
        lambda rng: {"weights": tuple(map(int, rng.integers(2, 10, 2))), "threshold": int(rng.integers(5, 90))},
        _sign_of_the_bias,
    ),
    "sure_gate": Variant(lambda rng: {"sure": one_of(rng, 0.9, 0.998, 0.002)}, _sure_gate),
    "folded_pieces": Variant(
        lambda rng: dict(zip(("layers", "folds"), map(int, rng.choice([(3, 3), (4, 3), (6, 3), (3, 4), (4, 4), (5, 4), (3, 5), (4, 5)])))),
        _folded_pieces,
    ),
    "sigmoid_slope": Variant(
        lambda rng: {"level": one_of(rng, 0.004, 0.1, 0.002)},
        lambda level: {"fallen to 0.01": f"fallen to {level:g}", "> 0.01": f"> {level:g}"},
    ),
    "largest_rate": Variant(lambda rng: {"rate": int(rng.integers(3, 40))}, _largest_rate),
}
