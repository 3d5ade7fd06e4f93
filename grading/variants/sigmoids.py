"""Variants of Part II: the problems of sigmoid."""

from __future__ import annotations

from lib.check.vanishing import settling_gain

from .draws import NUMBERS, Variant, one_of, some


def _from_the_answer(at) -> dict[str, str]:
    return {
        "sum 3": f"sum {at:g}",
        "\\tanh 3": f"\\tanh {at:g}",
        "tanh(3)": f"tanh({at:g})",
        "tanh.derivative(3)": f"tanh.derivative({at:g})",
    }


def _when_it_settles(level) -> dict[str, str]:
    near = round(settling_gain(level), 2)
    return {
        "near 0.25": f"near {level:g}",
        "settles at 0.25": f"settles at {level:g}",
        "np.arange(1.29, 1.34, 0.01)": f"np.arange({near - 0.02:.2f}, {near + 0.03:.2f}, 0.01)",
        "- 0.25)": f"- {level:g})",
    }


def _leaky_price(below) -> dict[str, str]:
    return {
        "below 10": f"below {below}",
        "slope_for_ten": f"slope_for_{NUMBERS[below]}",
        "< 10": f"< {below}",
    }


def _forget_bias(left) -> dict[str, str]:
    half = left == 0.5
    return {
        "half of a cell": "half of a cell" if half else f"{left:g} of a cell",
        "\\tfrac12": "\\tfrac12" if half else f"{left:g}",
        "np.log(2) / n": "np.log(2) / n" if half else f"-np.log({left:g}) / n",
    }


VARIANTS = {
    "from_the_answer": Variant(lambda rng: {"at": one_of(rng, 1.5, 4.5, 0.1)}, _from_the_answer),
    "when_it_settles": Variant(lambda rng: {"level": one_of(rng, 0.1, 0.5, 0.02)}, _when_it_settles),
    "leaky_price": Variant(lambda rng: {"below": int(rng.integers(4, 17))}, _leaky_price),
    "forget_bias": Variant(
        lambda rng: {"left": one_of(rng, 0.1, 0.9, 0.05)}, _forget_bias, lambda rng: {"moments": some(rng, 0.3, 200, 6)}
    ),
}
