"""Variants of the chapter of slips."""

from __future__ import annotations

from .draws import Variant, one_of, some


def _below_one(steepness) -> dict[str, str]:
    plain = steepness == 1
    return {
        "for a chain of sigmoids whose weights": (
            "for a chain of sigmoids whose weights"
            if plain
            else f"for a chain of steeper sigmoids, $\\sigma({steepness:g}z)$, whose weights"
        ),
        "(Deck 004 gives it for weights of 1.)": (
            "(Deck 004 gives it for weights of 1.)" if plain else "(Deck 004 gives it for $\\sigma(z)$ and weights of 1.)"
        ),
        "edge = 4": f"edge = 4{'' if plain else f' / {steepness:g}'}",
        "a slope of a quarter at the most": f"a slope of {'a quarter' if plain else f'{steepness / 4:g}'} at the most",
        "(weight / 4)": f"(weight {'' if plain else f'* {steepness:g} '}/ 4)",
    }


def _towards_the_target(steepness) -> dict[str, str]:
    times = "" if steepness == 1 else f"{steepness:g} * "
    return {
        "$p = \\sigma(wx)$": f"$p = \\sigma({'' if not times else f'{steepness:g}'}wx)$",
        "sigmoid(w * x)": f"sigmoid({times}w * x)",
        "p * (1 - p) * x": f"p * (1 - p) * {times}x",
    }


def _as_fast(times) -> dict[str, str]:
    once = times == 1
    return {
        "move $k$ as fast as one weight": f"move $k$ {'' if once else f'{times:g} times '}as fast as one weight",
        "3 c⁶ w⁴ against 1000² = c⁶": f"3 c⁶ w⁴ against {'' if once else f'{times:g} times '}1000² = c⁶",
        "start = 3 ** (-1 / 4)": f"start = {'3' if once else f'(3 / {times:g})'} ** (-1 / 4)",
    }


VARIANTS = {
    "below_one": Variant(
        lambda rng: {"steepness": one_of(rng, 1.2, 8, 0.1)},
        _below_one,
        lambda rng: {"chains": tuple(zip(map(int, rng.integers(1, 9, 5)), some(rng, 0.3, 9, 5), strict=True))},
    ),
    "towards_the_target": Variant(
        lambda rng: {"steepness": one_of(rng, 0.3, 5, 0.1)},
        _towards_the_target,
        lambda rng: {"starts": tuple(zip(*(some(rng, low, high, 5) for low, high in ((-2, 2), (-2, 2), (0, 1), (0.1, 1))), strict=True))},
    ),
    "not_normal": Variant(
        # Finer steps, or larger levels, would have two of them ask for the same number of units.
        lambda rng: {"level": one_of(rng, 0.03, 0.065, 0.001)},
        lambda level: {"skewness below 0.1": f"skewness below {level:g}", "/ 0.1) ** 2": f"/ {level:g}) ** 2"},
    ),
    "as_fast": Variant(
        lambda rng: {"times": int(rng.integers(2, 46))},
        _as_fast,
        lambda rng: {"chains": tuple((some(rng, -2, 2, int(rng.integers(1, 5))), *some(rng, 0.5, 3, 1)) for _ in range(5))},
    ),
}
